/**
 * Chunks of units of one size, and the elements that lead to them, for structures that are addressed by number. A directory is a chunk whose
 * units are elements, so a structure is a tree of chunks of two or three levels below the element in its owner's record.
 *
 *   element (ELEMENT_BYTES)
 *   0   u32 chunk, or 0
 *   4   u32 birth of the chunk (birth.ts)
 *   8   u32 units that are taken: the owner's
 *   12  u32 units that it has room for
 *
 * Who changes a unit makes its chunk his own first, from the record down to it: a chunk that a view may see is copied then, and the old one
 * retired. What is below a chunk that was copied stays where it is; its elements have come along.
 *
 * Invariants: (1) a chunk is not older than what is below it was when no view was open, so a chunk that may be changed has elements above it
 * that may; (2) the room of an element without a chunk is 0.
 *
 * Cost: O(1) for a look; growing copies, and grows at least twofold.
 */
import { DIRECTORY_ROOM as ABI_ROOM, DIRECTORY_SHIFT } from "../abi/graph";
import { PURPOSE_TABLE } from "../abi/status";
import { copyBytes } from "../bytes/copy";
import { allocate, release } from "../memory/allocator";
import { DEBUG } from "../memory/debug";
import { birthEra, isWritable, retireBlock } from "./birth";

export const ELEMENT_CHUNK: usize = 0;
export const ELEMENT_BIRTH: usize = 4;
export const ELEMENT_TAKEN: usize = 8;
export const ELEMENT_ROOM: usize = ABI_ROOM;
/** Bytes of an element, and the same as a shift. */
export const ELEMENT_BYTES: u32 = 16;
export const ELEMENT_SHIFT: u32 = DIRECTORY_SHIFT;

if (ELEMENT_BYTES != 1 << ELEMENT_SHIFT) ERROR("abi/graph.ts: elements");

// @ts-ignore: decorator
@inline
export function chunkOf(element: usize): usize {
  return <usize>load<u32>(element, ELEMENT_CHUNK);
}

// @ts-ignore: decorator
@inline
export function chunkRoom(element: usize): u32 {
  return load<u32>(element, ELEMENT_ROOM);
}

// @ts-ignore: decorator
@inline
export function chunkTaken(element: usize): u32 {
  return load<u32>(element, ELEMENT_TAKEN);
}

/** Address of an element in a directory. Requires: index < chunkRoom(directory). */
// @ts-ignore: decorator
@inline
export function elementOf(directory: usize, index: u32): usize {
  return chunkOf(directory) + ((<usize>index) << ELEMENT_SHIFT);
}

/** Counts units that are taken from now on (1), or are not any more (-1). */
export function chunkCount(element: usize, difference: i32): void {
  store<u32>(element, chunkTaken(element) + difference, ELEMENT_TAKEN);
}

/** Sees to it that a chunk may be changed in place, if there is one; it may lie elsewhere then. False: no memory, nothing has changed. */
// @ts-ignore: decorator
@inline
export function chunkOwn(element: usize, unitShift: u32): bool {
  return isWritable(load<u32>(element, ELEMENT_BIRTH)) || move(element, unitShift, chunkRoom(element));
}

/** Whether a chunk may be changed in place. */
export function chunkIsOwned(element: usize): bool {
  return isWritable(load<u32>(element, ELEMENT_BIRTH));
}

/** Sees to it that a chunk may be changed and has room for `room` units; new ones are zeroed. False: no memory, nothing has changed. */
export function chunkGrow(element: usize, unitShift: u32, room: u32): bool {
  return chunkRoom(element) >= room ? chunkOwn(element, unitShift) : move(element, unitShift, room);
}

/** Copies a chunk to a new one with so much room. */
function move(element: usize, unitShift: u32, room: u32): bool {
  if (!room) return true;
  const old = chunkOf(element);
  const oldRoom = chunkRoom(element);
  if (DEBUG) assert(room >= oldRoom && (old != 0) == (oldRoom != 0));
  if (room > 0xffffffff >> unitShift) return false;
  const chunk = allocate(room << unitShift, PURPOSE_TABLE);
  if (!chunk) return false;
  if (old) {
    copyBytes(chunk, old, oldRoom << unitShift);
    retireBlock(old, PURPOSE_TABLE, load<u32>(element, ELEMENT_BIRTH));
  }
  memory.fill(chunk + ((<usize>oldRoom) << (<usize>unitShift)), 0, (<usize>(room - oldRoom)) << (<usize>unitShift));
  store<u32>(element, <u32>chunk, ELEMENT_CHUNK);
  store<u32>(element, birthEra, ELEMENT_BIRTH);
  store<u32>(element, room, ELEMENT_ROOM);
  return true;
}

/** Gives a chunk away. Its element says afterwards that there is none. */
export function chunkDrop(element: usize): void {
  const chunk = chunkOf(element);
  if (chunk) retireBlock(chunk, PURPOSE_TABLE, load<u32>(element, ELEMENT_BIRTH));
  memory.fill(element, 0, ELEMENT_BYTES);
}

/** Frees a chunk if it was born above the era `view`. */
export function chunkForget(element: usize, view: u32): void {
  if (load<u32>(element, ELEMENT_BIRTH) > view) release(chunkOf(element), PURPOSE_TABLE);
}

/** Whether there is a chunk that was born above the era `view`. */
export function chunkIsNewer(element: usize, view: u32): bool {
  return load<u32>(element, ELEMENT_BIRTH) > view;
}
