/**
 * Transactions as functions of a program: begun, run, committed, and run anew after a conflict.
 *
 * Between two attempts lies a pause of random length, whose bound doubles from one to the next ("full jitter"): two that meet again and
 * again would otherwise go on meeting.
 */
import { DatabaseError } from "../common/error.ts";
import type { IsolationLevel } from "../common/transaction-modes.ts";
import type { Clock, Random } from "../platform/types.ts";
import type { StopSignal } from "./queries.ts";

/** What a transaction is to be; what is not said is as the options of the database are. */
export interface BeginOptions {
  /** snapshot: it sees one state, and the first of two that write the same commits; serializable: as if all ran one after the other. */
  readonly isolation?: IsolationLevel | undefined;
  /** Whatever writes is refused (25006). */
  readonly readOnly?: boolean | undefined;
}

export interface TransactionOptions extends BeginOptions {
  /** How often it is run anew after a conflict (10). */
  readonly retries?: number;
  /** Ends the waiting between two attempts with its reason. */
  readonly signal?: StopSignal;
}

/** Name of what commits at once: undefined if nothing is left to be waited for. */
export const COMMIT_NOW = Symbol("commitNow");

/** Names of what begins and ends at once, or throws where that cannot be. */
export const BEGIN_AT_ONCE = Symbol("beginAtOnce");
export const END_AT_ONCE = Symbol("endAtOnce");

/** A transaction as `runTransactionAtOnce` sees it. */
export interface EndableAtOnce {
  readonly isOpen: boolean;
  [BEGIN_AT_ONCE](options: BeginOptions): void;
  [END_AT_ONCE](how: "commit" | "rollback"): void;
}

/** A transaction as its repetition sees it. */
export interface Endable {
  /** Whether it can still be committed or rolled back. */
  readonly isOpen: boolean;
  [COMMIT_NOW]?(): Promise<void> | undefined;
  commit(): Promise<void>;
  rollback(): Promise<void>;
}

export interface Pauses {
  readonly clock: Clock;
  readonly random: Random;
}

const RETRIES = 10;
const PAUSE_FIRST_MS = 1;
const PAUSE_MAX_MS = 64;

/** Throws USAGE for what is no option: of a level that is none a weaker one would be made. */
export function checkBegin({ isolation, readOnly }: BeginOptions): void {
  if (isolation !== undefined && isolation !== "serializable" && isolation !== "snapshot") {
    throw new DatabaseError("USAGE", `isolation is "serializable" or "snapshot", not ${JSON.stringify(isolation)}`);
  }
  if (readOnly !== undefined && typeof readOnly !== "boolean") throw new DatabaseError("USAGE", "readOnly is true or false");
}

/** Whether a transaction has failed because of another one, so that it may succeed when it is run anew. */
export function isConflict(error: unknown): boolean {
  return error instanceof DatabaseError && error.code === "SQL_ABORT";
}

/**
 * Runs `work` in a transaction, which is committed when it is done, unless `work` has ended it, and rolled back when it fails. What answers
 * at once is not awaited: a transaction without promises runs in one piece.
 */
export async function runTransaction<T extends Endable, R>(
  begin: () => T | Promise<T>,
  work: (transaction: T) => R | Promise<R>,
  { retries = RETRIES, signal }: TransactionOptions,
  pauses: Pauses,
): Promise<R> {
  if (typeof work !== "function") throw notFunction();
  if (typeof retries !== "number" || !(retries >= 0)) throw new DatabaseError("USAGE", "retries is a number of times, 0 or more");
  for (let attempt = 0; ; attempt++) {
    signal?.throwIfAborted();
    let transaction: T | undefined;
    try {
      const begun = begin();
      transaction = begun instanceof Promise ? await begun : begun;
      const given = work(transaction);
      const result = isPending(given) ? await given : given;
      if (transaction.isOpen) {
        const committing = transaction[COMMIT_NOW] === undefined ? transaction.commit() : transaction[COMMIT_NOW]();
        if (committing !== undefined) await committing;
      }
      return result;
    } catch (error) {
      if (transaction?.isOpen === true) await transaction.rollback();
      if (!isConflict(error) || attempt >= retries) throw error;
    }
    await pause(attempt, pauses);
  }
}

/**
 * Runs `work`, which waits for nothing, in a transaction: commits it, or rolls it back when `work` fails, and answers at once.
 */
export function runTransactionAtOnce<T extends EndableAtOnce, R>(transaction: T, work: (transaction: T) => R, options: BeginOptions): R {
  let result: R;
  if (typeof work !== "function") throw notFunction();
  transaction[BEGIN_AT_ONCE](options);
  try {
    result = work(transaction);
    if (isPending(result)) throw ofPromise(result);
  } catch (error) {
    if (transaction.isOpen) transaction[END_AT_ONCE]("rollback");
    throw error;
  }
  if (transaction.isOpen) transaction[END_AT_ONCE]("commit");
  return result;
}

function notFunction(): DatabaseError {
  return new DatabaseError("USAGE", "what runs in a transaction is a function");
}

/** What a function is told that answers a promise where it must not. Of the promise nobody else hears. */
function ofPromise(given: PromiseLike<unknown>): DatabaseError {
  given.then(undefined, () => {});
  return new DatabaseError("USAGE", "the function of transactionSync must not answer a promise: use transaction");
}

function isPending<R>(given: R | Promise<R>): given is Promise<R> {
  return given instanceof Promise || (typeof given === "object" && given !== null && "then" in given);
}

/** A transaction as a part of it sees it. */
export interface Savepoints {
  readonly isOpen: boolean;
  savepoint(name: string): Promise<void>;
  rollbackTo(name: string): Promise<void>;
  release(name: string): Promise<void>;
}

/** Runs a part of a transaction: what it did is undone when it fails. No name of SQL's is like `name`. */
export async function runSavepoint<R>(transaction: Savepoints, name: string, work: () => R | Promise<R>): Promise<R> {
  await transaction.savepoint(name);
  try {
    const result = await work();
    await transaction.release(name);
    return result;
  } catch (error) {
    // Of a transaction that a conflict has ended nothing is left to be undone.
    if (transaction.isOpen && !isConflict(error)) await undo(transaction, name);
    throw error;
  }
}

/** The reason for it counts, not what is in its way: that shows with the next call. */
async function undo(transaction: Savepoints, name: string): Promise<void> {
  try {
    await transaction.rollbackTo(name);
    await transaction.release(name);
  } catch (error) {
    if (!(error instanceof DatabaseError)) throw error;
  }
}

function pause(attempt: number, { clock, random }: Pauses): Promise<void> {
  const bytes = random.fill(new Uint8Array(2));
  const fraction = (((bytes[0] as number) << 8) | (bytes[1] as number)) / 0x10000;
  const delayMs = fraction * Math.min(PAUSE_MAX_MS, PAUSE_FIRST_MS * 2 ** attempt);
  return new Promise((resolve) => {
    clock.setTimer(resolve, delayMs, true);
  });
}
