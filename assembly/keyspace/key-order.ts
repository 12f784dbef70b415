/**
 * The keys of a database in their order: a counted tree (structure/tree.ts) of key bytes without values, for scans of ranges and
 * prefixes. It exists from the first such scan on; before that, and again when it has been dropped, the doors of keyspace.ts pay
 * one load and a branch for it, and only where a key comes or goes. Entries that are replaced or moved do not concern it.
 *
 * Its tree lies in the database record, so a read view and a transaction have what it was with their copies of the record: the view
 * reads it, and what the transaction changes is born in its own era (mvcc/), also a whole order if there was none. A scan in a view's
 * state goes without then (key-selection.ts).
 *
 * It is built in steps by a walk with SCAN's cursor, while the doors put in and take out whatever comes and goes, before the
 * cursor or behind it: such a walk meets every key that is there throughout, so at its end the tree has all keys. A key that the
 * walk meets twice is put in once.
 *
 * The order can be made again from the table, so it never stands in the way of a write: where there is no memory for it, it is
 * dropped. A dropped tree is freed in steps (`keyOrderDig`), when no view is left that may see it.
 *
 * Invariants, which `keyOrderCheck` checks in debug builds: (1) those of the tree; (2) each key of it is in the table; (3) a built
 * one has as many keys as the table.
 *
 * Cost: a key that comes or goes O(log keys); a step of the walk about 1 us a key; the span of a range O(log keys); a batch of
 * entries of it one lookup each, whose misses overlap. Memory: 26 to 36 bytes a key of 16 bytes.
 */
import {
  ORDER_BUILDING,
  ORDER_OUT_OF_MEMORY,
  ORDER_READY,
  PURPOSE_TABLE,
  RANGE_HIGH_OPEN,
  RANGE_LOW_OPEN,
  RANGE_NO_HIGH,
  RANGE_NO_LOW,
} from "../abi/status";
import { copyBytes } from "../bytes/copy";
import { hashBytes } from "../bytes/hash";
import { memoryAdmit } from "../memory/allocator";
import { DEBUG } from "../memory/debug";
import { contextTransaction, contextView } from "../mvcc/context";
import { viewEra, viewsLinger } from "../mvcc/view";
import { keyLength, keyPointer } from "../structure/entry";
import { TABLE_ENTRIES, tableFind, touchHashes } from "../structure/hash-table";
import {
  TREE_NO_MEMORY,
  locatedLeaf,
  locatedPosition,
  treeDrop,
  treeInitialize,
  treeInsert,
  treeItems,
  treeLocate,
  treeMatched,
  treeRank,
  treeRemove,
} from "../structure/tree";
import { treeCheck } from "../structure/tree-check";
import { treeBury, treeForget } from "../structure/tree-free";
import { itemKey, itemKeyLength, leafItem } from "../structure/tree-leaf";
import { DEAD_SIZE, nodeCount } from "../structure/tree-node";
import { DATABASE_ORDER, DATABASE_ORDER_CURSOR, DATABASE_ORDER_TREE, database } from "./database";
import { ENCODING_EXTERNAL } from "./entry-release";
import { scanBucket, scanned, scannedCount } from "./scan";

/** Values of DATABASE_ORDER; 0: there is none. */
const ORDER_BEGUN: u32 = 1;
const ORDER_BUILT: u32 = 2;
/** What a step takes from the budget for each bucket of the walk, in keys. */
const BUCKET_COST: u32 = 1;

/** Entries that are looked up together: {u64 hash, u32 item of the tree, u32 entry} each. */
export const ORDER_BATCH: u32 = 32;
const BATCH_ITEM: usize = 8;
const BATCH_ENTRY: usize = 12;
const BATCH_STRIDE: usize = 16;
const batch: usize = memory.data(512, 8);

/** Trees of dropped orders, and what transactions have left behind of theirs, which nobody else can see. */
const dropped: usize = memory.data(DEAD_SIZE, 8);
const forgotten: usize = memory.data(DEAD_SIZE, 8);

/** What `keyOrderSpan` found: the position of a range's first key, and how many keys it has. */
export let spanFirst: u32 = 0;
export let spanCount: u32 = 0;

// @ts-ignore: decorator
@inline
function treeOf(record: usize): usize {
  return record + DATABASE_ORDER_TREE;
}

// Changes -----------------------------------------------------------------------------------------------------------------

/** A key has come into the current database. Requires: there is an order. */
export function keyOrderInsert(entry: usize): void {
  if (!putKey(treeOf(database), entry)) keyOrderDrop(database);
}

/** Puts a key in unless it is in. Returns false when there is no memory. */
function putKey(tree: usize, entry: usize): bool {
  const length = keyLength(entry);
  return memoryAdmit(length) && treeInsert(tree, keyPointer(entry), length, 0, 0) != TREE_NO_MEMORY;
}

/** A key has left the table of the current database. Requires: there is an order; the entry is not freed yet. */
export function keyOrderRemove(entry: usize): void {
  if (treeRemove(treeOf(database), keyPointer(entry), keyLength(entry)) == TREE_NO_MEMORY) keyOrderDrop(database);
}

/** Forgets the order of a database, if it has one; its tree is freed by `keyOrderDig`. */
export function keyOrderDrop(record: usize): void {
  if (!load<u32>(record, DATABASE_ORDER)) return;
  store<u32>(record, 0, DATABASE_ORDER);
  if (contextTransaction) treeForget(treeOf(record), viewEra(contextView), forgotten);
  else treeDrop(treeOf(record), dropped);
}

/** Forgets what a transaction that reads from a view of era `view` has made of the order of a database. */
export function keyOrderForget(record: usize, view: u32): void {
  if (load<u32>(record, DATABASE_ORDER)) treeForget(treeOf(record), view, forgotten);
}

/** Frees up to `budget` blocks of trees that nobody sees any more. Returns whether there are more. */
export function keyOrderDig(budget: u32): bool {
  return treeBury(forgotten, 0, 0, budget) || (!viewsLinger() && treeBury(dropped, 0, 0, budget));
}

// Building ----------------------------------------------------------------------------------------------------------------

/** Whether the current database has an order with all its keys. */
export function keyOrderIsBuilt(): bool {
  return load<u32>(database, DATABASE_ORDER) == ORDER_BUILT;
}

/**
 * Goes on with the order of the current database, or begins it, by about `budget` keys. Returns ORDER_READY, ORDER_BUILDING, or
 * ORDER_OUT_OF_MEMORY: what there was of it is dropped. Requires: what is seen is not just a view.
 */
export function keyOrderBuild(budget: u32): u32 {
  if (DEBUG) assert(!contextView || contextTransaction);
  const state = load<u32>(database, DATABASE_ORDER);
  const tree = treeOf(database);
  if (state == ORDER_BUILT) return ORDER_READY;
  if (!state) {
    treeInitialize(tree, PURPOSE_TABLE);
    store<u32>(database, ORDER_BEGUN, DATABASE_ORDER);
    store<u32>(database, 0, DATABASE_ORDER_CURSOR);
  }
  let left = <i64>budget;
  do {
    const cursor = scanBucket(database, load<u32>(database, DATABASE_ORDER_CURSOR));
    for (let index: u32 = 0; index < scannedCount; index++) {
      if (!putKey(tree, <usize>load<u32>(scanned + ((<usize>index) << 2)))) {
        keyOrderDrop(database);
        return ORDER_OUT_OF_MEMORY;
      }
    }
    store<u32>(database, cursor, DATABASE_ORDER_CURSOR);
    if (!cursor) {
      if (DEBUG) assert(treeItems(tree) == load<u32>(database, TABLE_ENTRIES));
      store<u32>(database, ORDER_BUILT, DATABASE_ORDER);
      return ORDER_READY;
    }
    left -= scannedCount + BUCKET_COST;
  } while (left > 0);
  return ORDER_BUILDING;
}

// Reading -----------------------------------------------------------------------------------------------------------------

/**
 * Finds the keys between two, for `spanFirst` and `spanCount`. RANGE_* flags say whether an end is left out or absent. Requires:
 * the current database has an order with all its keys.
 */
export function keyOrderSpan(flags: u32, low: usize, lowBytes: u32, high: usize, highBytes: u32): void {
  const tree = treeOf(database);
  spanFirst = 0;
  spanCount = 0;
  let end = treeItems(tree);
  if (!(flags & RANGE_NO_LOW)) {
    spanFirst = treeRank(tree, low, lowBytes);
    if (treeMatched && flags & RANGE_LOW_OPEN) spanFirst++;
  }
  if (!(flags & RANGE_NO_HIGH)) {
    end = treeRank(tree, high, highBytes);
    if (treeMatched && !(flags & RANGE_HIGH_OPEN)) end++;
  }
  if (end > spanFirst) spanCount = end - spanFirst;
}

/** Longest prefix that is looked for as a whole. */
const PREFIX_MAX: u32 = 256;
const behindPrefix: usize = memory.data(256, 8);

/**
 * Finds the keys that begin with a prefix, or with the first PREFIX_MAX bytes of a longer one, for `spanFirst` and `spanCount`. Requires:
 * as `keyOrderSpan`.
 */
export function keyOrderPrefix(prefix: usize, length: u32): void {
  const shared = length < PREFIX_MAX ? length : PREFIX_MAX;
  let bytes = shared;
  while (bytes && load<u8>(prefix + bytes - 1) == 255) bytes--;
  copyBytes(behindPrefix, prefix, bytes);
  if (bytes) store<u8>(behindPrefix + bytes - 1, load<u8>(prefix + bytes - 1) + 1);
  keyOrderSpan(bytes ? RANGE_HIGH_OPEN : RANGE_NO_HIGH, prefix, shared, behindPrefix, bytes);
}

/**
 * Looks up the entries of up to `count` keys from a position on, at most ORDER_BATCH, upwards or `backward`, for `batchEntry`. They are
 * good until the database changes. Returns how many. Requires: the positions exist.
 */
export function keyOrderBatch(position: u32, count: u32, backward: bool): u32 {
  const tree = treeOf(database);
  const wanted = count < ORDER_BATCH ? count : ORDER_BATCH;
  let done: u32 = 0;
  while (done < wanted && treeLocate(tree, backward ? position - done : position + done)) {
    const leaf = locatedLeaf;
    let at = locatedPosition;
    const inLeaf = backward ? at + 1 : nodeCount(leaf) - at;
    for (let left = inLeaf < wanted - done ? inLeaf : wanted - done; left; left--) {
      const item = leafItem(leaf, at);
      const place = batch + <usize>done * BATCH_STRIDE;
      store<u64>(place, hashBytes(itemKey(item), itemKeyLength(item)));
      store<u32>(place, <u32>item, BATCH_ITEM);
      done++;
      at = backward ? at - 1 : at + 1;
    }
  }
  if (DEBUG) assert(done == wanted);
  touchHashes(database, batch, done, BATCH_STRIDE, ENCODING_EXTERNAL);
  for (let index: u32 = 0; index < done; index++) {
    const place = batch + <usize>index * BATCH_STRIDE;
    const item = <usize>load<u32>(place, BATCH_ITEM);
    const slot = tableFind(database, load<u64>(place), itemKey(item), itemKeyLength(item));
    if (!slot) unreachable();
    store<u32>(place, load<u32>(slot), BATCH_ENTRY);
  }
  return done;
}

/** An entry of the last batch. */
// @ts-ignore: decorator
@inline
export function batchEntry(index: u32): usize {
  return <usize>load<u32>(batch + <usize>index * BATCH_STRIDE, BATCH_ENTRY);
}

/** Returns 0, or 50 + the number of the first broken invariant (see the head). For debug builds. */
export function keyOrderCheck(record: usize): i32 {
  const state = load<u32>(record, DATABASE_ORDER);
  const tree = treeOf(record);
  if (!state) return 0;
  if (treeCheck(tree, u32.MAX_VALUE, 0)) return 51;
  for (let position: u32 = 0; position < treeItems(tree); position++) {
    treeLocate(tree, position);
    const item = leafItem(locatedLeaf, locatedPosition);
    const length = itemKeyLength(item);
    if (!tableFind(record, hashBytes(itemKey(item), length), itemKey(item), length)) return 52;
  }
  return state == ORDER_BUILT && treeItems(tree) != load<u32>(record, TABLE_ENTRIES) ? 53 : 0;
}
