/**
 * The order of SORT: elements with what they are sorted by, and putting them in order.
 *
 *   record (16 bytes, in the order in which the elements were found)     item of the order (16 bytes)
 *   0   u32 element, u32 length                                          0   u64 key
 *   8   u32 what it is sorted by, u32 length (0: nothing is there),      8   u32 record
 *       of sorting by text                                              12  u32 0
 *
 * Both lie where they are kept, or if they are texts that were made to be read, in an arena.
 *
 * The key is the weight as an ordered number, or of a text the eight bytes behind those that all texts begin with: so nearly all comparisons are of
 * two numbers that lie where the merge is. Where it descends, keys are complemented. Equal keys are told apart by the records, equal records by their place:
 * they keep their order, and there is one result whatever way leads to it.
 *
 * Where only the first few are wanted they are found by a heap of so many, whose top is the last of them (Knuth, TAOCP 3, 5.2.3); else runs of
 * RUN items are sorted by insertion and then merged.
 *
 * Cost: O(N log N), of the first k O(N log k) at worst and about O(N) as a rule.
 */
import { PURPOSE_SCRATCH } from "../abi/status";
import { copyBytes } from "../bytes/copy";
import { allocate, release } from "../memory/allocator";
import { ARENA_SIZE, arenaAllocate, arenaRelease } from "../memory/arena";
import { compareKeys, sharedLength } from "../structure/tree-key";
import { orderOf } from "../types/score";

const RECORD: u32 = 16;
export const ELEMENT: usize = 0;
export const ELEMENT_LENGTH: usize = 4;
export const WEIGHT: usize = 8;
export const WEIGHT_LENGTH: usize = 12;
/** Most records: as many as lie in one block. */
const RECORDS_MAX: u32 = 0xc000000;

const ITEM_SHIFT: u32 = 4;
const ITEM: usize = 16;
const ITEM_RECORD: usize = 8;
const RUN: u32 = 8;
/** Up to this part of all (a shift) the first ones are found by a heap. */
const FEW_SHIFT: u32 = 3;

let records: usize = 0;
let count: u32 = 0;
/** The items in their order, and room to merge. */
let order: usize = 0;
let merged: usize = 0;
const texts: usize = memory.data(ARENA_SIZE, 8);
let byText: bool = false;
let descends: bool = false;

/** Makes room for so many records, more than none. False: no memory; `orderFree` follows in any case. */
export function orderBegin(elements: u32): bool {
  count = elements;
  if (count > RECORDS_MAX) return false;
  records = allocate(count * RECORD, PURPOSE_SCRATCH);
  order = allocate(count << ITEM_SHIFT, PURPOSE_SCRATCH);
  return records != 0 && order != 0;
}

export function orderFree(): void {
  if (records) release(records, PURPOSE_SCRATCH);
  if (order) release(order, PURPOSE_SCRATCH);
  if (merged) release(merged, PURPOSE_SCRATCH);
  arenaRelease(texts, 0);
  records = 0;
  order = 0;
  merged = 0;
  count = 0;
}

// @ts-ignore: decorator
@inline
function itemAt(index: u32): usize {
  return order + ((<usize>index) << ITEM_SHIFT);
}

/** A copy of a text that would not stay, good until `orderFree`; 0: no memory. Requires: it is not empty. */
export function orderKeep(pointer: usize, length: u32): usize {
  const copy = arenaAllocate(texts, length);
  if (copy) copyBytes(copy, pointer, length);
  return copy;
}

/** Sets the element of a place, which weighs 0 as long as nothing else is said. */
export function orderSet(index: u32, pointer: usize, length: u32): void {
  const record = records + <usize>(index * RECORD);
  store<u32>(record, <u32>pointer, ELEMENT);
  store<u32>(record, length, ELEMENT_LENGTH);
  store<u32>(record, 0, WEIGHT);
  store<u32>(record, 0, WEIGHT_LENGTH);
  store<u64>(itemAt(index), orderOf(0));
  store<u64>(itemAt(index), <u64>record, ITEM_RECORD);
}

/** Gives an element that was set the number that it is sorted by. */
export function orderWeigh(index: u32, weight: f64): void {
  store<u64>(itemAt(index), orderOf(weight));
}

/** The same for an integer; all are weighed so, and no two are alike. */
export function orderWeighInteger(index: u32, weight: i64): void {
  store<u64>(itemAt(index), (<u64>weight) ^ ((<u64>1) << 63));
}

/** The record at a place. */
// @ts-ignore: decorator
@inline
export function recordAt(index: u32): usize {
  return <usize>load<u32>(itemAt(index), ITEM_RECORD);
}

/** The element of a record, or with WEIGHT the text that it is sorted by. */
// @ts-ignore: decorator
@inline
export function partOf(record: usize, part: usize): usize {
  return <usize>load<u32>(record + part);
}

/** The last comes first. */
export function orderReverse(): void {
  for (let index: u32 = 0; index < count >> 1; index++) swap(itemAt(index), itemAt(count - 1 - index));
}

/** Puts the first `wanted` elements in order, which are all weighed: by their texts, or by their numbers. False: no memory. */
export function orderSort(isText: bool, isDescending: bool, wanted: u32): bool {
  byText = isText;
  descends = isDescending;
  if (isText) makeTextKeys();
  if (isDescending) for (let index: u32 = 0; index < count; index++) store<u64>(itemAt(index), ~load<u64>(itemAt(index)));
  let sorted = count;
  if (wanted < count >> FEW_SHIFT) {
    if (wanted) selectFirst(wanted);
    sorted = wanted;
  }
  if (sorted > RUN) {
    merged = allocate(sorted << ITEM_SHIFT, PURPOSE_SCRATCH);
    if (!merged) return false;
  }
  sort(sorted);
  return true;
}

// Keys and comparison ---------------------------------------------------------------------------------------------------

/** Makes the keys of the texts. A record without one has the lowest. */
function makeTextKeys(): void {
  const shared = sharedBytes();
  for (let index: u32 = 0; index < count; index++) {
    const record = recordAt(index);
    const has = load<u32>(record, WEIGHT) != 0;
    store<u64>(itemAt(index), has ? textKey(partOf(record, WEIGHT), load<u32>(record, WEIGHT_LENGTH), shared) : 0);
  }
}

/** With how many bytes all texts begin alike. */
function sharedBytes(): u32 {
  let first: usize = 0;
  let shared: u32 = 0;
  for (let index: u32 = 0; index < count; index++) {
    const record = recordAt(index);
    if (!load<u32>(record, WEIGHT)) continue;
    const text = partOf(record, WEIGHT);
    const length = load<u32>(record, WEIGHT_LENGTH);
    if (!first) {
      first = text;
      shared = length;
    } else shared = sharedLength(first, text, min<u32>(shared, length));
    if (!shared) break;
  }
  return shared;
}

/** Eight bytes of a text behind the first `skip`, the first as the highest, filled up with zeros. */
function textKey(text: usize, length: u32, skip: u32): u64 {
  const left = length - skip;
  if (left >= 8) return bswap<u64>(load<u64>(text + skip));
  let key: u64 = 0;
  for (let at: u32 = 0; at < left; at++) key |= (<u64>load<u8>(text + skip + at)) << (56 - (at << 3));
  return key;
}

/** Whether an item goes before another one. */
// @ts-ignore: decorator
@inline
function isBefore(first: usize, second: usize): bool {
  const left = load<u64>(first);
  const right = load<u64>(second);
  return left != right ? left < right : isRecordBefore(<usize>load<u32>(first, ITEM_RECORD), <usize>load<u32>(second, ITEM_RECORD));
}

/** The same of two records with one key. */
function isRecordBefore(first: usize, second: usize): bool {
  const difference = compareRecords(first, second);
  if (!difference) return first < second;
  return descends ? difference > 0 : difference < 0;
}

function compareRecords(first: usize, second: usize): i32 {
  if (!byText) return compareParts(first, second, ELEMENT);
  const left = load<u32>(first, WEIGHT);
  const right = load<u32>(second, WEIGHT);
  if (!left || !right) return left ? 1 : right ? -1 : 0;
  return compareParts(first, second, WEIGHT);
}

function compareParts(first: usize, second: usize, part: usize): i32 {
  return compareKeys(partOf(first, part), load<u32>(first + part, 4), partOf(second, part), load<u32>(second + part, 4));
}

// Sorting ---------------------------------------------------------------------------------------------------------------

// @ts-ignore: decorator
@inline
function put(target: usize, source: usize): void {
  store<u64>(target, load<u64>(source));
  store<u64>(target, load<u64>(source, ITEM_RECORD), ITEM_RECORD);
}

function swap(first: usize, second: usize): void {
  const key = load<u64>(first);
  const record = load<u64>(first, ITEM_RECORD);
  put(first, second);
  store<u64>(second, key);
  store<u64>(second, record, ITEM_RECORD);
}

/** Brings the first `few` of all items to the front, in any order. */
function selectFirst(few: u32): void {
  for (let top = <i32>(few >> 1) - 1; top >= 0; top--) siftDown(<u32>top, few);
  const end = itemAt(count);
  for (let item = itemAt(few); item < end; item += ITEM) {
    if (!isBefore(item, order)) continue;
    swap(item, order);
    siftDown(0, few);
  }
}

/** Lets an item of the heap sink below those that go behind it. */
function siftDown(from: u32, few: u32): void {
  let top = from;
  for (;;) {
    let child = (top << 1) + 1;
    if (child >= few) return;
    if (child + 1 < few && isBefore(itemAt(child), itemAt(child + 1))) child++;
    if (!isBefore(itemAt(top), itemAt(child))) return;
    swap(itemAt(top), itemAt(child));
    top = child;
  }
}

/** Sorts the first `few` items. */
function sort(few: u32): void {
  for (let from: u32 = 0; from < few; from += RUN) sortRun(from, min<u32>(from + RUN, few));
  for (let run = RUN; run < few; run <<= 1) {
    for (let from: u32 = 0; from < few; from += run << 1) mergeRuns(from, min<u32>(from + run, few), min<u32>(from + (run << 1), few));
    const other = order;
    order = merged;
    merged = other;
  }
}

/** Sorts a short run by insertion. */
function sortRun(from: u32, end: u32): void {
  for (let index = from + 1; index < end; index++) {
    for (let at = index; at > from && isBefore(itemAt(at), itemAt(at - 1)); at--) swap(itemAt(at), itemAt(at - 1));
  }
}

/** Merges the runs from..middle and middle..end. */
function mergeRuns(from: u32, middle: u32, end: u32): void {
  let left = itemAt(from);
  let right = itemAt(middle);
  const leftEnd = right;
  const rightEnd = itemAt(end);
  let target = merged + ((<usize>from) << ITEM_SHIFT);
  while (left < leftEnd && right < rightEnd) {
    if (isBefore(right, left)) {
      put(target, right);
      right += ITEM;
    } else {
      put(target, left);
      left += ITEM;
    }
    target += ITEM;
  }
  memory.copy(target, left, leftEnd - left);
  memory.copy(target + (leftEnd - left), right, rightEnd - right);
}
