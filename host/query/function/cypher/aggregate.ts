/**
 * Cypher's aggregates. NULLs are skipped by all of them; without other values count, sum and the deviations are 0, collect is the empty
 * list, the rest NULL. Least and greatest go by the order of ORDER BY, which has all kinds of values.
 *
 * Bodies: assembly/runtime/value-aggregate.ts, and aggregate.ts for orders and lists.
 */
import { arrayOf, machineOf, plainType } from "../../type/type.ts";
import type { AggregateEntry, Implementation } from "../entry.ts";
import { engine, inline, type RowType, rowType } from "../row.ts";
import type { Accepted, CypherAggregateRow, CypherKind } from "./row.ts";

const LIST = arrayOf(plainType("value"));
const DOUBLE = "double precision";
const NUMBER: readonly CypherKind[] = ["integer", "float"];

interface Shape {
  readonly slots: number;
  readonly step: Implementation;
  readonly finish: Implementation;
  readonly empty?: AggregateEntry["empty"];
}

function row(name: string, parameters: readonly RowType[], accepts: Accepted, result: RowType, shape: Shape): CypherAggregateRow {
  return {
    entry: {
      name,
      parameters: parameters.map(rowType),
      result: rowType(result),
      stateSlots: shape.slots,
      skipsNull: true,
      step: shape.step,
      finish: shape.finish,
      empty: shape.empty ?? "null",
    },
    accepts,
  };
}

function bodies(slots: number, step: string, finish: string, extra: readonly number[] = []): Shape {
  return {
    slots,
    step: engine(`value_${step}`, { fails: true }),
    finish: engine(`value_${finish}`, { fails: true, tagged: true }, extra),
  };
}

function extremes(name: "min" | "max"): CypherAggregateRow[] {
  const typed = (["bigint", DOUBLE, "text"] as const).map((type) => {
    const step = inline(`${name}_${machineOf(rowType(type))}`);
    return row(name, [type], [undefined], type, { slots: 2, step, finish: inline("state") });
  });
  return [...typed, row(name, ["value"], [undefined], "value", bodies(2, `${name}_step`, `${name}_finish`))];
}

function deviation(name: string, sample: number): CypherAggregateRow {
  const shape = bodies(3, "deviation_step", "deviation_finish", [sample]);
  // Its finish answers a float, whatever CELL_TAG says.
  const finish = engine("value_deviation_finish", {}, [sample]);
  return row(name, ["value"], [NUMBER], DOUBLE, { ...shape, finish, empty: "finish" });
}

const COLLECTED: Shape = {
  slots: 2,
  step: engine("list_agg_step", { fails: true }),
  finish: engine("value_collect_finish", { fails: true, tagged: true }),
  empty: "finish",
};

const PERCENTILE: Accepted = [NUMBER, NUMBER];

/** count(x); count(*) is COUNT_STAR of the common table. */
export const CYPHER_AGGREGATES: readonly CypherAggregateRow[] = [
  row("count", ["value"], [undefined], "bigint", { slots: 1, step: inline("count"), finish: inline("state"), empty: "zero" }),
  row("sum", ["value"], [NUMBER], "value", { ...bodies(2, "sum_step", "sum_finish"), empty: "finish" }),
  row("avg", ["value"], [NUMBER], DOUBLE, bodies(2, "avg_step", "avg_finish")),
  ...extremes("min"),
  ...extremes("max"),
  row("collect", ["value"], [undefined], LIST, COLLECTED),
  deviation("stDev", 1),
  deviation("stDevP", 0),
  row("percentileDisc", ["value", "value"], PERCENTILE, "value", bodies(3, "percentile_step", "percentile_disc_finish")),
  row("percentileCont", ["value", "value"], PERCENTILE, DOUBLE, bodies(3, "percentile_step", "percentile_cont_finish")),
];
