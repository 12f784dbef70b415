/**
 * The string commands that read and store whole values: SET and its relatives, GET and its relatives, MGET, MSET, MSETNX.
 * (string-number.ts: INCR ...; string-range.ts: APPEND, SETRANGE, GETRANGE, STRLEN; string-lcs.ts: LCS.)
 *
 * Replies and errors are Redis's. A function that has found a key hands slot and entry to types/string.ts; nothing between
 * the lookup and the store may change the table.
 */
import { EVENT_DEL, EVENT_EXPIRE, EVENT_PERSIST, EVENT_SET, NOTIFY_GENERIC, NOTIFY_STRING } from "../abi/notification";
import { ERROR_INVALID_EXPIRE, ERROR_OUT_OF_MEMORY_HOST, ERROR_SYNTAX, ERROR_WRONG_TYPE } from "../abi/errors";
import { effectSet, effectsOn } from "../durability/effect-log";
import { isRowKey, tablesDeclared } from "../keyspace/collection";
import { database, now } from "../keyspace/database";
import { setExpiry } from "../keyspace/expiry";
import { countLookup, foundSlot, lookupQuiet, lookupRead, lookupWrite, removeEntry } from "../keyspace/keyspace";
import { notify } from "../keyspace/notify";
import { entryExpiry } from "../structure/entry";
import { ENCODING_EXTERNAL } from "../keyspace/entry-release";
import { touchHashes } from "../structure/hash-table";
import { isString, readText, storeString, stringLength, textLength, textPointer } from "../types/string";
import { argumentHash, argumentInteger, argumentLength, argumentPointer, argumentValue, argumentWord } from "./argument";
import { commandId, keyHash } from "./call";
import { replyArity } from "./connection";
import { effectDelete, effectExpiry } from "./effect";
import { commandNameLength, commandNamePointer } from "./lookup";
import {
  ensure,
  replyArray,
  replyBulk,
  replyError,
  replyErrorNaming,
  replyFail,
  replyFailed,
  replyInteger,
  replyNull,
  replyOk,
} from "./reply";
import { WORD_EX, WORD_EXAT, WORD_GET, WORD_KEEPTTL, WORD_NX, WORD_PERSIST, WORD_PX, WORD_PXAT, WORD_XX } from "./words";

const MILLISECONDS: i64 = 1000;
const TOUCH_GROUP: u32 = 16;
/** Most bytes of a bulk reply beside its text. */
const BULK_HEAD: u32 = 32;

/** Options of SET and GETEX. */
const OPTION_NX: u32 = 1;
const OPTION_XX: u32 = 2;
const OPTION_GET: u32 = 4;
const OPTION_KEEPTTL: u32 = 8;
const OPTION_PERSIST: u32 = 16;
const OPTION_EXPIRE: u32 = 32;

let options: u32 = 0;
/** Index of the argument that is a time (0: none), and the word in front of it. */
let optionTime: u32 = 0;
let optionUnit: u64 = 0;
/** Expiry that the options ask for, Unix milliseconds. */
let optionExpiry: u64 = 0;

/** Replies the value of a string entry. */
// @ts-ignore: decorator
@inline
function replyValue(entry: usize): void {
  readText(entry);
  replyBulk(textPointer, textLength);
}

/** INVALID_EXPIRE for the running command. */
function replyInvalidExpire(): bool {
  replyErrorNaming(ERROR_INVALID_EXPIRE, commandNamePointer(commandId), commandNameLength(commandId));
  return false;
}

/** Reads a time argument into optionExpiry; replies an error and returns false when it is out of range. */
function readExpiry(argv: usize, index: u32, seconds: bool, relative: bool): bool {
  if (!argumentInteger(argv, index)) return false;
  let time = argumentValue;
  if (time <= 0) return replyInvalidExpire();
  if (seconds) {
    if (time > i64.MAX_VALUE / MILLISECONDS) return replyInvalidExpire();
    time *= MILLISECONDS;
  }
  if (relative) {
    if (time > i64.MAX_VALUE - <i64>now) return replyInvalidExpire();
    time += <i64>now;
  }
  optionExpiry = time;
  return true;
}

/** Reads the options from argument `first` on; replies an error and returns false when they are wrong. */
function readOptions(argc: u32, argv: usize, first: u32, forSet: bool): bool {
  options = 0;
  let unit: u64 = 0;
  let timeIndex: u32 = 0;
  for (let index = first; index < argc; index++) {
    const word = argumentWord(argv, index);
    const expireFree = !(options & (OPTION_KEEPTTL | OPTION_PERSIST)) && (!unit || unit == word);
    if (forSet && word == WORD_NX && !(options & OPTION_XX)) options |= OPTION_NX;
    else if (forSet && word == WORD_XX && !(options & OPTION_NX)) options |= OPTION_XX;
    else if (forSet && word == WORD_GET) options |= OPTION_GET;
    else if (forSet && word == WORD_KEEPTTL && !(options & (OPTION_EXPIRE | OPTION_PERSIST))) options |= OPTION_KEEPTTL;
    else if (!forSet && word == WORD_PERSIST && !(options & OPTION_EXPIRE)) options |= OPTION_PERSIST;
    else if ((word == WORD_EX || word == WORD_PX || word == WORD_EXAT || word == WORD_PXAT) && expireFree && index + 1 < argc) {
      options |= OPTION_EXPIRE;
      unit = word;
      timeIndex = ++index;
    } else {
      replyError(ERROR_SYNTAX);
      return false;
    }
  }
  optionTime = timeIndex;
  optionUnit = unit;
  return true;
}

/** Reads the time that the options name into optionExpiry; replies an error and returns false when it is wrong. */
function readOptionTime(argv: usize): bool {
  optionExpiry = 0;
  if (!optionTime) return true;
  const unit = optionUnit;
  return readExpiry(argv, optionTime, unit == WORD_EX || unit == WORD_EXAT, unit == WORD_EX || unit == WORD_PX);
}

/**
 * Stores the value of argument `valueIndex` under the key of argument 1 and logs it; without memory the reply is an error,
 * whatever was replied before.
 */
// @ts-ignore: decorator
@inline
function storeArgument(argv: usize, slot: usize, old: usize, valueIndex: u32, expiry: u64): bool {
  const key = argumentPointer(argv, 1);
  const keyBytes = argumentLength(argv, 1);
  const value = argumentPointer(argv, valueIndex);
  const length = argumentLength(argv, valueIndex);
  if (!storeString(keyHash, slot, old, key, keyBytes, value, length, expiry)) {
    replyFail();
    return false;
  }
  if (effectsOn) effectSet(key, keyBytes, value, length, expiry);
  notify(NOTIFY_STRING, EVENT_SET, key, keyBytes);
  return true;
}

export function setCommand(argc: u32, argv: usize): void {
  if (argc > 3) {
    setWithOptions(argc, argv);
    return;
  }
  const old = lookupWrite(keyHash, argumentPointer(argv, 1), argumentLength(argv, 1));
  if (storeArgument(argv, foundSlot, old, 2, 0)) replyOk();
}

/** Counts a lookup for writing and replies the value that was found, or null. False: it is no string, or there is no memory. */
function replyOld(argv: usize, old: usize): bool {
  countLookup(old != 0, argumentPointer(argv, 1), argumentLength(argv, 1));
  if (old && !isString(old)) {
    replyError(ERROR_WRONG_TYPE);
    return false;
  }
  if (old) replyValue(old);
  else replyNull();
  return !replyFailed;
}

function setWithOptions(argc: u32, argv: usize): void {
  if (!readOptions(argc, argv, 3, true) || !readOptionTime(argv)) return;
  const old = lookupWrite(keyHash, argumentPointer(argv, 1), argumentLength(argv, 1));
  const slot = foundSlot;
  if (options & OPTION_GET && !replyOld(argv, old)) return;
  if ((options & OPTION_NX && old) || (options & OPTION_XX && !old)) {
    if (!(options & OPTION_GET)) replyNull();
    return;
  }
  const expiry = options & OPTION_KEEPTTL ? (old ? entryExpiry(old) : 0) : optionExpiry;
  if (!storeArgument(argv, slot, old, 2, expiry)) return;
  if (optionExpiry) notify(NOTIFY_GENERIC, EVENT_EXPIRE, argumentPointer(argv, 1), argumentLength(argv, 1));
  if (!(options & OPTION_GET)) replyOk();
}

export function setnxCommand(argc: u32, argv: usize): void {
  if (lookupWrite(keyHash, argumentPointer(argv, 1), argumentLength(argv, 1))) {
    replyInteger(0);
    return;
  }
  if (storeArgument(argv, 0, 0, 2, 0)) replyInteger(1);
}

function setWithTime(argv: usize, seconds: bool): void {
  if (!readExpiry(argv, 2, seconds, true)) return;
  const old = lookupWrite(keyHash, argumentPointer(argv, 1), argumentLength(argv, 1));
  if (!storeArgument(argv, foundSlot, old, 3, optionExpiry)) return;
  notify(NOTIFY_GENERIC, EVENT_EXPIRE, argumentPointer(argv, 1), argumentLength(argv, 1));
  replyOk();
}

export function setexCommand(argc: u32, argv: usize): void {
  setWithTime(argv, true);
}

export function psetexCommand(argc: u32, argv: usize): void {
  setWithTime(argv, false);
}

export function getCommand(argc: u32, argv: usize): void {
  const entry = lookupRead(keyHash, argumentPointer(argv, 1), argumentLength(argv, 1));
  if (!entry) replyNull();
  else if (!isString(entry)) replyError(ERROR_WRONG_TYPE);
  else replyValue(entry);
}

export function getsetCommand(argc: u32, argv: usize): void {
  const old = lookupWrite(keyHash, argumentPointer(argv, 1), argumentLength(argv, 1));
  const slot = foundSlot;
  if (replyOld(argv, old)) storeArgument(argv, slot, old, 2, 0);
}

export function getdelCommand(argc: u32, argv: usize): void {
  const entry = lookupRead(keyHash, argumentPointer(argv, 1), argumentLength(argv, 1));
  if (!entry) {
    replyNull();
    return;
  }
  if (!isString(entry)) {
    replyError(ERROR_WRONG_TYPE);
    return;
  }
  replyValue(entry);
  if (replyFailed) return;
  removeEntry(keyHash, foundSlot);
  if (effectsOn) effectDelete(argumentPointer(argv, 1), argumentLength(argv, 1));
  notify(NOTIFY_GENERIC, EVENT_DEL, argumentPointer(argv, 1), argumentLength(argv, 1));
}

export function getexCommand(argc: u32, argv: usize): void {
  if (!readOptions(argc, argv, 2, false)) return;
  const entry = lookupRead(keyHash, argumentPointer(argv, 1), argumentLength(argv, 1));
  if (!entry) {
    replyNull();
    return;
  }
  if (!isString(entry)) {
    replyError(ERROR_WRONG_TYPE);
    return;
  }
  const slot = foundSlot;
  if (!readOptionTime(argv)) return;
  if (!options) {
    replyValue(entry);
    return;
  }
  const key = argumentPointer(argv, 1);
  const keyBytes = argumentLength(argv, 1);
  if (options & OPTION_EXPIRE && optionExpiry <= now) {
    replyValue(entry);
    if (replyFailed) return;
    removeEntry(keyHash, slot);
    if (effectsOn) effectDelete(key, keyBytes);
    notify(NOTIFY_GENERIC, EVENT_DEL, key, keyBytes);
    return;
  }
  // Room for the reply comes first, so that nothing changes when there is none.
  if (!ensure(stringLength(entry) + BULK_HEAD)) return;
  const changed = entryExpiry(entry) != optionExpiry;
  const current = changed || optionExpiry ? setExpiry(keyHash, slot, entry, optionExpiry) : entry;
  if (!current) {
    replyError(ERROR_OUT_OF_MEMORY_HOST);
    return;
  }
  replyValue(current);
  if (changed && effectsOn) effectExpiry(key, keyBytes, optionExpiry);
  if (changed || optionExpiry) notify(NOTIFY_GENERIC, optionExpiry ? EVENT_EXPIRE : EVENT_PERSIST, key, keyBytes);
}

/** Hashes of the next keys of a command with many. */
const groupHashes: usize = memory.data(128, 8);

/** Touches buckets and entries of up to TOUCH_GROUP keys, `step` arguments apart; their hashes are in groupHashes then. */
function touchKeys(argc: u32, argv: usize, first: u32, step: u32): void {
  const last = first + TOUCH_GROUP * step;
  const end = last < argc ? last : argc;
  let count: u32 = 0;
  for (let index = first; index < end; index += step) {
    store<u64>(groupHashes + ((<usize>count) << 3), argumentHash(argv, index));
    count++;
  }
  if (count > 1) touchHashes(database, groupHashes, count, 8, ENCODING_EXTERNAL);
}

export function mgetCommand(argc: u32, argv: usize): void {
  replyArray(argc - 1);
  for (let index: u32 = 1; index < argc; index++) {
    const member = (index - 1) % TOUCH_GROUP;
    if (!member) touchKeys(argc, argv, index, 1);
    const entry = lookupRead(load<u64>(groupHashes + ((<usize>member) << 3)), argumentPointer(argv, index), argumentLength(argv, index));
    if (!entry || !isString(entry)) replyNull();
    else replyValue(entry);
    if (replyFailed) return;
  }
}

/** Stores all pairs. Requires: argc is odd. Stops with an error when there is no memory; does nothing when a table refuses one. */
function storePairs(argc: u32, argv: usize): bool {
  if (tablesDeclared) {
    for (let index: u32 = 1; index < argc; index += 2) {
      if (isRowKey(argumentPointer(argv, index), argumentLength(argv, index))) return false;
    }
  }
  for (let index: u32 = 1; index < argc; index += 2) {
    const member = ((index - 1) >> 1) % TOUCH_GROUP;
    if (!member) touchKeys(argc, argv, index, 2);
    const hash = load<u64>(groupHashes + ((<usize>member) << 3));
    const key = argumentPointer(argv, index);
    const keyBytes = argumentLength(argv, index);
    const old = lookupWrite(hash, key, keyBytes);
    const value = argumentPointer(argv, index + 1);
    const length = argumentLength(argv, index + 1);
    if (!storeString(hash, foundSlot, old, key, keyBytes, value, length, 0)) {
      replyError(ERROR_OUT_OF_MEMORY_HOST);
      return false;
    }
    if (effectsOn) effectSet(key, keyBytes, value, length, 0);
    notify(NOTIFY_STRING, EVENT_SET, key, keyBytes);
  }
  return true;
}

export function msetCommand(argc: u32, argv: usize): void {
  if (!(argc & 1)) replyArity();
  else if (storePairs(argc, argv)) replyOk();
}

export function msetnxCommand(argc: u32, argv: usize): void {
  if (!(argc & 1)) {
    replyArity();
    return;
  }
  for (let index: u32 = 1; index < argc; index += 2) {
    if (lookupQuiet(argumentHash(argv, index), argumentPointer(argv, index), argumentLength(argv, index))) {
      replyInteger(0);
      return;
    }
  }
  if (storePairs(argc, argv)) replyInteger(1);
}
