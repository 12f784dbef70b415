/**
 * `db.snapshot()`: a transaction that only reads, with no more methods than that.
 */
import type { Commands, Data } from "./commands.ts";
import type { JsonCommands, Timing } from "./json-commands.ts";
import type { Transaction } from "./transaction.ts";

/** Typed commands that change nothing. */
export type ReadingName =
  | "get"
  | "mget"
  | "strlen"
  | "getrange"
  | "lcs"
  | "exists"
  | "type"
  | "randomkey"
  | "keys"
  | "ttl"
  | "pttl"
  | "expiretime"
  | "pexpiretime"
  | "dbsize";
export type ReadingCommands<T extends Data> = Pick<Commands<T>, ReadingName>;
export type ReadingJsonName = "get" | "mget" | "type" | "strLen" | "arrIndex" | "arrLen" | "objKeys" | "objLen";
export type ReadingJson<W extends Timing> = Pick<JsonCommands<W>, ReadingJsonName>;

/** The database as it was when this was made. */
export interface Snapshot
  extends ReadingCommands<string>,
    Pick<
      Transaction,
      | "scan"
      | "range"
      | "prefix"
      | "rangeCursor"
      | "prefixCursor"
      | "sql"
      | "query"
      | "cursor"
      | "prepare"
      | "cypher"
      | "cypherResult"
      | "cypherCursor"
      | "prepareCypher"
      | "execute"
      | "pipeline"
      | "close"
      | "isOpen"
    > {
  readonly bytes: ReadingCommands<Uint8Array> & Pick<Transaction["bytes"], "scan" | "range" | "prefix" | "rangeCursor" | "prefixCursor">;
  readonly json: ReadingJson<"now">;
  [Symbol.asyncDispose](): Promise<void>;
}
