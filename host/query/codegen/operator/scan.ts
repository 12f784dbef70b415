/**
 * Scan: the rows of a collection, chunk by chunk.
 *
 * The cursor is the row's number. Columns are loaded where they are first used: those of declared tables from their fixed slots,
 * fields of documents from where their shape has them: places are found again when a row has another shape than the row before
 * (a collection has few), and lie in locals. Packed documents and slots of kinds that are not simple are the engine's. Whether a row's time is over is asked only in chunks whose earliest expiry is over.
 */

import {
  CELL_NOW,
  CELL_TAG,
  CHUNK_EXPIRY,
  CHUNK_HEADER,
  CHUNK_ROWS,
  COLLECTION_DIRECTORY,
  COLLECTION_ROWS,
  NUMBER_BOX_SHIFT,
  RECORD_NULLS,
  RECORD_SHAPE,
  RECORD_SLOTS,
  ROW_BYTES,
  ROW_ENTRY,
  ROW_RECORD,
  SHAPE_FIELDS_MAX,
  SHAPE_NO_FIELD,
  SHAPE_SLOT_BIT,
  SHAPE_SLOT_OFFSET,
  SLOT_BOOLEAN,
  SLOT_DOUBLE,
  SLOT_INTEGER,
  SLOT_NUMBER,
  SLOT_TEXT,
  WORD_LONG,
} from "../../../../assembly/abi/record.ts";
import { DatabaseError } from "../../../common/error.ts";
import type { PhysicalScan, PhysicalScanColumn } from "../../physical/operator.ts";
import type { ColumnId } from "../../plan/expression.ts";
import { machineOf, slotOf } from "../../type/type.ts";
import { notCompiled } from "../expression.ts";
import { keep } from "../inline.ts";
import * as op from "../opcodes.ts";
import { localPlace, type Operand, type Place, typedOperand, valueType } from "../operand.ts";
import type { Level, Pipeline } from "../pipeline.ts";
import type { Consume, PlanCode } from "../plan-code.ts";
import { openAccess, writeAccess } from "./access.ts";

const CHUNK_SHIFT = 10;

/** Locals of the row at hand. */
export interface ScanRow {
  /** Address of {entry, record}. */
  readonly element: number;
  readonly entry: number;
  readonly record: number;
  readonly row: number;
}

export function produceScan(plan: PlanCode, scan: PhysicalScan, needed: ReadonlySet<ColumnId>, consume: Consume): void {
  const columns = scan.columns.filter(({ column }) => needed.has(column));
  const handleOffset = plan.state.take(4);
  const fields = columns.flatMap((column) =>
    column.source.kind === "path" ? [{ column, offset: plan.state.take(4), names: column.source.names }] : [],
  );
  plan.collections.push({
    offset: handleOffset,
    collection: scan.collection,
    fields: fields.map(({ offset, names }) => ({ offset, names })),
  });
  const access = openAccess(plan, scan);
  plan.pipeline(`${access === undefined ? "scan" : `rows by ${access.kind} of`} ${scan.alias}`, (pipeline) => {
    const { code } = pipeline;
    const level = pipeline.level();
    const row: ScanRow = {
      row: pipeline.cursor(level, "i32"),
      element: code.local("i32"),
      entry: code.local("i32"),
      record: code.local("i32"),
    };
    const handle = pipeline.stateLocal(handleOffset, "i32");
    const cache = new ShapeCache(
      pipeline,
      fields.map(({ column, offset }) => [column, offset] as const),
    );
    for (const column of columns) pipeline.columns.set(column.column, () => loadColumn(pipeline, handle, row, column, cache));
    const body = (): void => {
      cache.writeCheck(pipeline, handle, row.record);
      consume(pipeline);
    };
    if (access === undefined) writeLoops(pipeline, level, handle, row, body);
    else writeAccess(pipeline, level, handle, row, access, body);
  });
}

/** Loops over chunks and their rows. */
function writeLoops(pipeline: Pipeline, level: Level, handle: number, { row, element, entry, record }: ScanRow, body: () => void): void {
  const { code } = pipeline;
  const chunk = code.local("i32");
  const rows = code.local("i32");
  const end = code.local("i32");
  const expires = code.local("i32");
  code.get(handle);
  code.op(op.OP_I32_EQZ);
  code.brIf(pipeline.finish);
  code.get(handle);
  code.memory(op.OP_I32_LOAD, COLLECTION_ROWS);
  code.set(rows);
  pipeline.enter(level, () => {
    code.i32(0);
    code.set(row);
  });
  const chunks = code.loop();
  code.get(row);
  code.get(rows);
  code.op(op.OP_I32_GE_U);
  code.brIf(pipeline.finish);
  // The chunk's end, or that of the rows.
  code.get(row);
  code.i32(CHUNK_ROWS - 1);
  code.op(op.OP_I32_OR);
  code.i32(1);
  code.op(op.OP_I32_ADD);
  code.set(end);
  code.get(end);
  code.get(rows);
  code.get(end);
  code.get(rows);
  code.op(op.OP_I32_LT_U);
  code.op(op.OP_SELECT);
  code.set(end);
  pipeline.spend(level, () => {
    code.get(end);
    code.get(row);
    code.op(op.OP_I32_SUB);
  });
  code.get(handle);
  code.memory(op.OP_I32_LOAD, COLLECTION_DIRECTORY);
  code.get(row);
  code.i32(CHUNK_SHIFT);
  code.op(op.OP_I32_SHR_U);
  code.i32(2);
  code.op(op.OP_I32_SHL);
  code.op(op.OP_I32_ADD);
  code.memory(op.OP_I32_LOAD, 0);
  code.set(chunk);
  code.get(chunk);
  code.memory(op.OP_I64_LOAD, CHUNK_EXPIRY);
  code.cells();
  code.memory(op.OP_F64_LOAD, CELL_NOW);
  code.saturate();
  code.op(op.OP_I64_LE_U);
  code.set(expires);
  code.get(chunk);
  code.get(row);
  code.i32(CHUNK_ROWS - 1);
  code.op(op.OP_I32_AND);
  code.i32(Math.log2(ROW_BYTES));
  code.op(op.OP_I32_SHL);
  code.op(op.OP_I32_ADD);
  code.i32(CHUNK_HEADER);
  code.op(op.OP_I32_ADD);
  code.set(element);
  const loop = code.loop();
  pipeline.rowBlock(() => {
    code.get(element);
    code.memory(op.OP_I32_LOAD, ROW_ENTRY);
    code.set(entry);
    code.get(entry);
    code.op(op.OP_I32_EQZ);
    code.brIf(pipeline.next);
    code.get(expires);
    code.if();
    code.get(element);
    pipeline.call("row_expired", ["i32"], "i32");
    code.brIf(pipeline.next);
    code.end();
    code.get(element);
    code.memory(op.OP_I32_LOAD, ROW_RECORD);
    code.set(record);
    body();
  });
  code.get(element);
  code.i32(ROW_BYTES);
  code.op(op.OP_I32_ADD);
  code.set(element);
  code.get(row);
  code.i32(1);
  code.op(op.OP_I32_ADD);
  code.set(row);
  code.get(row);
  code.get(end);
  code.op(op.OP_I32_LT_U);
  code.brIf(loop);
  code.end();
  code.br(chunks);
  code.end();
}

function loadColumn(pipeline: Pipeline, handle: number, row: ScanRow, column: PhysicalScanColumn, cache: ShapeCache): Operand {
  const { code } = pipeline;
  const { source } = column;
  switch (source.kind) {
    case "column":
      if (source.number >= SHAPE_FIELDS_MAX) throw notCompiled("tables of so many columns");
      return loadSlot(pipeline, row.record, column, source.number);
    case "path": {
      const place = cache.places.get(column);
      if (place === undefined) throw new DatabaseError("INTERNAL", `the field of column ${column.column} has no place`);
      return loadField(pipeline, handle, row, place);
    }
    case "document":
      return taggedCall(pipeline, "record_document", handle, row.element);
    case "row":
      code.get(row.row);
      code.op(op.OP_I64_EXTEND_I32_U);
      return { machine: "i64", slot: SLOT_INTEGER, value: keep(pipeline, "i64"), flag: undefined };
    case "id":
    case "key":
      code.get(row.element);
      pipeline.call(source.kind === "id" ? "row_id" : "row_key", ["i32"], "i64");
      return { machine: "word", slot: SLOT_TEXT, value: keep(pipeline, "i64"), flag: undefined };
  }
}

/** A slot of a declared table's record: column n has slot n and bit n. */
function loadSlot(pipeline: Pipeline, record: number, column: PhysicalScanColumn, number: number): Operand {
  const { code } = pipeline;
  const { type } = column;
  const machine = machineOf(type);
  const value = code.local(valueType(machine));
  code.get(record);
  code.memory(machine === "f64" ? op.OP_F64_LOAD : machine === "i32" ? op.OP_I32_LOAD : op.OP_I64_LOAD, RECORD_SLOTS + 8 * number);
  code.set(value);
  if (machine === "word") makeAbsolute(pipeline, value, record);
  if (!column.nullable) return typedOperand(type, localPlace(value), undefined);
  const flag: Place = { kind: "clear", local: nullsLocal(pipeline, record), bits: 1n << BigInt(number) };
  return { machine, slot: slotOf(type), value: localPlace(value), flag };
}

/** A long word of a record counts its address from the record's start: adds that. (Words of a column are mostly all long or all short.) */
function makeAbsolute(pipeline: Pipeline, value: number, record: number): void {
  const { code } = pipeline;
  code.get(value);
  code.op(op.OP_I32_WRAP_I64);
  code.i32(WORD_LONG);
  code.op(op.OP_I32_AND);
  code.if();
  code.get(value);
  code.get(record);
  code.op(op.OP_I64_EXTEND_I32_U);
  code.i64(32n);
  code.op(op.OP_I64_SHL);
  code.op(op.OP_I64_ADD);
  code.set(value);
  code.end();
}

/** Kinds of a shape's slot that are read here; others are asked of the engine. */
const DIRECT_KINDS = [SLOT_BOOLEAN, SLOT_INTEGER, SLOT_DOUBLE, SLOT_NUMBER, SLOT_TEXT].reduce((bits, kind) => bits | (1 << kind), 0);
/** Upper bits of a boxed integer: all ones. */
const NUMBER_BOX = 2n ** BigInt(64 - NUMBER_BOX_SHIFT) - 1n;
/** Stands for a kind when the engine must be asked. */
const GENERIC = 255;
/** Stands for the shape of packed documents: shapes count from 1 here, 0 is none yet. */
const PACKED_SHAPE = 65537;

/** Locals with a field's place in the shape at hand. */
interface FieldPlace {
  readonly field: number;
  readonly kind: number;
  readonly bit: number;
  readonly offset: number;
}

/** The shape of the last row, and where its fields are. */
class ShapeCache {
  readonly places = new Map<PhysicalScanColumn, FieldPlace>();
  readonly shape: number;

  constructor(pipeline: Pipeline, columns: readonly (readonly [PhysicalScanColumn, number])[]) {
    const { code } = pipeline;
    this.shape = code.local("i32");
    for (const [column, offset] of columns) {
      this.places.set(column, {
        field: pipeline.stateLocal(offset, "i32"),
        kind: code.local("i32"),
        bit: code.local("i32"),
        offset: code.local("i32"),
      });
    }
  }

  /** Finds the fields' places again when the row has another shape than the one before. */
  writeCheck(pipeline: Pipeline, handle: number, record: number): void {
    const { code } = pipeline;
    if (this.places.size === 0) return;
    const shape = code.local("i32");
    code.get(record);
    code.memory(op.OP_I32_LOAD16_U, RECORD_SHAPE);
    code.i32(1);
    code.op(op.OP_I32_ADD);
    code.i32(PACKED_SHAPE);
    code.get(record);
    code.op(op.OP_SELECT);
    code.set(shape);
    code.get(shape);
    code.get(this.shape);
    code.op(op.OP_I32_NE);
    code.if();
    code.get(shape);
    code.set(this.shape);
    for (const place of this.places.values()) writePlace(pipeline, handle, record, shape, place);
    code.end();
  }
}

function writePlace(pipeline: Pipeline, handle: number, record: number, shape: number, { field, kind, bit, offset }: FieldPlace): void {
  const { code } = pipeline;
  const packed = code.local("i32");
  code.i32(GENERIC);
  code.set(kind);
  code.get(record);
  code.if();
  code.get(handle);
  code.get(shape);
  code.i32(1);
  code.op(op.OP_I32_SUB);
  code.get(field);
  pipeline.call("shape_slot", ["i32", "i32", "i32"], "i32");
  code.set(packed);
  code.get(packed);
  code.i32(SHAPE_SLOT_OFFSET);
  code.op(op.OP_I32_SHR_U);
  code.set(offset);
  code.get(packed);
  code.i32(SHAPE_SLOT_BIT);
  code.op(op.OP_I32_SHR_U);
  code.i32(63);
  code.op(op.OP_I32_AND);
  code.set(bit);
  code.get(packed);
  code.i32(SHAPE_NO_FIELD);
  code.op(op.OP_I32_EQ);
  code.if();
  code.i32(0);
  code.set(kind);
  code.i32(0);
  code.set(offset);
  code.else();
  // Negative answers and kinds that are not direct leave GENERIC.
  code.get(packed);
  code.i32(0);
  code.op(op.OP_I32_GE_S);
  code.i32(DIRECT_KINDS);
  code.get(packed);
  code.i32(31);
  code.op(op.OP_I32_AND);
  code.op(op.OP_I32_SHR_U);
  code.op(op.OP_I32_AND);
  code.i32(1);
  code.op(op.OP_I32_AND);
  code.if();
  code.get(packed);
  code.i32(255);
  code.op(op.OP_I32_AND);
  code.set(kind);
  code.end();
  code.end();
  code.end();
}

/** The local with the bits of a record that say which fields are NULL. */
function nullsLocal(pipeline: Pipeline, record: number): number {
  const { code } = pipeline;
  const nulls = pipeline.memo(`nulls ${record}`, () => {
    code.get(record);
    code.memory(op.OP_I64_LOAD, RECORD_NULLS);
    return { machine: "i64", slot: SLOT_INTEGER, value: keep(pipeline, "i64"), flag: undefined };
  });
  if (nulls.value.kind !== "local") throw new DatabaseError("INTERNAL", "a record's NULLs are not in a local");
  return nulls.value.local;
}

/** A field of a document: from its slot where the shape has one of a simple kind, else by the engine. */
function loadField(pipeline: Pipeline, handle: number, row: ScanRow, { field, kind, bit, offset }: FieldPlace): Operand {
  const { code } = pipeline;
  const value = code.local("i64");
  const tag = code.local("i32");
  const address = code.local("i32");
  // Before the branch, so that it is known behind it.
  const nulls = nullsLocal(pipeline, row.record);
  code.get(kind);
  code.i32(GENERIC);
  code.op(op.OP_I32_NE);
  code.if();
  code.get(row.record);
  code.get(offset);
  code.op(op.OP_I32_ADD);
  code.set(address);
  code.get(address);
  code.memory(op.OP_I64_LOAD, 0);
  code.set(value);
  code.get(kind);
  code.i32(0);
  code.get(nulls);
  code.get(bit);
  code.op(op.OP_I64_EXTEND_I32_U);
  code.op(op.OP_I64_SHR_U);
  code.op(op.OP_I32_WRAP_I64);
  code.i32(1);
  code.op(op.OP_I32_AND);
  code.op(op.OP_I32_EQZ);
  code.op(op.OP_SELECT);
  code.set(tag);
  code.get(tag);
  code.i32(SLOT_TEXT);
  code.op(op.OP_I32_EQ);
  pipeline.branch(() => makeAbsolute(pipeline, value, row.record));
  code.get(tag);
  code.i32(SLOT_NUMBER);
  code.op(op.OP_I32_EQ);
  pipeline.branch(() => unbox(pipeline, value, tag));
  code.else();
  code.get(handle);
  code.get(row.element);
  code.get(field);
  pipeline.call("record_field", ["i32", "i32", "i32"], "i64");
  code.set(value);
  pipeline.checkError();
  code.cells();
  code.memory(op.OP_I32_LOAD, CELL_TAG);
  code.set(tag);
  code.end();
  return { machine: "any", slot: 0, value: localPlace(value), flag: localPlace(tag) };
}

/** A slot of numbers of both sorts: an integer in the box of a NaN, or a double. */
function unbox(pipeline: Pipeline, value: number, tag: number): void {
  const { code } = pipeline;
  code.get(value);
  code.i64(BigInt(NUMBER_BOX_SHIFT));
  code.op(op.OP_I64_SHR_U);
  code.i64(NUMBER_BOX);
  code.op(op.OP_I64_EQ);
  code.if();
  code.get(value);
  code.i64(64n - BigInt(NUMBER_BOX_SHIFT));
  code.op(op.OP_I64_SHL);
  code.i64(64n - BigInt(NUMBER_BOX_SHIFT));
  code.op(op.OP_I64_SHR_S);
  code.set(value);
  code.i32(SLOT_INTEGER);
  code.set(tag);
  code.else();
  code.i32(SLOT_DOUBLE);
  code.set(tag);
  code.end();
}

/** A value that an engine function answers with its tag. */
function taggedCall(pipeline: Pipeline, name: string, handle: number, element: number): Operand {
  const { code } = pipeline;
  code.get(handle);
  code.get(element);
  pipeline.call(name, ["i32", "i32"], "i64");
  const value = keep(pipeline, "i64");
  pipeline.checkError();
  code.cells();
  code.memory(op.OP_I32_LOAD, CELL_TAG);
  return { machine: "any", slot: 0, value, flag: keep(pipeline, "i32") };
}
