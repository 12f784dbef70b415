/**
 * What the kinds of Cypher's values are called in messages: NAME_* is the place of a name in the text of all of them, offset << 8 | bytes.
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
import { failWith } from "./cells";
import { itemPayload, itemTag, readValue } from "./cypher-item";
import { TEMPORAL_DATE, TEMPORAL_DATETIME, TEMPORAL_DURATION, TEMPORAL_LOCAL_DATETIME, temporalKind } from "./temporal";
import { wordPart } from "./word";

export const NAME_NULL: u32 = 4;
export const NAME_BOOLEAN: u32 = 1033;
export const NAME_INTEGER: u32 = 3338;
export const NAME_FLOAT: u32 = 5895;
export const NAME_STRING: u32 = 7688;
export const NAME_NUMBER: u32 = 9736;
export const NAME_DATE: u32 = 11782;
export const NAME_TIME: u32 = 13323;
export const NAME_LOCAL_DATETIME: u32 = 16143;
export const NAME_DATETIME: u32 = 19978;
export const NAME_OTHER: u32 = 22542;
export const NAME_MAP: u32 = 26117;
export const NAME_LIST: u32 = 27398;
export const NAME_DURATION: u32 = 28938;
export const NAME_NODE: u32 = 31494;
export const NAME_RELATIONSHIP: u32 = 33038;
export const NAME_PATH: u32 = 36614;
export const NAME_CONTAINER: u32 = 38177;
export const NAME_HOLDER: u32 = 46619;
export const NAME_ENTITY: u32 = 53526;
export const NAME_ADDABLE: u32 = 59160;

const TEXT: usize = memory.data<u8>([
  78, 85, 76, 76, 97, 32, 66, 111, 111, 108, 101, 97, 110, 97, 110, 32, 73, 110, 116, 101, 103, 101, 114, 97, 32, 70, 108, 111, 97, 116, 97,
  32, 83, 116, 114, 105, 110, 103, 97, 32, 110, 117, 109, 98, 101, 114, 97, 32, 68, 97, 116, 101, 97, 32, 76, 111, 99, 97, 108, 84, 105,
  109, 101, 97, 32, 76, 111, 99, 97, 108, 68, 97, 116, 101, 84, 105, 109, 101, 97, 32, 68, 97, 116, 101, 84, 105, 109, 101, 97, 32, 118, 97,
  108, 117, 101, 32, 111, 102, 32, 83, 81, 76, 97, 32, 77, 97, 112, 97, 32, 76, 105, 115, 116, 97, 32, 68, 117, 114, 97, 116, 105, 111, 110,
  97, 32, 78, 111, 100, 101, 97, 32, 82, 101, 108, 97, 116, 105, 111, 110, 115, 104, 105, 112, 97, 32, 80, 97, 116, 104, 97, 32, 76, 105,
  115, 116, 44, 32, 77, 97, 112, 44, 32, 78, 111, 100, 101, 32, 111, 114, 32, 82, 101, 108, 97, 116, 105, 111, 110, 115, 104, 105, 112, 97,
  32, 77, 97, 112, 44, 32, 78, 111, 100, 101, 32, 111, 114, 32, 82, 101, 108, 97, 116, 105, 111, 110, 115, 104, 105, 112, 97, 32, 78, 111,
  100, 101, 32, 111, 114, 32, 82, 101, 108, 97, 116, 105, 111, 110, 115, 104, 105, 112, 97, 32, 110, 117, 109, 98, 101, 114, 44, 32, 83,
  116, 114, 105, 110, 103, 32, 111, 114, 32, 76, 105, 115, 116,
]);

/** A name as a word. */
export function nameWord(name: u32): u64 {
  return wordPart(TEXT + (name >> 8), 0, name & 255);
}

/** The name of a value's kind. */
export function kindName(tag: u32, payload: u64): u32 {
  readValue(tag, payload);
  switch (itemTag) {
    case SLOT_NONE:
      return NAME_NULL;
    case SLOT_BOOLEAN:
      return NAME_BOOLEAN;
    case SLOT_INTEGER:
      return NAME_INTEGER;
    case SLOT_DOUBLE:
      return NAME_FLOAT;
    case SLOT_TEXT:
      return NAME_STRING;
    case SLOT_NUMERIC:
      return NAME_NUMBER;
    case SLOT_DATE:
      return NAME_DATE;
    case SLOT_TIME:
      return NAME_TIME;
    case SLOT_TIMESTAMP:
      return NAME_LOCAL_DATETIME;
    case SLOT_TIMESTAMPTZ:
      return NAME_DATETIME;
    case SLOT_JSON:
      return NAME_MAP;
    case SLOT_ARRAY:
      return NAME_LIST;
    case SLOT_INTERVAL:
      return NAME_DURATION;
    case SLOT_NODE:
      return NAME_NODE;
    case SLOT_RELATIONSHIP:
      return NAME_RELATIONSHIP;
    case SLOT_PATH:
      return NAME_PATH;
    case SLOT_TEMPORAL:
      return nameOfTemporal(temporalKind(itemPayload));
    default:
      return NAME_OTHER;
  }
}

function nameOfTemporal(kind: u32): u32 {
  if (kind == TEMPORAL_DATETIME) return NAME_DATETIME;
  if (kind == TEMPORAL_LOCAL_DATETIME) return NAME_LOCAL_DATETIME;
  return kind == TEMPORAL_DATE ? NAME_DATE : kind == TEMPORAL_DURATION ? NAME_DURATION : NAME_TIME;
}

/** Notes that a value is not of the kind that is wanted (RUNTIME_ERROR_VALUE_KIND and its like). */
export function failKind(error: u32, wanted: u32, tag: u32, payload: u64): void {
  failWith(error, nameWord(wanted), nameWord(kindName(tag, payload)));
}
