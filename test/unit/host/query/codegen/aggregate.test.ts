/**
 * Goal: aggregates of one argument share a state and answer as if each had its own; what functions make of a row is freed with the row
 * unless the plan keeps it; groups of doubles and of long texts are found again.
 * Method: plans over a table, against plain JavaScript. The runner checks after each run that every byte has come back.
 */
import { describe, expect, it } from "vitest";
import { RUNTIME_ERROR_MEMORY } from "../../../../../assembly/abi/runtime-error.ts";
import { AGGREGATE_ROWS, COUNT_ROWS } from "../../../../../host/query/function/aggregate.ts";
import type { PhysicalAggregate, PhysicalAggregateItem, PhysicalOperator } from "../../../../../host/query/physical/operator.ts";
import type { BoundExpression, ColumnId } from "../../../../../host/query/plan/expression.ts";
import { BUILDS, engineBuilt } from "../../../../support/engine.ts";
import { PlanRunner, type TestValue } from "../../../../support/plan-runner.ts";
import { ANY, apply, constant, DOUBLE, documentScan, filter, planOf, TEXT, tableScan, use } from "../../../../support/plans.ts";

const ROWS = 20_000;
const ARENA_BYTES = 64 * 1024;

function item(column: ColumnId, name: string, given: readonly BoundExpression[], more: Partial<PhysicalAggregateItem> = {}) {
  const aggregate = [...AGGREGATE_ROWS, COUNT_ROWS].find(
    (row) => row.name === name && row.parameters.map((type) => type.name).join() === given.map(({ type }) => type.name).join(),
  );
  if (aggregate === undefined) throw new Error(`no aggregate ${name}`);
  return { column, name, type: aggregate.result, aggregate, arguments: given, distinct: false, filter: undefined, ...more };
}

function grouped(
  input: PhysicalOperator,
  values: readonly BoundExpression[],
  aggregates: readonly PhysicalAggregateItem[],
): PhysicalAggregate {
  const groups = values.map((value, index) => ({ column: 100 + index, name: `g${index}`, type: value.type, value }));
  return { kind: "PhysicalAggregate", input, groups, aggregates };
}

function sorted(rows: readonly TestValue[][]): TestValue[][] {
  return [...rows].sort((left, right) => (String(left[0]) < String(right[0]) ? -1 : 1));
}

describe.skipIf(!engineBuilt).each(BUILDS)("aggregates, %s build", (build) => {
  const runner = new PlanRunner(build);
  const rows = Array.from({ length: ROWS }, (_, index): TestValue[] => [
    `name number ${index % 50} of many`,
    index % 7 === 0 ? null : (index % 50) / 2,
  ]);
  runner.table("t", [TEXT, DOUBLE], rows);
  const scan = tableScan("t", 1, [TEXT, DOUBLE]);
  const [text, number] = scan.columns.map(use) as [BoundExpression, BoundExpression];
  const long = apply("||", text, constant(TEXT, " and some more"));
  const run = (plan: PhysicalAggregate, options = {}) =>
    runner.run(planOf(plan, [...plan.groups, ...plan.aggregates]), { budget: 5000, ...options });

  it("of one argument share a state, with and without groups", () => {
    const isSmall = apply("<", number, constant(DOUBLE, 10));
    const aggregates = [
      item(10, "sum", [number]),
      item(11, "avg", [number]),
      item(12, "sum", [number]),
      item(13, "sum", [number], { filter: isSmall }),
      item(14, "avg", [number], { distinct: true }),
      item(15, "sum", [number], { distinct: true }),
      item(16, "count", []),
    ];
    const values = rows.map((row) => row[1]).filter((value): value is number => value !== null);
    const total = values.reduce((sum, value) => sum + value, 0);
    const small = values.filter((value) => value < 10).reduce((sum, value) => sum + value, 0);
    const distinct = [...new Set(values)].reduce((sum, value) => sum + value, 0);
    const expected = [total, total / values.length, total, small, distinct / 50, distinct, BigInt(ROWS)];
    expect(run(grouped(scan, [], aggregates)).rows).toEqual([expected]);
    expect(run(grouped(scan, [apply("=", text, text)], aggregates)).rows).toEqual([[true, ...expected]]);
    const none = filter(scan, apply(">", number, constant(DOUBLE, 1000)));
    expect(run(grouped(none, [], aggregates)).rows).toEqual([[null, null, null, null, null, null, 0n]]);
  });

  it("bytes that functions make of a row are freed with it", () => {
    const found = filter(scan, apply("=", long, constant(TEXT, "name number 3 of many and some more")));
    const outcome = run(grouped(found, [], [item(10, "count", [])]), { arenaBytes: ARENA_BYTES });
    expect(outcome.error).toBe(0);
    expect(outcome.rows).toEqual([[BigInt(ROWS / 50)]]);
  });

  it("bytes that a plan keeps are not freed", () => {
    const counted = [item(10, "count", []), item(11, "min", [long]), item(12, "max", [long])];
    const groups = Array.from({ length: 50 }, (_, index): TestValue[] => {
      const name = `name number ${index} of many and some more`;
      return [name, BigInt(ROWS / 50), name, name];
    });
    expect(sorted(run(grouped(scan, [long], counted)).rows)).toEqual(sorted(groups));
    expect(run(grouped(scan, [long], counted), { arenaBytes: ARENA_BYTES }).error).toBe(RUNTIME_ERROR_MEMORY);
    const key = { value: long, descending: false, nullsFirst: false };
    const first = runner.run(planOf({ kind: "PhysicalSort", input: scan, keys: [key] }, [scan.columns[0] as (typeof scan.columns)[0]]), {
      budget: 3000,
    });
    expect(first.rows.map(([name]) => name)).toEqual(rows.map(([name]) => name).sort());
  });

  it("groups of doubles are found in a few steps", () => {
    const outcome = run(grouped(scan, [number], [item(10, "count", [])]));
    expect(outcome.rows).toHaveLength(51);
    expect(outcome.rows.reduce((sum, [, count]) => sum + (count as bigint), 0n)).toBe(BigInt(ROWS));
  });

  it("documents' numbers are compared and added whatever their kinds", () => {
    const large = 2n ** 60n;
    const values = [1, 2.5, 3, 4, null, undefined, true, 1e300, -7, 12.25];
    const documents = Array.from({ length: 200 }, (_, index) => {
      const value = values[index % values.length];
      return value === undefined ? { other: index } : index % 3 === 0 ? { other: index, n: value } : { n: value };
    });
    runner.documents("numbers", documents);
    const numbers = documentScan("numbers", 1, [["n"]]);
    const n = use(numbers.columns[0] as (typeof numbers.columns)[0]);
    const of = (test: (value: number) => boolean): bigint =>
      BigInt(documents.filter((document) => typeof document.n === "number" && test(document.n)).length);
    const count = (predicate: BoundExpression): TestValue | undefined =>
      run(grouped(filter(numbers, predicate), [], [item(10, "count", [])])).rows[0]?.[0];
    expect(count(apply("<", n, constant(ANY, 3n)))).toBe(of((value) => value < 3));
    expect(count(apply(">=", n, constant(ANY, 2.5)))).toBe(of((value) => value >= 2.5));
    expect(count(apply("=", n, constant(ANY, 3n)))).toBe(of((value) => value === 3));
    expect(count(apply(">", n, constant(ANY, large)))).toBe(of((value) => value > 1e18));
    const small = filter(numbers, apply("<", n, constant(ANY, 100n)));
    const total = documents.reduce((sum, { n: value }) => sum + (typeof value === "number" && value < 100 ? value : 0), 0);
    const outcome = run(grouped(small, [], [item(10, "sum", [n]), item(11, "avg", [n])]));
    expect(outcome.error).toBe(0);
    expect(Number(outcome.rows[0]?.[0])).toBe(total);
  });
});
