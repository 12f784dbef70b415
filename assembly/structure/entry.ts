/**
 * The entry: one block that holds a key, what is known about it, and a short value.
 *
 *   offset  size  field
 *   0       1     type (low half, TYPE_* of abi/status.ts) and encoding (high half, ENCODING_*)
 *   1       1     flags: ENTRY_EXPIRES, ENTRY_BORN, ENTRY_LONG_KEY, ENTRY_PROPERTIES, ENTRY_FRESH
 *   2       2     key length; 65535 in a long key
 *   4       4     value length in bytes
 *   8       4     access clock: seconds of the last access, modulo 2^24; the upper byte is kept for eviction policies
 *   12      8     expiry, Unix milliseconds (only with ENTRY_EXPIRES)
 *   ..      4     key length (only with ENTRY_LONG_KEY)
 *   ..      4     era of its birth (only with ENTRY_BORN): entries that were born while nobody could see anything older have none
 *   ..      n     key
 *   ..      m     value: its bytes, or a fixed-size root, as the encoding says
 *
 * The hash is not stored: it is computed again from the key when a segment splits, which saves four bytes per key and
 * costs a few nanoseconds on a path that waits for memory anyway. Fields are read unaligned where they follow the key.
 */
import { copyBytes, equalBytes } from "../bytes/copy";
import { birthEra, entriesShared, isWritable, keepsOld, setEraUsed, viewNewest } from "./birth";

export const ENTRY_KIND: usize = 0;
export const ENTRY_FLAGS: usize = 1;
export const ENTRY_KEY_LENGTH: usize = 2;
export const ENTRY_VALUE_LENGTH: usize = 4;
export const ENTRY_ACCESS: usize = 8;
export const ENTRY_HEADER: u32 = 12;
export const ENTRY_EXPIRY: usize = 12;

export const ENTRY_EXPIRES: u32 = 1;
export const ENTRY_BORN: u32 = 2;
export const ENTRY_LONG_KEY: u32 = 4;
/** No key of a database: the era of its birth lies in the place of the access clock, whenever it was born. */
export const ENTRY_PROPERTIES: u32 = 8;
/** Its value was made by the statement that runs and may be taken back. */
export const ENTRY_FRESH: u32 = 16;
const LONG_KEY_MARK: u32 = 65535;

/** Bytes before the key. */
// @ts-ignore: decorator
@inline
export function keyOffset(entry: usize): u32 {
  const flags = <u32>load<u8>(entry, ENTRY_FLAGS);
  return ENTRY_HEADER + ((flags & ENTRY_EXPIRES) << 3) + ((flags & ENTRY_BORN) << 1) + (flags & ENTRY_LONG_KEY);
}

// @ts-ignore: decorator
@inline
export function keyLength(entry: usize): u32 {
  const short = <u32>load<u16>(entry, ENTRY_KEY_LENGTH);
  return short != LONG_KEY_MARK ? short : longKeyLength(entry);
}

function longKeyLength(entry: usize): u32 {
  const flags = <u32>load<u8>(entry, ENTRY_FLAGS);
  return load<u32>(entry + ENTRY_HEADER + ((flags & ENTRY_EXPIRES) << 3));
}

// @ts-ignore: decorator
@inline
export function keyPointer(entry: usize): usize {
  return entry + keyOffset(entry);
}

/** Address of the value's bytes or root. */
// @ts-ignore: decorator
@inline
export function valuePointer(entry: usize): usize {
  return entry + keyOffset(entry) + keyLength(entry);
}

/** Expiry in Unix milliseconds, or 0 when the entry has none. */
// @ts-ignore: decorator
@inline
export function entryExpiry(entry: usize): u64 {
  return load<u8>(entry, ENTRY_FLAGS) & (<u8>ENTRY_EXPIRES) ? load<u64>(entry, ENTRY_EXPIRY) : 0;
}

/** Where the era of the birth lies. Requires: ENTRY_BORN. */
// @ts-ignore: decorator
@inline
function birthOffset(flags: u32): usize {
  return ENTRY_HEADER + ((flags & ENTRY_EXPIRES) << 3) + (flags & ENTRY_LONG_KEY);
}

/** Era in which the entry was born; 0: before all that can be told apart. */
// @ts-ignore: decorator
@inline
export function entryBirth(entry: usize): u32 {
  const flags = <u32>load<u8>(entry, ENTRY_FLAGS);
  if (flags & ENTRY_BORN) return load<u32>(entry + birthOffset(flags));
  return flags & ENTRY_PROPERTIES ? load<u32>(entry, ENTRY_ACCESS) : 0;
}

/** Whether the entry may be changed in place: nobody else can see it. */
// @ts-ignore: decorator
@inline
export function isEntryWritable(entry: usize): bool {
  return !entriesShared || (!keepsOld && isWritable(entryBirth(entry)));
}

/** Whether nobody else can see the entry, so that it may be freed when it goes. */
// @ts-ignore: decorator
@inline
export function isEntryOwn(entry: usize): bool {
  return !viewNewest || isWritable(entryBirth(entry));
}

/** Whether the running statement has made the entry's value, so that nobody else has ever seen it. */
// @ts-ignore: decorator
@inline
export function isEntryFresh(entry: usize): bool {
  return (load<u8>(entry, ENTRY_FLAGS) & (<u8>ENTRY_FRESH)) != 0;
}

// @ts-ignore: decorator
@inline
export function setEntryFresh(entry: usize, fresh: bool): void {
  const flags = <u32>load<u8>(entry, ENTRY_FLAGS);
  store<u8>(entry, <u8>(fresh ? flags | ENTRY_FRESH : flags & ~ENTRY_FRESH), ENTRY_FLAGS);
}

/** True when the entry's key is these bytes. */
// @ts-ignore: decorator
@inline
export function keyEquals(entry: usize, key: usize, length: u32): bool {
  if (length < LONG_KEY_MARK) return <u32>load<u16>(entry, ENTRY_KEY_LENGTH) == length && equalBytes(keyPointer(entry), key, length);
  return longKeyEquals(entry, key, length);
}

function longKeyEquals(entry: usize, key: usize, length: u32): bool {
  return keyLength(entry) == length && equalBytes(keyPointer(entry), key, length);
}

/** Set while entries are made that are no keys of a database. */
let makesProperties: bool = false;

export function setMakesProperties(makes: bool): void {
  makesProperties = makes;
}

/** Bytes of a whole entry, born now, with a value part of `valueBytes`; u64, since key and value may be large. */
export function entryBytes(keyBytes: u32, expires: bool, valueBytes: u32): u64 {
  return (
    <u64>ENTRY_HEADER +
    (expires ? 8 : 0) +
    (viewNewest && !makesProperties ? 4 : 0) +
    (keyBytes >= LONG_KEY_MARK ? 4 : 0) +
    keyBytes +
    valueBytes
  );
}

/** Writes header and key into a block; kind, value length and value are the caller's. `expiry` 0: none. */
export function writeEntryHead(entry: usize, key: usize, length: u32, expiry: u64, access: u32): void {
  let flags: u32 = 0;
  let position = entry + ENTRY_HEADER;
  if (expiry) {
    flags = ENTRY_EXPIRES;
    store<u64>(entry, expiry, ENTRY_EXPIRY);
    position += 8;
  }
  store<u32>(entry, access, ENTRY_ACCESS);
  if (length < LONG_KEY_MARK) {
    store<u16>(entry, <u16>length, ENTRY_KEY_LENGTH);
  } else {
    flags |= ENTRY_LONG_KEY;
    store<u16>(entry, <u16>LONG_KEY_MARK, ENTRY_KEY_LENGTH);
    store<u32>(position, length);
    position += 4;
  }
  if (makesProperties) {
    flags |= ENTRY_PROPERTIES;
    store<u32>(entry, birthEra, ENTRY_ACCESS);
  } else if (viewNewest) {
    flags |= ENTRY_BORN;
    store<u32>(position, birthEra);
    position += 4;
    setEraUsed(true);
  }
  store<u8>(entry, <u8>flags, ENTRY_FLAGS);
  copyBytes(position, key, length);
}
