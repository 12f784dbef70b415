/**
 * Ranges of keys in a space that were read, and names of keys that were written.
 *
 *   range, behind what all targets have (target.ts; offset 28 is its space); a name has the same layout, without target's queue
 *   16  u32 the point of the key, u32 1 while it is fresh (names)
 *   32  u32 left, u32 right: what is below it in the tree; or next and previous fresh name
 *   40  u32 priority
 *   44  u32 what ends last in the subtree
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
 * A range has readers and no writers. A key is read and written at its point, by its hash; when it is written the point gets a name, a
 * range that holds the key alone, by which ranges find it. Points have one name at most; if two keys meet in one hash the second writes
 * the space. Names go with their points.
 *
 * The ranges and names of a space are a treap (Seidel, Aragon 1996) in the order of their lower bounds, upper ones and points; priorities come
 * from a counter. Two ranges meet if each begins before the other ends. What ends last below each (the interval tree of Cormen,
 * Leiserson, Rivest, Stein, section 14.3) and the writers' numbers let a search leave out subtrees, or take them as a whole. Names are
 * fresh at first: put in the tree by the next who reads a range there, since often nobody does.
 *
 * Invariants: (1) the order; (2) priorities do not ascend downwards; (3) what is said of subtrees is true; (4) a range is not empty;
 * (5) a name and its point refer to each other.
 *
 * Cost: O(log n) expected, and O(1) for each range that is met; a read does not visit writes that it can take as a whole, and pays
 * O(log n) for each fresh name. A name O(1).
 */
import { copyBytes } from "../bytes/copy";
import { compareKeys } from "../structure/tree-key";
import { sinceFirst, sinceOut, writesLast, writesSince } from "./committed-write";
import { isCrowded, markAllocate, markRelease } from "./mark-memory";
import { NEVER } from "./participant";
import {
  NAME,
  POINT_NAME,
  RANGE,
  SPACE_FRESH,
  SPACE_FRESH_COUNT,
  SPACE_RANGES,
  SPACE_ROOT,
  TARGET_KIND,
  TARGET_WRITES,
  targetEnqueue,
} from "./target";

const NAME_POINT: usize = 16;
const NAME_IS_FRESH: usize = 20;
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

/** Fresh names of a space, beyond which units write the space and transactions put theirs in the tree at once. */
const FRESH_MAX: u32 = 8192;

/** What `nameMake` answers: no memory; the key has its name; whoever writes it has to write the space. */
export const NAME_NO_MEMORY: u32 = 0;
export const NAME_DONE: u32 = 1;
export const NAME_COARSE: u32 = 2;

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
/** Address of the point of the name that is asked for; 0: a range is. */
let pointWanted: u32 = 0;
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
  pointWanted = 0;
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

/** How what is asked for stands to a range or name in the order of a tree. */
function compareWith(at: usize): i32 {
  let order = compareLow(at);
  if (!order) order = compareHigh(at);
  return order ? order : <i32>(pointWanted > pointOf(at)) - <i32>(pointWanted < pointOf(at));
}

/** The point of a name; 0: it is a range. */
// @ts-ignore: decorator
@inline
function pointOf(at: usize): u32 {
  return load<u32>(at, TARGET_KIND) == NAME ? load<u32>(at, NAME_POINT) : 0;
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
  pointWanted = pointOf(range);
}

/** The range that is asked for, if the space has it; else 0. */
export function rangeFind(space: usize): usize {
  let at = <usize>load<u32>(space, SPACE_ROOT);
  while (at) {
    const order = compareWith(at);
    if (!order) return at;
    at = order < 0 ? leftOf(at) : rightOf(at);
  }
  return 0;
}

/** Adds the range that is asked for to its space; 0: no memory. Requires: it is not there. */
export function rangeMake(space: usize): usize {
  const range = make(space, RANGE);
  if (!range) return 0;
  place(space, range);
  targetEnqueue(range);
  return range;
}

/** A range or name with the bounds that are asked for, in no tree yet; 0: no memory. */
function make(space: usize, kind: u32): usize {
  const range = markAllocate(RANGE_BYTES + lowLength + highLength);
  if (!range) return 0;
  memory.fill(range, 0, RANGE_BYTES);
  store<u32>(range, kind, TARGET_KIND);
  store<u32>(range, <u32>space, RANGE_SPACE);
  store<u32>(range, <u32>((++made * 0x9e3779b97f4a7c15) >> 32), RANGE_PRIORITY);
  store<u16>(range, <u16>lowLength, RANGE_LOW_LENGTH);
  store<u16>(range, <u16>highLength, RANGE_HIGH_LENGTH);
  store<u8>(range, <u8>lowCut, RANGE_LOW_CUT);
  store<u8>(range, <u8>highCut, RANGE_HIGH_CUT);
  copyBytes(lowOf(range), lowPointer, lowLength);
  copyBytes(highOf(range), highPointer, highLength);
  return range;
}

/** Puts a range or name with the bounds that are asked for in the tree of its space. */
function place(space: usize, range: usize): void {
  sum(range);
  addedFirst = load<u64>(range, RANGE_FIRST);
  addedLast = load<u64>(range, RANGE_LAST);
  addedOut = load<u64>(range, RANGE_OUT);
  store<u32>(space, <u32>insert(<usize>load<u32>(space, SPACE_ROOT), range), SPACE_ROOT);
  store<u32>(space, load<u32>(space, SPACE_RANGES) + 1, SPACE_RANGES);
}

/** Takes what has the bounds that are asked for out of the tree. */
function displace(space: usize, range: usize): void {
  store<u32>(space, <u32>remove(<usize>load<u32>(space, SPACE_ROOT), range), SPACE_ROOT);
  store<u32>(space, load<u32>(space, SPACE_RANGES) - 1, SPACE_RANGES);
}

/** Names the key that is asked for at its point, if it has no name yet. `atOnce`: put it in the tree if too many are fresh. */
export function nameMake(space: usize, point: usize, atOnce: bool): u32 {
  pointWanted = <u32>point;
  const old = <usize>load<u32>(point, POINT_NAME);
  if (old) return rangeSpace(old) == space && !compareLow(old) && !compareHigh(old) ? NAME_DONE : NAME_COARSE;
  const isFull = load<u32>(space, SPACE_FRESH_COUNT) >= FRESH_MAX;
  if (isCrowded() || (isFull && !atOnce)) return NAME_COARSE;
  const name = make(space, NAME);
  if (!name) return NAME_NO_MEMORY;
  store<u32>(name, <u32>point, NAME_POINT);
  store<u32>(point, <u32>name, POINT_NAME);
  if (isFull) place(space, name);
  else freshAdd(space, name);
  return NAME_DONE;
}

/** Takes a point's name away and returns its space. What is asked for is another range afterwards. */
export function nameRemove(point: usize): usize {
  const name = <usize>load<u32>(point, POINT_NAME);
  const space = rangeSpace(name);
  if (load<u32>(name, NAME_IS_FRESH)) freshRemove(space, name);
  else {
    rangeWantAs(name);
    displace(space, name);
  }
  markRelease(name);
  return space;
}

/** Somebody has written the key of this name. Requires: it is what is asked for. */
export function nameWritten(name: usize): void {
  if (!load<u32>(name, NAME_IS_FRESH)) renew(<usize>load<u32>(rangeSpace(name), SPACE_ROOT), name);
}

function freshAdd(space: usize, name: usize): void {
  const first = <usize>load<u32>(space, SPACE_FRESH);
  store<u32>(name, 1, NAME_IS_FRESH);
  store<u32>(name, <u32>first, RANGE_LEFT);
  if (first) store<u32>(first, <u32>name, RANGE_RIGHT);
  store<u32>(space, <u32>name, SPACE_FRESH);
  store<u32>(space, load<u32>(space, SPACE_FRESH_COUNT) + 1, SPACE_FRESH_COUNT);
}

function freshRemove(space: usize, name: usize): void {
  const next = leftOf(name);
  const previous = rightOf(name);
  if (previous) store<u32>(previous, <u32>next, RANGE_LEFT);
  else store<u32>(space, <u32>next, SPACE_FRESH);
  if (next) store<u32>(next, <u32>previous, RANGE_RIGHT);
  store<u32>(name, 0, NAME_IS_FRESH);
  store<u32>(name, 0, RANGE_LEFT);
  store<u32>(name, 0, RANGE_RIGHT);
  store<u32>(space, load<u32>(space, SPACE_FRESH_COUNT) - 1, SPACE_FRESH_COUNT);
}

/** Puts all fresh names of a space in its tree. What is asked for stays. */
function placeFresh(space: usize): void {
  const low = lowPointer;
  const lowBytes = lowLength;
  const lowSide = lowCut;
  const high = highPointer;
  const highBytes = highLength;
  const highSide = highCut;
  while (load<u32>(space, SPACE_FRESH)) {
    const name = <usize>load<u32>(space, SPACE_FRESH);
    freshRemove(space, name);
    rangeWantAs(name);
    place(space, name);
  }
  lowPointer = low;
  lowLength = lowBytes;
  lowCut = lowSide;
  highPointer = high;
  highLength = highBytes;
  highCut = highSide;
  pointWanted = 0;
}

/** Takes a range out of its space, which it answers. What is asked for is another range afterwards. */
export function rangeRemove(range: usize): usize {
  rangeWantAs(range);
  displace(rangeSpace(range), range);
  return rangeSpace(range);
}

/** Renews what is said of the subtrees that hold what is asked for. */
function renew(at: usize, range: usize): void {
  if (at != range) {
    const order = compareWith(at);
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
  const order = compareWith(at);
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
  const order = compareWith(at);
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
  const order = compareWith(at);
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

/** The newest interval of who wrote a key, or 0: a range has no writers. */
// @ts-ignore: decorator
@inline
function writesOf(at: usize): usize {
  return load<u32>(at, TARGET_KIND) == NAME ? <usize>load<u32>(<usize>load<u32>(at, NAME_POINT), TARGET_WRITES) : 0;
}

/** Says of a subtree what its root and the two subtrees below say. */
function sum(at: usize): void {
  let first = NEVER;
  let last: u64 = 0;
  let out = NEVER;
  const writes = writesOf(at);
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
  if (load<u32>(space, SPACE_FRESH)) placeFresh(space);
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
  const writes = writesOf(at);
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
  if (load<u32>(at, TARGET_KIND) == RANGE && (isWhole || beginsBeforeHigh(at))) {
    store<u32>(at, <u32>met, RANGE_MET);
    met = at;
  }
  visit(rightOf(at), isWhole);
}

/** Whether a space's tree and its fresh names are in order; for debug builds. */
export function rangeCheck(space: usize): bool {
  let count: u32 = 0;
  let previous: usize = 0;
  for (let name = <usize>load<u32>(space, SPACE_FRESH); name; name = leftOf(name)) {
    if (rightOf(name) != previous || !load<u32>(name, NAME_IS_FRESH) || !nameCheck(name)) return false;
    previous = name;
    count++;
  }
  return count == load<u32>(space, SPACE_FRESH_COUNT) && checkBelow(<usize>load<u32>(space, SPACE_ROOT)) == load<u32>(space, SPACE_RANGES);
}

function nameCheck(name: usize): bool {
  return load<u32>(name, TARGET_KIND) == NAME && <usize>load<u32>(<usize>load<u32>(name, NAME_POINT), POINT_NAME) == name;
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
  if (load<u32>(at, TARGET_KIND) == NAME && (!nameCheck(at) || load<u32>(at, NAME_IS_FRESH))) return 0x40000000;
  let isRight = compareBounds(lowPointer, lowLength, lowCut, highPointer, highLength, highCut) < 0;
  if (left && (compareWith(left) <= 0 || load<u32>(left, RANGE_PRIORITY) > load<u32>(at, RANGE_PRIORITY))) isRight = false;
  if (right && (compareWith(right) >= 0 || load<u32>(right, RANGE_PRIORITY) > load<u32>(at, RANGE_PRIORITY))) isRight = false;
  sum(at);
  if (first != load<u64>(at, RANGE_FIRST) || last != load<u64>(at, RANGE_LAST) || out != load<u64>(at, RANGE_OUT)) isRight = false;
  return isRight && compareEnds(end, <usize>load<u32>(at, RANGE_LAST_END)) == 0 ? count : 0x40000000;
}
