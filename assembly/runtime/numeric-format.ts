/**
 * to_char of numbers: patterns of 9 and 0 (digits), `.` and `D` (the point), `,` and `G` (groups), S, SG, MI, PL, PR (signs), L (currency, a
 * blank), FM (no padding), TH; other characters stand for themselves. EEEE, RN and V are not supported.
 *
 * The number is rounded to the digits behind the point; where it has more digits before it than the pattern, the places show #.
 * Positions of 9 before the first digit are blank, behind a 0 they are zeros; without a sign in the pattern there is one place for
 * it, directly before the first digit.
 */
import { RUNTIME_ERROR_FORMAT_UNSUPPORTED } from "../abi/runtime-error";
import { lowerByte } from "../bytes/lower";
import { nearest } from "../value/interval-parse";
import { builderReset, builderWord, putByte, putBytes } from "../value/builder";
import { failWith, hasFailed } from "../value/cells";
import { numericOf, numericSign, roundNumeric, negateNumeric, isSpecial } from "../value/numeric";
import { numericFromDouble, numericToText } from "../value/numeric-text";
import { SPILL_FIRST, SPILL_SECOND, wordBytes, wordLength } from "../value/word";

const PLACE_LITERAL: u32 = 0;
const PLACE_NINE: u32 = 1;
const PLACE_ZERO: u32 = 2;
const PLACE_POINT: u32 = 3;
const PLACE_GROUP: u32 = 4;
const PLACE_SIGN: u32 = 5;
const PLACE_MINUS: u32 = 6;
const PLACE_PLUS: u32 = 7;
const PLACE_SIGNED: u32 = 8;
const PLACE_CURRENCY: u32 = 9;
const PLACE_ORDINAL: u32 = 10;
const PLACE_ANGLES: u32 = 11;
const PLACE_FILL: u32 = 12;
const PLACE_UNSUPPORTED: u32 = 13;
/** B: PostgreSQL reads it and does nothing. */
const PLACE_IGNORED: u32 = 14;
const DOUBLE_DIGITS: i32 = 15;
const BLANK: u32 = 32;

/** What the pattern has, counted before anything is printed. */
let before: u32 = 0;
let behind: u32 = 0;
let firstZero: u32 = 0;
let lastZeroBehind: u32 = 0;
let hasPoint: bool = false;
let filled: bool = false;
let signs: bool = false;
/** An S before the digits: the sign stands directly before the first one, + too. */
let floating: bool = false;
let angles: bool = false;
let placeBytes: u32 = 0;

export function numeric_to_char(value: u64, pattern: u64): u64 {
  survey(pattern);
  if (hasFailed()) return 0;
  const rounded = isSpecial(value) ? value : roundNumeric(value, <i32>behind, false);
  const negative = numericSign(rounded) < 0;
  const text = numericToText(negative ? negateNumeric(rounded) : rounded);
  return fill(pattern, text, negative, isSpecial(value));
}

export function bigint_to_char(value: i64, pattern: u64): u64 {
  return numeric_to_char(numericOf(value, 0), pattern);
}

export function double_to_char(value: f64, pattern: u64): u64 {
  survey(pattern);
  let scale: f64 = 1;
  for (let digits: u32 = 0; digits < behind; digits++) scale *= 10;
  // Ties go by the binary value, as C's printf has it.
  const scaled = nearest(value * scale);
  const exact = behind < 16 && Math.abs(scaled) < 1e15;
  return numeric_to_char(exact ? numericOf(<i64>scaled, <i32>behind) : numericFromDouble(value, DOUBLE_DIGITS), pattern);
}

/** PLACE_* at an offset of the pattern; its bytes are in `placeBytes`. */
function placeAt(pattern: usize, length: u32, offset: u32): u32 {
  const first = lowerByte(load<u8>(pattern + offset));
  const second: u32 = offset + 1 < length ? lowerByte(load<u8>(pattern + offset + 1)) : 0;
  placeBytes = 1;
  if (first == 57) return PLACE_NINE;
  if (first == 48) return PLACE_ZERO;
  if (first == 46 || first == 100) return PLACE_POINT;
  if (first == 44 || first == 103) return PLACE_GROUP;
  if (first == 108) return PLACE_CURRENCY;
  if (first == 118) return PLACE_UNSUPPORTED;
  placeBytes = 2;
  if (first == 115 && second == 103) return PLACE_SIGNED;
  if (first == 109 && second == 105) return PLACE_MINUS;
  if (first == 112 && second == 108) return PLACE_PLUS;
  if (first == 112 && second == 114) return PLACE_ANGLES;
  if (first == 116 && second == 104) return PLACE_ORDINAL;
  if (first == 102 && second == 109) return PLACE_FILL;
  if ((first == 114 && second == 110) || (first == 101 && second == 101)) return PLACE_UNSUPPORTED;
  placeBytes = 1;
  return first == 115 ? PLACE_SIGN : first == 98 ? PLACE_IGNORED : PLACE_LITERAL;
}

function survey(pattern: u64): void {
  const bytes = wordBytes(pattern, SPILL_FIRST);
  const length = wordLength(pattern);
  before = 0;
  behind = 0;
  firstZero = 0xffffffff;
  lastZeroBehind = 0;
  hasPoint = false;
  filled = true;
  signs = false;
  floating = false;
  angles = false;
  for (let offset: u32 = 0; offset < length; offset += placeBytes) {
    const place = placeAt(bytes, length, offset);
    if (place == PLACE_NINE || place == PLACE_ZERO) countDigit(place);
    else if (place == PLACE_POINT) hasPoint = true;
    else if (place == PLACE_FILL) filled = false;
    else if (place == PLACE_ANGLES) angles = true;
    else if (place == PLACE_SIGN && !before) floating = true;
    else if (place == PLACE_SIGN || place == PLACE_MINUS || place == PLACE_SIGNED) signs = true;
    else if (place == PLACE_UNSUPPORTED) failWith(RUNTIME_ERROR_FORMAT_UNSUPPORTED, pattern, 0);
  }
}

function countDigit(place: u32): void {
  if (hasPoint) {
    behind++;
    if (place == PLACE_ZERO) lastZeroBehind = behind;
  } else {
    if (place == PLACE_ZERO && firstZero == 0xffffffff) firstZero = before;
    before++;
  }
}

/** Prints the places with the digits of the number's text. */
function fill(pattern: u64, text: u64, negative: bool, special: bool): u64 {
  const bytes = wordBytes(pattern, SPILL_FIRST);
  const length = wordLength(pattern);
  const digits = wordBytes(text, SPILL_SECOND);
  let whole = wordLength(text);
  if (behind && !special) whole -= behind + 1;
  // A zero before the point is none, unless it is all there is.
  const empty = whole == 1 && <u32>load<u8>(digits) == 48;
  const overflow = special || whole > before;
  let kept = behind;
  if (!filled && !overflow) while (kept > lastZeroBehind && <u32>load<u8>(digits + whole + kept) == 48) kept--;
  const hidden = empty && (firstZero != 0xffffffff || (behind && (filled || kept)));
  const shown: u32 = hidden ? 0 : whole;
  const start: u32 = before > shown ? before - shown : 0;
  const firstShown: u32 = overflow ? 0 : firstZero < start ? firstZero : start;
  let placed = signs;
  let pointed = false;
  let place: u32 = 0;
  let fraction: u32 = 0;
  builderReset();
  for (let offset: u32 = 0; offset < length && !hasFailed(); offset += placeBytes) {
    const kind = placeAt(bytes, length, offset);
    const isDigit = kind == PLACE_NINE || kind == PLACE_ZERO;
    const reached = pointed || place >= firstShown;
    if (!placed && ((isDigit && reached) || kind == PLACE_POINT)) {
      putSign(negative);
      placed = true;
    }
    if (kind == PLACE_POINT) {
      pointed = true;
      putByte(46);
    } else if (isDigit && pointed) {
      fraction++;
      if (overflow) putByte(35);
      else if (fraction <= kept) putByte(load<u8>(digits + whole + fraction));
    } else if (isDigit) {
      if (overflow) putByte(35);
      else if (place < firstShown) putPad();
      else putByte(place < start ? 48 : load<u8>(digits + (place - start)));
      place++;
    } else if (kind == PLACE_GROUP) {
      if (overflow || (place > firstShown && place > 0)) putByte(44);
      else putPad();
    } else putOther(kind, bytes + offset, negative, digits, whole);
  }
  if (angles) {
    if (negative) putByte(62);
    else putPad();
  }
  return builderWord();
}

function putPad(): void {
  if (filled) putByte(BLANK);
}

/** The sign of a pattern that has none of its own. */
function putSign(negative: bool): void {
  if (negative) putByte(angles ? 60 : 45);
  else if (floating) putByte(43);
  else putPad();
}

/** Signs of the pattern's own, ordinals and characters that stand for themselves. */
function putOther(kind: u32, character: usize, negative: bool, digits: usize, whole: u32): void {
  if (kind == PLACE_SIGN && floating) return;
  if (kind == PLACE_SIGN || kind == PLACE_SIGNED) putByte(negative ? 45 : 43);
  else if (kind == PLACE_MINUS) {
    if (negative) putByte(45);
    else putPad();
  } else if (kind == PLACE_PLUS) {
    if (!negative) putByte(43);
    else putPad();
  } else if (kind == PLACE_CURRENCY) putPad();
  else if (kind == PLACE_ORDINAL) {
    if (!negative && !behind && whole <= before) putOrdinal(character, digits, whole);
  } else if (kind == PLACE_LITERAL && <u32>load<u8>(character) != 34) putBytes(character, 1);
}

function putOrdinal(character: usize, digits: usize, whole: u32): void {
  const last = <u32>load<u8>(digits + whole - 1) - 48;
  const teen = whole > 1 && <u32>load<u8>(digits + whole - 2) == 49;
  const suffix: u32 = teen || last > 3 || !last ? 0x6874 : last == 1 ? 0x7473 : last == 2 ? 0x646e : 0x6472;
  const change: u32 = (<u32>load<u8>(character)) & 32 ? 0 : 32;
  putByte((suffix & 255) - change);
  putByte((suffix >> 8) - change);
}
