/**
 * Cypher's tests of strings. What is no string makes them NULL.
 *
 * `=~` asks whether the whole string matches. Patterns are those of value/pattern-compile.ts, with what Java writes otherwise: `.` is no
 * line feed, \b and \B are word boundaries, \z is the end, and (?i), (?s), (?m) may stand in front.
 */
import { SLOT_BOOLEAN, SLOT_NONE, SLOT_TEXT } from "../abi/record";
import { equalBytes } from "../bytes/copy";
import { builderReset, builderWord, putByte, putBytes } from "../value/builder";
import { hasFailed, setTag } from "../value/cells";
import { findBytes } from "../value/code-points";
import { itemPayload, itemTag, readValue } from "../value/cypher-item";
import { FLAG_DOT_LINES, FLAG_IGNORE_CASE, FLAG_LINES, compilePattern } from "../value/pattern-compile";
import { searchPattern } from "../value/pattern-match";
import { SPILL_FIRST, SPILL_SECOND, wordBytes, wordLength } from "../value/word";
import { text_starts_with } from "./text";

const BACKSLASH: u32 = 92;
const QUESTION: u32 = 63;
const OPEN: u32 = 40;
const CLOSE: u32 = 41;
/** `\A(?:` and `)\Z`. */
const HEAD: usize = memory.data<u8>([92, 65, 40, 63, 58]);
const TAIL: usize = memory.data<u8>([41, 92, 90]);

/** The first of two operands that were read. */
let first: u64 = 0;

/** Whether both are strings; the answer is no NULL then. */
function readTexts(leftTag: u32, left: u64, rightTag: u32, right: u64): bool {
  readValue(leftTag, left);
  const isText = itemTag == SLOT_TEXT;
  first = itemPayload;
  readValue(rightTag, right);
  const fits = isText && itemTag == SLOT_TEXT;
  setTag(fits ? SLOT_BOOLEAN : SLOT_NONE);
  return fits;
}

export function value_starts_with(leftTag: i32, left: i64, rightTag: i32, right: i64): i32 {
  return readTexts(leftTag, left, rightTag, right) ? text_starts_with(first, itemPayload) : 0;
}

export function value_ends_with(leftTag: i32, left: i64, rightTag: i32, right: i64): i32 {
  if (!readTexts(leftTag, left, rightTag, right)) return 0;
  const length = wordLength(first);
  const endLength = wordLength(itemPayload);
  if (endLength > length) return 0;
  return equalBytes(wordBytes(first, SPILL_FIRST) + (length - endLength), wordBytes(itemPayload, SPILL_SECOND), endLength) ? 1 : 0;
}

export function value_contains(leftTag: i32, left: i64, rightTag: i32, right: i64): i32 {
  if (!readTexts(leftTag, left, rightTag, right)) return 0;
  const length = wordLength(itemPayload);
  if (!length) return 1;
  return findBytes(wordBytes(first, SPILL_FIRST), wordLength(first), wordBytes(itemPayload, SPILL_SECOND), length, 0) >= 0 ? 1 : 0;
}

export function value_matches(leftTag: i32, left: i64, rightTag: i32, right: i64): i32 {
  if (!readTexts(leftTag, left, rightTag, right)) return 0;
  const text = first;
  const flags = putPattern(itemPayload);
  const pattern = builderWord();
  if (hasFailed() || !compilePattern(wordBytes(pattern, SPILL_FIRST), wordLength(pattern), flags)) return 0;
  return searchPattern(wordBytes(text, SPILL_SECOND), wordLength(text), 0, false) ? 1 : 0;
}

/** Puts the pattern for the whole string in the builder; answers its flags. */
function putPattern(pattern: u64): u32 {
  const bytes = wordBytes(pattern, SPILL_FIRST);
  const end = bytes + wordLength(pattern);
  let position = bytes;
  let flags = FLAG_DOT_LINES;
  if (end - bytes > 3 && <u32>load<u8>(bytes) == OPEN && <u32>load<u8>(bytes, 1) == QUESTION) {
    let letter = bytes + 2;
    let given: u32 = 0;
    while (letter < end && flagOf(load<u8>(letter))) given |= flagOf(load<u8>(letter++));
    if (given && letter < end && <u32>load<u8>(letter) == CLOSE) {
      position = letter + 1;
      flags = given & DOT_ALL ? 0 : FLAG_DOT_LINES;
      flags |= given & (FLAG_IGNORE_CASE | FLAG_LINES);
    }
  }
  builderReset();
  putBytes(HEAD, 5);
  for (; position < end; position++) {
    const byte = <u32>load<u8>(position);
    putByte(byte);
    if (byte == BACKSLASH && position + 1 < end) putByte(escapeOf(load<u8>(++position)));
  }
  putBytes(TAIL, 3);
  return flags;
}

const DOT_ALL: u32 = 16;

/** What a letter behind `(?` stands for, or 0. */
function flagOf(letter: u32): u32 {
  return letter == 105 ? FLAG_IGNORE_CASE : letter == 109 ? FLAG_LINES : letter == 115 ? DOT_ALL : 0;
}

/** b, B and z are y, Y and Z. */
function escapeOf(letter: u32): u32 {
  return letter == 98 ? 121 : letter == 66 ? 89 : letter == 122 ? 90 : letter;
}
