/**
 * Keys of secondary indexes: bytes whose order (memcmp) is the order of the values. A key is made part by part in one scratch
 * buffer, for an index's fields in turn, and ends with the row's number, so that rows with equal values lie side by side.
 *
 *   part of a dynamic value   class byte, then by class:
 *     KEY_BOOLEAN             u8 0 or 1
 *     KEY_NUMBER              8 bytes of the nearest double, sign and exponent first; from 2^53 on 2 more: what is missing
 *     KEY_TEXT                bytes, 0 as {0, 255}, then {0, 0}
 *     KEY_ARRAY               parts of the elements, then 0
 *     KEY_OBJECT              nothing: all objects are alike to an index (of those inside of arrays: the packed bytes, as text)
 *   part of a declared column KEY_VALUE, then 8 bytes (integers, days, microseconds: sign flipped; doubles), or bytes as text
 *   no value                  KEY_NULL: behind all others
 *   row                       u32
 *
 * All numbers are big-endian. A descending part is the complement of its bytes, so nulls come first there, as in PostgreSQL.
 * A text that is spelled as a JSON number prints is that number (host/query/README.md, "Dynamic values").
 *
 * Invariant: no part is the beginning of another part of the same field, so parts may stand one behind the other.
 */
import {
  NUMBER_BOX_SHIFT,
  SLOT_ARRAY,
  SLOT_BOOLEAN,
  SLOT_DATE,
  SLOT_DOUBLE,
  SLOT_INTEGER,
  SLOT_INTERVAL,
  SLOT_JSON,
  SLOT_NONE,
  SLOT_NUMBER,
  SLOT_TEXT,
  SLOT_TIMESTAMPTZ,
  WORD_HUGE,
  WORD_INLINE_MAX,
} from "../abi/record";
import { copyBytes, equalBytes } from "../bytes/copy";
import { parseDouble, parsedDouble } from "../bytes/float";
import { parseInteger, parsedInteger } from "../bytes/integer";
import { NUMBER_PRINTED_MAX, doubleOf, integerOf, printFraction, readInteger } from "../value/json-number";
import {
  TAG_DOUBLE,
  TAG_TRUE,
  afterValue,
  childCount,
  firstChild,
  isArray,
  isNumber,
  isObject,
  isString,
  stringLength,
  stringPointer,
  tagOf,
  valueBytes,
} from "../value/packed";

export const KEY_END: u32 = 0;
export const KEY_VALUE: u32 = 1;
export const KEY_BOOLEAN: u32 = 16;
export const KEY_NUMBER: u32 = 32;
export const KEY_TEXT: u32 = 48;
export const KEY_ARRAY: u32 = 64;
export const KEY_OBJECT: u32 = 80;
export const KEY_NULL: u32 = 255;

/** Bytes of the row's number at a key's end. */
export const KEY_ROW_BYTES: u32 = 4;
/** From this double on integers may lie between neighbours. */
const EXACT_MAX: f64 = 9007199254740992;
/** Microseconds. */
const DAY: i64 = 86400000000;
const SIGN: u64 = 0x8000000000000000;

/** Longest key, its row included; a row with a longer one is refused, as in PostgreSQL. So keys need no memory of their own. */
export const KEY_MAX: u32 = 8192;
/** Two keys can be held at once, as the old and the new one of a row. */
export const KEY_NEW: u32 = 0;
export const KEY_OLD: u32 = 1;
const keys: usize = memory.data(<i32>(KEY_MAX << 1), 8);
let key: usize = keys;
let length: u32 = 0;
/** Length of the key that is not in use. */
let lengthOther: u32 = 0;
/** True when the key would have become longer than KEY_MAX. */
export let keyTooLong: bool = false;
/** True when one of the key's parts is KEY_NULL or an object: such rows are all different to a unique index. */
export let keyHasNull: bool = false;
/** Where the part that is being written begins. */
let partStart: u32 = 0;
const numberScratch: usize = memory.data(16, 8);
const printed: usize = memory.data(64, 8);

/** Begins one of the two keys, which the functions below then write and read. */
export function keyBegin(which: u32): void {
  keyUse(which);
  length = 0;
  keyTooLong = false;
  keyHasNull = false;
  partStart = 0;
}

/** Takes a key that was made before for the new one. */
export function keyGiven(bytes: usize, count: u32): void {
  keyBegin(KEY_NEW);
  copyBytes(key, bytes, count);
  length = count;
}

/** Lets the functions below go on with a key that was made before. */
export function keyUse(which: u32): void {
  const chosen = keys + <usize>which * KEY_MAX;
  if (chosen == key) return;
  const other = length;
  length = lengthOther;
  lengthOther = other;
  key = chosen;
}

/** True when both keys are the same bytes. */
export function keysEqual(): bool {
  return length == lengthOther && equalBytes(keys, keys + KEY_MAX, length);
}

export function keyPointer(): usize {
  return key;
}

export function keyLength(): u32 {
  return length;
}

/**
 * Makes the key the least that is greater than all keys which begin with it. False: there is none, since the key is all 255.
 * The key may only be searched for afterwards.
 */
export function keyBehind(): bool {
  while (length && <u32>load<u8>(key + length - 1) == 255) length--;
  if (length) store<u8>(key + length - 1, <u8>(load<u8>(key + length - 1) + 1));
  return length != 0;
}

/** The beginning of a text's part: what all texts with this prefix share. False: such texts may spell numbers too. */
export function keyTextPrefix(text: usize, bytes: u32): bool {
  const first = bytes ? <u32>load<u8>(text) : 0;
  if (!bytes || first - 48 <= 9 || first == 45) return false;
  put(KEY_TEXT);
  putEscaped(text, bytes);
  if (!keyTooLong) length -= 2;
  return true;
}

/** Gives up what was written behind the first `bytes` bytes. */
export function keyCut(bytes: u32): void {
  length = bytes;
}

/** Where the next `bytes` bytes go, or 0 when the key becomes too long: room for the row is always left. */
function room(bytes: u32): usize {
  if (<u64>length + bytes + KEY_ROW_BYTES > <u64>KEY_MAX) keyTooLong = true;
  return keyTooLong ? 0 : key + length;
}

function put(byte: u32): void {
  const target = room(1);
  if (!target) return;
  store<u8>(target, <u8>byte);
  length++;
}

function putEight(value: u64): void {
  const target = room(8);
  if (!target) return;
  store<u64>(target, bswap<u64>(value));
  length += 8;
}

/** Ends a part: complements it if it descends. */
export function keyPartEnd(descending: bool): void {
  for (let at = partStart; descending && at < length; at++) store<u8>(key + at, ~load<u8>(key + at));
  partStart = length;
}

/** The part of an object. To a unique index objects are as different as nulls. */
export function keyObject(): void {
  keyHasNull = true;
  put(KEY_OBJECT);
}

export function keyNull(): void {
  keyHasNull = true;
  put(KEY_NULL);
}

/** Ends the key with its row. Requires: it is not too long. */
export function keyRow(row: u32): void {
  store<u32>(key + length, bswap<u32>(row));
  length += KEY_ROW_BYTES;
}

/** Row of a key in the tree. */
export function rowOfKey(bytes: usize, count: u32): u32 {
  return bswap<u32>(load<u32>(bytes + count - KEY_ROW_BYTES));
}

// Dynamic values ------------------------------------------------------------------------------------------------------

/** The part of a packed value; its ends are keyPartEnd's. Null has no value. */
export function keyPacked(value: usize): void {
  if (isObject(value)) keyObject();
  else putPacked(value);
}

function putPacked(value: usize): void {
  if (isNumber(value)) {
    if (readInteger(value)) keyInteger(integerOf);
    else keyDouble(doubleOf(value));
  } else if (isString(value)) keyText(stringPointer(value), stringLength(value));
  else if (isArray(value)) keyArray(value);
  else if (isObject(value)) {
    put(KEY_OBJECT);
    putEscaped(value, valueBytes(value));
  } else if (tagOf(value)) {
    put(KEY_BOOLEAN);
    put(tagOf(value) == TAG_TRUE ? 1 : 0);
  } else keyNull();
}

/** Nulls inside an array are values: they do not make the key one with a null. */
function keyArray(array: usize): void {
  const hadNull = keyHasNull;
  put(KEY_ARRAY);
  let element = firstChild(array);
  for (let left = childCount(array); left && !keyTooLong; left--) {
    putPacked(element);
    element = afterValue(element);
  }
  put(KEY_END);
  keyHasNull = hadNull;
}

function keyInteger(value: i64): void {
  put(KEY_NUMBER);
  putNumber(<f64>value, value, true);
}

/** Minus zero is zero. */
function keyDouble(value: f64): void {
  put(KEY_NUMBER);
  putNumber(value == 0 ? 0 : value, 0, false);
}

/** The nearest double, and how far the integer is from it where doubles are not exact. */
function putNumber(value: f64, integer: i64, isInteger: bool): void {
  putEight(orderedDouble(value));
  if (abs(value) < EXACT_MAX) return;
  const target = room(2);
  if (!target) return;
  // 2^63 is no i64: the difference wraps to what it should be.
  const nearest = value >= 9223372036854775808.0 ? i64.MIN_VALUE : <i64>value;
  store<u16>(target, bswap<u16>(<u16>(0x8000 + (isInteger ? integer - nearest : 0))));
  length += 2;
}

/** Bits of a double whose unsigned order is that of the numbers; NaN is above all of them. */
function orderedDouble(value: f64): u64 {
  const bits = reinterpret<u64>(value != value ? NaN : value);
  return bits & SIGN ? ~bits : bits | SIGN;
}

/** A text, as the number that it spells if it spells one. */
function keyText(text: usize, bytes: u32): void {
  const first = bytes ? <u32>load<u8>(text) : 0;
  if ((first - 48 <= 9 || first == 45) && bytes <= NUMBER_PRINTED_MAX && keyNumberText(text, bytes)) return;
  put(KEY_TEXT);
  putEscaped(text, bytes);
}

/** Writes the number that a text spells, if it is spelled as a JSON number prints. */
function keyNumberText(text: usize, bytes: u32): bool {
  if (parseInteger(text, bytes)) {
    keyInteger(parsedInteger);
    return true;
  }
  for (let at: u32 = 0; at < bytes; at++) {
    const byte = <u32>load<u8>(text + at);
    if (byte - 48 > 9 && byte != 45 && byte != 43 && byte != 46 && byte != 101) return false;
  }
  // Whole numbers have one spelling: without a point.
  if (bytes > 2 && load<u16>(text + bytes - 2) == 0x302e) return false;
  if (!parseDouble(text, bytes)) return false;
  const value = parsedDouble;
  store<u8>(numberScratch, <u8>TAG_DOUBLE);
  store<f64>(numberScratch, value, 1);
  if (printFraction(printed, numberScratch) != bytes || memory.compare(printed, text, bytes) != 0) return false;
  keyDouble(value);
  return true;
}

/** Bytes with 0 as {0, 255}, ended by {0, 0}. */
function putEscaped(source: usize, bytes: u32): void {
  let from: u32 = 0;
  for (;;) {
    let to = from;
    while (to < bytes && load<u8>(source + to)) to++;
    const target = room(to - from + 2);
    if (!target) return;
    copyBytes(target, source + from, to - from);
    store<u8>(target + (to - from), 0);
    store<u8>(target + (to - from), to < bytes ? 255 : 0, 1);
    length += to - from + 2;
    if (to == bytes) return;
    from = to + 1;
  }
}

// Slots ---------------------------------------------------------------------------------------------------------------

let wordPointer: usize = 0;
let wordLength: u32 = 0;

/** Finds the bytes of the word at an address; long ones lie `base` behind what it says. */
function readWord(word: usize, base: usize): void {
  const first = <u32>load<u8>(word);
  if (first <= <u32>WORD_INLINE_MAX) {
    wordPointer = word + 1;
    wordLength = first;
    return;
  }
  wordLength = load<u32>(word) >>> 8;
  wordPointer = base + <usize>load<u32>(word, 4);
  if (wordLength != <u32>WORD_HUGE) return;
  wordLength = load<u32>(wordPointer - 4);
}

/** The part of a dynamic value in a slot of this kind at `slot`; addresses in words count from `base`. */
export function keyAny(kind: u32, slot: usize, base: usize): void {
  if (kind == SLOT_NONE) keyNull();
  else if (kind == SLOT_BOOLEAN) {
    put(KEY_BOOLEAN);
    put(load<u8>(slot));
  } else if (kind == SLOT_INTEGER) keyInteger(load<i64>(slot));
  else if (kind == SLOT_DOUBLE) keyDouble(load<f64>(slot));
  else if (kind == SLOT_NUMBER) {
    const bits = load<u64>(slot);
    if (isBoxed(bits)) keyInteger((<i64>(bits << 13)) >> 13);
    else keyDouble(reinterpret<f64>(bits));
  } else {
    readWord(slot, base);
    if (kind == SLOT_TEXT) keyText(wordPointer, wordLength);
    else keyPacked(wordPointer);
  }
}

/** True of a SLOT_NUMBER that holds an integer. */
function isBoxed(bits: u64): bool {
  return bits >> (<u64>NUMBER_BOX_SHIFT) == 0x1fff;
}

/** The part of a declared column's slot, in the order of its type. */
export function keySlot(kind: u32, slot: usize, base: usize): void {
  if (kind == SLOT_JSON || kind == SLOT_ARRAY) {
    readWord(slot, base);
    keyPacked(wordPointer);
    return;
  }
  put(KEY_VALUE);
  if (kind == SLOT_BOOLEAN) put(load<u8>(slot));
  else if (kind == SLOT_DOUBLE) putEight(orderedDouble(load<f64>(slot) == 0 ? 0 : load<f64>(slot)));
  else if (isFixed(kind)) putEight(load<u64>(slot) ^ SIGN);
  else {
    readWord(slot, base);
    if (kind == SLOT_INTERVAL) putInterval();
    else putEscaped(wordPointer, wordLength);
  }
}

/** The beginning of the part of a declared column's texts: what all with this prefix share. */
export function keySlotPrefix(text: usize, bytes: u32): void {
  put(KEY_VALUE);
  putEscaped(text, bytes);
  if (!keyTooLong) length -= 2;
}

/** Integers, days and microseconds. */
function isFixed(kind: u32): bool {
  return kind == SLOT_INTEGER || (kind >= <u32>SLOT_DATE && kind <= <u32>SLOT_TIMESTAMPTZ);
}

/** Days of 24 hours, then the rest; a month has 30 days in PostgreSQL's order. */
function putInterval(): void {
  const microseconds = load<i64>(wordPointer);
  let days = <i64>load<i32>(wordPointer, 8) + <i64>load<i32>(wordPointer, 12) * 30 + microseconds / DAY;
  let rest = microseconds % DAY;
  if (rest < 0) {
    rest += DAY;
    days--;
  }
  putEight((<u64>days) ^ SIGN);
  putEight(<u64>rest);
}

/** Signs of decimals, in their order. */
const DECIMAL_LEAST: u32 = 1;
const DECIMAL_NEGATIVE: u32 = 2;
const DECIMAL_ZERO: u32 = 3;
const DECIMAL_POSITIVE: u32 = 4;
const DECIMAL_GREATEST: u32 = 5;
const DECIMAL_NOT_A_NUMBER: u32 = 6;

/**
 * The part of an exact number, given as text: a byte for its sign, the exponent of its first digit, the digits without zeros at
 * the end, each plus one, and 0; of a negative number all but the sign complemented. Equal numbers have equal parts: 1.10 and 1.1.
 */
export function keyDecimal(text: usize, count: u32): void {
  put(KEY_VALUE);
  const end = text + count;
  let at = text;
  const negative = count && <u32>load<u8>(at) == 45;
  if (negative) at++;
  const first = at < end ? <u32>load<u8>(at) : 0;
  if (first - 48 > 9) {
    put(first == 78 ? DECIMAL_NOT_A_NUMBER : negative ? DECIMAL_LEAST : DECIMAL_GREATEST);
    return;
  }
  const sign = length;
  put(negative ? DECIMAL_NEGATIVE : DECIMAL_POSITIVE);
  const target = room(4);
  if (!target) return;
  length += 4;
  let exponent: i32 = 0;
  let point = false;
  let begun = false;
  let kept = length;
  for (; at < end; at++) {
    const byte = <u32>load<u8>(at);
    if ((byte | 32) == 101) break;
    if (byte == 46) point = true;
    else {
      if (byte != 48) begun = true;
      if (begun) put(byte - 47);
      if (byte != 48) kept = length;
      if (!point && begun) exponent++;
      else if (point && !begun) exponent--;
    }
  }
  if (!begun) {
    length = sign;
    put(DECIMAL_ZERO);
    return;
  }
  length = kept;
  put(KEY_END);
  store<u32>(target, bswap<u32>((<u32>(exponent + writtenExponent(at, end))) ^ 0x80000000));
  for (let byte = sign + 1; negative && byte < length; byte++) store<u8>(key + byte, ~load<u8>(key + byte));
}

/** The number behind an `e`, or 0. */
function writtenExponent(at: usize, end: usize): i32 {
  if (at >= end) return 0;
  at++;
  const negative = at < end && <u32>load<u8>(at) == 45;
  if (at < end && <u32>load<u8>(at) - 48 > 9) at++;
  let value: i32 = 0;
  for (; at < end; at++) value = value * 10 + <i32>load<u8>(at) - 48;
  return negative ? -value : value;
}
