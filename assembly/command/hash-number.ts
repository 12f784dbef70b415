/**
 * HINCRBY HINCRBYFLOAT: numbers in hashes. Both log their result as HSET, and keep the expiry of a field. HINCRBYFLOAT computes as INCRBYFLOAT does (string-number.ts).
 */
import { EVENT_HINCRBY, EVENT_HINCRBYFLOAT } from "../abi/notification";
import {
  ERROR_HASH_NOT_FLOAT,
  ERROR_HASH_NOT_INTEGER,
  ERROR_NAN_OR_INFINITY,
  ERROR_NOT_FLOAT,
  ERROR_OVERFLOW,
  ERROR_VALUE_NAN_OR_INFINITY,
} from "../abi/errors";
import { EXTENDED_TEXT_MAX, extendedAdd, extendedIsFinite, extendedParse, extendedPrint } from "../bytes/extended-float";
import { INTEGER_TEXT_MAX, parsedInteger, parseInteger, printInteger } from "../bytes/integer";
import { memberValue, memberValueLength } from "../types/members";
import { argumentInteger, argumentLength, argumentPointer, argumentValue } from "./argument";
import { isThere, storeField, writeHash } from "./hash";
import { replyBulk, replyError, replyInteger } from "./reply";

const numberText: usize = memory.data(EXTENDED_TEXT_MAX, 8);
const ZERO: usize = memory.data<u8>([48]);

export function hincrbyCommand(argc: u32, argv: usize): void {
  if (!argumentInteger(argv, 3)) return;
  const amount = argumentValue;
  if (!writeHash(argv)) return;
  const field = argumentPointer(argv, 2);
  const length = argumentLength(argv, 2);
  let value: i64 = 0;
  if (isThere(argv)) {
    if (memberValueLength > INTEGER_TEXT_MAX || !parseInteger(memberValue, memberValueLength)) {
      replyError(ERROR_HASH_NOT_INTEGER);
      return;
    }
    value = parsedInteger;
  }
  const sum = value + amount;
  if (((value ^ sum) & (amount ^ sum)) < 0) {
    replyError(ERROR_OVERFLOW);
    return;
  }
  if (storeField(argv, field, length, numberText, printInteger(numberText, sum), EVENT_HINCRBY, true)) replyInteger(sum);
}

export function hincrbyfloatCommand(argc: u32, argv: usize): void {
  if (!extendedParse(argumentPointer(argv, 3), argumentLength(argv, 3), 1)) {
    replyError(ERROR_NOT_FLOAT);
    return;
  }
  if (!extendedIsFinite(1)) {
    replyError(ERROR_VALUE_NAN_OR_INFINITY);
    return;
  }
  if (!writeHash(argv)) return;
  const field = argumentPointer(argv, 2);
  const length = argumentLength(argv, 2);
  const found = isThere(argv);
  if (found ? !extendedParse(memberValue, memberValueLength, 0) : !extendedParse(ZERO, 1, 0)) {
    replyError(ERROR_HASH_NOT_FLOAT);
    return;
  }
  extendedAdd(0, 1, 2);
  if (!extendedIsFinite(2)) {
    replyError(ERROR_NAN_OR_INFINITY);
    return;
  }
  const bytes = extendedPrint(numberText, 2);
  if (storeField(argv, field, length, numberText, bytes, EVENT_HINCRBYFLOAT, true)) replyBulk(numberText, bytes);
}
