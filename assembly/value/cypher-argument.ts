/**
 * How Cypher's functions read their arguments: a value (tag and payload) as what they want, or an error that says what it is. Functions
 * are strict, so NULL comes only as an item of a list. A NUMERIC of a declared table is a Float to Cypher.
 *
 * Invariant: what refuses a value has noted an error, and answers something harmless.
 * Cost: O(1).
 */
import {
  SLOT_ARRAY,
  SLOT_BOOLEAN,
  SLOT_DATE,
  SLOT_DOUBLE,
  SLOT_INTEGER,
  SLOT_INTERVAL,
  SLOT_JSON,
  SLOT_NODE,
  SLOT_NONE,
  SLOT_NUMERIC,
  SLOT_PATH,
  SLOT_RELATIONSHIP,
  SLOT_TEMPORAL,
  SLOT_TEXT,
  SLOT_TIME,
  SLOT_TIMESTAMP,
  SLOT_TIMESTAMPTZ,
} from "../abi/record";
import { RUNTIME_ERROR_ARGUMENT_RANGE, RUNTIME_ERROR_VALUE_ARGUMENT } from "../abi/runtime-error";
import { builderReset, builderWord, putBytes, putInteger } from "./builder";
import { failWith } from "./cells";
import { isMap, itemPayload, itemTag, readValue } from "./cypher-item";
import {
  NAME_BOOLEAN,
  NAME_DATE,
  NAME_DATETIME,
  NAME_DURATION,
  NAME_FLOAT,
  NAME_INTEGER,
  NAME_LIST,
  NAME_LOCAL_DATETIME,
  NAME_MAP,
  NAME_NODE,
  NAME_NULL,
  NAME_OTHER,
  NAME_PATH,
  NAME_RELATIONSHIP,
  NAME_STRING,
  NAME_TIME,
  kindName,
  nameWord,
} from "./cypher-kind";
import { numericToDouble } from "./numeric-text";
import { TEMPORAL_DATE, TEMPORAL_DATETIME, TEMPORAL_DURATION, TEMPORAL_LOCAL_DATETIME, temporalKind } from "./temporal";
import { SPILL_ARRAY, SPILL_OTHER, WORD_EMPTY, wordBytes, wordLength } from "./word";

/** Kinds of values; each is a bit of a set of kinds. */
export const KIND_NULL: u32 = 1;
export const KIND_BOOLEAN: u32 = 2;
export const KIND_INTEGER: u32 = 4;
export const KIND_FLOAT: u32 = 8;
export const KIND_STRING: u32 = 16;
export const KIND_LIST: u32 = 32;
export const KIND_MAP: u32 = 64;
export const KIND_NODE: u32 = 128;
export const KIND_RELATIONSHIP: u32 = 256;
export const KIND_PATH: u32 = 512;
export const KIND_DATE: u32 = 1024;
export const KIND_TIME: u32 = 2048;
export const KIND_LOCAL_DATETIME: u32 = 4096;
export const KIND_DATETIME: u32 = 8192;
export const KIND_DURATION: u32 = 16384;
export const KIND_OTHER: u32 = 32768;
export const KIND_NUMBER: u32 = KIND_INTEGER | KIND_FLOAT;
export const KIND_TEMPORAL: u32 = KIND_DATE | KIND_TIME | KIND_LOCAL_DATETIME | KIND_DATETIME | KIND_DURATION;
const KINDS: u32 = 16;

/** Their names in messages (NAME_*), in that order. */
// prettier-ignore
const NAMES: usize = memory.data<u32>([
  NAME_NULL, NAME_BOOLEAN, NAME_INTEGER, NAME_FLOAT, NAME_STRING, NAME_LIST, NAME_MAP, NAME_NODE, NAME_RELATIONSHIP, NAME_PATH,
  NAME_DATE, NAME_TIME, NAME_LOCAL_DATETIME, NAME_DATETIME, NAME_DURATION, NAME_OTHER,
]);
/** " or ". */
const OR: usize = memory.data<u8>([32, 111, 114, 32]);

/** KIND_* of a value, which is in `itemTag` and `itemPayload` then. */
export function kindOfValue(tag: u32, payload: u64): u32 {
  readValue(tag, payload);
  switch (itemTag) {
    case SLOT_NONE:
      return KIND_NULL;
    case SLOT_BOOLEAN:
      return KIND_BOOLEAN;
    case SLOT_INTEGER:
      return KIND_INTEGER;
    case SLOT_DOUBLE:
    case SLOT_NUMERIC:
      return KIND_FLOAT;
    case SLOT_TEXT:
      return KIND_STRING;
    case SLOT_ARRAY:
      return KIND_LIST;
    case SLOT_JSON:
      return KIND_MAP;
    case SLOT_NODE:
      return KIND_NODE;
    case SLOT_RELATIONSHIP:
      return KIND_RELATIONSHIP;
    case SLOT_PATH:
      return KIND_PATH;
    case SLOT_DATE:
      return KIND_DATE;
    case SLOT_TIME:
      return KIND_TIME;
    case SLOT_TIMESTAMP:
      return KIND_LOCAL_DATETIME;
    case SLOT_TIMESTAMPTZ:
      return KIND_DATETIME;
    case SLOT_INTERVAL:
      return KIND_DURATION;
    case SLOT_TEMPORAL:
      return kindOfTemporal(temporalKind(itemPayload));
    default:
      return KIND_OTHER;
  }
}

function kindOfTemporal(kind: u32): u32 {
  if (kind == TEMPORAL_DATETIME) return KIND_DATETIME;
  if (kind == TEMPORAL_LOCAL_DATETIME) return KIND_LOCAL_DATETIME;
  return kind == TEMPORAL_DATE ? KIND_DATE : kind == TEMPORAL_DURATION ? KIND_DURATION : KIND_TIME;
}

/** Notes that a value is of none of the wanted kinds. */
export function refuse(wanted: u32, tag: u32, payload: u64): void {
  refuseAs(RUNTIME_ERROR_VALUE_ARGUMENT, wanted, tag, payload);
}

/** The same with an error of the caller's choice, whose text names what is wanted and what is there. */
export function refuseAs(error: u32, wanted: u32, tag: u32, payload: u64): void {
  builderReset();
  let isFirst = true;
  for (let kind: u32 = 0; kind < KINDS; kind++) {
    if (!(wanted & (1 << kind))) continue;
    if (!isFirst) putBytes(OR, 4);
    isFirst = false;
    const name = nameWord(load<u32>(NAMES + ((<usize>kind) << 2)));
    putBytes(wordBytes(name, SPILL_OTHER), wordLength(name));
  }
  failWith(error, builderWord(), nameWord(kindName(tag, payload)));
}

/** Notes that a number is out of the range that a function takes. */
export function refuseNumber(value: i64): void {
  builderReset();
  putInteger(value);
  failWith(RUNTIME_ERROR_ARGUMENT_RANGE, builderWord(), 0);
}

/** The bytes of a list, in SPILL_ARRAY if they are few; 0: it is none. */
export function listBytes(tag: u32, payload: u64): usize {
  readValue(tag, payload);
  return itemTag == SLOT_ARRAY ? wordBytes(itemPayload, SPILL_ARRAY) : 0;
}

/** The bytes of a map, likewise. */
export function mapBytes(tag: u32, payload: u64): usize {
  const value = tag == SLOT_JSON ? wordBytes(payload, SPILL_ARRAY) : 0;
  return value && isMap(value) ? value : 0;
}

/** A list; an error and 0 where it is none. */
export function listArgument(tag: u32, payload: u64): usize {
  const list = listBytes(tag, payload);
  if (!list) refuse(KIND_LIST, tag, payload);
  return list;
}

export function stringArgument(tag: u32, payload: u64): u64 {
  if (tag == SLOT_TEXT) return payload;
  refuse(KIND_STRING, tag, payload);
  return WORD_EMPTY;
}

export function integerArgument(tag: u32, payload: u64): i64 {
  if (kindOfValue(tag, payload) == KIND_INTEGER) return <i64>itemPayload;
  refuse(KIND_INTEGER, tag, payload);
  return 0;
}

/** An integer that is not negative. */
export function countArgument(tag: u32, payload: u64): i64 {
  const count = integerArgument(tag, payload);
  if (count >= 0) return count;
  refuseNumber(count);
  return 0;
}

/** What `isNumberValue` has read: an integer, and either in double precision. */
export let valueIsInteger: bool = false;
export let valueInteger: i64 = 0;
export let valueFloat: f64 = 0;

/** Whether a value is a number. */
export function isNumberValue(tag: u32, payload: u64): bool {
  const kind = kindOfValue(tag, payload);
  if (!(kind & KIND_NUMBER)) return false;
  valueIsInteger = kind == KIND_INTEGER;
  valueInteger = valueIsInteger ? <i64>itemPayload : 0;
  if (valueIsInteger) valueFloat = <f64>valueInteger;
  else valueFloat = itemTag == SLOT_NUMERIC ? numericToDouble(itemPayload) : reinterpret<f64>(itemPayload);
  return true;
}

/** A number in double precision. */
export function floatArgument(tag: u32, payload: u64): f64 {
  if (isNumberValue(tag, payload)) return valueFloat;
  refuse(KIND_NUMBER, tag, payload);
  return 0;
}
