/**
 * Texts in quotes, appended to the builder as SQL writes them: literals and names.
 */
import { putByte, putBytes } from "./builder";
import { hasCodePoint } from "./code-points";

const QUOTE: u32 = 39;
const DOUBLE_QUOTE: u32 = 34;
const BACKSLASH: u32 = 92;
const UNDERSCORE: u32 = 95;
const LETTER_E: u32 = 69;

/** As a literal: quotes doubled, and E'...' where there are backslashes. */
export function putLiteral(bytes: usize, length: u32): void {
  if (hasCodePoint(bytes, length, BACKSLASH)) putByte(LETTER_E);
  putQuoted(bytes, length, QUOTE, BACKSLASH);
}

/** As a name: as it is if it is lower-case letters, digits and underscores, else in double quotes. */
export function putIdentifier(bytes: usize, length: u32): void {
  if (isPlainIdentifier(bytes, length)) putBytes(bytes, length);
  else putQuoted(bytes, length, DOUBLE_QUOTE, DOUBLE_QUOTE);
}

function isPlainIdentifier(bytes: usize, length: u32): bool {
  let plain = length > 0 && <u32>load<u8>(bytes) - 48 >= 10;
  for (let index: u32 = 0; index < length && plain; index++) {
    const byte = <u32>load<u8>(bytes + index);
    plain = byte - 97 < 26 || byte - 48 < 10 || byte == UNDERSCORE;
  }
  return plain;
}

function putQuoted(bytes: usize, length: u32, quote: u32, escape: u32): void {
  putByte(quote);
  for (let index: u32 = 0; index < length; index++) {
    const byte = <u32>load<u8>(bytes + index);
    if (byte == quote || byte == escape) putByte(byte);
    putByte(byte);
  }
  putByte(quote);
}
