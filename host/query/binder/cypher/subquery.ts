/**
 * Queries inside of others: EXISTS { }, COUNT { }, COLLECT { } and CALL { }.
 *
 * The first three see all variables around them. CALL sees those that its first WITH names, which is no projection then but takes them over; what it
 * returns is added to them. A CALL that returns nothing writes, once for each row.
 */
import type { ParsedQueryExpression } from "../../ast/cypher/expression.ts";
import type { ParsedClause, ParsedSingleQuery, ParsedSubqueryCall, ParsedWithClause } from "../../ast/cypher/query.ts";
import { COUNT_STAR } from "../../function/table.ts";
import type { BoundExpression } from "../../plan/expression.ts";
import type { LogicalOperator } from "../../plan/operator.ts";
import { writes } from "../../plan/walk.ts";
import { BOOLEAN, type CypherBinding, INTEGER, LIST, NULL, VALUE } from "./binding.ts";
import { bindClauses, ONE_ROW } from "./clause.ts";
import { toValue } from "./convert.ts";
import type { ExpressionContext } from "./expression.ts";
import { subqueryOf } from "./once.ts";
import { type BoundQuery, bindQuery } from "./query.ts";
import { type ClauseState, knownVariable, readVariable, Scope } from "./scope.ts";
import { dependentJoin } from "./unwind.ts";
import { eager } from "./write.ts";

export function bindQueryExpression(context: ExpressionContext, parsed: ParsedQueryExpression): BoundExpression {
  switch (parsed.asks) {
    case "EXISTS":
      return bindExists(context, parsed);
    case "COUNT":
      return bindCount(context, parsed);
    case "COLLECT":
      return bindCollect(context, parsed);
  }
}

/** Whether the query has a row; of a union, whether one of its parts has. */
function bindExists({ binding, scope }: ExpressionContext, { query }: ParsedQueryExpression): BoundExpression {
  const tests = query.parts.map(({ clauses }): BoundExpression => {
    const { operator } = bindClauses(binding, clauses, { operator: ONE_ROW, scope: scope.nested() });
    return subqueryOf("exists", BOOLEAN, operator, undefined);
  });
  return tests.length === 1 ? tests[0]! : { kind: "BoundLogical", type: BOOLEAN, operator: "OR", operands: tests };
}

/** How many rows the query has. */
function bindCount(context: ExpressionContext, parsed: ParsedQueryExpression): BoundExpression {
  const { operator } = bindInside(context, parsed);
  const column = context.binding.newPlanColumn("count", INTEGER);
  const count = { ...column, aggregate: COUNT_STAR, arguments: [], distinct: false, filter: undefined, orderBy: [] };
  return subqueryOf("scalar", INTEGER, { kind: "LogicalAggregate", input: operator, groups: [], aggregates: [count] }, column);
}

/** The values of the query's only column, NULLs among them. */
function bindCollect(context: ExpressionContext, parsed: ParsedQueryExpression): BoundExpression {
  const { binding } = context;
  const { operator, variables } = bindInside(context, parsed);
  const [variable, ...more] = variables ?? [];
  if (variable === undefined || more.length > 0) {
    throw binding.syntaxError("UnexpectedSyntax", "the query of COLLECT must return one column", parsed.position);
  }
  const column = binding.newPlanColumn("element", VALUE);
  const items = [{ ...column, value: toValue(readVariable(variable)) }];
  return subqueryOf("array", LIST, { kind: "LogicalProject", input: operator, items }, column);
}

/** The query, which sees what is around it. */
function bindInside({ binding, scope }: ExpressionContext, { query }: ParsedQueryExpression): BoundQuery {
  return bindQuery(binding, query, ({ clauses }) => ({ state: { operator: ONE_ROW, scope: scope.nested() }, clauses }));
}

export function bindSubqueryCall(binding: CypherBinding, { query, position }: ParsedSubqueryCall, state: ClauseState): ClauseState {
  const { operator, variables } = bindQuery(binding, query, (part) => takeOver(binding, part, state.scope));
  const input = writes(operator) ? eager(state.operator) : state.operator;
  if (variables === undefined) return { operator: forEachRow(binding, input, operator), scope: state.scope };
  const taken = variables.find(({ name }) => state.scope.find(name) !== undefined);
  if (taken !== undefined) {
    throw binding.syntaxError("VariableAlreadyBound", `variable \`${taken.name}\` is already defined`, position);
  }
  return { operator: dependentJoin(input, operator), scope: state.scope.with(...variables) };
}

/** What a part begins with: one row, and the variables of a first WITH that takes them over. */
function takeOver(
  binding: CypherBinding,
  { clauses }: ParsedSingleQuery,
  outer: Scope,
): { readonly state: ClauseState; readonly clauses: readonly ParsedClause[] } {
  const [first, ...others] = clauses;
  if (first?.kind !== "ParsedWithClause" || !takesOver(first)) return { state: { operator: ONE_ROW, scope: Scope.EMPTY }, clauses };
  const { star, items } = first.projection;
  const named = items.map(({ value }) => knownVariable(binding, outer, nameOf(value)!));
  return { state: { operator: ONE_ROW, scope: Scope.EMPTY.with(...(star ? outer.variables() : []), ...named) }, clauses: others };
}

/** Only variables under their own names. */
function takesOver({ projection, where }: ParsedWithClause): boolean {
  const { distinct, orderBy, skip, limit, items } = projection;
  if (distinct || orderBy.length > 0 || skip !== undefined || limit !== undefined || where !== undefined) return false;
  return items.every(({ value, name }) => nameOf(value)?.text === name);
}

function nameOf(value: ParsedWithClause["projection"]["items"][number]["value"]) {
  return value.kind === "ParsedVariable" ? value.name : undefined;
}

function forEachRow(binding: CypherBinding, input: LogicalOperator, body: LogicalOperator): LogicalOperator {
  const list: BoundExpression = { kind: "BoundList", type: LIST, items: [NULL] };
  return { kind: "LogicalForeach", input, list, item: binding.newPlanColumn("row", VALUE), body };
}
