/**
 * Cypher's functions of dates and times: making them of text, of maps and of each other, the clock, truncation, their parts.
 * A row of the table says which TEMPORAL_* is wanted.
 *
 * Cost: O(bytes of the argument).
 */
import { CELL_STATEMENT, SLOT_INTEGER, SLOT_JSON, SLOT_NONE, SLOT_TEMPORAL, SLOT_TEXT } from "../abi/record";
import { RUNTIME_ERROR_TEMPORAL_TEXT, RUNTIME_ERROR_TEMPORAL_UNIT } from "../abi/runtime-error";
import { builderReset, builderWord } from "../value/builder";
import { civilDay, civilFromDays, civilMonth, civilYear, daysFromCivil, isoWeek, isoYear } from "../value/calendar";
import { fail, failWith, hasFailed, setTag } from "../value/cells";
import { KIND_MAP, KIND_STRING, KIND_TEMPORAL, integerArgument, mapBytes, refuse, stringArgument } from "../value/cypher-argument";
import { itemPayload, itemTag, readValue } from "../value/cypher-item";
import {
  NANOS_PER_SECOND,
  SECONDS_PER_DAY,
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
  quarterStart,
  readTemporal,
  weekDayOf,
} from "../value/temporal";
import {
  buildBase,
  buildClear,
  buildEnd,
  buildFields,
  buildFrom,
  buildInstant,
  buildNow,
  buildText,
  buildTruncated,
  builtNanos,
  moveTo,
  readFields,
} from "../value/temporal-build";
import * as names from "../value/temporal-name";
import { putOffset } from "../value/temporal-text";
import { SPILL_FIRST, SPILL_OTHER, WORD_EMPTY, wordBytes, wordLength } from "../value/word";
import { zoneAdd } from "../value/temporal-zone";

/** Answers what has been built; an error where it is nothing. */
function built(kind: u32): i64 {
  const word = buildEnd(kind);
  if (word == WORD_EMPTY) fail(RUNTIME_ERROR_TEMPORAL_TEXT);
  setTag(SLOT_TEMPORAL);
  return word;
}

// Making ---------------------------------------------------------------------------------------------------------------

/** What a clock (CELL_*) shows, in UTC. */
export function temporal_now(kind: i32, clock: i32): i64 {
  buildNow(<usize>clock);
  return built(kind);
}

/** A text, a map or another value as one of a kind; a map may be empty but for the zone: then it is now there. */
export function temporal_of(tag: i32, payload: i64, kind: i32): i64 {
  if (tag == SLOT_TEXT) {
    if (!buildText(payload, kind)) fail(RUNTIME_ERROR_TEMPORAL_TEXT);
    return built(kind);
  }
  readValue(tag, payload);
  if (itemTag == SLOT_TEMPORAL) {
    if (!buildFrom(itemPayload)) refuse(KIND_STRING | KIND_MAP | KIND_TEMPORAL, tag, payload);
    return built(kind);
  }
  const map = tag == SLOT_JSON ? mapBytes(tag, payload) : 0;
  if (!map) refuse(KIND_STRING | KIND_MAP | KIND_TEMPORAL, tag, payload);
  else if (readFields(map)) {
    buildBase();
    buildFields(kind, false, 0);
  }
  return built(kind);
}

/** now in a time zone. */
export function temporal_now_in(tag: i32, payload: i64, kind: i32, clock: i32): i64 {
  const zone = stringArgument(tag, payload);
  buildNow(<usize>clock);
  if (!hasFailed()) moveTo(zone, true);
  return built(kind);
}

export function temporal_from_epoch(secondsTag: i32, seconds: i64, nanosTag: i32, nanos: i64): i64 {
  buildInstant(integerArgument(secondsTag, seconds), integerArgument(nanosTag, nanos));
  return built(TEMPORAL_DATETIME);
}

export function temporal_from_epoch_millis(tag: i32, payload: i64): i64 {
  const millis = integerArgument(tag, payload);
  const rest = ((millis % 1000) + 1000) % 1000;
  buildInstant((millis - rest) / 1000, rest * 1000000);
  return built(TEMPORAL_DATETIME);
}

// Truncation -----------------------------------------------------------------------------------------------------------

/** truncate(unit): of now. */
export function temporal_truncate_now(unitTag: i32, unit: i64, kind: i32): i64 {
  return temporal_truncate(unitTag, unit, SLOT_TEMPORAL, temporal_now(TEMPORAL_DATETIME, CELL_STATEMENT), kind);
}

export function temporal_truncate(unitTag: i32, unit: i64, tag: i32, payload: i64, kind: i32): i64 {
  truncate(unitTag, unit, tag, payload);
  return built(kind);
}

/** truncate(unit, value, fields): the fields replace parts of what is left. */
export function temporal_truncate_with(unitTag: i32, unit: i64, tag: i32, payload: i64, mapTag: i32, fields: i64, kind: i32): i64 {
  const name = truncate(unitTag, unit, tag, payload);
  const map = mapBytes(mapTag, fields);
  if (!map) refuse(KIND_MAP, mapTag, fields);
  else if (!hasFailed() && readFields(map)) {
    const keeps = name == names.NAME_MILLISECOND || name == names.NAME_MICROSECOND;
    buildFields(kind, true, keeps ? builtNanos % NANOS_PER_SECOND : 0);
  }
  return built(kind);
}

/** Leaves what is truncated under way, and answers the unit. */
function truncate(unitTag: u32, unit: u64, tag: u32, payload: u64): u32 {
  const text = stringArgument(unitTag, unit);
  const name = names.nameOf(wordBytes(text, SPILL_FIRST), wordLength(text));
  buildClear();
  readValue(tag, payload);
  if (itemTag != SLOT_TEMPORAL || !buildFrom(itemPayload)) refuse(KIND_TEMPORAL, tag, payload);
  else if (!buildTruncated(name)) failWith(RUNTIME_ERROR_TEMPORAL_UNIT, text, 0);
  return name;
}

// Parts ----------------------------------------------------------------------------------------------------------------

function answerInteger(value: i64): i64 {
  setTag(SLOT_INTEGER);
  return value;
}

function answerNone(): i64 {
  setTag(SLOT_NONE);
  return 0;
}

/** A part of a value by its name; NULL where it has none. */
export function temporalPart(word: u64, name: u64): i64 {
  const number = names.nameOf(wordBytes(name, SPILL_OTHER), wordLength(name));
  readTemporal(word);
  if (partKind == TEMPORAL_DURATION) return durationPart(number);
  const hasTime = partKind != TEMPORAL_DATE;
  const hasDate = partKind != TEMPORAL_TIME && partKind != TEMPORAL_LOCAL_TIME;
  if (hasTime && number >= names.NAME_HOUR && number <= names.NAME_NANOSECOND) return timePart(number);
  if (partKind == TEMPORAL_DATETIME && (number == names.NAME_EPOCH_SECONDS || number == names.NAME_EPOCH_MILLIS)) return epochPart(number);
  if (partKind == TEMPORAL_DATETIME || partKind == TEMPORAL_TIME) {
    if (number == names.NAME_OFFSET_SECONDS) return answerInteger(partOffset);
    if (number == names.NAME_OFFSET_MINUTES) return answerInteger(partOffset / 60);
    if (number == names.NAME_TIMEZONE || number == names.NAME_OFFSET) return placePart(number);
  }
  return hasDate ? datePart(number) : answerNone();
}

function placePart(name: u32): i64 {
  setTag(SLOT_TEXT);
  if (name == names.NAME_TIMEZONE && partZone != WORD_EMPTY) return partZone;
  builderReset();
  putOffset(partOffset);
  return builderWord();
}

function epochPart(name: u32): i64 {
  const seconds = partDays * SECONDS_PER_DAY + partNanos / NANOS_PER_SECOND - partOffset;
  return answerInteger(name == names.NAME_EPOCH_SECONDS ? seconds : seconds * 1000 + (partNanos % NANOS_PER_SECOND) / 1000000);
}

function timePart(name: u32): i64 {
  const seconds = partNanos / NANOS_PER_SECOND;
  const below = partNanos % NANOS_PER_SECOND;
  switch (name) {
    case names.NAME_HOUR:
      return answerInteger(seconds / 3600);
    case names.NAME_MINUTE:
      return answerInteger((seconds / 60) % 60);
    case names.NAME_SECOND:
      return answerInteger(seconds % 60);
    case names.NAME_MILLISECOND:
      return answerInteger(below / 1000000);
    case names.NAME_MICROSECOND:
      return answerInteger(below / 1000);
    default:
      return answerInteger(below);
  }
}

function datePart(name: u32): i64 {
  const days = partDays;
  civilFromDays(days);
  const year = civilYear;
  switch (name) {
    case names.NAME_YEAR:
      return answerInteger(year);
    case names.NAME_MONTH:
      return answerInteger(civilMonth);
    case names.NAME_DAY:
      return answerInteger(civilDay);
    case names.NAME_QUARTER:
      return answerInteger((civilMonth + 2) / 3);
    case names.NAME_DAY_OF_QUARTER:
      return answerInteger(days - quarterStart(year, (civilMonth + 2) / 3) + 1);
    case names.NAME_ORDINAL_DAY:
      return answerInteger(days - daysFromCivil(year, 1, 1) + 1);
    case names.NAME_WEEK:
      return answerInteger(isoWeek(days));
    case names.NAME_WEEK_YEAR:
      return answerInteger(isoYear(days));
    case names.NAME_WEEK_DAY:
    case names.NAME_DAY_OF_WEEK:
      return answerInteger(weekDayOf(days));
    default:
      return answerNone();
  }
}

function durationPart(name: u32): i64 {
  switch (name) {
    case names.NAME_YEARS:
      return answerInteger(partMonths / 12);
    case names.NAME_QUARTERS:
      return answerInteger(partMonths / 3);
    case names.NAME_MONTHS:
      return answerInteger(partMonths);
    case names.NAME_WEEKS:
      return answerInteger(partDays / 7);
    case names.NAME_DAYS:
      return answerInteger(partDays);
    case names.NAME_QUARTERS_OF_YEAR:
      return answerInteger((partMonths / 3) % 4);
    case names.NAME_MONTHS_OF_YEAR:
      return answerInteger(partMonths % 12);
    case names.NAME_MONTHS_OF_QUARTER:
      return answerInteger(partMonths % 3);
    case names.NAME_DAYS_OF_WEEK:
      return answerInteger(partDays % 7);
    default:
      return secondsPart(name);
  }
}

function secondsPart(name: u32): i64 {
  switch (name) {
    case names.NAME_HOURS:
      return answerInteger(partSeconds / 3600);
    case names.NAME_MINUTES:
      return answerInteger(partSeconds / 60);
    case names.NAME_SECONDS:
      return answerInteger(partSeconds);
    case names.NAME_MILLISECONDS:
      return answerInteger(partSeconds * 1000 + partNanos / 1000000);
    case names.NAME_MICROSECONDS:
      return answerInteger(partSeconds * 1000000 + partNanos / 1000);
    case names.NAME_NANOSECONDS:
      return answerInteger(partSeconds * NANOS_PER_SECOND + partNanos);
    case names.NAME_MINUTES_OF_HOUR:
      return answerInteger((partSeconds / 60) % 60);
    case names.NAME_SECONDS_OF_MINUTE:
      return answerInteger(partSeconds % 60);
    case names.NAME_MILLISECONDS_OF_SECOND:
      return answerInteger(partNanos / 1000000);
    case names.NAME_MICROSECONDS_OF_SECOND:
      return answerInteger(partNanos / 1000);
    case names.NAME_NANOSECONDS_OF_SECOND:
      return answerInteger(partNanos);
    default:
      return answerNone();
  }
}

// Zones ----------------------------------------------------------------------------------------------------------------

/** Keeps a time zone that a statement has named: `count` changes as value/temporal-zone.ts has them. */
export function temporal_zone(name: u64, changes: usize, count: u32): i32 {
  return zoneAdd(wordBytes(name, SPILL_FIRST), wordLength(name), changes, count) ? 1 : 0;
}
