/**
 * Rows of operators: comparison, arithmetic, text, matching. Names are PostgreSQL's (pg_operator); LIKE is `~~`, ILIKE `~~*`.
 *
 * Only rows of equal types stand here where PostgreSQL has mixed ones too (integer = bigint): the binder widens the narrower side
 * by an implicit cast, which costs nothing, since all integers are held as i64. Single and double precision are the exception: that
 * there are mixed rows decides what real with numeric is (double precision).
 *
 * Inline names (README.md has the list): `<machine>_<comparison>`, `<type>_<arithmetic>`. Engine functions of one family have
 * the names `<type>_equal`, `_not_equal`, `_less`, `_less_equal`, `_greater`, `_greater_equal`.
 */
import type { FunctionEntry } from "./entry.ts";
import { engineOperator, inlineOperator, type RowType } from "./row.ts";

const COMPARISONS: readonly (readonly [operator: string, word: string])[] = [
  ["=", "equal"],
  ["<>", "not_equal"],
  ["<", "less"],
  ["<=", "less_equal"],
  [">", "greater"],
  [">=", "greater_equal"],
];

/** Types that compare inline, with the machine by which the inline functions are named. */
const INLINE_COMPARED: readonly (readonly [RowType, string])[] = [
  ["boolean", "i32"],
  ["smallint", "i64"],
  ["integer", "i64"],
  ["bigint", "i64"],
  ["real", "f64"],
  ["double precision", "f64"],
  ["text", "word"],
  ["date", "i64"],
  ["time without time zone", "i64"],
  ["timestamp without time zone", "i64"],
  ["timestamp with time zone", "i64"],
  ["uuid", "word"],
  ["bytea", "word"],
];

const ENGINE_COMPARED: readonly (readonly [RowType, string])[] = [
  ["numeric", "numeric"],
  ["character", "character"],
  ["interval", "interval"],
  ["jsonb", "jsonb"],
];

const MIXED: readonly (readonly RowType[])[] = [
  ["real", "double precision"],
  ["double precision", "real"],
];

function comparisonRows(): FunctionEntry[] {
  const rows: FunctionEntry[] = [];
  for (const [operator, word] of COMPARISONS) {
    for (const [type, machine] of INLINE_COMPARED) rows.push(inlineOperator(operator, [type, type], "boolean", `${machine}_${word}`));
    for (const [type, family] of ENGINE_COMPARED) rows.push(engineOperator(operator, [type, type], "boolean", `${family}_${word}`));
    // Equality of dynamic values is never NULL, their order may be (host/query/README.md, "Dynamic values").
    const ordered = word !== "equal" && word !== "not_equal";
    rows.push(engineOperator(operator, ["any", "any"], "boolean", `any_${word}`, { tagged: ordered }));
    for (const types of MIXED) rows.push(inlineOperator(operator, types, "boolean", `f64_${word}`));
  }
  return rows;
}

const ARITHMETIC: readonly (readonly [operator: string, word: string])[] = [
  ["+", "add"],
  ["-", "subtract"],
  ["*", "multiply"],
  ["/", "divide"],
];

const NUMBERS: readonly (readonly [RowType, string])[] = [
  ["smallint", "smallint"],
  ["integer", "integer"],
  ["bigint", "bigint"],
  ["real", "real"],
  ["double precision", "double"],
];

const INTEGERS = NUMBERS.slice(0, 3);

function arithmeticRows(): FunctionEntry[] {
  const rows: FunctionEntry[] = [];
  for (const [operator, word] of ARITHMETIC) {
    for (const [type, name] of NUMBERS) rows.push(inlineOperator(operator, [type, type], type, `${name}_${word}`, true));
    rows.push(engineOperator(operator, ["numeric", "numeric"], "numeric", `numeric_${word}`, { fails: true }));
    rows.push(engineOperator(operator, ["any", "any"], "any", `any_${word}`, { fails: true, tagged: true }));
    for (const types of MIXED) rows.push(inlineOperator(operator, types, "double precision", `double_${word}`, true));
  }
  for (const [type, name] of INTEGERS) {
    rows.push(inlineOperator("%", [type, type], type, `${name}_modulo`, true));
    rows.push(inlineOperator("&", [type, type], type, "i64_and"));
    rows.push(inlineOperator("|", [type, type], type, "i64_or"));
    rows.push(inlineOperator("#", [type, type], type, "i64_xor"));
    rows.push(inlineOperator("~", [type], type, "i64_not"));
    rows.push(inlineOperator("<<", [type, "integer"], type, `${name}_shift_left`));
    rows.push(inlineOperator(">>", [type, "integer"], type, `${name}_shift_right`));
    rows.push(inlineOperator("@", [type], type, `${name}_absolute`, true));
  }
  for (const [type, name] of NUMBERS) {
    rows.push(
      inlineOperator(
        "-",
        [type],
        type,
        `${name}_negate`,
        INTEGERS.some(([integer]) => integer === type),
      ),
    );
    rows.push(inlineOperator("+", [type], type, "identity"));
  }
  rows.push(
    inlineOperator("@", ["real"], "real", "double_absolute"),
    inlineOperator("@", ["double precision"], "double precision", "double_absolute"),
    engineOperator("%", ["numeric", "numeric"], "numeric", "numeric_modulo", { fails: true }),
    engineOperator("%", ["any", "any"], "any", "any_modulo", { fails: true, tagged: true }),
    engineOperator("-", ["numeric"], "numeric", "numeric_negate", { fails: true }),
    engineOperator("-", ["any"], "any", "any_negate", { fails: true, tagged: true }),
    inlineOperator("+", ["numeric"], "numeric", "identity"),
    inlineOperator("+", ["any"], "any", "identity"),
    engineOperator("@", ["numeric"], "numeric", "numeric_absolute", { fails: true }),
    engineOperator("@", ["any"], "any", "any_absolute", { fails: true, tagged: true }),
    engineOperator("^", ["double precision", "double precision"], "double precision", "double_power", { fails: true }),
    engineOperator("^", ["numeric", "numeric"], "numeric", "numeric_power", { fails: true }),
    engineOperator("|/", ["double precision"], "double precision", "double_sqrt", { fails: true }),
    engineOperator("||/", ["double precision"], "double precision", "double_cbrt"),
  );
  return rows;
}

const TIMESTAMP = "timestamp without time zone";
const TIMESTAMPTZ = "timestamp with time zone";
const TIME = "time without time zone";
const FAILS = { fails: true } as const;

function datetimeRows(): FunctionEntry[] {
  return [
    engineOperator("+", ["date", "integer"], "date", "date_add_days", FAILS),
    engineOperator("+", ["integer", "date"], "date", "days_add_date", FAILS),
    engineOperator("-", ["date", "integer"], "date", "date_subtract_days", FAILS),
    engineOperator("-", ["date", "date"], "integer", "date_subtract", FAILS),
    engineOperator("+", ["date", "interval"], TIMESTAMP, "date_add_interval", FAILS),
    engineOperator("+", ["interval", "date"], TIMESTAMP, "interval_add_date", FAILS),
    engineOperator("-", ["date", "interval"], TIMESTAMP, "date_subtract_interval", FAILS),
    engineOperator("+", ["date", TIME], TIMESTAMP, "date_add_time", FAILS),
    engineOperator("+", [TIME, "date"], TIMESTAMP, "time_add_date", FAILS),
    engineOperator("+", [TIMESTAMP, "interval"], TIMESTAMP, "timestamp_add_interval", FAILS),
    engineOperator("+", ["interval", TIMESTAMP], TIMESTAMP, "interval_add_timestamp", FAILS),
    engineOperator("-", [TIMESTAMP, "interval"], TIMESTAMP, "timestamp_subtract_interval", FAILS),
    engineOperator("-", [TIMESTAMP, TIMESTAMP], "interval", "timestamp_subtract", FAILS),
    engineOperator("+", [TIMESTAMPTZ, "interval"], TIMESTAMPTZ, "timestamptz_add_interval", FAILS),
    engineOperator("+", ["interval", TIMESTAMPTZ], TIMESTAMPTZ, "interval_add_timestamptz", FAILS),
    engineOperator("-", [TIMESTAMPTZ, "interval"], TIMESTAMPTZ, "timestamptz_subtract_interval", FAILS),
    engineOperator("-", [TIMESTAMPTZ, TIMESTAMPTZ], "interval", "timestamp_subtract", FAILS),
    engineOperator("+", [TIME, "interval"], TIME, "time_add_interval"),
    engineOperator("+", ["interval", TIME], TIME, "interval_add_time"),
    engineOperator("-", [TIME, "interval"], TIME, "time_subtract_interval"),
    engineOperator("-", [TIME, TIME], "interval", "time_subtract"),
    engineOperator("+", ["interval", "interval"], "interval", "interval_add", FAILS),
    engineOperator("-", ["interval", "interval"], "interval", "interval_subtract", FAILS),
    engineOperator("*", ["interval", "double precision"], "interval", "interval_multiply", FAILS),
    engineOperator("*", ["double precision", "interval"], "interval", "multiply_interval", FAILS),
    engineOperator("/", ["interval", "double precision"], "interval", "interval_divide", FAILS),
    engineOperator("-", ["interval"], "interval", "interval_negate", FAILS),
    inlineOperator("+", ["interval"], "interval", "identity"),
  ];
}

/** `||` takes any type beside text; the binder converts that side as CAST would. */
function textRows(): FunctionEntry[] {
  const rows: FunctionEntry[] = [
    engineOperator("||", ["text", "text"], "text", "text_concat", FAILS),
    engineOperator("||", ["bytea", "bytea"], "bytea", "bytea_concat", FAILS),
    engineOperator("||", ["jsonb", "jsonb"], "jsonb", "jsonb_concat", FAILS),
    engineOperator("^@", ["text", "text"], "boolean", "text_starts_with"),
  ];
  const matches: readonly (readonly [string, string])[] = [
    ["~~", "text_like"],
    ["~~*", "text_ilike"],
    ["~", "text_regexp"],
    ["~*", "text_iregexp"],
  ];
  for (const [operator, name] of matches) rows.push(engineOperator(operator, ["text", "text"], "boolean", name, FAILS));
  return rows;
}

/** Operators of jsonb. (A statement writes `??` for `?`, which is a parameter otherwise.) */
function jsonRows(): FunctionEntry[] {
  const rows: FunctionEntry[] = [];
  for (const type of ["jsonb", "json", "any"] as const) {
    const tagged = { tagged: true };
    rows.push(engineOperator("->", [type, "text"], type, `${type === "any" ? "any" : "jsonb"}_field`, tagged));
    rows.push(engineOperator("->", [type, "integer"], type, `${type}_element`, tagged));
    rows.push(engineOperator("->>", [type, "text"], "text", `${type === "any" ? "any" : "jsonb"}_field_text`, tagged));
    rows.push(engineOperator("->>", [type, "integer"], "text", `${type}_element_text`, tagged));
    rows.push(engineOperator("#>", [type, "text"], type, `${type === "any" ? "any" : "jsonb"}_path`, { tagged: true, fails: true }));
    rows.push(
      engineOperator("#>>", [type, "text"], "text", `${type === "any" ? "any" : "jsonb"}_path_text`, { tagged: true, fails: true }),
    );
  }
  rows.push(
    engineOperator("@>", ["jsonb", "jsonb"], "boolean", "jsonb_contains"),
    engineOperator("<@", ["jsonb", "jsonb"], "boolean", "jsonb_contained"),
    engineOperator("?", ["jsonb", "text"], "boolean", "jsonb_exists"),
    engineOperator("-", ["jsonb", "text"], "jsonb", "jsonb_delete_field", FAILS),
    engineOperator("-", ["jsonb", "integer"], "jsonb", "jsonb_delete_element", FAILS),
  );
  return rows;
}

export const OPERATOR_ROWS: readonly FunctionEntry[] = [
  ...comparisonRows(),
  ...arithmeticRows(),
  ...datetimeRows(),
  ...textRows(),
  ...jsonRows(),
];
