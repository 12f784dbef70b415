/**
 * A statement that writes what a long query gives (its rows, in whatever form: `Q`), and lets others run while the query does: a transaction of its own.
 *
 * 1. The query reads from the view of the instant at which it stood still first, and so does the transaction, which begins then. What the
 *    query may read is told to it as a whole.
 * 2. When the query is over, everything is written in one piece. As long as nobody has changed a collection that it may read or writes, it would
 *    say the same now: the statement is one of this instant, and the transaction is given up. Else the transaction writes, and commits.
 * 3. A conflict is no answer to a statement by itself: it begins anew, the third time in one piece, so that nothing can come between.
 */
import { DatabaseError } from "../../common/error.ts";
import { sqlStateOf } from "../../common/sql-state.ts";
import type { Finished, Suspended } from "./suspended-statement.ts";
import type { TransactionControl } from "./transaction-control.ts";

/** Times that a statement begins, at most: the last time in one piece. */
export const ATTEMPTS_MAX = 3;
/** A conflict, and a view for which there is no memory any more. */
const CONFLICTS: ReadonlySet<string | undefined> = new Set(["40001", "72000"]);

/** A transaction of nobody's session, which a statement has for itself. */
export interface OwnTransaction {
  readonly control: TransactionControl;
  /** Throws 40001 for a conflict; it has ended then too. */
  commit(): void;
  /** Gives back what it has: a transaction that has not ended is rolled back. */
  close(): void;
}

/** What a statement does, step by step. */
export interface WriteSteps<Q, R> {
  /** Whether what it reads and writes is what it was when the transaction began. Throws 40001 when definitions have changed. */
  isUnmoved(transaction: TransactionControl): boolean;
  /** Writes what the rows say; with a transaction: in it. */
  write(rows: Q, transaction: TransactionControl | undefined): R;
  /** Frees the rows, if they are still there. */
  discard(rows: Q): void;
  /** Begins once more. */
  again(): R | Suspended<R>;
}

export class SlicedWrite<Q, R> implements Suspended<R> {
  readonly kind = "suspended";
  readonly #steps: WriteSteps<Q, R>;
  readonly #query: Suspended<Q>;
  readonly #own: OwnTransaction;
  /** The statement once more. */
  #next: Suspended<R> | undefined;

  /** Requires: the transaction began when the query stood still first, and knows what it reads. */
  constructor(steps: WriteSteps<Q, R>, query: Suspended<Q>, own: OwnTransaction) {
    this.#steps = steps;
    this.#query = query;
    this.#own = own;
  }

  goOn(): Finished<R> | undefined {
    if (this.#next !== undefined) return this.#next.goOn();
    try {
      const finished = this.#query.goOn();
      if (finished === undefined) return undefined;
      const answer = this.#write(finished.answer);
      this.#own.close();
      return { answer };
    } catch (error) {
      this.#own.close();
      if (!(error instanceof DatabaseError) || !CONFLICTS.has(sqlStateOf(error))) throw error;
    }
    const next = this.#steps.again();
    if (!isSuspended(next)) return { answer: next };
    this.#next = next;
    return undefined;
  }

  stop(): void {
    if (this.#next !== undefined) {
      this.#next.stop();
      return;
    }
    this.#query.stop();
    this.#own.close();
  }

  #write(rows: Q): R {
    const { control } = this.#own;
    try {
      if (this.#steps.isUnmoved(control)) {
        this.#own.close();
        return this.#steps.write(rows, undefined);
      }
      const answer = this.#steps.write(rows, control);
      this.#own.commit();
      return answer;
    } finally {
      this.#steps.discard(rows);
    }
  }
}

function isSuspended<R>(started: R | Suspended<R>): started is Suspended<R> {
  return (started as { readonly kind?: unknown }).kind === "suspended";
}
