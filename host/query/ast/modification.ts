/**
 * Statements that change rows, as parsed: INSERT, UPDATE, DELETE, TRUNCATE.
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

export interface ParsedTruncate extends Node<"ParsedTruncate"> {
  readonly tables: readonly ParsedNames[];
  readonly restartIdentity: boolean;
  readonly cascade: boolean;
}
