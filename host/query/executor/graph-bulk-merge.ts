/**
 * MERGE for many rows: carries out a plan of batches (graph-merge-plan.ts), if its rows are such that it can be.
 */
import { SLOT_BOOLEAN, SLOT_INTEGER, SLOT_TEXT } from "../../../assembly/abi/record.ts";
import type { Engine } from "../../engine/engine.ts";
import type { CompiledStatement, PlanRun } from "./compiled-plan.ts";
import type { GatheredRows } from "./gathered-rows.ts";
import type { GraphBulkChange } from "./graph-bulk-change.ts";
import type { GraphBulkWrite } from "./graph-bulk-write.ts";
import { type GraphCounters, newCounters } from "./interpreter/graph-counters.ts";

/** Rows of values that are looked at in one go. */
const BATCH_ROWS = 1024;
const SURE_TAGS: ReadonlySet<number> = new Set([SLOT_INTEGER, SLOT_BOOLEAN, SLOT_TEXT]);

/** A batch write with its query. */
export type MergeStep = GraphBulkWrite | GraphBulkChange;

/** What says whether rows can be merged in batches, compiled. */
export interface MergeTests {
  readonly values: CompiledStatement | undefined;
  readonly keys: readonly CompiledStatement[];
}

export class GraphBulkMerge {
  /** What the last run has done. */
  counters: GraphCounters = newCounters();
  readonly #engine: Engine;
  readonly #tests: MergeTests;
  readonly #steps: readonly MergeStep[];

  /** Tests and steps are those of a `BulkMerge`, the steps in their order. */
  constructor(engine: Engine, tests: MergeTests, steps: readonly MergeStep[]) {
    this.#engine = engine;
    this.#tests = tests;
    this.#steps = steps;
  }

  /** Writes. False: there are rows that are the interpreter's, and nothing was written. */
  write(run: PlanRun): boolean {
    const counters = newCounters();
    this.counters = counters;
    if (!this.#areSure(run)) return false;
    for (const step of this.#steps) {
      step.write(step.query.gatherAll(run), run);
      for (const name of Object.keys(counters) as (keyof GraphCounters)[]) counters[name] += step.counters[name];
    }
    return true;
  }

  /** Whether all values are such as batches can tell apart, and rows ask for different things where they must. */
  #areSure(run: PlanRun): boolean {
    const { values, keys } = this.#tests;
    if (values === undefined) return true;
    const rows = values.gatherAll(run);
    const isSure = this.#haveSureTags(rows);
    rows.close();
    return isSure && keys.every((key) => countOf(key.gatherAll(run)) === rows.count);
  }

  #haveSureTags(gathered: GatheredRows): boolean {
    const { memory } = this.#engine;
    const { columns } = gathered.output;
    for (let stretch = gathered.take(BATCH_ROWS); stretch.count > 0; stretch = gathered.take(BATCH_ROWS)) {
      const { rows, count, rowBytes } = stretch;
      for (let row = rows; row < rows + count * rowBytes; row += rowBytes) {
        for (const { tagOffset } of columns) if (!SURE_TAGS.has(memory.byte(row + (tagOffset ?? 0)))) return false;
      }
    }
    return true;
  }
}

/** How many rows there are, which are closed. */
function countOf(rows: GatheredRows): number {
  rows.close();
  return rows.count;
}
