/**
 * The page heap: runs of 64 KiB pages, the ground that spans and large blocks stand on.
 *
 * Layout. A page table of PAGE_LIMIT records lies at the start of the heap, one per WebAssembly page of a 4 GiB memory
 * (2 MiB of addresses; only records of pages in use are ever touched). A record, 32 bytes:
 *
 *   offset  span head (class 1..)    free run head (class 0)    large run head     interior page
 *   0       first freed slot | 0     length in pages            length in pages    page number of the head
 *   4       next fresh slot
 *   8       slots in use
 *   12      fresh slots left
 *   16      size class               CLASS_FREE                 CLASS_LARGE        CLASS_INTERIOR
 *   20      1 while in a list
 *   24, 28  page numbers of the next and previous span or run of the list (0: none)
 *
 * The last page of a free run has the head's page number at offset 0 too (CLASS_INTERIOR), so both neighbours of a freed
 * run are found without a search (boundary tags: Knuth, TAOCP 1, 2.5). Free runs of 1..63 pages hang in exact bins, longer
 * ones in bin 64; a bit set tells which bins are filled. Interior pages of a free run carry stale records.
 *
 * Invariants: (1) no two free runs touch; (2) every page below `pageEnd` belongs to exactly one run, span or to the page
 * table; (3) a bin's bit is set iff its list is not empty.
 *
 * Cost: take and give O(1) up to 63 pages, O(runs in bin 64) above. memory.grow costs 0.1-1.2 ms whatever the step, so
 * memory grows by GROW_PAGES_MIN..GROW_PAGES_MAX at a time.
 */
import { DEBUG } from "./debug";

export const PAGE_SHIFT: u32 = 16;
export const PAGE_BYTES: u32 = 1 << PAGE_SHIFT;
const PAGE_LIMIT: u32 = 65536;

export const RECORD_SHIFT: u32 = 5;
export const PAGE_FREE: usize = 0;
export const PAGE_FRESH: usize = 4;
export const PAGE_USED: usize = 8;
export const PAGE_LEFT: usize = 12;
export const PAGE_CLASS: usize = 16;
export const PAGE_LISTED: usize = 20;
export const PAGE_NEXT: usize = 24;
export const PAGE_PREVIOUS: usize = 28;

export const CLASS_FREE: u32 = 0;
export const CLASS_LARGE: u32 = 254;
export const CLASS_INTERIOR: u32 = 255;

const BIN_COUNT: u32 = 65;
const BIN_LAST: u32 = 64;
const GROW_PAGES_MIN: u32 = 256;
const GROW_PAGES_MAX: u32 = 1024;

/** Address of the page table. */
export let pageTable: usize = 0;
/** First page number that the page heap hands out, and the first one past the memory it owns. */
let pageBegin: u32 = 0;
let pageEnd: u32 = 0;
/** Most pages that memory may have; lowered by the host. */
let pageCeiling: u32 = PAGE_LIMIT;
const bins: usize = memory.data(<i32>(BIN_COUNT << 2), 8);
let binBits: u64 = 0;
let binLastFilled: bool = false;
/** Pages of all free runs. */
let pagesFree: u32 = 0;
/** Head of the free run that `pagesAdmit` found last, 0 when it has been taken since. */
let admitted: u32 = 0;

// @ts-ignore: decorator
@inline
export function pageRecord(page: u32): usize {
  return pageTable + ((<usize>page) << RECORD_SHIFT);
}

/**
 * Lays the page table at `base`, from where on memory is the page heap's (the engine passes __heap_base). Returns false when
 * the host refuses the memory for it.
 */
export function pageHeapInitialize(base: usize): bool {
  pageTable = (base + 63) & ~63;
  const tableEnd = pageTable + ((<usize>PAGE_LIMIT) << RECORD_SHIFT);
  pageBegin = <u32>((tableEnd + PAGE_BYTES - 1) >> PAGE_SHIFT);
  pageEnd = pageBegin;
  const size = <u32>memory.size();
  if (size < pageBegin && memory.grow(<i32>(pageBegin - size)) == -1) return false;
  const now = <u32>memory.size();
  if (now > pageBegin) {
    pageEnd = now;
    putRun(pageBegin, now - pageBegin);
  }
  return true;
}

/** Sets the most pages that memory may grow to. */
export function pageHeapLimit(pages: u32): void {
  pageCeiling = pages < PAGE_LIMIT ? pages : PAGE_LIMIT;
}

// @ts-ignore: decorator
@inline
function binOf(pages: u32): u32 {
  return pages < BIN_LAST ? pages : BIN_LAST;
}

function link(head: u32, pages: u32): void {
  pagesFree += pages;
  const bin = binOf(pages);
  const first = load<u32>(bins + ((<usize>bin) << 2));
  const record = pageRecord(head);
  store<u32>(record, first, PAGE_NEXT);
  store<u32>(record, 0, PAGE_PREVIOUS);
  if (first) store<u32>(pageRecord(first), head, PAGE_PREVIOUS);
  store<u32>(bins + ((<usize>bin) << 2), head);
  if (bin == BIN_LAST) binLastFilled = true;
  else binBits |= (<u64>1) << bin;
}

function unlink(head: u32, pages: u32): void {
  if (head == admitted) admitted = 0;
  pagesFree -= pages;
  const bin = binOf(pages);
  const record = pageRecord(head);
  const next = load<u32>(record, PAGE_NEXT);
  const previous = load<u32>(record, PAGE_PREVIOUS);
  if (next) store<u32>(pageRecord(next), previous, PAGE_PREVIOUS);
  if (previous) store<u32>(pageRecord(previous), next, PAGE_NEXT);
  else {
    store<u32>(bins + ((<usize>bin) << 2), next);
    if (!next) {
      if (bin == BIN_LAST) binLastFilled = false;
      else binBits &= ~((<u64>1) << bin);
    }
  }
}

/** Makes the pages one free run, without looking at its neighbours. */
function putRun(head: u32, pages: u32): void {
  const record = pageRecord(head);
  store<u32>(record, pages, PAGE_FREE);
  store<u32>(record, CLASS_FREE, PAGE_CLASS);
  if (pages > 1) {
    const last = pageRecord(head + pages - 1);
    store<u32>(last, head, PAGE_FREE);
    store<u32>(last, CLASS_INTERIOR, PAGE_CLASS);
  }
  link(head, pages);
}

/** Head of a free run of at least `pages`, or 0. Best fit among exact bins, first fit in the last one. */
function findRun(pages: u32): u32 {
  if (pages < BIN_LAST) {
    const candidates = binBits & (~(<u64>0) << pages);
    if (candidates) return load<u32>(bins + ((<usize>ctz(candidates)) << 2));
    return load<u32>(bins + ((<usize>BIN_LAST) << 2));
  }
  let head = load<u32>(bins + ((<usize>BIN_LAST) << 2));
  while (head && load<u32>(pageRecord(head), PAGE_FREE) < pages) head = load<u32>(pageRecord(head), PAGE_NEXT);
  return head;
}

/** Marks pages that somebody else has grown memory by as taken for good. */
function skipForeign(size: u32): void {
  const record = pageRecord(pageEnd);
  store<u32>(record, size - pageEnd, PAGE_FREE);
  store<u32>(record, CLASS_LARGE, PAGE_CLASS);
  if (size - pageEnd > 1) {
    store<u32>(pageRecord(size - 1), pageEnd, PAGE_FREE);
    store<u32>(pageRecord(size - 1), CLASS_INTERIOR, PAGE_CLASS);
  }
}

/** Pages of the free run at the end of memory. */
function tailPages(): u32 {
  if (pageEnd == pageBegin || <u32>memory.size() != pageEnd) return 0;
  const last = pageRecord(pageEnd - 1);
  const kind = load<u32>(last, PAGE_CLASS);
  if (kind == CLASS_FREE) return 1;
  if (kind != CLASS_INTERIOR) return 0;
  const head = load<u32>(last, PAGE_FREE);
  const record = pageRecord(head);
  return load<u32>(record, PAGE_CLASS) == CLASS_FREE && head + load<u32>(record, PAGE_FREE) == pageEnd ? pageEnd - head : 0;
}

/** Grows memory by at least `need` pages. Returns false at the ceiling or when the host refuses. */
function growBy(need: u32): bool {
  const size = <u32>memory.size();
  if (size + need > pageCeiling) return false;
  let step = size >> 3;
  if (step < GROW_PAGES_MIN) step = GROW_PAGES_MIN;
  if (step > GROW_PAGES_MAX) step = GROW_PAGES_MAX;
  if (step < need) step = need;
  if (size + step > pageCeiling) step = pageCeiling - size;
  if (memory.grow(<i32>step) == -1) {
    step = need;
    if (!step || memory.grow(<i32>step) == -1) return false;
  }
  if (size > pageEnd) skipForeign(size);
  pageEnd = size + step;
  pagesGive(size, step);
  return true;
}

/** Grows memory so that a free run of at least `pages` exists. */
function growFor(pages: u32): bool {
  const tail = tailPages();
  return growBy(pages - (tail < pages ? tail : pages));
}

/** True when at least `pages` pages are free, in whatever runs, growing memory if it must. */
export function pagesSpare(pages: u32): bool {
  return pagesFree >= pages || growBy(pages - pagesFree);
}

/**
 * True when a free run of at least `pages` pages exists, growing memory if it must. Requires: pages >= 1.
 * A caller that was told true may take that many pages without failing.
 */
export function pagesAdmit(pages: u32): bool {
  if (admitted && load<u32>(pageRecord(admitted), PAGE_FREE) >= pages) return true;
  admitted = findRun(pages);
  if (!admitted && growFor(pages)) admitted = findRun(pages);
  return admitted != 0;
}

/** Takes a run of exactly `pages` pages and returns its first page number, or 0 when there is no memory. */
export function pagesTake(pages: u32): u32 {
  if (DEBUG) assert(pages > 0 && pages <= PAGE_LIMIT);
  let head = findRun(pages);
  if (!head) {
    if (!growFor(pages)) return 0;
    head = findRun(pages);
    if (!head) return 0;
  }
  const length = load<u32>(pageRecord(head), PAGE_FREE);
  if (DEBUG) assert(length >= pages);
  unlink(head, length);
  if (length > pages) putRun(head + pages, length - pages);
  return head;
}

/** Gives a run of pages back and joins it with free neighbours. */
export function pagesGive(page: u32, count: u32): void {
  if (DEBUG) assert(page >= pageBegin && page + count <= pageEnd);
  let head = page;
  let pages = count;
  const after = page + count;
  if (after < pageEnd) {
    const record = pageRecord(after);
    if (load<u32>(record, PAGE_CLASS) == CLASS_FREE) {
      const length = load<u32>(record, PAGE_FREE);
      unlink(after, length);
      pages += length;
    }
  }
  if (page > pageBegin) {
    const record = pageRecord(page - 1);
    let before: u32 = 0;
    const kind = load<u32>(record, PAGE_CLASS);
    if (kind == CLASS_FREE) before = page - 1;
    else if (kind == CLASS_INTERIOR) before = load<u32>(record, PAGE_FREE);
    if (before) {
      const start = pageRecord(before);
      if (load<u32>(start, PAGE_CLASS) == CLASS_FREE) {
        const length = load<u32>(start, PAGE_FREE);
        unlink(before, length);
        head = before;
        pages += length;
      }
    }
  }
  putRun(head, pages);
}

/** Walks all runs and lists and counts. Returns 0, or the number of the first broken invariant (see the head). For debug builds. */
export function pageHeapCheck(): i32 {
  let page = pageBegin;
  let freeRuns: u32 = 0;
  let freeCount: u32 = 0;
  let wasFree = false;
  while (page < pageEnd) {
    const record = pageRecord(page);
    const kind = load<u32>(record, PAGE_CLASS);
    if (kind == CLASS_INTERIOR) return 2;
    let length: u32 = load<u32>(record, PAGE_FREE);
    if (kind == CLASS_FREE) {
      if (wasFree) return 1;
      freeRuns++;
      freeCount += length;
      wasFree = true;
    } else {
      wasFree = false;
      if (kind != CLASS_LARGE) length = load<u32>(record, PAGE_LISTED) >> 8;
    }
    if (length == 0) return 2;
    page += length;
  }
  if (page != pageEnd || freeCount != pagesFree) return 2;
  let linked: u32 = 0;
  for (let bin: u32 = 1; bin < BIN_COUNT; bin++) {
    let head = load<u32>(bins + ((<usize>bin) << 2));
    const filled = bin == BIN_LAST ? binLastFilled : ((binBits >> bin) & 1) != 0;
    if (filled != (head != 0)) return 3;
    while (head) {
      linked++;
      if (binOf(load<u32>(pageRecord(head), PAGE_FREE)) != bin) return 3;
      head = load<u32>(pageRecord(head), PAGE_NEXT);
    }
  }
  return linked == freeRuns ? 0 : 3;
}
