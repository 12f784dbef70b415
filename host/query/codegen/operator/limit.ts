/**
 * LIMIT and OFFSET inside a pipeline, and DISTINCT: both have an effect that must happen once for a row, so rows that are taken up
 * again go by.
 */
import { TUPLE_FIELDS } from "../../../../assembly/abi/plan.ts";
import { RUNTIME_ERROR_LIMIT_NEGATIVE, RUNTIME_ERROR_OFFSET_NEGATIVE } from "../../../../assembly/abi/runtime-error.ts";
import { columnsUsed } from "../../physical/columns.ts";
import type { PhysicalDistinct, PhysicalLimit } from "../../physical/operator.ts";
import type { BoundExpression, ColumnId } from "../../plan/expression.ts";
import { compileExpression } from "../expression.ts";
import * as op from "../opcodes.ts";
import { isAlwaysNull, localPlace, type Operand, pushPlace, typedOperand } from "../operand.ts";
import type { Pipeline } from "../pipeline.ts";
import type { Consume, PlanCode } from "../plan-code.ts";
import { TupleLayout } from "../tuple.ts";
import { findOrAdd } from "./aggregate.ts";
import { asKey } from "./table.ts";

export function produceLimit(plan: PlanCode, limit: PhysicalLimit, needed: ReadonlySet<ColumnId>, consume: Consume): void {
  const taken = plan.counter("i64");
  const skipped = plan.counter("i64");
  const given = [limit.limit, limit.offset].filter((expression) => expression !== undefined);
  plan.produce(plan, limit.input, columnsUsed(given, needed), (pipeline) => {
    const { code } = pipeline;
    const offset = bound(pipeline, limit.offset, RUNTIME_ERROR_OFFSET_NEGATIVE);
    const most = bound(pipeline, limit.limit, RUNTIME_ERROR_LIMIT_NEGATIVE);
    pipeline.ifFresh(() => {
      if (offset !== undefined) {
        pushIsBelow(pipeline, pipeline.accumulator(skipped, "i64"), offset);
        code.if();
        increment(pipeline, pipeline.accumulator(skipped, "i64"));
        code.br(pipeline.next);
        code.end();
      }
      if (most !== undefined) {
        finishUnlessBelow(pipeline, pipeline.accumulator(taken, "i64"), most);
        increment(pipeline, pipeline.accumulator(taken, "i64"));
      }
    });
    // The consumer may drop the row, and the source must end behind the last one all the same.
    pipeline.rowBlock(() => consume(pipeline));
    if (most !== undefined) finishUnlessBelow(pipeline, pipeline.accumulator(taken, "i64"), most);
  });
}

/** A limit or an offset; negative ones fail. Undefined: there is none. */
function bound(pipeline: Pipeline, expression: BoundExpression | undefined, error: number): Operand | undefined {
  if (expression === undefined) return undefined;
  const { code } = pipeline;
  const operand = compileExpression(pipeline, expression);
  if (isAlwaysNull(operand)) return undefined;
  if (operand.value.kind === "i64" && operand.value.value >= 0n) return operand;
  pushPlace(code, operand.value);
  code.i64(0n);
  code.op(op.OP_I64_LT_S);
  if (operand.flag !== undefined) {
    pushPlace(code, operand.flag);
    code.op(op.OP_I32_AND);
  }
  pipeline.branch(() => pipeline.raise(error));
  return operand;
}

/** Pushes whether a counter is below a bound; below NULL it is not. */
function pushIsBelow(pipeline: Pipeline, counter: number, { value, flag }: Operand): void {
  const { code } = pipeline;
  code.get(counter);
  pushPlace(code, value);
  code.op(op.OP_I64_LT_S);
  if (flag === undefined) return;
  pushPlace(code, flag);
  code.op(op.OP_I32_AND);
}

/** Ends the pipeline when a counter has reached a limit that is not NULL. */
function finishUnlessBelow(pipeline: Pipeline, counter: number, { value, flag }: Operand): void {
  const { code } = pipeline;
  code.get(counter);
  pushPlace(code, value);
  code.op(op.OP_I64_GE_S);
  if (flag !== undefined) {
    pushPlace(code, flag);
    code.op(op.OP_I32_AND);
  }
  code.brIf(pipeline.finish);
}

function increment(pipeline: Pipeline, counter: number): void {
  pipeline.code.get(counter);
  pipeline.code.i64(1n);
  pipeline.code.op(op.OP_I64_ADD);
  pipeline.code.set(counter);
}

export function produceDistinct(plan: PlanCode, distinct: PhysicalDistinct, needed: ReadonlySet<ColumnId>, consume: Consume): void {
  const layout = new TupleLayout(TUPLE_FIELDS);
  const fields = distinct.on.map(({ type }) => layout.add(typedOperand(type, localPlace(0), undefined), true));
  const table = plan.structure("table_open", [layout.sizeBytes]);
  plan.produce(plan, distinct.input, columnsUsed(distinct.on, needed), (pipeline) => {
    const { code } = pipeline;
    const added = code.local("i32");
    const isNew = code.local("i32");
    code.i32(1);
    code.set(isNew);
    // A key may have levels of its own: a row that is taken up in one of them has not been looked up yet.
    const keys = distinct.on.map((value) => asKey(pipeline, compileExpression(pipeline, value), value.type));
    pipeline.ifFresh(() => {
      findOrAdd(pipeline, pipeline.stateLocal(table, "i32"), keys, fields, added);
      code.get(added);
      code.set(isNew);
    });
    code.get(isNew);
    code.op(op.OP_I32_EQZ);
    code.brIf(pipeline.next);
    consume(pipeline);
  });
}
