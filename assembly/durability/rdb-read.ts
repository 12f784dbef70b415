/**
 * Values in Redis's RDB format: what DUMP of Redis 2.6 to 7.2 has made of strings, sets and hashes (and 7.4 of hashes whose fields expire), made a key's
 * value by RESTORE. rdb-string.ts has lengths and strings, rdb-items.ts the packed forms within them.
 *
 *   1  list: count, elements; 10 as a ziplist; 14: count, ziplists; 18: count, each 1 and an element or 2 and a listpack
 *   3  sorted set: count, member and score as text in turn; 5 with doubles; 12 as a ziplist; 17 as a listpack
 *   0  string                                                4  hash: count, then field and value in turn
 *   2  set: count, members                                   9  hash as a zipmap       13  as a ziplist       16  as a listpack
 *   11 set as an intset         20  as a listpack            24 hash with times: u64 base, count; time, field, value (time 0: none, else
 *                                                               base + time - 1); 25 as a listpack: u64 base; field, value, time in turn
 *
 * A container is gathered beside the keyspace (types/members-build.ts) and stored when all of it was read: wrong bytes change nothing. As in Redis
 * an empty container and a double element are wrong, and besides it bytes behind the value.
 *
 * A type more is a case more in `rdbRestore`.
 */
import { TYPE_HASH, TYPE_LIST, TYPE_SET, TYPE_SORTED_SET } from "../abi/status";
import { parseDouble, parsedDouble } from "../bytes/float";
import { parseInteger, parsedInteger } from "../bytes/integer";
import { containerExpires, containerOpen } from "../types/container";
import { isBeyondHash } from "../types/hash";
import { listBuildAdd, listBuildBegin, listBuildCount, listBuildDrop, listBuildStore } from "../types/list-build";
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
import { isBeyondIntegers, setFits } from "../types/set";
import {
  sortedResultBegin,
  sortedResultCount,
  sortedResultDrop,
  sortedResultEnd,
  sortedResultFind,
  sortedResultPut,
  sortedResultStore,
} from "../types/sorted-set-result";
import { storeString } from "../types/string";
import { ITEMS_INTSET, ITEMS_LISTPACK, ITEMS_ZIPLIST, ITEMS_ZIPMAP, itemLength, itemNext, itemPointer, itemsOpen } from "./rdb-items";
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
  rdbOverLimit,
  rdbString,
  rdbTake,
  stringLength,
  stringPointer,
} from "./rdb-string";

const RDB_STRING: u32 = 0;
const RDB_LIST: u32 = 1;
const RDB_SET: u32 = 2;
const RDB_ZSET: u32 = 3;
const RDB_ZSET_2: u32 = 5;
const RDB_LIST_ZIPLIST: u32 = 10;
const RDB_ZSET_ZIPLIST: u32 = 12;
const RDB_QUICKLIST: u32 = 14;
const RDB_ZSET_LISTPACK: u32 = 17;
const RDB_QUICKLIST_2: u32 = 18;
/** What a node of a quicklist is. */
const NODE_PLAIN: u64 = 1;
const NODE_PACKED: u64 = 2;
/** Lengths of a score's text that stand for no text. */
const SCORE_NAN: u32 = 253;
const SCORE_INFINITE: u32 = 254;
const SCORE_MINUS_INFINITE: u32 = 255;
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
/** What is unpacked would be more bytes than are allowed. */
export const RESTORE_OVER_LIMIT: u32 = 3;

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
  unpackMax: u64,
): u32 {
  hash = keyHash;
  slot = foundAt;
  old = oldEntry;
  key = keyPointer;
  keyBytes = keyLength;
  expiry = expiresAt;
  rdbOpen(pointer, length, unpackMax);
  const stored = restoreType(rdbByte());
  rdbClose();
  if (rdbNoMemory) return rdbOverLimit ? RESTORE_OVER_LIMIT : RESTORE_NO_MEMORY;
  return rdbFailed ? RESTORE_BAD : stored ? RESTORE_DONE : RESTORE_NO_MEMORY;
}

/** Reads and stores a value of a type. False: it failed, or there is no memory. */
function restoreType(type: u32): bool {
  if (rdbFailed) return false;
  if (type == RDB_STRING) {
    if (!rdbString(0) || !isAtEnd()) return false;
    return storeString(hash, slot, old, key, keyBytes, stringPointer, stringLength, expiry);
  }
  if (type == RDB_LIST || type == RDB_LIST_ZIPLIST || type == RDB_QUICKLIST || type == RDB_QUICKLIST_2) return restoreList(type);
  if (type == RDB_ZSET || type == RDB_ZSET_2 || type == RDB_ZSET_ZIPLIST || type == RDB_ZSET_LISTPACK) return restoreSorted(type);
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
  if (!isSet) return buildStore(isBeyondHash(buildCount, buildLongest));
  // Redis keeps a listpack as it is, though its members be integers, and makes a hash table of an intset that is too long.
  const mark = type == RDB_SET_LISTPACK || isBeyondIntegers(buildIntegers, buildCount);
  if (!buildStore(mark)) return false;
  setFits(type == RDB_SET_INTSET ? u32.MAX_VALUE : buildLongest);
  return true;
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

// Lists ---------------------------------------------------------------------------------------------------------------------

function restoreList(type: u32): bool {
  listBuildBegin();
  const added = type == RDB_LIST_ZIPLIST ? addNode(ITEMS_ZIPLIST) : addNodes(type);
  if (!added || !listBuildCount() || !isAtEnd()) {
    if (added && !listBuildCount()) rdbFail();
    listBuildDrop();
    return false;
  }
  containerOpen(TYPE_LIST, hash, slot, old, key, keyBytes, false);
  containerExpires(expiry);
  return listBuildStore();
}

/** Adds a counted run of elements, or of nodes of them. */
function addNodes(type: u32): bool {
  for (let left = rdbCount(); left && !rdbFailed; left--) {
    const node = type == RDB_QUICKLIST_2 ? rdbLength() : type == RDB_QUICKLIST ? NODE_PACKED : NODE_PLAIN;
    if (node == NODE_PACKED) {
      if (!addNode(type == RDB_QUICKLIST ? ITEMS_ZIPLIST : ITEMS_LISTPACK)) return false;
    } else if (node != NODE_PLAIN) rdbFail();
    else if (!rdbString(0) || !listBuildAdd(stringPointer, stringLength)) return false;
  }
  return !rdbFailed;
}

/** Adds the elements of a packed form. */
function addNode(kind: u32): bool {
  if (!rdbString(2) || !itemsOpen(kind, stringPointer, stringLength)) return false;
  while (itemNext(0)) if (!listBuildAdd(itemPointer, itemLength)) return false;
  return !rdbFailed;
}

// Sorted sets ---------------------------------------------------------------------------------------------------------------

function restoreSorted(type: u32): bool {
  sortedResultBegin();
  const added = type == RDB_ZSET || type == RDB_ZSET_2 ? addScored(type) : addScoredItems(type);
  if (!sortedResultEnd(added && isAtEnd())) return false;
  if (!sortedResultCount()) {
    rdbFail();
    sortedResultDrop();
    return false;
  }
  containerOpen(TYPE_SORTED_SET, hash, slot, old, key, keyBytes, false);
  containerExpires(expiry);
  return sortedResultStore();
}

/** Adds a counted run of members with scores. */
function addScored(type: u32): bool {
  for (let left = rdbCount(); left && !rdbFailed; left--) {
    if (!rdbString(0)) return false;
    const member = stringPointer;
    const length = stringLength;
    const score = type == RDB_ZSET_2 ? binaryScore() : textScore();
    if (!addMember(member, length, score)) return false;
  }
  return !rdbFailed;
}

function binaryScore(): f64 {
  const at = rdbTake(8);
  return at ? load<f64>(at) : 0;
}

/** A score as text behind a length of one byte. */
function textScore(): f64 {
  const length = rdbByte();
  if (length == SCORE_INFINITE) return Infinity;
  if (length == SCORE_MINUS_INFINITE) return -Infinity;
  if (length == SCORE_NAN) rdbFail();
  const at = rdbTake(length);
  return at ? scoreOf(at, length) : 0;
}

function scoreOf(pointer: usize, length: u32): f64 {
  if (parseDouble(pointer, length)) return parsedDouble;
  rdbFail();
  return 0;
}

function addScoredItems(type: u32): bool {
  const kind = type == RDB_ZSET_ZIPLIST ? ITEMS_ZIPLIST : ITEMS_LISTPACK;
  if (!rdbString(2) || !itemsOpen(kind, stringPointer, stringLength)) return false;
  while (itemNext(0)) {
    const member = itemPointer;
    const length = itemLength;
    if (!mustNext(1) || !addMember(member, length, scoreOf(itemPointer, itemLength))) return false;
  }
  return !rdbFailed;
}

/** Adds a member. False: it is there already, its score is none, or there is no memory. */
function addMember(member: usize, length: u32, score: f64): bool {
  if (isNaN(score) || sortedResultFind(member, length)) rdbFail();
  return !rdbFailed && sortedResultPut(member, length, score);
}
