/**
 * The text of jsonb as PostgreSQL prints it: a blank behind each colon and comma, or indented by four (jsonb_pretty).
 */
import { RUNTIME_ERROR_MEMORY } from "../abi/runtime-error";
import { fail } from "./cells";
import { printByte, printString, printValue, textAt, textFailed, textMark, textReset } from "./json-print";
import { afterValue, childCount, fieldValue, firstChild, isArray, isObject, namePointer, readLength } from "./packed";
import { WORD_EMPTY, wordOf } from "./word";

const INDENT: u32 = 4;
let pretty: bool = false;

export function textOfJsonb(value: usize, indented: bool): u64 {
  pretty = indented;
  textReset();
  print(value, 0);
  if (!textFailed) return wordOf(textAt(0), textMark());
  fail(RUNTIME_ERROR_MEMORY);
  return WORD_EMPTY;
}

function print(value: usize, level: u32): void {
  const object = isObject(value);
  if (!object && !isArray(value)) {
    printValue(value);
    return;
  }
  const count = childCount(value);
  let child = firstChild(value);
  printByte(object ? 123 : 91);
  for (let index: u32 = 0; index < count && !textFailed; index++) {
    if (index) printByte(44);
    if (index && !pretty) printByte(32);
    newLine(level + 1);
    if (object) {
      printString(namePointer(child), readLength(child));
      printByte(58);
      printByte(32);
      child = fieldValue(child);
    }
    print(child, level + 1);
    child = afterValue(child);
  }
  newLine(level);
  printByte(object ? 125 : 93);
}

function newLine(level: u32): void {
  if (!pretty) return;
  printByte(10);
  for (let index: u32 = 0; index < level * INDENT; index++) printByte(32);
}
