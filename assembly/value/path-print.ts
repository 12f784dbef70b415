/**
 * The normalised path (RFC 9535, section 2.7) of a value of a document: `$['name'][0]`, appended to the text buffer of
 * json-print.ts. Effects name places by it.
 *
 * Cost: O(fields beside and above the value).
 */
import {
  TABLE_SHIFT,
  afterValue,
  childCount,
  elementAt,
  fieldValue,
  firstChild,
  isObject,
  lengthBytes,
  readLength,
  valueBytes,
} from "./packed";
import { printByte, printBytes, printNumber } from "./json-print";
import { surrogateAt } from "./json-string";

const APOSTROPHE: u32 = 39;
const BACKSLASH: u32 = 92;
const HEX: usize = memory.data<u8>([48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 97, 98, 99, 100, 101, 102]);

/** Whether a path can name it: false when a name has a lone surrogate, for which paths have no notation. */
export let pathPrintable: bool = true;

/** Prints the path of `value`, which lies in `document`. */
export function printPath(document: usize, value: usize): void {
  pathPrintable = true;
  printByte(36);
  let node = document;
  while (node != value) node = isObject(node) ? printField(node, value) : printElement(node, value);
}

/** Prints the name of the field whose value holds `value`, and returns its value. */
function printField(object: usize, value: usize): usize {
  let field = firstChild(object);
  while (true) {
    const inner = fieldValue(field);
    const after = afterValue(inner);
    if (value < after) {
      const length = readLength(field);
      printName(field + lengthBytes(length), length);
      return inner;
    }
    field = after;
  }
}

function printElement(array: usize, value: usize): usize {
  let low: u32 = 0;
  let high = (childCount(array) - 1) >> TABLE_SHIFT;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (elementAt(array, middle << TABLE_SHIFT) <= value) low = middle;
    else high = middle - 1;
  }
  let index = low << TABLE_SHIFT;
  let element = elementAt(array, index);
  while (element + valueBytes(element) <= value) {
    element = afterValue(element);
    index++;
  }
  printByte(91);
  printNumber(index);
  printByte(93);
  return element;
}

/** Prints `['name']`. */
export function printName(name: usize, length: u32): void {
  printByte(91);
  printByte(APOSTROPHE);
  const limit = name + length;
  let run = name;
  for (let position = name; position < limit; position++) {
    const byte = <u32>load<u8>(position);
    if (byte >= 32 && byte != APOSTROPHE && byte != BACKSLASH && byte != 0xed) continue;
    if (byte == 0xed) {
      if (surrogateAt(position)) pathPrintable = false;
      continue;
    }
    printBytes(run, <u32>(position - run));
    run = position + 1;
    printByte(BACKSLASH);
    if (byte >= 32) printByte(byte);
    else {
      printByte(117);
      printByte(48);
      printByte(48);
      printByte(load<u8>(HEX + (byte >> 4)));
      printByte(load<u8>(HEX + (byte & 15)));
    }
  }
  printBytes(run, <u32>(limit - run));
  printByte(APOSTROPHE);
  printByte(93);
}
