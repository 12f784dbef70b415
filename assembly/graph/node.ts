/**
 * Nodes: a slot under the node's number (abi/graph.ts), properties in an entry that is a row of its label set's collection, and a bit
 * in the bitmap of each of its labels.
 *
 * Invariants: (1) a slot with an entry is taken, and its entry names its number; (2) its entry is a row of its collection; (3) it is
 * in the bitmaps of exactly the labels of that collection.
 *
 * What changes a node requires a graph whose record may be changed (graph.ts), and makes the slot, the labels' records and their bitmaps its
 * own first; a slot that was looked up before may be an old one afterwards.
 *
 * Out of memory: the functions return false and have changed nothing. Cost: O(labels + bytes of the properties).
 */
import { NODE_COLLECTION, NODE_ENTRY, NODE_IN_DEGREE, NODE_NUMBER, NODE_OUT_DEGREE } from "../abi/graph";
import { rowEnterIn, rowLeaveFrom, rowReplaceIn, sizeGrown } from "../keyspace/collection";
import { releaseEntry } from "../keyspace/entry-release";
import { tracksChanges } from "../keyspace/track";
import { trackEnd } from "../keyspace/track-graph";
import { DEBUG } from "../memory/debug";
import { bitmapAdd, bitmapOwn, bitmapRemove } from "../structure/bitmap";
import { slotGive, slotOf, slotOwn, slotRelinquish, slotReserve, slotsLive, slotTake } from "../structure/numbered-slots";
import { GRAPH_NODES, KIND_LABEL, NODE_SHIFT, numberGiven } from "./graph";
import { setHas, setLabel, setSize } from "./label-set";
import { NAME_BITMAP, nameAdd, nameAt, nameOwn } from "./name";
import { propertiesMake, propertiesValue } from "./property";
import { tellNode } from "./told";
import {
  UNDID_NODE_CREATED,
  UNDID_NODE_DELETED,
  UNDID_NODE_LABELLED,
  UNDID_NODE_WRITTEN,
  noteCreated,
  noteGone,
  noteReserve,
} from "./undo";

/** The slot of a node, or 0: there is none of this number. */
export function nodeSlot(graph: usize, number: u32): usize {
  const slot = graph ? slotOf(graph + GRAPH_NODES, number, NODE_SHIFT) : 0;
  return slot && load<u32>(slot, NODE_ENTRY) ? slot : 0;
}

/** The slot of a node for a change; 0: no memory. Requires: there is one, and the graph's record may be changed. */
export function nodeOwn(graph: usize, number: u32): usize {
  return slotOwn(graph + GRAPH_NODES, number);
}

// @ts-ignore: decorator
@inline
export function nodeEntry(slot: usize): usize {
  return <usize>load<u32>(slot, NODE_ENTRY);
}

// @ts-ignore: decorator
@inline
export function nodeCollection(slot: usize): usize {
  return <usize>load<u32>(slot, NODE_COLLECTION);
}

/** Makes a node with the labels of a collection and properties (a packed object). Requires: there is none of this number. */
export function nodeCreate(graph: usize, number: u32, collection: usize, object: usize): bool {
  if (DEBUG) assert(!nodeSlot(graph, number));
  const slot = noteReserve() ? slotReserve(graph + GRAPH_NODES, number) : 0;
  if (!slot) return false;
  if (tracksChanges) tellNode(graph, number, collection);
  const entry = propertiesMake(collection, number, object);
  if (!entry || !enter(graph, number, collection, entry, 0)) {
    slotRelinquish(graph + GRAPH_NODES, number);
    return false;
  }
  slotTake(graph + GRAPH_NODES, number);
  sizeGrown(slotsLive(graph + GRAPH_NODES));
  numberGiven(graph, GRAPH_NODES, number);
  store<u32>(slot, <u32>entry, NODE_ENTRY);
  store<u32>(slot, number, NODE_NUMBER);
  store<u32>(slot, <u32>collection, NODE_COLLECTION);
  noteCreated(UNDID_NODE_CREATED, number);
  return true;
}

/** Gives a node other properties. Requires: a packed object that does not lie in the node's entry. */
export function nodeWrite(graph: usize, number: u32, object: usize): bool {
  const slot = noteReserve() ? nodeOwn(graph, number) : 0;
  if (!slot) return false;
  const old = nodeEntry(slot);
  const collection = nodeCollection(slot);
  if (tracksChanges) tellNode(graph, number, collection);
  const entry = propertiesMake(collection, number, object);
  if (!entry) return false;
  if (!rowReplaceIn(collection, old, entry)) {
    releaseEntry(entry);
    return false;
  }
  store<u32>(slot, <u32>entry, NODE_ENTRY);
  noteGone(UNDID_NODE_WRITTEN, number, collection, old);
  return true;
}

/** Gives a node the labels of another collection. */
export function nodeRelabel(graph: usize, number: u32, collection: usize): bool {
  const former = nodeCollection(nodeSlot(graph, number));
  if (former == collection) return true;
  const slot = noteReserve() && labelsOwn(graph, number, former, collection) ? nodeOwn(graph, number) : 0;
  if (!slot) return false;
  if (tracksChanges) {
    tellNode(graph, number, former);
    tellNode(graph, number, collection);
  }
  const old = nodeEntry(slot);
  const value = propertiesValue(former, old);
  const entry = value ? propertiesMake(collection, number, value) : 0;
  if (!entry || !enter(graph, number, collection, entry, former)) return false;
  labelsLeave(graph, number, former, collection);
  rowLeaveFrom(former, old);
  noteGone(UNDID_NODE_LABELLED, number, former, old);
  store<u32>(slot, <u32>entry, NODE_ENTRY);
  store<u32>(slot, <u32>collection, NODE_COLLECTION);
  return true;
}

/** Deletes a node. Requires: it has no relationships. Returns false when there is no memory to remember it for the running statement. */
export function nodeDelete(graph: usize, number: u32): bool {
  const slot = noteReserve() ? nodeOwn(graph, number) : 0;
  if (!slot) return false;
  if (DEBUG) assert(!load<u32>(slot, NODE_OUT_DEGREE) && !load<u32>(slot, NODE_IN_DEGREE));
  const collection = nodeCollection(slot);
  const entry = nodeEntry(slot);
  if (tracksChanges) {
    tellNode(graph, number, collection);
    trackEnd(number, true);
  }
  if (!labelsOwn(graph, number, collection, 0)) return false;
  labelsLeave(graph, number, collection, 0);
  rowLeaveFrom(collection, entry);
  noteGone(UNDID_NODE_DELETED, number, collection, entry);
  slotGive(graph + GRAPH_NODES, number);
  return true;
}

/** Puts an entry in its row, and the node into the bitmaps of the labels that `former` (0: none) has not. False: the entry is freed. */
function enter(graph: usize, number: u32, collection: usize, entry: usize, former: usize): bool {
  if (!rowEnterIn(collection, entry)) {
    releaseEntry(entry);
    return false;
  }
  if (labelsEnter(graph, number, collection, former)) return true;
  rowLeaveFrom(collection, entry);
  releaseEntry(entry);
  return false;
}

/** Puts a node into the bitmaps of the labels of a collection that `former` (0: none) has not. False: no memory, nothing has changed. */
export function labelsEnter(graph: usize, number: u32, collection: usize, former: usize): bool {
  const size = setSize(collection);
  for (let index: u32 = 0; index < size; index++) {
    const label = setLabel(collection, index);
    if (former && setHas(former, label)) continue;
    const record = nameOwn(graph, KIND_LABEL, label);
    if (record && bitmapAdd(record + NAME_BITMAP, number)) {
      nameAdd(record, 1);
      continue;
    }
    while (index--) {
      const entered = setLabel(collection, index);
      if (!former || !setHas(former, entered)) leaveLabel(graph, number, entered);
    }
    return false;
  }
  return true;
}

function leaveLabel(graph: usize, number: u32, label: u32): void {
  const record = nameAt(graph, KIND_LABEL, label);
  bitmapRemove(record + NAME_BITMAP, number);
  nameAdd(record, -1);
}

/** Sees to it that `labelsLeave` can do what it does. Returns false when there is no memory; nothing has changed then. */
export function labelsOwn(graph: usize, number: u32, collection: usize, later: usize): bool {
  const size = setSize(collection);
  for (let index: u32 = 0; index < size; index++) {
    const label = setLabel(collection, index);
    if (later && setHas(later, label)) continue;
    const record = nameOwn(graph, KIND_LABEL, label);
    if (!record || !bitmapOwn(record + NAME_BITMAP, number)) return false;
  }
  return true;
}

/** Takes a node out of the bitmaps of the labels of a collection that `later` (0: none) has not. Requires: `labelsOwn`. */
export function labelsLeave(graph: usize, number: u32, collection: usize, later: usize): void {
  const size = setSize(collection);
  for (let index: u32 = 0; index < size; index++) {
    const label = setLabel(collection, index);
    if (!later || !setHas(later, label)) leaveLabel(graph, number, label);
  }
}
