/**
 * Which columns an expression computes with, for finding the equalities of a join.
 *
 * A subquery may use any column, so expressions with one are not looked into. Cost: O(expression).
 */
import type { BoundExpression, ColumnId } from "../../plan/expression.ts";

/** The columns of an expression, with repetitions; undefined where it has a subquery. */
export function usedColumns(expression: BoundExpression): readonly ColumnId[] | undefined {
  const columns: ColumnId[] = [];
  return collectColumns(expression, columns) ? columns : undefined;
}

function collectColumns(expression: BoundExpression, columns: ColumnId[]): boolean {
  if (expression.kind === "BoundColumn") columns.push(expression.column);
  return expression.kind !== "BoundSubquery" && childrenOf(expression).every((child) => collectColumns(child, columns));
}

/** The expressions directly below; a subquery's operand, not its plan. */
function childrenOf(expression: BoundExpression): readonly BoundExpression[] {
  switch (expression.kind) {
    case "BoundConstant":
    case "BoundLiteral":
    case "BoundParameter":
    case "BoundColumn":
      return [];
    case "BoundCall":
      return expression.arguments;
    case "BoundLogical":
      return expression.operands;
    case "BoundNot":
    case "BoundIsNull":
    case "BoundIsBoolean":
    case "BoundField":
      return [expression.operand];
    case "BoundCase": {
      const parts = expression.branches.flatMap(({ condition, result }) => [condition, result]);
      return expression.otherwise === undefined ? parts : [...parts, expression.otherwise];
    }
    case "BoundCoalesce":
      return expression.items;
    case "BoundInList":
      return [expression.operand, ...expression.items];
    case "BoundSubquery":
      return expression.operand === undefined ? [] : [expression.operand];
  }
}
