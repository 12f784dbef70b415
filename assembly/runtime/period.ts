/**
 * Periods of dates and times: OVERLAPS, as PostgreSQL 16 has it. A NULL among the four ends makes an answer unknown only where it
 * could change it; it comes as JSON's null.
 */
import { SLOT_BOOLEAN, SLOT_NONE, SLOT_TIME, SLOT_TIMESTAMP, SLOT_TIMESTAMPTZ } from "../abi/record";
import { setTag } from "../value/cells";

/** The ends of the last period: the earlier one, and the later one or `periodIsOpen` where it is not known. */
let periodStart: i64 = 0;
let periodEnd: i64 = 0;
let periodIsOpen: bool = false;

function isMoment(tag: u32): bool {
  return tag == SLOT_TIMESTAMP || tag == SLOT_TIMESTAMPTZ || tag == SLOT_TIME;
}

/** Reads a period whose ends may be in any order; false where nothing is known of it. */
function readPeriod(firstTag: u32, first: i64, secondTag: u32, second: i64): bool {
  const hasFirst = isMoment(firstTag);
  const hasSecond = isMoment(secondTag);
  periodIsOpen = !hasFirst || !hasSecond;
  periodStart = !hasFirst || (hasSecond && second < first) ? second : first;
  periodEnd = hasFirst && hasSecond && second < first ? first : second;
  return hasFirst || hasSecond;
}

/** OVERLAPS. A period has its start and not its end, unless they are the same. */
export function periods_overlap(tag1: i32, moment1: i64, tag2: i32, moment2: i64, tag3: i32, moment3: i64, tag4: i32, moment4: i64): i32 {
  setTag(SLOT_NONE);
  if (!readPeriod(tag1, moment1, tag2, moment2)) return 0;
  const start = periodStart;
  const end = periodEnd;
  const isOpen = periodIsOpen;
  if (!readPeriod(tag3, moment3, tag4, moment4)) return 0;
  if (start == periodStart) return overlap(!isOpen && !periodIsOpen, isOpen || periodIsOpen);
  // The end of the period that starts first decides.
  const decidesIsOpen = start > periodStart ? periodIsOpen : isOpen;
  const within = start > periodStart ? start < periodEnd : periodStart < end;
  return overlap(within && !decidesIsOpen, decidesIsOpen || (!within && (isOpen || periodIsOpen)));
}

function overlap(result: bool, isUnknown: bool): i32 {
  if (!isUnknown) setTag(SLOT_BOOLEAN);
  return result && !isUnknown ? 1 : 0;
}
