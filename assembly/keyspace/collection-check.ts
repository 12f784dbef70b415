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
  COLLECTION_LIVE,
  COLLECTION_ROWS,
  COLLECTION_TABLE,
  NO_ROW,
  RECORD_PACKED,
  RECORD_ROW,
  ROW_BYTES,
  ROW_ENTRY,
  ROW_RECORD,
} from "../abi/record";
import { hashBytes } from "../bytes/hash";
import { ENTRY_KIND, entryExpiry, keyLength, keyPointer, valuePointer } from "../structure/entry";
import { tableCheck, tableFind } from "../structure/hash-table";
import { isObject } from "../value/packed";
import { collectionFreeRows, collectionNamed, isDocumentEntry, prefixLength, rowEntry } from "./collection";
import { DATABASE_COLLECTIONS } from "./database";
import { KIND_RECORD, valueAddress } from "./entry-release";
import { walkNext, walkStart } from "./scan";

/** Returns 0, or 40 + the number of the first broken invariant of a database's collections. */
export function collectionsCheck(record: usize): i32 {
  const table = record + DATABASE_COLLECTIONS;
  const failure = tableCheck(table);
  if (failure) return failure + 20;
  let rows: u32 = 0;
  walkStart(table);
  let descriptor = walkNext(table);
  while (descriptor) {
    const collection = valuePointer(descriptor);
    if (!load<u32>(collection, COLLECTION_LIVE) && !load<u32>(collection, COLLECTION_TABLE)) return 42;
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
  return collectionFreeRows(collection) == rows - live ? 0 : 44;
}
