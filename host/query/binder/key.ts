/**
 * Keys of expressions: equal for expressions that compute the same. Each is made once.
 */
import type { BoundExpression } from "../plan/expression.ts";
import { expressionKey } from "../plan/walk.ts";

const keys = new WeakMap<BoundExpression, string>();

export function keyOf(expression: BoundExpression): string {
  if (expression.kind === "BoundColumn") return `#${expression.column}`;
  let key = keys.get(expression);
  if (key === undefined) {
    key = expressionKey(expression);
    keys.set(expression, key);
  }
  return key;
}
