/**
 * The hash type: fields with values (members.ts), and Redis's limits for the encoding that it tells ("listpack" within them, then "hashtable").
 */
import { TYPE_HASH } from "../abi/status";
import { expiryOn, now } from "../keyspace/database";
import { isTimed } from "../structure/entry-due";
import { containerEntry, containerOpen, containerTouch, isMarked, isPacked, typeOf } from "./container";
import { FIELD_GOES, FIELD_PUT, TIME_UNKNOWN, endFieldTime, fieldTime, putFieldTime } from "./field-times";
import {
  PUT_NEW,
  PUT_NO_MEMORY,
  PUT_REPLACED,
  PUT_SAME,
  memberCount,
  memberFind,
  memberNote,
  memberPut,
  memberRemove,
  membersBecomeTree,
} from "./members";

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

/** Whether a hash of so many fields, none of them or their values longer than that, is beyond the limits. */
export function isBeyondHash(count: u32, longest: u32): bool {
  return count > entriesMax || longest > valueMax;
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

/** Gives a field of the open hash a value; PUT_*. It loses an expiry of its own, unless it `keeps` that. */
export function hashPut(field: usize, length: u32, value: usize, valueLength: u32, keeps: bool = false): u32 {
  const timed = containerEntry != 0 && isTimed(containerEntry);
  const result = timed ? putTimed(field, length, value, valueLength, keeps) : memberPut(true, field, length, value, valueLength);
  if (result == PUT_SAME) containerTouch();
  else if (result != PUT_NO_MEMORY && containerEntry) {
    memberNote(length > valueMax || valueLength > valueMax || memberCount(containerEntry) > entriesMax);
  }
  return result;
}

function putTimed(field: usize, length: u32, value: usize, valueLength: u32, keeps: bool): u32 {
  const expiry = fieldTime(containerEntry, field, length);
  if (expiry == TIME_UNKNOWN) return PUT_NO_MEMORY;
  const over = expiryOn && expiry < now;
  if (!expiry || (keeps && !over)) return memberPut(true, field, length, value, valueLength);
  if (!endFieldTime(field, length, expiry, FIELD_PUT, value, valueLength)) return PUT_NO_MEMORY;
  // As in Redis 7.4 one that is over and there is no new one.
  return PUT_REPLACED;
}

/** Takes a field out of the open hash, though it may be over; 1, 0 when it is not there, -1 without memory. */
export function hashRemove(field: usize, length: u32): i32 {
  if (!isTimed(containerEntry)) return memberRemove(true, field, length);
  const expiry = fieldTime(containerEntry, field, length);
  if (!expiry) return memberRemove(true, field, length);
  if (expiry == TIME_UNKNOWN) return -1;
  return endFieldTime(field, length, expiry, FIELD_GOES) ? 1 : -1;
}

/** Gives a field of the open hash an expiry. False: no memory; nothing that is seen has changed. Requires: the field is there. */
export function hashExpireField(field: usize, length: u32, expiry: u64): bool {
  if (isPacked(containerEntry) && !membersBecomeTree(true)) return false;
  return putFieldTime(field, length, expiry);
}
