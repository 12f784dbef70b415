/**
 * Text to intervals: `1 year 2 mons -3 days 04:05:06.7 ago`, `P1Y2M3DT4H5M6S`, `1-2` (years and months), a number alone for
 * seconds. Fractions of a unit go to the smaller ones, as PostgreSQL spreads them.
 */
import { unitNamed, UNIT_CENTURY, UNIT_DAY, UNIT_DECADE, UNIT_HOUR, UNIT_MICROSECOND, UNIT_MILLENNIUM } from "./datetime-word";
import { UNIT_MILLISECOND, UNIT_MINUTE, UNIT_MONTH, UNIT_QUARTER, UNIT_SECOND, UNIT_WEEK, UNIT_YEAR } from "./datetime-word";
import { MICROSECONDS_PER_DAY, MICROSECONDS_PER_HOUR, MICROSECONDS_PER_MINUTE, MICROSECONDS_PER_SECOND } from "./interval";
import { isBlank } from "./keyword";
import { SPILL_FIRST, wordBytes, wordLength } from "./word";

export let parsedMonths: f64 = 0;
export let parsedSpanDays: f64 = 0;
export let parsedMicroseconds: f64 = 0;

let position: usize = 0;
let end: usize = 0;
let integer: i64 = 0;
let fraction: f64 = 0;
let negative: bool = false;
let hasFraction: bool = false;
let tokens: u32 = 0;

/** Whether the text is an interval; its parts are in `parsed...`, as doubles since they may be too large. */
export function parseInterval(text: u64): bool {
  position = wordBytes(text, SPILL_FIRST);
  end = position + wordLength(text);
  parsedMonths = 0;
  parsedSpanDays = 0;
  parsedMicroseconds = 0;
  tokens = 0;
  skip();
  if (position < end && ((<u32>load<u8>(position)) | 32) == 112) return parseIso();
  while (position < end) {
    if (!readPart()) return false;
    skip();
  }
  return tokens > 0;
}

function skip(): void {
  while (position < end && (isBlank(load<u8>(position)) || <u32>load<u8>(position) == 64 || <u32>load<u8>(position) == 44)) position++;
}

/** A number with its sign and fraction. */
function readNumber(): bool {
  negative = false;
  if (position < end && (<u32>load<u8>(position) == 45 || <u32>load<u8>(position) == 43)) negative = <u32>load<u8>(position++) == 45;
  integer = 0;
  fraction = 0;
  let digits = 0;
  for (; position < end && <u32>load<u8>(position) - 48 < 10; position++) {
    if (digits < 18) integer = integer * 10 + <i64>(<u32>load<u8>(position) - 48);
    digits++;
  }
  hasFraction = position < end && <u32>load<u8>(position) == 46;
  if (hasFraction) {
    position++;
    let value: f64 = 0;
    let scale: f64 = 1;
    for (; position < end && <u32>load<u8>(position) - 48 < 10; position++) {
      digits++;
      if (scale < 1e15) {
        value = value * 10 + <f64>(<u32>load<u8>(position) - 48);
        scale *= 10;
      }
    }
    fraction = value / scale;
  }
  if (negative) {
    integer = -integer;
    fraction = -fraction;
  }
  return digits > 0 && digits < 19;
}

function readPart(): bool {
  const byte = <u32>load<u8>(position);
  if ((byte | 32) - 97 < 26) return readAgo();
  if (!readNumber()) return false;
  tokens++;
  const next: u32 = position < end ? load<u8>(position) : 0;
  if (next == 58) return readClock();
  if (next == 45 && !hasFraction && position + 1 < end && <u32>load<u8>(position, 1) - 48 < 10) return readYearMonth();
  skip();
  const start = position;
  while (position < end && ((<u32>load<u8>(position)) | 32) - 97 < 26) position++;
  if (position == start) return takeUnnamed();
  const unit = unitNamed(start, position);
  return unit != 0 && unit <= UNIT_MILLENNIUM && addUnits(unit);
}

/** A number without unit: days before a time of the day, else seconds. */
function takeUnnamed(): bool {
  let ahead = position;
  while (ahead < end && <u32>load<u8>(ahead) != 58) ahead++;
  return addUnits(ahead < end ? UNIT_DAY : UNIT_SECOND);
}

function readAgo(): bool {
  if (!tokens || end - position < 3) return false;
  if (((load<u32>(position - 1) >> 8) | 0x202020) != 0x6f6761) return false;
  position += 3;
  parsedMonths = -parsedMonths;
  parsedSpanDays = -parsedSpanDays;
  parsedMicroseconds = -parsedMicroseconds;
  skip();
  return position == end;
}

/** hours:minutes[:seconds] behind the hours just read. */
function readClock(): bool {
  const minus = negative;
  let total = <f64>(minus ? -integer : integer) * <f64>MICROSECONDS_PER_HOUR;
  position++;
  if (!readNumber() || integer > 59) return false;
  if (position < end && <u32>load<u8>(position) == 58) {
    total += <f64>integer * <f64>MICROSECONDS_PER_MINUTE;
    position++;
    if (!readNumber() || integer > 60) return false;
    total += <f64>integer * <f64>MICROSECONDS_PER_SECOND + nearest(fraction * <f64>MICROSECONDS_PER_SECOND);
  } else if (hasFraction) {
    // minutes:seconds.fraction
    total = total / 60 + <f64>integer * <f64>MICROSECONDS_PER_SECOND + nearest(fraction * <f64>MICROSECONDS_PER_SECOND);
  } else total += <f64>integer * <f64>MICROSECONDS_PER_MINUTE;
  parsedMicroseconds += minus ? -total : total;
  return true;
}

/** years-months. */
function readYearMonth(): bool {
  const years = integer;
  const minus = negative;
  position++;
  if (!readNumber() || integer > 11 || hasFraction) return false;
  parsedMonths += <f64>(years * 12 + (minus ? -integer : integer));
  return true;
}

/** Half to even, as rint. */
export function nearest(value: f64): f64 {
  return Math.round(value) - value == 0.5 && Math.round(value) % 2 != 0 ? Math.round(value) - 1 : Math.round(value);
}

function addTime(unit: i64): void {
  parsedMicroseconds += <f64>integer * <f64>unit + nearest(fraction * <f64>unit);
}

function addDays(days: f64): void {
  const whole = Math.trunc(days);
  parsedSpanDays += whole;
  parsedMicroseconds += nearest((days - whole) * <f64>MICROSECONDS_PER_DAY);
}

function addYears(years: i64): void {
  parsedMonths += <f64>(integer * years * 12) + nearest(fraction * <f64>years * 12);
}

function addUnits(unit: u32): bool {
  switch (unit) {
    case UNIT_MICROSECOND:
      addTime(1);
      break;
    case UNIT_MILLISECOND:
      addTime(1000);
      break;
    case UNIT_SECOND:
      addTime(MICROSECONDS_PER_SECOND);
      break;
    case UNIT_MINUTE:
      addTime(MICROSECONDS_PER_MINUTE);
      break;
    case UNIT_HOUR:
      addTime(MICROSECONDS_PER_HOUR);
      break;
    case UNIT_DAY:
      parsedSpanDays += <f64>integer;
      addDays(fraction);
      break;
    case UNIT_WEEK:
      parsedSpanDays += <f64>(integer * 7);
      addDays(fraction * 7);
      break;
    case UNIT_MONTH:
      parsedMonths += <f64>integer;
      addDays(fraction * 30);
      break;
    case UNIT_QUARTER:
      parsedMonths += <f64>(integer * 3);
      break;
    case UNIT_YEAR:
      addYears(1);
      break;
    case UNIT_DECADE:
      addYears(10);
      break;
    case UNIT_CENTURY:
      addYears(100);
      break;
    default:
      addYears(1000);
  }
  return true;
}

/** P1Y2M3W4DT5H6M7.8S */
function parseIso(): bool {
  position++;
  let time = false;
  while (position < end) {
    if (((<u32>load<u8>(position)) | 32) == 116) {
      time = true;
      position++;
    }
    if (!readNumber() || position == end) return false;
    const unit = isoUnit((<u32>load<u8>(position)) | 32, time);
    if (!unit) return false;
    addUnits(unit);
    position++;
    tokens++;
  }
  return tokens > 0;
}

function isoUnit(letter: u32, time: bool): u32 {
  if (letter == 109) return time ? UNIT_MINUTE : UNIT_MONTH;
  if (time) return letter == 104 ? UNIT_HOUR : letter == 115 ? UNIT_SECOND : 0;
  return letter == 121 ? UNIT_YEAR : letter == 119 ? UNIT_WEEK : letter == 100 ? UNIT_DAY : 0;
}
