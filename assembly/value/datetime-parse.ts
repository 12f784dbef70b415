/**
 * Text to dates and times, as PostgreSQL reads it: ISO 8601 with `T` or a blank, `20200105`, names of months in any order
 * (`Jan 5 2020`, `5-Jan-2020`), `1/5/2020` (month first), BC, AM and PM, offsets, abbreviations of zones, and the words
 * infinity, epoch, now, today, tomorrow, yesterday.
 *
 * `parseDatetime` reads a text into `parsed...`; which parts a type needs is the caller's to say. A part that was not given is
 * -1. Answers PARSE_*: syntax errors and fields out of range have different SQLSTATEs.
 */
import { daysFromCivil, daysInMonth } from "./calendar";
import {
  WORD_AD,
  WORD_AM,
  WORD_BC,
  WORD_INFINITY,
  WORD_PM,
  WORD_SUNDAY,
  WORD_T,
  WORD_YESTERDAY,
  WORD_ZONE,
  dateWord,
  isZoneWord,
} from "./datetime-word";
import { MICROSECONDS_PER_DAY, MICROSECONDS_PER_HOUR, MICROSECONDS_PER_MINUTE, MICROSECONDS_PER_SECOND } from "./interval";
import { isBlank } from "./keyword";
import { SPILL_FIRST, wordBytes, wordLength } from "./word";

export const PARSE_DONE: u32 = 0;
export const PARSE_SYNTAX: u32 = 1;
export const PARSE_FIELD: u32 = 2;
export const PARSE_ZONE: u32 = 3;

/** Days since 1970; time of the day; seconds east of UTC. */
export let parsedDays: i64 = 0;
export let parsedTime: i64 = 0;
export let parsedZone: i64 = 0;
export let parsedHasDate: bool = false;
export let parsedHasTime: bool = false;
export let parsedHasZone: bool = false;
/** WORD_INFINITY to WORD_YESTERDAY, or 0; and its sign. */
export let parsedWord: u32 = 0;
export let parsedNegative: bool = false;

const COLON: u32 = 58;
const MINUS: u32 = 45;
const PLUS: u32 = 43;
const SLASH: u32 = 47;
const POINT: u32 = 46;
const COMMA: u32 = 44;
const OFFSET_MAX: i64 = 57540;
/** Value and digits of up to three numbers of a date. */
const numbers: usize = memory.data(24, 8);
const digitCounts: usize = memory.data(12, 4);
let numberCount: u32 = 0;
let monthWord: u32 = 0;
/** How many numbers stood before the month's name. */
let monthPlace: u32 = 0;
let position: usize = 0;
let end: usize = 0;
let half: u32 = 0;
let beforeChrist: bool = false;
let wrongTime: bool = false;
/** What `readDigits` read. */
let digitsValue: i64 = 0;
let digitsCount: u32 = 0;

export function parseDatetime(text: u64): u32 {
  position = wordBytes(text, SPILL_FIRST);
  end = position + wordLength(text);
  parsedHasDate = false;
  parsedHasTime = false;
  parsedHasZone = false;
  parsedWord = 0;
  parsedNegative = false;
  parsedTime = 0;
  parsedZone = 0;
  numberCount = 0;
  monthWord = 0;
  half = 0;
  beforeChrist = false;
  wrongTime = false;
  let tokens = 0;
  while (true) {
    while (position < end && (isBlank(load<u8>(position)) || <u32>load<u8>(position) == COMMA)) position++;
    if (position == end) break;
    const result = readToken();
    if (result != PARSE_DONE) return result;
    tokens++;
  }
  if (!tokens) return PARSE_SYNTAX;
  return conclude();
}

function readToken(): u32 {
  const byte = <u32>load<u8>(position);
  if (byte - 48 < 10) return readNumber();
  if ((byte | 32) - 97 < 26) return readWord();
  if (byte == MINUS || byte == PLUS) {
    if (parsedHasTime) return readOffset();
    if (byte == MINUS && !numberCount && !parsedHasDate && position + 1 < end && ((<u32>load<u8>(position, 1)) | 32) == 105) {
      parsedNegative = true;
      position++;
      return readWord();
    }
  }
  return PARSE_SYNTAX;
}

function readDigits(): void {
  digitsValue = 0;
  digitsCount = 0;
  for (; position < end; position++) {
    const digit = <u32>load<u8>(position) - 48;
    if (digit > 9) break;
    if (digitsCount < 18) digitsValue = digitsValue * 10 + digit;
    digitsCount++;
  }
}

function readNumber(): u32 {
  readDigits();
  const next: u32 = position < end ? load<u8>(position) : 0;
  if (next == COLON) return readTime(digitsValue);
  if (parsedHasDate && !parsedHasTime && (digitsCount == 4 || digitsCount == 6)) return readCompactTime();
  if (digitsCount >= 6 && !numberCount && !monthWord && next != MINUS && next != SLASH && next != POINT) return takeCompactDate();
  // 5 PM
  if (digitsCount <= 2 && (numberCount == 3 || (monthWord && numberCount == 2) || parsedHasDate) && !parsedHasTime)
    return readTime(digitsValue);
  if (numberCount == 3) return PARSE_SYNTAX;
  store<i64>(numbers + ((<usize>numberCount) << 3), digitsValue);
  store<u32>(digitCounts + ((<usize>numberCount) << 2), digitsCount);
  numberCount++;
  if ((next == MINUS || next == SLASH || next == POINT) && !parsedHasDate) {
    const dated = numberCount + (monthWord ? 1 : 0) < 3;
    if (dated) position++;
    if (dated && (position == end || isBlank(load<u8>(position)))) return PARSE_SYNTAX;
  }
  return PARSE_DONE;
}

/** 20200105 and 200105; the rest may be T and the time. */
function takeCompactDate(): u32 {
  const year = digitsValue / 10000;
  store<i64>(numbers, digitsCount > 6 ? year : year < 70 ? 2000 + year : 1900 + year);
  store<i64>(numbers, (digitsValue / 100) % 100, 8);
  store<i64>(numbers, digitsValue % 100, 16);
  store<u32>(digitCounts, 4);
  numberCount = 3;
  parsedHasDate = true;
  return digitsCount > 10 ? PARSE_SYNTAX : PARSE_DONE;
}

/** 1314 and 131415, with a fraction. */
function readCompactTime(): u32 {
  const value = digitsCount == 4 ? digitsValue * 100 : digitsValue;
  return takeTime(value / 10000, (value / 100) % 100, value % 100, readFraction());
}

/** Microseconds behind a point, rounded. */
function readFraction(): i64 {
  if (position == end || <u32>load<u8>(position) != POINT) return 0;
  position++;
  let value: i64 = 0;
  let scale: i64 = MICROSECONDS_PER_SECOND;
  let up = false;
  for (; position < end; position++) {
    const digit = <u32>load<u8>(position) - 48;
    if (digit > 9) break;
    if (scale > 1) {
      scale /= 10;
      value += <i64>digit * scale;
    } else if (scale == 1) {
      up = digit >= 5;
      scale = 0;
    }
  }
  return value + (up ? 1 : 0);
}

/** The time whose hour was just read. */
function readTime(hour: i64): u32 {
  let minute: i64 = 0;
  let second: i64 = 0;
  if (position < end && <u32>load<u8>(position) == COLON) {
    position++;
    readDigits();
    if (!digitsCount) return PARSE_SYNTAX;
    minute = digitsValue;
    if (position < end && <u32>load<u8>(position) == COLON) {
      position++;
      readDigits();
      if (!digitsCount) return PARSE_SYNTAX;
      second = digitsValue;
    }
  }
  return takeTime(hour, minute, second, readFraction());
}

function takeTime(hour: i64, minute: i64, second: i64, fraction: i64): u32 {
  if (parsedHasTime) return PARSE_SYNTAX;
  parsedHasTime = true;
  wrongTime = hour > 24 || minute > 59 || second > 60;
  parsedTime = hour * MICROSECONDS_PER_HOUR + minute * MICROSECONDS_PER_MINUTE + second * MICROSECONDS_PER_SECOND + fraction;
  if (parsedTime > MICROSECONDS_PER_DAY) wrongTime = true;
  return PARSE_DONE;
}

/** +01, +0530, -03:30:15. */
function readOffset(): u32 {
  const negative = <u32>load<u8>(position) == MINUS;
  position++;
  readDigits();
  if (!digitsCount || digitsCount > 6) return PARSE_SYNTAX;
  let hours = digitsValue;
  let minutes: i64 = 0;
  let seconds: i64 = 0;
  if (digitsCount > 4) {
    seconds = hours % 100;
    hours /= 100;
  }
  if (digitsCount > 2) {
    minutes = hours % 100;
    hours /= 100;
  }
  if (position < end && <u32>load<u8>(position) == COLON) {
    position++;
    readDigits();
    minutes = digitsValue;
    if (position < end && <u32>load<u8>(position) == COLON) {
      position++;
      readDigits();
      seconds = digitsValue;
    }
  }
  if (parsedHasZone) return PARSE_SYNTAX;
  parsedHasZone = true;
  parsedZone = hours * 3600 + minutes * 60 + seconds;
  if (hours > 15 || minutes > 59 || seconds > 59 || parsedZone > OFFSET_MAX) return PARSE_ZONE;
  if (negative) parsedZone = -parsedZone;
  return PARSE_DONE;
}

function readWord(): u32 {
  const start = position;
  while (position < end && ((<u32>load<u8>(position)) | 32) - 97 < 26) position++;
  const word = dateWord(start, position);
  if (word == 0) return PARSE_SYNTAX;
  if (word <= 12) return takeMonth(word);
  if (word >= WORD_SUNDAY && word < WORD_SUNDAY + 7) return PARSE_DONE;
  if (isZoneWord(word)) {
    if ((!parsedHasTime && numberCount + (monthWord ? 1 : 0) != 3) || parsedHasZone) return PARSE_SYNTAX;
    parsedHasZone = true;
    parsedZone = (<i64>word - <i64>WORD_ZONE) * 3600;
    return PARSE_DONE;
  }
  if (word == WORD_AM || word == WORD_PM) {
    if (!parsedHasTime) return PARSE_SYNTAX;
    half = word;
    return PARSE_DONE;
  }
  if (word == WORD_BC || word == WORD_AD) {
    beforeChrist = word == WORD_BC;
    return PARSE_DONE;
  }
  if (word == WORD_T) return numberCount == 3 || (monthWord && numberCount == 2) ? PARSE_DONE : PARSE_SYNTAX;
  if (parsedWord || numberCount || word < WORD_INFINITY || word > WORD_YESTERDAY) return PARSE_SYNTAX;
  parsedWord = word;
  return PARSE_DONE;
}

function takeMonth(month: u32): u32 {
  if (monthWord || numberCount > 2) return PARSE_SYNTAX;
  monthWord = month;
  monthPlace = numberCount;
  const next: u32 = position < end ? load<u8>(position) : 0;
  if (next == MINUS || next == SLASH || next == POINT) position++;
  return PARSE_DONE;
}

function numberAt(index: u32): i64 {
  return load<i64>(numbers + ((<usize>index) << 3));
}

function digitsAt(index: u32): u32 {
  return load<u32>(digitCounts + ((<usize>index) << 2));
}

/** Makes a date of the numbers, and looks whether all is in its range. */
function conclude(): u32 {
  if (parsedWord) return PARSE_DONE;
  if (half) {
    const hour = parsedTime / MICROSECONDS_PER_HOUR;
    if (hour > 12) wrongTime = true;
    if (half == WORD_PM && hour < 12) parsedTime += 12 * MICROSECONDS_PER_HOUR;
    if (half == WORD_AM && hour == 12) parsedTime -= 12 * MICROSECONDS_PER_HOUR;
  }
  if (numberCount || monthWord) {
    const result = concludeDate();
    if (result != PARSE_DONE) return result;
  }
  if (wrongTime) return PARSE_FIELD;
  return parsedHasDate || parsedHasTime ? PARSE_DONE : PARSE_SYNTAX;
}

function concludeDate(): u32 {
  if (numberCount + (monthWord ? 1 : 0) != 3) return PARSE_SYNTAX;
  let yearIndex: u32 = 0;
  let month: i64 = monthWord;
  let day: i64 = 0;
  if (monthWord) {
    // The year is the number of more than two digits, or else the second one.
    yearIndex = digitsAt(0) > 2 && monthPlace < 2 ? 0 : 1;
    day = numberAt(1 - yearIndex);
  } else if (digitsAt(0) > 2) {
    month = numberAt(1);
    day = numberAt(2);
  } else {
    yearIndex = 2;
    month = numberAt(0);
    day = numberAt(1);
  }
  let year = numberAt(yearIndex);
  if (digitsAt(yearIndex) <= 2 && !beforeChrist) year += year < 70 ? 2000 : 1900;
  if (!year && !beforeChrist) return PARSE_FIELD;
  if (beforeChrist) {
    if (year <= 0) return PARSE_FIELD;
    year = 1 - year;
  }
  if (month < 1 || month > 12 || day < 1 || year > 6000000) return PARSE_FIELD;
  if (day > daysInMonth(year, month)) return PARSE_FIELD;
  parsedHasDate = true;
  parsedDays = daysFromCivil(year, month, day);
  return PARSE_DONE;
}
