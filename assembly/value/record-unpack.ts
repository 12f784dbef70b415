/**
 * Records back to the packed form, byte for byte what they were made from, and to JSON text.
 *
 * The fields of a shape stand in the order of a walk through the document, an object's fields behind it; so one pass over them with
 * a position that the recursion moves on is enough. Fields that a record lacks are passed over with all that is in them.
 */
import {
  FIELD_NAME,
  FIELD_NAME_LENGTH,
  FIELD_ROOT,
  RECORD_MISSING,
  RECORD_NULLS,
  RECORD_SHAPE,
  SLOT_ARRAY,
  SLOT_BOOLEAN,
  SLOT_DOUBLE,
  SLOT_INTEGER,
  SLOT_JSON,
  SLOT_NONE,
  SLOT_NUMBER,
  SLOT_TEXT,
} from "../abi/record";
import { builderBytes, builderLength, builderReset } from "./builder";
import { putDeclared } from "./declared-text";
import { writeDouble } from "./json-number";
import {
  printClose,
  printColon,
  printOpen,
  printSeparator,
  failText,
  printFields,
  printString,
  printValue,
  printWordNull,
} from "./json-print";
import { TAG_FALSE, TAG_NULL, TAG_TRUE, afterValue, childCount, firstChild } from "./packed";
import {
  closeObject,
  openContainer,
  packedAt,
  packedFailed,
  packedMark,
  packedRewind,
  writeByte,
  writeInteger,
  writeName,
  writePacked,
  writeString,
} from "./packed-writer";
import { isBoxed, isWordKind, unboxInteger } from "./record";
import { elementField, elementKind, elementOffset, fieldAt, fieldParent, isDeclared, shapeAt, shapeFields } from "./shape";
import { putDouble } from "./number-text";
import { isInline, wordBytes, wordLength } from "./word";

let fields: usize = 0;
let shape: usize = 0;
let record: usize = 0;
/** Place of the next field. */
let place: u32 = 0;
const spill: usize = memory.data(8, 8);

/** A record's word with an absolute address. */
// @ts-ignore: decorator
@inline
export function absoluteWord(word: u64, base: usize): u64 {
  return isInline(word) ? word : word + ((<u64>base) << 32);
}

/** Appends the packed form of a record to the packed writer's buffer. */
export function unpackRecord(shapes: usize, address: usize): void {
  begin(shapes, address);
  writeObject(FIELD_ROOT);
}

/** Appends the packed form of the object in a field. Requires: the field is at `at` of the record's shape, and no null. */
export function unpackObject(shapes: usize, address: usize, at: u32): void {
  begin(shapes, address);
  place = at + 1;
  writeObject(elementField(shape, at));
}

function begin(shapes: usize, address: usize): void {
  fields = shapes;
  record = address;
  shape = shapeAt(shapes, load<u16>(address, RECORD_SHAPE));
  place = 0;
}

/** Whether the record has the bit of the field at `place` in the bits at an offset. */
function hasBit(bits: usize): bool {
  return ((load<u64>(record + bits) >> (<u64>place)) & 1) != 0;
}

/** Passes over the fields of an object that the record does not have. */
function skipObject(parent: u32): void {
  while (place < shapeFields(shape) && fieldParent(fields, elementField(shape, place)) == parent) {
    const field = elementField(shape, place++);
    skipObject(field);
  }
}

function writeObject(parent: u32): void {
  const start = openContainer();
  let written: u32 = 0;
  while (place < shapeFields(shape) && fieldParent(fields, elementField(shape, place)) == parent) {
    const field = elementField(shape, place);
    if (hasBit(RECORD_MISSING)) {
      place++;
      skipObject(field);
      continue;
    }
    if (isExtras()) {
      const extras = extrasObject();
      writePacked(firstChild(extras), <u32>(afterValue(extras) - firstChild(extras)));
      written += childCount(extras);
      break;
    }
    const facts = fieldAt(fields, field);
    writeName(<usize>load<u32>(facts, FIELD_NAME), load<u32>(facts, FIELD_NAME_LENGTH));
    written++;
    if (hasBit(RECORD_NULLS)) {
      writeByte(TAG_NULL);
      place++;
      skipObject(field);
    } else if (elementKind(shape, place) == SLOT_NONE) {
      place++;
      writeObject(field);
    } else {
      writeSlot(record, elementKind(shape, place), load<u64>(record + elementOffset(shape, place)));
      place++;
    }
  }
  closeObject(start, written);
}

/** Whether the field at `place` is the one of what has no column. */
// @ts-ignore: decorator
@inline
function isExtras(): bool {
  return isDeclared(fields) && place == shapeFields(shape) - 1;
}

/** Address of the object of what has no column. */
function extrasObject(): usize {
  return wordBytes(absoluteWord(load<u64>(record + elementOffset(shape, place)), record), spill);
}

/** Appends what a slot holds as JSON has it. `base`: the record that long words lie in, or 0. */
export function writeSlot(base: usize, kind: u32, bits: u64): void {
  if (isWordKind(kind)) {
    const word = absoluteWord(bits, base);
    const bytes = wordBytes(word, spill);
    if (kind == SLOT_TEXT) writeString(bytes, wordLength(word));
    else if (kind == SLOT_JSON || kind == SLOT_ARRAY) writePacked(bytes, wordLength(word));
    else writeText(kind, word);
  } else if (kind == SLOT_BOOLEAN) writeByte(bits ? TAG_TRUE : TAG_FALSE);
  else if (kind == SLOT_DOUBLE && !isFinite(reinterpret<f64>(bits))) writeText(kind, bits);
  else if (kind == SLOT_DOUBLE || (kind == SLOT_NUMBER && !isBoxed(bits))) writeDouble(reinterpret<f64>(bits));
  else if (kind == SLOT_NUMBER) writeInteger(unboxInteger(bits));
  else if (kind == SLOT_INTEGER) writeInteger(<i64>bits);
  else writeText(kind, bits);
}

/** Appends a string with the text of a value that JSON has no form for: only declared columns have such. */
function writeText(kind: u32, bits: u64): void {
  builderReset();
  if (kind == SLOT_DOUBLE) putDouble(reinterpret<f64>(bits));
  else putDeclared(kind, bits);
  writeString(builderBytes(), builderLength());
}

/** Appends a record's JSON text to what was printed. */
export function printRecord(shapes: usize, address: usize): void {
  begin(shapes, address);
  printObject(FIELD_ROOT);
}

function printObject(parent: u32): void {
  let empty = true;
  printOpen(123);
  while (place < shapeFields(shape) && fieldParent(fields, elementField(shape, place)) == parent) {
    const field = elementField(shape, place);
    if (hasBit(RECORD_MISSING)) {
      place++;
      skipObject(field);
      continue;
    }
    if (isExtras()) {
      printFields(extrasObject(), empty);
      empty = false;
      break;
    }
    const facts = fieldAt(fields, field);
    printSeparator(empty);
    empty = false;
    printString(<usize>load<u32>(facts, FIELD_NAME), load<u32>(facts, FIELD_NAME_LENGTH));
    printColon();
    printField(field);
  }
  printClose(125, empty);
}

/** Prints the value of the field at `place` and goes on behind it. */
function printField(field: u32): void {
  const isNull = hasBit(RECORD_NULLS);
  const kind = elementKind(shape, place);
  const offset = elementOffset(shape, place);
  place++;
  if (!isNull && kind == SLOT_NONE) {
    printObject(field);
    return;
  }
  if (isNull) {
    printWordNull();
    skipObject(field);
  } else printSlot(record, kind, load<u64>(record + offset));
}

/** Prints what a slot holds as JSON has it. `base`: the record that long words lie in, or 0. */
export function printSlot(base: usize, kind: u32, bits: u64): void {
  if (kind == SLOT_TEXT || kind == SLOT_JSON || kind == SLOT_ARRAY) {
    const word = absoluteWord(bits, base);
    const bytes = wordBytes(word, spill);
    if (kind == SLOT_TEXT) printString(bytes, wordLength(word));
    else printValue(bytes);
    return;
  }
  const mark = packedMark();
  writeSlot(base, kind, bits);
  if (packedFailed) failText();
  else printValue(packedAt(mark));
  packedRewind(mark);
}
