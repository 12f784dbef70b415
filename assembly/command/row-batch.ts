/**
 * Many rows in one call: what inserts, updates and removes the rows of a batch, one by one through command/row.ts. A batch is what
 * a compiled query has put out, or what the host has encoded (abi/table.ts, "Batch").
 *
 * 1. Rows are written in their order until one is refused: its error lies in the cells, and the statement ends.
 * 2. What a row takes from the plan's arena is given back behind it.
 *
 * Cost: O(1) calls for a batch, and for each row what row.ts says.
 */
import { CELL_BUDGET, NO_ROW, SLOT_NONE } from "../abi/record";
import { CHUNK_END, CHUNK_NEXT, CHUNK_TUPLES, LIST_FIRST, LIST_LAST, LIST_NEXT, LIST_TUPLE } from "../abi/plan";
import {
  BATCH_COERCE,
  TARGET_BYTES,
  TARGET_COLUMN,
  TARGET_PATH,
  TARGET_PATH_BYTES,
  TARGET_TAG,
  TARGET_VALUE,
  WRITE_COUNT,
  WRITE_INSERT,
  WRITE_KIND,
  WRITE_NAME,
  WRITE_NAME_BYTES,
  WRITE_NUMBER,
  WRITE_TARGETS,
  WRITE_UPDATE,
} from "../abi/table";
import { cells, hasFailed, planMark, planRelease } from "../value/cells";
import { coerceValue } from "../table/coercion";
import { columnAt } from "../table/row-write";
import { setColumn, setNull } from "../table/row-block";
import {
  rowDocument,
  rowField,
  rowId,
  rowInsert,
  rowLoad,
  rowNew,
  rowObjectBegin,
  rowObjectEnd,
  rowObjectField,
  rowObjectId,
  rowRemove,
  rowTable,
  rowUpdate,
} from "./row";

/** Name of the collection, and how values lie in a row of the batch: u32 at each. */
let name: usize = 0;
let nameBytes: u32 = 0;
let targets: usize = 0;
let targetsEnd: usize = 0;

/** Begins a batch of a collection: `count` targets of TARGET_BYTES, which stay where they are until it ends. */
export function batchBegin(collection: usize, collectionBytes: u32, first: usize, count: u32): void {
  name = collection;
  nameBytes = collectionBytes;
  targets = first;
  targetsEnd = first + <usize>count * TARGET_BYTES;
}

/** Inserts rows; how many were. */
export function batchInsert(rows: usize, count: u32, rowBytes: u32): u32 {
  for (let done: u32 = 0; done < count; done++) {
    const mark = planMark();
    const budget = load<u32>(cells, CELL_BUDGET);
    rowNew(name, nameBytes);
    if (!giveValues(rows + <usize>done * rowBytes) || rowInsert() == <u32>NO_ROW) return done;
    planRelease(mark);
    store<u32>(cells, budget, CELL_BUDGET);
  }
  return count;
}

/** Changes the rows whose numbers (NO_ROW: none) lie, i64 each, at `numberOffset`; how many came until one was refused. */
export function batchUpdate(rows: usize, count: u32, rowBytes: u32, numberOffset: u32): u32 {
  for (let done: u32 = 0; done < count; done++) {
    const mark = planMark();
    const budget = load<u32>(cells, CELL_BUDGET);
    const row = rows + <usize>done * rowBytes;
    if (load<u32>(row + numberOffset) == <u32>NO_ROW) continue;
    if (!rowLoad(name, nameBytes, load<u32>(row + numberOffset))) return done;
    if (!giveValues(row) || rowUpdate() == <u32>NO_ROW) return done;
    planRelease(mark);
    store<u32>(cells, budget, CELL_BUDGET);
  }
  return count;
}

/** Removes the rows whose numbers lie, i64 each, at `numberOffset`; how many there were until one was refused. */
export function batchRemove(rows: usize, count: u32, rowBytes: u32, numberOffset: u32): u32 {
  let removed: u32 = 0;
  for (let left = count, row = rows; left; left--, row += rowBytes) {
    const mark = planMark();
    const budget = load<u32>(cells, CELL_BUDGET);
    if (rowRemove(name, nameBytes, load<u32>(row + numberOffset))) removed++;
    if (hasFailed()) return removed;
    planRelease(mark);
    store<u32>(cells, budget, CELL_BUDGET);
  }
  return removed;
}

/**
 * Writes what all rows of a result say, as a write (WRITE_*) has it; how many were written until one was refused, whose error is in the
 * cells. The rows stay the result's.
 */
export function writeResult(write: usize, output: usize): u32 {
  const kind = load<u32>(write, WRITE_KIND);
  const numberOffset = load<u32>(write, WRITE_NUMBER);
  const rowBytes = load<u32>(output, LIST_TUPLE);
  const last = <usize>load<u32>(output, LIST_LAST);
  batchBegin(<usize>load<u32>(write, WRITE_NAME), load<u32>(write, WRITE_NAME_BYTES), write + WRITE_TARGETS, load<u32>(write, WRITE_COUNT));
  let written: u32 = 0;
  for (let chunk = <usize>load<u32>(output, LIST_FIRST); chunk && !hasFailed(); chunk = <usize>load<u32>(chunk, CHUNK_NEXT)) {
    const rows = chunk + CHUNK_TUPLES;
    const end = <usize>(chunk == last ? load<u32>(output, LIST_NEXT) : load<u32>(chunk, CHUNK_END));
    const count = <u32>(end - rows) / rowBytes;
    if (kind == WRITE_INSERT) written += batchInsert(rows, count, rowBytes);
    else if (kind == WRITE_UPDATE) written += batchUpdate(rows, count, rowBytes, numberOffset);
    else written += batchRemove(rows, count, rowBytes, numberOffset);
  }
  return written;
}

/** Gives the row under way its values. False: one does not fit its column, and the error is noted. */
function giveValues(row: usize): bool {
  const table = rowTable();
  if (table) giveColumns(table, row);
  else if (isNewObject()) giveObject(row);
  else giveFields(row);
  return !hasFailed();
}

function giveColumns(table: usize, row: usize): void {
  for (let target = targets; target < targetsEnd; target += TARGET_BYTES) {
    const column = load<u32>(target, TARGET_COLUMN);
    const tag = <u32>load<u8>(row + <usize>load<u32>(target, TARGET_TAG));
    const payload = load<u64>(row + <usize>load<u32>(target, TARGET_VALUE));
    if (tag == <u32>SLOT_NONE) setNull(column);
    else if (!(tag & BATCH_COERCE)) setColumn(column, payload);
    else setColumn(column, coerceValue(columnAt(table, column), tag & ~BATCH_COERCE, payload));
  }
}

/** Whether the row under way is a new document all of whose fields are given in one go: no target is inside of another's object. */
function isNewObject(): bool {
  if (rowDocument()) return false;
  for (let target = targets; target < targetsEnd; target += TARGET_BYTES) {
    const bytes = load<u32>(target, TARGET_PATH_BYTES);
    if (bytes && <u32>load<u16>(load<u32>(target, TARGET_PATH)) + 2 != bytes) return false;
  }
  return true;
}

function giveObject(row: usize): void {
  rowObjectBegin();
  for (let target = targets; target < targetsEnd; target += TARGET_BYTES) {
    const tag = <u32>load<u8>(row + <usize>load<u32>(target, TARGET_TAG));
    const payload = load<u64>(row + <usize>load<u32>(target, TARGET_VALUE));
    const bytes = load<u32>(target, TARGET_PATH_BYTES);
    if (bytes) rowObjectField(<usize>load<u32>(target, TARGET_PATH) + 2, bytes - 2, tag, payload);
    else rowObjectId(tag, payload);
  }
  rowObjectEnd();
}

function giveFields(row: usize): void {
  for (let target = targets; target < targetsEnd; target += TARGET_BYTES) {
    const tag = <u32>load<u8>(row + <usize>load<u32>(target, TARGET_TAG));
    const payload = load<u64>(row + <usize>load<u32>(target, TARGET_VALUE));
    const bytes = load<u32>(target, TARGET_PATH_BYTES);
    if (bytes) rowField(load<u32>(target, TARGET_PATH), bytes, tag, payload);
    else rowId(tag, payload);
  }
}
