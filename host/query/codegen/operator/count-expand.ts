/**
 * Counting what an expand would give: a loop over the pairs of a node like expand.ts's, whose count is remembered for the node, so that a
 * row with a node that came before costs a load. What rows behind it need is the number alone.
 *
 * 1. Cursors: those of the expand, and the count. Once the loop is done its cursors say so: entered again it does nothing.
 * 2. Remembered is how many pairs are wanted whatever the row; pairs of the row's other relationships are taken off for each row: one that
 *    begins or ends at the node, and leads to an end that is wanted, was counted.
 */
import { RELATIONSHIP_END, RELATIONSHIP_START, RELATIONSHIP_TYPE } from "../../../../assembly/abi/graph.ts";
import { columnsUsed } from "../../physical/columns.ts";
import type { PhysicalCountExpand } from "../../physical/graph-operator.ts";
import type { BoundExpression, ColumnId } from "../../plan/expression.ts";
import { compileExpression, filterRow, pushCondition } from "../expression.ts";
import { pushRelationshipSlot, requireLabel } from "../graph.ts";
import { keep } from "../inline.ts";
import { findMark } from "../node-filter.ts";
import * as op from "../opcodes.ts";
import { pushPlace, typedOperand } from "../operand.ts";
import type { Pipeline } from "../pipeline.ts";
import type { Consume, PlanCode } from "../plan-code.ts";
import { type ExpandLoop, findRun, openLoop, pushHead, tellPairs, writeBlocks } from "./expand.ts";

/** Bytes of a count that is remembered, as a shift (COUNT_SHIFT of assembly/runtime/graph-plan.ts). */
const COUNT_SHIFT = 2;

export function produceCountExpand(plan: PlanCode, expand: PhysicalCountExpand, needed: ReadonlySet<ColumnId>, consume: Consume): void {
  const { from, node, relationship, condition, others, count } = expand;
  const tested = columnsUsed(condition === undefined ? [] : [condition]);
  for (const own of [node, relationship]) tested.delete(own.column);
  const used = columnsUsed([from, ...others], new Set([...needed, ...tested]));
  used.delete(count.column);
  plan.produce(plan, expand.input, used, (pipeline) => writeCountExpand(pipeline, expand, () => consume(pipeline)));
}

function writeCountExpand(pipeline: Pipeline, expand: PhysicalCountExpand, consume: () => void): void {
  const { code } = pipeline;
  const { node, relationship, labels, types, direction, others, count: column } = expand;
  const from = numberOf(pipeline, expand.from);
  const excluded = others.map((other) => numberOf(pipeline, other));
  const hop = {
    kind: "PhysicalExpand",
    input: expand.input,
    from: expand.from,
    direction,
    types,
    target: { kind: "new", node, labels },
    relationship,
    optional: false,
  } as const;
  const loop = openLoop(pipeline, hop);
  const count = pipeline.cursor(loop.level, "i32");
  code.get(from);
  code.set(loop.start);
  const mark = writeMark(pipeline, from);
  enterLoop(pipeline, loop, expand, mark, count);
  writeBlocks(pipeline, loop, hop, undefined, () => {
    const { condition } = expand;
    if (condition !== undefined) filterRow(pipeline, condition);
    code.get(count);
    code.i32(1);
    code.op(op.OP_I32_ADD);
    code.set(count);
  });
  code.get(mark);
  code.get(count);
  code.i32(1);
  code.op(op.OP_I32_ADD);
  code.memory(op.OP_I32_STORE, 0);
  const left = code.local("i32");
  code.get(count);
  code.set(left);
  for (const [index, other] of excluded.entries()) writeExclusion(pipeline, expand, loop, other, excluded.slice(0, index), left);
  for (const own of [node, relationship]) pipeline.columns.delete(own.column);
  code.get(left);
  code.op(op.OP_I32_EQZ);
  code.brIf(pipeline.next);
  pipeline.columns.set(column.column, () => {
    code.get(left);
    code.op(op.OP_I64_EXTEND_I32_U);
    return typedOperand(column.type, keep(pipeline, "i64"), undefined);
  });
  consume();
}

/** A node or relationship as an i32 local; a row in which it is NULL is dropped. */
function numberOf(pipeline: Pipeline, expression: BoundExpression): number {
  const { code } = pipeline;
  const operand = compileExpression(pipeline, expression);
  if (operand.flag !== undefined) {
    pushPlace(code, operand.flag);
    code.op(op.OP_I32_EQZ);
    code.brIf(pipeline.next);
  }
  const number = code.local("i32");
  pushPlace(code, operand.value);
  code.op(op.OP_I32_WRAP_I64);
  code.set(number);
  return number;
}

/** A local with the address of what is remembered of a node: its count and 1, or 0. */
function writeMark(pipeline: Pipeline, number: number): number {
  const { code, plan } = pipeline;
  const counts = pipeline.stateLocal(plan.rootStructure("counts_open", []), "i32");
  const position = code.local("i32");
  const mark = code.local("i32");
  code.get(number);
  code.i32(COUNT_SHIFT);
  code.op(op.OP_I32_SHL);
  code.set(position);
  findMark(pipeline, counts, position, mark);
  return mark;
}

/** Begins with the node's pairs, or has their count. */
function enterLoop(pipeline: Pipeline, loop: ExpandLoop, expand: PhysicalCountExpand, mark: number, count: number): void {
  const { code } = pipeline;
  pipeline.enter(loop.level, () => {
    for (const local of [count, loop.pair, loop.block, loop.run, loop.second]) {
      if (local === undefined) continue;
      code.i32(0);
      code.set(local);
    }
    code.get(mark);
    code.memory(op.OP_I32_LOAD, 0);
    code.if();
    code.get(mark);
    code.memory(op.OP_I32_LOAD, 0);
    code.i32(1);
    code.op(op.OP_I32_SUB);
    code.set(count);
    if (loop.second !== undefined) {
      code.i32(1);
      code.set(loop.second);
    }
    code.else();
    tellPairs(pipeline, loop, expand);
    findRun(pipeline, loop, () => pushHead(pipeline, loop, expand.direction));
    code.end();
  });
}

/** Takes a relationship's pair off `left` if it was counted, unless it is one of those that were taken off before. */
function writeExclusion(
  pipeline: Pipeline,
  { node, relationship: column, labels, condition, direction }: PhysicalCountExpand,
  { start, types }: ExpandLoop,
  relationship: number,
  before: readonly number[],
  left: number,
): void {
  const { code } = pipeline;
  pipeline.rowBlock(() => {
    const end = writeOtherEnd(pipeline, direction, relationship, start);
    for (const other of before) {
      code.get(relationship);
      code.get(other);
      code.op(op.OP_I32_EQ);
      code.brIf(pipeline.next);
    }
    if (types.length > 0) writeTypeTest(pipeline, types, relationship);
    for (const label of labels) requireLabel(pipeline, label, end);
    for (const [own, number] of [
      [node, end],
      [column, relationship],
    ] as const) {
      pipeline.columns.set(own.column, () => {
        code.get(number);
        code.op(op.OP_I64_EXTEND_I32_U);
        return typedOperand(own.type, keep(pipeline, "i64"), undefined);
      });
    }
    if (condition !== undefined) {
      pushCondition(pipeline, condition);
      code.op(op.OP_I32_EQZ);
      code.brIf(pipeline.next);
    }
    code.get(left);
    code.i32(1);
    code.op(op.OP_I32_SUB);
    code.set(left);
  });
}

/** A local with where a relationship leads from a node; goes to `next` if it is none of the node's in this direction. */
function writeOtherEnd(pipeline: Pipeline, direction: PhysicalCountExpand["direction"], relationship: number, node: number): number {
  const { code } = pipeline;
  const slot = code.local("i32");
  const end = code.local("i32");
  pushRelationshipSlot(pipeline, relationship);
  code.set(slot);
  const [near, far] = direction === "in" ? [RELATIONSHIP_END, RELATIONSHIP_START] : [RELATIONSHIP_START, RELATIONSHIP_END];
  const load = (offset: number): void => {
    code.get(slot);
    code.memory(op.OP_I32_LOAD, offset);
  };
  load(far);
  code.set(end);
  load(near);
  code.get(node);
  code.op(op.OP_I32_NE);
  if (direction !== "both") {
    code.brIf(pipeline.next);
    return end;
  }
  code.if();
  load(far);
  code.get(node);
  code.op(op.OP_I32_NE);
  code.brIf(pipeline.next);
  load(near);
  code.set(end);
  code.end();
  return end;
}

function writeTypeTest(pipeline: Pipeline, types: readonly number[], relationship: number): void {
  const { code } = pipeline;
  const type = code.local("i32");
  pushRelationshipSlot(pipeline, relationship);
  code.memory(op.OP_I32_LOAD, RELATIONSHIP_TYPE);
  code.i32(1);
  code.op(op.OP_I32_SUB);
  code.set(type);
  const wanted = code.block();
  for (const each of types) {
    code.get(type);
    code.get(each);
    code.op(op.OP_I32_EQ);
    code.brIf(wanted);
  }
  code.br(pipeline.next);
  code.end();
}
