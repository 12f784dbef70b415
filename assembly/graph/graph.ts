/**
 * The record on which a database's graph hangs. It is made with the first node and goes with FLUSHDB; numbers are never given twice
 * in between.
 *
 *   0    SLOTS_BYTES: nodes (node.ts)
 *   28   SLOTS_BYTES: relationships (relationship.ts)
 *   56   list of the labels' name records by number (name.ts)
 *   72   list of the types' name records by number
 *   88   list of the label sets' collections (label-set.ts)
 *   104  list of the definitions of label indexes (label-index.ts)
 *   120  u32 era since which it may be changed in place, u32 home: the record of the committed state
 *   128  u32 version: another one after each change of its names and label indexes, and in each graph
 *   132  u32 the next graph that was thrown away (free.ts), u32 how far it has been freed
 *   140  u32 another one after each name that comes, and whenever a name's record moves (GRAPH_NAMES_MOVED)
 *   144  a hash table: names of labels and types, label sets, each under a key of its own kind (KIND_*)
 *
 * A list is an element (chunk-directory.ts) whose units are u32.
 *
 * Read views and transactions (mvcc/): the record of the committed state keeps its address. A view that is open when that is first changed
 * gets a copy, and a transaction that changes the graph has one of its own, which its database record names. All that hangs on a record is
 * copied before it is changed, from the record down, while somebody else may see it. Numbers of nodes and relationships are given by the
 * home, so that no two transactions take the same one; numbers of names stay in their record.
 *
 * Who writes asks `graphOwn` or `graphMake` for the record, who reads `graphOf`. Cost: O(1).
 */
import {
  GRAPH_NAMES_MOVED,
  GRAPH_NODE_SLOTS,
  GRAPH_RELATIONSHIP_SLOTS,
  GRAPH_TYPE_LIST,
  NODE_BYTES_SHIFT,
  RELATIONSHIP_BYTES_SHIFT,
} from "../abi/graph";
import { CELL_GRAPH } from "../abi/record";
import { PURPOSE_TABLE } from "../abi/status";
import { copyBytes } from "../bytes/copy";
import { collectionsMoved, lastVersion } from "../keyspace/collection";
import { DATABASE_GRAPH, database, databaseIndex, headDatabaseAt } from "../keyspace/database";
import { ROOT_GRAPH } from "../keyspace/private-state";
import { allocate, release } from "../memory/allocator";
import { DEBUG } from "../memory/debug";
import { contextRoot, contextTransaction, contextView } from "../mvcc/context";
import { viewKeepRoot } from "../mvcc/view";
import { birthEra, isWritable, makeWritable, setEraUsed, viewNewest } from "../structure/birth";
import { chunkCount, chunkDrop, chunkGrow, chunkIsOwned, chunkOf, chunkOwn, chunkRoom, chunkTaken } from "../structure/chunk-directory";
import { tableInitialize } from "../structure/hash-table";
import { slotsInitialize, slotsNext, slotsRewind, slotsSkip } from "../structure/numbered-slots";
import { cells } from "../value/cells";

export const GRAPH_NODES: usize = GRAPH_NODE_SLOTS;
export const GRAPH_RELATIONSHIPS: usize = GRAPH_RELATIONSHIP_SLOTS;
export const GRAPH_LABELS: usize = 56;
export const GRAPH_TYPES: usize = GRAPH_TYPE_LIST;
export const GRAPH_SETS: usize = 88;
export const GRAPH_INDEXES: usize = 104;
const GRAPH_BIRTH: usize = 120;
const GRAPH_HOME: usize = 124;
const GRAPH_VERSION: usize = 128;
export const GRAPH_DEAD_NEXT: usize = 132;
export const GRAPH_DEAD_POSITION: usize = 136;
export const GRAPH_NAMES: usize = 144;
/** Numbers that were given out, at the home alone: of nodes, then of relationships. Transactions take theirs before they commit. */
const GRAPH_GIVEN: usize = 168;
const GRAPH_BYTES: u32 = 176;

/** Slots of nodes take 64 bytes, those of relationships 16. */
export const NODE_SHIFT: u32 = NODE_BYTES_SHIFT;
export const RELATIONSHIP_SHIFT: u32 = RELATIONSHIP_BYTES_SHIFT;

/** First byte of the keys in a graph's hash table. */
export const KIND_LABEL: u32 = 0;
export const KIND_TYPE: u32 = 1;
export const KIND_SET: u32 = 2;
export const KIND_PROPERTIES: u32 = 3;

const LIST_MIN: u32 = 4;
/** Units of a list take four bytes, as a shift. */
export const LIST_SHIFT: u32 = 2;

/** The graph of the current database for reading, or 0. */
// @ts-ignore: decorator
@inline
export function graphOf(): usize {
  return graphSeen(<usize>load<u32>(database, DATABASE_GRAPH));
}

/** The record of a graph that is to be read now: `graph` is what a database record that is seen now names, or 0. */
// @ts-ignore: decorator
@inline
export function graphSeen(graph: usize): usize {
  return graph && contextView && isHome(graph) ? contextRoot(graph) : graph;
}

// @ts-ignore: decorator
@inline
function isHome(graph: usize): bool {
  return <usize>load<u32>(graph, GRAPH_HOME) == graph;
}

/**
 * The graph of the current database for a change; 0: there is none, or a transaction has no memory. (For the committed state all views are
 * taken away then.)
 */
export function graphOwn(): usize {
  const graph = <usize>load<u32>(database, DATABASE_GRAPH);
  return !graph || !viewNewest ? graph : ownRecord(graph);
}

function ownRecord(graph: usize): usize {
  if (DEBUG) assert(contextTransaction != 0 || !contextView);
  const seen = graphSeen(graph);
  if (isWritable(load<u32>(seen, GRAPH_BIRTH))) return seen;
  const copy = allocate(GRAPH_BYTES, PURPOSE_TABLE);
  if (copy) copyBytes(copy, seen, GRAPH_BYTES);
  if (contextTransaction) {
    if (!copy) return 0;
    store<u32>(database, <u32>copy, DATABASE_GRAPH);
  } else if (!copy || !viewKeepRoot(graph, copy, ROOT_GRAPH)) {
    if (copy) release(copy, PURPOSE_TABLE);
    makeWritable();
    return seen;
  }
  const own = contextTransaction ? copy : seen;
  store<u32>(own, birthEra, GRAPH_BIRTH);
  if (<usize>load<u32>(cells, CELL_GRAPH) == seen) store<u32>(cells, <u32>own, CELL_GRAPH);
  return own;
}

/** The graph of the current database for a change, made if there is none; 0: no memory. */
export function graphMake(): usize {
  if (load<u32>(database, DATABASE_GRAPH)) return graphOwn();
  const head = headDatabaseAt(databaseIndex(database));
  let home = <usize>load<u32>(head, DATABASE_GRAPH);
  if (!home) {
    home = newRecord();
    if (!home) return 0;
    store<u32>(home, <u32>home, GRAPH_HOME);
    store<u32>(head, <u32>home, DATABASE_GRAPH);
    setEraUsed(true);
  }
  let graph = home;
  if (contextTransaction) {
    graph = newRecord();
    if (!graph) return 0;
    store<u32>(graph, <u32>home, GRAPH_HOME);
    store<u32>(database, <u32>graph, DATABASE_GRAPH);
  }
  graphChanged(graph);
  // The statement that runs may have begun without one.
  store<u32>(cells, <u32>graph, CELL_GRAPH);
  return graph;
}

function newRecord(): usize {
  const graph = allocate(GRAPH_BYTES, PURPOSE_TABLE);
  if (!graph) return 0;
  memory.fill(graph, 0, GRAPH_BYTES);
  slotsInitialize(graph + GRAPH_NODES, NODE_SHIFT);
  slotsInitialize(graph + GRAPH_RELATIONSHIPS, RELATIONSHIP_SHIFT);
  tableInitialize(graph + GRAPH_NAMES);
  store<u32>(graph, birthEra, GRAPH_BIRTH);
  return graph;
}

/** Frees a copy of a record, not what hangs on it. */
export function freeGraphRecord(graph: usize): void {
  release(graph, PURPOSE_TABLE);
}

/** The record of the committed state. */
export function graphHome(graph: usize): usize {
  return <usize>load<u32>(graph, GRAPH_HOME);
}

/** The number that the next node (GRAPH_NODES) or relationship (GRAPH_RELATIONSHIPS) gets. */
export function numberNext(graph: usize, field: usize): u32 {
  const home = graphHome(graph);
  return max<u32>(slotsNext(home + field), load<u32>(givenAt(home, field)));
}

/** Where it stands that numbers below this one were given. */
function givenAt(home: usize, field: usize): usize {
  return home + GRAPH_GIVEN + (field == GRAPH_NODES ? 0 : 4);
}

/**
 * A number was given: nobody gets it again. What has it counts among the slots when it is committed; what is rolled back leaves a gap, of
 * which the content, the log and another start know nothing.
 */
export function numberGiven(graph: usize, field: usize, number: u32): void {
  const given = givenAt(graphHome(graph), field);
  if (number >= load<u32>(given)) store<u32>(given, number + 1);
}

/** Numbers below this one were given before, as the log says. */
export function numbersGone(graph: usize, field: usize, next: u32): void {
  slotsSkip(graph + field, next);
}

/** A number that was given is taken back, if it was the last one. Requires: nothing has it, and nobody knows it. */
export function numberBack(graph: usize, field: usize, number: u32): void {
  const given = givenAt(graphHome(graph), field);
  if (load<u32>(given) == number + 1) store<u32>(given, number);
  slotsRewind(graphHome(graph) + field, number);
  slotsRewind(graph + field, number);
}

/** Tells those who cache what they know of names and indexes that something has changed. */
export function graphChanged(graph: usize): void {
  collectionsMoved();
  store<u32>(graph, lastVersion, GRAPH_VERSION);
}

/** Tells those who keep addresses of records of names that they may have moved. */
export function namesMoved(graph: usize): void {
  store<u32>(graph, ++lastMove, GRAPH_NAMES_MOVED);
}

/** Source of the numbers at GRAPH_NAMES_MOVED: no two graphs have the same. */
let lastMove: u32 = 0;

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

/** Makes a list one that may be changed. Returns false when there is no memory. */
export function listOwn(list: usize): bool {
  return chunkOwn(list, LIST_SHIFT);
}

/** Puts something else in the place of an element. Requires: there is one, and the list may be changed. */
export function listPut(list: usize, number: u32, value: usize): void {
  if (DEBUG) assert(chunkIsOwned(list) && number < listCount(list));
  store<u32>(chunkOf(list) + ((<usize>number) << LIST_SHIFT), <u32>value);
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

/** Forgets the last element. Requires: there is one, and nobody else sees the list. */
export function listDrop(list: usize): void {
  chunkCount(list, -1);
}

/** Gives away what a list takes. */
export function listFree(list: usize): void {
  chunkDrop(list);
}
