/**
 * Values of any kind as values of a declared column: casts, then what the type's modifier asks for, by PostgreSQL's rules of
 * assignment. A column of text takes every value in the words in which JSON.GET prints it, one of numbers takes booleans as 0 and 1.
 */
import {
  SLOT_ARRAY,
  SLOT_BOOLEAN,
  SLOT_BYTEA,
  SLOT_DATE,
  SLOT_DOUBLE,
  SLOT_INTEGER,
  SLOT_INTERVAL,
  SLOT_JSON,
  SLOT_NUMERIC,
  SLOT_TEXT,
  SLOT_TIME,
  SLOT_TIMESTAMP,
  SLOT_TIMESTAMPTZ,
  SLOT_UUID,
} from "../abi/record";
import { RUNTIME_ERROR_MALFORMED_ARRAY } from "../abi/runtime-error";
import { COLUMN_KIND, COLUMN_MODIFIER, COLUMN_TYPE, TYPE_CHAR, TYPE_INTEGER, TYPE_REAL, TYPE_SMALLINT, TYPE_VARCHAR } from "../abi/table";
import { failWith } from "../value/cells";
import { textOfDynamic } from "../value/dynamic-text";
import { packedOfDynamic } from "../value/dynamic-pack";
import { isArray } from "../value/packed";
import { SPILL_VALUE, wordBytes } from "../value/word";
import {
  bigint_from_any,
  boolean_from_any,
  bytea_from_any,
  date_from_any,
  double_from_any,
  integer_from_any,
  interval_from_any,
  numeric_from_any,
  real_from_any,
  smallint_from_any,
  time_from_any,
  timestamp_from_any,
  timestamptz_from_any,
  uuid_from_any,
} from "./any-cast";
import { interval_fit, time_fit, timestamp_fit } from "./datetime";
import { numeric_fit } from "./numeric";
import { character_fit, varchar_fit } from "./text";

/** The slot of a column for a value that is not null. */
export function coerceColumn(column: usize, tag: u32, payload: u64): u64 {
  const kind = <u32>load<u8>(column, COLUMN_KIND);
  const type = <u32>load<u8>(column, COLUMN_TYPE);
  const modifier = load<i32>(column, COLUMN_MODIFIER);
  switch (kind) {
    case SLOT_BOOLEAN:
      return boolean_from_any(tag, payload) ? 1 : 0;
    case SLOT_INTEGER:
      return toInteger(type, tag, payload);
    case SLOT_DOUBLE:
      return reinterpret<u64>(type == TYPE_REAL ? real_from_any(tag, payload) : double_from_any(tag, payload));
    case SLOT_NUMERIC:
      return toNumeric(tag, payload, modifier);
    case SLOT_TEXT:
      return toText(type, textOfDynamic(tag, payload), modifier);
    case SLOT_DATE:
      return date_from_any(tag, payload);
    case SLOT_TIME:
      return modifier < 0 ? time_from_any(tag, payload) : time_fit(time_from_any(tag, payload), modifier);
    case SLOT_TIMESTAMP:
      return modifier < 0 ? timestamp_from_any(tag, payload) : timestamp_fit(timestamp_from_any(tag, payload), modifier);
    case SLOT_TIMESTAMPTZ:
      return modifier < 0 ? timestamptz_from_any(tag, payload) : timestamp_fit(timestamptz_from_any(tag, payload), modifier);
    case SLOT_INTERVAL:
      return modifier < 0 ? interval_from_any(tag, payload) : interval_fit(interval_from_any(tag, payload), modifier, 1);
    case SLOT_UUID:
      return uuid_from_any(tag, payload);
    case SLOT_BYTEA:
      return bytea_from_any(tag, payload);
    case SLOT_ARRAY:
      return toArray(tag, payload);
    default:
      return packedOfDynamic(tag, payload);
  }
}

function toInteger(type: u32, tag: u32, payload: u64): u64 {
  if (tag == SLOT_BOOLEAN) return payload;
  if (type == TYPE_SMALLINT) return smallint_from_any(tag, payload);
  return type == TYPE_INTEGER ? integer_from_any(tag, payload) : bigint_from_any(tag, payload);
}

/** A double is the number that its shortest text says. */
function toNumeric(tag: u32, payload: u64, modifier: i32): u64 {
  const exact = tag == SLOT_DOUBLE ? SLOT_TEXT : tag;
  const value = numeric_from_any(exact, tag == SLOT_DOUBLE ? textOfDynamic(tag, payload) : payload);
  return modifier < 0 ? value : numeric_fit(value, modifier >> 16, <i32>(<i16>modifier));
}

function toText(type: u32, text: u64, modifier: i32): u64 {
  if (modifier < 0) return text;
  if (type == TYPE_VARCHAR) return varchar_fit(text, modifier, 0);
  return type == TYPE_CHAR ? character_fit(text, modifier, 0) : text;
}

/** A JSON array; its elements are what they are. */
function toArray(tag: u32, payload: u64): u64 {
  if (tag == SLOT_ARRAY || (tag == SLOT_JSON && isArray(wordBytes(payload, SPILL_VALUE)))) return payload;
  failWith(RUNTIME_ERROR_MALFORMED_ARRAY, textOfDynamic(tag, payload), 0);
  return 0;
}
