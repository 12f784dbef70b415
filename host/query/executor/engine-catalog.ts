/**
 * The catalog as the engine has it: declared tables and indexes (engine-tables.ts), and of collections without schema which fields
 * their documents have brought so far.
 *
 * An empty name or one that no document has is a collection without rows. Its version is 0; the version of one that exists
 * changes with its fields, shapes and kinds.
 */
import {
  COLLECTION_LIVE,
  COLLECTION_VERSION,
  FIELD_FLAGS,
  FIELD_KIND,
  FIELD_NAME,
  FIELD_NAME_LENGTH,
  FIELD_PARENT,
  FIELD_ROOT,
  FIELD_SEEN,
  FIELDS_SEEN_MAX,
  SLOT_JSON,
} from "../../../assembly/abi/record.ts";
import type { Engine } from "../../engine/engine.ts";
import { type Catalog, type CatalogFields, VIEW_KEYS } from "../catalog/catalog.ts";
import { FUNCTION_KEYS } from "../catalog/function-json.ts";
import { GRAPH_DEPENDENCY, LABEL_FIELDS, TYPE_FIELDS } from "../catalog/graph.ts";
import type { CollectionFacts } from "../optimizer/context.ts";
import type { EngineFunctions } from "./engine-functions.ts";
import { EngineRows } from "./engine-rows.ts";
import type { EngineTables } from "./engine-tables.ts";
import type { ExtensionFunctions } from "./extension-functions.ts";
import { FieldStatistics } from "./field-statistics.ts";
import { GraphFields, graphCatalog } from "./graph-catalog.ts";
import type { LabelIndexes } from "./label-indexes.ts";
import type { DatabaseCatalog } from "./plan-cache.ts";

/** The catalog of a database: declared tables, and collections without schema. */
export function engineCatalog(
  engine: Engine,
  functions: EngineFunctions,
  tables: EngineTables,
  labelIndexes: LabelIndexes,
  extensions: ExtensionFunctions,
  database: number,
): DatabaseCatalog {
  const rows = new EngineRows(engine, functions, database);
  const graphFields = new GraphFields(engine, functions, labelIndexes, database);
  const isOfGraph = (collection: string): boolean => collection.startsWith(LABEL_FIELDS) || collection.startsWith(TYPE_FIELDS);
  const version = (collection: string): number => {
    if (isOfGraph(collection)) return graphFields.version(collection);
    if (collection === GRAPH_DEPENDENCY) return labelIndexes.version(database);
    if (collection.startsWith(VIEW_KEYS)) return tables.viewVersion(database, collection.slice(VIEW_KEYS.length));
    if (collection.startsWith(FUNCTION_KEYS)) return extensions.version(database, collection);
    const handle = rows.find(collection);
    return handle === 0 ? 0 : engine.memory.looseWord(handle + COLLECTION_VERSION);
  };
  const catalog: Catalog = {
    table: (name) => tables.table(database, name),
    view: (name) => tables.view(database, name),
    indexes: (collection) => tables.indexes(database, collection),
    fields: (collection, path) =>
      isOfGraph(collection) ? graphFields.fields(collection, path) : fieldsAt(engine, functions, rows, collection, path),
    graph: graphCatalog(engine, functions, labelIndexes, database),
    version,
  };
  const size = (collection: string): number => {
    const { graph } = catalog;
    if (collection.startsWith(LABEL_FIELDS)) return graph?.label(collection.slice(LABEL_FIELDS.length)) ?? 0;
    if (collection.startsWith(TYPE_FIELDS)) return graph?.type(collection.slice(TYPE_FIELDS.length)) ?? 0;
    if (collection === GRAPH_DEPENDENCY) return (graph?.nodes() ?? 0) + (graph?.relationships() ?? 0);
    // Views and functions are keys of the collection `_internal`.
    if (collection.includes(":")) return 0;
    const handle = rows.find(collection);
    return handle === 0 ? 0 : engine.memory.looseWord(handle + COLLECTION_LIVE);
  };
  const statistics = new FieldStatistics(engine, functions, rows);
  return { catalog, facts: (collection) => factsOf(engine, tables, statistics, database, collection), size };
}

function factsOf(engine: Engine, tables: EngineTables, statistics: FieldStatistics, database: number, collection: string): CollectionFacts {
  const table = tables.table(database, collection);
  const indexes = table?.indexes ?? tables.indexes(database, collection);
  const handle = tables.find(database, collection);
  return {
    rows: handle === 0 ? 0 : engine.memory.looseWord(handle + COLLECTION_LIVE),
    primaryKey: table === undefined ? [{ kind: "id" }] : table.primaryKey?.columns.map((number) => ({ kind: "column", number }) as const),
    indexes: indexes.map(({ name, unique, parts }) => ({
      name,
      unique,
      columns: parts.map((part) => ({
        source: part.kind === "column" ? { kind: "column", number: part.number } : { kind: "path", names: part.names },
        descending: part.descending,
        nullsFirst: part.nullsFirst,
      })),
    })),
    distinctValues: (source) => statistics.distinctValues(collection, source),
    nullShare: (source) => statistics.nullShare(collection, source),
  };
}

/** Names of the fields below a path that documents have brought. */
function fieldsAt(
  engine: Engine,
  functions: EngineFunctions,
  rows: EngineRows,
  collection: string,
  path: readonly string[],
): CatalogFields {
  // A small collection keeps no list of its fields until somebody names one: the key's part that every document has.
  rows.fieldNumber(collection, ["id"]);
  const parent = rows.fieldNumber(collection, path);
  const handle = rows.find(collection);
  // What is not there has no rows, and so no fields.
  if (handle === 0 || parent < 0) return { names: [], open: handle !== 0 };
  const { memory } = engine;
  const count = Number(functions.required("collection_fields")(handle)) >>> 0;
  const fieldOf = functions.required("collection_field");
  const names: string[] = [];
  for (let number = 0; number < count; number++) {
    const field = Number(fieldOf(handle, number)) >>> 0;
    const ofParent = (memory.looseWord(field + FIELD_PARENT) & 0xffff) === parent;
    const flags = memory.byte(field + FIELD_FLAGS);
    if (!ofParent || (flags & FIELD_SEEN) === 0) continue;
    names.push(memory.readText(memory.looseWord(field + FIELD_NAME), memory.looseWord(field + FIELD_NAME_LENGTH)));
  }
  return { names, open: isUnlisted(engine, functions, handle, parent) };
}

/** Whether documents may have fields at a level that the engine does not list: what the level holds is kept as a whole, or there are too many. */
function isUnlisted(engine: Engine, functions: EngineFunctions, handle: number, parent: number): boolean {
  const count = Number(functions.required("collection_fields")(handle)) >>> 0;
  if (parent === FIELD_ROOT) return count >= FIELDS_SEEN_MAX;
  const field = Number(functions.required("collection_field")(handle, parent)) >>> 0;
  return engine.memory.byte(field + FIELD_KIND) === SLOT_JSON;
}
