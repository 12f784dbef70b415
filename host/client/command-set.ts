/**
 * The typed commands of an embedded database: they run at once, in a session of the engine, and return values.
 *
 * `get` and `set` have fast paths of their own (assembly/command/direct.ts); all others come from the table in commands.ts.
 */
import { DatabaseError } from "../common/error.ts";
import {
  type Commands,
  commandForms,
  type Data,
  defineMethods,
  type ScanOptions,
  type SetOptions,
  scanWords,
  toData,
  type Value,
} from "./commands.ts";
import type { ReplyValue } from "./reply-reader.ts";
import type { EmbeddedSession } from "./session.ts";

/** What `get` and `set` and the table's commands run in. */
export class CommandRunner<T extends Data> {
  /** Absent once the database is closed, or whatever this belongs to has ended. */
  #session: EmbeddedSession | undefined;
  #reason: DatabaseError | undefined;
  readonly #asBytes: boolean;

  constructor(session: EmbeddedSession, asBytes: boolean) {
    this.#session = session;
    this.#asBytes = asBytes;
  }

  /** See Commands. */
  get(key: Data): T | null {
    const session = this.#session ?? this.#refuse();
    const found = this.#asBytes ? session.getBytes(toData(key)) : session.getText(toData(key));
    return found === undefined ? (this.call("get", [key]) as T | null) : (found as T | null);
  }

  /** See Commands. */
  set(key: Data, value: Value, options?: SetOptions): boolean {
    if (options === undefined) {
      const session = this.#session ?? this.#refuse();
      if (session.set(toData(key), toData(value))) return true;
    }
    return this.call("set", [key, value, options]) as boolean;
  }

  /** Walks the keys; one that changes meanwhile may come twice, one that stays comes at least once. */
  *scan(options: ScanOptions = {}): Generator<T, void, undefined> {
    let cursor = "0";
    do {
      options.signal?.throwIfAborted();
      const [next, found] = this.#run(scanWords(cursor, options)) as readonly [string | Uint8Array, readonly T[]];
      cursor = typeof next === "string" ? next : String.fromCharCode(...next);
      yield* found;
    } while (cursor !== "0");
  }

  /** Runs the command of a form of the table. */
  protected call(name: string, args: readonly unknown[]): unknown {
    const form = commandForms[name];
    if (form === undefined) throw new DatabaseError("INTERNAL", `${name} is not in the table of typed commands`);
    return form.decode(this.#run(form.encode(...(args as never[])).map(toData)));
  }

  /**
   * Runs any command of the engine at once and answers its reply, which is thrown if it is an error. Throws USAGE for a command that
   * the host answers: those run through `execute`.
   */
  command(args: readonly Value[]): ReplyValue {
    return this.#run(args.map(toData));
  }

  #run(words: readonly Data[]): ReplyValue {
    const value = (this.#session ?? this.#refuse()).call(words, this.#asBytes);
    if (value instanceof DatabaseError) throw value;
    return value;
  }

  /** Every later call throws the reason, or CLOSED. */
  protected end(reason?: DatabaseError): void {
    this.#session = undefined;
    this.#reason = reason;
  }

  #refuse(): never {
    throw this.#reason ?? new DatabaseError("CLOSED", "the database is closed");
  }
}

defineMethods(CommandRunner.prototype, Object.keys(commandForms));

/** `CommandRunner` with all methods of `Commands`, as its prototype has them. */
export const CommandSet = CommandRunner as unknown as new <T extends Data>(
  session: EmbeddedSession,
  asBytes: boolean,
) => CommandRunner<T> & Commands<T>;
