/**
 * An element of a sorted set as the keys under which it lies in the two trees (sorted-set.ts).
 *
 *   offset 0  8 bytes: the ordered score, for `order`; the last four of them are the hash of the member, highest byte first, for `members`
 *   offset 8  the member
 *
 * A member is put together once and serves both, one key at a time. One longer than MEMBER_MAX lies in a block of its own until `elementEnd`.
 */
import { PURPOSE_SCRATCH } from "../abi/status";
import { copyBytes } from "../bytes/copy";
import { allocate, release } from "../memory/allocator";
import { TREE_NO_MEMORY, treeInsert } from "../structure/tree";
import { HASH_BYTES, hashOf } from "./members";
import { ORDERED_BYTES, isMinusZero, orderOf, writeKept, writeOrdered } from "./score";

const MEMBER_MAX: u32 = 504;
const scratch: usize = memory.data(512, 8);
const kept: usize = memory.data(8, 8);
/** The value of a -0 in `order`. */
const MINUS: usize = memory.data<u8>([45]);
let element: usize = 0;
let length: u32 = 0;
let hash: u32 = 0;

/** Puts a member where the keys of both trees can be made of it. Returns false when there is no memory; `elementEnd` follows if true. */
export function elementBegin(member: usize, memberLength: u32): bool {
  element = memberLength <= MEMBER_MAX ? scratch : allocate(memberLength + ORDERED_BYTES, PURPOSE_SCRATCH);
  if (!element) return false;
  copyBytes(element + ORDERED_BYTES, member, memberLength);
  length = memberLength;
  hash = bswap<u32>(hashOf(member, memberLength));
  return true;
}

// @ts-ignore: decorator
@inline
export function elementEnd(): void {
  if (element != scratch) release(element, PURPOSE_SCRATCH);
}

/** The key of the element in `members`. */
// @ts-ignore: decorator
@inline
export function inMembers(): usize {
  store<u32>(element + ORDERED_BYTES - HASH_BYTES, hash);
  return element + ORDERED_BYTES - HASH_BYTES;
}

// @ts-ignore: decorator
@inline
export function inMembersBytes(): u32 {
  return length + HASH_BYTES;
}

/** The key of the element in `order`. */
// @ts-ignore: decorator
@inline
export function inOrder(score: f64): usize {
  writeOrdered(element, orderOf(score));
  return element;
}

// @ts-ignore: decorator
@inline
export function inOrderBytes(): u32 {
  return length + ORDERED_BYTES;
}

/** Puts the element with its score into a tree `members`. Returns false when there is no memory. */
export function putInMembers(tree: usize, score: f64): bool {
  const bytes = writeKept(kept, score);
  return treeInsert(tree, inMembers(), inMembersBytes(), kept, bytes) != TREE_NO_MEMORY;
}

/** Puts the element with its score into a tree `order`. Returns false when there is no memory. */
export function putInOrder(tree: usize, score: f64): bool {
  return treeInsert(tree, inOrder(score), inOrderBytes(), MINUS, isMinusZero(score) ? 1 : 0) != TREE_NO_MEMORY;
}
