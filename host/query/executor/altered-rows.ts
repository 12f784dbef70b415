/**
 * The rows of a table that is altered: what each column of the new one gets, told to the engine (abi/table.ts, CONVERSION_*).
 *
 * Rows whose keys are made anew go through a prefix of their own, so that a key that one row leaves may be another's.
 */
import {
  CONVERSION_COLUMNS,
  CONVERSION_DEFAULT,
  CONVERSION_FLAGS,
  CONVERSION_FROM_SCRATCH,
  CONVERSION_LOGGED,
  CONVERSION_OLD,
  CONVERSION_PREFIX,
  CONVERSION_PREFIX_BYTES,
  CONVERSION_TO_SCRATCH,
} from "../../../assembly/abi/table.ts";
import type { TableExpression } from "../binder/table-expression.ts";
import { describeTable, type TableFunctions as Slots } from "../catalog/descriptor.ts";
import type { StoredIndex, StoredTable } from "../catalog/schema-json.ts";
import type { EngineFunctions } from "./engine-functions.ts";
import type { TableFunctions } from "./table-functions.ts";
import { bytesOfText, stringOfBytes } from "./value.ts";

/** What a column gets: what an old column has, what an expression makes of the old row, or (undefined) its default. */
export type ColumnSource = number | TableExpression | undefined;

/** What becomes of rows. */
export interface RowAlteration {
  /** For each new column. */
  readonly sources: readonly ColumnSource[];
  /** Rows may get other keys under the same prefix. */
  readonly changesKeys: boolean;
  /** Rows become others by more than the declaration. */
  readonly changesValues: boolean;
}

/** What becomes of a table. */
export interface TableAlteration {
  readonly from: StoredTable;
  readonly to: StoredTable;
  /** Undefined: names, kinds and order of the columns are the same, and so is the primary key. */
  readonly rows: RowAlteration | undefined;
  /** All indexes that it has besides its constraints'. */
  readonly indexes: readonly StoredIndex[];
  /** Rows are looked at whether they are as they are to be. */
  readonly checks: boolean;
}

/** Where rows are altered. */
export interface AlterPlace {
  readonly database: number;
  readonly functions: EngineFunctions;
  readonly tableFunctions: TableFunctions;
  readonly nowMs: number;
  readonly withTexts: <T>(texts: readonly string[], call: (places: readonly TextPlace[]) => T) => T;
  /** Throws what a status says. */
  readonly expect: (status: number) => void;
}

interface TextPlace {
  readonly pointer: number;
  readonly length: number;
}

/** A prefix that is nobody's. */
const SCRATCH = "\u0001altered";
const NO_FUNCTIONS: Slots = { defaults: [], checks: [] };

/** Declares a table with the rows of another, or of itself. Throws what is wrong with one of them; a transaction takes back what is left then. */
export function alterRows(place: AlterPlace, from: StoredTable, to: StoredTable, slots: Slots, rows: RowAlteration): void {
  const { tableFunctions } = place;
  const made: number[] = [];
  const columns = rows.sources.map((source) => {
    if (source === undefined) return CONVERSION_DEFAULT;
    if (typeof source === "number") return source;
    const slot = tableFunctions.addConversion(from.name, source);
    made.push(slot);
    return CONVERSION_DEFAULT - slot;
  });
  const old = describeTable(from, NO_FUNCTIONS);
  const descriptor = describeTable(to, slots);
  const logged = rows.changesValues ? CONVERSION_LOGGED : 0;
  try {
    if (!rows.changesKeys) move(place, { from: from.name, old, to: to.name, descriptor, columns, flags: logged });
    else {
      move(place, { from: from.name, old, to: SCRATCH, descriptor, columns, flags: CONVERSION_TO_SCRATCH });
      const same = columns.map((_, number) => number);
      move(place, { from: SCRATCH, old: descriptor, to: to.name, descriptor, columns: same, flags: CONVERSION_FROM_SCRATCH });
    }
  } finally {
    tableFunctions.free(made);
  }
}

interface Move {
  readonly from: string;
  readonly old: Uint8Array;
  readonly to: string;
  readonly descriptor: Uint8Array;
  readonly columns: readonly number[];
  readonly flags: number;
}

function move({ database, functions, nowMs, withTexts, expect }: AlterPlace, { from, old, to, descriptor, columns, flags }: Move): void {
  const texts = [bytesOfText(from), stringOfBytes(old), bytesOfText(to), stringOfBytes(descriptor)];
  withTexts(texts, ([source, before, target, after]) => {
    const conversion = new Uint8Array(CONVERSION_COLUMNS + columns.length * 4);
    const view = new DataView(conversion.buffer);
    view.setUint32(CONVERSION_OLD, before!.pointer, true);
    view.setUint32(CONVERSION_PREFIX, source!.pointer, true);
    view.setUint32(CONVERSION_PREFIX_BYTES, source!.length, true);
    view.setUint32(CONVERSION_FLAGS, flags, true);
    columns.forEach((column, number) => {
      view.setInt32(CONVERSION_COLUMNS + number * 4, column, true);
    });
    functions.withBytes(stringOfBytes(conversion), (pointer) => {
      expect(Number(functions.required("table_alter")(database, target!.pointer, target!.length, after!.pointer, pointer, nowMs)));
    });
  });
}

/** Whether two parts of a catalog's record are the same. */
export function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
