/**
 * Foreign keys: what FOREIGN KEY ... REFERENCES of a CREATE TABLE says, with PostgreSQL's errors, and how the engine comes to know it.
 *
 * 1. A key refers to the columns of the other table's primary key or of one of its unique indexes, in that index's order.
 * 2. The referencing columns get an index under the constraint's name, the referenced ones have one (that of a primary key has its name). What
 *    refers to what is looked up in these two (assembly/table/reference.ts).
 * 3. What becomes of rows that refer to one which goes is the engine's (assembly/command/reference-action.ts): when a statement ends.
 */
import { STATUS_INVALID, STATUS_OK } from "../../../assembly/abi/status.ts";
import {
  ACTION_CASCADE,
  ACTION_NONE,
  ACTION_RESTRICT,
  ACTION_SET_DEFAULT,
  ACTION_SET_NULL,
  REFERENCE_FULL,
  REFERENCE_UPDATE_SHIFT,
} from "../../../assembly/abi/table.ts";
import { sqlError } from "../../common/sql-state.ts";
import type { ParsedReferences } from "../ast/definition.ts";
import type { ParsedName } from "../ast/name.ts";
import type { CatalogColumn, CatalogForeignKey, CatalogIndex, CatalogKey, CatalogTable, ReferenceAction } from "../catalog/catalog.ts";
import type { StoredTable } from "../catalog/schema-json.ts";
import { formatType } from "../type/name.ts";
import { slotOf } from "../type/type.ts";
import type { EngineFunctions } from "./engine-functions.ts";
import { bytesOfText } from "./value.ts";

/** The table that a foreign key is declared in, as far as it is known. */
export interface ReferringTable {
  readonly name: string;
  readonly columns: readonly CatalogColumn[];
  readonly primaryKey: CatalogKey | undefined;
  readonly uniques: readonly CatalogKey[];
}

/** A foreign key as it is written. */
export interface WrittenKey {
  /** Names of the referencing columns. */
  readonly columns: readonly string[];
  readonly references: ParsedReferences;
  readonly name: string;
}

/** What a foreign key means. Throws what is wrong with it. `find` answers another declared table. */
export function foreignKeyOf(
  table: ReferringTable,
  { columns, references, name }: WrittenKey,
  other: string,
  find: (name: string) => CatalogTable | undefined,
): CatalogForeignKey {
  const parent = other === table.name ? withIndexes(table, find(other)) : find(other);
  if (parent === undefined) throw sqlError("42P01", `relation "${other}" does not exist`);
  const own = columns.map((column) => numberOf(table, column));
  const key = keyOf(parent, references.columns);
  if (key.wanted.length !== own.length) {
    throw sqlError("42830", "number of referencing and referenced columns for foreign key disagree");
  }
  // In the order of the other table's key.
  const pairs = key.columns.map((column) => ({ column, from: own[key.wanted.indexOf(column)] as number }));
  for (const { column, from } of pairs) refuseKeyTypes(name, table.columns[from] as CatalogColumn, parent.columns[column] as CatalogColumn);
  const referenced = pairs.map(({ column }) => (parent.columns[column] as CatalogColumn).name);
  return { name, columns: pairs.map(({ from }) => from), table: other, referenced, ...rulesOf(table, own, references) };
}

type Rules = Pick<CatalogForeignKey, "onDelete" | "onUpdate" | "deleteColumns" | "isFull">;

/** What the key says besides what refers to what. */
function rulesOf(table: ReferringTable, own: readonly number[], references: ParsedReferences): Rules {
  const { match, onDelete, onUpdate, onDeleteColumns } = references;
  if (match === "PARTIAL") throw sqlError("0A000", "MATCH PARTIAL not yet implemented");
  const deleteColumns = onDeleteColumns.map(({ folded }) => {
    const number = numberOf(table, folded);
    if (own.includes(number)) return number;
    throw sqlError("42P10", `column "${folded}" referenced in ON DELETE SET action must be part of foreign key`);
  });
  return {
    onDelete: onDelete === "NO ACTION" ? undefined : onDelete,
    onUpdate: onUpdate === "NO ACTION" ? undefined : onUpdate,
    deleteColumns: deleteColumns.length === 0 ? undefined : deleteColumns,
    isFull: match === "FULL" ? true : undefined,
  };
}

function numberOf({ columns }: ReferringTable, name: string): number {
  const number = columns.findIndex((column) => column.name === name);
  if (number < 0) throw sqlError("42703", `column "${name}" referenced in foreign key constraint does not exist`);
  return number;
}

/** The key that is referred to: its columns, and the same ones in the order in which they were named. */
function keyOf(
  parent: ReferringTable & { readonly indexes?: readonly CatalogIndex[] },
  names: readonly ParsedName[],
): { readonly columns: readonly number[]; readonly wanted: readonly number[] } {
  const { name, primaryKey } = parent;
  if (names.length === 0) {
    if (primaryKey === undefined) throw sqlError("42704", `there is no primary key for referenced table "${name}"`);
    return { columns: primaryKey.columns, wanted: primaryKey.columns };
  }
  const wanted = names.map(({ folded }) => numberOf(parent, folded));
  const keys = [primaryKey?.columns ?? [], ...[...parent.uniques, ...uniqueKeys(parent)].map((key) => key.columns)];
  const columns = keys.find((key) => key.length === wanted.length && wanted.every((column) => key.includes(column)));
  if (columns === undefined || new Set(wanted).size !== wanted.length) {
    throw sqlError("42830", `there is no unique constraint matching given keys for referenced table "${name}"`);
  }
  return { columns, wanted };
}

/** Unique constraints and unique indexes of columns in ascending order, with the indexes' names where they are known. */
function uniqueKeys({ uniques, indexes }: ReferringTable & { readonly indexes?: readonly CatalogIndex[] }): readonly CatalogKey[] {
  if (indexes === undefined) return uniques;
  return indexes
    .filter(({ unique, parts }) => unique && parts.every((part) => part.kind === "column" && !part.descending))
    .map(({ name, parts }) => ({ name, columns: parts.flatMap((part) => (part.kind === "column" ? [part.number] : [])) }));
}

/** A table that is being altered, with the indexes that it has. */
function withIndexes(
  table: ReferringTable,
  known: CatalogTable | undefined,
): ReferringTable & { readonly indexes?: readonly CatalogIndex[] } {
  if (known === undefined) return table;
  const indexes = known.indexes.map((index) => {
    const parts = index.parts.map((part) => {
      const name = part.kind === "column" ? known.columns[part.number]?.name : undefined;
      return part.kind === "column" ? { ...part, number: table.columns.findIndex((column) => column.name === name) } : part;
    });
    return { ...index, parts };
  });
  return { ...table, indexes };
}

/** Refuses a foreign key whose columns cannot be compared. */
export function refuseKeyTypes(constraint: string, from: CatalogColumn, to: CatalogColumn): void {
  if (slotOf(from.type) === slotOf(to.type) && (from.type.name === "character") === (to.type.name === "character")) return;
  const types = `Key columns "${from.name}" and "${to.name}" are of incompatible types: ${formatType(from.type)} and ${formatType(to.type)}.`;
  throw sqlError("42804", `foreign key constraint "${constraint}" cannot be implemented (DETAIL: ${types})`);
}

/** Whether an index of a table is what a foreign key needs, and no constraint of the table has the same columns. */
export function needsIndex(
  { primaryKey, uniques, indexes, columns }: CatalogTable,
  name: string,
  { referenced }: CatalogForeignKey,
): boolean {
  const wanted = JSON.stringify(referenced.map((column) => columns.findIndex((own) => own.name === column)));
  const isWanted = (key: CatalogKey | undefined): boolean => key !== undefined && JSON.stringify(key.columns) === wanted;
  if (isWanted(primaryKey) || uniques.some(isWanted)) return false;
  return uniqueKeys({ name: "", columns, primaryKey, uniques, indexes }).some((key) => key.name === name && isWanted(key));
}

// In the engine -----------------------------------------------------------------------------------------------------------

/** What the engine's side of tables does for their foreign keys. */
export interface ForeignKeyPlace {
  readonly functions: EngineFunctions;
  table(name: string): CatalogTable | undefined;
  /** Handle of a collection, or 0. */
  find(name: string): number;
  createIndex(collection: string, index: CatalogIndex): void;
  dropIndex(collection: string, name: string): void;
  /** The error that the engine has noted. */
  refusal(): unknown;
}

/** Lets the engine keep the foreign keys of a declared table; `checks`: its rows are looked at. Throws what is in the way. */
export function tieForeignKeys(place: ForeignKeyPlace, { name, foreignKeys = [] }: StoredTable, checks: boolean): void {
  const tied: string[] = [];
  try {
    for (const key of foreignKeys) {
      place.createIndex(name, { name: key.name, unique: false, parts: columnParts(key.columns) });
      tied.push(key.name);
      tie(place, name, key, checks);
    }
  } catch (error) {
    for (const index of tied) place.dropIndex(name, index);
    throw error;
  }
}

function tie(place: ForeignKeyPlace, child: string, key: CatalogForeignKey, checks: boolean): void {
  const parent = place.table(key.table);
  const index = parent && referencedIndex(parent, key);
  if (index === undefined) throw sqlError("42830", `there is no unique constraint matching given keys for referenced table "${key.table}"`);
  const { functions } = place;
  const find = (collection: number, name: string): number =>
    functions.withBytes(
      bytesOfText(name),
      (pointer, length) => Number(functions.required("index_find")(collection, pointer, length)) >>> 0,
    );
  const [from, to] = [place.find(child), place.find(key.table)];
  functions.withBytes(bytesOfText(key.name), (pointer, length) => {
    const add = functions.required("reference_add");
    const [own, other] = [find(from, key.name), find(to, index)];
    const status = Number(add(from, own, to, other, pointer, length, rulesNumber(key), setColumns(key), checks ? 1 : 0));
    if (status === STATUS_INVALID) throw sqlError("XX000", `foreign key "${key.name}" has lost its index`);
    // What an error names lies in the arena, or in the reference that has gone.
    if (status !== STATUS_OK) throw place.refusal();
  });
}

const ACTIONS: Readonly<Record<ReferenceAction, number>> = {
  RESTRICT: ACTION_RESTRICT,
  CASCADE: ACTION_CASCADE,
  "SET NULL": ACTION_SET_NULL,
  "SET DEFAULT": ACTION_SET_DEFAULT,
};

function rulesNumber({ onDelete, onUpdate, isFull }: CatalogForeignKey): number {
  const numberOfAction = (action: ReferenceAction | undefined): number => (action === undefined ? ACTION_NONE : ACTIONS[action]);
  return numberOfAction(onDelete) | (numberOfAction(onUpdate) << REFERENCE_UPDATE_SHIFT) | (isFull === true ? REFERENCE_FULL : 0);
}

/** A bit for each column that is set when what it refers to is deleted. */
function setColumns({ columns, deleteColumns = columns }: CatalogForeignKey): bigint {
  return deleteColumns.reduce((bits, column) => bits | (1n << BigInt(column)), 0n);
}

/** The index that finds the rows of the other table. */
function referencedIndex(parent: CatalogTable, { referenced }: CatalogForeignKey): string | undefined {
  const wanted = referenced.map((name) => parent.columns.findIndex((column) => column.name === name));
  const isWanted = ({ columns }: CatalogKey): boolean => JSON.stringify(columns) === JSON.stringify(wanted);
  const { primaryKey, name } = parent;
  if (primaryKey === undefined || !isWanted(primaryKey)) return uniqueKeys(parent).find(isWanted)?.name;
  return primaryKey.name ?? `${name}_pkey`;
}

function columnParts(columns: readonly number[]): CatalogIndex["parts"] {
  return columns.map((number) => ({ kind: "column", number, descending: false, nullsFirst: false }));
}
