/**
 * Random logical plans over three tables of random rows, for the comparison of compiled plans with the interpreter.
 *
 * 1. Only inline functions are used, so that both sides need no engine function but those on words; and none that fails: which rows
 *    meet an expression first, and whether an unused column is computed, is free.
 * 2. Values are few, so that joins meet, groups repeat and NULLs are everywhere.
 * 3. DISTINCT is by all columns, since it is free which of the rows that agree in some is kept.
 * 4. LIMIT stands only above a sort by all columns: rows that tie are then equal, whichever are taken.
 */

import { AGGREGATE_ROWS, COUNT_ROWS } from "../../host/query/function/aggregate.ts";
import type { AggregateEntry } from "../../host/query/function/entry.ts";
import type { BoundExpression, BoundSubquery } from "../../host/query/plan/expression.ts";
import type {
  LogicalAggregateItem,
  LogicalJoin,
  LogicalOperator,
  LogicalPlan,
  PlanColumn,
  WindowItem,
} from "../../host/query/plan/operator.ts";
import { columnsOf, outerColumns } from "../../host/query/plan/walk.ts";
import type { SqlType } from "../../host/query/type/type.ts";
import type { TestValue } from "./plan-runner.ts";
import { apply, BIGINT, BOOLEAN, constant, DOUBLE, logical, operatorRow, planColumn, TEXT, use } from "./plans.ts";
import type { SeededRandom } from "./random.ts";

const TYPES: readonly SqlType[] = [BIGINT, DOUBLE, TEXT, BOOLEAN];
export const TABLE_TYPES = TYPES;
export const TABLES = ["r", "s", "t"] as const;
const TEXTS = ["", "a", "ab", "abcdefg", "abcdefgh", "abcdefghi", "a text of some length", "a text of some lengti", "é"];
const COMPARISONS = ["=", "<>", "<", "<=", ">", ">="];

export function randomRows(random: SeededRandom, count: number): (TestValue[] | undefined)[] {
  return Array.from({ length: count }, () => (random.chance(0.1) ? undefined : TYPES.map((type) => randomValue(random, type))));
}

function randomValue(random: SeededRandom, type: SqlType): Exclude<TestValue, Uint8Array> {
  if (random.chance(0.15)) return null;
  if (type === BIGINT) return BigInt(random.between(-3, 6));
  if (type === DOUBLE) return random.chance(0.05) ? random.pick([Number.NaN, -0, 1e30]) : random.between(-6, 6) / 2;
  if (type === TEXT) return random.pick(TEXTS);
  return random.chance(0.5);
}

export class PlanGenerator {
  readonly #random: SeededRandom;
  #columns = 0;
  /** Columns of enclosing queries. */
  #outer: readonly PlanColumn[] = [];

  constructor(random: SeededRandom) {
    this.#random = random;
  }

  plan(depth: number): LogicalPlan {
    const root = this.operator(depth);
    const output = columnsOf(root).filter(() => this.#random.chance(0.8));
    return { root, output, parameters: [], literals: [], dependencies: [], modifies: false };
  }

  operator(depth: number): LogicalOperator {
    const random = this.#random;
    if (depth <= 0) return this.#source();
    const input = (): LogicalOperator => this.operator(depth - 1);
    switch (random.below(11)) {
      case 10:
        return this.#windows(input());
      case 0:
      case 1:
        return this.#filter(input());
      case 2:
        return this.#project(input());
      case 3:
      case 4:
        return this.#join(depth);
      case 5:
        return this.#aggregate(input());
      case 6: {
        const below = input();
        return { kind: "LogicalDistinct", input: below, on: columnsOf(below).map(use) };
      }
      case 7:
        return this.#limit(input());
      case 8:
        return this.#setOperation(depth);
      default:
        return this.#commonTable(depth);
    }
  }

  #new(type: SqlType): PlanColumn {
    return planColumn(++this.#columns, type);
  }

  #some<Item>(items: readonly Item[]): Item[] {
    const picked = items.filter(() => this.#random.chance(0.6));
    return picked.length === 0 ? items.slice(0, 1) : picked;
  }

  #source(): LogicalOperator {
    const random = this.#random;
    if (random.chance(0.15)) {
      const columns = this.#some(TYPES).map((type) => this.#new(type));
      const rows = Array.from({ length: random.below(5) }, () => columns.map(({ type }) => constant(type, randomValue(random, type))));
      return { kind: "LogicalValues", columns, rows };
    }
    if (random.chance(0.1)) {
      const bounds = [random.between(-2, 3), random.between(-2, 6), random.pick([1, 2, -1])];
      return {
        kind: "LogicalFunctionScan",
        name: "generate_series",
        arguments: bounds.map((value) => constant(BIGINT, BigInt(value))),
        columns: [this.#new(BIGINT)],
        ordinality: undefined,
      };
    }
    const collection = random.pick(TABLES);
    const columns = TYPES.map((type, number) => ({ ...this.#new(type), source: { kind: "column", number } as const }));
    return { kind: "LogicalScan", collection, alias: collection, declared: true, columns, access: undefined };
  }

  #filter(input: LogicalOperator): LogicalOperator {
    return { kind: "LogicalFilter", input, predicate: this.condition(columnsOf(input), 2, true) };
  }

  #project(input: LogicalOperator): LogicalOperator {
    const items = this.#some(TYPES).map((type) => ({ ...this.#new(type), value: this.value(columnsOf(input), type, 2) }));
    return { kind: "LogicalProject", input, items };
  }

  #join(depth: number): LogicalOperator {
    const random = this.#random;
    const kind = random.pick(["inner", "left", "right", "full", "cross", "semi", "anti", "mark"] as const);
    const left = this.operator(Math.min(1, depth - 1));
    const right = this.operator(Math.min(1, depth - 1));
    let condition: BoundExpression | undefined;
    if (kind !== "cross") {
      const keys = this.#equalities(columnsOf(left), columnsOf(right));
      const more = random.chance(kind === "mark" ? 0.1 : 0.4) ? [this.condition([...columnsOf(left), ...columnsOf(right)], 1, false)] : [];
      const all = random.chance(0.8) ? [...keys, ...more] : more;
      condition = all.length === 0 ? constant(BOOLEAN, true) : all.length === 1 ? all[0] : logical("AND", ...all);
    }
    const mark = kind === "mark" ? this.#new(BOOLEAN) : undefined;
    return { kind: "LogicalJoin", join: kind as LogicalJoin["join"], left, right, condition, mark, dependent: false };
  }

  #equalities(left: readonly PlanColumn[], right: readonly PlanColumn[]): BoundExpression[] {
    const pairs = left.flatMap((first) => right.filter(({ type }) => type === first.type).map((second) => [first, second] as const));
    if (pairs.length === 0) return [];
    return Array.from({ length: this.#random.between(1, 2) }, () => {
      const [first, second] = this.#random.pick(pairs);
      return this.#random.chance(0.5) ? apply("=", use(first), use(second)) : apply("=", use(second), use(first));
    });
  }

  #aggregate(input: LogicalOperator): LogicalOperator {
    const random = this.#random;
    const columns = columnsOf(input);
    const groups = random.chance(0.3)
      ? []
      : this.#some(columns)
          .slice(0, 3)
          .map((column) => ({ ...this.#new(column.type), value: use(column) }));
    const aggregates = Array.from({ length: random.between(1, 3) }, (): LogicalAggregateItem => {
      const aggregate = random.pick(AGGREGATES);
      return {
        ...this.#new(aggregate.result),
        aggregate,
        arguments: aggregate.parameters.map((type) => this.value(columns, type, 1)),
        distinct: aggregate.parameters.length > 0 && random.chance(0.3),
        filter: random.chance(0.3) ? this.condition(columns, 1, false) : undefined,
        orderBy: [],
      };
    });
    return { kind: "LogicalAggregate", input, groups, aggregates };
  }

  /** One window or two above a sort by all columns, so that rows that tie are equal. */
  #windows(input: LogicalOperator): LogicalOperator {
    const random = this.#random;
    const keys = columnsOf(input).map((column) => ({ value: use(column), descending: random.chance(0.5), nullsFirst: random.chance(0.5) }));
    const columns = columnsOf(input);
    let operator: LogicalOperator = { kind: "LogicalSort", input, keys };
    for (let count = random.between(1, 2); count > 0; count--) {
      const parts = random.below(Math.min(3, keys.length) + 1);
      const items = Array.from({ length: random.between(1, 4) }, () => this.#windowItem(columns));
      const partitionBy = keys.slice(0, parts).map(({ value }) => value);
      const orderBy = keys.slice(parts, random.between(parts, keys.length));
      operator = { kind: "LogicalWindow", input: operator, partitionBy, orderBy, items };
    }
    return operator;
  }

  /** A window function whose frame begins with its partition: the others are the interpreter's. */
  #windowItem(columns: readonly PlanColumn[]): WindowItem {
    const random = this.#random;
    const column = random.pick(columns);
    const end = { kind: random.pick(["current", "current", "unbounded"] as const) };
    const frame = { unit: random.pick(["rows", "range", "groups"] as const), start: { kind: "unbounded" }, end, exclude: "none" } as const;
    const item = { filter: undefined, frame, arguments: [use(column)] };
    const kind = random.pick([
      "row_number",
      "rank",
      "dense_rank",
      "lag",
      "lead",
      "first_value",
      "last_value",
      "aggregate",
      "aggregate",
    ] as const);
    if (kind === "first_value" || kind === "last_value") return { ...this.#new(column.type), ...item, function: { kind } };
    if (kind === "lag" || kind === "lead") {
      const integers = columns.filter(({ type }) => type === BIGINT).map(use);
      const offset = random.chance(0.3) && integers.length > 0 ? random.pick(integers) : constant(BIGINT, BigInt(random.between(-2, 3)));
      const fallback = random.chance(0.5) ? constant(column.type, randomValue(random, column.type)) : use(column);
      return { ...this.#new(column.type), ...item, function: { kind }, arguments: [use(column), offset, fallback] };
    }
    if (kind !== "aggregate") return { ...this.#new(BIGINT), ...item, function: { kind }, arguments: [] };
    const aggregate = random.pick(AGGREGATES);
    const operands = aggregate.parameters.map((type) => {
      const own = columns.filter((each) => each.type === type);
      return own.length === 0 ? constant(type, randomValue(random, type)) : use(random.pick(own));
    });
    const booleans = columns.filter(({ type }) => type === BOOLEAN);
    const filter = booleans.length > 0 && random.chance(0.3) ? use(random.pick(booleans)) : undefined;
    return { ...this.#new(aggregate.result), ...item, function: { kind, aggregate }, arguments: operands, filter };
  }

  /** A limit above a sort by all columns. */
  #limit(input: LogicalOperator): LogicalOperator {
    const random = this.#random;
    const keys = columnsOf(input).map((column) => ({ value: use(column), descending: random.chance(0.5), nullsFirst: random.chance(0.5) }));
    const sort: LogicalOperator = { kind: "LogicalSort", input, keys };
    if (random.chance(0.3)) return sort;
    const limit = random.chance(0.9) ? constant(BIGINT, BigInt(random.below(8))) : undefined;
    const offset = random.chance(0.4) ? constant(BIGINT, BigInt(random.below(5))) : undefined;
    return { kind: "LogicalLimit", input: sort, limit, offset };
  }

  #setOperation(depth: number): LogicalOperator {
    const random = this.#random;
    const columns = this.#some(TYPES).map((type) => this.#new(type));
    const side = (): { input: LogicalOperator; columns: number[] } => {
      const input = this.operator(Math.min(1, depth - 1));
      const items = columns.map(({ type }) => ({ ...this.#new(type), value: this.value(columnsOf(input), type, 0) }));
      return { input: { kind: "LogicalProject", input, items }, columns: items.map(({ column }) => column) };
    };
    const left = side();
    const right = side();
    return {
      kind: "LogicalSetOperation",
      operator: random.pick(["union", "intersect", "except"] as const),
      all: random.chance(0.5),
      left: left.input,
      leftColumns: left.columns,
      right: right.input,
      rightColumns: right.columns,
      columns,
    };
  }

  #commonTable(depth: number): LogicalOperator {
    const definition = this.operator(depth - 1);
    const columns = columnsOf(definition);
    const table = ++this.#columns;
    const reference = (): LogicalOperator => ({
      kind: "LogicalCommonReference",
      table,
      name: "w",
      columns: columns.map(({ type }) => this.#new(type)),
    });
    const left = reference();
    const right = reference();
    const keys = this.#equalities(columnsOf(left), columnsOf(right));
    const input: LogicalOperator =
      keys.length === 0 ? left : { kind: "LogicalJoin", join: "inner", left, right, condition: keys[0], mark: undefined, dependent: false };
    return { kind: "LogicalCommonTable", table, name: "w", definition, definitionColumns: columns.map(({ column }) => column), input };
  }

  // Expressions ---------------------------------------------------------------------------------------------------------

  /** A boolean expression. */
  condition(columns: readonly PlanColumn[], depth: number, subqueries: boolean): BoundExpression {
    const random = this.#random;
    if (depth > 0 && random.chance(0.5)) {
      const operands = Array.from({ length: random.between(2, 3) }, () => this.condition(columns, depth - 1, subqueries));
      return logical(random.pick(["AND", "OR"] as const), ...operands);
    }
    if (depth > 0 && random.chance(0.15))
      return { kind: "BoundNot", type: BOOLEAN, operand: this.condition(columns, depth - 1, subqueries) };
    if (subqueries && random.chance(0.15)) return this.#subquery(columns);
    const type = random.pick(TYPES);
    switch (random.below(5)) {
      case 0:
        return { kind: "BoundIsNull", type: BOOLEAN, negated: random.chance(0.5), operand: this.value(columns, type, depth) };
      case 1:
        return {
          kind: "BoundInList",
          type: BOOLEAN,
          equality: operatorRow("=", [type, type]),
          operand: this.value(columns, type, depth),
          items: Array.from({ length: random.between(1, 3) }, () => this.value(columns, type, 0)),
        };
      case 2:
        return {
          kind: "BoundIsBoolean",
          type: BOOLEAN,
          test: random.chance(0.5),
          negated: random.chance(0.5),
          operand: this.value(columns, BOOLEAN, depth - 1),
        };
      default:
        return apply(random.pick(COMPARISONS), this.value(columns, type, depth), this.value(columns, type, depth));
    }
  }

  /** A subquery that may use columns of the row at hand. */
  #subquery(columns: readonly PlanColumn[]): BoundExpression {
    const random = this.#random;
    const outside = this.#outer;
    const correlated = random.chance(0.6);
    const source = this.#source();
    this.#outer = correlated ? [...outside, ...columns] : outside;
    const inner: LogicalOperator = {
      kind: "LogicalFilter",
      input: source,
      predicate: this.condition([...columnsOf(source), ...this.#outer], 1, false),
    };
    this.#outer = outside;
    const column = random.pick(columnsOf(source));
    const test = random.pick(["exists", "any", "all", "scalar"] as const);
    const known = { kind: "BoundSubquery", plan: inner, outer: [...outerColumns(inner)] } as const;
    if (test === "exists") return { ...known, type: BOOLEAN, test, column: undefined, operand: undefined, comparison: undefined };
    if (test === "scalar") {
      // One row at most: an aggregate.
      const count: LogicalAggregateItem = {
        ...this.#new(BIGINT),
        aggregate: COUNT_ROWS,
        arguments: [],
        distinct: false,
        filter: undefined,
        orderBy: [],
      };
      const plan: LogicalOperator = { kind: "LogicalAggregate", input: inner, groups: [], aggregates: [count] };
      const scalar: BoundSubquery = { ...known, plan, type: BIGINT, test, column: count.column, operand: undefined, comparison: undefined };
      return apply(random.pick(COMPARISONS), scalar, constant(BIGINT, BigInt(random.below(5))));
    }
    return {
      ...known,
      type: BOOLEAN,
      test,
      column: column.column,
      operand: this.value(columns, column.type, 1),
      comparison: operatorRow(random.pick(COMPARISONS), [column.type, column.type]),
    };
  }

  /** An expression of a type. */
  value(columns: readonly PlanColumn[], type: SqlType, depth: number): BoundExpression {
    const random = this.#random;
    const own = columns.filter((column) => column.type === type);
    if (own.length > 0 && random.chance(depth > 0 ? 0.5 : 0.8)) return use(random.pick(own));
    if (depth <= 0) return constant(type, randomValue(random, type));
    const down = (): BoundExpression => this.value(columns, type, depth - 1);
    if (random.chance(0.2)) return { kind: "BoundCoalesce", type, items: [down(), down()] };
    if (random.chance(0.2)) {
      const branches = [{ condition: this.condition(columns, depth - 1, false), result: down() }];
      return { kind: "BoundCase", type, branches, otherwise: random.chance(0.7) ? down() : undefined };
    }
    if (type === BIGINT) return apply(random.pick(["+", "-", "*"]), down(), down());
    if (type === DOUBLE) return apply(random.pick(["+", "-", "*"]), down(), down());
    if (type === BOOLEAN) return this.condition(columns, depth - 1, false);
    return down();
  }
}

function aggregateOf(name: string, type: SqlType): AggregateEntry {
  const row = AGGREGATE_ROWS.find((entry) => entry.name === name && entry.parameters[0]?.name === type.name);
  if (row === undefined) throw new Error(`no aggregate ${name} of ${type.name}`);
  return row;
}

const AGGREGATES: readonly AggregateEntry[] = [
  COUNT_ROWS,
  aggregateOf("sum", { ...BIGINT, name: "integer" }),
  aggregateOf("min", BIGINT),
  aggregateOf("max", DOUBLE),
  aggregateOf("min", TEXT),
  aggregateOf("max", TEXT),
  aggregateOf("bool_and", BOOLEAN),
  aggregateOf("bool_or", BOOLEAN),
].map((entry) => ({
  ...entry,
  parameters: entry.parameters.map((type) => (type.name === "integer" ? BIGINT : typeNamed(type))),
  result: typeNamed(entry.result),
}));

/** The one object for a type that this file compares by identity. */
function typeNamed(type: SqlType): SqlType {
  return TYPES.find(({ name }) => name === type.name) ?? type;
}
