/**
 * Intervals: words of 16 bytes {i64 microseconds, i32 days, i32 months} (abi/record.ts). Months and days have no fixed length,
 * so the three are kept apart; comparison takes a month for 30 days and a day for 24 hours, as PostgreSQL does.
 */
import { hashBytes } from "../bytes/hash";
import { planAllocate } from "./cells";
import { WORD_EMPTY, longWord } from "./word";

export const MICROSECONDS_PER_SECOND: i64 = 1000000;
export const MICROSECONDS_PER_MINUTE: i64 = 60000000;
export const MICROSECONDS_PER_HOUR: i64 = 3600000000;
export const MICROSECONDS_PER_DAY: i64 = 86400000000;
export const DAYS_PER_MONTH: i64 = 30;
const INTERVAL_DAYS: usize = 8;
const INTERVAL_MONTHS: usize = 12;
const INTERVAL_BYTES: u32 = 16;
const span: usize = memory.data(16, 8);

// @ts-ignore: decorator
@inline
export function intervalMicroseconds(word: u64): i64 {
  return load<i64>(<usize>(word >> 32));
}

// @ts-ignore: decorator
@inline
export function intervalDays(word: u64): i32 {
  return load<i32>(<usize>(word >> 32), INTERVAL_DAYS);
}

// @ts-ignore: decorator
@inline
export function intervalMonths(word: u64): i32 {
  return load<i32>(<usize>(word >> 32), INTERVAL_MONTHS);
}

export function intervalOf(months: i32, days: i32, microseconds: i64): u64 {
  const room = planAllocate(INTERVAL_BYTES);
  if (!room) return WORD_EMPTY;
  store<i64>(room, microseconds);
  store<i32>(room, days, INTERVAL_DAYS);
  store<i32>(room, months, INTERVAL_MONTHS);
  return longWord(room, INTERVAL_BYTES);
}

/** Whole days of an interval and the microseconds that are left, in `spanMicroseconds`. */
export function spanDays(word: u64): i64 {
  const microseconds = intervalMicroseconds(word);
  let days = <i64>intervalMonths(word) * DAYS_PER_MONTH + <i64>intervalDays(word) + microseconds / MICROSECONDS_PER_DAY;
  spanMicroseconds = microseconds % MICROSECONDS_PER_DAY;
  if (spanMicroseconds < 0) {
    spanMicroseconds += MICROSECONDS_PER_DAY;
    days--;
  }
  return days;
}

export let spanMicroseconds: i64 = 0;

/** The interval that stands for all that are equal to it: months of 30 days, less than 30 days, less than a day. Takes plan memory. */
export function normalInterval(word: u64): u64 {
  const days = spanDays(word);
  let months = days / DAYS_PER_MONTH;
  let rest = days % DAYS_PER_MONTH;
  if (rest < 0) {
    rest += DAYS_PER_MONTH;
    months--;
  }
  // Beyond the largest number of months there is no such form.
  if (months != <i64>(<i32>months)) return word;
  return intervalOf(<i32>months, <i32>rest, spanMicroseconds);
}

/** -1, 0 or 1. */
export function compareIntervals(left: u64, right: u64): i32 {
  const leftDays = spanDays(left);
  const leftRest = spanMicroseconds;
  const rightDays = spanDays(right);
  if (leftDays != rightDays) return leftDays < rightDays ? -1 : 1;
  return leftRest < spanMicroseconds ? -1 : leftRest > spanMicroseconds ? 1 : 0;
}

/** Equal intervals have equal hashes, however they are divided. */
export function hashInterval(word: u64): u64 {
  store<i64>(span, spanDays(word));
  store<i64>(span, spanMicroseconds, 8);
  return hashBytes(span, INTERVAL_BYTES);
}
