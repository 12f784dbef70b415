/**
 * format(): a text with places for arguments, `%[n$][-][width]s`, `%I` (a name), `%L` (a literal), `%%`. The width is a number, `*`
 * (the next argument) or `*n$`; a negative one, or the flag, puts the blanks behind (PostgreSQL's documentation, 9.4.1).
 *
 * The arguments are the elements of an array of texts. Cost: O(text + what it becomes).
 */
import {
  RUNTIME_ERROR_FORMAT_ARGUMENT_ZERO,
  RUNTIME_ERROR_FORMAT_FEW,
  RUNTIME_ERROR_FORMAT_NULL,
  RUNTIME_ERROR_FORMAT_NUMBER,
  RUNTIME_ERROR_FORMAT_SPECIFIER,
  RUNTIME_ERROR_FORMAT_UNTERMINATED,
  RUNTIME_ERROR_FORMAT_WIDTH_END,
  RUNTIME_ERROR_INTEGER_RANGE,
  RUNTIME_ERROR_INVALID_INTEGER,
  RUNTIME_ERROR_LENGTH,
} from "../abi/runtime-error";
import { builderLength, builderReset, builderRewind, builderRoom, builderTake, builderWord, putByte, putBytes } from "../value/builder";
import { fail, failWith, hasFailed } from "../value/cells";
import { countCodePoints } from "../value/code-points";
import { integerOfText, textInteger } from "../value/number-text";
import { TAG_NULL, childCount, elementAt, stringLength, stringPointer, tagOf } from "../value/packed";
import { putIdentifier, putLiteral } from "../value/quoted";
import { SPILL_ARRAY, SPILL_FIRST, wordBytes, wordLength, wordOf, wordPart } from "../value/word";

const PERCENT: u32 = 37;
const DOLLAR: u32 = 36;
const STAR: u32 = 42;
const MINUS: u32 = 45;
const BLANK: u32 = 32;
const NAME: u32 = 73;
const LITERAL: u32 = 76;
const PLAIN: u32 = 115;
/** NULL, as a literal. */
const NULL_TEXT: usize = memory.data<u8>([78, 85, 76, 76]);
const NO_NUMBER: i64 = -1;
const NUMBER_MAX: i64 = 2147483647;
/** Longest text that blanks may make. */
const WIDTH_MAX: i64 = 1073741823;

let position: usize = 0;
let end: usize = 0;
let list: usize = 0;
let count: i64 = 0;
/** The argument that was used last, from 1. */
let last: i64 = 0;
let width: i64 = 0;
let behind: bool = false;

export function text_format(text: u64, array: u64): u64 {
  position = wordBytes(text, SPILL_FIRST);
  end = position + wordLength(text);
  list = wordBytes(array, SPILL_ARRAY);
  count = childCount(list);
  last = 0;
  builderReset();
  while (position < end && !hasFailed()) {
    const byte = <u32>load<u8>(position++);
    if (byte != PERCENT) putByte(byte);
    else if (position < end && <u32>load<u8>(position) == PERCENT) {
      position++;
      putByte(PERCENT);
    } else putPlace();
  }
  return hasFailed() ? 0 : builderWord();
}

/** What stands behind a percent sign. */
function putPlace(): void {
  let argument: i64 = 0;
  width = 0;
  behind = false;
  let number = readNumber();
  if (number != NO_NUMBER && atByte(DOLLAR)) {
    if (!number) fail(RUNTIME_ERROR_FORMAT_ARGUMENT_ZERO);
    argument = number;
    position++;
    number = NO_NUMBER;
  }
  if (number == NO_NUMBER) {
    while (atByte(MINUS)) {
      behind = true;
      position++;
    }
    if (atByte(STAR)) readWidthArgument();
    else number = readNumber();
  }
  if (number != NO_NUMBER) width = number;
  if (hasFailed()) return;
  if (position == end) fail(RUNTIME_ERROR_FORMAT_UNTERMINATED);
  else putArgument(argument, <u32>load<u8>(position));
}

function atByte(byte: u32): bool {
  return position < end && <u32>load<u8>(position) == byte;
}

/** Digits, or NO_NUMBER. */
function readNumber(): i64 {
  if (position == end || <u32>load<u8>(position) - 48 > 9) return NO_NUMBER;
  let value: i64 = 0;
  for (; position < end; position++) {
    const digit = <u32>load<u8>(position) - 48;
    if (digit > 9) break;
    value = value * 10 + digit;
    if (value > NUMBER_MAX) {
      fail(RUNTIME_ERROR_FORMAT_NUMBER);
      return 0;
    }
  }
  return value;
}

/** `*` and `*n$`. */
function readWidthArgument(): void {
  position++;
  let argument: i64 = 0;
  const number = readNumber();
  if (number != NO_NUMBER) {
    if (!atByte(DOLLAR)) {
      fail(RUNTIME_ERROR_FORMAT_WIDTH_END);
      return;
    }
    position++;
    if (!number) fail(RUNTIME_ERROR_FORMAT_ARGUMENT_ZERO);
    argument = number;
  }
  const value = take(argument);
  if (hasFailed() || tagOf(value) == TAG_NULL) return;
  const text = wordPart(stringPointer(value), 0, stringLength(value));
  if (!integerOfText(text)) failWith(RUNTIME_ERROR_INVALID_INTEGER, text, 0);
  else if (textInteger > NUMBER_MAX || textInteger < -NUMBER_MAX) fail(RUNTIME_ERROR_INTEGER_RANGE);
  else if (textInteger < 0) {
    behind = true;
    width = -textInteger;
  } else width = textInteger;
}

/** The argument of that number, or the next one. */
function take(number: i64): usize {
  last = number ? number : last + 1;
  if (last <= count && !hasFailed()) return elementAt(list, <u32>(last - 1));
  fail(RUNTIME_ERROR_FORMAT_FEW);
  return list;
}

function putArgument(number: i64, kind: u32): void {
  if (kind != PLAIN && kind != NAME && kind != LITERAL) {
    failWith(RUNTIME_ERROR_FORMAT_SPECIFIER, wordOf(position, 1), 0);
    return;
  }
  const value = take(number);
  if (hasFailed()) return;
  position++;
  const start = builderLength();
  putValue(value, kind);
  if (width) fit(start);
}

function putValue(value: usize, kind: u32): void {
  if (tagOf(value) == TAG_NULL) {
    if (kind == NAME) fail(RUNTIME_ERROR_FORMAT_NULL);
    if (kind == LITERAL) putBytes(NULL_TEXT, 4);
  } else if (kind == NAME) putIdentifier(stringPointer(value), stringLength(value));
  else if (kind == LITERAL) putLiteral(stringPointer(value), stringLength(value));
  else putBytes(stringPointer(value), stringLength(value));
}

/** Adds blanks to what was appended since `start`. */
function fit(start: u32): void {
  const length = builderLength() - start;
  const added = builderWord();
  const bytes = wordBytes(added, SPILL_FIRST) + start;
  const points = <i64>countCodePoints(bytes, length);
  if (points >= width || hasFailed()) return;
  if (width > WIDTH_MAX) {
    fail(RUNTIME_ERROR_LENGTH);
    return;
  }
  if (!behind) builderRewind(start);
  putBlanks(<u32>(width - points));
  if (!behind) putBytes(bytes, length);
}

function putBlanks(length: u32): void {
  const room = builderRoom(length);
  if (!room) return;
  memory.fill(room, <u8>BLANK, length);
  builderTake(length);
}
