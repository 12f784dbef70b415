/**
 * The worker's side of a database that a page uses: takes batches of calls from the link, runs them on an embedded database and
 * sends the results of each batch in one message.
 *
 * 1. The calls of a batch begin in order. A batch is answered when all its calls are done and what they changed is as safe as the
 *    durability level demands; a call that takes long comes in a batch of its own (remote-calls.ts).
 * 2. If the log fails before that, every call of the batch that had succeeded fails with the log's error, as a client of the
 *    server is told.
 * 3. `close` answers when the log is finished; the page ends the worker then.
 */
import { DatabaseError } from "../common/error.ts";
import { replyError } from "../common/reply-error.ts";
import { COLLECT_KEYS, READ_KEYS } from "./command-set.ts";
import { commandForms, type Data, type ScanOptions, type Value } from "./commands.ts";
import type { CypherParameters } from "./cypher.ts";
import type { EmbeddedDatabase } from "./embedded.ts";
import type { Inbox } from "./inbox.ts";
import type { KeyScan } from "./key-range.ts";
import type { MultiQueue } from "./multi.ts";
import type { LoadOptions, QueryOptions, SqlParameter, StopSignal } from "./queries.ts";
import type { BeginOptions } from "./retry.ts";
import type { SubscribeOptions, Topic } from "./subscription.ts";
import type { Transaction } from "./transaction.ts";
import type { DatabaseView, QueueingView } from "./view.ts";
import { WAIT, type WaitingPlace } from "./waiting-commands.ts";
import {
  type Call,
  isPackedError,
  type MessageLink,
  type OpenRequest,
  type PageMessage,
  packError,
  packValue,
  type SqlFiles,
  type SqlMessage,
  unpackError,
  type WorkerMessage,
} from "./worker-messages.ts";

type Cursor = AsyncGenerator<unknown, void, undefined>;

/** Options of a query as they come over the link. `stop`: an i32 that is not zero once the page wants the statement to end. */
interface RemoteOptions extends Omit<QueryOptions, "signal"> {
  readonly stop?: SharedArrayBuffer;
}

/** The options with a signal that looks at the shared memory, whatever the page does meanwhile. */
function stoppable({ stop, ...options }: RemoteOptions): QueryOptions {
  if (stop === undefined) return options;
  const flag = new Int32Array(stop);
  const signal: StopSignal = {
    get aborted() {
      return Atomics.load(flag, 0) !== 0;
    },
    throwIfAborted: () => {
      if (signal.aborted) throw new DatabaseError("SQL_CANCELED", "canceling statement due to user request [57014]");
    },
  };
  return { ...options, signal };
}

/** Rows that one step of a cursor answers at most. */
const CURSOR_ROWS = 512;
/** Keys that one step of a walk answers at most. */
const WALK_KEYS = 512;

function newMulti(view: QueueingView, asBytes: boolean): MultiQueue<Data, readonly unknown[]> {
  return asBytes ? view.multi({ bytes: true }) : view.multi();
}

/** What runs commands that wait, with texts or bytes for answers. */
function waiterOf(view: QueueingView, asBytes: boolean): WaitingPlace {
  return asBytes ? (view.bytes as unknown as WaitingPlace) : view;
}

/** The reason why a call failed. */
class Failure {
  readonly error: unknown;

  constructor(error: unknown) {
    this.error = error;
  }
}

type Walk = Generator<string | Uint8Array, void, undefined>;
type Method = (...args: unknown[]) => unknown;

/** What a database can ask of the page. */
export interface PageDoor {
  /** Takes a line for the operator. */
  readonly report: (line: string) => void;
  /** Where the files of SQL lie. Rejects with why there are none. */
  readonly sqlFiles: () => Promise<SqlFiles>;
}

/** Serves the page at the other end of a link; `open` makes the database that it asks for. */
export function serveLink(link: MessageLink, open: (request: OpenRequest, page: PageDoor) => Promise<EmbeddedDatabase>): void {
  const send = (message: WorkerMessage): void => link.send(message);
  let told: (files: SqlMessage["files"]) => void = () => {};
  const sqlFiles = async (): Promise<SqlFiles> => {
    const files = await new Promise<SqlMessage["files"]>((resolve) => {
      told = resolve;
      send({ kind: "wants sql" });
    });
    if (isPackedError(files)) throw unpackError(files);
    return files;
  };
  const report = (line: string): void => send({ kind: "report", line });
  let service: WorkerService | undefined;
  link.listen((received) => {
    const message = received as PageMessage;
    if (message.kind === "calls") {
      void service?.answer(message.calls).then((results) => send({ kind: "results", batch: message.batch, ...results }));
      return;
    }
    if (message.kind === "sql") {
      told(message.files);
      return;
    }
    open(message, { report, sqlFiles }).then(
      (database) => {
        service = new WorkerService(database);
        send({ kind: "opened" });
      },
      (error: unknown) => send({ kind: "refused", error: packError(error) }),
    );
  });
}

export class WorkerService {
  readonly #database: EmbeddedDatabase;
  readonly #walks = new Map<number, Walk>();
  readonly #cursors = new Map<number, Cursor>();
  readonly #transactions = new Map<number, Transaction>();
  /** Messages that the page takes as it reads them. */
  readonly #inboxes = new Map<number, Inbox<Data>>();
  /** Queues that watch keys, or why they cannot. */
  readonly #multis = new Map<number, MultiQueue<Data, readonly unknown[]> | Failure>();

  /** Commands that wait. */
  readonly #waits = new Map<number, AbortController>();

  constructor(database: EmbeddedDatabase) {
    this.#database = database;
  }

  /** Runs a batch. Never rejects. */
  async answer(calls: readonly Call[]): Promise<{ values: readonly unknown[]; failures: readonly number[] }> {
    const before = this.#database.failure;
    const begun = calls.map((call) => this.#begin(call));
    const safe = this.#settle(before);
    const ended = await Promise.all(begun);
    const trouble = await safe;
    const failures: number[] = [];
    const values = ended.map((value, position) => {
      const failure = value instanceof Failure ? value : trouble;
      if (failure === undefined) return packValue(value);
      failures.push(position);
      return packError(failure.error);
    });
    return { values, failures };
  }

  /** The result of a call, or the promise of it; a Failure if it failed. */
  #begin(call: Call): unknown {
    try {
      const result = this.#run(call);
      return result instanceof Promise ? result.catch((error: unknown) => new Failure(error)) : result;
    } catch (error) {
      return new Failure(error);
    }
  }

  /** What stood in the way of making everything so far as safe as it must be. A database that is closed has no say. */
  async #settle(before: DatabaseError | undefined): Promise<Failure | undefined> {
    const { failure } = this.#database;
    if (failure !== before) return new Failure(replyError("OUTCOME_UNKNOWN"));
    try {
      await this.#database.settled();
    } catch (error) {
      if (error instanceof DatabaseError && error.code === "CLOSED") return undefined;
      return new Failure(error);
    }
    return undefined;
  }

  #run([method, number, asBytes, args, transaction]: Call): unknown {
    if (transaction !== undefined) return this.#runIn(transaction, method, asBytes, args);
    const database = this.#database;
    switch (method) {
      case "execute":
        return database.execute(args[0] as readonly Value[], { bytes: asBytes });
      case "pipeline":
        return database.pipeline(args[0] as readonly (readonly Value[])[], { bytes: asBytes });
      case "memory":
        return database.memory();
      case "stats":
        return database.stats();
      case "flush":
        return database.flush();
      case "compact":
        return database.compact();
      case "vacuum":
        return database.vacuum();
      case "close":
        return database.close();
      case "publish":
        return database.publish(args[0] as Data, args[1] as Value);
      case "subscribe":
        this.#inboxes.set(args[0] as number, database.openInbox(args[1] as Topic | readonly Topic[], args[2] as SubscribeOptions));
        return undefined;
      case "messages":
        return this.#inboxes.get(args[0] as number)?.take() ?? [];
      case "unsubscribe":
        return this.#unsubscribe(args[0] as number);
    }
    const view = database.select(number);
    if (method === "wait") return this.#wait(view, asBytes, args[0] as number, args[1] as readonly Data[]);
    if (method === "endWait") return this.#waits.get(args[0] as number)?.abort(replyError("UNBLOCKED"));
    if (method === "multiWatch") return this.#watchKeys(args[0] as number, args[1] as readonly Data[], view, asBytes);
    if (method === "multiExec") return this.#exec(args[0] as number, args[1] as readonly (readonly Data[])[], view, asBytes);
    if (method === "multiDiscard") return this.#discard(args[0] as number);
    return this.#runOn(view, method, asBytes, args);
  }

  /** Runs a method in a transaction, which `begin` or `snapshot` has made under this number. */
  #runIn(number: number, method: string, asBytes: boolean, args: readonly unknown[]): unknown {
    if (method === "begin" || method === "snapshot") return this.#open(number, method, args[0] as BeginOptions);
    const transaction = this.#transactions.get(number);
    if (transaction === undefined) throw new DatabaseError("TRANSACTION_ENDED", "the transaction has ended");
    switch (method) {
      case "execute":
        return transaction.execute(args[0] as readonly Value[], { bytes: args[1] as boolean });
      case "pipeline":
        return transaction.pipeline(args[0] as readonly (readonly Value[])[], { bytes: args[1] as boolean });
      case "commit":
        this.#transactions.delete(number);
        return transaction.commit();
      case "rollback":
        this.#transactions.delete(number);
        return transaction.rollback();
      case "publish":
        return transaction.publish(args[0] as Data, args[1] as Value);
      case "savepoint":
        return transaction.savepoint(args[0] as string);
      case "rollbackTo":
        return transaction.rollbackTo(args[0] as string);
      case "release":
        return transaction.release(args[0] as string);
    }
    return this.#runOn(transaction, method, asBytes, args);
  }

  async #open(number: number, method: "begin" | "snapshot", options: BeginOptions): Promise<void> {
    const database = this.#database;
    const begun = method === "begin" ? await database.begin(options) : await database.snapshot();
    // A snapshot is a transaction whose type says less.
    this.#transactions.set(number, begun as Transaction);
  }

  #runOn(view: DatabaseView, method: string, asBytes: boolean, args: readonly unknown[]): unknown {
    const target = asBytes ? view.bytes : view;
    if (method === "query") return view.query(args[0] as string, args[1] as readonly SqlParameter[], stoppable(args[2] as RemoteOptions));
    if (method === "cypher") {
      return view.cypherResult(args[0] as string, args[1] as CypherParameters, stoppable(args[2] as RemoteOptions));
    }
    if (method === "rows") {
      const [id, language, text, parameters, options] = args;
      return this.#rows(id as number, () => {
        const run = stoppable(options as RemoteOptions);
        if (language === "cypher") return view.cypherCursor(text as string, parameters as CypherParameters, run);
        return view.cursor(text as string, parameters as readonly SqlParameter[], run);
      });
    }
    if (method === "load") return view.load(args[0] as string, args[1] as readonly object[], args[2] as LoadOptions);
    if (method === "command") return target.command(args[0] as readonly Value[]);
    if (method === "collectKeys") return target[COLLECT_KEYS](args[0] as KeyScan);
    if (method === "readKeys") return target[READ_KEYS](args[0] as KeyScan);
    if (method === "walk") return this.#walk(args[0] as number, () => target.scan(args[1] as ScanOptions | undefined));
    if (method === "leave") return this.#leave(args[0] as number);
    if (!Object.hasOwn(commandForms, method)) throw new DatabaseError("INTERNAL", `${method} is not in the table of typed commands`);
    return (target[method as keyof typeof target] as Method).apply(target, [...args]);
  }

  async #wait(view: QueueingView, asBytes: boolean, id: number, words: readonly Data[]): Promise<unknown> {
    const controller = new AbortController();
    this.#waits.set(id, controller);
    try {
      return await waiterOf(view, asBytes)[WAIT](words, controller.signal);
    } finally {
      this.#waits.delete(id);
    }
  }

  #watchKeys(id: number, keys: readonly Data[], view: QueueingView, asBytes: boolean): void {
    const multi = this.#multis.get(id) ?? newMulti(view, asBytes);
    this.#multis.set(id, multi);
    if (multi instanceof Failure) return;
    try {
      multi.watch(keys);
    } catch (error) {
      multi.discard();
      this.#multis.set(id, new Failure(error));
    }
  }

  /** Ends a queue with its commands; the page knows what their replies mean. */
  async #exec(
    id: number,
    commands: readonly (readonly Data[])[],
    view: QueueingView,
    asBytes: boolean,
  ): Promise<readonly unknown[] | null> {
    const multi = this.#multis.get(id) ?? newMulti(view, asBytes);
    this.#multis.delete(id);
    if (multi instanceof Failure) throw multi.error;
    try {
      for (const command of commands) multi.execute(command);
      return await multi.exec();
    } finally {
      multi.discard();
    }
  }

  #discard(id: number): void {
    const multi = this.#multis.get(id);
    this.#multis.delete(id);
    if (multi !== undefined && !(multi instanceof Failure)) multi.discard();
  }

  #unsubscribe(id: number): void {
    this.#inboxes.get(id)?.close();
    this.#inboxes.delete(id);
  }

  /** The next rows of a cursor, which begins with its first step; none when it is over. */
  async #rows(id: number, begin: () => Cursor): Promise<readonly unknown[]> {
    const cursor = this.#cursors.get(id) ?? begin();
    this.#cursors.set(id, cursor);
    const rows: unknown[] = [];
    try {
      while (rows.length < CURSOR_ROWS) {
        const step = await cursor.next();
        if (step.done === true) break;
        rows.push(step.value);
      }
    } finally {
      if (rows.length === 0) this.#cursors.delete(id);
    }
    return rows;
  }

  /** Gives up a walk or a cursor. */
  async #leave(id: number): Promise<void> {
    this.#walks.delete(id);
    await this.#cursors.get(id)?.return();
    this.#cursors.delete(id);
  }

  /** The next keys of a walk, which begins with its first step; none when it is over. */
  #walk(id: number, begin: () => Walk): readonly (string | Uint8Array)[] {
    const walk = this.#walks.get(id) ?? begin();
    this.#walks.set(id, walk);
    const keys: (string | Uint8Array)[] = [];
    while (keys.length < WALK_KEYS) {
      const step = walk.next();
      if (step.done === true) break;
      keys.push(step.value);
    }
    if (keys.length === 0) this.#walks.delete(id);
    return keys;
  }
}
