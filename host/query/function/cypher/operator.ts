/**
 * Cypher's operators: what openCypher 9 writes with symbols, and what the binder makes of patterns and conditions.
 *
 * Rows of static types come first; they do what the row of values does, without looking at tags. All engine functions of values are in
 * assembly/runtime/value-*.ts. A row is strict, NULL where an argument is, unless openCypher wants something else.
 */
import { arrayOf, plainType } from "../../type/type.ts";
import type { RowType } from "../row.ts";
import { type Accepted, type CypherRow, engineRow, inlineRow } from "./row.ts";

const LIST = arrayOf(plainType("value"));
const TAGGED = { tagged: true } as const;
const FAILS = { fails: true } as const;
const FAILS_TAGGED = { fails: true, tagged: true } as const;

const NUMBERS = ["integer", "float"] as const;
const ADDED: Accepted = [undefined, undefined];
const CALCULATED: Accepted = [
  [...NUMBERS, "temporal"],
  [...NUMBERS, "temporal"],
];
const NUMERIC: Accepted = [NUMBERS, NUMBERS];

const COMPARISONS: readonly (readonly [symbol: string, word: string])[] = [
  ["=", "equal"],
  ["<>", "not_equal"],
  ["<", "less"],
  ["<=", "less_equal"],
  [">", "greater"],
  [">=", "greater_equal"],
];

/** Types whose comparison plans write out. Of floats it is the engine's: NaN equals nothing. */
const COMPARED: readonly (readonly [RowType, string])[] = [
  ["bigint", "i64"],
  ["text", "word"],
  ["boolean", "i32"],
];

function comparisonRows(): CypherRow[] {
  return COMPARISONS.flatMap(([symbol, word]) => {
    const isEquality = word === "equal" || word === "not_equal";
    return [
      ...COMPARED.map(([type, machine]) => inlineRow("operator", symbol, [type, type], "boolean", `${machine}_${word}`)),
      engineRow("operator", symbol, ["double precision", "double precision"], "boolean", `value_double_${word}`),
      ...(isEquality ? (["node", "relationship"] as const) : []).map((type) =>
        inlineRow("operator", symbol, [type, type], "boolean", `i64_${word}`),
      ),
      engineRow("operator", symbol, ["value", "value"], "boolean", `value_${word}`, TAGGED),
    ];
  });
}

function arithmeticRows(): CypherRow[] {
  const rows: CypherRow[] = [];
  const operations = [
    ["+", "add", ADDED],
    ["-", "subtract", CALCULATED],
    ["*", "multiply", CALCULATED],
    ["/", "divide", CALCULATED],
    ["%", "modulo", NUMERIC],
  ] as const;
  for (const [symbol, word, accepts] of operations) {
    // SQL's inline functions would do but for their errors.
    rows.push(engineRow("operator", symbol, ["bigint", "bigint"], "bigint", `value_integer_${word}`, FAILS));
    rows.push(engineRow("operator", symbol, ["double precision", "double precision"], "double precision", `value_double_${word}`));
    if (word === "add") rows.push(engineRow("operator", symbol, ["text", "text"], "text", "text_concat", FAILS));
    rows.push(engineRow("operator", symbol, ["value", "value"], "value", `value_${word}`, { ...FAILS_TAGGED, accepts }));
  }
  rows.push(
    engineRow("operator", "^", ["double precision", "double precision"], "double precision", "value_double_power"),
    engineRow("operator", "^", ["value", "value"], "double precision", "value_power", { ...FAILS, accepts: NUMERIC }),
    engineRow("operator", "u-", ["bigint"], "bigint", "value_integer_negate", FAILS),
    inlineRow("operator", "u-", ["double precision"], "double precision", "double_negate"),
    engineRow("operator", "u-", ["value"], "value", "value_negate", { ...FAILS_TAGGED, accepts: [[...NUMBERS, "temporal"]] }),
    inlineRow("operator", "u+", ["bigint"], "bigint", "identity"),
    inlineRow("operator", "u+", ["double precision"], "double precision", "identity"),
    engineRow("operator", "u+", ["value"], "value", "value_plus", { ...FAILS_TAGGED, accepts: [[...NUMBERS, "temporal"]] }),
  );
  return rows;
}

/** Tests of strings: NULL where an operand is none. */
const TEXT_ROWS: readonly CypherRow[] = [
  engineRow("operator", "starts with", ["text", "text"], "boolean", "text_starts_with"),
  engineRow("operator", "starts with", ["value", "value"], "boolean", "value_starts_with", TAGGED),
  engineRow("operator", "ends with", ["value", "value"], "boolean", "value_ends_with", TAGGED),
  engineRow("operator", "contains", ["value", "value"], "boolean", "value_contains", TAGGED),
  engineRow("operator", "=~", ["value", "value"], "boolean", "value_matches", FAILS_TAGGED),
];

const BOOLEAN_ROWS: readonly CypherRow[] = [
  inlineRow("operator", "xor", ["boolean", "boolean"], "boolean", "i32_not_equal"),
  engineRow("operator", "xor", ["value", "value"], "boolean", "value_xor", { ...FAILS, accepts: [["boolean"], ["boolean"]] }),
  engineRow("operator", "condition", ["value"], "boolean", "value_condition", FAILS),
  // Of SKIP and LIMIT: NULL is no number of rows.
  engineRow("operator", "row_count", ["value"], "bigint", "value_row_count", { ...FAILS, strict: false }),
];

const SLICED: Accepted = [["list"], ["integer"], ["integer"]];

const CONTAINER_ROWS: readonly CypherRow[] = [
  // NULL IN [] is false.
  engineRow("operator", "in", ["value", "value"], "boolean", "value_in", {
    ...FAILS_TAGGED,
    strict: false,
    accepts: [undefined, ["list"]],
  }),
  engineRow("operator", "[]", ["value", "value"], "value", "value_subscript", { ...FAILS_TAGGED, volatility: "stable" }),
  engineRow("operator", "[..]", ["value", "value", "value"], LIST, "value_slice", { ...FAILS, accepts: SLICED }),
  engineRow("operator", "slice_from", ["value", "value"], LIST, "value_slice_from", { ...FAILS, accepts: SLICED.slice(0, 2) }),
  engineRow("operator", "slice_to", ["value", "value"], LIST, "value_slice_to", { ...FAILS, accepts: SLICED.slice(0, 2) }),
  // What has no items or properties is a TypeError of openCypher's, also where it is known before: the functions tell.
  engineRow("operator", "property", ["value", "text"], "value", "value_property", { ...FAILS_TAGGED, volatility: "stable" }),
  engineRow("operator", "list_lacks", [LIST, "relationship"], "boolean", "list_lacks"),
  engineRow("operator", "lists_disjoint", [LIST, LIST], "boolean", "lists_disjoint"),
];

/** What they answer depends on the graph, which a statement may change while it runs. */
const GRAPH_ROWS: readonly CypherRow[] = [
  engineRow("operator", "has_label", ["node", "text"], "boolean", "node_has_label", { ...FAILS, volatility: "stable" }),
  engineRow("operator", "has_label", ["value", "text"], "boolean", "value_has_label", {
    ...FAILS,
    volatility: "stable",
    accepts: [["node", "relationship"], undefined],
  }),
  engineRow("operator", "has_type", ["relationship", "text"], "boolean", "relationship_has_type", { ...FAILS, volatility: "stable" }),
  engineRow("operator", "path_start", ["node"], "path", "path_start", FAILS),
  engineRow("operator", "path_step", ["path", "relationship", "node"], "path", "path_step", FAILS),
  engineRow("operator", "path_extend", ["path", LIST], "path", "path_extend", FAILS),
  // Values of variables that patterns take up again.
  engineRow("operator", "as_node", ["value"], "node", "value_as_node", { ...FAILS, accepts: [["node"]] }),
  engineRow("operator", "as_relationship", ["value"], "relationship", "value_as_relationship", { ...FAILS, accepts: [["relationship"]] }),
  engineRow("operator", "value_output", ["value"], "value", "value_output", { ...FAILS_TAGGED, volatility: "stable" }),
];

export const CYPHER_OPERATORS: readonly CypherRow[] = [
  ...comparisonRows(),
  ...arithmeticRows(),
  ...TEXT_ROWS,
  ...BOOLEAN_ROWS,
  ...CONTAINER_ROWS,
  ...GRAPH_ROWS,
];
