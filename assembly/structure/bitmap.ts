/**
 * A set of u32 numbers as bits in chunks, counted: for sets that are dense where they are (node numbers of a label).
 *
 *   record (BITMAP_BYTES, in its owner)
 *   0   element of the directory (chunk-directory.ts), whose units are elements of chunks
 *   16  u32 numbers in the set
 *
 * A chunk has CHUNK_BITS bits, 512 bytes, 64-byte aligned; its element counts the numbers in it. It is there while it has a number, the
 * directory while there is a chunk. A cache line says of 512 neighbouring numbers whether they are in the set.
 *
 * Adding copies chunk and directory while a view may see them; who removes asks `bitmapOwn` before.
 *
 * Cost: O(1) for a test and a change; the next number costs a look per chunk and per 64 numbers on the way.
 */
import { BITMAP_CHUNK_SHIFT } from "../abi/graph";
import { DEBUG } from "../memory/debug";
import {
  ELEMENT_SHIFT,
  chunkCount,
  chunkDrop,
  chunkForget,
  chunkGrow,
  chunkIsNewer,
  chunkIsOwned,
  chunkOf,
  chunkOwn,
  chunkRoom,
  chunkTaken,
  elementOf,
} from "./chunk-directory";

const BITMAP_COUNT: usize = 16;
export const BITMAP_BYTES: u32 = 20;

const CHUNK_SHIFT: u32 = BITMAP_CHUNK_SHIFT;
const CHUNK_BITS: u32 = 1 << CHUNK_SHIFT;
const CHUNK_BYTES: u32 = CHUNK_BITS >> 3;
/** A chunk's units are cache lines: this many, and the bytes of one as a shift. */
const CHUNK_LINES: u32 = CHUNK_BYTES >> 6;
const LINE_SHIFT: u32 = 6;
const ROOM_MIN: u32 = 2;

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
  if (position >= chunkRoom(bitmap)) return false;
  const chunk = chunkOf(elementOf(bitmap, position));
  return chunk != 0 && ((load<u64>(wordOf(chunk, number)) >> ((<u64>number) & 63)) & 1) != 0;
}

/** Adds a number that may be there. Returns false when there is no memory; nothing has changed then. */
export function bitmapAdd(bitmap: usize, number: u32): bool {
  const position = number >> CHUNK_SHIFT;
  let room = chunkRoom(bitmap);
  if (!room) room = ROOM_MIN;
  if (room <= position) room = room << 1 > position ? room << 1 : position + 1;
  if (!chunkGrow(bitmap, ELEMENT_SHIFT, room)) return false;
  const element = elementOf(bitmap, position);
  const isNew = !chunkOf(element);
  if (!chunkGrow(element, LINE_SHIFT, CHUNK_LINES)) {
    if (!chunkTaken(bitmap)) chunkDrop(bitmap);
    return false;
  }
  if (isNew) chunkCount(bitmap, 1);
  const word = wordOf(chunkOf(element), number);
  const bit = (<u64>1) << ((<u64>number) & 63);
  const bits = load<u64>(word);
  if (bits & bit) return true;
  store<u64>(word, bits | bit);
  chunkCount(element, 1);
  store<u32>(bitmap, bitmapCount(bitmap) + 1, BITMAP_COUNT);
  return true;
}

/** Sees to it that a number can be removed. False: no memory, nothing has changed. */
export function bitmapOwn(bitmap: usize, number: u32): bool {
  if (!bitmapHas(bitmap, number)) return true;
  return chunkOwn(bitmap, ELEMENT_SHIFT) && chunkOwn(elementOf(bitmap, number >> CHUNK_SHIFT), LINE_SHIFT);
}

/** Takes a number away that may not be there. Requires: `bitmapOwn`, or it was added since the last view was opened. */
export function bitmapRemove(bitmap: usize, number: u32): void {
  if (!bitmapHas(bitmap, number)) return;
  if (DEBUG) assert(isOwned(bitmap, number));
  const element = elementOf(bitmap, number >> CHUNK_SHIFT);
  const word = wordOf(chunkOf(element), number);
  store<u64>(word, load<u64>(word) & ~((<u64>1) << ((<u64>number) & 63)));
  chunkCount(element, -1);
  store<u32>(bitmap, bitmapCount(bitmap) - 1, BITMAP_COUNT);
  if (chunkTaken(element)) return;
  chunkDrop(element);
  chunkCount(bitmap, -1);
  if (!chunkTaken(bitmap)) chunkDrop(bitmap);
}

function isOwned(bitmap: usize, number: u32): bool {
  return chunkIsOwned(bitmap) && chunkIsOwned(elementOf(bitmap, number >> CHUNK_SHIFT));
}

/** The smallest number from `from` on, or BITMAP_END. */
export function bitmapNext(bitmap: usize, from: u32): u32 {
  const room = chunkRoom(bitmap);
  let number = from;
  for (let position = from >> CHUNK_SHIFT; position < room; position++) {
    const chunk = chunkOf(elementOf(bitmap, position));
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

/** Empties the set and gives away what it takes. Requires: `bitmapOwn` of a directory, or no view sees it. */
export function bitmapFree(bitmap: usize): void {
  for (let position: u32 = 0; position < chunkRoom(bitmap); position++) chunkDrop(elementOf(bitmap, position));
  chunkDrop(bitmap);
  bitmapInitialize(bitmap);
}

/** Frees chunks and directory that were born above the era `view`. The record is void afterwards. */
export function bitmapForget(bitmap: usize, view: u32): void {
  if (!chunkIsNewer(bitmap, view)) return;
  for (let position: u32 = 0; position < chunkRoom(bitmap); position++) chunkForget(elementOf(bitmap, position), view);
  chunkForget(bitmap, view);
}

/** Whether counters and chunks are what they should be. For checks. */
export function bitmapCheck(bitmap: usize): bool {
  let total: u32 = 0;
  let chunks: u32 = 0;
  for (let position: u32 = 0; position < chunkRoom(bitmap); position++) {
    const element = elementOf(bitmap, position);
    const chunk = chunkOf(element);
    let count: u32 = 0;
    for (let offset: u32 = 0; chunk && offset < CHUNK_BYTES; offset += 8) count += <u32>popcnt(load<u64>(chunk + offset));
    if (count != chunkTaken(element) || (chunk != 0) != (count != 0)) return false;
    if (chunk) chunks++;
    total += count;
  }
  return total == bitmapCount(bitmap) && chunks == chunkTaken(bitmap) && (chunks != 0) == (chunkOf(bitmap) != 0);
}
