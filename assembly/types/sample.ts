/**
 * Random positions of a container: `count` different ones of `size`, each choice equally likely, in ascending or descending order.
 *
 * A bitmap of the positions is marked by drawing again what was drawn before, at most half of them: if more are wanted, what is marked is
 * left out. Cost: O(count + size / 64), memory size / 8 bytes until `sampleEnd`.
 */
import { PURPOSE_SCRATCH } from "../abi/status";
import { randomBelow } from "../bytes/random";
import { generator } from "../keyspace/generator";
import { allocate, release } from "../memory/allocator";
import { DEBUG } from "../memory/debug";

let bits: usize = 0;
let sampleSize: u32 = 0;
let position: u32 = 0;
let inverted: bool = false;

/**
 * Draws, from positions that `isWanted` if that is given. Returns false when there is no memory. Requires: count <= size, and so many and some more are
 * wanted; `sampleEnd` follows.
 */
export function sampleBegin(count: u32, size: u32, isWanted: ((position: u32) => bool) | null = null): bool {
  const chooses = isWanted != null;
  if (DEBUG) assert(count <= size && bits == 0);
  const bytes = ((size + 63) >> 6) << 3;
  bits = allocate(bytes ? bytes : 8, PURPOSE_SCRATCH);
  if (!bits) return false;
  memory.fill(bits, 0, bytes);
  sampleSize = size;
  inverted = !chooses && count > size >> 1;
  let left = inverted ? size - count : count;
  while (left) {
    const drawn = randomBelow(generator, size);
    const word = bits + ((<usize>(drawn >> 6)) << 3);
    const bit = (<u64>1) << (drawn & 63);
    if (load<u64>(word) & bit || (chooses && !isWanted!(drawn))) continue;
    store<u64>(word, load<u64>(word) | bit);
    left--;
  }
  position = 0;
  return true;
}

function isDrawn(at: u32): bool {
  const word = load<u64>(bits + ((<usize>(at >> 6)) << 3));
  return (((word >> (at & 63)) & 1) != 0) != inverted;
}

/** The next position, from the lowest to the highest; `size` at the end. */
export function sampleNext(): u32 {
  while (position < sampleSize) {
    const word = load<u64>(bits + ((<usize>(position >> 6)) << 3)) ^ (inverted ? u64.MAX_VALUE : 0);
    const rest = word >> (position & 63);
    if (rest) {
      const found = position + <u32>ctz(rest);
      position = found + 1;
      return found < sampleSize ? found : sampleSize;
    }
    position = (position & ~63) + 64;
  }
  return sampleSize;
}

/** Lets `samplePrevious` begin at the highest position. */
export function sampleBack(): void {
  position = sampleSize;
}

/** The next position, from the highest to the lowest. Requires: there is one. */
export function samplePrevious(): u32 {
  while (!isDrawn(--position)) {}
  return position;
}

export function sampleEnd(): void {
  release(bits, PURPOSE_SCRATCH);
  bits = 0;
}
