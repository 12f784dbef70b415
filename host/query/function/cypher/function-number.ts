/**
 * Cypher's functions of numbers (assembly/runtime/value-function-number.ts), of time and of chance.
 */
import { type Accepted, type CypherKind, type CypherRow, engineRow, functionRow, inlineRow } from "./row.ts";

const DOUBLE = "double precision";
const NUMBER: readonly CypherKind[] = ["integer", "float"];
const FAILS = { fails: true } as const;

/** Functions from a float to a float: the engine has one body for all, which is told which it is. */
const FLOAT_FUNCTIONS = [
  "sqrt",
  "exp",
  "log",
  "log10",
  "sin",
  "cos",
  "tan",
  "cot",
  "asin",
  "acos",
  "atan",
  "degrees",
  "radians",
  "haversin",
  "ceil",
  "floor",
  "round",
  "sinh",
  "cosh",
  "tanh",
] as const;

const FLOAT_ROWS: readonly CypherRow[] = FLOAT_FUNCTIONS.flatMap((name, which) => [
  engineRow("function", name, [DOUBLE], DOUBLE, "float_function", { extra: [which] }),
  functionRow(name, [NUMBER], DOUBLE, "value_float_function", { extra: [which] }),
]);

const ANGLES: Accepted = [NUMBER, NUMBER];

export const NUMBER_FUNCTIONS: readonly CypherRow[] = [
  ...FLOAT_ROWS,
  inlineRow("function", "abs", ["bigint"], "bigint", "bigint_absolute", true),
  inlineRow("function", "abs", [DOUBLE], DOUBLE, "double_absolute"),
  functionRow("abs", [NUMBER], "value", "value_absolute", { tagged: true }),
  functionRow("sign", [NUMBER], "bigint", "value_sign"),
  functionRow("isNaN", [NUMBER], "boolean", "value_is_nan"),
  functionRow("atan2", ANGLES, DOUBLE, "value_atan2"),
  functionRow("round", [NUMBER, ["integer"]], DOUBLE, "value_round_to"),
  functionRow("round", [NUMBER, ["integer"], ["string"]], DOUBLE, "value_round_by"),
  engineRow("function", "pi", [], DOUBLE, "double_pi"),
  engineRow("function", "e", [], DOUBLE, "float_e"),
  engineRow("function", "rand", [], DOUBLE, "double_random", { volatility: "volatile" }),
  engineRow("function", "randomUUID", [], "text", "value_random_uuid", { ...FAILS, volatility: "volatile" }),
  engineRow("function", "timestamp", [], "bigint", "value_timestamp", { volatility: "stable" }),
];
