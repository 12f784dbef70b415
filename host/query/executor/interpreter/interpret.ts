/**
 * The interpreter: runs a logical plan without compiling it, row by row, with generators of rows and closures over them.
 *
 * It runs small first executions, for which a module would cost more than it saves, and is the oracle of the tests: every
 * operator and expression is done in the plainest way, and what computes on values is the engine's own function, so that both
 * ways agree to the last digit.
 *
 * An interpreted plan may run again with other parameters, but not while it runs, or stands still between two rows.
 */
import type { LogicalOperator, LogicalPlan } from "../../plan/operator.ts";
import { literalPosition } from "../literal-position.ts";
import type { Surroundings } from "../surroundings.ts";
import type { Value } from "../value.ts";
import { type Context, finished, PAUSE, type Run, type Work } from "./context.ts";
import { countOf, type GraphCounters, newCounters } from "./graph-counters.ts";
import { compileOperator } from "./operator.ts";

export interface Interpreted {
  /**
   * Runs the plan: `take` gets the values of each row of the result, in the order of the plan's output, and answers false when it
   * wants no more. Values of parameters and literals have the types of the plan. Answers how many rows DML has written, or how many
   * changes of the graph there were. `tables`: rows of WITH queries that stand outside of the plan.
   */
  run(parameters: readonly Value[], literals: readonly Value[], take: Take, tables?: Tables): number;
  /** The same, with a pause wherever the surroundings say so. */
  course(parameters: readonly Value[], literals: readonly Value[], take: Take, tables?: Tables): Work<number>;
  /** What the last run has done to the graph. */
  readonly counters: GraphCounters;
}

/** Takes a row; false: no more are wanted. */
type Take = (row: readonly Value[]) => boolean;

/** Rows by the number of their WITH query. */
export type Tables = ReadonlyMap<number, readonly (readonly Value[])[]>;

const NO_TABLES: Tables = new Map();

/** Wraps the run of an operator, to see its rows. */
export type Observe = (operator: LogicalOperator, run: Run) => Run;

/** Makes generators and closures of a plan. `observe` may wrap the run of each operator, to see its rows. */
export function interpret(plan: LogicalPlan, surroundings: Surroundings, observe?: Observe): Interpreted {
  let counters = newCounters();
  const context: Context = {
    frame: [],
    surroundings,
    parameters: [],
    literals: [],
    literalAt: (slot, negative, type) => literalPosition(plan, slot, negative, type),
    commonTables: new Map(),
    writingTables: new Map(),
    affected: 0,
    touched: new Map(),
    counters: () => counters,
    operator: (operator) => compileOperator(operator, context),
    observe,
  };
  const run = compileOperator(plan.root, context);
  const output = plan.output.map(({ column }) => column);
  // What writes and returns nothing has no rows, as many as it has written for.
  const shows = output.length > 0 || !plan.modifies;
  function* course(parameters: readonly Value[], literals: readonly Value[], take: Take, tables = NO_TABLES): Work<number> {
    context.parameters = parameters;
    context.literals = literals;
    context.affected = 0;
    counters = newCounters();
    for (const [table, rows] of tables) context.commonTables.set(table, rows);
    surroundings.graph?.begin();
    try {
      for (const isRow of run()) {
        if (!isRow) yield PAUSE;
        else if (shows && !take(output.map((column) => context.frame[column] ?? null))) break;
      }
      return context.affected + countOf(counters);
    } finally {
      // Holds nothing of the execution.
      context.frame.length = 0;
      context.commonTables.clear();
      context.writingTables.clear();
      context.touched.clear();
      context.parameters = [];
      context.literals = [];
    }
  }
  return {
    get counters() {
      return counters;
    },
    course,
    run: (parameters, literals, take, tables) => finished(course(parameters, literals, take, tables)),
  };
}
