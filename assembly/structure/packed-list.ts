/**
 * Packed lists: small collections as one run of bytes, which its owner keeps in an entry or in a block.
 *
 *   0  u16 elements
 *   2  items: a head, and what it says
 *
 * Heads: the length of a text up to SHORT_MAX, and the text follows; INTEGER + n, and the text is that of the integer in the n bytes that follow, lowest
 * first; LONG, and u32 length and a longer text follow. One text has one form, so a member is found by comparing bytes. Run leaves (run-leaf.ts)
 * have the same heads, and one more.
 *
 * An element is one item (a member), or several (a field and its value): that is the owner's to know. What is no text, as a score, is written *raw*:
 * like a text, whatever it looks like. Nothing here allocates or moves: the owner opens and closes gaps (types/container.ts).
 *
 * Cost: everything is a walk from the front; the owner keeps lists short.
 */
import { copyBytes, equalBytes } from "../bytes/copy";
import { parsedInteger, parseInteger, printInteger } from "../bytes/integer";
import { DEBUG } from "../memory/debug";

export const PACKED_HEAD: u32 = 2;
export const SHORT_MAX: u32 = 239;
export const INTEGER: u32 = 240;
export const LONG: u32 = 254;
export const LONG_HEAD: u32 = 5;
/** An integer of one digit would take as many bytes as its text. */
const DIGITS_MIN: u32 = 2;
const DIGITS_MAX: u32 = 20;
const ZERO: u32 = 48;
const MINUS: u32 = 45;

/** Room for the text of an integer and a head. */
export const INTEGER_TEXT_BYTES: i32 = 24;

// @ts-ignore: decorator
@inline
export function packedCount(list: usize): u32 {
  return <u32>load<u16>(list);
}

export function setPackedCount(list: usize, count: u32): void {
  store<u16>(list, <u16>count);
}

// @ts-ignore: decorator
@inline
export function packedNext(item: usize): usize {
  const head = <u32>load<u8>(item);
  return head <= SHORT_MAX ? item + 1 + head : nextOther(item, head);
}

function nextOther(item: usize, head: u32): usize {
  return head < LONG ? item + 1 + head - INTEGER : item + LONG_HEAD + load<u32>(item, 1);
}

/**
 * The item itself, or for an integer a raw item of its text, made at `text`, which has INTEGER_TEXT_BYTES; so both are read in one way. Requires: it is
 * not longer than SHORT_MAX.
 */
// @ts-ignore: decorator
@inline
export function packedPlain(item: usize, text: usize): usize {
  return <u32>load<u8>(item) <= SHORT_MAX ? item : printItem(item, text);
}

function printItem(item: usize, text: usize): usize {
  if (DEBUG) assert(<u32>load<u8>(item) < LONG);
  store<u8>(text, <u8>printInteger(text + 1, integerAt(item + 1, <u32>load<u8>(item) - INTEGER)));
  return text;
}

/** Length of a plain or raw item's bytes, and where they are. */
// @ts-ignore: decorator
@inline
export function packedLength(plain: usize): u32 {
  return <u32>load<u8>(plain);
}

// @ts-ignore: decorator
@inline
export function packedBytes(plain: usize): usize {
  return plain + 1;
}

// Integers --------------------------------------------------------------------------------------------------------------

/** How many bytes a text takes as an integer, which is `parsedInteger` then; 0: it is none, or too short for that. */
// @ts-ignore: decorator
@inline
export function integerBytes(text: usize, length: u32): u32 {
  if (length - DIGITS_MIN > DIGITS_MAX - DIGITS_MIN) return 0;
  const first = <u32>load<u8>(text);
  if (first - ZERO > 9 && first != MINUS) return 0;
  return parseInteger(text, length) ? bytesOf(parsedInteger) : 0;
}

/** The fewest bytes that an integer can be read back from: its bits and a sign. */
function bytesOf(value: i64): u32 {
  return (72 - <u32>clz<i64>(value < 0 ? ~value : value)) >> 3;
}

/** The integer in some bytes. Those in front of them are read too, and shifted out. */
// @ts-ignore: decorator
@inline
export function integerAt(pointer: usize, bytes: u32): i64 {
  return load<i64>(pointer + bytes - 8) >> (64 - (bytes << 3));
}

// Writing and finding ---------------------------------------------------------------------------------------------------

/** The item that is looked for, or written: head, bytes behind it, and how many. */
let soughtHead: u32 = 0;
let soughtBytes: usize = 0;
let soughtLength: u32 = 0;
const soughtInteger: usize = memory.data(8, 8);

/** Makes a text the item that is looked for. It stays so until the next is written or looked for. */
export function packedSeek(text: usize, length: u32): void {
  soughtBytes = text;
  soughtLength = length;
  soughtHead = length <= SHORT_MAX ? length : LONG;
  const bytes = integerBytes(text, length);
  if (!bytes) return;
  store<i64>(soughtInteger, parsedInteger);
  soughtBytes = soughtInteger;
  soughtLength = bytes;
  soughtHead = INTEGER + bytes;
}

/** Whether an item is the one that is looked for. */
// @ts-ignore: decorator
@inline
export function packedIsSought(item: usize): bool {
  return <u32>load<u8>(item) == soughtHead && isSoughtBytes(item);
}

function isSoughtBytes(item: usize): bool {
  if (soughtHead != LONG) return equalBytes(item + 1, soughtBytes, soughtLength);
  return load<u32>(item, 1) == soughtLength && equalBytes(item + LONG_HEAD, soughtBytes, soughtLength);
}

/** Bytes that an item of this text takes. */
export function packedItemBytes(text: usize, length: u32): u32 {
  const integer = integerBytes(text, length);
  return integer ? integer + 1 : length + (length <= SHORT_MAX ? 1 : LONG_HEAD);
}

/** Writes an item; returns where the next one begins. */
export function packedWrite(item: usize, text: usize, length: u32): usize {
  packedSeek(text, length);
  store<u8>(item, <u8>soughtHead);
  if (soughtHead == LONG) store<u32>(item, length, 1);
  const target = item + (soughtHead != LONG ? 1 : LONG_HEAD);
  copyBytes(target, soughtBytes, soughtLength);
  return target + soughtLength;
}

/** Writes a raw item of at most SHORT_MAX bytes, which takes one more; returns where the next one begins. */
export function packedWriteRaw(item: usize, bytes: usize, length: u32): usize {
  if (DEBUG) assert(length <= SHORT_MAX);
  store<u8>(item, <u8>length);
  copyBytes(item + 1, bytes, length);
  return item + 1 + length;
}

/** The item of this text among every first of `step` items, or 0. `end`: behind the last item. */
export function packedFind(list: usize, end: usize, step: u32, text: usize, length: u32): usize {
  packedSeek(text, length);
  const head = soughtHead;
  const bytes = soughtBytes;
  const isLong = head == LONG;
  const size = isLong ? 0 : soughtLength;
  // Names of one kind differ at their ends rather than at their beginnings: the last bytes are looked at first.
  const ends = size >= 4;
  const tail = ends ? load<u32>(bytes + size - 4) : 0;
  let item = list + PACKED_HEAD;
  while (item < end) {
    const isLike = <u32>load<u8>(item) == head && (!ends || load<u32>(item + size - 3) == tail);
    if (isLike && equalBytes(item + 1, bytes, size) && (!isLong || isSoughtBytes(item))) return item;
    item = packedNext(item);
    if (step > 1) item = packedNext(item);
  }
  return 0;
}
