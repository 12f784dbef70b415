/**
 * The string type: reading, storing and changing values in their four encodings.
 *
 *   INTEGER   text that is exactly what an i64 prints as: 8 bytes in the entry
 *   BYTES     up to INLINE_BYTES bytes in the entry
 *   RAW       the same, after a command changed it in place (OBJECT ENCODING then says "raw")
 *   EXTERNAL  a block of its own with spare capacity; what APPEND and SETRANGE grow
 *
 * Functions that store take the slot and entry that a lookup has just found (0: the key is absent) and change the entry in
 * its block when the block fits: not too small, and not more than about twice too large.
 *
 * A value that is stored as a whole becomes INTEGER where it can; BYTES and RAW may be the text of an integer nevertheless.
 * Out of memory: functions return 0 or false and have changed nothing.
 */
import { versionOverwritten } from "../keyspace/reclaimed";
import { MAX_BULK_BYTES, PURPOSE_ENTRY, PURPOSE_VALUE, TYPE_STRING } from "../abi/status";
import { copyBytes } from "../bytes/copy";
import { parsedInteger, parseInteger, printInteger } from "../bytes/integer";
import { accessClock } from "../keyspace/database";
import {
  ENCODING_BYTES,
  ENCODING_EXTERNAL,
  ENCODING_INTEGER,
  ENCODING_MASK,
  ENCODING_RAW,
  EXTERNAL_CAPACITY,
  EXTERNAL_POINTER,
  EXTERNAL_ROOT_BYTES,
  TYPE_MASK,
} from "../keyspace/entry-release";
import { insertEntry, replaceEntry } from "../keyspace/keyspace";
import { touchKey, touchOn } from "../keyspace/touch";
import { undoValue } from "../keyspace/undo";
import { allocate, allocatedSize, release } from "../memory/allocator";
import { DEBUG } from "../memory/debug";
import {
  ENTRY_KIND,
  ENTRY_VALUE_LENGTH,
  entryBytes,
  entryExpiry,
  isEntryWritable,
  keyLength,
  keyPointer,
  valuePointer,
  writeEntryHead,
} from "../structure/entry";
import { INLINE_BYTES, holdsPlainRoot, storeExternal, storeRoot } from "./entry-store";

/** Longest text of an i64. */
const INTEGER_TEXT: u32 = 20;
/** Longest value that OBJECT ENCODING calls "embstr". */
const EMBSTR_BYTES: u32 = 44;
/** An appended value gets as much spare room as it is long, at most this much. */
const SPARE_BYTES: u32 = 1 << 20;

/** Address and length of the text that `readText` found; good until the entry or the next integer is read. */
export let textPointer: usize = 0;
export let textLength: u32 = 0;
const integerText: usize = memory.data(24, 8);

// @ts-ignore: decorator
@inline
export function isString(entry: usize): bool {
  return (load<u8>(entry, ENTRY_KIND) & (<u8>TYPE_MASK)) == <u8>TYPE_STRING;
}

/** Sets textPointer and textLength to the value's text. Requires: the entry is a string. */
export function readText(entry: usize): void {
  const encoding = (<u32>load<u8>(entry, ENTRY_KIND)) & ENCODING_MASK;
  const value = valuePointer(entry);
  if (encoding == ENCODING_BYTES || encoding == ENCODING_RAW) {
    textPointer = value;
    textLength = load<u32>(entry, ENTRY_VALUE_LENGTH);
  } else if (encoding == ENCODING_INTEGER) {
    textPointer = integerText;
    textLength = printInteger(integerText, load<i64>(value));
  } else {
    textPointer = <usize>load<u32>(value, EXTERNAL_POINTER);
    textLength = load<u32>(entry, ENTRY_VALUE_LENGTH);
  }
}

/** Whether the text that `readText` found lies in the entry or its block, so that it stays there until the value changes. */
export function isTextStored(): bool {
  return textPointer != integerText;
}

/** Length of the value's text. */
export function stringLength(entry: usize): u32 {
  if (((<u32>load<u8>(entry, ENTRY_KIND)) & ENCODING_MASK) != ENCODING_INTEGER) return load<u32>(entry, ENTRY_VALUE_LENGTH);
  readText(entry);
  return textLength;
}

/** True when the value is an integer; it is in `integerValue` then. */
export let integerValue: i64 = 0;
export function readInteger(entry: usize): bool {
  if (((<u32>load<u8>(entry, ENTRY_KIND)) & ENCODING_MASK) == ENCODING_INTEGER) {
    integerValue = load<i64>(valuePointer(entry));
    return true;
  }
  readText(entry);
  if (!parseInteger(textPointer, textLength)) return false;
  integerValue = parsedInteger;
  return true;
}

// @ts-ignore: decorator
@inline
function isIntegerText(value: usize, length: u32): bool {
  if (length - 1 >= INTEGER_TEXT) return false;
  const first = <u32>load<u8>(value);
  if (first - 48 > 9 && first != 45) return false;
  return parseInteger(value, length);
}

/**
 * Makes the key hold a string, whatever it held. `expiry`: Unix milliseconds, 0 for none. The value may not lie in the
 * entry that is replaced, unless its block is of another size class.
 * Returns false when there is no memory.
 */
export function storeString(hash: u64, slot: usize, old: usize, key: usize, keyBytes: u32, value: usize, length: u32, expiry: u64): bool {
  if (isIntegerText(value, length)) return storeInteger(hash, slot, old, key, keyBytes, parsedInteger, expiry);
  return storeText(hash, slot, old, key, keyBytes, value, length, expiry);
}

/** Overwrites a value that lies in the entry with one as long; false, and nothing is done, for any other. */
export function overwriteString(hash: u64, entry: usize, value: usize, length: u32): bool {
  if (<u32>load<u8>(entry, ENTRY_KIND) != (TYPE_STRING | ENCODING_BYTES) || load<u32>(entry, ENTRY_VALUE_LENGTH) != length) return false;
  if (!isEntryWritable(entry)) return false;
  if (isIntegerText(value, length)) return false;
  if (touchOn) touchKey(hash, keyPointer(entry), keyLength(entry));
  versionOverwritten(entry);
  copyBytes(valuePointer(entry), value, length);
  return true;
}

/** The same without the search for integers: what INCRBYFLOAT stores stays text, as in Redis. */
export function storeText(hash: u64, slot: usize, old: usize, key: usize, keyBytes: u32, value: usize, length: u32, expiry: u64): bool {
  if (length > INLINE_BYTES) return storeExternal(hash, slot, old, key, keyBytes, value, length, expiry, TYPE_STRING);
  const entry = storeRoot(hash, slot, old, key, keyBytes, length, expiry, TYPE_STRING | ENCODING_BYTES);
  if (!entry) return false;
  store<u32>(entry, length, ENTRY_VALUE_LENGTH);
  copyBytes(valuePointer(entry), value, length);
  return true;
}

/**
 * Gives a string without expiry another value in its entry's block, so that the statement that stands still can take it back (undoValue). False: it
 * does not fit there, or there is no memory to remember what it was.
 */
export function rewriteString(entry: usize, keyBytes: u32, value: usize, length: u32): bool {
  if (isIntegerText(value, length)) return rewriteInteger(entry, keyBytes, parsedInteger);
  if (length > INLINE_BYTES || !isRewritable(entry, TYPE_STRING | ENCODING_BYTES, keyBytes, length)) return false;
  store<u8>(entry, <u8>(TYPE_STRING | ENCODING_BYTES), ENTRY_KIND);
  store<u32>(entry, length, ENTRY_VALUE_LENGTH);
  copyBytes(valuePointer(entry), value, length);
  return true;
}

/** The same for an integer. */
export function rewriteInteger(entry: usize, keyBytes: u32, value: i64): bool {
  if (!isRewritable(entry, TYPE_STRING | ENCODING_INTEGER, keyBytes, 8)) return false;
  store<u8>(entry, <u8>(TYPE_STRING | ENCODING_INTEGER), ENTRY_KIND);
  store<u32>(entry, 8, ENTRY_VALUE_LENGTH);
  store<i64>(valuePointer(entry), value);
  return true;
}

function isRewritable(entry: usize, kind: u32, keyBytes: u32, rootBytes: u32): bool {
  const before = <u32>load<u8>(entry, ENTRY_KIND);
  // One that was as long fits without a look at its block.
  const isAlike = before == kind && load<u32>(entry, ENTRY_VALUE_LENGTH) == rootBytes && isEntryWritable(entry);
  if (!isAlike && ((before & ENCODING_MASK) == ENCODING_EXTERNAL || !holdsPlainRoot(entry, keyBytes, rootBytes))) return false;
  return undoValue(entry);
}

/** Makes the key hold an integer. */
export function storeInteger(hash: u64, slot: usize, old: usize, key: usize, keyBytes: u32, value: i64, expiry: u64): bool {
  const entry = storeRoot(hash, slot, old, key, keyBytes, 8, expiry, TYPE_STRING | ENCODING_INTEGER);
  if (!entry) return false;
  store<u32>(entry, 8, ENTRY_VALUE_LENGTH);
  store<i64>(valuePointer(entry), value);
  return true;
}

/**
 * Writes `length` bytes at `offset` into the value, which grows, zero-filled, when it must: APPEND (offset = length of the
 * value) and SETRANGE. The value becomes raw. Returns false when there is no memory.
 * Requires: offset + length <= the limit of a value; `old` is a string, or 0 when length > 0.
 */
export function writeRange(hash: u64, slot: usize, old: usize, key: usize, keyBytes: u32, offset: u32, source: usize, length: u32): bool {
  let current: u32 = 0;
  if (old) {
    readText(old);
    current = textLength;
  }
  const end = offset + length;
  const total = end > current ? end : current;
  if (DEBUG) assert(end >= offset && (length > 0 || old != 0));
  const target = rangeTarget(hash, slot, old, key, keyBytes, current, total);
  if (!target) return false;
  if (offset > current) memory.fill(target + current, 0, offset - current);
  copyBytes(target + offset, source, length);
  return true;
}

/** Address of the value's bytes after it was given room for `total`, with the `current` ones in place. */
function rangeTarget(hash: u64, slot: usize, old: usize, key: usize, keyBytes: u32, current: u32, total: u32): usize {
  if (old && isEntryWritable(old)) {
    const encoding = (<u32>load<u8>(old, ENTRY_KIND)) & ENCODING_MASK;
    const root = valuePointer(old);
    if (encoding == ENCODING_EXTERNAL && total <= load<u32>(root, EXTERNAL_CAPACITY)) {
      if (touchOn) touchKey(hash, key, keyBytes);
      versionOverwritten(old);
      store<u32>(old, total, ENTRY_VALUE_LENGTH);
      return <usize>load<u32>(root, EXTERNAL_POINTER);
    }
    const inline = encoding == ENCODING_BYTES || encoding == ENCODING_RAW;
    if (inline && <u32>(root - old) + total <= allocatedSize(old)) {
      if (touchOn) touchKey(hash, key, keyBytes);
      versionOverwritten(old);
      store<u8>(old, <u8>(TYPE_STRING | ENCODING_RAW), ENTRY_KIND);
      store<u32>(old, total, ENTRY_VALUE_LENGTH);
      return root;
    }
  }
  const spare = current ? (total < SPARE_BYTES ? total : SPARE_BYTES) : 0;
  const capacity = <u64>total + spare > <u64>MAX_BULK_BYTES ? total : total + spare;
  if (total <= INLINE_BYTES)
    return growInline(hash, slot, old, key, keyBytes, current, total, capacity < INLINE_BYTES ? capacity : INLINE_BYTES);
  return growExternal(hash, slot, old, key, keyBytes, current, total, capacity);
}

/** A fresh RAW entry with room for `capacity` bytes that holds the `current` ones of textPointer. */
function growInline(hash: u64, slot: usize, old: usize, key: usize, keyBytes: u32, current: u32, total: u32, capacity: u32): usize {
  const expiry = old ? entryExpiry(old) : 0;
  const entry = allocate(<u32>entryBytes(keyBytes, expiry != 0, capacity), PURPOSE_ENTRY);
  if (!entry) return 0;
  writeEntryHead(entry, key, keyBytes, expiry, accessClock);
  store<u8>(entry, <u8>(TYPE_STRING | ENCODING_RAW), ENTRY_KIND);
  store<u32>(entry, total, ENTRY_VALUE_LENGTH);
  const target = valuePointer(entry);
  copyBytes(target, textPointer, current);
  if (!(old ? replaceEntry(hash, slot, old, entry) : insertEntry(hash, entry))) {
    release(entry, PURPOSE_ENTRY);
    return 0;
  }
  return target;
}

function growExternal(hash: u64, slot: usize, old: usize, key: usize, keyBytes: u32, current: u32, total: u32, capacity: u32): usize {
  const expiry = old ? entryExpiry(old) : 0;
  let block = allocate(capacity, PURPOSE_VALUE);
  if (!block) block = allocate(total, PURPOSE_VALUE);
  if (!block) return 0;
  copyBytes(block, textPointer, current);
  const entry = storeRoot(hash, slot, old, key, keyBytes, EXTERNAL_ROOT_BYTES, expiry, TYPE_STRING | ENCODING_EXTERNAL);
  if (!entry) {
    release(block, PURPOSE_VALUE);
    return 0;
  }
  store<u32>(entry, total, ENTRY_VALUE_LENGTH);
  const root = valuePointer(entry);
  store<u32>(root, <u32>block, EXTERNAL_POINTER);
  store<u32>(root, allocatedSize(block), EXTERNAL_CAPACITY);
  return block;
}

/** Redis's name of the encoding: 0 "int", 1 "embstr", 2 "raw". */
export function stringEncoding(entry: usize): u32 {
  const encoding = (<u32>load<u8>(entry, ENTRY_KIND)) & ENCODING_MASK;
  if (encoding == ENCODING_INTEGER) return 0;
  return encoding == ENCODING_BYTES && load<u32>(entry, ENTRY_VALUE_LENGTH) <= EMBSTR_BYTES ? 1 : 2;
}
