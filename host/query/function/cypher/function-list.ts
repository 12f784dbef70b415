/**
 * Cypher's functions of lists, and of lists, strings and maps alike (assembly/runtime/value-function-list.ts).
 */
import { arrayOf, plainType } from "../../type/type.ts";
import { type CypherKind, type CypherRow, engineRow, functionRow } from "./row.ts";

const LIST = arrayOf(plainType("value"));
const ONE_LIST: readonly CypherKind[] = ["list"];
const FAILS = { fails: true } as const;
/** Not computed beforehand: it may be long, a plan would hold it, and no time limit would end it. */
const LONG = { fails: true, volatility: "stable" } as const;
const TAGGED = { tagged: true } as const;

export const LIST_FUNCTIONS: readonly CypherRow[] = [
  engineRow("function", "size", [LIST], "bigint", "list_size"),
  engineRow("function", "size", ["text"], "bigint", "text_length"),
  functionRow("size", [["string", "list"]], "bigint", "value_size"),
  functionRow("isEmpty", [["string", "list", "map"]], "boolean", "value_is_empty"),
  functionRow("head", [ONE_LIST], "value", "value_head", TAGGED),
  functionRow("last", [ONE_LIST], "value", "value_last", TAGGED),
  functionRow("tail", [ONE_LIST], LIST, "value_tail"),
  engineRow("function", "reverse", [LIST], LIST, "list_reverse", FAILS),
  engineRow("function", "reverse", ["text"], "text", "text_reverse", FAILS),
  functionRow("reverse", [["string", "list"]], "value", "value_reverse", TAGGED),
  engineRow("function", "range", ["bigint", "bigint"], LIST, "integer_range", LONG),
  // Arguments of other kinds are errors of the execution.
  functionRow("range", [undefined, undefined], LIST, "value_range", LONG),
  functionRow("range", [undefined, undefined, undefined], LIST, "value_range_by", LONG),
];
