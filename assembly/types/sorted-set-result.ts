/**
 * Results of ZUNION, ZINTER, ZDIFF and their STORE forms, and of ZRANGESTORE: members with scores are gathered in a tree `members`, then put into one
 * `order` (sorted-set.ts), and then answered, or stored as a whole under a key in the place of whatever that holds.
 *
 * Requires: between `sortedResultBegin` and `sortedResultEnd` nothing but reading of containers, `sortedResultFind`, and `sortedResultPut`, by
 * which a member's score may be put again and again, or `sortedResultAppend`. Cost: O(log n) for each member, twice.
 */
import { abandonTree, treesBegin, treesEnd } from "../mvcc/view";
import { PACKED_HEAD, setPackedCount } from "../structure/packed-list";
import { TREE_ROOT, TREE_SIZE, treeFind, treeItems } from "../structure/tree";
import { itemValue, itemValueLength } from "../structure/tree-leaf";
import { containerBecomeTrees, newTree, packedReplace } from "./container";
import {
  PACKED_BYTES_MAX,
  PACKED_MAX,
  memberLength,
  memberNext,
  memberPointer,
  memberValue,
  memberValueLength,
  membersWalkTree,
} from "./members";
import { keptBytes, readKept } from "./score";
import { elementBegin, elementEnd, inMembers, inMembersBytes, putInMembers, putInOrder } from "./sorted-element";
import {
  isBeyondSorted,
  packedElementBytes,
  sortedLength,
  sortedMember,
  sortedNext,
  sortedScore,
  sortedWalkTree,
  writePacked,
} from "./sorted-set";

const members: usize = memory.data(TREE_SIZE << 1, 8);
const order: usize = members + TREE_SIZE;
/** Bytes of all members, and the longest one. */
let bytes: u64 = 0;
let longest: u32 = 0;

export function sortedResultBegin(): void {
  newTree(members);
  newTree(order);
  bytes = 0;
  longest = 0;
  treesBegin();
}

/** The score that `sortedResultFind` found. */
export let resultScore: f64 = 0;

/** Whether a member is among those gathered so far. */
export function sortedResultFind(member: usize, length: u32): bool {
  if (!treeItems(members) || !elementBegin(member, length)) return false;
  const item = treeFind(members, inMembers(), inMembersBytes());
  elementEnd();
  if (!item) return false;
  resultScore = readKept(itemValue(item), itemValueLength(item));
  return true;
}

/** Gives a member a score, in the place of what it had. Returns false when there is no memory. */
export function sortedResultPut(member: usize, length: u32, score: f64): bool {
  if (!elementBegin(member, length)) return false;
  const done = putInMembers(members, score);
  elementEnd();
  return done;
}

/**
 * Puts a new member in, also in its order at once, which is cheap for members that come in order. Returns false when there is no memory. Not to be mixed
 * with `sortedResultPut`.
 */
export function sortedResultAppend(member: usize, length: u32, score: f64): bool {
  if (!elementBegin(member, length)) return false;
  const done = putInMembers(members, score) && putInOrder(order, score);
  elementEnd();
  countElement(length);
  return done;
}

function countElement(length: u32): void {
  bytes += length;
  if (length > longest) longest = length;
}

/** Puts what was gathered in order. Returns false, with the result dropped, when there is no memory, or none was there before (`done`). */
export function sortedResultEnd(done: bool): bool {
  const sorted = done && (treeItems(order) != 0 || sortResult());
  treesEnd();
  if (!sorted) sortedResultDrop();
  return sorted;
}

function sortResult(): bool {
  membersWalkTree(members);
  while (memberNext()) {
    const score = readKept(memberValue, memberValueLength);
    countElement(memberLength);
    if (!elementBegin(memberPointer, memberLength)) return false;
    const done = putInOrder(order, score);
    elementEnd();
    if (!done) return false;
  }
  return true;
}

export function sortedResultCount(): u32 {
  return treeItems(order);
}

/** Bytes of all members. */
export function sortedResultBytes(): u64 {
  return bytes;
}

/** Begins a walk over the result (`sortedNext`). */
export function sortedResultWalk(): void {
  sortedWalkTree(order);
}

/** Frees the result. */
export function sortedResultDrop(): void {
  abandonTree(<usize>load<u32>(members, TREE_ROOT));
  abandonTree(<usize>load<u32>(order, TREE_ROOT));
  newTree(members);
  newTree(order);
}

/** The score of the element at hand as a packed list has it: a zero has no sign in Redis's small encoding. */
function packedScore(mark: bool): f64 {
  return mark || sortedScore != 0 ? sortedScore : 0;
}

/** Makes the result the open sorted set's content. Returns false, with the result dropped, when there is no memory. Requires: it is not empty. */
export function sortedResultStore(): bool {
  const count = sortedResultCount();
  const mark = isBeyondSorted(count, longest);
  if (count > PACKED_MAX || longest > PACKED_BYTES_MAX) {
    if (containerBecomeTrees(members, 2, mark)) return true;
    sortedResultDrop();
    return false;
  }
  let packed: u32 = 0;
  sortedWalkTree(order);
  while (sortedNext()) packed += packedElementBytes(sortedMember, sortedLength, keptBytes(packedScore(mark)));
  const list = packedReplace(PACKED_HEAD + packed, mark);
  if (list) {
    setPackedCount(list, count);
    let target = list + PACKED_HEAD;
    sortedWalkTree(order);
    while (sortedNext()) target = writePacked(target, sortedMember, sortedLength, packedScore(mark));
    if (target != list + PACKED_HEAD + packed) unreachable();
  }
  sortedResultDrop();
  return list != 0;
}
