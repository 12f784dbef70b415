/**
 * The run leaf of a counted tree without keys (sequence.ts): items one behind the other, found by position. Only this file knows its inside.
 *
 *   0    node header (tree-node.ts), of the kind LEAF_RUN; `top` is where the items end
 *   16   items: the length in one byte (up to SHORT_MAX) and the bytes; a longer one is {OUTSIDE, u32 length, u32 block} and has a
 *        block of its own
 *
 * Without slots an item costs one byte beside its own, and its position is found by a walk from the front: a leaf has some dozens of them as a
 * rule. `runRead` reads the items of packed lists (packed-list.ts) too, whose form differs in long ones only.
 *
 * Invariants: (1) the items end exactly at `top`; (2) there are as many as the header says.
 *
 * Cost: O(items of the leaf).
 */
import { copyBytes } from "../bytes/copy";
import { DEBUG } from "../memory/debug";
import {
  BLOCK_HEADER,
  NODE_COUNT,
  NODE_ERA,
  NODE_HEADER,
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

export const RUN_BYTES: u32 = 1024;
const RUN_BYTES_MIN: u32 = 64;
const SHORT_MAX: u32 = 253;
const LONG: u32 = 254;
const LONG_HEAD: u32 = 5;
const OUTSIDE: u8 = 255;
const OUTSIDE_BYTES: u32 = 9;
const OUTSIDE_BLOCK: usize = 5;
/** Bytes of the longest item as it lies in a leaf. */
export const RUN_ITEM_MAX: u32 = SHORT_MAX + 1;

/** The item that `runRead` has read. */
export let runPointer: usize = 0;
export let runLength: u32 = 0;

/** The item that is about to go in; `pendBlock` holds it when it is too long to lie in the leaf. */
let pendPointer: usize = 0;
let pendLength: u32 = 0;
let pendBlock: usize = 0;

// Reading -------------------------------------------------------------------------------------------------------------

/** Reads the item at an address into `runPointer` and `runLength`; returns where the next one begins. */
// @ts-ignore: decorator
@inline
export function runRead(item: usize): usize {
  const short = <u32>load<u8>(item);
  if (short <= SHORT_MAX) {
    runPointer = item + 1;
    runLength = short;
    return item + 1 + short;
  }
  return readLong(item, short);
}

function readLong(item: usize, first: u32): usize {
  runLength = load<u32>(item, 1);
  if (first == LONG) {
    runPointer = item + LONG_HEAD;
    return runPointer + runLength;
  }
  runPointer = <usize>load<u32>(item, OUTSIDE_BLOCK) + BLOCK_HEADER;
  return item + OUTSIDE_BYTES;
}

/** Where the items of a leaf begin, and where they end. */
// @ts-ignore: decorator
@inline
export function runFirst(leaf: usize): usize {
  return leaf + NODE_HEADER;
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
  return <u32>load<u16>(leaf, NODE_TOP);
}

/** The item `count` items behind one of a leaf. */
export function runSkip(item: usize, count: u32): usize {
  while (count--) {
    const short = <u32>load<u8>(item);
    item += short <= SHORT_MAX ? 1 + short : OUTSIDE_BYTES;
  }
  return item;
}

/** The item at a position of a leaf, or where the next one would begin. */
// @ts-ignore: decorator
@inline
export function runItem(leaf: usize, position: u32): usize {
  return position == nodeCount(leaf) ? runEnd(leaf) : runSkip(runFirst(leaf), position);
}

/** The block of an item of a leaf, or 0 when it lies there itself. */
// @ts-ignore: decorator
@inline
export function runBlock(item: usize): usize {
  return load<u8>(item) != OUTSIDE ? 0 : <usize>load<u32>(item, OUTSIDE_BLOCK);
}

// The pending item ----------------------------------------------------------------------------------------------------

/** Names the item that is about to go in; its block is made, if it needs one. Returns false when there is no memory for it. */
export function runPend(bytes: usize, length: u32): bool {
  pendPointer = bytes;
  pendLength = length;
  pendBlock = 0;
  if (length <= SHORT_MAX) return true;
  pendBlock = allocateBlock(<u64>length, false);
  if (!pendBlock) return false;
  copyBytes(pendBlock + BLOCK_HEADER, bytes, length);
  return true;
}

/** Takes back what `runPend` has made. */
export function runPendCancel(): void {
  if (pendBlock) freeBlock(pendBlock);
}

/** Bytes that the pending item takes in a leaf. */
// @ts-ignore: decorator
@inline
export function runPendBytes(): u32 {
  return pendLength <= SHORT_MAX ? pendLength + 1 : OUTSIDE_BYTES;
}

/** Writes the pending item; returns where the next one begins. */
export function runPendWrite(target: usize): usize {
  if (pendLength <= SHORT_MAX) {
    store<u8>(target, <u8>pendLength);
    copyBytes(target + 1, pendPointer, pendLength);
    return target + 1 + pendLength;
  }
  if (!pendBlock) unreachable();
  store<u8>(target, OUTSIDE);
  store<u32>(target, pendLength, 1);
  store<u32>(target, <u32>pendBlock, OUTSIDE_BLOCK);
  return target + OUTSIDE_BYTES;
}

// Writing -------------------------------------------------------------------------------------------------------------

/** An empty leaf for `bytes` in all, with some more to grow or, when it is to be `full`, of the largest size; 0: no memory. */
export function allocateRun(bytes: u32, full: bool): usize {
  if (DEBUG) assert(bytes >= NODE_HEADER && bytes <= RUN_BYTES);
  const roomy = bytes + (bytes >> 3);
  const leaf = allocateNode(full || roomy > RUN_BYTES ? RUN_BYTES : roomy < RUN_BYTES_MIN ? RUN_BYTES_MIN : roomy, 0);
  if (!leaf) return 0;
  setRun(leaf);
  store<u16>(leaf, <u16>NODE_HEADER, NODE_TOP);
  return leaf;
}

/** Appends items that lie from `from` to `to`. Requires: there is room. */
export function runAppend(leaf: usize, from: usize, to: usize, count: u32): void {
  const bytes = <u32>(to - from);
  const top = runUsed(leaf);
  if (top + bytes > nodeCapacity(leaf)) unreachable();
  memory.copy(leaf + top, from, bytes);
  store<u16>(leaf, <u16>(top + bytes), NODE_TOP);
  store<u16>(leaf, <u16>(nodeCount(leaf) + count), NODE_COUNT);
}

/** Appends the pending item. Requires: there is room. */
export function runAppendPending(leaf: usize): void {
  const top = runUsed(leaf);
  if (top + runPendBytes() > nodeCapacity(leaf)) unreachable();
  store<u16>(leaf, <u16>(runPendWrite(leaf + top) - leaf), NODE_TOP);
  store<u16>(leaf, <u16>(nodeCount(leaf) + 1), NODE_COUNT);
}

/** Puts the pending item at an address of a leaf that no view sees, in the place of `removed` bytes (0, or one item). Requires: there is room. */
export function runPut(leaf: usize, item: usize, removed: u32): void {
  const end = runEnd(leaf);
  const bytes = runPendBytes();
  if (<u32>(end - leaf) - removed + bytes > nodeCapacity(leaf)) unreachable();
  if (item + removed != end && bytes != removed) memory.copy(item + bytes, item + removed, end - item - removed);
  runPendWrite(item);
  store<u16>(leaf, <u16>(<u32>(end - leaf) - removed + bytes), NODE_TOP);
  if (!removed) store<u16>(leaf, <u16>(nodeCount(leaf) + 1), NODE_COUNT);
}

/** Takes the `count` items between two addresses out of a leaf that no view sees. Their blocks are the caller's. */
export function runRemove(leaf: usize, from: usize, to: usize, count: u32): void {
  const end = runEnd(leaf);
  if (to != end) memory.copy(from, to, end - to);
  store<u16>(leaf, <u16>(end - (to - from) - leaf), NODE_TOP);
  store<u16>(leaf, <u16>(nodeCount(leaf) - count), NODE_COUNT);
}

/** A leaf with the items of two, or 0: no memory. Requires: they fit. */
export function runMerge(left: usize, right: usize): usize {
  const target = allocateRun(runUsed(left) + runUsed(right) - NODE_HEADER, false);
  if (!target) return 0;
  runAppend(target, runFirst(left), runEnd(left), nodeCount(left));
  runAppend(target, runFirst(right), runEnd(right), nodeCount(right));
  return target;
}

// Blocks --------------------------------------------------------------------------------------------------------------

/** Retires the blocks of the items between two addresses. */
export function runRetireBlocks(from: usize, to: usize): void {
  for (let item = from; item < to; item = runSkip(item, 1)) {
    const block = runBlock(item);
    if (block) retire(block);
  }
}

/** Puts the blocks of all items that were born after `era` on a dead list. */
export function runPushBlocks(leaf: usize, list: usize, era: u32): void {
  const end = runEnd(leaf);
  for (let item = runFirst(leaf); item < end; item = runSkip(item, 1)) {
    const block = runBlock(item);
    if (block && load<u32>(block, NODE_ERA) > era) pushDead(list, block, 0);
  }
}

/** Returns 0, or the number of a broken invariant (see the head). For debug builds. */
export function runCheck(leaf: usize): i32 {
  const end = runEnd(leaf);
  let count: u32 = 0;
  let item = runFirst(leaf);
  for (; item < end; item = runSkip(item, 1)) count++;
  if (item != end || <u32>(end - leaf) > nodeCapacity(leaf) || !isRun(leaf)) return 1;
  return count == nodeCount(leaf) ? 0 : 2;
}
