/**
 * Statements that change rows, as parsed: INSERT, UPDATE, DELETE, MERGE, TRUNCATE.
 */

import type { ParsedIndexElement } from "./definition.ts";
import type { ParsedExpression } from "./expression.ts";
import type { ParsedName, ParsedNames } from "./name.ts";
import type { ParsedQuery, ParsedSelectItem, ParsedTableReference, ParsedValue, ParsedWith } from "./query.ts";

interface Node<Kind extends string> {
  readonly kind: Kind;
  readonly position: number;
}

/** A column to write, or a part of it: `a`, `a.b`, `a[1]`. */
export interface ParsedTarget extends Node<"ParsedTarget"> {
  readonly column: ParsedName;
  readonly path: readonly (ParsedName | ParsedExpression)[];
}

export interface ParsedInsert extends Node<"ParsedInsert"> {
  readonly with: ParsedWith | undefined;
  readonly table: ParsedNames;
  readonly alias: ParsedName | undefined;
  /** REPLACE INTO, INSERT OR REPLACE: rows in the way go. */
  readonly replace: boolean;
  /** Empty: no list was given. */
  readonly columns: readonly ParsedTarget[];
  /** OVERRIDING ... VALUE. */
  readonly overriding: "SYSTEM" | "USER" | undefined;
  /** Undefined: DEFAULT VALUES. */
  readonly source: ParsedQuery | undefined;
  readonly onConflict: ParsedOnConflict | undefined;
  readonly returning: readonly ParsedSelectItem[];
}

export interface ParsedOnConflict extends Node<"ParsedOnConflict"> {
  /** Empty: any conflict. */
  readonly target: readonly ParsedIndexElement[];
  readonly targetWhere: ParsedExpression | undefined;
  /** ON CONFLICT ON CONSTRAINT name. */
  readonly constraint: ParsedName | undefined;
  /** Empty: DO NOTHING. */
  readonly assignments: readonly ParsedAssignment[];
  readonly where: ParsedExpression | undefined;
}

/** `a = value`, or `(a, b) = (value, value)`, or `(a, b) = (SELECT ...)`, in which case `values` has one ParsedSubquery. */
export interface ParsedAssignment extends Node<"ParsedAssignment"> {
  readonly targets: readonly ParsedTarget[];
  readonly values: readonly ParsedValue[];
  /** Written with brackets around the targets. */
  readonly row: boolean;
}

export interface ParsedUpdate extends Node<"ParsedUpdate"> {
  readonly with: ParsedWith | undefined;
  readonly table: ParsedNames;
  readonly alias: ParsedName | undefined;
  readonly assignments: readonly ParsedAssignment[];
  readonly from: readonly ParsedTableReference[];
  readonly where: ParsedExpression | undefined;
  readonly returning: readonly ParsedSelectItem[];
}

export interface ParsedDelete extends Node<"ParsedDelete"> {
  readonly with: ParsedWith | undefined;
  readonly table: ParsedNames;
  readonly alias: ParsedName | undefined;
  readonly using: readonly ParsedTableReference[];
  readonly where: ParsedExpression | undefined;
  readonly returning: readonly ParsedSelectItem[];
}

export interface ParsedMerge extends Node<"ParsedMerge"> {
  readonly with: ParsedWith | undefined;
  readonly table: ParsedNames;
  readonly alias: ParsedName | undefined;
  readonly using: ParsedTableReference;
  readonly on: ParsedExpression;
  readonly branches: readonly ParsedMergeBranch[];
}

/** `WHEN [NOT] MATCHED [AND condition] THEN action`. */
export interface ParsedMergeBranch extends Node<"ParsedMergeBranch"> {
  readonly matched: boolean;
  readonly condition: ParsedExpression | undefined;
  readonly action: ParsedMergeAction;
}

export type ParsedMergeAction = ParsedMergeUpdate | ParsedMergeInsert | ParsedMergeDelete | ParsedMergeNothing;

export interface ParsedMergeUpdate extends Node<"ParsedMergeUpdate"> {
  readonly assignments: readonly ParsedAssignment[];
}

export interface ParsedMergeInsert extends Node<"ParsedMergeInsert"> {
  /** Empty: no list was given. */
  readonly columns: readonly ParsedTarget[];
  /** Undefined: DEFAULT VALUES. */
  readonly values: readonly ParsedValue[] | undefined;
}

export interface ParsedMergeDelete extends Node<"ParsedMergeDelete"> {}

export interface ParsedMergeNothing extends Node<"ParsedMergeNothing"> {}

export interface ParsedTruncate extends Node<"ParsedTruncate"> {
  readonly tables: readonly ParsedNames[];
  readonly restartIdentity: boolean;
  readonly cascade: boolean;
}
