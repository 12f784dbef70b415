/**
 * Values in Redis's RDB format: what DUMP of Redis 2.6 to 7.2 has made of strings, sets and hashes (and 7.4 of hashes whose fields expire), made a key's
 * value by RESTORE. rdb-string.ts has lengths and strings, rdb-items.ts the packed forms within them.
 *
 *   0  string                                                4  hash: count, then field and value in turn
 *   2  set: count, members                                   9  hash as a zipmap       13  as a ziplist       16  as a listpack
 *   11 set as an intset         20  as a listpack            24 hash with times: u64 base, count; time, field, value (time 0: none, else
 *                                                               base + time - 1); 25 as a listpack: u64 base; field, value, time in turn
 *
 * A container is gathered beside the keyspace (types/members-build.ts) and stored when all of it was read: wrong bytes change nothing. As in Redis
 * an empty container, a double element and bytes behind the value are wrong.
 *
 * A type more is a case more in `rdbRestore`.
 */
import { TYPE_HASH, TYPE_SET } from "../abi/status";
import { parseInteger, parsedInteger } from "../bytes/integer";
import { containerExpires, containerOpen } from "../types/container";
import { isBeyondHash } from "../types/hash";
import {
  BUILD_DUPLICATE,
  BUILD_NO_MEMORY,
  buildAdd,
  buildBegin,
  buildCount,
  buildDrop,
  buildEnd,
  buildIntegers,
  buildLongest,
  buildStore,
} from "../types/members-build";
import { isBeyondIntegers } from "../types/set";
import { storeString } from "../types/string";
import {
  ITEMS_INTSET,
  ITEMS_LISTPACK,
  ITEMS_ZIPLIST,
  ITEMS_ZIPMAP,
  itemLength,
  itemNext,
  itemPointer,
  itemsOpen,
} from "./rdb-items";
import {
  rdbAt,
  rdbByte,
  rdbClose,
  rdbCount,
  rdbEnd,
  rdbFail,
  rdbFailed,
  rdbLength,
  rdbNoMemory,
  rdbOpen,
  rdbString,
  rdbTake,
  stringLength,
  stringPointer,
} from "./rdb-string";

const RDB_STRING: u32 = 0;
const RDB_SET: u32 = 2;
const RDB_HASH: u32 = 4;
const RDB_HASH_ZIPMAP: u32 = 9;
const RDB_SET_INTSET: u32 = 11;
const RDB_HASH_ZIPLIST: u32 = 13;
const RDB_HASH_LISTPACK: u32 = 16;
const RDB_SET_LISTPACK: u32 = 20;
const RDB_HASH_TIMES: u32 = 24;
const RDB_HASH_LISTPACK_TIMES: u32 = 25;

/** Answers of `rdbRestore`. */
export const RESTORE_DONE: u32 = 0;
export const RESTORE_BAD: u32 = 1;
export const RESTORE_NO_MEMORY: u32 = 2;

/** The key that is restored. */
let hash: u64 = 0;
let slot: usize = 0;
let old: usize = 0;
let key: usize = 0;
let keyBytes: u32 = 0;
let expiry: u64 = 0;

/**
 * Makes the value at `pointer` that of a key, in the place of `oldEntry` (0: it is absent), with an expiry (0: none). Unless the answer is RESTORE_DONE nothing
 * has changed. Requires: a lookup has just found the entry.
 */
export function rdbRestore(
  keyHash: u64,
  foundAt: usize,
  oldEntry: usize,
  keyPointer: usize,
  keyLength: u32,
  expiresAt: u64,
  pointer: usize,
  length: u32,
): u32 {
  hash = keyHash;
  slot = foundAt;
  old = oldEntry;
  key = keyPointer;
  keyBytes = keyLength;
  expiry = expiresAt;
  rdbOpen(pointer, length);
  const stored = restoreType(rdbByte());
  rdbClose();
  if (rdbNoMemory) return RESTORE_NO_MEMORY;
  return rdbFailed ? RESTORE_BAD : stored ? RESTORE_DONE : RESTORE_NO_MEMORY;
}

/** Reads and stores a value of a type. False: it failed, or there is no memory. */
function restoreType(type: u32): bool {
  if (rdbFailed) return false;
  if (type == RDB_STRING) {
    if (!rdbString(0) || !isAtEnd()) return false;
    return storeString(hash, slot, old, key, keyBytes, stringPointer, stringLength, expiry);
  }
  const isSet = type == RDB_SET || type == RDB_SET_INTSET || type == RDB_SET_LISTPACK;
  if (!buildBegin(!isSet)) {
    buildEnd();
    return false;
  }
  let added: bool = false;
  if (type == RDB_SET || type == RDB_HASH || type == RDB_HASH_TIMES) added = addStrings(!isSet, type == RDB_HASH_TIMES);
  else if (type == RDB_SET_INTSET) added = addItems(ITEMS_INTSET, false, false);
  else if (type == RDB_SET_LISTPACK) added = addItems(ITEMS_LISTPACK, false, false);
  else if (type == RDB_HASH_ZIPMAP) added = addItems(ITEMS_ZIPMAP, true, false);
  else if (type == RDB_HASH_ZIPLIST) added = addItems(ITEMS_ZIPLIST, true, false);
  else if (type == RDB_HASH_LISTPACK || type == RDB_HASH_LISTPACK_TIMES) added = addItems(ITEMS_LISTPACK, true, type != RDB_HASH_LISTPACK);
  else rdbFail();
  buildEnd();
  if (!added || !buildCount || !isAtEnd()) {
    if (added && !buildCount) rdbFail();
    buildDrop();
    return false;
  }
  containerOpen(isSet ? TYPE_SET : TYPE_HASH, hash, slot, old, key, keyBytes, false);
  containerExpires(expiry);
  return buildStore(isSet ? isBeyondIntegers(buildIntegers, buildCount) : isBeyondHash(buildCount, buildLongest));
}

/** Whether all bytes were read. */
function isAtEnd(): bool {
  if (rdbAt != rdbEnd) rdbFail();
  return !rdbFailed;
}

/** Adds an element. False: it is there already, or there is no memory. */
function add(member: usize, length: u32, value: usize, valueLength: u32, time: u64): bool {
  const result = buildAdd(member, length, value, valueLength, time);
  if (result == BUILD_DUPLICATE) rdbFail();
  return result != BUILD_DUPLICATE && result != BUILD_NO_MEMORY;
}

/** Eight bytes, lowest first: the earliest time of the fields. */
function readBase(): u64 {
  const at = rdbTake(8);
  return at ? load<u64>(at) : 0;
}

/** Adds a counted run of strings. */
function addStrings(hasValues: bool, hasTimes: bool): bool {
  const base = hasTimes ? readBase() : 0;
  for (let left = rdbCount(); left && !rdbFailed; left--) {
    const time = hasTimes ? rdbLength() : 0;
    if (!rdbString(0)) return false;
    const member = stringPointer;
    const length = stringLength;
    if (hasValues && !rdbString(1)) return false;
    if (!add(member, length, hasValues ? stringPointer : 0, hasValues ? stringLength : 0, time ? timeOf(base + time - 1) : 0)) return false;
  }
  return !rdbFailed;
}

/** A field's time, which has 48 bits in Redis. */
function timeOf(time: u64): u64 {
  if (time >> 48) rdbFail();
  return time;
}

/** Adds the elements of a packed form. */
function addItems(kind: u32, hasValues: bool, hasTimes: bool): bool {
  if (hasTimes) readBase();
  if (!rdbString(2) || !itemsOpen(kind, stringPointer, stringLength)) return false;
  while (itemNext(0)) {
    const member = itemPointer;
    const length = itemLength;
    let value: usize = 0;
    let valueLength: u32 = 0;
    if (hasValues) {
      if (!mustNext(1)) return false;
      value = itemPointer;
      valueLength = itemLength;
    }
    const time = hasTimes ? itemTime() : 0;
    if (rdbFailed || !add(member, length, value, valueLength, time)) return false;
  }
  return !rdbFailed;
}

/** The next item, without which the element is not whole. */
function mustNext(place: u32): bool {
  if (itemNext(place)) return true;
  rdbFail();
  return false;
}

function itemTime(): u64 {
  if (!mustNext(2)) return 0;
  if (!parseInteger(itemPointer, itemLength) || parsedInteger < 0) rdbFail();
  return rdbFailed ? 0 : timeOf(parsedInteger);
}
