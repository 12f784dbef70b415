/**
 * WITH RECURSIVE. The working table is a list, the rows that come next another; the recursive term is a part that fills the second one
 * and then exchanges both.
 *
 *   seed     the left side's rows to the working table
 *   source   its rows to the consumer; then the term, and so on until the working table is empty
 *
 * 1. The source goes on with the term only when its rows were taken, so whoever has enough of them (LIMIT) ends a recursion without end.
 * 2. What the term reads besides the working table is computed outside of it, once (`PlanCode.lasting`): a hash join looks the rows of the
 *    working table up in a table that stays.
 * 3. Without ALL a hash table has all rows that ever came out; others go to neither list.
 */
import { LIST_COUNT, TUPLE_FIELDS } from "../../../../assembly/abi/plan.ts";
import type { PhysicalOperator, PhysicalRecursion } from "../../physical/operator.ts";
import type { ColumnId } from "../../plan/expression.ts";
import type { PlanColumn } from "../../plan/operator.ts";
import * as op from "../opcodes.ts";
import { localPlace, typedOperand } from "../operand.ts";
import type { PartList } from "../part.ts";
import { type Pipeline, STATE } from "../pipeline.ts";
import type { Consume, PlanCode, RowList } from "../plan-code.ts";
import { type Field, TupleLayout } from "../tuple.ts";
import { findOrAdd, sealStage } from "./aggregate.ts";
import { appendRow, bindTuple, openList } from "./list.ts";
import { asKey, listLoop } from "./table.ts";

/** The rows that have come out, if each is to come out once. */
interface KnownRows {
  /** Offset of the table's address. */
  readonly table: number;
  readonly fields: readonly Field[];
}

export function produceRecursion(plan: PlanCode, recursion: PhysicalRecursion, consume: Consume): void {
  const { columns } = recursion;
  const known = recursion.all ? undefined : openKnownRows(plan, columns);
  const working = openList(plan, columns);
  const next = openList(plan, columns);
  const fill = (side: PhysicalOperator, from: readonly ColumnId[], list: RowList): void => {
    plan.produce(plan, side, new Set(from), (pipeline) => {
      if (known !== undefined) dropKnown(pipeline, known, columns, from);
      appendRow(pipeline, list, (column) => from[columns.findIndex((own) => own.column === column)] ?? column);
    });
    sealStage(plan, list.list);
  };
  fill(recursion.left, recursion.leftColumns, working);
  plan.commonTables.set(recursion.table, { list: working, columns: columns.map(({ column }) => column) });
  const term = openTerm(plan, working, next, () => fill(recursion.right, recursion.rightColumns, next));
  plan.pipeline("recursion", (pipeline) => writeSource(pipeline, working, term, consume));
}

function openKnownRows(plan: PlanCode, columns: readonly PlanColumn[]): KnownRows {
  const layout = new TupleLayout(TUPLE_FIELDS);
  const fields = columns.map(({ type }) => layout.add(typedOperand(type, localPlace(0), undefined), true));
  return { table: plan.structure("table_open", [layout.sizeBytes]), fields };
}

/** Drops the row at hand if one like it has come out. */
function dropKnown(pipeline: Pipeline, { table, fields }: KnownRows, columns: readonly PlanColumn[], from: readonly ColumnId[]): void {
  const { code } = pipeline;
  const added = code.local("i32");
  const keys = columns.map(({ column, type }, index) => asKey(pipeline, pipeline.column(from[index] ?? column), type));
  findOrAdd(pipeline, pipeline.stateLocal(table, "i32"), keys, fields, added);
  code.get(added);
  code.op(op.OP_I32_EQZ);
  code.brIf(pipeline.next);
}

/** Writes the recursive term: `fill` writes what fills the list of the rows that come next, which is empty before. */
function openTerm(plan: PlanCode, working: RowList, next: RowList, fill: () => void): Omit<PartList, "list"> {
  const { part: around, recursion: outer } = plan;
  const term = plan.openPart(plan.state.take(4));
  plan.part = term;
  plan.recursion = { term, around, outer };
  plan.structure("list_open", [next.tupleBytes], next.list);
  fill();
  plan.pipeline("turn", ({ code }) => exchange(code, working.list, next.list));
  const code = plan.closePart();
  plan.part = around;
  plan.recursion = outer;
  return { code, stageOffset: term.stageOffset };
}

/** Exchanges the addresses at two offsets of the state block. */
function exchange(code: Pipeline["code"], first: number, second: number): void {
  const address = code.local("i32");
  code.get(STATE);
  code.memory(op.OP_I32_LOAD, first);
  code.set(address);
  code.get(STATE);
  code.get(STATE);
  code.memory(op.OP_I32_LOAD, second);
  code.memory(op.OP_I32_STORE, first);
  code.get(STATE);
  code.get(address);
  code.memory(op.OP_I32_STORE, second);
}

function writeSource(pipeline: Pipeline, working: RowList, term: Omit<PartList, "list">, consume: Consume): void {
  const { code } = pipeline;
  // Rows of the working table may have bytes that functions made for them while the source's row was another.
  pipeline.keeps = true;
  const list = pipeline.stateLocal(working.list, "i32");
  const level = pipeline.level();
  const done = pipeline.cursor(level, "i32");
  pipeline.enter(level, () => {
    // The first rows are there.
    code.i32(1);
    code.set(done);
  });
  const again = code.loop();
  pipeline.callPart(level, term.code, done);
  code.get(STATE);
  code.memory(op.OP_I32_LOAD, working.list);
  code.set(list);
  code.get(list);
  code.memory(op.OP_I32_LOAD, LIST_COUNT);
  code.op(op.OP_I32_EQZ);
  code.brIf(pipeline.finish);
  listLoop(pipeline, pipeline.level(), list, working.tupleBytes, (tuple) => {
    bindTuple(pipeline, working, tuple);
    consume(pipeline);
  });
  code.i32(0);
  code.set(done);
  code.get(STATE);
  code.i32(0);
  code.memory(op.OP_I32_STORE, term.stageOffset);
  code.br(again);
  code.end();
}
