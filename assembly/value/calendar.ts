/**
 * The proleptic Gregorian calendar: days since 1970-01-01 and year, month, day; weeks of ISO 8601. The year 0 is 1 BC.
 *
 * Source: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms" (eras of 400 years from the first of March).
 * Ranges are PostgreSQL's: dates from 4713-11-24 BC (Julian day 0) to 5874897; timestamps end with 294247-01-09, since they
 * count from 1970 (PostgreSQL's from 2000 and end with 294276).
 * Cost: O(1).
 */
import { MICROSECONDS_PER_DAY } from "./interval";

export const DAY_MIN: i64 = -2440588;
export const DAY_MAX: i64 = 2145042905;
export const TIMESTAMP_MIN: i64 = -210866803200000000;
export const TIMESTAMP_MAX: i64 = 9223372022399999999;
export const INFINITE: i64 = i64.MAX_VALUE;
export const NEGATIVE_INFINITE: i64 = i64.MIN_VALUE;
/** The last whole day whose microseconds fit an i64: 294247-01-09. */
const TIMESTAMP_DAY_MAX: i64 = 106751990;
/** Days from the Julian day 0 to 1970-01-01. */
export const JULIAN_EPOCH: i64 = 2440588;

/** What `civilFromDays` found. */
export let civilYear: i64 = 0;
export let civilMonth: i32 = 0;
export let civilDay: i32 = 0;

// @ts-ignore: decorator
@inline
export function isInfinite(value: i64): bool {
  return value == INFINITE || value == NEGATIVE_INFINITE;
}

export function daysFromCivil(year: i64, month: i64, day: i64): i64 {
  const shifted = month <= 2 ? year - 1 : year;
  const era = (shifted >= 0 ? shifted : shifted - 399) / 400;
  const yearOfEra = shifted - era * 400;
  const dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
  return era * 146097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719468;
}

/** Sets `civilYear`, `civilMonth` and `civilDay`. */
export function civilFromDays(days: i64): void {
  const shifted = days + 719468;
  const era = (shifted >= 0 ? shifted : shifted - 146096) / 146097;
  const dayOfEra = shifted - era * 146097;
  const yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146096) / 365;
  const dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100);
  const month = (5 * dayOfYear + 2) / 153;
  civilDay = <i32>(dayOfYear - (153 * month + 2) / 5 + 1);
  civilMonth = <i32>(month < 10 ? month + 3 : month - 9);
  civilYear = yearOfEra + era * 400 + (civilMonth <= 2 ? 1 : 0);
}

export function isLeapYear(year: i64): bool {
  return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

export function daysInMonth(year: i64, month: i64): i64 {
  if (month == 2) return isLeapYear(year) ? 29 : 28;
  return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

/** Days of a timestamp, rounded down. */
export function dayOf(timestamp: i64): i64 {
  const days = timestamp / MICROSECONDS_PER_DAY;
  return timestamp % MICROSECONDS_PER_DAY < 0 ? days - 1 : days;
}

/** Microseconds since midnight. */
export function timeOf(timestamp: i64): i64 {
  const rest = timestamp % MICROSECONDS_PER_DAY;
  return rest < 0 ? rest + MICROSECONDS_PER_DAY : rest;
}

/** 0 Sunday to 6 Saturday. */
export function dayOfWeek(days: i64): i64 {
  const rest = (days + 4) % 7;
  return rest < 0 ? rest + 7 : rest;
}

/** Day on which week 1 of an ISO year begins: the Monday of the week with the fourth of January. */
export function isoYearStart(year: i64): i64 {
  const fourth = daysFromCivil(year, 1, 4);
  return fourth - ((dayOfWeek(fourth) + 6) % 7);
}

/** The ISO year of a day. */
export function isoYear(days: i64): i64 {
  civilFromDays(days);
  const year = civilYear;
  if (days >= isoYearStart(year + 1)) return year + 1;
  return days >= isoYearStart(year) ? year : year - 1;
}

export function isoWeek(days: i64): i64 {
  return (days - isoYearStart(isoYear(days))) / 7 + 1;
}

export function isDay(days: i64): bool {
  return days >= DAY_MIN && days <= DAY_MAX;
}

export function isTimestamp(value: i64): bool {
  return value >= TIMESTAMP_MIN && value <= TIMESTAMP_MAX;
}

/** days * 24 h + microseconds; `timestampFits` says whether that is a timestamp. */
export function timestampOf(days: i64, microseconds: i64): i64 {
  timestampFits = days >= DAY_MIN && days <= TIMESTAMP_DAY_MAX;
  if (!timestampFits) return 0;
  const value = days * MICROSECONDS_PER_DAY + microseconds;
  timestampFits = isTimestamp(value);
  return value;
}

export let timestampFits: bool = false;
