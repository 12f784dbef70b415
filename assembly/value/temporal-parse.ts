/**
 * Dates, times and offsets from text: the forms of ISO 8601 that Neo4j reads, with and without signs between their parts. What is read lies
 * in `read...`; a part that is not there is 0.
 *
 * Cost: O(bytes).
 */
import { daysFromCivil, daysInMonth, isLeapYear, isoYearStart } from "./calendar";
import { NANOS_PER_SECOND, YEAR_LIMIT, quarterStart } from "./temporal";
import { WORD_EMPTY, wordPart } from "./word";

const MINUS: u32 = 45;
const PLUS: u32 = 43;
const COLON: u32 = 58;
const OFFSET_LIMIT: i32 = 64800;

export let readDays: i64 = 0;
export let readNanos: i64 = 0;
export let readOffset: i32 = 0;
/** Name of a zone in brackets, or WORD_EMPTY; whether there is an offset. */
export let readZone: u64 = 0;
export let readHasOffset: bool = false;

let at: usize = 0;
let end: usize = 0;

// @ts-ignore: decorator
@inline
function byte(): u32 {
  return at < end ? <u32>load<u8>(at) : 0;
}

function take(wanted: u32): bool {
  if (byte() != wanted) return false;
  at++;
  return true;
}

/** How many digits follow. */
function digitsAhead(): u32 {
  let position = at;
  while (position < end && <u32>load<u8>(position) - 48 < 10) position++;
  return <u32>(position - at);
}

/** The next `count` digits; -1: there are fewer. */
function number(count: u32): i64 {
  if (digitsAhead() < count) return -1;
  let value: i64 = 0;
  for (; count; count--) value = value * 10 + <i64>(<u32>load<u8>(at++) - 48);
  return value;
}

// Dates ----------------------------------------------------------------------------------------------------------------

/** Reads a date; false: it is none. */
export function readDate(text: usize, length: u32): bool {
  at = text;
  end = text + length;
  const isNegative = byte() == MINUS;
  const isSigned = isNegative || byte() == PLUS;
  if (isSigned) at++;
  const digits = digitsAhead();
  // Without signs between them the parts are told apart by their number of digits.
  const size: u32 = isSigned ? digits : digits < 4 ? 0 : 4;
  if (!size || size > 9) return false;
  let year = number(size);
  if (isNegative) year = -year;
  if (at == end) return setDay(daysFromCivil(year, 1, 1));
  const dashed = take(MINUS);
  if (take(87)) return readWeek(year);
  if (take(81)) return readQuarter(year);
  const rest = digitsAhead();
  if (rest == 3 || (rest == 7 && !dashed)) return readOrdinal(year);
  const month = number(2);
  if (month < 1 || month > 12) return false;
  if (at == end) return setDay(daysFromCivil(year, month, 1));
  if (take(MINUS) != dashed) return false;
  const day = number(2);
  if (at != end || day < 1 || day > daysInMonth(year, month)) return false;
  return setDay(daysFromCivil(year, month, day));
}

function setDay(days: i64): bool {
  readDays = days;
  return true;
}

function readWeek(year: i64): bool {
  const week = number(2);
  let day: i64 = 1;
  if (at < end) {
    take(MINUS);
    day = number(1);
  }
  if (at != end || week < 1 || week > weeksInYear(year) || day < 1 || day > 7) return false;
  return setDay(isoYearStart(year) + (week - 1) * 7 + day - 1);
}

export function weeksInYear(year: i64): i64 {
  return (isoYearStart(year + 1) - isoYearStart(year)) / 7;
}

function readQuarter(year: i64): bool {
  const quarter = number(1);
  let day: i64 = 1;
  if (at < end) {
    take(MINUS);
    day = number(2);
  }
  if (at != end || quarter < 1 || quarter > 4 || day < 1 || day > daysInQuarter(year, quarter)) return false;
  return setDay(quarterStart(year, quarter) + day - 1);
}

export function daysInQuarter(year: i64, quarter: i64): i64 {
  return (quarter == 4 ? daysFromCivil(year + 1, 1, 1) : quarterStart(year, quarter + 1)) - quarterStart(year, quarter);
}

function readOrdinal(year: i64): bool {
  const day = number(3);
  if (at != end || day < 1 || day > (isLeapYear(year) ? 366 : 365)) return false;
  return setDay(daysFromCivil(year, 1, 1) + day - 1);
}

export function isYear(year: i64): bool {
  return year >= -YEAR_LIMIT && year <= YEAR_LIMIT;
}

// Times ----------------------------------------------------------------------------------------------------------------

/** Reads a time of day with an offset and a zone, if there are any; false: it is none. */
export function readTime(text: usize, length: u32): bool {
  at = text;
  end = text + length;
  readOffset = 0;
  readZone = WORD_EMPTY;
  readHasOffset = false;
  const hour = number(2);
  let minute: i64 = 0;
  let second: i64 = 0;
  let nanos: i64 = 0;
  const marked = byte() == COLON;
  if (marked || digitsAhead()) {
    if (marked) at++;
    minute = number(2);
    if (byte() == COLON ? marked : digitsAhead() > 0) {
      take(COLON);
      second = number(2);
      if (byte() == 46 || byte() == 44) nanos = readFraction();
    }
  }
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59 || nanos < 0) return false;
  readNanos = ((hour * 60 + minute) * 60 + second) * NANOS_PER_SECOND + nanos;
  return readPlace();
}

function readFraction(): i64 {
  at++;
  const count = digitsAhead();
  if (!count || count > 9) return -1;
  let nanos = number(count);
  for (let digits = count; digits < 9; digits++) nanos *= 10;
  return nanos;
}

/** What may stand behind a time: an offset, a zone's name in brackets. */
function readPlace(): bool {
  if (byte() == 90 || byte() == PLUS || byte() == MINUS) {
    readHasOffset = true;
    if (!readSigned()) return false;
  }
  if (byte() == 91) {
    const start = ++at;
    while (at < end && <u32>load<u8>(at) != 93) at++;
    if (at == end || at == start) return false;
    readZone = wordPart(start, 0, <u32>(at - start));
    at++;
  }
  return at == end;
}

/** Z, +01, +0100, +01:00, +01:00:00. */
function readSigned(): bool {
  readOffset = 0;
  if (take(90)) return true;
  const isNegative = take(MINUS);
  if (!isNegative && !take(PLUS)) return false;
  const hours = number(2);
  if (hours < 0) return false;
  let seconds = hours * 3600;
  for (let unit: i64 = 60; unit && (byte() == COLON || digitsAhead()); unit = unit == 60 ? 1 : 0) {
    take(COLON);
    const value = number(2);
    if (value < 0 || value > 59) return false;
    seconds += value * unit;
  }
  readOffset = <i32>(isNegative ? -seconds : seconds);
  return seconds <= <i64>OFFSET_LIMIT;
}

/** Reads an offset alone, as maps name it; false: it is none, so a zone's name. */
export function readOffsetText(text: usize, length: u32): bool {
  at = text;
  end = text + length;
  return (byte() == 90 || byte() == PLUS || byte() == MINUS) && readSigned() && at == end;
}
