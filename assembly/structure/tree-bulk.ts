/**
 * Building a tree from items that come in ascending order: leaves are filled one after the other, and each level of inner
 * nodes too. A full leaf is 7/8 of the largest one and lies in a block of just its size; a full inner node has 28 of 31
 * children. So a tree that was built takes little memory, and insertion has room before it splits.
 *
 *   bulk record (BULK_SIZE bytes, its owner's)
 *   0    u32 tree record, empty until `bulkFinish`
 *   4    u32 open leaf, of full size
 *   8    u32 separator before it
 *   12   u32 birth era of all blocks: that of the beginning, so that views opened since cannot lie between two of them
 *   16   for each level from 1 on: u32 open inner node (0: none yet), u32 separator before it
 *
 * An append that has no memory has appended nothing. Cost: O(1) amortised, O(log n) at worst.
 */
import { DEBUG } from "../memory/debug";
import { bearIn } from "./birth";
import { TREE_ITEMS, TREE_PURPOSE, TREE_ROOT, TREE_STAMP } from "./tree";
import { NO_SEPARATOR, cancelSeparator, innerAppend, innerFinish, innerItems, makeSeparator } from "./tree-inner";
import {
  LEAF_BYTES,
  allocateTightLeaf,
  itemKey,
  itemKeyLength,
  leafAppend,
  leafFinish,
  leafItem,
  leafUsed,
  pend,
  pendAllocate,
  pendCancel,
  pendMove,
  pendNothing,
  pendPut,
  virtualBytes,
} from "./tree-leaf";
import { compareKeys } from "./tree-key";
import {
  DEPTH_MAX,
  NODE_HEADER,
  freeBlock,
  initializeNode,
  nodeCapacity,
  nodeCount,
  poolRelease,
  poolReserve,
  poolTake,
  pushDead,
  writeUnder,
} from "./tree-node";

export const BULK_SIZE: i32 = <i32>(16 + (DEPTH_MAX << 3));
const BULK_TREE: usize = 0;
const BULK_LEAF: usize = 4;
const BULK_SEPARATOR: usize = 8;
const BULK_ERA: usize = 12;
const BULK_LEVELS: usize = 8;
const LEVEL_SEPARATOR: usize = 4;

const LEAF_FILL: u32 = LEAF_BYTES - (LEAF_BYTES >> 3);
const CHILDREN_FILL: u32 = 28;

// @ts-ignore: decorator
@inline
function levelRecord(bulk: usize, level: u32): usize {
  return bulk + BULK_LEVELS + ((<usize>level) << 3);
}

/** Begins to build an empty tree. Returns false when there is no memory. `era` is that of the change (see `treeWriter`). */
export function bulkBegin(bulk: usize, tree: usize, era: u32): bool {
  if (DEBUG) assert(load<u32>(tree, TREE_ROOT) == 0);
  memory.fill(bulk, 0, BULK_SIZE);
  store<u32>(bulk, <u32>tree, BULK_TREE);
  store<u32>(bulk, NO_SEPARATOR, BULK_SEPARATOR);
  store<u32>(bulk, era, BULK_ERA);
  writeUnder(load<u32>(tree, TREE_PURPOSE));
  const now = bearIn(era);
  const leaf = allocateTightLeaf(LEAF_BYTES);
  bearIn(now);
  store<u32>(bulk, <u32>leaf, BULK_LEAF);
  return leaf != 0;
}

/** Appends an item. Returns false when there is no memory. Requires: the key is greater than the last one. */
export function bulkAppend(bulk: usize, key: usize, keyLength: u32, value: usize, valueLength: u32): bool {
  const leaf = <usize>load<u32>(bulk, BULK_LEAF);
  const count = nodeCount(leaf);
  if (DEBUG) assert(count == 0 || isAbove(leaf, key, keyLength));
  writeUnder(load<u32>(<usize>load<u32>(bulk, BULK_TREE), TREE_PURPOSE));
  const now = bearIn(load<u32>(bulk, BULK_ERA));
  pend(count, false, key, keyLength, value, valueLength);
  let done = pendAllocate();
  if (done && count && leafUsed(leaf) + virtualBytes(leaf, count, count + 1) - NODE_HEADER > LEAF_FILL) {
    done = sealLeaf(bulk, leaf, key, keyLength);
    if (done) pendMove(0);
    else pendCancel();
  }
  if (done) pendPut(leaf);
  bearIn(now);
  return done;
}

function isAbove(leaf: usize, key: usize, length: u32): bool {
  const last = leafItem(leaf, nodeCount(leaf) - 1);
  return compareKeys(itemKey(last), itemKeyLength(last), key, length) < 0;
}

/** Hands the open leaf's items over to a leaf of just their size, and leaves it empty. False, and nothing changed: no memory. */
function sealLeaf(bulk: usize, leaf: usize, key: usize, keyLength: u32): bool {
  const count = nodeCount(leaf);
  const last = leafItem(leaf, count - 1);
  const separator = makeSeparator(itemKey(last), itemKeyLength(last), key, keyLength);
  const sealed = allocateTightLeaf(leafUsed(leaf));
  if (!separator || !sealed || !poolReserve(nodesToAttach(bulk))) {
    cancelSeparator(separator);
    if (sealed) freeBlock(sealed);
    return false;
  }
  pendNothing();
  leafAppend(sealed, leaf, 0, count);
  leafFinish(sealed);
  initializeNode(leaf, nodeCapacity(leaf), 0);
  attach(bulk, 1, sealed, count, load<u32>(bulk, BULK_SEPARATOR));
  store<u32>(bulk, separator, BULK_SEPARATOR);
  return true;
}

/** How many inner nodes it takes to attach a leaf. */
function nodesToAttach(bulk: usize): u32 {
  let level: u32 = 1;
  while (level <= DEPTH_MAX) {
    const open = <usize>load<u32>(levelRecord(bulk, level));
    if (!open || nodeCount(open) < CHILDREN_FILL) return open ? level - 1 : level;
    level++;
  }
  return level;
}

/** Gives a node its place in the open node of `level`; a full one is closed and goes on to the next level. */
function attach(bulk: usize, level: u32, node: usize, nodeItems: u32, nodeSeparator: u32): void {
  let child = node;
  let items = nodeItems;
  let separator = nodeSeparator;
  for (let above = level; above <= DEPTH_MAX; above++) {
    const record = levelRecord(bulk, above);
    const open = <usize>load<u32>(record);
    if (open && nodeCount(open) < CHILDREN_FILL) {
      innerAppend(open, separator, child, items);
      return;
    }
    const fresh = poolTake(above);
    innerAppend(fresh, NO_SEPARATOR, child, items);
    store<u32>(record, <u32>fresh);
    const before = load<u32>(record, LEVEL_SEPARATOR);
    store<u32>(record, separator, LEVEL_SEPARATOR);
    if (!open) return;
    innerFinish(open);
    child = open;
    items = innerItems(open);
    separator = before;
  }
  unreachable();
}

/** Makes the tree of all that was appended. Returns false when there is no memory; it may be tried again, or cancelled. */
export function bulkFinish(bulk: usize): bool {
  const tree = <usize>load<u32>(bulk, BULK_TREE);
  const leaf = <usize>load<u32>(bulk, BULK_LEAF);
  const count = nodeCount(leaf);
  if (!count) {
    freeBlock(leaf);
    return true;
  }
  writeUnder(load<u32>(tree, TREE_PURPOSE));
  const now = bearIn(load<u32>(bulk, BULK_ERA));
  const sealed = allocateTightLeaf(leafUsed(leaf));
  const done = sealed != 0 && poolReserve(DEPTH_MAX);
  if (done) {
    pendNothing();
    leafAppend(sealed, leaf, 0, count);
    leafFinish(sealed);
    freeBlock(leaf);
    const root = load<u32>(levelRecord(bulk, 1)) ? closeLevels(bulk, sealed, count) : sealed;
    const items = load<u32>(levelRecord(bulk, 1)) ? innerItems(root) : count;
    store<u32>(tree, <u32>root, TREE_ROOT);
    store<u32>(tree, items, TREE_ITEMS);
    store<u32>(tree, load<u32>(tree, TREE_STAMP) + 1, TREE_STAMP);
    poolRelease();
  } else if (sealed) freeBlock(sealed);
  bearIn(now);
  return done;
}

/** Attaches the last leaf and then each level's open node to the next level; returns the root. */
function closeLevels(bulk: usize, leaf: usize, count: u32): usize {
  attach(bulk, 1, leaf, count, load<u32>(bulk, BULK_SEPARATOR));
  let level: u32 = 1;
  while (true) {
    const record = levelRecord(bulk, level);
    const open = <usize>load<u32>(record);
    innerFinish(open);
    if (level == DEPTH_MAX || !load<u32>(levelRecord(bulk, level + 1))) return open;
    attach(bulk, level + 1, open, innerItems(open), load<u32>(record, LEVEL_SEPARATOR));
    level++;
  }
}

/** Gives up: all that was built goes on a list that `treeBury` frees (tree-free.ts); the tree stays empty. */
export function bulkCancel(bulk: usize, list: usize): void {
  pushDead(list, <usize>load<u32>(bulk, BULK_LEAF), 1);
  cancelSeparator(load<u32>(bulk, BULK_SEPARATOR));
  for (let level: u32 = 1; level <= DEPTH_MAX; level++) {
    const record = levelRecord(bulk, level);
    const open = <usize>load<u32>(record);
    if (!open) return;
    pushDead(list, open, 1);
    cancelSeparator(load<u32>(record, LEVEL_SEPARATOR));
  }
}
