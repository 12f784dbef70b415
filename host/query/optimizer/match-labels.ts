/**
 * Rule match-labels: tests of labels become labels of the scan or expand right below that makes the node, which look at fewer nodes, or
 * at each in passing.
 *
 * An optional expand takes none: the filter above it refuses its row of NULLs too.
 */
import type { BoundExpression, ColumnId } from "../plan/expression.ts";
import type { LogicalFilter, LogicalOperator, PlanColumn } from "../plan/operator.ts";
import { rewriteOperators } from "../plan/walk.ts";
import { conjunction, conjunctsOf, isOperator } from "./predicate.ts";

export function matchLabels(root: LogicalOperator): LogicalOperator {
  return rewriteOperators(root, (operator) => (operator.kind === "LogicalFilter" ? absorb(operator) : operator));
}

function absorb(filter: LogicalFilter): LogicalOperator {
  const node = nodeMadeBy(filter.input);
  if (node === undefined) return filter;
  const labels: string[] = [];
  const staying = conjunctsOf(filter.predicate).filter((conjunct) => {
    const label = labelTested(conjunct, node.column);
    if (label !== undefined) labels.push(label);
    return label === undefined;
  });
  if (labels.length === 0) return filter;
  const input = withLabels(filter.input, labels);
  const predicate = conjunction(staying);
  return predicate === undefined ? input : { ...filter, input, predicate };
}

/** The node whose labels the operator can test itself. */
function nodeMadeBy(operator: LogicalOperator): PlanColumn | undefined {
  if (operator.kind === "LogicalNodeScan") return operator.node;
  if (operator.kind !== "LogicalExpand" && operator.kind !== "LogicalVarExpand") return undefined;
  if (operator.target.kind !== "new" || (operator.kind === "LogicalExpand" && operator.optional)) return undefined;
  return operator.target.node;
}

/** The label that a predicate asks of the node, if that is all it does. */
function labelTested(predicate: BoundExpression, node: ColumnId): string | undefined {
  if (!isOperator(predicate, "has_label")) return undefined;
  const [tested, label] = predicate.arguments;
  if (tested?.kind !== "BoundColumn" || tested.column !== node || label?.kind !== "BoundConstant") return undefined;
  return typeof label.value === "string" ? label.value : undefined;
}

function withLabels(operator: LogicalOperator, labels: readonly string[]): LogicalOperator {
  const joined = (old: readonly string[]): readonly string[] => [...new Set([...old, ...labels])];
  if (operator.kind === "LogicalNodeScan") return { ...operator, labels: joined(operator.labels) };
  if (operator.kind !== "LogicalExpand" && operator.kind !== "LogicalVarExpand") return operator;
  const { target } = operator;
  return target.kind === "new" ? { ...operator, target: { ...target, labels: joined(target.labels) } } : operator;
}
