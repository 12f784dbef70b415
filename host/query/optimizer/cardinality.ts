/**
 * Estimates: how many rows an operator gives, and which share of rows a predicate lets through. Rough, and only ever used to
 * choose between plans that are all right. The shares for what is not known are those of Selinger et al. 1979.
 */
import type { BoundExpression, ColumnId } from "../plan/expression.ts";
import type { LogicalOperator } from "../plan/operator.ts";
import { columnsOf } from "../plan/walk.ts";
import type { OptimizerContext } from "./context.ts";
import { estimateGraphRows, ROWS_UNKNOWN } from "./graph-cardinality.ts";
import { conjunctsOf } from "./predicate.ts";

const EQUAL_SHARE = 0.1;
const RANGE_SHARE = 1 / 3;
const LIKE_SHARE = 0.1;
const OTHER_SHARE = 0.5;
/** Rows of a function like generate_series. */
const ROWS_FUNCTION = 100;
const RANGE_OPERATORS: ReadonlySet<string> = new Set(["<", "<=", ">", ">="]);

/** Estimated rows of an operator; at least 1, save for operators that have none for certain. */
export function estimateRows(operator: LogicalOperator, context: OptimizerContext): number {
  switch (operator.kind) {
    case "LogicalScan":
      if (operator.access?.kind === "key") return operator.access.keys.length;
      return Math.max(1, context.collection(operator.collection)?.rows ?? ROWS_UNKNOWN);
    case "LogicalValues":
      return operator.rows.length;
    case "LogicalFunctionScan":
    case "LogicalCommonReference":
      return ROWS_FUNCTION;
    case "LogicalFilter":
      return Math.max(1, estimateRows(operator.input, context) * estimateShare(operator.predicate, operator.input, context));
    case "LogicalJoin":
      return estimateJoin(operator, context);
    case "LogicalAggregate":
    case "LogicalDistinct":
      return estimateGroups(operator, context);
    case "LogicalLimit": {
      const rows = estimateRows(operator.input, context);
      const limit = operator.limit;
      return limit?.kind === "BoundConstant" && typeof limit.value === "bigint" ? Math.min(rows, Number(limit.value)) : rows;
    }
    case "LogicalNodeScan":
    case "LogicalRelationshipScan":
    case "LogicalExpand":
    case "LogicalCountExpand":
    case "LogicalVarExpand":
      return estimateGraphRows(operator, (input) => estimateRows(input, context), context.graph);
    case "LogicalSetOperation": {
      const left = estimateRows(operator.left, context);
      return operator.operator === "union" ? left + estimateRows(operator.right, context) : left;
    }
    default:
      return estimateRows(operator.input, context);
  }
}

function estimateJoin(operator: Extract<LogicalOperator, { readonly kind: "LogicalJoin" }>, context: OptimizerContext): number {
  const left = estimateRows(operator.left, context);
  if (operator.join === "mark" || operator.join === "single") return left;
  if (operator.join === "semi" || operator.join === "anti") return Math.max(1, left * OTHER_SHARE);
  const right = estimateRows(operator.right, context);
  const inner = Math.max(1, left * right * estimateShare(operator.condition, operator, context));
  if (operator.join === "left") return Math.max(left, inner);
  if (operator.join === "right") return Math.max(right, inner);
  return operator.join === "full" ? Math.max(left + right, inner) : inner;
}

function estimateGroups(
  operator: Extract<LogicalOperator, { readonly kind: "LogicalAggregate" | "LogicalDistinct" }>,
  context: OptimizerContext,
): number {
  const keys = operator.kind === "LogicalDistinct" ? operator.on : operator.groups.map(({ value }) => value);
  if (keys.length === 0) return 1;
  const rows = estimateRows(operator.input, context);
  let groups = 1;
  for (const key of keys) groups *= distinctOf(key, operator.input, context) ?? Math.sqrt(rows);
  return Math.max(1, Math.min(rows, groups));
}

/** Estimated share of the input's rows (for a join: of all pairs) for which the predicate is true. */
export function estimateShare(predicate: BoundExpression | undefined, input: LogicalOperator, context: OptimizerContext): number {
  let share = 1;
  for (const conjunct of conjunctsOf(predicate)) share *= conjunctShare(conjunct, input, context);
  return share;
}

function conjunctShare(predicate: BoundExpression, input: LogicalOperator, context: OptimizerContext): number {
  if (predicate.kind === "BoundLogical") {
    const misses = predicate.operands.map((operand) => 1 - estimateShare(operand, input, context));
    return 1 - misses.reduce((product, miss) => product * miss, 1);
  }
  if (predicate.kind === "BoundConstant") return predicate.value === true ? 1 : 0;
  if (predicate.kind === "BoundNot") return 1 - conjunctShare(predicate.operand, input, context);
  if (predicate.kind === "BoundIsNull") return predicate.negated ? 0.9 : 0.1;
  if (predicate.kind === "BoundInList") {
    return Math.min(1, predicate.items.length * equalShare([predicate.operand], input, context));
  }
  if (predicate.kind !== "BoundCall") return OTHER_SHARE;
  const name = predicate.function.name;
  if (name === "=") return equalShare(predicate.arguments, input, context);
  if (name === "<>") return 1 - equalShare(predicate.arguments, input, context);
  if (RANGE_OPERATORS.has(name)) return RANGE_SHARE;
  return name.includes("~~") || name === "starts with" ? LIKE_SHARE : OTHER_SHARE;
}

/** Of an equality: one value of the side that has most of them. */
function equalShare(sides: readonly BoundExpression[], input: LogicalOperator, context: OptimizerContext): number {
  const distinct = sides.map((side) => distinctOf(side, input, context)).filter((count) => count !== undefined);
  return distinct.length === 0 ? EQUAL_SHARE : 1 / Math.max(1, ...distinct);
}

/** Estimated distinct values of an expression that is a column of a collection. */
function distinctOf(expression: BoundExpression, input: LogicalOperator, context: OptimizerContext): number | undefined {
  const column = expression.kind === "BoundCall" && expression.function.role === "cast" ? expression.arguments[0] : expression;
  return column?.kind === "BoundColumn" ? distinctColumn(column.column, input, context) : undefined;
}

function distinctColumn(column: ColumnId, operator: LogicalOperator, context: OptimizerContext): number | undefined {
  switch (operator.kind) {
    case "LogicalScan": {
      const source = operator.columns.find((each) => each.column === column)?.source;
      const facts = source && context.collection(operator.collection);
      if (source === undefined || facts === undefined) return undefined;
      const [key, ...more] = facts.primaryKey ?? [];
      const unique = source.kind === "key" || source.kind === "row" || source.kind === "id";
      if (unique || (key !== undefined && more.length === 0 && JSON.stringify(key) === JSON.stringify(source))) return facts.rows;
      return facts.distinctValues(source);
    }
    case "LogicalJoin": {
      const left = columnsOf(operator.left).some((each) => each.column === column);
      return distinctColumn(column, left ? operator.left : operator.right, context);
    }
    case "LogicalFilter":
    case "LogicalSort":
    case "LogicalLimit":
    case "LogicalDistinct":
    case "LogicalWindow":
      return distinctColumn(column, operator.input, context);
    case "LogicalProject": {
      const item = operator.items.find((each) => each.column === column);
      return item === undefined ? distinctColumn(column, operator.input, context) : distinctOf(item.value, operator.input, context);
    }
    case "LogicalAggregate":
      return operator.groups.length === 1 ? estimateGroups(operator, context) : undefined;
    default:
      return undefined;
  }
}
