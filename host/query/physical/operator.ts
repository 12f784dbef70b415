/**
 * Physical operators: how a plan is carried out. What the code generator and the executor take.
 *
 * They follow the logical operators (plan/operator.ts), with the choices made that those leave open: access path, join
 * algorithm and build side, top-k instead of sort and limit. Columns keep their numbers.
 */
import type { AggregateEntry } from "../function/entry.ts";
import type { BoundExpression, ColumnId } from "../plan/expression.ts";
import type { PlanColumn, ScanAccess, ScanColumn, SortKey, WindowFrame, WindowFunction } from "../plan/operator.ts";
import type { SqlType } from "../type/type.ts";
import type { PhysicalGraphOperator } from "./graph-operator.ts";

export type PhysicalOperator =
  | PhysicalScan
  | PhysicalValues
  | PhysicalFunctionScan
  | PhysicalFilter
  | PhysicalProject
  | PhysicalHashJoin
  | PhysicalNestedLoopJoin
  | PhysicalAggregate
  | PhysicalDistinct
  | PhysicalSort
  | PhysicalWindow
  | PhysicalTopK
  | PhysicalLimit
  | PhysicalSetOperation
  | PhysicalCommonTable
  | PhysicalCommonReference
  | PhysicalGraphOperator;

export interface PhysicalScan {
  readonly kind: "PhysicalScan";
  readonly collection: string;
  readonly alias: string;
  readonly declared: boolean;
  readonly columns: readonly PhysicalScanColumn[];
  /** Leaves out rows that the filters above would refuse; undefined: all rows. */
  readonly access: ScanAccess | undefined;
}

export type PhysicalScanColumn = ScanColumn & {
  /** False for a declared column that is NOT NULL. */
  readonly nullable: boolean;
};

export interface PhysicalValues {
  readonly kind: "PhysicalValues";
  readonly columns: readonly PlanColumn[];
  readonly rows: readonly (readonly BoundExpression[])[];
}

export interface PhysicalFunctionScan {
  readonly kind: "PhysicalFunctionScan";
  readonly name: string;
  readonly arguments: readonly BoundExpression[];
  readonly columns: readonly PlanColumn[];
  readonly ordinality: PlanColumn | undefined;
}

export interface PhysicalFilter {
  readonly kind: "PhysicalFilter";
  readonly input: PhysicalOperator;
  readonly predicate: BoundExpression;
}

export interface PhysicalProject {
  readonly kind: "PhysicalProject";
  readonly input: PhysicalOperator;
  readonly items: readonly (PlanColumn & { readonly value: BoundExpression })[];
}

/** Joins are named from the probe side: a right join of the statement is a left join with its sides exchanged. */
export type JoinKind = "inner" | "left" | "full" | "semi" | "anti" | "single" | "mark";

/**
 * The build side goes to a hash table, the probe side looks its rows up there. Keys are equal by `equality` (both of one type);
 * `residual` is what else must be true for a pair. semi, anti and mark hand on the columns of the side that is not `existence`:
 * probe: each probe row once; build: the build rows that (semi) found, (anti) did not find a partner.
 */
export interface PhysicalHashJoin {
  readonly kind: "PhysicalHashJoin";
  readonly join: JoinKind;
  readonly probe: PhysicalOperator;
  readonly build: PhysicalOperator;
  readonly keys: readonly { readonly probe: BoundExpression; readonly build: BoundExpression }[];
  readonly residual: BoundExpression | undefined;
  readonly mark: PlanColumn | undefined;
}

/** The inner side is computed once (or, when dependent, for each outer row) and gone through for each outer row. */
export interface PhysicalNestedLoopJoin {
  readonly kind: "PhysicalNestedLoopJoin";
  readonly join: JoinKind;
  readonly outer: PhysicalOperator;
  readonly inner: PhysicalOperator;
  readonly condition: BoundExpression | undefined;
  readonly mark: PlanColumn | undefined;
  /** Columns of the outer side that the inner one uses; empty: it is computed once. */
  readonly dependsOn: readonly ColumnId[];
}

export interface PhysicalAggregateItem extends PlanColumn {
  readonly aggregate: AggregateEntry;
  readonly arguments: readonly BoundExpression[];
  readonly distinct: boolean;
  readonly filter: BoundExpression | undefined;
}

/** Hash aggregate; without groups one row. Groups come out in the order in which they were first seen. */
export interface PhysicalAggregate {
  readonly kind: "PhysicalAggregate";
  readonly input: PhysicalOperator;
  readonly groups: readonly (PlanColumn & { readonly value: BoundExpression })[];
  readonly aggregates: readonly PhysicalAggregateItem[];
}

export interface PhysicalDistinct {
  readonly kind: "PhysicalDistinct";
  readonly input: PhysicalOperator;
  readonly on: readonly BoundExpression[];
}

/** Stable. */
export interface PhysicalSort {
  readonly kind: "PhysicalSort";
  readonly input: PhysicalOperator;
  readonly keys: readonly SortKey[];
}

/** How far frames reach that begin with their partition: to the row itself, to its last peer, to the partition's end. */
export type WindowReach = "row" | "peers" | "partition";

export interface PhysicalWindowItem extends PlanColumn {
  readonly function: WindowFunction;
  readonly arguments: readonly BoundExpression[];
  readonly filter: BoundExpression | undefined;
  readonly reach: WindowReach;
  /** Ends of a frame of ROWS that moves: of aggregates that values can be taken away from. */
  readonly moving?: Pick<WindowFrame, "start" | "end">;
}

/** Functions over windows that share one order of the rows. Stable. */
export interface PhysicalWindow {
  readonly kind: "PhysicalWindow";
  readonly input: PhysicalOperator;
  /** None: the input is in order. */
  readonly keys: readonly SortKey[];
  readonly windows: readonly {
    readonly partitionBy: readonly BoundExpression[];
    readonly orderBy: readonly SortKey[];
    readonly items: readonly PhysicalWindowItem[];
  }[];
}

/** As sort, then limit; the rows kept are those that a stable sort would give. */
export interface PhysicalTopK {
  readonly kind: "PhysicalTopK";
  readonly input: PhysicalOperator;
  readonly keys: readonly SortKey[];
  readonly limit: BoundExpression;
  readonly offset: BoundExpression | undefined;
}

export interface PhysicalLimit {
  readonly kind: "PhysicalLimit";
  readonly input: PhysicalOperator;
  readonly limit: BoundExpression | undefined;
  readonly offset: BoundExpression | undefined;
}

export interface PhysicalSetOperation {
  readonly kind: "PhysicalSetOperation";
  readonly operator: "union" | "intersect" | "except";
  readonly all: boolean;
  readonly left: PhysicalOperator;
  readonly leftColumns: readonly ColumnId[];
  readonly right: PhysicalOperator;
  readonly rightColumns: readonly ColumnId[];
  readonly columns: readonly PlanColumn[];
}

export interface PhysicalCommonTable {
  readonly kind: "PhysicalCommonTable";
  readonly table: number;
  readonly name: string;
  readonly definition: PhysicalOperator;
  readonly definitionColumns: readonly ColumnId[];
  readonly input: PhysicalOperator;
}

export interface PhysicalCommonReference {
  readonly kind: "PhysicalCommonReference";
  readonly table: number;
  readonly name: string;
  readonly columns: readonly PlanColumn[];
}

export interface PhysicalPlan {
  readonly root: PhysicalOperator;
  readonly output: readonly PlanColumn[];
  readonly parameters: readonly SqlType[];
  readonly literals: readonly { readonly slot: number; readonly type: SqlType }[];
}
