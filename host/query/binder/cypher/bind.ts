/**
 * Cypher's AST to plan: the door of this folder. A query becomes a `LogicalPlan`, or an error with openCypher's class and detail and
 * its position.
 */
import type { ParsedCypherQuery } from "../../ast/cypher/query.ts";
import type { LogicalPlan, PlanColumn } from "../../plan/operator.ts";
import { literalsOf } from "../bind.ts";
import { CypherBinding, type CypherSurroundings, VALUE } from "./binding.ts";
import { bindClauses, FIRST_STATE } from "./clause.ts";
import type { ClauseState, Variable } from "./scope.ts";

/** Binds a query; `text` is what it was parsed from. */
export function bindCypher(statement: ParsedCypherQuery, text: string, surroundings: CypherSurroundings): LogicalPlan {
  const binding = new CypherBinding(text, surroundings);
  const { operator, output } = bindWithin(binding, statement);
  const parameterNames = binding.parameterNames();
  return {
    root: operator,
    output,
    parameters: parameterNames.map(() => VALUE),
    parameterNames,
    literals: literalsOf(operator),
    dependencies: binding.dependencies(),
    modifies: false,
  };
}

interface BoundResult {
  readonly operator: ClauseState["operator"];
  readonly output: readonly PlanColumn[];
}

/** The parser limits nesting; a caller may have used up most of the stack all the same. */
function bindWithin(binding: CypherBinding, statement: ParsedCypherQuery): BoundResult {
  try {
    return bindStatement(binding, statement);
  } catch (error) {
    if (error instanceof RangeError) throw binding.syntaxError("NestingTooDeep", "the statement nests too deep", 0);
    throw error;
  }
}

function bindStatement(binding: CypherBinding, { parts, position }: ParsedCypherQuery): BoundResult {
  const [part, second] = parts;
  if (second !== undefined) throw binding.notSupported("UNION", position);
  const { operator, scope } = bindClauses(binding, part!.clauses, FIRST_STATE);
  const returns = part!.clauses.at(-1)!.kind === "ParsedReturnClause";
  return { operator, output: returns ? scope.variables().map(asColumn) : [] };
}

function asColumn({ column, name, type }: Variable): PlanColumn {
  return { column, name, type };
}
