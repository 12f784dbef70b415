/**
 * Values of rows: where they lie in an entry, and how a column's slot becomes JSON and text.
 */
import {
  RECORD_PACKED,
  SLOT_ARRAY,
  SLOT_BOOLEAN,
  SLOT_DOUBLE,
  SLOT_INTEGER,
  SLOT_JSON,
  SLOT_NUMERIC,
  SLOT_TEXT,
  SLOT_UUID,
  WORD_HUGE,
  WORD_INLINE_MAX,
} from "../abi/record";
import { printDouble } from "../bytes/float";
import { printInteger } from "../bytes/integer";
import { valueAddress } from "../keyspace/entry-release";
import { doubleOf, integerOf, readInteger, writeDouble } from "../value/json-number";
import { TAG_FALSE, TAG_TRUE, isNumber, stringLength, stringPointer, tagOf, valueBytes } from "../value/packed";
import { writeByte, writeInteger, writePacked, writeString } from "../value/packed-writer";
import { inlineWord, longWord, wordBytes, wordLength } from "../value/word";

const HEX: usize = memory.data<u8>([48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 97, 98, 99, 100, 101, 102]);
const scratch: usize = memory.data(64, 8);
const spill: usize = memory.data(8, 8);
const UUID_TEXT: u32 = 36;
const HYPHEN: u32 = 45;

/** Whether slots of the kind hold words. */
export function isWordKind(kind: u32): bool {
  return kind == SLOT_TEXT || kind == SLOT_NUMERIC || kind >= <u32>SLOT_UUID;
}

/** The packed object of a document's entry. */
export function documentPacked(entry: usize): usize {
  return valueAddress(entry) + RECORD_PACKED;
}

/** Appends what a slot holds to the packed writer, as JSON has it; what JSON has no values for as text. */
export function writeSlot(kind: u32, slot: usize): void {
  if (kind == SLOT_INTEGER) writeInteger(load<i64>(slot));
  else if (kind == SLOT_BOOLEAN) writeByte(load<u8>(slot) ? TAG_TRUE : TAG_FALSE);
  else if (kind == SLOT_DOUBLE && isFinite(load<f64>(slot))) writeDouble(load<f64>(slot));
  else if (kind == SLOT_JSON || kind == SLOT_ARRAY) {
    const word = load<u64>(slot);
    writePacked(wordBytes(word, spill), wordLength(word));
  } else {
    slotText(kind, slot);
    writeString(slotBytes, slotLength);
  }
}

/** The text that `slotText` found or made; good until it is called again. */
export let slotBytes: usize = 0;
export let slotLength: u32 = 0;

/** The text of what a slot holds: what the key of a row is made of. */
export function slotText(kind: u32, slot: usize): void {
  slotBytes = scratch;
  if (kind == SLOT_INTEGER) slotLength = printInteger(scratch, load<i64>(slot));
  else if (kind == SLOT_BOOLEAN) {
    store<u64>(scratch, load<u8>(slot) ? 0x65757274 : 0x65736c6166);
    slotLength = load<u8>(slot) ? 4 : 5;
  } else if (kind == SLOT_DOUBLE) slotLength = doubleText(load<f64>(slot));
  else {
    const word = load<u64>(slot);
    slotBytes = wordBytes(word, spill);
    slotLength = wordLength(word);
    if (kind == SLOT_UUID) uuidText();
  }
}

/** PostgreSQL's spelling of what is not finite. */
function doubleText(value: f64): u32 {
  if (value != value) {
    store<u32>(scratch, 0x4e614e);
    return 3;
  }
  if (abs(value) != Infinity) return printDouble(scratch, value);
  const sign: u32 = value < 0 ? 1 : 0;
  store<u8>(scratch, <u8>HYPHEN);
  store<u64>(scratch + sign, 0x7974696e69666e49);
  return 8 + sign;
}

function uuidText(): void {
  const bytes = slotBytes;
  let target = scratch;
  for (let at: u32 = 0; at < 16; at++) {
    if (at == 4 || at == 6 || at == 8 || at == 10) {
      store<u8>(target, <u8>HYPHEN);
      target++;
    }
    const byte = <u32>load<u8>(bytes + at);
    store<u8>(target, load<u8>(HEX + (byte >> 4)));
    store<u8>(target, load<u8>(HEX + (byte & 15)), 1);
    target += 2;
  }
  slotBytes = scratch;
  slotLength = UUID_TEXT;
}

const kept: usize = memory.data(8, 8);
const keptBytes: usize = memory.data(16, 8);

/**
 * The slot of a value that a table keeps, at an address that is good until the next call. Never fails and takes no memory, since
 * the value has been through the door. Requires: not null.
 */
export function keptSlot(kind: u32, value: usize): usize {
  let bits: u64 = 0;
  if (kind == SLOT_INTEGER) bits = readInteger(value) ? <u64>integerOf : 0;
  else if (kind == SLOT_BOOLEAN) bits = tagOf(value) == TAG_TRUE ? 1 : 0;
  else if (kind == SLOT_DOUBLE) bits = reinterpret<u64>(isNumber(value) ? doubleOf(value) : namedDouble(value));
  else if (kind == SLOT_JSON || kind == SLOT_ARRAY) bits = fixedWord(value, valueBytes(value));
  else if (kind == SLOT_UUID) bits = keptUuid(stringPointer(value));
  else bits = fixedWord(stringPointer(value), stringLength(value));
  store<u64>(kept, bits);
  return kept;
}

/** A word of bytes that stay where they are, for keys only: a huge one has no length in front, and is too long for a key. */
function fixedWord(bytes: usize, length: u32): u64 {
  if (length <= <u32>WORD_INLINE_MAX) return inlineWord(bytes, length);
  return longWord(bytes, length < <u32>WORD_HUGE ? length : <u32>WORD_HUGE - 1);
}

/** What PostgreSQL calls NaN, Infinity and -Infinity. */
function namedDouble(value: usize): f64 {
  const length = stringLength(value);
  return length == 3 ? NaN : length == 9 ? -Infinity : Infinity;
}

function keptUuid(text: usize): u64 {
  let digits: u32 = 0;
  for (let at: u32 = 0; at < UUID_TEXT; at++) {
    const byte = <u32>load<u8>(text + at);
    if (byte == HYPHEN) continue;
    const digit = byte <= 57 ? byte - 48 : byte - 87;
    const place = keptBytes + (digits >> 1);
    store<u8>(place, <u8>(digits & 1 ? ((<u32>load<u8>(place)) << 4) | digit : digit));
    digits++;
  }
  return longWord(keptBytes, 16);
}
