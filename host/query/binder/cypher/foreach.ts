/**
 * FOREACH: its clauses are a plan of their own, which begins with one row without columns for each element of the list. Its names are
 * not known behind it.
 */
import type { ParsedForeach } from "../../ast/cypher/query.ts";
import { type CypherBinding, VALUE } from "./binding.ts";
import { bindClauses, ONE_ROW } from "./clause.ts";
import { toValue } from "./convert.ts";
import { bindExpression, refuseOthers } from "./expression.ts";
import { elementKinds } from "./kind.ts";
import { type ClauseState, variableOf } from "./scope.ts";

export function bindForeach(binding: CypherBinding, { variable, list: parsed, clauses }: ParsedForeach, state: ClauseState): ClauseState {
  const list = bindExpression({ binding, scope: state.scope, aggregates: undefined }, parsed);
  refuseOthers(binding, list, ["list"], parsed.position);
  const item = binding.newPlanColumn(variable.text, VALUE);
  binding.noteKinds(item.column, elementKinds(binding, list));
  const { operator: body } = bindClauses(binding, clauses, { operator: ONE_ROW, scope: state.scope.with(variableOf(item)) });
  return { operator: { kind: "LogicalForeach", input: state.operator, list: toValue(list), item, body }, scope: state.scope };
}
