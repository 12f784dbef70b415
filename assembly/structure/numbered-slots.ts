/**
 * Slots of one size under numbers that count up and are never given twice: nodes and relationships of a graph.
 *
 *   record (SLOTS_BYTES, in its owner)           element of the directory
 *   0   u32 directory, or 0                      0  u32 chunk, or 0
 *   4   u32 elements that it has room for        4  u32 slots taken in it
 *   8   u32 the next number
 *   12  u32 slots taken
 *   16  u32 slots that the first chunk has room for
 *   20  u32 bytes of a slot, as a shift
 *
 * A chunk has CHUNK_SLOTS slots, zeroed; that of the first numbers begins small and grows fourfold, so a few slots cost little. A
 * chunk without a taken slot is freed and leaves 0 in the directory. What is in a slot is the owner's; it tells empty ones by itself.
 *
 * Cost: O(1). The directory takes eight bytes for each CHUNK_SLOTS numbers that were ever given.
 */
import { NUMBER_CHUNK_SHIFT } from "../abi/graph";
import { PURPOSE_TABLE } from "../abi/status";
import { copyBytes } from "../bytes/copy";
import { allocate, release } from "../memory/allocator";
import { DEBUG } from "../memory/debug";
import { DIRECTORY_POINTER, DIRECTORY_ROOM, ELEMENT_TAKEN, elementOf, growDirectory } from "./chunk-directory";

const SLOTS_NEXT: usize = 8;
const SLOTS_LIVE: usize = 12;
const SLOTS_FIRST: usize = 16;
const SLOTS_SHIFT: usize = 20;
export const SLOTS_BYTES: u32 = 24;

export const CHUNK_SHIFT: u32 = NUMBER_CHUNK_SHIFT;
const CHUNK_SLOTS: u32 = 1 << CHUNK_SHIFT;
const FIRST_MIN: u32 = 16;
const ROOM_MIN: u32 = 2;
/** Numbers are below this one. */
export const NUMBER_MAX: u32 = 0x7fffffff;

/** Makes a record without slots. */
export function slotsInitialize(slots: usize, shift: u32): void {
  memory.fill(slots, 0, SLOTS_BYTES);
  store<u32>(slots, shift, SLOTS_SHIFT);
}

/** The number that the next slot gets. */
export function slotsNext(slots: usize): u32 {
  return load<u32>(slots, SLOTS_NEXT);
}

/** Makes sure that no number below `next` is given any more. */
export function slotsSkip(slots: usize, next: u32): void {
  if (next > slotsNext(slots)) store<u32>(slots, next, SLOTS_NEXT);
}

/** Takes numbers back, from `next` on. Requires: no slot of them is taken, and nobody knows them. */
export function slotsRewind(slots: usize, next: u32): void {
  store<u32>(slots, next, SLOTS_NEXT);
}

/** How many slots are taken. */
export function slotsLive(slots: usize): u32 {
  return load<u32>(slots, SLOTS_LIVE);
}

function chunkRoom(slots: usize, chunk: u32): u32 {
  return chunk ? CHUNK_SLOTS : load<u32>(slots, SLOTS_FIRST);
}

/** Address of a number's slot, taken or not, or 0: it has none. */
export function slotAt(slots: usize, number: u32): usize {
  const position = number >> CHUNK_SHIFT;
  if (position >= load<u32>(slots, DIRECTORY_ROOM)) return 0;
  const chunk = <usize>load<u32>(elementOf(slots, position));
  const inside = number & (CHUNK_SLOTS - 1);
  if (!chunk || inside >= chunkRoom(slots, position)) return 0;
  return chunk + ((<usize>inside) << (<usize>load<u32>(slots, SLOTS_SHIFT)));
}

/**
 * The slot of a number, made if there is none; 0: no memory. It is not taken yet: `slotTake` or `slotRelinquish` follows. Other slots may
 * lie elsewhere afterwards.
 */
export function slotReserve(slots: usize, number: u32): usize {
  if (number >= NUMBER_MAX) return 0;
  const found = slotAt(slots, number);
  if (found) return found;
  const position = number >> CHUNK_SHIFT;
  if (position >= load<u32>(slots, DIRECTORY_ROOM) && !growDirectory(slots, position + 1, ROOM_MIN)) return 0;
  if (growChunk(slots, position, number & (CHUNK_SLOTS - 1))) return slotAt(slots, number);
  slotRelinquish(slots, number);
  return 0;
}

/** A reserved slot is in use from now on. */
export function slotTake(slots: usize, number: u32): void {
  const element = elementOf(slots, number >> CHUNK_SHIFT);
  store<u32>(element, load<u32>(element, ELEMENT_TAKEN) + 1, ELEMENT_TAKEN);
  store<u32>(slots, slotsLive(slots) + 1, SLOTS_LIVE);
  slotsSkip(slots, number + 1);
}

/** A slot is empty from now on. Other slots stay where they are. */
export function slotGive(slots: usize, number: u32): void {
  const element = elementOf(slots, number >> CHUNK_SHIFT);
  if (DEBUG) assert(load<u32>(element, ELEMENT_TAKEN) > 0);
  memory.fill(slotAt(slots, number), 0, (<usize>1) << (<usize>load<u32>(slots, SLOTS_SHIFT)));
  store<u32>(element, load<u32>(element, ELEMENT_TAKEN) - 1, ELEMENT_TAKEN);
  store<u32>(slots, slotsLive(slots) - 1, SLOTS_LIVE);
  slotRelinquish(slots, number);
}

/** Frees what was made for a number's slot, if nothing else needs it. */
export function slotRelinquish(slots: usize, number: u32): void {
  const position = number >> CHUNK_SHIFT;
  if (position >= load<u32>(slots, DIRECTORY_ROOM)) return;
  const element = elementOf(slots, position);
  if (!load<u32>(element, ELEMENT_TAKEN)) freeChunk(slots, position);
  if (slotsLive(slots)) return;
  for (let chunk: u32 = 0; chunk < load<u32>(slots, DIRECTORY_ROOM); chunk++) if (load<u32>(elementOf(slots, chunk))) return;
  release(<usize>load<u32>(slots, DIRECTORY_POINTER), PURPOSE_TABLE);
  store<u32>(slots, 0, DIRECTORY_POINTER);
  store<u32>(slots, 0, DIRECTORY_ROOM);
}

/** How many positions the directory has. */
export function slotsChunks(slots: usize): u32 {
  return load<u32>(slots, DIRECTORY_ROOM);
}

/** Frees the chunk at a position of the directory, if there is one, with all slots in it. Requires: position < slotsChunks. */
export function slotsFreeChunk(slots: usize, position: u32): void {
  freeChunk(slots, position);
}

/** Frees the directory. Requires: its chunks have been freed. */
export function slotsFree(slots: usize): void {
  if (load<u32>(slots, DIRECTORY_ROOM)) release(<usize>load<u32>(slots, DIRECTORY_POINTER), PURPOSE_TABLE);
  slotsInitialize(slots, load<u32>(slots, SLOTS_SHIFT));
}

function freeChunk(slots: usize, position: u32): void {
  const element = elementOf(slots, position);
  const chunk = <usize>load<u32>(element);
  if (!chunk) return;
  release(chunk, PURPOSE_TABLE);
  store<u64>(element, 0);
  if (!position) store<u32>(slots, 0, SLOTS_FIRST);
}

/** Makes the chunk at a position, or the first one larger, so that it has the slot `inside`. */
function growChunk(slots: usize, position: u32, inside: u32): bool {
  const element = elementOf(slots, position);
  const old = <usize>load<u32>(element);
  let room = position ? CHUNK_SLOTS : FIRST_MIN;
  while (room <= inside) room <<= 2;
  const shift = load<u32>(slots, SLOTS_SHIFT);
  const chunk = allocate(room << shift, PURPOSE_TABLE);
  if (!chunk) return false;
  memory.fill(chunk, 0, (<usize>room) << (<usize>shift));
  if (old) {
    copyBytes(chunk, old, load<u32>(slots, SLOTS_FIRST) << shift);
    release(old, PURPOSE_TABLE);
  }
  store<u32>(element, <u32>chunk);
  if (!position) store<u32>(slots, room, SLOTS_FIRST);
  return true;
}
