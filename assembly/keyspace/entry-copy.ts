/**
 * Copies and renames of whole entries, for COPY, RENAME and MOVE: the same value under another key or in another database.
 *
 * COPY duplicates a value's own blocks; RENAME hands them to the new entry; MOVE keeps the entry. Out of memory: 0, nothing has changed.
 * Cost: O(key + value in the entry), and O(value) for a copied block.
 */
import { PURPOSE_ENTRY, PURPOSE_VALUE } from "../abi/status";
import { copyBytes } from "../bytes/copy";
import { ENCODING_EXTERNAL, ENCODING_MASK, EXTERNAL_CAPACITY, EXTERNAL_POINTER, valueRootBytes } from "./entry-release";
import { allocate, allocatedSize, release } from "../memory/allocator";
import { ENTRY_ACCESS, ENTRY_KIND, ENTRY_VALUE_LENGTH, entryBytes, entryExpiry, valuePointer, writeEntryHead } from "../structure/entry";

/**
 * A copy of the entry under another key, not yet stored: value and kind of `source`, expiry as given (0: none).
 * Returns 0 when there is no memory.
 */
export function copyEntry(source: usize, key: usize, keyBytes: u32, expiry: u64, access: u32): usize {
  const encoding = (<u32>load<u8>(source, ENTRY_KIND)) & ENCODING_MASK;
  const length = load<u32>(source, ENTRY_VALUE_LENGTH);
  const rootBytes = valueRootBytes(source);
  let block: usize = 0;
  if (encoding == ENCODING_EXTERNAL) {
    block = allocate(length ? length : 1, PURPOSE_VALUE);
    if (!block) return 0;
    copyBytes(block, <usize>load<u32>(valuePointer(source), EXTERNAL_POINTER), length);
  }
  const entry = allocate(<u32>entryBytes(keyBytes, expiry != 0, rootBytes), PURPOSE_ENTRY);
  if (!entry) {
    if (block) release(block, PURPOSE_VALUE);
    return 0;
  }
  writeEntryHead(entry, key, keyBytes, expiry, access);
  store<u8>(entry, load<u8>(source, ENTRY_KIND), ENTRY_KIND);
  store<u32>(entry, length, ENTRY_VALUE_LENGTH);
  const root = valuePointer(entry);
  copyBytes(root, valuePointer(source), rootBytes);
  if (block) {
    store<u32>(root, <u32>block, EXTERNAL_POINTER);
    store<u32>(root, allocatedSize(block), EXTERNAL_CAPACITY);
  }
  return entry;
}

/**
 * The same value under another key, not yet stored. A value's own block belongs to both entries until the caller frees the
 * source's block alone (PURPOSE_ENTRY), or this one's. Returns 0 when there is no memory.
 */
export function renamedEntry(source: usize, key: usize, keyBytes: u32): usize {
  const rootBytes = valueRootBytes(source);
  const expiry = entryExpiry(source);
  const entry = allocate(<u32>entryBytes(keyBytes, expiry != 0, rootBytes), PURPOSE_ENTRY);
  if (!entry) return 0;
  writeEntryHead(entry, key, keyBytes, expiry, load<u32>(source, ENTRY_ACCESS));
  store<u8>(entry, load<u8>(source, ENTRY_KIND), ENTRY_KIND);
  store<u32>(entry, load<u32>(source, ENTRY_VALUE_LENGTH), ENTRY_VALUE_LENGTH);
  copyBytes(valuePointer(entry), valuePointer(source), rootBytes);
  return entry;
}
