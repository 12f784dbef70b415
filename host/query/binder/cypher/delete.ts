/**
 * DELETE and DETACH DELETE.
 */
import type { ParsedDeleteClause } from "../../ast/cypher/query.ts";
import type { CypherBinding } from "./binding.ts";
import type { ClauseState } from "./scope.ts";

export function bindDelete(binding: CypherBinding, clause: ParsedDeleteClause, _state: ClauseState): ClauseState {
  throw binding.notSupported("DELETE", clause.position);
}
