/**
 * Transactions as the engine does them, of a store of numbers by name: for tests of what directs them.
 *
 * A commit conflicts when somebody else has written a name that it wrote since it began (first committer wins).
 */
import type { TransactionModes } from "../../../../host/common/transaction-modes.ts";
import type { TransactionCore, TransactionState } from "../../../../host/database/transaction.ts";
import type { StatementHelp } from "../../../../host/database/transactions.ts";

/** Nobody runs statements. */
export const ALONE: StatementHelp = {
  refusal: () => undefined,
  ended: () => {},
  defines: () => false,
  defined: () => undefined,
  redefining: (_transaction, _mark, rollBack) => rollBack(() => {}),
  committing: (_transaction, publish) => {
    publish();
    return true;
  },
  tell: (action) => action(),
};

interface Open {
  readonly modes: TransactionModes;
  readonly begunAt: number;
  readonly writes: Map<string, number>;
  readonly savepoints: Map<string, number>[];
}

export class FakeCore implements TransactionCore {
  readonly committed = new Map<string, number>();
  /** What `enter` finds out. */
  isDoomed = false;
  /** What the next commit answers instead. */
  outcome: "refused" | "memory" | undefined;
  /** There is no memory to go back to a savepoint. */
  isFull = false;
  entered: number | undefined;
  /** Of whom commands that write are refused. */
  forbidden: number | undefined;
  readonly #states = new Map<number, TransactionState>();
  readonly #open = new Map<number, Open>();
  readonly #written = new Map<string, number>();
  #sequence = 0;

  state(session: number): TransactionState {
    return this.#states.get(session) ?? "none";
  }

  modes(session: number): TransactionModes | undefined {
    return this.#open.get(session)?.modes;
  }

  begin(session: number, modes: TransactionModes): number {
    this.#states.set(session, "open");
    this.#open.set(session, { modes, begunAt: this.#sequence, writes: new Map(), savepoints: [] });
    return 0;
  }

  /** No clock. */
  time(): number {
    return 0;
  }

  isAlone(): boolean {
    return false;
  }

  isUsed(session: number): boolean {
    return this.#of(session).writes.size > 0;
  }

  forbidWrites(session: number, isForbidden: boolean): void {
    this.forbidden = isForbidden ? session : undefined;
  }

  commit(session: number): "done" | "conflict" | "refused" | "memory" {
    const { outcome } = this;
    const { writes, begunAt } = this.#of(session);
    this.outcome = undefined;
    this.rollback(session);
    if (outcome !== undefined) return outcome;
    if ([...writes.keys()].some((name) => (this.#written.get(name) ?? 0) > begunAt)) return "conflict";
    this.#sequence++;
    for (const [name, value] of writes) {
      this.committed.set(name, value);
      this.#written.set(name, this.#sequence);
    }
    return "done";
  }

  rollback(session: number): void {
    this.#states.delete(session);
    this.#open.delete(session);
  }

  fail(session: number, state: "failed" | "expired"): void {
    this.rollback(session);
    this.#states.set(session, state);
  }

  setSavepoint(session: number): void {
    const { savepoints, writes } = this.#of(session);
    savepoints.push(new Map(writes));
  }

  rollbackTo(session: number, savepoint: number): boolean {
    if (this.isFull) return false;
    const { savepoints, writes } = this.#of(session);
    savepoints.length = savepoint + 1;
    writes.clear();
    for (const [name, value] of savepoints[savepoint] as Map<string, number>) writes.set(name, value);
    return true;
  }

  release(session: number, savepoint: number): void {
    this.#of(session).savepoints.length = savepoint;
  }

  enter(session: number): boolean {
    if (this.isDoomed) return false;
    this.entered = session;
    return true;
  }

  leave(): void {
    this.entered = undefined;
  }

  /** Writes in the session's transaction. */
  write(session: number, name: string, value: number): void {
    this.#of(session).writes.set(name, value);
  }

  #of(session: number): Open {
    const open = this.#open.get(session);
    if (open === undefined) throw new TypeError(`session ${session} has no transaction`);
    return open;
  }
}
