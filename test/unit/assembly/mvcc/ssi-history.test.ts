/**
 * Goal: every history that the conflict detector admits is serializable; each of its rules is needed for that; and what it remembers
 * goes, to the byte, when nobody is active.
 * Method: random histories (history.ts) of up to nine parties on eight elements, their dependency graphs searched for cycles; with one rule
 * dropped a cycle must turn up. SSI_HISTORIES says how many (default 12,000), SSI_SEED from which seed.
 */
import { beforeAll, describe, expect, test } from "vitest";
import { randomInput } from "../bytes/random-input.ts";
import { type HistoryOptions, type HistoryResult, runHistory } from "./history.ts";
import { RULES, type Ssi, startSsi } from "./ssi-module.ts";

const SEED = Number(process.env.SSI_SEED ?? 51_001);
const HISTORIES = Number(process.env.SSI_HISTORIES ?? 12_000);
/** Histories within which a dropped rule must be noticed. */
const NOTICED_WITHIN = 60_000;

function optionsOf(index: number): HistoryOptions {
  return { hasUnits: index % 3 !== 0, hasSnapshots: index % 4 === 0, parties: 2 + (index % 8) };
}

function forget(ssi: Ssi): void {
  while (ssi.step(1000));
}

describe.each(["release", "debug"] as const)("%s build", (build) => {
  let ssi: Ssi;
  let before: number;
  beforeAll(async () => {
    ssi = await startSsi(build);
    before = ssi.memoryUsed();
  }, 60_000);

  /** Runs histories; returns the sums, and the first that is not serializable. */
  function run(count: number, seed: number): { sums: Record<string, number>; bad: HistoryResult | undefined; badAt: number } {
    const sums = { committed: 0, lost: 0, refused: 0, needless: 0 };
    for (let index = 0; index < count; index++) {
      const result = runHistory(ssi, randomInput(seed + index), optionsOf(index));
      sums.committed += result.committed;
      sums.lost += result.lost;
      sums.refused += result.refused;
      sums.needless += result.needless;
      if (!result.isSerializable) return { sums, bad: result, badAt: seed + index };
    }
    return { sums, bad: undefined, badAt: 0 };
  }

  test("what is admitted is serializable, and nothing is left of it", () => {
    const { sums, bad, badAt } = run(HISTORIES, SEED);
    expect(bad?.text, `seed ${badAt}`).toBeUndefined();
    forget(ssi);
    expect(ssi.isActive()).toBe(false);
    expect(ssi.targets()).toBe(0);
    expect(ssi.memoryUsed()).toBe(before);
    expect(sums.refused).toBeGreaterThan(HISTORIES / 100);
    console.log(`${build}: ${HISTORIES} histories, ${JSON.stringify(sums)}`);
  }, 3_600_000);

  test("items that share groups, and ranges that share spaces, only refuse more", () => {
    ssi.limit(0);
    const { bad, badAt } = run(Math.ceil(HISTORIES / 4), SEED);
    ssi.limit(64 * 1_048_576);
    expect(bad?.text, `seed ${badAt}`).toBeUndefined();
    forget(ssi);
    expect(ssi.memoryUsed()).toBe(before);
  }, 3_600_000);

  if (build === "debug") {
    test.each(Object.entries(RULES))(
      "without the rule %s a history goes wrong",
      (_name, rule) => {
        ssi.drop(rule);
        const { bad } = run(NOTICED_WITHIN, SEED);
        ssi.drop(0);
        forget(ssi);
        expect(bad).toBeDefined();
        console.log(`${_name}: ${bad?.text}`);
      },
      600_000,
    );
  }
});
