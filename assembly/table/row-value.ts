/**
 * Values of rows: where they lie in an entry, and how a column's slot becomes JSON and text.
 */
import {
  FIELD_NONE,
  FIELD_ROOT,
  RECORD_NULLS,
  RECORD_PACKED,
  RECORD_SHAPE,
  SLOT_BOOLEAN,
  SLOT_DATE,
  SLOT_DOUBLE,
  SLOT_INTEGER,
  SLOT_INTERVAL,
  SLOT_JSON,
  SLOT_NONE,
  SLOT_NUMBER,
  SLOT_NUMERIC,
  SLOT_TEXT,
  SLOT_TIME,
  SLOT_TIMESTAMP,
  SLOT_TIMESTAMPTZ,
  SLOT_UUID,
  WORD_HUGE,
  WORD_INLINE_MAX,
} from "../abi/record";
import { KIND_RECORD, valueAddress } from "../keyspace/entry-release";
import { packDynamic } from "../value/dynamic-pack";
import { textOfDynamic } from "../value/dynamic-text";
import { numericToText } from "../value/numeric-text";
import { ENTRY_KIND } from "../structure/entry";
import { FLOAT_NAME, FLOAT_NAME_LENGTH, floatOfText, isFloatText, isStoredFloat, storedFloat } from "../value/float-stored";
import { doubleOf, integerOf, readInteger } from "../value/json-number";
import {
  TAG_TRUE,
  findField,
  isArray,
  isNumber,
  isObject,
  isString,
  stringLength,
  stringPointer,
  tagOf,
  valueBytes,
} from "../value/packed";
import { writeNumberText } from "../value/packed-writer";
import { isBoxed, unboxInteger } from "../value/record";
import { absoluteWord } from "../value/record-unpack";
import { elementKind, elementOffset, fieldNamed, isDeclared, placeOf, shapeAt, shapeFields } from "../value/shape";
import { inlineWord, longWord, wordBytes, wordLength } from "../value/word";

const spill: usize = memory.data(8, 8);

/** Whether slots of the kind hold words. */
export function isWordKind(kind: u32): bool {
  return kind == SLOT_TEXT || kind == SLOT_NUMERIC || kind >= <u32>SLOT_UUID;
}

/** What `readPath` found: SLOT_NONE, BOOLEAN, INTEGER, DOUBLE, TEXT (its bytes are found) or JSON (of a packed value). */
export let readKind: u32 = SLOT_NONE;
let readBits: u64 = 0;
export let readBytes: usize = 0;
export let readLengthBytes: u32 = 0;
/** True when an object was found: its content is not read. */
export let readIsObject: bool = false;

function found(kind: u32, bits: u64): void {
  readKind = kind;
  readBits = bits;
}

function foundBytes(kind: u32, bytes: usize, length: u32): void {
  readKind = kind;
  readBytes = bytes;
  readLengthBytes = length;
}

/**
 * Finds the value at a path of names (u16 length and bytes each) in a row, without taking any memory, since a row that goes is read
 * too. `shapes` are those of its collection.
 */
export function readPath(shapes: usize, entry: usize, path: usize, end: usize): void {
  readIsObject = false;
  found(SLOT_NONE, 0);
  const address = valueAddress(entry);
  if (!((<u32>load<u8>(entry, ENTRY_KIND)) & KIND_RECORD)) {
    readInside(address + RECORD_PACKED, path, end);
    return;
  }
  const shape = shapeAt(shapes, load<u16>(address, RECORD_SHAPE));
  let parent: u32 = FIELD_ROOT;
  let name = path;
  while (name < end) {
    const length = <u32>load<u16>(name);
    const field = fieldNamed(shapes, parent, name + 2, length);
    const place = field == FIELD_NONE ? 0 : placeOf(shape, field);
    if (!place && isDeclared(shapes) && name == path) {
      const last = shapeFields(shape) - 1;
      if (!((load<u64>(address, RECORD_NULLS) >> (<u64>last)) & 1))
        readSlot(SLOT_JSON, address + elementOffset(shape, last), address, path, end);
      return;
    }
    if (!place || (load<u64>(address, RECORD_NULLS) >> (<u64>place - 1)) & 1) return;
    name += 2 + <usize>length;
    const kind = elementKind(shape, place - 1);
    if (kind != SLOT_NONE) {
      readSlot(kind, address + elementOffset(shape, place - 1), address, name, end);
      return;
    }
    parent = field;
  }
  readFloat(shapes, shape, parent, address);
}

/** An object whose fields lie in a record; it may be one that stands for a float (value/float-stored.ts). */
function readFloat(shapes: usize, shape: usize, parent: u32, address: usize): void {
  const field = fieldNamed(shapes, parent, FLOAT_NAME, FLOAT_NAME_LENGTH);
  const place = field == FIELD_NONE ? 0 : placeOf(shape, field);
  if (place && elementKind(shape, place - 1) == SLOT_TEXT && !((load<u64>(address, RECORD_NULLS) >> (<u64>place - 1)) & 1)) {
    const length = wordLength(absoluteWord(load<u64>(address + elementOffset(shape, place - 1)), address));
    if (isFloatText(length)) {
      found(SLOT_DOUBLE, reinterpret<u64>(floatOfText(length)));
      return;
    }
  }
  readIsObject = true;
}

const slotWord: usize = memory.data(8, 8);

/** What a record's slot holds, at the rest of a path. */
function readSlot(kind: u32, slot: usize, record: usize, path: usize, end: usize): void {
  const bits = load<u64>(slot);
  if (kind == SLOT_JSON) readInside(wordBytes(absoluteWord(bits, record), slotWord), path, end);
  else if (path < end) return;
  else if (kind == SLOT_NUMBER) {
    if (isBoxed(bits)) found(SLOT_INTEGER, <u64>unboxInteger(bits));
    else found(SLOT_DOUBLE, bits);
  } else if (kind == SLOT_TEXT) {
    const word = absoluteWord(bits, record);
    foundBytes(SLOT_TEXT, wordBytes(word, slotWord), wordLength(word));
  } else found(kind, bits);
}

/** What a packed value holds at a path. */
function readInside(value: usize, path: usize, end: usize): void {
  let inner = value;
  for (let name = path; name < end; name += 2 + <usize>load<u16>(name)) {
    inner = isObject(inner) ? findField(inner, name + 2, load<u16>(name)) : 0;
    if (!inner) return;
  }
  if (isString(inner)) foundBytes(SLOT_TEXT, stringPointer(inner), stringLength(inner));
  else if (isNumber(inner)) {
    if (readInteger(inner)) found(SLOT_INTEGER, <u64>integerOf);
    else found(SLOT_DOUBLE, reinterpret<u64>(doubleOf(inner)));
  } else if (isStoredFloat(inner)) found(SLOT_DOUBLE, reinterpret<u64>(storedFloat(inner)));
  else if (isObject(inner)) readIsObject = true;
  else if (isArray(inner)) foundBytes(SLOT_JSON, inner, valueBytes(inner));
  else if (tagOf(inner)) found(SLOT_BOOLEAN, tagOf(inner) == TAG_TRUE ? 1 : 0);
}

const readCell: usize = memory.data(8, 8);

/** What was found as a slot of its own kind, for keys; good until the next call. */
export function foundSlot(): usize {
  store<u64>(readCell, readKind == SLOT_TEXT || readKind == SLOT_JSON ? fixedWord(readBytes, readLengthBytes) : readBits);
  return readCell;
}

/** Appends what a slot holds to the packed writer, as JSON has it; what JSON has no values for as text. */
export function writeSlot(kind: u32, slot: usize): void {
  if (kind == SLOT_NUMERIC) writeNumeric(load<u64>(slot));
  else packDynamic(kind, load<u64>(slot));
}

/** A number with all its digits: zeros behind the point tell its scale. */
function writeNumeric(value: u64): void {
  const text = numericToText(value);
  const bytes = wordBytes(text, spill);
  const length = wordLength(text);
  let point = false;
  for (let at: u32 = 0; at < length; at++) if (load<u8>(bytes + at) == 46) point = true;
  if (point && load<u8>(bytes + length - 1) == 48) writeNumberText(bytes, length);
  else packDynamic(SLOT_NUMERIC, value);
}

/** The text that `slotText` found or made; good until it is called again. */
export let slotBytes: usize = 0;
export let slotLength: u32 = 0;

/** The text of what a slot holds: what the key of a row is made of. Its memory comes from the plan's arena. */
export function slotText(kind: u32, slot: usize): void {
  const text = textOfDynamic(kind, load<u64>(slot));
  slotBytes = wordBytes(text, spill);
  slotLength = wordLength(text);
}

/** A word of bytes that stay where they are, for keys only: a huge one has no length in front, and is too long for a key. */
function fixedWord(bytes: usize, length: u32): u64 {
  if (length <= <u32>WORD_INLINE_MAX) return inlineWord(bytes, length);
  return longWord(bytes, length < <u32>WORD_HUGE ? length : <u32>WORD_HUGE - 1);
}
