/**
 * Commands on the graph that are no Cypher: GRAPH.*. Nodes and relationships are named by their public ids.
 */
import { type CommandRow, command } from "./table-types.ts";

function graph(name: string, arity: number, flags: string, syntax: string, summary: string, complexity: string): CommandRow {
  return command({
    name,
    arity,
    flags,
    acl: flags === "readonly" ? "read slow" : "write slow",
    since: "1.0.0",
    group: "graph",
    engine: name === "GRAPH.EFFECT" ? "graph-effect" : "graph",
    syntax,
    summary,
    complexity,
  });
}

const OF_PROPERTIES = "O(N) with the size of the properties";

export const graphCommands: readonly CommandRow[] = [
  graph("GRAPH.ADDNODE", -3, "write denyoom", "label json [label ...]", "Makes a node and answers its id.", OF_PROPERTIES),
  graph("GRAPH.GETNODE", 2, "readonly", "id", "Answers the properties of a node as JSON text.", OF_PROPERTIES),
  graph("GRAPH.ADDREL", 5, "write denyoom", "from to type json", "Makes a relationship and answers its id.", OF_PROPERTIES),
  graph(
    "GRAPH.GETRELS",
    -2,
    "readonly",
    "id [OUT | IN | BOTH] [type]",
    "Answers the relationships of a node as JSON texts.",
    "O(N) with the number of relationships",
  ),
  graph(
    "GRAPH.DELETE",
    2,
    "write",
    "id",
    "Deletes a node with its relationships, or a relationship.",
    "O(N) with the number of relationships at the nodes",
  ),
  graph("GRAPH.SETNODEPROP", 4, "write denyoom", "id property json", "Sets a property of a node.", OF_PROPERTIES),
  graph(
    "GRAPH.EFFECT",
    -3,
    "write",
    "kind number [argument ...]",
    "What the log of effects says of a change to the graph; refused from clients.",
    OF_PROPERTIES,
  ),
];
