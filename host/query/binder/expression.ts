/**
 * Expressions: one case for each kind of node. Families of nodes have files of their own: operation.ts (operators), call.ts
 * (functions and aggregates), subquery.ts, literal.ts.
 */
import type { ParsedCase, ParsedExpression, ParsedIs } from "../ast/expression.ts";
import type { ParsedName } from "../ast/name.ts";
import { engine, entry } from "../function/row.ts";
import type { BoundExpression } from "../plan/expression.ts";
import { partsOf } from "../plan/walk.ts";
import { arrayOf, plainType, type SqlType } from "../type/type.ts";
import type { Binding } from "./binding.ts";
import { bindCall, callFunction } from "./call.ts";
import { buildArray, call, cannotCast, coerce, coerceImplicitly, coerceToBoolean, coerceToCommon, constant } from "./coerce.ts";
import { bindColumn, fieldBelow } from "./column.ts";
import { bindKeywordValue, bindNumber, bindString, bindType, bindTypedLiteral } from "./literal.ts";
import { bindBetween, bindBinary, bindDistinctFrom, bindInList, bindLike, bindOperator, negated } from "./operation.ts";
import { bindRowIsNull } from "./row.ts";
import { findColumn, type Level, type Place } from "./scope.ts";
import type { SetCollector } from "./set-function.ts";
import { bindArraySubquery, bindExists, bindInSubquery, bindQuantified, bindScalarSubquery } from "./subquery.ts";
import type { WindowCollector } from "./window.ts";

/** Where an expression stands: WHERE, JOIN conditions, VALUES ... */
export interface Context extends Place {
  readonly binding: Binding;
  readonly level: Level;
  /** Of a select list, where set-returning functions may stand. */
  readonly sets?: SetCollector;
  /** Of a select list and its ORDER BY, where window functions may stand. */
  readonly windows?: WindowCollector;
}

export function bindExpression(context: Context, parsed: ParsedExpression): BoundExpression {
  return context.binding.at(bindNode(context, parsed), startOf(parsed));
}

/** Where an expression begins: an operator's node has the operator's position, messages about the whole of it show its first word. */
export function startOf(parsed: ParsedExpression): number {
  switch (parsed.kind) {
    case "ParsedBinary":
    case "ParsedDistinctFrom":
    case "ParsedQuantified":
      return startOf(parsed.left);
    case "ParsedIs":
    case "ParsedLike":
    case "ParsedBetween":
    case "ParsedInList":
    case "ParsedInSubquery":
    case "ParsedCast":
    case "ParsedCollate":
    case "ParsedAtTimeZone":
    case "ParsedSubscript":
    case "ParsedSlice":
    case "ParsedField":
      return Math.min(parsed.position, startOf(parsed.operand));
    case "ParsedLogical":
      return startOf(parsed.operands[0]!);
    default:
      return parsed.position;
  }
}

/**
 * The expression once more, for a form that is made of others and uses it twice. A query inside is bound anew: the numbers of its columns
 * may stand in one place only.
 */
export function bindAgain(context: Context, parsed: ParsedExpression, bound: BoundExpression): BoundExpression {
  return hasSubquery(bound) ? bindExpression(context, parsed) : bound;
}

function hasSubquery(expression: BoundExpression): boolean {
  return expression.kind === "BoundSubquery" || partsOf(expression).some(hasSubquery);
}

/** A condition; `what` as in coerceToBoolean. */
export function bindCondition(context: Context, parsed: ParsedExpression, what: string): BoundExpression {
  return coerceToBoolean(context.binding, bindExpression(context, parsed), what);
}

function bindNode(context: Context, parsed: ParsedExpression): BoundExpression {
  const { binding } = context;
  switch (parsed.kind) {
    case "ParsedColumn":
      return bindColumn(binding, context.level, parsed.names, parsed.position).expression;
    case "ParsedNumber":
      return bindNumber(parsed);
    case "ParsedString":
      return bindString(parsed);
    case "ParsedBoolean":
      return constant(parsed.value, plainType("boolean"));
    case "ParsedNull":
      return constant(null, plainType("unknown"));
    case "ParsedParameter":
      return { kind: "BoundParameter", index: parsed.index, type: binding.parameter(parsed.index, parsed.position) };
    case "ParsedTypedLiteral":
      return bindTypedLiteral(binding, parsed);
    case "ParsedKeywordValue":
      return bindWord(context, parsed);
    case "ParsedUnary":
      return bindOperator(binding, parsed.operator, [bindExpression(context, parsed.operand)], parsed.position);
    case "ParsedBinary":
      return bindBinary(context, parsed);
    case "ParsedLogical": {
      const operands = parsed.operands.map((operand) => bindCondition(context, operand, parsed.operator));
      return { kind: "BoundLogical", type: plainType("boolean"), operator: parsed.operator, operands };
    }
    case "ParsedNot":
      return negated(bindCondition(context, parsed.operand, "NOT"));
    case "ParsedIs":
      return bindIs(context, parsed);
    case "ParsedDistinctFrom":
      return bindDistinctFrom(context, parsed);
    case "ParsedLike":
      return bindLike(context, parsed);
    case "ParsedBetween":
      return bindBetween(context, parsed);
    case "ParsedInList":
      return bindInList(context, parsed);
    case "ParsedInSubquery":
      return bindInSubquery(context, parsed);
    case "ParsedQuantified":
      return bindQuantified(context, parsed);
    case "ParsedExists":
      return bindExists(context, parsed);
    case "ParsedSubquery":
      return bindScalarSubquery(context, parsed);
    case "ParsedArraySubquery":
      return bindArraySubquery(context, parsed);
    case "ParsedCase":
      return bindCase(context, parsed);
    default:
      return bindOther(context, parsed);
  }
}

type Other = Extract<
  ParsedExpression,
  {
    readonly kind:
      | "ParsedStar"
      | "ParsedBits"
      | "ParsedCast"
      | "ParsedCollate"
      | "ParsedAtTimeZone"
      | "ParsedRow"
      | "ParsedArray"
      | "ParsedSubscript"
      | "ParsedSlice"
      | "ParsedField"
      | "ParsedCall";
  }
>;

function bindOther(context: Context, parsed: Other): BoundExpression {
  const { binding } = context;
  switch (parsed.kind) {
    case "ParsedStar":
      throw binding.error("42601", "* is not allowed in this place", parsed.position);
    case "ParsedBits":
      throw binding.notSupported("a bit string", parsed.position);
    case "ParsedCast":
      return bindCast(context, parsed);
    case "ParsedCollate":
      return bindCollate(context, parsed);
    case "ParsedAtTimeZone": {
      const zone = bindExpression(context, parsed.zone);
      return callFunction(context, "timezone", [zone, bindExpression(context, parsed.operand)], parsed.position);
    }
    case "ParsedRow":
      throw binding.notSupported("a row as a value", parsed.position);
    case "ParsedArray":
      return bindArray(context, parsed);
    case "ParsedSubscript":
      return bindSubscript(context, parsed);
    case "ParsedSlice":
      throw binding.notSupported("a slice of an array", parsed.position);
    case "ParsedField":
      return bindField(context, parsed);
    case "ParsedCall":
      return bindCall(context, parsed);
  }
}

function bindCast(context: Context, parsed: Extract<ParsedExpression, { readonly kind: "ParsedCast" }>): BoundExpression {
  const { binding } = context;
  const type = bindType(binding, parsed.type);
  if (parsed.operand.kind === "ParsedArray" && type.name === "array") return bindArrayOf(context, parsed.operand, type);
  const operand = bindExpression(context, parsed.operand);
  const cast = coerce(binding, operand, type, "explicit");
  if (cast === undefined) throw cannotCast(binding, operand, type, parsed.position);
  return cast;
}

/** `ARRAY[...]::type[]` casts each element; so it may have none. */
function bindArrayOf(
  context: Context,
  parsed: Extract<ParsedExpression, { readonly kind: "ParsedArray" }>,
  type: SqlType,
): BoundExpression {
  const { binding } = context;
  const items = parsed.items.map((item) => {
    if (item.kind === "ParsedArray") return bindArrayOf(context, item, type);
    const operand = bindExpression(context, item);
    const to = operand.type.name === "array" ? type : type.element!;
    const cast = coerce(binding, operand, to, "explicit");
    if (cast === undefined) throw cannotCast(binding, operand, to, startOf(item));
    return cast;
  });
  return buildArray(binding, items, type);
}

/** Everything is compared by its bytes: only collations that do so can be named. */
const COLLATIONS: ReadonlySet<string> = new Set(["C", "POSIX", "default", "ucs_basic", "C.UTF-8"]);

function bindCollate(context: Context, parsed: Extract<ParsedExpression, { readonly kind: "ParsedCollate" }>): BoundExpression {
  const { binding } = context;
  const name = parsed.collation[parsed.collation.length - 1]!;
  if (!COLLATIONS.has(name.folded)) {
    throw binding.error("42704", `collation "${name.folded}" for encoding "UTF8" does not exist`, parsed.position);
  }
  return bindExpression(context, parsed.operand);
}

function bindIs(context: Context, parsed: ParsedIs): BoundExpression {
  const type = plainType("boolean");
  const { test, negated: not } = parsed;
  if (test === "NULL" && parsed.operand.kind === "ParsedRow")
    return bindRowIsNull(parsed.operand, parsed, (field) => bindIs(context, field));
  if (test === "NULL")
    return { kind: "BoundIsNull", type, negated: not, operand: settled(context, bindExpression(context, parsed.operand)) };
  const operand = bindCondition(context, parsed.operand, `IS ${not ? "NOT " : ""}${test}`);
  if (test === "UNKNOWN") return { kind: "BoundIsNull", type, negated: not, operand };
  return { kind: "BoundIsBoolean", type, test: test === "TRUE", negated: not, operand };
}

/** An operand of which only NULL counts: an untyped one is text. */
function settled({ binding }: Context, expression: BoundExpression): BoundExpression {
  return expression.type.name === "unknown" ? coerceImplicitly(binding, expression, plainType("text")) : expression;
}

function bindCase(context: Context, parsed: ParsedCase): BoundExpression {
  const { binding } = context;
  const subject = parsed.subject && bindExpression(context, parsed.subject);
  const conditions = parsed.branches.map(({ condition }, index) => {
    if (subject === undefined || parsed.subject === undefined) return bindCondition(context, condition, "CASE/WHEN");
    const left = index === 0 ? subject : bindAgain(context, parsed.subject, subject);
    return bindOperator(binding, "=", [left, bindExpression(context, condition)], condition.position);
  });
  // PostgreSQL looks at ELSE first when it chooses the type.
  const results = parsed.branches.map(({ result }) => bindExpression(context, result));
  const otherwise = parsed.otherwise && bindExpression(context, parsed.otherwise);
  const all = otherwise === undefined ? results : [otherwise, ...results];
  const coerced = coerceToCommon(binding, all, "CASE");
  const type = coerced[0]!.type;
  const offset = otherwise === undefined ? 0 : 1;
  const branches = conditions.map((condition, index) => ({ condition, result: coerced[index + offset]! }));
  return { kind: "BoundCase", type, branches, otherwise: otherwise && coerced[0] };
}

function bindArray(context: Context, parsed: Extract<ParsedExpression, { readonly kind: "ParsedArray" }>): BoundExpression {
  const { binding } = context;
  const items = parsed.items.map((item) => bindExpression(context, item));
  if (items.length === 0) {
    throw binding.error(
      "42P18",
      "cannot determine type of empty array (HINT: Explicitly cast to the desired type, for example ARRAY[]::integer[].)",
      parsed.position,
    );
  }
  const coerced = coerceToCommon(binding, items, "ARRAY");
  const first = coerced[0]!.type;
  return buildArray(binding, coerced, first.name === "array" ? first : arrayOf({ ...first, modifiers: [] }));
}

/** `a[1]` of an array; of JSON as `->`. */
function bindSubscript(context: Context, parsed: Extract<ParsedExpression, { readonly kind: "ParsedSubscript" }>): BoundExpression {
  const { binding } = context;
  const operand = bindExpression(context, parsed.operand);
  const index = bindExpression(context, parsed.index);
  const { type } = operand;
  if (type.name === "any" || type.name === "jsonb") return bindOperator(binding, "->", [operand, index], parsed.position);
  if (type.element === undefined) {
    throw binding.error("42804", `cannot subscript type ${type.name} because it does not support subscripting`, parsed.position);
  }
  const number = coerce(binding, index, plainType("integer"), "assignment");
  if (number === undefined) throw binding.error("42804", "array subscript must have type integer", parsed.index.position);
  // Elements are held as dynamic values.
  const element = call(
    entry("function", "array_get", [type, "integer"], "any", engine("array_element", { tagged: true }), {}),
    operand,
    number,
  );
  return coerceImplicitly(binding, element, type.element);
}

/** Words such as CURRENT_DATE. USER is also a field that documents often have. */
function bindWord(
  { binding, level }: Context,
  parsed: Extract<ParsedExpression, { readonly kind: "ParsedKeywordValue" }>,
): BoundExpression {
  const names = columnNames(parsed);
  const field = names && findColumn(binding, level, names[0]!);
  if (names === undefined || field?.source.open !== true) return bindKeywordValue(binding, parsed);
  return bindColumn(binding, level, names, parsed.position).expression;
}

/** `(x).name`: of a column it is the same as `x.name`. */
function bindField(context: Context, parsed: Extract<ParsedExpression, { readonly kind: "ParsedField" }>): BoundExpression {
  const { binding, level } = context;
  const { name } = parsed;
  if (name === undefined) throw binding.notSupported("the expansion of a row", parsed.position);
  const names = columnNames(parsed.operand);
  if (names !== undefined) return bindColumn(binding, level, [...names, name], parsed.position).expression;
  const operand = bindExpression(context, parsed.operand);
  if (!["any", "json", "jsonb"].includes(operand.type.name)) {
    const message = `column notation .${name.folded} applied to type ${operand.type.name}, which is not a composite type`;
    throw binding.error("42809", message, name.position);
  }
  return fieldBelow(binding, level, operand, name.text);
}

/** The names that an operand of `.name` is made of, where it is a column. The grammar reads USER as a word, but `user.name` is a path. */
export function columnNames(parsed: ParsedExpression): readonly ParsedName[] | undefined {
  if (parsed.kind === "ParsedColumn") return parsed.names;
  if (parsed.kind === "ParsedKeywordValue" && parsed.name === "USER") {
    return [{ kind: "ParsedName", position: parsed.position, text: "user", folded: "user", quoted: false }];
  }
  if (parsed.kind !== "ParsedField" || parsed.name === undefined) return undefined;
  const names = columnNames(parsed.operand);
  return names && [...names, parsed.name];
}
