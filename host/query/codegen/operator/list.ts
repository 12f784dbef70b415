/**
 * Rows kept in lists: what operators keep that read their input more than once, and sources that go through such a list.
 */
import { LIST_FIRST } from "../../../../assembly/abi/plan.ts";
import type { ColumnId } from "../../plan/expression.ts";
import type { PlanColumn } from "../../plan/operator.ts";
import { OP_I32_LOAD } from "../opcodes.ts";
import { localPlace, typedOperand } from "../operand.ts";
import type { Pipeline } from "../pipeline.ts";
import type { Consume, PlanCode, RowList } from "../plan-code.ts";
import { loadField, storeField, TupleLayout } from "../tuple.ts";
import { sealStage } from "./aggregate.ts";
import { addTuple } from "./row.ts";
import { listLoop } from "./table.ts";

/** Opens a list for columns; all may be NULL. */
export function openList(plan: PlanCode, columns: readonly PlanColumn[]): RowList {
  const layout = new TupleLayout(0);
  const fields = new Map(columns.map(({ column, type }) => [column, layout.add(typedOperand(type, localPlace(0), undefined), true)]));
  const tupleBytes = Math.max(8, layout.sizeBytes);
  return { list: plan.structure("list_open", [tupleBytes]), columns: fields, tupleBytes };
}

/** Sink: adds the row at hand. `from` says which column of the pipeline goes to a column of the list. */
export function appendRow(pipeline: Pipeline, list: RowList, from: (column: ColumnId) => ColumnId = (column) => column): void {
  const operands = [...list.columns].map(([column, field]) => ({ field, operand: pipeline.column(from(column)) }));
  const tuple = pipeline.code.local("i32");
  addTuple(pipeline, pipeline.stateLocal(list.list, "i32"), tuple, list.tupleBytes);
  for (const { field, operand } of operands) storeField(pipeline, tuple, field, operand);
}

/** The columns of the pipeline are those of the tuple at hand. */
export function bindTuple(pipeline: Pipeline, list: RowList, tuple: number, as: (column: ColumnId) => ColumnId = (column) => column): void {
  for (const [column, field] of list.columns) pipeline.columns.set(as(column), () => loadField(pipeline, tuple, field));
}

/** Source: the rows of a list that is complete. */
export function produceList(
  plan: PlanCode,
  list: RowList,
  label: string,
  consume: Consume,
  as: (column: ColumnId) => ColumnId = (column) => column,
): void {
  plan.pipeline(label, (pipeline) => {
    listLoop(pipeline, pipeline.level(), pipeline.stateLocal(list.list, "i32"), list.tupleBytes, (tuple) => {
      bindTuple(pipeline, list, tuple, as);
      consume(pipeline);
    });
  });
}

/** Computes an operator's rows into a list. */
export function materialise(
  plan: PlanCode,
  write: (consume: Consume) => void,
  columns: readonly PlanColumn[],
  from?: (column: ColumnId) => ColumnId,
): RowList {
  const list = openList(plan, columns);
  write((pipeline) => appendRow(pipeline, list, from));
  sealStage(plan, list.list);
  return list;
}

/** Pushes whether a list has a row. */
export function pushHasRows(pipeline: Pipeline, list: number): void {
  pipeline.code.get(list);
  pipeline.code.memory(OP_I32_LOAD, LIST_FIRST);
}
