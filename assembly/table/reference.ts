/**
 * Foreign keys. A reference ties an index on the referencing columns of one table (the child) to a unique index on the referenced columns
 * of another (the parent, or the same one). Both have keys of the same bytes for equal values, so each side is looked up with the key of
 * the other.
 *
 *   reference   {u32 the next reference to the parent's index, u32 child, u32 parent (collections), u32 index of each, u32 bytes of the name,
 *               u32 bytes of the text, u32 era of birth, u32 link of those that have gone (index.ts), text}; the text is `name" on table "child`, of which the name is the beginning
 *
 * 1. A key with a NULL refers to nothing (MATCH SIMPLE).
 * 2. A parent that expires is as good as none, and a row that is referred to gets no expiry.
 * 3. While a statement runs, what would break a reference is noted and looked at again at its end (NO ACTION); without one it is refused
 *    at once.
 *
 * The key is the one in use of index-key.ts. Cost: O(log rows) for each key that comes to a child or goes from a parent.
 */
import { NO_ROW, WORD_INLINE_MAX } from "../abi/record";
import { RUNTIME_ERROR_MEMORY, RUNTIME_ERROR_REFERENCE_MISSING, RUNTIME_ERROR_REFERENCE_NEEDED } from "../abi/runtime-error";
import { PURPOSE_SCRATCH, PURPOSE_TABLE } from "../abi/status";
import { copyBytes } from "../bytes/copy";
import { collectionHandle, collectionSeen, prefixBytes, prefixPointer, rowEntry } from "../keyspace/collection";
import { countReferences } from "../keyspace/row-door";
import { undoOn } from "../keyspace/undo";
import { allocate } from "../memory/allocator";
import { contextTransaction } from "../mvcc/context";
import { birthEra, isWritable } from "../structure/birth";
import { BUFFER_LENGTH, BUFFER_POINTER, BUFFER_SIZE, bufferFree, bufferInitialize, bufferReserve } from "../structure/byte-buffer";
import { entryExpiry } from "../structure/entry";
import { fail, failWith } from "../value/cells";
import { inlineWord, longWord } from "../value/word";
import {
  INDEX_REFERRED,
  INDEX_REFERS,
  REFERENCE_BIRTH,
  REFERENCE_CHILD_INDEX,
  REFERENCE_LATE,
  REFERENCE_PARENT_INDEX,
  indexConflict,
  indexSeen,
  referenceFree,
} from "./index";
import { keyGiven, keyHasNull, keyLength, keyPointer } from "./index-key";

const REFERENCE_NEXT: usize = 0;
const REFERENCE_CHILD: usize = 4;
const REFERENCE_PARENT: usize = 8;
const REFERENCE_NAME_BYTES: usize = 20;
const REFERENCE_TEXT_BYTES: usize = 24;
const REFERENCE_HEAD: u32 = 36;

/** `" on table "` */
const BETWEEN: usize = memory.data<u8>([34, 32, 111, 110, 32, 116, 97, 98, 108, 101, 32, 34]);
const BETWEEN_BYTES: u32 = 12;

/** What stands in a note besides the key: u32 reference, u32 error, u32 bytes of the key. */
const NOTE_HEAD: u32 = 12;

/** What a running statement has done that breaks references, unless it does something else yet. */
const notes: usize = memory.data(BUFFER_SIZE, 8);
let notesLost: bool = false;

// Definitions -------------------------------------------------------------------------------------------------------------

/** Ties two indexes. Returns false when there is no memory. Requires: the child's index refers to nothing yet. */
export function referenceAdd(child: usize, childIndex: usize, parent: usize, parentIndex: usize, name: usize, nameBytes: u32): bool {
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

/** A child's row gets the key in use. False: refused, with its error. */
export function childArrives(reference: usize): bool {
  if (keyHasNull || parentThere(reference)) return true;
  if (undoOn) {
    note(reference, RUNTIME_ERROR_REFERENCE_MISSING);
    return true;
  }
  refuse(reference, RUNTIME_ERROR_REFERENCE_MISSING);
  return false;
}

/** The key in use goes from a parent's row, which may refer to itself when it goes for good. False: refused, with its error. */
export function parentLeaves(index: usize, collection: usize, row: u32, forGood: bool): bool {
  if (keyHasNull) return true;
  let reference = <usize>load<u32>(index, INDEX_REFERRED);
  for (; reference; reference = <usize>load<u32>(reference, REFERENCE_NEXT)) {
    const own = forGood && <usize>load<u32>(reference, REFERENCE_CHILD) == collectionHandle(collection);
    const child = childIndex(reference);
    if (!child || indexConflict(child, own ? row : <u32>NO_ROW) == <u32>NO_ROW) continue;
    if (!undoOn) {
      refuse(reference, RUNTIME_ERROR_REFERENCE_NEEDED);
      return false;
    }
    note(reference, RUNTIME_ERROR_REFERENCE_NEEDED);
  }
  return true;
}

function word(bytes: usize, length: u32): u64 {
  return length <= <u32>WORD_INLINE_MAX ? inlineWord(bytes, length) : longWord(bytes, length);
}

/** Says which table and which constraint. */
function refuse(reference: usize, error: u32): void {
  const isMissing = error == <u32>RUNTIME_ERROR_REFERENCE_MISSING;
  const table = <usize>load<u32>(reference + (isMissing ? REFERENCE_CHILD : REFERENCE_PARENT));
  const length = load<u32>(reference + (isMissing ? REFERENCE_NAME_BYTES : REFERENCE_TEXT_BYTES));
  failWith(error, word(prefixPointer(table), prefixBytes(table)), word(reference + REFERENCE_HEAD, length));
}

// The end of a statement --------------------------------------------------------------------------------------------------

export function referencesInitialize(): void {
  bufferInitialize(notes, PURPOSE_SCRATCH);
}

function note(reference: usize, error: u32): void {
  const length = keyLength();
  const bytes = (NOTE_HEAD + length + 3) & ~3;
  const place = bufferReserve(notes, bytes);
  if (!place) {
    notesLost = true;
    return;
  }
  store<u32>(place, <u32>reference);
  store<u32>(place, error, 4);
  store<u32>(place, length, 8);
  copyBytes(place + NOTE_HEAD, keyPointer(), length);
  store<u32>(notes, load<u32>(notes, BUFFER_LENGTH) + bytes, BUFFER_LENGTH);
}

/** Forgets what was noted: a statement begins, or is taken back. */
export function referencesForget(): void {
  notesLost = false;
  if (load<u32>(notes, BUFFER_LENGTH)) bufferFree(notes);
}

/** Whether the running statement leaves all references whole; if not, the error is in the cells. Its notes are forgotten. */
export function referencesHold(): bool {
  if (!load<u32>(notes, BUFFER_LENGTH) && !notesLost) return true;
  let holds = !notesLost;
  if (notesLost) fail(RUNTIME_ERROR_MEMORY);
  let place = <usize>load<u32>(notes, BUFFER_POINTER);
  const end = place + load<u32>(notes, BUFFER_LENGTH);
  while (holds && place < end) {
    const reference = <usize>load<u32>(place);
    const length = load<u32>(place, 8);
    keyGiven(place + NOTE_HEAD, length);
    const child = childIndex(reference);
    if (child && !parentThere(reference) && indexConflict(child, NO_ROW) != <u32>NO_ROW) {
      refuse(reference, load<u32>(place, 4));
      holds = false;
    }
    place += (NOTE_HEAD + length + 3) & ~3;
  }
  referencesForget();
  return holds;
}
