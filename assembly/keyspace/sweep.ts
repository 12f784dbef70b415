/**
 * The background work of the keyspace: the active expiry cycle, joining of segments that have become small, and digging
 * of graves. The host says when and how much (`maintain`); what is done depends only on the calls, never on a clock.
 *
 * A segment knows a lower bound of its earliest expiry and a bucket which of its slots expire, so a sweep costs one look
 * per segment and touches only entries that have an expiry in segments where something is due.
 */
import { DATABASE_COUNT } from "../abi/layout";
import { hashBytes } from "../bytes/hash";
import { treesLinger, viewsBury, viewsLinger } from "../mvcc/view";
import { BUFFER_LENGTH } from "../structure/byte-buffer";
import { keyLength, keyPointer } from "../structure/entry";
import { entryDue, isOver } from "../structure/entry-due";
import {
  BUCKET_COUNT,
  BUCKET_EXPIRES,
  BUCKET_SLOTS,
  SEGMENT_DEPTH,
  SEGMENT_EARLIEST,
  SEGMENT_ENTRIES,
  SEGMENT_EXPIRING,
  TABLE_DEPTH,
  TABLE_ENTRIES,
  TABLE_SEGMENTS,
  bucketAt,
  segmentAt,
  segmentSpan,
  tableHalveDirectory,
  tableJoin,
  tableOwnSegment,
} from "../structure/hash-table";
import {
  DATABASE_COLLECTIONS,
  TABLE_SWEEP,
  TABLE_SWEEP_DEPTH,
  database,
  databaseAt,
  databaseIndex,
  expiryOn,
  now,
  useDatabase,
} from "./database";
import { bury, digGrave } from "./graveyard";
import { dropUnused } from "./collection";
import { expire, expiredKeys } from "./keyspace";

/**
 * Removes fields of a stored hash that are over, about as many as the budget, and returns what is left of that; -1: their removal cannot be
 * logged now. Never all fields. The entry may lie in another block afterwards.
 */
type FieldSweep = (hash: u64, slot: usize, entry: usize, budget: i32) => i32;
let sweepFields: FieldSweep | null = null;

/** Says what removes fields that are over. Called once. */
export function setFieldSweep(sweepOf: FieldSweep): void {
  sweepFields = sweepOf;
}

/** What joining two segments costs in units of the budget (one entry freed). */
const JOIN_COST: u32 = 256;
const JOIN_ENTRIES: u32 = 508;

/** The database whose turn it is in the present round, and whether the round has joined segments. */
let sweepDatabase: u32 = 0;
/** Whether it is the turn of its table of collections, which stands behind that of its keys. */
let sweepCollections: bool = false;
let roundJoined: bool = false;
/** Whether the round has left fields that are over where the budget has ended. */
let roundLeft: bool = false;
let budgetLeft: i32 = 0;
/** Set when deletions must be taken by the effect log before more can be remembered: the sweep goes on here next time. */
let logFull: bool = false;

/**
 * Frees, expires and looks at most about `budget` entries and segments. A round goes once over all segments of all
 * databases, in as many calls as the budget makes it. Returns true while there is a reason to call again soon: graves are
 * left, the round is not at its end, or it has joined segments that may join further or left fields that are over.
 */
export function sweep(budget: u32, expireActively: bool): bool {
  budgetLeft = <i32>budget;
  logFull = false;
  if (viewsBury(budget)) budgetLeft >>= 1;
  dropUnused();
  while (budgetLeft > 0 && !viewsLinger()) {
    const freed = digGrave();
    if (!freed) break;
    budgetLeft -= freed;
  }
  const caller = databaseIndex(database);
  while (budgetLeft > 0 && !logFull && sweepDatabase < <u32>DATABASE_COUNT) {
    useDatabase(sweepDatabase);
    if (sweepCollections ? sweepTable(database + DATABASE_COLLECTIONS, false) : sweepTable(database, expireActively)) {
      if (sweepCollections) sweepDatabase++;
      sweepCollections = !sweepCollections;
    }
  }
  useDatabase(caller);
  if (sweepDatabase < <u32>DATABASE_COUNT) return true;
  const again = roundJoined || roundLeft || treesLinger();
  sweepDatabase = 0;
  roundJoined = false;
  roundLeft = false;
  return again;
}

/** Sweeps a table from where the last sweep stopped, as far as the budget goes. Returns true at its end. */
function sweepTable(table: usize, expireActively: bool): bool {
  if (!load<u32>(table, TABLE_SEGMENTS)) return true;
  if (!load<u32>(table, TABLE_ENTRIES)) {
    bury(table, false);
    roundJoined = true;
    return true;
  }
  let ended = false;
  let position = load<u32>(table, TABLE_SWEEP);
  let deepest = load<u32>(table, TABLE_SWEEP_DEPTH);
  if (position >>> load<u32>(table, TABLE_DEPTH)) position = 0;
  while (budgetLeft > 0) {
    let segment = segmentAt(table, position);
    if (expireActively && expiryOn && load<u32>(segment, SEGMENT_EXPIRING) && load<u64>(segment, SEGMENT_EARLIEST) < now) {
      expireSegment(table, tableOwnSegment(table, position));
      if (logFull || !load<u32>(table, TABLE_ENTRIES)) return false;
      segment = segmentAt(table, position);
    }
    if (load<u32>(segment, SEGMENT_ENTRIES) <= JOIN_ENTRIES && tableJoin(table, position)) {
      roundJoined = true;
      budgetLeft -= JOIN_COST;
      segment = segmentAt(table, position);
    }
    budgetLeft--;
    const span = segmentSpan(table, segment);
    const depth = load<u32>(segment, SEGMENT_DEPTH);
    if (depth > deepest) deepest = depth;
    position = (position & ~(span - 1)) + span;
    if (position >>> load<u32>(table, TABLE_DEPTH)) {
      if (deepest < load<u32>(table, TABLE_DEPTH) && tableHalveDirectory(table)) roundJoined = true;
      position = 0;
      deepest = 0;
      ended = true;
      break;
    }
  }
  store<u32>(table, position, TABLE_SWEEP);
  store<u32>(table, deepest, TABLE_SWEEP_DEPTH);
  return ended;
}

/**
 * Deletes the expired entries of a segment and sets its earliest expiry anew. Stops with `logFull` when a deletion cannot be
 * remembered behind others; passes over an entry whose own key is too long for that.
 */
function expireSegment(table: usize, segment: usize): void {
  let earliest = u64.MAX_VALUE;
  for (let index: u32 = 0; index < BUCKET_COUNT; index++) {
    const bucket = bucketAt(segment, index);
    let marked = <u32>load<u16>(bucket, BUCKET_EXPIRES);
    while (marked) {
      const slot = bucket + BUCKET_SLOTS + ((<usize>ctz(marked)) << 2);
      const entry = <usize>load<u32>(slot);
      let due = entryDue(entry);
      if (due < now && !isOver(entry, now)) {
        const left = sweepFields!(hashBytes(keyPointer(entry), keyLength(entry)), slot, entry, budgetLeft);
        due = entryDue(<usize>load<u32>(slot));
        if (left < 0) {
          logFull = true;
          return;
        }
        budgetLeft = left;
        if (due < now && left <= 0) roundLeft = true;
        if (due < earliest) earliest = due;
      } else if (due < now) {
        const last = load<u32>(table, TABLE_ENTRIES) == 1;
        if (expire(hashBytes(keyPointer(entry), keyLength(entry)), slot, entry)) {
          budgetLeft--;
          if (last) return;
        } else {
          logFull = load<u32>(expiredKeys, BUFFER_LENGTH) != 0;
          if (logFull) return;
          if (due < earliest) earliest = due;
        }
      } else if (due < earliest) earliest = due;
      marked &= marked - 1;
    }
  }
  store<u64>(segment, earliest, SEGMENT_EARLIEST);
}
