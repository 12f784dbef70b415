/**
 * Reads and writes as mvcc/ssi.ts wants them told: what keys, collections, indexes and graphs are to it.
 *
 *   the keys of a database          a space, whose members are the keys themselves (a key that is not there can be read, too)
 *   a collection, read as a whole   an item, which every write of one of its rows touches
 *   an index                        a space, whose members are its keys without the rows; indexes of a label of one name share it
 *   the graph of a database         track-graph.ts
 *
 * What runs belongs to a transaction (`trackTransaction`) or is an autocommit unit (`trackUnit`). Reads are told when they are made; a
 * unit's writes at once, a transaction's when it commits (command/transaction.ts), save those of indexes and graphs, which are told
 * when they are made: what is told too much can only refuse too much.
 *
 * Cost: while no transaction is active, a load and a branch for each look at a key.
 */
import { hashBytes } from "../bytes/hash";
import { WRITE_EXCLUSIVE, WRITE_TOUCH } from "../mvcc/committed-write";
import { contextTransaction } from "../mvcc/context";
import { HIGH_OPEN, HIGH_UNBOUNDED, IS_PREFIX } from "../mvcc/key-range";
import { everythingWritten } from "../mvcc/conflict";
import { PARTICIPANT_VIEW, activeWriters, clock, ssiActive } from "../mvcc/participant";
import { ssiIndexGone, ssiRead, ssiReadIndex, ssiReadRange, ssiReads, ssiWrite, ssiWriteKey } from "../mvcc/ssi";
import { unitBegin, unitEnd, unitRead, unitReadMany, unitReadRange, unitWrite, unitWriteKey } from "../mvcc/ssi-unit";
import { database, databaseIndex } from "./database";
import { noteIndex, noteItem, noteRange, notesKeep } from "./read-notes";
import { touchTrack } from "./touch";

const SPACE_KEYS: u64 = 1 << 32;
const SPACE_INDEX: u64 = 2 << 32;
const SPACE_LABEL: u64 = 4 << 32;
const COLLECTION_FACTOR: u64 = 0x9e3779b97f4a7c15;

/** Whether reads are told, and writes at once. */
export let tracksReads: bool = false;
export let tracksWrites: bool = false;
/** Whether writes of indexes and graphs are told. */
export let tracksChanges: bool = false;
/** Items of a graph that the execution has told. */
let told: u32 = 0;
/** The transaction whose reads and writes these are (ssi.ts), or 0: a unit's. */
let participant: usize = 0;
let unitDepth: u32 = 0;
/** Where reads are noted (read-notes.ts), or 0. */
let notes: usize = 0;
/** What the clock said when an index went last. */
let indexesChanged: u64 = 0;

/** What comes now is a transaction's, or (0) nobody's. */
export function trackTransaction(record: usize): void {
  participant = record;
  tracksReads = record != 0 && ssiReads(record);
  tracksChanges = record != 0;
  told = 0;
}

/** What comes now is a transaction's that does anew what it has done before: its changes are told, for its reads have been. */
export function trackAgain(record: usize): void {
  participant = record;
  tracksReads = false;
  tracksChanges = true;
  told = 0;
}

/** Reads are noted from now on, for whoever will be their participant (read-notes.ts); 0: told again. Requires: nobody is active. */
export function trackNotes(list: usize): void {
  notes = list;
  notesKeep(list);
  participant = 0;
  tracksReads = list != 0;
  tracksChanges = false;
  told = 0;
}

/** An autocommit unit begins, or a part of one. Requires: `trackUnitEnd` follows if it answers true. */
// @ts-ignore: decorator
@inline
export function trackUnit(): bool {
  return ssiActive && !participant && beginUnit();
}

function beginUnit(): bool {
  if (unitDepth++) return true;
  unitBegin();
  tracksReads = activeWriters != 0;
  tracksWrites = true;
  tracksChanges = true;
  told = 0;
  touchTrack(true);
  return true;
}

export function trackUnitEnd(): void {
  if (--unitDepth) return;
  tracksReads = false;
  tracksWrites = false;
  tracksChanges = false;
  touchTrack(false);
  unitEnd();
}

/** Whether the queue of an EXEC that runs is a unit. */
let isExecUnit: bool = false;

/** An EXEC begins, or has ended: all its commands are one unit. */
export function trackExec(begins: bool): void {
  if (begins) isExecUnit = trackUnit();
  else if (isExecUnit) {
    isExecUnit = false;
    trackUnitEnd();
  }
}

// @ts-ignore: decorator
@inline
function keysOf(index: u32): u64 {
  return SPACE_KEYS | index;
}

function collectionItem(index: u32, prefix: usize, length: u32): u64 {
  return hashBytes(prefix, length) ^ ((<u64>index + 1) * COLLECTION_FACTOR);
}

function readRange(space: u64, low: usize, lowBytes: u32, high: usize, highBytes: u32, flags: u32): void {
  if (notes) noteRange(space, low, lowBytes, high, highBytes, flags);
  else if (participant) ssiReadRange(participant, space, low, lowBytes, high, highBytes, flags);
  else unitReadRange(space, low, lowBytes, high, highBytes, flags);
}

/** A key of the current database was looked up, present or absent. Requires: `tracksReads`, as the functions below. */
export function trackKey(key: usize, length: u32): void {
  readRange(keysOf(databaseIndex(database)), key, length, key, length, 0);
}

/** The same for a transaction that does not run. */
export function trackKeyOf(record: usize, key: usize, length: u32): void {
  ssiReadRange(record, keysOf(databaseIndex(database)), key, length, key, length, 0);
}

/** The same for one that is alone and does not run: noted in its list. */
export function trackKeyNoted(list: usize, key: usize, length: u32): void {
  notesKeep(list);
  noteRange(keysOf(databaseIndex(database)), key, length, key, length, 0);
  notesKeep(notes);
}

/** The keys of a range of the current database were read; flags as `rangeWant` has them. */
export function trackKeys(low: usize, lowBytes: u32, high: usize, highBytes: u32, flags: u32): void {
  readRange(keysOf(databaseIndex(database)), low, lowBytes, high, highBytes, flags);
}

/** All keys of the current database that begin with a prefix were read. */
export function trackPrefix(prefix: usize, length: u32): void {
  readRange(keysOf(databaseIndex(database)), prefix, length, 0, 0, IS_PREFIX);
}

/** All keys of the current database were read, or counted. */
export function trackAllKeys(): void {
  readRange(keysOf(databaseIndex(database)), 0, 0, 0, 0, HIGH_UNBOUNDED);
}

/** The same of a database by its number, for a transaction that does not run. */
export function trackAllKeysOf(record: usize, index: u32): void {
  ssiReadRange(record, keysOf(index), 0, 0, 0, 0, HIGH_UNBOUNDED);
}

/** A collection of the current database was read as a whole. */
export function trackCollection(prefix: usize, length: u32): void {
  readItemMany(collectionItem(databaseIndex(database), prefix, length));
}

// Items of track-graph.ts --------------------------------------------------------------------------------------------------

/** An item that is only written exclusively was read. */
export function readItem(item: u64): void {
  if (notes) noteItem(item);
  else if (participant) ssiRead(participant, item);
  else unitRead(item);
}

/** An item that is touched in parts was read. */
export function readItemMany(item: u64): void {
  if (notes) noteItem(item);
  else if (participant) ssiRead(participant, item);
  else unitReadMany(item);
}

/** An item is written. Requires: `tracksChanges`. */
export function writeItem(item: u64, mode: u32): void {
  if (participant) ssiWrite(participant, item, mode);
  else unitWrite(item, mode);
}

/** Counts one more item of a graph that the execution tells; answers how many there were. */
export function countTold(): u32 {
  return told++;
}

// Indexes --------------------------------------------------------------------------------------------------------------------

/** What names the space of an index of a label, for the next three. */
export function trackLabelIndex(name: usize, length: u32): u64 {
  return hashBytes(name, length) ^ (SPACE_LABEL | databaseIndex(database));
}

/** Keys of an index were read, from one on and before another; no bytes: from the first one, to the last one. */
export function trackIndexRange(index: u64, low: usize, lowBytes: u32, high: usize, highBytes: u32): void {
  tellIndex(SPACE_INDEX ^ index);
  readRange(SPACE_INDEX ^ index, low, lowBytes, high, highBytes, highBytes ? HIGH_OPEN : HIGH_UNBOUNDED);
}

/** A key of an index was looked up. */
export function trackIndexKey(index: u64, key: usize, length: u32): void {
  tellIndex(SPACE_INDEX ^ index);
  readRange(SPACE_INDEX ^ index, key, length, key, length, 0);
}

function tellIndex(space: u64): void {
  if (notes) noteIndex(space);
  else if (participant) ssiReadIndex(participant, space);
}

/** A row comes to, or leaves, a key of an index. Requires: `tracksChanges`. */
export function trackIndexWrite(index: u64, key: usize, length: u32, isUnique: bool): void {
  const mode = isUnique ? WRITE_EXCLUSIVE : WRITE_TOUCH;
  if (participant) ssiWriteKey(participant, SPACE_INDEX ^ index, key, length, mode);
  else unitWriteKey(SPACE_INDEX ^ index, key, length, mode);
}

/** Whether the transaction that runs has a view from before an index went, so that others may not tell of keys that it reads. */
export function tracksCoarsely(): bool {
  return participant != 0 && load<u64>(participant, PARTICIPANT_VIEW) < indexesChanged;
}

/**
 * An index of a collection of the committed state goes. Who reads or has read by it reads the whole collection instead, since those who write
 * later tell nothing of its keys.
 */
export function trackIndexGone(index: u64, prefix: usize, length: u32): void {
  trackSpaceGone(index, collectionItem(databaseIndex(database), prefix, length));
}

/** The same of an index whose rows are an item. */
export function trackSpaceGone(index: u64, item: u64): void {
  if (!ssiActive || contextTransaction) return;
  indexesChanged = clock + 1;
  ssiIndexGone(SPACE_INDEX ^ index, item);
}

/** The unit has changed a key: `prefix` bytes of it name its collection (0: it has none). */
export function trackUnitKey(index: u32, key: usize, length: u32, prefix: u32): void {
  unitWriteKey(keysOf(index), key, length, WRITE_EXCLUSIVE);
  if (prefix) unitWrite(collectionItem(index, key, prefix), WRITE_TOUCH);
}

/** The unit has emptied a database, or put another one in its place: nobody is asked which. */
export function trackUnitDatabase(): void {
  everythingWritten(clock + 1, WRITE_EXCLUSIVE);
}

/** A transaction that is about to commit has changed a key. */
export function trackCommitKey(record: usize, index: u32, key: usize, length: u32, prefix: u32): void {
  ssiWriteKey(record, keysOf(index), key, length, WRITE_EXCLUSIVE);
  if (prefix) ssiWrite(record, collectionItem(index, key, prefix), WRITE_TOUCH);
}
