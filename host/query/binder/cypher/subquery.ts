/**
 * Queries inside of others: EXISTS { }.
 */
import type { ParsedExistsQuery } from "../../ast/cypher/expression.ts";
import type { BoundExpression } from "../../plan/expression.ts";
import type { ExpressionContext } from "./expression.ts";

export function bindExistsQuery({ binding }: ExpressionContext, { position }: ParsedExistsQuery): BoundExpression {
  throw binding.notSupported("EXISTS", position);
}
