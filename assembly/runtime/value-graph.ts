/**
 * What Cypher's expressions read of nodes, relationships and paths. The graph is that of the current database; labels and types are looked
 * up by name at each call, and one that is not there is on nothing.
 *
 * A node or relationship that is gone was deleted in this statement: reading it is an error.
 *
 * Cost: O(1), of a property O(fields) where the document is packed.
 */
import { RELATIONSHIP_END, RELATIONSHIP_ENTRY, RELATIONSHIP_START, RELATIONSHIP_TYPE, NAME_COLLECTION, NAME_NUMBER } from "../abi/graph";
import { FIELD_NONE, FIELD_ROOT, RECORD_PACKED, SLOT_JSON, SLOT_NODE, SLOT_RELATIONSHIP, SLOT_TEMPORAL } from "../abi/record";
import { RUNTIME_ERROR_VALUE_KIND } from "../abi/runtime-error";
import { KIND_LABEL, KIND_TYPE, graphOf } from "../graph/graph";
import { NAME_BITMAP, nameFind } from "../graph/name";
import { nodeCollection, nodeEntry } from "../graph/node";
import { relationshipType } from "../graph/relationship";
import { COLLECTION_SHAPES } from "../keyspace/collection";
import { valueAddress } from "../keyspace/entry-release";
import { bitmapHas } from "../structure/bitmap";
import { isRecord } from "../types/document";
import { hasFailed } from "../value/cells";
import { itemPayload, itemTag, readValue, referenceNumber } from "../value/cypher-item";
import { NAME_ENTITY, NAME_HOLDER, failKind } from "../value/cypher-kind";
import { beginPacking, packedWord } from "../value/dynamic-pack";
import { TAG_NODE, TAG_RELATIONSHIP, afterValue, childCount, findField, firstChild, tagOf, valueBytes } from "../value/packed";
import { closeArray, openContainer, writePacked, writeReference } from "../value/packed-writer";
import { readPacked, readRecord } from "../value/record-read";
import { fieldNamed } from "../value/shape";
import { SPILL_ARRAY, SPILL_OTHER, SPILL_OTHER_ARRAY, WORD_EMPTY, wordBytes, wordLength } from "../value/word";
import { answerField, answerNull, presentNode, presentRelationship } from "./value-entity";
import { temporalPart } from "./value-temporal";

/** A property of what has these properties; `collection` may be 0 where there are none. */
function propertyOf(collection: usize, entry: usize, name: u64): i64 {
  if (!entry) return answerNull();
  const bytes = wordBytes(name, SPILL_OTHER);
  const length = wordLength(name);
  const value = valueAddress(entry);
  if (!isRecord(entry)) {
    const found = findField(value + RECORD_PACKED, bytes, length);
    return found ? readPacked(found) : answerNull();
  }
  const shapes = <usize>load<u32>(collection, COLLECTION_SHAPES);
  const field = fieldNamed(shapes, FIELD_ROOT, bytes, length);
  return field == FIELD_NONE ? answerNull() : readRecord(shapes, value, field);
}

export function node_property_value(number: i64, name: u64): i64 {
  const slot = presentNode(<u32>number);
  return slot ? propertyOf(nodeCollection(slot), nodeEntry(slot), name) : answerNull();
}

export function relationship_property_value(number: i64, name: u64): i64 {
  const slot = presentRelationship(<u32>number);
  if (!slot) return answerNull();
  const collection = <usize>load<u32>(relationshipType(graphOf(), slot), NAME_COLLECTION);
  return propertyOf(collection, <usize>load<u32>(slot, RELATIONSHIP_ENTRY), name);
}

/** value.name: of a map, a node, a relationship, or a date, time or duration. */
export function value_property(tag: i32, payload: i64, name: u64): i64 {
  readValue(tag, payload);
  if (itemTag == SLOT_NODE) return node_property_value(itemPayload, name);
  if (itemTag == SLOT_RELATIONSHIP) return relationship_property_value(itemPayload, name);
  if (itemTag == SLOT_JSON) return answerField(itemPayload, name);
  if (itemTag == SLOT_TEMPORAL) return temporalPart(itemPayload, name);
  failKind(RUNTIME_ERROR_VALUE_KIND, NAME_HOLDER, tag, payload);
  return answerNull();
}

// Labels and types ---------------------------------------------------------------------------------------------------------

export function node_has_label(number: i64, name: u64): i32 {
  if (!presentNode(<u32>number)) return 0;
  const label = nameFind(graphOf(), KIND_LABEL, wordBytes(name, SPILL_OTHER), wordLength(name));
  return label && bitmapHas(label + NAME_BITMAP, <u32>number) ? 1 : 0;
}

export function relationship_has_type(number: i64, name: u64): i32 {
  const slot = presentRelationship(<u32>number);
  if (!slot) return 0;
  const type = nameFind(graphOf(), KIND_TYPE, wordBytes(name, SPILL_OTHER), wordLength(name));
  return type && load<u32>(type, NAME_NUMBER) + 1 == load<u32>(slot, RELATIONSHIP_TYPE) ? 1 : 0;
}

/** value:name */
export function value_has_label(tag: i32, payload: i64, name: u64): i32 {
  readValue(tag, payload);
  if (itemTag == SLOT_NODE) return node_has_label(itemPayload, name);
  if (itemTag == SLOT_RELATIONSHIP) return relationship_has_type(itemPayload, name);
  failKind(RUNTIME_ERROR_VALUE_KIND, NAME_ENTITY, tag, payload);
  return 0;
}

// Paths --------------------------------------------------------------------------------------------------------------------

/** A path of one node. */
export function path_start(node: i64): u64 {
  beginPacking();
  const start = openContainer();
  writeReference(TAG_NODE, <u32>node);
  closeArray(start, 1);
  return packedWord();
}

/** Begins a path with what another one has; answers its items. */
function openPath(path: u64): u32 {
  const array = wordBytes(path, SPILL_ARRAY);
  const count = childCount(array);
  const first = firstChild(array);
  beginPacking();
  pathStart = openContainer();
  writePacked(first, count * valueBytes(first));
  return count;
}

let pathStart: u32 = 0;

/** A path and one relationship more, to a node. */
export function path_step(path: u64, relationship: i64, node: i64): u64 {
  const count = openPath(path);
  writeReference(TAG_RELATIONSHIP, <u32>relationship);
  writeReference(TAG_NODE, <u32>node);
  closeArray(pathStart, count + 2);
  return packedWord();
}

/** A path and the relationships of a list more, each from the node where the one before has led. */
export function path_extend(path: u64, relationships: u64): u64 {
  let count = openPath(path);
  const array = wordBytes(path, SPILL_ARRAY);
  let node = referenceNumber(firstChild(array) + (count - 1) * valueBytes(firstChild(array)));
  const list = wordBytes(relationships, SPILL_OTHER_ARRAY);
  let item = firstChild(list);
  for (let left = childCount(list); left && !hasFailed(); left--) {
    const slot = tagOf(item) == TAG_RELATIONSHIP ? presentRelationship(referenceNumber(item)) : 0;
    if (!slot) return WORD_EMPTY;
    const start = load<u32>(slot, RELATIONSHIP_START);
    node = start == node ? load<u32>(slot, RELATIONSHIP_END) : start;
    writeReference(TAG_RELATIONSHIP, referenceNumber(item));
    writeReference(TAG_NODE, node);
    count += 2;
    item = afterValue(item);
  }
  closeArray(pathStart, count);
  return packedWord();
}
