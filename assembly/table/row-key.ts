/**
 * The key of a row: `prefix:` and the text of the primary key. The parts of a composite key are joined by colons, with colons
 * and backslashes inside of them escaped by a backslash; a single part stands as it is. Rows of a table without primary key
 * are numbered.
 */
import { COLUMN_BYTES, COLUMN_KIND, TABLE_HEAD, TABLE_KEY, TABLE_KEY_COLUMNS, TABLE_NEXT_ROW } from "../abi/table";
import { copyBytes, equalBytes } from "../bytes/copy";
import { parseInteger, parsedInteger } from "../bytes/integer";
import { builderBytes, builderLength, builderReset, putByte, putBytes } from "../value/builder";
import { hasFailed, planAllocate } from "../value/cells";
import { packedAt, packedMark, packedRewind, writeString } from "../value/packed-writer";
import { coerceValue } from "./coerce";
import { isGiven, isNull, setColumn, slotAt } from "./row-block";
import { slotBytes, slotLength, slotText } from "./row-value";

const COLON: u32 = 58;
const BACKSLASH: u32 = 92;

export function keyColumns(table: usize): u32 {
  return load<u16>(table, TABLE_KEY_COLUMNS);
}

/** Number of the n-th column of the primary key. */
export function keyColumn(table: usize, index: u32): u32 {
  return load<u8>(table + TABLE_KEY + <usize>index);
}

function columnKind(table: usize, number: u32): u32 {
  return load<u8>(table + TABLE_HEAD + <usize>number * COLUMN_BYTES, COLUMN_KIND);
}

/**
 * Appends the text of the row block's primary key to the builder. False: a part is null. Requires: the table has a primary key.
 */
export function putKey(table: usize): bool {
  const count = keyColumns(table);
  for (let index: u32 = 0; index < count; index++) {
    const number = keyColumn(table, index);
    if (isNull(number)) return false;
    if (index) putByte(COLON);
    slotText(columnKind(table, number), slotAt(number));
    if (count == 1) putBytes(slotBytes, slotLength);
    else putEscaped(slotBytes, slotLength);
  }
  return true;
}

function putEscaped(bytes: usize, length: u32): void {
  for (let at: u32 = 0; at < length; at++) {
    const byte = <u32>load<u8>(bytes + at);
    if (byte == COLON || byte == BACKSLASH) putByte(BACKSLASH);
    putByte(byte);
  }
}

/** Reads the parts of the primary key that the row lacks from its key. False: one does not fit its column. */
export function readKey(table: usize, rest: usize, restBytes: u32): bool {
  const count = keyColumns(table);
  let position: u32 = 0;
  for (let index: u32 = 0; index < count; index++) {
    const start = position;
    position = count == 1 ? restBytes : partEnd(rest, position, restBytes);
    const number = keyColumn(table, index);
    if (!isGiven(number)) {
      const value = partValue(rest + start, position - start, count > 1);
      if (!value) return false;
      setColumn(number, coerceValue(table + TABLE_HEAD + <usize>number * COLUMN_BYTES, value));
      if (hasFailed()) return false;
    }
    position++;
  }
  return true;
}

/** Where a part of a composite key ends. */
function partEnd(rest: usize, from: u32, length: u32): u32 {
  let at = from;
  while (at < length && <u32>load<u8>(rest + at) != COLON) at += <u32>load<u8>(rest + at) == BACKSLASH ? 2 : 1;
  return at < length ? at : length;
}

/** A part of a key as a packed string in the plan's arena; 0: no memory. */
function partValue(bytes: usize, length: u32, escaped: bool): usize {
  builderReset();
  for (let at: u32 = 0; at < length; at++) {
    if (escaped && <u32>load<u8>(bytes + at) == BACKSLASH && at + 1 < length) at++;
    putByte(load<u8>(bytes + at));
  }
  if (hasFailed()) return 0;
  const mark = packedMark();
  writeString(builderBytes(), builderLength());
  const size = packedMark() - mark;
  const value = planAllocate(size);
  if (value) copyBytes(value, packedAt(mark), size);
  packedRewind(mark);
  return value;
}

/** Whether the row's primary key is the one of its key; a numbered row takes its number from the key. */
export function matchesKey(table: usize, rest: usize, restBytes: u32): bool {
  if (!keyColumns(table)) {
    if (parseInteger(rest, restBytes) && parsedInteger >= load<i64>(table, TABLE_NEXT_ROW) && parsedInteger < i64.MAX_VALUE) {
      store<i64>(table, parsedInteger + 1, TABLE_NEXT_ROW);
    }
    return true;
  }
  builderReset();
  // A null is NOT NULL's business.
  if (!putKey(table)) return true;
  return builderLength() == restBytes && equalBytes(builderBytes(), rest, restBytes);
}
