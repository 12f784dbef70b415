/**
 * Dynamic values to other types, in two ways (host/query/README.md): `<type>_from_any` is CAST, which goes by the value and may
 * fail; `<type>_of_any` is for expressions that need the type, and makes NULL of a value of another kind.
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
  SLOT_NONE,
  SLOT_NUMERIC,
  SLOT_TEXT,
  SLOT_TIME,
  SLOT_TIMESTAMP,
  SLOT_TIMESTAMPTZ,
  SLOT_UUID,
} from "../abi/record";
import {
  RUNTIME_ERROR_BIGINT_RANGE,
  RUNTIME_ERROR_INTEGER_RANGE,
  RUNTIME_ERROR_MEMORY,
  RUNTIME_ERROR_REAL_TEXT_RANGE,
  RUNTIME_ERROR_SMALLINT_RANGE,
} from "../abi/runtime-error";
import { clearFailure, fail, hasFailed, setTag } from "../value/cells";
import {
  FORM_DOUBLE,
  FORM_INTEGER,
  FORM_NUMERIC,
  numberAsDouble,
  numberDouble,
  numberForm,
  numberInteger,
  numberWord,
  readNumber,
} from "../value/dynamic";
import { packedOfDynamic } from "../value/dynamic-pack";
import { textOfDynamic } from "../value/dynamic-text";
import { nearest } from "../value/interval-parse";
import { numericOf } from "../value/numeric";
import { numericFromDouble } from "../value/numeric-text";
import { SPILL_VALUE, wordBytes } from "../value/word";
import { isArray } from "../value/packed";
import { boolean_from_text, bigint_from_text, double_from_text, integer_from_text, real_from_text, smallint_from_text } from "./number";
import {
  bigint_from_numeric,
  double_from_numeric,
  integer_from_numeric,
  numeric_from_text,
  real_from_numeric,
  smallint_from_numeric,
} from "./numeric";
import {
  date_from_text,
  date_from_timestamp,
  date_from_timestamptz,
  interval_from_text,
  time_from_text,
  time_from_timestamp,
  timestamp_from_date,
  timestamp_from_text,
  timestamp_from_timestamptz,
  timestamptz_from_date,
  timestamptz_from_text,
  timestamptz_from_timestamp,
} from "./datetime";
import { bytea_from_text, uuid_from_text } from "./binary";

const INTEGER_LIMIT: f64 = 9.223372036854775808e18;

/** The text of any value. */
export function text_from_any(tag: i32, payload: i64): u64 {
  const text = textOfDynamic(tag, payload);
  setTag(SLOT_TEXT);
  return text;
}

/** A text as it is, NULL of all else. */
export function text_of_any(tag: i32, payload: i64): u64 {
  setTag(tag == SLOT_TEXT ? SLOT_TEXT : SLOT_NONE);
  return tag == SLOT_TEXT ? payload : 0;
}

export function boolean_from_any(tag: i32, payload: i64): i32 {
  const result =
    tag == SLOT_BOOLEAN ? <i32>payload : tag == SLOT_INTEGER ? (payload ? 1 : 0) : boolean_from_text(textOfDynamic(tag, payload));
  setTag(SLOT_BOOLEAN);
  return result;
}

export function boolean_of_any(tag: i32, payload: i64): i32 {
  setTag(tag == SLOT_BOOLEAN ? SLOT_BOOLEAN : SLOT_NONE);
  return tag == SLOT_BOOLEAN ? <i32>payload : 0;
}

/** A double rounded to an integer of at most `limit`. */
function wholeDouble(value: f64, limit: i64, error: u32): i64 {
  const rounded = nearest(value);
  if (rounded >= -(<f64>limit) - 1 && rounded < INTEGER_LIMIT && <i64>rounded <= limit) return <i64>rounded;
  fail(error);
  return 0;
}

function bounded(value: i64, limit: i64, error: u32): i64 {
  if (value > limit || value < -limit - 1) fail(error);
  return value;
}

/** An integer of what is a number by the norm, without a fraction and within the limit; NULL of all else. */
function softInteger(tag: u32, payload: i64, limit: i64): i64 {
  setTag(SLOT_NONE);
  if (!readNumber(tag, payload)) return 0;
  let value = numberInteger;
  if (numberForm == FORM_NUMERIC) {
    value = bigint_from_numeric(numberWord);
    if (recovered()) return 0;
  } else if (numberForm == FORM_DOUBLE) {
    value = <i64>numberDouble;
    if (!(Math.abs(numberDouble) < INTEGER_LIMIT) || <f64>value != numberDouble) return 0;
  }
  if (value > limit || value < -limit - 1) return 0;
  setTag(SLOT_INTEGER);
  return value;
}

/** After an attempt: it failed, and NULL takes the place of the error (but for memory, which stays one). */
function recovered(): bool {
  if (!hasFailed()) return false;
  clearFailure();
  setTag(SLOT_NONE);
  return true;
}

export function smallint_from_any(tag: i32, payload: i64): i64 {
  let result: i64 = 0;
  if (tag == SLOT_INTEGER || tag == SLOT_BOOLEAN) result = bounded(payload, 32767, RUNTIME_ERROR_SMALLINT_RANGE);
  else if (tag == SLOT_DOUBLE) result = wholeDouble(reinterpret<f64>(payload), 32767, RUNTIME_ERROR_SMALLINT_RANGE);
  else if (tag == SLOT_NUMERIC) result = smallint_from_numeric(payload);
  else result = smallint_from_text(textOfDynamic(tag, payload));
  setTag(SLOT_INTEGER);
  return result;
}

export function smallint_of_any(tag: i32, payload: i64): i64 {
  return softInteger(tag, payload, 32767);
}

export function integer_from_any(tag: i32, payload: i64): i64 {
  let result: i64 = 0;
  if (tag == SLOT_INTEGER || tag == SLOT_BOOLEAN) result = bounded(payload, 2147483647, RUNTIME_ERROR_INTEGER_RANGE);
  else if (tag == SLOT_DOUBLE) result = wholeDouble(reinterpret<f64>(payload), 2147483647, RUNTIME_ERROR_INTEGER_RANGE);
  else if (tag == SLOT_NUMERIC) result = integer_from_numeric(payload);
  else result = integer_from_text(textOfDynamic(tag, payload));
  setTag(SLOT_INTEGER);
  return result;
}

export function integer_of_any(tag: i32, payload: i64): i64 {
  return softInteger(tag, payload, 2147483647);
}

export function bigint_from_any(tag: i32, payload: i64): i64 {
  let result: i64 = 0;
  if (tag == SLOT_INTEGER || tag == SLOT_BOOLEAN) result = bounded(payload, i64.MAX_VALUE, RUNTIME_ERROR_BIGINT_RANGE);
  else if (tag == SLOT_DOUBLE) result = wholeDouble(reinterpret<f64>(payload), i64.MAX_VALUE, RUNTIME_ERROR_BIGINT_RANGE);
  else if (tag == SLOT_NUMERIC) result = bigint_from_numeric(payload);
  else result = bigint_from_text(textOfDynamic(tag, payload));
  setTag(SLOT_INTEGER);
  return result;
}

export function bigint_of_any(tag: i32, payload: i64): i64 {
  return softInteger(tag, payload, i64.MAX_VALUE);
}

export function real_from_any(tag: i32, payload: i64): f64 {
  let result: f64 = 0;
  if (tag == SLOT_INTEGER) result = <f64>(<f32>payload);
  else if (tag == SLOT_DOUBLE) result = narrowed(reinterpret<f64>(payload));
  else if (tag == SLOT_NUMERIC) result = real_from_numeric(payload);
  else result = real_from_text(textOfDynamic(tag, payload));
  setTag(SLOT_DOUBLE);
  return result;
}

export function real_of_any(tag: i32, payload: i64): f64 {
  const isNumber = readNumber(tag, payload);
  const result = isNumber ? <f64>(<f32>numberAsDouble()) : 0;
  setTag(isNumber ? SLOT_DOUBLE : SLOT_NONE);
  return result;
}

export function double_from_any(tag: i32, payload: i64): f64 {
  let result: f64 = 0;
  if (tag == SLOT_INTEGER) result = <f64>payload;
  else if (tag == SLOT_DOUBLE) result = reinterpret<f64>(payload);
  else if (tag == SLOT_NUMERIC) result = double_from_numeric(payload);
  else result = double_from_text(textOfDynamic(tag, payload));
  setTag(SLOT_DOUBLE);
  return result;
}

export function double_of_any(tag: i32, payload: i64): f64 {
  const isNumber = readNumber(tag, payload);
  const result = isNumber ? numberAsDouble() : 0;
  setTag(isNumber ? SLOT_DOUBLE : SLOT_NONE);
  return result;
}

function narrowed(value: f64): f64 {
  const result = <f64>(<f32>value);
  if (isFinite(value) && !isFinite(result)) fail(RUNTIME_ERROR_REAL_TEXT_RANGE);
  return result;
}

export function numeric_from_any(tag: i32, payload: i64): u64 {
  let result: u64 = 0;
  if (tag == SLOT_INTEGER) result = numericOf(payload, 0);
  else if (tag == SLOT_DOUBLE) result = numericFromDouble(reinterpret<f64>(payload), 15);
  else if (tag == SLOT_NUMERIC) result = payload;
  else result = numeric_from_text(textOfDynamic(tag, payload));
  setTag(SLOT_NUMERIC);
  return result;
}

export function numeric_of_any(tag: i32, payload: i64): u64 {
  const isNumber = readNumber(tag, payload);
  setTag(isNumber ? SLOT_NUMERIC : SLOT_NONE);
  if (!isNumber) return 0;
  if (numberForm == FORM_INTEGER) return numericOf(numberInteger, 0);
  return numberForm == FORM_DOUBLE ? numericFromDouble(numberDouble, 15) : numberWord;
}

export function date_from_any(tag: i32, payload: i64): i64 {
  let result: i64 = 0;
  if (tag == SLOT_DATE) result = payload;
  else if (tag == SLOT_TIMESTAMP) result = date_from_timestamp(payload);
  else if (tag == SLOT_TIMESTAMPTZ) result = date_from_timestamptz(payload);
  else result = date_from_text(textOfDynamic(tag, payload));
  setTag(SLOT_DATE);
  return result;
}

export function date_of_any(tag: i32, payload: i64): i64 {
  setTag(tag == SLOT_DATE ? SLOT_DATE : SLOT_NONE);
  if (tag != SLOT_TEXT) return tag == SLOT_DATE ? payload : 0;
  const result = date_from_text(payload);
  if (recovered()) return 0;
  setTag(SLOT_DATE);
  return result;
}

export function time_from_any(tag: i32, payload: i64): i64 {
  let result: i64 = 0;
  if (tag == SLOT_TIME) result = payload;
  else if (tag == SLOT_TIMESTAMP) result = time_from_timestamp(payload);
  else result = time_from_text(textOfDynamic(tag, payload));
  setTag(SLOT_TIME);
  return result;
}

export function time_of_any(tag: i32, payload: i64): i64 {
  setTag(tag == SLOT_TIME ? SLOT_TIME : SLOT_NONE);
  if (tag != SLOT_TEXT) return tag == SLOT_TIME ? payload : 0;
  const result = time_from_text(payload);
  if (recovered()) return 0;
  setTag(SLOT_TIME);
  return result;
}

export function timestamp_from_any(tag: i32, payload: i64): i64 {
  let result: i64 = 0;
  if (tag == SLOT_TIMESTAMP) result = payload;
  else if (tag == SLOT_DATE) result = timestamp_from_date(payload);
  else if (tag == SLOT_TIMESTAMPTZ) result = timestamp_from_timestamptz(payload);
  else result = timestamp_from_text(textOfDynamic(tag, payload));
  setTag(SLOT_TIMESTAMP);
  return result;
}

export function timestamp_of_any(tag: i32, payload: i64): i64 {
  setTag(tag == SLOT_TIMESTAMP ? SLOT_TIMESTAMP : SLOT_NONE);
  if (tag != SLOT_TEXT) return tag == SLOT_TIMESTAMP ? payload : 0;
  const result = timestamp_from_text(payload);
  if (recovered()) return 0;
  setTag(SLOT_TIMESTAMP);
  return result;
}

export function timestamptz_from_any(tag: i32, payload: i64): i64 {
  let result: i64 = 0;
  if (tag == SLOT_TIMESTAMPTZ) result = payload;
  else if (tag == SLOT_DATE) result = timestamptz_from_date(payload);
  else if (tag == SLOT_TIMESTAMP) result = timestamptz_from_timestamp(payload);
  else result = timestamptz_from_text(textOfDynamic(tag, payload));
  setTag(SLOT_TIMESTAMPTZ);
  return result;
}

export function timestamptz_of_any(tag: i32, payload: i64): i64 {
  setTag(tag == SLOT_TIMESTAMPTZ ? SLOT_TIMESTAMPTZ : SLOT_NONE);
  if (tag != SLOT_TEXT) return tag == SLOT_TIMESTAMPTZ ? payload : 0;
  const result = timestamptz_from_text(payload);
  if (recovered()) return 0;
  setTag(SLOT_TIMESTAMPTZ);
  return result;
}

export function interval_from_any(tag: i32, payload: i64): u64 {
  let result: u64 = 0;
  if (tag == SLOT_INTERVAL) result = payload;
  else result = interval_from_text(textOfDynamic(tag, payload));
  setTag(SLOT_INTERVAL);
  return result;
}

export function interval_of_any(tag: i32, payload: i64): u64 {
  setTag(tag == SLOT_INTERVAL ? SLOT_INTERVAL : SLOT_NONE);
  if (tag != SLOT_TEXT) return tag == SLOT_INTERVAL ? payload : 0;
  const result = interval_from_text(payload);
  if (recovered()) return 0;
  setTag(SLOT_INTERVAL);
  return result;
}

export function uuid_from_any(tag: i32, payload: i64): u64 {
  let result: u64 = 0;
  if (tag == SLOT_UUID) result = payload;
  else result = uuid_from_text(textOfDynamic(tag, payload));
  setTag(SLOT_UUID);
  return result;
}

export function uuid_of_any(tag: i32, payload: i64): u64 {
  setTag(tag == SLOT_UUID ? SLOT_UUID : SLOT_NONE);
  if (tag != SLOT_TEXT) return tag == SLOT_UUID ? payload : 0;
  const result = uuid_from_text(payload);
  if (recovered()) return 0;
  setTag(SLOT_UUID);
  return result;
}

export function bytea_from_any(tag: i32, payload: i64): u64 {
  let result: u64 = 0;
  if (tag == SLOT_BYTEA) result = payload;
  else result = bytea_from_text(textOfDynamic(tag, payload));
  setTag(SLOT_BYTEA);
  return result;
}

export function bytea_of_any(tag: i32, payload: i64): u64 {
  setTag(tag == SLOT_BYTEA ? SLOT_BYTEA : SLOT_NONE);
  if (tag != SLOT_TEXT) return tag == SLOT_BYTEA ? payload : 0;
  const result = bytea_from_text(payload);
  if (recovered()) return 0;
  setTag(SLOT_BYTEA);
  return result;
}

export function json_from_any(tag: i32, payload: i64): u64 {
  const result = packedOfDynamic(tag, payload);
  setTag(SLOT_JSON);
  return result;
}

export function json_of_any(tag: i32, payload: i64): u64 {
  return json_from_any(tag, payload);
}

export function jsonb_from_any(tag: i32, payload: i64): u64 {
  const result = packedOfDynamic(tag, payload);
  setTag(SLOT_JSON);
  return result;
}

export function jsonb_of_any(tag: i32, payload: i64): u64 {
  return jsonb_from_any(tag, payload);
}

/** An array; NULL of all else. */
export function array_of_any(tag: i32, payload: i64): u64 {
  const found = tag == SLOT_ARRAY || (tag == SLOT_JSON && isArray(wordBytes(payload, SPILL_VALUE)));
  setTag(found ? SLOT_ARRAY : SLOT_NONE);
  return found ? payload : 0;
}
