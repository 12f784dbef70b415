/**
 * Decimals: exact numbers limbs * 10^-scale of any length, the working form of NUMERIC (numeric.ts has the stored one).
 *
 * They live in the temporary arena and are never changed once an operation has answered them. Where there is no memory an
 * operation answers null (NO_DECIMAL), and every operation answers null for null: callers look once, at the end, and the
 * error is in the cells. NaN and the infinities are dealt with by the callers, save in `compareDecimals`.
 *
 * Invariants: limbs without leading zeros; zero is not negative; scale >= 0.
 * Source of rounding and scales: PostgreSQL 16, numeric.c (round half away from zero).
 */
import { DEBUG } from "../memory/debug";
import {
  LIMB_DIGITS,
  limbsAdd,
  limbsCompare,
  limbsDigits,
  limbsDivide,
  limbsDivideSmall,
  limbsDropDigits,
  limbsDropped,
  limbsFrom,
  limbsMultiply,
  limbsShift,
  limbsSubtract,
  smallPower,
} from "../bytes/decimal-limbs";
import { temporaryAllocate } from "./cells";

export const KIND_FINITE: u32 = 0;
export const KIND_NAN: u32 = 1;
export const KIND_INFINITE: u32 = 2;


@unmanaged
export class Decimal {
  limbs: usize;
  count: u32;
  scale: i32;
  negative: bool;
  kind: u32;
}

export const NO_DECIMAL: Decimal = changetype<Decimal>(0);

// @ts-ignore: decorator
@inline
export function isMissing(decimal: Decimal): bool {
  return changetype<usize>(decimal) == 0;
}

/** A decimal 0 with room for `capacity` limbs. */
export function newDecimal(capacity: u32): Decimal {
  const size = <u32>offsetof<Decimal>();
  const block = capacity < 0x10000000 ? temporaryAllocate(size + (capacity << 2)) : temporaryAllocate(0xffffffff);
  if (!block) return NO_DECIMAL;
  const decimal = changetype<Decimal>(block);
  decimal.limbs = block + size;
  decimal.count = 0;
  decimal.scale = 0;
  decimal.negative = false;
  decimal.kind = KIND_FINITE;
  return decimal;
}

export function decimalFrom(value: i64, scale: i32): Decimal {
  const decimal = newDecimal(3);
  if (isMissing(decimal)) return decimal;
  decimal.count = limbsFrom(decimal.limbs, value < 0 ? 0 - <u64>value : <u64>value);
  decimal.negative = value < 0;
  decimal.scale = scale;
  return decimal;
}

function finish(decimal: Decimal, count: u32, scale: i32, negative: bool): Decimal {
  if (DEBUG) assert(scale >= 0);
  decimal.count = count;
  decimal.scale = scale;
  decimal.negative = negative && count != 0;
  return decimal;
}

/** The same value with more digits behind the point. Requires: scale >= that of the value. */
export function rescaled(value: Decimal, scale: i32): Decimal {
  if (isMissing(value) || value.scale == scale) return value;
  const digits = <u32>(scale - value.scale);
  const result = newDecimal(value.count + digits / LIMB_DIGITS + 2);
  if (isMissing(result)) return result;
  return finish(result, limbsShift(result.limbs, value.limbs, value.count, digits), scale, value.negative);
}

/** The value with fewer digits behind the point, or more; half is rounded away from zero, or all digits cut off. */
export function rounded(value: Decimal, scale: i32, truncate: bool): Decimal {
  if (isMissing(value) || value.scale <= scale) return rescaled(value, scale);
  const result = newDecimal(value.count + 2);
  if (isMissing(result)) return result;
  let count = limbsDropDigits(result.limbs, value.limbs, value.count, <u32>(value.scale - scale));
  if (limbsDropped >= 5 && !truncate) {
    const one = decimalFrom(1, 0);
    if (isMissing(one)) return one;
    count = count ? limbsAdd(result.limbs, result.limbs, count, one.limbs, 1) : limbsFrom(result.limbs, 1);
  }
  return finish(result, count, scale < 0 ? 0 : scale, value.negative);
}

/** Rounds to a place before the point: the digits behind it become zeros. Requires: places > 0. */
export function roundedBefore(value: Decimal, places: i32, truncate: bool): Decimal {
  if (isMissing(value)) return value;
  const head = newDecimal(value.count);
  if (isMissing(head)) return head;
  head.limbs = value.limbs;
  finish(head, value.count, value.scale + places, value.negative);
  const whole = rounded(head, 0, truncate);
  if (isMissing(whole)) return whole;
  const result = newDecimal(whole.count + <u32>places / LIMB_DIGITS + 2);
  if (isMissing(result)) return result;
  return finish(result, limbsShift(result.limbs, whole.limbs, whole.count, <u32>places), 0, whole.negative);
}

export function negated(value: Decimal): Decimal {
  if (isMissing(value)) return value;
  const result = newDecimal(0);
  if (isMissing(result)) return result;
  result.limbs = value.limbs;
  result.kind = value.kind;
  finish(result, value.count, value.scale, !value.negative);
  if (value.kind == KIND_INFINITE) result.negative = !value.negative;
  return result;
}

export function addDecimals(left: Decimal, right: Decimal): Decimal {
  return sum(left, right, false);
}

export function subtractDecimals(left: Decimal, right: Decimal): Decimal {
  return sum(left, right, true);
}

function sum(left: Decimal, right: Decimal, negate: bool): Decimal {
  if (isMissing(left) || isMissing(right)) return NO_DECIMAL;
  const scale = left.scale > right.scale ? left.scale : right.scale;
  const first = rescaled(left, scale);
  const second = rescaled(right, scale);
  if (isMissing(first) || isMissing(second)) return NO_DECIMAL;
  const negative = second.negative != negate;
  const result = newDecimal((first.count > second.count ? first.count : second.count) + 1);
  if (isMissing(result)) return result;
  const order = limbsCompare(first.limbs, first.count, second.limbs, second.count);
  const large = order >= 0 ? first : second;
  const small = order >= 0 ? second : first;
  const sign = order >= 0 ? first.negative : negative;
  const count =
    first.negative == negative
      ? limbsAdd(result.limbs, large.limbs, large.count, small.limbs, small.count)
      : limbsSubtract(result.limbs, large.limbs, large.count, small.limbs, small.count);
  return finish(result, count, scale, sign);
}

/** The exact product. */
export function multiplyDecimals(left: Decimal, right: Decimal): Decimal {
  if (isMissing(left) || isMissing(right)) return NO_DECIMAL;
  const result = newDecimal(left.count + right.count);
  if (isMissing(result)) return result;
  const count = limbsMultiply(result.limbs, left.limbs, left.count, right.limbs, right.count);
  return finish(result, count, left.scale + right.scale, left.negative != right.negative);
}

/** The product rounded to `scale` digits behind the point. */
export function multiplyRounded(left: Decimal, right: Decimal, scale: i32): Decimal {
  return rounded(multiplyDecimals(left, right), scale, false);
}

/** The quotient with `scale` digits behind the point, rounded or cut off. Requires: the divisor is not zero. */
export function divideDecimals(left: Decimal, right: Decimal, scale: i32, truncate: bool): Decimal {
  if (isMissing(left) || isMissing(right)) return NO_DECIMAL;
  if (DEBUG) assert(right.count != 0);
  // left * 10^(scale + 1 + right.scale - left.scale) / right has one digit more, which rounds.
  const shift = scale + 1 + right.scale - left.scale;
  let dividend = left;
  if (shift < 0) dividend = cutDigits(left, <u32>-shift);
  const room = newDecimal(dividend.count + (shift > 0 ? <u32>shift / LIMB_DIGITS : 0) + 3);
  if (isMissing(dividend) || isMissing(room)) return NO_DECIMAL;
  room.count = limbsShift(room.limbs, dividend.limbs, dividend.count, shift > 0 ? <u32>shift : 0);
  const quotient = newDecimal(room.count + 1);
  const scratch = newDecimal(right.count + 1);
  if (isMissing(quotient) || isMissing(scratch)) return NO_DECIMAL;
  const count = limbsDivide(quotient.limbs, room.limbs, room.count, right.limbs, right.count, scratch.limbs);
  finish(quotient, count, scale + 1, left.negative != right.negative);
  return rounded(quotient, scale, truncate);
}

/** left / 10^digits without its fraction, for a quotient that has fewer digits than the dividend. */
function cutDigits(value: Decimal, digits: u32): Decimal {
  const result = newDecimal(value.count + 1);
  if (isMissing(result)) return result;
  return finish(result, limbsDropDigits(result.limbs, value.limbs, value.count, digits), 0, value.negative);
}

/** left - trunc(left / right) * right: the sign is that of `left`. Requires: the divisor is not zero. */
export function moduloDecimals(left: Decimal, right: Decimal): Decimal {
  return subtractDecimals(left, multiplyDecimals(divideDecimals(left, right, 0, true), right));
}

/** -1, 0 or 1; NaN is equal to NaN and greater than all else. */
export function compareDecimals(left: Decimal, right: Decimal): i32 {
  if (isMissing(left) || isMissing(right)) return 0;
  if (left.kind != KIND_FINITE || right.kind != KIND_FINITE) return rank(left) - rank(right);
  if (left.negative != right.negative) return left.negative ? -1 : 1;
  const order = compareMagnitudes(left, right);
  return left.negative ? -order : order;
}

function rank(value: Decimal): i32 {
  if (value.kind == KIND_NAN) return 2;
  return value.kind == KIND_FINITE ? 0 : value.negative ? -1 : 1;
}

export function compareMagnitudes(left: Decimal, right: Decimal): i32 {
  if (!left.count || !right.count) return left.count ? 1 : right.count ? -1 : 0;
  const leftTop = topExponent(left);
  const rightTop = topExponent(right);
  if (leftTop != rightTop) return leftTop < rightTop ? -1 : 1;
  const scale = left.scale > right.scale ? left.scale : right.scale;
  const first = rescaled(left, scale);
  const second = rescaled(right, scale);
  if (isMissing(first) || isMissing(second)) return 0;
  return limbsCompare(first.limbs, first.count, second.limbs, second.count);
}

/** Power of ten of the first digit. Requires: not zero. */
export function topExponent(value: Decimal): i32 {
  return <i32>limbsDigits(value.limbs, value.count) - 1 - value.scale;
}

/** PostgreSQL's weight: the power of 10^4 of the first group of four digits. Zero has 0. */
export function weightOf(value: Decimal): i32 {
  if (!value.count) return 0;
  const top = topExponent(value);
  return top >= 0 ? top / 4 : -((3 - top) / 4);
}

/** The first group of four digits, as groups lie around the point. Zero has 0. */
export function firstGroup(value: Decimal): u32 {
  return value.count ? <u32>leadingDigits(value, topExponent(value) - (weightOf(value) << 2) + 1) : 0;
}

/** The first `digits` digits as a number, at most 18; zeros behind the last one. Requires: not zero. */
export function leadingDigits(value: Decimal, digits: u32): u64 {
  const all = limbsDigits(value.limbs, value.count);
  let index = value.count;
  let result: u64 = 0;
  let taken: u32 = 0;
  let before = index;
  let width = all - (value.count - 1) * LIMB_DIGITS;
  while (taken < digits) {
    if (index) index--;
    const limb: u32 = index < before ? load<u32>(value.limbs + ((<usize>index) << 2)) : 0;
    before = index;
    const wanted = digits - taken < width ? digits - taken : width;
    result = result * smallPower(wanted) + limb / smallPower(width - wanted);
    taken += wanted;
    width = LIMB_DIGITS;
  }
  return result;
}

/** As many zeros at the end as there are taken away. Answers the value with the least scale >= `least`. */
export function withoutZeros(value: Decimal, least: i32): Decimal {
  let current = value;
  while (!isMissing(current) && current.scale > least) {
    const step = current.scale - least >= 9 ? 9 : 1;
    let next = dropZeros(current, step);
    if (next == current && step > 1) next = dropZeros(current, 1);
    if (next == current) break;
    current = next;
  }
  return current;
}

/** The value with `digits` digits fewer behind the point if they are zeros, else itself. */
function dropZeros(value: Decimal, digits: u32): Decimal {
  const result = newDecimal(value.count + 1);
  if (isMissing(result)) return result;
  const rest = value.count ? load<u32>(value.limbs) % smallPower(digits) : 0;
  if (rest) return value;
  return finish(result, limbsDivideSmall(result.limbs, value.limbs, value.count, smallPower(digits)), value.scale - digits, value.negative);
}
