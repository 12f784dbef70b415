/**
 * Property indexes of labels in an engine: the engine's own definitions (assembly/graph/label-index.ts), and the catalog's keys
 * (catalog/graph.ts), from which they are made again after a restart.
 *
 * The engine decides what there is, the key what it means: an index whose key was deleted is used by nobody.
 *
 * Requires: all calls are made inside of `Engine.runPlan`.
 */
import { LABEL_INDEX_REQUIRED, LABEL_INDEX_UNCHECKED, LABEL_INDEX_UNIQUE } from "../../../assembly/abi/graph.ts";
import { CELL_ERROR } from "../../../assembly/abi/record.ts";
import { STATUS_INVALID, STATUS_OK } from "../../../assembly/abi/status.ts";
import { DatabaseError } from "../../common/error.ts";
import { sqlError } from "../../common/sql-state.ts";
import type { Engine } from "../../engine/engine.ts";
import { describeIndex } from "../catalog/descriptor.ts";
import { type CatalogLabelIndex, LABEL_INDEX_KEYS, type LabelConstraint, readLabelIndex, writeLabelIndex } from "../catalog/graph.ts";
import type { EngineFunctions } from "./engine-functions.ts";
import type { EngineTables } from "./engine-tables.ts";
import { bytesOfText, stringOfBytes, textOfBytes } from "./value.ts";

function demands(constraint: LabelConstraint | undefined): number {
  if (constraint === undefined) return 0;
  return (constraint === "NOT NULL" ? 0 : LABEL_INDEX_UNIQUE) | (constraint === "UNIQUE" ? 0 : LABEL_INDEX_REQUIRED);
}

interface Known {
  readonly version: number;
  readonly indexes: readonly CatalogLabelIndex[];
}

export class LabelIndexes {
  readonly #engine: Engine;
  readonly #functions: EngineFunctions;
  readonly #tables: EngineTables;
  /** By database. */
  readonly #known = new Map<number, Known>();

  constructor(engine: Engine, functions: EngineFunctions, tables: EngineTables) {
    this.#engine = engine;
    this.#functions = functions;
    this.#tables = tables;
  }

  /** Changes with the indexes, and with the names of labels and types; 0: there is no graph. */
  version(database: number): number {
    return Number(this.#functions.required("graph_version")(database)) >>> 0;
  }

  /** What there is, for who plans: the answer of no statement depends on it. */
  list(database: number): readonly CatalogLabelIndex[] {
    const version = this.version(database);
    const known = this.#known.get(database);
    const isPrivate = this.#tables.isPrivateNow;
    if (known?.version === version && !isPrivate) return known.indexes;
    const indexes = this.#names(database).flatMap((name) => this.#stored(database, name) ?? []);
    if (!isPrivate) this.#known.set(database, { version, indexes });
    return indexes;
  }

  /** The same for who says what there is: it has read all of them. */
  all(database: number): readonly CatalogLabelIndex[] {
    this.#tables.tell("keys_tell", database, LABEL_INDEX_KEYS);
    return this.list(database);
  }

  find(database: number, name: string): CatalogLabelIndex | undefined {
    this.#tables.tell("key_tell", database, LABEL_INDEX_KEYS + name);
    return this.list(database).find((index) => index.name === name);
  }

  /** Makes an index over the nodes that there are, and writes its key. Throws what is wrong; nothing has changed then. */
  add(database: number, index: CatalogLabelIndex): void {
    this.#create(database, index, 0);
    try {
      this.#tables.writeKey(database, LABEL_INDEX_KEYS + index.name, writeLabelIndex(index));
    } catch (error) {
      this.#drop(database, index.name);
      throw error;
    }
    // The key came behind the engine's change.
    this.#known.delete(database);
  }

  /** Drops an index by its name; false when there is none. */
  drop(database: number, name: string): boolean {
    const isThere = this.#drop(database, name);
    this.#known.delete(database);
    return this.#tables.deleteKey(database, LABEL_INDEX_KEYS + name) || isThere;
  }

  /** Makes the indexes of a database again, all or those of these names, after a restart for instance. Answers why some could not be. */
  restore(database: number, wanted?: ReadonlySet<string>): readonly string[] {
    const problems: string[] = [];
    for (const key of this.#tables.catalogKeys(database)) {
      const isWanted = key.startsWith(LABEL_INDEX_KEYS) && wanted?.has(key.slice(LABEL_INDEX_KEYS.length)) !== false;
      const text = isWanted ? this.#tables.readKey(database, key) : undefined;
      if (text === undefined) continue;
      try {
        // What there is was judged when it was written.
        this.#create(database, readLabelIndex(text), LABEL_INDEX_UNCHECKED);
      } catch (error) {
        if (!(error instanceof DatabaseError) || error.code === "ENGINE_FAILED") throw error;
        this.#engine.memory.setWord(this.#functions.cells + CELL_ERROR, 0);
        problems.push(`${key} of database ${database} cannot be restored: ${error.message}`);
      }
    }
    this.#known.delete(database);
    return problems;
  }

  /** Drops an index in the engine; its key stays, so that `restore` brings it back. */
  withdraw(database: number, name: string): void {
    this.#drop(database, name);
    this.#known.delete(database);
  }

  // -----------------------------------------------------------------------------------------------------------------------

  #names(database: number): readonly string[] {
    const nameAt = this.#functions.required("label_index_name");
    const names: string[] = [];
    return this.#functions.released(() => {
      for (let position = 0; ; position++) {
        const word = nameAt(database, position) as bigint;
        if (word === 0n) return names;
        names.push(textOfBytes(this.#functions.words.read(word)));
      }
    });
  }

  #stored(database: number, name: string): CatalogLabelIndex | undefined {
    const text = this.#tables.readKey(database, LABEL_INDEX_KEYS + name);
    return text === undefined ? undefined : readLabelIndex(text);
  }

  #create(database: number, { name, label, properties, constraint }: CatalogLabelIndex, flags: number): void {
    const parts = properties.map((property) => ({ kind: "path", names: [property], descending: false, nullsFirst: false }) as const);
    const fields = stringOfBytes(describeIndex(parts));
    const create = this.#functions.required("label_index_create");
    const status = this.#place(bytesOfText(label), (labelAt, labelBytes) =>
      this.#place(fields, (fieldsAt, fieldBytes) =>
        this.#place(bytesOfText(name), (nameAt, nameBytes) =>
          create(database, labelAt, labelBytes, flags | demands(constraint), fieldsAt, fieldBytes, parts.length, nameAt, nameBytes),
        ),
      ),
    );
    if (status === STATUS_INVALID) throw sqlError("54000", `an index "${name}" on label "${label}" cannot be made: there are too many`);
    if (status !== STATUS_OK) throw this.#tables.refusal();
  }

  #drop(database: number, name: string): boolean {
    const drop = this.#functions.required("label_index_drop");
    return this.#place(bytesOfText(name), (pointer, length) => drop(database, pointer, length)) === 1;
  }

  #place(bytes: string, call: (pointer: number, length: number) => number | bigint | undefined): number {
    return this.#functions.withBytes(bytes, (pointer, length) => Number(call(pointer, length)));
  }
}
