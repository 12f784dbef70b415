/**
 * Which columns expressions use, and which columns an operator hands on.
 */
import type { BoundExpression, ColumnId } from "../plan/expression.ts";
import type { PhysicalOperator } from "./operator.ts";

/** The columns of `expressions`, and those of `others`. */
export function columnsUsed(expressions: readonly BoundExpression[], others: Iterable<ColumnId> = []): Set<ColumnId> {
  const used = new Set(others);
  for (const expression of expressions) collect(expression, used);
  return used;
}

function collect(expression: BoundExpression, used: Set<ColumnId>): void {
  switch (expression.kind) {
    case "BoundConstant":
    case "BoundLiteral":
    case "BoundParameter":
      return;
    case "BoundColumn":
      used.add(expression.column);
      return;
    case "BoundCall":
      for (const argument of expression.arguments) collect(argument, used);
      return;
    case "BoundLogical":
      for (const operand of expression.operands) collect(operand, used);
      return;
    case "BoundNot":
    case "BoundIsNull":
    case "BoundIsBoolean":
    case "BoundField":
      collect(expression.operand, used);
      return;
    case "BoundCase":
      for (const branch of expression.branches) {
        collect(branch.condition, used);
        collect(branch.result, used);
      }
      if (expression.otherwise !== undefined) collect(expression.otherwise, used);
      return;
    case "BoundCoalesce":
      for (const item of expression.items) collect(item, used);
      return;
    case "BoundInList":
      collect(expression.operand, used);
      for (const item of expression.items) collect(item, used);
      return;
    case "BoundSubquery":
      if (expression.operand !== undefined) collect(expression.operand, used);
      for (const column of expression.outer) used.add(column);
      return;
  }
}

/** The columns that an operator hands on. */
export function columnsOf(operator: PhysicalOperator): Set<ColumnId> {
  switch (operator.kind) {
    case "PhysicalScan":
    case "PhysicalValues":
    case "PhysicalSetOperation":
    case "PhysicalCommonReference":
      return new Set(operator.columns.map(({ column }) => column));
    case "PhysicalFunctionScan":
      return new Set([...operator.columns, ...(operator.ordinality === undefined ? [] : [operator.ordinality])].map(({ column }) => column));
    case "PhysicalFilter":
    case "PhysicalDistinct":
    case "PhysicalSort":
    case "PhysicalTopK":
    case "PhysicalLimit":
    case "PhysicalCommonTable":
      return columnsOf(operator.input);
    case "PhysicalProject":
      return new Set([...columnsOf(operator.input), ...operator.items.map(({ column }) => column)]);
    case "PhysicalAggregate":
      return new Set([...operator.groups, ...operator.aggregates].map(({ column }) => column));
    case "PhysicalHashJoin":
      return joinColumns(operator.join, operator.probe, operator.build, operator.mark?.column);
    case "PhysicalNestedLoopJoin":
      return joinColumns(operator.join, operator.outer, operator.inner, operator.mark?.column);
  }
}

function joinColumns(join: string, left: PhysicalOperator, right: PhysicalOperator, mark: ColumnId | undefined): Set<ColumnId> {
  const columns = columnsOf(left);
  if (join !== "semi" && join !== "anti" && join !== "mark") for (const column of columnsOf(right)) columns.add(column);
  if (mark !== undefined) columns.add(mark);
  return columns;
}
