/**
 * Glob patterns as KEYS, SCAN MATCH, PSUBSCRIBE and CONFIG GET use them.
 *
 * | pattern | matches |
 * |---|---|
 * | `*` | any bytes, also none; a run of stars is one star |
 * | `?` | any one byte |
 * | `[...]` | one byte that the class holds: single bytes, `a-z` ranges, `\x` for x itself; after a first `^`, one that it does not |
 * | `\x` | x itself; a `\` at the very end stands for itself |
 * | else | the byte itself |
 *
 * Results are those of Redis 7.0 (asked from a running server), in the odd corners too:
 * 1. Nothing but the empty pattern matches the empty text; `*` does not. (KEYS and SCAN treat the single `*` as "all" by themselves.)
 * 2. A class without `]` ends with the pattern: `[ab` is `[ab]`, `[^` is any byte, `[` is no byte. `[]` holds nothing, `[^]` everything.
 * 3. In a range the bounds may be swapped, any byte may be a bound (`[a-]` is a range up to `]`, not closed), and bytes from 0x80 on are
 *    less than all others, as C's signed char has it. A range needs three bytes of pattern; in `[a-` the two stand for themselves.
 * 4. Without regard to case, A-Z count as a-z, but an escaped byte of a class must agree exactly, and bounds are swapped before folding.
 *
 * Redis recurses at each star. Here only the last star is remembered: on a mismatch the text that it covers grows by one byte and matching
 * resumes behind it. Earlier stars need not be tried again, since what stands between two stars matched at its earliest place already.
 *
 * State: none. Cost: O(patternLength * textLength) at worst, O(patternLength + textLength) without stars; no recursion, no limit on stars.
 */

import { lowerByte } from "./lower";

const STAR: u32 = 0x2a;
const QUESTION: u32 = 0x3f;
const OPEN: u32 = 0x5b;
const CLOSE: u32 = 0x5d;
const CARET: u32 = 0x5e;
const DASH: u32 = 0x2d;
const BACKSLASH: u32 = 0x5c;

/** Length of the bytes with which whatever the pattern matches begins: those before its first special one. */
export function globLiteral(pattern: usize, patternLength: u32): u32 {
  let length: u32 = 0;
  while (length < patternLength) {
    const byte = <u32>load<u8>(pattern + length);
    if (byte == STAR || byte == QUESTION || byte == OPEN || byte == BACKSLASH) break;
    length++;
  }
  return length;
}

/** Whether the pattern matches the whole text. With `ignoreCase` the letters A-Z and a-z are alike. */
export function globMatch(pattern: usize, patternLength: u32, text: usize, textLength: u32, ignoreCase: bool): bool {
  const patternEnd = pattern + patternLength;
  const textEnd = text + textLength;
  if (textLength == 0) return patternLength == 0;
  // Where to resume after a mismatch: behind the last star, and at the first byte that it has not covered yet. 0: no star yet.
  let resumePattern: usize = 0;
  let resumeText: usize = 0;
  while (text < textEnd) {
    if (pattern < patternEnd) {
      if (<u32>load<u8>(pattern) == STAR) {
        pattern = skipStars(pattern, patternEnd);
        if (pattern == patternEnd) return true;
        resumePattern = pattern;
        resumeText = text;
        continue;
      }
      if (elementMatches(pattern, patternEnd, load<u8>(text), ignoreCase)) {
        pattern = elementEnd(pattern, patternEnd);
        ++text;
        continue;
      }
    }
    if (resumePattern == 0) return false;
    pattern = resumePattern;
    text = ++resumeText;
  }
  return skipStars(pattern, patternEnd) == patternEnd;
}

/** The first position from `p` on that is not a star. */
function skipStars(p: usize, end: usize): usize {
  while (p < end && <u32>load<u8>(p) == STAR) ++p;
  return p;
}

/** Whether the element at `p` (anything but a star) matches `byte`. */
function elementMatches(p: usize, end: usize, byte: u32, ignoreCase: bool): bool {
  let expected = <u32>load<u8>(p);
  if (expected == QUESTION) return true;
  if (expected == OPEN) return classMatches(p + 1, end, byte, ignoreCase);
  if (expected == BACKSLASH && p + 1 < end) expected = load<u8>(p, 1);
  return expected == byte || (ignoreCase && lowerByte(expected) == lowerByte(byte));
}

/** The position behind the element at `p` (anything but a star). */
function elementEnd(p: usize, end: usize): usize {
  const first = <u32>load<u8>(p);
  if (first == OPEN) return classEnd(p + 1, end);
  return first == BACKSLASH && p + 1 < end ? p + 2 : p + 1;
}

/** Whether the class whose first byte behind `[` is at `p` holds `byte`. */
function classMatches(p: usize, end: usize, byte: u32, ignoreCase: bool): bool {
  const negated = p < end && <u32>load<u8>(p) == CARET;
  if (negated) ++p;
  let held = false;
  while (p < end) {
    const first = <u32>load<u8>(p);
    if (first == CLOSE) break;
    if (first == BACKSLASH && p + 1 < end) {
      held = held || <u32>load<u8>(p, 1) == byte;
    } else if (p + 2 < end && <u32>load<u8>(p, 1) == DASH) {
      held = held || rangeHolds(first, load<u8>(p, 2), byte, ignoreCase);
    } else {
      held = held || first == byte || (ignoreCase && lowerByte(first) == lowerByte(byte));
    }
    p = classItemEnd(p, end);
  }
  return held != negated;
}

/** The position behind the class whose first byte behind `[` is at `p`: behind its `]`, or the end of the pattern. */
function classEnd(p: usize, end: usize): usize {
  if (p < end && <u32>load<u8>(p) == CARET) ++p;
  while (p < end && <u32>load<u8>(p) != CLOSE) p = classItemEnd(p, end);
  return p < end ? p + 1 : end;
}

/** The position behind the byte, escaped byte or range at `p` inside a class. Requires: p < end, and not a `]`. */
function classItemEnd(p: usize, end: usize): usize {
  if (<u32>load<u8>(p) == BACKSLASH && p + 1 < end) return p + 2;
  return p + 2 < end && <u32>load<u8>(p, 1) == DASH ? p + 3 : p + 1;
}

/** Whether `byte` lies between the two bounds, in whichever order they stand; bytes are compared as signed. */
function rangeHolds(first: u32, last: u32, byte: u32, ignoreCase: bool): bool {
  let low = <i32>(<i8>first);
  let high = <i32>(<i8>last);
  if (low > high) {
    const swapped = low;
    low = high;
    high = swapped;
  }
  if (!ignoreCase) return <i32>(<i8>byte) >= low && <i32>(<i8>byte) <= high;
  const folded = <i32>(<i8>lowerByte(byte));
  return folded >= <i32>(<i8>lowerByte(<u8>low)) && folded <= <i32>(<i8>lowerByte(<u8>high));
}
