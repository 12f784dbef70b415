/**
 * Writing rows of collections for the interpreter, through the engine's row functions (assembly/command/row.ts): the same for
 * declared tables, whose columns are numbers, and for documents, whose fields are paths.
 *
 * Requires: a write has begun (`write_begin`), and everything happens inside of `Engine.runPlan`.
 */
import { NO_ROW, SLOT_NONE } from "../../../assembly/abi/record.ts";
import { BLOCK_NULLS, BLOCK_SLOTS } from "../../../assembly/abi/table.ts";
import type { Engine } from "../../engine/engine.ts";
import type { CatalogTable } from "../catalog/catalog.ts";
import { pathContent } from "../catalog/descriptor.ts";
import type { LogicalConflict, ScanColumn } from "../plan/operator.ts";
import { machineOf, type SqlType, slotOf } from "../type/type.ts";
import type { EngineFunctions } from "./engine-functions.ts";
import { type EngineTables, uniqueName } from "./engine-tables.ts";
import type { RowValue } from "./surroundings.ts";
import { bytesOfText, type Plain, stringOfBytes, type Tagged, type Value } from "./value.ts";

const MISSING = NO_ROW >>> 0;

export class RowWriter {
  readonly #engine: Engine;
  readonly #functions: EngineFunctions;
  readonly #tables: EngineTables;
  readonly #database: number;

  constructor(engine: Engine, functions: EngineFunctions, tables: EngineTables, database: number) {
    this.#engine = engine;
    this.#functions = functions;
    this.#tables = tables;
    this.#database = database;
  }

  insert(collection: string, values: readonly RowValue[]): number {
    return this.#named(collection, (pointer, length) => {
      this.#functions.required("row_new")(pointer, length);
      this.#give(values);
      return this.#written(this.#functions.required("row_insert")());
    });
  }

  update(collection: string, row: number, values: readonly RowValue[]): number {
    return this.#named(collection, (pointer, length) => {
      if (Number(this.#functions.required("row_load")(pointer, length, row)) !== 1) throw this.#tables.refusal();
      this.#give(values);
      return this.#written(this.#functions.required("row_update")());
    });
  }

  remove(collection: string, row: number): boolean {
    return this.#named(collection, (pointer, length) => {
      const removed = Number(this.#functions.required("row_remove")(pointer, length, row)) === 1;
      this.#functions.check();
      return removed;
    });
  }

  conflicting(collection: string, values: readonly RowValue[], conflict: LogicalConflict): number | undefined {
    const table = this.#tables.table(this.#database, collection);
    const { byKey, index } = constraintOf(table, conflict.target);
    return this.#named(collection, (pointer, length) => {
      this.#functions.required("row_new")(pointer, length);
      this.#give(values);
      const row = this.#functions.withBytes(bytesOfText(index), (name, nameLength) =>
        Number(this.#functions.required("row_conflict")(byKey ? 1 : 0, name, nameLength)),
      );
      this.#engine.memory.refresh();
      this.#functions.check();
      return row >>> 0 === MISSING ? undefined : row >>> 0;
    });
  }

  /** Values of the row that `conflicting` looked at, defaults included. */
  coerced(values: readonly RowValue[], columns: readonly ScanColumn[]): readonly Value[] {
    const block = Number(this.#functions.required("row_block")()) >>> 0;
    const { memory } = this.#engine;
    const nulls = memory.long(block + BLOCK_NULLS);
    return columns.map(({ source, type }) => {
      if (source.kind !== "column") return valueAt(values, source);
      if ((nulls >> BigInt(source.number)) & 1n) return null;
      return this.#functions.words.plain(slotOf(type), memory.long(block + BLOCK_SLOTS + source.number * 8));
    });
  }

  /** Gives the row under way its values. */
  #give(values: readonly RowValue[]): void {
    const { words } = this.#functions;
    for (const { target, type, value } of values) {
      const { tag, payload } = this.#tagged(type, value);
      if (target.kind === "column") this.#functions.required("row_column")(target.number, tag, payload);
      else if (target.kind === "id") this.#functions.required("row_identify")(tag, payload);
      else if (target.kind === "path") {
        const path = stringOfBytes(pathContent(target.names));
        const place = words.write(path.padEnd(8, "\0"));
        this.#functions.required("row_field")(Number((place >> 32n) & 0xffffffffn), path.length, tag, payload);
      }
      this.#engine.memory.refresh();
      this.#functions.check();
    }
  }

  #tagged(type: SqlType, value: Value): { readonly tag: number; readonly payload: bigint } {
    if (value === null) return { tag: SLOT_NONE, payload: 0n };
    const tagged: Tagged = machineOf(type) === "any" ? (value as Tagged) : { tag: slotOf(type), value: value as Plain };
    return { tag: tagged.tag, payload: this.#functions.words.payload(tagged) };
  }

  #written(row: number | bigint | undefined): number {
    this.#engine.memory.refresh();
    const number = Number(row) >>> 0;
    if (number === MISSING) throw this.#tables.refusal();
    return number;
  }

  /** Calls with a collection's name in the arena; what was allocated meanwhile is released. */
  #named<T>(collection: string, use: (pointer: number, length: number) => T): T {
    return this.#functions.released(() => this.#functions.withBytes(bytesOfText(collection), use));
  }
}

/** Which constraint a conflict means; with no columns any of them. */
function constraintOf(table: CatalogTable | undefined, target: readonly number[]): { readonly byKey: boolean; readonly index: string } {
  if (target.length === 0) return { byKey: table === undefined, index: "" };
  const same = (columns: readonly number[]): boolean => columns.length === target.length && columns.every((column) => target.includes(column));
  if (table?.primaryKey !== undefined && same(table.primaryKey.columns)) return { byKey: true, index: "" };
  const unique = table?.uniques.find(({ columns }) => same(columns));
  if (table !== undefined && unique !== undefined) return { byKey: false, index: uniqueName(table, unique) };
  const index = table?.indexes.find(
    ({ unique: only, parts }) => only && same(parts.map((part) => (part.kind === "column" ? part.number : -1))),
  );
  return { byKey: false, index: index?.name ?? "" };
}

function valueAt(values: readonly RowValue[], source: ScanColumn["source"]): Value {
  const key = JSON.stringify(source);
  const found = values.find(({ target }) => JSON.stringify(target) === key);
  if (found === undefined || found.value === null) return null;
  return machineOf(found.type) === "any" ? found.value : { tag: slotOf(found.type), value: found.value as Plain };
}
