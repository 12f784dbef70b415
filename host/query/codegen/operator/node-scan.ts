/**
 * Scan of nodes: the rows of the collections of all label sets that have the labels, set by set and chunk by chunk. The number of a node
 * comes from its entry, and where its properties lie is known without its slot.
 */
import { ENTRY_NUMBER } from "../../../../assembly/abi/graph.ts";
import { CHUNK_HEADER, CHUNK_ROWS, COLLECTION_ROWS, ROW_BYTES, ROW_ENTRY, ROW_RECORD } from "../../../../assembly/abi/record.ts";
import type { PhysicalNodeScan } from "../../physical/graph-operator.ts";
import { notCompiled } from "../expression.ts";
import { namedOffset } from "../graph.ts";
import { keep } from "../inline.ts";
import * as op from "../opcodes.ts";
import { typedOperand } from "../operand.ts";
import { type EntityPlace, type Level, type Pipeline, STATE } from "../pipeline.ts";
import type { Consume, PlanCode } from "../plan-code.ts";
import { loadChunk } from "./row-place.ts";

const ROW_SHIFT = Math.log2(ROW_BYTES);

export function produceNodeScan(plan: PlanCode, scan: PhysicalNodeScan, consume: Consume): void {
  if (scan.access !== undefined) throw notCompiled("nodes by number, id or index");
  const list = openLabels(plan, scan.labels);
  plan.pipeline(`scan nodes ${scan.labels.map((label) => `:${label}`).join("")}`, (pipeline) => {
    const { code } = pipeline;
    const row: EntityPlace = { collection: code.local("i32"), entry: code.local("i32"), record: code.local("i32") };
    writeSets(pipeline, list, scan.labels.length, row, () => {
      pipeline.columns.set(scan.node.column, () => {
        code.get(row.entry);
        code.memory(op.OP_I64_LOAD32_U, ENTRY_NUMBER);
        return typedOperand(scan.node.type, keep(pipeline, "i64"), undefined);
      });
      pipeline.entities.set(scan.node.column, () => row);
      consume(pipeline);
    });
  });
}

/** Offset of the addresses of labels, one behind the other. */
function openLabels(plan: PlanCode, labels: readonly string[]): number {
  const list = plan.state.take(4 * Math.max(1, labels.length));
  labels.forEach((label, index) => {
    const known = namedOffset(plan, "label", label);
    const { setup } = plan.root;
    setup.get(STATE);
    setup.get(STATE);
    setup.memory(op.OP_I32_LOAD, known);
    setup.memory(op.OP_I32_STORE, list + 4 * index);
  });
  return list;
}

interface ScanCursors {
  /** Position of the set, -1 behind the last. */
  readonly set: number;
  /** Number of the chunk's first row; the element at hand, 0 before a chunk is opened. */
  readonly first: number;
  readonly element: number;
}

/** Loops over sets, chunks and rows. */
function writeSets(pipeline: Pipeline, list: number, count: number, row: EntityPlace, body: () => void): void {
  const { code } = pipeline;
  const level = pipeline.level();
  const cursors: ScanCursors = {
    set: pipeline.cursor(level, "i32"),
    first: pipeline.cursor(level, "i32"),
    element: pipeline.cursor(level, "i32"),
  };
  const rows = code.local("i32");
  const find = (pushFrom: () => void): void => {
    pushFrom();
    code.get(STATE);
    code.i32(list);
    code.op(op.OP_I32_ADD);
    code.i32(count);
    pipeline.call("plan_set", ["i32", "i32", "i32"], "i32");
    code.set(cursors.set);
    for (const local of [cursors.first, cursors.element]) {
      code.i32(0);
      code.set(local);
    }
  };
  pipeline.enter(level, () => find(() => code.i32(0)));
  const sets = code.loop();
  code.get(cursors.set);
  code.i32(0);
  code.op(op.OP_I32_LT_S);
  code.brIf(pipeline.finish);
  code.get(cursors.set);
  pipeline.call("plan_set_at", ["i32"], "i32");
  code.set(row.collection);
  code.get(row.collection);
  code.memory(op.OP_I32_LOAD, COLLECTION_ROWS);
  code.set(rows);
  writeChunks(pipeline, level, cursors, rows, row, body);
  find(() => {
    code.get(cursors.set);
    code.i32(1);
    code.op(op.OP_I32_ADD);
  });
  code.br(sets);
  code.end();
}

/** Loops over the chunks of a collection and their rows. */
function writeChunks(
  pipeline: Pipeline,
  level: Level,
  { first, element }: ScanCursors,
  rows: number,
  row: EntityPlace,
  body: () => void,
): void {
  const { code } = pipeline;
  const end = code.local("i32");
  const done = code.block();
  const chunks = code.loop();
  code.get(first);
  code.get(rows);
  code.op(op.OP_I32_GE_U);
  code.brIf(done);
  openChunk(pipeline, row.collection, rows, first, element, end);
  pipeline.spend(level, () => {
    code.get(end);
    code.get(element);
    code.op(op.OP_I32_SUB);
    code.i32(ROW_SHIFT);
    code.op(op.OP_I32_SHR_U);
  });
  const loop = code.loop();
  pipeline.rowBlock(() => {
    code.get(element);
    code.memory(op.OP_I32_LOAD, ROW_ENTRY);
    code.set(row.entry);
    code.get(row.entry);
    code.op(op.OP_I32_EQZ);
    code.brIf(pipeline.next);
    code.get(element);
    code.memory(op.OP_I32_LOAD, ROW_RECORD);
    code.set(row.record);
    body();
  });
  pipeline.releaseRow();
  code.get(element);
  code.i32(ROW_BYTES);
  code.op(op.OP_I32_ADD);
  code.set(element);
  code.get(element);
  code.get(end);
  code.op(op.OP_I32_LT_U);
  code.brIf(loop);
  code.end();
  code.i32(0);
  code.set(element);
  code.get(first);
  code.i32(CHUNK_ROWS);
  code.op(op.OP_I32_ADD);
  code.set(first);
  code.br(chunks);
  code.end();
  code.end();
}

/** Sets the end of a chunk's elements in use, and the element at hand to the first unless there is one. */
function openChunk(pipeline: Pipeline, collection: number, rows: number, first: number, element: number, end: number): void {
  const { code } = pipeline;
  const chunk = code.local("i32");
  const count = code.local("i32");
  loadChunk(pipeline, collection, first, chunk);
  code.get(element);
  code.get(chunk);
  code.i32(CHUNK_HEADER);
  code.op(op.OP_I32_ADD);
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
  code.get(chunk);
  code.op(op.OP_I32_ADD);
  code.i32(CHUNK_HEADER);
  code.op(op.OP_I32_ADD);
  code.set(end);
}
