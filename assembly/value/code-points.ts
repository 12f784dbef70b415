/**
 * Code points of UTF-8 text: counting, finding the n-th, reading one by one. Text that is not well-formed is read as it comes:
 * nothing here reads behind the text or traps.
 *
 * Cost: O(bytes); ASCII is counted sixteen bytes at a time.
 */

/** Bytes that the code point just read took. */
export let codePointBytes: u32 = 0;

// @ts-ignore: decorator
@inline
function isContinuation(byte: u32): bool {
  return (byte & 0xc0) == 0x80;
}

/** How many code points there are. */
export function countCodePoints(text: usize, length: u32): u32 {
  const end = text + length;
  let continuations: u32 = 0;
  let position = text;
  const threshold = i8x16.splat(-64);
  for (; position + 16 <= end; position += 16) continuations += popcnt(i8x16.bitmask(i8x16.lt_s(v128.load(position), threshold)));
  for (; position < end; position++) if (isContinuation(load<u8>(position))) continuations++;
  return length - continuations;
}

/** Offset of the code point with number `index` from 0, or `length` when there are no more. */
export function offsetOfCodePoint(text: usize, length: u32, index: i64): u32 {
  let position: u32 = 0;
  let left = index;
  while (left > 0 && position < length) {
    position++;
    while (position < length && isContinuation(load<u8>(text + position))) position++;
    left--;
  }
  return position;
}

/** The code point at `position`; its size is in `codePointBytes`. Requires: position < end. */
export function codePointAt(position: usize, end: usize): u32 {
  const first = <u32>load<u8>(position);
  const wanted: u32 = first < 0xc0 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  if (wanted == 1 || position + wanted > end) {
    codePointBytes = 1;
    return first;
  }
  let code = first & (0x7f >> wanted);
  for (let index: u32 = 1; index < wanted; index++) code = (code << 6) | ((<u32>load<u8>(position + index)) & 63);
  codePointBytes = wanted;
  return code;
}

/** Address of the code point that ends before `position`. Requires: start < position. */
export function codePointBefore(start: usize, position: usize): usize {
  position--;
  while (position > start && isContinuation(load<u8>(position))) position--;
  return position;
}

/** Whether the text has this code point. */
export function hasCodePoint(text: usize, length: u32, code: u32): bool {
  return indexOfCodePoint(text, length, code) >= 0;
}

/** Which code point of the text it is, from 0; -1: none. */
export function indexOfCodePoint(text: usize, length: u32, code: u32): i32 {
  const end = text + length;
  let position = text;
  for (let index = 0; position < end; index++) {
    if (codePointAt(position, end) == code) return index;
    position += codePointBytes;
  }
  return -1;
}

/** Offset of the first occurrence of `part` from `from` on, or -1. */
export function findBytes(text: usize, length: u32, part: usize, partLength: u32, from: u32): i32 {
  if (!partLength) return <i32>from;
  if (partLength > length) return -1;
  const first = load<u8>(part);
  const last = length - partLength;
  for (let offset = from; offset <= last; offset++) {
    if (load<u8>(text + offset) == first && memory.compare(text + offset, part, partLength) == 0) return <i32>offset;
  }
  return -1;
}
