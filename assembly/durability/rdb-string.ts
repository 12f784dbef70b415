/**
 * The lowest part of Redis's RDB format, as it stands in payloads of DUMP: lengths and strings, for reading.
 *
 *   length   00xxxxxx                    6 bits
 *            01xxxxxx xxxxxxxx           14 bits, highest first
 *            10000000 and 4 bytes, 10000001 and 8 bytes, highest first
 *            11xxxxxx                    no length: an encoding of the string that follows
 *   string   length and bytes; or an encoding: 0, 1, 2: an integer of 1, 2, 4 bytes, lowest first; 3: LZF: length compressed, length, bytes
 *
 * Source: the documents "RDB file format" of Redis and the format as redis-server 7.0 writes it. Payloads come from clients: every read is held
 * against the end, and what does not fit sets `rdbFailed`, after which nothing more is read.
 *
 * Cost: O(length).
 */
import { MAX_BULK_BYTES, PURPOSE_SCRATCH } from "../abi/status";
import { copyBytes } from "../bytes/copy";
import { printInteger } from "../bytes/integer";
import { allocate, release } from "../memory/allocator";

const ENCODED_BYTE: u32 = 0;
const ENCODED_SHORT: u32 = 1;
const ENCODED_INT: u32 = 2;
const ENCODED_LZF: u32 = 3;
const LENGTH_32: u32 = 0x80;
const LENGTH_64: u32 = 0x81;
/** An LZF run makes at most 264 bytes of three. */
const LZF_FACTOR: u64 = 88;
/** Strings that may be held at once: those of an element. */
export const RDB_STRINGS: u32 = 3;
const TEXT_BYTES: u32 = 24;

/** Where reading goes on, and where it ends. */
export let rdbAt: usize = 0;
export let rdbEnd: usize = 0;
/** Set when the bytes are none of the format, or (`rdbNoMemory`) there is no memory to unpack them. */
export let rdbFailed: bool = false;
export let rdbNoMemory: bool = false;
/** Set beside `rdbNoMemory` when unpacked strings would be more bytes than are allowed. */
export let rdbOverLimit: bool = false;
/** How many bytes may still be unpacked: what they become of a payload is many times what a request was admitted for. */
let unpackLeft: u64 = 0;
/** Whether the last `readLength` met an encoding. */
let isEncoded: bool = false;

/** The string that `readString` has read: in the payload, in its text, or in a block of its own; good until the next one of its place. */
export let stringPointer: usize = 0;
export let stringLength: u32 = 0;
const texts: usize = memory.data(72, 8);
const blocks: usize = memory.data(12, 4);

/** Begins to read bytes, whose packed strings may be `unpackMax` bytes together. */
export function rdbOpen(pointer: usize, length: u32, unpackMax: u64): void {
  unpackLeft = unpackMax;
  rdbOverLimit = false;
  rdbAt = pointer;
  rdbEnd = pointer + length;
  rdbFailed = false;
  rdbNoMemory = false;
}

/** Frees what strings have been unpacked to. */
export function rdbClose(): void {
  for (let place: u32 = 0; place < RDB_STRINGS; place++) dropBlock(place);
}

/** Says that the bytes are none of the format. */
export function rdbFail(): void {
  rdbFailed = true;
}

/** Takes `count` bytes; returns where they are, or 0 when there are not so many. */
export function rdbTake(count: u64): usize {
  if (rdbFailed || count > <u64>(rdbEnd - rdbAt)) {
    rdbFailed = true;
    return 0;
  }
  const at = rdbAt;
  rdbAt += <usize>count;
  return at;
}

/** Takes one byte, 0 behind the end. */
export function rdbByte(): u32 {
  const at = rdbTake(1);
  return at ? <u32>load<u8>(at) : 0;
}

/** Reads a length, or the number of an encoding (`isEncoded`). */
function readAny(): u64 {
  isEncoded = false;
  const first = rdbByte();
  const form = first >> 6;
  if (form == 0) return first & 63;
  if (form == 1) return ((first & 63) << 8) | rdbByte();
  if (form == 3) {
    isEncoded = true;
    return first & 63;
  }
  if (first == LENGTH_32) {
    const at = rdbTake(4);
    return at ? bswap<u32>(load<u32>(at)) : 0;
  }
  const at = rdbTake(8);
  if (first != LENGTH_64) rdbFailed = true;
  return at ? bswap<u64>(load<u64>(at)) : 0;
}

/** Reads a length or a count. */
export function rdbLength(): u64 {
  const length = readAny();
  if (isEncoded) rdbFailed = true;
  return rdbFailed ? 0 : length;
}

/** Reads a number of elements, each of which takes at least a byte. */
export function rdbCount(): u32 {
  const count = rdbLength();
  if (count > <u64>(rdbEnd - rdbAt)) rdbFailed = true;
  return rdbFailed ? 0 : <u32>count;
}

/** Reads a string into one of RDB_STRINGS places. Returns false when there is none. */
export function rdbString(place: u32): bool {
  const value = readAny();
  if (isEncoded) readEncoded(<u32>value, place);
  else {
    stringPointer = rdbTake(value);
    stringLength = <u32>value;
  }
  return !rdbFailed;
}

function readEncoded(encoding: u32, place: u32): void {
  if (encoding == ENCODED_LZF) {
    readCompressed(place);
    return;
  }
  if (encoding > ENCODED_INT) {
    rdbFailed = true;
    return;
  }
  const at = rdbTake(1 << encoding);
  if (!at) return;
  const value = encoding == ENCODED_BYTE ? <i64>load<i8>(at) : encoding == ENCODED_SHORT ? <i64>load<i16>(at) : <i64>load<i32>(at);
  rdbInteger(value, place);
}

/** Makes the text of an integer the string of a place. */
export function rdbInteger(value: i64, place: u32): void {
  stringPointer = texts + <usize>(place * TEXT_BYTES);
  stringLength = printInteger(stringPointer, value);
}

function dropBlock(place: u32): void {
  const slot = blocks + ((<usize>place) << 2);
  const block = <usize>load<u32>(slot);
  if (block) release(block, PURPOSE_SCRATCH);
  store<u32>(slot, 0);
}

function readCompressed(place: u32): void {
  const packed = rdbLength();
  const length = rdbLength();
  if (!length || length > packed * LZF_FACTOR || length > <u64>MAX_BULK_BYTES) rdbFailed = true;
  const source = rdbTake(packed);
  if (!source) return;
  dropBlock(place);
  rdbOverLimit = length > unpackLeft;
  unpackLeft -= length;
  const block: usize = rdbOverLimit ? 0 : allocate(<u32>length, PURPOSE_SCRATCH);
  if (!block) {
    rdbNoMemory = true;
    rdbFailed = true;
    return;
  }
  store<u32>(blocks + ((<usize>place) << 2), <u32>block);
  stringPointer = block;
  stringLength = <u32>length;
  if (!unpack(source, source + <usize>packed, block, block + <usize>length)) rdbFailed = true;
}

/**
 * Unpacks LZF (Lehmann, liblzf): a byte below 32 is followed by one more byte than it says, as they are; another's upper three bits are a length
 * less two (7: a byte with more of it follows), the other five and the next byte a distance back less one.
 */
function unpack(source: usize, sourceEnd: usize, target: usize, targetEnd: usize): bool {
  const start = target;
  while (source < sourceEnd) {
    const control = <u32>load<u8>(source++);
    if (control < 32) {
      const count = <usize>control + 1;
      if (count > sourceEnd - source || count > targetEnd - target) return false;
      copyBytes(target, source, <u32>count);
      source += count;
      target += count;
      continue;
    }
    let count = <usize>(control >> 5);
    if (count == 7 && source < sourceEnd) count += <usize>load<u8>(source++);
    if (source >= sourceEnd) return false;
    const distance = ((<usize>(control & 31)) << 8) + <usize>load<u8>(source++) + 1;
    count += 2;
    if (distance > target - start || count > targetEnd - target) return false;
    // Byte by byte: what is copied may be what was written just before.
    for (let left = count; left; left--, target++) store<u8>(target, load<u8>(target - distance));
  }
  return target == targetEnd;
}
