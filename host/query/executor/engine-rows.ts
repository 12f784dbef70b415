/**
 * Rows of collections for the interpreter, value by value through the engine (assembly/runtime/collection.ts).
 *
 * 1. A scan asks for the numbers of its fields first, since that can change the collection, and finds the collection then.
 * 2. Nothing is written while a scan is open: what a statement writes it writes when its reads are done.
 * 3. What a read has allocated in the arena (a long text from a packed document) is released behind it.
 */
import {
  CELL_NOW,
  CELL_TAG,
  CHUNK_EXPIRY,
  CHUNK_HEADER,
  COLLECTION_DIRECTORY,
  COLLECTION_ROWS,
  COLLECTION_VERSION,
  FIELD_NONE,
  FIELD_ROOT,
  ROW_BYTES,
  ROW_ENTRY,
  SLOT_NONE,
  SLOT_TEXT,
} from "../../../assembly/abi/record.ts";
import { sqlError } from "../../common/sql-state.ts";
import type { Engine } from "../../engine/engine.ts";
import type { ScanColumn } from "../plan/operator.ts";
import { machineOf } from "../type/type.ts";
import type { EngineFunctions } from "./engine-functions.ts";
import type { RowCursor } from "./surroundings.ts";
import { bytesOfText, type Value } from "./value.ts";

const CHUNK_SHIFT = 10;
const CHUNK_MASK = 1023;

/** Reads one column of the row whose element lies at an address. */
type Read = (element: number) => Value;

export class EngineRows {
  readonly #engine: Engine;
  readonly #functions: EngineFunctions;
  readonly #database: number;
  /** Readers by the columns that a plan asks for; they hold for one collection at one version. */
  readonly #known = new WeakMap<
    readonly ScanColumn[],
    { readonly handle: number; readonly version: number; readonly reads: readonly (Read | undefined)[] }
  >();

  constructor(engine: Engine, functions: EngineFunctions, database: number) {
    this.#engine = engine;
    this.#functions = functions;
    this.#database = database;
  }

  /** Handle of a collection, 0 if there is none. Good until the next write or `collection_path`. */
  find(collection: string): number {
    const find = this.#functions.required("collection_find");
    return this.#functions.withBytes(bytesOfText(collection), (pointer, length) => Number(find(this.#database, pointer, length)) >>> 0);
  }

  /** Tells the transactions that are active that a collection, which need not exist, is read as a whole; without a name: the graph. */
  track(collection: string): void {
    const track = this.#functions.required("track_collection");
    this.#functions.withBytes(bytesOfText(collection), (pointer, length) => track(this.#database, pointer, length));
  }

  scan(collection: string, columns: readonly ScanColumn[]): RowCursor {
    if (this.#functions.required("tracks_reads")() !== 0) this.track(collection);
    let reads = this.#readers(collection, columns);
    const handle = this.find(collection);
    if (handle === 0) return { next: () => false, value: () => null };
    const { memory } = this.#engine;
    const isGone = this.#functions.required("row_expired");
    const rows = memory.looseWord(handle + COLLECTION_ROWS);
    let directory = memory.looseWord(handle + COLLECTION_DIRECTORY);
    let { turns } = this.#functions;
    const now = memory.float(this.#functions.cells + CELL_NOW);
    let row = -1;
    let element = 0;
    let mayExpire = false;
    return {
      next: () => {
        if (turns !== this.#functions.turns) {
          turns = this.#functions.turns;
          reads = this.#readers(collection, columns);
          directory = memory.looseWord(this.find(collection) + COLLECTION_DIRECTORY);
        }
        while (++row < rows) {
          const chunk = memory.looseWord(directory + (row >>> CHUNK_SHIFT) * 4);
          if ((row & CHUNK_MASK) === 0) mayExpire = Number(BigInt.asUintN(64, memory.long(chunk + CHUNK_EXPIRY))) < now;
          element = chunk + CHUNK_HEADER + (row & CHUNK_MASK) * ROW_BYTES;
          if (memory.word(element + ROW_ENTRY) === 0) continue;
          if (!mayExpire || isGone(element) === 0) return true;
        }
        return false;
      },
      value: (column) => {
        const read = reads[column];
        return read === undefined ? BigInt(row) : read(element);
      },
    };
  }

  /** The given rows, or those of batches until one is empty; rows that are gone are left out. */
  rows(collection: string, given: readonly number[] | (() => readonly number[]), columns: readonly ScanColumn[]): RowCursor {
    let reads = this.#readers(collection, columns);
    let handle = this.find(collection);
    let { turns } = this.#functions;
    const elementOf = this.#functions.required("row_element");
    const isGone = this.#functions.required("row_expired");
    const nextBatch = typeof given === "function" ? given : () => [];
    let batch = typeof given === "function" ? given() : given;
    let position = -1;
    let element = 0;
    return {
      next: () => {
        if (turns !== this.#functions.turns) {
          turns = this.#functions.turns;
          reads = this.#readers(collection, columns);
          handle = this.find(collection);
        }
        for (;;) {
          if (++position >= batch.length) {
            batch = nextBatch();
            position = 0;
            if (batch.length === 0) return false;
          }
          element = Number(elementOf(handle, batch[position] as number)) >>> 0;
          if (element !== 0 && isGone(element) === 0) return true;
        }
      },
      value: (column) => {
        const read = reads[column];
        return read === undefined ? BigInt(batch[position] as number) : read(element);
      },
    };
  }

  read(collection: string, row: number, columns: readonly ScanColumn[]): readonly Value[] {
    const reads = this.#readers(collection, columns);
    const handle = this.find(collection);
    const element = Number(this.#functions.required("row_element")(handle, row)) >>> 0;
    return reads.map((read) => (read === undefined ? BigInt(row) : read(element)));
  }

  /** One reader per column, made anew when the collection is another one now. */
  #readers(collection: string, columns: readonly ScanColumn[]): readonly (Read | undefined)[] {
    const known = this.#known.get(columns);
    const handle = this.find(collection);
    const version = handle === 0 ? 0 : this.#engine.memory.looseWord(handle + COLLECTION_VERSION);
    if (known !== undefined && known.handle === handle && known.version === version) return known.reads;
    const reads = this.#makeReaders(collection, columns);
    const after = this.find(collection);
    const newVersion = after === 0 ? 0 : this.#engine.memory.looseWord(after + COLLECTION_VERSION);
    this.#known.set(columns, { handle: after, version: newVersion, reads });
    return reads;
  }

  /** One reader per column; undefined for the row's number. */
  #makeReaders(collection: string, columns: readonly ScanColumn[]): (Read | undefined)[] {
    const paths = columns.map(({ source }) => (source.kind === "path" ? this.fieldNumber(collection, source.names) : -1));
    const handle = this.find(collection);
    return columns.map((column, index) => this.#reader(handle, column, paths[index] ?? -1));
  }

  #reader(handle: number, { source, type }: ScanColumn, field: number): Read | undefined {
    const isTagged = machineOf(type) === "any";
    switch (source.kind) {
      case "path": {
        const get = this.#functions.required("record_field");
        return this.#tagged((element) => get(handle, element, field) as bigint, isTagged);
      }
      case "column": {
        const get = this.#functions.required("record_field");
        return this.#tagged((element) => get(handle, element, source.number) as bigint, isTagged);
      }
      case "document": {
        const get = this.#functions.required("record_document");
        return this.#tagged((element) => get(handle, element) as bigint, isTagged);
      }
      case "id":
      case "key": {
        const get = this.#functions.required(source.kind === "id" ? "row_id" : "row_key");
        return (element) => {
          const text = this.#functions.words.read(get(element) as bigint);
          return isTagged ? { tag: SLOT_TEXT, value: text } : text;
        };
      }
      case "row":
        return undefined;
    }
  }

  /** Reads a payload and its tag; the value is tagged itself where its column is `any`. */
  #tagged(get: (element: number) => bigint, isTagged: boolean): Read {
    const { memory } = this.#engine;
    const { words, cells } = this.#functions;
    return (element) =>
      this.#functions.released(() => {
        const payload = get(element);
        memory.refresh();
        this.#functions.check();
        const tag = memory.word(cells + CELL_TAG);
        if (tag === SLOT_NONE) return null;
        const value = words.plain(tag, payload);
        return isTagged ? { tag, value } : value;
      });
  }

  /** Number of the field at a path; -1 when the collection does not exist. */
  fieldNumber(collection: string, names: readonly string[]): number {
    const numberOf = this.#functions.required("collection_path");
    let field = FIELD_ROOT;
    for (const name of names) {
      const handle = this.find(collection);
      if (handle === 0) return -1;
      field = this.#functions.withBytes(bytesOfText(name), (pointer, length) =>
        Number(numberOf(this.#database, handle, field, pointer, length)),
      );
      this.#engine.memory.refresh();
      if (field === FIELD_NONE) this.#functions.check();
      if (field === FIELD_NONE) throw sqlError("54011", `collection ${collection} has too many fields`);
    }
    return field;
  }
}
