/**
 * Checks of the collections for debug builds: the invariants of collection.ts, looked at from both sides, rows and entries.
 * Cost: O(entries of the database).
 */
import {
  CHUNK_EXPIRY,
  CHUNK_HEADER,
  CHUNK_LIVE,
  CHUNK_PACKED,
  CHUNK_ROWS,
  COLLECTION_DIRECTORY,
  COLLECTION_INDEXES,
  COLLECTION_LIVE,
  COLLECTION_ROWS,
  COLLECTION_TABLE,
  NO_ROW,
  RECORD_MISSING,
  RECORD_NULLS,
  RECORD_PACKED,
  RECORD_ROW,
  RECORD_SHAPE,
  ROW_BYTES,
  ROW_ENTRY,
  ROW_RECORD,
  SHAPES_MAX,
} from "../abi/record";
import { hashBytes } from "../bytes/hash";
import { ENTRY_KIND, entryExpiry, keyLength, keyPointer, valuePointer } from "../structure/entry";
import { tableCheck, tableFind } from "../structure/hash-table";
import { isObject } from "../value/packed";
import { SHAPE_RECORDS, shapeAt, shapeFields, shapeIs, shapesCheck } from "../value/shape";
import { viewsLinger } from "../mvcc/view";
import { COLLECTION_SHAPES, collectionFreeRows, collectionNamed, isDocumentEntry, prefixLength, rowEntry, unusedLeft } from "./collection";
import { DATABASE_COLLECTIONS } from "./database";
import { KIND_RECORD, valueAddress } from "./entry-release";
import { walkNext, walkStart } from "./scan";

/** Records counted of each shape. */
const counted: usize = memory.data(SHAPES_MAX << 2, 8);

/** Whether each shape has as many records as it says, and records what they say of themselves. */
function checkShapes(collection: usize, directory: usize, rows: u32): bool {
  const shapes = <usize>load<u32>(collection, COLLECTION_SHAPES);
  if (shapes && !shapesCheck(shapes)) return false;
  memory.fill(counted, 0, SHAPES_MAX << 2);
  for (let row: u32 = 0; row < rows; row++) {
    const chunk = <usize>load<u32>(directory + ((<usize>(row / CHUNK_ROWS)) << 2));
    const element = chunk + CHUNK_HEADER + <usize>(row % CHUNK_ROWS) * ROW_BYTES;
    const record = <usize>load<u32>(element, ROW_RECORD);
    if (!load<u32>(element, ROW_ENTRY) || !record) continue;
    const number = <u32>load<u16>(record, RECORD_SHAPE);
    if (!shapes || !shapeIs(shapes, number)) return false;
    // What is missing is null, and nothing else than the shape's fields has a bit.
    const nulls = load<u64>(record, RECORD_NULLS);
    const missing = load<u64>(record, RECORD_MISSING);
    const fields = <u64>shapeFields(shapeAt(shapes, number));
    if (missing & ~nulls || (fields < 64 && nulls >> fields)) return false;
    const counter = counted + ((<usize>number) << 2);
    store<u32>(counter, load<u32>(counter) + 1);
  }
  for (let number: u32 = 0; number < <u32>SHAPES_MAX; number++) {
    const records = shapes && shapeIs(shapes, number) ? load<u32>(shapeAt(shapes, number), SHAPE_RECORDS) : 0;
    if (records != load<u32>(counted + ((<usize>number) << 2))) return false;
  }
  return true;
}

/** Returns 0, or 40 + the number of the first broken invariant of a database's collections; 45: of their shapes. */
export function collectionsCheck(record: usize): i32 {
  const table = record + DATABASE_COLLECTIONS;
  const failure = tableCheck(table);
  if (failure) return failure + 20;
  let rows: u32 = 0;
  walkStart(table);
  let descriptor = walkNext(table);
  while (descriptor) {
    const collection = valuePointer(descriptor);
    const isKept = load<u32>(collection, COLLECTION_TABLE) != 0 || load<u32>(collection, COLLECTION_INDEXES) != 0;
    if (!load<u32>(collection, COLLECTION_LIVE) && !isKept && !unusedLeft) return 42;
    const broken = checkRows(record, collection);
    if (broken) return broken;
    rows += load<u32>(collection, COLLECTION_LIVE);
    descriptor = walkNext(table);
  }
  walkStart(record);
  let entry = walkNext(record);
  while (entry) {
    if (isDocumentEntry(entry)) {
      const expected = isMember(entry);
      const row = load<u32>(valueAddress(entry), RECORD_ROW);
      if (expected != (row != NO_ROW)) return 41;
      if (expected) {
        const collection = collectionNamed(record, keyPointer(entry), prefixLength(keyPointer(entry), keyLength(entry)));
        if (!collection || rowEntry(collection, row) != entry) return 41;
        rows--;
      }
    }
    entry = walkNext(record);
  }
  return rows ? 42 : 0;
}

function isMember(entry: usize): bool {
  if (!prefixLength(keyPointer(entry), keyLength(entry))) return false;
  return (load<u8>(entry, ENTRY_KIND) & (<u8>KIND_RECORD)) != 0 || isObject(valueAddress(entry) + RECORD_PACKED);
}

function checkRows(record: usize, collection: usize): i32 {
  const rows = load<u32>(collection, COLLECTION_ROWS);
  const directory = <usize>load<u32>(collection, COLLECTION_DIRECTORY);
  let live: u32 = 0;
  for (let start: u32 = 0; start < rows; start += CHUNK_ROWS) {
    const chunk = <usize>load<u32>(directory + ((<usize>(start / CHUNK_ROWS)) << 2));
    let present: u32 = 0;
    let packed: u32 = 0;
    for (let index: u32 = 0; index < <u32>CHUNK_ROWS && start + index < rows; index++) {
      const element = chunk + CHUNK_HEADER + <usize>index * ROW_BYTES;
      const entry = <usize>load<u32>(element, ROW_ENTRY);
      if (!entry) continue;
      present++;
      const value = valueAddress(entry);
      const named = (load<u8>(entry, ENTRY_KIND) & (<u8>KIND_RECORD)) != 0;
      if (!named) packed++;
      if (load<u32>(element, ROW_RECORD) != (named ? <u32>value : 0) || load<u32>(value, RECORD_ROW) != start + index) return 41;
      const slot = tableFind(record, hashBytes(keyPointer(entry), keyLength(entry)), keyPointer(entry), keyLength(entry));
      if (!slot || <usize>load<u32>(slot) != entry) return 41;
      const expiry = entryExpiry(entry);
      if (expiry && expiry < load<u64>(chunk, CHUNK_EXPIRY)) return 43;
    }
    if (present != load<u32>(chunk, CHUNK_LIVE) || packed != load<u32>(chunk, CHUNK_PACKED)) return 42;
    live += present;
  }
  if (live != load<u32>(collection, COLLECTION_LIVE)) return 42;
  // Records that views keep count among those of their shape.
  if (!viewsLinger() && !checkShapes(collection, directory, rows)) return 45;
  return collectionFreeRows(collection) == rows - live ? 0 : 44;
}
