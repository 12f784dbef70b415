/**
 * The interpreter on hand-made plans: every operator and every expression, each against what SQL says.
 *
 * Goal: the oracle of the differential tests is itself right. Method: rows of a fake collection in JavaScript, plans built by
 * the small functions below, inline functions only (engine functions have tests of their own), results compared as
 * JavaScript values.
 */
import { describe, expect, it } from "vitest";
import { DatabaseError } from "../../../../../host/common/error.ts";
import { inlineAccumulator } from "../../../../../host/query/executor/inline-aggregates.ts";
import { inlineCaller } from "../../../../../host/query/executor/inline-functions.ts";
import { interpret } from "../../../../../host/query/executor/interpreter/interpret.ts";
import type { Functions, Rows, Surroundings } from "../../../../../host/query/executor/surroundings.ts";
import type { Value } from "../../../../../host/query/executor/value.ts";
import type { AggregateEntry, FunctionEntry } from "../../../../../host/query/function/entry.ts";
import type { BoundExpression, BoundSubquery } from "../../../../../host/query/plan/expression.ts";
import type { LogicalJoin, LogicalOperator, PlanColumn } from "../../../../../host/query/plan/operator.ts";
import { plainType, type SqlType } from "../../../../../host/query/type/type.ts";

const BIGINT = plainType("bigint");
const TEXT = plainType("text");
const BOOLEAN = plainType("boolean");

const column = (number: number, name: string, type: SqlType = BIGINT): PlanColumn => ({ column: number, name, type });
const use = (number: number, type: SqlType = BIGINT): BoundExpression => ({
  kind: "BoundColumn",
  type,
  column: number,
  name: `c${number}`,
});
const constant = (value: bigint | string | boolean | null, type: SqlType = BIGINT): BoundExpression => ({
  kind: "BoundConstant",
  type,
  value,
});

function entry(name: string, by: string, parameters: readonly SqlType[], result: SqlType): FunctionEntry {
  const implementation = { kind: "inline", name: by, fails: true } as const;
  return { name, role: "operator", parameters, variadic: false, result, strict: true, volatility: "immutable", implementation };
}

const EQUAL = entry("=", "i64_equal", [BIGINT, BIGINT], BOOLEAN);
const LESS = entry("<", "i64_less", [BIGINT, BIGINT], BOOLEAN);
const call = (entry: FunctionEntry, ...args: readonly BoundExpression[]): BoundExpression => ({
  kind: "BoundCall",
  type: entry.result,
  function: entry,
  arguments: args,
});
const equal = (left: BoundExpression, right: BoundExpression): BoundExpression => call(EQUAL, left, right);
const less = (left: BoundExpression, right: BoundExpression): BoundExpression => call(LESS, left, right);
const arithmetic = (word: string, left: BoundExpression, right: BoundExpression): BoundExpression =>
  call(entry(word, `bigint_${word}`, [BIGINT, BIGINT], BIGINT), left, right);

function aggregate(name: string, step: string, empty: "zero" | "null" = "null", skipsNull = true): AggregateEntry {
  const inline = (by: string) => ({ kind: "inline", name: by, fails: false }) as const;
  return { name, parameters: [BIGINT], result: BIGINT, stateSlots: 2, skipsNull, step: inline(step), finish: inline("state"), empty };
}

const COUNT = aggregate("count", "count", "zero");
const SUM = aggregate("sum", "sum_bigint");

/** Rows of constants; columns are numbered from `start` on. */
function table(
  start: number,
  rows: readonly (readonly (number | string | null)[])[],
  types: readonly SqlType[] = [BIGINT, BIGINT],
): LogicalOperator {
  const columns = types.map((type, index) => column(start + index, `c${start + index}`, type));
  const cells = rows.map((row) =>
    row.map((cell, index) => constant(typeof cell === "number" ? BigInt(cell) : cell, types[index] ?? BIGINT)),
  );
  return { kind: "LogicalValues", columns, rows: cells };
}

const functions: Functions = {
  caller: (implementation, parameters) => inlineCaller(implementation.kind === "inline" ? implementation.name : "", parameters),
  accumulator: ({ step, finish }) => inlineAccumulator(step.kind === "inline" ? step.name : "", finish),
  items: () => {
    throw new DatabaseError("INTERNAL", "these plans have no lists");
  },
  ordering: () => {
    throw new DatabaseError("INTERNAL", "these tests have no types that the engine compares");
  },
  released: (read) => read(),
};

function surroundings(rows: Partial<Rows> = {}): Surroundings {
  return { functions, rows: rows as Rows, pause: () => false };
}

/** The result of a plan, bigints as numbers. */
function run(
  root: LogicalOperator,
  output: readonly number[],
  given: { parameters?: readonly Value[]; rows?: Partial<Rows> } = {},
): unknown[][] {
  const columns = output.map((number) => column(number, `c${number}`));
  const plan = { root, output: columns, parameters: [], literals: [], dependencies: [], modifies: false };
  const result: unknown[][] = [];
  interpret(plan, surroundings(given.rows)).run(given.parameters ?? [], [], (row) => {
    result.push(row.map((value) => (typeof value === "bigint" ? Number(value) : value)));
    return true;
  });
  return result;
}

const LEFT = table(1, [
  [1, 10],
  [2, 20],
  [2, 21],
  [null, 30],
]);
const RIGHT = table(3, [
  [2, 200],
  [3, 300],
  [2, 201],
  [null, 400],
]);

function join(kind: LogicalJoin["join"], condition: BoundExpression | undefined, more: Partial<LogicalJoin> = {}): LogicalOperator {
  return { kind: "LogicalJoin", join: kind, left: LEFT, right: RIGHT, condition, mark: undefined, dependent: false, ...more };
}

const ON = equal(use(1), use(3));

describe("joins", () => {
  const PAIRS = [
    [20, 200],
    [20, 201],
    [21, 200],
    [21, 201],
  ];

  it("inner, whichever side of the equality is whose", () => {
    expect(run(join("inner", ON), [2, 4])).toEqual(PAIRS);
    expect(run(join("inner", equal(use(3), use(1))), [2, 4])).toEqual(PAIRS);
  });

  it("inner on an inequality", () => {
    expect(run(join("inner", less(use(3), use(1))), [2, 4])).toEqual([]);
    expect(run(join("inner", less(use(1), use(3))), [2, 4])).toEqual([
      [10, 200],
      [10, 300],
      [10, 201],
      [20, 300],
      [21, 300],
    ]);
  });

  it("cross", () => {
    expect(run(join("cross", undefined), [2, 4])).toHaveLength(16);
  });

  it("left, right and full keep rows without partner once", () => {
    expect(run(join("left", ON), [2, 4])).toEqual([[10, null], ...PAIRS, [30, null]]);
    expect(run(join("right", ON), [2, 4])).toEqual([...PAIRS, [null, 300], [null, 400]]);
    expect(run(join("full", ON), [2, 4])).toEqual([[10, null], ...PAIRS, [30, null], [null, 300], [null, 400]]);
  });

  it("semi and anti", () => {
    expect(run(join("semi", ON), [2])).toEqual([[20], [21]]);
    expect(run(join("anti", ON), [2])).toEqual([[10], [30]]);
  });

  it("single refuses two partners, and gives NULL without one", () => {
    const once: BoundExpression = { kind: "BoundLogical", type: BOOLEAN, operator: "AND", operands: [ON, less(use(4), constant(201n))] };
    expect(run(join("single", once), [2, 4])).toEqual([
      [10, null],
      [20, 200],
      [21, 200],
      [30, null],
    ]);
    expect(() => run(join("single", ON), [2, 4])).toThrow("[21000]");
  });

  it("mark is NULL where IN would be", () => {
    expect(run(join("mark", ON, { mark: column(9, "mark", BOOLEAN) }), [2, 9])).toEqual([
      [10, null],
      [20, true],
      [21, true],
      [30, null],
    ]);
    const none = table(3, []);
    expect(run(join("mark", ON, { mark: column(9, "mark", BOOLEAN), right: none }), [9])).toEqual([[false], [false], [false], [false]]);
  });

  it("a dependent right side sees the left row", () => {
    const right: LogicalOperator = {
      kind: "LogicalProject",
      input: { kind: "LogicalFilter", input: table(3, [[2, 5]]), predicate: equal(use(3), use(1)) },
      items: [{ ...column(8, "sum"), value: arithmetic("add", use(2), use(4)) }],
    };
    expect(run(join("left", undefined, { right, dependent: true }), [2, 8])).toEqual([
      [10, null],
      [20, 25],
      [21, 26],
      [30, null],
    ]);
  });
});

describe("aggregates", () => {
  const grouped = (groups: readonly number[], aggregates: readonly Partial<Parameters<typeof item>[1]>[] = [{}]): LogicalOperator => ({
    kind: "LogicalAggregate",
    input: LEFT,
    groups: groups.map((number) => ({ ...column(10 + number, "g"), value: use(number) })),
    aggregates: aggregates.map((more, index) => item(20 + index, more)),
  });

  function item(number: number, more: Partial<(LogicalOperator & { kind: "LogicalAggregate" })["aggregates"][number]>) {
    return { ...column(number, "a"), aggregate: SUM, arguments: [use(2)], distinct: false, filter: undefined, orderBy: [], ...more };
  }

  it("groups in the order of their first row, NULL a group of its own", () => {
    expect(run(grouped([1]), [11, 20])).toEqual([
      [1, 10],
      [2, 41],
      [null, 30],
    ]);
  });

  it("without groups there is one row, also of no input", () => {
    const none: LogicalOperator = {
      ...grouped([]),
      input: table(1, []),
      aggregates: [item(20, {}), item(21, { aggregate: COUNT })],
    } as LogicalOperator;
    expect(run(none, [20, 21])).toEqual([[null, 0]]);
    expect(run({ ...none, groups: [{ ...column(11, "g"), value: use(1) }] } as LogicalOperator, [20])).toEqual([]);
  });

  it("count skips NULL, count(*) does not", () => {
    const star = aggregate("count", "count", "zero", false);
    expect(
      run(
        grouped(
          [],
          [
            { aggregate: COUNT, arguments: [use(1)] },
            { aggregate: star, arguments: [] },
          ],
        ),
        [20, 21],
      ),
    ).toEqual([[3, 4]]);
  });

  it("DISTINCT and FILTER", () => {
    const distinct = { aggregate: COUNT, arguments: [use(1)], distinct: true };
    const filtered = { filter: less(use(2), constant(21n)) };
    expect(run(grouped([], [distinct, filtered]), [20, 21])).toEqual([[2, 30]]);
  });

  it("min and max", () => {
    const of = (name: string) => ({ aggregate: aggregate(name, `${name}_i64`) });
    expect(run(grouped([], [of("min"), of("max")]), [20, 21])).toEqual([[10, 30]]);
  });

  it("a sum beyond bigint is an error", () => {
    const max = 2n ** 63n - 1n;
    const input: LogicalOperator = { kind: "LogicalValues", columns: [column(2, "c")], rows: [[constant(max)], [constant(1n)]] };
    expect(() => run({ ...grouped([]), input } as LogicalOperator, [20])).toThrow("bigint out of range [22003]");
  });
});

describe("order and limits", () => {
  const sorted = (descending: boolean, nullsFirst: boolean): LogicalOperator => ({
    kind: "LogicalSort",
    input: LEFT,
    keys: [{ value: use(1), descending, nullsFirst }],
  });
  const limited = (limit: BoundExpression | undefined, offset?: BoundExpression): LogicalOperator => ({
    kind: "LogicalLimit",
    input: LEFT,
    limit,
    offset,
  });

  it("sorts stably, NULLs where they belong", () => {
    expect(run(sorted(false, false), [2])).toEqual([[10], [20], [21], [30]]);
    expect(run(sorted(true, false), [2])).toEqual([[20], [21], [10], [30]]);
    expect(run(sorted(true, true), [2])).toEqual([[30], [20], [21], [10]]);
  });

  it("LIMIT and OFFSET", () => {
    expect(run(limited(constant(2n)), [2])).toEqual([[10], [20]]);
    expect(run(limited(constant(2n), constant(3n)), [2])).toEqual([[30]]);
    expect(run(limited(constant(0n)), [2])).toEqual([]);
    expect(run(limited(constant(null), constant(1n)), [2])).toHaveLength(3);
    expect(() => run(limited(constant(-1n)), [2])).toThrow("LIMIT must not be negative [2201W]");
    expect(() => run(limited(undefined, constant(-1n)), [2])).toThrow("OFFSET must not be negative [2201X]");
  });

  it("a limit ends what is below it", () => {
    const poison: LogicalOperator = {
      kind: "LogicalProject",
      input: table(1, [[1], [0]], [BIGINT]),
      items: [{ ...column(5, "x"), value: arithmetic("divide", constant(6n), use(1)) }],
    };
    expect(run({ kind: "LogicalLimit", input: poison, limit: constant(1n), offset: undefined }, [5])).toEqual([[6]]);
    expect(() => run(poison, [5])).toThrow("division by zero [22012]");
  });

  it("DISTINCT keeps the first row", () => {
    expect(run({ kind: "LogicalDistinct", input: LEFT, on: [use(1)] }, [2])).toEqual([[10], [20], [30]]);
  });
});

describe("set operations", () => {
  const of = (operator: "union" | "intersect" | "except", all: boolean): unknown[][] =>
    run(
      {
        kind: "LogicalSetOperation",
        operator,
        all,
        left: table(1, [[1], [2], [2], [2], [null]], [BIGINT]),
        leftColumns: [1],
        right: table(2, [[2], [2], [null], [3]], [BIGINT]),
        rightColumns: [2],
        columns: [column(3, "c")],
      },
      [3],
    );

  it("UNION", () => {
    expect(of("union", true)).toHaveLength(9);
    expect(of("union", false)).toEqual([[1], [2], [null], [3]]);
  });

  it("INTERSECT", () => {
    expect(of("intersect", true)).toEqual([[2], [2], [null]]);
    expect(of("intersect", false)).toEqual([[2], [null]]);
  });

  it("EXCEPT", () => {
    expect(of("except", true)).toEqual([[1], [2]]);
    expect(of("except", false)).toEqual([[1]]);
  });
});

describe("expressions", () => {
  const value = (expression: BoundExpression, parameters: readonly Value[] = []): unknown => {
    const root: LogicalOperator = {
      kind: "LogicalProject",
      input: { kind: "LogicalValues", columns: [], rows: [[]] },
      items: [{ ...column(1, "v", expression.type), value: expression }],
    };
    return run(root, [1], { parameters })[0]?.[0];
  };
  const truth = (bit: boolean | null): BoundExpression => constant(bit, BOOLEAN);
  const logical = (operator: "AND" | "OR", ...bits: readonly (boolean | null)[]): BoundExpression => ({
    kind: "BoundLogical",
    type: BOOLEAN,
    operator,
    operands: bits.map(truth),
  });

  it("three-valued AND, OR, NOT", () => {
    expect([value(logical("AND", true, null)), value(logical("AND", null, false)), value(logical("AND", true, true))]).toEqual([
      null,
      false,
      true,
    ]);
    expect([value(logical("OR", false, null)), value(logical("OR", null, true)), value(logical("OR", false, false))]).toEqual([
      null,
      true,
      false,
    ]);
    expect(value({ kind: "BoundNot", type: BOOLEAN, operand: truth(null) })).toBe(null);
  });

  it("IS tests are never NULL", () => {
    expect(value({ kind: "BoundIsNull", type: BOOLEAN, negated: false, operand: truth(null) })).toBe(true);
    expect(value({ kind: "BoundIsBoolean", type: BOOLEAN, test: true, negated: false, operand: truth(null) })).toBe(false);
    expect(value({ kind: "BoundIsBoolean", type: BOOLEAN, test: true, negated: true, operand: truth(null) })).toBe(true);
  });

  it("IN and NULL", () => {
    const list = (operand: bigint | null, ...items: readonly (bigint | null)[]): BoundExpression => ({
      kind: "BoundInList",
      type: BOOLEAN,
      equality: EQUAL,
      operand: constant(operand),
      items: items.map((item) => constant(item)),
    });
    expect([value(list(1n, 2n, 1n)), value(list(1n, 2n, null)), value(list(1n, 2n)), value(list(null, 1n))]).toEqual([
      true,
      null,
      false,
      null,
    ]);
  });

  it("CASE evaluates only what it needs", () => {
    const branches = [
      { condition: truth(null), result: arithmetic("divide", constant(1n), constant(0n)) },
      { condition: truth(true), result: constant(7n) },
    ];
    expect(value({ kind: "BoundCase", type: BIGINT, branches, otherwise: undefined })).toBe(7);
    expect(value({ kind: "BoundCase", type: BIGINT, branches: branches.slice(0, 1), otherwise: undefined })).toBe(null);
  });

  it("parameters, COALESCE and text", () => {
    const parameter: BoundExpression = { kind: "BoundParameter", type: TEXT, index: 1 };
    const coalesce: BoundExpression = { kind: "BoundCoalesce", type: TEXT, items: [parameter, constant("ä", TEXT)] };
    expect(value(coalesce, ["x"])).toBe("x");
    expect(value(coalesce, [null])).toBe("\u00c3\u00a4");
  });

  it("integer arithmetic has its range", () => {
    const max = constant(2n ** 63n - 1n);
    expect(() => value(arithmetic("add", max, constant(1n)))).toThrow("bigint out of range [22003]");
    expect(value(arithmetic("divide", constant(-7n), constant(2n)))).toBe(-3);
    expect(value(arithmetic("modulo", constant(-7n), constant(2n)))).toBe(-1);
    expect(value(arithmetic("add", constant(null), constant(1n)))).toBe(null);
  });
});

describe("subqueries", () => {
  const subquery = (test: BoundSubquery["test"], plan: LogicalOperator, more: Partial<BoundSubquery> = {}): BoundExpression => ({
    kind: "BoundSubquery",
    type: test === "scalar" ? BIGINT : BOOLEAN,
    test,
    plan,
    column: 3,
    operand: undefined,
    comparison: undefined,
    outer: [1],
    ...more,
  });
  const matching: LogicalOperator = { kind: "LogicalFilter", input: RIGHT, predicate: ON };
  const project = (value: BoundExpression): unknown[][] =>
    run({ kind: "LogicalProject", input: LEFT, items: [{ ...column(9, "s", value.type), value }] }, [9]);

  it("EXISTS of the row", () => {
    expect(project(subquery("exists", matching))).toEqual([[false], [true], [true], [false]]);
  });

  it("scalar: NULL without rows, an error with two", () => {
    const one: LogicalOperator = { kind: "LogicalLimit", input: matching, limit: constant(1n), offset: undefined };
    expect(project(subquery("scalar", one))).toEqual([[null], [2], [2], [null]]);
    expect(() => project(subquery("scalar", matching))).toThrow("[21000]");
  });

  it("ANY and ALL are three-valued", () => {
    const operand = { operand: use(1), comparison: EQUAL };
    expect(project(subquery("any", RIGHT, operand))).toEqual([[null], [true], [true], [null]]);
    const smaller = { operand: use(1), comparison: LESS };
    expect(project(subquery("all", table(3, [[2], [3]], [BIGINT]), smaller))).toEqual([[true], [false], [false], [null]]);
    expect(project(subquery("all", table(3, []), smaller))).toEqual([[true], [true], [true], [true]]);
  });
});

describe("WITH and functions in FROM", () => {
  it("a WITH query runs once", () => {
    let runs = 0;
    const rows: Partial<Rows> = {
      scan: () => {
        runs++;
        let next = 0;
        return { next: () => next++ < 2, value: () => BigInt(next) };
      },
    };
    const scan: LogicalOperator = {
      kind: "LogicalScan",
      collection: "t",
      alias: "t",
      declared: false,
      access: undefined,
      columns: [{ ...column(1, "a"), source: { kind: "path", names: ["a"] } }],
    };
    const reference = (number: number): LogicalOperator => ({
      kind: "LogicalCommonReference",
      table: 1,
      name: "w",
      columns: [column(number, "a")],
    });
    const root: LogicalOperator = {
      kind: "LogicalCommonTable",
      table: 1,
      name: "w",
      definition: scan,
      definitionColumns: [1],
      input: {
        kind: "LogicalJoin",
        join: "cross",
        left: reference(2),
        right: reference(3),
        condition: undefined,
        mark: undefined,
        dependent: false,
      },
    };
    expect(run(root, [2, 3], { rows })).toEqual([
      [1, 1],
      [1, 2],
      [2, 1],
      [2, 2],
    ]);
    expect(runs).toBe(1);
  });

  it("generate_series", () => {
    const series = (...args: readonly (bigint | null)[]): unknown[][] =>
      run(
        {
          kind: "LogicalFunctionScan",
          name: "generate_series",
          arguments: args.map((value) => constant(value)),
          columns: [column(1, "n")],
          ordinality: column(2, "ordinality"),
        },
        [1, 2],
      );
    expect(series(5n, 1n, -2n)).toEqual([
      [5, 1],
      [3, 2],
      [1, 3],
    ]);
    expect(series(1n, null)).toEqual([]);
    expect(() => series(1n, 2n, 0n)).toThrow("step size cannot equal zero [22023]");
  });
});
