/**
 * Packed lists: small collections as one run of bytes, which its owner keeps in an entry or in a block.
 *
 *   0  u16 elements
 *   2  items: the length in one byte (up to SHORT_MAX; else LONG and u32 length), then the bytes
 *
 * An element is one item (a member), or several (a field and its value): that is the owner's to know. Nothing here
 * allocates or moves: the owner opens and closes gaps (types/container.ts).
 *
 * Cost: everything is a walk from the front; the owner keeps lists short.
 */
import { copyBytes, equalBytes } from "../bytes/copy";

export const PACKED_HEAD: u32 = 2;
/** Longest item whose length has one byte; what is above it up to LONG, run leaves (run-leaf.ts) use. */
export const SHORT_MAX: u32 = 239;
const LONG: u8 = 254;
const LONG_HEAD: u32 = 5;

// @ts-ignore: decorator
@inline
export function packedCount(list: usize): u32 {
  return <u32>load<u16>(list);
}

export function setPackedCount(list: usize, count: u32): void {
  store<u16>(list, <u16>count);
}

/** Length of the item's bytes. */
// @ts-ignore: decorator
@inline
export function packedLength(item: usize): u32 {
  const short = <u32>load<u8>(item);
  return short <= SHORT_MAX ? short : load<u32>(item, 1);
}

/** The item's bytes. */
// @ts-ignore: decorator
@inline
export function packedBytes(item: usize): usize {
  return item + (load<u8>(item) != LONG ? 1 : LONG_HEAD);
}

// @ts-ignore: decorator
@inline
export function packedNext(item: usize): usize {
  const short = <u32>load<u8>(item);
  return short <= SHORT_MAX ? item + 1 + short : item + LONG_HEAD + load<u32>(item, 1);
}

/** Bytes that an item of this length takes. */
// @ts-ignore: decorator
@inline
export function packedItemBytes(length: u32): u32 {
  return length + (length <= SHORT_MAX ? 1 : LONG_HEAD);
}

/** Writes an item; returns where the next one begins. */
export function packedWrite(item: usize, bytes: usize, length: u32): usize {
  let target = item + 1;
  if (length <= SHORT_MAX) store<u8>(item, <u8>length);
  else {
    store<u8>(item, LONG);
    store<u32>(item, length, 1);
    target = item + LONG_HEAD;
  }
  copyBytes(target, bytes, length);
  return target + length;
}

/** The item with these bytes among every first of `step` items, or 0. `end`: behind the last item. */
export function packedFind(list: usize, end: usize, step: u32, bytes: usize, length: u32): usize {
  let item = list + PACKED_HEAD;
  const first = <u8>(length <= SHORT_MAX ? length : LONG);
  while (item < end) {
    if (load<u8>(item) == first && packedLength(item) == length && equalBytes(packedBytes(item), bytes, length)) return item;
    item = packedNext(item);
    if (step > 1) item = packedNext(item);
  }
  return 0;
}
