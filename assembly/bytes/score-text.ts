/**
 * Scores of sorted sets as Redis 7.2 prints them: whole numbers up to 2^62 with all their digits, else the shortest digits that parse back to the
 * same double, with a point while at most six stand behind it or the number lies between 10^-4 and 10^4, and with an exponent otherwise.
 *
 * (Redis finds its digits with Grisu2, which misses the shortest ones now and then; these are always the shortest.) Cost: O(1).
 */
import { shortestDigits, shortestExponent } from "./float";
import { printInteger, printUnsigned } from "./integer";

/** Longest text of a score, "-1.2345678901234567e-308". */
export const SCORE_TEXT_MAX: u32 = 24;

/** Up to here whole numbers are printed as integers. */
const WHOLE_MAX: f64 = 4611686018427387904;
const ZEROS_MAX: i32 = 6;

/** Writes a score at `p` and returns the number of bytes. Requires: it is not NaN. */
export function printScore(p: usize, score: f64): u32 {
  const start = p;
  if (reinterpret<u64>(score) >> 63 != 0) {
    store<u8>(p++, 0x2d);
    score = -score;
  }
  if (score <= WHOLE_MAX && <f64>(<i64>score) == score) return <u32>(p - start) + printInteger(p, <i64>score);
  if (score == Infinity) {
    store<u16>(p, 0x6e69);
    store<u8>(p, 0x66, 2);
    return <u32>(p - start) + 3;
  }
  const digits = shortestDigits(score);
  const count = printUnsigned(p, digits);
  return <u32>(p - start) + placePoint(p, count, shortestExponent);
}

/** Makes a number of the `count` digits at `p` and their decimal exponent; returns its length. */
function placePoint(p: usize, count: u32, exponent: i32): u32 {
  const scientific = exponent + <i32>count - 1;
  const magnitude = scientific < 0 ? -scientific : scientific;
  if (exponent >= 0 && magnitude < <i32>count + 7) {
    memory.fill(p + count, 0x30, exponent);
    return count + exponent;
  }
  if (exponent < 0 && (exponent >= -ZEROS_MAX || magnitude < 4)) {
    const before = <i32>count + exponent;
    if (before > 0) {
      memory.copy(p + before + 1, p + before, -exponent);
      store<u8>(p + before, 0x2e);
      return count + 1;
    }
    const zeros = <u32>-before;
    memory.copy(p + 2 + zeros, p, count);
    memory.fill(p, 0x30, 2 + zeros);
    store<u8>(p, 0x2e, 1);
    return count + 2 + zeros;
  }
  let length = count;
  if (count > 1) {
    memory.copy(p + 2, p + 1, count - 1);
    store<u8>(p, 0x2e, 1);
    length++;
  }
  store<u8>(p + length, 0x65);
  store<u8>(p + length, scientific < 0 ? 0x2d : 0x2b, 1);
  return length + 2 + printUnsigned(p + length + 2, magnitude);
}
