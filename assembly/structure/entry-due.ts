/**
 * When something of an entry is over: the key, or fields of a hash that have an expiry of their own.
 *
 * A *timed* entry (KIND_TIMED) is a hash with a second tree of *times* behind the one of its fields. It holds two items for each field that
 * has an expiry, so both the next one to expire and the expiry of a field are found in O(log n):
 *
 *   {0, u64 expiry highest byte first, field}          -> one byte
 *   {1, u32 hash of the field highest byte first, field} -> u64 expiry, one byte
 *
 * The last byte of the values means nothing: changing it makes the way to the item the writer's own (types/field-times.ts).
 * The hash table keeps a lower bound of what is due in a segment, so that a sweep looks at no entry before its time.
 */
import { ENTRY_EXPIRES, ENTRY_EXPIRY, ENTRY_FLAGS, ENTRY_KIND, valuePointer } from "./entry";
import { TREE_SIZE, treeItems, treeRank, treeSelect } from "./tree";
import { itemKey } from "./tree-leaf";

/** Bit of an entry's kind. */
export const KIND_TIMED: u32 = 0x80;
/** The same bit and that of the flag of keys that expire, in the first two bytes of an entry. */
const DUES: u32 = KIND_TIMED | (ENTRY_EXPIRES << 8);

export const TIME_KEY_BYTES: u32 = 9;
const timeKey: usize = memory.data(16, 8);

/** Whether anything of the entry may ever be over. */
// @ts-ignore: decorator
@inline
export function hasDue(entry: usize): bool {
  return ((<u32>load<u16>(entry)) & DUES) != 0;
}

/** Whether fields of the entry may have an expiry. */
// @ts-ignore: decorator
@inline
export function isTimed(entry: usize): bool {
  return (load<u8>(entry, ENTRY_KIND) & (<u8>KIND_TIMED)) != 0;
}

/** The tree of times. Requires: the entry is timed. */
export function timesOf(entry: usize): usize {
  return valuePointer(entry) + <usize>TREE_SIZE;
}

/** The earliest expiry of a field, or u64.MAX_VALUE. Requires: the entry is timed. */
export function firstTime(entry: usize): u64 {
  const item = treeSelect(timesOf(entry), 0);
  return item ? bswap<u64>(load<u64>(itemKey(item), 1)) : u64.MAX_VALUE;
}

/** When the first thing of the entry is over; 0: never. Of timed entries it may be u64.MAX_VALUE. */
// @ts-ignore: decorator
@inline
export function entryDue(entry: usize): u64 {
  return hasDue(entry) ? dueOf(entry) : 0;
}

function dueOf(entry: usize): u64 {
  const own = load<u8>(entry, ENTRY_FLAGS) & (<u8>ENTRY_EXPIRES) ? load<u64>(entry, ENTRY_EXPIRY) : u64.MAX_VALUE;
  if (!isTimed(entry)) return own;
  const first = firstTime(entry);
  return first < own ? first : own;
}

/** How many fields are over at a time. Requires: the entry is timed. */
export function timesBefore(entry: usize, time: u64): u32 {
  if (firstTime(entry) >= time) return 0;
  store<u8>(timeKey, 0);
  store<u64>(timeKey, bswap<u64>(time), 1);
  return treeRank(timesOf(entry), timeKey, TIME_KEY_BYTES);
}

/** Whether the key is over, or all fields are, so that a sweep takes the key. Requires: `hasDue`. */
export function isOver(entry: usize, time: u64): bool {
  return isKeyOver(entry, time) || (isTimed(entry) && timesBefore(entry, time) == treeItems(valuePointer(entry)));
}

/** Whether the key's own expiry is over. */
export function isKeyOver(entry: usize, time: u64): bool {
  return (load<u8>(entry, ENTRY_FLAGS) & (<u8>ENTRY_EXPIRES)) != 0 && load<u64>(entry, ENTRY_EXPIRY) < time;
}
