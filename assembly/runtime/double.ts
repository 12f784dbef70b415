/**
 * Functions of double precision for plans, in AssemblyScript's own mathematics (a port of musl's), so that every machine gives the
 * same digits. Where PostgreSQL reports an error instead of NaN or infinity, so do these.
 */
import {
  RUNTIME_ERROR_BUCKET_BOUNDS,
  RUNTIME_ERROR_BUCKET_COUNT,
  RUNTIME_ERROR_BUCKET_FINITE,
  RUNTIME_ERROR_BUCKET_LIMITS,
  RUNTIME_ERROR_INPUT_RANGE,
  RUNTIME_ERROR_INTEGER_RANGE,
  RUNTIME_ERROR_LOG_OF_NEGATIVE,
  RUNTIME_ERROR_LOG_OF_ZERO,
  RUNTIME_ERROR_NEGATIVE_FACTORIAL,
  RUNTIME_ERROR_NEGATIVE_ROOT,
  RUNTIME_ERROR_NEGATIVE_TO_FRACTION,
  RUNTIME_ERROR_NUMERIC_OVERFLOW,
  RUNTIME_ERROR_OVERFLOW,
  RUNTIME_ERROR_UNDERFLOW,
  RUNTIME_ERROR_ZERO_TO_NEGATIVE,
} from "../abi/runtime-error";
import { fail, hasFailed, planBudget, planForget, planMark } from "../value/cells";
import { nearest } from "../value/interval-parse";
import { OPERATION_MULTIPLY, numericOf, numericOperation } from "../value/numeric";
import { keptWord } from "../value/word";

const RADIANS_PER_DEGREE: f64 = 0.0174532925199432957692;
/** Its digits are more than NUMERIC has before the point. */
const FACTORIAL_MAX: i64 = 32177;

function failed(error: u32): f64 {
  fail(error);
  return 0;
}

/** Half to even. */
export function double_round(value: f64): f64 {
  return nearest(value);
}

export function double_truncate(value: f64): f64 {
  return Math.trunc(value);
}

export function double_ceil(value: f64): f64 {
  return Math.ceil(value);
}

export function double_floor(value: f64): f64 {
  return Math.floor(value);
}

export function double_sign(value: f64): f64 {
  return value > 0 ? 1 : value < 0 ? -1 : 0;
}

export function double_sqrt(value: f64): f64 {
  return value < 0 ? failed(RUNTIME_ERROR_NEGATIVE_ROOT) : Math.sqrt(value);
}

export function double_cbrt(value: f64): f64 {
  return Math.cbrt(value);
}

export function double_exp(value: f64): f64 {
  const result = Math.exp(value);
  if (result == 0 && value != -Infinity) return failed(RUNTIME_ERROR_UNDERFLOW);
  return !isFinite(result) && isFinite(value) ? failed(RUNTIME_ERROR_OVERFLOW) : result;
}

export function double_ln(value: f64): f64 {
  return hasLogarithm(value) ? Math.log(value) : 0;
}

export function double_log10(value: f64): f64 {
  return hasLogarithm(value) ? Math.log10(value) : 0;
}

function hasLogarithm(value: f64): bool {
  if (value == 0) fail(RUNTIME_ERROR_LOG_OF_ZERO);
  else if (value < 0) fail(RUNTIME_ERROR_LOG_OF_NEGATIVE);
  return !(value <= 0);
}

export function double_power(base: f64, exponent: f64): f64 {
  if (isNaN(base)) return exponent == 0 ? 1 : base;
  if (isNaN(exponent)) return base == 1 ? 1 : exponent;
  if (base == 0 && exponent < 0) return failed(RUNTIME_ERROR_ZERO_TO_NEGATIVE);
  if (base < 0 && isFinite(exponent) && Math.floor(exponent) != exponent) return failed(RUNTIME_ERROR_NEGATIVE_TO_FRACTION);
  // The infinite powers of 1 and -1 are 1 to C, and NaN to AssemblyScript.
  if (!isFinite(exponent) && Math.abs(base) == 1) return 1;
  const result = Math.pow(base, exponent);
  if (!isFinite(base) || !isFinite(exponent)) return result;
  if (!isFinite(result)) return failed(RUNTIME_ERROR_OVERFLOW);
  return result == 0 && base != 0 ? failed(RUNTIME_ERROR_UNDERFLOW) : result;
}

export function double_sin(value: f64): f64 {
  return value - value == 0 || isNaN(value) ? Math.sin(value) : failed(RUNTIME_ERROR_INPUT_RANGE);
}

export function double_cos(value: f64): f64 {
  return value - value == 0 || isNaN(value) ? Math.cos(value) : failed(RUNTIME_ERROR_INPUT_RANGE);
}

export function double_tan(value: f64): f64 {
  return value - value == 0 || isNaN(value) ? Math.tan(value) : failed(RUNTIME_ERROR_INPUT_RANGE);
}

export function double_asin(value: f64): f64 {
  return value < -1 || value > 1 ? failed(RUNTIME_ERROR_INPUT_RANGE) : Math.asin(value);
}

export function double_acos(value: f64): f64 {
  return value < -1 || value > 1 ? failed(RUNTIME_ERROR_INPUT_RANGE) : Math.acos(value);
}

export function double_atan(value: f64): f64 {
  return Math.atan(value);
}

export function double_atan2(y: f64, x: f64): f64 {
  return Math.atan2(y, x);
}

export function double_cot(value: f64): f64 {
  return 1 / double_tan(value);
}

export function double_sinh(value: f64): f64 {
  return Math.sinh(value);
}

export function double_cosh(value: f64): f64 {
  return Math.cosh(value);
}

export function double_tanh(value: f64): f64 {
  return Math.tanh(value);
}

export function double_degrees(value: f64): f64 {
  const result = value / RADIANS_PER_DEGREE;
  return !isFinite(result) && isFinite(value) ? failed(RUNTIME_ERROR_OVERFLOW) : result;
}

export function double_radians(value: f64): f64 {
  return value * RADIANS_PER_DEGREE;
}

export function double_pi(): f64 {
  return 3.141592653589793;
}

/** The bucket of `count` equal ones between the bounds; 0 below, count + 1 above. */
export function double_width_bucket(value: f64, low: f64, high: f64, count: i64): i64 {
  let error: u32 = 0;
  if (count <= 0) error = RUNTIME_ERROR_BUCKET_COUNT;
  else if (isNaN(value) || isNaN(low) || isNaN(high)) error = RUNTIME_ERROR_BUCKET_LIMITS;
  else if (!isFinite(low) || !isFinite(high)) error = RUNTIME_ERROR_BUCKET_FINITE;
  else if (low == high) error = RUNTIME_ERROR_BUCKET_BOUNDS;
  if (error) {
    fail(error);
    return 0;
  }
  const above = low < high ? value >= high : value <= high;
  const below = low < high ? value < low : value > low;
  if (above && count == 2147483647) fail(RUNTIME_ERROR_INTEGER_RANGE);
  if (below || above) return below ? 0 : count + 1;
  // The distance may be larger than a double, so halves are compared.
  const bucket = <i64>(<f64>count * ((value / 2 - low / 2) / (high / 2 - low / 2)));
  return (bucket < count ? bucket : count - 1) + 1;
}

/** factorial(n), as NUMERIC. */
export function bigint_factorial(value: i64): u64 {
  if (value < 0 || value > FACTORIAL_MAX) {
    fail(value < 0 ? RUNTIME_ERROR_NEGATIVE_FACTORIAL : RUNTIME_ERROR_NUMERIC_OVERFLOW);
    return 0;
  }
  let result = numericOf(1, 0);
  for (let factor: i64 = 2; factor <= value && !hasFailed(); factor++) {
    const mark = planMark();
    const budget = planBudget();
    const product = keptWord(numericOperation(OPERATION_MULTIPLY, result, numericOf(factor, 0)), result);
    planForget(mark, budget);
    result = product;
  }
  return result;
}
