/**
 * Rule look-up-nodes: where rows are joined with nodes by a property that an index knows, by number or by id, the nodes of each row are
 * looked up in the place of going through all of them. The side of the nodes becomes one that depends on the other, and the join keeps
 * its condition.
 *
 * A look-up costs about LOOKUP_COST nodes of a scan.
 */
import type { LogicalNodeScan } from "../plan/graph-operator.ts";
import type { LogicalJoin, LogicalOperator } from "../plan/operator.ts";
import { columnsOf, rewriteOperators, writes } from "../plan/walk.ts";
import { estimateRows } from "./cardinality.ts";
import { nodeAccess } from "./choose-nodes.ts";
import type { OptimizerContext } from "./context.ts";
import { conjunctsOf, usesOnly, usesSome } from "./predicate.ts";

const LOOKUP_COST = 10;
/** Joins that need no right row without a partner. */
const KINDS: ReadonlySet<LogicalJoin["join"]> = new Set(["inner", "left", "semi", "anti"]);

export function lookUpNodes(root: LogicalOperator, context: OptimizerContext): LogicalOperator {
  return rewriteOperators(root, (operator) => {
    if (operator.kind !== "LogicalJoin" || !KINDS.has(operator.join) || writes(operator.right)) return operator;
    const right = lookedUp(operator, operator.left, operator.right, context);
    if (right !== undefined) return { ...operator, right, dependent: true };
    if (operator.join !== "inner" || operator.dependent || writes(operator.left)) return operator;
    const left = lookedUp(operator, operator.right, operator.left, context);
    return left === undefined ? operator : { ...operator, left: operator.right, right: left, dependent: true };
  });
}

/** The inner side with its first scan looking up what one row of the outer side asks for. */
function lookedUp(
  join: LogicalJoin,
  outer: LogicalOperator,
  inner: LogicalOperator,
  context: OptimizerContext,
): LogicalOperator | undefined {
  const scan = scanBelow(inner);
  if (scan === undefined) return undefined;
  const ofOuter = new Set(columnsOf(outer).map(({ column }) => column));
  const own = new Set([scan.node.column]);
  const between = conjunctsOf(join.condition).filter(
    (conjunct) => usesSome(conjunct, own) && usesSome(conjunct, ofOuter) && usesOnly(conjunct, new Set([...own, ...ofOuter])),
  );
  const access = between.length === 0 ? undefined : nodeAccess(scan, between, context);
  if (access === undefined || (access.kind === "index" && access.equal.length === 0)) return undefined;
  // A dependent side is gone through for each row in any case.
  const isCheap = estimateRows(outer, context) * LOOKUP_COST <= estimateRows(scan, context);
  if (!isCheap && !join.dependent) return undefined;
  return withScan(inner, { ...scan, access });
}

/** The scan that all rows of a plan begin with, through operators that treat each row by itself. */
function scanBelow(operator: LogicalOperator): LogicalNodeScan | undefined {
  switch (operator.kind) {
    case "LogicalNodeScan":
      return operator.access === undefined ? operator : undefined;
    case "LogicalFilter":
    case "LogicalProject":
    case "LogicalExpand":
    case "LogicalVarExpand":
      return scanBelow(operator.input);
    default:
      return undefined;
  }
}

function withScan(operator: LogicalOperator, scan: LogicalNodeScan): LogicalOperator {
  switch (operator.kind) {
    case "LogicalFilter":
    case "LogicalProject":
    case "LogicalExpand":
    case "LogicalVarExpand":
      return { ...operator, input: withScan(operator.input, scan) };
    default:
      return scan;
  }
}
