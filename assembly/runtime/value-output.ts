/**
 * What a result says of nodes, relationships and paths: copies that need no graph (TAG_ENTITY of value/packed.ts), also inside of lists and
 * maps. Other values are answered as they are.
 *
 * One that is gone was deleted in this statement; it comes as it is known to the end: without labels and properties, a relationship
 * without its type.
 */
import { NAME_COLLECTION, RELATIONSHIP_END, RELATIONSHIP_ENTRY, RELATIONSHIP_START } from "../abi/graph";
import { RECORD_PACKED, SLOT_ARRAY, SLOT_DOUBLE, SLOT_JSON, SLOT_NODE, SLOT_PATH, SLOT_RELATIONSHIP, SLOT_TEMPORAL } from "../abi/record";
import { graphOf, KIND_LABEL } from "../graph/graph";
import { setLabel, setSize } from "../graph/label-set";
import { nameAt, nameLength, nameText } from "../graph/name";
import { nodeCollection, nodeEntry, nodeSlot } from "../graph/node";
import { ID_BYTES, idText } from "../graph/public-id";
import { relationshipSlot, relationshipType } from "../graph/relationship";
import { COLLECTION_SHAPES } from "../keyspace/collection";
import { valueAddress } from "../keyspace/entry-release";
import { isRecord } from "../types/document";
import { setTag } from "../value/cells";
import { hasReference, isTemporalItem, itemPayload, itemTag, readItem, readValue, referenceNumber } from "../value/cypher-item";
import { beginPacking, packedWord } from "../value/dynamic-pack";
import { textOfDynamic } from "../value/dynamic-text";
import { isStoredFloat, storedFloat } from "../value/float-stored";
import {
  ENTITY_NODE,
  ENTITY_PATH,
  ENTITY_RELATIONSHIP,
  ENTITY_TEMPORAL,
  TAG_ENTITY,
  TAG_NODE,
  TAG_PATH,
  TAG_RELATIONSHIP,
  afterValue,
  childCount,
  fieldValue,
  firstChild,
  isArray,
  isObject,
  namePointer,
  readLength,
  tagOf,
  valueBytes,
} from "../value/packed";
import {
  closeArray,
  closeObject,
  openContainer,
  writeByte,
  writeDoubleBits,
  writeInteger,
  writeName,
  writePacked,
  writeString,
} from "../value/packed-writer";
import { unpackRecord } from "../value/record-unpack";
import { temporalKind } from "../value/temporal";
import { typeName, typeNameLength } from "../value/temporal-stored";
import { SPILL_ARRAY, SPILL_OTHER, WORD_EMPTY, wordBytes, wordLength } from "../value/word";

export function value_output(tag: i32, payload: i64): i64 {
  readValue(tag, payload);
  const isContainer = itemTag == SLOT_ARRAY || itemTag == SLOT_JSON;
  const isTemporal = itemTag == SLOT_TEMPORAL;
  // A float in the form in which it is stored is answered as itself.
  if (itemTag == SLOT_DOUBLE && tag != SLOT_DOUBLE) {
    setTag(SLOT_DOUBLE);
    return <i64>itemPayload;
  }
  const isEntity = itemTag == SLOT_NODE || itemTag == SLOT_RELATIONSHIP || itemTag == SLOT_PATH || isTemporal;
  const value = isContainer || itemTag == SLOT_PATH ? wordBytes(itemPayload, SPILL_ARRAY) : 0;
  if (!isEntity && !(isContainer && hasReference(value))) {
    setTag(tag);
    return payload;
  }
  const own = itemTag;
  const number = <u32>itemPayload;
  const temporal: u64 = isTemporal ? itemPayload : WORD_EMPTY;
  const text = isTemporal ? textOfDynamic(SLOT_TEMPORAL, temporal) : WORD_EMPTY;
  beginPacking();
  if (own == SLOT_NODE) writeNode(number);
  else if (own == SLOT_RELATIONSHIP) writeRelationship(number);
  else if (own == SLOT_PATH) writePath(value);
  else if (isTemporal) writeTemporal(temporalKind(temporal), text);
  else writeValue(value);
  const word = packedWord();
  setTag(isEntity ? SLOT_JSON : own);
  return word;
}

/** A packed value with entities in place of references. */
function writeValue(value: usize): void {
  const tag = tagOf(value);
  if (tag == TAG_NODE) writeNode(referenceNumber(value));
  else if (tag == TAG_RELATIONSHIP) writeRelationship(referenceNumber(value));
  else if (tag == TAG_PATH) writePath(value + 1);
  else if (isTemporalItem(value)) writeTemporalItem(value);
  else if (isStoredFloat(value)) writeDoubleBits(storedFloat(value));
  else if (!isArray(value) && !isObject(value)) writePacked(value, valueBytes(value));
  else {
    const isList = isArray(value);
    const count = childCount(value);
    const start = openContainer();
    let child = firstChild(value);
    for (let index: u32 = 0; index < count; index++) {
      if (!isList) writeName(namePointer(child), readLength(child));
      const item = isList ? child : fieldValue(child);
      writeValue(item);
      child = afterValue(item);
    }
    if (isList) closeArray(start, count);
    else closeObject(start, count);
  }
}

function writeTemporalItem(value: usize): void {
  readItem(value);
  const kind = temporalKind(itemPayload);
  writeTemporal(kind, textOfDynamic(itemTag, itemPayload));
}

function writeTemporal(kind: u32, text: u64): void {
  writeByte(TAG_ENTITY);
  const start = openContainer();
  writeInteger(ENTITY_TEMPORAL);
  writeString(typeName(kind), typeNameLength(kind));
  writeString(wordBytes(text, SPILL_OTHER), wordLength(text));
  closeArray(start, 3);
}

/** Begins an entity: its kind, number and public id. */
function openEntity(kind: u32, number: u32): u32 {
  writeByte(TAG_ENTITY);
  const start = openContainer();
  writeInteger(kind);
  writeInteger(number);
  writeString(idText(number, kind == ENTITY_RELATIONSHIP), ID_BYTES);
  return start;
}

function writeNode(number: u32): void {
  const graph = graphOf();
  const slot = nodeSlot(graph, number);
  const start = openEntity(ENTITY_NODE, number);
  const labels = openContainer();
  const collection = slot ? nodeCollection(slot) : 0;
  const count = slot ? setSize(collection) : 0;
  for (let index: u32 = 0; index < count; index++) {
    const name = nameAt(graph, KIND_LABEL, setLabel(collection, index));
    writeString(nameText(name), nameLength(name));
  }
  closeArray(labels, count);
  writeProperties(collection, slot ? nodeEntry(slot) : 0);
  closeArray(start, 5);
}

function writeRelationship(number: u32): void {
  const graph = graphOf();
  const slot = relationshipSlot(graph, number);
  const start = openEntity(ENTITY_RELATIONSHIP, number);
  const type = slot ? relationshipType(graph, slot) : 0;
  if (type) writeString(nameText(type), nameLength(type));
  else writeString(0, 0);
  writeInteger(slot ? load<u32>(slot, RELATIONSHIP_START) : 0);
  writeInteger(slot ? load<u32>(slot, RELATIONSHIP_END) : 0);
  writeProperties(type ? <usize>load<u32>(type, NAME_COLLECTION) : 0, slot ? <usize>load<u32>(slot, RELATIONSHIP_ENTRY) : 0);
  closeArray(start, 7);
}

/** The properties of an entry, or an empty map. */
function writeProperties(collection: usize, entry: usize): void {
  if (!entry) closeObject(openContainer(), 0);
  else if (isRecord(entry)) unpackRecord(<usize>load<u32>(collection, COLLECTION_SHAPES), valueAddress(entry));
  else {
    const object = valueAddress(entry) + RECORD_PACKED;
    writePacked(object, valueBytes(object));
  }
}

/** A path: its nodes, then its relationships. */
function writePath(array: usize): void {
  writeByte(TAG_ENTITY);
  const start = openContainer();
  writeInteger(ENTITY_PATH);
  const count = childCount(array);
  writeEvery(array, TAG_NODE, (count + 1) >> 1);
  writeEvery(array, TAG_RELATIONSHIP, count >> 1);
  closeArray(start, 3);
}

function writeEvery(array: usize, tag: u32, count: u32): void {
  const start = openContainer();
  let item = firstChild(array);
  for (let left = childCount(array); left; left--) {
    if (tagOf(item) == tag) writeValue(item);
    item = afterValue(item);
  }
  closeArray(start, count);
}
