/**
 * Slots of one size under numbers that count up and are never given twice: nodes and relationships of a graph.
 *
 *   record (SLOTS_BYTES, in its owner)
 *   0   element of the directory (chunk-directory.ts), whose units are elements of pages
 *   16  u32 the next number
 *   20  u32 slots taken
 *   24  u32 bytes of a slot, as a shift
 *
 * A page has up to PAGE_CHUNKS elements of chunks, a chunk up to CHUNK_BYTES of slots, zeroed; those of the first numbers begin small and
 * grow fourfold, so a few slots cost little. A chunk without a taken slot is given away, and a page without a chunk. What is in a slot is
 * the owner's; it tells empty ones by itself.
 *
 * Who changes a slot asks `slotOwn` or `slotReserve` for it, which copy its chunk, its page and the directory while a view may see them.
 *
 * Cost: O(1). A page takes an element for each chunk of numbers that were ever given, the directory one for each page.
 */
import { NODE_BYTES_SHIFT, NODE_CHUNK_SHIFT, RELATIONSHIP_BYTES_SHIFT, RELATIONSHIP_CHUNK_SHIFT, SLOT_PAGE_SHIFT } from "../abi/graph";
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

const SLOTS_NEXT: usize = 16;
const SLOTS_LIVE: usize = 20;
const SLOTS_SHIFT: usize = 24;
export const SLOTS_BYTES: u32 = 28;

/** Bytes of a chunk, as a shift: what is copied when one slot changes that a view may see. */
const CHUNK_BYTES_SHIFT: u32 = 12;
const PAGE_SHIFT: u32 = SLOT_PAGE_SHIFT;
const PAGE_CHUNKS: u32 = 1 << PAGE_SHIFT;
const FIRST_MIN: u32 = 16;
const PAGE_MIN: u32 = 2;
const ROOM_MIN: u32 = 1;
/** Numbers are below this one. */
export const NUMBER_MAX: u32 = 0x7fffffff;

if (NODE_BYTES_SHIFT + NODE_CHUNK_SHIFT != CHUNK_BYTES_SHIFT) ERROR("abi/graph.ts: chunks of nodes");
if (RELATIONSHIP_BYTES_SHIFT + RELATIONSHIP_CHUNK_SHIFT != CHUNK_BYTES_SHIFT) ERROR("abi/graph.ts: chunks of relationships");

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

/** Takes a number back if it was the last one that was given. Requires: its slot is not taken, and nobody knows it. */
export function slotsRewind(slots: usize, number: u32): void {
  if (slotsNext(slots) == number + 1) store<u32>(slots, number, SLOTS_NEXT);
}

/** How many slots are taken. */
export function slotsLive(slots: usize): u32 {
  return load<u32>(slots, SLOTS_LIVE);
}

/** How many slots a chunk has, as a shift. */
// @ts-ignore: decorator
@inline
export function slotsChunkShift(slots: usize): u32 {
  return CHUNK_BYTES_SHIFT - load<u32>(slots, SLOTS_SHIFT);
}

/** The element of the chunk of this position, or 0: there is none. */
// @ts-ignore: decorator
@inline
function elementAt(slots: usize, position: u32): usize {
  const top = position >> PAGE_SHIFT;
  if (top >= chunkRoom(slots)) return 0;
  const page = elementOf(slots, top);
  const inside = position & (PAGE_CHUNKS - 1);
  return inside < chunkRoom(page) ? elementOf(page, inside) : 0;
}

/** Address of a slot in a chunk, or 0: it has no room for it. */
// @ts-ignore: decorator
@inline
function slotIn(slots: usize, element: usize, number: u32): usize {
  const inside = number & ((1 << slotsChunkShift(slots)) - 1);
  return inside < chunkRoom(element) ? chunkOf(element) + ((<usize>inside) << (<usize>load<u32>(slots, SLOTS_SHIFT))) : 0;
}

/** Address of a number's slot, taken or not, for reading, or 0: it has none. */
export function slotAt(slots: usize, number: u32): usize {
  const element = elementAt(slots, number >> slotsChunkShift(slots));
  return element ? slotIn(slots, element, number) : 0;
}

/** The same where the bytes of a slot are known, as a shift, so that what follows from them is computed when this is compiled. */
// @ts-ignore: decorator
@inline
export function slotOf(slots: usize, number: u32, shift: u32): usize {
  const chunkShift = CHUNK_BYTES_SHIFT - shift;
  const position = number >> chunkShift;
  if (position >> PAGE_SHIFT >= chunkRoom(slots)) return 0;
  const page = elementOf(slots, position >> PAGE_SHIFT);
  const inPage = position & (PAGE_CHUNKS - 1);
  if (inPage >= chunkRoom(page)) return 0;
  const element = elementOf(page, inPage);
  const inside = number & ((1 << chunkShift) - 1);
  return inside < chunkRoom(element) ? chunkOf(element) + ((<usize>inside) << (<usize>shift)) : 0;
}

/** Address of a number's slot, for a change; 0: no memory, nothing has changed. Requires: there is one. */
export function slotOwn(slots: usize, number: u32): usize {
  const position = number >> slotsChunkShift(slots);
  if (!chunkOwn(slots, ELEMENT_SHIFT)) return 0;
  const page = elementOf(slots, position >> PAGE_SHIFT);
  if (!chunkOwn(page, ELEMENT_SHIFT)) return 0;
  const element = elementOf(page, position & (PAGE_CHUNKS - 1));
  return chunkOwn(element, load<u32>(slots, SLOTS_SHIFT)) ? slotIn(slots, element, number) : 0;
}

/**
 * The slot of a number for a change, made if there is none; 0: no memory. It is not taken yet: `slotTake` or `slotRelinquish` follows. Other
 * slots may lie elsewhere afterwards.
 */
export function slotReserve(slots: usize, number: u32): usize {
  if (number >= NUMBER_MAX) return 0;
  const position = number >> slotsChunkShift(slots);
  const top = position >> PAGE_SHIFT;
  if (!chunkGrow(slots, ELEMENT_SHIFT, roomFor(chunkRoom(slots), ROOM_MIN, 1, top))) return 0;
  const page = elementOf(slots, top);
  if (reachChunk(slots, page, number)) return slotAt(slots, number);
  slotRelinquish(slots, number);
  return 0;
}

/** Makes the chunk of a number, and its element in the page. */
function reachChunk(slots: usize, page: usize, number: u32): bool {
  const shift = slotsChunkShift(slots);
  const position = number >> shift;
  const inPage = position & (PAGE_CHUNKS - 1);
  const isNewPage = !chunkOf(page);
  if (!chunkGrow(page, ELEMENT_SHIFT, roomFor(chunkRoom(page), position == inPage ? PAGE_MIN : PAGE_CHUNKS, 2, inPage))) return false;
  if (isNewPage) chunkCount(slots, 1);
  const element = elementOf(page, inPage);
  const isNew = !chunkOf(element);
  const least = position ? (<u32>1) << shift : FIRST_MIN;
  const room = roomFor(chunkRoom(element), least, 2, number & (((<u32>1) << shift) - 1));
  if (!chunkGrow(element, load<u32>(slots, SLOTS_SHIFT), room)) return false;
  if (isNew) chunkCount(page, 1);
  return true;
}

/** A room that has a unit: the one there is, or a larger one. */
function roomFor(room: u32, least: u32, growth: u32, index: u32): u32 {
  if (!room) room = least;
  while (room <= index) room <<= growth;
  return room;
}

/** A reserved slot is in use from now on. */
export function slotTake(slots: usize, number: u32): void {
  chunkCount(elementAt(slots, number >> slotsChunkShift(slots)), 1);
  store<u32>(slots, slotsLive(slots) + 1, SLOTS_LIVE);
  slotsSkip(slots, number + 1);
}

/** A slot is empty from now on. Requires: `slotOwn` was asked for it. Other slots stay where they are. */
export function slotGive(slots: usize, number: u32): void {
  const element = elementAt(slots, number >> slotsChunkShift(slots));
  if (DEBUG) assert(chunkTaken(element) > 0 && chunkIsOwned(element) && chunkIsOwned(slots));
  memory.fill(slotIn(slots, element, number), 0, (<usize>1) << (<usize>load<u32>(slots, SLOTS_SHIFT)));
  chunkCount(element, -1);
  store<u32>(slots, slotsLive(slots) - 1, SLOTS_LIVE);
  slotRelinquish(slots, number);
}

/** Gives away what was made for a number's slot, if nothing else needs it. Requires: it was reserved, or owned and given. */
export function slotRelinquish(slots: usize, number: u32): void {
  const position = number >> slotsChunkShift(slots);
  if (position >> PAGE_SHIFT >= chunkRoom(slots)) return;
  const page = elementOf(slots, position >> PAGE_SHIFT);
  const element = elementAt(slots, position);
  if (element && chunkOf(element) && !chunkTaken(element)) {
    chunkDrop(element);
    chunkCount(page, -1);
  }
  if (chunkOf(page) && !chunkTaken(page)) {
    chunkDrop(page);
    chunkCount(slots, -1);
  }
  if (!chunkTaken(slots)) chunkDrop(slots);
}

/** How many positions of chunks there are. */
export function slotsChunks(slots: usize): u32 {
  return chunkRoom(slots) << PAGE_SHIFT;
}

/** The first position from `position` on where there is a chunk; `slotsChunks` or more: there is none. */
export function slotsNextChunk(slots: usize, position: u32): u32 {
  const end = slotsChunks(slots);
  let at = position;
  while (at < end) {
    const element = elementAt(slots, at);
    if (element && chunkOf(element)) return at;
    // Behind the elements of a page there are none until the next one begins.
    at = element ? at + 1 : ((at >> PAGE_SHIFT) + 1) << PAGE_SHIFT;
  }
  return at;
}

/** Frees the chunk of a position, with all slots in it. Requires: there is one, and no view sees it. */
export function slotsFreeChunk(slots: usize, position: u32): void {
  chunkDrop(elementAt(slots, position));
}

/** Frees pages and directory. Requires: the chunks have been freed, and no view sees the pages. */
export function slotsFree(slots: usize): void {
  for (let top: u32 = 0; top < chunkRoom(slots); top++) chunkDrop(elementOf(slots, top));
  chunkDrop(slots);
  slotsInitialize(slots, load<u32>(slots, SLOTS_SHIFT));
}

type SlotStep = (slot: usize) => void;

/** Frees chunks, pages and directory that were born above the era `view`; `step` is called for each slot of such a chunk before. */
export function slotsForget(slots: usize, view: u32, step: SlotStep): void {
  if (!chunkIsNewer(slots, view)) return;
  for (let top: u32 = 0; top < chunkRoom(slots); top++) {
    const page = elementOf(slots, top);
    if (!chunkIsNewer(page, view)) continue;
    for (let inside: u32 = 0; inside < chunkRoom(page); inside++) {
      const element = elementOf(page, inside);
      if (!chunkIsNewer(element, view)) continue;
      const shift = <usize>load<u32>(slots, SLOTS_SHIFT);
      for (let index: u32 = 0; index < chunkRoom(element); index++) step(chunkOf(element) + ((<usize>index) << shift));
      chunkForget(element, view);
    }
    chunkForget(page, view);
  }
  chunkForget(slots, view);
}
