/**
 * JSON for plans: jsonb's operators and functions over packed values (value/packed.ts). Fields keep their order; equality and
 * containment do not look at it.
 *
 * Results are packed anew with one walk; a value that stays the same is shared.
 */
import { SLOT_BOOLEAN, SLOT_DOUBLE, SLOT_JSON, SLOT_NONE, SLOT_TEXT } from "../abi/record";
import {
  RUNTIME_ERROR_INVALID_JSON,
  RUNTIME_ERROR_JSON_ARRAY_LENGTH,
  RUNTIME_ERROR_JSON_CAST,
  RUNTIME_ERROR_JSON_LENGTH_OBJECT,
  RUNTIME_ERROR_JSON_OBJECT_DELETE,
  RUNTIME_ERROR_JSON_SCALAR_DELETE,
  RUNTIME_ERROR_JSON_SCALAR_DELETE_PATH,
  RUNTIME_ERROR_JSON_SET_SCALAR,
} from "../abi/runtime-error";
import { fail, failWith, setTag } from "../value/cells";
import { equalValues } from "../value/compare";
import { compareValues, packedPayload, packedTag, readPackedValue } from "../value/dynamic";
import { beginPacking, packDynamic, packText, packedWord } from "../value/dynamic-pack";
import { elementOf, fieldOf, followPath } from "../value/json-access";
import { packWithout, packWith } from "../value/json-change";
import { parseJson } from "../value/json-parse";
import { textOfJsonb } from "../value/jsonb-text";
import {
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
  TAG_NULL,
  valueBytes,
} from "../value/packed";
import {
  closeArray,
  closeObject,
  dropDuplicates,
  openContainer,
  packedFailed,
  packedReset,
  writeName,
  writePacked,
} from "../value/packed-writer";
import { hashDynamic } from "../value/dynamic";
import { SPILL_OTHER, SPILL_SECOND, SPILL_VALUE, equalBytesOf, longWord, wordBytes, wordLength, wordPart } from "../value/word";
import {
  bigint_from_any,
  boolean_from_any,
  double_from_any,
  integer_from_any,
  numeric_from_any,
  real_from_any,
  smallint_from_any,
} from "./any-cast";

/** Names of kinds and types in messages and as results, up to 7 bytes. */
const TEXT_NULL: u64 = 0x6c6c756e04;
const TEXT_STRING: u64 = 0x676e6972747306;
const TEXT_NUMBER: u64 = 0x7265626d756e06;
const TEXT_BOOLEAN: u64 = 0x6e61656c6f6f6207;
const TEXT_ARRAY: u64 = 0x796172726105;
const TEXT_OBJECT: u64 = 0x7463656a626f06;
const TEXT_NUMERIC: u64 = 0x636972656d756e07;
const TEXT_INTEGER: u64 = 0x72656765746e6907;
const TEXT_BIGINT: u64 = 0x746e6967696206;
const TEXT_REAL: u64 = 0x6c61657204;
const SMALLINT: usize = memory.data<u8>([115, 109, 97, 108, 108, 105, 110, 116]);
const DOUBLE_PRECISION: usize = memory.data<u8>([100, 111, 117, 98, 108, 101, 32, 112, 114, 101, 99, 105, 115, 105, 111, 110]);

function first(value: u64): usize {
  return wordBytes(value, SPILL_VALUE);
}

function second(value: u64): usize {
  return wordBytes(value, SPILL_OTHER);
}

// Text and other types -------------------------------------------------------------------------------------------------

export function text_from_jsonb(value: u64): u64 {
  return textOfJsonb(first(value), false);
}

export function jsonb_pretty(value: u64): u64 {
  return textOfJsonb(first(value), true);
}

export function jsonb_from_text(text: u64): u64 {
  packedReset();
  if (parseJson(wordBytes(text, SPILL_SECOND), wordLength(text)) || packedFailed) return packedWord();
  failWith(RUNTIME_ERROR_INVALID_JSON, text, 0);
  return 0;
}

export function json_from_text(text: u64): u64 {
  return jsonb_from_text(text);
}

/** jsonb_typeof. */
export function jsonb_typeof(value: u64): u64 {
  return kindName(first(value));
}

function kindName(value: usize): u64 {
  if (isObject(value)) return TEXT_OBJECT;
  if (isArray(value)) return TEXT_ARRAY;
  if (isString(value)) return TEXT_STRING;
  if (isNumber(value)) return TEXT_NUMBER;
  return tagOf(value) == TAG_NULL ? TEXT_NULL : TEXT_BOOLEAN;
}

/** Whether a value is what a cast to a number (or boolean) takes; it is in `packedTag` and `packedPayload` then. */
function castable(value: u64, wantsBoolean: bool, typeName: u64): bool {
  const bytes = first(value);
  readPackedValue(bytes);
  const fits = wantsBoolean ? packedTag == SLOT_BOOLEAN : isNumber(bytes);
  if (!fits) failWith(RUNTIME_ERROR_JSON_CAST, isNumber(bytes) ? TEXT_NUMERIC : kindName(bytes), typeName);
  return fits;
}

export function boolean_from_jsonb(value: u64): i32 {
  return castable(value, true, TEXT_BOOLEAN) ? boolean_from_any(packedTag, packedPayload) : 0;
}

/** The number that was read, a fraction rounded: halves away from zero, as NUMERIC has it. */
function wholePayload(): i64 {
  if (packedTag != SLOT_DOUBLE) return packedPayload;
  const value = reinterpret<f64>(packedPayload);
  const whole = Math.trunc(value);
  const isUp = Math.abs(value - whole) >= 0.5;
  return reinterpret<i64>(isUp ? whole + (value < 0 ? -1 : 1) : whole);
}

export function smallint_from_jsonb(value: u64): i64 {
  return castable(value, false, longWord(SMALLINT, 8)) ? smallint_from_any(packedTag, wholePayload()) : 0;
}

export function integer_from_jsonb(value: u64): i64 {
  return castable(value, false, TEXT_INTEGER) ? integer_from_any(packedTag, wholePayload()) : 0;
}

export function bigint_from_jsonb(value: u64): i64 {
  return castable(value, false, TEXT_BIGINT) ? bigint_from_any(packedTag, wholePayload()) : 0;
}

export function real_from_jsonb(value: u64): f64 {
  return castable(value, false, TEXT_REAL) ? real_from_any(packedTag, packedPayload) : 0;
}

export function double_from_jsonb(value: u64): f64 {
  return castable(value, false, longWord(DOUBLE_PRECISION, 16)) ? double_from_any(packedTag, packedPayload) : 0;
}

export function numeric_from_jsonb(value: u64): u64 {
  return castable(value, false, TEXT_NUMERIC) ? numeric_from_any(packedTag, packedPayload) : 0;
}

// Comparison -----------------------------------------------------------------------------------------------------------

export function jsonb_compare(left: u64, right: u64): i32 {
  return compareValues(first(left), second(right));
}

export function jsonb_equal(left: u64, right: u64): i32 {
  return jsonb_compare(left, right) == 0 ? 1 : 0;
}

export function jsonb_not_equal(left: u64, right: u64): i32 {
  return jsonb_compare(left, right) != 0 ? 1 : 0;
}

export function jsonb_less(left: u64, right: u64): i32 {
  return jsonb_compare(left, right) < 0 ? 1 : 0;
}

export function jsonb_less_equal(left: u64, right: u64): i32 {
  return jsonb_compare(left, right) <= 0 ? 1 : 0;
}

export function jsonb_greater(left: u64, right: u64): i32 {
  return jsonb_compare(left, right) > 0 ? 1 : 0;
}

export function jsonb_greater_equal(left: u64, right: u64): i32 {
  return jsonb_compare(left, right) >= 0 ? 1 : 0;
}

export function jsonb_hash(value: u64): u64 {
  return hashDynamic(SLOT_JSON, value);
}

/** left @> right. */
export function jsonb_contains(left: u64, right: u64): i32 {
  const outer = first(left);
  const inner = second(right);
  // An array contains a scalar that is one of its elements, at the top only.
  if (isArray(outer) && !isArray(inner) && !isObject(inner)) return hasElement(outer, inner) ? 1 : 0;
  return contains(outer, inner) ? 1 : 0;
}

export function jsonb_contained(left: u64, right: u64): i32 {
  return jsonb_contains(right, left);
}

function contains(outer: usize, inner: usize): bool {
  if (isObject(outer)) return isObject(inner) && containsFields(outer, inner);
  if (isArray(outer)) return isArray(inner) && containsElements(outer, inner);
  return equalValues(outer, inner);
}

function containsFields(outer: usize, inner: usize): bool {
  const count = childCount(inner);
  let field = firstChild(inner);
  for (let index: u32 = 0; index < count; index++) {
    const value = fieldValue(field);
    const own = fieldOf(outer, wordPart(namePointer(field), 0, readLength(field)));
    if (!own || !contains(own, value)) return false;
    field = afterValue(value);
  }
  return true;
}

function containsElements(outer: usize, inner: usize): bool {
  const count = childCount(inner);
  let element = firstChild(inner);
  for (let index: u32 = 0; index < count; index++) {
    if (!hasElement(outer, element)) return false;
    element = afterValue(element);
  }
  return true;
}

/** Whether an element contains the value. */
function hasElement(array: usize, value: usize): bool {
  const count = childCount(array);
  let element = firstChild(array);
  for (let index: u32 = 0; index < count; index++) {
    if (contains(element, value)) return true;
    element = afterValue(element);
  }
  return false;
}

/** Whether there is a field of that name, or an element (or the value itself) that is that string. */
export function jsonb_exists(value: u64, name: u64): i32 {
  const bytes = first(value);
  if (isObject(bytes)) return fieldOf(bytes, name) ? 1 : 0;
  if (!isArray(bytes)) return isText(bytes, name) ? 1 : 0;
  const count = childCount(bytes);
  let element = firstChild(bytes);
  for (let index: u32 = 0; index < count; index++) {
    if (isText(element, name)) return 1;
    element = afterValue(element);
  }
  return 0;
}

function isText(value: usize, text: u64): bool {
  return isString(value) && equalBytesOf(text, stringPointer(value), stringLength(value));
}

/** ?|: any of the names; they are an array of texts. */
export function jsonb_exists_any(value: u64, names: u64): i32 {
  return countNames(value, names) > 0 ? 1 : 0;
}

export function jsonb_exists_all(value: u64, names: u64): i32 {
  return countNames(value, names) == stringCount(second(names)) ? 1 : 0;
}

function countNames(value: u64, names: u64): u32 {
  const list = second(names);
  const count = childCount(list);
  let name = firstChild(list);
  let found: u32 = 0;
  for (let index: u32 = 0; index < count; index++) {
    if (isString(name) && jsonb_exists(value, wordPart(stringPointer(name), 0, stringLength(name)))) found++;
    name = afterValue(name);
  }
  return found;
}

function stringCount(list: usize): u32 {
  const count = childCount(list);
  let element = firstChild(list);
  let strings: u32 = 0;
  for (let index: u32 = 0; index < count; index++) {
    if (isString(element)) strings++;
    element = afterValue(element);
  }
  return strings;
}

// Fields and elements --------------------------------------------------------------------------------------------------

function answer(value: usize): u64 {
  setTag(value ? SLOT_JSON : SLOT_NONE);
  return value ? wordPart(value, 0, valueBytes(value)) : 0;
}

/** Strings without quotes; a JSON null is NULL. */
function answerText(value: usize): u64 {
  if (!value || tagOf(value) == TAG_NULL) {
    setTag(SLOT_NONE);
    return 0;
  }
  setTag(SLOT_TEXT);
  return isString(value) ? wordPart(stringPointer(value), 0, stringLength(value)) : textOfJsonb(value, false);
}

export function jsonb_field(value: u64, name: u64): u64 {
  return answer(fieldOf(first(value), name));
}

export function jsonb_element(value: u64, index: i64): u64 {
  return answer(elementOrScalar(first(value), index));
}

export function jsonb_field_text(value: u64, name: u64): u64 {
  return answerText(fieldOf(first(value), name));
}

export function jsonb_element_text(value: u64, index: i64): u64 {
  return answerText(elementOrScalar(first(value), index));
}

/** To jsonb's `->` a scalar is an array of one element. */
function elementOrScalar(value: usize, index: i64): usize {
  if (isArray(value) || isObject(value)) return elementOf(value, index);
  return index == 0 || index == -1 ? value : 0;
}

/** json's `->`: a scalar has no elements. */
export function json_element(value: u64, index: i64): u64 {
  return answer(elementOf(first(value), index));
}

export function json_element_text(value: u64, index: i64): u64 {
  return answerText(elementOf(first(value), index));
}

/** The path is the text of an array. */
export function jsonb_path(value: u64, path: u64): u64 {
  return answer(followPath(first(value), path));
}

export function jsonb_path_text(value: u64, path: u64): u64 {
  return answerText(followPath(first(value), path));
}

export function jsonb_array_length(value: u64): i64 {
  const bytes = first(value);
  if (isArray(bytes)) return childCount(bytes);
  fail(isObject(bytes) ? RUNTIME_ERROR_JSON_LENGTH_OBJECT : RUNTIME_ERROR_JSON_ARRAY_LENGTH);
  return 0;
}

// Changes --------------------------------------------------------------------------------------------------------------

/** left || right: objects are merged, all else joined as arrays. */
export function jsonb_concat(left: u64, right: u64): u64 {
  const one = first(left);
  const other = second(right);
  beginPacking();
  const start = openContainer();
  if (isObject(one) && isObject(other)) {
    writeChildren(one);
    writeChildren(other);
    closeObject(start, dropDuplicates(start, childCount(one) + childCount(other)));
  } else {
    closeArray(start, writeElements(one) + writeElements(other));
  }
  return packedWord();
}

/** The elements of an array, or the value as one; answers how many. */
function writeElements(value: usize): u32 {
  if (!isArray(value)) {
    writePacked(value, valueBytes(value));
    return 1;
  }
  writeChildren(value);
  return childCount(value);
}

/** All elements, or fields with their names. */
function writeChildren(container: usize): void {
  const count = childCount(container);
  const start = firstChild(container);
  let child = start;
  for (let index: u32 = 0; index < count; index++) child = afterValue(isObject(container) ? fieldValue(child) : child);
  writePacked(start, <u32>(child - start));
}

/** value - name: without the field, or without the elements that are that string. */
export function jsonb_delete_field(value: u64, name: u64): u64 {
  const bytes = first(value);
  if (!isArray(bytes) && !isObject(bytes)) {
    fail(RUNTIME_ERROR_JSON_SCALAR_DELETE);
    return 0;
  }
  beginPacking();
  packWithout(bytes, name, -1);
  return packedWord();
}

/** value - index: without the element. */
export function jsonb_delete_element(value: u64, index: i64): u64 {
  const bytes = first(value);
  if (!isArray(bytes)) {
    fail(isObject(bytes) ? RUNTIME_ERROR_JSON_OBJECT_DELETE : RUNTIME_ERROR_JSON_SCALAR_DELETE);
    return 0;
  }
  const count = <i64>childCount(bytes);
  if (index < 0) index += count;
  if (index < 0 || index >= count) return value;
  beginPacking();
  packWithout(bytes, 0, index);
  return packedWord();
}

/** value #- path. */
export function jsonb_delete_path(value: u64, path: u64): u64 {
  const bytes = first(value);
  if (!isArray(bytes) && !isObject(bytes)) {
    fail(RUNTIME_ERROR_JSON_SCALAR_DELETE_PATH);
    return 0;
  }
  beginPacking();
  packWith(bytes, path, 0, false);
  return packedWord();
}

/** jsonb_set(value, path, other, create). */
export function jsonb_set(value: u64, path: u64, other: u64, create: i32): u64 {
  const bytes = first(value);
  if (!isArray(bytes) && !isObject(bytes)) {
    fail(RUNTIME_ERROR_JSON_SET_SCALAR);
    return 0;
  }
  beginPacking();
  packWith(bytes, path, second(other), create != 0);
  return packedWord();
}

/** Without fields whose value is null, at all depths. */
export function jsonb_strip_nulls(value: u64): u64 {
  beginPacking();
  strip(first(value));
  return packedWord();
}

function strip(value: usize): void {
  const object = isObject(value);
  if (!object && !isArray(value)) {
    writePacked(value, valueBytes(value));
    return;
  }
  const start = openContainer();
  const count = childCount(value);
  let child = firstChild(value);
  let kept: u32 = 0;
  for (let index: u32 = 0; index < count; index++) {
    const item = object ? fieldValue(child) : child;
    if (!object || tagOf(item) != TAG_NULL) {
      if (object) writeName(namePointer(child), readLength(child));
      strip(item);
      kept++;
    }
    child = afterValue(item);
  }
  if (object) closeObject(start, kept);
  else closeArray(start, kept);
}

// Making ---------------------------------------------------------------------------------------------------------------

/** An array with one more element: jsonb_build_array is a chain of these, from the empty array on. */
export function jsonb_append(array: u64, tag: i32, payload: i64): u64 {
  const bytes = first(array);
  beginPacking();
  const start = openContainer();
  const count = writeElements(bytes);
  packDynamic(tag, payload);
  closeArray(start, count + 1);
  return packedWord();
}

/** An object with one more field: jsonb_build_object is a chain of these, from the empty object on. */
export function jsonb_put(object: u64, name: u64, tag: i32, payload: i64): u64 {
  const bytes = first(object);
  beginPacking();
  const start = openContainer();
  writeChildren(bytes);
  writeName(wordBytes(name, SPILL_SECOND), wordLength(name));
  packDynamic(tag, payload);
  closeObject(start, dropDuplicates(start, childCount(bytes) + 1));
  return packedWord();
}

export function jsonb_empty_array(): u64 {
  beginPacking();
  closeArray(openContainer(), 0);
  return packedWord();
}

export function jsonb_empty_object(): u64 {
  beginPacking();
  closeObject(openContainer(), 0);
  return packedWord();
}

/** A text with quotes and escapes: quote_json of a name or string. */
export function jsonb_from_string(text: u64): u64 {
  beginPacking();
  packText(text);
  return packedWord();
}
