/**
 * Rows by key and through an index: what a scan with an access path does instead of going through all rows.
 *
 * By key: `access_begin`, `access_part` for each column of the key, `access_add`. The key's text is that which the row-write door
 * makes (table/row-key.ts). A row is added once, however often its key is asked for.
 *
 * Through an index: `access_begin`, `access_index_part` for each value, then `access_rank` for where the rows with this beginning begin or
 * end; `access_fetch` takes row numbers from one position to another.
 *
 * Found rows are {u32 count, u32 zero, u32 row...} (FOUND_* of abi/plan.ts).
 * Cost: a key O(1) and the keys found before, a rank O(log n), a row O(1).
 */
import { FOUND_COUNT, FOUND_ROWS } from "../abi/plan";
import { NO_ROW, RECORD_ROW, SLOT_DOUBLE, SLOT_INTEGER } from "../abi/record";
import { RUNTIME_ERROR_MEMORY } from "../abi/runtime-error";
import { hashBytes } from "../bytes/hash";
import { isDocumentEntry, prefixBytes, prefixPointer } from "../keyspace/collection";
import { databaseAt } from "../keyspace/database";
import { valueAddress } from "../keyspace/entry-release";
import { isExpired } from "../keyspace/keyspace";
import { tableFind } from "../structure/hash-table";
import { builderBytes, builderLength, builderReset, putByte, putBytes } from "../value/builder";
import { fail, hasFailed } from "../value/cells";
import { textOfDynamic } from "../value/dynamic-text";
import { SPILL_FIRST, wordBytes, wordLength } from "../value/word";
import { plan_allocate } from "./plan-memory";

const COLON: u32 = 58;
const BACKSLASH: u32 = 92;
/** Most columns of a key. */
const PARTS_MAX: u32 = 32;
const parts: usize = memory.data(PARTS_MAX << 3, 8);
let count: u32 = 0;
/** Integers up to here are the same numbers as doubles. */
const EXACT: f64 = 9007199254740992;

/** Room for found rows, or `found` emptied when there is one. */
export function access_open(found: usize, plan: usize, capacity: u32): usize {
  const made = found ? found : plan_allocate(plan, FOUND_ROWS + (capacity << 2));
  if (made) store<u32>(made, 0, FOUND_COUNT);
  return made;
}

export function access_clear(found: usize): void {
  store<u32>(found, 0, FOUND_COUNT);
}

/** Begins a key. */
export function access_begin(): void {
  count = 0;
}

/** A column of the key. `isDynamic`: 1.0 and 1 are the same number, and the text of it is 1. */
export function access_part(tag: u32, payload: i64, isDynamic: i32): void {
  if (count == PARTS_MAX) return fail(RUNTIME_ERROR_MEMORY);
  const number = reinterpret<f64>(payload);
  const isWhole = isDynamic && tag == SLOT_DOUBLE && abs<f64>(number) <= EXACT && trunc<f64>(number) == number;
  const text = isWhole ? textOfDynamic(SLOT_INTEGER, <u64>(<i64>number)) : textOfDynamic(tag, <u64>payload);
  store<u64>(parts + ((<usize>count) << 3), text);
  count++;
}

function putEscaped(bytes: usize, length: u32): void {
  for (let at: u32 = 0; at < length; at++) {
    const byte = <u32>load<u8>(bytes + at);
    if (byte == COLON || byte == BACKSLASH) putByte(BACKSLASH);
    putByte(byte);
  }
}

/** Adds the row with the key, if there is one. */
export function access_add(found: usize, database: u32, collection: usize): void {
  builderReset();
  putBytes(prefixPointer(collection), prefixBytes(collection));
  putByte(COLON);
  for (let index: u32 = 0; index < count; index++) {
    const part = load<u64>(parts + ((<usize>index) << 3));
    const bytes = wordBytes(part, SPILL_FIRST);
    if (index) putByte(COLON);
    if (count == 1) putBytes(bytes, wordLength(part));
    else putEscaped(bytes, wordLength(part));
  }
  if (hasFailed()) return;
  const key = builderBytes();
  const length = builderLength();
  const slot = tableFind(databaseAt(database), hashBytes(key, length), key, length);
  if (!slot) return;
  const entry = <usize>load<u32>(slot);
  if (!isDocumentEntry(entry) || isExpired(entry)) return;
  addRow(found, load<u32>(valueAddress(entry), RECORD_ROW));
}

function addRow(found: usize, row: u32): void {
  if (row == NO_ROW) return;
  const known = load<u32>(found, FOUND_COUNT);
  for (let index: u32 = 0; index < known; index++) if (load<u32>(found + FOUND_ROWS + ((<usize>index) << 2)) == row) return;
  store<u32>(found + FOUND_ROWS + ((<usize>known) << 2), row);
  store<u32>(found, known + 1, FOUND_COUNT);
}
