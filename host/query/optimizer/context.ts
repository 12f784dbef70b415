/**
 * What rules may know besides the plan: how collections can be read, how large they are, and the values of constant expressions.
 * The executor fills it from catalog and engine; a rule that asks nothing works with an empty one.
 */
import type { GraphCatalog } from "../catalog/graph.ts";
import type { BoundConstant, BoundExpression } from "../plan/expression.ts";
import type { ScanColumn } from "../plan/operator.ts";

/** Where the value of a scan's column comes from. */
export type ColumnSource = ScanColumn["source"];

export interface IndexPath {
  readonly name: string;
  readonly unique: boolean;
  readonly columns: readonly { readonly source: ColumnSource; readonly descending: boolean; readonly nullsFirst: boolean }[];
}

/** What is known of a collection's rows. */
export interface CollectionFacts {
  readonly rows: number;
  /** Columns whose values make the key, in order; undefined when the key is a hidden number. */
  readonly primaryKey: readonly ColumnSource[] | undefined;
  readonly indexes: readonly IndexPath[];
  /** Estimated number of distinct values, or undefined. */
  distinctValues(source: ColumnSource): number | undefined;
  /** Estimated share of rows in which the field is NULL, or undefined. */
  nullShare(source: ColumnSource): number | undefined;
}

/** What is known of the property graph. */
export type GraphFacts = Pick<GraphCatalog, "nodes" | "relationships" | "label" | "type" | "indexes">;

export interface OptimizerContext {
  collection(name: string): CollectionFacts | undefined;
  /** Undefined: there is no graph, or nothing is known of it. */
  readonly graph?: GraphFacts | undefined;
  /** The value of an expression without columns, literals, parameters and subqueries; undefined if it fails. */
  evaluate(expression: BoundExpression): BoundConstant | undefined;
  /** Names of rules that are switched off. */
  readonly disabled: ReadonlySet<string>;
}

/** Equal for sources that name the same value of a row. */
export function sourceKey(source: ColumnSource): string {
  if (source.kind === "column") return `c${source.number}`;
  return source.kind === "path" ? `p${JSON.stringify(source.names)}` : source.kind;
}
