/**
 * The commands on hashes: HSET HMSET HSETNX HGET HMGET HGETALL HKEYS HVALS HLEN HEXISTS HDEL HSTRLEN HSCAN HRANDFIELD. (hash-number.ts: HINCRBY,
 * HINCRBYFLOAT.)
 *
 * Replies and errors are Redis's. Effects: HSET as it was asked, or the pairs that memory was there for; HDEL as it was asked.
 */
import { COMMAND_HSET } from "../abi/commands";
import { ERROR_OUT_OF_MEMORY_HOST, ERROR_OUT_OF_RANGE, ERROR_OUT_OF_RANGE_INT64, ERROR_SYNTAX, ERROR_WRONG_TYPE } from "../abi/errors";
import { effectFieldExpiry } from "../durability/container-effect";
import { effectWord, effectsAdmitSwept, effectsOn } from "../durability/effect-log";
import { CONTROL_EXPIRED_FIELDS } from "../abi/layout";
import { EVENT_HDEL, EVENT_HEXPIRED, EVENT_HSET, NOTIFY_HASH } from "../abi/notification";
import { foundSlot, lookupRead, lookupWrite } from "../keyspace/keyspace";
import { notifyMask } from "../keyspace/notify";
import { countOne } from "../memory/control";
import { contextView } from "../mvcc/context";
import { isTimed } from "../structure/entry-due";
import { containerEntry } from "../types/container";
import { fieldTime, hidesFields, isFieldHidden } from "../types/field-times";
import { hashGet, hashOpen, hashPut, hashRemove, isHash } from "../types/hash";
import {
  PUT_NEW,
  PUT_NO_MEMORY,
  memberCount,
  memberCountAll,
  memberLength,
  memberNext,
  memberPointer,
  memberScan,
  memberValue,
  memberValueLength,
  memberWalk,
} from "../types/members";
import { argumentInteger, argumentIsText, argumentLength, argumentPointer, argumentValue } from "./argument";
import { keyHash } from "./call";
import { replyArity } from "./connection";
import { effectCommand, effectRequest, sayChanged } from "./effect";
import { EFFECT_BYTES, effectRemoved, takeOutOver } from "./hash-expiry";
import { protocol, replyArray, replyBulk, replyError, replyFail, replyFailed, replyInteger, replyMap, replyNull, replyOk } from "./reply";
import { replyRandom, replyRandomOne } from "./member-random";
import { memberScanReply, readScanCursor, readScanOptions, scanCount, scanCursor } from "./member-scan";

const WITHVALUES: usize = memory.data<u8>([119, 105, 116, 104, 118, 97, 108, 117, 101, 115]);
const WITHVALUES_LENGTH: u32 = 10;

/** What `readHash` and `writeHash` found: the entry, or 0. */
export let hashEntry: usize = 0;

/** Looks the hash up for reading; replies WRONGTYPE and returns false when the key holds something else. */
// @ts-ignore: decorator
@inline
export function readHash(argv: usize): bool {
  hashEntry = lookupRead(keyHash, argumentPointer(argv, 1), argumentLength(argv, 1));
  if (!hashEntry || isHash(hashEntry)) return true;
  replyError(ERROR_WRONG_TYPE);
  return false;
}

/** The same for changing it: the hash is open then. */
// @ts-ignore: decorator
@inline
export function writeHash(argv: usize): bool {
  const key = argumentPointer(argv, 1);
  const keyBytes = argumentLength(argv, 1);
  hashEntry = lookupWrite(keyHash, key, keyBytes);
  if (hashEntry && !isHash(hashEntry)) {
    replyError(ERROR_WRONG_TYPE);
    return false;
  }
  hashOpen(keyHash, foundSlot, hashEntry, key, keyBytes);
  return true;
}

/** Puts the pairs of the arguments; returns how many fields are new, or -1 when memory was short, which is replied. */
function putPairs(argc: u32, argv: usize): i64 {
  let added: i64 = 0;
  for (let index: u32 = 2; index < argc; index += 2) {
    const result = hashPut(
      argumentPointer(argv, index),
      argumentLength(argv, index),
      argumentPointer(argv, index + 1),
      argumentLength(argv, index + 1),
    );
    if (result == PUT_NO_MEMORY) {
      if (index == 2) replyFail();
      else {
        if (effectsOn) effectRequest(index, argv);
        if (notifyMask) sayChanged(NOTIFY_HASH, EVENT_HSET, argv, false);
        replyError(ERROR_OUT_OF_MEMORY_HOST);
      }
      return -1;
    }
    if (result == PUT_NEW) added++;
  }
  if (effectsOn) effectRequest(argc, argv);
  if (notifyMask) sayChanged(NOTIFY_HASH, EVENT_HSET, argv, false);
  return added;
}

export function hsetCommand(argc: u32, argv: usize): void {
  if (argc & 1) {
    replyArity();
    return;
  }
  if (!writeHash(argv)) return;
  const added = putPairs(argc, argv);
  if (added >= 0) replyInteger(added);
}

export function hmsetCommand(argc: u32, argv: usize): void {
  if (argc & 1) {
    replyArity();
    return;
  }
  if (writeHash(argv) && putPairs(argc, argv) >= 0) replyOk();
}

export function hsetnxCommand(argc: u32, argv: usize): void {
  if (!writeHash(argv)) return;
  const field = argumentPointer(argv, 2);
  const length = argumentLength(argv, 2);
  if (isThere(argv)) replyInteger(0);
  else if (storeField(argv, field, length, argumentPointer(argv, 3), argumentLength(argv, 3), EVENT_HSET)) replyInteger(1);
}

/**
 * Gives a field of the open hash under argument 1 a value, logs that and says what `event` has done; without memory the reply is an error. The field
 * loses an expiry of its own, unless it `keeps` that.
 */
export function storeField(argv: usize, field: usize, length: u32, value: usize, valueLength: u32, event: u32, keeps: bool = false): bool {
  if (hashPut(field, length, value, valueLength, keeps) == PUT_NO_MEMORY) {
    replyFail();
    return false;
  }
  if (notifyMask) sayChanged(NOTIFY_HASH, event, argv, false);
  if (!effectsOn) return true;
  effectCommand(COMMAND_HSET, 3);
  effectWord(argumentPointer(argv, 1), argumentLength(argv, 1));
  effectWord(field, length);
  effectWord(value, valueLength);
  const expiry = keeps ? fieldTime(containerEntry, field, length) : 0;
  if (expiry) effectFieldExpiry(argumentPointer(argv, 1), argumentLength(argv, 1), field, length, expiry);
  return true;
}

/** Whether the open hash has the field under argument 2; its value is read then. */
export function isThere(argv: usize): bool {
  if (!hashEntry) return false;
  if (hashGet(hashEntry, argumentPointer(argv, 2), argumentLength(argv, 2))) return true;
  if (takeOver(argv, 2, OVER_WRITES)) {
    sayTaken(argv);
    if (!hashEntry) writeHash(argv);
  }
  return false;
}

/** Whether the hash that was looked up for reading has the field under argument 2; its value is read then. */
// @ts-ignore: decorator
@inline
function isRead(argv: usize): bool {
  if (!hashEntry) return false;
  if (hashGet(hashEntry, argumentPointer(argv, 2), argumentLength(argv, 2))) return true;
  if (isTimed(hashEntry) && takeOver(argv, 2, OVER_OPENS)) sayTaken(argv);
  return false;
}

/** Who takes out a field that is over: what reads, and has the hash opened for that or not yet; what writes, which has it open and room for the effect. */
const OVER_OPENS: u32 = 0;
const OVER_OPEN: u32 = 1;
const OVER_WRITES: u32 = 2;

/**
 * A field of the hash is not seen. If it is there, and its time over, it is taken out now, as by Redis 7.4, and the key with its last one. Not where a view
 * is read, in which nothing may change, nor without memory to log it: then it stays and is not seen.
 */
function takeOver(argv: usize, index: u32, by: u32): bool {
  if (contextView || !hidesFields(hashEntry)) return false;
  const field = argumentPointer(argv, index);
  const length = argumentLength(argv, index);
  if (!isFieldHidden(hashEntry, field, length)) return false;
  const key = argumentPointer(argv, 1);
  const keyBytes = argumentLength(argv, 1);
  if (by != OVER_WRITES && effectsOn && !effectsAdmitSwept(EFFECT_BYTES + keyBytes + length)) return false;
  if (by == OVER_OPENS) hashOpen(keyHash, foundSlot, hashEntry, key, keyBytes);
  if (hashRemove(field, length) != 1) return false;
  hashEntry = containerEntry;
  if (effectsOn) effectRemoved(key, keyBytes, field, length);
  countOne(CONTROL_EXPIRED_FIELDS);
  return true;
}

function sayTaken(argv: usize): void {
  if (notifyMask) sayChanged(NOTIFY_HASH, EVENT_HEXPIRED, argv, !hashEntry);
}

export function hgetCommand(argc: u32, argv: usize): void {
  if (!readHash(argv)) return;
  if (isRead(argv)) replyBulk(memberValue, memberValueLength);
  else replyNull();
}

export function hmgetCommand(argc: u32, argv: usize): void {
  if (!readHash(argv)) return;
  replyArray(argc - 2);
  let isOpen = false;
  for (let index: u32 = 2; index < argc && !replyFailed; index++) {
    if (hashEntry && hashGet(hashEntry, argumentPointer(argv, index), argumentLength(argv, index)))
      replyBulk(memberValue, memberValueLength);
    else {
      replyNull();
      if (hashEntry && isTimed(hashEntry) && takeOver(argv, index, isOpen ? OVER_OPEN : OVER_OPENS)) isOpen = true;
    }
  }
  // As in Redis once for all of them.
  if (isOpen) sayTaken(argv);
}

export function hlenCommand(argc: u32, argv: usize): void {
  // As in Redis 7.4 fields that are over count until they are taken out.
  if (readHash(argv)) replyInteger(hashEntry ? memberCountAll(hashEntry) : 0);
}

export function hexistsCommand(argc: u32, argv: usize): void {
  if (!readHash(argv)) return;
  replyInteger(isRead(argv) ? 1 : 0);
}

export function hstrlenCommand(argc: u32, argv: usize): void {
  if (!readHash(argv)) return;
  replyInteger(isRead(argv) ? memberValueLength : 0);
}

export function hgetallCommand(argc: u32, argv: usize): void {
  if (!readHash(argv)) return;
  replyMap(hashEntry ? memberCount(hashEntry) : 0);
  replyFields(true, true);
}

export function hkeysCommand(argc: u32, argv: usize): void {
  if (!readHash(argv)) return;
  replyArray(hashEntry ? memberCount(hashEntry) : 0);
  replyFields(true, false);
}

export function hvalsCommand(argc: u32, argv: usize): void {
  if (!readHash(argv)) return;
  replyArray(hashEntry ? memberCount(hashEntry) : 0);
  replyFields(false, true);
}

/** Replies all fields, values, or both. */
function replyFields(fields: bool, values: bool): void {
  if (!hashEntry) return;
  memberWalk(hashEntry, true);
  while (memberNext() && !replyFailed) {
    if (fields) replyBulk(memberPointer, memberLength);
    if (values) replyBulk(memberValue, memberValueLength);
  }
}

export function hdelCommand(argc: u32, argv: usize): void {
  if (!writeHash(argv)) return;
  let removed: i64 = 0;
  let index: u32 = 2;
  let failed = false;
  for (; hashEntry && index < argc && !failed; index++) {
    const result = hashRemove(argumentPointer(argv, index), argumentLength(argv, index));
    if (result < 0) failed = true;
    else removed += result;
    hashEntry = containerEntry;
  }
  if (removed) {
    if (effectsOn) effectRequest(failed ? index - 1 : argc, argv);
    if (notifyMask) sayChanged(NOTIFY_HASH, EVENT_HDEL, argv, !hashEntry);
  }
  if (failed) replyError(ERROR_OUT_OF_MEMORY_HOST);
  else replyInteger(removed);
}

export function hscanCommand(argc: u32, argv: usize): void {
  if (!readScanCursor(argv) || !readHash(argv) || (hashEntry && !readScanOptions(argc, argv))) return;
  if (hashEntry) memberScan(hashEntry, true, scanCursor, scanCount);
  memberScanReply(hashEntry, true);
}

export function hrandfieldCommand(argc: u32, argv: usize): void {
  if (argc == 2) {
    if (!readHash(argv)) return;
    takeOutHidden();
    if (!hashEntry) {
      replyNull();
      return;
    }
    replyRandomOne(hashEntry, true);
    return;
  }
  if (!argumentInteger(argv, 2)) return;
  const wanted = argumentValue;
  const withValues = argc == 4 && argumentIsText(argv, 3, WITHVALUES, WITHVALUES_LENGTH);
  if (argc > 4 || (argc == 4 && !withValues)) {
    replyError(ERROR_SYNTAX);
    return;
  }
  if (wanted == i64.MIN_VALUE) {
    replyError(ERROR_OUT_OF_RANGE_INT64);
    return;
  }
  if (withValues && (wanted > i64.MAX_VALUE >> 1 || wanted < -(i64.MAX_VALUE >> 1))) {
    replyError(ERROR_OUT_OF_RANGE);
    return;
  }
  if (!readHash(argv)) return;
  takeOutHidden();
  replyRandom(hashEntry, true, wanted, withValues);
}

/** Takes out what is over of the hash that was looked up for reading, so that only fields that are seen are drawn. */
function takeOutHidden(): void {
  if (hashEntry && !contextView && hidesFields(hashEntry)) hashEntry = takeOutOver(keyHash, foundSlot, hashEntry);
}
