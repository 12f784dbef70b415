/**
 * Fields, elements and paths of packed values, as the operators -> and #> have them.
 */
import { arrayTextElement, arrayTextNext, arrayTextStart } from "./array-text";
import { integerOfText, textInteger } from "./number-text";
import { childCount, elementAt, findField, isArray, isObject } from "./packed";
import { SPILL_SECOND, wordBytes, wordLength } from "./word";

/** Address of the value of an object's field, or 0. */
export function fieldOf(value: usize, name: u64): usize {
  return isObject(value) ? findField(value, wordBytes(name, SPILL_SECOND), wordLength(name)) : 0;
}

/** Address of an array's element, counted from the end where the number is negative, or 0. */
export function elementOf(value: usize, index: i64): usize {
  if (!isArray(value)) return 0;
  const count = <i64>childCount(value);
  if (index < 0) index += count;
  return index >= 0 && index < count ? elementAt(value, <u32>index) : 0;
}

/** The value at a path, which is the text of an array of names and numbers; 0: there is none. */
export function followPath(value: usize, path: u64): usize {
  if (!arrayTextStart(path)) return 0;
  let current = value;
  while (current && arrayTextNext()) current = stepInto(current, arrayTextElement);
  return current;
}

/** A field by name, or an element by the number that the name spells. */
export function stepInto(value: usize, name: u64): usize {
  if (isObject(value)) return fieldOf(value, name);
  return isArray(value) && integerOfText(name) ? elementOf(value, textInteger) : 0;
}
