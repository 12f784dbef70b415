/**
 * Aggregates of numbers: sums, averages, variances and regressions. A state is slots of eight bytes, zero at first; `_step` takes a
 * value in, `_finish` answers, with SLOT_NONE in CELL_TAG where the result is NULL.
 *
 *   bits                u64 count, i64 bits
 *   bigint sum, avg     u64 count, i128 sum
 *   numeric sum, avg    u64 count, i64 coefficient and i64 scale of a partial sum, word of the rest
 *   double avg, variance    f64 N, Sx, Sxx (Youngs and Cramer 1971, as PostgreSQL's float8_accum)
 *   double regression   f64 N, Sx, Sxx, Sy, Syy, Sxy
 *   numeric variance    u64 count, word sum of x, word sum of squares
 */
import { SLOT_DOUBLE, SLOT_INTEGER, SLOT_NONE, SLOT_NUMERIC } from "../abi/record";
import { RUNTIME_ERROR_OVERFLOW } from "../abi/runtime-error";
import { fail, planForget, planMark, setTag, temporaryMark, temporaryRelease, planBudget } from "../value/cells";
import {
  Decimal,
  NO_DECIMAL,
  addDecimals,
  decimalFrom,
  divideDecimals,
  isMissing,
  multiplyDecimals,
  subtractDecimals,
} from "../value/decimal";
import {
  OPERATION_ADD,
  OPERATION_DIVIDE,
  OPERATION_MULTIPLY,
  decimalOf,
  divisionScale,
  isSpecial,
  numericFrom,
  numericOf,
  numericOperation,
  readSmall,
  NUMERIC_NAN,
  smallCoefficient,
  smallScale,
} from "../value/numeric";
import { rootOf } from "../value/numeric-function";
import { keptWord } from "../value/word";

const SECOND: usize = 8;
const THIRD: usize = 16;
const FOURTH: usize = 24;
const FIFTH: usize = 32;
const SIXTH: usize = 40;

function countOne(state: usize): void {
  store<u64>(state, load<u64>(state) + 1);
}

/** Whether something was taken in; sets the tag of the result. */
function counted(state: usize, tag: u32): bool {
  const any = load<u64>(state) != 0;
  setTag(any ? tag : SLOT_NONE);
  return any;
}

// Integers -------------------------------------------------------------------------------------------------------------

export function bits_and_step(state: usize, value: i64): void {
  const bits = load<i64>(state) ? load<i64>(state, SECOND) & value : value;
  countOne(state);
  store<i64>(state, bits, SECOND);
}

export function bits_or_step(state: usize, value: i64): void {
  countOne(state);
  store<i64>(state, load<i64>(state, SECOND) | value, SECOND);
}

export function bits_xor_step(state: usize, value: i64): void {
  countOne(state);
  store<i64>(state, load<i64>(state, SECOND) ^ value, SECOND);
}

export function bits_and_finish(state: usize): i64 {
  return counted(state, SLOT_INTEGER) ? load<i64>(state, SECOND) : 0;
}

export function bits_or_finish(state: usize): i64 {
  return bits_and_finish(state);
}

export function bits_xor_finish(state: usize): i64 {
  return bits_and_finish(state);
}

export function bigint_sum_step(state: usize, value: i64): void {
  countOne(state);
  const low = load<u64>(state, SECOND) + <u64>value;
  const carry: i64 = low < <u64>value ? 1 : 0;
  store<u64>(state, low, SECOND);
  store<i64>(state, load<i64>(state, THIRD) + (value >> 63) + carry, THIRD);
}

/** Takes a value away again. Requires: it was taken in. */
export function bigint_sum_unstep(state: usize, value: i64): void {
  store<u64>(state, load<u64>(state) - 1);
  const low = load<u64>(state, SECOND);
  const borrow: i64 = low < <u64>value ? 1 : 0;
  store<u64>(state, low - <u64>value, SECOND);
  store<i64>(state, load<i64>(state, THIRD) - (value >> 63) - borrow, THIRD);
}

export function bigint_sum_finish(state: usize): u64 {
  return counted(state, SLOT_NUMERIC) ? wideSum(state) : 0;
}

/** The 128-bit sum as NUMERIC. */
function wideSum(state: usize): u64 {
  const low = load<u64>(state, SECOND);
  const high = load<i64>(state, THIRD);
  if (high == (<i64>low) >> 63) return numericOf(low, 0);
  const mark = temporaryMark();
  const base = multiplyDecimals(decimalFrom(4294967296, 0), decimalFrom(4294967296, 0));
  let lower = decimalFrom(<i64>(low >> 1), 0);
  lower = addDecimals(addDecimals(lower, lower), decimalFrom(<i64>(low & 1), 0));
  const result = numericFrom(addDecimals(multiplyDecimals(decimalFrom(high, 0), base), lower));
  temporaryRelease(mark);
  return result;
}

export function bigint_avg_step(state: usize, value: i64): void {
  bigint_sum_step(state, value);
}

export function bigint_avg_finish(state: usize): u64 {
  if (!counted(state, SLOT_NUMERIC)) return 0;
  return numericOperation(OPERATION_DIVIDE, wideSum(state), numericOf(load<i64>(state), 0));
}

// NUMERIC --------------------------------------------------------------------------------------------------------------

const LIMIT: i64 = 1000000000000000000;

export function numeric_sum_step(state: usize, value: u64): void {
  countOne(state);
  if (readSmall(value) && addSmall(state, smallCoefficient, smallScale)) return;
  const mark = planMark();
  const budget = planBudget();
  flush(state);
  store<u64>(state, keptWord(numericOperation(OPERATION_ADD, restOf(state), value), load<u64>(state, FOURTH)), FOURTH);
  planForget(mark, budget);
}

/** Adds to the partial sum; false: it would become too large. */
function addSmall(state: usize, coefficient: i64, scale: i32): bool {
  let own = load<i64>(state, SECOND);
  let ownScale = <i32>load<i64>(state, THIRD);
  if (scale > 18 || ownScale > 18) return false;
  for (; ownScale < scale; ownScale++) {
    if (own > LIMIT / 10 || own < -LIMIT / 10) return false;
    own *= 10;
  }
  for (; scale < ownScale; scale++) {
    if (coefficient > LIMIT / 10 || coefficient < -LIMIT / 10) return false;
    coefficient *= 10;
  }
  if (coefficient > LIMIT || coefficient < -LIMIT || own > LIMIT || own < -LIMIT) return false;
  store<i64>(state, own + coefficient, SECOND);
  store<i64>(state, ownScale, THIRD);
  return true;
}

function restOf(state: usize): u64 {
  const rest = load<u64>(state, FOURTH);
  return rest ? rest : numericOf(0, 0);
}

/** Adds the partial sum to the rest; its scale stays. */
function flush(state: usize): void {
  const partial = load<i64>(state, SECOND);
  if (!partial) return;
  const sum = numericOperation(OPERATION_ADD, restOf(state), numericOf(partial, <i32>load<i64>(state, THIRD)));
  store<u64>(state, keptWord(sum, load<u64>(state, FOURTH)), FOURTH);
  store<i64>(state, 0, SECOND);
}

function numericSum(state: usize): u64 {
  const partial = numericOf(load<i64>(state, SECOND), <i32>load<i64>(state, THIRD));
  return load<u64>(state, FOURTH) ? numericOperation(OPERATION_ADD, restOf(state), partial) : partial;
}

export function numeric_sum_finish(state: usize): u64 {
  return counted(state, SLOT_NUMERIC) ? numericSum(state) : 0;
}

export function numeric_avg_step(state: usize, value: u64): void {
  numeric_sum_step(state, value);
}

export function numeric_avg_finish(state: usize): u64 {
  if (!counted(state, SLOT_NUMERIC)) return 0;
  return numericOperation(OPERATION_DIVIDE, numericSum(state), numericOf(load<i64>(state), 0));
}

export function numeric_variance_step(state: usize, value: u64): void {
  countOne(state);
  const mark = planMark();
  const budget = planBudget();
  addTo(state + SECOND, value);
  addTo(state + THIRD, numericOperation(OPERATION_MULTIPLY, value, value));
  planForget(mark, budget);
}

export function bigint_variance_step(state: usize, value: i64): void {
  numeric_variance_step(state, numericOf(value, 0));
}

function addTo(slot: usize, value: u64): void {
  const old = load<u64>(slot);
  store<u64>(slot, keptWord(old ? numericOperation(OPERATION_ADD, old, value) : value, old));
}

export function numeric_var_samp_finish(state: usize): u64 {
  return spread(state, true, false);
}

export function numeric_var_pop_finish(state: usize): u64 {
  return spread(state, false, false);
}

export function numeric_stddev_samp_finish(state: usize): u64 {
  return spread(state, true, true);
}

export function numeric_stddev_pop_finish(state: usize): u64 {
  return spread(state, false, true);
}

function spread(state: usize, sample: bool, root: bool): u64 {
  const count = load<i64>(state);
  const least = sample ? 2 : 1;
  const empty = count < least;
  setTag(empty ? SLOT_NONE : SLOT_NUMERIC);
  if (empty) return 0;
  if (isSpecial(load<u64>(state, SECOND))) return NUMERIC_NAN;
  const mark = temporaryMark();
  const result = numericFrom(variance(state, count, sample, root));
  temporaryRelease(mark);
  return result;
}

/** (N * sum of squares - square of the sum) / (N * (N - 1)), or / (N * N). */
function variance(state: usize, count: i64, sample: bool, root: bool): Decimal {
  const sum = decimalOf(load<u64>(state, SECOND));
  const squares = decimalOf(load<u64>(state, THIRD));
  const many = decimalFrom(count, 0);
  const top = subtractDecimals(multiplyDecimals(many, squares), multiplyDecimals(sum, sum));
  if (isMissing(top)) return NO_DECIMAL;
  if (top.negative || !top.count) return decimalFrom(0, 0);
  const bottom = multiplyDecimals(many, decimalFrom(sample ? count - 1 : count, 0));
  if (isMissing(bottom)) return NO_DECIMAL;
  const scale = divisionScale(top, bottom);
  const result = divideDecimals(top, bottom, scale, false);
  return root ? rootOf(result, scale) : result;
}

// Doubles --------------------------------------------------------------------------------------------------------------

export function double_avg_step(state: usize, value: f64): void {
  accumulate(state, value);
}

export function double_avg_finish(state: usize): f64 {
  return counted(state, SLOT_DOUBLE) ? load<f64>(state, SECOND) / load<f64>(state) : 0;
}

export function double_variance_step(state: usize, value: f64): void {
  accumulate(state, value);
}

/** Takes a value in (float8_accum of PostgreSQL). */
function accumulate(state: usize, value: f64): void {
  const count = load<f64>(state) + 1;
  const before = load<f64>(state, SECOND);
  const sum = before + value;
  let squares = load<f64>(state, THIRD);
  if (count > 1) {
    const distance = value * count - sum;
    squares += (distance * distance) / (count * (count - 1));
    if (!isFinite(sum) || !isFinite(squares)) {
      if (isFinite(before) && isFinite(value)) fail(RUNTIME_ERROR_OVERFLOW);
      squares = NaN;
    }
  } else if (!isFinite(value)) squares = NaN;
  store<f64>(state, count);
  store<f64>(state, sum, SECOND);
  store<f64>(state, squares, THIRD);
}

function doubleSpread(state: usize, sample: bool): f64 {
  const count = load<f64>(state);
  const least = sample ? 2 : 1;
  const empty = count < least;
  setTag(empty ? SLOT_NONE : SLOT_DOUBLE);
  return empty ? 0 : load<f64>(state, THIRD) / (sample ? count - 1 : count);
}

export function double_var_samp_finish(state: usize): f64 {
  return doubleSpread(state, true);
}

export function double_var_pop_finish(state: usize): f64 {
  return doubleSpread(state, false);
}

export function double_stddev_samp_finish(state: usize): f64 {
  return Math.sqrt(doubleSpread(state, true));
}

export function double_stddev_pop_finish(state: usize): f64 {
  return Math.sqrt(doubleSpread(state, false));
}

/** A pair of the regression's functions: y depends on x (float8_regr_accum of PostgreSQL). */
export function double_regression_step(state: usize, y: f64, x: f64): void {
  const before = load<f64>(state);
  const count = before + 1;
  const sumX = load<f64>(state, SECOND) + x;
  const sumY = load<f64>(state, FOURTH) + y;
  let squaresX = load<f64>(state, THIRD);
  let squaresY = load<f64>(state, FIFTH);
  let products = load<f64>(state, SIXTH);
  if (before > 0) {
    const distanceX = x * count - sumX;
    const distanceY = y * count - sumY;
    const scale = 1 / (count * before);
    squaresX += distanceX * distanceX * scale;
    squaresY += distanceY * distanceY * scale;
    products += distanceX * distanceY * scale;
    if (!isFinite(sumX + sumY + squaresX + squaresY + products) && isFinite(load<f64>(state, SECOND) + load<f64>(state, FOURTH) + x + y)) {
      fail(RUNTIME_ERROR_OVERFLOW);
    }
  } else {
    if (!isFinite(x)) squaresX = NaN;
    if (!isFinite(y)) squaresY = NaN;
    if (!isFinite(x) || !isFinite(y)) products = NaN;
  }
  store<f64>(state, count);
  store<f64>(state, sumX, SECOND);
  store<f64>(state, squaresX, THIRD);
  store<f64>(state, sumY, FOURTH);
  store<f64>(state, squaresY, FIFTH);
  store<f64>(state, products, SIXTH);
}

/** Whether there are at least so many pairs; sets the tag of the result. */
function pairs(state: usize, least: f64): bool {
  const enough = load<f64>(state) >= least;
  setTag(enough ? SLOT_DOUBLE : SLOT_NONE);
  return enough;
}

export function double_covar_pop_finish(state: usize): f64 {
  return pairs(state, 1) ? load<f64>(state, SIXTH) / load<f64>(state) : 0;
}

export function double_covar_samp_finish(state: usize): f64 {
  return pairs(state, 2) ? load<f64>(state, SIXTH) / (load<f64>(state) - 1) : 0;
}

export function double_corr_finish(state: usize): f64 {
  if (!pairs(state, 1)) return 0;
  const product = load<f64>(state, THIRD) * load<f64>(state, FIFTH);
  if (product == 0) setTag(SLOT_NONE);
  return load<f64>(state, SIXTH) / Math.sqrt(product);
}

export function double_regr_avgx_finish(state: usize): f64 {
  return pairs(state, 1) ? load<f64>(state, SECOND) / load<f64>(state) : 0;
}

export function double_regr_avgy_finish(state: usize): f64 {
  return pairs(state, 1) ? load<f64>(state, FOURTH) / load<f64>(state) : 0;
}

export function double_regr_sxx_finish(state: usize): f64 {
  return pairs(state, 1) ? load<f64>(state, THIRD) : 0;
}

export function double_regr_syy_finish(state: usize): f64 {
  return pairs(state, 1) ? load<f64>(state, FIFTH) : 0;
}

export function double_regr_sxy_finish(state: usize): f64 {
  return pairs(state, 1) ? load<f64>(state, SIXTH) : 0;
}

export function double_regr_slope_finish(state: usize): f64 {
  if (!pairs(state, 1)) return 0;
  if (load<f64>(state, THIRD) == 0) setTag(SLOT_NONE);
  return load<f64>(state, SIXTH) / load<f64>(state, THIRD);
}

export function double_regr_intercept_finish(state: usize): f64 {
  if (!pairs(state, 1)) return 0;
  if (load<f64>(state, THIRD) == 0) setTag(SLOT_NONE);
  const slope = load<f64>(state, SIXTH) / load<f64>(state, THIRD);
  return (load<f64>(state, FOURTH) - load<f64>(state, SECOND) * slope) / load<f64>(state);
}

export function double_regr_r2_finish(state: usize): f64 {
  if (!pairs(state, 1)) return 0;
  const squaresX = load<f64>(state, THIRD);
  const squaresY = load<f64>(state, FIFTH);
  if (squaresX == 0) setTag(SLOT_NONE);
  if (squaresX == 0 || squaresY == 0) return 1;
  return (load<f64>(state, SIXTH) * load<f64>(state, SIXTH)) / (squaresX * squaresY);
}
