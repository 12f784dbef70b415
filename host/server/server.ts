/**
 * The RESP server: accepts connections, gives each a session of the engine, counts, and ends them all.
 *
 * 1. At most `maxClients` connections are open; one more is told so, in Redis's words, and closed.
 * 2. Once a second connections that have been silent for longer than the idle limit are closed, those that wait for a
 *    handler of ours or listen to channels excepted, and those whose output has been pending for too long.
 * 3. A failed engine ends the server: nothing that it holds can be trusted. Every connection is closed and `closed` rejects.
 * 4. Stopping closes the listener first, then sends what is pending; what a client has not read after STOP_GRACE_MS is lost.
 */
import { Observer } from "../command/observer.ts";
import { newRunId } from "../command/run-id.ts";
import type { CommandContext, CommandHandler, ServerState, Session } from "../command/session.ts";
import { DatabaseError, type ErrorCode } from "../common/error.ts";
import type { OutputLimit, OutputLimits } from "../common/output-limits.ts";
import { errorPrefix } from "../common/reply-error.ts";
import type { Database } from "../database/database.ts";
import type { Clock, Listener, ListeningServer, ListenOptions, Random, Socket, SocketHandler, Timer } from "../platform/types.ts";
import { Connection, type ConnectionHost } from "./connection.ts";
import { Pause } from "./pause.ts";

const IDLE_SWEEP_MS = 1000;
export const STOP_GRACE_MS = 500;

/** Limits that may change while the server runs; read each time they matter. */
export interface ServerLimits {
  maxClients: number;
  /** Idle limit in seconds; 0: none. */
  timeoutSeconds: number;
  /** Seconds of silence before the kernel probes a client; 0: never. */
  keepAliveSeconds: number;
  outputPauseBytes: number;
  outputLimits: OutputLimits;
  /** New sessions must authenticate. */
  requireAuth: boolean;
}

/** What the process is called: facts that only a composition root knows. */
export interface ServerIdentity {
  readonly processId: number;
  readonly executable: string;
  readonly configFile: string;
}

export interface ServerParts {
  readonly database: Database;
  /** The database ends with the server. */
  readonly ownsDatabase: boolean;
  readonly listener: Listener;
  readonly clock: Clock;
  readonly random: Random;
  readonly limits: ServerLimits;
  readonly identity: ServerIdentity;
  /** Lower-case name of a command id. */
  readonly commandName: (id: number) => string;
  readonly createHandlers: (context: CommandContext) => ReadonlyMap<number, CommandHandler>;
  /** Takes one line about something that an operator should know. */
  readonly warn: (message: string) => void;
}

const encoder = new TextEncoder();
/** Handler of a connection that was refused: it only waits for the end. */
const REFUSED: SocketHandler = { data: () => {}, drain: () => {}, close: () => {} };

export class Server implements ServerState, ConnectionHost {
  readonly database: Database;
  readonly clock: Clock;
  readonly handlers: ReadonlyMap<number, CommandHandler>;
  readonly startedMs: number;
  readonly runId: string;
  replicationId: string;
  readonly processId: number;
  readonly executable: string;
  readonly configFile: string;
  /** Settles when the server has ended: fulfilled after a stop or SHUTDOWN, rejected when the engine failed. */
  readonly ended: Promise<void>;
  readonly observer: Observer;
  readonly paused: Pause;
  connectionsReceived = 0;
  connectionsRejected = 0;
  outputLimitClosed = 0;
  readonly errorReplies = new Map<string, number>();
  bytesIn = 0;
  bytesOut = 0;
  readsProcessed = 0;
  writesProcessed = 0;
  readonly #parts: ServerParts;
  readonly #connections = new Map<number, Connection>();
  #listening: ListeningServer | undefined;
  #sweep: Timer | undefined;
  #stopping: Promise<void> | undefined;
  #lastId = 0;
  readonly #unsubscribe: () => void;
  #allClosed: (() => void) | undefined;
  #settle!: { readonly resolve: () => void; readonly reject: (error: DatabaseError) => void };

  constructor(parts: ServerParts) {
    this.#parts = parts;
    this.database = parts.database;
    this.clock = parts.clock;
    this.startedMs = parts.clock.nowMs();
    this.runId = newRunId(parts.random);
    this.replicationId = newRunId(parts.random);
    this.processId = parts.identity.processId;
    this.executable = parts.identity.executable;
    this.configFile = parts.identity.configFile;
    this.ended = new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
    });
    // Whoever cares has a handler of their own; without one a failed engine must not end the process from here.
    this.ended.catch(() => {});
    this.observer = new Observer(parts.clock);
    this.paused = new Pause(parts.clock, (isPaused) => parts.database.maintenance.hold(isPaused));
    this.handlers = parts.createHandlers({
      sessions: () => this.sessions(),
      pubsub: parts.database.pubsub,
      transactions: parts.database.transactions,
      vacuum: parts.database.vacuum,
      waiting: parts.database.waiting,
      server: this,
      observer: this.observer,
    });
    this.#unsubscribe = parts.database.onFailure((error) => this.#fail(error));
  }

  /** Starts accepting. Rejects as Listener.listen does. */
  async start(options: ListenOptions): Promise<void> {
    this.#listening = await this.#parts.listener.listen(options, (socket) => this.#accept(socket));
    this.#scheduleSweep();
  }

  /** Stops accepting, closes every connection and ends the database's background work. Later calls wait for the first. */
  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  changeReplicationId(): void {
    this.replicationId = newRunId(this.#parts.random);
  }

  pause(untilMs: number, writesOnly: boolean): void {
    this.paused.begin(untilMs, writesOnly);
  }

  unpause(): void {
    this.paused.end();
  }

  shutdown(): void {
    void this.stop();
  }

  /** Open sessions, oldest first. */
  *sessions(): Iterable<Session> {
    for (const connection of this.#connections.values()) yield connection.session;
  }

  get connectionCount(): number {
    return this.#connections.size;
  }

  get host(): string {
    return this.#listening?.host ?? "";
  }

  get port(): number {
    return this.#listening?.port ?? 0;
  }

  get maxClients(): number {
    return this.#parts.limits.maxClients;
  }

  get outputPauseBytes(): number {
    return this.#parts.limits.outputPauseBytes;
  }

  get outputLimit(): OutputLimit {
    return this.#parts.limits.outputLimits.normal;
  }

  get subscriberLimit(): OutputLimit {
    return this.#parts.limits.outputLimits.pubsub;
  }

  /** Sets the traffic counters back (CONFIG RESETSTAT). */
  resetCounters(): void {
    this.connectionsReceived = 0;
    this.connectionsRejected = 0;
    this.outputLimitClosed = 0;
    this.bytesIn = 0;
    this.bytesOut = 0;
    this.readsProcessed = 0;
    this.writesProcessed = 0;
    this.errorReplies.clear();
    this.observer.reset();
  }

  /** Counts an error that the host has answered, by its prefix. */
  countError(code: ErrorCode): void {
    const prefix = errorPrefix(code);
    this.errorReplies.set(prefix, (this.errorReplies.get(prefix) ?? 0) + 1);
  }

  countOutputLimit(): void {
    this.outputLimitClosed++;
  }

  countInput(bytes: number): void {
    this.bytesIn += bytes;
    this.readsProcessed++;
  }

  countOutput(bytes: number): void {
    this.bytesOut += bytes;
    this.writesProcessed++;
  }

  closed(connection: Connection): void {
    this.#connections.delete(connection.session.id);
    if (this.#connections.size === 0) this.#allClosed?.();
  }

  warn(message: string): void {
    this.#parts.warn(message);
  }

  // -----------------------------------------------------------------------------------------------------------------------

  #accept(socket: Socket): SocketHandler {
    this.connectionsReceived++;
    const { limits } = this.#parts;
    if (this.#connections.size >= limits.maxClients) return this.#refuse(socket, "-ERR max number of clients reached\r\n");
    let handle: number;
    try {
      handle = this.database.engine.openSession();
    } catch (error) {
      return this.#refuse(socket, `-OOM ${error instanceof DatabaseError ? error.message : "no memory for another session"}\r\n`);
    }
    socket.setKeepAlive(limits.keepAliveSeconds * 1000);
    const connection = new Connection(this, socket, {
      id: ++this.#lastId,
      handle,
      createdMs: this.clock.nowMs(),
      openAccess: () => !this.#parts.limits.requireAuth,
      commandName: this.#parts.commandName,
    });
    this.#connections.set(connection.session.id, connection);
    return connection;
  }

  #refuse(socket: Socket, line: string): SocketHandler {
    this.connectionsRejected++;
    socket.write(encoder.encode(line));
    socket.end();
    return REFUSED;
  }

  #scheduleSweep(): void {
    this.#sweep = this.clock.setTimer(() => {
      this.#closeIdle();
      this.#scheduleSweep();
    }, IDLE_SWEEP_MS);
  }

  #closeIdle(): void {
    for (const connection of this.#connections.values()) connection.checkOutput();
    const limitMs = this.#parts.limits.timeoutSeconds * 1000;
    if (limitMs === 0) return;
    const nowMs = this.clock.nowMs();
    for (const connection of this.#connections.values()) {
      if (connection.mayIdle && connection.session.subscriptions.total === 0 && nowMs - connection.session.lastActiveMs > limitMs)
        connection.destroy();
    }
  }

  async #stop(): Promise<void> {
    this.#sweep?.cancel();
    this.paused.end();
    await this.#listening?.close();
    const grace = this.clock.setTimer(() => {
      for (const connection of this.#connections.values()) connection.destroy();
    }, STOP_GRACE_MS);
    await this.#closeAll((connection) => connection.finish());
    grace.cancel();
    this.#unsubscribe();
    if (this.#parts.ownsDatabase) await this.#closeDatabase();
    this.#settle.resolve();
  }

  async #closeDatabase(): Promise<void> {
    await this.database.close().catch((error: unknown) => {
      this.warn(`the database could not be closed in order: ${error instanceof Error ? error.message : String(error)}`);
    });
  }

  #closeAll(close: (connection: Connection) => void): Promise<void> {
    return new Promise((resolve) => {
      this.#allClosed = resolve;
      for (const connection of this.#connections.values()) close(connection);
      if (this.#connections.size === 0) resolve();
    });
  }

  #fail(error: DatabaseError): void {
    this.warn(error.message);
    this.#settle.reject(error);
    void this.stop();
  }
}
