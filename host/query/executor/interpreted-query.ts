/**
 * A query that is interpreted and lets others run: of plans that the code generator does not know.
 *
 * 1. What it has lies in its frame and its generators, which are its own until it is over; the cursors among them find their collection
 *    anew when it goes on (`EngineFunctions.turns`), as a view shows it then. What they hold of rows, positions and pairs is the view's.
 * 2. Its rows are lists in the host's memory, which have a budget of their own (query-engine.ts).
 */
import type { LogicalOperator, LogicalPlan } from "../plan/operator.ts";
import { isCypher, visitOperators } from "../plan/walk.ts";
import type { PlanRun } from "./compiled-plan.ts";
import { type Interpreted, interpret } from "./interpreter/interpret.ts";
import { type Pace, SlicedPace } from "./pace.ts";
import { QueryReads } from "./query-reads.ts";
import type { Slices } from "./slice.ts";
import type { StatementMaker } from "./statement.ts";
import type { Course } from "./suspended-statement.ts";
import type { Value } from "./value.ts";

/** What an interpreted execution is given. */
export interface InterpretedRun {
  readonly parameters: readonly Value[];
  readonly literals: readonly Value[];
  /** Takes a row; false: no more are wanted. */
  readonly take: (row: readonly Value[]) => boolean;
}

/** The same of one that stands still. */
export interface InterpretedSlices extends InterpretedRun {
  /** Says by whose pace plans are interpreted from now on. */
  readonly usePace: (pace: Pace) => void;
}

export class InterpretedQuery {
  readonly reads: QueryReads;
  readonly #plan: LogicalPlan;
  readonly #maker: StatementMaker;
  /** What the next execution runs, if it is not in use. */
  #idle: Interpreted | undefined;

  constructor(plan: LogicalPlan, maker: StatementMaker) {
    this.#plan = plan;
    this.#maker = maker;
    this.reads = readsOf(plan, maker);
  }

  /** Values of parameters and literals, as the interpreter takes them. */
  values({ parameters, literals }: PlanRun): Pick<InterpretedRun, "parameters" | "literals"> {
    const { input } = this.#maker;
    return { parameters: input.parameterValues(this.#plan, parameters), literals: input.literalValues(this.#plan, literals) };
  }

  /** Runs it at once. */
  run({ parameters, literals, take }: InterpretedRun): void {
    interpret(this.#plan, this.#maker.surroundings).run(parameters, literals, take);
  }

  /** Runs it in slices. */
  *runSlices({ pace }: PlanRun, slices: Slices, { parameters, literals, take, usePace }: InterpretedSlices): Course<void> {
    const { surroundings } = this.#maker;
    const interpreted = this.#idle ?? interpret(this.#plan, surroundings);
    this.#idle = undefined;
    const own = new SlicedPace(pace, slices);
    const course = interpreted.course(parameters, literals, take);
    try {
      for (let isFirst = true; ; isFirst = false) {
        usePace(own);
        own.begin();
        if (course.next().done === true) return;
        if (isFirst) this.reads.tellExecution();
        yield;
        surroundings.graph?.begin();
      }
    } finally {
      course.return(0);
      this.#idle = interpreted;
    }
  }
}

const READS_NO_GRAPH: ReadonlySet<LogicalOperator["kind"]> = new Set([
  "LogicalScan",
  "LogicalValues",
  "LogicalFunctionScan",
  "LogicalFilter",
  "LogicalProject",
  "LogicalJoin",
  "LogicalAggregate",
  "LogicalWindow",
  "LogicalDistinct",
  "LogicalSort",
  "LogicalLimit",
  "LogicalSetOperation",
  "LogicalCommonTable",
  "LogicalCommonReference",
]);

/** What a plan reads, with all of its subqueries: Cypher's functions may read the graph, and operators that are no tables' do. */
function readsOf(plan: LogicalPlan, { engine, functions }: StatementMaker): QueryReads {
  const collections = new Set<string>();
  let readsGraph = isCypher(plan);
  visitOperators(plan.root, (operator) => {
    if (operator.kind === "LogicalScan") collections.add(operator.collection);
    readsGraph ||= !READS_NO_GRAPH.has(operator.kind);
  });
  return new QueryReads(engine, functions, [...collections], readsGraph);
}
