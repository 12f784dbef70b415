/**
 * 80-bit extended floating point (the x87 format: a mantissa of 64 bits, 15 bits of exponent), for INCRBYFLOAT and HINCRBYFLOAT alone.
 *
 * Redis does those sums in C's `long double`, so on x86-64 0.1 + 0.2 is "0.3", and 2^63 + 1 is exact, which no double is. To give the
 * same answers this file parses, adds and prints in that format, each correctly rounded (to nearest, ties to even).
 *
 * Numbers live in EXTENDED_SLOTS slots, named by their number. Byte layout of a slot (16 bytes):
 *   offset 0: u64 mantissa; 8: i32 exponent; 12: u8 kind (finite, infinite, not a number); 13: u8 negative; 14: padding
 * Invariants of a finite slot:
 * 1. |value| = mantissa * 2^exponent, EXPONENT_LOWEST <= exponent <= EXPONENT_HIGHEST.
 * 2. Bit 63 of the mantissa is set, or the exponent is EXPONENT_LOWEST (subnormal numbers and zero).
 *
 * Parsing takes number-text.ts's grammar, at most EXTENDED_INPUT_MAX bytes; as in Redis, overflow and a result of zero for a number that is
 * not zero are refused. Infinity parses, since its sum is what Redis then refuses: ask `extendedIsFinite` about the result.
 * Printing gives 17 decimals (ties to even, exactly), then drops trailing zeros and a trailing point; what is left of "-0" is "0". There
 * is never an exponent, so the largest number has 4933 digits.
 *
 * State: the slots, and static areas for an integer of up to 16384 bits and its digits.
 * Cost: O(1) for `extendedAdd`; parsing and printing are O(n^2) in the number of digits: ordinary numbers well below a microsecond, the
 * longest about a millisecond.
 */

import { BIG_SIZE, bigAnyBitBelow, bigBitsAt, bigMultiplyPowerOfFive, bigPrint, bigSet, bigShiftLeft } from "./big-integer";
import { roundDecimal, roundHexadecimal, roundedExponent, roundedMantissa } from "./binary-rounding";
import { DECIMAL_DIGITS, NUMBER_DECIMAL, NUMBER_INFINITE, NUMBER_INVALID, numberText, scanNumber } from "./number-text";

const DEBUG = isDefined(ENGINE_DEBUG);

/** Number of slots: valid slot numbers are 0 .. EXTENDED_SLOTS - 1. */
export const EXTENDED_SLOTS: u32 = 4;
/** Longest text that `extendedParse` looks at, bytes; longer ones are refused. */
export const EXTENDED_INPUT_MAX: u32 = 5119;
/** Most bytes that `extendedPrint` writes: a sign and the 4933 digits of the largest number. */
export const EXTENDED_TEXT_MAX: u32 = 4934;

const EXPONENT_LOWEST: i32 = -16445;
const EXPONENT_HIGHEST: i32 = 16320;
const MANTISSA_BITS: u32 = 64;
const TOP_BIT: u64 = 0x8000000000000000;
/** Decimal exponents of the first digit beyond which every number overflows or rounds to zero; binary ones for hexadecimal text. */
const DECIMAL_HIGHEST: i64 = 4932;
const DECIMAL_LOWEST: i64 = -4952;
const BINARY_RANGE: i64 = 20000;
/** Number of decimals in print. */
const DECIMALS: u32 = 17;

const FINITE: u8 = 0;
const INFINITE: u8 = 1;
const NOT_A_NUMBER: u8 = 2;

/** A slot, see the head of the file. */
@unmanaged
class Extended {
  mantissa: u64;
  exponent: i32;
  kind: u8;
  negative: bool;
}

const SLOT_SIZE: u32 = 16;
const SLOTS = memory.data(64, 8);
const NUMBER = memory.data(BIG_SIZE, 16);
const GROUPS = memory.data(BIG_SIZE, 16);
const DIGITS = memory.data(64, 8);

/**
 * Reads the whole of `length` bytes at `p` into a slot. False, and the slot unchanged, for what Redis refuses as "not a valid float".
 */
export function extendedParse(p: usize, length: u32, slot: u32): bool {
  if (length - 1 >= EXTENDED_INPUT_MAX) return false;
  const kind = scanNumber(p, length);
  if (kind == NUMBER_INVALID) return false;
  const parts = numberText();
  const target = slotAt(slot);
  if (kind == NUMBER_INFINITE || parts.significand == 0) {
    setFinite(target, parts.negative, 0, EXPONENT_LOWEST);
    if (kind == NUMBER_INFINITE) target.kind = INFINITE;
    return true;
  }
  if (kind == NUMBER_DECIMAL) {
    const leading = parts.exponent + <i64>min(parts.digitCount, DECIMAL_DIGITS) - 1;
    if (leading < DECIMAL_LOWEST || leading > DECIMAL_HIGHEST) return false;
    roundDecimal(parts, EXTENDED_INPUT_MAX, MANTISSA_BITS, EXPONENT_LOWEST);
  } else {
    if (parts.exponent < -BINARY_RANGE || parts.exponent > BINARY_RANGE) return false;
    roundHexadecimal(parts, MANTISSA_BITS, EXPONENT_LOWEST);
  }
  const mantissa = roundedMantissa();
  if (mantissa == 0 || roundedExponent() > EXPONENT_HIGHEST) return false;
  setFinite(target, parts.negative, mantissa, roundedExponent());
  return true;
}

/** Sets slot `result` to the sum of two slots, rounded; any of the three may be the same slot. */
export function extendedAdd(slotA: u32, slotB: u32, slotResult: u32): void {
  let larger = slotAt(slotA);
  let smaller = slotAt(slotB);
  const result = slotAt(slotResult);
  if (larger.kind != FINITE || smaller.kind != FINITE) {
    addSpecial(larger, smaller, result);
    return;
  }
  if (larger.exponent < smaller.exponent || (larger.exponent == smaller.exponent && larger.mantissa < smaller.mantissa)) {
    const swapped = larger;
    larger = smaller;
    smaller = swapped;
  }
  // Both as 128-bit integers in units of 2^(larger.exponent - 63), so that bit 127 is free for a carry. Bits of the smaller one that fall
  // below are kept as a single lowest bit: they are shifted out only when 63 guard bits stand between them and the rounding place.
  let high = larger.mantissa >> 1;
  let low = larger.mantissa << 63;
  const distance = <u32>(larger.exponent - smaller.exponent);
  const addendHigh = shiftedHigh(smaller.mantissa, distance);
  const addendLow = shiftedLow(smaller.mantissa, distance);
  const negative = larger.negative;
  if (larger.negative == smaller.negative) {
    low += addendLow;
    high += addendHigh + <u64>(low < addendLow);
  } else {
    high -= addendHigh + <u64>(low < addendLow);
    low -= addendLow;
  }
  if ((high | low) == 0) {
    // x - x is +0; only -0 + -0 is -0.
    setFinite(result, larger.negative && smaller.negative, 0, EXPONENT_LOWEST);
    return;
  }
  roundSum(result, negative, high, low, larger.exponent + 1);
}

/** Whether a slot holds a number, neither an infinity nor what came of inf + -inf. */
export function extendedIsFinite(slot: u32): bool {
  return slotAt(slot).kind == FINITE;
}

/** Writes a slot at `p` as Redis prints the result of INCRBYFLOAT and returns the number of bytes, at most EXTENDED_TEXT_MAX. */
export function extendedPrint(p: usize, slot: u32): u32 {
  const value = slotAt(slot);
  const start = p;
  if (value.kind == NOT_A_NUMBER) {
    store<u16>(p, 0x616e);
    store<u8>(p, 0x6e, 2);
    return 3;
  }
  if (value.negative) store<u8>(p++, 0x2d);
  if (value.kind == INFINITE) {
    store<u16>(p, 0x6e69);
    store<u8>(p, 0x66, 2);
    return <u32>(p - start) + 3;
  }
  if (value.exponent >= 0) {
    const count = bigShiftLeft(NUMBER, bigSet(NUMBER, value.mantissa), value.exponent);
    return <u32>(p - start) + bigPrint(p, NUMBER, count, GROUPS);
  }
  const length = printFraction(p, value.mantissa, 0 - value.exponent);
  if (length == 1 && <u32>load<u8>(p) == 0x30) {
    store<u8>(start, 0x30);
    return 1;
  }
  return <u32>(p - start) + length;
}

/** Address of a slot; its layout is in the head of this file. */
export function extendedSlot(slot: u32): usize {
  if (slot >= EXTENDED_SLOTS) unreachable();
  return SLOTS + <usize>(slot * SLOT_SIZE);
}

/** Writes mantissa / 2^shift with up to 17 decimals and returns the number of bytes. Requires: shift > 0. */
function printFraction(p: usize, mantissa: u64, shift: u32): u32 {
  const count = bigPrint(DIGITS, NUMBER, scaleDecimals(mantissa, shift), GROUPS);
  const whole = count > DECIMALS ? count - DECIMALS : 0;
  // Of the decimals, `missing` leading ones are zeros that are not among the digits, and trailing ones that are zeros are not written.
  const missing = count < DECIMALS ? DECIMALS - count : 0;
  let last = count;
  while (last > whole && <u32>load<u8>(DIGITS + last - 1) == 0x30) --last;
  const start = p;
  if (whole == 0) {
    store<u8>(p++, 0x30);
  } else {
    memory.copy(p, DIGITS, whole);
    p += whole;
  }
  if (last > whole) {
    store<u8>(p, 0x2e);
    memory.fill(p + 1, 0x30, missing);
    memory.copy(p + 1 + missing, DIGITS + whole, last - whole);
    p += 1 + missing + last - whole;
  }
  return <u32>(p - start);
}

/** NUMBER = mantissa * 10^17 / 2^shift, rounded to an integer; returns its count. */
function scaleDecimals(mantissa: u64, shift: u32): u32 {
  const count = bigMultiplyPowerOfFive(NUMBER, bigSet(NUMBER, mantissa), DECIMALS);
  if (shift <= DECIMALS) return bigShiftLeft(NUMBER, count, DECIMALS - shift);
  shift -= DECIMALS;
  let low = bigBitsAt(NUMBER, count, shift);
  let high = bigBitsAt(NUMBER, count, shift + 64);
  const half = bigBitsAt(NUMBER, count, shift - 1) & 1;
  if (half != 0 && ((low & 1) != 0 || bigAnyBitBelow(NUMBER, count, shift - 1))) {
    ++low;
    high += <u64>(low == 0);
  }
  if (high == 0) return bigSet(NUMBER, low);
  store<u64>(NUMBER, low);
  return 2 + bigSet(NUMBER + 8, high);
}

/** The sum of two slots of which one at least is not finite. */
function addSpecial(a: Extended, b: Extended, result: Extended): void {
  const opposed = a.kind == INFINITE && b.kind == INFINITE && a.negative != b.negative;
  const undecided = a.kind == NOT_A_NUMBER || b.kind == NOT_A_NUMBER || opposed;
  const negative = !undecided && (a.kind == INFINITE ? a.negative : b.negative);
  setFinite(result, negative, 0, EXPONENT_LOWEST);
  result.kind = undecided ? NOT_A_NUMBER : INFINITE;
}

/** Upper half of (mantissa * 2^63) >> distance. */
function shiftedHigh(mantissa: u64, distance: u32): u64 {
  const right: u64 = distance + 1;
  return right < 64 ? mantissa >> right : 0;
}

/** Lower half of (mantissa * 2^63) >> distance, with the lowest bit set if any bit was lost. */
function shiftedLow(mantissa: u64, distance: u32): u64 {
  const left: u64 = 63 - distance;
  if (distance <= 63) return mantissa << left;
  const beyond: u64 = distance - 63;
  if (beyond > 63) return <u64>(mantissa != 0);
  const lost = mantissa << (64 - beyond);
  return (mantissa >> beyond) | (<u64>(lost != 0));
}

/**
 * Rounds high.low, where the lowest bit of `high` stands for 2^exponent, into a slot. Requires: not zero; low has at least two spare bits
 * below the rounding place.
 */
function roundSum(result: Extended, negative: bool, high: u64, low: u64, exponent: i32): void {
  // Left until bit 127 is set, but not below the lowest exponent.
  const zeros = high != 0 ? <i32>clz(high) : 64 + <i32>clz(low);
  const shift = min(zeros, exponent - EXPONENT_LOWEST);
  if (DEBUG) assert(shift >= 0 && (high | low) != 0);
  exponent -= shift;
  const left: u64 = shift;
  if (left >= 64) {
    high = low << (left - 64);
    low = 0;
  } else if (left > 0) {
    high = (high << left) | (low >> (64 - left));
    low <<= left;
  }
  if (low > TOP_BIT || (low == TOP_BIT && (high & 1) != 0)) {
    ++high;
    if (high == 0) {
      high = TOP_BIT;
      ++exponent;
    }
  }
  setFinite(result, negative, high, exponent);
  if (exponent > EXPONENT_HIGHEST) {
    setFinite(result, negative, 0, EXPONENT_LOWEST);
    result.kind = INFINITE;
  }
}

function setFinite(slot: Extended, negative: bool, mantissa: u64, exponent: i32): void {
  if (DEBUG) assert(exponent >= EXPONENT_LOWEST && (mantissa >> 63 == 1 || exponent == EXPONENT_LOWEST));
  slot.mantissa = mantissa;
  slot.exponent = exponent;
  slot.kind = FINITE;
  slot.negative = negative;
}

/** The slot with a number. */
@inline
function slotAt(slot: u32): Extended {
  return changetype<Extended>(extendedSlot(slot));
}
