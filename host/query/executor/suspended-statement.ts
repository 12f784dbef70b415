/**
 * A statement that stands still between two morsels, while others run: it goes on when its owner says so.
 *
 * 1. What it has in the engine's cells and arenas lies aside (assembly/runtime/execution.ts); the rest lies in its plan's memory, which is
 *    its own.
 * 2. It goes on in a read view of the instant at which it stood still first, so whatever is written meanwhile does not show. If there is no
 *    memory for that view any more, it ends with 72000.
 * 3. Its owner lets it go on until it is finished or throws, or stops it; after that it has nothing any more.
 */
import { sqlError } from "../../common/sql-state.ts";
import type { Engine, PlanFunction } from "../../engine/engine.ts";

/** What a finished statement has answered. */
export interface Finished<R> {
  readonly answer: R;
}

/** The morsels of a statement: stands still where it yields, and gives back what it has when it is returned from. */
export type Course<R> = Generator<void, R, void>;

/** What puts executions aside and takes them up. */
export interface ExecutionCalls {
  readonly engine: Engine;
  readonly suspend: PlanFunction;
  readonly resume: PlanFunction;
  readonly end: PlanFunction;
  /** What stood still goes on. */
  readonly takeUp: () => void;
}

/** What stands still, however it came to that. */
export interface Suspended<R> {
  /** As results have a kind. */
  readonly kind: "suspended";
  /** Runs a slice; undefined: it stands still again. Throws what has ended it. */
  goOn(): Finished<R> | undefined;
  /** Gives it up. */
  stop(): void;
}

export class SuspendedStatement<R> implements Suspended<R> {
  readonly kind = "suspended";
  readonly #calls: ExecutionCalls;
  readonly #course: Course<R>;
  /** Where it lies; 0: it is over. */
  #suspended: number;

  private constructor(calls: ExecutionCalls, course: Course<R>, suspended: number) {
    this.#calls = calls;
    this.#course = course;
    this.#suspended = suspended;
  }

  /** Runs a slice of the execution that has begun. Requires: inside of `Engine.runPlan`; the caller ends the execution that runs then. */
  static run<R>(calls: ExecutionCalls, course: Course<R>): R | SuspendedStatement<R> {
    const step = advance(calls, course);
    return typeof step === "number" ? new SuspendedStatement(calls, course, step) : step.answer;
  }

  goOn(): Finished<R> | undefined {
    return this.#resumed((isSeen) => {
      if (!isSeen) this.#course.throw(sqlError("72000", "snapshot too old"));
      const step = advance(this.#calls, this.#course);
      if (typeof step !== "number") return step;
      this.#suspended = step;
      return undefined;
    });
  }

  stop(): void {
    if (this.#suspended === 0 || this.#calls.engine.failure !== undefined) return;
    this.#resumed(() => this.#course.return(undefined as R));
  }

  #resumed<T>(run: (isSeen: boolean) => T): T {
    const { engine, resume, end, takeUp } = this.#calls;
    return engine.runPlan(() => {
      const isSeen = resume(this.#suspended) === 1;
      this.#suspended = 0;
      takeUp();
      try {
        return run(isSeen);
      } finally {
        end();
      }
    });
  }
}

/** Runs until the end, or until it is put aside: where it lies then. Without memory for that it goes on. */
function advance<R>({ engine, suspend }: ExecutionCalls, course: Course<R>): Finished<R> | number {
  for (;;) {
    const step = course.next();
    if (step.done === true) return { answer: step.value };
    const suspended = Number(suspend()) >>> 0;
    engine.memory.refresh();
    if (suspended !== 0) return suspended;
  }
}
