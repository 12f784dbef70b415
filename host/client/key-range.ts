/**
 * Ordered scans of the library: what `range`, `prefix` and their cursors ask for and answer, in the same thread and behind a worker.
 *
 * Keys are in the order of their bytes, which for text is that of its code points. A scan is carried on behind a key, not at a
 * position, so nothing has to be kept for it between two batches, here or in a worker.
 */
import { DatabaseError } from "../common/error.ts";
import { type Data, toData } from "./commands.ts";
import { type JsonValue, parseJson } from "./json-text.ts";

/** A value as `get` answers it, or a JSON document. */
export type RangeValue<T extends Data> = T | JsonValue;
/** A key with its value. */
export type RangeEntry<T extends Data> = readonly [key: T, value: RangeValue<T>];
/** What a scan answers for each key: `K` is true for keys alone. */
export type RangeItem<T extends Data, K extends boolean> = K extends true ? T : RangeEntry<T>;

export interface RangeOptions<K extends boolean = false> {
  /** From the last key to the first. */
  readonly reverse?: boolean;
  /** Ends after so many keys. */
  readonly limit?: number;
  /** Answers keys without values. */
  readonly keys?: K;
}

export interface RangeCursorOptions<K extends boolean = false> extends RangeOptions<K> {
  /** Ends the scan: its reason is thrown. */
  readonly signal?: AbortSignal;
}

/** An ordered scan, or what is left of it; it can be cloned. Ends are bytes, undefined where there is none. */
export interface KeyScan {
  readonly low: Uint8Array | undefined;
  readonly high: Uint8Array | undefined;
  /** The ends are no part of the range. */
  readonly lowOpen: boolean;
  readonly highOpen: boolean;
  readonly reverse: boolean;
  readonly keysOnly: boolean;
  /** Keys that it may answer yet. */
  readonly limit: number;
}

/** A key, or a key with its value; a document's is a list of its text. */
export type RawItem = Data | readonly [key: Data, value: Data | readonly [Data] | null];

export interface KeyBatch {
  readonly items: readonly RawItem[];
  /** What is left; undefined at the end. */
  readonly rest: KeyScan | undefined;
}

/** Keys of a cursor's batch, and the bytes at which it ends early. */
export const CURSOR_KEYS = 256;
export const CURSOR_BYTES = 65_536;
/** The same of scans that are answered as a whole. */
export const WHOLE_KEYS = 4096;
export const WHOLE_BYTES = 1 << 20;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

function toBytes(key: Data): Uint8Array {
  const data = toData(key);
  return typeof data === "string" ? encoder.encode(data) : data;
}

function scanOf(low: Uint8Array | undefined, high: Uint8Array | undefined, highOpen: boolean, options: RangeOptions<boolean>): KeyScan {
  const { reverse = false, keys = false, limit = Number.POSITIVE_INFINITY } = options;
  if (!(limit >= 0)) throw new DatabaseError("USAGE", `a limit is a number from 0 on, not ${limit}`);
  return { low, high, lowOpen: false, highOpen, reverse, keysOnly: keys, limit: Math.floor(limit) };
}

/** The scan of the keys between two, both included. */
export function rangeScan(from: Data | undefined, to: Data | undefined, options: RangeOptions<boolean> = {}): KeyScan {
  return scanOf(from === undefined ? undefined : toBytes(from), to === undefined ? undefined : toBytes(to), false, options);
}

/** The scan of the keys that begin with a prefix: those from it on and before the next text or bytes of its length. */
export function prefixScan(prefix: Data, options: RangeOptions<boolean> = {}): KeyScan {
  const low = toBytes(prefix);
  let length = low.length;
  while (length > 0 && low[length - 1] === 0xff) length--;
  if (length === 0) return scanOf(low, undefined, false, options);
  const high = low.slice(0, length);
  high[length - 1] = (high[length - 1] as number) + 1;
  return scanOf(low, high, true, options);
}

/** What is left of a scan behind a key, `found` of its keys having been answered; undefined if that is nothing. */
export function scanBehind(scan: KeyScan, key: Uint8Array, found: number): KeyScan | undefined {
  const limit = scan.limit - found;
  if (limit <= 0) return undefined;
  return scan.reverse ? { ...scan, high: key, highOpen: true, limit } : { ...scan, low: key, lowOpen: true, limit };
}

/** What programs see of an item. */
export function itemOf<T extends Data, K extends boolean>(item: RawItem): RangeItem<T, K> {
  if (!Array.isArray(item) || !Array.isArray(item[1])) return item as RangeItem<T, K>;
  const text = item[1][0] as Data;
  return [item[0], parseJson(typeof text === "string" ? text : decoder.decode(text))] as unknown as RangeItem<T, K>;
}

/** The items of a scan one by one; the next batch is read when the first of it is asked for. */
export async function* walkKeys<T extends Data, K extends boolean>(
  scan: KeyScan,
  signal: AbortSignal | undefined,
  read: (scan: KeyScan) => Promise<KeyBatch>,
): AsyncGenerator<RangeItem<T, K>, void, undefined> {
  let left = scan.limit > 0 ? scan : undefined;
  while (left !== undefined) {
    signal?.throwIfAborted();
    const { items, rest }: KeyBatch = await read(left);
    for (const item of items) {
      signal?.throwIfAborted();
      yield itemOf<T, K>(item);
    }
    left = rest;
  }
}
