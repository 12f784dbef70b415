/**
 * Estimates for patterns: how many nodes a scan gives, and how many rows a hop makes of one.
 *
 * Labels are taken for independent of each other and of types: of a label's nodes as many have another one as of all nodes, and each node
 * has as many relationships of a type as the graph has for a node.
 */
import type {
  LogicalCountExpand,
  LogicalExpand,
  LogicalNodeScan,
  LogicalRelationshipScan,
  LogicalVarExpand,
} from "../plan/graph-operator.ts";
import type { LogicalOperator } from "../plan/operator.ts";
import type { GraphFacts } from "./context.ts";

/** Rows of what nothing is known of. */
export const ROWS_UNKNOWN = 1000;
/** Relationships of a node in a graph that is not known. */
const DEGREE_UNKNOWN = 10;
/** Of a label's nodes, the share that an index of equal values finds. */
const INDEX_SHARE = 0.01;
/** Steps of a walk without a maximum that are counted: it ends somewhere, or all of it is there. */
const STEPS_UNBOUNDED = 4;

type GraphReader = LogicalNodeScan | LogicalRelationshipScan | LogicalExpand | LogicalCountExpand | LogicalVarExpand;

/** `rowsOf` estimates the rows of an input. At least 1. */
export function estimateGraphRows(
  operator: GraphReader,
  rowsOf: (input: LogicalOperator) => number,
  facts: GraphFacts | undefined,
): number {
  switch (operator.kind) {
    case "LogicalNodeScan": {
      const nodes = Math.max(1, nodesWith(operator.labels, facts));
      if (operator.access === undefined) return nodes;
      return operator.access.kind === "index" ? Math.max(1, nodes * INDEX_SHARE) : operator.access.values.length;
    }
    case "LogicalRelationshipScan":
      return operator.access === undefined ? Math.max(1, relationshipsOf(operator.types, facts)) : operator.access.values.length;
    case "LogicalCountExpand":
      return rowsOf(operator.input);
    case "LogicalExpand":
    case "LogicalVarExpand": {
      const rows = rowsOf(operator.input);
      const found = Math.max(1, rows * hopFactor(operator, facts));
      return operator.kind === "LogicalExpand" && operator.optional ? Math.max(rows, found) : found;
    }
  }
}

/** Nodes that have all of the labels. */
export function nodesWith(labels: readonly string[], facts: GraphFacts | undefined): number {
  if (facts === undefined) return labels.length === 0 ? ROWS_UNKNOWN : ROWS_UNKNOWN * 0.1 ** labels.length;
  return facts.nodes() * labelShare(labels, facts);
}

/** The share of all nodes that has all of the labels. */
export function labelShare(labels: readonly string[], facts: GraphFacts | undefined): number {
  if (facts === undefined) return 0.1 ** labels.length;
  const nodes = Math.max(1, facts.nodes());
  return labels.reduce((share, label) => share * ((facts.label(label) ?? 0) / nodes), 1);
}

/** Relationships of one of the types; none: all. */
export function relationshipsOf(types: readonly string[], facts: GraphFacts | undefined): number {
  if (facts === undefined) return ROWS_UNKNOWN * DEGREE_UNKNOWN;
  if (types.length === 0) return facts.relationships();
  return types.reduce((sum, type) => sum + (facts.type(type) ?? 0), 0);
}

/** Rows that a hop makes of a row. */
export function hopFactor(
  hop: Pick<LogicalExpand | LogicalVarExpand, "direction" | "types" | "target">,
  facts: GraphFacts | undefined,
): number {
  const nodes = Math.max(1, facts?.nodes() ?? ROWS_UNKNOWN);
  const degree = (relationshipsOf(hop.types, facts) / nodes) * (hop.direction === "both" ? 2 : 1);
  const ends = "minimum" in hop ? walks(degree, hop as LogicalVarExpand) : degree;
  return ends * (hop.target.kind === "new" ? labelShare(hop.target.labels, facts) : 1 / nodes);
}

function walks(degree: number, { minimum, maximum = minimum + STEPS_UNBOUNDED }: LogicalVarExpand): number {
  let sum = 0;
  for (let step = minimum; step <= Math.min(maximum, minimum + STEPS_UNBOUNDED); step++) sum += degree ** step;
  return sum;
}
