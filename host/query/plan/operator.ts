/**
 * The algebra: logical operators that SQL (and Cypher) statements become. Plain readonly data; each operator makes the columns
 * that `columnsOf` names, and hands on those of its inputs where it says so.
 */
import type { AggregateEntry } from "../function/entry.ts";
import type { SqlType } from "../type/type.ts";
import type { BoundExpression, ColumnId } from "./expression.ts";
import type { GraphOperator } from "./graph-operator.ts";

export type LogicalOperator =
  | LogicalScan
  | LogicalValues
  | LogicalFunctionScan
  | LogicalFilter
  | LogicalProject
  | LogicalJoin
  | LogicalAggregate
  | LogicalWindow
  | LogicalDistinct
  | LogicalSort
  | LogicalLimit
  | LogicalSetOperation
  | LogicalCommonTable
  | LogicalCommonReference
  | LogicalInsert
  | LogicalUpdate
  | LogicalDelete
  | GraphOperator;

export interface PlanColumn {
  readonly column: ColumnId;
  readonly name: string;
  readonly type: SqlType;
}

/** A field of a collection that a scan reads. */
export interface ScanColumn extends PlanColumn {
  /**
   * What it is: a declared column (its number in the table); a path of field names in schemaless documents; the text behind
   * the key's colon (`id`); the key; the row's number in the collection; the whole document.
   */
  readonly source:
    | { readonly kind: "column"; readonly number: number }
    | { readonly kind: "path"; readonly names: readonly string[] }
    | { readonly kind: "id" }
    | { readonly kind: "key" }
    | { readonly kind: "row" }
    | { readonly kind: "document" };
}

/**
 * How a scan finds its rows. The filter above keeps its predicate, so an access path can only leave out rows that the predicate
 * refuses, and never changes a result. The expressions use columns of enclosing queries (or of a dependent join's left side) only.
 *
 * key: rows by primary key, or by `id`; one list of values for each row asked for, duplicates allowed.
 * index: rows whose indexed values begin with `equal` and lie within the bounds, in the index's order, or against it.
 */
export type ScanAccess =
  | { readonly kind: "key"; readonly keys: readonly (readonly BoundExpression[])[] }
  | {
      readonly kind: "index";
      readonly index: string;
      readonly equal: readonly BoundExpression[];
      readonly lower: ScanBound | undefined;
      readonly upper: ScanBound | undefined;
      /** In the place of bounds: a pattern that LIKE matches with the next column, a text. */
      readonly prefix?: BoundExpression | undefined;
      /** What texts begin with, whatever their kind, not a pattern. */
      readonly isText?: true;
      readonly descending: boolean;
    };

export interface ScanBound {
  readonly value: BoundExpression;
  readonly inclusive: boolean;
}

/** Reads the rows of a collection: all of them, until the optimiser finds a better way. */
export interface LogicalScan {
  readonly kind: "LogicalScan";
  /** The prefix: the table's name. */
  readonly collection: string;
  /** For messages and EXPLAIN. */
  readonly alias: string;
  /** True for a declared table. */
  readonly declared: boolean;
  readonly columns: readonly ScanColumn[];
  readonly access: ScanAccess | undefined;
}

/** Rows of expressions; without rows nothing, with one row of none the FROM of `SELECT 1`. */
export interface LogicalValues {
  readonly kind: "LogicalValues";
  readonly columns: readonly PlanColumn[];
  readonly rows: readonly (readonly BoundExpression[])[];
}

/** generate_series(...) and its like: `name` in the table of set-returning functions. */
export interface LogicalFunctionScan {
  readonly kind: "LogicalFunctionScan";
  readonly name: string;
  readonly arguments: readonly BoundExpression[];
  readonly columns: readonly PlanColumn[];
  readonly ordinality: PlanColumn | undefined;
}

/** Hands on the rows for which the predicate is true. */
export interface LogicalFilter {
  readonly kind: "LogicalFilter";
  readonly input: LogicalOperator;
  readonly predicate: BoundExpression;
}

/** Makes columns; hands on all of its input's columns too. (What is unused is pruned.) */
export interface LogicalProject {
  readonly kind: "LogicalProject";
  readonly input: LogicalOperator;
  readonly items: readonly (PlanColumn & { readonly value: BoundExpression })[];
}

/**
 * inner, left, right, full, cross: columns of both. semi, anti: the left's. single: left join that fails when a left row finds
 * two (a scalar subquery). mark: the left's and `mark`, a boolean that is NULL where SQL's IN says so.
 */
export interface LogicalJoin {
  readonly kind: "LogicalJoin";
  readonly join: "inner" | "left" | "right" | "full" | "cross" | "semi" | "anti" | "single" | "mark";
  readonly left: LogicalOperator;
  readonly right: LogicalOperator;
  /** Undefined for a cross join. */
  readonly condition: BoundExpression | undefined;
  readonly mark: PlanColumn | undefined;
  /** The right side uses columns of the left (LATERAL, correlated subqueries that could not be rewritten). */
  readonly dependent: boolean;
}

export interface LogicalAggregateItem extends PlanColumn {
  readonly aggregate: AggregateEntry;
  readonly arguments: readonly BoundExpression[];
  readonly distinct: boolean;
  readonly filter: BoundExpression | undefined;
  readonly orderBy: readonly SortKey[];
}

/** Makes its groups and aggregates, hands on nothing. Without groups: one row, also of no input. */
export interface LogicalAggregate {
  readonly kind: "LogicalAggregate";
  readonly input: LogicalOperator;
  readonly groups: readonly (PlanColumn & { readonly value: BoundExpression })[];
  readonly aggregates: readonly LogicalAggregateItem[];
}

/**
 * What a window function computes. The other ones of SQL are expressions over these (binder/window-call.ts).
 *
 * lag, lead: arguments value, offset (integer), what stands for rows outside of the partition. nth_value: value, number (from 1).
 */
export type WindowFunction =
  | { readonly kind: "row_number" | "rank" | "dense_rank" | "lag" | "lead" | "first_value" | "last_value" | "nth_value" }
  | { readonly kind: "aggregate"; readonly aggregate: AggregateEntry };

/** An end of a frame. `offset` is the same in all rows. */
export type WindowBound = { readonly kind: "unbounded" } | { readonly kind: "current" } | WindowOffset;

export interface WindowOffset {
  readonly kind: "preceding" | "following";
  readonly offset: BoundExpression;
  /** Of RANGE. */
  readonly range: WindowRange | undefined;
}

/** The distance of a RANGE: rows belong to the frame whose `key` is not beyond `limit`, which is NULL where the key is. */
export interface WindowRange {
  /** The only key of the order, as the type in which it is compared. */
  readonly key: BoundExpression;
  /** Offset and key together; undefined: they are integers or doubles, which are added without regard to the type's range. */
  readonly limit: BoundExpression | undefined;
  /** Whether the offset is negative, which is refused. */
  readonly isNegative: BoundExpression;
}

export interface WindowFrame {
  readonly unit: "rows" | "range" | "groups";
  /** "unbounded" is the partition's begin here, its end there. */
  readonly start: WindowBound;
  readonly end: WindowBound;
  readonly exclude: "none" | "current" | "group" | "ties";
}

export interface WindowItem extends PlanColumn {
  readonly function: WindowFunction;
  /** Columns of the input, or the same in all rows; those of an aggregate as it takes them. */
  readonly arguments: readonly BoundExpression[];
  /** Of an aggregate. */
  readonly filter: BoundExpression | undefined;
  /** Of what looks at a frame; else the default one. */
  readonly frame: WindowFrame;
}

/**
 * Hands on each row of the input with what functions make of the rows around it. Requires: the input is in the order of `partitionBy`
 * (of either direction), then of `orderBy`; the rows come out in that order. Partitions and peers are rows with equal values there.
 */
export interface LogicalWindow {
  readonly kind: "LogicalWindow";
  readonly input: LogicalOperator;
  /** Columns, or the same in all rows. */
  readonly partitionBy: readonly BoundExpression[];
  readonly orderBy: readonly SortKey[];
  readonly items: readonly WindowItem[];
}

/** One row of those with equal `on`: the first in input order. Hands on the input's columns. */
export interface LogicalDistinct {
  readonly kind: "LogicalDistinct";
  readonly input: LogicalOperator;
  readonly on: readonly BoundExpression[];
}

export interface SortKey {
  readonly value: BoundExpression;
  readonly descending: boolean;
  readonly nullsFirst: boolean;
}

export interface LogicalSort {
  readonly kind: "LogicalSort";
  readonly input: LogicalOperator;
  readonly keys: readonly SortKey[];
}

export interface LogicalLimit {
  readonly kind: "LogicalLimit";
  readonly input: LogicalOperator;
  /** bigint-typed; undefined or NULL: no limit, no offset. */
  readonly limit: BoundExpression | undefined;
  readonly offset: BoundExpression | undefined;
}

/** Makes `columns` of the columns of both sides, position by position. */
export interface LogicalSetOperation {
  readonly kind: "LogicalSetOperation";
  readonly operator: "union" | "intersect" | "except";
  readonly all: boolean;
  readonly left: LogicalOperator;
  readonly leftColumns: readonly ColumnId[];
  readonly right: LogicalOperator;
  readonly rightColumns: readonly ColumnId[];
  readonly columns: readonly PlanColumn[];
}

/** A WITH query that is computed once, and the plan in which references to it stand. Hands on the plan's columns. */
export interface LogicalCommonTable {
  readonly kind: "LogicalCommonTable";
  readonly table: number;
  readonly name: string;
  readonly definition: LogicalOperator;
  readonly definitionColumns: readonly ColumnId[];
  readonly input: LogicalOperator;
}

export interface LogicalCommonReference {
  readonly kind: "LogicalCommonReference";
  readonly table: number;
  readonly name: string;
  /** One for each of the definition's columns, in order, with new numbers. */
  readonly columns: readonly PlanColumn[];
}

/** RETURNING: columns made for each row that was written. */
export interface Returning {
  readonly items: readonly (PlanColumn & { readonly value: BoundExpression })[];
}

/** Writes rows of a declared table, or documents of a schemaless collection. */
export interface LogicalInsert {
  readonly kind: "LogicalInsert";
  readonly collection: string;
  readonly declared: boolean;
  readonly input: LogicalOperator;
  /** Which column gets which of the input's columns; declared columns that are not named get their default. */
  readonly values: readonly { readonly target: ScanColumn["source"]; readonly name: string; readonly column: ColumnId }[];
  readonly conflict: LogicalConflict | undefined;
  /** The row as it was written; RETURNING uses these. */
  readonly written: readonly ScanColumn[];
  readonly returning: Returning | undefined;
}

export interface LogicalConflict {
  /** "replace": every row that is in the way by any key is removed. */
  readonly action: "nothing" | "update" | "replace";
  /**
   * Columns of the constraint that is meant, in the order of the constraint; empty: any (not with "update"), and in a collection without
   * schema the key.
   */
  readonly target: readonly number[];
  /** The row that is in the way, and the row that was to be inserted (`excluded`). */
  readonly existing: readonly ScanColumn[];
  readonly excluded: readonly ScanColumn[];
  readonly assignments: readonly LogicalAssignment[];
  readonly where: BoundExpression | undefined;
}

export interface LogicalAssignment {
  readonly target: ScanColumn["source"];
  readonly name: string;
  readonly value: BoundExpression;
}

/** The input hands on `row` (ScanColumn source "row") of the target table and the columns that assignments use. */
export interface LogicalUpdate {
  readonly kind: "LogicalUpdate";
  readonly collection: string;
  readonly declared: boolean;
  readonly input: LogicalOperator;
  readonly row: ColumnId;
  readonly assignments: readonly LogicalAssignment[];
  readonly written: readonly ScanColumn[];
  readonly returning: Returning | undefined;
}

export interface LogicalDelete {
  readonly kind: "LogicalDelete";
  readonly collection: string;
  readonly declared: boolean;
  readonly input: LogicalOperator;
  readonly row: ColumnId;
  readonly returning: Returning | undefined;
}

/** What a plan was made from. */
export interface Dependency {
  readonly collection: string;
  readonly version: number;
  /** It had no rows, so the plan does without it: who brings the first one changes what the statement would have read. */
  readonly isAbsent?: boolean;
}

/** A bound statement: what the optimiser and the compiler take. */
export interface LogicalPlan {
  readonly root: LogicalOperator;
  /** The result, in select order; empty for DML without RETURNING. */
  readonly output: readonly PlanColumn[];
  /** Types of $1, $2 ... as inferred. */
  readonly parameters: readonly SqlType[];
  /** Cypher's names of them; undefined: they have numbers. */
  readonly parameterNames?: readonly string[];
  /** Types that the lifted literals are converted to, by slot; a literal with two uses of different types has two entries. */
  readonly literals: readonly { readonly slot: number; readonly negative: boolean; readonly type: SqlType }[];
  /** Collections whose catalog entries were used, with their versions (the plan is void when one differs). */
  readonly dependencies: readonly Dependency[];
  readonly modifies: boolean;
}
