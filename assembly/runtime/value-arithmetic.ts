/**
 * Cypher's arithmetic: integers have 64 bits and fail when they overflow, floats follow IEEE 754 and never fail; an integer with a float
 * is a float. `+` also puts strings and lists together, and a value at the end or the front of a list.
 *
 * A NUMERIC of an SQL table counts as a float, save among themselves, where it stays one.
 */
import { SLOT_ARRAY, SLOT_DOUBLE, SLOT_INTEGER, SLOT_NUMERIC, SLOT_TEMPORAL, SLOT_TEXT } from "../abi/record";
import { RUNTIME_ERROR_VALUE_DIVISION, RUNTIME_ERROR_VALUE_KIND, RUNTIME_ERROR_VALUE_OVERFLOW } from "../abi/runtime-error";
import { fail, setTag } from "../value/cells";
import { isNumberTag, itemPayload, itemTag, packItem, readValue } from "../value/cypher-item";
import { NAME_ADDABLE, NAME_NUMBER, failKind } from "../value/cypher-kind";
import { numberAsDouble, readNumber } from "../value/dynamic";
import { beginPacking, packedWord } from "../value/dynamic-pack";
import { textOfDynamic } from "../value/dynamic-text";
import {
  OPERATION_ADD,
  OPERATION_DIVIDE,
  OPERATION_MODULO,
  OPERATION_MULTIPLY,
  OPERATION_SUBTRACT,
  negateNumeric,
  numericOperation,
  numericSign,
} from "../value/numeric";
import { afterValue, childCount, firstChild } from "../value/packed";
import { closeArray, openContainer, writePacked } from "../value/packed-writer";
import { TEMPORAL_DURATION, temporalKind } from "../value/temporal";
import { SPILL_ARRAY, wordBytes } from "../value/word";
import { text_concat } from "./text";
import { negatedDuration, temporalOperation } from "./value-duration";
import { answerNull } from "./value-entity";

/** The other operand, as `readValue` reads it, while `itemTag` and `itemPayload` are the right one. */
let firstTag: u32 = 0;
let firstPayload: u64 = 0;

function readBoth(leftTag: u32, left: u64, rightTag: u32, right: u64): void {
  readValue(leftTag, left);
  firstTag = itemTag;
  firstPayload = itemPayload;
  readValue(rightTag, right);
}

function doubleOfNumber(tag: u32, payload: u64): f64 {
  if (tag == SLOT_DOUBLE) return reinterpret<f64>(payload);
  if (tag == SLOT_INTEGER) return <f64>(<i64>payload);
  readNumber(tag, payload);
  return numberAsDouble();
}

function answerDouble(value: f64): i64 {
  setTag(SLOT_DOUBLE);
  return reinterpret<i64>(value);
}

function overflow(): i64 {
  fail(RUNTIME_ERROR_VALUE_OVERFLOW);
  return 0;
}

/** Arithmetic of two numbers; what is none fails. */
function calculate(operation: u32, leftTag: u32, left: u64, rightTag: u32, right: u64): i64 {
  readBoth(leftTag, left, rightTag, right);
  if (firstTag == SLOT_TEMPORAL || itemTag == SLOT_TEMPORAL)
    return temporalOperation(operation, firstTag, firstPayload, itemTag, itemPayload);
  if (!isNumberTag(firstTag)) {
    failKind(RUNTIME_ERROR_VALUE_KIND, NAME_NUMBER, leftTag, left);
    return answerNull();
  }
  if (!isNumberTag(itemTag)) {
    failKind(RUNTIME_ERROR_VALUE_KIND, NAME_NUMBER, rightTag, right);
    return answerNull();
  }
  return calculateRead(operation);
}

/** The same for the operands just read, which are numbers. */
function calculateRead(operation: u32): i64 {
  if (firstTag == SLOT_INTEGER && itemTag == SLOT_INTEGER) {
    setTag(SLOT_INTEGER);
    return integerOperation(operation, firstPayload, itemPayload);
  }
  if (firstTag == SLOT_NUMERIC && itemTag == SLOT_NUMERIC) {
    setTag(SLOT_NUMERIC);
    if (operation >= OPERATION_DIVIDE && !numericSign(itemPayload)) fail(RUNTIME_ERROR_VALUE_DIVISION);
    else return numericOperation(operation, firstPayload, itemPayload);
    return 0;
  }
  const left = doubleOfNumber(firstTag, firstPayload);
  const right = doubleOfNumber(itemTag, itemPayload);
  switch (operation) {
    case OPERATION_ADD:
      return answerDouble(left + right);
    case OPERATION_SUBTRACT:
      return answerDouble(left - right);
    case OPERATION_MULTIPLY:
      return answerDouble(left * right);
    case OPERATION_DIVIDE:
      return answerDouble(left / right);
    default:
      return answerDouble(left % right);
  }
}

function integerOperation(operation: u32, left: i64, right: i64): i64 {
  switch (operation) {
    case OPERATION_ADD: {
      const sum = left + right;
      return ((left ^ sum) & (right ^ sum)) < 0 ? overflow() : sum;
    }
    case OPERATION_SUBTRACT: {
      const difference = left - right;
      return ((left ^ right) & (left ^ difference)) < 0 ? overflow() : difference;
    }
    case OPERATION_MULTIPLY:
      return multiply(left, right);
    default: {
      if (!right) {
        fail(RUNTIME_ERROR_VALUE_DIVISION);
        return 0;
      }
      // The only quotient that has no place; its remainder is 0.
      if (right == -1) return operation == OPERATION_DIVIDE ? negate(left) : 0;
      return operation == OPERATION_DIVIDE ? left / right : left % right;
    }
  }
}

function negate(value: i64): i64 {
  return value == i64.MIN_VALUE ? overflow() : -value;
}

function multiply(left: i64, right: i64): i64 {
  const product = left * right;
  // Factors of 31 bits cannot overflow.
  if (<u64>(left + 0x40000000) < 0x80000000 && <u64>(right + 0x40000000) < 0x80000000) return product;
  if (left == -1) return negate(right);
  if (left && (product / left != right || (right == i64.MIN_VALUE && left == -1))) return overflow();
  return product;
}

// Operators ---------------------------------------------------------------------------------------------------------------

/** Numbers, strings (a number beside one becomes its text), lists, a list and an item. */
export function value_add(leftTag: i32, left: i64, rightTag: i32, right: i64): i64 {
  readBoth(leftTag, left, rightTag, right);
  if (isNumberTag(firstTag) && isNumberTag(itemTag)) return calculateRead(OPERATION_ADD);
  if (firstTag == SLOT_ARRAY || itemTag == SLOT_ARRAY) return joinLists(firstTag, firstPayload, itemTag, itemPayload);
  if (firstTag == SLOT_TEMPORAL || itemTag == SLOT_TEMPORAL)
    return temporalOperation(OPERATION_ADD, firstTag, firstPayload, itemTag, itemPayload);
  const isText = firstTag == SLOT_TEXT || itemTag == SLOT_TEXT;
  const fits = (firstTag == SLOT_TEXT || isNumberTag(firstTag)) && (itemTag == SLOT_TEXT || isNumberTag(itemTag));
  if (!isText || !fits) {
    const isLeft = firstTag != SLOT_TEXT && !isNumberTag(firstTag);
    failKind(RUNTIME_ERROR_VALUE_KIND, NAME_ADDABLE, isLeft ? leftTag : rightTag, isLeft ? left : right);
    return answerNull();
  }
  const secondTag = itemTag;
  const second = itemPayload;
  const head = firstTag == SLOT_TEXT ? firstPayload : textOfDynamic(firstTag, firstPayload);
  const tail = secondTag == SLOT_TEXT ? second : textOfDynamic(secondTag, second);
  setTag(SLOT_TEXT);
  return text_concat(head, tail);
}

function joinLists(leftTag: u32, left: u64, rightTag: u32, right: u64): i64 {
  beginPacking();
  const start = openContainer();
  const count = putItems(leftTag, left) + putItems(rightTag, right);
  closeArray(start, count);
  const word = packedWord();
  setTag(SLOT_ARRAY);
  return word;
}

/** Appends the items of a list, or a value as one item; answers how many. */
function putItems(tag: u32, payload: u64): u32 {
  if (tag != SLOT_ARRAY) {
    packItem(tag, payload);
    return 1;
  }
  const array = wordBytes(payload, SPILL_ARRAY);
  const count = childCount(array);
  const first = firstChild(array);
  let end = first;
  for (let index: u32 = 0; index < count; index++) end = afterValue(end);
  writePacked(first, <u32>(end - first));
  return count;
}

export function value_subtract(leftTag: i32, left: i64, rightTag: i32, right: i64): i64 {
  return calculate(OPERATION_SUBTRACT, leftTag, left, rightTag, right);
}

export function value_multiply(leftTag: i32, left: i64, rightTag: i32, right: i64): i64 {
  return calculate(OPERATION_MULTIPLY, leftTag, left, rightTag, right);
}

/** Of integers the whole quotient, cut towards zero. */
export function value_divide(leftTag: i32, left: i64, rightTag: i32, right: i64): i64 {
  return calculate(OPERATION_DIVIDE, leftTag, left, rightTag, right);
}

/** The remainder has the sign of the dividend. */
export function value_modulo(leftTag: i32, left: i64, rightTag: i32, right: i64): i64 {
  return calculate(OPERATION_MODULO, leftTag, left, rightTag, right);
}

/** A float, whatever the operands are. */
export function value_power(leftTag: i32, left: i64, rightTag: i32, right: i64): f64 {
  readBoth(leftTag, left, rightTag, right);
  const isLeft = !isNumberTag(firstTag);
  if (isLeft || !isNumberTag(itemTag)) {
    failKind(RUNTIME_ERROR_VALUE_KIND, NAME_NUMBER, isLeft ? leftTag : rightTag, isLeft ? left : right);
    return 0;
  }
  const base = doubleOfNumber(firstTag, firstPayload);
  return value_double_power(base, doubleOfNumber(itemTag, itemPayload));
}

export function value_double_power(left: f64, right: f64): f64 {
  return Math.pow(left, right);
}

export function value_double_add(left: f64, right: f64): f64 {
  return left + right;
}

export function value_double_subtract(left: f64, right: f64): f64 {
  return left - right;
}

export function value_double_multiply(left: f64, right: f64): f64 {
  return left * right;
}

export function value_double_divide(left: f64, right: f64): f64 {
  return left / right;
}

export function value_double_modulo(left: f64, right: f64): f64 {
  return left % right;
}

// The same for what is known to be integers: errors are Cypher's.

export function value_integer_add(left: i64, right: i64): i64 {
  return integerOperation(OPERATION_ADD, left, right);
}

export function value_integer_subtract(left: i64, right: i64): i64 {
  return integerOperation(OPERATION_SUBTRACT, left, right);
}

export function value_integer_multiply(left: i64, right: i64): i64 {
  return integerOperation(OPERATION_MULTIPLY, left, right);
}

export function value_integer_divide(left: i64, right: i64): i64 {
  return integerOperation(OPERATION_DIVIDE, left, right);
}

export function value_integer_modulo(left: i64, right: i64): i64 {
  return integerOperation(OPERATION_MODULO, left, right);
}

export function value_integer_negate(value: i64): i64 {
  return negate(value);
}

export function value_negate(tag: i32, payload: i64): i64 {
  readValue(tag, payload);
  if (itemTag == SLOT_TEMPORAL && temporalKind(itemPayload) == TEMPORAL_DURATION) return negatedDuration(itemPayload);
  if (!isNumberTag(itemTag)) {
    failKind(RUNTIME_ERROR_VALUE_KIND, NAME_NUMBER, tag, payload);
    return answerNull();
  }
  setTag(itemTag);
  if (itemTag == SLOT_INTEGER) return negate(itemPayload);
  return itemTag == SLOT_DOUBLE ? reinterpret<i64>(-reinterpret<f64>(itemPayload)) : negateNumeric(itemPayload);
}

export function value_plus(tag: i32, payload: i64): i64 {
  readValue(tag, payload);
  if (!isNumberTag(itemTag)) failKind(RUNTIME_ERROR_VALUE_KIND, NAME_NUMBER, tag, payload);
  setTag(itemTag);
  return itemPayload;
}
