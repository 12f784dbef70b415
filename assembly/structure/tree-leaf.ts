/**
 * The slotted leaf of a counted tree: items (key and value bytes) in the order of their keys. Only this file knows its inside.
 *
 *   0    node header (tree-node.ts); `top` is where the payloads begin
 *   16   slots, 4 bytes each, in key order: u16 head of the key (tree-key.ts), u16 offset of the payload
 *   top  payloads in any order, without holes, up to the capacity
 *
 * A payload, here called an *item*: u8 key length, u8 value length, key, value; if both together are longer than INLINE_MAX,
 * {255, 0, u32 key length, u32 value length, u32 block} and a block of its own that holds key and value.
 *
 * Sizes: 64 bytes to LEAF_BYTES, in steps of the allocator's classes. A leaf grows by about an eighth, so leaves of random
 * insertion are some 90 % full, and a small tree is one small leaf.
 *
 * A leaf is edited as a *virtual* sequence: its items with one pending item put in or replaced (`pend`). Growing, copying and
 * splitting are then the same thing: append a range of that sequence to a fresh leaf.
 *
 * Invariants: (1) keys ascend strictly; (2) heads are those of the keys after the first `shared` bytes, which all keys have;
 * (3) the payloads fill top..capacity exactly.
 *
 * Cost: a search is a binary search in the heads (at most three cache lines) and as a rule one comparison of a key.
 */
import { copyBytes } from "../bytes/copy";
import { DEBUG } from "../memory/debug";
import { compareKeys, comparePrefix, headShort, sharedLength } from "./tree-key";
import {
  BLOCK_HEADER,
  NODE_COUNT,
  NODE_HEADER,
  NODE_SHARED,
  NODE_TOP,
  allocateBlock,
  allocateNode,
  freeBlock,
  nodeCapacity,
  nodeCount,
  pushDead,
  retire,
  writable,
} from "./tree-node";

export const LEAF_BYTES: u32 = 1024;
const LEAF_BYTES_MIN: u32 = 64;
const SLOT_BYTES: u32 = 4;
const INLINE_MAX: u32 = 128;
const OUTSIDE: u8 = 255;
const OUTSIDE_BYTES: u32 = 14;

/** True when the last `leafSearch` met the key itself. */
export let leafMatched: bool = false;

/** The pending item: what it is, and where in the sequence; `pendBlock` holds it when it is too long to lie in the leaf. */
let pendKey: usize = 0;
let pendKeyLength: u32 = 0;
let pendValue: usize = 0;
let pendValueLength: u32 = 0;
let pendBlock: usize = 0;
let pendAt: u32 = 0xffffffff;
let pendReplaces: bool = false;

// Items ---------------------------------------------------------------------------------------------------------------

export function itemKey(item: usize): usize {
  return load<u8>(item) != OUTSIDE ? item + 2 : <usize>load<u32>(item, 10) + BLOCK_HEADER;
}

export function itemKeyLength(item: usize): u32 {
  const short = load<u8>(item);
  return short != OUTSIDE ? <u32>short : load<u32>(item, 2);
}

export function itemValue(item: usize): usize {
  const short = load<u8>(item);
  return short != OUTSIDE ? item + 2 + <usize>short : <usize>load<u32>(item, 10) + BLOCK_HEADER + <usize>load<u32>(item, 2);
}

export function itemValueLength(item: usize): u32 {
  return load<u8>(item) != OUTSIDE ? <u32>load<u8>(item, 1) : load<u32>(item, 6);
}

/** The item's block, or 0 when it lies in its leaf. */
export function itemBlock(item: usize): usize {
  return load<u8>(item) != OUTSIDE ? 0 : <usize>load<u32>(item, 10);
}

function itemBytes(item: usize): u32 {
  const short = load<u8>(item);
  return short != OUTSIDE ? 2 + <u32>short + <u32>load<u8>(item, 1) : OUTSIDE_BYTES;
}

// Reading -------------------------------------------------------------------------------------------------------------

// @ts-ignore: decorator
@inline
function slotAt(leaf: usize, position: u32): usize {
  return leaf + NODE_HEADER + ((<usize>position) << 2);
}

/** The item at a position of the leaf. */
// @ts-ignore: decorator
@inline
export function leafItem(leaf: usize, position: u32): usize {
  return leaf + <usize>load<u16>(slotAt(leaf, position), 2);
}

/** Bytes of header, slots and payloads. */
export function leafUsed(leaf: usize): u32 {
  return NODE_HEADER + (nodeCount(leaf) << 2) + nodeCapacity(leaf) - <u32>load<u16>(leaf, NODE_TOP);
}

/** First slot of `count` (at least one) whose head is not below `head`; `count` if there is none. */
function lowerHead(leaf: usize, count: u32, head: u32): u32 {
  let slot = slotAt(leaf, 0);
  let left = count;
  while (left > 1) {
    const half = left >> 1;
    const middle = slot + ((<usize>half) << 2);
    slot = select<usize>(middle, slot, <u32>load<u16>(middle - SLOT_BYTES) < head);
    left -= half;
  }
  return <u32>((slot - slotAt(leaf, 0)) >> 2) + (<u32>load<u16>(slot) < head ? 1 : 0);
}

/** The item that a search is likely to look at, found without a look at its key. Requires: the leaf has an item. */
export function leafGuess(leaf: usize, key: usize, length: u32): usize {
  const count = nodeCount(leaf);
  const low = lowerHead(leaf, count, headShort(key, length, <u32>load<u8>(leaf, NODE_SHARED)));
  return leafItem(leaf, low < count ? low : count - 1);
}

/** Position of the first key that is not less than this one; `leafMatched` says whether it is this one. */
export function leafSearch(leaf: usize, key: usize, length: u32): u32 {
  leafMatched = false;
  const count = nodeCount(leaf);
  if (!count) return 0;
  const shared = <u32>load<u8>(leaf, NODE_SHARED);
  const head = headShort(key, length, shared);
  let low = lowerHead(leaf, count, head);
  if (shared) {
    const order = comparePrefix(key, length, itemKey(leafItem(leaf, low < count ? low : count - 1)), shared);
    if (order) return order < 0 ? 0 : count;
  }
  let high = low;
  while (high < count && <u32>load<u16>(slotAt(leaf, high)) == head) high++;
  while (low < high) {
    const middle = (low + high) >> 1;
    const item = leafItem(leaf, middle);
    const order = compareKeys(itemKey(item) + shared, itemKeyLength(item) - shared, key + shared, length - shared);
    if (!order) {
      leafMatched = true;
      return middle;
    }
    if (order < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

// The pending item ----------------------------------------------------------------------------------------------------

/** Names the pending item: at `position` of the leaf, in place of the item there or before it. It needs no memory yet. */
export function pend(position: u32, replaces: bool, key: usize, keyLength: u32, value: usize, valueLength: u32): void {
  pendKey = key;
  pendKeyLength = keyLength;
  pendValue = value;
  pendValueLength = valueLength;
  pendBlock = 0;
  pendAt = position;
  pendReplaces = replaces;
}

/** No item is pending: the virtual sequence is the leaf's. */
export function pendNothing(): void {
  pendAt = 0xffffffff;
  pendReplaces = true;
}

/** Lets the pending item, with its block, go in at another position. */
export function pendMove(position: u32): void {
  pendAt = position;
  pendReplaces = false;
}

/** Makes the block of a long pending item. Returns false when there is no memory for it. */
export function pendAllocate(): bool {
  const length = <u64>pendKeyLength + pendValueLength;
  if (length <= INLINE_MAX) return true;
  pendBlock = allocateBlock(length, false);
  if (!pendBlock) return false;
  copyBytes(pendBlock + BLOCK_HEADER, pendKey, pendKeyLength);
  copyBytes(pendBlock + BLOCK_HEADER + pendKeyLength, pendValue, pendValueLength);
  return true;
}

/** Takes back what `pendAllocate` has made. */
export function pendCancel(): void {
  if (pendBlock) freeBlock(pendBlock);
  pendBlock = 0;
}

/** True when the item has this value already. */
export function pendSame(item: usize): bool {
  return itemValueLength(item) == pendValueLength && sharedLength(itemValue(item), pendValue, pendValueLength) == pendValueLength;
}

/** Overwrites the value of an item of the same length; false when its length or a view forbids it. */
export function pendOverwrite(leaf: usize): bool {
  if (DEBUG) assert(pendReplaces && pendAt < nodeCount(leaf));
  const item = leafItem(leaf, pendAt);
  if (itemValueLength(item) != pendValueLength) return false;
  const block = itemBlock(item);
  if (!writable(block ? block : leaf)) return false;
  memory.copy(itemValue(item), pendValue, <usize>pendValueLength);
  return true;
}

function pendBytes(): u32 {
  const length = <u64>pendKeyLength + pendValueLength;
  return length <= INLINE_MAX ? 2 + <u32>length : OUTSIDE_BYTES;
}

function pendWrite(target: usize): void {
  if (<u64>pendKeyLength + pendValueLength <= INLINE_MAX) {
    store<u8>(target, <u8>pendKeyLength);
    store<u8>(target, <u8>pendValueLength, 1);
    copyBytes(target + 2, pendKey, pendKeyLength);
    copyBytes(target + 2 + pendKeyLength, pendValue, pendValueLength);
    return;
  }
  if (!pendBlock) unreachable();
  store<u8>(target, OUTSIDE);
  store<u8>(target, 0, 1);
  store<u32>(target, pendKeyLength, 2);
  store<u32>(target, pendValueLength, 6);
  store<u32>(target, <u32>pendBlock, 10);
}

// The virtual sequence ------------------------------------------------------------------------------------------------

/** Items of the leaf with the pending one. */
export function virtualCount(leaf: usize): u32 {
  return nodeCount(leaf) + (pendReplaces ? 0 : 1);
}

/** The leaf's item behind a virtual position, or 0 for the pending item. */
function virtualItem(leaf: usize, position: u32): usize {
  if (position == pendAt) return 0;
  return leafItem(leaf, !pendReplaces && position > pendAt ? position - 1 : position);
}

/** Bytes that a leaf with the virtual items [from, to) uses. */
export function virtualBytes(leaf: usize, from: u32, to: u32): u32 {
  let bytes = NODE_HEADER;
  for (let position = from; position < to; position++) {
    const item = virtualItem(leaf, position);
    bytes += SLOT_BYTES + (item ? itemBytes(item) : pendBytes());
  }
  return bytes;
}

/** First virtual position of the right half, by bytes; both halves have an item. */
export function virtualHalf(leaf: usize): u32 {
  const count = virtualCount(leaf);
  const half = virtualBytes(leaf, 0, count) >> 1;
  let bytes = NODE_HEADER;
  let position: u32 = 0;
  while (position < count - 1 && bytes < half) {
    const item = virtualItem(leaf, position);
    bytes += SLOT_BYTES + (item ? itemBytes(item) : pendBytes());
    position++;
  }
  if (DEBUG) assert(position > 0 && position < count);
  return position;
}

export function virtualKey(leaf: usize, position: u32): usize {
  const item = virtualItem(leaf, position);
  return item ? itemKey(item) : pendKey;
}

export function virtualKeyLength(leaf: usize, position: u32): u32 {
  const item = virtualItem(leaf, position);
  return item ? itemKeyLength(item) : pendKeyLength;
}

// Writing -------------------------------------------------------------------------------------------------------------

/** An empty leaf with room for `bytes` in all and some more to grow, or 0. Requires: bytes <= LEAF_BYTES. */
export function allocateLeaf(bytes: u32): usize {
  if (DEBUG) assert(bytes >= NODE_HEADER && bytes <= LEAF_BYTES);
  const roomy = bytes + (bytes >> 3);
  return allocateNode(roomy > LEAF_BYTES ? LEAF_BYTES : roomy < LEAF_BYTES_MIN ? LEAF_BYTES_MIN : roomy, 0);
}

/** An empty leaf of just this size, for items that come in order. */
export function allocateTightLeaf(bytes: u32): usize {
  return allocateNode(bytes < LEAF_BYTES_MIN ? LEAF_BYTES_MIN : bytes, 0);
}

/** Appends the virtual items [from, to) of another leaf. Heads are left to `leafFinish`. Requires: they fit. */
export function leafAppend(target: usize, leaf: usize, from: u32, to: u32): void {
  let slot = slotAt(target, nodeCount(target));
  let top = <u32>load<u16>(target, NODE_TOP);
  for (let position = from; position < to; position++) {
    const item = virtualItem(leaf, position);
    const bytes = item ? itemBytes(item) : pendBytes();
    top -= bytes;
    if (item) copyBytes(target + top, item, bytes);
    else pendWrite(target + top);
    store<u16>(slot, <u16>top, 2);
    slot += SLOT_BYTES;
  }
  if (slot > target + top) unreachable();
  store<u16>(target, <u16>top, NODE_TOP);
  store<u16>(target, <u16>(nodeCount(target) + to - from), NODE_COUNT);
}

/** Length of what first and last key share: all keys between share it too. */
function findShared(leaf: usize): u32 {
  const first = leafItem(leaf, 0);
  const last = leafItem(leaf, nodeCount(leaf) - 1);
  const lengthFirst = itemKeyLength(first);
  const lengthLast = itemKeyLength(last);
  let length: u32 = lengthFirst < lengthLast ? lengthFirst : lengthLast;
  if (length > 255) length = 255;
  return sharedLength(itemKey(first), itemKey(last), length);
}

function writeHead(leaf: usize, position: u32, shared: u32): void {
  const item = leafItem(leaf, position);
  store<u16>(slotAt(leaf, position), <u16>headShort(itemKey(item), itemKeyLength(item), shared));
}

/** Writes the heads of all keys. Requires: the leaf has an item. */
export function leafFinish(leaf: usize): void {
  const count = nodeCount(leaf);
  const shared = findShared(leaf);
  store<u8>(leaf, <u8>shared, NODE_SHARED);
  for (let position: u32 = 0; position < count; position++) writeHead(leaf, position, shared);
}

/** True when the pending item fits into the leaf as it is. */
export function pendFits(leaf: usize): bool {
  let bytes = leafUsed(leaf) + pendBytes();
  if (pendReplaces) bytes -= itemBytes(leafItem(leaf, pendAt));
  else bytes += SLOT_BYTES;
  return bytes <= nodeCapacity(leaf);
}

/** Puts the pending item into the leaf. Requires: it fits, its block is made, and no view sees the leaf. */
export function pendPut(leaf: usize): void {
  if (pendReplaces) removePayload(leaf, pendAt);
  else openSlot(leaf, pendAt);
  const top = <u32>load<u16>(leaf, NODE_TOP) - pendBytes();
  store<u16>(leaf, <u16>top, NODE_TOP);
  pendWrite(leaf + top);
  store<u16>(slotAt(leaf, pendAt), <u16>top, 2);
  if (DEBUG) assert(slotAt(leaf, nodeCount(leaf)) <= leaf + top);
  if (pendReplaces) return;
  const old = <u32>load<u8>(leaf, NODE_SHARED);
  const last = nodeCount(leaf) - 1;
  const shared = pendAt == 0 || pendAt == last ? findShared(leaf) : old;
  if (shared < old || last == 0) leafFinish(leaf);
  else writeHead(leaf, pendAt, old);
}

function openSlot(leaf: usize, position: u32): void {
  const count = nodeCount(leaf);
  memory.copy(slotAt(leaf, position + 1), slotAt(leaf, position), (<usize>(count - position)) << 2);
  store<u16>(leaf, <u16>(count + 1), NODE_COUNT);
}

/** Closes the hole of a payload; its slot stays. */
function removePayload(leaf: usize, position: u32): void {
  const offset = <u32>load<u16>(slotAt(leaf, position), 2);
  const bytes = itemBytes(leaf + offset);
  const top = <u32>load<u16>(leaf, NODE_TOP);
  memory.copy(leaf + top + bytes, leaf + top, <usize>(offset - top));
  const end = slotAt(leaf, nodeCount(leaf));
  for (let slot = slotAt(leaf, 0); slot < end; slot += SLOT_BYTES) {
    const at = <u32>load<u16>(slot, 2);
    if (at < offset) store<u16>(slot, <u16>(at + bytes), 2);
  }
  store<u16>(leaf, <u16>(top + bytes), NODE_TOP);
}

/** Takes `count` items out of a leaf that no view sees. Their blocks are the caller's. */
export function leafRemove(leaf: usize, position: u32, count: u32): void {
  const all = nodeCount(leaf);
  if (DEBUG) assert(position + count <= all);
  for (let each = position; each < position + count; each++) removePayload(leaf, each);
  memory.copy(slotAt(leaf, position), slotAt(leaf, position + count), (<usize>(all - position - count)) << 2);
  store<u16>(leaf, <u16>(all - count), NODE_COUNT);
}

/** Bytes that the leaf uses without `count` of its items. */
export function leafUsedWithout(leaf: usize, position: u32, count: u32): u32 {
  let bytes = leafUsed(leaf);
  for (let each = position; each < position + count; each++) bytes -= SLOT_BYTES + itemBytes(leafItem(leaf, each));
  return bytes;
}

/** Retires the blocks of `count` items. */
export function leafRetireBlocks(leaf: usize, position: u32, count: u32): void {
  for (let each = position; each < position + count; each++) {
    const block = itemBlock(leafItem(leaf, each));
    if (block) retire(block);
  }
}

/** Puts the blocks of all items on a dead list. */
export function leafPushBlocks(leaf: usize, list: usize): void {
  const count = nodeCount(leaf);
  for (let position: u32 = 0; position < count; position++) {
    const block = itemBlock(leafItem(leaf, position));
    if (block) pushDead(list, block, 0);
  }
}

/** Returns 0, or the number of a broken invariant (see the head). For debug builds. */
export function leafCheck(leaf: usize): i32 {
  const count = nodeCount(leaf);
  const shared = <u32>load<u8>(leaf, NODE_SHARED);
  let bytes: u32 = 0;
  for (let position: u32 = 0; position < count; position++) {
    const item = leafItem(leaf, position);
    const key = itemKey(item);
    const length = itemKeyLength(item);
    bytes += itemBytes(item);
    if (position) {
      const before = leafItem(leaf, position - 1);
      if (compareKeys(itemKey(before), itemKeyLength(before), key, length) >= 0) return 1;
    }
    if (length < shared || comparePrefix(key, length, itemKey(leafItem(leaf, 0)), shared)) return 2;
    if (<u32>load<u16>(slotAt(leaf, position)) != headShort(key, length, shared)) return 2;
  }
  const top = <u32>load<u16>(leaf, NODE_TOP);
  return top + bytes == nodeCapacity(leaf) && NODE_HEADER + (count << 2) <= top ? 0 : 3;
}
