/**
 * Declaring tables over the documents that a collection has, and the keys under which the host keeps its catalog.
 */
import { COMMAND_SET } from "../abi/commands";
import { COLLECTION_ROWS, COLLECTION_TABLE, SLOT_NONE, SLOT_TEXT } from "../abi/record";
import { hashBytes } from "../bytes/hash";
import { effectCommit, effectSet, effectsOn } from "../durability/effect-log";
import { collectionNamed, rowEntry } from "../keyspace/collection";
import { database, setNow, useDatabase } from "../keyspace/database";
import {
  foundSlot,
  isExpired,
  lookupQuiet,
  lookupWrite,
  makeWay,
  removeEntry,
  statementCommit,
  statementRollback,
} from "../keyspace/keyspace";
import { isCatalogKey } from "../keyspace/reclaimed";
import { walkNext, walkStart } from "../keyspace/scan";
import { trackKey, trackPrefix, trackUnit, trackUnitEnd, tracksReads } from "../keyspace/track";
import { undoBegin } from "../keyspace/undo";
import { entryExpiry, keyLength, keyPointer } from "../structure/entry";
import { TABLE_ENTRIES, tableFind } from "../structure/hash-table";
import { declareTable, tableShapes, undeclareTable } from "../table/catalog";
import { keepNames, nameWord } from "../table/row-index";
import { admitRow, admittedAt, adoptWhenLarge, declareShapes, documentValue, dropShapes, storeDocument } from "../types/document";
import { isString, readText, storeText, textLength, textPointer } from "../types/string";
import { setTag } from "../value/cells";
import { valueBytes } from "../value/packed";
import { packedAt, packedMark, packedReset } from "../value/packed-writer";
import { shapesRelease } from "../value/shape";
import { wordOf } from "../value/word";
import { admitWrite } from "./call";
import { effectDelete } from "./effect";

/** Declares a collection by a descriptor (abi/table.ts). False: no memory, or a document is refused; nothing has changed then. */
export function defineTable(index: u32, prefix: usize, prefixLength: u32, descriptor: usize, nowMs: f64): bool {
  useDatabase(index);
  setNow(nowMs);
  const declared = collectionNamed(database, prefix, prefixLength);
  if (declared && load<u32>(declared, COLLECTION_TABLE)) return false;
  // Records of the shapes that go may not be put back: all documents are packed before the statement begins.
  if (declared && !dropShapes(declared)) return false;
  undoBegin();
  const collection = declareTable(prefix, prefixLength, descriptor);
  const done = collection != 0 && giveShapes(collection) && convertRows(collection);
  if (done) statementCommit();
  else {
    statementRollback();
    keepNames();
    if (collection) endTable(collection);
  }
  packedReset();
  return done;
}

/** Gives a declared collection without shapes those of its table. False: no memory. */
export function giveShapes(collection: usize): bool {
  const shapes = tableShapes(<usize>load<u32>(collection, COLLECTION_TABLE));
  if (!shapes) return false;
  const given = declareShapes(collection, shapes);
  if (!given) shapesRelease(shapes);
  return given;
}

/** Makes the rows of a table documents like others. False: no memory, and nothing has changed but the form of some rows. */
export function endTable(collection: usize): bool {
  if (!dropShapes(collection)) return false;
  undeclareTable(collection);
  return true;
}

/**
 * Brings all documents of a declared collection into form, and removes those whose time is over. What that makes of them is not logged: replay does
 * the same again.
 */
function convertRows(collection: usize): bool {
  const rows = load<u32>(collection, COLLECTION_ROWS);
  for (let row: u32 = 0; row < rows; row++) {
    const entry = rowEntry(collection, row);
    if (!entry) continue;
    const key = keyPointer(entry);
    const keyBytes = keyLength(entry);
    const hash = hashBytes(key, keyBytes);
    if (isExpired(entry)) {
      if (!makeWay(hash, key, keyBytes)) return false;
      continue;
    }
    packedReset();
    const value = documentValue(entry);
    if (!value || !admitRow(key, keyBytes, value, valueBytes(value), false)) return false;
    lookupQuiet(hash, key, keyBytes);
    const bytes = packedMark() - admittedAt;
    if (!storeDocument(hash, foundSlot, entry, key, keyBytes, packedAt(admittedAt), bytes, entryExpiry(entry))) return false;
  }
  return true;
}

/** Ends a declaration. Returns false when there is none. */
export function undefineTable(prefix: usize, prefixLength: u32): bool {
  const collection = collectionNamed(database, prefix, prefixLength);
  if (!collection || !load<u32>(collection, COLLECTION_TABLE)) return false;
  if (!endTable(collection)) return false;
  const left = collectionNamed(database, prefix, prefixLength);
  if (left) adoptWhenLarge(left);
  return true;
}

/** Stores a string under a key of the current database. Returns false when there is no memory. */
export function keySet(key: usize, keyBytes: u32, value: usize, valueBytes: u32): bool {
  const isUnit = trackUnit();
  const done = setKey(key, keyBytes, value, valueBytes);
  if (isUnit) trackUnitEnd();
  return done;
}

function setKey(key: usize, keyBytes: u32, value: usize, valueBytes: u32): bool {
  if (admitWrite(COMMAND_SET, (<u64>keyBytes + valueBytes) << 1)) return false;
  const hash = hashBytes(key, keyBytes);
  const old = lookupWrite(hash, key, keyBytes);
  if (!storeText(hash, foundSlot, old, key, keyBytes, value, valueBytes, 0)) return false;
  if (effectsOn) {
    effectSet(key, keyBytes, value, valueBytes, 0);
    effectCommit();
  }
  return true;
}

/** Deletes a key of the current database. Returns false when there is none, which its caller has learnt then. */
export function keyDelete(key: usize, keyBytes: u32): bool {
  const hash = hashBytes(key, keyBytes);
  const isUnit = trackUnit();
  tellKey(key, keyBytes);
  const isThere = lookupWrite(hash, key, keyBytes) != 0;
  if (isThere) removeEntry(hash, foundSlot);
  if (isUnit) trackUnitEnd();
  if (isThere && effectsOn) {
    effectDelete(key, keyBytes);
    effectCommit();
  }
  return isThere;
}

/** What is known of a key of the catalog counts as read by the transaction or the unit that runs. */
export function tellKey(key: usize, keyBytes: u32): void {
  if (tracksReads) trackKey(key, keyBytes);
}

/** The same of all keys that begin with a prefix. */
export function tellKeys(prefix: usize, prefixBytes: u32): void {
  if (tracksReads) trackPrefix(prefix, prefixBytes);
}

/** A definition begins: all that it looks up and writes is one unit (keyspace/track.ts), in a transaction that one's. True: `definitionEnd` must follow. */
export function definitionBegin(): bool {
  return trackUnit();
}

export function definitionEnd(): void {
  trackUnitEnd();
}

/** The next key of the catalog in the current database as a word, or 0. One such walk at a time. */
export function catalogKey(restart: bool): u64 {
  if (!load<u32>(database, TABLE_ENTRIES)) return 0;
  if (restart) walkStart(database);
  for (let entry = walkNext(database); entry; entry = walkNext(database)) {
    const key = keyPointer(entry);
    const length = keyLength(entry);
    if (isCatalogKey(key, length)) return nameWord(key, length);
  }
  return 0;
}

/** The text of a string key as a word in the plan's arena, with its tag. */
export function keyValue(key: usize, keyBytes: u32): u64 {
  tellKey(key, keyBytes);
  return textOf(lookupQuiet(hashBytes(key, keyBytes), key, keyBytes));
}

/** The same without a trace, so that whoever is about to write something finds all as it was. */
export function keyPeek(key: usize, keyBytes: u32): u64 {
  const slot = tableFind(database, hashBytes(key, keyBytes), key, keyBytes);
  return textOf(slot ? <usize>load<u32>(slot) : 0);
}

function textOf(entry: usize): u64 {
  setTag(entry && isString(entry) ? SLOT_TEXT : SLOT_NONE);
  if (!entry || !isString(entry)) return 0;
  readText(entry);
  return wordOf(textPointer, textLength);
}
