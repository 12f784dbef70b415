/**
 * Parts: subplans that run for each row of a pipeline. What they use of the row lies in the state block while they run; their rows
 * go to a list, which the pipeline then reads.
 */
import { DatabaseError } from "../../common/error.ts";
import { columnsOf } from "../physical/columns.ts";
import type { PhysicalOperator } from "../physical/operator.ts";
import type { ColumnId } from "../plan/expression.ts";
import type { PlanColumn } from "../plan/operator.ts";
import type { FunctionCode } from "./encoder.ts";
import { OP_I32_STORE } from "./opcodes.ts";
import { localPlace, typedOperand } from "./operand.ts";
import { sealStage } from "./operator/aggregate.ts";
import { appendRow, openList } from "./operator/list.ts";
import { type Pipeline, STATE } from "./pipeline.ts";
import type { PlanCode, RowList } from "./plan-code.ts";
import { putField, TupleLayout } from "./tuple.ts";

export interface PartList {
  readonly list: RowList;
  readonly code: FunctionCode;
  readonly stageOffset: number;
}

/** Bytes that are kept for a column of an enclosing query: its value and its flag. */
const OUTER_BYTES = 16;

/** Writes a part that makes a list of an operator's columns. `types` knows the columns on which it depends. */
export function openPartList(
  plan: PlanCode,
  operator: PhysicalOperator,
  columns: readonly PlanColumn[],
  types: ReadonlyMap<ColumnId, PlanColumn>,
  dependsOn: readonly ColumnId[],
): PartList {
  for (const column of dependsOn) {
    if (plan.outer.has(column)) continue;
    const known = types.get(column);
    if (known === undefined) throw new DatabaseError("INTERNAL", `the type of the outer column ${column} is not known`);
    plan.outer.set(column, new TupleLayout(plan.state.take(OUTER_BYTES)).add(typedOperand(known.type, localPlace(0), undefined), true));
  }
  // The enclosing part makes the list, so that its pipelines know the address from the beginning; the part empties it for each row.
  const list = openList(plan, columns);
  const { part: enclosing } = plan;
  const part = plan.openPart(plan.state.take(4));
  plan.part = part;
  const own = columnsOf(operator);
  const needed = new Set(columns.map(({ column }) => column).filter((column) => own.has(column)));
  plan.structure("list_open", [list.tupleBytes], list.list);
  plan.produce(plan, operator, needed, (pipeline) => appendRow(pipeline, list));
  sealStage(plan, list.list);
  const code = plan.closePart();
  plan.part = enclosing;
  return { list, code, stageOffset: part.stageOffset };
}

/** Runs a part for the row at hand; behind it its list is complete. */
export function runPart(pipeline: Pipeline, part: Pick<PartList, "code" | "stageOffset">, dependsOn: readonly ColumnId[]): void {
  const { code, plan } = pipeline;
  // Its rows may have bytes that functions made for them in this row.
  pipeline.keeps = true;
  for (const column of dependsOn) pipeline.column(column);
  const level = pipeline.level();
  const done = pipeline.cursor(level, "i32");
  pipeline.enter(level, () => {
    code.i32(0);
    code.set(done);
    code.get(STATE);
    code.i32(0);
    code.memory(OP_I32_STORE, part.stageOffset);
    for (const column of dependsOn) {
      const field = plan.outer.get(column);
      if (field !== undefined) putField(code, STATE, field, pipeline.column(column));
    }
  });
  pipeline.callPart(level, part.code, done);
}
