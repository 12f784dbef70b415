/**
 * Regular expressions of match() and search(): I-Regexp (RFC 9485), and besides `^` and `$` as anchors.
 *
 * A pattern is compiled to instructions of a non-deterministic automaton, which runs over all its states at once (Thompson,
 * CACM 11(6), 1968), so that no pattern takes more than O(text * instructions). Jumps are relative, so that a fragment can
 * be moved and repeated. A pattern that is none, or becomes longer than INSTRUCTIONS_MAX, matches nothing.
 *
 *   instruction  0 u32 operation, 4 i32 x, 8 i32 y
 *     CHARACTER  x: the character          ANY   all but LF and CR
 *     CLASS      x: first range, y: number of ranges, negative if negated
 *     SPLIT      x, y: both ways           JUMP  x
 *     START END  anchors                   MATCH
 *
 *   range        0 u32 first character, 4 u32 last; or PROPERTY and a bit for each category that fits (category.ts)
 */
import { categoryMask, categoryOf } from "./category";

const INSTRUCTIONS_MAX: u32 = 2000;
const RANGES_MAX: u32 = 1000;
const INSTRUCTION_BYTES: u32 = 12;
const DEPTH_MAX: u32 = 40;
const REPEAT_MAX: u32 = 1000;

const CHARACTER: u32 = 0;
const ANY: u32 = 1;
const CLASS: u32 = 2;
const SPLIT: u32 = 3;
const JUMP: u32 = 4;
const START: u32 = 5;
const END: u32 = 6;
const MATCH: u32 = 7;
const NO_CHARACTER: u32 = 0xffffffff;
const PROPERTY: u32 = 0xffffffff;
const UNBOUNDED: u32 = 0xffffffff;

const program: usize = memory.data(24012, 8);
const ranges: usize = memory.data(8000, 8);
/** Two lists of states, and for each state the step that put it on a list last. */
const lists: usize = memory.data(16016, 8);
const marks: usize = memory.data(8008, 8);
let size: u32 = 0;
let rangeCount: u32 = 0;
let cursor: usize = 0;
let limit: usize = 0;
let depth: u32 = 0;
let failed: bool = false;
let step: u32 = 0;
let listed: u32 = 0;
let matched: bool = false;

/** Whether the pattern matches the whole text, or with `anywhere` a part of it. Requires: both are UTF-8. */
export function expressionMatches(pattern: usize, patternBytes: u32, text: usize, length: u32, anywhere: bool): bool {
  size = 0;
  rangeCount = 0;
  cursor = pattern;
  limit = pattern + patternBytes;
  depth = 0;
  failed = false;
  compileAlternatives();
  if (failed || cursor != limit) return false;
  emit(MATCH, 0, 0);
  return !failed && run(text, length, anywhere);
}

function emit(operation: u32, x: i32, y: i32): void {
  if (size >= INSTRUCTIONS_MAX) {
    failed = true;
    return;
  }
  put(size++, operation, x, y);
}

function put(index: u32, operation: u32, x: i32, y: i32): void {
  const instruction = program + <usize>index * INSTRUCTION_BYTES;
  store<u32>(instruction, operation);
  store<i32>(instruction, x, 4);
  store<i32>(instruction, y, 8);
}

/** Makes room for one instruction at `index` by moving those behind it. */
function insert(index: u32, operation: u32, x: i32, y: i32): void {
  emit(JUMP, 0, 0);
  if (failed) return;
  const place = program + <usize>index * INSTRUCTION_BYTES;
  memory.copy(place + INSTRUCTION_BYTES, place, <usize>(size - 1 - index) * INSTRUCTION_BYTES);
  put(index, operation, x, y);
}

// @ts-ignore: decorator
@inline
function peek(): u32 {
  return cursor < limit ? <u32>load<u8>(cursor) : NO_CHARACTER;
}

/** Takes one character. Requires: there is one. */
function takeCharacter(): u32 {
  const first = <u32>load<u8>(cursor);
  const bytes: u32 = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  if (cursor + bytes > limit) {
    cursor = limit;
    return first;
  }
  let code = bytes == 1 ? first : first & (0x7f >> bytes);
  for (let index: u32 = 1; index < bytes; index++) code = (code << 6) | ((<u32>load<u8>(cursor + index)) & 63);
  cursor += bytes;
  return code;
}

function compileAlternatives(): void {
  if (depth == DEPTH_MAX) {
    failed = true;
    return;
  }
  depth++;
  const start = size;
  compileBranch();
  while (!failed && peek() == 124) {
    cursor++;
    insert(start, SPLIT, 1, <i32>(size - start) + 2);
    const jump = size;
    emit(JUMP, 0, 0);
    compileBranch();
    if (!failed) put(jump, JUMP, <i32>(size - jump), 0);
  }
  depth--;
}

function compileBranch(): void {
  while (!failed && cursor < limit && peek() != 124 && peek() != 41) {
    const start = size;
    compileAtom();
    if (!failed) compileQuantifier(start);
  }
}

function compileAtom(): void {
  const byte = peek();
  if (byte == 40) {
    cursor++;
    compileAlternatives();
    if (peek() != 41) failed = true;
    else cursor++;
  } else if (byte == 46) {
    cursor++;
    emit(ANY, 0, 0);
  } else if (byte == 91) compileClass();
  else if (byte == 94 || byte == 36) {
    cursor++;
    emit(byte == 94 ? START : END, 0, 0);
  } else if (isProperty()) {
    addProperty();
    emit(CLASS, <i32>rangeCount - 1, 1);
  } else if (byte == 92) {
    const escaped = takeEscape();
    if (escaped == NO_CHARACTER) failed = true;
    else emit(CHARACTER, <i32>escaped, 0);
  } else if (byte == 42 || byte == 43 || byte == 63 || byte == 123 || byte == 125 || byte == 93) failed = true;
  else emit(CHARACTER, <i32>takeCharacter(), 0);
}

/** Takes a backslash and what it escapes: n, r, t or a character with a meaning. NO_CHARACTER: no such escape. */
function takeEscape(): u32 {
  cursor++;
  const byte = peek();
  cursor++;
  if (byte == 110) return 10;
  if (byte == 114) return 13;
  if (byte == 116) return 9;
  const special =
    (byte >= 40 && byte <= 43) || byte == 45 || byte == 46 || byte == 63 || (byte >= 91 && byte <= 94) || (byte >= 123 && byte <= 125);
  return special || byte == 36 || byte == 47 ? byte : NO_CHARACTER;
}

function addRange(low: u32, high: u32): void {
  if (rangeCount >= RANGES_MAX || high < low) {
    failed = true;
    return;
  }
  store<u32>(ranges + ((<usize>rangeCount) << 3), low);
  store<u32>(ranges + ((<usize>rangeCount) << 3), high, 4);
  rangeCount++;
}

/** Whether `\p` or `\P` comes. */
function isProperty(): bool {
  return peek() == 92 && cursor + 1 < limit && ((<u32>load<u8>(cursor, 1)) | 32) == 112;
}

/** Takes `\p{L}`, `\p{Lu}`, `\P{L}` and the like. */
function addProperty(): void {
  const complement = <u32>load<u8>(cursor, 1) == 80;
  cursor += 2;
  let first: u32 = 0;
  let second: u32 = 0;
  if (peek() == 123) {
    cursor++;
    first = takeLetter();
    second = takeLetter();
  }
  const mask = categoryMask(first, second);
  // Surrogates are among the Others, but have no name of their own: no text of characters has any.
  if (!mask || peek() != 125 || rangeCount >= RANGES_MAX || (first == 67 && second == 115)) {
    failed = true;
    return;
  }
  cursor++;
  store<u32>(ranges + ((<usize>rangeCount) << 3), PROPERTY);
  store<u32>(ranges + ((<usize>rangeCount) << 3), complement ? ~mask : mask, 4);
  rangeCount++;
}

/** Takes a byte unless it is a closing brace; 0 then. */
function takeLetter(): u32 {
  const byte = peek();
  if (byte == 125 || byte == NO_CHARACTER) return 0;
  cursor++;
  return byte;
}

function takeClassCharacter(): u32 {
  if (peek() != 92) return takeCharacter();
  const escaped = takeEscape();
  if (escaped == NO_CHARACTER) failed = true;
  return escaped;
}

function compileClass(): void {
  const first = rangeCount;
  cursor++;
  const negated = peek() == 94;
  if (negated) cursor++;
  while (!failed && cursor < limit && (peek() != 93 || rangeCount == first)) {
    if (peek() == 93) failed = true;
    if (isProperty()) {
      addProperty();
      continue;
    }
    const low = takeClassCharacter();
    const isRange = peek() == 45 && cursor + 1 < limit && <u32>load<u8>(cursor, 1) != 93;
    if (isRange) cursor++;
    addRange(low, isRange ? takeClassCharacter() : low);
  }
  if (peek() != 93) failed = true;
  cursor++;
  const count = <i32>(rangeCount - first);
  emit(CLASS, <i32>first, negated ? -count : count);
}

/** Takes `*`, `+`, `?`, `{n}`, `{n,}` or `{n,m}` behind the fragment that begins at `start`. */
function compileQuantifier(start: u32): void {
  const byte = peek();
  if (byte == 42) repeat(start, 0, UNBOUNDED);
  else if (byte == 43) repeat(start, 1, UNBOUNDED);
  else if (byte == 63) repeat(start, 0, 1);
  else if (byte != 123) return;
  if (byte != 123) {
    cursor++;
    return;
  }
  cursor++;
  const least = takeNumber();
  let most = least;
  if (peek() == 44) {
    cursor++;
    most = peek() == 125 ? UNBOUNDED : takeNumber();
  }
  if (peek() != 125 || least > REPEAT_MAX || most < least || (most > REPEAT_MAX && most != UNBOUNDED)) failed = true;
  cursor++;
  if (!failed) repeat(start, least, most);
}

function takeNumber(): u32 {
  let number: u32 = 0;
  if (peek() - 48 > 9) failed = true;
  while (peek() - 48 <= 9) {
    number = number * 10 + peek() - 48;
    if (number > REPEAT_MAX) failed = true;
    cursor++;
  }
  return number;
}

/** Puts the fragment from `start` to the end in `least` to `most` copies. */
function repeat(start: u32, least: u32, most: u32): void {
  const length = size - start;
  if (length * (most == UNBOUNDED ? least + 1 : most) + most * (most == UNBOUNDED ? 0 : 1) + start > INSTRUCTIONS_MAX) {
    failed = true;
    return;
  }
  const fragment = program + <usize>start * INSTRUCTION_BYTES;
  for (let copy: u32 = 1; copy < least; copy++) append(fragment, length);
  if (most == UNBOUNDED) {
    if (least) append(fragment, length);
    insert(size - length, SPLIT, 1, <i32>length + 2);
    emit(JUMP, -(<i32>length + 1), 0);
    return;
  }
  if (!least) {
    if (!most) {
      size = start;
      return;
    }
    insert(start, SPLIT, 1, <i32>length + 1);
  }
  for (let copy: u32 = least ? least : 1; copy < most; copy++) {
    emit(SPLIT, 1, <i32>length + 1);
    append(least ? fragment : fragment + INSTRUCTION_BYTES, length);
  }
}

function append(fragment: usize, length: u32): void {
  if (failed || size + length > INSTRUCTIONS_MAX) {
    failed = true;
    return;
  }
  memory.copy(program + <usize>size * INSTRUCTION_BYTES, fragment, <usize>length * INSTRUCTION_BYTES);
  size += length;
}

/** Puts a state, and all that it leads to without a character, on the list of the next step. */
function reach(list: usize, state: u32, atStart: bool, atEnd: bool): void {
  if (load<u32>(marks + ((<usize>state) << 2)) == step) return;
  store<u32>(marks + ((<usize>state) << 2), step);
  const instruction = program + <usize>state * INSTRUCTION_BYTES;
  const operation = load<u32>(instruction);
  if (operation == JUMP) reach(list, state + load<i32>(instruction, 4), atStart, atEnd);
  else if (operation == SPLIT) {
    reach(list, state + load<i32>(instruction, 4), atStart, atEnd);
    reach(list, state + load<i32>(instruction, 8), atStart, atEnd);
  } else if (operation == START || operation == END) {
    if (operation == START ? atStart : atEnd) reach(list, state + 1, atStart, atEnd);
  } else if (operation == MATCH) matched = true;
  else {
    store<u32>(list + ((<usize>listed) << 2), state);
    listed++;
  }
}

function run(text: usize, length: u32, anywhere: bool): bool {
  let current = lists;
  let other = lists + 8008;
  cursor = text;
  limit = text + length;
  memory.fill(marks, 0, (<usize>size) << 2);
  step = 1;
  listed = 0;
  matched = false;
  reach(current, 0, true, length == 0);
  while (cursor < limit) {
    if (matched && anywhere) return true;
    const count = listed;
    if (!count && !anywhere) return false;
    const code = takeCharacter();
    step++;
    listed = 0;
    matched = false;
    for (let index: u32 = 0; index < count; index++) {
      const state = load<u32>(current + ((<usize>index) << 2));
      if (accepts(program + <usize>state * INSTRUCTION_BYTES, code)) reach(other, state + 1, false, cursor == limit);
    }
    if (anywhere) reach(other, 0, false, cursor == limit);
    const swap = current;
    current = other;
    other = swap;
  }
  return matched;
}

function accepts(instruction: usize, code: u32): bool {
  const operation = load<u32>(instruction);
  if (operation == CHARACTER) return load<u32>(instruction, 4) == code;
  if (operation == ANY) return code != 10 && code != 13;
  const signed = load<i32>(instruction, 8);
  const count = <u32>abs(signed);
  let range = ranges + ((<usize>load<u32>(instruction, 4)) << 3);
  for (let index: u32 = 0; index < count; index++) {
    const low = load<u32>(range);
    const high = load<u32>(range, 4);
    if (low == PROPERTY ? (high >> categoryOf(code)) & 1 : code >= low && code <= high) return signed > 0;
    range += 8;
  }
  return signed < 0;
}
