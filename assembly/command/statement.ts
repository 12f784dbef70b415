/**
 * Statements: what is begun, then kept or taken back as a whole, and judged by the foreign keys when it ends. Statements of query plans, and commands
 * that write to a table with foreign keys: those are statements of their own, whatever they are.
 *
 * Requires: the plan's arena has been reset before a statement of a plan.
 */
import { ARGUMENT_LENGTH, ARGUMENT_POINTER, ARGUMENT_SIZE, DATABASE_COUNT } from "../abi/layout";
import { CELL_GRAPH, COLLECTION_INDEXES } from "../abi/record";
import { effectCommit, effectsMark, effectsOn, effectsRewind } from "../durability/effect-log";
import { constraintsHold } from "../graph/constraint";
import { graphOf } from "../graph/graph";
import { collectionNamed, lastVersion, prefixLength } from "../keyspace/collection";
import { database, setNow, useDatabase } from "../keyspace/database";
import { statementCommit, statementRollback } from "../keyspace/keyspace";
import { referencesDeclared } from "../keyspace/row-door";
import { trackUnit, trackUnitEnd } from "../keyspace/track";
import { undoBegin, undoOn } from "../keyspace/undo";
import { INDEX_NEXT, INDEX_REFERRED, INDEX_REFERS } from "../table/index";
import { referencesForget } from "../table/reference";
import { cells, cellsBegin, cellsReset } from "../value/cells";
import { packedReset } from "../value/packed-writer";
import { referencesSettle } from "./reference-action";

/** Whether the statement is a unit to the transactions that are active. */
let isUnit: bool = false;
/** Length of the effect log when the statement began. */
let effectsBefore: u32 = 0;

/** Begins a statement on a database. */
export function statementBegin(index: u32, nowMs: f64): void {
  useDatabase(index);
  setNow(nowMs);
  store<u32>(cells, <u32>graphOf(), CELL_GRAPH);
  effectsBefore = effectsMark();
  referencesForget();
  isUnit = trackUnit();
  undoBegin();
}

/**
 * Keeps what the running statement has done, or takes it back. False: it would break a foreign key or a constraint of a label, and was taken
 * back; the error is in the cells.
 */
export function statementEnd(keep: bool): bool {
  if (!undoOn) return true;
  const holds = !keep || (referencesSettle() && constraintsHold());
  if (keep && holds) statementCommit();
  else {
    referencesForget();
    statementRollback();
    effectsRewind(effectsBefore);
  }
  if (effectsOn) effectCommit();
  if (isUnit) trackUnitEnd();
  isUnit = false;
  packedReset();
  return holds;
}

/**
 * Begins a statement that reads by a compiled query and then writes: its time, zone and budget are in the cells. Answers the version of all
 * collections, as `execution_begin` does. Requires: the arena is empty.
 */
export function writingBegin(index: u32, nowMs: f64, clockMs: f64, zone: i32, budget: u32): u32 {
  if (index >= <u32>DATABASE_COUNT) unreachable();
  cellsBegin(nowMs, clockMs, zone, budget);
  statementBegin(index, nowMs);
  return lastVersion;
}

/** Ends it, as `statementEnd` does; unless that answers false the arena is freed and the error forgotten. */
export function writingEnd(keep: bool): bool {
  const done = statementEnd(keep);
  if (done) cellsReset();
  return done;
}

// Commands ----------------------------------------------------------------------------------------------------------------

/** Set while a command runs as a statement: it need not begin one of its own. */
export let commandIsStatement: bool = false;

/** Begins a statement for a command that has a key of a table with foreign keys among its arguments, and answers whether it has. */
export function commandBegin(argc: u32, argv: usize): bool {
  if (!referencesDeclared || !touchesReferences(argc, argv)) return false;
  effectsBefore = effectsMark();
  referencesForget();
  undoBegin();
  commandIsStatement = true;
  return true;
}

/** Keeps what the command has done, or takes it back. What a reference has against it is in the cells then. */
export function commandEnd(keep: bool): void {
  if (keep && referencesSettle()) statementCommit();
  else {
    referencesForget();
    statementRollback();
    effectsRewind(effectsBefore);
  }
  commandIsStatement = false;
}

function touchesReferences(argc: u32, argv: usize): bool {
  for (let index: u32 = 1; index < argc; index++) {
    const argument = argv + <usize>index * ARGUMENT_SIZE;
    const key = <usize>load<u32>(argument, ARGUMENT_POINTER);
    const length = load<u32>(argument, ARGUMENT_LENGTH);
    const prefix = prefixLength(key, length);
    // ROW.SET and its like name the table alone.
    const collection = length ? collectionNamed(database, key, prefix ? prefix : length) : 0;
    if (collection && hasReferences(collection)) return true;
  }
  return false;
}

function hasReferences(collection: usize): bool {
  for (let each = <usize>load<u32>(collection, COLLECTION_INDEXES); each; each = <usize>load<u32>(each, INDEX_NEXT)) {
    if (load<u32>(each, INDEX_REFERRED) || load<u32>(each, INDEX_REFERS)) return true;
  }
  return false;
}
