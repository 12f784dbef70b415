/**
 * Dynamic values as packed JSON: numbers, texts, booleans and null as themselves, NUMERIC as the number that its text is, dates
 * and all others as strings of their text.
 *
 * `beginPacking`, then values and brackets of packed-writer.ts, then `packedWord`.
 */
import { SLOT_ARRAY, SLOT_BOOLEAN, SLOT_DOUBLE, SLOT_INTEGER, SLOT_JSON, SLOT_NONE, SLOT_NUMERIC, SLOT_TEXT } from "../abi/record";
import { RUNTIME_ERROR_MEMORY } from "../abi/runtime-error";
import { fail } from "./cells";
import { textOfDynamic } from "./dynamic-text";
import { parseJsonNumber, writeDouble } from "./json-number";
import { isSpecial } from "./numeric";
import { numericToText } from "./numeric-text";
import { TAG_FALSE, TAG_NULL, TAG_TRUE, valueBytes } from "./packed";
import { packedAt, packedFailed, packedMark, packedReset, writeByte, writeInteger, writePacked, writeString } from "./packed-writer";
import { SPILL_OTHER, WORD_EMPTY, wordBytes, wordLength, wordOf } from "./word";

export function beginPacking(): void {
  packedReset();
}

/** What was packed since `beginPacking`, as a word. */
export function packedWord(): u64 {
  if (!packedFailed) return wordOf(packedAt(0), packedMark());
  fail(RUNTIME_ERROR_MEMORY);
  return WORD_EMPTY;
}

/** Appends a value; SLOT_NONE is null. */
export function packDynamic(tag: u32, payload: u64): void {
  switch (tag) {
    case SLOT_NONE:
      writeByte(TAG_NULL);
      break;
    case SLOT_BOOLEAN:
      writeByte(payload ? TAG_TRUE : TAG_FALSE);
      break;
    case SLOT_INTEGER:
      writeInteger(payload);
      break;
    case SLOT_DOUBLE:
      packDouble(reinterpret<f64>(payload));
      break;
    case SLOT_JSON:
    case SLOT_ARRAY: {
      const value = wordBytes(payload, SPILL_OTHER);
      writePacked(value, valueBytes(value));
      break;
    }
    case SLOT_NUMERIC:
      packNumeric(payload);
      break;
    default:
      packText(tag == SLOT_TEXT ? payload : textOfDynamic(tag, payload));
  }
}

export function packText(text: u64): void {
  writeString(wordBytes(text, SPILL_OTHER), wordLength(text));
}

/** JSON has no NaN and no infinities: they are strings, as PostgreSQL's to_jsonb makes them. */
function packDouble(value: f64): void {
  if (isFinite(value)) writeDouble(value);
  else packText(textOfDynamic(SLOT_DOUBLE, reinterpret<u64>(value)));
}

function packNumeric(value: u64): void {
  const text = numericToText(value);
  if (isSpecial(value)) {
    packText(text);
    return;
  }
  const bytes = wordBytes(text, SPILL_OTHER);
  parseJsonNumber(bytes, bytes + wordLength(text));
}

/** A value as packed word. */
export function packedOfDynamic(tag: u32, payload: u64): u64 {
  if (tag == SLOT_JSON || tag == SLOT_ARRAY) return payload;
  beginPacking();
  packDynamic(tag, payload);
  return packedWord();
}
