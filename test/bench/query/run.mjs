/**
 * bench:query: SQL through the library against better-sqlite3, sql.js, DuckDB with one thread and PGlite, alternating in one run.
 *
 *   npm run bench:query                        about 5 minutes
 *   npm run bench:query -- --rounds 12 --peers memflux,sqlite
 *   --write                                    puts the table into test/bench/README.md
 *
 * Each database is a process of its own (measure.mjs) that has loaded the same data; only one works at a time. For each query they take turns,
 * and the order changes with every query and round, since who is asked first finds colder caches. Answers must be the same. Ratios are
 * of the medians over the rounds, theirs to ours: above 1 we are faster. The command fails when an answer differs or a ratio that is to be
 * reached is not.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { median, startPeers } from "../peer-process.mjs";
import { SIZES } from "./data.mjs";
import { PEERS } from "./peers.mjs";
import { QUERIES } from "./queries.mjs";

const HERE = dirname(fileURLToPath(import.meta.url));
const README = join(HERE, "../README.md");
const TABLE_BEGIN = "<!-- bench:query -->";
const TABLE_END = "<!-- /bench:query -->";
const TOLERANCE = 1e-9;

const { values: options } = parseArgs({
  options: {
    rounds: { type: "string", default: "5" },
    peers: { type: "string", default: PEERS.join(",") },
    write: { type: "boolean", default: false },
  },
});
const rounds = Number(options.rounds);

function isSameValue(left, right) {
  if (typeof left !== "number" || typeof right !== "number") return left === right;
  return Math.abs(left - right) <= TOLERANCE * Math.max(1, Math.abs(left), Math.abs(right));
}

/** Rows without order, since index ranges have none; rows of ordered queries come in one order anyway. */
function isSameRows(left, right) {
  if (left.length !== right.length) return false;
  const sorted = (rows) => [...rows].sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  const isEqual = (a, b) => a.every((row, position) => row.every((value, column) => isSameValue(value, b[position][column])));
  return isEqual(left, right) || isEqual(sorted(left), sorted(right));
}

const problems = [];
const cells = new Map();
const answers = new Map();
const { children, missing } = await startPeers(join(HERE, "measure.mjs"), options.peers.split(","));
const names = [...children.keys()];
for (let round = 0; round < rounds; round++) {
  for (const [position, query] of QUERIES.entries()) {
    const turn = (round + position) % names.length;
    for (const name of [...names.slice(turn), ...names.slice(0, turn)]) {
      const { value, rows, failure } = await children.get(name).ask(position);
      if (failure !== undefined) {
        problems.push(`${name}, ${query.name}: ${failure}`);
        continue;
      }
      if (value === undefined) continue;
      const expected = answers.get(query) ?? { name, rows };
      answers.set(query, expected);
      if (!isSameRows(expected.rows, rows)) problems.push(`${query.name}: ${name} answers otherwise than ${expected.name}`);
      const key = `${query.name}/${name}`;
      cells.set(key, [...(cells.get(key) ?? []), value]);
    }
  }
  console.error(`round ${round + 1} of ${rounds}`);
}
for (const child of children.values()) await child.end();

function format(value) {
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2);
}

/** A peer's median, and in brackets how many times as fast ours is. */
function cellOf(query, name) {
  const list = cells.get(`${query.name}/${name}`);
  if (list === undefined) return "";
  const value = median(list);
  const ours = cells.get(`${query.name}/memflux`);
  if (name === "memflux") {
    const isMissed = query.limitMicroseconds !== undefined && value > query.limitMicroseconds;
    if (isMissed) problems.push(`${query.name} takes ${format(value)} µs, not ${query.limitMicroseconds}`);
    return `${format(value)}${isMissed ? " †" : ""}`;
  }
  if (ours === undefined) return format(value);
  const ratio = value / median(ours);
  const target = query.targets?.[name];
  const isMissed = target !== undefined && ratio < target;
  if (isMissed) problems.push(`${query.name} is ${ratio.toFixed(2)} times as fast as ${name}, not ${target}`);
  return `${format(value)} (${ratio.toFixed(2)}${isMissed ? " †" : ""})`;
}

function targetsOf({ targets = {}, limitMicroseconds }) {
  const list = Object.entries(targets).map(([name, factor]) => `${factor} × ${name}`);
  return [...list, ...(limitMicroseconds === undefined ? [] : [`≤ ${limitMicroseconds} µs`])].join(", ");
}

const lines = [
  `${cpus().length} cores of ${cpus()[0].model.trim()}, Node ${process.version}, ${rounds} rounds, ${SIZES.orders} orders with their lines, ${SIZES.products} documents; medians, in brackets how many times as fast ours is († not what is to be reached).`,
  ...(missing.length > 0 ? ["", `Not run: ${missing.join("; ")}.`] : []),
  "",
  `| query | unit | ${names.join(" | ")} | to reach |`,
  `|---|---|${names.map(() => "---").join("|")}|---|`,
  ...QUERIES.map(
    (query) =>
      `| ${query.name} | ${query.kind === "once" ? "ms" : "µs"} | ${names.map((name) => cellOf(query, name)).join(" | ")} | ${targetsOf(query)} |`,
  ),
];
const table = lines.join("\n");
console.log(table);
if (options.write) {
  const readme = readFileSync(README, "utf8");
  const begin = readme.indexOf(TABLE_BEGIN) + TABLE_BEGIN.length;
  writeFileSync(README, `${readme.slice(0, begin)}\n${table}\n${readme.slice(readme.indexOf(TABLE_END))}`);
}
for (const problem of new Set(problems)) console.log(problem);
process.exitCode = problems.length === 0 ? 0 : 1;
