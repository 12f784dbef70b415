/**
 * Rows of collections, read and written for the interpreter: the engine's row functions (assembly/command/row.ts) value by value.
 *
 * 1. A row is put together under one name in the arena, then inserted or updated; what that allocates is released behind it.
 * 2. A row that the engine refuses ends the statement, which is taken back as a whole (query-engine.ts).
 */
import { NO_ROW, SLOT_NONE } from "../../../assembly/abi/record.ts";
import { BLOCK_NULLS, BLOCK_SLOTS } from "../../../assembly/abi/table.ts";
import { sqlError } from "../../common/sql-state.ts";
import type { Engine } from "../../engine/engine.ts";
import type { Catalog } from "../catalog/catalog.ts";
import type { LogicalConflict, ScanColumn } from "../plan/operator.ts";
import { machineOf, type SqlType, slotOf } from "../type/type.ts";
import type { EngineFunctions } from "./engine-functions.ts";
import { EngineRows } from "./engine-rows.ts";
import type { RowCursor, Rows, RowValue } from "./surroundings.ts";
import { bytesOfText, type Plain, type Tagged, type Value } from "./value.ts";

/** A value as the engine's row functions take it. */
interface Payload {
  readonly tag: number;
  readonly payload: bigint;
}

const NULL_PAYLOAD: Payload = { tag: SLOT_NONE, payload: 0n };
const SLOT_BYTES = 8;

export class RowWriter implements Rows {
  readonly #engine: Engine;
  readonly #functions: EngineFunctions;
  readonly #reader: EngineRows;
  readonly #catalog: Catalog;

  constructor(engine: Engine, functions: EngineFunctions, database: number, catalog: Catalog) {
    this.#engine = engine;
    this.#functions = functions;
    this.#reader = new EngineRows(engine, functions, database);
    this.#catalog = catalog;
  }

  scan(collection: string, columns: readonly ScanColumn[]): RowCursor {
    return this.#reader.scan(collection, columns);
  }

  lookup(collection: string, keys: readonly string[], columns: readonly ScanColumn[]): RowCursor {
    const rows = new Set<number>();
    this.#named(collection, (pointer, length) => {
      for (const key of keys) {
        const row = this.#functions.withBytes(key, (rest, restLength) => this.#call("row_find", pointer, length, rest, restLength));
        if (row !== NO_ROW) rows.add(row);
      }
    });
    return this.#reader.rows(collection, [...rows], columns);
  }

  read(collection: string, row: number, columns: readonly ScanColumn[]): readonly Value[] {
    return this.#reader.read(collection, row, columns);
  }

  insert(collection: string, values: readonly RowValue[]): number {
    return this.#withRow(collection, values, () => this.#written("row_insert"));
  }

  update(collection: string, row: number, values: readonly RowValue[]): number | undefined {
    return this.#named(collection, (pointer, length) => {
      if (this.#call("row_load", pointer, length, row) === 0) return undefined;
      this.#set(values);
      return this.#written("row_update");
    });
  }

  remove(collection: string, row: number): boolean {
    return this.#named(collection, (pointer, length) => this.#call("row_remove", pointer, length, row) === 1);
  }

  conflicting(collection: string, values: readonly RowValue[], conflict: LogicalConflict): number | undefined {
    return this.#withRow(collection, values, () => {
      const row = this.#conflict(collection, conflict);
      return row === NO_ROW ? undefined : row;
    });
  }

  insertUnless(
    collection: string,
    values: readonly RowValue[],
    conflict: LogicalConflict,
  ): { readonly row: number; readonly isNew: boolean } {
    return this.#withRow(collection, values, () => {
      const row = this.#conflict(collection, conflict);
      return row === NO_ROW ? { row: this.#written("row_insert"), isNew: true } : { row, isNew: false };
    });
  }

  coerced(collection: string, values: readonly RowValue[], columns: readonly ScanColumn[]): readonly Value[] {
    if (this.#catalog.table(collection) === undefined) return columns.map((column) => givenValue(column, values));
    return this.#withRow(collection, values, () => {
      // Looking for a conflict gives the row its defaults.
      this.#call("row_conflict", 1, 0, 0);
      const block = Number(this.#call("row_block"));
      return columns.map((column) => this.#blockValue(block, column));
    });
  }

  // -----------------------------------------------------------------------------------------------------------------------

  #blockValue(block: number, { source, type }: ScanColumn): Value {
    if (source.kind !== "column") return null;
    const { memory } = this.#engine;
    const isNull = (memory.long(block + BLOCK_NULLS) >> BigInt(source.number)) & 1n;
    if (isNull === 1n) return null;
    return this.#functions.words.plain(slotOf(type), memory.long(block + BLOCK_SLOTS + source.number * SLOT_BYTES));
  }

  /** The row in the way: by the key, by the unique index of the target's columns, or by any. */
  #conflict(collection: string, { target }: LogicalConflict): number {
    const table = this.#catalog.table(collection);
    if (table === undefined) return this.#call("row_conflict", 1, 0, 0);
    if (target.length === 0) return this.#call("row_conflict", 0, 0, 0);
    const isTarget = (columns: readonly number[]): boolean =>
      columns.length === target.length && columns.every((column) => target.includes(column));
    if (table.primaryKey !== undefined && isTarget(table.primaryKey.columns)) return this.#call("row_conflict", 1, 0, 0);
    const unique = table.uniques.find(({ columns }) => isTarget(columns));
    const index = table.indexes.find(
      ({ unique: isUnique, parts }) => isUnique && isTarget(parts.map((part) => (part.kind === "column" ? part.number : -1))),
    );
    const name = unique?.name ?? index?.name;
    if (name === undefined) {
      throw sqlError("42P10", "there is no unique or exclusion constraint matching the ON CONFLICT specification");
    }
    return this.#functions.withBytes(bytesOfText(name), (pointer, length) => this.#call("row_conflict", 0, pointer, length));
  }

  /** Begins a new row, gives it its values and goes on. */
  #withRow<T>(collection: string, values: readonly RowValue[], use: () => T): T {
    return this.#named(collection, (pointer, length) => {
      this.#call("row_new", pointer, length);
      this.#set(values);
      return use();
    });
  }

  #named<T>(collection: string, use: (pointer: number, length: number) => T): T {
    return this.#functions.withBytes(bytesOfText(collection), use);
  }

  #set(values: readonly RowValue[]): void {
    for (const { target, name, type, value } of values) {
      const { tag, payload } = this.#payload(value, type);
      switch (target.kind) {
        case "column":
          this.#call("row_column", target.number, tag, payload);
          break;
        case "path":
          this.#functions.withBytes(
            pathBytes(target.names),
            (pointer, length) => {
              // The document that this makes stays until the row is written.
              this.#call("row_field", pointer, length, tag, payload);
            },
            false,
          );
          break;
        case "id":
          this.#call("row_identify", tag, payload);
          break;
        default:
          throw sqlError("428C9", `column "${name}" cannot be written`);
      }
    }
  }

  #payload(value: Value, type: SqlType): Payload {
    if (value === null) return NULL_PAYLOAD;
    const tagged = machineOf(type) === "any" ? (value as Tagged) : { tag: slotOf(type), value: value as Plain };
    return { tag: tagged.tag, payload: this.#functions.words.payload(tagged) };
  }

  /** Calls what writes the row under way; answers the row's number. */
  #written(name: "row_insert" | "row_update"): number {
    const row = this.#call(name);
    if (row === NO_ROW) throw sqlError("XX000", "a row was refused without a reason");
    return row;
  }

  /** Calls a function of the engine and throws the error that it noted. */
  #call(name: string, ...args: (number | bigint)[]): number {
    const result = Number(this.#functions.required(name)(...args) ?? 0) >>> 0;
    this.#engine.memory.refresh();
    this.#functions.check();
    return result;
  }
}

/** What a statement gives for a column of a collection without schema. */
function givenValue({ source }: ScanColumn, values: readonly RowValue[]): Value {
  const found = values.find(({ target }) => isSameSource(target, source));
  if (found === undefined || found.value === null) return null;
  return machineOf(found.type) === "any" ? found.value : { tag: slotOf(found.type), value: found.value as Plain };
}

function isSameSource(left: ScanColumn["source"], right: ScanColumn["source"]): boolean {
  if (left.kind !== right.kind) return false;
  if (left.kind !== "path" || right.kind !== "path") return true;
  return left.names.length === right.names.length && left.names.every((name, index) => name === right.names[index]);
}

/** For each name u16 length and bytes. */
export function pathBytes(names: readonly string[]): string {
  return names
    .map((name) => {
      const bytes = bytesOfText(name);
      if (bytes.length > 65535) throw sqlError("42622", "identifier too long");
      return String.fromCharCode(bytes.length & 255, bytes.length >> 8) + bytes;
    })
    .join("");
}
