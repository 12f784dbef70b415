/**
 * Queries: clauses in their order, and unions of such. Columns of a union are matched by name.
 */
import type { ParsedCypherQuery, ParsedSingleQuery } from "../../ast/cypher/query.ts";
import type { BoundExpression } from "../../plan/expression.ts";
import type { LogicalOperator, PlanColumn } from "../../plan/operator.ts";
import { identicalType } from "../../type/category.ts";
import { type CypherBinding, VALUE } from "./binding.ts";
import { bindClauses } from "./clause.ts";
import { asType } from "./convert.ts";
import { type ClauseState, readVariable, type Variable, variableOf } from "./scope.ts";

export interface BoundQuery {
  readonly operator: LogicalOperator;
  /** What it returns, in order; undefined: it ends in something else than RETURN. */
  readonly variables: readonly Variable[] | undefined;
}

/** What the clauses of a part begin with, and which of them are left. */
export type PartStart = (part: ParsedSingleQuery) => { readonly state: ClauseState; readonly clauses: ParsedSingleQuery["clauses"] };

export function bindQuery(binding: CypherBinding, { parts, all, position }: ParsedCypherQuery, start: PartStart): BoundQuery {
  const bound = parts.map((part) => bindPart(binding, part, start));
  return bound.reduce((left, right) => unite(binding, left, right, all, position));
}

function bindPart(binding: CypherBinding, part: ParsedSingleQuery, start: PartStart): BoundQuery {
  const { state, clauses } = start(part);
  const { operator, scope } = bindClauses(binding, clauses, state);
  const last = clauses.at(-1);
  // A call of a procedure that is all of a query returns what it yields.
  const returns = last?.kind === "ParsedReturnClause" || (last?.kind === "ParsedProcedureCall" && clauses.length === 1);
  return { operator, variables: returns ? scope.variables() : undefined };
}

function unite(binding: CypherBinding, left: BoundQuery, right: BoundQuery, all: boolean, position: number): BoundQuery {
  const lefts = left.variables ?? [];
  const rights = right.variables ?? [];
  const matched = lefts.map(({ name }) => rights.find((variable) => variable.name === name));
  if (lefts.length !== rights.length || matched.includes(undefined)) {
    throw binding.syntaxError("DifferentColumnsInUnion", "all parts of a UNION must return the same columns", position);
  }
  const pairs = lefts.map((variable, index) => ({ left: variable, right: matched[index]! }));
  const columns = pairs.map((pair): PlanColumn => {
    const same = identicalType(pair.left.type, pair.right.type);
    return binding.newPlanColumn(pair.left.name, same ? pair.left.type : VALUE);
  });
  const one = side(binding, left.operator, columns, lefts);
  const other = side(
    binding,
    right.operator,
    columns,
    pairs.map((pair) => pair.right),
  );
  const operator: LogicalOperator = {
    kind: "LogicalSetOperation",
    operator: "union",
    all,
    left: one.operator,
    leftColumns: one.columns,
    right: other.operator,
    rightColumns: other.columns,
    columns,
  };
  const variables = columns.map((column, index) => {
    const { left: first, right: second } = pairs[index]!;
    return variableOf(column, first.kind === second.kind ? first.kind : "value");
  });
  return { operator, variables };
}

/** A part with its columns as the union has them, each made by the part itself. */
function side(
  binding: CypherBinding,
  input: LogicalOperator,
  columns: readonly PlanColumn[],
  variables: readonly Variable[],
): { readonly operator: LogicalOperator; readonly columns: readonly number[] } {
  const items = variables.map((variable, index): PlanColumn & { readonly value: BoundExpression } => {
    const { name, type } = columns[index]!;
    return { ...binding.newPlanColumn(name, type), value: asType(readVariable(variable), type) };
  });
  return { operator: { kind: "LogicalProject", input, items }, columns: items.map(({ column }) => column) };
}
