/**
 * Text of Cypher's dates, times and durations: ISO 8601 as java.time prints it. A time has seconds only if they or what is below them are
 * not 0, and 3, 6 or 9 digits of a fraction; a zone's name stands in brackets behind the offset.
 */
import { putByte, putBytes, putInteger, putPadded } from "./builder";
import { civilDay, civilFromDays, civilMonth, civilYear } from "./calendar";
import {
  NANOS_PER_SECOND,
  TEMPORAL_DATE,
  TEMPORAL_DATETIME,
  TEMPORAL_DURATION,
  TEMPORAL_LOCAL_TIME,
  TEMPORAL_TIME,
  partDays,
  partKind,
  partMonths,
  partNanos,
  partOffset,
  partSeconds,
  partZone,
  readTemporal,
} from "./temporal";
import { SPILL_OTHER, wordBytes, wordLength } from "./word";

/** Appends a value's text. */
export function putTemporal(word: u64): void {
  readTemporal(word);
  if (partKind == TEMPORAL_DURATION) {
    putDuration();
    return;
  }
  const hasTime = partKind != TEMPORAL_DATE;
  const hasDate = partKind != TEMPORAL_TIME && partKind != TEMPORAL_LOCAL_TIME;
  if (hasDate) putDay(partDays);
  if (hasDate && hasTime) putByte(84);
  if (hasTime) putClock(partNanos);
  if (partKind == TEMPORAL_DATETIME || partKind == TEMPORAL_TIME) putOffset(partOffset);
  const length = wordLength(partZone);
  if (!length) return;
  putByte(91);
  putBytes(wordBytes(partZone, SPILL_OTHER), length);
  putByte(93);
}

function putDay(days: i64): void {
  civilFromDays(days);
  const year = civilYear;
  if (year < 0) putByte(45);
  else if (year > 9999) putByte(43);
  putPadded(year < 0 ? -year : year, 4);
  putByte(45);
  putPadded(civilMonth, 2);
  putByte(45);
  putPadded(civilDay, 2);
}

function putClock(nanos: i64): void {
  const seconds = nanos / NANOS_PER_SECOND;
  const fraction = nanos % NANOS_PER_SECOND;
  putPadded(seconds / 3600, 2);
  putByte(58);
  putPadded((seconds / 60) % 60, 2);
  if (!(seconds % 60) && !fraction) return;
  putByte(58);
  putPadded(seconds % 60, 2);
  if (!fraction) return;
  putByte(46);
  if (fraction % 1000) putPadded(fraction, 9);
  else if (fraction % 1000000) putPadded(fraction / 1000, 6);
  else putPadded(fraction / 1000000, 3);
}

/** Appends an offset: Z, +01:00, +00:53:28. */
export function putOffset(offset: i32): void {
  if (!offset) {
    putByte(90);
    return;
  }
  const size = offset < 0 ? -offset : offset;
  putByte(offset < 0 ? 45 : 43);
  putPadded(size / 3600, 2);
  putByte(58);
  putPadded((size / 60) % 60, 2);
  if (!(size % 60)) return;
  putByte(58);
  putPadded(size % 60, 2);
}

function putUnit(value: i64, letter: u32): void {
  if (!value) return;
  putInteger(value);
  putByte(letter);
}

function putDuration(): void {
  putByte(80);
  putUnit(partMonths / 12, 89);
  putUnit(partMonths % 12, 77);
  putUnit(partDays, 68);
  if (partSeconds || partNanos) putSeconds();
  else if (!partMonths && !partDays) {
    putByte(84);
    putByte(48);
    putByte(83);
  }
}

/** Hours, minutes and seconds, all with the sign of the whole. */
function putSeconds(): void {
  const isNegative = partSeconds < 0;
  let seconds = partSeconds;
  let nanos = partNanos;
  if (isNegative && nanos) {
    seconds++;
    nanos = NANOS_PER_SECOND - nanos;
  }
  putByte(84);
  putUnit(seconds / 3600, 72);
  putUnit((seconds / 60) % 60, 77);
  const rest = seconds % 60;
  if (!rest && !nanos) return;
  if (isNegative) putByte(45);
  putInteger(rest < 0 ? -rest : rest);
  if (nanos) putFraction(nanos);
  putByte(83);
}

/** Without zeros at its end. */
function putFraction(nanos: i64): void {
  let width: u32 = 9;
  for (; nanos % 10 == 0; nanos /= 10) width--;
  putByte(46);
  putPadded(nanos, width);
}
