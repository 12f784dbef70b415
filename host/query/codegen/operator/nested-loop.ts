/**
 * Nested loop join: the inner side's rows stand in a list, which is gone through for each outer row. An inner side that depends on the
 * outer row is a part of its own, which makes the list again for each row.
 *
 * The kinds are those of the hash join (hash-join.ts). The condition is any expression; of mark its NULLs count.
 */
import { CHUNK_END, CHUNK_NEXT, CHUNK_TUPLES, LIST_FIRST } from "../../../../assembly/abi/plan.ts";
import { SLOT_BOOLEAN, SLOT_INTEGER } from "../../../../assembly/abi/record.ts";
import { RUNTIME_ERROR_SUBQUERY_ROWS } from "../../../../assembly/abi/runtime-error.ts";
import { columnsOf, columnsUsed, typesOf } from "../../physical/columns.ts";
import type { PhysicalNestedLoopJoin } from "../../physical/operator.ts";
import type { ColumnId } from "../../plan/expression.ts";
import type { PlanColumn } from "../../plan/operator.ts";
import type { FunctionCode } from "../encoder.ts";
import { asBoolean, compileExpression, filterRow } from "../expression.ts";
import { keep } from "../inline.ts";
import * as op from "../opcodes.ts";
import { booleanOperand, localPlace, nullOperand, pushPlace, typedOperand } from "../operand.ts";
import { openPartList, runPart } from "../part.ts";
import type { Pipeline } from "../pipeline.ts";
import type { Consume, PlanCode, RowList } from "../plan-code.ts";
import { type Field, loadField, storeField, TupleLayout } from "../tuple.ts";
import { sealStage } from "./aggregate.ts";
import { appendRow, openList, produceList } from "./list.ts";
import { addTuple } from "./row.ts";
import { listLoop } from "./table.ts";

/** The inner side: its list, whether a row was found (of full joins), and the part that makes it, if it depends on the outer row. */
interface InnerSide extends RowList {
  readonly found: Field | undefined;
  readonly part: { readonly code: FunctionCode; readonly stageOffset: number } | undefined;
}

export function produceNestedLoop(plan: PlanCode, join: PhysicalNestedLoopJoin, needed: ReadonlySet<ColumnId>, consume: Consume): void {
  const used = columnsUsed(join.condition === undefined ? [] : [join.condition], needed);
  const compute = (): InnerSide => produceInner(plan, join, used);
  const isLasting = !join.isRepeated && join.join !== "full" && join.dependsOn.length === 0;
  const inner = isLasting ? plan.lasting(compute) : compute();
  const outerNeeds = new Set([...used, ...join.dependsOn]);
  if (join.join !== "full") {
    plan.produce(plan, join.outer, outerNeeds, (pipeline) => writeOuter(pipeline, join, inner, () => consume(pipeline)));
    return;
  }
  const types = new Map([...typesOf(join.outer), ...typesOf(join.inner)]);
  const list = openList(
    plan,
    [...types.values()].filter(({ column }) => needed.has(column)),
  );
  plan.produce(plan, join.outer, outerNeeds, (pipeline) => writeOuter(pipeline, join, inner, () => appendRow(pipeline, list)));
  plan.pipeline("unfound", (pipeline) => {
    listLoop(pipeline, pipeline.level(), pipeline.stateLocal(inner.list, "i32"), inner.tupleBytes, (tuple) => {
      pipeline.code.get(tuple);
      pipeline.code.memory(op.OP_I32_LOAD, inner.found?.offset ?? 0);
      pipeline.code.brIf(pipeline.next);
      for (const [column, field] of inner.columns) pipeline.columns.set(column, () => loadField(pipeline, tuple, field));
      for (const { column, type } of typesOf(join.outer).values()) pipeline.columns.set(column, () => nullOperand(type));
      appendRow(pipeline, list);
    });
  });
  sealStage(plan, list.list);
  produceList(plan, list, "full join", consume);
}

/** Columns of an operator that are used above it. */
function usedColumns(join: PhysicalNestedLoopJoin, used: ReadonlySet<ColumnId>): readonly PlanColumn[] {
  const own = columnsOf(join.inner);
  return [...typesOf(join.inner).values()].filter(({ column }) => own.has(column) && used.has(column));
}

function produceInner(plan: PlanCode, join: PhysicalNestedLoopJoin, used: ReadonlySet<ColumnId>): InnerSide {
  const columns = usedColumns(join, used);
  if (join.dependsOn.length > 0) {
    const part = openPartList(plan, join.inner, columns, typesOf(join.outer), join.dependsOn);
    return { ...part.list, found: undefined, part };
  }
  const layout = new TupleLayout(0);
  const fields = new Map(columns.map(({ column, type }) => [column, layout.add(typedOperand(type, localPlace(0), undefined), true)]));
  const found = join.join === "full" ? layout.add({ machine: "i64", slot: SLOT_INTEGER }, false) : undefined;
  const tupleBytes = Math.max(8, layout.sizeBytes);
  const list = plan.structure("list_open", [tupleBytes]);
  plan.produce(plan, join.inner, new Set(columns.map(({ column }) => column)), (pipeline) => {
    for (const { column } of columns) pipeline.column(column);
    const tuple = pipeline.code.local("i32");
    addTuple(pipeline, pipeline.stateLocal(list, "i32"), tuple, tupleBytes);
    for (const [column, field] of fields) storeField(pipeline, tuple, field, pipeline.column(column));
  });
  sealStage(plan, list);
  return { list, columns: fields, tupleBytes, found, part: undefined };
}

/** The loop over the inner rows: cursors chunk and tuple; tuple 0: none left. */
interface InnerLoop {
  readonly chunk: number;
  readonly tuple: number;
}

/** Goes to the first tuple of the next chunk that has one. */
function settle(pipeline: Pipeline, { chunk, tuple }: InnerLoop): void {
  const { code } = pipeline;
  code.get(chunk);
  code.if();
  code.get(tuple);
  code.get(chunk);
  code.memory(op.OP_I32_LOAD, CHUNK_END);
  code.op(op.OP_I32_GE_U);
  code.if();
  code.get(chunk);
  code.memory(op.OP_I32_LOAD, CHUNK_NEXT);
  code.set(chunk);
  code.get(chunk);
  code.i32(CHUNK_TUPLES);
  code.op(op.OP_I32_ADD);
  code.i32(0);
  code.get(chunk);
  code.op(op.OP_SELECT);
  code.set(tuple);
  code.end();
  code.else();
  code.i32(0);
  code.set(tuple);
  code.end();
}

function writeOuter(pipeline: Pipeline, join: PhysicalNestedLoopJoin, inner: InnerSide, consume: () => void): void {
  const { code } = pipeline;
  if (inner.part !== undefined) runPart(pipeline, inner.part, join.dependsOn);
  const level = pipeline.level();
  const loop: InnerLoop = { chunk: pipeline.cursor(level, "i32"), tuple: pipeline.cursor(level, "i32") };
  const exists = join.join === "semi" || join.join === "anti" || join.join === "mark";
  const outer = join.join === "left" || join.join === "single" || join.join === "full";
  const matched = outer ? pipeline.cursor(level, "i32") : 0;
  const unknown = join.join === "mark" ? pipeline.cursor(level, "i32") : 0;
  pipeline.enter(level, () => {
    code.get(pipeline.stateLocal(inner.list, "i32"));
    code.memory(op.OP_I32_LOAD, LIST_FIRST);
    code.set(loop.chunk);
    code.get(loop.chunk);
    code.i32(CHUNK_TUPLES);
    code.op(op.OP_I32_ADD);
    code.set(loop.tuple);
    settle(pipeline, loop);
    for (const local of [matched, unknown]) {
      if (local === 0) continue;
      code.i32(0);
      code.set(local);
    }
  });
  const done = code.block();
  const again = code.loop();
  code.get(loop.tuple);
  code.op(op.OP_I32_EQZ);
  if (outer) {
    code.get(matched);
    code.op(op.OP_I32_AND);
  }
  code.brIf(done);
  pipeline.spend(level);
  pipeline.rowBlock(() => {
    bindInner(pipeline, inner, loop.tuple, outer);
    if (exists) {
      writeTest(pipeline, join, unknown);
      code.br(done);
      return;
    }
    if (outer) {
      code.get(loop.tuple);
      pipeline.branch(() => {
        if (join.condition !== undefined) filterRow(pipeline, join.condition);
        if (join.join === "single") {
          pipeline.ifFresh(() => {
            code.get(matched);
            pipeline.branch(() => pipeline.raise(RUNTIME_ERROR_SUBQUERY_ROWS));
          });
        }
        code.i32(1);
        code.set(matched);
        if (inner.found !== undefined) {
          code.get(loop.tuple);
          code.i64(1n);
          code.memory(op.OP_I64_STORE, inner.found.offset);
        }
      });
    } else if (join.condition !== undefined) {
      filterRow(pipeline, join.condition);
    }
    consume();
  });
  if (outer) {
    code.get(loop.tuple);
    code.op(op.OP_I32_EQZ);
    code.brIf(done);
  }
  code.get(loop.tuple);
  code.i32(inner.tupleBytes);
  code.op(op.OP_I32_ADD);
  code.set(loop.tuple);
  settle(pipeline, loop);
  code.br(again);
  code.end();
  code.end();
  if (exists) writeExistence(pipeline, join, loop.tuple, unknown, consume);
}

/** Drops the inner row unless the condition is true; of mark notes that it was NULL. */
function writeTest(pipeline: Pipeline, join: PhysicalNestedLoopJoin, unknown: number): void {
  const { code } = pipeline;
  if (join.condition === undefined) return;
  if (join.join !== "mark") {
    filterRow(pipeline, join.condition);
    return;
  }
  const operand = asBoolean(pipeline, compileExpression(pipeline, join.condition));
  if (operand.flag !== undefined) {
    pushPlace(code, operand.flag);
    code.op(op.OP_I32_EQZ);
    code.if();
    code.i32(1);
    code.set(unknown);
    code.end();
  }
  pushPlace(code, operand.value);
  if (operand.flag !== undefined) {
    pushPlace(code, operand.flag);
    code.op(op.OP_I32_AND);
  }
  code.op(op.OP_I32_EQZ);
  code.brIf(pipeline.next);
}

/** Behind the loop: the cursor stands at a partner, or there is none. */
function writeExistence(pipeline: Pipeline, join: PhysicalNestedLoopJoin, tuple: number, unknown: number, consume: () => void): void {
  const { code } = pipeline;
  if (join.join !== "mark") {
    code.get(tuple);
    if (join.join === "semi") code.op(op.OP_I32_EQZ);
    code.brIf(pipeline.next);
  } else if (join.mark !== undefined) {
    pipeline.columns.set(join.mark.column, () => {
      code.get(tuple);
      code.i32(0);
      code.op(op.OP_I32_NE);
      const value = keep(pipeline, "i32");
      code.get(unknown);
      code.op(op.OP_I32_EQZ);
      pushPlace(code, value);
      code.op(op.OP_I32_OR);
      return { ...booleanOperand(value, keep(pipeline, "i32")), slot: SLOT_BOOLEAN };
    });
  }
  consume();
}

function bindInner(pipeline: Pipeline, inner: InnerSide, tuple: number, mayMiss: boolean): void {
  const { code } = pipeline;
  for (const [column, field] of inner.columns) {
    pipeline.columns.set(column, () => {
      const operand = loadField(pipeline, tuple, field);
      if (!mayMiss) return operand;
      if (operand.flag === undefined) code.i32(operand.machine === "any" ? operand.slot : 1);
      else pushPlace(code, operand.flag);
      code.i32(0);
      code.get(tuple);
      code.op(op.OP_SELECT);
      return { ...operand, flag: keep(pipeline, "i32") };
    });
  }
}
