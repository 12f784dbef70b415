/**
 * Functions of jsonb and json besides the operators (assembly/runtime/jsonb.ts); json is kept as jsonb is.
 */
import { arrayOf, plainType } from "../type/type.ts";
import type { FunctionEntry } from "./entry.ts";
import { engineFunction, engineOperator, type RowType } from "./row.ts";

const FAILS = { fails: true } as const;
const TEXTS = arrayOf(plainType("text"));

/** Functions that both types have, under names with their prefix. */
function bothRows(type: "json" | "jsonb"): FunctionEntry[] {
  return [
    engineFunction(`${type}_typeof`, [type], "text", "jsonb_typeof"),
    engineFunction(`${type}_array_length`, [type], "integer", "jsonb_array_length", FAILS),
    engineFunction(`${type}_strip_nulls`, [type], type, "jsonb_strip_nulls", FAILS),
    engineFunction(`to_${type}`, ["any"], type, "jsonb_from_any", { fails: true, tagged: true }),
  ];
}

/** What build_array and build_object become: a chain of these, each with one value more. */
const BUILDING: readonly FunctionEntry[] = [
  engineFunction("jsonb_empty_array", [], "jsonb", "jsonb_empty_array", FAILS),
  engineFunction("jsonb_empty_object", [], "jsonb", "jsonb_empty_object", FAILS),
  engineFunction("jsonb_append", ["jsonb", "any"], "jsonb", "jsonb_append", FAILS),
  engineFunction("jsonb_put", ["jsonb", "text", "any"], "jsonb", "jsonb_put", FAILS),
];

const CHANGES: readonly FunctionEntry[] = [
  engineFunction("jsonb_pretty", ["jsonb"], "text", "jsonb_pretty", FAILS),
  engineFunction("jsonb_set", ["jsonb", TEXTS, "jsonb"], "jsonb", "jsonb_set_array", FAILS),
  engineFunction("jsonb_set", ["jsonb", TEXTS, "jsonb", "boolean"], "jsonb", "jsonb_set_array_create", FAILS),
  engineFunction("jsonb_exists", ["jsonb", "text"], "boolean", "jsonb_exists"),
  engineFunction("jsonb_exists_any", ["jsonb", TEXTS], "boolean", "jsonb_exists_any"),
  engineFunction("jsonb_exists_all", ["jsonb", TEXTS], "boolean", "jsonb_exists_all"),
  engineFunction("jsonb_contains", ["jsonb", "jsonb"], "boolean", "jsonb_contains"),
  engineFunction("jsonb_contained", ["jsonb", "jsonb"], "boolean", "jsonb_contained"),
  engineOperator("#-", ["jsonb", TEXTS], "jsonb", "jsonb_delete_path_array", FAILS),
  engineOperator("?|", ["jsonb", TEXTS], "boolean", "jsonb_exists_any"),
  engineOperator("?&", ["jsonb", TEXTS], "boolean", "jsonb_exists_all"),
];

/** `#>` with an array of names; with an untyped literal the operators' own rows take its text. */
function pathRows(): FunctionEntry[] {
  return (["jsonb", "json", "any"] as readonly RowType[]).flatMap((type) => {
    const family = type === "any" ? "any" : "jsonb";
    return [
      engineOperator("#>", [type, TEXTS], type, `${family}_path_array`, { fails: true, tagged: true }),
      engineOperator("#>>", [type, TEXTS], "text", `${family}_path_text_array`, { fails: true, tagged: true }),
    ];
  });
}

export const JSON_FUNCTIONS: readonly FunctionEntry[] = [...bothRows("json"), ...bothRows("jsonb"), ...BUILDING, ...CHANGES, ...pathRows()];
