/**
 * What the parts of an interpreted plan share while it runs.
 *
 * 1. `frame` holds the current value of every column by its number, which is unique in the statement; an operator sets its
 *    columns and calls what comes behind it. So a subquery sees the columns of the queries around it without further ado.
 * 2. An operator is a generator: it says ROW whenever a row lies in the frame, and PAUSE where the execution is to stand still (`step`),
 *    which whoever runs it hands on or, within an expression, passes over. Nobody who wants no more rows has to ask for them. It keeps
 *    nothing between two runs: a subquery runs once per outer row. Generator functions are made with the plan, never while it runs:
 *    the first call of each makes a hidden class.
 * 3. Operators that keep rows keep the values of their input's columns and put them back into the frame.
 * 4. Between a cursor's `next` and the reading of its values nothing pauses: behind a pause a cursor only goes on.
 */
import type { LogicalOperator } from "../../plan/operator.ts";
import type { SqlType } from "../../type/type.ts";
import type { Surroundings } from "../surroundings.ts";
import type { Value } from "../value.ts";
import type { GraphCounters } from "./graph-counters.ts";

/** A row lies in the frame. */
export const ROW = true;
/** Others are to run now. */
export const PAUSE = false;

/** What takes time: it pauses, and has a result in the end. */
export type Work<T> = Generator<typeof PAUSE, T, void>;
/** Rows, and pauses between them. */
export type Steps = Generator<boolean, void, void>;
/** Produces rows. */
export type Run = () => Steps;
/** Computes a value from the frame. */
export type Evaluate = () => Value;

/** Rows that are kept. */
export type Rows = readonly (readonly Value[])[];

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
  readonly commonTables: Map<number, Rows>;
  /** Those of a part of WITH that writes, and has not run yet: it does so when its rows are wanted, or at the end of the statement. */
  readonly writingTables: Map<number, () => Work<Rows>>;
  /** Rows that DML has written. */
  affected: number;
  /** Rows by collection that the statement has written, where more than one of its parts writes: each is written once. */
  readonly touched: Map<string, Set<number>>;
  /** What was done to the graph; each run has its own. */
  readonly counters: () => GraphCounters;
  /** Makes the run of an operator; expressions need it for subqueries. */
  readonly operator: (operator: LogicalOperator) => Run;
  /** Told of each operator's rows, when somebody wants to know (EXPLAIN ANALYZE). */
  readonly observe: ((operator: LogicalOperator, run: Run) => Run) | undefined;
}

/** One step of work: whether others are to run now. Throws when the statement must end. */
export function step(context: Context): boolean {
  return context.surroundings.pause();
}

/** All rows of a run as the values of `columns`. */
export function* collect(context: Context, run: Run, columns: readonly number[]): Work<Value[][]> {
  const { frame } = context;
  const rows: Value[][] = [];
  for (const isRow of run()) {
    if (isRow) rows.push(columns.map((column) => frame[column] ?? null));
    else yield PAUSE;
  }
  return rows;
}

/** Does for each row of a run what an expression wants, at once. */
export function eachRow(run: Run, use: () => void): void {
  for (const isRow of run()) if (isRow) use();
}

/** Does work at once. */
export function finished<T>(work: Work<T>): T {
  for (;;) {
    const { done, value } = work.next();
    if (done === true) return value;
  }
}

/** Puts a kept row back into the frame. */
export function restore(frame: Value[], columns: readonly number[], row: readonly Value[]): void {
  for (let index = 0; index < columns.length; index++) frame[columns[index] as number] = row[index] ?? null;
}
