/**
 * Runs the differential tester from the command line:
 *
 *   npm run test:differential -- --commands 1000000 --seed 7
 *
 * Ends with one summary line. Status 1: a difference was found (it is printed as commands that show it).
 */
import { parseArgs } from "node:util";
import { isRedisInstalled } from "../support/test-server.ts";
import { canHoldClock, ServerPair } from "./pair.ts";
import { describeDifference, runDifferential } from "./tester.ts";

const { values } = parseArgs({
  options: { commands: { type: "string", default: "20000" }, seed: { type: "string", default: String(Date.now() % 1_000_000) } },
});
const seed = Number(values.seed);
console.log(`seed ${seed}`);
if (!isRedisInstalled() || !canHoldClock()) {
  console.log("redis-server or a C compiler is missing\n0 passed, 0 failed, 1 not run");
  process.exit(process.env.MEMFLUX_REQUIRE_REDIS === "1" ? 1 : 0);
}
const pair = await ServerPair.start();
let shown = 0;
try {
  const outcome = await runDifferential(pair, seed, Number(values.commands), (done) => {
    if (done - shown < 100_000) return;
    shown = done;
    console.log(`${done} commands`);
  });
  if (outcome.difference !== undefined) console.log(describeDifference(outcome.difference));
  const failed = outcome.difference === undefined ? 0 : 1;
  console.log(`${outcome.commands} commands compared\n${1 - failed} passed, ${failed} failed, 0 not run`);
  process.exitCode = failed;
} finally {
  await pair.stop();
}
