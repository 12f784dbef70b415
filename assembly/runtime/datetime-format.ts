/**
 * to_char, to_date and to_timestamp for plans, after the patterns of value/datetime-pattern.ts.
 *
 * to_char takes a moment apart once, then prints piece after piece. Reading goes the same way over both texts: fields take digits (all
 * there are, or where another field follows at once no more than their width), names in any case; other characters of the
 * format skip one of the text that is no letter or digit. What is not given is the first of its range; PostgreSQL 16's checks of
 * contradicting fields are not made.
 */
import { CELL_ZONE, SLOT_NONE, SLOT_TEXT } from "../abi/record";
import {
  RUNTIME_ERROR_DATETIME_FIELD,
  RUNTIME_ERROR_FORMAT_HOUR,
  RUNTIME_ERROR_FORMAT_UNSUPPORTED,
  RUNTIME_ERROR_FORMAT_VALUE,
} from "../abi/runtime-error";
import { lowerByte } from "../bytes/lower";
import { builderReset, builderWord, putByte, putInteger, putPadded } from "../value/builder";
import {
  JULIAN_EPOCH,
  civilDay,
  civilFromDays,
  civilMonth,
  civilYear,
  dayOf,
  dayOfWeek,
  daysFromCivil,
  daysInMonth,
  isInfinite,
  isoWeek,
  isoYear,
  isoYearStart,
  timeOf,
  timestampFits,
  timestampOf,
} from "../value/calendar";
import { cells, failWith, hasFailed, setTag } from "../value/cells";
import {
  CASE_LOWER,
  CASE_UPPER,
  FORMAT_CENTURY,
  FORMAT_DAY,
  FORMAT_DAY_NAME,
  FORMAT_DAY_OF_WEEK,
  FORMAT_DAY_OF_YEAR,
  FORMAT_DAY_SHORT,
  FORMAT_ERA,
  FORMAT_ERA_POINTS,
  FORMAT_FRACTION,
  FORMAT_HALF,
  FORMAT_HALF_POINTS,
  FORMAT_HOUR12,
  FORMAT_HOUR24,
  FORMAT_ISO_DAY_OF_WEEK,
  FORMAT_ISO_DAY_OF_YEAR,
  FORMAT_ISO_WEEK,
  FORMAT_ISO_YEAR1,
  FORMAT_ISO_YEAR2,
  FORMAT_ISO_YEAR3,
  FORMAT_ISO_YEAR4,
  FORMAT_JULIAN,
  FORMAT_MICROSECOND,
  FORMAT_MILLISECOND,
  FORMAT_MINUTE,
  FORMAT_MONTH,
  FORMAT_MONTH_NUMBER,
  FORMAT_MONTH_SHORT,
  FORMAT_QUARTER,
  FORMAT_ROMAN,
  FORMAT_SECOND,
  FORMAT_SECONDS,
  FORMAT_WEEK,
  FORMAT_WEEK_OF_MONTH,
  FORMAT_YEAR1,
  FORMAT_YEAR2,
  FORMAT_YEAR3,
  FORMAT_YEAR4,
  FORMAT_YEAR_COMMA,
  FORMAT_ZONE_HOUR,
  FORMAT_ZONE_MINUTE,
  FORMAT_ZONE_NAME,
  FORMAT_ZONE_OFFSET,
  beginFormat,
  digitsFollow,
  findDateName,
  foundLength,
  nextPiece,
  pieceCase,
  pieceCharacter,
  pieceBytes,
  pieceDigits,
  pieceField,
  pieceFilled,
  pieceOrdinal,
  pieceStart,
  putDateName,
} from "../value/datetime-pattern";
import {
  MICROSECONDS_PER_HOUR,
  MICROSECONDS_PER_MINUTE,
  MICROSECONDS_PER_SECOND,
  intervalDays,
  intervalMicroseconds,
  intervalMonths,
} from "../value/interval";
import { isBlank } from "../value/keyword";
import { SPILL_FIRST, SPILL_SECOND, wordBytes, wordLength, wordOf, wordPart } from "../value/word";
import { timestamp_from_timestamptz, timestamptz_from_timestamp } from "./datetime";

/** The moment that is printed, or what was read of one. */
let year: i64 = 0;
let month: i64 = 0;
let day: i64 = 0;
let days: i64 = 0;
let time: i64 = 0;
let zone: i64 = 0;
let zoned: bool = false;
let timed: bool = false;

// Printing -------------------------------------------------------------------------------------------------------------

/** to_char(timestamp, format); NULL of an infinity. */
export function timestamp_to_char(value: i64, format: u64): u64 {
  return print(value, format, false);
}

export function timestamptz_to_char(value: i64, format: u64): u64 {
  return print(isInfinite(value) ? value : timestamp_from_timestamptz(value), format, true);
}

function print(value: i64, format: u64, hasZone: bool): u64 {
  setTag(isInfinite(value) || !wordLength(format) ? SLOT_NONE : SLOT_TEXT);
  if (isInfinite(value)) return 0;
  days = dayOf(value);
  civilFromDays(days);
  year = civilYear;
  month = civilMonth;
  day = civilDay;
  time = timeOf(value);
  zone = hasZone ? load<i64>(cells, CELL_ZONE) : 0;
  zoned = hasZone;
  timed = true;
  return printPieces(format);
}

/** to_char(interval, format): hours are not limited, months and days are those of the interval. */
export function interval_to_char(value: u64, format: u64): u64 {
  const months = <i64>intervalMonths(value);
  setTag(wordLength(format) ? SLOT_TEXT : SLOT_NONE);
  year = months / 12;
  month = months % 12;
  day = intervalDays(value);
  days = day;
  time = intervalMicroseconds(value);
  zoned = false;
  timed = false;
  return printPieces(format);
}

function printPieces(format: u64): u64 {
  builderReset();
  beginFormat(wordBytes(format, SPILL_FIRST), wordLength(format));
  while (nextPiece() && !hasFailed()) {
    if (!pieceField) putByte(pieceCharacter);
    else if (!putTimeField() && !putDateField()) failWith(RUNTIME_ERROR_FORMAT_UNSUPPORTED, format, 0);
  }
  return builderWord();
}

/** A number of the piece: padded with zeros unless FM, with its ordinal suffix. */
function putNumber(value: i64, width: u32): void {
  if (value < 0) putByte(45);
  const magnitude = value < 0 ? -value : value;
  if (pieceFilled) putPadded(magnitude, width);
  else putInteger(magnitude);
  if (!pieceOrdinal) return;
  const last = magnitude % 10;
  const teen = (magnitude / 10) % 10 == 1;
  const suffix: u32 = teen || last > 3 || !last ? 0x6874 : last == 1 ? 0x7473 : last == 2 ? 0x646e : 0x6472;
  const change: u32 = pieceOrdinal == CASE_UPPER + 1 ? 32 : 0;
  putByte((suffix & 255) - change);
  putByte((suffix >> 8) - change);
}

/** Fields of the time of the day and the zone; false: the piece is none. */
function putTimeField(): bool {
  const hour = time / MICROSECONDS_PER_HOUR;
  const fraction = time % MICROSECONDS_PER_SECOND;
  switch (pieceField) {
    case FORMAT_HOUR24:
      putNumber(hour, 2);
      break;
    case FORMAT_HOUR12:
      putNumber(hour % 12 == 0 ? 12 : hour % 12, 2);
      break;
    case FORMAT_MINUTE:
      putNumber((time / MICROSECONDS_PER_MINUTE) % 60, 2);
      break;
    case FORMAT_SECOND:
      putNumber((time / MICROSECONDS_PER_SECOND) % 60, 2);
      break;
    case FORMAT_MILLISECOND:
      putNumber(fraction / 1000, 3);
      break;
    case FORMAT_MICROSECOND:
      putNumber(fraction, 6);
      break;
    case FORMAT_FRACTION:
      putFraction(fraction);
      break;
    case FORMAT_SECONDS:
      putNumber(time / MICROSECONDS_PER_SECOND, 1);
      break;
    case FORMAT_HALF:
    case FORMAT_HALF_POINTS:
      putHalf(hour % 24 >= 12, pieceField == FORMAT_HALF_POINTS);
      break;
    default:
      return zoned && putZone();
  }
  return true;
}

/** The first digits of the fraction of a second. */
function putFraction(fraction: i64): void {
  let divisor: i64 = 1;
  for (let digits = pieceDigits; digits < 6; digits++) divisor *= 10;
  putPadded(fraction / divisor, pieceDigits);
}

function putHalf(afternoon: bool, points: bool): void {
  const change: u32 = pieceCase == CASE_LOWER ? 0 : 32;
  putByte((afternoon ? 112 : 97) - change);
  if (points) putByte(46);
  putByte(109 - change);
  if (points) putByte(46);
}

function putZone(): bool {
  const seconds = zone < 0 ? -zone : zone;
  if (pieceField == FORMAT_ZONE_NAME) {
    if (!zone) {
      const change: u32 = pieceCase == CASE_LOWER ? 0 : 32;
      putByte(117 - change);
      putByte(116 - change);
      putByte(99 - change);
    }
    return true;
  }
  if (pieceField == FORMAT_ZONE_MINUTE) {
    putPadded((seconds / 60) % 60, 2);
    return true;
  }
  if (pieceField != FORMAT_ZONE_HOUR && pieceField != FORMAT_ZONE_OFFSET) return false;
  putByte(zone < 0 ? 45 : 43);
  putPadded(seconds / 3600, 2);
  if (pieceField == FORMAT_ZONE_OFFSET && (seconds / 60) % 60) {
    putByte(58);
    putPadded((seconds / 60) % 60, 2);
  }
  return true;
}

/** The year as the piece wants it: of ISO weeks or not; years before 1 AD count from 1 BC. */
function yearOfPiece(iso: bool): i64 {
  const value = iso ? isoYear(days) : year;
  return value <= 0 && timed ? 1 - value : value;
}

/** Fields of a date; false: the piece is none. */
function putDateField(): bool {
  switch (pieceField) {
    case FORMAT_YEAR4:
      putNumber(yearOfPiece(false), 4);
      break;
    case FORMAT_YEAR3:
      putNumber(yearOfPiece(false) % 1000, 3);
      break;
    case FORMAT_YEAR2:
      putNumber(yearOfPiece(false) % 100, 2);
      break;
    case FORMAT_YEAR1:
      putNumber(yearOfPiece(false) % 10, 1);
      break;
    case FORMAT_YEAR_COMMA:
      putInteger(yearOfPiece(false) / 1000);
      putByte(44);
      putPadded(yearOfPiece(false) % 1000, 3);
      break;
    case FORMAT_ISO_YEAR4:
      putNumber(yearOfPiece(true), 4);
      break;
    case FORMAT_ISO_YEAR3:
      putNumber(yearOfPiece(true) % 1000, 3);
      break;
    case FORMAT_ISO_YEAR2:
      putNumber(yearOfPiece(true) % 100, 2);
      break;
    case FORMAT_ISO_YEAR1:
      putNumber(yearOfPiece(true) % 10, 1);
      break;
    case FORMAT_MONTH_NUMBER:
      putNumber(month, 2);
      break;
    case FORMAT_DAY:
      putNumber(day, 2);
      break;
    case FORMAT_QUARTER:
      if (month) putNumber((month - 1) / 3 + 1, 1);
      break;
    case FORMAT_CENTURY:
      putNumber(year > 0 ? (year + 99) / 100 : year / 100 - 1, 2);
      break;
    case FORMAT_JULIAN:
      putNumber(days + JULIAN_EPOCH, 1);
      break;
    default:
      return putNamedField();
  }
  return true;
}

/** Names, eras and places in the week or year. */
function putNamedField(): bool {
  const weekday = dayOfWeek(days);
  const dayOfYear = days - daysFromCivil(year, 1, 1) + 1;
  switch (pieceField) {
    case FORMAT_MONTH:
    case FORMAT_MONTH_SHORT:
      if (month > 0) putDateName(<u32>month - 1, pieceField == FORMAT_MONTH_SHORT, pieceCase, pieceFilled);
      break;
    case FORMAT_DAY_NAME:
    case FORMAT_DAY_SHORT:
      putDateName(12 + <u32>weekday, pieceField == FORMAT_DAY_SHORT, pieceCase, pieceFilled);
      break;
    case FORMAT_DAY_OF_YEAR:
      putNumber(dayOfYear, 3);
      break;
    case FORMAT_ISO_DAY_OF_YEAR:
      putNumber(days - isoYearStart(isoYear(days)) + 1, 3);
      break;
    case FORMAT_DAY_OF_WEEK:
      putNumber(weekday + 1, 1);
      break;
    case FORMAT_ISO_DAY_OF_WEEK:
      putNumber(weekday ? weekday : 7, 1);
      break;
    case FORMAT_WEEK_OF_MONTH:
      putNumber((day - 1) / 7 + 1, 1);
      break;
    case FORMAT_WEEK:
      putNumber((dayOfYear - 1) / 7 + 1, 2);
      break;
    case FORMAT_ISO_WEEK:
      putNumber(isoWeek(days), 2);
      break;
    case FORMAT_ERA:
    case FORMAT_ERA_POINTS:
      putEra();
      break;
    case FORMAT_ROMAN:
      putRoman();
      break;
    default:
      return false;
  }
  return true;
}

function putEra(): void {
  const change: u32 = pieceCase == CASE_LOWER ? 0 : 32;
  putByte((year > 0 ? 97 : 98) - change);
  if (pieceField == FORMAT_ERA_POINTS) putByte(46);
  putByte((year > 0 ? 100 : 99) - change);
  if (pieceField == FORMAT_ERA_POINTS) putByte(46);
}

/** The months as Roman numerals, padded to four. */
const ROMAN: usize = memory.data<u32>([0x69, 0x6969, 0x696969, 0x7669, 0x76, 0x6976, 0x696976, 0x69696976, 0x7869, 0x78, 0x6978, 0x696978]);

function putRoman(): void {
  if (month < 1) return;
  let letters = load<u32>(ROMAN + ((<usize>month - 1) << 2));
  let count = 0;
  for (; letters; letters >>= 8) {
    putByte((letters & 255) - (pieceCase == CASE_LOWER ? 0 : 32));
    count++;
  }
  if (pieceFilled) for (; count < 4; count++) putByte(32);
}

// Reading --------------------------------------------------------------------------------------------------------------

/** No limit to the bytes of a word in a message. */
const WORD_MAX: u32 = 0xffffffff;
/** Pairs of letters. */
const AM: u32 = 0x616d;
const PM: u32 = 0x706d;
const AD: u32 = 0x6164;
const BC: u32 = 0x6263;

let text: u64 = 0;
let position: usize = 0;
let limit: usize = 0;
let afternoon: u32 = 0;
let beforeChrist: bool = false;
let dayOfYear: i64 = 0;
let julian: i64 = 0;
let isoYearRead: i64 = 0;
let isoWeekRead: i64 = 0;
let isoDayRead: i64 = 0;
let centuryRead: i64 = 0;

/** to_date(text, format). */
export function date_from_format(value: u64, format: u64): i64 {
  read(value, format);
  return hasFailed() ? 0 : readDays();
}

/** to_timestamp(text, format). */
export function timestamptz_from_format(value: u64, format: u64): i64 {
  read(value, format);
  if (hasFailed()) return 0;
  const local = timestampOf(readDays(), time);
  if (hasFailed() || !timestampFits) return outOfRange();
  return zoned ? local - zone * MICROSECONDS_PER_SECOND : timestamptz_from_timestamp(local);
}

function outOfRange(): i64 {
  failWith(RUNTIME_ERROR_DATETIME_FIELD, text, 0);
  return 0;
}

function read(value: u64, format: u64): void {
  text = value;
  position = wordBytes(value, SPILL_SECOND);
  limit = position + wordLength(value);
  year = 0;
  month = 0;
  day = 0;
  time = 0;
  zone = 0;
  zoned = false;
  afternoon = 0;
  isHalf = false;
  beforeChrist = false;
  dayOfYear = 0;
  julian = 0;
  isoYearRead = 0;
  isoWeekRead = 0;
  isoDayRead = 0;
  centuryRead = 0;
  beginFormat(wordBytes(format, SPILL_FIRST), wordLength(format));
  skipBlanks();
  while (nextPiece() && !hasFailed()) {
    if (pieceField) {
      skipBlanks();
      if (position == limit) break;
      fieldStart = pieceStart;
      fieldBytes = pieceBytes;
      readField();
    } else skipCharacter();
  }
  if (isHalf && !hasFailed()) readClock();
}

/** The field that is read, as the format has it. */
let fieldStart: usize = 0;
let fieldBytes: u32 = 0;
/** The format counts hours to twelve. */
let isHalf: bool = false;

/** Hours of a clock of twelve. */
function readClock(): void {
  const hour = time / MICROSECONDS_PER_HOUR;
  if (hour < 1 || hour > 12) {
    builderReset();
    putInteger(hour);
    failWith(RUNTIME_ERROR_FORMAT_HOUR, builderWord(), 0);
    return;
  }
  if (afternoon == 2 && hour < 12) time += 12 * MICROSECONDS_PER_HOUR;
  if (afternoon != 2 && hour == 12) time -= 12 * MICROSECONDS_PER_HOUR;
}

function skipBlanks(): void {
  while (position < limit && isBlank(load<u8>(position))) position++;
}

/** A character of the format that is no field: a separator takes one of the text, a letter takes any. */
function skipCharacter(): void {
  if (position == limit) return;
  const byte = <u32>load<u8>(position);
  const isWord = byte - 48 < 10 || (byte | 32) - 97 < 26 || byte > 127;
  const wanted = pieceCharacter - 48 < 10 || (pieceCharacter | 32) - 97 < 26 || pieceCharacter > 127;
  if (wanted) position++;
  else if (isBlank(pieceCharacter)) skipBlanks();
  else if (!isWord && byte != 45 && byte != 43) position++;
  else if (!isWord && byte == pieceCharacter) position++;
  else if (!isWord && pieceCharacter != 32) position++;
}

/** Digits, at most so many where another field follows at once. */
function readNumber(width: u32): i64 {
  const most: u32 = digitsFollow() ? width : 18;
  const start = position;
  let value: i64 = 0;
  const negative = position < limit && <u32>load<u8>(position) == 45;
  if (negative || (position < limit && <u32>load<u8>(position) == 43)) position++;
  const first = position;
  while (position < limit && <u32>(position - first) < most && <u32>load<u8>(position) - 48 < 10) {
    value = value * 10 + <i64>(<u32>load<u8>(position) - 48);
    position++;
  }
  readDigits = <u32>(position - first);
  if (!readDigits) wrong(start, width);
  return negative ? -value : value;
}

let readDigits: u32 = 0;

/** What stands there, of so many bytes or up to a blank, is not what the field wants. */
function wrong(start: usize, width: u32): void {
  let count: u32 = 0;
  while (start + count < limit && count < width && !isBlank(load<u8>(start + count))) count++;
  const bytes = wordBytes(text, SPILL_SECOND);
  failWith(RUNTIME_ERROR_FORMAT_VALUE, wordPart(bytes, <u32>(start - bytes), count), wordOf(fieldStart, fieldBytes));
}

function readBounded(width: u32, most: i64): i64 {
  const value = readNumber(width);
  if (value < 0 || value > most) outOfRange();
  return value;
}

function readField(): void {
  switch (pieceField) {
    case FORMAT_YEAR4:
      year = readNumber(4);
      if (year < 0) {
        year = -year;
        beforeChrist = true;
      }
      break;
    case FORMAT_YEAR_COMMA: {
      const thousands = readNumber(3);
      if (position < limit && <u32>load<u8>(position) == 44) position++;
      year = thousands * 1000 + readNumber(3);
      break;
    }
    case FORMAT_YEAR3:
    case FORMAT_YEAR2:
    case FORMAT_YEAR1:
      year = readNumber(pieceField == FORMAT_YEAR3 ? 3 : pieceField == FORMAT_YEAR2 ? 2 : 1);
      if (readDigits < 4) year += year < 70 ? 2000 : year < 100 ? 1900 : year < 520 ? 2000 : 1000;
      break;
    case FORMAT_MONTH_NUMBER:
      month = readBounded(2, 12);
      if (!month) outOfRange();
      break;
    case FORMAT_DAY:
      day = readBounded(2, 31);
      if (!day) outOfRange();
      break;
    case FORMAT_MONTH:
    case FORMAT_MONTH_SHORT:
      month = readName(0, 12, pieceField == FORMAT_MONTH_SHORT) + 1;
      break;
    case FORMAT_DAY_NAME:
    case FORMAT_DAY_SHORT:
      readName(12, 7, pieceField == FORMAT_DAY_SHORT);
      break;
    case FORMAT_DAY_OF_YEAR:
      dayOfYear = readBounded(3, 366);
      break;
    case FORMAT_JULIAN:
      julian = readNumber(9);
      break;
    case FORMAT_CENTURY:
      centuryRead = readNumber(2);
      break;
    case FORMAT_ISO_YEAR4:
      isoYearRead = readNumber(4);
      break;
    case FORMAT_ISO_WEEK:
      isoWeekRead = readBounded(2, 53);
      break;
    case FORMAT_ISO_DAY_OF_WEEK:
      isoDayRead = readBounded(1, 7);
      break;
    default:
      readTimeField();
  }
}

function readName(first: u32, count: u32, short: bool): i64 {
  const index = findDateName(position, limit, first, count, short);
  if (index < 0) wrong(position, WORD_MAX);
  else position += foundLength;
  return index;
}

function readTimeField(): void {
  switch (pieceField) {
    case FORMAT_HOUR24:
      time += readBounded(2, 24) * MICROSECONDS_PER_HOUR;
      break;
    case FORMAT_HOUR12:
      isHalf = true;
      time += readBounded(2, 24) * MICROSECONDS_PER_HOUR;
      break;
    case FORMAT_MINUTE:
      time += readBounded(2, 59) * MICROSECONDS_PER_MINUTE;
      break;
    case FORMAT_SECOND:
      time += readBounded(2, 60) * MICROSECONDS_PER_SECOND;
      break;
    case FORMAT_SECONDS:
      time += readBounded(5, 86400) * MICROSECONDS_PER_SECOND;
      break;
    case FORMAT_MILLISECOND:
      readFraction(3);
      break;
    case FORMAT_MICROSECOND:
      readFraction(6);
      break;
    case FORMAT_FRACTION:
      readFraction(pieceDigits);
      break;
    case FORMAT_HALF:
    case FORMAT_HALF_POINTS:
      isHalf = true;
      afternoon = readPair(pieceField == FORMAT_HALF_POINTS, AM, PM);
      break;
    case FORMAT_ERA:
    case FORMAT_ERA_POINTS:
      beforeChrist = readPair(pieceField == FORMAT_ERA_POINTS, AD, BC) == 2;
      break;
    case FORMAT_ZONE_HOUR:
      zoned = true;
      zone += readNumber(2) * 3600;
      break;
    case FORMAT_ZONE_MINUTE: {
      const minutes = readBounded(2, 59) * 60;
      zone += zone < 0 ? -minutes : minutes;
      break;
    }
    default:
      readNumber(2);
  }
}

/** Two letters, each with a point behind it or none: 1 for the first pair, 2 for the other. */
function readPair(pointed: bool, first: u32, other: u32): u32 {
  const start = position;
  const letter = takeLetter(pointed);
  const pair = (letter << 8) | takeLetter(pointed);
  if (pair == first) return 1;
  if (pair == other) return 2;
  wrong(start, WORD_MAX);
  return 0;
}

/** Takes a letter, in lower case; 0: there is none, or not the point behind it. */
function takeLetter(pointed: bool): u32 {
  if (position == limit) return 0;
  const letter = lowerByte(load<u8>(position++));
  if (!pointed) return letter;
  return position < limit && <u32>load<u8>(position++) == 46 ? letter : 0;
}

/** Digits behind the point: the first of them are tenths. */
function readFraction(width: u32): void {
  const value = readNumber(width);
  let scaled = value;
  for (let digits = readDigits; digits < 6; digits++) scaled *= 10;
  for (let digits = readDigits; digits > 6; digits--) scaled /= 10;
  time += scaled;
}

/** The day that was read. */
function readDays(): i64 {
  if (julian) return julian - JULIAN_EPOCH;
  if (isoYearRead && isoWeekRead) return isoYearStart(isoYearRead) + (isoWeekRead - 1) * 7 + (isoDayRead ? isoDayRead - 1 : 0);
  if (centuryRead && !year) year = (centuryRead - 1) * 100 + 1;
  const given = beforeChrist ? 1 - (year ? year : 1) : year;
  if (dayOfYear) return daysFromCivil(given, 1, 1) + dayOfYear - 1;
  const ofMonth = month ? month : 1;
  const ofDay = day ? day : 1;
  if (ofDay > daysInMonth(given, ofMonth) || given > 5874897) return outOfRange();
  return daysFromCivil(given, ofMonth, ofDay);
}
