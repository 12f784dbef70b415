/**
 * The key of a row: `prefix:` and the text of the primary key. The parts of a composite key are joined by colons, with colons
 * and backslashes inside of them escaped by a backslash; a single part stands as it is. Rows of a table without primary key
 * are numbered.
 */
import { SLOT_DOUBLE, SLOT_INTERVAL, SLOT_NUMERIC, SLOT_TEXT } from "../abi/record";
import { COLUMN_BYTES, COLUMN_KIND, KEY_COLUMNS_MAX, TABLE_HEAD, TABLE_KEY, TABLE_KEY_COLUMNS, TABLE_NEXT_ROW } from "../abi/table";
import { equalBytes } from "../bytes/copy";
import { parseInteger, parsedInteger } from "../bytes/integer";
import { builderBytes, builderLength, builderReset, builderWord, putByte, putBytes } from "../value/builder";
import { hasFailed } from "../value/cells";
import { normalInterval } from "../value/interval";
import { normalNumeric } from "../value/numeric";
import { textOfDynamic } from "../value/dynamic-text";
import { wordBytes, wordLength } from "../value/word";
import { coerceValue } from "./coercion";
import { isGiven, isNull, setColumn, slotAt } from "./row-block";

const COLON: u32 = 58;
const BACKSLASH: u32 = 92;
const parts: usize = memory.data(KEY_COLUMNS_MAX << 3, 8);
const spill: usize = memory.data(8, 8);

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
 * Makes the text of the row block's primary key behind a prefix, in the builder (which texts of parts are made in too, so they are
 * kept in the plan's arena first). False: a part is null. Requires: the table has a primary key.
 */
export function putKey(table: usize, prefix: usize, prefixBytes: u32): bool {
  const count = keyColumns(table);
  for (let index: u32 = 0; index < count; index++) {
    const number = keyColumn(table, index);
    if (isNull(number)) return false;
    store<u64>(parts + ((<usize>index) << 3), partText(columnKind(table, number), load<u64>(slotAt(number))));
  }
  builderReset();
  putBytes(prefix, prefixBytes);
  if (prefixBytes) putByte(COLON);
  for (let index: u32 = 0; index < count; index++) {
    const part = load<u64>(parts + ((<usize>index) << 3));
    const bytes = wordBytes(part, spill);
    if (index) putByte(COLON);
    if (count == 1) putBytes(bytes, wordLength(part));
    else putEscaped(bytes, wordLength(part));
  }
  return !hasFailed();
}

/** The text of a part. Equal values have equal texts: 1.10 is 1.1, minus zero is zero, 24 hours are a day. */
function partText(kind: u32, bits: u64): u64 {
  if (kind == SLOT_NUMERIC) return textOfDynamic(kind, normalNumeric(bits));
  if (kind == SLOT_INTERVAL) return textOfDynamic(kind, normalInterval(bits));
  if (kind == SLOT_DOUBLE && reinterpret<f64>(bits) == 0) return textOfDynamic(kind, 0);
  return textOfDynamic(kind, bits);
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
      const text = partWord(rest + start, position - start, count > 1);
      setColumn(number, coerceValue(table + TABLE_HEAD + <usize>number * COLUMN_BYTES, SLOT_TEXT, text));
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

/** A part of a key as a word in the plan's arena. */
function partWord(bytes: usize, length: u32, escaped: bool): u64 {
  builderReset();
  for (let at: u32 = 0; at < length; at++) {
    if (escaped && <u32>load<u8>(bytes + at) == BACKSLASH && at + 1 < length) at++;
    putByte(load<u8>(bytes + at));
  }
  return builderWord();
}

/** Whether the row's primary key is the one of its key; a numbered row takes its number from the key. */
export function matchesKey(table: usize, rest: usize, restBytes: u32): bool {
  if (!keyColumns(table)) {
    if (parseInteger(rest, restBytes) && parsedInteger >= load<i64>(table, TABLE_NEXT_ROW) && parsedInteger < i64.MAX_VALUE) {
      store<i64>(table, parsedInteger + 1, TABLE_NEXT_ROW);
    }
    return true;
  }
  // A null is NOT NULL's business.
  if (!putKey(table, 0, 0)) return true;
  return builderLength() == restBytes && equalBytes(builderBytes(), rest, restBytes);
}
