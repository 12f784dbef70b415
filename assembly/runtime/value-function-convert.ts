/**
 * Cypher's conversions: toBoolean, toInteger, toFloat, toString, their forms for lists, and those that answer NULL instead of an error.
 * A string that spells no such value is NULL; a value of a kind that has no conversion is an error.
 *
 * Cost: O(bytes).
 */
import { RUNTIME_ERROR_VALUE_OVERFLOW } from "../abi/runtime-error";
import { SLOT_BOOLEAN, SLOT_DOUBLE, SLOT_INTEGER, SLOT_NONE, SLOT_TEXT } from "../abi/record";
import { parseDoubleLimit, parsedDouble } from "../bytes/float";
import { fail, hasFailed, setTag } from "../value/cells";
import {
  KIND_BOOLEAN,
  KIND_INTEGER,
  KIND_NUMBER,
  KIND_OTHER,
  KIND_STRING,
  KIND_TEMPORAL,
  floatArgument,
  integerArgument,
  isNumberValue,
  kindOfValue,
  listArgument,
  refuse,
  stringArgument,
  valueFloat,
  valueInteger,
  valueIsInteger,
} from "../value/cypher-argument";
import { itemPayload, itemTag, packItem, readItem } from "../value/cypher-item";
import { beginPacking, packedWord } from "../value/dynamic-pack";
import { textOfDynamic } from "../value/dynamic-text";
import { doubleOfText, integerOfText, textDouble, textInteger, textOutOfRange } from "../value/number-text";
import { roundNumeric } from "../value/numeric";
import { numericInteger, numericToInteger, parseNumeric } from "../value/numeric-text";
import { afterValue, childCount, firstChild } from "../value/packed";
import { closeArray, openContainer, packedFailed } from "../value/packed-writer";
import { SPILL_FIRST, WORD_EMPTY, wordBytes, wordLength } from "../value/word";
import { text_lower } from "./text";
import { value_trim } from "./value-function-text";

/** What is converted to, as the rows say. */
const TO_BOOLEAN: i32 = 0;
const TO_INTEGER: i32 = 1;
const TO_FLOAT: i32 = 2;
const TO_STRING: i32 = 3;

/** What comes of a conversion: a value; NULL; the kind has none; the number is too large. */
const CONVERTED: u32 = 0;
const CONVERTED_NULL: u32 = 1;
const CONVERTED_NONE: u32 = 2;
const CONVERTED_LARGE: u32 = 3;

const BOTH_ENDS: i32 = 3;
const INTEGER_LIMIT: f64 = 9.223372036854775808e18;
const WORD_TRUE: u64 = 0x6575727404;
const WORD_FALSE: u64 = 0x65736c616605;

/** The value that the last conversion made. */
let converted: u64 = 0;

function convert(to: i32, tag: u32, payload: u64): u32 {
  if (tag == SLOT_NONE) return CONVERTED_NULL;
  if (to == TO_BOOLEAN) return toBoolean(tag, payload);
  if (to == TO_INTEGER) return toInteger(tag, payload);
  return to == TO_FLOAT ? toFloat(tag, payload) : toText(tag, payload);
}

/** Kinds that have a conversion. */
function convertible(to: i32): u32 {
  if (to == TO_BOOLEAN) return KIND_BOOLEAN | KIND_STRING | KIND_INTEGER;
  if (to == TO_INTEGER) return KIND_BOOLEAN | KIND_STRING | KIND_NUMBER;
  if (to == TO_FLOAT) return KIND_STRING | KIND_NUMBER;
  return KIND_BOOLEAN | KIND_STRING | KIND_NUMBER | KIND_TEMPORAL | KIND_OTHER;
}

function slotOf(to: i32): u32 {
  if (to == TO_BOOLEAN) return SLOT_BOOLEAN;
  return to == TO_INTEGER ? SLOT_INTEGER : to == TO_FLOAT ? SLOT_DOUBLE : SLOT_TEXT;
}

function toBoolean(tag: u32, payload: u64): u32 {
  if (tag == SLOT_TEXT) {
    const word = text_lower(value_trim(SLOT_TEXT, payload, BOTH_ENDS));
    converted = word == WORD_TRUE ? 1 : 0;
    return word == WORD_TRUE || word == WORD_FALSE ? CONVERTED : CONVERTED_NULL;
  }
  converted = payload;
  if (tag == SLOT_BOOLEAN) return CONVERTED;
  if (!isNumberValue(tag, payload) || !valueIsInteger) return CONVERTED_NONE;
  converted = valueInteger ? 1 : 0;
  return CONVERTED;
}

/** Floats lose their fraction; those beyond 64 bits are the nearest integer that there is, NaN is 0. */
function toInteger(tag: u32, payload: u64): u32 {
  if (tag == SLOT_TEXT) return textToInteger(value_trim(SLOT_TEXT, payload, BOTH_ENDS));
  converted = payload;
  if (tag == SLOT_BOOLEAN || tag == SLOT_INTEGER) return CONVERTED;
  if (!isNumberValue(tag, payload)) return CONVERTED_NONE;
  converted = valueIsInteger ? valueInteger : nearestInteger(valueFloat);
  return CONVERTED;
}

function nearestInteger(value: f64): i64 {
  if (isNaN(value)) return 0;
  if (value >= INTEGER_LIMIT) return i64.MAX_VALUE;
  return value < -INTEGER_LIMIT ? i64.MIN_VALUE : <i64>value;
}

function textToInteger(text: u64): u32 {
  if (integerOfText(text)) {
    converted = textInteger;
    return CONVERTED;
  }
  if (textOutOfRange) return CONVERTED_LARGE;
  if (!readFloat(text) || isNaN(textFloat)) return CONVERTED_NULL;
  if (Math.abs(textFloat) >= INTEGER_LIMIT) return CONVERTED_LARGE;
  const whole = roundNumeric(parseNumeric(wordBytes(text, SPILL_FIRST), wordLength(text)), 0, true);
  if (!numericToInteger(whole)) return CONVERTED_LARGE;
  converted = numericInteger;
  return CONVERTED;
}

/** What `readFloat` has read. */
let textFloat: f64 = 0;

/** A float; one that is too large is infinite, one that is too small 0. */
function readFloat(text: u64): bool {
  const isOne = doubleOfText(text);
  if (!isOne && !textOutOfRange) return false;
  if (!isOne) parseDoubleLimit(wordBytes(text, SPILL_FIRST), wordLength(text));
  textFloat = isOne ? textDouble : parsedDouble;
  return true;
}

function toFloat(tag: u32, payload: u64): u32 {
  if (tag == SLOT_TEXT) {
    if (!readFloat(value_trim(SLOT_TEXT, payload, BOTH_ENDS))) return CONVERTED_NULL;
    converted = reinterpret<u64>(textFloat);
    return CONVERTED;
  }
  if (!isNumberValue(tag, payload)) return CONVERTED_NONE;
  converted = reinterpret<u64>(valueFloat);
  return CONVERTED;
}

function toText(tag: u32, payload: u64): u32 {
  if (!(kindOfValue(tag, payload) & convertible(TO_STRING))) return CONVERTED_NONE;
  converted = textOfDynamic(itemTag, itemPayload);
  return CONVERTED;
}

// Functions ------------------------------------------------------------------------------------------------------------

/** Converts a value; an error for kinds without a conversion and for numbers that are too large. */
export function value_convert(tag: i32, payload: i64, to: i32): i64 {
  const outcome = convert(to, tag, payload);
  if (outcome == CONVERTED_NONE) refuse(convertible(to), tag, payload);
  if (outcome == CONVERTED_LARGE) fail(RUNTIME_ERROR_VALUE_OVERFLOW);
  setTag(outcome == CONVERTED ? slotOf(to) : SLOT_NONE);
  return converted;
}

/** The same with NULL in place of an error. */
export function value_convert_or_null(tag: i32, payload: i64, to: i32): i64 {
  setTag(convert(to, tag, payload) == CONVERTED ? slotOf(to) : SLOT_NONE);
  return converted;
}

export function value_to_boolean(tag: i32, payload: i64): i32 {
  return value_convert(tag, payload, TO_BOOLEAN) ? 1 : 0;
}

export function value_to_boolean_or_null(tag: i32, payload: i64): i32 {
  return value_convert_or_null(tag, payload, TO_BOOLEAN) ? 1 : 0;
}

export function value_to_float(tag: i32, payload: i64): f64 {
  return reinterpret<f64>(value_convert(tag, payload, TO_FLOAT));
}

export function value_to_float_or_null(tag: i32, payload: i64): f64 {
  return reinterpret<f64>(value_convert_or_null(tag, payload, TO_FLOAT));
}

/** All elements converted; those that cannot be are NULL. */
export function value_convert_list(tag: i32, payload: i64, to: i32): u64 {
  const list = listArgument(tag, payload);
  if (!list) return WORD_EMPTY;
  const count = childCount(list);
  let element = firstChild(list);
  beginPacking();
  const start = openContainer();
  for (let index: u32 = 0; index < count && !packedFailed && !hasFailed(); index++) {
    readItem(element);
    const outcome = convert(to, itemTag, itemPayload);
    packItem(outcome == CONVERTED ? slotOf(to) : SLOT_NONE, converted);
    element = afterValue(element);
  }
  closeArray(start, count);
  return packedWord();
}

// Arguments of functions with types --------------------------------------------------------------------------------------

export function value_as_string(tag: i32, payload: i64): u64 {
  return stringArgument(tag, payload);
}

export function value_as_integer(tag: i32, payload: i64): i64 {
  return integerArgument(tag, payload);
}

export function value_as_float(tag: i32, payload: i64): f64 {
  return floatArgument(tag, payload);
}

export function value_as_boolean(tag: i32, payload: i64): i32 {
  if (kindOfValue(tag, payload) != KIND_BOOLEAN) refuse(KIND_BOOLEAN, tag, payload);
  return itemPayload ? 1 : 0;
}
