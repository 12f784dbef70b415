/**
 * What the page wants of a database, and nothing more: the parts of the page are written against this interface, main.ts
 * gives them the real thing.
 *
 * Replies come as JavaScript values with bulk strings as bytes, so that a text (`+OK`) and a value (`"OK"`) can be told
 * apart and bytes that are no text survive.
 */
import type { ReplyValue } from "../host/client/reply-reader.ts";

export type { ReplyValue };
export type Word = string | Uint8Array;

/** In bytes. */
export interface MemorySizes {
  readonly used: number;
  readonly reserved: number;
}

export interface Statistics {
  /** Of all databases. */
  readonly keys: number;
  readonly expiring: number;
  /** Absent for a database in memory only. */
  readonly log?: { readonly bytes: number; readonly durability: string };
}

export interface DemoDatabase {
  /** Rejects with an Error that has a `code` when the reply is an error. */
  execute(args: readonly Word[], options: { readonly bytes: true }): Promise<ReplyValue>;
  /** Errors of commands are elements of the answer. */
  pipeline(commands: readonly (readonly Word[])[]): Promise<readonly ReplyValue[]>;
  memory(): Promise<MemorySizes>;
  stats(): Promise<Statistics>;
  /** Ends the database and what it runs in. */
  close(): Promise<void>;
}
