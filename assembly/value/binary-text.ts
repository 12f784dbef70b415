/**
 * UUIDs and bytea as text: `0e37df36-f698-11e6-8dd4-cb9ced3df976`, `\\x6869`.
 */
import { builderReset, builderWord, putByte } from "./builder";
import { SPILL_FIRST, SPILL_SECOND, wordBytes, wordLength } from "./word";

const BACKSLASH: u32 = 92;
const LETTER_X: u32 = 120;
const DASH: u32 = 45;
const OPEN_BRACE: u32 = 123;
const CLOSE_BRACE: u32 = 125;
const UUID_BYTES: u32 = 16;

/** What `parseUuid` and `parseBytea` read. */
export let binaryWord: u64 = 0;
/** Where a hexadecimal text went wrong: the byte, or 0 when a digit was missing. */
export let hexWrong: u32 = 0;

export function hexDigit(byte: u32): u32 {
  if (byte - 48 < 10) return byte - 48;
  const letter = (byte | 32) - 97;
  return letter < 6 ? letter + 10 : 16;
}

export function putHexByte(byte: u32): void {
  putHexDigit(byte >> 4);
  putHexDigit(byte & 15);
}

function putHexDigit(digit: u32): void {
  putByte(digit < 10 ? 48 + digit : 87 + digit);
}

export function putHex(bytes: usize, length: u32): void {
  for (let index: u32 = 0; index < length; index++) putHexByte(load<u8>(bytes + index));
}

export function putBytea(word: u64): void {
  const bytes = wordBytes(word, SPILL_SECOND);
  putByte(BACKSLASH);
  putByte(LETTER_X);
  putHex(bytes, wordLength(word));
}

export function putUuid(word: u64): void {
  const bytes = wordBytes(word, SPILL_SECOND);
  for (let index: u32 = 0; index < UUID_BYTES; index++) {
    if (index == 4 || index == 6 || index == 8 || index == 10) putByte(DASH);
    putHexByte(load<u8>(bytes + index));
  }
}

/** A UUID: 32 digits, braces around them and a dash behind each four of them allowed. */
export function parseUuid(word: u64): bool {
  let position = wordBytes(word, SPILL_FIRST);
  let end = position + wordLength(word);
  if (position < end && <u32>load<u8>(position) == OPEN_BRACE) {
    if (<u32>load<u8>(end - 1) != CLOSE_BRACE) return false;
    position++;
    end--;
  }
  builderReset();
  for (let index: u32 = 0; index < UUID_BYTES; index++) {
    if (index && !(index & 1) && position < end && <u32>load<u8>(position) == DASH) position++;
    if (position + 2 > end) return false;
    const high = hexDigit(load<u8>(position));
    const low = hexDigit(load<u8>(position, 1));
    if (high > 15 || low > 15) return false;
    putByte((high << 4) | low);
    position += 2;
  }
  if (position != end) return false;
  binaryWord = builderWord();
  return true;
}

/** Hexadecimal digits as bytes, blanks between them allowed; false: see `hexWrong`. */
export function parseHex(position: usize, end: usize): bool {
  builderReset();
  while (position < end) {
    const byte = <u32>load<u8>(position++);
    if (byte == 32 || byte - 9 < 2 || byte == 13) continue;
    const high = hexDigit(byte);
    hexWrong = byte;
    if (high > 15) return false;
    hexWrong = 0;
    if (position == end) return false;
    const low = hexDigit(load<u8>(position));
    hexWrong = load<u8>(position);
    if (low > 15) return false;
    position++;
    putByte((high << 4) | low);
  }
  binaryWord = builderWord();
  return true;
}

/** bytea: `\\x` and digits, or bytes with `\\\\` and `\\ooo`; false: it is none. */
export function parseBytea(word: u64): bool {
  const bytes = wordBytes(word, SPILL_FIRST);
  const end = bytes + wordLength(word);
  if (end - bytes >= 2 && <u32>load<u8>(bytes) == BACKSLASH && <u32>load<u8>(bytes, 1) == LETTER_X) return parseHex(bytes + 2, end);
  hexWrong = 0;
  return parseEscaped(bytes, end);
}

/** Bytes with `\\\\` and `\\ooo`. */
export function parseEscaped(position: usize, end: usize): bool {
  builderReset();
  while (position < end) {
    const byte = <u32>load<u8>(position++);
    if (byte != BACKSLASH) {
      putByte(byte);
      continue;
    }
    if (position < end && <u32>load<u8>(position) == BACKSLASH) {
      putByte(BACKSLASH);
      position++;
      continue;
    }
    if (position + 3 > end) return false;
    let code: u32 = 0;
    for (let index = 0; index < 3; index++) {
      const digit = <u32>load<u8>(position++) - 48;
      if (digit > 7) return false;
      code = (code << 3) | digit;
    }
    if (code > 255) return false;
    putByte(code);
  }
  binaryWord = builderWord();
  return true;
}

/** Bytes as text: what is not printable ASCII as a backslash and three octal digits. */
export function putEscaped(bytes: usize, length: u32): void {
  for (let index: u32 = 0; index < length; index++) {
    const byte = <u32>load<u8>(bytes + index);
    if (byte == BACKSLASH) {
      putByte(BACKSLASH);
      putByte(BACKSLASH);
    } else if (byte == 0 || byte > 127) {
      putByte(BACKSLASH);
      putByte(48 + (byte >> 6));
      putByte(48 + ((byte >> 3) & 7));
      putByte(48 + (byte & 7));
    } else putByte(byte);
  }
}

const LINE_GROUPS: u32 = 19;
const PADDING: u32 = 61;

function putSextet(value: u32): void {
  const bits = value & 63;
  putByte(bits < 26 ? 65 + bits : bits < 52 ? 71 + bits : bits < 62 ? bits - 4 : bits == 62 ? 43 : 47);
}

/** Base64 of RFC 2045: a line feed behind each 76 characters that are followed by more. */
export function putBase64(bytes: usize, length: u32): void {
  let groups: u32 = 0;
  for (let index: u32 = 0; index < length; index += 3) {
    if (groups == LINE_GROUPS) {
      putByte(10);
      groups = 0;
    }
    const left = length - index;
    const first = <u32>load<u8>(bytes + index);
    const second: u32 = left > 1 ? load<u8>(bytes + index + 1) : 0;
    const third: u32 = left > 2 ? load<u8>(bytes + index + 2) : 0;
    putSextet(first >> 2);
    putSextet((first << 4) | (second >> 4));
    if (left > 1) putSextet((second << 2) | (third >> 6));
    else putByte(PADDING);
    if (left > 2) putSextet(third);
    else putByte(PADDING);
    groups++;
  }
}

/** Base64, blanks anywhere; false: `hexWrong` is the byte that does not belong there, or 0 when the end is wrong. */
export function parseBase64(position: usize, end: usize): bool {
  let bits: u32 = 0;
  let count = 0;
  let padding = 0;
  builderReset();
  for (; position < end; position++) {
    const byte = <u32>load<u8>(position);
    if (byte == 32 || byte - 9 < 5) continue;
    let value: u32 = 64;
    if (byte - 65 < 26) value = byte - 65;
    else if (byte - 97 < 26) value = byte - 71;
    else if (byte - 48 < 10) value = byte + 4;
    else if (byte == 43) value = 62;
    else if (byte == 47) value = 63;
    hexWrong = byte;
    if (byte == PADDING) {
      if (count < 2) return false;
      padding++;
      value = 0;
    } else if (value > 63 || padding) return false;
    bits = (bits << 6) | value;
    if (++count < 4) continue;
    putByte((bits >> 16) & 255);
    if (padding < 2) putByte((bits >> 8) & 255);
    if (padding < 1) putByte(bits & 255);
    bits = 0;
    count = 0;
  }
  hexWrong = 0;
  binaryWord = builderWord();
  return count == 0;
}
