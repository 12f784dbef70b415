/**
 * The frame of an execution that only reads: one call before it and one behind it, whatever the plan is.
 *
 * Between them the plan's cells hold the statement's time, zone, budget and graph, and the arena is its own. Nothing is written, so there
 * is no statement to keep or to take back (`statement_begin`).
 *
 * Between two morsels an execution may be suspended, so that others run and commands too: what of it lies in the cells and arenas is
 * put aside until it is resumed. Everything else that it has lies in its plan's memory. The first time it opens a read view, from which it
 * goes on reading (mvcc/view.ts): nothing has changed since it began, so it sees one instant. Rows, entries and numbers that it holds are
 * those of the view; handles of collections are to be asked for anew, since the committed state goes on under those that it had.
 *
 * To active transactions an execution is a unit of the instant at which it began (mvcc/ssi-unit.ts). What it reads later must be marked
 * then: before it is suspended first, all that it may read is told as a whole (`execution_read`), and the unit ends.
 *
 * A suspended execution (PURPOSE_SCRATCH):
 *
 *   0                   cells and arenas (value/cells.ts)
 *   SUSPENDED_NOW       f64 time
 *   SUSPENDED_DATABASE  u32 number of the database, u32 view
 *
 * Cost: O(1).
 */
import { CELL_GRAPH, CELL_NOW } from "../abi/record";
import { DATABASE_COUNT } from "../abi/layout";
import { PURPOSE_SCRATCH } from "../abi/status";
import { graphOf } from "../graph/graph";
import { lastVersion } from "../keyspace/collection";
import { database, databaseIndex, setNow, useDatabase } from "../keyspace/database";
import { contextExit, viewEnter } from "../keyspace/private-state";
import { trackCollection, trackUnit, trackUnitEnd, tracksReads } from "../keyspace/track";
import { trackGraph } from "../keyspace/track-graph";
import { allocate, release } from "../memory/allocator";
import { DEBUG } from "../memory/debug";
import { viewClose, viewIsCancelled, viewOpen } from "../mvcc/view";
import { CELLS_SAVED_SIZE, cells, cellsBegin, cellsReset, cellsRestore, cellsSave } from "../value/cells";

/** Whether the execution is a unit to the transactions that are active. */
let isUnit: bool = false;

const SUSPENDED_NOW: usize = (CELLS_SAVED_SIZE + 7) & ~7;
const SUSPENDED_DATABASE: usize = SUSPENDED_NOW + 8;
const SUSPENDED_VIEW: usize = SUSPENDED_DATABASE + 4;
const SUSPENDED_SIZE: u32 = <u32>SUSPENDED_VIEW + 4;

/** The view that the running execution reads from; 0: the committed state. */
let ownView: usize = 0;

/**
 * Begins an execution that reads a database at a time (Unix milliseconds; in a transaction that of its begin, and the clock's beside it),
 * `zone` seconds east of UTC, with so many bytes for its arena.
 * Answers the version of all collections: while it is the same, handles, field numbers and catalogs are.
 */
export function execution_begin(database: u32, now: f64, clock: f64, zone: i32, budget: u32): u32 {
  if (database >= <u32>DATABASE_COUNT) unreachable();
  if (DEBUG) assert(!ownView);
  useDatabase(database);
  setNow(now);
  cellsBegin(now, clock, zone, budget);
  store<u32>(cells, <u32>graphOf(), CELL_GRAPH);
  isUnit = trackUnit();
  return lastVersion;
}

/** Ends it: the arena is freed and the error forgotten, and the view is closed. */
export function execution_end(): void {
  if (isUnit) trackUnitEnd();
  isUnit = false;
  cellsReset();
  if (!ownView) return;
  const view = ownView;
  ownView = 0;
  contextExit();
  viewClose(view);
}

/** Says that the execution may read this collection of the current database, there or not, or (without bytes) its graph. */
export function execution_read(prefix: usize, length: u32): void {
  if (!isUnit || !tracksReads) return;
  if (length) trackCollection(prefix, length);
  else trackGraph();
}

/** Puts the execution that runs aside, between two of its morsels; 0: there is no memory for that, and it is still the one that runs. */
export function execution_suspend(): usize {
  const suspended = allocate(SUSPENDED_SIZE, PURPOSE_SCRATCH);
  if (!suspended) return 0;
  const isFirst = !ownView;
  const view = isFirst ? viewOpen(load<f64>(cells, CELL_NOW)) : ownView;
  if (!view) {
    release(suspended, PURPOSE_SCRATCH);
    return 0;
  }
  store<f64>(suspended, load<f64>(cells, CELL_NOW), SUSPENDED_NOW);
  store<u32>(suspended, databaseIndex(database), SUSPENDED_DATABASE);
  store<u32>(suspended, <u32>view, SUSPENDED_VIEW);
  cellsSave(suspended);
  if (!isFirst) contextExit();
  if (isUnit) trackUnitEnd();
  isUnit = false;
  ownView = 0;
  return suspended;
}

/**
 * Goes on with it: it is the one that runs, until `execution_end` or until it is suspended again. Answers 0 if what it saw may be gone, and
 * then it may only be ended.
 */
export function execution_resume(suspended: usize): i32 {
  const view = <usize>load<u32>(suspended, SUSPENDED_VIEW);
  viewEnter(view);
  ownView = view;
  useDatabase(load<u32>(suspended, SUSPENDED_DATABASE));
  setNow(load<f64>(suspended, SUSPENDED_NOW));
  cellsRestore(suspended);
  store<u32>(cells, <u32>graphOf(), CELL_GRAPH);
  release(suspended, PURPOSE_SCRATCH);
  return viewIsCancelled(view) ? 0 : 1;
}
