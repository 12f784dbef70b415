/**
 * Runs one fuzz entry, or all of them, for as long as one likes:
 *
 *   node --import ./host/build/typescript.mjs test/fuzz/main.ts --name decoder --seed 7 --steps 100000
 *
 * Ends with one summary line; status 1 when something was found. A finding is printed with what repeats it.
 */
import { parseArgs } from "node:util";
import { engineBuilt } from "../support/engine.ts";
import { FUZZ_ENTRIES, SILENT_ENTRIES } from "./registry.ts";

const { values } = parseArgs({
  options: {
    name: { type: "string", default: "all" },
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
    steps: { type: "string", default: "10000" },
  },
});
const names = values.name === "all" ? SILENT_ENTRIES : [values.name];
const [seed, steps] = [Number(values.seed), Number(values.steps)];
let failed = 0;
let notRun = 0;
for (const name of names) {
  const entry = FUZZ_ENTRIES.get(name);
  if (entry === undefined || !engineBuilt || !Number.isInteger(seed) || !Number.isInteger(steps)) {
    console.log(entry === undefined ? `there is no entry ${name}` : "the engine is not built, or --seed or --steps is no whole number");
    notRun++;
    continue;
  }
  try {
    entry(seed, steps);
    console.log(`${name}: nothing found in ${steps} steps with seed ${seed}`);
  } catch (finding) {
    failed++;
    console.log(`${name}: --seed ${seed} --steps ${steps}`, finding);
  }
}
console.log(`${names.length - failed - notRun} passed, ${failed} failed, ${notRun} not run`);
process.exitCode = failed + notRun > 0 ? 1 : 0;
