/**
 * The typed commands on hashes and sets: a part of the table in commands.ts. Hashes come back as Maps, sets as Sets; a key that does not exist is
 * an empty one. All throw WRONG_TYPE for a key that holds something else.
 */
import { type CommandForm, flatPairs, isOne, plain, same } from "./command-form.ts";
import type { Data, Integer, Pairs, Value } from "./commands.ts";
import type { ReplyValue } from "./reply-reader.ts";

export interface ElementScanOptions {
  /** Pattern of the elements, as for `keys`. */
  readonly match?: Data;
  /** About how many elements are looked at in one step (10). */
  readonly count?: number;
}

/** The cursor of the next step, "0" at the end, and what this one found. */
export type ScanStep<E> = readonly [cursor: string, elements: E[]];

export interface CollectionCommands<T extends Data> {
  /** Gives a field its value, or many fields theirs, and answers how many of them are new. */
  hset(key: Data, fields: Data | Pairs, value?: Value): number;
  /** Gives a field a value, unless there is such a field; false then. */
  hsetnx(key: Data, field: Data, value: Value): boolean;
  /** The value of a field, or null. */
  hget(key: Data, field: Data): T | null;
  /** The values of several fields, in their order; null for those that are absent. */
  hmget(key: Data, ...fields: Data[]): (T | null)[];
  /** All fields with their values. */
  hgetall(key: Data): Map<T, T>;
  /** All fields. */
  hkeys(key: Data): T[];
  /** All values. */
  hvals(key: Data): T[];
  /** Number of fields. */
  hlen(key: Data): number;
  /** Whether there is such a field. */
  hexists(key: Data, field: Data): boolean;
  /** Length of a field's value in bytes; 0 when there is no such field. */
  hstrlen(key: Data, field: Data): number;
  /** Removes fields and answers how many there were; the last one takes the key with it. */
  hdel(key: Data, ...fields: Data[]): number;
  /** Adds to the whole number of a field and answers the sum. Throws HASH_NOT_INTEGER or OVERFLOW. */
  hincrby(key: Data, field: Data, increment: Integer): Integer;
  /** Adds to the decimal number of a field and answers the sum. Throws HASH_NOT_FLOAT. */
  hincrbyfloat(key: Data, field: Data, increment: number | string): number;
  /** A random field, or null when there is none. */
  hrandfield(key: Data): T | null;
  /** One step of a walk over the fields; begin with cursor "0". One that is there throughout is answered at least once. */
  hscan(key: Data, cursor: string, options?: ElementScanOptions): ScanStep<readonly [field: T, value: T]>;
  /** Puts members into a set and answers how many are new. */
  sadd(key: Data, ...members: Value[]): number;
  /** Removes members and answers how many there were; the last one takes the key with it. */
  srem(key: Data, ...members: Value[]): number;
  /** Whether a set has a member. */
  sismember(key: Data, member: Value): boolean;
  /** Whether a set has each of several members. */
  smismember(key: Data, ...members: Value[]): boolean[];
  /** All members. */
  smembers(key: Data): Set<T>;
  /** Number of members. */
  scard(key: Data): number;
  /** Removes a random member and answers it, or null when there is none. */
  spop(key: Data): T | null;
  /** A random member, or null when there is none. */
  srandmember(key: Data): T | null;
  /** Moves a member from one set to another; false when the first does not have it. */
  smove(source: Data, target: Data, member: Value): boolean;
  /** The members that all sets have. */
  sinter(...keys: Data[]): Set<T>;
  /** The members that any of the sets has. */
  sunion(...keys: Data[]): Set<T>;
  /** The members of the first set that none of the others has. */
  sdiff(...keys: Data[]): Set<T>;
  /** Stores the members that all sets have, in the place of whatever the key holds, and answers how many these are. */
  sinterstore(target: Data, ...keys: Data[]): number;
  /** The same for the members that any of the sets has. */
  sunionstore(target: Data, ...keys: Data[]): number;
  /** The same for the members of the first set that none of the others has. */
  sdiffstore(target: Data, ...keys: Data[]): number;
  /** How many members all sets have, counted up to a limit (0: none). */
  sintercard(keys: readonly Data[], limit?: number): number;
  /** One step of a walk over the members; begin with cursor "0". */
  sscan(key: Data, cursor: string, options?: ElementScanOptions): ScanStep<T>;
}

type Forms = { readonly [K in keyof CollectionCommands<Data>]: CommandForm<Parameters<CollectionCommands<Data>[K]>> };

/** One step of HSCAN, SSCAN or ZSCAN. */
export function elementScan(name: string, decode: (elements: readonly ReplyValue[]) => unknown): Forms["sscan"] {
  return {
    encode: (key, cursor, { match, count } = {}) => [
      ...[name, key, cursor],
      ...(match === undefined ? [] : ["MATCH", match]),
      ...(count === undefined ? [] : ["COUNT", String(count)]),
    ],
    decode: (reply) => {
      const [cursor, elements] = reply as readonly [Data, readonly ReplyValue[]];
      return [typeof cursor === "string" ? cursor : String.fromCharCode(...cursor), decode(elements)];
    },
  };
}

function isData(fields: Data | Pairs): fields is Data {
  return typeof fields === "string" || fields instanceof Uint8Array;
}

function inPairs(elements: readonly ReplyValue[]): (readonly ReplyValue[])[] {
  return Array.from({ length: elements.length >> 1 }, (_, index) => elements.slice(index * 2, index * 2 + 2));
}

/** A decimal number, as a number or as text. */
export const toNumber = (reply: ReplyValue): number => Number(reply instanceof Uint8Array ? new TextDecoder().decode(reply) : reply);

export const collectionForms: Forms = {
  hset: {
    encode: (key, fields, value) => ["HSET", key, ...(isData(fields) ? [fields, value ?? ""] : flatPairs(fields))],
    decode: same,
  },
  hsetnx: plain("HSETNX", isOne),
  hget: plain("HGET", same),
  hmget: plain("HMGET", same),
  hgetall: plain("HGETALL", same),
  hkeys: plain("HKEYS", same),
  hvals: plain("HVALS", same),
  hlen: plain("HLEN", same),
  hexists: plain("HEXISTS", isOne),
  hstrlen: plain("HSTRLEN", same),
  hdel: plain("HDEL", same),
  hincrby: plain("HINCRBY", same),
  hincrbyfloat: plain("HINCRBYFLOAT", toNumber),
  hrandfield: plain("HRANDFIELD", same),
  hscan: elementScan("HSCAN", inPairs) as Forms["hscan"],
  sadd: plain("SADD", same),
  srem: plain("SREM", same),
  sismember: plain("SISMEMBER", isOne),
  smismember: plain("SMISMEMBER", (reply) => (reply as readonly ReplyValue[]).map(isOne)),
  smembers: plain("SMEMBERS", same),
  scard: plain("SCARD", same),
  spop: plain("SPOP", same),
  srandmember: plain("SRANDMEMBER", same),
  smove: plain("SMOVE", isOne),
  sinter: plain("SINTER", same),
  sunion: plain("SUNION", same),
  sdiff: plain("SDIFF", same),
  sinterstore: plain("SINTERSTORE", same),
  sunionstore: plain("SUNIONSTORE", same),
  sdiffstore: plain("SDIFFSTORE", same),
  sintercard: {
    encode: (keys, limit) => ["SINTERCARD", String(keys.length), ...keys, ...(limit === undefined ? [] : ["LIMIT", String(limit)])],
    decode: same,
  },
  sscan: elementScan("SSCAN", (elements) => elements),
};
