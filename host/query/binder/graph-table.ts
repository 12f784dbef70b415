/**
 * Labels and relationship types of the graph as tables of FROM, which SQL can read and not write: a name that is no table, view or collection,
 * exactly as written.
 *
 *   label   _id text, properties jsonb
 *   type    _id text, _from_id text, _to_id text, properties jsonb
 *
 * Any other name is a property, as a field is of documents: `SELECT *` has the columns above, `p.name` and `p.properties.name` are the
 * property `name`, a dynamic value.
 */
import type { ParsedNames } from "../ast/name.ts";
import { entityFields, GRAPH_DEPENDENCY, LABEL_FIELDS, TYPE_FIELDS } from "../catalog/graph.ts";
import { allProperties, publicId } from "../function/graph.ts";
import type { BoundColumn } from "../plan/expression.ts";
import type { LogicalOperator, PlanColumn } from "../plan/operator.ts";
import { plainType } from "../type/type.ts";
import type { Binding } from "./binding.ts";
import { call } from "./coerce.ts";
import { PROPERTIES, type Source, type SourceColumn, type SourceScan } from "./scope.ts";

/** What a name in FROM means in the graph. */
export interface GraphTable {
  readonly entity: "node" | "relationship";
  /** The label or the type. */
  readonly name: string;
}

/** The label or type that a name means, which is no collection; the plan depends on what there is. */
export function findGraphTable(binding: Binding, names: ParsedNames, collection: string): GraphTable | undefined {
  const { graph } = binding.catalog;
  const [only] = names;
  if (graph === undefined || only === undefined || names.length > 1 || binding.catalog.version(collection) !== 0) return undefined;
  binding.dependOn(GRAPH_DEPENDENCY);
  if (graph.label(only.text) !== undefined) return { entity: "node", name: only.text };
  binding.dependOn(LABEL_FIELDS + only.text, true);
  if (graph.type(only.text) !== undefined) return { entity: "relationship", name: only.text };
  binding.dependOn(TYPE_FIELDS + only.text, true);
  return undefined;
}

/** A statement that writes names a label or a type. */
export function refuseGraphTable(binding: Binding, names: ParsedNames, collection: string, verb: string): void {
  const found = findGraphTable(binding, names, collection);
  if (found === undefined) return;
  const what = found.entity === "node" ? "label" : "relationship type";
  throw binding.error("42809", `cannot ${verb} ${what} "${found.name}" of the graph: SQL only reads it`, names[0]!.position);
}

/** A scan of the nodes with a label, or of the relationships of a type. */
export function scanGraphTable(
  binding: Binding,
  { entity, name }: GraphTable,
  alias: string,
): { readonly operator: LogicalOperator; readonly source: Source } {
  const fields = entityFields(entity, name);
  binding.dependOn(fields);
  const column = (shown: string, type: PlanColumn["type"]): PlanColumn => ({ column: binding.newColumn(), name: shown, type });
  const node = plainType("node");
  const self = column(alias, plainType(entity));
  const start = column("start", node);
  const end = column("end", node);
  const text = plainType("text");
  const id = (shown: string, of: PlanColumn): SourceColumn => {
    const row = publicId(of.type === node ? "node" : "relationship");
    return { name: shown, type: text, read: () => call(row, read(of)) };
  };
  const ends = entity === "node" ? [] : [id("_from_id", start), id("_to_id", end)];
  const properties = { name: PROPERTIES, type: plainType("jsonb"), read: () => call(allProperties(entity), read(self)) };
  const operator: LogicalOperator =
    entity === "node"
      ? { kind: "LogicalNodeScan", node: self, labels: [name], access: undefined }
      : { kind: "LogicalRelationshipScan", relationship: self, start, end, types: [name], access: undefined };
  const scan: SourceScan = { collection: fields, columns: [], entity: self };
  const columns = [id("_id", self), ...ends, properties];
  return { operator, source: { alias, columns, open: true, scan, table: undefined, hidden: new Set() } };
}

function read({ column, name, type }: PlanColumn): BoundColumn {
  return { kind: "BoundColumn", type, column, name };
}
