/**
 * `npm run test:simulate -- --seeds 5000 [--seed 1]`: simulation.ts on many disks at each level. Prints each failure with its
 * seed, and ends with status 1 if there was one. The same seed repeats the same run.
 */
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { compileEngine } from "../../host/engine/instance.ts";
import { TEST_SEED } from "../support/engine.ts";
import { simulate } from "./simulation.ts";

const { values } = parseArgs({
  options: { seeds: { type: "string", default: "1000" }, seed: { type: "string", default: String(TEST_SEED) } },
});
const first = Number(values.seed);
const count = Number(values.seeds);
if (!Number.isSafeInteger(first) || !Number.isSafeInteger(count)) throw new RangeError("--seeds and --seed are whole numbers");

const module = await compileEngine(readFileSync(new URL("../../dist/engine.wasm", import.meta.url)));
const total = { lives: 0, crashes: 0, tails: 0, failures: 0, compactions: 0, rotten: 0, refused: 0 };
let broken = 0;
for (let seed = first; seed < first + count; seed++) {
  for (const durability of ["none", "fsync", "full"] as const) {
    try {
      const outcome = await simulate(module, seed, durability);
      for (const name of Object.keys(total) as (keyof typeof total)[]) total[name] += outcome[name];
    } catch (error) {
      broken++;
      process.stdout.write(`${error instanceof Error ? error.message : String(error)}\n`);
    }
  }
}
process.stdout.write(`${count} seeds from ${first}, ${broken} broken promises; ${JSON.stringify(total)}\n`);
process.exitCode = broken === 0 ? 0 : 1;
