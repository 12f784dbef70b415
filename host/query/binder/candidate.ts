/**
 * Which of several operators, functions or aggregates of one name is meant: PostgreSQL's rules (documentation, "Type Conversion",
 * 10.2 and 10.3; func_select_candidate in parse_func.c).
 *
 * Besides them, for dynamic values: an argument of type `any` chooses rows that take `any` at its place, if there are some; else it
 * is treated as `unknown`. A row takes other types as `any` if one of the arguments is `any`, or if no row of that
 * name wants anything else at that place (to_jsonb). Between rows that stay open the one for `jsonb` is meant (@>). A parameter `any[]`
 * takes arrays of every type, an `any` beside it an element.
 *
 * Cost: O(candidates x arguments), a few passes.
 */
import { findCast } from "../function/cast.ts";
import { categoryOf, isPreferred, sameType, type TypeCategory } from "../type/category.ts";
import { plainType, type SqlType } from "../type/type.ts";

interface Candidate {
  readonly parameters: readonly SqlType[];
  readonly variadic?: boolean;
}

export type Choice<T> = { readonly kind: "one"; readonly row: T } | { readonly kind: "none" } | { readonly kind: "several" };

const ANY = plainType("any");

/** The type of the n-th argument; the last parameter of a variadic row is repeated. */
export function parameterType(row: Candidate, index: number): SqlType {
  return row.parameters[Math.min(index, row.parameters.length - 1)]!;
}

/** Whether an expression of the type becomes another one without CAST. */
export function coercesImplicitly(from: SqlType, to: SqlType): boolean {
  if (sameType(from, to) || from.name === "unknown" || from.name === "any") return true;
  if (isAnyArray(to)) return from.name === "array";
  return to.name !== "any" && findCast(from, to)?.context === "implicit";
}

/** The parameter type of functions that take arrays of every type. */
export function isAnyArray(type: SqlType): boolean {
  return type.element?.name === "any";
}

export function chooseCandidate<T extends Candidate>(rows: readonly T[], types: readonly SqlType[], operator: boolean): Choice<T> {
  const fitting = rows.filter((row) => takes(row, types.length));
  const exact = fitting.find((row) => types.every((type, index) => sameType(type, parameterType(row, index))));
  if (exact !== undefined) return { kind: "one", row: exact };
  if (operator && types.length === 2) {
    const assumed = exactWithUnknown(fitting, types);
    if (assumed !== undefined) return { kind: "one", row: assumed };
  }
  const applicable = preferDynamic(
    fitting.filter((row) => isApplicable(row, fitting, types)),
    types,
  );
  return select(applicable, types);
}

function takes(row: Candidate, count: number): boolean {
  return row.variadic ? count >= row.parameters.length : row.parameters.length === count;
}

/** `x = 'literal'`: the unknown side is of the other's type, if there is such an operator. */
function exactWithUnknown<T extends Candidate>(rows: readonly T[], [left, right]: readonly SqlType[]): T | undefined {
  if (left === undefined || right === undefined || (left.name === "unknown") === (right.name === "unknown")) return undefined;
  const type = left.name === "unknown" ? right : left;
  return rows.find((row) => row.parameters.every((parameter) => sameType(parameter, type)));
}

function isApplicable(row: Candidate, rows: readonly Candidate[], types: readonly SqlType[]): boolean {
  const dynamic = types.some((type) => type.name === "any");
  return types.every((type, index) => {
    const parameter = parameterType(row, index);
    if (parameter.name !== "any" || type.name === "any") return coercesImplicitly(type, parameter);
    return dynamic || row.parameters.some(isAnyArray) || rows.every((other) => parameterType(other, index).name === "any");
  });
}

/** Where an argument is dynamic, rows for dynamic values are meant. */
function preferDynamic<T extends Candidate>(rows: readonly T[], types: readonly SqlType[]): readonly T[] {
  const places = types.flatMap((type, index) => (type.name === "any" ? [index] : []));
  if (places.length === 0) return rows;
  const dynamic = rows.filter((row) => places.every((index) => parameterType(row, index).name === "any"));
  return dynamic.length > 0 ? dynamic : rows;
}

function select<T extends Candidate>(applicable: readonly T[], types: readonly SqlType[]): Choice<T> {
  let rows = applicable;
  if (rows.length === 0) return { kind: "none" };
  // Rule 4.c: most exact matches. 4.d: most exact or preferred ones.
  rows = keepMost(rows, types, (type, parameter) => sameType(type, parameter));
  if (rows.length === 1) return { kind: "one", row: rows[0]! };
  rows = keepMost(rows, types, (type, parameter) => sameType(type, parameter) || (isPreferred(parameter) && sameCategory(type, parameter)));
  if (rows.length === 1) return { kind: "one", row: rows[0]! };
  rows = byCategory(rows, types);
  if (rows.length === 1) return { kind: "one", row: rows[0]! };
  const last = byKnownType(rows, types) ?? ofDocuments(rows, types);
  return last === undefined ? { kind: "several" } : { kind: "one", row: last };
}

function keepMost<T extends Candidate>(
  rows: readonly T[],
  types: readonly SqlType[],
  matches: (type: SqlType, parameter: SqlType) => boolean,
): readonly T[] {
  const counts = rows.map((row) => types.filter((type, index) => !isFlexible(type) && matches(type, parameterType(row, index))).length);
  const most = Math.max(...counts);
  return rows.filter((_, index) => counts[index] === most);
}

function isFlexible(type: SqlType): boolean {
  return type.name === "unknown" || type.name === "any";
}

function sameCategory(left: SqlType, right: SqlType): boolean {
  return categoryOf(left) === categoryOf(right);
}

/** Rule 4.e: at each unknown place strings win, else the category that all agree on; then its preferred type. */
function byCategory<T extends Candidate>(rows: readonly T[], types: readonly SqlType[]): readonly T[] {
  let kept = rows;
  for (const [index, type] of types.entries()) {
    if (!isFlexible(type)) continue;
    const category = placeCategory(kept, index);
    if (category === undefined) return rows;
    const inCategory = kept.filter((row) => categoryOf(parameterType(row, index)) === category);
    const preferred = inCategory.filter((row) => isPreferred(parameterType(row, index)));
    kept = preferred.length > 0 ? preferred : inCategory;
  }
  return kept.length > 0 ? kept : rows;
}

function placeCategory(rows: readonly Candidate[], index: number): TypeCategory | undefined {
  const categories = new Set(rows.map((row) => categoryOf(parameterType(row, index))));
  if (categories.has("string")) return "string";
  return categories.size === 1 ? [...categories][0] : undefined;
}

/** Rule 4.f: if all known arguments have one type, the unknown ones are taken for that type. */
function byKnownType<T extends Candidate>(rows: readonly T[], types: readonly SqlType[]): T | undefined {
  const known = types.filter((type) => !isFlexible(type));
  const [first] = known;
  if (first === undefined || known.length === types.length || !known.every((type) => sameType(type, first))) return undefined;
  const taking = rows.filter((row) => types.every((_, index) => coercesImplicitly(first, parameterType(row, index))));
  return taking.length === 1 ? taking[0] : undefined;
}

/** Where all that is known is that one argument is a value of a document: the row for JSON. */
function ofDocuments<T extends Candidate>(rows: readonly T[], types: readonly SqlType[]): T | undefined {
  if (!types.every(isFlexible) || !types.some(({ name }) => name === "any")) return undefined;
  return rows.find((row) => types.every((_, index) => parameterType(row, index).name === "jsonb"));
}

/** One type for several expressions: CASE, UNION, VALUES, COALESCE, IN (documentation, "UNION, CASE, and Related Constructs"). */
export function commonType(types: readonly SqlType[]): SqlType | { readonly left: SqlType; readonly right: SqlType } {
  if (types.some((type) => type.name === "any")) return ANY;
  const known = types.filter((type) => type.name !== "unknown");
  let chosen = known[0];
  if (chosen === undefined) return plainType("text");
  for (const type of known.slice(1)) {
    if (sameType(chosen, type)) continue;
    if (!sameCategory(chosen, type)) return { left: chosen, right: type };
    if (!isPreferred(chosen) && coercesImplicitly(chosen, type) && !coercesImplicitly(type, chosen)) chosen = type;
  }
  const first = known[0]!;
  const identical = known.every((type) => sameType(type, first) && type.modifiers.join() === first.modifiers.join());
  return identical && known.length === types.length ? first : { ...chosen, modifiers: [] };
}
