/**
 * ALTER ... RENAME and SET SCHEMA: tables with their rows, columns, constraints, indexes and views get other names, and what speaks of them
 * follows: indexes, checks, foreign keys, views.
 *
 * Constraints and indexes keep their names when their table gets another one, as in PostgreSQL.
 */
import { COLLECTION_LIVE } from "../../../assembly/abi/record.ts";
import { sqlError } from "../../common/sql-state.ts";
import type { ParsedAlterTable, ParsedTableChange } from "../ast/definition.ts";
import type { ParsedExpression } from "../ast/expression.ts";
import type { ParsedName, ParsedNames } from "../ast/name.ts";
import { printExpression } from "../ast/print-expression.ts";
import { parseExpression } from "../binder/table-expression.ts";
import { type CatalogTable, type CatalogView, VIEW_KEYS } from "../catalog/catalog.ts";
import { LABEL_INDEX_KEYS } from "../catalog/graph.ts";
import { type StoredIndex, type StoredTable, writeTable, writeView } from "../catalog/schema-json.ts";
import { SCHEMA_KEYS } from "./engine-tables.ts";
import { requireSchema } from "./schema-definition.ts";
import {
  collectionOf,
  draftOf,
  finished,
  indexesOf,
  isConstraint,
  storedOf,
  type TableParts,
  wordedAnew,
  writeIndexes,
} from "./table-draft.ts";
import type { DefinitionPlace } from "./view-definition.ts";
import { outputOf, type Renaming, renameInView, viewsOf } from "./view-rewrite.ts";

type Renamed = Extract<ParsedTableChange, { change: "RENAME COLUMN" | "RENAME CONSTRAINT" }>;

/**
 * The table of an ALTER that is no renaming; undefined: there is nothing left to do. What is renamed may be a view or an index too, by
 * ALTER TABLE as well.
 */
export function tableToAlter(place: DefinitionPlace, parts: TableParts, statement: ParsedAlterTable): CatalogTable | undefined {
  const { object, ifExists, actions } = statement;
  const { tables, catalog, database } = place;
  const name = collectionOf(statement.table);
  const change = actions[0]!.change;
  const table = tables.table(database, name);
  if (table === undefined && place.sequences.find(database, name) !== undefined) {
    if (object !== "TABLE") throw sqlError("42809", `"${name}" is not ${object === "VIEW" ? "a view" : "an index"}`);
    throw sqlError("0A000", "ALTER TABLE of a sequence is not supported");
  }
  const view = table === undefined ? catalog.view(name) : undefined;
  if (object === "INDEX" || (table === undefined && view === undefined && change.change === "RENAME TO")) {
    if (table !== undefined || view !== undefined) throw sqlError("42809", `"${name}" is not an index`);
    if (change.change === "RENAME TO" && renameIndex(place, name, change.name.folded)) return undefined;
  }
  if (object === "VIEW" && table !== undefined) throw sqlError("42809", `"${name}" is not a view`);
  if (view !== undefined) {
    alterView(place, parts, view, statement);
    return undefined;
  }
  if (table === undefined) {
    if (ifExists) return undefined;
    throw isCollection(place, name)
      ? sqlError("42809", `"${name}" is not a table (DETAIL: it is a collection without schema)`)
      : sqlError("42P01", `relation "${name}" does not exist`);
  }
  if (change.change === "RENAME TO" || change.change === "SET SCHEMA") renameTable(place, parts, table, newName(name, change));
  else if (change.change === "RENAME COLUMN") renameColumn(place, parts, table, change, actions[0]!.position);
  else if (change.change === "RENAME CONSTRAINT") renameConstraint(place, table, change.from.folded, change.to.folded);
  else return table;
  return undefined;
}

/** The name as the statement's text has it, to be printed. */
function printable(name: string, like: ParsedName): ParsedName {
  const quoted = like.quoted || !/^[a-z_][a-z0-9_$]*$/.test(name);
  return { kind: "ParsedName", position: like.position, text: name, folded: name, quoted };
}

function printableNames(name: string, like: ParsedName): ParsedNames {
  return name.split(".").map((part) => printable(part, like));
}

interface NewName {
  readonly name: string;
  readonly like: ParsedName;
}

/** The schema stays, or the name does. */
function newName(old: string, { change, name }: Extract<ParsedTableChange, { change: "RENAME TO" | "SET SCHEMA" }>): NewName {
  const dot = old.indexOf(".");
  const [schema, own] = dot < 0 ? ["public", old] : [old.slice(0, dot), old.slice(dot + 1)];
  const [inSchema, as] = change === "SET SCHEMA" ? [name.folded, own] : [schema, name.folded];
  return { name: inSchema === "public" ? as : `${inSchema}.${as}`, like: name };
}

/** Refuses the name of another relation. */
function refuseTaken(place: DefinitionPlace, name: string): void {
  const { tables, catalog, database } = place;
  if (name.includes(":")) throw sqlError("42602", `invalid table name "${name}"`);
  requireSchema(place, name);
  if (tables.table(database, name) !== undefined || catalog.view(name) !== undefined || isIndex(place, name)) {
    throw sqlError("42P07", `relation "${name}" already exists`);
  }
  if (isCollection(place, name)) {
    throw sqlError("42P07", `relation "${name}" already exists (DETAIL: it is a collection without schema)`);
  }
}

function isCollection({ tables, engine, database }: DefinitionPlace, name: string): boolean {
  tables.tell("track_collection", database, name);
  const handle = tables.find(database, name);
  return handle !== 0 && engine.memory.looseWord(handle + COLLECTION_LIVE) > 0;
}

function isIndex({ tables, database }: DefinitionPlace, name: string): boolean {
  return tables.index(database, name) !== undefined || tables.readKey(database, LABEL_INDEX_KEYS + name) !== undefined;
}

// Tables ------------------------------------------------------------------------------------------------------------------

function renameTable(place: DefinitionPlace, parts: TableParts, table: CatalogTable, { name, like }: NewName): void {
  if (name === table.name) throw sqlError("42P07", `relation "${name}" already exists`);
  refuseTaken(place, name);
  const views = viewsOf(place, table.name);
  const draft = finished(draftOf(table));
  const follow = (key: NonNullable<StoredTable["foreignKeys"]>[number]): typeof key =>
    key.table === table.name ? { ...key, table: name } : key;
  const own = table.name.slice(table.name.indexOf(".") + 1);
  const to: StoredTable = {
    ...draft,
    name,
    foreignKeys: (draft.foreignKeys ?? []).map(follow),
    checks: renamedChecks(draft, (names) =>
      names.length > 1 && names[0]?.folded === own ? [lastPart(name, like), ...names.slice(1)] : names,
    ),
  };
  const indexes = indexesOf(place, table.name).map((index) => ({ ...index, table: name }));
  parts.sequences.followOwner(table.name, (owner) => ({ ...owner, table: name }));
  reform(place, table, to, indexes, follow);
  for (const view of views) renameInView(place, view, { table: table.name, to: printableNames(name, like) });
}

function lastPart(name: string, like: ParsedName): ParsedName {
  return printable(name.slice(name.indexOf(".") + 1), like);
}

/** Makes a table one with other names, with what refers to it. */
function reform(
  { tables, database, ...place }: DefinitionPlace,
  table: CatalogTable,
  to: StoredTable,
  indexes: readonly StoredIndex[],
  follow: (key: NonNullable<StoredTable["foreignKeys"]>[number]) => NonNullable<StoredTable["foreignKeys"]>[number],
): void {
  for (const { table: name } of tables.referringTo(database, table.name)) {
    const child = tables.table(database, name);
    if (child === undefined) continue;
    const stored = { ...storedOf(child), foreignKeys: (child.foreignKeys ?? []).map(follow) };
    tables.writeKey(database, SCHEMA_KEYS + name, writeTable(stored));
  }
  writeIndexes({ tables, database, ...place }, indexes);
  const rows = { sources: table.columns.map((_, number) => number), changesKeys: false, changesValues: true };
  wordedAnew(to.name, () => tables.alter(database, { from: storedOf(table), to, rows, indexes, checks: false }));
}

// Columns -----------------------------------------------------------------------------------------------------------------

function renameColumn(
  place: DefinitionPlace,
  parts: TableParts,
  table: CatalogTable,
  { from, to: { folded: name, ...like } }: Renamed,
  position: number,
): void {
  const old = columnNamed(table, from);
  if (old === undefined) throw parts.error("42703", `column "${from.folded}" does not exist`, position);
  if (table.columns.some((column) => column.name === name)) {
    throw parts.error("42701", `column "${name}" of relation "${table.name}" already exists`, position);
  }
  const views = viewsOf(place, table.name);
  const target = printable(name, { ...like, folded: name });
  const draft = finished(draftOf(table));
  const own = table.name.slice(table.name.indexOf(".") + 1);
  const follow = (key: NonNullable<StoredTable["foreignKeys"]>[number]): typeof key => {
    if (key.table !== table.name) return key;
    return { ...key, referenced: key.referenced.map((column) => (column === old ? name : column)) };
  };
  const inCheck = (names: ParsedNames): ParsedNames => {
    const at = names.length > 1 && names[0]?.folded === own ? 1 : 0;
    return names[at]?.folded === old || names[at]?.text === old ? names.map((part, index) => (index === at ? target : part)) : names;
  };
  const to: StoredTable = {
    ...draft,
    columns: draft.columns.map((column) => (column.name === old ? { ...column, name } : column)),
    foreignKeys: (draft.foreignKeys ?? []).map(follow),
    checks: renamedChecks(draft, inCheck),
  };
  const indexes = indexesOf(place, table.name).map((index) => ({
    ...index,
    parts: index.parts.map((part) => ("column" in part && part.column === old ? { ...part, column: name } : part)),
  }));
  parts.sequences.followOwner(table.name, (owner) => (owner.column === old ? { ...owner, column: name } : owner));
  reform(place, table, to, indexes, follow);
  const renaming: Renaming = { table: table.name, column: old, to: [target] };
  for (const view of views) renameInView(place, view, renaming);
}

function columnNamed({ columns }: CatalogTable, { folded, text }: ParsedName): string | undefined {
  return (columns.find(({ name }) => name === folded) ?? columns.find(({ name }) => name === text))?.name;
}

/** The checks with other names of columns. */
function renamedChecks({ checks }: StoredTable, rename: (names: ParsedNames) => ParsedNames): StoredTable["checks"] {
  const visit = (node: unknown): unknown => {
    if (Array.isArray(node)) return node.map(visit);
    if (typeof node !== "object" || node === null) return node;
    const { kind, names } = node as { readonly kind?: string; readonly names?: ParsedNames };
    if (kind === "ParsedColumn" && names !== undefined) return { ...node, names: rename(names) };
    return Object.fromEntries(Object.entries(node).map(([key, value]) => [key, visit(value)]));
  };
  return checks.map((check) => ({ ...check, text: printExpression(visit(parseExpression(check.text).expression) as ParsedExpression) }));
}

// Constraints and indexes -------------------------------------------------------------------------------------------------

function renameConstraint(place: DefinitionPlace, table: CatalogTable, from: string, to: string): void {
  const { tables, database } = place;
  const draft = draftOf(table);
  if (!isConstraint(draft, from)) throw sqlError("42704", `constraint "${from}" for table "${table.name}" does not exist`);
  const isKey = draft.primaryKey?.name === from || draft.uniques.some(({ name }) => name === from);
  if (isKey && (isConstraint(draft, to) || isIndex(place, to))) throw sqlError("42P07", `relation "${to}" already exists`);
  if (isConstraint(draft, to)) throw sqlError("42710", `constraint "${to}" for relation "${table.name}" already exists`);
  const named = <Constraint extends { readonly name: string | undefined }>(each: Constraint): Constraint =>
    each.name === from ? { ...each, name: to } : each;
  const renamed: StoredTable = {
    ...finished(draft),
    primaryKey: draft.primaryKey && named(draft.primaryKey),
    uniques: draft.uniques.map(named),
    checks: draft.checks.map(named),
    foreignKeys: draft.foreignKeys.map(named),
  };
  const indexes = indexesOf(place, table.name);
  tables.alter(database, { from: storedOf(table), to: renamed, rows: undefined, indexes, checks: false });
}

/** Renames an index, of a constraint too; false: there is none. */
function renameIndex(place: DefinitionPlace, name: string, to: string): boolean {
  const { tables, database } = place;
  const index = tables.index(database, name);
  if (index !== undefined) {
    refuseTaken(place, to);
    tables.dropIndex(database, name);
    tables.addIndex(database, { ...index, name: to });
    return true;
  }
  for (const table of tables.namesUnder(database, SCHEMA_KEYS)) {
    const found = tables.table(database, table);
    const draft = found && draftOf(found);
    if (found === undefined || ![draft?.primaryKey, ...(draft?.uniques ?? [])].some((key) => key?.name === name)) continue;
    renameConstraint(place, found, name, to);
    return true;
  }
  return false;
}

// Views -------------------------------------------------------------------------------------------------------------------

function alterView(place: DefinitionPlace, parts: TableParts, view: CatalogView, { actions, object }: ParsedAlterTable): void {
  const { change, position } = actions[0]!;
  if (object === "INDEX") throw sqlError("42809", `"${view.name}" is not an index`);
  if (change.change === "RENAME TO" || change.change === "SET SCHEMA") renameView(place, view, newName(view.name, change));
  else if (change.change === "RENAME COLUMN") renameViewColumn(place, parts, view, change, position);
  else {
    const action = actionName(change);
    const detail = "(DETAIL: This operation is not supported for views.)";
    throw sqlError("42809", `ALTER action ${action} cannot be performed on relation "${view.name}" ${detail}`);
  }
}

/** PostgreSQL's name of an action. */
function actionName({ change }: ParsedTableChange): string {
  if (change === "TYPE") return "ALTER COLUMN ... SET DATA TYPE";
  if (/^(SET|DROP) (DEFAULT|NOT NULL)$/.test(change)) return `ALTER COLUMN ... ${change.startsWith("SET D") ? "SET DEFAULT" : change}`;
  return change;
}

function renameView(place: DefinitionPlace, view: CatalogView, { name, like }: NewName): void {
  const { tables, database } = place;
  if (name === view.name) throw sqlError("42P07", `relation "${name}" already exists`);
  refuseTaken(place, name);
  const readers = viewsOf(place, view.name);
  tables.writeKey(database, VIEW_KEYS + name, writeView({ ...view, name }));
  tables.deleteKey(database, VIEW_KEYS + view.name);
  for (const reader of readers) renameInView(place, reader, { table: view.name, to: printableNames(name, like) });
}

/** The column of a view gets another name; views that read it follow. */
function renameViewColumn(place: DefinitionPlace, parts: TableParts, view: CatalogView, { from, to }: Renamed, position: number): void {
  const { tables, database } = place;
  const columns = outputOf(place, view).map(({ name }) => name);
  const at = columns.indexOf(from.folded);
  if (at < 0) throw parts.error("42703", `column "${from.folded}" does not exist`, position);
  if (columns.includes(to.folded)) {
    throw parts.error("42701", `column "${to.folded}" of relation "${view.name}" already exists`, position);
  }
  const readers = viewsOf(place, view.name);
  if (readers.length > 0) throw parts.error("0A000", "renaming a column of a view that another view reads is not supported", position);
  columns[at] = to.folded;
  tables.writeKey(database, VIEW_KEYS + view.name, writeView({ ...view, columns }));
}
