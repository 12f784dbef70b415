/**
 * Sweeping: targets that can concern nobody any more are freed, in steps.
 *
 * A target is dead when it has no mark, and neither a reader's reach nor a writer's number above the oldest view (participant.ts): those
 * who are active see all that was committed there. A target is looked at when its last mark is taken away, and in
 * rounds: one begins whenever the oldest view has become newer. A step takes targets from the front of the queue and puts those
 * that live to its back.
 *
 * A new target is dead until it gets its first mark or number, so no step is taken between the two.
 *
 * Cost: O(1) for each target that is looked at, O(log ranges) for a range that is freed.
 */
import { DEBUG } from "../memory/debug";
import { writesFree, writesLast } from "./committed-write";
import { nameRemove, rangeRemove } from "./key-range";
import { markRelease } from "./mark-memory";
import { oldestView } from "./participant";
import {
  POINT,
  POINT_NAME,
  RANGE,
  SPACE,
  SPACE_FRESH,
  SPACE_ROOT,
  TARGET_KIND,
  TARGET_MARKS,
  TARGET_REACH,
  TARGET_WRITES,
  front,
  targetCount,
  targetDequeue,
  targetEnqueue,
  targetUnchain,
} from "./target";

/** How many targets the round has still to look at. */
export let sweepLeft: u32 = 0;

function isDead(target: usize): bool {
  if (load<u32>(target, TARGET_MARKS) || load<u64>(target, TARGET_REACH) > oldestView) return false;
  const writes = <usize>load<u32>(target, TARGET_WRITES);
  if (writes && writesLast(writes) > oldestView) return false;
  return load<u32>(target, TARGET_KIND) != SPACE || !(load<u32>(target, SPACE_ROOT) | load<u32>(target, SPACE_FRESH));
}

/** Frees a target if it is dead, with its name, and its space if nothing is left there. Requires: it is not freed yet. */
export function targetTidy(target: usize): void {
  if (DEBUG) assert(load<u32>(target, TARGET_KIND) <= RANGE);
  if (!isDead(target)) return;
  const kind = load<u32>(target, TARGET_KIND);
  const writes = <usize>load<u32>(target, TARGET_WRITES);
  let space: usize = 0;
  targetDequeue(target);
  if (kind == RANGE) space = rangeRemove(target);
  else targetUnchain(target);
  if (kind == POINT && load<u32>(target, POINT_NAME)) space = nameRemove(target);
  if (writes) writesFree(writes);
  markRelease(target);
  if (space) targetTidy(space);
}

/** Begins a round: the oldest view has become newer. */
export function sweepBegin(): void {
  sweepLeft = targetCount;
}

/** Looks at up to `budget` targets. */
export function sweep(budget: u32): void {
  while (budget && sweepLeft) {
    const target = front;
    if (!target) {
      sweepLeft = 0;
      return;
    }
    budget--;
    sweepLeft--;
    targetDequeue(target);
    targetEnqueue(target);
    targetTidy(target);
  }
}
