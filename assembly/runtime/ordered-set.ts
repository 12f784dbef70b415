/**
 * What ordered-set aggregates and window functions compute of numbers of rows: places in a sorted array, and buckets.
 *
 * A fraction is refused unless it lies between 0 and 1. Rows count from 1. Cost: O(1), `array_mode` O(elements).
 */
import { SLOT_INTEGER, SLOT_NONE } from "../abi/record";
import { RUNTIME_ERROR_NTH_VALUE, RUNTIME_ERROR_NTILE, RUNTIME_ERROR_PERCENTILE } from "../abi/runtime-error";
import { fail, failWith, setTag } from "../value/cells";
import { equalDynamic, packedPayload, packedTag, readPackedValue } from "../value/dynamic";
import { afterValue, childCount, firstChild } from "../value/packed";
import { SPILL_ARRAY, wordBytes } from "../value/word";
import { text_from_double } from "./number";

/** Whether a fraction is one; notes the error. */
function isFraction(fraction: f64): bool {
  if (fraction >= 0 && fraction <= 1) return true;
  failWith(RUNTIME_ERROR_PERCENTILE, text_from_double(fraction), 0);
  return false;
}

/** The row at which a fraction of all rows is reached. */
export function percentile_row(fraction: f64, rows: i64): i64 {
  if (!isFraction(fraction)) return 0;
  const row = <i64>Math.ceil(fraction * <f64>rows);
  return row < 1 ? 1 : row;
}

/** The rows on both sides of a fraction of the way from the first row to the last one. */
export function percentile_lower(fraction: f64, rows: i64): i64 {
  return isFraction(fraction) ? <i64>Math.floor(fraction * <f64>(rows - 1)) + 1 : 0;
}

export function percentile_upper(fraction: f64, rows: i64): i64 {
  return isFraction(fraction) ? <i64>Math.ceil(fraction * <f64>(rows - 1)) + 1 : 0;
}

/** How far it is from the lower row to the upper one. */
export function percentile_share(fraction: f64, rows: i64): f64 {
  const place = fraction * <f64>(rows - 1);
  return place - Math.floor(place);
}

/** The place of the element that is most often in a sorted array, the first of several; NULL of no elements. */
export function array_mode(array: u64): i64 {
  const value = wordBytes(array, SPILL_ARRAY);
  const count = childCount(value);
  let element = firstChild(value);
  let place: u32 = 0;
  let most: u32 = 0;
  let tag: u32 = SLOT_NONE;
  let payload: u64 = 0;
  let begin: u32 = 0;
  for (let index: u32 = 0; index < count; index++) {
    readPackedValue(element);
    if (!index || !equalDynamic(tag, payload, packedTag, packedPayload)) {
      tag = packedTag;
      payload = packedPayload;
      begin = index;
    }
    if (index + 1 - begin > most) {
      most = index + 1 - begin;
      place = begin + 1;
    }
    element = afterValue(element);
  }
  setTag(most ? SLOT_INTEGER : SLOT_NONE);
  return place;
}

/** The bucket of a row when `rows` rows are put into so many buckets, as evenly as can be, the larger ones first. */
export function window_ntile(row: i64, rows: i64, buckets: i64): i64 {
  if (buckets <= 0) {
    fail(RUNTIME_ERROR_NTILE);
    return 0;
  }
  const size = rows / buckets;
  const larger = rows % buckets;
  const inLarger = larger * (size + 1);
  return row <= inLarger ? (row - 1) / (size + 1) + 1 : larger + (row - 1 - inLarger) / size + 1;
}

/** The number of a row of a frame. */
export function window_position(row: i64): i64 {
  if (row <= 0) fail(RUNTIME_ERROR_NTH_VALUE);
  return row;
}
