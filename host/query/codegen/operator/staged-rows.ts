/**
 * Rows of a chunk that meet conditions: those are computed without branches for a batch of rows, whose survivors are noted down
 * and go on from there.
 *
 * A branch that is guessed wrong costs as much as several comparisons (Ross, "Selection conditions in main memory", 2004). So where a
 * fair part of the last batch was dropped and another was kept, the next one is staged; else each row is tested as it comes.
 * A condition that cannot be decided without branches (a dynamic value that is no plain number) lets the row pass and has the
 * batch's rows tested again.
 */
import { ROW_BYTES } from "../../../../assembly/abi/record.ts";
import { conjunctsOf } from "../../optimizer/predicate.ts";
import type { PhysicalScan } from "../../physical/operator.ts";
import type { BoundExpression } from "../../plan/expression.ts";
import { filterRow, isBranchless, pushBranchless } from "../expression.ts";
import * as op from "../opcodes.ts";
import { type Pipeline, STATE } from "../pipeline.ts";
import { loadPresent, ROW_SHIFT } from "./row-place.ts";
import type { ScanRow } from "./scan.ts";

/** Rows of a batch: their addresses take 1 KiB of the state block. */
const BATCH_ROWS = 256;
/** A batch is staged if of the one before it more than one row in four was kept, and as many dropped. */
const MIXED_SHIFT = 2;

/** Conditions at the front of a filter that can be staged. (Those behind one that cannot are left: it may fail where they do not hold.) */
export function stagedConditions(scan: PhysicalScan, predicate: BoundExpression): readonly BoundExpression[] {
  if (scan.access !== undefined) return [];
  const columns = new Set(
    scan.columns.filter(({ source }) => source.kind === "column" || source.kind === "path").map(({ column }) => column),
  );
  const conditions = conjunctsOf(predicate);
  const end = conditions.findIndex((condition) => !isBranchless(condition, (column) => columns.has(column)));
  return end < 0 ? conditions : conditions.slice(0, end);
}

/** Elements of a run, in locals: the one at hand, where they end, and from which entry on they are looked at more closely. */
export interface Run {
  readonly end: number;
  readonly entries: number;
}

export interface StagedRows {
  /** Makes the columns those of the row that is probed; their code sets `isOpen` to 1 where they do not do. */
  readonly openProbe: (isOpen: number) => void;
  /** Pushes 0 where the conditions are known not to hold since a field is NULL. */
  readonly pushNoNull: () => void;
  /** Makes them those of the row at hand. */
  readonly open: () => void;
  readonly consume: () => void;
}

/** Loops over the rows of a run. `row` is the row at hand, `probe` has locals for the one that is probed. */
export function writeStaged(
  pipeline: Pipeline,
  run: Run,
  row: ScanRow,
  probe: ScanRow,
  conditions: readonly BoundExpression[],
  rows: StagedRows,
): void {
  const { code } = pipeline;
  const { element } = row;
  const [start, end, count, index, kept, doubt, isStaged] = Array.from({ length: 7 }, () => code.local("i32")) as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const staged = pipeline.plan.state.take(4 * BATCH_ROWS);
  const batches = code.loop();
  code.get(element);
  code.set(start);
  pushLesser(pipeline, run.end, () => {
    code.get(start);
    code.i32(BATCH_ROWS * ROW_BYTES);
    code.op(op.OP_I32_ADD);
  });
  code.set(end);
  code.get(isStaged);
  code.if();
  code.i32(0);
  code.set(doubt);
  probeRows(pipeline, { start, end, count, doubt, entries: run.entries, staged }, probe, conditions, rows);
  code.else();
  code.i32(1);
  code.set(doubt);
  pushRows(pipeline, start, end);
  code.set(count);
  code.end();
  for (const local of [index, kept]) {
    code.i32(0);
    code.set(local);
  }
  const done = code.block();
  const each = code.loop();
  code.get(index);
  code.get(count);
  code.op(op.OP_I32_GE_U);
  code.brIf(done);
  code.get(isStaged);
  code.if("i32");
  pushStaged(pipeline, index);
  code.memory(op.OP_I32_LOAD, staged);
  code.else();
  code.get(start);
  code.get(index);
  code.i32(ROW_SHIFT);
  code.op(op.OP_I32_SHL);
  code.op(op.OP_I32_ADD);
  code.end();
  code.set(element);
  increment(pipeline, index, () => code.i32(1));
  pipeline.rowBlock(() => {
    loadPresent(pipeline, row, run.entries);
    rows.open();
    code.get(doubt);
    pipeline.branch(() => {
      for (const condition of conditions) filterRow(pipeline, condition);
    });
    increment(pipeline, kept, () => code.i32(1));
    rows.consume();
  });
  pipeline.releaseRow();
  code.br(each);
  code.end();
  code.end();
  writeGuess(pipeline, { start, end, kept, isStaged });
  code.get(end);
  code.set(element);
  code.get(element);
  code.get(run.end);
  code.op(op.OP_I32_LT_U);
  code.brIf(batches);
  code.end();
}

/** Locals of a batch that is probed; `staged` is the offset of the survivors in the state block. */
interface Batch {
  readonly start: number;
  readonly end: number;
  readonly count: number;
  readonly doubt: number;
  readonly entries: number;
  readonly staged: number;
}

/** Notes down the elements of a batch that meet the conditions, and sets `count` to how many they are. */
function probeRows(
  pipeline: Pipeline,
  { start, end, count, doubt, entries, staged }: Batch,
  probe: ScanRow,
  conditions: readonly BoundExpression[],
  rows: StagedRows,
): void {
  const { code } = pipeline;
  const isOpen = code.local("i32");
  code.i32(0);
  code.set(count);
  code.get(start);
  code.set(probe.element);
  const loop = code.loop();
  pipeline.rowBlock(() => {
    loadPresent(pipeline, probe, entries);
    code.i32(0);
    code.set(isOpen);
    rows.openProbe(isOpen);
    pushStaged(pipeline, count);
    code.get(probe.element);
    code.memory(op.OP_I32_STORE, staged);
    increment(pipeline, count, () => {
      rows.pushNoNull();
      for (const condition of conditions) {
        pushBranchless(pipeline, condition, isOpen);
        code.op(op.OP_I32_AND);
      }
      code.get(isOpen);
      code.op(op.OP_I32_OR);
    });
    code.get(doubt);
    code.get(isOpen);
    code.op(op.OP_I32_OR);
    code.set(doubt);
  });
  increment(pipeline, probe.element, () => code.i32(ROW_BYTES));
  code.get(probe.element);
  code.get(end);
  code.op(op.OP_I32_LT_U);
  code.brIf(loop);
  code.end();
}

/** Decides whether the next batch is staged. */
function writeGuess(
  pipeline: Pipeline,
  { start, end, kept, isStaged }: { readonly start: number; readonly end: number; readonly kept: number; readonly isStaged: number },
): void {
  const { code } = pipeline;
  const fringe = code.local("i32");
  pushRows(pipeline, start, end);
  code.i32(MIXED_SHIFT);
  code.op(op.OP_I32_SHR_U);
  code.set(fringe);
  code.get(kept);
  code.get(fringe);
  code.op(op.OP_I32_GT_U);
  pushRows(pipeline, start, end);
  code.get(kept);
  code.op(op.OP_I32_SUB);
  code.get(fringe);
  code.op(op.OP_I32_GT_U);
  code.op(op.OP_I32_AND);
  code.set(isStaged);
}

/** Pushes how many rows lie between two elements. */
function pushRows({ code }: Pipeline, start: number, end: number): void {
  code.get(end);
  code.get(start);
  code.op(op.OP_I32_SUB);
  code.i32(ROW_SHIFT);
  code.op(op.OP_I32_SHR_U);
}

/** Pushes the address in the state block from which the staged element `index` counts. */
function pushStaged({ code }: Pipeline, index: number): void {
  code.get(STATE);
  code.get(index);
  code.i32(2);
  code.op(op.OP_I32_SHL);
  code.op(op.OP_I32_ADD);
}

function increment({ code }: Pipeline, local: number, push: () => void): void {
  push();
  code.get(local);
  code.op(op.OP_I32_ADD);
  code.set(local);
}

/** Pushes the lesser of a local and of what `push` pushes, both unsigned. */
function pushLesser({ code }: Pipeline, local: number, push: () => void): void {
  const other = code.local("i32");
  push();
  code.set(other);
  code.get(local);
  code.get(other);
  code.get(local);
  code.get(other);
  code.op(op.OP_I32_LT_U);
  code.op(op.OP_SELECT);
}
