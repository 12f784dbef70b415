/**
 * What a database must offer to be tested: sessions that run operations in transactions and as autocommit units. There is one
 * on the model (model-client.ts), one on the library and one on sockets. Answers come at once or as promises, so that a
 * history on the model need not wait for anything.
 *
 * Requires of callers: one call at a time over all sessions. What runs at the same time is transactions, not calls, so every
 * run can be repeated.
 */
import type { Level } from "./model.ts";
import type { Content, ItemName, Operation, Outcome } from "./operation.ts";

export type Awaitable<Result> = Result | Promise<Result>;

export interface Session {
  begin(level: Level, readOnly: boolean): Awaitable<void>;
  /** A read view: as a transaction at the level `snapshot` that only reads, without savepoints. */
  view(): Awaitable<void>;
  /** Inside of the transaction, if there is one, else a unit of its own. */
  execute(operation: Operation): Awaitable<Outcome>;
  /** Several operations as one autocommit unit. Requires: no transaction. */
  unit(operations: readonly Operation[]): Awaitable<readonly Outcome[]>;
  /** False: it has been aborted because of a conflict. */
  commit(): Awaitable<boolean>;
  rollback(): Awaitable<void>;
  savepoint(name: string): Awaitable<void>;
  rollbackTo(name: string): Awaitable<void>;
  release(name: string): Awaitable<void>;
}

export type Contents = readonly (readonly [ItemName, Content])[];

export interface Client {
  /** Empties the database and fills it; the history's time begins. Requires: no transaction in any session. */
  reset(contents: Contents): Awaitable<void>;
  /** Sessions are numbered from 0; the same number gives the same session. */
  session(number: number): Awaitable<Session>;
  /** Lets time go on. Requires: a client whose time is its own. */
  pass(durationMs: number): void;
  /** After an error that no plan can expect: another database. Absent where there is no such error. */
  renew?(): Awaitable<void>;
  close(): Awaitable<void>;
}
