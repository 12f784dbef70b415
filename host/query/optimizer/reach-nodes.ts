/**
 * Rule reach-nodes: where nobody asks for the relationships of walks of variable length, nor for how many walks lead to a node, each node
 * is found once, breadth first, in the place of all walks, of which there may be exponentially many.
 *
 * Nobody asks for the number of equal rows below DISTINCT, aggregates that do not count them (count(DISTINCT x), max), EXISTS, and on
 * the right side of semi and anti joins; operators that treat each row by itself hand that on.
 */
import type { BoundExpression, ColumnId } from "../plan/expression.ts";
import type { LogicalAggregate, LogicalOperator, PlanColumn } from "../plan/operator.ts";
import {
  columnsUsed,
  expressionsOf,
  inputsOf,
  isVolatile,
  mapExpressions,
  rewriteExpression,
  rewriteOperators,
  withInputs,
} from "../plan/walk.ts";

/** `output` are the columns of the statement's result. */
export function reachNodes(root: LogicalOperator, output: readonly PlanColumn[]): LogicalOperator {
  let found = false;
  const used = new Set<ColumnId>(output.map(({ column }) => column));
  rewriteOperators(root, (operator) => {
    found ||= operator.kind === "LogicalVarExpand";
    for (const expression of expressionsOf(operator)) columnsUsed(expression, used);
    if (operator.kind === "LogicalSetOperation") for (const column of [...operator.leftColumns, ...operator.rightColumns]) used.add(column);
    if (operator.kind === "LogicalCommonTable") for (const column of operator.definitionColumns) used.add(column);
    return operator;
  });
  return found ? reach(root, false, used) : root;
}

/** `asSet`: how often equal rows come does not matter. */
function reach(operator: LogicalOperator, asSet: boolean, used: ReadonlySet<ColumnId>): LogicalOperator {
  const inner = mapExpressions(operator, (expression) => rewriteExpression(expression, (part) => reachInside(part, used)));
  const inputs = inputsOf(inner).map((input, index) => reach(input, isSetBelow(inner, index, asSet), used));
  const deep = withInputs(inner, inputs);
  if (deep.kind !== "LogicalVarExpand" || !asSet || deep.reachable || used.has(deep.relationships.column)) return deep;
  return { ...deep, reachable: true };
}

function reachInside(part: BoundExpression, used: ReadonlySet<ColumnId>): BoundExpression {
  if (part.kind !== "BoundSubquery") return part;
  const asSet = part.test === "exists" || part.test === "any" || part.test === "all";
  const columns = part.column === undefined ? used : new Set([...used, part.column]);
  const plan = reach(part.plan, asSet, columns);
  return plan === part.plan ? part : { ...part, plan };
}

/** Whether equal rows of an input may be one. */
function isSetBelow(operator: LogicalOperator, index: number, asSet: boolean): boolean {
  switch (operator.kind) {
    case "LogicalDistinct":
      return true;
    case "LogicalAggregate":
      return countsNothing(operator);
    case "LogicalFilter":
      return asSet && !isVolatile(operator.predicate);
    case "LogicalProject":
      return asSet && !operator.items.some(({ value }) => isVolatile(value));
    case "LogicalSort":
    case "LogicalNodeScan":
    case "LogicalExpand":
    case "LogicalVarExpand":
    case "LogicalShortestPath":
      return asSet;
    case "LogicalCountExpand":
      return false;
    case "LogicalJoin":
      if (operator.join === "semi" || operator.join === "anti" || operator.join === "mark") return index === 1 || asSet;
      return asSet && operator.join !== "single";
    case "LogicalSetOperation":
      return !operator.all || (asSet && operator.operator === "union");
    default:
      return false;
  }
}

const COUNTING_NOTHING: ReadonlySet<string> = new Set(["min", "max", "any_value", "bool_and", "bool_or"]);

/** Whether the aggregates do not mind how often a row comes. */
export function countsNothing({ aggregates }: LogicalAggregate): boolean {
  return aggregates.every(
    ({ aggregate, distinct, arguments: values, filter, orderBy }) =>
      (distinct || COUNTING_NOTHING.has(aggregate.name)) &&
      orderBy.length === 0 &&
      ![...values, ...(filter === undefined ? [] : [filter])].some(isVolatile),
  );
}
