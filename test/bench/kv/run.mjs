/**
 * bench:kv: MemFlux against Debian's redis-server, alternating in one run; server on one core, redis-benchmark on the other.
 *
 *   npm run bench:kv                                the whole table, about 15 minutes
 *   npm run bench:kv -- --quick                     a smoke: few cells, one round
 *   npm run bench:kv -- --rounds 5 --pipelines 16,64 --commands GET,SET --sizes 3 --keys 100000
 *   npm run bench:kv -- --persistent                with a log: durability fsync against appendfsync everysec
 *   --write                                         puts the table into test/bench/README.md
 *
 * Per cell and server: requests per second, CPU time of the server per request (user and system, from /proc), p50 and p99 as
 * redis-benchmark reports them. A figure of the table is the ratio ours / redis of the medians over the rounds; the order of
 * the two servers changes every round. Memory is resident bytes above an empty server, per key, at a million keys.
 */
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { startServer } from "./servers.mjs";

const SERVER_CORE = 0;
const CLIENT_CORE = 1;
const CLIENTS = 50;
const README = join(dirname(fileURLToPath(import.meta.url)), "../README.md");
/** Requests of a measurement by pipeline depth: one to two seconds each. */
const REQUESTS = { 1: 100_000, 16: 800_000, 64: 1_600_000, 256: 2_000_000 };
/** Targets of the CPU ratio, geometric mean over a pipeline depth. */
const TARGETS = { 1: 1.25, 16: 0.8, 64: 0.55, 256: 0.4 };
const MEMORY_TARGET = 0.65;

const { values: options } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    persistent: { type: "boolean", default: false },
    write: { type: "boolean", default: false },
    rounds: { type: "string" },
    pipelines: { type: "string" },
    commands: { type: "string", default: "GET,SET,INCR,MSET" },
    sizes: { type: "string" },
    keys: { type: "string" },
  },
});

const TABLE = options.persistent ? "bench:kv --persistent" : "bench:kv";
const TABLE_BEGIN = `<!-- ${TABLE} -->`;
const TABLE_END = `<!-- /${TABLE} -->`;
/** How the servers keep their data. */
const LEVEL = options.persistent ? { level: "fsync" } : undefined;
const numbers = (text) => text.split(",").map(Number);
const rounds = Number(options.rounds ?? (options.quick ? 1 : 3));
const pipelines = numbers(options.pipelines ?? (options.quick ? "1,64" : "1,16,64,256"));
const commands = options.commands.split(",");
const sizes = numbers(options.sizes ?? (options.quick ? "3" : "3,100"));
const keyCounts = numbers(options.keys ?? (options.quick || options.persistent ? "100000" : "100000,1000000"));
const memoryKeys = options.quick ? 100_000 : 1_000_000;
const redisServer = process.env.REDIS_SERVER ?? "redis-server";

function median(list) {
  const sorted = [...list].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}

function geometricMean(list) {
  return Math.exp(list.reduce((sum, value) => sum + Math.log(value), 0) / list.length);
}

/** One run of redis-benchmark against a server. */
function measure(server, cell) {
  const requests = Math.round(REQUESTS[cell.pipeline] / (cell.command === "MSET" ? 4 : 1) / (options.quick ? 4 : 1));
  const args = ["-c", String(CLIENT_CORE), "redis-benchmark", "-p", String(server.port), "-c", String(CLIENTS)];
  args.push("-P", String(cell.pipeline), "-n", String(requests), "-r", String(cell.keys), "-d", String(cell.size));
  const before = server.cpuSeconds();
  const run = spawnSync("taskset", [...args, "-t", cell.command.toLowerCase(), "--csv"], { encoding: "utf8" });
  const cpu = server.cpuSeconds() - before;
  const line = run.stdout.trim().split("\n").at(-1) ?? "";
  const fields = line.split(",").map((field) => field.replaceAll('"', ""));
  if (run.status !== 0 || fields.length < 8) throw new Error(`redis-benchmark failed: ${run.stderr}${run.stdout}`);
  return { rate: Number(fields[1]), cpu: (cpu / requests) * 1e6, p50: Number(fields[4]), p99: Number(fields[6]) };
}

function cells() {
  const list = [];
  for (const keys of keyCounts) {
    for (const size of sizes) {
      for (const command of commands) {
        if (command === "INCR" && size !== sizes[0]) continue;
        for (const pipeline of pipelines) list.push({ keys, size, command, pipeline });
      }
    }
  }
  return list;
}

function summarise(cell, results) {
  const of = (name, figure) => median(results[name].map((result) => result[figure]));
  const ratio = (figure) => of("memflux", figure) / of("redis", figure);
  return {
    ...cell,
    rate: ratio("rate"),
    cpu: ratio("cpu"),
    p50: ratio("p50"),
    p99: ratio("p99"),
    redis: of("redis", "cpu"),
    ours: of("memflux", "cpu"),
  };
}

/** Measures all cells that share keys and size on one pair of servers, alternating. */
async function measureGroup(group) {
  const servers = [
    await startServer("redis", SERVER_CORE, redisServer, LEVEL),
    await startServer("memflux", SERVER_CORE, redisServer, LEVEL),
  ];
  try {
    for (const server of servers) await server.fill(group[0].keys, group[0].size);
    const rows = [];
    for (const cell of group) {
      const results = { redis: [], memflux: [] };
      for (let round = 0; round < rounds; round++) {
        for (const server of round % 2 === 0 ? servers : [...servers].reverse()) results[server.name].push(measure(server, cell));
      }
      rows.push(summarise(cell, results));
      console.error(formatRow(rows.at(-1)));
    }
    return rows;
  } finally {
    for (const server of servers) await server.stop();
  }
}

/** Bytes per key of both servers for a value size. */
async function measureMemory(size) {
  const bytes = {};
  for (const name of ["redis", "memflux"]) {
    const server = await startServer(name, SERVER_CORE, redisServer);
    try {
      const empty = server.residentBytes();
      await server.fill(memoryKeys, size);
      bytes[name] = (server.residentBytes() - empty) / memoryKeys;
    } finally {
      await server.stop();
    }
  }
  return { size, ...bytes, ratio: bytes.memflux / bytes.redis };
}

function formatRow(row) {
  const figure = (value) => value.toFixed(2);
  const cpu = `${figure(row.cpu)} (${row.ours.toFixed(2)} / ${row.redis.toFixed(2)} µs)`;
  return `| ${row.keys} | ${row.size} | ${row.command} | ${row.pipeline} | ${figure(row.rate)} | ${cpu} | ${figure(row.p50)} | ${figure(row.p99)} |`;
}

function table(rows, memory) {
  const version = spawnSync(redisServer, ["--version"], { encoding: "utf8" }).stdout.match(/v=(\S+)/)?.[1];
  const lines = [
    `${cpus().length} cores of ${cpus()[0]?.model.trim()}, Node ${process.version}, redis-server ${version}, ${rounds} rounds, ratios ours / redis${options.persistent ? ", durability fsync / appendfsync everysec" : ""}.`,
    "",
  ];
  lines.push("| P | CPU, geometric mean | to reach | throughput, geometric mean |", "|---|---|---|---|");
  for (const pipeline of pipelines) {
    const own = rows.filter((row) => row.pipeline === pipeline);
    const mean = (figure) => geometricMean(own.map((row) => row[figure])).toFixed(2);
    lines.push(`| ${pipeline} | ${mean("cpu")} | ${options.persistent ? "" : `≤ ${TARGETS[pipeline] ?? "-"}`} | ${mean("rate")} |`);
  }
  if (memory.length > 0) pushMemory(lines, memory);
  lines.push("", "| keys | value bytes | command | P | throughput | CPU per request | p50 | p99 |", "|---|---|---|---|---|---|---|---|");
  return [...lines, ...rows.map(formatRow)].join("\n");
}

function pushMemory(lines, memory) {
  lines.push("", `| value bytes | redis, bytes per key | ours | ratio | at ${memoryKeys} keys |`, "|---|---|---|---|---|");
  for (const row of memory) lines.push(`| ${row.size} | ${row.redis.toFixed(1)} | ${row.memflux.toFixed(1)} | ${row.ratio.toFixed(2)} | |`);
  lines.push(`| geometric mean | | | ${geometricMean(memory.map((row) => row.ratio)).toFixed(2)} | to reach ≤ ${MEMORY_TARGET} |`);
}

const memory = [];
if (!options.persistent) for (const size of sizes) memory.push(await measureMemory(size));
const rows = [];
for (const keys of keyCounts) {
  for (const size of sizes) {
    const group = cells().filter((cell) => cell.keys === keys && cell.size === size);
    if (group.length > 0) rows.push(...(await measureGroup(group)));
  }
}
const text = table(rows, memory);
console.log(text);
if (options.write) {
  const readme = readFileSync(README, "utf8");
  const begin = readme.indexOf(TABLE_BEGIN) + TABLE_BEGIN.length;
  writeFileSync(README, `${readme.slice(0, begin)}\n${text}\n${readme.slice(readme.indexOf(TABLE_END))}`);
}
