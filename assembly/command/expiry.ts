/**
 * EXPIRE PEXPIRE EXPIREAT PEXPIREAT (NX XX GT LT), TTL PTTL EXPIRETIME PEXPIRETIME, PERSIST.
 *
 * A time in the past deletes the key. The effect of every form is PEXPIREAT with the resulting time, or DEL.
 */
import { EVENT_DEL, EVENT_EXPIRE, EVENT_PERSIST, NOTIFY_GENERIC } from "../abi/notification";
import {
  ERROR_EXPIRE_GT_AND_LT,
  ERROR_EXPIRE_NX_AND_OTHERS,
  ERROR_INVALID_EXPIRE,
  ERROR_OUT_OF_MEMORY_HOST,
  ERROR_UNSUPPORTED_OPTION,
} from "../abi/errors";
import { effectsOn } from "../durability/effect-log";
import { rowExpires } from "../keyspace/collection";
import { expiryOn, now } from "../keyspace/database";
import { setExpiry } from "../keyspace/expiry";
import { countLookup, foundSlot, lookupQuiet, lookupWrite, removeEntry } from "../keyspace/keyspace";
import { notify } from "../keyspace/notify";
import { entryExpiry } from "../structure/entry";
import { argumentInteger, argumentLength, argumentPointer, argumentValue, argumentWord } from "./argument";
import { commandId, keyHash } from "./call";
import { effectDelete, effectExpiry } from "./effect";
import { commandNameLength, commandNamePointer } from "./lookup";
import { replyError, replyErrorNaming, replyInteger } from "./reply";
import { WORD_GT, WORD_LT, WORD_NX, WORD_XX } from "./words";

const MILLISECONDS: i64 = 1000;
const HALF_SECOND: u64 = 500;
export const CONDITION_NX: u32 = 1;
export const CONDITION_XX: u32 = 2;
export const CONDITION_GT: u32 = 4;
export const CONDITION_LT: u32 = 8;
const NO_KEY: i64 = -2;
const NO_EXPIRY: i64 = -1;

let conditions: u32 = 0;

/** The condition that a word names, or 0. */
export function conditionOf(word: u64): u32 {
  if (word == WORD_NX) return CONDITION_NX;
  if (word == WORD_XX) return CONDITION_XX;
  if (word == WORD_GT) return CONDITION_GT;
  return word == WORD_LT ? CONDITION_LT : 0;
}

function readConditions(argc: u32, argv: usize): bool {
  conditions = 0;
  for (let index: u32 = 3; index < argc; index++) {
    const condition = conditionOf(argumentWord(argv, index));
    if (!condition) {
      replyErrorNaming(ERROR_UNSUPPORTED_OPTION, argumentPointer(argv, index), argumentLength(argv, index));
      return false;
    }
    conditions |= condition;
  }
  if (conditions & CONDITION_NX && conditions & ~CONDITION_NX) {
    replyError(ERROR_EXPIRE_NX_AND_OTHERS);
    return false;
  }
  if (conditions & CONDITION_GT && conditions & CONDITION_LT) {
    replyError(ERROR_EXPIRE_GT_AND_LT);
    return false;
  }
  return true;
}

/** Whether the conditions allow to change `current` (0: no expiry, which counts as infinite) to `expiry`. */
export function expiryAllowed(conditions: u32, current: i64, expiry: i64): bool {
  if (conditions & CONDITION_NX && current) return false;
  if (conditions & CONDITION_XX && !current) return false;
  if (conditions & CONDITION_GT && (!current || expiry <= current)) return false;
  return !(conditions & CONDITION_LT && current && expiry >= current);
}

function expireGeneric(argc: u32, argv: usize, seconds: bool, base: i64): void {
  if (!readConditions(argc, argv) || !argumentInteger(argv, 2)) return;
  let expiry = argumentValue;
  const overflows = seconds && (expiry > i64.MAX_VALUE / MILLISECONDS || expiry < i64.MIN_VALUE / MILLISECONDS);
  if (seconds && !overflows) expiry *= MILLISECONDS;
  if (overflows || expiry > i64.MAX_VALUE - base) {
    replyErrorNaming(ERROR_INVALID_EXPIRE, commandNamePointer(commandId), commandNameLength(commandId));
    return;
  }
  expiry += base;
  const key = argumentPointer(argv, 1);
  const keyBytes = argumentLength(argv, 1);
  const entry = lookupWrite(keyHash, key, keyBytes);
  if (!entry || !expiryAllowed(conditions, entryExpiry(entry), expiry)) {
    replyInteger(0);
    return;
  }
  if (expiry <= <i64>now && expiryOn) {
    removeEntry(keyHash, foundSlot);
    if (effectsOn) effectDelete(key, keyBytes);
    notify(NOTIFY_GENERIC, EVENT_DEL, key, keyBytes);
  } else {
    rowExpires(entry);
    if (!setExpiry(keyHash, foundSlot, entry, expiry > 0 ? expiry : 1)) {
      replyError(ERROR_OUT_OF_MEMORY_HOST);
      return;
    }
    if (effectsOn) effectExpiry(key, keyBytes, expiry);
    notify(NOTIFY_GENERIC, EVENT_EXPIRE, key, keyBytes);
  }
  replyInteger(1);
}

export function expireCommand(argc: u32, argv: usize): void {
  expireGeneric(argc, argv, true, now);
}

export function pexpireCommand(argc: u32, argv: usize): void {
  expireGeneric(argc, argv, false, now);
}

export function expireatCommand(argc: u32, argv: usize): void {
  expireGeneric(argc, argv, true, 0);
}

export function pexpireatCommand(argc: u32, argv: usize): void {
  expireGeneric(argc, argv, false, 0);
}

/** Milliseconds as the command shows them: as they are, or in rounded seconds. */
function replyTime(argv: usize, absolute: bool, seconds: bool): void {
  const entry = lookupQuiet(keyHash, argumentPointer(argv, 1), argumentLength(argv, 1));
  countLookup(entry != 0, argumentPointer(argv, 1), argumentLength(argv, 1));
  if (!entry) {
    replyInteger(NO_KEY);
    return;
  }
  const expiry = <i64>entryExpiry(entry);
  if (!expiry) {
    replyInteger(NO_EXPIRY);
    return;
  }
  let time = absolute ? expiry : expiry - <i64>now;
  if (time < 0) time = 0;
  replyInteger(seconds ? <i64>((<u64>time + HALF_SECOND) / <u64>MILLISECONDS) : time);
}

export function ttlCommand(argc: u32, argv: usize): void {
  replyTime(argv, false, true);
}

export function pttlCommand(argc: u32, argv: usize): void {
  replyTime(argv, false, false);
}

export function expiretimeCommand(argc: u32, argv: usize): void {
  replyTime(argv, true, true);
}

export function pexpiretimeCommand(argc: u32, argv: usize): void {
  replyTime(argv, true, false);
}

export function persistCommand(argc: u32, argv: usize): void {
  const key = argumentPointer(argv, 1);
  const keyBytes = argumentLength(argv, 1);
  const entry = lookupWrite(keyHash, key, keyBytes);
  if (!entry || !entryExpiry(entry)) {
    replyInteger(0);
    return;
  }
  setExpiry(keyHash, foundSlot, entry, 0);
  if (effectsOn) effectExpiry(key, keyBytes, 0);
  notify(NOTIFY_GENERIC, EVENT_PERSIST, key, keyBytes);
  replyInteger(1);
}
