/**
 * Targets: what reads and writes meet at. They live in one hash table and in one queue, and go when nothing about them can
 * concern anybody any more.
 *
 *   target                                                      item, group: ITEM_SIZE bytes
 *   0   u64 greatest reach of its committed readers             32  u64 number
 *   8   u32 first mark of those that have not been taken away
 *   12  u32 newest interval of its writers (0: nobody)          point: POINT_SIZE bytes
 *   16  u32 next in the queue                                   32  u64 number
 *   20  u32 previous in the queue                               40  u32 its key's name (key-range.ts), if it was written
 *   24  u32 kind (ITEM ...)
 *   28  u32 next in the bucket (a range: its space)             space: SPACE_SIZE bytes
 *                                                               32  u64 number
 *                                                               40  u32 root of its ranges and names, u32 how many (key-range.ts)
 *                                                               48  u32 first fresh name, u32 how many
 *
 * An item's number is the caller's. A point is a key in a space (its number is a hash of both). A group stands for all items and points
 * whose numbers have one hash prefix, when memory for marks is over its limit: while a group is there, no item of it is made, so that
 * whoever meets at the item and whoever meets at the group cannot miss each other: an item that exists is looked up with its group.
 *
 * The hash table grows by linear hashing (Litwin 1980): one bucket is split at a time, and its heads lie in segments, so nothing
 * is ever copied at once and no block is large. If there is no memory for a segment, the chains become longer.
 *
 * The queue is for sweep.ts, which finds the dead ones.
 *
 * Invariants: (1) a target is in the queue, and, unless it is a range, in one bucket; (2) those of one number and kind are one.
 *
 * Cost: O(1), about two cache misses to find one.
 */
import { intervalMake } from "./committed-write";
import { isCrowded, markAllocate, markRelease } from "./mark-memory";

export const TARGET_REACH: usize = 0;
export const TARGET_MARKS: usize = 8;
export const TARGET_WRITES: usize = 12;
export const TARGET_NEXT: usize = 16;
export const TARGET_PREVIOUS: usize = 20;
export const TARGET_KIND: usize = 24;
const TARGET_CHAIN: usize = 28;
export const TARGET_NUMBER: usize = 32;
const ITEM_SIZE: u32 = 40;
export const POINT_NAME: usize = 40;
const POINT_SIZE: u32 = 48;
export const SPACE_ROOT: usize = 40;
export const SPACE_RANGES: usize = 44;
export const SPACE_FRESH: usize = 48;
export const SPACE_FRESH_COUNT: usize = 52;
const SPACE_SIZE: u32 = 56;

export const ITEM: u32 = 0;
export const POINT: u32 = 1;
export const GROUP: u32 = 2;
export const SPACE: u32 = 3;
export const RANGE: u32 = 4;
/** No target, but in trees with ranges. */
export const NAME: u32 = 5;

const SEGMENT_SHIFT: u32 = 9;
const SEGMENT_BUCKETS: u32 = 1 << SEGMENT_SHIFT;
const SEGMENT_BYTES: u32 = SEGMENT_BUCKETS << 2;
const SEGMENTS_MAX: u32 = 4096;
/** Bits of an item's hash that name its group. */
const GROUP_BITS: u64 = 10;

const directory: usize = memory.data(16384, 8);
const firstSegment: usize = memory.data(2048, 8);
/** Buckets are 0 .. mask + split; those below `split` have been split with a bit more than `mask`. */
let mask: u32 = SEGMENT_BUCKETS - 1;
let split: u32 = 0;
let segments: u32 = 1;
/** Targets in the table: all but ranges. */
export let inTable: u32 = 0;

export let targetCount: u32 = 0;
export let groupCount: u32 = 0;
export let front: usize = 0;
export let back: usize = 0;

// @ts-ignore: decorator
@inline
function hashOf(number: u64, kind: u32): u64 {
  const mixed = (number + <u64>kind) * 0x9e3779b97f4a7c15;
  return (mixed ^ (mixed >> 32)) * 0xd6e8feb86659fd93;
}

/** Address of a bucket's head. */
// @ts-ignore: decorator
@inline
function bucketOf(hash: u64): usize {
  const bits = <u32>(hash >> 24);
  let index = bits & mask;
  if (index < split) index = bits & ((mask << 1) | 1);
  return headAt(index);
}

// @ts-ignore: decorator
@inline
function headAt(index: u32): usize {
  const segment = index >> SEGMENT_SHIFT ? <usize>load<u32>(directory + ((<usize>(index >> SEGMENT_SHIFT)) << 2)) : firstSegment;
  return segment + ((<usize>(index & (SEGMENT_BUCKETS - 1))) << 2);
}

/** The item, point, group or space of a number, or 0. */
export function targetFind(number: u64, kind: u32): usize {
  let at = <usize>load<u32>(bucketOf(hashOf(number, kind)));
  while (at && (load<u64>(at, TARGET_NUMBER) != number || load<u32>(at, TARGET_KIND) != kind)) at = <usize>load<u32>(at, TARGET_CHAIN);
  return at;
}

/** Number of the group of an item or point. */
// @ts-ignore: decorator
@inline
export function groupNumber(number: u64, kind: u32): u64 {
  return hashOf(number, kind) >> (64 - GROUP_BITS);
}

/** Group of an item or point if there is one, else 0. */
// @ts-ignore: decorator
@inline
export function groupFind(number: u64, kind: u32): usize {
  return groupCount ? targetFind(groupNumber(number, kind), GROUP) : 0;
}

/** The target at which an item or point is met: itself, or its group if that has to stand for it; made if need be. 0: no memory. */
export function itemMake(number: u64, kind: u32): usize {
  const found = targetFind(number, kind);
  if (found) return found;
  const group = groupFind(number, kind);
  if (group) return group;
  if (!isCrowded()) return targetMake(number, kind);
  return targetMake(groupNumber(number, kind), GROUP);
}

/** The target of a space, made if need be; 0: no memory. */
export function spaceMake(number: u64): usize {
  const found = targetFind(number, SPACE);
  return found ? found : targetMake(number, SPACE);
}

function targetMake(number: u64, kind: u32): usize {
  const size = kind == SPACE ? SPACE_SIZE : kind == POINT ? POINT_SIZE : ITEM_SIZE;
  const target = markAllocate(size);
  if (!target) return 0;
  memory.fill(target, 0, size);
  store<u32>(target, kind, TARGET_KIND);
  store<u64>(target, number, TARGET_NUMBER);
  if (inTable >= mask + 1 + split) splitBucket();
  const head = bucketOf(hashOf(number, kind));
  store<u32>(target, load<u32>(head), TARGET_CHAIN);
  store<u32>(head, <u32>target);
  inTable++;
  if (kind == GROUP) groupCount++;
  targetEnqueue(target);
  return target;
}

/** Splits the next bucket, if there is memory for its other half. */
function splitBucket(): void {
  const added = mask + 1 + split;
  const segment = added >> SEGMENT_SHIFT;
  if (segment >= SEGMENTS_MAX) return;
  if (segment >= segments) {
    const block = markAllocate(SEGMENT_BYTES);
    if (!block) return;
    memory.fill(block, 0, SEGMENT_BYTES);
    store<u32>(directory + ((<usize>segment) << 2), <u32>block);
    segments++;
  }
  const lower = headAt(split);
  const upper = headAt(added);
  let at = <usize>load<u32>(lower);
  store<u32>(lower, 0);
  while (at) {
    const next = load<u32>(at, TARGET_CHAIN);
    const bits = <u32>(hashOf(load<u64>(at, TARGET_NUMBER), load<u32>(at, TARGET_KIND)) >> 24);
    const head = bits & (mask + 1) ? upper : lower;
    store<u32>(at, load<u32>(head), TARGET_CHAIN);
    store<u32>(head, <u32>at);
    at = <usize>next;
  }
  if (++split > mask) {
    mask = (mask << 1) | 1;
    split = 0;
  }
}

/** An empty table begins anew with its first segment. */
function shrinkTable(): void {
  for (let index: u32 = 1; index < segments; index++) markRelease(<usize>load<u32>(directory + ((<usize>index) << 2)));
  segments = 1;
  mask = SEGMENT_BUCKETS - 1;
  split = 0;
}

/** Takes a target that is no range out of the table. */
export function targetUnchain(target: usize): void {
  if (load<u32>(target, TARGET_KIND) == GROUP) groupCount--;
  let slot = bucketOf(hashOf(load<u64>(target, TARGET_NUMBER), load<u32>(target, TARGET_KIND)));
  while (<usize>load<u32>(slot) != target) slot = <usize>load<u32>(slot) + TARGET_CHAIN;
  store<u32>(slot, load<u32>(target, TARGET_CHAIN));
  if (!--inTable && segments > 1) shrinkTable();
}

/** Puts a new target at the back of the queue. */
export function targetEnqueue(target: usize): void {
  targetCount++;
  store<u32>(target, 0, TARGET_NEXT);
  store<u32>(target, <u32>back, TARGET_PREVIOUS);
  if (back) store<u32>(back, <u32>target, TARGET_NEXT);
  else front = target;
  back = target;
}

/** Takes a target out of the queue. */
export function targetDequeue(target: usize): void {
  targetCount--;
  const next = <usize>load<u32>(target, TARGET_NEXT);
  const previous = <usize>load<u32>(target, TARGET_PREVIOUS);
  if (previous) store<u32>(previous, <u32>next, TARGET_NEXT);
  else front = next;
  if (next) store<u32>(next, <u32>previous, TARGET_PREVIOUS);
  else back = previous;
}

/** The newest interval of a target's writers, made if need be; 0: no memory. */
export function targetWrites(target: usize): usize {
  let writes = <usize>load<u32>(target, TARGET_WRITES);
  if (writes) return writes;
  writes = intervalMake();
  store<u32>(target, <u32>writes, TARGET_WRITES);
  return writes;
}

/** Remembers that somebody with this reach has read a target. */
// @ts-ignore: decorator
@inline
export function targetReached(target: usize, reach: u64): void {
  if (reach > load<u64>(target, TARGET_REACH)) store<u64>(target, reach, TARGET_REACH);
}
