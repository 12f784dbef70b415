/**
 * The hash type: fields with values (members.ts), and Redis's limits for the encoding that it tells ("listpack" within them, then "hashtable").
 */
import { TYPE_HASH } from "../abi/status";
import { containerEntry, containerOpen, containerTouch, isMarked, typeOf } from "./container";
import { PUT_NO_MEMORY, PUT_SAME, memberCount, memberFind, memberNote, memberPut, memberRemove } from "./members";

/** hash-max-listpack-entries and hash-max-listpack-value. */
let entriesMax: u32 = 512;
let valueMax: u32 = 64;

export function setHashEntriesMax(count: u32): void {
  entriesMax = count;
}

export function setHashValueMax(bytes: u32): void {
  valueMax = bytes;
}

// @ts-ignore: decorator
@inline
export function isHash(entry: usize): bool {
  return typeOf(entry) == TYPE_HASH;
}

/** Whether the hash is within the limits, and always was. */
export function isSmallHash(entry: usize): bool {
  return !isMarked(entry);
}

/** Begins a change; see `containerOpen`. */
export function hashOpen(keyHash: u64, slot: usize, entry: usize, key: usize, keyBytes: u32): void {
  containerOpen(TYPE_HASH, keyHash, slot, entry, key, keyBytes);
}

/** Looks a field up; its value is in `memberValue`. */
// @ts-ignore: decorator
@inline
export function hashGet(entry: usize, field: usize, length: u32): bool {
  return memberFind(entry, true, field, length);
}

/** Gives a field of the open hash a value; PUT_*. */
export function hashPut(field: usize, length: u32, value: usize, valueLength: u32): u32 {
  const result = memberPut(true, field, length, value, valueLength);
  if (result == PUT_SAME) containerTouch();
  else if (result != PUT_NO_MEMORY && containerEntry) {
    memberNote(length > valueMax || valueLength > valueMax || memberCount(containerEntry) > entriesMax);
  }
  return result;
}

/** Takes a field out of the open hash; 1, 0 when it is not there, -1 without memory. */
export function hashRemove(field: usize, length: u32): i32 {
  return memberRemove(true, field, length);
}
