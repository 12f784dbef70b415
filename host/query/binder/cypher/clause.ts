/**
 * Clauses one after another: each takes the rows and the names of the one before it.
 */
import type { ParsedClause } from "../../ast/cypher/query.ts";
import type { LogicalOperator } from "../../plan/operator.ts";
import type { CypherBinding } from "./binding.ts";
import { bindProcedureCall } from "./call.ts";
import { bindRemove, bindSet } from "./change.ts";
import { bindCreate } from "./create.ts";
import { bindDelete } from "./delete.ts";
import { bindForeach } from "./foreach.ts";
import { bindMatch } from "./match.ts";
import { bindMerge } from "./merge.ts";
import { bindReturn, bindWith } from "./projection.ts";
import { type ClauseState, Scope } from "./scope.ts";
import { bindSubqueryCall } from "./subquery.ts";
import { bindUnwind } from "./unwind.ts";

/** One row without columns: what the first clause of a query, and patterns inside of expressions, begin with. */
export const ONE_ROW: LogicalOperator = { kind: "LogicalValues", columns: [], rows: [[]] };

export const FIRST_STATE: ClauseState = { operator: ONE_ROW, scope: Scope.EMPTY };

export function bindClauses(binding: CypherBinding, clauses: readonly ParsedClause[], state: ClauseState): ClauseState {
  return clauses.reduce((before, clause) => bindClause(binding, clause, before, clauses.length === 1), state);
}

/** `isWhole`: there is no other clause. */
function bindClause(binding: CypherBinding, clause: ParsedClause, state: ClauseState, isWhole: boolean): ClauseState {
  switch (clause.kind) {
    case "ParsedMatch":
      return bindMatch(binding, clause, state);
    case "ParsedUnwind":
      return bindUnwind(binding, clause, state);
    case "ParsedProcedureCall":
      return bindProcedureCall(binding, clause, state, isWhole);
    case "ParsedSubqueryCall":
      return bindSubqueryCall(binding, clause, state);
    case "ParsedWithClause":
      return bindWith(binding, clause, state);
    case "ParsedReturnClause":
      return bindReturn(binding, clause, state);
    case "ParsedCreatePatterns":
      return bindCreate(binding, clause, state);
    case "ParsedMerge":
      return bindMerge(binding, clause, state);
    case "ParsedSetClause":
      return bindSet(binding, clause, state);
    case "ParsedRemoveClause":
      return bindRemove(binding, clause, state);
    case "ParsedDeleteClause":
      return bindDelete(binding, clause, state);
    case "ParsedForeach":
      return bindForeach(binding, clause, state);
  }
}
