/**
 * SQL's functions of text, as PostgreSQL has them: positions and lengths are code points, from 1.
 *
 * Results that are a part of an argument share its bytes. Each function says nothing of NULL: nobody calls it with one.
 * Cost: O(bytes) each, `text_replace`, `text_position` and `text_split_part` O(bytes * bytes of the part) at worst.
 */
import {
  RUNTIME_ERROR_CHARACTER_LARGE,
  RUNTIME_ERROR_CHARACTER_NEGATIVE,
  RUNTIME_ERROR_CHARACTER_NULL,
  RUNTIME_ERROR_CHAR_TOO_LONG,
  RUNTIME_ERROR_FIELD_POSITION,
  RUNTIME_ERROR_INTEGER_RANGE,
  RUNTIME_ERROR_LENGTH,
  RUNTIME_ERROR_NEGATIVE_SUBSTRING,
  RUNTIME_ERROR_VARCHAR_TOO_LONG,
} from "../abi/runtime-error";
import { copyBytes, equalBytes } from "../bytes/copy";
import { lowerCodePoint, upperCodePoint } from "../bytes/letter-case";
import { builderReset, builderRoom, builderTake, builderWord, putByte, putBytes, putCodePoint } from "../value/builder";
import { fail, failWith, hasFailed } from "../value/cells";
import {
  codePointAt,
  codePointBefore,
  codePointBytes,
  countCodePoints,
  findBytes,
  hasCodePoint,
  indexOfCodePoint,
  offsetOfCodePoint,
} from "../value/code-points";
import { putIdentifier, putLiteral } from "../value/quoted";
import {
  SPILL_FIRST,
  SPILL_SECOND,
  SPILL_THIRD,
  WORD_EMPTY,
  compareWords,
  hashWord,
  inlineWord,
  longRoom,
  longWord,
  wordBytes,
  wordLength,
  wordPart,
  wordsEqual,
} from "../value/word";

/** Longest string that a function makes. */
const TEXT_BYTES_MAX: u64 = 1073741823;
const BLANK: u32 = 32;
const INLINE_MAX: u32 = 7;
/** The word of one blank. */
const ONE_BLANK: u64 = 0x2001;

export function text_length(text: u64): i64 {
  return countCodePoints(wordBytes(text, SPILL_FIRST), wordLength(text));
}

export function text_octet_length(text: u64): i64 {
  return wordLength(text);
}

export function text_bit_length(text: u64): i64 {
  return (<i64>wordLength(text)) << 3;
}

export function text_lower(text: u64): u64 {
  return convertCase(text, false, false);
}

export function text_upper(text: u64): u64 {
  return convertCase(text, true, false);
}

/** Each word with a capital first. */
export function text_initcap(text: u64): u64 {
  return convertCase(text, false, true);
}

function convertCase(text: u64, upper: bool, words: bool): u64 {
  const bytes = wordBytes(text, SPILL_FIRST);
  const end = bytes + wordLength(text);
  builderReset();
  let inWord = false;
  for (let position = bytes; position < end; position += codePointBytes) {
    const code = codePointAt(position, end);
    const capital = words ? !inWord : upper;
    putCodePoint(capital ? upperCodePoint(code) : lowerCodePoint(code));
    if (words) inWord = isLetterOrDigit(code);
  }
  return builderWord();
}

/** ASCII letters and digits, and what has another case or lies above ASCII among letters. */
function isLetterOrDigit(code: u32): bool {
  if (code < 0x80) return code - 48 < 10 || (code | 32) - 97 < 26;
  return lowerCodePoint(code) != code || upperCodePoint(code) != code || (code >= 0xc0 && code != 0xd7 && code != 0xf7 && !isMark(code));
}

/** General punctuation, symbols, and blanks above Latin. */
function isMark(code: u32): bool {
  return (code >= 0x2000 && code < 0x2c00) || (code >= 0x3000 && code < 0x3005) || (code >= 0x3008 && code < 0x3021);
}

export function text_concat(left: u64, right: u64): u64 {
  const leftLength = wordLength(left);
  const rightLength = wordLength(right);
  if (!rightLength) return left;
  if (!leftLength) return right;
  const length = leftLength + rightLength;
  const leftBytes = wordBytes(left, SPILL_FIRST);
  const rightBytes = wordBytes(right, SPILL_SECOND);
  if (length <= INLINE_MAX) {
    copyBytes(SPILL_FIRST + 1 + leftLength, rightBytes, rightLength);
    return inlineWord(leftBytes, length);
  }
  if (<u64>leftLength + <u64>rightLength > TEXT_BYTES_MAX) return tooLong();
  const room = longRoom(length);
  if (!room) return WORD_EMPTY;
  copyBytes(room, leftBytes, leftLength);
  copyBytes(room + leftLength, rightBytes, rightLength);
  return longWord(room, length);
}

function tooLong(): u64 {
  fail(RUNTIME_ERROR_LENGTH);
  return WORD_EMPTY;
}

export function text_substring(text: u64, from: i64): u64 {
  return codePoints(text, from - 1, i64.MAX_VALUE);
}

/** substring(text from `from` for `count`). */
export function text_substring_for(text: u64, from: i64, count: i64): u64 {
  if (count < 0) {
    fail(RUNTIME_ERROR_NEGATIVE_SUBSTRING);
    return WORD_EMPTY;
  }
  const end = from > i64.MAX_VALUE - count ? i64.MAX_VALUE : from - 1 + count;
  return codePoints(text, from - 1, end);
}

/** The code points with numbers from `start` to before `end`, from 0. */
function codePoints(text: u64, start: i64, end: i64): u64 {
  if (start < 0) start = 0;
  if (end <= start) return WORD_EMPTY;
  const bytes = wordBytes(text, SPILL_FIRST);
  const length = wordLength(text);
  const first = offsetOfCodePoint(bytes, length, start);
  const behind = offsetOfCodePoint(bytes + first, length - first, end - start);
  return wordPart(bytes, first, behind);
}

export function text_left(text: u64, count: i64): u64 {
  return codePoints(text, 0, count < 0 ? text_length(text) + count : count);
}

export function text_right(text: u64, count: i64): u64 {
  return codePoints(text, count < 0 ? (count == i64.MIN_VALUE ? i64.MAX_VALUE : -count) : text_length(text) - count, i64.MAX_VALUE);
}

export function text_lpad(text: u64, count: i64, filling: u64): u64 {
  return pad(text, count, filling, true);
}

export function text_rpad(text: u64, count: i64, filling: u64): u64 {
  return pad(text, count, filling, false);
}

function pad(text: u64, count: i64, filling: u64, left: bool): u64 {
  const length = text_length(text);
  if (count <= length || !wordLength(filling)) return codePoints(text, 0, count);
  if (<u64>count > TEXT_BYTES_MAX) return tooLong();
  const bytes = wordBytes(text, SPILL_FIRST);
  builderReset();
  if (!left) putBytes(bytes, wordLength(text));
  putFilling(filling, count - length);
  if (left) putBytes(bytes, wordLength(text));
  return builderWord();
}

/** Appends `count` code points of the filling, again and again. */
function putFilling(filling: u64, count: i64): void {
  const bytes = wordBytes(filling, SPILL_SECOND);
  const length = wordLength(filling);
  const each = <i64>countCodePoints(bytes, length);
  for (; count >= each && !hasFailed(); count -= each) putBytes(bytes, length);
  putBytes(bytes, offsetOfCodePoint(bytes, length, count));
}

/** char(n): padded with blanks; what is longer is cut if the cast is explicit or only blanks go, else it is an error. */
export function character_fit(text: u64, count: i32, explicit: i32): u64 {
  const length = text_length(text);
  if (length < count) return text_rpad(text, count, ONE_BLANK);
  return length == count ? text : cut(text, count, explicit, RUNTIME_ERROR_CHAR_TOO_LONG);
}

/** varchar(n): the same without padding. */
export function varchar_fit(text: u64, count: i32, explicit: i32): u64 {
  if (wordLength(text) <= <u32>count || text_length(text) <= count) return text;
  return cut(text, count, explicit, RUNTIME_ERROR_VARCHAR_TOO_LONG);
}

function cut(text: u64, count: i32, explicit: i32, error: u32): u64 {
  return explicit ? codePoints(text, 0, count) : cutBlanks(text, count, error);
}

function cutBlanks(text: u64, count: i32, error: u32): u64 {
  const bytes = wordBytes(text, SPILL_FIRST);
  const length = wordLength(text);
  const kept = offsetOfCodePoint(bytes, length, count);
  for (let index = kept; index < length; index++) {
    if (load<u8>(bytes + index) == BLANK) continue;
    const limit = inlineNumber(count);
    failWith(error, limit, 0);
    return WORD_EMPTY;
  }
  return wordPart(bytes, 0, kept);
}

/** A number's text as a word. */
function inlineNumber(value: i32): u64 {
  builderReset();
  let divisor = 1;
  while (value / divisor >= 10) divisor *= 10;
  for (; divisor; divisor /= 10) putByte(48 + ((value / divisor) % 10));
  return builderWord();
}

/** Without the blanks at the end: what counts of a char(n), in comparisons and as text. */
export function text_from_character(text: u64): u64 {
  const bytes = wordBytes(text, SPILL_FIRST);
  let length = wordLength(text);
  while (length && load<u8>(bytes + length - 1) == BLANK) length--;
  return wordPart(bytes, 0, length);
}

/** Negative, 0 or positive; blanks at the end do not count. */
export function character_compare(left: u64, right: u64): i32 {
  return compareWords(text_from_character(left), text_from_character(right));
}

export function character_equal(left: u64, right: u64): i32 {
  return character_compare(left, right) == 0 ? 1 : 0;
}

export function character_not_equal(left: u64, right: u64): i32 {
  return character_compare(left, right) != 0 ? 1 : 0;
}

export function character_less(left: u64, right: u64): i32 {
  return character_compare(left, right) < 0 ? 1 : 0;
}

export function character_less_equal(left: u64, right: u64): i32 {
  return character_compare(left, right) <= 0 ? 1 : 0;
}

export function character_greater(left: u64, right: u64): i32 {
  return character_compare(left, right) > 0 ? 1 : 0;
}

export function character_greater_equal(left: u64, right: u64): i32 {
  return character_compare(left, right) >= 0 ? 1 : 0;
}

export function character_hash(text: u64): u64 {
  return hashWord(text_from_character(text));
}

export function text_btrim(text: u64, characters: u64): u64 {
  return trim(text, characters, true, true);
}

export function text_ltrim(text: u64, characters: u64): u64 {
  return trim(text, characters, true, false);
}

export function text_rtrim(text: u64, characters: u64): u64 {
  return trim(text, characters, false, true);
}

function trim(text: u64, characters: u64, left: bool, right: bool): u64 {
  const bytes = wordBytes(text, SPILL_FIRST);
  const set = wordBytes(characters, SPILL_SECOND);
  const setLength = wordLength(characters);
  let start = bytes;
  let end = bytes + wordLength(text);
  while (left && start < end && hasCodePoint(set, setLength, codePointAt(start, end))) {
    codePointAt(start, end);
    start += codePointBytes;
  }
  while (right && start < end) {
    const last = codePointBefore(start, end);
    if (!hasCodePoint(set, setLength, codePointAt(last, end))) break;
    end = last;
  }
  return wordPart(bytes, <u32>(start - bytes), <u32>(end - start));
}

/** Place of the first occurrence from 1, or 0. */
export function text_position(text: u64, part: u64): i64 {
  const bytes = wordBytes(text, SPILL_FIRST);
  const found = findBytes(bytes, wordLength(text), wordBytes(part, SPILL_SECOND), wordLength(part), 0);
  return found < 0 ? 0 : <i64>countCodePoints(bytes, found) + 1;
}

export function text_starts_with(text: u64, prefix: u64): i32 {
  const length = wordLength(prefix);
  if (length > wordLength(text)) return 0;
  return equalBytes(wordBytes(text, SPILL_FIRST), wordBytes(prefix, SPILL_SECOND), length) ? 1 : 0;
}

export function text_replace(text: u64, from: u64, to: u64): u64 {
  const bytes = wordBytes(text, SPILL_FIRST);
  const length = wordLength(text);
  const part = wordBytes(from, SPILL_SECOND);
  const partLength = wordLength(from);
  const other = wordBytes(to, SPILL_THIRD);
  let found = partLength ? findBytes(bytes, length, part, partLength, 0) : -1;
  if (found < 0) return text;
  let done: u32 = 0;
  builderReset();
  while (found >= 0 && !hasFailed()) {
    putBytes(bytes + done, found - done);
    putBytes(other, wordLength(to));
    done = found + partLength;
    found = findBytes(bytes, length, part, partLength, done);
  }
  putBytes(bytes + done, length - done);
  return builderWord();
}

export function text_reverse(text: u64): u64 {
  const bytes = wordBytes(text, SPILL_FIRST);
  let end = bytes + wordLength(text);
  builderReset();
  while (end > bytes) {
    const last = codePointBefore(bytes, end);
    putBytes(last, <u32>(end - last));
    end = last;
  }
  return builderWord();
}

export function text_repeat(text: u64, count: i64): u64 {
  const length = wordLength(text);
  if (count <= 0 || !length) return WORD_EMPTY;
  if (<u64>count > TEXT_BYTES_MAX / <u64>length) return tooLong();
  const bytes = wordBytes(text, SPILL_FIRST);
  builderReset();
  const room = builderRoom(length * <u32>count);
  if (!room) return WORD_EMPTY;
  for (let index: u32 = 0; index < <u32>count; index++) copyBytes(room + index * length, bytes, length);
  builderTake(length * <u32>count);
  return builderWord();
}

/** The field with number `field` from 1 between separators; from the end when it is negative. */
export function text_split_part(text: u64, separator: u64, field: i64): u64 {
  if (!field) {
    fail(RUNTIME_ERROR_FIELD_POSITION);
    return WORD_EMPTY;
  }
  const bytes = wordBytes(text, SPILL_FIRST);
  const length = wordLength(text);
  const part = wordBytes(separator, SPILL_SECOND);
  const partLength = wordLength(separator);
  if (!partLength) return field == 1 || field == -1 ? text : WORD_EMPTY;
  if (field < 0) {
    field += <i64>countParts(bytes, length, part, partLength) + 1;
    if (field <= 0) return WORD_EMPTY;
  }
  let start: u32 = 0;
  while (true) {
    const found = findBytes(bytes, length, part, partLength, start);
    if (field == 1) return wordPart(bytes, start, (found < 0 ? length : <u32>found) - start);
    if (found < 0) return WORD_EMPTY;
    start = <u32>found + partLength;
    field--;
  }
}

function countParts(bytes: usize, length: u32, part: usize, partLength: u32): u32 {
  let count: u32 = 1;
  let found = findBytes(bytes, length, part, partLength, 0);
  while (found >= 0) {
    count++;
    found = findBytes(bytes, length, part, partLength, found + partLength);
  }
  return count;
}

/** Each code point of `from` becomes the one at the same place of `to`, or goes. */
export function text_translate(text: u64, from: u64, to: u64): u64 {
  const bytes = wordBytes(text, SPILL_FIRST);
  const end = bytes + wordLength(text);
  const source = wordBytes(from, SPILL_SECOND);
  const target = wordBytes(to, SPILL_THIRD);
  const targetLength = wordLength(to);
  builderReset();
  let size: u32 = 0;
  for (let position = bytes; position < end; position += size) {
    const code = codePointAt(position, end);
    size = codePointBytes;
    const index = indexOfCodePoint(source, wordLength(from), code);
    if (index < 0) putBytes(position, size);
    else {
      const place = offsetOfCodePoint(target, targetLength, index);
      if (place < targetLength) putCodePoint(codePointAt(target + place, target + targetLength));
    }
  }
  return builderWord();
}

/** overlay(text placing other from `from` for `count`). */
export function text_overlay(text: u64, other: u64, from: i64, count: i64): u64 {
  if (from <= 0) {
    fail(RUNTIME_ERROR_NEGATIVE_SUBSTRING);
    return WORD_EMPTY;
  }
  if (from + count > 2147483647) {
    fail(RUNTIME_ERROR_INTEGER_RANGE);
    return WORD_EMPTY;
  }
  const head = codePoints(text, 0, from - 1);
  const tail = codePoints(text, from - 1 + count, i64.MAX_VALUE);
  return text_concat(text_concat(head, other), tail);
}

export function text_overlay_all(text: u64, other: u64, from: i64): u64 {
  return text_overlay(text, other, from, text_length(other));
}

/** Number of the first code point, 0 without one. */
export function text_ascii(text: u64): i64 {
  const bytes = wordBytes(text, SPILL_FIRST);
  const length = wordLength(text);
  return length ? codePointAt(bytes, bytes + length) : 0;
}

export function text_chr(code: i64): u64 {
  if (code <= 0 || code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) {
    if (code > 0) failWith(RUNTIME_ERROR_CHARACTER_LARGE, inlineNumber(<i32>code), 0);
    else fail(code < 0 ? RUNTIME_ERROR_CHARACTER_NEGATIVE : RUNTIME_ERROR_CHARACTER_NULL);
    return WORD_EMPTY;
  }
  builderReset();
  putCodePoint(<u32>code);
  return builderWord();
}

/** Hexadecimal digits of the bits. */
export function text_to_hex(value: i64): u64 {
  let bits = <u64>value;
  builderReset();
  let shift: i32 = 60;
  while (shift > 0 && !((bits >> shift) & 15)) shift -= 4;
  for (; shift >= 0; shift -= 4) {
    const digit = (<u32>(bits >> shift)) & 15;
    putByte(digit < 10 ? 48 + digit : 87 + digit);
  }
  return builderWord();
}

/** The text as a literal. */
export function text_quote_literal(text: u64): u64 {
  builderReset();
  putLiteral(wordBytes(text, SPILL_FIRST), wordLength(text));
  return builderWord();
}

/** The text as a name. */
export function text_quote_ident(text: u64): u64 {
  builderReset();
  putIdentifier(wordBytes(text, SPILL_FIRST), wordLength(text));
  return builderWord();
}

export function text_lpad_blank(text: u64, count: i64): u64 {
  return text_lpad(text, count, ONE_BLANK);
}

export function text_rpad_blank(text: u64, count: i64): u64 {
  return text_rpad(text, count, ONE_BLANK);
}

export function text_btrim_blank(text: u64): u64 {
  return text_btrim(text, ONE_BLANK);
}

export function text_ltrim_blank(text: u64): u64 {
  return text_ltrim(text, ONE_BLANK);
}

export function text_rtrim_blank(text: u64): u64 {
  return text_rtrim(text, ONE_BLANK);
}

/** The 32 bits of an integer. */
export function integer_to_hex(value: i64): u64 {
  return text_to_hex(<i64>(<u64>(<u32>value)));
}
