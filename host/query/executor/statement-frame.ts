/**
 * What stands around each execution in the engine: its time, zone, seed and budget in the cells, an empty arena, and the point to which
 * what it writes is taken back.
 *
 * 1. An execution leaves nothing behind but what it was to write.
 * 2. One statement runs at a time: the engine has one arena. Nothing here waits, so nothing can come between, unless a statement that only
 *    reads is put aside (suspended-statement.ts).
 */
import {
  CELL_BUDGET,
  CELL_CLOCK,
  CELL_NOW,
  CELL_NOW_MICROSECONDS,
  CELL_SEED,
  CELL_STATEMENT,
  CELL_ZONE,
} from "../../../assembly/abi/record.ts";
import { STATUS_OK } from "../../../assembly/abi/status.ts";
import { sqlError } from "../../common/sql-state.ts";
import type { Engine, PlanFunction } from "../../engine/engine.ts";
import type { EngineFunctions } from "./engine-functions.ts";
import { type Pace, paceOf } from "./pace.ts";
import type { RunOptions } from "./query-result.ts";
import { type Course, type ExecutionCalls, SuspendedStatement } from "./suspended-statement.ts";
import type { EntryWay, TransactionControl } from "./transaction-control.ts";

/** Bytes that one execution may take from its arena. */
const BUDGET_BYTES = 1 << 30;
const MICROSECONDS_OF_MS = 1000n;

/** What executions take from outside. */
export interface FrameParts {
  readonly engine: Engine;
  readonly nowMs: () => number;
  readonly monotonicMs: () => number;
  /** 64 bits for random() and gen_random_uuid(). */
  readonly seed: () => bigint;
  /** What the engine has noted against a write. */
  readonly refusal: () => unknown;
}

export class StatementFrame {
  /** The transaction of the session whose statement runs. */
  transaction: TransactionControl | undefined;
  readonly #parts: FrameParts;
  readonly #cells: number;
  readonly #reset: PlanFunction;
  readonly #openRead: PlanFunction;
  readonly #closeRead: PlanFunction;
  readonly #openWrite: PlanFunction;
  readonly #closeWrite: PlanFunction;
  readonly #start: PlanFunction;
  readonly #end: PlanFunction;
  readonly #calls: ExecutionCalls;

  constructor(parts: FrameParts, functions: EngineFunctions) {
    this.#parts = parts;
    this.#cells = functions.cells;
    this.#reset = functions.required("runtime_reset");
    this.#start = functions.required("statement_begin");
    this.#end = functions.required("statement_end");
    this.#openRead = functions.required("execution_begin");
    this.#closeRead = functions.required("execution_end");
    this.#openWrite = functions.required("writing_begin");
    this.#closeWrite = functions.required("writing_end");
    const [suspend, resume] = [functions.required("execution_suspend"), functions.required("execution_resume")];
    const takeUp = (): void => {
      parts.engine.memory.setLong(this.#cells + CELL_CLOCK, microsecondsOf(parts.nowMs()));
      functions.turns++;
    };
    this.#calls = { engine: parts.engine, suspend, resume, end: this.#closeRead, takeUp };
  }

  /**
   * Runs as one statement: what it has written is kept when it succeeds, and taken back when it throws. `nowMs`: when it began, if that was
   * before now.
   */
  within<T>(zoneSeconds: number, database: number, transaction: TransactionControl | undefined, run: () => T, nowMs?: number): T {
    return this.#inside(transaction, "any", () => {
      this.#begin(zoneSeconds, database, transaction, nowMs);
      let isOver = false;
      try {
        const result = run();
        isOver = true;
        // What it leaves may break a foreign key: then it was taken back.
        if (this.#end(1) !== 1) throw this.#parts.refusal();
        return result;
      } finally {
        if (!isOver) this.#end(0);
        this.#reset();
      }
    });
  }

  /** Runs what keeps or takes back by itself what it writes. */
  defining<T>(database: number, transaction: TransactionControl | undefined, run: () => T): T {
    return this.#inside(transaction, "any", () => {
      this.#begin(0, database, transaction);
      this.#end(1);
      try {
        return run();
      } finally {
        this.#reset();
      }
    });
  }

  /** Runs what writes nothing; it gets the version of all collections. */
  reading<T>(zoneSeconds: number, database: number, transaction: TransactionControl | undefined, run: (version: number) => T): T {
    return this.#inside(transaction, "reads", () => {
      const now = this.#parts.nowMs();
      const version = this.#openRead(database, transaction?.beganMs ?? now, now, zoneSeconds, BUDGET_BYTES) as number;
      try {
        return run(version);
      } finally {
        this.#closeRead();
      }
    });
  }

  /**
   * Runs what reads by a compiled query and then writes, as one statement; it gets the version of all collections. What it has written is taken
   * back when it throws, or answers undefined.
   */
  writing<T>(zoneSeconds: number, database: number, transaction: TransactionControl | undefined, run: (version: number) => T): T {
    const { engine } = this.#parts;
    return this.#inside(transaction, "writes", () => {
      const now = this.#parts.nowMs();
      const version = this.#openWrite(database, transaction?.beganMs ?? now, now, zoneSeconds, BUDGET_BYTES) as number;
      engine.memory.refresh();
      let isOver = false;
      try {
        const result = run(version);
        isOver = true;
        if (this.#closeWrite(result === undefined ? 0 : 1) === 1) return result;
        // What it leaves would break a foreign key.
        const refusal = this.#parts.refusal();
        this.#reset();
        throw refusal;
      } finally {
        if (!isOver) this.#closeWrite(0);
      }
    });
  }

  /** Begins what writes nothing and may stand still; `begin` answers undefined where there is nothing to be run. */
  starting<R>(
    zoneSeconds: number,
    database: number,
    begin: (version: number) => Course<R> | undefined,
  ): R | SuspendedStatement<R> | undefined {
    return this.reading(zoneSeconds, database, undefined, (version) => {
      const course = begin(version);
      return course && SuspendedStatement.run(this.#calls, course);
    });
  }

  /** Runs what decodes values between two statements, or frees memory of a plan. */
  decoding<T>(zoneSeconds: number, run: () => T): T {
    const { engine } = this.#parts;
    return engine.runPlan(() => {
      this.#reset();
      engine.memory.refresh();
      this.setZone(zoneSeconds);
      engine.memory.setWord(this.#cells + CELL_BUDGET, BUDGET_BYTES);
      try {
        return run();
      } finally {
        this.#reset();
      }
    });
  }

  /** Runs what leaves something in the arena, outside of statements. */
  clearing<T>(run: () => T): T {
    return this.#parts.engine.runPlan(() => {
      const result = run();
      this.#reset();
      return result;
    });
  }

  /** The zone of the statement that runs. */
  setZone(zoneSeconds: number): void {
    this.#parts.engine.memory.setLong(this.#cells + CELL_ZONE, BigInt(zoneSeconds));
  }

  /** A seed for the statement that runs. */
  setSeed(): void {
    this.#parts.engine.memory.setLong(this.#cells + CELL_SEED, this.#parts.seed());
  }

  /** When a statement that begins now looks whether it must end. */
  paceOf({ settings, timeoutMs, signal }: RunOptions): Pace {
    return paceOf(this.#parts.monotonicMs, timeoutMs ?? settings.statementTimeoutMs, signal);
  }

  /** Runs in a session's transaction, if there is one. */
  #inside<T>(transaction: TransactionControl | undefined, way: EntryWay, run: () => T): T {
    const { engine } = this.#parts;
    if (transaction === undefined) return engine.runPlan(run);
    return engine.runOwn(transaction.session, () => {
      transaction.enter(way);
      this.transaction = transaction;
      try {
        return run();
      } finally {
        this.transaction = undefined;
        transaction.leave();
      }
    });
  }

  /** When the statement that runs began, in Unix milliseconds. */
  get statementMs(): number {
    return Number(this.#parts.engine.memory.long(this.#cells + CELL_STATEMENT) / MICROSECONDS_OF_MS);
  }

  /** Times, zone, seed and budget of an execution. */
  #begin(zoneSeconds: number, database: number, transaction: TransactionControl | undefined, statementMs?: number): void {
    const { engine } = this.#parts;
    const { memory } = engine;
    const cells = this.#cells;
    this.#reset();
    memory.refresh();
    const clockMs = this.#parts.nowMs();
    const beganMs = transaction?.beganMs;
    if (this.#start(database, beganMs ?? clockMs) !== STATUS_OK) throw sqlError("53200", "out of memory");
    memory.refresh();
    const now = statementMs ?? beganMs ?? clockMs;
    memory.setFloat(cells + CELL_NOW, now);
    memory.setLong(cells + CELL_NOW_MICROSECONDS, microsecondsOf(now));
    memory.setLong(cells + CELL_STATEMENT, microsecondsOf(statementMs ?? clockMs));
    memory.setLong(cells + CELL_CLOCK, microsecondsOf(clockMs));
    this.setZone(zoneSeconds);
    this.setSeed();
    memory.setWord(cells + CELL_BUDGET, BUDGET_BYTES);
  }
}

function microsecondsOf(ms: number): bigint {
  return BigInt(Math.round(ms)) * MICROSECONDS_OF_MS;
}
