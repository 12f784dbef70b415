/**
 * Dates and times put together of the fields of a map: a whole value to begin with (`date`, `time`, `datetime`), parts that replace its own,
 * and a time zone. The same makes other values of one value, and truncates.
 *
 * `built...` is what is under way. A date's parts go in one of four ways, as the fields that are there say: week, ordinal day, quarter, month;
 * what is left out is taken from the value to begin with, or is the least.
 *
 * Cost: O(fields).
 */
import { SLOT_INTEGER, SLOT_TEMPORAL, SLOT_TEXT } from "../abi/record";
import { RUNTIME_ERROR_TEMPORAL_FIELD, RUNTIME_ERROR_TEMPORAL_TEXT } from "../abi/runtime-error";
import {
  civilDay,
  civilFromDays,
  civilMonth,
  civilYear,
  daysFromCivil,
  daysInMonth,
  isLeapYear,
  isoWeek,
  isoYear,
  isoYearStart,
} from "./calendar";
import { cells, fail, failWith, hasFailed } from "./cells";
import { itemPayload, itemTag, readItem } from "./cypher-item";
import { afterValue, childCount, fieldValue, firstChild, namePointer, readLength } from "./packed";
import {
  NANOS_PER_DAY,
  NANOS_PER_SECOND,
  SECONDS_PER_DAY,
  TEMPORAL_DATE,
  TEMPORAL_DATETIME,
  TEMPORAL_DURATION,
  TEMPORAL_LOCAL_DATETIME,
  TEMPORAL_LOCAL_TIME,
  TEMPORAL_TIME,
  floorDivide,
  makeDate,
  makeDateTime,
  makeLocalDateTime,
  makeLocalTime,
  makeTime,
  partDays,
  partKind,
  partNanos,
  partOffset,
  partZone,
  quarterStart,
  readTemporal,
  weekDayOf,
} from "./temporal";
import {
  NAME_CENTURY,
  NAME_COUNT,
  NAME_DATE,
  NAME_DATETIME,
  NAME_DAY,
  NAME_DAY_OF_QUARTER,
  NAME_DAY_OF_WEEK,
  NAME_DECADE,
  NAME_EPOCH_MILLIS,
  NAME_EPOCH_SECONDS,
  NAME_HOUR,
  NAME_MICROSECOND,
  NAME_MILLENNIUM,
  NAME_MILLISECOND,
  NAME_MINUTE,
  NAME_MONTH,
  NAME_NANOSECOND,
  NAME_ORDINAL_DAY,
  NAME_QUARTER,
  NAME_SECOND,
  NAME_TIME,
  NAME_TIMEZONE,
  NAME_WEEK,
  NAME_WEEK_YEAR,
  NAME_YEAR,
  nameOf,
} from "./temporal-name";
import {
  daysInQuarter,
  isYear,
  readDate,
  readDays,
  readHasOffset,
  readNanos,
  readOffset,
  readOffsetText,
  readTime,
  readZone,
  weeksInYear,
} from "./temporal-parse";
import { zoneGap, zoneNamed, zoneOffset, zoneOffsetLocal } from "./temporal-zone";
import { SPILL_FIRST, WORD_EMPTY, wordBytes, wordLength, wordPart } from "./word";

export let builtDays: i64 = 0;
export let builtNanos: i64 = 0;
export let builtOffset: i32 = 0;
export let builtZone: u64 = 0;
/** What is known of it. */
export let builtHasDate: bool = false;
export let builtHasTime: bool = false;
export let builtHasPlace: bool = false;

/** Fields of the map by NAME_*: {u32 tag, u32 zero, u64 payload}; tag 0: it is not there. */
const FIELD_BYTES: usize = 16;
const fields: usize = memory.data(1024, 8);

function has(name: u32): bool {
  return load<u32>(fields + <usize>name * FIELD_BYTES) != 0;
}

function fieldOf(name: u32): u64 {
  return load<u64>(fields + <usize>name * FIELD_BYTES, 8);
}

/** Begins with nothing. */
export function buildClear(): void {
  builtDays = 0;
  builtNanos = 0;
  builtOffset = 0;
  builtZone = WORD_EMPTY;
  builtHasDate = false;
  builtHasTime = false;
  builtHasPlace = false;
}

/** Begins with what a clock (CELL_*) shows in UTC. */
export function buildNow(clock: usize): void {
  const now = load<i64>(cells + clock);
  builtDays = floorDivide(now, SECONDS_PER_DAY * 1000000);
  builtNanos = (now - builtDays * SECONDS_PER_DAY * 1000000) * 1000;
  builtOffset = 0;
  builtZone = WORD_EMPTY;
  builtHasDate = true;
  builtHasTime = true;
  builtHasPlace = true;
}

/** Begins with a value. False: it is a duration. */
export function buildFrom(word: u64): bool {
  readTemporal(word);
  buildClear();
  if (partKind == TEMPORAL_DURATION) return false;
  takeDate();
  takeTime();
  return true;
}

function takeDate(): void {
  if (partKind == TEMPORAL_TIME || partKind == TEMPORAL_LOCAL_TIME) return;
  builtDays = partDays;
  builtHasDate = true;
}

function takeTime(): void {
  if (partKind == TEMPORAL_DATE) return;
  builtNanos = partNanos;
  builtHasTime = true;
  if (partKind != TEMPORAL_TIME && partKind != TEMPORAL_DATETIME) return;
  builtOffset = partOffset;
  builtZone = partZone;
  builtHasPlace = true;
}

// Text -----------------------------------------------------------------------------------------------------------------

/** Begins with what a text spells; false: it is of no form that the kind has. */
export function buildText(text: u64, kind: u32): bool {
  buildClear();
  const bytes = wordBytes(text, SPILL_FIRST);
  const length = wordLength(text);
  let split: u32 = 0;
  while (split < length && load<u8>(bytes + split) != 84) split++;
  const isTime = kind == TEMPORAL_TIME || kind == TEMPORAL_LOCAL_TIME;
  if (!isTime) {
    if (!readDate(bytes, split)) return false;
    builtDays = readDays;
    builtHasDate = true;
    if (split == length) return true;
    if (kind == TEMPORAL_DATE) return false;
    split++;
  } else split = split == 0 && length ? 1 : 0;
  if (!readTime(bytes + split, length - split)) return false;
  builtNanos = readNanos;
  builtHasTime = true;
  const isLocal = kind == TEMPORAL_LOCAL_TIME || kind == TEMPORAL_LOCAL_DATETIME;
  if (isLocal) return !readHasOffset && readZone == WORD_EMPTY;
  builtHasPlace = readHasOffset || readZone != WORD_EMPTY;
  builtOffset = readOffset;
  builtZone = readZone;
  if (kind == TEMPORAL_TIME && readZone != WORD_EMPTY) return false;
  // The zone's own offset counts, whatever stands in front of it.
  if (readZone != WORD_EMPTY) settle();
  return true;
}

// Fields ---------------------------------------------------------------------------------------------------------------

/** Reads the fields of a map; false, and an error: one is unknown or of the wrong kind. NULLs are not there. */
export function readFields(map: usize): bool {
  memory.fill(fields, 0, <usize>NAME_COUNT * FIELD_BYTES);
  const count = childCount(map);
  let field = firstChild(map);
  for (let index: u32 = 0; index < count; index++) {
    const value = fieldValue(field);
    const name = nameOf(namePointer(field), readLength(field));
    readItem(value);
    if (itemTag) {
      const isValue = name == NAME_DATE || name == NAME_TIME || name == NAME_DATETIME;
      const wanted: u32 = isValue ? SLOT_TEMPORAL : name == NAME_TIMEZONE ? SLOT_TEXT : SLOT_INTEGER;
      if (!name || itemTag != wanted) return refuseField(field);
      store<u32>(fields + <usize>name * FIELD_BYTES, itemTag);
      store<u64>(fields + <usize>name * FIELD_BYTES, itemPayload, 8);
    }
    field = afterValue(value);
  }
  return true;
}

function refuseField(field: usize): bool {
  failWith(RUNTIME_ERROR_TEMPORAL_FIELD, wordPart(namePointer(field), 0, readLength(field)), 0);
  return false;
}

/** Begins with the whole values among the fields. */
export function buildBase(): void {
  buildClear();
  if (has(NAME_DATETIME)) buildFrom(fieldOf(NAME_DATETIME));
  if (has(NAME_DATE)) {
    readTemporal(fieldOf(NAME_DATE));
    takeDate();
  }
  if (has(NAME_TIME)) {
    readTemporal(fieldOf(NAME_TIME));
    takeTime();
  }
}

/**
 * Applies the fields to what is under way; `kind` is what it shall be. A time zone means the same instant there where there is one, unless
 * `isLocal`. `kept`: nanoseconds above those that fields below a second set.
 */
export function buildFields(kind: u32, isLocal: bool, kept: i64): void {
  keptBelow = kept;
  if (has(NAME_EPOCH_SECONDS) || has(NAME_EPOCH_MILLIS)) {
    buildEpoch();
    return;
  }
  const hadPlace = builtHasPlace;
  if (kind != TEMPORAL_TIME && kind != TEMPORAL_LOCAL_TIME) applyDate();
  if (kind != TEMPORAL_DATE) applyTime();
  if (kind != TEMPORAL_TIME && kind != TEMPORAL_DATETIME) return;
  if (hadPlace) settle();
  if (has(NAME_TIMEZONE)) moveTo(fieldOf(NAME_TIMEZONE), hadPlace && !isLocal);
}

function buildEpoch(): void {
  const seconds = has(NAME_EPOCH_SECONDS) ? <i64>fieldOf(NAME_EPOCH_SECONDS) : floorDivide(<i64>fieldOf(NAME_EPOCH_MILLIS), 1000);
  const millis: i64 = has(NAME_EPOCH_SECONDS) ? 0 : <i64>fieldOf(NAME_EPOCH_MILLIS) - seconds * 1000;
  buildInstant(seconds, millis * 1000000 + subSecond());
  if (has(NAME_TIMEZONE)) moveTo(fieldOf(NAME_TIMEZONE), true);
}

/** Begins with an instant, in UTC. */
export function buildInstant(seconds: i64, nanos: i64): void {
  buildClear();
  builtDays = floorDivide(seconds, SECONDS_PER_DAY);
  builtNanos = (seconds - builtDays * SECONDS_PER_DAY) * NANOS_PER_SECOND + nanos;
  carry();
  builtHasDate = true;
  builtHasTime = true;
  builtHasPlace = true;
}

function carry(): void {
  const days = floorDivide(builtNanos, NANOS_PER_DAY);
  builtDays += days;
  builtNanos -= days * NANOS_PER_DAY;
}

/** A field, or what it is where it is left out; an error where it is out of bounds. */
function part(name: u32, otherwise: i64, least: i64, most: i64): i64 {
  const value = has(name) ? <i64>fieldOf(name) : otherwise;
  if (value >= least && value <= most) return value;
  fail(RUNTIME_ERROR_TEMPORAL_TEXT);
  return least;
}

function applyDate(): void {
  const isNew = !builtHasDate;
  const wantsDate =
    has(NAME_YEAR) ||
    has(NAME_MONTH) ||
    has(NAME_WEEK) ||
    has(NAME_DAY) ||
    has(NAME_DAY_OF_WEEK) ||
    has(NAME_ORDINAL_DAY) ||
    has(NAME_QUARTER) ||
    has(NAME_DAY_OF_QUARTER);
  if (!wantsDate) {
    if (isNew) fail(RUNTIME_ERROR_TEMPORAL_TEXT);
    return;
  }
  if (isNew && !has(NAME_YEAR)) fail(RUNTIME_ERROR_TEMPORAL_TEXT);
  civilFromDays(builtDays);
  const ownYear = civilYear;
  const ownMonth = civilMonth;
  const ownDay = civilDay;
  const year = has(NAME_YEAR) ? <i64>fieldOf(NAME_YEAR) : ownYear;
  builtHasDate = true;
  if (!isYear(year)) fail(RUNTIME_ERROR_TEMPORAL_TEXT);
  else if (has(NAME_WEEK) || has(NAME_DAY_OF_WEEK)) applyWeek(isNew);
  else if (has(NAME_ORDINAL_DAY)) {
    builtDays = daysFromCivil(year, 1, 1) + part(NAME_ORDINAL_DAY, 1, 1, isLeapYear(year) ? 366 : 365) - 1;
  } else if (has(NAME_QUARTER) || has(NAME_DAY_OF_QUARTER)) {
    const ownQuarter = (ownMonth + 2) / 3;
    const quarter = part(NAME_QUARTER, isNew ? 1 : ownQuarter, 1, 4);
    const ownPlace = builtDays - quarterStart(ownYear, ownQuarter) + 1;
    builtDays = quarterStart(year, quarter) + part(NAME_DAY_OF_QUARTER, isNew ? 1 : ownPlace, 1, daysInQuarter(year, quarter)) - 1;
  } else {
    const month = part(NAME_MONTH, isNew ? 1 : ownMonth, 1, 12);
    builtDays = daysFromCivil(year, month, part(NAME_DAY, isNew ? 1 : ownDay, 1, daysInMonth(year, month)));
  }
}

function applyWeek(isNew: bool): void {
  const year = has(NAME_YEAR) ? <i64>fieldOf(NAME_YEAR) : isoYear(builtDays);
  const week = part(NAME_WEEK, isNew ? 1 : isoWeek(builtDays), 1, weeksInYear(year));
  const day = part(NAME_DAY_OF_WEEK, isNew ? 1 : weekDayOf(builtDays), 1, 7);
  builtDays = isoYearStart(year) + (week - 1) * 7 + day - 1;
}

function hasSubSecond(): bool {
  return has(NAME_MILLISECOND) || has(NAME_MICROSECOND) || has(NAME_NANOSECOND);
}

/** Nanoseconds of the fields below a second: each may fill what those above it leave. */
function subSecond(): i64 {
  const hasMillis = has(NAME_MILLISECOND);
  const hasMicros = has(NAME_MICROSECOND);
  const millis = part(NAME_MILLISECOND, 0, 0, 999);
  const micros = part(NAME_MICROSECOND, 0, 0, hasMillis ? 999 : 999999);
  const nanos = part(NAME_NANOSECOND, 0, 0, hasMicros ? 999 : hasMillis ? 999999 : 999999999);
  return millis * 1000000 + micros * 1000 + nanos;
}

function applyTime(): void {
  const seconds = builtNanos / NANOS_PER_SECOND;
  const hour = part(NAME_HOUR, seconds / 3600, 0, 23);
  const minute = part(NAME_MINUTE, (seconds / 60) % 60, 0, 59);
  const second = part(NAME_SECOND, seconds % 60, 0, 59);
  const below = hasSubSecond() ? subSecond() + keptBelow : builtNanos % NANOS_PER_SECOND;
  builtNanos = ((hour * 60 + minute) * 60 + second) * NANOS_PER_SECOND + below;
  builtHasTime = true;
}

/** What truncation has left of a second. */
let keptBelow: i64 = 0;

// Truncation -----------------------------------------------------------------------------------------------------------

/** Cuts what is under way to a unit (NAME_*); false: it has no such unit. */
export function buildTruncated(unit: u32): bool {
  const nanos = nanosOfUnit(unit);
  if (nanos) {
    if (!builtHasTime && unit != NAME_DAY) return builtHasDate;
    builtNanos -= builtNanos % nanos;
    return true;
  }
  if (!builtHasDate) return false;
  civilFromDays(builtDays);
  const years = yearsOfUnit(unit);
  if (years) builtDays = daysFromCivil(floorDivide(civilYear, years) * years, 1, 1);
  else if (unit == NAME_WEEK_YEAR) builtDays = isoYearStart(isoYear(builtDays));
  else if (unit == NAME_QUARTER) builtDays = quarterStart(civilYear, (civilMonth + 2) / 3);
  else if (unit == NAME_MONTH) builtDays = daysFromCivil(civilYear, civilMonth, 1);
  else if (unit == NAME_WEEK) builtDays -= weekDayOf(builtDays) - 1;
  else return false;
  builtNanos = 0;
  return true;
}

function yearsOfUnit(unit: u32): i64 {
  if (unit == NAME_MILLENNIUM) return 1000;
  if (unit == NAME_CENTURY) return 100;
  return unit == NAME_DECADE ? 10 : unit == NAME_YEAR ? 1 : 0;
}

function nanosOfUnit(unit: u32): i64 {
  if (unit == NAME_DAY) return NANOS_PER_DAY;
  if (unit == NAME_HOUR) return 3600 * NANOS_PER_SECOND;
  if (unit == NAME_MINUTE) return 60 * NANOS_PER_SECOND;
  if (unit == NAME_SECOND) return NANOS_PER_SECOND;
  return unit == NAME_MILLISECOND ? 1000000 : unit == NAME_MICROSECOND ? 1000 : 0;
}

// Places ---------------------------------------------------------------------------------------------------------------

function localSeconds(): i64 {
  return builtDays * SECONDS_PER_DAY + builtNanos / NANOS_PER_SECOND;
}

/** Gives a local time the offset that its zone has then. */
export function settle(): void {
  if (builtZone == WORD_EMPTY) return;
  const zone = zoneNamed(builtZone);
  if (!zone) return;
  builtOffset = zoneOffsetLocal(zone, localSeconds());
  builtNanos += zoneGap * NANOS_PER_SECOND;
  carry();
}

/** Gives it another place; `isInstant`: the same instant there, else the same local time. */
export function moveTo(place: u64, isInstant: bool): void {
  const before = builtOffset;
  const isOffset = readOffsetText(wordBytes(place, SPILL_FIRST), wordLength(place));
  builtZone = isOffset ? WORD_EMPTY : place;
  builtHasPlace = true;
  if (!isInstant) {
    builtOffset = isOffset ? readOffset : 0;
    settle();
    return;
  }
  const zone: usize = isOffset ? 0 : zoneNamed(place);
  if (!isOffset && !zone) return;
  builtOffset = isOffset ? readOffset : zoneOffset(zone, localSeconds() - before);
  builtNanos += <i64>(builtOffset - before) * NANOS_PER_SECOND;
  carry();
}

/** The value under way as one of a kind. WORD_EMPTY: it cannot be, or an error. */
export function buildEnd(kind: u32): u64 {
  if (hasFailed()) return WORD_EMPTY;
  const wantsDate = kind != TEMPORAL_TIME && kind != TEMPORAL_LOCAL_TIME;
  if ((wantsDate && !builtHasDate) || (!wantsDate && !builtHasTime)) return WORD_EMPTY;
  if (kind == TEMPORAL_DATE) return makeDate(builtDays);
  if (kind == TEMPORAL_LOCAL_TIME) return makeLocalTime(builtNanos);
  if (kind == TEMPORAL_TIME) return makeTime(builtNanos, builtOffset);
  if (kind == TEMPORAL_LOCAL_DATETIME) return makeLocalDateTime(builtDays, builtNanos);
  return makeDateTime(builtDays, builtNanos, builtOffset, builtZone);
}
