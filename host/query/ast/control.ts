/**
 * Statements around the data, as parsed: transactions, settings, EXPLAIN, PREPARE and EXECUTE, VACUUM and the like, COMMENT.
 */
import type { ParsedExpression } from "./expression.ts";
import type { ParsedName, ParsedNames, ParsedType } from "./name.ts";
import type { ParsedDataStatement, ParsedExplainable } from "./statement.ts";

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

/** VACUUM, ANALYZE and CHECKPOINT; no tables: all. VACUUM FULL and the like are options too. */
export interface ParsedMaintenance extends Node<"ParsedMaintenance"> {
  readonly command: "VACUUM" | "ANALYZE" | "CHECKPOINT";
  readonly options: readonly ParsedOption[];
  readonly tables: readonly ParsedMaintained[];
}

/** PREPARE name (types) AS statement. */
export interface ParsedPrepare extends Node<"ParsedPrepare"> {
  readonly name: ParsedName;
  /** Of the first parameters; those of the others are found. */
  readonly types: readonly ParsedType[];
  readonly statement: ParsedDataStatement;
}

export interface ParsedExecute extends Node<"ParsedExecute"> {
  readonly name: ParsedName;
  readonly arguments: readonly ParsedExpression[];
}

/** Undefined: ALL. */
export interface ParsedDeallocate extends Node<"ParsedDeallocate"> {
  readonly name: ParsedName | undefined;
}

/** COMMENT ON object IS text; undefined: NULL. */
export interface ParsedComment extends Node<"ParsedComment"> {
  readonly object: "TABLE" | "COLUMN" | "VIEW";
  readonly names: ParsedNames;
  readonly text: string | undefined;
}
