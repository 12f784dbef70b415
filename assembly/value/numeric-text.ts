/**
 * NUMERIC as text, and its ways to and from 64-bit integers and doubles.
 *
 * Text as PostgreSQL takes it: blanks around, a sign, digits with a point, an exponent; `NaN`, `inf`, `Infinity` in any case.
 * The scale is the digits behind the point, less the exponent. Printing gives exactly the scale's digits, never an exponent.
 *
 * Cost: O(digits * digits) for numbers that do not fit 64 bits, O(digits) else.
 */
import { RUNTIME_ERROR_INVALID_NUMERIC, RUNTIME_ERROR_NUMERIC_OVERFLOW } from "../abi/runtime-error";
import { LIMB_DIGITS } from "../bytes/decimal-limbs";
import { parseDouble, parsedDouble, shortestDigits, shortestExponent } from "../bytes/float";
import { powerOfTen, printEight, printUnsigned } from "../bytes/integer";
import { builderReset, builderRoom, builderTake, builderWord, putByte } from "./builder";
import { fail, failWith, temporaryMark, temporaryRelease } from "./cells";
import { Decimal, decimalFrom, isMissing, newDecimal, rescaled } from "./decimal";
import { asciiWord, isBlank } from "./keyword";
import {
  NUMERIC_DIGITS_MAX,
  NUMERIC_INFINITY,
  NUMERIC_NAN,
  NUMERIC_NEGATIVE_INFINITY,
  NUMERIC_SCALE_MAX,
  decimalOf,
  isSpecial,
  numericFrom,
  numericOf,
  readSmall,
  roundNumeric,
  smallCoefficient,
  smallScale,
} from "./numeric";
import { SPILL_FIRST, WORD_EMPTY, wordBytes, wordLength } from "./word";

const POINT: u32 = 46;
const MINUS: u32 = 45;
const WORD_NAN: u64 = 0x6e616e; // nan
const WORD_INF: u64 = 0x666e69; // inf
const WORD_INFINITY: u64 = 0x7974696e69666e69; // infinity
const FAST_DIGITS: u32 = 18;
const DIGITS: usize = memory.data(24, 8);

/** What `scanNumeric` found in a text without blanks around it. */
let scannedNegative: bool = false;
let scannedStart: usize = 0;
let scannedEnd: usize = 0;
let scannedDigits: u32 = 0;
let scannedFraction: i32 = 0;
let scannedExponent: i32 = 0;

/** The number of a text; an error unless it is one. */
export function numericFromText(text: u64): u64 {
  const bytes = wordBytes(text, SPILL_FIRST);
  const value = parseNumeric(bytes, wordLength(text));
  if (value == WORD_EMPTY) failWith(RUNTIME_ERROR_INVALID_NUMERIC, text, 0);
  return value;
}

/** The number of a text, or WORD_EMPTY. */
export function parseNumeric(text: usize, length: u32): u64 {
  let start = text;
  let end = text + length;
  while (start < end && isBlank(load<u8>(start))) start++;
  while (start < end && isBlank(load<u8>(end - 1))) end--;
  if (!scanNumeric(start, end)) return parseSpecial(start, end);
  let digits = scannedDigits;
  const scale = scannedFraction - scannedExponent;
  if (digits <= FAST_DIGITS && scale >= 0) {
    let coefficient: i64 = 0;
    for (let position = scannedStart; position < scannedEnd; position++) {
      const digit = <u32>load<u8>(position) - 48;
      if (digit < 10) coefficient = coefficient * 10 + digit;
    }
    if (scale <= NUMERIC_SCALE_MAX) return numericOf(scannedNegative ? -coefficient : coefficient, scale);
  }
  return parseLong(digits, scale);
}

/** Takes the text apart. False: it is no number of digits. */
function scanNumeric(start: usize, end: usize): bool {
  let position = start;
  scannedNegative = false;
  if (position < end && (<u32>load<u8>(position) == MINUS || <u32>load<u8>(position) == 43)) {
    scannedNegative = <u32>load<u8>(position) == MINUS;
    position++;
  }
  scannedStart = position;
  scannedDigits = 0;
  scannedFraction = 0;
  scannedExponent = 0;
  let point = false;
  for (; position < end; position++) {
    const byte = <u32>load<u8>(position);
    if (byte - 48 < 10) {
      scannedDigits++;
      if (point) scannedFraction++;
    } else if (byte == POINT && !point) point = true;
    else break;
  }
  scannedEnd = position;
  if (!scannedDigits) return false;
  return position == end || scanExponent(position, end);
}

function scanExponent(position: usize, end: usize): bool {
  if (((<u32>load<u8>(position)) | 32) != 101) return false;
  position++;
  let negative = false;
  if (position < end && (<u32>load<u8>(position) == MINUS || <u32>load<u8>(position) == 43)) {
    negative = <u32>load<u8>(position) == MINUS;
    position++;
  }
  if (position == end) return false;
  let exponent: i32 = 0;
  for (; position < end; position++) {
    const digit = <u32>load<u8>(position) - 48;
    if (digit > 9) return false;
    if (exponent < 10000000) exponent = exponent * 10 + <i32>digit;
  }
  scannedExponent = negative ? -exponent : exponent;
  return true;
}

function parseSpecial(start: usize, end: usize): u64 {
  let position = start;
  let negative = false;
  if (position < end && (<u32>load<u8>(position) == MINUS || <u32>load<u8>(position) == 43)) {
    negative = <u32>load<u8>(position) == MINUS;
    position++;
  }
  const word = asciiWord(position, end);
  if (word == WORD_INF || word == WORD_INFINITY) return negative ? NUMERIC_NEGATIVE_INFINITY : NUMERIC_INFINITY;
  return word == WORD_NAN && position == start ? NUMERIC_NAN : WORD_EMPTY;
}

/** The number scanned last, by limbs. */
function parseLong(digits: u32, scale: i32): u64 {
  if (<i32>digits - scale > NUMERIC_DIGITS_MAX + NUMERIC_SCALE_MAX || digits > 1000000) {
    fail(RUNTIME_ERROR_NUMERIC_OVERFLOW);
    return NUMERIC_NAN;
  }
  const negative = scannedNegative;
  const mark = temporaryMark();
  let value = newDecimal(digits / LIMB_DIGITS + 1);
  if (!isMissing(value)) {
    readLimbs(value, digits);
    value.negative = negative && value.count != 0;
    value.scale = scale < 0 ? 0 : scale;
    if (scale < 0) value = withZeros(value, -scale);
  }
  let result = scale > 100000 ? numericOf(0, NUMERIC_SCALE_MAX) : numericFrom(value);
  temporaryRelease(mark);
  return result == WORD_EMPTY ? NUMERIC_NAN : result;
}

/** The digits scanned last as limbs, from the last one on. */
function readLimbs(value: Decimal, digits: u32): void {
  let position = scannedEnd;
  let count: u32 = 0;
  while (digits) {
    let limb: u32 = 0;
    let factor: u32 = 1;
    for (let taken: u32 = 0; taken < LIMB_DIGITS && digits;) {
      const digit = <u32>load<u8>(--position) - 48;
      if (digit > 9) continue;
      limb += digit * factor;
      factor *= 10;
      taken++;
      digits--;
    }
    store<u32>(value.limbs + ((<usize>count) << 2), limb);
    count++;
  }
  while (count && !load<u32>(value.limbs + ((<usize>count - 1) << 2))) count--;
  value.count = count;
}

/** value * 10^zeros, a whole number. */
function withZeros(value: Decimal, zeros: i32): Decimal {
  const result = rescaled(value, zeros);
  if (!isMissing(result)) result.scale = 0;
  return result;
}

// Printing -------------------------------------------------------------------------------------------------------------

/** The number's text. */
export function numericToText(word: u64): u64 {
  builderReset();
  putNumeric(word);
  return builderWord();
}

/** Appends the number's text. */
export function putNumeric(word: u64): void {
  if (readSmall(word)) {
    putSmall(smallCoefficient, <u32>smallScale);
    return;
  }
  if (isSpecial(word)) {
    if (word == NUMERIC_NAN) putName(0x4e614e);
    else {
      if (word == NUMERIC_NEGATIVE_INFINITY) putByte(MINUS);
      putName(0x7974696e69666e49);
    }
    return;
  }
  const mark = temporaryMark();
  const value = decimalOf(word);
  if (!isMissing(value)) putDecimal(value);
  temporaryRelease(mark);
}

function putName(name: u64): void {
  for (; name; name >>= 8) putByte(<u32>(name & 255));
}

function putSmall(coefficient: i64, scale: u32): void {
  const room = builderRoom(96);
  if (!room) return;
  let target = room;
  if (coefficient < 0) store<u8>(target++, <u8>MINUS);
  const digits = DIGITS;
  const count = printUnsigned(digits, coefficient < 0 ? 0 - <u64>coefficient : <u64>coefficient);
  const whole: u32 = count > scale ? count - scale : 0;
  if (whole) memory.copy(target, digits, whole);
  else store<u8>(target, 48);
  target += whole ? <usize>whole : 1;
  if (scale) {
    store<u8>(target++, <u8>POINT);
    const zeros = scale - (count - whole);
    memory.fill(target, 48, zeros);
    memory.copy(target + zeros, digits + whole, count - whole);
    target += scale;
  }
  builderTake(<u32>(target - room));
}

function putDecimal(value: Decimal): void {
  const digits = value.count * LIMB_DIGITS;
  const scale = <u32>value.scale;
  const padded = digits > scale ? digits : scale + 1;
  const room = builderRoom(padded + 2);
  if (!room) return;
  // All digits with leading zeros go behind the place of the point, then the whole part moves one to the left.
  let target = room;
  if (value.negative) store<u8>(target++, <u8>MINUS);
  const area = target + 1;
  memory.fill(area, 48, padded);
  for (let index: u32 = 0; index < value.count; index++) {
    putLimb(area + padded - (index + 1) * LIMB_DIGITS, load<u32>(value.limbs + ((<usize>index) << 2)));
  }
  const whole = padded - scale;
  let zeros: u32 = 0;
  while (zeros + 1 < whole && <u32>load<u8>(area + zeros) == 48) zeros++;
  memory.copy(target, area + zeros, whole - zeros);
  target += whole - zeros;
  if (scale) {
    store<u8>(target, <u8>POINT);
    memory.copy(target + 1, area + whole, scale);
    target += scale + 1;
  }
  builderTake(<u32>(target - room));
}

/** Nine digits with leading zeros. */
function putLimb(target: usize, limb: u32): void {
  store<u8>(target, <u8>(48 + limb / 100000000));
  printEight(target + 1, limb % 100000000);
}

// Other numbers --------------------------------------------------------------------------------------------------------

/** The nearest double. */
export function numericToDouble(word: u64): f64 {
  if (readSmall(word) && smallScale <= 22 && (smallCoefficient < 0 ? -smallCoefficient : smallCoefficient) <= 9007199254740992) {
    return smallScale ? <f64>smallCoefficient / <f64>exactPower(smallScale) : <f64>smallCoefficient;
  }
  if (isSpecial(word)) return word == NUMERIC_NAN ? NaN : word == NUMERIC_INFINITY ? Infinity : -Infinity;
  const text = numericToText(word);
  const bytes = wordBytes(text, SPILL_FIRST);
  const length = wordLength(text);
  if (parseDouble(bytes, length)) return parsedDouble;
  return length > 300 && load<u8>(bytes, 2) != POINT && load<u8>(bytes, 1) != POINT ? (load<u8>(bytes) == MINUS ? -Infinity : Infinity) : 0;
}

function exactPower(exponent: i32): f64 {
  return exponent <= 18 ? <f64>powerOfTen(<u32>exponent) : <f64>powerOfTen(18) * <f64>powerOfTen(<u32>exponent - 18);
}

/** A double with `digits` significant ones: 15 of a double precision, 6 of a real. */
export function numericFromDouble(value: f64, digits: i32): u64 {
  if (isNaN(value)) return NUMERIC_NAN;
  if (!isFinite(value)) return value < 0 ? NUMERIC_NEGATIVE_INFINITY : NUMERIC_INFINITY;
  if (value == 0) return numericOf(0, 0);
  let coefficient = shortestDigits(value < 0 ? -value : value);
  let exponent = shortestExponent;
  let limit: u64 = 1;
  for (let index = 0; index < digits; index++) limit *= 10;
  if (coefficient >= limit) {
    let divisor: u64 = 10;
    while (coefficient / divisor >= limit) divisor *= 10;
    const rest = coefficient % divisor;
    coefficient /= divisor;
    // A tie is decided as printf does: by the double itself, which lies on one side; half up is right to the last bit but for ties.
    if (rest >= divisor - rest) coefficient++;
    for (; divisor > 1; divisor /= 10) exponent++;
  }
  while (coefficient && coefficient % 10 == 0) {
    coefficient /= 10;
    exponent++;
  }
  const mark = temporaryMark();
  let decimal = decimalFrom(value < 0 ? -(<i64>coefficient) : <i64>coefficient, exponent < 0 ? -exponent : 0);
  if (exponent > 0) decimal = withZeros(decimal, exponent);
  const result = numericFrom(decimal);
  temporaryRelease(mark);
  return result;
}

/** Whether the number, rounded, is an i64; it is in `numericInteger` then. */
export function numericToInteger(word: u64): bool {
  if (isSpecial(word)) return false;
  const whole = roundNumeric(word, 0, false);
  if (!readSmall(whole) || smallScale) return readSmallest(whole);
  numericInteger = smallCoefficient;
  return true;
}

export let numericInteger: i64 = 0;

/** The least i64 is the one that has no small form. */
function readSmallest(word: u64): bool {
  const mark = temporaryMark();
  const value = decimalOf(word);
  const found =
    !isMissing(value) &&
    value.negative &&
    value.scale == 0 &&
    value.count == 3 &&
    load<u32>(value.limbs, 8) == 9 &&
    <u64>load<u32>(value.limbs, 4) * 1000000000 + <u64>load<u32>(value.limbs) == 223372036854775808;
  temporaryRelease(mark);
  if (found) numericInteger = i64.MIN_VALUE;
  return found;
}
