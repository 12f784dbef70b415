/**
 * Equality and order of JSON values, as RFC 9535 (section 2.3.5.2.2) has them for filters: numbers by value, strings by
 * their characters, arrays element by element, objects by their fields in any order.
 *
 * Cost: O(bytes); objects whose fields stand in different orders O(fields²).
 */
import { compareNumbers } from "./json-number";
import {
  afterValue,
  childCount,
  fieldValue,
  findField,
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
  let field = firstChild(left);
  while (count--) {
    const value = fieldValue(field);
    const other = findField(right, namePointer(field), readLength(field));
    if (!other || !equalValues(value, other)) return false;
    field = afterValue(value);
  }
  return true;
}

/** Negative, 0 or positive as the left string stands before, at or behind the right one. */
export function compareStrings(left: usize, right: usize): i32 {
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
