/**
 * CREATE SCHEMA and DROP SCHEMA: a schema is its key, and the tables and views whose names begin with it.
 */
import { sqlError } from "../../common/sql-state.ts";
import { VIEW_KEYS } from "../catalog/catalog.ts";
import { type EngineTables, SCHEMA_KEYS } from "./engine-tables.ts";
import { type DefinitionPlace, dropView } from "./view-definition.ts";

const SCHEMA_LIST_KEYS = "_internal:schemalist:";
/** Schemas that are always there; `public` is left away in names. */
const BUILT_IN: ReadonlySet<string> = new Set(["public"]);

export function createSchema({ tables, database }: DefinitionPlace, name: string, ifNotExists: boolean): void {
  if (schemaExists(tables, database, name)) {
    if (ifNotExists) return;
    throw sqlError("42P06", `schema "${name}" already exists`);
  }
  if (name.startsWith("pg_"))
    throw sqlError("42939", `unacceptable schema name "${name}" (DETAIL: The prefix "pg_" is reserved for system schemas.)`);
  tables.writeKey(database, SCHEMA_LIST_KEYS + name, "");
}

function schemaExists(tables: EngineTables, database: number, name: string): boolean {
  return BUILT_IN.has(name) || tables.readKey(database, SCHEMA_LIST_KEYS + name) !== undefined;
}

/** `schema.name` needs its schema. */
export function requireSchema({ tables, database }: DefinitionPlace, name: string): void {
  const dot = name.indexOf(".");
  if (dot < 0 || schemaExists(tables, database, name.slice(0, dot))) return;
  throw sqlError("3F000", `schema "${name.slice(0, dot)}" does not exist`);
}

/** `dropTable` drops one of the schema's tables, `dropSequence` one of its sequences that no table owns. */
export function dropSchema(
  place: DefinitionPlace,
  name: string,
  ifExists: boolean,
  cascade: boolean,
  dropTable: (table: string) => void,
  dropSequence: (sequence: string) => void,
): void {
  const { tables, catalog, database } = place;
  if (tables.readKey(database, SCHEMA_LIST_KEYS + name) === undefined) {
    if (BUILT_IN.has(name)) throw sqlError("2BP01", `cannot drop schema ${name} because it is required by the database system`);
    if (ifExists) return;
    throw sqlError("3F000", `schema "${name}" does not exist`);
  }
  const inside = (prefix: string) => tables.namesUnder(database, `${prefix}${name}.`).map((inner) => `${name}.${inner}`);
  const [ownTables, ownViews] = [inside(SCHEMA_KEYS), inside(VIEW_KEYS)];
  const free = place.sequences.all(database).filter((sequence) => sequence.owner === undefined && sequence.name.startsWith(`${name}.`));
  const objects = [
    ...free.map((sequence) => `sequence ${sequence.name}`),
    ...ownTables.map((table) => `table ${table}`),
    ...ownViews.map((view) => `view ${view}`),
  ];
  if (!cascade && objects.length > 0) {
    const detail = objects.map((object) => `${object} depends on schema ${name}`).join("; ");
    const hint = "Use DROP ... CASCADE to drop the dependent objects too.";
    throw sqlError("2BP01", `cannot drop schema ${name} because other objects depend on it (DETAIL: ${detail}) (HINT: ${hint})`);
  }
  for (const view of ownViews) if (catalog.view(view) !== undefined) dropView(place, view, true, true);
  for (const table of ownTables) dropTable(table);
  for (const sequence of free) dropSequence(sequence.name);
  tables.deleteKey(database, SCHEMA_LIST_KEYS + name);
}
