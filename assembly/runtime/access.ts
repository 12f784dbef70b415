/**
 * Rows by key and through an index: what a scan with an access path does instead of going through all rows.
 *
 * By key: `access_begin`, `access_part` for each column of the key, `access_add`. The key's text is that which the row-write door
 * makes (table/row-key.ts). A row is added once, however often its key is asked for.
 *
 * Through an index: `access_index`; `access_key_begin` and `access_key_part` for each value, then `access_rank` for where the rows whose
 * keys begin so begin or end, first the one and then the other; `access_fetch` takes row numbers from one position to another. Without an
 * index (0) the positions are those of all rows. An execution that may be suspended keeps the place of the index among those of the
 * collection (`access_place`) instead of its address, which is another one when it goes on in a read view (`access_at`).
 *
 * What a serializable transaction reads is told: the key that is looked up, or the range between the two ranks, and each row that is
 * fetched; of more than ROWS_TOLD rows the whole collection.
 *
 * Found rows are {u32 count, u32 zero, u32 row...} (FOUND_* of abi/plan.ts).
 * Cost: a key O(1) and the keys found before, a rank O(log n), a row O(1).
 */
import { ENTRY_NUMBER } from "../abi/graph";
import { FOUND_BATCH, FOUND_COUNT, FOUND_ROWS } from "../abi/plan";
import {
  COLLECTION_ROWS,
  NO_ROW,
  RECORD_ROW,
  SLOT_BOOLEAN,
  SLOT_DOUBLE,
  SLOT_INTEGER,
  SLOT_JSON,
  SLOT_NONE,
  SLOT_TEXT,
} from "../abi/record";
import { RUNTIME_ERROR_MEMORY } from "../abi/runtime-error";
import { copyBytes, equalBytes } from "../bytes/copy";
import { hashBytes } from "../bytes/hash";
import { KIND_SET } from "../graph/graph";
import { collectionSeen, isDocumentEntry, prefixBytes, prefixPointer, rowEntry } from "../keyspace/collection";
import { databaseAt } from "../keyspace/database";
import { valueAddress } from "../keyspace/entry-release";
import { isExpired } from "../keyspace/keyspace";
import { trackCollection, trackKey, tracksReads } from "../keyspace/track";
import { trackGraph, trackNode } from "../keyspace/track-graph";
import { BOUND_MAX } from "../mvcc/key-range";
import { keyLength as entryKeyLength, keyPointer as entryKeyPointer } from "../structure/entry";
import { tableFind } from "../structure/hash-table";
import { indexAt, indexNamed } from "../table/catalog";
import {
  FIELD_COLUMN,
  FIELD_DESCENDING,
  FIELD_FLAGS,
  FIELD_KIND,
  INDEX_COLLECTION,
  INDEX_FIELDS,
  INDEX_FLAGS,
  INDEX_LABEL,
  indexFirstField,
  indexIsCoarse,
  indexNextField,
  indexRank,
  indexRows,
  indexTrack,
  indexTrackKey,
} from "../table/index";
import { KEY_NEW, keyAny, keyBegin, keyLength, keyPartEnd, keyPointer, keySlotPrefix, keyTextPrefix, keyTooLong } from "../table/index-key";
import { keyOfSlot } from "../table/row-index";
import { builderBytes, builderLength, builderReset, putByte, putBytes } from "../value/builder";
import { fail, hasFailed } from "../value/cells";
import { textOfDynamic } from "../value/dynamic-text";
import { SPILL_FIRST, wordBytes, wordLength } from "../value/word";
import { plan_allocate } from "./plan-memory";

const COLON: u32 = 58;
const BACKSLASH: u32 = 92;
const PERCENT: u32 = 37;
const UNDERSCORE: u32 = 95;
/** Rows of the first fetch of a range. */
const FIRST_BATCH: u32 = 8;
/** Most columns of a key. */
const PARTS_MAX: u32 = 32;
const parts: usize = memory.data(PARTS_MAX << 3, 8);
let count: u32 = 0;
/** Whether one of the parts has no text that is known. */
let isUnknown: bool = false;
/** Integers up to here are the same numbers as doubles. */
const EXACT: f64 = 9007199254740992;

/** Room for found rows, or `found` emptied when there is one. */
export function access_open(found: usize, plan: usize, capacity: u32): usize {
  const made = found ? found : plan_allocate(plan, FOUND_ROWS + (capacity << 2));
  if (made) store<u32>(made, 0, FOUND_COUNT);
  return made;
}

export function access_clear(found: usize): void {
  store<u32>(found, 0, FOUND_COUNT);
}

/** Begins a key. */
export function access_begin(): void {
  count = 0;
  isUnknown = false;
}

/**
 * A column of the key. `isDynamic`: 1.0 and 1 are the same number, and the text of it is 1. Of kinds that no document's key is made of by
 * itself (1.50 is 1.5) it is not known which text it would be.
 */
export function access_part(tag: u32, payload: i64, isDynamic: i32): void {
  if (count == PARTS_MAX) return fail(RUNTIME_ERROR_MEMORY);
  if (isDynamic && tag != SLOT_TEXT && tag != SLOT_INTEGER && tag != SLOT_DOUBLE && tag != SLOT_BOOLEAN) isUnknown = true;
  const number = reinterpret<f64>(payload);
  const isWhole = isDynamic && tag == SLOT_DOUBLE && abs<f64>(number) <= EXACT && trunc<f64>(number) == number;
  const text = isWhole ? textOfDynamic(SLOT_INTEGER, <u64>(<i64>number)) : textOfDynamic(tag, <u64>payload);
  store<u64>(parts + ((<usize>count) << 3), text);
  count++;
}

function putEscaped(bytes: usize, length: u32): void {
  for (let at: u32 = 0; at < length; at++) {
    const byte = <u32>load<u8>(bytes + at);
    if (byte == COLON || byte == BACKSLASH) putByte(BACKSLASH);
    putByte(byte);
  }
}

/** Adds the row with the key, if there is one. 0: it is not known which rows have it. */
export function access_add(found: usize, database: u32, collection: usize): i32 {
  if (isUnknown) return 0;
  addFound(found, database, collection);
  return 1;
}

function addFound(found: usize, database: u32, collection: usize): void {
  builderReset();
  putBytes(prefixPointer(collection), prefixBytes(collection));
  putByte(COLON);
  for (let index: u32 = 0; index < count; index++) {
    const part = load<u64>(parts + ((<usize>index) << 3));
    const bytes = wordBytes(part, SPILL_FIRST);
    if (index) putByte(COLON);
    if (count == 1) putBytes(bytes, wordLength(part));
    else putEscaped(bytes, wordLength(part));
  }
  if (hasFailed()) return;
  const key = builderBytes();
  const length = builderLength();
  if (tracksReads) trackKey(key, length);
  const slot = tableFind(databaseAt(database), hashBytes(key, length), key, length);
  if (!slot) return;
  const entry = <usize>load<u32>(slot);
  if (!isDocumentEntry(entry) || isExpired(entry)) return;
  addRow(found, load<u32>(valueAddress(entry), RECORD_ROW));
}

function addRow(found: usize, row: u32): void {
  if (row == NO_ROW) return;
  const known = load<u32>(found, FOUND_COUNT);
  for (let index: u32 = 0; index < known; index++) if (load<u32>(found + FOUND_ROWS + ((<usize>index) << 2)) == row) return;
  store<u32>(found + FOUND_ROWS + ((<usize>known) << 2), row);
  store<u32>(found, known + 1, FOUND_COUNT);
}

// Indexes ---------------------------------------------------------------------------------------------------------------

/** Kinds of dynamic values that a document can have, as bits: others are in no index. */
const KEYED: u32 = (1 << SLOT_NONE) | (1 << SLOT_BOOLEAN) | (1 << SLOT_INTEGER) | (1 << SLOT_DOUBLE) | (1 << SLOT_TEXT) | (1 << SLOT_JSON);
/** Slot in which a part's value lies while it is written. */
const valueSlot: usize = memory.data(8, 8);
/** Field of the next part. */
let nextField: usize = 0;
let fieldsLeft: u32 = 0;
/** Whether the key says nothing of where its rows are. */
let isUnranked: bool = false;

/** Rows of a range that are told one by one. */
const ROWS_TOLD: u32 = 4096;
/** The lower end of the range that is ranked, as much of it as marks know, and the rows before it. */
const lower: usize = memory.data(1024, 8);
let lowerBytes: u32 = 0;
let lowerRank: u32 = u32.MAX_VALUE;
let lowerIsBehind: bool = false;
let isUpperNext: bool = false;

/** All rows of a collection are read; of that of a set of labels, which has no name for others, the graph. */
function trackWhole(collection: usize): void {
  const prefix = prefixPointer(collection);
  if (<u32>load<u8>(prefix) == KIND_SET) trackGraph();
  trackCollection(prefix, prefixBytes(collection));
}

/** The index with this name, or 0. */
export function access_index(collection: usize, name: u64): usize {
  isUpperNext = false;
  return indexNamed(collection, wordBytes(name, SPILL_FIRST), wordLength(name));
}

/** The place of an index among those of its collection, from 1 on; 0: there is none. */
export function access_place(collection: usize, index: usize): u32 {
  let place: u32 = 0;
  if (index) for (place = 1; indexAt(collection, place - 1) != index;) place++;
  return place;
}

/** The index at a place, or 0. */
export function access_at(collection: usize, place: u32): usize {
  return place ? indexAt(collection, place - 1) : 0;
}

/** Begins a key of an index. */
export function access_key_begin(index: usize): void {
  keyBegin(KEY_NEW);
  isUnranked = false;
  if (!index) return;
  nextField = indexFirstField(index);
  fieldsLeft = load<u32>(index, INDEX_FIELDS);
}

/** The value of the next field. */
export function access_key_part(index: usize, tag: u32, payload: i64): void {
  if (!index || !fieldsLeft) return;
  store<i64>(valueSlot, payload);
  if (<u32>load<u8>(nextField, FIELD_KIND) == FIELD_COLUMN) keyOfSlot(tag, valueSlot, 0);
  else if ((KEYED >> tag) & 1) keyAny(tag, valueSlot, 0);
  else isUnranked = true;
  keyPartEnd(((<u32>load<u8>(nextField, FIELD_FLAGS)) & FIELD_DESCENDING) != 0);
  if (--fieldsLeft) nextField = indexNextField(nextField);
}

/**
 * The last part: the beginning of all texts that a LIKE pattern may match, which is what stands before its first wildcard or escape. An
 * empty one says nothing.
 */
export function access_key_prefix(index: usize, pattern: u64): void {
  if (!index || !fieldsLeft) return;
  const bytes = wordBytes(pattern, SPILL_FIRST);
  const length = wordLength(pattern);
  let plain: u32 = 0;
  while (plain < length && !isWildcard(load<u8>(bytes + plain))) plain++;
  isUnranked = !plain || <u32>load<u8>(nextField, FIELD_KIND) != FIELD_COLUMN;
  if (isUnranked) return;
  keySlotPrefix(bytes, plain);
  keyPartEnd(((<u32>load<u8>(nextField, FIELD_FLAGS)) & FIELD_DESCENDING) != 0);
}

/** What the texts of the next field, whose values are dynamic, begin with. Texts that may spell numbers lie among those. */
export function access_key_text(index: usize, tag: u32, payload: i64): void {
  if (!index || !fieldsLeft) return;
  const isDynamic = <u32>load<u8>(nextField, FIELD_KIND) != FIELD_COLUMN;
  const isText = tag == SLOT_TEXT && isDynamic && !((<u32>load<u8>(nextField, FIELD_FLAGS)) & FIELD_DESCENDING);
  isUnranked = isUnranked || !isText || !keyTextPrefix(wordBytes(<u64>payload, SPILL_FIRST), wordLength(<u64>payload));
}

function isWildcard(byte: u32): bool {
  return byte == PERCENT || byte == UNDERSCORE || byte == BACKSLASH;
}

/** Rows before the key; with `behind`, also those whose keys begin with it. u32 max: the index does not know. */
export function access_rank(index: usize, behind: i32): u32 {
  const isUpper = isUpperNext;
  isUpperNext = !isUpper;
  const isRanked = index != 0 && !keyTooLong && !isUnranked;
  if (!tracksReads) return isRanked ? indexRank(index, behind != 0) : u32.MAX_VALUE;
  if (!isRanked) {
    if (!isUpper) lowerRank = u32.MAX_VALUE;
    return u32.MAX_VALUE;
  }
  return isUpper ? rankUpper(index, behind != 0) : rankLower(index, behind != 0);
}

function rankLower(index: usize, behind: bool): u32 {
  lowerRank = indexRank(index, behind);
  lowerIsBehind = behind;
  lowerBytes = keyLength() < BOUND_MAX ? keyLength() : BOUND_MAX;
  copyBytes(lower, keyPointer(), lowerBytes);
  return lowerRank;
}

/** The range is known: tells it. All rows where the lower end was not known, which `access_rows` tells. */
function rankUpper(index: usize, behind: bool): u32 {
  const isKey = behind && !lowerIsBehind && !fieldsLeft && keyLength() == lowerBytes && equalBytes(lower, keyPointer(), lowerBytes);
  if (isKey) indexTrackKey(index);
  const rank = indexRank(index, behind);
  if (lowerRank == u32.MAX_VALUE) return rank;
  if (!isKey && !(lowerIsBehind && !lowerBytes)) indexTrack(index, lower, lowerBytes);
  if (indexIsCoarse(index) || rank - min(lowerRank, rank) > ROWS_TOLD) trackWhole(collectionOf(index));
  return rank;
}

function collectionOf(index: usize): usize {
  return collectionSeen(<usize>load<u32>(index, INDEX_COLLECTION));
}

/** Tells the rows that were found. */
function trackFound(index: usize, found: usize): void {
  const collection = collectionOf(index);
  const areNodes = (load<u32>(index, INDEX_FLAGS) & INDEX_LABEL) != 0;
  for (let at: u32 = 0; at < load<u32>(found, FOUND_COUNT); at++) {
    const entry = rowEntry(collection, load<u32>(found + FOUND_ROWS + ((<usize>at) << 2)));
    if (entry && areNodes) trackNode(load<u32>(entry, ENTRY_NUMBER));
    else if (entry) trackKey(entryKeyPointer(entry), entryKeyLength(entry));
  }
}

/** Row numbers that a collection may have. */
export function access_rows(collection: usize): u32 {
  if (tracksReads) trackWhole(collection);
  return load<u32>(collection, COLLECTION_ROWS);
}

/**
 * Rows to be fetched of so many that are left: few at first, then more each time, since who wants the first few of an order leaves the
 * others, and a row that is fetched is told as read.
 */
function batchOf(found: usize, left: u32): u32 {
  const before = load<u32>(found, FOUND_COUNT);
  return min(left, min(before ? before << 2 : FIRST_BATCH, <u32>FOUND_BATCH));
}

/** The same from the end: puts the last rows before `end` in `found`, the last one first. */
export function access_fetch_back(found: usize, index: usize, position: u32, end: u32): u32 {
  const wanted = batchOf(found, end - position);
  let done: u32 = 0;
  if (index) done = indexRows(index, end - 1, wanted, true, found + FOUND_ROWS);
  else for (; done < wanted; done++) store<u32>(found + FOUND_ROWS + ((<usize>done) << 2), end - 1 - done);
  store<u32>(found, done, FOUND_COUNT);
  if (tracksReads && index && end - position <= ROWS_TOLD) trackFound(index, found);
  return done;
}

/** Puts the next rows from a position to another in `found`; returns how many. */
export function access_fetch(found: usize, index: usize, position: u32, end: u32): u32 {
  const wanted = batchOf(found, end - position);
  let done: u32 = 0;
  if (index) done = indexRows(index, position, wanted, false, found + FOUND_ROWS);
  else for (; done < wanted; done++) store<u32>(found + FOUND_ROWS + ((<usize>done) << 2), position + done);
  store<u32>(found, done, FOUND_COUNT);
  if (tracksReads && index && end - position <= ROWS_TOLD) trackFound(index, found);
  return done;
}
