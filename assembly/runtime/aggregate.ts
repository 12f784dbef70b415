/**
 * Aggregates of values of any kind: least and greatest ones, sums of intervals and dynamic values, and those that put values
 * together: texts, arrays, objects. What a state keeps lies in the arena of states.
 *
 *   min, max            u64 whether there is one (of dynamic values: its tag), the value
 *   interval sum, avg   u64 count, i64 microseconds, i64 days, i64 months
 *   any sum, avg        u64 count, u64 form (FORM_* of value/dynamic.ts), i64, f64 or word
 *   text, JSON, array   u32 bytes, u32 capacity, u32 address, u32 count
 */
import { SLOT_ARRAY, SLOT_DOUBLE, SLOT_INTEGER, SLOT_INTERVAL, SLOT_JSON, SLOT_NONE, SLOT_NUMERIC, SLOT_TEXT } from "../abi/record";
import {
  RUNTIME_ERROR_BIGINT_RANGE,
  RUNTIME_ERROR_FIELD_NAME_NULL,
  RUNTIME_ERROR_INTERVAL_RANGE,
  RUNTIME_ERROR_OBJECT_KEY,
} from "../abi/runtime-error";
import { copyBytes } from "../bytes/copy";
import { packItem } from "../value/cypher-item";
import { orderCypher } from "../value/cypher-order";
import { fail, planBudget, planForget, planMark, setTag, stateAllocate } from "../value/cells";
import {
  FORM_DOUBLE,
  FORM_INTEGER,
  FORM_NONE,
  FORM_NUMERIC,
  compareDynamic,
  exactNumeric,
  numberAsDouble,
  numberForm,
  numberInteger,
  numberWord,
  readNumber,
} from "../value/dynamic";
import { beginPacking, packDynamic, packedWord } from "../value/dynamic-pack";
import { compareIntervals, intervalDays, intervalMicroseconds, intervalMonths, intervalOf } from "../value/interval";
import { OPERATION_ADD, OPERATION_DIVIDE, compareNumerics, numericOf, numericOperation } from "../value/numeric";
import {
  closeArray,
  closeObject,
  dropDuplicates,
  openContainer,
  packedAt,
  packedFailed,
  packedMark,
  writeName,
  writePacked,
} from "../value/packed-writer";
import { SPILL_FIRST, SPILL_OTHER, keptWord, wordBytes, wordLength, wordOf, isWordTag } from "../value/word";
import { double_variance_step } from "./aggregate-number";
import { interval_divide } from "./datetime";
import { character_compare } from "./text";

const SECOND: usize = 8;
const THIRD: usize = 16;
const FOURTH: usize = 24;
const BYTES: usize = 0;
const CAPACITY: usize = 4;
const ADDRESS: usize = 8;
const COUNT: usize = 12;
const CAPACITY_MIN: u32 = 64;

// Least and greatest ---------------------------------------------------------------------------------------------------

function keepValue(state: usize, value: u64): void {
  store<u64>(state, keptWord(value, load<u64>(state, SECOND)), SECOND);
  store<u64>(state, 1);
}

function comparePadded(left: u64, right: u64): i32 {
  return character_compare(left, right);
}

function keptValue(state: usize, tag: u32): u64 {
  setTag(load<u64>(state) ? tag : SLOT_NONE);
  return load<u64>(state, SECOND);
}

export function numeric_min_step(state: usize, value: u64): void {
  if (!load<u64>(state) || compareNumerics(value, load<u64>(state, SECOND)) < 0) keepValue(state, value);
}

export function numeric_min_finish(state: usize): u64 {
  return keptValue(state, SLOT_NUMERIC);
}

export function numeric_max_step(state: usize, value: u64): void {
  if (!load<u64>(state) || compareNumerics(value, load<u64>(state, SECOND)) > 0) keepValue(state, value);
}

export function numeric_max_finish(state: usize): u64 {
  return keptValue(state, SLOT_NUMERIC);
}

export function character_min_step(state: usize, value: u64): void {
  if (!load<u64>(state) || comparePadded(value, load<u64>(state, SECOND)) < 0) keepValue(state, value);
}

export function character_min_finish(state: usize): u64 {
  return keptValue(state, SLOT_TEXT);
}

export function character_max_step(state: usize, value: u64): void {
  if (!load<u64>(state) || comparePadded(value, load<u64>(state, SECOND)) > 0) keepValue(state, value);
}

export function character_max_finish(state: usize): u64 {
  return keptValue(state, SLOT_TEXT);
}

export function interval_min_step(state: usize, value: u64): void {
  if (!load<u64>(state) || compareIntervals(value, load<u64>(state, SECOND)) < 0) keepValue(state, value);
}

export function interval_min_finish(state: usize): u64 {
  return keptValue(state, SLOT_INTERVAL);
}

export function interval_max_step(state: usize, value: u64): void {
  if (!load<u64>(state) || compareIntervals(value, load<u64>(state, SECOND)) > 0) keepValue(state, value);
}

export function interval_max_finish(state: usize): u64 {
  return keptValue(state, SLOT_INTERVAL);
}

export function any_min_step(state: usize, tag: i32, payload: i64): void {
  const own = <i32>load<u64>(state);
  if (own == SLOT_NONE || compareDynamic(tag, payload, own, load<u64>(state, SECOND)) < 0) keepDynamic(state, tag, payload);
}

export function any_min_finish(state: usize): i64 {
  setTag(<u32>load<u64>(state));
  return load<u64>(state, SECOND);
}

export function any_max_step(state: usize, tag: i32, payload: i64): void {
  const own = <i32>load<u64>(state);
  if (own == SLOT_NONE || compareDynamic(tag, payload, own, load<u64>(state, SECOND)) > 0) keepDynamic(state, tag, payload);
}

export function any_max_finish(state: usize): i64 {
  setTag(<u32>load<u64>(state));
  return load<u64>(state, SECOND);
}

export function value_min_step(state: usize, tag: i32, payload: i64): void {
  const own = <i32>load<u64>(state);
  if (own == SLOT_NONE || orderCypher(tag, payload, own, load<u64>(state, SECOND)) < 0) keepDynamic(state, tag, payload);
}

export function value_min_finish(state: usize): i64 {
  return any_min_finish(state);
}

export function value_max_step(state: usize, tag: i32, payload: i64): void {
  const own = <i32>load<u64>(state);
  if (own == SLOT_NONE || orderCypher(tag, payload, own, load<u64>(state, SECOND)) > 0) keepDynamic(state, tag, payload);
}

export function value_max_finish(state: usize): i64 {
  return any_max_finish(state);
}

function keepDynamic(state: usize, tag: u32, payload: i64): void {
  const old: u64 = isWordTag(<u32>load<u64>(state)) ? load<u64>(state, SECOND) : 0;
  store<u64>(state, isWordTag(tag) ? keptWord(payload, old) : payload, SECOND);
  store<u64>(state, tag);
}

// Sums -----------------------------------------------------------------------------------------------------------------

function addChecked(state: usize, offset: usize, value: i64): void {
  const own = load<i64>(state + offset);
  const sum = own + value;
  if (((own ^ sum) & (value ^ sum)) < 0) fail(RUNTIME_ERROR_INTERVAL_RANGE);
  store<i64>(state + offset, sum);
}

export function interval_sum_step(state: usize, value: u64): void {
  store<u64>(state, load<u64>(state) + 1);
  addChecked(state, SECOND, intervalMicroseconds(value));
  addChecked(state, THIRD, intervalDays(value));
  addChecked(state, FOURTH, intervalMonths(value));
}

export function interval_sum_finish(state: usize): u64 {
  setTag(load<u64>(state) ? SLOT_INTERVAL : SLOT_NONE);
  const days = load<i64>(state, THIRD);
  const months = load<i64>(state, FOURTH);
  if (days != <i64>(<i32>days) || months != <i64>(<i32>months)) fail(RUNTIME_ERROR_INTERVAL_RANGE);
  return intervalOf(<i32>months, <i32>days, load<i64>(state, SECOND));
}

export function interval_avg_step(state: usize, value: u64): void {
  interval_sum_step(state, value);
}

export function interval_avg_finish(state: usize): u64 {
  const sum = interval_sum_finish(state);
  return load<u64>(state) ? interval_divide(sum, <f64>load<u64>(state)) : sum;
}

/** What is no number is skipped; the first double or NUMERIC makes the sum one. */
export function any_sum_step(state: usize, tag: i32, payload: i64): void {
  addDynamic(state, tag, payload, true);
}

export function any_avg_step(state: usize, tag: i32, payload: i64): void {
  addDynamic(state, tag, payload, false);
}

function addDynamic(state: usize, tag: u32, payload: i64, strict: bool): void {
  if (!readNumber(tag, payload)) return;
  store<u64>(state, load<u64>(state) + 1);
  const form = <u32>load<u64>(state, SECOND);
  if (numberForm == FORM_INTEGER && form <= FORM_INTEGER) addInteger(state, numberInteger, strict);
  else if (numberForm == FORM_NUMERIC || form == FORM_NUMERIC) addNumeric(state, form);
  else {
    const own = form == FORM_INTEGER ? <f64>load<i64>(state, THIRD) : load<f64>(state, THIRD);
    store<f64>(state, own + numberAsDouble(), THIRD);
    store<u64>(state, FORM_DOUBLE, SECOND);
  }
}

function addInteger(state: usize, value: i64, strict: bool): void {
  const own = load<i64>(state, THIRD);
  const sum = own + value;
  store<u64>(state, FORM_INTEGER, SECOND);
  if (((own ^ sum) & (value ^ sum)) >= 0) store<i64>(state, sum, THIRD);
  else if (strict) fail(RUNTIME_ERROR_BIGINT_RANGE);
  else {
    store<f64>(state, <f64>own + <f64>value, THIRD);
    store<u64>(state, FORM_DOUBLE, SECOND);
  }
}

/** Adds the number just read to a sum that is NUMERIC from now on. */
function addNumeric(state: usize, form: u32): void {
  const mark = planMark();
  const budget = planBudget();
  const value =
    numberForm == FORM_NUMERIC ? numberWord : numberForm == FORM_INTEGER ? numericOf(numberInteger, 0) : exactNumeric(numberAsDouble());
  const old: u64 = form == FORM_NUMERIC ? load<u64>(state, THIRD) : 0;
  let own = old;
  if (form == FORM_DOUBLE) own = exactNumeric(load<f64>(state, THIRD));
  else if (form != FORM_NUMERIC) own = numericOf(load<i64>(state, THIRD), 0);
  store<u64>(state, keptWord(numericOperation(OPERATION_ADD, own, value), old), THIRD);
  store<u64>(state, FORM_NUMERIC, SECOND);
  planForget(mark, budget);
}

function formTag(form: u32): u32 {
  if (form == FORM_NONE) return SLOT_NONE;
  return form == FORM_INTEGER ? SLOT_INTEGER : form == FORM_DOUBLE ? SLOT_DOUBLE : SLOT_NUMERIC;
}

export function any_sum_finish(state: usize): i64 {
  setTag(formTag(<u32>load<u64>(state, SECOND)));
  return load<i64>(state, THIRD);
}

export function any_avg_finish(state: usize): i64 {
  const form = <u32>load<u64>(state, SECOND);
  const count = load<u64>(state);
  setTag(form == FORM_INTEGER ? SLOT_DOUBLE : formTag(form));
  if (form == FORM_NUMERIC) return numericOperation(OPERATION_DIVIDE, load<u64>(state, THIRD), numericOf(count, 0));
  const sum = form == FORM_INTEGER ? <f64>load<i64>(state, THIRD) : load<f64>(state, THIRD);
  return reinterpret<i64>(sum / <f64>count);
}

/** Numbers of dynamic values, as doubles; the finishing functions are those of doubles. */
export function any_variance_step(state: usize, tag: i32, payload: i64): void {
  if (readNumber(tag, payload)) double_variance_step(state, numberAsDouble());
}

// Texts, arrays, objects -----------------------------------------------------------------------------------------------

/** Appends bytes to the state's run, which doubles when it is full. */
function append(state: usize, bytes: usize, length: u32): void {
  const used = load<u32>(state, BYTES);
  let capacity = load<u32>(state, CAPACITY);
  if (capacity - used < length) {
    const wanted = <u64>used + length > (<u64>capacity) << 1 ? <u64>used + length : (<u64>capacity) << 1;
    capacity = wanted > 0xe0000000 ? 0xffffffff : wanted < CAPACITY_MIN ? CAPACITY_MIN : <u32>wanted;
    const grown = stateAllocate(capacity);
    if (!grown) return;
    copyBytes(grown, <usize>load<u32>(state, ADDRESS), used);
    store<u32>(state, <u32>grown, ADDRESS);
    store<u32>(state, capacity, CAPACITY);
  }
  copyBytes(<usize>load<u32>(state, ADDRESS) + used, bytes, length);
  store<u32>(state, used + length, BYTES);
}

function countItem(state: usize): void {
  store<u32>(state, load<u32>(state, COUNT) + 1, COUNT);
}

/** string_agg: the separator goes before all values but the first. */
export function text_agg_step(state: usize, text: u64, separator: u64): void {
  if (load<u32>(state, COUNT)) append(state, wordBytes(separator, SPILL_FIRST), wordLength(separator));
  append(state, wordBytes(text, SPILL_FIRST), wordLength(text));
  countItem(state);
}

export function text_agg_finish(state: usize): u64 {
  setTag(load<u32>(state, COUNT) ? SLOT_TEXT : SLOT_NONE);
  return wordOf(<usize>load<u32>(state, ADDRESS), load<u32>(state, BYTES));
}

export function jsonb_agg_step(state: usize, tag: i32, payload: i64): void {
  beginPacking();
  packDynamic(tag, payload);
  if (!packedFailed) append(state, packedAt(0), packedMark());
  countItem(state);
}

export function jsonb_agg_finish(state: usize): u64 {
  return collected(state, SLOT_JSON);
}

export function array_agg_step(state: usize, tag: i32, payload: i64): void {
  jsonb_agg_step(state, tag, payload);
}

export function array_agg_finish(state: usize): u64 {
  return collected(state, SLOT_ARRAY);
}

/** A list of Cypher's values. */
export function list_agg_step(state: usize, tag: i32, payload: i64): void {
  beginPacking();
  packItem(tag, payload);
  if (!packedFailed) append(state, packedAt(0), packedMark());
  countItem(state);
}

export function list_agg_finish(state: usize): u64 {
  return collected(state, SLOT_ARRAY);
}

/** The values as an array; NULL without any. */
function collected(state: usize, tag: u32): u64 {
  const count = load<u32>(state, COUNT);
  if (!count) {
    setTag(SLOT_NONE);
    return 0;
  }
  beginPacking();
  const start = openContainer();
  writePacked(<usize>load<u32>(state, ADDRESS), load<u32>(state, BYTES));
  closeArray(start, count);
  const word = packedWord();
  setTag(tag);
  return word;
}

/** A name and its value; a name that is NULL is an error, in PostgreSQL's words for json and for jsonb. */
export function json_object_agg_step(state: usize, nameTag: i32, name: i64, tag: i32, payload: i64): void {
  if (nameTag == SLOT_NONE) fail(RUNTIME_ERROR_OBJECT_KEY);
  else jsonb_object_agg_step(state, nameTag, name, tag, payload);
}

export function json_object_agg_finish(state: usize): u64 {
  return jsonb_object_agg_finish(state);
}

export function jsonb_object_agg_step(state: usize, nameTag: i32, name: i64, tag: i32, payload: i64): void {
  if (nameTag == SLOT_NONE) {
    fail(RUNTIME_ERROR_FIELD_NAME_NULL);
    return;
  }
  beginPacking();
  writeName(wordBytes(name, SPILL_OTHER), wordLength(name));
  packDynamic(tag, payload);
  if (!packedFailed) append(state, packedAt(0), packedMark());
  countItem(state);
}

export function jsonb_object_agg_finish(state: usize): u64 {
  const count = load<u32>(state, COUNT);
  if (!count) {
    setTag(SLOT_NONE);
    return 0;
  }
  beginPacking();
  const start = openContainer();
  writePacked(<usize>load<u32>(state, ADDRESS), load<u32>(state, BYTES));
  closeObject(start, dropDuplicates(start, count));
  const word = packedWord();
  setTag(SLOT_JSON);
  return word;
}
