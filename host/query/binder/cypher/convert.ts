/**
 * Types of expressions: what is held as its own type becomes a `value` where it meets others, and conditions become boolean.
 */

import type { FunctionEntry } from "../../function/entry.ts";
import { entry, inline } from "../../function/row.ts";
import type { BoundExpression } from "../../plan/expression.ts";
import { sameType } from "../../type/category.ts";
import type { SqlType } from "../../type/type.ts";
import { constant, isNull, VALUE } from "./binding.ts";

export function callOf(function_: FunctionEntry, ...operands: readonly BoundExpression[]): BoundExpression {
  return { kind: "BoundCall", type: function_.result, function: function_, arguments: operands };
}

/** The expression as a dynamic value; no code is made for it. */
export function toValue(expression: BoundExpression): BoundExpression {
  if (expression.type.name === "value") return expression;
  if (isNull(expression)) return constant(null, VALUE);
  return callOf(entry("cast", "value", [expression.type], "value", inline("to_any"), {}), expression);
}

/** The type that holds all of them: theirs where it is one, else `value`. NULL is of every type. */
export function commonType(expressions: readonly BoundExpression[]): SqlType {
  const [first, ...others] = expressions.filter((expression) => !isNull(expression)).map(({ type }) => type);
  return first !== undefined && others.every((type) => sameType(type, first)) ? first : VALUE;
}

/** Requires: the type is the expression's, or `value`, or the expression is NULL. */
export function asType(expression: BoundExpression, type: SqlType): BoundExpression {
  if (sameType(expression.type, type)) return expression;
  return isNull(expression) ? constant(null, type) : toValue(expression);
}
