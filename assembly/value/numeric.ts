/**
 * NUMERIC as it is stored and computed with: an exact decimal number of up to 131072 digits before and 16383 behind the point,
 * which keeps its scale (1.10 is not printed as 1.1), NaN, or an infinity.
 *
 *   byte 0        bits 0-1: form (0 small, 1 large, 2 large and negative, 3 special), bits 2-7 by form
 *   small         bits 2-7 scale 0..63; behind it the coefficient, two's complement in the fewest of 0..8 bytes
 *   large         byte 1 zero, u16 scale, then u32 limbs in base 10^9 (bytes/decimal-limbs.ts)
 *   special       bits 2-7: 0 NaN, 1 Infinity, 2 -Infinity
 *
 * Coefficients of six bytes (14 digits) lie inline in the word. Most numbers are small: the operations try 64-bit integers
 * first and go to decimals (decimal.ts) where those overflow.
 *
 * Invariants: (1) what fits the small form has it, so equal numbers of equal scale have equal bytes; (2) comparison and hash go by
 * value; (3) the temporary arena is as it was when an operation returns.
 */
import { RUNTIME_ERROR_DIVISION_BY_ZERO, RUNTIME_ERROR_NUMERIC_FIELD_OVERFLOW, RUNTIME_ERROR_NUMERIC_OVERFLOW } from "../abi/runtime-error";
import { limbsDigits } from "../bytes/decimal-limbs";
import { hashBytes } from "../bytes/hash";
import { fail, planAllocate, temporaryMark, temporaryRelease } from "./cells";
import {
  Decimal,
  KIND_FINITE,
  KIND_INFINITE,
  KIND_NAN,
  NO_DECIMAL,
  addDecimals,
  compareDecimals,
  decimalFrom,
  divideDecimals,
  firstGroup,
  isMissing,
  moduloDecimals,
  multiplyDecimals,
  newDecimal,
  rounded,
  roundedBefore,
  subtractDecimals,
  weightOf,
  withoutZeros,
} from "./decimal";
import { SPILL_FIRST, SPILL_SECOND, WORD_EMPTY, inlineWord, longWord, wordBytes, wordLength } from "./word";

export const NUMERIC_DIGITS_MAX: i32 = 131072;
export const NUMERIC_SCALE_MAX: i32 = 16383;
/** Scales of results that PostgreSQL chooses itself. */
export const CHOSEN_SCALE_MAX: i32 = 1000;
export const SIGNIFICANT_DIGITS: i32 = 16;
export const NUMERIC_NAN: u64 = 0x0301;
export const NUMERIC_INFINITY: u64 = 0x0701;
export const NUMERIC_NEGATIVE_INFINITY: u64 = 0x0b01;
const FORM_SMALL: u32 = 0;
const FORM_NEGATIVE: u32 = 2;
const FORM_SPECIAL: u32 = 3;
const SMALL_SCALE_MAX: i32 = 63;
const LARGE_HEAD: u32 = 4;

const POWERS: usize = memory.data<i64>([
  1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000, 1000000000, 10000000000, 100000000000, 1000000000000, 10000000000000,
  100000000000000, 1000000000000000, 10000000000000000, 100000000000000000, 1000000000000000000,
]);
const POWER_MAX: i32 = 18;

/** What `readSmall` read. */
export let smallCoefficient: i64 = 0;
export let smallScale: i32 = 0;

// @ts-ignore: decorator
@inline
function powerOf(exponent: i32): i64 {
  return load<i64>(POWERS + ((<usize>exponent) << 3));
}

/** Whether the number has the small form; its parts are in `smallCoefficient` and `smallScale` then. */
export function readSmall(word: u64): bool {
  const length = wordLength(word);
  const bytes = wordBytes(word, SPILL_FIRST);
  const head: u32 = length ? load<u8>(bytes) : 0;
  if (head & 3 || length > 9) return false;
  smallScale = <i32>(head >> 2);
  if (length <= 7) smallCoefficient = length < 2 ? 0 : (<i64>(word << ((7 - length) << 3))) >> ((9 - length) << 3);
  else smallCoefficient = readLong(bytes, length);
  return true;
}

/** A coefficient of seven or eight bytes behind the head. */
function readLong(bytes: usize, length: u32): i64 {
  if (length == 9) return load<i64>(bytes, 1);
  return load<i64>(bytes) >> 8;
}

/** The number coefficient * 10^-scale. */
export function numericOf(coefficient: i64, scale: i32): u64 {
  if (scale > SMALL_SCALE_MAX || coefficient == i64.MIN_VALUE) return viaDecimal(coefficient, scale);
  const head = ((<u64>scale) << 2) | FORM_SMALL;
  const magnitude = coefficient < 0 ? ~coefficient : coefficient;
  const bytes: u32 = coefficient == 0 ? 0 : (64 - <u32>clz<i64>(magnitude) + 8) >> 3;
  if (bytes <= 6) {
    const kept = (<u64>coefficient) & (((<u64>1) << (bytes << 3)) - 1);
    return (kept << 16) | (head << 8) | (<u64>(bytes + 1));
  }
  const room = planAllocate(16);
  if (!room) return WORD_EMPTY;
  store<u8>(room, <u8>head);
  store<i64>(room, coefficient, 1);
  return longWord(room, bytes + 1);
}

function viaDecimal(coefficient: i64, scale: i32): u64 {
  const mark = temporaryMark();
  const result = numericFrom(decimalFrom(coefficient, scale));
  temporaryRelease(mark);
  return result;
}

/** A number as decimal, in the temporary arena. */
export function decimalOf(word: u64): Decimal {
  if (readSmall(word)) return decimalFrom(smallCoefficient, smallScale);
  const bytes = wordBytes(word, SPILL_SECOND);
  const length = wordLength(word);
  const head = <u32>load<u8>(bytes);
  const decimal = newDecimal(length >> 2);
  if (isMissing(decimal)) return decimal;
  if ((head & 3) == FORM_SPECIAL) {
    decimal.kind = head >> 2 ? KIND_INFINITE : KIND_NAN;
    decimal.negative = head >> 2 == 2;
    return decimal;
  }
  decimal.negative = (head & 3) == FORM_NEGATIVE;
  decimal.scale = <i32>load<u16>(bytes, 2);
  decimal.count = (length - LARGE_HEAD) >> 2;
  memory.copy(decimal.limbs, bytes + LARGE_HEAD, (<usize>decimal.count) << 2);
  return decimal;
}

/** The number of a decimal, in the plan's arena; an error where it has too many digits. */
export function numericFrom(value: Decimal): u64 {
  if (isMissing(value)) return WORD_EMPTY;
  if (value.kind == KIND_NAN) return NUMERIC_NAN;
  if (value.kind == KIND_INFINITE) return value.negative ? NUMERIC_NEGATIVE_INFINITY : NUMERIC_INFINITY;
  const decimal = value.scale > NUMERIC_SCALE_MAX ? rounded(value, NUMERIC_SCALE_MAX, false) : value;
  if (isMissing(decimal)) return WORD_EMPTY;
  if (decimal.count < 3 && decimal.scale <= SMALL_SCALE_MAX) {
    let coefficient: u64 = 0;
    for (let index = decimal.count; index > 0; index--) {
      coefficient = coefficient * 1000000000 + <u64>load<u32>(decimal.limbs + ((<usize>index - 1) << 2));
    }
    return numericOf(decimal.negative ? -(<i64>coefficient) : <i64>coefficient, decimal.scale);
  }
  if (decimal.count == 3 && decimal.scale <= SMALL_SCALE_MAX && fitsThree(decimal)) {
    return numericOf(decimal.negative ? -threeLimbs(decimal) : threeLimbs(decimal), decimal.scale);
  }
  if (<i32>limbsDigits(decimal.limbs, decimal.count) - decimal.scale > NUMERIC_DIGITS_MAX) {
    fail(RUNTIME_ERROR_NUMERIC_OVERFLOW);
    return WORD_EMPTY;
  }
  return packLarge(decimal);
}

/** Whether three limbs are less than 2^63. */
function fitsThree(value: Decimal): bool {
  const top = load<u32>(value.limbs, 8);
  if (top < 9) return true;
  const rest = <u64>load<u32>(value.limbs, 4) * 1000000000 + <u64>load<u32>(value.limbs);
  return top == 9 && rest <= 223372036854775807;
}

function threeLimbs(value: Decimal): i64 {
  return (<i64>load<u32>(value.limbs, 8) * 1000000000 + <i64>load<u32>(value.limbs, 4)) * 1000000000 + <i64>load<u32>(value.limbs);
}

function packLarge(value: Decimal): u64 {
  const length = LARGE_HEAD + (value.count << 2);
  const room = planAllocate(length < 8 ? 8 : length);
  if (!room) return WORD_EMPTY;
  store<u16>(room, <u16>(value.negative ? FORM_NEGATIVE : 1));
  store<u16>(room, <u16>value.scale, 2);
  memory.copy(room + LARGE_HEAD, value.limbs, (<usize>value.count) << 2);
  return length <= 7 ? inlineWord(room, length) : longWord(room, length);
}

export function isSpecial(word: u64): bool {
  return word == NUMERIC_NAN || word == NUMERIC_INFINITY || word == NUMERIC_NEGATIVE_INFINITY;
}

/** -1, 0 or 1 as the number is negative, zero or positive; NaN counts as positive. */
export function numericSign(word: u64): i32 {
  if (readSmall(word)) return smallCoefficient < 0 ? -1 : smallCoefficient > 0 ? 1 : 0;
  if (isSpecial(word)) return word == NUMERIC_NEGATIVE_INFINITY ? -1 : 1;
  const bytes = wordBytes(word, SPILL_FIRST);
  if (wordLength(word) <= LARGE_HEAD) return 0;
  return ((<u32>load<u8>(bytes)) & 3) == FORM_NEGATIVE ? -1 : 1;
}

/** Digits behind the point. */
export function numericScale(word: u64): i32 {
  if (readSmall(word)) return smallScale;
  return isSpecial(word) ? 0 : <i32>load<u16>(wordBytes(word, SPILL_FIRST), 2);
}

// Arithmetic -----------------------------------------------------------------------------------------------------------

export const OPERATION_ADD: u32 = 0;
export const OPERATION_SUBTRACT: u32 = 1;
export const OPERATION_MULTIPLY: u32 = 2;
export const OPERATION_DIVIDE: u32 = 3;
export const OPERATION_MODULO: u32 = 4;
/** div(): the quotient without its fraction. */
export const OPERATION_QUOTIENT: u32 = 5;

/** left OPERATION right. */
export function numericOperation(operation: u32, left: u64, right: u64): u64 {
  if (readSmall(left)) {
    const coefficient = smallCoefficient;
    const scale = smallScale;
    if (readSmall(right)) {
      const result = smallOperation(operation, coefficient, scale, smallCoefficient, smallScale);
      if (result != WORD_EMPTY) return result;
    }
  } else if (isSpecial(left)) return specialOperation(operation, left, right);
  if (isSpecial(right)) return specialOperation(operation, left, right);
  if (operation >= OPERATION_DIVIDE && !numericSign(right)) {
    fail(RUNTIME_ERROR_DIVISION_BY_ZERO);
    return WORD_EMPTY;
  }
  const mark = temporaryMark();
  const result = numericFrom(decimalOperation(operation, decimalOf(left), decimalOf(right)));
  temporaryRelease(mark);
  return result;
}

/** The result in 64-bit integers, or WORD_EMPTY where they do not suffice. */
function smallOperation(operation: u32, left: i64, leftScale: i32, right: i64, rightScale: i32): u64 {
  if (operation == OPERATION_MULTIPLY) {
    const scale = leftScale + rightScale;
    if (scale > SMALL_SCALE_MAX || !fitsProduct(left, right)) return WORD_EMPTY;
    return numericOf(left * right, scale);
  }
  if (operation > OPERATION_MODULO) return WORD_EMPTY;
  if (operation == OPERATION_DIVIDE) return smallDivide(left, leftScale, right, rightScale);
  const scale = leftScale > rightScale ? leftScale : rightScale;
  if (!fitsScaled(left, scale - leftScale) || !fitsScaled(right, scale - rightScale)) return WORD_EMPTY;
  const first = left * powerOf(scale - leftScale);
  const second = right * powerOf(scale - rightScale);
  if (operation == OPERATION_MODULO) return second ? numericOf(second == -1 ? 0 : first % second, scale) : WORD_EMPTY;
  const result = operation == OPERATION_ADD ? first + second : first - second;
  const overflows = operation == OPERATION_ADD ? (first ^ result) & (second ^ result) : (first ^ second) & (first ^ result);
  return overflows < 0 ? WORD_EMPTY : numericOf(result, scale);
}

function fitsProduct(left: i64, right: i64): bool {
  if (left == 0 || right == 0) return true;
  const bits = clz<i64>(left < 0 ? ~left : left) + clz<i64>(right < 0 ? ~right : right);
  return bits >= 66;
}

/** Whether value * 10^digits is sure to fit. */
function fitsScaled(value: i64, digits: i32): bool {
  if (digits > POWER_MAX) return false;
  return digits == 0 || fitsProduct(value, powerOf(digits));
}

/** A quotient whose dividend, scaled up, fits 64 bits. */
function smallDivide(left: i64, leftScale: i32, right: i64, rightScale: i32): u64 {
  if (!right) return WORD_EMPTY;
  const scale = quotientScale(left, leftScale, right, rightScale);
  const shift = scale + rightScale - leftScale;
  if (shift < 0 || !fitsScaled(left, shift)) return WORD_EMPTY;
  const dividend = left * powerOf(shift);
  if (dividend == i64.MIN_VALUE || right == i64.MIN_VALUE) return WORD_EMPTY;
  const quotient = dividend / right;
  const rest = dividend % right;
  const magnitude = rest < 0 ? -rest : rest;
  const divisor = right < 0 ? -right : right;
  if (magnitude < divisor - magnitude) return numericOf(quotient, scale);
  return numericOf(quotient + ((left ^ right) < 0 ? -1 : 1), scale);
}

/** PostgreSQL's select_div_scale for small numbers. */
function quotientScale(left: i64, leftScale: i32, right: i64, rightScale: i32): i32 {
  const first = weighed(left, leftScale);
  const firstWeight = weight;
  const second = weighed(right, rightScale);
  return chooseScale(firstWeight, first, leftScale, weight, second, rightScale);
}

let weight: i32 = 0;

/** First group of four digits of a small number; its weight is left in `weight`. */
function weighed(coefficient: i64, scale: i32): u32 {
  weight = 0;
  if (!coefficient) return 0;
  const magnitude = coefficient < 0 ? 0 - <u64>coefficient : <u64>coefficient;
  let digits: i32 = 1;
  while (digits <= POWER_MAX && magnitude >= <u64>powerOf(digits)) digits++;
  const top = digits - 1 - scale;
  weight = top >= 0 ? top / 4 : -((3 - top) / 4);
  const wanted = top - (weight << 2) + 1;
  return <u32>(digits >= wanted ? magnitude / <u64>powerOf(digits - wanted) : magnitude * <u64>powerOf(wanted - digits));
}

function chooseScale(leftWeight: i32, left: u32, leftScale: i32, rightWeight: i32, right: u32, rightScale: i32): i32 {
  const difference = leftWeight - rightWeight - (left <= right ? 1 : 0);
  let scale = SIGNIFICANT_DIGITS - (difference << 2);
  if (scale < leftScale) scale = leftScale;
  if (scale < rightScale) scale = rightScale;
  return scale < 0 ? 0 : scale > CHOSEN_SCALE_MAX ? CHOSEN_SCALE_MAX : scale;
}

/** Scale of a quotient (select_div_scale). */
export function divisionScale(left: Decimal, right: Decimal): i32 {
  return chooseScale(weightOf(left), firstGroup(left), left.scale, weightOf(right), firstGroup(right), right.scale);
}

function decimalOperation(operation: u32, left: Decimal, right: Decimal): Decimal {
  if (isMissing(left) || isMissing(right)) return NO_DECIMAL;
  switch (operation) {
    case OPERATION_ADD:
      return addDecimals(left, right);
    case OPERATION_SUBTRACT:
      return subtractDecimals(left, right);
    case OPERATION_MULTIPLY:
      return multiplyDecimals(left, right);
    case OPERATION_DIVIDE:
      return divideDecimals(left, right, divisionScale(left, right), false);
    case OPERATION_MODULO:
      return moduloDecimals(left, right);
    default:
      return divideDecimals(left, right, 0, true);
  }
}

/** Arithmetic with NaN and infinities. */
function specialOperation(operation: u32, left: u64, right: u64): u64 {
  if (left == NUMERIC_NAN || right == NUMERIC_NAN) return NUMERIC_NAN;
  const first = numericSign(left);
  const second = numericSign(right);
  const leftInfinite = isSpecial(left);
  const rightInfinite = isSpecial(right);
  if (operation <= OPERATION_SUBTRACT) {
    const other = operation == OPERATION_ADD ? second : -second;
    if (leftInfinite && rightInfinite && first != other) return NUMERIC_NAN;
    return infinity(leftInfinite ? first : other);
  }
  if (operation == OPERATION_MULTIPLY) return first && second ? infinity(first * second) : NUMERIC_NAN;
  if (!second) {
    fail(RUNTIME_ERROR_DIVISION_BY_ZERO);
    return WORD_EMPTY;
  }
  if (operation == OPERATION_MODULO) return leftInfinite ? NUMERIC_NAN : left;
  if (leftInfinite) return rightInfinite ? NUMERIC_NAN : infinity(first * second);
  return numericOf(0, 0);
}

function infinity(sign: i32): u64 {
  return sign < 0 ? NUMERIC_NEGATIVE_INFINITY : NUMERIC_INFINITY;
}

// Comparison -----------------------------------------------------------------------------------------------------------

/** -1, 0 or 1; NaN is the greatest and equal to itself. */
export function compareNumerics(left: u64, right: u64): i32 {
  if (left == right) return 0;
  if (readSmall(left)) {
    const coefficient = smallCoefficient;
    const scale = smallScale;
    if (readSmall(right)) {
      const common = scale > smallScale ? scale : smallScale;
      if (fitsScaled(coefficient, common - scale) && fitsScaled(smallCoefficient, common - smallScale)) {
        const first = coefficient * powerOf(common - scale);
        const second = smallCoefficient * powerOf(common - smallScale);
        return first < second ? -1 : first > second ? 1 : 0;
      }
    }
  }
  const mark = temporaryMark();
  const order = compareDecimals(decimalOf(left), decimalOf(right));
  temporaryRelease(mark);
  return order;
}

/** The number with as few digits behind the point as have its value: equal numbers give equal bytes. */
export function normalNumeric(word: u64): u64 {
  if (readSmall(word)) {
    let coefficient = smallCoefficient;
    let scale = smallScale;
    if (!scale || coefficient % 10) return word;
    while (scale && coefficient % 10 == 0) {
      coefficient /= 10;
      scale--;
    }
    return numericOf(coefficient, scale);
  }
  if (isSpecial(word)) return word;
  const mark = temporaryMark();
  const result = numericFrom(withoutZeros(decimalOf(word), 0));
  temporaryRelease(mark);
  return result;
}

export function hashNumeric(word: u64): u64 {
  const normal = normalNumeric(word);
  const length = wordLength(normal);
  return hashBytes(wordBytes(normal, SPILL_FIRST), length);
}

// Rounding -------------------------------------------------------------------------------------------------------------

/** round(value, scale) or, with `truncate`, trunc(value, scale); the scale may be negative. */
export function roundNumeric(word: u64, scale: i32, truncate: bool): u64 {
  if (isSpecial(word)) return word;
  if (scale > NUMERIC_SCALE_MAX) scale = NUMERIC_SCALE_MAX;
  if (scale < -NUMERIC_DIGITS_MAX - 1) scale = -NUMERIC_DIGITS_MAX - 1;
  if (readSmall(word) && scale >= 0 && scale <= smallScale && smallScale - scale <= POWER_MAX) {
    const divisor = powerOf(smallScale - scale);
    const quotient = smallCoefficient / divisor;
    const rest = smallCoefficient % divisor;
    if (truncate || (rest < 0 ? -rest : rest) < divisor - (rest < 0 ? -rest : rest)) return numericOf(quotient, scale);
    return numericOf(quotient + (smallCoefficient < 0 ? -1 : 1), scale);
  }
  const mark = temporaryMark();
  const value = decimalOf(word);
  const result = numericFrom(scale < 0 ? roundedBefore(value, -scale, truncate) : rounded(value, scale, truncate));
  temporaryRelease(mark);
  return result;
}

/** numeric(precision, scale): rounded to the scale; an error where more digits are before the point than may be. */
export function fitNumeric(word: u64, precision: i32, scale: i32): u64 {
  if (word == NUMERIC_NAN) return word;
  if (isSpecial(word)) {
    fail(RUNTIME_ERROR_NUMERIC_FIELD_OVERFLOW);
    return WORD_EMPTY;
  }
  const result = roundNumeric(word, scale, false);
  const mark = temporaryMark();
  const value = decimalOf(result);
  const digits = isMissing(value) ? 0 : <i32>limbsDigits(value.limbs, value.count) - value.scale;
  const fits = isMissing(value) || value.count == 0 || digits <= precision - scale;
  temporaryRelease(mark);
  if (!fits) fail(RUNTIME_ERROR_NUMERIC_FIELD_OVERFLOW);
  return result;
}

/** The greatest whole number that is not greater, or with `up` the least that is not less. */
export function wholeNumeric(word: u64, up: bool): u64 {
  const whole = roundNumeric(word, 0, true);
  const order = compareNumerics(whole, word);
  if (up && order < 0) return numericOperation(OPERATION_ADD, whole, numericOf(1, 0));
  if (!up && order > 0) return numericOperation(OPERATION_SUBTRACT, whole, numericOf(1, 0));
  return whole;
}

export function negateNumeric(word: u64): u64 {
  if (word == NUMERIC_NAN) return word;
  if (isSpecial(word)) return word == NUMERIC_INFINITY ? NUMERIC_NEGATIVE_INFINITY : NUMERIC_INFINITY;
  if (readSmall(word) && smallCoefficient != i64.MIN_VALUE) return numericOf(-smallCoefficient, smallScale);
  const mark = temporaryMark();
  const value = decimalOf(word);
  if (!isMissing(value)) value.negative = !value.negative && value.count != 0;
  const result = numericFrom(value);
  temporaryRelease(mark);
  return result;
}
