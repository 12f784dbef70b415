/**
 * Typed methods, documents and statements of one session: what a database, one of its numbered databases and a transaction have in common.
 */
import type { DatabaseError } from "../common/error.ts";
import { CommandSet } from "./command-set.ts";
import type { Data } from "./commands.ts";
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
import type { JsonCommands } from "./json-commands.ts";
import { JsonSet } from "./json-set.ts";
import { createSessionMulti, type Multi, type MultiOptions, type MultiSessions } from "./multi.ts";
import {
  type LoadOptions,
  type Queries,
  type QueryOptions,
  rowsOf,
  type SqlParameter,
  type SqlResult,
  type SqlRow,
  type SqlRows,
  type SqlStatement,
  templateQuery,
} from "./queries.ts";
import type { ReplyValue } from "./reply-reader.ts";
import type { EmbeddedSession } from "./session.ts";
import { defineWaiting, WAIT, type WaitingCommands } from "./waiting-commands.ts";

/** A database of the same engine by its number: typed methods, and the same for bytes. */
export class DatabaseView extends CommandSet<string> {
  // Made when they are first asked for: of most transactions nobody does.
  readonly #session: EmbeddedSession;
  #bytes: BytesView | undefined;
  #json: JsonCommands<"now"> | undefined;
  #isOver = false;
  #reason: (() => DatabaseError) | undefined;

  #made: Queries | undefined;
  readonly #makeQueries: () => Queries;

  constructor(session: EmbeddedSession, makeQueries: () => Queries) {
    super(session, false);
    this.#session = session;
    this.#makeQueries = makeQueries;
  }

  get #queries(): Queries {
    this.#made ??= this.#makeQueries();
    return this.#made;
  }

  /** The typed methods with Uint8Array in the place of strings. */
  get bytes(): InstanceType<typeof CommandSet<Uint8Array>> {
    if (this.#bytes === undefined) {
      this.#bytes = this.newBytes(this.#session);
      if (this.#isOver) this.#bytes.end(this.#reason);
    }
    return this.#bytes;
  }

  protected newBytes(session: EmbeddedSession): BytesView {
    return new BytesView(session, true);
  }

  /** The typed methods on JSON documents. */
  get json(): JsonCommands<"now"> {
    this.#json ??= new JsonSet((words) => this.command(words));
    return this.#json;
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

  /** Inserts rows, given as objects, into a table or a collection, and answers how many. */
  load(table: string, rows: Iterable<object> | AsyncIterable<object>, options: LoadOptions = {}): Promise<number> {
    return this.#queries.load(table, rows, options);
  }

  /** Every later call throws the reason, or CLOSED. */
  protected override end(reason?: () => DatabaseError): void {
    super.end(reason);
    this.#isOver = true;
    this.#reason = reason;
    this.#bytes?.end(reason);
  }
}

class BytesView extends CommandSet<Uint8Array> {
  override end(reason?: () => DatabaseError): void {
    super.end(reason);
  }
}

/** The methods that wait, with bytes too. */
class WaitingBytes extends BytesView {
  readonly #queues: MultiSessions;

  constructor(session: EmbeddedSession, queues: MultiSessions) {
    super(session, true);
    this.#queues = queues;
  }

  [WAIT](words: readonly Data[], signal: AbortSignal | undefined): Promise<ReplyValue> {
    return this.#queues.wait(words, true, signal);
  }
}

defineWaiting(WaitingBytes.prototype);

class QueueingRunner extends DatabaseView {
  readonly #queues: MultiSessions;

  constructor(session: EmbeddedSession, makeQueries: () => Queries, queues: MultiSessions) {
    super(session, makeQueries);
    this.#queues = queues;
  }

  /** The typed methods, those that wait too, with Uint8Array in the place of strings. */
  override get bytes(): InstanceType<typeof CommandSet<Uint8Array>> & WaitingCommands<Uint8Array> {
    return super.bytes as InstanceType<typeof CommandSet<Uint8Array>> & WaitingCommands<Uint8Array>;
  }

  protected override newBytes(session: EmbeddedSession): BytesView {
    return new WaitingBytes(session, this.#queues);
  }

  /** A queue of commands that run as one unit, if none of the keys that it watches was changed (multi.ts). */
  multi(options?: { readonly bytes?: false }): Multi<string>;
  multi(options: { readonly bytes: true }): Multi<Uint8Array>;
  multi({ bytes = false }: MultiOptions = {}): Multi<string> | Multi<Uint8Array> {
    return bytes ? createSessionMulti<Uint8Array>(this.#queues, true) : createSessionMulti<string>(this.#queues, false);
  }

  [WAIT](words: readonly Data[], signal: AbortSignal | undefined): Promise<ReplyValue> {
    return this.#queues.wait(words, false, signal);
  }
}

defineWaiting(QueueingRunner.prototype);

/** The same with queues of commands and those that wait, which need sessions of their own: databases. */
export const QueueingView = QueueingRunner as unknown as new (
  session: EmbeddedSession,
  makeQueries: () => Queries,
  queues: MultiSessions,
) => QueueingRunner & WaitingCommands<string>;
export type QueueingView = InstanceType<typeof QueueingView>;
