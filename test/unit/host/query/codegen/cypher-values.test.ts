/**
 * Goal: plans over Cypher's values, lists and maps say the same when they are compiled as when they are interpreted, and what openCypher
 * says: groups, distinct rows, sorting, the first rows, joins, UNWIND, comprehensions, lists and maps of columns.
 * Method: hand-made plans over a list of all kinds of values, run by both in one engine, compiled ones also with the smallest morsels;
 * results are compared byte by byte, and with plain JavaScript (test/support/cypher-value.ts).
 */
import { describe, expect, test } from "vitest";
import { COMMAND_COUNT } from "../../../../../assembly/abi/commands.ts";
import * as abi from "../../../../../assembly/abi/record.ts";
import { Engine } from "../../../../../host/engine/engine.ts";
import type { EngineExports } from "../../../../../host/engine/instance.ts";
import { EngineFunctions } from "../../../../../host/query/executor/engine-functions.ts";
import { interpret } from "../../../../../host/query/executor/interpreter/interpret.ts";
import type { Rows } from "../../../../../host/query/executor/surroundings.ts";
import { type Tagged, textOfBytes, type Value } from "../../../../../host/query/executor/value.ts";
import { cypherOperator } from "../../../../../host/query/function/cypher/table.ts";
import type { FunctionEntry } from "../../../../../host/query/function/entry.ts";
import { entry, inline } from "../../../../../host/query/function/row.ts";
import { COUNT_STAR, findFunctions, genericAggregate } from "../../../../../host/query/function/table.ts";
import { planPhysically } from "../../../../../host/query/physical/plan.ts";
import type { BoundExpression } from "../../../../../host/query/plan/expression.ts";
import type { LogicalAggregateItem, LogicalOperator, LogicalPlan, PlanColumn, SortKey } from "../../../../../host/query/plan/operator.ts";
import { isVolatile } from "../../../../../host/query/plan/walk.ts";
import { arrayOf, plainType, type SqlType } from "../../../../../host/query/type/type.ts";
import { type CypherTestValue, comparedTest, equalTest, equivalentTest, orderTest } from "../../../../support/cypher-value.ts";
import { NO_FACTS, PlanRunner, type TestValue } from "../../../../support/plan-runner.ts";

const VALUE = plainType("value");
const LIST = arrayOf(VALUE);
const MAP = plainType("map");
const BIGINT = plainType("bigint");
const BOOLEAN = plainType("boolean");

const runner = new PlanRunner("release");
const engine = new Engine(runner.engine.exports as unknown as EngineExports, COMMAND_COUNT);
const functions = new EngineFunctions(engine, () => {
  throw new Error("no functions of users here");
});

// The engine keeps the scratch bytes in which keys are put together once it has any: they are no plan's.
functions.required("sort_key_of")(abi.SLOT_TEXT, 0x6101n);

// Plans ------------------------------------------------------------------------------------------------------------------

const column = (number: number, type: SqlType = VALUE): PlanColumn => ({ column: number, name: `c${number}`, type });
const use = (number: number, type: SqlType = VALUE): BoundExpression => ({ kind: "BoundColumn", type, column: number, name: `c${number}` });

const TO_VALUE = (type: SqlType): FunctionEntry => entry("cast", "value", [type], "value", inline("to_any"), {});
const boxed = (expression: BoundExpression): BoundExpression =>
  expression.type.name === "value"
    ? expression
    : { kind: "BoundCall", type: VALUE, function: TO_VALUE(expression.type), arguments: [expression] };

/** A literal value; lists and maps as expressions make them. */
function literal(value: CypherTestValue): BoundExpression {
  if (value === null) return { kind: "BoundConstant", type: VALUE, value: null };
  if (typeof value === "boolean") return { kind: "BoundConstant", type: BOOLEAN, value };
  if (typeof value === "bigint") return { kind: "BoundConstant", type: BIGINT, value };
  if (typeof value === "number") return { kind: "BoundConstant", type: plainType("double precision"), value };
  if (typeof value === "string") return { kind: "BoundConstant", type: plainType("text"), value };
  if (Array.isArray(value)) return { kind: "BoundList", type: LIST, items: value.map(literal) };
  if (!(value instanceof Map)) throw new Error("no literal");
  return { kind: "BoundMap", type: MAP, names: [...value.keys()], items: [...value.values()].map(literal) };
}

/** The operator's row of values, or that of these types. */
function call(symbol: string, ...args: readonly BoundExpression[]): BoundExpression {
  const rows = cypherOperator(symbol).map((row) => row.entry);
  const fits = (row: FunctionEntry) => row.parameters.length === args.length;
  const exact = rows.find((row) => fits(row) && row.parameters.every(({ name }, index) => name === args[index]?.type.name));
  const row = exact ?? rows.find((other) => fits(other) && other.parameters.some(({ name }) => name === "value"));
  if (row === undefined) throw new Error(`no operator ${symbol}`);
  const given = args.map((argument, index) => (row.parameters[index]?.name === "value" ? boxed(argument) : argument));
  return { kind: "BoundCall", type: row.result, function: row, arguments: given };
}

const ONE_ROW: LogicalOperator = { kind: "LogicalValues", columns: [], rows: [[]] };

/** The items of a list as rows of a column. */
const unwind = (list: BoundExpression, number: number): LogicalOperator => ({
  kind: "LogicalFunctionScan",
  name: "unwind",
  arguments: [list],
  columns: [column(number)],
  ordinality: undefined,
});

function aggregateItem(number: number, name: string, argument: BoundExpression | undefined): LogicalAggregateItem {
  const aggregate = argument === undefined ? COUNT_STAR : genericAggregate(name, argument.type);
  if (aggregate === undefined) throw new Error(`no aggregate ${name}`);
  return {
    ...column(number, aggregate.result),
    aggregate,
    arguments: argument === undefined ? [] : [argument],
    distinct: false,
    filter: undefined,
    orderBy: [],
  };
}

// Running ----------------------------------------------------------------------------------------------------------------

const BUDGET = 1 << 28;

function begin(): void {
  runner.engine.call("runtime_reset");
  engine.memory.refresh();
  engine.memory.setWord(functions.cells + abi.CELL_BUDGET, BUDGET);
}

/** A value as the other engine's rows hold it. */
function plain(value: Value, type: SqlType): TestValue {
  if (value === null) return null;
  const tagged = typeof value === "object" ? (value as Tagged) : undefined;
  const bare = tagged === undefined ? value : tagged.value;
  if (typeof bare !== "string") return bare as TestValue;
  const isText = tagged === undefined ? type.name === "text" : tagged.tag === abi.SLOT_TEXT;
  return isText ? textOfBytes(bare) : new Uint8Array(Buffer.from(bare, "latin1"));
}

const printed = (rows: readonly (readonly TestValue[])[]): string[] =>
  rows.map((row) =>
    row.map((value) => (value instanceof Uint8Array ? Buffer.from(value).toString("hex") : `${typeof value} ${value}`)).join(" | "),
  );

/** Rows of a plan, which both ways of running it must agree on. */
function run(root: LogicalOperator, output: readonly PlanColumn[], isOrdered = false): TestValue[][] {
  const plan: LogicalPlan = { root, output, parameters: [], literals: [], dependencies: [], modifies: false };
  begin();
  const rows: TestValue[][] = [];
  interpret(plan, { functions, rows: {} as Rows, pause: () => false }).run([], [], (row) => {
    rows.push(row.map((value, index) => plain(value, (output[index] as PlanColumn).type)));
    return true;
  });
  const inOrder = (given: readonly string[]) => (isOrdered ? given : [...given].sort());
  for (const budget of [16384, 1]) {
    const outcome = runner.run(planPhysically(plan, NO_FACTS), { budget });
    expect(outcome.error, `budget ${budget}`).toBe(0);
    expect(inOrder(printed(outcome.rows)), `budget ${budget}`).toEqual(inOrder(printed(rows)));
  }
  begin();
  return rows;
}

const KINDS: readonly CypherTestValue[] = [
  1n,
  1,
  null,
  "a",
  "a text of some length",
  Number.NaN,
  true,
  [1n],
  [1],
  [null],
  [1n, [2n, "b"]],
  [],
  new Map<string, CypherTestValue>([
    ["a", 1n],
    ["b", null],
  ]),
  new Map<string, CypherTestValue>([
    ["b", null],
    ["a", 1],
  ]),
  2n ** 53n + 1n,
  2 ** 53,
  0,
  -0,
  "",
  false,
];
/** A comparison as openCypher has it. */
function truthOf(symbol: string, left: CypherTestValue, right: CypherTestValue): boolean | null {
  if (left === null || right === null) return null;
  const equal = equalTest(left, right);
  if (symbol === "=") return equal;
  if (symbol === "<>") return equal === null ? null : !equal;
  const order = comparedTest(left, right);
  if (order === null || order === undefined) return order === null ? null : false;
  if (symbol.startsWith("<")) return order < 0 || (symbol === "<=" && order === 0);
  return order > 0 || (symbol === ">=" && order === 0);
}

/** All of them twice. */
const TWICE = [...KINDS, ...KINDS];
const list = literal(TWICE);

/** Kinds of equivalence: the first of each. */
const classes = KINDS.filter((value, index) => KINDS.findIndex((other) => equivalentTest(value, other)) === index);

describe("plans over Cypher's values", () => {
  test("UNWIND makes a row of each item, one of what is no list, none of NULL", () => {
    expect(run(unwind(list, 1), [column(1)], true)).toHaveLength(TWICE.length);
    expect(run(unwind(literal("a"), 1), [column(1)])).toEqual([["a"]]);
    expect(run(unwind(literal([]), 1), [column(1)])).toEqual([]);
    expect(run(unwind(literal(null), 1), [column(1)])).toEqual([]);
  });

  test("groups and distinct rows are those of equivalent values", () => {
    const groups = run(
      {
        kind: "LogicalAggregate",
        input: unwind(list, 1),
        groups: [{ ...column(2), value: use(1) }],
        aggregates: [aggregateItem(3, "count", undefined), aggregateItem(4, "count", use(1))],
      },
      [column(2), column(3, BIGINT), column(4, BIGINT)],
    );
    expect(groups).toHaveLength(classes.length);
    expect(groups.reduce((sum, [, count]) => sum + (count as bigint), 0n)).toBe(BigInt(TWICE.length));
    expect(run({ kind: "LogicalDistinct", input: unwind(list, 1), on: [use(1)] }, [column(1)])).toHaveLength(classes.length);
  });

  test("groups of two keys, and aggregates of distinct values", () => {
    const pairs = TWICE.flatMap((first) => KINDS.slice(0, 4).map((second) => [first, second] as const));
    const input: LogicalOperator = {
      kind: "LogicalJoin",
      join: "cross",
      left: unwind(list, 1),
      right: unwind(literal(KINDS.slice(0, 4)), 2),
      condition: undefined,
      mark: undefined,
      dependent: false,
    };
    const distinct = { ...aggregateItem(5, "count", use(1)), distinct: true };
    const collected = { ...aggregateItem(7, "array_agg", use(1)), distinct: true };
    const groups = run(
      {
        kind: "LogicalAggregate",
        input,
        groups: [
          { ...column(3), value: use(1) },
          { ...column(4), value: use(2) },
        ],
        aggregates: [distinct],
      },
      [column(3), column(4), column(5, BIGINT)],
    );
    const same = (left: readonly CypherTestValue[], right: readonly CypherTestValue[]) =>
      left.every((value, index) => equivalentTest(value, right[index] as CypherTestValue));
    expect(groups).toHaveLength(pairs.filter((pair, index) => pairs.findIndex((other) => same(pair, other)) === index).length);
    const [all] = run({ kind: "LogicalAggregate", input, groups: [], aggregates: [distinct, collected] }, [
      column(5, BIGINT),
      column(7, LIST),
    ]);
    expect(all?.[0]).toBe(BigInt(classes.filter((value) => value !== null).length));
    const [first] = run({ kind: "LogicalProject", input: ONE_ROW, items: [{ ...column(8, LIST), value: literal(classes) }] }, [
      column(8, LIST),
    ]);
    expect(all?.[1]).toEqual(first?.[0]);
  });

  test("a NUMERIC of a table is a key as the number that it is", () => {
    const numeric = (value: string): BoundExpression => ({ kind: "BoundConstant", type: plainType("numeric"), value });
    const items = [
      ...[1n, 1.5, 0.1, 1e-7, Number.NaN, Number.POSITIVE_INFINITY].map(literal),
      ...["1.0", "1.50", "0.1", "0.0000001", "NaN", "Infinity", "0.10000000000000000000001"].map(numeric),
    ];
    const plan: LogicalPlan = {
      root: { kind: "LogicalDistinct", input: unwind({ kind: "BoundList", type: LIST, items }, 1), on: [use(1)] },
      output: [column(1)],
      parameters: [],
      literals: [],
      dependencies: [],
      modifies: false,
    };
    begin();
    let count = 0;
    interpret(plan, { functions, rows: {} as Rows, pause: () => false }).run([], [], () => ++count > 0);
    expect(count).toBe(7);
  });

  test.each([false, true])("rows are sorted by the total order, descending: %s", (descending) => {
    const keys: readonly SortKey[] = [{ value: use(1), descending, nullsFirst: descending }];
    const sorted = [...TWICE].sort((left, right) => (descending ? -orderTest(left, right) : orderTest(left, right)));
    const expected = run(unwind(literal(sorted), 1), [column(1)], true);
    const sort: LogicalOperator = { kind: "LogicalSort", input: unwind(list, 1), keys };
    expect(printed(run(sort, [column(1)], true))).toEqual(printed(expected));
    const first: LogicalOperator = { kind: "LogicalLimit", input: sort, limit: literal(9n), offset: literal(2n) };
    expect(printed(run(first, [column(1)], true))).toEqual(printed(expected.slice(2, 11)));
  });

  test("typed lists and maps are keys like values", () => {
    const items = KINDS.filter((value) => Array.isArray(value));
    const input: LogicalOperator = {
      kind: "LogicalValues",
      columns: [column(1, LIST)],
      rows: [...items, ...items].map((item) => [literal(item)]),
    };
    const keys: readonly SortKey[] = [{ value: use(1, LIST), descending: false, nullsFirst: false }];
    expect(run({ kind: "LogicalSort", input, keys }, [column(1, LIST)], true)).toHaveLength(items.length * 2);
    const distinct = items.filter((value, index) => items.findIndex((other) => equivalentTest(value, other)) === index);
    expect(run({ kind: "LogicalDistinct", input, on: [use(1, LIST)] }, [column(1, LIST)])).toHaveLength(distinct.length);
  });

  test.each(["inner", "left"] as const)("a %s join by `=` pairs what is equal, not what is equivalent", (join) => {
    const pairs = KINDS.flatMap((left) => KINDS.filter((right) => equalTest(left, right) === true).map((right) => [left, right]));
    const alone = join === "left" ? KINDS.filter((left) => !KINDS.some((right) => equalTest(left, right) === true)) : [];
    const rows = run(
      {
        kind: "LogicalJoin",
        join,
        left: unwind(literal(KINDS), 1),
        right: unwind(literal(KINDS), 2),
        condition: call("=", use(1), use(2)),
        mark: undefined,
        dependent: false,
      },
      [column(1), column(2)],
    );
    expect(rows).toHaveLength(pairs.length + alone.length);
  });

  test.each(["=", "<>", "<", "<=", ">", ">="])("`%s` of all pairs of values, as a column, as a filter and beside a literal", (symbol) => {
    const pairs: LogicalOperator = {
      kind: "LogicalJoin",
      join: "cross",
      left: unwind(literal(KINDS), 1),
      right: unwind(literal(KINDS), 2),
      condition: undefined,
      mark: undefined,
      dependent: false,
    };
    const predicate = call(symbol, use(1), use(2));
    const rows = run(
      { kind: "LogicalProject", input: pairs, items: [{ ...column(3, BOOLEAN), value: predicate }] },
      [column(3, BOOLEAN)],
      true,
    );
    expect(rows.map(([truth]) => truth)).toEqual(KINDS.flatMap((left) => KINDS.map((right) => truthOf(symbol, left, right))));
    const isTrue = KINDS.flatMap((left) => KINDS.filter((right) => truthOf(symbol, left, right) === true));
    expect(run({ kind: "LogicalFilter", input: pairs, predicate }, [column(1), column(2)])).toHaveLength(isTrue.length);
    for (const value of KINDS) {
      const beside = call(symbol, use(1), literal(value));
      const found = run({ kind: "LogicalFilter", input: unwind(literal(KINDS), 1), predicate: beside }, [column(1)]);
      expect(found, `${symbol} ${String(value)}`).toHaveLength(KINDS.filter((left) => truthOf(symbol, left, value) === true).length);
    }
  });

  test("arithmetic of numbers and floats is that of the engine", () => {
    const numbers: readonly CypherTestValue[] = [1n, -7n, 2n ** 40n, 0.5, 0, -0, 1e300, Number.NaN, Number.POSITIVE_INFINITY, null];
    const pairs: LogicalOperator = {
      kind: "LogicalJoin",
      join: "cross",
      left: unwind(literal(numbers), 1),
      right: unwind(literal(numbers), 2),
      condition: undefined,
      mark: undefined,
      dependent: false,
    };
    const items = ["+", "-"].map((symbol, index) => ({ ...column(3 + index), value: call(symbol, use(1), use(2)) }));
    expect(run({ kind: "LogicalProject", input: pairs, items }, [column(3), column(4)], true)).toHaveLength(numbers.length ** 2);
    const FLOAT = plainType("double precision");
    const floats = [1.5, -0, Number.NaN, 1e308, null].map((value) => [{ kind: "BoundConstant", type: FLOAT, value } as const]);
    const table = (number: number): LogicalOperator => ({ kind: "LogicalValues", columns: [column(number, FLOAT)], rows: floats });
    const symbols = ["+", "-", "*", "/", "%", "^", "=", "<>", "<", "<=", ">", ">="];
    const computed = symbols.map((symbol, index) => ({
      name: symbol,
      column: 3 + index,
      value: call(symbol, use(1, FLOAT), use(2, FLOAT)),
    }));
    const output = computed.map(({ column: number, value }) => column(number, value.type));
    const both: LogicalOperator = {
      kind: "LogicalJoin",
      join: "cross",
      left: table(1),
      right: table(2),
      condition: undefined,
      mark: undefined,
      dependent: false,
    };
    const project = computed.map((item, index) => ({ ...(output[index] as PlanColumn), value: item.value }));
    const rows = run({ kind: "LogicalProject", input: both, items: project }, output, true);
    expect(rows).toHaveLength(floats.length ** 2);
    expect(rows[0]?.slice(0, 4)).toEqual([3, 0, 2.25, 1]);
    expect(rows[12]?.slice(6)).toEqual([false, true, false, false, false, false]);
  });

  test("UNWIND of a list of the row at hand is a dependent join", () => {
    const nested = literal([[1n, 2n], [], [3n], null, "x"]);
    const rows = run(
      {
        kind: "LogicalJoin",
        join: "inner",
        left: unwind(nested, 1),
        right: unwind(use(1), 2),
        condition: undefined,
        mark: undefined,
        dependent: true,
      },
      [column(2)],
      true,
    );
    expect(rows).toEqual([[1n], [2n], [3n], ["x"]]);
  });

  test("lists and maps are made of columns, nested, with NULLs", () => {
    const pair: BoundExpression = { kind: "BoundList", type: LIST, items: [use(1), literal(null), literal("x")] };
    const value: BoundExpression = { kind: "BoundMap", type: MAP, names: ["list", "a longer name"], items: [pair, use(1)] };
    const rows = run({ kind: "LogicalProject", input: unwind(list, 1), items: [{ ...column(2, MAP), value }] }, [column(2, MAP)], true);
    expect(rows).toHaveLength(TWICE.length);
    const sizes = {
      kind: "LogicalProject",
      input: ONE_ROW,
      items: [{ ...column(2), value: call("[]", literal([5n, 6n]), literal(-1n)) }],
    } as const;
    expect(run(sizes, [column(2)])).toEqual([[6n]]);
  });

  test("a comprehension is a list of what a subquery gives, empty without rows", () => {
    const comprehension = (source: BoundExpression): BoundExpression => ({
      kind: "BoundSubquery",
      test: "array",
      type: LIST,
      column: 3,
      operand: undefined,
      comparison: undefined,
      outer: [1],
      plan: {
        kind: "LogicalProject",
        items: [{ ...column(3), value: call("*", use(2), literal(10n)) }],
        input: { kind: "LogicalFilter", input: unwind(source, 2), predicate: call(">", use(2), literal(1n)) },
      },
    });
    const numbers = [[1n, 2n, 3n, 1.5], [], [1n], [7n, null, 8n]];
    const rows = run(
      { kind: "LogicalProject", input: unwind(literal(numbers), 1), items: [{ ...column(4, LIST), value: comprehension(use(1)) }] },
      [column(4, LIST)],
      true,
    );
    const expected = [[20n, 30n, 15], [], [], [70n, 80n]].map((item) => [item as CypherTestValue]);
    const made = run(
      { kind: "LogicalValues", columns: [column(1, LIST)], rows: expected.map(([item]) => [literal(item as CypherTestValue)]) },
      [column(1, LIST)],
      true,
    );
    expect(printed(rows)).toEqual(printed(made));
  });

  test("aggregates keep values of all kinds", () => {
    const rows = run(
      {
        kind: "LogicalAggregate",
        input: unwind(list, 1),
        groups: [],
        aggregates: [aggregateItem(2, "array_agg", use(1)), aggregateItem(3, "any_value", use(1))],
      },
      [column(2, LIST), column(3)],
    );
    const [all] = run({ kind: "LogicalProject", input: ONE_ROW, items: [{ ...column(2, LIST), value: list }] }, [column(2, LIST)]);
    expect(rows[0]?.[0]).toEqual(all?.[0]);
    expect(rows[0]?.[1]).toBe(1n);
  });

  test("what is volatile is computed once for a row, however often it is used and wherever the plan stops", () => {
    const random = findFunctions("random", undefined)[0];
    if (random === undefined) throw new Error("no random()");
    const chance: BoundExpression = { kind: "BoundCall", type: random.result, function: random, arguments: [] };
    const some: BoundExpression = { kind: "BoundList", type: LIST, items: [chance, chance, call("*", chance, use(1))] };
    expect(isVolatile(some)).toBe(true);
    const drawn: LogicalOperator = {
      kind: "LogicalProject",
      input: unwind(literal([1n, 2n, 3n, 4n, 5n]), 1),
      items: [{ ...column(3, LIST), value: some }],
    };
    const plan: LogicalPlan = {
      root: {
        kind: "LogicalJoin",
        join: "inner",
        left: drawn,
        right: unwind(use(3, LIST), 4),
        condition: undefined,
        mark: undefined,
        dependent: true,
      },
      output: [column(3, LIST), column(4)],
      parameters: [],
      literals: [],
      dependencies: [],
      modifies: false,
    };
    for (const budget of [16384, 1]) {
      const { rows, error } = runner.run(planPhysically(plan, NO_FACTS), { budget });
      expect(error).toBe(0);
      expect(rows).toHaveLength(15);
      rows.forEach(([list, item], index) => {
        const packed = Buffer.from(list as Uint8Array);
        const bits = Buffer.alloc(8);
        bits.writeDoubleLE(item as number);
        expect(packed.indexOf(bits), `row ${index}, budget ${budget}`).toBeGreaterThan(0);
      });
    }
    begin();
  });

  test("a comprehension with a volatile function is made anew for each row, though it uses nothing of it", () => {
    const random = findFunctions("random", undefined)[0];
    if (random === undefined) throw new Error("no random()");
    const value: BoundExpression = {
      kind: "BoundSubquery",
      test: "array",
      type: LIST,
      column: 2,
      operand: undefined,
      comparison: undefined,
      outer: [],
      plan: {
        kind: "LogicalProject",
        items: [{ ...column(2), value: boxed({ kind: "BoundCall", type: random.result, function: random, arguments: [] }) }],
        input: unwind(literal([1n]), 5),
      },
    };
    const plan: LogicalPlan = {
      root: { kind: "LogicalProject", input: unwind(literal([1n, 2n, 3n, 4n, 5n]), 1), items: [{ ...column(3, LIST), value }] },
      output: [column(3, LIST)],
      parameters: [],
      literals: [],
      dependencies: [],
      modifies: false,
    };
    expect(new Set(printed(runner.run(planPhysically(plan, NO_FACTS)).rows)).size).toBe(5);
    begin();
  });

  test("what fails at execution is an error of openCypher in both", () => {
    const plan: LogicalPlan = {
      root: { kind: "LogicalProject", input: unwind(literal(["a"]), 1), items: [{ ...column(2), value: call("-", use(1), literal(1n)) }] },
      output: [column(2)],
      parameters: [],
      literals: [],
      dependencies: [],
      modifies: false,
    };
    begin();
    const interpreted = () => interpret(plan, { functions, rows: {} as Rows, pause: () => false }).run([], [], () => true);
    expect(interpreted).toThrow("expected a number, but got a String [TypeError: InvalidArgumentType]");
    const { error } = runner.run(planPhysically(plan, NO_FACTS));
    begin();
    expect(functions.noted(error).message).toContain("[TypeError: InvalidArgumentType]");
  });

  test("reduce() goes through a list", () => {
    const reduce: BoundExpression = {
      kind: "BoundReduce",
      type: VALUE,
      list: literal([1n, 2n, 3.5]),
      initial: literal(10n),
      accumulator: 5,
      item: 6,
      result: call("+", use(5), use(6)),
    };
    const plan: LogicalPlan = {
      root: { kind: "LogicalProject", input: ONE_ROW, items: [{ ...column(2), value: reduce }] },
      output: [column(2)],
      parameters: [],
      literals: [],
      dependencies: [],
      modifies: false,
    };
    begin();
    const rows: Value[][] = [];
    interpret(plan, { functions, rows: {} as Rows, pause: () => false }).run([], [], (row) => rows.push([...row]) > 0);
    expect(rows).toEqual([[{ tag: abi.SLOT_DOUBLE, value: 16.5 }]]);
  });
});
