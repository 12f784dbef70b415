/**
 * A table that is being put together: what the columns and constraints of CREATE TABLE, or of a table and what ALTER TABLE does to it, add up to.
 */
import { DatabaseError } from "../../common/error.ts";
import { sqlError } from "../../common/sql-state.ts";
import type { ParsedColumnDefinition, ParsedConstraint } from "../ast/definition.ts";
import type { ParsedExpression } from "../ast/expression.ts";
import type { ParsedName, ParsedNames, ParsedType } from "../ast/name.ts";
import type { CatalogCheck, CatalogColumn, CatalogForeignKey, CatalogKey, CatalogTable } from "../catalog/catalog.ts";
import { type StoredIndex, type StoredTable, writeIndex } from "../catalog/schema-json.ts";
import type { StoredSequence } from "../catalog/sequence-json.ts";
import type { SqlType } from "../type/type.ts";
import { INDEX_KEYS, keyName, uniqueName } from "./engine-tables.ts";
import type { SequenceDefinition } from "./sequence-definition.ts";
import type { DefinitionPlace } from "./view-definition.ts";

export interface Draft {
  readonly name: string;
  readonly columns: CatalogColumn[];
  readonly uniques: CatalogKey[];
  readonly checks: CatalogCheck[];
  readonly foreignKeys: CatalogForeignKey[];
  primaryKey: CatalogKey | undefined;
}

/** What a definition declares of tables, with the errors of a statement's text. */
export interface TableParts {
  readonly addColumn: (draft: Draft, column: ParsedColumnDefinition) => void;
  readonly addConstraint: (draft: Draft, constraint: ParsedConstraint, column: string | undefined) => void;
  readonly addForeignKey: (draft: Draft, constraint: ParsedConstraint, column: string | undefined) => void;
  readonly type: (parsed: ParsedType) => SqlType;
  /** The sequences of columns that are added, and a table's record with them. */
  readonly withSequences: (
    table: StoredTable,
    columns: readonly ParsedColumnDefinition[],
  ) => { readonly table: StoredTable; readonly sequences: readonly StoredSequence[] };
  readonly sequences: SequenceDefinition;
  readonly error: (state: string, message: string, position: number) => Error;
}

/** The indexes of a table that have keys. */
export function indexesOf({ tables, database }: DefinitionPlace, table: string): readonly StoredIndex[] {
  const all = tables.namesUnder(database, INDEX_KEYS).flatMap((name) => tables.index(database, name) ?? []);
  return all.filter((index) => index.table === table);
}

/** What a table is, to be changed; each key has its name. */
export function draftOf(table: CatalogTable): Draft {
  return {
    name: table.name,
    columns: [...table.columns],
    uniques: table.uniques.map((key) => ({ ...key, name: uniqueName(table, key) })),
    checks: [...table.checks],
    foreignKeys: [...(table.foreignKeys ?? [])],
    primaryKey: table.primaryKey && { ...table.primaryKey, name: keyName(table) },
  };
}

export function storedOf({ indexes: _indexes, version: _version, ...stored }: CatalogTable): StoredTable {
  return stored;
}

/** Columns of the primary key are NOT NULL. */
export function finished({ name, columns, primaryKey, uniques, checks, foreignKeys }: Draft): StoredTable {
  const keyed = columns.map((column, number) => (primaryKey?.columns.includes(number) ? { ...column, notNull: true } : column));
  const key = primaryKey && { name: primaryKey.name ?? `${name}_pkey`, columns: primaryKey.columns };
  return { name, columns: keyed, primaryKey: key, uniques, checks, foreignKeys };
}

/** A name for a constraint that no other has. */
export function unused(draft: Draft, base: string): string {
  let name = base;
  for (let number = 1; isConstraint(draft, name); number++) name = `${base}${number}`;
  return name;
}

export function isConstraint({ uniques, checks, foreignKeys, primaryKey }: Draft, name: string): boolean {
  return primaryKey?.name === name || [...uniques, ...checks, ...foreignKeys].some((constraint) => constraint.name === name);
}

/** `public` is left away; a schema's tables are `schema.table`. */
export function collectionOf(names: ParsedNames): string {
  const parts = names.length > 1 && names[0]?.folded === "public" ? names.slice(1) : names;
  return parts.map(({ folded }) => folded).join(".");
}

/** Names of the columns that stand anywhere in an expression, without what stands before them; its subqueries left aside. */
export function columnsIn(expression: ParsedExpression): readonly ParsedName[] {
  const found: ParsedName[] = [];
  const visit = (node: unknown): void => {
    if (Array.isArray(node)) node.forEach(visit);
    else if (typeof node === "object" && node !== null) {
      if ("kind" in node && node.kind === "ParsedQuery") return;
      const { kind, names } = node as { readonly kind?: string; readonly names?: ParsedNames };
      const last = names?.at(-1);
      if (kind !== "ParsedColumn") Object.values(node).forEach(visit);
      else if (last !== undefined) found.push(last);
    }
  };
  visit(expression);
  return found;
}

/** What is wrong with a row is said of the table, as PostgreSQL says it. */
export function wordedAnew(table: string, run: () => void): void {
  try {
    run();
  } catch (error) {
    const message = error instanceof DatabaseError ? error.message : "";
    const [, column] = /^null value in column "(.*)" of relation /.exec(message) ?? [];
    if (column !== undefined) throw sqlError("23502", `column "${column}" of relation "${table}" contains null values`);
    const [, check] = /violates check constraint "(.*?)"( |$)/.exec(message) ?? [];
    if (check !== undefined) throw sqlError("23514", `check constraint "${check}" of relation "${table}" is violated by some row`);
    const [, key] = /^duplicate key value violates unique constraint "(.*?)"/.exec(message) ?? [];
    if (key !== undefined) throw sqlError("23505", `could not create unique index "${key}"`);
    throw error;
  }
}

/** The keys of indexes that say something else now. */
export function writeIndexes({ tables, database }: DefinitionPlace, indexes: readonly StoredIndex[]): void {
  for (const index of indexes) tables.writeKey(database, INDEX_KEYS + index.name, writeIndex(index));
}
