/**
 * The sixteen databases: records of DATABASE_SIZE bytes whose first fields are the table of hash-table.ts, the current
 * one, and the time of the batch that runs. These are the roots of all stored data. A read view and a transaction have records of
 * their own (mvcc/), which stand in the place of these while they run. A second table in the record has the
 * collections (collection.ts) by their prefixes; each table has the position of its sweep behind it. Behind them stand the graph and
 * the order of the keys (key-order.ts).
 *
 * `now` and `accessClock` change only through `setNow`, once a batch: commands of one batch see one time.
 */
import { CONTROL_DATABASE_POINTER, DATABASE_COUNT, DATABASE_SIZE } from "../abi/layout";
import { control } from "../memory/control";
import { DEBUG } from "../memory/debug";
import { viewsInitialize } from "../mvcc/view";
import { tableInitialize } from "../structure/hash-table";

/** Position of a table's maintenance sweep: the next directory slot, and the deepest segment that it has met. */
export const TABLE_SWEEP: usize = 24;
export const TABLE_SWEEP_DEPTH: usize = 28;
/** The table of the collections. */
export const DATABASE_COLLECTIONS: usize = 32;
/** u32: what the database keeps of its graph (graph/), or 0. */
export const DATABASE_GRAPH: usize = 64;
/** u32: whether the database has an order of its keys (key-order.ts), u32 how far it is built, and its tree. */
export const DATABASE_ORDER: usize = 68;
export const DATABASE_ORDER_CURSOR: usize = 72;
export const DATABASE_ORDER_TREE: usize = 76;

/** The records of the committed state. */
const headDatabases: usize = memory.data(DATABASE_SIZE * DATABASE_COUNT, 64);

/** The records that commands see: those of the committed state, or of the view or transaction that runs. */
let databases: usize = headDatabases;
/** Record of the database that the running command works on. */
export let database: usize = headDatabases;
/** Unix milliseconds of the running batch. */
export let now: u64 = 0;
/** Seconds of `now`, modulo 2^24. */
export let accessClock: u32 = 0;
/** False during replay: the log has the deletes of expired keys. */
export let expiryOn: bool = true;
/** True when reads must leave access times as they are (CLIENT NO-TOUCH). */
export let keepAccess: bool = false;

export function databasesInitialize(): void {
  viewsInitialize(headDatabases);
  for (let index = 0; index < DATABASE_COUNT; index++) {
    tableInitialize(databaseAt(index));
    tableInitialize(databaseAt(index) + DATABASE_COLLECTIONS);
  }
  store<u32>(control, <u32>databases, CONTROL_DATABASE_POINTER);
}

/** Record of a database. Requires: index < DATABASE_COUNT. */
export function databaseAt(index: u32): usize {
  if (DEBUG) assert(index < <u32>DATABASE_COUNT);
  return databases + <usize>index * DATABASE_SIZE;
}

/** Record of a database of the committed state. */
export function headDatabaseAt(index: u32): usize {
  return headDatabases + <usize>index * DATABASE_SIZE;
}

/** Lets commands see these DATABASE_COUNT records; 0: those of the committed state. */
export function useDatabases(records: usize): void {
  const index = databaseIndex(database);
  databases = records ? records : headDatabases;
  useDatabase(index);
}

export function databaseIndex(record: usize): u32 {
  return <u32>((record - databases) / DATABASE_SIZE);
}

export function useDatabase(index: u32): void {
  database = databaseAt(index);
}

/** While it is held nobody changes it: what a statement that goes on for long has changed may not expire under it (undo.ts). */
let nowHeld: bool = false;

/** Holds the time, or lets it go on. */
export function holdNow(held: bool): void {
  nowHeld = held;
}

export function setNow(milliseconds: f64): void {
  if (nowHeld) return;
  now = <u64>milliseconds;
  accessClock = (<u32>(now / 1000)) & 0xffffff;
}

export function setExpiryOn(on: bool): void {
  expiryOn = on;
}

export function setKeepAccess(keep: bool): void {
  keepAccess = keep;
}
