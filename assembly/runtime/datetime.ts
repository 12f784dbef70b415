/**
 * Dates, times and intervals for plans: casts, arithmetic, comparison (fields and formats: datetime-field.ts, datetime-format.ts).
 *
 * Days and microseconds are i64, infinities the largest and smallest of them; the session's zone is an offset, so a day has 24
 * hours for timestamps with time zone too.
 */
import { CELL_CLOCK, CELL_NOW_MICROSECONDS, CELL_STATEMENT, CELL_ZONE, SLOT_NONE, SLOT_TIME } from "../abi/record";
import {
  RUNTIME_ERROR_DATETIME_FIELD,
  RUNTIME_ERROR_DATE_RANGE,
  RUNTIME_ERROR_DATE_TIMESTAMP,
  RUNTIME_ERROR_INFINITE_DATES,
  RUNTIME_ERROR_TIMESTAMP_TEXT_RANGE,
  RUNTIME_ERROR_DATE_TEXT_RANGE,
  RUNTIME_ERROR_DIVISION_BY_ZERO,
  RUNTIME_ERROR_INFINITE_INTERVAL,
  RUNTIME_ERROR_INTERVAL_RANGE,
  RUNTIME_ERROR_INVALID_DATE,
  RUNTIME_ERROR_INVALID_INTERVAL,
  RUNTIME_ERROR_INVALID_TIME,
  RUNTIME_ERROR_INVALID_TIMESTAMP,
  RUNTIME_ERROR_INVALID_TIMESTAMPTZ,
  RUNTIME_ERROR_TIMESTAMP_RANGE,
  RUNTIME_ERROR_ZONE_OFFSET,
} from "../abi/runtime-error";
import { builderReset, builderWord } from "../value/builder";
import {
  INFINITE,
  NEGATIVE_INFINITE,
  civilDay,
  civilFromDays,
  civilMonth,
  civilYear,
  dayOf,
  daysFromCivil,
  daysInMonth,
  isDay,
  isInfinite,
  isTimestamp,
  timeOf,
  timestampFits,
  timestampOf,
} from "../value/calendar";
import { cells, fail, failWith, setTag } from "../value/cells";
import {
  PARSE_DONE,
  PARSE_FIELD,
  PARSE_ZONE,
  parseDatetime,
  parsedDays,
  parsedHasDate,
  parsedHasTime,
  parsedHasZone,
  parsedNegative,
  parsedTime,
  parsedWord,
  parsedZone,
} from "../value/datetime-parse";
import { putDate, putInterval, putTime, putTimestamp, putTimestamptz } from "../value/datetime-text";
import { WORD_EPOCH, WORD_INFINITY, WORD_NOW, WORD_TOMORROW, WORD_YESTERDAY } from "../value/datetime-word";
import {
  MICROSECONDS_PER_DAY,
  MICROSECONDS_PER_SECOND,
  compareIntervals,
  hashInterval,
  intervalDays,
  intervalMicroseconds,
  intervalMonths,
  intervalOf,
} from "../value/interval";
import { nearest, parseInterval, parsedMicroseconds, parsedMonths, parsedSpanDays } from "../value/interval-parse";

// Text -----------------------------------------------------------------------------------------------------------------

export function text_from_date(days: i64): u64 {
  builderReset();
  putDate(days);
  return builderWord();
}

export function text_from_time(time: i64): u64 {
  builderReset();
  putTime(time);
  return builderWord();
}

export function text_from_timestamp(value: i64): u64 {
  builderReset();
  putTimestamp(value);
  return builderWord();
}

export function text_from_timestamptz(value: i64): u64 {
  builderReset();
  putTimestamptz(value);
  return builderWord();
}

export function text_from_interval(value: u64): u64 {
  builderReset();
  putInterval(value);
  return builderWord();
}

export function date_from_text(text: u64): i64 {
  if (!parsed(text, RUNTIME_ERROR_INVALID_DATE)) return 0;
  if (parsedWord) return ofWord(false);
  if (!parsedHasDate) return wrong(text, RUNTIME_ERROR_INVALID_DATE);
  if (!isDay(parsedDays)) return wrong(text, RUNTIME_ERROR_DATE_TEXT_RANGE);
  return parsedDays;
}

export function time_from_text(text: u64): i64 {
  if (!parsed(text, RUNTIME_ERROR_INVALID_TIME)) return 0;
  if (parsedWord == WORD_NOW) return timeOf(localNow());
  return parsedHasTime && !parsedWord ? parsedTime : wrong(text, RUNTIME_ERROR_INVALID_TIME);
}

export function timestamp_from_text(text: u64): i64 {
  return momentFrom(text, RUNTIME_ERROR_INVALID_TIMESTAMP, false);
}

export function timestamptz_from_text(text: u64): i64 {
  return momentFrom(text, RUNTIME_ERROR_INVALID_TIMESTAMPTZ, true);
}

function momentFrom(text: u64, error: u32, zoned: bool): i64 {
  if (!parsed(text, error)) return 0;
  const offset = zoned ? (parsedHasZone ? parsedZone : zone()) * MICROSECONDS_PER_SECOND : 0;
  if (parsedWord) {
    const value = ofWord(true);
    return parsedWord >= WORD_NOW && !isInfinite(value) ? value - offset : value;
  }
  if (!parsedHasDate) return wrong(text, error);
  const value = timestampOf(parsedDays, parsedTime - offset);
  return timestampFits ? value : wrong(text, RUNTIME_ERROR_TIMESTAMP_TEXT_RANGE);
}

function parsed(text: u64, error: u32): bool {
  const result = parseDatetime(text);
  if (result == PARSE_DONE) return true;
  failWith(result == PARSE_FIELD ? RUNTIME_ERROR_DATETIME_FIELD : result == PARSE_ZONE ? RUNTIME_ERROR_ZONE_OFFSET : error, text, 0);
  return false;
}

function wrong(text: u64, error: u32): i64 {
  failWith(error, text, 0);
  return 0;
}

/** The day or local moment that a word means. */
function ofWord(moment: bool): i64 {
  if (parsedWord == WORD_INFINITY) return parsedNegative ? NEGATIVE_INFINITE : INFINITE;
  if (parsedWord == WORD_EPOCH) return 0;
  if (parsedWord == WORD_NOW) return moment ? localNow() : dayOf(localNow());
  const day = dayOf(localNow()) + (parsedWord == WORD_TOMORROW ? 1 : parsedWord == WORD_YESTERDAY ? -1 : 0);
  return moment ? day * MICROSECONDS_PER_DAY + parsedTime : day;
}

function zone(): i64 {
  return load<i64>(cells, CELL_ZONE);
}

/** Now, in the session's zone. */
function localNow(): i64 {
  return load<i64>(cells, CELL_NOW_MICROSECONDS) + zone() * MICROSECONDS_PER_SECOND;
}

export function interval_from_text(text: u64): u64 {
  if (!parseInterval(text)) {
    failWith(RUNTIME_ERROR_INVALID_INTERVAL, text, 0);
    return 0;
  }
  return checkedInterval(parsedMonths, parsedSpanDays, parsedMicroseconds);
}

/** An interval of parts that may be too large. */
function checkedInterval(months: f64, days: f64, microseconds: f64): u64 {
  if (Math.abs(months) < 2147483648 && Math.abs(days) < 2147483648 && Math.abs(microseconds) < 9223372036854775807) {
    return intervalOf(<i32>months, <i32>days, <i64>microseconds);
  }
  fail(RUNTIME_ERROR_INTERVAL_RANGE);
  return 0;
}

// Casts ----------------------------------------------------------------------------------------------------------------

export function timestamp_from_date(days: i64): i64 {
  if (isInfinite(days)) return days;
  const value = timestampOf(days, 0);
  if (!timestampFits) fail(RUNTIME_ERROR_DATE_TIMESTAMP);
  return value;
}

export function timestamptz_from_date(days: i64): i64 {
  return timestamptz_from_timestamp(timestamp_from_date(days));
}

export function timestamptz_from_timestamp(value: i64): i64 {
  return isInfinite(value) ? value : checked(value - zone() * MICROSECONDS_PER_SECOND);
}

export function timestamp_from_timestamptz(value: i64): i64 {
  return isInfinite(value) ? value : checked(value + zone() * MICROSECONDS_PER_SECOND);
}

function checked(value: i64): i64 {
  if (!isTimestamp(value)) fail(RUNTIME_ERROR_TIMESTAMP_RANGE);
  return value;
}

export function date_from_timestamp(value: i64): i64 {
  return isInfinite(value) ? value : dayOf(value);
}

export function date_from_timestamptz(value: i64): i64 {
  return date_from_timestamp(timestamp_from_timestamptz(value));
}

export function time_from_timestamp(value: i64): i64 {
  setTag(isInfinite(value) ? SLOT_NONE : SLOT_TIME);
  return timeOf(value);
}

export function time_from_timestamptz(value: i64): i64 {
  return time_from_timestamp(timestamp_from_timestamptz(value));
}

export function interval_from_time(time: i64): u64 {
  return intervalOf(0, 0, time);
}

export function time_from_interval(value: u64): i64 {
  return timeOf(intervalMicroseconds(value));
}

/** time(precision). */
export function time_fit(time: i64, precision: i32): i64 {
  return roundedTo(time, precision);
}

export function timestamp_fit(value: i64, precision: i32): i64 {
  return isInfinite(value) ? value : roundedTo(value, precision);
}

/** interval(precision), or with fields only the precision behind them. */
export function interval_fit(value: u64, precision: i32, second: i32): u64 {
  const digits = second >= 0 ? second : precision;
  if (digits < 0 || digits > 5) return value;
  return intervalOf(intervalMonths(value), intervalDays(value), roundedTo(intervalMicroseconds(value), digits));
}

function roundedTo(value: i64, precision: i32): i64 {
  if (precision < 0 || precision > 5) return value;
  let unit: i64 = 1;
  for (let digits = precision; digits < 6; digits++) unit *= 10;
  const rest = value % unit;
  const magnitude = rest < 0 ? -rest : rest;
  return value - rest + (magnitude * 2 >= unit ? (rest < 0 ? -unit : unit) : 0);
}

// Arithmetic -----------------------------------------------------------------------------------------------------------

export function date_add_days(days: i64, count: i64): i64 {
  if (isInfinite(days)) return days;
  const result = days + count;
  if (!isDay(result)) fail(RUNTIME_ERROR_DATE_RANGE);
  return result;
}

export function days_add_date(count: i64, days: i64): i64 {
  return date_add_days(days, count);
}

export function date_subtract_days(days: i64, count: i64): i64 {
  return date_add_days(days, -count);
}

export function date_subtract(left: i64, right: i64): i64 {
  if (isInfinite(left) || isInfinite(right)) {
    fail(RUNTIME_ERROR_INFINITE_DATES);
    return 0;
  }
  return left - right;
}

export function date_add_interval(days: i64, interval: u64): i64 {
  return timestamp_add_interval(timestamp_from_date(days), interval);
}

export function interval_add_date(interval: u64, days: i64): i64 {
  return date_add_interval(days, interval);
}

export function date_subtract_interval(days: i64, interval: u64): i64 {
  return timestamp_subtract_interval(timestamp_from_date(days), interval);
}

export function date_add_time(days: i64, time: i64): i64 {
  return isInfinite(days) ? days : checked(timestamp_from_date(days) + time);
}

export function time_add_date(time: i64, days: i64): i64 {
  return date_add_time(days, time);
}

export function timestamp_add_interval(value: i64, interval: u64): i64 {
  return shifted(value, intervalMonths(interval), intervalDays(interval), intervalMicroseconds(interval));
}

export function interval_add_timestamp(interval: u64, value: i64): i64 {
  return timestamp_add_interval(value, interval);
}

export function timestamp_subtract_interval(value: i64, interval: u64): i64 {
  return shifted(value, -(<i64>intervalMonths(interval)), -(<i64>intervalDays(interval)), -intervalMicroseconds(interval));
}

/** Months first (to the last day of a month where there are fewer days), then days, then the rest. */
function shifted(value: i64, months: i64, days: i64, microseconds: i64): i64 {
  if (isInfinite(value)) return value;
  let day = dayOf(value);
  if (months) {
    civilFromDays(day);
    const all = civilYear * 12 + civilMonth - 1 + months;
    const month = ((all % 12) + 12) % 12;
    const year = (all - month) / 12;
    const last = daysInMonth(year, month + 1);
    day = daysFromCivil(year, month + 1, civilDay < last ? civilDay : last);
  }
  const result = timestampOf(day + days, timeOf(value));
  const sum = result + microseconds;
  if (!timestampFits || !isTimestamp(sum) || ((result ^ sum) & (microseconds ^ sum)) < 0) fail(RUNTIME_ERROR_TIMESTAMP_RANGE);
  return sum;
}

export function timestamptz_add_interval(value: i64, interval: u64): i64 {
  return timestamptz_from_timestamp(timestamp_add_interval(timestamp_from_timestamptz(value), interval));
}

export function interval_add_timestamptz(interval: u64, value: i64): i64 {
  return timestamptz_add_interval(value, interval);
}

export function timestamptz_subtract_interval(value: i64, interval: u64): i64 {
  return timestamptz_from_timestamp(timestamp_subtract_interval(timestamp_from_timestamptz(value), interval));
}

export function timestamp_subtract(left: i64, right: i64): u64 {
  if (isInfinite(left) || isInfinite(right)) {
    fail(RUNTIME_ERROR_INFINITE_INTERVAL);
    return 0;
  }
  const difference = left - right;
  if (((left ^ right) & (left ^ difference)) < 0) fail(RUNTIME_ERROR_INTERVAL_RANGE);
  return intervalOf(0, <i32>(difference / MICROSECONDS_PER_DAY), difference % MICROSECONDS_PER_DAY);
}

export function time_add_interval(time: i64, interval: u64): i64 {
  return timeOf(time + (intervalMicroseconds(interval) % MICROSECONDS_PER_DAY));
}

export function interval_add_time(interval: u64, time: i64): i64 {
  return time_add_interval(time, interval);
}

export function time_subtract_interval(time: i64, interval: u64): i64 {
  return timeOf(time - (intervalMicroseconds(interval) % MICROSECONDS_PER_DAY));
}

export function time_subtract(left: i64, right: i64): u64 {
  return intervalOf(0, 0, left - right);
}

export function interval_add(left: u64, right: u64): u64 {
  return combined(left, right, 1);
}

export function interval_subtract(left: u64, right: u64): u64 {
  return combined(left, right, -1);
}

function combined(left: u64, right: u64, sign: i64): u64 {
  const months = <i64>intervalMonths(left) + sign * <i64>intervalMonths(right);
  const days = <i64>intervalDays(left) + sign * <i64>intervalDays(right);
  const first = intervalMicroseconds(left);
  const second = intervalMicroseconds(right) * sign;
  const sum = first + second;
  if (months != <i64>(<i32>months) || days != <i64>(<i32>days) || ((first ^ sum) & (second ^ sum)) < 0) fail(RUNTIME_ERROR_INTERVAL_RANGE);
  return intervalOf(<i32>months, <i32>days, sum);
}

export function interval_negate(value: u64): u64 {
  return intervalOf(-intervalMonths(value), -intervalDays(value), -intervalMicroseconds(value));
}

export function interval_multiply(value: u64, factor: f64): u64 {
  return scaled(value, factor, false);
}

export function multiply_interval(factor: f64, value: u64): u64 {
  return scaled(value, factor, false);
}

export function interval_divide(value: u64, divisor: f64): u64 {
  if (divisor == 0) {
    fail(RUNTIME_ERROR_DIVISION_BY_ZERO);
    return 0;
  }
  return scaled(value, divisor, true);
}

/** Fractions of months become days, fractions of days time (interval_mul and interval_div of PostgreSQL). */
function scaled(value: u64, factor: f64, divide: bool): u64 {
  const months = divide ? <f64>intervalMonths(value) / factor : <f64>intervalMonths(value) * factor;
  const days = divide ? <f64>intervalDays(value) / factor : <f64>intervalDays(value) * factor;
  const wholeMonths = Math.trunc(months);
  const wholeDays = Math.trunc(days);
  let monthDays = toMicrosecond((months - wholeMonths) * 30);
  let seconds = toMicrosecond((days - wholeDays + monthDays - Math.trunc(monthDays)) * 86400);
  let resultDays = wholeDays + Math.trunc(monthDays);
  if (Math.abs(seconds) >= 86400) {
    resultDays += Math.trunc(seconds / 86400);
    seconds -= Math.trunc(seconds / 86400) * 86400;
  }
  const own = <f64>intervalMicroseconds(value);
  const time = nearest((divide ? own / factor : own * factor) + seconds * 1000000);
  if (isNaN(months) || isNaN(days) || isNaN(time)) {
    fail(RUNTIME_ERROR_INTERVAL_RANGE);
    return 0;
  }
  return checkedInterval(wholeMonths, resultDays, time);
}

/** Rounded to six digits behind the point. */
function toMicrosecond(value: f64): f64 {
  return nearest(value * 1000000) / 1000000;
}

// Comparison -----------------------------------------------------------------------------------------------------------

export function interval_compare(left: u64, right: u64): i32 {
  return compareIntervals(left, right);
}

export function interval_hash(value: u64): u64 {
  return hashInterval(value);
}

export function interval_equal(left: u64, right: u64): i32 {
  return compareIntervals(left, right) == 0 ? 1 : 0;
}

export function interval_not_equal(left: u64, right: u64): i32 {
  return compareIntervals(left, right) != 0 ? 1 : 0;
}

export function interval_less(left: u64, right: u64): i32 {
  return compareIntervals(left, right) < 0 ? 1 : 0;
}

export function interval_less_equal(left: u64, right: u64): i32 {
  return compareIntervals(left, right) <= 0 ? 1 : 0;
}

export function interval_greater(left: u64, right: u64): i32 {
  return compareIntervals(left, right) > 0 ? 1 : 0;
}

export function interval_greater_equal(left: u64, right: u64): i32 {
  return compareIntervals(left, right) >= 0 ? 1 : 0;
}

// Now ------------------------------------------------------------------------------------------------------------------

/** now(), as timestamp with time zone. */
export function timestamptz_now(): i64 {
  return load<i64>(cells, CELL_NOW_MICROSECONDS);
}

/** statement_timestamp() */
export function timestamptz_statement(): i64 {
  return load<i64>(cells, CELL_STATEMENT);
}

/** clock_timestamp() */
export function timestamptz_clock(): i64 {
  return load<i64>(cells, CELL_CLOCK);
}

export function timestamp_now(): i64 {
  return localNow();
}

export function date_now(): i64 {
  return dayOf(localNow());
}

export function time_now(): i64 {
  return timeOf(localNow());
}
