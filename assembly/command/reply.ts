/**
 * The reply buffer and the encoders of RESP2 and RESP3.
 *
 * One buffer serves all sessions, since the host takes a reply before another session runs. `out` is the next free byte.
 * Every encoder asks `ensure` for room; when the buffer cannot grow, `replyFailed` is set and nothing more is written: the
 * command loop then takes the whole reply of the command back and answers OUT_OF_MEMORY. A command that writes after it
 * has replied looks at `replyFailed` first.
 *
 * Invariant: at least SLACK bytes are free when a command begins, so an error reply always fits.
 */
import { ERROR_COUNT } from "../abi/errors";
import { CONTROL_ERRORS_POINTER, CONTROL_REPLY_LENGTH, CONTROL_REPLY_POINTER } from "../abi/layout";
import { PURPOSE_REPLY } from "../abi/status";
import { copyBytes } from "../bytes/copy";
import { DOUBLE_TEXT_MAX, printDouble } from "../bytes/float";
import { integerLength, printInteger, printUnsigned } from "../bytes/integer";
import { allocate, allocatedSize, release } from "../memory/allocator";
import { control } from "../memory/control";
import { ERROR_OFFSETS, ERROR_TEXTS } from "./error-text";

const CAPACITY_MIN: u32 = 524288;
/** Largest buffer that is kept after its reply was taken. */
const CAPACITY_KEEP: u32 = 1 << 20;
const SLACK: u32 = 1024;
const CRLF: u32 = 0x0a0d;

/** Next free byte of the reply. */
export let out: usize = 0;
let replyBase: usize = 0;
let replyEnd: usize = 0;
/** Set when the reply of the running command did not fit into memory. */
export let replyFailed: bool = false;
/** Set when the running command answered an error. */
export let errorReplied: bool = false;
/** The error that was answered last. */
export let lastError: u32 = 0;
/** Errors answered since the start, modulo 2^32. */
export let errorCount: u32 = 0;
/** ERROR_COUNT f64 counters for the host. */
const errorCounters: usize = memory.data(<i32>(ERROR_COUNT << 3), 8);
/** RESP version of the running session: 2 or 3. */
export let protocol: u32 = 2;

export function replyInitialize(): bool {
  replyBase = allocate(CAPACITY_MIN, PURPOSE_REPLY);
  if (!replyBase) return false;
  store<u32>(control, <u32>errorCounters, CONTROL_ERRORS_POINTER);
  replyEnd = replyBase + allocatedSize(replyBase);
  out = replyBase;
  return true;
}

export function setProtocol(version: u32): void {
  protocol = version;
}

/** Bytes of reply made so far. */
// @ts-ignore: decorator
@inline
export function replyLength(): u32 {
  return <u32>(out - replyBase);
}

/** Forgets the reply; a buffer that has become large is freed. */
export function replyClear(): void {
  if (<u32>(replyEnd - replyBase) > CAPACITY_KEEP) {
    const smaller = allocate(CAPACITY_MIN, PURPOSE_REPLY);
    if (smaller) {
      release(replyBase, PURPOSE_REPLY);
      replyBase = smaller;
      replyEnd = smaller + allocatedSize(smaller);
    }
  }
  out = replyBase;
}

/** Shows the reply to the host. */
export function replyPublish(): void {
  store<u32>(control, <u32>replyBase, CONTROL_REPLY_POINTER);
  store<u32>(control, <u32>(out - replyBase), CONTROL_REPLY_LENGTH);
}

/** Prepares the reply of the next command: flags down, room for an error. Returns false when there is no room. */
// @ts-ignore: decorator
@inline
export function replyBegin(): bool {
  replyFailed = false;
  errorReplied = false;
  return out + SLACK <= replyEnd || grow(SLACK);
}

/** Takes the reply back to an earlier length. */
export function replyRewind(length: u32): void {
  out = replyBase + length;
}

/** Has the reply of the running command taken back and replaced by OUT_OF_MEMORY. Requires: nothing was changed. */
export function replyFail(): void {
  replyFailed = true;
}

/** Lets an error be written after the reply before it was taken back. */
export function replyForgive(): void {
  replyFailed = false;
}

/** Makes room for `bytes` more. Returns false, and sets replyFailed, when there is no memory. */
// @ts-ignore: decorator
@inline
export function ensure(bytes: u32): bool {
  return (<u32>(replyEnd - out) >= bytes || grow(bytes)) && !replyFailed;
}

function grow(bytes: u32): bool {
  const length = <u32>(out - replyBase);
  const needed = <u64>length + bytes;
  let wanted = (<u64>(replyEnd - replyBase)) << 1;
  if (wanted < needed + SLACK) wanted = needed + SLACK;
  if (wanted > 0xf0000000) wanted = needed + SLACK;
  let block: usize = wanted > 0xf0000000 ? 0 : allocate(<u32>wanted, PURPOSE_REPLY);
  if (!block && needed + SLACK <= 0xf0000000) block = allocate(<u32>(needed + SLACK), PURPOSE_REPLY);
  if (!block) {
    replyFailed = true;
    return false;
  }
  copyBytes(block, replyBase, length);
  release(replyBase, PURPOSE_REPLY);
  replyBase = block;
  replyEnd = block + allocatedSize(block);
  out = block + length;
  return true;
}

/** `bytes` at the end of the reply for the caller to fill, or 0. */
export function replyReserve(bytes: u32): usize {
  if (!ensure(bytes)) return 0;
  const target = out;
  out += bytes;
  return target;
}

// @ts-ignore: decorator
@inline
function crlf(): void {
  store<u16>(out, <u16>CRLF);
  out += 2;
}

/** Writes a type byte, a count and CRLF; returns where they end. Requires: 24 bytes of room. */
// @ts-ignore: decorator
@inline
function header(target: usize, prefix: u32, count: u32): usize {
  if (count >= 10) return longHeader(target, prefix, count);
  store<u32>(target, prefix | ((48 + count) << 8) | (CRLF << 16));
  return target + 4;
}

/** The same for a count of two digits and more. Most lengths have two. */
function longHeader(target: usize, prefix: u32, count: u32): usize {
  store<u8>(target, <u8>prefix);
  if (count < 100) {
    const tens = count / 10;
    store<u32>(target, (48 + tens) | ((48 + count - tens * 10) << 8) | (CRLF << 16), 1);
    return target + 5;
  }
  const end = target + 1 + printUnsigned(target + 1, count);
  store<u16>(end, <u16>CRLF);
  return end + 2;
}

/** `+OK` */
// @ts-ignore: decorator
@inline
export function replyOk(): void {
  if (!ensure(8)) return;
  store<u32>(out, 0x0d4b4f2b);
  store<u8>(out, 10, 4);
  out += 5;
}

/** The null that stands for a missing value: `$-1` or `_`. */
export function replyNull(): void {
  if (!ensure(8)) return;
  if (protocol == 3) {
    store<u8>(out, 95);
    store<u16>(out, <u16>CRLF, 1);
    out += 3;
    return;
  }
  store<u32>(out, 0x0d312d24);
  store<u8>(out, 10, 4);
  out += 5;
}

/** The null that stands for a missing array: `*-1` or `_`. */
export function replyNullArray(): void {
  replyNull();
  if (protocol != 3 && !replyFailed) store<u8>(out - 5, 42);
}

/** `:n` */
// @ts-ignore: decorator
@inline
export function replyInteger(value: i64): void {
  if (!ensure(32)) return;
  if (<u64>value < 10) {
    store<u32>(out, 0x0a0d303a + ((<u32>value) << 8));
    out += 4;
    return;
  }
  store<u8>(out, 58);
  out += 1 + printInteger(out + 1, value);
  crlf();
}

/** A bulk string. */
// @ts-ignore: decorator
@inline
export function replyBulk(pointer: usize, length: u32): void {
  if (!ensure(length + 32)) return;
  // `out` is written once: long replies wait for it more than for anything else.
  const bytes = header(out, 36, length);
  copyBytes(bytes, pointer, length);
  store<u16>(bytes + length, <u16>CRLF);
  out = bytes + length + 2;
}

/** An integer as a bulk string. */
export function replyBulkInteger(value: i64): void {
  if (!ensure(48)) return;
  out = header(out, 36, integerLength(value));
  out += printInteger(out, value);
  crlf();
}

/** A double: `,n`, or a bulk string in RESP2. */
export function replyDouble(value: f64): void {
  if (!ensure(DOUBLE_TEXT_MAX + 32)) return;
  const length = printDouble(doubleText, value);
  if (protocol != 3) {
    replyBulk(doubleText, length);
    return;
  }
  store<u8>(out, 44);
  copyBytes(out + 1, doubleText, length);
  out += 1 + length;
  crlf();
}

const doubleText: usize = memory.data(32, 8);

/** A simple string. Requires: no CR or LF in it. */
export function replySimple(pointer: usize, length: u32): void {
  if (!ensure(length + 8)) return;
  store<u8>(out, 43);
  copyBytes(out + 1, pointer, length);
  out += 1 + length;
  crlf();
}

/** The head of an array of `count` elements. */
export function replyArray(count: u32): void {
  if (ensure(24)) out = header(out, 42, count);
}

/** The head of a map of `count` pairs; RESP2: an array of twice as many elements. */
export function replyMap(count: u32): void {
  if (!ensure(24)) return;
  if (protocol == 3) out = header(out, 37, count);
  else out = header(out, 42, count << 1);
}

/** The head of a set of `count` elements; RESP2: an array. */
export function replySet(count: u32): void {
  if (ensure(24)) out = header(out, protocol == 3 ? 126 : 42, count);
}

/** Bytes that a gap keeps for a head that is written later. */
const GAP_BYTES: u32 = 32;
const gapHead: usize = memory.data(32, 8);

/** Leaves room for a head whose count is not known yet; returns its place for `replyFill...`. Inner gaps are filled first. */
export function replyGap(): u32 {
  const place = replyLength();
  if (ensure(GAP_BYTES)) out += GAP_BYTES;
  return place;
}

/** Writes the head of an array into a gap. */
export function replyFillArray(gap: u32, count: u32): void {
  store<u8>(gapHead, 42);
  const length = 1 + printUnsigned(gapHead + 1, count);
  store<u16>(gapHead + length, <u16>CRLF);
  closeGap(gap, length + 2);
}

/** Writes an integer as a bulk string into a gap. Requires: it has at most ten digits. */
export function replyFillBulkInteger(gap: u32, value: u32): void {
  store<u8>(gapHead, 36);
  let length = 1 + printUnsigned(gapHead + 1, integerLength(value));
  store<u16>(gapHead + length, <u16>CRLF);
  length += 2;
  length += printUnsigned(gapHead + length, value);
  store<u16>(gapHead + length, <u16>CRLF);
  closeGap(gap, length + 2);
}

/** Puts `length` bytes of gapHead at the gap and moves what follows up to it. */
function closeGap(gap: u32, length: u32): void {
  if (replyFailed) return;
  const place = replyBase + gap;
  const body = place + GAP_BYTES;
  copyBytes(place, gapHead, length);
  memory.copy(place + length, body, <usize>(out - body));
  out -= GAP_BYTES - length;
}

/** Sets the counters of errors back to zero. */
export function errorsReset(): void {
  memory.fill(errorCounters, 0, ERROR_COUNT << 3);
}

function countError(id: u32): void {
  errorReplied = true;
  lastError = id;
  errorCount++;
  const counter = errorCounters + ((<usize>id) << 3);
  store<f64>(counter, load<f64>(counter) + 1);
}

/** The error of the table with this id. */
export function replyError(id: u32): void {
  countError(id);
  const row = ERROR_OFFSETS + ((<usize>id) << 3);
  const length = load<u32>(row, 4);
  if (!ensure(length + 8)) return;
  copyBytes(out, ERROR_TEXTS + load<u32>(row), length);
  out += length;
  crlf();
}

/** Address and length of an error's line without the sign in front and without CR LF: prefix, blank, text. */
export function errorTextPointer(id: u32): usize {
  return ERROR_TEXTS + load<u32>(ERROR_OFFSETS + ((<usize>id) << 3)) + 1;
}

export function errorTextLength(id: u32): u32 {
  return load<u32>(ERROR_OFFSETS + ((<usize>id) << 3), 4) - 1;
}

/** The error of the table with `%s` in it replaced by the given bytes; CR and LF in them become blanks, at the end nothing. */
export function replyErrorNaming(id: u32, pointer: usize, length: u32): void {
  replyErrorOpen(id, pointer, length);
  replyLineEnd();
}

/** The same for a text with two `%s`. */
export function replyErrorNamingTwo(id: u32, first: usize, firstLength: u32, second: usize, secondLength: u32): void {
  if (!ensure(firstLength + secondLength + load<u32>(ERROR_OFFSETS + ((<usize>id) << 3), 4) + 8)) return;
  secondPointer = second;
  secondBytes = secondLength;
  replyErrorOpen(id, first, firstLength);
  secondPointer = 0;
  replyLineEnd();
}

/** What the second `%s` of an error's text stands for; 0: what the first one does. */
let secondPointer: usize = 0;
let secondBytes: u32 = 0;

/** The same without the end of the line, which the caller writes with `replyLineEnd`. */
export function replyErrorOpen(id: u32, pointer: usize, length: u32): void {
  countError(id);
  const row = ERROR_OFFSETS + ((<usize>id) << 3);
  const text = ERROR_TEXTS + load<u32>(row);
  const textLength = load<u32>(row, 4);
  if (!ensure(textLength + length + 8)) return;
  let isFirst = true;
  for (let index: u32 = 0; index < textLength; index++) {
    const byte = load<u8>(text + index);
    if (byte == 37 && index + 1 < textLength && load<u8>(text + index, 1) == 115) {
      if (!isFirst && secondPointer) replyCleaned(secondPointer, secondBytes);
      else replyCleaned(pointer, index + 2 == textLength ? trimmedLength(pointer, length) : length);
      isFirst = false;
      index++;
    } else {
      store<u8>(out, byte);
      out++;
    }
  }
}

/** Length without CR and LF at the end, where a NUL is an end too. */
function trimmedLength(pointer: usize, length: u32): u32 {
  let end: u32 = 0;
  while (end < length && load<u8>(pointer + end)) end++;
  while (end && (load<u8>(pointer + end - 1) == 13 || load<u8>(pointer + end - 1) == 10)) end--;
  return end;
}

/** Appends bytes as they are. Requires: room. */
export function replyText(pointer: usize, length: u32): void {
  copyBytes(out, pointer, length);
  out += length;
}

/**
 * Appends bytes of an error or simple string with CR and LF as blanks, and as in Redis nothing from a NUL on. Returns how many
 * there were. Requires: room.
 */
export function replyCleaned(pointer: usize, length: u32): u32 {
  for (let index: u32 = 0; index < length; index++) {
    const byte = load<u8>(pointer + index);
    if (!byte) return index;
    store<u8>(out, byte == 13 || byte == 10 ? 32 : byte);
    out++;
  }
  return length;
}

/** Ends a line that was put together from pieces. */
export function replyLineEnd(): void {
  if (ensure(2)) crlf();
}
