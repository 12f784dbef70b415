/**
 * A directory of chunks, for structures that are addressed by number: an element for each chunk, which may be missing.
 *
 *   first bytes of the owner's record      element
 *   0  u32 directory, or 0                 0  u32 chunk, or 0
 *   4  u32 elements that it has room for   4  u32 how much of the chunk is taken: the owner's
 *
 * Cost: O(1) for a look; growing doubles, so it is O(1) for each chunk on average.
 */
import { DIRECTORY_SHIFT } from "../abi/graph";
import { PURPOSE_TABLE } from "../abi/status";
import { copyBytes } from "../bytes/copy";
import { allocate, release } from "../memory/allocator";

export const DIRECTORY_POINTER: usize = 0;
export const DIRECTORY_ROOM: usize = 4;

const ELEMENT_SHIFT: usize = DIRECTORY_SHIFT;
export const ELEMENT_TAKEN: usize = 4;

/** Address of a chunk's element. Requires: there is room for it. */
// @ts-ignore: decorator
@inline
export function elementOf(record: usize, chunk: u32): usize {
  return <usize>load<u32>(record, DIRECTORY_POINTER) + ((<usize>chunk) << ELEMENT_SHIFT);
}

/** Makes room for `needed` elements, more than there are; the first directory has at least `least`. False: there is no memory. */
export function growDirectory(record: usize, needed: u32, least: u32): bool {
  const old = <usize>load<u32>(record, DIRECTORY_POINTER);
  const room = load<u32>(record, DIRECTORY_ROOM);
  let grown = room ? room << 1 : least;
  if (grown < needed) grown = needed;
  const directory = allocate(grown << (<u32>ELEMENT_SHIFT), PURPOSE_TABLE);
  if (!directory) return false;
  memory.fill(directory, 0, (<usize>grown) << ELEMENT_SHIFT);
  if (old) {
    copyBytes(directory, old, room << (<u32>ELEMENT_SHIFT));
    release(old, PURPOSE_TABLE);
  }
  store<u32>(record, <u32>directory, DIRECTORY_POINTER);
  store<u32>(record, grown, DIRECTORY_ROOM);
  return true;
}
