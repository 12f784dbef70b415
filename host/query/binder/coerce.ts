/**
 * Giving an expression a type: casts, the types of literals and parameters, and PostgreSQL's errors where there is no way.
 *
 * A literal takes its type without a call: the host converts it before each execution. So does a number that is only widened
 * (1 to 1::double precision). All other conversions are calls of cast functions.
 */
import { type CastContext, findCast, modifierCast, softCast } from "../function/cast.ts";
import type { FunctionEntry } from "../function/entry.ts";
import { engine } from "../function/row.ts";
import { findFunctions } from "../function/table.ts";
import type { BoundConstant, BoundExpression } from "../plan/expression.ts";
import { identicalType, sameType } from "../type/category.ts";
import { formatPlainType, formatType } from "../type/name.ts";
import { arrayOf, plainType, type SqlType } from "../type/type.ts";
import type { Binding } from "./binding.ts";
import { commonType, isAnyArray, parameterType } from "./candidate.ts";

export function call(function_: FunctionEntry, ...operands: readonly BoundExpression[]): BoundExpression {
  return { kind: "BoundCall", type: function_.result, function: function_, arguments: operands };
}

/** Functions that put an element into an array, be it NULL. */
const EXTENDING: ReadonlySet<string> = new Set(["array_append", "array_prepend", "array_assign"]);

/**
 * A call with its arguments as the row takes them. `any[]` in a row is the type of the arrays that are given: in the result, and, without
 * the brackets, of `any` beside it.
 */
export function applyRow(binding: Binding, row: FunctionEntry, operands: readonly BoundExpression[]): BoundExpression {
  return row.nullable === undefined
    ? applyTypes(binding, row, operands)
    : withNulls(binding, applyTypes(binding, row, operands), row.nullable);
}

/** A call whose arguments at some places may be NULL. */
function withNulls(binding: Binding, applied: BoundExpression, nullable: readonly number[]): BoundExpression {
  if (applied.kind !== "BoundCall") return applied;
  const any = plainType("any");
  const { function: row, arguments: operands } = applied;
  const parameters = row.parameters.map((parameter, index) => (nullable.includes(index) ? any : parameter));
  const given = operands.map((operand, index) => (nullable.includes(index) ? orJsonNull(binding, operand) : operand));
  return call({ ...row, parameters }, ...given);
}

function applyTypes(binding: Binding, row: FunctionEntry, operands: readonly BoundExpression[]): BoundExpression {
  if (!row.parameters.some(isAnyArray)) {
    return call(row, ...operands.map((operand, index) => coerceImplicitly(binding, operand, parameterType(row, index))));
  }
  const given = operands.find(({ type }) => type.name === "array")?.type ?? arrayOf(plainType("text"));
  const typed = operands.map((operand, index) => {
    const parameter = parameterType(row, index);
    if (isAnyArray(parameter)) {
      const array = coerceImplicitly(binding, operand, given);
      return EXTENDING.has(row.name) ? orEmpty(binding, array) : array;
    }
    if (parameter.name !== "any") return coerceImplicitly(binding, operand, parameter);
    const element = operand.type.name === "array" ? operand : coerceImplicitly(binding, operand, given.element!);
    return EXTENDING.has(row.name) ? orJsonNull(binding, element) : coerceImplicitly(binding, element, parameter);
  });
  if (row.implementation.kind === "engine" && row.implementation.name === "array_concat") return joinArrays(binding, row, given, typed);
  const parameters = row.parameters.map((parameter) => (isAnyArray(parameter) ? given : parameter));
  return call({ ...row, parameters, result: isAnyArray(row.result) ? given : row.result }, ...typed);
}

/** `||` of arrays is not strict: NULL and an array is the array. */
function joinArrays(binding: Binding, row: FunctionEntry, type: SqlType, operands: readonly BoundExpression[]): BoundExpression {
  const any = plainType("any");
  const implementation = engine("array_join", { fails: true, tagged: true });
  const joined = { ...row, parameters: [any, any], result: type, implementation };
  return call(joined, ...operands.map((operand) => orJsonNull(binding, operand)));
}

/** An array that is extended: NULL is an empty one. */
function orEmpty(binding: Binding, array: BoundExpression): BoundExpression {
  if (isNeverNull(array)) return array;
  const empty = coerceImplicitly(binding, constant("{}", plainType("text")), array.type);
  return { kind: "BoundCoalesce", type: array.type, items: [array, empty] };
}

/** Whether an expression is known to have a value, by what it is. */
export function isNeverNull(expression: BoundExpression): boolean {
  if (expression.kind === "BoundLiteral") return true;
  if (expression.kind === "BoundConstant") return expression.value !== null;
  if (expression.kind !== "BoundCall") return false;
  const { name, role } = expression.function;
  return role === "cast" ? expression.arguments.every(isNeverNull) : EXTENDING.has(name);
}

/** A dynamic value in which NULL is JSON's null: what arrays and JSON hold. */
export function orJsonNull(binding: Binding, value: BoundExpression): BoundExpression {
  const any = plainType("any");
  const text = plainType("text");
  const nothing = call(findCast(text, plainType("jsonb"))!.function, constant("null", text));
  const typed = value.type.name === "unknown" ? coerceImplicitly(binding, value, text) : value;
  if (typed.kind === "BoundLiteral" || (typed.kind === "BoundConstant" && typed.value !== null))
    return coerceImplicitly(binding, typed, any);
  return { kind: "BoundCoalesce", type: any, items: [typed, nothing].map((item) => coerceImplicitly(binding, item, any)) };
}

/** An array of elements of the type; NULLs are elements. */
export function buildArray(binding: Binding, items: readonly BoundExpression[], type: SqlType): BoundExpression {
  const [row] = findFunctions("array_append", undefined);
  const empty = coerceImplicitly(binding, constant("{}", plainType("text")), type);
  return items.reduce((array, item) => applyRow(binding, row!, [array, item]), empty);
}

export function constant(value: BoundConstant["value"], type: SqlType): BoundConstant {
  return { kind: "BoundConstant", type, value };
}

/** The expression as the type, if the context allows it; undefined if not. */
export function coerce(binding: Binding, expression: BoundExpression, to: SqlType, context: CastContext): BoundExpression | undefined {
  const from = expression.type;
  if (identicalType(from, to)) return expression;
  const position = binding.positionOf(expression);
  const plain = toPlainType(binding, expression, to, context);
  if (plain === undefined) return undefined;
  const fitted = fitModifiers(plain, to, from, context === "explicit");
  return position === undefined ? fitted : binding.at(fitted, position);
}

/** The expression with the type's name, its modifiers apart. */
function toPlainType(binding: Binding, expression: BoundExpression, to: SqlType, context: CastContext): BoundExpression | undefined {
  const plain: SqlType = to.name === "interval" ? to : { ...to, modifiers: [] };
  if (expression.type.name === "unknown") return typeUnknown(binding, expression, plain);
  if (sameType(expression.type, to)) return expression;
  const widened = widenLiteral(expression, plain);
  if (widened !== undefined) return widened;
  if (expression.kind === "BoundConstant" && expression.value === null && expression.type.name === "any") return constant(null, plain);
  if (expression.type.name === "any" && context === "implicit") return call(softCast(expression.type, plain), expression);
  const cast = findCast(expression.type, plain);
  if (cast === undefined || !allows(context, cast.context)) return undefined;
  return call(cast.function, expression);
}

function allows(context: CastContext, cast: CastContext): boolean {
  return cast === "implicit" || context === "explicit" || (context === "assignment" && cast === "assignment");
}

/** A literal or parameter that has no type yet. */
function typeUnknown(binding: Binding, expression: BoundExpression, to: SqlType): BoundExpression {
  switch (expression.kind) {
    case "BoundParameter":
      binding.setParameter(expression.index, to, binding.positionOf(expression) ?? 0);
      return { ...expression, type: to };
    case "BoundLiteral":
      return to.name === "any" ? boxed({ ...expression, type: plainType("text") }) : { ...expression, type: to };
    case "BoundConstant": {
      if (expression.value === null) return constant(null, to);
      const text = constant(expression.value, plainType("text"));
      if (to.name === "text" || to.name === "unknown") return text;
      return call(findCast(text.type, to)!.function, text);
    }
    default:
      return { ...expression, type: to };
  }
}

function boxed(expression: BoundExpression): BoundExpression {
  return call(findCast(expression.type, plainType("any"))!.function, expression);
}

const WIDER: Readonly<Record<string, readonly string[]>> = {
  integer: ["bigint", "numeric", "double precision"],
  bigint: ["numeric", "double precision"],
  numeric: ["double precision"],
};

/** A number in the text that is only widened is written as the wider type at once. */
function widenLiteral(expression: BoundExpression, to: SqlType): BoundExpression | undefined {
  if (!WIDER[expression.type.name]?.includes(to.name)) return undefined;
  if (expression.kind === "BoundLiteral") return { ...expression, type: to };
  if (expression.kind !== "BoundConstant" || expression.value === null) return undefined;
  const text = String(expression.value);
  if (to.name === "numeric") return constant(text, to);
  if (to.name === "bigint") return constant(BigInt(text), to);
  return constant(Number(text), to);
}

/** Applies the type's modifiers, unless the value has them already. */
function fitModifiers(expression: BoundExpression, to: SqlType, from: SqlType, explicit: boolean): BoundExpression {
  const modifier = modifierCast(to, explicit);
  if (modifier === undefined || identicalType(from, to) || identicalType(expression.type, to)) return expression;
  if (expression.kind === "BoundConstant" && expression.value === null) return constant(null, to);
  return call({ ...modifier, parameters: [expression.type] }, expression);
}

/** As an implicit cast; the caller knows that there is one. */
export function coerceImplicitly(binding: Binding, expression: BoundExpression, to: SqlType): BoundExpression {
  const coerced = coerce(binding, expression, to, "implicit") ?? coerce(binding, expression, to, "explicit");
  if (coerced === undefined) throw cannotCast(binding, expression, to, binding.positionOf(expression) ?? 0);
  return coerced;
}

export function cannotCast(binding: Binding, expression: BoundExpression, to: SqlType, position: number): Error {
  return binding.error("42846", `cannot cast type ${formatPlainType(expression.type)} to ${formatPlainType(to)}`, position);
}

/** A condition; `what` is as PostgreSQL names the place: WHERE, AND, CASE/WHEN. */
export function coerceToBoolean(binding: Binding, expression: BoundExpression, what: string): BoundExpression {
  const coerced = coerce(binding, expression, plainType("boolean"), "implicit");
  if (coerced !== undefined) return coerced;
  const message = `argument of ${what} must be type boolean, not type ${formatType(expression.type)}`;
  throw binding.error("42804", message, binding.positionOf(expression) ?? 0);
}

/** All expressions as their common type; `what` is CASE, UNION, VALUES and so on. */
export function coerceToCommon(binding: Binding, expressions: readonly BoundExpression[], what: string): readonly BoundExpression[] {
  const type = commonTypeOf(binding, expressions, what);
  return expressions.map((expression) => coerceImplicitly(binding, expression, type));
}

export function commonTypeOf(binding: Binding, expressions: readonly BoundExpression[], what: string): SqlType {
  const common = commonType(expressions.map(({ type }) => type));
  if (!("left" in common)) return common;
  const culprit = expressions.find(({ type }) => sameType(type, common.right));
  const position = (culprit && binding.positionOf(culprit)) ?? 0;
  throw binding.error(
    "42804",
    `${what} types ${formatPlainType(common.left)} and ${formatPlainType(common.right)} cannot be matched`,
    position,
  );
}

/** A value to be stored in a column. */
export function coerceToColumn(
  binding: Binding,
  expression: BoundExpression,
  to: SqlType,
  column: string,
  position: number,
): BoundExpression {
  const coerced = coerce(binding, expression, to, "assignment");
  if (coerced !== undefined) return coerced;
  const types = `column "${column}" is of type ${formatPlainType(to)} but expression is of type ${formatPlainType(expression.type)}`;
  throw binding.error("42804", `${types} (HINT: You will need to rewrite or cast the expression.)`, position);
}

/** What stays unknown in the end is text; parameters too. */
export function settle(binding: Binding, expression: BoundExpression): BoundExpression {
  if (expression.type.name !== "unknown") return expression;
  const typed = typeUnknown(binding, expression, plainType("text"));
  const position = binding.positionOf(expression);
  return position === undefined ? typed : binding.at(typed, position);
}
