/**
 * Cypher's queries as parsed: clauses in their order, and unions of them.
 */
import type { ParsedOrder } from "../expression.ts";
import type { ParsedName, ParsedNames } from "../name.ts";
import type { CypherExpression, ParsedProperty } from "./expression.ts";
import type { ParsedPattern } from "./pattern.ts";

interface Node<Kind extends string> {
  readonly kind: Kind;
  readonly position: number;
}

export interface ParsedCypherQuery extends Node<"ParsedCypherQuery"> {
  /** One, or the parts of a union. */
  readonly parts: readonly ParsedSingleQuery[];
  /** UNION ALL, all of them. */
  readonly all: boolean;
}

/**
 * The parser has seen to the order: reading clauses do not follow writing ones without WITH between them, RETURN is last, and what is
 * last is RETURN, writes or calls.
 */
export interface ParsedSingleQuery extends Node<"ParsedSingleQuery"> {
  readonly clauses: readonly ParsedClause[];
}

export type ParsedClause = ParsedReadingClause | ParsedWritingClause | ParsedWithClause | ParsedReturnClause;
export type ParsedReadingClause = ParsedMatch | ParsedUnwind | ParsedProcedureCall | ParsedSubqueryCall;
export type ParsedWritingClause =
  | ParsedCreatePatterns
  | ParsedMerge
  | ParsedSetClause
  | ParsedRemoveClause
  | ParsedDeleteClause
  | ParsedForeach;

export interface ParsedMatch extends Node<"ParsedMatch"> {
  readonly optional: boolean;
  readonly patterns: readonly ParsedPattern[];
  readonly where: CypherExpression | undefined;
}

export interface ParsedUnwind extends Node<"ParsedUnwind"> {
  readonly list: CypherExpression;
  readonly variable: ParsedName;
}

export interface ParsedProcedureCall extends Node<"ParsedProcedureCall"> {
  readonly names: ParsedNames;
  /** Undefined without brackets: parameters of the statement that are named as the procedure's. */
  readonly arguments: readonly CypherExpression[] | undefined;
  /** Undefined without YIELD; "ALL" for YIELD *; YIELD - yields none. */
  readonly yields: readonly ParsedYield[] | "ALL" | undefined;
  readonly where: CypherExpression | undefined;
}

export interface ParsedYield extends Node<"ParsedYield"> {
  readonly name: ParsedName;
  readonly alias: ParsedName | undefined;
}

/** CALL { ... }. */
export interface ParsedSubqueryCall extends Node<"ParsedSubqueryCall"> {
  readonly query: ParsedCypherQuery;
}

export interface ParsedWithClause extends Node<"ParsedWithClause"> {
  readonly projection: ParsedProjection;
  readonly where: CypherExpression | undefined;
}

export interface ParsedReturnClause extends Node<"ParsedReturnClause"> {
  readonly projection: ParsedProjection;
}

export interface ParsedProjection extends Node<"ParsedProjection"> {
  readonly distinct: boolean;
  /** `*` in front of the items. */
  readonly star: boolean;
  readonly items: readonly ParsedProjectionItem[];
  /** NULL is the greatest value, as in PostgreSQL; `nulls` is never set. */
  readonly orderBy: readonly ParsedOrder<CypherExpression>[];
  readonly skip: CypherExpression | undefined;
  readonly limit: CypherExpression | undefined;
}

export interface ParsedProjectionItem extends Node<"ParsedProjectionItem"> {
  readonly value: CypherExpression;
  readonly alias: ParsedName | undefined;
  /** What the column is called: the alias, the variable, or the expression as it was written. */
  readonly name: string;
}

export interface ParsedCreatePatterns extends Node<"ParsedCreatePatterns"> {
  readonly patterns: readonly ParsedPattern[];
}

export interface ParsedMerge extends Node<"ParsedMerge"> {
  readonly pattern: ParsedPattern;
  readonly actions: readonly ParsedMergeAction[];
}

/** ON CREATE SET ..., ON MATCH SET .... */
export interface ParsedMergeAction extends Node<"ParsedMergeAction"> {
  readonly on: "CREATE" | "MATCH";
  readonly items: readonly ParsedSetItem[];
}

export interface ParsedSetClause extends Node<"ParsedSetClause"> {
  readonly items: readonly ParsedSetItem[];
}

export type ParsedSetItem = ParsedSetProperty | ParsedSetProperties | ParsedLabelChange;

/** `n.a = 1`. */
export interface ParsedSetProperty extends Node<"ParsedSetProperty"> {
  readonly target: ParsedProperty;
  readonly value: CypherExpression;
}

/** `n = {...}`, or with `merge` `n += {...}`. */
export interface ParsedSetProperties extends Node<"ParsedSetProperties"> {
  readonly variable: ParsedName;
  readonly merge: boolean;
  readonly value: CypherExpression;
}

/** `n:A:B`, of SET and of REMOVE. */
export interface ParsedLabelChange extends Node<"ParsedLabelChange"> {
  readonly variable: ParsedName;
  readonly labels: ParsedNames;
}

export interface ParsedRemoveClause extends Node<"ParsedRemoveClause"> {
  readonly items: readonly (ParsedProperty | ParsedLabelChange)[];
}

export interface ParsedDeleteClause extends Node<"ParsedDeleteClause"> {
  readonly detach: boolean;
  readonly values: readonly CypherExpression[];
}

/** The clauses write. */
export interface ParsedForeach extends Node<"ParsedForeach"> {
  readonly variable: ParsedName;
  readonly list: CypherExpression;
  readonly clauses: readonly ParsedWritingClause[];
}
