/**
 * Cypher's functions of strings. Arguments are values; those of a wrong kind are errors (value/cypher-argument.ts). Positions and
 * lengths count code points, from 0.
 *
 * Cost: O(bytes).
 */
import { SLOT_TEXT } from "../abi/record";
import { builderReset, builderWord, putBytes } from "../value/builder";
import { hasFailed } from "../value/cells";
import { codePointAt, codePointBefore, codePointBytes, countCodePoints, findBytes, offsetOfCodePoint } from "../value/code-points";
import { KIND_LIST, KIND_STRING, countArgument, listBytes, refuse, stringArgument } from "../value/cypher-argument";
import { itemPayload, itemTag, readItem } from "../value/cypher-item";
import { beginPacking, packText, packedWord } from "../value/dynamic-pack";
import { afterValue, childCount, firstChild } from "../value/packed";
import { closeArray, openContainer, packedFailed } from "../value/packed-writer";
import { SPILL_FIRST, SPILL_SECOND, SPILL_THIRD, WORD_EMPTY, wordBytes, wordLength, wordPart } from "../value/word";
import { text_btrim, text_lower, text_ltrim, text_replace, text_reverse, text_rtrim, text_upper } from "./text";

export function value_upper(tag: i32, payload: i64): u64 {
  return text_upper(stringArgument(tag, payload));
}

export function value_lower(tag: i32, payload: i64): u64 {
  return text_lower(stringArgument(tag, payload));
}

export function value_text_length(tag: i32, payload: i64): i64 {
  const text = stringArgument(tag, payload);
  return countCodePoints(wordBytes(text, SPILL_FIRST), wordLength(text));
}

/** The first code points. */
export function value_left(tag: i32, payload: i64, countTag: i32, count: i64): u64 {
  return part(stringArgument(tag, payload), 0, countArgument(countTag, count));
}

/** The last code points. */
export function value_right(tag: i32, payload: i64, countTag: i32, count: i64): u64 {
  const text = stringArgument(tag, payload);
  const wanted = countArgument(countTag, count);
  const length = <i64>countCodePoints(wordBytes(text, SPILL_FIRST), wordLength(text));
  return wanted >= length ? text : part(text, length - wanted, wanted);
}

export function value_substring(tag: i32, payload: i64, startTag: i32, start: i64): u64 {
  return part(stringArgument(tag, payload), countArgument(startTag, start), i64.MAX_VALUE);
}

export function value_substring_for(tag: i32, payload: i64, startTag: i32, start: i64, countTag: i32, count: i64): u64 {
  return part(stringArgument(tag, payload), countArgument(startTag, start), countArgument(countTag, count));
}

function part(text: u64, start: i64, count: i64): u64 {
  const bytes = wordBytes(text, SPILL_FIRST);
  const length = wordLength(text);
  const from = offsetOfCodePoint(bytes, length, start);
  return wordPart(bytes, from, offsetOfCodePoint(bytes + from, length - from, count));
}

// Blanks ---------------------------------------------------------------------------------------------------------------

const TRIM_START: i32 = 1;
const TRIM_END: i32 = 2;

/** A string without the white space at its ends (TRIM_*). */
export function value_trim(tag: i32, payload: i64, ends: i32): u64 {
  const text = stringArgument(tag, payload);
  const bytes = wordBytes(text, SPILL_FIRST);
  let start = bytes;
  let end = bytes + wordLength(text);
  while (ends & TRIM_START && start < end && isBlank(codePointAt(start, end))) start += codePointBytes;
  while (ends & TRIM_END && start < end) {
    const last = codePointBefore(start, end);
    if (!isBlank(codePointAt(last, end))) break;
    end = last;
  }
  return wordPart(bytes, <u32>(start - bytes), <u32>(end - start));
}

/** White space of Unicode, as Java has it: without those blanks that lines are not broken at. */
function isBlank(code: u32): bool {
  if (code <= 32) return code >= 28 || code - 9 < 5;
  if (code < 0x1680) return false;
  if (code >= 0x2000 && code <= 0x200a) return code != 0x2007;
  return code == 0x1680 || code == 0x2028 || code == 0x2029 || code == 0x205f || code == 0x3000;
}

/** The same for code points of the caller's choice. */
export function value_trim_of(tag: i32, payload: i64, charactersTag: i32, characters: i64, ends: i32): u64 {
  const text = stringArgument(tag, payload);
  const set = stringArgument(charactersTag, characters);
  if (ends == TRIM_START) return text_ltrim(text, set);
  return ends == TRIM_END ? text_rtrim(text, set) : text_btrim(text, set);
}

// Parts ----------------------------------------------------------------------------------------------------------------

/** Every occurrence of a string replaced; the empty one occurs around each code point. */
export function value_replace(tag: i32, payload: i64, searchTag: i32, search: i64, otherTag: i32, other: i64): u64 {
  const text = stringArgument(tag, payload);
  const part = stringArgument(searchTag, search);
  const replacement = stringArgument(otherTag, other);
  if (hasFailed()) return WORD_EMPTY;
  return wordLength(part) ? text_replace(text, part, replacement) : interleaved(text, replacement);
}

function interleaved(text: u64, other: u64): u64 {
  const bytes = wordBytes(text, SPILL_FIRST);
  const end = bytes + wordLength(text);
  const between = wordBytes(other, SPILL_SECOND);
  const length = wordLength(other);
  builderReset();
  putBytes(between, length);
  for (let position = bytes; position < end && !hasFailed(); position += codePointBytes) {
    codePointAt(position, end);
    putBytes(position, codePointBytes);
    putBytes(between, length);
  }
  return builderWord();
}

/** The parts between separators: one string, or a list of several. An empty one divides into code points. */
export function value_split(tag: i32, payload: i64, separatorTag: i32, separator: i64): u64 {
  const text = stringArgument(tag, payload);
  const list = listBytes(separatorTag, separator);
  if (!list && separatorTag != SLOT_TEXT) refuse(KIND_STRING | KIND_LIST, separatorTag, separator);
  if (hasFailed()) return WORD_EMPTY;
  const bytes = wordBytes(text, SPILL_FIRST);
  const length = wordLength(text);
  beginPacking();
  const start = openContainer();
  let count: u32 = 0;
  let from: u32 = 0;
  while (!packedFailed && !hasFailed()) {
    foundAt = -1;
    if (list) findAny(bytes, length, list, from);
    else findSeparator(bytes, length, separator, from);
    packText(wordPart(bytes, from, (foundAt < 0 ? length : <u32>foundAt) - from));
    count++;
    if (foundAt < 0) break;
    from = <u32>foundAt + foundBytes;
  }
  closeArray(start, count);
  return packedWord();
}

/** The next separator: its offset (-1: there is none) and its bytes. */
let foundAt: i32 = -1;
let foundBytes: u32 = 0;

/** The first occurrence of any separator of a list; of those at one place the longest. */
function findAny(bytes: usize, length: u32, list: usize, from: u32): void {
  const count = childCount(list);
  let element = firstChild(list);
  for (let index: u32 = 0; index < count; index++) {
    readItem(element);
    if (itemTag == SLOT_TEXT) findSeparator(bytes, length, itemPayload, from);
    else {
      refuse(KIND_STRING, itemTag, itemPayload);
      return;
    }
    element = afterValue(element);
  }
}

/** Notes where a separator comes next, if that is before what is noted. */
function findSeparator(bytes: usize, length: u32, separator: u64, from: u32): void {
  const size = wordLength(separator);
  let at = findBytes(bytes, length, wordBytes(separator, SPILL_THIRD), size, from);
  // The empty separator is behind each code point but the last.
  if (!size) {
    at = from < length ? <i32>(from + offsetOfCodePoint(bytes + from, length - from, 1)) : -1;
    if (<u32>at == length && length) at = -1;
  }
  if (at < 0 || (foundAt >= 0 && (at > foundAt || (at == foundAt && size <= foundBytes)))) return;
  foundAt = at;
  foundBytes = size;
}

export function value_text_reverse(tag: i32, payload: i64): u64 {
  return text_reverse(stringArgument(tag, payload));
}
