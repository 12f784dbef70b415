/**
 * bench:transactions: what transactions take, what they cost others, and how many abort.
 *
 *   npm run bench:transactions -- --baseline DIR    DIR: the dist folder of the commit before transactions, built in a worktree of its own;
 *                                                   without it nothing is said of the cost to those who do not use them
 *   --rounds 41 --transactions 60000
 *   --write                                         puts the tables into test/bench/README.md
 *
 * Each part is a process of its own (small-bank.mjs, orders.mjs, views.mjs, idle.mjs), whose contenders take turns; figures are CPU time, and ratios medians
 * over the rounds. The part with the baseline runs twice, each build once in the first place and once in the second, whose memory is colder:
 * the mean of both ratios counts. Aborts are counted by test/isolation. The command fails when what is to be reached is not.
 */
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const HERE = dirname(fileURLToPath(import.meta.url));
const README = join(HERE, "../README.md");
const DIST = join(HERE, "../../../dist");
const ISOLATION = join(HERE, "../../isolation/run.mjs");
const TABLE_BEGIN = "<!-- bench:transactions -->";
const TABLE_END = "<!-- /bench:transactions -->";
const EMPTY_MICROSECONDS = 3;
const SMALL_BANK_TIMES = 3;
const FIRST_PASS = 2.5;
const LATER_PASS = 1.3;
const IDLE_COST = 1.05;

const { values: options } = parseArgs({
  options: {
    rounds: { type: "string", default: "41" },
    transactions: { type: "string", default: "60000" },
    baseline: { type: "string" },
    write: { type: "boolean", default: false },
  },
});

let missed = 0;

/** What was reached beside what is to be; a dagger where it is not. */
function judged(text, isReached) {
  if (!isReached) missed++;
  return isReached ? text : `${text} †`;
}

function output(program, args) {
  const run = spawnSync(process.execPath, ["--max-old-space-size=8192", program, ...args], {
    encoding: "utf8",
    maxBuffer: 1 << 24,
    stdio: ["ignore", "pipe", "inherit"],
  });
  if (run.status !== 0) throw new Error(`${program} ended with ${run.status}`);
  return run.stdout;
}

function measured(part, ...args) {
  return JSON.parse(output(join(HERE, part), args));
}

function table(head, rows) {
  return [`| ${head.join(" | ")} |`, `|${head.map(() => "---").join("|")}|`, ...rows.map((row) => `| ${row.join(" | ")} |`), ""];
}

function bankTables() {
  const { empty, smallBank } = measured("small-bank.mjs", options.rounds);
  const emptyRows = empty.map(({ name, microseconds }, position) => {
    const isReached = position === 0 || microseconds <= EMPTY_MICROSECONDS;
    return [name, judged(microseconds.toFixed(2), isReached)];
  });
  const bankRows = smallBank.map(({ name, microseconds, ratio }, position) => {
    const times = 1 / ratio;
    return [name, microseconds.toFixed(2), position === 0 ? "" : judged(times.toFixed(2), times >= SMALL_BANK_TIMES)];
  });
  const orderRows = measured("orders.mjs", options.rounds).map(({ name, microseconds, ratio }, position) => {
    return [name, microseconds.toFixed(2), position === 0 ? "" : (1 / ratio).toFixed(2)];
  });
  return [
    ...table(["empty transaction", `µs (to reach ≤ ${EMPTY_MICROSECONDS})`], emptyRows),
    ...table(["SmallBank", "µs", `times as fast as better-sqlite3 (to reach ≥ ${SMALL_BANK_TIMES})`], bankRows),
    ...table(["orders, as in TPC-C", "µs", "times as fast as better-sqlite3"], orderRows),
  ];
}

function viewTables() {
  const { passes, idle } = measured("views.mjs", options.rounds);
  const { keys, writes, bytesPerKey, moreBytesPerKey, leftBytes } = idle;
  return [
    ...table(
      ["SET of all keys while a view is open", "ratio to SET without one", "to reach"],
      [
        ["first pass", judged(passes.first.toFixed(2), passes.first <= FIRST_PASS), `≤ ${FIRST_PASS}`],
        ["later passes", judged(passes.later.toFixed(2), passes.later <= LATER_PASS), `≤ ${LATER_PASS}`],
      ],
    ),
    `A transaction that does nothing while ${writes} values are written to ${keys} keys: ${bytesPerKey.toFixed(0)} bytes for each key after the first pass, ` +
      `${judged(`${moreBytesPerKey.toFixed(1)} more after the last`, moreBytesPerKey < 1)}, ${leftBytes} bytes in all when it has ended.`,
    "",
  ];
}

function idleTable() {
  if (options.baseline === undefined) return ["Without `--baseline` the cost to those who use no transactions was not measured.", ""];
  const second = measured("idle.mjs", options.baseline, options.rounds, DIST);
  const first = measured("idle.mjs", DIST, options.rounds, options.baseline);
  const rows = second.map(({ name, microseconds, ratio }, position) => {
    const mean = Math.sqrt(ratio / first[position].ratio);
    return [name, microseconds.toFixed(microseconds < 100 ? 3 : 0), judged(mean.toFixed(3), mean <= IDLE_COST)];
  });
  return table(["while no transaction is active", "µs", `ratio to the commit before transactions (to reach ≤ ${IDLE_COST})`], rows);
}

function abortTable() {
  const lines = output(ISOLATION, ["--workload", "all", "--transactions", options.transactions]).trim().split("\n");
  const rows = lines.map((line) => {
    const at = line.indexOf(": {");
    if (at < 0) throw new Error(`a history that is wrong: ${line}`);
    const { commits, aborts, needless } = JSON.parse(line.slice(at + 2));
    const share = (count) => `${((100 * count) / (commits + aborts)).toFixed(2)} %`;
    return [line.slice(0, at), String(commits + aborts), share(aborts), share(needless)];
  });
  return table(["six sessions, interleaved at random", "transactions", "aborted", "of them needlessly, of all"], rows);
}

const lines = [
  `${cpus().length} cores of ${cpus()[0].model.trim()}, Node ${process.version}, ${options.rounds} rounds, CPU time; † is not what is to be reached.`,
  "",
  ...bankTables(),
  ...viewTables(),
  ...idleTable(),
  ...abortTable(),
];
const text = lines.join("\n");
console.log(text);
if (options.write) {
  const readme = readFileSync(README, "utf8");
  const begin = readme.indexOf(TABLE_BEGIN) + TABLE_BEGIN.length;
  writeFileSync(README, `${readme.slice(0, begin)}\n${text}${readme.slice(readme.indexOf(TABLE_END))}`);
}
console.log(missed === 0 ? "all reached" : `${missed} not reached`);
process.exitCode = missed === 0 ? 0 : 1;
