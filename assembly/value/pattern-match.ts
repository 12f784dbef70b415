/**
 * Runs the program of a regular expression (pattern-compile.ts) over all its states at once (Thompson 1968; captures after Pike),
 * so that no pattern takes more than O(text * instructions).
 *
 * A greedy pattern finds the longest match among the leftmost ones, a non-greedy one the shortest, as in PostgreSQL; captures
 * are those of the first way in the order of preference that ends there. Captures are kept for each state; a search that only
 * asks whether there is a match keeps none.
 */
import { lowerCodePoint, upperCodePoint } from "../bytes/letter-case";
import { temporaryAllocate, temporaryMark, temporaryRelease } from "./cells";
import { codePointAt, codePointBefore, codePointBytes } from "./code-points";
import {
  ANY,
  ASSERT,
  ASSERT_BOUNDARY,
  ASSERT_END,
  ASSERT_LINE_END,
  ASSERT_LINE_START,
  ASSERT_START,
  ASSERT_WORD_END,
  ASSERT_WORD_START,
  CAPTURES_MAX,
  CHARACTER,
  CLASS,
  INSTRUCTION_BYTES,
  JUMP,
  MATCH,
  SAVE,
  SPLIT,
  captureCount,
  ignoresCase,
  prefersShort,
  program,
  programSize,
  rangeFrom,
  rangeTo,
} from "./pattern-compile";

/** Positions of the last match and its groups, {u32 start, u32 end} each; NO_POSITION: the group took no part. */
export const captures: usize = memory.data(80, 8);
export const NO_POSITION: u32 = 0xffffffff;
const LINE_FEED: u32 = 10;

/** States of this step and of the next one, the step that listed each, and their captures. */
let current: usize = 0;
let following: usize = 0;
let marks: usize = 0;
let currentCaptures: usize = 0;
let followingCaptures: usize = 0;
/** The captures of the way that is followed. */
let own: usize = 0;
let slots: u32 = 0;
let listed: u32 = 0;
let step: u32 = 0;
/** Bytes of the character that `advance` took. */
let advancedBytes: u32 = 0;
let textStart: usize = 0;
let textEnd: usize = 0;

/**
 * Searches the first match from `from` on. With `capture` its place and those of the groups are in `captures`.
 * Requires: a pattern was compiled.
 */
export function searchPattern(text: usize, length: u32, from: u32, capture: bool): bool {
  const mark = temporaryMark();
  slots = capture ? (captureCount < CAPTURES_MAX - 1 ? captureCount + 1 : CAPTURES_MAX) << 1 : 0;
  const each = programSize << 2;
  const area = temporaryAllocate(each * 3 + (slots << 2) * (programSize * 2 + 1));
  let found = false;
  if (area) {
    current = area;
    following = area + each;
    marks = area + (each << 1);
    currentCaptures = marks + each;
    followingCaptures = currentCaptures + each * slots;
    own = followingCaptures + each * slots;
    memory.fill(marks, 0, each);
    textStart = text;
    textEnd = text + length;
    found = search(text + from, capture);
  }
  temporaryRelease(mark);
  return found;
}

function search(from: usize, capture: bool): bool {
  step = 0;
  let count: u32 = 0;
  let found = false;
  let position = from;
  while (true) {
    step++;
    listed = 0;
    // States that are left come first; a new start is tried only while there is no match.
    const carried = count;
    swapLists();
    for (let index: u32 = 0; index < carried; index++) {
      loadCaptures(index);
      addState(load<u32>(current + ((<usize>index) << 2)), position);
    }
    if (!found) {
      clearCaptures(position);
      addState(0, position);
    }
    if (takeMatch(position, capture, found)) {
      found = true;
      if (!capture) return true;
    }
    if (!listed || position >= textEnd) return found;
    count = advance(position);
    if (!count && found) return true;
    position += advancedBytes;
  }
}

/** The states that `advance` put in the following list become the current ones. */
function swapLists(): void {
  const list = current;
  current = following;
  following = list;
  const saved = currentCaptures;
  currentCaptures = followingCaptures;
  followingCaptures = saved;
}

function loadCaptures(index: u32): void {
  memory.copy(own, currentCaptures + <usize>index * (slots << 2), slots << 2);
}

function clearCaptures(position: usize): void {
  memory.fill(own, 255, slots << 2);
  if (slots) store<u32>(own, <u32>(position - textStart));
}

/** Lists a state and all that follow from it without a character. */
function addState(index: u32, position: usize): void {
  const place = marks + ((<usize>index) << 2);
  if (load<u32>(place) == step) return;
  store<u32>(place, step);
  const instruction = program + <usize>index * INSTRUCTION_BYTES;
  const operation = load<u32>(instruction);
  const x = load<i32>(instruction, 4);
  if (operation == JUMP) addState(<u32>(<i32>index + x), position);
  else if (operation == SPLIT) {
    addState(<u32>(<i32>index + x), position);
    addState(<u32>(<i32>index + load<i32>(instruction, 8)), position);
  } else if (operation == SAVE) {
    if (<u32>x < slots) {
      const old = load<u32>(own + ((<usize>x) << 2));
      store<u32>(own + ((<usize>x) << 2), <u32>(position - textStart));
      addState(index + 1, position);
      store<u32>(own + ((<usize>x) << 2), old);
    } else addState(index + 1, position);
  } else if (operation == ASSERT) {
    if (holds(x, position)) addState(index + 1, position);
  } else {
    store<u32>(following + ((<usize>listed) << 2), index);
    memory.copy(followingCaptures + <usize>listed * (slots << 2), own, slots << 2);
    listed++;
  }
}

/**
 * Whether a listed state is the end of the program, of a match that is no worse than the one before: it is in `captures` then.
 * States that cannot make a better one are dropped: those that began later, or of a short match those that began there too.
 */
function takeMatch(position: usize, capture: bool, found: bool): bool {
  for (let index: u32 = 0; index < listed; index++) {
    const state = load<u32>(following + ((<usize>index) << 2));
    if (load<u32>(program + <usize>state * INSTRUCTION_BYTES) != MATCH) continue;
    if (!capture) return true;
    const saved = followingCaptures + <usize>index * (slots << 2);
    const start = load<u32>(saved);
    if (found && start > load<u32>(captures)) continue;
    memory.copy(captures, saved, slots << 2);
    store<u32>(captures, <u32>(position - textStart), 4);
    dropWorse(start);
    return true;
  }
  return false;
}

function dropWorse(start: u32): void {
  let count: u32 = 0;
  for (let index: u32 = 0; index < listed; index++) {
    const saved = followingCaptures + <usize>index * (slots << 2);
    const other = load<u32>(saved);
    if (other > start || (other == start && prefersShort)) continue;
    store<u32>(following + ((<usize>count) << 2), load<u32>(following + ((<usize>index) << 2)));
    memory.copy(followingCaptures + <usize>count * (slots << 2), saved, slots << 2);
    count++;
  }
  listed = count;
}

/** Takes the character at `position`; answers how many states go on. They begin where the match that is leftmost does. */
function advance(position: usize): u32 {
  const code = codePointAt(position, textEnd);
  const size = codePointBytes;
  let count: u32 = 0;
  for (let index: u32 = 0; index < listed; index++) {
    const state = load<u32>(following + ((<usize>index) << 2));
    if (!accepts(program + <usize>state * INSTRUCTION_BYTES, code)) continue;
    store<u32>(following + ((<usize>count) << 2), state + 1);
    memory.copy(followingCaptures + <usize>count * (slots << 2), followingCaptures + <usize>index * (slots << 2), slots << 2);
    count++;
  }
  advancedBytes = size;
  return count;
}

function accepts(instruction: usize, code: u32): bool {
  const operation = load<u32>(instruction);
  const x = load<i32>(instruction, 4);
  if (operation == CHARACTER) return <u32>x == code || (ignoresCase && lowerCodePoint(x) == lowerCodePoint(code));
  if (operation == ANY) return !x || code != LINE_FEED;
  if (operation != CLASS) return false;
  const y = load<i32>(instruction, 8);
  const count = y < 0 ? ~y : y;
  let inside = isInside(x, count, code);
  if (!inside && ignoresCase) inside = isInside(x, count, lowerCodePoint(code)) || isInside(x, count, upperCodePoint(code));
  return inside != y < 0;
}

function isInside(first: u32, count: u32, code: u32): bool {
  for (let index = first; index < first + count; index++) if (code >= rangeFrom(index) && code <= rangeTo(index)) return true;
  return false;
}

function holds(assertion: i32, position: usize): bool {
  if (assertion == ASSERT_START) return position == textStart;
  if (assertion == ASSERT_END) return position == textEnd;
  if (assertion == ASSERT_LINE_START) return position == textStart || <u32>load<u8>(position - 1) == LINE_FEED;
  if (assertion == ASSERT_LINE_END) return position == textEnd || <u32>load<u8>(position) == LINE_FEED;
  const before = position > textStart && isWord(codeBefore(position));
  const after = position < textEnd && isWord(codePointAt(position, textEnd));
  if (assertion == ASSERT_WORD_START) return !before && after;
  if (assertion == ASSERT_WORD_END) return before && !after;
  return (before != after) == (assertion == ASSERT_BOUNDARY);
}

function codeBefore(position: usize): u32 {
  return codePointAt(codePointBefore(textStart, position), position);
}

function isWord(code: u32): bool {
  if (code < 0x80) return code - 48 < 10 || (code | 32) - 97 < 26 || code == 95;
  return code >= 0xaa && code != 0xd7 && code != 0xf7 && !(code >= 0x2000 && code < 0x2c00);
}
