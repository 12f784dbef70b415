/**
 * Format patterns of to_char, to_date and to_timestamp: `YYYY-MM-DD HH24:MI:SS`, taken apart piece by piece.
 *
 * A piece is a field (FORMAT_*), with `FM` in front (no padding) or `TH` behind (1st, 2nd), or a character that stands for itself;
 * text in double quotes does, and a quote behind a backslash. Names take their case from the pattern's first two letters.
 */
import { lowerByte } from "../bytes/lower";
import { asciiWord } from "./keyword";
import { putByte } from "./builder";

export const FORMAT_SECONDS: u32 = 1;
export const FORMAT_MONTH: u32 = 2;
export const FORMAT_YEAR_COMMA: u32 = 3;
export const FORMAT_YEAR4: u32 = 4;
export const FORMAT_ISO_YEAR4: u32 = 5;
export const FORMAT_ISO_DAY_OF_YEAR: u32 = 6;
export const FORMAT_HALF_POINTS: u32 = 7;
export const FORMAT_ERA_POINTS: u32 = 8;
export const FORMAT_HOUR24: u32 = 9;
export const FORMAT_HOUR12: u32 = 10;
export const FORMAT_DAY_NAME: u32 = 11;
export const FORMAT_MONTH_SHORT: u32 = 12;
export const FORMAT_DAY_OF_YEAR: u32 = 13;
export const FORMAT_YEAR3: u32 = 14;
export const FORMAT_ISO_YEAR3: u32 = 15;
export const FORMAT_ZONE_HOUR: u32 = 16;
export const FORMAT_ZONE_MINUTE: u32 = 17;
export const FORMAT_FRACTION: u32 = 18;
export const FORMAT_MINUTE: u32 = 19;
export const FORMAT_SECOND: u32 = 20;
export const FORMAT_MILLISECOND: u32 = 21;
export const FORMAT_MICROSECOND: u32 = 22;
export const FORMAT_HALF: u32 = 23;
export const FORMAT_ERA: u32 = 24;
export const FORMAT_MONTH_NUMBER: u32 = 25;
export const FORMAT_DAY: u32 = 26;
export const FORMAT_DAY_SHORT: u32 = 27;
export const FORMAT_ISO_DAY_OF_WEEK: u32 = 28;
export const FORMAT_ISO_WEEK: u32 = 29;
export const FORMAT_WEEK: u32 = 30;
export const FORMAT_CENTURY: u32 = 31;
export const FORMAT_YEAR2: u32 = 32;
export const FORMAT_ISO_YEAR2: u32 = 33;
export const FORMAT_ZONE_OFFSET: u32 = 34;
export const FORMAT_ZONE_NAME: u32 = 35;
export const FORMAT_ROMAN: u32 = 36;
export const FORMAT_DAY_OF_WEEK: u32 = 37;
export const FORMAT_WEEK_OF_MONTH: u32 = 38;
export const FORMAT_QUARTER: u32 = 39;
export const FORMAT_JULIAN: u32 = 40;
export const FORMAT_YEAR1: u32 = 41;
export const FORMAT_ISO_YEAR1: u32 = 42;

export const CASE_LOWER: u32 = 0;
export const CASE_CAPITAL: u32 = 1;
export const CASE_UPPER: u32 = 2;

/** The patterns, longer ones before their beginnings. */
const PATTERNS: usize = memory.data<u64>([
  0x7373737373,
  1, // sssss
  0x73737373,
  1, // ssss
  0x68746e6f6d,
  2, // month
  0x7979792c79,
  3, // y,yyy
  0x79797979,
  4, // yyyy
  0x79797969,
  5, // iyyy
  0x64646469,
  6, // iddd
  0x2e6d2e61,
  7, // a.m.
  0x2e6d2e70,
  7, // p.m.
  0x2e632e62,
  8, // b.c.
  0x2e642e61,
  8, // a.d.
  0x34326868,
  9, // hh24
  0x32316868,
  10, // hh12
  0x796164,
  11, // day
  0x6e6f6d,
  12, // mon
  0x646464,
  13, // ddd
  0x797979,
  14, // yyy
  0x797969,
  15, // iyy
  0x687a74,
  16, // tzh
  0x6d7a74,
  17, // tzm
  0x316666,
  18, // ff1
  0x326666,
  18, // ff2
  0x336666,
  18, // ff3
  0x346666,
  18, // ff4
  0x356666,
  18, // ff5
  0x366666,
  18, // ff6
  0x6868,
  10, // hh
  0x696d,
  19, // mi
  0x7373,
  20, // ss
  0x736d,
  21, // ms
  0x7375,
  22, // us
  0x6d61,
  23, // am
  0x6d70,
  23, // pm
  0x6362,
  24, // bc
  0x6461,
  24, // ad
  0x6d6d,
  25, // mm
  0x6464,
  26, // dd
  0x7964,
  27, // dy
  0x6469,
  28, // id
  0x7769,
  29, // iw
  0x7777,
  30, // ww
  0x6363,
  31, // cc
  0x7979,
  32, // yy
  0x7969,
  33, // iy
  0x666f,
  34, // of
  0x7a74,
  35, // tz
  0x6d72,
  36, // rm
  0x64,
  37, // d
  0x77,
  38, // w
  0x71,
  39, // q
  0x6a,
  40, // j
  0x79,
  41, // y
  0x69,
  42, // i
]);
const PATTERN_COUNT: u32 = 53;
const PATTERN_MAX: u32 = 5;
/** Names of months, then of days from Sunday on, nine bytes each. */
const NAMES: usize = memory.data<u8>([
  106,
  97,
  110,
  117,
  97,
  114,
  121,
  0,
  0, // january
  102,
  101,
  98,
  114,
  117,
  97,
  114,
  121,
  0, // february
  109,
  97,
  114,
  99,
  104,
  0,
  0,
  0,
  0, // march
  97,
  112,
  114,
  105,
  108,
  0,
  0,
  0,
  0, // april
  109,
  97,
  121,
  0,
  0,
  0,
  0,
  0,
  0, // may
  106,
  117,
  110,
  101,
  0,
  0,
  0,
  0,
  0, // june
  106,
  117,
  108,
  121,
  0,
  0,
  0,
  0,
  0, // july
  97,
  117,
  103,
  117,
  115,
  116,
  0,
  0,
  0, // august
  115,
  101,
  112,
  116,
  101,
  109,
  98,
  101,
  114, // september
  111,
  99,
  116,
  111,
  98,
  101,
  114,
  0,
  0, // october
  110,
  111,
  118,
  101,
  109,
  98,
  101,
  114,
  0, // november
  100,
  101,
  99,
  101,
  109,
  98,
  101,
  114,
  0, // december
  115,
  117,
  110,
  100,
  97,
  121,
  0,
  0,
  0, // sunday
  109,
  111,
  110,
  100,
  97,
  121,
  0,
  0,
  0, // monday
  116,
  117,
  101,
  115,
  100,
  97,
  121,
  0,
  0, // tuesday
  119,
  101,
  100,
  110,
  101,
  115,
  100,
  97,
  121, // wednesday
  116,
  104,
  117,
  114,
  115,
  100,
  97,
  121,
  0, // thursday
  102,
  114,
  105,
  100,
  97,
  121,
  0,
  0,
  0, // friday
  115,
  97,
  116,
  117,
  114,
  100,
  97,
  121,
  0, // saturday
]);
export const NAME_BYTES: u32 = 9;
const SHORT_BYTES: u32 = 3;
const QUOTE: u32 = 34;
const BACKSLASH: u32 = 92;

/** What `nextPiece` found: FORMAT_*, or 0 for a character that stands for itself. */
export let pieceField: u32 = 0;
export let pieceCharacter: u32 = 0;
export let pieceCase: u32 = 0;
export let pieceFilled: bool = false;
/** 0: no ordinal suffix, else CASE_LOWER + 1 or CASE_UPPER + 1. */
export let pieceOrdinal: u32 = 0;
/** The digit of FF1 to FF6. */
export let pieceDigits: u32 = 0;
/** Where a field's own letters stand, without FM and TH. */
export let pieceStart: usize = 0;
export let pieceBytes: u32 = 0;

let position: usize = 0;
let end: usize = 0;
let quoted: bool = false;

export function beginFormat(format: usize, length: u32): void {
  position = format;
  end = format + length;
  quoted = false;
}

/** Whether the next piece is a field that begins with a digit: numbers before it have a fixed width. */
export function digitsFollow(): bool {
  const place = position;
  const inside = quoted;
  const field = nextPiece() ? pieceField : 0;
  position = place;
  quoted = inside;
  return field != 0 && field != FORMAT_MONTH && field != FORMAT_MONTH_SHORT && field != FORMAT_DAY_NAME && field != FORMAT_DAY_SHORT;
}

/** Takes the next piece of the format; false: there is none. */
export function nextPiece(): bool {
  pieceField = 0;
  pieceOrdinal = 0;
  pieceFilled = true;
  while (position < end && <u32>load<u8>(position) == QUOTE) {
    quoted = !quoted;
    position++;
  }
  if (position == end) return false;
  if (!quoted && end - position > 2 && lowerByte(load<u8>(position)) == 102 && lowerByte(load<u8>(position, 1)) == 109) {
    pieceFilled = false;
    position += 2;
  }
  if (!quoted && findField()) return true;
  const escapes = quoted || (position + 1 < end && <u32>load<u8>(position, 1) == QUOTE);
  if (<u32>load<u8>(position) == BACKSLASH && escapes && position + 1 < end) position++;
  pieceCharacter = load<u8>(position++);
  return true;
}

function findField(): bool {
  for (let length = PATTERN_MAX; length > 0; length--) {
    if (position + length > end) continue;
    const word = asciiWord(position, position + length);
    for (let index: u32 = 0; index < PATTERN_COUNT; index++) {
      const row = PATTERNS + ((<usize>index) << 4);
      if (load<u64>(row) != word) continue;
      pieceField = <u32>load<u64>(row, 8);
      takeCase(length);
      pieceStart = position;
      pieceBytes = length;
      position += length;
      takeOrdinal();
      return true;
    }
  }
  return false;
}

function takeCase(length: u32): void {
  const first = <u32>load<u8>(position);
  const second: u32 = length > 1 ? load<u8>(position, 1) : first;
  pieceDigits = <u32>load<u8>(position + length - 1) - 48;
  if (first & 32) pieceCase = CASE_LOWER;
  else pieceCase = second & 32 && second != 46 ? CASE_CAPITAL : CASE_UPPER;
}

function takeOrdinal(): void {
  if (end - position < 2 || lowerByte(load<u8>(position)) != 116 || lowerByte(load<u8>(position, 1)) != 104) return;
  pieceOrdinal = load<u8>(position) & 32 ? CASE_LOWER + 1 : CASE_UPPER + 1;
  position += 2;
}

/** Bytes of a name: months 0 to 11, days 12 to 18. */
export function nameLength(index: u32): u32 {
  let length = NAME_BYTES;
  while (!load<u8>(NAMES + index * NAME_BYTES + length - 1)) length--;
  return length;
}

/** Appends a name in the case of the piece, padded to nine bytes where that is asked. */
export function putDateName(index: u32, short: bool, letterCase: u32, padded: bool): void {
  const length = short ? SHORT_BYTES : nameLength(index);
  for (let place: u32 = 0; place < length; place++) {
    const byte = <u32>load<u8>(NAMES + index * NAME_BYTES + place);
    putByte(letterCase == CASE_UPPER || (letterCase == CASE_CAPITAL && !place) ? byte - 32 : byte);
  }
  if (padded && !short) for (let place = length; place < NAME_BYTES; place++) putByte(32);
}

/** Which of `count` names from `first` on stands at the text, in any case; -1: none. Its bytes are in `foundLength`. */
export function findDateName(text: usize, limit: usize, first: u32, count: u32, short: bool): i32 {
  for (let index: u32 = 0; index < count; index++) {
    const length = short ? SHORT_BYTES : nameLength(first + index);
    if (text + length > limit) continue;
    let same = true;
    for (let place: u32 = 0; place < length && same; place++) {
      same = lowerByte(load<u8>(text + place)) == <u32>load<u8>(NAMES + (first + index) * NAME_BYTES + place);
    }
    if (!same) continue;
    foundLength = length;
    return <i32>index;
  }
  return -1;
}

export let foundLength: u32 = 0;
