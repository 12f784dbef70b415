/**
 * Writes packed values (packed.ts) one behind the other into a growing scratch buffer.
 *
 * The buffer moves when it grows, so what was written is named by its offset; `packedAt` gives the address of the moment.
 * A container is opened, its children are written, and it is closed with their number: it is written with the short head,
 * and moved up when it turns out to be large. When there is no memory, `packedFailed` is set and nothing more is written;
 * the caller looks once, at the end.
 *
 * Invariant: base <= out <= end.
 * Cost: O(bytes), and one move of its content for each container above 255 bytes.
 */
import { PURPOSE_SCRATCH } from "../abi/status";
import { copyBytes, equalBytes } from "../bytes/copy";
import { hashBytes } from "../bytes/hash";
import { allocate, allocatedSize, release } from "../memory/allocator";
import { DEBUG } from "../memory/debug";
import { BUFFER_LENGTH, BUFFER_POINTER, BUFFER_SIZE, bufferClear, bufferInitialize, bufferReserve } from "../structure/byte-buffer";
import {
  LONG_HEAD,
  REFERENCE_BYTES,
  SHORT_HEAD,
  TABLE_SHIFT,
  TAG_ARRAY,
  TAG_ARRAY_LONG,
  TAG_DECIMAL16,
  TAG_DECIMAL32,
  TAG_DECIMAL8,
  TAG_DOUBLE,
  TAG_INT16,
  TAG_INT32,
  TAG_INT64,
  TAG_INT8,
  TAG_NUMBER_TEXT,
  TAG_OBJECT,
  TAG_OBJECT_LONG,
  TAG_SHORT_STRING,
  TAG_SMALL_INTEGER,
  TAG_STRING,
  TAG_TYPED,
  TYPED_HEAD,
  afterValue,
  fieldValue,
  lengthBytes,
  readLength,
  tableBytes,
} from "./packed";

const SHORT_STRING_MAX: u32 = 63;
/** Most bytes before a string's own. */
const STRING_HEAD_MAX: u32 = 6;
const buffer: usize = memory.data(BUFFER_SIZE, 8);
let base: usize = 0;
let out: usize = 0;
let end: usize = 0;
/** Set when there was no memory for what was written since `packedReset`. */
export let packedFailed: bool = false;

/** Empties the buffer. */
export function packedReset(): void {
  bufferInitialize(buffer, PURPOSE_SCRATCH);
  bufferClear(buffer);
  packedFailed = false;
  locate();
}

function locate(): void {
  base = <usize>load<u32>(buffer, BUFFER_POINTER);
  out = base + load<u32>(buffer, BUFFER_LENGTH);
  end = base ? base + allocatedSize(base) : 0;
}

/** Makes room for `bytes`. False: there is none, and `packedFailed` is set. */
// @ts-ignore: decorator
@inline
function packedRoom(bytes: u32): bool {
  return (<u32>(end - out) >= bytes && !packedFailed) || grow(bytes);
}

function grow(bytes: u32): bool {
  if (packedFailed) return false;
  store<u32>(buffer, <u32>(out - base), BUFFER_LENGTH);
  if (!bufferReserve(buffer, bytes)) {
    packedFailed = true;
    return false;
  }
  locate();
  return true;
}

/** Offset at which the next byte goes. */
export function packedMark(): u32 {
  return <u32>(out - base);
}

/** Address of what was written at an offset; good until the next write. */
export function packedAt(offset: u32): usize {
  return base + offset;
}

/** Takes the buffer back to an offset. */
export function packedRewind(offset: u32): void {
  out = base + offset;
}

/** Appends one byte: a tag without payload. */
export function writeByte(byte: u32): void {
  if (!packedRoom(1)) return;
  store<u8>(out, <u8>byte);
  out++;
}

/** Appends an integer in its smallest form. */
export function writeInteger(value: i64): void {
  if (!packedRoom(9)) return;
  if (<u64>value < 128) {
    store<u8>(out, <u8>(TAG_SMALL_INTEGER + <u32>value));
    out += 1;
  } else if (value == <i64>(<i8>value)) {
    store<u8>(out, <u8>TAG_INT8);
    store<i8>(out, <i8>value, 1);
    out += 2;
  } else if (value == <i64>(<i16>value)) {
    store<u8>(out, <u8>TAG_INT16);
    store<i16>(out, <i16>value, 1);
    out += 3;
  } else if (value == <i64>(<i32>value)) {
    store<u8>(out, <u8>TAG_INT32);
    store<i32>(out, <i32>value, 1);
    out += 5;
  } else {
    store<u8>(out, <u8>TAG_INT64);
    store<i64>(out, value, 1);
    out += 9;
  }
}

/** Appends a double's eight bytes. Requires: no decimal form fits. */
export function writeDoubleBits(value: f64): void {
  if (!packedRoom(9)) return;
  store<u8>(out, <u8>TAG_DOUBLE);
  store<f64>(out, value, 1);
  out += 9;
}

/** Appends digits / 10^scale. Requires: the digits are no multiple of ten unless scale is 0. */
export function writeDecimal(digits: i32, scale: u32): void {
  if (!packedRoom(6)) return;
  store<u8>(out, <u8>scale, 1);
  if (digits == <i32>(<i8>digits)) {
    store<u8>(out, <u8>TAG_DECIMAL8);
    store<i8>(out, <i8>digits, 2);
    out += 3;
  } else if (digits == <i32>(<i16>digits)) {
    store<u8>(out, <u8>TAG_DECIMAL16);
    store<i16>(out, <i16>digits, 2);
    out += 4;
  } else {
    store<u8>(out, <u8>TAG_DECIMAL32);
    store<i32>(out, digits, 2);
    out += 6;
  }
}

function putLength(length: u32): void {
  while (length >= 128) {
    store<u8>(out, <u8>(length | 128));
    out++;
    length >>>= 7;
  }
  store<u8>(out, <u8>length);
  out++;
}

/** Appends a number as its text. */
export function writeNumberText(text: usize, length: u32): void {
  if (!packedRoom(length + STRING_HEAD_MAX)) return;
  store<u8>(out, <u8>TAG_NUMBER_TEXT);
  out++;
  putLength(length);
  copyBytes(out, text, length);
  out += length;
}

/** Appends a string. Requires: the bytes do not lie in this buffer. */
export function writeString(bytes: usize, length: u32): void {
  if (!packedRoom(length + STRING_HEAD_MAX)) return;
  putStringHead(length);
  copyBytes(out, bytes, length);
  out += length;
}

function putStringHead(length: u32): void {
  if (length <= SHORT_STRING_MAX) {
    store<u8>(out, <u8>(TAG_SHORT_STRING + length));
    out++;
    return;
  }
  store<u8>(out, <u8>TAG_STRING);
  out++;
  putLength(length);
}

/** Appends a field's name. Requires: the bytes do not lie in this buffer. */
export function writeName(bytes: usize, length: u32): void {
  if (!packedRoom(length + STRING_HEAD_MAX)) return;
  putLength(length);
  copyBytes(out, bytes, length);
  out += length;
}

/** Appends a node or a relationship (TAG_NODE, TAG_RELATIONSHIP). */
export function writeReference(tag: u32, number: u32): void {
  if (!packedRoom(REFERENCE_BYTES)) return;
  store<u8>(out, <u8>tag);
  store<u32>(out, number, 1);
  out += REFERENCE_BYTES;
}

/** Appends what JSON has no form for. Requires: the bytes do not lie in this buffer. */
export function writeTyped(slot: u32, bytes: usize, length: u32): void {
  if (!packedRoom(length + STRING_HEAD_MAX + 1)) return;
  store<u8>(out, <u8>TAG_TYPED);
  store<u8>(out, <u8>slot, 1);
  out += TYPED_HEAD;
  putLength(length);
  copyBytes(out, bytes, length);
  out += length;
}

/** Room for the bytes of a string of at most `length`, to be followed by `finishString`; 0: no memory. */
export function beginString(length: u32): usize {
  return packedRoom(length + STRING_HEAD_MAX) ? out + STRING_HEAD_MAX : 0;
}

/** Makes what lies in the room of `beginString` a string, or a name. */
export function finishString(length: u32, isName: bool): void {
  const source = out + STRING_HEAD_MAX;
  if (isName) putLength(length);
  else putStringHead(length);
  memory.copy(out, source, length);
  out += length;
}

/** Appends bytes as they are: a packed value, or several. Requires: they do not lie in this buffer. */
export function writePacked(source: usize, bytes: u32): void {
  if (!packedRoom(bytes)) return;
  copyBytes(out, source, bytes);
  out += bytes;
}

/** The same for bytes that lie in this buffer, at an offset. */
export function writePackedAgain(offset: u32, bytes: u32): void {
  if (!packedRoom(bytes)) return;
  copyBytes(out, base + offset, bytes);
  out += bytes;
}

/** Begins an array or object; returns its offset. */
export function openContainer(): u32 {
  if (!packedRoom(SHORT_HEAD)) return 0;
  const start = <u32>(out - base);
  out += SHORT_HEAD;
  return start;
}

/** Ends an array of `count` elements. */
export function closeArray(start: u32, count: u32): void {
  closeContainer(start, count, TAG_ARRAY, TAG_ARRAY_LONG, tableBytes(count));
}

/** Ends an object of `count` fields. Requires: their names differ. */
export function closeObject(start: u32, count: u32): void {
  closeContainer(start, count, TAG_OBJECT, TAG_OBJECT_LONG, 0);
}

function closeContainer(start: u32, count: u32, tag: u32, longTag: u32, table: u32): void {
  if (packedFailed) return;
  const size = <u32>(out - base) - start - SHORT_HEAD;
  if (size < 256) {
    const head = base + start;
    store<u8>(head, <u8>tag);
    store<u8>(head, <u8>size, 1);
    store<u8>(head, <u8>count, 2);
    return;
  }
  if (!packedRoom(LONG_HEAD - SHORT_HEAD + table)) return;
  const head = base + start;
  memory.copy(head + LONG_HEAD, head + SHORT_HEAD, size);
  out += LONG_HEAD - SHORT_HEAD;
  store<u8>(head, <u8>longTag);
  store<u32>(head, size + table, 1);
  store<u32>(head, count, 5);
  if (!table) return;
  const first = head + LONG_HEAD;
  let element = first;
  for (let index: u32 = 1; index < count; index++) {
    element = afterValue(element);
    if (index & ((1 << TABLE_SHIFT) - 1)) continue;
    store<u32>(out, <u32>(element - first));
    out += 4;
  }
  if (DEBUG) assert(afterValue(element) + table == out);
}

/** Slots of the search for equal names: {u32 offset of the name + 1, u32 offset of its last value}. */
const SLOTS_MIN: u32 = 1024;
const SLOT_BYTES: u32 = 8;
const slots: usize = memory.data(8192, 8);

/**
 * Gives each name of the open object its last value, in the place of its first; returns how many fields are left.
 * Cost: O(fields); objects of more than 512 take scratch memory.
 */
export function dropDuplicates(start: u32, count: u32): u32 {
  if (count < 2 || packedFailed) return count;
  let capacity: u32 = 4;
  while (capacity < count << 1) capacity <<= 1;
  const table = capacity <= SLOTS_MIN ? slots : allocate(capacity * SLOT_BYTES, PURPOSE_SCRATCH);
  if (!table) {
    packedFailed = true;
    return count;
  }
  memory.fill(table, 0, capacity * SLOT_BYTES);
  const first = base + start + SHORT_HEAD;
  let field = first;
  let names: u32 = 0;
  for (let index: u32 = 0; index < count; index++) {
    const value = fieldValue(field);
    const slot = slotOfName(table, capacity, first, field);
    if (!load<u32>(slot)) {
      store<u32>(slot, <u32>(field - first) + 1);
      names++;
    }
    store<u32>(slot, <u32>(value - first), 4);
    field = afterValue(value);
  }
  if (names < count) keepLast(table, capacity, first, count);
  if (table != slots) release(table, PURPOSE_SCRATCH);
  return names;
}

/** The slot of a field's name: that of an equal name, or an empty one. */
function slotOfName(table: usize, capacity: u32, first: usize, field: usize): usize {
  const length = readLength(field);
  const name = field + lengthBytes(length);
  let index = (<u32>hashBytes(name, length)) & (capacity - 1);
  while (true) {
    const slot = table + <usize>index * SLOT_BYTES;
    const other = load<u32>(slot);
    if (!other) return slot;
    const otherField = first + other - 1;
    if (readLength(otherField) == length && equalBytes(otherField + lengthBytes(length), name, length)) return slot;
    index = (index + 1) & (capacity - 1);
  }
}

/** Writes the fields of the open object once more, first occurrences with last values, and moves them to the front. */
function keepLast(table: usize, capacity: u32, first: usize, count: u32): void {
  const size = <u32>(out - first);
  const copy = allocate(size, PURPOSE_SCRATCH);
  if (!copy) {
    packedFailed = true;
    return;
  }
  memory.copy(copy, first, size);
  let field = copy;
  let target = first;
  for (let index: u32 = 0; index < count; index++) {
    const value = fieldValue(field);
    const slot = slotOfName(table, capacity, copy, field);
    if (load<u32>(slot) == <u32>(field - copy) + 1) {
      const last = copy + load<u32>(slot, 4);
      const nameBytes = <u32>(value - field);
      const bytes = <u32>(afterValue(last) - last);
      memory.copy(target, field, nameBytes);
      memory.copy(target + nameBytes, last, bytes);
      target += nameBytes + bytes;
    }
    field = afterValue(value);
  }
  out = target;
  release(copy, PURPOSE_SCRATCH);
}
