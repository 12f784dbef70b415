/**
 * Rows of set-returning functions: what may be called in FROM, and the columns that it gives.
 */
import { plainType, type SqlType } from "../type/type.ts";

export interface SetFunctionEntry {
  readonly name: string;
  readonly parameters: readonly SqlType[];
  /** Of one column without a name, the function's name or its alias is the name. */
  readonly columns: readonly { readonly name: string | undefined; readonly type: SqlType }[];
}

function series(type: "integer" | "bigint", parameters: number): SetFunctionEntry {
  const types = Array.from({ length: parameters }, () => plainType(type));
  return { name: "generate_series", parameters: types, columns: [{ name: undefined, type: plainType(type) }] };
}

export const SET_FUNCTION_ROWS: readonly SetFunctionEntry[] = [
  series("integer", 2),
  series("integer", 3),
  series("bigint", 2),
  series("bigint", 3),
];

export function findSetFunctions(name: string): readonly SetFunctionEntry[] {
  return SET_FUNCTION_ROWS.filter((row) => row.name === name);
}
