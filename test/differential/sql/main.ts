/**
 * Runs the differential tester of SQL from the command line:
 *
 *   npm run test:differential:sql -- --queries 200000 --seed 7 [--left library] [--right sqlite]
 *
 * Ends with one summary line. Status 1: a difference was found (it is printed as SQL that shows it).
 */
import { parseArgs } from "node:util";
import { openSide, SIDE_NAMES, type SideName } from "./sides.ts";
import { describeSqlDifference, runSqlDifferential, type Side } from "./tester.ts";

const { values } = parseArgs({
  options: {
    queries: { type: "string", default: "2000" },
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
    left: { type: "string", default: "library" },
    right: { type: "string", default: "sqlite" },
  },
});

function nameOf(text: string): SideName {
  const name = SIDE_NAMES.find((known) => known === text);
  if (name === undefined) throw new Error(`${text} is none of ${SIDE_NAMES.join(", ")}`);
  return name;
}

const seed = Number(values.seed);
console.log(`seed ${seed}`);
const left = await openSide(nameOf(values.left));
const right = await openSide(nameOf(values.right));
let shown = 0;
try {
  if (left === undefined || right === undefined) {
    console.log("a side is not installed in test/node_modules\n0 passed, 0 failed, 1 not run");
  } else {
    const sides: readonly [Side, Side] = [left, right];
    const outcome = await runSqlDifferential(sides, seed, Number(values.queries), (done) => {
      if (done - shown < 10_000) return;
      shown = done;
      console.log(`${done} queries`);
    });
    if (outcome.difference !== undefined) console.log(`\n${describeSqlDifference(outcome.difference, sides)}\n`);
    const failed = outcome.difference === undefined ? 0 : 1;
    console.log(
      `${outcome.queries} queries compared (${outcome.empty} without rows, ${outcome.refused} refused by both), ${outcome.writes} writes`,
    );
    console.log(`${1 - failed} passed, ${failed} failed, 0 not run`);
    process.exitCode = failed;
  }
} finally {
  await left?.close();
  await right?.close();
}
