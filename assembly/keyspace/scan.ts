/**
 * Walking the keyspace: SCAN's cursor, a walk over everything, and random picks.
 *
 * A cursor is a bucket number (upper 7 bits) and the top 25 bits of a hash. SCAN visits bucket 0 of all segments in order
 * of their hash bits, then bucket 1, and so on. An entry's home bucket never changes, and splitting or joining segments
 * only makes the ranges of hash bits finer or coarser; so an entry that is there during the whole scan is returned at least
 * once, whatever the table does meanwhile (twice when segments were joined behind the cursor).
 *
 * Requires: while entries of a visited bucket are being read, the table only changes by the removal of entries already read.
 */
import { randomBelow } from "../bytes/random";
import {
  BUCKET_COUNT,
  BUCKET_OVERFLOW,
  BUCKET_SLOTS,
  SEGMENT_DEPTH,
  SEGMENT_ENTRIES,
  SLOT_COUNT,
  TABLE_DEPTH,
  TABLE_ENTRIES,
  bucketAt,
  directoryIndexOf,
  filledSlots,
  hasHome,
  segmentAt,
  segmentSpan,
} from "../structure/hash-table";

const INDEX_SHIFT: u32 = 25;
const RANDOM_TRIES: u32 = 64;
/** Entries of the bucket that `scanBucket` visited. */
export const scanned: usize = memory.data(8192, 8);
export let scannedCount: u32 = 0;

/** Collects the entries whose home is the cursor's bucket in `scanned`; returns the next cursor, 0 at the end. */
export function scanBucket(table: usize, cursor: u32): u32 {
  scannedCount = 0;
  const index = cursor >>> INDEX_SHIFT;
  if (index >= BUCKET_COUNT || !load<u32>(table, TABLE_ENTRIES)) return 0;
  const upper = cursor << (32 - INDEX_SHIFT);
  const segment = segmentAt(table, directoryIndexOf(table, upper));
  collectHome(segment, index);
  const span = (<u64>1) << (32 - load<u32>(segment, SEGMENT_DEPTH));
  const next = ((<u64>upper) & ~(span - 1)) + span;
  if (next < (<u64>1) << 32) return (index << INDEX_SHIFT) | (<u32>(next >> (32 - INDEX_SHIFT)));
  return index + 1 < BUCKET_COUNT ? (index + 1) << INDEX_SHIFT : 0;
}

function collectHome(segment: usize, index: u32): void {
  let place = index;
  for (let step: u32 = 0; step < BUCKET_COUNT; step++) {
    const bucket = bucketAt(segment, place);
    let filled = filledSlots(bucket);
    while (filled) {
      const entry = <usize>load<u32>(bucket + ((<usize>ctz(filled)) << 2), BUCKET_SLOTS);
      if (hasHome(entry, index)) {
        store<u32>(scanned + ((<usize>scannedCount) << 2), <u32>entry);
        scannedCount++;
      }
      filled &= filled - 1;
    }
    if (!load<u8>(bucket, BUCKET_OVERFLOW)) return;
    if (++place == BUCKET_COUNT) place = 0;
  }
}

/** Position of a walk over all entries: directory slot, bucket, and the slots of the bucket not visited yet. */
let walkDirectory: u32 = 0;
let walkBucket: u32 = 0;
let walkFilled: u32 = 0;

/** Starts a walk over all entries of a table. One walk at a time; only the entry returned last may be removed meanwhile. */
export function walkStart(table: usize): void {
  walkDirectory = 0;
  walkBucket = 0;
  walkFilled = filledSlots(bucketAt(segmentAt(table, 0), 0));
}

/** The next entry of the walk, or 0 at its end. */
export function walkNext(table: usize): usize {
  while (!walkFilled) {
    if (++walkBucket == BUCKET_COUNT) {
      walkBucket = 0;
      walkDirectory += segmentSpan(table, segmentAt(table, walkDirectory));
      if (walkDirectory >>> load<u32>(table, TABLE_DEPTH)) {
        walkDirectory = 0;
        walkFilled = 0;
        return 0;
      }
    }
    walkFilled = filledSlots(bucketAt(segmentAt(table, walkDirectory), walkBucket));
  }
  const slot = <usize>ctz(walkFilled);
  walkFilled &= walkFilled - 1;
  return <usize>load<u32>(bucketAt(segmentAt(table, walkDirectory), walkBucket) + (slot << 2), BUCKET_SLOTS);
}

/**
 * Address of a random slot that holds an entry. Directory slots are picked evenly, so every segment has its share of the
 * hash space; when the table is so sparse that RANDOM_TRIES picks find nothing, the next entry after a random bucket is
 * taken. Requires: the table is not empty.
 */
export function randomSlot(table: usize, generator: usize): usize {
  for (let attempt: u32 = 0; attempt < RANDOM_TRIES; attempt++) {
    const segment = segmentAt(table, randomBelow(generator, 1 << load<u32>(table, TABLE_DEPTH)));
    const bucket = bucketAt(segment, randomBelow(generator, BUCKET_COUNT));
    const position = randomBelow(generator, SLOT_COUNT);
    if ((filledSlots(bucket) >> position) & 1) return bucket + BUCKET_SLOTS + ((<usize>position) << 2);
  }
  let directory = randomBelow(generator, 1 << load<u32>(table, TABLE_DEPTH));
  let index = randomBelow(generator, BUCKET_COUNT);
  while (true) {
    const segment = segmentAt(table, directory);
    if (load<u32>(segment, SEGMENT_ENTRIES)) {
      for (let step: u32 = 0; step < BUCKET_COUNT; step++) {
        const bucket = bucketAt(segment, index);
        const filled = filledSlots(bucket);
        if (filled) return bucket + BUCKET_SLOTS + ((<usize>ctz(filled)) << 2);
        if (++index == BUCKET_COUNT) index = 0;
      }
    }
    directory = (directory + 1) & ((1 << load<u32>(table, TABLE_DEPTH)) - 1);
    index = 0;
  }
}
