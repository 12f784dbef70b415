/**
 * The exported calls about tables and indexes. Names and fields lie in memory of the plan's arena (`runtime_allocate`).
 */
import { DATABASE_COUNT } from "../abi/layout";
import { STATUS_INVALID, STATUS_OK, STATUS_OUT_OF_MEMORY } from "../abi/status";
import {
  catalogKey,
  defineTable,
  definitionBegin,
  definitionEnd,
  keyDelete,
  keySet,
  keyValue,
  tellKey,
  tellKeys,
  undefineTable,
} from "../command/declare";
import { batchBegin, batchInsert, batchRemove, batchUpdate, writeResult } from "../command/row-batch";
import {
  rowColumn,
  rowConflict,
  rowField,
  rowFind,
  rowId,
  rowInsert,
  rowLoad,
  rowNew,
  rowRemove,
  rowUpdate,
  statementBegin,
  statementEnd,
  writingBegin,
  writingEnd,
} from "../command/row";
import { effectsOn } from "../durability/effect-log";
import { useDatabase } from "../keyspace/database";
import { treeItems } from "../structure/tree";
import { addIndex, addReference, indexAt, indexNamed, removeIndex } from "../table/catalog";
import { INDEX_NAME_BYTES, indexName, indexRank, indexRows } from "../table/index";
import { KEY_NEW, keyAny, keyBegin, keyNull, keyPartEnd, keyTextPrefix, keyTooLong } from "../table/index-key";
import { block } from "../table/row-block";
import { keyOfSlot, nameWord } from "../table/row-index";
import { SPILL_FIRST, wordBytes, wordLength } from "../value/word";
import { publishEffects } from "./engine";

const slot: usize = memory.data(8, 8);

export function index_create(
  database: u32,
  prefix: usize,
  prefixLength: u32,
  flags: u32,
  fields: usize,
  fieldBytes: u32,
  fieldCount: u32,
  name: usize,
  nameBytes: u32,
): i32 {
  if (database >= <u32>DATABASE_COUNT || !prefixLength) return STATUS_INVALID;
  useDatabase(database);
  return addIndex(prefix, prefixLength, flags, fields, fieldBytes, fieldCount, name, nameBytes);
}

export function index_drop(database: u32, prefix: usize, prefixLength: u32, name: usize, nameBytes: u32): i32 {
  if (database >= <u32>DATABASE_COUNT) return 0;
  useDatabase(database);
  return removeIndex(prefix, prefixLength, name, nameBytes) ? 1 : 0;
}

/** Ties two indexes as a foreign key; the addresses are those of `collection_find` and `index_find`. */
export function reference_add(
  child: usize,
  childIndex: usize,
  parent: usize,
  parentIndex: usize,
  name: usize,
  nameBytes: u32,
  checks: u32,
): i32 {
  return addReference(child, childIndex, parent, parentIndex, name, nameBytes, checks != 0);
}

export function index_find(collection: usize, name: usize, nameBytes: u32): usize {
  return indexNamed(collection, name, nameBytes);
}

export function index_items(index: usize): u32 {
  return treeItems(index);
}

export function key_begin(): void {
  keyBegin(KEY_NEW);
}

/** A part of a dynamic value: tag and payload as plans hold them. */
export function key_any(tag: u32, payload: i64, descending: u32): void {
  store<i64>(slot, payload);
  keyAny(tag, slot, 0);
  keyPartEnd(descending != 0);
}

/** A part of a declared column: what its slot holds. */
export function key_slot(kind: u32, payload: i64, descending: u32): void {
  store<i64>(slot, payload);
  keyOfSlot(kind, slot, 0);
  keyPartEnd(descending != 0);
}

export function key_null(descending: u32): void {
  keyNull();
  keyPartEnd(descending != 0);
}

/** The beginning of the part of all texts that begin with a word; 0: they may spell numbers too. */
export function key_text_prefix(word: i64): i32 {
  return keyTextPrefix(wordBytes(<u64>word, SPILL_FIRST), wordLength(<u64>word)) ? 1 : 0;
}

/** Rows before the key, or, with `behind`, before and under it; u32 max: the key is longer than any. */
export function index_rank(index: usize, behind: u32): u32 {
  return keyTooLong ? u32.MAX_VALUE : indexRank(index, behind != 0);
}

export function index_rows(index: usize, position: u32, count: u32, backward: u32, target: usize): u32 {
  return indexRows(index, position, count, backward != 0, target);
}

// Declared tables -------------------------------------------------------------------------------------------------------

/**
 * Declares the collection of a prefix. Its documents are checked and brought into form; STATUS_OUT_OF_MEMORY: no memory, or one is
 * refused with the error in the cells, and all is as it was.
 */
export function table_define(database: u32, prefix: usize, prefixLength: u32, descriptor: usize, now: f64): i32 {
  if (database >= <u32>DATABASE_COUNT || !prefixLength) return STATUS_INVALID;
  return defineTable(database, prefix, prefixLength, descriptor, now) ? STATUS_OK : STATUS_OUT_OF_MEMORY;
}

/** Ends a declaration; the rows stay as documents. 0: there was none. */
export function table_undefine(database: u32, prefix: usize, prefixLength: u32): i32 {
  if (database >= <u32>DATABASE_COUNT) return 0;
  useDatabase(database);
  return undefineTable(prefix, prefixLength) ? 1 : 0;
}

// Statements and rows (command/row.ts) -----------------------------------------------------------------------------------

export function statement_begin(database: u32, now: f64): i32 {
  if (database >= <u32>DATABASE_COUNT) return STATUS_INVALID;
  statementBegin(database, now);
  return STATUS_OK;
}

/** `statement_begin` and `execution_begin` in one: a statement that reads by a compiled query, and writes. The version of all collections. */
export function writing_begin(database: u32, now: f64, clock: f64, zone: i32, budget: u32): u32 {
  return writingBegin(database, now, clock, zone, budget);
}

/** `statement_end` for it; unless it answers 0 the arena is freed and the error forgotten. */
export function writing_end(keep: u32): i32 {
  const done = writingEnd(keep != 0);
  if (effectsOn) publishEffects();
  return done ? 1 : 0;
}

/** 0: it was to be kept, but would break a foreign key; it was taken back, and the error is in the cells. */
export function statement_end(keep: u32): i32 {
  const done = statementEnd(keep != 0);
  if (effectsOn) publishEffects();
  return done ? 1 : 0;
}

export function row_new(prefix: usize, prefixLength: u32): void {
  rowNew(prefix, prefixLength);
}

export function row_load(prefix: usize, prefixLength: u32, row: u32): i32 {
  return rowLoad(prefix, prefixLength, row) ? 1 : 0;
}

export function row_column(number: u32, tag: u32, payload: i64): void {
  rowColumn(number, tag, <u64>payload);
}

export function row_field(path: usize, pathBytes: u32, tag: u32, payload: i64): void {
  rowField(path, pathBytes, tag, <u64>payload);
}

export function row_identify(tag: u32, payload: i64): void {
  rowId(tag, <u64>payload);
}

export function row_insert(): u32 {
  return rowInsert();
}

export function row_update(): u32 {
  return rowUpdate();
}

export function row_remove(prefix: usize, prefixLength: u32, row: u32): i32 {
  return rowRemove(prefix, prefixLength, row) ? 1 : 0;
}

export function row_find(prefix: usize, prefixLength: u32, rest: usize, restBytes: u32): u32 {
  return rowFind(prefix, prefixLength, rest, restBytes);
}

export function row_conflict(byKey: u32, name: usize, nameBytes: u32): u32 {
  return rowConflict(byKey != 0, name, nameBytes);
}

/** Begins a batch (abi/table.ts) of rows of a collection. */
export function batch_begin(prefix: usize, prefixLength: u32, targets: usize, count: u32): void {
  batchBegin(prefix, prefixLength, targets, count);
}

export function batch_insert(rows: usize, count: u32, rowBytes: u32): u32 {
  return batchInsert(rows, count, rowBytes);
}

export function batch_update(rows: usize, count: u32, rowBytes: u32, numberOffset: u32): u32 {
  return batchUpdate(rows, count, rowBytes, numberOffset);
}

export function batch_remove(rows: usize, count: u32, rowBytes: u32, numberOffset: u32): u32 {
  return batchRemove(rows, count, rowBytes, numberOffset);
}

/** Writes what the rows of a compiled query say (WRITE_* of abi/table.ts); how many were. */
export function write_result(write: usize, output: usize): u32 {
  return writeResult(write, output);
}

/** Address of the row block (abi/table.ts). */
export function row_block(): usize {
  return block;
}

// Catalog keys: string keys that the host writes with its statements -------------------------------------------------------

export function key_set(database: u32, key: usize, keyBytes: u32, value: usize, valueBytes: u32): i32 {
  useDatabase(database);
  const done = keySet(key, keyBytes, value, valueBytes);
  if (effectsOn) publishEffects();
  return done ? STATUS_OK : STATUS_OUT_OF_MEMORY;
}

export function key_delete(database: u32, key: usize, keyBytes: u32): i32 {
  useDatabase(database);
  const done = keyDelete(key, keyBytes);
  if (effectsOn) publishEffects();
  return done ? 1 : 0;
}

/** The value of a string key, as a word that points into it; CELL_TAG is SLOT_NONE when there is none. */
export function key_value(database: u32, key: usize, keyBytes: u32): u64 {
  useDatabase(database);
  return keyValue(key, keyBytes);
}

/** A key is read, without its value being asked for. */
export function key_tell(database: u32, key: usize, keyBytes: u32): void {
  useDatabase(database);
  tellKey(key, keyBytes);
}

/** All keys that begin with a prefix are read. */
export function keys_tell(database: u32, prefix: usize, prefixBytes: u32): void {
  useDatabase(database);
  tellKeys(prefix, prefixBytes);
}

/** A definition begins: what it looks up and writes is one unit. 1: `definition_end` must follow. */
export function definition_begin(): i32 {
  return definitionBegin() ? 1 : 0;
}

export function definition_end(): void {
  definitionEnd();
}

/** The next key of the catalog (`_internal:...`) in a database, as a word that points into it; 0: there are no more. */
export function catalog_key(database: u32, restart: u32): u64 {
  useDatabase(database);
  return catalogKey(restart != 0);
}

/** The indexes of a collection by their position; 0: there are not so many. */
export function collection_index(collection: usize, position: u32): usize {
  return indexAt(collection, position);
}

/** The name of an index, as a word that points to it. */
export function index_name(index: usize): u64 {
  return nameWord(indexName(index), load<u32>(index, INDEX_NAME_BYTES));
}
