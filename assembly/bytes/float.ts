/**
 * Doubles as decimal text, both ways exact: parsing is correctly rounded, printing gives the shortest digits that parse back to the same
 * double (of those the closest; integers see below). So a double survives printing and parsing unchanged.
 *
 * Parsing. Text as number-text.ts has it: what C's strtod takes, less blanks and NaN. As Redis does for arguments, a number too large
 * for a double is refused, and so is one that is not zero but rounds to zero; subnormal results are accepted.
 *   up to 19 digits:  significand and power of ten are exact doubles: one operation (Clinger, PLDI 1990); else the 128-bit product of
 *                     Lemire, "Number Parsing at a Gigabyte per Second" (Software: Practice and Experience 51, 2021), with powers-of-ten.ts
 *   more digits:      the same for the first 19 digits and for those plus one; if the two differ, exact integers (binary-rounding.ts)
 *
 * Printing. Giulietti, "The Schubfach way to render doubles" (2020): scales the rounding interval by a 126-bit power of ten and picks the
 * shortest decimal in it. The shape is that of C's "%.17g": an exponent of at least two digits when the decimal exponent is below -4 or
 * above 16 ("1e+17", "1.5e-05"), else plain digits, integers without a point; "inf", "-inf", "nan", "-0".
 * Redis 7.0 prints scores with "%.17g" itself, so for an integer and for a double that needs all 17 digits the text is the same; where
 * fewer digits are enough we print those, as Redis 7.2 and later do: 0.1, not 0.10000000000000001. Integers below 10^17 are exact to the
 * last digit, as in 7.0, even where fewer digits would tell the double from its neighbours.
 * INCRBYFLOAT prints otherwise: see extended-float.ts.
 *
 * State: `parsedDouble` and `shortestExponent`, results of the last calls that set them.
 * Cost: O(length); tens of nanoseconds for ordinary texts.
 */

import { roundDecimal, roundHexadecimal, roundedExponent, roundedMantissa } from "./binary-rounding";
import { printInteger, printUnsigned, unsignedLength } from "./integer";
import { NUMBER_DECIMAL, NUMBER_INFINITE, NUMBER_INVALID, NumberText, numberText, scanNumber } from "./number-text";
import { POWER_MIN, powerHigh, powerLow } from "./powers-of-ten";

const DEBUG = isDefined(ENGINE_DEBUG);

/** Longest text that `printDouble` writes, e.g. "-1.2345678901234567e-308", bytes. */
export const DOUBLE_TEXT_MAX: u32 = 24;

/** Value of the last text that `parseDouble` or `parseDoubleLimit` accepted. */
export let parsedDouble: f64 = 0;

/** Decimal exponent that belongs to the last result of `shortestDigits`. */
export let shortestExponent: i32 = 0;

/** Most digits that can matter: numbers half-way between two doubles have at most 767. */
const DOUBLE_DIGITS: u32 = 768;
const MANTISSA_BITS: u32 = 53;
const FRACTION_BITS: u32 = 52;
/** Exponent of the lowest mantissa bit of subnormal and of the largest doubles. */
const EXPONENT_LOWEST: i32 = -1074;
const EXPONENT_HIGHEST: i32 = 971;
const INFINITY_BITS: u64 = 0x7ff0000000000000;
const SIGN_BIT: u64 = 0x8000000000000000;
const HIDDEN_BIT: u64 = 0x0010000000000000;
/** Decimal exponents (of the last of 19 digits) at which every number is zero or infinite; the same for hexadecimal text, generously. */
const DECIMAL_LOWEST: i64 = -342;
const DECIMAL_HIGHEST: i64 = 308;
const BINARY_RANGE: i64 = 2000;

/** Integers below this are printed with all their digits. */
const INTEGER_LIMIT: f64 = 1e17;

/** 10^0 to 10^22: the powers of ten that doubles hold exactly. */
const EXACT_POWERS = memory.data<f64>([
  1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
]);
const EXACT_POWER_MAX: i64 = 22;

/**
 * Reads the whole of `length` bytes at `p` as a double into `parsedDouble`. False, and `parsedDouble` unchanged, for anything that Redis
 * refuses as "not a valid float": bad syntax, NaN, overflow, a number other than zero that rounds to zero.
 */
export function parseDouble(p: usize, length: u32): bool {
  const kind = scanNumber(p, length);
  if (kind == NUMBER_INVALID) return false;
  const magnitude = magnitudeBits(kind);
  const parts = numberText();
  if (kind != NUMBER_INFINITE) {
    if (magnitude == INFINITY_BITS) return false;
    if (magnitude == 0 && parts.significand != 0) return false;
  }
  parsedDouble = reinterpret<f64>(magnitude | (parts.negative ? SIGN_BIT : 0));
  return true;
}

/**
 * As `parseDouble`, but with the rules that Redis has for the limits of score ranges (without their "("): blanks may lead, the empty
 * text is zero, and a number out of range is infinite or zero.
 */
export function parseDoubleLimit(p: usize, length: u32): bool {
  const end = p + length;
  if (length == 0) {
    parsedDouble = 0;
    return true;
  }
  p = skipBlanks(p, end);
  const kind = scanNumber(p, <u32>(end - p));
  if (kind == NUMBER_INVALID) return false;
  parsedDouble = reinterpret<f64>(magnitudeBits(kind) | (numberText().negative ? SIGN_BIT : 0));
  return true;
}

/** Where the blanks end that strtod passes over before a number. */
export function skipBlanks(p: usize, end: usize): usize {
  while (p < end && (<u32>load<u8>(p) == 0x20 || <u32>load<u8>(p) - 9 < 5)) ++p;
  return p;
}

/** Writes `value` at `p` in its shortest form (see the head of the file) and returns the number of bytes, at most DOUBLE_TEXT_MAX. */
export function printDouble(p: usize, value: f64): u32 {
  const start = p;
  if (value != value) {
    store<u16>(p, 0x616e);
    store<u8>(p, 0x6e, 2);
    return 3;
  }
  if (reinterpret<u64>(value) >> 63 != 0) {
    store<u8>(p++, 0x2d);
    value = -value;
  }
  if (value < INTEGER_LIMIT && <f64>(<i64>value) == value) return <u32>(p - start) + printInteger(p, <i64>value);
  if (value == Infinity) {
    store<u16>(p, 0x6e69);
    store<u8>(p, 0x66, 2);
    return <u32>(p - start) + 3;
  }
  const digits = shortestDigits(value);
  const length = <u32>(p - start) + printDecimal(p, digits, shortestExponent);
  if (DEBUG) assert(length <= DOUBLE_TEXT_MAX);
  return length;
}

/**
 * The shortest decimal number that parses to `value`: returns its digits (without trailing zeros) as an integer below 10^17 and sets
 * `shortestExponent`, so that value ~ digits * 10^shortestExponent. Requires: value is finite and greater than zero.
 */
export function shortestDigits(value: f64): u64 {
  if (DEBUG) assert(value > 0 && value < Infinity);
  const bits = reinterpret<u64>(value);
  const biased = <i32>(bits >> FRACTION_BITS);
  const fraction = bits & (HIDDEN_BIT - 1);
  // value = c * 2^q
  const c = biased != 0 ? fraction | HIDDEN_BIT : fraction;
  const q = biased != 0 ? biased - 1075 : EXPONENT_LOWEST;
  // Below a power of two the next double is only half as far away.
  const narrowBelow = fraction == 0 && biased > 1;
  // k = floor(log10 of the width of the rounding interval)
  const k = (q * 1262611 - (narrowBelow ? 524031 : 0)) >> 22;
  const h = <u64>(q + ((-k * 1741647) >> 19) + 1);
  const low = powerLow(-k) + <u64>(-k < -27 || -k > 55);
  const high = powerHigh(-k);
  const odd = c & 1;
  const below = scaledToOdd(high, low, (4 * c - 2 + <u64>narrowBelow) << h) + odd;
  const exact = scaledToOdd(high, low, (4 * c) << h);
  const above = scaledToOdd(high, low, (4 * c + 2) << h) - odd;
  const s = exact >> 2;
  if (s >= 10) {
    const tens = s / 10;
    const lowerInside = below <= 40 * tens;
    const upperInside = 40 * tens + 40 <= above;
    if (lowerInside != upperInside) return withoutZeros(tens + <u64>upperInside, k + 1);
  }
  const lowerInside = below <= 4 * s;
  const upperInside = 4 * s + 4 <= above;
  if (lowerInside != upperInside) return withoutZeros(s + <u64>upperInside, k);
  const middle = 4 * s + 2;
  return withoutZeros(s + <u64>(exact > middle || (exact == middle && (s & 1) != 0)), k);
}

/** Bits of |value| of the text just scanned: INFINITY_BITS on overflow, 0 on underflow. */
function magnitudeBits(kind: u32): u64 {
  if (kind == NUMBER_INFINITE) return INFINITY_BITS;
  const parts = numberText();
  if (parts.significand == 0) return 0;
  return kind == NUMBER_DECIMAL ? decimalBits(parts) : hexadecimalBits(parts);
}

function decimalBits(parts: NumberText): u64 {
  const significand = parts.significand;
  const exponent = parts.exponent;
  if (exponent < DECIMAL_LOWEST) return 0;
  if (exponent > DECIMAL_HIGHEST) return INFINITY_BITS;
  if (!parts.truncated) {
    if (significand <= 9007199254740992 && exponent >= -EXACT_POWER_MAX && exponent <= EXACT_POWER_MAX) {
      const power = load<f64>(EXACT_POWERS + ((<usize>(exponent < 0 ? 0 - exponent : exponent)) << 3));
      return reinterpret<u64>(exponent < 0 ? <f64>significand / power : <f64>significand * power);
    }
    return productBits(significand, <i32>exponent);
  }
  const bits = productBits(significand, <i32>exponent);
  if (bits == productBits(significand + 1, <i32>exponent)) return bits;
  roundDecimal(parts, DOUBLE_DIGITS, MANTISSA_BITS, EXPONENT_LOWEST);
  return assembled(roundedMantissa(), roundedExponent());
}

function hexadecimalBits(parts: NumberText): u64 {
  if (parts.exponent > BINARY_RANGE) return INFINITY_BITS;
  if (parts.exponent < -BINARY_RANGE) return 0;
  roundHexadecimal(parts, MANTISSA_BITS, EXPONENT_LOWEST);
  return assembled(roundedMantissa(), roundedExponent());
}

/** Bits of the double mantissa * 2^exponent, rounded already, or INFINITY_BITS. */
function assembled(mantissa: u64, exponent: i32): u64 {
  if (exponent > EXPONENT_HIGHEST) return INFINITY_BITS;
  if (mantissa < HIDDEN_BIT) return mantissa;
  return ((<u64>(exponent + 1075)) << FRACTION_BITS) | (mantissa & (HIDDEN_BIT - 1));
}

/**
 * Bits of the double nearest to w * 10^q. Requires: w != 0, q in DECIMAL_LOWEST .. DECIMAL_HIGHEST.
 * The product of w, shifted to have bit 63, with the table's first 64 bits decides unless the bits below the mantissa are all ones; then
 * the next 64 bits of the power are taken too. That those always suffice is shown in Mushtak, Lemire, "Fast Number Parsing Without
 * Fallback" (Software: Practice and Experience 53, 2023).
 */
function productBits(w: u64, q: i32): u64 {
  if (DEBUG) assert(w != 0 && q >= POWER_MIN && <i64>q <= DECIMAL_HIGHEST);
  const zeros = clz(w);
  w <<= zeros;
  const power = powerHigh(q);
  let low = w * power;
  let high = multiplyHigh(w, power);
  if ((high & 0x1ff) == 0x1ff) {
    const more = multiplyHigh(w, powerLow(q));
    low += more;
    high += <u64>(low < more);
  }
  // The product has 127 or 128 bits; the mantissa with one bit for rounding is the upper 54 of them.
  const upper = high >> 63;
  const shift = upper + 9;
  let mantissa = high >> shift;
  // 217706 / 65536 is just above log2(10). The exponent is biased, that of a subnormal number is at most 0.
  let exponent = ((217706 * q) >> 16) + 1086 + <i32>upper - <i32>zeros;
  if (exponent <= 0) {
    if (exponent < -62) return 0;
    mantissa >>= <u64>(1 - exponent);
    mantissa = (mantissa + (mantissa & 1)) >> 1;
    // Rounding up to 2^52 gives the smallest normal number, whose bits are just these.
    return mantissa;
  }
  // Half-way cases are exact products, which only small powers can give: then round to even instead of up.
  if (low <= 1 && q >= -4 && q <= 23 && (mantissa & 3) == 1 && mantissa << shift == high) mantissa &= ~(<u64>1);
  mantissa = (mantissa + (mantissa & 1)) >> 1;
  if (mantissa >= 2 * HIDDEN_BIT) {
    mantissa = HIDDEN_BIT;
    ++exponent;
  }
  if (exponent >= 0x7ff) return INFINITY_BITS;
  return ((<u64>exponent) << FRACTION_BITS) | (mantissa & (HIDDEN_BIT - 1));
}

/** The upper 64 bits of (high * 2^64 + low) * factor / 2^64, with the lowest bit set if any lower bit was ("round to odd"). */
function scaledToOdd(high: u64, low: u64, factor: u64): u64 {
  const carried = multiplyHigh(low, factor);
  const middle = high * factor;
  const sum = middle + carried;
  const upper = multiplyHigh(high, factor) + <u64>(sum < middle);
  return upper | (<u64>(sum > 1));
}

/** The upper 64 bits of a * b. */
function multiplyHigh(a: u64, b: u64): u64 {
  const aLow = a & 0xffffffff;
  const aHigh = a >> 32;
  const bLow = b & 0xffffffff;
  const bHigh = b >> 32;
  const crossed = aHigh * bLow + ((aLow * bLow) >> 32);
  return aHigh * bHigh + (crossed >> 32) + ((aLow * bHigh + (crossed & 0xffffffff)) >> 32);
}

/** `digits` without trailing zeros; sets `shortestExponent` from `exponent` accordingly. */
function withoutZeros(digits: u64, exponent: i32): u64 {
  if (DEBUG) assert(digits != 0);
  const hundredMillions = digits / 100000000;
  if (hundredMillions * 100000000 == digits) {
    digits = hundredMillions;
    exponent += 8;
  }
  for (;;) {
    const tens = digits / 10;
    if (tens * 10 != digits) break;
    digits = tens;
    ++exponent;
  }
  shortestExponent = exponent;
  return digits;
}

/** Writes digits * 10^exponent at `p` in the shape of "%.17g" and returns the number of bytes. */
function printDecimal(p: usize, digits: u64, exponent: i32): u32 {
  const count = <i32>unsignedLength(digits);
  const leading = count + exponent - 1;
  if (leading < -4 || leading > 16) return printScientific(p, digits, count, leading);
  if (exponent >= 0) {
    printUnsigned(p, digits);
    memory.fill(p + count, 0x30, exponent);
    return count + exponent;
  }
  if (leading >= 0) {
    // The digits are written one place to the right; those before the point then move back.
    printUnsigned(p + 1, digits);
    memory.copy(p, p + 1, leading + 1);
    store<u8>(p + leading + 1, 0x2e);
    return count + 1;
  }
  store<u16>(p, 0x2e30);
  memory.fill(p + 2, 0x30, -leading - 1);
  printUnsigned(p + 1 - leading, digits);
  return 1 - leading + count;
}

/** Writes the digits with a point behind the first one and the exponent `leading`. */
function printScientific(p: usize, digits: u64, count: i32, leading: i32): u32 {
  const start = p;
  printUnsigned(p + 1, digits);
  store<u8>(p, load<u8>(p, 1));
  store<u8>(p, 0x2e, 1);
  p += count == 1 ? 1 : count + 1;
  store<u8>(p, 0x65);
  store<u8>(p, leading < 0 ? 0x2d : 0x2b, 1);
  p += 2;
  const size = <u32>abs(leading);
  if (size < 10) store<u8>(p++, 0x30);
  p += printUnsigned(p, size);
  return <u32>(p - start);
}
