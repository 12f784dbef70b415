/**
 * Lists that set-returning functions go through (host/query/function/set-function.ts): each function makes all of its rows at once, as
 * an array or a JSON array, and the plan counts through it.
 *
 * Cost: O(rows) bytes of the arena.
 */
import { SLOT_ARRAY, SLOT_INTEGER, SLOT_JSON, SLOT_NONE, SLOT_NUMERIC, SLOT_TIMESTAMP, SLOT_TIMESTAMPTZ } from "../abi/record";
import {
  RUNTIME_ERROR_JSON_EACH,
  RUNTIME_ERROR_JSON_ELEMENTS_OBJECT,
  RUNTIME_ERROR_JSON_ELEMENTS_SCALAR,
  RUNTIME_ERROR_JSON_KEYS_ARRAY,
  RUNTIME_ERROR_JSON_KEYS_SCALAR,
  RUNTIME_ERROR_LENGTH,
  RUNTIME_ERROR_SERIES_VALUE,
  RUNTIME_ERROR_STEP_ZERO,
} from "../abi/runtime-error";
import { fail, failWith, hasFailed, setTag } from "../value/cells";
import { beginPacking, packDynamic, packedWord } from "../value/dynamic-pack";
import { intervalOf } from "../value/interval";
import { NUMERIC_NAN, isSpecial, numericOf, numericSign } from "../value/numeric";
import { afterValue, childCount, fieldValue, firstChild, isArray, isObject, namePointer, readLength, valueBytes } from "../value/packed";
import { closeArray, openContainer, packedFailed, writePacked, writeString } from "../value/packed-writer";
import { SPILL_ARRAY, SPILL_VALUE, longWord, wordBytes } from "../value/word";
import { array_length } from "./array";
import { interval_compare, timestamp_add_interval, timestamptz_add_interval } from "./datetime";
import { numeric_add, numeric_compare } from "./numeric";

/** start value, stop value, step size; NaN, infinity: for messages. */
const START_VALUE: usize = memory.data<u8>([115, 116, 97, 114, 116, 32, 118, 97, 108, 117, 101]);
const STOP_VALUE: usize = memory.data<u8>([115, 116, 111, 112, 32, 118, 97, 108, 117, 101]);
const STEP_SIZE: usize = memory.data<u8>([115, 116, 101, 112, 32, 115, 105, 122, 101]);
const INFINITY_TEXT: usize = memory.data<u8>([105, 110, 102, 105, 110, 105, 116, 121]);
/** Longest series that goes through a list: what makes it cannot be interrupted. */
const ELEMENTS_MAX: u32 = 20000000;
const TEXT_NAN: u64 = 0x4e614e03;

// Arrays ---------------------------------------------------------------------------------------------------------------

/** The elements of all dimensions in one. */
export function array_flatten(array: u64): u64 {
  const value = wordBytes(array, SPILL_ARRAY);
  if (!childCount(value) || !isArray(firstChild(value))) return array;
  beginPacking();
  const start = openContainer();
  closeArray(start, flatten(value));
  return packedWord();
}

function flatten(array: usize): u32 {
  const count = childCount(array);
  let element = firstChild(array);
  let sum: u32 = 0;
  for (let index: u32 = 0; index < count && !packedFailed; index++) {
    if (isArray(element)) sum += flatten(element);
    else {
      writePacked(element, valueBytes(element));
      sum++;
    }
    element = afterValue(element);
  }
  return sum;
}

/** The subscripts of a dimension. */
export function array_subscripts(array: u64, dimension: i64): u64 {
  return array_subscripts_reverse(array, dimension, 0);
}

export function array_subscripts_reverse(array: u64, dimension: i64, reverse: i32): u64 {
  const count = array_length(array, dimension);
  beginPacking();
  const start = openContainer();
  for (let index: i64 = 1; index <= count && !packedFailed; index++) packDynamic(SLOT_INTEGER, reverse ? count + 1 - index : index);
  closeArray(start, <u32>count);
  return packedWord();
}

// JSON -----------------------------------------------------------------------------------------------------------------

/** The array itself, for jsonb_array_elements. */
export function jsonb_elements(value: u64): u64 {
  const bytes = wordBytes(value, SPILL_VALUE);
  if (isArray(bytes)) return value;
  fail(isObject(bytes) ? RUNTIME_ERROR_JSON_ELEMENTS_OBJECT : RUNTIME_ERROR_JSON_ELEMENTS_SCALAR);
  return 0;
}

/** The same of a dynamic value: what is no array has no elements. */
export function any_elements(tag: i32, payload: i64): u64 {
  const isOne = (tag == SLOT_JSON || tag == SLOT_ARRAY) && isArray(wordBytes(payload, SPILL_VALUE));
  setTag(isOne ? SLOT_JSON : SLOT_NONE);
  return isOne ? payload : 0;
}

/** An array of [name, value] for each field. */
export function jsonb_pairs(value: u64): u64 {
  const object = wordBytes(value, SPILL_VALUE);
  if (!isObject(object)) {
    fail(RUNTIME_ERROR_JSON_EACH);
    return 0;
  }
  beginPacking();
  const start = openContainer();
  const count = childCount(object);
  let field = firstChild(object);
  for (let index: u32 = 0; index < count && !packedFailed; index++) {
    const item = fieldValue(field);
    const pair = openContainer();
    writeString(namePointer(field), readLength(field));
    writePacked(item, valueBytes(item));
    closeArray(pair, 2);
    field = afterValue(item);
  }
  closeArray(start, count);
  return packedWord();
}

/** The names of an object's fields. */
export function jsonb_keys(value: u64): u64 {
  const object = wordBytes(value, SPILL_VALUE);
  if (!isObject(object)) {
    fail(isArray(object) ? RUNTIME_ERROR_JSON_KEYS_ARRAY : RUNTIME_ERROR_JSON_KEYS_SCALAR);
    return 0;
  }
  beginPacking();
  const start = openContainer();
  const count = childCount(object);
  let field = firstChild(object);
  for (let index: u32 = 0; index < count && !packedFailed; index++) {
    writeString(namePointer(field), readLength(field));
    field = afterValue(fieldValue(field));
  }
  closeArray(start, count);
  return packedWord();
}

// Series ---------------------------------------------------------------------------------------------------------------

export function bigint_series(first: i64, last: i64): u64 {
  return bigint_series_by(first, last, 1);
}

export function bigint_series_by(first: i64, last: i64, step: i64): u64 {
  if (!step) fail(RUNTIME_ERROR_STEP_ZERO);
  if (hasFailed()) return 0;
  beginPacking();
  const start = openContainer();
  let count: u32 = 0;
  let value = first;
  while ((step > 0 ? value <= last : value >= last) && isGoingOn(count)) {
    packDynamic(SLOT_INTEGER, value);
    count++;
    // Beyond 64 bits there is none.
    const next = value + step;
    if (step > 0 ? next < value : next > value) break;
    value = next;
  }
  closeArray(start, count);
  return packedWord();
}

export function numeric_series(first: u64, last: u64): u64 {
  return numeric_series_by(first, last, numericOf(1, 0));
}

export function numeric_series_by(first: u64, last: u64, step: u64): u64 {
  requireFinite(first, longWord(START_VALUE, 11));
  requireFinite(last, longWord(STOP_VALUE, 10));
  requireFinite(step, longWord(STEP_SIZE, 9));
  const sign = numericSign(step);
  if (!hasFailed() && !sign) fail(RUNTIME_ERROR_STEP_ZERO);
  if (hasFailed()) return 0;
  beginPacking();
  const start = openContainer();
  let count: u32 = 0;
  for (let value = first; numeric_compare(value, last) * sign <= 0 && isGoingOn(count); count++) {
    packDynamic(SLOT_NUMERIC, value);
    value = numeric_add(value, step);
  }
  closeArray(start, count);
  return packedWord();
}

function requireFinite(value: u64, name: u64): void {
  if (isSpecial(value)) failWith(RUNTIME_ERROR_SERIES_VALUE, name, value == NUMERIC_NAN ? TEXT_NAN : longWord(INFINITY_TEXT, 8));
}

/** Whether a list may have another element. */
function isGoingOn(count: u32): bool {
  if (count >= ELEMENTS_MAX) fail(RUNTIME_ERROR_LENGTH);
  return !hasFailed() && !packedFailed;
}

export function timestamp_series(first: i64, last: i64, step: u64): u64 {
  return moments(first, last, step, SLOT_TIMESTAMP);
}

export function timestamptz_series(first: i64, last: i64, step: u64): u64 {
  return moments(first, last, step, SLOT_TIMESTAMPTZ);
}

/** Each moment is the one before it and the step, so that months are cut where PostgreSQL cuts them. */
function moments(first: i64, last: i64, step: u64, slot: u32): u64 {
  const sign = interval_compare(step, intervalOf(0, 0, 0));
  if (!sign) fail(RUNTIME_ERROR_STEP_ZERO);
  if (hasFailed()) return 0;
  beginPacking();
  const start = openContainer();
  let count: u32 = 0;
  for (let value = first; (sign > 0 ? value <= last : value >= last) && isGoingOn(count); count++) {
    packDynamic(slot, value);
    value = slot == SLOT_TIMESTAMP ? timestamp_add_interval(value, step) : timestamptz_add_interval(value, step);
  }
  closeArray(start, count);
  return packedWord();
}
