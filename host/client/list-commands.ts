/**
 * The typed commands on lists: a part of the table in commands.ts. A key that does not exist is an empty list. All throw WRONG_TYPE for a key that
 * holds something else. Those that wait for elements are in waiting-commands.ts.
 */
import { type CommandForm, nothing, plain, same } from "./command-form.ts";
import type { Data, Value } from "./commands.ts";

/** An end of a list: its first element, or its last. */
export type ListEnd = "LEFT" | "RIGHT";

export interface PositionOptions {
  /** Which match is the first to be answered: 1, 2 ... from the first element on, -1, -2 ... from the last. */
  readonly rank?: number;
  /** How many elements are compared at most; 0: all. */
  readonly maxlen?: number;
}

export interface ListCommands<T extends Data> {
  /** Puts elements before the first, one after the other, and answers how many there are then. */
  lpush(key: Data, ...elements: Value[]): number;
  /** Puts elements behind the last and answers how many there are then. */
  rpush(key: Data, ...elements: Value[]): number;
  /** The same if the list is there; 0 else. */
  lpushx(key: Data, ...elements: Value[]): number;
  rpushx(key: Data, ...elements: Value[]): number;
  /** Removes the first element and answers it, or null when there is none. */
  lpop(key: Data): T | null;
  /** Removes the last element and answers it, or null when there is none. */
  rpop(key: Data): T | null;
  /** Removes the first elements, `count` at most, and answers them. */
  lpopMany(key: Data, count: number): T[];
  /** Removes the last elements, `count` at most, and answers them, the last one first. */
  rpopMany(key: Data, count: number): T[];
  /** Number of elements. */
  llen(key: Data): number;
  /** The elements from one position to another, both included; positions below 0 count from the end. */
  lrange(key: Data, start: number, stop: number): T[];
  /** The element at a position, or null. */
  lindex(key: Data, index: number): T | null;
  /** Puts another element in the place of the one at a position. Throws NO_SUCH_KEY or POSITION_OUT_OF_RANGE. */
  lset(key: Data, index: number, element: Value): void;
  /** Puts an element before or behind the first that equals `pivot`; how many there are then, -1 if none does, 0 if there is no list. */
  linsert(key: Data, place: "BEFORE" | "AFTER", pivot: Value, element: Value): number;
  /** Removes elements that equal another, `count` from the first on (below 0: from the last on; 0: all), and answers how many. */
  lrem(key: Data, count: number, element: Value): number;
  /** Removes all elements but those from one position to another. */
  ltrim(key: Data, start: number, stop: number): void;
  /** Position of the first element that equals another, or null. */
  lpos(key: Data, element: Value, options?: PositionOptions): number | null;
  /** Positions of all that do, or of the first `count` of them. */
  lposMany(key: Data, element: Value, options?: PositionOptions & { readonly count?: number }): number[];
  /** Moves an element from one end of a list to one end of another, or of the same, and answers it; null: there is none. */
  lmove(source: Data, target: Data, from: ListEnd, to: ListEnd): T | null;
  /** Removes elements, one or `count` at most, from an end of the first list that is there; its key and they, or null. */
  lmpop(keys: readonly Data[], end: ListEnd, count?: number): [key: T, elements: T[]] | null;
}

type Forms = { readonly [K in keyof ListCommands<Data>]: CommandForm<Parameters<ListCommands<Data>[K]>> };

function positionWords(key: Data, element: Value, { rank, maxlen }: PositionOptions): Value[] {
  return [
    ...["LPOS", key, element],
    ...(rank === undefined ? [] : ["RANK", String(rank)]),
    ...(maxlen === undefined ? [] : ["MAXLEN", String(maxlen)]),
  ];
}

export const listForms: Forms = {
  lpush: plain("LPUSH", same),
  rpush: plain("RPUSH", same),
  lpushx: plain("LPUSHX", same),
  rpushx: plain("RPUSHX", same),
  lpop: plain("LPOP", same),
  rpop: plain("RPOP", same),
  lpopMany: plain("LPOP", (reply) => reply ?? []),
  rpopMany: plain("RPOP", (reply) => reply ?? []),
  llen: plain("LLEN", same),
  lrange: plain("LRANGE", same),
  lindex: plain("LINDEX", same),
  lset: plain("LSET", nothing),
  linsert: plain("LINSERT", same),
  lrem: plain("LREM", same),
  ltrim: plain("LTRIM", nothing),
  lpos: { encode: (key, element, options = {}) => positionWords(key, element, options), decode: same },
  lposMany: {
    encode: (key, element, { count = 0, ...options } = {}) => [...positionWords(key, element, options), "COUNT", String(count)],
    decode: same,
  },
  lmove: plain("LMOVE", same),
  lmpop: {
    encode: (keys, end, count) => ["LMPOP", String(keys.length), ...keys, end, ...(count === undefined ? [] : ["COUNT", String(count)])],
    decode: same,
  },
};
