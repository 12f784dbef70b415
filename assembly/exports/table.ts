/**
 * The exported calls about tables and indexes. Names and fields lie in memory of the plan's arena (`runtime_allocate`).
 */
import { DATABASE_COUNT } from "../abi/layout";
import { STATUS_INVALID } from "../abi/status";
import { useDatabase } from "../keyspace/database";
import { treeItems } from "../structure/tree";
import { addIndex, indexNamed, removeIndex } from "../table/catalog";
import { indexRank, indexRows } from "../table/index";
import { KEY_NEW, keyAny, keyBegin, keyNull, keyPartEnd, keySlot, keyTextPrefix, keyTooLong } from "../table/index-key";
import { SPILL_FIRST, wordBytes, wordLength } from "../value/word";

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
  keySlot(kind, slot, 0);
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
