/**
 * Roots, exponentials, logarithms and powers of NUMERIC, with the scales that PostgreSQL gives their results (numeric.c: at least
 * 16 significant digits, at most 1000 behind the point), computed with guard digits in decimals.
 *
 *   sqrt    Newton's iteration from the double's root
 *   exp     Taylor series of x / 2^k, squared k times; of a negative x the reciprocal
 *   ln      x = m * 10^e; m is brought near 1 by roots, then 2 artanh((m - 1) / (m + 1)); ln 10 = 6 artanh(1/3) + 2 artanh(1/9)
 *   power   whole exponents by squaring, others by exp(y ln x)
 *
 * Cost: for d digits O(d * d) a term or step, O(d) terms.
 */
import {
  RUNTIME_ERROR_DIVISION_BY_ZERO,
  RUNTIME_ERROR_LOG_OF_NEGATIVE,
  RUNTIME_ERROR_LOG_OF_ZERO,
  RUNTIME_ERROR_NEGATIVE_ROOT,
  RUNTIME_ERROR_NEGATIVE_TO_FRACTION,
  RUNTIME_ERROR_NUMERIC_OVERFLOW,
  RUNTIME_ERROR_ZERO_TO_NEGATIVE,
} from "../abi/runtime-error";
import { fail, temporaryMark, temporaryRelease } from "./cells";
import {
  Decimal,
  NO_DECIMAL,
  addDecimals,
  compareDecimals,
  decimalFrom,
  divideDecimals,
  firstGroup,
  isMissing,
  leadingDigits,
  multiplyDecimals,
  multiplyRounded,
  negated,
  rescaled,
  rounded,
  subtractDecimals,
  topExponent,
  weightOf,
} from "./decimal";
import {
  CHOSEN_SCALE_MAX,
  NUMERIC_INFINITY,
  NUMERIC_NAN,
  NUMERIC_NEGATIVE_INFINITY,
  SIGNIFICANT_DIGITS,
  decimalOf,
  isSpecial,
  numericFrom,
  numericOf,
  numericSign,
} from "./numeric";
import { numericInteger, numericToDouble, numericToInteger } from "./numeric-text";
import { WORD_EMPTY } from "./word";
import { compareNumerics } from "./numeric";

const LOG10_E: f64 = 0.434294481903252;
const LN_10: f64 = 2.302585092994046;
/** More digits than this before the point cannot be. */
const RESULT_DIGITS_MAX: f64 = 131072;
/** PostgreSQL's limit for arguments of exp. */
const EXPONENT_MAX: f64 = 6000;
const LEADING: u32 = 17;

function chosen(scale: i32, least: i32): i32 {
  const result = scale > least ? scale : least;
  return result < 0 ? 0 : result > CHOSEN_SCALE_MAX ? CHOSEN_SCALE_MAX : result;
}

/** digits * 10^exponent. */
function scaledDecimal(digits: i64, exponent: i32): Decimal {
  if (exponent <= 0) return decimalFrom(digits, -exponent);
  const result = rescaled(decimalFrom(digits, 0), exponent);
  if (!isMissing(result)) result.scale = 0;
  return result;
}

// Roots ----------------------------------------------------------------------------------------------------------------

export function sqrtNumeric(word: u64): u64 {
  if (word == NUMERIC_NAN || word == NUMERIC_INFINITY) return word;
  if (numericSign(word) < 0) {
    fail(RUNTIME_ERROR_NEGATIVE_ROOT);
    return WORD_EMPTY;
  }
  const mark = temporaryMark();
  const value = decimalOf(word);
  let result = WORD_EMPTY;
  if (!isMissing(value)) {
    const weight = weightOf(value);
    const digits = weight >= 0 ? weight * 2 + 1 : 1 - (1 - weight * 4) / 2;
    result = numericFrom(rootOf(value, chosen(SIGNIFICANT_DIGITS - digits, value.scale)));
  }
  temporaryRelease(mark);
  return result;
}

/** The root rounded to `scale`. Requires: the value is not negative. */
export function rootOf(value: Decimal, scale: i32): Decimal {
  if (isMissing(value) || !value.count) return rescaled(decimalFrom(0, 0), scale);
  const working = scale + 4;
  const top = topExponent(value);
  // value ~ leading * 10^exponent with an even exponent; the root of the first 18 digits has nine, seven more come behind them.
  const odd = (top - <i32>LEADING + 1) & 1;
  const leading = <f64>leadingDigits(value, LEADING + odd);
  const exponent = top - <i32>LEADING + 1 - odd;
  let root = scaledDecimal(<i64>(Math.sqrt(leading) * 1e7), exponent / 2 - 7);
  root = rounded(root, working, false);
  if (!isMissing(root) && !root.count) root = decimalFrom(1, working);
  const half = decimalFrom(5, 1);
  for (let step = 0; step < 200 && !isMissing(root); step++) {
    const next = multiplyRounded(addDecimals(root, divideDecimals(value, root, working, false)), half, working);
    const settled = isMissing(next) || isClose(root, next, working);
    root = next;
    if (settled) break;
  }
  return exactRoot(value, rounded(root, scale, false), scale);
}

/** The root that is nearest: the one given, or that less one unit of the last place if the square of their middle is too large. */
function exactRoot(value: Decimal, root: Decimal, scale: i32): Decimal {
  const middle = subtractDecimals(root, decimalFrom(5, scale + 1));
  if (isMissing(middle) || compareDecimals(multiplyDecimals(middle, middle), value) <= 0) return root;
  return subtractDecimals(root, decimalFrom(1, scale));
}

/** Whether both differ by one unit of the last place at most. */
function isClose(left: Decimal, right: Decimal, scale: i32): bool {
  const difference = subtractDecimals(left, right);
  if (isMissing(difference)) return true;
  difference.negative = false;
  return compareDecimals(difference, decimalFrom(1, scale)) <= 0;
}

// Exponentials ---------------------------------------------------------------------------------------------------------

export function expNumeric(word: u64): u64 {
  if (word == NUMERIC_NAN || word == NUMERIC_INFINITY) return word;
  if (word == NUMERIC_NEGATIVE_INFINITY) return numericOf(0, 0);
  const mark = temporaryMark();
  const value = decimalOf(word);
  const digits = clampDigits(numericToDouble(word) * LOG10_E, 2000);
  const result = isMissing(value) ? WORD_EMPTY : numericFrom(expOf(value, chosen(SIGNIFICANT_DIGITS - <i32>digits, value.scale)));
  temporaryRelease(mark);
  return result;
}

function clampDigits(value: f64, limit: f64): f64 {
  return value > limit ? limit : value < -limit ? -limit : value;
}

/** e^value rounded to `scale`. */
function expOf(value: Decimal, scale: i32): Decimal {
  if (isMissing(value)) return value;
  const size = approximate(value);
  if (size >= EXPONENT_MAX) {
    fail(RUNTIME_ERROR_NUMERIC_OVERFLOW);
    return NO_DECIMAL;
  }
  if (-size * LOG10_E > <f64>(scale + 1)) return rescaled(decimalFrom(0, 0), scale);
  let magnitude = value.negative ? negated(value) : value;
  let halvings = 0;
  for (let rest = Math.abs(size); rest > 0.01; rest /= 2) halvings++;
  const working = scale + <i32>(Math.abs(size) * LOG10_E) + halvings / 3 + 10;
  const half = decimalFrom(5, 1);
  for (let index = 0; index < halvings; index++) magnitude = multiplyRounded(magnitude, half, working + halvings);
  let result = seriesOfExp(magnitude, working + halvings);
  for (let index = 0; index < halvings; index++) result = multiplyRounded(result, result, working + halvings);
  if (isMissing(result)) return result;
  return value.negative ? divideDecimals(decimalFrom(1, 0), result, scale, false) : rounded(result, scale, false);
}

function seriesOfExp(value: Decimal, scale: i32): Decimal {
  let sum = addDecimals(decimalFrom(1, 0), value);
  let term = value;
  for (let index: i64 = 2; !isMissing(term) && term.count; index++) {
    term = divideDecimals(multiplyRounded(term, value, scale), decimalFrom(index, 0), scale, false);
    sum = addDecimals(sum, term);
  }
  return isMissing(term) ? term : sum;
}

/** The value as a double, infinite where it is too large. */
function approximate(value: Decimal): f64 {
  if (isMissing(value) || !value.count) return 0;
  const magnitude = <f64>leadingDigits(value, LEADING) * Math.pow(10, <f64>(topExponent(value) - <i32>LEADING + 1));
  return value.negative ? -magnitude : magnitude;
}

// Logarithms -----------------------------------------------------------------------------------------------------------

/** The logarithm's first digit's power of ten, about (estimate_ln_dweight of PostgreSQL). */
function logWeight(value: Decimal): i32 {
  if (isMissing(value) || value.negative || !value.count) return 0;
  if (compareDecimals(value, decimalFrom(9, 1)) >= 0 && compareDecimals(value, decimalFrom(11, 1)) <= 0) {
    const distance = subtractDecimals(value, decimalFrom(1, 0));
    if (isMissing(distance) || !distance.count) return 0;
    return weightOf(distance) * 4 + <i32>Math.log10(<f64>firstGroup(distance));
  }
  const logarithm = Math.log(<f64>leadingDigits(value, LEADING)) + <f64>(topExponent(value) - <i32>LEADING + 1) * LN_10;
  return <i32>Math.log10(Math.abs(logarithm));
}

/** Whether the number has a logarithm; an error if not. */
function hasLogarithm(word: u64): bool {
  const sign = numericSign(word);
  if (sign > 0) return true;
  fail(sign ? RUNTIME_ERROR_LOG_OF_NEGATIVE : RUNTIME_ERROR_LOG_OF_ZERO);
  return false;
}

export function lnNumeric(word: u64): u64 {
  if (word == NUMERIC_NAN || word == NUMERIC_INFINITY) return word;
  if (!hasLogarithm(word)) return WORD_EMPTY;
  const mark = temporaryMark();
  const value = decimalOf(word);
  const result = isMissing(value) ? WORD_EMPTY : numericFrom(lnOf(value, chosen(SIGNIFICANT_DIGITS - logWeight(value), value.scale)));
  temporaryRelease(mark);
  return result;
}

/** log(base, value). */
export function logNumeric(base: u64, word: u64): u64 {
  if (base == NUMERIC_NAN || word == NUMERIC_NAN) return NUMERIC_NAN;
  if (!hasLogarithm(base) || !hasLogarithm(word)) return WORD_EMPTY;
  if (isSpecial(base)) return isSpecial(word) ? NUMERIC_NAN : numericOf(0, 0);
  if (isSpecial(word)) return NUMERIC_INFINITY;
  const mark = temporaryMark();
  const first = decimalOf(base);
  const second = decimalOf(word);
  let result = WORD_EMPTY;
  if (!isMissing(first) && !isMissing(second)) result = numericFrom(quotientOfLogs(first, second));
  temporaryRelease(mark);
  return result;
}

function quotientOfLogs(base: Decimal, value: Decimal): Decimal {
  const baseWeight = logWeight(base);
  const valueWeight = logWeight(value);
  const scale = chosen(chosen(SIGNIFICANT_DIGITS - valueWeight + baseWeight, value.scale), base.scale);
  const divisor = lnOf(base, chosenWorking(scale + valueWeight - baseWeight * 2 + 8));
  if (isMissing(divisor)) return divisor;
  if (!divisor.count) {
    fail(RUNTIME_ERROR_DIVISION_BY_ZERO);
    return NO_DECIMAL;
  }
  return divideDecimals(lnOf(value, chosenWorking(scale - baseWeight + 8)), divisor, scale, false);
}

function chosenWorking(scale: i32): i32 {
  return scale < 8 ? 8 : scale;
}

/** The natural logarithm rounded to `scale`. Requires: the value is greater than 0. */
function lnOf(value: Decimal, scale: i32): Decimal {
  if (isMissing(value)) return value;
  // value = rest * 10^exponent with 0.3 < rest < 3.2.
  const leading = <f64>leadingDigits(value, 2);
  const exponent = topExponent(value) + (leading > 31 ? 1 : 0);
  const working = scale + 12;
  let rest = shiftPoint(value, exponent);
  const roots = 4;
  for (let index = 0; index < roots; index++) rest = rootOf(rest, working + roots);
  const one = decimalFrom(1, 0);
  const ratio = divideDecimals(subtractDecimals(rest, one), addDecimals(rest, one), working + roots, false);
  let result = multiplyDecimals(artanh(ratio, working + roots), decimalFrom(2 << roots, 0));
  if (exponent) {
    const logOfTen = addDecimals(
      multiplyDecimals(artanh(divideDecimals(one, decimalFrom(3, 0), working, false), working), decimalFrom(6, 0)),
      multiplyDecimals(artanh(divideDecimals(one, decimalFrom(9, 0), working, false), working), decimalFrom(2, 0)),
    );
    result = addDecimals(result, multiplyDecimals(logOfTen, decimalFrom(exponent, 0)));
  }
  return rounded(result, scale, false);
}

/** value / 10^places. */
function shiftPoint(value: Decimal, places: i32): Decimal {
  const result = negated(value);
  if (isMissing(result)) return result;
  result.negative = false;
  if (value.scale + places >= 0) {
    result.scale = value.scale + places;
    return result;
  }
  const whole = rescaled(result, value.scale - (value.scale + places));
  if (!isMissing(whole)) whole.scale = 0;
  return whole;
}

/** z + z^3 / 3 + z^5 / 5 ... */
function artanh(value: Decimal, scale: i32): Decimal {
  const square = multiplyRounded(value, value, scale);
  let power = value;
  let sum = value;
  for (let index: i64 = 3; !isMissing(power) && power.count; index += 2) {
    power = multiplyRounded(power, square, scale);
    sum = addDecimals(sum, divideDecimals(power, decimalFrom(index, 0), scale, false));
  }
  return isMissing(power) ? power : sum;
}

// Powers ---------------------------------------------------------------------------------------------------------------

export function powerNumeric(base: u64, exponent: u64): u64 {
  const special = specialPower(base, exponent);
  if (special != WORD_EMPTY) return special;
  const sign = numericSign(base);
  const exponentSign = numericSign(exponent);
  if (!sign && exponentSign < 0) {
    fail(RUNTIME_ERROR_ZERO_TO_NEGATIVE);
    return WORD_EMPTY;
  }
  const whole = numericToInteger(exponent) && compareNumerics(numericOf(numericInteger, 0), exponent) == 0;
  const integer = numericInteger;
  if (sign < 0 && !whole && !isWhole(exponent)) {
    fail(RUNTIME_ERROR_NEGATIVE_TO_FRACTION);
    return WORD_EMPTY;
  }
  const mark = temporaryMark();
  const first = decimalOf(base);
  const second = decimalOf(exponent);
  let result = WORD_EMPTY;
  if (!isMissing(first) && !isMissing(second)) {
    const small = whole && integer <= 2147483647 && integer >= -2147483647;
    result = numericFrom(small ? wholePower(first, <i32>integer, second.scale) : realPower(first, second));
  }
  temporaryRelease(mark);
  return result;
}

function isWhole(word: u64): bool {
  const mark = temporaryMark();
  const value = decimalOf(word);
  const whole = !isMissing(value) && compareDecimals(rounded(value, 0, true), value) == 0;
  temporaryRelease(mark);
  return whole;
}

/** Powers with NaN and infinities; WORD_EMPTY of all others. */
function specialPower(base: u64, exponent: u64): u64 {
  const one = numericOf(1, 0);
  if (!isSpecial(base) && !isSpecial(exponent)) return WORD_EMPTY;
  if (base == NUMERIC_NAN) return numericSign(exponent) == 0 && exponent != NUMERIC_NAN ? one : NUMERIC_NAN;
  if (exponent == NUMERIC_NAN) return compareNumerics(base, one) == 0 ? one : NUMERIC_NAN;
  if (compareNumerics(base, one) == 0 || numericSign(exponent) == 0) return one;
  const sign = numericSign(exponent);
  if (!isSpecial(exponent)) {
    if (sign < 0) return numericOf(0, 0);
    if (base == NUMERIC_INFINITY) return base;
    if (!isWhole(exponent)) {
      fail(RUNTIME_ERROR_NEGATIVE_TO_FRACTION);
      return NUMERIC_NAN;
    }
    return numericToInteger(exponent) && numericInteger & 1 ? NUMERIC_NEGATIVE_INFINITY : NUMERIC_INFINITY;
  }
  if (!numericSign(base)) {
    if (sign > 0) return numericOf(0, 0);
    fail(RUNTIME_ERROR_ZERO_TO_NEGATIVE);
    return NUMERIC_NAN;
  }
  const minusOne = compareNumerics(base, numericOf(-1, 0));
  if (!minusOne) return one;
  const large = isSpecial(base) || compareNumerics(base, one) > 0 || minusOne < 0;
  return large == sign > 0 ? NUMERIC_INFINITY : numericOf(0, 0);
}

/** base^exponent by squaring, with as many digits as the result's scale needs (power_var_int of PostgreSQL). */
function wholePower(base: Decimal, exponent: i32, exponentScale: i32): Decimal {
  const digits = base.count
    ? <f64>exponent * (Math.log10(<f64>leadingDigits(base, LEADING)) + <f64>(topExponent(base) - <i32>LEADING + 1))
    : 0;
  if (digits > RESULT_DIGITS_MAX) {
    fail(RUNTIME_ERROR_NUMERIC_OVERFLOW);
    return NO_DECIMAL;
  }
  if (digits + 1 < -(<f64>CHOSEN_SCALE_MAX)) return rescaled(decimalFrom(0, 0), CHOSEN_SCALE_MAX);
  const scale = chosen(chosen(SIGNIFICANT_DIGITS - <i32>digits, base.scale), exponentScale);
  if (!exponent) return rescaled(decimalFrom(1, 0), scale);
  if (!base.count) return rescaled(decimalFrom(0, 0), scale);
  const significant = 1 + scale + <i32>Math.abs(digits) + <i32>Math.log(Math.abs(<f64>exponent)) + 8;
  let left = <u32>(exponent < 0 ? -exponent : exponent);
  let square = base;
  let result = decimalFrom(1, 0);
  while (left && !isMissing(square)) {
    if (left & 1) result = shortened(multiplyDecimals(result, square), significant);
    left >>= 1;
    if (left) square = shortened(multiplyDecimals(square, square), significant);
  }
  if (isMissing(result) || isMissing(square)) return NO_DECIMAL;
  return exponent < 0 ? divideDecimals(decimalFrom(1, 0), result, scale, false) : rounded(result, scale, false);
}

/** The value with about so many significant digits behind the point. */
function shortened(value: Decimal, significant: i32): Decimal {
  if (isMissing(value) || !value.count) return value;
  const scale = significant - topExponent(value);
  return scale < value.scale ? rounded(value, scale < 0 ? 0 : scale, false) : value;
}

/** exp(exponent * ln(base)) (power_var of PostgreSQL). */
function realPower(base: Decimal, exponent: Decimal): Decimal {
  if (!base.count) return rescaled(decimalFrom(0, 0), SIGNIFICANT_DIGITS);
  const negative = base.negative && !isEven(exponent);
  const magnitude = base.negative ? negated(base) : base;
  const weight = logWeight(magnitude);
  const rough = multiplyDecimals(lnOf(magnitude, chosenWorking(8 - weight)), exponent);
  const size = approximate(rough);
  if (Math.abs(size) > RESULT_DIGITS_MAX * 3.01) {
    if (size < 0) return rescaled(decimalFrom(0, 0), CHOSEN_SCALE_MAX);
    fail(RUNTIME_ERROR_NUMERIC_OVERFLOW);
    return NO_DECIMAL;
  }
  const digits = <i32>(size * LOG10_E);
  const scale = chosen(chosen(SIGNIFICANT_DIGITS - digits, base.scale), exponent.scale);
  const working = scale + digits - weight + 8;
  const result = expOf(multiplyDecimals(lnOf(magnitude, chosenWorking(working)), exponent), scale);
  return negative ? negated(result) : result;
}

/** Whether a whole number is even. */
function isEven(value: Decimal): bool {
  return value.scale > 0 || !value.count || !(load<u32>(value.limbs) & 1);
}
