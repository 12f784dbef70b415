/**
 * Expressions as parsed. Operators have PostgreSQL's precedence; AND and OR have all their operands in one node, so that long
 * chains are flat.
 *
 * A literal with a `slot` is the slot-th of the literals that fingerprint.ts has lifted out of the text; its value here is the
 * one of the text that was parsed. Literals that are not lifted have slot -1.
 *
 * Nodes with a parameter `Expression` are Cypher's, too (cypher/expression.ts).
 */
import type { ParsedName, ParsedNames, ParsedType } from "./name.ts";
import type { ParsedQuery } from "./query.ts";

export type ParsedExpression =
  | ParsedColumn
  | ParsedStar
  | ParsedNumber
  | ParsedString
  | ParsedBits
  | ParsedBoolean
  | ParsedNull
  | ParsedParameter
  | ParsedTypedLiteral
  | ParsedKeywordValue
  | ParsedUnary
  | ParsedBinary
  | ParsedLogical
  | ParsedNot
  | ParsedIs
  | ParsedDistinctFrom
  | ParsedLike
  | ParsedBetween
  | ParsedInList
  | ParsedInSubquery
  | ParsedQuantified
  | ParsedExists
  | ParsedSubquery
  | ParsedArraySubquery
  | ParsedCase
  | ParsedCast
  | ParsedCollate
  | ParsedAtTimeZone
  | ParsedRow
  | ParsedArray
  | ParsedSubscript
  | ParsedSlice
  | ParsedField
  | ParsedCall;

interface Node<Kind extends string> {
  readonly kind: Kind;
  readonly position: number;
}

/** `a`, `t.a`, `t.a.b`: the parts in order. */
export interface ParsedColumn extends Node<"ParsedColumn"> {
  readonly names: ParsedNames;
}

/** `*` or `t.*`; stands only in select lists, RETURNING and calls. */
export interface ParsedStar extends Node<"ParsedStar"> {
  readonly qualifier: readonly ParsedName[];
}

/** `text` is decimal without sign: digits, point and exponent. A minus right in front is part of the literal. */
export interface ParsedNumber extends Node<"ParsedNumber"> {
  readonly text: string;
  readonly negative: boolean;
  readonly slot: number;
}

export interface ParsedString extends Node<"ParsedString"> {
  readonly value: string;
  readonly slot: number;
}

/** B'0101' or X'1FF'. */
export interface ParsedBits extends Node<"ParsedBits"> {
  readonly base: "binary" | "hexadecimal";
  readonly value: string;
  readonly slot: number;
}

export interface ParsedBoolean extends Node<"ParsedBoolean"> {
  readonly value: boolean;
}

export interface ParsedNull extends Node<"ParsedNull"> {}

/** `$1`, or the first `?`: index 1. */
export interface ParsedParameter extends Node<"ParsedParameter"> {
  readonly index: number;
}

/** DATE '2020-02-29', INTERVAL '1' DAY. */
export interface ParsedTypedLiteral extends Node<"ParsedTypedLiteral"> {
  readonly type: ParsedType;
  readonly value: string;
  readonly slot: number;
}

/** CURRENT_DATE, CURRENT_TIMESTAMP(3), USER...: the word in upper case. */
export interface ParsedKeywordValue extends Node<"ParsedKeywordValue"> {
  readonly name: string;
  readonly precision: number | undefined;
}

/** Operator in front: -, + or any other. */
export interface ParsedUnary<Expression = ParsedExpression> extends Node<"ParsedUnary"> {
  readonly operator: string;
  readonly operand: Expression;
}

/** Arithmetic, comparison (`<>` also for `!=`), OVERLAPS and every other operator, as `->>` or `||`. */
export interface ParsedBinary<Expression = ParsedExpression> extends Node<"ParsedBinary"> {
  readonly operator: string;
  readonly left: Expression;
  readonly right: Expression;
}

export interface ParsedLogical<Expression = ParsedExpression, Operator = "AND" | "OR"> extends Node<"ParsedLogical"> {
  readonly operator: Operator;
  /** Two or more, none of them the same operator unless it stood in brackets. */
  readonly operands: readonly Expression[];
}

export interface ParsedNot<Expression = ParsedExpression> extends Node<"ParsedNot"> {
  readonly operand: Expression;
}

/** IS [NOT] NULL and so on; ISNULL and NOTNULL too. */
export interface ParsedIs<Expression = ParsedExpression, Test = "NULL" | "TRUE" | "FALSE" | "UNKNOWN"> extends Node<"ParsedIs"> {
  readonly test: Test;
  readonly negated: boolean;
  readonly operand: Expression;
}

export interface ParsedDistinctFrom extends Node<"ParsedDistinctFrom"> {
  readonly negated: boolean;
  readonly left: ParsedExpression;
  readonly right: ParsedExpression;
}

export type ParsedMatchOperator = "LIKE" | "ILIKE" | "SIMILAR TO";

export interface ParsedLike extends Node<"ParsedLike"> {
  readonly operator: ParsedMatchOperator;
  readonly negated: boolean;
  readonly operand: ParsedExpression;
  readonly pattern: ParsedExpression;
  readonly escape: ParsedExpression | undefined;
}

export interface ParsedBetween extends Node<"ParsedBetween"> {
  readonly negated: boolean;
  readonly symmetric: boolean;
  readonly operand: ParsedExpression;
  readonly lower: ParsedExpression;
  readonly upper: ParsedExpression;
}

export interface ParsedInList extends Node<"ParsedInList"> {
  readonly negated: boolean;
  readonly operand: ParsedExpression;
  readonly items: readonly ParsedExpression[];
}

export interface ParsedInSubquery extends Node<"ParsedInSubquery"> {
  readonly negated: boolean;
  readonly operand: ParsedExpression;
  readonly query: ParsedQuery;
}

/** `left operator ANY|ALL (right)`; SOME is ANY. The operator may be [NOT] LIKE, ILIKE. `right` is a subquery or an array. */
export interface ParsedQuantified extends Node<"ParsedQuantified"> {
  readonly operator: string;
  readonly quantifier: "ANY" | "ALL";
  readonly left: ParsedExpression;
  readonly right: ParsedExpression;
}

export interface ParsedExists extends Node<"ParsedExists"> {
  readonly query: ParsedQuery;
}

/** A query in brackets as a value. */
export interface ParsedSubquery extends Node<"ParsedSubquery"> {
  readonly query: ParsedQuery;
}

/** ARRAY(SELECT ...). */
export interface ParsedArraySubquery extends Node<"ParsedArraySubquery"> {
  readonly query: ParsedQuery;
}

export interface ParsedBranch<Expression = ParsedExpression> extends Node<"ParsedBranch"> {
  readonly condition: Expression;
  readonly result: Expression;
}

/** With `subject` the simple form: conditions are values to compare it with. */
export interface ParsedCase<Expression = ParsedExpression> extends Node<"ParsedCase"> {
  readonly subject: Expression | undefined;
  readonly branches: readonly ParsedBranch<Expression>[];
  readonly otherwise: Expression | undefined;
}

/** CAST(x AS type) and x::type. */
export interface ParsedCast extends Node<"ParsedCast"> {
  readonly operand: ParsedExpression;
  readonly type: ParsedType;
}

export interface ParsedCollate extends Node<"ParsedCollate"> {
  readonly operand: ParsedExpression;
  readonly collation: ParsedNames;
}

export interface ParsedAtTimeZone extends Node<"ParsedAtTimeZone"> {
  readonly operand: ParsedExpression;
  readonly zone: ParsedExpression;
}

/** ROW(...) or (a, b). */
export interface ParsedRow extends Node<"ParsedRow"> {
  readonly items: readonly ParsedExpression[];
}

/** ARRAY[...]; nested brackets are arrays within. */
export interface ParsedArray extends Node<"ParsedArray"> {
  readonly items: readonly ParsedExpression[];
}

export interface ParsedSubscript<Expression = ParsedExpression> extends Node<"ParsedSubscript"> {
  readonly operand: Expression;
  readonly index: Expression;
  /** In SQL: it stands right behind the subscript that is its operand. */
  readonly isChained?: true;
}

export interface ParsedSlice<Expression = ParsedExpression> extends Node<"ParsedSlice"> {
  readonly operand: Expression;
  readonly lower: Expression | undefined;
  readonly upper: Expression | undefined;
  readonly isChained?: true;
}

/** `(x).name` or `f(x).name`; `name` is undefined for `(x).*`. */
export interface ParsedField extends Node<"ParsedField"> {
  readonly operand: ParsedExpression;
  readonly name: ParsedName | undefined;
}

/** `name => value`, `VARIADIC value`. */
export interface ParsedArgument extends Node<"ParsedArgument"> {
  readonly name: ParsedName | undefined;
  readonly variadic: boolean;
  readonly value: ParsedExpression;
}

/**
 * Any call. EXTRACT, SUBSTRING, POSITION, TRIM and OVERLAY with words between their arguments become the calls that PostgreSQL
 * makes of them: extract('year', x), substring(x, from, for), position(text, part), btrim/ltrim/rtrim, overlay(...).
 */
export interface ParsedCall extends Node<"ParsedCall"> {
  readonly names: ParsedNames;
  readonly arguments: readonly (ParsedExpression | ParsedArgument)[];
  /** count(*). */
  readonly star: boolean;
  readonly distinct: boolean;
  /** Inside of the brackets: of an aggregate. */
  readonly orderBy: readonly ParsedOrder[];
  readonly withinGroup: readonly ParsedOrder[];
  readonly filter: ParsedExpression | undefined;
  /** OVER (...), or OVER name. */
  readonly over: ParsedWindow | ParsedName | undefined;
}

export interface ParsedOrder<Expression = ParsedExpression> extends Node<"ParsedOrder"> {
  readonly value: Expression;
  readonly descending: boolean;
  /** Undefined: last when ascending, first when descending. */
  readonly nulls: "FIRST" | "LAST" | undefined;
}

export interface ParsedWindow extends Node<"ParsedWindow"> {
  readonly base: ParsedName | undefined;
  readonly partitionBy: readonly ParsedExpression[];
  readonly orderBy: readonly ParsedOrder[];
  readonly frame: ParsedFrame | undefined;
}

export interface ParsedFrame extends Node<"ParsedFrame"> {
  readonly unit: "ROWS" | "RANGE" | "GROUPS";
  readonly start: ParsedFrameBound;
  /** Undefined: the current row. */
  readonly end: ParsedFrameBound | undefined;
  readonly exclude: "CURRENT ROW" | "GROUP" | "TIES" | undefined;
}

export interface ParsedFrameBound extends Node<"ParsedFrameBound"> {
  readonly bound: "UNBOUNDED PRECEDING" | "PRECEDING" | "CURRENT ROW" | "FOLLOWING" | "UNBOUNDED FOLLOWING";
  /** For PRECEDING and FOLLOWING. */
  readonly offset: ParsedExpression | undefined;
}
