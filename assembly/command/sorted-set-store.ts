/**
 * Storing a gathered sorted set (types/sorted-set-result.ts) under a key.
 */
import { NOTIFY_SORTED_SET } from "../abi/notification";
import { TYPE_SORTED_SET } from "../abi/status";
import { sortedResultBytes, sortedResultCount, sortedResultDrop, sortedResultStore } from "../types/sorted-set-result";
import { argumentLength, argumentPointer } from "./argument";
import { keyHash } from "./call";
import { replyFail } from "./reply";
import { storeResult } from "./store-result";

/** Bytes of effects for each member beside its text, its score included. */
const EFFECT_MEMBER: u64 = 64;

/** Stores the result under argument 1, answers how many elements it has and says what `event` has done. Not `done`: there was no memory for it. */
export function storeSortedResult(argv: usize, done: bool, event: u32): void {
  if (!done) {
    replyFail();
    return;
  }
  const key = argumentPointer(argv, 1);
  const keyBytes = argumentLength(argv, 1);
  const count = sortedResultCount();
  const bytes = sortedResultBytes() + <u64>count * EFFECT_MEMBER;
  storeResult(TYPE_SORTED_SET, keyHash, key, keyBytes, count, bytes, sortedResultStore, sortedResultDrop, NOTIFY_SORTED_SET, event);
}
