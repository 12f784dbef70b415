/**
 * Integers as decimal text: strict parsing of 64-bit signed integers and fast printing.
 *
 * Parsing follows what Redis calls an integer everywhere (arguments of INCRBY, the decision to store a string as a number): an optional
 * "-", then digits without a leading zero; "0" alone is zero; no "+", no blanks, no "-0"; the whole of -2^63 .. 2^63-1. So parsing and
 * printing are inverse: text is accepted iff printing its value gives the same text.
 *
 * Printing writes eight digits for each 64-bit division and takes them from a table of pairs, so that all further divisions are 32-bit
 * ones by constants, which compilers turn into multiplications.
 *
 * State: `parsedInteger`, the result of the last successful `parseInteger`.
 * Cost: O(length). Nothing is allocated; the caller provides INTEGER_TEXT_MAX bytes to print into.
 */

const DEBUG = isDefined(ENGINE_DEBUG);

/** Longest text of a 64-bit integer: "-9223372036854775808" and "18446744073709551615", bytes. */
export const INTEGER_TEXT_MAX: u32 = 20;

/** Value of the last text that `parseInteger` accepted. */
export let parsedInteger: i64 = 0;

/** "00" to "99", two bytes each. */
// prettier-ignore
const DIGIT_PAIRS = memory.data<u8>([
  0x30, 0x30, 0x30, 0x31, 0x30, 0x32, 0x30, 0x33, 0x30, 0x34, 0x30, 0x35, 0x30, 0x36, 0x30, 0x37, 0x30, 0x38, 0x30, 0x39,
  0x31, 0x30, 0x31, 0x31, 0x31, 0x32, 0x31, 0x33, 0x31, 0x34, 0x31, 0x35, 0x31, 0x36, 0x31, 0x37, 0x31, 0x38, 0x31, 0x39,
  0x32, 0x30, 0x32, 0x31, 0x32, 0x32, 0x32, 0x33, 0x32, 0x34, 0x32, 0x35, 0x32, 0x36, 0x32, 0x37, 0x32, 0x38, 0x32, 0x39,
  0x33, 0x30, 0x33, 0x31, 0x33, 0x32, 0x33, 0x33, 0x33, 0x34, 0x33, 0x35, 0x33, 0x36, 0x33, 0x37, 0x33, 0x38, 0x33, 0x39,
  0x34, 0x30, 0x34, 0x31, 0x34, 0x32, 0x34, 0x33, 0x34, 0x34, 0x34, 0x35, 0x34, 0x36, 0x34, 0x37, 0x34, 0x38, 0x34, 0x39,
  0x35, 0x30, 0x35, 0x31, 0x35, 0x32, 0x35, 0x33, 0x35, 0x34, 0x35, 0x35, 0x35, 0x36, 0x35, 0x37, 0x35, 0x38, 0x35, 0x39,
  0x36, 0x30, 0x36, 0x31, 0x36, 0x32, 0x36, 0x33, 0x36, 0x34, 0x36, 0x35, 0x36, 0x36, 0x36, 0x37, 0x36, 0x38, 0x36, 0x39,
  0x37, 0x30, 0x37, 0x31, 0x37, 0x32, 0x37, 0x33, 0x37, 0x34, 0x37, 0x35, 0x37, 0x36, 0x37, 0x37, 0x37, 0x38, 0x37, 0x39,
  0x38, 0x30, 0x38, 0x31, 0x38, 0x32, 0x38, 0x33, 0x38, 0x34, 0x38, 0x35, 0x38, 0x36, 0x38, 0x37, 0x38, 0x38, 0x38, 0x39,
  0x39, 0x30, 0x39, 0x31, 0x39, 0x32, 0x39, 0x33, 0x39, 0x34, 0x39, 0x35, 0x39, 0x36, 0x39, 0x37, 0x39, 0x38, 0x39, 0x39,
]);

/** 10^0 to 10^19 as u64. */
const POWERS_OF_TEN = memory.data<u64>([
  1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000, 1000000000, 10000000000, 100000000000, 1000000000000, 10000000000000,
  100000000000000, 1000000000000000, 10000000000000000, 100000000000000000, 1000000000000000000, 10000000000000000000,
]);

const MINUS: u32 = 0x2d;
const ZERO: u32 = 0x30;
const EIGHT_DIGITS: u64 = 100000000;

/**
 * Reads the whole of `length` bytes at `p` as an integer into `parsedInteger`. False, and `parsedInteger` unchanged, when the text is
 * not the canonical text of an i64.
 */
export function parseInteger(p: usize, length: u32): bool {
  if (length - 1 >= INTEGER_TEXT_MAX) return false;
  const end = p + length;
  let byte = <u32>load<u8>(p);
  if (length == 1) {
    if (byte - ZERO > 9) return false;
    parsedInteger = <i64>(byte - ZERO);
    return true;
  }
  const negative = byte == MINUS;
  if (negative) byte = load<u8>(++p);
  const digits = <u32>(end - p);
  if (digits > 19 || byte - ZERO - 1 > 8) return false;
  // Nineteen digits stay below 10^19 < 2^64, so the sum cannot wrap and one comparison at the end finds what an i64 cannot hold.
  let value: u64 = byte - ZERO;
  for (++p; p < end; ++p) {
    const digit = <u32>load<u8>(p) - ZERO;
    if (digit > 9) return false;
    value = value * 10 + digit;
  }
  if (DEBUG) assert(value >= 1 && p == end);
  if (value > <u64>i64.MAX_VALUE + <u64>negative) return false;
  parsedInteger = negative ? <i64>(0 - value) : <i64>value;
  return true;
}

/** Writes `value` in decimal at `p` and returns the number of bytes, 1 to INTEGER_TEXT_MAX. */
export function printInteger(p: usize, value: i64): u32 {
  if (value >= 0) return printUnsigned(p, <u64>value);
  store<u8>(p, MINUS);
  return printUnsigned(p + 1, 0 - <u64>value) + 1;
}

/** Writes `value` in decimal at `p` and returns the number of bytes, 1 to INTEGER_TEXT_MAX. */
export function printUnsigned(p: usize, value: u64): u32 {
  if (value < 10) {
    store<u8>(p, ZERO + <u32>value);
    return 1;
  }
  const length = unsignedLength(value);
  let end = p + length;
  while (value >= EIGHT_DIGITS) {
    const rest = value / EIGHT_DIGITS;
    end -= 8;
    printEight(end, <u32>(value - rest * EIGHT_DIGITS));
    value = rest;
  }
  let low = <u32>value;
  while (low >= 100) {
    const rest = low / 100;
    end -= 2;
    store<u16>(end, digitPair(low - rest * 100));
    low = rest;
  }
  if (low >= 10) {
    end -= 2;
    store<u16>(end, digitPair(low));
  } else {
    store<u8>(--end, ZERO + low);
  }
  if (DEBUG) assert(end == p);
  return length;
}

/** Number of bytes that `printInteger` writes for `value`. */
export function integerLength(value: i64): u32 {
  return value < 0 ? unsignedLength(0 - <u64>value) + 1 : unsignedLength(<u64>value);
}

/** Number of bytes that `printUnsigned` writes for `value`. */
export function unsignedLength(value: u64): u32 {
  // 1233 / 4096 is slightly above log10(2), so the estimate is the number of digits or one less.
  // Setting the lowest bit makes zero count as one digit and crosses no power of ten.
  const odd = value | 1;
  const estimate = ((64 - <u32>clz(odd)) * 1233) >> 12;
  return estimate + <u32>(odd >= powerOfTen(estimate));
}

/** Writes `value` as exactly eight digits at `p`, with leading zeros. Requires: value < 10^8. */
export function printEight(p: usize, value: u32): void {
  if (DEBUG) assert(value < <u32>EIGHT_DIGITS);
  const high = value / 10000;
  const low = value - high * 10000;
  const highPair = high / 100;
  const lowPair = low / 100;
  store<u16>(p, digitPair(highPair));
  store<u16>(p, digitPair(high - highPair * 100), 2);
  store<u16>(p, digitPair(lowPair), 4);
  store<u16>(p, digitPair(low - lowPair * 100), 6);
}

/** 10^exponent. Requires: exponent <= 19. */
@inline
export function powerOfTen(exponent: u32): u64 {
  return load<u64>(POWERS_OF_TEN + ((<usize>exponent) << 3));
}

/** Two digits of a value below 100, as they stand in memory. */
@inline
function digitPair(value: u32): u16 {
  return load<u16>(DIGIT_PAIRS + ((<usize>value) << 1));
}
