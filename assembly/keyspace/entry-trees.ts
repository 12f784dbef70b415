/**
 * Entries whose value is trees: large lists, sets, sorted sets and hashes. The value part is one tree record (structure/tree.ts)
 * or two, one behind the other.
 *
 * An entry's block and its trees have lives of their own. The block ends like any other (entry-retire.ts), and never takes trees
 * with it, since a newer version of the entry, a view's or that under another name, may share the nodes. A tree ends when its value
 * leaves the keyspace: whoever takes it out says so once (`dropTrees`), at once and in O(1); nodes are freed in steps.
 */
import { CONTROL_LAZY_FREED } from "../abi/layout";
import { TYPE_LIST, TYPE_STREAM } from "../abi/status";
import { countOne } from "../memory/control";
import { contextTransaction } from "../mvcc/context";
import { dropTree, forgetTree, isStatementTree, takeBackTree } from "../mvcc/view";
import { ENTRY_KIND, ENTRY_VALUE_LENGTH, valuePointer } from "../structure/entry";
import { TREE_ROOT, TREE_SIZE } from "../structure/tree";
import { treeBytes } from "../structure/tree-size";
import { ENCODING_MASK, ENCODING_TREES, TYPE_MASK } from "./entry-release";

/** True when the entry's value is trees. */
// @ts-ignore: decorator
@inline
export function hasTrees(entry: usize): bool {
  const kind = <u32>load<u8>(entry, ENTRY_KIND);
  return (kind & ENCODING_MASK) == ENCODING_TREES && (kind & TYPE_MASK) - TYPE_LIST <= <u32>(TYPE_STREAM - TYPE_LIST);
}

/** The root of an entry's tree at a position, 0: it is empty, or there is no such tree. */
// @ts-ignore: decorator
@inline
function rootAt(entry: usize, position: u32): usize {
  if (position * TREE_SIZE >= load<u32>(entry, ENTRY_VALUE_LENGTH)) return 0;
  return <usize>load<u32>(valuePointer(entry) + <usize>(position * TREE_SIZE), TREE_ROOT);
}

/** Whether the statement that runs has made a tree of the entry anew, and so the entry (see `isStatementTree`). Requires: `hasTrees`. */
export function hasStatementTree(entry: usize): bool {
  return isStatementTree(rootAt(entry, 0)) || isStatementTree(rootAt(entry, 1));
}

/** The value leaves the keyspace. Nothing for entries without trees. */
// @ts-ignore: decorator
@inline
export function dropTrees(entry: usize): void {
  if (hasTrees(entry)) dropBoth(entry);
}

function dropBoth(entry: usize): void {
  // What a transaction drops is dropped once more, and counted, when it commits.
  if (!contextTransaction) countOne(CONTROL_LAZY_FREED);
  dropTree(rootAt(entry, 0));
  dropTree(rootAt(entry, 1));
}

/** The entry is taken back with the statement that has made it. */
export function takeBackTrees(entry: usize): void {
  if (!hasTrees(entry)) return;
  takeBackTree(rootAt(entry, 0));
  takeBackTree(rootAt(entry, 1));
}

/** The same for the second tree alone, which the entry has got beside one that stays. */
export function takeBackSecondTree(entry: usize): void {
  takeBackTree(rootAt(entry, 1));
}

/** Bytes that the entry's trees take. Cost: O(elements). */
export function treesSize(entry: usize): u64 {
  return hasTrees(entry) ? treeBytes(rootAt(entry, 0)) + treeBytes(rootAt(entry, 1)) : 0;
}

/** A transaction is forgotten that has made the entry on the state of an era. */
export function forgetTrees(entry: usize, era: u32): void {
  if (!hasTrees(entry)) return;
  const first = rootAt(entry, 0);
  const second = rootAt(entry, 1);
  if (first) forgetTree(first, era);
  if (second) forgetTree(second, era);
}

/** Set while an entry takes the place of one whose trees it goes on with. */
export let sharesTrees: bool = false;

export function setSharesTrees(shares: bool): void {
  sharesTrees = shares;
}
