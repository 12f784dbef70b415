/**
 * WATCH: which keys sessions want to hear about, and whether one of them was changed since.
 *
 * A watcher is WATCHER_BYTES inside its owner: {u32 its newest watch, u32 1 when a key that it watched was changed}. A watch is a
 * block under PURPOSE_SESSION:
 *
 *    0  u32 next watch of the bucket          16  u64 hash of the key
 *    4  u32 what points at this watch         24  u32 database
 *    8  u32 watcher                           28  u32 whether the key was there when the watch began
 *   12  u32 next watch of the watcher         32  u32 length of the key, then the key
 *
 * The buckets are one block of a power of two of u32, twice as large whenever there are more watches than buckets, up to
 * BUCKETS_MAX; it is freed with the last watch. Only while there are watches do changes of keys reach this file (touch.ts).
 *
 * 1. As in Redis 7 a key that was there and whose time comes counts as changed; one that was not there (or whose time was over) does
 *    not when it is deleted. FLUSHDB, FLUSHALL and SWAPDB change those keys that are there before or behind.
 * 2. Watches see the committed state, whoever's command runs.
 * 3. A watcher that has heard of a change of a key drops all its watches: it need not hear of others.
 *
 * Cost: a change O(1) + its watchers; WATCH O(1) + the fewer of the key's watchers and the watcher's keys; flushing and swapping O(watches).
 */
import { PURPOSE_SESSION } from "../abi/status";
import { copyBytes } from "../bytes/copy";
import { allocate, release } from "../memory/allocator";
import { DEBUG } from "../memory/debug";
import { tableFind } from "../structure/hash-table";
import { database, databaseIndex, headDatabaseAt } from "./database";
import { isExpired } from "./keyspace";
import { TOUCH_EXPIRED, touchIgnore, touchListen } from "./touch";

export const WATCHER_FIRST: usize = 0;
export const WATCHER_DIRTY: usize = 4;
export const WATCHER_BYTES: usize = 8;

const WATCH_NEXT: usize = 0;
const WATCH_BACK: usize = 4;
const WATCH_WATCHER: usize = 8;
const WATCH_OWN_NEXT: usize = 12;
const WATCH_HASH: usize = 16;
const WATCH_DATABASE: usize = 24;
const WATCH_ALIVE: usize = 28;
const WATCH_KEY_LENGTH: usize = 32;
const WATCH_KEY: usize = 36;
const BUCKETS_MIN: u32 = 64;
const BUCKETS_MAX: u32 = 1 << 18;

let buckets: usize = 0;
let bucketCount: u32 = 0;
let watchCount: u32 = 0;

// @ts-ignore: decorator
@inline
function bucketOf(hash: u64): usize {
  return buckets + (((<usize>hash) & (bucketCount - 1)) << 2);
}

function isWatchOf(watch: usize, index: u32, hash: u64, key: usize, length: u32): bool {
  return (
    load<u64>(watch, WATCH_HASH) == hash &&
    load<u32>(watch, WATCH_DATABASE) == index &&
    load<u32>(watch, WATCH_KEY_LENGTH) == length &&
    memory.compare(watch + WATCH_KEY, key, length) == 0
  );
}

/** Whether the key of a database is there and its time is not over; nothing is deleted. */
function isThere(index: u32, hash: u64, key: usize, length: u32): bool {
  const slot = tableFind(headDatabaseAt(index), hash, key, length);
  return slot != 0 && !isExpired(<usize>load<u32>(slot));
}

/** Watches a key of the current database; one that is watched already counts once. Returns false when there is no memory. */
export function watchKey(watcher: usize, hash: u64, key: usize, length: u32): bool {
  if (load<u32>(watcher, WATCHER_DIRTY)) return true;
  const index = databaseIndex(database);
  if (buckets && isWatched(watcher, index, hash, key, length)) return true;
  if (watchCount >= bucketCount && !growBuckets()) return false;
  const watch = allocate(<u32>WATCH_KEY + length, PURPOSE_SESSION);
  if (!watch) {
    if (!watchCount) freeBuckets();
    return false;
  }
  store<u64>(watch, hash, WATCH_HASH);
  store<u32>(watch, index, WATCH_DATABASE);
  store<u32>(watch, isThere(index, hash, key, length) ? 1 : 0, WATCH_ALIVE);
  store<u32>(watch, length, WATCH_KEY_LENGTH);
  copyBytes(watch + WATCH_KEY, key, length);
  store<u32>(watch, <u32>watcher, WATCH_WATCHER);
  store<u32>(watch, load<u32>(watcher, WATCHER_FIRST), WATCH_OWN_NEXT);
  store<u32>(watcher, <u32>watch, WATCHER_FIRST);
  link(watch);
  if (!watchCount) touchListen(keyTouched, databaseTouched);
  watchCount++;
  return true;
}

/** Whether a watcher watches the key already: its own watches and those of the bucket are gone through at once, up to the end of the shorter list. */
function isWatched(watcher: usize, index: u32, hash: u64, key: usize, length: u32): bool {
  let others = <usize>load<u32>(bucketOf(hash));
  let own = <usize>load<u32>(watcher, WATCHER_FIRST);
  while (others && own) {
    if (<usize>load<u32>(others, WATCH_WATCHER) == watcher && isWatchOf(others, index, hash, key, length)) return true;
    if (isWatchOf(own, index, hash, key, length)) return true;
    others = <usize>load<u32>(others, WATCH_NEXT);
    own = <usize>load<u32>(own, WATCH_OWN_NEXT);
  }
  return false;
}

/** Drops all watches of a watcher, and forgets what it has heard. */
export function watchEnd(watcher: usize): void {
  dropWatches(watcher);
  store<u32>(watcher, 0, WATCHER_DIRTY);
}

/** Whether a watched key was changed since its WATCH, or its time is over now. */
export function isWatchBroken(watcher: usize): bool {
  if (load<u32>(watcher, WATCHER_DIRTY)) return true;
  for (let watch = <usize>load<u32>(watcher, WATCHER_FIRST); watch; watch = <usize>load<u32>(watch, WATCH_OWN_NEXT)) {
    if (!load<u32>(watch, WATCH_ALIVE)) continue;
    if (!isThere(load<u32>(watch, WATCH_DATABASE), load<u64>(watch, WATCH_HASH), watch + WATCH_KEY, load<u32>(watch, WATCH_KEY_LENGTH)))
      return true;
  }
  return false;
}

function keyTouched(index: u32, hash: u64, key: usize, length: u32, kind: u32): void {
  // Of the changes of one command an earlier one may have dropped the last watch.
  let watch = buckets ? <usize>load<u32>(bucketOf(hash)) : 0;
  while (watch) {
    if (isWatchOf(watch, index, hash, key, length) && (kind != TOUCH_EXPIRED || load<u32>(watch, WATCH_ALIVE))) {
      const watcher = <usize>load<u32>(watch, WATCH_WATCHER);
      store<u32>(watcher, 1, WATCHER_DIRTY);
      dropWatches(watcher);
      if (!buckets) return;
      // What followed in the bucket may be gone too.
      watch = <usize>load<u32>(bucketOf(hash));
    } else watch = <usize>load<u32>(watch, WATCH_NEXT);
  }
}

function databaseTouched(first: u32, second: u32): void {
  for (let index: u32 = 0; index < bucketCount; index++) {
    let watch = <usize>load<u32>(buckets + ((<usize>index) << 2));
    for (; watch; watch = <usize>load<u32>(watch, WATCH_NEXT)) {
      const own = load<u32>(watch, WATCH_DATABASE);
      if (own != first && own != second) continue;
      const other = own == first ? second : first;
      const isChanged =
        load<u32>(watch, WATCH_ALIVE) != 0 ||
        (other != own && isThere(other, load<u64>(watch, WATCH_HASH), watch + WATCH_KEY, load<u32>(watch, WATCH_KEY_LENGTH)));
      if (isChanged) store<u32>(<usize>load<u32>(watch, WATCH_WATCHER), 1, WATCHER_DIRTY);
    }
  }
}

function dropWatches(watcher: usize): void {
  let watch = <usize>load<u32>(watcher, WATCHER_FIRST);
  store<u32>(watcher, 0, WATCHER_FIRST);
  while (watch) {
    if (DEBUG) assert(watchCount > 0 && <usize>load<u32>(watch, WATCH_WATCHER) == watcher);
    const own = <usize>load<u32>(watch, WATCH_OWN_NEXT);
    const next = load<u32>(watch, WATCH_NEXT);
    const back = load<u32>(watch, WATCH_BACK);
    store<u32>(back, next);
    if (next) store<u32>(next, back, WATCH_BACK);
    release(watch, PURPOSE_SESSION);
    watchCount--;
    watch = own;
  }
  if (!watchCount) freeBuckets();
}

function link(watch: usize): void {
  const bucket = bucketOf(load<u64>(watch, WATCH_HASH));
  const next = load<u32>(bucket);
  store<u32>(watch, next, WATCH_NEXT);
  store<u32>(watch, <u32>bucket, WATCH_BACK);
  if (next) store<u32>(next, <u32>watch + <u32>WATCH_NEXT, WATCH_BACK);
  store<u32>(bucket, <u32>watch);
}

/** False: there are none yet, and no memory for them. Where there are some, no memory only makes them fuller. */
function growBuckets(): bool {
  const wanted = bucketCount ? bucketCount << 1 : BUCKETS_MIN;
  if (wanted > BUCKETS_MAX) return true;
  const grown = allocate(wanted << 2, PURPOSE_SESSION);
  if (!grown) return bucketCount != 0;
  memory.fill(grown, 0, (<usize>wanted) << 2);
  const old = buckets;
  const oldCount = bucketCount;
  buckets = grown;
  bucketCount = wanted;
  for (let index: u32 = 0; index < oldCount; index++) {
    let watch = <usize>load<u32>(old + ((<usize>index) << 2));
    while (watch) {
      const next = <usize>load<u32>(watch, WATCH_NEXT);
      link(watch);
      watch = next;
    }
  }
  if (old) release(old, PURPOSE_SESSION);
  return true;
}

function freeBuckets(): void {
  if (buckets) release(buckets, PURPOSE_SESSION);
  buckets = 0;
  bucketCount = 0;
  touchIgnore();
}
