/**
 * Foreign keys. A reference ties an index on the referencing columns of one table (the child) to a unique index on the referenced columns
 * of another (the parent, or the same one). Both have keys of the same bytes for equal values, so each side is looked up with the key of
 * the other.
 *
 *   reference   {u32 the next reference to the parent's index, u32 child, u32 parent (collections), u32 index of each, u32 bytes of the name,
 *               u32 bytes of the text, u32 era of birth, u32 link of those that have gone (index.ts), u32 rules (abi/table.ts), u64 columns that
 *               are set when what they refer to is deleted, u32 its number, u32 0, text}; the text is `name" on table "child`, of which the name is the beginning
 *   note        {u32 bytes, u32 reference (0: values), u32 NOTE_*, u32 offset of the values (0: none), u32 bytes of the key, key}, in steps of four
 *               bytes: what a statement has done to a reference. Values are those that a parent's key got: for each column
 *               {u32 SLOT_* (SLOT_NONE: null), u32 bytes, the bytes of its slot or word in steps of eight}
 *
 * 1. A key with a NULL refers to nothing (MATCH SIMPLE); in MATCH FULL all or none of its columns are NULL.
 * 2. A parent that expires is as good as none, and a row that is referred to gets no expiry. A child whose time is over is as good as none.
 * 3. While a statement runs, what concerns a reference is noted, and looked at when it ends, in the order in which it was done; there also rows
 *    that refer to others are deleted or changed with them, which may note more (command/reference-action.ts).
 * 4. Without a statement (replay, and rows whose time is over) nothing is asked: what is read was whole.
 *
 * The key is the one in use of index-key.ts. Cost: O(log rows) for each key that comes to a child or goes from a parent.
 */
import { NO_ROW, RECORD_NULLS, RECORD_SLOTS, SLOT_NONE, WORD_INLINE_MAX } from "../abi/record";
import {
  RUNTIME_ERROR_MEMORY,
  RUNTIME_ERROR_REFERENCE_MISSING,
  RUNTIME_ERROR_REFERENCE_MIXED,
  RUNTIME_ERROR_REFERENCE_NEEDED,
} from "../abi/runtime-error";
import { PURPOSE_SCRATCH, PURPOSE_TABLE } from "../abi/status";
import {
  ACTION_MASK,
  ACTION_NONE,
  ACTION_RESTRICT,
  COLUMN_BYTES,
  COLUMN_KIND,
  REFERENCE_FULL,
  REFERENCE_UPDATE_SHIFT,
  TABLE_HEAD,
} from "../abi/table";
import { copyBytes } from "../bytes/copy";
import { collectionHandle, collectionSeen, prefixBytes, prefixPointer, rowEntry } from "../keyspace/collection";
import { valueAddress } from "../keyspace/entry-release";
import { isExpired } from "../keyspace/keyspace";
import { countReferences } from "../keyspace/row-door";
import { allocate } from "../memory/allocator";
import { contextTransaction } from "../mvcc/context";
import { birthEra, isWritable } from "../structure/birth";
import { BUFFER_LENGTH, BUFFER_POINTER, BUFFER_SIZE, bufferFree, bufferInitialize, bufferReserve } from "../structure/byte-buffer";
import { entryExpiry } from "../structure/entry";
import { fail, failWith } from "../value/cells";
import { absoluteWord } from "../value/record-unpack";
import { inlineWord, longWord, wordBytes, wordLength } from "../value/word";
import {
  FIELD_CONTENT,
  INDEX_FIELDS,
  INDEX_REFERRED,
  INDEX_REFERS,
  REFERENCE_BIRTH,
  REFERENCE_CHILD_INDEX,
  REFERENCE_LATE,
  REFERENCE_PARENT_INDEX,
  indexConflict,
  indexFirstField,
  indexNextField,
  indexRowFrom,
  indexSeen,
  referenceFree,
} from "./index";
import { keyGiven, keyHasNull, keyLength, keyPointer } from "./index-key";
import { isWordKind } from "./row-value";

const REFERENCE_NEXT: usize = 0;
const REFERENCE_CHILD: usize = 4;
const REFERENCE_PARENT: usize = 8;
const REFERENCE_NAME_BYTES: usize = 20;
const REFERENCE_TEXT_BYTES: usize = 24;
const REFERENCE_RULES: usize = 36;
const REFERENCE_SET: usize = 40;
const REFERENCE_NUMBER: usize = 48;
const REFERENCE_HEAD: u32 = 56;

/** `" on table "` */
const BETWEEN: usize = memory.data<u8>([34, 32, 111, 110, 32, 116, 97, 98, 108, 101, 32, 34]);
const BETWEEN_BYTES: u32 = 12;

/** A child's key has come; one that MATCH FULL forbids; a parent's key has gone with its row, or has got other values; one must not be referred to. */
const NOTE_MISSING: u32 = 1;
const NOTE_MIXED: u32 = 2;
export const NOTE_DELETED: u32 = 3;
export const NOTE_UPDATED: u32 = 4;
export const NOTE_NEEDED: u32 = 5;
const NOTE_REFERENCE: usize = 4;
const NOTE_KIND: usize = 8;
const NOTE_VALUES: usize = 12;
const NOTE_KEY_BYTES: usize = 16;
const NOTE_HEAD: u32 = 20;
/** What stands before each value. */
export const VALUE_HEAD: u32 = 8;

/** The number of the youngest reference. */
let youngest: u32 = 0;
/** What a running statement has done to references. */
const notes: usize = memory.data(BUFFER_SIZE, 8);
let notesLost: bool = false;
/** Set while a row that gets another key leaves its old one. */
let isMoving: bool = false;
const spill: usize = memory.data(8, 8);

// Definitions -------------------------------------------------------------------------------------------------------------

/** Ties two indexes. Returns false when there is no memory. Requires: the child's index refers to nothing yet. */
export function referenceAdd(
  child: usize,
  childIndex: usize,
  parent: usize,
  parentIndex: usize,
  name: usize,
  nameBytes: u32,
  rules: u32,
  set: u64,
): bool {
  const textBytes = nameBytes + BETWEEN_BYTES + prefixBytes(child);
  const reference = allocate(REFERENCE_HEAD + textBytes, PURPOSE_TABLE);
  if (!reference) return false;
  store<u32>(reference, load<u32>(parentIndex, INDEX_REFERRED), REFERENCE_NEXT);
  store<u32>(reference, <u32>collectionHandle(child), REFERENCE_CHILD);
  store<u32>(reference, <u32>collectionHandle(parent), REFERENCE_PARENT);
  store<u32>(reference, <u32>childIndex, REFERENCE_CHILD_INDEX);
  store<u32>(reference, <u32>parentIndex, REFERENCE_PARENT_INDEX);
  store<u32>(reference, birthEra, REFERENCE_BIRTH);
  store<u32>(reference, 0, REFERENCE_LATE);
  store<u32>(reference, rules, REFERENCE_RULES);
  store<u64>(reference, set, REFERENCE_SET);
  store<u32>(reference, ++youngest, REFERENCE_NUMBER);
  store<u32>(reference, nameBytes, REFERENCE_NAME_BYTES);
  store<u32>(reference, textBytes, REFERENCE_TEXT_BYTES);
  const text = reference + REFERENCE_HEAD;
  copyBytes(text, name, nameBytes);
  copyBytes(text + nameBytes, BETWEEN, BETWEEN_BYTES);
  copyBytes(text + nameBytes + BETWEEN_BYTES, prefixPointer(child), prefixBytes(child));
  store<u32>(childIndex, <u32>reference, INDEX_REFERS);
  store<u32>(parentIndex, <u32>reference, INDEX_REFERRED);
  countReferences(1);
  return true;
}

/**
 * Unties an index that goes from those of other tables. In a transaction the references of the committed state stay as they are: its copy of
 * the index only does not know them any more, and who comes from the other end finds none at this one.
 */
export function referencesDrop(index: usize): void {
  const refers = <usize>load<u32>(index, INDEX_REFERS);
  if (refers && isOwn(refers)) drop(refers);
  store<u32>(index, 0, INDEX_REFERS);
  while (load<u32>(index, INDEX_REFERRED)) {
    const reference = <usize>load<u32>(index, INDEX_REFERRED);
    const next = load<u32>(reference, REFERENCE_NEXT);
    if (isOwn(reference)) drop(reference);
    store<u32>(index, next, INDEX_REFERRED);
  }
}

function isOwn(reference: usize): bool {
  return !contextTransaction || isWritable(load<u32>(reference, REFERENCE_BIRTH));
}

function drop(reference: usize): void {
  let place = <usize>load<u32>(reference, REFERENCE_PARENT_INDEX) + INDEX_REFERRED;
  while (<usize>load<u32>(place) != reference) place = <usize>load<u32>(place) + REFERENCE_NEXT;
  store<u32>(place, load<u32>(reference, REFERENCE_NEXT));
  store<u32>(<usize>load<u32>(reference, REFERENCE_CHILD_INDEX), 0, INDEX_REFERS);
  referenceFree(reference);
}

// Rows --------------------------------------------------------------------------------------------------------------------

/** The child's index as it is seen now; 0: it has gone. */
function childIndex(reference: usize): usize {
  const index = <usize>load<u32>(reference, REFERENCE_CHILD_INDEX);
  return index ? indexSeen(<usize>load<u32>(reference, REFERENCE_CHILD), index) : 0;
}

function parentThere(reference: usize): bool {
  const parent = <usize>load<u32>(reference, REFERENCE_PARENT);
  const given = <usize>load<u32>(reference, REFERENCE_PARENT_INDEX);
  const index = given ? indexSeen(parent, given) : 0;
  if (!index) return true;
  const row = indexConflict(index, NO_ROW);
  return row != <u32>NO_ROW && !entryExpiry(rowEntry(collectionSeen(parent), row));
}

/** Whether a row has the key in an index of the child, and its time is not over. */
function childThere(reference: usize, index: usize): bool {
  const child = collectionSeen(<usize>load<u32>(reference, REFERENCE_CHILD));
  let row = indexConflict(index, NO_ROW);
  while (row != <u32>NO_ROW && isExpired(rowEntry(child, row))) row = indexRowFrom(index, row + 1);
  return row != <u32>NO_ROW;
}

/** Whether a key of a row that is there already refers to a row; else the error is noted. `hasValue`: not all of its columns are null. */
export function childHolds(reference: usize, hasValue: bool): bool {
  if (keyHasNull && hasValue && isFull(reference)) {
    refuse(reference, RUNTIME_ERROR_REFERENCE_MIXED);
    return false;
  }
  if (keyHasNull || parentThere(reference)) return true;
  refuse(reference, RUNTIME_ERROR_REFERENCE_MISSING);
  return false;
}

function isFull(reference: usize): bool {
  return (load<u32>(reference, REFERENCE_RULES) & REFERENCE_FULL) != 0;
}

/** A child's row gets the key in use. Requires: a statement runs. */
export function childArrives(reference: usize, hasValue: bool): void {
  if (!keyHasNull) {
    if (!parentThere(reference)) note(reference, NOTE_MISSING);
  } else if (hasValue && isFull(reference)) note(reference, NOTE_MIXED);
}

/** The oldest reference to an index that is younger than one of this number (0: than none), or 0. */
export function referenceBehind(index: usize, number: u32): usize {
  let oldest: usize = 0;
  for (let each = <usize>load<u32>(index, INDEX_REFERRED); each; each = <usize>load<u32>(each, REFERENCE_NEXT)) {
    const own = referenceNumber(each);
    if (own > number && (!oldest || own < referenceNumber(oldest))) oldest = each;
  }
  return oldest;
}

export function referenceNumber(reference: usize): u32 {
  return load<u32>(reference, REFERENCE_NUMBER);
}

/**
 * The key in use goes from a parent's row, which may refer to itself when it is deleted, or (NOTE_NEEDED) may not be referred to any more. Requires: a
 * statement runs.
 */
export function parentLeaves(reference: usize, collection: usize, row: u32, kind: u32): void {
  if (keyHasNull) return;
  const own = kind == NOTE_DELETED && !isMoving && collectionHandle(collection) == <usize>load<u32>(reference, REFERENCE_CHILD);
  const child = childIndex(reference);
  if (child && indexConflict(child, own ? row : <u32>NO_ROW) != <u32>NO_ROW) note(reference, isMoving ? NOTE_UPDATED : kind);
}

/** A row that gets another key leaves its old one now, or has left it: it is changed, not deleted. */
export function referencesMove(moving: bool): void {
  isMoving = moving;
}

function word(bytes: usize, length: u32): u64 {
  return length <= <u32>WORD_INLINE_MAX ? inlineWord(bytes, length) : longWord(bytes, length);
}

/** Says which table and which constraint. */
function refuse(reference: usize, error: u32): void {
  const isNeeded = error == <u32>RUNTIME_ERROR_REFERENCE_NEEDED;
  const table = <usize>load<u32>(reference + (isNeeded ? REFERENCE_PARENT : REFERENCE_CHILD));
  const length = load<u32>(reference + (isNeeded ? REFERENCE_TEXT_BYTES : REFERENCE_NAME_BYTES));
  failWith(error, word(prefixPointer(table), prefixBytes(table)), word(reference + REFERENCE_HEAD, length));
}

// Notes -------------------------------------------------------------------------------------------------------------------

export function referencesInitialize(): void {
  bufferInitialize(notes, PURPOSE_SCRATCH);
}

/** Where the next note will lie. */
export function notesMark(): u32 {
  return load<u32>(notes, BUFFER_LENGTH);
}

/** Room for a note of so many bytes; 0: no memory, which the statement is told at its end. */
function append(bytes: u32, reference: usize, kind: u32): usize {
  const place = bufferReserve(notes, bytes);
  if (!place) {
    notesLost = true;
    return 0;
  }
  store<u32>(place, bytes);
  store<u32>(place, <u32>reference, NOTE_REFERENCE);
  store<u32>(place, kind, NOTE_KIND);
  store<u32>(place, 0, NOTE_VALUES);
  store<u32>(notes, load<u32>(notes, BUFFER_LENGTH) + bytes, BUFFER_LENGTH);
  return place;
}

function note(reference: usize, kind: u32): void {
  const length = keyLength();
  const place = append((NOTE_HEAD + length + 3) & ~3, reference, kind);
  if (!place) return;
  store<u32>(place, length, NOTE_KEY_BYTES);
  copyBytes(place + NOTE_HEAD, keyPointer(), length);
}

/** Gives the notes from a mark on that a key was changed the values that it has in the parent's row now. */
export function notesFill(mark: u32, table: usize, entry: usize): void {
  const end = notesMark();
  for (let offset = mark; offset < end && !notesLost;) {
    const place = <usize>load<u32>(notes, BUFFER_POINTER) + offset;
    const reference = <usize>load<u32>(place, NOTE_REFERENCE);
    const bytes = load<u32>(place);
    if (reference && load<u32>(place, NOTE_KIND) == NOTE_UPDATED && !load<u32>(place, NOTE_VALUES)) {
      const values = notesMark();
      noteValues(<usize>load<u32>(reference, REFERENCE_PARENT_INDEX), table, valueAddress(entry));
      store<u32>(<usize>load<u32>(notes, BUFFER_POINTER) + offset, values, NOTE_VALUES);
    }
    offset += bytes;
  }
}

/** Appends what a record has in the columns of an index. */
function noteValues(index: usize, table: usize, record: usize): void {
  let bytes = NOTE_HEAD;
  let field = indexFirstField(index);
  for (let left = load<u32>(index, INDEX_FIELDS); left; left--) {
    readValue(table, record, load<u32>(field, FIELD_CONTENT));
    bytes += VALUE_HEAD + ((valueLength + 7) & ~7);
    field = indexNextField(field);
  }
  let place = append(bytes, 0, 0);
  if (!place) return;
  place += NOTE_HEAD;
  field = indexFirstField(index);
  for (let left = load<u32>(index, INDEX_FIELDS); left; left--) {
    readValue(table, record, load<u32>(field, FIELD_CONTENT));
    store<u32>(place, valueKind);
    store<u32>(place, valueLength, 4);
    copyBytes(place + VALUE_HEAD, valueBytes, valueLength);
    place += VALUE_HEAD + ((valueLength + 7) & ~7);
    field = indexNextField(field);
  }
}

let valueKind: u32 = 0;
let valueBytes: usize = 0;
let valueLength: u32 = 0;

function readValue(table: usize, record: usize, number: u32): void {
  valueLength = 0;
  valueKind = SLOT_NONE;
  if ((load<u64>(record, RECORD_NULLS) >> (<u64>number)) & 1) return;
  const slot = record + RECORD_SLOTS + ((<usize>number) << 3);
  valueKind = <u32>load<u8>(table + TABLE_HEAD + <usize>number * COLUMN_BYTES, COLUMN_KIND);
  valueBytes = slot;
  valueLength = 8;
  if (!isWordKind(valueKind)) return;
  const bits = absoluteWord(load<u64>(slot), record);
  valueBytes = wordBytes(bits, spill);
  valueLength = wordLength(bits);
}

/** Forgets what was noted: a statement begins, or is taken back. */
export function referencesForget(): void {
  notesLost = false;
  taken = 0;
  if (load<u32>(notes, BUFFER_LENGTH)) bufferFree(notes);
}

// The end of a statement --------------------------------------------------------------------------------------------------

/** Where the note lies that was taken last, and the one behind it. */
let current: u32 = 0;
let taken: u32 = 0;

// @ts-ignore: decorator
@inline
function place(): usize {
  return <usize>load<u32>(notes, BUFFER_POINTER) + current;
}

/** Goes to the next note, whose key is in use then. False: there are no more. */
export function noteTake(): bool {
  do {
    if (taken >= load<u32>(notes, BUFFER_LENGTH)) return false;
    current = taken;
    taken += load<u32>(place());
  } while (!load<u32>(place(), NOTE_REFERENCE));
  noteKey();
  return true;
}

/** Takes the key of the note for the one in use. */
export function noteKey(): void {
  keyGiven(place() + NOTE_HEAD, load<u32>(place(), NOTE_KEY_BYTES));
}

/** What is to become of the rows that have the key: ACTION_*. */
export function noteAction(): u32 {
  const kind = load<u32>(place(), NOTE_KIND);
  const rules = load<u32>(noteReference(), REFERENCE_RULES);
  if (kind == NOTE_DELETED) return rules & ACTION_MASK;
  return kind == NOTE_UPDATED ? (rules >> REFERENCE_UPDATE_SHIFT) & ACTION_MASK : <u32>ACTION_NONE;
}

function noteReference(): usize {
  return <usize>load<u32>(place(), NOTE_REFERENCE);
}

/** The child as others name it, as it is seen now, and its index as that is seen; 0: it has gone. */
export function noteChild(): usize {
  return <usize>load<u32>(noteReference(), REFERENCE_CHILD);
}

export function noteChildSeen(): usize {
  return collectionSeen(noteChild());
}

export function noteIndex(): usize {
  return childIndex(noteReference());
}

/** The columns that are to be set: a bit each. */
export function noteColumns(): u64 {
  return load<u32>(place(), NOTE_KIND) == NOTE_DELETED ? load<u64>(noteReference(), REFERENCE_SET) : u64.MAX_VALUE;
}

/** The values of the key now, and their bytes (0: there are none). Good until something is noted. */
export function noteValuesAt(): usize {
  return <usize>load<u32>(notes, BUFFER_POINTER) + load<u32>(place(), NOTE_VALUES) + NOTE_HEAD;
}

export function noteValuesBytes(): u32 {
  return load<u32>(place(), NOTE_VALUES) ? load<u32>(noteValuesAt() - NOTE_HEAD) - NOTE_HEAD : 0;
}

/** Whether the note leaves its reference whole, by rules (`acts`) or as a state alone; else the error is in the cells. */
export function noteHolds(acts: bool): bool {
  const reference = noteReference();
  const kind = load<u32>(place(), NOTE_KIND);
  const child = childIndex(reference);
  if (!child || (kind == NOTE_MIXED && !acts)) return true;
  const isStrict = kind == NOTE_MIXED || (acts && noteAction() == <u32>ACTION_RESTRICT);
  if ((!isStrict && parentThere(reference)) || !childThere(reference, child)) return true;
  const isMissing = kind == NOTE_MISSING;
  const error = isMissing ? RUNTIME_ERROR_REFERENCE_MISSING : RUNTIME_ERROR_REFERENCE_NEEDED;
  refuse(reference, kind == NOTE_MIXED ? RUNTIME_ERROR_REFERENCE_MIXED : error);
  return false;
}

/** Whether something could not be noted, for which there was no memory: the error is in the cells then. */
export function notesAreLost(): bool {
  if (notesLost) fail(RUNTIME_ERROR_MEMORY);
  return notesLost;
}

/** Whether all references are whole that were noted, whatever their rules; if not, the error is in the cells. The notes are forgotten. */
export function referencesHold(): bool {
  let holds = !notesAreLost();
  while (holds && noteTake()) holds = noteHolds(false);
  referencesForget();
  return holds;
}
