/**
 * bench:collections: lists, sets, hashes and sorted sets of MemFlux against Debian's redis-server, alternating in one run.
 *
 *   npm run bench:collections                  the whole table, about 6 minutes
 *   npm run bench:collections -- --quick       a smoke: fewer requests, one round
 *   npm run bench:collections -- --rounds 3 --pipelines 16,64 --commands HGET,ZADD --parts cpu,memory,stops
 *   --write                                    puts the table into test/bench/README.md
 *
 * cpu      CPU time of the server per request (user and system, from /proc) with redis-benchmark on the other core: on ten thousand
 *          collections of sixteen elements, and on one of a million
 * memory   resident bytes per element above a server that has run commands but holds nothing; members, fields and values are of eight bytes,
 *          sixteen to a collection or a million
 * stops    how long a PING waits beside a command on a million elements whose reply another process reads: p99.9 over all that were sent meanwhile
 *
 * A figure is the ratio ours / redis of the medians over the rounds; the order of the two servers changes every round.
 */
import { fork, spawnSync } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { cpus } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { startServer } from "./servers.mjs";

const README = join(dirname(fileURLToPath(import.meta.url)), "../README.md");
const TABLE_BEGIN = "<!-- bench:collections -->";
const TABLE_END = "<!-- /bench:collections -->";
const SERVER_CORE = 0;
const CLIENT_CORE = 1;
const CLIENTS = 50;
/** Small collections, their elements, and the elements of a large one. */
const SMALL = 10_000;
const SMALL_ELEMENTS = 16;
const LARGE = 1_000_000;
const REQUESTS = { 16: 400_000, 64: 800_000 };
/** Sent before a command is measured: the first calls of a function are compiled, which is no part of what a request costs. */
const WARM_REQUESTS = 200_000;
const WARM_PIPELINE = 64;
/** CPU ratio to reach by pipeline depth (geometric mean), the worst of any, bytes per element, and the longest stop. */
const TARGETS = { 16: 0.8, 64: 0.6 };
const WORST = 1.3;
const MEMORY_TARGET = 0.8;
const STOP_TARGET = 1.2;
const STOP_REPEATS = 5;
const FILL_BATCH = 500;
const ASIDE = join(dirname(fileURLToPath(import.meta.url)), "aside.mjs");
/** Memory: large collections, so that what a server takes once counts little, and commands that it has run before it counts as empty. */
const LARGE_COLLECTIONS = 8;
const MEMORY_WARM_REQUESTS = 200_000;

const { values: options } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    write: { type: "boolean", default: false },
    rounds: { type: "string" },
    pipelines: { type: "string", default: "16,64" },
    commands: { type: "string" },
    parts: { type: "string", default: "cpu,memory,stops" },
  },
});
const rounds = Number(options.rounds ?? (options.quick ? 1 : 3));
const pipelines = options.pipelines.split(",").map(Number);
const parts = options.parts.split(",");
const redisServer = process.env.REDIS_SERVER ?? "redis-server";

const RANDOM = "__rand_int__";
const number = (value) => String(value).padStart(12, "0");
const member = (value) => `m:${number(value)}`;
/** One of eight bytes. */
const shortMember = (value) => `m${String(value).padStart(7, "0")}`;
const SEVENTH = member(7);

/**
 * What is measured: the command, and `key` → the request. `elements` of a small collection where it is not the usual number. Those that
 * take away come behind those that add as much, or get them again before each measurement (`refills`). Numbers of a large collection's elements reach to twice what is there.
 */
const COMMANDS = [
  { name: "LPUSH", type: "list", request: (key) => ["LPUSH", key, "xxxxxxxx"] },
  { name: "RPUSH", type: "list", request: (key) => ["RPUSH", key, "xxxxxxxx"] },
  { name: "LPOP", type: "list", request: (key) => ["LPOP", key] },
  { name: "LRANGE_100", type: "list", elements: 100, request: (key) => ["LRANGE", key, "0", "99"] },
  { name: "SADD", type: "set", request: (key) => ["SADD", key, `m:${RANDOM}`] },
  { name: "SISMEMBER", type: "set", request: (key, isLarge) => ["SISMEMBER", key, isLarge ? `m:${RANDOM}` : SEVENTH] },
  { name: "SPOP", type: "set", request: (key) => ["SPOP", key], refills: true },
  { name: "HSET", type: "hash", request: (key, isLarge) => ["HSET", key, isLarge ? `m:${RANDOM}` : SEVENTH, "yyyyyyyy"] },
  { name: "HGET", type: "hash", request: (key, isLarge) => ["HGET", key, isLarge ? `m:${RANDOM}` : SEVENTH] },
  { name: "HGETALL(50)", type: "hash", elements: 50, request: (key) => ["HGETALL", key], smallOnly: true },
  { name: "ZADD", type: "zset", request: (key) => ["ZADD", key, RANDOM, `m:${RANDOM}`] },
  { name: "ZSCORE", type: "zset", request: (key, isLarge) => ["ZSCORE", key, isLarge ? `m:${RANDOM}` : SEVENTH] },
  { name: "ZRANGE(10)", type: "zset", request: (key, isLarge) => ["ZRANGE", key, ...(isLarge ? ["500000", "500009"] : ["0", "9"])] },
  { name: "ZRANK", type: "zset", request: (key, isLarge) => ["ZRANK", key, isLarge ? `m:${RANDOM}` : SEVENTH] },
];

/** The request that adds elements of a range to a collection; `name` makes members of numbers. */
const FILLS = {
  list: (key, range) => ["RPUSH", key, ...range.map(() => "xxxxxxxx")],
  set: (key, range, name) => ["SADD", key, ...range.map(name)],
  hash: (key, range, name) => ["HSET", key, ...range.flatMap((value) => [name(value), "xxxxxxxx"])],
  zset: (key, range, name) => ["ZADD", key, ...range.flatMap((value) => [String(value), name(value)])],
};

/** Commands on a million elements beside which others wait, by the collections that they need. */
const STOPS = [
  { name: "SMEMBERS", fills: { s: "set" }, request: ["SMEMBERS", "s"] },
  { name: "LRANGE 0 -1", fills: { l: "list" }, request: ["LRANGE", "l", "0", "-1"] },
  { name: "ZUNIONSTORE", fills: { z: "zset", y: "zset" }, request: ["ZUNIONSTORE", "d", "2", "z", "y"] },
  { name: "SORT ALPHA", fills: { s: "set" }, request: ["SORT", "s", "ALPHA", "LIMIT", "0", "10"] },
  { name: "DEL", fills: { s: "set" }, request: ["DEL", "s"], refill: true },
];

const median = (list) => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)];
const geometricMean = (list) => Math.exp(list.reduce((sum, value) => sum + Math.log(value), 0) / list.length);
const encode = (request) => `*${request.length}\r\n${request.map((part) => `$${Buffer.byteLength(part)}\r\n${part}\r\n`).join("")}`;
const range = (first, count) => Array.from({ length: count }, (_, index) => first + index);

// Filling ---------------------------------------------------------------------------------------------------------------

/** Sends requests whose replies are one line each, in batches, each awaited. */
async function fill(server, requests) {
  const socket = connect(server.port, "127.0.0.1");
  await once(socket, "connect");
  let answered = 0;
  let waiting;
  socket.on("data", (chunk) => {
    for (const byte of chunk) if (byte === 10) answered++;
    waiting?.();
  });
  let sent = 0;
  let batch = [];
  const flush = async () => {
    sent += batch.length;
    socket.write(batch.join(""));
    batch = [];
    while (answered < sent) {
      await new Promise((done) => {
        waiting = done;
      });
    }
  };
  for (const request of requests) {
    batch.push(encode(request));
    if (batch.length === FILL_BATCH) await flush();
  }
  await flush();
  socket.end();
  await once(socket, "close");
}

function* smallFills(type, count, elements, prefix, name = member) {
  for (let key = 0; key < count; key++) yield FILLS[type](`${prefix}:${number(key)}`, range(0, elements), name);
}

function* largeFill(type, key, from = 0, name = member) {
  for (let first = 0; first < LARGE; first += 1000) yield FILLS[type](key, range(from + first, 1000), name);
}

function* largeFills(type, count, name) {
  for (let key = 0; key < count; key++) yield* largeFill(type, `large:${key}`, 0, name);
}

function* writes(count) {
  for (let value = 0; value < count; value++) yield ["SET", "warm", String(value)];
}

// CPU -------------------------------------------------------------------------------------------------------------------

/** How many requests of a cell are measured. */
function requestsOf({ command, pipeline }) {
  return Math.round(REQUESTS[pipeline] / (options.quick ? 8 : 1) / (command.elements === undefined ? 1 : 8));
}

/** Sends so many requests of a cell; returns the microseconds of CPU that each takes the server. */
function measureCpu(server, { command, isLarge, pipeline, prefix }, requests) {
  const key = isLarge ? `large:${command.type}` : `${prefix}:${RANDOM}`;
  const args = ["-c", String(CLIENT_CORE), "redis-benchmark", "-p", String(server.port), "-c", String(CLIENTS)];
  args.push("-P", String(pipeline), "-n", String(requests), "-r", String(isLarge ? 2 * LARGE : SMALL), "-q");
  const before = server.cpuSeconds();
  const run = spawnSync("taskset", [...args, ...command.request(key, isLarge)], { encoding: "utf8" });
  const cpu = server.cpuSeconds() - before;
  if (run.status !== 0) throw new Error(`redis-benchmark failed: ${run.stderr}${run.stdout}`);
  return (cpu / requests) * 1e6;
}

/** Gives the collections of a cell at least what its requests take away. */
async function refill(server, { command, isLarge, pipeline, prefix }) {
  const each = SMALL_ELEMENTS + Math.ceil(requestsOf({ command, pipeline }) / SMALL);
  await fill(server, isLarge ? largeFill(command.type, `large:${command.type}`) : smallFills(command.type, SMALL, each, prefix));
}

async function measureAllCpu(isLarge) {
  const servers = [await startServer("redis", SERVER_CORE, redisServer), await startServer("memflux", SERVER_CORE, redisServer)];
  const rows = [];
  try {
    const chosen = COMMANDS.filter(({ name, smallOnly }) => !(isLarge && smallOnly) && isChosen(name));
    const filled = new Set();
    for (const command of chosen) {
      const prefix = `${command.type}${command.elements ?? ""}`;
      for (const server of filled.has(prefix) || (isLarge && filled.has(command.type)) ? [] : servers) {
        const fills = isLarge
          ? largeFill(command.type, `large:${command.type}`)
          : smallFills(command.type, SMALL, command.elements ?? SMALL_ELEMENTS, prefix);
        await fill(server, fills);
      }
      filled.add(isLarge ? command.type : prefix);
      for (const server of servers) measureCpu(server, { command, isLarge, pipeline: WARM_PIPELINE, prefix }, WARM_REQUESTS);
      for (const pipeline of pipelines) {
        const cell = { command, isLarge, pipeline, prefix };
        const results = { redis: [], memflux: [] };
        for (let round = 0; round < rounds; round++) {
          for (const server of round % 2 === 0 ? servers : [...servers].reverse()) {
            if (command.refills) await refill(server, cell);
            results[server.name].push(measureCpu(server, cell, requestsOf(cell)));
          }
        }
        const [ours, redis] = [median(results.memflux), median(results.redis)];
        rows.push({ isLarge, name: command.name, pipeline, ours, redis, ratio: ours / redis });
        console.error(formatCpu(rows.at(-1)));
      }
    }
  } finally {
    for (const server of servers) await server.stop();
  }
  return rows;
}

function isChosen(name) {
  return options.commands === undefined || options.commands.split(",").includes(name);
}

function formatCpu({ isLarge, name, pipeline, ours, redis, ratio }) {
  const collections = isLarge ? "one of a million" : `${SMALL} of ${SMALL_ELEMENTS}`;
  return `| ${collections} | ${name} | ${pipeline} | ${ratio.toFixed(2)}${ratio > WORST ? " †" : ""} | ${ours.toFixed(2)} | ${redis.toFixed(2)} |`;
}

// Memory ----------------------------------------------------------------------------------------------------------------

async function measureMemory(type, isLarge) {
  const bytes = {};
  const count = isLarge ? LARGE_COLLECTIONS : options.quick ? 10_000 : 100_000;
  for (const name of ["redis", "memflux"]) {
    const server = await startServer(name, SERVER_CORE, redisServer);
    try {
      await fill(server, writes(MEMORY_WARM_REQUESTS));
      const empty = server.residentBytes();
      await fill(server, isLarge ? largeFills(type, count, shortMember) : smallFills(type, count, SMALL_ELEMENTS, "small", shortMember));
      bytes[name] = (server.residentBytes() - empty) / (count * (isLarge ? LARGE : SMALL_ELEMENTS));
    } finally {
      await server.stop();
    }
  }
  const row = { type, isLarge, ...bytes, ratio: bytes.memflux / bytes.redis };
  console.error(formatMemory(row));
  return row;
}

function formatMemory({ type, isLarge, redis, memflux, ratio }) {
  return `| ${type} | ${isLarge ? "one of a million" : `many of ${SMALL_ELEMENTS}`} | ${redis.toFixed(1)} | ${memflux.toFixed(1)} | ${ratio.toFixed(2)}${ratio > MEMORY_TARGET ? " †" : ""} |`;
}

// Stops -----------------------------------------------------------------------------------------------------------------

/** Sends PINGs one after the other until `until` is settled; answers how long each took, in ms. */
async function pingUntil(server, until) {
  const socket = connect(server.port, "127.0.0.1");
  await once(socket, "connect");
  socket.setNoDelay();
  let isOver = false;
  until.finally(() => {
    isOver = true;
  });
  const times = [];
  while (!isOver || times.length === 0) {
    const begin = performance.now();
    socket.write("PING\r\n");
    await once(socket, "data");
    times.push(performance.now() - begin);
  }
  socket.destroy();
  return times;
}

/** Has another process run a command and throw its reply away. Resolves when it is about to, with what settles when all of it was read. */
async function runAside(server, request) {
  const child = fork(ASIDE, [String(server.port), ...request]);
  await once(child, "message");
  child.send("go");
  const ended = once(child, "close").then(([status]) => {
    if (status !== 0) throw new Error(`${request[0]} ended with status ${status}`);
  });
  return { ended };
}

async function measureStop(server, stop) {
  const times = [];
  for (let repeat = 0; repeat < (options.quick ? 1 : STOP_REPEATS); repeat++) {
    if (repeat > 0 && stop.refill) await fillStop(server, stop);
    const { ended } = await runAside(server, stop.request);
    times.push(...(await pingUntil(server, ended)));
  }
  times.sort((a, b) => a - b);
  return times[Math.min(times.length - 1, Math.floor(times.length * 0.999))];
}

async function fillStop(server, { fills }) {
  let from = 0;
  for (const [key, type] of Object.entries(fills)) {
    await fill(server, largeFill(type, key, from));
    from += LARGE / 2;
  }
}

async function measureStops() {
  // Beside the server's core is that of all others.
  spawnSync("taskset", ["-p", "-c", String(CLIENT_CORE), String(process.pid)]);
  const rows = [];
  for (const stop of STOPS) {
    const results = {};
    for (const name of ["redis", "memflux"]) {
      const server = await startServer(name, SERVER_CORE, redisServer);
      try {
        await fillStop(server, stop);
        results[name] = await measureStop(server, stop);
      } finally {
        await server.stop();
      }
    }
    rows.push({ name: stop.name, ...results, ratio: results.memflux / results.redis });
    console.error(formatStop(rows.at(-1)));
  }
  return rows;
}

function formatStop({ name, redis, memflux, ratio }) {
  return `| ${name} | ${redis.toFixed(1)} | ${memflux.toFixed(1)} | ${ratio.toFixed(2)}${ratio > STOP_TARGET ? " †" : ""} |`;
}

// Table -----------------------------------------------------------------------------------------------------------------

function tableOf(cpu, memory, stops) {
  const version = spawnSync(redisServer, ["--version"], { encoding: "utf8" }).stdout.match(/v=(\S+)/)?.[1];
  const machine = `${cpus().length} cores of ${cpus()[0]?.model.trim()}, Node ${process.version}, redis-server ${version}`;
  const lines = [`${machine}, ${rounds} rounds, ratios ours / redis († not what is to be reached).`];
  if (cpu.length > 0) {
    lines.push("", "| P | CPU, geometric mean | to reach | worst | to reach |", "|---|---|---|---|---|");
    for (const pipeline of pipelines) {
      const ratios = cpu.filter((row) => row.pipeline === pipeline).map(({ ratio }) => ratio);
      const mean = geometricMean(ratios).toFixed(2);
      lines.push(`| ${pipeline} | ${mean} | ≤ ${TARGETS[pipeline] ?? "-"} | ${Math.max(...ratios).toFixed(2)} | ≤ ${WORST} |`);
    }
  }
  if (memory.length > 0) {
    lines.push(
      "",
      `| type | collections | redis, bytes per element | ours | ratio (to reach ≤ ${MEMORY_TARGET}) |`,
      "|---|---|---|---|---|",
    );
    lines.push(...memory.map(formatMemory));
  }
  if (stops.length > 0) {
    lines.push(
      "",
      `| on a million elements | redis, p99.9 of a PING, ms | ours | ratio (to reach ≤ ${STOP_TARGET}) |`,
      "|---|---|---|---|",
    );
    lines.push(...stops.map(formatStop));
  }
  if (cpu.length > 0) {
    lines.push("", "| collections | command | P | CPU, ratio | ours, µs | redis, µs |", "|---|---|---|---|---|---|", ...cpu.map(formatCpu));
  }
  return lines.join("\n");
}

const cpu = parts.includes("cpu") ? [...(await measureAllCpu(false)), ...(await measureAllCpu(true))] : [];
const memory = [];
if (parts.includes("memory")) {
  for (const type of Object.keys(FILLS)) for (const isLarge of [false, true]) memory.push(await measureMemory(type, isLarge));
}
const stops = parts.includes("stops") ? await measureStops() : [];
const text = tableOf(cpu, memory, stops);
console.log(text);
if (options.write) {
  const readme = readFileSync(README, "utf8");
  const begin = readme.indexOf(TABLE_BEGIN) + TABLE_BEGIN.length;
  writeFileSync(README, `${readme.slice(0, begin)}\n${text}\n${readme.slice(readme.indexOf(TABLE_END))}`);
}
