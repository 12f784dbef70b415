/**
 * Goal: a join whose filter drops probe rows before they are handed on (staged-rows.ts) gives the pairs that plain JavaScript gives.
 * Method: random tables of several batches, with gaps and NULLs among keys and conditions, where few, half or all rows have a partner, or
 * first few and then all, so that the order of gate and conditions changes on the way; budgets that stop the plan at each row and not at all.
 */
import { describe, expect, it } from "vitest";
import type { PhysicalOperator } from "../../../../../host/query/physical/operator.ts";
import { BUILDS, engineBuilt, TEST_SEED } from "../../../../support/engine.ts";
import { PlanRunner, type TestValue } from "../../../../support/plan-runner.ts";
import { apply, BIGINT, constant, DOUBLE, filter, planOf, tableScan, use } from "../../../../support/plans.ts";
import { createRandom } from "../../../../support/random.ts";

const ROWS = 3000;
type Random = ReturnType<typeof createRandom>;
type Row = TestValue[] | undefined;

/** Rows of a key below `keys` and a number up to 100; one in twenty is not there, one in ten of the values is NULL. */
function makeRows(random: Random, count: number, keys: number): Row[] {
  return Array.from({ length: count }, () => {
    if (random.chance(0.05)) return undefined;
    return [random.chance(0.1) ? null : BigInt(random.below(keys)), random.chance(0.1) ? null : random.below(100)];
  });
}

const isThere = (row: Row): row is TestValue[] => row !== undefined;

describe.skipIf(!engineBuilt).each(BUILDS)("a join's filter as a gate, %s build", (build) => {
  describe.each([
    ["few", 40],
    ["half of the", 1000],
    ["nearly all", 6000],
    ["few, then all", 40, true],
  ])("%s rows with a partner", (_name, buildRows, turns = false) => {
    it.each([undefined, 10, 50, 99])(`under the condition < %s (seed ${TEST_SEED})`, (limit) => {
      const random = createRandom(TEST_SEED + buildRows);
      const runner = new PlanRunner(build);
      const right = makeRows(random, buildRows, 1400);
      const known = right.filter(isThere).flatMap(([key]) => (key === null || key === undefined ? [] : [key]));
      const left = makeRows(random, ROWS, 1400);
      if (turns) for (const row of left.slice(ROWS / 2).filter(isThere)) row[0] = known[random.below(known.length)] ?? null;
      runner.table("l", [BIGINT, DOUBLE], left);
      runner.table("r", [BIGINT, DOUBLE], right);
      const [probe, table] = [tableScan("l", 1, [BIGINT, DOUBLE]), tableScan("r", 3, [BIGINT, DOUBLE])];
      const [key, number] = probe.columns.map(use);
      const [other, partner] = table.columns.map(use);
      if (key === undefined || number === undefined || other === undefined || partner === undefined) throw new Error("no columns");
      const kept = left.filter(isThere).filter(([, value]) => limit === undefined || (value !== null && (value as number) < limit));
      for (const join of ["inner", "semi"] as const) {
        const root: PhysicalOperator = {
          kind: "PhysicalHashJoin",
          join,
          probe: limit === undefined ? probe : filter(probe, apply("<", number, constant(DOUBLE, limit))),
          build: table,
          keys: [{ probe: key, build: other }],
          residual: undefined,
          mark: undefined,
        };
        const partners = (row: TestValue[]): TestValue[][] => right.filter(isThere).filter(([k]) => k !== null && k === row[0]);
        const expected =
          join === "semi"
            ? kept.filter((row) => partners(row).length > 0)
            : kept.flatMap((row) => partners(row).map(([, value]) => [...row, value as TestValue]));
        const output = join === "semi" ? [...probe.columns] : [...probe.columns, table.columns[1]].filter((column) => column !== undefined);
        for (const budget of [1, 700, 1 << 30]) {
          const { rows } = runner.run(planOf(root, output), { budget });
          const order = (list: readonly (readonly unknown[])[]): string[] => list.map((row) => row.map(String).join()).sort();
          expect(order(rows)).toEqual(order(expected));
        }
      }
    });
  });
});
