/**
 * Collections: the documents `prefix:rest` of a database, numbered, so that a query reads them without going through the keyspace.
 *
 * A document whose value is an object belongs to the collection of its key's prefix: the bytes before the first colon, 1 to
 * PREFIX_MAX of them. What stands behind the colon may be empty. Other documents are in no collection. A collection is there from
 * its first document on, and goes with its last one unless a table was declared or an index made.
 *
 * A collection lies in an entry (structure/entry.ts) whose key is the prefix, in a hash table of the database; its record of
 * COLLECTION_SIZE bytes (abi/record.ts) is the entry's value, and its address the handle. Behind what abi/record.ts names:
 *
 *   24   u32 first chunk: the directory while there is one chunk
 *   28   u32 rows that the chunks have room for
 *   32   u32 first free row + 1, or 0; a free row's element is {0, next free row + 1}
 *   36   u32 shapes (value/shape.ts), or 0: all documents are packed
 *   40   u32 the entry
 *
 * Chunks of rows are as abi/record.ts has them. The first one begins with ROWS_MIN rows and grows fourfold up to CHUNK_ROWS, so a
 * prefix with one document costs about a hundred bytes.
 *
 * Invariants: (1) a row's element names the entry, the entry's value the row; (2) COLLECTION_LIVE, CHUNK_LIVE and CHUNK_PACKED
 * match; (3) CHUNK_EXPIRY is a lower bound; (4) every row number below COLLECTION_ROWS is present or in the free list.
 *
 * Cost: O(1) for each change, and a look into the table of collections.
 */
import {
  CHUNK_EXPIRY,
  CHUNK_HEADER,
  CHUNK_LIVE,
  CHUNK_PACKED,
  CHUNK_ROWS,
  COLLECTION_CHUNKS,
  COLLECTION_DIRECTORY,
  COLLECTION_INDEXES,
  COLLECTION_LIVE,
  COLLECTION_ROWS,
  COLLECTION_SIZE,
  COLLECTION_TABLE,
  COLLECTION_VERSION,
  NO_ROW,
  RECORD_PACKED,
  RECORD_ROW,
  RECORD_SHAPE,
  ROW_BYTES,
  ROW_ENTRY,
  ROW_RECORD,
  WORD_INLINE_MAX,
} from "../abi/record";
import { RUNTIME_ERROR_ROW_KIND } from "../abi/runtime-error";
import { PURPOSE_TABLE, TYPE_DOCUMENT } from "../abi/status";
import { copyBytes } from "../bytes/copy";
import { hashBytes } from "../bytes/hash";
import { allocate, release } from "../memory/allocator";
import { DEBUG } from "../memory/debug";
import { ENTRY_KIND, entryBytes, entryExpiry, keyLength, keyPointer, valuePointer, writeEntryHead } from "../structure/entry";
import { tableFind, tableInsert, tableRemove } from "../structure/hash-table";
import { failWith } from "../value/cells";
import { isObject } from "../value/packed";
import { shapeCount, shapesRelease } from "../value/shape";
import { inlineWord, longWord } from "../value/word";
import { DATABASE_COLLECTIONS, database } from "./database";
import { KIND_RECORD, TYPE_MASK, valueAddress } from "./entry-release";
import { doorEnter, doorFree, doorLeave, doorRelease, referencesDeclared } from "./row-door";
import { undoOn } from "./undo";

const COLLECTION_FIRST: usize = 24;
const COLLECTION_ROOM: usize = 28;
const COLLECTION_FREE: usize = 32;
export const COLLECTION_SHAPES: usize = 36;
const COLLECTION_ENTRY: usize = 40;

const COLON: u32 = 58;
/** Longest prefix of a collection. */
export const PREFIX_MAX: u32 = 255;
const ROWS_MIN: u32 = 2;
const CHUNK_SHIFT: u32 = 10;
const ROWS_MAX: u32 = 0x7ffff000;

/**
 * Source of versions: no two collections ever have the same. It also rises when a collection goes or the databases change places: while
 * it stays, so do all handles and all that was asked about collections.
 */
export let lastVersion: u32 = 0;

// @ts-ignore: decorator
@inline
export function isDocumentEntry(entry: usize): bool {
  return (load<u8>(entry, ENTRY_KIND) & (<u8>TYPE_MASK)) == <u8>TYPE_DOCUMENT;
}

/** Bytes before a key's first colon, or 0 when it has no prefix of a collection. */
export function prefixLength(key: usize, length: u32): u32 {
  const limit = length <= PREFIX_MAX ? length : PREFIX_MAX + 1;
  for (let index: u32 = 0; index < limit; index++) if (<u32>load<u8>(key + index) == COLON) return index;
  return 0;
}

/** The collection with this prefix in a database, or 0. */
export function collectionNamed(record: usize, prefix: usize, length: u32): usize {
  const slot = tableFind(record + DATABASE_COLLECTIONS, hashBytes(prefix, length), prefix, length);
  return slot ? valuePointer(<usize>load<u32>(slot)) : 0;
}

/** The collection in the current database to which a document under this key belongs, or 0. */
export function collectionOfKey(key: usize, length: u32): usize {
  const prefix = prefixLength(key, length);
  return prefix ? collectionNamed(database, key, prefix) : 0;
}

/** How many tables are declared, in all databases; while there are none, nobody looks for one. */
export let tablesDeclared: i32 = 0;

export function countTables(difference: i32): void {
  tablesDeclared += difference;
}

/** The declared collection in the current database to which a key belongs, or 0. */
export function declaredCollection(key: usize, length: u32): usize {
  if (!tablesDeclared) return 0;
  const collection = collectionOfKey(key, length);
  return collection && load<u32>(collection, COLLECTION_TABLE) ? collection : 0;
}

/** Whether a key belongs to a declared table; the error for who puts something else than a row there is noted. */
export function isRowKey(key: usize, length: u32): bool {
  const collection = declaredCollection(key, length);
  if (!collection) return false;
  const prefix = prefixPointer(collection);
  const bytes = prefixBytes(collection);
  failWith(RUNTIME_ERROR_ROW_KIND, bytes <= <u32>WORD_INLINE_MAX ? inlineWord(prefix, bytes) : longWord(prefix, bytes), 0);
  return true;
}

/** Address and length of a collection's prefix. */
export function prefixPointer(collection: usize): usize {
  return keyPointer(<usize>load<u32>(collection, COLLECTION_ENTRY));
}

export function prefixBytes(collection: usize): u32 {
  return keyLength(<usize>load<u32>(collection, COLLECTION_ENTRY));
}

/** Tells those who cache what they know of the collection that it has changed. */
export function collectionChanged(collection: usize): void {
  store<u32>(collection, ++lastVersion, COLLECTION_VERSION);
}

/** Tells those who hold handles that collections have gone or changed places. */
export function collectionsMoved(): void {
  lastVersion++;
}

/** The collection with this prefix in the current database, made if there is none; 0: no memory. */
export function collectionMake(prefix: usize, length: u32): usize {
  const found = collectionNamed(database, prefix, length);
  return found ? found : collectionMakeIn(database + DATABASE_COLLECTIONS, prefix, length);
}

/** Makes a collection in a table that has none of this name; 0: no memory. */
export function collectionMakeIn(table: usize, prefix: usize, length: u32): usize {
  const entry = allocate(<u32>entryBytes(length, false, COLLECTION_SIZE), PURPOSE_TABLE);
  if (!entry) return 0;
  store<u32>(entry, 0);
  writeEntryHead(entry, prefix, length, 0, 0);
  if (!tableInsert(table, hashBytes(prefix, length), entry)) {
    release(entry, PURPOSE_TABLE);
    return 0;
  }
  const collection = valuePointer(entry);
  memory.fill(collection, 0, COLLECTION_SIZE);
  store<u32>(collection, <u32>(collection + COLLECTION_FIRST), COLLECTION_DIRECTORY);
  store<u32>(collection, <u32>entry, COLLECTION_ENTRY);
  collectionChanged(collection);
  return collection;
}

/** Frees a collection that has neither rows nor a table nor an index; while a statement may be taken back it is kept. */
export function dropIfUnused(collection: usize): void {
  if (undoOn) return;
  if (load<u32>(collection, COLLECTION_LIVE) || load<u32>(collection, COLLECTION_TABLE)) return;
  if (load<u32>(collection, COLLECTION_INDEXES)) return;
  const prefix = prefixPointer(collection);
  const hash = hashBytes(prefix, prefixBytes(collection));
  const table = database + DATABASE_COLLECTIONS;
  collectionsMoved();
  tableRemove(table, hash, tableFind(table, hash, prefix, prefixBytes(collection)));
  releaseCollection(<usize>load<u32>(collection, COLLECTION_ENTRY));
}

/** A statement keeps a row that it has taken away (1), or does not keep it any more (-1): its shape stays while it does. */
export function rowHeld(entry: usize, difference: i32): void {
  if (!isDocumentEntry(entry) || !((<u32>load<u8>(entry, ENTRY_KIND)) & KIND_RECORD)) return;
  const collection = collectionOfKey(keyPointer(entry), keyLength(entry));
  // When the last row of a collection without a table goes for good, the collection goes with its shapes, and others may follow.
  if (!collection) return;
  shapeCount(<usize>load<u32>(collection, COLLECTION_SHAPES), load<u16>(valueAddress(entry), RECORD_SHAPE), difference);
}

/** A row that a statement has taken away is gone for good. */
export function rowGone(entry: usize): void {
  rowHeld(entry, -1);
  const collection = isDocumentEntry(entry) ? collectionOfKey(keyPointer(entry), keyLength(entry)) : 0;
  if (collection) shrink(collection, load<u32>(valueAddress(entry), RECORD_ROW));
}

/** Frees what a collection does not need any more now that a row has gone; while a statement may be taken back it is kept. */
function shrink(collection: usize, row: u32): void {
  if (!load<u32>(collection, COLLECTION_LIVE)) dropIfUnused(collection);
  else if (!undoOn) trimRows(collection, row);
}

/**
 * Gives back the chunks behind the last row when they are half of all or more; the list of free rows is made anew then. Looks only when
 * the row's chunk has become empty, so that it costs O(1) for each row that goes.
 */
function trimRows(collection: usize, row: u32): void {
  const chunks = load<u32>(collection, COLLECTION_CHUNKS);
  const directory = <usize>load<u32>(collection, COLLECTION_DIRECTORY);
  if (chunks < 2 || row >= load<u32>(collection, COLLECTION_ROWS) || load<u32>(chunkOf(collection, row), CHUNK_LIVE)) return;
  let kept = chunks;
  while (kept > 1 && !load<u32>(<usize>load<u32>(directory + ((<usize>kept - 1) << 2)), CHUNK_LIVE)) kept--;
  if ((chunks - kept) << 1 < chunks) return;
  for (let index = kept; index < chunks; index++) release(<usize>load<u32>(directory + ((<usize>index) << 2)), PURPOSE_TABLE);
  store<u32>(collection, kept, COLLECTION_CHUNKS);
  store<u32>(collection, kept * CHUNK_ROWS, COLLECTION_ROOM);
  store<u32>(collection, kept * CHUNK_ROWS, COLLECTION_ROWS);
  store<u32>(collection, 0, COLLECTION_FREE);
  for (let left = kept * CHUNK_ROWS; left > 0; left--) {
    if (!load<u32>(elementIn(chunkOf(collection, left - 1), left - 1), ROW_ENTRY)) giveRow(collection, left - 1);
  }
}

/** Frees the entry of a collection that is in no table any more, with all that hangs on it. */
export function releaseCollection(entry: usize): void {
  const collection = valuePointer(entry);
  if (load<u32>(collection, COLLECTION_TABLE) || load<u32>(collection, COLLECTION_INDEXES)) doorFree(collection);
  const chunks = load<u32>(collection, COLLECTION_CHUNKS);
  const directory = <usize>load<u32>(collection, COLLECTION_DIRECTORY);
  for (let index: u32 = 0; index < chunks; index++) release(<usize>load<u32>(directory + ((<usize>index) << 2)), PURPOSE_TABLE);
  if (directory != collection + COLLECTION_FIRST) release(directory, PURPOSE_TABLE);
  const shapes = <usize>load<u32>(collection, COLLECTION_SHAPES);
  if (shapes) shapesRelease(shapes);
  release(entry, PURPOSE_TABLE);
}

// @ts-ignore: decorator
@inline
function chunkOf(collection: usize, row: u32): usize {
  return <usize>load<u32>(<usize>load<u32>(collection, COLLECTION_DIRECTORY) + ((<usize>(row >>> CHUNK_SHIFT)) << 2));
}

// @ts-ignore: decorator
@inline
function elementIn(chunk: usize, row: u32): usize {
  return chunk + CHUNK_HEADER + ((<usize>(row & (CHUNK_ROWS - 1))) << 3);
}

/** The entry of a row, or 0. */
export function rowEntry(collection: usize, row: u32): usize {
  const element = rowElement(collection, row);
  return element ? <usize>load<u32>(element, ROW_ENTRY) : 0;
}

/** Address of a row's element, or 0 when there is no such row. */
export function rowElement(collection: usize, row: u32): usize {
  if (row >= load<u32>(collection, COLLECTION_ROWS)) return 0;
  const element = elementIn(chunkOf(collection, row), row);
  return load<u32>(element, ROW_ENTRY) ? element : 0;
}

function newChunk(rows: u32): usize {
  const chunk = allocate(CHUNK_HEADER + rows * ROW_BYTES, PURPOSE_TABLE);
  if (!chunk) return 0;
  memory.fill(chunk, 0, CHUNK_HEADER + rows * ROW_BYTES);
  store<u64>(chunk, u64.MAX_VALUE, CHUNK_EXPIRY);
  return chunk;
}

/** Makes room for one more row number. Returns false when there is no memory. */
function addRoom(collection: usize): bool {
  const room = load<u32>(collection, COLLECTION_ROOM);
  const chunks = load<u32>(collection, COLLECTION_CHUNKS);
  if (room >= ROWS_MAX) return false;
  if (room >= <u32>CHUNK_ROWS) return addChunk(collection, chunks);
  const rows: u32 = room ? (room << 2 < <u32>CHUNK_ROWS ? room << 2 : CHUNK_ROWS) : ROWS_MIN;
  const chunk = newChunk(rows);
  if (!chunk) return false;
  if (room) {
    const old = <usize>load<u32>(collection, COLLECTION_FIRST);
    copyBytes(chunk, old, CHUNK_HEADER + room * ROW_BYTES);
    release(old, PURPOSE_TABLE);
  }
  store<u32>(collection, <u32>chunk, COLLECTION_FIRST);
  store<u32>(collection, 1, COLLECTION_CHUNKS);
  store<u32>(collection, rows, COLLECTION_ROOM);
  return true;
}

function addChunk(collection: usize, chunks: u32): bool {
  const chunk = newChunk(CHUNK_ROWS);
  if (!chunk) return false;
  let directory = <usize>load<u32>(collection, COLLECTION_DIRECTORY);
  // A directory has room for a power of two of chunks.
  if (!(chunks & (chunks - 1))) {
    const grown = allocate(chunks << 3, PURPOSE_TABLE);
    if (!grown) {
      release(chunk, PURPOSE_TABLE);
      return false;
    }
    copyBytes(grown, directory, chunks << 2);
    if (directory != collection + COLLECTION_FIRST) release(directory, PURPOSE_TABLE);
    directory = grown;
    store<u32>(collection, <u32>directory, COLLECTION_DIRECTORY);
  }
  store<u32>(directory + ((<usize>chunks) << 2), <u32>chunk);
  store<u32>(collection, chunks + 1, COLLECTION_CHUNKS);
  store<u32>(collection, load<u32>(collection, COLLECTION_ROOM) + CHUNK_ROWS, COLLECTION_ROOM);
  return true;
}

/** A free row number, or NO_ROW when there is no memory. */
function takeRow(collection: usize): u32 {
  const free = load<u32>(collection, COLLECTION_FREE);
  if (free) {
    const row = free - 1;
    store<u32>(collection, load<u32>(elementIn(chunkOf(collection, row), row), ROW_RECORD), COLLECTION_FREE);
    return row;
  }
  const row = load<u32>(collection, COLLECTION_ROWS);
  if (row == load<u32>(collection, COLLECTION_ROOM) && !addRoom(collection)) return NO_ROW;
  store<u32>(collection, row + 1, COLLECTION_ROWS);
  return row;
}

/** Whether the document is an object, and so may be a row. */
function isRowValue(entry: usize): bool {
  if (load<u8>(entry, ENTRY_KIND) & (<u8>KIND_RECORD)) return true;
  return isObject(valueAddress(entry) + RECORD_PACKED);
}

function addTo(counter: usize, difference: u32): void {
  store<u32>(counter, load<u32>(counter) + difference);
}

/** Writes a row's element, its number into the value, and takes its expiry into account. Requires: the row is empty. */
function fillRow(collection: usize, row: u32, entry: usize): void {
  const chunk = chunkOf(collection, row);
  const element = elementIn(chunk, row);
  const value = valueAddress(entry);
  const packed = (load<u8>(entry, ENTRY_KIND) & (<u8>KIND_RECORD)) == 0;
  store<u32>(value, row, RECORD_ROW);
  store<u32>(element, <u32>entry, ROW_ENTRY);
  store<u32>(element, packed ? 0 : <u32>value, ROW_RECORD);
  if (packed) addTo(chunk + CHUNK_PACKED, 1);
  else shapeCount(<usize>load<u32>(collection, COLLECTION_SHAPES), load<u16>(value, RECORD_SHAPE), 1);
  addTo(chunk + CHUNK_LIVE, 1);
  noteExpiry(chunk, entry);
}

/** Empties a row's element. */
function clearRow(collection: usize, row: u32): void {
  const chunk = chunkOf(collection, row);
  const element = elementIn(chunk, row);
  const record = <usize>load<u32>(element, ROW_RECORD);
  if (!record) addTo(chunk + CHUNK_PACKED, -1);
  else shapeCount(<usize>load<u32>(collection, COLLECTION_SHAPES), load<u16>(record, RECORD_SHAPE), -1);
  addTo(chunk + CHUNK_LIVE, -1);
  if (!load<u32>(chunk, CHUNK_LIVE)) store<u64>(chunk, u64.MAX_VALUE, CHUNK_EXPIRY);
  store<u32>(element, 0, ROW_ENTRY);
}

/** Puts an empty row into the list of free ones. */
function giveRow(collection: usize, row: u32): void {
  store<u32>(elementIn(chunkOf(collection, row), row), load<u32>(collection, COLLECTION_FREE), ROW_RECORD);
  store<u32>(collection, row + 1, COLLECTION_FREE);
}

/** Gives a document that is about to be stored its row. Returns false when there is no memory, or the row is refused. */
export function rowEnter(entry: usize): bool {
  const key = keyPointer(entry);
  const prefix = prefixLength(key, keyLength(entry));
  if (!prefix || !isRowValue(entry)) {
    store<u32>(valueAddress(entry), NO_ROW, RECORD_ROW);
    return true;
  }
  const collection = collectionMake(key, prefix);
  if (!collection) return false;
  const row = takeRow(collection);
  if (row == NO_ROW) {
    dropIfUnused(collection);
    return false;
  }
  return enterRow(collection, row, entry);
}

/** Gives an entry whose key says nothing of its collection a row of this one. Returns false when there is no memory, or it is refused. */
export function rowEnterIn(collection: usize, entry: usize): bool {
  const row = takeRow(collection);
  return row != NO_ROW && enterRow(collection, row, entry);
}

function enterRow(collection: usize, row: u32, entry: usize): bool {
  if (load<u32>(collection, COLLECTION_INDEXES) && !doorEnter(collection, row, 0, entry)) {
    giveRow(collection, row);
    return false;
  }
  store<u32>(collection, load<u32>(collection, COLLECTION_LIVE) + 1, COLLECTION_LIVE);
  fillRow(collection, row, entry);
  return true;
}

/** Takes the row of a document that is about to go. */
export function rowLeave(entry: usize): void {
  const row = load<u32>(valueAddress(entry), RECORD_ROW);
  if (row == NO_ROW) return;
  const collection = collectionOfKey(keyPointer(entry), keyLength(entry));
  leaveRow(collection, row, entry);
  shrink(collection, row);
}

/** Whether an entry may be removed, or get an expiry, outside of a statement: no other row needs it. If not, the error is noted. */
export function rowReleased(entry: usize): bool {
  if (!referencesDeclared) return true;
  const row = isDocumentEntry(entry) ? load<u32>(valueAddress(entry), RECORD_ROW) : NO_ROW;
  const collection: usize = row == NO_ROW ? 0 : collectionOfKey(keyPointer(entry), keyLength(entry));
  return !collection || !load<u32>(collection, COLLECTION_INDEXES) || doorRelease(collection, row, entry);
}

/** Takes the row of an entry that got it by `rowEnterIn`; the collection stays, whatever is left in it. */
export function rowLeaveFrom(collection: usize, entry: usize): void {
  const row = load<u32>(valueAddress(entry), RECORD_ROW);
  leaveRow(collection, row, entry);
  if (!undoOn) trimRows(collection, row);
}

function leaveRow(collection: usize, row: u32, entry: usize): void {
  if (DEBUG) assert(collection != 0 && rowEntry(collection, row) == entry);
  if (load<u32>(collection, COLLECTION_INDEXES)) doorLeave(collection, row, entry);
  clearRow(collection, row);
  giveRow(collection, row);
  store<u32>(collection, load<u32>(collection, COLLECTION_LIVE) - 1, COLLECTION_LIVE);
}

/** Set while documents get another form: what they hold, and so their indexes, stays. */
export let isSameDocument: bool = false;

export function setSameDocument(same: bool): void {
  isSameDocument = same;
}

/**
 * An entry takes the place of another under the same key; one of them is a document. Returns false when there is no memory, or the
 * row is refused.
 */
export function rowReplace(old: usize, entry: usize): bool {
  const row = isDocumentEntry(old) ? load<u32>(valueAddress(old), RECORD_ROW) : NO_ROW;
  if (row == NO_ROW) return !isDocumentEntry(entry) || rowEnter(entry);
  if (!isDocumentEntry(entry) || !isRowValue(entry)) {
    rowLeave(old);
    if (isDocumentEntry(entry)) store<u32>(valueAddress(entry), NO_ROW, RECORD_ROW);
    return true;
  }
  return rowReplaceIn(collectionOfKey(keyPointer(old), keyLength(old)), old, entry);
}

/** An entry takes the place of another one in its row. Returns false when there is no memory, or the row is refused. */
export function rowReplaceIn(collection: usize, old: usize, entry: usize): bool {
  const row = load<u32>(valueAddress(old), RECORD_ROW);
  if (!isSameDocument && load<u32>(collection, COLLECTION_INDEXES) && !doorEnter(collection, row, old, entry)) return false;
  clearRow(collection, row);
  fillRow(collection, row, entry);
  return true;
}

/** A document's entry lies at `entry` now, or its expiry has changed. */
export function rowMoved(entry: usize): void {
  const row = load<u32>(valueAddress(entry), RECORD_ROW);
  if (row == NO_ROW) return;
  const collection = collectionOfKey(keyPointer(entry), keyLength(entry));
  const chunk = chunkOf(collection, row);
  const element = elementIn(chunk, row);
  store<u32>(element, <u32>entry, ROW_ENTRY);
  if (load<u32>(element, ROW_RECORD)) store<u32>(element, <u32>valueAddress(entry), ROW_RECORD);
  noteExpiry(chunk, entry);
}

/** Lets a chunk know when a row of it expires. */
function noteExpiry(chunk: usize, entry: usize): void {
  const expiry = entryExpiry(entry);
  if (expiry && expiry < load<u64>(chunk, CHUNK_EXPIRY)) store<u64>(chunk, expiry, CHUNK_EXPIRY);
}

/** Length of the list of free rows; more than there are rows when it has a cycle. For checks. */
export function collectionFreeRows(collection: usize): u32 {
  const rows = load<u32>(collection, COLLECTION_ROWS);
  let count: u32 = 0;
  let next = load<u32>(collection, COLLECTION_FREE);
  while (next && count <= rows) {
    count++;
    next = load<u32>(elementIn(chunkOf(collection, next - 1), next - 1), ROW_RECORD);
  }
  return count;
}
