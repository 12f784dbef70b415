/**
 * A growable run of bytes: {u32 address, u32 length, u32 capacity, u32 purpose}, BUFFER_SIZE bytes that the owner provides.
 * It doubles when full and keeps its block when cleared, except that a block above KEEP_BYTES is freed.
 *
 * Invariant: length <= capacity; address is 0 iff capacity is 0. Cost: amortised O(1) per byte.
 */
import { copyBytes } from "../bytes/copy";
import { allocate, allocatedSize, release } from "../memory/allocator";

export const BUFFER_SIZE: i32 = 16;
export const BUFFER_POINTER: usize = 0;
export const BUFFER_LENGTH: usize = 4;
const BUFFER_CAPACITY: usize = 8;
const BUFFER_PURPOSE: usize = 12;
const CAPACITY_MIN: u32 = 256;
const KEEP_BYTES: u32 = 1 << 20;

/** Makes zeroed memory an empty buffer whose block is accounted under `purpose`. */
export function bufferInitialize(buffer: usize, purpose: u32): void {
  store<u32>(buffer, purpose, BUFFER_PURPOSE);
}

/** Makes room for `extra` bytes and returns where they go; 0 when there is no memory. The length is not changed. */
export function bufferReserve(buffer: usize, extra: u32): usize {
  const length = load<u32>(buffer, BUFFER_LENGTH);
  const capacity = load<u32>(buffer, BUFFER_CAPACITY);
  const pointer = <usize>load<u32>(buffer, BUFFER_POINTER);
  if (capacity - length >= extra && pointer) return pointer + length;
  return bufferGrow(buffer, length, capacity, extra);
}

function bufferGrow(buffer: usize, length: u32, capacity: u32, extra: u32): usize {
  const needed = <u64>length + extra;
  if (needed > 0xf0000000) return 0;
  let wanted = (<u64>capacity) << 1;
  if (wanted < needed) wanted = needed;
  if (wanted < CAPACITY_MIN) wanted = CAPACITY_MIN;
  if (wanted > 0xf0000000) wanted = 0xf0000000;
  const purpose = load<u32>(buffer, BUFFER_PURPOSE);
  let grown = allocate(<u32>wanted, purpose);
  if (!grown && wanted > needed) grown = allocate(<u32>needed, purpose);
  if (!grown) return 0;
  const old = <usize>load<u32>(buffer, BUFFER_POINTER);
  if (old) {
    copyBytes(grown, old, length);
    release(old, purpose);
  }
  store<u32>(buffer, <u32>grown, BUFFER_POINTER);
  store<u32>(buffer, allocatedSize(grown), BUFFER_CAPACITY);
  return grown + length;
}

/** Appends bytes. Returns false when there is no memory; nothing is appended then. */
export function bufferAppend(buffer: usize, source: usize, length: u32): bool {
  const target = bufferReserve(buffer, length);
  if (!target) return false;
  copyBytes(target, source, length);
  store<u32>(buffer, load<u32>(buffer, BUFFER_LENGTH) + length, BUFFER_LENGTH);
  return true;
}

/** Forgets the content; a large block is freed. */
export function bufferClear(buffer: usize): void {
  store<u32>(buffer, 0, BUFFER_LENGTH);
  if (load<u32>(buffer, BUFFER_CAPACITY) > KEEP_BYTES) bufferFree(buffer);
}

/** Forgets the content; the block is one for `bytes` then, as far as there is memory. `bytes`: a multiple of 8 up to 512. */
export function bufferTrim(buffer: usize, bytes: u32): void {
  store<u32>(buffer, 0, BUFFER_LENGTH);
  if (load<u32>(buffer, BUFFER_CAPACITY) == bytes) return;
  bufferFree(buffer);
  bufferReserve(buffer, bytes);
}

/** Forgets the content and frees the block. */
export function bufferFree(buffer: usize): void {
  const pointer = <usize>load<u32>(buffer, BUFFER_POINTER);
  if (!pointer) return;
  release(pointer, load<u32>(buffer, BUFFER_PURPOSE));
  store<u32>(buffer, 0, BUFFER_POINTER);
  store<u32>(buffer, 0, BUFFER_LENGTH);
  store<u32>(buffer, 0, BUFFER_CAPACITY);
}
