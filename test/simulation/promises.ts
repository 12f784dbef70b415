/**
 * The tests of one level of durability (simulation-LEVEL.test.ts: files of their own, so that they run at the same time).
 *
 * Goal: what was promised survives crashes and faults of the disk, and a state is never found that was never there.
 * Method: the built engine and the real log on a simulated disk; every choice follows from a seed that failures name.
 *
 * MEMFLUX_TEST_SEED and MEMFLUX_TEST_LENGTH choose other and longer runs.
 */
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { compileEngine } from "../../host/engine/instance.ts";
import { TROUBLES, type Trouble } from "../../host/platform/simulated/disk.ts";
import { environmentNumber, TEST_LENGTH, TEST_SEED } from "../support/engine.ts";
import { simulate } from "./simulation.ts";

const module = await compileEngine(readFileSync(new URL("../../dist/engine.wasm", import.meta.url)));
const SEEDS = environmentNumber("MEMFLUX_TEST_SEEDS", 670 * TEST_LENGTH);

/** Registers the test of a level. */
export function testPromises(durability: "none" | "fsync" | "full"): void {
  it(`durability ${durability} keeps its promises on ${SEEDS} disks from seed ${TEST_SEED}`, async () => {
    let crashes = 0;
    let tails = 0;
    let compactions = 0;
    let rotten = 0;
    let refused = 0;
    const met = new Map<Trouble, number>();
    for (let seed = TEST_SEED; seed < TEST_SEED + SEEDS; seed++) {
      const outcome = await simulate(module, seed, durability);
      crashes += outcome.crashes;
      tails += outcome.tails;
      compactions += outcome.compactions;
      rotten += outcome.rotten;
      refused += outcome.refused;
      for (const trouble of TROUBLES) met.set(trouble, (met.get(trouble) ?? 0) + outcome.met[trouble]);
    }
    expect(crashes).toBeGreaterThan(SEEDS);
    expect(tails).toBeGreaterThan(0);
    expect(compactions).toBeGreaterThan(SEEDS / 20);
    expect(refused).toBeGreaterThan(0);
    expect(rotten).toBeGreaterThan(refused);
    // A run that does not meet what it is there for would prove nothing.
    for (const trouble of TROUBLES) expect(met.get(trouble), trouble).toBeGreaterThan(0);
  });
}
