/**
 * Ordered scans for programs that embed the engine: the keys between two, in the order of their bytes, with their values.
 *
 * A scan goes in batches, each an instant of its own. Between two of them anything may change: the next batch begins behind the
 * last key that this one looked at, whether or not that is still there. So a key that is there throughout comes once, and none
 * comes twice.
 *
 * The reply of a batch is not one RESP value but a row of them: for each key its bulk string and, unless only keys are asked for, its
 * value: a bulk string for a string, an array of one bulk string (JSON text) for a document. If the range may have more keys, a bulk
 * string with the last key that was looked at ends it.
 *
 * Expired keys are passed over and left to whoever deletes them. A scan leaves no trace: no access times, no hits and misses.
 *
 * Without an order of the keys (key-order.ts) a batch is selected from all keys (key-selection.ts).
 *
 * Cost: O(log keys) for a batch and a lookup for each key, where keys that are passed over count too; without an order O(keys).
 */
import { CONTROL_RESULT } from "../abi/layout";
import {
  ORDER_OUT_OF_MEMORY,
  ORDER_READY,
  RANGE_HIGH_OPEN,
  RANGE_KEYS_ONLY,
  RANGE_LOW_OPEN,
  RANGE_NO_HIGH,
  RANGE_NO_LOW,
  RANGE_REVERSE,
  STATUS_OUT_OF_MEMORY,
} from "../abi/status";
import { isExpired } from "../keyspace/keyspace";
import {
  batchEntry,
  keyOrderBatch,
  keyOrderBuild,
  keyOrderDrop,
  keyOrderIsBuilt,
  keyOrderSpan,
  spanCount,
  spanFirst,
} from "../keyspace/key-order";
import { selectKeys, selectedCount, selectedEntry, selectedMore } from "../keyspace/key-selection";
import { database } from "../keyspace/database";
import { control } from "../memory/control";
import { trackKeys, trackUnit, trackUnitEnd, tracksReads } from "../keyspace/track";
import { contextView } from "../mvcc/context";
import { HIGH_OPEN, HIGH_UNBOUNDED, LOW_OPEN } from "../mvcc/key-range";
import { keyLength, keyPointer } from "../structure/entry";
import { isDocument, printDocument } from "../types/document";
import { isString, readText, textLength, textPointer } from "../types/string";
import { textReset } from "../value/json-print";
import { isMemoryFull } from "./call";
import { notePeak } from "./execute";
import { replyPrinted } from "./json-read";
import { releaseScratch } from "./json-target";
import { replyArray, replyBegin, replyBulk, replyClear, replyFailed, replyForgive, replyLength, replyNull, replyRewind } from "./reply";

/** Keys that one batch looks at beside those that it answers, at most: so many expired ones may lie in a row. */
const PASSED_MAX: u32 = 4096;

/**
 * Goes on with the order of the keys by about `budget` of them. Returns ORDER_READY, ORDER_BUILDING or ORDER_OUT_OF_MEMORY: scans go
 * without. In the state of a view or a transaction it is ready as it is, or scans go without.
 */
export function orderKeys(budget: u32): u32 {
  if (contextView) return ORDER_READY;
  if (isMemoryFull() && !keyOrderIsBuilt()) {
    keyOrderDrop(database);
    return ORDER_OUT_OF_MEMORY;
  }
  const result = keyOrderBuild(budget);
  notePeak();
  return result;
}

/**
 * Replies up to `count` keys of a range, fewer once the reply has `bytes` bytes. Returns how many there are in the reply, with 1 at
 * CONTROL_RESULT if the range may have more; or -STATUS_OUT_OF_MEMORY. A batch is an autocommit unit, or its transaction's.
 */
export function scanRange(flags: u32, low: usize, lowBytes: u32, high: usize, highBytes: u32, count: u32, bytes: u32): i32 {
  replyClear();
  store<u32>(control, 0, CONTROL_RESULT);
  if (!replyBegin()) return -STATUS_OUT_OF_MEMORY;
  const isUnit = trackUnit();
  restBehind = 0;
  let found: i32;
  if (keyOrderIsBuilt()) {
    keyOrderSpan(flags, low, lowBytes, high, highBytes);
    found = replyOrdered(flags, count, bytes);
  } else {
    selectKeys(flags, low, lowBytes, high, highBytes, count);
    found = replySelected(flags, bytes);
  }
  if (tracksReads) trackBatch(flags, low, lowBytes, high, highBytes);
  if (isUnit) trackUnitEnd();
  releaseScratch();
  notePeak();
  return found;
}

/** The entry behind which the range goes on; 0: all of it has been looked at. */
let restBehind: usize = 0;

/** Tells which keys the batch has looked at: those up to `restBehind`, from the end where the scan has begun. */
function trackBatch(flags: u32, low: usize, lowBytes: u32, high: usize, highBytes: u32): void {
  const rest = restBehind;
  const key = rest ? keyPointer(rest) : 0;
  const length = rest ? keyLength(rest) : 0;
  const hasHigh = !(flags & RANGE_NO_HIGH);
  const lowFlags = flags & RANGE_LOW_OPEN && !(flags & RANGE_NO_LOW) ? LOW_OPEN : 0;
  const highFlags = !hasHigh ? HIGH_UNBOUNDED : flags & RANGE_HIGH_OPEN ? HIGH_OPEN : 0;
  const lowUsed: u32 = flags & RANGE_NO_LOW ? 0 : lowBytes;
  if (!rest) trackKeys(low, lowUsed, high, highBytes, lowFlags | highFlags);
  else if (flags & RANGE_REVERSE) trackKeys(key, length, high, highBytes, highFlags);
  else trackKeys(low, lowUsed, key, length, lowFlags);
}

/** Replies the keys of the span. */
function replyOrdered(flags: u32, count: u32, bytes: u32): i32 {
  const backward = (flags & RANGE_REVERSE) != 0;
  const first = backward ? spanFirst + spanCount - 1 : spanFirst;
  const looked = <u64>count + PASSED_MAX < <u64>spanCount ? count + PASSED_MAX : spanCount;
  let found: u32 = 0;
  let seen: u32 = 0;
  let last: usize = 0;
  while (seen < looked && found < count && replyLength() < bytes) {
    const inBatch = keyOrderBatch(backward ? first - seen : first + seen, looked - seen, backward);
    for (let index: u32 = 0; index < inBatch && found < count && replyLength() < bytes; index++) {
      const entry = batchEntry(index);
      if (!isExpired(entry)) {
        if (!replyEntry(flags, entry)) return endShort(found, last);
        found++;
      }
      last = entry;
      seen++;
    }
  }
  if (seen < spanCount && !replyMore(last)) return endShort(found, 0);
  return found;
}

/** Replies the keys of the selection. */
function replySelected(flags: u32, bytes: u32): i32 {
  let found: u32 = 0;
  let last: usize = 0;
  while (found < selectedCount && replyLength() < bytes) {
    const entry = selectedEntry(found);
    if (!replyEntry(flags, entry)) return endShort(found, last);
    last = entry;
    found++;
  }
  if ((found < selectedCount || selectedMore) && !replyMore(last)) return endShort(found, 0);
  return found;
}

/** Replies one key. Returns false, and has replied nothing, when there is no memory. */
function replyEntry(flags: u32, entry: usize): bool {
  const start = replyLength();
  replyBulk(keyPointer(entry), keyLength(entry));
  if (!(flags & RANGE_KEYS_ONLY)) {
    if (isString(entry)) {
      readText(entry);
      replyBulk(textPointer, textLength);
    } else if (isDocument(entry)) {
      replyArray(1);
      textReset();
      printDocument(entry);
      replyPrinted();
    } else replyNull();
  }
  if (!replyFailed) return true;
  replyForgive();
  replyRewind(start);
  return false;
}

/** Ends a batch for which memory was short: with what there is, if that is anything. */
function endShort(found: u32, last: usize): i32 {
  if (found && last && replyMore(last)) return found;
  replyForgive();
  return -STATUS_OUT_OF_MEMORY;
}

function replyMore(last: usize): bool {
  restBehind = last;
  replyBulk(keyPointer(last), keyLength(last));
  store<u32>(control, 1, CONTROL_RESULT);
  return !replyFailed;
}
