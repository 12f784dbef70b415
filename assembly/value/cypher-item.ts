/**
 * Cypher's values: a tag SLOT_* and a payload, and the same as items of lists and maps, where they are packed (packed.ts).
 *
 * A value counts as what it holds, not as where it comes from: a packed array in SLOT_JSON is a list, a packed number a number. `readValue`
 * and `readItem` leave it so in `itemTag` and `itemPayload`: SLOT_NONE, _BOOLEAN, _INTEGER, _DOUBLE, _TEXT, _ARRAY (a list), _JSON (a map,
 * or what a result says of a node), _NODE, _RELATIONSHIP, _PATH, and the kinds of declared columns.
 *
 * Invariants: (1) what `packItem` packs `readItem` reads as the same value; (2) it packs nothing that nests deeper than DEPTH_MAX.
 * Cost: O(1), of what is packed O(bytes).
 */
import {
  SLOT_ARRAY,
  SLOT_BOOLEAN,
  SLOT_DOUBLE,
  SLOT_INTEGER,
  SLOT_JSON,
  SLOT_NODE,
  SLOT_NONE,
  SLOT_NUMERIC,
  SLOT_PATH,
  SLOT_RELATIONSHIP,
  SLOT_TEMPORAL,
  SLOT_TEXT,
} from "../abi/record";
import { RUNTIME_ERROR_JSON_DEPTH } from "../abi/runtime-error";
import { fail } from "./cells";
import { isStoredFloat, storedFloat } from "./float-stored";
import { doubleOf, integerOf, readInteger, writeDouble } from "./json-number";
import {
  DEPTH_MAX,
  REFERENCE_BYTES,
  TAG_ENTITY,
  TAG_FALSE,
  TAG_NODE,
  TAG_NULL,
  TAG_PATH,
  TAG_RELATIONSHIP,
  TAG_TRUE,
  TAG_TYPED,
  TYPED_HEAD,
  afterValue,
  childCount,
  fieldValue,
  firstChild,
  isArray,
  isNumber,
  isObject,
  isString,
  lengthBytes,
  readLength,
  stringLength,
  stringPointer,
  tagOf,
  valueBytes,
} from "./packed";
import { writeByte, writeDoubleBits, writeInteger, writePacked, writeReference, writeString, writeTyped } from "./packed-writer";
import { readStored, storedKind } from "./temporal-stored";
import { SPILL_OTHER, SPILL_VALUE, WORD_EMPTY, isWordTag, wordBytes, wordLength, wordPart } from "./word";

/** What `readValue` and `readItem` have read. */
export let itemTag: u32 = 0;
export let itemPayload: u64 = 0;

const payloadArea: usize = memory.data(8, 8);

/** Reads a value as what it holds. */
export function readValue(tag: u32, payload: u64): void {
  itemTag = tag;
  itemPayload = payload;
  if (tag != SLOT_JSON) return;
  const value = wordBytes(payload, SPILL_VALUE);
  if (!isMap(value) && tagOf(value) != TAG_ENTITY) readItem(value);
}

/** Reads a packed value. Its words point into it where they are long. */
export function readItem(value: usize): void {
  const tag = tagOf(value);
  if (isString(value)) set(SLOT_TEXT, wordPart(stringPointer(value), 0, stringLength(value)));
  else if (isNumber(value)) {
    if (readInteger(value)) set(SLOT_INTEGER, <u64>integerOf);
    else set(SLOT_DOUBLE, reinterpret<u64>(doubleOf(value)));
  } else if (isArray(value)) set(SLOT_ARRAY, wordPart(value, 0, valueBytes(value)));
  else if (tag == TAG_NODE || tag == TAG_RELATIONSHIP) set(tag == TAG_NODE ? SLOT_NODE : SLOT_RELATIONSHIP, load<u32>(value, 1));
  else if (tag == TAG_PATH) set(SLOT_PATH, wordPart(value + 1, 0, valueBytes(value + 1)));
  else if (tag == TAG_TYPED) readTyped(value);
  else if (tag <= TAG_TRUE) set(tag == TAG_NULL ? SLOT_NONE : SLOT_BOOLEAN, tag == TAG_TRUE ? 1 : 0);
  else readObject(value);
}

/** A map, or a date, time, duration or float as a document has it. */
function readObject(value: usize): void {
  const kind = storedKind(value);
  const word = kind ? readStored(value, kind) : WORD_EMPTY;
  if (word != WORD_EMPTY) set(SLOT_TEMPORAL, word);
  else if (isStoredFloat(value)) set(SLOT_DOUBLE, reinterpret<u64>(storedFloat(value)));
  else set(SLOT_JSON, wordPart(value, 0, valueBytes(value)));
}

/** Whether a packed value is a map. */
export function isMap(value: usize): bool {
  return isObject(value) && !storedKind(value) && !isStoredFloat(value);
}

function set(tag: u32, payload: u64): void {
  itemTag = tag;
  itemPayload = payload;
}

function readTyped(value: usize): void {
  const slot = load<u8>(value, 1);
  const length = readLength(value + TYPED_HEAD);
  const bytes = value + TYPED_HEAD + lengthBytes(length);
  set(slot, isWordTag(slot) ? wordPart(bytes, 0, length) : load<u64>(bytes));
}

export function isNumberTag(tag: u32): bool {
  return tag == SLOT_INTEGER || tag == SLOT_DOUBLE || tag == SLOT_NUMERIC;
}

/** Appends a value to the packed writer, NULL as null. Requires: its bytes do not lie there. */
export function packItem(tag: u32, payload: u64): void {
  switch (tag) {
    case SLOT_NONE:
      writeByte(TAG_NULL);
      break;
    case SLOT_BOOLEAN:
      writeByte(payload ? TAG_TRUE : TAG_FALSE);
      break;
    case SLOT_INTEGER:
      writeInteger(payload);
      break;
    case SLOT_DOUBLE:
      packDouble(reinterpret<f64>(payload));
      break;
    case SLOT_TEXT:
      writeString(wordBytes(payload, SPILL_OTHER), wordLength(payload));
      break;
    case SLOT_JSON:
    case SLOT_ARRAY:
      packContainer(wordBytes(payload, SPILL_OTHER));
      break;
    case SLOT_NODE:
      writeReference(TAG_NODE, <u32>payload);
      break;
    case SLOT_RELATIONSHIP:
      writeReference(TAG_RELATIONSHIP, <u32>payload);
      break;
    case SLOT_PATH:
      writeByte(TAG_PATH);
      writePacked(wordBytes(payload, SPILL_OTHER), wordLength(payload));
      break;
    default:
      packTyped(tag, payload);
  }
}

function packDouble(value: f64): void {
  if (isFinite(value)) writeDouble(value);
  else writeDoubleBits(value);
}

function packTyped(tag: u32, payload: u64): void {
  if (isWordTag(tag)) {
    writeTyped(tag, wordBytes(payload, SPILL_OTHER), wordLength(payload));
    return;
  }
  store<u64>(payloadArea, payload);
  writeTyped(tag, payloadArea, 8);
}

/** A list, a map or what else a document's value can be; it gets one level deeper. */
function packContainer(value: usize): void {
  if (depthOf(value) >= DEPTH_MAX) {
    fail(RUNTIME_ERROR_JSON_DEPTH);
    writeByte(TAG_NULL);
    return;
  }
  writePacked(value, valueBytes(value));
}

/** Levels of lists and maps in a packed value: 0 of a scalar. */
export function depthOf(value: usize): u32 {
  const isList = isArray(value);
  if (!isList && !isObject(value)) return tagOf(value) == TAG_PATH ? 1 : 0;
  let deepest: u32 = 0;
  let child = firstChild(value);
  for (let count = childCount(value); count; count--) {
    const item = isList ? child : fieldValue(child);
    const depth = depthOf(item);
    if (depth > deepest) deepest = depth;
    child = afterValue(item);
  }
  return deepest + 1;
}

/** Whether a packed value is a date, a time or a duration of Cypher's. */
export function isTemporalItem(value: usize): bool {
  return tagOf(value) == TAG_TYPED && load<u8>(value, 1) == <u32>SLOT_TEMPORAL;
}

/** Whether a packed value has something in it that results have another form for: a node, a relationship, a path, a date, a time, a float in its stored form. */
export function hasReference(value: usize): bool {
  const tag = tagOf(value);
  if (tag == TAG_NODE || tag == TAG_RELATIONSHIP || tag == TAG_PATH || isTemporalItem(value) || isStoredFloat(value)) return true;
  const isList = isArray(value);
  if (!isList && !isObject(value)) return false;
  let child = firstChild(value);
  for (let count = childCount(value); count; count--) {
    const item = isList ? child : fieldValue(child);
    if (hasReference(item)) return true;
    child = afterValue(item);
  }
  return false;
}

/** The number of a packed node or relationship. */
export function referenceNumber(value: usize): u32 {
  return load<u32>(value, REFERENCE_BYTES - 4);
}
