/**
 * The builder: a growing scratch run of bytes in which functions put together a byte string of unknown length, to take it as
 * a word at the end. One at a time: who begins anew drops what is there.
 *
 * Without memory the error is noted once, and what is appended afterwards is dropped.
 */
import { RUNTIME_ERROR_MEMORY } from "../abi/runtime-error";
import { PURPOSE_SCRATCH } from "../abi/status";
import { copyBytes } from "../bytes/copy";
import { INTEGER_TEXT_MAX, printInteger } from "../bytes/integer";
import { BUFFER_LENGTH, BUFFER_POINTER, BUFFER_SIZE, bufferClear, bufferInitialize, bufferReserve } from "../structure/byte-buffer";
import { fail } from "./cells";
import { wordOf } from "./word";

const buffer: usize = memory.data(BUFFER_SIZE, 8);

/** Begins an empty string. */
export function builderReset(): void {
  bufferInitialize(buffer, PURPOSE_SCRATCH);
  bufferClear(buffer);
}

/** Where the string under way ends, if there is one: what is put behind it can be taken back by `builderRewind`. */
export function builderBegin(): u32 {
  bufferInitialize(buffer, PURPOSE_SCRATCH);
  return builderLength();
}

/** Room for `length` bytes behind those appended, not yet counted; 0: none. */
export function builderRoom(length: u32): usize {
  const room = bufferReserve(buffer, length);
  if (!room) fail(RUNTIME_ERROR_MEMORY);
  return room;
}

/** Counts bytes that were put in the room. */
export function builderTake(length: u32): void {
  store<u32>(buffer, load<u32>(buffer, BUFFER_LENGTH) + length, BUFFER_LENGTH);
}

export function builderLength(): u32 {
  return load<u32>(buffer, BUFFER_LENGTH);
}

/** Address of the bytes; good until more are appended. */
export function builderBytes(): usize {
  return <usize>load<u32>(buffer, BUFFER_POINTER);
}

/** Takes the string back to a length. */
export function builderRewind(length: u32): void {
  store<u32>(buffer, length, BUFFER_LENGTH);
}

export function putByte(byte: u32): void {
  const room = builderRoom(1);
  if (!room) return;
  store<u8>(room, <u8>byte);
  builderTake(1);
}

export function putBytes(bytes: usize, length: u32): void {
  const room = builderRoom(length);
  if (!room) return;
  copyBytes(room, bytes, length);
  builderTake(length);
}

export function putInteger(value: i64): void {
  const room = builderRoom(INTEGER_TEXT_MAX);
  if (room) builderTake(printInteger(room, value));
}

/** An integer with leading zeros, at least `width` digits. Requires: it is not negative. */
export function putPadded(value: i64, width: u32): void {
  let power: i64 = 10;
  let digits: u32 = 1;
  while (value >= power && digits < 18) {
    power *= 10;
    digits++;
  }
  for (; digits < width; digits++) putByte(48);
  putInteger(value);
}

/** Up to eight ASCII characters packed with the first one lowest. */
export function putPacked(text: u64): void {
  for (; text; text >>= 8) putByte(<u32>(text & 255));
}

/** Appends a code point in UTF-8. */
export function putCodePoint(code: u32): void {
  const room = builderRoom(4);
  if (room) builderTake(storeCodePoint(room, code));
}

/** Writes a code point in UTF-8 and returns its bytes. */
export function storeCodePoint(target: usize, code: u32): u32 {
  if (code < 0x80) {
    store<u8>(target, <u8>code);
    return 1;
  }
  if (code < 0x800) {
    store<u8>(target, <u8>(0xc0 | (code >> 6)));
    store<u8>(target, <u8>(0x80 | (code & 63)), 1);
    return 2;
  }
  if (code < 0x10000) {
    store<u8>(target, <u8>(0xe0 | (code >> 12)));
    store<u8>(target, <u8>(0x80 | ((code >> 6) & 63)), 1);
    store<u8>(target, <u8>(0x80 | (code & 63)), 2);
    return 3;
  }
  store<u8>(target, <u8>(0xf0 | (code >> 18)));
  store<u8>(target, <u8>(0x80 | ((code >> 12) & 63)), 1);
  store<u8>(target, <u8>(0x80 | ((code >> 6) & 63)), 2);
  store<u8>(target, <u8>(0x80 | (code & 63)), 3);
  return 4;
}

/** The string as a word. */
export function builderWord(): u64 {
  return wordOf(builderBytes(), builderLength());
}
