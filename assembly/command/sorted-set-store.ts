/**
 * Storing a gathered sorted set (types/sorted-set-result.ts) under a key, in the place of whatever that holds, without its expiry. It is logged as
 * a whole: `DEL`, and `ZADD` of the elements.
 */
import { NOTIFY_SORTED_SET } from "../abi/notification";
import { effectEntry } from "../durability/compaction";
import { effectsAdmit, effectsOn } from "../durability/effect-log";
import { foundSlot, lookupWrite } from "../keyspace/keyspace";
import { notify } from "../keyspace/notify";
import { containerEntry } from "../types/container";
import { sortedOpen } from "../types/sorted-set";
import { sortedResultBytes, sortedResultCount, sortedResultDrop, sortedResultStore } from "../types/sorted-set-result";
import { argumentLength, argumentPointer } from "./argument";
import { keyHash } from "./call";
import { storeNothing } from "./effect";
import { replyFail, replyInteger } from "./reply";

/** Bytes of effects for each member beside its text, its score included, and for all. */
const EFFECT_MEMBER: u64 = 64;
const EFFECT_WHOLE: u64 = 512;

/** Stores the result under argument 1, answers how many elements it has and says what `event` has done. Not `done`: there was no memory for it. */
export function storeSortedResult(argv: usize, done: bool, event: u32): void {
  const key = argumentPointer(argv, 1);
  const keyBytes = argumentLength(argv, 1);
  const count = done ? sortedResultCount() : 0;
  const bytes = sortedResultBytes() + <u64>count * EFFECT_MEMBER + (<u64>(count / 64) + 2) * (keyBytes + EFFECT_WHOLE);
  if (!done || (effectsOn && !effectsAdmit(bytes))) {
    if (done) sortedResultDrop();
    replyFail();
    return;
  }
  const old = lookupWrite(keyHash, key, keyBytes);
  if (!count) {
    storeNothing(keyHash, old, key, keyBytes);
    return;
  }
  sortedOpen(keyHash, foundSlot, old, key, keyBytes, false);
  if (!sortedResultStore()) {
    replyFail();
    return;
  }
  if (effectsOn) effectEntry(containerEntry);
  notify(NOTIFY_SORTED_SET, event, key, keyBytes);
  replyInteger(count);
}
