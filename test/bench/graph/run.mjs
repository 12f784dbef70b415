/**
 * bench:graph: Cypher through the library against Kùzu, better-sqlite3 and DuckDB with one thread, alternating in one run.
 *
 *   npm run bench:graph
 *   npm run bench:graph -- --rounds 12 --peers memflux,kuzu
 *   --write                                    puts the table into test/bench/README.md
 *
 * Each database is a process of its own (measure.mjs) that has loaded the same graph; only one works at a time. For each question they
 * take turns, and the order changes with every question and round. Answers must be the same. Ratios are of the medians over the rounds, theirs to
 * ours: above 1 we are faster. The command fails when an answer differs or a ratio that is to be reached is not.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { median, startPeers } from "../peer-process.mjs";
import { NODES, RELATIONSHIPS } from "./data.mjs";
import { PEERS } from "./peers.mjs";
import { QUESTIONS } from "./questions.mjs";

const HERE = dirname(fileURLToPath(import.meta.url));
const README = join(HERE, "../README.md");
const TABLE_BEGIN = "<!-- bench:graph -->";
const TABLE_END = "<!-- /bench:graph -->";

const { values: options } = parseArgs({
  options: {
    rounds: { type: "string", default: "5" },
    peers: { type: "string", default: PEERS.join(",") },
    write: { type: "boolean", default: false },
  },
});
const rounds = Number(options.rounds);
const problems = new Set();
/** Medians of the rounds, and the first answer, by question and database. */
const values = new Map();
const answers = new Map();

async function askOne(child, name, position) {
  const question = QUESTIONS[position];
  const { value, rows, failure } = await child.ask(position);
  if (failure !== undefined) {
    problems.add(`${name}, ${question.name}: ${failure}`);
    return;
  }
  if (value === undefined) return;
  const key = `${position}/${name}`;
  values.set(key, [...(values.get(key) ?? []), value]);
  if (name === "kuzu" && question.kuzuAnswersOtherwise) return;
  const given = JSON.stringify(rows);
  const first = answers.get(position) ?? { name, given };
  answers.set(position, first);
  if (first.given !== given) problems.add(`${question.name}: ${name} answers otherwise than ${first.name}`);
}

const { children, missing } = await startPeers(join(HERE, "measure.mjs"), options.peers.split(","));
const names = [...children.keys()];
for (let round = 0; round < rounds; round++) {
  for (const position of QUESTIONS.keys()) {
    const turn = (round + position) % names.length;
    for (const name of [...names.slice(turn), ...names.slice(0, turn)]) await askOne(children.get(name), name, position);
  }
  console.error(`round ${round + 1} of ${rounds}`);
}
for (const child of children.values()) await child.end();

function format(value) {
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2);
}

/** A median, and of a peer in brackets how many times as fast ours is; † where that is not what is to be reached. */
function cellOf(position, name) {
  const { name: question, targets, limitMicroseconds } = QUESTIONS[position];
  const list = values.get(`${position}/${name}`);
  const ours = values.get(`${position}/memflux`);
  if (list === undefined) return "";
  const value = median(list);
  if (name === "memflux") {
    const isMissed = limitMicroseconds !== undefined && value > limitMicroseconds;
    if (isMissed) problems.add(`${question} takes ${format(value)} µs, not ${limitMicroseconds}`);
    return `${format(value)}${isMissed ? " †" : ""}`;
  }
  if (ours === undefined) return format(value);
  const ratio = value / median(ours);
  const isMissed = targets?.[name] !== undefined && ratio < targets[name];
  if (isMissed) problems.add(`${question} is ${ratio.toFixed(2)} times as fast as ${name}, not ${targets[name]}`);
  return `${format(value)} (${format(ratio)}${isMissed ? " †" : ""})`;
}

function targetsOf({ targets = {}, limitMicroseconds }) {
  const list = Object.entries(targets).map(([name, factor]) => `${factor} × ${name}`);
  return [...list, ...(limitMicroseconds === undefined ? [] : [`≤ ${limitMicroseconds} µs`])].join(", ");
}

const lines = [
  `${cpus().length} cores of ${cpus()[0].model.trim()}, Node ${process.version}, ${rounds} rounds, ${NODES} nodes, ${RELATIONSHIPS} relationships; medians, in brackets how many times as fast ours is († not what is to be reached).`,
  ...(missing.length > 0 ? ["", `Not run: ${missing.join("; ")}.`] : []),
  "",
  `| question | unit | ${names.join(" | ")} | to reach |`,
  `|---|---|${names.map(() => "---").join("|")}|---|`,
  ...QUESTIONS.map(
    (question, position) =>
      `| ${question.name} | ${question.kind === "once" ? "ms" : "µs"} | ${names.map((name) => cellOf(position, name)).join(" | ")} | ${targetsOf(question)} |`,
  ),
];
const table = lines.join("\n");
console.log(table);
if (options.write) {
  const readme = readFileSync(README, "utf8");
  const begin = readme.indexOf(TABLE_BEGIN) + TABLE_BEGIN.length;
  writeFileSync(README, `${readme.slice(0, begin)}\n${table}\n${readme.slice(readme.indexOf(TABLE_END))}`);
}
for (const problem of problems) console.log(problem);
process.exitCode = problems.size === 0 ? 0 : 1;
