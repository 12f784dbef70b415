/**
 * Operators, and what the grammar writes otherwise but means operators: LIKE, BETWEEN, IN, IS DISTINCT FROM. Those of rows are row.ts.
 */
import type { ParsedBetween, ParsedBinary, ParsedDistinctFrom, ParsedExpression, ParsedInList, ParsedLike } from "../ast/expression.ts";
import type { FunctionEntry } from "../function/entry.ts";
import { findFunctions, findOperators } from "../function/table.ts";
import type { BoundExpression, BoundNot } from "../plan/expression.ts";
import { categoryOf } from "../type/category.ts";
import { formatPlainType } from "../type/name.ts";
import { plainType, type SqlType } from "../type/type.ts";
import type { Binding } from "./binding.ts";
import { callFunction } from "./call.ts";
import { chooseCandidate, commonType } from "./candidate.ts";
import { applyRow, coerce, coerceImplicitly, constant, settle } from "./coerce.ts";
import { fieldBelow } from "./column.ts";
import { bindAgain, bindExpression, type Context } from "./expression.ts";
import { bindRowComparison, bindRowsDistinct } from "./row.ts";

const BOOLEAN = plainType("boolean");
const ANY = plainType("any");
const COMPARISONS: ReadonlySet<string> = new Set(["=", "<>", "<", "<=", ">", ">="]);
export function isComparison(operator: string): boolean {
  return COMPARISONS.has(operator);
}

/** Types that dynamic text is parsed as when it is compared with them. */
const PARSED_TYPES: ReadonlySet<string> = new Set([
  "date",
  "time without time zone",
  "timestamp without time zone",
  "timestamp with time zone",
  "uuid",
]);

/** A call of the operator that PostgreSQL's rules choose. */
export function bindOperator(binding: Binding, name: string, operands: readonly BoundExpression[], position: number): BoundExpression {
  if (name === "||") return bindConcatenation(binding, operands, position);
  const adapted = adaptDynamic(binding, name, withKnownArray(binding, operands));
  return applyRow(binding, chooseOperator(binding, name, adapted, position), adapted);
}

/** Beside an array a literal without type is an array of that type. */
function withKnownArray(binding: Binding, operands: readonly BoundExpression[]): readonly BoundExpression[] {
  const array = operands.find(({ type }) => type.name === "array")?.type;
  if (array === undefined) return operands;
  return operands.map((operand) => (operand.type.name === "unknown" ? coerceImplicitly(binding, operand, array) : operand));
}

function chooseOperator(binding: Binding, name: string, operands: readonly BoundExpression[], position: number): FunctionEntry {
  const types = operands.map(({ type }) => type);
  const choice = chooseCandidate(findOperators(name, operands.length), types, true);
  if (choice.kind === "one") return choice.row;
  const [first, second] = types.map(formatPlainType);
  const written = second === undefined ? `${name} ${first}` : `${first} ${name} ${second}`;
  if (choice.kind === "none") {
    const hint = "No operator matches the given name and argument types. You might need to add explicit type casts.";
    throw binding.error("42883", `operator does not exist: ${written} (HINT: ${hint})`, position);
  }
  const hint = "Could not choose a best candidate operator. You might need to add explicit type casts.";
  throw binding.error("42725", `operator is not unique: ${written} (HINT: ${hint})`, position);
}

/**
 * Dynamic values beside a date, a time or a UUID are parsed as one; arrays are compared as dynamic values; interval arithmetic takes
 * a dynamic value for a timestamp.
 */
function adaptDynamic(binding: Binding, name: string, operands: readonly BoundExpression[]): readonly BoundExpression[] {
  const [left, right] = operands;
  if (left === undefined || right === undefined) return operands;
  const to = (index: number, type: SqlType) =>
    operands.map((operand, at) => (at === index ? coerceImplicitly(binding, operand, { ...type, modifiers: [] }) : operand));
  if (COMPARISONS.has(name) && left.type.name === "array" && right.type.name === "array") {
    return operands.map((operand) => coerceImplicitly(binding, operand, ANY));
  }
  for (const [index, other] of [right, left].entries()) {
    if (operands[index]!.type.name !== "any") continue;
    if (COMPARISONS.has(name) && PARSED_TYPES.has(other.type.name)) return to(index, other.type);
    if (name !== "+" && name !== "-") continue;
    if (other.type.name === "interval") return to(index, plainType("timestamp without time zone"));
    if (name === "-" && categoryOf(other.type) === "datetime") return to(index, other.type);
  }
  return operands;
}

/** `||`: where one side is text, the other becomes text as CAST makes it. */
function bindConcatenation(binding: Binding, operands: readonly BoundExpression[], position: number): BoundExpression {
  const text = plainType("text");
  const known = operands.filter(({ type }) => type.name !== "unknown");
  const isText = ({ type }: BoundExpression) => categoryOf(type) === "string" || type.name === "any";
  const isOther = ({ type }: BoundExpression) => ["array", "bytea", "jsonb"].includes(type.name);
  const asText = known.length === 2 ? known.some(isText) && !known.some(({ type }) => type.name === "array") : !known.some(isOther);
  const adapted = asText ? operands.map((operand) => coerce(binding, operand, text, "explicit") ?? operand) : operands;
  const extended = asText ? undefined : bindExtension(binding, operands);
  return extended ?? applyRow(binding, chooseOperator(binding, "||", adapted, position), adapted);
}

/** `array || element` and `element || array`. */
function bindExtension(binding: Binding, operands: readonly BoundExpression[]): BoundExpression | undefined {
  const [left, right] = operands.map(({ type }) => type) as [SqlType, SqlType];
  const element = (type: SqlType) => type.name !== "array" && type.name !== "unknown";
  const name = left.name === "array" && element(right) ? "array_append" : right.name === "array" && element(left) ? "array_prepend" : "";
  const [row] = findFunctions(name, undefined);
  return row && applyRow(binding, row, operands);
}

export function negated(operand: BoundExpression): BoundNot {
  return { kind: "BoundNot", type: BOOLEAN, operand };
}

function negatedIf(not: boolean, operand: BoundExpression): BoundExpression {
  return not ? negated(operand) : operand;
}

export function both(...operands: readonly BoundExpression[]): BoundExpression {
  return { kind: "BoundLogical", type: BOOLEAN, operator: "AND", operands };
}

export function either(...operands: readonly BoundExpression[]): BoundExpression {
  return { kind: "BoundLogical", type: BOOLEAN, operator: "OR", operands };
}

/** Operators that are the negation of another. */
const NEGATIONS: ReadonlyMap<string, string> = new Map([
  ["!~~", "~~"],
  ["!~~*", "~~*"],
  ["!~", "~"],
  ["!~*", "~*"],
]);

export function bindBinary(context: Context, parsed: ParsedBinary): BoundExpression {
  const { binding } = context;
  const { operator, left, right, position } = parsed;
  if (left.kind === "ParsedRow" || right.kind === "ParsedRow") return bindRowComparison(context, operator, left, right, position);
  const operands = [bindExpression(context, left), bindExpression(context, right)];
  const field = bindFieldAccess(context, operator, operands);
  if (field !== undefined) return field;
  const positive = NEGATIONS.get(operator);
  return positive === undefined
    ? bindOperator(binding, operator, operands, position)
    : negated(bindOperator(binding, positive, operands, position));
}

/** `x -> 'a'` with a name that stays in the statement's key is a path of the document. */
function bindFieldAccess(
  { binding, level }: Context,
  operator: string,
  [left, right]: readonly BoundExpression[],
): BoundExpression | undefined {
  if (operator !== "->" && operator !== "->>") return undefined;
  if (left?.type.name !== "any" || right?.kind !== "BoundConstant" || typeof right.value !== "string") return undefined;
  const field = fieldBelow(binding, level, left, right.value);
  return operator === "->" ? field : coerce(binding, field, plainType("text"), "explicit");
}

/** An operand each time that it is used. */
export type Operand = () => BoundExpression;

export function operandsOf(context: Context, items: readonly ParsedExpression[]): readonly Operand[] {
  return items.map((item) => operandOf(context, item, bindExpression(context, item)));
}

/** The bound expression the first time, the same or a new one after that. */
export function operandOf(context: Context, parsed: ParsedExpression, bound: BoundExpression): Operand {
  let used = false;
  return () => {
    const expression = used ? bindAgain(context, parsed, bound) : bound;
    used = true;
    return expression;
  };
}

export function bindDistinctFrom(context: Context, parsed: ParsedDistinctFrom): BoundExpression {
  const { binding } = context;
  if (parsed.left.kind === "ParsedRow" || parsed.right.kind === "ParsedRow") return bindRowsDistinct(context, parsed);
  const left = bindExpression(context, parsed.left);
  const right = bindExpression(context, parsed.right);
  // Equal, or both NULL: never NULL itself.
  const equal = bindOperator(binding, "=", [left, right], parsed.position);
  const isNull = (side: ParsedExpression, bound: BoundExpression): BoundExpression => {
    return { kind: "BoundIsNull", type: BOOLEAN, negated: false, operand: settle(binding, bindAgain(context, side, bound)) };
  };
  const isTrue: BoundExpression = { kind: "BoundIsBoolean", type: BOOLEAN, test: true, negated: false, operand: equal };
  return negatedIf(!parsed.negated, either(isTrue, both(isNull(parsed.left, left), isNull(parsed.right, right))));
}

const MATCHES: Readonly<Record<string, string>> = { LIKE: "~~", ILIKE: "~~*" };

export function bindLike(context: Context, parsed: ParsedLike): BoundExpression {
  const { binding } = context;
  const operand = bindExpression(context, parsed.operand);
  const pattern = bindExpression(context, parsed.pattern);
  const escaping = parsed.escape && bindExpression(context, parsed.escape);
  const { position } = parsed;
  if (parsed.operator === "SIMILAR TO") {
    const written = callFunction(context, "similar_to_escape", escaping === undefined ? [pattern] : [pattern, escaping], position);
    return negatedIf(parsed.negated, bindOperator(binding, "~", [operand, written], position));
  }
  const escaped = escaping === undefined ? pattern : callFunction(context, "like_escape", [pattern, escaping], position);
  return negatedIf(parsed.negated, bindOperator(binding, MATCHES[parsed.operator]!, [operand, escaped], position));
}

export function bindBetween(context: Context, parsed: ParsedBetween): BoundExpression {
  const { binding } = context;
  const [operand, lower, upper] = operandsOf(context, [parsed.operand, parsed.lower, parsed.upper]) as [Operand, Operand, Operand];
  const compare = (name: string, bound: Operand) => bindOperator(binding, name, [operand(), bound()], parsed.position);
  const within = (least: Operand, most: Operand) => both(compare(">=", least), compare("<=", most));
  const inside = within(lower, upper);
  return negatedIf(parsed.negated, parsed.symmetric ? either(inside, within(upper, lower)) : inside);
}

export function bindInList(context: Context, parsed: ParsedInList): BoundExpression {
  const { binding } = context;
  const { operand: subject, items: list, position } = parsed;
  if (subject.kind === "ParsedRow" || list.some((item) => item.kind === "ParsedRow")) {
    const rows = list.map((item) => bindRowComparison(context, "=", subject, item, position));
    return negatedIf(parsed.negated, rows.length === 1 ? rows[0]! : either(...rows));
  }
  const operand = bindExpression(context, subject);
  if (list.length === 0) {
    // Nothing is in an empty list, NULL no more than other values.
    settle(binding, operand);
    return constant(parsed.negated, BOOLEAN);
  }
  const items = list.map((item) => bindExpression(context, item));
  return negatedIf(parsed.negated, inList(binding, operand, operandOf(context, subject, operand), items, position));
}

/** One equality for all items where they have a common type; else an equality for each. */
function inList(
  binding: Binding,
  operand: BoundExpression,
  again: Operand,
  items: readonly BoundExpression[],
  position: number,
): BoundExpression {
  const common = commonType([operand, ...items].map(({ type }) => type));
  if (items.length === 1 || "left" in common) {
    const each = items.map((item) => bindOperator(binding, "=", [again(), item], position));
    return each.length === 1 ? each[0]! : either(...each);
  }
  const probe = coerceImplicitly(binding, operand, { ...common, modifiers: [] });
  const equality = chooseOperator(binding, "=", [probe, probe], position);
  const [type] = equality.parameters;
  return {
    kind: "BoundInList",
    type: BOOLEAN,
    equality,
    operand: coerceImplicitly(binding, probe, type!),
    items: items.map((item) => coerceImplicitly(binding, coerceImplicitly(binding, item, { ...common, modifiers: [] }), type!)),
  };
}

/** The function of an operator for two types, and what its operands become; for subqueries. */
export function comparisonOf(
  binding: Binding,
  operator: string,
  left: BoundExpression,
  right: BoundExpression,
  position: number,
): { readonly comparison: FunctionEntry; readonly left: BoundExpression; readonly right: BoundExpression } {
  const bound = bindOperator(binding, operator, [left, right], position);
  if (bound.kind !== "BoundCall" || bound.type.name !== "boolean" || bound.arguments.length !== 2) {
    throw binding.error("42809", `op ANY/ALL (array) requires operator to yield boolean`, position);
  }
  return { comparison: bound.function, left: bound.arguments[0]!, right: bound.arguments[1]! };
}
