/**
 * Making and dropping indexes over the rows that a collection has. What indexes and tables there are, and why, is the host's
 * catalog (host/query/catalog); the engine keeps what it needs to hold them right.
 *
 * Cost: making an index O(rows log rows); dropping one O(1), its memory is freed in steps (`indexDig`).
 */
import { COLLECTION_INDEXES, COLLECTION_ROWS, COLLECTION_TABLE } from "../abi/record";
import { PURPOSE_TABLE, STATUS_INVALID, STATUS_OK, STATUS_OUT_OF_MEMORY } from "../abi/status";
import {
  COLUMN_BYTES,
  COLUMN_KIND,
  COLUMN_NAME,
  COLUMN_NAME_BYTES,
  TABLE_BYTES,
  TABLE_COLUMNS,
  TABLE_HEAD,
  TABLE_NEXT_ROW,
} from "../abi/table";
import { copyBytes } from "../bytes/copy";
import {
  OWN_TABLE,
  collectionChanged,
  collectionHandle,
  collectionHasOwn,
  collectionMake,
  collectionMustOwn,
  collectionNamed,
  collectionOwn,
  collectionOwnSet,
  countTables,
  dropIfUnused,
  rowEntry,
} from "../keyspace/collection";
import { database } from "../keyspace/database";
import { setRootDoor, setRowDoor } from "../keyspace/row-door";
import { trackIndexGone } from "../keyspace/track";
import { allocate, release } from "../memory/allocator";
import { DEBUG } from "../memory/debug";
import { contextTransaction } from "../mvcc/context";
import { retireBlock } from "../structure/birth";
import { shapesColumn, shapesDeclare, shapesMake, shapesRelease } from "../value/shape";
import { Coercion, setCoercion } from "./coercion";
import { convertRow } from "./door";
import {
  INDEX_COLLECTION,
  INDEX_NEXT,
  INDEX_PRIVATE,
  INDEX_REFERS,
  indexCreate,
  indexFree,
  indexSeen,
  indexIsNamed,
  indexSpace,
  indexesCopy,
  indexesForget,
  indexesForgetTrees,
} from "./index";
import { KEY_NEW } from "./index-key";
import { childHolds, referenceAdd, referencesDrop, referencesInitialize } from "./reference";
import { INDEXES_MAX, enterIndex, hasValue, indexesEnter, indexesExpire, indexesFree, indexesLeave, keepNames, makeKey } from "./row-index";

/** Has the collections ask the tables before rows are written; `coercion` makes values of columns. Called once, at the start. */
export function tablesInitialize(coercion: Coercion): void {
  setCoercion(coercion);
  referencesInitialize();
  setRowDoor(convertRow, indexesEnter, indexesLeave, indexesExpire, freeCollection);
  setRootDoor(indexesCopy, indexesForget, forgetPrivate);
}

/** Frees what a collection that goes has of tables and indexes. */
function freeCollection(collection: usize): void {
  indexesFree(collection);
  dropTable(collection);
}

/** Declares a collection: keeps a copy of a descriptor. The rows are the caller's. Returns it, or 0: no memory. */
export function declareTable(prefix: usize, prefixLength: u32, descriptor: usize): usize {
  const bytes = load<u32>(descriptor, TABLE_BYTES);
  const table = allocate(bytes, PURPOSE_TABLE);
  if (!table) return 0;
  const made = collectionMake(prefix, prefixLength);
  const collection = made ? collectionOwn(made) : 0;
  if (!collection) {
    release(table, PURPOSE_TABLE);
    return 0;
  }
  if (DEBUG) assert(!load<u32>(collection, COLLECTION_TABLE));
  copyBytes(table, descriptor, bytes);
  store<u32>(collection, <u32>table, COLLECTION_TABLE);
  collectionOwnSet(collection, OWN_TABLE, contextTransaction != 0);
  countTables(1);
  collectionChanged(collection);
  return collection;
}

/** Shapes of a declared table: one, with its columns; 0: no memory. */
export function tableShapes(table: usize): usize {
  const shapes = shapesMake();
  if (!shapes) return 0;
  let made = true;
  for (let number: u32 = 0; made && number < <u32>load<u16>(table, TABLE_COLUMNS); number++) {
    const column = table + TABLE_HEAD + <usize>number * COLUMN_BYTES;
    const name = table + <usize>load<u32>(column, COLUMN_NAME);
    made = shapesColumn(shapes, name, load<u32>(column, COLUMN_NAME_BYTES), load<u8>(column, COLUMN_KIND));
  }
  if (made && shapesDeclare(shapes)) return shapes;
  shapesRelease(shapes);
  return 0;
}

/** Ends a declaration; the rows stay documents. The collection may be gone afterwards. */
export function undeclareTable(seen: usize): void {
  const collection = collectionMustOwn(seen);
  dropTable(collection);
  collectionChanged(collection);
  dropIfUnused(collection);
}

/**
 * Gives a declared collection another descriptor, of the same columns; answers the one that it had, or 0: no memory, and nothing has
 * changed. `settleTable` or `restoreTable` must follow.
 */
export function replaceTable(seen: usize, descriptor: usize): usize {
  const bytes = load<u32>(descriptor, TABLE_BYTES);
  const table = allocate(bytes, PURPOSE_TABLE);
  if (!table) return 0;
  const collection = collectionOwn(seen);
  if (!collection) {
    release(table, PURPOSE_TABLE);
    return 0;
  }
  const old = <usize>load<u32>(collection, COLLECTION_TABLE);
  if (DEBUG) assert(old != 0 && load<u16>(old, TABLE_COLUMNS) == load<u16>(descriptor, TABLE_COLUMNS));
  copyBytes(table, descriptor, bytes);
  store<u64>(table, load<u64>(old, TABLE_NEXT_ROW), TABLE_NEXT_ROW);
  store<u32>(collection, <u32>table, COLLECTION_TABLE);
  return old;
}

/** The collection keeps the descriptor that `replaceTable` has given it. */
export function settleTable(collection: usize, old: usize): void {
  if (collectionHasOwn(collection, OWN_TABLE)) {
    if (contextTransaction) release(old, PURPOSE_TABLE);
    else retireBlock(old, PURPOSE_TABLE, 0);
  } else countTables(1);
  collectionOwnSet(collection, OWN_TABLE, contextTransaction != 0);
  collectionChanged(collection);
}

/** It gets back the one that it had. */
export function restoreTable(collection: usize, old: usize): void {
  release(<usize>load<u32>(collection, COLLECTION_TABLE), PURPOSE_TABLE);
  store<u32>(collection, <u32>old, COLLECTION_TABLE);
}

function dropTable(collection: usize): void {
  const table = <usize>load<u32>(collection, COLLECTION_TABLE);
  if (!table) return;
  store<u32>(collection, 0, COLLECTION_TABLE);
  if (!collectionHasOwn(collection, OWN_TABLE)) return;
  if (contextTransaction) release(table, PURPOSE_TABLE);
  else retireBlock(table, PURPOSE_TABLE, 0);
  collectionOwnSet(collection, OWN_TABLE, false);
  countTables(-1);
}

/** Frees what a transaction has born of its copy of a collection. */
function forgetPrivate(copy: usize, view: u32): void {
  indexesForgetTrees(copy, view);
  if (collectionHasOwn(copy, OWN_TABLE)) dropTable(copy);
}

/** The index of this name on a collection, or 0. */
export function indexNamed(collection: usize, name: usize, nameBytes: u32): usize {
  let index = collection ? <usize>load<u32>(collection, COLLECTION_INDEXES) : 0;
  while (index && !indexIsNamed(index, name, nameBytes)) index = <usize>load<u32>(index, INDEX_NEXT);
  return index;
}

/** The index of a collection at a position of its list, or 0. */
export function indexAt(collection: usize, position: u32): usize {
  let index = <usize>load<u32>(collection, COLLECTION_INDEXES);
  for (let left = position; left && index; left--) index = <usize>load<u32>(index, INDEX_NEXT);
  return index;
}

/**
 * Makes an index on the collection of a prefix in the current database, with the rows that are there. Answers STATUS_OUT_OF_MEMORY
 * too when a row is refused, with the error in the cells; nothing has changed then. Requires: no index of this name on it.
 */
export function addIndex(
  prefix: usize,
  prefixLength: u32,
  flags: u32,
  fields: usize,
  fieldBytes: u32,
  fieldCount: u32,
  name: usize,
  nameBytes: u32,
): i32 {
  const collection = collectionMake(prefix, prefixLength);
  if (!collection) return STATUS_OUT_OF_MEMORY;
  const origin = contextTransaction ? INDEX_PRIVATE : 0;
  const status = addIndexTo(collection, flags | origin, fields, fieldBytes, fieldCount, name, nameBytes);
  if (status == STATUS_OUT_OF_MEMORY) dropIfUnused(collection);
  return status;
}

/** The same on a collection that there is, whatever its name. */
export function addIndexTo(seen: usize, flags: u32, fields: usize, fieldBytes: u32, fieldCount: u32, name: usize, nameBytes: u32): i32 {
  if (indexCount(seen) >= INDEXES_MAX) return STATUS_INVALID;
  const collection = collectionOwn(seen);
  if (!collection) return STATUS_OUT_OF_MEMORY;
  const index = indexCreate(flags, fields, fieldBytes, fieldCount, name, nameBytes);
  if (!index || !fill(collection, index)) {
    if (index) indexFree(index);
    return STATUS_OUT_OF_MEMORY;
  }
  let place = collection + COLLECTION_INDEXES;
  while (load<u32>(place)) place = <usize>load<u32>(place) + INDEX_NEXT;
  store<u32>(place, <u32>index);
  store<u32>(index, <u32>collectionHandle(collection), INDEX_COLLECTION);
  collectionChanged(collection);
  return STATUS_OK;
}

function indexCount(collection: usize): u32 {
  let count: u32 = 0;
  let index = <usize>load<u32>(collection, COLLECTION_INDEXES);
  for (; index; index = <usize>load<u32>(index, INDEX_NEXT)) count++;
  return count;
}

/** Puts all rows of a collection into a new index. */
function fill(collection: usize, index: usize): bool {
  const rows = load<u32>(collection, COLLECTION_ROWS);
  for (let row: u32 = 0; row < rows; row++) {
    const entry = rowEntry(collection, row);
    if (entry && !enterIndex(collection, index, row, entry)) return false;
  }
  return true;
}

/** Drops an index of the current database. Returns false when there is none of this name. */
export function removeIndex(prefix: usize, prefixLength: u32, name: usize, nameBytes: u32): bool {
  const collection = collectionNamed(database, prefix, prefixLength);
  const index = indexNamed(collection, name, nameBytes);
  if (!index) return false;
  trackIndexGone(indexSpace(index), prefix, prefixLength);
  removeIndexFrom(collection, name, nameBytes);
  dropIfUnused(collection);
  return true;
}

/** The same from a collection (0: none), which stays. */
export function removeIndexFrom(seen: usize, name: usize, nameBytes: u32): bool {
  if (!indexNamed(seen, name, nameBytes)) return false;
  const collection = collectionMustOwn(seen);
  const index = indexNamed(collection, name, nameBytes);
  let place = collection + COLLECTION_INDEXES;
  while (<usize>load<u32>(place) != index) place = <usize>load<u32>(place) + INDEX_NEXT;
  store<u32>(place, load<u32>(index, INDEX_NEXT));
  referencesDrop(index);
  indexFree(index);
  collectionChanged(collection);
  return true;
}

/**
 * Ties an index of a table to one of another, as a foreign key of this name, with its rules (abi/table.ts); `set`: a bit for each column that is set
 * when what it refers to is deleted. STATUS_INVALID: one of them is not there;
 * STATUS_OUT_OF_MEMORY: no memory, or (`checks`) a row refers to nothing, with the error in the cells. Nothing has changed then.
 */
export function addReference(
  child: usize,
  childIndex: usize,
  parent: usize,
  parentIndex: usize,
  name: usize,
  nameBytes: u32,
  rules: u32,
  set: u64,
  checks: bool,
): i32 {
  if (!childIndex || !parentIndex || load<u32>(childIndex, INDEX_REFERS)) return STATUS_INVALID;
  if (contextTransaction) {
    child = collectionOwn(child);
    parent = collectionOwn(parent);
    if (!child || !parent) return STATUS_OUT_OF_MEMORY;
    childIndex = indexSeen(child, childIndex);
    parentIndex = indexSeen(parent, parentIndex);
  }
  if (!referenceAdd(child, childIndex, parent, parentIndex, name, nameBytes, rules, set)) return STATUS_OUT_OF_MEMORY;
  const rows = checks ? load<u32>(child, COLLECTION_ROWS) : 0;
  for (let row: u32 = 0; row < rows; row++) {
    const entry = rowEntry(child, row);
    if (!entry) continue;
    makeKey(KEY_NEW, child, childIndex, entry);
    if (childHolds(<usize>load<u32>(childIndex, INDEX_REFERS), hasValue(childIndex, entry))) continue;
    keepNames();
    referencesDrop(childIndex);
    return STATUS_OUT_OF_MEMORY;
  }
  return STATUS_OK;
}
