/**
 * Cypher's durations: making them of text and of maps, what lies between two dates or times, and arithmetic with both.
 *
 * Between two values: one without a date takes the other's, one without a time begins with the day, one without a place is where the
 * other is. Months count as far as they are whole, then days, then the rest.
 *
 * Cost: O(bytes of the argument).
 */
import { SLOT_DOUBLE, SLOT_INTEGER, SLOT_JSON, SLOT_TEMPORAL, SLOT_TEXT } from "../abi/record";
import { RUNTIME_ERROR_TEMPORAL_FIELD, RUNTIME_ERROR_TEMPORAL_TEXT, RUNTIME_ERROR_VALUE_OVERFLOW } from "../abi/runtime-error";
import { civilDay, civilFromDays, civilMonth, civilYear, daysFromCivil, daysInMonth } from "../value/calendar";
import { fail, failWith, hasFailed, setTag } from "../value/cells";
import { KIND_DURATION, KIND_MAP, KIND_STRING, KIND_TEMPORAL, isNumberValue, mapBytes, refuse, valueFloat } from "../value/cypher-argument";
import { itemPayload, itemTag, readItem, readValue } from "../value/cypher-item";
import { OPERATION_ADD, OPERATION_DIVIDE, OPERATION_MULTIPLY, OPERATION_SUBTRACT } from "../value/numeric";
import { afterValue, childCount, fieldValue, firstChild, namePointer, readLength } from "../value/packed";
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
  makeDuration,
  makeLocalDateTime,
  makeLocalTime,
  makeTime,
  partDays,
  partKind,
  partMonths,
  partNanos,
  partOffset,
  partSeconds,
  partZone,
  readTemporal,
  temporalKind,
} from "../value/temporal";
import {
  addDays,
  addMonths,
  addNanos,
  addSeconds,
  addWhole,
  durationBegin,
  durationEnd,
  durationOverflow,
  readDuration,
} from "../value/temporal-duration";
import * as names from "../value/temporal-name";
import { zoneGap, zoneNamed, zoneOffset, zoneOffsetLocal } from "../value/temporal-zone";
import { SPILL_FIRST, WORD_EMPTY, wordBytes, wordLength, wordPart } from "../value/word";

function ended(): i64 {
  setTag(SLOT_TEMPORAL);
  if (durationOverflow) fail(RUNTIME_ERROR_VALUE_OVERFLOW);
  return hasFailed() ? 0 : durationEnd();
}

// Making ---------------------------------------------------------------------------------------------------------------

/** duration() of a text, a map, or a duration. */
export function duration_of(tag: i32, payload: i64): i64 {
  setTag(SLOT_TEMPORAL);
  readValue(tag, payload);
  if (itemTag == SLOT_TEMPORAL && temporalKind(itemPayload) == TEMPORAL_DURATION) return itemPayload;
  durationBegin();
  const map = tag == SLOT_JSON ? mapBytes(tag, payload) : 0;
  if (map) readMap(map);
  else if (tag != SLOT_TEXT) refuse(KIND_STRING | KIND_MAP | KIND_DURATION, tag, payload);
  else if (!readDuration(wordBytes(payload, SPILL_FIRST), wordLength(payload))) fail(RUNTIME_ERROR_TEMPORAL_TEXT);
  return ended();
}

function readMap(map: usize): void {
  const count = childCount(map);
  let field = firstChild(map);
  for (let index: u32 = 0; index < count; index++) {
    const value = fieldValue(field);
    const name = names.nameOf(namePointer(field), readLength(field));
    readItem(value);
    const isNumber = itemTag == SLOT_INTEGER || itemTag == SLOT_DOUBLE;
    const fits = itemTag == SLOT_INTEGER ? addInteger(name, itemPayload) : addFloat(name, reinterpret<f64>(itemPayload));
    if (itemTag && (!isNumber || !fits)) failWith(RUNTIME_ERROR_TEMPORAL_FIELD, wordPart(namePointer(field), 0, readLength(field)), 0);
    field = afterValue(value);
  }
}

function addInteger(name: u32, value: i64): bool {
  switch (name) {
    case names.NAME_YEARS:
      addWhole(value * 12, 0, 0, 0);
      return true;
    case names.NAME_QUARTERS:
      addWhole(value * 3, 0, 0, 0);
      return true;
    case names.NAME_MONTHS:
      addWhole(value, 0, 0, 0);
      return true;
    case names.NAME_WEEKS:
      addWhole(0, value * 7, 0, 0);
      return true;
    case names.NAME_DAYS:
      addWhole(0, value, 0, 0);
      return true;
    case names.NAME_HOURS:
      addWhole(0, 0, value * 3600, 0);
      return true;
    case names.NAME_MINUTES:
      addWhole(0, 0, value * 60, 0);
      return true;
    case names.NAME_SECONDS:
      addWhole(0, 0, value, 0);
      return true;
    case names.NAME_MILLISECONDS:
      addWhole(0, 0, value / 1000, (value % 1000) * 1000000);
      return true;
    case names.NAME_MICROSECONDS:
      addWhole(0, 0, value / 1000000, (value % 1000000) * 1000);
      return true;
    case names.NAME_NANOSECONDS:
      addWhole(0, 0, value / NANOS_PER_SECOND, value % NANOS_PER_SECOND);
      return true;
    default:
      return false;
  }
}

function addFloat(name: u32, value: f64): bool {
  switch (name) {
    case names.NAME_YEARS:
      addMonths(value * 12);
      return true;
    case names.NAME_QUARTERS:
      addMonths(value * 3);
      return true;
    case names.NAME_MONTHS:
      addMonths(value);
      return true;
    case names.NAME_WEEKS:
      addDays(value * 7);
      return true;
    case names.NAME_DAYS:
      addDays(value);
      return true;
    case names.NAME_HOURS:
      addSeconds(value * 3600, false);
      return true;
    case names.NAME_MINUTES:
      addSeconds(value * 60, false);
      return true;
    case names.NAME_SECONDS:
      addSeconds(value, false);
      return true;
    case names.NAME_MILLISECONDS:
      addSeconds(value / 1000, false);
      return true;
    case names.NAME_MICROSECONDS:
      addSeconds(value / 1000000, false);
      return true;
    case names.NAME_NANOSECONDS:
      addNanos(value);
      return true;
    default:
      return false;
  }
}

// Between --------------------------------------------------------------------------------------------------------------

/** Units of `duration_between`: all; months; days; seconds. */
const BETWEEN_ALL: i32 = 0;
const BETWEEN_MONTHS: i32 = 1;
const BETWEEN_DAYS: i32 = 2;
const BETWEEN_SECONDS: i32 = 3;

/** The first value, and the second one where the first one is. */
let fromDays: i64 = 0;
let fromNanos: i64 = 0;
let fromOffset: i32 = 0;
let fromZone: u64 = 0;
let toDays: i64 = 0;
let toNanos: i64 = 0;
let toOffset: i32 = 0;
/** Whether both have dates, and whether either has a place. */
let bothDates: bool = false;
let isPlaced: bool = false;

function isClock(kind: u32): bool {
  return kind == TEMPORAL_TIME || kind == TEMPORAL_LOCAL_TIME;
}

function isZoned(kind: u32): bool {
  return kind == TEMPORAL_TIME || kind == TEMPORAL_DATETIME;
}

/** duration.between(), .inMonths(), .inDays(), .inSeconds(). */
export function duration_between(leftTag: i32, left: i64, rightTag: i32, right: i64, unit: i32): i64 {
  setTag(SLOT_TEMPORAL);
  const first = momentArgument(leftTag, left);
  const second = momentArgument(rightTag, right);
  if (hasFailed()) return 0;
  meet(first, second);
  if (hasFailed()) return 0;
  let months: i64 = 0;
  let days: i64 = 0;
  if (bothDates && (unit == BETWEEN_ALL || unit == BETWEEN_MONTHS)) {
    months = monthsBetween();
    if (unit == BETWEEN_ALL && months) {
      fromDays = plusMonths(fromDays, months);
      settleFrom();
    }
  }
  if (bothDates && (unit == BETWEEN_ALL || unit == BETWEEN_DAYS)) {
    days = daysBetween();
    if (unit == BETWEEN_ALL && days) {
      fromDays += days;
      settleFrom();
    }
  }
  if (unit == BETWEEN_MONTHS || unit == BETWEEN_DAYS) return makeDuration(months, days, 0, 0);
  return makeDuration(months, days, secondsBetween(), (toNanos % NANOS_PER_SECOND) - (fromNanos % NANOS_PER_SECOND));
}

/** A date or a time. */
function momentArgument(tag: u32, payload: u64): u64 {
  readValue(tag, payload);
  if (itemTag == SLOT_TEMPORAL && temporalKind(itemPayload) != TEMPORAL_DURATION) return itemPayload;
  refuse(KIND_TEMPORAL, tag, payload);
  return WORD_EMPTY;
}

/** Brings two values to one form: days and times on one clock. */
function meet(left: u64, right: u64): void {
  readTemporal(left);
  const leftKind = partKind;
  fromDays = partDays;
  fromNanos = partNanos;
  fromOffset = partOffset;
  fromZone = partZone;
  readTemporal(right);
  const rightKind = partKind;
  const rightZone = partZone;
  toDays = partDays;
  toNanos = partNanos;
  toOffset = partOffset;
  bothDates = !isClock(leftKind) && !isClock(rightKind);
  isPlaced = isZoned(leftKind) || isZoned(rightKind);
  if (isClock(leftKind) && !isClock(rightKind)) fromDays = toDays;
  if (isClock(rightKind) && !isClock(leftKind)) toDays = fromDays;
  if (!isPlaced) return;
  if (!isZoned(leftKind)) {
    fromZone = rightZone;
    fromOffset = toOffset;
    settleFrom();
  } else if (!isZoned(rightKind)) {
    toOffset = fromOffset;
    if (fromZone != WORD_EMPTY) {
      const zone = zoneNamed(fromZone);
      if (zone) toOffset = zoneOffsetLocal(zone, toDays * SECONDS_PER_DAY + toNanos / NANOS_PER_SECOND);
      if (zone) toNanos += zoneGap * NANOS_PER_SECOND;
    }
  }
  moveTo();
}

/** The offset that the first value's zone has at its local time. */
function settleFrom(): void {
  if (fromZone == WORD_EMPTY) return;
  const zone = zoneNamed(fromZone);
  if (!zone) return;
  fromOffset = zoneOffsetLocal(zone, fromDays * SECONDS_PER_DAY + fromNanos / NANOS_PER_SECOND);
  fromNanos += zoneGap * NANOS_PER_SECOND;
}

/** Shows the second value on the clock of the first one's place. */
function moveTo(): void {
  let offset = fromOffset;
  if (fromZone != WORD_EMPTY) {
    const zone = zoneNamed(fromZone);
    if (zone) offset = zoneOffset(zone, toDays * SECONDS_PER_DAY + toNanos / NANOS_PER_SECOND - toOffset);
  }
  toNanos += <i64>(offset - toOffset) * NANOS_PER_SECOND;
  toOffset = offset;
  const carried = floorDivide(toNanos, NANOS_PER_DAY);
  toDays += carried;
  toNanos -= carried * NANOS_PER_DAY;
}

/** The last day that is whole, on the way from the first value to the second. */
function wholeEnd(): i64 {
  if (toDays > fromDays && toNanos < fromNanos) return toDays - 1;
  return toDays < fromDays && toNanos > fromNanos ? toDays + 1 : toDays;
}

function monthsBetween(): i64 {
  const end = wholeEnd();
  civilFromDays(fromDays);
  const first = (civilYear * 12 + civilMonth - 1) * 32 + civilDay;
  civilFromDays(end);
  return ((civilYear * 12 + civilMonth - 1) * 32 + civilDay - first) / 32;
}

function daysBetween(): i64 {
  return wholeEnd() - fromDays;
}

/** Seconds between the instants, without what is below seconds. */
function secondsBetween(): i64 {
  const local = (toDays - fromDays) * SECONDS_PER_DAY + toNanos / NANOS_PER_SECOND - fromNanos / NANOS_PER_SECOND;
  return isPlaced ? local - (toOffset - fromOffset) : local;
}

/** A day some months away; the last of its month where that is shorter. */
function plusMonths(days: i64, months: i64): i64 {
  civilFromDays(days);
  const day = civilDay;
  const month = civilYear * 12 + civilMonth - 1 + months;
  const year = floorDivide(month, 12);
  const inYear = month - year * 12 + 1;
  return daysFromCivil(year, inYear, min(<i64>day, daysInMonth(year, inYear)));
}

// Arithmetic -----------------------------------------------------------------------------------------------------------

/** An operation one of whose operands is a date, a time or a duration. */
export function temporalOperation(operation: u32, leftTag: u32, left: u64, rightTag: u32, right: u64): i64 {
  setTag(SLOT_TEMPORAL);
  const isLeft = leftTag == SLOT_TEMPORAL;
  const isRight = rightTag == SLOT_TEMPORAL;
  const isDuration = isLeft && temporalKind(left) == TEMPORAL_DURATION;
  const byDuration = isRight && temporalKind(right) == TEMPORAL_DURATION;
  if (operation == OPERATION_ADD || operation == OPERATION_SUBTRACT) {
    if (isLeft && byDuration)
      return isDuration ? sumOf(left, right, operation) : moved(left, right, operation == OPERATION_SUBTRACT ? -1 : 1);
    if (isDuration && isRight && operation == OPERATION_ADD) return moved(right, left, 1);
  } else if (isDuration && (operation == OPERATION_MULTIPLY || operation == OPERATION_DIVIDE) && isNumberValue(rightTag, right)) {
    return scaled(left, operation == OPERATION_MULTIPLY ? valueFloat : 1 / valueFloat);
  } else if (byDuration && operation == OPERATION_MULTIPLY && isNumberValue(leftTag, left)) return scaled(right, valueFloat);
  refuse(KIND_DURATION, isDuration ? rightTag : leftTag, isDuration ? right : left);
  return 0;
}

function sumOf(left: u64, right: u64, operation: u32): i64 {
  durationBegin();
  readTemporal(left);
  addWhole(partMonths, partDays, partSeconds, partNanos);
  readTemporal(right);
  const sign: i64 = operation == OPERATION_SUBTRACT ? -1 : 1;
  addWhole(sign * partMonths, sign * partDays, sign * partSeconds, sign * partNanos);
  return ended();
}

function scaled(duration: u64, by: f64): i64 {
  durationBegin();
  readTemporal(duration);
  if (!isFinite(by)) fail(RUNTIME_ERROR_VALUE_OVERFLOW);
  addMonths(<f64>partMonths * by);
  addDays(<f64>partDays * by);
  addSeconds(<f64>partSeconds * by, false);
  addNanos(<f64>partNanos * by);
  return ended();
}

/** A duration with the other sign. */
export function negatedDuration(duration: u64): i64 {
  durationBegin();
  readTemporal(duration);
  setTag(SLOT_TEMPORAL);
  addWhole(-partMonths, -partDays, -partSeconds, -partNanos);
  return ended();
}

/** A date or time moved by a duration: months, days, then the rest; a date by whole days of it. */
function moved(value: u64, duration: u64, sign: i64): i64 {
  readTemporal(duration);
  const months = sign * partMonths;
  const moreDays = sign * partDays;
  const seconds = sign * partSeconds;
  const below = sign * partNanos;
  readTemporal(value);
  const kind = partKind;
  if (kind == TEMPORAL_DATE) return makeDate(plusMonths(partDays, months) + moreDays + seconds / SECONDS_PER_DAY);
  fromDays = isClock(kind) ? 0 : plusMonths(partDays, months) + moreDays;
  fromNanos = partNanos;
  fromOffset = partOffset;
  fromZone = partZone;
  if (kind == TEMPORAL_DATETIME) settleFrom();
  const days = floorDivide(seconds, SECONDS_PER_DAY);
  fromDays += days;
  fromNanos += (seconds - days * SECONDS_PER_DAY) * NANOS_PER_SECOND + below;
  const carried = floorDivide(fromNanos, NANOS_PER_DAY);
  fromDays += carried;
  fromNanos -= carried * NANOS_PER_DAY;
  if (kind == TEMPORAL_LOCAL_TIME) return makeLocalTime(fromNanos);
  if (kind == TEMPORAL_TIME) return makeTime(fromNanos, fromOffset);
  if (kind == TEMPORAL_LOCAL_DATETIME) return makeLocalDateTime(fromDays, fromNanos);
  return movedInstant();
}

/** A datetime whose time of day was moved: its zone's offset may be another one then. */
function movedInstant(): i64 {
  const zone: usize = fromZone != WORD_EMPTY ? zoneNamed(fromZone) : 0;
  if (zone) {
    const before = fromOffset;
    fromOffset = zoneOffset(zone, fromDays * SECONDS_PER_DAY + fromNanos / NANOS_PER_SECOND - before);
    fromNanos += <i64>(fromOffset - before) * NANOS_PER_SECOND;
    const carried = floorDivide(fromNanos, NANOS_PER_DAY);
    fromDays += carried;
    fromNanos -= carried * NANOS_PER_DAY;
  }
  return makeDateTime(fromDays, fromNanos, fromOffset, fromZone);
}
