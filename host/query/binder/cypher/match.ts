/**
 * MATCH and OPTIONAL MATCH.
 */
import type { ParsedMatch } from "../../ast/cypher/query.ts";
import type { CypherBinding } from "./binding.ts";
import type { ClauseState } from "./scope.ts";

export function bindMatch(binding: CypherBinding, clause: ParsedMatch, _state: ClauseState): ClauseState {
  throw binding.notSupported("MATCH", clause.position);
}
