/**
 * NUMERIC for plans: operators, comparisons, rounding, casts (value/numeric.ts has what a number is).
 */
import {
  RUNTIME_ERROR_BIGINT_RANGE,
  RUNTIME_ERROR_DOUBLE_TEXT_RANGE,
  RUNTIME_ERROR_INFINITY_TO_INTEGER,
  RUNTIME_ERROR_INTEGER_RANGE,
  RUNTIME_ERROR_NAN_TO_INTEGER,
  RUNTIME_ERROR_REAL_TEXT_RANGE,
  RUNTIME_ERROR_SMALLINT_RANGE,
} from "../abi/runtime-error";
import { SLOT_INTEGER, SLOT_NONE } from "../abi/record";
import { fail, failWith, setTag } from "../value/cells";
import {
  NUMERIC_NAN,
  OPERATION_ADD,
  OPERATION_DIVIDE,
  OPERATION_MODULO,
  OPERATION_MULTIPLY,
  OPERATION_QUOTIENT,
  OPERATION_SUBTRACT,
  compareNumerics,
  fitNumeric,
  hashNumeric,
  isSpecial,
  negateNumeric,
  numericOf,
  numericOperation,
  numericScale,
  numericSign,
  roundNumeric,
  wholeNumeric,
  normalNumeric,
} from "../value/numeric";
import {
  numericFromDouble,
  numericFromText,
  numericInteger,
  numericToDouble,
  numericToInteger,
  numericToText,
} from "../value/numeric-text";
import { expNumeric, lnNumeric, logNumeric, powerNumeric, sqrtNumeric } from "../value/numeric-function";
import { inlineWord, wordOf } from "../value/word";

const DOUBLE_DIGITS: i32 = 15;
const REAL_DIGITS: i32 = 6;
/** Names of types in messages. */
const SMALLINT: usize = memory.data<u8>([115, 109, 97, 108, 108, 105, 110, 116]);
const INTEGER: usize = memory.data<u8>([105, 110, 116, 101, 103, 101, 114]);
const BIGINT: usize = memory.data<u8>([98, 105, 103, 105, 110, 116]);

export function numeric_add(left: u64, right: u64): u64 {
  return numericOperation(OPERATION_ADD, left, right);
}

export function numeric_subtract(left: u64, right: u64): u64 {
  return numericOperation(OPERATION_SUBTRACT, left, right);
}

export function numeric_multiply(left: u64, right: u64): u64 {
  return numericOperation(OPERATION_MULTIPLY, left, right);
}

export function numeric_divide(left: u64, right: u64): u64 {
  return numericOperation(OPERATION_DIVIDE, left, right);
}

export function numeric_modulo(left: u64, right: u64): u64 {
  return numericOperation(OPERATION_MODULO, left, right);
}

export function numeric_quotient(left: u64, right: u64): u64 {
  return numericOperation(OPERATION_QUOTIENT, left, right);
}

export function numeric_negate(value: u64): u64 {
  return negateNumeric(value);
}

export function numeric_absolute(value: u64): u64 {
  return numericSign(value) < 0 ? negateNumeric(value) : value;
}

/** -1, 0 or 1; NaN of NaN. */
export function numeric_sign(value: u64): u64 {
  return value == NUMERIC_NAN ? value : numericOf(numericSign(value), 0);
}

/** Negative, 0 or positive; NaN is the greatest. */
export function numeric_compare(left: u64, right: u64): i32 {
  return compareNumerics(left, right);
}

export function numeric_hash(value: u64): u64 {
  return hashNumeric(value);
}

export function numeric_equal(left: u64, right: u64): i32 {
  return compareNumerics(left, right) == 0 ? 1 : 0;
}

export function numeric_not_equal(left: u64, right: u64): i32 {
  return compareNumerics(left, right) != 0 ? 1 : 0;
}

export function numeric_less(left: u64, right: u64): i32 {
  return compareNumerics(left, right) < 0 ? 1 : 0;
}

export function numeric_less_equal(left: u64, right: u64): i32 {
  return compareNumerics(left, right) <= 0 ? 1 : 0;
}

export function numeric_greater(left: u64, right: u64): i32 {
  return compareNumerics(left, right) > 0 ? 1 : 0;
}

export function numeric_greater_equal(left: u64, right: u64): i32 {
  return compareNumerics(left, right) >= 0 ? 1 : 0;
}

export function numeric_round(value: u64): u64 {
  return roundNumeric(value, 0, false);
}

export function numeric_round_to(value: u64, scale: i64): u64 {
  return roundNumeric(value, clamped(scale), false);
}

export function numeric_truncate(value: u64): u64 {
  return roundNumeric(value, 0, true);
}

export function numeric_truncate_to(value: u64, scale: i64): u64 {
  return roundNumeric(value, clamped(scale), true);
}

function clamped(scale: i64): i32 {
  return scale > 200000 ? 200000 : scale < -200000 ? -200000 : <i32>scale;
}

export function numeric_ceil(value: u64): u64 {
  return wholeNumeric(value, true);
}

export function numeric_floor(value: u64): u64 {
  return wholeNumeric(value, false);
}

/** Digits behind the point; NULL of what is no finite number. */
export function numeric_scale(value: u64): i64 {
  setTag(isSpecial(value) ? SLOT_NONE : SLOT_INTEGER);
  return numericScale(value);
}

/** Digits behind the point without zeros at the end. */
export function numeric_min_scale(value: u64): i64 {
  setTag(isSpecial(value) ? SLOT_NONE : SLOT_INTEGER);
  return numericScale(normalNumeric(value));
}

export function numeric_trim_scale(value: u64): u64 {
  return normalNumeric(value);
}

/** numeric(precision, scale). */
export function numeric_fit(value: u64, precision: i32, scale: i32): u64 {
  return fitNumeric(value, precision, scale);
}

export function numeric_from_bigint(value: i64): u64 {
  return numericOf(value, 0);
}

export function numeric_from_double(value: f64): u64 {
  return numericFromDouble(value, DOUBLE_DIGITS);
}

export function numeric_from_real(value: f64): u64 {
  return numericFromDouble(value, REAL_DIGITS);
}

export function numeric_from_text(text: u64): u64 {
  return numericFromText(text);
}

export function text_from_numeric(value: u64): u64 {
  return numericToText(value);
}

export function double_from_numeric(value: u64): f64 {
  const result = numericToDouble(value);
  if (!isFinite(result) && !isSpecial(value)) failWith(RUNTIME_ERROR_DOUBLE_TEXT_RANGE, numericToText(value), 0);
  return result;
}

export function real_from_numeric(value: u64): f64 {
  const double = numericToDouble(value);
  const result = <f64>(<f32>double);
  if (!isSpecial(value) && (!isFinite(result) || (result == 0 && numericSign(value)))) {
    failWith(RUNTIME_ERROR_REAL_TEXT_RANGE, numericToText(value), 0);
  }
  return result;
}

export function smallint_from_numeric(value: u64): i64 {
  return integerOf(value, 32767, RUNTIME_ERROR_SMALLINT_RANGE, wordOf(SMALLINT, 8));
}

export function integer_from_numeric(value: u64): i64 {
  return integerOf(value, 2147483647, RUNTIME_ERROR_INTEGER_RANGE, inlineWord(INTEGER, 7));
}

export function bigint_from_numeric(value: u64): i64 {
  return integerOf(value, i64.MAX_VALUE, RUNTIME_ERROR_BIGINT_RANGE, inlineWord(BIGINT, 6));
}

/** The number rounded to an integer of at most `limit`, and at least -limit - 1. */
function integerOf(value: u64, limit: i64, error: u32, name: u64): i64 {
  if (isSpecial(value)) {
    failWith(value == NUMERIC_NAN ? RUNTIME_ERROR_NAN_TO_INTEGER : RUNTIME_ERROR_INFINITY_TO_INTEGER, name, 0);
    return 0;
  }
  if (numericToInteger(value) && numericInteger <= limit && numericInteger >= -limit - 1) return numericInteger;
  fail(error);
  return 0;
}

export function numeric_sqrt(value: u64): u64 {
  return sqrtNumeric(value);
}

export function numeric_exp(value: u64): u64 {
  return expNumeric(value);
}

export function numeric_ln(value: u64): u64 {
  return lnNumeric(value);
}

/** The logarithm to the base 10. */
export function numeric_log(value: u64): u64 {
  return logNumeric(numericOf(10, 0), value);
}

export function numeric_log_base(base: u64, value: u64): u64 {
  return logNumeric(base, value);
}

export function numeric_power(base: u64, exponent: u64): u64 {
  return powerNumeric(base, exponent);
}
