/**
 * A transaction of an embedded database as an object: everything that is done through it is done in it, and seen by others when `commit`
 * is fulfilled.
 *
 * 1. Typed methods run at once and return values; a conflict that is known by then is thrown (SQL_ABORT), and nothing can follow it but
 *    `rollback`. Any other error leaves the transaction as it was before the call.
 * 2. It has a session of its own, so `execute`, typed methods and statements work on the same database, which SELECT changes.
 * 3. It ends by `commit` and `rollback` alone: BEGIN, COMMIT and ROLLBACK as commands or statements are refused. After its end every call
 *    throws TRANSACTION_ENDED.
 * 4. A session is used again by a later transaction, when nothing can reach it through this one any more. That of `transactionSync` is kept with
 *    its object, which begins again with the next call.
 */
/// <reference lib="esnext.disposable" preserve="true" />
import { DatabaseError } from "../common/error.ts";
import type { Listed } from "../common/open-list.ts";
import type { IsolationLevel, TransactionModes } from "../common/transaction-modes.ts";
import type { SessionSettings } from "../query/executor/settings.ts";
import { type Data, toData, type Value } from "./commands.ts";
import { type ExecuteOptions, orAborted } from "./execution.ts";
import { nameOf, payloadOf } from "./inbox.ts";
import type { KeyBatch, KeyScan } from "./key-range.ts";
import { adoptStatement, type Mortal, Queries, type QueryPlace, type SqlStatement } from "./queries.ts";
import type { ReplyValue } from "./reply-reader.ts";
import {
  BEGIN_AT_ONCE,
  type BeginOptions,
  COMMIT_NOW,
  END_AT_ONCE,
  type Endable,
  type EndableAtOnce,
  runSavepoint,
  type Savepoints,
} from "./retry.ts";
import { EmbeddedSession } from "./session.ts";
import { Turns } from "./turns.ts";
import { DatabaseView } from "./view.ts";

/** What a transaction needs of its database. */
export interface TransactionParts {
  readonly source: QueryPlace["source"];
  /** Those of the database, with which a transaction begins. */
  readonly settings: SessionSettings;
  /** Passes changes on to the log. */
  readonly pass: () => void;
  /** Whether the durability level holds back what is told. */
  readonly isHolding: () => boolean;
  /** Resolves with the result when the durability level allows it. */
  readonly acknowledge: <T>(result: T | Promise<T>) => Promise<T>;
  /** It has ended; its session may be used again. */
  readonly ended: (session: TransactionSession) => void;
}

/** A session in which everything belongs to a transaction. */
export class TransactionSession extends EmbeddedSession implements Listed {
  position = -1;
  /** The transaction that uses it. */
  user: Transaction | undefined;

  // Where there is no transaction the fast paths would run in the committed state.

  override getText(key: Data): string | null | undefined {
    this.#directly();
    return super.getText(key);
  }

  override getBytes(key: Data): Uint8Array | null | undefined {
    this.#directly();
    return super.getBytes(key);
  }

  override set(key: Data, value: Data): boolean {
    this.#directly();
    return super.set(key, value);
  }

  override add(key: Data, amount: number, command: number): number {
    this.#directly();
    return super.add(key, amount, command);
  }

  override call(args: readonly Data[], asBytes: boolean): ReplyValue {
    this.#ordinarily();
    return super.call(args, asBytes);
  }

  override run(commands: readonly (readonly Data[])[], asBytes: boolean): ReplyValue[] | Promise<ReplyValue[]> {
    this.#ordinarily();
    return super.run(commands, asBytes);
  }

  override orderKeys(): boolean {
    this.#ordinarily();
    return super.orderKeys();
  }

  override readKeys(scan: KeyScan, count: number, bytes: number, asBytes: boolean): KeyBatch {
    this.#ordinarily();
    return super.readKeys(scan, count, bytes, asBytes);
  }

  /** A direct call comes, which costs little. */
  #directly(): void {
    // One that is alone is open.
    if (this.engine.isAlone(this.handle)) this.transaction.heardOf();
    else this.#requireOpen();
  }

  #ordinarily(): void {
    this.#requireOpen();
    this.transaction.needTime();
    this.#isAsNew = false;
  }

  protected override renewed(): void {
    this.user?.abandon(ENDED.rollback);
  }

  #requireOpen(): void {
    this.user?.refuseEnded();
    this.transaction.requireOpen();
  }

  #place: QueryPlace | undefined;

  /** Where statements that the database has prepared run in the transactions of this session, one behind the other. */
  statementPlace(source: QueryPlace["source"]): QueryPlace {
    const { transaction } = this;
    this.#place ??= {
      source,
      transaction,
      database: () => this.database,
      refuseClosed: () => transaction.requireOpen(),
      acknowledged: (work) => Promise.resolve(work()),
      changed: () => {},
      adopted: new WeakMap(),
    };
    return this.#place;
  }

  /** Somebody uses it. When that was matters only where there is a limit. */
  heardOf(): void {
    if (this.transaction.isTimed) this.beginTiming();
  }

  beginTiming(): void {
    this.lastActiveMs = this.nowMs();
  }

  /** Whether only direct calls have come. */
  #isAsNew = true;

  /** As new, for the next transaction. */
  renew(): void {
    if (this.#isAsNew) return;
    this.#isAsNew = true;
    if (this.database !== 0) this.setDatabase(0);
    if (this.protocol !== 3) this.setProtocol(3);
    if (!this.authenticated) this.setAuthenticated(true);
    this.name = "";
  }
}

/** Says whether a transaction has ended, and how; its parts look at it. */
class Life implements Mortal {
  reason: (() => DatabaseError) | undefined;
  #turns: Turns | undefined;

  /** Made when the first call comes that may wait: many transactions have none. */
  get turns(): Turns {
    this.#turns ??= new Turns();
    return this.#turns;
  }

  get isWaiting(): boolean {
    return this.#turns?.isBusy === true;
  }

  refuseEnded(): void {
    if (this.reason !== undefined) throw this.reason();
  }
}

/** Statements of a transaction. */
function transactionQueries(session: TransactionSession, parts: TransactionParts, life: Life): Queries {
  const { transaction } = session;
  const { source, settings } = parts;
  const refuseClosed = (): void => {
    life.refuseEnded();
    transaction.requireOpen();
  };
  const acknowledged = <T>(work: () => T): Promise<T> => {
    const run = (): T => {
      refuseClosed();
      return work();
    };
    return parts.acknowledge(life.turns.run(run));
  };
  return new Queries({ source, transaction, database: () => session.database, refuseClosed, acknowledged, changed: () => {} }, settings);
}

/** What calls after the end are told. */
const ENDED = {
  commit: () => new DatabaseError("TRANSACTION_ENDED", "the transaction has ended: it was committed"),
  rollback: () => new DatabaseError("TRANSACTION_ENDED", "the transaction has ended: it was rolled back"),
};

export class Transaction extends DatabaseView implements Endable, EndableAtOnce, Savepoints {
  #modes: TransactionModes;
  readonly #session: TransactionSession;
  readonly #parts: TransactionParts;
  readonly #life: Life;
  readonly #isKept: boolean;
  #savepoints = 0;

  /** Requires: the session's transaction has begun, held; or `isKept`: it begins with BEGIN_AT_ONCE, again and again. */
  constructor(session: TransactionSession, parts: TransactionParts, isKept = false) {
    const life = new Life();
    // One that serves many has no statements but prepared ones, which have the database's.
    super(session, () => transactionQueries(session, isKept ? parts : { ...parts, settings: parts.settings.copy() }, life));
    this.#modes = session.transaction.modes;
    this.#session = session;
    this.#parts = parts;
    this.#life = life;
    this.#isKept = isKept;
  }

  get isolation(): IsolationLevel {
    return this.#modes.isolation;
  }

  get readOnly(): boolean {
    return this.#modes.readOnly;
  }

  /** Whether it can still be committed or rolled back. */
  get isOpen(): boolean {
    return this.#life.reason === undefined;
  }

  /** Throws TRANSACTION_ENDED if it has. */
  refuseEnded(): void {
    this.#life.refuseEnded();
  }

  /** A statement that the database has prepared, to be run in this transaction. Throws USAGE for one of another database. */
  statement<R>(prepared: SqlStatement<R>): SqlStatement<R> {
    this.#life.refuseEnded();
    return adoptStatement(prepared, this.#session.statementPlace(this.#parts.source), this.#life);
  }

  /** Runs any command but those that begin and end transactions, and answers its reply. Rejects with a DatabaseError when the reply is one. */
  async execute(args: readonly Value[], options: ExecuteOptions = {}): Promise<ReplyValue> {
    const [value = null] = await this.pipeline([args], options);
    if (value instanceof DatabaseError) throw value;
    return value;
  }

  /** Runs commands one behind the other, no other call of this object between them. An error is an element of the answer and ends nothing. */
  async pipeline(commands: readonly (readonly Value[])[], { bytes = false, signal }: ExecuteOptions = {}): Promise<ReplyValue[]> {
    this.#life.refuseEnded();
    signal?.throwIfAborted();
    const words = commands.map((args) => {
      if (args.length === 0) throw new DatabaseError("USAGE", "a command has at least its name");
      return args.map(toData);
    });
    const run = (): ReplyValue[] | Promise<ReplyValue[]> => {
      this.#life.refuseEnded();
      return this.#session.run(words, bytes);
    };
    return orAborted(this.#parts.acknowledge(this.#life.turns.run(run)), signal);
  }

  /** Sends a message when it commits, behind what it has changed; how often it would be delivered now. */
  publish(channel: Data, message: Value): number {
    this.#life.refuseEnded();
    return this.#session.publishLater(nameOf(channel), payloadOf(toData(message)));
  }

  /**
   * Has others see what it did, all at once, and is fulfilled when that is as safe as the durability level demands. Rejects with
   * SQL_ABORT when another transaction stands in its way, and with what a constraint has against it: nothing of it is there then.
   */
  async commit(): Promise<void> {
    await this[COMMIT_NOW]();
  }

  /** The same, for who waits only if there is something to wait for. Throws what `commit` rejects with at once. */
  [COMMIT_NOW](): Promise<void> | undefined {
    const { acknowledge, isHolding } = this.#parts;
    const pending = this.#life.turns.run(() => {
      this.#end("commit");
      this.#parts.pass();
    });
    return pending === undefined && !isHolding() ? undefined : acknowledge(pending);
  }

  /** Undoes everything. */
  async rollback(): Promise<void> {
    await this.#life.turns.run(() => this.#end("rollback"));
  }

  /** Begins a transaction that END_AT_ONCE ends: one object serves many, one behind the other. Throws what `begin` rejects with. */
  [BEGIN_AT_ONCE](options: BeginOptions): void {
    this.#modes = this.#session.transaction.beginAtOnce(options);
    this.#life.reason = undefined;
  }

  /** What it has changed is passed on as changes of typed methods are. Throws USAGE for a commit while one of its calls waits, and rolls back behind that. */
  [END_AT_ONCE](how: "commit" | "rollback"): void {
    if (this.#life.isWaiting) {
      this.rollback().catch(() => {});
      if (how === "rollback") return;
      throw new DatabaseError("USAGE", "a call of this transaction is under way, so it is rolled back: use transaction");
    }
    this.#life.reason = ENDED.rollback;
    this.#session.transaction.endAtOnce(how);
    this.#life.reason = ENDED[how];
    this.#session.renew();
    if (how === "commit") this.#session.changed();
  }

  /** Rolls back, unless it has ended. */
  async close(): Promise<void> {
    if (this.isOpen) await this.rollback();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /** Marks a place to which `rollbackTo` takes back what comes behind it. */
  savepoint(name: string): Promise<void>;
  /** Runs a part of the transaction: if it fails, what it did is undone, and the transaction may go on. One such part at a time. */
  savepoint<R>(work: () => R | Promise<R>): Promise<R>;
  async savepoint<R>(given: string | (() => R | Promise<R>)): Promise<R | undefined> {
    if (typeof given === "string") {
      await this.#direct(() => this.#session.transaction.setSavepoint(given));
      return undefined;
    }
    return runSavepoint(this, `\0${++this.#savepoints}`, given);
  }

  /** Undoes what was done since a savepoint, which stays. */
  async rollbackTo(name: string): Promise<void> {
    await this.#direct(() => this.#session.transaction.rollbackTo(name, name));
  }

  /** Forgets a savepoint and those behind it; what was done stays. */
  async release(name: string): Promise<void> {
    await this.#direct(() => this.#session.transaction.releaseSavepoint(name, name));
  }

  /** The database goes away, or the session that it has there. */
  abandon(reason: () => DatabaseError): void {
    if (this.isOpen) this.#finish(reason);
  }

  async #direct(run: () => void): Promise<void> {
    await this.#life.turns.run(() => {
      this.#life.refuseEnded();
      run();
    });
  }

  #end(how: "commit" | "rollback"): void {
    this.#life.refuseEnded();
    let end: "commit" | "rollback" = "rollback";
    try {
      this.#session.transaction.endHeld(how);
      end = how;
    } finally {
      this.#finish(ENDED[end]);
    }
  }

  #finish(reason: () => DatabaseError): void {
    this.#life.reason = reason;
    if (this.#isKept) {
      this.#session.renew();
      return;
    }
    this.end(reason);
    this.#parts.ended(this.#session);
  }
}
