/**
 * Equality of Cypher's values, in openCypher's two senses (CIP2016-06-14, "Comparability and equality").
 *
 * `=` is three-valued: NULL is equal to nothing and different from nothing, also inside of lists and maps; NaN differs from everything.
 * Equivalence, which DISTINCT, grouping and UNION go by, knows true and false alone: NULL is equivalent to NULL and NaN to NaN. In both
 * 1 is 1.0, values of different kinds differ, and what differs in one item differs whatever the others are.
 *
 * Lists are compared item by item, maps name by name in whatever order, nodes and relationships by number, paths by both.
 *
 * Invariants: (1) equivalence is reflexive, symmetric and transitive; (2) equal values are equivalent, and so have equal hashes
 * (cypher-hash.ts). Cost: O(bytes); recursion is bounded by DEPTH_MAX.
 */
import { SLOT_ARRAY, SLOT_BOOLEAN, SLOT_DOUBLE, SLOT_INTEGER, SLOT_JSON, SLOT_NONE } from "../abi/record";
import { compareReadNumbers, keepNumber, readNumber } from "./dynamic";
import { isMap, isNumberTag, itemPayload, itemTag, readItem, readValue } from "./cypher-item";
import { findIndexed, indexFields, releaseIndex } from "./field-index";
import { TAG_NULL, afterValue, childCount, fieldValue, firstChild, isArray, namePointer, readLength, tagOf } from "./packed";
import { SPILL_ARRAY, SPILL_OTHER_ARRAY, isWordTag, wordBytes, wordsEqual } from "./word";

export const DIFFERENT: u32 = 0;
export const EQUAL: u32 = 1;
export const UNKNOWN: u32 = 2;

/** Whether two values are equal by `=`: DIFFERENT, EQUAL or UNKNOWN. */
export function equalCypher(leftTag: u32, left: u64, rightTag: u32, right: u64): u32 {
  return compare(leftTag, left, rightTag, right, false);
}

/** Whether two values are equivalent. */
export function equivalentCypher(leftTag: u32, left: u64, rightTag: u32, right: u64): bool {
  return compare(leftTag, left, rightTag, right, true) == EQUAL;
}

function compare(leftTag: u32, left: u64, rightTag: u32, right: u64, isEquivalence: bool): u32 {
  readValue(leftTag, left);
  const tag = itemTag;
  const payload = itemPayload;
  readValue(rightTag, right);
  if (tag == SLOT_ARRAY || tag == SLOT_JSON) {
    if (itemTag != tag) return itemTag == SLOT_NONE && !isEquivalence ? UNKNOWN : DIFFERENT;
    return compareItems(wordBytes(payload, SPILL_ARRAY), wordBytes(itemPayload, SPILL_OTHER_ARRAY), isEquivalence);
  }
  return compareScalars(tag, payload, itemTag, itemPayload, isEquivalence);
}

/** Whether a value, as `readValue` reads it, is equal to an item of a list. */
export function equalItem(tag: u32, payload: u64, item: usize): u32 {
  if (tag == SLOT_ARRAY || tag == SLOT_JSON) return compareItems(wordBytes(payload, SPILL_OTHER_ARRAY), item, false);
  readItem(item);
  return compareScalars(tag, payload, itemTag, itemPayload, false);
}

/** The same of two packed values. */
export function equalItems(left: usize, right: usize): u32 {
  return compareItems(left, right, false);
}

/** Two packed values. */
function compareItems(left: usize, right: usize, isEquivalence: bool): u32 {
  if (tagOf(left) == TAG_NULL || tagOf(right) == TAG_NULL) {
    if (!isEquivalence) return UNKNOWN;
    return tagOf(left) == tagOf(right) ? EQUAL : DIFFERENT;
  }
  if (isArray(left)) return isArray(right) ? compareLists(left, right, isEquivalence) : DIFFERENT;
  if (isMap(left)) return isMap(right) ? compareMaps(left, right, isEquivalence) : DIFFERENT;
  readItem(left);
  const tag = itemTag;
  const payload = itemPayload;
  readItem(right);
  return compareScalars(tag, payload, itemTag, itemPayload, isEquivalence);
}

function compareLists(left: usize, right: usize, isEquivalence: bool): u32 {
  let count = childCount(left);
  if (count != childCount(right)) return DIFFERENT;
  let first = firstChild(left);
  let second = firstChild(right);
  let answer = EQUAL;
  while (count--) {
    const equal = compareItems(first, second, isEquivalence);
    if (equal == DIFFERENT) return DIFFERENT;
    if (equal == UNKNOWN) answer = UNKNOWN;
    first = afterValue(first);
    second = afterValue(second);
  }
  return answer;
}

function compareMaps(left: usize, right: usize, isEquivalence: bool): u32 {
  let count = childCount(left);
  if (count != childCount(right)) return DIFFERENT;
  const index = indexFields(right);
  let field = firstChild(left);
  let answer = EQUAL;
  while (count-- && answer != DIFFERENT) {
    const value = fieldValue(field);
    const other = findIndexed(index, right, namePointer(field), readLength(field));
    const equal = other ? compareItems(value, other, isEquivalence) : DIFFERENT;
    if (equal != EQUAL) answer = equal == DIFFERENT ? DIFFERENT : UNKNOWN;
    field = afterValue(value);
  }
  releaseIndex(index);
  return answer;
}

/** What is neither a list nor a map. */
function compareScalars(leftTag: u32, left: u64, rightTag: u32, right: u64, isEquivalence: bool): u32 {
  if (leftTag == SLOT_NONE || rightTag == SLOT_NONE) {
    if (!isEquivalence) return UNKNOWN;
    return leftTag == rightTag ? EQUAL : DIFFERENT;
  }
  if (leftTag == SLOT_INTEGER && rightTag == SLOT_INTEGER) return left == right ? EQUAL : DIFFERENT;
  if (isNumberTag(leftTag) && isNumberTag(rightTag)) {
    if (!isEquivalence && (isNotNumber(leftTag, left) || isNotNumber(rightTag, right))) return DIFFERENT;
    return orderOfNumbers(leftTag, left, rightTag, right) == 0 ? EQUAL : DIFFERENT;
  }
  if (leftTag != rightTag) return DIFFERENT;
  if (leftTag == SLOT_BOOLEAN) return (left != 0) == (right != 0) ? EQUAL : DIFFERENT;
  return (isWordTag(leftTag) ? wordsEqual(left, right) : left == right) ? EQUAL : DIFFERENT;
}

/** Whether a number is NaN. */
export function isNotNumber(tag: u32, payload: u64): bool {
  return tag == SLOT_DOUBLE && isNaN(reinterpret<f64>(payload));
}

/** Negative, 0 or positive, exactly: 2^53 + 1 is no double. NaN is the greatest. Requires: both are numbers. */
export function orderOfNumbers(leftTag: u32, left: u64, rightTag: u32, right: u64): i32 {
  if (leftTag == SLOT_INTEGER && rightTag == SLOT_INTEGER) return <i64>left < <i64>right ? -1 : <i64>left > <i64>right ? 1 : 0;
  readNumber(leftTag, left);
  keepNumber();
  readNumber(rightTag, right);
  return compareReadNumbers();
}
