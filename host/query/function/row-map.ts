/**
 * Rows of tables and collections in Cypher: the map that stands for a row, and equality of columns.
 */
import { SLOT_INTEGER } from "../../../assembly/abi/record.ts";
import { type SqlType, slotOf } from "../type/type.ts";
import type { FunctionEntry } from "./entry.ts";
import { engineFunction } from "./row.ts";
import { findOperators } from "./table.ts";

/** row_map(document, the text behind the key's colon, the table) → map */
export const ROW_MAP: FunctionEntry = engineFunction("row_map", ["jsonb", "any", "text"], "map", "row_map", { fails: true });

/** Equality of two columns that are held alike, as those of a foreign key are. */
export function columnEquality(type: SqlType): FunctionEntry | undefined {
  const name = slotOf(type) === SLOT_INTEGER ? "bigint" : type.name === "character varying" ? "text" : type.name;
  return findOperators("=", 2).find(({ parameters }) => parameters.every((parameter) => parameter.name === name));
}
