/**
 * Arenas: bump allocation for work that ends all at once, with mark and release.
 *
 * An arena is a struct of ARENA_SIZE bytes that its owner provides, zeroed: {u32 current chunk, u32 next free address,
 * u32 end of the chunk}. Chunks come from the allocator under PURPOSE_SCRATCH, at least CHUNK_BYTES each, and begin with a
 * header {u32 previous chunk, u32 end}. A mark is the pair (chunk, address) packed in a u64; releasing to it frees the
 * chunks that were taken since.
 *
 * Invariant: current chunk <= next free address <= end; an arena without chunks has all fields 0.
 * Cost: O(1) per allocation, O(chunks) per release.
 */
import { PURPOSE_SCRATCH } from "../abi/status";
import { allocate, allocatedSize, release } from "./allocator";
import { DEBUG } from "./debug";

export const ARENA_SIZE: i32 = 12;
const ARENA_CHUNK: usize = 0;
const ARENA_NEXT: usize = 4;
const ARENA_END: usize = 8;
const CHUNK_PREVIOUS: usize = 0;
const CHUNK_END: usize = 4;
const CHUNK_HEADER: u32 = 8;
const CHUNK_BYTES: u32 = 16384;

/** `size` bytes, 8-byte aligned, not zeroed; 0 when there is no memory. */
export function arenaAllocate(arena: usize, size: u32): usize {
  const rounded = (size + 7) & ~7;
  if (rounded < size) return 0;
  const next = load<u32>(arena, ARENA_NEXT);
  const end = load<u32>(arena, ARENA_END);
  if (end - next >= rounded && next) {
    store<u32>(arena, next + rounded, ARENA_NEXT);
    return <usize>next;
  }
  const wanted = rounded + CHUNK_HEADER;
  if (wanted < rounded) return 0;
  const chunk = allocate(wanted > CHUNK_BYTES ? wanted : CHUNK_BYTES, PURPOSE_SCRATCH);
  if (!chunk) return 0;
  const chunkEnd = <u32>chunk + allocatedSize(chunk);
  store<u32>(chunk, load<u32>(arena, ARENA_CHUNK), CHUNK_PREVIOUS);
  store<u32>(chunk, chunkEnd, CHUNK_END);
  store<u32>(arena, <u32>chunk, ARENA_CHUNK);
  store<u32>(arena, <u32>chunk + CHUNK_HEADER + rounded, ARENA_NEXT);
  store<u32>(arena, chunkEnd, ARENA_END);
  return chunk + CHUNK_HEADER;
}

/** The arena's present state, for `arenaRelease`. */
export function arenaMark(arena: usize): u64 {
  return ((<u64>load<u32>(arena, ARENA_CHUNK)) << 32) | (<u64>load<u32>(arena, ARENA_NEXT));
}

/** Frees all that was allocated since the mark; mark 0 frees everything. */
export function arenaRelease(arena: usize, mark: u64): void {
  const target = <u32>(mark >> 32);
  let chunk = load<u32>(arena, ARENA_CHUNK);
  while (chunk != target) {
    if (DEBUG) assert(chunk != 0);
    const previous = load<u32>(<usize>chunk, CHUNK_PREVIOUS);
    release(<usize>chunk, PURPOSE_SCRATCH);
    chunk = previous;
  }
  store<u32>(arena, chunk, ARENA_CHUNK);
  store<u32>(arena, chunk ? <u32>mark : 0, ARENA_NEXT);
  store<u32>(arena, chunk ? load<u32>(<usize>chunk, CHUNK_END) : 0, ARENA_END);
}

/** Moves all that an arena has to another, which forgets what it was. */
export function arenaMove(target: usize, source: usize): void {
  memory.copy(target, source, ARENA_SIZE);
  memory.fill(source, 0, ARENA_SIZE);
}
