/**
 * The document type: a JSON value under a key, in the entry or in a block of its own. Its value begins with the number of its row in
 * a collection (keyspace/collection.ts); behind it stands the packed form (value/packed.ts), or a record.
 *
 * A stored document is never changed in place: a command makes the new form in scratch memory and stores it as a whole.
 * Out of memory: `storeDocument` returns false and has changed nothing.
 */
import { NO_ROW, RECORD_PACKED, RECORD_ROW } from "../abi/record";
import { PURPOSE_ENTRY, PURPOSE_VALUE, TYPE_DOCUMENT } from "../abi/status";
import { copyBytes } from "../bytes/copy";
import { declaredCollection, isDocumentEntry, prefixLength } from "../keyspace/collection";
import { accessClock } from "../keyspace/database";
import {
  ENCODING_BYTES,
  ENCODING_EXTERNAL,
  EXTERNAL_CAPACITY,
  EXTERNAL_POINTER,
  EXTERNAL_ROOT_BYTES,
  releaseEntry,
  valueAddress,
} from "../keyspace/entry-release";
import { insertEntry, replaceEntry } from "../keyspace/keyspace";
import { doorConvert } from "../keyspace/row-door";
import { allocate, allocatedSize, release } from "../memory/allocator";
import { ENTRY_ACCESS, ENTRY_KIND, ENTRY_VALUE_LENGTH, entryBytes, valuePointer, writeEntryHead } from "../structure/entry";
import { packedFailed, packedMark } from "../value/packed-writer";
import { INLINE_BYTES } from "./entry-store";

// @ts-ignore: decorator
@inline
export function isDocument(entry: usize): bool {
  return isDocumentEntry(entry);
}

/** Address of the packed value. Requires: the entry is a document. */
export function documentValue(entry: usize): usize {
  return valueAddress(entry) + RECORD_PACKED;
}

/** Bytes of the packed value. */
export function documentBytes(entry: usize): u32 {
  return load<u32>(entry, ENTRY_VALUE_LENGTH) - RECORD_PACKED;
}

/** Where `admitRow` has put a row in the packed writer. */
export let admittedAt: u32 = 0;

/**
 * Has a document checked and brought into form that is to lie under a key of a declared table; it is appended to the packed writer,
 * where it may lie itself. `isNew`: there is no such row. False: refused (the error is noted), or no memory. Requires: a declared table.
 */
export function admitRow(key: usize, keyBytes: u32, value: usize, bytes: u32, isNew: bool): bool {
  const collection = declaredCollection(key, keyBytes);
  const prefix = prefixLength(key, keyBytes) + 1;
  admittedAt = packedMark();
  return doorConvert(collection, key + prefix, keyBytes - prefix, value, bytes, isNew) && !packedFailed;
}

/** Makes the key hold a document, whatever it held. The packed value may not lie in the entry that is replaced. */
export function storeDocument(hash: u64, slot: usize, old: usize, key: usize, keyBytes: u32, value: usize, bytes: u32, expiry: u64): bool {
  const entry = newEntry(key, keyBytes, bytes + RECORD_PACKED, expiry, old ? load<u32>(old, ENTRY_ACCESS) : accessClock);
  if (!entry) return false;
  const target = valueAddress(entry);
  store<u32>(target, NO_ROW, RECORD_ROW);
  copyBytes(target + RECORD_PACKED, value, bytes);
  const stored = old ? replaceEntry(hash, slot, old, entry) : insertEntry(hash, entry);
  if (!stored) releaseEntry(entry);
  return stored;
}

/** An entry of a document with room for a value of `bytes`, not yet stored; 0: no memory. */
function newEntry(key: usize, keyBytes: u32, bytes: u32, expiry: u64, access: u32): usize {
  const external = bytes > INLINE_BYTES;
  const block = external ? allocate(bytes, PURPOSE_VALUE) : 0;
  if (external && !block) return 0;
  const needed = entryBytes(keyBytes, expiry != 0, external ? EXTERNAL_ROOT_BYTES : bytes);
  const entry = needed <= 0xf0000000 ? allocate(<u32>needed, PURPOSE_ENTRY) : 0;
  if (!entry) {
    if (block) release(block, PURPOSE_VALUE);
    return 0;
  }
  writeEntryHead(entry, key, keyBytes, expiry, access);
  store<u8>(entry, <u8>(TYPE_DOCUMENT | (external ? ENCODING_EXTERNAL : ENCODING_BYTES)), ENTRY_KIND);
  store<u32>(entry, bytes, ENTRY_VALUE_LENGTH);
  if (!external) return entry;
  const root = valuePointer(entry);
  store<u32>(root, <u32>block, EXTERNAL_POINTER);
  store<u32>(root, allocatedSize(block), EXTERNAL_CAPACITY);
  return entry;
}
