/**
 * Dynamic values for plans: comparisons, arithmetic, fields and elements, hash. Each value is a tag and a payload; a result that
 * is one has its tag in CELL_TAG (host/query/README.md, "Dynamic values").
 */
import { CELL_TAG, SLOT_BOOLEAN, SLOT_DOUBLE, SLOT_INTEGER, SLOT_JSON, SLOT_NONE, SLOT_NUMERIC, SLOT_TEXT } from "../abi/record";
import { RUNTIME_ERROR_BIGINT_RANGE, RUNTIME_ERROR_DIVISION_BY_ZERO, RUNTIME_ERROR_OVERFLOW } from "../abi/runtime-error";
import { cells, fail, setTag } from "../value/cells";
import {
  FORM_DOUBLE,
  FORM_INTEGER,
  FORM_NUMERIC,
  UNORDERED,
  compareDynamic,
  compareKnown,
  equalDynamic,
  hashDynamic,
  numberAsDouble,
  numberDouble,
  numberForm,
  numberInteger,
  numberWord,
  packedPayload,
  packedTag,
  readNumber,
  readPackedValue,
} from "../value/dynamic";
import {
  OPERATION_ADD,
  OPERATION_DIVIDE,
  OPERATION_MODULO,
  OPERATION_MULTIPLY,
  OPERATION_SUBTRACT,
  negateNumeric,
  numericSign,
  numericOf,
  numericOperation,
} from "../value/numeric";
import { numericFromDouble } from "../value/numeric-text";
import { elementOf, fieldOf, followPath } from "../value/json-access";
import { SPILL_VALUE, wordBytes } from "../value/word";
import { textOfDynamic } from "../value/dynamic-text";

const DOUBLE_DIGITS: i32 = 15;

export function any_equal(leftTag: i32, left: i64, rightTag: i32, right: i64): i32 {
  return equalDynamic(leftTag, left, rightTag, right) ? 1 : 0;
}

export function any_not_equal(leftTag: i32, left: i64, rightTag: i32, right: i64): i32 {
  return equalDynamic(leftTag, left, rightTag, right) ? 0 : 1;
}

/** The total order: negative, 0 or positive. */
export function any_compare(leftTag: i32, left: i64, rightTag: i32, right: i64): i32 {
  return compareDynamic(leftTag, left, rightTag, right);
}

export function any_hash(tag: i32, payload: i64): u64 {
  return hashDynamic(tag, payload);
}

/** The order of what has one; NULL of other pairs, which CELL_TAG says. */
function known(leftTag: i32, left: i64, rightTag: i32, right: i64): i32 {
  const order =
    leftTag == SLOT_JSON || rightTag == SLOT_JSON ? ofJson(leftTag, left, rightTag, right) : compareKnown(leftTag, left, rightTag, right);
  setTag(order == UNORDERED ? SLOT_NONE : SLOT_BOOLEAN);
  return order;
}

/** Arrays and objects have no order, numbers that are kept as text have. */
function ofJson(leftTag: i32, left: i64, rightTag: i32, right: i64): i32 {
  if (!readNumber(leftTag, left) || !readNumber(rightTag, right)) return UNORDERED;
  return compareKnown(leftTag, left, rightTag, right);
}

export function any_less(leftTag: i32, left: i64, rightTag: i32, right: i64): i32 {
  const order = known(leftTag, left, rightTag, right);
  return order < 0 ? 1 : 0;
}

export function any_less_equal(leftTag: i32, left: i64, rightTag: i32, right: i64): i32 {
  const order = known(leftTag, left, rightTag, right);
  return order <= 0 ? 1 : 0;
}

export function any_greater(leftTag: i32, left: i64, rightTag: i32, right: i64): i32 {
  const order = known(leftTag, left, rightTag, right);
  return order > 0 && order != UNORDERED ? 1 : 0;
}

export function any_greater_equal(leftTag: i32, left: i64, rightTag: i32, right: i64): i32 {
  const order = known(leftTag, left, rightTag, right);
  return order >= 0 && order != UNORDERED ? 1 : 0;
}

export function any_add(leftTag: i32, left: i64, rightTag: i32, right: i64): i64 {
  return calculate(OPERATION_ADD, leftTag, left, rightTag, right);
}

export function any_subtract(leftTag: i32, left: i64, rightTag: i32, right: i64): i64 {
  return calculate(OPERATION_SUBTRACT, leftTag, left, rightTag, right);
}

export function any_multiply(leftTag: i32, left: i64, rightTag: i32, right: i64): i64 {
  return calculate(OPERATION_MULTIPLY, leftTag, left, rightTag, right);
}

export function any_divide(leftTag: i32, left: i64, rightTag: i32, right: i64): i64 {
  return calculate(OPERATION_DIVIDE, leftTag, left, rightTag, right);
}

export function any_modulo(leftTag: i32, left: i64, rightTag: i32, right: i64): i64 {
  return calculate(OPERATION_MODULO, leftTag, left, rightTag, right);
}

export function any_negate(tag: i32, payload: i64): i64 {
  if (!readNumber(tag, payload)) {
    setTag(SLOT_NONE);
    return 0;
  }
  setTag(resultTag(numberForm));
  if (numberForm == FORM_NUMERIC) return negateNumeric(numberWord);
  if (numberForm == FORM_DOUBLE) return reinterpret<i64>(-numberDouble);
  if (numberInteger == i64.MIN_VALUE) fail(RUNTIME_ERROR_BIGINT_RANGE);
  return -numberInteger;
}

export function any_absolute(tag: i32, payload: i64): i64 {
  if (!readNumber(tag, payload)) {
    setTag(SLOT_NONE);
    return 0;
  }
  setTag(resultTag(numberForm));
  if (numberForm == FORM_NUMERIC) return numericSign(numberWord) < 0 ? negateNumeric(numberWord) : numberWord;
  if (numberForm == FORM_DOUBLE) return reinterpret<i64>(Math.abs(numberDouble));
  if (numberInteger == i64.MIN_VALUE) fail(RUNTIME_ERROR_BIGINT_RANGE);
  return numberInteger < 0 ? -numberInteger : numberInteger;
}

function resultTag(form: u32): u32 {
  return form == FORM_INTEGER ? SLOT_INTEGER : form == FORM_DOUBLE ? SLOT_DOUBLE : SLOT_NUMERIC;
}

/** Integers as bigint, with NUMERIC as NUMERIC, else in double precision; NULL unless both are numbers. */
function calculate(operation: u32, leftTag: u32, left: i64, rightTag: u32, right: i64): i64 {
  setTag(SLOT_NONE);
  if (!readNumber(leftTag, left)) return 0;
  const form = numberForm;
  const integer = numberInteger;
  const double = numberAsDouble();
  const word = form == FORM_NUMERIC ? numberWord : form == FORM_INTEGER ? numericInteger(integer) : 0;
  if (!readNumber(rightTag, right)) return 0;
  if (form == FORM_INTEGER && numberForm == FORM_INTEGER) {
    setTag(SLOT_INTEGER);
    return calculateIntegers(operation, integer, numberInteger);
  }
  if (form == FORM_NUMERIC || numberForm == FORM_NUMERIC) {
    const first = form == FORM_DOUBLE ? numericFromDouble(double, DOUBLE_DIGITS) : word;
    readNumber(rightTag, right);
    const second =
      numberForm == FORM_NUMERIC
        ? numberWord
        : numberForm == FORM_INTEGER
          ? numericInteger(numberInteger)
          : numericFromDouble(numberDouble, DOUBLE_DIGITS);
    setTag(SLOT_NUMERIC);
    return numericOperation(operation, first, second);
  }
  setTag(SLOT_DOUBLE);
  return reinterpret<i64>(calculateDoubles(operation, double, numberAsDouble()));
}

function numericInteger(value: i64): u64 {
  return numericOf(value, 0);
}

function calculateIntegers(operation: u32, left: i64, right: i64): i64 {
  if (operation == OPERATION_ADD) {
    const sum = left + right;
    if (((left ^ sum) & (right ^ sum)) < 0) fail(RUNTIME_ERROR_BIGINT_RANGE);
    return sum;
  }
  if (operation == OPERATION_SUBTRACT) {
    const difference = left - right;
    if (((left ^ right) & (left ^ difference)) < 0) fail(RUNTIME_ERROR_BIGINT_RANGE);
    return difference;
  }
  if (operation == OPERATION_MULTIPLY) {
    const product = left * right;
    if (left && ((left == -1 && right == i64.MIN_VALUE) || product / left != right)) fail(RUNTIME_ERROR_BIGINT_RANGE);
    return product;
  }
  if (!right) {
    fail(RUNTIME_ERROR_DIVISION_BY_ZERO);
    return 0;
  }
  if (right == -1) {
    if (operation == OPERATION_MODULO) return 0;
    if (left == i64.MIN_VALUE) fail(RUNTIME_ERROR_BIGINT_RANGE);
    return -left;
  }
  return operation == OPERATION_DIVIDE ? left / right : left % right;
}

function calculateDoubles(operation: u32, left: f64, right: f64): f64 {
  if (operation >= OPERATION_DIVIDE && right == 0 && !isNaN(left)) {
    fail(RUNTIME_ERROR_DIVISION_BY_ZERO);
    return 0;
  }
  let result: f64 = 0;
  if (operation == OPERATION_ADD) result = left + right;
  else if (operation == OPERATION_SUBTRACT) result = left - right;
  else if (operation == OPERATION_MULTIPLY) result = left * right;
  else if (operation == OPERATION_DIVIDE) result = left / right;
  else result = left % right;
  if (!isFinite(result) && isFinite(left) && isFinite(right)) fail(RUNTIME_ERROR_OVERFLOW);
  return result;
}

// Fields and elements --------------------------------------------------------------------------------------------------

/** The field of an object; NULL of all else. */
export function any_field(tag: i32, payload: i64, name: u64): i64 {
  return answer(tag == SLOT_JSON ? fieldOf(wordBytes(payload, SPILL_VALUE), name) : 0);
}

/** The element of an array, from the end where the number is negative; NULL of all else. */
export function any_element(tag: i32, payload: i64, index: i64): i64 {
  return answer(tag >= SLOT_JSON ? elementOf(wordBytes(payload, SPILL_VALUE), index) : 0);
}

/** The value at a path: an array of names and numbers as text, `{a,0,b}`. */
export function any_path(tag: i32, payload: i64, path: u64): i64 {
  return answer(tag == SLOT_JSON ? followPath(wordBytes(payload, SPILL_VALUE), path) : 0);
}

function answer(value: usize): i64 {
  if (!value) {
    setTag(SLOT_NONE);
    return 0;
  }
  readPackedValue(value);
  setTag(packedTag);
  return packedPayload;
}

export function any_field_text(tag: i32, payload: i64, name: u64): u64 {
  return answerText(any_field(tag, payload, name));
}

export function any_element_text(tag: i32, payload: i64, index: i64): u64 {
  return answerText(any_element(tag, payload, index));
}

export function any_path_text(tag: i32, payload: i64, path: u64): u64 {
  return answerText(any_path(tag, payload, path));
}

/** The text of what was just answered. */
function answerText(payload: i64): u64 {
  const tag = load<u32>(cells, CELL_TAG);
  if (tag == SLOT_NONE) return 0;
  const text = textOfDynamic(tag, payload);
  setTag(SLOT_TEXT);
  return text;
}
