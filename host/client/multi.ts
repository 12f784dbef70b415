/**
 * `db.multi()`: commands that run as one unit, MULTI and EXEC as an object.
 *
 *   const multi = db.multi();
 *   multi.watch("stock");                                   // at once
 *   if (Number(db.get("stock")) > 0) multi.decr("stock").set("sold", "yes");
 *   const replies = await multi.exec();                     // null: the stock was changed meanwhile, nothing was done
 *
 * 1. Each has a session of its own from its first watch, or its `exec`, to its end, so that nobody else's EXEC ends its watches.
 * 2. Nothing is sent before `exec`; then all commands run without anything of others in between, and are one commit.
 * 3. A command that fails is a DatabaseError in the array of replies and stops nothing, as in Redis. One that cannot be queued (it
 *    does not exist, has a wrong number of arguments, memory is short) makes `exec` reject with EXEC_ABORTED, and nothing has run.
 * 4. Behind a worker it is the same: `watch` is in the order of the calls, and what is wrong with it is told by `exec`.
 * 5. `exec`, `discard` and leaving a block with `using` end it; later calls throw USAGE.
 */
/// <reference lib="esnext.disposable" preserve="true" />
import { DatabaseError } from "../common/error.ts";
import { type Commands, commandForms, type Data, defineMethods, type Keys, textOf, toData, type Value } from "./commands.ts";
import type { ReplyValue } from "./reply-reader.ts";
import type { EmbeddedSession } from "./session.ts";

export interface MultiOptions {
  /** Stored text and keys come back as Uint8Array. */
  readonly bytes?: boolean;
}

/** The typed commands, queued: each adds the type of its reply. */
export type QueuedCommands<T extends Data, R extends readonly unknown[]> = {
  readonly [K in keyof Commands<T>]: (...args: Parameters<Commands<T>[K]>) => Multi<T, [...R, ReturnType<Commands<T>[K]> | DatabaseError]>;
};

/** A queue of typed commands; `R` are the replies of those that are in it. */
export interface MultiQueue<T extends Data, R extends readonly unknown[]> extends Disposable {
  /** Has `exec` do nothing if one of the keys is changed from now on. */
  watch(...keys: Keys): Multi<T, R>;
  /** Queues any command, of the host too, such as SQL; its reply comes as `db.execute` answers it. */
  execute(args: readonly Value[]): Multi<T, [...R, ReplyValue]>;
  /** Runs the commands and answers their replies; null: a watched key was changed, and nothing has run. Rejects with EXEC_ABORTED. */
  exec(): Promise<R | null>;
  /** Forgets commands and watches. */
  discard(): void;
}

export type Multi<T extends Data, R extends readonly unknown[] = []> = MultiQueue<T, R> & QueuedCommands<T, R>;

/** Where one queue runs. */
export interface MultiPlace {
  watch(keys: readonly Data[]): void;
  /** Runs commands as one unit; null: a watched key was changed. Rejects with EXEC_ABORTED. Called once at most, then `close`. */
  exec(commands: readonly (readonly Data[])[]): Promise<readonly ReplyValue[] | null>;
  /** Forgets the watches. */
  close(): void;
}

/** Sessions of an embedded database. */
export interface MultiSessions {
  /** A new session on the queue's database. Throws CLOSED. */
  open(): EmbeddedSession;
  /** Runs commands, and answers when what they changed is as safe as the durability level demands. */
  run(session: EmbeddedSession, commands: readonly (readonly Data[])[], asBytes: boolean): Promise<ReplyValue[]>;
  close(session: EmbeddedSession): void;
  /** Runs a command that may wait; other calls go on meanwhile. Rejects with its error, and with the signal's reason. */
  wait(words: readonly Data[], asBytes: boolean, signal: AbortSignal | undefined): Promise<ReplyValue>;
}

/** A session of its own, from the first watch or the end on. */
class SessionPlace implements MultiPlace {
  readonly #sessions: MultiSessions;
  readonly #asBytes: boolean;
  #session: EmbeddedSession | undefined;

  constructor(sessions: MultiSessions, asBytes: boolean) {
    this.#sessions = sessions;
    this.#asBytes = asBytes;
  }

  watch(keys: readonly Data[]): void {
    this.#session ??= this.#sessions.open();
    const reply = this.#session.call(["WATCH", ...keys], false);
    if (reply instanceof DatabaseError) throw reply;
  }

  async exec(commands: readonly (readonly Data[])[]): Promise<readonly ReplyValue[] | null> {
    this.#session ??= this.#sessions.open();
    const replies = await this.#sessions.run(this.#session, [["MULTI"], ...commands, ["EXEC"]], this.#asBytes);
    const results = replies.at(-1);
    if (results instanceof DatabaseError) throw withCause(results, replies);
    return Array.isArray(results) ? results : null;
  }

  close(): void {
    if (this.#session !== undefined) this.#sessions.close(this.#session);
    this.#session = undefined;
  }
}

/** Commands that would end the queue from inside. */
const NOT_QUEUED: readonly string[] = ["MULTI", "EXEC", "DISCARD", "WATCH", "RESET", "QUIT"];

type Decode = (reply: ReplyValue) => unknown;

class MultiRunner {
  readonly #place: MultiPlace;
  readonly #asBytes: boolean;
  readonly #commands: (readonly Data[])[] = [];
  readonly #decoders: Decode[] = [];
  #isOver = false;

  constructor(place: MultiPlace, asBytes: boolean) {
    this.#place = place;
    this.#asBytes = asBytes;
  }

  watch(...keys: Keys): this {
    this.#refuseOver();
    this.#place.watch(keys.flat().map(toData));
    return this;
  }

  execute(args: readonly Value[]): this {
    const words = args.map(toData);
    const name = words[0];
    if (name === undefined) throw new DatabaseError("USAGE", "a command has at least its name");
    if (NOT_QUEUED.includes(textOf(name).toUpperCase())) {
      throw new DatabaseError("USAGE", `${textOf(name)} cannot be queued: a transaction has methods for its end`);
    }
    return this.#queue(words, (reply) => reply);
  }

  async exec(): Promise<readonly unknown[] | null> {
    this.#refuseOver();
    this.#isOver = true;
    try {
      const replies = await this.#place.exec(this.#commands);
      return replies?.map((reply, index) => (reply instanceof DatabaseError ? reply : this.#decoders[index]?.(reply))) ?? null;
    } finally {
      this.#place.close();
    }
  }

  discard(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#place.close();
  }

  [Symbol.dispose](): void {
    this.discard();
  }

  /** Queues the command of a form of the table. */
  protected call(name: string, args: readonly unknown[]): this {
    const form = commandForms[name];
    if (form === undefined) throw new DatabaseError("INTERNAL", `${name} is not in the table of typed commands`);
    // The replies of a queue are read at once, all as texts or all as bytes.
    if (form.isBinary && !this.#asBytes) throw new DatabaseError("USAGE", `${name} answers bytes: queue it with multi({ bytes: true })`);
    return this.#queue(form.encode(...(args as never[])).map(toData), form.decode);
  }

  #queue(words: readonly Data[], decode: Decode): this {
    this.#refuseOver();
    this.#commands.push(words);
    this.#decoders.push(decode);
    return this;
  }

  #refuseOver(): void {
    if (this.#isOver) throw new DatabaseError("USAGE", "this transaction is over");
  }
}

defineMethods(MultiRunner.prototype, Object.keys(commandForms));

/** What `exec` rejects with: EXEC's error, and as its cause why a command was not queued. */
function withCause(error: DatabaseError, replies: readonly ReplyValue[]): DatabaseError {
  const cause = replies.find((reply) => reply instanceof DatabaseError);
  return cause === error ? error : new DatabaseError(error.code, error.message, { cause });
}

/** A new queue. */
export function createMulti<T extends Data>(place: MultiPlace, asBytes: boolean): Multi<T> {
  return new MultiRunner(place, asBytes) as unknown as Multi<T>;
}

/** A new queue in a session of its own. */
export function createSessionMulti<T extends Data>(sessions: MultiSessions, asBytes: boolean): Multi<T> {
  return createMulti<T>(new SessionPlace(sessions, asBytes), asBytes);
}
