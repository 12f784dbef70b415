/**
 * What a statement is run with, and what it answers: the words of this folder's door.
 */
import type { SqlType } from "../type/type.ts";
import type { SessionSettings } from "./settings.ts";
import type { TransactionControl } from "./transaction-control.ts";
import type { Value } from "./value.ts";

export interface RunOptions {
  readonly database: number;
  readonly settings: SessionSettings;
  /** Overrules the session's statement timeout; 0: none. */
  readonly timeoutMs?: number | undefined;
  readonly signal?: { readonly aborted: boolean } | undefined;
  /** The transaction of the session that runs it; absent: each statement is by itself. */
  readonly transaction?: TransactionControl | undefined;
  /** The program that holds the database runs it, not a client: it may name files of its own. */
  readonly byProgram?: boolean;
}

/** What a value of a result is in JavaScript. */
export type SqlValue = string | number | bigint | boolean | Date | Uint8Array | null | readonly unknown[] | object;

export interface ResultColumn {
  readonly name: string;
  readonly type: SqlType;
}

/** What a statement has answered; rows in the form that was asked for. */
export interface QueryResult<T = readonly Value[]> {
  /** query: rows; write: `affected`, and rows with RETURNING; other: a definition or a setting. */
  readonly kind: "query" | "write" | "other";
  readonly columns: readonly ResultColumn[];
  readonly rows: T[];
  /** Rows inserted, updated or deleted. */
  readonly affected: number | undefined;
  /** What a statement of Cypher has changed: counters that are not zero, by name. */
  readonly stats?: Readonly<Record<string, number>> | undefined;
}

/** What a statement answers that only does something. */
export const DONE: QueryResult = { kind: "other", columns: [], rows: [], affected: undefined };
