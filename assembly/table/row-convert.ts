/**
 * Rows of a table that is altered: what becomes of each, as a conversion says (abi/table.ts, CONVERSION_*).
 *
 * 1. A column gets what a column of the old table holds, what a function makes of the old row, or, where the conversion says nothing, the
 *    field of that name that the row has beside its columns, else its default.
 * 2. Fields beside the columns stay, but for those that are columns now.
 *
 * Cost: O(columns) for a row, and the functions.
 */
import { CELL_ERROR_FIRST } from "../abi/record";
import { RUNTIME_ERROR_MEMORY } from "../abi/runtime-error";
import { BLOCK_NULLS, BLOCK_SLOTS, CONVERSION_COLUMNS, CONVERSION_DEFAULT, CONVERSION_OLD } from "../abi/table";
import { copyBytes } from "../bytes/copy";
import { cells, fail, hasFailed, planAllocate } from "../value/cells";
import { packedAt, packedFailed, packedMark } from "../value/packed-writer";
import { ROW_BLOCK_BYTES, block, rowBegin, setColumn, setNull } from "./row-block";
import { readKey } from "./row-key";
import { columnCount, raiseNumber, rowBeside, rowCheck, rowDefaults, rowRead, rowTake } from "./row-write";

/** The row as the old table has it. */
const old: usize = memory.data(528, 8);

/** What the converted row has beside its columns, and perhaps fields that are columns: an object in the plan's arena, 0: nothing. */
export let convertedFields: usize = 0;

/**
 * Makes the row block the row that a document of the old table under `rest` is in the new one, complete and checked. False: it is
 * refused, and the error is noted. Requires: the document stays where it is until the row is written.
 */
export function rowConvert(collection: usize, table: usize, conversion: usize, rest: usize, restBytes: u32, object: usize): bool {
  const oldTable = <usize>load<u32>(conversion, CONVERSION_OLD);
  if (!rowRead(oldTable, object) || !readKey(oldTable, rest, restBytes)) return false;
  copyBytes(old, block, ROW_BLOCK_BYTES);
  convertedFields = fieldsBeside(oldTable, object);
  if (hasFailed()) return false;
  rowBegin();
  const count = columnCount(table);
  for (let number: u32 = 0; number < count; number++) {
    const source = load<i32>(conversion + CONVERSION_COLUMNS + ((<usize>number) << 2));
    if (source >= 0) takeOld(number, source);
    else if (source != CONVERSION_DEFAULT && !compute(number, CONVERSION_DEFAULT - source)) return false;
  }
  if (convertedFields && !rowTake(table, convertedFields)) return false;
  if (!rowDefaults(table)) return false;
  raiseNumber(table);
  return rowCheck(collection);
}

function takeOld(number: u32, source: u32): void {
  if ((load<u64>(old, BLOCK_NULLS) >> (<u64>source)) & 1) setNull(number);
  else setColumn(number, load<u64>(old + BLOCK_SLOTS + ((<usize>source) << 3)));
}

/** A function's value of the old row. False: it has failed. */
function compute(number: u32, slot: u32): bool {
  if (call_indirect<i32>(slot, old)) setColumn(number, load<u64>(cells, CELL_ERROR_FIRST));
  else setNull(number);
  return !hasFailed();
}

/** What a document has beside the columns, in the plan's arena. */
function fieldsBeside(table: usize, object: usize): usize {
  if (!rowBeside(table, object)) {
    if (packedFailed) fail(RUNTIME_ERROR_MEMORY);
    return 0;
  }
  const copy = planAllocate(packedMark());
  if (copy) copyBytes(copy, packedAt(0), packedMark());
  return copy;
}
