/**
 * bench:startup: from the start of a process to its first answer, beyond the runtime's own start.
 *
 *   npm run bench:startup                        about half a minute; each runtime that is installed
 *   npm run bench:startup -- --rounds 41
 *   --write                                      puts the table into test/bench/README.md
 *
 * 1. "own": a program that does nothing but say so. All other figures are medians less the median of this one.
 * 2. "library": `open` and the first `get`, in memory and on a directory with KEYS keys. "server": `memflux serve` on such a
 *    directory until it has answered PING. redis-server with its append only file likewise, as it is: it has nothing to subtract.
 * 3. Beside the time there is what the process's main thread was busy by then (Linux): on a machine that has other things to do the
 *    times say little, and this says what they would be.
 * 4. Everything takes turns within a round, and a round before the first is not counted: it warms the system's file cache.
 */
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
const README = join(ROOT, "test/bench/README.md");
const TABLE_BEGIN = "<!-- bench:startup -->";
const TABLE_END = "<!-- /bench:startup -->";
const KEYS = 1000;
const TARGET_MS = 60;

const { values: options } = parseArgs({
  options: { rounds: { type: "string", default: "21" }, write: { type: "boolean", default: false } },
});
const rounds = Number(options.rounds);
const folder = mkdtempSync(join(tmpdir(), "memflux-startup-"));
const redisServer = process.env.REDIS_SERVER ?? "redis-server";

function median(list) {
  return [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)];
}

/** What there is to measure of a runtime; undefined where it is not installed. */
function runtime(title, file, args = [], library = "index.js") {
  const command = file === process.execPath ? file : join(ROOT, "test/node_modules", file);
  return existsSync(command) ? { title, command: [command, ...args], library: join(ROOT, "dist", library) } : undefined;
}

const runtimes = [
  runtime(`Node ${process.version}`, process.execPath),
  runtime("Node 22", "node22/bin/node"),
  runtime("Node 24", "node24/bin/node"),
  runtime("Bun", ".bin/bun", [], "bun.js"),
  runtime("Deno", ".bin/deno", ["run", "-A", "--no-prompt"], "deno.js"),
].filter((each) => each !== undefined);

/** A program as a file, so that every runtime takes it alike. */
function program(name, text) {
  const file = join(folder, `${name}.mjs`);
  writeFileSync(file, text);
  return file;
}

const own = program("own", 'process.stdout.write("ready\\n");');
const library = (path, dir) =>
  `import { open } from ${JSON.stringify(path)};
const db = await open(${dir === undefined ? "" : JSON.stringify({ dir })});
process.stdout.write(db.get("key:1") === ${dir === undefined ? "null" : '"value"'} ? "ready\\n" : "wrong\\n");`;

/** Milliseconds that the main thread of a process was busy; NaN where the system does not say. */
function busyMilliseconds(processId) {
  const file = `/proc/${processId}/task/${processId}/schedstat`;
  return existsSync(file) ? Number(readFileSync(file, "utf8").split(" ")[0]) / 1e6 : Number.NaN;
}

/** Milliseconds from the start of a process to what it says last before `said` is satisfied, and how many of them it was busy. */
async function untilSaid([command, ...args], said) {
  const begin = performance.now();
  const child = spawn(command, args, { cwd: folder, stdio: ["ignore", "pipe", "ignore"] });
  const closed = once(child, "close");
  let text = "";
  const answered = await new Promise((done, fail) => {
    const heard = async (chunk) => {
      text += chunk;
      const waiting = said(text);
      if (waiting === undefined) return;
      child.stdout.off("data", heard);
      await waiting;
      done({ passed: performance.now() - begin, busy: busyMilliseconds(child.pid) });
    };
    child.stdout.on("data", heard);
    child.once("error", fail);
    child.once("exit", () => fail(new Error(`${command} ended before it answered: ${text}`)));
  });
  child.removeAllListeners("exit");
  child.kill("SIGTERM");
  await closed;
  return answered;
}

const ready = (text) => (text.includes("ready\n") ? Promise.resolve() : undefined);

async function pong(port) {
  const socket = connect(port, "127.0.0.1", () => socket.write("PING\r\n"));
  const [bytes] = await once(socket, "data");
  if (!String(bytes).startsWith("+PONG")) throw new Error(`PING was answered ${bytes}`);
  socket.destroy();
}

function server({ command }, dir) {
  const args = [join(ROOT, "dist/memflux.js"), "serve", "--port", "0", "--dir", dir];
  return untilSaid([...command, ...args], (text) => {
    const port = /ready on .*:(\d+)/.exec(text)?.[1];
    return port === undefined ? undefined : pong(Number(port));
  });
}

async function redis() {
  const listener = createServer().listen(0, "127.0.0.1");
  await once(listener, "listening");
  const { port } = listener.address();
  listener.close();
  const args = ["--port", String(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "yes", "--dir", folder];
  return untilSaid([redisServer, ...args], (text) => (text.includes("Ready to accept") ? pong(port) : undefined));
}

/** A directory with KEYS keys. */
function filled(name) {
  const dir = join(folder, name);
  const file = program(
    "fill",
    `import { open } from ${JSON.stringify(join(ROOT, "dist/index.js"))};
const db = await open({ dir: ${JSON.stringify(dir)} });
for (let key = 0; key < ${KEYS}; key++) db.set("key:" + key, "value");
await db.close();`,
  );
  const { status, stderr } = spawnSync(process.execPath, [file], { encoding: "utf8" });
  if (status !== 0) throw new Error(`the directory could not be filled: ${stderr}`);
  return dir;
}

const dirs = { library: filled("library"), server: filled("server") };
const hasRedis = spawnSync(redisServer, ["--version"]).status === 0;
const redisTimes = [];
for (const each of runtimes) {
  each.times = { own: [], memory: [], directory: [], server: [] };
  each.memory = program(`memory ${each.title}`, library(each.library));
  each.directory = program(`directory ${each.title}`, library(each.library, dirs.library));
}
for (let round = -1; round < rounds; round++) {
  for (const { times, ...each } of round % 2 === 0 ? runtimes : [...runtimes].reverse()) {
    const found = {
      own: await untilSaid([...each.command, own], ready),
      memory: await untilSaid([...each.command, each.memory], ready),
      directory: await untilSaid([...each.command, each.directory], ready),
      server: await server(each, dirs.server),
    };
    if (round >= 0) for (const [name, answered] of Object.entries(found)) times[name].push(answered);
  }
  if (!hasRedis) continue;
  const answered = await redis();
  if (round >= 0) redisTimes.push(answered);
}

const of = (list, figure) => median(list.map((answered) => answered[figure]));
const lines = runtimes.map(({ title, times }) => {
  const beyond = (name, figure) => (of(times[name], figure) - of(times.own, figure)).toFixed(0);
  const cells = ["memory", "directory", "server"].map((name) => `${beyond(name, "passed")} (${beyond(name, "busy")})`);
  const ratio = hasRedis ? (of(times.server, "passed") / of(redisTimes, "passed")).toFixed(1) : "";
  return `| ${title} | ${of(times.own, "passed").toFixed(0)} (${of(times.own, "busy").toFixed(0)}) | ${cells.join(" | ")} | ${ratio} |`;
});
const text = [
  `${cpus().length} cores of ${cpus()[0]?.model.trim()}, ${rounds} rounds, medians in milliseconds, in brackets those of the main thread's work; to reach: ≤ ${TARGET_MS} beyond the runtime's own start.`,
  "",
  "| runtime | own start | library, memory: + | library, directory: + | server, first PONG: + | server as a whole / redis-server |",
  "|---|---|---|---|---|---|",
  ...lines,
].join("\n");
console.log(text);
if (options.write) {
  const readme = readFileSync(README, "utf8");
  const begin = readme.indexOf(TABLE_BEGIN) + TABLE_BEGIN.length;
  writeFileSync(README, `${readme.slice(0, begin)}\n${text}\n${readme.slice(readme.indexOf(TABLE_END))}`);
}
rmSync(folder, { recursive: true, force: true });
