/**
 * Rule merge-equalities: `a = 1 OR a = 2` is `a IN (1, 2)`, which can be looked up by key. Both are NULL where a is, or where one of the
 * values is and no other is equal.
 */

import type { FunctionEntry } from "../function/entry.ts";
import type { BoundExpression, BoundLogical } from "../plan/expression.ts";
import type { LogicalOperator } from "../plan/operator.ts";
import { columnsUsed, isVolatile, mapExpressions, rewriteExpression, rewriteOperators } from "../plan/walk.ts";
import { identicalType } from "../type/category.ts";
import { hasSubquery, isOperator } from "./predicate.ts";

/** One side of an equality, and the values that the other sides have. */
interface Equality {
  readonly operand: BoundExpression;
  readonly equality: FunctionEntry;
  readonly items: readonly BoundExpression[];
}

export function mergeEqualities(root: LogicalOperator): LogicalOperator {
  const merge = (part: BoundExpression): BoundExpression => (part.kind === "BoundLogical" && part.operator === "OR" ? mergeOr(part) : part);
  return rewriteOperators(root, (operator) => mapExpressions(operator, (expression) => rewriteExpression(expression, merge)));
}

function mergeOr(disjunction: BoundLogical): BoundExpression {
  const lists = new Map<string, Equality[]>();
  const equalities = disjunction.operands.map(equalityOf);
  for (const equality of equalities) {
    if (equality === undefined) continue;
    const key = keyOf(equality);
    lists.set(key, [...(lists.get(key) ?? []), equality]);
  }
  const done = new Set<string>();
  const operands = disjunction.operands.flatMap((operand, index) => {
    const equality = equalities[index];
    const key = equality === undefined ? "" : keyOf(equality);
    const list = lists.get(key) ?? [];
    if (equality === undefined || list.length < 2) return [operand];
    if (done.has(key)) return [];
    done.add(key);
    const items = list.flatMap((each) => each.items);
    return [{ kind: "BoundInList", type: operand.type, operand: equality.operand, equality: equality.equality, items } as const];
  });
  if (operands.length === disjunction.operands.length) return disjunction;
  return operands.length === 1 ? (operands[0] as BoundExpression) : { ...disjunction, operands };
}

/** The column's number through its casts, and how it is compared: equal for operands that may share a list. */
function keyOf({ operand, equality }: Equality): string {
  if (operand.kind === "BoundColumn") return `${operand.column} ${JSON.stringify(equality.implementation)}`;
  if (operand.kind !== "BoundCall") return "";
  const [below] = operand.arguments;
  const inner = below === undefined ? "" : keyOf({ operand: below, equality, items: [] });
  return `${JSON.stringify(operand.function.implementation)} ${JSON.stringify(operand.type)} ${inner}`;
}

/** An equality of a column with what uses none. */
function equalityOf(predicate: BoundExpression): Equality | undefined {
  if (predicate.kind === "BoundInList") {
    const { operand, equality, items } = predicate;
    return equality.name === "=" && isColumn(operand) && items.every(isFixed) ? { operand, equality, items } : undefined;
  }
  if (!isOperator(predicate, "=")) return undefined;
  const [left, right] = predicate.arguments as [BoundExpression, BoundExpression];
  if (!identicalType(left.type, right.type)) return undefined;
  if (isColumn(left) && isFixed(right)) return { operand: left, equality: predicate.function, items: [right] };
  return isColumn(right) && isFixed(left) ? { operand: right, equality: predicate.function, items: [left] } : undefined;
}

/** A column, or a cast of one. */
function isColumn(expression: BoundExpression): boolean {
  if (expression.kind === "BoundColumn") return true;
  if (expression.kind !== "BoundCall" || expression.function.role !== "cast" || expression.arguments.length !== 1) return false;
  return isColumn(expression.arguments[0] as BoundExpression);
}

function isFixed(expression: BoundExpression): boolean {
  return columnsUsed(expression).size === 0 && !isVolatile(expression) && !hasSubquery(expression);
}
