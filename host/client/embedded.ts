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
import { DatabaseError } from "../common/error.ts";
import type { Database } from "../database/database.ts";
import type { Clock } from "../platform/types.ts";
import { SessionSettings } from "../query/executor/settings.ts";
import type { SuspendedStatement } from "../query/executor/suspended-statement.ts";
import { CommandSet } from "./command-set.ts";
import { type Data, toData, type Value } from "./commands.ts";
import {
  type CypherCall,
  type CypherParameters,
  type CypherResult,
  type CypherRow,
  type CypherRows,
  type CypherStatement,
  cypherCall,
  cypherRowsOf,
} from "./cypher.ts";
import { type ExecuteOptions, orAborted } from "./execution.ts";
import type { JsonCommands } from "./json-commands.ts";
import { JsonSet } from "./json-set.ts";
import { createMulti, type Multi, type MultiOptions, type MultiPlace } from "./multi.ts";
import {
  type LoadOptions,
  Queries,
  type QueryOptions,
  type QueryPlace,
  rowsOf,
  type SqlParameter,
  type SqlResult,
  type SqlRow,
  type SqlRows,
  type SqlStatement,
  templateQuery,
} from "./queries.ts";
import type { ReplyValue } from "./reply-reader.ts";
import { type MemoryReport, memoryReport, type StatisticsReport, statisticsReport } from "./report.ts";
import { EmbeddedSession } from "./session.ts";

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
  /** Identifies this run in INFO, 40 hexadecimal digits. */
  readonly runId: string;
  readonly createHandlers: (context: CommandContext) => ReadonlyMap<number, CommandHandler>;
  /** Milliseconds after which a statement is ended; 0 or undefined: never. */
  readonly statementTimeoutMs?: number;
  /** Opens a port; absent where programs cannot listen. */
  readonly serve?: (options: Readonly<Record<string, unknown>>) => Promise<Door>;
}

/** A database of the same engine by its number: typed methods, and the same for bytes. */
export class DatabaseView extends CommandSet<string> {
  /** The typed methods with Uint8Array in the place of strings. */
  readonly bytes: InstanceType<typeof CommandSet<Uint8Array>>;
  /** The typed methods on JSON documents. */
  readonly json: JsonCommands<"now">;
  readonly #bytes: BytesView;
  readonly #queries: Queries;
  readonly #transactions: MultiPlace;

  constructor(session: EmbeddedSession, queries: Queries, transactions: MultiPlace) {
    super(session, false);
    this.#queries = queries;
    this.#transactions = transactions;
    this.#bytes = new BytesView(session, true);
    this.bytes = this.#bytes;
    this.json = new JsonSet((words) => this.command(words));
  }

  /** Runs the SQL statement of a template, whose values become parameters: an array of rows, with `columns` and `affected`. */
  async sql<R = SqlRow>(strings: TemplateStringsArray, ...values: SqlParameter[]): Promise<SqlRows<R>> {
    return rowsOf(await this.query<R>(...templateQuery(strings, values)));
  }

  /** Runs a SQL statement; `parameters` are $1, $2 ... Rejects with a DatabaseError whose message ends in the SQLSTATE. */
  query<R = SqlRow>(text: string, parameters: readonly SqlParameter[] = [], options: QueryOptions = {}): Promise<SqlResult<R>> {
    return this.#queries.query<R>(text, parameters, options);
  }

  /** The rows of a query one by one. The query itself has run when the first one comes. */
  cursor<R = SqlRow>(
    text: string,
    parameters: readonly SqlParameter[] = [],
    options: QueryOptions = {},
  ): AsyncGenerator<R, void, undefined> {
    return this.#queries.cursor<R>("sql", text, parameters, options);
  }

  /** A statement that runs at once and again, as the typed methods do. Rejects with what is wrong with it. */
  prepare<R = SqlRow>(text: string, options: QueryOptions = {}): Promise<SqlStatement<R>> {
    return this.#queries.prepare<R>(text, options);
  }

  /**
   * Runs a Cypher statement: of a template, whose values become parameters, or of a text with parameters by name. An array of rows, with
   * `columns` and `stats`. Rejects with a DatabaseError whose message ends in openCypher's class of the error.
   */
  async cypher<R = CypherRow>(...call: CypherCall<QueryOptions>): Promise<CypherRows<R>> {
    return cypherRowsOf(await this.cypherResult<R>(...cypherCall(call, {})));
  }

  /** The same of a text, as an object of its parts. */
  cypherResult<R = CypherRow>(text: string, parameters: CypherParameters = {}, options: QueryOptions = {}): Promise<CypherResult<R>> {
    return this.#queries.cypher<R>(text, parameters, options);
  }

  /** The rows of a Cypher statement one by one. The statement itself has run when the first one comes. */
  cypherCursor<R = CypherRow>(
    text: string,
    parameters: CypherParameters = {},
    options: QueryOptions = {},
  ): AsyncGenerator<R, void, undefined> {
    return this.#queries.cursor<R>("cypher", text, parameters, options);
  }

  /** A Cypher statement that runs at once and again. Rejects with what is wrong with it. */
  prepareCypher<R = CypherRow>(text: string, options: QueryOptions = {}): Promise<CypherStatement<R>> {
    return this.#queries.prepareCypher<R>(text, options);
  }

  /** A queue of commands that run as one unit, if none of the keys that it watches was changed (multi.ts). */
  multi(options?: { readonly bytes?: false }): Multi<string>;
  multi(options: { readonly bytes: true }): Multi<Uint8Array>;
  multi({ bytes = false }: MultiOptions = {}): Multi<string> | Multi<Uint8Array> {
    return bytes ? createMulti<Uint8Array>(this.#transactions, true) : createMulti<string>(this.#transactions, false);
  }

  /** Inserts rows, given as objects, into a table or a collection, and answers how many. */
  load(table: string, rows: Iterable<object> | AsyncIterable<object>, options: LoadOptions = {}): Promise<number> {
    return this.#queries.load(table, rows, options);
  }

  /** Every later call throws CLOSED. */
  protected override end(): void {
    super.end();
    this.#bytes.end();
  }
}

/** Number of the first transaction's session; those of typed methods are below. */
const FIRST_MULTI = 100;

class BytesView extends CommandSet<Uint8Array> {
  override end(): void {
    super.end();
  }
}

class NumberedView extends DatabaseView {
  override end(): void {
    super.end();
  }
}

export class EmbeddedDatabase extends DatabaseView {
  readonly #parts: EmbeddedParts;
  /** Sessions: 1 is `execute`'s, the others those of typed methods by database number. */
  readonly #session: EmbeddedSession;
  readonly #typed = new Map<number, EmbeddedSession>();
  readonly #views = new Map<number, NumberedView>();
  readonly #newSession: (id: number, database: number) => EmbeddedSession;
  readonly #newQueries: (session: EmbeddedSession, database: number) => Queries;
  readonly #newTransactions: (database: number) => MultiPlace;
  /** Sessions of transactions that have begun. */
  readonly #multis = new Set<EmbeddedSession>();
  readonly #doors = new Set<Door>();
  /** The end of the last run that had to wait; undefined while none is under way. */
  #tail: Promise<void> | undefined;
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
      refuseClosed: () => (whole.database as EmbeddedDatabase).#refuseClosed(),
      acknowledged: (work) => (whole.database as EmbeddedDatabase).#acknowledged(work),
      finished: (start) => (whole.database as EmbeddedDatabase).#finished(start),
      changed: () => session.changed(),
    });
    const settings = new SessionSettings(parts.statementTimeoutMs);
    const newQueries = (session: EmbeddedSession, number: number): Queries => new Queries(place(session), number, settings);
    const newTransactions = (number: number): MultiPlace => ({
      open: () => (whole.database as EmbeddedDatabase).#openMulti(number),
      run: (session, commands, asBytes) => (whole.database as EmbeddedDatabase).#runMulti(session, commands, asBytes),
      close: (session) => (whole.database as EmbeddedDatabase).#closeMulti(session),
    });
    super(typed, newQueries(typed, 0), newTransactions(0));
    whole.database = this;
    this.#parts = parts;
    this.#newQueries = newQueries;
    this.#newTransactions = newTransactions;
    this.#newSession = newSession;
    this.#typed.set(0, typed);
    this.#session = newSession(1, 0);
    const sessions = (): EmbeddedSession[] => [this.#session, ...this.#typed.values(), ...this.#multis];
    handlers.map = parts.createHandlers({ sessions, server: this.#state() });
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
  select(database: number): DatabaseView {
    this.#refuseClosed();
    if (!Number.isInteger(database) || database < 0 || database >= this.#parts.database.engine.statistics.databaseCount) {
      throw new DatabaseError("INDEX_OUT_OF_RANGE");
    }
    if (database === 0) return this;
    let view = this.#views.get(database);
    if (view === undefined) {
      const session = this.#newSession(2 + database, database);
      view = new NumberedView(session, this.#newQueries(session, database), this.#newTransactions(database));
      this.#typed.set(database, session);
      this.#views.set(database, view);
    }
    return view;
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
    await Promise.allSettled([...this.#doors].map((door) => door.stop()));
    await this.#tail;
    await Promise.allSettled(this.#underWay);
    try {
      await this.#parts.database.close();
    } finally {
      for (const session of [this.#session, ...this.#typed.values(), ...this.#multis]) session.release();
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
    return orAborted(this.#acknowledge(this.#inTurn(() => this.#session.run(commands, bytes))), signal);
  }

  #openMulti(database: number): EmbeddedSession {
    this.#refuseClosed();
    const session = this.#newSession(this.#nextMulti++, database);
    this.#multis.add(session);
    return session;
  }

  async #runMulti(session: EmbeddedSession, commands: readonly (readonly Data[])[], asBytes: boolean): Promise<ReplyValue[]> {
    this.#refuseClosed();
    return this.#acknowledge(this.#inTurn(() => session.run(commands, asBytes)));
  }

  #closeMulti(session: EmbeddedSession): void {
    if (this.#multis.delete(session)) session.release();
  }

  /** Runs a statement in its turn, and answers when what it changed is as safe as the durability level demands. */
  #acknowledged<T>(work: () => T): Promise<T> {
    return this.#acknowledge(
      this.#inTurn(() => {
        this.#refuseClosed();
        const result = work();
        this.#parts.database.commits.pass();
        return result;
      }),
    );
  }

  /**
   * The same for a statement that may let others run. Later calls do not wait for one that does: it reads what there was when it began, and
   * has written nothing.
   */
  async #finished<R extends { readonly kind: string }>(start: () => R | SuspendedStatement<R>): Promise<R> {
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

  /** Runs behind the runs that have to wait, or at once when there are none. */
  #inTurn<T>(run: () => T | Promise<T>): T | Promise<T> {
    const replies = this.#tail === undefined ? run() : this.#tail.then(run);
    if (!(replies instanceof Promise)) return replies;
    const done = (): void => {
      if (this.#tail === tail) this.#tail = undefined;
    };
    const tail = replies.then(done, done);
    this.#tail = tail;
    return replies;
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
    const counters = { connectionsReceived: 0, connectionsRejected: 0, bytesIn: 0, bytesOut: 0, errorReplies: new Map<string, number>() };
    const facts = { clock, startedMs: clock.nowMs(), runId, processId: 0, port: 0, executable: "", configFile: "", maxClients: 0 };
    return { ...facts, ...counters, resetCounters: () => {}, shutdown: () => void this.close() };
  }
}
