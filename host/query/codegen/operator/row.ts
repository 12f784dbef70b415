/**
 * Operators that work on one row at a time inside a pipeline: filter, project; and the result.
 */
import { LIST_COUNT, LIST_END, LIST_NEXT, STATE_OUTPUT } from "../../../../assembly/abi/plan.ts";
import { conjunctsOf } from "../../optimizer/predicate.ts";
import { columnsUsed } from "../../physical/columns.ts";
import type { PhysicalFilter, PhysicalProject } from "../../physical/operator.ts";
import type { ColumnId } from "../../plan/expression.ts";
import type { PlanColumn } from "../../plan/operator.ts";
import { isVolatile } from "../../plan/walk.ts";
import type { OutputColumn } from "../compiled.ts";
import { compileExpression, filterRow } from "../expression.ts";
import * as op from "../opcodes.ts";
import { type Operand, pushPayload, pushTag } from "../operand.ts";
import type { Pipeline } from "../pipeline.ts";
import type { Consume, PlanCode, RowGate } from "../plan-code.ts";
import { produceScan } from "./scan.ts";
import { stagedConditions } from "./staged-rows.ts";

export function produceFilter(
  plan: PlanCode,
  filter: PhysicalFilter,
  needed: ReadonlySet<ColumnId>,
  consume: Consume,
  gate?: RowGate,
): void {
  const { input, predicate } = filter;
  const below = columnsUsed([predicate], needed);
  const conditions = input.kind === "PhysicalScan" ? stagedConditions(input, predicate) : [];
  const rest = conjunctsOf(predicate).slice(conditions.length);
  const consumeRest = (pipeline: Pipeline): void => {
    for (const condition of rest) filterRow(pipeline, condition);
    consume(pipeline);
  };
  // A condition behind those that are staged may fail, also for rows that the gate would drop.
  const early = { conditions, gate: rest.length === 0 ? gate : undefined };
  if (input.kind === "PhysicalScan" && conditions.length > 0) produceScan(plan, input, below, consumeRest, early);
  else plan.produce(plan, input, below, consumeRest);
}

export function produceProject(plan: PlanCode, project: PhysicalProject, needed: ReadonlySet<ColumnId>, consume: Consume): void {
  const items = project.items.filter((item) => needed.has(item.column));
  const below = columnsUsed(
    items.map((item) => item.value),
    needed,
  );
  plan.produce(plan, project.input, below, (pipeline) => {
    for (const item of items) {
      // What each evaluation may give otherwise is computed once.
      const computed = isVolatile(item.value) ? compileExpression(pipeline, item.value) : undefined;
      pipeline.columns.set(item.column, () => computed ?? compileExpression(pipeline, item.value));
    }
    consume(pipeline);
  });
}

/** Layout of result rows. */
export function outputLayout(columns: readonly PlanColumn[]): { readonly columns: readonly OutputColumn[]; readonly rowBytes: number } {
  const start = (columns.length + 7) & ~7;
  return {
    columns: columns.map(({ name, type }, index) => ({ name, type, tagOffset: index, offset: start + 8 * index })),
    rowBytes: Math.max(8, start + 8 * columns.length),
  };
}

/** Sink: adds the row at hand to the result. */
export function writeOutput(pipeline: Pipeline, columns: readonly PlanColumn[], rowBytes: number): void {
  const { code } = pipeline;
  const operands = columns.map(({ column }) => pipeline.column(column));
  const layout = outputLayout(columns);
  const list = pipeline.stateLocal(STATE_OUTPUT, "i32");
  const row = code.local("i32");
  addTuple(pipeline, list, row, rowBytes);
  operands.forEach((operand, index) => {
    const place = layout.columns[index];
    if (place === undefined) return;
    code.get(row);
    pushTag(code, operand);
    code.memory(op.OP_I32_STORE8, place.tagOffset);
    code.get(row);
    pushStored(pipeline, list, operand);
    code.memory(op.OP_I64_STORE, place.offset);
  });
}

/** Sets `tuple` to a new zeroed tuple of a list. */
export function addTuple(pipeline: Pipeline, list: number, tuple: number, bytes: number): void {
  const { code } = pipeline;
  code.get(list);
  code.memory(op.OP_I32_LOAD, LIST_NEXT);
  code.set(tuple);
  code.get(list);
  code.memory(op.OP_I32_LOAD, LIST_END);
  code.get(tuple);
  code.op(op.OP_I32_SUB);
  code.i32(bytes);
  code.op(op.OP_I32_GE_U);
  code.if();
  code.get(list);
  code.get(tuple);
  code.i32(bytes);
  code.op(op.OP_I32_ADD);
  code.memory(op.OP_I32_STORE, LIST_NEXT);
  code.get(list);
  code.get(list);
  code.memory(op.OP_I32_LOAD, LIST_COUNT);
  code.i32(1);
  code.op(op.OP_I32_ADD);
  code.memory(op.OP_I32_STORE, LIST_COUNT);
  code.else();
  code.get(list);
  pipeline.call("list_add", ["i32"], "i32");
  code.set(tuple);
  code.get(tuple);
  code.op(op.OP_I32_EQZ);
  code.brIf(pipeline.fail);
  code.end();
}

/** Pushes a value's 8 bytes; the bytes of a long word are copied to the result. */
function pushStored(pipeline: Pipeline, list: number, operand: Operand): void {
  const { code } = pipeline;
  const isWord = operand.machine === "word" || operand.machine === "any";
  if (!isWord || operand.value.kind !== "local") {
    pushPayload(code, operand);
    return;
  }
  const value = code.local("i64");
  pushPayload(code, operand);
  code.set(value);
  pushIsLong(pipeline, operand, value);
  code.if();
  code.get(list);
  code.get(value);
  pipeline.call("output_word", ["i32", "i64"], "i64");
  code.set(value);
  pipeline.checkError();
  code.end();
  code.get(value);
}

/** Slot kinds that are words, as bits. */
const WORD_KINDS = [5, 6, 11, 12, 13, 14, 15, 18].reduce((bits, kind) => bits | (1 << kind), 0);

/** Pushes whether a value is a long word, and not NULL. */
function pushIsLong(pipeline: Pipeline, operand: Operand, value: number): void {
  const { code } = pipeline;
  code.get(value);
  code.op(op.OP_I32_WRAP_I64);
  code.i32(3);
  code.op(op.OP_I32_SHR_U);
  if (operand.machine === "any") {
    code.i32(WORD_KINDS);
    pushTag(code, operand);
    code.op(op.OP_I32_SHR_U);
    code.op(op.OP_I32_AND);
  } else if (operand.flag !== undefined) {
    pushTag(code, operand);
    code.i32(0);
    code.op(op.OP_I32_NE);
    code.op(op.OP_I32_AND);
  }
  code.i32(1);
  code.op(op.OP_I32_AND);
}
