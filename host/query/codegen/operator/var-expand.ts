/**
 * Paths of variable length: the engine walks (assembly/runtime/graph-walk.ts), the pipeline takes each end of a walk.
 *
 * 1. Cursors: what the walk has answered and the pipeline has not done with yet. The walk itself stands in the plan's memory.
 * 2. A condition on each step is the pipeline's: it asks it for every step and has the walk take back what is refused.
 */
import {
  DIRECTION_BOTH,
  DIRECTION_IN,
  DIRECTION_OUT,
  WALK_DONE,
  WALK_FOUND,
  WALK_LENGTH,
  WALK_MORE,
  WALK_NODE,
  WALK_REACHABLE,
  WALK_RELATIONSHIP,
  WALK_STEPS,
  WALK_USED,
} from "../../../../assembly/abi/graph.ts";
import { SLOT_ARRAY } from "../../../../assembly/abi/record.ts";
import { columnsUsed } from "../../physical/columns.ts";
import type { PhysicalVarExpand } from "../../physical/graph-operator.ts";
import type { ColumnId } from "../../plan/expression.ts";
import type { Direction } from "../../plan/graph-operator.ts";
import { combineFlags, pushCondition } from "../expression.ts";
import { requireLabel, typeList } from "../graph.ts";
import { keep } from "../inline.ts";
import * as op from "../opcodes.ts";
import { type Operand, pushPlace, typedOperand } from "../operand.ts";
import { type Pipeline, STATE } from "../pipeline.ts";
import type { Consume, PlanCode } from "../plan-code.ts";
import { nodeNumber } from "./expand.ts";

export const DIRECTIONS: Readonly<Record<Direction, number>> = { out: DIRECTION_OUT, in: DIRECTION_IN, both: DIRECTION_BOTH };
/** Pairs that a walk looks at, at most, before the budget is asked again. They are counted as work. */
const WALK_BUDGET = 1024;
export const ANY_LENGTH = -1;
const NOBODY = -1;

export function produceVarExpand(plan: PlanCode, expand: PhysicalVarExpand, needed: ReadonlySet<ColumnId>, consume: Consume): void {
  const { from, target, step, direction, minimum, maximum = ANY_LENGTH, reachable } = expand;
  const flags = (reachable ? WALK_REACHABLE : 0) | (step === undefined ? 0 : WALK_STEPS);
  const walk = plan.structure("walk_open", [DIRECTIONS[direction], minimum, maximum, flags]);
  const conditions = step === undefined ? [] : [step.condition];
  const used = columnsUsed([...(target.kind === "into" ? [from, target.node] : [from]), ...conditions], needed);
  used.delete(step?.relationship.column ?? -1);
  plan.produce(plan, expand.input, used, (pipeline) =>
    writeWalk(pipeline, expand, pipeline.stateLocal(walk, "i32"), () => consume(pipeline)),
  );
}

function writeWalk(pipeline: Pipeline, expand: PhysicalVarExpand, walk: number, consume: () => void): void {
  const { code, plan } = pipeline;
  const from = nodeNumber(pipeline, expand.from);
  const into = expand.target.kind === "into" ? nodeNumber(pipeline, expand.target.node) : undefined;
  const types = typeList(plan, expand.types);
  const begin = (): void => {
    code.get(walk);
    code.get(from.number);
    code.get(STATE);
    code.i32(types);
    code.op(op.OP_I32_ADD);
    if (into === undefined) code.i32(NOBODY);
    else code.get(into.number);
    pipeline.call("walk_begin", ["i32", "i32", "i32", "i32"], undefined);
  };
  walkLoop(pipeline, walk, "walk_next", into === undefined ? [from.operand] : [from.operand, into.operand], begin, () => {
    writeStep(pipeline, expand, walk);
    bindEnd(pipeline, expand, walk);
    consume();
  });
}

/** A level over what a walk or a search of the engine answers (`next`); nothing where one of its ends is NULL. */
export function walkLoop(
  pipeline: Pipeline,
  walk: number,
  next: string,
  ends: readonly Operand[],
  begin: () => void,
  body: () => void,
): void {
  const { code } = pipeline;
  const flag = combineFlags(pipeline, ends);
  const level = pipeline.level();
  /** WALK_FOUND: what was answered is not done with; WALK_MORE: the next is to be asked for; WALK_DONE. */
  const held = pipeline.cursor(level, "i32");
  pipeline.enter(level, () => {
    code.i32(flag === undefined ? WALK_MORE : WALK_DONE);
    code.set(held);
    if (flag === undefined) {
      begin();
      return;
    }
    pushPlace(code, flag);
    pipeline.branch(() => {
      begin();
      code.i32(WALK_MORE);
      code.set(held);
    });
  });
  const done = code.block();
  const again = code.loop();
  code.get(held);
  code.op(op.OP_I32_EQZ);
  code.brIf(done);
  pipeline.spend(level);
  code.get(held);
  code.i32(WALK_MORE);
  code.op(op.OP_I32_EQ);
  code.if();
  code.get(walk);
  code.i32(WALK_BUDGET);
  pipeline.call(next, ["i32", "i32"], "i32");
  code.set(held);
  pipeline.charge(() => pushWalk(pipeline, walk, WALK_USED, op.OP_I32_LOAD));
  pipeline.checkError();
  code.get(held);
  code.i32(WALK_FOUND);
  code.op(op.OP_I32_NE);
  code.brIf(again);
  code.end();
  pipeline.rowBlock(body);
  code.i32(WALK_MORE);
  code.set(held);
  code.br(again);
  code.end();
  code.end();
}

/** Pushes a u32 of the walk. */
function pushWalk(pipeline: Pipeline, walk: number, offset: number, load: number): void {
  pipeline.code.get(walk);
  pipeline.code.memory(load, offset);
}

/** Drops the end at hand unless the condition on its last step is true and it is far enough. */
function writeStep(pipeline: Pipeline, { step, minimum, reachable, target }: PhysicalVarExpand, walk: number): void {
  const { code } = pipeline;
  if (step === undefined) return;
  const { relationship, condition } = step;
  const length = code.local("i32");
  pushWalk(pipeline, walk, WALK_LENGTH, op.OP_I32_LOAD);
  code.set(length);
  code.get(length);
  pipeline.branch(() => {
    pipeline.columns.set(relationship.column, () => {
      pushWalk(pipeline, walk, WALK_RELATIONSHIP, op.OP_I64_LOAD32_U);
      return typedOperand(relationship.type, keep(pipeline, "i64"), undefined);
    });
    pushCondition(pipeline, condition);
    code.op(op.OP_I32_EQZ);
    code.if();
    code.get(walk);
    pipeline.call("walk_drop", ["i32"], undefined);
    code.br(pipeline.next);
    code.end();
    pipeline.columns.delete(relationship.column);
  });
  code.get(length);
  code.i32(minimum);
  code.op(op.OP_I32_LT_U);
  code.brIf(pipeline.next);
  if (target.kind === "into") {
    const wanted = nodeNumber(pipeline, target.node);
    pushWalk(pipeline, walk, WALK_NODE, op.OP_I32_LOAD);
    code.get(wanted.number);
    code.op(op.OP_I32_NE);
    code.brIf(pipeline.next);
  }
  if (!reachable) return;
  pipeline.ifFresh(() => {
    code.get(walk);
    pipeline.call("walk_first", ["i32"], "i32");
    pipeline.checkError();
    code.op(op.OP_I32_EQZ);
    code.brIf(pipeline.next);
  });
}

function bindEnd(pipeline: Pipeline, { target, relationships }: PhysicalVarExpand, walk: number): void {
  const { code } = pipeline;
  if (target.kind === "new") {
    const { node, labels } = target;
    if (labels.length > 0) {
      const number = code.local("i32");
      pushWalk(pipeline, walk, WALK_NODE, op.OP_I32_LOAD);
      code.set(number);
      for (const label of labels) requireLabel(pipeline, label, number);
    }
    pipeline.columns.set(node.column, () => {
      pushWalk(pipeline, walk, WALK_NODE, op.OP_I64_LOAD32_U);
      return typedOperand(node.type, keep(pipeline, "i64"), undefined);
    });
  }
  pipeline.columns.set(relationships.column, () => listOperand(pipeline, "walk_list", walk));
}

/** The list of relationships that an engine function makes of a walk or a path. */
export function listOperand(pipeline: Pipeline, name: string, walk: number): Operand {
  const { code } = pipeline;
  pipeline.allocates = true;
  code.get(walk);
  pipeline.call(name, ["i32"], "i64");
  const value = keep(pipeline, "i64");
  pipeline.checkError();
  return { machine: "word", slot: SLOT_ARRAY, value, flag: undefined };
}
