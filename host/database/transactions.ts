/**
 * The open transactions of a database: what new ones are, and the end of those whose client has gone silent.
 *
 * One timer serves all: it runs while a transaction is open and a limit is set, and falls due when the one that was heard of least
 * recently may be over. So a transaction costs an entry of a list, and no timer of its own. Somebody else's work may have kept all from being
 * heard: before one is rolled back what has arrived by then is read, so a second look is taken a turn later.
 */
import { OpenList } from "../common/open-list.ts";
import type { TransactionModes } from "../common/transaction-modes.ts";
import type { Clock, Timer } from "../platform/types.ts";
import { type Ending, SessionTransaction, type TransactionCore, type TransactionOwner, type TransactionPlace } from "./transaction.ts";

/** What transactions need of who runs statements. */
export interface StatementHelp extends Pick<TransactionPlace, "refusal" | "defines" | "committing" | "defined" | "redefining" | "tell"> {
  /** A transaction has ended: what it has defined and not committed is forgotten. */
  ended(transaction: SessionTransaction): void;
}

export class Transactions implements TransactionPlace {
  readonly core: TransactionCore;
  /** Modes of transactions of which nothing is said. */
  initial: TransactionModes = { isolation: "serializable", readOnly: false };
  readonly ended: Record<Ending, number> = {
    committed: 0,
    rolled_back: 0,
    conflict: 0,
    constraint: 0,
    memory: 0,
    snapshot_too_old: 0,
    idle: 0,
    disconnected: 0,
  };
  readonly #statements: StatementHelp;
  readonly #clock: Clock;
  readonly #open = new OpenList<SessionTransaction>();
  #idleLimitMs = 0;
  #timer: Timer | undefined;

  constructor(core: TransactionCore, clock: Clock, statements: StatementHelp) {
    this.core = core;
    this.#statements = statements;
    this.#clock = clock;
  }

  /** The transaction of a session, which its owner ends before the session goes. */
  of(owner: TransactionOwner): SessionTransaction {
    return new SessionTransaction(this, owner);
  }

  /** How many are open. */
  get count(): number {
    return this.#open.size;
  }

  /** Milliseconds after which a silent client's transaction is rolled back; 0: never. Holds for those that are open too. */
  setIdleLimit(limitMs: number): void {
    if (this.#idleLimitMs === 0) for (const { owner } of this.#open.all()) owner.beginTiming?.();
    this.#idleLimitMs = limitMs;
    this.#stopTimer();
    if (this.#open.size > 0) this.#schedule();
  }

  /** Whether it matters when their clients are heard of. */
  get isTimed(): boolean {
    return this.#idleLimitMs !== 0;
  }

  nowMs(): number {
    return this.#clock.nowMs();
  }

  refusal(): unknown {
    return this.#statements.refusal();
  }

  defines(transaction: SessionTransaction): boolean {
    return this.#statements.defines(transaction);
  }

  committing(transaction: SessionTransaction, publish: () => boolean): boolean {
    return this.#statements.committing(transaction, publish);
  }

  defined(transaction: SessionTransaction): unknown {
    return this.#statements.defined(transaction);
  }

  redefining(transaction: SessionTransaction, mark: unknown, rollBack: (beforeReplay: () => void) => boolean): boolean {
    return this.#statements.redefining(transaction, mark, rollBack);
  }

  tell(action: () => void): void {
    this.#statements.tell(action);
  }

  begun(transaction: SessionTransaction): void {
    this.#open.add(transaction);
    if (this.#timer === undefined) this.#schedule();
  }

  committedAtOnce(): void {
    this.ended.committed++;
  }

  end(transaction: SessionTransaction, how: Ending | undefined): void {
    if (how !== undefined) this.ended[how]++;
    this.#open.delete(transaction);
    this.#statements.ended(transaction);
  }

  /** Ends the watch over idle clients. */
  stop(): void {
    this.#stopTimer();
    this.#idleLimitMs = 0;
  }

  // -----------------------------------------------------------------------------------------------------------------------

  #schedule(): void {
    const limitMs = this.#idleLimitMs;
    if (limitMs === 0) return;
    const nowMs = this.#clock.nowMs();
    let idleMs = 0;
    for (const { idleSinceMs } of this.#open.all()) idleMs = Math.max(idleMs, nowMs - idleSinceMs);
    this.#timer = this.#clock.setTimer(() => this.#lookAgain(), Math.max(1, limitMs - idleMs));
  }

  #lookAgain(): void {
    this.#timer = this.#clock.setTimer(() => this.#sweep(), 0);
  }

  #sweep(): void {
    this.#timer = undefined;
    const nowMs = this.#clock.nowMs();
    for (const transaction of this.#open.all()) {
      if (nowMs - transaction.idleSinceMs >= this.#idleLimitMs) transaction.expire();
    }
    if (this.#open.size > 0) this.#schedule();
  }

  #stopTimer(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }
}
