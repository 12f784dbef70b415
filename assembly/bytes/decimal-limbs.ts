/**
 * Magnitudes in base 10^9: arrays of u32 limbs, the lowest first, without leading zero limbs (zero has none).
 *
 * The caller gives the room: a sum takes one limb more than its longer operand, a product as many as both together. Functions
 * answer how many limbs the result has. Source: Knuth, The Art of Computer Programming 2, 4.3.1 (algorithms A, S, M, D).
 *
 * State: `limbsRemainder` and `limbsDropped`, results of the last call that sets them.
 * Cost: O(limbs), multiplication and division O(limbs * limbs).
 */
export const LIMB_BASE: u64 = 1000000000;
export const LIMB_DIGITS: u32 = 9;
const POWERS: usize = memory.data<u32>([1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000, 1000000000]);

/** Remainder of `limbsDivideSmall`. */
export let limbsRemainder: u32 = 0;
/** The highest digit that `limbsDropDigits` dropped, and whether any other was not zero. */
export let limbsDropped: u32 = 0;
export let limbsDroppedMore: bool = false;

/** 10^exponent, up to 10^9. */
// @ts-ignore: decorator
@inline
export function smallPower(exponent: u32): u32 {
  return load<u32>(POWERS + ((<usize>exponent) << 2));
}

// @ts-ignore: decorator
@inline
function limb(limbs: usize, index: u32): u32 {
  return load<u32>(limbs + ((<usize>index) << 2));
}

// @ts-ignore: decorator
@inline
function setLimb(limbs: usize, index: u32, value: u32): void {
  store<u32>(limbs + ((<usize>index) << 2), value);
}

/** How many limbs there are without leading zeros. */
export function limbsTrim(limbs: usize, count: u32): u32 {
  while (count && !limb(limbs, count - 1)) count--;
  return count;
}

export function limbsFrom(target: usize, value: u64): u32 {
  let count: u32 = 0;
  while (value) {
    setLimb(target, count++, <u32>(value % LIMB_BASE));
    value /= LIMB_BASE;
  }
  return count;
}

/** Decimal digits; 0 of zero. */
export function limbsDigits(limbs: usize, count: u32): u32 {
  if (!count) return 0;
  const top = limb(limbs, count - 1);
  let digits: u32 = 1;
  while (digits < LIMB_DIGITS && top >= smallPower(digits)) digits++;
  return (count - 1) * LIMB_DIGITS + digits;
}

/** -1, 0 or 1. */
export function limbsCompare(left: usize, leftCount: u32, right: usize, rightCount: u32): i32 {
  if (leftCount != rightCount) return leftCount < rightCount ? -1 : 1;
  for (let index = leftCount; index > 0; index--) {
    const first = limb(left, index - 1);
    const second = limb(right, index - 1);
    if (first != second) return first < second ? -1 : 1;
  }
  return 0;
}

/** Requires: leftCount >= rightCount. The target may be an operand. */
export function limbsAdd(target: usize, left: usize, leftCount: u32, right: usize, rightCount: u32): u32 {
  let carry: u32 = 0;
  for (let index: u32 = 0; index < leftCount; index++) {
    let sum = limb(left, index) + carry;
    if (index < rightCount) sum += limb(right, index);
    carry = sum >= <u32>LIMB_BASE ? 1 : 0;
    setLimb(target, index, carry ? sum - <u32>LIMB_BASE : sum);
  }
  if (!carry) return leftCount;
  setLimb(target, leftCount, 1);
  return leftCount + 1;
}

/** Requires: left >= right. The target may be an operand. */
export function limbsSubtract(target: usize, left: usize, leftCount: u32, right: usize, rightCount: u32): u32 {
  let borrow: i32 = 0;
  for (let index: u32 = 0; index < leftCount; index++) {
    let difference = <i32>limb(left, index) - borrow;
    if (index < rightCount) difference -= <i32>limb(right, index);
    borrow = difference < 0 ? 1 : 0;
    setLimb(target, index, <u32>(borrow ? difference + <i32>LIMB_BASE : difference));
  }
  return limbsTrim(target, leftCount);
}

/** target = left * factor + addend. The target may be the operand, and needs a limb more. */
export function limbsMultiplySmall(target: usize, left: usize, count: u32, factor: u32, addend: u32): u32 {
  let carry: u64 = addend;
  for (let index: u32 = 0; index < count; index++) {
    carry += <u64>limb(left, index) * <u64>factor;
    setLimb(target, index, <u32>(carry % LIMB_BASE));
    carry /= LIMB_BASE;
  }
  if (carry) setLimb(target, count++, <u32>carry);
  return limbsTrim(target, count);
}

/** The quotient; see `limbsRemainder`. The target may be the operand. */
export function limbsDivideSmall(target: usize, left: usize, count: u32, divisor: u32): u32 {
  let rest: u64 = 0;
  for (let index = count; index > 0; index--) {
    rest = rest * LIMB_BASE + <u64>limb(left, index - 1);
    setLimb(target, index - 1, <u32>(rest / divisor));
    rest %= divisor;
  }
  limbsRemainder = <u32>rest;
  return limbsTrim(target, count);
}

/** Requires: the target is none of the operands. */
export function limbsMultiply(target: usize, left: usize, leftCount: u32, right: usize, rightCount: u32): u32 {
  if (!leftCount || !rightCount) return 0;
  memory.fill(target, 0, (<usize>(leftCount + rightCount)) << 2);
  for (let index: u32 = 0; index < leftCount; index++) {
    const factor = <u64>limb(left, index);
    if (!factor) continue;
    let carry: u64 = 0;
    for (let other: u32 = 0; other < rightCount; other++) {
      carry += factor * <u64>limb(right, other) + <u64>limb(target, index + other);
      const high = carry / LIMB_BASE;
      setLimb(target, index + other, <u32>(carry - high * LIMB_BASE));
      carry = high;
    }
    setLimb(target, index + rightCount, <u32>carry);
  }
  return limbsTrim(target, leftCount + rightCount);
}

/** target = left * 10^digits. Requires: room for digits / 9 + 2 limbs more; the target is not the operand. */
export function limbsShift(target: usize, left: usize, count: u32, digits: u32): u32 {
  if (!count) return 0;
  const whole = digits / LIMB_DIGITS;
  memory.fill(target, 0, (<usize>whole) << 2);
  return whole + limbsMultiplySmall(target + ((<usize>whole) << 2), left, count, smallPower(digits % LIMB_DIGITS), 0);
}

/** target = left / 10^digits without its fraction; see `limbsDropped`. Requires: digits > 0. The target may be the operand. */
export function limbsDropDigits(target: usize, left: usize, count: u32, digits: u32): u32 {
  const whole = (digits - 1) / LIMB_DIGITS;
  const part = (digits - 1) % LIMB_DIGITS;
  limbsDropped = 0;
  limbsDroppedMore = false;
  if (whole >= count) {
    limbsDroppedMore = count > 0;
    return 0;
  }
  for (let index: u32 = 0; index < whole && !limbsDroppedMore; index++) limbsDroppedMore = limb(left, index) != 0;
  let kept = limbsDivideSmall(target, left + ((<usize>whole) << 2), count - whole, smallPower(part));
  if (limbsRemainder) limbsDroppedMore = true;
  kept = limbsDivideSmall(target, target, kept, 10);
  limbsDropped = limbsRemainder;
  return kept;
}

/**
 * quotient = left / right without its fraction; the remainder takes the place of `left`, whose count is answered by
 * `limbsTrim`. Requires: right is not zero; room for one limb more behind `left`, and `scratch` for the count of `right`.
 */
export function limbsDivide(quotient: usize, left: usize, leftCount: u32, right: usize, rightCount: u32, scratch: usize): u32 {
  if (rightCount == 1) {
    const count = limbsDivideSmall(quotient, left, leftCount, limb(right, 0));
    memory.fill(left, 0, (<usize>leftCount) << 2);
    setLimb(left, 0, limbsRemainder);
    return count;
  }
  if (leftCount < rightCount) return 0;
  const factor = <u32>(LIMB_BASE / (<u64>limb(right, rightCount - 1) + 1));
  setLimb(left, leftCount, 0);
  limbsMultiplySmall(left, left, leftCount, factor, 0);
  limbsMultiplySmall(scratch, right, rightCount, factor, 0);
  const steps = leftCount - rightCount + 1;
  for (let step = steps; step > 0; step--) setLimb(quotient, step - 1, divideStep(left, step - 1, scratch, rightCount));
  limbsDivideSmall(left, left, leftCount, factor);
  return limbsTrim(quotient, steps);
}

/** One digit of the quotient: takes it times `right` off the limbs of `left` from `place` on. */
function divideStep(left: usize, place: u32, right: usize, count: u32): u32 {
  const top = limb(right, count - 1);
  const next = limb(right, count - 2);
  const head = <u64>limb(left, place + count) * LIMB_BASE + <u64>limb(left, place + count - 1);
  let digit = head / <u64>top;
  let rest = head - digit * <u64>top;
  while (rest < LIMB_BASE && (digit >= LIMB_BASE || digit * <u64>next > rest * LIMB_BASE + <u64>limb(left, place + count - 2))) {
    digit--;
    rest += top;
  }
  let carry: u64 = 0;
  let borrow: i64 = 0;
  for (let index: u32 = 0; index < count; index++) {
    carry += digit * <u64>limb(right, index);
    const high = carry / LIMB_BASE;
    borrow += <i64>limb(left, place + index) - <i64>(carry - high * LIMB_BASE);
    carry = high;
    setLimb(left, place + index, <u32>(borrow < 0 ? borrow + <i64>LIMB_BASE : borrow));
    borrow = borrow < 0 ? -1 : 0;
  }
  borrow += <i64>limb(left, place + count) - <i64>carry;
  setLimb(left, place + count, 0);
  if (borrow >= 0) return <u32>digit;
  let back: u32 = 0;
  for (let index: u32 = 0; index < count; index++) {
    back += limb(left, place + index) + limb(right, index);
    const over: u32 = back >= <u32>LIMB_BASE ? 1 : 0;
    setLimb(left, place + index, over ? back - <u32>LIMB_BASE : back);
    back = over;
  }
  return <u32>digit - 1;
}
