/**
 * A database: one engine, the pacing of its background work, the gate through which its commits pass, and its log if it has
 * one. Who opens one owns it; servers and the embedded interface share it.
 *
 * `open` makes an empty one in memory, `recover` brings back what a directory holds and keeps it there. The engine of a
 * directory always has the seed that the directory was made with: it decides the order of scans.
 *
 * An engine that trapped cannot be used again (its memory may be half changed). `failed` is then called once, with the first
 * cause, from whichever part noticed it.
 */

import { DatabaseError } from "../common/error.ts";
import type { TextCodec } from "../common/text-codec.ts";
import { Engine } from "../engine/engine.ts";
import { type EngineExports, instantiateEngine } from "../engine/instance.ts";
import type { OutputSink } from "../engine/wasi-shim.ts";
import type { WasmModule } from "../engine/webassembly.ts";
import { Pacer } from "../maintenance/pacer.ts";
import { Vacuum } from "../maintenance/vacuum.ts";
import { Recovery, type RecoveryParts } from "../persistence/recovery.ts";
import type { Wal } from "../persistence/wal.ts";
import type { Storage } from "../platform/types.ts";
import type { Definitions } from "../query/executor/definition-savepoint.ts";
import { CommitGate } from "./commit.ts";
import { Compaction } from "./compaction.ts";
import { EngineTransactions } from "./engine-transactions.ts";
import { Notifications } from "./notifications.ts";
import { beginOwn } from "./own-transaction.ts";
import { Persistence } from "./persistence.ts";
import { PubSub } from "./pubsub.ts";
import { QueryDoor, type QueryParts } from "./queries.ts";
import { Transactions } from "./transactions.ts";
import { Waiting } from "./waiting.ts";

const SEED_BYTES = 8;

/** What a database needs of its surroundings. */
export interface DatabaseParts extends QueryParts {
  /** COMMAND_COUNT of the command table that the engine was built with. */
  readonly commandCount: number;
  /** Where text that the engine prints goes. */
  readonly print: OutputSink;
  /** The runtime's fastest way to text; the standard's if absent. */
  readonly text?: TextCodec;
}

/** Where and how a database is kept. */
export type StorageParts = Pick<RecoveryParts, "storage" | "settings" | "recover" | "report">;

export class Database {
  readonly engine: Engine;
  readonly maintenance: Pacer;
  readonly vacuum: Vacuum;
  readonly commits: CommitGate;
  /** SQL; loaded when it is asked for. */
  readonly queries: QueryDoor;
  readonly transactions: Transactions;
  /** Messages between all who use the database. */
  readonly pubsub = new PubSub();
  /** Clients that wait for values. */
  readonly waiting: Waiting;
  /** What happens to keys, as messages. */
  readonly notifications: Notifications;
  readonly #failureListeners = new Set<(error: DatabaseError) => void>();
  #failureReported = false;
  #storage: Storage | undefined;
  #log: Wal | undefined;
  #compaction: Compaction | undefined;
  #persistence: Persistence | undefined;
  #closed: Promise<void> | undefined;

  private constructor(exports: EngineExports, parts: DatabaseParts) {
    this.engine = new Engine(exports, parts.commandCount, parts.text);
    this.commits = new CommitGate(this.engine);
    this.waiting = new Waiting(this.engine, parts.clock);
    this.commits.whenReady(() => parts.clock.endOfTurn(() => this.#serve()));
    this.notifications = new Notifications(this.engine, this.commits, this.pubsub);
    this.queries = new QueryDoor(this.engine, parts, {
      ownTransaction: () => beginOwn(this.engine, this.transactions),
      passOn: () => this.commits.pass(),
    });
    this.commits.completing(() => {
      if (this.engine.failure === undefined) this.queries.engine?.keepSequences();
    });
    this.transactions = new Transactions(new EngineTransactions(this.engine, parts.clock), parts.clock, {
      refusal: () => this.queries.engine?.refusal(),
      ended: (transaction) => this.queries.engine?.forgetDefinitions(transaction),
      // Without the language nothing can have been defined.
      defines: (transaction) => this.queries.engine?.isDefining(transaction) === true,
      committing: (transaction, publish) => this.queries.engine?.committing(transaction, publish) === true,
      defined: (transaction) => this.queries.engine?.definitions(transaction),
      redefining: (transaction, mark, rollBack) =>
        this.queries.engine?.redefining(transaction, mark as Definitions | undefined, rollBack) ?? rollBack(() => {}),
      tell: (action) => {
        this.commits.pass();
        this.commits.tell(action);
      },
    });
    this.vacuum = new Vacuum(this.engine, parts.clock);
    this.maintenance = new Pacer(
      this.engine,
      parts.clock,
      () => {
        this.commits.pass();
        this.#compaction?.check();
      },
      (error) => this.reportFailure(error),
    );
  }

  /** Opens an empty database on a compiled engine. Throws ENGINE_INVALID or ENGINE_FAILED. */
  static open(module: WasmModule, parts: DatabaseParts): Database {
    const seed = parts.random.fill(new Uint8Array(SEED_BYTES));
    return Database.onExports(instantiateEngine(module, seed, parts.print), parts);
  }

  /**
   * Opens the database of a directory, which is made if it is missing. Rejects with DIRECTORY_LOCKED, STORAGE_*, FILE_*,
   * OUT_OF_MEMORY or ENGINE_*; the directory is free again then, and unchanged save for a tail that was cut.
   */
  static async recover(module: WasmModule, parts: DatabaseParts, storage: StorageParts): Promise<Database> {
    const recovery = await Recovery.open({ ...storage, clock: parts.clock, random: parts.random });
    let log: Wal | undefined;
    try {
      const database = new Database(instantiateEngine(module, recovery.seed, parts.print), parts);
      const { engine } = database;
      await recovery.run((effects) => engine.replay(effects, parts.clock.nowMs()));
      engine.endReplay();
      for (const problem of await database.queries.restore()) storage.report(problem);
      engine.resetStatistics();
      log = await recovery.start();
      database.#log = log;
      database.#storage = storage.storage;
      database.commits.attach(log, (error) => storage.report(`the log has failed, writes are refused from now on: ${error.message}`));
      database.#compaction = new Compaction({ engine, commits: database.commits, log, clock: parts.clock, ...storage });
      database.#persistence = new Persistence(log, database.#compaction, storage.settings.durability);
      database.maintenance.start();
      return database;
    } catch (error) {
      if (log === undefined) await recovery.abandon();
      else {
        await log.close();
        await storage.storage.unlock();
      }
      throw error;
    }
  }

  /** Opens a database on an engine that has been started already. */
  static onExports(exports: EngineExports, parts: DatabaseParts): Database {
    const database = new Database(exports, parts);
    database.maintenance.start();
    return database;
  }

  /** The log of a database that is kept in a directory: its figures, and its compaction. */
  get persistence(): Persistence | undefined {
    return this.#persistence;
  }

  /** `listener` hears once that the engine has failed. Returns what ends that. */
  onFailure(listener: (error: DatabaseError) => void): () => void {
    this.#failureListeners.add(listener);
    return () => this.#failureListeners.delete(listener);
  }

  /** Says that the engine has failed; the first report counts. */
  reportFailure(error: DatabaseError): void {
    if (this.#failureReported) return;
    this.#failureReported = true;
    this.maintenance.stop();
    this.transactions.stop();
    for (const listener of this.#failureListeners) listener(error);
  }

  /** Serves those who wait for what came otherwise than by a command of a session: it was not served behind that. */
  #serve(): void {
    if (!this.waiting.isDue) return;
    this.waiting.serve();
    this.commits.pass();
  }

  /** Ends the background work, and finishes and closes the log. The engine's memory goes with the last reference to it. */
  close(): Promise<void> {
    this.maintenance.stop();
    this.queries.close();
    this.transactions.stop();
    this.waiting.close(new DatabaseError("CLOSED", "the database is closed"));
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    if (this.#log === undefined) return;
    await this.#compaction?.stop();
    if (this.engine.failure === undefined) {
      this.queries.engine?.keepSequences(true);
      this.commits.pass();
    }
    await this.#log.close();
    await this.#storage?.unlock();
  }
}
