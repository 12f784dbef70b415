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
const LIMIT = 64 * 1_048_576;
const PATIENCE_MS = 3_600_000;

function optionsOf(index: number): HistoryOptions {
  const parties = index % 50 === 0 ? 60 : 2 + (index % 8);
  return { hasUnits: index % 3 !== 0, hasSnapshots: index % 4 === 0, parties, spread: 2 + (index % 3), pause: 1 + (index % 5) };
}

interface Outcome {
  readonly sums: Readonly<Record<"committed" | "lost" | "refused" | "needless", number>>;
  readonly bad: HistoryResult | undefined;
  readonly badAt: number;
}

describe.each(["release", "debug"] as const)("%s build", (build) => {
  let ssi: Ssi;
  let before: number;
  beforeAll(async () => {
    ssi = await startSsi(build);
    before = ssi.memoryUsed();
  }, 60_000);

  /** Runs histories; returns the sums, and the first that is not serializable. */
  function run(count: number, seed: number, step?: HistoryOptions["before"]): Outcome {
    const sums = { committed: 0, lost: 0, refused: 0, needless: 0 };
    for (let index = 0; index < count; index++) {
      const options = step === undefined ? optionsOf(index) : { ...optionsOf(index), before: step };
      const result = runHistory(ssi, randomInput(seed + index), options);
      sums.committed += result.committed;
      sums.lost += result.lost;
      sums.refused += result.refused;
      sums.needless += result.needless;
      if (!result.isSerializable) return { sums, bad: result, badAt: seed + index };
    }
    return { sums, bad: undefined, badAt: 0 };
  }

  /** No history was bad, and nothing is left of any. */
  function demandClean({ bad, badAt }: Outcome): void {
    expect(bad?.text, `seed ${badAt}`).toBeUndefined();
    while (ssi.step(1000));
    expect(ssi.isActive()).toBe(false);
    expect(ssi.targets()).toBe(0);
    expect(ssi.memoryUsed()).toBe(before);
  }

  test("what is admitted is serializable, and nothing is left of it", { timeout: PATIENCE_MS }, () => {
    const outcome = run(HISTORIES, SEED);
    demandClean(outcome);
    expect(outcome.sums.refused).toBeGreaterThan(HISTORIES / 100);
    console.log(`${build}: ${HISTORIES} histories, ${JSON.stringify(outcome.sums)}`);
  });

  test("items that share groups, and ranges that share spaces, only refuse more", { timeout: PATIENCE_MS }, () => {
    ssi.limit(0);
    const outcome = run(Math.ceil(HISTORIES / 2), SEED);
    ssi.limit(LIMIT);
    demandClean(outcome);
  });

  test("the limit may be passed and left again at any time", { timeout: PATIENCE_MS }, () => {
    const random = randomInput(SEED);
    const outcome = run(HISTORIES, SEED, () => {
      if (random.below(6) === 0) ssi.limit(random.below(2) * LIMIT);
    });
    ssi.limit(LIMIT);
    demandClean(outcome);
  });

  if (build === "release") return;

  test("whatever allocation fails, no conflict is missed and all stays in order", { timeout: PATIENCE_MS }, () => {
    const random = randomInput(SEED);
    const outcome = run(HISTORIES, SEED, () => {
      if (random.below(4) === 0) ssi.fail(1 + random.below(4));
      if (random.below(20) === 0 && !ssi.check()) throw new Error("what is remembered is not in order");
    });
    ssi.fail(0);
    expect(outcome.sums.committed).toBeGreaterThan(HISTORIES);
    demandClean(outcome);
  });

  test("what is remembered is in order after every step", { timeout: PATIENCE_MS }, () => {
    const outcome = run(Math.ceil(HISTORIES / 4), SEED, () => {
      if (!ssi.check()) throw new Error("what is remembered is not in order");
    });
    demandClean(outcome);
  });

  test.each(Object.entries(RULES))("without the rule %s a history goes wrong", { timeout: PATIENCE_MS }, (_name, rule) => {
    ssi.drop(rule);
    const { bad } = run(NOTICED_WITHIN, SEED);
    ssi.drop(0);
    while (ssi.step(1000));
    expect(bad).toBeDefined();
  });
});
