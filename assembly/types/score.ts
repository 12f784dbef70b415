/**
 * Scores of sorted sets as bytes, in two forms:
 *
 *   kept     beside a member: a whole number in 1, 2 or 4 bytes, little endian, any other score as 8 bytes of a double. One score has one form.
 *   ordered  in front of a member: 8 bytes whose order as bytes is the order of scores. 0 and -0 are one; which it is, the value of
 *            the item says (tree `order` of sorted-set.ts)
 */

export const ORDERED_BYTES: u32 = 8;
/** Most bytes of a kept score. */
export const KEPT_MAX: u32 = 8;
const SIGN: u64 = 0x8000000000000000;

/** Whether it is the zero with a sign. */
// @ts-ignore: decorator
@inline
export function isMinusZero(score: f64): bool {
  return reinterpret<u64>(score) == SIGN;
}

/** Bytes that the kept form takes. */
export function keptBytes(score: f64): u32 {
  if (!(score >= -2147483648 && score <= 2147483647) || isMinusZero(score)) return KEPT_MAX;
  const whole = <i32>score;
  if (<f64>whole != score) return KEPT_MAX;
  if (whole == <i32>(<i8>whole)) return 1;
  return whole == <i32>(<i16>whole) ? 2 : 4;
}

/** Writes the kept form; returns its length. */
export function writeKept(target: usize, score: f64): u32 {
  const bytes = keptBytes(score);
  if (bytes == KEPT_MAX) store<f64>(target, score);
  else if (bytes == 1) store<i8>(target, <i8>(<i32>score));
  else if (bytes == 2) store<i16>(target, <i16>(<i32>score));
  else store<i32>(target, <i32>score);
  return bytes;
}

// @ts-ignore: decorator
@inline
export function readKept(source: usize, bytes: u32): f64 {
  if (bytes == KEPT_MAX) return load<f64>(source);
  if (bytes == 1) return <f64>load<i8>(source);
  return bytes == 2 ? <f64>load<i16>(source) : <f64>load<i32>(source);
}

/** The score as a number whose order is that of scores. */
// @ts-ignore: decorator
@inline
export function orderOf(score: f64): u64 {
  const bits = reinterpret<u64>(score == 0 ? 0 : score);
  return bits & SIGN ? ~bits : bits | SIGN;
}

// @ts-ignore: decorator
@inline
export function writeOrdered(target: usize, order: u64): void {
  store<u64>(target, bswap<u64>(order));
}

/** The score of an ordered form; `minusZero` says that a zero has a sign. */
// @ts-ignore: decorator
@inline
export function readOrdered(source: usize, minusZero: bool): f64 {
  const order = bswap<u64>(load<u64>(source));
  const score = reinterpret<f64>(order & SIGN ? order ^ SIGN : ~order);
  return minusZero ? -score : score;
}
