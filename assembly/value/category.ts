/**
 * General categories of characters (Unicode Standard, chapter 4.5), for `\p{...}` in regular expressions.
 *
 * The table (category-table.ts) is runs of code points, which can only be read from a known place on; an index of every
 * INDEX_RUNS-th run is made when the first character is asked for. Cost: O(INDEX_RUNS + log runs) per character.
 */
import { CATEGORY_COUNT, CATEGORY_NAMES, CATEGORY_TABLE, CATEGORY_TABLE_BYTES, KIND_LOWER_UPPER, KIND_UPPER_LOWER } from "./category-table";

const INDEX_RUNS: u32 = 32;
/** First code point and offset in the table, 8 bytes an entry; room for 4,096 runs. */
const INDEX_MAX: u32 = 128;
const index: usize = memory.data(1024, 8);
let indexed: u32 = 0;

/** The run that was read last. */
let kind: u32 = 0;
let length: u32 = 0;

/** Number of the category of a code point. Requires: `code` is at most 0x10ffff. */
export function categoryOf(code: u32): u32 {
  if (!indexed) makeIndex();
  let low: u32 = 0;
  let high = indexed;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (load<u32>(index + ((<usize>middle) << 3)) <= code) low = middle;
    else high = middle;
  }
  let start = load<u32>(index + ((<usize>low) << 3));
  let offset = readRun(load<u32>(index + ((<usize>low) << 3), 4));
  while (code - start >= length && offset < CATEGORY_TABLE_BYTES) {
    start += length;
    offset = readRun(offset);
  }
  if (kind == KIND_UPPER_LOWER) return (code - start) & 1;
  if (kind == KIND_LOWER_UPPER) return (code - start + 1) & 1;
  return kind;
}

/**
 * One bit for each category that begins with the letter `first` and, unless `second` is 0, ends with `second`. None for what names
 * no category.
 */
export function categoryMask(first: u32, second: u32): u32 {
  let mask: u32 = 0;
  for (let number: u32 = 0; number < CATEGORY_COUNT; number++) {
    const name = CATEGORY_NAMES + ((<usize>number) << 1);
    if (load<u8>(name) == first && (!second || load<u8>(name, 1) == second)) mask |= 1 << number;
  }
  return mask;
}

function makeIndex(): void {
  let code: u32 = 0;
  let runs: u32 = 0;
  for (let offset: u32 = 0; offset < CATEGORY_TABLE_BYTES && indexed < INDEX_MAX; runs++) {
    if (runs % INDEX_RUNS == 0) {
      store<u32>(index + ((<usize>indexed) << 3), code);
      store<u32>(index + ((<usize>indexed) << 3), offset, 4);
      indexed++;
    }
    offset = readRun(offset);
    code += length;
  }
}

/** Reads the run at an offset; answers where the next one begins. */
function readRun(offset: u32): u32 {
  let next = offset;
  const head = <u32>load<u8>(CATEGORY_TABLE + next++);
  kind = head >> 3;
  length = (head & 7) + 1;
  if (length < 8) return next;
  let byte: u32 = 0x80;
  for (let shift = 0; byte >= 0x80; shift += 7) {
    byte = <u32>load<u8>(CATEGORY_TABLE + next++);
    length += (byte & 0x7f) << shift;
  }
  return next;
}
