/**
 * Functions that are operators under a name: abs is `@`, mod is `%`. Save for dynamic values they need no engine function.
 */
import type { FunctionEntry } from "./entry.ts";
import { engine, entry, inline, type RowType } from "./row.ts";

const INTEGERS: readonly (readonly [RowType, string])[] = [
  ["smallint", "smallint"],
  ["integer", "integer"],
  ["bigint", "bigint"],
];

const FLOATS: readonly RowType[] = ["real", "double precision"];

export const ARITHMETIC_FUNCTIONS: readonly FunctionEntry[] = [
  ...INTEGERS.flatMap(([type, name]) => [
    entry("function", "abs", [type], type, inline(`${name}_absolute`, true), {}),
    entry("function", "mod", [type, type], type, inline(`${name}_modulo`, true), {}),
  ]),
  entry("function", "abs", ["any"], "any", engine("any_absolute", { fails: true, tagged: true }), {}),
  ...FLOATS.map((type) => entry("function", "abs", [type], type, inline("double_absolute"), {})),
];
