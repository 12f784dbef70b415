/**
 * Autocommit units in serializable snapshot isolation: a command, an EXEC or a statement that did not yield, outside of transactions. A
 * unit is a transaction that begins and commits in one instant: nothing is concurrent with it but transactions, it sees all that
 * is committed, and so it is never a pivot behind another's commit and is never refused.
 *
 *   if (ssiActive) unitBegin();
 *   if (ssiActive) { unitRead(item); unitWrite(item, WRITE_EXCLUSIVE); }
 *   if (ssiActive) unitEnd();
 *
 * What it writes meets marks and is remembered as any commit is. What it reads matters only if a transaction may still commit before it
 * in the serial order, so only while a serializable read-write transaction is active, and only if it read more than one item, or one
 * and wrote another: a unit with one item stands right behind the last writer of that item, wherever that stands. That
 * holds for items that are only written exclusively. What is read as a whole and touched in parts counts as many items: `unitReadMany`.
 *
 * A unit's reads leave its number at the target (`TARGET_REACH`), which takes no mark and no participant.
 *
 * Cost: as ssi.ts; a write where nobody has left a mark is one look at the table, and the target that remembers it.
 */
import { WRITE_TOUCH, writesAdd } from "./committed-write";
import { advanceReaders, everythingNumber, everythingRead, everythingWritten } from "./conflict";
import {
  NAME_COARSE,
  NAME_DONE,
  RANGE_MET,
  isOneKey,
  nameMake,
  nameWritten,
  rangeFind,
  rangeMake,
  rangeWant,
  rangeWantKey,
  rangesMet,
} from "./key-range";
import { isCrowded } from "./mark-memory";
import { NEVER, activeWriters, clock, clockAdvance, ssiActive } from "./participant";
import { RANGES_MAX, pointNumber, tend } from "./ssi";
import { RULE_RANGE, RULE_UNIT, holds } from "./ssi-rule";
import { ITEM, POINT, POINT_NAME, TARGET_KIND, groupFind, itemMake, spaceMake, targetReached, targetWrites } from "./target";

/** The one item that the unit has read so far, and the one that it has written. */
let readNumber: u64 = 0;
let readKind: u32 = 0;
let hasRead: bool = false;
let writtenNumber: u64 = 0;
let writtenKind: u32 = 0;
let writes: u32 = 0;
/** Its reads leave marks. */
let isMarking: bool = false;
/** The unit's number will be taken. */
let isNumbered: bool = false;
let ranges: u32 = 0;

/** A unit begins; all that is called until `unitEnd` is its own. */
export function unitBegin(): void {
  hasRead = false;
  writes = 0;
  isMarking = false;
  isNumbered = false;
  ranges = 0;
}

/** The unit is committed. */
export function unitEnd(): void {
  if (isNumbered || everythingNumber > clock) clockAdvance();
  unitBegin();
}

/** The unit has read an item that is only ever written exclusively. */
export function unitRead(item: u64): void {
  if (activeWriters) readOne(item, ITEM);
}

/** The unit has read an item that is touched in parts. */
export function unitReadMany(item: u64): void {
  if (!activeWriters) return;
  beginMarking();
  markItem(item, ITEM);
}

/** The unit has read what a space holds in a range: see `rangeWant` for the flags. */
export function unitReadRange(space: u64, low: usize, lowBytes: u32, high: usize, highBytes: u32, flags: u32): void {
  if (!activeWriters || !rangeWant(low, lowBytes, high, highBytes, flags)) return;
  if (isOneKey()) {
    readOne(pointNumber(space, low, lowBytes), POINT);
    return;
  }
  beginMarking();
  tend();
  if (!holds(RULE_UNIT)) return;
  isNumbered = true;
  const home = spaceMake(space);
  if (!home) {
    everythingRead(clock + 1);
    return;
  }
  rangeWant(low, lowBytes, high, highBytes, flags);
  let target = rangeFind(home);
  if (!target && ++ranges <= RANGES_MAX && !isCrowded()) target = rangeMake(home);
  targetReached(target ? target : home, clock + 1);
}

function readOne(number: u64, kind: u32): void {
  if (!isMarking) {
    const isFirst = !hasRead || (readNumber == number && readKind == kind);
    if (isFirst && (!writes || (writes == 1 && writtenNumber == number && writtenKind == kind))) {
      readNumber = number;
      readKind = kind;
      hasRead = true;
      return;
    }
    beginMarking();
  }
  markItem(number, kind);
}

/** From now on reads leave marks; the one that has not yet does now. */
function beginMarking(): void {
  if (isMarking) return;
  isMarking = true;
  if (hasRead) markItem(readNumber, readKind);
}

function markItem(number: u64, kind: u32): void {
  tend();
  if (!holds(RULE_UNIT)) return;
  isNumbered = true;
  const target = itemMake(number, kind);
  if (target) targetReached(target, clock + 1);
  else everythingRead(clock + 1);
}

/** The unit has written an item. */
export function unitWrite(item: u64, mode: u32): void {
  if (ssiActive) writeItem(item, ITEM, mode);
}

/** The unit has added, removed or changed what a space holds under a key. */
export function unitWriteKey(space: u64, key: usize, keyBytes: u32, mode: u32): void {
  if (!ssiActive) return;
  const point = writeItem(pointNumber(space, key, keyBytes), POINT, mode);
  if (!point) return;
  const number = clock + 1;
  const home = spaceMake(space);
  if (!home) {
    everythingWritten(number, WRITE_TOUCH);
    return;
  }
  rangeWantKey(key, keyBytes);
  if (holds(RULE_RANGE)) {
    advanceReaders(home, 0, number, false);
    for (let range = rangesMet(home, false); range; range = <usize>load<u32>(range, RANGE_MET)) advanceReaders(range, 0, number, false);
  }
  const named = load<u32>(point, TARGET_KIND) == POINT ? nameMake(home, point, false) : NAME_COARSE;
  if (named == NAME_DONE) {
    nameWritten(<usize>load<u32>(point, POINT_NAME));
    return;
  }
  const intervals = named == NAME_COARSE ? targetWrites(home) : 0;
  if (intervals) writesAdd(intervals, number, NEVER, WRITE_TOUCH);
  else everythingWritten(number, WRITE_TOUCH);
}

/** Returns the target at which the write is remembered; 0: it is remembered as having written everything. */
function writeItem(number: u64, kind: u32, mode: u32): usize {
  tend();
  isNumbered = true;
  if (!writes || writtenNumber != number || writtenKind != kind) writes++;
  writtenNumber = number;
  writtenKind = kind;
  if (hasRead && (readNumber != number || readKind != kind)) beginMarking();
  const target = itemMake(number, kind);
  const group = groupFind(number, kind);
  if (group && group != target) advanceReaders(group, 0, clock + 1, false);
  const intervals = target ? targetWrites(target) : 0;
  if (target) advanceReaders(target, 0, clock + 1, false);
  if (intervals) {
    writesAdd(intervals, clock + 1, NEVER, mode);
    return target;
  }
  everythingWritten(clock + 1, mode);
  return 0;
}
