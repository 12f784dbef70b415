/**
 * The run leaf of a counted tree without keys (sequence.ts): items one behind the other, found by position. Only this file knows its inside.
 *
 *   0    node header (tree-node.ts), of the kind LEAF_RUN; `top` is where the items end; in the place of the shared bytes the leaf's form
 *   16   items: a head, and what it says
 *
 * Heads are those of packed lists (packed-list.ts), but for OUTSIDE: {u32 length, u32 block} follow, a longer text in a block of its own.
 *
 * The form of a leaf is MIXED, where each item has its head, or *even*: the one head that all its items have, which lie there without it. So a
 * million numbers of four bytes take 4.1 bytes each, and in an even leaf a position is an address. Every leaf begins even where its item allows
 * that, and becomes mixed with the first one that does not match.
 *
 * Items of a mixed leaf begin behind the header. In front of those of an even leaf there may be a gap, so that items come and go at both ends without
 * moving the others; where they begin follows from `top` and their number.
 *
 * Without slots an item costs one byte beside its own at most, and in a mixed leaf its position is found by a walk from the front: over a hundred or
 * two of them as a rule. `runRead` reads the items of packed lists (packed-list.ts) too, whose form differs in long ones only.
 *
 * Invariants: (1) the items end exactly at `top`; (2) there are as many as the header says; (3) an even leaf has items of EVEN_MIN bytes and more, so
 * that, divided at any item, the smaller part is short enough to become mixed and take one more item.
 *
 * Cost: O(items of the leaf); O(1) at the ends of an even leaf, over many changes.
 */
import { copyBytes } from "../bytes/copy";
import { parsedInteger, printInteger } from "../bytes/integer";
import { DEBUG } from "../memory/debug";
import { INTEGER, INTEGER_TEXT_BYTES, LONG, LONG_HEAD, SHORT_MAX, integerAt, integerBytes } from "./packed-list";
import {
  BLOCK_HEADER,
  NODE_COUNT,
  NODE_ERA,
  NODE_HEADER,
  NODE_SHARED,
  NODE_TOP,
  allocateBlock,
  allocateNode,
  freeBlock,
  isRun,
  nodeCapacity,
  nodeCount,
  pushDead,
  retire,
  setRun,
} from "./tree-node";

export const RUN_BYTES: u32 = 2040;
const RUN_BYTES_MIN: u32 = 64;
const OUTSIDE: u32 = 255;
const OUTSIDE_BYTES: u32 = 9;
const OUTSIDE_BLOCK: usize = 5;
/** The form of leaves whose items have heads. */
export const MIXED: u32 = 0;
const EVEN_MIN: u32 = 2;
/** Bytes of the longest item as it lies in a leaf. */
export const RUN_ITEM_MAX: u32 = SHORT_MAX + 1;

/** The item that `runRead` has read. The text of an integer is good until the next one is read. */
export let runPointer: usize = 0;
export let runLength: u32 = 0;
const integerText: usize = memory.data(INTEGER_TEXT_BYTES, 8);

/** Where the first items of a mixed leaf lie, of the last one that was looked into (0: none). */
const knownOffsets: usize = memory.data(4096, 8);
let knownLeaf: usize = 0;
let knownCount: u32 = 0;

/** The item that is about to go in: its head, and what follows. `pendBlock` holds it when it is too long to lie in the leaf. */
let pendHead: u32 = 0;
let pendPointer: usize = 0;
let pendLength: u32 = 0;
let pendBlock: usize = 0;
const pendInteger: usize = memory.data(8, 8);

// Reading -------------------------------------------------------------------------------------------------------------

/** Reads the item at an address of a leaf of this form into `runPointer` and `runLength`; returns where the next one begins. */
// @ts-ignore: decorator
@inline
export function runRead(form: u32, item: usize): usize {
  const head = form ? form : <u32>load<u8>(item);
  const body = form ? item : item + 1;
  if (head <= SHORT_MAX) {
    runPointer = body;
    runLength = head;
    return body + head;
  }
  return readOther(head, body);
}

function readOther(head: u32, body: usize): usize {
  if (head < LONG) {
    const bytes = head - INTEGER;
    runLength = printInteger(integerText, integerAt(body, bytes));
    runPointer = integerText;
    return body + bytes;
  }
  runLength = load<u32>(body);
  if (head == LONG) {
    runPointer = body + LONG_HEAD - 1;
    return runPointer + runLength;
  }
  runPointer = <usize>load<u32>(body, OUTSIDE_BLOCK - 1) + BLOCK_HEADER;
  return body + OUTSIDE_BYTES - 1;
}

/** Whether what was read lies in no leaf, and goes with the next integer that is read. */
// @ts-ignore: decorator
@inline
export function isRunPassing(): bool {
  return runPointer == integerText;
}

/** The form of a leaf. */
// @ts-ignore: decorator
@inline
export function runForm(leaf: usize): u32 {
  return <u32>load<u8>(leaf, NODE_SHARED);
}

/** Bytes of each item of an even leaf. */
// @ts-ignore: decorator
@inline
function evenBytes(form: u32): u32 {
  return form <= SHORT_MAX ? form : form - INTEGER;
}

/** Where the items of a leaf begin, and where they end. */
// @ts-ignore: decorator
@inline
export function runFirst(leaf: usize): usize {
  const form = runForm(leaf);
  return form ? runEnd(leaf) - <usize>(nodeCount(leaf) * evenBytes(form)) : leaf + NODE_HEADER;
}

// @ts-ignore: decorator
@inline
export function runEnd(leaf: usize): usize {
  return leaf + <usize>load<u16>(leaf, NODE_TOP);
}

/** Bytes of header and items. */
// @ts-ignore: decorator
@inline
export function runUsed(leaf: usize): u32 {
  const form = runForm(leaf);
  return form ? NODE_HEADER + nodeCount(leaf) * evenBytes(form) : <u32>load<u16>(leaf, NODE_TOP);
}

/** Bytes that header and items of a leaf take, or would take, in a mixed one. */
export function runMixedUsed(leaf: usize): u32 {
  return runForm(leaf) ? runUsed(leaf) + nodeCount(leaf) : runUsed(leaf);
}

/** The item `count` items behind one of a leaf of this form. */
export function runSkip(form: u32, item: usize, count: u32): usize {
  if (form) return item + <usize>(count * evenBytes(form));
  while (count--) {
    const head = <u32>load<u8>(item);
    item += head <= SHORT_MAX ? 1 + head : head < LONG ? 1 + head - INTEGER : OUTSIDE_BYTES;
  }
  return item;
}

/** The item at a position of a leaf, or where the next one would begin. Where its items lie is remembered for one leaf, as far as it was walked. */
export function runItem(leaf: usize, position: u32): usize {
  if (position == nodeCount(leaf)) return runEnd(leaf);
  const form = runForm(leaf);
  if (form) return runSkip(form, runFirst(leaf), position);
  if (leaf != knownLeaf) {
    knownLeaf = leaf;
    knownCount = 1;
    store<u16>(knownOffsets, <u16>NODE_HEADER);
  }
  if (position >= knownCount) walkTo(position);
  return leaf + <usize>load<u16>(knownOffsets + ((<usize>position) << 1));
}

function walkTo(position: u32): void {
  let slot = knownOffsets + ((<usize>(knownCount - 1)) << 1);
  let item = knownLeaf + <usize>load<u16>(slot);
  for (; knownCount <= position; knownCount++) {
    item = runSkip(MIXED, item, 1);
    slot += 2;
    store<u16>(slot, <u16>(item - knownLeaf));
  }
}

/** What lies from an item of the leaf on is about to change. */
function forgetFrom(leaf: usize, item: usize): void {
  if (leaf != knownLeaf) return;
  if (item <= leaf + NODE_HEADER) knownCount = 1;
  while (knownCount > 1 && leaf + <usize>load<u16>(knownOffsets + ((<usize>(knownCount - 1)) << 1)) > item) knownCount--;
}

/** The block of an item of a leaf of this form, or 0 when it lies there itself. */
// @ts-ignore: decorator
@inline
export function runBlock(form: u32, item: usize): usize {
  return form || <u32>load<u8>(item) != OUTSIDE ? 0 : <usize>load<u32>(item, OUTSIDE_BLOCK);
}

// The pending item ----------------------------------------------------------------------------------------------------

/** Names the item that is about to go in; its block is made, if it needs one. Returns false when there is no memory for it. */
export function runPend(bytes: usize, length: u32): bool {
  pendPointer = bytes;
  pendLength = length;
  pendHead = length;
  pendBlock = 0;
  const integer = integerBytes(bytes, length);
  if (integer) {
    pendLength = integer;
    pendHead = INTEGER + integer;
    pendPointer = pendInteger;
    store<i64>(pendInteger, parsedInteger);
    return true;
  }
  if (length <= SHORT_MAX) return true;
  pendHead = OUTSIDE;
  pendBlock = allocateBlock(<u64>length, false);
  if (!pendBlock) return false;
  copyBytes(pendBlock + BLOCK_HEADER, bytes, length);
  return true;
}

/** Takes back what `runPend` has made. */
export function runPendCancel(): void {
  if (pendBlock) freeBlock(pendBlock);
}

/** The form of a leaf with the pending item alone. */
export function runPendForm(): u32 {
  return pendHead != OUTSIDE && pendLength >= EVEN_MIN ? pendHead : MIXED;
}

/** Whether the pending item can go into a leaf of this form. An integer may take more bytes than it needs. */
// @ts-ignore: decorator
@inline
export function runPendMatches(form: u32): bool {
  return form == MIXED || form == pendHead || (form > INTEGER && pendHead > INTEGER && pendHead < form);
}

/** Bytes that the pending item takes in a leaf of this form. Requires: it matches. */
// @ts-ignore: decorator
@inline
export function runPendBytes(form: u32): u32 {
  return form ? evenBytes(form) : pendHead != OUTSIDE ? pendLength + 1 : OUTSIDE_BYTES;
}

/** Writes the pending item as it lies in a leaf of this form; returns where the next one begins. Requires: it matches. */
export function runPendWrite(form: u32, target: usize): usize {
  if (form) {
    copyBytes(target, pendPointer, evenBytes(form));
    return target + evenBytes(form);
  }
  store<u8>(target, <u8>pendHead);
  if (pendHead != OUTSIDE) {
    copyBytes(target + 1, pendPointer, pendLength);
    return target + 1 + pendLength;
  }
  if (!pendBlock) unreachable();
  store<u32>(target, pendLength, 1);
  store<u32>(target, <u32>pendBlock, OUTSIDE_BLOCK);
  return target + OUTSIDE_BYTES;
}

// Writing -------------------------------------------------------------------------------------------------------------

/** An empty leaf of a form, for `bytes` in all, with some more to grow or, when it is to be `full`, of the largest size; 0: no memory. */
export function allocateRun(form: u32, bytes: u32, full: bool): usize {
  if (DEBUG) assert(bytes >= NODE_HEADER && bytes <= RUN_BYTES);
  const roomy = bytes + (bytes >> 3);
  const leaf = allocateNode(full || roomy > RUN_BYTES ? RUN_BYTES : roomy < RUN_BYTES_MIN ? RUN_BYTES_MIN : roomy, 0);
  if (!leaf) return 0;
  if (leaf == knownLeaf) knownLeaf = 0;
  setRun(leaf);
  store<u8>(leaf, <u8>form, NODE_SHARED);
  store<u16>(leaf, <u16>NODE_HEADER, NODE_TOP);
  return leaf;
}

/** Appends items of a leaf of the form `source` that lie from `from` to `to`. Requires: there is room behind its own, and the leaf is of that form or mixed. */
export function runAppend(leaf: usize, source: u32, from: usize, to: usize, count: u32): void {
  const heads = source != runForm(leaf);
  const bytes = <u32>(to - from) + (heads ? count : 0);
  const top = <u32>load<u16>(leaf, NODE_TOP);
  if (top + bytes > nodeCapacity(leaf) || (heads && runForm(leaf))) unreachable();
  if (!heads) memory.copy(leaf + top, from, bytes);
  else {
    const size = evenBytes(source);
    let target = leaf + top;
    for (let item = from; item < to; item += size) {
      store<u8>(target, <u8>source);
      memory.copy(target + 1, item, size);
      target += 1 + size;
    }
  }
  store<u16>(leaf, <u16>(top + bytes), NODE_TOP);
  store<u16>(leaf, <u16>(nodeCount(leaf) + count), NODE_COUNT);
}

/** Appends the pending item. Requires: there is room behind the items, and it matches. */
export function runAppendPending(leaf: usize): void {
  const top = <u32>load<u16>(leaf, NODE_TOP);
  if (top + runPendBytes(runForm(leaf)) > nodeCapacity(leaf)) unreachable();
  store<u16>(leaf, <u16>(runPendWrite(runForm(leaf), leaf + top) - leaf), NODE_TOP);
  store<u16>(leaf, <u16>(nodeCount(leaf) + 1), NODE_COUNT);
}

/** Puts the pending item at an address of a leaf that no view sees, in the place of `removed` bytes (0, or one item). Requires: there is room, and it matches. */
export function runPut(leaf: usize, item: usize, removed: u32): void {
  const form = runForm(leaf);
  const bytes = runPendBytes(form);
  if (runUsed(leaf) - removed + bytes > nodeCapacity(leaf)) unreachable();
  if (form) {
    runPendWrite(form, removed ? item : makeRoom(leaf, item, bytes));
  } else {
    const end = runEnd(leaf);
    forgetFrom(leaf, item);
    if (item + removed != end && bytes != removed) memory.copy(item + bytes, item + removed, end - item - removed);
    runPendWrite(form, item);
    store<u16>(leaf, <u16>(<u32>(end - leaf) - removed + bytes), NODE_TOP);
  }
  if (!removed) store<u16>(leaf, <u16>(nodeCount(leaf) + 1), NODE_COUNT);
}

/**
 * Moves items of an even leaf, the fewer ones if there is room on their side, so that there is room for one of `size` bytes before the item at an
 * address; returns where. Where there is none on that side, all items move, so that what is free lies half before and half behind them. The count is
 * the caller's.
 */
function makeRoom(leaf: usize, item: usize, size: u32): usize {
  const first = runFirst(leaf);
  const end = runEnd(leaf);
  const before = <u32>(item - first);
  const behind = <u32>(end - item);
  const roomBefore = <u32>(first - leaf) - NODE_HEADER;
  const roomBehind = nodeCapacity(leaf) - <u32>(end - leaf);
  if (before < behind && roomBefore >= size) {
    if (before) memory.copy(first - size, first, before);
    return item - size;
  }
  if (before >= behind && roomBehind >= size) {
    if (behind) memory.copy(item + size, item, behind);
    store<u16>(leaf, <u16>(<u32>(end - leaf) + size), NODE_TOP);
    return item;
  }
  const target = leaf + NODE_HEADER + <usize>((roomBefore + roomBehind - size) >> 1);
  // What moves down goes first, and what moves up from its end on: neither overwrites the other.
  if (target <= first) {
    if (before) memory.copy(target, first, before);
    if (behind) memory.copy(target + before + size, item, behind);
  } else {
    if (behind) memory.copy(target + before + size, item, behind);
    if (before) memory.copy(target, first, before);
  }
  store<u16>(leaf, <u16>(<u32>(target - leaf) + before + size + behind), NODE_TOP);
  return target + before;
}

/** Takes the `count` items between two addresses out of a leaf that no view sees. Their blocks are the caller's. */
export function runRemove(leaf: usize, from: usize, to: usize, count: u32): void {
  const first = runFirst(leaf);
  const end = runEnd(leaf);
  forgetFrom(leaf, from);
  if (runForm(leaf) && from - first < end - to) {
    if (from != first) memory.copy(first + (to - from), first, from - first);
  } else {
    if (to != end) memory.copy(from, to, end - to);
    store<u16>(leaf, <u16>(end - (to - from) - leaf), NODE_TOP);
  }
  store<u16>(leaf, <u16>(nodeCount(leaf) - count), NODE_COUNT);
}

/** Bytes of a leaf with the items of two. */
export function runMergedBytes(left: usize, right: usize): u32 {
  const isEven = runForm(left) == runForm(right);
  return (isEven ? runUsed(left) + runUsed(right) : runMixedUsed(left) + runMixedUsed(right)) - NODE_HEADER;
}

/** A leaf with the items of two, or 0: no memory. Requires: they fit. */
export function runMerge(left: usize, right: usize): usize {
  const target = allocateRun(runForm(left) == runForm(right) ? runForm(left) : MIXED, runMergedBytes(left, right), false);
  if (!target) return 0;
  runAppend(target, runForm(left), runFirst(left), runEnd(left), nodeCount(left));
  runAppend(target, runForm(right), runFirst(right), runEnd(right), nodeCount(right));
  return target;
}

// Blocks --------------------------------------------------------------------------------------------------------------

/** Retires the blocks of the items between two addresses of a leaf of this form. */
export function runRetireBlocks(form: u32, from: usize, to: usize): void {
  if (form) return;
  for (let item = from; item < to; item = runSkip(form, item, 1)) {
    const block = runBlock(form, item);
    if (block) retire(block);
  }
}

/** Puts the blocks of all items that were born after `era` on a dead list. */
export function runPushBlocks(leaf: usize, list: usize, era: u32): void {
  const form = runForm(leaf);
  if (form) return;
  const end = runEnd(leaf);
  for (let item = runFirst(leaf); item < end; item = runSkip(form, item, 1)) {
    const block = runBlock(form, item);
    if (block && load<u32>(block, NODE_ERA) > era) pushDead(list, block, 0);
  }
}

/** Returns 0, or the number of a broken invariant (see the head). For debug builds. */
export function runCheck(leaf: usize): i32 {
  const end = runEnd(leaf);
  const form = runForm(leaf);
  if (form && (form > INTEGER + 8 || form == INTEGER || evenBytes(form) < EVEN_MIN)) return 3;
  let count: u32 = 0;
  let item = runFirst(leaf);
  for (; item < end; item = runSkip(form, item, 1)) count++;
  if (item != end || runFirst(leaf) < leaf + NODE_HEADER || <u32>(end - leaf) > nodeCapacity(leaf) || !isRun(leaf)) return 1;
  return count == nodeCount(leaf) ? 0 : 2;
}
