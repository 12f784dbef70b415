/**
 * Conditions on a node that an expand has reached: what they ask of a node is the same whichever relationship leads to it, and nodes that
 * many relationships lead to are reached again and again. So what a condition has said of a node is remembered, a byte for each: to look
 * at it costs a load that is mostly in the cache, where the node's properties are two or three that are mostly not.
 *
 * Only from the REMEMBER_MIN-th node on, so that small queries pay nothing.
 */

import { columnsUsed } from "../physical/columns.ts";
import type { BoundExpression } from "../plan/expression.ts";
import { isVolatile } from "../plan/walk.ts";
import { pushCondition } from "./expression.ts";
import * as op from "./opcodes.ts";
import { pushPlace } from "./operand.ts";
import type { Pipeline } from "./pipeline.ts";

const REMEMBER_MIN = 4096;
/** Nodes of a chunk of bytes, as a shift (MARKS_SHIFT of assembly/runtime/graph-plan.ts). */
const CHUNK_SHIFT = 12;

/** The node's column, if a condition is worth remembering: it reads properties, of one node that is not at hand, and nothing else. */
function nodeOf(pipeline: Pipeline, condition: BoundExpression): number | undefined {
  const columns = columnsUsed([condition]);
  const [column] = columns;
  if (columns.size !== 1 || column === undefined || pipeline.entities.has(column) || isVolatile(condition)) return undefined;
  return readsProperties(condition, column) ? column : undefined;
}

/** Whether a condition is made of calls on properties of a node and constants. */
function readsProperties(expression: BoundExpression, node: number): boolean {
  switch (expression.kind) {
    case "BoundProperty":
      return expression.operand.kind === "BoundColumn" && expression.operand.column === node && expression.operand.type.name === "node";
    case "BoundCall":
      return (
        expression.arguments.some((argument) => readsProperties(argument, node)) &&
        expression.arguments.every((argument) => isPlain(argument))
      );
    case "BoundIsNull":
      return readsProperties(expression.operand, node);
    default:
      return false;
  }
}

function isPlain(expression: BoundExpression): boolean {
  switch (expression.kind) {
    case "BoundConstant":
    case "BoundLiteral":
    case "BoundParameter":
      return true;
    case "BoundProperty":
      return expression.operand.kind === "BoundColumn";
    case "BoundCall":
      return expression.arguments.every(isPlain);
    default:
      return false;
  }
}

/** Drops the row at hand unless a condition on a reached node is true; false: it is no such condition, and nothing is written. */
export function filterNode(pipeline: Pipeline, condition: BoundExpression): boolean {
  const column = nodeOf(pipeline, condition);
  if (column === undefined) return false;
  const operand = pipeline.column(column);
  if (operand.flag !== undefined || operand.machine !== "i64") return false;
  const { code, plan } = pipeline;
  const marks = pipeline.stateLocal(plan.rootStructure("marks_open", []), "i32");
  const seen = pipeline.accumulator(plan.counter("i32"), "i32");
  const number = code.local("i32");
  const mark = code.local("i32");
  const known = code.local("i32");
  pushPlace(code, operand.value);
  code.op(op.OP_I32_WRAP_I64);
  code.set(number);
  code.i32(0);
  code.set(mark);
  const done = code.block();
  code.get(seen);
  code.i32(REMEMBER_MIN);
  code.op(op.OP_I32_GE_U);
  code.if();
  findMark(pipeline, marks, number, mark);
  code.get(mark);
  code.memory(op.OP_I32_LOAD8_U, 0);
  code.set(known);
  // 1: false, 2: true.
  code.get(known);
  code.i32(2);
  code.op(op.OP_I32_EQ);
  code.brIf(done);
  code.get(known);
  code.brIf(pipeline.next);
  code.else();
  code.get(seen);
  code.i32(1);
  code.op(op.OP_I32_ADD);
  code.set(seen);
  code.end();
  pipeline.scoped(() => pushCondition(pipeline, condition));
  code.set(known);
  code.get(mark);
  code.if();
  code.get(mark);
  code.get(known);
  code.i32(1);
  code.op(op.OP_I32_ADD);
  code.memory(op.OP_I32_STORE8, 0);
  code.end();
  code.get(known);
  code.op(op.OP_I32_EQZ);
  code.brIf(pipeline.next);
  code.end();
  return true;
}

/** Sets `mark` to the address of a node's byte: `number` (or where its bytes begin) counts them. Fails without memory. */
export function findMark(pipeline: Pipeline, marks: number, number: number, mark: number): void {
  const { code } = pipeline;
  code.get(marks);
  code.memory(op.OP_I32_LOAD, 0);
  code.get(number);
  code.i32(CHUNK_SHIFT);
  code.op(op.OP_I32_SHR_U);
  code.i32(2);
  code.op(op.OP_I32_SHL);
  code.op(op.OP_I32_ADD);
  code.memory(op.OP_I32_LOAD, 0);
  code.set(mark);
  code.get(mark);
  code.op(op.OP_I32_EQZ);
  code.if();
  code.get(marks);
  code.get(number);
  pipeline.call("marks_chunk", ["i32", "i32"], "i32");
  code.set(mark);
  code.get(mark);
  code.op(op.OP_I32_EQZ);
  code.brIf(pipeline.fail);
  code.end();
  code.get(mark);
  code.get(number);
  code.i32((1 << CHUNK_SHIFT) - 1);
  code.op(op.OP_I32_AND);
  code.op(op.OP_I32_ADD);
  code.set(mark);
}
