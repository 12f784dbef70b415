/**
 * The embedded database that programs import: commands as method calls on an engine in this process.
 *
 * 1. Typed methods run at once and return values; `flush` says when what they wrote is safe. `execute` and `pipeline` run any
 *    command, in the order of the calls, and resolve when the durability level allows it.
 * 2. Typed methods and `execute` have sessions of their own: SELECT through `execute` does not move the typed methods, which
 *    work on database 0, or on the one of the view that `select` answers.
 * 3. After `close` every call fails with CLOSED.
 * 4. Whoever made the database (entry/) passes in what needs a runtime: how to serve it, what the process is called.
 */
/// <reference lib="esnext.disposable" preserve="true" />

import type { CommandContext, CommandHandler, ServerState } from "../command/session.ts";
import { findRow } from "../command/table.ts";
import { DatabaseError } from "../common/error.ts";
import { OpenList } from "../common/open-list.ts";
import { replyError } from "../common/reply-error.ts";
import type { Database } from "../database/database.ts";
import { Waiter } from "../database/waiting.ts";
import type { Vacuumed } from "../maintenance/vacuum.ts";
import type { Clock, Random } from "../platform/types.ts";
import { SessionSettings } from "../query/executor/settings.ts";
import type { Suspended } from "../query/executor/suspended-statement.ts";
import { type Data, textOf, toData, type Value } from "./commands.ts";
import { type ExecuteOptions, orAborted } from "./execution.ts";
import { Inbox, nameOf, payloadOf, topicsOf } from "./inbox.ts";
import type { MultiSessions } from "./multi.ts";
import { Queries, type QueryPlace } from "./queries.ts";
import type { ReplyValue } from "./reply-reader.ts";
import { type MemoryReport, memoryReport, type StatisticsReport, statisticsReport } from "./report.ts";
import { type BeginOptions, checkBegin, runTransaction, runTransactionAtOnce, type TransactionOptions } from "./retry.ts";
import { EmbeddedSession } from "./session.ts";
import type { Snapshot } from "./snapshot.ts";
import { type MessageListener, type SubscribeOptions, Subscription, type Topic } from "./subscription.ts";
import { Transaction, type TransactionParts, TransactionSession } from "./transaction.ts";
import { Turns } from "./turns.ts";
import { QueueingView } from "./view.ts";

/** A port behind which the database is served. */
export interface Door {
  readonly host: string;
  readonly port: number;
  /** Closes the port and its connections; the database goes on. */
  stop(): Promise<void>;
}

export interface EmbeddedParts {
  readonly database: Database;
  readonly clock: Clock;
  readonly random: Random;
  /** Identifies this run in INFO, 40 hexadecimal digits. */
  readonly runId: string;
  readonly createHandlers: (context: CommandContext) => ReadonlyMap<number, CommandHandler>;
  /** Milliseconds after which a statement is ended; 0 or undefined: never. */
  readonly statementTimeoutMs?: number;
  /** Opens a port; absent where programs cannot listen. */
  readonly serve?: (options: Readonly<Record<string, unknown>>) => Promise<Door>;
}

/** Number of the first transaction's session; those of typed methods are below. */
const FIRST_MULTI = 100;

/** Whether a command may wait for others. */
function isWaiting(words: readonly Data[]): boolean {
  return findRow(textOf(words[0] ?? ""))?.flags.includes("blocking") === true;
}

/** An error of the database as a reply. */
function errorReply(error: unknown): DatabaseError {
  if (error instanceof DatabaseError) return error;
  throw error;
}

class NumberedView extends QueueingView {
  override end(): void {
    super.end();
  }
}

/** Sessions of ended transactions that are kept for the next ones. */
const FREE_SESSIONS_MAX = 16;
const NO_OPTIONS: BeginOptions = {};
/** Number of the session of a transaction, for CLIENT. */
const TRANSACTION_SESSION = 1000;

export class EmbeddedDatabase extends QueueingView {
  readonly #parts: EmbeddedParts;
  /** Sessions: 1 is `execute`'s, the others those of typed methods by database number. */
  readonly #session: EmbeddedSession;
  readonly #typed = new Map<number, EmbeddedSession>();
  readonly #views = new Map<number, NumberedView>();
  readonly #newSession: (id: number, database: number) => EmbeddedSession;
  readonly #newQueries: (session: EmbeddedSession) => Queries;
  readonly #newTransactionSession: () => TransactionSession;
  readonly #transactionParts: TransactionParts;
  /** Sessions of the transactions that are open. */
  readonly #transactions = new OpenList<TransactionSession>();
  readonly #freeSessions: TransactionSession[] = [];
  /** Transactions of functions that run at once, each within the one before it, kept for the next ones; how many are open. */
  readonly #atOnce: Transaction[] = [];
  readonly #atOnceSessions: TransactionSession[] = [];
  #depth = 0;
  readonly #newTransactions: (database: number) => MultiSessions;
  /** Sessions of queues of commands that have begun. */
  readonly #multis = new Set<EmbeddedSession>();
  readonly #doors = new Set<Door>();
  readonly #inboxes = new Set<{ close(): void }>();
  readonly #turns = new Turns();
  /** Statements that let others run. */
  readonly #underWay = new Set<Promise<unknown>>();
  #closed: Promise<void> | undefined;
  #nextMulti = FIRST_MULTI;

  constructor(parts: EmbeddedParts) {
    const { database, clock } = parts;
    const handlers: { map: ReadonlyMap<number, CommandHandler> } = { map: new Map() };
    const newSession = (id: number, number: number): EmbeddedSession => {
      const session = new EmbeddedSession({ id, database, clock, handlers: () => handlers.map });
      session.setDatabase(number);
      return session;
    };
    const typed = newSession(2, 0);
    // Queries come before the object that says whether it is closed and what has to wait.
    const whole: { database?: EmbeddedDatabase } = {};
    const place = (session: EmbeddedSession): QueryPlace => ({
      source: database.queries,
      database: () => session.database,
      refuseClosed: () => (whole.database as EmbeddedDatabase).#refuseClosed(),
      acknowledged: (work) => (whole.database as EmbeddedDatabase).#acknowledged(work),
      finished: (start) => (whole.database as EmbeddedDatabase).#finished(start),
      changed: () => session.changed(),
    });
    const settings = new SessionSettings(parts.statementTimeoutMs);
    const newQueries = (session: EmbeddedSession): Queries => new Queries(place(session), settings);
    const newTransactions = (number: number): MultiSessions => ({
      open: () => (whole.database as EmbeddedDatabase).#openMulti(number),
      run: (session, commands, asBytes) => (whole.database as EmbeddedDatabase).#runMulti(session, commands, asBytes),
      close: (session) => (whole.database as EmbeddedDatabase).#closeMulti(session),
      wait: (words, asBytes, signal) => (whole.database as EmbeddedDatabase).#wait(number, words, asBytes, signal),
    });
    super(typed, () => newQueries(typed), newTransactions(0));
    whole.database = this;
    this.#parts = parts;
    this.#newQueries = newQueries;
    this.#newTransactions = newTransactions;
    this.#newSession = newSession;
    this.#newTransactionSession = () => new TransactionSession({ id: TRANSACTION_SESSION, database, clock, handlers: () => handlers.map });
    this.#transactionParts = {
      source: database.queries,
      settings,
      pass: () => database.commits.pass(),
      isHolding: () => database.commits.holding,
      acknowledge: (result) => this.#acknowledge(result),
      ended: (session) => this.#freeSession(session),
    };
    this.#typed.set(0, typed);
    this.#session = newSession(1, 0);
    const sessions = (): EmbeddedSession[] => [this.#session, ...this.#typed.values(), ...this.#multis];
    handlers.map = parts.createHandlers({
      sessions,
      pubsub: database.pubsub,
      transactions: database.transactions,
      vacuum: database.vacuum,
      waiting: database.waiting,
      server: this.#state(),
    });
  }

  /**
   * Runs any command and answers its reply in JavaScript values (reply-reader.ts). Rejects with a DatabaseError when the reply is
   * one, and when the log has failed before the command's changes were as safe as the durability level demands.
   */
  async execute(args: readonly Value[], options: ExecuteOptions = {}): Promise<ReplyValue> {
    const [value = null] = await this.#run([args], options);
    if (value instanceof DatabaseError) throw value;
    return value;
  }

  /** Runs commands one behind the other, no other call of this object between them. An error is an element of the answer and ends nothing. */
  async pipeline(commands: readonly (readonly Value[])[], options: ExecuteOptions = {}): Promise<ReplyValue[]> {
    return this.#run(commands, options);
  }

  /** The typed methods on another of the 16 databases; the same object for the same number. Throws INDEX_OUT_OF_RANGE. */
  select(database: number): QueueingView {
    this.#refuseClosed();
    if (!Number.isInteger(database) || database < 0 || database >= this.#parts.database.engine.statistics.databaseCount) {
      throw replyError("INDEX_OUT_OF_RANGE");
    }
    if (database === 0) return this;
    let view = this.#views.get(database);
    if (view === undefined) {
      const session = this.#newSession(2 + database, database);
      view = new NumberedView(session, () => this.#newQueries(session), this.#newTransactions(database));
      this.#typed.set(database, session);
      this.#views.set(database, view);
    }
    return view;
  }

  /** Begins a transaction, which is to be ended by its `commit` or `rollback`. Rejects with SQL_OUT_OF_MEMORY. */
  async begin(options: BeginOptions = {}): Promise<Transaction> {
    return this.#begin(options, true);
  }

  /**
   * Runs `work` in a transaction that is committed when it is done, and answers what it answers. It is run anew after a conflict, so it
   * should do nothing but what the transaction can take back. What it throws rolls back and is thrown.
   */
  transaction<R>(work: (transaction: Transaction) => R | Promise<R>, options: TransactionOptions = {}): Promise<R> {
    return runTransaction(() => this.#begin(options, true), work, options, this.#parts);
  }

  /**
   * The same at once, of a function that waits for nothing. Nobody can come in between but the function itself, by calls of the database, so there are no
   * conflicts otherwise, and it is run once. As with typed methods, `flush` says when what it wrote is safe. Throws USAGE, and has rolled back, when
   * `work` answers a promise. The transaction's object is good within the function alone: a later call may use it again.
   */
  transactionSync<R>(work: (transaction: Transaction) => R, options: BeginOptions = NO_OPTIONS): R {
    this.#refuseClosed();
    if (options !== NO_OPTIONS) checkBegin(options);
    const depth = this.#depth++;
    const transaction = this.#atOnce[depth] ?? this.#newAtOnce(depth);
    try {
      return runTransactionAtOnce(transaction, work, options);
    } finally {
      this.#depth = depth;
      // A call of it waits, behind which it is rolled back.
      if (transaction.isOpen) this.#atOnce.length = depth;
    }
  }

  /**
   * The database as it is now, to be read for as long as it takes while others write. What is superseded meanwhile is kept for it, so it
   * should be closed.
   */
  snapshot(): Promise<Snapshot> {
    return Promise.resolve().then(() => this.#begin({ isolation: "snapshot", readOnly: true }, false));
  }

  /**
   * Resolves when what has run so far, typed methods included, is as safe as the durability level demands, as `execute` waits for it.
   * Rejects when the log failed before.
   */
  async settled(): Promise<void> {
    this.#refuseClosed();
    this.#parts.database.commits.pass();
    await this.#acknowledge([]);
  }

  /** Resolves when everything that was written survives a loss of power; at once in memory. Rejects when the log failed. */
  async flush(): Promise<void> {
    this.#refuseClosed();
    await this.#parts.database.commits.flush();
  }

  /** Writes the log anew without what is out of date, as BGREWRITEAOF does. Resolves at once in memory. */
  async compact(): Promise<void> {
    this.#refuseClosed();
    await this.#parts.database.persistence?.compact();
  }

  /** Frees old versions that nobody sees any more; answers what was reclaimed since it was asked last, however that went. */
  async vacuum(): Promise<Vacuumed> {
    this.#refuseClosed();
    return this.#parts.database.vacuum.report();
  }

  /** Bytes in use, exact, by purpose. */
  memory(): MemoryReport {
    this.#refuseClosed();
    return memoryReport(this.#parts.database.engine.statistics);
  }

  /** Counters of the engine, keys by database, and how far the log is. */
  stats(): StatisticsReport {
    this.#refuseClosed();
    return statisticsReport(this.#parts.database);
  }

  /** Why the engine or the log has failed; undefined while both work. Reads go on with a failed log, with a failed engine nothing does. */
  get failure(): DatabaseError | undefined {
    return this.#parts.database.engine.failure ?? this.#parts.database.commits.logFailure;
  }

  /**
   * Sends a message to all who listen to a channel, clients of `serve` among them; how many times it was delivered. Within a transaction
   * its own `publish` sends it with the commit.
   */
  publish(channel: Data, message: Value): number {
    this.#refuseClosed();
    return this.#parts.database.pubsub.publish(nameOf(channel), payloadOf(toData(message)));
  }

  /** Listens to a channel, to the channels that match `{ pattern }`, or to several of these, until it is closed (subscription.ts). */
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
    return new Subscription(this.openInbox<T>(topics, options), listener);
  }

  /** The messages of topics, for whoever hands them on. */
  openInbox<T extends Data>(topics: Topic | readonly Topic[], options: SubscribeOptions): Inbox<T> {
    this.#refuseClosed();
    const inbox: Inbox<T> = new Inbox<T>(this.#parts.database.pubsub, topicsOf(topics), options, () => this.#inboxes.delete(inbox));
    this.#inboxes.add(inbox);
    return inbox;
  }

  /**
   * Opens a port for Redis clients on this database. Options are those of `memflux serve` that concern connections: `port` (8360; 0
   * picks a free one), `host`, `requirepass`, `maxclients`, `encrypt` and so on. Rejects with ADDRESS_*, TLS_CREDENTIALS, *_OPTION.
   */
  async serve(options: Readonly<Record<string, unknown>> = {}): Promise<Door> {
    this.#refuseClosed();
    if (this.#parts.serve === undefined) throw new DatabaseError("USAGE", "a port can be opened on Node, Bun and Deno only");
    const door = await this.#parts.serve(options);
    if (this.#closed !== undefined) {
      await door.stop();
      this.#refuseClosed();
    }
    this.#doors.add(door);
    return door;
  }

  /** Ends the database: closes its ports, waits for what is under way, finishes the log. Later calls wait for the first. */
  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  // -----------------------------------------------------------------------------------------------------------------------

  async #close(): Promise<void> {
    this.end();
    for (const view of this.#views.values()) view.end();
    for (const inbox of this.#inboxes) inbox.close();
    await Promise.allSettled([...this.#doors].map((door) => door.stop()));
    this.#parts.database.waiting.close(new DatabaseError("CLOSED", "the database is closed"));
    await this.#turns.over();
    await Promise.allSettled(this.#underWay);
    for (const { user } of this.#transactions.all()) user?.abandon(() => new DatabaseError("CLOSED", "the database is closed"));
    try {
      await this.#parts.database.close();
    } finally {
      for (const session of [this.#session, ...this.#typed.values(), ...this.#multis, ...this.#freeSessions, ...this.#atOnceSessions])
        session.release();
    }
  }

  #refuseClosed(): void {
    if (this.#closed !== undefined) throw new DatabaseError("CLOSED", "the database is closed");
  }

  async #run(given: readonly (readonly Value[])[], { bytes = false, signal }: ExecuteOptions): Promise<ReplyValue[]> {
    this.#refuseClosed();
    signal?.throwIfAborted();
    const commands = given.map((args) => {
      if (args.length === 0) throw new DatabaseError("USAGE", "a command has at least its name");
      return args.map(toData);
    });
    const [first] = commands;
    // One that waits must not hold up the calls behind it, which may bring what it waits for.
    if (commands.length === 1 && first !== undefined && isWaiting(first) && this.#session.isPlain) {
      const { database } = this.#session;
      return [await this.#wait(database, first, bytes, signal).catch(errorReply)];
    }
    return orAborted(this.#acknowledge(this.#turns.run(() => this.#session.run(commands, bytes))), signal);
  }

  /** Runs a command that may wait, until it is answered or aborted. Rejects with its error. */
  async #wait(database: number, words: readonly Data[], asBytes: boolean, signal: AbortSignal | undefined): Promise<ReplyValue> {
    this.#refuseClosed();
    signal?.throwIfAborted();
    this.select(database);
    const run = (this.#typed.get(database) as EmbeddedSession).runWaiting(words, asBytes);
    const abort = (): void => void (run instanceof Waiter && run.fail(signal?.reason));
    signal?.addEventListener("abort", abort, { once: true });
    try {
      const answer = run instanceof Waiter ? await run.answer : run.answer;
      this.#parts.database.commits.pass();
      await this.#acknowledge(answer);
      if (answer instanceof DatabaseError) throw answer;
      return answer ?? null;
    } finally {
      signal?.removeEventListener("abort", abort);
    }
  }

  #openMulti(database: number): EmbeddedSession {
    this.#refuseClosed();
    const session = this.#newSession(this.#nextMulti++, database);
    this.#multis.add(session);
    return session;
  }

  async #runMulti(session: EmbeddedSession, commands: readonly (readonly Data[])[], asBytes: boolean): Promise<ReplyValue[]> {
    this.#refuseClosed();
    return this.#acknowledge(this.#turns.run(() => session.run(commands, asBytes)));
  }

  #closeMulti(session: EmbeddedSession): void {
    if (this.#multis.delete(session)) session.release();
  }

  /** Runs a statement in its turn, and answers when what it changed is as safe as the durability level demands. */
  #acknowledged<T>(work: () => T): Promise<T> {
    return this.#acknowledge(
      this.#turns.run(() => {
        this.#refuseClosed();
        const result = work();
        this.#parts.database.commits.pass();
        return result;
      }),
    );
  }

  /**
   * The same for a statement that may let others run. Later calls do not wait for one that does: it reads what there was when it began, and
   * has written nothing before it ends.
   */
  async #finished<R extends { readonly kind: string }>(start: () => R | Suspended<R>): Promise<R> {
    const { result } = await this.#acknowledged(() => {
      const finished = this.#parts.database.queries.finish(start());
      if (finished instanceof Promise) this.#watch(finished);
      return { result: finished };
    });
    return this.#acknowledge(result);
  }

  /** The end of the database waits for it. */
  #watch(pending: Promise<unknown>): void {
    const done = (): void => void this.#underWay.delete(pending);
    this.#underWay.add(pending);
    pending.then(done, done);
  }

  #begin(options: BeginOptions, isWatched: boolean): Transaction {
    this.#refuseClosed();
    checkBegin(options);
    const session = this.#freeSessions.pop() ?? this.#newTransactionSession();
    try {
      session.heardOf();
      session.transaction.beginHeld(options, isWatched);
    } catch (error) {
      this.#freeSessions.push(session);
      throw error;
    }
    const transaction = new Transaction(session, this.#transactionParts);
    session.user = transaction;
    this.#transactions.add(session);
    return transaction;
  }

  #newAtOnce(depth: number): Transaction {
    const session = this.#newTransactionSession();
    const transaction = new Transaction(session, this.#transactionParts, true);
    session.user = transaction;
    this.#atOnceSessions.push(session);
    this.#atOnce[depth] = transaction;
    return transaction;
  }

  #freeSession(session: TransactionSession): void {
    session.user = undefined;
    this.#transactions.delete(session);
    if (this.#closed === undefined && this.#freeSessions.length < FREE_SESSIONS_MAX) {
      session.renew();
      this.#freeSessions.push(session);
    } else session.release();
  }

  /** As for a client of the server: what the durability level holds back is not told before the log is that far. */
  async #acknowledge<T>(pending: T | Promise<T>): Promise<T> {
    const replies = pending instanceof Promise ? await pending : pending;
    const { commits } = this.#parts.database;
    if (commits.holding) await new Promise<void>((reached, failed) => commits.hold({ reached, failed }));
    return replies;
  }

  #state(): ServerState {
    const { clock, runId } = this.#parts;
    const counters = {
      connectionsReceived: 0,
      connectionsRejected: 0,
      outputLimitClosed: 0,
      bytesIn: 0,
      bytesOut: 0,
      readsProcessed: 0,
      writesProcessed: 0,
      errorReplies: new Map<string, number>(),
    };
    const facts = {
      clock,
      startedMs: clock.nowMs(),
      runId,
      replicationId: runId,
      processId: 0,
      port: 0,
      executable: "",
      configFile: "",
      maxClients: 0,
    };
    return {
      ...facts,
      ...counters,
      resetCounters: () => {},
      pause: () => {},
      unpause: () => {},
      changeReplicationId: () => {},
      warn: () => {},
      shutdown: () => void this.close(),
    };
  }
}
