/**
 * Definitions as parsed: CREATE, ALTER, DROP.
 */
import type { ParsedExpression } from "./expression.ts";
import type { ParsedName, ParsedNames, ParsedType } from "./name.ts";
import type { ParsedQuery } from "./query.ts";

interface Node<Kind extends string> {
  readonly kind: Kind;
  readonly position: number;
}

export interface ParsedCreateTable extends Node<"ParsedCreateTable"> {
  readonly table: ParsedNames;
  readonly ifNotExists: boolean;
  readonly persistence: "permanent" | "temporary" | "unlogged";
  readonly columns: readonly ParsedColumnDefinition[];
  readonly constraints: readonly ParsedConstraint[];
  /** AS SELECT: the columns then have names only. */
  readonly source: ParsedQuery | undefined;
  /** False for WITH NO DATA. */
  readonly withData: boolean;
}

export interface ParsedColumnDefinition extends Node<"ParsedColumnDefinition"> {
  readonly name: ParsedName;
  /** Undefined only in CREATE TABLE t (a, b) AS SELECT. */
  readonly type: ParsedType | undefined;
  readonly collation: readonly ParsedName[];
  readonly constraints: readonly ParsedConstraint[];
}

/** What a constraint says. Of a column, PRIMARY KEY, UNIQUE and REFERENCES have that column alone. */
export type ParsedRule =
  | { readonly rule: "NOT NULL" | "NULL" }
  | { readonly rule: "DEFAULT"; readonly value: ParsedExpression }
  | { readonly rule: "CHECK"; readonly condition: ParsedExpression; readonly noInherit: boolean }
  | { readonly rule: "PRIMARY KEY"; readonly columns: readonly ParsedName[] }
  | { readonly rule: "UNIQUE"; readonly columns: readonly ParsedName[]; readonly nullsDistinct: boolean }
  | { readonly rule: "FOREIGN KEY"; readonly columns: readonly ParsedName[]; readonly references: ParsedReferences }
  | { readonly rule: "IDENTITY"; readonly always: boolean; readonly options: readonly ParsedSequenceOption[] }
  | { readonly rule: "GENERATED"; readonly value: ParsedExpression };

export interface ParsedConstraint extends Node<"ParsedConstraint"> {
  readonly name: ParsedName | undefined;
  readonly rule: ParsedRule;
  readonly deferrable: boolean;
  readonly initiallyDeferred: boolean;
}

export type ParsedReferenceAction = "NO ACTION" | "RESTRICT" | "CASCADE" | "SET NULL" | "SET DEFAULT";

export interface ParsedReferences extends Node<"ParsedReferences"> {
  readonly table: ParsedNames;
  /** Empty: the other table's primary key. */
  readonly columns: readonly ParsedName[];
  readonly match: "SIMPLE" | "FULL" | "PARTIAL";
  readonly onDelete: ParsedReferenceAction;
  readonly onUpdate: ParsedReferenceAction;
  /** ON DELETE SET NULL (columns): empty means all. */
  readonly onDeleteColumns: readonly ParsedName[];
}

export interface ParsedCreateIndex extends Node<"ParsedCreateIndex"> {
  readonly name: ParsedName | undefined;
  readonly table: ParsedNames;
  readonly ifNotExists: boolean;
  readonly unique: boolean;
  readonly nullsDistinct: boolean;
  readonly method: ParsedName | undefined;
  readonly elements: readonly ParsedIndexElement[];
  readonly include: readonly ParsedName[];
  readonly where: ParsedExpression | undefined;
}

/** Of CREATE INDEX and ON CONFLICT. */
export interface ParsedIndexElement extends Node<"ParsedIndexElement"> {
  readonly value: ParsedExpression;
  readonly collation: readonly ParsedName[];
  readonly operatorClass: ParsedName | undefined;
  readonly descending: boolean;
  readonly nulls: "FIRST" | "LAST" | undefined;
}

export interface ParsedCreateView extends Node<"ParsedCreateView"> {
  readonly view: ParsedNames;
  readonly orReplace: boolean;
  readonly ifNotExists: boolean;
  readonly temporary: boolean;
  readonly columns: readonly ParsedName[];
  readonly query: ParsedQuery;
}

export interface ParsedCreateSchema extends Node<"ParsedCreateSchema"> {
  readonly name: ParsedName;
  readonly ifNotExists: boolean;
}

export interface ParsedParameterDefinition extends Node<"ParsedParameterDefinition"> {
  readonly name: ParsedName | undefined;
  readonly type: ParsedType;
  readonly value: ParsedExpression | undefined;
}

export interface ParsedCreateFunction extends Node<"ParsedCreateFunction"> {
  readonly names: ParsedNames;
  readonly orReplace: boolean;
  readonly parameters: readonly ParsedParameterDefinition[];
  readonly returns: ParsedType | undefined;
  readonly language: ParsedName;
  readonly source: string;
  /** AS 'source', 'symbol': what the function is called there. */
  readonly symbol: string | undefined;
  readonly volatility: "IMMUTABLE" | "STABLE" | "VOLATILE";
  /** STRICT, or RETURNS NULL ON NULL INPUT. */
  readonly strict: boolean;
}

export interface ParsedDroppedObject extends Node<"ParsedDroppedObject"> {
  readonly names: ParsedNames;
  /** Of a function, where they were given. */
  readonly parameterTypes: readonly ParsedType[] | undefined;
}

export interface ParsedDrop extends Node<"ParsedDrop"> {
  readonly object: "TABLE" | "INDEX" | "VIEW" | "SCHEMA" | "FUNCTION" | "SEQUENCE";
  readonly ifExists: boolean;
  readonly cascade: boolean;
  readonly objects: readonly ParsedDroppedObject[];
}

/** What CREATE SEQUENCE and ALTER SEQUENCE say, and the brackets of IDENTITY. */
export type ParsedSequenceOption =
  | (Node<"ParsedSequenceOption"> & { readonly option: "AS"; readonly type: ParsedType })
  | (Node<"ParsedSequenceOption"> & {
      readonly option: "INCREMENT" | "MINVALUE" | "MAXVALUE" | "START" | "CACHE";
      readonly value: bigint;
    })
  | (Node<"ParsedSequenceOption"> & { readonly option: "RESTART"; readonly value: bigint | undefined })
  | (Node<"ParsedSequenceOption"> & { readonly option: "NO MINVALUE" | "NO MAXVALUE" | "CYCLE" | "NO CYCLE" })
  | (Node<"ParsedSequenceOption"> & { readonly option: "OWNED BY"; readonly names: ParsedNames });

export interface ParsedCreateSequence extends Node<"ParsedCreateSequence"> {
  readonly sequence: ParsedNames;
  readonly ifNotExists: boolean;
  readonly temporary: boolean;
  readonly options: readonly ParsedSequenceOption[];
}

export interface ParsedAlterSequence extends Node<"ParsedAlterSequence"> {
  readonly sequence: ParsedNames;
  readonly ifExists: boolean;
  readonly options: readonly ParsedSequenceOption[];
}

export interface ParsedAlterTable extends Node<"ParsedAlterTable"> {
  /** What it says it is about. */
  readonly object: "TABLE" | "INDEX" | "VIEW";
  readonly table: ParsedNames;
  readonly ifExists: boolean;
  /** One or more; renaming and SET SCHEMA stand alone. */
  readonly actions: readonly ParsedAlteration[];
}

export interface ParsedAlteration extends Node<"ParsedAlteration"> {
  readonly change: ParsedTableChange;
}

/** What ALTER TABLE does. */
export type ParsedTableChange =
  | { readonly change: "ADD COLUMN"; readonly column: ParsedColumnDefinition; readonly ifNotExists: boolean }
  | { readonly change: "ADD CONSTRAINT"; readonly constraint: ParsedConstraint }
  | { readonly change: "DROP COLUMN" | "DROP CONSTRAINT"; readonly name: ParsedName; readonly ifExists: boolean; readonly cascade: boolean }
  | { readonly change: "SET DEFAULT"; readonly column: ParsedName; readonly value: ParsedExpression }
  | { readonly change: "DROP DEFAULT" | "SET NOT NULL" | "DROP NOT NULL"; readonly column: ParsedName }
  | {
      readonly change: "TYPE";
      readonly column: ParsedName;
      readonly type: ParsedType;
      readonly collation: readonly ParsedName[];
      readonly using: ParsedExpression | undefined;
    }
  | { readonly change: "RENAME TO" | "SET SCHEMA"; readonly name: ParsedName }
  | { readonly change: "RENAME COLUMN" | "RENAME CONSTRAINT"; readonly from: ParsedName; readonly to: ParsedName };
