/**
 * The text of an array: `{a,"b c",NULL}`, read element by element and written.
 *
 * An element is quoted where it is empty, the word NULL, or has braces, quotes, backslashes, commas or blanks. Nested braces are
 * handed out whole, as one element.
 */
import { RUNTIME_ERROR_MALFORMED_ARRAY } from "../abi/runtime-error";
import { builderReset, builderWord, putByte } from "./builder";
import { failWith } from "./cells";
import { asciiWord, isBlank } from "./keyword";
import { SPILL_THIRD, WORD_EMPTY, wordBytes, wordLength, wordOf } from "./word";

const QUOTE: u32 = 34;
const BACKSLASH: u32 = 92;
const COMMA: u32 = 44;
const OPEN: u32 = 123;
const CLOSE: u32 = 125;
const WORD_NULL: u64 = 0x6c6c756e; // null

/** The element that `arrayTextNext` read, whether it is NULL, and whether it is an array itself. */
export let arrayTextElement: u64 = 0;
export let arrayTextNull: bool = false;
export let arrayTextNested: bool = false;
/** Set when the text turned out to be none of an array. */
export let arrayTextFailed: bool = false;

let text: u64 = 0;
let offset: u32 = 0;
let length: u32 = 0;
let first: bool = false;

/** Begins to read. False, and an error: the text is none of an array. */
export function arrayTextStart(word: u64): bool {
  text = word;
  length = wordLength(word);
  offset = 0;
  first = true;
  arrayTextFailed = false;
  skipBlanks();
  while (length && isBlank(byteAt(length - 1))) length--;
  if (offset < length && byteAt(offset) == OPEN && length - offset >= 2 && byteAt(length - 1) == CLOSE) {
    offset++;
    length--;
    return true;
  }
  return refuse();
}

function byteAt(index: u32): u32 {
  return load<u8>(wordBytes(text, SPILL_THIRD) + index);
}

function skipBlanks(): void {
  while (offset < length && isBlank(byteAt(offset))) offset++;
}

function refuse(): bool {
  arrayTextFailed = true;
  failWith(RUNTIME_ERROR_MALFORMED_ARRAY, text, 0);
  return false;
}

/** Reads the next element; false: there is none, or the text is malformed. */
export function arrayTextNext(): bool {
  skipBlanks();
  if (offset == length) return false;
  if (!first) {
    if (byteAt(offset) != COMMA) return refuse();
    offset++;
    skipBlanks();
    if (offset == length) return refuse();
  }
  first = false;
  arrayTextNull = false;
  arrayTextNested = false;
  const byte = byteAt(offset);
  if (byte == QUOTE) return readQuoted();
  if (byte == OPEN) return readNested();
  return readPlain();
}

function readQuoted(): bool {
  builderReset();
  for (offset++; offset < length; offset++) {
    let byte = byteAt(offset);
    if (byte == QUOTE) {
      offset++;
      arrayTextElement = builderWord();
      return true;
    }
    if (byte == BACKSLASH && offset + 1 < length) byte = byteAt(++offset);
    putByte(byte);
  }
  return refuse();
}

/** A nested array, whole. */
function readNested(): bool {
  const start = offset;
  let depth = 0;
  let quoted = false;
  for (; offset < length; offset++) {
    const byte = byteAt(offset);
    if (byte == BACKSLASH) offset++;
    else if (byte == QUOTE) quoted = !quoted;
    else if (!quoted && byte == OPEN) depth++;
    else if (!quoted && byte == CLOSE && --depth == 0) {
      offset++;
      arrayTextNested = true;
      arrayTextElement = wordOf(wordBytes(text, SPILL_THIRD) + start, offset - start);
      return true;
    }
  }
  return refuse();
}

function readPlain(): bool {
  builderReset();
  let escaped = false;
  for (; offset < length; offset++) {
    let byte = byteAt(offset);
    if (byte == COMMA) break;
    if (byte == QUOTE || byte == OPEN || byte == CLOSE) return refuse();
    if (byte == BACKSLASH && offset + 1 < length) {
      byte = byteAt(++offset);
      escaped = true;
    }
    putByte(byte);
  }
  arrayTextElement = trimmed(builderWord());
  if (!wordLength(arrayTextElement)) return refuse();
  const bytes = wordBytes(arrayTextElement, SPILL_THIRD);
  arrayTextNull = !escaped && asciiWord(bytes, bytes + wordLength(arrayTextElement)) == WORD_NULL;
  return true;
}

function trimmed(word: u64): u64 {
  const bytes = wordBytes(word, SPILL_THIRD);
  let count = wordLength(word);
  while (count && isBlank(load<u8>(bytes + count - 1))) count--;
  return count == wordLength(word) ? word : wordOf(bytes, count);
}

/** Appends an element's text to the builder, quoted where it must be. */
export function putArrayElement(element: u64): void {
  const bytes = wordBytes(element, SPILL_THIRD);
  const count = wordLength(element);
  let quoted = !count || asciiWord(bytes, bytes + count) == WORD_NULL;
  for (let index: u32 = 0; index < count && !quoted; index++) {
    const byte = <u32>load<u8>(bytes + index);
    quoted = byte == QUOTE || byte == BACKSLASH || byte == COMMA || byte == OPEN || byte == CLOSE || isBlank(byte);
  }
  if (quoted) putByte(QUOTE);
  for (let index: u32 = 0; index < count; index++) {
    const byte = <u32>load<u8>(bytes + index);
    if (byte == QUOTE || byte == BACKSLASH) putByte(BACKSLASH);
    putByte(byte);
  }
  if (quoted) putByte(QUOTE);
}
