/**
 * INCR DECR INCRBY DECRBY INCRBYFLOAT.
 *
 * INCRBYFLOAT computes with 64 bits of mantissa, as Redis does on x86 (bytes/extended-float.ts), and logs its result.
 */
import { EVENT_INCRBY, EVENT_INCRBYFLOAT, NOTIFY_STRING } from "../abi/notification";
import {
  ERROR_DECREMENT_OVERFLOW,
  ERROR_NAN_OR_INFINITY,
  ERROR_NOT_FLOAT,
  ERROR_NOT_INTEGER,
  ERROR_OUT_OF_MEMORY_HOST,
  ERROR_OVERFLOW,
  ERROR_WRONG_TYPE,
} from "../abi/errors";
import { EXTENDED_TEXT_MAX, extendedAdd, extendedIsFinite, extendedParse, extendedPrint } from "../bytes/extended-float";
import { printInteger } from "../bytes/integer";
import { effectsOn } from "../durability/effect-log";
import { foundSlot, lookupWrite } from "../keyspace/keyspace";
import { notify } from "../keyspace/notify";
import { entryExpiry } from "../structure/entry";
import { integerValue, isString, readInteger, readText, storeInteger, storeText, textLength, textPointer } from "../types/string";
import { argumentInteger, argumentLength, argumentPointer, argumentValue } from "./argument";
import { keyHash } from "./call";
import { effectSetKeeping } from "./effect";
import { replyBulk, replyError, replyInteger } from "./reply";

const numberText: usize = memory.data(EXTENDED_TEXT_MAX, 8);
const ZERO: usize = memory.data<u8>([48]);

/** Adds `amount` to the key's integer. */
function increment(argv: usize, amount: i64): void {
  const key = argumentPointer(argv, 1);
  const keyBytes = argumentLength(argv, 1);
  const old = lookupWrite(keyHash, key, keyBytes);
  let value: i64 = 0;
  if (old) {
    if (!isString(old)) {
      replyError(ERROR_WRONG_TYPE);
      return;
    }
    if (!readInteger(old)) {
      replyError(ERROR_NOT_INTEGER);
      return;
    }
    value = integerValue;
  }
  const sum = value + amount;
  if (((value ^ sum) & (amount ^ sum)) < 0) {
    replyError(ERROR_OVERFLOW);
    return;
  }
  if (!storeInteger(keyHash, foundSlot, old, key, keyBytes, sum, old ? entryExpiry(old) : 0)) {
    replyError(ERROR_OUT_OF_MEMORY_HOST);
    return;
  }
  if (effectsOn) effectSetKeeping(key, keyBytes, numberText, printInteger(numberText, sum));
  notify(NOTIFY_STRING, EVENT_INCRBY, key, keyBytes);
  replyInteger(sum);
}

export function incrCommand(argc: u32, argv: usize): void {
  increment(argv, 1);
}

export function decrCommand(argc: u32, argv: usize): void {
  increment(argv, -1);
}

export function incrbyCommand(argc: u32, argv: usize): void {
  if (argumentInteger(argv, 2)) increment(argv, argumentValue);
}

export function decrbyCommand(argc: u32, argv: usize): void {
  if (!argumentInteger(argv, 2)) return;
  if (argumentValue == i64.MIN_VALUE) replyError(ERROR_DECREMENT_OVERFLOW);
  else increment(argv, -argumentValue);
}

export function incrbyfloatCommand(argc: u32, argv: usize): void {
  const key = argumentPointer(argv, 1);
  const keyBytes = argumentLength(argv, 1);
  const old = lookupWrite(keyHash, key, keyBytes);
  if (old && !isString(old)) {
    replyError(ERROR_WRONG_TYPE);
    return;
  }
  const slot = foundSlot;
  if (old) readText(old);
  const parsed = old ? extendedParse(textPointer, textLength, 0) : extendedParse(ZERO, 1, 0);
  if (!parsed || !extendedParse(argumentPointer(argv, 2), argumentLength(argv, 2), 1)) {
    replyError(ERROR_NOT_FLOAT);
    return;
  }
  extendedAdd(0, 1, 2);
  if (!extendedIsFinite(2)) {
    replyError(ERROR_NAN_OR_INFINITY);
    return;
  }
  const length = extendedPrint(numberText, 2);
  if (!storeText(keyHash, slot, old, key, keyBytes, numberText, length, old ? entryExpiry(old) : 0)) {
    replyError(ERROR_OUT_OF_MEMORY_HOST);
    return;
  }
  if (effectsOn) effectSetKeeping(key, keyBytes, numberText, length);
  notify(NOTIFY_STRING, EVENT_INCRBYFLOAT, key, keyBytes);
  replyBulk(numberText, length);
}
