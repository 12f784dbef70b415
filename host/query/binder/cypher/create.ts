/**
 * CREATE: all of its patterns at once. Properties are bound with the names that were known before the clause, so that nothing of what
 * is being created is read.
 */
import type { ParsedCreatePatterns } from "../../ast/cypher/query.ts";
import type { BoundExpression } from "../../plan/expression.ts";
import type { NewNode, NewRelationship } from "../../plan/graph-operator.ts";
import { type CypherBinding, columnReference } from "./binding.ts";
import { bindExpression, mapOf } from "./expression.ts";
import { operatorCall } from "./function-row.ts";
import { withPaths } from "./path.ts";
import { type PatternGraph, type PatternHop, type PatternNode, patternGraph } from "./pattern.ts";
import { type BoundProperties, propertiesIn } from "./pattern-predicate.ts";
import type { ClauseState, Scope } from "./scope.ts";

export function bindCreate(binding: CypherBinding, { patterns }: ParsedCreatePatterns, { operator, scope }: ClauseState): ClauseState {
  const graph = patternGraph(binding, patterns, scope, "create");
  const created = newEntities(binding, graph, scope, propertiesIn(binding, scope));
  const rows = withPaths(binding, { kind: "LogicalCreateGraph", input: operator, ...created }, graph.paths, (node) =>
    nodeValue(binding, node),
  );
  return { operator: rows, scope: scope.with(...graph.variables) };
}

export interface NewEntities {
  readonly nodes: readonly NewNode[];
  readonly relationships: readonly NewRelationship[];
}

/** What a pattern creates: all of it save the nodes that are known. */
export function newEntities(binding: CypherBinding, graph: PatternGraph, scope: Scope, properties: BoundProperties): NewEntities {
  const propertiesOf = (part: PatternNode | PatternHop): BoundExpression | undefined => {
    if (part.parameter !== undefined) return bindExpression({ binding, scope, aggregates: undefined }, part.parameter);
    return part.properties.length === 0 ? undefined : mapOf(properties(part).map(({ name, value }) => [name, value]));
  };
  const unknown = graph.nodes.filter(({ known }) => known === undefined);
  return {
    nodes: unknown.map((node) => ({ node: node.column, labels: node.labels, properties: propertiesOf(node) })),
    relationships: graph.hops.map((hop) => ({
      ...endsOf(binding, hop),
      relationship: hop.column,
      type: hop.types[0]!,
      properties: propertiesOf(hop),
    })),
  };
}

/** Where a relationship begins and ends; one without a direction goes from left to right. */
function endsOf(binding: CypherBinding, { left, right, direction }: PatternHop): Pick<NewRelationship, "start" | "end"> {
  const [start, end] = direction === "in" ? [right, left] : [left, right];
  return { start: nodeValue(binding, start), end: nodeValue(binding, end) };
}

/** The node that a known variable holds, or the new one. */
export function nodeValue(binding: CypherBinding, { known, column }: PatternNode): BoundExpression {
  if (known === undefined) return columnReference(column);
  return known.type.name === "value" ? operatorCall(binding, "as_node", known) : known;
}
