/**
 * Rows of a chunk that meet conditions: those are computed without branches for a batch of rows, whose survivors are noted down
 * and go on from there.
 *
 * A branch that is guessed wrong costs as much as several comparisons (Ross, "Selection conditions in main memory", 2004). So where a
 * fair part of the last batch was dropped and another was kept, the next one is staged; else each row is tested as it comes.
 * A condition that cannot be decided without branches (a dynamic value that is no plain number) lets the row pass and has the
 * batch's rows tested again.
 *
 * A gate (a join's filter of the keys that have a partner) drops rows of the batch in a loop of its own: after the conditions, since it
 * loads more of a row, which those that they have dropped need not; or before them, if of the last batch it let few rows pass: then only
 * those are tested, as they come. It is left for the rest of a run when it drops few. It does not ask whether a row is there, which is asked of
 * those that pass: without that call its loop keeps its locals in registers.
 *
 * Where rows are staged, or a gate is tested, the batch's records are fetched before anything is computed of them (touched-rows.ts).
 */
import { ROW_BYTES } from "../../../../assembly/abi/record.ts";
import { conjunctsOf } from "../../optimizer/predicate.ts";
import type { PhysicalScan } from "../../physical/operator.ts";
import type { BoundExpression } from "../../plan/expression.ts";
import { filterRow, isBranchless, pushBranchless } from "../expression.ts";
import * as op from "../opcodes.ts";
import { type Pipeline, STATE } from "../pipeline.ts";
import type { RowGate } from "../plan-code.ts";
import { loadPresent, loadRecord, ROW_SHIFT } from "./row-place.ts";
import type { EarlyTests, ScanRow } from "./scan.ts";
import { touchListed, touchRun } from "./touched-rows.ts";

/** Rows of a batch: their addresses take 1 KiB of the state block. */
const BATCH_ROWS = 256;
/** A batch is staged if of the one before it more than one row in four was kept, and as many dropped. */
const MIXED_SHIFT = 2;
/** A gate is worth its loop if it drops one row in four. */
const GATE_SHIFT = 2;
/** A gate is tested before the conditions if it lets less than one row in four pass. */
const FIRST_SHIFT = 2;

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

/** Whether a gate can be tested for a batch: its columns are at fixed places. */
export function canStageGate(scan: PhysicalScan, { columns }: RowGate): boolean {
  const fixed = new Set(scan.columns.flatMap(({ column, source }) => (source.kind === "column" ? [column] : [])));
  return scan.access === undefined && columns.every((column) => fixed.has(column));
}

/** Elements of a run, in locals: the one at hand, where they end, and from which entry on they are looked at more closely. */
export interface Run {
  readonly end: number;
  readonly entries: number;
}

export interface StagedRows {
  /** Offsets in records at which they are touched: for all that is looked at early, and for the gate alone. */
  readonly places: readonly number[];
  readonly gatePlaces: readonly number[];
  /** Makes the columns those of the row that is probed; their code sets `isOpen` to 1 where they do not do. */
  readonly openProbe: (isOpen: number) => void;
  /** Pushes 0 where the conditions are known not to hold since a field is NULL. */
  readonly pushNoNull: () => void;
  /** Makes them those of the row that is probed, for the gate. */
  readonly openGate: () => void;
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
  { conditions, gate }: EarlyTests,
  rows: StagedRows,
): void {
  const { code } = pipeline;
  const { element } = row;
  const local = (): number => code.local("i32");
  const [start, end, count, index, tested, kept, doubt] = [local(), local(), local(), local(), local(), local(), local()];
  /**
   * Whether conditions are to be tested for a batch, whether the gate is, and whether it is before them, which are not for the batch then;
   * and whether there is a list of what was kept so far.
   */
  const [isStaged, isGated, isFirst, isListed] = [local(), local(), local(), local()];
  const staged = pipeline.plan.state.take(4 * BATCH_ROWS);
  const sink = pipeline.plan.state.take(4);
  const mayBeFirst = gate !== undefined && conditions.length > 0;
  if (gate !== undefined) {
    code.i32(1);
    code.set(isGated);
  }
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
  code.get(isGated);
  code.op(op.OP_I32_OR);
  code.if();
  if (mayBeFirst) {
    code.get(isFirst);
    code.if();
    touchRun(pipeline, start, end, { places: rows.gatePlaces, sink });
    code.else();
  }
  touchRun(pipeline, start, end, { places: rows.places, sink });
  if (mayBeFirst) code.end();
  code.end();
  pushRows(pipeline, start, end);
  code.set(count);
  code.get(isStaged);
  code.set(isListed);
  code.get(isStaged);
  code.op(op.OP_I32_EQZ);
  code.set(doubt);
  code.i32(0);
  code.set(kept);
  code.get(isStaged);
  code.if();
  code.get(count);
  code.set(tested);
  probeRows(pipeline, { start, end, count, doubt, entries: run.entries, staged }, probe, conditions, rows);
  code.get(count);
  code.set(kept);
  code.end();
  if (gate !== undefined) {
    code.get(isGated);
    code.if();
    gateRows(pipeline, { start, count, isListed, isGated, isFirst, staged }, probe, gate, rows);
    if (mayBeFirst) {
      code.get(isFirst);
      code.if();
      touchListed(pipeline, count, { places: rows.places, sink }, (at) => pushListedElement(pipeline, at, staged));
      code.end();
    }
    code.end();
  }
  code.get(tested);
  code.get(count);
  code.get(isStaged);
  code.op(op.OP_SELECT);
  code.set(tested);
  code.i32(0);
  code.set(index);
  const done = code.block();
  const each = code.loop();
  code.get(index);
  code.get(count);
  code.op(op.OP_I32_GE_U);
  code.brIf(done);
  pushListed(pipeline, { start, isListed, staged }, index);
  code.set(element);
  increment(pipeline, index, () => code.i32(1));
  pipeline.rowBlock(() => {
    loadPresent(pipeline, row, run.entries);
    rows.open();
    code.get(doubt);
    pipeline.branch(() => {
      for (const condition of conditions) filterRow(pipeline, condition);
    });
    increment(pipeline, kept, () => {
      code.get(isStaged);
      code.op(op.OP_I32_EQZ);
    });
    rows.consume();
  });
  pipeline.releaseRow();
  code.br(each);
  code.end();
  code.end();
  if (conditions.length > 0) writeGuess(pipeline, tested, kept, isFirst, isStaged);
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

/** Locals of a batch of which the gate has to be passed: `count` rows, those of the list or, where there is none, all from `start` on. */
interface GatedBatch extends ListedBatch {
  readonly count: number;
  readonly isGated: number;
  readonly isFirst: number;
}

/** Notes down those of a batch's rows that pass the gate, and sets `count` to how many they are. Says by that what is done with the next. */
function gateRows(pipeline: Pipeline, batch: GatedBatch, probe: ScanRow, gate: RowGate, rows: StagedRows): void {
  const { code } = pipeline;
  const { count, isListed, isGated, isFirst } = batch;
  const [index, passed] = [code.local("i32"), code.local("i32")];
  for (const cleared of [index, passed]) {
    code.i32(0);
    code.set(cleared);
  }
  const done = code.block();
  const loop = code.loop();
  code.get(index);
  code.get(count);
  code.op(op.OP_I32_GE_U);
  code.brIf(done);
  pushListed(pipeline, batch, index);
  code.set(probe.element);
  increment(pipeline, index, () => code.i32(1));
  pipeline.rowBlock(() => {
    loadRecord(pipeline, probe);
    rows.openGate();
    pushStaged(pipeline, passed);
    code.get(probe.element);
    code.memory(op.OP_I32_STORE, batch.staged);
    increment(pipeline, passed, () => gate.push(pipeline));
  });
  code.br(loop);
  code.end();
  code.end();
  code.get(passed);
  code.get(count);
  code.get(count);
  code.i32(GATE_SHIFT);
  code.op(op.OP_I32_SHR_U);
  code.op(op.OP_I32_SUB);
  code.op(op.OP_I32_LE_U);
  code.set(isGated);
  code.get(passed);
  code.get(count);
  code.i32(FIRST_SHIFT);
  code.op(op.OP_I32_SHR_U);
  code.op(op.OP_I32_LT_U);
  code.set(isFirst);
  code.get(passed);
  code.set(count);
  code.i32(1);
  code.set(isListed);
}

interface ListedBatch {
  readonly start: number;
  readonly isListed: number;
  readonly staged: number;
}

/** Pushes the element `index` of a batch: of its list, or of its rows. */
function pushListed(pipeline: Pipeline, { start, isListed, staged }: ListedBatch, index: number): void {
  const { code } = pipeline;
  code.get(isListed);
  code.if("i32");
  pushListedElement(pipeline, index, staged);
  code.else();
  code.get(start);
  code.get(index);
  code.i32(ROW_SHIFT);
  code.op(op.OP_I32_SHL);
  code.op(op.OP_I32_ADD);
  code.end();
}

/** Decides whether the next batch is staged: by how many of those whose conditions were tested were kept, unless the gate comes first. */
function writeGuess(pipeline: Pipeline, tested: number, kept: number, isFirst: number, isStaged: number): void {
  const { code } = pipeline;
  const fringe = code.local("i32");
  code.get(tested);
  code.i32(MIXED_SHIFT);
  code.op(op.OP_I32_SHR_U);
  code.set(fringe);
  code.get(kept);
  code.get(fringe);
  code.op(op.OP_I32_GT_U);
  code.get(tested);
  code.get(kept);
  code.op(op.OP_I32_SUB);
  code.get(fringe);
  code.op(op.OP_I32_GT_U);
  code.op(op.OP_I32_AND);
  code.get(isFirst);
  code.op(op.OP_I32_EQZ);
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

/** Pushes element `index` of the list. */
function pushListedElement(pipeline: Pipeline, index: number, staged: number): void {
  pushStaged(pipeline, index);
  pipeline.code.memory(op.OP_I32_LOAD, staged);
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
