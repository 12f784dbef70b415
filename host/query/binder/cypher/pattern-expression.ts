/**
 * Patterns inside of expressions: as conditions, in comprehensions, and shortestPath as a value.
 */
import type { ParsedPatternComprehension, ParsedPatternExpression } from "../../ast/cypher/expression.ts";
import type { BoundExpression } from "../../plan/expression.ts";
import type { ExpressionContext } from "./expression.ts";

/** `(a)-->(b)` as a condition: whether there is such a path. Its names are known ones. */
export function bindPatternCondition({ binding }: ExpressionContext, { position }: ParsedPatternExpression): BoundExpression {
  throw binding.notSupported("a pattern as a condition", position);
}

/** `[p = (a)-->(b) WHERE condition | result]`: a list with an element for each path that is found. */
export function bindPatternComprehension({ binding }: ExpressionContext, { position }: ParsedPatternComprehension): BoundExpression {
  throw binding.notSupported("a pattern comprehension", position);
}

/** `shortestPath((a)-[*]->(b))` as a value: a path or NULL; allShortestPaths: a list of them. */
export function bindShortestPath({ binding }: ExpressionContext, { position }: ParsedPatternExpression): BoundExpression {
  throw binding.notSupported("a shortest path as a value", position);
}
