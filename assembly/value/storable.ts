/**
 * What may be a property of a node or relationship: booleans, numbers (float-stored.ts), texts, dates and times of Cypher (temporal-stored.ts), what else JSON
 * has no form for (its text is stored), and lists of one of these kinds, without NULL. Maps, nodes, relationships, paths and lists of lists may not.
 *
 * `storableValue` and `storableMap` answer a value as it is to be stored, which is the same one unless something in it has no form in
 * JSON. What may not be stored notes RUNTIME_ERROR_GRAPH_PROPERTY.
 *
 * Cost: O(bytes of lists, and of maps).
 */
import {
  SLOT_ARRAY,
  SLOT_BOOLEAN,
  SLOT_DOUBLE,
  SLOT_INTEGER,
  SLOT_JSON,
  SLOT_NODE,
  SLOT_NONE,
  SLOT_PATH,
  SLOT_RELATIONSHIP,
  SLOT_TEMPORAL,
  SLOT_TEXT,
} from "../abi/record";
import { RUNTIME_ERROR_GRAPH_PROPERTIES, RUNTIME_ERROR_GRAPH_PROPERTY } from "../abi/runtime-error";
import { fail, setTag } from "./cells";
import { itemPayload, itemTag, readItem, readValue } from "./cypher-item";
import { beginPacking, packText, packedWord } from "./dynamic-pack";
import { textOfDynamic } from "./dynamic-text";
import { writeStoredFloat } from "./float-stored";
import { afterValue, childCount, fieldValue, firstChild, isArray, isObject, namePointer, readLength, valueBytes } from "./packed";
import { closeArray, closeObject, openContainer, writeName, writePacked } from "./packed-writer";
import { writeStored } from "./temporal-stored";
import { SPILL_FIRST, WORD_EMPTY, wordBytes } from "./word";

/** Classes of what may be stored: those of a list's items are equal. */
const CLASS_NONE: u32 = 0;
const CLASS_REFUSED: u32 = 1;
const CLASS_NUMBER: u32 = 2;
const CLASS_LIST: u32 = 3;
/** Behind it the classes of single kinds. */
const CLASS_KIND: u32 = 4;

/** Whether something was seen that is stored in another form. */
let hasTyped: bool = false;

/** The class of the item just read. */
function itemClass(): u32 {
  const tag = itemTag;
  if (tag == SLOT_NONE) return CLASS_NONE;
  if (tag == SLOT_INTEGER || tag == SLOT_DOUBLE) {
    if (isEndless()) hasTyped = true;
    return CLASS_NUMBER;
  }
  if (tag == SLOT_ARRAY) return CLASS_LIST;
  if (tag == SLOT_JSON || tag == SLOT_NODE || tag == SLOT_RELATIONSHIP || tag == SLOT_PATH) return CLASS_REFUSED;
  if (isTyped()) hasTyped = true;
  return CLASS_KIND + tag;
}

/** Whether the item just read is a float that JSON has no form for. */
function isEndless(): bool {
  return itemTag == SLOT_DOUBLE && !isFinite(reinterpret<f64>(itemPayload));
}

/** Whether the item just read is stored as its text. */
function isTyped(): bool {
  const tag = itemTag;
  return tag > <u32>SLOT_DOUBLE && tag != SLOT_TEXT && tag != SLOT_ARRAY && tag != SLOT_JSON;
}

/** Whether the items of a list may be stored. */
function isStorableList(list: usize): bool {
  const count = childCount(list);
  let item = firstChild(list);
  let wanted = CLASS_NONE;
  for (let index: u32 = 0; index < count; index++) {
    readItem(item);
    const found = itemClass();
    if (found < CLASS_NUMBER || found == CLASS_LIST || (index && found != wanted)) return false;
    wanted = found;
    item = afterValue(item);
  }
  return true;
}

function isStorable(value: usize): bool {
  if (isArray(value)) return isStorableList(value);
  readItem(value);
  return itemClass() != CLASS_REFUSED;
}

/** Appends a value that may be stored as it is stored. */
function packStorable(value: usize): void {
  if (isArray(value)) {
    const count = childCount(value);
    const start = openContainer();
    let item = firstChild(value);
    for (let index: u32 = 0; index < count; index++) {
      packStorable(item);
      item = afterValue(item);
    }
    closeArray(start, count);
    return;
  }
  readItem(value);
  if (itemTag == SLOT_TEMPORAL) packTemporal(itemPayload);
  else if (isEndless()) writeStoredFloat(reinterpret<f64>(itemPayload));
  else if (isTyped()) packText(textOfDynamic(itemTag, itemPayload));
  else writePacked(value, valueBytes(value));
}

function packTemporal(word: u64): void {
  const text = textOfDynamic(SLOT_TEMPORAL, word);
  writeStored(word, text);
}

/** A property's value as it is to be stored; its tag is in CELL_TAG. */
export function storableValue(tag: u32, payload: u64): u64 {
  hasTyped = false;
  readValue(tag, payload);
  setTag(itemTag);
  const read = itemPayload;
  const found = itemClass();
  if (found == CLASS_REFUSED || (found == CLASS_LIST && !isStorableList(wordBytes(read, SPILL_FIRST)))) fail(RUNTIME_ERROR_GRAPH_PROPERTY);
  else if (found == CLASS_LIST && hasTyped) {
    beginPacking();
    packStorable(wordBytes(read, SPILL_FIRST));
    return packedWord();
  } else if (found == CLASS_KIND + SLOT_TEMPORAL || (found == CLASS_NUMBER && hasTyped)) {
    beginPacking();
    if (found == CLASS_NUMBER) writeStoredFloat(reinterpret<f64>(read));
    else packTemporal(read);
    setTag(SLOT_JSON);
    return packedWord();
  }
  return read;
}

/** A map of properties as it is to be stored. */
export function storableMap(word: u64): u64 {
  const map = wordBytes(word, SPILL_FIRST);
  if (!isObject(map)) {
    fail(RUNTIME_ERROR_GRAPH_PROPERTIES);
    return WORD_EMPTY;
  }
  hasTyped = false;
  const count = childCount(map);
  let field = firstChild(map);
  for (let index: u32 = 0; index < count; index++) {
    const value = fieldValue(field);
    if (!isStorable(value)) {
      fail(RUNTIME_ERROR_GRAPH_PROPERTY);
      return WORD_EMPTY;
    }
    field = afterValue(value);
  }
  return hasTyped ? packedMap(map) : word;
}

/** A map in which texts stand for what JSON has no form for. */
function packedMap(map: usize): u64 {
  const count = childCount(map);
  beginPacking();
  const start = openContainer();
  let field = firstChild(map);
  for (let index: u32 = 0; index < count; index++) {
    const value = fieldValue(field);
    writeName(namePointer(field), readLength(field));
    packStorable(value);
    field = afterValue(value);
  }
  closeObject(start, count);
  return packedWord();
}
