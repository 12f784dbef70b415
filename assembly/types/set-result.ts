/**
 * Results of set algebra: members are gathered in a tree of their own, without duplicates, and then answered, or stored as a whole under a key in
 * the place of whatever that holds.
 *
 * Requires: between `resultBegin` and `resultEnd` nothing but reading of members and `resultAdd`. Cost: O(log n) for each member.
 */
import { abandonTree, treesBegin, treesEnd } from "../mvcc/view";
import { TREE_ROOT, TREE_SIZE, treeItems } from "../structure/tree";
import { parseInteger } from "../bytes/integer";
import { containerBecomeTrees, newTree } from "./container";
import { membersInsert, membersPackTree } from "./members";
import { isBeyondIntegers, setFits } from "./set";

const result: usize = memory.data(TREE_SIZE, 8);
/** Bytes of all members, the longest one, and whether all are integers. */
let bytes: u64 = 0;
let longest: u32 = 0;
let allIntegers: bool = true;

export function resultBegin(): void {
  newTree(result);
  bytes = 0;
  longest = 0;
  allIntegers = true;
  treesBegin();
}

/** Adds a member, which may be there already. Returns false when there is no memory. */
export function resultAdd(member: usize, length: u32): bool {
  const before = treeItems(result);
  if (!membersInsert(result, member, length)) return false;
  if (treeItems(result) == before) return true;
  bytes += length;
  if (length > longest) longest = length;
  if (allIntegers && !parseInteger(member, length)) allIntegers = false;
  return true;
}

export function resultEnd(): void {
  treesEnd();
}

export function resultCount(): u32 {
  return treeItems(result);
}

/** Whether Redis would keep the result as an intset, and so answer it in order. */
export function isResultIntegers(): bool {
  return !isBeyondIntegers(allIntegers, treeItems(result));
}

export function resultBytes(): u64 {
  return bytes;
}

/** The tree, for a walk. */
export function resultTree(): usize {
  return result;
}

/** Frees the result. */
export function resultDrop(): void {
  abandonTree(<usize>load<u32>(result, TREE_ROOT));
  newTree(result);
}

/** Makes the result the open set's content. Returns false, with the result dropped, when there is no memory. Requires: it is not empty. */
export function resultStore(): bool {
  const mark = isBeyondIntegers(allIntegers, treeItems(result));
  const packs = membersPackTree(result, longest, mark);
  if (packs < 0) {
    if (containerBecomeTrees(result, 1, mark)) return true;
    resultDrop();
    return false;
  }
  resultDrop();
  if (packs == 1) setFits(longest);
  return packs == 1;
}
