/**
 * Rows of aggregates, as PostgreSQL's pg_aggregate has them: which type is summed to which, and what an average is.
 *
 * Inline names: `count`, `sum_bigint` (with overflow check), `sum_double`, `sum_real`, `min_<machine>`, `max_<machine>`, `bool_and`,
 * `bool_or`, and as finish `state` (the first slot as it is; NULL while nothing was seen). Everything else is an engine function
 * `<family>_<aggregate>_step(state, arguments...)` with `_finish(state)`.
 */
import { arrayOf, isCypherValue, machineOf, plainType, type SqlType } from "../type/type.ts";
import type { AggregateEntry, Implementation } from "./entry.ts";
import { engine, inline, type RowType, rowType } from "./row.ts";

interface Shape {
  readonly slots: number;
  readonly step: Implementation;
  readonly finish: Implementation;
  readonly empty?: AggregateEntry["empty"];
  readonly skipsNull?: boolean;
}

function row(name: string, parameters: readonly RowType[], result: RowType, shape: Shape): AggregateEntry {
  return {
    name,
    parameters: parameters.map(rowType),
    result: rowType(result),
    stateSlots: shape.slots,
    skipsNull: shape.skipsNull ?? true,
    step: shape.step,
    finish: shape.finish,
    empty: shape.empty ?? "null",
  };
}

/** An engine function pair `<family>_step`, `<family>_finish`. */
function pair(family: string, slots: number): Shape {
  return { slots, step: engine(`${family}_step`, { fails: true }), finish: engine(`${family}_finish`, { fails: true, tagged: true }) };
}

/** One value and a mark that there is one. */
function single(step: string, fails = false): Shape {
  return { slots: 2, step: inline(step, fails), finish: inline("state") };
}

const COUNT: Shape = { slots: 1, step: inline("count"), finish: inline("state"), empty: "zero" };

/** count(*): no argument. */
export const COUNT_ROWS: AggregateEntry = row("count", [], "bigint", { ...COUNT, skipsNull: false });

/** The same of rows that stand for as many as the argument says; plans make it of count(*). */
export const COUNT_TIMES: AggregateEntry = row("count", ["bigint"], "bigint", { ...COUNT, step: inline("count_times") });

const INTEGERS: readonly RowType[] = ["smallint", "integer", "bigint"];

function sums(): AggregateEntry[] {
  return [
    row("sum", ["smallint"], "bigint", single("sum_bigint", true)),
    row("sum", ["integer"], "bigint", single("sum_bigint", true)),
    row("sum", ["bigint"], "numeric", pair("bigint_sum", 3)),
    row("sum", ["numeric"], "numeric", pair("numeric_sum", 4)),
    row("sum", ["real"], "real", single("sum_real", true)),
    row("sum", ["double precision"], "double precision", single("sum_double", true)),
    row("sum", ["interval"], "interval", pair("interval_sum", 4)),
    row("sum", ["any"], "any", pair("any_sum", 4)),
    ...INTEGERS.map((type) => row("avg", [type], "numeric", pair("bigint_avg", 3))),
    row("avg", ["numeric"], "numeric", pair("numeric_avg", 4)),
    row("avg", ["real"], "double precision", pair("double_avg", 3)),
    row("avg", ["double precision"], "double precision", pair("double_avg", 3)),
    row("avg", ["interval"], "interval", pair("interval_avg", 4)),
    row("avg", ["any"], "any", pair("any_avg", 4)),
  ];
}

/** Types with an order, and how they are compared: inline by machine, or by an engine function of the family. */
const ORDERED: readonly (readonly [RowType, string | undefined])[] = [
  ["smallint", undefined],
  ["integer", undefined],
  ["bigint", undefined],
  ["real", undefined],
  ["double precision", undefined],
  ["numeric", "numeric"],
  ["text", undefined],
  ["character", "character"],
  ["date", undefined],
  ["time without time zone", undefined],
  ["timestamp without time zone", undefined],
  ["timestamp with time zone", undefined],
  ["interval", "interval"],
  ["any", "any"],
];

function extremes(): AggregateEntry[] {
  return ["min", "max"].flatMap((name) =>
    ORDERED.map(([type, family]) =>
      row(name, [type], type, family === undefined ? single(`${name}_${machineOf(rowType(type))}`) : pair(`${family}_${name}`, 2)),
    ),
  );
}

const BOOLEANS: readonly AggregateEntry[] = [
  row("bool_and", ["boolean"], "boolean", single("bool_and")),
  row("every", ["boolean"], "boolean", single("bool_and")),
  row("bool_or", ["boolean"], "boolean", single("bool_or")),
];

const BITS: readonly AggregateEntry[] = ["bit_and", "bit_or", "bit_xor"].flatMap((name) =>
  INTEGERS.map((type) => row(name, [type], type, pair(name.replace("bit_", "bits_"), 2))),
);

const TEXTS: readonly AggregateEntry[] = [
  row("string_agg", ["text", "text"], "text", pair("text_agg", 2)),
  row("string_agg", ["bytea", "bytea"], "bytea", pair("text_agg", 2)),
  row("json_agg", ["any"], "json", { ...pair("jsonb_agg", 2), skipsNull: false }),
  row("jsonb_agg", ["any"], "jsonb", { ...pair("jsonb_agg", 2), skipsNull: false }),
  // The name is made a text of first.
  row("json_object_agg", ["any", "any"], "json", { ...pair("json_object_agg", 2), skipsNull: false }),
  row("jsonb_object_agg", ["any", "any"], "jsonb", { ...pair("jsonb_object_agg", 2), skipsNull: false }),
];

const VARIANCES = ["stddev", "stddev_samp", "stddev_pop", "variance", "var_samp", "var_pop"] as const;
const CORRELATIONS = [
  "corr",
  "covar_pop",
  "covar_samp",
  "regr_avgx",
  "regr_avgy",
  "regr_intercept",
  "regr_r2",
  "regr_slope",
  "regr_sxx",
  "regr_sxy",
  "regr_syy",
] as const;

/** The names without suffix are those of the sample. */
const SPELLED: Readonly<Record<string, string>> = { stddev: "stddev_samp", variance: "var_samp" };

function variances(): AggregateEntry[] {
  const rows: AggregateEntry[] = [];
  for (const name of VARIANCES) {
    const exact = (step: string): Shape => ({
      ...pair("numeric_variance", 6),
      step: engine(step, { fails: true }),
      finish: finish("numeric", name),
    });
    for (const type of INTEGERS) rows.push(row(name, [type], "numeric", exact("bigint_variance_step")));
    rows.push(row(name, ["numeric"], "numeric", exact("numeric_variance_step")));
    for (const type of ["real", "double precision"] as const) {
      const shape = { ...pair("double_variance", 3), finish: finish("double", name) };
      rows.push(row(name, [type], "double precision", shape));
    }
    rows.push(row(name, ["any"], "double precision", { ...pair("any_variance", 3), finish: finish("double", name) }));
  }
  for (const name of CORRELATIONS) {
    const shape = { ...pair("double_regression", 6), finish: engine(`double_${name}_finish`, { fails: true, tagged: true }) };
    rows.push(row(name, ["double precision", "double precision"], "double precision", shape));
  }
  rows.push(row("regr_count", ["double precision", "double precision"], "bigint", COUNT));
  return rows;
}

function finish(family: string, name: string): Implementation {
  return engine(`${family}_${SPELLED[name] ?? name}_finish`, { fails: true, tagged: true });
}

export const AGGREGATE_ROWS: readonly AggregateEntry[] = [...sums(), ...extremes(), ...BOOLEANS, ...BITS, ...TEXTS, ...variances()];

/** Aggregates of every type: count(x), any_value(x), array_agg(x); `type` is the argument's. */
export const GENERIC_AGGREGATES: ReadonlyMap<string, (type: SqlType) => AggregateEntry> = new Map([
  ["count", (type) => row("count", [type], "bigint", COUNT)],
  ["any_value", (type) => row("any_value", [type], type, single(`first_${machineOf(type)}`))],
  [
    "array_agg",
    (type) => {
      // Lists of Cypher's hold what JSON has no form for.
      const isList = isCypherValue(type) || type.name === "node" || type.name === "relationship";
      const family = isList ? "list_agg" : "array_agg";
      return row("array_agg", [plainType(isList ? "value" : "any")], arrayOf(isList ? plainType("value") : type), {
        ...pair(family, 2),
        skipsNull: false,
      });
    },
  ],
]);
