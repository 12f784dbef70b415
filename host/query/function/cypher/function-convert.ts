/**
 * Cypher's conversions (assembly/runtime/value-function-convert.ts). What has no conversion is an error of the execution, NULL of the
 * forms that say so.
 */
import { arrayOf, plainType } from "../../type/type.ts";
import type { RowType } from "../row.ts";
import { type CypherRow, functionRow } from "./row.ts";

const LIST = arrayOf(plainType("value"));
const TAGGED = { tagged: true } as const;

/** Target, type, and the number by which the engine knows it; booleans and floats have bodies that answer them as such. */
const TARGETS: readonly (readonly [name: string, type: RowType, body: string, extra: readonly number[]])[] = [
  ["Boolean", "boolean", "value_to_boolean", []],
  ["Integer", "bigint", "value_convert", [1]],
  ["Float", "double precision", "value_to_float", []],
  ["String", "text", "value_convert", [3]],
];

function rows([name, type, body, extra]: (typeof TARGETS)[number], target: number): CypherRow[] {
  return [
    functionRow(`to${name}`, [undefined], type, body, { ...TAGGED, extra }),
    functionRow(`to${name}OrNull`, [undefined], type, `${body}_or_null`, { ...TAGGED, extra }),
    functionRow(`to${name}List`, [["list"]], LIST, "value_convert_list", { extra: [target] }),
  ];
}

export const CONVERT_FUNCTIONS: readonly CypherRow[] = [
  ...TARGETS.flatMap(rows),
  // NULL has a type, too.
  functionRow("valueType", [undefined], "text", "value_type", { strict: false }),
];
