/**
 * Order-preserving keys for plans (value/sort-key.ts): begin, put a column after the other, take the word.
 */
import { SLOT_DOUBLE } from "../abi/record";
import { SORT_DYNAMIC, keyReset, keyWord, putKey } from "../value/sort-key";

export function sort_key_begin(): void {
  keyReset();
}

/** A column: its kind SLOT_* (SLOT_NONE: NULL) and payload; `flags`: 1 DESC, 2 NULLS FIRST, 4 dynamic. */
export function sort_key_put(tag: i32, payload: i64, flags: i32): void {
  putKey(tag, payload, flags);
}

export function sort_key_put_double(value: f64, flags: i32): void {
  putKey(SLOT_DOUBLE, reinterpret<u64>(value), flags);
}

export function sort_key_word(): u64 {
  return keyWord();
}

/** The key of one dynamic value: for hash tables and sorting of the interpreter. */
export function sort_key_of(tag: i32, payload: i64): u64 {
  keyReset();
  putKey(tag, payload, SORT_DYNAMIC);
  return keyWord();
}
