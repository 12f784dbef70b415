/**
 * A server for handlers without sockets and without an engine: sessions are plain objects, counters are set by the test, time
 * is what the test says. `ask` runs a handler as the server does and decodes nothing: replies are compared byte by byte.
 */
import * as commandIds from "../../../../assembly/abi/commands.ts";
import { REPLY_ON } from "../../../../assembly/abi/status.ts";
import { administration } from "../../../../host/command/administration.ts";
import type { EngineCounters, EngineFacts, ProcessFacts } from "../../../../host/command/engine-facts.ts";
import { Observer } from "../../../../host/command/observer.ts";
import { createHandlers } from "../../../../host/command/registry.ts";
import type { CommandContext, CommandHandler, ServerState, Session } from "../../../../host/command/session.ts";
import type { QuerySource } from "../../../../host/command/sql.ts";
import { commandTable } from "../../../../host/command/table.ts";
import { DatabaseError } from "../../../../host/common/error.ts";
import { OptionStore } from "../../../../host/common/options.ts";
import { PubSub } from "../../../../host/database/pubsub.ts";
import type { SessionTransaction } from "../../../../host/database/transaction.ts";
import { Transactions } from "../../../../host/database/transactions.ts";
import type { Clock, Timer } from "../../../../host/platform/types.ts";
import { ReplyWriter } from "../../../../host/resp/reply-writer.ts";
import { ALONE, FakeCore } from "../database/fake-core.ts";

/** These handlers are tested without SQL. */
const NO_QUERIES: QuerySource = {
  engine: undefined,
  load: () => Promise.reject(new DatabaseError("INTERNAL", "there is no SQL here")),
  finish: () => Promise.reject(new DatabaseError("INTERNAL", "there is no SQL here")),
};

export const START_MS = 1_700_000_000_000;

export class FakeSession implements Session {
  readonly handle = 0;
  readonly isOpen = true;
  name = "";
  libraryName = "";
  libraryVersion = "";
  readonly localAddress = "127.0.0.1:8360";
  readonly createdMs = START_MS;
  lastActiveMs = START_MS;
  database = 0;
  protocol: 2 | 3 = 2;
  authenticated = true;
  replyMode: number = REPLY_ON;
  lastCommand = "get";
  queued = -1;
  queuedBytes = 0;
  isExecuting = false;
  isWatchBroken = false;
  inputBytes = 0;
  chunkBytes = 0;
  inputCapacity = 0;
  outputBytes = 0;
  totalBytesIn = 0;
  totalBytesOut = 0;
  readonly fileDescriptor = 7;
  readonly subscriptions = undefined;
  noEvict = false;
  noTouch = false;
  closed: "" | "at once" | "after the reply" = "";
  isPaused = false;
  readonly isBlocked = false;
  /** What was sent besides replies. */
  pushed = "";
  readonly id: number;
  readonly address: string;
  readonly transaction: SessionTransaction;

  constructor(id: number) {
    this.id = id;
    this.transaction = new Transactions(new FakeCore(), new FakeClock(), ALONE).of({ handle: id, lastActiveMs: 0 });
    this.address = `127.0.0.1:${40000 + id}`;
  }

  setProtocol(version: 2 | 3): void {
    this.protocol = version;
  }

  setAuthenticated(authenticated: boolean): void {
    this.authenticated = authenticated;
  }

  setDatabase(database: number): void {
    this.database = database;
  }

  setReplyMode(mode: number): void {
    this.replyMode = mode;
  }

  reset(): void {
    this.name = "";
    this.database = 0;
    this.protocol = 2;
    this.replyMode = REPLY_ON;
    this.authenticated = false;
  }

  push(bytes: Uint8Array): void {
    this.pushed += new TextDecoder().decode(bytes);
  }

  wait(): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  unblock(): boolean {
    return false;
  }

  close(afterReply: boolean): void {
    this.closed = afterReply ? "after the reply" : "at once";
  }
}

/** No command of these tests waits. */
const NO_WAITING: CommandContext["waiting"] = {
  wait: () => {
    throw new Error("nothing waits here");
  },
  reply: () => new Uint8Array(0),
  keyCount: 0,
  limitedCount: 0,
};

/** A clock that stands still; timers run when `advance` passes them. */
export class FakeClock implements Clock {
  ms = START_MS;
  #timers: { readonly atMs: number; readonly task: () => void }[] = [];

  nowMs(): number {
    return this.ms;
  }

  monotonicMs(): number {
    return this.ms;
  }

  setTimer(task: () => void, delayMs: number): Timer {
    const timer = { atMs: this.ms + delayMs, task };
    this.#timers.push(timer);
    return { cancel: () => (this.#timers = this.#timers.filter((each) => each !== timer)) };
  }

  endOfTurn(task: () => void): void {
    queueMicrotask(task);
  }

  advance(ms: number): void {
    this.ms += ms;
    const due = this.#timers.filter((timer) => timer.atMs <= this.ms);
    this.#timers = this.#timers.filter((timer) => timer.atMs > this.ms);
    for (const timer of due) timer.task();
  }
}

/** Counters that a test may change. */
export class FakeCounters implements EngineCounters {
  views = { open: 0, heldBytes: 0, oldestMs: undefined, cancelled: 0 };
  hits = 5;
  misses = 2;
  expired = 1;
  expiredFields = 2;
  lazyFreed = 4;
  commands = 100;
  lingering = 3;
  memoryUsedBytes = 700;
  memoryPeakBytes = 1400;
  memoryReservedBytes = 65536;
  readonly databaseCount = 16;
  readonly keys = new Map([[3, { keys: 10, expiring: 4 }]]);
  readonly called = new Map([[commandIds.COMMAND_GET, { calls: 7, failed: 1, rejected: 2 }]]);

  memoryBytes(purpose: number): number {
    return 100 * Number(purpose >= 0);
  }

  database(number: number): { readonly keys: number; readonly expiring: number } {
    return this.keys.get(number) ?? { keys: 0, expiring: 0 };
  }

  errors(): number {
    return 0;
  }

  calls(commandId: number): { readonly calls: number; readonly failed: number; readonly rejected: number } {
    return this.called.get(commandId) ?? { calls: 0, failed: 0, rejected: 0 };
  }
}

export class FakeServer {
  readonly clock = new FakeClock();
  readonly counters = new FakeCounters();
  readonly options: OptionStore;
  readonly sessions: FakeSession[];
  readonly session: FakeSession;
  readonly calls: string[] = [];
  readonly observer: Observer;
  readonly #handlers: ReadonlyMap<number, CommandHandler>;

  constructor(
    settings: { readonly options?: ReadonlyMap<string, string>; readonly configFile?: string; readonly process?: ProcessFacts } = {},
  ) {
    this.options = new OptionStore(settings.options);
    this.session = new FakeSession(1);
    this.observer = new Observer(this.clock);
    this.sessions = [this.session, new FakeSession(2), new FakeSession(3)];
    const server: ServerState = {
      clock: this.clock,
      startedMs: START_MS,
      runId: "0123456789abcdef0123456789abcdef01234567",
      replicationId: "fedcba9876543210fedcba9876543210fedcba98",
      processId: 4242,
      port: 8360,
      executable: "/bin/memflux",
      configFile: settings.configFile ?? "",
      connectionsReceived: 3,
      connectionsRejected: 0,
      outputLimitClosed: 0,
      errorReplies: new Map(),
      bytesIn: 1000,
      bytesOut: 2000,
      readsProcessed: 10,
      writesProcessed: 9,
      maxClients: 10000,
      resetCounters: () => this.calls.push("reset counters"),
      pause: (untilMs, writesOnly) => this.calls.push(`pause ${writesOnly ? "writes" : "all"} for ${untilMs - START_MS} ms`),
      changeReplicationId: () => this.calls.push("change the replication id"),
      warn: (message) => this.calls.push(`warn ${message}`),
      unpause: () => this.calls.push("unpause"),
      shutdown: () => this.calls.push("shutdown"),
    };
    const engine: EngineFacts = {
      statistics: this.counters,
      resetStatistics: () => this.calls.push("reset statistics"),
      digest: (database) => [1, 0xdeadbeef | 0, 0, database],
    };
    const context: CommandContext = {
      sessions: () => this.sessions,
      pubsub: new PubSub(),
      waiting: NO_WAITING,
      server,
      observer: this.observer,
    };
    this.#handlers = createHandlers(
      context,
      this.options,
      engine,
      settings.process ?? {},
      undefined,
      NO_QUERIES,
      administration(context, this.observer, this.options, engine, undefined),
    );
  }

  /** The reply to a command line of words, as text; bytes count one character each. */
  async ask(...words: readonly (string | Uint8Array)[]): Promise<string> {
    return this.askFrom(this.session, ...words);
  }

  async askFrom(session: FakeSession, ...words: readonly (string | Uint8Array)[]): Promise<string> {
    const args = words.map((each) => (typeof each === "string" ? new TextEncoder().encode(each) : each));
    const id = commandTable.findIndex((row) => row.name === String(words[0]).toUpperCase());
    const handler = this.#handlers.get(id);
    if (handler === undefined) throw new DatabaseError("INTERNAL", `${words[0]} has no handler`);
    const reply = new ReplyWriter(session.protocol);
    try {
      await handler(session, args, reply);
    } catch (error) {
      if (!(error instanceof DatabaseError)) throw error;
      reply.take();
      reply.error(error);
    }
    return Buffer.from(reply.take()).toString("latin1");
  }

  /** The text of a bulk string or verbatim reply. */
  async askText(...words: readonly string[]): Promise<string> {
    const reply = await this.ask(...words);
    return reply.slice(reply.indexOf("\r\n") + 2, -2).replace(/^txt:/, "");
  }
}
