/**
 * Keys that clients wait for (BLPOP and the like): which they are, and which of them have got a value that may be what is waited for.
 *
 * A wait is a block under PURPOSE_SESSION, one for each key, whoever waits for it:
 *
 *    0  u32 next wait of the bucket           20  u32 how many wait
 *    4  u32 next one that is ready            24  u32 1 while it is among those that are ready
 *    8  u64 hash of the key                   28  u32 length of the key, then the key
 *   16  u32 database
 *
 * 1. Who waits, in which order, and what for is the host's (host/database/waiting.ts). Here a key is marked as ready, in the order of the
 *    changes, and the command loop stops behind the command that has done it (`takeReadyStop`), so that the host serves before anything else runs.
 * 2. Ready is a hint: the command that waits is run again and looks itself.
 * 3. While nobody waits, a new key costs the load of `readyOn` (ready.ts).
 *
 * Cost: O(1) each while few are ready at once; the table doubles when more keys are waited for than it has buckets, up to BUCKETS_MAX, and is the first
 * one again when nobody waits. Swapping databases O(keys that are waited for).
 */
import { CONTROL_READY } from "../abi/layout";
import { PURPOSE_SESSION } from "../abi/status";
import { copyBytes } from "../bytes/copy";
import { hashBytes } from "../bytes/hash";
import { allocate, release } from "../memory/allocator";
import { control } from "../memory/control";
import { ENTRY_KIND } from "../structure/entry";
import { tableFind } from "../structure/hash-table";
import { headDatabaseAt } from "./database";
import { TYPE_MASK } from "./entry-release";
import { isExpired } from "./keyspace";
import { readyIgnore, readyListen } from "./ready";

const WAIT_NEXT: usize = 0;
const WAIT_NEXT_READY: usize = 4;
const WAIT_HASH: usize = 8;
const WAIT_DATABASE: usize = 16;
const WAIT_COUNT: usize = 20;
const WAIT_READY: usize = 24;
const WAIT_KEY_LENGTH: usize = 28;
const WAIT_KEY: usize = 32;
const BUCKETS_FIRST: u32 = 1024;
/** As many as lie in one block of a megabyte. */
const BUCKETS_MAX: u32 = 0x40000;

const firstBuckets: usize = memory.data(4096, 8);
let buckets: usize = firstBuckets;
let bucketCount: u32 = BUCKETS_FIRST;
let waitCount: u32 = 0;
let readyFirst: usize = 0;
let readyLast: usize = 0;
let readyStop: bool = false;

// @ts-ignore: decorator
@inline
function bucketOf(hash: u64): usize {
  return buckets + ((<usize>((<u32>hash) & (bucketCount - 1))) << 2);
}

/** Doubles the table. Without memory it stays as it is, and its lists become longer. */
function growBuckets(): void {
  const larger = bucketCount < BUCKETS_MAX ? allocate(bucketCount << 3, PURPOSE_SESSION) : 0;
  if (!larger) return;
  memory.fill(larger, 0, (<usize>bucketCount) << 3);
  const old = buckets;
  const oldCount = bucketCount;
  buckets = larger;
  bucketCount = oldCount << 1;
  for (let bucket: u32 = 0; bucket < oldCount; bucket++) {
    let wait = <usize>load<u32>(old + ((<usize>bucket) << 2));
    while (wait) {
      const next = <usize>load<u32>(wait, WAIT_NEXT);
      const head = bucketOf(load<u64>(wait, WAIT_HASH));
      store<u32>(wait, load<u32>(head), WAIT_NEXT);
      store<u32>(head, <u32>wait);
      wait = next;
    }
  }
  if (old != firstBuckets) release(old, PURPOSE_SESSION);
}

/** Nobody waits: the first table does. */
function resetBuckets(): void {
  if (buckets == firstBuckets) return;
  release(buckets, PURPOSE_SESSION);
  buckets = firstBuckets;
  bucketCount = BUCKETS_FIRST;
  memory.fill(firstBuckets, 0, (<usize>BUCKETS_FIRST) << 2);
}

function findWait(index: u32, hash: u64, key: usize, length: u32): usize {
  let wait = <usize>load<u32>(bucketOf(hash));
  while (wait) {
    if (load<u64>(wait, WAIT_HASH) == hash && load<u32>(wait, WAIT_DATABASE) == index) {
      if (load<u32>(wait, WAIT_KEY_LENGTH) == length && memory.compare(wait + WAIT_KEY, key, length) == 0) return wait;
    }
    wait = <usize>load<u32>(wait, WAIT_NEXT);
  }
  return 0;
}

/** Somebody waits for a key; returns its wait, or 0: no memory. */
export function waitAdd(index: u32, key: usize, length: u32): usize {
  const hash = hashBytes(key, length);
  let wait = findWait(index, hash, key, length);
  if (!wait) {
    wait = allocate(<u32>WAIT_KEY + length, PURPOSE_SESSION);
    if (!wait) return 0;
    store<u64>(wait, hash, WAIT_HASH);
    store<u32>(wait, index, WAIT_DATABASE);
    store<u32>(wait, 0, WAIT_COUNT);
    store<u32>(wait, 0, WAIT_READY);
    store<u32>(wait, length, WAIT_KEY_LENGTH);
    copyBytes(wait + WAIT_KEY, key, length);
    if (waitCount >= bucketCount) growBuckets();
    store<u32>(wait, load<u32>(bucketOf(hash)), WAIT_NEXT);
    store<u32>(bucketOf(hash), <u32>wait);
    if (!waitCount++) readyListen(keyReady, databasesSwapped);
  }
  store<u32>(wait, load<u32>(wait, WAIT_COUNT) + 1, WAIT_COUNT);
  return wait;
}

/** Somebody does not wait for it any more. */
export function waitRemove(wait: usize): void {
  const left = load<u32>(wait, WAIT_COUNT) - 1;
  store<u32>(wait, left, WAIT_COUNT);
  if (left) return;
  unlink(bucketOf(load<u64>(wait, WAIT_HASH)), wait, WAIT_NEXT);
  if (load<u32>(wait, WAIT_READY)) unlinkReady(wait);
  release(wait, PURPOSE_SESSION);
  if (--waitCount) return;
  readyIgnore();
  resetBuckets();
}

/** Takes a wait out of the list that begins at `head`. */
function unlink(head: usize, wait: usize, link: usize): void {
  let before = head;
  while (<usize>load<u32>(before) != wait) before = <usize>load<u32>(before) + link;
  store<u32>(before, load<u32>(wait + link));
}

function unlinkReady(wait: usize): void {
  let before: usize = 0;
  for (let each = readyFirst; each != wait; each = <usize>load<u32>(each, WAIT_NEXT_READY)) before = each;
  const next = load<u32>(wait, WAIT_NEXT_READY);
  if (before) store<u32>(before, next, WAIT_NEXT_READY);
  else readyFirst = <usize>next;
  if (!next) readyLast = before;
  store<u32>(control, <u32>readyFirst, CONTROL_READY);
}

/** Takes the first of the waits that are ready off their list; 0: there is none. */
export function waitTake(): usize {
  const wait = readyFirst;
  readyStop = false;
  if (!wait) return 0;
  unlinkReady(wait);
  store<u32>(wait, 0, WAIT_READY);
  return wait;
}

/** Type of the value that the key of a wait has now, -1: none. */
export function waitType(wait: usize): i32 {
  const index = load<u32>(wait, WAIT_DATABASE);
  const slot = tableFind(headDatabaseAt(index), load<u64>(wait, WAIT_HASH), wait + WAIT_KEY, load<u32>(wait, WAIT_KEY_LENGTH));
  if (!slot) return -1;
  const entry = <usize>load<u32>(slot);
  return isExpired(entry) ? -1 : <i32>((<u32>load<u8>(entry, ENTRY_KIND)) & TYPE_MASK);
}

/** Whether a key has become ready since the last time. */
// @ts-ignore: decorator
@inline
export function takeReadyStop(): bool {
  const stops = readyStop;
  readyStop = false;
  return stops;
}

function keyReady(index: u32, hash: u64, key: usize, length: u32): void {
  const wait = findWait(index, hash, key, length);
  if (wait) markReady(wait);
}

function markReady(wait: usize): void {
  readyStop = true;
  if (load<u32>(wait, WAIT_READY)) return;
  store<u32>(wait, 1, WAIT_READY);
  store<u32>(wait, 0, WAIT_NEXT_READY);
  if (readyLast) store<u32>(readyLast, <u32>wait, WAIT_NEXT_READY);
  else readyFirst = wait;
  readyLast = wait;
  store<u32>(control, <u32>readyFirst, CONTROL_READY);
}

/** Two databases have changed places: what is waited for in one may have come with the other. */
function databasesSwapped(first: u32, second: u32): void {
  for (let bucket: u32 = 0; bucket < bucketCount; bucket++) {
    let wait = <usize>load<u32>(buckets + ((<usize>bucket) << 2));
    for (; wait; wait = <usize>load<u32>(wait, WAIT_NEXT)) {
      const index = load<u32>(wait, WAIT_DATABASE);
      if ((index == first || index == second) && waitType(wait) >= 0) markReady(wait);
    }
  }
}
