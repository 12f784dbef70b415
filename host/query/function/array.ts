/**
 * Functions of arrays (assembly/runtime/array.ts). A parameter `any[]` takes every array, `any` beside it a value of its elements; what
 * is `any[]` or `any` in the result is of the argument's type (the binder casts).
 */
import { arrayOf, plainType } from "../type/type.ts";
import type { FunctionEntry } from "./entry.ts";
import { engineFunction, engineOperator } from "./row.ts";

const FAILS = { fails: true } as const;
const NULL = { tagged: true } as const;
const FAILS_NULL = { fails: true, tagged: true } as const;
const ARRAY = arrayOf(plainType("any"));
const TEXTS = arrayOf(plainType("text"));

/** Dimension, lower and upper bound. */
export const ARRAY_SLICE = engineFunction("array_slice", [ARRAY, "integer", "integer", "integer"], ARRAY, "array_slice", FAILS);
/** `array[integer] = any`. */
export const ARRAY_ASSIGN = engineFunction("array_assign", [ARRAY, "integer", "any"], ARRAY, "array_assign", FAILS);

export const ARRAY_FUNCTIONS: readonly FunctionEntry[] = [
  engineFunction("array_length", [ARRAY, "integer"], "integer", "array_length", NULL),
  engineFunction("array_upper", [ARRAY, "integer"], "integer", "array_length", NULL),
  engineFunction("array_lower", [ARRAY, "integer"], "integer", "array_lower", NULL),
  engineFunction("array_ndims", [ARRAY], "integer", "array_dimensions", NULL),
  engineFunction("cardinality", [ARRAY], "integer", "array_cardinality"),
  engineFunction("array_position", [ARRAY, "any"], "integer", "array_position", FAILS_NULL),
  engineFunction("array_position", [ARRAY, "any", "integer"], "integer", "array_position_from", FAILS_NULL),
  engineFunction("array_append", [ARRAY, "any"], ARRAY, "array_append", FAILS),
  engineFunction("array_prepend", ["any", ARRAY], ARRAY, "array_prepend", FAILS),
  engineFunction("array_cat", [ARRAY, ARRAY], ARRAY, "array_concat", FAILS),
  engineFunction("array_remove", [ARRAY, "any"], ARRAY, "array_remove", FAILS),
  engineFunction("array_replace", [ARRAY, "any", "any"], ARRAY, "array_replace", FAILS),
  engineFunction("array_to_string", [ARRAY, "text"], "text", "array_to_string", FAILS),
  engineFunction("array_to_string", [ARRAY, "text", "text"], "text", "array_to_string_null", { fails: true, nullable: [2] }),
  engineFunction("string_to_array", ["text", "text"], TEXTS, "string_to_array", { fails: true, nullable: [1] }),
  engineFunction("string_to_array", ["text", "text", "text"], TEXTS, "string_to_array_null", { fails: true, nullable: [1, 2] }),
  engineOperator("||", [ARRAY, ARRAY], ARRAY, "array_concat", FAILS),
  engineOperator("@>", [ARRAY, ARRAY], "boolean", "array_contains", FAILS),
  engineOperator("<@", [ARRAY, ARRAY], "boolean", "array_contained", FAILS),
  engineOperator("&&", [ARRAY, ARRAY], "boolean", "array_overlaps", FAILS),
];
