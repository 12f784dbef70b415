/**
 * Sorting of tuples, and the k first of them.
 *
 * A sorter is a list of tuples (tuple-list.ts) that begin with their keys, and a directory of elements {u64 prefix, u32 tuple}. The
 * prefix says of most pairs which is first, so that sorting rarely looks at the tuples: the first key if it is unsigned, else its
 * first eight bytes; behind a flag or a small number what there is room for of the second key. Elements lie in segments of SORT_SEGMENT_ELEMENTS (64 KiB).
 *
 * `sort_step` sorts bottom up: runs of RUN elements by insertion, then merges from one directory to another (Knuth, TAOCP 3, 5.2.4,
 * natural order kept: the sort is stable). It goes as far as the budget of the state block and goes on when it is called again.
 *
 * Top-k keeps the elements as a heap with the last of the k at its root; `topk_finish` sorts them. The plan gives tuples a last
 * key that counts rows, so that the k are those of a stable sort.
 *
 * Private fields, behind those of abi/plan.ts:
 *
 *   44 u32 other directory   48 u32 width of the runs (0: elements are being made)   52 u32 begin of the pair of runs
 *   56 u32 next of its left, 60 right and 64 merged element   68 u32 most elements of a heap
 *
 * Invariants: (1) elements below SORT_COUNT name tuples of the list; (2) while a pair is merged, what was merged of it stands in the
 * other directory. Cost: n log n comparisons.
 */
import {
  CHUNK_END,
  CHUNK_NEXT,
  CHUNK_TUPLES,
  ELEMENT_SHIFT,
  ELEMENT_TUPLE,
  KEY_BYTES,
  KEY_BYTES_DESCENDING,
  KEY_FLAG,
  KEY_SMALL,
  LIST_COUNT,
  LIST_FIRST,
  LIST_PLAN,
  LIST_TUPLE,
  SORT_BYTES,
  SORT_COUNT,
  SORT_DIRECTORY,
  SORT_KEYS,
  SORT_KINDS,
  SORT_SEGMENT_ELEMENTS,
  SORT_SEGMENT_SHIFT,
  STATE_BUDGET,
  TOPK_CANDIDATE,
  TOPK_WORST,
} from "../abi/plan";
import { PLAN_DONE, PLAN_ERROR, PLAN_MORE } from "../abi/record";
import { DEBUG } from "../memory/debug";
import { compareWords, isInline } from "../value/word";
import { blockGive, blockTake, plan_allocate } from "./plan-memory";
import { list_add, list_seal, listOpen } from "./tuple-list";

const SORT_OTHER: usize = 44;
const SORT_WIDTH: usize = 48;
const SORT_BEGIN: usize = 52;
const SORT_LEFT: usize = 56;
const SORT_RIGHT: usize = 60;
const SORT_MERGED: usize = 64;
const TOPK_LIMIT: usize = 68;
const RUN: u32 = 16;
const SEGMENT_BYTES: u32 = SORT_SEGMENT_ELEMENTS << ELEMENT_SHIFT;

/** A sorter, or `sorter` emptied when there is one. */
export function sort_open(sorter: usize, plan: usize, tupleBytes: u32, keys: u32): usize {
  if (sorter) {
    freeDirectory(sorter, SORT_DIRECTORY);
    freeDirectory(sorter, SORT_OTHER);
  }
  const made = listOpen(sorter, plan, tupleBytes, SORT_BYTES);
  if (!made) return 0;
  if (!sorter) {
    const kinds = plan_allocate(plan, keys ? keys : 1);
    if (!kinds) return 0;
    store<u32>(made, keys, SORT_KEYS);
    store<u32>(made, <u32>kinds, SORT_KINDS);
  }
  store<u32>(made, 0, SORT_COUNT);
  store<u32>(made, 0, SORT_WIDTH);
  store<u32>(made, 0, TOPK_CANDIDATE);
  store<u32>(made, 0, TOPK_WORST);
  return made;
}

/** Says what a key is: KEY_*. */
export function sort_kind(sorter: usize, key: u32, kind: u32): void {
  store<u8>(<usize>load<u32>(sorter, SORT_KINDS) + key, <u8>kind);
}

/** A directory is {u32 segments, u32 segment...}. */
function makeDirectory(sorter: usize, elements: u32): usize {
  const plan = <usize>load<u32>(sorter, LIST_PLAN);
  const segments = (elements + SORT_SEGMENT_ELEMENTS - 1) >> SORT_SEGMENT_SHIFT;
  const directory = plan_allocate(plan, (segments << 2) + 4);
  if (!directory) return 0;
  store<u32>(directory, segments);
  const bytes = segments == 1 ? elements << ELEMENT_SHIFT : SEGMENT_BYTES;
  for (let index: u32 = 0; index < segments; index++) {
    const segment = blockTake(plan, bytes);
    store<u32>(directory + 4 + ((<usize>index) << 2), <u32>segment);
    if (!segment) {
      releaseDirectory(plan, directory);
      return 0;
    }
  }
  return directory + 4;
}

function releaseDirectory(plan: usize, directory: usize): void {
  const segments = load<u32>(directory);
  for (let index: u32 = 0; index < segments; index++) {
    const segment = <usize>load<u32>(directory + 4 + ((<usize>index) << 2));
    if (segment) blockGive(plan, segment);
  }
  blockGive(plan, directory);
}

function freeDirectory(sorter: usize, field: usize): void {
  const directory = <usize>load<u32>(sorter + field);
  if (directory) releaseDirectory(<usize>load<u32>(sorter, LIST_PLAN), directory - 4);
  store<u32>(sorter + field, 0);
}

// @ts-ignore: decorator
@inline
function elementAt(directory: usize, index: u32): usize {
  const segment = <usize>load<u32>(directory + ((<usize>(index >> SORT_SEGMENT_SHIFT)) << 2));
  return segment + ((<usize>(index & (SORT_SEGMENT_ELEMENTS - 1))) << ELEMENT_SHIFT);
}

// @ts-ignore: decorator
@inline
function copyElement(target: usize, source: usize): void {
  store<u64>(target, load<u64>(source));
  store<u64>(target, load<u64>(source, ELEMENT_TUPLE), ELEMENT_TUPLE);
}

/** What is compared first: the first key, and as much of the second one as there is room for behind a small key or a flag. */
function prefixOf(sorter: usize, tuple: usize): u64 {
  const kinds = <usize>load<u32>(sorter, SORT_KINDS);
  const kind = <u32>load<u8>(kinds);
  const hasSecond = load<u32>(sorter, SORT_KEYS) > 1;
  if (kind == KEY_SMALL) {
    const second: u64 = hasSecond && <u32>load<u8>(kinds, 1) == KEY_SMALL ? load<u64>(tuple, 8) >> 2 : 0;
    return (load<u64>(tuple) << 31) | second;
  }
  if (kind == KEY_FLAG && hasSecond) return (load<u64>(tuple) << 63) | (keyPrefix(<u32>load<u8>(kinds, 1), load<u64>(tuple, 8)) >> 1);
  return keyPrefix(kind, load<u64>(tuple));
}

function keyPrefix(kind: u32, key: u64): u64 {
  if (kind != KEY_BYTES && kind != KEY_BYTES_DESCENDING) return key;
  const prefix = isInline(key) ? bswap<u64>(key >> 8) : bswap<u64>(load<u64>(<usize>(key >> 32)));
  return kind == KEY_BYTES_DESCENDING ? ~prefix : prefix;
}

/** Whether the left tuple comes before the right one, all keys considered. */
function comesBefore(sorter: usize, left: usize, right: usize): bool {
  const keys = load<u32>(sorter, SORT_KEYS);
  const kinds = <usize>load<u32>(sorter, SORT_KINDS);
  for (let index: u32 = 0; index < keys; index++) {
    const first = load<u64>(left + ((<usize>index) << 3));
    const second = load<u64>(right + ((<usize>index) << 3));
    if (first == second) continue;
    const kind = <u32>load<u8>(kinds + index);
    if (kind != KEY_BYTES && kind != KEY_BYTES_DESCENDING) return first < second;
    const order = compareWords(first, second);
    if (order) return kind == KEY_BYTES_DESCENDING ? order > 0 : order < 0;
  }
  return false;
}

/** Whether the left element comes before the right one. */
// @ts-ignore: decorator
@inline
function isBefore(sorter: usize, left: usize, right: usize): bool {
  const first = load<u64>(left);
  const second = load<u64>(right);
  if (first != second) return first < second;
  return comesBefore(sorter, <usize>load<u32>(left, ELEMENT_TUPLE), <usize>load<u32>(right, ELEMENT_TUPLE));
}

/** Makes an element of each tuple. */
function makeElements(sorter: usize): bool {
  const count = load<u32>(sorter, LIST_COUNT);
  list_seal(sorter);
  const directory = makeDirectory(sorter, count);
  if (!directory) return false;
  store<u32>(sorter, <u32>directory, SORT_DIRECTORY);
  const other = makeDirectory(sorter, count);
  if (!other) return false;
  store<u32>(sorter, <u32>other, SORT_OTHER);
  const tupleBytes = load<u32>(sorter, LIST_TUPLE);
  let index: u32 = 0;
  let chunk = <usize>load<u32>(sorter, LIST_FIRST);
  while (chunk) {
    const end = <usize>load<u32>(chunk, CHUNK_END);
    for (let tuple = chunk + CHUNK_TUPLES; tuple < end; tuple += tupleBytes) {
      const element = elementAt(directory, index++);
      store<u64>(element, prefixOf(sorter, tuple));
      store<u64>(element, <u64>tuple, ELEMENT_TUPLE);
    }
    chunk = <usize>load<u32>(chunk, CHUNK_NEXT);
  }
  if (DEBUG) assert(index == count);
  store<u32>(sorter, count, SORT_COUNT);
  return true;
}

/** Sorts a run by insertion. Runs do not cross segments. */
function sortRun(sorter: usize, directory: usize, begin: u32, end: u32): void {
  const base = elementAt(directory, begin);
  const last = base + ((<usize>(end - begin)) << ELEMENT_SHIFT);
  for (let place = base + (1 << ELEMENT_SHIFT); place < last; place += 1 << ELEMENT_SHIFT) {
    const prefix = load<u64>(place);
    const tuple = load<u64>(place, ELEMENT_TUPLE);
    let hole = place;
    while (hole > base) {
      const before = hole - (1 << ELEMENT_SHIFT);
      const other = load<u64>(before);
      if (prefix > other || (prefix == other && !comesBefore(sorter, <usize>tuple, <usize>load<u32>(before, ELEMENT_TUPLE)))) break;
      copyElement(hole, before);
      hole = before;
    }
    store<u64>(hole, prefix);
    store<u64>(hole, tuple, ELEMENT_TUPLE);
  }
}

/** Sorts (more of) the runs, from SORT_BEGIN on. Returns what is left of the budget. */
function sortRuns(sorter: usize, budget: i32): i32 {
  const count = load<u32>(sorter, LIST_COUNT);
  const directory = <usize>load<u32>(sorter, SORT_DIRECTORY);
  let begin = load<u32>(sorter, SORT_BEGIN);
  for (; begin < count && budget > 0; begin += RUN) {
    sortRun(sorter, directory, begin, begin + RUN < count ? begin + RUN : count);
    budget -= <i32>RUN;
  }
  store<u32>(sorter, begin < count ? begin : count, SORT_BEGIN);
  return budget;
}

/** Sorts as far as the state block's budget goes. Answers PLAN_*. */
export function sort_step(sorter: usize, state: usize): i32 {
  const count = load<u32>(sorter, LIST_COUNT);
  if (count == 0) return PLAN_DONE;
  let budget = load<i32>(state, STATE_BUDGET);
  if (!load<u32>(sorter, SORT_DIRECTORY)) {
    if (budget <= 0) return PLAN_MORE;
    if (!makeElements(sorter)) return PLAN_ERROR;
    budget -= <i32>count;
    // Without keys the tuples stay as they came.
    store<u32>(sorter, load<u32>(sorter, SORT_KEYS) ? 0 : count, SORT_WIDTH);
    store<u32>(sorter, 0, SORT_BEGIN);
  }
  if (!load<u32>(sorter, SORT_WIDTH)) {
    budget = sortRuns(sorter, budget);
    if (load<u32>(sorter, SORT_BEGIN) < count) {
      store<i32>(state, budget, STATE_BUDGET);
      return PLAN_MORE;
    }
    store<u32>(sorter, RUN, SORT_WIDTH);
    openPair(sorter, 0);
  }
  while (load<u32>(sorter, SORT_WIDTH) < count) {
    if (budget <= 0) {
      store<i32>(state, budget, STATE_BUDGET);
      return PLAN_MORE;
    }
    budget = mergePair(sorter, budget);
  }
  store<i32>(state, budget, STATE_BUDGET);
  return PLAN_DONE;
}

function openPair(sorter: usize, begin: u32): void {
  store<u32>(sorter, begin, SORT_BEGIN);
  store<u32>(sorter, begin, SORT_LEFT);
  store<u32>(sorter, begin + load<u32>(sorter, SORT_WIDTH), SORT_RIGHT);
  store<u32>(sorter, begin, SORT_MERGED);
}

/** Merges (more of) the pair of runs at hand, and goes to the next pair or pass at its end. Returns what is left of the budget. */
function mergePair(sorter: usize, budget: i32): i32 {
  const count = load<u32>(sorter, LIST_COUNT);
  const width = load<u32>(sorter, SORT_WIDTH);
  const source = <usize>load<u32>(sorter, SORT_DIRECTORY);
  const target = <usize>load<u32>(sorter, SORT_OTHER);
  const begin = load<u32>(sorter, SORT_BEGIN);
  const middle = begin + width < count ? begin + width : count;
  const end = middle + width < count ? middle + width : count;
  let left = load<u32>(sorter, SORT_LEFT);
  let right = load<u32>(sorter, SORT_RIGHT) < end ? load<u32>(sorter, SORT_RIGHT) : end;
  let merged = load<u32>(sorter, SORT_MERGED);
  while (merged < end && budget > 0) {
    const takeRight = left == middle || (right < end && isBefore(sorter, elementAt(source, right), elementAt(source, left)));
    copyElement(elementAt(target, merged++), elementAt(source, takeRight ? right++ : left++));
    budget--;
  }
  if (merged < end) {
    store<u32>(sorter, left, SORT_LEFT);
    store<u32>(sorter, right, SORT_RIGHT);
    store<u32>(sorter, merged, SORT_MERGED);
    return budget;
  }
  if (end < count) {
    openPair(sorter, end);
    return budget;
  }
  store<u32>(sorter, <u32>target, SORT_DIRECTORY);
  store<u32>(sorter, <u32>source, SORT_OTHER);
  store<u32>(sorter, width << 1, SORT_WIDTH);
  openPair(sorter, 0);
  return budget;
}

// Top-k -----------------------------------------------------------------------------------------------------------------

/** A sorter that keeps the first `limit` tuples; the candidate is ready to be filled. Requires: 1 <= limit. */
export function topk_open(sorter: usize, plan: usize, tupleBytes: u32, keys: u32, limit: u32): usize {
  const made = sort_open(sorter, plan, tupleBytes, keys);
  if (!made) return 0;
  store<u32>(made, limit, TOPK_LIMIT);
  const directory = makeDirectory(made, limit);
  if (!directory) return 0;
  store<u32>(made, <u32>directory, SORT_DIRECTORY);
  const candidate = list_add(made);
  if (!candidate) return 0;
  store<u32>(made, <u32>candidate, TOPK_CANDIDATE);
  return made;
}

/** Keeps the candidate if it is among the first; another candidate is ready then. False and an error without memory. */
export function topk_push(sorter: usize): i32 {
  const directory = <usize>load<u32>(sorter, SORT_DIRECTORY);
  const candidate = <usize>load<u32>(sorter, TOPK_CANDIDATE);
  const count = load<u32>(sorter, SORT_COUNT);
  const limit = load<u32>(sorter, TOPK_LIMIT);
  const prefix = prefixOf(sorter, candidate);
  if (count < limit) {
    let index = count;
    while (index > 0) {
      const parent = elementAt(directory, (index - 1) >> 1);
      if (!isLater(sorter, prefix, candidate, parent)) break;
      copyElement(elementAt(directory, index), parent);
      index = (index - 1) >> 1;
    }
    putElement(elementAt(directory, index), prefix, candidate);
    store<u32>(sorter, count + 1, SORT_COUNT);
    const next = list_add(sorter);
    if (!next) return 0;
    store<u32>(sorter, <u32>next, TOPK_CANDIDATE);
  } else {
    const root = elementAt(directory, 0);
    if (isLater(sorter, prefix, candidate, root)) return 1;
    store<u32>(sorter, load<u32>(root, ELEMENT_TUPLE), TOPK_CANDIDATE);
    siftDown(sorter, directory, count, prefix, candidate);
  }
  if (load<u32>(sorter, SORT_COUNT) == limit) store<u32>(sorter, load<u32>(elementAt(directory, 0), ELEMENT_TUPLE), TOPK_WORST);
  return 1;
}

function putElement(element: usize, prefix: u64, tuple: usize): void {
  store<u64>(element, prefix);
  store<u64>(element, <u64>tuple, ELEMENT_TUPLE);
}

/** Whether a tuple comes behind an element. */
function isLater(sorter: usize, prefix: u64, tuple: usize, element: usize): bool {
  const other = load<u64>(element);
  return prefix != other ? prefix > other : comesBefore(sorter, <usize>load<u32>(element, ELEMENT_TUPLE), tuple);
}

/** Puts a tuple in the root's place, and down to where it belongs among the first `count` elements. */
function siftDown(sorter: usize, directory: usize, count: u32, prefix: u64, tuple: usize): void {
  let index: u32 = 0;
  while (true) {
    let child = (index << 1) + 1;
    if (child >= count) break;
    if (child + 1 < count && isBefore(sorter, elementAt(directory, child), elementAt(directory, child + 1))) child++;
    const element = elementAt(directory, child);
    if (isLater(sorter, prefix, tuple, element)) break;
    copyElement(elementAt(directory, index), element);
    index = child;
  }
  putElement(elementAt(directory, index), prefix, tuple);
}

/** Brings the heap into order. */
export function topk_finish(sorter: usize): i32 {
  const directory = <usize>load<u32>(sorter, SORT_DIRECTORY);
  for (let count = load<u32>(sorter, SORT_COUNT); count > 1; count--) {
    const last = elementAt(directory, count - 1);
    const prefix = load<u64>(last);
    const tuple = <usize>load<u32>(last, ELEMENT_TUPLE);
    copyElement(last, elementAt(directory, 0));
    siftDown(sorter, directory, count - 1, prefix, tuple);
  }
  return PLAN_DONE;
}
