/**
 * Scan: the rows of a collection, chunk by chunk.
 *
 * The cursor is the row's number. Columns are loaded where they are first used: those of declared tables from their fixed slots,
 * those of documents by their path. Whether a row's time is over is asked only in chunks whose earliest expiry is over.
 */
import {
  CELL_NOW,
  CELL_TAG,
  CHUNK_EXPIRY,
  CHUNK_HEADER,
  CHUNK_ROWS,
  COLLECTION_DIRECTORY,
  COLLECTION_ROWS,
  RECORD_NULLS,
  RECORD_SLOTS,
  ROW_BYTES,
  ROW_ENTRY,
  ROW_RECORD,
  SLOT_INTEGER,
  SLOT_TEXT,
} from "../../../../assembly/abi/record.ts";
import { INPUT_PAYLOAD } from "../../../../assembly/abi/plan.ts";
import type { PhysicalScan, PhysicalScanColumn } from "../../physical/operator.ts";
import type { ColumnId } from "../../plan/expression.ts";
import { machineOf, plainType, slotOf } from "../../type/type.ts";
import { notCompiled } from "../expression.ts";
import { keep } from "../inline.ts";
import * as op from "../opcodes.ts";
import { localPlace, type Operand, typedOperand, valueType } from "../operand.ts";
import type { Level, Pipeline } from "../pipeline.ts";
import type { Consume, PlanCode } from "../plan-code.ts";

const CHUNK_SHIFT = 10;
const utf8 = new TextEncoder();

/** Locals of the row at hand. */
interface ScanRow {
  readonly entry: number;
  readonly record: number;
  readonly row: number;
}

export function produceScan(plan: PlanCode, scan: PhysicalScan, needed: ReadonlySet<ColumnId>, consume: Consume): void {
  if (scan.access.kind !== "all") throw notCompiled(`access by ${scan.access.kind}`);
  const handleOffset = plan.state.take(4);
  plan.collections.push({ offset: handleOffset, collection: scan.collection, fields: [] });
  plan.pipeline(`scan ${scan.collection}`, (pipeline) => {
    const level = pipeline.level();
    const row: ScanRow = { row: pipeline.cursor(level, "i32"), entry: pipeline.code.local("i32"), record: pipeline.code.local("i32") };
    for (const column of scan.columns) {
      if (needed.has(column.column)) pipeline.columns.set(column.column, () => loadColumn(pipeline, scan, row, column));
    }
    writeLoops(pipeline, level, pipeline.stateLocal(handleOffset, "i32"), row, () => consume(pipeline));
  });
}

/** Loops over chunks and their rows. */
function writeLoops(pipeline: Pipeline, level: Level, handle: number, { row, entry, record }: ScanRow, body: () => void): void {
  const { code } = pipeline;
  const chunk = code.local("i32");
  const element = code.local("i32");
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
  code.set(element);
  const loop = code.loop();
  pipeline.rowBlock(() => {
    code.get(element);
    code.memory(op.OP_I32_LOAD, CHUNK_HEADER + ROW_ENTRY);
    code.set(entry);
    code.get(entry);
    code.op(op.OP_I32_EQZ);
    code.brIf(pipeline.next);
    code.get(expires);
    code.if();
    code.get(entry);
    pipeline.call("scan_expired", ["i32"], "i32");
    code.brIf(pipeline.next);
    code.end();
    code.get(element);
    code.memory(op.OP_I32_LOAD, CHUNK_HEADER + ROW_RECORD);
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

function loadColumn(pipeline: Pipeline, scan: PhysicalScan, row: ScanRow, column: PhysicalScanColumn): Operand {
  const { code } = pipeline;
  const { source } = column;
  switch (source.kind) {
    case "column":
      if (!scan.declared) throw notCompiled("a declared column of documents");
      return loadSlot(pipeline, row.record, column, source.number);
    case "path":
      return loadPath(pipeline, row, source.names);
    case "document":
      return loadPath(pipeline, row, []);
    case "row":
      code.get(row.row);
      code.op(op.OP_I64_EXTEND_I32_U);
      return { machine: "i64", slot: SLOT_INTEGER, value: keep(pipeline, "i64"), flag: undefined };
    case "id":
    case "key":
      code.get(row.entry);
      pipeline.call(source.kind === "id" ? "scan_id" : "scan_key", ["i32"], "i64");
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
  code.memory(
    machine === "f64" ? op.OP_F64_LOAD : machine === "i32" ? op.OP_I32_LOAD : op.OP_I64_LOAD,
    RECORD_SLOTS + 8 * number,
  );
  code.set(value);
  if (machine === "word") makeAbsolute(pipeline, value, record);
  if (!column.nullable) return typedOperand(type, localPlace(value), undefined);
  const nulls = pipeline.memo(`nulls ${record}`, () => {
    code.get(record);
    code.memory(op.OP_I64_LOAD, RECORD_NULLS);
    return { machine: "i64", slot: SLOT_INTEGER, value: keep(pipeline, "i64"), flag: undefined };
  });
  if (nulls.value.kind === "local") code.get(nulls.value.local);
  code.i64(1n << BigInt(number));
  code.op(op.OP_I64_AND);
  code.op(op.OP_I64_EQZ);
  return { machine, slot: slotOf(type), value: localPlace(value), flag: keep(pipeline, "i32") };
}

/** A long word of a record counts its address from the record's start: adds that. */
function makeAbsolute(pipeline: Pipeline, value: number, record: number): void {
  const { code } = pipeline;
  const base = pipeline.memo(`base ${record}`, () => {
    code.get(record);
    code.op(op.OP_I64_EXTEND_I32_U);
    code.i64(32n);
    code.op(op.OP_I64_SHL);
    return { machine: "i64", slot: SLOT_INTEGER, value: keep(pipeline, "i64"), flag: undefined };
  });
  code.get(value);
  if (base.value.kind === "local") code.get(base.value.local);
  // Bit 3 of the length says that the word is long: all ones then.
  code.get(value);
  code.i64(60n);
  code.op(op.OP_I64_SHL);
  code.i64(63n);
  code.op(op.OP_I64_SHR_S);
  code.op(op.OP_I64_AND);
  code.op(op.OP_I64_ADD);
  code.set(value);
}

/** Bytes of a path as `scan_path` takes it. */
function pathBytes(names: readonly string[]): Uint8Array {
  const parts = names.map((name) => utf8.encode(name));
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + 4 + part.length, 0));
  const view = new DataView(bytes.buffer);
  let position = 0;
  for (const part of parts) {
    view.setUint32(position, part.length, true);
    bytes.set(part, position + 4);
    position += 4 + part.length;
  }
  return bytes;
}

function loadPath(pipeline: Pipeline, row: ScanRow, names: readonly string[]): Operand {
  const { code } = pipeline;
  const type = plainType("bytea");
  const offset = pipeline.plan.input(`path ${JSON.stringify(names)}`, type, { kind: "constant", value: pathBytes(names) });
  code.get(row.entry);
  code.get(pipeline.stateLocal(offset + INPUT_PAYLOAD, "i64"));
  pipeline.call("scan_path", ["i32", "i64"], "i64");
  const value = keep(pipeline, "i64");
  code.cells();
  code.memory(op.OP_I32_LOAD, CELL_TAG);
  return { machine: "any", slot: 0, value, flag: keep(pipeline, "i32") };
}
