/**
 * Cypher's functions of strings (assembly/runtime/value-function-text.ts). A typed row stands first where the engine has the function for
 * texts anyway.
 */
import { arrayOf, plainType } from "../../type/type.ts";
import { type CypherKind, type CypherRow, engineRow, functionRow, inlineRow } from "./row.ts";

const LIST = arrayOf(plainType("value"));
const STRING: readonly CypherKind[] = ["string"];
const INTEGER: readonly CypherKind[] = ["integer"];

/** What is cut off: white space, or the code points of a second argument; at which ends. */
function trimRows(name: string, ends: number): CypherRow[] {
  return [
    functionRow(name, [STRING], "text", "value_trim", { extra: [ends] }),
    functionRow(name, [STRING, STRING], "text", "value_trim_of", { extra: [ends] }),
  ];
}

function caseRows(names: readonly string[], by: string): CypherRow[] {
  return names.flatMap((name) => [
    engineRow("function", name, ["text"], "text", `text_${by}`, { fails: true }),
    functionRow(name, [STRING], "text", `value_${by}`),
  ]);
}

function lengthRows(name: string): CypherRow[] {
  return [engineRow("function", name, ["text"], "bigint", "text_length"), functionRow(name, [STRING], "bigint", "value_text_length")];
}

/** Forms of Unicode, by the names that the second argument has; without one it is the first. */
export const NORMAL_FORMS = ["NFC", "NFD", "NFKC", "NFKD"] as const;

/** The engine has no tables of Unicode: the host normalises. */
function normalForms(): CypherRow[] {
  return NORMAL_FORMS.map((form) => inlineRow("function", `normalize ${form}`, ["value"], "text", `normalize_${form}`, true));
}

export const TEXT_FUNCTIONS: readonly CypherRow[] = [
  ...normalForms(),
  ...caseRows(["toUpper", "upper"], "upper"),
  ...caseRows(["toLower", "lower"], "lower"),
  ...lengthRows("char_length"),
  ...lengthRows("character_length"),
  functionRow("left", [STRING, INTEGER], "text", "value_left"),
  functionRow("right", [STRING, INTEGER], "text", "value_right"),
  functionRow("substring", [STRING, INTEGER], "text", "value_substring"),
  functionRow("substring", [STRING, INTEGER, INTEGER], "text", "value_substring_for"),
  ...trimRows("ltrim", 1),
  ...trimRows("rtrim", 2),
  ...trimRows("trim", 3),
  ...trimRows("btrim", 3),
  functionRow("replace", [STRING, STRING, STRING], "text", "value_replace"),
  functionRow("split", [STRING, ["string", "list"]], LIST, "value_split"),
];
