/**
 * Expand: a loop over the pairs of a node, block by block, inside of the pipeline that brings the node.
 *
 * 1. Cursors: the block at hand (0: none is left), the pair at hand (0: a block has not been opened yet), where runs of several types
 *    are gone through the run, and in both directions which of them it is.
 * 2. `into` a known node goes through the pairs of the end that has fewer and keeps those of the other end.
 * 3. `optional` has one more turn of the loop, with the pair 0, where no pair was kept: the consumer's code is written once.
 *
 * Work is counted by blocks: a block has at most some five hundred pairs.
 */
import {
  ADJACENCY_BLOCK,
  ADJACENCY_COUNT,
  ADJACENCY_PAIRS,
  ADJACENCY_RUN,
  ADJACENCY_TYPE,
  DIRECTION_BOTH,
  DIRECTION_IN,
  DIRECTION_OUT,
  NODE_IN,
  NODE_IN_DEGREE,
  NODE_OUT,
  NODE_OUT_DEGREE,
  PAIR_BYTES,
  PAIR_NEIGHBOUR,
  PAIR_RELATIONSHIP,
} from "../../../../assembly/abi/graph.ts";
import { columnsUsed } from "../../physical/columns.ts";
import type { PhysicalExpand } from "../../physical/graph-operator.ts";
import type { BoundExpression, ColumnId } from "../../plan/expression.ts";
import type { Direction } from "../../plan/graph-operator.ts";
import { combineFlags, compileExpression, notCompiled } from "../expression.ts";
import { pushName, pushNodeSlot, requireLabel, typeNumber, writeTold } from "../graph.ts";
import { keep } from "../inline.ts";
import * as op from "../opcodes.ts";
import { type Operand, type Place, pushPlace, typedOperand } from "../operand.ts";
import type { Level, Pipeline } from "../pipeline.ts";
import type { Consume, PlanCode } from "../plan-code.ts";

const PAIR_SHIFT = Math.log2(PAIR_BYTES);
const DIRECTIONS: Readonly<Record<Direction, number>> = { out: DIRECTION_OUT, in: DIRECTION_IN, both: DIRECTION_BOTH };
const HEADS: Readonly<Record<"out" | "in", { readonly head: number; readonly degree: number }>> = {
  out: { head: NODE_OUT, degree: NODE_OUT_DEGREE },
  in: { head: NODE_IN, degree: NODE_IN_DEGREE },
};

export function produceExpand(plan: PlanCode, expand: PhysicalExpand, needed: ReadonlySet<ColumnId>, consume: Consume): void {
  const { from, target } = expand;
  const used = columnsUsed(target.kind === "into" ? [from, target.node] : [from], needed);
  plan.produce(plan, expand.input, used, (pipeline) => writeExpand(pipeline, expand, () => consume(pipeline)));
}

/** A node as an i32 local. */
export function nodeNumber(pipeline: Pipeline, expression: BoundExpression): { readonly number: number; readonly operand: Operand } {
  const operand = compileExpression(pipeline, expression);
  if (expression.type.name !== "node") throw notCompiled("an expand of what may be no node");
  const { code } = pipeline;
  const number = code.local("i32");
  pushPlace(code, operand.value);
  code.op(op.OP_I32_WRAP_I64);
  code.set(number);
  return { number, operand };
}

/** Locals of an expand. */
export interface ExpandLoop {
  readonly level: Level;
  readonly block: number;
  readonly pair: number;
  /** The first block of the run at hand; undefined where there is one type. */
  readonly run: number | undefined;
  /** 1 in the second direction; undefined where there is one direction. */
  readonly second: number | undefined;
  /** 1 once a pair was kept; undefined unless the expand is optional. */
  readonly found: number | undefined;
  /** Numbers of types: none for all. */
  readonly types: readonly number[];
  /** The node whose pairs are gone through, and the one that is wanted at the other end. */
  readonly start: number;
  readonly wanted: number | undefined;
  /** 1 where the two ends are exchanged. */
  readonly swapped: number | undefined;
}

export function openLoop(pipeline: Pipeline, { types, direction, optional, target }: PhysicalExpand): ExpandLoop {
  const { code } = pipeline;
  const level = pipeline.level();
  const cursor = (): number => pipeline.cursor(level, "i32");
  const into = target.kind === "into";
  return {
    level,
    block: cursor(),
    pair: cursor(),
    run: types.length === 1 ? undefined : cursor(),
    second: direction === "both" ? cursor() : undefined,
    found: optional ? cursor() : undefined,
    types: types.map((name) => typeNumber(pipeline, name)),
    start: code.local("i32"),
    wanted: into ? code.local("i32") : undefined,
    swapped: into ? code.local("i32") : undefined,
  };
}

function writeExpand(pipeline: Pipeline, expand: PhysicalExpand, consume: () => void): void {
  const { code } = pipeline;
  const { target, direction } = expand;
  const from = nodeNumber(pipeline, expand.from);
  const into = target.kind === "into" ? nodeNumber(pipeline, target.node) : undefined;
  const flag = combineFlags(pipeline, into === undefined ? [from.operand] : [from.operand, into.operand]);
  const loop = openLoop(pipeline, expand);
  setEnds(pipeline, loop, direction, from.number, into?.number, flag);
  pipeline.enter(loop.level, () => {
    for (const local of [loop.pair, loop.block, loop.run, loop.second, loop.found]) {
      if (local === undefined) continue;
      code.i32(0);
      code.set(local);
    }
    const begin = (): void => {
      tellPairs(pipeline, loop, expand);
      findRun(pipeline, loop, () => pushHead(pipeline, loop, direction));
    };
    if (flag === undefined) {
      begin();
      return;
    }
    pushPlace(code, flag);
    pipeline.branch(begin);
  });
  writeBlocks(pipeline, loop, expand, flag, consume);
}

/** Tells that the pairs of the node are read; of ends that may have been exchanged, in both directions. */
export function tellPairs(pipeline: Pipeline, { start, swapped }: ExpandLoop, { direction, types }: TellingExpand): void {
  const { code } = pipeline;
  writeTold(pipeline, () => {
    for (const type of types.length > 0 ? types : [undefined]) {
      code.get(start);
      code.i32(swapped === undefined ? DIRECTIONS[direction] : DIRECTIONS.both);
      pushName(pipeline, type);
      pipeline.call("track_pairs", ["i32", "i32", "i64"], undefined);
    }
  });
}

type TellingExpand = Pick<PhysicalExpand, "direction" | "types">;

/** Sets the ends: those of `into` are exchanged where the wanted node has fewer pairs. */
function setEnds(
  pipeline: Pipeline,
  { start, wanted, swapped }: ExpandLoop,
  direction: Direction,
  from: number,
  into: number | undefined,
  flag: Place | undefined,
): void {
  const { code } = pipeline;
  code.get(from);
  code.set(start);
  if (into === undefined || wanted === undefined || swapped === undefined) return;
  const choose = (): void => {
    pushDegree(pipeline, into, direction === "both" ? ["out", "in"] : [direction === "out" ? "in" : "out"]);
    pushDegree(pipeline, from, direction === "both" ? ["out", "in"] : [direction]);
    code.op(op.OP_I32_LT_U);
    code.set(swapped);
  };
  code.i32(0);
  code.set(swapped);
  if (flag === undefined) choose();
  else {
    pushPlace(code, flag);
    pipeline.branch(choose);
  }
  for (const [local, first, second] of [
    [start, into, from],
    [wanted, from, into],
  ] as const) {
    code.get(first);
    code.get(second);
    code.get(swapped);
    code.op(op.OP_SELECT);
    code.set(local);
  }
}

/** Pushes how many pairs a node has in these directions. */
function pushDegree(pipeline: Pipeline, number: number, directions: readonly ("out" | "in")[]): void {
  const { code } = pipeline;
  directions.forEach((direction, index) => {
    pushNodeSlot(pipeline, number);
    code.memory(op.OP_I32_LOAD, HEADS[direction].degree);
    if (index > 0) code.op(op.OP_I32_ADD);
  });
}

/** Pushes the first run of the direction at hand: of exchanged ends the other one. */
export function pushHead(pipeline: Pipeline, loop: ExpandLoop, direction: Direction): void {
  const { code } = pipeline;
  const first = direction === "in" ? "in" : "out";
  // Both directions of exchanged ends are the same two.
  const other = direction === "both" ? loop.second : loop.swapped;
  if (other === undefined) {
    pushNodeSlot(pipeline, loop.start);
    code.memory(op.OP_I32_LOAD, HEADS[first].head);
    return;
  }
  pushNodeSlot(pipeline, loop.start);
  code.i32(HEADS[first === "out" ? "in" : "out"].head);
  code.i32(HEADS[first].head);
  code.get(other);
  code.op(op.OP_SELECT);
  code.op(op.OP_I32_ADD);
  code.memory(op.OP_I32_LOAD, 0);
}

/** Sets the block (and the run) to the first run of a wanted type from the pushed one on, 0 if there is none. */
export function findRun(pipeline: Pipeline, { block, run, types }: ExpandLoop, push: () => void): void {
  const { code } = pipeline;
  push();
  code.set(block);
  if (types.length > 0) {
    const done = code.block();
    const again = code.loop();
    code.get(block);
    code.op(op.OP_I32_EQZ);
    code.brIf(done);
    const type = code.local("i32");
    code.get(block);
    code.memory(op.OP_I32_LOAD16_U, ADJACENCY_TYPE);
    code.set(type);
    for (const wanted of types) {
      code.get(type);
      code.get(wanted);
      code.op(op.OP_I32_EQ);
      code.brIf(done);
    }
    code.get(block);
    code.memory(op.OP_I32_LOAD, ADJACENCY_RUN);
    code.set(block);
    code.br(again);
    code.end();
    code.end();
  }
  if (run === undefined) return;
  code.get(block);
  code.set(run);
}

/** The loop over blocks and, inside of it, over pairs. */
export function writeBlocks(
  pipeline: Pipeline,
  loop: ExpandLoop,
  { direction, relationship, target }: PhysicalExpand,
  flag: Place | undefined,
  consume: () => void,
): void {
  const { code } = pipeline;
  const { block, pair, found } = loop;
  const end = code.local("i32");
  const neighbour = code.local("i32");
  const done = code.block();
  const blocks = code.loop();
  code.get(block);
  code.if();
  openBlock(pipeline, block, pair, end);
  code.else();
  writeExhausted(pipeline, loop, direction, flag, end, done, blocks);
  code.end();
  const last = pipeline.spendRun(loop.level, pair, end, PAIR_SHIFT);
  const pairs = code.loop();
  pipeline.rowBlock(() => {
    const test = (): void => writeTests(pipeline, loop, target.kind === "new" ? target.labels : [], neighbour);
    if (found === undefined) test();
    else {
      code.get(pair);
      pipeline.branch(() => {
        test();
        code.i32(1);
        code.set(found);
      });
    }
    const isThere = found === undefined ? undefined : presence(pipeline, pair);
    if (target.kind === "new") {
      const { column, type } = target.node;
      pipeline.columns.set(column, () => {
        code.get(neighbour);
        code.op(op.OP_I64_EXTEND_I32_U);
        return typedOperand(type, keep(pipeline, "i64"), isThere);
      });
    }
    pipeline.columns.set(relationship.column, () => {
      code.get(pair);
      code.memory(op.OP_I64_LOAD32_U, PAIR_RELATIONSHIP);
      return typedOperand(relationship.type, keep(pipeline, "i64"), isThere);
    });
    consume();
  });
  if (found !== undefined) {
    code.get(pair);
    code.op(op.OP_I32_EQZ);
    code.brIf(done);
  }
  code.get(pair);
  code.i32(PAIR_BYTES);
  code.op(op.OP_I32_ADD);
  code.set(pair);
  code.get(pair);
  code.get(end);
  code.op(op.OP_I32_LT_U);
  code.brIf(pairs);
  code.end();
  code.get(pair);
  code.get(last);
  code.op(op.OP_I32_LT_U);
  code.brIf(blocks);
  leaveBlock(pipeline, loop);
  code.br(blocks);
  code.end();
  code.end();
}

/** Where it is said that the pair is there: a flag is 1 or 0. */
function presence(pipeline: Pipeline, pair: number): Place {
  pipeline.code.get(pair);
  pipeline.code.i32(0);
  pipeline.code.op(op.OP_I32_NE);
  return keep(pipeline, "i32");
}

/** Sets the end of a block's pairs, and the pair at hand to the first unless there is one. */
function openBlock(pipeline: Pipeline, block: number, pair: number, end: number): void {
  const { code } = pipeline;
  const first = code.local("i32");
  code.get(block);
  code.i32(ADJACENCY_PAIRS);
  code.op(op.OP_I32_ADD);
  code.set(first);
  code.get(pair);
  code.get(first);
  code.get(pair);
  code.op(op.OP_SELECT);
  code.set(pair);
  code.get(first);
  code.get(block);
  code.memory(op.OP_I32_LOAD16_U, ADJACENCY_COUNT);
  code.i32(PAIR_SHIFT);
  code.op(op.OP_I32_SHL);
  code.op(op.OP_I32_ADD);
  code.set(end);
}

/** No block is left: the other direction comes, or the row without a pair, or the end. */
function writeExhausted(
  pipeline: Pipeline,
  loop: ExpandLoop,
  direction: Direction,
  flag: Place | undefined,
  end: number,
  done: number,
  blocks: number,
): void {
  const { code } = pipeline;
  const { second, found, pair } = loop;
  if (second !== undefined) {
    code.get(second);
    code.op(op.OP_I32_EQZ);
    if (flag !== undefined) {
      pushPlace(code, flag);
      code.op(op.OP_I32_AND);
    }
    code.if();
    code.i32(1);
    code.set(second);
    findRun(pipeline, loop, () => pushHead(pipeline, loop, direction));
    code.br(blocks);
    code.end();
  }
  if (found === undefined) {
    code.br(done);
    return;
  }
  code.get(found);
  code.brIf(done);
  for (const local of [pair, end]) {
    code.i32(0);
    code.set(local);
  }
}

/** Drops the pair at hand unless it is wanted. */
function writeTests(pipeline: Pipeline, { pair, start, second, wanted }: ExpandLoop, labels: readonly string[], neighbour: number): void {
  const { code } = pipeline;
  code.get(pair);
  code.memory(op.OP_I32_LOAD, PAIR_NEIGHBOUR);
  code.set(neighbour);
  if (second !== undefined) {
    // Loops have come in the first direction.
    code.get(neighbour);
    code.get(start);
    code.op(op.OP_I32_EQ);
    code.get(second);
    code.op(op.OP_I32_AND);
    code.brIf(pipeline.next);
  }
  if (wanted !== undefined) {
    code.get(neighbour);
    code.get(wanted);
    code.op(op.OP_I32_NE);
    code.brIf(pipeline.next);
  }
  for (const label of labels) requireLabel(pipeline, label, neighbour);
}

/** Goes to the next block of the run, or of the next run of a wanted type. */
function leaveBlock(pipeline: Pipeline, loop: ExpandLoop): void {
  const { code } = pipeline;
  const { block, pair, run } = loop;
  code.i32(0);
  code.set(pair);
  code.get(block);
  code.memory(op.OP_I32_LOAD, ADJACENCY_BLOCK);
  code.set(block);
  if (run === undefined) return;
  code.get(block);
  code.op(op.OP_I32_EQZ);
  code.if();
  findRun(pipeline, loop, () => {
    code.get(run);
    code.memory(op.OP_I32_LOAD, ADJACENCY_RUN);
  });
  code.end();
}
