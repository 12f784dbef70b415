/**
 * Names of types: from what a statement says to `SqlType`, and back to what PostgreSQL's `format_type` prints.
 *
 * Aliases are PostgreSQL's (documentation, "Data Types", table 8.1, and the internal names of pg_type). The rules for modifiers and
 * their messages are those of the types' typmod functions. An interval's modifiers are its fields as a mask (INTERVAL_*), then
 * its precision.
 *
 * What is wrong with a name is a value here: only the caller knows where in the statement it stands.
 */
import { arrayOf, plainType, type SqlType, type TypeName } from "./type.ts";

/** What is wrong with a type's name or modifiers. */
export interface TypeProblem {
  readonly state: string;
  readonly message: string;
}

/** Fields of `INTERVAL ... TO ...`, as bits of the first modifier. */
export const INTERVAL_MONTH = 1 << 1;
export const INTERVAL_YEAR = 1 << 2;
export const INTERVAL_DAY = 1 << 3;
export const INTERVAL_HOUR = 1 << 10;
export const INTERVAL_MINUTE = 1 << 11;
export const INTERVAL_SECOND = 1 << 12;
/** All of them: no restriction, where only a precision is given. */
export const INTERVAL_ALL = 0x7fff;

const FIELDS: readonly (readonly [string, number])[] = [
  ["YEAR", INTERVAL_YEAR],
  ["MONTH", INTERVAL_MONTH],
  ["DAY", INTERVAL_DAY],
  ["HOUR", INTERVAL_HOUR],
  ["MINUTE", INTERVAL_MINUTE],
  ["SECOND", INTERVAL_SECOND],
];

const NUMERIC_PRECISION_MAX = 1000;
const TEXT_LENGTH_MAX = 10485760;
const SECONDS_PRECISION_MAX = 6;

/** Every spelling → the type's name and its name in pg_type, by which PostgreSQL calls the column of a cast. */
const ALIASES: Readonly<Record<string, readonly [Exclude<TypeName, "array">, string]>> = {
  boolean: ["boolean", "bool"],
  bool: ["boolean", "bool"],
  smallint: ["smallint", "int2"],
  int2: ["smallint", "int2"],
  integer: ["integer", "int4"],
  int: ["integer", "int4"],
  int4: ["integer", "int4"],
  bigint: ["bigint", "int8"],
  int8: ["bigint", "int8"],
  real: ["real", "float4"],
  float4: ["real", "float4"],
  "double precision": ["double precision", "float8"],
  float: ["double precision", "float8"],
  float8: ["double precision", "float8"],
  numeric: ["numeric", "numeric"],
  decimal: ["numeric", "numeric"],
  dec: ["numeric", "numeric"],
  text: ["text", "text"],
  // A relation is its name: nothing is looked up before it is used.
  regclass: ["text", "regclass"],
  "character varying": ["character varying", "varchar"],
  "char varying": ["character varying", "varchar"],
  varchar: ["character varying", "varchar"],
  character: ["character", "bpchar"],
  char: ["character", "bpchar"],
  bpchar: ["character", "bpchar"],
  date: ["date", "date"],
  time: ["time without time zone", "time"],
  "time without time zone": ["time without time zone", "time"],
  timestamp: ["timestamp without time zone", "timestamp"],
  "timestamp without time zone": ["timestamp without time zone", "timestamp"],
  timestamptz: ["timestamp with time zone", "timestamptz"],
  "timestamp with time zone": ["timestamp with time zone", "timestamptz"],
  interval: ["interval", "interval"],
  uuid: ["uuid", "uuid"],
  bytea: ["bytea", "bytea"],
  json: ["json", "json"],
  jsonb: ["jsonb", "jsonb"],
};

/** PostgreSQL's types that this dialect knows of and does not have. */
const ABSENT: ReadonlySet<string> = new Set(
  `time with time zone,timetz,money,bit,bit varying,varbit,xml,inet,cidr,macaddr,macaddr8,point,line,lseg,box,path,polygon,circle,
  tsvector,tsquery,oid,regclass,regtype,regproc,name,int4range,int8range,numrange,tsrange,tstzrange,daterange,national character,
  nchar`.split(/,\s*/),
);

export interface WrittenType {
  readonly name: readonly string[];
  readonly modifiers: readonly number[];
  readonly fields: string | undefined;
  readonly dimensions: number;
}

/** The type that a statement names. Arrays of arrays are arrays of one type of element, as in PostgreSQL. */
export function typeNamed(written: WrittenType): SqlType | TypeProblem {
  const element = elementNamed(written);
  if ("state" in element || written.dimensions === 0) return element;
  return arrayOf(element);
}

/** The name by which pg_type knows it: `int4`, `varchar`; what is unknown stays as it is. */
export function internalName(name: string): string {
  return ALIASES[name]?.[1] ?? name;
}

function elementNamed({ name, modifiers, fields }: WrittenType): SqlType | TypeProblem {
  const last = name[name.length - 1] ?? "";
  const qualified = name.length > 1 && name[0] !== "pg_catalog";
  const alias = qualified ? undefined : ALIASES[last];
  if (alias === undefined) {
    if (ABSENT.has(last)) return { state: "0A000", message: `type "${last}" is not supported` };
    return { state: "42704", message: `type "${name.join(".")}" does not exist` };
  }
  if (last === "float" && modifiers.length > 0) return floatOf(modifiers[0]!);
  return modified(alias[0], modifiers, fields, last === "bpchar");
}

function modified(
  name: Exclude<TypeName, "array">,
  modifiers: readonly number[],
  fields: string | undefined,
  unlimited: boolean,
): SqlType | TypeProblem {
  switch (name) {
    case "character varying":
      return modifiers.length === 0 ? plainType(name) : lengthOf(name, "varchar", modifiers);
    case "character":
      if (modifiers.length === 0) return unlimited ? plainType(name) : withModifiers(name, [1]);
      return lengthOf(name, "char", modifiers);
    case "numeric":
      return numericOf(modifiers);
    case "time without time zone":
    case "timestamp without time zone":
    case "timestamp with time zone":
      return modifiers.length === 0 ? plainType(name) : withModifiers(name, [Math.min(modifiers[0]!, SECONDS_PRECISION_MAX)]);
    case "interval":
      return intervalOf(modifiers, fields);
    default:
      if (modifiers.length === 0) return plainType(name);
      return { state: "42601", message: `type modifier is not allowed for type "${internalName(name)}"` };
  }
}

function withModifiers(name: TypeName, modifiers: readonly number[]): SqlType {
  return { name, modifiers, element: undefined };
}

function lengthOf(name: TypeName, word: string, modifiers: readonly number[]): SqlType | TypeProblem {
  if (modifiers.length > 1) return { state: "22023", message: "invalid type modifier" };
  const length = modifiers[0]!;
  if (length < 1) return { state: "22023", message: `length for type ${word} must be at least 1` };
  if (length > TEXT_LENGTH_MAX) return { state: "22023", message: `length for type ${word} cannot exceed ${TEXT_LENGTH_MAX}` };
  return withModifiers(name, [length]);
}

function numericOf(modifiers: readonly number[]): SqlType | TypeProblem {
  if (modifiers.length === 0) return plainType("numeric");
  if (modifiers.length > 2) return { state: "22023", message: "invalid NUMERIC type modifier" };
  const [precision, scale = 0] = modifiers as [number, number?];
  if (precision < 1 || precision > NUMERIC_PRECISION_MAX)
    return { state: "22023", message: `NUMERIC precision ${precision} must be between 1 and ${NUMERIC_PRECISION_MAX}` };
  if (Math.abs(scale) > NUMERIC_PRECISION_MAX)
    return { state: "22023", message: `NUMERIC scale ${scale} must be between -${NUMERIC_PRECISION_MAX} and ${NUMERIC_PRECISION_MAX}` };
  return withModifiers("numeric", [precision, scale]);
}

function floatOf(bits: number): SqlType | TypeProblem {
  if (bits < 1) return { state: "22023", message: "precision for type float must be at least 1 bit" };
  if (bits > 53) return { state: "22023", message: "precision for type float must be less than 54 bits" };
  return plainType(bits <= 24 ? "real" : "double precision");
}

function intervalOf(modifiers: readonly number[], fields: string | undefined): SqlType | TypeProblem {
  if (fields === undefined && modifiers.length === 0) return plainType("interval");
  const mask = fields === undefined ? INTERVAL_ALL : intervalMask(fields);
  if (modifiers.length === 0) return withModifiers("interval", [mask]);
  return withModifiers("interval", [mask, Math.min(modifiers[0]!, SECONDS_PRECISION_MAX)]);
}

/** `DAY TO SECOND` → the bits from DAY to SECOND. YEAR TO MONTH has no fields between. */
function intervalMask(fields: string): number {
  const words = fields.toUpperCase().split(" TO ");
  const from = FIELDS.findIndex(([word]) => word === words[0]);
  const to = FIELDS.findIndex(([word]) => word === (words[1] ?? words[0]));
  let mask = 0;
  for (let at = from; at <= to; at++) mask |= FIELDS[at]![1];
  return mask;
}

/** The smallest field of a restricted interval, as a unit: what a bare number counts (`INTERVAL '1' DAY`). */
export function intervalUnit({ name, modifiers }: SqlType): string | undefined {
  const [mask] = modifiers;
  if (name !== "interval" || mask === undefined || mask === INTERVAL_ALL) return undefined;
  return FIELDS.findLast(([, bit]) => (mask & bit) !== 0)?.[0].toLowerCase();
}

/** As `format_type` prints it: `numeric(10,2)`, `timestamp(3) without time zone`, `integer[]`. */
export function formatType(type: SqlType): string {
  if (type.element !== undefined) return `${formatType(type.element)}[]`;
  const [first, second] = type.modifiers;
  if (first === undefined) return type.name;
  switch (type.name) {
    case "numeric":
      return `numeric(${first},${second ?? 0})`;
    case "time without time zone":
    case "timestamp without time zone":
    case "timestamp with time zone": {
      const space = type.name.indexOf(" ");
      return `${type.name.slice(0, space)}(${first})${type.name.slice(space)}`;
    }
    case "interval":
      return `interval${formatFields(first)}${second === undefined ? "" : `(${second})`}`;
    default:
      return `${type.name}(${first})`;
  }
}

function formatFields(mask: number): string {
  if (mask === INTERVAL_ALL) return "";
  const names = FIELDS.filter(([, bit]) => (mask & bit) !== 0).map(([word]) => word.toLowerCase());
  return names.length < 2 ? ` ${names[0] ?? ""}` : ` ${names[0]} to ${names[names.length - 1]}`;
}

/** Without modifiers, as messages about operators and functions print it. */
export function formatPlainType(type: SqlType): string {
  return type.element === undefined ? type.name : `${formatPlainType(type.element)}[]`;
}
