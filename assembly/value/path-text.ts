/**
 * Reading the text of a path: the cursor that path-compile.ts and path-filter.ts share, blanks, integers, quoted strings.
 *
 * Grammar: RFC 9535, appendix A. An error leaves the cursor where it was found.
 */
import { parsedInteger, parseInteger } from "../bytes/integer";
import { hexFour, putCharacter, unescapeByte } from "./json-string";
import { programBytes } from "./path";

const BACKSLASH: u32 = 92;
const QUOTE: u32 = 34;
const APOSTROPHE: u32 = 39;
/** Largest integer of a path: 2^53 - 1. */
const INTEGER_MAX: i64 = 9007199254740991;
const INTEGER_DIGITS_MAX: u32 = 17;
/** What `peek` answers at the end of the text. */
export const NO_BYTE: u32 = 256;

export let cursor: usize = 0;
export let limit: usize = 0;

export function startText(text: usize, length: u32): void {
  cursor = text;
  limit = text + length;
}

export function setCursor(position: usize): void {
  cursor = position;
}

/** The byte `ahead` of the cursor, or NO_BYTE. */
export function peek(ahead: u32 = 0): u32 {
  return cursor + ahead < limit ? <u32>load<u8>(cursor + ahead) : NO_BYTE;
}

/** Moves over this byte if it is next. */
export function take(byte: u32): bool {
  if (peek() != byte) return false;
  cursor++;
  return true;
}

export function advance(bytes: u32): void {
  cursor += bytes;
}

export function skipBlanks(): void {
  let byte = peek();
  while (byte == 32 || byte == 10 || byte == 13 || byte == 9) {
    cursor++;
    byte = peek();
  }
}

/** Integer that `takeInteger` read. */
export let takenInteger: i64 = 0;

/** Takes an integer: no plus sign, no leading zero, no -0, at most 2^53 - 1 either way. */
export function takeInteger(): bool {
  const start = cursor;
  if (peek() == 45) cursor++;
  while (peek() - 48 <= 9) cursor++;
  const length = <u32>(cursor - start);
  if (length && length <= INTEGER_DIGITS_MAX && parseInteger(start, length)) {
    takenInteger = parsedInteger;
    if (takenInteger <= INTEGER_MAX && takenInteger >= -INTEGER_MAX) return true;
  }
  cursor = start;
  return false;
}

/** Address and length of the bytes of the string that `takeQuoted` read; they lie in the program. */
export let quotedPointer: usize = 0;
export let quotedLength: u32 = 0;

/** Takes a string in either kind of quotes. Requires: the cursor is at a quote. */
export function takeQuoted(): bool {
  const quote = peek();
  const start = ++cursor;
  while (true) {
    const byte = peek();
    if (byte == NO_BYTE || byte < 32) return false;
    if (byte == quote) break;
    cursor += byte == BACKSLASH ? 2 : 1;
  }
  const end = cursor;
  const target = programBytes(<u32>(end - start));
  let out = target;
  cursor = start;
  while (cursor < end) {
    const byte = peek();
    if (byte != BACKSLASH) {
      store<u8>(out++, <u8>byte);
      cursor++;
      continue;
    }
    const written = takeEscape(quote, end, out);
    if (!written) return false;
    out += written;
  }
  cursor = end + 1;
  quotedPointer = target;
  quotedLength = <u32>(out - target);
  return true;
}

/** Takes an escape and writes what it stands for; returns how many bytes, or 0 when it is none. Lone surrogates are none. */
function takeEscape(quote: u32, end: usize, out: usize): u32 {
  const letter = peek(1);
  if (letter != 117) {
    const plain = letter == APOSTROPHE && quote == APOSTROPHE ? APOSTROPHE : letter == QUOTE && quote != QUOTE ? 0 : unescapeByte(letter);
    if (!plain) return 0;
    store<u8>(out, <u8>plain);
    cursor += 2;
    return 1;
  }
  const code = hexFour(cursor + 2, end);
  if (code < 0 || (code & 0xfc00) == 0xdc00) return 0;
  if ((code & 0xfc00) != 0xd800) {
    cursor += 6;
    return putCharacter(out, <u32>code);
  }
  if (cursor + 12 > end || peek(6) != BACKSLASH || peek(7) != 117) return 0;
  const low = hexFour(cursor + 8, end);
  if (low < 0 || (low & 0xfc00) != 0xdc00) return 0;
  cursor += 12;
  return putCharacter(out, 0x10000 + (((<u32>code) & 0x3ff) << 10) + ((<u32>low) & 0x3ff));
}
