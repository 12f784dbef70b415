/**
 * Tables and indexes as the engine takes them: the bytes of assembly/abi/table.ts and assembly/table/index.ts.
 */
import {
  CHECK_BYTES,
  CHECK_FUNCTION,
  CHECK_NAME,
  CHECK_NAME_BYTES,
  COLUMN_BYTES,
  COLUMN_COUNTED,
  COLUMN_DEFAULT_FUNCTION,
  COLUMN_FLAGS,
  COLUMN_FUNCTION,
  COLUMN_KIND,
  COLUMN_MODIFIER,
  COLUMN_NAME,
  COLUMN_NAME_BYTES,
  COLUMN_NOT_NULL,
  COLUMN_TYPE,
  KEY_COLUMNS_MAX,
  TABLE_BYTES,
  TABLE_CHECKS,
  TABLE_COLUMNS,
  TABLE_COLUMNS_MAX,
  TABLE_HEAD,
  TABLE_KEY,
  TABLE_KEY_COLUMNS,
  TABLE_KEY_NAME,
  TABLE_NEXT_ROW,
  TYPE_BIGINT,
  TYPE_CHAR,
  TYPE_INTEGER,
  TYPE_PLAIN,
  TYPE_REAL,
  TYPE_SMALLINT,
  TYPE_VARCHAR,
} from "../../../assembly/abi/table.ts";
import { sqlError } from "../../common/sql-state.ts";
import { type SqlType, slotOf } from "../type/type.ts";
import type { CatalogIndexPart } from "./catalog.ts";
import type { StoredTable } from "./schema-json.ts";

/** Slots of the engine's function table: of each column's default (0: none), and of each check. */
export interface TableFunctions {
  readonly defaults: readonly number[];
  readonly checks: readonly number[];
}

const TYPES: Readonly<Record<string, number>> = {
  smallint: TYPE_SMALLINT,
  integer: TYPE_INTEGER,
  bigint: TYPE_BIGINT,
  real: TYPE_REAL,
  "character varying": TYPE_VARCHAR,
  character: TYPE_CHAR,
};
/** Field kinds and flags of assembly/table/index.ts. */
const FIELD_HEAD = 4;
const FIELD_PATH = 0;
const FIELD_COLUMN = 1;
const FIELD_DESCENDING = 1;

const encoder = new TextEncoder();

/** The descriptor of a table. Throws 54011 for more columns than a table can have. */
export function describeTable(table: StoredTable, functions: TableFunctions): Uint8Array {
  const { columns, checks, primaryKey } = table;
  if (columns.length > TABLE_COLUMNS_MAX) throw sqlError("54011", `tables can have at most ${TABLE_COLUMNS_MAX} columns`);
  const keyColumns = primaryKey?.columns ?? [];
  if (keyColumns.length > KEY_COLUMNS_MAX) throw sqlError("54011", `cannot use more than ${KEY_COLUMNS_MAX} columns in an index`);
  const names = columns.map(({ name }) => encoder.encode(name));
  const checkNames = checks.map(({ name }) => encoder.encode(name ?? ""));
  const keyName = encoder.encode(primaryKey === undefined ? "" : (primaryKey.name ?? `${table.name}_pkey`));
  const fixed = TABLE_HEAD + columns.length * COLUMN_BYTES + checks.length * CHECK_BYTES;
  const total = [...names, ...checkNames, keyName].reduce((sum, { length }) => sum + length, fixed + 2);
  const bytes = new Uint8Array(total);
  const view = new DataView(bytes.buffer);
  let end = fixed;
  const put = (text: Uint8Array): number => {
    bytes.set(text, end);
    end += text.length;
    return end - text.length;
  };
  view.setUint32(TABLE_BYTES, total, true);
  view.setUint16(TABLE_COLUMNS, columns.length, true);
  view.setUint16(TABLE_KEY_COLUMNS, keyColumns.length, true);
  view.setUint32(TABLE_CHECKS, checks.length, true);
  view.setBigUint64(TABLE_NEXT_ROW, 1n, true);
  for (const [index, number] of keyColumns.entries()) view.setUint8(TABLE_KEY + index, number);
  if (primaryKey !== undefined) {
    view.setUint32(TABLE_KEY_NAME, end, true);
    view.setUint16(end, keyName.length, true);
    end += 2;
    put(keyName);
  }
  columns.forEach(({ type, notNull, identity, sequence }, number) => {
    const at = TABLE_HEAD + number * COLUMN_BYTES;
    const name = names[number] as Uint8Array;
    const default_ = functions.defaults[number] ?? 0;
    const flags =
      (notNull || keyColumns.includes(number) ? COLUMN_NOT_NULL : 0) |
      (identity !== undefined && sequence === undefined ? COLUMN_COUNTED : default_ === 0 ? 0 : COLUMN_DEFAULT_FUNCTION);
    view.setUint8(at + COLUMN_KIND, slotOf(type));
    view.setUint8(at + COLUMN_TYPE, TYPES[type.name] ?? TYPE_PLAIN);
    view.setUint8(at + COLUMN_FLAGS, flags);
    view.setInt32(at + COLUMN_MODIFIER, modifierOf(type), true);
    view.setUint32(at + COLUMN_FUNCTION, default_, true);
    view.setUint32(at + COLUMN_NAME, put(name), true);
    view.setUint32(at + COLUMN_NAME_BYTES, name.length, true);
  });
  checks.forEach((_, index) => {
    const at = TABLE_HEAD + columns.length * COLUMN_BYTES + index * CHECK_BYTES;
    const name = checkNames[index] as Uint8Array;
    view.setUint32(at + CHECK_FUNCTION, functions.checks[index] ?? 0, true);
    view.setUint32(at + CHECK_NAME, put(name), true);
    view.setUint32(at + CHECK_NAME_BYTES, name.length, true);
  });
  return bytes;
}

/** varchar(n), timestamp(p): n; numeric(p, s): p * 65536 + s; -1: none. char is char(1). */
function modifierOf({ name, modifiers }: SqlType): number {
  const [first, second] = modifiers;
  if (name === "interval" || first === undefined) return -1;
  return name === "numeric" ? first * 65536 + ((second ?? 0) & 0xffff) : first;
}

/** The fields of an index. */
export function describeIndex(parts: readonly CatalogIndexPart[]): Uint8Array {
  const fields = parts.map((part) => {
    const content = part.kind === "column" ? columnContent(part.number) : pathContent(part.names);
    const field = new Uint8Array(FIELD_HEAD + content.length);
    new DataView(field.buffer).setUint16(0, field.length, true);
    field[2] = part.kind === "column" ? FIELD_COLUMN : FIELD_PATH;
    field[3] = part.descending ? FIELD_DESCENDING : 0;
    field.set(content, FIELD_HEAD);
    return field;
  });
  return concatenated(fields);
}

function columnContent(number: number): Uint8Array {
  const content = new Uint8Array(4);
  new DataView(content.buffer).setUint32(0, number, true);
  return content;
}

/** Names of a path: u16 length and bytes each. */
export function pathContent(names: readonly string[]): Uint8Array {
  return concatenated(
    names.map((name) => {
      const text = encoder.encode(name);
      if (text.length > 0xffff) throw sqlError("42622", "a name is too long");
      const content = new Uint8Array(2 + text.length);
      new DataView(content.buffer).setUint16(0, text.length, true);
      content.set(text, 2);
      return content;
    }),
  );
}

function concatenated(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
