/**
 * Equality and order of JSON values, as RFC 9535 (section 2.3.5.2.2) has them for filters: numbers by value, strings by
 * their characters, arrays element by element, objects by their fields in any order.
 *
 * Cost: O(bytes); no object is searched field by field for each field of another (field-index.ts).
 */
import { findIndexed, indexFields, releaseIndex } from "./field-index";
import { compareNumbers } from "./json-number";
import {
  afterValue,
  childCount,
  fieldValue,
  firstChild,
  isArray,
  isNumber,
  isObject,
  isString,
  namePointer,
  readLength,
  stringLength,
  stringPointer,
  tagOf,
} from "./packed";

/** True when both values are the same JSON value. */
export function equalValues(left: usize, right: usize): bool {
  if (isNumber(left)) return isNumber(right) && compareNumbers(left, right) == 0;
  if (isString(left)) return isString(right) && compareStrings(left, right) == 0;
  if (isArray(left)) return isArray(right) && equalArrays(left, right);
  if (isObject(left)) return isObject(right) && equalObjects(left, right);
  return tagOf(left) == tagOf(right);
}

function equalArrays(left: usize, right: usize): bool {
  let count = childCount(left);
  if (count != childCount(right)) return false;
  let first = firstChild(left);
  let second = firstChild(right);
  while (count--) {
    if (!equalValues(first, second)) return false;
    first = afterValue(first);
    second = afterValue(second);
  }
  return true;
}

function equalObjects(left: usize, right: usize): bool {
  let count = childCount(left);
  if (count != childCount(right)) return false;
  const index = indexFields(right);
  let field = firstChild(left);
  let equal = true;
  while (count-- && equal) {
    const value = fieldValue(field);
    const other = findIndexed(index, right, namePointer(field), readLength(field));
    equal = other != 0 && equalValues(value, other);
    field = afterValue(value);
  }
  releaseIndex(index);
  return equal;
}

/** Negative, 0 or positive as the left string stands before, at or behind the right one. */
function compareStrings(left: usize, right: usize): i32 {
  const first = stringLength(left);
  const second = stringLength(right);
  const order = memory.compare(stringPointer(left), stringPointer(right), first < second ? first : second);
  return order ? order : first < second ? -1 : first > second ? 1 : 0;
}

/** True when the left value stands before the right one: only numbers and only strings do. */
export function isLess(left: usize, right: usize): bool {
  if (isNumber(left)) return isNumber(right) && compareNumbers(left, right) < 0;
  return isString(left) && isString(right) && compareStrings(left, right) < 0;
}
