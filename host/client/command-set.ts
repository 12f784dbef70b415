/**
 * The typed commands of an embedded database: they run at once, in a session of the engine, and return values.
 *
 * `get`, `set`, `incr` and what is like it have fast paths of their own (assembly/command/direct.ts); all others come from the table in
 * commands.ts.
 */
import { COMMAND_DECR, COMMAND_DECRBY, COMMAND_INCR, COMMAND_INCRBY } from "../../assembly/abi/commands.ts";
import { DatabaseError } from "../common/error.ts";
import {
  type Commands,
  commandForms,
  type Data,
  defineMethods,
  type Integer,
  type ScanOptions,
  type SetOptions,
  scanWords,
  textOf,
  toData,
  type Value,
} from "./commands.ts";
import {
  CURSOR_BYTES,
  CURSOR_KEYS,
  itemOf,
  type KeyBatch,
  type KeyScan,
  prefixScan,
  type RangeCursorOptions,
  type RangeItem,
  type RangeOptions,
  type RawItem,
  rangeScan,
  WHOLE_BYTES,
  WHOLE_KEYS,
  walkKeys,
} from "./key-range.ts";
import type { ReplyValue } from "./reply-reader.ts";
import type { EmbeddedSession } from "./session.ts";

/** Names of what the worker's side of a database does for the page's: ordered scans whose items are decoded there. */
export const READ_KEYS = Symbol("readKeys");
export const COLLECT_KEYS = Symbol("collectKeys");
const TRANSACTIONAL = /^(?:multi|watch)$/i;
const TRANSACTIONAL_LENGTH = 5;

/** What `get` and `set` and the table's commands run in. */
export class CommandRunner<T extends Data> {
  /** Absent once the database is closed, or whatever this belongs to has ended. */
  #session: EmbeddedSession | undefined;
  #reason: (() => DatabaseError) | undefined;
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

  /** See Commands. */
  incr(key: Data): Integer {
    return this.#add(key, 1, COMMAND_INCR) ?? (this.call("incr", [key]) as Integer);
  }

  /** See Commands. */
  decr(key: Data): Integer {
    return this.#add(key, -1, COMMAND_DECR) ?? (this.call("decr", [key]) as Integer);
  }

  /** See Commands. */
  incrby(key: Data, increment: Integer): Integer {
    const amount = typeof increment === "number" ? increment : Number.NaN;
    return this.#add(key, amount, COMMAND_INCRBY) ?? (this.call("incrby", [key, increment]) as Integer);
  }

  /** See Commands. */
  decrby(key: Data, decrement: Integer): Integer {
    const amount = typeof decrement === "number" ? -decrement : Number.NaN;
    return this.#add(key, amount, COMMAND_DECRBY) ?? (this.call("decrby", [key, decrement]) as Integer);
  }

  /** The sum, or undefined: nothing was done. */
  #add(key: Data, amount: number, command: number): number | undefined {
    if (!Number.isSafeInteger(amount)) return undefined;
    const sum = (this.#session ?? this.#refuse()).add(toData(key), amount, command);
    return Number.isNaN(sum) ? undefined : sum;
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

  /**
   * The keys from `from` to `to`, both included, in the order of their bytes, each with its value: strings as `get` answers them,
   * documents as JSON values. An end that is undefined is none. The first ordered scan of a database puts its keys in order, which
   * takes about a second for a million of them; from then on they are kept so.
   */
  range<K extends boolean = false>(from: Data | undefined, to: Data | undefined, options: RangeOptions<K> = {}): RangeItem<T, K>[] {
    return this[COLLECT_KEYS](rangeScan(from, to, options)).map(itemOf<T, K>);
  }

  /** The keys that begin with `prefix`, as `range` answers them. */
  prefix<K extends boolean = false>(prefix: Data, options: RangeOptions<K> = {}): RangeItem<T, K>[] {
    return this[COLLECT_KEYS](prefixScan(prefix, options)).map(itemOf<T, K>);
  }

  /**
   * The items of `range` one by one, read in batches while the loop goes on; others run between two of them, also while the keys are being
   * put in order. Each batch shows the keys as they are when it is read: one that is there throughout comes once, none comes
   * twice, and what changes ahead of the loop is seen.
   */
  rangeCursor<K extends boolean = false>(
    from: Data | undefined,
    to: Data | undefined,
    options: RangeCursorOptions<K> = {},
  ): AsyncGenerator<RangeItem<T, K>, void, undefined> {
    return walkKeys<T, K>(rangeScan(from, to, options), options.signal, (scan) => this[READ_KEYS](scan));
  }

  /** The items of `prefix` one by one, as `rangeCursor`. */
  prefixCursor<K extends boolean = false>(
    prefix: Data,
    options: RangeCursorOptions<K> = {},
  ): AsyncGenerator<RangeItem<T, K>, void, undefined> {
    return walkKeys<T, K>(prefixScan(prefix, options), options.signal, (scan) => this[READ_KEYS](scan));
  }

  /** A batch of an ordered scan, after a turn of others; what they do may have undone the order of the keys. */
  async [READ_KEYS](scan: KeyScan): Promise<KeyBatch> {
    let session: EmbeddedSession;
    do {
      await (this.#session ?? this.#refuse()).turn();
      session = this.#session ?? this.#refuse();
    } while (session.orderKeys());
    return session.readKeys(scan, CURSOR_KEYS, CURSOR_BYTES, this.#asBytes);
  }

  /** All items of an ordered scan. */
  [COLLECT_KEYS](scan: KeyScan): RawItem[] {
    const session = this.#session ?? this.#refuse();
    const items: RawItem[] = [];
    while (session.orderKeys());
    for (let left = scan.limit > 0 ? scan : undefined; left !== undefined; ) {
      const batch: KeyBatch = session.readKeys(left, WHOLE_KEYS, WHOLE_BYTES, this.#asBytes);
      for (const item of batch.items) items.push(item);
      left = batch.rest;
    }
    return items;
  }

  /** Runs the command of a form of the table. */
  protected call(name: string, args: readonly unknown[]): unknown {
    const form = commandForms[name];
    if (form === undefined) throw new DatabaseError("INTERNAL", `${name} is not in the table of typed commands`);
    return form.decode(this.#run(form.encode(...(args as never[])).map(toData), form.isBinary));
  }

  /**
   * Runs any command of the engine at once and answers its reply, which is thrown if it is an error. Throws USAGE for a command that
   * the host answers, and for MULTI and WATCH: those run through `execute`.
   */
  command(args: readonly Value[]): ReplyValue {
    const words = args.map(toData);
    // Typed methods answer at once: a queue would leave them without an answer.
    if (words[0]?.length === TRANSACTIONAL_LENGTH && TRANSACTIONAL.test(textOf(words[0]))) {
      throw new DatabaseError("USAGE", "MULTI and WATCH are for a session of their own: use multi() or execute");
    }
    return this.#run(words);
  }

  #run(words: readonly Data[], asBytes = this.#asBytes): ReplyValue {
    const value = (this.#session ?? this.#refuse()).call(words, asBytes);
    if (value instanceof DatabaseError) throw value;
    return value;
  }

  /** Every later call throws the reason, or CLOSED. */
  protected end(reason?: () => DatabaseError): void {
    this.#session = undefined;
    this.#reason = reason;
  }

  #refuse(): never {
    throw this.#reason?.() ?? new DatabaseError("CLOSED", "the database is closed");
  }
}

defineMethods(CommandRunner.prototype, Object.keys(commandForms));

/** `CommandRunner` with all methods of `Commands`, as its prototype has them. */
export const CommandSet = CommandRunner as unknown as new <T extends Data>(
  session: EmbeddedSession,
  asBytes: boolean,
) => CommandRunner<T> & Commands<T>;
