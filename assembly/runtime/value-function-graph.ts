/**
 * Cypher's functions of nodes, relationships and paths, and of maps where these have the same. What a statement has deleted has no
 * labels and properties any more, which is an error; its number and the type of a relationship are still known.
 *
 * Cost: O(bytes of what is answered).
 */
import { NAME_COLLECTION, RELATIONSHIP_END, RELATIONSHIP_START } from "../abi/graph";
import { SLOT_RELATIONSHIP } from "../abi/record";
import { RUNTIME_ERROR_MEMORY } from "../abi/runtime-error";
import { KIND_LABEL, KIND_TYPE, graphOf } from "../graph/graph";
import { setLabel, setSize } from "../graph/label-set";
import { nameAt, nameLength, nameText } from "../graph/name";
import { nodeCollection, nodeEntry } from "../graph/node";
import { propertiesValue } from "../graph/property";
import { ID_BYTES, idText } from "../graph/public-id";
import { relationshipEntry, relationshipSlot, relationshipType } from "../graph/relationship";
import { NOTE_TYPE, UNDID_RELATIONSHIP_DELETED } from "../graph/undo";
import { undoGraphNote } from "../keyspace/undo";
import { fail } from "../value/cells";
import { KIND_MAP, KIND_NODE, KIND_PATH, KIND_RELATIONSHIP, kindOfValue, refuse } from "../value/cypher-argument";
import { itemPayload } from "../value/cypher-item";
import { beginPacking, packedWord } from "../value/dynamic-pack";
import { afterValue, childCount, firstChild, valueBytes } from "../value/packed";
import { closeArray, closeObject, openContainer, packedFailed, writePacked, writeString } from "../value/packed-writer";
import { SPILL_ARRAY, WORD_EMPTY, wordBytes, wordOf, wordPart } from "../value/word";
import { presentNode, presentRelationship } from "./value-entity";
import { namesOf } from "./value-function-list";

// Identity -------------------------------------------------------------------------------------------------------------

/** id(): the number of a node or relationship. */
export function value_id(tag: i32, payload: i64): i64 {
  if (kindOfValue(tag, payload) & (KIND_NODE | KIND_RELATIONSHIP)) return payload;
  refuse(KIND_NODE | KIND_RELATIONSHIP, tag, payload);
  return 0;
}

/** A value of a pattern's variable that has to be a node. */
export function value_as_node(tag: i32, payload: i64): i64 {
  if (kindOfValue(tag, payload) != KIND_NODE) refuse(KIND_NODE, tag, payload);
  return payload;
}

export function value_as_relationship(tag: i32, payload: i64): i64 {
  if (kindOfValue(tag, payload) != KIND_RELATIONSHIP) refuse(KIND_RELATIONSHIP, tag, payload);
  return payload;
}

/** elementId(): the same as the text that commands take. */
export function value_element_id(tag: i32, payload: i64): u64 {
  const number = value_id(tag, payload);
  return wordOf(idText(<u32>number, tag == SLOT_RELATIONSHIP), ID_BYTES);
}

// Labels and types -----------------------------------------------------------------------------------------------------

export function value_labels(tag: i32, payload: i64): u64 {
  if (kindOfValue(tag, payload) != KIND_NODE) refuse(KIND_NODE, tag, payload);
  else {
    const slot = presentNode(<u32>payload);
    if (slot) return labelsOf(nodeCollection(slot));
  }
  return WORD_EMPTY;
}

function labelsOf(collection: usize): u64 {
  const count = setSize(collection);
  beginPacking();
  const start = openContainer();
  for (let index: u32 = 0; index < count && !packedFailed; index++) {
    const name = nameAt(graphOf(), KIND_LABEL, setLabel(collection, index));
    writeString(nameText(name), nameLength(name));
  }
  closeArray(start, count);
  return packedWord();
}

/** type(): the name of a relationship's type, also of one that the statement has deleted. */
export function value_relationship_type(tag: i32, payload: i64): u64 {
  if (kindOfValue(tag, payload) != KIND_RELATIONSHIP) {
    refuse(KIND_RELATIONSHIP, tag, payload);
    return WORD_EMPTY;
  }
  const number = <u32>payload;
  const slot = relationshipSlot(graphOf(), number);
  let name: usize = 0;
  if (slot) name = relationshipType(graphOf(), slot);
  else {
    const note = undoGraphNote(UNDID_RELATIONSHIP_DELETED, number);
    if (note) name = nameAt(graphOf(), KIND_TYPE, load<u32>(note, NOTE_TYPE));
    else presentRelationship(<u32>payload);
  }
  return name ? wordPart(nameText(name), 0, nameLength(name)) : WORD_EMPTY;
}

// Ends and paths -------------------------------------------------------------------------------------------------------

function endOf(tag: u32, payload: u64, end: usize): i64 {
  if (kindOfValue(tag, payload) != KIND_RELATIONSHIP) {
    refuse(KIND_RELATIONSHIP, tag, payload);
    return 0;
  }
  const slot = presentRelationship(<u32>payload);
  return slot ? load<u32>(slot + end) : 0;
}

export function value_start_node(tag: i32, payload: i64): i64 {
  return endOf(tag, payload, RELATIONSHIP_START);
}

export function value_end_node(tag: i32, payload: i64): i64 {
  return endOf(tag, payload, RELATIONSHIP_END);
}

/** The packed array of a path; an error and 0 where it is none. */
function pathArgument(tag: u32, payload: u64): usize {
  if (kindOfValue(tag, payload) == KIND_PATH) return wordBytes(itemPayload, SPILL_ARRAY);
  refuse(KIND_PATH, tag, payload);
  return 0;
}

/** length(): the number of relationships. */
export function value_path_length(tag: i32, payload: i64): i64 {
  const path = pathArgument(tag, payload);
  return path ? childCount(path) >> 1 : 0;
}

/** Nodes (0) or relationships (1) of a path, in its order. */
export function value_path_parts(tag: i32, payload: i64, part: i32): u64 {
  const path = pathArgument(tag, payload);
  if (!path) return WORD_EMPTY;
  const count = childCount(path);
  let item = firstChild(path);
  beginPacking();
  const start = openContainer();
  for (let index: u32 = 0; index < count && !packedFailed; index++) {
    if ((index & 1) == <u32>part) writePacked(item, valueBytes(item));
    item = afterValue(item);
  }
  closeArray(start, part ? count >> 1 : (count + 1) >> 1);
  return packedWord();
}

// Properties -----------------------------------------------------------------------------------------------------------

/** The properties of a node or relationship, the entries of a map, as a packed object; WORD_EMPTY: there is an error. */
export function value_properties(tag: i32, payload: i64): u64 {
  const kind = kindOfValue(tag, payload);
  if (kind == KIND_MAP) return itemPayload;
  if (kind == KIND_NODE) {
    const slot = presentNode(<u32>payload);
    return slot ? propertiesOf(nodeCollection(slot), nodeEntry(slot)) : WORD_EMPTY;
  }
  if (kind == KIND_RELATIONSHIP) {
    const slot = presentRelationship(<u32>payload);
    if (!slot) return WORD_EMPTY;
    return propertiesOf(<usize>load<u32>(relationshipType(graphOf(), slot), NAME_COLLECTION), relationshipEntry(slot));
  }
  refuse(KIND_MAP | KIND_NODE | KIND_RELATIONSHIP, tag, payload);
  return WORD_EMPTY;
}

function propertiesOf(collection: usize, entry: usize): u64 {
  if (!entry) {
    beginPacking();
    closeObject(openContainer(), 0);
    return packedWord();
  }
  const object = propertiesValue(collection, entry);
  if (object) return wordOf(object, valueBytes(object));
  fail(RUNTIME_ERROR_MEMORY);
  return WORD_EMPTY;
}

export function value_keys(tag: i32, payload: i64): u64 {
  const object = value_properties(tag, payload);
  return object == WORD_EMPTY ? WORD_EMPTY : namesOf(wordBytes(object, SPILL_ARRAY));
}
