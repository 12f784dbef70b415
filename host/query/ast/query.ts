/**
 * Queries as parsed: SELECT, VALUES, set operations, and what stands in FROM.
 *
 * A `ParsedQuery` holds what surrounds a body: WITH, ORDER BY, LIMIT. Brackets around a query that has none of these leave no
 * trace; otherwise the inner query is a body itself.
 */
import type { ParsedCall, ParsedExpression, ParsedOrder, ParsedWindow } from "./expression.ts";
import type { ParsedDelete, ParsedInsert, ParsedMerge, ParsedUpdate } from "./modification.ts";
import type { ParsedName, ParsedNames, ParsedType } from "./name.ts";

interface Node<Kind extends string> {
  readonly kind: Kind;
  readonly position: number;
}

export interface ParsedQuery extends Node<"ParsedQuery"> {
  readonly with: ParsedWith | undefined;
  readonly body: ParsedQueryBody;
  readonly orderBy: readonly ParsedOrder[];
  /** Undefined: no limit, or LIMIT ALL. */
  readonly limit: ParsedExpression | undefined;
  readonly offset: ParsedExpression | undefined;
  /** FETCH FIRST ... WITH TIES. */
  readonly withTies: boolean;
  readonly locking: readonly ParsedLocking[];
}

export type ParsedQueryBody = ParsedSelect | ParsedValues | ParsedSetOperation | ParsedQuery;

export interface ParsedWith extends Node<"ParsedWith"> {
  readonly recursive: boolean;
  readonly tables: readonly ParsedCommonTable[];
}

export interface ParsedCommonTable extends Node<"ParsedCommonTable"> {
  readonly name: ParsedName;
  readonly columns: readonly ParsedName[];
  /** Undefined: the optimiser decides. */
  readonly materialized: boolean | undefined;
  readonly statement: ParsedQuery | ParsedInsert | ParsedUpdate | ParsedDelete | ParsedMerge;
}

export interface ParsedSelect extends Node<"ParsedSelect"> {
  readonly distinct: boolean;
  /** DISTINCT ON (...). */
  readonly distinctOn: readonly ParsedExpression[];
  readonly items: readonly ParsedSelectItem[];
  readonly from: readonly ParsedTableReference[];
  readonly where: ParsedExpression | undefined;
  /** Undefined without GROUP BY. */
  readonly groupBy: ParsedGroupBy | undefined;
  readonly having: ParsedExpression | undefined;
  readonly windows: readonly ParsedWindowDefinition[];
}

export interface ParsedSelectItem extends Node<"ParsedSelectItem"> {
  readonly value: ParsedExpression;
  readonly alias: ParsedName | undefined;
}

export interface ParsedGroupBy extends Node<"ParsedGroupBy"> {
  /** GROUP BY DISTINCT: equal grouping sets count once. */
  readonly distinct: boolean;
  readonly items: readonly ParsedGroupItem[];
}

/** An expression, or a set of grouping sets: (), ROLLUP (...), CUBE (...), GROUPING SETS (...). */
export type ParsedGroupItem = ParsedExpression | ParsedGroupingSet;

export interface ParsedGroupingSet extends Node<"ParsedGroupingSet"> {
  readonly grouping: "EMPTY" | "ROLLUP" | "CUBE" | "SETS";
  readonly items: readonly ParsedGroupItem[];
}

export interface ParsedWindowDefinition extends Node<"ParsedWindowDefinition"> {
  readonly name: ParsedName;
  readonly window: ParsedWindow;
}

/** DEFAULT in place of a value; only INSERT and UPDATE can use it. */
export interface ParsedDefault extends Node<"ParsedDefault"> {}

export type ParsedValue = ParsedExpression | ParsedDefault;

export interface ParsedValues extends Node<"ParsedValues"> {
  readonly rows: readonly (readonly ParsedValue[])[];
}

export interface ParsedSetOperation extends Node<"ParsedSetOperation"> {
  readonly operator: "UNION" | "INTERSECT" | "EXCEPT";
  readonly all: boolean;
  readonly left: ParsedQueryBody;
  readonly right: ParsedQueryBody;
}

export interface ParsedLocking extends Node<"ParsedLocking"> {
  readonly strength: "UPDATE" | "NO KEY UPDATE" | "SHARE" | "KEY SHARE";
  readonly tables: readonly ParsedName[];
  readonly wait: "NOWAIT" | "SKIP LOCKED" | undefined;
}

export type ParsedTableReference = ParsedTable | ParsedDerivedTable | ParsedFunctionTable | ParsedJoin;

export interface ParsedTable extends Node<"ParsedTable"> {
  readonly names: ParsedNames;
  readonly alias: ParsedTableAlias | undefined;
}

/** A query in brackets; VALUES too. */
export interface ParsedDerivedTable extends Node<"ParsedDerivedTable"> {
  readonly query: ParsedQuery;
  readonly lateral: boolean;
  readonly alias: ParsedTableAlias | undefined;
}

/** generate_series(1, 3), GRAPH_MATCH('...') RETURNS (a AS b). */
export interface ParsedFunctionTable extends Node<"ParsedFunctionTable"> {
  readonly call: ParsedCall;
  readonly lateral: boolean;
  readonly ordinality: boolean;
  readonly returns: readonly ParsedReturnedColumn[];
  readonly alias: ParsedTableAlias | undefined;
}

/** `source AS name` of GRAPH_MATCH. */
export interface ParsedReturnedColumn extends Node<"ParsedReturnedColumn"> {
  readonly source: ParsedName;
  readonly name: ParsedName;
}

/** `AS name (column [type], ...)`; the name may be absent only before a list with types. */
export interface ParsedTableAlias extends Node<"ParsedTableAlias"> {
  readonly name: ParsedName | undefined;
  readonly columns: readonly ParsedAliasColumn[];
}

export interface ParsedAliasColumn extends Node<"ParsedAliasColumn"> {
  readonly name: ParsedName;
  readonly type: ParsedType | undefined;
}

export interface ParsedJoin extends Node<"ParsedJoin"> {
  readonly join: "INNER" | "LEFT" | "RIGHT" | "FULL" | "CROSS";
  readonly natural: boolean;
  readonly left: ParsedTableReference;
  readonly right: ParsedTableReference;
  readonly on: ParsedExpression | undefined;
  readonly using: readonly ParsedName[];
  /** USING (...) AS alias. */
  readonly usingAlias: ParsedName | undefined;
  /** (a JOIN b ON ...) AS alias. */
  readonly alias: ParsedTableAlias | undefined;
}
