/**
 * Functions of patterns (assembly/runtime/pattern.ts): LIKE's escape, SIMILAR TO, regular expressions.
 */
import { arrayOf, plainType } from "../type/type.ts";
import type { FunctionEntry } from "./entry.ts";
import { engineFunction } from "./row.ts";

const FAILS = { fails: true } as const;
const FAILS_NULL = { fails: true, tagged: true } as const;
const TEXTS = arrayOf(plainType("text"));

export const PATTERN_FUNCTIONS: readonly FunctionEntry[] = [
  engineFunction("like_escape", ["text", "text"], "text", "text_like_escape", FAILS),
  engineFunction("similar_to_escape", ["text"], "text", "text_similar_escape_default", FAILS),
  engineFunction("similar_to_escape", ["text", "text"], "text", "text_similar_escape", FAILS),
  engineFunction("substring", ["text", "text"], "text", "text_regexp_substring", FAILS_NULL),
  engineFunction("substring", ["text", "text", "text"], "text", "text_similar_substring", FAILS_NULL),
  engineFunction("regexp_like", ["text", "text"], "boolean", "text_regexp", FAILS),
  engineFunction("regexp_like", ["text", "text", "text"], "boolean", "regexp_like", FAILS),
  engineFunction("regexp_match", ["text", "text"], TEXTS, "regexp_match", FAILS_NULL),
  engineFunction("regexp_match", ["text", "text", "text"], TEXTS, "regexp_match_flags", FAILS_NULL),
  engineFunction("regexp_replace", ["text", "text", "text"], "text", "regexp_replace", FAILS),
  engineFunction("regexp_replace", ["text", "text", "text", "text"], "text", "regexp_replace_flags", FAILS),
  engineFunction("regexp_count", ["text", "text"], "integer", "regexp_count", FAILS),
  engineFunction("regexp_instr", ["text", "text"], "integer", "regexp_instr", FAILS),
  engineFunction("regexp_substr", ["text", "text"], "text", "regexp_substr", FAILS_NULL),
  engineFunction("regexp_split_to_array", ["text", "text"], TEXTS, "regexp_split_to_array", FAILS),
];
