/**
 * Serializable snapshot isolation, and "first committer wins": which transactions may commit (Cahill, Röhm, Fekete, TODS 2009; Ports,
 * Grittner, VLDB 2012). README.md tells the algorithm, its invariants and why it is right.
 *
 *   const transaction = ssiBegin(isSerializable, isReadOnly);  // at the instant of its view
 *   ssiRead(transaction, item); ssiReadRange(transaction, space, ...);
 *   ssiWrite(transaction, item, WRITE_EXCLUSIVE); ssiWriteKey(transaction, space, key, length, WRITE_EXCLUSIVE);
 *   if (ssiVerdict(transaction) == SSI_ADMITTED) ssiCommit(transaction); else ssiAbort(transaction);
 *
 * Nothing here knows keys or graphs. An item is a number; a space is a number whose members are byte strings. What the caller owes:
 *  1. The transaction reads what was committed when it began, and its own writes; a commit is one instant.
 *  2. Whatever a read's answer depends on is marked, and whatever a write changes in such an answer is told.
 *  3. Two writes that do not commute share an item that both write exclusively, or one exclusively and one shared. A touch is for what is
 *     read as a whole and written in parts (a collection, an adjacency list), where each part has an item of its own.
 *
 * `ssiVerdict` changes nothing and may be asked again. Writes may still be told between it and `ssiCommit` (by the code that applies
 * them); if they are others than before, it must be asked again.
 *
 * Cost: O(1) for a read or write of an item, O(log n) of a range or key; commit O(writes).
 */
import { hashBytes } from "../bytes/hash";
import { DEBUG } from "../memory/debug";
import { WRITE_SHARED, WRITE_TOUCH, writesAdd, writesLost } from "./committed-write";
import {
  advanceReaders,
  endangers,
  endangersEverything,
  everythingRead,
  lostToEverything,
  meet,
  meetEverything,
  meetTarget,
} from "./conflict";
import {
  NAME_COARSE,
  NAME_DONE,
  NAME_NO_MEMORY,
  RANGE_MET,
  isOneKey,
  nameMake,
  nameWritten,
  rangeFind,
  rangeFirst,
  rangeMake,
  rangeOut,
  rangeSpace,
  rangeWant,
  rangeWantAs,
  rangeWantKey,
  rangeWrites,
  rangesMet,
} from "./key-range";
import { MARK_READ, MARK_TARGET, hasNoMarks, markMode, markSet, marksTake, writerMark, writerMarksTake } from "./mark";
import { isCrowded, markRelease } from "./mark-memory";
import {
  HAS_WRITTEN,
  IS_ACTIVE,
  IS_BEATEN,
  IS_COMMITTED,
  IS_DOOMED,
  IS_DOOMED_WRITER,
  IS_READ_ONLY,
  IS_SAFE,
  IS_SERIALIZABLE,
  LACKS_MEMORY,
  NEVER,
  PARTICIPANT_FLAGS,
  PARTICIPANT_INDEXES,
  PARTICIPANT_NEXT,
  PARTICIPANT_OUT,
  PARTICIPANT_RANGES,
  PARTICIPANT_REACH,
  PARTICIPANT_VIEW,
  addFlags,
  clock,
  clockAdvance,
  flagsOf,
  oldest,
  participantBegin,
  participantEnd,
} from "./participant";
import { RULE_DOOMED_WRITER, RULE_FIRST_COMMITTER, RULE_PIVOT, RULE_RANGE, RULE_WRITER_REACH, holds } from "./ssi-rule";
import { sweep, sweepBegin, sweepLeft, targetTidy } from "./sweep";
import {
  GROUP,
  ITEM,
  POINT,
  POINT_NAME,
  SPACE,
  TARGET_KIND,
  TARGET_NUMBER,
  TARGET_WRITES,
  groupFind,
  itemMake,
  spaceMake,
  targetReached,
  targetWrites,
} from "./target";

/** What `ssiVerdict` answers: it may commit; or why not. */
export const SSI_ADMITTED: u32 = 0;
/** Somebody who is concurrent and has committed wrote what it wrote. */
export const SSI_LOST: u32 = 1;
/** It is the pivot of a dangerous structure. */
export const SSI_PIVOT: u32 = 2;
/** It is the first of a dangerous structure. */
export const SSI_DOOMED: u32 = 3;
/** There was no memory to remember what it read or wrote. */
export const SSI_NO_MEMORY: u32 = 4;

/** Ranges that one transaction or unit reads, beyond which it is taken to read whole spaces. */
export const RANGES_MAX: u32 = 4096;
/** Marks and targets that a call looks at besides what it was called for: at the end of a transaction, and else. */
const STEPS_AT_END: u32 = 64;
const STEPS: u32 = 2;

/** Those that have ended and still have marks, the first to be taken away first. */
export let endedFirst: usize = 0;
let endedLast: usize = 0;

/** A transaction whose view is all that is committed now; 0: no memory. */
export function ssiBegin(isSerializable: bool, isReadOnly: bool): usize {
  return participantBegin(isSerializable, isReadOnly);
}

/** True if a transaction's reads matter. */
// @ts-ignore: decorator
@inline
function isReading(transaction: usize): bool {
  // One that is beaten may take back what it has written.
  return (flagsOf(transaction) & (IS_ACTIVE | IS_SERIALIZABLE | IS_SAFE | IS_DOOMED | LACKS_MEMORY)) == (IS_ACTIVE | IS_SERIALIZABLE);
}

/** Whether it matters what a transaction reads. */
export function ssiReads(transaction: usize): bool {
  return isReading(transaction);
}

/** A transaction has read an item, present or absent. */
export function ssiRead(transaction: usize, item: u64): void {
  if (isReading(transaction)) readItem(transaction, item, ITEM);
}

// @ts-ignore: decorator
@inline
function bitOf(space: u64): u32 {
  const bit = <u32>((space * 0x9e3779b97f4a7c15) >> 59);
  return 1 << bit;
}

/** A transaction reads keys of an index, whose space may go while it is active. */
export function ssiReadIndex(transaction: usize, space: u64): void {
  store<u32>(transaction, load<u32>(transaction, PARTICIPANT_INDEXES) | bitOf(space), PARTICIPANT_INDEXES);
}

/** The space of an index goes: those who may have read in it, active or committed, are taken to have read an item instead. */
export function ssiIndexGone(space: u64, item: u64): void {
  for (let at = oldest; at; at = <usize>load<u32>(at, PARTICIPANT_NEXT)) {
    if (load<u32>(at, PARTICIPANT_INDEXES) & bitOf(space)) ssiRead(at, item);
  }
  const target = itemMake(item, ITEM);
  if (target) targetReached(target, clock);
  else everythingRead(clock);
}

/** A transaction has read what a space holds in a range: see `rangeWant` for the flags. */
export function ssiReadRange(transaction: usize, space: u64, low: usize, lowBytes: u32, high: usize, highBytes: u32, flags: u32): void {
  if (!isReading(transaction)) return;
  tend();
  if (!rangeWant(low, lowBytes, high, highBytes, flags)) return;
  if (isOneKey()) {
    readItem(transaction, pointNumber(space, low, lowBytes), POINT);
    return;
  }
  meetEverything(transaction);
  const home = spaceMake(space);
  if (!home || !markRange(transaction, home)) {
    addFlags(transaction, LACKS_MEMORY);
    return;
  }
  meetTarget(transaction, home);
  if (rangeWrites(home, load<u64>(transaction, PARTICIPANT_VIEW))) meet(transaction, rangeFirst, rangeOut);
}

/** A transaction will write an item when it commits, if it does. */
export function ssiWrite(transaction: usize, item: u64, mode: u32): void {
  if (DEBUG) assert(flagsOf(transaction) & IS_ACTIVE && !(flagsOf(transaction) & IS_READ_ONLY));
  writeItem(transaction, item, ITEM, mode);
}

/** A transaction will add, remove or change what a space holds under a key. */
export function ssiWriteKey(transaction: usize, space: u64, key: usize, keyBytes: u32, mode: u32): void {
  if (DEBUG) assert(flagsOf(transaction) & IS_ACTIVE && !(flagsOf(transaction) & IS_READ_ONLY));
  const point = writeItem(transaction, pointNumber(space, key, keyBytes), POINT, mode);
  if (!point) return;
  const home = spaceMake(space);
  let named = NAME_NO_MEMORY;
  if (home) {
    rangeWantKey(key, keyBytes);
    named = load<u32>(point, TARGET_KIND) == POINT ? nameMake(home, point, true) : NAME_COARSE;
    if (named == NAME_COARSE) named = targetWrites(home) && markSet(home, transaction, WRITE_TOUCH) ? NAME_DONE : NAME_NO_MEMORY;
  }
  if (named != NAME_NO_MEMORY) return;
  addFlags(transaction, LACKS_MEMORY);
  if (home) targetTidy(home);
}

/**
 * A transaction has taken back what it has done: it has written nothing, and tells anew what is left. What it has read it has read. Cost: O(writes).
 */
export function ssiForgetWrites(transaction: usize): void {
  if (DEBUG) assert(flagsOf(transaction) & IS_ACTIVE);
  writerMarksTake(transaction);
  store<u32>(transaction, flagsOf(transaction) & ~(HAS_WRITTEN | IS_BEATEN), PARTICIPANT_FLAGS);
}

/** Number of a key in a space as a point. */
export function pointNumber(space: u64, key: usize, keyBytes: u32): u64 {
  return hashBytes(key, keyBytes) ^ (space * 0x9e3779b97f4a7c15);
}

function readItem(transaction: usize, number: u64, kind: u32): void {
  tend();
  meetEverything(transaction);
  const target = itemMake(number, kind);
  if (!target || !markSet(target, transaction, MARK_READ)) {
    addFlags(transaction, LACKS_MEMORY);
    if (target) targetTidy(target);
    return;
  }
  meetTarget(transaction, target);
  const group = groupFind(number, kind);
  if (group && group != target) meetTarget(transaction, group);
}

/** Marks an item or point as a writer. Returns its target; 0: no memory. */
function writeItem(transaction: usize, number: u64, kind: u32, mode: u32): usize {
  tend();
  addFlags(transaction, HAS_WRITTEN);
  const target = itemMake(number, kind);
  if (target && targetWrites(target) && markSet(target, transaction, mode)) {
    if (holds(RULE_FIRST_COMMITTER) && hasLost(transaction, target, mode)) addFlags(transaction, IS_BEATEN);
    return target;
  }
  addFlags(transaction, LACKS_MEMORY);
  if (target) targetTidy(target);
  return 0;
}

/** Marks the range that is asked for as read, or its whole space if there are too many ranges. False: no memory, and the space may be gone. */
function markRange(transaction: usize, home: usize): bool {
  let target = rangeFind(home);
  if (!target) {
    const ranges = load<u32>(transaction, PARTICIPANT_RANGES);
    if (ranges >= RANGES_MAX || isCrowded()) target = home;
    else {
      store<u32>(transaction, ranges + 1, PARTICIPANT_RANGES);
      target = rangeMake(home);
    }
  }
  if (target && markSet(target, transaction, MARK_READ)) return true;
  targetTidy(target ? target : home);
  return false;
}

/** Why a transaction will not be able to commit, as far as that is known without looking at what it writes; or SSI_ADMITTED. */
export function ssiDoom(transaction: usize): u32 {
  const flags = flagsOf(transaction);
  if (flags & LACKS_MEMORY) return SSI_NO_MEMORY;
  if (flags & IS_BEATEN) return SSI_LOST;
  if (flags & IS_DOOMED) return SSI_DOOMED;
  return flags & IS_DOOMED_WRITER && flags & HAS_WRITTEN && holds(RULE_DOOMED_WRITER) ? SSI_DOOMED : SSI_ADMITTED;
}

/** Whether a transaction may commit now: SSI_ADMITTED, or why not. Changes nothing. */
export function ssiVerdict(transaction: usize): u32 {
  if (DEBUG) assert(flagsOf(transaction) & IS_ACTIVE);
  const doom = ssiDoom(transaction);
  if (doom) return doom;
  const hasOut = load<u64>(transaction, PARTICIPANT_OUT) != NEVER && holds(RULE_PIVOT);
  let isPivot = hasOut && (flagsOf(transaction) & HAS_WRITTEN) != 0 && endangersEverything(transaction);
  for (let mark = writerMark(transaction, 0); mark; mark = writerMark(transaction, mark)) {
    const target = <usize>load<u32>(mark, MARK_TARGET);
    if (holds(RULE_FIRST_COMMITTER) && hasLost(transaction, target, markMode(mark))) return SSI_LOST;
    if (hasOut && !isPivot) isPivot = endangersAt(transaction, target);
  }
  return isPivot ? SSI_PIVOT : SSI_ADMITTED;
}

function hasLost(transaction: usize, target: usize, mode: u32): bool {
  if (mode < WRITE_SHARED) return false;
  const view = load<u64>(transaction, PARTICIPANT_VIEW);
  if (writesLost(<usize>load<u32>(target, TARGET_WRITES), view, mode) || lostToEverything(transaction, mode)) return true;
  const group = groupOf(target);
  const writes = group ? <usize>load<u32>(group, TARGET_WRITES) : 0;
  return writes != 0 && writesLost(writes, view, mode);
}

/** The group that stands beside an item or point, or 0. */
function groupOf(target: usize): usize {
  const kind = load<u32>(target, TARGET_KIND);
  return kind < GROUP ? groupFind(load<u64>(target, TARGET_NUMBER), kind) : 0;
}

/** `endangers` for all targets at which somebody may have marked what is written at this one. */
function endangersAt(transaction: usize, target: usize): bool {
  const group = groupOf(target);
  if (endangers(transaction, target) || (group && endangers(transaction, group))) return true;
  const home = spaceOf(target);
  if (!home || !holds(RULE_RANGE)) return false;
  if (home != target && endangers(transaction, home)) return true;
  for (let range = rangesMet(home, home == target); range; range = <usize>load<u32>(range, RANGE_MET)) {
    if (endangers(transaction, range)) return true;
  }
  return false;
}

/** The space in which a write at this target meets ranges, or 0. If it is a key's it is asked for. */
function spaceOf(target: usize): usize {
  const kind = load<u32>(target, TARGET_KIND);
  if (kind == SPACE) return target;
  const name = kind == POINT ? <usize>load<u32>(target, POINT_NAME) : 0;
  if (!name) return 0;
  rangeWantAs(name);
  return rangeSpace(name);
}

/** Commits a transaction: its writes get a number of their own. Requires: `ssiVerdict` admits it. The record is gone afterwards. */
export function ssiCommit(transaction: usize): void {
  if (DEBUG) assert(flagsOf(transaction) & IS_ACTIVE);
  let reach = load<u64>(transaction, PARTICIPANT_VIEW);
  if (flagsOf(transaction) & HAS_WRITTEN) {
    reach = clock + 1;
    for (let mark = writerMark(transaction, 0); mark; mark = writerMark(transaction, mark)) {
      publishAt(transaction, <usize>load<u32>(mark, MARK_TARGET), markMode(mark), reach);
    }
    clockAdvance();
  }
  if (holds(RULE_WRITER_REACH)) store<u64>(transaction, reach, PARTICIPANT_REACH);
  else store<u64>(transaction, load<u64>(transaction, PARTICIPANT_VIEW), PARTICIPANT_REACH);
  end(transaction, IS_COMMITTED);
}

/** Tells readers of a write, and remembers it. */
function publishAt(transaction: usize, target: usize, mode: u32, number: u64): void {
  const out = load<u64>(transaction, PARTICIPANT_OUT);
  const isPivot = out != NEVER;
  advanceReaders(target, transaction, number, isPivot);
  writesAdd(<usize>load<u32>(target, TARGET_WRITES), number, out, mode);
  const group = groupOf(target);
  if (group) advanceReaders(group, transaction, number, isPivot);
  const home = spaceOf(target);
  if (!home || !holds(RULE_RANGE)) return;
  if (home != target) advanceReaders(home, transaction, number, isPivot);
  for (let range = rangesMet(home, home == target); range; range = <usize>load<u32>(range, RANGE_MET)) {
    advanceReaders(range, transaction, number, isPivot);
  }
  if (home != target) nameWritten(<usize>load<u32>(target, POINT_NAME));
}

/** Rolls a transaction back. The record is gone afterwards. */
export function ssiAbort(transaction: usize): void {
  if (DEBUG) assert(flagsOf(transaction) & IS_ACTIVE);
  end(transaction, 0);
}

function end(transaction: usize, state: u32): void {
  store<u32>(transaction, (flagsOf(transaction) & ~IS_ACTIVE) | state, PARTICIPANT_FLAGS);
  const hasMoved = participantEnd(transaction);
  store<u32>(transaction, 0, PARTICIPANT_NEXT);
  if (endedLast) store<u32>(endedLast, <u32>transaction, PARTICIPANT_NEXT);
  else endedFirst = transaction;
  endedLast = transaction;
  if (hasMoved) sweepBegin();
  ssiStep(STEPS_AT_END);
}

/**
 * Takes away marks of those that have ended, and frees what concerns nobody any more: up to `budget` of each. False: nothing is left
 * to do. Calls above do a little of it; who wants the memory back when no more calls come does the rest.
 */
export function ssiStep(budget: u32): bool {
  let left = budget;
  while (left && endedFirst) {
    const transaction = endedFirst;
    const taken = marksTake(transaction, left);
    left -= taken;
    if (!hasNoMarks(transaction)) break;
    endedFirst = <usize>load<u32>(transaction, PARTICIPANT_NEXT);
    if (!endedFirst) endedLast = 0;
    markRelease(transaction);
    if (left) left--;
  }
  if (!endedFirst) sweep(budget);
  return endedFirst != 0 || sweepLeft != 0;
}

/** The little that each call does: enough to keep up with the marks that it sets. */
// @ts-ignore: decorator
@inline
export function tend(): void {
  if (endedFirst || sweepLeft) ssiStep(STEPS);
}
