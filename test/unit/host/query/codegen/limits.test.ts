/**
 * Goal: a plan that needs more than its budget of memory ends with an error and leaves nothing; one that runs for ever can be stopped;
 * sorted rows come in order; modules stay small.
 * Method: plans over series, so that the work is large and the data small. The runner checks after each run that every byte has come
 * back.
 */
import { describe, expect, it } from "vitest";
import {
  RUNTIME_ERROR_BIGINT_RANGE,
  RUNTIME_ERROR_DIVISION_BY_ZERO,
  RUNTIME_ERROR_LIMIT_NEGATIVE,
  RUNTIME_ERROR_MEMORY,
} from "../../../../../assembly/abi/runtime-error.ts";
import type { PhysicalOperator } from "../../../../../host/query/physical/operator.ts";
import { BUILDS, engineBuilt, TEST_SEED } from "../../../../support/engine.ts";
import { PlanRunner, type TestValue } from "../../../../support/plan-runner.ts";
import { apply, BIGINT, constant, DOUBLE, filter, planColumn, planOf, project, TEXT, tableScan, use } from "../../../../support/plans.ts";
import { createRandom } from "../../../../support/random.ts";

function series(column: number, last: number): PhysicalOperator {
  return {
    kind: "PhysicalFunctionScan",
    name: "generate_series",
    arguments: [constant(BIGINT, 1n), constant(BIGINT, BigInt(last))],
    columns: [planColumn(column, BIGINT)],
    ordinality: undefined,
  };
}

describe.skipIf(!engineBuilt).each(BUILDS)("limits of plans, %s build", (build) => {
  const runner = new PlanRunner(build);
  const COLUMN = planColumn(1, BIGINT);
  const key = { value: use(COLUMN), descending: true, nullsFirst: false };
  const sort: PhysicalOperator = { kind: "PhysicalSort", input: series(1, 50_000), keys: [key] };
  const distinct: PhysicalOperator = { kind: "PhysicalDistinct", input: series(1, 50_000), on: [use(COLUMN)] };
  const join: PhysicalOperator = {
    kind: "PhysicalHashJoin",
    join: "inner",
    probe: series(1, 50_000),
    build: series(2, 50_000),
    keys: [{ probe: use(COLUMN), build: use(planColumn(2, BIGINT)) }],
    residual: undefined,
    mark: undefined,
  };

  it.each([
    ["sort", sort],
    ["distinct", distinct],
    ["join", join],
    ["result", series(1, 50_000)],
  ])("%s: out of memory at any budget, or complete", (_name, root) => {
    let failures = 0;
    for (let memoryBytes = 1000; memoryBytes < 30_000_000; memoryBytes *= 3) {
      const outcome = runner.run(planOf(root, [COLUMN]), { memoryBytes, budget: 1 << 30 });
      expect([0, RUNTIME_ERROR_MEMORY]).toContain(outcome.error);
      if (outcome.error === 0) expect(outcome.rows).toHaveLength(50_000);
      else failures++;
    }
    expect(failures).toBeGreaterThan(3);
    expect(failures).toBeLessThan(10);
  });

  it("a cross join of a million rows stops every so many rows", () => {
    const cross: PhysicalOperator = {
      kind: "PhysicalNestedLoopJoin",
      join: "inner",
      outer: series(1, 1000),
      inner: series(2, 1000),
      condition: apply("=", use(COLUMN), apply("*", use(planColumn(2, BIGINT)), constant(BIGINT, 1000n))),
      mark: undefined,
      dependsOn: [],
    };
    const outcome = runner.run(planOf(cross, [COLUMN]), { budget: 10_000 });
    expect(outcome.rows).toEqual([[1000n]]);
    expect(outcome.morsels).toBeGreaterThan(90);
  });

  it(`sorts doubles, texts and NULLs as their keys say, stably (seed ${TEST_SEED})`, () => {
    const random = createRandom(TEST_SEED);
    const rows = Array.from({ length: 5000 }, (_, index): TestValue[] => [
      random.chance(0.1) ? null : random.between(-20, 20) / 2,
      random.chance(0.1) ? null : "x".repeat(random.below(12)) + random.below(3),
      BigInt(index),
    ]);
    runner.table("sorted", [DOUBLE, TEXT, BIGINT], rows);
    const scan = tableScan("sorted", 1, [DOUBLE, TEXT, BIGINT]);
    const compare = (left: TestValue, right: TestValue): number => ((left as number) < (right as number) ? -1 : left === right ? 0 : 1);
    for (const descending of [false, true]) {
      for (const nullsFirst of [false, true]) {
        const keys = [0, 1].map((index) => ({ value: use(scan.columns[index] as (typeof scan.columns)[0]), descending, nullsFirst }));
        const order = (left: TestValue[], right: TestValue[]): number => {
          for (const index of [0, 1]) {
            const [a, b] = [left[index] as TestValue, right[index] as TestValue];
            if (a === null || b === null) {
              if (a !== b) return (a === null) === nullsFirst ? -1 : 1;
            } else if (compare(a, b) !== 0) {
              return descending ? -compare(a, b) : compare(a, b);
            }
          }
          return 0;
        };
        const expected = [...rows].sort(order);
        const all = runner.run(planOf({ kind: "PhysicalSort", input: scan, keys }, scan.columns), { budget: 777 });
        expect(all.rows).toEqual(expected);
        const limit = constant(BIGINT, 50n);
        const first = runner.run(planOf({ kind: "PhysicalTopK", input: scan, keys, limit, offset: undefined }, scan.columns), {
          budget: 777,
        });
        expect(first.rows).toEqual(expected.slice(0, 50));
      }
    }
  });

  it("fails as PostgreSQL does, and only for rows that are there", () => {
    const value = use(COLUMN);
    const over = project(series(1, 3), 5, apply("/", value, apply("-", value, constant(BIGINT, 2n))));
    expect(runner.run(planOf(over, over.items)).error).toBe(RUNTIME_ERROR_DIVISION_BY_ZERO);
    const without = { ...over, input: filter(series(1, 3), apply("<>", value, constant(BIGINT, 2n))) };
    expect(runner.run(planOf(without, over.items)).rows).toEqual([[-1n], [3n]]);
    const large = project(series(1, 3), 5, apply("*", value, constant(BIGINT, 2n ** 62n)));
    expect(runner.run(planOf(large, large.items)).error).toBe(RUNTIME_ERROR_BIGINT_RANGE);
    const negative: PhysicalOperator = { kind: "PhysicalLimit", input: series(1, 3), limit: constant(BIGINT, -1n), offset: undefined };
    expect(runner.run(planOf(negative, [COLUMN])).error).toBe(RUNTIME_ERROR_LIMIT_NEGATIVE);
  });

  it("a limit ends its source", () => {
    const limit: PhysicalOperator = {
      kind: "PhysicalLimit",
      input: series(1, 2 ** 40),
      limit: constant(BIGINT, 3n),
      offset: constant(BIGINT, 2n),
    };
    expect(runner.run(planOf(limit, [COLUMN])).rows).toEqual([[3n], [4n], [5n]]);
  });

  it("modules are small", () => {
    const outcome = runner.run(planOf(join, [COLUMN]), { budget: 1 << 30 });
    expect(outcome.compiled.bytes.length).toBeLessThan(3000);
  });
});
