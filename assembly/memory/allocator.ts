/**
 * The allocator: size classes in spans, and page runs for large blocks, with every byte accounted by purpose.
 *
 * Classes 1..64 are multiples of 8 bytes up to 512; from there four classes per doubling up to 256 KiB (class 100). A span
 * is a run of 1, 4 or 16 pages cut into slots of one class; its record lies in the page table (page-heap.ts), so a slot
 * has no header and freeing needs only the address. Freed slots form a list through their first word; fresh ones are cut
 * from the end of what was used, so untouched memory stays untouched. A class keeps a list of its spans that have room and
 * allocates from the first. A span whose last slot is freed goes back to the page heap, so memory moves between classes.
 * The layout follows the spans of tcmalloc and the page-local free lists of mimalloc (Leijen, Zorn, de Moura 2019).
 *
 * Blocks above 256 KiB are page runs of their own.
 *
 * Accounting counts what a block really takes (the class size or whole pages) under the purpose that its owner names when
 * it allocates and frees. The sum is exact: after all owners have freed, it is what it was before.
 *
 * Out of memory: `allocate` returns 0. Commands ask `memoryAdmit` first, so that small blocks never fail halfway.
 *
 * Invariants: (1) a span in a class list has a free or fresh slot; (2) used + free + fresh = capacity; (3) PAGE_LISTED
 * holds the span's pages << 8 beside the flag; (4) the counters equal the sum over all live blocks.
 *
 * Cost: O(1); about 3 ns per call on the fast path.
 */
import { PURPOSE_COUNT, PURPOSE_TABLE } from "../abi/status";
import { DEBUG } from "./debug";
import {
  CLASS_INTERIOR,
  CLASS_LARGE,
  PAGE_BYTES,
  PAGE_CLASS,
  PAGE_FREE,
  PAGE_FRESH,
  PAGE_LEFT,
  PAGE_LISTED,
  PAGE_NEXT,
  PAGE_PREVIOUS,
  PAGE_SHIFT,
  PAGE_USED,
  pageHeapInitialize,
  pageHeapLimit,
  pageRecord,
  pagesAdmit,
  pagesGive,
  pagesSpare,
  pagesTake,
  RECORD_SHIFT,
  pageTable,
} from "./page-heap";

export const CLASS_COUNT: u32 = 101;
const CLASS_BYTES_MAX: u32 = 262144;
/**
 * Pages that data leaves free: room for table splits, spans, replies and sessions when memory is full. A sixteenth of the
 * ceiling, at most RESERVE_PAGES_MAX. Large blocks of data leave three quarters of it, so that small ones behind them fit.
 */
const RESERVE_PAGES_MAX: u32 = 256;
let reservePages: u32 = RESERVE_PAGES_MAX;

/** Size of a class in bytes, and the page record of its first span with room (0: none), indexed by class. */
const classSizes: usize = memory.data(<i32>(CLASS_COUNT << 2), 8);
const classSpans: usize = memory.data(<i32>(CLASS_COUNT << 2), 8);
/** f64 bytes in use per purpose. */
export const purposeBytes: usize = memory.data(PURPOSE_COUNT << 3, 8);
/** Bytes in use over all purposes. */
export let memoryUsed: u64 = 0;

/** Prepares the heap, which owns all memory from `base` on. Returns false when the host refuses the first pages. */
export function memoryInitialize(base: usize): bool {
  for (let index: u32 = 1; index < CLASS_COUNT; index++) store<u32>(classSizes + ((<usize>index) << 2), computeClassSize(index));
  return pageHeapInitialize(base);
}

/** Sets the most pages that memory may grow to. */
export function memoryLimit(pages: u32): void {
  pageHeapLimit(pages);
  reservePages = pages >> 4 < RESERVE_PAGES_MAX ? pages >> 4 : RESERVE_PAGES_MAX;
}

function computeClassSize(index: u32): u32 {
  if (index <= 64) return index << 3;
  const step = index - 65;
  return (5 + (step & 3)) << ((step >> 2) + 7);
}

/** Class of a size. Requires: 1 <= size <= CLASS_BYTES_MAX. */
// @ts-ignore: decorator
@inline
function classOf(size: u32): u32 {
  if (size <= 512) return (size + 7) >> 3;
  const last = size - 1;
  const bit = 31 - clz<u32>(last);
  return 65 + ((bit - 9) << 2) + ((last >> (bit - 2)) & 3);
}

// @ts-ignore: decorator
@inline
function classSize(index: u32): u32 {
  return load<u32>(classSizes + ((<usize>index) << 2));
}

function spanPages(size: u32): u32 {
  return size <= 16384 ? 1 : size <= 65536 ? 4 : 16;
}

// @ts-ignore: decorator
@inline
function account(purpose: u32, bytes: i64): void {
  const counter = purposeBytes + ((<usize>purpose) << 3);
  store<f64>(counter, load<f64>(counter) + <f64>bytes);
  memoryUsed += bytes;
}

/** Bytes that a block of `size` would take. */
export function allocationSize(size: u32): u32 {
  if (size <= CLASS_BYTES_MAX) return classSize(classOf(size ? size : 1));
  return (size + PAGE_BYTES - 1) & ~(PAGE_BYTES - 1);
}

/**
 * A block of at least `size` bytes, 8-byte aligned (64-byte aligned when its class size is a multiple of 64), not zeroed;
 * 0 when there is no memory. Its owner frees it with the same purpose.
 */
export function allocate(size: u32, purpose: u32): usize {
  if (size > CLASS_BYTES_MAX) return allocateLarge(size, purpose);
  if (DEBUG) assert(size > 0 && purpose < <u32>PURPOSE_COUNT);
  const index = classOf(size);
  const bytes = classSize(index);
  const record = <usize>load<u32>(classSpans + ((<usize>index) << 2));
  let block: usize = 0;
  if (record) {
    block = <usize>load<u32>(record, PAGE_FREE);
    if (block) {
      store<u32>(record, load<u32>(block), PAGE_FREE);
      store<u32>(record, load<u32>(record, PAGE_USED) + 1, PAGE_USED);
      account(purpose, bytes);
      return block;
    }
  }
  block = takeFresh(index, bytes, record);
  if (block) account(purpose, bytes);
  return block;
}

/** The next fresh slot of the class's first span, which has no freed slot; a span without room leaves the list. */
function takeFresh(index: u32, bytes: u32, first: usize): usize {
  let record = first;
  while (record) {
    const freed = <usize>load<u32>(record, PAGE_FREE);
    if (freed) {
      store<u32>(record, load<u32>(freed), PAGE_FREE);
      store<u32>(record, load<u32>(record, PAGE_USED) + 1, PAGE_USED);
      return freed;
    }
    const left = load<u32>(record, PAGE_LEFT);
    if (left) return cutFresh(record, left, bytes);
    unlist(index, record);
    record = <usize>load<u32>(classSpans + ((<usize>index) << 2));
  }
  const pages = spanPages(bytes);
  const page = pagesTake(pages);
  if (!page) return 0;
  record = pageRecord(page);
  store<u32>(record, 0, PAGE_FREE);
  store<u32>(record, page << PAGE_SHIFT, PAGE_FRESH);
  store<u32>(record, 0, PAGE_USED);
  const capacity = (pages << PAGE_SHIFT) / bytes;
  store<u32>(record, capacity, PAGE_LEFT);
  store<u32>(record, index, PAGE_CLASS);
  store<u32>(record, pages << 8, PAGE_LISTED);
  for (let inner: u32 = 1; inner < pages; inner++) {
    store<u32>(pageRecord(page + inner), page, PAGE_FREE);
    store<u32>(pageRecord(page + inner), CLASS_INTERIOR, PAGE_CLASS);
  }
  list(index, record);
  return cutFresh(record, capacity, bytes);
}

// @ts-ignore: decorator
@inline
function cutFresh(record: usize, left: u32, bytes: u32): usize {
  const block = <usize>load<u32>(record, PAGE_FRESH);
  store<u32>(record, <u32>block + bytes, PAGE_FRESH);
  store<u32>(record, left - 1, PAGE_LEFT);
  store<u32>(record, load<u32>(record, PAGE_USED) + 1, PAGE_USED);
  return block;
}

/** Puts a span behind the first of its class list, or as the only one. */
function list(index: u32, record: usize): void {
  const head = classSpans + ((<usize>index) << 2);
  const page = pageOf(record);
  const first = <usize>load<u32>(head);
  store<u32>(record, load<u32>(record, PAGE_LISTED) | 1, PAGE_LISTED);
  if (!first) {
    store<u32>(record, 0, PAGE_NEXT);
    store<u32>(record, 0, PAGE_PREVIOUS);
    store<u32>(head, <u32>record);
    return;
  }
  const second = load<u32>(first, PAGE_NEXT);
  store<u32>(record, second, PAGE_NEXT);
  store<u32>(record, pageOf(first), PAGE_PREVIOUS);
  store<u32>(first, page, PAGE_NEXT);
  if (second) store<u32>(pageRecord(second), page, PAGE_PREVIOUS);
}

function unlist(index: u32, record: usize): void {
  const next = load<u32>(record, PAGE_NEXT);
  const previous = load<u32>(record, PAGE_PREVIOUS);
  if (next) store<u32>(pageRecord(next), previous, PAGE_PREVIOUS);
  if (previous) store<u32>(pageRecord(previous), next, PAGE_NEXT);
  else store<u32>(classSpans + ((<usize>index) << 2), next ? <u32>pageRecord(next) : 0);
  store<u32>(record, load<u32>(record, PAGE_LISTED) & ~1, PAGE_LISTED);
}

// @ts-ignore: decorator
@inline
function pageOf(record: usize): u32 {
  return <u32>((record - pageTable) >> RECORD_SHIFT);
}

function allocateLarge(size: u32, purpose: u32): usize {
  if (size > 0xffff0000) return 0;
  const pages = (size + PAGE_BYTES - 1) >> PAGE_SHIFT;
  if (purpose <= <u32>PURPOSE_TABLE && !pagesSpare(pages + reservePages - (reservePages >> 2))) return 0;
  const page = pagesTake(pages);
  if (!page) return 0;
  const record = pageRecord(page);
  store<u32>(record, pages, PAGE_FREE);
  store<u32>(record, CLASS_LARGE, PAGE_CLASS);
  if (pages > 1) {
    const last = pageRecord(page + pages - 1);
    store<u32>(last, page, PAGE_FREE);
    store<u32>(last, CLASS_INTERIOR, PAGE_CLASS);
  }
  account(purpose, (<i64>pages) << PAGE_SHIFT);
  return (<usize>page) << PAGE_SHIFT;
}

/** Bytes that the block really has. Requires: `block` came from `allocate` and is live. */
export function allocatedSize(block: usize): u32 {
  let record = pageRecord(<u32>(block >> PAGE_SHIFT));
  let index = load<u32>(record, PAGE_CLASS);
  if (index < CLASS_LARGE) return classSize(index);
  if (index == CLASS_INTERIOR) {
    record = pageRecord(load<u32>(record, PAGE_FREE));
    index = load<u32>(record, PAGE_CLASS);
    return classSize(index);
  }
  return load<u32>(record, PAGE_FREE) << PAGE_SHIFT;
}

/** Frees a block. Requires: it came from `allocate` with this purpose and is live. */
export function release(block: usize, purpose: u32): void {
  let record = pageRecord(<u32>(block >> PAGE_SHIFT));
  let index = load<u32>(record, PAGE_CLASS);
  if (index >= CLASS_LARGE) {
    if (index == CLASS_LARGE) {
      const pages = load<u32>(record, PAGE_FREE);
      account(purpose, -((<i64>pages) << PAGE_SHIFT));
      pagesGive(<u32>(block >> PAGE_SHIFT), pages);
      return;
    }
    record = pageRecord(load<u32>(record, PAGE_FREE));
    index = load<u32>(record, PAGE_CLASS);
  }
  if (DEBUG) {
    assert(index > 0 && index < CLASS_COUNT);
    assert(load<u32>(record, PAGE_USED) > 0);
    memory.fill(block, 0xdb, classSize(index));
  }
  account(purpose, -(<i64>classSize(index)));
  store<u32>(block, load<u32>(record, PAGE_FREE));
  store<u32>(record, <u32>block, PAGE_FREE);
  const used = load<u32>(record, PAGE_USED) - 1;
  store<u32>(record, used, PAGE_USED);
  const listed = load<u32>(record, PAGE_LISTED);
  if (!(listed & 1)) list(index, record);
  if (!used) releaseSpan(index, record);
}

/** Gives an empty span's pages back, unless it is the only one of its class that has room. */
function releaseSpan(index: u32, record: usize): void {
  const head = <usize>load<u32>(classSpans + ((<usize>index) << 2));
  if (head == record && !load<u32>(record, PAGE_NEXT)) return;
  unlist(index, record);
  pagesGive(pageOf(record), load<u32>(record, PAGE_LISTED) >> 8);
}

/**
 * True when `bytes` more can be allocated, in one block or in many, with the reserve to spare; grows memory if it must.
 * A command that was admitted allocates its small blocks without looking at failure. The bytes must lie in one run of pages
 * (with room for the widest span), the reserve need not: scattered deletes must let writes in again.
 */
export function memoryAdmit(bytes: u64): bool {
  const pages = bytes >> PAGE_SHIFT;
  if (pages + reservePages > 65536 || !pagesSpare(<u32>pages + reservePages)) return false;
  return pagesAdmit(bytes <= 16384 ? 1 : <u32>pages + spanPages(CLASS_BYTES_MAX) + 1);
}

/** Returns 0, or the number of a broken invariant of the spans (10 + number in the head). For debug builds. */
export function allocatorCheck(): i32 {
  for (let index: u32 = 1; index < CLASS_COUNT; index++) {
    let record = <usize>load<u32>(classSpans + ((<usize>index) << 2));
    let previous: u32 = 0;
    while (record) {
      if (load<u32>(record, PAGE_CLASS) != index || !(load<u32>(record, PAGE_LISTED) & 1)) return 11;
      if (load<u32>(record, PAGE_PREVIOUS) != previous) return 11;
      let free: u32 = 0;
      let slot = <usize>load<u32>(record, PAGE_FREE);
      while (slot) {
        free++;
        slot = <usize>load<u32>(slot);
      }
      const capacity = ((load<u32>(record, PAGE_LISTED) >> 8) << PAGE_SHIFT) / classSize(index);
      if (load<u32>(record, PAGE_USED) + free + load<u32>(record, PAGE_LEFT) != capacity) return 12;
      previous = pageOf(record);
      const next = load<u32>(record, PAGE_NEXT);
      record = next ? pageRecord(next) : 0;
    }
  }
  let sum: f64 = 0;
  for (let purpose = 0; purpose < PURPOSE_COUNT; purpose++) sum += load<f64>(purposeBytes + ((<usize>purpose) << 3));
  return sum == <f64>memoryUsed ? 0 : 14;
}
