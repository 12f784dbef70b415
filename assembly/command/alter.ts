/**
 * Altering declared tables: another declaration in the place of the one that there is.
 *
 * `redefineTable` leaves the rows as they are: names, kinds and order of the columns are the same. `alterTable` makes rows of another form
 * of them, perhaps under another prefix; it is called in transactions, which take back what it leaves when it fails: rows that are documents
 * like others. Their indexes have been dropped.
 *
 * Cost: O(rows); without `checks` a redefinition is O(1).
 */
import { COMMAND_JSON_SET } from "../abi/commands";
import { EVENT_DEL, EVENT_ROW_SET, NOTIFY_GENERIC, NOTIFY_MODULE } from "../abi/notification";
import { CELL_BUDGET, COLLECTION_ROWS, COLLECTION_TABLE } from "../abi/record";
import { RUNTIME_ERROR_MEMORY, RUNTIME_ERROR_UNIQUE } from "../abi/runtime-error";
import {
  CONVERSION_FLAGS,
  CONVERSION_FROM_SCRATCH,
  CONVERSION_LOGGED,
  CONVERSION_PREFIX,
  CONVERSION_PREFIX_BYTES,
  CONVERSION_TO_SCRATCH,
  TABLE_KEY_NAME,
} from "../abi/table";
import { copyBytes, equalBytes } from "../bytes/copy";
import { hashBytes } from "../bytes/hash";
import { effectEntry, entryAdmit } from "../durability/compaction";
import { effectCommit, effectsMark, effectsOn, effectsRewind } from "../durability/effect-log";
import { collectionNamed, rowEntry } from "../keyspace/collection";
import { database, setNow, useDatabase } from "../keyspace/database";
import { valueAddress } from "../keyspace/entry-release";
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
import { notify } from "../keyspace/notify";
import { undoBegin } from "../keyspace/undo";
import { entryExpiry, keyLength, keyPointer } from "../structure/entry";
import { declareTable, replaceTable, restoreTable, settleTable } from "../table/catalog";
import { convertedFields, rowConvert } from "../table/row-convert";
import { keepNames, nameWord } from "../table/row-index";
import { keyColumns, matchesKey, putKey } from "../table/row-key";
import { rowCheck, rowKeep, rowKeepColumns, rowOfRecord, rowRead, tableOf } from "../table/row-write";
import { documentValue, dropShapes, isRecord, storeDocument, storedEntry } from "../types/document";
import { builderBytes, builderLength, builderReset, putByte, putBytes } from "../value/builder";
import { cells, fail, failWith, hasFailed, planAllocate, planMark, planRelease } from "../value/cells";
import { EMPTY_OBJECT, EMPTY_OBJECT_BYTES, valueBytes } from "../value/packed";
import { packedAt, packedMark, packedReset } from "../value/packed-writer";
import { admitWrite, isTransactionFull } from "./call";
import { endTable, giveShapes } from "./declare";
import { effectDelete } from "./effect";

const COLON: u32 = 58;

/** Declares a table anew without a change of its rows, which are looked at with `checks`. False: one is refused, or no memory; nothing has changed then. */
export function redefineTable(index: u32, prefix: usize, prefixBytes: u32, descriptor: usize, checks: bool, nowMs: f64): bool {
  useDatabase(index);
  setNow(nowMs);
  const seen = collectionNamed(database, prefix, prefixBytes);
  if (!seen || !load<u32>(seen, COLLECTION_TABLE)) return false;
  const old = replaceTable(seen, descriptor);
  if (!old) return false;
  const collection = collectionNamed(database, prefix, prefixBytes);
  if (checks && !checkRows(collection)) {
    keepNames();
    restoreTable(collection, old);
    return false;
  }
  settleTable(collection, old);
  return true;
}

function checkRows(collection: usize): bool {
  const rows = load<u32>(collection, COLLECTION_ROWS);
  const table = tableOf(collection);
  for (let row: u32 = 0; row < rows; row++) {
    const entry = rowEntry(collection, row);
    if (!entry || isExpired(entry)) continue;
    const mark = planMark();
    const budget = load<u32>(cells, CELL_BUDGET);
    if (isRecord(entry)) rowOfRecord(table, valueAddress(entry));
    else if (!readDocument(table, entry)) return false;
    if (!rowCheck(collection)) return false;
    planRelease(mark);
    store<u32>(cells, budget, CELL_BUDGET);
  }
  return true;
}

function readDocument(table: usize, entry: usize): bool {
  packedReset();
  const value = documentValue(entry);
  if (value) return rowRead(table, value);
  fail(RUNTIME_ERROR_MEMORY);
  return false;
}

/**
 * Makes the table of a conversion's prefix one of another descriptor under a prefix, with its rows. False: one is refused, or there is no
 * memory: the rows are then what they were, and those of no table.
 */
export function alterTable(index: u32, prefix: usize, prefixBytes: u32, descriptor: usize, conversion: usize, nowMs: f64): bool {
  useDatabase(index);
  setNow(nowMs);
  const old = sourceOf(conversion);
  if (!old || !load<u32>(old, COLLECTION_TABLE) || !endTable(old)) return false;
  const there = collectionNamed(database, prefix, prefixBytes);
  if (there && (load<u32>(there, COLLECTION_TABLE) || !dropShapes(there))) return false;
  const effects = effectsMark();
  undoBegin();
  const collection = declareTable(prefix, prefixBytes, descriptor);
  const done = collection != 0 && giveShapes(collection) && convertRows(collection, prefix, prefixBytes, conversion);
  if (done) statementCommit();
  else {
    statementRollback();
    effectsRewind(effects);
    keepNames();
    if (collection) endTable(collection);
  }
  if (effectsOn) effectCommit();
  packedReset();
  return done;
}

/** The collection whose rows they are, 0: it has none any more. */
function sourceOf(conversion: usize): usize {
  return collectionNamed(database, <usize>load<u32>(conversion, CONVERSION_PREFIX), load<u32>(conversion, CONVERSION_PREFIX_BYTES));
}

function convertRows(collection: usize, prefix: usize, prefixBytes: u32, conversion: usize): bool {
  const first = sourceOf(conversion);
  const rows = first ? load<u32>(first, COLLECTION_ROWS) : 0;
  // Rows that all go before they come back take the places that were left last: so they keep their order.
  const isBackward = (load<u32>(conversion, CONVERSION_FLAGS) & (CONVERSION_TO_SCRATCH | CONVERSION_FROM_SCRATCH)) != 0;
  for (let done: u32 = 0; done < rows; done++) {
    const row = isBackward ? rows - 1 - done : done;
    // It goes with its last row, if the rows go elsewhere.
    const source = sourceOf(conversion);
    if (!source) return true;
    const entry = row < load<u32>(source, COLLECTION_ROWS) ? rowEntry(source, row) : 0;
    if (!entry) continue;
    const mark = planMark();
    const budget = load<u32>(cells, CELL_BUDGET);
    if (!convertEntry(collection, prefix, prefixBytes, conversion, entry)) {
      fail(RUNTIME_ERROR_MEMORY);
      return false;
    }
    planRelease(mark);
    store<u32>(cells, budget, CELL_BUDGET);
  }
  return true;
}

function convertEntry(collection: usize, prefix: usize, prefixBytes: u32, conversion: usize, entry: usize): bool {
  const oldBytes = keyLength(entry);
  const old = arenaCopy(keyPointer(entry), oldBytes);
  if (!old || admitWrite(COMMAND_JSON_SET, 1024)) return false;
  if (isExpired(entry)) return makeWay(hashBytes(old, oldBytes), old, oldBytes);
  packedReset();
  const value = documentValue(entry);
  const object = value ? arenaCopy(value, valueBytes(value)) : 0;
  const expiry = entryExpiry(entry);
  const from = load<u32>(conversion, CONVERSION_PREFIX_BYTES) + 1;
  const table = tableOf(collection);
  if (!object || !rowConvert(collection, table, conversion, old + from, oldBytes - from, object)) return false;
  if (!keyOf(table, prefix, prefixBytes, old + from, oldBytes - from)) return false;
  const keyBytes = builderLength();
  const key = arenaCopy(builderBytes(), keyBytes);
  return key != 0 && storeConverted(collection, key, keyBytes, old, oldBytes, expiry, load<u32>(conversion, CONVERSION_FLAGS));
}

/** Makes the key of the row in the row block, in the builder. */
function keyOf(table: usize, prefix: usize, prefixBytes: u32, rest: usize, restBytes: u32): bool {
  if (keyColumns(table)) return putKey(table, prefix, prefixBytes);
  // Its number, which no other row gets.
  matchesKey(table, rest, restBytes);
  builderReset();
  putBytes(prefix, prefixBytes);
  putByte(COLON);
  putBytes(rest, restBytes);
  return !hasFailed();
}

/** Stores the row in the row block under its key in the place of the one that was under the old key. */
function storeConverted(collection: usize, key: usize, keyBytes: u32, old: usize, oldBytes: u32, expiry: u64, flags: u32): bool {
  const hash = hashBytes(key, keyBytes);
  const isMoved = keyBytes != oldBytes || !equalBytes(key, old, keyBytes);
  const isLogged = isMoved || (flags & CONVERSION_LOGGED) != 0;
  let there = isLogged ? lookupWrite(hash, key, keyBytes) : lookupQuiet(hash, key, keyBytes);
  if (isMoved) {
    if (there) return refuseKey(tableOf(collection), key, keyBytes);
    const oldHash = hashBytes(old, oldBytes);
    lookupWrite(oldHash, old, oldBytes);
    removeEntry(oldHash, foundSlot);
    if (!(flags & CONVERSION_FROM_SCRATCH)) {
      if (effectsOn) effectDelete(old, oldBytes);
      notify(NOTIFY_GENERIC, EVENT_DEL, old, oldBytes);
    }
    there = lookupWrite(hash, key, keyBytes);
  }
  const slot = foundSlot;
  packedReset();
  let value = EMPTY_OBJECT;
  let bytes = EMPTY_OBJECT_BYTES;
  if (!convertedFields) {
    if (!rowKeepColumns(collection)) return false;
  } else {
    if (!rowKeep(collection, convertedFields)) return false;
    value = packedAt(0);
    bytes = packedMark();
  }
  if (!storeDocument(hash, slot, there, key, keyBytes, value, bytes, expiry)) return false;
  if (!isLogged || flags & CONVERSION_TO_SCRATCH) return !isTransactionFull(0);
  const entry = storedEntry ? storedEntry : lookupQuiet(hash, key, keyBytes);
  if (effectsOn) {
    if (!entryAdmit(entry, keyBytes)) return false;
    effectEntry(entry);
  }
  notify(NOTIFY_MODULE, EVENT_ROW_SET, key, keyBytes);
  return !isTransactionFull(0);
}

/** Two rows would have one primary key. */
function refuseKey(table: usize, key: usize, keyBytes: u32): bool {
  const name = load<u32>(table, TABLE_KEY_NAME);
  const text = table + <usize>name;
  failWith(RUNTIME_ERROR_UNIQUE, name ? nameWord(text + 2, load<u16>(text)) : nameWord(key, keyBytes), 0);
  return false;
}

function arenaCopy(bytes: usize, length: u32): usize {
  const copy = planAllocate(length);
  if (copy) copyBytes(copy, bytes, length);
  return copy;
}
