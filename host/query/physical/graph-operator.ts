/**
 * Physical operators on the property graph that read: those of plan/graph-operator.ts, whose fields say what they mean, with the choices
 * made that they leave open.
 */
import type { BoundExpression } from "../plan/expression.ts";
import type { Direction, ExpandTarget, NodeAccess, StepPredicate } from "../plan/graph-operator.ts";
import type { PlanColumn } from "../plan/operator.ts";
import type { PhysicalOperator } from "./operator.ts";

export type PhysicalGraphOperator =
  | PhysicalNodeScan
  | PhysicalRelationshipScan
  | PhysicalExpand
  | PhysicalCountExpand
  | PhysicalVarExpand
  | PhysicalShortestPath;

export interface PhysicalNodeScan {
  readonly kind: "PhysicalNodeScan";
  readonly node: PlanColumn;
  readonly labels: readonly string[];
  readonly access: NodeAccess | undefined;
}

export interface PhysicalRelationshipScan {
  readonly kind: "PhysicalRelationshipScan";
  readonly relationship: PlanColumn;
  readonly start: PlanColumn;
  readonly end: PlanColumn;
  readonly types: readonly string[];
  readonly access: Extract<NodeAccess, { readonly kind: "number" | "id" }> | undefined;
}

export interface PhysicalExpand {
  readonly kind: "PhysicalExpand";
  readonly input: PhysicalOperator;
  readonly from: BoundExpression;
  readonly direction: Direction;
  readonly types: readonly string[];
  readonly target: ExpandTarget;
  readonly relationship: PlanColumn;
  readonly optional: boolean;
}

export interface PhysicalCountExpand {
  readonly kind: "PhysicalCountExpand";
  readonly input: PhysicalOperator;
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

export interface PhysicalVarExpand {
  readonly kind: "PhysicalVarExpand";
  readonly input: PhysicalOperator;
  readonly from: BoundExpression;
  readonly direction: Direction;
  readonly types: readonly string[];
  readonly target: ExpandTarget;
  readonly relationships: PlanColumn;
  readonly minimum: number;
  readonly maximum: number | undefined;
  readonly step: StepPredicate | undefined;
  readonly reachable: boolean;
}

export interface PhysicalShortestPath {
  readonly kind: "PhysicalShortestPath";
  readonly input: PhysicalOperator;
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

/** The columns that an operator adds to those of its input. */
export function addedColumns(operator: PhysicalGraphOperator): readonly PlanColumn[] {
  switch (operator.kind) {
    case "PhysicalNodeScan":
      return [operator.node];
    case "PhysicalRelationshipScan":
      return [operator.relationship, operator.start, operator.end];
    case "PhysicalExpand":
      return [...newNodes(operator.target), operator.relationship];
    case "PhysicalCountExpand":
      return [operator.count];
    case "PhysicalVarExpand":
      return [...newNodes(operator.target), operator.relationships];
    case "PhysicalShortestPath":
      return [operator.relationships];
  }
}

function newNodes(target: ExpandTarget): readonly PlanColumn[] {
  return target.kind === "new" ? [target.node] : [];
}
