/**
 * UNION, INTERSECT and EXCEPT.
 *
 * UNION ALL: both sides go to a list. The others: a hash table of the distinct rows; of INTERSECT and EXCEPT each has a count for either
 * side, from which follows how often it comes out.
 */
import { TUPLE_FIELDS } from "../../../../assembly/abi/plan.ts";
import { SLOT_INTEGER } from "../../../../assembly/abi/record.ts";
import type { PhysicalOperator, PhysicalSetOperation } from "../../physical/operator.ts";
import type { ColumnId } from "../../plan/expression.ts";
import * as op from "../opcodes.ts";
import { localPlace, typedOperand } from "../operand.ts";
import type { Pipeline } from "../pipeline.ts";
import type { Consume, PlanCode } from "../plan-code.ts";
import { type Field, loadField, TupleLayout } from "../tuple.ts";
import { findOrAdd, sealStage } from "./aggregate.ts";
import { appendRow, openList, produceList } from "./list.ts";
import { asKey, listLoop } from "./table.ts";

export function produceSetOperation(plan: PlanCode, operation: PhysicalSetOperation, consume: Consume): void {
  if (operation.operator === "union" && operation.all) produceUnionAll(plan, operation, consume);
  else produceDistinctRows(plan, operation, consume);
}

/** The two inputs and which of their columns are meant. */
function sides(operation: PhysicalSetOperation): readonly (readonly [PhysicalOperator, readonly ColumnId[]])[] {
  return [
    [operation.left, operation.leftColumns],
    [operation.right, operation.rightColumns],
  ];
}

function produceUnionAll(plan: PlanCode, operation: PhysicalSetOperation, consume: Consume): void {
  const list = openList(plan, operation.columns);
  const places = new Map(operation.columns.map(({ column }, index) => [column, index]));
  for (const [input, columns] of sides(operation)) {
    plan.produce(plan, input, new Set(columns), (pipeline) =>
      appendRow(pipeline, list, (column) => columns[places.get(column) ?? -1] ?? column),
    );
  }
  sealStage(plan, list.list);
  produceList(plan, list, "union all", consume);
}

function produceDistinctRows(plan: PlanCode, operation: PhysicalSetOperation, consume: Consume): void {
  const layout = new TupleLayout(TUPLE_FIELDS);
  const fields = operation.columns.map(({ type }) => layout.add(typedOperand(type, localPlace(0), undefined), true));
  const counts = [0, 1].map(() => layout.add({ machine: "i64", slot: SLOT_INTEGER }, false));
  const table = plan.structure("table_open", [layout.sizeBytes]);
  sides(operation).forEach(([input, columns], side) => {
    plan.produce(plan, input, new Set(columns), (pipeline) => {
      const { code } = pipeline;
      const keys = columns.map((column, index) =>
        asKey(pipeline, pipeline.column(column), operation.columns[index]?.type ?? { name: "text", modifiers: [], element: undefined }),
      );
      const tuple = findOrAdd(pipeline, pipeline.stateLocal(table, "i32"), keys, fields);
      const { offset } = counts[side] as Field;
      code.get(tuple);
      code.get(tuple);
      code.memory(op.OP_I64_LOAD, offset);
      code.i64(1n);
      code.op(op.OP_I64_ADD);
      code.memory(op.OP_I64_STORE, offset);
    });
  });
  sealStage(plan, table);
  plan.pipeline(operation.operator, (pipeline) => {
    listLoop(pipeline, pipeline.level(), pipeline.stateLocal(table, "i32"), layout.sizeBytes, (tuple) => {
      operation.columns.forEach(({ column }, index) => {
        pipeline.columns.set(column, () => loadField(pipeline, tuple, fields[index] as Field));
      });
      if (operation.operator === "union") consume(pipeline);
      else repeat(pipeline, operation, tuple, counts, () => consume(pipeline));
    });
  });
}

/** Hands the row on as often as its counts say. */
function repeat(pipeline: Pipeline, operation: PhysicalSetOperation, tuple: number, counts: readonly Field[], body: () => void): void {
  const { code } = pipeline;
  const [left, right] = counts.map(({ offset }) => {
    const local = code.local("i64");
    code.get(tuple);
    code.memory(op.OP_I64_LOAD, offset);
    code.set(local);
    return local;
  });
  if (left === undefined || right === undefined) return;
  const level = pipeline.level();
  const rest = pipeline.cursor(level, "i64");
  pipeline.enter(level, () => {
    if (operation.operator === "intersect") {
      // The smaller count.
      code.get(left);
      code.get(right);
      code.get(left);
      code.get(right);
      code.op(op.OP_I64_LT_S);
      code.op(op.OP_SELECT);
    } else if (operation.all) {
      code.get(left);
      code.get(right);
      code.op(op.OP_I64_SUB);
    } else {
      code.get(left);
      code.i64(0n);
      code.get(right);
      code.op(op.OP_I64_EQZ);
      code.op(op.OP_SELECT);
    }
    code.set(rest);
    if (operation.all) return;
    code.get(rest);
    code.i64(0n);
    code.op(op.OP_I64_GT_S);
    code.op(op.OP_I64_EXTEND_I32_U);
    code.set(rest);
  });
  const done = code.block();
  const loop = code.loop();
  code.get(rest);
  code.i64(0n);
  code.op(op.OP_I64_LE_S);
  code.brIf(done);
  pipeline.spend(level);
  pipeline.rowBlock(body);
  code.get(rest);
  code.i64(1n);
  code.op(op.OP_I64_SUB);
  code.set(rest);
  code.br(loop);
  code.end();
  code.end();
}
