/**
 * FOREACH.
 */
import type { ParsedForeach } from "../../ast/cypher/query.ts";
import type { CypherBinding } from "./binding.ts";
import type { ClauseState } from "./scope.ts";

export function bindForeach(binding: CypherBinding, clause: ParsedForeach, _state: ClauseState): ClauseState {
  throw binding.notSupported("FOREACH", clause.position);
}
