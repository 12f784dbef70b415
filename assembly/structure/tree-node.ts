/**
 * What all blocks of counted trees have in common: header, birth era, allocation, and the list of dead blocks.
 *
 *   node header (16 bytes)                                  block of its own (12 bytes, then its bytes)
 *   0   u32 birth era                                       0   u32 birth era
 *   4   u32 link in a list of dead blocks                   4   u32 link in a list of dead blocks
 *   8   u8  level (low half; 0: leaf), purpose (high half)  8   u8  BLOCK_LEVEL, purpose; u24 length of a separator
 *   9   u8  capacity in units of 8 bytes
 *   10  u16 entries or children
 *   12  u16 leaf: where the payloads begin
 *   14  u8  first bytes that all keys (or separators) of the node share, at most 255
 *   15  u8  leaf kind: 0, the slotted leaf (tree-leaf.ts); LEAF_RUN, the run leaf (run-leaf.ts)
 *
 * A change belongs to an era and happens while `viewNewest` (birth.ts) is the era of the newest live read view (0: none). A block born
 * after it is nobody's but the tree's, so it is changed in place; an older one is copied, and retiring it puts it on the
 * dead list of that view. Birth eras instead of reference counts, as in Rodeh's B-trees (ACM TOS 2008) with ZFS's birth
 * times: a copy does not touch the children.
 *
 * A dead list is a record {u32 first block, u32 items}. An item's link has bit 0 set when the block died with all that is
 * below it. Readers never look at links, so a dead block stays readable.
 *
 * Invariant: for a node p of a live tree and a child or block c of it no live view's era is in [p.birth, c.birth); so what
 * can be changed in place has parents that can, and a copied node's children need no look.
 *
 * Memory: a change first collects what it will need (`poolReserve`, `treeAllocate`), then changes. So a change without
 * memory is a change that has not begun.
 */
import { allocate, allocatedSize, release } from "../memory/allocator";
import { DEBUG } from "../memory/debug";
import { birthEra, isWritable, setBirths, setEraUsed } from "./birth";
import { treeEstimate } from "./tree-size";

/** Fields of a tree record (tree.ts, sequence.ts). */
export const TREE_ROOT: usize = 0;
export const TREE_ITEMS: usize = 4;
export const TREE_STAMP: usize = 8;
export const TREE_PURPOSE: usize = 12;
export const TREE_SIZE: i32 = 16;

export const NODE_ERA: usize = 0;
export const NODE_LINK: usize = 4;
export const NODE_KIND: usize = 8;
const NODE_CAPACITY: usize = 9;
export const NODE_COUNT: usize = 10;
export const NODE_TOP: usize = 12;
export const NODE_SHARED: usize = 14;
const NODE_LEAF_KIND: usize = 15;
/** Leaf kind of a tree without keys. */
const LEAF_RUN: u8 = 1;
export const NODE_HEADER: u32 = 16;
export const LEVEL_MASK: u32 = 15;

const BLOCK_LEVEL: u32 = 15;
export const BLOCK_HEADER: u32 = 12;
/** Longest separator: its length has 24 bits. */
export const SEPARATOR_MAX: u32 = 0xffffff;
/** Most levels above the leaves. */
export const DEPTH_MAX: u32 = 14;

export const DEAD_FIRST: usize = 0;
export const DEAD_ITEMS: usize = 4;
export const DEAD_BYTES: usize = 8;
export const DEAD_SIZE: i32 = 16;
/** Bit of an item's link: it died with all that is below it. */
export const WHOLE: u32 = 1;

/** The dead list of the newest view; 0: what others may see is not the writer's to bury. */
let deadList: usize = 0;
export let writePurpose: u32 = 0;

/** Blocks that the running change has reserved for inner nodes: two a level and a root at most. */
const pool: usize = memory.data(128, 8);
let poolCount: u32 = 0;
export const INNER_BYTES: u32 = 512;

/** Debug builds: the allocation of this number from now on fails (0: none does). */
export let failingAllocation: u32 = 0;

/**
 * Says to what the following changes belong: their era, the era of the newest live view, and its dead list (a zeroed record
 * of DEAD_SIZE bytes). Without a view `newest` is 0 and the list is not used; without a list older blocks are not the writer's to
 * bury. Requires: era > newest.
 */
export function treeWriter(era: u32, newest: u32, list: usize): void {
  if (DEBUG) assert(era > newest);
  setBirths(era, newest);
  deadList = list;
}

/** Begins a change: sets the purpose under which it allocates. The one before has taken all that it had reserved. */
export function writeUnder(purpose: u32): void {
  if (DEBUG) assert(purpose < 16 && poolCount == 0);
  writePurpose = purpose;
}

/** Makes the `count`-th allocation from now on fail; only debug builds listen. */
export function failAllocation(count: u32): void {
  failingAllocation = count;
}

function treeAllocate(size: u32): usize {
  if (DEBUG && failingAllocation && --failingAllocation == 0) return 0;
  return allocate(size, writePurpose);
}

// @ts-ignore: decorator
@inline
export function nodeLevel(node: usize): u32 {
  return (<u32>load<u8>(node, NODE_KIND)) & LEVEL_MASK;
}

// @ts-ignore: decorator
@inline
export function nodeCount(node: usize): u32 {
  return <u32>load<u16>(node, NODE_COUNT);
}

// @ts-ignore: decorator
@inline
export function nodeCapacity(node: usize): u32 {
  return (<u32>load<u8>(node, NODE_CAPACITY)) << 3;
}

/** Whether a leaf is one without keys. */
// @ts-ignore: decorator
@inline
export function isRun(leaf: usize): bool {
  return load<u8>(leaf, NODE_LEAF_KIND) == LEAF_RUN;
}

/** Makes an empty leaf one without keys. */
export function setRun(leaf: usize): void {
  store<u8>(leaf, LEAF_RUN, NODE_LEAF_KIND);
}

/** Number of items of a tree. */
// @ts-ignore: decorator
@inline
export function treeItems(tree: usize): u32 {
  return load<u32>(tree, TREE_ITEMS);
}

/** True when no view sees the block, so that it may change in place. */
// @ts-ignore: decorator
@inline
export function writable(block: usize): bool {
  return isWritable(load<u32>(block, NODE_ERA));
}

/** Most bytes of a node: what its capacity can say. */
export const NODE_BYTES_MAX: u32 = 2040;

/** An empty node of at least `size` bytes, or 0. Requires: size <= NODE_BYTES_MAX. */
export function allocateNode(size: u32, level: u32): usize {
  const node = treeAllocate(size);
  if (node) initializeNode(node, min(allocatedSize(node), NODE_BYTES_MAX), level);
  return node;
}

/** Makes memory an empty node, born now. */
export function initializeNode(node: usize, capacity: u32, level: u32): void {
  if (DEBUG) assert(!(capacity & 7) && capacity <= NODE_BYTES_MAX && level <= DEPTH_MAX);
  store<u32>(node, birthEra, NODE_ERA);
  store<u32>(node, 0, NODE_LINK);
  store<u8>(node, <u8>((writePurpose << 4) | level), NODE_KIND);
  store<u8>(node, <u8>(capacity >> 3), NODE_CAPACITY);
  store<u16>(node, 0, NODE_COUNT);
  store<u16>(node, <u16>capacity, NODE_TOP);
  store<u8>(node, 0, NODE_SHARED);
  store<u8>(node, 0, NODE_LEAF_KIND);
}

/** A block of its own with room for `length` bytes after its header, or 0. `separator`: its length is noted in the header. */
export function allocateBlock(length: u64, separator: bool): usize {
  const size = length + BLOCK_HEADER;
  if (size > 0xfff00000) return 0;
  const block = treeAllocate(<u32>size);
  if (!block) return 0;
  store<u32>(block, birthEra, NODE_ERA);
  store<u32>(block, 0, NODE_LINK);
  store<u32>(block, (separator ? (<u32>length) << 8 : 0) | (writePurpose << 4) | BLOCK_LEVEL, NODE_KIND);
  return block;
}

/** Length of the separator in a block. */
// @ts-ignore: decorator
@inline
export function blockLength(block: usize): u32 {
  return load<u32>(block, NODE_KIND) >> 8;
}

/** Frees a node or block that has left the tree, as soon as no view sees it. */
export function retire(block: usize): void {
  if (writable(block)) freeBlock(block);
  else if (deadList) {
    setEraUsed(true);
    pushDead(deadList, block, 0);
  }
}

/** Frees a node or block at once. */
export function freeBlock(block: usize): void {
  release(block, (<u32>load<u8>(block, NODE_KIND)) >> 4);
}

/** Puts a block on a dead list; with `whole` = 1 all that is below it is dead too. */
export function pushDead(list: usize, block: usize, whole: u32): void {
  if (DEBUG) assert(list != 0 && !(block & 7) && whole <= WHOLE);
  store<u32>(block, load<u32>(list, DEAD_FIRST), NODE_LINK);
  store<u32>(list, (<u32>block) | whole, DEAD_FIRST);
  store<u32>(list, load<u32>(list, DEAD_ITEMS) + 1, DEAD_ITEMS);
  store<u64>(list, load<u64>(list, DEAD_BYTES) + deadBytes(block, whole), DEAD_BYTES);
}

/** Bytes of a dead item: of one that died with all below it about as many as its blocks have, told by its leftmost leaf. */
function deadBytes(block: usize, whole: u32): u64 {
  const own = allocatedSize(block);
  return whole ? treeEstimate(block, own) : own;
}

/** Takes the newest item off a dead list: its address, with bit 0 set when it died with all below it; 0: the list is empty. */
export function popDead(list: usize): u32 {
  const item = load<u32>(list, DEAD_FIRST);
  if (!item) return 0;
  store<u32>(list, load<u32>(<usize>(item & ~WHOLE), NODE_LINK), DEAD_FIRST);
  store<u32>(list, load<u32>(list, DEAD_ITEMS) - 1, DEAD_ITEMS);
  store<u64>(list, load<u64>(list, DEAD_BYTES) - deadBytes(<usize>(item & ~WHOLE), item & WHOLE), DEAD_BYTES);
  return item;
}

/** Reserves memory for `count` inner nodes. Returns false, and reserves nothing, when there is not enough. */
export function poolReserve(count: u32): bool {
  if (DEBUG) assert(poolCount == 0 && count <= 32);
  while (poolCount < count) {
    const block = treeAllocate(INNER_BYTES);
    if (!block) {
      poolRelease();
      return false;
    }
    store<u32>(pool + ((<usize>poolCount) << 2), <u32>block);
    poolCount++;
  }
  return true;
}

/** An empty inner node from the pool. Requires: it was reserved. */
export function poolTake(level: u32): usize {
  if (!poolCount) unreachable();
  const node = <usize>load<u32>(pool + ((<usize>--poolCount) << 2));
  initializeNode(node, INNER_BYTES, level);
  return node;
}

/** Gives back what was reserved and not taken. */
export function poolRelease(): void {
  while (poolCount) release(<usize>load<u32>(pool + ((<usize>--poolCount) << 2)), writePurpose);
}
