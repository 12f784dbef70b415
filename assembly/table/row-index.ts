/**
 * Keeping the indexes of a collection in step with its rows. The collection asks when a row is about to be written and tells
 * when one goes (keyspace/row-door.ts).
 *
 * A write first makes all new keys: one that is too long or meets another row in a unique index refuses it. They are put in
 * before the old ones are taken out, since only that can fail; what was put in is taken out again then.
 *
 * Cost: for each index the key of the old and of the new row, and O(log rows) where they differ.
 */
import {
  CELL_ERROR,
  CELL_ERROR_FIRST,
  CELL_ERROR_SECOND,
  COLLECTION_INDEXES,
  COLLECTION_TABLE,
  NO_ROW,
  RECORD_NULLS,
  RECORD_SLOTS,
  SLOT_NUMERIC,
  WORD_INLINE_MAX,
} from "../abi/record";
import {
  RUNTIME_ERROR_CHECK,
  RUNTIME_ERROR_INDEX_ROW_SIZE,
  RUNTIME_ERROR_NOT_NULL,
  RUNTIME_ERROR_REFERENCE_MISSING,
  RUNTIME_ERROR_UNIQUE,
} from "../abi/runtime-error";
import { COLUMN_BYTES, COLUMN_KIND, TABLE_HEAD } from "../abi/table";
import { copyBytes } from "../bytes/copy";
import { COLLECTION_SHAPES } from "../keyspace/collection";
import { KIND_RECORD, valueAddress } from "../keyspace/entry-release";
import { rowsRestored, setOverInTheWay } from "../keyspace/row-door";
import { isExpired } from "../keyspace/keyspace";
import { rowEntry } from "../keyspace/collection";
import { undoOn } from "../keyspace/undo";
import { ENTRY_KIND, entryExpiry } from "../structure/entry";
import { builderBytes, builderLength, builderReset } from "../value/builder";
import { cells, failWith, hasFailed, planAllocate } from "../value/cells";
import { putNumeric } from "../value/numeric-text";
import { isWordKind } from "../value/record";
import { absoluteWord } from "../value/record-unpack";
import { inlineWord, isInline, longWord, wordBytes, wordLength } from "../value/word";
import {
  FIELD_COLUMN,
  FIELD_CONTENT,
  FIELD_DESCENDING,
  FIELD_FLAGS,
  FIELD_KIND,
  INDEX_FIELDS,
  INDEX_NAME_BYTES,
  INDEX_NEXT,
  INDEX_REFERRED,
  INDEX_REFERS,
  indexConflict,
  indexFirstField,
  indexFree,
  indexInsert,
  indexIsUnique,
  indexName,
  indexNextField,
  indexRemove,
} from "./index";
import {
  KEY_NEW,
  KEY_OLD,
  keyAny,
  keyBegin,
  keyDecimal,
  keyNull,
  keyObject,
  keyPartEnd,
  keySlot,
  keyTooLong,
  keyUse,
  keysEqual,
} from "./index-key";
import { isNull, slotAt } from "./row-block";
import {
  NOTE_DELETED,
  NOTE_NEEDED,
  NOTE_UPDATED,
  childArrives,
  notesFill,
  notesMark,
  parentLeaves,
  referenceBehind,
  referenceNumber,
} from "./reference";
import { foundSlot, readIsObject, readKind, readPath } from "./row-value";

/** Most indexes of a collection: each has a bit in a row's change. */
export const INDEXES_MAX: u32 = 64;

/** Row that stood in the way of the last refused write. */
export let conflictRow: u32 = NO_ROW;

// @ts-ignore: decorator
@inline
function nextIndex(index: usize): usize {
  return <usize>load<u32>(index, INDEX_NEXT);
}

/** Makes one of the two keys: that of an index for a row of the collection. */
export function makeKey(which: u32, collection: usize, index: usize, entry: usize): void {
  const shapes = <usize>load<u32>(collection, COLLECTION_SHAPES);
  keyBegin(which);
  let field = indexFirstField(index);
  for (let left = load<u32>(index, INDEX_FIELDS); left; left--) {
    const next = indexNextField(field);
    if (load<u8>(field, FIELD_KIND) == <u8>FIELD_COLUMN) columnPart(collection, entry, load<u32>(field, FIELD_CONTENT));
    else {
      readPath(shapes, entry, field + FIELD_CONTENT, next);
      if (readIsObject) keyObject();
      else keyAny(readKind, foundSlot(), 0);
    }
    keyPartEnd((load<u8>(field, FIELD_FLAGS) & (<u8>FIELD_DESCENDING)) != 0);
    field = next;
  }
}

/** Whether two rows of a table have the same in an index's columns, as their slots tell: not where long words lie in the records. */
function hasSameSlots(collection: usize, index: usize, old: usize, entry: usize): bool {
  const table = <usize>load<u32>(collection, COLLECTION_TABLE);
  if (!table || !((<u32>load<u8>(old, ENTRY_KIND)) & (<u32>load<u8>(entry, ENTRY_KIND)) & KIND_RECORD)) return false;
  const before = valueAddress(old);
  const after = valueAddress(entry);
  const nulls = load<u64>(before, RECORD_NULLS) ^ load<u64>(after, RECORD_NULLS);
  let field = indexFirstField(index);
  for (let left = load<u32>(index, INDEX_FIELDS); left; left--) {
    if (load<u8>(field, FIELD_KIND) != <u8>FIELD_COLUMN) return false;
    const number = <usize>load<u32>(field, FIELD_CONTENT);
    const bits = load<u64>(before + RECORD_SLOTS + (number << 3));
    if ((nulls >> (<u64>number)) & 1 || bits != load<u64>(after + RECORD_SLOTS + (number << 3))) return false;
    if (isWordKind(<u32>load<u8>(table + TABLE_HEAD + number * COLUMN_BYTES, COLUMN_KIND)) && !isInline(bits)) return false;
    field = indexNextField(field);
  }
  return true;
}

/** The part of a declared column's value in a row: rows of tables are records with a slot for each column. */
function columnPart(collection: usize, entry: usize, number: u32): void {
  const table = <usize>load<u32>(collection, COLLECTION_TABLE);
  const kind = <u32>load<u8>(table + TABLE_HEAD + <usize>number * COLUMN_BYTES, COLUMN_KIND);
  if (!((<u32>load<u8>(entry, ENTRY_KIND)) & KIND_RECORD)) unreachable();
  const record = valueAddress(entry);
  if ((load<u64>(record, RECORD_NULLS) >> (<u64>number)) & 1) keyNull();
  else keyOfSlot(kind, record + RECORD_SLOTS + ((<usize>number) << 3), record);
}

/** Makes the key of an index for the row block. */
export function makeBlockKey(collection: usize, index: usize): void {
  const table = <usize>load<u32>(collection, COLLECTION_TABLE);
  keyBegin(KEY_NEW);
  let field = indexFirstField(index);
  for (let left = load<u32>(index, INDEX_FIELDS); left; left--) {
    const number = load<u32>(field, FIELD_CONTENT);
    const column = table + TABLE_HEAD + <usize>number * COLUMN_BYTES;
    if (isNull(number)) keyNull();
    else keyOfSlot(<u32>load<u8>(column, COLUMN_KIND), slotAt(number), 0);
    keyPartEnd((load<u8>(field, FIELD_FLAGS) & (<u8>FIELD_DESCENDING)) != 0);
    field = indexNextField(field);
  }
}

/** The part of a declared column for a slot of its kind; long words count from `base`. Exact numbers go by their digits. */
export function keyOfSlot(kind: u32, slot: usize, base: usize): void {
  if (kind != SLOT_NUMERIC) {
    keySlot(kind, slot, base);
    return;
  }
  builderReset();
  putNumeric(absoluteWord(load<u64>(slot), base));
  keyDecimal(builderBytes(), builderLength());
}

/** A word of bytes that stay where they are. */
export function nameWord(bytes: usize, length: u32): u64 {
  return length <= <u32>WORD_INLINE_MAX ? inlineWord(bytes, length) : longWord(bytes, length);
}

/** Puts the names of what has refused a row into the plan's arena: their table goes. */
export function keepNames(): void {
  const error = load<u32>(cells, CELL_ERROR);
  const isRow = error == RUNTIME_ERROR_NOT_NULL || error == RUNTIME_ERROR_CHECK || error == RUNTIME_ERROR_UNIQUE;
  if (!isRow && error != RUNTIME_ERROR_REFERENCE_MISSING) return;
  store<u64>(cells, kept(load<u64>(cells, CELL_ERROR_FIRST)), CELL_ERROR_FIRST);
  store<u64>(cells, kept(load<u64>(cells, CELL_ERROR_SECOND)), CELL_ERROR_SECOND);
}

function kept(name: u64): u64 {
  const length = wordLength(name);
  if (length <= <u32>WORD_INLINE_MAX) return name;
  const copy = planAllocate(length);
  if (copy) copyBytes(copy, wordBytes(name, 0), length);
  return copy ? longWord(copy, length) : 0;
}

function refuse(error: u32, index: usize): void {
  failWith(error, nameWord(indexName(index), load<u32>(index, INDEX_NAME_BYTES)), 0);
}

/** Puts a row under its keys: `entry` in the place of `old` (0: a new row). False: refused, nothing has changed. */
export function indexesEnter(collection: usize, row: u32, old: usize, entry: usize): bool {
  const first = <usize>load<u32>(collection, COLLECTION_INDEXES);
  let kept: u64 = 0;
  let bit: u64 = 1;
  for (let index = first; index; index = nextIndex(index)) {
    const isSame = old != 0 && hasSameSlots(collection, index, old, entry);
    if (old && !isSame) makeKey(KEY_OLD, collection, index, old);
    if (!isSame) makeKey(KEY_NEW, collection, index, entry);
    if (isSame || (old && !keyTooLong && keysEqual())) kept |= bit;
    else if (!enterKey(collection, index, row)) {
      takeBack(collection, index, row, entry, kept);
      return false;
    }
    bit <<= 1;
  }
  if (undoOn && !rowsRestored) referencesEnter(collection, row, old, entry, kept);
  if (!old) return true;
  bit = 1;
  for (let index = first; index; index = nextIndex(index)) {
    if (!(kept & bit)) {
      makeKey(KEY_OLD, collection, index, old);
      indexRemove(index, row);
    }
    bit <<= 1;
  }
  return true;
}

/** Puts a row into one index; false, with nothing changed, when it is refused or there is no memory. */
export function enterIndex(collection: usize, index: usize, row: u32, entry: usize): bool {
  makeKey(KEY_NEW, collection, index, entry);
  if (enterKey(collection, index, row)) return true;
  if (!hasFailed() && conflictRow != <u32>NO_ROW) refuse(RUNTIME_ERROR_UNIQUE, index);
  return false;
}

/** False without an error: there is no memory, or a row is in the way whose time is over (`overInTheWay`). */
function enterKey(collection: usize, index: usize, row: u32): bool {
  conflictRow = NO_ROW;
  if (keyTooLong) {
    refuse(RUNTIME_ERROR_INDEX_ROW_SIZE, index);
    return false;
  }
  if (indexIsUnique(index)) {
    conflictRow = indexConflict(index, row);
    if (conflictRow != <u32>NO_ROW) {
      const other = rowEntry(collection, conflictRow);
      if (isExpired(other)) setOverInTheWay(other);
      else refuse(RUNTIME_ERROR_UNIQUE, index);
      return false;
    }
  }
  return indexInsert(index, row);
}

/** Takes the new keys out of the indexes before `end`, save those that are the old ones too. */
function takeBack(collection: usize, end: usize, row: u32, entry: usize, kept: u64): void {
  let bit: u64 = 1;
  for (let index = <usize>load<u32>(collection, COLLECTION_INDEXES); index != end; index = nextIndex(index)) {
    if (!(kept & bit)) {
      makeKey(KEY_NEW, collection, index, entry);
      indexRemove(index, row);
    }
    bit <<= 1;
  }
}

/** Notes what a row, which its indexes have already, does to foreign keys: first as one that others refer to, then as one that refers. */
function referencesEnter(collection: usize, row: u32, old: usize, entry: usize, kept: u64): void {
  const expires = entryExpiry(entry) != 0 && old != 0 && !entryExpiry(old);
  const before = notesMark();
  if (old) noteLeaving(collection, row, old, NOTE_UPDATED, ~kept);
  if (expires) noteLeaving(collection, row, old, NOTE_NEEDED, u64.MAX_VALUE);
  notesFill(before, <usize>load<u32>(collection, COLLECTION_TABLE), entry);
  let bit: u64 = 1;
  for (let index = <usize>load<u32>(collection, COLLECTION_INDEXES); index; index = nextIndex(index)) {
    const same = (kept & bit) != 0;
    bit <<= 1;
    if (same || !load<u32>(index, INDEX_REFERS)) continue;
    makeKey(KEY_NEW, collection, index, entry);
    childArrives(<usize>load<u32>(index, INDEX_REFERS), hasValue(index, entry));
  }
}

/** Whether one of the columns of a foreign key's index is not null. */
export function hasValue(index: usize, entry: usize): bool {
  const nulls = load<u64>(valueAddress(entry), RECORD_NULLS);
  let field = indexFirstField(index);
  for (let left = load<u32>(index, INDEX_FIELDS); left; left--) {
    if (!((nulls >> (<u64>load<u32>(field, FIELD_CONTENT))) & 1)) return true;
    field = indexNextField(field);
  }
  return false;
}

/** Takes a row out of all indexes. */
export function indexesLeave(collection: usize, row: u32, entry: usize): void {
  // First, since the row may refer to itself.
  if (!rowsRestored) noteLeaving(collection, row, entry, NOTE_DELETED, u64.MAX_VALUE);
  for (let index = <usize>load<u32>(collection, COLLECTION_INDEXES); index; index = nextIndex(index)) {
    makeKey(KEY_OLD, collection, index, entry);
    indexRemove(index, row);
  }
  keyUse(KEY_NEW);
}

/** Notes that a row gets an expiry: it is no parent any more. */
export function indexesExpire(collection: usize, row: u32, entry: usize): void {
  noteLeaving(collection, row, entry, NOTE_NEEDED, u64.MAX_VALUE);
}

/** Notes what becomes of the references to those of a row's indexes that have their bits here, the oldest reference first. */
function noteLeaving(collection: usize, row: u32, entry: usize, kind: u32, bits: u64): void {
  if (!undoOn) return;
  let number: u32 = 0;
  for (;;) {
    let oldest: usize = 0;
    let from: usize = 0;
    let bit: u64 = 1;
    for (let index = <usize>load<u32>(collection, COLLECTION_INDEXES); index; index = nextIndex(index)) {
      const reference = bits & bit && load<u32>(index, INDEX_REFERRED) ? referenceBehind(index, number) : 0;
      if (reference && (!oldest || referenceNumber(reference) < referenceNumber(oldest))) {
        oldest = reference;
        from = index;
      }
      bit <<= 1;
    }
    if (!oldest) break;
    number = referenceNumber(oldest);
    makeKey(KEY_OLD, collection, from, entry);
    parentLeaves(oldest, collection, row, kind);
  }
  keyUse(KEY_NEW);
}

/** Frees all indexes of a collection. */
export function indexesFree(collection: usize): void {
  let index = <usize>load<u32>(collection, COLLECTION_INDEXES);
  while (index) {
    const next = nextIndex(index);
    indexFree(index);
    index = next;
  }
  store<u32>(collection, 0, COLLECTION_INDEXES);
}
