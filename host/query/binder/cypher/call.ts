/**
 * CALL of procedures.
 */
import type { ParsedProcedureCall } from "../../ast/cypher/query.ts";
import type { CypherBinding } from "./binding.ts";
import type { ClauseState } from "./scope.ts";

export function bindProcedureCall(binding: CypherBinding, clause: ParsedProcedureCall, _state: ClauseState): ClauseState {
  throw binding.notSupported("CALL", clause.position);
}
