/**
 * The catalog's records as JSON text: what the keys `_internal:schemas:<table>`, `_internal:indexes:<index>` and
 * `_internal:views:<view>` hold.
 *
 * Schema:
 *   {"table_name", "columns": {name: {"type", "nullable", "default", "identity"?, "sequence"?}}, "column_order": [name],
 *    "constraints": [{"PrimaryKey": {"name", "columns"}} | {"Unique": {"name", "columns"}} | {"Check": {"name", "expression"}} |
 *                    {"ForeignKey": {"name", "columns", "table", "referenced", "on_delete"?, "on_update"?, "on_delete_columns"?, "match"?}}]}
 * Index:
 *   {"index_name", "table_name", "unique", "parts": [{"column" | "path", "descending", "nulls_first"}]}
 * View:
 *   {"view_name", "columns": [name], "query": SQL text, "uses": [name]}
 *
 * 1. Types are spelled as in CREATE TABLE, in capitals: INTEGER, VARCHAR(10), NUMERIC(10,2), TIMESTAMPTZ, TEXT[].
 * 2. Defaults and checks are SQL text; `default` is null without one.
 * 3. Reading what was written gives the same. Reading anything else gives the record or an error (XX001), never half a record: the
 *    keys can be written by hand.
 */
import { sqlError } from "../../common/sql-state.ts";
import { typeNamed } from "../type/name.ts";
import type { SqlType } from "../type/type.ts";
import type {
  CatalogCheck,
  CatalogColumn,
  CatalogForeignKey,
  CatalogIndex,
  CatalogIndexPart,
  CatalogKey,
  CatalogTable,
  CatalogView,
  ReferenceAction,
} from "./catalog.ts";

const REFERENCE_ACTIONS: readonly ReferenceAction[] = ["RESTRICT", "CASCADE", "SET NULL", "SET DEFAULT"];

/** A table as its key holds it; indexes have keys of their own. */
export type StoredTable = Omit<CatalogTable, "indexes" | "version">;

export interface StoredIndex {
  readonly table: string;
  readonly name: string;
  readonly unique: boolean;
  /** Columns by name: the numbers are the table's. */
  readonly parts: readonly StoredPart[];
}

export type StoredPart = StoredPlace & { readonly descending: boolean; readonly nullsFirst: boolean };

type StoredPlace = { readonly column: string } | { readonly path: readonly string[] };

const SPELLED: Readonly<Record<string, string>> = {
  "character varying": "VARCHAR",
  character: "CHAR",
  "time without time zone": "TIME",
  "timestamp without time zone": "TIMESTAMP",
  "timestamp with time zone": "TIMESTAMPTZ",
};

/** The type as CREATE TABLE spells it. An interval's fields are not kept apart: they limit what is stored, not what it means. */
export function spellType(type: SqlType): string {
  if (type.element !== undefined) return `${spellType(type.element)}[]`;
  const name = SPELLED[type.name] ?? type.name.toUpperCase();
  const modifiers = type.name === "interval" ? [] : type.modifiers;
  return modifiers.length === 0 ? name : `${name}(${modifiers.join(",")})`;
}

/** Reads what `spellType` writes, and PostgreSQL's other spellings; undefined for what is no type. */
export function parseTypeSpelling(text: string): SqlType | undefined {
  const [, name, modifiers, brackets] = /^\s*([A-Za-z_][A-Za-z0-9_ ]*?)\s*(?:\(([-\d, ]+)\))?\s*((?:\[\])*)\s*$/.exec(text) ?? [];
  if (name === undefined) return undefined;
  const numbers = modifiers === undefined ? [] : modifiers.split(",").map(Number);
  const dimensions = (brackets ?? "").length / 2;
  const type = typeNamed({ name: [name.toLowerCase()], modifiers: numbers, fields: undefined, dimensions });
  return "state" in type ? undefined : type;
}

export function writeTable(table: StoredTable): string {
  const names = table.columns.map(({ name }) => name);
  const named = ({ name, columns }: CatalogKey) => ({ name: name ?? null, columns: columns.map((number) => names[number]) });
  const constraints = [
    ...(table.primaryKey === undefined ? [] : [{ PrimaryKey: named(table.primaryKey) }]),
    ...table.uniques.map((key) => ({ Unique: named(key) })),
    ...table.checks.map(({ name, text }) => ({ Check: { name: name ?? null, expression: text } })),
    ...(table.foreignKeys ?? []).map((key) => ({
      ForeignKey: {
        ...named(key),
        table: key.table,
        referenced: key.referenced,
        on_delete: key.onDelete,
        on_update: key.onUpdate,
        on_delete_columns: key.deleteColumns?.map((number) => names[number]),
        match: key.isFull === true ? "FULL" : undefined,
      },
    })),
  ];
  // Names of fields are the users': they are written one by one, so that `__proto__` is a name as any other.
  const columns = table.columns.map((column) => `${JSON.stringify(column.name)}:${JSON.stringify(storedColumn(column))}`);
  const head = `{"table_name":${JSON.stringify(table.name)},"columns":{${columns.join(",")}}`;
  return `${head},"column_order":${JSON.stringify(names)},"constraints":${JSON.stringify(constraints)}}`;
}

function storedColumn({ type, notNull, defaultText, identity, sequence }: CatalogColumn): object {
  const stored = { type: spellType(type), nullable: !notNull, default: defaultText ?? null };
  return identity === undefined ? stored : { ...stored, identity, sequence };
}

export function readTable(text: string): StoredTable {
  const reader = new JsonReader("schema", text);
  const root = reader.object(reader.root, "");
  const name = reader.text(root.get("table_name"), "table_name");
  const byName = reader.object(root.get("columns"), "columns");
  const order = reader.list(root.get("column_order"), "column_order").map((entry) => reader.text(entry, "column_order"));
  if (order.length !== byName.size || new Set(order).size !== order.length) throw reader.broken("column_order");
  const columns = order.map((column) => readColumn(reader, column, byName.get(column)));
  const numberOf = (column: string): number => {
    const number = order.indexOf(column);
    if (number < 0) throw reader.broken("constraints");
    return number;
  };
  const uniques: CatalogKey[] = [];
  const checks: CatalogCheck[] = [];
  const foreignKeys: CatalogForeignKey[] = [];
  let primaryKey: CatalogKey | undefined;
  for (const entry of reader.list(root.get("constraints"), "constraints")) {
    const [[kind, value] = [], second] = [...reader.object(entry, "constraints")];
    const constraint = reader.object(value, "constraints");
    const constraintName = reader.optionalText(constraint.get("name"), "name");
    if (kind === "Check" && second === undefined) {
      checks.push({ name: constraintName, text: reader.text(constraint.get("expression"), "expression") });
      continue;
    }
    const list = reader.list(constraint.get("columns"), "constraints").map((column) => numberOf(reader.text(column, "constraints")));
    const key: CatalogKey = { name: constraintName, columns: list };
    if (list.length === 0 || second !== undefined) throw reader.broken("constraints");
    if (kind === "ForeignKey") foreignKeys.push(readForeignKey(reader, constraint, list, numberOf));
    else if (kind === "Unique") uniques.push(key);
    else if (kind === "PrimaryKey" && primaryKey === undefined) primaryKey = key;
    else throw reader.broken("constraints");
  }
  return { name, columns, primaryKey, uniques, checks, foreignKeys };
}

function readForeignKey(
  reader: JsonReader,
  stored: ReadonlyMap<string, unknown>,
  columns: readonly number[],
  numberOf: (column: string) => number,
): CatalogForeignKey {
  const referenced = reader.list(stored.get("referenced"), "referenced").map((column) => reader.text(column, "referenced"));
  if (referenced.length !== columns.length) throw reader.broken("referenced");
  const match = reader.optionalText(stored.get("match"), "match") ?? "SIMPLE";
  if (match !== "SIMPLE" && match !== "FULL") throw reader.broken("match");
  const set = stored.get("on_delete_columns");
  const deleteColumns =
    set === undefined
      ? undefined
      : reader.list(set, "on_delete_columns").map((column) => numberOf(reader.text(column, "on_delete_columns")));
  if (deleteColumns?.some((column) => !columns.includes(column))) throw reader.broken("on_delete_columns");
  return {
    name: reader.text(stored.get("name"), "name"),
    columns,
    table: reader.text(stored.get("table"), "table"),
    referenced,
    onDelete: readAction(reader, stored, "on_delete"),
    onUpdate: readAction(reader, stored, "on_update"),
    deleteColumns,
    isFull: match === "FULL" ? true : undefined,
  };
}

function readAction(reader: JsonReader, stored: ReadonlyMap<string, unknown>, name: string): ReferenceAction | undefined {
  const text = reader.optionalText(stored.get(name), name) ?? "NO ACTION";
  const action = REFERENCE_ACTIONS.find((known) => known === text);
  if (action === undefined && text !== "NO ACTION") throw reader.broken(name);
  return action;
}

function readColumn(reader: JsonReader, name: string, value: unknown): CatalogColumn {
  const column = reader.object(value, name);
  const type = parseTypeSpelling(reader.text(column.get("type"), name));
  const nullable = column.get("nullable");
  const identity = column.get("identity");
  if (type === undefined || typeof nullable !== "boolean") throw reader.broken(name);
  if (identity !== undefined && identity !== "always" && identity !== "default") throw reader.broken(name);
  const sequence = identity === undefined ? undefined : reader.optionalText(column.get("sequence"), name);
  return { name, type, notNull: !nullable, defaultText: reader.optionalText(column.get("default"), name), identity, sequence };
}

export function writeIndex({ name, table, unique, parts }: StoredIndex): string {
  const stored = parts.map((part) => {
    const place = "column" in part ? { column: part.column } : { path: part.path };
    return { ...place, descending: part.descending, nulls_first: part.nullsFirst };
  });
  return JSON.stringify({ index_name: name, table_name: table, unique, parts: stored });
}

export function readIndex(text: string): StoredIndex {
  const reader = new JsonReader("index", text);
  const root = reader.object(reader.root, "");
  const unique = root.get("unique");
  if (typeof unique !== "boolean") throw reader.broken("unique");
  const parts = reader.list(root.get("parts"), "parts").map((entry): StoredPart => {
    const part = reader.object(entry, "parts");
    const [descending, nullsFirst] = [part.get("descending"), part.get("nulls_first")];
    if (typeof descending !== "boolean" || typeof nullsFirst !== "boolean") throw reader.broken("parts");
    const column = reader.optionalText(part.get("column"), "parts");
    if (column !== undefined) return { column, descending, nullsFirst };
    const path = reader.list(part.get("path"), "parts").map((name) => reader.text(name, "parts"));
    if (path.length === 0) throw reader.broken("parts");
    return { path, descending, nullsFirst };
  });
  if (parts.length === 0) throw reader.broken("parts");
  return {
    name: reader.text(root.get("index_name"), "index_name"),
    table: reader.text(root.get("table_name"), "table_name"),
    unique,
    parts,
  };
}

/** The index as plans see it, over a table's columns; a column that the table does not have is a path. */
export function catalogIndex({ name, unique, parts }: StoredIndex, columns: readonly CatalogColumn[]): CatalogIndex {
  const placed = parts.map((part): CatalogIndexPart => {
    const { descending, nullsFirst } = part;
    const number = "column" in part ? columns.findIndex((column) => column.name === part.column) : -1;
    if (number >= 0) return { kind: "column", number, descending, nullsFirst };
    return { kind: "path", names: "column" in part ? [part.column] : part.path, descending, nullsFirst };
  });
  return { name, unique, parts: placed };
}

export function writeView({ name, columns, text, uses }: CatalogView): string {
  return JSON.stringify({ view_name: name, columns, query: text, uses });
}

export function readView(stored: string): CatalogView {
  const reader = new JsonReader("view", stored);
  const root = reader.object(reader.root, "");
  const texts = (name: string) => reader.list(root.get(name), name).map((entry) => reader.text(entry, name));
  return {
    name: reader.text(root.get("view_name"), "view_name"),
    columns: texts("columns"),
    text: reader.text(root.get("query"), "query"),
    uses: texts("uses"),
  };
}

/** Checked access to parsed JSON: everything that is not as expected is the same error. */
export class JsonReader {
  readonly root: unknown;
  readonly #what: string;

  constructor(what: string, text: string) {
    this.#what = what;
    try {
      this.root = JSON.parse(text);
    } catch {
      throw this.broken("its JSON");
    }
  }

  broken(where: string): Error {
    return sqlError("XX001", `the stored ${this.#what} cannot be read: ${where === "" ? "it is no object" : where}`);
  }

  object(value: unknown, where: string): ReadonlyMap<string, unknown> {
    if (typeof value !== "object" || value === null || Array.isArray(value)) throw this.broken(where);
    return new Map(Object.entries(value));
  }

  list(value: unknown, where: string): readonly unknown[] {
    if (!Array.isArray(value)) throw this.broken(where);
    return value;
  }

  text(value: unknown, where: string): string {
    if (typeof value !== "string") throw this.broken(where);
    return value;
  }

  optionalText(value: unknown, where: string): string | undefined {
    return value === undefined || value === null ? undefined : this.text(value, where);
  }
}
