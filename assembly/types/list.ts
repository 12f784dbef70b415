/**
 * The list type: elements in the order in which they were put.
 *
 *   packed  a packed list of up to PACKED_BYTES bytes, an element an item
 *   tree    one sequence (structure/sequence.ts); its owner's number is the bytes of the elements in a listpack (listpack-size.ts), or
 *           NOTE_UNKNOWN in a list of so many elements that it is beyond every limit anyway
 *
 * A list goes from packed to tree and never back. What OBJECT ENCODING says follows Redis's rules, by KIND_MARK ("quicklist"): a list that grows
 * beyond list-max-listpack-size is one, and is none any more when what is taken out leaves it at half of that. (Redis looks whether all of it
 * is left in one node of its quicklist; we, how long it is.)
 *
 * A change: `listOpen`, `listGrows` or nothing, the changes, `listNote`.
 *
 * Cost: packed O(bytes); tree O(log n), walks O(1) a step.
 */
import { TYPE_LIST } from "../abi/status";
import { abandonTree, treesBegin, treesEnd } from "../mvcc/view";
import { PACKED_HEAD, packedCount, packedItemBytes, packedNext, packedWrite, setPackedCount } from "../structure/packed-list";
import { MIXED, runFirst, runForm, runItem, runLength, runPointer, runRead, runSkip } from "../structure/run-leaf";
import {
  sequenceNote,
  sequencePut,
  sequenceRemove,
  sequenceSeek,
  sequenceSeekBack,
  setSequenceNote,
  soughtForm,
  soughtFrom,
  soughtTo,
} from "../structure/sequence";
import { TREE_ROOT, TREE_SIZE, locatedLeaf, locatedPosition, treeItems, treeLocate } from "../structure/tree";
import { nodeCount } from "../structure/tree-node";
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
  setMark,
  treeOf,
  treesWrite,
  typeOf,
} from "./container";
import { LISTPACK_EMPTY, LISTPACK_ITEM_MIN, LISTPACK_MORE, isBeyondListpack, listpackItem } from "./listpack-size";

/** Most bytes of the packed form. */
export const PACKED_BYTES: u32 = 1000;
/** Where the items of a leaf or packed list begin, for a walk back. */
const offsets: usize = memory.data(4096, 8);
const freshTree: usize = memory.data(TREE_SIZE, 8);
/** The owner's number of a sequence of more than SURELY_BEYOND elements, of which UNCOUNTED_MIN and more have been removed at once. */
const NOTE_UNKNOWN: u32 = 0xffffffff;
/** So many elements are beyond every limit and the half of it (listpack-size.ts), how short they ever are. */
const SURELY_BEYOND: u32 = 32_768;
const UNCOUNTED_MIN: u32 = 16_384;

/** The element that a read or a walk is at; good until a list changes, and where it is passing (`isRunPassing` of run-leaf.ts) until the next read. */
export let listPointer: usize = 0;
export let listLength: u32 = 0;

/** Forward: the next item, and how many of the leaf are left; back: items before this one in the leaf. */
let walkItem: usize = 0;
let walkForm: u32 = MIXED;
let walkLeft: u32 = 0;
let walkEntry: usize = 0;
/** Position behind the leaf that a walk is in; back: of its first item. */
let walkAt: u32 = 0;
let walkBase: usize = 0;

// @ts-ignore: decorator
@inline
export function isList(entry: usize): bool {
  return typeOf(entry) == TYPE_LIST;
}

/** Whether Redis would keep the list in one listpack. */
export function isSmallList(entry: usize): bool {
  return !isMarked(entry);
}

/** Number of elements. */
export function listCount(entry: usize): u32 {
  return isPacked(entry) ? packedCount(packedOf(entry)) : treeItems(treeOf(entry));
}

// Reading -----------------------------------------------------------------------------------------------------------------

// @ts-ignore: decorator
@inline
function read(form: u32, item: usize): usize {
  const next = runRead(form, item);
  listPointer = runPointer;
  listLength = runLength;
  return next;
}

/** The item at a position of a packed list, or its end. */
function packedItem(entry: usize, position: u32): usize {
  let item = packedOf(entry) + PACKED_HEAD;
  while (position--) item = packedNext(item);
  return item;
}

/** Reads the element at a position. Requires: it is there. */
export function listAt(entry: usize, position: u32): void {
  if (isPacked(entry)) {
    read(MIXED, packedItem(entry, position));
    return;
  }
  if (!treeLocate(treeOf(entry), position)) unreachable();
  read(runForm(locatedLeaf), runItem(locatedLeaf, locatedPosition));
}

/**
 * About how many bytes some elements of a list are, for whoever makes room for them; 0 of a packed list, which is small, and where nobody
 * knows.
 */
export function listBytesOf(entry: usize, count: u32): u32 {
  if (isPacked(entry) || sequenceNote(treeOf(entry)) == NOTE_UNKNOWN) return 0;
  const bytes = (<u64>sequenceNote(treeOf(entry)) * count) / treeItems(treeOf(entry));
  return <u32>bytes;
}

/** Begins a walk at an element by its position, or behind the last. One walk at a time, and no change meanwhile. */
export function listWalk(entry: usize, position: u32): void {
  walkEntry = entry;
  if (isPacked(entry)) {
    const count = packedCount(packedOf(entry));
    walkItem = packedItem(entry, position);
    walkForm = MIXED;
    walkLeft = count - position;
    walkAt = count;
  } else enterLeaf(position);
}

/** Goes to an element of a tree; false when there is none. */
function enterLeaf(position: u32): bool {
  walkAt = position;
  walkLeft = 0;
  if (!treeLocate(treeOf(walkEntry), position)) return false;
  walkItem = runItem(locatedLeaf, locatedPosition);
  walkForm = runForm(locatedLeaf);
  walkLeft = nodeCount(locatedLeaf) - locatedPosition;
  walkAt = position + walkLeft;
  return true;
}

/** Goes to the next element (`listPointer` ...); false at the end. */
// @ts-ignore: decorator
@inline
export function listNext(): bool {
  if (!walkLeft && (isPacked(walkEntry) || !enterLeaf(walkAt))) return false;
  walkItem = read(walkForm, walkItem);
  walkLeft--;
  return true;
}

/** Begins a walk back at an element by its position. Requires: it is there. */
export function listWalkBack(entry: usize, position: u32): void {
  walkEntry = entry;
  if (isPacked(entry)) {
    walkAt = 0;
    walkForm = MIXED;
    walkBase = packedOf(entry);
    walkLeft = position + 1;
    let item = walkBase + PACKED_HEAD;
    for (let each: u32 = 0; each < walkLeft; each++, item = packedNext(item)) noteOffset(each, item);
  } else enterLeafBack(position);
}

function enterLeafBack(position: u32): void {
  if (!treeLocate(treeOf(walkEntry), position)) unreachable();
  walkAt = position - locatedPosition;
  walkForm = runForm(locatedLeaf);
  walkBase = locatedLeaf;
  walkLeft = locatedPosition + 1;
  let item = runFirst(walkBase);
  for (let each: u32 = 0; each < walkLeft; each++, item = runSkip(walkForm, item, 1)) noteOffset(each, item);
}

// @ts-ignore: decorator
@inline
function noteOffset(position: u32, item: usize): void {
  store<u16>(offsets + ((<usize>position) << 1), <u16>(item - walkBase));
}

/** Goes to the element before; false at the beginning. */
export function listPrevious(): bool {
  if (!walkLeft) {
    if (!walkAt) return false;
    enterLeafBack(walkAt - 1);
  }
  walkLeft--;
  read(walkForm, walkBase + <usize>load<u16>(offsets + ((<usize>walkLeft) << 1)));
  return true;
}

// Changing ------------------------------------------------------------------------------------------------------------------

/** What the next `listNote` is to note: the list has grown beyond the limit. */
let hasGrown: bool = false;

/** Begins a change; see `containerOpen`. */
export function listOpen(keyHash: u64, slot: usize, entry: usize, key: usize, keyBytes: u32): void {
  containerOpen(TYPE_LIST, keyHash, slot, entry, key, keyBytes);
  hasGrown = false;
}

/** So many elements, of so many bytes together, are about to come to the open list. */
export function listGrows(bytes: u64, count: u32): void {
  const entry = containerEntry;
  if (entry && isMarked(entry)) return;
  const elements = <u64>count + (entry ? listCount(entry) : 0);
  let size: u64 = LISTPACK_EMPTY + bytes;
  if (entry && isPacked(entry)) {
    const most = <u64>(packedEnd(entry) - packedOf(entry)) + packedCount(packedOf(entry)) * LISTPACK_MORE;
    if (!isBeyondListpack(size + most, elements, false)) return;
  }
  if (entry) size += listpackBytes(entry);
  hasGrown = isBeyondListpack(size, elements, false);
}

/** Bytes of the elements in a listpack; where nobody has counted them, at least as many as are beyond every limit. */
function listpackBytes(entry: usize): u32 {
  if (isPacked(entry)) return listpackItems(MIXED, packedOf(entry) + PACKED_HEAD, packedEnd(entry));
  const note = sequenceNote(treeOf(entry));
  return note != NOTE_UNKNOWN ? note : treeItems(treeOf(entry)) * LISTPACK_ITEM_MIN;
}

/** Bytes in a listpack of the elements that lie between two addresses of a leaf of this form, or of a packed list. */
function listpackItems(form: u32, from: usize, to: usize): u32 {
  let bytes: u32 = 0;
  for (let item = from; item < to;) {
    item = runRead(form, item);
    bytes += listpackItem(runPointer, runLength);
  }
  return bytes;
}

/** Counts the bytes of all elements of the open list, a tree, anew. */
function countNote(tree: usize): void {
  let bytes: u32 = 0;
  listWalk(containerEntry, 0);
  while (listNext()) bytes += listpackItem(listPointer, listLength);
  setSequenceNote(tree, bytes);
}

/** Adds to the bytes of the elements, if they are known; `difference` may be negative in two's complement. */
// @ts-ignore: decorator
@inline
function addToNote(tree: usize, difference: u32): void {
  const note = sequenceNote(tree);
  if (note != NOTE_UNKNOWN) setSequenceNote(tree, note + difference);
}

/** Ends a change. `hasShrunk`: something was taken out or replaced. Requires: the list was changed since `listOpen`. */
export function listNote(hasShrunk: bool): void {
  const entry = containerEntry;
  if (!entry) return;
  if (hasGrown) setMark(true);
  else if (hasShrunk && isMarked(entry) && !isBeyondListpack(LISTPACK_EMPTY + listpackBytes(entry), listCount(entry), true)) setMark(false);
  hasGrown = false;
}

/** Puts an element before the one at a position of the open list, or behind the last. False: no memory, nothing has changed. */
export function listInsert(position: u32, bytes: usize, length: u32): bool {
  const entry = containerEntry;
  if (!entry || isPacked(entry)) {
    const size = entry ? <u64>(packedEnd(entry) - packedOf(entry)) : PACKED_HEAD;
    if (size + packedItemBytes(bytes, length) <= PACKED_BYTES) return insertPacked(entry, position, bytes, length);
    if (!becomeTree()) return false;
  }
  const tree = treesWrite();
  if (!tree) return false;
  const done = putInto(tree, position, bytes, length);
  treesEnd();
  if (!done && !treeItems(tree)) containerRemove();
  return done;
}

function insertPacked(entry: usize, position: u32, bytes: usize, length: u32): bool {
  const count = entry ? packedCount(packedOf(entry)) : 0;
  const at = entry ? (position == count ? packedEnd(entry) : packedItem(entry, position)) - packedOf(entry) : PACKED_HEAD;
  const target = packedSplice(<u32>at, 0, packedItemBytes(bytes, length));
  if (!target) return false;
  packedWrite(target, bytes, length);
  setPackedCount(packedOf(containerEntry), count + 1);
  return true;
}

/** Appends an element to a sequence that is no container's yet. False: no memory. */
export function appendTo(tree: usize, bytes: usize, length: u32): bool {
  return putInto(tree, treeItems(tree), bytes, length);
}

function putInto(tree: usize, position: u32, bytes: usize, length: u32): bool {
  if (!sequencePut(tree, position, false, bytes, length)) return false;
  addToNote(tree, listpackItem(bytes, length));
  return true;
}

/** Makes a tree of the open list, packed or absent. False: no memory; nothing has changed. */
function becomeTree(): bool {
  const entry = containerEntry;
  newTree(freshTree);
  if (entry) {
    treesBegin();
    const filled = fillTree(freshTree, entry);
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

/** Appends all elements of a list to an empty tree. Returns false, with the tree partly filled, when there is no memory. */
export function fillTree(tree: usize, entry: usize): bool {
  listWalk(entry, 0);
  while (listNext()) if (!putInto(tree, treeItems(tree), listPointer, listLength)) return false;
  return true;
}

/** Gives the element at a position of the open list other bytes. False: no memory, nothing has changed. Requires: it is there. */
export function listReplace(position: u32, bytes: usize, length: u32): bool {
  const entry = containerEntry;
  if (isPacked(entry)) {
    const item = packedItem(entry, position);
    const old = <u32>(packedNext(item) - item);
    if (<u32>(packedEnd(entry) - packedOf(entry)) - old + <u64>packedItemBytes(bytes, length) <= PACKED_BYTES) {
      const target = packedSplice(<u32>(item - packedOf(entry)), old, packedItemBytes(bytes, length));
      if (target) packedWrite(target, bytes, length);
      return target != 0;
    }
    if (!becomeTree()) return false;
  }
  listAt(containerEntry, position);
  const difference = listpackItem(bytes, length) - listpackItem(listPointer, listLength);
  const tree = treesWrite();
  if (!tree) return false;
  const done = sequencePut(tree, position, true, bytes, length);
  if (done) addToNote(tree, difference);
  treesEnd();
  return done;
}

/**
 * Takes elements out of the open list, from a position on; the last ones take the key with them. Returns how many: fewer when there is no
 * memory, and then the first of them, or the last ones where it is done from the end (`backwards`). Requires: they are there.
 */
export function listRemove(position: u32, count: u32, backwards: bool = false): u32 {
  const entry = containerEntry;
  if (!count) return 0;
  if (count == listCount(entry)) {
    containerRemove();
    return count;
  }
  if (isPacked(entry)) return removePacked(entry, position, count);
  let removed: u32 = 0;
  const tree = treesWrite();
  if (!tree) return 0;
  // So many that counting their bytes would take longer than all else, and nobody needs to know.
  if (count > UNCOUNTED_MIN && treeItems(tree) - count > SURELY_BEYOND) setSequenceNote(tree, NOTE_UNKNOWN);
  while (removed < count) {
    const left = count - removed;
    const step = backwards ? sequenceSeekBack(tree, position + left, left) : sequenceSeek(tree, position, left);
    const bytes = sequenceNote(tree) != NOTE_UNKNOWN ? listpackItems(soughtForm, soughtFrom, soughtTo) : 0;
    if (!sequenceRemove(tree)) break;
    addToNote(tree, 0 - bytes);
    removed += step;
  }
  treesEnd();
  if (sequenceNote(tree) == NOTE_UNKNOWN && treeItems(tree) <= SURELY_BEYOND) countNote(tree);
  return removed;
}

function removePacked(entry: usize, position: u32, count: u32): u32 {
  const list = packedOf(entry);
  const all = packedCount(list);
  const from = packedItem(entry, position);
  let to = from;
  for (let left = count; left; left--) to = packedNext(to);
  if (!packedSplice(<u32>(from - list), <u32>(to - from), 0)) return 0;
  setPackedCount(packedOf(containerEntry), all - count);
  return count;
}
