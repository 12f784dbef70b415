/**
 * SQL's types: what the binder reasons about, and how compiled plans hold their values.
 *
 * `any` is the type of what no table declares: a field of a schemaless document, the `id` of its key. Its values carry their
 * kind along at run time (host/query/README.md, "Dynamic values").
 */
import {
  SLOT_ARRAY,
  SLOT_BOOLEAN,
  SLOT_BYTEA,
  SLOT_DATE,
  SLOT_DOUBLE,
  SLOT_INTEGER,
  SLOT_INTERVAL,
  SLOT_JSON,
  SLOT_NODE,
  SLOT_NONE,
  SLOT_NUMERIC,
  SLOT_PATH,
  SLOT_RELATIONSHIP,
  SLOT_TEXT,
  SLOT_TIME,
  SLOT_TIMESTAMP,
  SLOT_TIMESTAMPTZ,
  SLOT_UUID,
} from "../../../assembly/abi/record.ts";

/**
 * Names as PostgreSQL prints them (`format_type`); `unknown` is an untyped literal, `any` is ours. From `value` on they are Cypher's: a
 * dynamic value with openCypher's rules, and what the binder knows more of. A list is an array of values; INTEGER, FLOAT, STRING and
 * BOOLEAN are bigint, double precision, text and boolean.
 */
export type TypeName =
  | "unknown"
  | "any"
  | "boolean"
  | "smallint"
  | "integer"
  | "bigint"
  | "real"
  | "double precision"
  | "numeric"
  | "text"
  | "character varying"
  | "character"
  | "date"
  | "time without time zone"
  | "timestamp without time zone"
  | "timestamp with time zone"
  | "interval"
  | "uuid"
  | "bytea"
  | "json"
  | "jsonb"
  | "array"
  | "record"
  | "value"
  | "map"
  | "node"
  | "relationship"
  | "path";

export interface SqlType {
  readonly name: TypeName;
  /** varchar(n), char(n): [n]; numeric(p, s): [p, s]; timestamp(p): [p]; else empty. */
  readonly modifiers: readonly number[];
  /** Of an array. */
  readonly element: SqlType | undefined;
}

/**
 * How a value is held in compiled code: `i32` (boolean: 0 or 1), `i64` (integers, days, microseconds), `f64`, `word` (an i64,
 * abi/record.ts), `any` (a tag SLOT_* and an i64 payload: what a slot of that kind holds, words absolute).
 * Besides its value each expression that may be NULL has an i32 that is 0 for NULL: of `any` its tag, else 1.
 */
export type Machine = "i32" | "i64" | "f64" | "word" | "any";

interface TypeFacts {
  readonly machine: Machine;
  readonly slot: number;
}

const FACTS: Readonly<Record<TypeName, TypeFacts>> = {
  unknown: { machine: "word", slot: SLOT_TEXT },
  any: { machine: "any", slot: SLOT_NONE },
  boolean: { machine: "i32", slot: SLOT_BOOLEAN },
  smallint: { machine: "i64", slot: SLOT_INTEGER },
  integer: { machine: "i64", slot: SLOT_INTEGER },
  bigint: { machine: "i64", slot: SLOT_INTEGER },
  real: { machine: "f64", slot: SLOT_DOUBLE },
  "double precision": { machine: "f64", slot: SLOT_DOUBLE },
  numeric: { machine: "word", slot: SLOT_NUMERIC },
  text: { machine: "word", slot: SLOT_TEXT },
  "character varying": { machine: "word", slot: SLOT_TEXT },
  character: { machine: "word", slot: SLOT_TEXT },
  date: { machine: "i64", slot: SLOT_DATE },
  "time without time zone": { machine: "i64", slot: SLOT_TIME },
  "timestamp without time zone": { machine: "i64", slot: SLOT_TIMESTAMP },
  "timestamp with time zone": { machine: "i64", slot: SLOT_TIMESTAMPTZ },
  interval: { machine: "word", slot: SLOT_INTERVAL },
  uuid: { machine: "word", slot: SLOT_UUID },
  bytea: { machine: "word", slot: SLOT_BYTEA },
  json: { machine: "word", slot: SLOT_JSON },
  jsonb: { machine: "word", slot: SLOT_JSON },
  array: { machine: "word", slot: SLOT_ARRAY },
  record: { machine: "word", slot: SLOT_JSON },
  value: { machine: "any", slot: SLOT_NONE },
  map: { machine: "word", slot: SLOT_JSON },
  node: { machine: "i64", slot: SLOT_NODE },
  relationship: { machine: "i64", slot: SLOT_RELATIONSHIP },
  path: { machine: "word", slot: SLOT_PATH },
};

/** How compiled code holds values of the type. */
export function machineOf(type: SqlType): Machine {
  return FACTS[type.name].machine;
}

/** SLOT_* in which a record or a result row holds values of the type; SLOT_NONE for `any`. */
export function slotOf(type: SqlType): number {
  return FACTS[type.name].slot;
}

/** A type without modifiers. */
export function plainType(name: Exclude<TypeName, "array">): SqlType {
  return PLAIN[name];
}

/** Whether values of the type are compared and sorted as openCypher's, whatever they hold: `value` itself, lists, maps and paths. */
export function isCypherValue({ name, element }: SqlType): boolean {
  return name === "value" || name === "map" || name === "path" || (name === "array" && element?.name === "value");
}

export function arrayOf(element: SqlType): SqlType {
  return { name: "array", modifiers: [], element };
}

const PLAIN = Object.fromEntries(
  (Object.keys(FACTS) as TypeName[]).map((name) => [name, { name, modifiers: [], element: undefined }]),
) as unknown as Readonly<Record<TypeName, SqlType>>;
