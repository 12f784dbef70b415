/**
 * Which columns expressions use, and which columns an operator hands on.
 */
import type { BoundExpression, BoundReduce, ColumnId } from "../plan/expression.ts";
import type { PlanColumn } from "../plan/operator.ts";
import { addedColumns } from "./graph-operator.ts";
import type { JoinKind, PhysicalOperator } from "./operator.ts";

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
    case "BoundProperty":
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
    case "BoundList":
    case "BoundMap":
      for (const item of expression.items) collect(item, used);
      return;
    case "BoundReduce":
      collectReduce(expression, used);
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

/** Accumulator and item are the expression's own. */
function collectReduce({ list, initial, result, accumulator, item }: BoundReduce, used: Set<ColumnId>): void {
  const inside = new Set<ColumnId>();
  for (const part of [list, initial, result]) collect(part, inside);
  for (const column of inside) if (column !== accumulator && column !== item) used.add(column);
}

/** Whether a join hands on the columns of its second side. */
function handsOnBoth(join: JoinKind): boolean {
  return join !== "semi" && join !== "anti" && join !== "mark";
}

/** The columns that an operator hands on. */
export function columnsOf(operator: PhysicalOperator): Set<ColumnId> {
  return new Set(typesOf(operator).keys());
}

/** The columns that an operator hands on, with their types. */
export function typesOf(operator: PhysicalOperator): Map<ColumnId, PlanColumn> {
  const types = new Map<ColumnId, PlanColumn>();
  const add = (columns: Iterable<PlanColumn>): void => {
    for (const column of columns) types.set(column.column, column);
  };
  switch (operator.kind) {
    case "PhysicalScan":
    case "PhysicalValues":
    case "PhysicalSetOperation":
    case "PhysicalCommonReference":
      add(operator.columns);
      break;
    case "PhysicalFunctionScan":
      add(operator.columns);
      if (operator.ordinality !== undefined) add([operator.ordinality]);
      break;
    case "PhysicalFilter":
    case "PhysicalDistinct":
    case "PhysicalSort":
    case "PhysicalTopK":
    case "PhysicalLimit":
    case "PhysicalCommonTable":
      return typesOf(operator.input);
    case "PhysicalProject":
      add(typesOf(operator.input).values());
      add(operator.items);
      break;
    case "PhysicalWindow":
      add(typesOf(operator.input).values());
      for (const { items } of operator.windows) add(items);
      break;
    case "PhysicalNodeScan":
    case "PhysicalRelationshipScan":
      add(addedColumns(operator));
      break;
    case "PhysicalExpand":
    case "PhysicalCountExpand":
    case "PhysicalVarExpand":
    case "PhysicalShortestPath":
      add(typesOf(operator.input).values());
      add(addedColumns(operator));
      break;
    case "PhysicalAggregate":
      add(operator.groups);
      add(operator.aggregates);
      break;
    case "PhysicalHashJoin":
    case "PhysicalNestedLoopJoin": {
      const [left, right] = operator.kind === "PhysicalHashJoin" ? [operator.probe, operator.build] : [operator.outer, operator.inner];
      add(typesOf(left).values());
      if (handsOnBoth(operator.join)) add(typesOf(right).values());
      if (operator.mark !== undefined) add([operator.mark]);
      break;
    }
  }
  return types;
}
