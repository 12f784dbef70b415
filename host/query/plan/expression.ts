/**
 * Bound expressions: names are resolved, types are known, operators and casts are calls of the function table.
 *
 * A column is known by a number that is unique in the whole statement, whichever operator makes it. An expression that uses a
 * column of an enclosing query uses the same number; the subquery's operator lists it in `outer`.
 */
import type { FunctionEntry } from "../function/entry.ts";
import type { SqlType } from "../type/type.ts";
import type { LogicalOperator } from "./operator.ts";

/** Number of a column, unique in the statement. */
export type ColumnId = number;

export type BoundExpression =
  | BoundConstant
  | BoundLiteral
  | BoundParameter
  | BoundColumn
  | BoundCall
  | BoundLogical
  | BoundNot
  | BoundIsNull
  | BoundIsBoolean
  | BoundCase
  | BoundCoalesce
  | BoundInList
  | BoundField
  | BoundProperty
  | BoundList
  | BoundMap
  | BoundReduce
  | BoundSubquery;

interface Node<Kind extends string> {
  readonly kind: Kind;
  readonly type: SqlType;
}

/**
 * JavaScript form of a constant: bigint for i64 machines, number for f64, boolean; words: a string for text, the decimal text for
 * numeric, else Uint8Array; null: NULL.
 */
export type ConstantValue = boolean | bigint | number | string | Uint8Array | null;

/** A value that the plan depends on: NULL, TRUE, a folded expression, a literal that is not lifted. Text is a string. */
export interface BoundConstant extends Node<"BoundConstant"> {
  readonly value: ConstantValue;
}

/**
 * A lifted literal: its value lies in the state block, and is converted to `type` on the host before each execution. Plans may
 * not depend on its value, save on `selectivity` (which is part of the cache's key).
 */
export interface BoundLiteral extends Node<"BoundLiteral"> {
  readonly slot: number;
  /** Of a number: a minus sign stood in front of it. */
  readonly negative: boolean;
}

/** $1 is index 1. */
export interface BoundParameter extends Node<"BoundParameter"> {
  readonly index: number;
}

export interface BoundColumn extends Node<"BoundColumn"> {
  readonly column: ColumnId;
  /** For messages and EXPLAIN. */
  readonly name: string;
}

/** Operators, casts and functions alike. */
export interface BoundCall extends Node<"BoundCall"> {
  readonly function: FunctionEntry;
  readonly arguments: readonly BoundExpression[];
}

/** Three-valued; two operands or more. */
export interface BoundLogical extends Node<"BoundLogical"> {
  readonly operator: "AND" | "OR";
  readonly operands: readonly BoundExpression[];
}

export interface BoundNot extends Node<"BoundNot"> {
  readonly operand: BoundExpression;
}

export interface BoundIsNull extends Node<"BoundIsNull"> {
  readonly negated: boolean;
  readonly operand: BoundExpression;
}

/** IS [NOT] TRUE, FALSE; UNKNOWN is BoundIsNull. */
export interface BoundIsBoolean extends Node<"BoundIsBoolean"> {
  readonly test: boolean;
  readonly negated: boolean;
  readonly operand: BoundExpression;
}

/** The searched form; the binder has made comparisons of the simple one. Results have the node's type. */
export interface BoundCase extends Node<"BoundCase"> {
  readonly branches: readonly { readonly condition: BoundExpression; readonly result: BoundExpression }[];
  readonly otherwise: BoundExpression | undefined;
}

export interface BoundCoalesce extends Node<"BoundCoalesce"> {
  readonly items: readonly BoundExpression[];
}

/** `operand IN (items)`, all of one type, with the equality of that type. */
export interface BoundInList extends Node<"BoundInList"> {
  readonly equality: FunctionEntry;
  readonly operand: BoundExpression;
  readonly items: readonly BoundExpression[];
}

/** A field below a dynamic or JSON value: `user.name` of column `user`; the type is `any`. */
export interface BoundField extends Node<"BoundField"> {
  readonly operand: BoundExpression;
  readonly name: string;
}

/** A property of a node or a relationship, which the operand's type says; NULL where it has none, or is NULL itself. */
export interface BoundProperty extends Node<"BoundProperty"> {
  readonly operand: BoundExpression;
  readonly name: string;
}

/** A list of Cypher's: NULLs are items. */
export interface BoundList extends Node<"BoundList"> {
  readonly items: readonly BoundExpression[];
}

/** A map of Cypher's; NULLs are values. Names differ. */
export interface BoundMap extends Node<"BoundMap"> {
  readonly names: readonly string[];
  readonly items: readonly BoundExpression[];
}

/**
 * Goes through a list: `accumulator` is `initial` at first, then what `result` makes of it and of `item`. Both columns exist in
 * `result` only. NULL where the list is.
 */
export interface BoundReduce extends Node<"BoundReduce"> {
  readonly list: BoundExpression;
  readonly initial: BoundExpression;
  readonly accumulator: ColumnId;
  readonly item: ColumnId;
  readonly result: BoundExpression;
}

/**
 * A query inside an expression. `test` is per use:
 * scalar: its one column, NULL without rows, an error with two; exists: whether there is a row;
 * any, all: `operand comparison column` over its rows, three-valued; array: ARRAY(SELECT ...).
 */
export interface BoundSubquery extends Node<"BoundSubquery"> {
  readonly test: "scalar" | "exists" | "any" | "all" | "array";
  readonly plan: LogicalOperator;
  /** The plan's column that is compared or answered; undefined for exists. */
  readonly column: ColumnId | undefined;
  readonly operand: BoundExpression | undefined;
  readonly comparison: FunctionEntry | undefined;
  /** Columns of enclosing queries that the plan uses. */
  readonly outer: readonly ColumnId[];
}
