/**
 * Byte strings of plans: equality, order and hash of words of text, bytea and uuid.
 */
import { compareWords, hashWord, wordsEqual } from "../value/word";

export function word_equal(left: u64, right: u64): i32 {
  return wordsEqual(left, right) ? 1 : 0;
}

/** Negative, 0 or positive. */
export function word_compare(left: u64, right: u64): i32 {
  return compareWords(left, right);
}

export function word_hash(word: u64): u64 {
  return hashWord(word);
}
