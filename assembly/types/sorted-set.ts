/**
 * The sorted set type: unique members with scores, in the order of score and member.
 *
 *   packed  elements in that order: the member, and its score in the kept form (score.ts), which is what members.ts calls a value
 *   trees   `members`, the tree of members.ts with kept scores as values; `order`, whose keys are the ordered score and the member, and whose values
 *           are empty, or one byte for a score of -0
 *
 * So what looks at members alone (find, count, walk, scan, random elements) is members.ts's. Here is what the order is for, and what changes: both
 * trees, or nothing (sorted-element.ts has the keys of both).
 *
 * 1. A member is in both trees, with one score, or in none.
 * 2. Without memory nothing has changed. What is undone is a new key that goes again, on a way that is the writer's own by then; and a key that must
 *    go last goes by a way that was made the writer's own first (`treeOwn`), so none of these needs memory.
 *
 * Redis's limits for the encoding that it tells ("listpack" within them, then "skiplist") are KIND_MARK's.
 *
 * Cost: packed O(bytes), trees O(log n).
 */
import { TYPE_SORTED_SET } from "../abi/status";
import { equalBytes } from "../bytes/copy";
import { DEBUG } from "../memory/debug";
import { abandonTree, treesBegin, treesEnd } from "../mvcc/view";
import {
  INTEGER_TEXT_BYTES,
  PACKED_HEAD,
  packedBytes,
  packedCount,
  packedIsSought,
  packedItemBytes,
  packedLength,
  packedNext,
  packedPlain,
  packedSeek,
  packedWrite,
  packedWriteRaw,
  setPackedCount,
} from "../structure/packed-list";
import {
  TREE_NO_MEMORY,
  TREE_PRESENT,
  TREE_ROOT,
  TREE_SIZE,
  treeFind,
  treeItems,
  treeOwn,
  treeRank,
  treeRemove,
  treeSelect,
} from "../structure/tree";
import { CURSOR_SIZE, cursorNext, cursorOpen, cursorPlace, cursorPrevious } from "../structure/tree-cursor";
import { compareKeys } from "../structure/tree-key";
import { itemKey, itemKeyLength, itemValue, itemValueLength } from "../structure/tree-leaf";
import {
  containerBecomeTrees,
  containerEntry,
  containerOpen,
  containerRemove,
  isMarked,
  isPacked,
  newTree,
  packedEnd,
  packedOf,
  packedSplice,
  treeOf,
  treesWrite,
  typeOf,
} from "./container";
import {
  PACKED_BYTES_MAX,
  PACKED_MAX,
  PUT_NEW,
  PUT_NO_MEMORY,
  PUT_REPLACED,
  PUT_SAME,
  memberCount,
  memberFind,
  memberNote,
  memberValue,
  memberValueLength,
} from "./members";
import { KEPT_MAX, ORDERED_BYTES, isMinusZero, keptBytes, orderOf, readKept, readOrdered, writeKept, writeOrdered } from "./score";
import { elementBegin, elementEnd, inMembers, inMembersBytes, inOrder, inOrderBytes, putInMembers, putInOrder } from "./sorted-element";

/** zset-max-listpack-entries and zset-max-listpack-value. */
let entriesMax: u32 = 128;
let valueMax: u32 = 64;

export function setSortedEntriesMax(count: u32): void {
  entriesMax = count;
}

export function setSortedValueMax(bytes: u32): void {
  valueMax = bytes;
}

/** Whether a sorted set with so many members, the longest of that length, is told as "skiplist". */
export function isBeyondSorted(count: u32, longest: u32): bool {
  return count > entriesMax || longest > valueMax;
}

// @ts-ignore: decorator
@inline
export function isSortedSet(entry: usize): bool {
  return typeOf(entry) == TYPE_SORTED_SET;
}

/** Whether the sorted set is within the limits, and always was. */
export function isSmallSorted(entry: usize): bool {
  return !isMarked(entry);
}

/** Begins a change; see `containerOpen`. */
export function sortedOpen(keyHash: u64, slot: usize, entry: usize, key: usize, keyBytes: u32, inherits: bool = true): void {
  containerOpen(TYPE_SORTED_SET, keyHash, slot, entry, key, keyBytes, inherits);
}

// Reading -------------------------------------------------------------------------------------------------------------------

/** The score that `sortedFind` found. */
export let foundScore: f64 = 0;

/** Looks a member up; its score is in `foundScore`. */
export function sortedFind(entry: usize, member: usize, length: u32): bool {
  if (!memberFind(entry, true, member, length)) return false;
  foundScore = readKept(memberValue, memberValueLength);
  return true;
}

// @ts-ignore: decorator
@inline
function packedScore(item: usize): f64 {
  return readKept(packedBytes(item), packedLength(item));
}

/** The text of a member of a packed list that is an integer. */
const memberText: usize = memory.data(INTEGER_TEXT_BYTES, 8);

/** Order of a packed member and another one. */
function comparePacked(item: usize, member: usize, length: u32): i32 {
  const plain = packedPlain(item, memberText);
  return compareKeys(packedBytes(plain), packedLength(plain), member, length);
}

/** Whether a packed element stands behind score and member. */
// @ts-ignore: decorator
@inline
function isBehind(itemScore: f64, item: usize, score: f64, member: usize, length: u32): bool {
  return itemScore != score ? itemScore > score : comparePacked(item, member, length) > 0;
}

/** How many elements stand before a member; its score is in `foundScore`. -1: there is no such member. */
export function sortedRank(entry: usize, member: usize, length: u32): i64 {
  if (!isPacked(entry)) {
    if (!elementBegin(member, length)) return -1;
    const found = treeFind(treeOf(entry), inMembers(), inMembersBytes());
    let place: i64 = -1;
    if (found) {
      foundScore = readKept(itemValue(found), itemValueLength(found));
      place = treeRank(treeOf(entry, 1), inOrder(foundScore), inOrderBytes());
    }
    elementEnd();
    return place;
  }
  const end = packedEnd(entry);
  packedSeek(member, length);
  let rank: i64 = 0;
  for (let item = packedOf(entry) + PACKED_HEAD; item < end; rank++) {
    const score = packedNext(item);
    if (packedIsSought(item)) {
      foundScore = packedScore(score);
      return rank;
    }
    item = packedNext(score);
  }
  return -1;
}

const limitScratch: usize = memory.data(8, 8);

/** How many elements have a score below this one, or not above it. */
export function sortedBelow(entry: usize, score: f64, orEqual: bool): u32 {
  if (!isPacked(entry)) {
    const order = orderOf(score);
    writeOrdered(limitScratch, orEqual ? order + 1 : order);
    return treeRank(treeOf(entry, 1), limitScratch, ORDERED_BYTES);
  }
  const end = packedEnd(entry);
  let count: u32 = 0;
  for (let item = packedOf(entry) + PACKED_HEAD; item < end; count++) {
    const next = packedNext(item);
    const at = packedScore(next);
    if (orEqual ? at > score : at >= score) break;
    item = packedNext(next);
  }
  return count;
}

/**
 * The place of a bound by member alone, between the ranks `from` and `to`: behind the elements whose member is below it, and with `orEqual` behind
 * that member too. Where scores differ members need not ascend, and then the answer is Redis's for a small set: the place before the first element
 * that is not below, or seen from the end (`back`) the one behind the last element that is. Returns -1 when there is no memory.
 *
 * Cost: packed O(bytes), trees O(log n) where all scores are the same, else a binary search of O(log² n).
 */
export function sortedBound(entry: usize, member: usize, length: u32, orEqual: bool, from: u32, to: u32, back: bool): i64 {
  if (isPacked(entry)) return packedBound(entry, member, length, orEqual, from, to, back);
  const order = treeOf(entry, 1);
  const lowest = readOrdered(itemKey(treeSelect(order, 0)), false);
  if (readOrdered(itemKey(treeSelect(order, treeItems(order) - 1)), false) == lowest) {
    if (!elementBegin(member, length)) return -1;
    const rank = treeRank(order, inOrder(lowest), inOrderBytes());
    elementEnd();
    const behind = orEqual && rank < treeItems(order) && compareOrdered(order, rank, member, length) == 0;
    return min<u32>(max<u32>(behind ? rank + 1 : rank, from), to);
  }
  let low = from;
  let high = to;
  while (low < high) {
    const middle = low + ((high - low) >> 1);
    const compared = compareOrdered(order, middle, member, length);
    if (orEqual ? compared <= 0 : compared < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Compares the member at a rank of `order` with another one. */
function compareOrdered(order: usize, rank: u32, member: usize, length: u32): i32 {
  const item = treeSelect(order, rank);
  return compareKeys(itemKey(item) + ORDERED_BYTES, itemKeyLength(item) - ORDERED_BYTES, member, length);
}

function packedBound(entry: usize, member: usize, length: u32, orEqual: bool, from: u32, to: u32, back: bool): u32 {
  let bound = back ? from : to;
  let item = packedOf(entry) + PACKED_HEAD;
  for (let rank: u32 = 0; rank < to; rank++) {
    if (rank >= from) {
      const compared = comparePacked(item, member, length);
      const isBelow = orEqual ? compared <= 0 : compared < 0;
      if (!back && !isBelow) return rank;
      if (back && isBelow) bound = rank + 1;
    }
    item = packedNext(packedNext(item));
  }
  return bound;
}

/** The element that a walk is at; good until the sorted set changes, and where it is passing (`isSortedPassing`) until the next one is read. */
export let sortedMember: usize = 0;
export let sortedLength: u32 = 0;
export let sortedScore: f64 = 0;

/** The text of a member that is an integer of a packed list. */
const walkText: usize = memory.data(INTEGER_TEXT_BYTES, 8);

/** Whether the member that a walk is at is the text of an integer, made for now. */
export function isSortedPassing(): bool {
  return sortedMember == packedBytes(walkText);
}

const walkCursor: usize = memory.data(CURSOR_SIZE, 8);
/** Offsets of the elements of a packed list, for walking back. */
const walkOffsets: usize = memory.data(256, 8);
let walkTree: bool = false;
let walkBack: bool = false;
/** The item that comes next (0 behind the first one, in a tree), or the packed list; how many are left of a walk back. */
let walkItem: usize = 0;
let walkEnd: usize = 0;
let walkLeft: u32 = 0;

/** Begins a walk at an element by its rank, upwards or downwards. One walk at a time, and no change meanwhile. Requires: it is there. */
export function sortedWalk(entry: usize, position: u32, back: bool): void {
  if (DEBUG) assert(position < memberCount(entry));
  walkBack = back;
  walkTree = !isPacked(entry);
  if (walkTree) {
    cursorOpen(walkCursor, treeOf(entry, 1));
    walkItem = cursorPlace(walkCursor, position);
    return;
  }
  walkItem = packedOf(entry);
  walkEnd = packedEnd(entry);
  let item = walkItem + PACKED_HEAD;
  for (let at: u32 = 0; at < position; at++) {
    if (back) store<u16>(walkOffsets + ((<usize>at) << 1), <u16>(item - walkItem));
    item = packedNext(packedNext(item));
  }
  if (!back) walkItem = item;
  else {
    store<u16>(walkOffsets + ((<usize>position) << 1), <u16>(item - walkItem));
    walkLeft = position + 1;
  }
}

/** Begins a walk over a tree `order` that is no container's, from its first element. */
export function sortedWalkTree(order: usize): void {
  walkBack = false;
  walkTree = true;
  cursorOpen(walkCursor, order);
  walkItem = cursorPlace(walkCursor, 0);
}

/** Goes to the next element (`sortedMember` ...); false at the end. */
export function sortedNext(): bool {
  if (walkTree) {
    const item = walkItem ? walkItem : walkBack ? cursorPrevious(walkCursor) : cursorNext(walkCursor);
    walkItem = 0;
    if (!item) return false;
    readOrderItem(item);
    return true;
  }
  let item = walkItem;
  if (walkBack) {
    if (!walkLeft) return false;
    item += <usize>load<u16>(walkOffsets + ((<usize>--walkLeft) << 1));
  } else if (item >= walkEnd) return false;
  const plain = packedPlain(item, walkText);
  const score = packedNext(item);
  sortedMember = packedBytes(plain);
  sortedLength = packedLength(plain);
  sortedScore = packedScore(score);
  if (!walkBack) walkItem = packedNext(score);
  return true;
}

// @ts-ignore: decorator
@inline
function readOrderItem(item: usize): void {
  const key = itemKey(item);
  sortedMember = key + ORDERED_BYTES;
  sortedLength = itemKeyLength(item) - ORDERED_BYTES;
  sortedScore = readOrdered(key, itemValueLength(item) != 0);
}

// Changing: behind `sortedOpen` ---------------------------------------------------------------------------------------------

/** Gives a member of the open sorted set a score; PUT_*. Requires: it is not NaN. */
export function sortedPut(member: usize, length: u32, given: f64): u32 {
  const entry = containerEntry;
  const score = isMinusZero(given) && !keepsSign(entry, member, length) ? 0 : given;
  const result = entry && !isPacked(entry) ? putTrees(member, length, score) : putPacked(entry, member, length, score);
  if (result == PUT_NEW && !isMarked(containerEntry)) memberNote(isBeyondSorted(memberCount(containerEntry), length));
  return result;
}

/** Whether a zero keeps its sign, which Redis's small encoding does not have. */
function keepsSign(entry: usize, member: usize, length: u32): bool {
  if (entry && isMarked(entry)) return true;
  return !(entry && sortedFind(entry, member, length)) && isBeyondSorted(entry ? memberCount(entry) + 1 : 1, length);
}

/** Bytes of a packed element with a score of `kept` bytes. */
// @ts-ignore: decorator
@inline
export function packedElementBytes(member: usize, length: u32, kept: u32): u32 {
  return packedItemBytes(member, length) + kept + 1;
}

const keptScratch: usize = memory.data(8, 8);

/** Writes a packed element; returns where the next one begins. */
export function writePacked(target: usize, member: usize, length: u32, score: f64): usize {
  const kept = writeKept(keptScratch, score);
  return packedWriteRaw(packedWrite(target, member, length), keptScratch, kept);
}

/** One walk finds the member, and the first element that stands behind its new place. */
function putPacked(entry: usize, member: usize, length: u32, score: f64): u32 {
  let found: usize = 0;
  let foundEnd: usize = 0;
  let place: usize = 0;
  const end = entry ? packedEnd(entry) : 0;
  packedSeek(member, length);
  for (let item = entry ? packedOf(entry) + PACKED_HEAD : 0; item < end;) {
    const value = packedNext(item);
    const next = packedNext(value);
    if (!found && packedIsSought(item)) {
      if (packedScore(value) == score) return PUT_SAME;
      found = item;
      foundEnd = next;
      if (place) break;
    } else if (!place && isBehind(packedScore(value), item, score, member, length)) {
      place = item;
      if (found) break;
    }
    item = next;
  }
  if (found) return movePacked(found, foundEnd, place ? place : end, member, length, score);
  const count = entry ? packedCount(packedOf(entry)) : 0;
  if (length > PACKED_BYTES_MAX || count == PACKED_MAX) {
    return becomeTrees() ? putTrees(member, length, score) : PUT_NO_MEMORY;
  }
  const at = !entry ? PACKED_HEAD : <u32>((place ? place : end) - packedOf(entry));
  const target = packedSplice(at, 0, packedElementBytes(member, length, keptBytes(score)));
  if (!target) return PUT_NO_MEMORY;
  writePacked(target, member, length, score);
  setPackedCount(packedOf(containerEntry), count + 1);
  return PUT_NEW;
}

/** Longest packed list: elements of PACKED_BYTES_MAX, with their scores. */
const moveScratch: usize = memory.data(<i32>(PACKED_MAX * (PACKED_BYTES_MAX + KEPT_MAX + 2)), 8);

/** Writes a packed element anew in front of `place`: what lies between the two is made up beside the list, and then put in its place at once. */
function movePacked(found: usize, foundEnd: usize, place: usize, member: usize, length: u32, score: f64): u32 {
  const list = packedOf(containerEntry);
  let bytes: u32 = 0;
  const first = place < found ? place : found;
  const last = place > foundEnd ? place : foundEnd;
  if (place <= found) {
    bytes = <u32>(writePacked(moveScratch, member, length, score) - moveScratch);
    memory.copy(moveScratch + bytes, place, found - place);
    bytes += <u32>(found - place);
  } else {
    bytes = <u32>(place - foundEnd);
    memory.copy(moveScratch, foundEnd, bytes);
    bytes = <u32>(writePacked(moveScratch + bytes, member, length, score) - moveScratch);
  }
  const target = packedSplice(<u32>(first - list), <u32>(last - first), bytes);
  if (!target) return PUT_NO_MEMORY;
  memory.copy(target, moveScratch, bytes);
  return PUT_REPLACED;
}

function putTrees(member: usize, length: u32, score: f64): u32 {
  if (!elementBegin(member, length)) return PUT_NO_MEMORY;
  const result = putElement(score);
  elementEnd();
  return result;
}

function putElement(score: f64): u32 {
  const found = treeFind(treeOf(containerEntry), inMembers(), inMembersBytes());
  const old = found ? readKept(itemValue(found), itemValueLength(found)) : 0;
  if (found && old == score) return PUT_SAME;
  const members = treesWrite();
  if (!members) return PUT_NO_MEMORY;
  const done = changeTrees(members, members + TREE_SIZE, found != 0, old, score);
  treesEnd();
  if (done) return found ? PUT_REPLACED : PUT_NEW;
  if (!treeItems(members)) containerRemove();
  return PUT_NO_MEMORY;
}

/** Puts the element into both trees, in the place of itself with another score if it is there. Returns false, and has changed nothing, without memory. */
function changeTrees(members: usize, order: usize, isThere: bool, old: f64, score: f64): bool {
  if (isThere && !treeOwn(order, inOrder(old), inOrderBytes())) return false;
  if (!putInOrder(order, score)) return false;
  if (!putInMembers(members, score)) {
    treeRemove(order, inOrder(score), inOrderBytes());
    return false;
  }
  if (isThere) {
    const removed = treeRemove(order, inOrder(old), inOrderBytes());
    if (DEBUG) assert(removed == TREE_PRESENT);
  }
  return true;
}

const freshTrees: usize = memory.data(TREE_SIZE << 1, 8);

/** Makes trees of the open sorted set, packed or absent. False: no memory; nothing has changed. */
function becomeTrees(): bool {
  const entry = containerEntry;
  newTree(freshTrees);
  newTree(freshTrees + TREE_SIZE);
  let done = true;
  if (entry) {
    treesBegin();
    done = fillTrees(entry);
    treesEnd();
  }
  if (done && containerBecomeTrees(freshTrees, 2, entry != 0 && isMarked(entry))) return true;
  abandonTree(<usize>load<u32>(freshTrees, TREE_ROOT));
  abandonTree(<usize>load<u32>(freshTrees + TREE_SIZE, TREE_ROOT));
  return false;
}

function fillTrees(entry: usize): bool {
  sortedWalk(entry, 0, false);
  while (sortedNext()) {
    if (!elementBegin(sortedMember, sortedLength)) return false;
    const done = changeTrees(freshTrees, freshTrees + TREE_SIZE, false, 0, sortedScore);
    elementEnd();
    if (!done) return false;
  }
  return true;
}

/** Takes a member out of the open sorted set: 1, 0 when it is not there, -1 without memory. The last one takes the key with it. */
export function sortedRemove(member: usize, length: u32): i32 {
  const entry = containerEntry;
  if (isPacked(entry)) {
    const rank = sortedRank(entry, member, length);
    if (rank < 0) return 0;
    return removePacked(<u32>rank, 1) ? 1 : -1;
  }
  if (!elementBegin(member, length)) return -1;
  const found = treeFind(treeOf(entry), inMembers(), inMembersBytes());
  const result = found ? (removeElement(readKept(itemValue(found), itemValueLength(found))) ? 1 : -1) : 0;
  elementEnd();
  return result;
}

/** Takes the element out of both trees. Returns false, and has changed nothing, without memory. Requires: it is there, with this score. */
function removeElement(score: f64): bool {
  if (treeItems(treeOf(containerEntry)) == 1) {
    containerRemove();
    return true;
  }
  const members = treesWrite();
  if (!members) return false;
  const order = members + TREE_SIZE;
  const done = treeOwn(members, inMembers(), inMembersBytes()) && treeRemove(order, inOrder(score), inOrderBytes()) != TREE_NO_MEMORY;
  if (done) {
    const removed = treeRemove(members, inMembers(), inMembersBytes());
    if (DEBUG) assert(removed == TREE_PRESENT);
  }
  treesEnd();
  return done;
}

function removePacked(position: u32, count: u32): bool {
  const list = packedOf(containerEntry);
  const size = packedCount(list);
  if (count == size) {
    containerRemove();
    return true;
  }
  let first = list + PACKED_HEAD;
  for (let at: u32 = 0; at < position; at++) first = packedNext(packedNext(first));
  let end = first;
  for (let at: u32 = 0; at < count; at++) end = packedNext(packedNext(end));
  if (!packedSplice(<u32>(first - list), <u32>(end - first), 0)) return false;
  setPackedCount(packedOf(containerEntry), size - count);
  return true;
}

/** Takes `count` elements from a rank on out of the open sorted set; returns how many, fewer when there is no memory. Requires: they are there. */
export function sortedRemoveRange(position: u32, count: u32): u32 {
  const entry = containerEntry;
  if (DEBUG) assert(count > 0 && position + count <= memberCount(entry));
  if (count == memberCount(entry)) {
    containerRemove();
    return count;
  }
  if (isPacked(entry)) return removePacked(position, count) ? count : 0;
  let removed: u32 = 0;
  while (removed < count) {
    readOrderItem(treeSelect(treeOf(containerEntry, 1), position));
    if (!elementBegin(sortedMember, sortedLength)) break;
    const done = removeElement(sortedScore);
    elementEnd();
    if (!done) break;
    removed++;
  }
  return removed;
}
