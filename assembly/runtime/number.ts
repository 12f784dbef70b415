/**
 * Numbers of fixed size for plans, where code does more than an instruction or two: text, functions of doubles, integers'
 * division algorithms. Overflow is an error in the words of the type.
 */
import {
  RUNTIME_ERROR_BIGINT_RANGE,
  RUNTIME_ERROR_BIGINT_TEXT_RANGE,
  RUNTIME_ERROR_DOUBLE_TEXT_RANGE,
  RUNTIME_ERROR_INTEGER_RANGE,
  RUNTIME_ERROR_INTEGER_TEXT_RANGE,
  RUNTIME_ERROR_INVALID_BIGINT,
  RUNTIME_ERROR_INVALID_BOOLEAN,
  RUNTIME_ERROR_INVALID_DOUBLE,
  RUNTIME_ERROR_INVALID_INTEGER,
  RUNTIME_ERROR_INVALID_REAL,
  RUNTIME_ERROR_INVALID_SMALLINT,
  RUNTIME_ERROR_REAL_TEXT_RANGE,
  RUNTIME_ERROR_SMALLINT_TEXT_RANGE,
} from "../abi/runtime-error";
import { builderReset, builderWord, putInteger } from "../value/builder";
import { fail, failWith } from "../value/cells";
import {
  booleanOfText,
  doubleOfText,
  integerOfText,
  putDouble,
  putReal,
  textBoolean,
  textDouble,
  textInteger,
  textOutOfRange,
} from "../value/number-text";

/** "true" and "false". */
const WORD_TRUE: u64 = 0x6575727404;
const WORD_FALSE: u64 = 0x65736c616605;

export function text_from_boolean(value: i32): u64 {
  return value ? WORD_TRUE : WORD_FALSE;
}

export function boolean_from_text(text: u64): i32 {
  if (booleanOfText(text)) return textBoolean ? 1 : 0;
  failWith(RUNTIME_ERROR_INVALID_BOOLEAN, text, 0);
  return 0;
}

export function text_from_bigint(value: i64): u64 {
  builderReset();
  putInteger(value);
  return builderWord();
}

export function text_from_double(value: f64): u64 {
  builderReset();
  putDouble(value);
  return builderWord();
}

export function text_from_real(value: f64): u64 {
  builderReset();
  putReal(value);
  return builderWord();
}

export function smallint_from_text(text: u64): i64 {
  return integerFromText(text, 32767, RUNTIME_ERROR_INVALID_SMALLINT, RUNTIME_ERROR_SMALLINT_TEXT_RANGE);
}

export function integer_from_text(text: u64): i64 {
  return integerFromText(text, 2147483647, RUNTIME_ERROR_INVALID_INTEGER, RUNTIME_ERROR_INTEGER_TEXT_RANGE);
}

export function bigint_from_text(text: u64): i64 {
  return integerFromText(text, i64.MAX_VALUE, RUNTIME_ERROR_INVALID_BIGINT, RUNTIME_ERROR_BIGINT_TEXT_RANGE);
}

function integerFromText(text: u64, limit: i64, invalid: u32, range: u32): i64 {
  if (integerOfText(text)) {
    if (textInteger <= limit && textInteger >= -limit - 1) return textInteger;
    failWith(range, text, 0);
  } else failWith(textOutOfRange ? range : invalid, text, 0);
  return 0;
}

export function double_from_text(text: u64): f64 {
  if (doubleOfText(text)) return textDouble;
  failWith(textOutOfRange ? RUNTIME_ERROR_DOUBLE_TEXT_RANGE : RUNTIME_ERROR_INVALID_DOUBLE, text, 0);
  return 0;
}

export function real_from_text(text: u64): f64 {
  if (!doubleOfText(text)) {
    failWith(textOutOfRange ? RUNTIME_ERROR_REAL_TEXT_RANGE : RUNTIME_ERROR_INVALID_REAL, text, 0);
    return 0;
  }
  const result = <f64>(<f32>textDouble);
  if (isFinite(textDouble) && (!isFinite(result) || (result == 0 && textDouble != 0))) failWith(RUNTIME_ERROR_REAL_TEXT_RANGE, text, 0);
  return result;
}

/** Greatest common divisor; of bigints, and with `limit` of integers. */
export function bigint_gcd(left: i64, right: i64): i64 {
  const result = divisor(left, right);
  if (result < 0) fail(RUNTIME_ERROR_BIGINT_RANGE);
  return result;
}

export function integer_gcd(left: i64, right: i64): i64 {
  const result = divisor(left, right);
  if (result > 2147483647) fail(RUNTIME_ERROR_INTEGER_RANGE);
  return result;
}

function divisor(left: i64, right: i64): i64 {
  let first = left < 0 ? 0 - <u64>left : <u64>left;
  let second = right < 0 ? 0 - <u64>right : <u64>right;
  while (second) {
    const rest = first % second;
    first = second;
    second = rest;
  }
  return <i64>first;
}

export function bigint_lcm(left: i64, right: i64): i64 {
  return multiple(left, right, i64.MAX_VALUE, RUNTIME_ERROR_BIGINT_RANGE);
}

export function integer_lcm(left: i64, right: i64): i64 {
  return multiple(left, right, 2147483647, RUNTIME_ERROR_INTEGER_RANGE);
}

function multiple(left: i64, right: i64, limit: i64, error: u32): i64 {
  if (!left || !right) return 0;
  const common = divisor(left, right);
  const factor = common < 0 ? 1 : left / common;
  const first = factor < 0 ? 0 - <u64>factor : <u64>factor;
  const second = right < 0 ? 0 - <u64>right : <u64>right;
  if (first > <u64>limit / second) {
    fail(error);
    return 0;
  }
  return <i64>(first * second);
}
