/**
 * The typed commands of the library, as one table: what a method's arguments are on the wire, and what its reply is in JavaScript.
 *
 * `Commands` is what programs see; embedded databases have it as it is (command-set.ts), databases behind a worker as
 * promises (`Promised`). Those on hashes and sets stand in collection-commands.ts, those on lists in list-commands.ts, those on sorted sets in
 * sorted-set-commands.ts, those on documents in json-commands.ts. A command that is in neither runs through `execute`.
 */
import { DatabaseError } from "../common/error.ts";
import { type CollectionCommands, collectionForms } from "./collection-commands.ts";
import { type CommandForm, flatPairs, isOne, keyed, nothing, plain, same } from "./command-form.ts";
import { type ListCommands, listForms } from "./list-commands.ts";
import { type SortedSetCommands, sortedSetForms } from "./sorted-set-commands.ts";

/** A key, or any other text: strings stand for their UTF-8. */
export type Data = string | Uint8Array;
/** What may be stored: numbers are stored as their decimal text. */
export type Value = Data | number | bigint;
/** Keys one by one, in lists, or both. */
export type Keys = (Data | readonly Data[])[];
/** Pairs of key and value: an object, a Map, or a list of pairs. */
export type Pairs = Readonly<Record<string, Value>> | Iterable<readonly [Data, Value]>;
/** A whole number; a bigint where 2^53 - 1 is not enough. */
export type Integer = number | bigint;

/** When a key ends: at most one of these. Seconds or milliseconds from now, or Unix time in either. */
export interface ExpiryOptions {
  readonly ex?: number;
  readonly px?: number;
  readonly exat?: number;
  readonly pxat?: number;
}

export interface SetOptions extends ExpiryOptions {
  /** Only if the key is absent. */
  readonly nx?: boolean;
  /** Only if the key exists. */
  readonly xx?: boolean;
  /** The key keeps the expiry that it has. */
  readonly keepTtl?: boolean;
}

export interface GetexOptions extends ExpiryOptions {
  /** The key loses its expiry. */
  readonly persist?: boolean;
}

/** NX: the key has no expiry; XX: it has one; GT, LT: the new one is later, earlier. */
export type ExpireCondition = "NX" | "XX" | "GT" | "LT";

export interface ScanOptions {
  /** Pattern of the keys, as for `keys`. */
  readonly match?: Data;
  /** About how many keys are looked at in one step (10). */
  readonly count?: number;
  /** Only keys with values of this type, such as "string". */
  readonly type?: string;
  /** Ends the walk: its reason is thrown. */
  readonly signal?: AbortSignal;
}

export interface RestoreOptions {
  /** Milliseconds until the key ends, or with `absolute` the Unix time in milliseconds at which it does; 0, or left out: never. */
  readonly ttl?: number;
  readonly absolute?: boolean;
  /** The key may be there. */
  readonly replace?: boolean;
  /** Seconds since the value was last used. */
  readonly idleTime?: number;
}

export interface SortOptions {
  /** A pattern such as "weight_*" or "item:*->price": what is found under it with the element in the star's place counts. "nosort": nothing does. */
  readonly by?: Data;
  /** Patterns of what is answered for each element; "#" is the element. */
  readonly get?: readonly Data[];
  /** Elements left out at the beginning, and how many are wanted at most (-1: all). */
  readonly limit?: readonly [offset: number, count: number];
  readonly desc?: boolean;
  /** By bytes, not by numbers. */
  readonly alpha?: boolean;
}

/** The typed commands; `T` is what stored text and keys come back as. Errors are DatabaseErrors with a `code`. */
export interface Commands<T extends Data> extends CollectionCommands<T>, ListCommands<T>, SortedSetCommands<T> {
  /** The value of a string, or null when there is no such key. Throws WRONG_TYPE. */
  get(key: Data): T | null;
  /** Stores a string; false when `nx` or `xx` forbade it. The key's expiry goes, unless the options say otherwise. Throws OUT_OF_MEMORY. */
  set(key: Data, value: Value, options?: SetOptions): boolean;
  /** As `set`, and answers the value before, or null. Throws WRONG_TYPE. */
  getset(key: Data, value: Value, options?: SetOptions): T | null;
  /** The value, whose key then ends at another time. Throws WRONG_TYPE. */
  getex(key: Data, options?: GetexOptions): T | null;
  /** The value, whose key is removed. Throws WRONG_TYPE. */
  getdel(key: Data): T | null;
  /** Stores a string unless the key exists; false then. */
  setnx(key: Data, value: Value): boolean;
  /** The values of many strings, in the order of the keys; null for what is absent or no string. */
  mget(...keys: Keys): (T | null)[];
  /** Stores many strings at once. */
  mset(pairs: Pairs): void;
  /** Stores many strings unless one of the keys exists; false then. */
  msetnx(pairs: Pairs): boolean;
  /** Appends to a string and answers its length in bytes. */
  append(key: Data, value: Value): number;
  /** Length of a string in bytes; 0 when there is no such key. */
  strlen(key: Data): number;
  /** Bytes `start` to `end` of a string, both included; negative ones count from the end. */
  getrange(key: Data, start: number, end: number): T;
  /** Overwrites a string from a byte on, with zero bytes before it if it is shorter, and answers its length. */
  setrange(key: Data, start: number, value: Value): number;
  /** Adds 1 to a whole number and answers the sum; an absent key counts as 0. Throws NOT_INTEGER or OVERFLOW. */
  incr(key: Data): Integer;
  /** Subtracts 1. */
  decr(key: Data): Integer;
  /** Adds to a whole number. */
  incrby(key: Data, increment: Integer): Integer;
  /** Subtracts from a whole number. */
  decrby(key: Data, decrement: Integer): Integer;
  /** Adds to a decimal number and answers the sum. Throws NOT_FLOAT. */
  incrbyfloat(key: Data, increment: number | string): number;
  /** The longest common subsequence of two strings. */
  lcs(first: Data, second: Data): T;
  /** Removes keys and answers how many there were. */
  del(...keys: Keys): number;
  /** As `del`; large values are freed little by little. */
  unlink(...keys: Keys): number;
  /** How many of the keys exist; one that is named twice counts twice. */
  exists(...keys: Keys): number;
  /** How many of the keys exist, which count as used now. */
  touch(...keys: Keys): number;
  /** The value's type, such as "string"; "none" when there is no such key. */
  type(key: Data): string;
  /** Gives a key another name, in the place of whatever has that. Throws NO_SUCH_KEY. */
  rename(key: Data, name: Data): void;
  /** As `rename`, unless the name is taken; false then. */
  renamenx(key: Data, name: Data): boolean;
  /** Copies a value; false when there is none, or the target exists and `replace` is not set. */
  copy(source: Data, target: Data, options?: { readonly replace?: boolean; readonly database?: number }): boolean;
  /** Moves a key to another database; false when there is no such key, or the other database has it. */
  move(key: Data, database: number): boolean;
  /** Any key, or null when there is none. */
  randomkey(): T | null;
  /** All keys that fit a glob pattern (`*`, `?`, `[a-z]`). A large database is better walked with `scan`. */
  keys(pattern?: Data): T[];
  /** Lets a key end after so many seconds; false when there is no such key or the condition does not hold. */
  expire(key: Data, seconds: number, condition?: ExpireCondition): boolean;
  /** The same in milliseconds. */
  pexpire(key: Data, milliseconds: number, condition?: ExpireCondition): boolean;
  /** Lets a key end at a Unix time in seconds. */
  expireat(key: Data, unixSeconds: number, condition?: ExpireCondition): boolean;
  /** Lets a key end at a Unix time in milliseconds, or at a Date. */
  pexpireat(key: Data, unixMilliseconds: number | Date, condition?: ExpireCondition): boolean;
  /** Lets a key stay for ever; false when it does already or is absent. */
  persist(key: Data): boolean;
  /** Seconds until a key ends; -1: never, -2: there is no such key. */
  ttl(key: Data): number;
  /** The same in milliseconds. */
  pttl(key: Data): number;
  /** Unix time in seconds at which a key ends; -1 and -2 as for `ttl`. */
  expiretime(key: Data): number;
  /** The same in milliseconds. */
  pexpiretime(key: Data): number;
  /** The elements of a list, set or sorted set in order, or what `get` makes of them; null for what is not there. Throws SORT_NOT_DOUBLE. */
  sort(key: Data, options?: SortOptions): (T | null)[];
  /** Stores the same as a list in the place of whatever the target holds, and answers its length. */
  sortStore(target: Data, key: Data, options?: SortOptions): number;
  /** The value of a key in Redis's format for DUMP, as bytes in any case, or null when there is no such key. Throws NO_DUMP. */
  dump(key: Data): Uint8Array | null;
  /** Stores what `dump` has answered under a key. Throws BUSY_KEY when the key is there, unless it may be replaced; BAD_PAYLOAD, BAD_DATA. */
  restore(key: Data, payload: Uint8Array, options?: RestoreOptions): void;
  /** Number of keys in this database. */
  dbsize(): number;
  /** Removes all keys of this database. */
  flushdb(): void;
  /** Removes all keys of all databases. */
  flushall(): void;
  /** What a text is, echoed; "PONG" without one. */
  ping(text?: Data): T;
}

/** The same commands behind a message or a socket. */
export type Promised<C> = {
  readonly [K in keyof C]: C[K] extends (...args: infer A) => infer R ? (...args: A) => Promise<R> : never;
};

type Forms = { readonly [K in keyof Commands<Data>]: CommandForm<Parameters<Commands<Data>[K]>> };

/** Text or bytes of what may be stored. Throws USAGE for anything else, since JavaScript programs get here unchecked. */
export function toData(value: Value): Data {
  if (typeof value === "string" || value instanceof Uint8Array) return value;
  if (typeof value === "number" || typeof value === "bigint") return String(value);
  throw new DatabaseError("USAGE", `a key or value is a string, a Uint8Array or a number, not ${value === null ? "null" : typeof value}`);
}

/** Text as text. */
export function textOf(data: Data): string {
  return typeof data === "string" ? data : new TextDecoder().decode(data);
}

function expiryWords(options: ExpiryOptions): Data[] {
  const args: Data[] = [];
  for (const unit of ["ex", "px", "exat", "pxat"] as const) {
    const time = options[unit];
    if (time !== undefined) args.push(unit, String(time));
  }
  return args;
}

function sortWords({ by, get = [], limit, desc = false, alpha = false }: SortOptions = {}): Data[] {
  return [
    ...(by === undefined ? [] : ["BY", by]),
    ...(limit === undefined ? [] : ["LIMIT", String(limit[0]), String(limit[1])]),
    ...get.flatMap((pattern) => ["GET", pattern]),
    ...(desc ? ["DESC"] : []),
    ...(alpha ? ["ALPHA"] : []),
  ];
}

function setWords(options: SetOptions): Data[] {
  const args = expiryWords(options);
  if (options.nx === true) args.push("NX");
  if (options.xx === true) args.push("XX");
  if (options.keepTtl === true) args.push("KEEPTTL");
  return args;
}

const forms: Forms = {
  get: plain("GET", same),
  set: {
    encode: (key, value, options) => ["SET", key, value, ...(options === undefined ? [] : setWords(options))],
    decode: (reply) => reply === "OK",
  },
  getset: { encode: (key, value, options = {}) => ["SET", key, value, "GET", ...setWords(options)], decode: same },
  getex: {
    encode: (key, options = {}) => ["GETEX", key, ...expiryWords(options), ...(options.persist === true ? ["PERSIST"] : [])],
    decode: same,
  },
  getdel: plain("GETDEL", same),
  setnx: plain("SETNX", isOne),
  mget: keyed("MGET"),
  mset: { encode: (pairs) => ["MSET", ...flatPairs(pairs)], decode: nothing },
  msetnx: { encode: (pairs) => ["MSETNX", ...flatPairs(pairs)], decode: isOne },
  append: plain("APPEND", same),
  strlen: plain("STRLEN", same),
  getrange: plain("GETRANGE", same),
  setrange: plain("SETRANGE", same),
  incr: plain("INCR", same),
  decr: plain("DECR", same),
  incrby: plain("INCRBY", same),
  decrby: plain("DECRBY", same),
  incrbyfloat: plain("INCRBYFLOAT", (reply) => Number(textOf(reply as Data))),
  lcs: plain("LCS", same),
  del: keyed("DEL"),
  unlink: keyed("UNLINK"),
  exists: keyed("EXISTS"),
  touch: keyed("TOUCH"),
  type: plain("TYPE", same),
  rename: plain("RENAME", nothing),
  renamenx: plain("RENAMENX", isOne),
  copy: {
    encode: (source, target, { replace, database } = {}) => [
      ...["COPY", source, target],
      ...(database === undefined ? [] : ["DB", String(database)]),
      ...(replace === true ? ["REPLACE"] : []),
    ],
    decode: isOne,
  },
  move: plain("MOVE", isOne),
  randomkey: plain("RANDOMKEY", same),
  keys: { encode: (pattern = "*") => ["KEYS", pattern], decode: same },
  expire: plain("EXPIRE", isOne),
  pexpire: plain("PEXPIRE", isOne),
  expireat: plain("EXPIREAT", isOne),
  pexpireat: {
    encode: (key, time, condition) => ["PEXPIREAT", key, String(Number(time)), ...(condition === undefined ? [] : [condition])],
    decode: isOne,
  },
  persist: plain("PERSIST", isOne),
  ttl: plain("TTL", same),
  pttl: plain("PTTL", same),
  expiretime: plain("EXPIRETIME", same),
  pexpiretime: plain("PEXPIRETIME", same),
  sort: { encode: (key, options) => ["SORT", key, ...sortWords(options)], decode: same },
  sortStore: { encode: (target, key, options) => ["SORT", key, ...sortWords(options), "STORE", target], decode: same },
  dump: { ...plain("DUMP", same), isBinary: true },
  restore: {
    encode: (key, payload, { ttl = 0, absolute = false, replace = false, idleTime } = {}) => [
      ...["RESTORE", key, ttl, payload],
      ...(absolute ? ["ABSTTL"] : []),
      ...(replace ? ["REPLACE"] : []),
      ...(idleTime === undefined ? [] : ["IDLETIME", idleTime]),
    ],
    decode: nothing,
  },
  dbsize: plain("DBSIZE", same),
  flushdb: plain("FLUSHDB", nothing),
  flushall: plain("FLUSHALL", nothing),
  ping: plain("PING", same),
  ...collectionForms,
  ...listForms,
  ...sortedSetForms,
};

/** The form of each typed command, by method name. */
export const commandForms: Readonly<Record<string, CommandForm<never[]>>> = forms;

/** Gives a prototype those of the named methods that it does not have; what they do is the prototype's `call`. */
export function defineMethods(prototype: object, names: readonly string[]): void {
  for (const name of names) {
    if (name in prototype) continue;
    Object.defineProperty(prototype, name, {
      value(this: { call(name: string, args: readonly unknown[]): unknown }, ...args: readonly unknown[]): unknown {
        return this.call(name, args);
      },
      configurable: true,
      writable: true,
    });
  }
}

/** Arguments of one step of a walk over the keys. */
export function scanWords(cursor: string, options: ScanOptions): Data[] {
  const words: Data[] = ["SCAN", cursor];
  if (options.match !== undefined) words.push("MATCH", options.match);
  if (options.count !== undefined) words.push("COUNT", String(options.count));
  if (options.type !== undefined) words.push("TYPE", options.type);
  return words;
}
