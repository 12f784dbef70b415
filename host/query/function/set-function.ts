/**
 * Rows of set-returning functions: what may be called in FROM, and the columns that it gives.
 *
 * They go through a list, all but generate_series of integers in FROM: `list` makes an array (or a JSON array) of the arguments, once, and each column
 * reads an element of it. So a new one is a row here and, unless there is one already, the function that makes the list
 * (assembly/runtime/set-list.ts).
 */
import { arrayOf, plainType, type SqlType } from "../type/type.ts";
import type { FunctionEntry } from "./entry.ts";
import { engineFunction, type RowFlags, type RowType, rowType } from "./row.ts";

/**
 * How a column reads its element of the list: as it is; of a JSON list as JSON or text; name or value (as JSON or text) of a list of
 * pairs.
 */
export type SetReader = "element" | "json" | "jsonText" | "pairName" | "pairValue" | "pairText";

export interface SetColumn {
  /** Of one column without a name, the function's name or its alias is the name. */
  readonly name: string | undefined;
  /** Undefined: that of the list's elements. */
  readonly type: SqlType | undefined;
  readonly read: SetReader;
}

export interface SetFunctionEntry {
  readonly name: string;
  readonly parameters: readonly SqlType[];
  readonly columns: readonly SetColumn[];
  /** Makes the list. */
  readonly list: FunctionEntry;
  /** In FROM there is no list: plans count by themselves. */
  readonly counts: boolean;
}

const ARRAY = arrayOf(plainType("any"));
const TEXTS = arrayOf(plainType("text"));
const NUMERICS = arrayOf(plainType("numeric"));
const INTEGERS = arrayOf(plainType("integer"));
const FAILS = { fails: true } as const;
const TAGGED = { tagged: true } as const;

function listed(
  name: string,
  parameters: readonly RowType[],
  list: readonly [by: string, type: RowType, flags: RowFlags],
  columns: readonly (readonly [name: string | undefined, type: RowType | undefined, read: SetReader])[],
): SetFunctionEntry {
  const [by, type, flags] = list;
  return {
    name,
    parameters: parameters.map(rowType),
    columns: columns.map(([column, own, read]) => ({ name: column, type: own === undefined ? undefined : rowType(own), read })),
    list: engineFunction(name, parameters, type, by, flags),
    counts: false,
  };
}

const ELEMENTS = [[undefined, undefined, "element"]] as const;

function integers(type: "integer" | "bigint"): readonly SetFunctionEntry[] {
  const array = arrayOf(plainType(type));
  const rows = [
    listed("generate_series", [type, type], ["bigint_series", array, FAILS], ELEMENTS),
    listed("generate_series", [type, type, type], ["bigint_series_by", array, FAILS], ELEMENTS),
  ];
  return rows.map((row) => ({ ...row, columns: [{ ...row.columns[0]!, type: plainType(type) }], counts: true }));
}

function moments(type: "timestamp without time zone" | "timestamp with time zone", by: string): SetFunctionEntry {
  const flags = type === "timestamp with time zone" ? ({ fails: true, volatility: "stable" } as const) : FAILS;
  return listed("generate_series", [type, type, "interval"], [by, arrayOf(plainType(type)), flags], ELEMENTS);
}

function jsonRows(type: "json" | "jsonb"): readonly SetFunctionEntry[] {
  return [
    listed(`${type}_array_elements`, [type], ["jsonb_elements", type, FAILS], [["value", type, "json"]]),
    listed(`${type}_array_elements_text`, [type], ["jsonb_elements", type, FAILS], [["value", "text", "jsonText"]]),
    listed(
      `${type}_each`,
      [type],
      ["jsonb_pairs", type, FAILS],
      [
        ["key", "text", "pairName"],
        ["value", type, "pairValue"],
      ],
    ),
    listed(
      `${type}_each_text`,
      [type],
      ["jsonb_pairs", type, FAILS],
      [
        ["key", "text", "pairName"],
        ["value", "text", "pairText"],
      ],
    ),
    listed(`${type}_object_keys`, [type], ["jsonb_keys", TEXTS, FAILS], ELEMENTS),
  ];
}

const SET_FUNCTION_ROWS: readonly SetFunctionEntry[] = [
  ...integers("integer"),
  ...integers("bigint"),
  listed("generate_series", ["numeric", "numeric"], ["numeric_series", NUMERICS, FAILS], ELEMENTS),
  listed("generate_series", ["numeric", "numeric", "numeric"], ["numeric_series_by", NUMERICS, FAILS], ELEMENTS),
  moments("timestamp without time zone", "timestamp_series"),
  moments("timestamp with time zone", "timestamptz_series"),
  listed("generate_subscripts", [ARRAY, "integer"], ["array_subscripts", INTEGERS, FAILS], ELEMENTS),
  listed("generate_subscripts", [ARRAY, "integer", "boolean"], ["array_subscripts_reverse", INTEGERS, FAILS], ELEMENTS),
  listed("unnest", [ARRAY], ["array_flatten", ARRAY, FAILS], ELEMENTS),
  listed("unnest", ["any"], ["any_elements", "jsonb", TAGGED], [[undefined, "any", "json"]]),
  listed("string_to_table", ["text", "text"], ["string_to_array", TEXTS, { fails: true, nullable: [1] }], ELEMENTS),
  listed("string_to_table", ["text", "text", "text"], ["string_to_array_null", TEXTS, { fails: true, nullable: [1, 2] }], ELEMENTS),
  listed("regexp_split_to_table", ["text", "text"], ["regexp_split_to_array", TEXTS, FAILS], ELEMENTS),
  ...jsonRows("json"),
  ...jsonRows("jsonb"),
];

export function findSetFunctions(name: string): readonly SetFunctionEntry[] {
  return SET_FUNCTION_ROWS.filter((row) => row.name === name);
}
