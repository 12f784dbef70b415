/**
 * What is known of a database's property graph: its labels and relationship types, how often they occur, and the property indexes of
 * labels; and such an index as the JSON text that its key `_internal:label_indexes:<index>` holds:
 *
 *   {"index_name", "label", "properties": [name], "constraint": "UNIQUE" | "NOT NULL" | "KEY", where it is one}
 *
 * Reading what was written gives the same; reading anything else gives the index or an error (XX001): the keys can be written by hand.
 */
import { JsonReader } from "./schema-json.ts";

export interface CatalogLabelIndex {
  readonly name: string;
  readonly label: string;
  /** In the order in which the index has them. */
  readonly properties: readonly string[];
  /** What it demands of nodes, if it is a constraint. */
  readonly constraint?: LabelConstraint;
}

export type LabelConstraint = "UNIQUE" | "NOT NULL" | "KEY";

const CONSTRAINTS: readonly string[] = ["UNIQUE", "NOT NULL", "KEY"] satisfies readonly LabelConstraint[];

/** Names are exactly as written. A label or type is known once something has had it, and until the graph is gone. */
export interface GraphCatalog {
  nodes(): number;
  relationships(): number;
  /** How many nodes have the label; undefined: it is not known. */
  label(name: string): number | undefined;
  /** How many relationships have the type; undefined: it is not known. */
  type(name: string): number | undefined;
  labels(): readonly string[];
  types(): readonly string[];
  /** Of a label, or all of them. */
  indexes(label?: string): readonly CatalogLabelIndex[];
}

/**
 * The graph as a plan depends on it, by `Catalog.version`: it changes with the names of labels and types, and with indexes, not with the
 * counts. No collection's name has a colon.
 */
export const GRAPH_DEPENDENCY = ":graph";

/**
 * The properties that nodes with a label, or relationships of a type, have: under this name `Catalog.fields` and `Catalog.version` know them
 * as they know the fields of a collection.
 */
export function entityFields(entity: "node" | "relationship", name: string): string {
  return `${entity === "node" ? LABEL_FIELDS : TYPE_FIELDS}${name}`;
}

export const LABEL_FIELDS = ":label:";
export const TYPE_FIELDS = ":type:";

export const LABEL_INDEX_KEYS = "_internal:label_indexes:";

export function writeLabelIndex({ name, label, properties, constraint }: CatalogLabelIndex): string {
  return JSON.stringify({ index_name: name, label, properties, constraint });
}

export function readLabelIndex(text: string): CatalogLabelIndex {
  const reader = new JsonReader("label index", text);
  const root = reader.object(reader.root, "");
  const properties = reader.list(root.get("properties"), "properties").map((name) => reader.text(name, "properties"));
  if (properties.length === 0) throw reader.broken("properties");
  const constraint = root.get("constraint") === undefined ? undefined : reader.text(root.get("constraint"), "constraint");
  if (constraint !== undefined && !CONSTRAINTS.includes(constraint)) throw reader.broken("constraint");
  return {
    name: reader.text(root.get("index_name"), "index_name"),
    label: reader.text(root.get("label"), "label"),
    properties,
    ...(constraint === undefined ? {} : { constraint: constraint as LabelConstraint }),
  };
}
