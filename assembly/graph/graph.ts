/**
 * The record on which a database's graph hangs. It is made with the first node and goes with FLUSHDB; numbers are never given twice
 * in between.
 *
 *   0    SLOTS_BYTES: nodes (node.ts)
 *   24   SLOTS_BYTES: relationships (relationship.ts)
 *   68   list of the labels' name records by number (name.ts)
 *   80   list of the types' name records by number
 *   92   list of the label sets' collections by number (label-set.ts)
 *   104  u32 the next graph that was thrown away (free.ts), u32 how far it has been freed
 *   112  list of the definitions of label indexes (label-index.ts)
 *   124  u32 version: another one after each change of its names and label indexes, and in each graph
 *   128  a hash table: names of labels and types, label sets, each under a key of its own kind (KIND_*)
 *
 * A list is {u32 block, u32 room, u32 count} of u32. Cost: O(1).
 */
import { GRAPH_NODE_SLOTS, GRAPH_RELATIONSHIP_SLOTS, GRAPH_TYPE_LIST, NODE_BYTES_SHIFT, RELATIONSHIP_BYTES_SHIFT } from "../abi/graph";
import { CELL_GRAPH } from "../abi/record";
import { PURPOSE_TABLE } from "../abi/status";
import { copyBytes } from "../bytes/copy";
import { collectionsMoved, lastVersion } from "../keyspace/collection";
import { DATABASE_GRAPH, database } from "../keyspace/database";
import { allocate, release } from "../memory/allocator";
import { tableInitialize } from "../structure/hash-table";
import { slotsInitialize } from "../structure/numbered-slots";
import { cells } from "../value/cells";

export const GRAPH_NODES: usize = GRAPH_NODE_SLOTS;
export const GRAPH_RELATIONSHIPS: usize = GRAPH_RELATIONSHIP_SLOTS;
export const GRAPH_NAMES: usize = 128;
export const GRAPH_LABELS: usize = 68;
export const GRAPH_TYPES: usize = GRAPH_TYPE_LIST;
export const GRAPH_SETS: usize = 92;
export const GRAPH_DEAD_NEXT: usize = 104;
export const GRAPH_DEAD_POSITION: usize = 108;
export const GRAPH_INDEXES: usize = 112;
const GRAPH_VERSION: usize = 124;
const GRAPH_BYTES: u32 = 152;

/** Slots of nodes take 64 bytes, those of relationships 16. */
export const NODE_SHIFT: u32 = NODE_BYTES_SHIFT;
export const RELATIONSHIP_SHIFT: u32 = RELATIONSHIP_BYTES_SHIFT;

/** First byte of the keys in a graph's hash table. */
export const KIND_LABEL: u32 = 0;
export const KIND_TYPE: u32 = 1;
export const KIND_SET: u32 = 2;

const LIST_ROOM: usize = 4;
const LIST_COUNT: usize = 8;
const LIST_MIN: u32 = 4;

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
  return load<u32>(list, LIST_COUNT);
}

/** Requires: there is one of this number. */
export function listAt(list: usize, number: u32): usize {
  return <usize>load<u32>(<usize>load<u32>(list) + ((<usize>number) << 2));
}

/** Makes room for one more. Returns false when there is no memory. */
export function listReserve(list: usize): bool {
  const room = load<u32>(list, LIST_ROOM);
  const count = listCount(list);
  if (count < room) return true;
  const grown = room ? room << 1 : LIST_MIN;
  const block = allocate(grown << 2, PURPOSE_TABLE);
  if (!block) return false;
  if (room) {
    copyBytes(block, <usize>load<u32>(list), count << 2);
    release(<usize>load<u32>(list), PURPOSE_TABLE);
  }
  store<u32>(list, <u32>block);
  store<u32>(list, grown, LIST_ROOM);
  return true;
}

/** Appends an element. Requires: there is room. */
export function listAppend(list: usize, value: usize): void {
  const count = listCount(list);
  store<u32>(<usize>load<u32>(list) + ((<usize>count) << 2), <u32>value);
  store<u32>(list, count + 1, LIST_COUNT);
}

/** Takes the element at a position out; those behind it move down. Requires: there is one. */
export function listRemove(list: usize, position: u32): void {
  const block = <usize>load<u32>(list) + ((<usize>position) << 2);
  const count = listCount(list) - 1;
  memory.copy(block, block + 4, (<usize>(count - position)) << 2);
  store<u32>(list, count, LIST_COUNT);
}

/** Forgets the last element. Requires: there is one. */
export function listDrop(list: usize): void {
  store<u32>(list, listCount(list) - 1, LIST_COUNT);
}

export function listFree(list: usize): void {
  if (load<u32>(list, LIST_ROOM)) release(<usize>load<u32>(list), PURPOSE_TABLE);
  memory.fill(list, 0, 12);
}
