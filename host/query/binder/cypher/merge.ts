/**
 * MERGE.
 */
import type { ParsedMerge } from "../../ast/cypher/query.ts";
import type { CypherBinding } from "./binding.ts";
import type { ClauseState } from "./scope.ts";

export function bindMerge(binding: CypherBinding, clause: ParsedMerge, _state: ClauseState): ClauseState {
  throw binding.notSupported("MERGE", clause.position);
}
