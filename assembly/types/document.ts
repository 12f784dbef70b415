/**
 * The document type: a JSON value under a key, in the entry or in a block of its own. Its value begins with the number of its row in
 * a collection (keyspace/collection.ts); behind it stands the packed form (value/packed.ts), or the rest of a record
 * (value/record.ts), as KIND_RECORD says.
 *
 * Documents become records from SHAPE_DOCUMENTS_MIN of a collection on (`adoptCollection`), where they fit a shape. Everything
 * that works on JSON values sees the packed form: of a record it is made in scratch memory.
 *
 * A stored document is never changed in place: a command makes the new form in scratch memory and stores it as a whole.
 * Out of memory: `storeDocument` returns false and has changed nothing.
 */
import { COLLECTION_LIVE, COLLECTION_ROWS, NO_ROW, RECORD_PACKED, RECORD_ROW, SHAPE_DOCUMENTS_MIN } from "../abi/record";
import { PURPOSE_ENTRY, PURPOSE_SCRATCH, PURPOSE_VALUE, TYPE_DOCUMENT } from "../abi/status";
import { copyBytes } from "../bytes/copy";
import { hashBytes } from "../bytes/hash";
import {
  COLLECTION_SHAPES,
  OWN_SHAPES,
  collectionChanged,
  collectionHandle,
  collectionHasOwn,
  collectionOfKey,
  collectionOwn,
  collectionOwnSet,
  declaredCollection,
  isDocumentEntry,
  prefixLength,
  rowEntry,
  setSameDocument,
  shapesGone,
  shapesLate,
} from "../keyspace/collection";
import { accessClock, database } from "../keyspace/database";
import {
  ENCODING_BYTES,
  ENCODING_EXTERNAL,
  EXTERNAL_CAPACITY,
  EXTERNAL_POINTER,
  EXTERNAL_ROOT_BYTES,
  KIND_RECORD,
  releaseEntry,
  valueAddress,
} from "../keyspace/entry-release";
import { insertEntry, replaceEntry } from "../keyspace/keyspace";
import { undoOn } from "../keyspace/undo";
import { convertedAt, doorConvert } from "../keyspace/row-door";
import { allocate, allocatedSize, release } from "../memory/allocator";
import { contextTransaction, contextView } from "../mvcc/context";
import { BUFFER_POINTER, BUFFER_SIZE, bufferAppend, bufferClear, bufferInitialize } from "../structure/byte-buffer";
import {
  ENTRY_ACCESS,
  ENTRY_KIND,
  ENTRY_VALUE_LENGTH,
  entryBytes,
  entryExpiry,
  keyLength,
  keyPointer,
  valuePointer,
  writeEntryHead,
} from "../structure/entry";
import { tableFind } from "../structure/hash-table";
import { printValue } from "../value/json-print";
import { isObject } from "../value/packed";
import { packedAt, packedFailed, packedMark, packedReset, packedRewind } from "../value/packed-writer";
import { makeRecord, recordMade, recordMadeBytes, recordScratchClear, takeTableRecord } from "../value/record";
import { printRecord, unpackRecord } from "../value/record-unpack";
import { forgetShapesChanged, isDeclared, keepShapes, shapesChanged, shapesMake, shapesRelease } from "../value/shape";
import { learnFields } from "../value/shape-fit";
import { INLINE_BYTES } from "./entry-store";

/** The packed form of the record that was read last. */
const unpacked: usize = memory.data(BUFFER_SIZE, 8);

// @ts-ignore: decorator
@inline
export function isDocument(entry: usize): bool {
  return isDocumentEntry(entry);
}

// @ts-ignore: decorator
@inline
export function isRecord(entry: usize): bool {
  return (load<u8>(entry, ENTRY_KIND) & (<u8>KIND_RECORD)) != 0;
}

/** The shapes of the collection that the entry's document is in. Requires: a record of the current database. */
export function shapesOf(entry: usize): usize {
  return <usize>load<u32>(collectionOfKey(keyPointer(entry), keyLength(entry)), COLLECTION_SHAPES);
}

/**
 * Address of the packed value, or 0: there is no memory to unpack a record, and the packed writer has failed. That of a record is
 * good until the next call. Requires: a document of the current database.
 */
export function documentValue(entry: usize): usize {
  if (!isRecord(entry)) return valueAddress(entry) + RECORD_PACKED;
  return recordValue(shapesOf(entry), entry);
}

/** The same for a record of a collection with these shapes, whatever its key says. */
export function recordValue(shapes: usize, entry: usize): usize {
  const mark = packedMark();
  unpackRecord(shapes, valueAddress(entry));
  if (packedFailed) return 0;
  bufferInitialize(unpacked, PURPOSE_SCRATCH);
  bufferClear(unpacked);
  const copied = bufferAppend(unpacked, packedAt(mark), packedMark() - mark);
  packedRewind(mark);
  return copied ? <usize>load<u32>(unpacked, BUFFER_POINTER) : 0;
}

/** Bytes of the stored form of a document, without the row. */
export function documentBytes(entry: usize): u32 {
  return load<u32>(entry, ENTRY_VALUE_LENGTH) - RECORD_PACKED;
}

/** Where `admitRow` has put a row in the packed writer. */
export let admittedAt: u32 = 0;

/**
 * Has a document checked and brought into form that is to lie under a key of a declared table; it is appended to the packed writer,
 * where it may lie itself. `isNew`: there is no such row. False: refused (the error is noted), or no memory. Requires: a declared table.
 */
export function admitRow(key: usize, keyBytes: u32, value: usize, bytes: u32, isNew: bool): bool {
  const collection = declaredCollection(key, keyBytes);
  const prefix = prefixLength(key, keyBytes) + 1;
  const accepted = doorConvert(collection, key + prefix, keyBytes - prefix, value, bytes, isNew);
  admittedAt = convertedAt;
  return accepted && !packedFailed;
}

/** Prints a document's text; what was packed is gone. Requires: it is one of the current database. */
export function printDocument(entry: usize): void {
  packedReset();
  if (isRecord(entry)) printRecord(shapesOf(entry), valueAddress(entry));
  else printValue(valueAddress(entry) + RECORD_PACKED);
}

/** Gives scratch memory back. */
export function documentScratchClear(): void {
  bufferInitialize(unpacked, PURPOSE_SCRATCH);
  bufferClear(unpacked);
  recordScratchClear();
}

/** The entry that `storeDocument` has stored last, 0: it lies elsewhere now. Good until something is written. */
export let storedEntry: usize = 0;

/**
 * Makes the key hold a document, whatever it held. The packed value may not lie in the entry that is replaced. Entries of the key's
 * collection may lie elsewhere afterwards.
 */
export function storeDocument(hash: u64, slot: usize, old: usize, key: usize, keyBytes: u32, value: usize, bytes: u32, expiry: u64): bool {
  const object = isObject(value);
  const collection = object ? collectionOfKey(key, keyBytes) : 0;
  const shaped = collection != 0 && load<u32>(collection, COLLECTION_SHAPES) != 0;
  const access = old ? load<u32>(old, ENTRY_ACCESS) : accessClock;
  const entry = makeEntry(collection, key, keyBytes, value, bytes, expiry, access);
  if (!entry) return false;
  const stored = old ? replaceEntry(hash, slot, old, entry) : insertEntry(hash, entry);
  storedEntry = stored ? entry : 0;
  if (!stored) releaseEntry(entry);
  else if (object && !shaped && adoptWhenLarge(collectionOfKey(key, keyBytes))) storedEntry = 0;
  return stored;
}

/** An entry with a document in the form that its collection (0: none) has for it, not yet stored; 0: no memory. */
export function makeEntry(collection: usize, key: usize, keyBytes: u32, value: usize, bytes: u32, expiry: u64, access: u32): usize {
  const shapes = collection ? <usize>load<u32>(collection, COLLECTION_SHAPES) : 0;
  if (shapes && makeShaped(collection, shapes, value)) {
    const entry = newEntry(key, keyBytes, recordMadeBytes, expiry, access, KIND_RECORD);
    if (entry) copyBytes(valueAddress(entry), recordMade, recordMadeBytes);
    return entry;
  }
  const entry = newEntry(key, keyBytes, bytes + RECORD_PACKED, expiry, access, 0);
  if (!entry) return 0;
  const target = valueAddress(entry);
  store<u32>(target, NO_ROW, RECORD_ROW);
  copyBytes(target + RECORD_PACKED, value, bytes);
  return entry;
}

function makeShaped(collection: usize, shapes: usize, value: usize): bool {
  if (isDeclared(shapes)) return takeTableRecord();
  forgetShapesChanged();
  keepShapes(undoOn);
  const made = makeRecord(shapes, value);
  if (shapesChanged) collectionChanged(collection);
  return made;
}

/** An entry of a document with room for a value of `bytes`, not yet stored; 0: no memory. */
function newEntry(key: usize, keyBytes: u32, bytes: u32, expiry: u64, access: u32, kind: u32): usize {
  const external = bytes > INLINE_BYTES;
  const block = external ? allocate(bytes, PURPOSE_VALUE) : 0;
  if (external && !block) return 0;
  const needed = entryBytes(keyBytes, expiry != 0, external ? EXTERNAL_ROOT_BYTES : bytes);
  const entry = needed <= 0xf0000000 ? allocate(<u32>needed, PURPOSE_ENTRY) : 0;
  if (!entry) {
    if (block) release(block, PURPOSE_VALUE);
    return 0;
  }
  writeEntryHead(entry, key, keyBytes, expiry, access);
  store<u8>(entry, <u8>(TYPE_DOCUMENT | kind | (external ? ENCODING_EXTERNAL : ENCODING_BYTES)), ENTRY_KIND);
  store<u32>(entry, bytes, ENTRY_VALUE_LENGTH);
  if (!external) return entry;
  const root = valuePointer(entry);
  store<u32>(root, <u32>block, EXTERNAL_POINTER);
  store<u32>(root, allocatedSize(block), EXTERNAL_CAPACITY);
  return entry;
}

/** Gives a collection shapes when it is large enough for them; false: its documents are where they were. */
export function adoptWhenLarge(collection: usize): bool {
  if (!collection || contextView || load<u32>(collection, COLLECTION_SHAPES)) return false;
  if (load<u32>(collection, COLLECTION_LIVE) < <u32>SHAPE_DOCUMENTS_MIN) return false;
  adoptCollection(collection);
  return true;
}

/**
 * Gives a collection of the current database its fields and shapes, and makes records of its documents. Without memory some or
 * all stay packed, which is a state like any other. Returns false when it has no shapes afterwards.
 */
export function adoptCollection(collection: usize): bool {
  if (load<u32>(collection, COLLECTION_SHAPES)) return true;
  if (contextView) return adoptSeen(collection);
  const shapes = shapesMake();
  if (!shapes) return false;
  store<u32>(collection, <u32>shapes, COLLECTION_SHAPES);
  learnRows(collection, shapes);
  const rows = load<u32>(collection, COLLECTION_ROWS);
  for (let row: u32 = 0; row < rows; row++) {
    const entry = rowEntry(collection, row);
    if (entry) shapeEntry(collection, entry);
  }
  collectionChanged(collection);
  return true;
}

function learnRows(collection: usize, shapes: usize): void {
  const rows = load<u32>(collection, COLLECTION_ROWS);
  for (let row: u32 = 0; row < rows; row++) {
    const entry = rowEntry(collection, row);
    if (entry && !isRecord(entry)) learnFields(shapes, valueAddress(entry) + RECORD_PACKED);
  }
}

/** The same for one of a view or a transaction: fields and shapes are the same for all who see it, documents stay as they are. */
function adoptSeen(collection: usize): bool {
  const handle = collectionHandle(collection);
  let shapes = <usize>load<u32>(handle, COLLECTION_SHAPES);
  if (!shapes || isDeclared(shapes)) {
    const isShared = !shapes;
    shapes = shapesMake();
    if (!shapes) return false;
    if (isShared) {
      store<u32>(handle, <u32>shapes, COLLECTION_SHAPES);
      if (handle != collection) learnRows(handle, shapes);
    } else if (!shapesLate(shapes)) {
      // Those of a table that was declared since are no shapes for documents: these are the views' alone.
      shapesRelease(shapes);
      return false;
    }
  }
  // Those who had them first may see other documents than these.
  learnRows(collection, shapes);
  store<u32>(collection, <u32>shapes, COLLECTION_SHAPES);
  collectionChanged(collection);
  // A version says what a plan was made from: they share one only if they share the shapes.
  if (<usize>load<u32>(handle, COLLECTION_SHAPES) != shapes) collectionChanged(handle);
  return true;
}

/**
 * Gives a collection of the current database the shapes of a declared table (shapesDeclare). Its documents are packed then, until each
 * has gone through the row-write door: the caller stores them anew. False: there is no memory, and the shapes stay the caller's.
 */
export function declareShapes(seen: usize, shapes: usize): bool {
  if (!dropShapes(seen)) return false;
  const collection = collectionOwn(seen);
  if (!collection) return false;
  store<u32>(collection, <u32>shapes, COLLECTION_SHAPES);
  collectionOwnSet(collection, OWN_SHAPES, contextTransaction != 0);
  collectionChanged(collection);
  return true;
}

/** Takes a collection's shapes away: all its documents are packed afterwards. False: there is no memory for that. */
export function dropShapes(seen: usize): bool {
  const shapes = <usize>load<u32>(seen, COLLECTION_SHAPES);
  if (!shapes) return true;
  const collection = collectionOwn(seen);
  if (!collection) return false;
  const rows = load<u32>(collection, COLLECTION_ROWS);
  packedReset();
  for (let row: u32 = 0; row < rows; row++) {
    const entry = rowEntry(collection, row);
    if (entry && isRecord(entry) && !unshapeEntry(shapes, entry)) return false;
  }
  store<u32>(collection, 0, COLLECTION_SHAPES);
  collectionChanged(collection);
  if (collectionHasOwn(collection, OWN_SHAPES)) shapesGone(shapes);
  collectionOwnSet(collection, OWN_SHAPES, false);
  return true;
}

/** Packs a record in place. */
function unshapeEntry(shapes: usize, entry: usize): bool {
  const mark = packedMark();
  unpackRecord(shapes, valueAddress(entry));
  if (packedFailed) return false;
  const bytes = packedMark() - mark;
  const plain = newEntry(keyPointer(entry), keyLength(entry), bytes + RECORD_PACKED, entryExpiry(entry), load<u32>(entry, ENTRY_ACCESS), 0);
  if (plain) copyBytes(valueAddress(plain) + RECORD_PACKED, packedAt(mark), bytes);
  packedRewind(mark);
  return plain != 0 && replaceInPlace(entry, plain);
}

/** Puts an entry with the same document in the place of another one. */
function replaceInPlace(entry: usize, other: usize): bool {
  const key = keyPointer(entry);
  const hash = hashBytes(key, keyLength(entry));
  setSameDocument(true);
  const done = replaceEntry(hash, tableFind(database, hash, key, keyLength(entry)), entry, other);
  setSameDocument(false);
  if (!done) releaseEntry(other);
  return done;
}

/** Makes a record of a packed document in place, if it fits a shape. */
function shapeEntry(collection: usize, entry: usize): void {
  const shapes = <usize>load<u32>(collection, COLLECTION_SHAPES);
  if (!makeShaped(collection, shapes, valueAddress(entry) + RECORD_PACKED)) return;
  const key = keyPointer(entry);
  const keyBytes = keyLength(entry);
  const shaped = newEntry(key, keyBytes, recordMadeBytes, entryExpiry(entry), load<u32>(entry, ENTRY_ACCESS), KIND_RECORD);
  if (!shaped) return;
  copyBytes(valueAddress(shaped), recordMade, recordMadeBytes);
  replaceInPlace(entry, shaped);
}
