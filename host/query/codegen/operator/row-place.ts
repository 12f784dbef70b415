/**
 * Where a row of a collection lies: its chunk, its element there, and whether its time may be over (abi/record.ts, CHUNK_*).
 */
import {
  CELL_NOW,
  CHUNK_EXPIRY,
  CHUNK_HEADER,
  CHUNK_ROWS,
  COLLECTION_DIRECTORY,
  ROW_BYTES,
  ROW_ENTRY,
  ROW_RECORD,
} from "../../../../assembly/abi/record.ts";
import type { Label } from "../encoder.ts";
import * as op from "../opcodes.ts";
import type { Pipeline } from "../pipeline.ts";
import type { ScanRow } from "./scan.ts";

/** Bytes of a row's element, as a shift. */
export const ROW_SHIFT = Math.log2(ROW_BYTES);

/** Sets `chunk` to the chunk of a row. Requires: the row number is one of the collection's. */
export function loadChunk({ code }: Pipeline, handle: number, row: number, chunk: number): void {
  code.get(handle);
  code.memory(op.OP_I32_LOAD, COLLECTION_DIRECTORY);
  code.get(row);
  code.i32(Math.log2(CHUNK_ROWS));
  code.op(op.OP_I32_SHR_U);
  code.i32(2);
  code.op(op.OP_I32_SHL);
  code.op(op.OP_I32_ADD);
  code.memory(op.OP_I32_LOAD, 0);
  code.set(chunk);
}

/** Pushes the address of a row's element in its chunk. */
export function pushElement({ code }: Pipeline, chunk: number, row: number): void {
  code.get(chunk);
  code.get(row);
  code.i32(CHUNK_ROWS - 1);
  code.op(op.OP_I32_AND);
  code.i32(ROW_SHIFT);
  code.op(op.OP_I32_SHL);
  code.op(op.OP_I32_ADD);
  code.i32(CHUNK_HEADER);
  code.op(op.OP_I32_ADD);
}

/** Pushes whether the time of a row of the chunk may be over. */
export function pushMayExpire({ code }: Pipeline, chunk: number): void {
  code.get(chunk);
  code.memory(op.OP_I64_LOAD, CHUNK_EXPIRY);
  code.cells();
  code.memory(op.OP_F64_LOAD, CELL_NOW);
  code.saturate();
  code.op(op.OP_I64_LE_U);
}

/** Locals of the chunk of rows at hand. */
export interface ChunkElements {
  /** Number of the chunk's first row. */
  readonly first: number;
  /** Address of the element at hand; 0 before a chunk is opened. */
  readonly element: number;
  /** Address of its first element, and of the end of those in use. */
  readonly elements: number;
  readonly end: number;
}

/** Opens a chunk; its element is the first, unless there is one from before the pipeline stopped. The local with the chunk's address. */
export function openElements(pipeline: Pipeline, handle: number, rows: number, { first, element, elements, end }: ChunkElements): number {
  const { code } = pipeline;
  const chunk = code.local("i32");
  const count = code.local("i32");
  loadChunk(pipeline, handle, first, chunk);
  code.get(chunk);
  code.i32(CHUNK_HEADER);
  code.op(op.OP_I32_ADD);
  code.set(elements);
  code.get(element);
  code.get(elements);
  code.get(element);
  code.op(op.OP_SELECT);
  code.set(element);
  code.get(rows);
  code.get(first);
  code.op(op.OP_I32_SUB);
  code.set(count);
  code.get(count);
  code.i32(CHUNK_ROWS);
  code.get(count);
  code.i32(CHUNK_ROWS);
  code.op(op.OP_I32_LT_U);
  code.op(op.OP_SELECT);
  code.i32(ROW_SHIFT);
  code.op(op.OP_I32_SHL);
  code.get(elements);
  code.op(op.OP_I32_ADD);
  code.set(end);
  return chunk;
}

/** Loads the row at hand; drops it if it is not there, or not any more. One test says of most that they are. */
export function loadPresent(pipeline: Pipeline, { element, entry, record }: ScanRow, entries: number): void {
  const { code } = pipeline;
  code.get(element);
  code.memory(op.OP_I32_LOAD, ROW_ENTRY);
  code.set(entry);
  code.get(entry);
  code.i32(1);
  code.op(op.OP_I32_SUB);
  code.get(entries);
  code.op(op.OP_I32_GE_U);
  code.if();
  code.get(entry);
  code.op(op.OP_I32_EQZ);
  code.brIf(pipeline.next);
  code.get(element);
  pipeline.call("row_expired", ["i32"], "i32");
  code.brIf(pipeline.next);
  code.end();
  loadRecord(pipeline, { element, record });
}

/**
 * Loads the record of the row at hand whether the row is there or not: what stands in the slots of one that is not may be read, but
 * says nothing.
 */
export function loadRecord({ code }: Pipeline, { element, record }: Pick<ScanRow, "element" | "record">): void {
  code.get(element);
  code.memory(op.OP_I32_LOAD, ROW_RECORD);
  code.set(record);
}

/** Ends a loop over the elements of a run: goes to the next one, and on with the loop if that is before `end`. */
export function repeatWithNext({ code }: Pipeline, loop: Label, element: number, end: number): void {
  code.get(element);
  code.i32(ROW_BYTES);
  code.op(op.OP_I32_ADD);
  code.set(element);
  code.get(element);
  code.get(end);
  code.op(op.OP_I32_LT_U);
  code.brIf(loop);
}
