/**
 * Conflicts: what a commit and the marks on its targets mean to each other, and the last resort when there is no memory to remember one.
 *
 * An rw-antidependency goes from who reads to who overwrites what was read. It is found in one of two ways: a commit meets the marks of
 * readers, or a read meets a commit that it does not see. So whoever is at its head has committed, and of the heads only
 * the first to commit matters: `out` of the participant. A participant with an `out` is a pivot if anybody has an antidependency to it.
 *
 * Last resort: `everything` is the target of all items and all ranges. Units cannot be refused, so what they write or read
 * without memory is remembered there: a conflict with everybody who is active, in a few static bytes. It is also what a unit writes that
 * empties a database.
 *
 * Cost: O(marks on the target).
 */
import {
  INTERVAL_SIZE,
  intervalInitialize,
  sinceFirst,
  sinceOut,
  writesJoin,
  writesLast,
  writesLost,
  writesSince,
} from "./committed-write";
import { MARK_NEXT, MARK_READ, markMode, markOwner } from "./mark";
import {
  HAS_WRITTEN,
  IS_ACTIVE,
  IS_BEATEN,
  IS_COMMITTED,
  IS_DOOMED,
  IS_DOOMED_WRITER,
  IS_READ_ONLY,
  IS_SERIALIZABLE,
  LACKS_MEMORY,
  NEVER,
  PARTICIPANT_NEXT,
  PARTICIPANT_OUT,
  PARTICIPANT_REACH,
  PARTICIPANT_VIEW,
  addFlags,
  flagsOf,
  oldest,
} from "./participant";
import { RULE_COMMITTED_READER, RULE_FIRST_OF_THREE, RULE_WRITER_REACH, RULE_WRITTEN_SINCE, holds } from "./ssi-rule";
import { TARGET_MARKS, TARGET_REACH, TARGET_WRITES } from "./target";

const everything: usize = memory.data(INTERVAL_SIZE, 8);
/** Number of the last unit that wrote everything. */
export let everythingNumber: u64 = 0;
/** Greatest reach of units whose marks found no memory. */
let everythingReach: u64 = 0;
let isPrepared: bool = false;

/**
 * A unit has written everything, or there is no memory to say what it wrote: whoever is active and serializable has read some of it, or may
 * yet. The unit's number is taken by that.
 */
export function everythingWritten(number: u64, mode: u32): void {
  everythingNumber = number;
  for (let reader = oldest; reader; reader = <usize>load<u32>(reader, PARTICIPANT_NEXT)) {
    if (flagsOf(reader) & IS_SERIALIZABLE && number < load<u64>(reader, PARTICIPANT_OUT)) store<u64>(reader, number, PARTICIPANT_OUT);
  }
  if (!isPrepared) intervalInitialize(everything);
  isPrepared = true;
  writesJoin(everything, number, NEVER, mode, false);
}

/** Remembers a read of a unit of which there is no memory to say what it read. */
export function everythingRead(number: u64): void {
  everythingReach = number;
}

/** Tells a reader what was written behind its view where memory was lacking. */
export function meetEverything(participant: usize): void {
  meetWrites(participant, everything);
}

/** True if a write has lost against one that is remembered as everything. */
export function lostToEverything(participant: usize, mode: u32): bool {
  return writesLost(everything, load<u64>(participant, PARTICIPANT_VIEW), mode);
}

/** True if a pivot would overwrite what a unit read of which nobody knows what it was. */
export function endangersEverything(participant: usize): bool {
  return everythingReach >= load<u64>(participant, PARTICIPANT_OUT);
}

/** Tells a reader what was written behind its view in a chain of intervals, which may be none. */
// @ts-ignore: decorator
@inline
export function meetWrites(participant: usize, writes: usize): void {
  const view = load<u64>(participant, PARTICIPANT_VIEW);
  if (!writes || writesLast(writes) <= view) return;
  writesSince(writes, view);
  meet(participant, sinceFirst, sinceOut);
}

/** What a reader has read was overwritten: first by the commit of this number; the least `out` of the writers is `out`. */
export function meet(participant: usize, first: u64, out: u64): void {
  if (!holds(RULE_WRITTEN_SINCE)) return;
  if (first < load<u64>(participant, PARTICIPANT_OUT)) store<u64>(participant, first, PARTICIPANT_OUT);
  if (out == NEVER || !holds(RULE_FIRST_OF_THREE)) return;
  if (out <= load<u64>(participant, PARTICIPANT_VIEW)) addFlags(participant, IS_DOOMED);
  else if (!(flagsOf(participant) & IS_READ_ONLY)) addFlags(participant, IS_DOOMED_WRITER);
}

/** Who will commit only as a reader, if at all. */
// @ts-ignore: decorator
@inline
function isReader(flags: u32): bool {
  return !(flags & HAS_WRITTEN) || !holds(RULE_WRITER_REACH);
}

/** Who is active and will not commit, unless it takes back what it has written (see `advanceReaders`). */
// @ts-ignore: decorator
@inline
function isLost(flags: u32): bool {
  return (
    (flags & (IS_DOOMED | IS_BEATEN | LACKS_MEMORY)) != 0 || (flags & (IS_DOOMED_WRITER | HAS_WRITTEN)) == (IS_DOOMED_WRITER | HAS_WRITTEN)
  );
}

/**
 * True if a participant with an `out` must not write a target: a reader of it has committed not before `out`, or may do so. Who is active
 * and has written nothing yet may still be a mere reader; then it matters only if its view has `out` (else see `advanceReaders`).
 */
export function endangers(participant: usize, target: usize): bool {
  const out = load<u64>(participant, PARTICIPANT_OUT);
  if (holds(RULE_COMMITTED_READER) && load<u64>(target, TARGET_REACH) >= out) return true;
  for (let mark = <usize>load<u32>(target, TARGET_MARKS); mark; mark = <usize>load<u32>(mark, MARK_NEXT)) {
    const reader = markOwner(mark);
    if (markMode(mark) != MARK_READ || reader == participant) continue;
    const flags = flagsOf(reader);
    if (flags & IS_COMMITTED) {
      if (holds(RULE_COMMITTED_READER) && load<u64>(reader, PARTICIPANT_REACH) >= out) return true;
    } else if (flags & IS_ACTIVE && !isLost(flags)) {
      if (!isReader(flags) || load<u64>(reader, PARTICIPANT_VIEW) >= out) return true;
    }
  }
  return false;
}

/**
 * Tells the active readers of a target that the commit of this number has overwritten it. If that is a pivot's, who has written
 * nothing yet may do so no more: the first of the three committed behind its view, or `endangers` would have refused the pivot. Who was passed
 * over there since it would not commit may not do so even if it takes back what it has written.
 */
export function advanceReaders(target: usize, writer: usize, number: u64, isPivot: bool): void {
  for (let mark = <usize>load<u32>(target, TARGET_MARKS); mark; mark = <usize>load<u32>(mark, MARK_NEXT)) {
    const reader = markOwner(mark);
    if (markMode(mark) != MARK_READ || reader == writer) continue;
    const flags = flagsOf(reader);
    if ((flags & (IS_ACTIVE | IS_SERIALIZABLE)) != (IS_ACTIVE | IS_SERIALIZABLE)) continue;
    if (number < load<u64>(reader, PARTICIPANT_OUT)) store<u64>(reader, number, PARTICIPANT_OUT);
    if (isPivot && !(flags & IS_READ_ONLY)) addFlags(reader, isLost(flags) ? IS_DOOMED | IS_DOOMED_WRITER : IS_DOOMED_WRITER);
  }
}

/** A reader meets the writes on a target. */
// @ts-ignore: decorator
@inline
export function meetTarget(participant: usize, target: usize): void {
  meetWrites(participant, <usize>load<u32>(target, TARGET_WRITES));
}
