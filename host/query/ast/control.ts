/**
 * Statements around the data, as parsed: transactions, settings, EXPLAIN, VACUUM and ANALYZE.
 */
import type { ParsedName, ParsedNames } from "./name.ts";
import type { ParsedExplainable } from "./statement.ts";

interface Node<Kind extends string> {
  readonly kind: Kind;
  readonly position: number;
}

/** What was said about a transaction; undefined where nothing was. */
export interface ParsedTransactionModes extends Node<"ParsedTransactionModes"> {
  readonly isolation: "SERIALIZABLE" | "SNAPSHOT" | "REPEATABLE READ" | "READ COMMITTED" | "READ UNCOMMITTED" | undefined;
  readonly readOnly: boolean | undefined;
  readonly deferrable: boolean | undefined;
}

export interface ParsedBegin extends Node<"ParsedBegin"> {
  readonly modes: ParsedTransactionModes;
}

/** END too. `chain` begins the next transaction at once. */
export interface ParsedCommit extends Node<"ParsedCommit"> {
  readonly chain: boolean;
}

/** ABORT too. With `savepoint`, ROLLBACK TO it. */
export interface ParsedRollback extends Node<"ParsedRollback"> {
  readonly savepoint: ParsedName | undefined;
  readonly chain: boolean;
}

export interface ParsedSavepoint extends Node<"ParsedSavepoint"> {
  readonly name: ParsedName;
}

export interface ParsedRelease extends Node<"ParsedRelease"> {
  readonly name: ParsedName;
}

/** A word or literal as text, without quotes; `quoted` if it was a string. */
export interface ParsedSettingValue extends Node<"ParsedSettingValue"> {
  readonly text: string;
  readonly quoted: boolean;
}

/** SET name TO values; no values: DEFAULT. TIME ZONE is the setting `timezone`. */
export interface ParsedSet extends Node<"ParsedSet"> {
  readonly scope: "SESSION" | "LOCAL";
  readonly names: ParsedNames;
  readonly values: readonly ParsedSettingValue[];
}

/** SESSION: of the transactions to come. */
export interface ParsedSetTransaction extends Node<"ParsedSetTransaction"> {
  readonly scope: "TRANSACTION" | "SESSION";
  readonly modes: ParsedTransactionModes;
}

/** SHOW name; no names: ALL. */
export interface ParsedShow extends Node<"ParsedShow"> {
  readonly names: readonly ParsedName[];
}

/** RESET name; no names: ALL. */
export interface ParsedReset extends Node<"ParsedReset"> {
  readonly names: readonly ParsedName[];
}

/** `name [value]` in brackets behind EXPLAIN, VACUUM or ANALYZE. */
export interface ParsedOption extends Node<"ParsedOption"> {
  readonly name: ParsedName;
  readonly value: ParsedSettingValue | undefined;
}

/** EXPLAIN ANALYZE VERBOSE are options too. */
export interface ParsedExplain extends Node<"ParsedExplain"> {
  readonly options: readonly ParsedOption[];
  readonly statement: ParsedExplainable;
}

export interface ParsedMaintained extends Node<"ParsedMaintained"> {
  readonly table: ParsedNames;
  readonly columns: readonly ParsedName[];
}

/** VACUUM and ANALYZE; no tables: all. VACUUM FULL and the like are options too. */
export interface ParsedMaintenance extends Node<"ParsedMaintenance"> {
  readonly command: "VACUUM" | "ANALYZE";
  readonly options: readonly ParsedOption[];
  readonly tables: readonly ParsedMaintained[];
}
