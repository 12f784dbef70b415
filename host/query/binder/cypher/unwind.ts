/**
 * UNWIND: a row for each element of a list, none for NULL; a value that is no list is the only element.
 */
import type { ParsedUnwind } from "../../ast/cypher/query.ts";
import type { BoundExpression } from "../../plan/expression.ts";
import type { LogicalFunctionScan, LogicalOperator, PlanColumn } from "../../plan/operator.ts";
import { type CypherBinding, VALUE } from "./binding.ts";
import { toValue } from "./convert.ts";
import { bindExpression } from "./expression.ts";
import { type ClauseState, requireNewName, variableOf } from "./scope.ts";

export function bindUnwind(binding: CypherBinding, clause: ParsedUnwind, { operator, scope }: ClauseState): ClauseState {
  const list = bindExpression({ binding, scope, aggregates: undefined }, clause.list);
  requireNewName(binding, scope, clause.variable);
  const item = binding.newPlanColumn(clause.variable.text, VALUE);
  return { operator: dependentJoin(operator, unwind(list, item)), scope: scope.with(variableOf(item)) };
}

/** The elements of a list, in its order. */
export function unwind(list: BoundExpression, item: PlanColumn): LogicalFunctionScan {
  return { kind: "LogicalFunctionScan", name: "unwind", arguments: [toValue(list)], columns: [item], ordinality: undefined };
}

/** For each row of the left side the rows of the right one, which may use its columns. */
export function dependentJoin(left: LogicalOperator, right: LogicalOperator): LogicalOperator {
  return { kind: "LogicalJoin", join: "cross", left, right, condition: undefined, mark: undefined, dependent: true };
}
