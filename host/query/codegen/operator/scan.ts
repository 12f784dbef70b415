/**
 * Scan: the rows of a collection, chunk by chunk.
 *
 * Columns are loaded where they are first used: those of declared tables from their fixed slots (record-slot.ts), fields of documents
 * from where their shape has them (document-field.ts). Whether a row's time is over is asked only in chunks whose earliest expiry is
 * over.
 */

import {
  CELL_TAG,
  CHUNK_ROWS,
  COLLECTION_ROWS,
  PLACE_BYTES,
  SHAPE_FIELDS_MAX,
  SLOT_INTEGER,
  SLOT_TEXT,
} from "../../../../assembly/abi/record.ts";
import { columnsUsed } from "../../physical/columns.ts";
import type { PhysicalScan, PhysicalScanColumn } from "../../physical/operator.ts";
import type { BoundExpression, ColumnId } from "../../plan/expression.ts";
import { notCompiled } from "../expression.ts";
import { keep } from "../inline.ts";
import * as op from "../opcodes.ts";
import type { Operand } from "../operand.ts";
import type { Level, Pipeline } from "../pipeline.ts";
import type { Consume, PlanCode, RowGate } from "../plan-code.ts";
import { accessOperands, openAccess, writeAccess } from "./access.ts";
import { FieldReader, openFields } from "./document-field.ts";
import { loadSlot } from "./record-slot.ts";
import { loadPresent, openElements, pushMayExpire, ROW_SHIFT, repeatWithNext } from "./row-place.ts";
import { canStageGate, writeStaged } from "./staged-rows.ts";
import { placesOf } from "./touched-rows.ts";

/** Locals of the row at hand. */
export interface ScanRow {
  /** Address of {entry, record}. */
  readonly element: number;
  readonly entry: number;
  readonly record: number;
  /** Its number; of a scan of all rows, that of its chunk's first. */
  readonly row: number;
}

/** What is looked at before a row is handed on (staged-rows.ts): conditions, which hold of the rows that are consumed, and a gate. */
export interface EarlyTests {
  readonly conditions: readonly BoundExpression[];
  readonly gate: RowGate | undefined;
}

export function produceScan(plan: PlanCode, scan: PhysicalScan, needed: ReadonlySet<ColumnId>, consume: Consume, early: EarlyTests): void {
  const { conditions } = early;
  const gate = early.gate !== undefined && canStageGate(scan, early.gate) ? early.gate : undefined;
  const columns = scan.columns.filter(({ column }) => needed.has(column));
  const handleOffset = plan.state.take(4);
  const paths = columns.flatMap((column) => (column.source.kind === "path" ? [{ column, names: column.source.names }] : []));
  const used = columnsUsed(conditions, new Set());
  const isGated = ({ column }: PhysicalScanColumn): boolean => gate?.columns.includes(column) === true;
  const fields = openFields(
    plan,
    paths.map(({ column }) => column),
    paths.flatMap(({ column }) => (used.has(column.column) ? [column] : [])),
  );
  const access = openAccess(plan, scan);
  plan.collections.push({
    offset: handleOffset,
    collection: scan.collection,
    fields: paths.map(({ names }, index) => ({ offset: fields.numbers + index * PLACE_BYTES, names })),
    isWhole: access === undefined,
  });
  plan.pipeline(`${access === undefined ? "scan" : `rows by ${access.kind} of`} ${scan.alias}`, (pipeline) => {
    const { code } = pipeline;
    const operandOf = access === undefined ? undefined : accessOperands(pipeline, access);
    const level = pipeline.level();
    const row: ScanRow = {
      row: pipeline.cursor(level, "i32"),
      element: access === undefined ? pipeline.cursor(level, "i32") : code.local("i32"),
      entry: code.local("i32"),
      record: code.local("i32"),
    };
    const handle = pipeline.stateLocal(handleOffset, "i32");
    const reader = new FieldReader(pipeline, fields, handle, row);
    reader.writeCheck();
    const open = (at: ScanRow, from: FieldReader, pushNumber: () => void, onUse = false): void => {
      for (const column of columns) pipeline.columns.set(column.column, () => loadColumn(pipeline, handle, at, column, from, pushNumber));
      for (const column of fields.columns) pipeline.numbers.set(column.column, () => from.loadNumber(column));
      from.writeLine(onUse);
    };
    if (access !== undefined && operandOf !== undefined) {
      const places = placesOf(columns);
      writeAccess(pipeline, level, handle, row, access, operandOf, places, () => {
        open(row, reader, () => code.get(row.row));
        consume(pipeline);
      });
      return;
    }
    writeLoops(pipeline, level, handle, row, (chunk) => {
      const openRow = (): void => open(row, reader, () => pushNumber(pipeline, row, chunk), conditions.length > 0);
      if (conditions.length === 0 && gate === undefined) {
        writeRows(pipeline, row, chunk, () => {
          openRow();
          consume(pipeline);
        });
        return;
      }
      const probe = { row: row.row, element: code.local("i32"), entry: code.local("i32"), record: code.local("i32") };
      const probing = new FieldReader(pipeline, fields, handle, probe);
      writeStaged(
        pipeline,
        chunk,
        row,
        probe,
        { conditions, gate },
        {
          places: placesOf(columns.filter((column) => used.has(column.column) || isGated(column))),
          gatePlaces: placesOf(columns.filter(isGated)),
          openProbe: (isOpen) => {
            open(probe, probing, () => pushNumber(pipeline, probe, chunk));
            for (const column of fields.columns) pipeline.numbers.set(column.column, () => probing.probeNumber(column, isOpen));
          },
          pushNoNull: () => probing.pushNoNull(),
          openGate: () => open(probe, probing, () => pushNumber(pipeline, probe, chunk), true),
          open: openRow,
          consume: () => consume(pipeline),
        },
      );
    });
  });
}

/**
 * Loops over chunks and their rows. Cursors: the number of the chunk's first row, and the element at hand, 0 before a chunk is opened.
 * (Elements stay where they are until the next write.) `writeRun` loops from the element at hand to the end of the run.
 */
function writeLoops(pipeline: Pipeline, level: Level, handle: number, row: ScanRow, writeRun: (chunk: OpenChunk) => void): void {
  const { code } = pipeline;
  const { row: first, element } = row;
  const opened: OpenChunk = { elements: code.local("i32"), end: code.local("i32"), entries: code.local("i32") };
  const rows = code.local("i32");
  code.get(handle);
  code.op(op.OP_I32_EQZ);
  code.brIf(pipeline.finish);
  code.get(handle);
  code.memory(op.OP_I32_LOAD, COLLECTION_ROWS);
  code.set(rows);
  pipeline.enter(level, () => {
    for (const local of [first, element]) {
      code.i32(0);
      code.set(local);
    }
  });
  const chunks = code.loop();
  code.get(first);
  code.get(rows);
  code.op(op.OP_I32_GE_U);
  code.brIf(pipeline.finish);
  openChunk(pipeline, handle, rows, row, opened);
  const last = pipeline.spendRun(level, element, opened.end, ROW_SHIFT);
  writeRun(opened);
  code.get(element);
  code.get(last);
  code.op(op.OP_I32_LT_U);
  code.brIf(chunks);
  code.i32(0);
  code.set(element);
  code.get(first);
  code.i32(CHUNK_ROWS);
  code.op(op.OP_I32_ADD);
  code.set(first);
  code.br(chunks);
  code.end();
}

/** Loops over the rows of a run. */
function writeRows(pipeline: Pipeline, row: ScanRow, { end, entries }: OpenChunk, body: () => void): void {
  const { code } = pipeline;
  const { element } = row;
  const loop = code.loop();
  pipeline.rowBlock(() => {
    loadPresent(pipeline, row, entries);
    body();
  });
  pipeline.releaseRow();
  repeatWithNext(pipeline, loop, element, end);
  code.end();
}

/** Pushes the number of a row of a chunk. */
function pushNumber({ code }: Pipeline, { row: first, element }: ScanRow, { elements }: OpenChunk): void {
  code.get(element);
  code.get(elements);
  code.op(op.OP_I32_SUB);
  code.i32(ROW_SHIFT);
  code.op(op.OP_I32_SHR_U);
  code.get(first);
  code.op(op.OP_I32_ADD);
}

/** Locals of a chunk. */
interface OpenChunk {
  /** Address of its first element, and of the end of those in use. */
  readonly elements: number;
  readonly end: number;
  /** Entries from here on (counted from 1) are looked at more closely: none, or all where one of the chunk may have expired. */
  readonly entries: number;
}

/** Opens the chunk of the row at hand; its element is the first, unless there is one from before the pipeline stopped. */
function openChunk(pipeline: Pipeline, handle: number, rows: number, { row: first, element }: ScanRow, opened: OpenChunk): void {
  const { code } = pipeline;
  const chunk = openElements(pipeline, handle, rows, { first, element, ...opened });
  code.i32(0);
  code.i32(-1);
  pushMayExpire(pipeline, chunk);
  code.op(op.OP_SELECT);
  code.set(opened.entries);
}

function loadColumn(
  pipeline: Pipeline,
  handle: number,
  row: ScanRow,
  column: PhysicalScanColumn,
  reader: FieldReader,
  pushNumber: () => void,
): Operand {
  const { code } = pipeline;
  const { source } = column;
  switch (source.kind) {
    case "column":
      if (source.number >= SHAPE_FIELDS_MAX) throw notCompiled("tables of so many columns");
      return loadSlot(pipeline, row.record, column, source.number);
    case "path":
      return reader.load(column);
    case "document":
      return taggedCall(pipeline, "record_document", handle, row.element);
    case "row":
      pushNumber();
      code.op(op.OP_I64_EXTEND_I32_U);
      return { machine: "i64", slot: SLOT_INTEGER, value: keep(pipeline, "i64"), flag: undefined };
    case "id":
    case "key":
      code.get(row.element);
      pipeline.call(source.kind === "id" ? "row_id" : "row_key", ["i32"], "i64");
      return { machine: "word", slot: SLOT_TEXT, value: keep(pipeline, "i64"), flag: undefined };
  }
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
