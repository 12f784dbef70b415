/**
 * What changes of the graph leave in the undo list of a running statement (keyspace/undo.ts), so that it can be taken back (rollback.ts).
 * Entries of properties that were replaced or removed are kept until the statement ends; they hold their shapes.
 *
 *   note   {u32 UNDID_*, u32 number, u32 collection of the kept entry or 0, u32 start, u32 end, u32 type, u32 entry that was made or 0,
 *          u32 whether the kept entry was made by the statement itself}
 *
 * Cost: O(1) for each change.
 */
import { RECORD_SHAPE } from "../abi/record";
import { COLLECTION_SHAPES, isOthers } from "../keyspace/collection";
import { valueAddress } from "../keyspace/entry-release";
import { retireProperties } from "../keyspace/entry-retire";
import { undoGraph, undoOn, undoReserve } from "../keyspace/undo";
import { isEntryFresh, setEntryFresh } from "../structure/entry";
import { isRecord } from "../types/document";
import { shapeCount } from "../value/shape";

export const UNDID_NODE_CREATED: u32 = 0;
export const UNDID_NODE_WRITTEN: u32 = 1;
export const UNDID_NODE_LABELLED: u32 = 2;
export const UNDID_NODE_DELETED: u32 = 3;
export const UNDID_RELATIONSHIP_CREATED: u32 = 4;
export const UNDID_RELATIONSHIP_WRITTEN: u32 = 5;
export const UNDID_RELATIONSHIP_DELETED: u32 = 6;

export const NOTE_KIND: usize = 0;
export const NOTE_NUMBER: usize = 4;
export const NOTE_COLLECTION: usize = 8;
export const NOTE_START: usize = 12;
export const NOTE_END: usize = 16;
export const NOTE_TYPE: usize = 20;
export const NOTE_MADE: usize = 24;
export const NOTE_WAS_FRESH: usize = 28;
const NOTE_BYTES: u32 = 32;

const note: usize = memory.data(32, 8);

/** Makes room for one note, if a statement runs: the graph is about to be changed. Returns false when there is none. */
export function noteReserve(): bool {
  return undoReserve(NOTE_BYTES);
}

/** A node or relationship was created with properties (`made`, or 0). Requires: `noteReserve`, as in the next two. */
export function noteCreated(kind: u32, number: u32, made: usize): void {
  if (!undoOn) return;
  memory.fill(note, 0, NOTE_BYTES);
  store<u32>(note, kind, NOTE_KIND);
  store<u32>(note, number, NOTE_NUMBER);
  noteMade(made);
  undoGraph(0, note, NOTE_BYTES);
}

/**
 * Properties (an entry of a collection, which is in no row any more, or 0) went, and `made` (or 0) came in their place: frees them, or keeps them
 * with a note.
 */
export function noteGone(kind: u32, number: u32, collection: usize, entry: usize, made: usize): void {
  noteRelationshipGone(kind, number, collection, entry, 0, 0, 0, made);
}

/** The same with ends and type of a relationship. */
export function noteRelationshipGone(
  kind: u32,
  number: u32,
  collection: usize,
  entry: usize,
  start: u32,
  end: u32,
  type: u32,
  made: usize,
): void {
  if (!undoOn) {
    if (entry) retireProperties(entry, collection, isEntryFresh(entry));
    return;
  }
  if (entry) holdShape(collection, entry, 1);
  store<u32>(note, kind, NOTE_KIND);
  store<u32>(note, number, NOTE_NUMBER);
  store<u32>(note, <u32>collection, NOTE_COLLECTION);
  store<u32>(note, start, NOTE_START);
  store<u32>(note, end, NOTE_END);
  store<u32>(note, type, NOTE_TYPE);
  store<u32>(note, entry && isEntryFresh(entry) ? 1 : 0, NOTE_WAS_FRESH);
  noteMade(made);
  undoGraph(entry, note, NOTE_BYTES);
}

function noteMade(made: usize): void {
  store<u32>(note, <u32>made, NOTE_MADE);
  if (made) setEntryFresh(made, true);
}

/** An entry that is in no row holds its shape (1), or does not any more (-1); to a transaction only what it has made itself counts. */
export function holdShape(collection: usize, entry: usize, difference: i32): void {
  if (isRecord(entry) && !isOthers(entry))
    shapeCount(<usize>load<u32>(collection, COLLECTION_SHAPES), load<u16>(valueAddress(entry), RECORD_SHAPE), difference);
}
