/**
 * bench:durability: what keeping data on disk costs, against redis-server with its append only file, alternating in one run.
 *
 *   npm run bench:durability                        about 5 minutes
 *   npm run bench:durability -- --rounds 5 --keys 1000000
 *   --write                                         puts the table into test/bench/README.md
 *
 * 1. SET of 100 bytes by 50 clients: `full` against `appendfsync always`, `fsync` against `everysec`. Requests a second and the
 *    server's CPU time per request, ratios of the medians over the rounds; the order of the servers changes every round.
 * 2. Recovery: the time from the start of a process until it answers PING with so many keys in its log, less the same for an
 *    empty folder.
 */
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { dirname, join } from "node:path";
import { performance } from "node:perf_hooks";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { startServer } from "../kv/servers.mjs";

const SERVER_CORE = 0;
const CLIENT_CORE = 1;
const CLIENTS = 50;
const VALUE_BYTES = 100;
const README = join(dirname(fileURLToPath(import.meta.url)), "../README.md");
const TABLE_BEGIN = "<!-- bench:durability -->";
const TABLE_END = "<!-- /bench:durability -->";
const NAMES = ["redis", "memflux"];
/** What is measured: level, pipeline, requests, and the ratio of requests a second to reach. */
const CELLS = [
  { level: "full", pipeline: 1, requests: 50_000 },
  { level: "full", pipeline: 16, requests: 400_000, target: 1.0 },
  { level: "fsync", pipeline: 1, requests: 100_000 },
  { level: "fsync", pipeline: 16, requests: 800_000, target: 1.3 },
  { level: "fsync", pipeline: 64, requests: 1_600_000 },
];
const RECOVERY_TARGET = 1.0;

const { values: options } = parseArgs({
  options: {
    rounds: { type: "string", default: "3" },
    keys: { type: "string", default: "1000000" },
    write: { type: "boolean", default: false },
  },
});
const rounds = Number(options.rounds);
const keys = Number(options.keys);
const redisServer = process.env.REDIS_SERVER ?? "redis-server";

function median(list) {
  const sorted = [...list].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}

function inTurn(round) {
  return round % 2 === 0 ? NAMES : [...NAMES].reverse();
}

/** One run of redis-benchmark on a fresh server. */
async function measure(name, { level, pipeline, requests }) {
  const server = await startServer(name, SERVER_CORE, redisServer, { level });
  try {
    const args = ["-c", String(CLIENT_CORE), "redis-benchmark", "-p", String(server.port), "-c", String(CLIENTS), "-P", String(pipeline)];
    args.push("-n", String(requests), "-r", "100000", "-d", String(VALUE_BYTES), "-t", "set", "--csv");
    const before = server.cpuSeconds();
    const run = spawnSync("taskset", args, { encoding: "utf8" });
    const cpu = ((server.cpuSeconds() - before) / requests) * 1e6;
    const fields = (run.stdout.trim().split("\n").at(-1) ?? "").split(",").map((field) => field.replaceAll('"', ""));
    if (run.status !== 0 || fields.length < 8) throw new Error(`redis-benchmark failed: ${run.stderr}${run.stdout}`);
    return { rate: Number(fields[1]), cpu };
  } finally {
    await server.stop();
  }
}

/** Seconds from the start of a process until it answers, on a folder (a fresh one if absent) that is left for the caller. */
async function startSeconds(name, folder) {
  const begin = performance.now();
  const server = await startServer(name, SERVER_CORE, redisServer, { level: "fsync", ...(folder === undefined ? {} : { folder }) });
  return { seconds: (performance.now() - begin) / 1000, server };
}

/** Seconds that a log of `keys` keys adds to the start. */
async function recoverySeconds(name) {
  const { seconds: emptySeconds, server } = await startSeconds(name);
  await server.fill(keys, VALUE_BYTES);
  await server.end();
  const again = await startSeconds(name, server.folder);
  await again.server.stop();
  return again.seconds - emptySeconds;
}

const lines = [];
for (const cell of CELLS) {
  const results = { redis: [], memflux: [] };
  for (let round = 0; round < rounds; round++) for (const name of inTurn(round)) results[name].push(await measure(name, cell));
  const of = (name, figure) => median(results[name].map((result) => result[figure]));
  const rate = of("memflux", "rate") / of("redis", "rate");
  const shown = `${Math.round(of("memflux", "rate"))} / ${Math.round(of("redis", "rate"))} a second`;
  const cpu = of("memflux", "cpu") / of("redis", "cpu");
  lines.push(
    `| ${cell.level} | ${cell.pipeline} | ${rate.toFixed(2)} (${shown}) | ${cell.target === undefined ? "" : `≥ ${cell.target}`} | ${cpu.toFixed(2)} |`,
  );
  console.error(lines.at(-1));
}
const recovery = { redis: [], memflux: [] };
for (let round = 0; round < rounds; round++) for (const name of inTurn(round)) recovery[name].push(await recoverySeconds(name));
const [ours, redis] = [median(recovery.memflux), median(recovery.redis)];

const version = spawnSync(redisServer, ["--version"], { encoding: "utf8" }).stdout.match(/v=(\S+)/)?.[1];
const text = [
  `${cpus().length} cores of ${cpus()[0]?.model.trim()}, Node ${process.version}, redis-server ${version}, ${rounds} rounds, ratios ours / redis.`,
  "",
  "| level | P | requests a second | to reach | CPU per request |",
  "|---|---|---|---|---|",
  ...lines,
  "",
  `Recovery of ${keys} keys of ${VALUE_BYTES} bytes: ${ours.toFixed(2)} s against ${redis.toFixed(2)} s, ${(ours / redis).toFixed(2)} of redis's (to reach: ≤ ${RECOVERY_TARGET}).`,
].join("\n");
console.log(text);
if (options.write) {
  const readme = readFileSync(README, "utf8");
  const begin = readme.indexOf(TABLE_BEGIN) + TABLE_BEGIN.length;
  writeFileSync(README, `${readme.slice(0, begin)}\n${text}\n${readme.slice(readme.indexOf(TABLE_END))}`);
}
