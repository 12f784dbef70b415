/**
 * Case-insensitive comparison and lower-casing of ASCII, for command names, options and keywords.
 *
 * Only the 26 letters A-Z are folded; every other byte, those of 0x80 and above included, stands for itself. That is what a C library
 * does in the "C" locale, and so what clients of Redis expect: keywords are ASCII and other text is never folded.
 *
 * Eight bytes are folded at once inside a u64 (no carry crosses a byte): for a byte b below 0x80, bit 7 of b + 0x3f says b >= 'A' and
 * bit 7 of b + 0x25 says b > 'Z'. Where exactly the first holds, the bit 0x20 is set. After Hacker's Delight (2nd ed.), section 2-18.
 *
 * State: none. Cost: O(length).
 */

const HIGH_BITS: u64 = 0x8080808080808080;
const LOW_BITS: u64 = 0x7f7f7f7f7f7f7f7f;
const FROM_A: u64 = 0x3f3f3f3f3f3f3f3f;
const BEYOND_Z: u64 = 0x2525252525252525;

/**
 * Whether the `length` bytes at `p`, lower-cased, are the `lowerLength` bytes at `lower`.
 * Requires: the bytes at `lower` contain no upper-case letter.
 */
export function equalsLower(p: usize, length: u32, lower: usize, lowerLength: u32): bool {
  if (length != lowerLength) return false;
  const end = p + length;
  while (p + 8 <= end) {
    if (lowerEight(load<u64>(p)) != load<u64>(lower)) return false;
    p += 8;
    lower += 8;
  }
  while (p < end) {
    if (lowerByte(load<u8>(p)) != <u32>load<u8>(lower)) return false;
    ++p;
    ++lower;
  }
  return true;
}

/** Writes the `length` bytes at `source` to `target` with A-Z folded to a-z. The areas may be the same one, but not overlap otherwise. */
export function lowerCaseInto(target: usize, source: usize, length: u32): void {
  const end = source + length;
  while (source + 8 <= end) {
    store<u64>(target, lowerEight(load<u64>(source)));
    source += 8;
    target += 8;
  }
  while (source < end) {
    store<u8>(target, lowerByte(load<u8>(source)));
    ++source;
    ++target;
  }
}

/** `byte` with A-Z folded to a-z. */
@inline
export function lowerByte(byte: u32): u32 {
  return byte | ((<u32>(byte - 0x41 < 26)) << 5);
}

/** Eight bytes, each with A-Z folded to a-z. */
@inline
export function lowerEight(bytes: u64): u64 {
  return bytes | ((((bytes & LOW_BITS) + FROM_A) & ~((bytes & LOW_BITS) + BEYOND_Z) & ~bytes & HIGH_BITS) >> 2);
}
