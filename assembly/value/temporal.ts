/**
 * Cypher's dates, times and durations: words of SLOT_TEMPORAL whose bytes stand in their order, so that they are compared, hashed and sorted
 * as bytes. All numbers are big-endian with their sign bit inverted; times count nanoseconds.
 *
 *   0    u8 TEMPORAL_*
 *   datetime         1 days, 9 time of day, both in UTC; 17 i32 seconds east of UTC; 21 the name of its zone, or nothing
 *   local datetime   1 days, 9 time of day
 *   date             1 days since 1970-01-01
 *   time             1 time of day in UTC (may lie outside of the day); 9 i32 seconds east of UTC
 *   local time       1 time of day
 *   duration         1 length in seconds with months of 30.436875 days, 9 months, 17 days, 25 seconds, 33 i32 nanoseconds, 0 to 999999999
 *
 * `readTemporal` leaves the parts in `part...`: days and times of datetimes and times as the local clock shows them.
 *
 * Source: java.time and Neo4j's temporal values, which openCypher's kit was made of. Years go from -999,999,999 to 999,999,999.
 * Invariant: equal values have equal bytes. Cost: O(1).
 */
import { daysFromCivil } from "./calendar";
import { planAllocate } from "./cells";
import { SPILL_OTHER, WORD_EMPTY, longWord, wordBytes, wordLength, wordPart } from "./word";
import { copyBytes } from "../bytes/copy";

export const TEMPORAL_DATETIME: u32 = 1;
export const TEMPORAL_LOCAL_DATETIME: u32 = 2;
export const TEMPORAL_DATE: u32 = 3;
export const TEMPORAL_TIME: u32 = 4;
export const TEMPORAL_LOCAL_TIME: u32 = 5;
export const TEMPORAL_DURATION: u32 = 6;

export const NANOS_PER_SECOND: i64 = 1000000000;
export const NANOS_PER_DAY: i64 = 86400000000000;
export const SECONDS_PER_DAY: i64 = 86400;
/** 30.436875 days. */
export const SECONDS_PER_MONTH: i64 = 2629746;
export const YEAR_LIMIT: i64 = 999999999;

const SIGN: u64 = 0x8000000000000000;
const SIGN_32: u32 = 0x80000000;
const DATETIME_HEAD: u32 = 21;

/** What `readTemporal` has read; `partZone`: the zone's name, or WORD_EMPTY. */
export let partKind: u32 = 0;
export let partDays: i64 = 0;
export let partNanos: i64 = 0;
export let partOffset: i32 = 0;
export let partZone: u64 = 0;
export let partMonths: i64 = 0;
export let partSeconds: i64 = 0;

function put(room: usize, value: i64): void {
  store<u64>(room, bswap<u64>((<u64>value) ^ SIGN));
}

function putShort(room: usize, value: i32): void {
  store<u32>(room, bswap<u32>((<u32>value) ^ SIGN_32));
}

function get(bytes: usize): i64 {
  return bswap<u64>(load<u64>(bytes)) ^ SIGN;
}

function getShort(bytes: usize): i32 {
  return bswap<u32>(load<u32>(bytes)) ^ SIGN_32;
}

/** TEMPORAL_* of a word. */
export function temporalKind(word: u64): u32 {
  return load<u8>(wordBytes(word, SPILL_OTHER));
}

/** Reads a value. Its zone points into it. */
export function readTemporal(word: u64): void {
  const bytes = wordBytes(word, SPILL_OTHER);
  partKind = load<u8>(bytes);
  partDays = 0;
  partNanos = 0;
  partOffset = 0;
  partZone = WORD_EMPTY;
  const first = get(bytes + 1);
  if (partKind == TEMPORAL_DATE) partDays = first;
  else if (partKind == TEMPORAL_LOCAL_TIME) partNanos = first;
  else if (partKind == TEMPORAL_TIME) {
    partOffset = getShort(bytes + 9);
    partNanos = first + <i64>partOffset * NANOS_PER_SECOND;
  } else if (partKind == TEMPORAL_DURATION) {
    partMonths = get(bytes + 9);
    partDays = get(bytes + 17);
    partSeconds = get(bytes + 25);
    partNanos = getShort(bytes + 33);
  } else {
    partDays = first;
    partNanos = get(bytes + 9);
    if (partKind == TEMPORAL_DATETIME) readZone(bytes, wordLength(word));
  }
}

function readZone(bytes: usize, length: u32): void {
  partOffset = getShort(bytes + 17);
  partZone = wordPart(bytes, DATETIME_HEAD, length - DATETIME_HEAD);
  partNanos += <i64>partOffset * NANOS_PER_SECOND;
  carryDays();
}

/** Brings the time of day into its day. */
function carryDays(): void {
  const days = floorDivide(partNanos, NANOS_PER_DAY);
  partDays += days;
  partNanos -= days * NANOS_PER_DAY;
}

/** Rounded down. Requires: divisor > 0. */
export function floorDivide(value: i64, divisor: i64): i64 {
  const quotient = value / divisor;
  return value % divisor < 0 ? quotient - 1 : quotient;
}

// Making ---------------------------------------------------------------------------------------------------------------

function open(kind: u32, length: u32): usize {
  const room = planAllocate(length);
  if (room) store<u8>(room, <u8>kind);
  return room;
}

function single(kind: u32, value: i64): u64 {
  const room = open(kind, 9);
  if (!room) return WORD_EMPTY;
  put(room + 1, value);
  return longWord(room, 9);
}

export function makeDate(days: i64): u64 {
  return single(TEMPORAL_DATE, days);
}

export function makeLocalTime(nanos: i64): u64 {
  return single(TEMPORAL_LOCAL_TIME, nanos);
}

/** Requires: the time of day on the local clock. */
export function makeTime(nanos: i64, offset: i32): u64 {
  const room = open(TEMPORAL_TIME, 13);
  if (!room) return WORD_EMPTY;
  put(room + 1, nanos - <i64>offset * NANOS_PER_SECOND);
  putShort(room + 9, offset);
  return longWord(room, 13);
}

export function makeLocalDateTime(days: i64, nanos: i64): u64 {
  const room = open(TEMPORAL_LOCAL_DATETIME, 17);
  if (!room) return WORD_EMPTY;
  put(room + 1, days);
  put(room + 9, nanos);
  return longWord(room, 17);
}

/** Requires: days and time of day on the local clock. */
export function makeDateTime(days: i64, nanos: i64, offset: i32, zone: u64): u64 {
  const length = DATETIME_HEAD + wordLength(zone);
  const room = open(TEMPORAL_DATETIME, length);
  if (!room) return WORD_EMPTY;
  const utc = nanos - <i64>offset * NANOS_PER_SECOND;
  const carried = floorDivide(utc, NANOS_PER_DAY);
  put(room + 1, days + carried);
  put(room + 9, utc - carried * NANOS_PER_DAY);
  putShort(room + 17, offset);
  copyBytes(room + DATETIME_HEAD, wordBytes(zone, SPILL_OTHER), wordLength(zone));
  return longWord(room, length);
}

/** `nanos` may be of any sign and size. */
export function makeDuration(months: i64, days: i64, seconds: i64, nanos: i64): u64 {
  const carried = floorDivide(nanos, NANOS_PER_SECOND);
  const whole = seconds + carried;
  const room = open(TEMPORAL_DURATION, 37);
  if (!room) return WORD_EMPTY;
  put(room + 1, months * SECONDS_PER_MONTH + days * SECONDS_PER_DAY + whole);
  put(room + 9, months);
  put(room + 17, days);
  put(room + 25, whole);
  putShort(room + 33, <i32>(nanos - carried * NANOS_PER_SECOND));
  return longWord(room, 37);
}

// Calendar -------------------------------------------------------------------------------------------------------------

/** 1 Monday to 7 Sunday. */
export function weekDayOf(days: i64): i64 {
  const rest = (days + 3) % 7;
  return (rest < 0 ? rest + 7 : rest) + 1;
}

/** The first month of a quarter. */
export function quarterStart(year: i64, quarter: i64): i64 {
  return daysFromCivil(year, quarter * 3 - 2, 1);
}
