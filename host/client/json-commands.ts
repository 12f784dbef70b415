/**
 * The typed commands on JSON documents: values go in and come out as JavaScript values, and become JSON text at the border
 * (json-text.ts). `db.json.get("user:1")` answers what JSON.GET answers, parsed.
 *
 * Paths follow RFC 9535 and may lead to many values: one that begins with "$" answers a list, with an element per value that it
 * leads to. Any other path is RedisJSON's legacy notation (".name", "name[0]") and answers one value; without a path it is the
 * whole document. A command that is not here runs through `execute`.
 */
import type { Data, Integer, Value } from "./commands.ts";
import { type JsonValue, parseJson, printJson } from "./json-text.ts";
import type { ReplyValue } from "./reply-reader.ts";

/** A list for a path that begins with "$", one value for any other. */
export type Matches<P extends string, R> = string extends P ? R | R[] : P extends `$${string}` ? R[] : R;

/** What a method answers: "now" in an embedded database, "later" behind a worker. */
export type Timing = "now" | "later";
export type Answer<W extends Timing, R> = W extends "now" ? R : Promise<R>;

export interface JsonSetOptions {
  /** Only if the path leads to nothing. */
  readonly nx?: boolean;
  /** Only if the path leads to something. */
  readonly xx?: boolean;
}

/** Key, path and value. */
export type JsonEntry = readonly [key: Data, path: string, value: unknown];

/**
 * The typed commands on documents. Throws WRONG_TYPE for a key of another type, JSON_NO_KEY or JSON_NO_PATH where a command needs
 * what is not there, JSON_PATH_SYNTAX, and USAGE for a value that cannot become JSON.
 */
export interface JsonCommands<W extends Timing> {
  /** A document, or what a path of it leads to; with several paths an object of their lists. undefined when there is no such key. */
  get<V = JsonValue>(key: Data, ...paths: string[]): Answer<W, V | undefined>;
  /** Stores a value at a path ("$": as the document); false when `nx` or `xx` forbade it, or the path leads nowhere. */
  set(key: Data, path: string, value: unknown, options?: JsonSetOptions): Answer<W, boolean>;
  /** Removes what a path leads to, or the document, and answers how many values these were. */
  del(key: Data, path?: string): Answer<W, number>;
  /** Merges a value into what a path leads to (RFC 7396): null takes fields away. */
  merge(key: Data, path: string, value: unknown): Answer<W, void>;
  /** What one path leads to in many documents; undefined where there is nothing. */
  mget<V = JsonValue>(keys: readonly Data[], path?: string): Answer<W, (V | undefined)[]>;
  /** Stores many values, all or none. */
  mset(entries: Iterable<JsonEntry>): Answer<W, void>;
  /** "object", "array", "string", "integer", "number", "boolean" or "null"; null when there is no such value. */
  type<P extends string = ".">(key: Data, path?: P): Answer<W, Matches<P, string> | null>;
  /** Adds to numbers and answers the sums; null for what is no number. */
  numIncrBy<P extends string>(key: Data, path: P, increment: Integer): Answer<W, Matches<P, Integer | null>>;
  /** Multiplies numbers and answers the products; null for what is no number. */
  numMultBy<P extends string>(key: Data, path: P, factor: Integer): Answer<W, Matches<P, Integer | null>>;
  /** Appends to strings and answers their lengths in bytes; null for what is no string. */
  strAppend<P extends string>(key: Data, path: P, text: string): Answer<W, Matches<P, number | null>>;
  /** Lengths of strings in bytes; null for what is no string. */
  strLen<P extends string = ".">(key: Data, path?: P): Answer<W, Matches<P, number | null>>;
  /** Appends values to arrays and answers their lengths; null for what is no array. */
  arrAppend<P extends string>(key: Data, path: P, ...values: unknown[]): Answer<W, Matches<P, number | null>>;
  /** The first position of a value in arrays, from `start` to before `stop`; -1 where it is not, null for what is no array. */
  arrIndex<P extends string>(key: Data, path: P, value: unknown, start?: number, stop?: number): Answer<W, Matches<P, number | null>>;
  /** Inserts values in front of a position of arrays and answers their lengths; null for what is no array. */
  arrInsert<P extends string>(key: Data, path: P, position: number, ...values: unknown[]): Answer<W, Matches<P, number | null>>;
  /** Lengths of arrays; null for what is no array. */
  arrLen<P extends string = ".">(key: Data, path?: P): Answer<W, Matches<P, number | null>>;
  /** Removes an element of arrays, the last one if none is named, and answers it; undefined for an empty array and what is none. */
  arrPop<V = JsonValue, P extends string = ".">(key: Data, path?: P, position?: number): Answer<W, Matches<P, V | undefined>>;
  /** Leaves of arrays only the elements from `start` to `stop`, both included, and answers their lengths; null for what is no array. */
  arrTrim<P extends string>(key: Data, path: P, start: number, stop: number): Answer<W, Matches<P, number | null>>;
  /** Names of the fields of objects; null for what is no object. */
  objKeys<P extends string = ".">(key: Data, path?: P): Answer<W, Matches<P, string[] | null>>;
  /** How many fields objects have; null for what is no object. */
  objLen<P extends string = ".">(key: Data, path?: P): Answer<W, Matches<P, number | null>>;
  /** Turns booleans into their opposite and answers what they are now; null for what is no boolean. */
  toggle<P extends string>(key: Data, path: P): Answer<W, Matches<P, boolean | null>>;
  /** Empties arrays and objects, sets numbers to 0, and answers how many values have changed. */
  clear(key: Data, path?: string): Answer<W, number>;
}

/** A call as it goes over the wire, and what its reply means. */
export interface PreparedCall {
  readonly words: readonly Value[];
  readonly decode: (reply: ReplyValue) => unknown;
}

type Methods = JsonCommands<"now">;
type JsonForms = { readonly [K in keyof Methods]: (...args: Parameters<Methods[K]>) => PreparedCall };

const same = (reply: ReplyValue): ReplyValue => reply;
const nothing = (): void => {};
const isOk = (reply: ReplyValue): boolean => reply === "OK";

function parsed(reply: ReplyValue): JsonValue | undefined {
  return typeof reply === "string" ? parseJson(reply) : undefined;
}

/** A reply with an element per value, or the one of a legacy path. */
function each(decode: (reply: ReplyValue) => unknown): (reply: ReplyValue) => unknown {
  return (reply) => (Array.isArray(reply) ? reply.map(decode) : decode(reply));
}

/** A reply that is a list for legacy paths too. */
function unwrapped(path: string): (reply: ReplyValue) => unknown {
  return (reply) => (Array.isArray(reply) && !path.startsWith("$") ? (reply[0] ?? null) : reply);
}

function truth(reply: ReplyValue): boolean | null {
  return reply === null ? null : reply === 1 || reply === true || reply === "true";
}

function optional(...words: readonly (Value | undefined)[]): Value[] {
  return words.filter((word) => word !== undefined);
}

const forms: JsonForms = {
  get: (key, ...paths) => ({ words: ["JSON.GET", key, ...paths], decode: parsed }),
  set: (key, path, value, { nx, xx } = {}) => ({
    words: ["JSON.SET", key, path, printJson(value), ...(nx === true ? ["NX"] : []), ...(xx === true ? ["XX"] : [])],
    decode: isOk,
  }),
  del: (key, path) => ({ words: optional("JSON.DEL", key, path), decode: same }),
  merge: (key, path, value) => ({ words: ["JSON.MERGE", key, path, printJson(value)], decode: nothing }),
  mget: (keys, path = ".") => ({ words: ["JSON.MGET", ...keys, path], decode: each(parsed) }),
  mset: (entries) => ({
    words: ["JSON.MSET", ...Array.from(entries, ([key, path, value]) => [key, path, printJson(value)]).flat()],
    decode: nothing,
  }),
  type: (key, path) => ({
    words: optional("JSON.TYPE", key, path),
    decode: (reply) => (Array.isArray(reply) ? reply[0] : reply),
  }),
  numIncrBy: (key, path, increment) => ({ words: ["JSON.NUMINCRBY", key, path, increment], decode: unwrapped(path) }),
  numMultBy: (key, path, factor) => ({ words: ["JSON.NUMMULTBY", key, path, factor], decode: unwrapped(path) }),
  strAppend: (key, path, text) => ({ words: ["JSON.STRAPPEND", key, path, printJson(text)], decode: same }),
  strLen: (key, path) => ({ words: optional("JSON.STRLEN", key, path), decode: same }),
  arrAppend: (key, path, ...values) => ({ words: ["JSON.ARRAPPEND", key, path, ...values.map(printJson)], decode: same }),
  arrIndex: (key, path, value, start, stop) => ({
    words: optional("JSON.ARRINDEX", key, path, printJson(value), start ?? (stop === undefined ? undefined : 0), stop),
    decode: same,
  }),
  arrInsert: (key, path, position, ...values) => ({
    words: ["JSON.ARRINSERT", key, path, position, ...values.map(printJson)],
    decode: same,
  }),
  arrLen: (key, path) => ({ words: optional("JSON.ARRLEN", key, path), decode: same }),
  arrPop: (key, path, position) => ({
    words: optional("JSON.ARRPOP", key, path ?? (position === undefined ? undefined : "."), position),
    decode: each(parsed),
  }),
  arrTrim: (key, path, start, stop) => ({ words: ["JSON.ARRTRIM", key, path, start, stop], decode: same }),
  objKeys: (key, path) => ({ words: optional("JSON.OBJKEYS", key, path), decode: same }),
  objLen: (key, path) => ({ words: optional("JSON.OBJLEN", key, path), decode: same }),
  toggle: (key, path) => ({ words: ["JSON.TOGGLE", key, path], decode: each(truth) }),
  clear: (key, path) => ({ words: optional("JSON.CLEAR", key, path), decode: same }),
};

/** The form of each typed command on documents, by method name. */
export const jsonForms: Readonly<Record<string, (...args: never[]) => PreparedCall>> = forms;
