/**
 * Order of Cypher's values, in openCypher's two senses (CIP2016-06-14).
 *
 * Comparability is what `<` goes by: numbers with numbers, strings, booleans, lists, dates and times with their like. Other pairs, and
 * those with NULL, have no order; NaN is neither less nor greater than a number, nor equal to it. Lists are compared by their first items
 * that are not equal; where it is unknown whether they are, so is the order.
 *
 * Orderability is what ORDER BY, min() and max() go by: a total order of all values. Ascending: maps, nodes, relationships, lists, paths,
 * date-times, local date-times, dates, times, durations, other kinds of SQL, strings, booleans, numbers (NaN behind all others), NULL.
 * Strings stand in the order of their UTF-8 bytes; lists and paths in that of their first items that differ; maps by number of names,
 * then by names and values together, the least name first.
 *
 * Invariant: the total order says 0 of exactly the equivalent values (cypher-equal.ts). Cost: O(bytes), of maps O(names^2).
 */
import {
  SLOT_ARRAY,
  SLOT_BOOLEAN,
  SLOT_BYTEA,
  SLOT_DATE,
  SLOT_INTERVAL,
  SLOT_JSON,
  SLOT_NODE,
  SLOT_NONE,
  SLOT_PATH,
  SLOT_RELATIONSHIP,
  SLOT_TEMPORAL,
  SLOT_TEXT,
  SLOT_TIME,
  SLOT_TIMESTAMP,
  SLOT_TIMESTAMPTZ,
  SLOT_UUID,
} from "../abi/record";
import { DIFFERENT, EQUAL, equalItems, isNotNumber, orderOfNumbers } from "./cypher-equal";
import { isMap, isNumberTag, itemPayload, itemTag, readItem, readValue } from "./cypher-item";
import { compareNames, leastField } from "./dynamic";
import { compareIntervals } from "./interval";
import { afterValue, childCount, fieldValue, firstChild, isArray } from "./packed";
import { TEMPORAL_DURATION, temporalKind } from "./temporal";
import { SPILL_ARRAY, SPILL_OTHER_ARRAY, compareWords, isWordTag, wordBytes } from "./word";

/** What `knownOrder` says besides -1, 0 and 1: NULL, whatever is asked; false, whatever is asked. */
export const ORDER_UNKNOWN: i32 = 2;
export const ORDER_NEVER: i32 = 3;

function sign(order: i32): i32 {
  return order < 0 ? -1 : order > 0 ? 1 : 0;
}

/** The order that `<` and its like go by. */
export function knownOrder(leftTag: u32, left: u64, rightTag: u32, right: u64): i32 {
  readValue(leftTag, left);
  const tag = itemTag;
  const payload = itemPayload;
  readValue(rightTag, right);
  if (tag == SLOT_ARRAY && itemTag == SLOT_ARRAY) {
    return knownLists(wordBytes(payload, SPILL_ARRAY), wordBytes(itemPayload, SPILL_OTHER_ARRAY));
  }
  return knownScalars(tag, payload, itemTag, itemPayload);
}

function knownLists(left: usize, right: usize): i32 {
  const leftCount = childCount(left);
  const rightCount = childCount(right);
  let first = firstChild(left);
  let second = firstChild(right);
  for (let count = leftCount < rightCount ? leftCount : rightCount; count; count--) {
    const equal = equalItems(first, second);
    if (equal == DIFFERENT) return knownItems(first, second);
    if (equal != EQUAL) return ORDER_UNKNOWN;
    first = afterValue(first);
    second = afterValue(second);
  }
  return leftCount < rightCount ? -1 : leftCount > rightCount ? 1 : 0;
}

function knownItems(left: usize, right: usize): i32 {
  if (isArray(left) && isArray(right)) return knownLists(left, right);
  readItem(left);
  const tag = itemTag;
  const payload = itemPayload;
  readItem(right);
  return knownScalars(tag, payload, itemTag, itemPayload);
}

function knownScalars(leftTag: u32, left: u64, rightTag: u32, right: u64): i32 {
  if (isNumberTag(leftTag) && isNumberTag(rightTag)) {
    if (isNotNumber(leftTag, left) || isNotNumber(rightTag, right)) return ORDER_NEVER;
    return sign(orderOfNumbers(leftTag, left, rightTag, right));
  }
  if (leftTag != rightTag) return ORDER_UNKNOWN;
  if (leftTag == SLOT_TEMPORAL) {
    const kind = temporalKind(left);
    return kind == temporalKind(right) && kind != TEMPORAL_DURATION ? sign(compareWords(left, right)) : ORDER_UNKNOWN;
  }
  const isOrdered = leftTag == SLOT_TEXT || leftTag == SLOT_BOOLEAN || (leftTag >= <u32>SLOT_DATE && leftTag <= <u32>SLOT_BYTEA);
  return isOrdered ? orderOfLike(leftTag, left, right) : ORDER_UNKNOWN;
}

/** Two values of one kind that is neither a number nor a list or map. */
function orderOfLike(tag: u32, left: u64, right: u64): i32 {
  if (tag == SLOT_BOOLEAN) return <i32>(left != 0) - <i32>(right != 0);
  if (tag == SLOT_INTERVAL) {
    const order = compareIntervals(left, right);
    return order ? sign(order) : sign(compareWords(left, right));
  }
  if (isWordTag(tag)) return sign(compareWords(left, right));
  return <i64>left < <i64>right ? -1 : <i64>left > <i64>right ? 1 : 0;
}

// Orderability ---------------------------------------------------------------------------------------------------------

const RANK_NUMBER: u32 = 15;
const RANK_NULL: u32 = 16;

/** The place of a kind in the total order. */
export function rankOf(tag: u32): u32 {
  switch (tag) {
    case SLOT_JSON:
      return 0;
    case SLOT_NODE:
      return 1;
    case SLOT_RELATIONSHIP:
      return 2;
    case SLOT_ARRAY:
      return 3;
    case SLOT_PATH:
      return 4;
    case SLOT_TEMPORAL:
    case SLOT_TIMESTAMPTZ:
      return 5;
    case SLOT_TIMESTAMP:
      return 6;
    case SLOT_DATE:
      return 7;
    case SLOT_TIME:
      return 8;
    case SLOT_INTERVAL:
      return 9;
    case SLOT_UUID:
      return 10;
    case SLOT_BYTEA:
      return 11;
    case SLOT_TEXT:
      return 12;
    case SLOT_BOOLEAN:
      return 13;
    case SLOT_NONE:
      return RANK_NULL;
    default:
      return RANK_NUMBER;
  }
}

/** The total order: -1, 0 or 1. */
export function orderCypher(leftTag: u32, left: u64, rightTag: u32, right: u64): i32 {
  readValue(leftTag, left);
  const tag = itemTag;
  const payload = itemPayload;
  readValue(rightTag, right);
  if (tag == itemTag && (tag == SLOT_ARRAY || tag == SLOT_JSON || tag == SLOT_PATH)) {
    return orderItems(wordBytes(payload, SPILL_ARRAY), wordBytes(itemPayload, SPILL_OTHER_ARRAY));
  }
  return orderScalars(tag, payload, itemTag, itemPayload);
}

function orderItems(left: usize, right: usize): i32 {
  if (isArray(left) && isArray(right)) return orderLists(left, right);
  if (isMap(left) && isMap(right)) return orderMaps(left, right);
  readItem(left);
  const tag = itemTag;
  const payload = itemPayload;
  readItem(right);
  if (tag == SLOT_PATH && itemTag == SLOT_PATH) return orderLists(left + 1, right + 1);
  return orderScalars(tag, payload, itemTag, itemPayload);
}

function orderLists(left: usize, right: usize): i32 {
  const leftCount = childCount(left);
  const rightCount = childCount(right);
  let first = firstChild(left);
  let second = firstChild(right);
  for (let count = leftCount < rightCount ? leftCount : rightCount; count; count--) {
    const order = orderItems(first, second);
    if (order) return order;
    first = afterValue(first);
    second = afterValue(second);
  }
  return leftCount < rightCount ? -1 : leftCount > rightCount ? 1 : 0;
}

function orderMaps(left: usize, right: usize): i32 {
  const leftCount = childCount(left);
  const rightCount = childCount(right);
  if (leftCount != rightCount) return leftCount < rightCount ? -1 : 1;
  let first = leastField(left, 0);
  let second = leastField(right, 0);
  while (first && second) {
    const names = compareNames(first, second);
    if (names) return sign(names);
    const order = orderItems(fieldValue(first), fieldValue(second));
    if (order) return order;
    first = leastField(left, first);
    second = leastField(right, second);
  }
  return 0;
}

function orderScalars(leftTag: u32, left: u64, rightTag: u32, right: u64): i32 {
  const first = rankOf(leftTag);
  const second = rankOf(rightTag);
  if (first != second) return first < second ? -1 : 1;
  if (first == RANK_NULL) return 0;
  return first == RANK_NUMBER ? sign(orderOfNumbers(leftTag, left, rightTag, right)) : orderOfLike(leftTag, left, right);
}
