/**
 * Rows of declared tables on their way in. A row comes as a document (any command that writes JSON) or as slots (SQL), and
 * is held in the row block of abi/table.ts while it is completed and checked:
 *
 *   1. a document's fields are coerced to the kinds of their columns (coerce.ts); fields without a column are kept beside them
 *   2. the columns of the primary key agree with the key; of a document that lacks them they are read from the key
 *   3. a new row gets defaults for the columns that were not given
 *   4. NOT NULL, then the CHECKs in their order
 *
 * What comes out is a packed object: the columns in their order, then the fields without a column. UNIQUE is the indexes'
 * business (row-index.ts), when the row is stored.
 *
 * Words in the block point into the document that the row came from, into the descriptor, or into the plan's arena.
 */
import { CELL_ERROR_FIRST, CELL_TAG, COLLECTION_TABLE, RECORD_NULLS, RECORD_SLOTS } from "../abi/record";
import { RUNTIME_ERROR_CHECK, RUNTIME_ERROR_MEMORY, RUNTIME_ERROR_NOT_NULL, RUNTIME_ERROR_ROW_KEY } from "../abi/runtime-error";
import {
  BLOCK_GIVEN,
  BLOCK_NULLS,
  BLOCK_SLOTS,
  CHECK_BYTES,
  CHECK_FUNCTION,
  CHECK_NAME,
  CHECK_NAME_BYTES,
  COLUMN_BYTES,
  COLUMN_COUNTED,
  COLUMN_DEFAULT,
  COLUMN_DEFAULT_CONSTANT,
  COLUMN_DEFAULT_FUNCTION,
  COLUMN_FLAGS,
  COLUMN_FUNCTION,
  COLUMN_KIND,
  COLUMN_NAME,
  COLUMN_NAME_BYTES,
  COLUMN_NOT_NULL,
  TABLE_CHECKS,
  TABLE_COLUMNS,
  TABLE_HEAD,
  TABLE_NEXT_ROW,
} from "../abi/table";
import { equalBytes } from "../bytes/copy";
import { COLLECTION_SHAPES, prefixBytes, prefixPointer } from "../keyspace/collection";
import { cells, fail, failWith, hasFailed } from "../value/cells";
import { afterValue, childCount, fieldValue, firstChild, namePointer, readLength, tagOf } from "../value/packed";
import {
  closeObject,
  openContainer,
  packedAt,
  packedFailed,
  packedMark,
  packedReset,
  writeByte,
  writeName,
  writePacked,
} from "../value/packed-writer";
import { makeTableRecord } from "../value/record";
import { absoluteWord, writeSlot } from "../value/record-unpack";
import { readPacked } from "../value/record-read";
import { isInline, wordBytes } from "../value/word";
import { coerceValue } from "./coercion";
import { block, isGiven, isNull, rowBegin, setColumn, setNull, slotAt } from "./row-block";
import { matchesKey, readKey } from "./row-key";
import { nameWord } from "./row-index";
import { isWordKind } from "./row-value";

// @ts-ignore: decorator
@inline
export function tableOf(collection: usize): usize {
  return <usize>load<u32>(collection, COLLECTION_TABLE);
}

// @ts-ignore: decorator
@inline
export function columnAt(table: usize, number: u32): usize {
  return table + TABLE_HEAD + <usize>number * COLUMN_BYTES;
}

// @ts-ignore: decorator
@inline
export function columnCount(table: usize): u32 {
  return load<u16>(table, TABLE_COLUMNS);
}

/** Number of the column with this name, or -1. */
export function columnNamed(table: usize, name: usize, length: u32): i32 {
  const count = columnCount(table);
  for (let number: u32 = 0; number < count; number++) {
    const column = columnAt(table, number);
    if (load<u32>(column, COLUMN_NAME_BYTES) != length) continue;
    if (equalBytes(table + <usize>load<u32>(column, COLUMN_NAME), name, length)) return <i32>number;
  }
  return -1;
}

/** Reads the fields of an object that have a column. False: one does not fit, and the error is noted. */
export function rowRead(table: usize, object: usize): bool {
  rowBegin();
  return rowTake(table, object);
}

/** The same for the columns that have no value yet, beside those that have. */
export function rowTake(table: usize, object: usize): bool {
  const given = load<u64>(block, BLOCK_GIVEN);
  let field = firstChild(object);
  for (let left = childCount(object); left; left--) {
    const value = fieldValue(field);
    const number = columnNamed(table, namePointer(field), readLength(field));
    if (number >= 0 && !((given >> (<u64>number)) & 1)) {
      if (!tagOf(value)) setNull(number);
      else {
        const payload = readPacked(value);
        setColumn(number, coerceValue(columnAt(table, number), load<u32>(cells, CELL_TAG), payload));
        if (hasFailed()) return false;
      }
    }
    field = afterValue(value);
  }
  return true;
}

/** The whole way of a document under a key of the table. `isNew`: there was no row. False: refused, and the error is noted. */
export function rowFromDocument(collection: usize, rest: usize, restBytes: u32, object: usize, isNew: bool): bool {
  const table = tableOf(collection);
  if (!rowRead(table, object)) return false;
  if (!readKey(table, rest, restBytes)) return false;
  if (isNew && !rowDefaults(table)) return false;
  if (!matchesKey(table, rest, restBytes)) {
    failWith(RUNTIME_ERROR_ROW_KEY, nameWord(rest, restBytes), nameWord(prefixPointer(collection), prefixBytes(collection)));
    return false;
  }
  raiseNumber(table);
  return rowCheck(collection);
}

/**
 * Numbers that documents bring along are not given to others: those of rows that are read from the log, or that COMMIT takes over, were
 * given before. (INSERT with a number of its own does not count it, as in PostgreSQL.)
 */
export function raiseNumber(table: usize): void {
  const count = columnCount(table);
  for (let number: u32 = 0; number < count; number++) {
    if (!((<u32>load<u8>(columnAt(table, number), COLUMN_FLAGS)) & COLUMN_COUNTED) || !isGiven(number) || isNull(number)) continue;
    const value = load<i64>(slotAt(number));
    if (value >= load<i64>(table, TABLE_NEXT_ROW) && value < i64.MAX_VALUE) store<i64>(table, value + 1, TABLE_NEXT_ROW);
  }
}

/** Gives columns that were not given their defaults. */
export function rowDefaults(table: usize): bool {
  const count = columnCount(table);
  for (let number: u32 = 0; number < count; number++) if (!isGiven(number) && !giveDefault(table, number)) return false;
  return true;
}

/** Gives a column its default; one that has none stays as it is. False: the default fails. */
export function giveDefault(table: usize, number: u32): bool {
  const column = columnAt(table, number);
  const flags = <u32>load<u8>(column, COLUMN_FLAGS);
  if (flags & COLUMN_COUNTED) setColumn(number, nextNumber(table));
  else if (flags & COLUMN_DEFAULT_CONSTANT) {
    setColumn(number, constantOf(table, load<u64>(column, COLUMN_DEFAULT), load<u8>(column, COLUMN_KIND)));
  } else if (flags & COLUMN_DEFAULT_FUNCTION) {
    if (call_indirect<i32>(load<u32>(column, COLUMN_FUNCTION), block)) setColumn(number, load<u64>(cells, CELL_ERROR_FIRST));
    if (hasFailed()) return false;
  }
  return true;
}

/** Counts up the table's number. */
export function nextNumber(table: usize): u64 {
  const number = load<u64>(table, TABLE_NEXT_ROW);
  store<u64>(table, number + 1, TABLE_NEXT_ROW);
  return number;
}

/** A constant of the descriptor, with an absolute address. */
function constantOf(table: usize, bits: u64, kind: u32): u64 {
  return isWordKind(kind) && !isInline(bits) ? bits + ((<u64>table) << 32) : bits;
}

/** NOT NULL and CHECK. False: one is violated, and the error is noted. */
export function rowCheck(collection: usize): bool {
  const table = tableOf(collection);
  const count = columnCount(table);
  const relation = nameWord(prefixPointer(collection), prefixBytes(collection));
  for (let number: u32 = 0; number < count; number++) {
    const column = columnAt(table, number);
    if (!((<u32>load<u8>(column, COLUMN_FLAGS)) & COLUMN_NOT_NULL) || !isNull(number)) continue;
    failWith(
      RUNTIME_ERROR_NOT_NULL,
      nameWord(table + <usize>load<u32>(column, COLUMN_NAME), load<u32>(column, COLUMN_NAME_BYTES)),
      relation,
    );
    return false;
  }
  let check = columnAt(table, count);
  for (let left = load<u32>(table, TABLE_CHECKS); left; left--) {
    const holds = call_indirect<i32>(load<u32>(check, CHECK_FUNCTION), block) != 0;
    if (hasFailed()) return false;
    if (!holds) {
      failWith(RUNTIME_ERROR_CHECK, relation, nameWord(table + <usize>load<u32>(check, CHECK_NAME), load<u32>(check, CHECK_NAME_BYTES)));
      return false;
    }
    check += CHECK_BYTES;
  }
  return true;
}

/**
 * Reads a record of the table, whose words then point into it. What it has beside its columns is answered, a packed object, or 0.
 * Requires: the record stays where it is until the row is written.
 */
export function rowOfRecord(table: usize, record: usize): usize {
  const nulls = load<u64>(record, RECORD_NULLS);
  const count = columnCount(table);
  rowBegin();
  for (let number: u32 = 0; number < count; number++) {
    const bits = load<u64>(record + RECORD_SLOTS + ((<usize>number) << 3));
    if ((nulls >> (<u64>number)) & 1) setNull(number);
    else setColumn(number, isWordKind(load<u8>(columnAt(table, number), COLUMN_KIND)) ? absoluteWord(bits, record) : bits);
  }
  if ((nulls >> (<u64>count)) & 1) return 0;
  return wordBytes(absoluteWord(load<u64>(record + RECORD_SLOTS + ((<usize>count) << 3)), record), extrasWord);
}

/** Where the bytes of a short word lie that `rowOfRecord` has answered; good until it is called again. */
const extrasWord: usize = memory.data(8, 8);

/** Appends the row to the packed writer: the columns, then the fields of `object` (0: none) that have no column. */
export function rowPack(table: usize, object: usize): void {
  const start = openContainer();
  const count = columnCount(table);
  let fields = count;
  for (let number: u32 = 0; number < count; number++) {
    const column = columnAt(table, number);
    writeName(table + <usize>load<u32>(column, COLUMN_NAME), load<u32>(column, COLUMN_NAME_BYTES));
    if (isNull(number)) writeByte(0);
    else writeSlot(0, load<u8>(column, COLUMN_KIND), load<u64>(slotAt(number)));
  }
  if (object) fields += packBeside(table, object);
  closeObject(start, fields);
}

/** Appends the fields of an object that have no column; how many. */
function packBeside(table: usize, object: usize): u32 {
  let fields: u32 = 0;
  let field = firstChild(object);
  for (let left = childCount(object); left; left--) {
    const value = fieldValue(field);
    const length = readLength(field);
    const after = afterValue(value);
    if (columnNamed(table, namePointer(field), length) < 0) {
      writeName(namePointer(field), length);
      writePacked(value, <u32>(after - value));
      fields++;
    }
    field = after;
  }
  return fields;
}

/** Makes the packed writer hold an object of the fields that have no column. False: there are none, or there is no memory. */
export function rowBeside(table: usize, object: usize): bool {
  packedReset();
  const start = openContainer();
  const fields = packBeside(table, object);
  closeObject(start, fields);
  return fields != 0 && !packedFailed;
}

/** Makes the record of a row that has its columns only, which is what `storeDocument` stores next. False: no memory. */
export function rowKeepColumns(collection: usize): bool {
  const shapes = <usize>load<u32>(collection, COLLECTION_SHAPES);
  if (makeTableRecord(shapes, load<u64>(block, BLOCK_NULLS), block + BLOCK_SLOTS, 0)) return true;
  fail(RUNTIME_ERROR_MEMORY);
  return false;
}

/**
 * The row in packed form, with the fields of `object` that have no column, and its record, which is what `storeDocument` stores next.
 * False: no memory.
 */
export function rowKeep(collection: usize, object: usize): bool {
  const start = packedMark();
  rowPack(tableOf(collection), object);
  const shapes = <usize>load<u32>(collection, COLLECTION_SHAPES);
  if (!packedFailed && makeTableRecord(shapes, load<u64>(block, BLOCK_NULLS), block + BLOCK_SLOTS, packedAt(start))) return true;
  fail(RUNTIME_ERROR_MEMORY);
  return false;
}
