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
  readonly isolation?: IsolationLevel;
  /** Whatever writes is refused (25006). */
  readonly readOnly?: boolean;
}

export interface TransactionOptions extends BeginOptions {
  /** How often it is run anew after a conflict (10). */
  readonly retries?: number;
  /** Ends the waiting between two attempts with its reason. */
  readonly signal?: StopSignal;
}

/** A transaction as its repetition sees it. */
export interface Endable {
  /** Whether it can still be committed or rolled back. */
  readonly isOpen: boolean;
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

/** Whether a transaction has failed because of another one, so that it may succeed when it is run anew. */
export function isConflict(error: unknown): boolean {
  return error instanceof DatabaseError && error.code === "SQL_ABORT";
}

/** Runs `work` in a transaction, which is committed when it is done, unless `work` has ended it, and rolled back when it fails. */
export async function runTransaction<T extends Endable, R>(
  begin: () => Promise<T>,
  work: (transaction: T) => R | Promise<R>,
  { retries = RETRIES, signal }: TransactionOptions,
  pauses: Pauses,
): Promise<R> {
  for (let attempt = 0; ; attempt++) {
    signal?.throwIfAborted();
    try {
      return await runOnce(await begin(), work);
    } catch (error) {
      if (!isConflict(error) || attempt >= retries) throw error;
    }
    await pause(attempt, pauses);
  }
}

async function runOnce<T extends Endable, R>(transaction: T, work: (transaction: T) => R | Promise<R>): Promise<R> {
  try {
    const result = await work(transaction);
    if (transaction.isOpen) await transaction.commit();
    return result;
  } finally {
    if (transaction.isOpen) await transaction.rollback();
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
