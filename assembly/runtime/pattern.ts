/**
 * Matching of text for plans: LIKE, ILIKE, SIMILAR TO and regular expressions.
 *
 * LIKE compares code points; `%` goes back to its last place only, so a match takes O(text * pattern) at worst. A pattern's escape
 * is the backslash: LIKE ... ESCAPE rewrites the pattern first (`text_like_escape`), as PostgreSQL does.
 */
import { SLOT_ARRAY, SLOT_NONE, SLOT_TEXT } from "../abi/record";
import {
  RUNTIME_ERROR_LIKE_ESCAPE,
  RUNTIME_ERROR_LIKE_PATTERN_END,
  RUNTIME_ERROR_REGULAR_OPTION,
  RUNTIME_ERROR_SIMILAR_SEPARATORS,
} from "../abi/runtime-error";
import { builderReset, builderWord, putByte, putBytes } from "../value/builder";
import { fail, failWith, hasFailed, setTag } from "../value/cells";
import { codePointAt, codePointBytes, countCodePoints } from "../value/code-points";
import { beginPacking, packText, packedWord } from "../value/dynamic-pack";
import { TAG_NULL } from "../value/packed";
import { closeArray, openContainer, writeByte } from "../value/packed-writer";
import { CAPTURES_MAX, FLAG_IGNORE_CASE, FLAG_LINES, captureCount, compilePattern } from "../value/pattern-compile";
import { NO_POSITION, captures, searchPattern } from "../value/pattern-match";
import { SPILL_FIRST, SPILL_SECOND, SPILL_THIRD, inlineWord, wordBytes, wordLength, wordPart } from "../value/word";
import { text_lower } from "./text";

const PERCENT: u32 = 37;
const UNDERSCORE: u32 = 95;
const BACKSLASH: u32 = 92;
const AMPERSAND: u32 = 38;
const NOTHING: usize = 0;

// LIKE -----------------------------------------------------------------------------------------------------------------

export function text_like(text: u64, pattern: u64): i32 {
  const bytes = wordBytes(text, SPILL_FIRST);
  const template = wordBytes(pattern, SPILL_SECOND);
  return like(bytes, bytes + wordLength(text), template, template + wordLength(pattern)) ? 1 : 0;
}

export function text_ilike(text: u64, pattern: u64): i32 {
  return text_like(text_lower(text), text_lower(pattern));
}

function like(text: usize, textEnd: usize, pattern: usize, patternEnd: usize): bool {
  let restart = NOTHING;
  let again = text;
  while (text < textEnd) {
    const byte: u32 = pattern < patternEnd ? load<u8>(pattern) : 256;
    if (byte == PERCENT) {
      restart = ++pattern;
      if (pattern == patternEnd) return true;
      again = text;
      continue;
    }
    if (byte == UNDERSCORE) {
      codePointAt(text, textEnd);
      text += codePointBytes;
      pattern++;
      continue;
    }
    if (byte != 256) {
      const escaped = byte == BACKSLASH;
      if (escaped && pattern + 1 >= patternEnd) {
        fail(RUNTIME_ERROR_LIKE_PATTERN_END);
        return false;
      }
      if (load<u8>(text) == load<u8>(pattern + (escaped ? 1 : 0))) {
        text++;
        pattern += escaped ? 2 : 1;
        continue;
      }
    }
    if (restart == NOTHING) return false;
    codePointAt(again, textEnd);
    again += codePointBytes;
    text = again;
    pattern = restart;
  }
  while (pattern < patternEnd && <u32>load<u8>(pattern) == PERCENT) pattern++;
  return pattern == patternEnd;
}

/** The pattern with a backslash in place of another escape; an empty escape: none. */
export function text_like_escape(pattern: u64, escape: u64): u64 {
  const template = wordBytes(pattern, SPILL_FIRST);
  const length = wordLength(pattern);
  const sign = wordBytes(escape, SPILL_SECOND);
  const signLength = wordLength(escape);
  if (countCodePoints(sign, signLength) > 1) {
    fail(RUNTIME_ERROR_LIKE_ESCAPE);
    return 0;
  }
  if (signLength == 1 && <u32>load<u8>(sign) == BACKSLASH) return pattern;
  builderReset();
  let after = false;
  for (let index: u32 = 0; index < length;) {
    if (!after && signLength && index + signLength <= length && memory.compare(template + index, sign, signLength) == 0) {
      putByte(BACKSLASH);
      index += signLength;
      after = true;
      continue;
    }
    const byte = <u32>load<u8>(template + index++);
    if (byte == BACKSLASH && !after) putByte(BACKSLASH);
    putByte(byte);
    after = false;
  }
  return builderWord();
}

// SIMILAR TO -----------------------------------------------------------------------------------------------------------

/** The regular expression of a pattern of SIMILAR TO: `%` and `_` are `.*` and `.`, the match is of the whole text. */
export function text_similar_escape(pattern: u64, escape: u64): u64 {
  const template = wordBytes(pattern, SPILL_FIRST);
  const length = wordLength(pattern);
  const sign: u32 = wordLength(escape) ? load<u8>(wordBytes(escape, SPILL_SECOND)) : 256;
  if (countCodePoints(wordBytes(escape, SPILL_SECOND), wordLength(escape)) > 1) {
    fail(RUNTIME_ERROR_LIKE_ESCAPE);
    return 0;
  }
  builderReset();
  putBytes(SIMILAR_HEAD, 4);
  let bracket = false;
  let separators = 0;
  // What stands in front of the first separator takes as little as possible.
  lazy = hasSeparator(template, length, sign);
  for (let index: u32 = 0; index < length; index++) {
    const byte = <u32>load<u8>(template + index);
    const next: u32 = index + 1 < length ? load<u8>(template + index + 1) : 256;
    if (byte == sign && next == QUOTE && !bracket) {
      putSeparator(separators++);
      index++;
    } else if (byte == sign && next != 256) {
      putByte(BACKSLASH);
      putByte(next);
      index++;
    } else if (bracket) {
      bracket = byte != 93;
      putByte(byte);
    } else putSimilar(byte);
    if (byte == 91) bracket = true;
  }
  putByte(41);
  putByte(36);
  return builderWord();
}

/** Quantifiers are not greedy. */
let lazy: bool = false;

function hasSeparator(template: usize, length: u32, sign: u32): bool {
  for (let index: u32 = 0; index + 1 < length; index++) {
    if (<u32>load<u8>(template + index) != sign) continue;
    if (<u32>load<u8>(template + ++index) == QUOTE) return true;
  }
  return false;
}

/** Two escaped quotes stand around what substring answers: ^(?:before)(inside)(?:behind)$ */
function putSeparator(count: i32): void {
  lazy = false;
  if (count > 1) fail(RUNTIME_ERROR_SIMILAR_SEPARATORS);
  else putBytes(count ? SIMILAR_END : SIMILAR_BEGIN, count ? 4 : 2);
}

/** substring(text SIMILAR pattern ESCAPE escape): what stands between the separators, or all; NULL without a match. */
export function text_similar_substring(text: u64, pattern: u64, escape: u64): u64 {
  const regular = text_similar_escape(pattern, escape);
  return hasFailed() ? 0 : text_regexp_substring(text, regular);
}

const QUOTE: u32 = 34;
/** )( and )(?: */
const SIMILAR_BEGIN: usize = memory.data<u8>([41, 40]);
const SIMILAR_END: usize = memory.data<u8>([41, 40, 63, 58]);
/** ^(?: */
const SIMILAR_HEAD: usize = memory.data<u8>([94, 40, 63, 58]);

/** A character outside of brackets. */
function putSimilar(byte: u32): void {
  if (byte == PERCENT) {
    putByte(46);
    putByte(42);
    if (lazy) putByte(63);
  } else if (lazy && (byte == 42 || byte == 43 || byte == 63 || byte == 125)) {
    putByte(byte);
    putByte(63);
  } else if (byte == UNDERSCORE) putByte(46);
  else if (byte == 40) {
    putByte(40);
    putByte(63);
    putByte(58);
  } else {
    if (byte == BACKSLASH || byte == 46 || byte == 94 || byte == 36) putByte(BACKSLASH);
    putByte(byte);
  }
}

export function text_similar_escape_default(pattern: u64): u64 {
  return text_similar_escape(pattern, 0x5c01);
}

export function text_similar(text: u64, pattern: u64): i32 {
  return text_regexp(text, text_similar_escape_default(pattern));
}

// Regular expressions --------------------------------------------------------------------------------------------------

/** Set by `readFlags`. */
let flagBits: u32 = 0;
let everywhere: bool = false;

/** The letters of a flags argument; false, and an error, where one has no meaning. */
function readFlags(flags: u64): bool {
  flagBits = 0;
  everywhere = false;
  const bytes = wordBytes(flags, SPILL_FIRST);
  for (let index: u32 = 0; index < wordLength(flags); index++) {
    const letter = <u32>load<u8>(bytes + index);
    if (letter == 103) everywhere = true;
    else if (letter == 105) flagBits |= FLAG_IGNORE_CASE;
    else if (letter == 99) flagBits &= ~FLAG_IGNORE_CASE;
    else if (letter == 110 || letter == 109) flagBits |= FLAG_LINES;
    else if (letter == 115) flagBits &= ~FLAG_LINES;
    else {
      failWith(RUNTIME_ERROR_REGULAR_OPTION, inlineWord(bytes + index, 1), 0);
      return false;
    }
  }
  return true;
}

function compile(pattern: u64, flags: u32): bool {
  return compilePattern(wordBytes(pattern, SPILL_FIRST), wordLength(pattern), flags);
}

/** Searches in a text from an offset on; the bytes of an inline text are in SPILL_SECOND. */
function searchFrom(text: u64, from: u32, capture: bool): bool {
  return searchPattern(wordBytes(text, SPILL_SECOND), wordLength(text), from, capture);
}

export function text_regexp(text: u64, pattern: u64): i32 {
  return compile(pattern, 0) && searchFrom(text, 0, false) ? 1 : 0;
}

export function text_iregexp(text: u64, pattern: u64): i32 {
  return compile(pattern, FLAG_IGNORE_CASE) && searchFrom(text, 0, false) ? 1 : 0;
}

export function regexp_like(text: u64, pattern: u64, flags: u64): i32 {
  return readFlags(flags) && compile(pattern, flagBits) && searchFrom(text, 0, false) ? 1 : 0;
}

function captureStart(group: u32): u32 {
  return group < CAPTURES_MAX ? load<u32>(captures + ((<usize>group) << 3)) : NO_POSITION;
}

function captureEnd(group: u32): u32 {
  return load<u32>(captures + ((<usize>group) << 3), 4);
}

/** A group of the last match in `text`, 0 the whole. */
function capturedWord(text: u64, group: u32): u64 {
  const start = captureStart(group);
  return wordPart(wordBytes(text, SPILL_SECOND), start, captureEnd(group) - start);
}

/** substring(text from pattern): the first group, or the match where there is none; NULL without a match. */
export function text_regexp_substring(text: u64, pattern: u64): u64 {
  const found = compile(pattern, 0) && searchFrom(text, 0, true);
  const group: u32 = captureCount ? 1 : 0;
  if (!found || captureStart(group) == NO_POSITION) {
    setTag(SLOT_NONE);
    return 0;
  }
  setTag(SLOT_TEXT);
  return capturedWord(text, group);
}

export function regexp_match(text: u64, pattern: u64): u64 {
  return regexp_match_flags(text, pattern, 0);
}

/** The groups of the first match as an array, or the match where there are none; NULL without a match. */
export function regexp_match_flags(text: u64, pattern: u64, flags: u64): u64 {
  if (!readFlags(flags) || !compile(pattern, flagBits) || !searchFrom(text, 0, true)) {
    setTag(SLOT_NONE);
    return 0;
  }
  beginPacking();
  const start = openContainer();
  const first: u32 = captureCount ? 1 : 0;
  const last = captureCount < CAPTURES_MAX ? captureCount : CAPTURES_MAX - 1;
  for (let group = first; group <= last; group++) {
    if (captureStart(group) == NO_POSITION || captureEnd(group) == NO_POSITION) writeByte(TAG_NULL);
    else packText(capturedWord(text, group));
  }
  closeArray(start, last - first + 1);
  setTag(SLOT_ARRAY);
  return packedWord();
}

/** Offset behind the match, at least one character behind its start: where the search goes on. */
function afterMatch(text: u64): u32 {
  const end = captureEnd(0);
  if (end > captureStart(0)) return end;
  const length = wordLength(text);
  if (end >= length) return length + 1;
  const bytes = wordBytes(text, SPILL_SECOND);
  codePointAt(bytes + end, bytes + length);
  return end + codePointBytes;
}

export function regexp_replace(text: u64, pattern: u64, replacement: u64): u64 {
  return regexp_replace_flags(text, pattern, replacement, 0);
}

/** The first match, or with the flag g each one, replaced; \\1 to \\9 and \\& in the replacement are what was matched. */
export function regexp_replace_flags(text: u64, pattern: u64, replacement: u64, flags: u64): u64 {
  if (!readFlags(flags) || !compile(pattern, flagBits)) return 0;
  const length = wordLength(text);
  const other = wordBytes(replacement, SPILL_THIRD);
  let from: u32 = 0;
  let copied: u32 = 0;
  builderReset();
  while (from <= length && !hasFailed() && searchFrom(text, from, true)) {
    const bytes = wordBytes(text, SPILL_SECOND);
    putBytes(bytes + copied, captureStart(0) - copied);
    putReplacement(bytes, other, wordLength(replacement));
    copied = captureEnd(0);
    from = afterMatch(text);
    if (!everywhere) break;
  }
  if (copied < length) putBytes(wordBytes(text, SPILL_SECOND) + copied, length - copied);
  return builderWord();
}

function putReplacement(bytes: usize, replacement: usize, length: u32): void {
  for (let index: u32 = 0; index < length; index++) {
    const byte = <u32>load<u8>(replacement + index);
    if (byte != BACKSLASH || index + 1 == length) {
      putByte(byte);
      continue;
    }
    const next = <u32>load<u8>(replacement + ++index);
    const group: u32 = next == AMPERSAND ? 0 : next - 48;
    if (next == BACKSLASH) putByte(BACKSLASH);
    else if (next != AMPERSAND && (group < 1 || group > 9)) {
      putByte(BACKSLASH);
      putByte(next);
    } else if (group <= captureCount && captureStart(group) != NO_POSITION && captureEnd(group) != NO_POSITION) {
      putBytes(bytes + captureStart(group), captureEnd(group) - captureStart(group));
    }
  }
}

export function regexp_count(text: u64, pattern: u64): i64 {
  if (!compile(pattern, 0)) return 0;
  let count: i64 = 0;
  let from: u32 = 0;
  while (from <= wordLength(text) && !hasFailed() && searchFrom(text, from, true)) {
    count++;
    from = afterMatch(text);
  }
  return count;
}

/** Place of the first match from 1, or 0. */
export function regexp_instr(text: u64, pattern: u64): i64 {
  if (!compile(pattern, 0) || !searchFrom(text, 0, true)) return 0;
  return <i64>countCodePoints(wordBytes(text, SPILL_SECOND), captureStart(0)) + 1;
}

/** The first match; NULL without one. */
export function regexp_substr(text: u64, pattern: u64): u64 {
  const found = compile(pattern, 0) && searchFrom(text, 0, true);
  setTag(found ? SLOT_TEXT : SLOT_NONE);
  return found ? capturedWord(text, 0) : 0;
}

/** What lies between the matches, as an array; an empty match at either end or behind another does not split. */
export function regexp_split_to_array(text: u64, pattern: u64): u64 {
  if (!compile(pattern, 0)) return 0;
  const length = wordLength(text);
  let from: u32 = 0;
  let copied: u32 = 0;
  let count: u32 = 1;
  beginPacking();
  const start = openContainer();
  while (from <= length && !hasFailed() && searchFrom(text, from, true)) {
    const empty = captureStart(0) == captureEnd(0);
    if (!empty || (captureStart(0) > copied && captureStart(0) < length)) {
      packText(wordPart(wordBytes(text, SPILL_SECOND), copied, captureStart(0) - copied));
      copied = captureEnd(0);
      count++;
    }
    from = afterMatch(text);
  }
  packText(wordPart(wordBytes(text, SPILL_SECOND), copied, length - copied));
  closeArray(start, count);
  return packedWord();
}
