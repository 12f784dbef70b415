/**
 * CREATE: all of its patterns at once, nodes before relationships. Properties may use what is known before the clause, and what is made
 * before them. A node that is written with the `_id` of one that exists is that node.
 */
import type { ParsedCreatePatterns } from "../../ast/cypher/query.ts";
import type { BoundExpression } from "../../plan/expression.ts";
import type { NewNode, NewRelationship } from "../../plan/graph-operator.ts";
import type { LogicalOperator } from "../../plan/operator.ts";
import { BOOLEAN, type CypherBinding, columnReference, constant } from "./binding.ts";
import { entityProperty, ID_NAME } from "./entity.ts";
import { bindExpression, mapOf } from "./expression.ts";
import { operatorCall } from "./function-row.ts";
import { withPaths } from "./path.ts";
import { type PatternGraph, type PatternHop, type PatternNode, patternGraph } from "./pattern.ts";
import { type BoundProperties, propertiesIn } from "./pattern-predicate.ts";
import type { ClauseState, Scope } from "./scope.ts";

export function bindCreate(binding: CypherBinding, { patterns }: ParsedCreatePatterns, { operator, scope }: ClauseState): ClauseState {
  const graph = patternGraph(binding, patterns, scope, "create");
  const properties = propertiesInOrder(binding, graph, scope);
  const met = graph.nodes.filter((node) => isMet(binding, node));
  const input = met.reduce((rows, node) => withMet(binding, rows, node, properties(node)[0]!.value), operator);
  const made = { ...graph, nodes: graph.nodes.filter((node) => !met.includes(node)) };
  const created = newEntities(binding, made, scope, properties);
  const rows = withPaths(binding, { kind: "LogicalCreateGraph", input, ...created }, graph.paths, (node) => nodeValue(binding, node));
  return { operator: rows, scope: scope.with(...graph.variables) };
}

/** Whether a node is one that exists: it has an id. */
function isMet(binding: CypherBinding, { known, properties, position }: PatternNode): boolean {
  if (known !== undefined || !properties.some(({ name }) => name === ID_NAME)) return false;
  if (properties.length === 1) return true;
  const message = "a node that is created cannot be given its `_id`, and one that exists gets no properties by CREATE";
  throw binding.syntaxError("InvalidPropertyUse", message, position);
}

/** The rows with the node of an id; NULL where there is none, to which no relationship can lead. */
function withMet(binding: CypherBinding, left: LogicalOperator, { column, labels }: PatternNode, id: BoundExpression): LogicalOperator {
  const access = { kind: "id", values: [id] } as const;
  const scan: LogicalOperator = { kind: "LogicalNodeScan", node: column, labels, access };
  const predicate = operatorCall(binding, "=", entityProperty(binding, columnReference(column), ID_NAME), id);
  const right: LogicalOperator = { kind: "LogicalFilter", input: scan, predicate };
  return { kind: "LogicalJoin", join: "left", left, right, condition: constant(true, BOOLEAN), mark: undefined, dependent: true };
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
