/**
 * MERGE: what its pattern finds, or else creates, row by row.
 *
 * Both are made from one graph, so what is found and what is created have the same columns. Properties are bound with the names that
 * were known before, and computed once for each row: what is looked for is what is created.
 */
import type { ParsedMerge, ParsedMergeAction } from "../../ast/cypher/query.ts";
import type { BoundExpression } from "../../plan/expression.ts";
import type { GraphChange } from "../../plan/graph-operator.ts";
import type { LogicalOperator, LogicalProject } from "../../plan/operator.ts";
import { type CypherBinding, columnReference } from "./binding.ts";
import { bindChanges } from "./change.ts";
import { ONE_ROW } from "./clause.ts";
import { newEntities, nodeValue } from "./create.ts";
import { withPaths } from "./path.ts";
import { type PatternGraph, patternGraph } from "./pattern.ts";
import { type BoundPatternProperty, type BoundProperties, propertiesIn } from "./pattern-predicate.ts";
import { solvePattern } from "./pattern-solve.ts";
import type { ClauseState } from "./scope.ts";

export function bindMerge(binding: CypherBinding, { pattern, actions }: ParsedMerge, { operator, scope }: ClauseState): ClauseState {
  const graph = patternGraph(binding, [pattern], scope, "create");
  const { input, properties } = computedBefore(binding, operator, graph, propertiesIn(binding, scope));
  const { operator: match } = solvePattern({ ...graph, paths: [] }, { binding, input: ONE_ROW, properties });
  const inside = scope.with(...graph.variables);
  const changes = (on: ParsedMergeAction["on"]): readonly GraphChange[] =>
    actions.filter((action) => action.on === on).flatMap(({ items }) => bindChanges(binding, items, inside));
  const created = newEntities(binding, graph, scope, properties);
  const actionsOf = { onCreate: changes("CREATE"), onMatch: changes("MATCH") };
  const merged: LogicalOperator = { kind: "LogicalMergeGraph", input, match, ...created, ...actionsOf };
  return { operator: withPaths(binding, merged, graph.paths, (node) => nodeValue(binding, node)), scope: inside };
}

/** Values of properties as columns of the input; what is one already, or costs nothing, stays. */
function computedBefore(
  binding: CypherBinding,
  operator: LogicalOperator,
  graph: PatternGraph,
  properties: BoundProperties,
): { readonly input: LogicalOperator; readonly properties: BoundProperties } {
  const items: LogicalProject["items"][number][] = [];
  const computed = new Map<object, readonly BoundPatternProperty[]>();
  for (const part of [...graph.nodes, ...graph.hops]) {
    const values = properties(part).map(({ name, value }) => {
      if (isPlain(value)) return { name, value };
      const column = binding.newPlanColumn(name, value.type);
      items.push({ ...column, value });
      return { name, value: columnReference(column) };
    });
    computed.set(part, values);
  }
  const input: LogicalOperator = items.length === 0 ? operator : { kind: "LogicalProject", input: operator, items };
  return { input, properties: (part) => computed.get(part)! };
}

const PLAIN: ReadonlySet<BoundExpression["kind"]> = new Set(["BoundConstant", "BoundLiteral", "BoundParameter", "BoundColumn"]);

function isPlain({ kind }: BoundExpression): boolean {
  return PLAIN.has(kind);
}
