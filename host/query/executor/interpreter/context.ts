/**
 * What the parts of an interpreted plan share while it runs.
 *
 * 1. `frame` holds the current value of every column by its number, which is unique in the statement; an operator sets its
 *    columns and calls what comes behind it. So a subquery sees the columns of the queries around it without further ado.
 * 2. An operator is a function that calls `emit` once per row and stops when `emit` answers false; it answers false then
 *    too. It keeps nothing between two runs: a subquery runs once per outer row.
 * 3. Operators that keep rows keep the values of their input's columns and put them back into the frame.
 */
import type { LogicalOperator } from "../../plan/operator.ts";
import type { SqlType } from "../../type/type.ts";
import type { Surroundings } from "../surroundings.ts";
import type { Value } from "../value.ts";
import type { GraphCounters } from "./graph-counters.ts";

/** Takes the row in the frame; false: no more rows are wanted. */
export type Emit = () => boolean;
/** Produces rows; false when it was stopped. */
export type Run = (emit: Emit) => boolean;
/** Computes a value from the frame. */
export type Evaluate = () => Value;

export interface Context {
  readonly frame: Value[];
  readonly surroundings: Surroundings;
  /** By index - 1, set before each run. */
  parameters: readonly Value[];
  /** As `LogicalPlan.literals`, set before each run. */
  literals: readonly Value[];
  /** Which of `literals` has a slot in a type. */
  readonly literalAt: (slot: number, negative: boolean, type: SqlType) => number;
  /** Rows of WITH queries by their number, while their operator runs. */
  readonly commonTables: Map<number, readonly (readonly Value[])[]>;
  /** Rows that DML has written. */
  affected: number;
  /** What was done to the graph; each run has its own. */
  readonly counters: () => GraphCounters;
  /** Makes the run of an operator; expressions need it for subqueries. */
  readonly operator: (operator: LogicalOperator) => Run;
  /** Told of each operator's rows, when somebody wants to know (EXPLAIN ANALYZE). */
  readonly observe: ((operator: LogicalOperator, run: Run) => Run) | undefined;
}

/** One step of work: asks whether to go on. */
export function step(context: Context): void {
  context.surroundings.pause();
}

/** All rows of a run as the values of `columns`. */
export function collect(context: Context, run: Run, columns: readonly number[]): Value[][] {
  const { frame } = context;
  const rows: Value[][] = [];
  run(() => {
    rows.push(columns.map((column) => frame[column] ?? null));
    return true;
  });
  return rows;
}

/** Puts a kept row back into the frame. */
export function restore(frame: Value[], columns: readonly number[], row: readonly Value[]): void {
  for (let index = 0; index < columns.length; index++) frame[columns[index] as number] = row[index] ?? null;
}
