/**
 * Referential actions: what becomes of rows that refer to a row which a statement has deleted, or given another key (ON DELETE and ON UPDATE
 * CASCADE, SET NULL, SET DEFAULT).
 *
 * 1. They are carried out when the statement ends, in the order in which it changed what was referred to (table/reference.ts); what they change is
 *    noted behind that, so they go on over as many levels as there are.
 * 2. Rows are changed as SQL changes them: by row.ts, with their constraints, effects and notifications.
 * 3. What COMMIT takes over was done already: there only whether it fits is looked at (`referencesHold`).
 *
 * Cost: O(log rows) for each row that is found, by the index of the referencing columns, and what row.ts says.
 */
import { CELL_BUDGET, NO_ROW, SLOT_NONE } from "../abi/record";
import { ACTION_CASCADE, ACTION_RESTRICT, ACTION_SET_DEFAULT } from "../abi/table";
import { copyBytes } from "../bytes/copy";
import { prefixBytes, prefixPointer, rowEntry } from "../keyspace/collection";
import { isExpired } from "../keyspace/keyspace";
import { coerceValue } from "../table/coercion";
import { FIELD_CONTENT, INDEX_FIELDS, indexFirstField, indexNextField, indexRowFrom } from "../table/index";
import { KEY_OLD, keyBegin, keyNull, keyPartEnd, keysEqual } from "../table/index-key";
import {
  VALUE_HEAD,
  noteAction,
  noteChild,
  noteChildSeen,
  noteColumns,
  noteHolds,
  noteIndex,
  noteKey,
  noteTake,
  noteValuesAt,
  noteValuesBytes,
  notesAreLost,
  referencesForget,
} from "../table/reference";
import { setColumn, setNull } from "../table/row-block";
import { keyOfSlot, nameWord } from "../table/row-index";
import { isWordKind } from "../table/row-value";
import { columnAt, giveDefault } from "../table/row-write";
import { cells, hasFailed, planAllocate, planMark, planRelease } from "../value/cells";
import { rowLoad, rowRemove, rowTable, rowUpdate } from "./row";

/** Bytes that one row may take from the plan's arena. */
const ROW_BUDGET: u32 = 0x40000000;

/** The values that the key of the note has now, in the plan's arena; 0: the action needs none. */
let values: usize = 0;
const slot: usize = memory.data(8, 8);

/**
 * Carries out the actions of a statement that is to be kept. False: a reference would be broken, or a row is refused; the error is in the cells, and
 * the statement must be taken back.
 */
export function referencesSettle(): bool {
  const budget = load<u32>(cells, CELL_BUDGET);
  store<u32>(cells, ROW_BUDGET, CELL_BUDGET);
  let settled = !notesAreLost();
  while (settled && noteTake()) {
    settled = settleNote() && !notesAreLost();
  }
  referencesForget();
  store<u32>(cells, budget, CELL_BUDGET);
  return settled;
}

function settleNote(): bool {
  const mark = planMark();
  const action = noteAction();
  const isUpdate = noteValuesBytes() != 0;
  values = isUpdate ? valuesKept() : 0;
  if (isUpdate && !values) return false;
  const settled = (isUpdate && hasSameKey()) || (action > <u32>ACTION_RESTRICT ? settleRows(action) : noteHolds(true));
  if (settled) planRelease(mark);
  return settled;
}

function valuesKept(): usize {
  const bytes = noteValuesBytes();
  const copy = planAllocate(bytes);
  if (copy) copyBytes(copy, noteValuesAt(), bytes);
  return copy;
}

/** Whether the row has other values, or lies elsewhere, but has the same key: nothing refers to anything else then. */
function hasSameKey(): bool {
  const index = noteIndex();
  if (!index) return true;
  keyBegin(KEY_OLD);
  let value = values;
  for (let left = load<u32>(index, INDEX_FIELDS); left; left--) {
    const kind = load<u32>(value);
    if (kind == <u32>SLOT_NONE) keyNull();
    else {
      store<u64>(slot, payloadAt(value));
      keyOfSlot(kind, slot, 0);
    }
    keyPartEnd(false);
    value = nextValue(value);
  }
  noteKey();
  return keysEqual();
}

function payloadAt(value: usize): u64 {
  return isWordKind(load<u32>(value)) ? nameWord(value + VALUE_HEAD, load<u32>(value, 4)) : load<u64>(value, VALUE_HEAD);
}

function nextValue(value: usize): usize {
  return value + VALUE_HEAD + <usize>((load<u32>(value, 4) + 7) & ~7);
}

/** All rows that have the key, by ascending numbers: none that is changed gets it again. */
function settleRows(action: u32): bool {
  let row: u32 = 0;
  for (;;) {
    noteKey();
    const index = noteIndex();
    if (index) row = indexRowFrom(index, row);
    if (!index || row == <u32>NO_ROW) break;
    if (!isExpired(rowEntry(noteChildSeen(), row))) {
      const mark = planMark();
      if (!settleRow(action, index, row)) return false;
      planRelease(mark);
    }
    row++;
  }
  noteKey();
  // The default may be what has gone, which nothing that comes later can mend, as in PostgreSQL.
  return action != <u32>ACTION_SET_DEFAULT || noteHolds(true);
}

function settleRow(action: u32, index: usize, row: u32): bool {
  const child = noteChild();
  const name = prefixPointer(child);
  const nameBytes = prefixBytes(child);
  if (action == <u32>ACTION_CASCADE && !values) return rowRemove(name, nameBytes, row) || !hasFailed();
  if (!rowLoad(name, nameBytes, row)) return !hasFailed();
  if (!giveColumns(action, index)) return false;
  return rowUpdate() != <u32>NO_ROW;
}

function giveColumns(action: u32, index: usize): bool {
  const table = rowTable();
  const columns = noteColumns();
  let value = values;
  let field = indexFirstField(index);
  for (let left = load<u32>(index, INDEX_FIELDS); left; left--) {
    const number = load<u32>(field, FIELD_CONTENT);
    if (action == <u32>ACTION_CASCADE) {
      const kind = load<u32>(value);
      if (kind == <u32>SLOT_NONE) setNull(number);
      else setColumn(number, coerceValue(columnAt(table, number), kind, payloadAt(value)));
      value = nextValue(value);
    } else if ((columns >> (<u64>number)) & 1) {
      setNull(number);
      if (action == <u32>ACTION_SET_DEFAULT && !giveDefault(table, number)) return false;
    }
    field = indexNextField(field);
  }
  return !hasFailed();
}
