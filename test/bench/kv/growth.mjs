/**
 * bench:growth: what growing from 10 thousand to 10 million keys costs, and the longest stop on the way.
 *
 *   npm run bench:growth [-- --keys 10000000] [--value 32] [--write]
 *
 * Drives the built engine in this process, 64 requests a call as a pipelining client would. Per stage: nanoseconds per SET
 * of a new key and per GET of a random one (decoding and encoding included), bytes per key by the engine's own count, and
 * the longest single call. The call includes memory growth and segment splits; it does not include sockets. The collector
 * of this process stops between calls as well as in them, so the longest call is an upper bound.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const HERE = dirname(fileURLToPath(import.meta.url));
const README = join(HERE, "../README.md");
const BATCH = 64;
const CONTROL_INPUT_POINTER = 20;
const CONTROL_MEMORY_POINTER = 44;
const DATA_PURPOSES = 3;
const GETS = 500_000;
const LONGEST_TARGET_MS = 5;

const { values: options } = parseArgs({
  options: {
    keys: { type: "string", default: "10000000" },
    value: { type: "string", default: "32" },
    write: { type: "boolean", default: false },
  },
});

class Engine {
  constructor() {
    const module = new WebAssembly.Module(readFileSync(join(HERE, "../../../dist/engine.wasm")));
    this.exports = new WebAssembly.Instance(module, {}).exports;
    this.exports._initialize?.();
    if (this.exports.engine_initialize(1, 2) !== 0) throw new Error("the engine did not start");
    this.control = this.exports.engine_control() >>> 0;
    this.handle = this.exports.session_open() >>> 0;
  }

  word(offset) {
    return new DataView(this.exports.memory.buffer).getUint32(this.control + offset, true);
  }

  /** Bytes of entries, values and tables. */
  dataBytes() {
    const counters = new Float64Array(this.exports.memory.buffer, this.word(CONTROL_MEMORY_POINTER), DATA_PURPOSES);
    return counters.reduce((sum, bytes) => sum + bytes, 0);
  }
}

const encoder = new TextEncoder();
const value = "x".repeat(Number(options.value));
const keyOf = (index) => `key:${String(index).padStart(12, "0")}`;
const setOf = (index) => `*3\r\n$3\r\nSET\r\n$16\r\n${keyOf(index)}\r\n$${value.length}\r\n${value}\r\n`;
const getOf = (index) => `*2\r\n$3\r\nGET\r\n$16\r\n${keyOf(index)}\r\n`;

/** Runs `count` requests made by `request(i)`; returns nanoseconds per request and the longest call in milliseconds. */
function run(engine, count, request) {
  const input = engine.word(CONTROL_INPUT_POINTER);
  let total = 0;
  let longest = 0;
  for (let done = 0; done < count; done += BATCH) {
    let text = "";
    for (let index = done; index < Math.min(count, done + BATCH); index++) text += request(index);
    const length = encoder.encodeInto(text, new Uint8Array(engine.exports.memory.buffer, input)).written;
    const start = performance.now();
    engine.exports.execute(engine.handle, input, length, 1e12);
    const took = performance.now() - start;
    total += took;
    if (took > longest) longest = took;
  }
  return { nanoseconds: (total * 1e6) / count, longest };
}

/** A seeded generator (mulberry32), so that runs ask for the same keys. */
function generator(seed) {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let z = Math.imul(state ^ (state >>> 15), state | 1);
    z ^= z + Math.imul(z ^ (z >>> 7), z | 61);
    return ((z ^ (z >>> 14)) >>> 0) % below;
  };
}

const engine = new Engine();
run(engine, 20_000, (index) => getOf(index));
const lines = [`${cpus()[0]?.model.trim()}, Node ${process.version}, values of ${value.length} bytes, ${BATCH} requests a call.`, ""];
lines.push("| keys | SET of new keys, ns | GET, ns | bytes per key | longest call, ms |", "|---|---|---|---|---|");
const random = generator(1);
let keys = 0;
let longest = 0;
for (let target = 10_000; target <= Number(options.keys); target *= 10) {
  const first = keys;
  const sets = run(engine, target - first, (index) => setOf(first + index));
  keys = target;
  const gets = run(engine, GETS, () => getOf(random(target)));
  longest = Math.max(longest, sets.longest, gets.longest);
  const bytes = (engine.dataBytes() / target).toFixed(1);
  lines.push(
    `| ${target} | ${sets.nanoseconds.toFixed(0)} | ${gets.nanoseconds.toFixed(0)} | ${bytes} | ${Math.max(sets.longest, gets.longest).toFixed(2)} |`,
  );
  console.error(lines.at(-1));
}
lines.push("", `Longest call: ${longest.toFixed(2)} ms (to reach: ≤ ${LONGEST_TARGET_MS}).`);
const text = lines.join("\n");
console.log(text);
if (options.write) {
  const readme = readFileSync(README, "utf8");
  const begin = readme.indexOf("<!-- bench:growth -->") + "<!-- bench:growth -->".length;
  writeFileSync(README, `${readme.slice(0, begin)}\n${text}\n${readme.slice(readme.indexOf("<!-- /bench:growth -->"))}`);
}
