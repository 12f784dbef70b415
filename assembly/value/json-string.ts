/**
 * The escapes of JSON strings, and of the quoted names and literals of paths.
 *
 * A pair of surrogate escapes makes one character. A lone surrogate is kept as the three bytes ed a0..bf 80..bf (WTF-8), and
 * two that come to stand side by side as high and low are joined (`joinSurrogates`), so that a text has one form.
 *
 * Cost: O(length).
 */

const BACKSLASH: u32 = 92;

/** Bytes that `decodeEscapes` wrote, and the escape at which it stopped. */
export let decodedBytes: u32 = 0;
export let escapeStopped: usize = 0;

/**
 * Writes a string without its escapes at `target`, which has room for `length` bytes. False: an escape is none, see
 * `escapeStopped`. The escape of an apostrophe is accepted by `unescapeByte` alone, for paths.
 */
export function decodeEscapes(source: usize, length: u32, target: usize): bool {
  const start = target;
  const limit = source + length;
  while (source < limit) {
    const byte = <u32>load<u8>(source);
    if (byte != BACKSLASH) {
      store<u8>(target++, <u8>byte);
      source++;
      continue;
    }
    escapeStopped = source;
    if (source + 2 > limit) return false;
    const letter = <u32>load<u8>(source, 1);
    if (letter != 117) {
      const plain = unescapeByte(letter);
      if (!plain) return false;
      store<u8>(target++, <u8>plain);
      source += 2;
      continue;
    }
    let code = hexFour(source + 2, limit);
    if (code < 0) return false;
    source += 6;
    if ((code & 0xfc00) == 0xd800 && source + 6 <= limit && load<u16>(source) == 0x755c) {
      const low = hexFour(source + 2, limit);
      if (low < 0) {
        escapeStopped = source;
        return false;
      }
      if ((low & 0xfc00) == 0xdc00) {
        code = 0x10000 + ((code & 0x3ff) << 10) + (low & 0x3ff);
        source += 6;
      }
    }
    target += putCharacter(target, <u32>code);
  }
  decodedBytes = <u32>(target - start);
  return true;
}

/** The byte that a backslash and this letter stand for, or 0. */
export function unescapeByte(letter: u32): u32 {
  switch (letter) {
    case 34:
    case 92:
    case 47:
      return letter;
    case 98:
      return 8;
    case 102:
      return 12;
    case 110:
      return 10;
    case 114:
      return 13;
    case 116:
      return 9;
    default:
      return 0;
  }
}

/** Value of four hexadecimal digits, or -1. */
export function hexFour(position: usize, limit: usize): i32 {
  if (position + 4 > limit) return -1;
  let code: i32 = 0;
  for (let index: usize = 0; index < 4; index++) {
    let digit = <u32>load<u8>(position + index);
    if (digit - 48 <= 9) digit -= 48;
    else {
      digit |= 32;
      if (digit - 97 > 5) return -1;
      digit -= 87;
    }
    code = (code << 4) | (<i32>digit);
  }
  return code;
}

/** Writes a character's bytes, at most four; returns how many. */
export function putCharacter(target: usize, code: u32): u32 {
  if (code < 0x80) {
    store<u8>(target, <u8>code);
    return 1;
  }
  if (code < 0x800) {
    store<u8>(target, <u8>(0xc0 | (code >> 6)));
    store<u8>(target, <u8>(0x80 | (code & 63)), 1);
    return 2;
  }
  if (code < 0x10000) {
    store<u8>(target, <u8>(0xe0 | (code >> 12)));
    store<u8>(target, <u8>(0x80 | ((code >> 6) & 63)), 1);
    store<u8>(target, <u8>(0x80 | (code & 63)), 2);
    return 3;
  }
  store<u8>(target, <u8>(0xf0 | (code >> 18)));
  store<u8>(target, <u8>(0x80 | ((code >> 12) & 63)), 1);
  store<u8>(target, <u8>(0x80 | ((code >> 6) & 63)), 2);
  store<u8>(target, <u8>(0x80 | (code & 63)), 3);
  return 4;
}

/** The surrogate whose three bytes are at `position`, or 0. Requires: three bytes. */
export function surrogateAt(position: usize): u32 {
  if (<u32>load<u8>(position) != 0xed || <u32>load<u8>(position, 1) < 0xa0) return 0;
  return 0xd000 | (((<u32>load<u8>(position, 1)) & 63) << 6) | ((<u32>load<u8>(position, 2)) & 63);
}

/**
 * Joins a high surrogate that ends a text of `left` bytes with the low one behind it. Returns how many bytes the whole
 * text, `length` before, has then.
 */
export function joinSurrogates(text: usize, left: u32, length: u32): u32 {
  if (left < 3 || length - left < 3) return length;
  const seam = text + left;
  const high = surrogateAt(seam - 3);
  const low = surrogateAt(seam);
  if ((high & 0xfc00) != 0xd800 || (low & 0xfc00) != 0xdc00) return length;
  putCharacter(seam - 3, 0x10000 + ((high & 0x3ff) << 10) + (low & 0x3ff));
  memory.copy(seam + 1, seam + 3, length - left - 3);
  return length - 2;
}

/** Characters of a text: what JSON.STRLEN and length() count. A lone surrogate is one. */
export function characterCount(text: usize, length: u32): u32 {
  let count: u32 = 0;
  for (let index: u32 = 0; index < length; index++) {
    if (((<u32>load<u8>(text + index)) & 0xc0) != 0x80) count++;
  }
  return count;
}
