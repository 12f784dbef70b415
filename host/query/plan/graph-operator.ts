/**
 * Operators on the property graph: what Cypher's patterns and writing clauses become. A node or a relationship is one column that
 * holds its number; what is read of it are expressions (BoundProperty), so a plan always sees it as it is now.
 *
 * Reading operators hand on their input's columns besides their own. Those that write take in all of their input first, then write
 * row by row, then hand on the rows: a clause sees the graph as the clause before left it (openCypher 9, "Clauses").
 */
import type { BoundExpression } from "./expression.ts";
import type { LogicalOperator, PlanColumn, ScanBound } from "./operator.ts";

export type GraphOperator =
  | LogicalNodeScan
  | LogicalRelationshipScan
  | LogicalExpand
  | LogicalCountExpand
  | LogicalVarExpand
  | LogicalShortestPath
  | LogicalCreateGraph
  | LogicalMergeGraph
  | LogicalSetGraph
  | LogicalDeleteGraph
  | LogicalForeach;

/** `both`: a loop is found once. */
export type Direction = "out" | "in" | "both";

/**
 * How a scan finds its nodes. As with `ScanAccess` the filter above keeps its predicate; expressions use columns of enclosing queries
 * only.
 *
 * number: the nodes with these numbers (bigint). id: those with these public ids (text). index: through an index of one of the labels.
 */
export type NodeAccess =
  | { readonly kind: "number" | "id"; readonly values: readonly BoundExpression[] }
  | {
      readonly kind: "index";
      readonly index: string;
      readonly equal: readonly BoundExpression[];
      readonly lower: ScanBound | undefined;
      readonly upper: ScanBound | undefined;
      readonly prefix?: BoundExpression | undefined;
      /** What texts begin with, whatever their kind, not a pattern. */
      readonly isText?: true;
      readonly descending: boolean;
    };

/** The nodes that have all of the labels. */
export interface LogicalNodeScan {
  readonly kind: "LogicalNodeScan";
  readonly node: PlanColumn;
  readonly labels: readonly string[];
  readonly access: NodeAccess | undefined;
}

/** The relationships of one of the types (none: all), each once, with the nodes where it begins and ends. */
export interface LogicalRelationshipScan {
  readonly kind: "LogicalRelationshipScan";
  readonly relationship: PlanColumn;
  readonly start: PlanColumn;
  readonly end: PlanColumn;
  readonly types: readonly string[];
  readonly access: Extract<NodeAccess, { readonly kind: "number" | "id" }> | undefined;
}

/** The far end of an expand: a new column, or `into` a node that is known. */
export type ExpandTarget =
  | { readonly kind: "new"; readonly node: PlanColumn; readonly labels: readonly string[] }
  | { readonly kind: "into"; readonly node: BoundExpression };

/**
 * A row for each relationship of `from`, in a direction, of one of the types (none: whatever type). No row where `from` is NULL.
 * `optional`: one row with NULLs where there is no other.
 */
export interface LogicalExpand {
  readonly kind: "LogicalExpand";
  readonly input: LogicalOperator;
  readonly from: BoundExpression;
  readonly direction: Direction;
  readonly types: readonly string[];
  readonly target: ExpandTarget;
  readonly relationship: PlanColumn;
  readonly optional: boolean;
}

/**
 * How many rows an expand to a new node would give whose condition is true and whose relationship is none of `others`: one row with that
 * number, or none. The condition uses `from` and the operator's own `node` and `relationship` alone. No row where `from` or one of `others`
 * is NULL.
 */
export interface LogicalCountExpand {
  readonly kind: "LogicalCountExpand";
  readonly input: LogicalOperator;
  readonly from: BoundExpression;
  readonly direction: Direction;
  readonly types: readonly string[];
  readonly node: PlanColumn;
  readonly relationship: PlanColumn;
  readonly labels: readonly string[];
  readonly condition: BoundExpression | undefined;
  readonly others: readonly BoundExpression[];
  readonly count: PlanColumn;
}

/** A predicate on each step of a path: it uses `relationship`, and columns of the input. */
export interface StepPredicate {
  readonly relationship: PlanColumn;
  readonly condition: BoundExpression;
}

/**
 * A row for each path of `minimum` to `maximum` relationships (undefined: any number), none of them twice. `relationships` is their
 * list, in the order of the walk.
 */
export interface LogicalVarExpand {
  readonly kind: "LogicalVarExpand";
  readonly input: LogicalOperator;
  readonly from: BoundExpression;
  readonly direction: Direction;
  readonly types: readonly string[];
  readonly target: ExpandTarget;
  readonly relationships: PlanColumn;
  readonly minimum: number;
  readonly maximum: number | undefined;
  readonly step: StepPredicate | undefined;
  /** Nothing asks for the list, nor for how often an end is reached: each end once, breadth first. */
  readonly reachable: boolean;
}

/** One shortest path, or all of them, between two nodes that are known; a row for each. */
export interface LogicalShortestPath {
  readonly kind: "LogicalShortestPath";
  readonly input: LogicalOperator;
  readonly from: BoundExpression;
  readonly to: BoundExpression;
  readonly direction: Direction;
  readonly types: readonly string[];
  readonly relationships: PlanColumn;
  readonly minimum: number;
  readonly maximum: number | undefined;
  readonly step: StepPredicate | undefined;
  readonly all: boolean;
}

/** A new node; `properties` is a map, NULL or undefined. */
export interface NewNode {
  readonly node: PlanColumn;
  readonly labels: readonly string[];
  readonly properties: BoundExpression | undefined;
}

export interface NewRelationship {
  readonly relationship: PlanColumn;
  readonly type: string;
  readonly start: BoundExpression;
  readonly end: BoundExpression;
  readonly properties: BoundExpression | undefined;
}

/** All that a CREATE makes for a row: nodes first, in order of the text. */
export interface LogicalCreateGraph {
  readonly kind: "LogicalCreateGraph";
  readonly input: LogicalOperator;
  readonly nodes: readonly NewNode[];
  readonly relationships: readonly NewRelationship[];
}

/** `target` is a node, a relationship or NULL, which is left alone. Properties that become NULL are removed. */
export type GraphChange =
  | { readonly kind: "property"; readonly target: BoundExpression; readonly name: string; readonly value: BoundExpression }
  /** `merge`: what the map does not name stays. The value is a map, a node or a relationship. */
  | { readonly kind: "properties"; readonly target: BoundExpression; readonly merge: boolean; readonly value: BoundExpression }
  | { readonly kind: "labels"; readonly target: BoundExpression; readonly labels: readonly string[]; readonly remove: boolean };

/**
 * For each row: the rows of `match`, which depends on the row, with `onMatch`; or else one row with what is created, with `onCreate`.
 * The columns of `nodes` and `relationships` are columns of `match` too. A row sees what the rows before it have made. A property that
 * is NULL is an error.
 */
export interface LogicalMergeGraph {
  readonly kind: "LogicalMergeGraph";
  readonly input: LogicalOperator;
  readonly match: LogicalOperator;
  readonly nodes: readonly NewNode[];
  readonly relationships: readonly NewRelationship[];
  readonly onCreate: readonly GraphChange[];
  readonly onMatch: readonly GraphChange[];
}

/** SET and REMOVE. */
export interface LogicalSetGraph {
  readonly kind: "LogicalSetGraph";
  readonly input: LogicalOperator;
  readonly changes: readonly GraphChange[];
}

/** Values are nodes, relationships, paths or NULL. All of the clause's relationships go before its nodes. */
export interface LogicalDeleteGraph {
  readonly kind: "LogicalDeleteGraph";
  readonly input: LogicalOperator;
  readonly values: readonly BoundExpression[];
  readonly detach: boolean;
}

/** For each row and each item of the list: runs `body`, which depends on both and whose rows nobody sees. */
export interface LogicalForeach {
  readonly kind: "LogicalForeach";
  readonly input: LogicalOperator;
  readonly list: BoundExpression;
  readonly item: PlanColumn;
  readonly body: LogicalOperator;
}

/** Columns that an operator adds to its input's. */
export function graphColumns(operator: GraphOperator): readonly PlanColumn[] {
  switch (operator.kind) {
    case "LogicalNodeScan":
      return [operator.node];
    case "LogicalRelationshipScan":
      return [operator.relationship, operator.start, operator.end];
    case "LogicalExpand":
      return [...newNodes(operator.target), operator.relationship];
    case "LogicalCountExpand":
      return [operator.count];
    case "LogicalVarExpand":
      return [...newNodes(operator.target), operator.relationships];
    case "LogicalShortestPath":
      return [operator.relationships];
    case "LogicalCreateGraph":
    case "LogicalMergeGraph":
      return [...operator.nodes.map(({ node }) => node), ...operator.relationships.map(({ relationship }) => relationship)];
    case "LogicalSetGraph":
    case "LogicalDeleteGraph":
    case "LogicalForeach":
      return [];
  }
}

function newNodes(target: ExpandTarget): readonly PlanColumn[] {
  return target.kind === "new" ? [target.node] : [];
}
