/**
 * The embedded database that programs import: commands as method calls on an engine in this process.
 *
 * 1. Requests run one after the other, in the order of the calls.
 * 2. After `close` every call rejects with CLOSED.
 */
import { createHandlers } from "../command/registry.ts";
import type { CommandHandler, ServerState } from "../command/session.ts";
import { DatabaseError } from "../common/error.ts";
import { OptionStore } from "../common/options.ts";
import type { Database } from "../database/database.ts";
import type { Clock } from "../platform/types.ts";
import { encodeRequest, type Reply } from "../resp/decoder.ts";
import { type ReplyValue, replyValue } from "./reply.ts";
import { EmbeddedSession } from "./session.ts";

/** A key, value or argument: text is stored as UTF-8. */
export type Data = string | Uint8Array;

export class Embedded {
  readonly #database: Database;
  readonly #session: EmbeddedSession;
  #queue: Promise<unknown> = Promise.resolve();
  #closed = false;

  constructor(database: Database, clock: Clock, runId: string) {
    this.#database = database;
    const handlers: { map: ReadonlyMap<number, CommandHandler> } = { map: new Map() };
    this.#session = new EmbeddedSession({ id: 1, database, clock, handlers: () => handlers.map });
    const context = { sessions: () => [this.#session], server: this.#state(clock, runId) };
    handlers.map = createHandlers(context, new OptionStore(), database.engine);
  }

  /** Runs any command. Rejects with a DatabaseError when the reply is an error. */
  async execute(args: readonly (Data | number)[]): Promise<ReplyValue> {
    const reply = await this.#single(args);
    const value = replyValue(reply, false);
    if (value instanceof DatabaseError) throw value;
    return value;
  }

  /** Text of a string value, or null when there is no such key. Rejects with WRONG_TYPE for other values. */
  async get(key: Data): Promise<string | null> {
    return (await this.execute(["GET", key])) as string | null;
  }

  /** Stores a string value and takes the key's expiry away. */
  async set(key: Data, value: Data): Promise<void> {
    await this.execute(["SET", key, value]);
  }

  /** Ends the database; its memory goes with the last reference. Later calls do nothing. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#queue;
    this.#session.release();
    this.#database.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #single(args: readonly (Data | number)[]): Promise<Reply> {
    if (this.#closed) throw new DatabaseError("CLOSED", "the database is closed");
    if (args.length === 0) throw new DatabaseError("USAGE", "a command has at least its name");
    const request = encodeRequest(args.map((arg) => (typeof arg === "number" ? String(arg) : arg)));
    const run = this.#queue.then(() => this.#session.run(request));
    this.#queue = run.catch(() => {});
    const [reply] = await run;
    if (reply === undefined) throw new DatabaseError("PROTOCOL", "the command has no reply");
    return reply;
  }

  #state(clock: Clock, runId: string): ServerState {
    const close = (): void => void this.close();
    const startedMs = clock.nowMs();
    const counters = { connectionsReceived: 0, connectionsRejected: 0, bytesIn: 0, bytesOut: 0 };
    const facts = { clock, startedMs, runId, processId: 0, port: 0, executable: "", configFile: "", maxClients: 0 };
    return { ...facts, ...counters, resetCounters: () => {}, shutdown: close };
  }
}
