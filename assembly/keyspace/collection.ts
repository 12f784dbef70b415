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
 *   48   u32 era since which it may be changed in place, u32 handle
 *   56   u32 OWN_* bits: what of it a transaction has made
 *
 * Chunks of rows are as abi/record.ts has them. The first one begins with ROWS_MIN rows and grows fourfold up to CHUNK_ROWS, so a
 * prefix with one document costs about a hundred bytes.
 *
 * Read views and transactions (mvcc/): the handle is the record of the committed state. A view that is open when that is first changed
 * gets a copy, and a transaction that changes rows has one of its own (`collectionOwn`); a copy has its own directory and its own records of
 * indexes, and shares chunks and tree nodes, which are copied before they are changed. `collectionNamed` gives the record that is to be
 * read now.
 *
 * Invariants: (1) a row's element names the entry, the entry's value the row; (2) COLLECTION_LIVE, CHUNK_LIVE and CHUNK_PACKED
 * match; (3) CHUNK_EXPIRY is a lower bound; (4) every row number below COLLECTION_ROWS is present or in the free list.
 *
 * Cost: O(1) for each change, and a look into the table of collections.
 */
import {
  CHUNK_BIRTH,
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
import { DATABASE_COUNT } from "../abi/layout";
import { PURPOSE_TABLE, TYPE_DOCUMENT } from "../abi/status";
import { copyBytes } from "../bytes/copy";
import { hashBytes } from "../bytes/hash";
import { allocate, release } from "../memory/allocator";
import { DEBUG } from "../memory/debug";
import { contextKeepRoot, contextRoot, contextTransaction, contextView } from "../mvcc/context";
import { viewKeepRoot, viewsLinger } from "../mvcc/view";
import { birthEra, isWritable, makeWritable, retireBlock, viewNewest } from "../structure/birth";
import { ENTRY_KIND, entryBytes, entryExpiry, isEntryOwn, keyLength, keyPointer, valuePointer, writeEntryHead } from "../structure/entry";
import { TABLE_ENTRIES, tableFind, tableInsert, tableRemove } from "../structure/hash-table";
import { failWith } from "../value/cells";
import { isObject } from "../value/packed";
import { shapeCount, shapesRelease } from "../value/shape";
import { inlineWord, longWord } from "../value/word";
import { DATABASE_COLLECTIONS, database, databaseIndex, useDatabase } from "./database";
import { KIND_RECORD, TYPE_MASK, valueAddress } from "./entry-release";
import { doorCopy, doorEnter, doorForget, doorFree, doorLeave, doorRelease, referencesDeclared } from "./row-door";
import { walkNext, walkStart } from "./scan";
import { undoBytes, undoOn } from "./undo";

const COLLECTION_FIRST: usize = 24;
const COLLECTION_ROOM: usize = 28;
const COLLECTION_FREE: usize = 32;
export const COLLECTION_SHAPES: usize = 36;
const COLLECTION_ENTRY: usize = 40;
const COLLECTION_BIRTH: usize = 48;
const COLLECTION_HANDLE: usize = 52;
const COLLECTION_OWN: usize = 56;

/** The shapes, the table. */
export const OWN_SHAPES: u32 = 1;
export const OWN_TABLE: u32 = 2;

/** Kind of the roots of collections. */
export const ROOT_COLLECTION: u32 = 0;

const COLON: u32 = 58;
/** Longest prefix of a collection. */
export const PREFIX_MAX: u32 = 255;
const ROWS_MIN: u32 = 2;
const SIZE_TOLD: u32 = 64;
const CHUNK_SHIFT: u32 = 10;
const ROWS_MAX: u32 = 0x7ffff000;

/**
 * Source of versions: no two collections ever have the same. It also rises when a collection goes or the databases change places: while
 * it stays, so do all handles and all that was asked about collections. It rises, too, when one has become much larger (`sizeGrown`).
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
  return slot ? contextRoot(valuePointer(<usize>load<u32>(slot))) : 0;
}

/** The record of a collection that is to be read now, whichever of its records is given. */
export function collectionSeen(collection: usize): usize {
  return contextView ? contextRoot(<usize>load<u32>(collection, COLLECTION_HANDLE)) : collection;
}

/** The record of the committed state. */
export function collectionHandle(collection: usize): usize {
  return <usize>load<u32>(collection, COLLECTION_HANDLE);
}

/** The record of a collection that may be changed now, whichever of its records is given; 0: no memory. */
// @ts-ignore: decorator
@inline
export function collectionOwn(collection: usize): usize {
  return !viewNewest ? collection : ownRecord(<usize>load<u32>(collection, COLLECTION_HANDLE));
}

/** The same where a change may not fail: without memory all views are taken away. */
export function collectionMustOwn(collection: usize): usize {
  const own = collectionOwn(collection);
  if (own) return own;
  makeWritable();
  return collection;
}

function ownRecord(handle: usize): usize {
  const seen = contextRoot(handle);
  if (isWritable(load<u32>(seen, COLLECTION_BIRTH))) return seen;
  const copy = copyRecord(seen);
  if (!copy) return 0;
  if (!(contextTransaction ? contextKeepRoot(handle, copy, ROOT_COLLECTION) : viewKeepRoot(handle, copy, ROOT_COLLECTION))) {
    freeRecord(copy);
    return 0;
  }
  const own = contextTransaction ? copy : handle;
  store<u32>(own, birthEra, COLLECTION_BIRTH);
  collectionsMoved();
  return own;
}

/** A copy of a record with a directory and index records of its own; 0: no memory. */
function copyRecord(collection: usize): usize {
  const copy = allocate(COLLECTION_SIZE, PURPOSE_TABLE);
  if (!copy) return 0;
  copyBytes(copy, collection, COLLECTION_SIZE);
  store<u32>(copy, 0, COLLECTION_INDEXES);
  store<u32>(copy, <u32>(copy + COLLECTION_FIRST), COLLECTION_DIRECTORY);
  const chunks = load<u32>(collection, COLLECTION_CHUNKS);
  let done = true;
  if (chunks > 1) {
    let room: u32 = 2;
    while (room < chunks) room <<= 1;
    const directory = allocate(room << 2, PURPOSE_TABLE);
    if (directory) {
      copyBytes(directory, <usize>load<u32>(collection, COLLECTION_DIRECTORY), chunks << 2);
      store<u32>(copy, <u32>directory, COLLECTION_DIRECTORY);
    } else done = false;
  }
  if (done && load<u32>(collection, COLLECTION_INDEXES)) done = doorCopy(collection, copy);
  if (done) return copy;
  freeRecord(copy);
  return 0;
}

/** Frees a copy of a record with its directory and index records, not what they lead to. */
export function freeRecord(copy: usize): void {
  const directory = <usize>load<u32>(copy, COLLECTION_DIRECTORY);
  if (directory != copy + COLLECTION_FIRST) release(directory, PURPOSE_TABLE);
  if (load<u32>(copy, COLLECTION_INDEXES)) doorForget(copy);
  release(copy, PURPOSE_TABLE);
}

/** The directory's chunk of a row, made one that may be changed; 0: no memory. Requires: the record may be. */
function ownChunk(collection: usize, row: u32): usize {
  const chunk = chunkOf(collection, row);
  const birth = load<u32>(chunk, CHUNK_BIRTH);
  if (isWritable(birth)) return chunk;
  const room = load<u32>(collection, COLLECTION_ROOM);
  const bytes = CHUNK_HEADER + (room < <u32>CHUNK_ROWS ? room : CHUNK_ROWS) * ROW_BYTES;
  const copy = allocate(bytes, PURPOSE_TABLE);
  if (!copy) return 0;
  copyBytes(copy, chunk, bytes);
  store<u32>(copy, birthEra, CHUNK_BIRTH);
  store<u32>(<usize>load<u32>(collection, COLLECTION_DIRECTORY) + ((<usize>(row >>> CHUNK_SHIFT)) << 2), <u32>copy);
  retireBlock(chunk, PURPOSE_TABLE, birth);
  return copy;
}

/** The same where a change may not fail. */
function mustOwnChunk(collection: usize, row: u32): usize {
  const chunk = ownChunk(collection, row);
  if (chunk) return chunk;
  makeWritable();
  return chunkOf(collection, row);
}

/** The collection in the current database to which a document under this key belongs, or 0. */
export function collectionOfKey(key: usize, length: u32): usize {
  const prefix = prefixLength(key, length);
  return prefix ? collectionNamed(database, key, prefix) : 0;
}

/** As many tables as are declared in all databases, or more; while there are none, nobody looks for one. */
export let tablesDeclared: i32 = 0;

export function countTables(difference: i32): void {
  tablesDeclared += difference;
  if (DEBUG) assert(tablesDeclared >= 0);
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

/** Notes, or forgets, that a part of a collection is the running transaction's. */
export function collectionOwnSet(collection: usize, part: u32, isOwn: bool): void {
  const others = load<u32>(collection, COLLECTION_OWN) & ~part;
  store<u32>(collection, isOwn ? others | part : others, COLLECTION_OWN);
}

/** Whether a part of a collection goes with it: in a transaction only what that has made. Requires: the record may be changed. */
export function collectionHasOwn(collection: usize, part: u32): bool {
  if (!contextTransaction || (load<u32>(collection, COLLECTION_OWN) & part) != 0) return true;
  return <usize>load<u32>(collection, COLLECTION_HANDLE) == collection;
}

/** Tells those who cache what they know of the collection that it has changed: its fields and shapes are the same for all who see it. */
export function collectionChanged(collection: usize): void {
  store<u32>(collection, ++lastVersion, COLLECTION_VERSION);
  store<u32>(<usize>load<u32>(collection, COLLECTION_HANDLE), lastVersion, COLLECTION_VERSION);
}

/** Tells those who hold handles that collections have gone or changed places. */
export function collectionsMoved(): void {
  lastVersion++;
}

/**
 * Tells those who have planned for fewer rows that there are more, now and then: whenever a number that grows by one, of a collection's rows
 * or of what is in the graph, reaches a power of two from SIZE_TOLD on.
 */
export function sizeGrown(size: u32): void {
  if (size >= SIZE_TOLD && !(size & (size - 1))) lastVersion++;
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
  store<u32>(collection, birthEra, COLLECTION_BIRTH);
  store<u32>(collection, <u32>collection, COLLECTION_HANDLE);
  collectionChanged(collection);
  return collection;
}

/** Shapes that are left since somebody may still see records that have them: {u32 next, u32 shapes}. */
let lateShapes: usize = 0;

/** Frees the shapes of a collection, of which no record of the committed state has one, when nobody else sees such records either. */
export function shapesGone(shapes: usize): void {
  if (!viewsLinger() || !shapesLate(shapes)) shapesRelease(shapes);
}

/** Leaves shapes until there are no views any more. False: there is no memory to remember them. */
export function shapesLate(shapes: usize): bool {
  const late = allocate(8, PURPOSE_TABLE);
  if (!late) return false;
  store<u32>(late, <u32>lateShapes);
  store<u32>(late, <u32>shapes, 4);
  lateShapes = late;
  unusedLeft = true;
  return true;
}

/** Frees what was left for the views, now that there are none. */
export function dropUnused(): void {
  if (!unusedLeft || viewsLinger() || undoOn) return;
  unusedLeft = false;
  while (lateShapes) {
    const late = lateShapes;
    lateShapes = <usize>load<u32>(late);
    shapesRelease(<usize>load<u32>(late, 4));
    release(late, PURPOSE_TABLE);
  }
  const caller = databaseIndex(database);
  for (let index = 0; index < DATABASE_COUNT; index++) {
    useDatabase(index);
    const table = database + DATABASE_COLLECTIONS;
    walkStart(table);
    let descriptor = walkNext(table);
    while (descriptor) {
      const collection = valuePointer(descriptor);
      if (!load<u32>(collection, COLLECTION_LIVE)) dropIfUnused(collection);
      descriptor = load<u32>(table, TABLE_ENTRIES) ? walkNext(table) : 0;
    }
  }
  useDatabase(caller);
}

/** Set when collections are left that would have gone if nobody could see them; `dropUnused` looks for them. */
export let unusedLeft: bool = false;

/** Frees a collection that has neither rows nor a table nor an index; while somebody may need it (again) it is kept. */
export function dropIfUnused(collection: usize): void {
  if (undoOn) return;
  if (viewsLinger()) {
    unusedLeft = true;
    return;
  }
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
  if (!isDocumentEntry(entry) || !((<u32>load<u8>(entry, ENTRY_KIND)) & KIND_RECORD) || isOthers(entry)) return;
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
  else if (!undoOn && !viewsLinger()) trimRows(collection, row);
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
  store<u32>(chunk, birthEra, CHUNK_BIRTH);
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
    const birth = load<u32>(old, CHUNK_BIRTH);
    copyBytes(chunk, old, CHUNK_HEADER + room * ROW_BYTES);
    store<u32>(chunk, birthEra, CHUNK_BIRTH);
    retireBlock(old, PURPOSE_TABLE, birth);
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

/** A free row number, or NO_ROW when there is no memory; its chunk may be changed. Requires: the record may be. */
function takeRow(collection: usize): u32 {
  let free = load<u32>(collection, COLLECTION_FREE);
  if (free && !load<u32>(collection, COLLECTION_LIVE) && startRowsAgain(collection)) free = 0;
  if (free) {
    const row = free - 1;
    if (!ownChunk(collection, row)) return NO_ROW;
    store<u32>(collection, load<u32>(elementIn(chunkOf(collection, row), row), ROW_RECORD), COLLECTION_FREE);
    return row;
  }
  const row = load<u32>(collection, COLLECTION_ROWS);
  if (row == load<u32>(collection, COLLECTION_ROOM) ? !addRoom(collection) : !ownChunk(collection, row)) return NO_ROW;
  store<u32>(collection, row + 1, COLLECTION_ROWS);
  return row;
}

/**
 * Numbers the rows of an empty collection from 0 on again, so that a table that was emptied and filled is read in the order of its
 * INSERTs, as people expect. Not where rows may have to be put back: that takes the list of free rows as it was, and must not need memory.
 */
function startRowsAgain(collection: usize): bool {
  if (contextTransaction || undoBytes() || !ownChunk(collection, 0)) return false;
  store<u32>(collection, 0, COLLECTION_ROWS);
  store<u32>(collection, 0, COLLECTION_FREE);
  return true;
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
  else if (!isOthers(entry)) shapeCount(<usize>load<u32>(collection, COLLECTION_SHAPES), load<u16>(value, RECORD_SHAPE), 1);
  addTo(chunk + CHUNK_LIVE, 1);
  noteExpiry(chunk, entry);
}

/** Empties a row's element. What a transaction takes out of it that is not its own stays in the committed state. */
function clearRow(collection: usize, row: u32): void {
  const chunk = chunkOf(collection, row);
  const element = elementIn(chunk, row);
  const record = <usize>load<u32>(element, ROW_RECORD);
  if (!record) addTo(chunk + CHUNK_PACKED, -1);
  else if (!isOthers(<usize>load<u32>(element, ROW_ENTRY)))
    shapeCount(<usize>load<u32>(collection, COLLECTION_SHAPES), load<u16>(record, RECORD_SHAPE), -1);
  addTo(chunk + CHUNK_LIVE, -1);
  if (!load<u32>(chunk, CHUNK_LIVE)) store<u64>(chunk, u64.MAX_VALUE, CHUNK_EXPIRY);
  store<u32>(element, 0, ROW_ENTRY);
}

/** Whether an entry is one that the running transaction has not made. */
// @ts-ignore: decorator
@inline
export function isOthers(entry: usize): bool {
  return contextTransaction != 0 && !isEntryOwn(entry);
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
  const made = collectionMake(key, prefix);
  const collection = made ? collectionOwn(made) : 0;
  if (!collection) {
    if (made) dropIfUnused(made);
    return false;
  }
  const row = takeRow(collection);
  if (row == NO_ROW) {
    dropIfUnused(collection);
    return false;
  }
  return enterRow(collection, row, entry);
}

/** Gives an entry whose key says nothing of its collection a row of this one. Returns false when there is no memory, or it is refused. */
export function rowEnterIn(collection: usize, entry: usize): bool {
  const own = collectionOwn(collection);
  const row = own ? takeRow(own) : NO_ROW;
  return row != NO_ROW && enterRow(own, row, entry);
}

function enterRow(collection: usize, row: u32, entry: usize): bool {
  if (load<u32>(collection, COLLECTION_INDEXES) && !doorEnter(collection, row, 0, entry)) {
    giveRow(collection, row);
    return false;
  }
  const live = load<u32>(collection, COLLECTION_LIVE) + 1;
  store<u32>(collection, live, COLLECTION_LIVE);
  sizeGrown(live);
  fillRow(collection, row, entry);
  return true;
}

/** Takes the row of a document that is about to go. */
export function rowLeave(entry: usize): void {
  const row = load<u32>(valueAddress(entry), RECORD_ROW);
  if (row == NO_ROW) return;
  const collection = collectionMustOwn(collectionOfKey(keyPointer(entry), keyLength(entry)));
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
  const own = collectionMustOwn(collection);
  leaveRow(own, row, entry);
  if (!undoOn && !viewsLinger()) trimRows(own, row);
}

function leaveRow(collection: usize, row: u32, entry: usize): void {
  if (DEBUG) assert(collection != 0 && rowEntry(collection, row) == entry);
  if (load<u32>(collection, COLLECTION_INDEXES)) doorLeave(collection, row, entry);
  mustOwnChunk(collection, row);
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
export function rowReplaceIn(seen: usize, old: usize, entry: usize): bool {
  const row = load<u32>(valueAddress(old), RECORD_ROW);
  const collection = collectionOwn(seen);
  if (!collection || !ownChunk(collection, row)) return false;
  if (!isSameDocument && load<u32>(collection, COLLECTION_INDEXES) && !doorEnter(collection, row, old, entry)) return false;
  clearRow(collection, row);
  fillRow(collection, row, entry);
  return true;
}

/** A document's entry lies at `entry` now, or its expiry has changed. */
export function rowMoved(entry: usize): void {
  const row = load<u32>(valueAddress(entry), RECORD_ROW);
  if (row == NO_ROW) return;
  const collection = collectionMustOwn(collectionOfKey(keyPointer(entry), keyLength(entry)));
  const chunk = mustOwnChunk(collection, row);
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
