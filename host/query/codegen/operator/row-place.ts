/**
 * Where a row of a collection lies: its chunk, its element there, and whether its time may be over (abi/record.ts, CHUNK_*).
 */
import { CELL_NOW, CHUNK_EXPIRY, CHUNK_HEADER, CHUNK_ROWS, COLLECTION_DIRECTORY, ROW_BYTES } from "../../../../assembly/abi/record.ts";
import * as op from "../opcodes.ts";
import type { Pipeline } from "../pipeline.ts";

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
  code.i32(Math.log2(ROW_BYTES));
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
