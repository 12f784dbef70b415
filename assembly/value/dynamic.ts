/**
 * Dynamic values: a tag SLOT_* and a payload, as abi/record.ts has them; host/query/README.md ("Dynamic values") says what
 * they mean. This file has their classes, the norm, equality, order and hash.
 *
 * The norm makes numbers of the texts that a number prints as. A number is looked at in one of three forms: an i64, a double, or
 * a NUMERIC; `readNumber` leaves it in `numberForm` and `numberInteger`, `numberDouble`, `numberWord`.
 *
 * Invariants: (1) equality is transitive, and equal values have equal hashes; (2) the total order agrees with equality.
 * Cost: O(1), of texts and JSON O(bytes).
 */
import { SUM_DOUBLE, SUM_INTEGER, SUM_NUMERIC } from "../abi/plan";
import {
  NUMBER_BOX_SHIFT,
  SLOT_ARRAY,
  SLOT_BOOLEAN,
  SLOT_DOUBLE,
  SLOT_INTEGER,
  SLOT_INTERVAL,
  SLOT_JSON,
  SLOT_NONE,
  SLOT_NUMBER,
  SLOT_NUMERIC,
  SLOT_TEXT,
} from "../abi/record";
import { parseDouble, parsedDouble } from "../bytes/float";
import { parseInteger, parsedInteger } from "../bytes/integer";
import { hashBytes } from "../bytes/hash";
import { equalValues, isLess } from "./compare";
import { compareIntervals, hashInterval } from "./interval";
import { NUMBER_PRINTED_MAX, doubleOf, integerOf, printJsonDouble, readInteger } from "./json-number";
import { compareNumerics, numericOf } from "./numeric";
import { numericFromDouble, numericInteger, numericToDouble, numericToInteger, parseNumeric } from "./numeric-text";
import {
  TAG_NULL,
  TAG_NUMBER_TEXT,
  TAG_TRUE,
  afterValue,
  childCount,
  fieldValue,
  firstChild,
  isArray,
  isNumber,
  isObject,
  isString,
  namePointer,
  readLength,
  stringLength,
  stringPointer,
  tagOf,
  valueBytes,
} from "./packed";
import {
  SPILL_OTHER,
  SPILL_SECOND,
  SPILL_VALUE,
  WORD_EMPTY,
  compareWords,
  hashWord,
  wordBytes,
  wordLength,
  wordPart,
  wordsEqual,
} from "./word";

export const FORM_NONE: u32 = 0;
export const FORM_INTEGER: u32 = SUM_INTEGER;
export const FORM_DOUBLE: u32 = SUM_DOUBLE;
export const FORM_NUMERIC: u32 = SUM_NUMERIC;

/** The number that `readNumber` read. */
export let numberForm: u32 = 0;
export let numberInteger: i64 = 0;
export let numberDouble: f64 = 0;
export let numberWord: u64 = 0;

/** What `readPackedValue` read. */
export let packedTag: u32 = 0;
export let packedPayload: u64 = 0;

/** Classes in their total order. */
const CLASS_BOOLEAN: u32 = 0;
const CLASS_NUMBER: u32 = 1;
const CLASS_TEXT: u32 = 2;
/** Dates, times and others: behind these by their tag. */
const CLASS_OTHER: u32 = 3;
const CLASS_ARRAY: u32 = 32;
const CLASS_OBJECT: u32 = 33;

/** Classes of packed values in their order. */
export const PACKED_NULL: u32 = 70;
export const PACKED_TEXT: u32 = 71;
export const PACKED_NUMBER: u32 = 72;
export const PACKED_BOOLEAN: u32 = 73;
export const PACKED_ARRAY: u32 = 74;
export const PACKED_OBJECT: u32 = 75;

const DOUBLE_EXACT_DIGITS: i32 = 17;
const INTEGER_LIMIT: f64 = 9.223372036854775808e18;
const printed: usize = memory.data(NUMBER_PRINTED_MAX, 8);

/** A packed value as tag and payload; null is SLOT_NONE. */
export function readPackedValue(value: usize): void {
  const tag = tagOf(value);
  if (isNumber(value) && tag != TAG_NUMBER_TEXT) {
    packedTag = readInteger(value) ? SLOT_INTEGER : SLOT_DOUBLE;
    packedPayload = packedTag == SLOT_INTEGER ? <u64>integerOf : reinterpret<u64>(doubleOf(value));
  } else if (isString(value)) {
    packedTag = SLOT_TEXT;
    packedPayload = wordPart(stringPointer(value), 0, stringLength(value));
  } else if (isArray(value) || isObject(value) || tag == TAG_NUMBER_TEXT) {
    packedTag = SLOT_JSON;
    packedPayload = wordPart(value, 0, valueBytes(value));
  } else {
    packedTag = tag == TAG_NULL ? SLOT_NONE : SLOT_BOOLEAN;
    packedPayload = tag == TAG_TRUE ? 1 : 0;
  }
}

// The norm -------------------------------------------------------------------------------------------------------------

/** Whether a value is a number by the norm; it is in `numberForm` and its value then. */
export function readNumber(tag: u32, payload: u64): bool {
  numberForm = FORM_NONE;
  if (tag == SLOT_INTEGER) readAsInteger(<i64>payload);
  else if (tag == SLOT_DOUBLE) readAsDouble(reinterpret<f64>(payload));
  else if (tag == SLOT_NUMBER) readBoxed(payload);
  else if (tag == SLOT_NUMERIC) {
    numberForm = FORM_NUMERIC;
    numberWord = payload;
  } else if (tag == SLOT_TEXT) readText(payload);
  else if (tag == SLOT_JSON) readPackedNumber(wordBytes(payload, SPILL_VALUE));
  return numberForm != FORM_NONE;
}

function readAsInteger(value: i64): void {
  numberForm = FORM_INTEGER;
  numberInteger = value;
}

function readAsDouble(value: f64): void {
  numberForm = FORM_DOUBLE;
  numberDouble = value;
}

function readBoxed(bits: u64): void {
  const isInteger = bits >> NUMBER_BOX_SHIFT == 0x1fff;
  if (isInteger) readAsInteger((<i64>(bits << (64 - NUMBER_BOX_SHIFT))) >> (64 - NUMBER_BOX_SHIFT));
  else readAsDouble(reinterpret<f64>(bits));
}

/** The same for a packed number. */
export function readNumberAt(value: usize): bool {
  numberForm = FORM_NONE;
  readPackedNumber(value);
  return numberForm != FORM_NONE;
}

function readPackedNumber(value: usize): void {
  if (isString(value)) {
    readTextBytes(stringPointer(value), stringLength(value));
    return;
  }
  if (!isNumber(value)) return;
  if (tagOf(value) == TAG_NUMBER_TEXT) {
    numberWord = parseNumeric(stringPointer(value), stringLength(value));
    if (numberWord != WORD_EMPTY) numberForm = FORM_NUMERIC;
  } else if (readInteger(value)) readAsInteger(integerOf);
  else readAsDouble(doubleOf(value));
}

function readText(word: u64): void {
  const length = wordLength(word);
  if (!length) return;
  const first = <u32>load<u8>(wordBytes(word, SPILL_SECOND));
  if (first - 48 < 10 || first == 45) readTextBytes(wordBytes(word, SPILL_SECOND), length);
}

/** A text that is the spelling of an integer or of a double, no other than a number prints as. */
function readTextBytes(bytes: usize, length: u32): void {
  if (!length) return;
  const first = <u32>load<u8>(bytes);
  if (first - 48 > 9 && first != 45) return;
  if (parseInteger(bytes, length)) {
    if (parsedInteger || length == 1) readAsInteger(parsedInteger);
    return;
  }
  if (length > NUMBER_PRINTED_MAX) {
    if (isLongInteger(bytes, length)) readLong(bytes, length);
    return;
  }
  if (!parseDouble(bytes, length)) return;
  const value = parsedDouble;
  if (!isFinite(value)) return;
  const count = printJsonDouble(printed, value);
  if (count != length || memory.compare(printed, bytes, length) != 0) {
    if (isLongInteger(bytes, length)) readLong(bytes, length);
    return;
  }
  // 1.0 is how a double prints that is an integer; the integer's own spelling is 1.
  if (length > 2 && load<u8>(bytes + length - 1) == 48 && load<u8>(bytes + length - 2) == 46) return;
  readAsDouble(value);
}

/** Digits without leading zeros that are too many for an i64. */
function isLongInteger(bytes: usize, length: u32): bool {
  let index: u32 = load<u8>(bytes) == 45 ? 1 : 0;
  if (length - index < 19 || load<u8>(bytes + index) == 48) return false;
  for (; index < length; index++) if (<u32>load<u8>(bytes + index) - 48 > 9) return false;
  return true;
}

function readLong(bytes: usize, length: u32): void {
  numberWord = parseNumeric(bytes, length);
  if (numberWord != WORD_EMPTY) numberForm = FORM_NUMERIC;
}

/** The number just read as a double. */
export function numberAsDouble(): f64 {
  if (numberForm == FORM_INTEGER) return <f64>numberInteger;
  return numberForm == FORM_DOUBLE ? numberDouble : numericToDouble(numberWord);
}

// Comparison -----------------------------------------------------------------------------------------------------------

let keptForm: u32 = 0;
let keptInteger: i64 = 0;
let keptDouble: f64 = 0;
let keptWordOf: u64 = 0;

/** Keeps the number just read, to be compared with the next one. */
export function keepNumber(): void {
  keptForm = numberForm;
  keptInteger = numberInteger;
  keptDouble = numberDouble;
  keptWordOf = numberWord;
}

/** Compares the number kept with the one just read: negative, 0 or positive; NaN is the greatest. */
export function compareReadNumbers(): i32 {
  return compareNumbers(keptForm, keptInteger, keptDouble, keptWordOf);
}

/** Compares the number just read with the one that is given. */
function compareNumbers(form: u32, integer: i64, double: f64, word: u64): i32 {
  if (form == FORM_INTEGER && numberForm == FORM_INTEGER) return integer < numberInteger ? -1 : integer > numberInteger ? 1 : 0;
  if (form == FORM_DOUBLE && numberForm == FORM_DOUBLE) return compareDoubles(double, numberDouble);
  if (form == FORM_INTEGER && numberForm == FORM_DOUBLE) return compareMixed(integer, numberDouble);
  if (form == FORM_DOUBLE && numberForm == FORM_INTEGER) return -compareMixed(numberInteger, double);
  const left = form == FORM_NUMERIC ? word : form == FORM_DOUBLE ? exactNumeric(double) : integerNumeric(integer);
  const right =
    numberForm == FORM_NUMERIC ? numberWord : numberForm == FORM_DOUBLE ? exactNumeric(numberDouble) : integerNumeric(numberInteger);
  return compareNumerics(left, right);
}

/** NaN is greater than all others and equal to itself. */
export function compareDoubles(left: f64, right: f64): i32 {
  if (left < right) return -1;
  if (left > right) return 1;
  if (left == right) return 0;
  return isNaN(left) ? (isNaN(right) ? 0 : 1) : -1;
}

/** An integer and a double, exactly. */
function compareMixed(left: i64, right: f64): i32 {
  if (isNaN(right) || right >= INTEGER_LIMIT) return -1;
  if (right < -INTEGER_LIMIT) return 1;
  const whole = <i64>right;
  if (left != whole) return left < whole ? -1 : 1;
  const fraction = right - <f64>whole;
  return fraction > 0 ? -1 : fraction < 0 ? 1 : 0;
}

function classOf(tag: u32, payload: u64): u32 {
  if (tag == SLOT_BOOLEAN) return CLASS_BOOLEAN;
  if (readNumber(tag, payload)) return CLASS_NUMBER;
  if (tag == SLOT_TEXT) return CLASS_TEXT;
  if (tag == SLOT_ARRAY) return CLASS_ARRAY;
  if (tag != SLOT_JSON) return CLASS_OTHER + tag;
  const value = wordBytes(payload, SPILL_VALUE);
  if (isArray(value)) return CLASS_ARRAY;
  if (isObject(value)) return CLASS_OBJECT;
  return isString(value) ? CLASS_TEXT : tagOf(value) == TAG_NULL ? CLASS_OTHER : CLASS_BOOLEAN;
}

/** What `compareKnown` says of two values that have no order between them. */
export const UNORDERED: i32 = 2;

/** The total order: negative, 0 or positive. Requires: neither is NULL. */
export function compareDynamic(leftTag: u32, left: u64, rightTag: u32, right: u64): i32 {
  const order = compareKnown(leftTag, left, rightTag, right);
  if (order != UNORDERED) return order;
  const first = classOf(leftTag, left);
  const second = classOf(rightTag, right);
  return first < second ? -1 : 1;
}

/** The same for values of one class; UNORDERED if they are of two. */
export function compareKnown(leftTag: u32, left: u64, rightTag: u32, right: u64): i32 {
  if (leftTag == SLOT_INTEGER && rightTag == SLOT_INTEGER) return <i64>left < <i64>right ? -1 : <i64>left > <i64>right ? 1 : 0;
  const leftClass = classOf(leftTag, left);
  const form = numberForm;
  const integer = numberInteger;
  const double = numberDouble;
  const word = numberWord;
  if (leftClass != classOf(rightTag, right)) return UNORDERED;
  if (leftClass == CLASS_NUMBER) return compareNumbers(form, integer, double, word);
  if (leftClass == CLASS_TEXT) return compareWords(textOf(leftTag, left), textOf(rightTag, right));
  if (leftClass == CLASS_BOOLEAN) return booleanOf(leftTag, left) - booleanOf(rightTag, right);
  if (leftClass >= CLASS_ARRAY) return compareValues(wordBytes(left, SPILL_VALUE), wordBytes(right, SPILL_OTHER));
  if (leftTag == SLOT_INTERVAL) return compareIntervals(left, right);
  if (leftTag >= SLOT_UUID_FIRST) return compareWords(left, right);
  return <i64>left < <i64>right ? -1 : <i64>left > <i64>right ? 1 : 0;
}

/** Tags from this one on have words. */
const SLOT_UUID_FIRST: u32 = 11;

/** The string of a text, or of a packed one. */
function textOf(tag: u32, payload: u64): u64 {
  if (tag == SLOT_TEXT) return payload;
  readPackedValue(wordBytes(payload, SPILL_VALUE));
  return packedPayload;
}

function booleanOf(tag: u32, payload: u64): i32 {
  if (tag == SLOT_BOOLEAN) return payload ? 1 : 0;
  return tagOf(wordBytes(payload, SPILL_VALUE)) == TAG_TRUE ? 1 : 0;
}

/** A total order of packed values that agrees with `equalValues`: by class, then by value; containers by size first. */
export function compareValues(left: usize, right: usize): i32 {
  const first = packedClass(left);
  const second = packedClass(right);
  if (first != second) return first < second ? -1 : 1;
  if (first == PACKED_ARRAY) return compareArrays(left, right);
  if (first == PACKED_OBJECT) return compareObjects(left, right);
  if (first == PACKED_NUMBER || first == PACKED_TEXT) return isLess(left, right) ? -1 : isLess(right, left) ? 1 : 0;
  return <i32>tagOf(left) - <i32>tagOf(right);
}

/** PostgreSQL's order of jsonb: null, strings, numbers, booleans, arrays, objects. */
export function packedClass(value: usize): u32 {
  if (isString(value)) return PACKED_TEXT;
  if (isNumber(value)) return PACKED_NUMBER;
  if (isArray(value)) return PACKED_ARRAY;
  if (isObject(value)) return PACKED_OBJECT;
  return tagOf(value) == TAG_NULL ? PACKED_NULL : PACKED_BOOLEAN;
}

/** By number of elements, then element by element. */
function compareArrays(left: usize, right: usize): i32 {
  const count = childCount(left);
  if (count != childCount(right)) return count < childCount(right) ? -1 : 1;
  let first = firstChild(left);
  let second = firstChild(right);
  for (let index: u32 = 0; index < count; index++) {
    const order = compareValues(first, second);
    if (order) return order;
    first = afterValue(first);
    second = afterValue(second);
  }
  return 0;
}

/** By number of fields, then by the sorted names with their values: the least name in which they differ decides. */
function compareObjects(left: usize, right: usize): i32 {
  const leftCount = childCount(left);
  const rightCount = childCount(right);
  if (leftCount != rightCount) return leftCount < rightCount ? -1 : 1;
  let first = leastField(left, 0);
  let second = leastField(right, 0);
  while (first && second) {
    const names = compareNames(first, second);
    if (names) return names;
    const order = compareValues(fieldValue(first), fieldValue(second));
    if (order) return order;
    first = leastField(left, first);
    second = leastField(right, second);
  }
  return 0;
}

/** The field with the least name above that of `above` (0: of all), or 0. */
export function leastField(object: usize, above: usize): usize {
  const count = childCount(object);
  let field = firstChild(object);
  let least: usize = 0;
  for (let index: u32 = 0; index < count; index++) {
    if ((!above || compareNames(field, above) > 0) && (!least || compareNames(field, least) < 0)) least = field;
    field = afterValue(fieldValue(field));
  }
  return least;
}

export function compareNames(left: usize, right: usize): i32 {
  const leftLength = readLength(left);
  const rightLength = readLength(right);
  const order = memory.compare(namePointer(left), namePointer(right), leftLength < rightLength ? leftLength : rightLength);
  return order ? order : leftLength < rightLength ? -1 : leftLength > rightLength ? 1 : 0;
}

/** Equality by norm; never NULL. */
export function equalDynamic(leftTag: u32, left: u64, rightTag: u32, right: u64): bool {
  if (leftTag == SLOT_TEXT && rightTag == SLOT_TEXT) return wordsEqual(left, right);
  if (leftTag == SLOT_JSON && rightTag == SLOT_JSON) return equalValues(wordBytes(left, SPILL_VALUE), wordBytes(right, SPILL_OTHER));
  return compareKnown(leftTag, left, rightTag, right) == 0;
}

// Hash -----------------------------------------------------------------------------------------------------------------

/** Equal values have equal hashes. */
export function hashDynamic(tag: u32, payload: u64): u64 {
  if (tag == SLOT_NONE) return 0;
  const kind = classOf(tag, payload);
  if (kind == CLASS_NUMBER) return hashNumber();
  if (kind == CLASS_TEXT) return hashWord(textOf(tag, payload));
  if (kind == CLASS_BOOLEAN) return hashBits(booleanOf(tag, payload) + 1);
  if (kind >= CLASS_ARRAY) return hashValue(wordBytes(payload, SPILL_VALUE));
  if (tag == SLOT_INTERVAL) return hashInterval(payload);
  return tag >= SLOT_UUID_FIRST ? hashWord(payload) : hashBits(payload);
}

const bitsArea: usize = memory.data(8, 8);

export function hashBits(bits: u64): u64 {
  store<u64>(bitsArea, bits);
  return hashBytes(bitsArea, 8);
}

/** Hash of the number just read: of its integer if it is one, else of the nearest double. */
export function hashNumber(): u64 {
  if (numberForm == FORM_INTEGER) return hashBits(<u64>numberInteger);
  if (numberForm == FORM_NUMERIC) {
    const double = numericToDouble(numberWord);
    if (Math.abs(double) < INTEGER_LIMIT * 2 && numericToInteger(numberWord) && isWholeWord(numberWord))
      return hashBits(<u64>numericInteger);
    return hashBits(reinterpret<u64>(double));
  }
  return hashDouble(numberDouble);
}

function isWholeWord(word: u64): bool {
  const integer = numericInteger;
  return compareNumerics(word, integerNumeric(integer)) == 0;
}

function hashDouble(value: f64): u64 {
  if (value >= -INTEGER_LIMIT && value < INTEGER_LIMIT && <f64>(<i64>value) == value) return hashBits(<u64>(<i64>value));
  return hashBits(isNaN(value) ? 0x7ff8000000000000 : reinterpret<u64>(value));
}

/** Hash of a packed value: objects in any order of their fields. */
function hashValue(value: usize): u64 {
  if (isNumber(value)) return hashDouble(doubleOf(value));
  if (isString(value)) return hashBytes(stringPointer(value), stringLength(value));
  const container = isArray(value);
  if (!container && !isObject(value)) return tagOf(value) + 1;
  let hash: u64 = container ? 17 : 19;
  const count = childCount(value);
  let child = firstChild(value);
  for (let index: u32 = 0; index < count; index++) {
    const item = container ? child : fieldValue(child);
    if (container) hash = hash * 0x9e3779b97f4a7c15 + hashValue(item);
    else hash += (hashBytes(namePointer(child), readLength(child)) * 0x9e3779b97f4a7c15) ^ hashValue(item);
    child = afterValue(item);
  }
  return hashBits(hash);
}

/** A double as NUMERIC: integers exactly, others by the digits that tell them from all other doubles. */
export function exactNumeric(value: f64): u64 {
  if (value >= -INTEGER_LIMIT && value < INTEGER_LIMIT && <f64>(<i64>value) == value) return integerNumeric(<i64>value);
  return numericFromDouble(value, DOUBLE_EXACT_DIGITS);
}

/** An integer as NUMERIC. */
function integerNumeric(value: i64): u64 {
  return numericOf(value, 0);
}
