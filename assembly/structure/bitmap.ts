/**
 * A set of u32 numbers as bits in chunks, counted: for sets that are dense where they are (node numbers of a label).
 *
 *   record (BITMAP_BYTES, in its owner)      element of the directory     chunk
 *   0  u32 directory, or 0                   0  u32 chunk, or 0           CHUNK_BITS bits, 512 bytes, 64-byte aligned
 *   4  u32 elements that it has room for     4  u32 numbers in it
 *   8  u32 numbers in the set
 *
 * A chunk is there while it has a number, the directory while there is a chunk. A cache line says of 512 neighbouring numbers
 * whether they are in the set.
 *
 * Cost: O(1) for a test and a change; the next number costs a look per chunk and per 64 numbers on the way.
 */
import { BITMAP_CHUNK_SHIFT } from "../abi/graph";
import { PURPOSE_TABLE } from "../abi/status";
import { allocate, release } from "../memory/allocator";
import { DIRECTORY_POINTER, DIRECTORY_ROOM, ELEMENT_TAKEN, elementOf, growDirectory } from "./chunk-directory";

const BITMAP_COUNT: usize = 8;
export const BITMAP_BYTES: u32 = 12;

const CHUNK_SHIFT: u32 = BITMAP_CHUNK_SHIFT;
const CHUNK_BITS: u32 = 1 << CHUNK_SHIFT;
const CHUNK_BYTES: u32 = CHUNK_BITS >> 3;
const ROOM_MIN: u32 = 4;

/** What `bitmapNext` answers when there is no further number. It cannot be in a set. */
export const BITMAP_END: u32 = 0xffffffff;

/** Makes a record of an empty set. */
export function bitmapInitialize(bitmap: usize): void {
  memory.fill(bitmap, 0, BITMAP_BYTES);
}

/** How many numbers there are. */
export function bitmapCount(bitmap: usize): u32 {
  return load<u32>(bitmap, BITMAP_COUNT);
}

// @ts-ignore: decorator
@inline
function wordOf(chunk: usize, number: u32): usize {
  return chunk + ((<usize>((number & (CHUNK_BITS - 1)) >> 6)) << 3);
}

export function bitmapHas(bitmap: usize, number: u32): bool {
  const position = number >> CHUNK_SHIFT;
  if (position >= load<u32>(bitmap, DIRECTORY_ROOM)) return false;
  const chunk = <usize>load<u32>(elementOf(bitmap, position));
  return chunk != 0 && ((load<u64>(wordOf(chunk, number)) >> ((<u64>number) & 63)) & 1) != 0;
}

/** Adds a number that may be there. Returns false when there is no memory; nothing has changed then. */
export function bitmapAdd(bitmap: usize, number: u32): bool {
  const position = number >> CHUNK_SHIFT;
  if (position >= load<u32>(bitmap, DIRECTORY_ROOM) && !growDirectory(bitmap, position + 1, ROOM_MIN)) return false;
  const element = elementOf(bitmap, position);
  let chunk = <usize>load<u32>(element);
  if (!chunk) {
    chunk = allocate(CHUNK_BYTES, PURPOSE_TABLE);
    if (!chunk) {
      if (!bitmapCount(bitmap)) bitmapFree(bitmap);
      return false;
    }
    memory.fill(chunk, 0, CHUNK_BYTES);
    store<u32>(element, <u32>chunk);
  }
  const word = wordOf(chunk, number);
  const bit = (<u64>1) << ((<u64>number) & 63);
  const bits = load<u64>(word);
  if (bits & bit) return true;
  store<u64>(word, bits | bit);
  store<u32>(element, load<u32>(element, ELEMENT_TAKEN) + 1, ELEMENT_TAKEN);
  store<u32>(bitmap, bitmapCount(bitmap) + 1, BITMAP_COUNT);
  return true;
}

/** Takes a number away that may not be there. */
export function bitmapRemove(bitmap: usize, number: u32): void {
  if (!bitmapHas(bitmap, number)) return;
  const element = elementOf(bitmap, number >> CHUNK_SHIFT);
  const chunk = <usize>load<u32>(element);
  const word = wordOf(chunk, number);
  store<u64>(word, load<u64>(word) & ~((<u64>1) << ((<u64>number) & 63)));
  const count = load<u32>(element, ELEMENT_TAKEN) - 1;
  store<u32>(element, count, ELEMENT_TAKEN);
  store<u32>(bitmap, bitmapCount(bitmap) - 1, BITMAP_COUNT);
  if (count) return;
  release(chunk, PURPOSE_TABLE);
  store<u32>(element, 0);
  if (!bitmapCount(bitmap)) bitmapFree(bitmap);
}

/** The smallest number from `from` on, or BITMAP_END. */
export function bitmapNext(bitmap: usize, from: u32): u32 {
  const room = load<u32>(bitmap, DIRECTORY_ROOM);
  let number = from;
  for (let position = from >> CHUNK_SHIFT; position < room; position++) {
    const chunk = <usize>load<u32>(elementOf(bitmap, position));
    const end = (<u64>position + 1) << CHUNK_SHIFT;
    while (chunk && <u64>number < end) {
      const bits = load<u64>(wordOf(chunk, number)) >> ((<u64>number) & 63);
      if (bits) return number + <u32>ctz(bits);
      number = (number | 63) + 1;
      if (!number) return BITMAP_END;
    }
    number = <u32>end;
  }
  return BITMAP_END;
}

/** Empties the set and frees what it takes. */
export function bitmapFree(bitmap: usize): void {
  const directory = <usize>load<u32>(bitmap, DIRECTORY_POINTER);
  const room = load<u32>(bitmap, DIRECTORY_ROOM);
  for (let position: u32 = 0; position < room; position++) {
    const chunk = <usize>load<u32>(elementOf(bitmap, position));
    if (chunk) release(chunk, PURPOSE_TABLE);
  }
  if (directory) release(directory, PURPOSE_TABLE);
  bitmapInitialize(bitmap);
}

/** Whether counters and chunks are what they should be. For checks. */
export function bitmapCheck(bitmap: usize): bool {
  let total: u32 = 0;
  const room = load<u32>(bitmap, DIRECTORY_ROOM);
  for (let position: u32 = 0; position < room; position++) {
    const element = elementOf(bitmap, position);
    const chunk = <usize>load<u32>(element);
    let count: u32 = 0;
    for (let offset: u32 = 0; chunk && offset < CHUNK_BYTES; offset += 8) count += <u32>popcnt(load<u64>(chunk + offset));
    if (count != load<u32>(element, ELEMENT_TAKEN) || (chunk != 0) != (count != 0)) return false;
    total += count;
  }
  return total == bitmapCount(bitmap) && (total != 0) == (load<u32>(bitmap, DIRECTORY_POINTER) != 0);
}
