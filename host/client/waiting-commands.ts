/**
 * The typed commands that wait for a value: promises, on databases and not in transactions. Each waits by itself: other calls of the program go
 * on meanwhile, and clients of `serve` and the program wait in one queue, the longest waiting first.
 */

import { toNumber } from "./collection-commands.ts";
import { type Data, toData, type Value } from "./commands.ts";
import type { ListEnd } from "./list-commands.ts";
import type { ReplyValue } from "./reply-reader.ts";
import { keyAndScored, type Scored } from "./sorted-set-commands.ts";

export interface WaitOptions {
  /** Ends the wait with its reason. What was popped before is answered all the same. */
  readonly signal?: AbortSignal;
}

/** `timeout` is in seconds, 0 (which it is if left out) for ever; when it is over the answer is null. */
export interface WaitingCommands<T extends Data> {
  /** Removes the first element of the first list that is there, or will be, and answers the list's key and the element. */
  blpop(keys: Data | readonly Data[], timeout?: number, options?: WaitOptions): Promise<[key: T, element: T] | null>;
  /** The same for the last element. */
  brpop(keys: Data | readonly Data[], timeout?: number, options?: WaitOptions): Promise<[key: T, element: T] | null>;
  /** Moves an element from one end of a list to one end of another, as soon as there is one, and answers it. */
  blmove(source: Data, target: Data, from: ListEnd, to: ListEnd, timeout?: number, options?: WaitOptions): Promise<T | null>;
  /** Removes elements, one or `count` at most, from an end of the first list that is there, or will be: its key and they. */
  blmpop(
    keys: Data | readonly Data[],
    end: ListEnd,
    timeout?: number,
    options?: WaitOptions & { readonly count?: number },
  ): Promise<[key: T, elements: T[]] | null>;
  /** Removes the member with the lowest score of the first sorted set that is there, or will be. */
  bzpopmin(keys: Data | readonly Data[], timeout?: number, options?: WaitOptions): Promise<[key: T, member: T, score: number] | null>;
  /** The same for the highest score. */
  bzpopmax(keys: Data | readonly Data[], timeout?: number, options?: WaitOptions): Promise<[key: T, member: T, score: number] | null>;
  /** Removes members, one or `count` at most, from an end of the first sorted set that is there, or will be. */
  bzmpop(
    keys: Data | readonly Data[],
    where: "MIN" | "MAX",
    timeout?: number,
    options?: WaitOptions & { readonly count?: number },
  ): Promise<readonly [key: T, elements: Scored<T>[]] | null>;
}

/** Runs words that may wait and answers the reply. Rejects with it if it is an error, and with the signal's reason. */
export const WAIT = Symbol("wait");

export interface WaitingPlace {
  [WAIT](words: readonly Data[], signal: AbortSignal | undefined): Promise<ReplyValue>;
}

type Encoded = readonly [words: readonly Value[], options: WaitOptions, decode?: (reply: ReplyValue) => unknown];
type Forms = { readonly [K in keyof WaitingCommands<Data>]: (...args: Parameters<WaitingCommands<Data>[K]>) => Encoded };

/** What is no list is one key, or no key at all, which `toData` says. */
function listOf(keys: Data | readonly Data[]): readonly Data[] {
  return Array.isArray(keys) ? keys : [keys as Data];
}

function keyAndElement(reply: ReplyValue): unknown {
  if (reply === null) return null;
  const [key, member, score] = reply as readonly ReplyValue[];
  return [key, member, toNumber(score as ReplyValue)];
}

const countWords = (count: number | undefined): Value[] => (count === undefined ? [] : ["COUNT", count]);

const forms: Forms = {
  blpop: (keys, timeout = 0, options = {}) => [["BLPOP", ...listOf(keys), timeout], options],
  brpop: (keys, timeout = 0, options = {}) => [["BRPOP", ...listOf(keys), timeout], options],
  blmove: (source, target, from, to, timeout = 0, options = {}) => [["BLMOVE", source, target, from, to, timeout], options],
  blmpop: (keys, end, timeout = 0, options = {}) => [
    ["BLMPOP", timeout, listOf(keys).length, ...listOf(keys), end, ...countWords(options.count)],
    options,
  ],
  bzpopmin: (keys, timeout = 0, options = {}) => [["BZPOPMIN", ...listOf(keys), timeout], options, keyAndElement],
  bzpopmax: (keys, timeout = 0, options = {}) => [["BZPOPMAX", ...listOf(keys), timeout], options, keyAndElement],
  bzmpop: (keys, where, timeout = 0, options = {}) => [
    ["BZMPOP", timeout, listOf(keys).length, ...listOf(keys), where, ...countWords(options.count)],
    options,
    keyAndScored,
  ],
};

/** Gives a prototype the methods. */
export function defineWaiting(prototype: WaitingPlace): void {
  for (const [name, encode] of Object.entries(forms) as [string, (...args: readonly unknown[]) => Encoded][]) {
    Object.defineProperty(prototype, name, {
      async value(this: WaitingPlace, ...args: readonly unknown[]): Promise<unknown> {
        // JavaScript programs write null for what they leave out.
        const [words, { signal }, decode] = encode(...args.map((arg) => arg ?? undefined));
        const reply = await this[WAIT](words.map(toData), signal);
        return decode === undefined ? reply : decode(reply);
      },
      configurable: true,
      writable: true,
    });
  }
}
