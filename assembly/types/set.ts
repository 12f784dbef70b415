/**
 * The set type: members without values (members.ts), and Redis's limits for the encoding that it tells.
 *
 *   intset      not marked: all members are integers, and always were, and not too many
 *   listpack    marked and packed: few members, and short ones
 *   hashtable   marked and a tree
 *
 * A listpack beyond Redis's limits becomes a tree even where ours would leave it packed. Limits of Redis above ours count as ours.
 */
import { TYPE_SET } from "../abi/status";
import { parseInteger } from "../bytes/integer";
import { containerEntry, containerOpen, isMarked, isPacked, typeOf } from "./container";
import {
  PUT_NEW,
  memberCount,
  memberFind,
  memberLength,
  memberNext,
  memberNote,
  memberPut,
  memberRemove,
  memberWalk,
  membersBecomeTree,
} from "./members";

const INTEGER_TEXT_MAX: u32 = 20;

/** set-max-intset-entries. */
let integersMax: u32 = 512;

export function setIntegersMax(count: u32): void {
  integersMax = count;
}

/** set-max-listpack-entries and set-max-listpack-value. */
let entriesMax: u32 = 128;
let valueMax: u32 = 64;

export function setSetEntriesMax(count: u32): void {
  entriesMax = count;
}

export function setSetValueMax(bytes: u32): void {
  valueMax = bytes;
}

// @ts-ignore: decorator
@inline
export function isSet(entry: usize): bool {
  return typeOf(entry) == TYPE_SET;
}

/** Whether the set is an intset. */
export function isIntegerSet(entry: usize): bool {
  return !isMarked(entry);
}

/** Whether the set is a listpack. */
export function isSmallSet(entry: usize): bool {
  return isMarked(entry) && isPacked(entry);
}

/** Begins a change; see `containerOpen`. */
export function setOpen(keyHash: u64, slot: usize, entry: usize, key: usize, keyBytes: u32, inherits: bool = true): void {
  containerOpen(TYPE_SET, keyHash, slot, entry, key, keyBytes, inherits);
}

// @ts-ignore: decorator
@inline
export function setHas(entry: usize, member: usize, length: u32): bool {
  return memberFind(entry, false, member, length);
}

/** Puts a member into the open set; PUT_*. */
export function setAdd(member: usize, length: u32): u32 {
  const result = memberPut(false, member, length, 0, 0);
  if (result == PUT_NEW) noteAdded(member, length);
  return result;
}

/** Notes what a new member of the open set makes of its encoding. */
function noteAdded(member: usize, length: u32): void {
  if (!isMarked(containerEntry)) {
    const isInteger = parseInteger(member, length);
    const count = memberCount(containerEntry);
    if (isInteger && count <= integersMax) return;
    memberNote(true);
    // One integer too many makes a hash table of an intset, but not of a set that begins with it.
    if (count > 1 && (isInteger || areIntegersLong())) becomeTable();
  }
  setFits(length);
}

/** Whether an integer of the open set is too long for a listpack. */
function areIntegersLong(): bool {
  if (valueMax >= INTEGER_TEXT_MAX) return false;
  memberWalk(containerEntry, false);
  while (memberNext()) if (memberLength > valueMax) return true;
  return false;
}

/** Makes a hash table of the open set if it is a listpack beyond the limits, with a member of `longest` bytes. */
export function setFits(longest: u32): void {
  if (!isMarked(containerEntry) || !isPacked(containerEntry)) return;
  if (longest > valueMax || memberCount(containerEntry) > entriesMax) becomeTable();
}

/**
 * Makes of the open set what Redis makes of one that so many members are to be put into at once: `isNew` if it begins with them, and then whether the
 * first of them is an integer. Requires: one of them was put.
 */
export function setExpected(count: u32, isNew: bool, isInteger: bool): void {
  if (!isMarked(containerEntry)) {
    if (count <= integersMax) return;
    memberNote(true);
    if (!isNew) becomeTable();
  }
  if (count > entriesMax && (!isNew || !isInteger || count > integersMax)) becomeTable();
}

/** Without memory the set stays packed, and is told as a listpack. */
function becomeTable(): void {
  if (isPacked(containerEntry)) membersBecomeTree(false);
}

/** Takes a member out of the open set; 1, 0 when it is not there, -1 without memory. */
export function setRemove(member: usize, length: u32): i32 {
  return memberRemove(false, member, length);
}

/** Whether a set with these members is no intset. */
export function isBeyondIntegers(isAllIntegers: bool, count: u32): bool {
  return !isAllIntegers || count > integersMax;
}
