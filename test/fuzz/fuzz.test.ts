/**
 * Goal: no fuzz entry finds anything in a short run, and a finding is noticed.
 * Method: each entry of the registry with a seed that is printed in the test's name; the canary must fail. MEMFLUX_TEST_SEED
 * and MEMFLUX_TEST_LENGTH give other and longer runs.
 */
import { describe, expect, it } from "vitest";
import { engineBuilt, TEST_LENGTH, TEST_SEED } from "../support/engine.ts";
import { FUZZ_ENTRIES, SILENT_ENTRIES } from "./registry.ts";

const STEPS: Readonly<Record<string, number>> = {
  decoder: 1500,
  documents: 3000,
  replies: 4000,
  options: 4000,
  words: 4000,
  sql: 500,
  binder: 100,
};

describe.skipIf(!engineBuilt)("fuzz", () => {
  for (const name of SILENT_ENTRIES) {
    for (const seed of [TEST_SEED, TEST_SEED + 1]) {
      it(`${name}, seed ${seed}`, () => FUZZ_ENTRIES.get(name)!(seed, STEPS[name]! * TEST_LENGTH));
    }
  }

  it("the canary is heard", () => {
    expect(() => FUZZ_ENTRIES.get("canary")!(TEST_SEED, 1000)).toThrow("the canary sings");
  });
});
