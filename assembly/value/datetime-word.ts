/**
 * The words of dates and times: units of intervals and fields, names of months and days, zones; as keywords of at most eight
 * letters (keyword.ts), of longer words the first eight.
 *
 * Cost: O(words), a few hundred nanoseconds.
 */
import { asciiWord } from "./keyword";

export const UNIT_MICROSECOND: u32 = 1;
export const UNIT_MILLISECOND: u32 = 2;
export const UNIT_SECOND: u32 = 3;
export const UNIT_MINUTE: u32 = 4;
export const UNIT_HOUR: u32 = 5;
export const UNIT_DAY: u32 = 6;
export const UNIT_WEEK: u32 = 7;
export const UNIT_MONTH: u32 = 8;
export const UNIT_QUARTER: u32 = 9;
export const UNIT_YEAR: u32 = 10;
export const UNIT_DECADE: u32 = 11;
export const UNIT_CENTURY: u32 = 12;
export const UNIT_MILLENNIUM: u32 = 13;
export const FIELD_EPOCH: u32 = 14;
export const FIELD_DOW: u32 = 15;
export const FIELD_ISODOW: u32 = 16;
export const FIELD_DOY: u32 = 17;
export const FIELD_ISOYEAR: u32 = 18;
export const FIELD_JULIAN: u32 = 19;
export const FIELD_TIMEZONE: u32 = 20;
export const FIELD_TIMEZONE_HOUR: u32 = 21;
export const FIELD_TIMEZONE_MINUTE: u32 = 22;

/** Months are 1 to 12, days of the week 20 to 26. */
export const WORD_SUNDAY: u32 = 20;
export const WORD_AM: u32 = 30;
export const WORD_PM: u32 = 31;
export const WORD_BC: u32 = 32;
export const WORD_AD: u32 = 33;
export const WORD_T: u32 = 34;
export const WORD_INFINITY: u32 = 40;
export const WORD_EPOCH: u32 = 41;
export const WORD_NOW: u32 = 42;
export const WORD_TODAY: u32 = 43;
export const WORD_TOMORROW: u32 = 44;
export const WORD_YESTERDAY: u32 = 45;
/** A zone: this and its hours east of UTC. */
export const WORD_ZONE: u32 = 100;
const ZONE_HOURS_MAX: u32 = 15;
const SEPTEMBER: u32 = 9;
const WEDNESDAY: u32 = 23;
const LETTER_R: u32 = 114;
const LETTER_Y: u32 = 121;
/** The bit that makes a letter lower case. */
const LOWER: u32 = 32;
const TAIL_OND: u64 = 0x646e6f;
const TAIL_ONDS: u64 = 0x73646e6f;
const TAIL_UM: u64 = 0x6d75;
const TAIL_UM_S: u64 = 0x736d75;
const TAIL_A: u64 = 0x61;
const TAIL_S: u64 = 0x73;

const UNITS: usize = memory.data<u64>([
  0x7375,
  1, // us
  0x63657375,
  1, // usec
  0x7363657375,
  1, // usecs
  0x6365736f7263696d,
  1, // microsec
  0x736d,
  2, // ms
  0x6365736d,
  2, // msec
  0x736365736d,
  2, // msecs
  0x636573696c6c696d,
  2, // millisec
  0x73,
  3, // s
  0x636573,
  3, // sec
  0x73636573,
  3, // secs
  0x646e6f636573,
  3, // second
  0x73646e6f636573,
  3, // seconds
  0x6d,
  4, // m
  0x6e696d,
  4, // min
  0x736e696d,
  4, // mins
  0x6574756e696d,
  4, // minute
  0x736574756e696d,
  4, // minutes
  0x68,
  5, // h
  0x7268,
  5, // hr
  0x737268,
  5, // hrs
  0x72756f68,
  5, // hour
  0x7372756f68,
  5, // hours
  0x64,
  6, // d
  0x796164,
  6, // day
  0x73796164,
  6, // days
  0x77,
  7, // w
  0x6b656577,
  7, // week
  0x736b656577,
  7, // weeks
  0x6e6f6d,
  8, // mon
  0x736e6f6d,
  8, // mons
  0x68746e6f6d,
  8, // month
  0x7368746e6f6d,
  8, // months
  0x727471,
  9, // qtr
  0x72657472617571,
  9, // quarter
  0x7372657472617571,
  9, // quarters
  0x79,
  10, // y
  0x7279,
  10, // yr
  0x737279,
  10, // yrs
  0x72616579,
  10, // year
  0x7372616579,
  10, // years
  0x636564,
  11, // dec
  0x73636564,
  11, // decs
  0x656461636564,
  11, // decade
  0x73656461636564,
  11, // decades
  0x63,
  12, // c
  0x746e6563,
  12, // cent
  0x797275746e6563,
  12, // century
  0x65697275746e6563,
  12, // centurie
  0x6c696d,
  13, // mil
  0x736c696d,
  13, // mils
  0x696e6e656c6c696d,
  13, // millenni
  0x68636f7065,
  14, // epoch
  0x776f64,
  15, // dow
  0x776f646f7369,
  16, // isodow
  0x796f64,
  17, // doy
  0x726165796f7369,
  18, // isoyear
  0x6e61696c756a,
  19, // julian
  0x656e6f7a656d6974,
  20, // timezone
]);
const UNIT_COUNT: u32 = 59;
const WORDS: usize = memory.data<u64>([
  0x6e616a,
  1, // jan
  0x797261756e616a,
  1, // january
  0x626566,
  2, // feb
  0x7972617572626566,
  2, // february
  0x72616d,
  3, // mar
  0x686372616d,
  3, // march
  0x727061,
  4, // apr
  0x6c69727061,
  4, // april
  0x79616d,
  5, // may
  0x6e756a,
  6, // jun
  0x656e756a,
  6, // june
  0x6c756a,
  7, // jul
  0x796c756a,
  7, // july
  0x677561,
  8, // aug
  0x747375677561,
  8, // august
  0x706573,
  9, // sep
  0x65626d6574706573,
  9, // septembe
  0x74706573,
  9, // sept
  0x74636f,
  10, // oct
  0x7265626f74636f,
  10, // october
  0x766f6e,
  11, // nov
  0x7265626d65766f6e,
  11, // november
  0x636564,
  12, // dec
  0x7265626d65636564,
  12, // december
  0x6e7573,
  20, // sun
  0x7961646e7573,
  20, // sunday
  0x6e6f6d,
  21, // mon
  0x7961646e6f6d,
  21, // monday
  0x657574,
  22, // tue
  0x79616473657574,
  22, // tuesday
  0x73657574,
  22, // tues
  0x646577,
  23, // wed
  0x616473656e646577,
  23, // wednesda
  0x73646577,
  23, // weds
  0x756874,
  24, // thu
  0x7961647372756874,
  24, // thursday
  0x72756874,
  24, // thur
  0x7372756874,
  24, // thurs
  0x697266,
  25, // fri
  0x796164697266,
  25, // friday
  0x746173,
  26, // sat
  0x7961647275746173,
  26, // saturday
  0x6d61,
  30, // am
  0x6d70,
  31, // pm
  0x6362,
  32, // bc
  0x6461,
  33, // ad
  0x74,
  34, // t
  0x7974696e69666e69,
  40, // infinity
  0x666e69,
  40, // inf
  0x68636f7065,
  41, // epoch
  0x776f6e,
  42, // now
  0x7961646f74,
  43, // today
  0x776f72726f6d6f74,
  44, // tomorrow
  0x6164726574736579,
  45, // yesterda
  0x7a,
  100, // z
  0x637475,
  100, // utc
  0x746d67,
  100, // gmt
  0x756c757a,
  100, // zulu
  0x7475,
  100, // ut
  0x746577,
  100, // wet
  0x747365,
  95, // est
  0x746463,
  95, // cdt
  0x746465,
  96, // edt
  0x747363,
  94, // cst
  0x74646d,
  94, // mdt
  0x74736d,
  93, // mst
  0x746470,
  93, // pdt
  0x747370,
  92, // pst
  0x746563,
  101, // cet
  0x7a656d,
  101, // mez
  0x747362,
  101, // bst
  0x74736577,
  101, // west
  0x74736563,
  102, // cest
  0x746565,
  102, // eet
  0x74736565,
  103, // eest
  0x6b736d,
  103, // msk
  0x74736a,
  109, // jst
  0x74736b,
  109, // kst
]);
const WORD_COUNT: u32 = 78;

function find(table: usize, count: u32, start: usize, end: usize): u32 {
  const word = asciiWord(start, end - start > 8 ? start + 8 : end);
  for (let index: u32 = 0; index < count; index++) {
    const row = table + ((<usize>index) << 4);
    if (load<u64>(row) == word) return <u32>load<u64>(row, 8);
  }
  return 0;
}

/** UNIT_* or FIELD_* of a name, or 0. */
export function unitNamed(start: usize, end: usize): u32 {
  const unit = find(UNITS, UNIT_COUNT, start, end);
  if (end - start <= 8) return unit;
  if (unit == FIELD_TIMEZONE) return end - start == 13 ? FIELD_TIMEZONE_HOUR : end - start == 15 ? FIELD_TIMEZONE_MINUTE : 0;
  return hasUnitTail(unit, asciiWord(start + 8, end)) ? unit : 0;
}

/** Whether the letters behind the eighth are those of a unit's name. */
function hasUnitTail(unit: u32, tail: u64): bool {
  if (unit == UNIT_MICROSECOND || unit == UNIT_MILLISECOND) return tail == TAIL_OND || tail == TAIL_ONDS;
  if (unit == UNIT_MILLENNIUM) return tail == TAIL_UM || tail == TAIL_A || tail == TAIL_UM_S;
  return unit == UNIT_CENTURY && tail == TAIL_S;
}

/** WORD_* of a name, or 0. */
export function dateWord(start: usize, end: usize): u32 {
  const word = find(WORDS, WORD_COUNT, start, end);
  if (!word || end - start < 8) return word;
  // The table has eight letters of september, wednesday and yesterday; the other words have no more.
  const last: u32 = word == SEPTEMBER ? LETTER_R : word == WEDNESDAY || word == WORD_YESTERDAY ? LETTER_Y : 0;
  if (!last) return end - start == 8 ? word : 0;
  return end - start == 9 && ((<u32>load<u8>(end - 1)) | LOWER) == last ? word : 0;
}

export function isZoneWord(word: u32): bool {
  return word + ZONE_HOURS_MAX >= WORD_ZONE;
}
