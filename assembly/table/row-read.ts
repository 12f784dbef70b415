/**
 * Reading declared columns of stored rows: what a plan sees of a table.
 *
 * The value is told by its kind: the tag in CELL_TAG, SLOT_NONE for null, and the payload that a slot of that kind holds. Words
 * point into the row where they can, else into the plan's arena.
 */
import { CELL_TAG, COLLECTION_TABLE, FIELD_NONE, FIELD_ROOT, RECORD_PACKED, SLOT_NONE } from "../abi/record";
import { COLUMN_KIND, COLUMN_NAME, COLUMN_NAME_BYTES } from "../abi/table";
import { COLLECTION_SHAPES } from "../keyspace/collection";
import { KIND_RECORD, valueAddress } from "../keyspace/entry-release";
import { ENTRY_KIND } from "../structure/entry";
import { cells, setTag } from "../value/cells";
import { findField } from "../value/packed";
import { readPacked, readRecord } from "../value/record-read";
import { fieldNamed } from "../value/shape";
import { coerceValue } from "./coercion";
import { columnAt } from "./row-write";

/** The value of a column in the row of an entry. */
export function readColumn(collection: usize, entry: usize, number: u32): u64 {
  const table = <usize>load<u32>(collection, COLLECTION_TABLE);
  const column = columnAt(table, number);
  const payload = readAny(collection, entry, table + <usize>load<u32>(column, COLUMN_NAME), load<u32>(column, COLUMN_NAME_BYTES));
  const tag = load<u32>(cells, CELL_TAG);
  if (tag == SLOT_NONE) return 0;
  const kind = <u32>load<u8>(column, COLUMN_KIND);
  const value = tag == kind ? payload : coerceValue(column, tag, payload);
  setTag(kind);
  return value;
}

/** A field of a row as `any`. */
function readAny(collection: usize, entry: usize, name: usize, length: u32): u64 {
  setTag(SLOT_NONE);
  if ((<u32>load<u8>(entry, ENTRY_KIND)) & KIND_RECORD) {
    const shapes = <usize>load<u32>(collection, COLLECTION_SHAPES);
    const field = fieldNamed(shapes, FIELD_ROOT, name, length);
    return field == FIELD_NONE ? 0 : readRecord(shapes, valueAddress(entry), field);
  }
  const value = findField(valueAddress(entry) + RECORD_PACKED, name, length);
  return value ? readPacked(value) : 0;
}
