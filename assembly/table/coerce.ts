/**
 * From JSON to a column's slot and back: what the row-write door does with each value of a document that is written under a
 * declared prefix, whichever command wrote it. The rules are those of PostgreSQL's assignment from text, and from numbers and
 * booleans where JSON has them; text columns take any value in the words in which JSON.GET prints it.
 *
 * Words of results point into the value that they came from or into the plan's arena. Errors are noted in the plan's cells.
 */
import {
  SLOT_ARRAY,
  SLOT_BOOLEAN,
  SLOT_DOUBLE,
  SLOT_INTEGER,
  SLOT_JSON,
  SLOT_TEXT,
  SLOT_UUID,
  WORD_HUGE,
  WORD_INLINE_MAX,
} from "../abi/record";
import {
  RUNTIME_ERROR_BIGINT_RANGE,
  RUNTIME_ERROR_BIGINT_TEXT_RANGE,
  RUNTIME_ERROR_CHAR_TOO_LONG,
  RUNTIME_ERROR_DOUBLE_TEXT_RANGE,
  RUNTIME_ERROR_DYNAMIC_CAST,
  RUNTIME_ERROR_INTEGER_RANGE,
  RUNTIME_ERROR_INTEGER_TEXT_RANGE,
  RUNTIME_ERROR_INVALID_BIGINT,
  RUNTIME_ERROR_INVALID_BOOLEAN,
  RUNTIME_ERROR_INVALID_DOUBLE,
  RUNTIME_ERROR_INVALID_INTEGER,
  RUNTIME_ERROR_INVALID_REAL,
  RUNTIME_ERROR_INVALID_SMALLINT,
  RUNTIME_ERROR_INVALID_UUID,
  RUNTIME_ERROR_MALFORMED_ARRAY,
  RUNTIME_ERROR_MEMORY,
  RUNTIME_ERROR_REAL_TEXT_RANGE,
  RUNTIME_ERROR_SMALLINT_RANGE,
  RUNTIME_ERROR_SMALLINT_TEXT_RANGE,
  RUNTIME_ERROR_VARCHAR_TOO_LONG,
} from "../abi/runtime-error";
import { COLUMN_KIND, COLUMN_MODIFIER, COLUMN_TYPE, TYPE_CHAR, TYPE_INTEGER, TYPE_REAL, TYPE_SMALLINT, TYPE_VARCHAR } from "../abi/table";
import { copyBytes } from "../bytes/copy";
import { parseDoubleLimit, parsedDouble } from "../bytes/float";
import { parseInteger, parsedInteger, printUnsigned } from "../bytes/integer";
import { fail, failWith, hasFailed } from "../value/cells";
import { doubleOf, integerOf, readInteger } from "../value/json-number";
import { printValue, textAt, textFailed, textMark, textReset } from "../value/json-print";
import { TAG_FALSE, TAG_TRUE, isArray, isNumber, isString, stringLength, stringPointer, tagOf, valueBytes } from "../value/packed";
import { inlineWord, longRoom, longWord, wordOf } from "../value/word";

const BLANK: u32 = 32;
/** Digits, and short text under way. */
const SCRATCH: usize = memory.data(32, 8);

/** A word of bytes that stay where they are; of a huge string a copy, which has its length in front. */
export function wordAt(bytes: usize, length: u32): u64 {
  if (length <= <u32>WORD_INLINE_MAX) return inlineWord(bytes, length);
  return length < <u32>WORD_HUGE ? longWord(bytes, length) : wordOf(bytes, length);
}

/** The slot of a column for a packed value that is not null. An error is noted when the value does not fit. */
export function coerceValue(column: usize, value: usize): u64 {
  const kind = <u32>load<u8>(column, COLUMN_KIND);
  if (kind == SLOT_INTEGER) return <u64>toInteger(<u32>load<u8>(column, COLUMN_TYPE), value);
  if (kind == SLOT_DOUBLE) return reinterpret<u64>(toDouble(<u32>load<u8>(column, COLUMN_TYPE), value));
  if (kind == SLOT_BOOLEAN) return toBoolean(value);
  if (kind == SLOT_TEXT) return toText(column, value);
  if (kind == SLOT_JSON) return wordAt(value, valueBytes(value));
  if (kind == SLOT_ARRAY) {
    if (!isArray(value)) failWith(RUNTIME_ERROR_MALFORMED_ARRAY, textWord(value), 0);
    return wordAt(value, valueBytes(value));
  }
  if (kind == SLOT_UUID) return toUuid(value);
  failWith(RUNTIME_ERROR_DYNAMIC_CAST, textWord(value), 0);
  return 0;
}

/** The value's text, as JSON.GET prints it; a string without quotes. */
export function textWord(value: usize): u64 {
  if (isString(value)) return wordAt(stringPointer(value), stringLength(value));
  textReset();
  printValue(value);
  if (textFailed) {
    fail(RUNTIME_ERROR_MEMORY);
    return 0;
  }
  return wordOf(textAt(0), textMark());
}

// Numbers ---------------------------------------------------------------------------------------------------------------

/** Bytes without blanks around them. */
let trimmed: usize = 0;
let trimmedLength: u32 = 0;

function trim(value: usize): void {
  trimmed = stringPointer(value);
  trimmedLength = stringLength(value);
  while (trimmedLength && isBlank(load<u8>(trimmed))) {
    trimmed++;
    trimmedLength--;
  }
  while (trimmedLength && isBlank(load<u8>(trimmed + trimmedLength - 1))) trimmedLength--;
}

function isBlank(byte: u32): bool {
  return byte == BLANK || byte - 9 < 5;
}

function toInteger(type: u32, value: usize): i64 {
  if (isNumber(value)) {
    if (readInteger(value)) return inRange(type, integerOf);
    const rounded = nearest(doubleOf(value));
    if (!(rounded >= -9223372036854775808.0 && rounded < 9223372036854775808.0)) {
      fail(rangeError(type));
      return 0;
    }
    return inRange(type, <i64>rounded);
  }
  const tag = tagOf(value);
  if (tag == TAG_TRUE || tag == TAG_FALSE) return tag == TAG_TRUE ? 1 : 0;
  if (!isString(value)) {
    failWith(syntaxError(type), textWord(value), 0);
    return 0;
  }
  trim(value);
  let text = trimmed;
  let length = trimmedLength;
  // PostgreSQL takes a plus and leading zeros, parseInteger does not.
  const negative = length && load<u8>(text) == 45;
  if (length && (negative || load<u8>(text) == 43)) {
    text++;
    length--;
  }
  const digits = length;
  while (length > 1 && load<u8>(text) == 48) {
    text++;
    length--;
  }
  let valid = digits > 0;
  for (let at: u32 = 0; at < length; at++) if (<u32>load<u8>(text + at) - 48 > 9) valid = false;
  if (!valid) {
    failWith(syntaxError(type), textWord(value), 0);
    return 0;
  }
  if (length > 19) return outOfRange(type, value);
  copyBytes(SCRATCH + 1, text, length);
  store<u8>(SCRATCH, 45);
  const signed = negative && !(length == 1 && load<u8>(text) == 48);
  if (!parseInteger(signed ? SCRATCH : SCRATCH + 1, signed ? length + 1 : length)) return outOfRange(type, value);
  if (!fits(type, parsedInteger)) return outOfRange(type, value);
  return parsedInteger;
}

function fits(type: u32, value: i64): bool {
  if (type == TYPE_SMALLINT) return value == <i64>(<i16>value);
  return type != TYPE_INTEGER || value == <i64>(<i32>value);
}

function inRange(type: u32, value: i64): i64 {
  if (!fits(type, value)) fail(rangeError(type));
  return value;
}

function outOfRange(type: u32, value: usize): i64 {
  const error =
    type == TYPE_SMALLINT
      ? RUNTIME_ERROR_SMALLINT_TEXT_RANGE
      : type == TYPE_INTEGER
        ? RUNTIME_ERROR_INTEGER_TEXT_RANGE
        : RUNTIME_ERROR_BIGINT_TEXT_RANGE;
  failWith(error, textWord(value), 0);
  return 0;
}

function rangeError(type: u32): u32 {
  if (type == TYPE_SMALLINT) return RUNTIME_ERROR_SMALLINT_RANGE;
  return type == TYPE_INTEGER ? RUNTIME_ERROR_INTEGER_RANGE : RUNTIME_ERROR_BIGINT_RANGE;
}

function syntaxError(type: u32): u32 {
  if (type == TYPE_SMALLINT) return RUNTIME_ERROR_INVALID_SMALLINT;
  return type == TYPE_INTEGER ? RUNTIME_ERROR_INVALID_INTEGER : RUNTIME_ERROR_INVALID_BIGINT;
}

/** A number's text may be Infinity or NaN, which JSON has no numbers for. */
function toDouble(type: u32, value: usize): f64 {
  let result: f64 = 0;
  if (isNumber(value)) result = doubleOf(value);
  else if (isString(value)) {
    trim(value);
    if (isNotANumber()) return NaN;
    if (!trimmedLength || !parseDoubleLimit(trimmed, trimmedLength)) {
      failWith(type == TYPE_REAL ? RUNTIME_ERROR_INVALID_REAL : RUNTIME_ERROR_INVALID_DOUBLE, textWord(value), 0);
      return 0;
    }
    result = parsedDouble;
    if (abs(result) == Infinity && !spellsInfinity()) {
      failWith(type == TYPE_REAL ? RUNTIME_ERROR_REAL_TEXT_RANGE : RUNTIME_ERROR_DOUBLE_TEXT_RANGE, textWord(value), 0);
    }
  } else failWith(type == TYPE_REAL ? RUNTIME_ERROR_INVALID_REAL : RUNTIME_ERROR_INVALID_DOUBLE, textWord(value), 0);
  if (type != TYPE_REAL) return result;
  const single = <f64>(<f32>result);
  if (abs(single) == Infinity && abs(result) != Infinity) failWith(RUNTIME_ERROR_REAL_TEXT_RANGE, textWord(value), 0);
  return single;
}

function spellsInfinity(): bool {
  const first = (<u32>load<u8>(trimmed)) | 32;
  return first == 105 || ((first == 45 || first == 43 || first == 47) && trimmedLength > 1 && ((<u32>load<u8>(trimmed, 1)) | 32) == 105);
}

function isNotANumber(): bool {
  if (trimmedLength != 3) return false;
  return ((<u32>load<u8>(trimmed)) | 32) == 110 && ((<u32>load<u8>(trimmed, 1)) | 32) == 97 && ((<u32>load<u8>(trimmed, 2)) | 32) == 110;
}

// Booleans ----------------------------------------------------------------------------------------------------------------

/** The words of PostgreSQL, each by a shortest beginning: {letters, bytes, shortest, value}. */
const WORDS: usize = memory.data<u8>([
  116, 114, 117, 101, 0, 4, 1, 1, 102, 97, 108, 115, 101, 5, 1, 0, 121, 101, 115, 0, 0, 3, 1, 1, 110, 111, 0, 0, 0, 2, 1, 0, 111, 110, 0, 0,
  0, 2, 2, 1, 111, 102, 102, 0, 0, 3, 2, 0, 49, 0, 0, 0, 0, 1, 1, 1, 48, 0, 0, 0, 0, 1, 1, 0,
]);
const WORD_COUNT: u32 = 8;

function toBoolean(value: usize): u64 {
  const tag = tagOf(value);
  if (tag == TAG_TRUE || tag == TAG_FALSE) return tag == TAG_TRUE ? 1 : 0;
  if (isNumber(value) && readInteger(value) && <u64>integerOf < 2) return <u64>integerOf;
  if (isString(value)) {
    trim(value);
    for (let index: u32 = 0; index < WORD_COUNT; index++) {
      const word = WORDS + ((<usize>index) << 3);
      if (trimmedLength < <u32>load<u8>(word, 6) || trimmedLength > <u32>load<u8>(word, 5)) continue;
      let same = true;
      for (let at: u32 = 0; at < trimmedLength; at++) {
        const byte = <u32>load<u8>(trimmed + at);
        if ((byte >= 65 && byte <= 90 ? byte | 32 : byte) != <u32>load<u8>(word + at)) same = false;
      }
      if (same) return load<u8>(word, 7);
    }
  }
  failWith(RUNTIME_ERROR_INVALID_BOOLEAN, textWord(value), 0);
  return 0;
}

// Text --------------------------------------------------------------------------------------------------------------------

function toText(column: usize, value: usize): u64 {
  const type = <u32>load<u8>(column, COLUMN_TYPE);
  const limit = load<i32>(column, COLUMN_MODIFIER);
  if ((type != TYPE_VARCHAR && type != TYPE_CHAR) || limit < 0) return textWord(value);
  let bytes: usize = 0;
  let length: u32 = 0;
  if (isString(value)) {
    bytes = stringPointer(value);
    length = stringLength(value);
  } else {
    textWord(value);
    if (hasFailed()) return 0;
    bytes = textAt(0);
    length = textMark();
  }
  return fitText(bytes, length, <u32>limit, type == TYPE_CHAR);
}

/** Blanks beyond the limit are cut, other characters are an error; `pad` fills up with blanks. */
function fitText(bytes: usize, length: u32, limit: u32, pad: bool): u64 {
  let position: u32 = 0;
  let characters: u32 = 0;
  while (position < length && characters < limit) {
    position++;
    while (position < length && ((<u32>load<u8>(bytes + position)) & 0xc0) == 0x80) position++;
    characters++;
  }
  for (let at = position; at < length; at++) {
    if (<u32>load<u8>(bytes + at) == BLANK) continue;
    failWith(pad ? RUNTIME_ERROR_CHAR_TOO_LONG : RUNTIME_ERROR_VARCHAR_TOO_LONG, numberWord(limit), 0);
    return 0;
  }
  if (!pad || characters == limit) return wordOf(bytes, position);
  const total = position + limit - characters;
  const target = total > <u32>WORD_INLINE_MAX ? longRoom(total) : SCRATCH;
  if (!target) return 0;
  copyBytes(target, bytes, position);
  memory.fill(target + position, <u8>BLANK, total - position);
  return total > <u32>WORD_INLINE_MAX ? longWord(target, total) : inlineWord(target, total);
}

function numberWord(value: u32): u64 {
  return wordOf(SCRATCH, printUnsigned(SCRATCH, value));
}

// UUID --------------------------------------------------------------------------------------------------------------------

/** Thirty-two hexadecimal digits, hyphens behind any group of four, braces around. */
function toUuid(value: usize): u64 {
  const room = longRoom(16);
  if (!room) return 0;
  let digits: u32 = 0;
  let valid = isString(value);
  if (valid) {
    trim(value);
    let at: u32 = 0;
    let end = trimmedLength;
    if (end && load<u8>(trimmed) == 123 && load<u8>(trimmed + end - 1) == 125) {
      at = 1;
      end--;
    }
    for (; at < end && valid; at++) {
      const byte = <u32>load<u8>(trimmed + at);
      const digit = byte - 48 <= 9 ? byte - 48 : (byte | 32) - 97 <= 5 ? (byte | 32) - 87 : 16;
      if (digit == 16) valid = byte == 45 && digits > 0 && digits < 32 && (digits & 3) == 0 && load<u8>(trimmed + at - 1) != 45;
      else if (digits == 32) valid = false;
      else {
        const place = room + (digits >> 1);
        store<u8>(place, <u8>(digits & 1 ? ((<u32>load<u8>(place)) << 4) | digit : digit));
        digits++;
      }
    }
  }
  if (valid && digits == 32) return longWord(room, 16);
  failWith(RUNTIME_ERROR_INVALID_UUID, textWord(value), 0);
  return 0;
}
