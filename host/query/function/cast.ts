/**
 * Casts: which type becomes which, in what context, by which function (pg_cast).
 *
 * Contexts: `implicit` casts happen in any expression, `assignment` casts also where a value is stored, `explicit` ones only where a
 * statement says CAST or `::`. Casts between text and every other type are PostgreSQL's I/O casts: to text in assignments, from text
 * explicitly.
 *
 * `any`: whatever becomes `any` is put into a box (`to_any`). The other way there are two sorts (host/query/README.md, "Dynamic
 * values"): CAST goes by the value and may fail (`<type>_from_any`); where an expression merely needs the type, a value of
 * another kind is NULL (`<type>_of_any`).
 */
import { ELEMENT_INTEGER, ELEMENT_REAL, ELEMENT_SMALLINT } from "../../../assembly/abi/record.ts";
import { type SqlType, slotOf, type TypeName } from "../type/type.ts";
import type { FunctionEntry, Implementation } from "./entry.ts";
import { engine, entry, inline } from "./row.ts";

export type CastContext = "implicit" | "assignment" | "explicit";

export interface Cast {
  readonly context: CastContext;
  readonly function: FunctionEntry;
}

type Row = readonly [from: TypeName, to: TypeName, context: CastContext, by: Implementation];

const TIMESTAMP = "timestamp without time zone";
const TIMESTAMPTZ = "timestamp with time zone";
const TIME = "time without time zone";
const SAME = inline("identity");
const FAILS = { fails: true };

/** Casts between numbers, and between numbers and booleans. */
const NUMBER_ROWS: readonly Row[] = [
  ["smallint", "integer", "implicit", SAME],
  ["smallint", "bigint", "implicit", SAME],
  ["integer", "bigint", "implicit", SAME],
  ["integer", "smallint", "assignment", inline("smallint_from_bigint", true)],
  ["bigint", "smallint", "assignment", inline("smallint_from_bigint", true)],
  ["bigint", "integer", "assignment", inline("integer_from_bigint", true)],
  ["smallint", "real", "implicit", inline("real_from_bigint")],
  ["integer", "real", "implicit", inline("real_from_bigint")],
  ["bigint", "real", "implicit", inline("real_from_bigint")],
  ["smallint", "double precision", "implicit", inline("double_from_bigint")],
  ["integer", "double precision", "implicit", inline("double_from_bigint")],
  ["bigint", "double precision", "implicit", inline("double_from_bigint")],
  ["smallint", "numeric", "implicit", engine("numeric_from_bigint", FAILS)],
  ["integer", "numeric", "implicit", engine("numeric_from_bigint", FAILS)],
  ["bigint", "numeric", "implicit", engine("numeric_from_bigint", FAILS)],
  ["real", "double precision", "implicit", SAME],
  ["double precision", "real", "assignment", inline("real_from_double", true)],
  ["numeric", "real", "implicit", engine("real_from_numeric", FAILS)],
  ["numeric", "double precision", "implicit", engine("double_from_numeric", FAILS)],
  ["real", "numeric", "assignment", engine("numeric_from_real", FAILS)],
  ["double precision", "numeric", "assignment", engine("numeric_from_double", FAILS)],
  ["real", "smallint", "assignment", inline("smallint_from_double", true)],
  ["real", "integer", "assignment", inline("integer_from_double", true)],
  ["real", "bigint", "assignment", inline("bigint_from_double", true)],
  ["double precision", "smallint", "assignment", inline("smallint_from_double", true)],
  ["double precision", "integer", "assignment", inline("integer_from_double", true)],
  ["double precision", "bigint", "assignment", inline("bigint_from_double", true)],
  ["numeric", "smallint", "assignment", engine("smallint_from_numeric", FAILS)],
  ["numeric", "integer", "assignment", engine("integer_from_numeric", FAILS)],
  ["numeric", "bigint", "assignment", engine("bigint_from_numeric", FAILS)],
  ["integer", "boolean", "explicit", inline("boolean_from_bigint")],
  ["boolean", "integer", "explicit", inline("bigint_from_boolean")],
];

const TEXT_ROWS: readonly Row[] = [
  ["text", "character varying", "implicit", SAME],
  ["character varying", "text", "implicit", SAME],
  ["text", "character", "implicit", SAME],
  ["character varying", "character", "implicit", SAME],
  ["character", "text", "implicit", engine("text_from_character")],
  ["character", "character varying", "implicit", engine("text_from_character")],
];

const DATETIME_ROWS: readonly Row[] = [
  ["date", TIMESTAMP, "implicit", engine("timestamp_from_date", FAILS)],
  ["date", TIMESTAMPTZ, "implicit", engine("timestamptz_from_date", FAILS)],
  [TIMESTAMP, TIMESTAMPTZ, "implicit", engine("timestamptz_from_timestamp", FAILS)],
  [TIMESTAMP, "date", "assignment", engine("date_from_timestamp", FAILS)],
  [TIMESTAMP, TIME, "assignment", engine("time_from_timestamp", { tagged: true })],
  [TIMESTAMPTZ, TIMESTAMP, "assignment", engine("timestamp_from_timestamptz", FAILS)],
  [TIMESTAMPTZ, "date", "assignment", engine("date_from_timestamptz", FAILS)],
  [TIMESTAMPTZ, TIME, "assignment", engine("time_from_timestamptz", { tagged: true })],
  [TIME, "interval", "implicit", engine("interval_from_time", FAILS)],
  ["interval", TIME, "assignment", engine("time_from_interval", FAILS)],
];

const JSON_ROWS: readonly Row[] = [
  ["json", "jsonb", "assignment", SAME],
  ["jsonb", "json", "assignment", SAME],
  ["jsonb", "boolean", "explicit", engine("boolean_from_jsonb", FAILS)],
  ["jsonb", "smallint", "explicit", engine("smallint_from_jsonb", FAILS)],
  ["jsonb", "integer", "explicit", engine("integer_from_jsonb", FAILS)],
  ["jsonb", "bigint", "explicit", engine("bigint_from_jsonb", FAILS)],
  ["jsonb", "real", "explicit", engine("real_from_jsonb", FAILS)],
  ["jsonb", "double precision", "explicit", engine("double_from_jsonb", FAILS)],
  ["jsonb", "numeric", "explicit", engine("numeric_from_jsonb", FAILS)],
];

/** Types with an I/O cast, and the word by which their engine functions are named. */
const WORDS: Readonly<Partial<Record<TypeName, string>>> = {
  boolean: "boolean",
  smallint: "smallint",
  integer: "integer",
  bigint: "bigint",
  real: "real",
  "double precision": "double",
  numeric: "numeric",
  date: "date",
  [TIME]: "time",
  [TIMESTAMP]: "timestamp",
  [TIMESTAMPTZ]: "timestamptz",
  interval: "interval",
  uuid: "uuid",
  bytea: "bytea",
  json: "json",
  jsonb: "jsonb",
};

/** All integers print alike. */
const PRINTED: Readonly<Partial<Record<TypeName, string>>> = { smallint: "bigint", integer: "bigint", json: "jsonb" };

const TEXT_TYPES: readonly TypeName[] = ["text", "character varying", "character"];

const ROWS: ReadonlyMap<string, Row> = new Map(
  [...NUMBER_ROWS, ...TEXT_ROWS, ...DATETIME_ROWS, ...JSON_ROWS].map((row) => [`${row[0]}>${row[1]}`, row]),
);

/** The cast from one type to another, modifiers apart; undefined where there is none. Arrays: see `castArray`. */
export function findCast(from: SqlType, to: SqlType): Cast | undefined {
  const row = ROWS.get(`${from.name}>${to.name}`);
  if (row !== undefined) return cast(from, to, row[2], row[3]);
  if (to.name === "any") return cast(from, to, "implicit", inline("to_any"));
  if (from.name === "any") return castFromAny(from, to);
  if (from.name === "array" || to.name === "array") return castArray(from, to);
  const source = WORDS[from.name];
  const target = WORDS[to.name];
  if (source !== undefined && TEXT_TYPES.includes(to.name)) {
    // boolean has a function of its own for this, an assignment cast all the same.
    return cast(from, to, "assignment", engine(`text_from_${PRINTED[from.name] ?? source}`));
  }
  if (target !== undefined && TEXT_TYPES.includes(from.name)) {
    const volatility = from.name === "text" && (to.name === TIMESTAMPTZ || to.name === "date") ? "stable" : "immutable";
    return cast(from, to, "explicit", engine(`${target}_from_text`, FAILS), volatility);
  }
  return undefined;
}

/** What an expression that needs a type makes of a dynamic value: NULL where it is of another kind. */
export function softCast(from: SqlType, to: SqlType): FunctionEntry {
  const flags = { tagged: true };
  return entry("cast", to.name, [from], to, engine(`${anyWord(to)}_of_any`, flags), flags);
}

function castFromAny(from: SqlType, to: SqlType): Cast | undefined {
  if (to.name === "record" || to.name === "unknown") return undefined;
  const extra = to.element === undefined ? [] : [elementKind(to.element)];
  return cast(from, to, "assignment", engine(`${anyWord(to)}_from_any`, { fails: true, tagged: true }, extra));
}

function anyWord(type: SqlType): string {
  if (TEXT_TYPES.includes(type.name)) return "text";
  return WORDS[type.name] ?? type.name;
}

/** Arrays: to and from text, to JSON, and to arrays whose elements are held alike. */
function castArray(from: SqlType, to: SqlType): Cast | undefined {
  if (from.element !== undefined && to.element !== undefined) {
    const element = findCast(from.element, to.element);
    if (element === undefined || slotOf(from.element) !== slotOf(to.element)) return undefined;
    const { implementation } = element.function;
    if (implementation.kind !== "inline" || implementation.name !== "identity") return undefined;
    return cast(from, to, element.context, SAME);
  }
  if (from.element !== undefined && TEXT_TYPES.includes(to.name))
    return cast(from, to, "assignment", engine("text_from_array", FAILS, [slotOf(from.element)]));
  if (to.element !== undefined && TEXT_TYPES.includes(from.name)) {
    return cast(from, to, "explicit", engine("array_from_text", FAILS, [elementKind(to.element)]));
  }
  return undefined;
}

/** What an array's elements are read as: the number types that share a slot differ in their ranges. */
function elementKind(element: SqlType): number {
  if (element.name === "smallint") return ELEMENT_SMALLINT;
  if (element.name === "integer") return ELEMENT_INTEGER;
  return element.name === "real" ? ELEMENT_REAL : slotOf(element);
}

function cast(from: SqlType, to: SqlType, context: CastContext, by: Implementation, volatility?: FunctionEntry["volatility"]): Cast {
  return { context, function: entry("cast", to.name, [from], to, by, volatility === undefined ? {} : { volatility }) };
}

/** Fits a value to its type's modifiers (length, precision); undefined where there is nothing to do. */
export function modifierCast(type: SqlType, explicit: boolean): FunctionEntry | undefined {
  const [first, second] = type.modifiers;
  if (first === undefined) return undefined;
  const by = (name: string, ...extra: number[]) => entry("cast", type.name, [type], type, engine(name, FAILS, extra), {});
  switch (type.name) {
    case "character varying":
      return by("varchar_fit", first, explicit ? 1 : 0);
    case "character":
      return by("character_fit", first, explicit ? 1 : 0);
    case "numeric":
      return by("numeric_fit", first, second ?? 0);
    case "time without time zone":
      return by("time_fit", first);
    case "timestamp without time zone":
    case "timestamp with time zone":
      return by("timestamp_fit", first);
    case "interval":
      return by("interval_fit", first, second ?? -1);
    default:
      return undefined;
  }
}
