/**
 * Rounds numbers, however long, to binary floating point: round to nearest, ties to even, with gradual underflow. Used for the texts that
 * fast methods cannot decide (float.ts) and for all of extended-float.ts.
 *
 * A result is mantissa * 2^exponent with mantissa < 2^bits. Either mantissa >= 2^(bits - 1), or the number is subnormal (or zero) and the
 * exponent is the smallest one allowed. The caller judges overflow by the exponent.
 *
 * Method for decimal text D * 10^e: exact integers all the way (after Clinger: "How to Read Floating Point Numbers Accurately", PLDI 1990,
 * algorithm AlgorithmM without its loop). e >= 0: N = D * 5^e, value N * 2^e. e < 0: D is scaled by a power of two so that the quotient
 * N = D / 5^-e has 96 bits or one more; a remainder, or bits lost in scaling down, set the lowest bit of N, which lies far below the bit
 * that decides.
 *
 * State: static areas of 4 * 800 bytes for three integers, and the result block: u64 mantissa at offset 0, i32 exponent at 8.
 * Cost: O(d^2 + e^2) for d digits, about 1 ms for the largest texts that INCRBYFLOAT accepts; ordinary ones take well below 1 microsecond.
 */

import {
  BIG_SIZE,
  bigAnyBitBelow,
  bigBitLength,
  bigBitsAt,
  bigDivide,
  bigDropWords,
  bigMultiplyAdd,
  bigMultiplyPowerOfFive,
  bigSet,
  bigShiftLeft,
} from "./big-integer";
import { DECIMAL_DIGITS, NumberText } from "./number-text";

const DEBUG = isDefined(ENGINE_DEBUG);

/** Bits of the quotient: at least two more than any mantissa has, so that the sticky lowest bit never decides alone. */
const QUOTIENT_BITS: u32 = 96;

const NUMBER = memory.data(BIG_SIZE, 16);
const DIVISOR = memory.data(BIG_SIZE, 16);
const QUOTIENT = memory.data(BIG_SIZE, 16);

/** The result block, see the head of the file. */
@unmanaged
class Rounded {
  mantissa: u64;
  exponent: i32;
}
const RESULT = memory.data(16, 8);

/** Mantissa of the last result. */
@inline
export function roundedMantissa(): u64 {
  return changetype<Rounded>(RESULT).mantissa;
}

/** Exponent of two of the last result. */
@inline
export function roundedExponent(): i32 {
  return changetype<Rounded>(RESULT).exponent;
}

/**
 * Rounds the decimal text of `parts` to `bits` bits and exponents from `minimumExponent` on.
 * Takes the first `maxDigits` significant digits exactly; if any later one is not zero, a digit 1 stands for all of them. That never
 * changes the result if no number half-way between two floats has more than `maxDigits` digits.
 * Requires: parts.significand != 0; the decimal exponent of the value is within -5000 .. 5000 and maxDigits <= 5119.
 */
export function roundDecimal(parts: NumberText, maxDigits: u32, bits: u32, minimumExponent: i32): void {
  const taken = min(parts.digitCount, maxDigits);
  let exponent = <i32>(parts.exponent + <i64>min(parts.digitCount, DECIMAL_DIGITS)) - <i32>taken;
  let count = readDigits(parts.firstDigit, taken);
  if (parts.digitCount > taken && anyDigitFrom(parts, taken)) {
    count = bigMultiplyAdd(NUMBER, count, 10, 1);
    --exponent;
  }
  if (DEBUG) assert(count > 0 && exponent > -12000 && exponent < 6000);
  if (exponent >= 0) {
    count = bigMultiplyPowerOfFive(NUMBER, count, exponent);
    roundBits(NUMBER, count, exponent, bits, minimumExponent);
  } else {
    divideByPowerOfFive(count, <u32>(0 - exponent), bits, minimumExponent);
  }
}

/**
 * Rounds the hexadecimal text of `parts` to `bits` bits and exponents from `minimumExponent` on.
 * Requires: parts.significand != 0; |parts.exponent| <= 100000.
 */
export function roundHexadecimal(parts: NumberText, bits: u32, minimumExponent: i32): void {
  if (DEBUG) assert(parts.significand != 0 && parts.nextDigit < 16);
  if (DEBUG) assert(!parts.truncated || parts.significand >> 60 != 0);
  const count = bigShiftLeft(NUMBER, bigSet(NUMBER, parts.significand), 32);
  store<u32>(NUMBER, (parts.nextDigit << 28) | (<u32>parts.truncated));
  roundBits(NUMBER, count, <i32>parts.exponent - 32, bits, minimumExponent);
}

/** NUMBER = the `taken` digits from `p` on, points left out. */
function readDigits(p: usize, taken: u32): u32 {
  let count: u32 = 0;
  let group: u32 = 0;
  let scale: u32 = 1;
  for (; taken > 0; ++p) {
    const digit = <u32>load<u8>(p) - 0x30;
    if (digit > 9) continue;
    group = group * 10 + digit;
    scale *= 10;
    --taken;
    if (scale == 1000000000 || taken == 0) {
      count = bigMultiplyAdd(NUMBER, count, scale, group);
      group = 0;
      scale = 1;
    }
  }
  return count;
}

/** Whether a significant digit behind the first `taken` ones is not zero. */
function anyDigitFrom(parts: NumberText, taken: u32): bool {
  let p = parts.firstDigit;
  for (let passed: u32 = 0; passed < parts.digitCount; ++p) {
    const digit = <u32>load<u8>(p) - 0x30;
    if (digit > 9) continue;
    if (passed >= taken && digit != 0) return true;
    ++passed;
  }
  return false;
}

/** Rounds NUMBER / 10^power. */
function divideByPowerOfFive(count: u32, power: u32, bits: u32, minimumExponent: i32): void {
  let divisorCount = bigMultiplyPowerOfFive(DIVISOR, bigSet(DIVISOR, 1), power);
  const divisorBits = bigBitLength(DIVISOR, divisorCount);
  const normalizing = (divisorCount << 5) - divisorBits;
  divisorCount = bigShiftLeft(DIVISOR, divisorCount, normalizing);
  // NUMBER gets QUOTIENT_BITS bits more than the divisor; when it is longer already, whole words are dropped from below.
  const wanted = <i32>(divisorCount << 5) + <i32>QUOTIENT_BITS;
  let shift = wanted - <i32>bigBitLength(NUMBER, count);
  let sticky = false;
  if (shift >= 0) {
    count = bigShiftLeft(NUMBER, count, shift);
  } else {
    const dropped = (<u32>(0 - shift)) >> 5;
    sticky = bigAnyBitBelow(NUMBER, count, dropped << 5);
    count = bigDropWords(NUMBER, count, dropped);
    shift = 0 - <i32>(dropped << 5);
  }
  const quotientCount = bigDivide(NUMBER, count, DIVISOR, divisorCount, QUOTIENT);
  if (sticky || bigAnyBitBelow(NUMBER, count, divisorCount << 5)) store<u32>(QUOTIENT, load<u32>(QUOTIENT) | 1);
  roundBits(QUOTIENT, quotientCount, <i32>normalizing - shift - <i32>power, bits, minimumExponent);
}

/** Rounds words * 2^exponent into the result block. */
function roundBits(words: usize, count: u32, exponent: i32, bits: u32, minimumExponent: i32): void {
  const length = <i32>bigBitLength(words, count);
  if (DEBUG) assert(length > 0);
  let target = max(exponent + length - <i32>bits, minimumExponent);
  const shift = target - exponent;
  const width: u64 = bits;
  let mantissa: u64;
  if (shift <= 0) {
    const left: u64 = 0 - shift;
    mantissa = bigBitsAt(words, count, 0) << left;
  } else {
    mantissa = bigBitsAt(words, count, shift);
    const half = bigBitsAt(words, count, shift - 1) & 1;
    if (half != 0 && ((mantissa & 1) != 0 || bigAnyBitBelow(words, count, shift - 1))) {
      ++mantissa;
      // The mantissa was all ones: it becomes a power of two (0 if it has 64 bits) and loses a bit.
      if ((bits == 64 && mantissa == 0) || (bits < 64 && mantissa >> width != 0)) {
        mantissa = 0x8000000000000000 >> (64 - width);
        ++target;
      }
    }
  }
  if (DEBUG) assert(bits == 64 || mantissa >> width == 0);
  changetype<Rounded>(RESULT).mantissa = mantissa;
  changetype<Rounded>(RESULT).exponent = target;
}
