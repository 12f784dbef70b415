/**
 * Functions of bytea and uuid, digests and encodings (assembly/runtime/binary.ts).
 */
import type { FunctionEntry } from "./entry.ts";
import { engineFunction } from "./row.ts";

const FAILS = { fails: true } as const;

export const BINARY_FUNCTIONS: readonly FunctionEntry[] = [
  engineFunction("length", ["bytea"], "integer", "text_octet_length"),
  engineFunction("octet_length", ["bytea"], "integer", "text_octet_length"),
  engineFunction("bit_length", ["bytea"], "integer", "text_bit_length"),
  engineFunction("substring", ["bytea", "integer"], "bytea", "bytea_substring_from", FAILS),
  engineFunction("substring", ["bytea", "integer", "integer"], "bytea", "bytea_substring", FAILS),
  engineFunction("substr", ["bytea", "integer"], "bytea", "bytea_substring_from", FAILS),
  engineFunction("substr", ["bytea", "integer", "integer"], "bytea", "bytea_substring", FAILS),
  engineFunction("get_byte", ["bytea", "integer"], "integer", "bytea_get_byte", FAILS),
  engineFunction("encode", ["bytea", "text"], "text", "bytea_encode", FAILS),
  engineFunction("decode", ["text", "text"], "bytea", "bytea_decode", FAILS),
  engineFunction("md5", ["text"], "text", "text_md5", FAILS),
  engineFunction("md5", ["bytea"], "text", "text_md5", FAILS),
  engineFunction("sha256", ["bytea"], "bytea", "bytea_sha256", FAILS),
  engineFunction("gen_random_uuid", [], "uuid", "uuid_random", { fails: true, volatility: "volatile" }),
];
