/**
 * The database that a page has: the methods of an embedded one, each with a promise of the same result, while engine and log
 * live in a worker.
 *
 * 1. Calls take effect in the order in which they are made. They need not be awaited one by one: those of one turn travel
 *    together (remote-calls.ts).
 * 2. A promise is fulfilled when the change is as safe as the durability level demands; typed methods too, unlike those of a
 *    database in the same thread.
 * 3. `close` finishes the log and ends the worker; every later call is rejected with CLOSED.
 */
/// <reference lib="esnext.disposable" preserve="true" />

import { DatabaseError } from "../common/error.ts";
import type { Vacuumed } from "../maintenance/vacuum.ts";
import type { Data, Value } from "./commands.ts";
import { type ExecuteOptions, orAborted } from "./execution.ts";
import { createMulti, type Multi, type MultiOptions, type MultiPlace } from "./multi.ts";
import type { RemoteCalls } from "./remote-calls.ts";
import { type RemoteSnapshot, RemoteTransaction } from "./remote-transaction.ts";
import { nextWalk, RemoteSet, RemoteView } from "./remote-view.ts";
import type { ReplyValue } from "./reply-reader.ts";
import type { MemoryReport, StatisticsReport } from "./report.ts";
import { type BeginOptions, type Pauses, runTransaction, type TransactionOptions } from "./retry.ts";
import {
  type MessageListener,
  type MessageSource,
  type PublishedMessage,
  type SubscribeOptions,
  Subscription,
  type Topic,
} from "./subscription.ts";
import { defineWaiting, WAIT, type WaitingCommands } from "./waiting-commands.ts";

/** A queue whose session is the worker's, which keeps what is wrong with a watch for `exec`. */
class RemotePlace implements MultiPlace {
  readonly #call: (method: string, args: readonly unknown[]) => Promise<unknown>;
  readonly #number = nextWalk();
  #hasWatched = false;

  constructor(call: (method: string, args: readonly unknown[]) => Promise<unknown>) {
    this.#call = call;
  }

  watch(keys: readonly Data[]): void {
    this.#hasWatched = true;
    this.#call("multiWatch", [this.#number, keys]).catch(() => {});
  }

  async exec(commands: readonly (readonly Data[])[]): Promise<readonly ReplyValue[] | null> {
    this.#hasWatched = false;
    return (await this.#call("multiExec", [this.#number, commands])) as readonly ReplyValue[] | null;
  }

  close(): void {
    if (this.#hasWatched) this.#call("multiDiscard", [this.#number]).catch(() => {});
  }
}

/** Runs a command that may wait. What the worker has popped before it heard of the signal is answered: nothing is lost. */
async function waitRemotely(
  link: RemoteCalls,
  database: number,
  asBytes: boolean,
  words: readonly Data[],
  signal: AbortSignal | undefined,
): Promise<ReplyValue> {
  signal?.throwIfAborted();
  const number = nextWalk();
  const abort = (): void => void link.call("endWait", database, false, [number]).catch(() => {});
  signal?.addEventListener("abort", abort, { once: true });
  try {
    return (await link.call("wait", database, asBytes, [number, words], true)) as ReplyValue;
  } catch (error) {
    if (error instanceof DatabaseError && error.code === "UNBLOCKED" && signal?.aborted) throw signal.reason;
    throw error;
  } finally {
    signal?.removeEventListener("abort", abort);
  }
}

/** The typed methods with bytes, and those that wait. */
class RemoteWaitingBytes extends RemoteSet<Uint8Array> {
  readonly #link: RemoteCalls;
  readonly #number: number;

  constructor(calls: RemoteCalls, database: number) {
    super(calls, database, true);
    this.#link = calls;
    this.#number = database;
  }

  [WAIT](words: readonly Data[], signal: AbortSignal | undefined): Promise<ReplyValue> {
    return waitRemotely(this.#link, this.#number, true, words, signal);
  }
}

defineWaiting(RemoteWaitingBytes.prototype);

/** A database of the same engine by its number, in which commands can be queued. */
class RemoteQueueingRunner extends RemoteView {
  /** The typed methods, those that wait too, with Uint8Array in the place of strings. */
  declare readonly bytes: InstanceType<typeof RemoteSet<Uint8Array>> & WaitingCommands<Uint8Array>;
  readonly #link: RemoteCalls;
  readonly #number: number;

  constructor(calls: RemoteCalls, database: number) {
    super(calls, database, new RemoteWaitingBytes(calls, database));
    this.#link = calls;
    this.#number = database;
  }

  /** A queue of commands that run as one unit, if none of the keys that it watches was changed (multi.ts). */
  multi(options?: { readonly bytes?: false }): Multi<string>;
  multi(options: { readonly bytes: true }): Multi<Uint8Array>;
  multi({ bytes = false }: MultiOptions = {}): Multi<string> | Multi<Uint8Array> {
    const place = new RemotePlace((method, args) => this.#link.call(method, this.#number, bytes, args));
    return bytes ? createMulti<Uint8Array>(place, true) : createMulti<string>(place, false);
  }

  [WAIT](words: readonly Data[], signal: AbortSignal | undefined): Promise<ReplyValue> {
    return waitRemotely(this.#link, this.#number, false, words, signal);
  }
}

defineWaiting(RemoteQueueingRunner.prototype);

/** The same with commands that wait. */
export const RemoteQueueingView = RemoteQueueingRunner as unknown as new (
  calls: RemoteCalls,
  database: number,
) => RemoteQueueingRunner & WaitingCommands<string>;
export type RemoteQueueingView = InstanceType<typeof RemoteQueueingView>;

export class RemoteDatabase extends RemoteQueueingView {
  readonly #calls: RemoteCalls;
  readonly #endWorker: () => void;
  readonly #pauses: Pauses;
  /** Transactions that have begun, by number. */
  #lastTransaction = 0;
  readonly #views = new Map<number, RemoteQueueingView>();
  #closed: Promise<void> | undefined;

  /** `endWorker` is called once, when the database is closed; `pauses` lie between attempts of a transaction. */
  constructor(calls: RemoteCalls, endWorker: () => void, pauses: Pauses) {
    super(calls, 0);
    this.#calls = calls;
    this.#pauses = pauses;
    this.#endWorker = endWorker;
  }

  /**
   * Runs any command and answers its reply in JavaScript values. Rejects with a DatabaseError when the reply is one, and when the
   * log has failed before the command's changes were as safe as the durability level demands.
   */
  async execute(args: readonly Value[], { bytes = false, signal }: ExecuteOptions = {}): Promise<ReplyValue> {
    signal?.throwIfAborted();
    return orAborted(this.#calls.call("execute", 0, bytes, [args]), signal) as Promise<ReplyValue>;
  }

  /** Runs commands one behind the other, no other call between them. An error is an element of the answer and ends nothing. */
  async pipeline(commands: readonly (readonly Value[])[], { bytes = false, signal }: ExecuteOptions = {}): Promise<ReplyValue[]> {
    signal?.throwIfAborted();
    return orAborted(this.#calls.call("pipeline", 0, bytes, [commands]), signal) as Promise<ReplyValue[]>;
  }

  /** The typed methods on another of the 16 databases; their calls are rejected with INDEX_OUT_OF_RANGE if there is none. */
  select(database: number): RemoteQueueingView {
    if (database === 0) return this;
    let view = this.#views.get(database);
    if (view === undefined) {
      view = new RemoteQueueingView(this.#calls, database);
      this.#views.set(database, view);
    }
    return view;
  }

  /** Begins a transaction, which is to be ended by its `commit` or `rollback`. */
  begin(options: BeginOptions = {}): Promise<RemoteTransaction> {
    return this.#begin("begin", options);
  }

  /**
   * Runs `work` in a transaction that is committed when it is done, and answers what it answers. It is run anew after a conflict, so it
   * should do nothing but what the transaction can take back. What it throws rolls back and is thrown.
   */
  transaction<R>(work: (transaction: RemoteTransaction) => R | Promise<R>, options: TransactionOptions = {}): Promise<R> {
    const { isolation, readOnly } = options;
    return runTransaction(() => this.begin({ isolation, readOnly }), work, options, this.#pauses);
  }

  /**
   * The database as it is now, to be read for as long as it takes while others write. What is superseded meanwhile is kept for it, so it
   * should be closed.
   */
  snapshot(): Promise<RemoteSnapshot> {
    return this.#begin("snapshot", {});
  }

  /** Sends a message to all who listen to a channel; how many times it was delivered. */
  publish(channel: Data, message: Value): Promise<number> {
    return this.call("publish", [channel, message]) as Promise<number>;
  }

  /**
   * Listens to a channel, to the channels that match `{ pattern }`, or to several of these, until it is closed (subscription.ts). What
   * is wrong with the topics is told to the reader.
   */
  subscribe(
    topics: Topic | readonly Topic[],
    listener?: MessageListener,
    options?: SubscribeOptions & { readonly bytes?: false },
  ): Subscription;
  subscribe(
    topics: Topic | readonly Topic[],
    listener: MessageListener<Uint8Array> | undefined,
    options: SubscribeOptions & { readonly bytes: true },
  ): Subscription<Uint8Array>;
  subscribe<T extends Data>(
    topics: Topic | readonly Topic[],
    listener?: MessageListener<T>,
    options: SubscribeOptions = {},
  ): Subscription<T> {
    const number = nextWalk();
    const begun = this.call("subscribe", [number, topics, options]);
    begun.catch(() => {});
    const source: MessageSource<T> = {
      take: async () => {
        await begun;
        return (await this.call("messages", [number], true)) as readonly PublishedMessage<T>[];
      },
      close: () => {
        this.call("unsubscribe", [number]).catch(() => {});
      },
    };
    return new Subscription(source, listener);
  }

  async #begin(method: "begin" | "snapshot", options: BeginOptions): Promise<RemoteTransaction> {
    const number = ++this.#lastTransaction;
    await this.#calls.call(method, 0, false, [options], false, number);
    return new RemoteTransaction(this.#calls, number);
  }

  /** Resolves when everything that was written survives a loss of power; at once in memory. Rejects when the log failed. */
  async flush(): Promise<void> {
    await this.call("flush", [], true);
  }

  /** Writes the log anew without what is out of date. Resolves at once in memory. */
  async compact(): Promise<void> {
    await this.call("compact", [], true);
  }

  /** Frees old versions that nobody sees any more; answers what was reclaimed since it was asked last. */
  vacuum(): Promise<Vacuumed> {
    return this.call("vacuum", [], true) as Promise<Vacuumed>;
  }

  /** Bytes in use, exact, by purpose. */
  memory(): Promise<MemoryReport> {
    return this.call("memory", []) as Promise<MemoryReport>;
  }

  /** Counters of the engine, keys by database, and how far the log is. */
  stats(): Promise<StatisticsReport> {
    return this.call("stats", []) as Promise<StatisticsReport>;
  }

  /** Ends the database: waits for what is under way, finishes the log, ends the worker. Later calls wait for the first. */
  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #close(): Promise<void> {
    const closing = this.call("close", [], true);
    try {
      await closing;
    } finally {
      this.#calls.end(new DatabaseError("CLOSED", "the database is closed"));
      this.#endWorker();
    }
  }
}
