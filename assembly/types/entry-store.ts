/**
 * Storing an entry's root: what the value types share. A root is the value part inside the entry's block; a value above
 * INLINE_BYTES has a block of its own (ENCODING_EXTERNAL).
 *
 * Functions take the slot and entry that a lookup has just found (0: the key is absent) and change the entry in its block
 * when the block fits: not too small, and not more than about twice too large. Out of memory: 0 or false, nothing has changed.
 */
import { versionOverwritten } from "../keyspace/reclaimed";
import { PURPOSE_ENTRY, PURPOSE_VALUE } from "../abi/status";
import { copyBytes } from "../bytes/copy";
import { isDocumentEntry } from "../keyspace/collection";
import { accessClock } from "../keyspace/database";
import { ENCODING_EXTERNAL, ENCODING_MASK, EXTERNAL_CAPACITY, EXTERNAL_POINTER, EXTERNAL_ROOT_BYTES } from "../keyspace/entry-release";
import { dropTrees } from "../keyspace/entry-trees";
import { entryMoved, insertEntry, replaceEntry } from "../keyspace/keyspace";
import { touchKey, touchOn } from "../keyspace/touch";
import { allocate, allocatedSize, release } from "../memory/allocator";
import { viewNewest } from "../structure/birth";
import {
  ENTRY_ACCESS,
  ENTRY_BORN,
  ENTRY_EXPIRES,
  ENTRY_EXPIRY,
  ENTRY_FLAGS,
  ENTRY_KIND,
  ENTRY_VALUE_LENGTH,
  entryBytes,
  isEntryWritable,
  valuePointer,
  writeEntryHead,
} from "../structure/entry";
import { isTimed } from "../structure/entry-due";

/** Longest value that lies in the entry. */
export const INLINE_BYTES: u32 = 448;

/** True when an entry's block can take `needed` bytes without being wasted on them. */
// @ts-ignore: decorator
@inline
function fits(entry: usize, needed: u64): bool {
  const room = <u64>allocatedSize(entry);
  return needed <= room && (needed << 1) + 32 > room;
}

/** Makes the key hold bytes that lie in a block of their own. Returns false when there is no memory. */
export function storeExternal(
  hash: u64,
  slot: usize,
  old: usize,
  key: usize,
  keyBytes: u32,
  value: usize,
  length: u32,
  expiry: u64,
  type: u32,
): bool {
  const block = allocate(length, PURPOSE_VALUE);
  if (!block) return false;
  copyBytes(block, value, length);
  const entry = storeRoot(hash, slot, old, key, keyBytes, EXTERNAL_ROOT_BYTES, expiry, type | ENCODING_EXTERNAL);
  if (!entry) {
    release(block, PURPOSE_VALUE);
    return false;
  }
  store<u32>(entry, length, ENTRY_VALUE_LENGTH);
  const root = valuePointer(entry);
  store<u32>(root, <u32>block, EXTERNAL_POINTER);
  store<u32>(root, allocatedSize(block), EXTERNAL_CAPACITY);
  return true;
}

/** Whether an entry can be changed in its block to one of `needed` bytes. */
// @ts-ignore: decorator
@inline
function holdsRoot(entry: usize, needed: u64, hasExpiry: bool): bool {
  const flags = <u32>load<u8>(entry, ENTRY_FLAGS);
  if (((flags & ENTRY_EXPIRES) != 0) != hasExpiry || isDocumentEntry(entry) || !isEntryWritable(entry)) return false;
  // One that was born while there was a view has its era in it, whether there still is one or not.
  return fits(entry, needed + (flags & ENTRY_BORN && !viewNewest ? 4 : 0));
}

/** Whether an entry without expiry can be changed in its block to one with a value part of `rootBytes`. Requires: it is no document. */
// @ts-ignore: decorator
@inline
export function holdsPlainRoot(entry: usize, keyBytes: u32, rootBytes: u32): bool {
  return holdsRoot(entry, entryBytes(keyBytes, false, rootBytes), false);
}

/**
 * An entry for the key with room for a value part of `rootBytes`, in place of `old` (0: none), with kind and expiry set.
 * What `old` held is freed. Returns 0 when there is no memory or a table has refused it. Requires: it will be no document.
 */
export function storeRoot(hash: u64, slot: usize, old: usize, key: usize, keyBytes: u32, rootBytes: u32, expiry: u64, kind: u32): usize {
  const needed = entryBytes(keyBytes, expiry != 0, rootBytes);
  if (old && holdsRoot(old, needed, expiry != 0)) {
    const had = expiry != 0;
    if (touchOn) touchKey(hash, key, keyBytes);
    versionOverwritten(old);
    if (((<u32>load<u8>(old, ENTRY_KIND)) & ENCODING_MASK) == ENCODING_EXTERNAL) {
      release(<usize>load<u32>(valuePointer(old), EXTERNAL_POINTER), PURPOSE_VALUE);
    }
    const timed = isTimed(old);
    dropTrees(old);
    store<u8>(old, <u8>kind, ENTRY_KIND);
    const moves = had && load<u64>(old, ENTRY_EXPIRY) != expiry;
    if (moves) store<u64>(old, expiry, ENTRY_EXPIRY);
    if (moves || timed) entryMoved(hash, slot, old, had);
    return old;
  }
  if (needed > 0xf0000000) return 0;
  const entry = allocate(<u32>needed, PURPOSE_ENTRY);
  if (!entry) return 0;
  writeEntryHead(entry, key, keyBytes, expiry, old ? load<u32>(old, ENTRY_ACCESS) : accessClock);
  store<u8>(entry, <u8>kind, ENTRY_KIND);
  if (!(old ? replaceEntry(hash, slot, old, entry) : insertEntry(hash, entry))) {
    release(entry, PURPOSE_ENTRY);
    return 0;
  }
  return entry;
}
