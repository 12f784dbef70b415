/**
 * The RESP request decoder: multibulk requests and inline commands, from memory that holds some bytes of a connection.
 *
 * `decodeRequest` reads one request that lies whole between `p` and `end`; `decodeHeld` goes on with a request that
 * arrives in pieces in a session's held input, argument by argument, so that no byte is looked at twice however it is cut.
 * Errors and limits are Redis's (networking.c of 7.0: processMultibulkBuffer, processInlineBuffer; as clients see them).
 * As there, CR ends a length line and the byte behind it is not looked at, nor are the two bytes behind a bulk.
 *
 * Nothing is copied: arguments point into the input, except those of inline commands, which are unquoted into `inlineText`.
 */
import { ARGUMENT_LENGTH, ARGUMENT_POINTER, ARGUMENT_SIZE, NULL_ARGUMENT, SESSION_AUTHENTICATED } from "../abi/layout";
import { MAX_ARGUMENTS, MAX_BULK_BYTES, MAX_INLINE_BYTES } from "../abi/status";
import {
  ERROR_PROTOCOL_BULK_COUNT_TOO_BIG,
  ERROR_PROTOCOL_EXPECTED_DOLLAR,
  ERROR_PROTOCOL_INLINE_TOO_BIG,
  ERROR_PROTOCOL_INVALID_BULK,
  ERROR_PROTOCOL_INVALID_MULTIBULK,
  ERROR_PROTOCOL_MULTIBULK_COUNT_TOO_BIG,
  ERROR_PROTOCOL_UNAUTHENTICATED_BULK,
  ERROR_PROTOCOL_UNAUTHENTICATED_MULTIBULK,
  ERROR_PROTOCOL_UNBALANCED_QUOTES,
} from "../abi/errors";
import { BUFFER_LENGTH, BUFFER_POINTER, bufferReserve } from "../structure/byte-buffer";
import { SESSION_ARGUMENTS, SESSION_COMPLETE, SESSION_HELD, SESSION_PARSED, SESSION_TOTAL, session } from "./session";

/** Results of decoding. */
export const DECODE_INCOMPLETE: u32 = 0;
export const DECODE_DONE: u32 = 1;
export const DECODE_ERROR: u32 = 2;
/** The request has more arguments than there is room for; nothing was consumed. */
export const DECODE_TOO_MANY: u32 = 3;
/** No memory to remember the arguments. */
export const DECODE_OUT_OF_MEMORY: u32 = 4;

const UNAUTHENTICATED_ARGUMENTS: i64 = 10;
const UNAUTHENTICATED_BULK: i64 = 16384;
const STAR: u32 = 42;
const DOLLAR: u32 = 36;

/** What the last decoding found: the position behind the request, its arguments, the error, the offending byte. */
export let decodedEnd: usize = 0;
export let decodedCount: u32 = 0;
export let decodeError: u32 = 0;
export let offendingByte: u32 = 0;

/** Whether an unauthenticated session is held to the small limits. */
let requireAuth: bool = false;
/** Largest bulk accepted (proto-max-bulk-len). */
export let maxBulk: i64 = MAX_BULK_BYTES;
/** Largest bulk that needs no further look; as unsigned number, so that a negative length is one to look at. */
let plainBulk: u64 = UNAUTHENTICATED_BULK;

/** Unquoted arguments of an inline command. */
const inlineText: usize = memory.data(65600, 8);

export function setRequireAuth(required: bool): void {
  requireAuth = required;
}

export function setMaxBulk(bytes: i64): void {
  maxBulk = bytes;
  plainBulk = bytes < UNAUTHENTICATED_BULK ? bytes : UNAUTHENTICATED_BULK;
}

// @ts-ignore: decorator
@inline
export function isGated(): bool {
  return requireAuth && !load<u32>(session, SESSION_AUTHENTICATED);
}

let lineValue: i64 = 0;
let lineEnd: usize = 0;
const LINE_INCOMPLETE: u32 = 0;
const LINE_DONE: u32 = 1;
const LINE_INVALID: u32 = 2;

/** Reads a decimal number up to CR LF into lineValue and lineEnd. Up to 10 digits fast, the rest by the slow rules. */
// @ts-ignore: decorator
@inline
function readLine(p: usize, end: usize): u32 {
  let position = p;
  let value: u64 = 0;
  while (position < end) {
    const digit = <u32>load<u8>(position) - 48;
    if (digit > 9) break;
    value = value * 10 + digit;
    position++;
  }
  const digits = <u32>(position - p);
  if (digits - 1 < 10 && position + 1 < end && load<u8>(position) == 13 && (load<u8>(p) != 48 || digits == 1)) {
    lineValue = value;
    lineEnd = position + 2;
    return LINE_DONE;
  }
  return readLineSlowly(p, end);
}

/** The same for signs, nonsense, and lines that have not arrived completely. */
function readLineSlowly(p: usize, end: usize): u32 {
  let position = p;
  while (position < end && load<u8>(position) != 13) position++;
  if (position + 1 >= end) return LINE_INCOMPLETE;
  lineEnd = position + 2;
  let start = p;
  const negative = start < position && load<u8>(start) == 45;
  if (negative) start++;
  const digits = <u32>(position - start);
  if (digits == 0 || digits > 18 || (load<u8>(start) == 48 && (digits > 1 || negative))) return LINE_INVALID;
  let value: i64 = 0;
  while (start < position) {
    const digit = <u32>load<u8>(start) - 48;
    if (digit > 9) return LINE_INVALID;
    value = value * 10 + digit;
    start++;
  }
  lineValue = negative ? -value : value;
  return LINE_DONE;
}

function fail(error: u32): u32 {
  decodeError = error;
  return DECODE_ERROR;
}

/** Checks a request's argument count; DECODE_DONE when it is fine (maybe not positive: an empty request). */
function checkCount(status: u32, p: usize, end: usize): u32 {
  if (status == LINE_INCOMPLETE)
    return end - p > <usize>MAX_INLINE_BYTES ? fail(ERROR_PROTOCOL_MULTIBULK_COUNT_TOO_BIG) : DECODE_INCOMPLETE;
  if (status == LINE_INVALID || lineValue > <i64>MAX_ARGUMENTS) return fail(ERROR_PROTOCOL_INVALID_MULTIBULK);
  if (lineValue > UNAUTHENTICATED_ARGUMENTS && isGated()) return fail(ERROR_PROTOCOL_UNAUTHENTICATED_MULTIBULK);
  return DECODE_DONE;
}

/** `sql.query` */
const nullTaker: usize = memory.data<u8>([115, 113, 108, 46, 113, 117, 101, 114, 121]);
const NULL_TAKER_BYTES: u32 = 9;

/** Whether the line just read is a null bulk, and the command of this name takes one: only SQL's parameters may be NULL. */
function takesNull(status: u32, name: usize, length: u32): bool {
  if (status != LINE_DONE || lineValue != -1 || length != NULL_TAKER_BYTES) return false;
  for (let index: u32 = 0; index < length; index++) {
    const byte = <u32>load<u8>(name + index);
    if ((byte - 65 < 26 ? byte | 32 : byte) != <u32>load<u8>(nullTaker + index)) return false;
  }
  return true;
}

/** The same for the request in the held input, whose arguments are offsets from its start. */
function heldTakesNull(status: u32, base: usize): bool {
  const first = <usize>load<u32>(session, SESSION_ARGUMENTS + BUFFER_POINTER);
  return takesNull(status, base + load<u32>(first, ARGUMENT_POINTER), load<u32>(first, ARGUMENT_LENGTH));
}

/** Checks the length of a bulk. */
function checkBulk(status: u32, p: usize, end: usize): u32 {
  if (status == LINE_INCOMPLETE) return end - p > <usize>MAX_INLINE_BYTES ? fail(ERROR_PROTOCOL_BULK_COUNT_TOO_BIG) : DECODE_INCOMPLETE;
  if (status == LINE_INVALID || lineValue < 0 || lineValue > maxBulk) return fail(ERROR_PROTOCOL_INVALID_BULK);
  if (lineValue > UNAUTHENTICATED_BULK && isGated()) return fail(ERROR_PROTOCOL_UNAUTHENTICATED_BULK);
  return DECODE_DONE;
}

/** Sets where the last request ended. */
export function setDecodedEnd(end: usize): void {
  decodedEnd = end;
}

/**
 * Decodes the request at `p` (p < end) into the argument vector `argv`, which has room for `room` arguments.
 * DECODE_DONE: decodedEnd and decodedCount are set; a count of 0 is an empty request, which has no reply.
 */
export function decodeRequest(p: usize, end: usize, argv: usize, room: u32): u32 {
  if (load<u8>(p) != <u8>STAR) return decodeInline(p, end, argv, room);
  let position = p + 1;
  let status = readLine(position, end);
  if (status != LINE_DONE || <u64>lineValue > <u64>UNAUTHENTICATED_ARGUMENTS) {
    const checked = checkCount(status, position, end);
    if (checked != DECODE_DONE) return checked;
  }
  position = lineEnd;
  if (lineValue <= 0) {
    decodedCount = 0;
    decodedEnd = position;
    return DECODE_DONE;
  }
  const count = <u32>lineValue;
  if (count > room) return DECODE_TOO_MANY;
  let argument = argv;
  for (let index: u32 = 0; index < count; index++) {
    if (position >= end) return DECODE_INCOMPLETE;
    if (load<u8>(position) != <u8>DOLLAR) {
      offendingByte = load<u8>(position);
      return fail(ERROR_PROTOCOL_EXPECTED_DOLLAR);
    }
    status = readLine(position + 1, end);
    if (status != LINE_DONE || <u64>lineValue > plainBulk) {
      if (index && takesNull(status, <usize>load<u32>(argv, ARGUMENT_POINTER), load<u32>(argv, ARGUMENT_LENGTH))) {
        position = lineEnd;
        store<u32>(argument, <u32>position, ARGUMENT_POINTER);
        store<u32>(argument, <u32>NULL_ARGUMENT, ARGUMENT_LENGTH);
        argument += ARGUMENT_SIZE;
        continue;
      }
      const checked = checkBulk(status, position + 1, end);
      if (checked != DECODE_DONE) return checked;
    }
    const length = <u32>lineValue;
    position = lineEnd;
    if (<u64>length + 2 > <u64>(end - position)) return DECODE_INCOMPLETE;
    store<u32>(argument, <u32>position, ARGUMENT_POINTER);
    store<u32>(argument, length, ARGUMENT_LENGTH);
    argument += ARGUMENT_SIZE;
    position += length + 2;
  }
  decodedCount = count;
  decodedEnd = position;
  return DECODE_DONE;
}

/**
 * Goes on with the request at the start of the session's held input. DECODE_DONE: decodedEnd is its length, decodedCount
 * the number of arguments, which are in the session's argument buffer as offsets into the held input.
 */
export function decodeHeld(): u32 {
  const base = <usize>load<u32>(session, SESSION_HELD + BUFFER_POINTER);
  const end = base + load<u32>(session, SESSION_HELD + BUFFER_LENGTH);
  let position = base + load<u32>(session, SESSION_PARSED);
  let total = load<u32>(session, SESSION_TOTAL);
  if (!total) {
    const checked = checkCount(readLine(position + 1, end), position + 1, end);
    if (checked != DECODE_DONE) return checked;
    position = lineEnd;
    total = <u32>lineValue;
    store<u32>(session, total, SESSION_TOTAL);
    store<u32>(session, 0, SESSION_COMPLETE);
    store<u32>(session, 0, SESSION_ARGUMENTS + BUFFER_LENGTH);
    store<u32>(session, <u32>(position - base), SESSION_PARSED);
  }
  let complete = load<u32>(session, SESSION_COMPLETE);
  while (complete < total) {
    if (position >= end) return DECODE_INCOMPLETE;
    if (load<u8>(position) != <u8>DOLLAR) {
      offendingByte = load<u8>(position);
      return fail(ERROR_PROTOCOL_EXPECTED_DOLLAR);
    }
    const status = readLine(position + 1, end);
    const isNull = complete > 0 && heldTakesNull(status, base);
    if (!isNull) {
      const checked = checkBulk(status, position + 1, end);
      if (checked != DECODE_DONE) return checked;
      if (<u64>lineValue + 2 > <u64>(end - lineEnd)) return DECODE_INCOMPLETE;
    }
    const argument = bufferReserve(session + SESSION_ARGUMENTS, ARGUMENT_SIZE);
    if (!argument) return DECODE_OUT_OF_MEMORY;
    store<u32>(argument, <u32>(lineEnd - base), ARGUMENT_POINTER);
    store<u32>(argument, isNull ? <u32>NULL_ARGUMENT : <u32>lineValue, ARGUMENT_LENGTH);
    store<u32>(session, (complete + 1) * ARGUMENT_SIZE, SESSION_ARGUMENTS + BUFFER_LENGTH);
    position = isNull ? lineEnd : lineEnd + <u32>lineValue + 2;
    complete++;
    store<u32>(session, complete, SESSION_COMPLETE);
    store<u32>(session, <u32>(position - base), SESSION_PARSED);
  }
  decodedCount = total;
  decodedEnd = position - base;
  return DECODE_DONE;
}

function isBlank(byte: u32): bool {
  return byte == 32 || (byte >= 9 && byte <= 13);
}

/** Decodes an inline command: a line of words, which may be quoted as in redis-cli. */
function decodeInline(p: usize, end: usize, argv: usize, room: u32): u32 {
  let newline = p;
  while (newline < end && load<u8>(newline) != 10) newline++;
  if (newline == end) return end - p > <usize>MAX_INLINE_BYTES ? fail(ERROR_PROTOCOL_INLINE_TOO_BIG) : DECODE_INCOMPLETE;
  if (newline - p > <usize>MAX_INLINE_BYTES) return fail(ERROR_PROTOCOL_INLINE_TOO_BIG);
  let stop = newline;
  if (stop > p && load<u8>(stop - 1) == 13) stop--;
  let position = p;
  let text = inlineText;
  let count: u32 = 0;
  while (true) {
    while (position < stop && isBlank(load<u8>(position))) position++;
    if (position >= stop || !load<u8>(position)) break;
    if (count == room) return DECODE_TOO_MANY;
    const start = text;
    wordTarget = text;
    position = decodeWord(position, stop);
    if (!position) return fail(ERROR_PROTOCOL_UNBALANCED_QUOTES);
    text = wordTarget;
    store<u32>(argv + <usize>count * ARGUMENT_SIZE, <u32>start, ARGUMENT_POINTER);
    store<u32>(argv + <usize>count * ARGUMENT_SIZE, <u32>(text - start), ARGUMENT_LENGTH);
    count++;
  }
  decodedCount = count;
  decodedEnd = newline + 1;
  return DECODE_DONE;
}

/** Where the next unquoted byte goes. */
let wordTarget: usize = 0;

function put(byte: u32): void {
  store<u8>(wordTarget, <u8>byte);
  wordTarget++;
}

/** Unquotes one word to wordTarget; returns the position behind it, or 0 when its quotes are not balanced. */
function decodeWord(p: usize, stop: usize): usize {
  let position = p;
  while (position < stop) {
    const byte = <u32>load<u8>(position);
    if (isBlank(byte) || byte == 0) return position;
    if (byte == 34) {
      position = decodeDoubleQuoted(position + 1, stop);
      return position && (position == stop || isBlank(load<u8>(position))) ? position : 0;
    }
    if (byte == 39) {
      position = decodeSingleQuoted(position + 1, stop);
      return position && (position == stop || isBlank(load<u8>(position))) ? position : 0;
    }
    put(byte);
    position++;
  }
  return position;
}

function hexDigit(byte: u32): u32 {
  if (byte - 48 <= 9) return byte - 48;
  const lower = (byte | 32) - 97;
  return lower < 6 ? lower + 10 : 16;
}

/** Unquotes up to the closing `"`; returns the position behind it, or 0. */
function decodeDoubleQuoted(p: usize, stop: usize): usize {
  let position = p;
  while (position < stop) {
    const byte = <u32>load<u8>(position);
    if (byte == 34) return position + 1;
    if (byte != 92 || position + 1 >= stop) {
      put(byte);
      position++;
      continue;
    }
    const escaped = <u32>load<u8>(position, 1);
    if (escaped == 120 && position + 3 < stop) {
      const high = hexDigit(load<u8>(position, 2));
      const low = hexDigit(load<u8>(position, 3));
      if (high < 16 && low < 16) {
        put((high << 4) | low);
        position += 4;
        continue;
      }
    }
    put(escaped == 110 ? 10 : escaped == 114 ? 13 : escaped == 116 ? 9 : escaped == 98 ? 8 : escaped == 97 ? 7 : escaped);
    position += 2;
  }
  return 0;
}

/** Unquotes up to the closing `'`, in which only `\'` is an escape; returns the position behind it, or 0. */
function decodeSingleQuoted(p: usize, stop: usize): usize {
  let position = p;
  while (position < stop) {
    const byte = <u32>load<u8>(position);
    if (byte == 39) return position + 1;
    if (byte == 92 && position + 1 < stop && load<u8>(position, 1) == 39) {
      put(39);
      position += 2;
      continue;
    }
    put(byte);
    position++;
  }
  return 0;
}
