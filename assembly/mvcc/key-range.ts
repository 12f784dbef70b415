/**
 * Ranges of keys in a space: what range reads and writes of keys meet at. A key that is written is a range that holds it alone.
 *
 *   range, behind what all targets have (target.ts; offset 28 is its space)
 *   32  u32 left, u32 right: the ranges below it in its tree
 *   40  u32 priority
 *   44  u32 the range that ends last, of those in the subtree
 *   48  u64 first number of a writer in the subtree, as `INTERVAL_FIRST`
 *   56  u64 last number of a writer in the subtree
 *   64  u64 least `out` of the writers in the subtree
 *   72  u32 next range that `rangesMet` has found
 *   76  u16 bytes of the lower bound, u16 bytes of the upper one
 *   80  u8  cut of the lower bound, u8 cut of the upper one
 *   82  the bytes of both
 *
 * A bound is a cut in the order of all byte strings: before a string, after it, or behind all strings. A range is what lies between
 * two of them. Bounds are kept up to BOUND_MAX bytes; a longer one is moved outwards, so a range may be too large, never
 * too small.
 *
 * The ranges of a space are a treap (Seidel, Aragon 1996) in the order of their lower bounds, then upper ones; priorities come from
 * a counter. Two ranges meet if each begins before the other ends. The range that ends last below each (the interval tree of Cormen,
 * Leiserson, Rivest, Stein, section 14.3) and the writers' numbers let a search leave out subtrees, or take them as a whole.
 *
 * Invariants: (1) the order; (2) priorities do not ascend downwards; (3) what is said of subtrees is true; (4) a range is not empty.
 *
 * Cost: O(log n) expected, and O(1) for each range that is met; a read does not visit writes that it can take as a whole.
 */
import { copyBytes } from "../bytes/copy";
import { compareKeys } from "../structure/tree-key";
import { sinceFirst, sinceOut, writesLast, writesSince } from "./committed-write";
import { markAllocate } from "./mark-memory";
import { NEVER } from "./participant";
import { RANGE, SPACE_RANGES, SPACE_ROOT, TARGET_KIND, TARGET_WRITES, targetEnqueue } from "./target";

const RANGE_SPACE: usize = 28;
const RANGE_LEFT: usize = 32;
const RANGE_RIGHT: usize = 36;
const RANGE_PRIORITY: usize = 40;
const RANGE_LAST_END: usize = 44;
const RANGE_FIRST: usize = 48;
const RANGE_LAST: usize = 56;
const RANGE_OUT: usize = 64;
export const RANGE_MET: usize = 72;
const RANGE_LOW_LENGTH: usize = 76;
const RANGE_HIGH_LENGTH: usize = 78;
const RANGE_LOW_CUT: usize = 80;
const RANGE_HIGH_CUT: usize = 81;
const RANGE_BYTES: u32 = 82;

/** Longest bound that is kept whole. */
export const BOUND_MAX: u32 = 1024;
const BEFORE: u32 = 0;
const AFTER: u32 = 1;
const BEHIND_ALL: u32 = 2;

/** How bounds are given: see `rangeWant`. */
export const LOW_OPEN: u32 = 1;
export const HIGH_OPEN: u32 = 2;
export const HIGH_UNBOUNDED: u32 = 4;
export const IS_PREFIX: u32 = 8;

/** The range that is asked for. */
let lowPointer: usize = 0;
let lowLength: u32 = 0;
let lowCut: u32 = 0;
let highPointer: usize = 0;
let highLength: u32 = 0;
let highCut: u32 = 0;
const shortened: usize = memory.data(1024, 8);
/** What `rangeWrites` has found: as `sinceFirst` and `sinceOut`. */
export let rangeFirst: u64 = NEVER;
export let rangeOut: u64 = NEVER;
let askedView: u64 = 0;
/** Ranges that `rangesMet` has found, as a list through RANGE_MET. */
let met: usize = 0;
/** What a range that is being added says of itself alone. */
let addedFirst: u64 = NEVER;
let addedLast: u64 = 0;
let addedOut: u64 = NEVER;
let cutLeft: usize = 0;
let cutRight: usize = 0;
/** Counts ranges, for their priorities. */
let made: u64 = 0;

/**
 * Says for which range the next calls ask. `flags`: LOW_OPEN, HIGH_OPEN: without the bound itself; HIGH_UNBOUNDED: no upper bound;
 * IS_PREFIX: all that begin with the lower bound. No lower bound: an empty string. False: the range is empty. The bytes stay the caller's
 * and in place.
 */
export function rangeWant(low: usize, lowBytes: u32, high: usize, highBytes: u32, flags: u32): bool {
  lowPointer = low;
  lowLength = lowBytes;
  lowCut = flags & LOW_OPEN ? AFTER : BEFORE;
  highPointer = high;
  highLength = highBytes;
  highCut = flags & HIGH_OPEN ? BEFORE : AFTER;
  if (flags & IS_PREFIX) {
    endBehind(low, lowBytes < BOUND_MAX ? lowBytes : BOUND_MAX);
    lowCut = BEFORE;
  } else if (flags & HIGH_UNBOUNDED) endBehind(high, 0);
  else if (highBytes > BOUND_MAX) endBehind(high, BOUND_MAX);
  if (lowBytes > BOUND_MAX) {
    lowLength = BOUND_MAX;
    lowCut = BEFORE;
  }
  return compareBounds(lowPointer, lowLength, lowCut, highPointer, highLength, highCut) < 0;
}

/** Asks for one key. */
export function rangeWantKey(key: usize, length: u32): void {
  rangeWant(key, length, key, length, 0);
}

/** True if the range that is asked for is one key. */
export function isOneKey(): bool {
  return (
    lowCut == BEFORE && highCut == AFTER && lowLength == highLength && compareKeys(lowPointer, lowLength, highPointer, highLength) == 0
  );
}

/** Ends the range behind all strings that begin with these bytes: before the next string of that length or less. */
function endBehind(prefix: usize, length: u32): void {
  while (length && load<u8>(prefix + length - 1) == 0xff) length--;
  highLength = length;
  highCut = length ? BEFORE : BEHIND_ALL;
  if (!length) return;
  copyBytes(shortened, prefix, length);
  store<u8>(shortened + length - 1, load<u8>(shortened + length - 1) + 1);
  highPointer = shortened;
}

function compareBounds(left: usize, leftLength: u32, leftCut: u32, right: usize, rightLength: u32, rightCut: u32): i32 {
  if (leftCut == BEHIND_ALL || rightCut == BEHIND_ALL) return <i32>(leftCut == BEHIND_ALL) - <i32>(rightCut == BEHIND_ALL);
  const order = compareKeys(left, leftLength, right, rightLength);
  return order ? order : <i32>leftCut - <i32>rightCut;
}

// @ts-ignore: decorator
@inline
function lowOf(range: usize): usize {
  return range + <usize>RANGE_BYTES;
}

// @ts-ignore: decorator
@inline
function highOf(range: usize): usize {
  return range + <usize>RANGE_BYTES + <usize>load<u16>(range, RANGE_LOW_LENGTH);
}

// @ts-ignore: decorator
@inline
function leftOf(range: usize): usize {
  return <usize>load<u32>(range, RANGE_LEFT);
}

// @ts-ignore: decorator
@inline
function rightOf(range: usize): usize {
  return <usize>load<u32>(range, RANGE_RIGHT);
}

/** The space of a range. */
// @ts-ignore: decorator
@inline
export function rangeSpace(range: usize): usize {
  return <usize>load<u32>(range, RANGE_SPACE);
}

/** How the lower bound that is asked for stands to that of a range. */
function compareLow(range: usize): i32 {
  return compareBounds(lowPointer, lowLength, lowCut, lowOf(range), load<u16>(range, RANGE_LOW_LENGTH), load<u8>(range, RANGE_LOW_CUT));
}

function compareHigh(range: usize): i32 {
  const length = <u32>load<u16>(range, RANGE_HIGH_LENGTH);
  return compareBounds(highPointer, highLength, highCut, highOf(range), length, load<u8>(range, RANGE_HIGH_CUT));
}

/** True if what is asked for ends behind the beginning of a range. */
function endsBehindLow(range: usize): bool {
  const length = <u32>load<u16>(range, RANGE_LOW_LENGTH);
  return compareBounds(lowOf(range), length, load<u8>(range, RANGE_LOW_CUT), highPointer, highLength, highCut) < 0;
}

/** True if what is asked for begins before the end of a range. */
function beginsBeforeHigh(range: usize): bool {
  const length = <u32>load<u16>(range, RANGE_HIGH_LENGTH);
  return compareBounds(lowPointer, lowLength, lowCut, highOf(range), length, load<u8>(range, RANGE_HIGH_CUT)) < 0;
}

/** Asks for a range that there is. */
export function rangeWantAs(range: usize): void {
  lowPointer = lowOf(range);
  lowLength = load<u16>(range, RANGE_LOW_LENGTH);
  lowCut = load<u8>(range, RANGE_LOW_CUT);
  highPointer = highOf(range);
  highLength = load<u16>(range, RANGE_HIGH_LENGTH);
  highCut = load<u8>(range, RANGE_HIGH_CUT);
}

/** The range that is asked for, if the space has it; else 0. */
export function rangeFind(space: usize): usize {
  let at = <usize>load<u32>(space, SPACE_ROOT);
  while (at) {
    let order = compareLow(at);
    if (!order) order = compareHigh(at);
    if (!order) return at;
    at = order < 0 ? leftOf(at) : rightOf(at);
  }
  return 0;
}

/** Adds the range that is asked for to its space, with its newest interval or 0; 0: no memory. Requires: it is not there. */
export function rangeMake(space: usize, writes: usize): usize {
  const range = markAllocate(RANGE_BYTES + lowLength + highLength);
  if (!range) return 0;
  memory.fill(range, 0, RANGE_BYTES);
  store<u32>(range, RANGE, TARGET_KIND);
  store<u32>(range, <u32>writes, TARGET_WRITES);
  store<u32>(range, <u32>space, RANGE_SPACE);
  store<u32>(range, <u32>((++made * 0x9e3779b97f4a7c15) >> 32), RANGE_PRIORITY);
  store<u16>(range, <u16>lowLength, RANGE_LOW_LENGTH);
  store<u16>(range, <u16>highLength, RANGE_HIGH_LENGTH);
  store<u8>(range, <u8>lowCut, RANGE_LOW_CUT);
  store<u8>(range, <u8>highCut, RANGE_HIGH_CUT);
  copyBytes(lowOf(range), lowPointer, lowLength);
  copyBytes(highOf(range), highPointer, highLength);
  sum(range);
  addedFirst = load<u64>(range, RANGE_FIRST);
  addedLast = load<u64>(range, RANGE_LAST);
  addedOut = load<u64>(range, RANGE_OUT);
  store<u32>(space, <u32>insert(<usize>load<u32>(space, SPACE_ROOT), range), SPACE_ROOT);
  store<u32>(space, load<u32>(space, SPACE_RANGES) + 1, SPACE_RANGES);
  targetEnqueue(range);
  return range;
}

/** Takes a range out of its space, which it answers. What is asked for is another range afterwards. */
export function rangeRemove(range: usize): usize {
  const space = rangeSpace(range);
  rangeWantAs(range);
  store<u32>(space, <u32>remove(<usize>load<u32>(space, SPACE_ROOT), range), SPACE_ROOT);
  store<u32>(space, load<u32>(space, SPACE_RANGES) - 1, SPACE_RANGES);
  return space;
}

/** Renews what is said of the subtrees that hold a range: somebody has written it. Requires: it is what is asked for. */
export function rangeWritten(range: usize): void {
  renew(<usize>load<u32>(rangeSpace(range), SPACE_ROOT), range);
}

function renew(at: usize, range: usize): void {
  if (at != range) {
    let order = compareLow(at);
    if (!order) order = compareHigh(at);
    renew(order < 0 ? leftOf(at) : rightOf(at), range);
  }
  sum(at);
}

function insert(at: usize, range: usize): usize {
  if (!at) return range;
  if (load<u32>(range, RANGE_PRIORITY) > load<u32>(at, RANGE_PRIORITY)) {
    cut(at);
    store<u32>(range, <u32>cutLeft, RANGE_LEFT);
    store<u32>(range, <u32>cutRight, RANGE_RIGHT);
    sum(range);
    return range;
  }
  let order = compareLow(at);
  if (!order) order = compareHigh(at);
  if (order < 0) store<u32>(at, <u32>insert(leftOf(at), range), RANGE_LEFT);
  else store<u32>(at, <u32>insert(rightOf(at), range), RANGE_RIGHT);
  addTo(at, addedFirst, addedLast, addedOut, range);
  return at;
}

/** Cuts a subtree in what is less than the range that is asked for, and what is greater: `cutLeft`, `cutRight`. */
function cut(at: usize): void {
  if (!at) {
    cutLeft = 0;
    cutRight = 0;
    return;
  }
  let order = compareLow(at);
  if (!order) order = compareHigh(at);
  if (order < 0) {
    cut(leftOf(at));
    store<u32>(at, <u32>cutRight, RANGE_LEFT);
    cutRight = at;
  } else {
    cut(rightOf(at));
    store<u32>(at, <u32>cutLeft, RANGE_RIGHT);
    cutLeft = at;
  }
  sum(at);
}

function remove(at: usize, range: usize): usize {
  if (at == range) return join(leftOf(at), rightOf(at));
  let order = compareLow(at);
  if (!order) order = compareHigh(at);
  if (order < 0) store<u32>(at, <u32>remove(leftOf(at), range), RANGE_LEFT);
  else store<u32>(at, <u32>remove(rightOf(at), range), RANGE_RIGHT);
  sum(at);
  return at;
}

function join(left: usize, right: usize): usize {
  if (!left) return right;
  if (!right) return left;
  if (load<u32>(left, RANGE_PRIORITY) > load<u32>(right, RANGE_PRIORITY)) {
    store<u32>(left, <u32>join(rightOf(left), right), RANGE_RIGHT);
    sum(left);
    return left;
  }
  store<u32>(right, <u32>join(left, leftOf(right)), RANGE_LEFT);
  sum(right);
  return right;
}

/** Says of a subtree what its root and the two subtrees below say. */
function sum(at: usize): void {
  let first = NEVER;
  let last: u64 = 0;
  let out = NEVER;
  const writes = <usize>load<u32>(at, TARGET_WRITES);
  if (writes && writesSince(writes, 0)) {
    last = writesLast(writes);
    first = sinceFirst;
    out = sinceOut;
  }
  store<u64>(at, first, RANGE_FIRST);
  store<u64>(at, last, RANGE_LAST);
  store<u64>(at, out, RANGE_OUT);
  store<u32>(at, <u32>at, RANGE_LAST_END);
  const left = leftOf(at);
  const right = rightOf(at);
  if (left) sumWith(at, left);
  if (right) sumWith(at, right);
}

function sumWith(at: usize, below: usize): void {
  const other = <usize>load<u32>(below, RANGE_LAST_END);
  addTo(at, load<u64>(below, RANGE_FIRST), load<u64>(below, RANGE_LAST), load<u64>(below, RANGE_OUT), other);
}

/** Adds numbers and an end to what is said of a subtree. */
function addTo(at: usize, first: u64, last: u64, out: u64, other: usize): void {
  if (first < load<u64>(at, RANGE_FIRST)) store<u64>(at, first, RANGE_FIRST);
  if (last > load<u64>(at, RANGE_LAST)) store<u64>(at, last, RANGE_LAST);
  if (out < load<u64>(at, RANGE_OUT)) store<u64>(at, out, RANGE_OUT);
  if (compareEnds(other, <usize>load<u32>(at, RANGE_LAST_END)) > 0) store<u32>(at, <u32>other, RANGE_LAST_END);
}

function compareEnds(left: usize, right: usize): i32 {
  const leftLength = <u32>load<u16>(left, RANGE_HIGH_LENGTH);
  const rightLength = <u32>load<u16>(right, RANGE_HIGH_LENGTH);
  return compareBounds(
    highOf(left),
    leftLength,
    load<u8>(left, RANGE_HIGH_CUT),
    highOf(right),
    rightLength,
    load<u8>(right, RANGE_HIGH_CUT),
  );
}

/** True if somebody whom the view does not see wrote in the range that is asked for: `rangeFirst`, `rangeOut`. */
export function rangeWrites(space: usize, view: u64): bool {
  rangeFirst = NEVER;
  rangeOut = NEVER;
  askedView = view;
  gather(<usize>load<u32>(space, SPACE_ROOT), false, false);
  return rangeFirst != NEVER;
}

/** `isAbove`, `isBelow`: all of the subtree begin inside of what is asked for, by its lower and by its upper bound. */
function gather(at: usize, isAbove: bool, isBelow: bool): void {
  if (!at || load<u64>(at, RANGE_LAST) <= askedView) return;
  if (isAbove && isBelow && load<u64>(at, RANGE_FIRST) > askedView) {
    take(load<u64>(at, RANGE_FIRST), load<u64>(at, RANGE_OUT));
    return;
  }
  if (!isAbove && !beginsBeforeHigh(<usize>load<u32>(at, RANGE_LAST_END))) return;
  if (!isBelow && !endsBehindLow(at)) {
    gather(leftOf(at), isAbove, false);
    return;
  }
  const writes = <usize>load<u32>(at, TARGET_WRITES);
  if (writes && (isAbove || beginsBeforeHigh(at)) && writesSince(writes, askedView)) take(sinceFirst, sinceOut);
  gather(leftOf(at), isAbove, true);
  gather(rightOf(at), isAbove || compareLow(at) <= 0, isBelow);
}

function take(first: u64, out: u64): void {
  if (first < rangeFirst) rangeFirst = first;
  if (out < rangeOut) rangeOut = out;
}

/** The first of all ranges that what is asked for meets, or of all of the space; the others follow by RANGE_MET. */
export function rangesMet(space: usize, isWhole: bool): usize {
  met = 0;
  visit(<usize>load<u32>(space, SPACE_ROOT), isWhole);
  return met;
}

function visit(at: usize, isWhole: bool): void {
  if (!at || !(isWhole || beginsBeforeHigh(<usize>load<u32>(at, RANGE_LAST_END)))) return;
  visit(leftOf(at), isWhole);
  if (!isWhole && !endsBehindLow(at)) return;
  if (isWhole || beginsBeforeHigh(at)) {
    store<u32>(at, <u32>met, RANGE_MET);
    met = at;
  }
  visit(rightOf(at), isWhole);
}

/** Whether a space's tree is in order; for debug builds. */
export function rangeCheck(space: usize): bool {
  return checkBelow(<usize>load<u32>(space, SPACE_ROOT)) == load<u32>(space, SPACE_RANGES);
}

/** Ranges in a subtree, or more than there can be if something is wrong. */
function checkBelow(at: usize): u32 {
  if (!at) return 0;
  const left = leftOf(at);
  const right = rightOf(at);
  const first = load<u64>(at, RANGE_FIRST);
  const last = load<u64>(at, RANGE_LAST);
  const out = load<u64>(at, RANGE_OUT);
  const end = <usize>load<u32>(at, RANGE_LAST_END);
  const count = checkBelow(left) + checkBelow(right) + 1;
  rangeWantAs(at);
  let isRight = compareBounds(lowPointer, lowLength, lowCut, highPointer, highLength, highCut) < 0;
  if (left && (compareLow(left) < 0 || load<u32>(left, RANGE_PRIORITY) > load<u32>(at, RANGE_PRIORITY))) isRight = false;
  if (right && (compareLow(right) > 0 || load<u32>(right, RANGE_PRIORITY) > load<u32>(at, RANGE_PRIORITY))) isRight = false;
  sum(at);
  if (first != load<u64>(at, RANGE_FIRST) || last != load<u64>(at, RANGE_LAST) || out != load<u64>(at, RANGE_OUT)) isRight = false;
  return isRight && compareEnds(end, <usize>load<u32>(at, RANGE_LAST_END)) == 0 ? count : 0x40000000;
}
