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

  /** Runs commands one behind the other, no other call of this object between them; an error is an element of the answer and ends nothing. */
  async pipeline(commands: readonly (readonly (Data | number)[])[]): Promise<ReplyValue[]> {
    const replies = await this.#run(commands);
    return replies.map((reply) => replyValue(reply, false));
  }

  /** Text of a string value, or null when there is no such key. Rejects with WRONG_TYPE for other values. */
  async get(key: Data): Promise<string | null> {
    return (await this.execute(["GET", key])) as string | null;
  }

  /** As `get`, with the bytes as they are stored. */
  async getBytes(key: Data): Promise<Uint8Array | null> {
    const value = replyValue(await this.#single(["GET", key]), true);
    if (value instanceof DatabaseError) throw value;
    return value as Uint8Array | null;
  }

  /** Stores a string value and takes the key's expiry away. */
  async set(key: Data, value: Data): Promise<void> {
    await this.execute(["SET", key, value]);
  }

  /** Texts of many string values in the order of the keys; null where there is none. */
  async mget(keys: readonly Data[]): Promise<(string | null)[]> {
    return (await this.execute(["MGET", ...keys])) as (string | null)[];
  }

  /** Adds to a whole number and answers the sum; an absent key counts as 0. Rejects with NOT_INTEGER or OVERFLOW. */
  async incrby(key: Data, increment: number | bigint): Promise<number | bigint> {
    return (await this.execute(["INCRBY", key, String(increment)])) as number | bigint;
  }

  /** Removes keys and answers how many there were. */
  async del(...keys: readonly Data[]): Promise<number> {
    return (await this.execute(["DEL", ...keys])) as number;
  }

  /** How many of the keys exist; one that is named twice counts twice. */
  async exists(...keys: readonly Data[]): Promise<number> {
    return (await this.execute(["EXISTS", ...keys])) as number;
  }

  /** Lets a key end after so many milliseconds; false when there is no such key. */
  async pexpire(key: Data, milliseconds: number): Promise<boolean> {
    return (await this.execute(["PEXPIRE", key, milliseconds])) === 1;
  }

  /** Milliseconds until a key ends; -1: never, -2: there is no such key. */
  async pttl(key: Data): Promise<number> {
    return (await this.execute(["PTTL", key])) as number;
  }

  /** Ends the database; its memory goes with the last reference. Later calls do nothing. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#queue;
    this.#session.release();
    await this.#database.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #single(args: readonly (Data | number)[]): Promise<Reply> {
    const [reply] = await this.#run([args]);
    if (reply === undefined) throw new DatabaseError("PROTOCOL", "the command has no reply");
    return reply;
  }

  async #run(commands: readonly (readonly (Data | number)[])[]): Promise<Reply[]> {
    if (this.#closed) throw new DatabaseError("CLOSED", "the database is closed");
    if (commands.some((args) => args.length === 0)) throw new DatabaseError("USAGE", "a command has at least its name");
    const requests = commands.map((args) => encodeRequest(args.map((arg) => (typeof arg === "number" ? String(arg) : arg))));
    const run = this.#queue.then(async () => {
      const replies: Reply[] = [];
      for (const request of requests) replies.push(...(await this.#session.run(request)));
      return replies;
    });
    this.#queue = run.catch(() => {});
    return run;
  }

  #state(clock: Clock, runId: string): ServerState {
    const close = (): void => void this.close();
    const startedMs = clock.nowMs();
    const counters = { connectionsReceived: 0, connectionsRejected: 0, bytesIn: 0, bytesOut: 0, errorReplies: new Map<string, number>() };
    const facts = { clock, startedMs, runId, processId: 0, port: 0, executable: "", configFile: "", maxClients: 0 };
    return { ...facts, ...counters, resetCounters: () => {}, shutdown: close };
  }
}
