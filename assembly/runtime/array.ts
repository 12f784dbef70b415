/**
 * Arrays for plans: packed arrays of elements as JSON holds them (abi/record.ts, SLOT_ARRAY). One dimension is what arrays mostly
 * have; elements that are arrays themselves are further ones.
 */
import {
  ELEMENT_INTEGER,
  ELEMENT_REAL,
  ELEMENT_SMALLINT,
  SLOT_ARRAY,
  SLOT_BOOLEAN,
  SLOT_BYTEA,
  SLOT_DATE,
  SLOT_DOUBLE,
  SLOT_INTEGER,
  SLOT_INTERVAL,
  SLOT_JSON,
  SLOT_NONE,
  SLOT_NUMERIC,
  SLOT_TEXT,
  SLOT_TIME,
  SLOT_TIMESTAMP,
  SLOT_TIMESTAMPTZ,
  SLOT_UUID,
} from "../abi/record";
import {
  RUNTIME_ERROR_ARRAY_DIMENSIONS,
  RUNTIME_ERROR_ARRAY_SUBSCRIPT,
  RUNTIME_ERROR_ARRAY_SUBSCRIPT_NULL,
  RUNTIME_ERROR_ARRAY_SUBSCRIPTS,
  RUNTIME_ERROR_MALFORMED_ARRAY,
} from "../abi/runtime-error";
import {
  arrayTextElement,
  arrayTextFailed,
  arrayTextNested,
  arrayTextNext,
  arrayTextNull,
  arrayTextStart,
  putArrayElement,
} from "../value/array-text";
import { builderReset, builderWord, putByte, putBytes, putInteger } from "../value/builder";
import { fail, failWith, hasFailed, setTag } from "../value/cells";
import { codePointAt, codePointBytes, findBytes } from "../value/code-points";
import { equalDynamic, packedPayload, packedTag, readPackedValue } from "../value/dynamic";
import { beginPacking, packDynamic, packText, packedWord } from "../value/dynamic-pack";
import { textOfDynamic, textOfPacked } from "../value/dynamic-text";
import { putDouble } from "../value/number-text";
import { TAG_NULL, afterValue, childCount, elementAt, firstChild, isArray, tagOf, valueBytes } from "../value/packed";
import { closeArray, openContainer, packedFailed, writeByte, writePacked } from "../value/packed-writer";
import {
  SPILL_ARRAY,
  SPILL_FIRST,
  SPILL_OTHER,
  SPILL_OTHER_ARRAY,
  SPILL_SECOND,
  SPILL_VALUE,
  wordBytes,
  wordLength,
  wordPart,
} from "../value/word";
import { any_path, any_path_text } from "./any";
import { jsonb_compare, jsonb_contains, jsonb_delete_path, jsonb_hash, jsonb_path, jsonb_path_text, jsonb_set } from "./jsonb";
import { bytea_from_text, text_from_bytea, text_from_uuid, uuid_from_text } from "./binary";
import {
  date_from_text,
  interval_from_text,
  text_from_date,
  text_from_interval,
  text_from_time,
  text_from_timestamp,
  text_from_timestamptz,
  time_from_text,
  timestamp_from_text,
  timestamptz_from_text,
} from "./datetime";
import { bigint_from_text, boolean_from_text, double_from_text, integer_from_text, real_from_text, smallint_from_text } from "./number";
import { numeric_from_text } from "./numeric";

/** Dimensions of an array that is read from text, as in PostgreSQL. */
const DIMENSIONS_MAX: i32 = 6;
/** The last place that an assignment fills, and what NULL is. */
const ASSIGNED_MAX: i64 = 1 << 20;
const SUBSCRIPT_NULL: i64 = -2147483648;

function elements(array: u64): usize {
  return wordBytes(array, SPILL_ARRAY);
}

/** {1,2,NULL}; the kind of the elements says how they print. */
export function text_from_array(array: u64, kind: i32): u64 {
  builderReset();
  putArray(elements(array), kind);
  return builderWord();
}

function putArray(array: usize, kind: i32): void {
  const count = childCount(array);
  let element = firstChild(array);
  putByte(123);
  for (let index: u32 = 0; index < count && !hasFailed(); index++) {
    if (index) putByte(44);
    if (tagOf(element) == TAG_NULL) putBytes(NULL_TEXT, 4);
    else if (isArray(element)) putArray(element, kind);
    else putElement(element, kind);
    element = afterValue(element);
  }
  putByte(125);
}

/** NULL, t and f. */
const NULL_TEXT: usize = memory.data<u8>([78, 85, 76, 76]);

function putElement(element: usize, kind: i32): void {
  readPackedValue(element);
  if (packedTag == SLOT_BOOLEAN) putByte(packedPayload ? 116 : 102);
  else if (kind == SLOT_DOUBLE && packedTag == SLOT_DOUBLE) putDouble(reinterpret<f64>(packedPayload));
  else if (packedTag == SLOT_TEXT) putArrayElement(packedPayload);
  else putScalarText(packedTag, packedPayload);
}

/** Integers and other numbers: their text needs no builder of its own but for numbers that are kept as text. */
function putScalarText(tag: u32, payload: u64): void {
  if (tag == SLOT_INTEGER) putInteger(payload);
  else if (tag == SLOT_DOUBLE) putDouble(reinterpret<f64>(payload));
  else putArrayElement(textOfPacked(wordBytes(payload, SPILL_OTHER)));
}

/** The array that a text spells, its elements converted to their kind. */
export function array_from_text(text: u64, kind: i32): u64 {
  beginPacking();
  packArrayText(text, kind, 1);
  return packedWord();
}

function packArrayText(text: u64, kind: i32, dimension: i32): void {
  if (dimension > DIMENSIONS_MAX) {
    fail(RUNTIME_ERROR_ARRAY_DIMENSIONS);
    return;
  }
  // Nested arrays are read after their outer one, since there is one reader.
  const start = openContainer();
  let count: u32 = 0;
  if (arrayTextStart(text)) {
    while (arrayTextNext()) {
      count++;
      if (arrayTextNull) writeByte(TAG_NULL);
      else if (arrayTextNested) {
        packNested(text, kind, count, dimension);
        break;
      } else packElementText(arrayTextElement, kind);
      if (hasFailed()) break;
    }
  }
  closeArray(start, arrayTextFailed ? 0 : nestedCount ? nestedCount : count);
  nestedCount = 0;
}

let nestedCount: u32 = 0;

/** The elements of an outer array whose elements are arrays: each is found anew. */
function packNested(text: u64, kind: i32, first: u32, dimension: i32): void {
  let index: u32 = 0;
  while (!hasFailed()) {
    if (!arrayTextStart(text)) return;
    let found = true;
    for (let skipped: u32 = 0; skipped <= index && found; skipped++) found = arrayTextNext();
    if (!found) break;
    if (!arrayTextNested) {
      failWith(RUNTIME_ERROR_MALFORMED_ARRAY, text, 0);
      return;
    }
    packArrayText(arrayTextElement, kind, dimension + 1);
    index++;
  }
  nestedCount = first > 1 ? 0 : index;
  if (first > 1) failWith(RUNTIME_ERROR_MALFORMED_ARRAY, text, 0);
}

/** Appends an element of which the text is given, as the element's type prints it. */
function packElementText(text: u64, kind: i32): void {
  switch (kind) {
    case SLOT_BOOLEAN:
      packDynamic(SLOT_BOOLEAN, boolean_from_text(text));
      break;
    case ELEMENT_SMALLINT:
      packDynamic(SLOT_INTEGER, smallint_from_text(text));
      break;
    case ELEMENT_INTEGER:
      packDynamic(SLOT_INTEGER, integer_from_text(text));
      break;
    case SLOT_INTEGER:
      packDynamic(SLOT_INTEGER, bigint_from_text(text));
      break;
    case ELEMENT_REAL:
      packDynamic(SLOT_DOUBLE, reinterpret<u64>(real_from_text(text)));
      break;
    case SLOT_DOUBLE:
      packDynamic(SLOT_DOUBLE, reinterpret<u64>(double_from_text(text)));
      break;
    case SLOT_NUMERIC:
      packDynamic(SLOT_NUMERIC, numeric_from_text(text));
      break;
    default:
      packText(printedElement(text, kind));
  }
}

/** What arrays hold as text: dates, times, UUIDs, bytes in the one spelling that their type has. */
function printedElement(text: u64, kind: i32): u64 {
  switch (kind) {
    case SLOT_DATE:
      return text_from_date(date_from_text(text));
    case SLOT_TIME:
      return text_from_time(time_from_text(text));
    case SLOT_TIMESTAMP:
      return text_from_timestamp(timestamp_from_text(text));
    case SLOT_TIMESTAMPTZ:
      return text_from_timestamptz(timestamptz_from_text(text));
    case SLOT_INTERVAL: {
      const interval = interval_from_text(text);
      return hasFailed() ? 0 : text_from_interval(interval);
    }
    case SLOT_UUID: {
      const uuid = uuid_from_text(text);
      return hasFailed() ? 0 : text_from_uuid(uuid);
    }
    case SLOT_BYTEA: {
      const bytes = bytea_from_text(text);
      return hasFailed() ? 0 : text_from_bytea(bytes);
    }
    default:
      return text;
  }
}

// Size and elements ----------------------------------------------------------------------------------------------------

/** Number of elements of a dimension; NULL where there is none. */
export function array_length(array: u64, dimension: i64): i64 {
  let value = elements(array);
  for (let level: i64 = 1; level < dimension && value; level++)
    value = childCount(value) && isArray(firstChild(value)) ? firstChild(value) : 0;
  const count: i64 = dimension > 0 && value ? childCount(value) : 0;
  setTag(count ? SLOT_INTEGER : SLOT_NONE);
  return count;
}

export function array_lower(array: u64, dimension: i64): i64 {
  return array_length(array, dimension) ? 1 : 0;
}

export function array_dimensions(array: u64): i64 {
  let value = elements(array);
  let count: i64 = 0;
  while (isArray(value) && childCount(value)) {
    count++;
    value = firstChild(value);
  }
  setTag(count ? SLOT_INTEGER : SLOT_NONE);
  return count;
}

/** All elements, of all dimensions. */
export function array_cardinality(array: u64): i64 {
  return countAll(elements(array));
}

function countAll(array: usize): i64 {
  const count = childCount(array);
  let element = firstChild(array);
  let sum: i64 = 0;
  for (let index: u32 = 0; index < count; index++) {
    sum += isArray(element) ? countAll(element) : 1;
    element = afterValue(element);
  }
  return sum;
}

/** array[index], from 1; NULL where there is none. The result is dynamic: a cast makes the element's type of it. */
export function array_element(array: u64, index: i64): i64 {
  const value = elements(array);
  if (index < 1 || index > <i64>childCount(value)) {
    setTag(SLOT_NONE);
    return 0;
  }
  readPackedValue(elementAt(value, <u32>index - 1));
  setTag(packedTag);
  return packedPayload;
}

/** Dimension `dimension` (from 1) of an array cut to its elements from `lower` to `upper`; an array without elements where none is left. */
export function array_slice(array: u64, dimension: i64, lower: i64, upper: i64): u64 {
  beginPacking();
  const start = openContainer();
  closeArray(start, putSlice(elements(array), dimension, lower, upper));
  return packedWord();
}

/** Writes the elements of a slice; answers how many. */
function putSlice(array: usize, dimension: i64, lower: i64, upper: i64): u32 {
  const count = childCount(array);
  if (dimension > 1) {
    let element = firstChild(array);
    if (!count || !isArray(element) || !sliceCount(element, dimension - 1, lower, upper)) return 0;
    for (let index: u32 = 0; index < count; index++) {
      const start = openContainer();
      closeArray(start, putSlice(element, dimension - 1, lower, upper));
      element = afterValue(element);
    }
    return count;
  }
  const kept = sliceCount(array, 1, lower, upper);
  if (!kept) return 0;
  const first = elementAt(array, lower > 1 ? <u32>lower - 1 : 0);
  let end = first;
  for (let index: u32 = 0; index < kept; index++) end = afterValue(end);
  writePacked(first, <u32>(end - first));
  return kept;
}

/** How many elements of an array a slice keeps; arrays of one dimension are of one length. */
function sliceCount(array: usize, dimension: i64, lower: i64, upper: i64): u32 {
  const count = childCount(array);
  if (dimension > 1) {
    const element = firstChild(array);
    return count && isArray(element) && sliceCount(element, dimension - 1, lower, upper) ? count : 0;
  }
  const from: i64 = lower > 1 ? lower : 1;
  const to: i64 = upper < <i64>count ? upper : count;
  return to < from ? 0 : <u32>(to - from + 1);
}

/** The array with another element at a place from 1; places before it that the array has not become NULL. */
export function array_assign(array: u64, index: i64, tag: i32, payload: i64): u64 {
  const value = elements(array);
  const count = childCount(value);
  if (index < 1 || index > ASSIGNED_MAX) {
    fail(index == SUBSCRIPT_NULL ? RUNTIME_ERROR_ARRAY_SUBSCRIPT_NULL : RUNTIME_ERROR_ARRAY_SUBSCRIPT);
    return 0;
  }
  if (count && isArray(firstChild(value))) {
    fail(RUNTIME_ERROR_ARRAY_SUBSCRIPTS);
    return 0;
  }
  beginPacking();
  const start = openContainer();
  let element = firstChild(value);
  const size: u32 = <u32>index > count ? <u32>index : count;
  for (let place: u32 = 1; place <= size; place++) {
    if (<i64>place == index) packDynamic(tag, payload);
    else if (place <= count) writePacked(element, valueBytes(element));
    else packDynamic(SLOT_NONE, 0);
    if (place <= count) element = afterValue(element);
  }
  closeArray(start, size);
  return packedWord();
}

/** Place of a value from 1, not before `from`; NULL where there is none. */
export function array_position_from(array: u64, tag: i32, payload: i64, from: i64): i64 {
  const value = elements(array);
  const count = childCount(value);
  let element = firstChild(value);
  for (let index: u32 = 0; index < count; index++) {
    if (<i64>index + 1 >= from && isElement(element, tag, payload)) {
      setTag(SLOT_INTEGER);
      return index + 1;
    }
    element = afterValue(element);
  }
  setTag(SLOT_NONE);
  return 0;
}

export function array_position(array: u64, tag: i32, payload: i64): i64 {
  return array_position_from(array, tag, payload, 1);
}

function isElement(element: usize, tag: u32, payload: u64): bool {
  readPackedValue(element);
  const elementTag = packedTag;
  if (elementTag == SLOT_NONE || tag == SLOT_NONE) return elementTag == tag;
  if (elementTag == SLOT_TEXT && tag != SLOT_TEXT) return equalDynamic(SLOT_TEXT, packedPayload, SLOT_TEXT, textOfDynamic(tag, payload));
  return equalDynamic(elementTag, packedPayload, tag, payload);
}

/** value = ANY(array): NULL where it is none but there are NULLs. */
export function array_has(array: u64, tag: i32, payload: i64): i32 {
  const value = elements(array);
  const count = childCount(value);
  let element = firstChild(value);
  let unknown = false;
  for (let index: u32 = 0; index < count; index++) {
    if (tagOf(element) == TAG_NULL) unknown = true;
    else if (isElement(element, tag, payload)) {
      setTag(SLOT_BOOLEAN);
      return 1;
    }
    element = afterValue(element);
  }
  setTag(unknown ? SLOT_NONE : SLOT_BOOLEAN);
  return 0;
}

// Changes --------------------------------------------------------------------------------------------------------------

export function array_append(array: u64, tag: i32, payload: i64): u64 {
  beginPacking();
  const start = openContainer();
  const count = copyElements(elements(array));
  packDynamic(tag, payload);
  closeArray(start, count + 1);
  return packedWord();
}

export function array_prepend(tag: i32, payload: i64, array: u64): u64 {
  beginPacking();
  const start = openContainer();
  packDynamic(tag, payload);
  const count = copyElements(elements(array));
  closeArray(start, count + 1);
  return packedWord();
}

export function array_concat(left: u64, right: u64): u64 {
  beginPacking();
  const start = openContainer();
  const count = copyElements(elements(left)) + copyElements(elements(right));
  closeArray(start, count);
  return packedWord();
}

/** `||` of arrays: NULL (JSON's null here) and an array is the array. */
export function array_join(leftTag: i32, left: i64, rightTag: i32, right: i64): u64 {
  setTag(leftTag == SLOT_ARRAY || rightTag == SLOT_ARRAY ? SLOT_ARRAY : SLOT_NONE);
  if (leftTag != SLOT_ARRAY) return rightTag == SLOT_ARRAY ? right : 0;
  return rightTag == SLOT_ARRAY ? array_concat(left, right) : left;
}

function copyElements(array: usize): u32 {
  const count = childCount(array);
  const start = firstChild(array);
  let element = start;
  for (let index: u32 = 0; index < count; index++) element = afterValue(element);
  writePacked(start, <u32>(element - start));
  return count;
}

export function array_remove(array: u64, tag: i32, payload: i64): u64 {
  return rebuilt(array, tag, payload, false, 0, 0);
}

export function array_replace(array: u64, tag: i32, payload: i64, otherTag: i32, other: i64): u64 {
  return rebuilt(array, tag, payload, true, otherTag, other);
}

function rebuilt(array: u64, tag: u32, payload: u64, replace: bool, otherTag: u32, other: u64): u64 {
  const value = elements(array);
  const count = childCount(value);
  let element = firstChild(value);
  let kept: u32 = 0;
  beginPacking();
  const start = openContainer();
  for (let index: u32 = 0; index < count; index++) {
    const same = isElement(element, tag, payload);
    if (!same) writePacked(element, valueBytes(element));
    else if (replace) packDynamic(otherTag, other);
    if (!same || replace) kept++;
    element = afterValue(element);
  }
  closeArray(start, kept);
  return packedWord();
}

// Texts ----------------------------------------------------------------------------------------------------------------

/** The elements joined; NULLs are left out. */
export function array_to_string(array: u64, separator: u64): u64 {
  return joined(array, separator, 0, false);
}

/** The same with a text for NULLs; NULL (JSON's null here): they are left out. */
export function array_to_string_null(array: u64, separator: u64, nullTag: i32, nullText: i64): u64 {
  return joined(array, separator, nullText, nullTag == SLOT_TEXT);
}

let joinedFirst: bool = false;

function joined(array: u64, separator: u64, nullText: u64, withNulls: bool): u64 {
  builderReset();
  joinedFirst = true;
  join(elements(array), separator, nullText, withNulls);
  return builderWord();
}

function join(array: usize, separator: u64, nullText: u64, withNulls: bool): void {
  const count = childCount(array);
  let element = firstChild(array);
  for (let index: u32 = 0; index < count && !hasFailed(); index++) {
    const isNull = tagOf(element) == TAG_NULL;
    if (isArray(element)) join(element, separator, nullText, withNulls);
    else if (!isNull || withNulls) {
      if (!joinedFirst) putBytes(wordBytes(separator, SPILL_FIRST), wordLength(separator));
      joinedFirst = false;
      if (isNull) putBytes(wordBytes(nullText, SPILL_FIRST), wordLength(nullText));
      else joinElement(element);
    }
    element = afterValue(element);
  }
}

function joinElement(element: usize): void {
  readPackedValue(element);
  if (packedTag == SLOT_TEXT) putBytes(wordBytes(packedPayload, SPILL_FIRST), wordLength(packedPayload));
  else if (packedTag == SLOT_BOOLEAN) putByte(packedPayload ? 116 : 102);
  else putScalarText(packedTag, packedPayload);
}

/** The parts between separators; without a separator (NULL, JSON's null here) the characters. */
export function string_to_array(text: u64, tag: i32, separator: i64): u64 {
  return split(text, tag == SLOT_TEXT, separator, 0, false);
}

/** The same with a text that stands for NULL, or none. */
export function string_to_array_null(text: u64, tag: i32, separator: i64, nullTag: i32, nullText: i64): u64 {
  return split(text, tag == SLOT_TEXT, separator, nullText, nullTag == SLOT_TEXT);
}

function split(text: u64, separated: bool, separator: u64, nullText: u64, withNulls: bool): u64 {
  const bytes = wordBytes(text, SPILL_FIRST);
  const length = wordLength(text);
  const part = wordBytes(separator, SPILL_SECOND);
  const partLength = separated ? wordLength(separator) : 0;
  beginPacking();
  const start = openContainer();
  let count: u32 = 0;
  let from: u32 = 0;
  while (length && !packedFailed) {
    const found = separated ? (partLength ? findBytes(bytes, length, part, partLength, from) : -1) : behindCharacter(bytes, length, from);
    const piece = wordPart(bytes, from, (found < 0 ? length : <u32>found) - from);
    if (withNulls && equalDynamic(SLOT_TEXT, piece, SLOT_TEXT, nullText)) writeByte(TAG_NULL);
    else packText(piece);
    count++;
    if (found < 0) break;
    from = <u32>found + partLength;
  }
  closeArray(start, count);
  return packedWord();
}

/** Offset of the next character; -1 behind the last. */
function behindCharacter(bytes: usize, length: u32, from: u32): i32 {
  codePointAt(bytes + from, bytes + length);
  return from + codePointBytes < length ? <i32>(from + codePointBytes) : -1;
}

// Comparison -----------------------------------------------------------------------------------------------------------

export function array_compare(left: u64, right: u64): i32 {
  return jsonb_compare(left, right);
}

export function array_hash(array: u64): u64 {
  return jsonb_hash(array);
}

export function array_contains(left: u64, right: u64): i32 {
  return jsonb_contains(left, right);
}

export function array_contained(left: u64, right: u64): i32 {
  return jsonb_contains(right, left);
}

/** Whether both have an element in common. */
export function array_overlaps(left: u64, right: u64): i32 {
  const value = wordBytes(right, SPILL_OTHER_ARRAY);
  const count = childCount(value);
  let element = firstChild(value);
  for (let index: u32 = 0; index < count; index++) {
    readPackedValue(element);
    const tag = packedTag;
    if (tag != SLOT_NONE && array_has(left, tag, packedPayload)) return 1;
    element = afterValue(element);
  }
  return 0;
}

/** An array of dynamic values to one whose elements are of a kind: through their texts. */
export function array_from_any(tag: i32, payload: i64, kind: i32): u64 {
  if (tag == SLOT_TEXT) {
    const array = array_from_text(payload, kind);
    setTag(SLOT_ARRAY);
    return array;
  }
  const isOne = tag == SLOT_ARRAY || (tag == SLOT_JSON && isArray(wordBytes(payload, SPILL_VALUE)));
  if (!isOne) failWith(RUNTIME_ERROR_MALFORMED_ARRAY, textOfDynamic(tag, payload), 0);
  setTag(SLOT_ARRAY);
  return payload;
}

// Paths of JSON --------------------------------------------------------------------------------------------------------

/** The text of an array of texts: how paths of JSON operators are given to the functions that walk them. */
function pathText(path: u64): u64 {
  return text_from_array(path, SLOT_TEXT);
}

export function jsonb_path_array(value: u64, path: u64): u64 {
  return jsonb_path(value, pathText(path));
}

export function jsonb_path_text_array(value: u64, path: u64): u64 {
  return jsonb_path_text(value, pathText(path));
}

export function any_path_array(tag: i32, payload: i64, path: u64): i64 {
  return any_path(tag, payload, pathText(path));
}

export function any_path_text_array(tag: i32, payload: i64, path: u64): u64 {
  return any_path_text(tag, payload, pathText(path));
}

export function jsonb_delete_path_array(value: u64, path: u64): u64 {
  return jsonb_delete_path(value, pathText(path));
}

export function jsonb_set_array(value: u64, path: u64, other: u64): u64 {
  return jsonb_set(value, pathText(path), other, 1);
}

export function jsonb_set_array_create(value: u64, path: u64, other: u64, create: i32): u64 {
  return jsonb_set(value, pathText(path), other, create);
}
