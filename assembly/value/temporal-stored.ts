/**
 * Cypher's dates, times and durations as documents have them: an object whose only field is named for the type, with the value's text,
 * `{"$date": "1984-10-11"}`. Properties of nodes and relationships are no maps, so none is taken for one.
 *
 * Cost: O(bytes of the text).
 */
import { equalBytes } from "../bytes/copy";
import {
  TAG_OBJECT,
  childCount,
  fieldValue,
  firstChild,
  isString,
  namePointer,
  readLength,
  stringLength,
  stringPointer,
  tagOf,
} from "./packed";
import { closeObject, openContainer, writeName, writeString } from "./packed-writer";
import {
  TEMPORAL_DATE,
  TEMPORAL_DURATION,
  TEMPORAL_LOCAL_DATETIME,
  TEMPORAL_LOCAL_TIME,
  TEMPORAL_TIME,
  makeDate,
  makeDateTime,
  makeLocalDateTime,
  makeLocalTime,
  makeTime,
  temporalKind,
} from "./temporal";
import { durationBegin, durationEnd, readDuration } from "./temporal-duration";
import { readDate, readDays, readNanos, readOffset, readTime, readZone } from "./temporal-parse";
import { SPILL_OTHER, WORD_EMPTY, wordBytes, wordLength } from "./word";

/** $datetime, $localdatetime, $date, $time, $localtime, $duration: the length of each, then its bytes, by TEMPORAL_*. */
// prettier-ignore
const NAMES: usize = memory.data<u8>([
  9, 36, 100, 97, 116, 101, 116, 105, 109, 101, 0, 0, 0, 0, 0,
  14, 36, 108, 111, 99, 97, 108, 100, 97, 116, 101, 116, 105, 109, 101,
  5, 36, 100, 97, 116, 101, 0, 0, 0, 0, 0, 0, 0, 0, 0,
  5, 36, 116, 105, 109, 101, 0, 0, 0, 0, 0, 0, 0, 0, 0,
  10, 36, 108, 111, 99, 97, 108, 116, 105, 109, 101, 0, 0, 0, 0,
  9, 36, 100, 117, 114, 97, 116, 105, 111, 110, 0, 0, 0, 0, 0,
]);
const NAME_BYTES: usize = 15;
const DOLLAR: u32 = 36;

// @ts-ignore: decorator
@inline
function nameAt(kind: u32): usize {
  return NAMES + (<usize>kind - 1) * NAME_BYTES;
}

/** Length and bytes of a type's name, `datetime`. */
export function typeNameLength(kind: u32): u32 {
  return <u32>load<u8>(nameAt(kind)) - 1;
}

export function typeName(kind: u32): usize {
  return nameAt(kind) + 2;
}

/** TEMPORAL_* of a stored value; 0: it is none. */
export function storedKind(value: usize): u32 {
  if (tagOf(value) != TAG_OBJECT || childCount(value) != 1) return 0;
  const field = firstChild(value);
  const length = readLength(field);
  const name = namePointer(field);
  if (length < 5 || <u32>load<u8>(name) != DOLLAR || !isString(fieldValue(field))) return 0;
  for (let kind: u32 = 1; kind <= TEMPORAL_DURATION; kind++) {
    if (<u32>load<u8>(nameAt(kind)) == length && equalBytes(nameAt(kind) + 1, name, length)) return kind;
  }
  return 0;
}

/** The value that is stored; WORD_EMPTY: its text is none. Requires: `storedKind` has found the kind. */
export function readStored(value: usize, kind: u32): u64 {
  const text = fieldValue(firstChild(value));
  const bytes = stringPointer(text);
  const length = stringLength(text);
  if (kind == TEMPORAL_DURATION) {
    durationBegin();
    return readDuration(bytes, length) ? durationEnd() : WORD_EMPTY;
  }
  if (kind == TEMPORAL_TIME || kind == TEMPORAL_LOCAL_TIME) {
    if (!readTime(bytes, length)) return WORD_EMPTY;
    return kind == TEMPORAL_TIME ? makeTime(readNanos, readOffset) : makeLocalTime(readNanos);
  }
  let split: u32 = 0;
  while (split < length && load<u8>(bytes + split) != 84) split++;
  if (!readDate(bytes, split)) return WORD_EMPTY;
  if (kind == TEMPORAL_DATE) return makeDate(readDays);
  if (split == length || !readTime(bytes + split + 1, length - split - 1)) return WORD_EMPTY;
  if (kind == TEMPORAL_LOCAL_DATETIME) return makeLocalDateTime(readDays, readNanos);
  return makeDateTime(readDays, readNanos, readOffset, readZone);
}

/** Appends a value, whose text is given, as it is stored. */
export function writeStored(word: u64, text: u64): void {
  const name = nameAt(temporalKind(word));
  const start = openContainer();
  writeName(name + 1, load<u8>(name));
  writeString(wordBytes(text, SPILL_OTHER), wordLength(text));
  closeObject(start, 1);
}
