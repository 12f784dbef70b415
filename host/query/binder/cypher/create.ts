/**
 * CREATE.
 */
import type { ParsedCreatePatterns } from "../../ast/cypher/query.ts";
import type { CypherBinding } from "./binding.ts";
import type { ClauseState } from "./scope.ts";

export function bindCreate(binding: CypherBinding, clause: ParsedCreatePatterns, _state: ClauseState): ClauseState {
  throw binding.notSupported("CREATE", clause.position);
}
