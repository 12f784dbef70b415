/**
 * Words: byte strings in eight bytes (abi/record.ts has the layout), with absolute addresses.
 *
 * The bytes of an inline word lie in the word itself: `wordBytes` puts it in a spill cell of the caller's choice and answers
 * the address there, so two words that are looked at together take two cells.
 *
 * Invariants: (1) up to WORD_INLINE_MAX bytes are always inline; (2) in front of the bytes of a huge string lies its u32 length.
 * Cost: O(1), but for what copies, compares or hashes.
 */
import { WORD_HUGE, WORD_INLINE_MAX, WORD_LONG } from "../abi/record";
import { copyBytes, equalBytes } from "../bytes/copy";
import { hashBytes } from "../bytes/hash";
import { planAllocate, stateAllocate } from "./cells";

/** Spill cells. */
const spill: usize = memory.data(64, 8);
export const SPILL_FIRST: usize = spill;
export const SPILL_SECOND: usize = spill + 8;
export const SPILL_THIRD: usize = spill + 16;
/** For packed values, whose bytes are looked into. */
export const SPILL_VALUE: usize = spill + 32;
export const SPILL_OTHER: usize = spill + 40;
/** For arrays, whose elements are looked at one after the other. */
export const SPILL_ARRAY: usize = spill + 48;
export const SPILL_OTHER_ARRAY: usize = spill + 56;
/** For what this file does alone. */
const SPILL_OWN: usize = spill + 24;
/** Bytes before the bytes of a huge string. */
const HUGE_HEAD: u32 = 8;
export const WORD_EMPTY: u64 = 0;

/** Whether values of a kind are words. */
export function isWordTag(tag: u32): bool {
  // TEXT, NUMERIC, UUID, BYTEA, JSON, ARRAY, INTERVAL, PATH, TEMPORAL
  return ((0xcf860 >> tag) & 1) != 0;
}

// @ts-ignore: decorator
@inline
export function isInline(word: u64): bool {
  return ((<u32>word) & 255) <= <u32>WORD_INLINE_MAX;
}

// @ts-ignore: decorator
@inline
export function wordLength(word: u64): u32 {
  return isInline(word) ? (<u32>word) & 255 : longLength(word);
}

function longLength(word: u64): u32 {
  const length = (<u32>word) >> 8;
  return length == <u32>WORD_HUGE ? load<u32>(<usize>(word >> 32) - 4) : length;
}

/** Address of the bytes; those of an inline word are put in the cell `cell`. */
// @ts-ignore: decorator
@inline
export function wordBytes(word: u64, cell: usize): usize {
  if (!isInline(word)) return <usize>(word >> 32);
  store<u64>(cell, word);
  return cell + 1;
}

/** A word of at most WORD_INLINE_MAX bytes. */
export function inlineWord(bytes: usize, length: u32): u64 {
  let word: u64 = 0;
  for (let index = length; index > 0; index--) word = (word << 8) | (<u64>load<u8>(bytes + index - 1));
  return (word << 8) | (<u64>length);
}

/** The word of bytes that stay where they are. Requires: more than WORD_INLINE_MAX; of a huge string invariant 2. */
export function longWord(bytes: usize, length: u32): u64 {
  const field = length < <u32>WORD_HUGE ? length : <u32>WORD_HUGE;
  return ((<u64>bytes) << 32) | (<u64>((field << 8) | WORD_LONG));
}

/** Room for a long string in the plan's arena, to become a `longWord`; 0: none. Requires: length > WORD_INLINE_MAX. */
export function longRoom(length: u32): usize {
  if (length < <u32>WORD_HUGE) return planAllocate(length);
  if (length > 0xf0000000) return planAllocate(0xffffffff);
  const block = planAllocate(length + HUGE_HEAD);
  if (!block) return 0;
  store<u32>(block, length, HUGE_HEAD - 4);
  return block + HUGE_HEAD;
}

/** A word with a copy of the bytes. */
export function wordOf(bytes: usize, length: u32): u64 {
  if (length <= <u32>WORD_INLINE_MAX) return inlineWord(bytes, length);
  const room = longRoom(length);
  if (!room) return WORD_EMPTY;
  copyBytes(room, bytes, length);
  return longWord(room, length);
}

/** Some of a word's bytes; those of a long word are shared. `bytes` is what `wordBytes` gave. */
export function wordPart(bytes: usize, from: u32, length: u32): u64 {
  if (length <= <u32>WORD_INLINE_MAX) return inlineWord(bytes + from, length);
  return length < <u32>WORD_HUGE ? longWord(bytes + from, length) : wordOf(bytes + from, length);
}

/**
 * A word whose bytes live as long as the execution, in place of `old`, which was kept before (or is WORD_EMPTY): its block is
 * used again where it is large enough.
 */
export function keptWord(word: u64, old: u64): u64 {
  if (isInline(word)) return word;
  const length = longLength(word);
  if (length >= <u32>WORD_HUGE) return keptHuge(word, length);
  let room: usize = 0;
  if (!isInline(old) && ((longLength(old) + 15) & ~15) >= length) room = <usize>(old >> 32);
  else room = stateAllocate((length + 15) & ~15);
  if (!room) return WORD_EMPTY;
  memory.copy(room, <usize>(word >> 32), length);
  return longWord(room, length);
}

function keptHuge(word: u64, length: u32): u64 {
  const room = length <= 0xf0000000 ? stateAllocate(length + HUGE_HEAD) : 0;
  if (!room) return WORD_EMPTY;
  store<u32>(room, length, HUGE_HEAD - 4);
  memory.copy(room + HUGE_HEAD, <usize>(word >> 32), length);
  return longWord(room + HUGE_HEAD, length);
}

export function wordsEqual(left: u64, right: u64): bool {
  if (left == right) return true;
  if (isInline(left) || isInline(right)) return false;
  const length = longLength(left);
  return length == longLength(right) && equalBytes(<usize>(left >> 32), <usize>(right >> 32), length);
}

/** Whether a word has these bytes. */
export function equalBytesOf(word: u64, bytes: usize, length: u32): bool {
  return wordLength(word) == length && equalBytes(wordBytes(word, SPILL_OWN), bytes, length);
}

/** Negative, 0 or positive as the left bytes stand before, at or behind the right ones. */
export function compareWords(left: u64, right: u64): i32 {
  if (left == right) return 0;
  if (isInline(left) && isInline(right)) {
    // Big-endian, with zeros behind the bytes: of two equal ones the shorter has fewer zero bytes of its own.
    const first = bswap<u64>(left >> 8);
    const second = bswap<u64>(right >> 8);
    return first != second ? (first < second ? -1 : 1) : <i32>((<u32>left) & 255) - <i32>((<u32>right) & 255);
  }
  const leftLength = wordLength(left);
  const rightLength = wordLength(right);
  const common = leftLength < rightLength ? leftLength : rightLength;
  const order = memory.compare(wordBytes(left, SPILL_OWN), wordBytes(right, SPILL_THIRD), common);
  return order ? order : leftLength < rightLength ? -1 : leftLength > rightLength ? 1 : 0;
}

export function hashWord(word: u64): u64 {
  if (!isInline(word)) return hashBytes(<usize>(word >> 32), longLength(word));
  store<u64>(SPILL_OWN, word);
  return hashBytes(SPILL_OWN, 8);
}
