/**
 * The keys of a database in their order: a counted tree (structure/tree.ts) of key bytes without values, for scans of ranges and
 * prefixes. It exists from the first such scan on; before that, and again when it has been dropped, the doors of keyspace.ts pay
 * one load and a branch for it, and only where a key comes or goes. Entries that are replaced or moved do not concern it.
 *
 *   order record (ORDER_BYTES, one for each database that has an order)
 *   0    tree record
 *   16   u32 cursor of the walk (scan.ts) that builds it
 *   20   u32 1 once it has all keys
 *   24   u32 era since which it may be changed in place, u32 handle
 *
 * It is built in steps by a walk with SCAN's cursor, while the doors put in and take out whatever comes and goes, before the
 * cursor or behind it: such a walk meets every key that is there throughout, so at its end the tree has all keys. A key that the
 * walk meets twice is put in once.
 *
 * The order can be made again from the table, so it never stands in the way of a write: where there is no memory for it, it is
 * dropped. A dropped tree is freed in steps (`keyOrderDig`). An order whose database has become empty is dropped too.
 *
 * Views and transactions have copies of the record, as they have of collections' (collection.ts). One that was not built when a view was
 * opened is of no use to it: such a scan sorts.
 *
 * Invariants, which `keyOrderCheck` checks in debug builds: (1) those of the tree; (2) each key of it is in the table; (3) a built
 * one has as many keys as the table.
 *
 * Cost: a key that comes or goes O(log keys); a step of the walk about 1 us a key; the span of a range O(log keys); a batch of
 * entries of it one lookup each, whose misses overlap. Memory: 32 to 36 bytes a key of 16 bytes.
 */
import { RANGE_HIGH_OPEN, RANGE_LOW_OPEN, RANGE_NO_HIGH, RANGE_NO_LOW } from "../abi/status";
import { ORDER_BUILDING, ORDER_OUT_OF_MEMORY, ORDER_READY, PURPOSE_TABLE } from "../abi/status";
import { copyBytes } from "../bytes/copy";
import { hashBytes } from "../bytes/hash";
import { allocate, memoryAdmit, release } from "../memory/allocator";
import { DEBUG } from "../memory/debug";
import { contextKeepRoot, contextRoot, contextTransaction, contextView } from "../mvcc/context";
import { viewKeepRoot, viewsLinger } from "../mvcc/view";
import { birthEra, isWritable, makeWritable, retireBlock } from "../structure/birth";
import { keyLength, keyPointer } from "../structure/entry";
import { TABLE_ENTRIES, tableFind, touchHashes } from "../structure/hash-table";
import {
  TREE_NO_MEMORY,
  TREE_SIZE,
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
import { DATABASE_ORDER, database } from "./database";
import { scanBucket, scanned, scannedCount } from "./scan";

const ORDER_CURSOR: usize = 16;
const ORDER_IS_BUILT: usize = 20;
const ORDER_BIRTH: usize = 24;
const ORDER_HANDLE: usize = 28;
const ORDER_BYTES: u32 = 32;
/** Kind of the roots of orders. */
export const ROOT_ORDER: u32 = 2;
/** What a step takes from the budget for each bucket of the walk, in keys. */
const BUCKET_COST: u32 = 1;

/** Entries that are looked up together: {u64 hash, u32 item of the tree, u32 entry} each. */
export const ORDER_BATCH: u32 = 32;
const BATCH_ITEM: usize = 8;
const BATCH_ENTRY: usize = 12;
const BATCH_STRIDE: usize = 16;
const batch: usize = memory.data(512, 8);

/** Trees of dropped orders, and what transactions have left behind of theirs. */
const dropped: usize = memory.data(DEAD_SIZE, 8);
const forgotten: usize = memory.data(DEAD_SIZE, 8);

/** What `keyOrderSpan` found: the position of a range's first key, and how many keys it has. */
export let spanFirst: u32 = 0;
export let spanCount: u32 = 0;

// @ts-ignore: decorator
@inline
function orderOf(record: usize): usize {
  const handle = <usize>load<u32>(record, DATABASE_ORDER);
  return handle ? contextRoot(handle) : 0;
}

/** The order of a database, made one that may be changed; 0: no memory. Requires: it has one. */
function ownOrder(record: usize): usize {
  const order = orderOf(record);
  if (isWritable(load<u32>(order, ORDER_BIRTH))) return order;
  const handle = <usize>load<u32>(order, ORDER_HANDLE);
  const copy = allocate(ORDER_BYTES, PURPOSE_TABLE);
  if (!copy) return 0;
  copyBytes(copy, order, ORDER_BYTES);
  if (!(contextTransaction ? contextKeepRoot(handle, copy, ROOT_ORDER) : viewKeepRoot(handle, copy, ROOT_ORDER))) {
    release(copy, PURPOSE_TABLE);
    return 0;
  }
  const own = contextTransaction ? copy : handle;
  store<u32>(own, birthEra, ORDER_BIRTH);
  return own;
}

/** Frees a view's copy of an order. */
export function keyOrderFree(copy: usize): void {
  release(copy, PURPOSE_TABLE);
}

/** Frees what a transaction has of an order, born after the era `view`. */
export function keyOrderForget(order: usize, view: u32): void {
  treeForget(order, view, forgotten);
  release(order, PURPOSE_TABLE);
}

// Changes -----------------------------------------------------------------------------------------------------------------

/** A key has come into the current database. Requires: there is an order. */
export function keyOrderInsert(entry: usize): void {
  const order = ownOrder(database);
  if (!order || !putKey(order, entry)) keyOrderDrop(database);
}

/** Puts a key in unless it is in. Returns false when there is no memory. */
function putKey(order: usize, entry: usize): bool {
  const length = keyLength(entry);
  return memoryAdmit(length) && treeInsert(order, keyPointer(entry), length, 0, 0) != TREE_NO_MEMORY;
}

/** A key has left the table of the current database. Requires: there is an order; the entry is not freed yet. */
export function keyOrderRemove(entry: usize): void {
  const order = ownOrder(database);
  const removed = order ? treeRemove(order, keyPointer(entry), keyLength(entry)) : TREE_NO_MEMORY;
  if (removed == TREE_NO_MEMORY || !load<u32>(database, TABLE_ENTRIES)) keyOrderDrop(database);
}

/** Forgets the order of a database, if it has one; its tree is freed by `keyOrderDig`. */
export function keyOrderDrop(record: usize): void {
  const order = orderOf(record);
  if (!order) return;
  if (contextTransaction) {
    store<u32>(record, 0, DATABASE_ORDER);
    return;
  }
  // Views that may read the tree have copies of the record from now on, or there are no views any more.
  if (!ownOrder(record)) makeWritable();
  store<u32>(record, 0, DATABASE_ORDER);
  treeDrop(order, dropped);
  retireBlock(order, PURPOSE_TABLE, 0);
}

/** Frees up to `budget` blocks of trees that have been dropped. Returns whether there are more. */
export function keyOrderDig(budget: u32): bool {
  return treeBury(forgotten, 0, 0, budget) || (!viewsLinger() && treeBury(dropped, 0, 0, budget));
}

// Building ----------------------------------------------------------------------------------------------------------------

/** Whether the current database has an order with all its keys. */
export function keyOrderIsBuilt(): bool {
  const order = orderOf(database);
  return order != 0 && load<u32>(order, ORDER_IS_BUILT) != 0;
}

/**
 * Goes on with the order of the current database, or begins it, by about `budget` keys. Returns ORDER_READY, ORDER_BUILDING, or
 * ORDER_OUT_OF_MEMORY: what there was of it is dropped. An empty database is ready without an order.
 */
export function keyOrderBuild(budget: u32): u32 {
  if (!load<u32>(database, TABLE_ENTRIES)) return ORDER_READY;
  if (!orderOf(database) && !begin()) return ORDER_OUT_OF_MEMORY;
  if (keyOrderIsBuilt()) return ORDER_READY;
  if (contextView) return ORDER_OUT_OF_MEMORY;
  const order = ownOrder(database);
  if (!order) {
    keyOrderDrop(database);
    return ORDER_OUT_OF_MEMORY;
  }
  let left = <i64>budget;
  do {
    const cursor = scanBucket(database, load<u32>(order, ORDER_CURSOR));
    for (let index: u32 = 0; index < scannedCount; index++) {
      if (!putKey(order, <usize>load<u32>(scanned + ((<usize>index) << 2)))) {
        keyOrderDrop(database);
        return ORDER_OUT_OF_MEMORY;
      }
    }
    store<u32>(order, cursor, ORDER_CURSOR);
    if (!cursor) {
      if (DEBUG) assert(treeItems(order) == load<u32>(database, TABLE_ENTRIES));
      store<u32>(order, 1, ORDER_IS_BUILT);
      return ORDER_READY;
    }
    left -= scannedCount + BUCKET_COST;
  } while (left > 0);
  return ORDER_BUILDING;
}

function begin(): bool {
  if (contextView) return false;
  const order = allocate(ORDER_BYTES, PURPOSE_TABLE);
  if (!order) return false;
  if (DEBUG) assert(TREE_SIZE == <i32>ORDER_CURSOR);
  treeInitialize(order, PURPOSE_TABLE);
  store<u32>(order, 0, ORDER_CURSOR);
  store<u32>(order, 0, ORDER_IS_BUILT);
  store<u32>(order, birthEra, ORDER_BIRTH);
  store<u32>(order, <u32>order, ORDER_HANDLE);
  store<u32>(database, <u32>order, DATABASE_ORDER);
  return true;
}

// Reading -----------------------------------------------------------------------------------------------------------------

/**
 * Finds the keys between two, for `spanFirst` and `spanCount`. RANGE_* flags say whether an end is left out or absent. Requires:
 * the current database has an order with all its keys, or is empty.
 */
export function keyOrderSpan(flags: u32, low: usize, lowBytes: u32, high: usize, highBytes: u32): void {
  const order = orderOf(database);
  spanFirst = 0;
  spanCount = 0;
  if (!order) return;
  let end = treeItems(order);
  if (!(flags & RANGE_NO_LOW)) {
    spanFirst = treeRank(order, low, lowBytes);
    if (treeMatched && flags & RANGE_LOW_OPEN) spanFirst++;
  }
  if (!(flags & RANGE_NO_HIGH)) {
    end = treeRank(order, high, highBytes);
    if (treeMatched && !(flags & RANGE_HIGH_OPEN)) end++;
  }
  if (end > spanFirst) spanCount = end - spanFirst;
}

/**
 * Looks up the entries of up to `count` keys from a position on, at most ORDER_BATCH, upwards or `backward`, for `batchEntry`. They are
 * good until the database changes. Returns how many. Requires: the positions exist.
 */
export function keyOrderBatch(position: u32, count: u32, backward: bool): u32 {
  const order = orderOf(database);
  const wanted = count < ORDER_BATCH ? count : ORDER_BATCH;
  let done: u32 = 0;
  while (done < wanted && treeLocate(order, backward ? position - done : position + done)) {
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
  touchHashes(database, batch, done, BATCH_STRIDE);
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
  const order = orderOf(record);
  if (!order) return 0;
  if (treeCheck(order, u32.MAX_VALUE, 0)) return 51;
  for (let position: u32 = 0; position < treeItems(order); position++) {
    treeLocate(order, position);
    const item = leafItem(locatedLeaf, locatedPosition);
    const length = itemKeyLength(item);
    if (!tableFind(record, hashBytes(itemKey(item), length), itemKey(item), length)) return 52;
  }
  return load<u32>(order, ORDER_IS_BUILT) && treeItems(order) != load<u32>(record, TABLE_ENTRIES) ? 53 : 0;
}
