/**
 * Tables and indexes for the commands that are no SQL (host/command/table-commands.ts), in one database.
 */
import { DatabaseError } from "../../common/error.ts";
import { readTable, type StoredIndex, writeTable } from "../catalog/schema-json.ts";
import { type EngineTables, INDEX_KEYS } from "./engine-tables.ts";
import { addLabelIndex, dropLabelIndex, type GraphDefinitionPlace, isIndexName } from "./graph-definition.ts";
import type { QueryEngine } from "./query-engine.ts";
import type { TransactionControl } from "./transaction-control.ts";

export class TableDoor {
  readonly #engine: QueryEngine;
  readonly #tables: EngineTables;
  readonly #graph: GraphDefinitionPlace;
  readonly #database: number;
  readonly #dropTable: (name: string) => number | undefined;
  readonly #transaction: TransactionControl | undefined;

  /** `transaction`: of the session that asks. */
  constructor(
    engine: QueryEngine,
    place: GraphDefinitionPlace,
    dropTable: (name: string) => number | undefined,
    transaction: TransactionControl | undefined,
  ) {
    this.#dropTable = dropTable;
    this.#transaction = transaction;
    this.#engine = engine;
    this.#tables = place.tables;
    this.#graph = place;
    this.#database = place.database;
  }

  /** Declares a table; `schema` is JSON as the catalog keeps it, of which column_order and constraints may be left away. */
  create(name: string, schema: string): void {
    const stored = readTable(completed(schema));
    if (stored.name !== name) throw commandError("Table name in schema JSON does not match command");
    this.#defining(() => {
      if (this.#tables.table(this.#database, name) !== undefined) throw commandError(`Table '${name}' already exists`);
      this.#tables.define(this.#database, stored);
    });
  }

  describe(name: string): string {
    return this.#defining(() => {
      const table = this.#tables.table(this.#database, name);
      if (table === undefined) throw commandError(`Table '${name}' not found`);
      return JSON.stringify(JSON.parse(writeTable(table)), null, 2);
    });
  }

  /** Drops a table and its rows; answers how many there were. */
  drop(name: string): number {
    return this.#defining(() => {
      const removed = this.#dropTable(name);
      if (removed === undefined) throw commandError(`Table '${name}' does not exist`);
      return removed;
    });
  }

  createIndex(name: string, table: string, path: readonly string[]): void {
    this.#defining(() => {
      if (isIndexName(this.#graph, name)) throw commandError(`Index '${name}' already exists`);
      const same = this.#indexes().some((index) => index.table === table && listed(index) === listed({ table, parts: [{ path }] }));
      if (same) throw commandError("Index on this prefix and path already exists");
      const place = this.#tables.table(this.#database, table) === undefined ? { path } : { column: path.join(".") };
      this.#tables.addIndex(this.#database, { name, table, unique: false, parts: [{ ...place, descending: false, nullsFirst: false }] });
    });
  }

  /** Makes an index on a property of the nodes with a label. */
  createLabelIndex(name: string, label: string, property: string): void {
    this.#defining(() => {
      const made = addLabelIndex(this.#graph, { name, label, properties: [property] });
      if (made === "name") throw commandError(`Index '${name}' already exists`);
      if (made === "equivalent") throw commandError("Index on this prefix and path already exists");
    });
  }

  dropIndex(name: string): boolean {
    return this.#defining(() => dropLabelIndex(this.#graph, name) || this.#tables.dropIndex(this.#database, name));
  }

  listIndexes(): readonly string[] {
    return this.#defining(() => {
      const ofLabels = this.#graph.indexes.all(this.#database).map(({ label, properties }) => `_node:${label}:*|${properties.join(",")}`);
      return [...this.#indexes().map(listed), ...ofLabels].sort();
    });
  }

  #defining<T>(run: () => T): T {
    return this.#engine.defining(this.#database, () => this.#tables.unit(run), this.#transaction);
  }

  #indexes(): readonly StoredIndex[] {
    const names = this.#tables.namesUnder(this.#database, INDEX_KEYS);
    return names.flatMap((name) => this.#tables.index(this.#database, name) ?? []);
  }
}

/** `prefix*|path` */
function listed({ table, parts }: { readonly table: string; readonly parts: readonly object[] }): string {
  const paths = parts.map((part) =>
    "column" in part ? String(part.column) : (part as { readonly path: readonly string[] }).path.join("."),
  );
  return `${table}:*|${paths.join(",")}`;
}

function commandError(message: string): DatabaseError {
  return new DatabaseError("SQL_ERROR", message);
}

/** A schema with what may be left away: the order of the columns is that of the object then. Throws for what is no JSON object. */
function completed(schema: string): string {
  let parsed: unknown;
  try {
    parsed = JSON.parse(schema);
  } catch (error) {
    throw commandError(`Invalid schema JSON: ${(error as Error).message}`);
  }
  if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed)) throw commandError("Invalid schema JSON: not an object");
  const root = parsed as Readonly<Record<string, unknown>>;
  const { columns } = root;
  const order = typeof columns === "object" && columns !== null ? Object.keys(columns) : [];
  return JSON.stringify({ column_order: order, constraints: [], ...root });
}
