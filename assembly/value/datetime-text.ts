/**
 * Dates, times and intervals as text: ISO 8601 with a blank, years before 1 with BC, offsets `+01`, `+05:30`; intervals as
 * PostgreSQL's style "postgres" (1 year 2 mons 3 days 04:05:06.7). Each function appends to the builder.
 */
import { CELL_ZONE } from "../abi/record";
import { putByte, putInteger, putPacked, putPadded } from "./builder";
import { NEGATIVE_INFINITE, civilDay, civilFromDays, civilMonth, civilYear, dayOf, isInfinite, timeOf } from "./calendar";
import { cells } from "./cells";
import {
  MICROSECONDS_PER_HOUR,
  MICROSECONDS_PER_MINUTE,
  MICROSECONDS_PER_SECOND,
  intervalDays,
  intervalMicroseconds,
  intervalMonths,
} from "./interval";

const MINUS: u32 = 45;
const PLUS: u32 = 43;
const COLON: u32 = 58;
const BLANK: u32 = 32;
const TEXT_INFINITY: u64 = 0x7974696e69666e69; // infinity
const TEXT_BC: u64 = 0x434220; // " BC"
const TEXT_YEAR: u64 = 0x7261657920; // " year"
const TEXT_MON: u64 = 0x6e6f6d20; // " mon"
const TEXT_DAY: u64 = 0x79616420; // " day"

/** An infinity's name; false: the value is finite. */
function putInfinity(value: i64): bool {
  if (!isInfinite(value)) return false;
  if (value == NEGATIVE_INFINITE) putByte(MINUS);
  putPacked(TEXT_INFINITY);
  return true;
}

export function putDate(days: i64): void {
  if (putInfinity(days)) return;
  putCivil(days);
  if (civilYear <= 0) putPacked(TEXT_BC);
}

/** Year, month and day; what is before the year 1 still lacks its BC. */
function putCivil(days: i64): void {
  civilFromDays(days);
  putPadded(civilYear > 0 ? civilYear : 1 - civilYear, 4);
  putByte(MINUS);
  putPadded(civilMonth, 2);
  putByte(MINUS);
  putPadded(civilDay, 2);
}

export function putTime(microseconds: i64): void {
  putPadded(microseconds / MICROSECONDS_PER_HOUR, 2);
  putByte(COLON);
  putPadded((microseconds / MICROSECONDS_PER_MINUTE) % 60, 2);
  putByte(COLON);
  putSeconds(microseconds % MICROSECONDS_PER_MINUTE);
}

/** Seconds with two digits, and as many behind the point as are needed. */
export function putSeconds(microseconds: i64): void {
  putPadded(microseconds / MICROSECONDS_PER_SECOND, 2);
  let fraction = microseconds % MICROSECONDS_PER_SECOND;
  if (!fraction) return;
  let width: u32 = 6;
  while (fraction % 10 == 0) {
    fraction /= 10;
    width--;
  }
  putByte(46);
  putPadded(fraction, width);
}

export function putTimestamp(value: i64): void {
  if (putInfinity(value)) return;
  putMoment(value);
  if (civilYear <= 0) putPacked(TEXT_BC);
}

function putMoment(value: i64): void {
  putCivil(dayOf(value));
  putByte(BLANK);
  putTime(timeOf(value));
}

/** In the session's zone, with its offset. */
export function putTimestamptz(value: i64): void {
  if (putInfinity(value)) return;
  const offset = load<i64>(cells, CELL_ZONE);
  putMoment(value + offset * MICROSECONDS_PER_SECOND);
  putOffset(offset);
  if (civilYear <= 0) putPacked(TEXT_BC);
}

/** An offset in seconds east of UTC. */
export function putOffset(offset: i64): void {
  const seconds = offset < 0 ? -offset : offset;
  putByte(offset < 0 ? MINUS : PLUS);
  putPadded(seconds / 3600, 2);
  if (seconds % 3600 == 0) return;
  putByte(COLON);
  putPadded((seconds / 60) % 60, 2);
  if (seconds % 60 == 0) return;
  putByte(COLON);
  putPadded(seconds % 60, 2);
}

/** Whether nothing of the interval was printed yet, and whether its last part was negative. */
let empty: bool = false;
let before: bool = false;

export function putInterval(word: u64): void {
  const months = intervalMonths(word);
  const microseconds = intervalMicroseconds(word);
  empty = true;
  before = false;
  putPart(months / 12, TEXT_YEAR);
  putPart(months % 12, TEXT_MON);
  putPart(intervalDays(word), TEXT_DAY);
  if (!empty && !microseconds) return;
  if (!empty) putByte(BLANK);
  if (microseconds < 0) putByte(MINUS);
  else if (before) putByte(PLUS);
  const magnitude = microseconds < 0 ? 0 - <u64>microseconds : <u64>microseconds;
  putPadded(magnitude / MICROSECONDS_PER_HOUR, 2);
  putByte(COLON);
  putPadded((magnitude / MICROSECONDS_PER_MINUTE) % 60, 2);
  putByte(COLON);
  putSeconds(magnitude % MICROSECONDS_PER_MINUTE);
}

function putPart(value: i64, name: u64): void {
  if (!value) return;
  if (!empty) putByte(BLANK);
  if (before && value > 0) putByte(PLUS);
  putInteger(value);
  putPacked(name);
  if (value != 1) putByte(115);
  before = value < 0;
  empty = false;
}
