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
} from "../abi/record";
import { printDouble } from "../bytes/float";
import { printInteger } from "../bytes/integer";
import { valueAddress } from "../keyspace/entry-release";
import { writeDouble } from "../value/json-number";
import { TAG_FALSE, TAG_TRUE } from "../value/packed";
import { writeByte, writeInteger, writePacked, writeString } from "../value/packed-writer";
import { wordBytes, wordLength } from "../value/word";

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
