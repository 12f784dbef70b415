/**
 * Places in containers as what structure/tree-touch.ts looks ahead for: members by the beginnings of the keys under which hashes, sets and
 * sorted sets hold them in a tree (members.ts), and the two ends of what is in order.
 */
import { TYPE_LIST, TYPE_SORTED_SET } from "../abi/status";
import { TREE_ROOT } from "../structure/tree";
import { TOUCH_LENGTH, TOUCH_NODE, TOUCH_ROOT, TOUCH_SIZE, isTreeDeep } from "../structure/tree-touch";
import { isContainer, isPacked, treeOf, typeOf } from "./container";
import { HASH_BYTES, hashOf } from "./members";

/** Most touches of one look ahead: two for each command of a batch. */
export const TOUCH_MAX: u32 = 64;
export const touches: usize = memory.data(1024, 8);

/** Makes a member the touch of this number, by the hash that its key begins with, and four bytes of its own if it has them. False: there is no such tree. */
export function touchMember(index: u32, entry: usize, member: usize, length: u32): bool {
  if (typeOf(entry) == TYPE_LIST || !touchPlace(index, entry, 0, TOUCH_ROOT)) return false;
  const touch = touches + <usize>index * TOUCH_SIZE;
  store<u32>(touch, bswap<u32>(hashOf(member, length)));
  if (length >= 4) store<u32>(touch, load<u32>(member), HASH_BYTES);
  store<u32>(touch, length >= 4 ? HASH_BYTES + 4 : HASH_BYTES, TOUCH_LENGTH);
  return true;
}

/** Makes a place without a key (TOUCH_FIRST, TOUCH_LAST, TOUCH_ROOT) in an entry's tree the touch of this number. False: there is no such tree. */
export function touchPlace(index: u32, entry: usize, position: u32, place: u32): bool {
  if (!isContainer(entry) || isPacked(entry) || (position && typeOf(entry) != TYPE_SORTED_SET)) return false;
  const root = load<u32>(treeOf(entry, position), TREE_ROOT);
  if (!root) return false;
  const touch = touches + <usize>index * TOUCH_SIZE;
  store<u32>(touch, place, TOUCH_LENGTH);
  store<u32>(touch, root, TOUCH_NODE);
  return true;
}

/** Whether looking ahead in a container is worth the time although it has just been looked into. */
export function isWideContainer(entry: usize): bool {
  return isContainer(entry) && !isPacked(entry) && isTreeDeep(treeOf(entry));
}
