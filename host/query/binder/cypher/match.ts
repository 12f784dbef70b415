/**
 * MATCH and OPTIONAL MATCH.
 *
 * The patterns of one MATCH are one graph, and WHERE is a filter above all of it. OPTIONAL MATCH is a left join: its right side begins
 * with one row without columns and uses the rows of the left side as a subquery does. One hop from a known node that asks for nothing
 * else is an optional expand.
 */
import type { CypherExpression } from "../../ast/cypher/expression.ts";
import type { ParsedPattern } from "../../ast/cypher/pattern.ts";
import type { ParsedMatch } from "../../ast/cypher/query.ts";
import type { LogicalExpand } from "../../plan/graph-operator.ts";
import type { LogicalOperator } from "../../plan/operator.ts";
import { outerColumns, writes } from "../../plan/walk.ts";
import { BOOLEAN, type CypherBinding, columnReference, constant } from "./binding.ts";
import { ONE_ROW } from "./clause.ts";
import { bindCondition } from "./expression.ts";
import { withPaths } from "./path.ts";
import { type PatternGraph, type PatternHop, type PatternUse, patternGraph } from "./pattern.ts";
import { propertiesIn } from "./pattern-predicate.ts";
import { type RowPattern, rowPattern } from "./pattern-row.ts";
import { solvePattern } from "./pattern-solve.ts";
import type { ClauseState } from "./scope.ts";

export function bindMatch(binding: CypherBinding, clause: ParsedMatch, state: ClauseState): ClauseState {
  return clause.optional ? bindOptional(binding, clause, state) : matchPatterns(binding, clause.patterns, clause.where, state, "match");
}

/** The rows of a state with all that patterns find for them. Variables that were values are nodes from here on. */
export function matchPatterns(
  binding: CypherBinding,
  patterns: readonly ParsedPattern[],
  where: CypherExpression | undefined,
  { operator: input, scope }: ClauseState,
  use: PatternUse,
): ClauseState {
  return solved(binding, rowPattern(binding, patternGraph(binding, patterns, scope, use)), where, { operator: input, scope });
}

/** The rows of tables are found first, then the graph's part of the pattern. */
function solved(
  binding: CypherBinding,
  { graph, variables, found, conditions }: RowPattern,
  where: CypherExpression | undefined,
  { operator: before, scope }: ClauseState,
): ClauseState {
  const inside = scope.with(...variables);
  const properties = propertiesIn(binding, inside);
  const input = found === undefined ? before : found(before);
  const { operator, entities } = solvePattern(graph, { binding, input, properties });
  const known = inside.with(...entities);
  const tested = conditions(properties).reduce<LogicalOperator>(
    (tests, predicate) => ({ kind: "LogicalFilter", input: tests, predicate }),
    operator,
  );
  return { operator: filtered(binding, tested, where, known), scope: known };
}

type Known = ClauseState["scope"];

function filtered(binding: CypherBinding, input: LogicalOperator, where: CypherExpression | undefined, scope: Known): LogicalOperator {
  if (where === undefined) return input;
  return { kind: "LogicalFilter", input, predicate: bindCondition({ binding, scope, aggregates: undefined }, where) };
}

function bindOptional(binding: CypherBinding, clause: ParsedMatch, { operator: left, scope }: ClauseState): ClauseState {
  const pattern = rowPattern(binding, patternGraph(binding, clause.patterns, scope, "match"));
  const { graph, variables } = pattern;
  const expand = clause.where === undefined && pattern.found === undefined ? optionalExpand(binding, graph, left) : undefined;
  const inside = scope.with(...variables);
  if (expand !== undefined) return { operator: expand, scope: inside };
  const { operator: right } = solved(binding, pattern, clause.where, { operator: ONE_ROW, scope });
  const dependent = outerColumns(right).size > 0 || writes(left);
  const condition = constant(true, BOOLEAN);
  return { operator: { kind: "LogicalJoin", join: "left", left, right, condition, mark: undefined, dependent }, scope: inside };
}

/** One relationship from a known node, of which nothing is asked but its direction and types and the labels of the new node. */
function optionalExpand(binding: CypherBinding, graph: PatternGraph, input: LogicalOperator): LogicalOperator | undefined {
  const [hop, ...more] = graph.hops;
  if (hop === undefined || more.length > 0 || !isPlain(hop) || graph.nodes.some((node) => !isOfHop(hop, node))) return undefined;
  const { left, right, direction, types, column } = hop;
  const expand = { kind: "LogicalExpand", input, types, relationship: column, optional: true } as const;
  const made = ((): LogicalExpand | undefined => {
    if (left.known === undefined) {
      if (right.known === undefined) return undefined;
      const back = direction === "both" ? "both" : direction === "out" ? "in" : "out";
      return { ...expand, from: right.known, direction: back, target: { kind: "new", node: left.column, labels: left.labels } };
    }
    const target = right.known === undefined ? newTarget(right) : ({ kind: "into", node: right.known } as const);
    return { ...expand, from: left.known, direction, target };
  })();
  return made && withPaths(binding, made, graph.paths, ({ known, column: own }) => known ?? columnReference(own));
}

function newTarget({ column, labels }: PatternHop["right"]): LogicalExpand["target"] {
  return { kind: "new", node: column, labels };
}

function isPlain({ range, known, properties, shortest, left, right }: PatternHop): boolean {
  if (range !== undefined || known !== undefined || properties.length > 0 || shortest !== undefined) return false;
  return [left, right].every((node) => node.properties.length === 0 && (node.known === undefined || isPlainNode(node)));
}

function isPlainNode({ known, labels }: PatternHop["left"]): boolean {
  return known?.type.name === "node" && labels.length === 0;
}

function isOfHop({ left, right }: PatternHop, node: PatternHop["left"]): boolean {
  return node === left || node === right;
}
