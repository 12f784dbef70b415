/**
 * Ending a statement's changes of the graph, or taking them back in reverse order (undo.ts has the notes).
 *
 * Nothing here may fail: what is made again was there when the statement began, what changes is the writer's own since then (no view is opened
 * while a statement of the committed state runs), and keyspace/undo.ts has held memory back. The pairs of a
 * relationship that is put back may stand elsewhere in their runs. Numbers that the statement has taken are given again, unless others
 * have taken some since. Cost: that of the changes.
 */
import { NAME_COLLECTION, NODE_COLLECTION, NODE_ENTRY, NODE_NUMBER, RELATIONSHIP_ENTRY } from "../abi/graph";
import { rowEnterIn, rowLeaveFrom, rowReplaceIn } from "../keyspace/collection";
import { releaseEntry } from "../keyspace/entry-release";
import { retireProperties } from "../keyspace/entry-retire";
import { setGraphRoots } from "../keyspace/private-state";
import { setGraphUndo } from "../keyspace/undo";
import { setEntryFresh } from "../structure/entry";
import { slotReserve, slotTake } from "../structure/numbered-slots";
import { GRAPH_NODES, GRAPH_RELATIONSHIPS, KIND_TYPE, freeGraphRecord, graphOwn, numberBack } from "./graph";
import { graphForget } from "./private";
import { nameOwn } from "./name";
import { labelsEnter, labelsLeave, labelsOwn, nodeCollection, nodeDelete, nodeEntry, nodeOwn } from "./node";
import { relationshipDelete, relationshipEntry, relationshipOwn, relationshipRestore, relationshipType } from "./relationship";
import {
  NOTE_COLLECTION,
  NOTE_END,
  NOTE_KIND,
  NOTE_MADE,
  NOTE_NUMBER,
  NOTE_START,
  NOTE_TYPE,
  NOTE_WAS_FRESH,
  UNDID_NODE_CREATED,
  UNDID_NODE_DELETED,
  UNDID_NODE_LABELLED,
  UNDID_NODE_WRITTEN,
  UNDID_RELATIONSHIP_CREATED,
  UNDID_RELATIONSHIP_DELETED,
  holdShape,
} from "./undo";

/** Lets statements take back changes of the graph, and transactions have graphs of their own. Called once. */
export function graphInitialize(): void {
  setGraphUndo(commit, rollback);
  setGraphRoots(freeGraphRecord, graphForget);
}

function commit(entry: usize, note: usize): void {
  const made = <usize>load<u32>(note, NOTE_MADE);
  if (made) setEntryFresh(made, false);
  if (!entry) return;
  const collection = <usize>load<u32>(note, NOTE_COLLECTION);
  holdShape(collection, entry, -1);
  retireProperties(entry, collection, load<u32>(note, NOTE_WAS_FRESH) != 0);
}

function must(done: bool): void {
  if (!done) unreachable();
}

function found(slot: usize): usize {
  must(slot != 0);
  return slot;
}

function rollback(entry: usize, note: usize): void {
  const graph = graphOwn();
  const kind = load<u32>(note, NOTE_KIND);
  const number = load<u32>(note, NOTE_NUMBER);
  const collection = <usize>load<u32>(note, NOTE_COLLECTION);
  if (kind == UNDID_NODE_CREATED) {
    must(nodeDelete(graph, number));
    numberBack(graph, GRAPH_NODES, number);
  } else if (kind == UNDID_RELATIONSHIP_CREATED) {
    must(relationshipDelete(graph, number));
    numberBack(graph, GRAPH_RELATIONSHIPS, number);
  } else if (kind == UNDID_NODE_WRITTEN) replaceBack(found(nodeOwn(graph, number)) + NODE_ENTRY, collection, entry);
  else if (kind == UNDID_NODE_LABELLED) labelBack(graph, number, collection, entry);
  else if (kind == UNDID_NODE_DELETED) nodeBack(graph, number, collection, entry);
  else if (kind == UNDID_RELATIONSHIP_DELETED) relationshipBack(graph, number, entry, note);
  else propertiesBack(graph, number, collection, entry);
  if (entry) holdShape(collection, entry, -1);
}

/** Puts an entry in the row of the one that `place` names. */
function replaceBack(place: usize, collection: usize, entry: usize): void {
  const later = <usize>load<u32>(place);
  must(rowReplaceIn(collection, later, entry));
  store<u32>(place, <u32>entry);
  releaseEntry(later);
}

function labelBack(graph: usize, number: u32, collection: usize, entry: usize): void {
  const slot = found(nodeOwn(graph, number));
  const later = nodeCollection(slot);
  must(rowEnterIn(collection, entry) && labelsOwn(graph, number, later, collection) && labelsEnter(graph, number, collection, later));
  labelsLeave(graph, number, later, collection);
  rowLeaveFrom(later, nodeEntry(slot));
  releaseEntry(nodeEntry(slot));
  store<u32>(slot, <u32>entry, NODE_ENTRY);
  store<u32>(slot, <u32>collection, NODE_COLLECTION);
}

function nodeBack(graph: usize, number: u32, collection: usize, entry: usize): void {
  const slot = slotReserve(graph + GRAPH_NODES, number);
  must(slot != 0 && rowEnterIn(collection, entry) && labelsEnter(graph, number, collection, 0));
  slotTake(graph + GRAPH_NODES, number);
  store<u32>(slot, <u32>entry, NODE_ENTRY);
  store<u32>(slot, number, NODE_NUMBER);
  store<u32>(slot, <u32>collection, NODE_COLLECTION);
}

function relationshipBack(graph: usize, number: u32, entry: usize, note: usize): void {
  const type = found(nameOwn(graph, KIND_TYPE, load<u32>(note, NOTE_TYPE)));
  must(!entry || rowEnterIn(<usize>load<u32>(type, NAME_COLLECTION), entry));
  must(relationshipRestore(graph, number, load<u32>(note, NOTE_START), load<u32>(note, NOTE_END), type, entry));
}

/** Gives a relationship back the properties that it had, if it had any. */
function propertiesBack(graph: usize, number: u32, collection: usize, entry: usize): void {
  const slot = found(relationshipOwn(graph, number));
  const later = relationshipEntry(slot);
  if (entry && later) {
    replaceBack(slot + RELATIONSHIP_ENTRY, collection, entry);
    return;
  }
  if (entry) must(rowEnterIn(collection, entry));
  if (later) {
    rowLeaveFrom(<usize>load<u32>(relationshipType(graph, slot), NAME_COLLECTION), later);
    releaseEntry(later);
  }
  store<u32>(slot, <u32>entry, RELATIONSHIP_ENTRY);
}
