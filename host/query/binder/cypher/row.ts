/**
 * Rows of tables and collections without schema as nodes of Cypher: a label that no node has had, but a table or a collection is named so.
 *
 * A variable of such a row is a map: the row's document with `_id`, the text behind its key's colon, and `_label`, the table. Its properties are
 * read from the columns themselves where the scan is in sight, so that conditions reach the scan and its indexes, else from the map.
 */
import type { CatalogColumn, CatalogTable } from "../../catalog/catalog.ts";
import { GRAPH_DEPENDENCY, LABEL_FIELDS } from "../../catalog/graph.ts";
import { entry, inline } from "../../function/row.ts";
import { ROW_MAP } from "../../function/row-map.ts";
import type { BoundColumn, BoundExpression } from "../../plan/expression.ts";
import type { LogicalOperator, PlanColumn, ScanColumn } from "../../plan/operator.ts";
import { plainType, type SqlType, type TypeName } from "../../type/type.ts";
import { type CypherBinding, constant, FLOAT, INTEGER, MAP, NULL, STRING } from "./binding.ts";
import { callOf, toValue } from "./convert.ts";

/** What is known of the rows that a variable stands for. */
export interface RowSource {
  readonly name: string;
  /** Undefined: a collection without schema. */
  readonly table: CatalogTable | undefined;
  /** The scan's own list: it reads what is in it. */
  readonly columns: ScanColumn[];
}

/** Types that Cypher's own ones hold as they are. */
const HELD: ReadonlyMap<TypeName, SqlType> = new Map([
  ["smallint", INTEGER],
  ["integer", INTEGER],
  ["bigint", INTEGER],
  ["real", FLOAT],
  ["double precision", FLOAT],
  ["text", STRING],
  ["character varying", STRING],
  ["boolean", plainType("boolean")],
]);

/** The table or collection that a label means; undefined: nodes with the label. The plan depends on what there is. */
export function rowsNamed(binding: CypherBinding, label: string): RowSource | undefined {
  const { catalog } = binding.surroundings;
  if (catalog.graph === undefined || catalog.graph.label(label) !== undefined) return undefined;
  binding.dependOn(GRAPH_DEPENDENCY);
  binding.dependOn(LABEL_FIELDS + label, true);
  const table = catalog.table(label);
  const isAbsent = table === undefined && catalog.fields(label, []).names.length === 0;
  binding.dependOn(label, isAbsent);
  if (isAbsent) return undefined;
  return { name: label, table, columns: [] };
}

/** All rows of a source, with the map of each as the column. */
export function scanRows(binding: CypherBinding, source: RowSource, column: PlanColumn): LogicalOperator {
  const { name: collection, table, columns } = source;
  const declared = table !== undefined;
  const scan: LogicalOperator = { kind: "LogicalScan", collection, alias: column.name, declared, columns, access: undefined };
  const document = readColumn(binding, source, column, "document", plainType("jsonb"), { kind: "document" });
  const id = readColumn(binding, source, column, "_id", plainType("any"), { kind: "id" });
  const value = callOf(ROW_MAP, document, id, constant(collection, STRING));
  return { kind: "LogicalProject", input: scan, items: [{ ...column, type: MAP, value }] };
}

/** A property of a row whose scan is in sight; undefined: it has to be read from the map. */
export function rowProperty(binding: CypherBinding, row: BoundColumn, name: string): BoundExpression | undefined {
  const source = binding.rowSource(row.column);
  if (source === undefined || name === "_label") return undefined;
  const { table } = source;
  if (table === undefined) {
    const any = plainType("any");
    if (name === "_id" || name === "id") return undefined;
    return toValue(readColumn(binding, source, row, name, any, { kind: "path", names: [name] }));
  }
  if (name === "_id") return undefined;
  const number = table.columns.findIndex((column) => column.name === name);
  if (number < 0) return NULL;
  return heldValue(readDeclared(binding, source, row, number));
}

/** A declared column of a row. */
export function readDeclared(binding: CypherBinding, source: RowSource, row: Pick<PlanColumn, "column">, number: number): BoundColumn {
  const { name, type } = source.table!.columns[number] as CatalogColumn;
  return readColumn(binding, source, row, name, type, { kind: "column", number });
}

function heldValue(column: BoundColumn): BoundExpression {
  const held = HELD.get(column.type.name);
  if (held === undefined) return toValue(column);
  return held.name === column.type.name ? column : callOf(entry("cast", held.name, [column.type], held, inline("identity"), {}), column);
}

function readColumn(
  binding: CypherBinding,
  { columns }: RowSource,
  row: Pick<PlanColumn, "column">,
  name: string,
  type: SqlType,
  source: ScanColumn["source"],
): BoundColumn {
  const key = JSON.stringify(source);
  let found = columns.find((known) => JSON.stringify(known.source) === key);
  if (found === undefined) {
    found = { ...binding.newPlanColumn(name, type), source };
    columns.push(found);
    binding.noteOwner(found.column, row.column);
  }
  return { kind: "BoundColumn", type, column: found.column, name };
}
