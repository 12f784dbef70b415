/**
 * Transactions as the engine does them (assembly/exports/transaction.ts), for transaction.ts.
 */
import { SESSION_TRANSACTION } from "../../assembly/abi/layout.ts";
import { STATUS_OK } from "../../assembly/abi/status.ts";
import {
  COMMIT_CONFLICT,
  COMMIT_DONE,
  COMMIT_OUT_OF_MEMORY,
  TRANSACTION_AT_ONCE,
  TRANSACTION_CANCELLED,
  TRANSACTION_FAILED,
  TRANSACTION_IDLE,
  TRANSACTION_READ_ONLY,
  TRANSACTION_SERIALIZABLE,
} from "../../assembly/abi/transaction.ts";
import { sqlError } from "../common/sql-state.ts";
import type { TransactionModes } from "../common/transaction-modes.ts";
import type { Engine, PlanFunction } from "../engine/engine.ts";
import type { Clock } from "../platform/types.ts";
import type { EntryWay } from "../query/executor/transaction-control.ts";
import type { TransactionCore, TransactionState } from "./transaction.ts";

const STATES: Readonly<Record<number, TransactionState>> = {
  0: "none",
  [TRANSACTION_IDLE]: "expired",
  [TRANSACTION_FAILED]: "failed",
  [TRANSACTION_CANCELLED]: "cancelled",
};

/** Functions of the engine. */
const NAMES = [
  "transaction_used",
  "transaction_time",
  "transaction_forbid_writes",
  "transaction_rollback",
  "transaction_fail",
  "transaction_enter",
  "transaction_enter_alone",
  "transaction_leave",
  "savepoint_set",
  "savepoint_restart",
  "savepoint_replay",
  "savepoint_release",
] as const;

type Name = (typeof NAMES)[number];

export class EngineTransactions implements TransactionCore {
  readonly #engine: Engine;
  readonly #clock: Clock;
  readonly #functions: Readonly<Partial<Record<Name, PlanFunction>>>;

  constructor(engine: Engine, clock: Clock) {
    this.#engine = engine;
    this.#clock = clock;
    this.#functions = Object.fromEntries(NAMES.map((name) => [name, engine.planFunction(name)]));
  }

  state(session: number): TransactionState {
    const value = this.#engine.sessionField(session, SESSION_TRANSACTION);
    return value > TRANSACTION_CANCELLED ? "open" : (STATES[value] ?? "open");
  }

  begin(session: number, { isolation, readOnly }: TransactionModes, isTimed: boolean): number {
    const level = isolation === "serializable" ? TRANSACTION_SERIALIZABLE : 0;
    const flags = level | (readOnly ? TRANSACTION_READ_ONLY : 0) | (isTimed ? 0 : TRANSACTION_AT_ONCE);
    const nowMs = isTimed ? this.#clock.nowMs() : Number.NaN;
    this.#require(this.#engine.beginTransaction(session, flags, nowMs));
    return nowMs;
  }

  time(session: number): number {
    const nowMs = this.#clock.nowMs();
    this.#engine.runOwn(session, () => this.#function("transaction_time")(session, nowMs));
    return nowMs;
  }

  isAlone(session: number): boolean {
    return this.#engine.isAlone(session);
  }

  isUsed(session: number): boolean {
    return this.#call("transaction_used", session) !== 0;
  }

  forbidWrites(session: number, isForbidden: boolean): void {
    this.#call("transaction_forbid_writes", session, isForbidden ? 1 : 0);
  }

  commit(session: number, nowMs = this.#clock.nowMs()): "done" | "conflict" | "refused" | "memory" {
    switch (this.#engine.commitTransaction(session, nowMs)) {
      case COMMIT_DONE:
        return "done";
      case COMMIT_CONFLICT:
        return "conflict";
      case COMMIT_OUT_OF_MEMORY:
        return "memory";
      default:
        return "refused";
    }
  }

  rollback(session: number): void {
    const run = this.#function("transaction_rollback");
    this.#engine.runOwn(session, () => run(session));
    this.#engine.forgetAlone(session);
  }

  fail(session: number, state: "failed" | "expired"): void {
    this.#call("transaction_fail", session, state === "failed" ? TRANSACTION_FAILED : TRANSACTION_IDLE);
  }

  setSavepoint(session: number): void {
    this.#require(this.#call("savepoint_set", session));
  }

  rollbackTo(session: number, savepoint: number, beforeReplay: () => void): boolean {
    if (this.#call("savepoint_restart", session, savepoint) === 0) return true;
    beforeReplay();
    return this.#call("savepoint_replay", session) === STATUS_OK;
  }

  release(session: number, savepoint: number): void {
    this.#call("savepoint_release", session, savepoint);
  }

  enter(session: number, way: EntryWay): boolean {
    const engine = this.#engine;
    if (way !== "any" && engine.isAlone(session)) {
      if (this.#function("transaction_enter_alone")(session, way === "writes" ? 1 : 0) === 1) return true;
    }
    engine.share();
    return this.#call("transaction_enter", session) !== 0;
  }

  leave(): void {
    this.#call("transaction_leave");
  }

  #call(name: Name, ...args: readonly number[]): number {
    const run = this.#function(name);
    return this.#engine.runPlan(() => run(...args)) as number;
  }

  #function(name: Name): PlanFunction {
    const found = this.#functions[name];
    if (found === undefined) throw sqlError("0A000", "transactions are not supported by this engine");
    return found;
  }

  #require(status: number): void {
    if (status !== STATUS_OK) throw sqlError("53200", "out of memory");
  }
}
