/**
 * GRAPH_MATCH('<Cypher>') RETURNS (<its column> AS <name>, ...) AS alias: a query of Cypher as a table of FROM. It is bound into the same plan,
 * so conditions on it are pushed into it and it is joined as any table is.
 *
 * Numbers, texts, booleans and dates keep their types, a node or relationship becomes the document of its properties, and everything else
 * is a dynamic value. Without RETURNS it has all columns of the query.
 */
import { cypherError } from "../../common/cypher-error.ts";
import type { ParsedExpression } from "../ast/expression.ts";
import type { ParsedName } from "../ast/name.ts";
import type { ParsedFunctionTable } from "../ast/query.ts";
import { allProperties } from "../function/graph.ts";
import { entry, inline } from "../function/row.ts";
import { parseCypher } from "../parser/cypher/parse.ts";
import type { BoundExpression } from "../plan/expression.ts";
import type { LogicalOperator, PlanColumn } from "../plan/operator.ts";
import { writes } from "../plan/walk.ts";
import type { TypeName } from "../type/type.ts";
import type { Binding } from "./binding.ts";
import { call } from "./coerce.ts";
import { bindCypherTable, type CypherTable } from "./cypher/bind.ts";
import { readVariable, type Variable } from "./cypher/scope.ts";
import { closedSource, type FromItem } from "./from.ts";

export const GRAPH_MATCH = "graph_match";

/** Types whose values are dynamic to SQL. */
const DYNAMIC: ReadonlySet<TypeName> = new Set(["value", "map", "array"]);
/** What a literal begins with, up to its text. */
const LITERAL_START = /^(?:[a-z]?'|\$[^$]*\$)/i;

export function bindGraphMatch(binding: Binding, reference: ParsedFunctionTable): FromItem {
  const { call: parsed, alias, ordinality, returns, position } = reference;
  if (alias?.name === undefined) throw binding.error("42601", "GRAPH_MATCH must have an alias", position);
  if (ordinality) throw binding.notSupported("WITH ORDINALITY of GRAPH_MATCH", position);
  const [query, second] = parsed.arguments;
  if (query === undefined || second !== undefined || query.kind !== "ParsedString") {
    throw binding.error("42601", "GRAPH_MATCH takes one argument, a query of Cypher in quotes", (second ?? query ?? reference).position);
  }
  const { operator, variables } = bindQuery(binding, query);
  const wanted = returns.map(({ source, name }) => ({ variable: columnOf(binding, variables, source), name: name.folded }));
  const all = variables.map((variable) => ({ variable, name: variable.name }));
  const items = (returns.length > 0 ? wanted : all).map(({ variable, name }) => {
    const value = sqlValue(binding, variable, position);
    return { column: binding.newColumn(), name, type: value.type, value };
  });
  const columns = items.map(({ column, name, type }): PlanColumn => ({ column, name, type }));
  const made: LogicalOperator = { kind: "LogicalProject", input: operator, items };
  return { operator: made, sources: [closedSource(binding, alias.name.folded, columns, alias)] };
}

interface Bound {
  readonly operator: LogicalOperator;
  readonly variables: readonly Variable[];
}

/** The query as a part of the statement. Errors have their position in the statement. */
function bindQuery(binding: Binding, { value, position }: Extract<ParsedExpression, { readonly kind: "ParsedString" }>): Bound {
  const start = position + (LITERAL_START.exec(binding.text.slice(position))?.[0].length ?? 1);
  // Blanks stand for what is in front of it, so that its positions are the statement's.
  const text = binding.text.slice(0, start).replace(/[^\n]/g, " ") + value;
  const statement = parseCypher(text);
  if (statement.kind !== "ParsedCypherQuery") {
    throw cypherError("SemanticError", "InvalidClauseComposition", "GRAPH_MATCH takes a query, no definition and no EXPLAIN");
  }
  const { catalog, functions } = binding;
  const bound: CypherTable = bindCypherTable(statement, text, { catalog, functions }, () => binding.newColumn());
  for (const { collection, isAbsent } of bound.dependencies) binding.dependOn(collection, isAbsent);
  const [parameter] = bound.parameterNames;
  if (parameter !== undefined) throw binding.error("42P02", `there is no parameter $${parameter}`, position);
  if (writes(bound.operator)) throw binding.error("25006", "GRAPH_MATCH cannot change the graph", position);
  if (bound.variables === undefined) throw binding.error("42601", "the query of GRAPH_MATCH returns nothing", position);
  return { operator: bound.operator, variables: bound.variables };
}

function columnOf(binding: Binding, variables: readonly Variable[], source: ParsedName): Variable {
  const found = variables.find(({ name }) => name === source.text);
  if (found === undefined)
    throw binding.error("42703", `column "${source.text}" does not exist in the query of GRAPH_MATCH`, source.position);
  return found;
}

/** A column of the query as SQL knows values. */
function sqlValue(binding: Binding, variable: Variable, position: number): BoundExpression {
  const value = readVariable(variable);
  const { name } = variable.type;
  if (name === "node" || name === "relationship") return call(allProperties(name), value);
  if (name === "path") throw binding.notSupported(`a path as a column of SQL ("${variable.name}")`, position);
  if (!DYNAMIC.has(name)) return value;
  return call(entry("cast", "any", [variable.type], "any", inline("to_any"), {}), value);
}
