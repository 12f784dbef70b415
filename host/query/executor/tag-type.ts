/**
 * Types of dynamic values, by the tag that each carries at run time.
 */
import { plainType, type SqlType, type TypeName } from "../type/type.ts";

/** The type of an `any`'s value, by its tag. */
export function typeOfTag(tag: number): SqlType {
  return plainType(TAG_TYPES[tag] ?? "jsonb");
}

const TAG_TYPES: readonly (Exclude<TypeName, "array"> | undefined)[] = [
  undefined,
  "boolean",
  "bigint",
  "double precision",
  "double precision",
  "text",
  "numeric",
  "date",
  "time without time zone",
  "timestamp without time zone",
  "timestamp with time zone",
  "uuid",
  "bytea",
  "jsonb",
  "jsonb",
  "interval",
];
