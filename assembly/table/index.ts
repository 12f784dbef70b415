/**
 * Secondary indexes: one counted tree each, whose keys are the indexed values of a row and the row's number (index-key.ts).
 *
 *   index (INDEX_HEAD bytes, then the fields, then its name)
 *   0   tree record (TREE_SIZE)
 *   16  u32 next index of the collection (0: the last)
 *   20  u32 flags: INDEX_UNIQUE, INDEX_PRIMARY, INDEX_LABEL (of a label, on one of its sets), INDEX_PRIVATE (made in a transaction)
 *   24  u32 fields
 *   28  u32 bytes of the fields
 *   32  u32 bytes of the name
 *   36  u32 number of the index in its collection: its bit in a row change
 *   40  u32 the reference that its keys are (reference.ts), or 0; u32 the first reference to its keys, or 0
 *   48  u32 handle: the record of the committed state, of which views and transactions have copies (keyspace/collection.ts)
 *   52  u32 handle of its collection
 *
 *   field
 *   0   u16 bytes of the field with this head
 *   2   u8 kind: FIELD_PATH (names), FIELD_COLUMN (u32 number), FIELD_FUNCTION (u32 slot of the function table)
 *   3   u8 FIELD_DESCENDING
 *   4   its content; names: for each u16 length and bytes
 *
 * The tree knows nothing of rows: who changes a row makes the old and the new key, inserts first (that may fail for want of
 * memory), and removes afterwards (that never fails while no view is open).
 *
 * Cost: O(log n) for each change and search; counting a range takes two searches.
 */
import { COLLECTION_INDEXES, NO_ROW } from "../abi/record";
import { PURPOSE_TABLE } from "../abi/status";
import { copyBytes, equalBytes } from "../bytes/copy";
import { collectionSeen } from "../keyspace/collection";
import { countReferences } from "../keyspace/row-door";
import {
  trackIndexKey,
  trackIndexRange,
  trackIndexWrite,
  trackLabelIndex,
  tracksCoarsely,
  tracksChanges,
  tracksReads,
} from "../keyspace/track";
import { allocate, release } from "../memory/allocator";
import { DEBUG } from "../memory/debug";
import { contextTransaction, contextView } from "../mvcc/context";
import { viewEra, viewsLinger } from "../mvcc/view";
import { makeWritable } from "../structure/birth";
import {
  TREE_ABSENT,
  TREE_NO_MEMORY,
  locatedLeaf,
  locatedPosition,
  treeDrop,
  treeInitialize,
  treeInsert,
  treeItems,
  treeLocate,
  treeRank,
  treeRemove,
  treeSelect,
} from "../structure/tree";
import { treeBury, treeForget } from "../structure/tree-free";
import { itemKey, itemKeyLength, leafItem } from "../structure/tree-leaf";
import { DEAD_SIZE, nodeCount } from "../structure/tree-node";
import { KEY_ROW_BYTES, keyBehind, keyCut, keyHasNull, keyLength, keyPointer, keyRow, rowOfKey } from "./index-key";

export const INDEX_NEXT: usize = 16;
export const INDEX_FLAGS: usize = 20;
export const INDEX_FIELDS: usize = 24;
export const INDEX_FIELD_BYTES: usize = 28;
export const INDEX_NAME_BYTES: usize = 32;
export const INDEX_NUMBER: usize = 36;
export const INDEX_REFERS: usize = 40;
export const INDEX_REFERRED: usize = 44;
const INDEX_HANDLE: usize = 48;
export const INDEX_COLLECTION: usize = 52;
export const INDEX_HEAD: u32 = 56;

export const INDEX_UNIQUE: u32 = 1;
export const INDEX_PRIMARY: u32 = 2;
export const INDEX_LABEL: u32 = 4;
export const INDEX_PRIVATE: u32 = 8;

/** Of a reference (reference.ts): the indexes that it ties, or 0; the era of its birth; the next one that has gone. */
export const REFERENCE_CHILD_INDEX: usize = 12;
export const REFERENCE_PARENT_INDEX: usize = 16;
export const REFERENCE_BIRTH: usize = 28;
export const REFERENCE_LATE: usize = 32;

export const FIELD_BYTES: usize = 0;
export const FIELD_KIND: usize = 2;
export const FIELD_FLAGS: usize = 3;
export const FIELD_CONTENT: usize = 4;
export const FIELD_PATH: u32 = 0;
export const FIELD_COLUMN: u32 = 1;
export const FIELD_FUNCTION: u32 = 2;
export const FIELD_DESCENDING: u32 = 1;

/** Trees of dropped indexes, which maintenance frees in steps. */
const dropped: usize = memory.data(DEAD_SIZE, 8);
/** What transactions have left behind of theirs, which nobody else can see. */
const forgotten: usize = memory.data(DEAD_SIZE, 8);

/** A new index without rows, or 0 when there is no memory. Its fields and its name are copied. */
export function indexCreate(flags: u32, fields: usize, fieldBytes: u32, fieldCount: u32, name: usize, nameBytes: u32): usize {
  const index = allocate(INDEX_HEAD + fieldBytes + nameBytes, PURPOSE_TABLE);
  if (!index) return 0;
  memory.fill(index, 0, INDEX_HEAD);
  treeInitialize(index, PURPOSE_TABLE);
  store<u32>(index, flags, INDEX_FLAGS);
  store<u32>(index, fieldCount, INDEX_FIELDS);
  store<u32>(index, fieldBytes, INDEX_FIELD_BYTES);
  store<u32>(index, nameBytes, INDEX_NAME_BYTES);
  store<u32>(index, <u32>index, INDEX_HANDLE);
  copyBytes(index + INDEX_HEAD, fields, fieldBytes);
  copyBytes(index + INDEX_HEAD + fieldBytes, name, nameBytes);
  return index;
}

/** Whether a record of a collection (0: none) has an index that an older one has not: one of the same rows and fields. */
export function hasNewIndex(collection: usize, older: usize): bool {
  let index = collection ? <usize>load<u32>(collection, COLLECTION_INDEXES) : 0;
  for (; index; index = <usize>load<u32>(index, INDEX_NEXT)) {
    let other = older ? <usize>load<u32>(older, COLLECTION_INDEXES) : 0;
    while (other && !isSameIndex(index, other)) other = <usize>load<u32>(other, INDEX_NEXT);
    if (!other) return true;
  }
  return false;
}

/** A handle alone may have been given to another one. */
function isSameIndex(index: usize, other: usize): bool {
  const isOne = load<u32>(index, INDEX_HANDLE) == load<u32>(other, INDEX_HANDLE);
  return isOne && indexHasFields(index, indexFirstField(other), load<u32>(other, INDEX_FIELD_BYTES));
}

/** Frees an index; its tree is freed by later `indexDig` calls: in a transaction only what that has born of it, the rest is the committed state's. */
export function indexFree(index: usize): void {
  // Others are untied before (reference.ts), save where all tables of a database go at once.
  const reference = <usize>load<u32>(index, INDEX_REFERS);
  if (reference) referenceFree(reference);
  if (contextTransaction) treeForget(index, viewEra(contextView), forgotten);
  else treeDrop(index, dropped);
  release(index, PURPOSE_TABLE);
}

/** References that have gone, while there are views whose records of indexes name them: linked by REFERENCE_LATE. */
let lateReferences: usize = 0;

/** Frees a reference, or leaves it without its ends as long as there are views. Requires: it is in no chain of the state that is seen. */
export function referenceFree(reference: usize): void {
  countReferences(-1);
  if (contextTransaction || !viewsLinger()) {
    release(reference, PURPOSE_TABLE);
    return;
  }
  store<u32>(reference, 0, REFERENCE_CHILD_INDEX);
  store<u32>(reference, 0, REFERENCE_PARENT_INDEX);
  store<u32>(reference, <u32>lateReferences, REFERENCE_LATE);
  lateReferences = reference;
}

/** Gives a copy of a collection's record copies of its indexes' records, with the same trees. False: no memory, and there are some of them. */
export function indexesCopy(collection: usize, copy: usize): bool {
  let place = copy + COLLECTION_INDEXES;
  for (let index = <usize>load<u32>(collection, COLLECTION_INDEXES); index; index = <usize>load<u32>(index, INDEX_NEXT)) {
    const bytes = INDEX_HEAD + load<u32>(index, INDEX_FIELD_BYTES) + load<u32>(index, INDEX_NAME_BYTES);
    const record = allocate(bytes, PURPOSE_TABLE);
    if (!record) return false;
    copyBytes(record, index, bytes);
    store<u32>(record, 0, INDEX_NEXT);
    store<u32>(place, <u32>record);
    place = record + INDEX_NEXT;
  }
  return true;
}

/** Frees the index records of such a copy. */
export function indexesForget(copy: usize): void {
  let index = <usize>load<u32>(copy, COLLECTION_INDEXES);
  while (index) {
    const next = <usize>load<u32>(index, INDEX_NEXT);
    release(index, PURPOSE_TABLE);
    index = next;
  }
  store<u32>(copy, 0, COLLECTION_INDEXES);
}

/** Takes what a transaction has born of the trees of its copy off them, for `indexDig`. */
export function indexesForgetTrees(copy: usize, view: u32): void {
  for (let index = <usize>load<u32>(copy, COLLECTION_INDEXES); index; index = <usize>load<u32>(index, INDEX_NEXT)) {
    treeForget(index, view, forgotten);
    const reference = <usize>load<u32>(index, INDEX_REFERS);
    if (reference && load<u32>(reference, REFERENCE_BIRTH) > view) referenceFree(reference);
  }
}

/** The record of an index that is to be read now. */
export function indexSeen(collection: usize, index: usize): usize {
  if (!contextView) return index;
  const handle = load<u32>(index, INDEX_HANDLE);
  let seen = <usize>load<u32>(collectionSeen(collection), COLLECTION_INDEXES);
  while (seen && load<u32>(seen, INDEX_HANDLE) != handle) seen = <usize>load<u32>(seen, INDEX_NEXT);
  return seen;
}

/** Frees up to `budget` blocks of trees that have been dropped. Returns whether there are more. */
export function indexDig(budget: u32): bool {
  if (viewsLinger()) return treeBury(forgotten, 0, 0, budget);
  while (lateReferences) {
    const reference = lateReferences;
    lateReferences = <usize>load<u32>(reference, REFERENCE_LATE);
    release(reference, PURPOSE_TABLE);
  }
  return treeBury(forgotten, 0, 0, budget) || treeBury(dropped, 0, 0, budget);
}

export function indexFirstField(index: usize): usize {
  return index + INDEX_HEAD;
}

export function indexNextField(field: usize): usize {
  return field + <usize>load<u16>(field, FIELD_BYTES);
}

export function indexName(index: usize): usize {
  return index + INDEX_HEAD + <usize>load<u32>(index, INDEX_FIELD_BYTES);
}

export function indexIsNamed(index: usize, name: usize, nameBytes: u32): bool {
  return load<u32>(index, INDEX_NAME_BYTES) == nameBytes && equalBytes(indexName(index), name, nameBytes);
}

/** True for two indexes of the same fields. */
export function indexHasFields(index: usize, fields: usize, fieldBytes: u32): bool {
  return load<u32>(index, INDEX_FIELD_BYTES) == fieldBytes && equalBytes(index + INDEX_HEAD, fields, fieldBytes);
}

export function indexIsUnique(index: usize): bool {
  return (load<u32>(index, INDEX_FLAGS) & INDEX_UNIQUE) != 0;
}

// Changes; the key is the one in use of index-key.ts --------------------------------------------------------------------

/**
 * Puts the row in under the key. Returns false, with nothing changed, when there is no memory.
 * Requires: the key is not too long.
 */
export function indexInsert(index: usize, row: u32): bool {
  const length = keyLength();
  if (tracksChanges) trackWrite(index);
  keyRow(row);
  const result = treeInsert(index, keyPointer(), keyLength(), 0, 0);
  keyCut(length);
  if (DEBUG) assert(result == TREE_NO_MEMORY || result == TREE_ABSENT);
  return result != TREE_NO_MEMORY;
}

/** What the marks of an index's keys go by: all sets of a label share one space, since sets come while others read. */
export function indexSpace(index: usize): u64 {
  const flags = load<u32>(index, INDEX_FLAGS);
  if (flags & INDEX_LABEL) return trackLabelIndex(indexName(index), load<u32>(index, INDEX_NAME_BYTES));
  return <u64>load<u32>(index, INDEX_HANDLE);
}

function trackWrite(index: usize): void {
  trackIndexWrite(indexSpace(index), keyPointer(), keyLength(), indexIsUnique(index) && !keyHasNull);
}

/** Whether marks on keys of an index would not be met by all who change them, so that its collection is to be marked. */
export function indexIsCoarse(index: usize): bool {
  return (load<u32>(index, INDEX_FLAGS) & INDEX_PRIVATE) != 0 || tracksCoarsely();
}

/** Tells that the keys from `low` on and before the one in use (no bytes: all the others) were read. Requires: `tracksReads`. */
export function indexTrack(index: usize, low: usize, lowBytes: u32): void {
  trackIndexRange(indexSpace(index), low, lowBytes, keyPointer(), keyLength());
}

/** Tells that the rows under the key in use were read. Requires: `tracksReads`. */
export function indexTrackKey(index: usize): void {
  trackIndexKey(indexSpace(index), keyPointer(), keyLength());
}

/** Takes the row out from under the key. Requires: it is there. */
export function indexRemove(index: usize, row: u32): void {
  const length = keyLength();
  if (tracksChanges) trackWrite(index);
  keyRow(row);
  let result = treeRemove(index, keyPointer(), keyLength());
  if (result == TREE_NO_MEMORY) {
    makeWritable();
    result = treeRemove(index, keyPointer(), keyLength());
  }
  keyCut(length);
  if (DEBUG) assert(result > TREE_ABSENT);
}

/** Another row than `row` under the same key in a unique index, or NO_ROW. Nulls differ from each other. */
export function indexConflict(index: usize, row: u32): u32 {
  if (keyHasNull) return NO_ROW;
  const length = keyLength();
  if (tracksReads) indexTrackKey(index);
  const rank = treeRank(index, keyPointer(), length);
  for (let position = rank; position < rank + 2; position++) {
    const item = treeSelect(index, position);
    if (!item || itemKeyLength(item) != length + KEY_ROW_BYTES || !equalBytes(itemKey(item), keyPointer(), length)) return NO_ROW;
    const other = rowOfKey(itemKey(item), itemKeyLength(item));
    if (other != row) return other;
  }
  return NO_ROW;
}

/** The first row under the key in use whose number is at least `from`, or NO_ROW. */
export function indexRowFrom(index: usize, from: u32): u32 {
  const length = keyLength();
  keyRow(from);
  const item = treeSelect(index, treeRank(index, keyPointer(), keyLength()));
  keyCut(length);
  if (!item || itemKeyLength(item) != length + KEY_ROW_BYTES || !equalBytes(itemKey(item), keyPointer(), length)) return NO_ROW;
  return rowOfKey(itemKey(item), itemKeyLength(item));
}

// Reading ---------------------------------------------------------------------------------------------------------------

/** How many rows lie before the key; with `behind`, also those whose keys begin with it. */
export function indexRank(index: usize, behind: bool): u32 {
  if (behind && !keyBehind()) return treeItems(index);
  return treeRank(index, keyPointer(), keyLength());
}

/**
 * Writes the numbers of up to `count` rows from a position on, forwards or backwards, at `target`, u32 each. Returns how many
 * there were.
 */
export function indexRows(index: usize, position: u32, count: u32, backward: bool, target: usize): u32 {
  let done: u32 = 0;
  while (done < count && treeLocate(index, backward ? position - done : position + done)) {
    const leaf = locatedLeaf;
    let at = locatedPosition;
    const inLeaf = backward ? at + 1 : nodeCount(leaf) - at;
    for (let left = inLeaf < count - done ? inLeaf : count - done; left; left--) {
      const item = leafItem(leaf, at);
      store<u32>(target + ((<usize>done) << 2), rowOfKey(itemKey(item), itemKeyLength(item)));
      done++;
      at = backward ? at - 1 : at + 1;
    }
  }
  return done;
}
