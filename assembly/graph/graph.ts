/**
 * The record on which a database's graph hangs. It is made with the first node and goes with FLUSHDB; numbers are never given twice
 * in between.
 *
 *   0    SLOTS_BYTES: nodes (node.ts)
 *   28   SLOTS_BYTES: relationships (relationship.ts)
 *   76   list of the labels' name records by number (name.ts)
 *   92   list of the types' name records by number
 *   108  list of the label sets' collections by number (label-set.ts)
 *   124  list of the definitions of label indexes (label-index.ts)
 *   140  u32 the next graph that was thrown away (free.ts), u32 how far it has been freed
 *   148  u32 version: another one after each change of its names and label indexes, and in each graph
 *   152  a hash table: names of labels and types, label sets, each under a key of its own kind (KIND_*)
 *
 * A list is an element (chunk-directory.ts) whose units are u32. Cost: O(1).
 */
import { GRAPH_NODE_SLOTS, GRAPH_RELATIONSHIP_SLOTS, GRAPH_TYPE_LIST, NODE_BYTES_SHIFT, RELATIONSHIP_BYTES_SHIFT } from "../abi/graph";
import { CELL_GRAPH } from "../abi/record";
import { PURPOSE_TABLE } from "../abi/status";
import { collectionsMoved, lastVersion } from "../keyspace/collection";
import { DATABASE_GRAPH, database } from "../keyspace/database";
import { allocate } from "../memory/allocator";
import { chunkCount, chunkDrop, chunkGrow, chunkOf, chunkOwn, chunkRoom, chunkTaken } from "../structure/chunk-directory";
import { tableInitialize } from "../structure/hash-table";
import { slotsInitialize } from "../structure/numbered-slots";
import { cells } from "../value/cells";

export const GRAPH_NODES: usize = GRAPH_NODE_SLOTS;
export const GRAPH_RELATIONSHIPS: usize = GRAPH_RELATIONSHIP_SLOTS;
export const GRAPH_NAMES: usize = 152;
export const GRAPH_LABELS: usize = 76;
export const GRAPH_TYPES: usize = GRAPH_TYPE_LIST;
export const GRAPH_SETS: usize = 108;
export const GRAPH_INDEXES: usize = 124;
export const GRAPH_DEAD_NEXT: usize = 140;
export const GRAPH_DEAD_POSITION: usize = 144;
const GRAPH_VERSION: usize = 148;
const GRAPH_BYTES: u32 = 176;

/** Slots of nodes take 64 bytes, those of relationships 16. */
export const NODE_SHIFT: u32 = NODE_BYTES_SHIFT;
export const RELATIONSHIP_SHIFT: u32 = RELATIONSHIP_BYTES_SHIFT;

/** First byte of the keys in a graph's hash table. */
export const KIND_LABEL: u32 = 0;
export const KIND_TYPE: u32 = 1;
export const KIND_SET: u32 = 2;

const LIST_MIN: u32 = 4;
/** Units of a list take four bytes. */
const LIST_SHIFT: u32 = 2;

/** The graph of the current database, or 0. */
export function graphOf(): usize {
  return <usize>load<u32>(database, DATABASE_GRAPH);
}

/** The graph of the current database, made if there is none; 0: no memory. */
export function graphMake(): usize {
  const found = graphOf();
  if (found) return found;
  const graph = allocate(GRAPH_BYTES, PURPOSE_TABLE);
  if (!graph) return 0;
  memory.fill(graph, 0, GRAPH_BYTES);
  slotsInitialize(graph + GRAPH_NODES, NODE_SHIFT);
  slotsInitialize(graph + GRAPH_RELATIONSHIPS, RELATIONSHIP_SHIFT);
  tableInitialize(graph + GRAPH_NAMES);
  store<u32>(database, <u32>graph, DATABASE_GRAPH);
  graphChanged(graph);
  // The statement that runs may have begun without one.
  store<u32>(cells, <u32>graph, CELL_GRAPH);
  return graph;
}

/** Tells those who cache what they know of names and indexes that something has changed. */
export function graphChanged(graph: usize): void {
  collectionsMoved();
  store<u32>(graph, lastVersion, GRAPH_VERSION);
}

export function graphVersion(graph: usize): u32 {
  return load<u32>(graph, GRAPH_VERSION);
}

// Lists -------------------------------------------------------------------------------------------------------------------

export function listCount(list: usize): u32 {
  return chunkTaken(list);
}

/** Requires: there is one of this number. */
export function listAt(list: usize, number: u32): usize {
  return <usize>load<u32>(chunkOf(list) + ((<usize>number) << LIST_SHIFT));
}

/** Makes room for one more, and the list one that may be changed. Returns false when there is no memory. */
export function listReserve(list: usize): bool {
  const room = chunkRoom(list);
  if (listCount(list) < room) return chunkOwn(list, LIST_SHIFT);
  return chunkGrow(list, LIST_SHIFT, room ? room << 1 : LIST_MIN);
}

/** Appends an element. Requires: `listReserve`. */
export function listAppend(list: usize, value: usize): void {
  store<u32>(chunkOf(list) + ((<usize>listCount(list)) << LIST_SHIFT), <u32>value);
  chunkCount(list, 1);
}

/** Takes the element at a position out; those behind it move down. Requires: there is one, and the list may be changed. */
export function listRemove(list: usize, position: u32): void {
  const place = chunkOf(list) + ((<usize>position) << LIST_SHIFT);
  chunkCount(list, -1);
  memory.copy(place, place + 4, (<usize>(listCount(list) - position)) << LIST_SHIFT);
}

/** Forgets the last element. Requires: there is one. */
export function listDrop(list: usize): void {
  chunkCount(list, -1);
}

/** Gives away what a list takes. */
export function listFree(list: usize): void {
  chunkDrop(list);
}
