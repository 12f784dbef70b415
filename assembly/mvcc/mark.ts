/**
 * Marks: who has read a target, and who is going to write it.
 *
 *   chunk of a participant's marks           mark (MARK_SIZE bytes)
 *   0  u32 next older chunk                  0   u32 target
 *   4  u32 marks in it                       4   u32 next mark of the target
 *   8  u32 marks that it has room for        8   u32 previous mark of the target, or 0
 *   12 u32 0                                 12  u32 participant | mode: MARK_READ, or a mode of writing (committed-write.ts)
 *
 * A participant has chunks for its marks as a reader and others as a writer, so that a commit walks only over what it writes. The
 * first chunk is small, for there are many short transactions.
 *
 * When a participant has ended its marks are taken away in steps; a reader that has committed leaves its reach at the target,
 * which says as much about it as the mark did (README.md, "What is remembered"). Until then the marks count by its state.
 *
 * Invariants: (1) a participant has at most one mark as reader and one as writer on a target; (2) a mark is in its target's list; (3) a
 * target's writer mark has an interval ready (TARGET_WRITES), so a commit cannot fail for memory.
 *
 * Cost: O(marks on the target) to set one, which is O(transactions that are active); O(1) to take it away.
 */
import { DEBUG } from "../memory/debug";
import { markAllocate, markRelease } from "./mark-memory";
import { IS_COMMITTED, PARTICIPANT_READS, PARTICIPANT_REACH, PARTICIPANT_WRITES, flagsOf, oldestView } from "./participant";
import { targetTidy } from "./sweep";
import { TARGET_MARKS, targetReached } from "./target";

const CHUNK_OLDER: usize = 0;
const CHUNK_COUNT: usize = 4;
const CHUNK_ROOM: usize = 8;
const CHUNK_HEADER: u32 = 16;
const CHUNK_FIRST: u32 = 240;
const CHUNK_BYTES: u32 = 4096;

export const MARK_TARGET: usize = 0;
export const MARK_NEXT: usize = 4;
export const MARK_PREVIOUS: usize = 8;
const MARK_OWNER: usize = 12;
const MARK_SIZE: u32 = 16;

export const MARK_READ: u32 = 0;
const MODE_MASK: u32 = 7;

// @ts-ignore: decorator
@inline
export function markOwner(mark: usize): usize {
  return <usize>(load<u32>(mark, MARK_OWNER) & ~MODE_MASK);
}

// @ts-ignore: decorator
@inline
export function markMode(mark: usize): u32 {
  return load<u32>(mark, MARK_OWNER) & MODE_MASK;
}

/** A participant's mark on a target, as a reader or as a writer; 0: it has none. */
function markFind(target: usize, participant: usize, asReader: bool): usize {
  let at = <usize>load<u32>(target, TARGET_MARKS);
  while (at && (markOwner(at) != participant || (markMode(at) == MARK_READ) != asReader)) at = <usize>load<u32>(at, MARK_NEXT);
  return at;
}

/** Marks a target; a writer's mark gets the strongest of its modes. False: no memory. */
export function markSet(target: usize, participant: usize, mode: u32): bool {
  const found = markFind(target, participant, mode == MARK_READ);
  if (found) {
    if (mode > markMode(found)) store<u32>(found, (<u32>participant) | mode, MARK_OWNER);
    return true;
  }
  const mark = markTake(participant + (mode == MARK_READ ? PARTICIPANT_READS : PARTICIPANT_WRITES));
  if (!mark) return false;
  const first = <usize>load<u32>(target, TARGET_MARKS);
  store<u32>(mark, <u32>target, MARK_TARGET);
  store<u32>(mark, <u32>first, MARK_NEXT);
  store<u32>(mark, 0, MARK_PREVIOUS);
  store<u32>(mark, (<u32>participant) | mode, MARK_OWNER);
  if (first) store<u32>(first, <u32>mark, MARK_PREVIOUS);
  store<u32>(target, <u32>mark, TARGET_MARKS);
  return true;
}

/** The next free mark of a list of chunks; 0: no memory. */
function markTake(list: usize): usize {
  let chunk = <usize>load<u32>(list);
  if (!chunk || load<u32>(chunk, CHUNK_COUNT) == load<u32>(chunk, CHUNK_ROOM)) {
    const bytes = chunk ? CHUNK_BYTES : CHUNK_FIRST;
    const added = markAllocate(bytes);
    if (!added) return 0;
    store<u32>(added, <u32>chunk, CHUNK_OLDER);
    store<u32>(added, 0, CHUNK_COUNT);
    store<u32>(added, (bytes - CHUNK_HEADER) / MARK_SIZE, CHUNK_ROOM);
    store<u32>(list, <u32>added);
    chunk = added;
  }
  const count = load<u32>(chunk, CHUNK_COUNT);
  store<u32>(chunk, count + 1, CHUNK_COUNT);
  return markAt(chunk, count);
}

// @ts-ignore: decorator
@inline
function markAt(chunk: usize, index: u32): usize {
  return chunk + <usize>CHUNK_HEADER + <usize>(index * MARK_SIZE);
}

/** The marks of a participant as a writer, the newest first: the one before `mark`, or the first for 0; 0: there is none. */
export function writerMark(participant: usize, mark: usize): usize {
  if (!mark) {
    walked = <usize>load<u32>(participant, PARTICIPANT_WRITES);
    return walked ? markAt(walked, load<u32>(walked, CHUNK_COUNT) - 1) : 0;
  }
  if (mark != markAt(walked, 0)) return mark - <usize>MARK_SIZE;
  walked = <usize>load<u32>(walked, CHUNK_OLDER);
  return walked ? markAt(walked, load<u32>(walked, CHUNK_COUNT) - 1) : 0;
}
/** The chunk of the mark that `writerMark` has answered last. */
let walked: usize = 0;

/** Takes away up to `budget` marks of a participant that has ended; returns how many. */
export function marksTake(participant: usize, budget: u32): u32 {
  const done = takeFrom(participant + PARTICIPANT_READS, participant, budget);
  return done < budget ? done + takeFrom(participant + PARTICIPANT_WRITES, participant, budget - done) : done;
}

/** Takes away all marks that a participant has as a writer. */
export function writerMarksTake(participant: usize): void {
  takeFrom(participant + PARTICIPANT_WRITES, participant, u32.MAX_VALUE);
}

function takeFrom(list: usize, participant: usize, budget: u32): u32 {
  let done: u32 = 0;
  let chunk = <usize>load<u32>(list);
  while (chunk) {
    let count = load<u32>(chunk, CHUNK_COUNT);
    while (count && done < budget) {
      takeAway(markAt(chunk, --count), participant);
      done++;
    }
    if (count) {
      store<u32>(chunk, count, CHUNK_COUNT);
      break;
    }
    const older = load<u32>(chunk, CHUNK_OLDER);
    markRelease(chunk);
    store<u32>(list, older);
    chunk = <usize>older;
  }
  return done;
}

function takeAway(mark: usize, participant: usize): void {
  const target = <usize>load<u32>(mark, MARK_TARGET);
  const next = <usize>load<u32>(mark, MARK_NEXT);
  const previous = <usize>load<u32>(mark, MARK_PREVIOUS);
  if (DEBUG) assert(markOwner(mark) == participant);
  if (previous) store<u32>(previous, <u32>next, MARK_NEXT);
  else store<u32>(target, <u32>next, TARGET_MARKS);
  if (next) store<u32>(next, <u32>previous, MARK_PREVIOUS);
  if (markMode(mark) == MARK_READ && flagsOf(participant) & IS_COMMITTED) {
    const reach = load<u64>(participant, PARTICIPANT_REACH);
    if (reach > oldestView) targetReached(target, reach);
  }
  targetTidy(target);
}

/** True when a participant has no mark. */
export function hasNoMarks(participant: usize): bool {
  return !(load<u32>(participant, PARTICIPANT_READS) | load<u32>(participant, PARTICIPANT_WRITES));
}
