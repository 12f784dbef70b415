/**
 * Hash tables of joins, groups and distinct rows: lists of tuples (tuple-list.ts) that are chained in buckets. Generated code
 * looks up by itself (layout: abi/plan.ts, TABLE_* and TUPLE_*): it hashes its keys, follows a bucket's chain and compares; here
 * tuples are added and buckets made.
 *
 * Two ways of use. Groups look up while they add: `table_add` links at once and doubles the directory when the table is full. A
 * join adds first, without links (`list_add`), and `table_link` then makes a directory of the right size and links in steps. It also
 * makes a filter: most rows that look for a partner have none, and the filter of a small table stays in the cache.
 *
 * The directory has segments of TABLE_SEGMENT_BUCKETS buckets (64 KiB), so that no table needs one large block; a bucket is
 * segment (hash & mask) >> TABLE_SEGMENT_SHIFT, then the lower bits.
 *
 * Invariants: (1) buckets are a power of two, BUCKETS_MIN at least; (2) a linked tuple is in the bucket of its hash; (3) chains
 * hold the newest tuple first (joins of both ways give the same pairs in some order).
 * Cost: O(1) expected; doubling O(tuples), amortised O(1). `table_link` does about `budget` tuples a call.
 */
import {
  CHUNK_END,
  CHUNK_NEXT,
  CHUNK_TUPLES,
  LIST_COUNT,
  LIST_FIRST,
  LIST_PLAN,
  LIST_TUPLE,
  STATE_BUDGET,
  TABLE_BYTES,
  TABLE_DIRECTORY,
  TABLE_FILTER,
  TABLE_FILTER_SHIFT,
  TABLE_LIMIT,
  TABLE_LINK_CHUNK,
  TABLE_LINK_NEXT,
  TABLE_LINKED,
  TABLE_MASK,
  TABLE_SEGMENT_BUCKETS,
  TABLE_SEGMENT_SHIFT,
  TUPLE_HASH,
  TUPLE_NEXT,
} from "../abi/plan";
import { PLAN_DONE, PLAN_ERROR, PLAN_MORE } from "../abi/record";
import { DEBUG } from "../memory/debug";
import { blockGive, blockTake } from "./plan-memory";
import { list_add, list_seal, listClear, listOpen } from "./tuple-list";

const BUCKETS_MIN: u32 = 16;
/**
 * Words of a filter, as shifts: 1 KiB to 256 KiB, a word for four tuples at most: two bits of 16 for each, so that about 2 % of
 * the rows without a partner pass (Putze, Sanders, Singler, "Cache-, Hash- and Space-Efficient Bloom Filters", 2007). Tables of
 * more tuples have none.
 */
const FILTER_SHIFT_MIN: u32 = 7;
const FILTER_SHIFT_MAX: u32 = 15;
const FILTER_TUPLE_SHIFT: u32 = 2;
/** 2^28 buckets: a directory of segments of 64 KiB. */
const BUCKETS_MAX: u32 = 268435456;

function segmentsOf(buckets: u32): u32 {
  return buckets <= <u32>TABLE_SEGMENT_BUCKETS ? 1 : buckets >> TABLE_SEGMENT_SHIFT;
}

/** A directory of empty buckets, 0 without memory. */
function makeDirectory(plan: usize, buckets: u32): usize {
  const segments = segmentsOf(buckets);
  const bytes = (buckets < <u32>TABLE_SEGMENT_BUCKETS ? buckets : <u32>TABLE_SEGMENT_BUCKETS) << 2;
  const directory = blockTake(plan, segments << 2);
  if (!directory) return 0;
  for (let index: u32 = 0; index < segments; index++) {
    const segment = blockTake(plan, bytes);
    if (!segment) {
      for (let made: u32 = 0; made < index; made++) blockGive(plan, <usize>load<u32>(directory + ((<usize>made) << 2)));
      blockGive(plan, directory);
      return 0;
    }
    memory.fill(segment, 0, bytes);
    store<u32>(directory + ((<usize>index) << 2), <u32>segment);
  }
  return directory;
}

function freeDirectory(table: usize): void {
  const directory = <usize>load<u32>(table, TABLE_DIRECTORY);
  if (!directory) return;
  const plan = <usize>load<u32>(table, LIST_PLAN);
  const segments = segmentsOf(load<u32>(table, TABLE_MASK) + 1);
  for (let index: u32 = 0; index < segments; index++) blockGive(plan, <usize>load<u32>(directory + ((<usize>index) << 2)));
  blockGive(plan, directory);
  store<u32>(table, 0, TABLE_DIRECTORY);
}

function freeFilter(table: usize): void {
  const filter = <usize>load<u32>(table, TABLE_FILTER);
  if (filter) blockGive(<usize>load<u32>(table, LIST_PLAN), filter);
  store<u32>(table, 0, TABLE_FILTER);
}

/** A filter for so many tuples, empty, or one that says yes to all. */
function makeFilter(table: usize, count: u32): bool {
  freeFilter(table);
  const isSmall = count <= (<u32>1) << (FILTER_SHIFT_MAX + FILTER_TUPLE_SHIFT);
  let shift = FILTER_SHIFT_MIN;
  while (isSmall && (<u32>1) << (shift + FILTER_TUPLE_SHIFT) < count) shift++;
  const bytes: u32 = (<u32>8) << shift;
  const filter = blockTake(<usize>load<u32>(table, LIST_PLAN), bytes);
  if (!filter) return false;
  memory.fill(filter, isSmall ? 0 : 255, bytes);
  store<u32>(table, <u32>filter, TABLE_FILTER);
  store<u32>(table, 32 - shift, TABLE_FILTER_SHIFT);
  return true;
}

function install(table: usize, directory: usize, buckets: u32): void {
  store<u32>(table, <u32>directory, TABLE_DIRECTORY);
  store<u32>(table, buckets - 1, TABLE_MASK);
  store<u32>(table, buckets, TABLE_LIMIT);
}

/** A table, or `table` emptied when there is one. */
export function table_open(table: usize, plan: usize, tupleBytes: u32): usize {
  if (table) {
    freeDirectory(table);
    freeFilter(table);
  }
  const made = listOpen(table, plan, tupleBytes, TABLE_BYTES);
  if (!made) return 0;
  const directory = makeDirectory(plan, BUCKETS_MIN);
  if (!directory) {
    // `plan_close` frees the rest.
    return 0;
  }
  install(made, directory, BUCKETS_MIN);
  store<u32>(made, 0, TABLE_LINKED);
  store<u32>(made, 0, TABLE_LINK_CHUNK);
  store<u32>(made, 0, TABLE_LINK_NEXT);
  return made;
}

// @ts-ignore: decorator
@inline
function link(directory: usize, mask: u32, tuple: usize): void {
  const bucket = load<u32>(tuple, TUPLE_HASH) & mask;
  const segment = <usize>load<u32>(directory + ((<usize>(bucket >> TABLE_SEGMENT_SHIFT)) << 2));
  const place = segment + ((<usize>(bucket & (TABLE_SEGMENT_BUCKETS - 1))) << 2);
  store<u32>(tuple, load<u32>(place), TUPLE_NEXT);
  store<u32>(place, <u32>tuple);
}

/** Twice the buckets. A table that cannot grow gets slower, no more. */
function grow(table: usize): bool {
  const buckets = (load<u32>(table, TABLE_MASK) + 1) << 1;
  if (buckets > BUCKETS_MAX) return true;
  const directory = makeDirectory(<usize>load<u32>(table, LIST_PLAN), buckets);
  if (!directory) return false;
  freeDirectory(table);
  install(table, directory, buckets);
  list_seal(table);
  const tupleBytes = load<u32>(table, LIST_TUPLE);
  let chunk = <usize>load<u32>(table, LIST_FIRST);
  while (chunk) {
    const end = <usize>load<u32>(chunk, CHUNK_END);
    for (let tuple = chunk + CHUNK_TUPLES; tuple < end; tuple += tupleBytes) link(directory, buckets - 1, tuple);
    chunk = <usize>load<u32>(chunk, CHUNK_NEXT);
  }
  return true;
}

/** A zeroed tuple with this hash, linked; 0 and an error without memory. Requires: no tuple waits for `table_link`. */
export function table_add(table: usize, hash: u32): usize {
  if (load<u32>(table, LIST_COUNT) >= load<u32>(table, TABLE_LIMIT) && !grow(table)) return 0;
  const tuple = list_add(table);
  if (!tuple) return 0;
  store<u32>(tuple, hash, TUPLE_HASH);
  link(<usize>load<u32>(table, TABLE_DIRECTORY), load<u32>(table, TABLE_MASK), tuple);
  return tuple;
}

/** Makes the directory for all tuples that were added without links. False and an error without memory. */
function beginLinks(table: usize): bool {
  list_seal(table);
  const count = load<u32>(table, LIST_COUNT);
  let buckets = BUCKETS_MIN;
  while (buckets < count && buckets < BUCKETS_MAX) buckets <<= 1;
  if (!makeFilter(table, count)) return false;
  if (buckets != load<u32>(table, TABLE_MASK) + 1) {
    const directory = makeDirectory(<usize>load<u32>(table, LIST_PLAN), buckets);
    if (!directory) return false;
    freeDirectory(table);
    install(table, directory, buckets);
  }
  const first = load<u32>(table, LIST_FIRST);
  store<u32>(table, first, TABLE_LINK_CHUNK);
  store<u32>(table, first + CHUNK_TUPLES, TABLE_LINK_NEXT);
  store<u32>(table, 1, TABLE_LINKED);
  return true;
}

/** Links what was added, as far as the state block's budget goes. Answers PLAN_*. */
export function table_link(table: usize, state: usize): i32 {
  if (!load<u32>(table, TABLE_LINKED) && !beginLinks(table)) return PLAN_ERROR;
  const directory = <usize>load<u32>(table, TABLE_DIRECTORY);
  const mask = load<u32>(table, TABLE_MASK);
  const tupleBytes = load<u32>(table, LIST_TUPLE);
  const filter = <usize>load<u32>(table, TABLE_FILTER);
  const shift = load<u32>(table, TABLE_FILTER_SHIFT);
  let budget = load<i32>(state, STATE_BUDGET);
  let chunk = <usize>load<u32>(table, TABLE_LINK_CHUNK);
  let tuple = <usize>load<u32>(table, TABLE_LINK_NEXT);
  while (chunk) {
    const end = <usize>load<u32>(chunk, CHUNK_END);
    if (budget <= 0) {
      store<u32>(table, <u32>chunk, TABLE_LINK_CHUNK);
      store<u32>(table, <u32>tuple, TABLE_LINK_NEXT);
      store<i32>(state, budget, STATE_BUDGET);
      return PLAN_MORE;
    }
    const from = tuple;
    for (; tuple < end; tuple += tupleBytes) {
      link(directory, mask, tuple);
      const hash = load<u32>(tuple, TUPLE_HASH);
      const word = filter + ((<usize>(hash >> shift)) << 3);
      store<u64>(word, load<u64>(word) | ((<u64>1) << (hash & 63)) | ((<u64>1) << ((hash >> 6) & 63)));
    }
    if (DEBUG) assert(tuple == end);
    budget -= <i32>((end - from) / <usize>tupleBytes);
    chunk = <usize>load<u32>(chunk, CHUNK_NEXT);
    tuple = chunk + CHUNK_TUPLES;
  }
  store<u32>(table, 0, TABLE_LINKED);
  store<i32>(state, budget, STATE_BUDGET);
  return PLAN_DONE;
}

/** Frees all tuples and buckets before the execution ends. */
export function table_clear(table: usize): void {
  listClear(table);
  freeDirectory(table);
  freeFilter(table);
}
