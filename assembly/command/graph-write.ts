/**
 * The doors through which plans write the graph of the current database, inside a statement (row.ts begins and ends it): what was done is
 * logged, and is taken back with the statement. Properties come as words of SLOT_JSON.
 *
 * A door that refuses has changed nothing, and the error is in the cells.
 */
import {
  DELETE_CONNECTED,
  DELETE_DONE,
  DELETE_MISSING,
  DIRECTION_BOTH,
  NAME_COLLECTION,
  NAME_NUMBER,
  NODE_IN_DEGREE,
  NODE_NUMBER,
  NODE_OUT_DEGREE,
  NO_NODE,
  WRITTEN_DONE,
  WRITTEN_REFUSED,
  WRITTEN_SAME,
  LABEL_INDEX_REQUIRED,
  LABEL_INDEX_UNCHECKED,
  LABEL_INDEX_UNIQUE,
} from "../abi/graph";
import { COMMAND_GRAPH_ADDNODE, COMMAND_GRAPH_DELETE } from "../abi/commands";
import {
  RUNTIME_ERROR_GRAPH_GONE,
  RUNTIME_ERROR_GRAPH_LIMIT,
  RUNTIME_ERROR_GRAPH_NAME,
  RUNTIME_ERROR_GRAPH_PROPERTIES,
  RUNTIME_ERROR_MEMORY,
} from "../abi/runtime-error";
import { STATUS_OK, STATUS_OUT_OF_MEMORY } from "../abi/status";
import { effectsOn } from "../durability/effect-log";
import { admitGraphEffect, effectGone, effectNode, effectRelationship } from "../durability/graph-effect";
import { GRAPH_NODES, GRAPH_RELATIONSHIPS, KIND_LABEL, KIND_TYPE, graphMake, graphOf, graphOwn, numberNext } from "../graph/graph";
import { definitionHolds } from "../graph/constraint";
import { definitionAt, definitionCount, labelIndexAdd, labelIndexDrop } from "../graph/label-index";
import { setAdd, setBegin, setBeginWith, setDrop, setMake, setSize } from "../graph/label-set";
import { NAMES_MAX, NAME_MAX, nameCount, nameFind, nameMake } from "../graph/name";
import { nodeCollection, nodeCreate, nodeEntry, nodeRelabel, nodeSlot, nodeWrite } from "../graph/node";
import { packMerged, packProperties, packProperty, packedChanges, packedTakes, packedProperties, propertiesValue } from "../graph/property";
import {
  nodeRemove,
  relationshipCreate,
  relationshipDelete,
  relationshipEntry,
  relationshipSlot,
  relationshipType,
  relationshipWrite,
} from "../graph/relationship";
import { tracksReads } from "../keyspace/track";
import { trackPairs } from "../keyspace/track-graph";
import { fail } from "../value/cells";
import { packDynamic } from "../value/dynamic-pack";
import { isObject } from "../value/packed";
import { packedAt, packedFailed, packedReset } from "../value/packed-writer";
import { SPILL_FIRST, wordBytes } from "../value/word";
import { admitWrite } from "./call";

/** A packed object without fields: tag, bytes, count. */
const EMPTY_OBJECT: usize = memory.data<u8>([18, 0, 0]);

function refuse(error: u32): i32 {
  fail(error);
  return NO_NODE;
}

/** Whether a write that needs memory is allowed now. */
function admit(): bool {
  if (!admitWrite(COMMAND_GRAPH_ADDNODE, 1024)) return true;
  fail(RUNTIME_ERROR_MEMORY);
  return false;
}

/** Brings properties into form, at `packedProperties`. */
function takeProperties(word: u64): bool {
  packedReset();
  const object = wordBytes(word, SPILL_FIRST);
  if (!isObject(object)) {
    fail(RUNTIME_ERROR_GRAPH_PROPERTIES);
    return false;
  }
  packProperties(object);
  if (packedFailed) fail(RUNTIME_ERROR_MEMORY);
  return !packedFailed;
}

/** The label or type of a name, made if there is none; 0: refused. */
export function makeName(kind: u32, name: usize, length: u32): usize {
  if (!length || length > NAME_MAX) {
    fail(RUNTIME_ERROR_GRAPH_NAME);
    return 0;
  }
  const graph = graphMake();
  const made = graph ? nameMake(graph, kind, name, length) : 0;
  if (!made) fail(graph && nameCount(graph, kind) >= NAMES_MAX ? RUNTIME_ERROR_GRAPH_LIMIT : RUNTIME_ERROR_MEMORY);
  return made;
}

/** Makes an index of a label, whose name is made if need be; a STATUS_*. */
export function makeLabelIndex(
  label: usize,
  labelBytes: u32,
  flags: u32,
  fields: usize,
  fieldBytes: u32,
  fieldCount: u32,
  name: usize,
  nameBytes: u32,
): i32 {
  const made = makeName(KIND_LABEL, label, labelBytes);
  if (!made) return STATUS_OUT_OF_MEMORY;
  const graph = graphOwn();
  const status = labelIndexAdd(graph, load<u32>(made, NAME_NUMBER), flags, fields, fieldBytes, fieldCount, name, nameBytes);
  const isLooked = status == STATUS_OK && flags & (LABEL_INDEX_UNIQUE | LABEL_INDEX_REQUIRED) && !(flags & LABEL_INDEX_UNCHECKED);
  if (!isLooked || definitionHolds(graph, definitionAt(graph, definitionCount(graph) - 1))) return status;
  labelIndexDrop(graph, name, nameBytes);
  return STATUS_OUT_OF_MEMORY;
}

// Labels under way ----------------------------------------------------------------------------------------------------------

/** Begins with the labels of a node, or (NO_NODE) with none. */
export function labelsBegin(number: u32): void {
  const slot = nodeSlot(graphOf(), number);
  if (slot) setBeginWith(nodeCollection(slot));
  else setBegin();
}

/** Adds a label. */
export function labelsAdd(name: usize, length: u32): void {
  const label = makeName(KIND_LABEL, name, length);
  if (label && !setAdd(label)) fail(RUNTIME_ERROR_GRAPH_LIMIT);
}

/** Takes a label away. */
export function labelsDrop(name: usize, length: u32): void {
  const graph = graphOf();
  const label = graph ? nameFind(graph, KIND_LABEL, name, length) : 0;
  if (label) setDrop(label);
}

// Nodes -----------------------------------------------------------------------------------------------------------------------

/** Makes a node with the labels under way; its number, or NO_NODE. */
export function writeNewNode(properties: u64): i32 {
  const graph = graphMake();
  const collection = graph ? setMake(graph) : 0;
  return collection ? createNodeIn(collection, properties) : refuse(RUNTIME_ERROR_MEMORY);
}

/** Makes a node with the labels of a collection; its number, or NO_NODE. */
export function createNodeIn(collection: usize, properties: u64): i32 {
  if (!admit() || !takeProperties(properties)) return NO_NODE;
  const graph = graphOwn();
  if (!graph || !admitGraphEffect(packedAt(packedProperties), setSize(collection))) return refuse(RUNTIME_ERROR_MEMORY);
  const number = numberNext(graph, GRAPH_NODES);
  if (!nodeCreate(graph, number, collection, packedAt(packedProperties))) return refuse(RUNTIME_ERROR_MEMORY);
  if (effectsOn) effectNode(graph, nodeSlot(graph, number));
  return <i32>number;
}

/** Gives a node the labels under way. */
export function writeLabels(number: u32): bool {
  const graph = graphOwn();
  const slot = nodeSlot(graph, number);
  if (!slot) fail(RUNTIME_ERROR_GRAPH_GONE);
  if (!slot || !admit()) return false;
  packedReset();
  const collection = setMake(graph);
  const value = propertiesValue(nodeCollection(slot), nodeEntry(slot));
  if (collection && value && admitGraphEffect(value, setSize(collection)) && nodeRelabel(graph, number, collection)) {
    if (effectsOn) effectNode(graph, nodeSlot(graph, number));
    return true;
  }
  fail(RUNTIME_ERROR_MEMORY);
  return false;
}

/** Gives a node other properties. */
export function writeNode(number: u32, properties: u64): bool {
  const slot = nodeSlot(graphOf(), number);
  if (!slot) fail(RUNTIME_ERROR_GRAPH_GONE);
  if (!slot || !admit() || !takeProperties(properties)) return false;
  return countTaken(propertiesValue(nodeCollection(slot), nodeEntry(slot))) && storeNode(slot);
}

/** Counts the properties of `old` (0: there was no memory for it) that go. */
function countTaken(old: usize): bool {
  if (old) packedTakes(old);
  else fail(RUNTIME_ERROR_MEMORY);
  return old != 0;
}

/** Gives a node the properties of a map besides those that it has; null takes one away. */
export function mergeNode(number: u32, changes: u64): bool {
  const slot = nodeSlot(graphOf(), number);
  if (!slot) fail(RUNTIME_ERROR_GRAPH_GONE);
  if (!slot || !admit()) return false;
  packedReset();
  return packTogether(propertiesValue(nodeCollection(slot), nodeEntry(slot)), changes) && storeNode(slot);
}

/** Makes the object of `old` (0: there was no memory for it) and of a word's. */
function packTogether(old: usize, word: u64): bool {
  const changes = wordBytes(word, SPILL_FIRST);
  if (!isObject(changes)) {
    fail(RUNTIME_ERROR_GRAPH_PROPERTIES);
    return false;
  }
  if (old) packMerged(old, changes);
  if (!old || packedFailed) fail(RUNTIME_ERROR_MEMORY);
  return old != 0 && !packedFailed;
}

/** Gives a node a property; SLOT_NONE takes it away. A WRITTEN_*. */
export function writeNodeProperty(number: u32, name: usize, length: u32, tag: u32, payload: u64): i32 {
  const slot = nodeSlot(graphOf(), number);
  if (!slot) fail(RUNTIME_ERROR_GRAPH_GONE);
  if (!slot || !admit()) return WRITTEN_REFUSED;
  packedReset();
  packDynamic(tag, payload);
  const old = propertiesValue(nodeCollection(slot), nodeEntry(slot));
  if (!packChanged(old, name, length)) return WRITTEN_REFUSED;
  if (!packedChanges) return WRITTEN_SAME;
  return storeNode(slot) ? WRITTEN_DONE : WRITTEN_REFUSED;
}

/** Makes the object with the value that was packed first. `old` 0: there was no memory for it. */
function packChanged(old: usize, name: usize, length: u32): bool {
  if (old) packProperty(old, name, length, 0);
  if (!old || packedFailed) fail(RUNTIME_ERROR_MEMORY);
  return old != 0 && !packedFailed;
}

function storeNode(slot: usize): bool {
  const number = load<u32>(slot, NODE_NUMBER);
  const object = packedAt(packedProperties);
  const graph = admitGraphEffect(object, setSize(nodeCollection(slot))) ? graphOwn() : 0;
  if (!graph || !nodeWrite(graph, number, object)) {
    fail(RUNTIME_ERROR_MEMORY);
    return false;
  }
  if (effectsOn) effectNode(graph, nodeSlot(graph, number));
  return true;
}

/** Deletes a node, with its relationships if `detach`; DELETE_*. */
export function removeNode(number: u32, detach: bool): i32 {
  const graph = graphOwn();
  const slot = nodeSlot(graph, number);
  if (!slot) return DELETE_MISSING;
  // What comes of it tells of the node's relationships, even if it is taken back (ROLLBACK TO).
  if (tracksReads) trackPairs(number, DIRECTION_BOTH, 0);
  const degree = load<u32>(slot, NODE_OUT_DEGREE) + load<u32>(slot, NODE_IN_DEGREE);
  if (degree && !detach) return DELETE_CONNECTED;
  if (admitWrite(COMMAND_GRAPH_DELETE, 64, degree + 1) || !nodeRemove(graph, number)) {
    fail(RUNTIME_ERROR_MEMORY);
    return DELETE_MISSING;
  }
  if (effectsOn) effectGone(number, false);
  return DELETE_DONE;
}

// Relationships -----------------------------------------------------------------------------------------------------------------

/** Makes a relationship; its number, or NO_NODE. */
export function writeNewRelationship(start: u32, end: u32, name: usize, length: u32, properties: u64): i32 {
  const graph = graphOf();
  if (!nodeSlot(graph, start) || !nodeSlot(graph, end)) return refuse(RUNTIME_ERROR_GRAPH_GONE);
  const type = makeName(KIND_TYPE, name, length);
  return type ? createRelationshipOf(start, end, load<u32>(type, NAME_NUMBER), properties) : NO_NODE;
}

/** Makes a relationship of the type of a number; its number, or NO_NODE. */
export function createRelationshipOf(start: u32, end: u32, type: u32, properties: u64): i32 {
  const graph = graphOwn();
  if (!nodeSlot(graph, start) || !nodeSlot(graph, end)) return refuse(RUNTIME_ERROR_GRAPH_GONE);
  if (!admit() || !takeProperties(properties)) return NO_NODE;
  const object = packedAt(packedProperties);
  const number = numberNext(graph, GRAPH_RELATIONSHIPS);
  if (!admitGraphEffect(object, 1) || !relationshipCreate(graph, number, start, end, type, object)) return refuse(RUNTIME_ERROR_MEMORY);
  if (effectsOn) effectRelationship(graph, number);
  return <i32>number;
}

/** Gives a relationship other properties. */
export function writeRelationship(number: u32, properties: u64): bool {
  const slot = relationshipSlot(graphOf(), number);
  if (!slot) fail(RUNTIME_ERROR_GRAPH_GONE);
  return slot != 0 && admit() && takeProperties(properties) && countTaken(relationshipValue(slot)) && storeRelationship(number);
}

/** The same as `mergeNode` of a relationship. */
export function mergeRelationship(number: u32, changes: u64): bool {
  const slot = relationshipSlot(graphOf(), number);
  if (!slot) fail(RUNTIME_ERROR_GRAPH_GONE);
  if (!slot || !admit()) return false;
  packedReset();
  return packTogether(relationshipValue(slot), changes) && storeRelationship(number);
}

/** The properties of a relationship as an object; 0: no memory. */
function relationshipValue(slot: usize): usize {
  const entry = relationshipEntry(slot);
  return entry ? propertiesValue(<usize>load<u32>(relationshipType(graphOf(), slot), NAME_COLLECTION), entry) : EMPTY_OBJECT;
}

/** Gives a relationship a property; SLOT_NONE takes it away. A WRITTEN_*. */
export function writeRelationshipProperty(number: u32, name: usize, length: u32, tag: u32, payload: u64): i32 {
  const slot = relationshipSlot(graphOf(), number);
  if (!slot) fail(RUNTIME_ERROR_GRAPH_GONE);
  if (!slot || !admit()) return WRITTEN_REFUSED;
  packedReset();
  packDynamic(tag, payload);
  if (!packChanged(relationshipValue(slot), name, length)) return WRITTEN_REFUSED;
  if (!packedChanges) return WRITTEN_SAME;
  return storeRelationship(number) ? WRITTEN_DONE : WRITTEN_REFUSED;
}

function storeRelationship(number: u32): bool {
  const graph = graphOwn();
  const object = packedAt(packedProperties);
  if (!graph || !admitGraphEffect(object, 1) || !relationshipWrite(graph, number, object)) {
    fail(RUNTIME_ERROR_MEMORY);
    return false;
  }
  if (effectsOn) effectRelationship(graph, number);
  return true;
}

/** Deletes a relationship. False: it is not there, or there is no memory, which the cells tell. */
export function removeRelationship(number: u32): bool {
  const graph = graphOwn();
  if (!relationshipSlot(graph, number)) return false;
  if (admitWrite(COMMAND_GRAPH_DELETE, 64) || !relationshipDelete(graph, number)) {
    fail(RUNTIME_ERROR_MEMORY);
    return false;
  }
  if (effectsOn) effectGone(number, true);
  return true;
}
