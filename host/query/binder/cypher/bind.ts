/**
 * Cypher's AST to plan: the door of this folder. A query becomes a `LogicalPlan`, or an error with openCypher's class and detail and
 * its position.
 *
 * Results are copies: nodes, relationships and paths, and what may hold some, go through `value_output` last of all.
 */
import type { ParsedCypherQuery } from "../../ast/cypher/query.ts";
import { GRAPH_DEPENDENCY } from "../../catalog/graph.ts";
import type { BoundExpression, ColumnId } from "../../plan/expression.ts";
import type { LogicalOperator, LogicalPlan, PlanColumn } from "../../plan/operator.ts";
import { writes } from "../../plan/walk.ts";
import type { TypeName } from "../../type/type.ts";
import { literalsOf } from "../bind.ts";
import { CypherBinding, type CypherSurroundings, VALUE } from "./binding.ts";
import { FIRST_STATE } from "./clause.ts";
import { operatorCall } from "./function-row.ts";
import { type BoundQuery, bindQuery } from "./query.ts";
import { readVariable, type Variable } from "./scope.ts";

/** Binds a query; `text` is what it was parsed from. */
export function bindCypher(statement: ParsedCypherQuery, text: string, surroundings: CypherSurroundings): LogicalPlan {
  const binding = new CypherBinding(text, surroundings);
  const query = bindWithin(binding, statement);
  const { operator, output } = outputOf(binding, query);
  const parameterNames = binding.parameterNames();
  return {
    root: operator,
    output,
    parameters: parameterNames.map(() => VALUE),
    parameterNames,
    literals: literalsOf(operator),
    dependencies: binding.dependencies(),
    modifies: writes(operator),
  };
}

/** A query as a part of a statement of another language. */
export interface CypherTable {
  readonly operator: LogicalOperator;
  /** What it returns, as it is held in plans; undefined: it returns nothing. */
  readonly variables: readonly Variable[] | undefined;
  readonly parameterNames: readonly string[];
  readonly dependencies: LogicalPlan["dependencies"];
}

/** Binds a query whose columns are numbered by another statement. */
export function bindCypherTable(
  statement: ParsedCypherQuery,
  text: string,
  surroundings: CypherSurroundings,
  newColumn: () => ColumnId,
): CypherTable {
  const binding = new CypherBinding(text, surroundings, newColumn);
  const { operator, variables } = bindWithin(binding, statement);
  return { operator, variables, parameterNames: binding.parameterNames(), dependencies: binding.dependencies() };
}

/** The parser limits nesting; a caller may have used up most of the stack all the same. */
function bindWithin(binding: CypherBinding, statement: ParsedCypherQuery): BoundQuery {
  // How nodes are found depends on the indexes of labels.
  if (binding.surroundings.catalog.graph !== undefined) binding.dependOn(GRAPH_DEPENDENCY);
  try {
    return bindQuery(binding, statement, ({ clauses }) => ({ state: FIRST_STATE, clauses }));
  } catch (error) {
    if (error instanceof RangeError) throw binding.syntaxError("NestingTooDeep", "the statement nests too deep", 0);
    throw error;
  }
}

/** Types of values that are, or may hold, nodes, relationships and paths. */
const COPIED: ReadonlySet<TypeName> = new Set(["node", "relationship", "path", "array", "map", "value"]);

interface Output {
  readonly operator: LogicalOperator;
  readonly output: readonly PlanColumn[];
}

function outputOf(binding: CypherBinding, { operator, variables = [] }: BoundQuery): Output {
  const made: (PlanColumn & { readonly value: BoundExpression })[] = [];
  const output = variables.map((variable: Variable): PlanColumn => {
    const { name, column, type } = variable;
    if (!COPIED.has(type.name)) return { column, name, type };
    const copied = { ...binding.newPlanColumn(name, VALUE), value: operatorCall(binding, "value_output", readVariable(variable)) };
    made.push(copied);
    return { column: copied.column, name, type: VALUE };
  });
  return { operator: made.length === 0 ? operator : { kind: "LogicalProject", input: operator, items: made }, output };
}
