/**
 * Tests of bytes: are they ASCII, are they well-formed UTF-8?
 *
 * Well-formed is what Table 3-7 of the Unicode Standard (and RFC 3629) says:
 *   first byte   second    third     fourth
 *   00..7f
 *   c2..df       80..bf
 *   e0           a0..bf    80..bf                 (shorter forms exist for what lies below)
 *   e1..ec       80..bf    80..bf
 *   ed           80..9f    80..bf                 (a0..bf would be surrogates)
 *   ee..ef       80..bf    80..bf
 *   f0           90..bf    80..bf    80..bf
 *   f1..f3       80..bf    80..bf    80..bf
 *   f4           80..8f    80..bf    80..bf       (nothing above U+10FFFF)
 * The shortest text that differs is "\xc0\x80", which some programs write for NUL: refused here.
 *
 * Runs of ASCII are skipped sixteen bytes at a time (the sign bits of a v128); other text is checked sequence by sequence with one
 * range test of the second byte and one mask of the rest.
 *
 * State: none. Cost: O(length). No byte outside the text is read.
 */

/** Whether the `length` bytes at `p` are all below 0x80. */
export function isAscii(p: usize, length: u32): bool {
  const end = p + length;
  while (p + 64 <= end) {
    const front = v128.or(v128.load(p), v128.load(p, 16));
    const back = v128.or(v128.load(p, 32), v128.load(p, 48));
    if (i8x16.bitmask(v128.or(front, back)) != 0) return false;
    p += 64;
  }
  while (p + 16 <= end) {
    if (i8x16.bitmask(v128.load(p)) != 0) return false;
    p += 16;
  }
  let seen: u32 = 0;
  while (p < end) seen |= load<u8>(p++);
  return seen < 0x80;
}

/** Whether the `length` bytes at `p` are well-formed UTF-8. No bytes are. */
export function isUtf8(p: usize, length: u32): bool {
  const end = p + length;
  while (p < end) {
    while (p + 16 <= end && i8x16.bitmask(v128.load(p)) == 0) p += 16;
    while (p < end && load<u8>(p) < 0x80) ++p;
    // A run of other sequences is checked without going back to the wide test.
    while (p < end && load<u8>(p) >= 0x80) {
      const size = sequenceLength(p, end);
      if (size == 0) return false;
      p += size;
    }
  }
  return true;
}

/** Length of the well-formed sequence of 2 to 4 bytes that begins at `p`, or 0. Requires: p < end and its first byte is >= 0x80. */
function sequenceLength(p: usize, end: usize): u32 {
  const left = end - p;
  const first = <u32>load<u8>(p);
  if (left < 2 || first < 0xc2) return 0;
  const second = <u32>load<u8>(p, 1);
  if (first < 0xe0) return (second & 0xc0) == 0x80 ? 2 : 0;
  if (left < 3) return 0;
  const third = <u32>load<u8>(p, 2);
  if (first < 0xf0) {
    const lowest: u32 = first == 0xe0 ? 0xa0 : 0x80;
    const highest: u32 = first == 0xed ? 0x9f : 0xbf;
    return second - lowest <= highest - lowest && (third & 0xc0) == 0x80 ? 3 : 0;
  }
  if (left < 4 || first > 0xf4) return 0;
  const fourth = <u32>load<u8>(p, 3);
  const lowest: u32 = first == 0xf0 ? 0x90 : 0x80;
  const highest: u32 = first == 0xf4 ? 0x8f : 0xbf;
  return second - lowest <= highest - lowest && (third & 0xc0) == 0x80 && (fourth & 0xc0) == 0x80 ? 4 : 0;
}
