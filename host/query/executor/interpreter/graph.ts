/**
 * Operators on the property graph (plan/graph-operator.ts): which file runs which.
 */
import type { GraphOperator } from "../../plan/graph-operator.ts";
import type { Context, Run } from "./context.ts";
import { compileCountExpand, compileExpand, compileNodeScan, compileRelationshipScan } from "./graph-scan.ts";
import { compileShortestPath } from "./graph-shortest.ts";
import { compileVarExpand } from "./graph-walk.ts";
import { compileCreateGraph, compileDeleteGraph, compileForeach, compileMergeGraph, compileSetGraph } from "./graph-write.ts";

/** The run of an operator that reads or writes the graph. */
export function compileGraphOperator(operator: GraphOperator, context: Context): Run {
  switch (operator.kind) {
    case "LogicalNodeScan":
      return compileNodeScan(operator, context);
    case "LogicalRelationshipScan":
      return compileRelationshipScan(operator, context);
    case "LogicalExpand":
      return compileExpand(operator, context);
    case "LogicalCountExpand":
      return compileCountExpand(operator, context);
    case "LogicalVarExpand":
      return compileVarExpand(operator, context);
    case "LogicalShortestPath":
      return compileShortestPath(operator, context);
    case "LogicalCreateGraph":
      return compileCreateGraph(operator, context);
    case "LogicalMergeGraph":
      return compileMergeGraph(operator, context);
    case "LogicalSetGraph":
      return compileSetGraph(operator, context);
    case "LogicalDeleteGraph":
      return compileDeleteGraph(operator, context);
    case "LogicalForeach":
      return compileForeach(operator, context);
  }
}
