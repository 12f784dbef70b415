/**
 * Typed methods, documents and statements of a database behind a worker, or of a transaction in it: the methods of an embedded one, each
 * with a promise of the same result.
 */
import { type Commands, commandForms, type Data, defineMethods, type Promised, type ScanOptions, toData, type Value } from "./commands.ts";
import {
  type CypherCall,
  type CypherParameters,
  type CypherResult,
  type CypherRow,
  type CypherRows,
  type CypherStats,
  cypherCall,
  cypherRowsOf,
} from "./cypher.ts";
import { orAborted } from "./execution.ts";
import type { JsonCommands } from "./json-commands.ts";
import { RemoteJsonSet } from "./json-set.ts";
import {
  itemOf,
  type KeyBatch,
  type KeyScan,
  prefixScan,
  type RangeCursorOptions,
  type RangeItem,
  type RangeOptions,
  type RawItem,
  rangeScan,
  walkKeys,
} from "./key-range.ts";
import {
  type LanguageName,
  type LoadOptions,
  type QueryOptions,
  rowsOf,
  type SqlParameter,
  type SqlResult,
  type SqlRow,
  type SqlRows,
  templateQuery,
} from "./queries.ts";
import type { CallSink } from "./remote-calls.ts";
import type { ReplyValue } from "./reply-reader.ts";

/** Walks over the keys, cursors and queues, by number. */
let lastWalk = 0;

/** The number of a walk, cursor or queue that begins. */
export function nextWalk(): number {
  return ++lastWalk;
}

/** As for an embedded database; the signal must be one that tells when it is aborted. */
export interface RemoteQueryOptions extends Omit<QueryOptions, "signal"> {
  /** Rejects with its reason; the statement itself ends at once where memory can be shared with the worker, else it runs to its end. */
  readonly signal?: AbortSignal;
}

/** Does work that ends early, with an error of its own, when the signal is aborted and the page may share memory with its worker. */
function stopping(
  signal: AbortSignal | undefined,
  work: (options: { readonly stop?: SharedArrayBuffer }) => Promise<unknown>,
): Promise<unknown> {
  if (signal === undefined || typeof SharedArrayBuffer !== "function") return work({});
  const stop = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);
  const abort = (): void => {
    Atomics.store(new Int32Array(stop), 0, 1);
  };
  signal.addEventListener("abort", abort, { once: true });
  return work({ stop }).finally(() => signal.removeEventListener("abort", abort));
}

class RemoteRunner<T extends Data> {
  readonly #calls: CallSink;
  readonly #database: number;
  readonly #asBytes: boolean;

  constructor(calls: CallSink, database: number, asBytes: boolean) {
    this.#calls = calls;
    this.#database = database;
    this.#asBytes = asBytes;
  }

  /** Walks the keys; one that changes meanwhile may come twice, one that stays comes at least once. */
  async *scan({ signal, ...options }: ScanOptions = {}): AsyncGenerator<T, void, undefined> {
    const walk = nextWalk();
    let isOver = false;
    try {
      while (!isOver) {
        signal?.throwIfAborted();
        const keys = (await this.call("walk", [walk, options])) as readonly T[];
        isOver = keys.length === 0;
        for (const key of keys) {
          signal?.throwIfAborted();
          yield key;
        }
      }
    } finally {
      // A walk that is left early would be kept by the worker; a worker that has ended keeps nothing.
      if (!isOver) this.call("leave", [walk]).catch(() => {});
    }
  }

  /** The keys from `from` to `to`, both included, with their values, as `range` of an embedded database answers them. */
  async range<K extends boolean = false>(
    from: Data | undefined,
    to: Data | undefined,
    options: RangeOptions<K> = {},
  ): Promise<RangeItem<T, K>[]> {
    return this.#collect<K>(rangeScan(from, to, options));
  }

  /** The keys that begin with `prefix`, as `range` answers them. */
  async prefix<K extends boolean = false>(prefix: Data, options: RangeOptions<K> = {}): Promise<RangeItem<T, K>[]> {
    return this.#collect<K>(prefixScan(prefix, options));
  }

  /** The items of `range` one by one, a batch in a message; each batch shows the keys as they are when it is read. */
  rangeCursor<K extends boolean = false>(
    from: Data | undefined,
    to: Data | undefined,
    options: RangeCursorOptions<K> = {},
  ): AsyncGenerator<RangeItem<T, K>, void, undefined> {
    return walkKeys<T, K>(rangeScan(from, to, options), options.signal, (scan) => this.#readKeys(scan));
  }

  /** The items of `prefix` one by one, as `rangeCursor`. */
  prefixCursor<K extends boolean = false>(
    prefix: Data,
    options: RangeCursorOptions<K> = {},
  ): AsyncGenerator<RangeItem<T, K>, void, undefined> {
    return walkKeys<T, K>(prefixScan(prefix, options), options.signal, (scan) => this.#readKeys(scan));
  }

  async #collect<K extends boolean>(scan: KeyScan): Promise<RangeItem<T, K>[]> {
    return ((await this.call("collectKeys", [scan])) as readonly RawItem[]).map(itemOf<T, K>);
  }

  #readKeys(scan: KeyScan): Promise<KeyBatch> {
    return this.call("readKeys", [scan], true) as Promise<KeyBatch>;
  }

  /** Runs any command of the engine, as `command` of an embedded database does. */
  async command(args: readonly Value[]): Promise<ReplyValue> {
    return this.call("command", [args.map(toData)]) as Promise<ReplyValue>;
  }

  /** Has a method of the table run on this database. */
  protected call(method: string, args: readonly unknown[], alone = false): Promise<unknown> {
    return this.#calls.call(method, this.#database, this.#asBytes, args, alone);
  }
}

defineMethods(RemoteRunner.prototype, Object.keys(commandForms));

/** `RemoteRunner` with all methods of `Commands` as promises, as its prototype has them. */
export const RemoteSet = RemoteRunner as unknown as new <T extends Data>(
  calls: CallSink,
  database: number,
  asBytes: boolean,
) => RemoteRunner<T> & Promised<Commands<T>>;

/** A database of the same engine by its number: typed methods, and the same for bytes. */
export class RemoteView extends RemoteSet<string> {
  /** The typed methods with Uint8Array in the place of strings. */
  readonly bytes: InstanceType<typeof RemoteSet<Uint8Array>>;
  /** The typed methods on JSON documents. */
  readonly json: JsonCommands<"later">;

  constructor(calls: CallSink, database: number, bytes = new RemoteSet<Uint8Array>(calls, database, true)) {
    super(calls, database, false);
    this.bytes = bytes;
    this.json = new RemoteJsonSet((words) => this.command(words));
  }

  /** Runs the SQL statement of a template, whose values become parameters: an array of rows, with `columns` and `affected`. */
  async sql<R = SqlRow>(strings: TemplateStringsArray, ...values: SqlParameter[]): Promise<SqlRows<R>> {
    return rowsOf(await this.query<R>(...templateQuery(strings, values)));
  }

  /** Runs a SQL statement; `parameters` are $1, $2 ... Rejects with a DatabaseError whose message ends in the SQLSTATE. */
  async query<R = SqlRow>(
    text: string,
    parameters: readonly SqlParameter[] = [],
    { signal, ...options }: RemoteQueryOptions = {},
  ): Promise<SqlResult<R>> {
    signal?.throwIfAborted();
    const work = stopping(signal, (stop) => this.call("query", [text, parameters, { ...options, ...stop }], true));
    return orAborted(work, signal) as Promise<SqlResult<R>>;
  }

  /** The rows of a query one by one. The query itself has run when the first one comes. */
  cursor<R = SqlRow>(
    text: string,
    parameters: readonly SqlParameter[] = [],
    options: RemoteQueryOptions = {},
  ): AsyncGenerator<R, void, undefined> {
    return this.#rows<R>("sql", text, parameters, options);
  }

  /**
   * Runs a Cypher statement: of a template, whose values become parameters, or of a text with parameters by name. An array of rows, with
   * `columns` and `stats`. Rejects with a DatabaseError whose message ends in openCypher's class of the error.
   */
  async cypher<R = CypherRow>(...call: CypherCall<RemoteQueryOptions>): Promise<CypherRows<R>> {
    return cypherRowsOf(await this.cypherResult<R>(...cypherCall(call, {})));
  }

  /** The same of a text, as an object of its parts. */
  async cypherResult<R = CypherRow>(
    text: string,
    parameters: CypherParameters = {},
    { signal, ...options }: RemoteQueryOptions = {},
  ): Promise<CypherResult<R>> {
    signal?.throwIfAborted();
    const work = stopping(signal, (stop) => this.call("cypher", [text, parameters, { ...options, ...stop }], true));
    return orAborted(work, signal) as Promise<CypherResult<R>>;
  }

  /** The rows of a Cypher statement one by one. The statement itself has run when the first one comes. */
  cypherCursor<R = CypherRow>(
    text: string,
    parameters: CypherParameters = {},
    options: RemoteQueryOptions = {},
  ): AsyncGenerator<R, void, undefined> {
    return this.#rows<R>("cypher", text, parameters, options);
  }

  /** A Cypher statement to be run again. It is checked when it is run first. */
  prepareCypher<R = CypherRow>(text: string, options: RemoteQueryOptions = {}): RemoteCypherStatement<R> {
    return new RemoteCypherStatement<R>((parameters) => this.cypherResult<R>(text, parameters, options));
  }

  async *#rows<R>(
    language: LanguageName,
    text: string,
    parameters: readonly SqlParameter[] | CypherParameters,
    { signal, ...options }: RemoteQueryOptions,
  ): AsyncGenerator<R, void, undefined> {
    const walk = nextWalk();
    let isOver = false;
    let isBegun = false;
    try {
      while (!isOver) {
        signal?.throwIfAborted();
        const work = stopping(signal, (stop) =>
          this.call("rows", isBegun ? [walk] : [walk, language, text, parameters, { ...options, ...stop }], true),
        );
        isBegun = true;
        const rows = (await orAborted(work, signal)) as readonly R[];
        isOver = rows.length === 0;
        for (const row of rows) {
          signal?.throwIfAborted();
          yield row;
        }
      }
    } finally {
      if (!isOver) this.call("leave", [walk]).catch(() => {});
    }
  }

  /** A statement to be run again. It is checked when it is run first. */
  prepare<R = SqlRow>(text: string, options: RemoteQueryOptions = {}): RemoteStatement<R> {
    return new RemoteStatement<R>((parameters) => this.query<R>(text, parameters, options));
  }

  /** Inserts rows, given as objects, into a table or a collection, and answers how many. */
  async load(table: string, rows: Iterable<object> | AsyncIterable<object>, { signal, ...options }: LoadOptions = {}): Promise<number> {
    let count = 0;
    let batch: object[] = [];
    const write = async (): Promise<void> => {
      count += (await this.call("load", [table, batch, options], true)) as number;
      batch = [];
    };
    for await (const row of rows) {
      signal?.throwIfAborted();
      batch.push(row);
      if (batch.length === LOAD_BATCH) await write();
    }
    await write();
    return count;
  }
}

/** Rows of a bulk load that travel in one message. */
const LOAD_BATCH = 1000;

/** A statement of a database behind a worker: the methods of `SqlStatement` as promises. */
export class RemoteStatement<R = SqlRow> {
  readonly #query: (parameters: readonly SqlParameter[]) => Promise<SqlResult<R>>;

  constructor(query: (parameters: readonly SqlParameter[]) => Promise<SqlResult<R>>) {
    this.#query = query;
  }

  /** Runs it and answers how many rows it wrote. */
  async run(...parameters: SqlParameter[]): Promise<{ readonly affected: number }> {
    return { affected: (await this.#query(parameters)).affected ?? 0 };
  }

  /** The first row, or undefined. */
  async get(...parameters: SqlParameter[]): Promise<R | undefined> {
    return (await this.#query(parameters)).rows[0];
  }

  /** All rows. */
  async all(...parameters: SqlParameter[]): Promise<R[]> {
    return (await this.#query(parameters)).rows;
  }

  /** The rows one by one. */
  async *iterate(...parameters: SqlParameter[]): AsyncGenerator<R, void, undefined> {
    yield* (await this.#query(parameters)).rows;
  }
}

/** A Cypher statement of a database behind a worker: the methods of `CypherStatement` as promises. */
export class RemoteCypherStatement<R = CypherRow> {
  readonly #query: (parameters: CypherParameters) => Promise<CypherResult<R>>;

  constructor(query: (parameters: CypherParameters) => Promise<CypherResult<R>>) {
    this.#query = query;
  }

  /** Runs it and answers what it has changed. */
  async run(parameters: CypherParameters = {}): Promise<CypherStats> {
    return (await this.#query(parameters)).stats;
  }

  /** The first row, or undefined. */
  async get(parameters: CypherParameters = {}): Promise<R | undefined> {
    return (await this.#query(parameters)).rows[0];
  }

  /** All rows. */
  async all(parameters: CypherParameters = {}): Promise<R[]> {
    return (await this.#query(parameters)).rows;
  }

  /** The rows one by one. */
  async *iterate(parameters: CypherParameters = {}): AsyncGenerator<R, void, undefined> {
    yield* (await this.#query(parameters)).rows;
  }
}
