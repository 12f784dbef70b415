/**
 * What the tables of typed commands are written with: forms, and the usual ways to encode and to decode.
 */
import type { Data, Pairs, Value } from "./commands.ts";
import type { ReplyValue } from "./reply-reader.ts";

/** How a method becomes a command, and a reply its result, whose type is the method's. Who runs it makes its words text or bytes. */
export interface CommandForm<A extends readonly unknown[]> {
  readonly encode: (...args: A) => Value[];
  readonly decode: (reply: ReplyValue) => unknown;
  /** The reply is no text: it is read as bytes, whoever runs the command. */
  readonly isBinary?: boolean;
}

function isPairList(pairs: Pairs): pairs is Iterable<readonly [Data, Value]> {
  return Symbol.iterator in pairs;
}

/** Keys (or fields) and values one behind the other. */
export function flatPairs(pairs: Pairs): Value[] {
  const args: Value[] = [];
  for (const [key, value] of isPairList(pairs) ? pairs : Object.entries(pairs)) args.push(key, value);
  return args;
}

export const same = (reply: ReplyValue): ReplyValue => reply;
export const isOne = (reply: ReplyValue): boolean => reply === 1;
export const nothing = (): void => {};

/** A command whose arguments are the method's, numbers as text. `undefined` ones are left out. */
export function plain<A extends readonly (Value | undefined)[]>(name: string, decode: (reply: ReplyValue) => unknown): CommandForm<A> {
  return {
    encode: (...args) => {
      const words: Value[] = [name];
      for (const arg of args) if (arg !== undefined) words.push(arg);
      return words;
    },
    decode,
  };
}

/** A command with many keys. */
export function keyed(name: string): CommandForm<(Data | readonly Data[])[]> {
  return { encode: (...keys) => [name, ...keys.flat()], decode: same };
}
