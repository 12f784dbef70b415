/**
 * CALL of procedures and of subqueries.
 */
import type { ParsedProcedureCall, ParsedSubqueryCall } from "../../ast/cypher/query.ts";
import type { CypherBinding } from "./binding.ts";
import type { ClauseState } from "./scope.ts";

export function bindProcedureCall(binding: CypherBinding, clause: ParsedProcedureCall, _state: ClauseState): ClauseState {
  throw binding.notSupported("CALL", clause.position);
}

export function bindSubqueryCall(binding: CypherBinding, clause: ParsedSubqueryCall, _state: ClauseState): ClauseState {
  throw binding.notSupported("CALL", clause.position);
}
