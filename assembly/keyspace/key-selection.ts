/**
 * The first keys of a range without an order of the keys (key-order.ts): a walk over the table that keeps the best it has met in a
 * heap. For scans in the state of a view or a transaction from a time when there was no order, and where there is no memory for one.
 *
 * Requires: the database does not change until the selected entries have been read.
 *
 * Cost: O(keys of the database * log of those selected) for each call, and no memory.
 */
import { RANGE_HIGH_OPEN, RANGE_LOW_OPEN, RANGE_NO_HIGH, RANGE_NO_LOW, RANGE_REVERSE } from "../abi/status";
import { keyLength, keyPointer } from "../structure/entry";
import { compareKeys } from "../structure/tree-key";
import { database } from "./database";
import { isExpired } from "./keyspace";
import { walkNext, walkStart } from "./scan";

/** Most keys that are selected at once. */
const SELECTED_MAX: u32 = 1024;
const selected: usize = memory.data(4096, 8);
/** How many keys were selected, and whether the range has others. */
export let selectedCount: u32 = 0;
export let selectedMore: bool = false;
let backward: bool = false;

/** Selects the first `count` keys of a range of the current database, expired ones left out. RANGE_* flags as in key-order.ts. */
export function selectKeys(flags: u32, low: usize, lowBytes: u32, high: usize, highBytes: u32, count: u32): void {
  const most = count < SELECTED_MAX ? count : SELECTED_MAX;
  selectedCount = 0;
  selectedMore = false;
  backward = (flags & RANGE_REVERSE) != 0;
  walkStart(database);
  for (let entry = walkNext(database); entry; entry = walkNext(database)) {
    if (!isWithin(flags, entry, low, lowBytes, high, highBytes) || isExpired(entry)) continue;
    if (selectedCount < most) rise(selectedCount++, entry);
    else {
      selectedMore = true;
      if (comesBefore(entry, selectedEntry(0))) sink(0, most, entry);
    }
  }
  for (let end = selectedCount; end > 1; end--) {
    const last = selectedEntry(end - 1);
    put(end - 1, selectedEntry(0));
    sink(0, end - 1, last);
  }
}

function isWithin(flags: u32, entry: usize, low: usize, lowBytes: u32, high: usize, highBytes: u32): bool {
  const key = keyPointer(entry);
  const length = keyLength(entry);
  if (!(flags & RANGE_NO_LOW)) {
    const above = compareKeys(key, length, low, lowBytes);
    if (above < 0 || (above == 0 && flags & RANGE_LOW_OPEN)) return false;
  }
  if (flags & RANGE_NO_HIGH) return true;
  const above = compareKeys(key, length, high, highBytes);
  return above < 0 || (above == 0 && !(flags & RANGE_HIGH_OPEN));
}

/** An entry of the selection; before it is in order, the last of all stands at 0. */
// @ts-ignore: decorator
@inline
export function selectedEntry(index: u32): usize {
  return <usize>load<u32>(selected + ((<usize>index) << 2));
}

// @ts-ignore: decorator
@inline
function put(index: u32, entry: usize): void {
  store<u32>(selected + ((<usize>index) << 2), <u32>entry);
}

/** Whether an entry comes before another one in the scan. */
function comesBefore(left: usize, right: usize): bool {
  const above = compareKeys(keyPointer(left), keyLength(left), keyPointer(right), keyLength(right));
  return backward ? above > 0 : above < 0;
}

/** Puts an entry at a free place of the heap, or above. */
function rise(place: u32, entry: usize): void {
  let at = place;
  while (at) {
    const above = (at - 1) >> 1;
    if (!comesBefore(selectedEntry(above), entry)) break;
    put(at, selectedEntry(above));
    at = above;
  }
  put(at, entry);
}

/** Puts an entry at a free place of a heap of `count`, or below. */
function sink(place: u32, count: u32, entry: usize): void {
  let at = place;
  while (true) {
    let child = (at << 1) + 1;
    if (child >= count) break;
    if (child + 1 < count && comesBefore(selectedEntry(child), selectedEntry(child + 1))) child++;
    if (!comesBefore(entry, selectedEntry(child))) break;
    put(at, selectedEntry(child));
    at = child;
  }
  put(at, entry);
}
