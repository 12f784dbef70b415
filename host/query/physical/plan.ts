/**
 * The physical planner: which algorithm carries out which logical operator.
 *
 * - Joins whose condition has equalities between the sides are hash joins, others nested loops. An inner join builds on the smaller
 *   side, the other kinds on the side that is not handed on row by row. In the recursive term of a recursion it builds on the side that
 *   does not read the working table. A right join is a left join with its sides exchanged.
 * - A sort under a small constant limit is a top-k.
 * - Aggregates hash.
 */
import { sqlError } from "../../common/sql-state.ts";
import type { AggregateEntry } from "../function/entry.ts";
import type { BoundExpression, ColumnId } from "../plan/expression.ts";
import type {
  LogicalAggregateItem,
  LogicalJoin,
  LogicalLimit,
  LogicalOperator,
  LogicalPlan,
  LogicalWindow,
  WindowItem,
} from "../plan/operator.ts";
import { columnsOf, columnsUsed, outerColumns, readsWorkingTable } from "../plan/walk.ts";
import { machineOf } from "../type/type.ts";
import type { JoinKind, PhysicalOperator, PhysicalPlan, PhysicalWindow, PhysicalWindowItem } from "./operator.ts";

/** What the planner may ask. */
export interface PhysicalContext {
  /** Estimated rows of an operator. */
  rows(operator: LogicalOperator): number;
  /** Whether a column of a declared table is NOT NULL. */
  isNotNull(collection: string, column: number): boolean;
}

/** Most rows that a top-k keeps. */
const TOP_K_MAX = 65536;

/** The physical plan of a query. */
export function planPhysically(plan: LogicalPlan, context: PhysicalContext): PhysicalPlan {
  return { root: physicalOperator(plan.root, context), output: plan.output, parameters: plan.parameters, literals: plan.literals };
}

export function physicalOperator(operator: LogicalOperator, context: PhysicalContext): PhysicalOperator {
  const down = (input: LogicalOperator): PhysicalOperator => physicalOperator(input, context);
  switch (operator.kind) {
    case "LogicalScan":
      return {
        kind: "PhysicalScan",
        collection: operator.collection,
        alias: operator.alias,
        declared: operator.declared,
        columns: operator.columns.map((column) => ({
          ...column,
          nullable: column.source.kind !== "column" || !context.isNotNull(operator.collection, column.source.number),
        })),
        access: operator.access,
      };
    case "LogicalValues":
      return { kind: "PhysicalValues", columns: operator.columns, rows: operator.rows };
    case "LogicalFunctionScan":
      return { ...operator, kind: "PhysicalFunctionScan" };
    case "LogicalFilter":
      return { kind: "PhysicalFilter", input: down(operator.input), predicate: operator.predicate };
    case "LogicalProject":
      return { kind: "PhysicalProject", input: down(operator.input), items: operator.items };
    case "LogicalJoin":
      return planJoin(operator, context);
    case "LogicalAggregate":
      return planAggregate(operator, context);
    case "LogicalWindow":
      return planWindow(operator, context);
    case "LogicalDistinct":
      return { kind: "PhysicalDistinct", input: down(operator.input), on: operator.on };
    case "LogicalSort":
      return { kind: "PhysicalSort", input: down(operator.input), keys: operator.keys };
    case "LogicalLimit":
      return planLimit(operator, context);
    case "LogicalSetOperation":
      return { ...operator, kind: "PhysicalSetOperation", left: down(operator.left), right: down(operator.right) };
    case "LogicalCommonTable":
      return { ...operator, kind: "PhysicalCommonTable", definition: down(operator.definition), input: down(operator.input) };
    case "LogicalCommonReference":
      return { ...operator, kind: "PhysicalCommonReference" };
    case "LogicalRecursion":
      return { ...operator, kind: "PhysicalRecursion", left: down(operator.left), right: down(operator.right) };
    case "LogicalNodeScan":
      return { ...operator, kind: "PhysicalNodeScan" };
    case "LogicalRelationshipScan":
      return { ...operator, kind: "PhysicalRelationshipScan" };
    case "LogicalExpand":
      return { ...operator, kind: "PhysicalExpand", input: down(operator.input) };
    case "LogicalCountExpand":
      return { ...operator, kind: "PhysicalCountExpand", input: down(operator.input) };
    case "LogicalVarExpand":
      return { ...operator, kind: "PhysicalVarExpand", input: down(operator.input) };
    case "LogicalShortestPath":
      return { ...operator, kind: "PhysicalShortestPath", input: down(operator.input) };
    case "LogicalInsert":
    case "LogicalUpdate":
    case "LogicalDelete":
    case "LogicalMerge":
      throw sqlError("0A000", "statements that write are interpreted");
    default:
      throw sqlError("0A000", `${operator.kind} is interpreted`);
  }
}

function planAggregate(operator: LogicalOperator & { readonly kind: "LogicalAggregate" }, context: PhysicalContext): PhysicalOperator {
  if (operator.aggregates.some(({ orderBy }) => orderBy.length > 0)) throw sqlError("0A000", "ordered aggregates are interpreted");
  return {
    kind: "PhysicalAggregate",
    input: physicalOperator(operator.input, context),
    groups: operator.groups,
    aggregates: operator.aggregates.map(withPlainKeys),
  };
}

/** Windows above one another, and the sort below them, are one operator. */
function planWindow(operator: LogicalWindow, context: PhysicalContext): PhysicalOperator {
  const windows: PhysicalWindow["windows"][number][] = [];
  let below: LogicalOperator = operator;
  for (; below.kind === "LogicalWindow"; below = below.input) {
    const { partitionBy, orderBy, items } = below;
    windows.unshift({ partitionBy, orderBy, items: items.map(planWindowItem) });
  }
  const [keys, input] = below.kind === "LogicalSort" ? [below.keys, below.input] : [[], below];
  return { kind: "PhysicalWindow", input: physicalOperator(input, context), keys, windows };
}

function planWindowItem(item: WindowItem): PhysicalWindowItem {
  const { unit, start, end, exclude } = item.frame;
  const made = item.function;
  const isInverted = made.kind === "aggregate" && made.aggregate.step.kind !== "extension" && INVERTED.has(made.aggregate.step.name);
  if (
    unit === "rows" &&
    exclude === "none" &&
    isInverted &&
    !(start.kind === "unbounded" && end.kind !== "preceding" && end.kind !== "following")
  ) {
    return { ...item, reach: "row", moving: { start, end } };
  }
  if (!FRAMED.has(made.kind)) return { ...item, reach: "row" };
  if (start.kind !== "unbounded" || exclude !== "none" || (end.kind !== "unbounded" && end.kind !== "current")) {
    throw sqlError("0A000", "frames that move are interpreted");
  }
  const reach = end.kind === "unbounded" ? "partition" : unit === "rows" ? "row" : "peers";
  if (reach !== "partition" && made.kind === "aggregate" && mayChange(made.aggregate)) {
    throw sqlError("0A000", "aggregates whose results change with their state are interpreted");
  }
  return { ...item, reach };
}

/** Steps whose values can be taken away again (codegen/operator/window-moving.ts). */
const INVERTED: ReadonlySet<string> = new Set(["count", "sum_bigint", "bigint_sum_step"]);

/** Functions that look at a frame. */
const FRAMED: ReadonlySet<string> = new Set(["aggregate", "first_value", "last_value", "nth_value"]);

/** Finishing functions whose words are their own; those of the others may lie in the state. */
const FRESH = /^(bigint_sum|bigint_avg|numeric_sum|numeric_avg|numeric_(var|stddev)_(samp|pop)|interval_sum|interval_avg)_finish$/;

function mayChange({ finish, result }: AggregateEntry): boolean {
  const machine = machineOf(result);
  return finish.kind === "engine" && (machine === "word" || machine === "any") && !FRESH.test(finish.name);
}

/** Of what is only counted, each value once, it does not matter that it was made dynamic: nodes are hashed as their numbers. */
function withPlainKeys(item: LogicalAggregateItem): LogicalAggregateItem {
  return item.distinct && item.aggregate.name === "count" ? { ...item, arguments: item.arguments.map(withoutBox) } : item;
}

function withoutBox(expression: BoundExpression): BoundExpression {
  if (expression.kind !== "BoundCall" || expression.function.implementation.name !== "to_any") return expression;
  const [inner] = expression.arguments;
  return inner?.type.name === "node" || inner?.type.name === "relationship" ? inner : expression;
}

/** A constant that is not NULL and small. */
function smallConstant(expression: BoundExpression | undefined): number | undefined {
  if (expression?.kind !== "BoundConstant" || typeof expression.value !== "bigint") return undefined;
  return expression.value >= 0n && expression.value <= TOP_K_MAX ? Number(expression.value) : undefined;
}

function planLimit(limit: LogicalLimit, context: PhysicalContext): PhysicalOperator {
  const plain = (input: PhysicalOperator): PhysicalOperator => ({
    kind: "PhysicalLimit",
    input,
    limit: limit.limit,
    offset: limit.offset,
  });
  const most = smallConstant(limit.limit);
  const skipped = limit.offset === undefined ? 0 : smallConstant(limit.offset);
  // The columns that a projection above the sort makes are made for the rows that are left.
  if (limit.input.kind === "LogicalProject" && limit.input.input.kind === "LogicalSort") {
    const { items, input } = limit.input;
    return { kind: "PhysicalProject", input: planLimit({ ...limit, input }, context), items };
  }
  if (limit.input.kind !== "LogicalSort" || limit.limit === undefined || most === undefined || skipped === undefined) {
    return plain(physicalOperator(limit.input, context));
  }
  if (most + skipped < 1 || most + skipped > TOP_K_MAX) return plain(physicalOperator(limit.input, context));
  const { input, keys } = limit.input;
  return plain({ kind: "PhysicalTopK", input: physicalOperator(input, context), keys, limit: limit.limit, offset: limit.offset });
}

// Joins -----------------------------------------------------------------------------------------------------------------

interface JoinCondition {
  readonly keys: readonly { readonly left: BoundExpression; readonly right: BoundExpression }[];
  readonly residual: BoundExpression | undefined;
}

function conjuncts(condition: BoundExpression | undefined): readonly BoundExpression[] {
  if (condition === undefined) return [];
  return condition.kind === "BoundLogical" && condition.operator === "AND" ? condition.operands.flatMap(conjuncts) : [condition];
}

/** Splits a condition into equalities between the sides and the rest. */
function splitCondition(join: LogicalJoin): JoinCondition {
  const left = new Set(columnsOf(join.left).map(({ column }) => column));
  const right = new Set(columnsOf(join.right).map(({ column }) => column));
  const keys: { left: BoundExpression; right: BoundExpression }[] = [];
  const rest: BoundExpression[] = [];
  for (const part of conjuncts(join.condition)) {
    const pair = equalityOf(part, left, right);
    if (pair !== undefined) keys.push(pair);
    // Equal keys are equivalent; whether they are equal by openCypher's three-valued `=` remains to be asked.
    if (pair === undefined || isThreeValued(part)) rest.push(part);
  }
  const [first] = rest;
  const residual: BoundExpression | undefined =
    first === undefined || rest.length === 1 ? first : { kind: "BoundLogical", type: first.type, operator: "AND", operands: rest };
  return { keys, residual };
}

function isThreeValued(expression: BoundExpression): boolean {
  if (expression.kind !== "BoundCall") return false;
  const { implementation } = expression.function;
  return implementation.kind === "engine" && implementation.name.startsWith("value_");
}

function equalityOf(
  expression: BoundExpression,
  left: ReadonlySet<ColumnId>,
  right: ReadonlySet<ColumnId>,
): { left: BoundExpression; right: BoundExpression } | undefined {
  if (expression.kind !== "BoundCall" || expression.function.name !== "=" || expression.function.role !== "operator") return undefined;
  const [first, second] = expression.arguments;
  if (first === undefined || second === undefined || first.type.name !== second.type.name) return undefined;
  if (isOf(first, left) && isOf(second, right)) return { left: first, right: second };
  return isOf(second, left) && isOf(first, right) ? { left: second, right: first } : undefined;
}

/** Whether an expression uses columns of a side, and no others of this query. */
function isOf(expression: BoundExpression, side: ReadonlySet<ColumnId>): boolean {
  const used = [...columnsUsed(expression)];
  return used.length > 0 && used.every((column) => side.has(column));
}

function repeated(isRepeated: boolean): { readonly isRepeated?: true } {
  return isRepeated ? { isRepeated } : {};
}

function planJoin(join: LogicalJoin, context: PhysicalContext): PhysicalOperator {
  if (join.join === "right") {
    return planJoin({ ...join, join: "left", left: join.right, right: join.left }, context);
  }
  const kind: JoinKind = join.join === "cross" ? "inner" : join.join;
  const left = physicalOperator(join.left, context);
  const right = physicalOperator(join.right, context);
  const { keys, residual } = splitCondition(join);
  const ofLeft = new Set(columnsOf(join.left).map(({ column }) => column));
  const dependsOn = join.dependent ? [...outerColumns(join.right)].filter((column) => ofLeft.has(column)) : [];
  const isExactMark = kind !== "mark" || (keys.length === 1 && residual === undefined);
  if (keys.length === 0 || dependsOn.length > 0 || !isExactMark) {
    return {
      kind: "PhysicalNestedLoopJoin",
      join: kind,
      outer: left,
      inner: right,
      condition: join.condition,
      mark: join.mark,
      ...repeated(readsWorkingTable(join.right)),
      dependsOn,
    };
  }
  const [leftRepeats, rightRepeats] = [readsWorkingTable(join.left), readsWorkingTable(join.right)];
  // Within a recursion a table that stays is built once, whatever its size.
  const isLeftBetter = leftRepeats === rightRepeats ? context.rows(join.left) < context.rows(join.right) : rightRepeats;
  const buildsLeft = kind === "inner" && isLeftBetter;
  return {
    kind: "PhysicalHashJoin",
    join: kind,
    ...repeated(buildsLeft ? leftRepeats : rightRepeats),
    probe: buildsLeft ? right : left,
    build: buildsLeft ? left : right,
    keys: keys.map((pair) => (buildsLeft ? { probe: pair.right, build: pair.left } : { probe: pair.left, build: pair.right })),
    residual,
    mark: join.mark,
  };
}
