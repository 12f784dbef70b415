/**
 * Goal: access paths leave out rows, and never one that the filter above would keep.
 * Method: the same filter over documents by key, through an index, through an index that is not there, and without a path, in pieces of
 * all sizes; the answers must agree and be those of plain JavaScript. Row counts of the path alone show that it was used.
 */
import { beforeAll, describe, expect, it } from "vitest";
import { CONTROL_INPUT_POINTER } from "../../../../../assembly/abi/layout.ts";
import type { BoundExpression } from "../../../../../host/query/plan/expression.ts";
import type { ScanAccess } from "../../../../../host/query/plan/operator.ts";
import { BUILDS, engineBuilt } from "../../../../support/engine.ts";
import { PlanRunner } from "../../../../support/plan-runner.ts";
import { ANY, apply, constant, documentScan, filter, logical, planOf, use } from "../../../../support/plans.ts";

const COUNT = 700;
const documents = Array.from({ length: COUNT }, (_, index) => ({
  n: index % 5 === 0 ? (index % 40) + 0.5 : index % 40,
  name: index % 9 === 0 ? null : `name ${index % 13}`,
}));

/** A secondary index on paths. */
function createIndex(runner: PlanRunner, prefix: string, name: string, paths: readonly string[]): void {
  const { engine } = runner;
  const fields = paths.map((path) => {
    const head = String.fromCharCode(path.length + 6, 0, 0, 0, path.length, 0);
    return head + path;
  });
  const area = engine.control(CONTROL_INPUT_POINTER);
  const text = fields.join("");
  engine.write(area, prefix + name + text);
  const at = area + prefix.length + name.length;
  engine.expectOk(
    engine.call("index_create", 0, area, prefix.length, 0, at, text.length, paths.length, area + prefix.length, name.length),
    "index_create",
  );
}

describe.skipIf(!engineBuilt).each(BUILDS)("access paths, %s build", (build) => {
  const runner = new PlanRunner(build);
  const scan = documentScan("d", 1, [["n"], ["name"]]);
  const id = { column: 3, name: "id", type: ANY, source: { kind: "id" }, nullable: false } as const;
  const columns = [...scan.columns, id];
  const [n, name] = scan.columns.map(use) as [BoundExpression, BoundExpression];

  beforeAll(() => {
    runner.documents("d", documents);
    createIndex(runner, "d", "by_n", ["n", "name"]);
  });

  function rowsBy(access: ScanAccess | undefined, predicate: BoundExpression | undefined, budget = 100): unknown[] {
    const source = { ...scan, columns, access };
    const plan = planOf(predicate === undefined ? source : filter(source, predicate), columns);
    return runner
      .run(plan, { budget })
      .rows.map(([first, second, third]) => `${String(third)} ${String(first)} ${String(second)}`)
      .sort();
  }

  it("by key: each row once, whatever the kind of the key and how often it is asked for", () => {
    const values = [
      constant(ANY, 7n),
      constant(ANY, "7"),
      constant(ANY, 8),
      constant(ANY, "9000"),
      constant(ANY, null),
      constant(ANY, "7.0"),
    ];
    const access: ScanAccess = { kind: "key", keys: values.map((value) => [value]) };
    for (const budget of [1, 1000]) {
      expect(rowsBy(access, undefined, budget)).toEqual(["7 6 name 6", "8 7 name 7"]);
    }
  });

  it.each([
    ["equal", [constant(ANY, 7n)], undefined, undefined],
    ["two columns", [constant(ANY, 7n), constant(ANY, "name 7")], undefined, undefined],
    ["range", [], { value: constant(ANY, 3n), inclusive: false }, { value: constant(ANY, 5.5), inclusive: true }],
    ["from", [], { value: constant(ANY, 38n), inclusive: true }, undefined],
    ["to", [], undefined, { value: constant(ANY, 1n), inclusive: false }],
    ["empty", [], { value: constant(ANY, 9n), inclusive: false }, { value: constant(ANY, 3n), inclusive: true }],
    ["null", [constant(ANY, null)], undefined, undefined],
  ] as const)("through an index, %s", (_name, equal, lower, upper) => {
    const parts = [
      ...equal.map((value, index) => apply("=", [n, name][index] as BoundExpression, value)),
      ...(lower === undefined ? [] : [apply(lower.inclusive ? ">=" : ">", n, lower.value)]),
      ...(upper === undefined ? [] : [apply(upper.inclusive ? "<=" : "<", n, upper.value)]),
    ];
    const predicate = parts.length === 1 ? (parts[0] as BoundExpression) : logical("AND", ...parts);
    const expected = rowsBy(undefined, predicate);
    for (const [index, budget] of [
      ["by_n", 1],
      ["by_n", 10_000],
      ["not there", 77],
    ] as const) {
      const access: ScanAccess = { kind: "index", index, equal, lower, upper, descending: false };
      expect(rowsBy(access, predicate, budget)).toEqual(expected);
      const found = rowsBy(access, undefined, budget).length;
      if (index === "by_n") expect(found).toBeLessThan(COUNT / 4);
    }
  });

  it("a text that spells a number is found as that number", () => {
    const access: ScanAccess = {
      kind: "index",
      index: "by_n",
      equal: [constant(ANY, "7")],
      lower: undefined,
      upper: undefined,
      descending: false,
    };
    const expected = documents.filter((document) => document.n === 7).length;
    expect(rowsBy(access, apply("=", n, constant(ANY, "7")))).toHaveLength(expected);
    expect(expected).toBeGreaterThan(0);
  });
});
