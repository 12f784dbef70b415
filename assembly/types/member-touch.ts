/**
 * Members as what structure/tree-touch.ts looks ahead for: the beginnings of the keys under which hashes, sets and sorted sets hold them in a tree
 * (members.ts).
 */
import { TYPE_HASH, TYPE_SET, TYPE_SORTED_SET } from "../abi/status";
import { TOUCH_LENGTH, TOUCH_SIZE, isTreeDeep } from "../structure/tree-touch";
import { isPacked, treeOf, typeOf } from "./container";
import { HASH_BYTES, hashOf } from "./members";

/** Most members of one look ahead: as many as a batch has commands. */
export const TOUCH_MAX: u32 = 32;
export const touches: usize = memory.data(512, 8);

/** The tree of the members of an entry, if looking ahead in it is worth the time, or 0. */
export function deepMembers(entry: usize): usize {
  const type = typeOf(entry);
  if (type != TYPE_HASH && type != TYPE_SET && type != TYPE_SORTED_SET) return 0;
  return !isPacked(entry) && isTreeDeep(treeOf(entry)) ? treeOf(entry) : 0;
}

/** Makes a member the touch of this number: the hash that its key begins with, and four bytes of its own if it has them. */
export function addTouch(index: u32, member: usize, length: u32): void {
  const touch = touches + <usize>index * TOUCH_SIZE;
  store<u32>(touch, bswap<u32>(hashOf(member, length)));
  if (length >= 4) store<u32>(touch, load<u32>(member), HASH_BYTES);
  store<u32>(touch, length >= 4 ? HASH_BYTES + 4 : HASH_BYTES, TOUCH_LENGTH);
}
