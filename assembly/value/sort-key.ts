/**
 * Order-preserving keys: bytes whose order is the order of the values, for sorting, top-k and indexes. Keys of several columns
 * are put one behind the other; each part is prefix-free, so the first column that differs decides.
 *
 *   null marker   1 byte: 0 NULL first, 1 a value, 2 NULL last; never inverted
 *   then          by kind, all bytes inverted for DESC
 *   integers, dates, times   i64 with its sign bit flipped, big-endian
 *   double        its bits: negative ones inverted, others with the sign bit set; -0 is 0, NaN one value, the greatest
 *   boolean       1 byte
 *   text, bytea   the bytes, 0 as {0, 255}; then {0, 0}
 *   uuid          16 bytes
 *   numeric       1 byte {0 -Infinity, 1 negative, 2 zero, 3 positive, 4 Infinity, 5 NaN}; of 1 and 3 the power of ten of the first
 *                 digit (i32, sign flipped), the digits in pairs + 1 and a 0; of 1 all that inverted
 *   interval      whole days, then microseconds
 *   any           the class (1 boolean, 2 number, 3 text, 4 + kind others, else as JSON), then the value: a number as the nearest
 *                 double, then 128, or 127 and 129 with the numeric where it is less or greater than that double
 *   JSON          the class (PACKED_*), then: arrays their count and elements, objects their count, and names with values in the
 *                 order of names
 *   Cypher        the place of its kind (cypher-order.ts) + 1, then the value: a list or path its items and a 0, a map like an object
 *
 * Invariant: keys are equal iff the values compare as equal, so they serve as hash keys too.
 * Cost: O(bytes).
 */
import {
  SLOT_ARRAY,
  SLOT_BOOLEAN,
  SLOT_BYTEA,
  SLOT_DOUBLE,
  SLOT_INTERVAL,
  SLOT_JSON,
  SLOT_NONE,
  SLOT_NUMBER,
  SLOT_NUMERIC,
  SLOT_PATH,
  SLOT_TEXT,
  SLOT_UUID,
} from "../abi/record";
import { RUNTIME_ERROR_MEMORY } from "../abi/runtime-error";
import { PURPOSE_SCRATCH } from "../abi/status";
import { BUFFER_LENGTH, BUFFER_POINTER, BUFFER_SIZE, bufferClear, bufferInitialize, bufferReserve } from "../structure/byte-buffer";
import { fail } from "./cells";
import { isMap, isNumberTag, itemPayload, itemTag, readItem, readValue } from "./cypher-item";
import { rankOf } from "./cypher-order";
import {
  FORM_DOUBLE,
  FORM_INTEGER,
  exactNumeric,
  leastField,
  numberAsDouble,
  numberDouble,
  numberForm,
  numberInteger,
  numberWord,
  PACKED_ARRAY,
  PACKED_BOOLEAN,
  PACKED_NUMBER,
  PACKED_OBJECT,
  PACKED_TEXT,
  packedClass,
  readNumber,
  readNumberAt,
} from "./dynamic";
import { spanDays, spanMicroseconds } from "./interval";
import {
  NUMERIC_INFINITY,
  NUMERIC_NAN,
  NUMERIC_NEGATIVE_INFINITY,
  compareNumerics,
  normalNumeric,
  numericOf,
  numericSign,
} from "./numeric";
import { numericToText } from "./numeric-text";
import {
  TAG_NUMBER_TEXT,
  TAG_PATH,
  afterValue,
  childCount,
  fieldValue,
  firstChild,
  isArray,
  isObject,
  namePointer,
  readLength,
  stringLength,
  stringPointer,
  tagOf,
} from "./packed";
import { SPILL_ARRAY, SPILL_FIRST, SPILL_VALUE, wordBytes, wordLength, wordOf } from "./word";

export const SORT_DESCENDING: u32 = 1;
export const SORT_NULLS_FIRST: u32 = 2;
/** The value is dynamic: it is put with its class, numbers by the norm. */
export const SORT_DYNAMIC: u32 = 4;
/** The value is Cypher's. */
export const SORT_CYPHER: u32 = 8;

const NULL_FIRST: u32 = 0;
const NOT_NULL: u32 = 1;
const NULL_LAST: u32 = 2;
const CLASS_BOOLEAN: u32 = 1;
const CLASS_NUMBER: u32 = 2;
const CLASS_TEXT: u32 = 3;
const CLASS_OTHER: u32 = 4;
const SIGN_BIT: u64 = 0x8000000000000000;
const EXACT_LIMIT: i64 = 9007199254740992;

const buffer: usize = memory.data(BUFFER_SIZE, 8);
/** 255 while what is put is inverted, else 0. */
let mask: u32 = 0;

/** Begins a key. */
export function keyReset(): void {
  bufferInitialize(buffer, PURPOSE_SCRATCH);
  bufferClear(buffer);
}

/** The key as a word of the plan's arena. */
export function keyWord(): u64 {
  return wordOf(keyBytes(), keyLength());
}

export function keyBytes(): usize {
  return <usize>load<u32>(buffer, BUFFER_POINTER);
}

export function keyLength(): u32 {
  return load<u32>(buffer, BUFFER_LENGTH);
}

/** Appends a column: a value of the kind `tag`, SLOT_NONE for NULL; `flags` are SORT_*. */
export function putKey(tag: u32, payload: u64, flags: u32): void {
  mask = 0;
  if (tag == SLOT_NONE) {
    put(flags & SORT_NULLS_FIRST ? NULL_FIRST : NULL_LAST);
    return;
  }
  put(NOT_NULL);
  mask = flags & SORT_DESCENDING ? 255 : 0;
  if (flags & SORT_CYPHER) putCypher(tag, payload);
  else if (flags & SORT_DYNAMIC || tag == SLOT_JSON || tag == SLOT_ARRAY || tag == SLOT_NUMBER) putDynamic(tag, payload);
  else putTyped(tag, payload);
  mask = 0;
}

function room(length: u32): usize {
  const target = bufferReserve(buffer, length);
  if (target) store<u32>(buffer, load<u32>(buffer, BUFFER_LENGTH) + length, BUFFER_LENGTH);
  else fail(RUNTIME_ERROR_MEMORY);
  return target;
}

function put(byte: u32): void {
  const target = room(1);
  if (target) store<u8>(target, <u8>(byte ^ mask));
}

/** Eight bytes, big-endian. */
function putBits(bits: u64): void {
  const target = room(8);
  if (target) store<u64>(target, bswap<u64>(mask ? ~bits : bits));
}

function putTyped(tag: u32, payload: u64): void {
  switch (tag) {
    case SLOT_BOOLEAN:
      put(payload ? 1 : 0);
      break;
    case SLOT_DOUBLE:
      putBits(doubleKey(reinterpret<f64>(payload)));
      break;
    case SLOT_TEXT:
    case SLOT_BYTEA:
      putBytes(wordBytes(payload, SPILL_FIRST), wordLength(payload));
      break;
    case SLOT_UUID:
      putPlain(wordBytes(payload, SPILL_FIRST), wordLength(payload));
      break;
    case SLOT_NUMERIC:
      putNumeric(payload);
      break;
    case SLOT_INTERVAL:
      putBits((<u64>spanDays(payload)) ^ SIGN_BIT);
      putBits(<u64>spanMicroseconds);
      break;
    default:
      putBits(payload ^ SIGN_BIT);
  }
}

/** Bits that are ordered as the doubles are. */
export function doubleKey(value: f64): u64 {
  if (value == 0) return SIGN_BIT;
  if (isNaN(value)) return 0xfff8000000000000;
  const bits = reinterpret<u64>(value);
  return bits & SIGN_BIT ? ~bits : bits | SIGN_BIT;
}

function putPlain(bytes: usize, length: u32): void {
  for (let index: u32 = 0; index < length; index++) put(load<u8>(bytes + index));
}

function putBytes(bytes: usize, length: u32): void {
  const target = room(length + 2);
  if (!target) return;
  let zeros: u32 = 0;
  for (let index: u32 = 0; index < length; index++) {
    const byte = <u32>load<u8>(bytes + index);
    if (!byte) zeros++;
    store<u8>(target + index, <u8>(byte ^ mask));
  }
  if (zeros) putEscaped(bytes, length);
  else store<u16>(target + length, mask ? 0xffff : 0);
}

/** The same for bytes with zeros among them: written anew, over what was put. */
function putEscaped(bytes: usize, length: u32): void {
  store<u32>(buffer, load<u32>(buffer, BUFFER_LENGTH) - length - 2, BUFFER_LENGTH);
  for (let index: u32 = 0; index < length; index++) {
    const byte = <u32>load<u8>(bytes + index);
    put(byte);
    if (!byte) put(255);
  }
  put(0);
  put(0);
}

function putNumeric(value: u64): void {
  if (value == NUMERIC_NAN) put(5);
  else if (value == NUMERIC_INFINITY) put(4);
  else if (value == NUMERIC_NEGATIVE_INFINITY) put(0);
  else {
    const sign = numericSign(value);
    put(<u32>(2 + sign));
    if (!sign) return;
    const outer = mask;
    if (sign < 0) mask = outer ^ 255;
    putDigits(numericToText(normalNumeric(value)));
    mask = outer;
  }
}

/** Power of ten of the first digit, digits in pairs, a zero. Requires: the text of a number that is not 0. */
function putDigits(text: u64): void {
  const length = wordLength(text);
  const bytes = wordBytes(text, SPILL_FIRST);
  let point = length;
  let first = length;
  let last: u32 = 0;
  for (let index: u32 = 0; index < length; index++) {
    const byte = <u32>load<u8>(bytes + index);
    if (byte == 46) point = index;
    else if (byte - 49 < 9) {
      if (first == length) first = index;
      last = index;
    }
  }
  const exponent = first < point ? <i32>(point - first) - 1 : <i32>point - <i32>first;
  const power = (<u32>exponent) ^ 0x80000000;
  for (let shift: i32 = 24; shift >= 0; shift -= 8) put((power >> shift) & 255);
  let pair: u32 = 0;
  let half = false;
  for (let index = first; index <= last; index++) {
    if (index == point) continue;
    const digit = <u32>load<u8>(bytes + index) - 48;
    if (half) put(pair * 10 + digit + 1);
    pair = digit;
    half = !half;
  }
  if (half) put(pair * 10 + 1);
  put(0);
}

function putDynamic(tag: u32, payload: u64): void {
  if (tag == SLOT_JSON || tag == SLOT_ARRAY) putPacked(wordBytes(payload, SPILL_VALUE));
  else if (tag == SLOT_BOOLEAN) {
    put(CLASS_BOOLEAN);
    put(payload ? 1 : 0);
  } else if (readNumber(tag, payload)) {
    put(CLASS_NUMBER);
    putNumber();
  } else {
    put(tag == SLOT_TEXT ? CLASS_TEXT : CLASS_OTHER + tag);
    putTyped(tag, payload);
  }
}

/** A packed value: numbers that are kept as text are dynamic numbers, all else has the order of jsonb. */
function putPacked(value: usize): void {
  if (tagOf(value) == TAG_NUMBER_TEXT && readNumberAt(value)) {
    put(CLASS_NUMBER);
    putNumber();
  } else putValue(value);
}

/** The number just read. */
function putNumber(): void {
  const nearest = numberAsDouble();
  putBits(doubleKey(nearest));
  if (numberForm == FORM_DOUBLE || (numberForm == FORM_INTEGER && numberInteger <= EXACT_LIMIT && numberInteger >= -EXACT_LIMIT)) {
    put(128);
    return;
  }
  const value = numberForm == FORM_INTEGER ? numericOf(numberInteger, 0) : numberWord;
  const order = compareNumerics(value, exactNumeric(nearest));
  put(<u32>(128 + (order < 0 ? -1 : order > 0 ? 1 : 0)));
  if (order) putNumeric(value);
}

/** Class and value of a packed value. */
function putValue(value: usize): void {
  const kind = packedClass(value);
  put(kind);
  if (kind == PACKED_ARRAY) putArray(value);
  else if (kind == PACKED_OBJECT) putObject(value);
  else if (kind == PACKED_TEXT) putBytes(stringPointer(value), stringLength(value));
  else if (kind == PACKED_BOOLEAN) put(tagOf(value));
  else if (kind == PACKED_NUMBER && readNumberAt(value)) putNumber();
}

function putArray(array: usize): void {
  const count = childCount(array);
  let element = firstChild(array);
  putBits(count);
  for (let index: u32 = 0; index < count; index++) {
    putValue(element);
    element = afterValue(element);
  }
}

function putObject(object: usize): void {
  putBits(childCount(object));
  for (let field = leastField(object, 0); field; field = leastField(object, field)) {
    putBytes(namePointer(field), readLength(field));
    putValue(fieldValue(field));
  }
}

// Cypher's total order (cypher-order.ts) ----------------------------------------------------------------------------------

/** Behind the last item of a list; the kinds of items are above it. */
const END_OF_LIST: u32 = 0;

function putCypher(tag: u32, payload: u64): void {
  readValue(tag, payload);
  if (itemTag != SLOT_ARRAY && itemTag != SLOT_JSON && itemTag != SLOT_PATH) {
    putScalar(itemTag, itemPayload);
    return;
  }
  put(rankOf(itemTag) + 1);
  const value = wordBytes(itemPayload, SPILL_ARRAY);
  if (itemTag == SLOT_JSON) putMap(value);
  else putItems(value);
}

/** A packed value with its kind. */
function putItem(value: usize): void {
  if (isArray(value) || tagOf(value) == TAG_PATH) {
    put(rankOf(isArray(value) ? SLOT_ARRAY : SLOT_PATH) + 1);
    putItems(isArray(value) ? value : value + 1);
  } else if (isMap(value)) {
    put(rankOf(SLOT_JSON) + 1);
    putMap(value);
  } else {
    readItem(value);
    putScalar(itemTag, itemPayload);
  }
}

function putItems(array: usize): void {
  let item = firstChild(array);
  for (let count = childCount(array); count; count--) {
    putItem(item);
    item = afterValue(item);
  }
  put(END_OF_LIST);
}

function putMap(map: usize): void {
  putBits(childCount(map));
  for (let field = leastField(map, 0); field; field = leastField(map, field)) {
    putBytes(namePointer(field), readLength(field));
    putItem(fieldValue(field));
  }
}

function putScalar(tag: u32, payload: u64): void {
  put(rankOf(tag) + 1);
  if (tag == SLOT_NONE) return;
  if (isNumberTag(tag)) {
    readNumber(tag, payload);
    putNumber();
    return;
  }
  putTyped(tag, payload);
  // Intervals of one length that differ.
  if (tag == SLOT_INTERVAL) putPlain(wordBytes(payload, SPILL_FIRST), wordLength(payload));
}
