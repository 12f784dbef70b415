/**
 * Records: a document in the slots of its shape (abi/record.ts has the layout), made from the packed form.
 *
 * A slot of the kind DOUBLE or NUMBER gives every double back as it was, since the packed form writes equal doubles equally; what
 * it cannot hold (numbers kept as text, integers that NUMBER has no room for) has made the field SLOT_JSON before
 * (shape-fit.ts).
 *
 * Cost: O(bytes of the document).
 */
import {
  NO_ROW,
  NUMBER_BOX_SHIFT,
  RECORD_MISSING,
  RECORD_NULLS,
  RECORD_ROW,
  RECORD_SHAPE,
  RECORD_SLOTS,
  SLOT_BOOLEAN,
  SLOT_DOUBLE,
  SLOT_INTEGER,
  SLOT_NONE,
  SLOT_NUMBER,
  SLOT_TEXT,
  WORD_HUGE,
  WORD_INLINE_MAX,
} from "../abi/record";
import { PURPOSE_SCRATCH } from "../abi/status";
import { copyBytes } from "../bytes/copy";
import { DEBUG } from "../memory/debug";
import { BUFFER_SIZE, bufferClear, bufferInitialize, bufferReserve } from "../structure/byte-buffer";
import { doubleOf, integerOf, readInteger } from "./json-number";
import {
  LONG_HEAD,
  SHORT_HEAD,
  TAG_NULL,
  TAG_OBJECT,
  TAG_OBJECT_LONG,
  TAG_TRUE,
  afterValue,
  childCount,
  fieldValue,
  firstChild,
  stringLength,
  stringPointer,
  tagOf,
  valueBytes,
} from "./packed";
import { elementKind, elementOffset, placeOf, shapeAt, shapeFields, shapeSlots } from "./shape";
import { fitShape, listedCount, listedField, listedValue } from "./shape-fit";
import { inlineWord, longWord, wordBytes, wordLength } from "./word";

/** Upper bits of an integer in a slot of kind NUMBER. */
const BOX: u64 = (<u64>0x1fff) << NUMBER_BOX_SHIFT;
const HUGE_HEAD: u32 = 4;

const buffer: usize = memory.data(BUFFER_SIZE, 8);
/** The record made last: its address until the next one, its bytes, its shape. */
export let recordMade: usize = 0;
export let recordMadeBytes: u32 = 0;
export let recordMadeShape: u32 = 0;

/** Gives scratch memory back. */
export function recordScratchClear(): void {
  bufferInitialize(buffer, PURPOSE_SCRATCH);
  bufferClear(buffer);
}

/** Makes a record of a packed object. False: it stays packed. */
export function makeRecord(shapes: usize, object: usize): bool {
  const number = fitShape(shapes, object);
  if (number < 0) return false;
  const shape = shapeAt(shapes, number);
  const head = <u32>RECORD_SLOTS + (shapeSlots(shape) << 3);
  const bytes = <u64>head + tailBytes(shape);
  if (bytes > 0xf0000000) return false;
  if (!recordRoom(<u32>bytes)) return false;
  memory.fill(recordMade, 0, head);
  store<u32>(recordMade, NO_ROW, RECORD_ROW);
  store<u16>(recordMade, <u16>number, RECORD_SHAPE);
  recordMadeBytes = <u32>bytes;
  recordMadeShape = number;
  writeFields(shape, head);
  return true;
}

/** Whether the record made last is a table's row that is to be stored next. */
let tableRecord: bool = false;

/** Whether `recordMade` is the row of a declared table that the row-write door has let in; asked once. */
export function takeTableRecord(): bool {
  const made = tableRecord;
  tableRecord = false;
  return made;
}

/**
 * Makes a record of a declared table's row, which is to be stored next: `nulls` and slots of the columns with absolute words, and the
 * row as a packed object whose first fields are the columns, for what stands behind them (0: nothing does). False: there is no memory.
 */
export function makeTableRecord(shapes: usize, nulls: u64, slots: usize, row: usize): bool {
  tableRecord = false;
  const shape = shapeAt(shapes, 0);
  const columns = shapeFields(shape) - 1;
  const head = <u32>RECORD_SLOTS + ((columns + 1) << 3);
  findExtras(row, columns);
  let bytes = <u64>head + wordTail(extrasBytes);
  for (let number: u32 = 0; number < columns; number++) {
    if (isTableWord(shape, nulls, number)) bytes += wordTail(wordLength(load<u64>(slots + ((<usize>number) << 3))));
  }
  if (bytes > 0xf0000000 || !recordRoom(<u32>bytes)) return false;
  memory.fill(recordMade, 0, head);
  store<u32>(recordMade, NO_ROW, RECORD_ROW);
  recordMadeBytes = <u32>bytes;
  recordMadeShape = 0;
  const last = (<u64>1) << (<u64>columns);
  const missing: u64 = extrasBytes ? 0 : last;
  store<u64>(recordMade, (nulls & (last - 1)) | missing, RECORD_NULLS);
  store<u64>(recordMade, missing, RECORD_MISSING);
  let tail = head;
  for (let number: u32 = 0; number < columns; number++) {
    const slot = recordMade + RECORD_SLOTS + ((<usize>number) << 3);
    const bits = load<u64>(slots + ((<usize>number) << 3));
    if (isTableWord(shape, nulls, number)) {
      wordSource = wordBytes(bits, spill);
      tail = writeWord(slot, tail, wordLength(bits));
    } else if (!((nulls >> (<u64>number)) & 1)) store<u64>(slot, bits);
  }
  if (extrasBytes) tail = writeExtras(recordMade + RECORD_SLOTS + ((<usize>columns) << 3), tail);
  if (DEBUG) assert(tail == recordMadeBytes);
  tableRecord = true;
  return true;
}

/** Whether a column has a word that is not null. */
function isTableWord(shape: usize, nulls: u64, number: u32): bool {
  return !((nulls >> (<u64>number)) & 1) && isWordKind(elementKind(shape, number));
}

/** The fields behind the columns: address and bytes of names and values, their number, and the bytes of an object of them (0: none). */
let extras: usize = 0;
let extrasContent: u32 = 0;
let extrasCount: u32 = 0;
let extrasBytes: u32 = 0;
const spill: usize = memory.data(8, 8);

function findExtras(row: usize, columns: u32): void {
  extrasBytes = 0;
  if (!row) return;
  extras = firstChild(row);
  for (let left = columns; left; left--) extras = afterValue(fieldValue(extras));
  extrasCount = childCount(row) - columns;
  extrasContent = <u32>(afterValue(row) - extras);
  extrasBytes = extrasCount ? extrasContent + (extrasContent < 256 ? SHORT_HEAD : LONG_HEAD) : 0;
}

/** Writes the object of the fields behind the columns: its head, and their bytes as they are. */
function writeExtras(slot: usize, tail: u32): u32 {
  const short = extrasContent < 256;
  const head = short ? SHORT_HEAD : LONG_HEAD;
  let position = tail;
  let target = slot + 1;
  if (extrasBytes > <u32>WORD_INLINE_MAX) {
    if (extrasBytes >= <u32>WORD_HUGE) {
      store<u32>(recordMade + position, extrasBytes);
      position += HUGE_HEAD;
    }
    target = recordMade + position;
    store<u64>(slot, longWord(position, extrasBytes));
    position += extrasBytes;
  } else store<u8>(slot, <u8>extrasBytes);
  store<u8>(target, <u8>(short ? TAG_OBJECT : TAG_OBJECT_LONG));
  if (short) {
    store<u8>(target, <u8>extrasContent, 1);
    store<u8>(target, <u8>extrasCount, 2);
  } else {
    store<u32>(target, extrasContent, 1);
    store<u32>(target, extrasCount, 5);
  }
  copyBytes(target + head, extras, extrasContent);
  return position;
}

/** Makes room for a record at `recordMade`. */
export function recordRoom(bytes: u32): bool {
  recordScratchClear();
  recordMade = bufferReserve(buffer, bytes);
  return recordMade != 0;
}

/** Bytes of a value's word; its address is in `wordSource`. */
let wordSource: usize = 0;
function wordBytesOf(kind: u32, value: usize): u32 {
  if (kind == SLOT_TEXT) {
    wordSource = stringPointer(value);
    return stringLength(value);
  }
  wordSource = value;
  return valueBytes(value);
}

/** Whether values of the kind are words. */
// @ts-ignore: decorator
@inline
export function isWordKind(kind: u32): bool {
  // TEXT, NUMERIC, UUID, BYTEA, JSON, ARRAY, INTERVAL
  return ((0xf860 >> kind) & 1) != 0;
}

/** Bytes that the long words of the listed fields take. */
function tailBytes(shape: usize): u64 {
  let bytes: u64 = 0;
  for (let index: u32 = 0; index < listedCount; index++) {
    const kind = elementKind(shape, placeOf(shape, listedField(index)) - 1);
    const value = listedValue(index);
    if (!isWordKind(kind) || tagOf(value) == TAG_NULL) continue;
    const length = wordBytesOf(kind, value);
    bytes += wordTail(length);
  }
  return bytes;
}

/** Bytes that a word of this length takes behind the slots. */
function wordTail(length: u32): u64 {
  return length <= <u32>WORD_INLINE_MAX ? 0 : <u64>length + (length < <u32>WORD_HUGE ? 0 : HUGE_HEAD);
}

function writeFields(shape: usize, tail: u32): void {
  let nulls: u64 = ~((<u64>-1) << (<u64>shapeFields(shape)));
  if (shapeFields(shape) == 64) nulls = u64.MAX_VALUE;
  let missing = nulls;
  let position = tail;
  for (let index: u32 = 0; index < listedCount; index++) {
    const place = placeOf(shape, listedField(index)) - 1;
    const bit = (<u64>1) << (<u64>place);
    const value = listedValue(index);
    missing &= ~bit;
    if (tagOf(value) == TAG_NULL) continue;
    nulls &= ~bit;
    const kind = elementKind(shape, place);
    if (kind == SLOT_NONE) continue;
    const slot = recordMade + elementOffset(shape, place);
    if (isWordKind(kind)) position = writeWord(slot, position, wordBytesOf(kind, value));
    else store<u64>(slot, slotBits(kind, value));
  }
  store<u64>(recordMade, nulls, RECORD_NULLS);
  store<u64>(recordMade, missing, RECORD_MISSING);
  if (DEBUG) assert(position == recordMadeBytes);
}

/** Puts the word of `wordSource` in a slot; returns the end of the record's tail. */
function writeWord(slot: usize, tail: u32, length: u32): u32 {
  if (length <= <u32>WORD_INLINE_MAX) {
    store<u64>(slot, inlineWord(wordSource, length));
    return tail;
  }
  let position = tail;
  if (length >= <u32>WORD_HUGE) {
    store<u32>(recordMade + position, length);
    position += HUGE_HEAD;
  }
  store<u64>(slot, longWord(position, length));
  copyBytes(recordMade + position, wordSource, length);
  return position + length;
}

function slotBits(kind: u32, value: usize): u64 {
  if (kind == SLOT_BOOLEAN) return tagOf(value) == TAG_TRUE ? 1 : 0;
  if (kind == SLOT_DOUBLE) return reinterpret<u64>(doubleOf(value));
  const whole = readInteger(value);
  if (kind == SLOT_INTEGER) return <u64>integerOf;
  if (DEBUG) assert(kind == SLOT_NUMBER);
  return whole ? boxInteger(integerOf) : reinterpret<u64>(doubleOf(value));
}

/** An integer in a slot of kind NUMBER. */
// @ts-ignore: decorator
@inline
export function boxInteger(value: i64): u64 {
  return BOX | ((<u64>value) & ~BOX);
}

/** Whether the bits of a slot of kind NUMBER are an integer. */
// @ts-ignore: decorator
@inline
export function isBoxed(bits: u64): bool {
  return (bits & BOX) == BOX;
}

/** The integer in a slot of kind NUMBER. */
// @ts-ignore: decorator
@inline
export function unboxInteger(bits: u64): i64 {
  return ((<i64>bits) << 13) >> 13;
}
