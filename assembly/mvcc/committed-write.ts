/**
 * Who has written a target: intervals of commit numbers, the newest first, kept while a transaction that is concurrent with them is
 * active.
 *
 *   interval (INTERVAL_SIZE bytes)
 *   0   u64 first number in it
 *   8   u64 last number in it
 *   16  u64 least `out` of its writers (NEVER: no writer in it is a pivot)
 *   24  u32 next older interval
 *   32  u64 last number that wrote exclusively   } in the newest interval only, for all of them
 *   40  u64 last number that wrote shared        }
 *
 * A writer joins the newest interval unless an active transaction's view lies between the two: nobody could tell them apart, so at
 * most one interval per active view is kept, and nothing is lost. Beyond INTERVALS_MAX, or without memory, it joins
 * regardless; then a view inside of an interval takes its own next number for that of the first writer it does not see:
 * earlier than the truth, so conflicts may be seen that are none, and none is missed.
 *
 * Modes of writing, for "first committer wins": exclusive writes conflict with exclusive and with shared ones, shared ones only with
 * exclusive ones; a touch conflicts with none. To readers all are writes.
 *
 * Cost: O(INTERVALS_MAX).
 */
import { DEBUG } from "../memory/debug";
import { markAllocate, markRelease } from "./mark-memory";
import { NEVER, newestView, oldestView } from "./participant";

export const WRITE_TOUCH: u32 = 1;
export const WRITE_SHARED: u32 = 2;
export const WRITE_EXCLUSIVE: u32 = 3;

const INTERVAL_FIRST: usize = 0;
const INTERVAL_LAST: usize = 8;
const INTERVAL_OUT: usize = 16;
const INTERVAL_OLDER: usize = 24;
const INTERVAL_EXCLUSIVE: usize = 32;
const INTERVAL_SHARED: usize = 40;
export const INTERVAL_SIZE: u32 = 48;
const INTERVALS_MAX: u32 = 8;

/** Of what `writesSince` has found: the first number behind the view, and the least `out` of the writers. */
export let sinceFirst: u64 = NEVER;
export let sinceOut: u64 = NEVER;

/** Makes memory an interval in which nobody has written yet. */
export function intervalInitialize(interval: usize): void {
  memory.fill(interval, 0, INTERVAL_SIZE);
  store<u64>(interval, NEVER, INTERVAL_FIRST);
  store<u64>(interval, NEVER, INTERVAL_OUT);
}

/** An interval in which nobody has written yet; 0: no memory. */
export function intervalMake(): usize {
  const interval = markAllocate(INTERVAL_SIZE);
  if (interval) intervalInitialize(interval);
  return interval;
}

/** Adds a writer to the newest interval, or to a new one before it. Never fails. Requires: no number is greater. */
export function writesAdd(interval: usize, number: u64, out: u64, mode: u32): void {
  const last = load<u64>(interval, INTERVAL_LAST);
  writesJoin(interval, number, out, mode, last > oldestView && last <= newestView && pushOlder(interval));
}

/** Adds a writer to an interval that stands alone, or begins that anew if it is `isNew` or concerns nobody. Takes no memory. */
export function writesJoin(interval: usize, number: u64, out: u64, mode: u32, isNew: bool): void {
  const last = load<u64>(interval, INTERVAL_LAST);
  if (DEBUG) assert(last <= number && mode >= WRITE_TOUCH && mode <= WRITE_EXCLUSIVE);
  if (last <= oldestView) writesForget(interval);
  if (isNew || last <= oldestView) {
    store<u64>(interval, number, INTERVAL_FIRST);
    store<u64>(interval, out, INTERVAL_OUT);
  } else if (out < load<u64>(interval, INTERVAL_OUT)) store<u64>(interval, out, INTERVAL_OUT);
  store<u64>(interval, number, INTERVAL_LAST);
  if (mode == WRITE_EXCLUSIVE) store<u64>(interval, number, INTERVAL_EXCLUSIVE);
  else if (mode == WRITE_SHARED) store<u64>(interval, number, INTERVAL_SHARED);
}

/** Copies the newest interval behind itself, so that it can begin anew; false if the chain is long or there is no memory. */
function pushOlder(interval: usize): bool {
  let count: u32 = 1;
  let at = interval;
  let older = <usize>load<u32>(at, INTERVAL_OLDER);
  while (older) {
    if (load<u64>(older, INTERVAL_LAST) <= oldestView) {
      writesForget(at);
      break;
    }
    if (++count >= INTERVALS_MAX) return false;
    at = older;
    older = <usize>load<u32>(at, INTERVAL_OLDER);
  }
  const copy = markAllocate(INTERVAL_SIZE);
  if (!copy) return false;
  memory.copy(copy, interval, INTERVAL_SIZE);
  store<u32>(interval, <u32>copy, INTERVAL_OLDER);
  return true;
}

/** Frees all intervals behind one. */
export function writesForget(interval: usize): void {
  let at = <usize>load<u32>(interval, INTERVAL_OLDER);
  store<u32>(interval, 0, INTERVAL_OLDER);
  while (at) {
    const older = <usize>load<u32>(at, INTERVAL_OLDER);
    markRelease(at);
    at = older;
  }
}

/** Frees a chain of intervals. */
export function writesFree(interval: usize): void {
  writesForget(interval);
  markRelease(interval);
}

/** The last number that wrote; 0: nobody has. */
// @ts-ignore: decorator
@inline
export function writesLast(interval: usize): u64 {
  return load<u64>(interval, INTERVAL_LAST);
}

/** True if somebody wrote whom the view does not see: `sinceFirst`, `sinceOut`. */
export function writesSince(interval: usize, view: u64): bool {
  let at = interval;
  sinceFirst = NEVER;
  sinceOut = NEVER;
  while (at && load<u64>(at, INTERVAL_LAST) > view) {
    const first = load<u64>(at, INTERVAL_FIRST);
    sinceFirst = first > view ? first : view + 1;
    const out = load<u64>(at, INTERVAL_OUT);
    if (out < sinceOut) sinceOut = out;
    at = <usize>load<u32>(at, INTERVAL_OLDER);
  }
  return sinceFirst != NEVER;
}

/** True if a write in this mode with this view has lost: somebody whom the view does not see wrote in a mode that conflicts. */
export function writesLost(interval: usize, view: u64, mode: u32): bool {
  if (mode < WRITE_SHARED) return false;
  if (load<u64>(interval, INTERVAL_EXCLUSIVE) > view) return true;
  return mode == WRITE_EXCLUSIVE && load<u64>(interval, INTERVAL_SHARED) > view;
}
