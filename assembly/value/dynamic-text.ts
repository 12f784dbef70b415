/**
 * The text of a dynamic value, and of packed values: what JSON.GET would print, strings without quotes.
 */
import { SLOT_ARRAY, SLOT_BOOLEAN, SLOT_DOUBLE, SLOT_INTEGER, SLOT_JSON, SLOT_TEXT } from "../abi/record";
import { RUNTIME_ERROR_MEMORY } from "../abi/runtime-error";
import { builderReset, builderRoom, builderTake, builderWord, putInteger } from "./builder";
import { fail } from "./cells";
import { putDeclared } from "./declared-text";
import { printJsonDouble, NUMBER_PRINTED_MAX } from "./json-number";
import { printValue, textAt, textFailed, textMark, textReset } from "./json-print";
import { putDouble } from "./number-text";
import { SPILL_VALUE, WORD_EMPTY, wordBytes, wordOf } from "./word";

const WORD_TRUE: u64 = 0x6575727404;
const WORD_FALSE: u64 = 0x65736c616605;

/** The text of a value. Requires: it is not NULL. */
export function textOfDynamic(tag: u32, payload: u64): u64 {
  if (tag == SLOT_TEXT) return payload;
  if (tag == SLOT_BOOLEAN) return payload ? WORD_TRUE : WORD_FALSE;
  if (tag == SLOT_JSON || tag == SLOT_ARRAY) return textOfPacked(wordBytes(payload, SPILL_VALUE));
  builderReset();
  if (tag == SLOT_INTEGER) putInteger(payload);
  else if (tag == SLOT_DOUBLE) putJsonDouble(reinterpret<f64>(payload));
  else putDeclared(tag, payload);
  return builderWord();
}

function putJsonDouble(value: f64): void {
  if (!isFinite(value)) {
    putDouble(value);
    return;
  }
  const room = builderRoom(NUMBER_PRINTED_MAX);
  if (room) builderTake(printJsonDouble(room, value));
}

/** The compact JSON text of a packed value. */
export function textOfPacked(value: usize): u64 {
  textReset();
  printValue(value);
  if (!textFailed) return wordOf(textAt(0), textMark());
  fail(RUNTIME_ERROR_MEMORY);
  return WORD_EMPTY;
}
