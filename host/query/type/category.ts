/**
 * Categories and preferred types (pg_type.typcategory, typispreferred): what PostgreSQL's rules for choosing among operators and
 * functions look at (documentation, "Type Conversion").
 *
 * `any` has a category of its own. Like `unknown` it takes any type; unlike it, it says so only at run time.
 */
import type { SqlType, TypeName } from "./type.ts";

export type TypeCategory = "boolean" | "numeric" | "string" | "datetime" | "timespan" | "user" | "array" | "composite" | "unknown" | "any";

const CATEGORIES: Readonly<Record<TypeName, TypeCategory>> = {
  unknown: "unknown",
  any: "any",
  boolean: "boolean",
  smallint: "numeric",
  integer: "numeric",
  bigint: "numeric",
  real: "numeric",
  "double precision": "numeric",
  numeric: "numeric",
  text: "string",
  "character varying": "string",
  character: "string",
  date: "datetime",
  "time without time zone": "datetime",
  "timestamp without time zone": "datetime",
  "timestamp with time zone": "datetime",
  interval: "timespan",
  uuid: "user",
  bytea: "user",
  json: "user",
  jsonb: "user",
  array: "array",
  record: "composite",
  value: "any",
  map: "composite",
  node: "composite",
  relationship: "composite",
  path: "composite",
};

const PREFERRED: ReadonlySet<TypeName> = new Set(["boolean", "double precision", "text", "timestamp with time zone", "interval"]);

export function categoryOf(type: SqlType): TypeCategory {
  return CATEGORIES[type.name];
}

/** The type of its category to which others are converted when nothing else decides. */
export function isPreferred(type: SqlType): boolean {
  return PREFERRED.has(type.name);
}

/** The same type, whatever the modifiers. */
export function sameType(left: SqlType, right: SqlType): boolean {
  if (left.name !== right.name) return false;
  if (left.element === undefined || right.element === undefined) return left.element === right.element;
  return sameType(left.element, right.element);
}

/** The same type with the same modifiers. */
export function identicalType(left: SqlType, right: SqlType): boolean {
  return (
    sameType(left, right) &&
    left.modifiers.join() === right.modifiers.join() &&
    left.element?.modifiers.join() === right.element?.modifiers.join()
  );
}
