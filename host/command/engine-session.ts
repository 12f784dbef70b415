/**
 * The half of a `Session` that lives in engine memory, which connections and embedded sessions have in common.
 *
 * After `release` the engine's session is gone, but a handler that was waiting may still hold this object: reads then answer the
 * state of a new session and writes do nothing.
 */
import {
  MULTI_RUNNING,
  SESSION_AUTHENTICATED,
  SESSION_DATABASE,
  SESSION_HELD_CAPACITY,
  SESSION_HELD_LENGTH,
  SESSION_MULTI,
  SESSION_MULTI_LENGTH,
  SESSION_MULTI_STATE,
  SESSION_NO_TOUCH,
  SESSION_PROTOCOL,
  SESSION_REPLY_MODE,
  SESSION_WATCH_DIRTY,
} from "../../assembly/abi/layout.ts";
import { REPLY_ON } from "../../assembly/abi/status.ts";
import { DatabaseError } from "../common/error.ts";
import type { SessionTransaction } from "../database/transaction.ts";
import type { Transactions } from "../database/transactions.ts";
import { unblocked, type Waiter } from "../database/waiting.ts";
import type { Engine } from "../engine/engine.ts";

export abstract class EngineSession {
  /** Unix time at which it was heard of last. */
  abstract lastActiveMs: number;
  readonly transaction: SessionTransaction;
  protected readonly engine: Engine;
  #handle: number;
  #open = true;
  #waiter: Waiter | undefined;

  /** Requires: `handle` is of a session that `engine` has opened; it belongs to this object from now on. */
  constructor(engine: Engine, handle: number, transactions: Transactions) {
    this.engine = engine;
    this.#handle = handle;
    this.transaction = transactions.of(this);
  }

  /** The engine's handle. */
  get handle(): number {
    return this.#handle;
  }

  get database(): number {
    return this.field(SESSION_DATABASE, 0);
  }

  get protocol(): 2 | 3 {
    return this.field(SESSION_PROTOCOL, 2) === 3 ? 3 : 2;
  }

  get authenticated(): boolean {
    return this.field(SESSION_AUTHENTICATED, 0) !== 0;
  }

  get replyMode(): number {
    return this.field(SESSION_REPLY_MODE, REPLY_ON);
  }

  /** Commands that MULTI has queued, -1 outside of it. */
  get queued(): number {
    return this.field(SESSION_MULTI, 0) - 1;
  }

  get queuedBytes(): number {
    return this.field(SESSION_MULTI_LENGTH, 0);
  }

  /** EXEC runs its queue: what it asks the host for is answered at once. */
  get isExecuting(): boolean {
    return (this.field(SESSION_MULTI_STATE, 0) & MULTI_RUNNING) !== 0;
  }

  /** A watched key was changed, so that EXEC will run nothing. */
  get isWatchBroken(): boolean {
    return this.field(SESSION_WATCH_DIRTY, 0) !== 0;
  }

  get inputBytes(): number {
    return this.field(SESSION_HELD_LENGTH, 0);
  }

  get inputCapacity(): number {
    return this.field(SESSION_HELD_CAPACITY, 0);
  }

  get noTouch(): boolean {
    return this.field(SESSION_NO_TOUCH, 0) !== 0;
  }

  set noTouch(noTouch: boolean) {
    this.setField(SESSION_NO_TOUCH, noTouch ? 1 : 0);
  }

  setProtocol(version: 2 | 3): void {
    this.setField(SESSION_PROTOCOL, version);
  }

  setAuthenticated(authenticated: boolean): void {
    this.setField(SESSION_AUTHENTICATED, authenticated ? 1 : 0);
  }

  setDatabase(database: number): void {
    this.setField(SESSION_DATABASE, database);
  }

  setReplyMode(mode: number): void {
    this.setField(SESSION_REPLY_MODE, mode);
  }

  /** It is neither in MULTI nor in a transaction. */
  get isPlain(): boolean {
    return this.queued < 0 && !this.transaction.isOpen;
  }

  get isBlocked(): boolean {
    return this.#waiter?.isWaiting === true;
  }

  wait<T>(waiter: Waiter<T>): Promise<T | undefined> {
    this.#waiter = waiter as Waiter;
    return waiter.answer;
  }

  unblock(withError: boolean): boolean {
    const waiter = this.#waiter;
    return waiter !== undefined && (withError ? waiter.fail(unblocked()) : waiter.timeOut());
  }

  /** Ends MULTI and all watches. */
  protected discardTransaction(): void {
    this.setField(SESSION_MULTI, 0);
  }

  /** Frees the engine's session, its transaction rolled back; a second call does nothing. */
  release(): void {
    if (!this.#open) return;
    this.#waiter?.fail(new DatabaseError("CONNECTION_CLOSED", "the client has gone"));
    this.transaction.close(this.engine.failure === undefined);
    this.#open = false;
    this.engine.closeSession(this.#handle);
  }

  /** Whether the engine's session still exists. */
  get isOpen(): boolean {
    return this.#open;
  }

  /** A new engine session in the place of this one. */
  protected replaceSession(): void {
    this.transaction.end();
    this.engine.closeSession(this.#handle);
    this.#handle = this.engine.openSession();
  }

  /** A SESSION_* field, or `whenClosed`. */
  protected field(field: number, whenClosed: number): number {
    return this.#open ? this.engine.sessionField(this.#handle, field) : whenClosed;
  }

  protected setField(field: number, value: number): void {
    if (this.#open) this.engine.setSession(this.#handle, field, value);
  }
}
