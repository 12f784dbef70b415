/**
 * Cypher's functions of lists, maps and strings alike: size, elements, order, range, keys.
 *
 * Cost: O(bytes of the list).
 */
import { SLOT_ARRAY, SLOT_INTEGER, SLOT_TEXT } from "../abi/record";
import { RUNTIME_ERROR_ARGUMENT_KIND, RUNTIME_ERROR_LENGTH } from "../abi/runtime-error";
import { fail, hasFailed, setTag } from "../value/cells";
import { countCodePoints } from "../value/code-points";
import {
  KIND_INTEGER,
  KIND_LIST,
  KIND_MAP,
  KIND_STRING,
  kindOfValue,
  listArgument,
  listBytes,
  mapBytes,
  refuse,
  refuseAs,
  refuseNumber,
} from "../value/cypher-argument";
import { itemPayload } from "../value/cypher-item";
import { beginPacking, packedWord } from "../value/dynamic-pack";
import { afterValue, childCount, elementAt, fieldValue, firstChild, namePointer, readLength, valueBytes } from "../value/packed";
import { closeArray, openContainer, packedFailed, writeInteger, writePacked, writeString } from "../value/packed-writer";
import { SPILL_ARRAY, SPILL_FIRST, WORD_EMPTY, wordBytes, wordLength } from "../value/word";
import { text_reverse } from "./text";
import { answerItem, answerNull } from "./value-entity";

/** Longest list that range() makes. */
const ELEMENTS_MAX: u64 = 20000000;

/** size() of a string or a list. */
export function value_size(tag: i32, payload: i64): i64 {
  if (tag == SLOT_TEXT) return countCodePoints(wordBytes(payload, SPILL_FIRST), wordLength(payload));
  const list = listBytes(tag, payload);
  if (list) return childCount(list);
  refuse(KIND_STRING | KIND_LIST, tag, payload);
  return 0;
}

export function list_size(list: u64): i64 {
  return childCount(wordBytes(list, SPILL_ARRAY));
}

/** isEmpty() of a string, a list or a map. */
export function value_is_empty(tag: i32, payload: i64): i32 {
  if (tag == SLOT_TEXT) return wordLength(payload) ? 0 : 1;
  const list = listBytes(tag, payload);
  const container = list ? list : mapBytes(tag, payload);
  if (container) return childCount(container) ? 0 : 1;
  refuse(KIND_STRING | KIND_LIST | KIND_MAP, tag, payload);
  return 0;
}

// Elements -------------------------------------------------------------------------------------------------------------

/** The first element; NULL without one. */
export function value_head(tag: i32, payload: i64): i64 {
  const list = listArgument(tag, payload);
  return list && childCount(list) ? answerItem(firstChild(list)) : answerNull();
}

/** The last element; NULL without one. */
export function value_last(tag: i32, payload: i64): i64 {
  const list = listArgument(tag, payload);
  return list && childCount(list) ? answerItem(elementAt(list, childCount(list) - 1)) : answerNull();
}

/** All elements but the first. */
export function value_tail(tag: i32, payload: i64): u64 {
  const list = listArgument(tag, payload);
  if (!list) return WORD_EMPTY;
  const count = childCount(list);
  beginPacking();
  const start = openContainer();
  let element = firstChild(list);
  if (count) element = afterValue(element);
  const from = element;
  for (let index: u32 = 1; index < count; index++) element = afterValue(element);
  writePacked(from, <u32>(element - from));
  closeArray(start, count ? count - 1 : 0);
  return packedWord();
}

/** reverse() of a string or a list. */
export function value_reverse(tag: i32, payload: i64): i64 {
  setTag(tag);
  if (tag == SLOT_TEXT) return text_reverse(payload);
  setTag(SLOT_ARRAY);
  const list = listBytes(tag, payload);
  if (list) return reversed(list);
  refuse(KIND_STRING | KIND_LIST, tag, payload);
  return 0;
}

export function list_reverse(list: u64): u64 {
  return reversed(wordBytes(list, SPILL_ARRAY));
}

function reversed(list: usize): u64 {
  const count = childCount(list);
  beginPacking();
  const start = openContainer();
  for (let index = count; index > 0 && !packedFailed; index--) {
    const element = elementAt(list, index - 1);
    writePacked(element, valueBytes(element));
  }
  closeArray(start, count);
  return packedWord();
}

// Range ----------------------------------------------------------------------------------------------------------------

/** range(first, last): both belong to it. */
export function value_range(firstTag: i32, first: i64, lastTag: i32, last: i64): u64 {
  return value_range_by(firstTag, first, lastTag, last, SLOT_INTEGER, 1);
}

export function value_range_by(firstTag: i32, first: i64, lastTag: i32, last: i64, stepTag: i32, step: i64): u64 {
  const from = rangeArgument(firstTag, first);
  const to = rangeArgument(lastTag, last);
  const by = rangeArgument(stepTag, step);
  if (!by) refuseNumber(by);
  if (hasFailed()) return WORD_EMPTY;
  return integerRange(from, to, by);
}

function integerRange(from: i64, to: i64, by: i64): u64 {
  beginPacking();
  const start = openContainer();
  let count: u64 = 0;
  if (by > 0 ? from <= to : from >= to) {
    const distance: u64 = by > 0 ? <u64>to - <u64>from : <u64>from - <u64>to;
    count = distance / (by > 0 ? <u64>by : 0 - <u64>by);
    if (count >= ELEMENTS_MAX) {
      fail(RUNTIME_ERROR_LENGTH);
      return WORD_EMPTY;
    }
    count++;
  }
  for (let index: u64 = 0; index < count && !packedFailed; index++) writeInteger(from + <i64>index * by);
  closeArray(start, <u32>count);
  return packedWord();
}

function rangeArgument(tag: u32, payload: u64): i64 {
  if (kindOfValue(tag, payload) == KIND_INTEGER) return <i64>itemPayload;
  refuseAs(RUNTIME_ERROR_ARGUMENT_KIND, KIND_INTEGER, tag, payload);
  return 1;
}

/** Both of integers that are known to be some. */
export function integer_range(first: i64, last: i64): u64 {
  return integerRange(first, last, 1);
}

// Maps -----------------------------------------------------------------------------------------------------------------

/** The names of a packed object's fields, as a list of strings. */
export function namesOf(object: usize): u64 {
  const count = childCount(object);
  let field = firstChild(object);
  beginPacking();
  const start = openContainer();
  for (let index: u32 = 0; index < count && !packedFailed; index++) {
    writeString(namePointer(field), readLength(field));
    field = afterValue(fieldValue(field));
  }
  closeArray(start, count);
  return packedWord();
}
