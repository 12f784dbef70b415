/**
 * Takes the text of a floating-point number apart; float.ts and extended-float.ts turn the parts into a value.
 *
 * Grammar (that of C's strtod in the "C" locale, without blanks and NaN; letters in either case; the whole text must fit):
 *   number      = [sign] (decimal | hexadecimal | "inf" | "infinity")
 *   decimal     = digits with at most one point, at least one digit, [("e") [sign] digits]
 *   hexadecimal = "0x" hex digits with at most one point, at least one digit, [("p") [sign] digits]; the exponent is one of two
 *
 * Invariants of the parts (see NumberText):
 * 1. A decimal significand holds the first 19 significant digits, a hexadecimal one the first 16; leading zeros are not significant. The
 *    seventeenth hexadecimal digit is `nextDigit`, since sixteen may have 61 bits only, fewer than an extended float; else that is 0.
 * 2. `truncated` says that some digit behind those is not zero.
 * 3. |value| = (significand + nextDigit / 16) * base^exponent if not `truncated`, else it is a little more.
 * 4. significand == 0 iff the value is zero; then nothing else matters but the sign.
 * 5. Exponents written in the text are cut off at +-EXPONENT_LIMIT, which is beyond what any text in memory can make up for by zeros.
 *
 * State: one static block, the parts of the last text. Cost: O(length).
 */

import { equalsLower } from "./lower";

/** Kinds of text, results of `scanNumber`. */
export const NUMBER_INVALID: u32 = 0;
export const NUMBER_DECIMAL: u32 = 1;
export const NUMBER_HEXADECIMAL: u32 = 2;
export const NUMBER_INFINITE: u32 = 3;

/** Most digits in a decimal significand: 10^19 < 2^64. */
export const DECIMAL_DIGITS: u32 = 19;
const HEXADECIMAL_DIGITS: u32 = 16;
const EXPONENT_LIMIT: i64 = 1000000000000;

/** Parts of a number's text. */
@unmanaged
export class NumberText {
  /** Leading significant digits as a number, and the exponent (of 10 or 2) of the last of them. */
  significand: u64;
  exponent: i64;
  nextDigit: u32;
  /** Number of significant digits in the text, and where the first of them stands; points may stand between them. */
  digitCount: u32;
  firstDigit: usize;
  negative: bool;
  truncated: bool;
}

const INFINITY_TEXT = memory.data<u8>([0x69, 0x6e, 0x66, 0x69, 0x6e, 0x69, 0x74, 0x79]);
const PARTS = memory.data(offsetof<NumberText>(), 8);

/** The parts of the text that was scanned last; valid until the next call of `scanNumber`. */
@inline
export function numberText(): NumberText {
  return changetype<NumberText>(PARTS);
}

/** Takes the `length` bytes at `p` apart into `numberText()`; returns a NUMBER_* kind. For infinity only the sign is set. */
export function scanNumber(p: usize, length: u32): u32 {
  const parts = numberText();
  const end = p + length;
  parts.negative = false;
  parts.nextDigit = 0;
  if (length == 0) return NUMBER_INVALID;
  const sign = <u32>load<u8>(p);
  if (sign == 0x2d || sign == 0x2b) {
    parts.negative = sign == 0x2d;
    ++p;
  }
  const left = <u32>(end - p);
  if (left == 0) return NUMBER_INVALID;
  const first = (<u32>load<u8>(p)) | 0x20;
  if (first == 0x69) {
    const infinite = equalsLower(p, left, INFINITY_TEXT, 3) || equalsLower(p, left, INFINITY_TEXT, 8);
    return infinite ? NUMBER_INFINITE : NUMBER_INVALID;
  }
  if (left > 2 && <u32>load<u8>(p) == 0x30 && ((<u32>load<u8>(p, 1)) | 0x20) == 0x78) {
    return scanHexadecimal(p + 2, end) ? NUMBER_HEXADECIMAL : NUMBER_INVALID;
  }
  return scanDecimal(p, end) ? NUMBER_DECIMAL : NUMBER_INVALID;
}

function scanDecimal(p: usize, end: usize): bool {
  const start = p;
  let significand: u64 = 0;
  let count: u32 = 0;
  let exponent: i64 = 0;
  let firstDigit: usize = 0;
  let point: usize = 0;
  let dropped: u32 = 0;
  for (; p < end; ++p) {
    const digit = <u32>load<u8>(p) - 0x30;
    if (digit > 9) {
      if (digit != 0x2e - 0x30 || point != 0) break;
      point = p;
      continue;
    }
    if (count == 0) {
      exponent -= <i64>(point != 0);
      if (digit == 0) continue;
      firstDigit = p;
      significand = digit;
    } else if (count < DECIMAL_DIGITS) {
      exponent -= <i64>(point != 0);
      significand = significand * 10 + digit;
    } else {
      exponent += <i64>(point == 0);
      dropped |= digit;
    }
    ++count;
  }
  if (<u32>(p - start) == <u32>(point != 0)) return false;
  return finishScan(p, end, 0x65, significand, count, exponent, firstDigit, dropped != 0);
}

function scanHexadecimal(p: usize, end: usize): bool {
  const start = p;
  let significand: u64 = 0;
  let count: u32 = 0;
  let exponent: i64 = 0;
  let firstDigit: usize = 0;
  let point: usize = 0;
  let nextDigit: u32 = 0;
  let dropped: u32 = 0;
  for (; p < end; ++p) {
    const byte = <u32>load<u8>(p);
    const digit = hexadecimalDigit(byte);
    if (digit > 15) {
      if (byte != 0x2e || point != 0) break;
      point = p;
      continue;
    }
    if (count < HEXADECIMAL_DIGITS) {
      exponent -= (<i64>(point != 0)) << 2;
      if ((count | digit) == 0) continue;
      if (count == 0) firstDigit = p;
      significand = (significand << 4) | digit;
    } else {
      exponent += (<i64>(point == 0)) << 2;
      if (count == HEXADECIMAL_DIGITS) nextDigit = digit;
      else dropped |= digit;
    }
    ++count;
  }
  if (<u32>(p - start) == <u32>(point != 0)) return false;
  numberText().nextDigit = nextDigit;
  return finishScan(p, end, 0x70, significand, count, exponent, firstDigit, dropped != 0);
}

/** Reads the exponent, if one is there, and stores the parts. False if text is left over. */
function finishScan(
  p: usize,
  end: usize,
  exponentLetter: u32,
  significand: u64,
  count: u32,
  exponent: i64,
  firstDigit: usize,
  truncated: bool,
): bool {
  if (p < end) {
    if (((<u32>load<u8>(p)) | 0x20) != exponentLetter) return false;
    if (++p == end) return false;
    const sign = <u32>load<u8>(p);
    if (sign == 0x2d || sign == 0x2b) ++p;
    if (p == end) return false;
    let written: i64 = 0;
    for (; p < end; ++p) {
      const digit = <u32>load<u8>(p) - 0x30;
      if (digit > 9) return false;
      if (written < EXPONENT_LIMIT) written = written * 10 + digit;
    }
    exponent += sign == 0x2d ? 0 - written : written;
  }
  const parts = numberText();
  parts.significand = significand;
  parts.exponent = exponent;
  parts.digitCount = count;
  parts.firstDigit = firstDigit;
  parts.truncated = truncated;
  return true;
}

/** Value of a hexadecimal digit, or more than 15. */
function hexadecimalDigit(byte: u32): u32 {
  const digit = byte - 0x30;
  if (digit <= 9) return digit;
  const letter = (byte | 0x20) - 0x61;
  return letter < 6 ? letter + 10 : 16;
}
