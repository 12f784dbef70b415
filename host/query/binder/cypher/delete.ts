/**
 * DELETE and DETACH DELETE: of nodes, relationships, paths, and of values that turn out to be one of them.
 */
import type { ParsedDeleteClause } from "../../ast/cypher/query.ts";
import type { CypherBinding } from "./binding.ts";
import { bindExpression, refuseOthers } from "./expression.ts";
import type { ClauseState } from "./scope.ts";

export function bindDelete(
  binding: CypherBinding,
  { detach, values: parsed }: ParsedDeleteClause,
  { operator, scope }: ClauseState,
): ClauseState {
  const values = parsed.map((item) => {
    const value = bindExpression({ binding, scope, aggregates: undefined }, item);
    refuseOthers(binding, value, ["node", "relationship", "path"], item.position);
    return value;
  });
  return { operator: { kind: "LogicalDeleteGraph", input: operator, values, detach }, scope };
}
