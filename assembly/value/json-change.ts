/**
 * Packed values changed at a path, written anew in one walk: jsonb_set, #-, and - of a name or element. The result goes behind what
 * was packed before (dynamic-pack.ts).
 */
import { arrayTextElement, arrayTextNext, arrayTextStart } from "./array-text";
import { integerOfText, textInteger } from "./number-text";
import {
  afterValue,
  childCount,
  fieldValue,
  firstChild,
  isArray,
  isObject,
  isString,
  namePointer,
  readLength,
  stringLength,
  stringPointer,
  valueBytes,
} from "./packed";
import { closeArray, closeObject, openContainer, writeName, writePacked } from "./packed-writer";
import { SPILL_SECOND, equalBytesOf, wordBytes, wordLength } from "./word";

/** Appends a container without the field (or string elements) `name`, or where `index` is not negative without that element. */
export function packWithout(container: usize, name: u64, index: i64): void {
  const object = isObject(container);
  const start = openContainer();
  const count = childCount(container);
  let child = firstChild(container);
  let kept: u32 = 0;
  for (let place: u32 = 0; place < count; place++) {
    const item = object ? fieldValue(child) : child;
    const after = afterValue(item);
    if (index >= 0 ? place != <u32>index : !isNamed(object, child, name)) {
      writePacked(child, <u32>(after - child));
      kept++;
    }
    child = after;
  }
  if (object) closeObject(start, kept);
  else closeArray(start, kept);
}

function isNamed(object: bool, child: usize, name: u64): bool {
  if (object) return equalBytesOf(name, namePointer(child), readLength(child));
  return isString(child) && equalBytesOf(name, stringPointer(child), stringLength(child));
}

/**
 * Appends a container with what the path (the text of an array) leads to replaced by `other`, or removed where that is 0. With
 * `create` a last step that leads nowhere adds a field or an element.
 */
export function packWith(container: usize, path: u64, other: usize, create: bool): void {
  if (arrayTextStart(path) && arrayTextNext()) change(container, other, create);
  else writePacked(container, valueBytes(container));
}

/** One step of the path, which is in `arrayTextElement`. */
function change(container: usize, other: usize, create: bool): void {
  const step = arrayTextElement;
  const last = !arrayTextNext();
  const object = isObject(container);
  const count = childCount(container);
  let wanted: i64 = -1;
  if (!object) {
    if (!isArray(container) || !integerOfText(step)) {
      writePacked(container, valueBytes(container));
      return;
    }
    wanted = textInteger < 0 ? textInteger + <i64>count : textInteger;
  }
  const start = openContainer();
  let child = firstChild(container);
  let kept: u32 = 0;
  let found = false;
  if (!object && wanted < 0 && last && create && other) {
    writePacked(other, valueBytes(other));
    kept++;
    found = true;
  }
  for (let place: u32 = 0; place < count; place++) {
    const item = object ? fieldValue(child) : child;
    const after = afterValue(item);
    const here = object ? equalBytesOf(step, namePointer(child), readLength(child)) : <i64>place == wanted;
    if (!here) writePacked(child, <u32>(after - child));
    else {
      found = true;
      if (object && (!last || other)) writeName(namePointer(child), readLength(child));
      if (!last) changeItem(item, other, create);
      else if (other) writePacked(other, valueBytes(other));
      else kept--;
    }
    kept++;
    child = after;
  }
  if (!found && last && create && other) {
    if (object) writeName(wordBytes(step, SPILL_SECOND), wordLength(step));
    writePacked(other, valueBytes(other));
    kept++;
  }
  if (object) closeObject(start, kept);
  else closeArray(start, kept);
}

function changeItem(item: usize, other: usize, create: bool): void {
  if (isObject(item) || isArray(item)) change(item, other, create);
  else writePacked(item, valueBytes(item));
}
