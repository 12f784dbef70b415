/**
 * The invariants of what serializable snapshot isolation remembers, for debug builds and tests: those that the heads of
 * participant.ts, target.ts, mark.ts and key-range.ts number.
 *
 * Cost: O(everything that is remembered).
 */
import { rangeCheck } from "./key-range";
import { MARK_NEXT, MARK_PREVIOUS, MARK_READ, MARK_TARGET, markMode } from "./mark";
import { participantCheck, ssiActive } from "./participant";
import { endedFirst } from "./ssi";
import { sweepLeft } from "./sweep";
import {
  GROUP,
  POINT,
  POINT_NAME,
  RANGE,
  SPACE,
  SPACE_FRESH_COUNT,
  SPACE_RANGES,
  TARGET_KIND,
  TARGET_MARKS,
  TARGET_NEXT,
  TARGET_NUMBER,
  TARGET_PREVIOUS,
  TARGET_WRITES,
  back,
  front,
  groupCount,
  inTable,
  targetCount,
  targetFind,
} from "./target";

/** Whether all is in order. */
export function ssiCheck(): bool {
  const isBusy = ssiActive || endedFirst != 0 || sweepLeft != 0;
  return participantCheck() && queueCheck(isBusy);
}

/**
 * Whether queue, table and spaces hold the same targets, and each is in order. When nothing is under way only read-only transactions that
 * have become safe hold any.
 */
function queueCheck(isBusy: bool): bool {
  let count: u32 = 0;
  let outside: u32 = 0;
  let ranges: u32 = 0;
  let groups: u32 = 0;
  let names: u32 = 0;
  let previous: usize = 0;
  for (let at = front; at; at = <usize>load<u32>(at, TARGET_NEXT)) {
    const kind = load<u32>(at, TARGET_KIND);
    if (<usize>load<u32>(at, TARGET_PREVIOUS) != previous || ++count > targetCount || !marksCheck(at)) return false;
    if (!isBusy && !load<u32>(at, TARGET_MARKS) && (kind != SPACE || !(load<u32>(at, SPACE_RANGES) + load<u32>(at, SPACE_FRESH_COUNT))))
      return false;
    if (kind == POINT && load<u32>(at, POINT_NAME)) names++;
    if (kind == RANGE) outside++;
    else if (targetFind(load<u64>(at, TARGET_NUMBER), kind) != at) return false;
    if (kind == SPACE) {
      if (!rangeCheck(at)) return false;
      ranges += load<u32>(at, SPACE_RANGES) + load<u32>(at, SPACE_FRESH_COUNT);
    }
    if (kind == GROUP) groups++;
    previous = at;
  }
  return previous == back && count == targetCount && outside + names == ranges && count - outside == inTable && groups == groupCount;
}

/** Whether a target's marks are linked both ways, and its writers have an interval. */
function marksCheck(target: usize): bool {
  let previous: usize = 0;
  for (let mark = <usize>load<u32>(target, TARGET_MARKS); mark; mark = <usize>load<u32>(mark, MARK_NEXT)) {
    if (<usize>load<u32>(mark, MARK_TARGET) != target || <usize>load<u32>(mark, MARK_PREVIOUS) != previous) return false;
    if (markMode(mark) != MARK_READ && !load<u32>(target, TARGET_WRITES)) return false;
    previous = mark;
  }
  return true;
}
