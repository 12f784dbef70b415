/**
 * Cypher's functions of numbers. They answer what IEEE 754 says: the root of a negative number is NaN, the logarithm of 0 -Infinity.
 *
 * round(x) takes a half upwards; with a precision it goes by the decimal digits that tell x from all other floats, and by a mode, as
 * Neo4j's round does (which follows java.math.RoundingMode).
 *
 * Cost: O(1).
 */
import { CELL_STATEMENT, SLOT_DOUBLE, SLOT_INTEGER } from "../abi/record";
import { RUNTIME_ERROR_ARGUMENT_RANGE, RUNTIME_ERROR_VALUE_OVERFLOW } from "../abi/runtime-error";
import { parseDouble, parsedDouble, shortestDigits, shortestExponent } from "../bytes/float";
import { powerOfTen, printUnsigned } from "../bytes/integer";
import { cells, fail, failWith, setTag } from "../value/cells";
import {
  KIND_NUMBER,
  countArgument,
  floatArgument,
  isNumberValue,
  refuse,
  stringArgument,
  valueFloat,
  valueInteger,
  valueIsInteger,
} from "../value/cypher-argument";
import { SPILL_FIRST, wordBytes, wordLength } from "../value/word";
import { uuid_random, text_from_uuid } from "./binary";
import { text_upper } from "./text";

// Functions of one float -----------------------------------------------------------------------------------------------

/** Numbers of the functions: the rows give them behind the argument. */
const FLOAT_SQRT: i32 = 0;
const FLOAT_EXP: i32 = 1;
const FLOAT_LOG: i32 = 2;
const FLOAT_LOG10: i32 = 3;
const FLOAT_SIN: i32 = 4;
const FLOAT_COS: i32 = 5;
const FLOAT_TAN: i32 = 6;
const FLOAT_COT: i32 = 7;
const FLOAT_ASIN: i32 = 8;
const FLOAT_ACOS: i32 = 9;
const FLOAT_ATAN: i32 = 10;
const FLOAT_DEGREES: i32 = 11;
const FLOAT_RADIANS: i32 = 12;
const FLOAT_HAVERSIN: i32 = 13;
const FLOAT_CEIL: i32 = 14;
const FLOAT_FLOOR: i32 = 15;
const FLOAT_ROUND: i32 = 16;
const FLOAT_SINH: i32 = 17;
const FLOAT_COSH: i32 = 18;
const FLOAT_TANH: i32 = 19;

export function float_function(value: f64, which: i32): f64 {
  switch (which) {
    case FLOAT_SQRT:
      return Math.sqrt(value);
    case FLOAT_EXP:
      return Math.exp(value);
    case FLOAT_LOG:
      return Math.log(value);
    case FLOAT_LOG10:
      return Math.log10(value);
    case FLOAT_SIN:
      return Math.sin(value);
    case FLOAT_COS:
      return Math.cos(value);
    case FLOAT_TAN:
      return Math.tan(value);
    case FLOAT_COT:
      return 1 / Math.tan(value);
    case FLOAT_ASIN:
      return Math.asin(value);
    case FLOAT_ACOS:
      return Math.acos(value);
    case FLOAT_ATAN:
      return Math.atan(value);
    case FLOAT_DEGREES:
      return (value * 180) / Math.PI;
    case FLOAT_RADIANS:
      return (value * Math.PI) / 180;
    case FLOAT_HAVERSIN:
      return (1 - Math.cos(value)) / 2;
    case FLOAT_CEIL:
      return Math.ceil(value);
    case FLOAT_FLOOR:
      return Math.floor(value);
    case FLOAT_ROUND:
      return roundUp(value);
    case FLOAT_SINH:
      return Math.sinh(value);
    case FLOAT_COSH:
      return Math.cosh(value);
    case FLOAT_TANH:
      return Math.tanh(value);
    default:
      return NaN;
  }
}

export function value_float_function(tag: i32, payload: i64, which: i32): f64 {
  return float_function(floatArgument(tag, payload), which);
}

export function value_atan2(yTag: i32, y: i64, xTag: i32, x: i64): f64 {
  return Math.atan2(floatArgument(yTag, y), floatArgument(xTag, x));
}

export function value_is_nan(tag: i32, payload: i64): i32 {
  return isNaN(floatArgument(tag, payload)) ? 1 : 0;
}

/** e() */
export function float_e(): f64 {
  return Math.E;
}

// Absolute value and sign ----------------------------------------------------------------------------------------------

export function value_absolute(tag: i32, payload: i64): i64 {
  setTag(SLOT_INTEGER);
  if (!isNumberValue(tag, payload)) {
    refuse(KIND_NUMBER, tag, payload);
    return 0;
  }
  if (valueIsInteger) {
    if (valueInteger == i64.MIN_VALUE) fail(RUNTIME_ERROR_VALUE_OVERFLOW);
    return valueInteger < 0 ? -valueInteger : valueInteger;
  }
  setTag(SLOT_DOUBLE);
  return reinterpret<i64>(Math.abs(valueFloat));
}

/** -1, 0 or 1; of NaN 0. */
export function value_sign(tag: i32, payload: i64): i64 {
  const value = floatArgument(tag, payload);
  return value > 0 ? 1 : value < 0 ? -1 : 0;
}

// Rounding -------------------------------------------------------------------------------------------------------------

/** Modes and their names. */
const MODE_UP: u32 = 0;
const MODE_DOWN: u32 = 1;
const MODE_CEILING: u32 = 2;
const MODE_FLOOR: u32 = 3;
const MODE_HALF_UP: u32 = 4;
const MODE_HALF_DOWN: u32 = 5;
const MODE_HALF_EVEN: u32 = 6;
const MODES: u32 = 7;
const MODE_BYTES: usize = 9;
// prettier-ignore
const MODE_NAMES: usize = memory.data<u8>([
  85, 80, 0, 0, 0, 0, 0, 0, 0,
  68, 79, 87, 78, 0, 0, 0, 0, 0,
  67, 69, 73, 76, 73, 78, 71, 0, 0,
  70, 76, 79, 79, 82, 0, 0, 0, 0,
  72, 65, 76, 70, 95, 85, 80, 0, 0,
  72, 65, 76, 70, 95, 68, 79, 87, 78,
  72, 65, 76, 70, 95, 69, 86, 69, 78,
]);
/** Digits of a u64 that a power of ten can cut; and the text of a rounded number: digits, e, exponent. */
const DIGITS_MAX: i32 = 19;
const rounded: usize = memory.data(32, 8);

/** The nearest integer, a half upwards. */
function roundUp(value: f64): f64 {
  const floor = Math.floor(value);
  return value - floor >= 0.5 ? floor + 1 : floor;
}

/** round(x, precision): a half away from 0; without digits behind the point as round(x). */
export function value_round_to(tag: i32, payload: i64, precisionTag: i32, precision: i64): f64 {
  const value = floatArgument(tag, payload);
  const digits = countArgument(precisionTag, precision);
  return digits ? roundDecimal(value, digits, MODE_HALF_UP) : roundUp(value);
}

/** round(x, precision, mode) */
export function value_round_by(tag: i32, payload: i64, precisionTag: i32, precision: i64, modeTag: i32, mode: i64): f64 {
  const value = floatArgument(tag, payload);
  const digits = countArgument(precisionTag, precision);
  const name = text_upper(stringArgument(modeTag, mode));
  const length = wordLength(name);
  const bytes = wordBytes(name, SPILL_FIRST);
  for (let found: u32 = 0; found < MODES; found++) {
    const other = MODE_NAMES + <usize>found * MODE_BYTES;
    const isWhole = length == <u32>MODE_BYTES || (length < <u32>MODE_BYTES && !load<u8>(other + length));
    if (length && isWhole && memory.compare(bytes, other, length) == 0) return roundDecimal(value, digits, found);
  }
  failWith(RUNTIME_ERROR_ARGUMENT_RANGE, name, 0);
  return 0;
}

/** Cuts the digits behind the point to `wanted`. Infinity and NaN are what they are. */
function roundDecimal(value: f64, wanted: i64, mode: u32): f64 {
  if (!isFinite(value) || value == 0) return value;
  const isNegative = value < 0;
  const digits = shortestDigits(isNegative ? -value : value);
  const exponent = shortestExponent;
  const cut = -(<i64>exponent) - wanted;
  if (cut <= 0) return value;
  const power: u64 = cut <= DIGITS_MAX ? powerOfTen(<u32>cut) : 0;
  const kept: u64 = power ? digits / power : 0;
  const rest = power ? digits % power : digits;
  const half: i32 = power ? (rest > power - rest ? 1 : rest < power - rest ? -1 : 0) : -1;
  const whole = kept + (rest && goesUp(mode, half, (kept & 1) != 0, isNegative) ? 1 : 0);
  let length = printUnsigned(rounded, whole);
  store<u16>(rounded + length, 0x2d65);
  length += 2;
  length += printUnsigned(rounded + length, <u64>wanted);
  const result = parseDouble(rounded, length) ? parsedDouble : 0;
  return isNegative ? -result : result;
}

/** Whether the last digit that is kept grows. `half`: how the rest compares with a half of it. */
function goesUp(mode: u32, half: i32, isOdd: bool, isNegative: bool): bool {
  switch (mode) {
    case MODE_UP:
      return true;
    case MODE_DOWN:
      return false;
    case MODE_CEILING:
      return !isNegative;
    case MODE_FLOOR:
      return isNegative;
    case MODE_HALF_UP:
      return half >= 0;
    case MODE_HALF_DOWN:
      return half > 0;
    default:
      return half > 0 || (half == 0 && isOdd);
  }
}

// Time and chance ------------------------------------------------------------------------------------------------------

/** timestamp(): Unix milliseconds of the statement. */
export function value_timestamp(): i64 {
  return load<i64>(cells, CELL_STATEMENT) / 1000;
}

/** randomUUID() */
export function value_random_uuid(): u64 {
  return text_from_uuid(uuid_random());
}
