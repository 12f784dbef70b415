/**
 * SET and REMOVE.
 */
import type { ParsedRemoveClause, ParsedSetClause } from "../../ast/cypher/query.ts";
import type { CypherBinding } from "./binding.ts";
import type { ClauseState } from "./scope.ts";

export function bindSet(binding: CypherBinding, clause: ParsedSetClause, _state: ClauseState): ClauseState {
  throw binding.notSupported("SET", clause.position);
}

export function bindRemove(binding: CypherBinding, clause: ParsedRemoveClause, _state: ClauseState): ClauseState {
  throw binding.notSupported("REMOVE", clause.position);
}
