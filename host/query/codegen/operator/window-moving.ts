/**
 * Counts and sums of integers over frames of ROWS that move: rows are added as the frame's end reaches them, and taken away as its begin
 * leaves them, so that each is looked at twice at most.
 *
 * The pass before has written the address of the partition's first tuple into each tuple. Each turn of the loop adds one row, takes one
 * away, or writes the result of one, and may stop there.
 */
import { SORT_COUNT } from "../../../../assembly/abi/plan.ts";
import {
  RUNTIME_ERROR_FRAME_END_NEGATIVE,
  RUNTIME_ERROR_FRAME_END_NULL,
  RUNTIME_ERROR_FRAME_START_NEGATIVE,
  RUNTIME_ERROR_FRAME_START_NULL,
} from "../../../../assembly/abi/runtime-error.ts";
import type { Implementation } from "../../function/entry.ts";
import { engine, inline } from "../../function/row.ts";
import type { PhysicalAggregateItem, PhysicalWindowItem } from "../../physical/operator.ts";
import type { WindowBound } from "../../plan/operator.ts";
import { compileExpression, notCompiled } from "../expression.ts";
import * as op from "../opcodes.ts";
import { pushPlace } from "../operand.ts";
import { type Pipeline, STATE } from "../pipeline.ts";
import { type Field, storeField } from "../tuple.ts";
import { memoryState, prepareSteps, pushStateAddress, writeFinish, writeStep } from "./aggregate.ts";
import { loadElement, type SortedTuples, showColumns } from "./sort.ts";

/** How a step that adds a value is written here, and what takes one away. */
const INVERSES: ReadonlyMap<string, readonly [add: Implementation, remove: Implementation]> = new Map([
  ["count", [inline("count"), inline("count_back")]],
  ["sum_bigint", [inline("sum_counted"), inline("sum_back")]],
  ["bigint_sum_step", [engine("bigint_sum_step", { fails: true }), engine("bigint_sum_unstep", { fails: true })]],
]);

/** Longer distances than there can be rows. */
const FAR = 2n ** 40n;

/** The pass for one function, whose results go to `field`. */
export function writeMoving(
  pipeline: Pipeline,
  sorted: SortedTuples,
  links: Field,
  { item, field, state }: { readonly item: PhysicalWindowItem; readonly field: Field; readonly state: number },
): void {
  const { code } = pipeline;
  const { moving, function: made } = item;
  const steps = made.kind === "aggregate" ? INVERSES.get(made.aggregate.step.name) : undefined;
  if (moving === undefined || made.kind !== "aggregate" || steps === undefined) throw notCompiled("a frame that moves");
  const sorter = pipeline.stateLocal(sorted.sorter, "i32");
  const show = showColumns(sorted);
  const level = pipeline.level();
  const [row, start, end, part] = [0, 0, 0, 0].map(() => pipeline.cursor(level, "i32")) as [number, number, number, number];
  const [tuple, other, own] = [0, 0, 0].map(() => code.local("i32")) as [number, number, number];
  pipeline.enter(level, () => {
    for (const { local } of level.cursors) set(pipeline, local, () => code.i32(0));
  });
  const loop = code.loop();
  pipeline.spend(level);
  code.get(row);
  pushCount(pipeline, sorter);
  code.op(op.OP_I32_GE_U);
  code.brIf(pipeline.finish);
  loadElement(pipeline, sorter, row, tuple);
  set(pipeline, own, () => pushPart(pipeline, tuple, links));
  code.get(own);
  code.get(part);
  code.op(op.OP_I32_NE);
  pipeline.branch(() => {
    set(pipeline, part, () => code.get(own));
    for (const edge of [start, end]) set(pipeline, edge, () => code.get(row));
    for (let slot = 0; slot < Math.max(1, made.aggregate.stateSlots); slot++) {
      code.get(STATE);
      code.i64(0n);
      code.memory(op.OP_I64_STORE, state + 8 * slot);
    }
  });
  /** Takes the row at `edge` with a step, and goes on with the loop. */
  const take = (edge: number, step: Implementation): void => {
    pipeline.scoped(() => {
      show(pipeline, other);
      const taken: PhysicalAggregateItem = { ...item, aggregate: { ...made.aggregate, step }, distinct: false };
      const [prepared] = prepareSteps(pipeline, [taken]);
      const access = memoryState(pipeline, STATE, state);
      writeStep(pipeline, taken, prepared as NonNullable<typeof prepared>, access, () => pushStateAddress(pipeline, state), undefined);
    });
    increment(pipeline, edge);
    code.br(loop);
  };
  const whole = code.block();
  code.get(end);
  pushCount(pipeline, sorter);
  code.op(op.OP_I32_GE_U);
  code.brIf(whole);
  leaveUnlessBefore(pipeline, end, row, moving.end, "end", whole);
  loadElement(pipeline, sorter, end, other);
  pushPart(pipeline, other, links);
  code.get(part);
  code.op(op.OP_I32_NE);
  code.brIf(whole);
  take(end, steps[0]);
  code.end();
  const exact = code.block();
  code.get(start);
  code.get(end);
  code.op(op.OP_I32_GE_U);
  code.brIf(exact);
  leaveUnlessBefore(pipeline, start, row, moving.start, "start", exact);
  loadElement(pipeline, sorter, start, other);
  take(start, steps[1]);
  code.end();
  pipeline.scoped(() => {
    const access = memoryState(pipeline, STATE, state);
    storeField(
      pipeline,
      tuple,
      field,
      writeFinish(pipeline, made.aggregate, access, () => pushStateAddress(pipeline, state)),
    );
  });
  increment(pipeline, row);
  code.br(loop);
  code.end();
}

function set({ code }: Pipeline, local: number, push: () => void): void {
  push();
  code.set(local);
}

function increment(pipeline: Pipeline, local: number): void {
  const { code } = pipeline;
  set(pipeline, local, () => {
    code.get(local);
    code.i32(1);
    code.op(op.OP_I32_ADD);
  });
}

function pushCount({ code }: Pipeline, sorter: number): void {
  code.get(sorter);
  code.memory(op.OP_I32_LOAD, SORT_COUNT);
}

/** The address of the first tuple of a tuple's partition. */
function pushPart({ code }: Pipeline, tuple: number, links: Field): void {
  code.get(tuple);
  code.memory(op.OP_I32_LOAD, links.offset);
}

/** Goes to `leave` unless the row numbered `edge` is before where the frame of `row` begins, or not behind where it ends. */
function leaveUnlessBefore(pipeline: Pipeline, edge: number, row: number, bound: WindowBound, side: "start" | "end", leave: number): void {
  const { code } = pipeline;
  if (bound.kind === "unbounded") {
    if (side === "start") code.br(leave);
    return;
  }
  code.get(edge);
  code.op(op.OP_I64_EXTEND_I32_U);
  code.get(row);
  code.op(op.OP_I64_EXTEND_I32_U);
  if (bound.kind !== "current") {
    pushDistance(pipeline, bound.offset, side);
    code.op(bound.kind === "preceding" ? op.OP_I64_SUB : op.OP_I64_ADD);
  }
  code.op(side === "start" ? op.OP_I64_GE_S : op.OP_I64_GT_S);
  code.brIf(leave);
}

const ERRORS = {
  start: [RUNTIME_ERROR_FRAME_START_NULL, RUNTIME_ERROR_FRAME_START_NEGATIVE],
  end: [RUNTIME_ERROR_FRAME_END_NULL, RUNTIME_ERROR_FRAME_END_NEGATIVE],
} as const;

/** Pushes how many rows away a bound is. */
function pushDistance(pipeline: Pipeline, offset: Parameters<typeof compileExpression>[1], side: "start" | "end"): void {
  const { code } = pipeline;
  const [isNull, isNegative] = ERRORS[side];
  const distance = code.local("i64");
  pipeline.scoped(() => {
    const { value, flag } = compileExpression(pipeline, offset);
    if (flag !== undefined) {
      pushPlace(code, flag);
      code.op(op.OP_I32_EQZ);
      pipeline.branch(() => pipeline.raise(isNull));
    }
    set(pipeline, distance, () => pushPlace(code, value));
  });
  code.get(distance);
  code.i64(0n);
  code.op(op.OP_I64_LT_S);
  pipeline.branch(() => pipeline.raise(isNegative));
  code.get(distance);
  code.i64(FAR);
  code.get(distance);
  code.i64(FAR);
  code.op(op.OP_I64_LT_S);
  code.op(op.OP_SELECT);
}
