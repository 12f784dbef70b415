/**
 * The transaction of a session, as statements see it and direct it. host/database/transaction.ts implements it.
 *
 * What cannot be done throws: 25001 within a transaction, 25P01 without one, 3B001 for a savepoint that there is not, 25P02 in one that
 * has failed, 40001 for a conflict, which ends the transaction.
 */
import type { AskedModes, TransactionModes } from "../../common/transaction-modes.ts";

/** What is about to run in a transaction: a compiled plan that only reads, one that writes what it has read, or anything. */
export type EntryWay = "reads" | "writes" | "any";

/** Something of the session that a transaction takes back with all else: see `part`. */
export interface TransactionPart {
  /** What `rollbackTo` is given for a savepoint that is set now. */
  mark(): unknown;
  /** Undefined: the savepoint was set before there was this part. */
  rollbackTo(mark: unknown): void;
  ended(isCommitted: boolean): void;
}

export interface TransactionControl {
  /** The engine's handle of the session. */
  readonly session: number;
  /** Modes of the transaction; without one, those that the next will have. */
  readonly modes: TransactionModes;
  /** Modes of the session's transactions to come, where BEGIN says nothing of them. */
  readonly defaults: TransactionModes;
  /** Changes those that are named; undefined: as the database has them. */
  setDefaults(modes: AskedModes): void;
  /** Unix milliseconds of BEGIN, while a transaction is open: the time of all that runs in it. */
  readonly beganMs: number | undefined;
  /** Whether a transaction is open, failed or not. */
  readonly isOpen: boolean;
  /** Whether one is open that cannot go on. */
  readonly isFailed: boolean;
  begin(modes: AskedModes): void;
  /** Says what the transaction is to be before it has done anything. */
  change(modes: AskedModes): void;
  commit(): void;
  /** Has something done once the transaction has committed and that may be known; not when it is rolled back, as far back as here. */
  afterCommit(action: () => void): void;
  rollback(): void;
  /** The part that goes with the transaction to its end, made when it is asked for first; undefined: there is no transaction, or a program's. */
  part(make: () => TransactionPart): TransactionPart | undefined;
  setSavepoint(name: string): void;
  /** Undoes what was done since then; the savepoint stays. Of an unquoted name the spelling as written counts first. */
  rollbackTo(name: string, folded: string): void;
  releaseSavepoint(name: string, folded: string): void;
  /** What runs until `leave` runs in the transaction, if there is one. Throws when the transaction cannot go on. */
  enter(way?: EntryWay): void;
  leave(): void;
}
