/**
 * Patterns inside of expressions: as conditions, in comprehensions, and shortestPath as a value. They are subqueries that begin with one
 * row without columns, and use the columns of the rows around them.
 */
import type { ParsedPatternComprehension, ParsedPatternExpression } from "../../ast/cypher/expression.ts";
import type { BoundExpression } from "../../plan/expression.ts";
import type { LogicalOperator, PlanColumn } from "../../plan/operator.ts";
import { BOOLEAN, columnReference, LIST, PATH, VALUE } from "./binding.ts";
import { ONE_ROW } from "./clause.ts";
import { toValue } from "./convert.ts";
import { bindExpression, type ExpressionContext } from "./expression.ts";
import { matchPatterns } from "./match.ts";
import { subqueryOf } from "./once.ts";
import { patternGraph } from "./pattern.ts";
import { propertiesIn } from "./pattern-predicate.ts";
import { solvePattern } from "./pattern-solve.ts";

/** `(a)-->(b)` as a condition: whether there is such a path. Its names are known ones. */
export function bindPatternCondition({ binding, scope }: ExpressionContext, { pattern }: ParsedPatternExpression): BoundExpression {
  const { operator } = matchPatterns(binding, [pattern], undefined, { operator: ONE_ROW, scope }, "condition");
  return subqueryOf("exists", BOOLEAN, operator, undefined);
}

/** `[p = (a)-->(b) WHERE condition | result]`: a list with an element for each path that is found. */
export function bindPatternComprehension(context: ExpressionContext, parsed: ParsedPatternComprehension): BoundExpression {
  const { binding } = context;
  const found = matchPatterns(binding, [parsed.pattern], parsed.where, { operator: ONE_ROW, scope: context.scope }, "match");
  const inner: ExpressionContext = { ...context, scope: found.scope, aggregates: undefined, known: undefined };
  const value = toValue(bindExpression(inner, parsed.result));
  return listOf(found.operator, binding.newPlanColumn("element", VALUE), value);
}

function listOf(input: LogicalOperator, column: PlanColumn, value: BoundExpression): BoundExpression {
  return subqueryOf("array", LIST, { kind: "LogicalProject", input, items: [{ ...column, value }] }, column);
}

/** `shortestPath((a)-[*]->(b))` as a value: a path or NULL; allShortestPaths: a list of them. Its names are known ones. */
export function bindShortestPath({ binding, scope }: ExpressionContext, { pattern }: ParsedPatternExpression): BoundExpression {
  const graph = patternGraph(binding, [pattern], scope, "condition");
  const column = binding.newPlanColumn("path", PATH);
  const paths = [{ column, start: graph.hops[0]!.left, hops: graph.hops }];
  const source = { binding, input: ONE_ROW, properties: propertiesIn(binding, scope) };
  const { operator } = solvePattern({ ...graph, paths }, source);
  if (pattern.shortest === "ONE") return subqueryOf("scalar", PATH, operator, column);
  return listOf(operator, binding.newPlanColumn("element", VALUE), toValue(columnReference(column)));
}
