/**
 * Functions of numbers (assembly/runtime/number.ts, numeric.ts, numeric-function.ts, double.ts).
 */
import type { FunctionEntry } from "./entry.ts";
import { engineFunction } from "./row.ts";

const FAILS = { fails: true } as const;
const DOUBLE = "double precision";
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

const FORMAT_ROWS: readonly FunctionEntry[] = [
  engineFunction("to_char", ["integer", "text"], "text", "bigint_to_char", FAILS),
  engineFunction("to_char", ["bigint", "text"], "text", "bigint_to_char", FAILS),
  engineFunction("to_char", ["numeric", "text"], "text", "numeric_to_char", FAILS),
  engineFunction("to_char", ["double precision", "text"], "text", "double_to_char", FAILS),
];

const DOUBLE_ROWS: readonly FunctionEntry[] = [
  engineFunction("round", [DOUBLE], DOUBLE, "double_round"),
  engineFunction("trunc", [DOUBLE], DOUBLE, "double_truncate"),
  engineFunction("ceil", [DOUBLE], DOUBLE, "double_ceil"),
  engineFunction("ceiling", [DOUBLE], DOUBLE, "double_ceil"),
  engineFunction("floor", [DOUBLE], DOUBLE, "double_floor"),
  engineFunction("sign", [DOUBLE], DOUBLE, "double_sign"),
  engineFunction("sqrt", [DOUBLE], DOUBLE, "double_sqrt", FAILS),
  engineFunction("cbrt", [DOUBLE], DOUBLE, "double_cbrt"),
  engineFunction("exp", [DOUBLE], DOUBLE, "double_exp", FAILS),
  engineFunction("ln", [DOUBLE], DOUBLE, "double_ln", FAILS),
  engineFunction("log", [DOUBLE], DOUBLE, "double_log10", FAILS),
  engineFunction("log10", [DOUBLE], DOUBLE, "double_log10", FAILS),
  engineFunction("sin", [DOUBLE], DOUBLE, "double_sin", FAILS),
  engineFunction("cos", [DOUBLE], DOUBLE, "double_cos", FAILS),
  engineFunction("tan", [DOUBLE], DOUBLE, "double_tan", FAILS),
  engineFunction("cot", [DOUBLE], DOUBLE, "double_cot", FAILS),
  engineFunction("asin", [DOUBLE], DOUBLE, "double_asin", FAILS),
  engineFunction("acos", [DOUBLE], DOUBLE, "double_acos", FAILS),
  engineFunction("atan", [DOUBLE], DOUBLE, "double_atan"),
  engineFunction("sinh", [DOUBLE], DOUBLE, "double_sinh"),
  engineFunction("cosh", [DOUBLE], DOUBLE, "double_cosh"),
  engineFunction("tanh", [DOUBLE], DOUBLE, "double_tanh"),
  engineFunction("degrees", [DOUBLE], DOUBLE, "double_degrees", FAILS),
  engineFunction("radians", [DOUBLE], DOUBLE, "double_radians"),
  engineFunction("power", [DOUBLE, DOUBLE], DOUBLE, "double_power", FAILS),
  engineFunction("pow", [DOUBLE, DOUBLE], DOUBLE, "double_power", FAILS),
  engineFunction("atan2", [DOUBLE, DOUBLE], DOUBLE, "double_atan2"),
  engineFunction("pi", [], DOUBLE, "double_pi"),
  engineFunction("width_bucket", [DOUBLE, DOUBLE, DOUBLE, "integer"], "integer", "double_width_bucket", FAILS),
  engineFunction("random", [], DOUBLE, "double_random", { volatility: "volatile" }),
  engineFunction("factorial", ["bigint"], "numeric", "bigint_factorial", FAILS),
];

export const NUMBER_FUNCTIONS: readonly FunctionEntry[] = [...NUMERIC_ROWS, ...INTEGER_ROWS, ...DOUBLE_ROWS, ...FORMAT_ROWS];
