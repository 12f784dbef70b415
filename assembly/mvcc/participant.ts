/**
 * Participants: the transactions between which conflicts are looked for, and the clock that orders them.
 *
 *   participant (PARTICIPANT_SIZE bytes)
 *   0   u64 view: it sees what was committed with a number <= view
 *   8   u64 reach, once it has committed: its commit number, or its view if it wrote nothing
 *   16  u64 out: number of the first of those that overwrote what it has read (NEVER: nobody did)
 *   24  u32 next participant: in the list of the active, in the order of their begin, or in that of the ended
 *   28  u32 previous participant in the list of the active
 *   32  u32 newest chunk of its marks as a reader
 *   36  u32 newest chunk of its marks as a writer
 *   40  u32 flags
 *   44  u32 range marks that it has left
 *   48  u32 active read-write transactions that were so already when it began, if it is read-only
 *   52  u32 one bit of 32 for each index whose keys it has read
 *
 * The clock counts commits that wrote, and units that wrote or left marks. It is 64 bits wide and never goes back, so numbers that
 * outlive their transactions are old, never wrong.
 *
 * Only who can take part in a conflict is in the list: a snapshot transaction that is read-only is not, and a serializable one that is
 * read-only only until it is safe (Ports and Grittner 2012, section 4.2): a pivot that could harm it was active when it began, and
 * has another overwrite what it read before that begin; when all those have ended and none was such a pivot, it needs no marks.
 *
 * Invariants: (1) views ascend in the list of the active; (2) `ssiActive` is true iff the list is not empty; (3) `oldestView` is
 * the view of the first in the list (NEVER if there is none): what has a number <= it concerns nobody; (4) `activeWriters` counts the
 * serializable ones that may write.
 *
 * Cost: O(1), the end of a read-write transaction O(active) while a read-only one waits.
 */
import { DEBUG } from "../memory/debug";
import { markAllocate } from "./mark-memory";
import { RULE_SAFE, holds } from "./ssi-rule";

export const PARTICIPANT_VIEW: usize = 0;
export const PARTICIPANT_REACH: usize = 8;
export const PARTICIPANT_OUT: usize = 16;
export const PARTICIPANT_NEXT: usize = 24;
const PARTICIPANT_PREVIOUS: usize = 28;
export const PARTICIPANT_READS: usize = 32;
export const PARTICIPANT_WRITES: usize = 36;
export const PARTICIPANT_FLAGS: usize = 40;
export const PARTICIPANT_RANGES: usize = 44;
const PARTICIPANT_WAITS: usize = 48;
export const PARTICIPANT_INDEXES: usize = 52;
const PARTICIPANT_SIZE: u32 = 56;

/** Later than every number. */
export const NEVER: u64 = 0xffffffffffffffff;

/** The state; neither: it has been rolled back. */
export const IS_ACTIVE: u32 = 1;
export const IS_COMMITTED: u32 = 2;
export const IS_SERIALIZABLE: u32 = 4;
export const IS_READ_ONLY: u32 = 8;
/** It has written, so it will have a number of its own. */
export const HAS_WRITTEN: u32 = 16;
/** It can be the first of no dangerous structure any more: it needs no marks. */
export const IS_SAFE: u32 = 32;
/** A pivot that began before it has committed and could have harmed it: it will not become safe. */
const IS_EXPOSED: u32 = 64;
/** Why it may not commit: it read what a pivot has overwritten; so it did, but may if it writes nothing; no memory for a mark. */
export const IS_DOOMED: u32 = 128;
export const IS_DOOMED_WRITER: u32 = 256;
export const LACKS_MEMORY: u32 = 512;
/** It wrote what somebody had already written and committed behind its view. */
export const IS_BEATEN: u32 = 1024;
const IS_LISTED: u32 = 2048;

/** True while somebody is active between whom conflicts can arise: else reads and writes need not be told. */
export let ssiActive: bool = false;
/** The number of the latest commit. */
export let clock: u64 = 0;
export let oldestView: u64 = NEVER;
export let newestView: u64 = 0;
export let activeWriters: u32 = 0;
export let oldest: usize = 0;
let newest: usize = 0;
/** Read-only participants that may still become safe. */
let waiting: u32 = 0;

// @ts-ignore: decorator
@inline
export function flagsOf(participant: usize): u32 {
  return load<u32>(participant, PARTICIPANT_FLAGS);
}

// @ts-ignore: decorator
@inline
export function addFlags(participant: usize, flags: u32): void {
  store<u32>(participant, load<u32>(participant, PARTICIPANT_FLAGS) | flags, PARTICIPANT_FLAGS);
}

/** Moves the clock on to the number that the next commit or unit would get. */
export function clockAdvance(): void {
  clock++;
}

/** A participant whose view is all that is committed now; 0: no memory. */
export function participantBegin(isSerializable: bool, isReadOnly: bool): usize {
  const participant = markAllocate(PARTICIPANT_SIZE);
  if (!participant) return 0;
  memory.fill(participant, 0, PARTICIPANT_SIZE);
  store<u64>(participant, clock, PARTICIPANT_VIEW);
  store<u64>(participant, NEVER, PARTICIPANT_OUT);
  let flags = IS_ACTIVE | (isSerializable ? IS_SERIALIZABLE : 0) | (isReadOnly ? IS_READ_ONLY : 0);
  if (isReadOnly && !(isSerializable && activeWriters && holds(RULE_SAFE))) flags |= IS_SAFE;
  store<u32>(participant, flags, PARTICIPANT_FLAGS);
  if (flags & IS_SAFE) return participant;
  if (isReadOnly) {
    store<u32>(participant, activeWriters, PARTICIPANT_WAITS);
    waiting++;
  } else if (isSerializable) activeWriters++;
  enlist(participant);
  return participant;
}

/** Takes a participant that has committed or rolled back out of the list. True if what is remembered may have become too old. */
export function participantEnd(participant: usize): bool {
  const flags = flagsOf(participant);
  if (DEBUG) assert(!(flags & IS_ACTIVE));
  if (!(flags & IS_LISTED)) return false;
  const before = oldestView;
  if (flags & IS_READ_ONLY) {
    if (!(flags & IS_EXPOSED)) waiting--;
  } else if (flags & IS_SERIALIZABLE) {
    activeWriters--;
    if (waiting) tellWaiting(participant);
  }
  delist(participant);
  return oldestView != before;
}

/** Puts a participant at the end of the list. Its view is the newest. */
function enlist(participant: usize): void {
  if (DEBUG) assert(!newest || load<u64>(newest, PARTICIPANT_VIEW) <= load<u64>(participant, PARTICIPANT_VIEW));
  addFlags(participant, IS_LISTED);
  store<u32>(participant, <u32>newest, PARTICIPANT_PREVIOUS);
  if (newest) store<u32>(newest, <u32>participant, PARTICIPANT_NEXT);
  else oldest = participant;
  newest = participant;
  newestView = clock;
  if (!ssiActive) oldestView = clock;
  ssiActive = true;
}

function delist(participant: usize): void {
  const next = <usize>load<u32>(participant, PARTICIPANT_NEXT);
  const previous = <usize>load<u32>(participant, PARTICIPANT_PREVIOUS);
  if (previous) store<u32>(previous, <u32>next, PARTICIPANT_NEXT);
  else oldest = next;
  if (next) store<u32>(next, <u32>previous, PARTICIPANT_PREVIOUS);
  else newest = previous;
  store<u32>(participant, 0, PARTICIPANT_NEXT);
  store<u32>(participant, flagsOf(participant) & ~IS_LISTED, PARTICIPANT_FLAGS);
  ssiActive = oldest != 0;
  oldestView = oldest ? load<u64>(oldest, PARTICIPANT_VIEW) : NEVER;
  newestView = newest ? load<u64>(newest, PARTICIPANT_VIEW) : 0;
}

/** Tells the read-only ones that began after a read-write transaction that it has ended. Requires: that is still in the list. */
function tellWaiting(ended: usize): void {
  const isPivot = (flagsOf(ended) & IS_COMMITTED) != 0;
  const out = load<u64>(ended, PARTICIPANT_OUT);
  let at = <usize>load<u32>(ended, PARTICIPANT_NEXT);
  while (at) {
    const next = <usize>load<u32>(at, PARTICIPANT_NEXT);
    const flags = flagsOf(at);
    if (flags & IS_READ_ONLY && !(flags & IS_EXPOSED)) {
      const left = load<u32>(at, PARTICIPANT_WAITS) - 1;
      store<u32>(at, left, PARTICIPANT_WAITS);
      if (isPivot && out <= load<u64>(at, PARTICIPANT_VIEW)) {
        addFlags(at, IS_EXPOSED);
        waiting--;
      } else if (!left) {
        addFlags(at, IS_SAFE);
        waiting--;
        delist(at);
      }
    }
    at = next;
  }
}

/** Whether the list of the active is in order; for debug builds. */
export function participantCheck(): bool {
  let writers: u32 = 0;
  let candidates: u32 = 0;
  let previous: usize = 0;
  for (let at = oldest; at; at = <usize>load<u32>(at, PARTICIPANT_NEXT)) {
    const flags = flagsOf(at);
    if (<usize>load<u32>(at, PARTICIPANT_PREVIOUS) != previous || (flags & (IS_ACTIVE | IS_LISTED)) != (IS_ACTIVE | IS_LISTED))
      return false;
    if (previous && load<u64>(previous, PARTICIPANT_VIEW) > load<u64>(at, PARTICIPANT_VIEW)) return false;
    if (load<u64>(at, PARTICIPANT_OUT) <= load<u64>(at, PARTICIPANT_VIEW)) return false;
    if ((flags & (IS_SERIALIZABLE | IS_READ_ONLY)) == IS_SERIALIZABLE) writers++;
    if (flags & IS_READ_ONLY && !(flags & IS_EXPOSED)) candidates++;
    previous = at;
  }
  return previous == newest && writers == activeWriters && candidates == waiting && ssiActive == (oldest != 0);
}
