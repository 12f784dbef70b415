/**
 * The frame of an execution that only reads: one call before it and one behind it, whatever the plan is.
 *
 * Between them the plan's cells hold the statement's time, zone, budget and graph, and the arena is its own. Nothing is written, so there
 * is no statement to keep or to take back (`statement_begin`).
 *
 * Cost: O(1).
 */
import { CELL_BUDGET, CELL_GRAPH, CELL_NOW, CELL_NOW_MICROSECONDS, CELL_ZONE } from "../abi/record";
import { DATABASE_COUNT } from "../abi/layout";
import { graphOf } from "../graph/graph";
import { lastVersion } from "../keyspace/collection";
import { setNow, useDatabase } from "../keyspace/database";
import { trackUnit, trackUnitEnd } from "../keyspace/track";
import { cells, cellsReset } from "../value/cells";

/** Whether the execution is a unit to the transactions that are active. */
let isUnit: bool = false;

const MICROSECONDS_OF_MS: i64 = 1000;

/**
 * Begins an execution that reads a database at a time (Unix milliseconds), `zone` seconds east of UTC, with so many bytes for its arena.
 * Answers the version of all collections: while it is the same, handles, field numbers and catalogs are.
 */
export function execution_begin(database: u32, now: f64, zone: i32, budget: u32): u32 {
  if (database >= <u32>DATABASE_COUNT) unreachable();
  useDatabase(database);
  setNow(now);
  store<f64>(cells, now, CELL_NOW);
  store<i64>(cells, <i64>nearest<f64>(now) * MICROSECONDS_OF_MS, CELL_NOW_MICROSECONDS);
  store<i64>(cells, <i64>zone, CELL_ZONE);
  store<u32>(cells, budget, CELL_BUDGET);
  store<u32>(cells, <u32>graphOf(), CELL_GRAPH);
  isUnit = trackUnit();
  return lastVersion;
}

/** Ends it: the arena is freed and the error forgotten. */
export function execution_end(): void {
  if (isUnit) trackUnitEnd();
  isUnit = false;
  cellsReset();
}
