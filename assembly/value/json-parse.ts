/**
 * JSON text to packed form: RFC 8259 to the letter, in one pass, by recursive descent of at most DEPTH_MAX levels.
 *
 * The text must be well-formed UTF-8. An escape may name a lone surrogate; it is kept. Of equal names in an object the last
 * value stays, in the place of the first. Blanks are space, tab, CR and LF.
 *
 * Errors are values: `parseJson` returns false, `parseError` is an ERROR_JSON_* id (0: no memory) and `parseOffset` the byte
 * of the text at which it was found. The kinds of errors and their wording are serde_json's, since RedisJSON shows them.
 *
 * Cost: O(length); strings are searched sixteen bytes at a time.
 */
import {
  ERROR_JSON_CONTROL,
  ERROR_JSON_DEPTH,
  ERROR_JSON_EOF_LIST,
  ERROR_JSON_EOF_OBJECT,
  ERROR_JSON_EOF_STRING,
  ERROR_JSON_EOF_VALUE,
  ERROR_JSON_ESCAPE,
  ERROR_JSON_EXPECTED_COLON,
  ERROR_JSON_EXPECTED_COMMA_OR_BRACE,
  ERROR_JSON_EXPECTED_COMMA_OR_BRACKET,
  ERROR_JSON_EXPECTED_LITERAL,
  ERROR_JSON_EXPECTED_VALUE,
  ERROR_JSON_NAME_NOT_STRING,
  ERROR_JSON_NOT_UTF8,
  ERROR_JSON_NUMBER,
  ERROR_JSON_TRAILING_COMMA,
  ERROR_JSON_TRAILING_TEXT,
} from "../abi/errors";
import { isUtf8 } from "../bytes/utf8";
import { parseJsonNumber, scanStopped } from "./json-number";
import { decodeEscapes, escapeStopped, decodedBytes } from "./json-string";
import { DEPTH_MAX, TAG_FALSE, TAG_NULL, TAG_TRUE } from "./packed";
import {
  beginString,
  closeArray,
  closeObject,
  dropDuplicates,
  finishString,
  openContainer,
  packedFailed,
  writeByte,
  writeName,
  writeString,
} from "./packed-writer";

const QUOTE: u32 = 34;
const BACKSLASH: u32 = 92;
const COMMA: u32 = 44;
const COLON: u32 = 58;
const MINUS: u32 = 45;
const OPEN_BRACKET: u32 = 91;
const CLOSE_BRACKET: u32 = 93;
const OPEN_BRACE: u32 = 123;
const CLOSE_BRACE: u32 = 125;
const WORD_NULL: u32 = 0x6c6c756e;
const WORD_TRUE: u32 = 0x65757274;
const WORD_ALSE: u32 = 0x65736c61;

/** ERROR_JSON_* of the last text that was refused, or 0 when memory was the reason; and the byte where. */
export let parseError: u32 = 0;
export let parseOffset: u32 = 0;

let cursor: usize = 0;
let limit: usize = 0;
let depth: u32 = 0;

/** Appends the packed form of a text to the packed writer's buffer. */
export function parseJson(text: usize, length: u32): bool {
  parseError = 0;
  cursor = text;
  limit = text + length;
  depth = 0;
  const done = !isUtf8(text, length) ? refuseBytes(text) : parseWhole();
  if (!done) parseOffset = <u32>(cursor - text);
  return done;
}

function parseWhole(): bool {
  if (!parseValue()) return false;
  skipBlanks();
  return cursor == limit ? !packedFailed : refuse(ERROR_JSON_TRAILING_TEXT);
}

function refuse(error: u32): bool {
  if (!packedFailed) parseError = error;
  return false;
}

/** Finds the byte that makes the text no UTF-8. */
function refuseBytes(text: usize): bool {
  cursor = text;
  while (cursor < limit) {
    const first = <u32>load<u8>(cursor);
    const size: u32 = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
    if (cursor + size > limit || !isUtf8(cursor, size)) break;
    cursor += size;
  }
  return refuse(ERROR_JSON_NOT_UTF8);
}

// @ts-ignore: decorator
@inline
function skipBlanks(): void {
  while (cursor < limit && <u32>load<u8>(cursor) <= 32) {
    const byte = <u32>load<u8>(cursor);
    if (byte != 32 && byte != 10 && byte != 13 && byte != 9) return;
    cursor++;
  }
}

function parseValue(): bool {
  skipBlanks();
  if (cursor >= limit) return refuse(ERROR_JSON_EOF_VALUE);
  const byte = <u32>load<u8>(cursor);
  if (byte == QUOTE) return parseString(false);
  if (byte == OPEN_BRACE || byte == OPEN_BRACKET) {
    if (depth == DEPTH_MAX) return refuse(ERROR_JSON_DEPTH);
    depth++;
    const done = byte == OPEN_BRACE ? parseObject() : parseArray();
    depth--;
    return done;
  }
  if (byte == MINUS || byte - 48 <= 9) return parseNumber();
  return parseLiteral(byte);
}

function parseNumber(): bool {
  const after = parseJsonNumber(cursor, limit);
  if (!after) {
    cursor = scanStopped;
    return refuse(cursor < limit ? ERROR_JSON_NUMBER : ERROR_JSON_EOF_VALUE);
  }
  cursor = after;
  return true;
}

function parseLiteral(first: u32): bool {
  if (first == 110) return word(WORD_NULL, 0, TAG_NULL);
  if (first == 116) return word(WORD_TRUE, 0, TAG_TRUE);
  if (first == 102) return word(WORD_ALSE, 1, TAG_FALSE);
  return refuse(ERROR_JSON_EXPECTED_VALUE);
}

/** Takes the four bytes of `expected` that stand `skip` bytes on. */
function word(expected: u32, skip: u32, tag: u32): bool {
  for (let index: u32 = 0; index < 4; index++) {
    const position = cursor + skip + index;
    if (position >= limit || <u32>load<u8>(position) != ((expected >> (index << 3)) & 255)) {
      cursor = position < limit ? position : limit;
      return refuse(position < limit ? ERROR_JSON_EXPECTED_LITERAL : ERROR_JSON_EOF_VALUE);
    }
  }
  cursor += skip + 4;
  writeByte(tag);
  return !packedFailed;
}

function parseArray(): bool {
  const start = openContainer();
  let count: u32 = 0;
  cursor++;
  skipBlanks();
  if (cursor < limit && <u32>load<u8>(cursor) == CLOSE_BRACKET) {
    cursor++;
    closeArray(start, 0);
    return !packedFailed;
  }
  while (true) {
    if (cursor >= limit) return refuse(ERROR_JSON_EOF_LIST);
    if (!parseValue()) return false;
    count++;
    skipBlanks();
    if (cursor >= limit) return refuse(ERROR_JSON_EOF_LIST);
    const byte = <u32>load<u8>(cursor);
    if (byte == CLOSE_BRACKET) break;
    if (byte != COMMA) return refuse(ERROR_JSON_EXPECTED_COMMA_OR_BRACKET);
    cursor++;
    skipBlanks();
    if (cursor < limit && <u32>load<u8>(cursor) == CLOSE_BRACKET) return refuse(ERROR_JSON_TRAILING_COMMA);
  }
  cursor++;
  closeArray(start, count);
  return !packedFailed;
}

function parseObject(): bool {
  const start = openContainer();
  let count: u32 = 0;
  cursor++;
  skipBlanks();
  if (cursor < limit && <u32>load<u8>(cursor) == CLOSE_BRACE) {
    cursor++;
    closeObject(start, 0);
    return !packedFailed;
  }
  while (true) {
    if (!parseField()) return false;
    count++;
    skipBlanks();
    if (cursor >= limit) return refuse(ERROR_JSON_EOF_OBJECT);
    const byte = <u32>load<u8>(cursor);
    if (byte == CLOSE_BRACE) break;
    if (byte != COMMA) return refuse(ERROR_JSON_EXPECTED_COMMA_OR_BRACE);
    cursor++;
    skipBlanks();
    if (cursor < limit && <u32>load<u8>(cursor) == CLOSE_BRACE) return refuse(ERROR_JSON_TRAILING_COMMA);
  }
  cursor++;
  closeObject(start, dropDuplicates(start, count));
  return !packedFailed;
}

function parseField(): bool {
  if (cursor >= limit) return refuse(ERROR_JSON_EOF_OBJECT);
  if (<u32>load<u8>(cursor) != QUOTE) return refuse(ERROR_JSON_NAME_NOT_STRING);
  if (!parseString(true)) return false;
  skipBlanks();
  if (cursor >= limit) return refuse(ERROR_JSON_EOF_OBJECT);
  if (<u32>load<u8>(cursor) != COLON) return refuse(ERROR_JSON_EXPECTED_COLON);
  cursor++;
  return parseValue();
}

/** Address of the first quote, backslash or control character from `position` on, or `limit`. */
function findSpecial(position: usize): usize {
  const quotes = i8x16.splat(<i8>QUOTE);
  const backslashes = i8x16.splat(<i8>BACKSLASH);
  const blanks = i8x16.splat(32);
  while (position + 16 <= limit) {
    const bytes = v128.load(position);
    const special = v128.or(v128.or(i8x16.eq(bytes, quotes), i8x16.eq(bytes, backslashes)), i8x16.lt_u(bytes, blanks));
    const mask = i8x16.bitmask(special);
    if (mask) return position + ctz(mask);
    position += 16;
  }
  while (position < limit) {
    const byte = <u32>load<u8>(position);
    if (byte == QUOTE || byte == BACKSLASH || byte < 32) return position;
    position++;
  }
  return limit;
}

/** Takes the string at the cursor, as a value or as a field's name. */
function parseString(isName: bool): bool {
  const start = cursor + 1;
  let escaped = false;
  let position = findSpecial(start);
  while (position < limit && <u32>load<u8>(position) != QUOTE) {
    if (<u32>load<u8>(position) < 32) {
      cursor = position;
      return refuse(ERROR_JSON_CONTROL);
    }
    escaped = true;
    position = position + 2 <= limit ? findSpecial(position + 2) : limit;
  }
  if (position >= limit) {
    cursor = limit;
    return refuse(ERROR_JSON_EOF_STRING);
  }
  const length = <u32>(position - start);
  cursor = position + 1;
  if (escaped) return parseEscaped(start, length, isName);
  if (isName) writeName(start, length);
  else writeString(start, length);
  return !packedFailed;
}

function parseEscaped(start: usize, length: u32, isName: bool): bool {
  const target = beginString(length);
  if (!target) return false;
  if (!decodeEscapes(start, length, target)) {
    cursor = escapeStopped;
    return refuse(ERROR_JSON_ESCAPE);
  }
  finishString(decodedBytes, isName);
  return !packedFailed;
}
