/**
 * Scan of relationships: those of some types in batches, by the engine; or those of numbers and public ids.
 *
 * Cursors: the place in the batch at hand and the number where the next one begins.
 */
import {
  RELATIONSHIP_END,
  RELATIONSHIP_START,
  RELATIONSHIP_TYPE,
  SCANNED_BYTES,
  SCANNED_END,
  SCANNED_NUMBER,
  SCANNED_START,
} from "../../../../assembly/abi/graph.ts";
import { FOUND_BATCH, FOUND_COUNT, FOUND_ROWS } from "../../../../assembly/abi/plan.ts";
import type { PhysicalRelationshipScan } from "../../physical/graph-operator.ts";
import type { PlanColumn } from "../../plan/operator.ts";
import { namedOffset, pushGraph, pushName, pushRelationshipSlot, typeNumber, writeTold } from "../graph.ts";
import { keep } from "../inline.ts";
import * as op from "../opcodes.ts";
import { typedOperand } from "../operand.ts";
import { type Pipeline, STATE } from "../pipeline.ts";
import type { Consume, PlanCode } from "../plan-code.ts";
import { produceFound } from "./node-scan.ts";

export function produceRelationshipScan(plan: PlanCode, scan: PhysicalRelationshipScan, consume: Consume): void {
  if (scan.access === undefined) produceAll(plan, scan, consume);
  else
    produceFound(plan, "relationships", true, scan.access.values, (pipeline, number) => {
      const { code } = pipeline;
      const slot = code.local("i32");
      pushRelationshipSlot(pipeline, number);
      code.set(slot);
      requireType(pipeline, scan.types, slot);
      bindColumn(pipeline, scan.relationship, () => {
        code.get(number);
        code.op(op.OP_I64_EXTEND_I32_U);
      });
      bindColumn(pipeline, scan.start, () => pushAt(pipeline, slot, RELATIONSHIP_START));
      bindColumn(pipeline, scan.end, () => pushAt(pipeline, slot, RELATIONSHIP_END));
      consume(pipeline);
    });
}

function bindColumn(pipeline: Pipeline, { column, type }: PlanColumn, push: () => void): void {
  pipeline.columns.set(column, () => {
    push();
    return typedOperand(type, keep(pipeline, "i64"), undefined);
  });
}

function pushAt({ code }: Pipeline, address: number, offset: number): void {
  code.get(address);
  code.memory(op.OP_I64_LOAD32_U, offset);
}

/** Drops the row at hand unless the relationship's type is one of these. */
function requireType(pipeline: Pipeline, types: readonly string[], slot: number): void {
  const { code } = pipeline;
  if (types.length === 0) return;
  types.forEach((name, index) => {
    code.get(slot);
    code.memory(op.OP_I32_LOAD, RELATIONSHIP_TYPE);
    // Counted from 1 on.
    code.i32(1);
    code.op(op.OP_I32_SUB);
    code.get(typeNumber(pipeline, name));
    code.op(op.OP_I32_EQ);
    if (index > 0) code.op(op.OP_I32_OR);
  });
  code.op(op.OP_I32_EQZ);
  code.brIf(pipeline.next);
}

/** Offset of u32 the count of those types that there are, and their addresses, one behind the other. */
function openTypes(plan: PlanCode, types: readonly string[]): number {
  const list = plan.table(`known types ${JSON.stringify(types)}`, 4 + 4 * types.length);
  const offsets = types.map((name) => namedOffset(plan, "type", name));
  const { setup } = plan.root;
  setup.get(STATE);
  setup.i32(0);
  setup.memory(op.OP_I32_STORE, list);
  for (const offset of offsets) {
    // Behind those before it; one that is not there is written over by the next.
    setup.get(STATE);
    setup.get(STATE);
    setup.memory(op.OP_I32_LOAD, list);
    setup.i32(2);
    setup.op(op.OP_I32_SHL);
    setup.op(op.OP_I32_ADD);
    setup.get(STATE);
    setup.memory(op.OP_I32_LOAD, offset);
    setup.memory(op.OP_I32_STORE, list + 4);
    setup.get(STATE);
    setup.get(STATE);
    setup.memory(op.OP_I32_LOAD, list);
    setup.get(STATE);
    setup.memory(op.OP_I32_LOAD, offset);
    setup.i32(0);
    setup.op(op.OP_I32_NE);
    setup.op(op.OP_I32_ADD);
    setup.memory(op.OP_I32_STORE, list);
  }
  return list;
}

function produceAll(plan: PlanCode, scan: PhysicalRelationshipScan, consume: Consume): void {
  const list = openTypes(plan, scan.types);
  const foundOffset = plan.structure("access_open", [(FOUND_BATCH * SCANNED_BYTES) / 4]);
  plan.pipeline(`scan relationships ${scan.types.map((name) => `:${name}`).join("|")}`, (pipeline) => {
    const { code } = pipeline;
    const found = pipeline.stateLocal(foundOffset, "i32");
    const known = pipeline.stateLocal(list, "i32");
    writeTold(pipeline, () => {
      for (const type of scan.types.length > 0 ? scan.types : [undefined]) {
        pushName(pipeline, type);
        pipeline.call("track_type", ["i64"], undefined);
      }
    });
    if (scan.types.length > 0) code.get(known);
    else pushGraph(plan, code);
    code.op(op.OP_I32_EQZ);
    code.brIf(pipeline.finish);
    const level = pipeline.level();
    const place = pipeline.cursor(level, "i32");
    const from = pipeline.cursor(level, "i32");
    const item = code.local("i32");
    pipeline.enter(level, () => {
      for (const local of [place, from]) {
        code.i32(0);
        code.set(local);
      }
      code.get(found);
      pipeline.call("access_clear", ["i32"], undefined);
    });
    const batch: Batch = { found, place, from, item };
    const loop = code.loop();
    code.get(place);
    code.get(found);
    code.memory(op.OP_I32_LOAD, FOUND_COUNT);
    code.op(op.OP_I32_GE_U);
    code.if();
    writeFetch(pipeline, batch, () => {
      pushGraph(plan, code);
      code.get(STATE);
      code.i32(list + 4);
      code.op(op.OP_I32_ADD);
      code.get(known);
    });
    code.end();
    pipeline.spend(level);
    pipeline.rowBlock(() => {
      findItem(pipeline, batch);
      bindColumn(pipeline, scan.relationship, () => pushAt(pipeline, item, SCANNED_NUMBER));
      bindColumn(pipeline, scan.start, () => pushAt(pipeline, item, SCANNED_START));
      bindColumn(pipeline, scan.end, () => pushAt(pipeline, item, SCANNED_END));
      consume(pipeline);
    });
    pipeline.releaseRow();
    code.get(place);
    code.i32(1);
    code.op(op.OP_I32_ADD);
    code.set(place);
    code.br(loop);
    code.end();
  });
}

/** Locals of a batch: its address, the place in it, the number where the next one begins, the address of the item at hand. */
interface Batch {
  readonly found: number;
  readonly place: number;
  readonly from: number;
  readonly item: number;
}

/** Sets the item to that at the place. */
function findItem({ code }: Pipeline, { found, place, item }: Batch): void {
  code.get(found);
  code.get(place);
  code.i32(Math.log2(SCANNED_BYTES));
  code.op(op.OP_I32_SHL);
  code.op(op.OP_I32_ADD);
  code.i32(FOUND_ROWS);
  code.op(op.OP_I32_ADD);
  code.set(item);
}

/** Takes the next batch; ends the pipeline where there is none. `push` pushes graph, types and how many. */
function writeFetch(pipeline: Pipeline, batch: Batch, push: () => void): void {
  const { code } = pipeline;
  const { found, place, from, item } = batch;
  code.get(found);
  push();
  code.get(from);
  code.get(found);
  code.i32(FOUND_ROWS);
  code.op(op.OP_I32_ADD);
  code.i32(FOUND_BATCH);
  pipeline.call("graph_scan_relationships", ["i32", "i32", "i32", "i32", "i32", "i32"], "i32");
  code.set(place);
  code.get(place);
  code.memory(op.OP_I32_STORE, FOUND_COUNT);
  code.get(place);
  code.op(op.OP_I32_EQZ);
  code.brIf(pipeline.finish);
  // The next batch begins behind the last one of this.
  code.get(place);
  code.i32(1);
  code.op(op.OP_I32_SUB);
  code.set(place);
  findItem(pipeline, batch);
  code.get(item);
  code.memory(op.OP_I32_LOAD, SCANNED_NUMBER);
  code.i32(1);
  code.op(op.OP_I32_ADD);
  code.set(from);
  code.i32(0);
  code.set(place);
}
