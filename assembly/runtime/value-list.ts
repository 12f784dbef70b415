/**
 * Cypher's lists and maps: making them, IN, subscripts and slices.
 *
 * A list or map is made in three steps, `_begin`, `_push` for each item and `_end`, between which nothing else is called: whoever makes one
 * computes all items first.
 */
import { SLOT_ARRAY, SLOT_BOOLEAN, SLOT_INTEGER, SLOT_JSON, SLOT_NODE, SLOT_NONE, SLOT_RELATIONSHIP, SLOT_TEXT } from "../abi/record";
import { RUNTIME_ERROR_VALUE_KEY, RUNTIME_ERROR_VALUE_KIND } from "../abi/runtime-error";
import { setTag } from "../value/cells";
import { EQUAL, UNKNOWN, equalItem } from "../value/cypher-equal";
import { itemPayload, itemTag, packItem, readValue, referenceNumber } from "../value/cypher-item";
import { NAME_CONTAINER, NAME_INTEGER, NAME_LIST, NAME_STRING, failKind } from "../value/cypher-kind";
import { beginPacking, packedWord } from "../value/dynamic-pack";
import { TAG_RELATIONSHIP, afterValue, childCount, elementAt, firstChild, tagOf } from "../value/packed";
import { closeArray, closeObject, dropDuplicates, openContainer, writeName, writePacked } from "../value/packed-writer";
import { SPILL_ARRAY, SPILL_OTHER, SPILL_OTHER_ARRAY, WORD_EMPTY, wordBytes, wordLength } from "../value/word";
import { answerField, answerItem, answerNull } from "./value-entity";
import { node_property_value, relationship_property_value } from "./value-graph";

/** The list or map that is being made: its place in the packed writer, and its items so far. */
let place: u32 = 0;
let items: u32 = 0;

function begin(): void {
  beginPacking();
  place = openContainer();
  items = 0;
}

export function value_list_begin(): void {
  begin();
}

export function value_list_push(tag: i32, payload: i64): void {
  packItem(tag, payload);
  items++;
}

export function value_list_end(): u64 {
  closeArray(place, items);
  return packedWord();
}

export function value_map_begin(): void {
  begin();
}

export function value_map_push(name: u64, tag: i32, payload: i64): void {
  writeName(wordBytes(name, SPILL_OTHER), wordLength(name));
  packItem(tag, payload);
  items++;
}

export function value_map_end(): u64 {
  closeObject(place, dropDuplicates(place, items));
  return packedWord();
}

/** The address of a list's bytes. Requires: `itemTag` is SLOT_ARRAY. */
function listBytes(word: u64): usize {
  return wordBytes(word, SPILL_ARRAY);
}

/** True if an item is equal, else NULL if one may be, else false. */
export function value_in(tag: i32, payload: i64, listTag: i32, list: i64): i32 {
  setTag(SLOT_NONE);
  if (listTag == SLOT_NONE) return 0;
  readValue(listTag, list);
  if (itemTag != SLOT_ARRAY) {
    failKind(RUNTIME_ERROR_VALUE_KIND, NAME_LIST, listTag, list);
    return 0;
  }
  const array = listBytes(itemPayload);
  readValue(tag, payload);
  const ownTag = itemTag;
  const own = itemPayload;
  let item = firstChild(array);
  let unknown = false;
  for (let count = childCount(array); count; count--) {
    const equal = equalItem(ownTag, own, item);
    if (equal == EQUAL) {
      setTag(SLOT_BOOLEAN);
      return 1;
    }
    if (equal == UNKNOWN) unknown = true;
    item = afterValue(item);
  }
  setTag(unknown ? SLOT_NONE : SLOT_BOOLEAN);
  return 0;
}

/** Rows that UNWIND makes of a value: the items of a list; none of NULL, one of what is no list. */
export function value_item_count(tag: i32, payload: i64): i64 {
  readValue(tag, payload);
  if (itemTag == SLOT_ARRAY) return childCount(listBytes(itemPayload));
  return itemTag == SLOT_NONE ? 0 : 1;
}

/** One of them. Requires: index < value_item_count. */
export function value_item(tag: i32, payload: i64, index: i64): i64 {
  readValue(tag, payload);
  if (itemTag == SLOT_ARRAY) return answerItem(elementAt(listBytes(itemPayload), <u32>index));
  setTag(itemTag);
  return itemPayload;
}

/** container[key]: an item of a list, counted from the end where the index is negative; a value of a map; a property. */
export function value_subscript(tag: i32, payload: i64, keyTag: i32, key: i64): i64 {
  readValue(keyTag, key);
  const ownTag = itemTag;
  const own = itemPayload;
  readValue(tag, payload);
  if (itemTag == SLOT_ARRAY) return itemOf(itemPayload, ownTag, own);
  const isKept = itemTag == SLOT_JSON || itemTag == SLOT_NODE || itemTag == SLOT_RELATIONSHIP;
  if (!isKept) {
    failKind(RUNTIME_ERROR_VALUE_KIND, NAME_CONTAINER, tag, payload);
    return answerNull();
  }
  if (ownTag != SLOT_TEXT) {
    failKind(RUNTIME_ERROR_VALUE_KEY, NAME_STRING, ownTag, own);
    return answerNull();
  }
  if (itemTag == SLOT_NODE) return node_property_value(itemPayload, own);
  if (itemTag == SLOT_RELATIONSHIP) return relationship_property_value(itemPayload, own);
  return answerField(itemPayload, own);
}

function itemOf(list: u64, keyTag: u32, key: u64): i64 {
  if (keyTag != SLOT_INTEGER) {
    failKind(RUNTIME_ERROR_VALUE_KIND, NAME_INTEGER, keyTag, key);
    return answerNull();
  }
  const array = listBytes(list);
  const count = <i64>childCount(array);
  const index = <i64>key < 0 ? <i64>key + count : <i64>key;
  return index < 0 || index >= count ? answerNull() : answerItem(elementAt(array, <u32>index));
}

// Slices ---------------------------------------------------------------------------------------------------------------

/** A bound of a slice: counted from the end where it is negative, between 0 and the number of items. */
function boundOf(tag: u32, payload: u64, count: i64): i64 {
  readValue(tag, payload);
  if (itemTag != SLOT_INTEGER) failKind(RUNTIME_ERROR_VALUE_KIND, NAME_INTEGER, tag, payload);
  const bound = <i64>itemPayload < 0 ? <i64>itemPayload + count : <i64>itemPayload;
  return bound < 0 ? 0 : bound > count ? count : bound;
}

/** The items of a list; 0 and an error where it is none. */
function sliced(tag: u32, payload: u64): usize {
  readValue(tag, payload);
  if (itemTag == SLOT_ARRAY) return listBytes(itemPayload);
  failKind(RUNTIME_ERROR_VALUE_KIND, NAME_LIST, tag, payload);
  return 0;
}

export function value_slice(tag: i32, list: i64, fromTag: i32, from: i64, toTag: i32, to: i64): u64 {
  const array = sliced(tag, list);
  if (!array) return WORD_EMPTY;
  const count = <i64>childCount(array);
  const start = boundOf(fromTag, from, count);
  return itemsBetween(array, start, boundOf(toTag, to, count));
}

export function value_slice_from(tag: i32, list: i64, fromTag: i32, from: i64): u64 {
  const array = sliced(tag, list);
  if (!array) return WORD_EMPTY;
  const count = <i64>childCount(array);
  return itemsBetween(array, boundOf(fromTag, from, count), count);
}

export function value_slice_to(tag: i32, list: i64, toTag: i32, to: i64): u64 {
  const array = sliced(tag, list);
  return array ? itemsBetween(array, 0, boundOf(toTag, to, childCount(array))) : WORD_EMPTY;
}

function itemsBetween(array: usize, from: i64, to: i64): u64 {
  beginPacking();
  const start = openContainer();
  const count = to > from ? <u32>(to - from) : 0;
  if (count) {
    const first = elementAt(array, <u32>from);
    let end = elementAt(array, <u32>to - 1);
    end = afterValue(end);
    writePacked(first, <u32>(end - first));
  }
  closeArray(start, count);
  return packedWord();
}

// Relationships of patterns --------------------------------------------------------------------------------------------

function hasRelationship(array: usize, number: u32): bool {
  let item = firstChild(array);
  for (let count = childCount(array); count; count--) {
    if (tagOf(item) == TAG_RELATIONSHIP && referenceNumber(item) == number) return true;
    item = afterValue(item);
  }
  return false;
}

/** Whether a relationship is not in a list of them. */
export function list_lacks(list: u64, relationship: i64): i32 {
  return hasRelationship(listBytes(list), <u32>relationship) ? 0 : 1;
}

/** Whether two lists of relationships have none in common. */
export function lists_disjoint(left: u64, right: u64): i32 {
  const array = listBytes(left);
  const other = wordBytes(right, SPILL_OTHER_ARRAY);
  let item = firstChild(array);
  for (let count = childCount(array); count; count--) {
    if (tagOf(item) == TAG_RELATIONSHIP && hasRelationship(other, referenceNumber(item))) return 0;
    item = afterValue(item);
  }
  return 1;
}
