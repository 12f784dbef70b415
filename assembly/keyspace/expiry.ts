/**
 * Expiry of single keys: giving an entry an expiry, changing and taking it away. The 8-byte field exists only in entries
 * that expire, so adding or removing it moves the rest of the entry, in its block when that has room.
 *
 * Cost: O(entry size) when the field appears or goes, else O(1).
 */
import { PURPOSE_ENTRY } from "../abi/status";
import { copyBytes } from "../bytes/copy";
import { allocate, allocatedSize, release } from "../memory/allocator";
import { DEBUG } from "../memory/debug";
import {
  ENTRY_ACCESS,
  ENTRY_EXPIRES,
  ENTRY_EXPIRY,
  ENTRY_FLAGS,
  ENTRY_HEADER,
  isEntryWritable,
  keyLength,
  keyOffset,
  keyPointer,
} from "../structure/entry";
import { setSameDocument } from "./collection";
import { copyEntry } from "./entry-copy";
import { setSharesTrees } from "./entry-trees";
import { releaseEntry, valueRootBytes } from "./entry-release";
import { entryMoved, replaceEntry } from "./keyspace";
import { touchKey, touchOn } from "./touch";

const EXPIRY_BYTES: u32 = 8;

/**
 * Sets the expiry of a stored entry to Unix milliseconds, or removes it with 0. Returns the entry, whose block may be
 * another one now, or 0 when there is no memory (nothing has changed then). Requires: `slot` holds the entry.
 */
export function setExpiry(hash: u64, slot: usize, entry: usize, expiry: u64): usize {
  const flags = <u32>load<u8>(entry, ENTRY_FLAGS);
  const had = (flags & ENTRY_EXPIRES) != 0;
  if (!had && !expiry) return entry;
  if (touchOn) touchKey(hash, keyPointer(entry), keyLength(entry));
  if (!isEntryWritable(entry)) return replaceWith(hash, slot, entry, expiry);
  if (had && expiry) {
    store<u64>(entry, expiry, ENTRY_EXPIRY);
    entryMoved(hash, slot, entry, true);
    return entry;
  }
  const total = keyOffset(entry) + keyLength(entry) + valueRootBytes(entry);
  if (!expiry) {
    memory.copy(entry + ENTRY_HEADER, entry + ENTRY_HEADER + EXPIRY_BYTES, total - ENTRY_HEADER - EXPIRY_BYTES);
    store<u8>(entry, <u8>(flags & ~ENTRY_EXPIRES), ENTRY_FLAGS);
    entryMoved(hash, slot, entry, true);
    return entry;
  }
  return addExpiry(hash, slot, entry, expiry, total);
}

/** The same where others may see the entry: a copy takes its place. */
function replaceWith(hash: u64, slot: usize, entry: usize, expiry: u64): usize {
  const copy = copyEntry(entry, keyPointer(entry), keyLength(entry), expiry, load<u32>(entry, ENTRY_ACCESS));
  if (!copy) return 0;
  setSameDocument(true);
  setSharesTrees(true);
  const done = replaceEntry(hash, slot, entry, copy);
  setSharesTrees(false);
  setSameDocument(false);
  if (done) return copy;
  releaseEntry(copy);
  return 0;
}

function addExpiry(hash: u64, slot: usize, entry: usize, expiry: u64, total: u32): usize {
  const room = allocatedSize(entry);
  if (DEBUG) assert(total <= room);
  const flags = <u8>(load<u8>(entry, ENTRY_FLAGS) | (<u8>ENTRY_EXPIRES));
  let target = entry;
  if (room - total >= EXPIRY_BYTES) {
    memory.copy(entry + ENTRY_HEADER + EXPIRY_BYTES, entry + ENTRY_HEADER, total - ENTRY_HEADER);
  } else {
    target = allocate(total + EXPIRY_BYTES, PURPOSE_ENTRY);
    if (!target) return 0;
    copyBytes(target, entry, ENTRY_HEADER);
    copyBytes(target + ENTRY_HEADER + EXPIRY_BYTES, entry + ENTRY_HEADER, total - ENTRY_HEADER);
  }
  store<u64>(target, expiry, ENTRY_EXPIRY);
  store<u8>(target, flags, ENTRY_FLAGS);
  entryMoved(hash, slot, target, false);
  if (target != entry) release(entry, PURPOSE_ENTRY);
  return target;
}
