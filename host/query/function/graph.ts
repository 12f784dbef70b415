/**
 * What SQL reads of nodes and relationships of the graph, which no function of its own names: their public ids, and their properties as a
 * document. A property by itself is an expression of its own (plan/expression.ts, BoundProperty).
 */
import type { FunctionEntry } from "./entry.ts";
import { engineFunction } from "./row.ts";

const READS = { tagged: true, volatility: "stable" } as const;

const IDS = {
  node: engineFunction("graph_id", ["node"], "text", "node_public_id", READS),
  relationship: engineFunction("graph_id", ["relationship"], "text", "relationship_public_id", READS),
};
const DOCUMENTS = {
  node: engineFunction("graph_properties", ["node"], "jsonb", "node_document", READS),
  relationship: engineFunction("graph_properties", ["relationship"], "jsonb", "relationship_document", READS),
};

/** The public id of a node or relationship: node(...) → text. */
export function publicId(entity: "node" | "relationship"): FunctionEntry {
  return IDS[entity];
}

/** All properties of a node or relationship: node(...) → jsonb. */
export function allProperties(entity: "node" | "relationship"): FunctionEntry {
  return DOCUMENTS[entity];
}
