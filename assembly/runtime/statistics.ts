/**
 * Statistics of a field, for the optimiser: from a sample of the collection's rows, taken when they are asked for. Writes pay
 * nothing, the figures are never old, and the same content under the same row numbers gives the same figures: the sample is every
 * n-th row number.
 *
 * The number of distinct values is estimated from those in the sample as PostgreSQL does: n * d / (n - f + f * n / N), with n
 * values in the sample, d of them distinct, f of these met once, and N values in all (Haas and Stokes 1998, Duj1).
 *
 * Cost: O(SAMPLE_ROWS), about 50 µs.
 */
import { CELL_BUDGET, CELL_TAG, COLLECTION_LIVE, COLLECTION_ROWS, SLOT_NONE } from "../abi/record";
import { PURPOSE_SCRATCH } from "../abi/status";
import { rowElement } from "../keyspace/collection";
import { allocate, release } from "../memory/allocator";
import { cells, planMark, planRelease } from "../value/cells";
import { hashDynamic } from "../value/dynamic";
import { record_field } from "./collection";

const SAMPLE_ROWS: u32 = 1024;
/** Bytes of objects that are put together from their fields; each goes before the next row. */
const SAMPLE_BUDGET: u32 = 0x40000000;
/** Slots of the table of hashes: {u64 hash, u64 how often}; a power of two. */
const SLOTS: u32 = 2048;
const SLOT_BYTES: u32 = 16;

/** What the last sample had: rows, values, distinct values, and those met once. */
let sampledRows: u32 = 0;
let sampledValues: u32 = 0;
let sampledDistinct: u32 = 0;
let sampledOnce: u32 = 0;

/** Estimated number of distinct values of a field, NULL not counted; -1: there is no memory to find out. */
export function field_distinct(collection: usize, field: u32): f64 {
  const table = allocate(SLOTS * SLOT_BYTES, PURPOSE_SCRATCH);
  if (!table) return -1;
  memory.fill(table, 0, SLOTS * SLOT_BYTES);
  sample(collection, field, table);
  release(table, PURPOSE_SCRATCH);
  if (!sampledValues) return 0;
  const values = <f64>sampledValues;
  const all = (<f64>load<u32>(collection, COLLECTION_LIVE) * values) / <f64>sampledRows;
  const once = <f64>sampledOnce;
  return (values * <f64>sampledDistinct) / (values - once + (once * values) / all);
}

/** Estimated share of the rows in which a field is NULL or missing. */
export function field_null_share(collection: usize, field: u32): f64 {
  sample(collection, field, 0);
  return sampledRows ? 1 - <f64>sampledValues / <f64>sampledRows : 0;
}

/** Reads the field in every n-th row; counts its values in a table of hashes (0: does not). */
function sample(collection: usize, field: u32, table: usize): void {
  const rows = load<u32>(collection, COLLECTION_ROWS);
  const step: f64 = rows > SAMPLE_ROWS ? <f64>rows / <f64>SAMPLE_ROWS : 1;
  const mark = planMark();
  const budget = load<u32>(cells, CELL_BUDGET);
  store<u32>(cells, SAMPLE_BUDGET, CELL_BUDGET);
  sampledRows = 0;
  sampledValues = 0;
  sampledDistinct = 0;
  sampledOnce = 0;
  for (let position: f64 = 0; position < <f64>rows; position += step) {
    const element = rowElement(collection, <u32>position);
    if (!element) continue;
    sampledRows++;
    const payload = record_field(collection, element, field);
    const tag = load<u32>(cells, CELL_TAG);
    if (tag == SLOT_NONE) continue;
    sampledValues++;
    if (table) count(table, hashDynamic(tag, payload));
    planRelease(mark);
  }
  store<u32>(cells, budget, CELL_BUDGET);
}

function count(table: usize, hash: u64): void {
  let position = (<u32>(hash >> 32)) & (SLOTS - 1);
  let slot = table + <usize>position * SLOT_BYTES;
  while (load<u64>(slot, 8) && load<u64>(slot) != hash) {
    position = (position + 1) & (SLOTS - 1);
    slot = table + <usize>position * SLOT_BYTES;
  }
  const before = load<u64>(slot, 8);
  store<u64>(slot, hash);
  store<u64>(slot, before + 1, 8);
  if (!before) {
    sampledDistinct++;
    sampledOnce++;
  } else if (before == 1) sampledOnce--;
}
