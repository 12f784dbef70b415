/**
 * Functions and operators of text (assembly/runtime/text.ts).
 */
import { arrayOf, plainType } from "../type/type.ts";
import type { FunctionEntry } from "./entry.ts";
import { engineFunction as scalar } from "./row.ts";

const FAILS = { fails: true } as const;
const TEXTS = arrayOf(plainType("text"));

export const TEXT_FUNCTIONS: readonly FunctionEntry[] = [
  scalar("length", ["text"], "integer", "text_length"),
  scalar("char_length", ["text"], "integer", "text_length"),
  scalar("character_length", ["text"], "integer", "text_length"),
  scalar("octet_length", ["text"], "integer", "text_octet_length"),
  scalar("bit_length", ["text"], "integer", "text_bit_length"),
  scalar("lower", ["text"], "text", "text_lower", FAILS),
  scalar("upper", ["text"], "text", "text_upper", FAILS),
  scalar("initcap", ["text"], "text", "text_initcap", FAILS),
  scalar("substring", ["text", "integer"], "text", "text_substring", FAILS),
  scalar("substring", ["text", "integer", "integer"], "text", "text_substring_for", FAILS),
  scalar("substr", ["text", "integer"], "text", "text_substring", FAILS),
  scalar("substr", ["text", "integer", "integer"], "text", "text_substring_for", FAILS),
  scalar("left", ["text", "integer"], "text", "text_left", FAILS),
  scalar("right", ["text", "integer"], "text", "text_right", FAILS),
  scalar("lpad", ["text", "integer", "text"], "text", "text_lpad", FAILS),
  scalar("lpad", ["text", "integer"], "text", "text_lpad_blank", FAILS),
  scalar("rpad", ["text", "integer", "text"], "text", "text_rpad", FAILS),
  scalar("rpad", ["text", "integer"], "text", "text_rpad_blank", FAILS),
  scalar("btrim", ["text", "text"], "text", "text_btrim", FAILS),
  scalar("btrim", ["text"], "text", "text_btrim_blank", FAILS),
  scalar("ltrim", ["text", "text"], "text", "text_ltrim", FAILS),
  scalar("ltrim", ["text"], "text", "text_ltrim_blank", FAILS),
  scalar("rtrim", ["text", "text"], "text", "text_rtrim", FAILS),
  scalar("rtrim", ["text"], "text", "text_rtrim_blank", FAILS),
  scalar("strpos", ["text", "text"], "integer", "text_position"),
  scalar("position", ["text", "text"], "integer", "text_position"),
  scalar("starts_with", ["text", "text"], "boolean", "text_starts_with"),
  scalar("replace", ["text", "text", "text"], "text", "text_replace", FAILS),
  scalar("reverse", ["text"], "text", "text_reverse", FAILS),
  scalar("repeat", ["text", "integer"], "text", "text_repeat", FAILS),
  scalar("split_part", ["text", "text", "integer"], "text", "text_split_part", FAILS),
  scalar("translate", ["text", "text", "text"], "text", "text_translate", FAILS),
  scalar("overlay", ["text", "text", "integer", "integer"], "text", "text_overlay", FAILS),
  scalar("overlay", ["text", "text", "integer"], "text", "text_overlay_all", FAILS),
  scalar("ascii", ["text"], "integer", "text_ascii"),
  scalar("chr", ["integer"], "text", "text_chr", FAILS),
  scalar("to_hex", ["integer"], "text", "integer_to_hex", FAILS),
  scalar("to_hex", ["bigint"], "text", "text_to_hex", FAILS),
  scalar("quote_literal", ["text"], "text", "text_quote_literal", FAILS),
  scalar("quote_ident", ["text"], "text", "text_quote_ident", FAILS),
  // Called with any arguments behind the first, which the binder puts into the array.
  scalar("format", ["text", TEXTS], "text", "text_format", FAILS),
];
