/**
 * Unsigned integers of up to BIG_WORDS * 32 bits in memory that the caller names, for the rare conversions of numbers that 64 or 128 bits
 * cannot decide (binary-rounding.ts, extended-float.ts).
 *
 * A number is `count` words of 32 bits at `words`, the least significant first. Operations work in place and return the new count.
 * Invariants:
 * 1. The highest word is not zero; zero has count 0.
 * 2. count <= BIG_WORDS. An operation that would break this is a bug of the caller, which must bound its operands: the engine stops.
 *
 * Long division is algorithm D of Knuth, The Art of Computer Programming 2, section 4.3.1.
 * State: none. Cost: O(count) for operations with a word, O(count of quotient * count of divisor) for division.
 */

import { printEight, printUnsigned } from "./integer";

const DEBUG = isDefined(ENGINE_DEBUG);

/** Most words of a number: 25600 bits. The largest that occurs is a dividend of 96 bits more than the divisor 5^10119, which has 23496. */
export const BIG_WORDS: u32 = 800;
/** Size of an area for a number, bytes. */
export const BIG_SIZE: u32 = BIG_WORDS * 4;

/** 5^13, the largest power of five in a word. */
const FIVE_POWER: u32 = 1220703125;
const FIVE_EXPONENT: u32 = 13;
/** 10^9, the largest power of ten in a word. */
const NINE_DIGITS: u32 = 1000000000;

/** words = value. */
export function bigSet(words: usize, value: u64): u32 {
  store<u64>(words, value);
  return <u32>(value != 0) + <u32>(value >> 32 != 0);
}

/** words = words * factor + addend. */
export function bigMultiplyAdd(words: usize, count: u32, factor: u32, addend: u32): u32 {
  let carry = <u64>addend;
  for (let position: u32 = 0; position < count; ++position) {
    carry += <u64>word(words, position) * <u64>factor;
    setWord(words, position, <u32>carry);
    carry >>= 32;
  }
  return carry == 0 ? count : pushWord(words, count, <u32>carry);
}

/** words = words * 5^exponent. */
export function bigMultiplyPowerOfFive(words: usize, count: u32, exponent: u32): u32 {
  for (; exponent >= FIVE_EXPONENT; exponent -= FIVE_EXPONENT) count = bigMultiplyAdd(words, count, FIVE_POWER, 0);
  let factor: u32 = 1;
  for (; exponent > 0; --exponent) factor *= 5;
  return bigMultiplyAdd(words, count, factor, 0);
}

/** words = words << bits. */
export function bigShiftLeft(words: usize, count: u32, bits: u32): u32 {
  if (count == 0 || bits == 0) return count;
  const whole = bits >> 5;
  const part = bits & 31;
  if (count + whole >= BIG_WORDS) unreachable();
  let carry: u32 = 0;
  if (part != 0) {
    for (let position: u32 = 0; position < count; ++position) {
      const value = word(words, position);
      setWord(words, position, (value << part) | carry);
      carry = value >> (32 - part);
    }
    if (carry != 0) count = pushWord(words, count, carry);
  }
  if (whole != 0) {
    memory.copy(words + ((<usize>whole) << 2), words, (<usize>count) << 2);
    memory.fill(words, 0, (<usize>whole) << 2);
  }
  return count + whole;
}

/** Number of bits of the number: the position of its highest set bit plus one. */
export function bigBitLength(words: usize, count: u32): u32 {
  return count == 0 ? 0 : (count << 5) - <u32>clz<u32>(word(words, count - 1));
}

/** Whether any of the lowest `bits` bits is set. */
export function bigAnyBitBelow(words: usize, count: u32, bits: u32): bool {
  const whole = bits >> 5;
  for (let position: u32 = 0; position < min(whole, count); ++position) if (word(words, position) != 0) return true;
  return whole < count && (bits & 31) != 0 && word(words, whole) << (32 - (bits & 31)) != 0;
}

/** The lowest 64 bits of words >> shift. */
export function bigBitsAt(words: usize, count: u32, shift: u32): u64 {
  const whole = shift >> 5;
  const part = <u64>(shift & 31);
  const low = (<u64>wordOrZero(words, count, whole)) | ((<u64>wordOrZero(words, count, whole + 1)) << 32);
  if (part == 0) return low;
  return (low >> part) | ((<u64>wordOrZero(words, count, whole + 2)) << (64 - part));
}

/** words = words >> (32 * dropped): forgets the lowest words. */
export function bigDropWords(words: usize, count: u32, dropped: u32): u32 {
  if (dropped >= count) return 0;
  memory.copy(words, words + ((<usize>dropped) << 2), (<usize>(count - dropped)) << 2);
  return count - dropped;
}

/** words = words / divisor; the remainder is stored as the u32 at `remainder`. Requires: divisor != 0. */
export function bigDivideWord(words: usize, count: u32, divisor: u32, remainder: usize): u32 {
  if (DEBUG) assert(divisor != 0);
  let rest: u64 = 0;
  for (let position = count; position > 0; --position) {
    rest = (rest << 32) | (<u64>word(words, position - 1));
    setWord(words, position - 1, <u32>(rest / divisor));
    rest %= divisor;
  }
  store<u32>(remainder, <u32>rest);
  return trimmed(words, count);
}

/**
 * Writes the number in decimal at `p`, without leading zeros, and returns the number of bytes. The number is used up; `scratch` is another
 * area of BIG_SIZE bytes.
 */
export function bigPrint(p: usize, words: usize, count: u32, scratch: usize): u32 {
  let groups: u32 = 0;
  while (count > 0) {
    count = bigDivideWord(words, count, NINE_DIGITS, scratch + ((<usize>groups) << 2));
    ++groups;
  }
  if (groups == 0) return printUnsigned(p, 0);
  let length = printUnsigned(p, word(scratch, --groups));
  while (groups > 0) {
    const group = word(scratch, --groups);
    const leading = group / 100000000;
    store<u8>(p + length, 0x30 + leading);
    printEight(p + length + 1, group - leading * 100000000);
    length += 9;
  }
  return length;
}

/**
 * quotient = words / divisor; what is left in `words` is the remainder. Returns the count of the quotient; that of the remainder is at most
 * divisorCount (leading zero words possible, so test it with `bigAnyBitBelow`).
 * Requires: the highest bit of the divisor's highest word is set; the three areas do not overlap; count < BIG_WORDS.
 */
export function bigDivide(words: usize, count: u32, divisor: usize, divisorCount: u32, quotient: usize): u32 {
  if (DEBUG) assert(divisorCount > 0 && word(divisor, divisorCount - 1) >> 31 == 1);
  if (count < divisorCount) return 0;
  if (count >= BIG_WORDS) unreachable();
  setWord(words, count, 0);
  const quotientCount = count - divisorCount + 1;
  for (let position = quotientCount; position > 0; --position) {
    const offset = position - 1;
    const window = words + ((<usize>offset) << 2);
    let digit = quotientDigit(window, divisor, divisorCount);
    if (subtractMultiple(window, divisor, divisorCount, digit)) {
      --digit;
      addBack(window, divisor, divisorCount);
    }
    setWord(quotient, offset, digit);
  }
  return trimmed(quotient, quotientCount);
}

/** The first word of window / divisor, or one more. The window has divisorCount + 1 words and is less than divisor << 32. */
function quotientDigit(window: usize, divisor: usize, divisorCount: u32): u32 {
  const high = ((<u64>word(window, divisorCount)) << 32) | (<u64>word(window, divisorCount - 1));
  const top = <u64>word(divisor, divisorCount - 1);
  let digit = high / top;
  let rest = high - digit * top;
  const second: u64 = divisorCount > 1 ? <u64>word(divisor, divisorCount - 2) : 0;
  const third: u64 = divisorCount > 1 ? <u64>word(window, divisorCount - 2) : 0;
  while (digit >> 32 != 0 || digit * second > ((rest << 32) | third)) {
    --digit;
    rest += top;
    if (rest >> 32 != 0) break;
  }
  return <u32>digit;
}

/** window -= divisor * digit, modulo its width; returns whether it borrowed from beyond. */
function subtractMultiple(window: usize, divisor: usize, divisorCount: u32, digit: u32): bool {
  let carry: u64 = 0;
  for (let position: u32 = 0; position < divisorCount; ++position) {
    carry += <u64>word(divisor, position) * <u64>digit;
    const before = word(window, position);
    const taken = <u32>carry;
    setWord(window, position, before - taken);
    carry = (carry >> 32) + <u64>(before < taken);
  }
  const before = <u64>word(window, divisorCount);
  setWord(window, divisorCount, <u32>(before - carry));
  return before < carry;
}

/** window += divisor, modulo its width. */
function addBack(window: usize, divisor: usize, divisorCount: u32): void {
  let carry: u64 = 0;
  for (let position: u32 = 0; position < divisorCount; ++position) {
    carry += <u64>word(window, position) + <u64>word(divisor, position);
    setWord(window, position, <u32>carry);
    carry >>= 32;
  }
  setWord(window, divisorCount, word(window, divisorCount) + <u32>carry);
}

function pushWord(words: usize, count: u32, value: u32): u32 {
  if (count >= BIG_WORDS) unreachable();
  setWord(words, count, value);
  return count + 1;
}

/** `count` without leading zero words. */
function trimmed(words: usize, count: u32): u32 {
  while (count > 0 && word(words, count - 1) == 0) --count;
  return count;
}

function wordOrZero(words: usize, count: u32, position: u32): u32 {
  return position < count ? word(words, position) : 0;
}

/** One word of a number. */
@inline
function word(words: usize, position: u32): u32 {
  return load<u32>(words + ((<usize>position) << 2));
}

/** Sets one word of a number. */
@inline
function setWord(words: usize, position: u32, value: u32): void {
  store<u32>(words + ((<usize>position) << 2), value);
}
