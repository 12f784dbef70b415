/**
 * Copies of whole containers, for COPY, and what becomes of their trees when a key gets another name (RENAME, MOVE).
 *
 * A node belongs to one key, so a copy has nodes of its own: built in order, O(elements). Another name shares them, since the old one goes.
 */
import { PURPOSE_VALUE, TYPE_LIST } from "../abi/status";
import { abandonTree, isStatementTree, treesBegin, treesEnd } from "../mvcc/view";
import { birthEra } from "../structure/birth";
import { firstRoot, hasTrees } from "../keyspace/entry-trees";
import { ENTRY_VALUE_LENGTH } from "../structure/entry";
import { TREE_ROOT, TREE_SIZE, treeInitialize } from "../structure/tree";
import { BULK_SIZE, bulkAppend, bulkBegin, bulkCancel, bulkFinish } from "../structure/tree-bulk";
import { CURSOR_SIZE, cursorNext, cursorOpen } from "../structure/tree-cursor";
import { itemKey, itemKeyLength, itemValue, itemValueLength } from "../structure/tree-leaf";
import { DEAD_SIZE } from "../structure/tree-node";
import { treeBury } from "../structure/tree-free";
import { treeOf, typeOf } from "./container";
import { fillTree } from "./list";

const bulk: usize = memory.data(BULK_SIZE, 8);
const cursor: usize = memory.data(CURSOR_SIZE, 8);
const copied: usize = memory.data(TREE_SIZE << 1, 8);
const cancelled: usize = memory.data(DEAD_SIZE, 8);

/** How many trees an entry has. */
function treeCount(entry: usize): u32 {
  return hasTrees(entry) ? load<u32>(entry, ENTRY_VALUE_LENGTH) / <u32>TREE_SIZE : 0;
}

/** Gives an entry that was copied, and is not stored, trees of its own. Returns false, with nothing kept, when there is no memory. */
export function copyTrees(entry: usize): bool {
  const count = treeCount(entry);
  if (!count) return true;
  treesBegin();
  let done: u32 = 0;
  while (done < count && copyTree(entry, done)) done++;
  treesEnd();
  if (done < count) {
    for (let each: u32 = 0; each < done; each++) abandonTree(<usize>load<u32>(copied + <usize>(each * TREE_SIZE), TREE_ROOT));
    return false;
  }
  memory.copy(treeOf(entry), copied, count * TREE_SIZE);
  return true;
}

/** Copies one tree of an entry to its place in `copied`; without memory nothing of it is kept. */
function copyTree(entry: usize, position: u32): bool {
  const source = treeOf(entry, position);
  const target = copied + <usize>(position * TREE_SIZE);
  treeInitialize(target, PURPOSE_VALUE);
  if (typeOf(entry) == TYPE_LIST) {
    if (fillTree(target, entry)) return true;
    abandonTree(<usize>load<u32>(target, TREE_ROOT));
    return false;
  }
  if (!bulkBegin(bulk, target, birthEra)) return false;
  cursorOpen(cursor, source);
  let item = cursorNext(cursor);
  while (item) {
    if (!bulkAppend(bulk, itemKey(item), itemKeyLength(item), itemValue(item), itemValueLength(item))) break;
    item = cursorNext(cursor);
  }
  if (!item && bulkFinish(bulk)) return true;
  bulkCancel(bulk, cancelled);
  treeBury(cancelled, 0, 0, u32.MAX_VALUE);
  return false;
}

/** An entry that was copied with its trees will not be stored. */
export function abandonTrees(entry: usize): void {
  const count = treeCount(entry);
  for (let each: u32 = 0; each < count; each++) abandonTree(<usize>load<u32>(treeOf(entry, each), TREE_ROOT));
}

/** Whether another entry may go on with an entry's trees when this one goes; else it needs copies, so that the statement can be taken back. */
export function mayShareTrees(entry: usize): bool {
  return hasTrees(entry) && !isStatementTree(firstRoot(entry));
}
