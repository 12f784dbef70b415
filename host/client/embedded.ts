/**
 * The embedded database that programs import: commands as method calls on an engine in this process.
 *
 * 1. `execute` and `pipeline` run one after the other, in the order of the calls, and may wait; the typed methods run at once
 *    in a session of their own and return values. What a typed method wrote is acknowledged by `flush`.
 * 2. After `close` every call fails with CLOSED.
 */
import { createHandlers } from "../command/registry.ts";
import type { CommandHandler, ServerState } from "../command/session.ts";
import { DatabaseError } from "../common/error.ts";
import type { OptionStore } from "../common/options.ts";
import type { Database } from "../database/database.ts";
import type { Clock } from "../platform/types.ts";
import { encodeRequest, type Reply } from "../resp/decoder.ts";
import { type ReplyValue, replyValue } from "./reply.ts";
import { EmbeddedSession } from "./session.ts";

/** A key, value or argument: text is stored as UTF-8. */
export type Data = string | Uint8Array;

/** Options of `set`: times in seconds (`ex`, `exat`) or milliseconds (`px`, `pxat`), at most one of them. */
export interface SetOptions {
  readonly ex?: number;
  readonly px?: number;
  readonly exat?: number;
  readonly pxat?: number;
  readonly nx?: boolean;
  readonly xx?: boolean;
  readonly keepTtl?: boolean;
}

export class Embedded {
  readonly #database: Database;
  readonly #session: EmbeddedSession;
  readonly #direct: EmbeddedSession;
  #queue: Promise<unknown> = Promise.resolve();
  #closed = false;

  constructor(database: Database, clock: Clock, runId: string, options: OptionStore) {
    this.#database = database;
    const handlers: { map: ReadonlyMap<number, CommandHandler> } = { map: new Map() };
    this.#session = new EmbeddedSession({ id: 1, database, clock, handlers: () => handlers.map });
    this.#direct = new EmbeddedSession({ id: 2, database, clock, handlers: () => handlers.map });
    const context = { sessions: () => [this.#session], server: this.#state(clock, runId) };
    handlers.map = createHandlers(context, options, database.engine);
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

  /** Text of a string value, or null when there is no such key. Throws WRONG_TYPE for other values. */
  get(key: Data): string | null {
    return this.#value(["GET", key]) as string | null;
  }

  /** As `get`, with the bytes as they are stored. */
  getBytes(key: Data): Uint8Array | null {
    return this.#value(["GET", key], true) as Uint8Array | null;
  }

  /** Stores a string value. False when `nx` or `xx` forbade it. The key's expiry goes unless `keepTtl` says otherwise. */
  set(key: Data, value: Data, options?: SetOptions): boolean {
    if (options === undefined) return this.#value(["SET", key, value]) === "OK";
    const args: Data[] = ["SET", key, value];
    if (options.nx) args.push("NX");
    if (options.xx) args.push("XX");
    if (options.keepTtl) args.push("KEEPTTL");
    for (const unit of ["ex", "px", "exat", "pxat"] as const) {
      const time = options[unit];
      if (time !== undefined) args.push(unit, String(time));
    }
    return this.#value(args) === "OK";
  }

  /** Answers the value and removes the key. */
  getdel(key: Data): string | null {
    return this.#value(["GETDEL", key]) as string | null;
  }

  /** Texts of many string values in the order of the keys; null where there is none. */
  mget(keys: readonly Data[]): (string | null)[] {
    return this.#value(["MGET", ...keys]) as (string | null)[];
  }

  /** Stores many string values at once. */
  mset(pairs: Iterable<readonly [Data, Data]>): void {
    this.#value(["MSET", ...[...pairs].flat()]);
  }

  /** Appends to a string value and answers its length in bytes. */
  append(key: Data, value: Data): number {
    return this.#value(["APPEND", key, value]) as number;
  }

  /** Length of a string value in bytes; 0 when there is no such key. */
  strlen(key: Data): number {
    return this.#value(["STRLEN", key]) as number;
  }

  /** Adds to a whole number and answers the sum; an absent key counts as 0. Throws NOT_INTEGER or OVERFLOW. */
  incrby(key: Data, increment: number | bigint): number | bigint {
    return this.#value(["INCRBY", key, String(increment)]) as number | bigint;
  }

  /** As `incrby` with 1. */
  incr(key: Data): number | bigint {
    return this.#value(["INCR", key]) as number | bigint;
  }

  /** As `incrby` with -1. */
  decr(key: Data): number | bigint {
    return this.#value(["DECR", key]) as number | bigint;
  }

  /** Removes keys and answers how many there were. */
  del(...keys: readonly Data[]): number {
    return this.#value(["DEL", ...keys]) as number;
  }

  /** How many of the keys exist; one that is named twice counts twice. */
  exists(...keys: readonly Data[]): number {
    return this.#value(["EXISTS", ...keys]) as number;
  }

  /** Lets a key end after so many milliseconds; false when there is no such key. */
  pexpire(key: Data, milliseconds: number): boolean {
    return this.#value(["PEXPIRE", key, String(milliseconds)]) === 1;
  }

  /** Milliseconds until a key ends; -1: never, -2: there is no such key. */
  pttl(key: Data): number {
    return this.#value(["PTTL", key]) as number;
  }

  /** As `incrby`, downwards. */
  decrby(key: Data, decrement: number | bigint): number | bigint {
    return this.#value(["DECRBY", key, String(decrement)]) as number | bigint;
  }

  /** Adds to a decimal number and answers the sum as text. Throws NOT_FLOAT. */
  incrbyfloat(key: Data, increment: number | string): string {
    return this.#value(["INCRBYFLOAT", key, String(increment)]) as string;
  }

  /** Bytes `start` to `end` of a string value, both included; negative ones count from the end. */
  getrange(key: Data, start: number, end: number): string {
    return this.#value(["GETRANGE", key, String(start), String(end)]) as string;
  }

  /** Overwrites a string value from a byte on and answers its length. */
  setrange(key: Data, start: number, value: Data): number {
    return this.#value(["SETRANGE", key, String(start), value]) as number;
  }

  /** Stores many string values unless one of the keys exists; false then. */
  msetnx(pairs: Iterable<readonly [Data, Data]>): boolean {
    return this.#value(["MSETNX", ...[...pairs].flat()]) === 1;
  }

  /** Stores a value and answers the one before. */
  getset(key: Data, value: Data): string | null {
    return this.#value(["GETSET", key, value]) as string | null;
  }

  /** As `del`; large values are freed later. */
  unlink(...keys: readonly Data[]): number {
    return this.#value(["UNLINK", ...keys]) as number;
  }

  /** How many of the keys exist; marks them as used. */
  touch(...keys: readonly Data[]): number {
    return this.#value(["TOUCH", ...keys]) as number;
  }

  /** Name of the value's type; "none" when there is no such key. */
  type(key: Data): string {
    return this.#value(["TYPE", key]) as string;
  }

  /** Gives a key another name, in the place of what that held. Throws NO_SUCH_KEY. */
  rename(key: Data, name: Data): void {
    this.#value(["RENAME", key, name]);
  }

  /** As `rename`, unless the new name exists; false then. */
  renamenx(key: Data, name: Data): boolean {
    return this.#value(["RENAMENX", key, name]) === 1;
  }

  /** Copies a value; false when the source is absent, or the target exists and `replace` is not set. */
  copy(source: Data, target: Data, replace = false): boolean {
    return this.#value(replace ? ["COPY", source, target, "REPLACE"] : ["COPY", source, target]) === 1;
  }

  /** Any key, or null in an empty database. */
  randomkey(): string | null {
    return this.#value(["RANDOMKEY"]) as string | null;
  }

  /** All keys that fit a pattern. Large databases are better walked with `scan`. */
  keys(pattern: Data = "*"): string[] {
    return this.#value(["KEYS", pattern]) as string[];
  }

  /** Walks the keys that fit a pattern; one that changes meanwhile may come twice, one that stays comes at least once. */
  *scan(pattern: Data = "*", count = 100): Generator<string, void, undefined> {
    let cursor = "0";
    do {
      const [next, found] = this.#value(["SCAN", cursor, "MATCH", pattern, "COUNT", String(count)]) as [string, string[]];
      cursor = next;
      yield* found;
    } while (cursor !== "0");
  }

  /** Lets a key end after so many seconds; false when there is no such key. */
  expire(key: Data, seconds: number): boolean {
    return this.#value(["EXPIRE", key, String(seconds)]) === 1;
  }

  /** Seconds until a key ends; -1: never, -2: there is no such key. */
  ttl(key: Data): number {
    return this.#value(["TTL", key]) as number;
  }

  /** Lets a key stay for ever; false when it did already or is absent. */
  persist(key: Data): boolean {
    return this.#value(["PERSIST", key]) === 1;
  }

  /** Removes all keys of the database. */
  flushdb(): void {
    this.#value(["FLUSHDB"]);
  }

  /** Number of keys. */
  dbsize(): number {
    return this.#value(["DBSIZE"]) as number;
  }

  /** Resolves when everything that was written survives a loss of power; at once in memory. Rejects when the log failed. */
  async flush(): Promise<void> {
    this.#refuseClosed();
    await this.#database.commits.flush();
  }

  /** Ends the database; its memory goes with the last reference. Later calls do nothing. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#queue;
    this.#session.release();
    this.#direct.release();
    await this.#database.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #value(args: readonly Data[], bytes = false): ReplyValue {
    this.#refuseClosed();
    const value = replyValue(this.#direct.call(args), bytes);
    if (value instanceof DatabaseError) throw value;
    return value;
  }

  #refuseClosed(): void {
    if (this.#closed) throw new DatabaseError("CLOSED", "the database is closed");
  }

  async #single(args: readonly (Data | number)[]): Promise<Reply> {
    const [reply] = await this.#run([args]);
    if (reply === undefined) throw new DatabaseError("PROTOCOL", "the command has no reply");
    return reply;
  }

  async #run(commands: readonly (readonly (Data | number)[])[]): Promise<Reply[]> {
    this.#refuseClosed();
    if (commands.some((args) => args.length === 0)) throw new DatabaseError("USAGE", "a command has at least its name");
    const requests = commands.map((args) => encodeRequest(args.map((arg) => (typeof arg === "number" ? String(arg) : arg))));
    const run = this.#queue.then(async () => {
      const replies: Reply[] = [];
      for (const request of requests) replies.push(...(await this.#session.run(request)));
      const { commits } = this.#database;
      // As for a client of the server: what the durability level holds back is not told before the log is that far.
      if (commits.holding) await new Promise<void>((reached, failed) => commits.hold({ reached, failed }));
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
