/**
 * CREATE: all of its patterns at once, nodes before relationships. Properties may use what is known before the clause, and what is made
 * before them.
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
  const created = newEntities(binding, graph, scope, propertiesInOrder(binding, graph, scope));
  const rows = withPaths(binding, { kind: "LogicalCreateGraph", input: operator, ...created }, graph.paths, (node) =>
    nodeValue(binding, node),
  );
  return { operator: rows, scope: scope.with(...graph.variables) };
}

/** Properties of each part with the names of those that are made before it. */
function propertiesInOrder(binding: CypherBinding, graph: PatternGraph, scope: Scope): BoundProperties {
  const bound = new Map<PatternNode | PatternHop, ReturnType<BoundProperties>>();
  let known = scope;
  for (const part of [...graph.nodes, ...graph.hops]) {
    bound.set(part, propertiesIn(binding, known)(part));
    known = known.with(...graph.variables.filter(({ column }) => column === part.column.column));
  }
  return (part) => bound.get(part)!;
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
