/**
 * Parts of dates and times for plans: extract and date_part, date_trunc, age, make_..., justify_..., zones; as PostgreSQL 16 has them.
 *
 * extract answers NUMERIC with the scale of its field, date_part the same as double. Of an infinity the fields that grow with time
 * are infinite, the others NULL. Years before 1 AD count from -1.
 */
import { CELL_ZONE, SLOT_BOOLEAN, SLOT_DOUBLE, SLOT_NONE, SLOT_NUMERIC, SLOT_TIME, SLOT_TIMESTAMP, SLOT_TIMESTAMPTZ } from "../abi/record";
import {
  RUNTIME_ERROR_INTERVAL_RANGE,
  RUNTIME_ERROR_MAKE_DATE,
  RUNTIME_ERROR_MAKE_TIME,
  RUNTIME_ERROR_ORIGIN,
  RUNTIME_ERROR_STRIDE,
  RUNTIME_ERROR_STRIDE_SIZE,
  RUNTIME_ERROR_TIMESTAMP_RANGE,
  RUNTIME_ERROR_TIME_ZONE,
  RUNTIME_ERROR_UNIT_UNKNOWN,
  RUNTIME_ERROR_UNIT_UNSUPPORTED,
  RUNTIME_ERROR_ZONE_INTERVAL,
} from "../abi/runtime-error";
import { builderReset, builderWord, putByte, putInteger, putPadded } from "../value/builder";
import {
  INFINITE,
  JULIAN_EPOCH,
  NEGATIVE_INFINITE,
  civilDay,
  civilFromDays,
  civilMonth,
  civilYear,
  dayOf,
  dayOfWeek,
  daysFromCivil,
  daysInMonth,
  isDay,
  isInfinite,
  isTimestamp,
  isoWeek,
  isoYear,
  timeOf,
  timestampFits,
  timestampOf,
} from "../value/calendar";
import { cells, fail, failWith, setTag } from "../value/cells";
import {
  FIELD_DOW,
  FIELD_DOY,
  FIELD_EPOCH,
  FIELD_ISODOW,
  FIELD_ISOYEAR,
  FIELD_JULIAN,
  FIELD_TIMEZONE,
  FIELD_TIMEZONE_HOUR,
  FIELD_TIMEZONE_MINUTE,
  UNIT_CENTURY,
  UNIT_DAY,
  UNIT_DECADE,
  UNIT_HOUR,
  UNIT_MICROSECOND,
  UNIT_MILLENNIUM,
  UNIT_MILLISECOND,
  UNIT_MINUTE,
  UNIT_MONTH,
  UNIT_QUARTER,
  UNIT_SECOND,
  UNIT_WEEK,
  UNIT_YEAR,
  WORD_ZONE,
  dateWord,
  isZoneWord,
  unitNamed,
} from "../value/datetime-word";
import {
  MICROSECONDS_PER_DAY,
  MICROSECONDS_PER_HOUR,
  MICROSECONDS_PER_MINUTE,
  MICROSECONDS_PER_SECOND,
  intervalDays,
  intervalMicroseconds,
  intervalMonths,
  intervalOf,
} from "../value/interval";
import { nearest } from "../value/interval-parse";
import {
  NUMERIC_INFINITY,
  NUMERIC_NEGATIVE_INFINITY,
  OPERATION_ADD,
  OPERATION_DIVIDE,
  numericOf,
  numericOperation,
} from "../value/numeric";
import { putInterval } from "../value/datetime-text";
import { putDouble } from "../value/number-text";
import { numericToDouble } from "../value/numeric-text";
import { zoneFound, zoneOffset, zoneOffsetLater } from "../value/temporal-zone";
import { SPILL_FIRST, longWord, inlineWord, wordBytes, wordLength } from "../value/word";
import { timestamp_from_date, timestamp_from_timestamptz, timestamptz_from_timestamp, date_now } from "./datetime";
import { text_lower } from "./text";

/** Names of types in messages. */
const NAME_DATE: usize = memory.data<u8>([100, 97, 116, 101]);
const NAME_TIME: usize = memory.data<u8>([
  116, 105, 109, 101, 32, 119, 105, 116, 104, 111, 117, 116, 32, 116, 105, 109, 101, 32, 122, 111, 110, 101,
]);
const NAME_TIMESTAMP: usize = memory.data<u8>([
  116, 105, 109, 101, 115, 116, 97, 109, 112, 32, 119, 105, 116, 104, 111, 117, 116, 32, 116, 105, 109, 101, 32, 122, 111, 110, 101,
]);
const NAME_TIMESTAMPTZ: usize = memory.data<u8>([
  116, 105, 109, 101, 115, 116, 97, 109, 112, 32, 119, 105, 116, 104, 32, 116, 105, 109, 101, 32, 122, 111, 110, 101,
]);
const NAME_INTERVAL: usize = memory.data<u8>([105, 110, 116, 101, 114, 118, 97, 108]);
const SECONDS_PER_DAY: i64 = 86400;
const ZONE_MAX: i64 = 57540;

function nameOfType(bytes: usize, length: u32): u64 {
  return length < 8 ? inlineWord(bytes, length) : longWord(bytes, length);
}

/** The unit of a name; an unknown one is an error. */
function unitOf(name: u64, typeName: u64): u32 {
  const bytes = wordBytes(name, SPILL_FIRST);
  const unit = unitNamed(bytes, bytes + wordLength(name));
  if (!unit) failWith(RUNTIME_ERROR_UNIT_UNKNOWN, text_lower(name), typeName);
  return unit;
}

function unsupported(name: u64, typeName: u64): u64 {
  failWith(RUNTIME_ERROR_UNIT_UNSUPPORTED, text_lower(name), typeName);
  return 0;
}

/** Fields that are no units are unknown to date_trunc; of zones it knows that they are none. */
function notTruncated(unit: u32, name: u64, typeName: u64): u64 {
  if (unit >= FIELD_TIMEZONE) return unsupported(name, typeName);
  failWith(RUNTIME_ERROR_UNIT_UNKNOWN, text_lower(name), typeName);
  return 0;
}

// extract --------------------------------------------------------------------------------------------------------------

function growsWithTime(unit: u32): bool {
  return (unit >= UNIT_YEAR && unit <= FIELD_EPOCH) || unit == FIELD_ISOYEAR || unit == FIELD_JULIAN;
}

/** A field of an infinity. */
function ofInfinity(unit: u32, value: i64): u64 {
  if (!growsWithTime(unit)) {
    setTag(SLOT_NONE);
    return 0;
  }
  return value == INFINITE ? NUMERIC_INFINITY : NUMERIC_NEGATIVE_INFINITY;
}

/** A part of the time of the day, NUMERIC; 0: the unit is none of those. */
function timeField(unit: u32, microseconds: i64): u64 {
  const ofMinute = microseconds % MICROSECONDS_PER_MINUTE;
  if (unit == UNIT_MICROSECOND) return numericOf(ofMinute, 0);
  if (unit == UNIT_MILLISECOND) return numericOf(ofMinute, 3);
  if (unit == UNIT_SECOND) return numericOf(ofMinute, 6);
  if (unit == UNIT_MINUTE) return numericOf((microseconds / MICROSECONDS_PER_MINUTE) % 60, 0);
  return unit == UNIT_HOUR ? numericOf(microseconds / MICROSECONDS_PER_HOUR, 0) : 0;
}

/** Whether a unit is one of a date; its number is in `dateNumber` then. */
function dateField(unit: u32, days: i64): bool {
  civilFromDays(days);
  const year = civilYear;
  switch (unit) {
    case UNIT_DAY:
      dateNumber = civilDay;
      break;
    case UNIT_MONTH:
      dateNumber = civilMonth;
      break;
    case UNIT_QUARTER:
      dateNumber = (civilMonth - 1) / 3 + 1;
      break;
    case UNIT_WEEK:
      dateNumber = isoWeek(days);
      break;
    case UNIT_YEAR:
      dateNumber = year > 0 ? year : year - 1;
      break;
    case UNIT_DECADE:
      dateNumber = year >= 0 ? year / 10 : -((8 - (year - 1)) / 10);
      break;
    case UNIT_CENTURY:
      dateNumber = year > 0 ? (year + 99) / 100 : -((99 - (year - 1)) / 100);
      break;
    case UNIT_MILLENNIUM:
      dateNumber = year > 0 ? (year + 999) / 1000 : -((999 - (year - 1)) / 1000);
      break;
    case FIELD_ISOYEAR:
      dateNumber = isoYear(days);
      if (dateNumber <= 0) dateNumber--;
      break;
    case FIELD_DOW:
      dateNumber = dayOfWeek(days);
      break;
    case FIELD_ISODOW:
      dateNumber = ((dayOfWeek(days) + 6) % 7) + 1;
      break;
    case FIELD_DOY:
      dateNumber = days - daysFromCivil(year, 1, 1) + 1;
      break;
    case FIELD_JULIAN:
      dateNumber = days + JULIAN_EPOCH;
      break;
    default:
      return false;
  }
  return true;
}

let dateNumber: i64 = 0;

export function date_extract(name: u64, days: i64): u64 {
  setTag(SLOT_NUMERIC);
  const typeName = nameOfType(NAME_DATE, 4);
  const unit = unitOf(name, typeName);
  if (!unit) return 0;
  if (unit < UNIT_DAY || unit >= FIELD_TIMEZONE) return unsupported(name, typeName);
  if (isInfinite(days)) return ofInfinity(unit, days);
  if (unit == FIELD_EPOCH) return numericOf(days * SECONDS_PER_DAY, 0);
  return dateField(unit, days) ? numericOf(dateNumber, 0) : unsupported(name, typeName);
}

export function time_extract(name: u64, time: i64): u64 {
  setTag(SLOT_NUMERIC);
  const typeName = nameOfType(NAME_TIME, 22);
  const unit = unitOf(name, typeName);
  if (!unit) return 0;
  if (unit == FIELD_EPOCH) return numericOf(time, 6);
  const result = timeField(unit, time);
  return result ? result : unsupported(name, typeName);
}

export function timestamp_extract(name: u64, value: i64): u64 {
  return momentField(name, value, value, nameOfType(NAME_TIMESTAMP, 27), false);
}

export function timestamptz_extract(name: u64, value: i64): u64 {
  return momentField(name, timestamp_from_timestamptz(value), value, nameOfType(NAME_TIMESTAMPTZ, 24), true);
}

/** A field of a local moment; `instant` is the same moment in UTC. */
function momentField(name: u64, value: i64, instant: i64, typeName: u64, zoned: bool): u64 {
  setTag(SLOT_NUMERIC);
  const unit = unitOf(name, typeName);
  if (!unit) return 0;
  if (unit >= FIELD_TIMEZONE && !zoned) return unsupported(name, typeName);
  if (isInfinite(value)) return ofInfinity(unit, value);
  if (unit == FIELD_EPOCH) return numericOf(instant, 6);
  const offset = load<i64>(cells, CELL_ZONE);
  if (unit == FIELD_TIMEZONE) return numericOf(offset, 0);
  if (unit == FIELD_TIMEZONE_HOUR) return numericOf(offset / 3600, 0);
  if (unit == FIELD_TIMEZONE_MINUTE) return numericOf((offset / 60) % 60, 0);
  if (unit <= UNIT_HOUR) return timeField(unit, timeOf(value));
  dateField(unit, dayOf(value));
  const number = numericOf(dateNumber, 0);
  if (unit != FIELD_JULIAN) return number;
  return numericOperation(
    OPERATION_ADD,
    number,
    numericOperation(OPERATION_DIVIDE, numericOf(timeOf(value), 0), numericOf(MICROSECONDS_PER_DAY, 0)),
  );
}

export function interval_extract(name: u64, value: u64): u64 {
  setTag(SLOT_NUMERIC);
  const typeName = nameOfType(NAME_INTERVAL, 8);
  const unit = unitOf(name, typeName);
  if (!unit) return 0;
  const months = <i64>intervalMonths(value);
  const time = intervalMicroseconds(value);
  if (unit <= UNIT_HOUR) return timeField(unit, time);
  let number: i64 = 0;
  switch (unit) {
    case UNIT_DAY:
      number = intervalDays(value);
      break;
    case UNIT_MONTH:
      number = months % 12;
      break;
    case UNIT_QUARTER:
      number = (months % 12) / 3 + 1;
      break;
    case UNIT_YEAR:
      number = months / 12;
      break;
    case UNIT_DECADE:
      number = months / 120;
      break;
    case UNIT_CENTURY:
      number = months / 1200;
      break;
    case UNIT_MILLENNIUM:
      number = months / 12000;
      break;
    case FIELD_EPOCH:
      return numericOperation(OPERATION_ADD, numericOf(wholeSeconds(value), 0), numericOf(time, 6));
    default:
      return unsupported(name, typeName);
  }
  return numericOf(number, 0);
}

/** Seconds of months and days: a year has 365.25 days, a month 30. */
function wholeSeconds(value: u64): i64 {
  const months = <i64>intervalMonths(value);
  return (months / 12) * 31557600 + ((months % 12) * 30 + <i64>intervalDays(value)) * SECONDS_PER_DAY;
}

/** An extracted NUMERIC as double; the tag says whether it is NULL. */
function asDouble(value: u64): f64 {
  if (!value) return 0;
  setTag(SLOT_DOUBLE);
  return numericToDouble(value);
}

export function time_part(name: u64, time: i64): f64 {
  return asDouble(time_extract(name, time));
}

export function timestamp_part(name: u64, value: i64): f64 {
  return asDouble(timestamp_extract(name, value));
}

export function date_part(name: u64, days: i64): f64 {
  return timestamp_part(name, timestamp_from_date(days));
}

export function timestamptz_part(name: u64, value: i64): f64 {
  return asDouble(timestamptz_extract(name, value));
}

export function interval_part(name: u64, value: u64): f64 {
  return asDouble(interval_extract(name, value));
}

// date_trunc -----------------------------------------------------------------------------------------------------------

export function timestamp_truncate(name: u64, value: i64): i64 {
  return truncated(name, value, nameOfType(NAME_TIMESTAMP, 27));
}

export function timestamptz_truncate(name: u64, value: i64): i64 {
  return timestamptz_from_timestamp(truncated(name, timestamp_from_timestamptz(value), nameOfType(NAME_TIMESTAMPTZ, 24)));
}

/** Truncates the time in a zone. */
export function timestamptz_truncate_zone(name: u64, value: i64, zoneName: u64): i64 {
  const local = timestamptz_at_zone(zoneName, value);
  return timestamp_at_zone(zoneName, truncated(name, local, nameOfType(NAME_TIMESTAMPTZ, 24)));
}

function truncated(name: u64, value: i64, typeName: u64): i64 {
  const unit = unitOf(name, typeName);
  if (!unit) return 0;
  if (isInfinite(value)) return value;
  if (unit > UNIT_MILLENNIUM) return notTruncated(unit, name, typeName);
  const day = dayOf(value);
  if (unit <= UNIT_HOUR) return value - (timeOf(value) % timeUnit(unit));
  const result = timestampOf(truncatedDay(unit, day), 0);
  if (!timestampFits) fail(RUNTIME_ERROR_TIMESTAMP_RANGE);
  return result;
}

function timeUnit(unit: u32): i64 {
  if (unit == UNIT_MICROSECOND) return 1;
  if (unit == UNIT_MILLISECOND) return 1000;
  return unit == UNIT_SECOND ? MICROSECONDS_PER_SECOND : unit == UNIT_MINUTE ? MICROSECONDS_PER_MINUTE : MICROSECONDS_PER_HOUR;
}

function truncatedDay(unit: u32, day: i64): i64 {
  civilFromDays(day);
  const year = civilYear;
  switch (unit) {
    case UNIT_DAY:
      return day;
    case UNIT_WEEK:
      return day - ((dayOfWeek(day) + 6) % 7);
    case UNIT_MONTH:
      return daysFromCivil(year, civilMonth, 1);
    case UNIT_QUARTER:
      return daysFromCivil(year, ((civilMonth - 1) / 3) * 3 + 1, 1);
    case UNIT_YEAR:
      return daysFromCivil(year, 1, 1);
    case UNIT_DECADE:
      return daysFromCivil(year > 0 ? (year / 10) * 10 : -((8 - (year - 1)) / 10) * 10, 1, 1);
    case UNIT_CENTURY:
      return daysFromCivil(year > 0 ? ((year + 99) / 100) * 100 - 99 : -((99 - (year - 1)) / 100) * 100 + 1, 1, 1);
    default:
      return daysFromCivil(year > 0 ? ((year + 999) / 1000) * 1000 - 999 : -((999 - (year - 1)) / 1000) * 1000 + 1, 1, 1);
  }
}

export function interval_truncate(name: u64, value: u64): u64 {
  const typeName = nameOfType(NAME_INTERVAL, 8);
  const unit = unitOf(name, typeName);
  if (!unit) return 0;
  if (unit == UNIT_WEEK) return unsupported(name, typeName);
  if (unit > UNIT_MILLENNIUM) return notTruncated(unit, name, typeName);
  const months = intervalMonths(value);
  const time = intervalMicroseconds(value);
  if (unit <= UNIT_HOUR) return intervalOf(months, intervalDays(value), time - (time % timeUnit(unit)));
  if (unit == UNIT_DAY) return intervalOf(months, intervalDays(value), 0);
  const width =
    unit == UNIT_MONTH
      ? 1
      : unit == UNIT_QUARTER
        ? 3
        : unit == UNIT_YEAR
          ? 12
          : unit == UNIT_DECADE
            ? 120
            : unit == UNIT_CENTURY
              ? 1200
              : 12000;
  return intervalOf(months - (months % width), 0, 0);
}

// age and justify ------------------------------------------------------------------------------------------------------

/** age(left, right): years, months, days and time between them, by the calendar. */
export function timestamp_age(left: i64, right: i64): u64 {
  if (isInfinite(left) || isInfinite(right)) {
    fail(RUNTIME_ERROR_TIMESTAMP_RANGE);
    return 0;
  }
  const later = left >= right ? left : right;
  const earlier = left >= right ? right : left;
  civilFromDays(dayOf(later));
  let months = civilYear * 12 + civilMonth;
  let days = <i64>civilDay;
  civilFromDays(dayOf(earlier));
  months -= civilYear * 12 + civilMonth;
  days -= civilDay;
  let time = timeOf(later) - timeOf(earlier);
  if (time < 0) {
    time += MICROSECONDS_PER_DAY;
    days--;
  }
  if (days < 0) {
    // The month that is borrowed is the earlier one.
    days += daysInMonth(civilYear, civilMonth);
    months--;
  }
  return left >= right ? intervalOf(<i32>months, <i32>days, time) : intervalOf(<i32>-months, <i32>-days, -time);
}

/** age(value): from today's midnight. */
export function timestamp_age_now(value: i64): u64 {
  return timestamp_age(timestamp_from_date(date_now()), value);
}

export function timestamptz_age(left: i64, right: i64): u64 {
  return timestamp_age(timestamp_from_timestamptz(left), timestamp_from_timestamptz(right));
}

export function timestamptz_age_now(value: i64): u64 {
  return timestamp_age_now(timestamp_from_timestamptz(value));
}

/** 24 hours become a day, 30 days a month, as asked; and the signs are made alike. */
function justified(value: u64, hours: bool, months: bool): u64 {
  let month = <i64>intervalMonths(value);
  let day = <i64>intervalDays(value);
  let time = intervalMicroseconds(value);
  if (months && hours) {
    // First days to months where both have one sign, so that nothing overflows on the way.
    month += day / 30;
    day %= 30;
  }
  if (hours) {
    day += time / MICROSECONDS_PER_DAY;
    time %= MICROSECONDS_PER_DAY;
  }
  if (months) {
    month += day / 30;
    day %= 30;
    if (month > 0 && (day < 0 || (day == 0 && hours && time < 0))) {
      day += 30;
      month--;
    } else if (month < 0 && (day > 0 || (day == 0 && hours && time > 0))) {
      day -= 30;
      month++;
    }
  }
  if (hours) {
    if (day > 0 && time < 0) {
      time += MICROSECONDS_PER_DAY;
      day--;
    } else if (day < 0 && time > 0) {
      time -= MICROSECONDS_PER_DAY;
      day++;
    }
  }
  if (month != <i64>(<i32>month) || day != <i64>(<i32>day)) fail(RUNTIME_ERROR_INTERVAL_RANGE);
  return intervalOf(<i32>month, <i32>day, time);
}

export function interval_justify_hours(value: u64): u64 {
  return justified(value, true, false);
}

export function interval_justify_days(value: u64): u64 {
  return justified(value, false, true);
}

export function interval_justify(value: u64): u64 {
  return justified(value, true, true);
}

/** isfinite of dates and timestamps. */
export function datetime_is_finite(value: i64): i32 {
  return isInfinite(value) ? 0 : 1;
}

export function interval_is_finite(value: u64): i32 {
  return value ? 1 : 0;
}

// Making ---------------------------------------------------------------------------------------------------------------

/** make_date; a negative year is one BC. */
export function date_make(year: i64, month: i64, day: i64): i64 {
  const civil = year < 0 ? year + 1 : year;
  const valid = year && month >= 1 && month <= 12 && day >= 1 && Math.abs(<f64>year) < 6000000 && day <= daysInMonth(civil, month);
  const days = valid ? daysFromCivil(civil, month, day) : 0;
  if (valid && isDay(days)) return days;
  builderReset();
  putInteger(civil);
  putByte(45);
  putSigned(month);
  putByte(45);
  putSigned(day);
  failWith(RUNTIME_ERROR_MAKE_DATE, builderWord(), 0);
  return 0;
}

function putSigned(value: i64): void {
  if (value < 0) putInteger(value);
  else putPadded(value, 2);
}

export function time_make(hour: i64, minute: i64, second: f64): i64 {
  const microseconds = nearest(second * 1000000);
  const time = hour * MICROSECONDS_PER_HOUR + minute * MICROSECONDS_PER_MINUTE + <i64>microseconds;
  const valid = hour >= 0 && hour <= 24 && minute >= 0 && minute < 60 && second >= 0 && second <= 60 && time <= MICROSECONDS_PER_DAY;
  if (valid) return time;
  builderReset();
  putInteger(hour);
  putByte(58);
  putSigned(minute);
  putByte(58);
  if (second >= 0 && second < 10) putByte(48);
  putDouble(second);
  failWith(RUNTIME_ERROR_MAKE_TIME, builderWord(), 0);
  return 0;
}

export function timestamp_make(year: i64, month: i64, day: i64, hour: i64, minute: i64, second: f64): i64 {
  const days = date_make(year, month, day);
  const result = timestampOf(days, time_make(hour, minute, second));
  if (!timestampFits) fail(RUNTIME_ERROR_TIMESTAMP_RANGE);
  return result;
}

export function timestamptz_make(year: i64, month: i64, day: i64, hour: i64, minute: i64, second: f64): i64 {
  return timestamptz_from_timestamp(timestamp_make(year, month, day, hour, minute, second));
}

export function interval_make(years: i64, months: i64, weeks: i64, days: i64, hours: i64, minutes: i64, seconds: f64): u64 {
  const allMonths = years * 12 + months;
  const allDays = weeks * 7 + days;
  const time = <f64>(hours * 60 + minutes) * <f64>MICROSECONDS_PER_MINUTE + nearest(seconds * 1000000);
  if (allMonths != <i64>(<i32>allMonths) || allDays != <i64>(<i32>allDays) || !(Math.abs(time) < 9.2e18))
    fail(RUNTIME_ERROR_INTERVAL_RANGE);
  return intervalOf(<i32>allMonths, <i32>allDays, <i64>time);
}

/** to_timestamp(seconds since 1970). */
export function timestamptz_from_epoch(seconds: f64): i64 {
  if (!isFinite(seconds)) {
    if (isNaN(seconds)) fail(RUNTIME_ERROR_TIMESTAMP_RANGE);
    return seconds > 0 ? INFINITE : NEGATIVE_INFINITE;
  }
  const value = nearest(seconds * 1000000);
  if (Math.abs(value) < 9.2e18 && isTimestamp(<i64>value)) return <i64>value;
  fail(RUNTIME_ERROR_TIMESTAMP_RANGE);
  return 0;
}

/** date_bin(stride, value, origin): the beginning of the interval that holds the value. */
export function timestamp_bin(stride: u64, value: i64, origin: i64): i64 {
  const width = intervalMicroseconds(stride) + <i64>intervalDays(stride) * MICROSECONDS_PER_DAY;
  if (isInfinite(value)) return value;
  if (isInfinite(origin) || intervalMonths(stride) || width <= 0) {
    fail(isInfinite(origin) ? RUNTIME_ERROR_ORIGIN : intervalMonths(stride) ? RUNTIME_ERROR_STRIDE : RUNTIME_ERROR_STRIDE_SIZE);
    return 0;
  }
  const distance = value - origin;
  const rest = distance % width;
  return value - rest - (rest < 0 ? width : 0);
}

// Zones ----------------------------------------------------------------------------------------------------------------

/** The zone of the last name, 0 where the name tells its offset by itself. */
let zone: usize = 0;

/**
 * Seconds east of UTC of a zone's name: an abbreviation, or an offset in POSIX's sense, whose sign is the other way round. Of another
 * name `zone` is set, and the host is asked for it where it is not known yet.
 */
function offsetNamed(name: u64): i64 {
  zone = 0;
  const bytes = wordBytes(name, SPILL_FIRST);
  const end = bytes + wordLength(name);
  const word = dateWord(bytes, end);
  if (isZoneWord(word)) return (<i64>word - <i64>WORD_ZONE) * 3600;
  let position = bytes;
  while (position < end && ((<u32>load<u8>(position)) | 32) - 97 < 26) position++;
  let value: i64 = 0;
  let part: i64 = 0;
  let parts = 0;
  let digits = 0;
  const negative = position < end && <u32>load<u8>(position) == 45;
  if (position < end && (negative || <u32>load<u8>(position) == 43)) position++;
  for (; position <= end; position++) {
    const byte: u32 = position < end ? load<u8>(position) : 58;
    if (byte == 58) {
      value = value * 60 + part;
      part = 0;
      parts++;
    } else if (byte - 48 < 10) {
      part = part * 10 + <i64>(byte - 48);
      digits++;
    } else digits = -100;
  }
  for (; parts < 3; parts++) value *= 60;
  if (digits > 0 && parts == 3 && value <= ZONE_MAX) return negative ? value : -value;
  zone = zoneFound(name);
  if (!zone) failWith(RUNTIME_ERROR_TIME_ZONE, name, 0);
  return 0;
}

function inRange(value: i64): i64 {
  if (!isTimestamp(value)) fail(RUNTIME_ERROR_TIMESTAMP_RANGE);
  return value;
}

function secondsOf(value: i64): i64 {
  return dayOf(value) * SECONDS_PER_DAY + timeOf(value) / MICROSECONDS_PER_SECOND;
}

/** timestamp AT TIME ZONE zone: the moment at which it is that time there. */
export function timestamp_at_zone(name: u64, value: i64): i64 {
  if (isInfinite(value)) return value;
  const fixed = offsetNamed(name);
  const offset = zone ? <i64>zoneOffsetLater(zone, secondsOf(value)) : fixed;
  return inRange(value - offset * MICROSECONDS_PER_SECOND);
}

/** timestamp with time zone AT TIME ZONE zone: the time there. */
export function timestamptz_at_zone(name: u64, value: i64): i64 {
  if (isInfinite(value)) return value;
  const fixed = offsetNamed(name);
  const offset = zone ? <i64>zoneOffset(zone, secondsOf(value)) : fixed;
  return inRange(value + offset * MICROSECONDS_PER_SECOND);
}

/** The offset that an interval of hours and minutes is. */
function offsetOf(interval: u64): i64 {
  if (intervalMonths(interval) || intervalDays(interval)) {
    builderReset();
    putInterval(interval);
    failWith(RUNTIME_ERROR_ZONE_INTERVAL, builderWord(), 0);
  }
  return intervalMicroseconds(interval);
}

export function timestamp_at_offset(offset: u64, value: i64): i64 {
  return isInfinite(value) ? value : inRange(value - offsetOf(offset));
}

export function timestamptz_at_offset(offset: u64, value: i64): i64 {
  return isInfinite(value) ? value : inRange(value + offsetOf(offset));
}
