/**
 * Tables whose content has been thrown away (FLUSHDB, FLUSHALL) and is freed in bounded steps.
 *
 * A grave is a block {u32 next grave, u32 directory, u32 depth, u32 next directory slot, u32 1 for a table of collections}. Its memory stays accounted until
 * it is really free. Cost: burying O(1); a step frees one segment, at most 1,524 entries.
 */
import { CONTROL_LAZY_FREED } from "../abi/layout";
import { PURPOSE_TABLE } from "../abi/status";
import { allocate, release } from "../memory/allocator";
import { countOne } from "../memory/control";
import { viewsCancel, viewsLinger } from "../mvcc/view";
import { setEraUsed } from "../structure/birth";
import {
  BUCKET_COUNT,
  BUCKET_SLOTS,
  SEGMENT_DEPTH,
  SEGMENT_ENTRIES,
  TABLE_DEPTH,
  TABLE_DIRECTORY,
  TABLE_ENTRIES,
  TABLE_SEGMENTS,
  bucketAt,
  filledSlots,
  tableInitialize,
} from "../structure/hash-table";
import { collectionsMoved, releaseCollection } from "./collection";
import { DATABASE_COLLECTIONS, databaseIndex } from "./database";
import { releaseEntry } from "./entry-release";
import { dropTrees, hasTrees } from "./entry-trees";
import { keyOrderDrop } from "./key-order";
import { touchDatabase, touchOn } from "./touch";

const GRAVE_NEXT: usize = 0;
const GRAVE_DIRECTORY: usize = 4;
const GRAVE_DEPTH: usize = 8;
const GRAVE_POSITION: usize = 12;
const GRAVE_COLLECTIONS: usize = 16;
const GRAVE_BYTES: u32 = 20;

let graves: usize = 0;
let graveCount: u32 = 0;
/** Entries in all graves that are not freed yet. */
let graveEntries: u32 = 0;

/** How many entries wait for being freed; where only empty tables are left, how many of those. */
export function gravesLinger(): u32 {
  return graveEntries ? graveEntries : graveCount;
}

/** Empties a database at once; its entries and collections are freed by later `digGrave` calls. */
export function buryDatabase(record: usize): void {
  if (touchOn) touchDatabase(databaseIndex(record));
  collectionsMoved();
  keyOrderDrop(record);
  bury(record, false);
  bury(record + DATABASE_COLLECTIONS, true);
}

/** Empties a table (of collections or of keys) at once; its entries are freed by later `digGrave` calls. */
export function bury(table: usize, collections: bool): void {
  if (!load<u32>(table, TABLE_SEGMENTS)) return;
  const grave = allocate(GRAVE_BYTES, PURPOSE_TABLE);
  if (grave) {
    store<u32>(grave, <u32>graves, GRAVE_NEXT);
    store<u32>(grave, load<u32>(table, TABLE_DIRECTORY), GRAVE_DIRECTORY);
    store<u32>(grave, load<u32>(table, TABLE_DEPTH), GRAVE_DEPTH);
    store<u32>(grave, 0, GRAVE_POSITION);
    store<u32>(grave, collections ? 1 : 0, GRAVE_COLLECTIONS);
    graves = grave;
    graveCount++;
    graveEntries += load<u32>(table, TABLE_ENTRIES);
  } else {
    if (viewsLinger()) viewsCancel();
    const directory = <usize>load<u32>(table, TABLE_DIRECTORY);
    const depth = load<u32>(table, TABLE_DEPTH);
    let position: u32 = 0;
    while (!(position >>> depth)) position += freeSegment(directory, depth, position, collections);
    release(directory, PURPOSE_TABLE);
  }
  tableInitialize(table);
  setEraUsed(true);
}

/** Frees one segment of the newest grave. Returns the number of entries freed + 1, or 0 when there is no grave. */
export function digGrave(): u32 {
  const grave = graves;
  if (!grave) return 0;
  const directory = <usize>load<u32>(grave, GRAVE_DIRECTORY);
  const depth = load<u32>(grave, GRAVE_DEPTH);
  const position = load<u32>(grave, GRAVE_POSITION);
  const entries = load<u32>(<usize>load<u32>(directory + ((<usize>position) << 2)), SEGMENT_ENTRIES);
  const next = position + freeSegment(directory, depth, position, load<u32>(grave, GRAVE_COLLECTIONS) != 0);
  graveEntries -= entries;
  store<u32>(grave, next, GRAVE_POSITION);
  if (next >>> depth) {
    graves = <usize>load<u32>(grave, GRAVE_NEXT);
    graveCount--;
    release(directory, PURPOSE_TABLE);
    release(grave, PURPOSE_TABLE);
  }
  return entries + 1;
}

/** Frees the segment at a directory slot with its entries; returns how many directory slots it had. */
function freeSegment(directory: usize, depth: u32, position: u32, collections: bool): u32 {
  const segment = <usize>load<u32>(directory + ((<usize>position) << 2));
  const span: u32 = 1 << (depth - load<u32>(segment, SEGMENT_DEPTH));
  for (let index: u32 = 0; index < BUCKET_COUNT; index++) {
    const bucket = bucketAt(segment, index);
    let filled = filledSlots(bucket);
    while (filled) {
      const entry = <usize>load<u32>(bucket + ((<usize>ctz(filled)) << 2), BUCKET_SLOTS);
      if (collections) releaseCollection(entry);
      else {
        // A value of trees is counted there.
        if (hasTrees(entry)) dropTrees(entry);
        else countOne(CONTROL_LAZY_FREED);
        releaseEntry(entry);
      }
      filled &= filled - 1;
    }
  }
  release(segment, PURPOSE_TABLE);
  return span;
}
