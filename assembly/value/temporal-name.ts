/**
 * Names of fields, parts and units of Cypher's dates, times and durations, by number (NAME_*). Upper and lower case differ.
 *
 * Cost: O(names).
 */
import { equalBytes } from "../bytes/copy";

/** What fields of maps name whole values, and the place. */
export const NAME_DATE: u32 = 1;
export const NAME_TIME: u32 = 2;
export const NAME_DATETIME: u32 = 3;
export const NAME_TIMEZONE: u32 = 4;
/** Parts of dates. */
export const NAME_YEAR: u32 = 5;
export const NAME_QUARTER: u32 = 6;
export const NAME_MONTH: u32 = 7;
export const NAME_WEEK: u32 = 8;
export const NAME_DAY: u32 = 9;
export const NAME_DAY_OF_WEEK: u32 = 10;
export const NAME_ORDINAL_DAY: u32 = 11;
export const NAME_DAY_OF_QUARTER: u32 = 12;
/** Parts of times. */
export const NAME_HOUR: u32 = 13;
export const NAME_MINUTE: u32 = 14;
export const NAME_SECOND: u32 = 15;
export const NAME_MILLISECOND: u32 = 16;
export const NAME_MICROSECOND: u32 = 17;
export const NAME_NANOSECOND: u32 = 18;
/** Instants. */
export const NAME_EPOCH_SECONDS: u32 = 19;
export const NAME_EPOCH_MILLIS: u32 = 20;
/** What is only asked for. */
export const NAME_WEEK_YEAR: u32 = 21;
export const NAME_WEEK_DAY: u32 = 22;
export const NAME_OFFSET: u32 = 23;
export const NAME_OFFSET_MINUTES: u32 = 24;
export const NAME_OFFSET_SECONDS: u32 = 25;
/** Parts of durations. */
export const NAME_YEARS: u32 = 26;
export const NAME_QUARTERS: u32 = 27;
export const NAME_MONTHS: u32 = 28;
export const NAME_WEEKS: u32 = 29;
export const NAME_DAYS: u32 = 30;
export const NAME_HOURS: u32 = 31;
export const NAME_MINUTES: u32 = 32;
export const NAME_SECONDS: u32 = 33;
export const NAME_MILLISECONDS: u32 = 34;
export const NAME_MICROSECONDS: u32 = 35;
export const NAME_NANOSECONDS: u32 = 36;
/** Parts of parts of durations. */
export const NAME_QUARTERS_OF_YEAR: u32 = 37;
export const NAME_MONTHS_OF_YEAR: u32 = 38;
export const NAME_MONTHS_OF_QUARTER: u32 = 39;
export const NAME_DAYS_OF_WEEK: u32 = 40;
export const NAME_MINUTES_OF_HOUR: u32 = 41;
export const NAME_SECONDS_OF_MINUTE: u32 = 42;
export const NAME_MILLISECONDS_OF_SECOND: u32 = 43;
export const NAME_MICROSECONDS_OF_SECOND: u32 = 44;
export const NAME_NANOSECONDS_OF_SECOND: u32 = 45;
/** Units that only truncation knows. */
export const NAME_MILLENNIUM: u32 = 46;
export const NAME_CENTURY: u32 = 47;
export const NAME_DECADE: u32 = 48;
export const NAME_COUNT: u32 = 49;

/** Length and bytes of each. */
// prettier-ignore
const NAMES: usize = memory.data<u8>([
  4, 100, 97, 116, 101,
  4, 116, 105, 109, 101,
  8, 100, 97, 116, 101, 116, 105, 109, 101,
  8, 116, 105, 109, 101, 122, 111, 110, 101,
  4, 121, 101, 97, 114,
  7, 113, 117, 97, 114, 116, 101, 114,
  5, 109, 111, 110, 116, 104,
  4, 119, 101, 101, 107,
  3, 100, 97, 121,
  9, 100, 97, 121, 79, 102, 87, 101, 101, 107,
  10, 111, 114, 100, 105, 110, 97, 108, 68, 97, 121,
  12, 100, 97, 121, 79, 102, 81, 117, 97, 114, 116, 101, 114,
  4, 104, 111, 117, 114,
  6, 109, 105, 110, 117, 116, 101,
  6, 115, 101, 99, 111, 110, 100,
  11, 109, 105, 108, 108, 105, 115, 101, 99, 111, 110, 100,
  11, 109, 105, 99, 114, 111, 115, 101, 99, 111, 110, 100,
  10, 110, 97, 110, 111, 115, 101, 99, 111, 110, 100,
  12, 101, 112, 111, 99, 104, 83, 101, 99, 111, 110, 100, 115,
  11, 101, 112, 111, 99, 104, 77, 105, 108, 108, 105, 115,
  8, 119, 101, 101, 107, 89, 101, 97, 114,
  7, 119, 101, 101, 107, 68, 97, 121,
  6, 111, 102, 102, 115, 101, 116,
  13, 111, 102, 102, 115, 101, 116, 77, 105, 110, 117, 116, 101, 115,
  13, 111, 102, 102, 115, 101, 116, 83, 101, 99, 111, 110, 100, 115,
  5, 121, 101, 97, 114, 115,
  8, 113, 117, 97, 114, 116, 101, 114, 115,
  6, 109, 111, 110, 116, 104, 115,
  5, 119, 101, 101, 107, 115,
  4, 100, 97, 121, 115,
  5, 104, 111, 117, 114, 115,
  7, 109, 105, 110, 117, 116, 101, 115,
  7, 115, 101, 99, 111, 110, 100, 115,
  12, 109, 105, 108, 108, 105, 115, 101, 99, 111, 110, 100, 115,
  12, 109, 105, 99, 114, 111, 115, 101, 99, 111, 110, 100, 115,
  11, 110, 97, 110, 111, 115, 101, 99, 111, 110, 100, 115,
  14, 113, 117, 97, 114, 116, 101, 114, 115, 79, 102, 89, 101, 97, 114,
  12, 109, 111, 110, 116, 104, 115, 79, 102, 89, 101, 97, 114,
  15, 109, 111, 110, 116, 104, 115, 79, 102, 81, 117, 97, 114, 116, 101, 114,
  10, 100, 97, 121, 115, 79, 102, 87, 101, 101, 107,
  13, 109, 105, 110, 117, 116, 101, 115, 79, 102, 72, 111, 117, 114,
  15, 115, 101, 99, 111, 110, 100, 115, 79, 102, 77, 105, 110, 117, 116, 101,
  20, 109, 105, 108, 108, 105, 115, 101, 99, 111, 110, 100, 115, 79, 102, 83, 101, 99, 111, 110, 100,
  20, 109, 105, 99, 114, 111, 115, 101, 99, 111, 110, 100, 115, 79, 102, 83, 101, 99, 111, 110, 100,
  19, 110, 97, 110, 111, 115, 101, 99, 111, 110, 100, 115, 79, 102, 83, 101, 99, 111, 110, 100,
  10, 109, 105, 108, 108, 101, 110, 110, 105, 117, 109,
  7, 99, 101, 110, 116, 117, 114, 121,
  6, 100, 101, 99, 97, 100, 101,
]);

/** NAME_* of a text; 0: it is none. */
export function nameOf(text: usize, length: u32): u32 {
  let name = NAMES;
  for (let number: u32 = 1; number < NAME_COUNT; number++) {
    const bytes = <u32>load<u8>(name);
    if (bytes == length && equalBytes(name + 1, text, length)) return number;
    name += bytes + 1;
  }
  return 0;
}
