/**
 * Which columns an operator hands on: those that it makes, and those of its inputs where plan/operator.ts says so.
 *
 * Cost: O(operators below); who asks often keeps the answer.
 */
import type { ColumnId } from "./expression.ts";
import type { LogicalOperator, PlanColumn } from "./operator.ts";

/** Numbers of the columns of an operator's rows. */
export function columnNumbersOf(operator: LogicalOperator): readonly ColumnId[] {
  return columnsOf(operator).map(({ column }) => column);
}

/** The columns of an operator's rows, in a stable order. DML makes the columns of RETURNING. */
export function columnsOf(operator: LogicalOperator): readonly PlanColumn[] {
  switch (operator.kind) {
    case "LogicalScan":
    case "LogicalValues":
    case "LogicalCommonReference":
    case "LogicalSetOperation":
      return operator.columns;
    case "LogicalFunctionScan":
      return operator.ordinality === undefined ? operator.columns : [...operator.columns, operator.ordinality];
    case "LogicalFilter":
    case "LogicalDistinct":
    case "LogicalSort":
    case "LogicalLimit":
    case "LogicalCommonTable":
      return columnsOf(operator.input);
    case "LogicalProject":
      return [...columnsOf(operator.input), ...operator.items];
    case "LogicalJoin": {
      const left = columnsOf(operator.left);
      if (operator.join === "semi" || operator.join === "anti") return left;
      if (operator.join === "mark") return operator.mark === undefined ? left : [...left, operator.mark];
      return [...left, ...columnsOf(operator.right)];
    }
    case "LogicalAggregate":
      return [...operator.groups, ...operator.aggregates];
    case "LogicalInsert":
    case "LogicalUpdate":
    case "LogicalDelete":
      return operator.returning === undefined ? [] : operator.returning.items;
  }
}
