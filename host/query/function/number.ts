/**
 * Functions of numbers (assembly/runtime/number.ts, numeric.ts, numeric-function.ts, double.ts).
 */
import type { FunctionEntry } from "./entry.ts";
import { engineFunction } from "./row.ts";

const FAILS = { fails: true } as const;
const FAILS_NULL = { fails: true, tagged: true } as const;

const NUMERIC_ROWS: readonly FunctionEntry[] = [
  engineFunction("abs", ["numeric"], "numeric", "numeric_absolute", FAILS),
  engineFunction("sign", ["numeric"], "numeric", "numeric_sign", FAILS),
  engineFunction("round", ["numeric"], "numeric", "numeric_round", FAILS),
  engineFunction("round", ["numeric", "integer"], "numeric", "numeric_round_to", FAILS),
  engineFunction("trunc", ["numeric"], "numeric", "numeric_truncate", FAILS),
  engineFunction("trunc", ["numeric", "integer"], "numeric", "numeric_truncate_to", FAILS),
  engineFunction("ceil", ["numeric"], "numeric", "numeric_ceil", FAILS),
  engineFunction("ceiling", ["numeric"], "numeric", "numeric_ceil", FAILS),
  engineFunction("floor", ["numeric"], "numeric", "numeric_floor", FAILS),
  engineFunction("mod", ["numeric", "numeric"], "numeric", "numeric_modulo", FAILS),
  engineFunction("div", ["numeric", "numeric"], "numeric", "numeric_quotient", FAILS),
  engineFunction("scale", ["numeric"], "integer", "numeric_scale", FAILS_NULL),
  engineFunction("min_scale", ["numeric"], "integer", "numeric_min_scale", FAILS_NULL),
  engineFunction("sqrt", ["numeric"], "numeric", "numeric_sqrt", FAILS),
  engineFunction("exp", ["numeric"], "numeric", "numeric_exp", FAILS),
  engineFunction("ln", ["numeric"], "numeric", "numeric_ln", FAILS),
  engineFunction("log", ["numeric"], "numeric", "numeric_log", FAILS),
  engineFunction("log10", ["numeric"], "numeric", "numeric_log", FAILS),
  engineFunction("log", ["numeric", "numeric"], "numeric", "numeric_log_base", FAILS),
  engineFunction("power", ["numeric", "numeric"], "numeric", "numeric_power", FAILS),
  engineFunction("pow", ["numeric", "numeric"], "numeric", "numeric_power", FAILS),
  engineFunction("trim_scale", ["numeric"], "numeric", "numeric_trim_scale", FAILS),
];

const INTEGER_ROWS: readonly FunctionEntry[] = [
  engineFunction("gcd", ["integer", "integer"], "integer", "integer_gcd", FAILS),
  engineFunction("gcd", ["bigint", "bigint"], "bigint", "bigint_gcd", FAILS),
  engineFunction("lcm", ["integer", "integer"], "integer", "integer_lcm", FAILS),
  engineFunction("lcm", ["bigint", "bigint"], "bigint", "bigint_lcm", FAILS),
];

export const NUMBER_FUNCTIONS: readonly FunctionEntry[] = [...NUMERIC_ROWS, ...INTEGER_ROWS];
