/**
 * Cypher's functions of dates, times and durations (assembly/runtime/value-temporal.ts, value-duration.ts). The constants behind the arguments
 * say which kind is wanted: TEMPORAL_* of assembly/value/temporal.ts.
 */
import { CELL_CLOCK, CELL_NOW_MICROSECONDS, CELL_STATEMENT } from "../../../../assembly/abi/record.ts";
import { type CypherKind, type CypherRow, functionRow } from "./row.ts";

const TAGGED = { tagged: true } as const;
const STRING: readonly CypherKind[] = ["string"];
const SOURCE: readonly CypherKind[] = ["string", "map", "temporal"];
const TEMPORAL: readonly CypherKind[] = ["temporal"];
const INTEGER: readonly CypherKind[] = ["integer"];

const KINDS: readonly (readonly [name: string, kind: number])[] = [
  ["datetime", 1],
  ["localdatetime", 2],
  ["date", 3],
  ["time", 4],
  ["localtime", 5],
];

/** Names under which clocks are asked for: that of the statement if nothing is said. */
const CLOCKS = [
  ["", CELL_STATEMENT],
  [".transaction", CELL_NOW_MICROSECONDS],
  [".statement", CELL_STATEMENT],
  [".realtime", CELL_CLOCK],
] as const;

function clockOf(kind: number, cell: number) {
  return { ...TAGGED, extra: [kind, cell], volatility: cell === CELL_CLOCK ? "volatile" : "stable" } as const;
}

function kindRows([name, kind]: (typeof KINDS)[number]): CypherRow[] {
  const extra = { ...TAGGED, extra: [kind] } as const;
  const stable = { ...extra, volatility: "stable" } as const;
  return [
    ...CLOCKS.map(([clock, cell]) => functionRow(name + clock, [], "value", "temporal_now", clockOf(kind, cell))),
    ...CLOCKS.slice(1).map(([clock, cell]) => functionRow(name + clock, [STRING], "value", "temporal_now_in", clockOf(kind, cell))),
    functionRow(name, [SOURCE], "value", "temporal_of", stable),
    functionRow(`${name}.truncate`, [STRING], "value", "temporal_truncate_now", stable),
    functionRow(`${name}.truncate`, [STRING, TEMPORAL], "value", "temporal_truncate", extra),
    functionRow(`${name}.truncate`, [STRING, TEMPORAL, ["map"]], "value", "temporal_truncate_with", extra),
  ];
}

const UNITS = ["between", "inMonths", "inDays", "inSeconds"] as const;

const ROWS: readonly CypherRow[] = [
  ...KINDS.flatMap(kindRows),
  functionRow("datetime.fromEpoch", [INTEGER, INTEGER], "value", "temporal_from_epoch", TAGGED),
  functionRow("datetime.fromEpochMillis", [INTEGER], "value", "temporal_from_epoch_millis", TAGGED),
  functionRow("duration", [SOURCE], "value", "duration_of", TAGGED),
  ...UNITS.map((unit, number) =>
    functionRow(`duration.${unit}`, [TEMPORAL, TEMPORAL], "value", "duration_between", { ...TAGGED, extra: [number] }),
  ),
];

/** A zone by its name is the host's to give. */
function asking({ entry, accepts }: CypherRow): CypherRow {
  const { implementation } = entry;
  return { entry: implementation.kind === "engine" ? { ...entry, implementation: { ...implementation, asks: true } } : entry, accepts };
}

export const TEMPORAL_FUNCTIONS: readonly CypherRow[] = ROWS.map(asking);
