/**
 * CREATE VIEW, DROP VIEW, and what views mean to the tables that they read.
 *
 * 1. A view is its key (schema-json.ts) and nothing else: what is logged, replayed, flushed and deleted is an ordinary key.
 * 2. A view reads what there is when it is used: `*` of a collection without schema grows with its fields.
 * 3. What a view reads cannot be dropped before it, save with CASCADE, which drops the view too.
 */
import { COLLECTION_LIVE } from "../../../assembly/abi/record.ts";
import { DatabaseError } from "../../common/error.ts";
import { sqlError } from "../../common/sql-state.ts";
import type { Engine } from "../../engine/engine.ts";
import type { ParsedCreateView } from "../ast/definition.ts";
import { printSql } from "../ast/print.ts";
import { bindStatement } from "../binder/bind.ts";
import { type Catalog, type CatalogView, VIEW_KEYS } from "../catalog/catalog.ts";
import { FUNCTION_KEYS } from "../catalog/function-json.ts";
import { writeView } from "../catalog/schema-json.ts";
import { SEQUENCE_KEYS } from "../catalog/sequence-json.ts";
import type { FunctionSource } from "../function/table.ts";
import { parseSql } from "../parser/sql/parse.ts";
import type { LogicalPlan, PlanColumn } from "../plan/operator.ts";
import { identicalType } from "../type/category.ts";
import { formatType } from "../type/name.ts";
import type { EngineTables } from "./engine-tables.ts";
import type { ExtensionFunctions } from "./extension-functions.ts";
import type { Sequences } from "./sequences.ts";

/** Where definitions are made. */
export interface DefinitionPlace {
  readonly engine: Engine;
  readonly tables: EngineTables;
  readonly catalog: Catalog;
  readonly functions: ExtensionFunctions;
  /** All functions that there are besides those of the table. */
  readonly source: (database: number) => FunctionSource;
  /** The bytes of a module in a file. Throws where that is not allowed. */
  readonly readModule: (path: string) => Uint8Array;
  readonly database: number;
  readonly sequences: Sequences;
  /** A name that no other thing has had. */
  readonly newId: () => string;
}

/** Requires: a temporary view has been refused. */
export function createView(place: DefinitionPlace, name: string, statement: ParsedCreateView): void {
  const { engine, tables, catalog, database } = place;
  if (tables.table(database, name) !== undefined) throw sqlError("42P07", `relation "${name}" already exists`);
  tables.tell("track_collection", database, name);
  const handle = tables.find(database, name);
  if (handle !== 0 && engine.memory.looseWord(handle + COLLECTION_LIVE) > 0) {
    throw sqlError("42P07", `relation "${name}" already exists (DETAIL: it is a collection without schema)`);
  }
  const old = catalog.view(name);
  if (statement.orReplace && place.sequences.find(database, name) !== undefined) throw sqlError("42809", `"${name}" is not a view`);
  if (old !== undefined && !statement.orReplace) {
    if (statement.ifNotExists) return;
    throw sqlError("42P07", `relation "${name}" already exists`);
  }
  const { view, output } = boundView(place, name, statement);
  if (old === undefined && view.uses.includes(name)) throw sqlError("42P01", `relation "${name}" does not exist`);
  const before = old && usableColumns(place, old);
  if (before !== undefined) refuseOtherColumns(before, output);
  tables.writeKey(database, VIEW_KEYS + name, writeView(view));
}

/** Binds the query, for its errors and its columns. */
function boundView(
  place: DefinitionPlace,
  name: string,
  { columns, query }: ParsedCreateView,
): { readonly view: CatalogView; readonly output: readonly PlanColumn[] } {
  const text = printSql(query);
  const names = columns.map(({ folded }) => folded);
  const plan = bindQueryText(place, text);
  if (plan.modifies) throw sqlError("0A000", "views must not contain data-modifying statements in WITH");
  if (plan.parameters.length > 0) throw sqlError("42P02", "there is no parameter $1");
  if (names.length > plan.output.length) throw sqlError("42601", "CREATE VIEW specifies more column names than columns");
  const output = renamed(plan.output, names);
  const twice = output.find((column, index) => output.findIndex((other) => other.name === column.name) !== index);
  if (twice !== undefined) throw sqlError("42701", `column "${twice.name}" specified more than once`);
  const uses = plan.dependencies
    .map(({ collection }) => collection.replace(VIEW_KEYS, ""))
    .filter((used) => used !== FUNCTION_KEYS && used !== SEQUENCE_KEYS && !used.startsWith(":"));
  return { view: { name, columns: names, text, uses: [...new Set(uses)] }, output };
}

function renamed(output: readonly PlanColumn[], names: readonly string[]): readonly PlanColumn[] {
  return output.map((column, index) => ({ ...column, name: names[index] ?? column.name }));
}

/** Columns of a view; undefined: what it reads has changed since, so that it cannot be used any more. */
function usableColumns(place: DefinitionPlace, { text, columns }: CatalogView): readonly PlanColumn[] | undefined {
  try {
    return renamed(bindQueryText(place, text).output, columns);
  } catch (error) {
    if (error instanceof DatabaseError) return undefined;
    throw error;
  }
}

function bindQueryText({ catalog, source, database }: DefinitionPlace, text: string): LogicalPlan {
  return bindStatement(parseSql(text), text, { catalog, functions: source(database), parameters: [] });
}

/** OR REPLACE may add columns behind those that there are. */
function refuseOtherColumns(old: readonly PlanColumn[], output: readonly PlanColumn[]): void {
  if (output.length < old.length) throw sqlError("42P16", "cannot drop columns from view");
  for (const [index, { name, type }] of old.entries()) {
    const column = output[index]!;
    if (column.name !== name) throw sqlError("42P16", `cannot change name of view column "${name}" to "${column.name}"`);
    if (identicalType(column.type, type)) continue;
    const types = `from ${formatType(type)} to ${formatType(column.type)}`;
    throw sqlError("42P16", `cannot change data type of view column "${name}" ${types}`);
  }
}

export function dropView(place: DefinitionPlace, name: string, ifExists: boolean, cascade: boolean): void {
  const { tables, catalog, database } = place;
  if (tables.table(database, name) !== undefined)
    throw sqlError("42809", `"${name}" is not a view (HINT: Use DROP TABLE to remove a table.)`);
  if (place.sequences.find(database, name) !== undefined)
    throw sqlError("42809", `"${name}" is not a view (HINT: Use DROP SEQUENCE to remove a sequence.)`);
  if (catalog.view(name) === undefined) {
    if (ifExists) return;
    throw sqlError("42P01", `view "${name}" does not exist`);
  }
  releaseDependents(place, "view", name, cascade);
  tables.deleteKey(database, VIEW_KEYS + name);
}

/** Views that use a table, view or function are dropped with it, or stand in the way. `shown` is its name in messages. */
export function releaseDependents(
  place: DefinitionPlace,
  kind: "table" | "view" | "function",
  name: string,
  cascade: boolean,
  shown = name,
): void {
  const { catalog } = place;
  const dependents = viewNames(place).filter((view) => view !== name && catalog.view(view)?.uses.includes(name));
  const [first] = dependents;
  if (first === undefined) return;
  if (!cascade) {
    const detail = dependents.map((view) => `view ${view} depends on ${kind} ${shown}`).join("; ");
    const hint = "Use DROP ... CASCADE to drop the dependent objects too.";
    throw sqlError("2BP01", `cannot drop ${kind} ${shown} because other objects depend on it (DETAIL: ${detail}) (HINT: ${hint})`);
  }
  dropViews(place, dependents);
}

/** Drops views and what reads them. */
export function dropViews(place: DefinitionPlace, views: readonly string[]): void {
  for (const view of views) {
    // Its key goes first: views may read each other in a circle.
    if (place.tables.deleteKey(place.database, VIEW_KEYS + view)) releaseDependents(place, "view", view, true);
  }
}

function viewNames({ tables, database }: DefinitionPlace): readonly string[] {
  return tables.namesUnder(database, VIEW_KEYS);
}
