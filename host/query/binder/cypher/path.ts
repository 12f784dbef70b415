/**
 * Named paths: expressions over the nodes and relationships that were found. A path of no relationships is its node.
 */
import type { BoundExpression } from "../../plan/expression.ts";
import type { LogicalOperator } from "../../plan/operator.ts";
import { type CypherBinding, columnReference } from "./binding.ts";
import { operatorCall } from "./function-row.ts";
import type { PatternHop, PatternNode, PatternPath } from "./pattern.ts";

/** The operator with columns for the paths. */
export function withPaths(
  binding: CypherBinding,
  input: LogicalOperator,
  paths: readonly PatternPath[],
  nodeOf: (node: PatternNode) => BoundExpression,
): LogicalOperator {
  if (paths.length === 0) return input;
  return { kind: "LogicalProject", input, items: paths.map((path) => ({ ...path.column, value: pathValue(binding, path, nodeOf) })) };
}

function pathValue(binding: CypherBinding, { start, hops }: PatternPath, nodeOf: (node: PatternNode) => BoundExpression): BoundExpression {
  const first = operatorCall(binding, "path_start", nodeOf(start));
  return hops.reduce((path, hop) => extended(binding, path, hop, nodeOf(hop.right)), first);
}

function extended(binding: CypherBinding, path: BoundExpression, { column, range }: PatternHop, end: BoundExpression): BoundExpression {
  const walked = columnReference(column);
  return range === undefined ? operatorCall(binding, "path_step", path, walked, end) : operatorCall(binding, "path_extend", path, walked);
}
