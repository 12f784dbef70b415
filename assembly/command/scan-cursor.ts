/**
 * Cursors of SCAN and its relatives, read as Redis reads them.
 */

const PLUS: u32 = 43;
const MINUS: u32 = 45;
const DIGITS_MAX: u32 = 20;

/** What `parseCursor` has read. */
export let parsedCursor: u64 = 0;

/** Reads a cursor as strtoul takes it: a sign is fine, and nothing at all is 0. */
export function parseCursor(pointer: usize, length: u32): bool {
  let cursor: u64 = 0;
  const sign = length > 1 ? <u32>load<u8>(pointer) : 0;
  const start: u32 = sign == PLUS || sign == MINUS ? 1 : 0;
  if (length - start > DIGITS_MAX) return false;
  for (let position = start; position < length; position++) {
    const digit = <u64>load<u8>(pointer + position) - 48;
    if (digit > 9 || cursor > (u64.MAX_VALUE - digit) / 10) return false;
    cursor = cursor * 10 + digit;
  }
  parsedCursor = sign == MINUS ? -cursor : cursor;
  return true;
}
