/**
 * Regular expressions of SQL (`~`, regexp_replace ...): PostgreSQL's advanced ones without look-around and back references, compiled
 * to instructions of a non-deterministic automaton, which pattern-match.ts runs in time O(text * instructions).
 *
 *   instruction  0 u32 operation, 4 i32 x, 8 i32 y
 *     CHARACTER  x: the character          ANY   x: 1 not a line feed
 *     CLASS      x: first range, y: number of ranges, complemented (~) if negated
 *     SPLIT      x, y: both ways, the preferred one first; relative, as is JUMP x
 *     SAVE       x: capture position       ASSERT x: ASSERT_*         MATCH
 *
 * Ranges are {u32 from, u32 to}. The program of the last pattern is kept: the same pattern and flags are not compiled again.
 *
 * Syntax: . [] [^] [:class:] () (?:) | * + ? {m,n} and their non-greedy forms, ^ $, \d \w \s \D \W \S, \A \Z \m \M \y \Y, \t \n \r \f \v
 * \xhh \uhhhh, and escapes of punctuation.
 */
import {
  RUNTIME_ERROR_REGULAR_BRACES,
  RUNTIME_ERROR_REGULAR_BRACKETS,
  RUNTIME_ERROR_REGULAR_CLASS,
  RUNTIME_ERROR_REGULAR_COMPLEX,
  RUNTIME_ERROR_REGULAR_ESCAPE,
  RUNTIME_ERROR_REGULAR_PARENTHESES,
  RUNTIME_ERROR_REGULAR_QUANTIFIER,
  RUNTIME_ERROR_REGULAR_RANGE,
  RUNTIME_ERROR_REGULAR_REPETITION,
  RUNTIME_ERROR_REGULAR_UNSUPPORTED,
} from "../abi/runtime-error";
import { fail } from "./cells";
import { hexDigit } from "./binary-text";
import { codePointAt, codePointBytes } from "./code-points";
import { asciiWord } from "./keyword";

export const INSTRUCTIONS_MAX: u32 = 4000;
export const INSTRUCTION_BYTES: u32 = 12;
const RANGES_MAX: u32 = 2000;
const DEPTH_MAX: u32 = 100;
const REPEAT_MAX: u32 = 255;
const PATTERN_MAX: u32 = 512;
export const CAPTURES_MAX: u32 = 10;

export const CHARACTER: u32 = 0;
export const ANY: u32 = 1;
export const CLASS: u32 = 2;
export const SPLIT: u32 = 3;
export const JUMP: u32 = 4;
export const SAVE: u32 = 5;
export const ASSERT: u32 = 6;
export const MATCH: u32 = 7;

export const ASSERT_START: i32 = 0;
export const ASSERT_END: i32 = 1;
export const ASSERT_LINE_START: i32 = 2;
export const ASSERT_LINE_END: i32 = 3;
export const ASSERT_WORD_START: i32 = 4;
export const ASSERT_WORD_END: i32 = 5;
export const ASSERT_BOUNDARY: i32 = 6;
export const ASSERT_NO_BOUNDARY: i32 = 7;

export const FLAG_IGNORE_CASE: u32 = 1;
export const FLAG_LINES: u32 = 2;
/** `.` is no line feed. */
export const FLAG_DOT_LINES: u32 = 4;

const UNBOUNDED: u32 = 0xffffffff;
const END_OF_PATTERN: u32 = 0xffffffff;
const LAST_CODE_POINT: u32 = 0x10ffff;
const BACKSLASH: u32 = 92;
const OPEN_BRACKET: u32 = 91;
const CLOSE_BRACKET: u32 = 93;
const OPEN_PARENTHESIS: u32 = 40;
const CLOSE_PARENTHESIS: u32 = 41;
const DASH: u32 = 45;
const CARET: u32 = 94;
const COLON: u32 = 58;

export const program: usize = memory.data(48000, 8);
const rangeArea: usize = memory.data(16000, 8);
/** The pattern that the program was made of. */
const kept: usize = memory.data(512, 8);
let keptLength: u32 = 0xffffffff;
let keptFlags: u32 = 0;

export let programSize: u32 = 0;
export let captureCount: u32 = 0;
export let prefersShort: bool = false;
export let ignoresCase: bool = false;
let byLines: bool = false;
let dotStops: bool = false;
let quantified: bool = false;
let rangeCount: u32 = 0;
let cursor: usize = 0;
let limit: usize = 0;
let depth: u32 = 0;
let failed: bool = false;

/** Compiles a pattern; false, and an error, if it is none. */
export function compilePattern(pattern: usize, length: u32, flags: u32): bool {
  if (length == keptLength && flags == keptFlags && memory.compare(kept, pattern, length) == 0) return true;
  keptLength = 0xffffffff;
  programSize = 0;
  rangeCount = 0;
  captureCount = 0;
  cursor = pattern;
  limit = pattern + length;
  depth = 0;
  failed = false;
  quantified = false;
  prefersShort = false;
  ignoresCase = (flags & FLAG_IGNORE_CASE) != 0;
  byLines = (flags & FLAG_LINES) != 0;
  dotStops = (flags & (FLAG_LINES | FLAG_DOT_LINES)) != 0;
  compileAlternatives();
  if (!failed && cursor != limit) refuse(RUNTIME_ERROR_REGULAR_PARENTHESES);
  emit(MATCH, 0, 0);
  if (failed) return false;
  if (length <= PATTERN_MAX) {
    memory.copy(kept, pattern, length);
    keptLength = length;
    keptFlags = flags;
  }
  return true;
}

export function rangeFrom(index: u32): u32 {
  return load<u32>(rangeArea + ((<usize>index) << 3));
}

export function rangeTo(index: u32): u32 {
  return load<u32>(rangeArea + ((<usize>index) << 3), 4);
}

function refuse(error: u32): void {
  failed = true;
  cursor = limit;
  fail(error);
}

function emit(operation: u32, x: i32, y: i32): void {
  if (programSize >= INSTRUCTIONS_MAX) refuse(RUNTIME_ERROR_REGULAR_COMPLEX);
  else put(programSize++, operation, x, y);
}

function put(index: u32, operation: u32, x: i32, y: i32): void {
  const instruction = program + <usize>index * INSTRUCTION_BYTES;
  store<u32>(instruction, operation);
  store<i32>(instruction, x, 4);
  store<i32>(instruction, y, 8);
}

/** Makes room for one instruction at `index`: those behind it move. */
function insert(index: u32, operation: u32, x: i32, y: i32): void {
  emit(JUMP, 0, 0);
  if (failed) return;
  const place = program + <usize>index * INSTRUCTION_BYTES;
  memory.copy(place + INSTRUCTION_BYTES, place, <usize>(programSize - 1 - index) * INSTRUCTION_BYTES);
  put(index, operation, x, y);
}

// @ts-ignore: decorator
@inline
function peek(): u32 {
  return cursor < limit ? <u32>load<u8>(cursor) : END_OF_PATTERN;
}

function takeCharacter(): u32 {
  const code = codePointAt(cursor, limit);
  cursor += codePointBytes;
  return code;
}

function compileAlternatives(): void {
  if (++depth > DEPTH_MAX) {
    refuse(RUNTIME_ERROR_REGULAR_COMPLEX);
    return;
  }
  const start = programSize;
  compileBranch();
  while (!failed && peek() == 124) {
    cursor++;
    // Alternatives prefer the longest match as a whole.
    quantified = true;
    insert(start, SPLIT, 1, <i32>(programSize - start) + 2);
    const jump = programSize;
    emit(JUMP, 0, 0);
    compileBranch();
    if (!failed) put(jump, JUMP, <i32>(programSize - jump), 0);
  }
  depth--;
}

function compileBranch(): void {
  while (!failed) {
    const byte = peek();
    if (byte == END_OF_PATTERN || byte == 124 || byte == CLOSE_PARENTHESIS) return;
    const start = programSize;
    if (compileAtom(byte)) compileQuantifiers(start);
  }
}

/** One atom; false if it is an anchor, which takes no quantifier. */
function compileAtom(byte: u32): bool {
  if (byte == 42 || byte == 43 || byte == 63) {
    refuse(RUNTIME_ERROR_REGULAR_QUANTIFIER);
    return false;
  }
  if (byte == OPEN_PARENTHESIS) compileGroup();
  else if (byte == OPEN_BRACKET) compileBracket();
  else if (byte == BACKSLASH) return compileEscape();
  else if (byte == CARET || byte == 36) {
    cursor++;
    const start = byte == CARET;
    emit(ASSERT, byLines ? (start ? ASSERT_LINE_START : ASSERT_LINE_END) : start ? ASSERT_START : ASSERT_END, 0);
    return false;
  } else if (byte == 46) {
    cursor++;
    emit(ANY, dotStops ? 1 : 0, 0);
  } else emit(CHARACTER, <i32>takeCharacter(), 0);
  return true;
}

function compileGroup(): void {
  cursor++;
  let capture: u32 = 0;
  if (peek() == 63) {
    const kind: u32 = cursor + 1 < limit ? load<u8>(cursor, 1) : 0;
    if (kind != COLON) {
      refuse(kind == 61 || kind == 33 || kind == 60 ? RUNTIME_ERROR_REGULAR_UNSUPPORTED : RUNTIME_ERROR_REGULAR_QUANTIFIER);
      return;
    }
    cursor += 2;
  } else capture = ++captureCount;
  const saved = capture && capture < CAPTURES_MAX;
  if (saved) emit(SAVE, (<i32>capture) << 1, 0);
  compileAlternatives();
  if (failed) return;
  if (peek() != CLOSE_PARENTHESIS) {
    refuse(RUNTIME_ERROR_REGULAR_PARENTHESES);
    return;
  }
  cursor++;
  if (saved) emit(SAVE, ((<i32>capture) << 1) + 1, 0);
}

// Quantifiers ----------------------------------------------------------------------------------------------------------

/** The quantifier behind the atom that begins at `start`. */
function compileQuantifiers(start: u32): void {
  const byte = peek();
  let least: u32 = 0;
  let most: u32 = UNBOUNDED;
  if (byte == 42) cursor++;
  else if (byte == 43) {
    least = 1;
    cursor++;
  } else if (byte == 63) {
    most = 1;
    cursor++;
  } else if (byte == 123 && cursor + 1 < limit && <u32>load<u8>(cursor, 1) - 48 < 10) {
    if (!readBounds()) return;
    least = boundLeast;
    most = boundMost;
  } else return;
  const lazy = peek() == 63;
  if (lazy) cursor++;
  if (!quantified) prefersShort = lazy;
  quantified = true;
  const next = peek();
  if (next == 42 || next == 43 || next == 63) refuse(RUNTIME_ERROR_REGULAR_QUANTIFIER);
  else repeat(start, least, most, lazy);
}

let boundLeast: u32 = 0;
let boundMost: u32 = 0;

/** {m}, {m,} or {m,n}; false, and an error, if it is none. */
function readBounds(): bool {
  cursor++;
  boundLeast = readCount();
  boundMost = boundLeast;
  if (peek() == 44) {
    cursor++;
    boundMost = peek() == 125 ? UNBOUNDED : readCount();
  }
  if (peek() == END_OF_PATTERN) {
    refuse(RUNTIME_ERROR_REGULAR_BRACES);
    return false;
  }
  if (peek() != 125 || boundLeast > REPEAT_MAX || (boundMost != UNBOUNDED && (boundMost > REPEAT_MAX || boundMost < boundLeast))) {
    refuse(RUNTIME_ERROR_REGULAR_REPETITION);
    return false;
  }
  cursor++;
  return true;
}

function readCount(): u32 {
  let count: u32 = 0;
  while (peek() - 48 < 10) count = count < 10000 ? count * 10 + (<u32>load<u8>(cursor++) - 48) : (cursor++, count);
  return count;
}

/** Makes of the instructions from `start` on a repetition. */
function repeat(start: u32, least: u32, most: u32, lazy: bool): void {
  const size = programSize - start;
  if (most == 0) {
    programSize = start;
    return;
  }
  for (let index: u32 = 1; index < least && !failed; index++) copyFragment(start, size);
  if (most == UNBOUNDED) {
    if (least) {
      const body = programSize - size;
      emitSplit(<i32>(body - programSize), 1, lazy);
    } else {
      insertSplit(start, <i32>size + 2, lazy);
      emit(JUMP, -(<i32>size) - 1, 0);
    }
    return;
  }
  let first = least;
  if (!least) {
    insertSplit(start, <i32>size + 1, lazy);
    first = 1;
  }
  const source = least ? start : start + 1;
  for (let index = first; index < most && !failed; index++) {
    emitSplitAhead(size, lazy);
    copyFragment(source, size);
  }
}

/** SPLIT whose first way is the repetition, or with `lazy` the way on. */
function emitSplit(again: i32, on: i32, lazy: bool): void {
  emit(SPLIT, lazy ? on : again, lazy ? again : on);
}

function emitSplitAhead(size: u32, lazy: bool): void {
  emitSplit(1, <i32>size + 1, lazy);
}

function insertSplit(index: u32, over: i32, lazy: bool): void {
  insert(index, SPLIT, lazy ? over : 1, lazy ? 1 : over);
}

function copyFragment(start: u32, size: u32): void {
  if (programSize + size > INSTRUCTIONS_MAX) {
    refuse(RUNTIME_ERROR_REGULAR_COMPLEX);
    return;
  }
  const target = program + <usize>programSize * INSTRUCTION_BYTES;
  memory.copy(target, program + <usize>start * INSTRUCTION_BYTES, <usize>size * INSTRUCTION_BYTES);
  programSize += size;
}

// Classes --------------------------------------------------------------------------------------------------------------

function addRange(from: u32, to: u32): void {
  if (rangeCount >= RANGES_MAX) {
    refuse(RUNTIME_ERROR_REGULAR_COMPLEX);
    return;
  }
  store<u32>(rangeArea + ((<usize>rangeCount) << 3), from);
  store<u32>(rangeArea + ((<usize>rangeCount) << 3), to, 4);
  rangeCount++;
}

function addDigits(): void {
  addRange(48, 57);
}

function addLetters(): void {
  addRange(65, 90);
  addRange(97, 122);
  addRange(0xaa, 0xaa);
  addRange(0xb5, 0xb5);
  addRange(0xba, 0xba);
  addRange(0xc0, 0xd6);
  addRange(0xd8, 0xf6);
  addRange(0xf8, 0x2c1);
  addRange(0x370, 0x1fff);
  addRange(0x2c00, 0x2fef);
  addRange(0x3005, 0x3007);
  addRange(0x3021, 0xd7ff);
  addRange(0xf900, 0xfdff);
  addRange(0xfe70, 0xfeff);
  addRange(0xff21, 0xff3a);
  addRange(0xff41, 0xff5a);
  addRange(0xff66, 0xffdc);
  addRange(0x10000, 0x1efff);
  addRange(0x20000, 0x3ffff);
}

function addWords(): void {
  addDigits();
  addLetters();
  addRange(95, 95);
}

function addBlanks(): void {
  addRange(9, 13);
  addRange(32, 32);
  addRange(0x85, 0x85);
  addRange(0x1680, 0x1680);
  addRange(0x2000, 0x2006);
  addRange(0x2008, 0x200a);
  addRange(0x2028, 0x2029);
  addRange(0x3000, 0x3000);
}

/** Adds the ranges of \d, \w or \s; false: it is none of them. */
function addShorthand(letter: u32): bool {
  if (letter == 100) addDigits();
  else if (letter == 119) addWords();
  else if (letter == 115) addBlanks();
  else return false;
  return true;
}

/** An escape as an atom; false if it is an assertion. */
function compileEscape(): bool {
  cursor++;
  if (cursor == limit) {
    refuse(RUNTIME_ERROR_REGULAR_ESCAPE);
    return false;
  }
  const letter = peek();
  const first = rangeCount;
  if (addShorthand(letter | 32) && (letter | 32) - 97 < 26) {
    cursor++;
    const count = <i32>(rangeCount - first);
    emit(CLASS, <i32>first, letter & 32 ? count : ~count);
    return true;
  }
  const assertion = assertionOf(letter);
  if (assertion >= 0) {
    cursor++;
    emit(ASSERT, assertion, 0);
    return false;
  }
  const code = escapedCharacter();
  if (!failed) emit(CHARACTER, <i32>code, 0);
  return true;
}

/** ASSERT_* of \A \Z \m \M \y \Y, or -1. */
function assertionOf(letter: u32): i32 {
  switch (letter) {
    case 65:
      return ASSERT_START;
    case 90:
      return ASSERT_END;
    case 109:
      return ASSERT_WORD_START;
    case 77:
      return ASSERT_WORD_END;
    case 121:
      return ASSERT_BOUNDARY;
    case 89:
      return ASSERT_NO_BOUNDARY;
    default:
      return -1;
  }
}

/** The character that an escape means; the cursor is at its letter. */
function escapedCharacter(): u32 {
  const letter = takeCharacter();
  switch (letter) {
    case 97:
      return 7;
    case 98:
      return 8;
    case 101:
      return 27;
    case 102:
      return 12;
    case 110:
      return 10;
    case 114:
      return 13;
    case 116:
      return 9;
    case 118:
      return 11;
    case 66:
      return BACKSLASH;
    case 48:
      return 0;
    case 120:
    case 117:
    case 85:
      return hexEscape(letter == 120 ? 2 : letter == 117 ? 4 : 8);
  }
  if (letter - 49 < 9) refuse(RUNTIME_ERROR_REGULAR_UNSUPPORTED);
  else if ((letter | 32) - 97 < 26) refuse(RUNTIME_ERROR_REGULAR_ESCAPE);
  return letter;
}

function hexEscape(digits: u32): u32 {
  let code: u32 = 0;
  for (let index: u32 = 0; index < digits; index++) {
    const digit = cursor < limit ? hexDigit(load<u8>(cursor)) : 16;
    if (digit > 15) {
      refuse(RUNTIME_ERROR_REGULAR_ESCAPE);
      return 0;
    }
    code = (code << 4) | digit;
    cursor++;
  }
  return code;
}

/** [...] */
function compileBracket(): void {
  cursor++;
  const negated = peek() == CARET;
  if (negated) cursor++;
  const first = rangeCount;
  let started = false;
  while (!failed) {
    const byte = peek();
    if (byte == END_OF_PATTERN) {
      refuse(RUNTIME_ERROR_REGULAR_BRACKETS);
      return;
    }
    if (byte == CLOSE_BRACKET && started) break;
    started = true;
    compileItem(byte);
  }
  if (failed) return;
  cursor++;
  if (negated && byLines) addRange(10, 10);
  const count = <i32>(rangeCount - first);
  emit(CLASS, <i32>first, negated ? ~count : count);
}

/** A character, a range, or a class inside of brackets. */
function compileItem(byte: u32): void {
  if (byte == OPEN_BRACKET && cursor + 1 < limit && <u32>load<u8>(cursor, 1) == COLON) {
    compileNamed();
    return;
  }
  if (byte == BACKSLASH && cursor + 1 < limit) {
    const letter = <u32>load<u8>(cursor, 1);
    if (letter & 32 && addShorthand(letter)) {
      cursor += 2;
      return;
    }
  }
  const from = itemCharacter();
  if (failed) return;
  let to = from;
  if (peek() == DASH && cursor + 1 < limit && <u32>load<u8>(cursor, 1) != CLOSE_BRACKET) {
    cursor++;
    to = itemCharacter();
  }
  if (to < from) refuse(RUNTIME_ERROR_REGULAR_RANGE);
  else addRange(from, to);
}

function itemCharacter(): u32 {
  if (peek() != BACKSLASH) return takeCharacter();
  cursor++;
  if (cursor == limit) {
    refuse(RUNTIME_ERROR_REGULAR_ESCAPE);
    return 0;
  }
  return escapedCharacter();
}

/** [:name:] */
function compileNamed(): void {
  cursor += 2;
  const start = cursor;
  while (cursor < limit && <u32>load<u8>(cursor) != COLON) cursor++;
  const name = asciiWord(start, cursor);
  if (cursor + 1 >= limit || <u32>load<u8>(cursor, 1) != CLOSE_BRACKET || !addNamed(name)) {
    refuse(RUNTIME_ERROR_REGULAR_CLASS);
    return;
  }
  cursor += 2;
}

function addNamed(name: u64): bool {
  // alpha, digit, alnum, upper, lower, space, blank, punct, xdigit, word, cntrl, print, graph
  if (name == 0x6168706c61) addLetters();
  else if (name == 0x7469676964) addDigits();
  else if (name == 0x6d756e6c61) {
    addDigits();
    addLetters();
  } else if (name == 0x7265707075) {
    addRange(65, 90);
    addRange(0xc0, 0xd6);
    addRange(0xd8, 0xde);
    addRange(0x391, 0x3a9);
    addRange(0x400, 0x42f);
  } else if (name == 0x7265776f6c) {
    addRange(97, 122);
    addRange(0xdf, 0xf6);
    addRange(0xf8, 0xff);
    addRange(0x3b1, 0x3c9);
    addRange(0x430, 0x45f);
  } else if (name == 0x6563617073) addBlanks();
  else if (name == 0x6b6e616c62) {
    addRange(9, 9);
    addRange(32, 32);
  } else if (name == 0x74636e7570) {
    addRange(33, 47);
    addRange(58, 64);
    addRange(91, 96);
    addRange(123, 126);
  } else if (name == 0x746967696478) {
    addDigits();
    addRange(65, 70);
    addRange(97, 102);
  } else if (name == 0x64726f77) addWords();
  else if (name == 0x6c72746e63) {
    addRange(0, 31);
    addRange(127, 159);
  } else if (name == 0x746e697270) (addRange(32, 126), addRange(160, LAST_CODE_POINT));
  else if (name == 0x6870617267) (addRange(33, 126), addRange(161, LAST_CODE_POINT));
  else return false;
  return true;
}
