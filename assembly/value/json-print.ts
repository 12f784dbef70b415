/**
 * Packed form to JSON text, appended to a growing scratch buffer: compact, or in the shape that INDENT, NEWLINE and SPACE
 * give. Escapes are those that must be (and the short ones of RFC 8259), as serde_json writes them; a lone surrogate is
 * written as its escape, everything else as UTF-8.
 *
 * When there is no memory, `textFailed` is set; the caller looks once, at the end.
 *
 * Cost: O(bytes of the text).
 */
import { PURPOSE_SCRATCH } from "../abi/status";
import { copyBytes } from "../bytes/copy";
import { printInteger } from "../bytes/integer";
import { allocatedSize } from "../memory/allocator";
import { BUFFER_LENGTH, BUFFER_POINTER, BUFFER_SIZE, bufferClear, bufferInitialize, bufferReserve } from "../structure/byte-buffer";
import { builderBegin, builderBytes, builderLength, builderRewind } from "./builder";
import { putDeclared } from "./declared-text";
import { NUMBER_PRINTED_MAX, integerOf, printFraction, readInteger } from "./json-number";
import { surrogateAt } from "./json-string";
import {
  TAG_FALSE,
  REFERENCE_BYTES,
  TAG_NODE,
  TAG_NULL,
  TAG_NUMBER_TEXT,
  TAG_RELATIONSHIP,
  TAG_TRUE,
  TAG_TYPED,
  TYPED_HEAD,
  afterValue,
  childCount,
  firstChild,
  isArray,
  isObject,
  isString,
  lengthBytes,
  readLength,
  stringLength,
  stringPointer,
  tagOf,
} from "./packed";
import { isWordTag, wordPart } from "./word";

const QUOTE: u32 = 34;
const BACKSLASH: u32 = 92;
const COMMA: u32 = 44;
const COLON: u32 = 58;
const SURROGATE_LEAD: u32 = 0xed;
/** Most bytes of an escape. */
const ESCAPE_MAX: u32 = 6;
const WORD_NULL: u32 = 0x6c6c756e;
const WORD_TRUE: u32 = 0x65757274;
const WORD_FALS: u32 = 0x736c6166;
const HEX: usize = memory.data<u8>([48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 97, 98, 99, 100, 101, 102]);

const buffer: usize = memory.data(BUFFER_SIZE, 8);
let base: usize = 0;
let out: usize = 0;
let end: usize = 0;
/** Set when there was no memory for what was printed since `textReset`. */
export let textFailed: bool = false;

/** The strings of INDENT, NEWLINE and SPACE; empty ones are what compact text has. */
let indent: usize = 0;
let indentBytes: u32 = 0;
let newline: usize = 0;
let newlineBytes: u32 = 0;
let space: usize = 0;
let spaceBytes: u32 = 0;
let level: u32 = 0;

/** Empties the text buffer and makes what follows compact. */
export function textReset(): void {
  bufferInitialize(buffer, PURPOSE_SCRATCH);
  bufferClear(buffer);
  textFailed = false;
  level = 0;
  setFormat(0, 0, 0, 0, 0, 0);
  locate();
}

/** Shape of what is printed until `textReset`. */
export function setFormat(
  indentText: usize,
  indentLength: u32,
  newlineText: usize,
  newlineLength: u32,
  spaceText: usize,
  spaceLength: u32,
): void {
  indent = indentText;
  indentBytes = indentLength;
  newline = newlineText;
  newlineBytes = newlineLength;
  space = spaceText;
  spaceBytes = spaceLength;
}

function locate(): void {
  base = <usize>load<u32>(buffer, BUFFER_POINTER);
  out = base + load<u32>(buffer, BUFFER_LENGTH);
  end = base ? base + allocatedSize(base) : 0;
}

// @ts-ignore: decorator
@inline
function room(bytes: u32): bool {
  return (<u32>(end - out) >= bytes && !textFailed) || grow(bytes);
}

function grow(bytes: u32): bool {
  if (textFailed) return false;
  store<u32>(buffer, <u32>(out - base), BUFFER_LENGTH);
  if (!bufferReserve(buffer, bytes)) {
    textFailed = true;
    return false;
  }
  locate();
  return true;
}

/** Makes what was printed void: there was no memory for what it is made of. */
export function failText(): void {
  textFailed = true;
}

/** The text so far: its length, and its address until more is printed. */
export function textMark(): u32 {
  return <u32>(out - base);
}

export function textAt(offset: u32): usize {
  return base + offset;
}

/** Appends bytes as they are. */
export function printBytes(source: usize, length: u32): void {
  if (!room(length)) return;
  copyBytes(out, source, length);
  out += length;
}

export function printByte(byte: u32): void {
  if (!room(1)) return;
  store<u8>(out, <u8>byte);
  out++;
}

/** Appends an integer. */
export function printNumber(value: i64): void {
  if (room(NUMBER_PRINTED_MAX)) out += printInteger(out, value);
}

/** Begins an array or object with its bracket. */
export function printOpen(bracket: u32): void {
  printByte(bracket);
  level++;
}

/** What stands before an element or a field: a comma unless it is the first, a new line and its indent. */
export function printSeparator(first: bool): void {
  if (!first) printByte(COMMA);
  if (newlineBytes | indentBytes) printLine();
}

function printLine(): void {
  printBytes(newline, newlineBytes);
  for (let index: u32 = 0; index < level && indentBytes; index++) printBytes(indent, indentBytes);
}

/** What stands between name and value. */
export function printColon(): void {
  printByte(COLON);
  if (spaceBytes) printBytes(space, spaceBytes);
}

/** Ends an array or object. */
export function printClose(bracket: u32, empty: bool): void {
  level--;
  if (!empty && newlineBytes | indentBytes) printLine();
  printByte(bracket);
}

/** Appends the text of a value. */
export function printValue(value: usize): void {
  if (textFailed) return;
  const tag = tagOf(value);
  if (isString(value)) printString(stringPointer(value), stringLength(value));
  else if (isObject(value)) printObject(value);
  else if (isArray(value)) printArray(value);
  else if (tag == TAG_NULL) printWord(WORD_NULL, 4);
  else if (tag == TAG_TRUE) printWord(WORD_TRUE, 4);
  else if (tag == TAG_FALSE) {
    printWord(WORD_FALS, 4);
    printByte(101);
  } else if (tag == TAG_NUMBER_TEXT) printBytes(stringPointer(value), stringLength(value));
  else if (tag >= TAG_NODE && tag <= TAG_TYPED) printOther(value);
  else if (room(NUMBER_PRINTED_MAX)) out += readInteger(value) ? printInteger(out, integerOf) : printFraction(out, value);
}

/** What stands in no document: numbers of nodes and relationships, what paths and entities consist of, others as their text. */
function printOther(value: usize): void {
  const tag = tagOf(value);
  if (tag == TAG_NODE || tag == TAG_RELATIONSHIP) printNumber(load<u32>(value, REFERENCE_BYTES - 4));
  else if (tag == TAG_TYPED) printTyped(value);
  else printValue(value + 1);
}

function printTyped(value: usize): void {
  const length = readLength(value + TYPED_HEAD);
  const bytes = value + TYPED_HEAD + lengthBytes(length);
  const slot = <u32>load<u8>(value, 1);
  const mark = builderBegin();
  putDeclared(slot, isWordTag(slot) ? wordPart(bytes, 0, length) : load<u64>(bytes));
  printString(builderBytes() + mark, builderLength() - mark);
  builderRewind(mark);
}

/** Appends null. */
export function printWordNull(): void {
  printWord(WORD_NULL, 4);
}

function printWord(word: u32, length: u32): void {
  if (!room(4)) return;
  store<u32>(out, word);
  out += length;
}

function printArray(array: usize): void {
  const count = childCount(array);
  let element = firstChild(array);
  printOpen(91);
  for (let index: u32 = 0; index < count && !textFailed; index++) {
    printSeparator(index == 0);
    printValue(element);
    element = afterValue(element);
  }
  printClose(93, count == 0);
}

function printObject(object: usize): void {
  printOpen(123);
  printFields(object, true);
  printClose(125, childCount(object) == 0);
}

/** Prints the fields of an object, without its braces. `first`: nothing stands before them. */
export function printFields(object: usize, first: bool): void {
  const count = childCount(object);
  let field = firstChild(object);
  for (let index: u32 = 0; index < count && !textFailed; index++) {
    const length = readLength(field);
    const name = field + lengthBytes(length);
    printSeparator(first && index == 0);
    printString(name, length);
    printColon();
    printValue(name + length);
    field = afterValue(name + length);
  }
}

/** Address of the next byte that may need an escape, or `limit`. */
function findSpecial(position: usize, limit: usize): usize {
  const quotes = i8x16.splat(<i8>QUOTE);
  const backslashes = i8x16.splat(<i8>BACKSLASH);
  const leads = i8x16.splat(<i8>SURROGATE_LEAD);
  const blanks = i8x16.splat(32);
  while (position + 16 <= limit) {
    const bytes = v128.load(position);
    const quoted = v128.or(i8x16.eq(bytes, quotes), i8x16.eq(bytes, backslashes));
    const mask = i8x16.bitmask(v128.or(quoted, v128.or(i8x16.lt_u(bytes, blanks), i8x16.eq(bytes, leads))));
    if (mask) return position + ctz(mask);
    position += 16;
  }
  while (position < limit) {
    const byte = <u32>load<u8>(position);
    if (byte == QUOTE || byte == BACKSLASH || byte < 32 || byte == SURROGATE_LEAD) return position;
    position++;
  }
  return limit;
}

/** Appends a string with quotes and escapes. */
export function printString(bytes: usize, length: u32): void {
  const limit = bytes + length;
  printByte(QUOTE);
  let run = bytes;
  let position = findSpecial(bytes, limit);
  while (position < limit) {
    const byte = <u32>load<u8>(position);
    const surrogate = byte == SURROGATE_LEAD ? surrogateAt(position) : 0;
    if (byte == SURROGATE_LEAD && !surrogate) {
      position = findSpecial(position + 1, limit);
      continue;
    }
    printBytes(run, <u32>(position - run));
    printEscape(surrogate ? surrogate : byte);
    position += surrogate ? 3 : 1;
    run = position;
    position = findSpecial(position, limit);
  }
  printBytes(run, <u32>(limit - run));
  printByte(QUOTE);
}

/** The letter of the short escape of a character, or 0. */
function shortEscape(code: u32): u32 {
  switch (code) {
    case QUOTE:
    case BACKSLASH:
      return code;
    case 8:
      return 98;
    case 9:
      return 116;
    case 10:
      return 110;
    case 12:
      return 102;
    case 13:
      return 114;
    default:
      return 0;
  }
}

function printEscape(code: u32): void {
  if (!room(ESCAPE_MAX)) return;
  store<u8>(out, <u8>BACKSLASH);
  const letter = shortEscape(code);
  if (letter) {
    store<u8>(out, <u8>letter, 1);
    out += 2;
    return;
  }
  store<u8>(out, 117, 1);
  for (let index: u32 = 0; index < 4; index++) store<u8>(out + 2 + index, load<u8>(HEX + ((code >> ((3 - index) << 2)) & 15)));
  out += 6;
}
