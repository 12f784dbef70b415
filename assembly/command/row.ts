/**
 * Writing rows for query plans: a statement (begun, then kept or taken back as a whole), and in it rows that are put together
 * value by value, then inserted, updated or removed. Rows of declared tables are put together in the row block (abi/table.ts),
 * documents of other collections as packed objects.
 *
 * What refuses a row leaves its error in the plan's cells, and the answer NO_ROW; the plan then ends and takes its statement back.
 * The effect of a written row is `JSON.SET key $ row`, so that replay needs neither defaults nor coercion.
 *
 * Requires: the plan's arena has been reset before the statement; words and names lie in it or in rows.
 */
import { EVENT_DEL, EVENT_ROW_SET, NOTIFY_GENERIC, NOTIFY_MODULE } from "../abi/notification";
import { COMMAND_JSON_SET } from "../abi/commands";
import { DATABASE_COUNT } from "../abi/layout";
import { CELL_GRAPH, CELL_TAG, COLLECTION_INDEXES, COLLECTION_TABLE, NO_ROW, RECORD_ROW, SLOT_NONE, SLOT_UUID } from "../abi/record";
import { RUNTIME_ERROR_MEMORY, RUNTIME_ERROR_UNIQUE } from "../abi/runtime-error";
import { TABLE_KEY_NAME } from "../abi/table";
import { copyBytes } from "../bytes/copy";
import { hashBytes } from "../bytes/hash";
import { printUnsigned } from "../bytes/integer";
import { randomNext } from "../bytes/random";
import { effectEntry, entryAdmit } from "../durability/compaction";
import { effectCommit, effectsMark, effectsOn, effectsRewind } from "../durability/effect-log";
import { collectionNamed, collectionOwn, lastVersion, prefixLength, rowEntry } from "../keyspace/collection";
import { database, setNow, useDatabase } from "../keyspace/database";
import { valueAddress } from "../keyspace/entry-release";
import { trackUnit, trackUnitEnd } from "../keyspace/track";
import { generator } from "../keyspace/generator";
import { foundSlot, lookupQuiet, lookupWrite, removeEntry, statementCommit, statementRollback } from "../keyspace/keyspace";
import { notify } from "../keyspace/notify";
import { undoBegin, undoOn } from "../keyspace/undo";
import { ENTRY_VALUE_LENGTH, entryExpiry, keyLength, keyPointer } from "../structure/entry";
import { graphOf } from "../graph/graph";
import { indexNamed } from "../table/catalog";
import { INDEX_NEXT, indexConflict, indexIsUnique } from "../table/index";
import { contextTransaction } from "../mvcc/context";
import { referencesForget, referencesHold } from "../table/reference";
import { rowBegin, setColumn, setNull } from "../table/row-block";
import { keyColumns, putKey } from "../table/row-key";
import { makeBlockKey, nameWord } from "../table/row-index";
import { writeSlot } from "../table/row-value";
import { nextNumber, rowCheck, rowDefaults, rowKeep, rowKeepColumns, rowOfRecord, rowRead } from "../table/row-write";
import { documentValue, isDocument, isRecord, storeDocument, storedEntry } from "../types/document";
import { builderBytes, builderLength, builderReset, putByte, putBytes, putInteger } from "../value/builder";
import { cells, cellsBegin, cellsReset, fail, failWith, hasFailed, planAllocate } from "../value/cells";
import {
  TAG_OBJECT,
  afterValue,
  childCount,
  fieldValue,
  findField,
  firstChild,
  isNumber,
  isObject,
  isString,
  namePointer,
  readLength,
} from "../value/packed";
import {
  closeObject,
  openContainer,
  packedAt,
  packedFailed,
  packedMark,
  packedReset,
  writeByte,
  writeName,
  writePacked,
} from "../value/packed-writer";
import { textOfDynamic } from "../value/dynamic-text";
import { readPacked } from "../value/record-read";
import { longWord, wordBytes, wordLength } from "../value/word";
import { admitCopies, admitWrite, isTransactionFull } from "./call";
import { effectDelete } from "./effect";
import { aloneDefers } from "./transaction-alone";

const COLON: u32 = 58;
const ID_PATH: usize = memory.data<u8>([2, 0, 105, 100]);
const ID: usize = ID_PATH + 2;
/** What stands for the packed form of a row that is its record alone. */
const EMPTY_OBJECT: usize = memory.data<u8>([<u8>TAG_OBJECT, 0, 0]);
const EMPTY_OBJECT_BYTES: u32 = 3;

/** Whether the statement is a unit to the transactions that are active. */
let isUnit: bool = false;
/** Length of the effect log when the statement began. */
let effectsBefore: u32 = 0;

/** The collection of the row under way: its prefix, its address (0: there is none yet) and its table (0: undeclared). */
let prefix: usize = 0;
let prefixBytes: u32 = 0;
let collection: usize = 0;
let table: usize = 0;
/** The row that is updated (NO_ROW: a new one), and its document, in the plan's arena. */
let updated: u32 = NO_ROW;
let document: usize = 0;
/** The key of an undeclared row that an assignment to `id` has given. */
let idGiven: bool = false;
let id: u64 = 0;

// Statements --------------------------------------------------------------------------------------------------------------

/** Begins a statement on a database. */
export function statementBegin(index: u32, nowMs: f64): void {
  useDatabase(index);
  setNow(nowMs);
  store<u32>(cells, <u32>graphOf(), CELL_GRAPH);
  effectsBefore = effectsMark();
  referencesForget();
  isUnit = trackUnit();
  undoBegin();
}

/** Keeps what the running statement has done, or takes it back. False: it would break a foreign key, and was taken back; the error is in the cells. */
export function statementEnd(keep: bool): bool {
  if (!undoOn) return true;
  const holds = !keep || referencesHold();
  if (keep && holds) statementCommit();
  else {
    referencesForget();
    statementRollback();
    effectsRewind(effectsBefore);
  }
  if (effectsOn) effectCommit();
  if (isUnit) trackUnitEnd();
  isUnit = false;
  packedReset();
  return holds;
}

/**
 * Begins a statement that reads by a compiled query and then writes: its time, zone and budget are in the cells. Answers the version of all
 * collections, as `execution_begin` does. Requires: the arena is empty.
 */
export function writingBegin(index: u32, nowMs: f64, clockMs: f64, zone: i32, budget: u32): u32 {
  if (index >= <u32>DATABASE_COUNT) unreachable();
  cellsBegin(nowMs, clockMs, zone, budget);
  statementBegin(index, nowMs);
  return lastVersion;
}

/** Ends it, as `statementEnd` does; unless that answers false the arena is freed and the error forgotten. */
export function writingEnd(keep: bool): bool {
  const done = statementEnd(keep);
  if (done) cellsReset();
  return done;
}

// Rows under way ----------------------------------------------------------------------------------------------------------

/** The collection whose rows are written, or 0: a transaction has its own record of it from now on. */
function collectionToWrite(name: usize, nameBytes: u32): usize {
  const found = collectionNamed(database, name, nameBytes);
  if (!found || !contextTransaction) return found;
  const own = collectionOwn(found);
  if (!own) fail(RUNTIME_ERROR_MEMORY);
  return own;
}

/** Begins a new row of a collection, which need not exist. */
export function rowNew(name: usize, nameBytes: u32): void {
  prefix = name;
  prefixBytes = nameBytes;
  collection = collectionToWrite(name, nameBytes);
  table = collection ? <usize>load<u32>(collection, COLLECTION_TABLE) : 0;
  updated = NO_ROW;
  document = 0;
  idGiven = false;
  rowBegin();
}

/** Begins a change of a row: it has its present values. False: it is gone, or there is no memory. */
export function rowLoad(name: usize, nameBytes: u32, row: u32): bool {
  rowNew(name, nameBytes);
  const entry = collection ? rowEntry(collection, row) : 0;
  if (!entry) return false;
  if (table && isRecord(entry)) return loadRecord(entry, row);
  packedReset();
  const value = documentValue(entry);
  document = value ? arenaCopy(value, <u32>(afterValue(value) - value)) : 0;
  updated = row;
  if (!document) fail(RUNTIME_ERROR_MEMORY);
  return document != 0 && (!table || rowRead(table, document));
}

/** The table of the row under way, 0: its collection is not declared. */
export function rowTable(): usize {
  return table;
}

/** The document of the row under way, 0: it has none yet. */
export function rowDocument(): usize {
  return document;
}

/** The row of a declared table, as it lies in its record: what it has beside its columns is the document. */
function loadRecord(entry: usize, row: u32): bool {
  const record = arenaCopy(valueAddress(entry), load<u32>(entry, ENTRY_VALUE_LENGTH));
  if (!record) return false;
  updated = row;
  document = rowOfRecord(table, record);
  return true;
}

function arenaCopy(bytes: usize, length: u32): usize {
  const copy = planAllocate(length);
  if (copy) copyBytes(copy, bytes, length);
  return copy;
}

/** Gives a declared column its value; SLOT_NONE: null. */
export function rowColumn(number: u32, tag: u32, payload: u64): void {
  if (tag == SLOT_NONE) setNull(number);
  else setColumn(number, payload);
}

const valueSlot: usize = memory.data(8, 8);

/** Gives a field of an undeclared row its value; `path`: for each name u16 length and bytes. */
export function rowField(path: usize, pathBytes: u32, tag: u32, payload: u64): void {
  packedReset();
  store<u64>(valueSlot, payload);
  writeWith(document, path, path + pathBytes, tag);
  document = packedFailed ? 0 : arenaCopy(packedAt(0), packedMark());
  if (!document) fail(RUNTIME_ERROR_MEMORY);
}

/** Writes an object (0: none) with the value at a path. */
function writeWith(object: usize, path: usize, end: usize, tag: u32): void {
  const length = <u32>load<u16>(path);
  const rest = path + 2 + <usize>length;
  const start = openContainer();
  let written: u32 = 0;
  let done = false;
  let field = object && isObject(object) ? firstChild(object) : 0;
  for (let left = field ? childCount(object) : 0; left; left--) {
    const value = fieldValue(field);
    const after = afterValue(value);
    const same = readLength(field) == length && memory.compare(namePointer(field), path + 2, length) == 0;
    writeName(namePointer(field), readLength(field));
    if (!same) writePacked(value, <u32>(after - value));
    else if (rest < end) writeWith(value, rest, end, tag);
    else writeValue(tag);
    done = done || same;
    written++;
    field = after;
  }
  if (!done) {
    writeName(path + 2, length);
    if (rest < end) writeWith(0, rest, end, tag);
    else writeValue(tag);
    written++;
  }
  closeObject(start, written);
}

function writeValue(tag: u32): void {
  if (tag == SLOT_NONE) writeByte(0);
  else writeSlot(tag, valueSlot);
}

/** Gives an undeclared row its key, the text behind the colon; it is a field of the document too. */
export function rowId(tag: u32, payload: u64): void {
  if (takeId(tag, payload)) rowField(ID_PATH, 4, tag, payload);
}

/** False: there is none. */
function takeId(tag: u32, payload: u64): bool {
  idGiven = tag != SLOT_NONE;
  if (!idGiven) return false;
  const text = textOfDynamic(tag, payload);
  const length = wordLength(text);
  const copy = arenaCopy(wordBytes(text, spill), length);
  id = ((<u64>copy) << 32) | (<u64>length);
  return true;
}

// A new undeclared row, all of whose fields are given in one go, each once.

let objectStart: u32 = 0;
let objectFields: u32 = 0;

export function rowObjectBegin(): void {
  packedReset();
  objectStart = openContainer();
  objectFields = 0;
}

export function rowObjectField(name: usize, nameBytes: u32, tag: u32, payload: u64): void {
  writeName(name, nameBytes);
  store<u64>(valueSlot, payload);
  writeValue(tag);
  objectFields++;
}

export function rowObjectId(tag: u32, payload: u64): void {
  if (takeId(tag, payload)) rowObjectField(ID, 2, tag, payload);
}

export function rowObjectEnd(): void {
  closeObject(objectStart, objectFields);
  document = packedFailed ? 0 : arenaCopy(packedAt(0), packedMark());
  if (!document) fail(RUNTIME_ERROR_MEMORY);
}

// Keys --------------------------------------------------------------------------------------------------------------------

/** The key of the row under way, in the plan's arena. */
let key: usize = 0;
let keyBytes: u32 = 0;

function makeKey(): bool {
  if (table) putTableKey();
  else putDocumentKey();
  keyBytes = builderLength();
  key = hasFailed() ? 0 : arenaCopy(builderBytes(), keyBytes);
  return key != 0;
}

function putTableKey(): void {
  if (keyColumns(table)) putKey(table, prefix, prefixBytes);
  else if (updated != <u32>NO_ROW) keepKey();
  else {
    putPrefix();
    putInteger(<i64>nextNumber(table));
  }
}

function putPrefix(): void {
  builderReset();
  putBytes(prefix, prefixBytes);
  putByte(COLON);
}

/** An updated row stays under its key. */
function keepKey(): void {
  const entry = rowEntry(collection, updated);
  builderReset();
  putBytes(keyPointer(entry), keyLength(entry));
}

/** What `id` was given, else the text of the field `id`, else a random UUID. */
function putDocumentKey(): void {
  if (idGiven) {
    putPrefix();
    putBytes(<usize>(id >> 32), <u32>id);
    return;
  }
  if (updated != <u32>NO_ROW) {
    keepKey();
    return;
  }
  const value = document && isObject(document) ? findField(document, ID, 2) : 0;
  if (value && (isString(value) || isNumber(value))) {
    const payload = readPacked(value);
    putText(textOfDynamic(load<u32>(cells, CELL_TAG), payload));
  } else putRandomId();
}

const spill: usize = memory.data(8, 8);

function putText(text: u64): void {
  putPrefix();
  putBytes(wordBytes(text, spill), wordLength(text));
}

const uuid: usize = memory.data(16, 8);

/** A UUID of version 4. */
function putRandomId(): void {
  store<u64>(uuid, randomNext(generator));
  store<u64>(uuid, randomNext(generator), 8);
  store<u8>(uuid, <u8>((load<u8>(uuid, 6) & 15) | 64), 6);
  store<u8>(uuid, <u8>((load<u8>(uuid, 8) & 63) | 128), 8);
  putText(textOfDynamic(SLOT_UUID, longWord(uuid, 16)));
}

// Writing -----------------------------------------------------------------------------------------------------------------

/** Inserts the row under way; its number, or NO_ROW. */
export function rowInsert(): u32 {
  if (!admit() || (table && !rowDefaults(table))) return NO_ROW;
  if (table && !rowCheck(collection)) return NO_ROW;
  if (!makeKey()) return outOfMemory();
  const hash = hashBytes(key, keyBytes);
  if (lookupWrite(hash, key, keyBytes)) return refuseKey();
  return storeRow(hash, 0, 0);
}

/** Writes the row that was loaded and changed; its number, which is another one under another key, or NO_ROW. */
export function rowUpdate(): u32 {
  if (!admit() || (table && !rowCheck(collection)) || !makeKey()) return hasFailed() ? NO_ROW : outOfMemory();
  const entry = rowEntry(collection, updated);
  const expiry = entryExpiry(entry);
  const hash = hashBytes(key, keyBytes);
  const old = lookupWrite(hash, key, keyBytes);
  if (old == entry) return storeRow(hash, old, expiry);
  if (old) return refuseKey();
  if (!rowRemove(prefix, prefixBytes, updated)) return NO_ROW;
  lookupWrite(hash, key, keyBytes);
  return storeRow(hash, 0, expiry);
}

function admit(): bool {
  const refusal = admitWrite(COMMAND_JSON_SET, 1024);
  if (refusal) fail(RUNTIME_ERROR_MEMORY);
  return !refusal && !hasFailed();
}

function outOfMemory(): u32 {
  fail(RUNTIME_ERROR_MEMORY);
  return NO_ROW;
}

/** Another row has the key. */
function refuseKey(): u32 {
  failWith(RUNTIME_ERROR_UNIQUE, keyName(), 0);
  return NO_ROW;
}

/** Name of the primary key's constraint. */
function keyName(): u64 {
  const name = table ? table + <usize>load<u32>(table, TABLE_KEY_NAME) : 0;
  if (name && load<u32>(table, TABLE_KEY_NAME)) return nameWord(name + 2, load<u16>(name));
  return nameWord(key, keyBytes);
}

function storeRow(hash: u64, old: usize, expiry: u64): u32 {
  packedReset();
  let value = document;
  let bytes: u32 = document ? <u32>(afterValue(document) - document) : 0;
  if (table && !document) {
    if (!rowKeepColumns(collection)) return NO_ROW;
    value = EMPTY_OBJECT;
    bytes = EMPTY_OBJECT_BYTES;
  } else if (table) {
    if (!rowKeep(collection, document)) return NO_ROW;
    value = packedAt(0);
    bytes = packedMark();
  } else if (!document) {
    closeObject(openContainer(), 0);
    value = packedAt(0);
    bytes = packedMark();
  }
  const slot = foundSlot;
  if (packedFailed || !storeDocument(hash, slot, old, key, keyBytes, value, bytes, expiry)) return hasFailed() ? NO_ROW : outOfMemory();
  const entry = storedEntry ? storedEntry : lookupQuiet(hash, key, keyBytes);
  if (effectsOn && !aloneDefers(collection)) {
    if (!entryAdmit(entry, keyBytes)) return outOfMemory();
    effectEntry(entry);
  }
  // How large it is shows only now.
  if (isTransactionFull(0)) return outOfMemory();
  notify(NOTIFY_MODULE, EVENT_ROW_SET, key, keyBytes);
  return load<u32>(valueAddress(entry), RECORD_ROW);
}

/** Removes a row. Returns false when it is gone already. */
export function rowRemove(name: usize, nameBytes: u32, row: u32): bool {
  const found = collectionToWrite(name, nameBytes);
  const entry = found ? rowEntry(found, row) : 0;
  if (!entry) return false;
  const length = keyLength(entry);
  const copy = arenaCopy(keyPointer(entry), length);
  const isLogged = effectsOn && !aloneDefers(found);
  if (!copy || !admitCopies(1) || (isLogged && !entryAdmit(entry, length))) {
    fail(RUNTIME_ERROR_MEMORY);
    return false;
  }
  const hash = hashBytes(copy, length);
  if (!lookupQuiet(hash, copy, length)) return false;
  removeEntry(hash, foundSlot);
  if (isLogged) effectDelete(copy, length);
  notify(NOTIFY_GENERIC, EVENT_DEL, copy, length);
  return true;
}

// Looking -----------------------------------------------------------------------------------------------------------------

/** The number of the row under `prefix:rest`, or NO_ROW. */
export function rowFind(name: usize, nameBytes: u32, rest: usize, restBytes: u32): u32 {
  builderReset();
  putBytes(name, nameBytes);
  putByte(COLON);
  putBytes(rest, restBytes);
  if (hasFailed()) return NO_ROW;
  const entry = lookupQuiet(hashBytes(builderBytes(), builderLength()), builderBytes(), builderLength());
  return entry && isDocument(entry) ? load<u32>(valueAddress(entry), RECORD_ROW) : NO_ROW;
}

/**
 * The row that is in the way of the one under way, or NO_ROW: by the primary key (or the key of an undeclared row), by the unique index of
 * a name, or by any of them (no name). Gives the row its defaults and checks it first, as PostgreSQL does.
 */
export function rowConflict(byKey: bool, name: usize, nameBytes: u32): u32 {
  if (table && updated == <u32>NO_ROW && (!rowDefaults(table) || !rowCheck(collection))) return NO_ROW;
  if ((byKey || !nameBytes) && (!table || keyColumns(table))) {
    if (table ? putKey(table, prefix, prefixBytes) : putKnownId()) {
      const entry = lookupQuiet(hashBytes(builderBytes(), builderLength()), builderBytes(), builderLength());
      if (entry && isDocument(entry)) return load<u32>(valueAddress(entry), RECORD_ROW);
    }
  }
  if (byKey || !table) return NO_ROW;
  let index = nameBytes ? indexNamed(collection, name, nameBytes) : <usize>load<u32>(collection, COLLECTION_INDEXES);
  while (index) {
    if (indexIsUnique(index)) {
      makeBlockKey(collection, index);
      const row = indexConflict(index, NO_ROW);
      if (row != <u32>NO_ROW) return row;
    }
    index = nameBytes ? 0 : <usize>load<u32>(index, INDEX_NEXT);
  }
  return NO_ROW;
}

/** The key of an undeclared row, unless it would be a random one. */
function putKnownId(): bool {
  const value = document && isObject(document) ? findField(document, ID, 2) : 0;
  if (!idGiven && !(value && (isString(value) || isNumber(value)))) return false;
  putDocumentKey();
  return true;
}
