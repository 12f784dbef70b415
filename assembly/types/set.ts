/**
 * The set type: members without values (members.ts), and Redis's limits for the encoding that it tells ("intset" while all members are integers
 * and not too many, then "hashtable").
 */
import { TYPE_SET } from "../abi/status";
import { parseInteger } from "../bytes/integer";
import { containerEntry, containerOpen, isMarked, typeOf } from "./container";
import { PUT_NEW, memberCount, memberFind, memberNote, memberPut, memberRemove } from "./members";

/** set-max-intset-entries. */
let integersMax: u32 = 512;

export function setIntegersMax(count: u32): void {
  integersMax = count;
}

// @ts-ignore: decorator
@inline
export function isSet(entry: usize): bool {
  return typeOf(entry) == TYPE_SET;
}

/** Whether the set is within the limits, and always was. */
export function isIntegerSet(entry: usize): bool {
  return !isMarked(entry);
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
  if (result == PUT_NEW && !isMarked(containerEntry)) {
    memberNote(!parseInteger(member, length) || memberCount(containerEntry) > integersMax);
  }
  return result;
}

/** Takes a member out of the open set; 1, 0 when it is not there, -1 without memory. */
export function setRemove(member: usize, length: u32): i32 {
  return memberRemove(false, member, length);
}

/** Whether a set with these members would be told as "hashtable". */
export function isBeyondIntegers(isAllIntegers: bool, count: u32): bool {
  return !isAllIntegers || count > integersMax;
}
