/**
 * STRLEN APPEND SETRANGE GETRANGE SUBSTR.
 */
import { EVENT_APPEND, EVENT_SETRANGE, NOTIFY_STRING } from "../abi/notification";
import { ERROR_OFFSET_OUT_OF_RANGE, ERROR_OUT_OF_MEMORY_HOST, ERROR_STRING_TOO_LONG, ERROR_WRONG_TYPE } from "../abi/errors";
import { effectsOn } from "../durability/effect-log";
import { foundSlot, lookupRead, lookupWrite } from "../keyspace/keyspace";
import { notify } from "../keyspace/notify";
import { isString, readText, storeString, stringLength, textLength, textPointer, writeRange } from "../types/string";
import { argumentInteger, argumentLength, argumentPointer, argumentValue } from "./argument";
import { keyHash } from "./call";
import { maxBulk } from "./decode";
import { effectRequest } from "./effect";
import { replyBulk, replyError, replyInteger } from "./reply";

/** The entry of argument 1 if it is a string; replies and returns 1 when it holds another type; 0: no such key. */
const WRONG: usize = 1;

function stringForRead(argv: usize): usize {
  const entry = lookupRead(keyHash, argumentPointer(argv, 1), argumentLength(argv, 1));
  if (!entry || isString(entry)) return entry;
  replyError(ERROR_WRONG_TYPE);
  return WRONG;
}

function stringForWrite(argv: usize): usize {
  const entry = lookupWrite(keyHash, argumentPointer(argv, 1), argumentLength(argv, 1));
  if (!entry || isString(entry)) return entry;
  replyError(ERROR_WRONG_TYPE);
  return WRONG;
}

export function strlenCommand(argc: u32, argv: usize): void {
  const entry = stringForRead(argv);
  if (entry != WRONG) replyInteger(entry ? stringLength(entry) : 0);
}

export function appendCommand(argc: u32, argv: usize): void {
  const old = stringForWrite(argv);
  if (old == WRONG) return;
  const slot = foundSlot;
  const key = argumentPointer(argv, 1);
  const keyBytes = argumentLength(argv, 1);
  const value = argumentPointer(argv, 2);
  const length = argumentLength(argv, 2);
  let total = length;
  let stored: bool;
  if (old) {
    const current = stringLength(old);
    if (<u64>current + length > <u64>maxBulk) {
      replyError(ERROR_STRING_TOO_LONG);
      return;
    }
    total += current;
    stored = writeRange(keyHash, slot, old, key, keyBytes, current, value, length);
  } else stored = storeString(keyHash, 0, 0, key, keyBytes, value, length, 0);
  if (!stored) {
    replyError(ERROR_OUT_OF_MEMORY_HOST);
    return;
  }
  if (effectsOn) effectRequest(argc, argv);
  notify(NOTIFY_STRING, EVENT_APPEND, key, keyBytes);
  replyInteger(total);
}

export function setrangeCommand(argc: u32, argv: usize): void {
  if (!argumentInteger(argv, 2)) return;
  const offset = argumentValue;
  if (offset < 0) {
    replyError(ERROR_OFFSET_OUT_OF_RANGE);
    return;
  }
  const old = stringForWrite(argv);
  if (old == WRONG) return;
  const slot = foundSlot;
  const length = argumentLength(argv, 3);
  const current = old ? stringLength(old) : 0;
  if (!length) {
    replyInteger(current);
    return;
  }
  if (<u64>offset + length > <u64>maxBulk) {
    replyError(ERROR_STRING_TOO_LONG);
    return;
  }
  const end = <u32>offset + length;
  if (!writeRange(keyHash, slot, old, argumentPointer(argv, 1), argumentLength(argv, 1), <u32>offset, argumentPointer(argv, 3), length)) {
    replyError(ERROR_OUT_OF_MEMORY_HOST);
    return;
  }
  if (effectsOn) effectRequest(argc, argv);
  notify(NOTIFY_STRING, EVENT_SETRANGE, argumentPointer(argv, 1), argumentLength(argv, 1));
  replyInteger(end > current ? end : current);
}

export function getrangeCommand(argc: u32, argv: usize): void {
  if (!argumentInteger(argv, 2)) return;
  let start = argumentValue;
  if (!argumentInteger(argv, 3)) return;
  let stop = argumentValue;
  const entry = stringForRead(argv);
  if (entry == WRONG) return;
  if (!entry) {
    replyBulk(0, 0);
    return;
  }
  readText(entry);
  const length = <i64>textLength;
  if (start < 0 && stop < 0 && start > stop) {
    replyBulk(0, 0);
    return;
  }
  if (start < 0) start += length;
  if (stop < 0) stop += length;
  if (start < 0) start = 0;
  if (stop < 0) stop = 0;
  if (stop >= length) stop = length - 1;
  if (start > stop || length == 0) replyBulk(0, 0);
  else replyBulk(textPointer + <usize>start, <u32>(stop - start + 1));
}

export function substrCommand(argc: u32, argv: usize): void {
  getrangeCommand(argc, argv);
}
