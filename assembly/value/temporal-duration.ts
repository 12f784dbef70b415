/**
 * Durations put together of parts, each of which may have a fraction: what of a month or day is no whole one goes to the parts below it, a
 * month counted as 30.436875 days. Sums, products, and the text that ISO 8601 has for durations.
 *
 * Cost: O(1), of text O(bytes).
 */
import { parseDoubleLimit, parsedDouble } from "../bytes/float";
import { NANOS_PER_SECOND, SECONDS_PER_DAY, SECONDS_PER_MONTH, makeDuration } from "./temporal";

/** Months, days and seconds that are whole; what is below, in nanoseconds. */
let months: i64 = 0;
let days: i64 = 0;
let seconds: i64 = 0;
let nanos: i64 = 0;

/** Nanoseconds that are nearly whole are; fractions of one are dropped. */
const NEARLY: f64 = 0.001;
const LIMIT: f64 = 9.2e18;
export let durationOverflow: bool = false;

export function durationBegin(): void {
  months = 0;
  days = 0;
  seconds = 0;
  nanos = 0;
  durationOverflow = false;
}

export function addMonths(value: f64): void {
  const whole = Math.trunc(value);
  months += checked(whole);
  addSeconds((value - whole) * <f64>SECONDS_PER_MONTH, true);
}

export function addDays(value: f64): void {
  const whole = Math.trunc(value);
  days += checked(whole);
  addSeconds((value - whole) * <f64>SECONDS_PER_DAY, false);
}

/** `wantsDays`: whole days of them are days. */
export function addSeconds(value: f64, wantsDays: bool): void {
  let rest = value;
  if (wantsDays) {
    const wholeDays = Math.trunc(rest / <f64>SECONDS_PER_DAY);
    days += checked(wholeDays);
    rest -= wholeDays * <f64>SECONDS_PER_DAY;
  }
  const whole = Math.trunc(rest);
  seconds += checked(whole);
  addNanos((rest - whole) * <f64>NANOS_PER_SECOND);
}

export function addNanos(value: f64): void {
  nanos += checked(Math.trunc(value + (value < 0 ? -NEARLY : NEARLY)));
}

/** Whole parts, which doubles may not hold exactly. */
export function addWhole(moreMonths: i64, moreDays: i64, moreSeconds: i64, moreNanos: i64): void {
  months = sum(months, moreMonths);
  days = sum(days, moreDays);
  seconds = sum(seconds, moreSeconds);
  nanos = sum(nanos, moreNanos);
}

function sum(left: i64, right: i64): i64 {
  const result = left + right;
  if (((left ^ result) & (right ^ result)) < 0) durationOverflow = true;
  return result;
}

function checked(value: f64): i64 {
  if (Math.abs(value) < LIMIT) return <i64>value;
  durationOverflow = true;
  return 0;
}

export function durationEnd(): u64 {
  return makeDuration(months, days, seconds, nanos);
}

// Text -----------------------------------------------------------------------------------------------------------------

/** Reads P1Y2M3W4DT5H6M7.8S into the parts, each with a sign and a fraction; false: it is none. */
export function readDuration(text: usize, length: u32): bool {
  const end = text + length;
  let at = text;
  let isTime = false;
  let isEmpty = true;
  const isNegative = at < end && load<u8>(at) == 45;
  if (isNegative) at++;
  if (at == end || load<u8>(at) != 80) return false;
  at++;
  while (at < end) {
    if (load<u8>(at) == 84 && !isTime) {
      isTime = true;
      at++;
      isEmpty = true;
      continue;
    }
    const start = at;
    while (at < end && isNumberByte(load<u8>(at))) at++;
    if (at == start || at == end || !readNumber(start, at)) return false;
    if (!addUnit(load<u8>(at), isTime, isNegative ? -parsedDouble : parsedDouble)) return false;
    at++;
    isEmpty = false;
  }
  return !isEmpty;
}

/** Digits, a sign, a point or a comma. */
function isNumberByte(byte: u32): bool {
  return byte - 48 < 10 || byte - 43 < 4;
}

const digits: usize = memory.data(64, 8);

/** A number with a point or a comma. */
function readNumber(start: usize, end: usize): bool {
  const length = <u32>(end - start);
  if (length > 60) return false;
  memory.copy(digits, start, length);
  for (let index: u32 = 0; index < length; index++) if (load<u8>(digits + index) == 44) store<u8>(digits + index, 46);
  return parseDoubleLimit(digits, length);
}

function addUnit(letter: u32, isTime: bool, value: f64): bool {
  if (letter == 77) {
    if (isTime) addSeconds(value * 60, false);
    else addMonths(value);
    return true;
  }
  if (isTime) {
    if (letter == 72) addSeconds(value * 3600, false);
    else if (letter == 83) addSeconds(value, false);
    else return false;
    return true;
  }
  if (letter == 89) addMonths(value * 12);
  else if (letter == 87) addDays(value * 7);
  else if (letter == 68) addDays(value);
  else return false;
  return true;
}
