/**
 * Members: what hashes and sets are made of, unique byte strings (fields, members), each with a value or without.
 *
 *   packed  elements in the order in which they came: the member, and in a hash its value behind it
 *   tree    one counted tree; the key of an item is the upper half of the member's seeded hash, highest byte first, and the member
 *
 * Order by the hash makes comparisons of keys end in their first bytes, whatever the members have in common, and gives SCAN a cursor that
 * holds while the container changes: the hash from which to go on. A container goes from packed to tree when it has more than PACKED_MAX
 * elements or something longer than PACKED_BYTES_MAX, and never back.
 *
 * What OBJECT ENCODING says follows Redis's limits, which can be changed, and not ours: KIND_MARK says that the container was once beyond
 * them (`memberNote`).
 *
 * Cost: packed O(bytes), tree O(log n).
 */
import { PURPOSE_SCRATCH } from "../abi/status";
import { copyBytes, equalBytes } from "../bytes/copy";
import { hashBytes } from "../bytes/hash";
import { allocate, release } from "../memory/allocator";
import { abandonTree, treesBegin, treesEnd } from "../mvcc/view";
import {
  INTEGER_TEXT_BYTES,
  PACKED_HEAD,
  packedBytes,
  packedCount,
  packedFind,
  packedItemBytes,
  packedLength,
  packedNext,
  packedPlain,
  packedWrite,
  setPackedCount,
} from "../structure/packed-list";
import {
  TREE_NO_MEMORY,
  TREE_ROOT,
  TREE_SIZE,
  treeFind,
  treeInsert,
  treeItems,
  treeRank,
  treeRemove,
  treeRemoveAt,
  treeSelect,
} from "../structure/tree";
import { isEntryWritable } from "../structure/entry";
import { CURSOR_SIZE, cursorNext, cursorOpen, cursorPlace } from "../structure/tree-cursor";
import { itemKey, itemKeyLength, itemValue, itemValueLength } from "../structure/tree-leaf";
import {
  containerBecomeTrees,
  containerEntry,
  containerRemove,
  isMarked,
  isPacked,
  newTree,
  packedEnd,
  packedOf,
  packedReplace,
  packedSplice,
  setMark,
  treeOf,
  treesWrite,
} from "./container";
import { hiddenFields, hidesFields, isFieldHidden } from "./field-times";

/** Answers of `memberPut`. */
export const PUT_NO_MEMORY: u32 = 0;
export const PUT_NEW: u32 = 1;
export const PUT_REPLACED: u32 = 2;
/** It was there, with this value; nothing was changed. */
export const PUT_SAME: u32 = 3;

/** Limits of the packed form. */
export const PACKED_MAX: u32 = 128;
export const PACKED_BYTES_MAX: u32 = 64;
export const HASH_BYTES: u32 = 4;
const KEY_BYTES: u32 = 512;
const keyScratch: usize = memory.data(512, 8);
/** The key of the tree that `makeKey` has made; a long one lies in a block of its own until `freeKey`. */
let treeKey: usize = 0;
let treeKeyLength: u32 = 0;
const freshTree: usize = memory.data(TREE_SIZE, 8);

/**
 * The value that `memberFind` found, or the element that a walk is at; good until the container changes, and where it is passing (`isMemberPassing`,
 * `isValuePassing`) until the next one is read.
 */
export let memberPointer: usize = 0;
export let memberLength: u32 = 0;
export let memberValue: usize = 0;
export let memberValueLength: u32 = 0;
/** Texts of integers in packed lists. */
const memberText: usize = memory.data(INTEGER_TEXT_BYTES, 8);
const valueText: usize = memory.data(INTEGER_TEXT_BYTES, 8);

/** Whether the member that a walk is at is the text of an integer, made for now. */
export function isMemberPassing(): bool {
  return memberPointer == packedBytes(memberText);
}

/** The same of a value. */
export function isValuePassing(): bool {
  return memberValue == packedBytes(valueText);
}

/** Number of elements that are seen. */
export function memberCount(entry: usize): u32 {
  return memberCountAll(entry) - hiddenFields(entry);
}

/** Number of elements that are there. */
export function memberCountAll(entry: usize): u32 {
  return isPacked(entry) ? packedCount(packedOf(entry)) : treeItems(treeOf(entry));
}

// @ts-ignore: decorator
@inline
export function hashOf(member: usize, length: u32): u32 {
  return <u32>(hashBytes(member, length) >> 32);
}

/** Makes the key under which a member lies in the tree. Returns false when there is no memory for it. */
function makeKey(member: usize, length: u32): bool {
  treeKeyLength = length + HASH_BYTES;
  treeKey = treeKeyLength <= KEY_BYTES ? keyScratch : allocate(treeKeyLength, PURPOSE_SCRATCH);
  if (!treeKey) return false;
  store<u32>(treeKey, bswap<u32>(hashOf(member, length)));
  copyBytes(treeKey + HASH_BYTES, member, length);
  return true;
}

// @ts-ignore: decorator
@inline
function freeKey(): void {
  if (treeKey != keyScratch) release(treeKey, PURPOSE_SCRATCH);
}

// Reading -----------------------------------------------------------------------------------------------------------------

/** Looks a member up; its value (in a hash) is in `memberValue` then. */
export function memberFind(entry: usize, hasValues: bool, member: usize, length: u32): bool {
  if (isPacked(entry)) {
    const item = packedFind(packedOf(entry), packedEnd(entry), hasValues ? 2 : 1, member, length);
    if (!item) return false;
    if (hasValues) packedValue(item);
    return true;
  }
  if (!makeKey(member, length)) return false;
  const item = treeFind(treeOf(entry), treeKey, treeKeyLength);
  freeKey();
  if (!item || (hidesFields(entry) && isFieldHidden(entry, member, length))) return false;
  memberValue = itemValue(item);
  memberValueLength = itemValueLength(item);
  return true;
}

// @ts-ignore: decorator
@inline
function packedValue(item: usize): void {
  const value = packedPlain(packedNext(item), valueText);
  memberValue = packedBytes(value);
  memberValueLength = packedLength(value);
}

/** Walks: the entry's tree, or the next packed item. */
const walkCursor: usize = memory.data(CURSOR_SIZE, 8);
let walkItem: usize = 0;
let walkEnd: usize = 0;
let walkPairs: bool = false;
let walkIsPacked: bool = false;
let walkFirst: usize = 0;
/** The entry of a walk that passes over fields which are not seen, or 0. */
let walkHides: usize = 0;

/** Begins a walk at an element by its position, among all that are there. One walk at a time, and no change meanwhile. */
export function memberWalk(entry: usize, hasValues: bool, position: u32 = 0): void {
  walkPairs = hasValues;
  walkIsPacked = isPacked(entry);
  if (walkIsPacked) {
    walkItem = packedOf(entry) + PACKED_HEAD;
    walkEnd = packedEnd(entry);
    while (position--) skipPacked();
    return;
  }
  walkHides = hidesFields(entry) ? entry : 0;
  cursorOpen(walkCursor, treeOf(entry));
  walkFirst = cursorPlace(walkCursor, position);
}

/** Begins a walk over a tree of members that is no container's. */
export function membersWalkTree(tree: usize): void {
  walkPairs = false;
  walkIsPacked = false;
  walkHides = 0;
  cursorOpen(walkCursor, tree);
  walkFirst = cursorPlace(walkCursor, 0);
}

// @ts-ignore: decorator
@inline
function skipPacked(): void {
  walkItem = packedNext(walkItem);
  if (walkPairs) walkItem = packedNext(walkItem);
}

/** Goes to the next element (`memberPointer` ...); false at the end. */
export function memberNext(): bool {
  if (walkIsPacked) {
    if (walkItem >= walkEnd) return false;
    const member = packedPlain(walkItem, memberText);
    memberPointer = packedBytes(member);
    memberLength = packedLength(member);
    if (walkPairs) packedValue(walkItem);
    skipPacked();
    return true;
  }
  do {
    const item = walkFirst ? walkFirst : cursorNext(walkCursor);
    walkFirst = 0;
    if (!item) return false;
    readItem(item);
  } while (walkHides && isFieldHidden(walkHides, memberPointer, memberLength));
  return true;
}

function readItem(item: usize): void {
  memberPointer = itemKey(item) + HASH_BYTES;
  memberLength = itemKeyLength(item) - HASH_BYTES;
  memberValue = itemValue(item);
  memberValueLength = itemValueLength(item);
}

/** The hash of the element that a walk over a tree is at. */
// @ts-ignore: decorator
@inline
function memberHash(): u32 {
  return bswap<u32>(load<u32>(memberPointer - HASH_BYTES));
}

/**
 * Whether most fields of the entry are seen, though not all, so that one of them is soon met by drawing among those that are there (`memberSeenAt`).
 */
export function areMostSeen(entry: usize): bool {
  return hidesFields(entry) && memberCount(entry) >= memberCountAll(entry) >> 1;
}

/** Reads the field at a position among all that are there; false when it is not seen. Requires: it is there, and the entry `hidesFields`. */
export function memberSeenAt(entry: usize, position: u32): bool {
  readItem(treeSelect(treeOf(entry), position));
  return !isFieldHidden(entry, memberPointer, memberLength);
}

/** Reads the element at a position among those that are seen. Requires: it is there. Cost: O(elements) while some are not seen. */
export function memberAt(entry: usize, hasValues: bool, position: u32): void {
  if (hidesFields(entry)) {
    memberWalk(entry, hasValues);
    for (let passed: u32 = 0; passed <= position; passed++) memberNext();
  } else if (!isPacked(entry)) readItem(treeSelect(treeOf(entry), position));
  else {
    memberWalk(entry, hasValues, position);
    memberNext();
  }
}

/** Cursor of a scan behind the last call of `memberScanNext`; 0: the scan is at its end. */
export let scanNext: u32 = 0;
let scanLeft: i64 = 0;
let scanLast: u32 = 0;

/**
 * Begins a step of a scan at a cursor, 0 being the beginning: about `count` elements, all of a packed list. Elements with one hash are
 * never divided, so one that is there all the time is seen, and one that does not come twice in a step is seen once.
 */
export function memberScan(entry: usize, hasValues: bool, cursor: u32, count: i64): void {
  scanNext = 0;
  scanLeft = count;
  let position: u32 = 0;
  if (!isPacked(entry) && cursor) {
    store<u32>(keyScratch, bswap<u32>(cursor));
    position = treeRank(treeOf(entry), keyScratch, HASH_BYTES);
  }
  memberWalk(entry, hasValues, isPacked(entry) ? 0 : position);
}

/** The next element of the step; false at its end, where `scanNext` is the cursor. */
export function memberScanNext(): bool {
  if (!memberNext()) {
    scanNext = 0;
    return false;
  }
  if (walkIsPacked) return true;
  const hash = memberHash();
  if (scanLeft <= 0 && hash != scanLast) {
    scanNext = hash;
    return false;
  }
  scanLast = hash;
  scanLeft--;
  return true;
}

// Changing: behind `containerOpen` ------------------------------------------------------------------------------------------

/** Puts a member into the open container, or gives it another value (a set's have none: 0, 0); PUT_*. */
export function memberPut(hasValues: bool, member: usize, length: u32, value: usize, valueLength: u32): u32 {
  const entry = containerEntry;
  const fits = length <= PACKED_BYTES_MAX && valueLength <= PACKED_BYTES_MAX;
  if (entry && !isPacked(entry)) return putTree(member, length, value, valueLength);
  const found = entry ? packedFind(packedOf(entry), packedEnd(entry), hasValues ? 2 : 1, member, length) : 0;
  if (found) {
    if (!hasValues) return PUT_SAME;
    packedValue(found);
    if (memberValueLength == valueLength && equalBytes(memberValue, value, valueLength)) return PUT_SAME;
    if (fits) return putValue(entry, packedNext(found), value, valueLength);
  }
  const count = entry ? packedCount(packedOf(entry)) : 0;
  if (fits && count < PACKED_MAX) {
    const bytes = packedItemBytes(member, length) + (hasValues ? packedItemBytes(value, valueLength) : 0);
    const end = entry ? <u32>(packedEnd(entry) - packedOf(entry)) : PACKED_HEAD;
    const target = packedSplice(end, 0, bytes);
    if (!target) return PUT_NO_MEMORY;
    const next = packedWrite(target, member, length);
    if (hasValues) packedWrite(next, value, valueLength);
    setPackedCount(packedOf(containerEntry), count + 1);
    return PUT_NEW;
  }
  return membersBecomeTree(hasValues) ? putTree(member, length, value, valueLength) : PUT_NO_MEMORY;
}

function putValue(entry: usize, item: usize, value: usize, length: u32): u32 {
  const at = <u32>(item - packedOf(entry));
  const target = packedSplice(at, <u32>(packedNext(item) - item), packedItemBytes(value, length));
  if (!target) return PUT_NO_MEMORY;
  packedWrite(target, value, length);
  return PUT_REPLACED;
}

function putTree(member: usize, length: u32, value: usize, valueLength: u32): u32 {
  if (!makeKey(member, length)) return PUT_NO_MEMORY;
  let result = PUT_SAME;
  if (isEntryWritable(containerEntry) || !holds(treeFind(treeOf(containerEntry), treeKey, treeKeyLength), value, valueLength)) {
    const tree = treesWrite();
    result = PUT_NO_MEMORY;
    if (tree) {
      // Its answers have the same numbers.
      result = treeInsert(tree, treeKey, treeKeyLength, value, valueLength);
      treesEnd();
      if (result == TREE_NO_MEMORY && !treeItems(tree)) containerRemove();
    }
  }
  freeKey();
  return result;
}

/** Whether an item (0: there is none) has this value. */
function holds(item: usize, value: usize, length: u32): bool {
  return item != 0 && itemValueLength(item) == length && equalBytes(itemValue(item), value, length);
}

/** Notes that the container is beyond Redis's limits for its small encoding. Requires: it was changed since `containerOpen`. */
export function memberNote(isBeyond: bool): void {
  if (isBeyond && containerEntry && !isMarked(containerEntry)) setMark(true);
}

/** Puts a member into a tree that is no container's yet. Returns false when there is no memory. */
export function membersInsert(tree: usize, member: usize, length: u32, value: usize = 0, valueLength: u32 = 0): bool {
  if (!makeKey(member, length)) return false;
  const done = treeInsert(tree, treeKey, treeKeyLength, value, valueLength) != TREE_NO_MEMORY;
  freeKey();
  return done;
}

/**
 * Makes the open container a packed list of a tree's members. Returns 1, 0 without memory (nothing has changed), or -1: they are
 * too many or too long for that.
 */
export function membersPackTree(tree: usize, longest: u32, mark: bool): i32 {
  const count = treeItems(tree);
  if (count > PACKED_MAX || longest > PACKED_BYTES_MAX) return -1;
  let bytes = PACKED_HEAD;
  membersWalkTree(tree);
  while (memberNext()) bytes += packedItemBytes(memberPointer, memberLength);
  const list = packedReplace(bytes, mark);
  if (!list) return 0;
  setPackedCount(list, count);
  let target = list + PACKED_HEAD;
  membersWalkTree(tree);
  while (memberNext()) target = packedWrite(target, memberPointer, memberLength);
  return 1;
}

/** Makes a tree of the open container, packed or absent. False: no memory; nothing has changed. */
export function membersBecomeTree(hasValues: bool): bool {
  const entry = containerEntry;
  newTree(freshTree);
  if (entry) {
    treesBegin();
    const filled = fillTree(entry, hasValues);
    treesEnd();
    if (!filled) {
      abandonTree(<usize>load<u32>(freshTree, TREE_ROOT));
      return false;
    }
  }
  const root = <usize>load<u32>(freshTree, TREE_ROOT);
  if (containerBecomeTrees(freshTree, 1, entry != 0 && isMarked(entry))) return true;
  abandonTree(root);
  return false;
}

/** Inserts all elements of a packed list into the fresh tree. */
function fillTree(entry: usize, hasValues: bool): bool {
  memberWalk(entry, hasValues);
  while (memberNext()) {
    if (!makeKey(memberPointer, memberLength)) return false;
    const done = treeInsert(freshTree, treeKey, treeKeyLength, memberValue, hasValues ? memberValueLength : 0);
    freeKey();
    if (done == TREE_NO_MEMORY) return false;
  }
  return true;
}

/** Takes a member out of the open container: 1, 0 when it is not there, -1 without memory. The last one takes the key with it. */
export function memberRemove(hasValues: bool, member: usize, length: u32): i32 {
  const entry = containerEntry;
  if (!isPacked(entry)) return removeFromTree(member, length);
  const item = packedFind(packedOf(entry), packedEnd(entry), hasValues ? 2 : 1, member, length);
  if (!item) return 0;
  return removePacked(item, hasValues) ? 1 : -1;
}

function removePacked(item: usize, hasValues: bool): bool {
  const list = packedOf(containerEntry);
  const count = packedCount(list);
  if (count == 1) {
    containerRemove();
    return true;
  }
  const next = packedNext(item);
  const end = hasValues ? packedNext(next) : next;
  if (!packedSplice(<u32>(item - list), <u32>(end - item), 0)) return false;
  setPackedCount(packedOf(containerEntry), count - 1);
  return true;
}

function removeFromTree(member: usize, length: u32): i32 {
  if (!makeKey(member, length)) return -1;
  let result = 0;
  if (treeFind(treeOf(containerEntry), treeKey, treeKeyLength)) {
    if (treeItems(treeOf(containerEntry)) == 1) {
      containerRemove();
      result = 1;
    } else {
      const tree = treesWrite();
      result = -1;
      if (tree) {
        if (treeRemove(tree, treeKey, treeKeyLength) != TREE_NO_MEMORY) result = 1;
        treesEnd();
      }
    }
  }
  freeKey();
  return result;
}

/** Takes the element at a position out of the open container. False: no memory. */
export function memberRemoveAt(hasValues: bool, position: u32): bool {
  const entry = containerEntry;
  if (isPacked(entry)) {
    memberWalk(entry, hasValues, position);
    return removePacked(walkItem, hasValues);
  }
  if (treeItems(treeOf(entry)) == 1) {
    containerRemove();
    return true;
  }
  const tree = treesWrite();
  if (!tree) return false;
  const done = treeRemoveAt(tree, position, 1) == 1;
  treesEnd();
  return done;
}
