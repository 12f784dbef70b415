/**
 * Cypher's functions of nodes, relationships and paths (assembly/runtime/value-function-graph.ts). What they answer depends on the graph,
 * which a statement may change while it runs.
 */
import { arrayOf, plainType } from "../../type/type.ts";
import { type CypherKind, type CypherRow, functionRow } from "./row.ts";

const LIST = arrayOf(plainType("value"));
const STABLE = { volatility: "stable" } as const;
const NODE: readonly CypherKind[] = ["node"];
const RELATIONSHIP: readonly CypherKind[] = ["relationship"];
const PATH: readonly CypherKind[] = ["path"];
const ENTITY: readonly CypherKind[] = ["node", "relationship"];
const HOLDER: readonly CypherKind[] = ["map", "node", "relationship"];

export const GRAPH_FUNCTIONS: readonly CypherRow[] = [
  functionRow("id", [ENTITY], "bigint", "value_id"),
  functionRow("elementId", [ENTITY], "text", "value_element_id"),
  functionRow("labels", [NODE], LIST, "value_labels", STABLE),
  functionRow("type", [RELATIONSHIP], "text", "value_relationship_type", STABLE),
  functionRow("startNode", [RELATIONSHIP], "node", "value_start_node", STABLE),
  functionRow("endNode", [RELATIONSHIP], "node", "value_end_node", STABLE),
  functionRow("properties", [HOLDER], "map", "value_properties", STABLE),
  functionRow("keys", [HOLDER], LIST, "value_keys", STABLE),
  functionRow("length", [PATH], "bigint", "value_path_length"),
  functionRow("nodes", [PATH], LIST, "value_path_parts", { extra: [0] }),
  functionRow("relationships", [PATH], LIST, "value_path_parts", { extra: [1] }),
];
