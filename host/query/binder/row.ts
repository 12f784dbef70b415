/**
 * Rows, `(a, b)`, as operands: comparisons, IS NULL, IS DISTINCT FROM, OVERLAPS. A row is never a value: each form becomes one of its
 * fields.
 */
import type { ParsedDistinctFrom, ParsedExpression, ParsedIs, ParsedRow } from "../ast/expression.ts";
import { engine, entry } from "../function/row.ts";
import type { BoundExpression } from "../plan/expression.ts";
import { formatPlainType } from "../type/name.ts";
import { plainType, type SqlType } from "../type/type.ts";
import type { Binding } from "./binding.ts";
import { commonType } from "./candidate.ts";
import { applyRow, coerceImplicitly, constant } from "./coerce.ts";
import { bindExpression, type Context, startOf } from "./expression.ts";
import { bindDistinctFrom, bindOperator, both, either, isComparison, type Operand, operandsOf } from "./operation.ts";

const BOOLEAN = plainType("boolean");
const HINT = "No operator matches the given name and argument types. You might need to add explicit type casts.";

/** `(a, b) = (c, d)`: equality field by field, order by the first field that differs. */
export function bindRowComparison(
  context: Context,
  operator: string,
  left: ParsedExpression,
  right: ParsedExpression,
  position: number,
): BoundExpression {
  const { binding } = context;
  if (operator === "OVERLAPS") return bindOverlaps(context, left, right, position);
  if (left.kind !== "ParsedRow" || right.kind !== "ParsedRow") throw notARow(context, operator, left, right, position);
  checkLengths(binding, left, right, position);
  if (left.items.length === 0) throw binding.error("0A000", "cannot compare rows of zero length", position);
  return compareRows(binding, operator, operandsOf(context, left.items), operandsOf(context, right.items), position);
}

function checkLengths(binding: Binding, left: ParsedRow, right: ParsedRow, position: number): void {
  if (left.items.length !== right.items.length) {
    throw binding.error("42601", "unequal number of entries in row expressions", position);
  }
}

/** The error for an operator between a row and something else. */
function notARow(context: Context, operator: string, left: ParsedExpression, right: ParsedExpression, position: number): Error {
  const { binding } = context;
  const [first, second] = [left, right].map((side) => {
    if (side.kind === "ParsedRow") return "record";
    return side.kind === "ParsedSubquery" ? undefined : formatPlainType(bindExpression(context, side).type);
  });
  if (first === undefined || second === undefined || first === "unknown" || second === "unknown") {
    return binding.notSupported("the comparison of a row with this", position);
  }
  return binding.error("42883", `operator does not exist: ${first} ${operator} ${second} (HINT: ${HINT})`, position);
}

export function compareRows(
  binding: Binding,
  operator: string,
  lefts: readonly Operand[],
  rights: readonly Operand[],
  position: number,
): BoundExpression {
  const compare = (name: string, index: number) => bindOperator(binding, name, [lefts[index]!(), rights[index]!()], position);
  const all = lefts.map((_, index) => index);
  if (operator === "=" || operator === "<>") {
    const parts = all.map((index) => compare(operator, index));
    return parts.length === 1 ? parts[0]! : operator === "=" ? both(...parts) : either(...parts);
  }
  if (!isComparison(operator)) throw noRowOperator(binding, operator, compare(operator, 0), position);
  // (a, b) < (c, d): a < c OR (a = c AND b < d), from the last field outwards.
  const strict = operator.slice(0, 1);
  return all
    .slice(0, -1)
    .reduceRight<BoundExpression>(
      (rest, index) => either(compare(strict, index), both(compare("=", index), rest)),
      compare(operator, lefts.length - 1),
    );
}

/** The error for an operator that fields have, but rows do not. */
function noRowOperator(binding: Binding, operator: string, { type }: BoundExpression, position: number): Error {
  return type.name === "boolean"
    ? binding.error("0A000", `could not determine interpretation of row comparison operator ${operator}`, position)
    : binding.error("42804", `row comparison operator must yield type boolean, not type ${formatPlainType(type)}`, position);
}

/** Two rows are distinct where two of their fields are. */
export function bindRowsDistinct(context: Context, parsed: ParsedDistinctFrom): BoundExpression {
  const { left, right, negated, position } = parsed;
  if (left.kind !== "ParsedRow" || right.kind !== "ParsedRow") throw notARow(context, "=", left, right, position);
  checkLengths(context.binding, left, right, position);
  const parts = left.items.map((item, index) => bindDistinctFrom(context, { ...parsed, left: item, right: right.items[index]! }));
  if (parts.length < 2) return parts[0] ?? constant(negated, BOOLEAN);
  return negated ? both(...parts) : either(...parts);
}

/** A row is NULL where all of its fields are, and not NULL where none is. */
export function bindRowIsNull(row: ParsedRow, parsed: ParsedIs, bindIs: (field: ParsedIs) => BoundExpression): BoundExpression {
  const parts = row.items.map((operand) => bindIs({ ...parsed, operand, position: startOf(operand) }));
  if (parts.length < 2) return parts[0] ?? constant(true, BOOLEAN);
  return both(...parts);
}

const ENDS = ["left", "right"] as const;
/** What periods may consist of, and the function that compares them. */
const PERIODS: ReadonlyMap<string, SqlType> = new Map([
  ["date", plainType("timestamp without time zone")],
  ["timestamp without time zone", plainType("timestamp without time zone")],
  ["timestamp with time zone", plainType("timestamp with time zone")],
  ["time without time zone", plainType("time without time zone")],
]);

/** `(start, end) OVERLAPS (start, length)` */
function bindOverlaps(context: Context, left: ParsedExpression, right: ParsedExpression, position: number): BoundExpression {
  const { binding } = context;
  const ends = [left, right].map((side, index) => {
    if (side.kind === "ParsedRow" && side.items.length === 2) return bindPeriod(context, side, position);
    throw binding.error("42601", `wrong number of parameters on ${ENDS[index]} side of OVERLAPS expression`, position);
  });
  const operands = ends.flat();
  const types = operands.map(({ type }) => type);
  const common = commonType(types);
  const type = "left" in common ? undefined : PERIODS.get(common.name);
  if (type === undefined) {
    const written = `overlaps(${types.map(formatPlainType).join(", ")})`;
    throw binding.error("42883", `function pg_catalog.${written} does not exist (HINT: ${HINT.replace("operator", "function")})`, position);
  }
  const flags = { tagged: true, nullable: [0, 1, 2, 3] };
  const row = entry("function", "overlaps", [type, type, type, type], BOOLEAN, engine("periods_overlap", flags), flags);
  return applyRow(binding, row, operands);
}

/** The two ends of a period; an untyped one is of the other's type. */
function bindPeriod(context: Context, row: ParsedRow, position: number): readonly BoundExpression[] {
  const { binding } = context;
  const [start, end] = row.items.map((item) => bindExpression(context, item)) as [BoundExpression, BoundExpression];
  if (end.type.name !== "interval") return [start, end];
  const added = bindOperator(binding, "+", [start, end], position);
  return [coerceImplicitly(binding, start, added.type), added];
}
