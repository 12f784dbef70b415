/**
 * Aggregates of Cypher's values that are no order or list of them (those are in aggregate.ts): sums, averages, deviations, percentiles.
 *
 *   sum          u64 SLOT_* of the sum (0: none yet), i64 or f64
 *   average      u64 count, f64 sum
 *   deviation    as double_variance (aggregate-number.ts)
 *   percentile   as list_agg, f64 the percentile
 *
 * Cost: O(1) for each value; a percentile sorts its n values at the end, O(n log n).
 */
import { SLOT_ARRAY, SLOT_DOUBLE, SLOT_INTEGER, SLOT_NONE } from "../abi/record";
import { RUNTIME_ERROR_ARGUMENT_RANGE, RUNTIME_ERROR_VALUE_OVERFLOW } from "../abi/runtime-error";
import { fail, failWith, planAllocate, setTag } from "../value/cells";
import { KIND_NUMBER, floatArgument, isNumberValue, refuse, valueFloat, valueInteger, valueIsInteger } from "../value/cypher-argument";
import { itemPayload, itemTag, readItem } from "../value/cypher-item";
import { orderCypher } from "../value/cypher-order";
import { beginPacking, packedWord } from "../value/dynamic-pack";
import { textOfDynamic } from "../value/dynamic-text";
import { afterValue, childCount, firstChild } from "../value/packed";
import { closeArray, openContainer } from "../value/packed-writer";
import { SPILL_ARRAY, wordBytes } from "../value/word";
import { list_agg_finish, list_agg_step } from "./aggregate";
import { double_variance_step } from "./aggregate-number";

const SECOND: usize = 8;
const THIRD: usize = 16;

// Sum and average ------------------------------------------------------------------------------------------------------

export function value_sum_step(state: usize, tag: i32, payload: i64): void {
  if (!isNumberValue(tag, payload)) {
    refuse(KIND_NUMBER, tag, payload);
    return;
  }
  const form = <u32>load<u64>(state);
  if (valueIsInteger && form != SLOT_DOUBLE) {
    const own = load<i64>(state, SECOND);
    const sum = own + valueInteger;
    if (((own ^ sum) & (valueInteger ^ sum)) < 0) fail(RUNTIME_ERROR_VALUE_OVERFLOW);
    store<i64>(state, sum, SECOND);
    store<u64>(state, SLOT_INTEGER);
    return;
  }
  const before = form == SLOT_DOUBLE ? load<f64>(state, SECOND) : <f64>load<i64>(state, SECOND);
  store<f64>(state, before + valueFloat, SECOND);
  store<u64>(state, SLOT_DOUBLE);
}

/** Without values: the integer 0. */
export function value_sum_finish(state: usize): i64 {
  const form = <u32>load<u64>(state);
  setTag(form ? form : SLOT_INTEGER);
  return load<i64>(state, SECOND);
}

export function value_avg_step(state: usize, tag: i32, payload: i64): void {
  store<f64>(state, load<f64>(state, SECOND) + floatArgument(tag, payload), SECOND);
  store<u64>(state, load<u64>(state) + 1);
}

export function value_avg_finish(state: usize): f64 {
  const count = load<u64>(state);
  setTag(count ? SLOT_DOUBLE : SLOT_NONE);
  return load<f64>(state, SECOND) / <f64>count;
}

// Lists ----------------------------------------------------------------------------------------------------------------

/** collect(): without values the empty list. */
export function value_collect_finish(state: usize): u64 {
  const collected = list_agg_finish(state);
  if (collected) return collected;
  beginPacking();
  closeArray(openContainer(), 0);
  const list = packedWord();
  setTag(SLOT_ARRAY);
  return list;
}

// Deviation ------------------------------------------------------------------------------------------------------------

export function value_deviation_step(state: usize, tag: i32, payload: i64): void {
  double_variance_step(state, floatArgument(tag, payload));
}

/** stDev (`sample` 1: by the number of values less one) and stDevP; 0 of too few values. */
export function value_deviation_finish(state: usize, sample: i32): f64 {
  const count = load<f64>(state);
  return count > sample ? Math.sqrt(load<f64>(state, THIRD) / (count - sample)) : 0;
}

// Percentiles ----------------------------------------------------------------------------------------------------------

/** Element of the array that is sorted: {i64 payload, u32 tag}. */
const ELEMENT_BYTES: u32 = 16;

let sorted: usize = 0;
let sortedCount: u32 = 0;

export function value_percentile_step(state: usize, tag: i32, payload: i64, percentileTag: i32, percentile: i64): void {
  const wanted = floatArgument(percentileTag, percentile);
  if (!(wanted >= 0 && wanted <= 1)) failWith(RUNTIME_ERROR_ARGUMENT_RANGE, textOfDynamic(percentileTag, percentile), 0);
  if (!isNumberValue(tag, payload)) refuse(KIND_NUMBER, tag, payload);
  store<f64>(state, wanted, THIRD);
  list_agg_step(state, tag, payload);
}

/** percentileDisc(): the value at the place, or the next one above it. */
export function value_percentile_disc_finish(state: usize): i64 {
  if (!sortValues(state)) return 0;
  const place = load<f64>(state, THIRD) * <f64>sortedCount;
  const whole = <u32>place;
  const index = <f64>whole != place || !whole ? whole : whole - 1;
  const element = elementOf(min(index, sortedCount - 1));
  setTag(load<u32>(element, 8));
  return load<i64>(element);
}

/** percentileCont(): between the two values at the place, as far as it lies between them. */
export function value_percentile_cont_finish(state: usize): f64 {
  if (!sortValues(state)) return 0;
  setTag(SLOT_DOUBLE);
  const place = load<f64>(state, THIRD) * <f64>(sortedCount - 1);
  const index = <u32>place;
  const part = place - <f64>index;
  const lower = floatAt(index);
  return part > 0 ? lower * (1 - part) + floatAt(index + 1) * part : lower;
}

function elementOf(index: u32): usize {
  return sorted + <usize>index * ELEMENT_BYTES;
}

function floatAt(index: u32): f64 {
  const element = elementOf(index);
  return floatArgument(load<u32>(element, 8), load<u64>(element));
}

/** Sorts the values of a state. False: there are none, which is NULL, or no memory. */
function sortValues(state: usize): bool {
  const collected = list_agg_finish(state);
  setTag(SLOT_NONE);
  if (!collected) return false;
  const list = wordBytes(collected, SPILL_ARRAY);
  sortedCount = childCount(list);
  sorted = planAllocate(sortedCount * ELEMENT_BYTES);
  if (!sorted) return false;
  let item = firstChild(list);
  for (let index: u32 = 0; index < sortedCount; index++) {
    readItem(item);
    store<u64>(elementOf(index), itemPayload);
    store<u32>(elementOf(index), itemTag, 8);
    item = afterValue(item);
  }
  heapSort();
  return true;
}

/** Heapsort (Knuth, TAOCP 3, 5.2.3, algorithm H). */
function heapSort(): void {
  for (let root = sortedCount >> 1; root > 0; root--) siftDown(root - 1, sortedCount);
  for (let last = sortedCount - 1; last > 0; last--) {
    swap(0, last);
    siftDown(0, last);
  }
}

function siftDown(root: u32, count: u32): void {
  while (true) {
    let child = (root << 1) + 1;
    if (child >= count) return;
    if (child + 1 < count && isBefore(child, child + 1)) child++;
    if (!isBefore(root, child)) return;
    swap(root, child);
    root = child;
  }
}

function isBefore(left: u32, right: u32): bool {
  const first = elementOf(left);
  const second = elementOf(right);
  return orderCypher(load<u32>(first, 8), load<u64>(first), load<u32>(second, 8), load<u64>(second)) < 0;
}

function swap(left: u32, right: u32): void {
  const first = elementOf(left);
  const second = elementOf(right);
  const payload = load<u64>(first);
  const tag = load<u32>(first, 8);
  store<u64>(first, load<u64>(second));
  store<u32>(first, load<u32>(second, 8), 8);
  store<u64>(second, payload);
  store<u32>(second, tag, 8);
}
