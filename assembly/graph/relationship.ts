/**
 * Relationships: a slot under the relationship's number (abi/graph.ts), and a pair at each of its ends (adjacency.ts). One with
 * properties has them in an entry that is a row of its type's collection.
 *
 * As in node.ts, what changes something makes it its own first, and slots and records of types that were looked up before may be old ones
 * afterwards.
 *
 * Out of memory: the functions return false and have changed nothing. Cost of making one: O(types at its ends + bytes of the
 * properties); of deleting one: a look through the pairs of its type at both ends.
 */
import {
  NAME_COLLECTION,
  NAME_NUMBER,
  NODE_IN,
  NODE_IN_DEGREE,
  NODE_OUT,
  NODE_OUT_DEGREE,
  PAIR_RELATIONSHIP,
  RELATIONSHIP_END,
  RELATIONSHIP_ENTRY,
  RELATIONSHIP_START,
  RELATIONSHIP_TYPE,
} from "../abi/graph";
import { collectionMakeIn, releaseCollection, rowEnterIn, rowLeaveFrom, rowReplaceIn, sizeGrown } from "../keyspace/collection";
import { releaseEntry } from "../keyspace/entry-release";
import { tracksChanges } from "../keyspace/track";
import { trackEnd } from "../keyspace/track-graph";
import { undoOn } from "../keyspace/undo";
import { DEBUG } from "../memory/debug";
import { contextTransaction } from "../mvcc/context";
import { makeWritable } from "../structure/birth";
import { hashBytes } from "../bytes/hash";
import { tableFind, tableRemove } from "../structure/hash-table";
import { slotGive, slotOf, slotOwn, slotRelinquish, slotReserve, slotsLive, slotTake } from "../structure/numbered-slots";
import { childCount } from "../value/packed";
import { adjacencyAdd, adjacencyOwn, adjacencyRemove, blockCount, blockPair } from "./adjacency";
import { GRAPH_NAMES, GRAPH_RELATIONSHIPS, KIND_PROPERTIES, KIND_TYPE, RELATIONSHIP_SHIFT, numberGiven } from "./graph";
import { giveShapes } from "./label-set";
import { nameAdd, nameAt, nameOwn } from "./name";
import { nodeDelete, nodeOwn, nodeSlot } from "./node";
import { propertiesMake } from "./property";
import { tellRelationship } from "./told";
import {
  UNDID_RELATIONSHIP_CREATED,
  UNDID_RELATIONSHIP_DELETED,
  UNDID_RELATIONSHIP_WRITTEN,
  noteCreated,
  noteGone,
  noteRelationshipGone,
  noteReserve,
} from "./undo";

/** Key of a type's collection: KIND_PROPERTIES and the type's number, four bytes. */
const key: usize = memory.data(5, 8);

/** The slot of a relationship, or 0: there is none of this number. */
export function relationshipSlot(graph: usize, number: u32): usize {
  const slot = graph ? slotOf(graph + GRAPH_RELATIONSHIPS, number, RELATIONSHIP_SHIFT) : 0;
  return slot && load<u32>(slot, RELATIONSHIP_TYPE) ? slot : 0;
}

/** The record of a relationship's type. */
export function relationshipType(graph: usize, slot: usize): usize {
  return nameAt(graph, KIND_TYPE, load<u32>(slot, RELATIONSHIP_TYPE) - 1);
}

// @ts-ignore: decorator
@inline
export function relationshipEntry(slot: usize): usize {
  return <usize>load<u32>(slot, RELATIONSHIP_ENTRY);
}

/** The slot of a relationship for a change; 0: no memory. Requires: there is one, and the graph's record may be changed. */
export function relationshipOwn(graph: usize, number: u32): usize {
  return slotOwn(graph + GRAPH_RELATIONSHIPS, number);
}

/** The collection of a type's relationships with properties, made if there is none; 0: no memory. Requires: `nameOwn` of the type. */
function collectionOf(graph: usize, type: usize): usize {
  const found = <usize>load<u32>(type, NAME_COLLECTION);
  if (found) return found;
  store<u8>(key, <u8>KIND_PROPERTIES);
  store<u32>(key + 1, load<u32>(type, NAME_NUMBER));
  const collection = collectionMakeIn(graph + GRAPH_NAMES, key, 5);
  if (!collection) return 0;
  if (!giveShapes(collection)) {
    const hash = hashBytes(key, 5);
    const made = tableFind(graph + GRAPH_NAMES, hash, key, 5);
    const entry = <usize>load<u32>(made);
    tableRemove(graph + GRAPH_NAMES, hash, made);
    releaseCollection(entry);
    return 0;
  }
  store<u32>(type, <u32>collection, NAME_COLLECTION);
  return collection;
}

/** An entry with properties in a row of its type, 0 when there are none or no memory. */
function makeProperties(graph: usize, type: usize, number: u32, object: usize): usize {
  const collection = collectionOf(graph, type);
  const entry = collection ? propertiesMake(collection, number, object) : 0;
  if (entry && !rowEnterIn(collection, entry)) {
    releaseEntry(entry);
    return 0;
  }
  return entry;
}

/**
 * Makes a relationship with a type of this number and properties (a packed object). Requires: there is none of this number, and both nodes are
 * there.
 */
export function relationshipCreate(graph: usize, number: u32, start: u32, end: u32, type: u32, object: usize): bool {
  const own = noteReserve() ? nameOwn(graph, KIND_TYPE, type) : 0;
  if (!own) return false;
  if (tracksChanges) {
    tellRelationship(graph, number, start, end, type);
    trackEnd(start, false);
    trackEnd(end, false);
  }
  const hasProperties = childCount(object) > 0;
  const entry = hasProperties ? makeProperties(graph, own, number, object) : 0;
  if (hasProperties && !entry) return false;
  if (!relationshipRestore(graph, number, start, end, own, entry)) {
    if (entry) rowLeaveFrom(<usize>load<u32>(own, NAME_COLLECTION), entry);
    if (entry) releaseEntry(entry);
    return false;
  }
  noteCreated(UNDID_RELATIONSHIP_CREATED, number);
  return true;
}

/** Makes a relationship with properties that are in their row (0: none), and leaves no note of it. Requires: `nameOwn` of the type. */
export function relationshipRestore(graph: usize, number: u32, start: u32, end: u32, type: usize, entry: usize): bool {
  const slots = graph + GRAPH_RELATIONSHIPS;
  const slot = slotReserve(slots, number);
  if (!slot) return false;
  if (!connect(graph, number, start, end, load<u32>(type, NAME_NUMBER))) {
    slotRelinquish(slots, number);
    return false;
  }
  slotTake(slots, number);
  sizeGrown(slotsLive(slots));
  numberGiven(graph, GRAPH_RELATIONSHIPS, number);
  store<u32>(slot, start, RELATIONSHIP_START);
  store<u32>(slot, end, RELATIONSHIP_END);
  store<u32>(slot, load<u32>(type, NAME_NUMBER) + 1, RELATIONSHIP_TYPE);
  store<u32>(slot, <u32>entry, RELATIONSHIP_ENTRY);
  nameAdd(type, 1);
  return true;
}

function connect(graph: usize, number: u32, start: u32, end: u32, type: u32): bool {
  if (DEBUG) assert(nodeSlot(graph, start) != 0 && nodeSlot(graph, end) != 0);
  const from = nodeOwn(graph, start);
  const to = from ? nodeOwn(graph, end) : 0;
  if (!to) return false;
  if (!adjacencyAdd(from + NODE_OUT, type, end, number)) return false;
  if (!adjacencyAdd(to + NODE_IN, type, start, number)) {
    adjacencyRemove(from + NODE_OUT, type, number);
    return false;
  }
  count(from + NODE_OUT_DEGREE, 1);
  count(to + NODE_IN_DEGREE, 1);
  return true;
}

function count(counter: usize, difference: i32): void {
  store<u32>(counter, load<u32>(counter) + difference);
}

/** Gives a relationship other properties. Requires: a packed object that does not lie in its entry. */
export function relationshipWrite(graph: usize, number: u32, object: usize): bool {
  const slot = noteReserve() ? relationshipOwn(graph, number) : 0;
  const type = slot ? nameOwn(graph, KIND_TYPE, load<u32>(slot, RELATIONSHIP_TYPE) - 1) : 0;
  if (!type) return false;
  if (tracksChanges) {
    const start = load<u32>(slot, RELATIONSHIP_START);
    tellRelationship(graph, number, start, load<u32>(slot, RELATIONSHIP_END), load<u32>(type, NAME_NUMBER));
  }
  const old = relationshipEntry(slot);
  let entry: usize = 0;
  if (childCount(object)) {
    if (!old) entry = makeProperties(graph, type, number, object);
    else {
      const collection = collectionOf(graph, type);
      entry = propertiesMake(collection, number, object);
      if (entry && !rowReplaceIn(collection, old, entry)) {
        releaseEntry(entry);
        entry = 0;
      }
    }
    if (!entry) return false;
  } else if (old) rowLeaveFrom(<usize>load<u32>(type, NAME_COLLECTION), old);
  store<u32>(slot, <u32>entry, RELATIONSHIP_ENTRY);
  noteGone(UNDID_RELATIONSHIP_WRITTEN, number, <usize>load<u32>(type, NAME_COLLECTION), old);
  return true;
}

/** Deletes a relationship. Returns false when there is no memory to remember it for the running statement. */
export function relationshipDelete(graph: usize, number: u32): bool {
  const slot = noteReserve() ? relationshipOwn(graph, number) : 0;
  const type = slot ? nameOwn(graph, KIND_TYPE, load<u32>(slot, RELATIONSHIP_TYPE) - 1) : 0;
  if (!type) return false;
  const start = load<u32>(slot, RELATIONSHIP_START);
  const end = load<u32>(slot, RELATIONSHIP_END);
  const entry = relationshipEntry(slot);
  const from = nodeOwn(graph, start);
  const to = from ? nodeOwn(graph, end) : 0;
  const typeNumber = load<u32>(type, NAME_NUMBER);
  if (tracksChanges) tellRelationship(graph, number, start, end, typeNumber);
  if (!to || !adjacencyOwn(from + NODE_OUT, typeNumber, number) || !adjacencyOwn(to + NODE_IN, typeNumber, number)) return false;
  adjacencyRemove(from + NODE_OUT, typeNumber, number);
  adjacencyRemove(to + NODE_IN, typeNumber, number);
  count(from + NODE_OUT_DEGREE, -1);
  count(to + NODE_IN_DEGREE, -1);
  nameAdd(type, -1);
  const collection = <usize>load<u32>(type, NAME_COLLECTION);
  if (entry) rowLeaveFrom(collection, entry);
  noteRelationshipGone(UNDID_RELATIONSHIP_DELETED, number, collection, entry, start, end, typeNumber);
  slotGive(graph + GRAPH_RELATIONSHIPS, number);
  return true;
}

/**
 * Deletes a node with its relationships. Returns false when there is no memory, and some relationships may be gone then; but what cannot be
 * taken back takes all views away before.
 */
export function nodeRemove(graph: usize, number: u32): bool {
  if (nodeDetach(graph, number) && nodeDelete(graph, number)) return true;
  if (undoOn || contextTransaction) return false;
  makeWritable();
  return nodeDetach(graph, number) && nodeDelete(graph, number);
}

/** Deletes all relationships of a node. Returns false when there is no memory to remember one; some may be gone then. */
function nodeDetach(graph: usize, number: u32): bool {
  return detachFrom(graph, number, NODE_OUT) && detachFrom(graph, number, NODE_IN);
}

function detachFrom(graph: usize, number: u32, field: usize): bool {
  let block = firstBlock(graph, number, field);
  while (block) {
    if (!relationshipDelete(graph, load<u32>(blockPair(block, blockCount(block) - 1), PAIR_RELATIONSHIP))) return false;
    block = firstBlock(graph, number, field);
  }
  return true;
}

/** The first block of a node's runs in a direction; its slot may lie elsewhere after each change. */
function firstBlock(graph: usize, number: u32, field: usize): usize {
  return <usize>load<u32>(nodeSlot(graph, number) + field);
}
