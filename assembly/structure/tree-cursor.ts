/**
 * Cursors: a place in a tree from which to go on forwards and backwards, also after the tree has changed.
 *
 *   cursor (CURSOR_SIZE bytes, its owner's)
 *   0   u32 tree record
 *   4   u32 the tree's stamp when leaf and index were looked up
 *   8   u32 position of the item in the tree; BEFORE_FIRST, or the number of items behind the last
 *   12  u32 leaf (0: the cursor is on no item)
 *   16  u32 position in the leaf
 *   20  u32 block with the key of a parked cursor (0: none yet)
 *   24  u32 length of that key; NOT_PARKED
 *
 * Whoever lets others change the tree between two steps parks the cursor first: it then remembers its key, and goes on from the
 * next (or previous) key to it that the tree has by then, whether or not the key itself is still there. A cursor that was not
 * parked goes on by position, which is exact unless something before it was inserted or removed. Addresses are never used
 * across a change: the stamp tells. A cursor over a view (a copied record) meets no changes.
 *
 * Reading allocates nothing; parking needs memory for the key. Cost: a step O(1) in the leaf and O(log n) to the next one.
 */
import { copyBytes } from "../bytes/copy";
import { allocate, allocatedSize, release } from "../memory/allocator";
import { TREE_PURPOSE, TREE_STAMP, locatedLeaf, locatedPosition, treeItems, treeLocate, treeMatched, treeRank } from "./tree";
import { itemKey, itemKeyLength, leafItem } from "./tree-leaf";
import { nodeCount } from "./tree-node";

export const CURSOR_SIZE: i32 = 28;
const CURSOR_TREE: usize = 0;
const CURSOR_STAMP: usize = 4;
export const CURSOR_POSITION: usize = 8;
const CURSOR_LEAF: usize = 12;
const CURSOR_INDEX: usize = 16;
const CURSOR_KEY: usize = 20;
const CURSOR_KEY_LENGTH: usize = 24;

const BEFORE_FIRST: u32 = 0xffffffff;
const NOT_PARKED: u32 = 0xffffffff;

/** Where `cursorSeek` goes: the first item not below the key, or above it; the last not above it, or below it. */
export const SEEK_AT_LEAST: u32 = 0;
export const SEEK_ABOVE: u32 = 1;
export const SEEK_AT_MOST: u32 = 2;
export const SEEK_BELOW: u32 = 3;

/** Makes memory a cursor before the first item of a tree or of a view. */
export function cursorOpen(cursor: usize, tree: usize): void {
  store<u32>(cursor, <u32>tree, CURSOR_TREE);
  store<u32>(cursor, 0, CURSOR_KEY);
  cursorPlace(cursor, BEFORE_FIRST);
}

/** Frees what the cursor has allocated. It may be opened again. */
export function cursorClose(cursor: usize): void {
  const block = <usize>load<u32>(cursor, CURSOR_KEY);
  if (block) release(block, cursorPurpose(cursor));
  store<u32>(cursor, 0, CURSOR_KEY);
}

function cursorPurpose(cursor: usize): u32 {
  return load<u32>(<usize>load<u32>(cursor, CURSOR_TREE), TREE_PURPOSE);
}

/** Goes to a position; returns the item, or 0 when there is none. */
export function cursorPlace(cursor: usize, position: u32): usize {
  const tree = <usize>load<u32>(cursor, CURSOR_TREE);
  const items = treeItems(tree);
  store<u32>(cursor, NOT_PARKED, CURSOR_KEY_LENGTH);
  store<u32>(cursor, load<u32>(tree, TREE_STAMP), CURSOR_STAMP);
  store<u32>(cursor, position < items || position == BEFORE_FIRST ? position : items, CURSOR_POSITION);
  if (!treeLocate(tree, position)) {
    store<u32>(cursor, 0, CURSOR_LEAF);
    return 0;
  }
  store<u32>(cursor, <u32>locatedLeaf, CURSOR_LEAF);
  store<u32>(cursor, locatedPosition, CURSOR_INDEX);
  return leafItem(locatedLeaf, locatedPosition);
}

/** Goes to an item by its key and a SEEK_* rule; returns the item, or 0 when there is none. */
export function cursorSeek(cursor: usize, rule: u32, key: usize, length: u32): usize {
  const rank = treeRank(<usize>load<u32>(cursor, CURSOR_TREE), key, length);
  const matched: u32 = treeMatched ? 1 : 0;
  if (rule == SEEK_AT_LEAST) return cursorPlace(cursor, rank);
  if (rule == SEEK_ABOVE) return cursorPlace(cursor, rank + matched);
  return cursorPlace(cursor, rule == SEEK_AT_MOST ? rank + matched - 1 : rank - 1);
}

/** True when the tree has changed since the cursor was placed. */
// @ts-ignore: decorator
@inline
function isStale(cursor: usize): bool {
  return load<u32>(<usize>load<u32>(cursor, CURSOR_TREE), TREE_STAMP) != load<u32>(cursor, CURSOR_STAMP);
}

/** The item under the cursor, or 0: it is on none, or the tree has changed and the item it was on has gone. */
export function cursorItem(cursor: usize): usize {
  if (isStale(cursor)) {
    if (load<u32>(cursor, CURSOR_KEY_LENGTH) == NOT_PARKED) return cursorPlace(cursor, load<u32>(cursor, CURSOR_POSITION));
    const rank = parkedRank(cursor);
    return treeMatched ? cursorPlace(cursor, rank) : 0;
  }
  const leaf = <usize>load<u32>(cursor, CURSOR_LEAF);
  return leaf ? leafItem(leaf, load<u32>(cursor, CURSOR_INDEX)) : 0;
}

/** Goes to the next item and returns it, or 0 at the end. */
export function cursorNext(cursor: usize): usize {
  if (isStale(cursor) && load<u32>(cursor, CURSOR_KEY_LENGTH) != NOT_PARKED) {
    const rank = parkedRank(cursor);
    return cursorPlace(cursor, treeMatched ? rank + 1 : rank);
  }
  const leaf = <usize>load<u32>(cursor, CURSOR_LEAF);
  const index = load<u32>(cursor, CURSOR_INDEX) + 1;
  const position = load<u32>(cursor, CURSOR_POSITION) + 1;
  if (isStale(cursor) || !leaf || index >= nodeCount(leaf)) return cursorPlace(cursor, position);
  return cursorStep(cursor, leaf, index, position);
}

/** Goes to the previous item and returns it, or 0 at the beginning. */
export function cursorPrevious(cursor: usize): usize {
  if (isStale(cursor) && load<u32>(cursor, CURSOR_KEY_LENGTH) != NOT_PARKED) return cursorPlace(cursor, parkedRank(cursor) - 1);
  const leaf = <usize>load<u32>(cursor, CURSOR_LEAF);
  const index = load<u32>(cursor, CURSOR_INDEX);
  const position = load<u32>(cursor, CURSOR_POSITION);
  if (position == BEFORE_FIRST) return cursorPlace(cursor, BEFORE_FIRST);
  if (isStale(cursor) || !leaf || !index) return cursorPlace(cursor, position - 1);
  return cursorStep(cursor, leaf, index - 1, position - 1);
}

/** Moves within a leaf that has not changed. */
// @ts-ignore: decorator
@inline
function cursorStep(cursor: usize, leaf: usize, index: u32, position: u32): usize {
  store<u32>(cursor, NOT_PARKED, CURSOR_KEY_LENGTH);
  store<u32>(cursor, index, CURSOR_INDEX);
  store<u32>(cursor, position, CURSOR_POSITION);
  return leafItem(leaf, index);
}

/** Rank of the key that the cursor has been parked on. */
function parkedRank(cursor: usize): u32 {
  const key = <usize>load<u32>(cursor, CURSOR_KEY);
  return treeRank(<usize>load<u32>(cursor, CURSOR_TREE), key, load<u32>(cursor, CURSOR_KEY_LENGTH));
}

/**
 * Remembers the key of the item that the cursor is on, so that the tree may change. Returns false when there is no memory for
 * it; the cursor is then as it was. A cursor on no item has nothing to remember.
 */
export function cursorPark(cursor: usize): bool {
  if (load<u32>(cursor, CURSOR_KEY_LENGTH) != NOT_PARKED) return true;
  const item = cursorItem(cursor);
  if (!item) return true;
  const length = itemKeyLength(item);
  let block = <usize>load<u32>(cursor, CURSOR_KEY);
  if (!block || allocatedSize(block) < length) {
    const larger = allocate(length ? length : 1, cursorPurpose(cursor));
    if (!larger) return false;
    if (block) release(block, cursorPurpose(cursor));
    block = larger;
    store<u32>(cursor, <u32>block, CURSOR_KEY);
  }
  copyBytes(block, itemKey(item), length);
  store<u32>(cursor, length, CURSOR_KEY_LENGTH);
  return true;
}
