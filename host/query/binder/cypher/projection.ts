/**
 * WITH and RETURN.
 */
import type { ParsedProjection, ParsedReturnClause, ParsedWithClause } from "../../ast/cypher/query.ts";
import type { BoundExpression } from "../../plan/expression.ts";
import type { LogicalOperator, PlanColumn } from "../../plan/operator.ts";
import type { CypherBinding } from "./binding.ts";
import { bindExpression } from "./expression.ts";
import { type ClauseState, Scope, variableOf } from "./scope.ts";

export function bindWith(binding: CypherBinding, { projection, where, position }: ParsedWithClause, state: ClauseState): ClauseState {
  if (where !== undefined) throw binding.notSupported("WHERE", position);
  return bindProjection(binding, projection, state);
}

export function bindReturn(binding: CypherBinding, { projection }: ParsedReturnClause, state: ClauseState): ClauseState {
  return bindProjection(binding, projection, state);
}

function bindProjection(binding: CypherBinding, { items }: ParsedProjection, { operator, scope }: ClauseState): ClauseState {
  const made: (PlanColumn & { readonly value: BoundExpression })[] = [];
  const variables = items.map(({ name, value }) => {
    const bound = bindExpression({ binding, scope, aggregates: undefined }, value);
    if (bound.kind === "BoundColumn") return variableOf({ column: bound.column, name, type: bound.type });
    const column = binding.newPlanColumn(name, bound.type);
    made.push({ ...column, value: bound });
    return variableOf(column);
  });
  const projected: LogicalOperator = made.length === 0 ? operator : { kind: "LogicalProject", input: operator, items: made };
  return { operator: projected, scope: Scope.EMPTY.with(...variables) };
}
