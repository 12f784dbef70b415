/**
 * The graph's part of the catalog as the engine has it: labels and types by name, with their counts, indexes of labels, and the properties
 * that nodes and relationships have brought.
 */
import { NAME_COLLECTION, NAME_COUNT, NAME_NUMBER, NAMES_LABELS, NAMES_TYPES } from "../../../assembly/abi/graph.ts";
import {
  COLLECTION_VERSION,
  FIELD_FLAGS,
  FIELD_NAME,
  FIELD_NAME_LENGTH,
  FIELD_PARENT,
  FIELD_ROOT,
  FIELD_SEEN,
  FIELDS_SEEN_MAX,
} from "../../../assembly/abi/record.ts";
import type { Engine } from "../../engine/engine.ts";
import type { CatalogFields } from "../catalog/catalog.ts";
import { type GraphCatalog, LABEL_FIELDS, TYPE_FIELDS } from "../catalog/graph.ts";
import type { EngineFunctions } from "./engine-functions.ts";
import type { LabelIndexes } from "./label-indexes.ts";
import { bytesOfText, textOfBytes } from "./value.ts";

/** Requires: its functions are called inside of `Engine.runPlan`. */
export function graphCatalog(engine: Engine, functions: EngineFunctions, indexes: LabelIndexes, database: number): GraphCatalog {
  const graph = (): number => Number(functions.required("graph_find")(database)) >>> 0;
  const total = (name: string): number => {
    const handle = graph();
    return handle === 0 ? 0 : Number(functions.required(name)(handle)) >>> 0;
  };
  const count = (kind: number, name: string): number | undefined => {
    const handle = graph();
    if (handle === 0) return undefined;
    const named = functions.required("graph_named");
    const found = functions.withBytes(bytesOfText(name), (pointer, length) => Number(named(handle, kind, pointer, length)) >>> 0);
    return found === 0 ? undefined : engine.memory.looseWord(found + NAME_COUNT);
  };
  const names = (kind: number): readonly string[] => {
    const handle = graph();
    const size = handle === 0 ? 0 : Number(functions.required("graph_names")(handle, kind)) >>> 0;
    const nameOf = functions.required("name_text");
    return functions.released(() =>
      Array.from({ length: size }, (_, number) => {
        const name = Number(functions.required("graph_name")(handle, kind, number)) >>> 0;
        return textOfBytes(functions.words.read(nameOf(name) as bigint));
      }),
    );
  };
  return {
    nodes: () => total("graph_nodes"),
    relationships: () => total("graph_relationships"),
    label: (name) => count(NAMES_LABELS, name),
    type: (name) => count(NAMES_TYPES, name),
    labels: () => names(NAMES_LABELS),
    types: () => names(NAMES_TYPES),
    indexes: (label) => indexes.list(database).filter((index) => label === undefined || index.label === label),
  };
}

/** Properties of the nodes with a label, or of the relationships of a type. Requires: as above. */
export class GraphFields {
  readonly #engine: Engine;
  readonly #functions: EngineFunctions;
  readonly #indexes: LabelIndexes;
  readonly #database: number;

  constructor(engine: Engine, functions: EngineFunctions, indexes: LabelIndexes, database: number) {
    this.#engine = engine;
    this.#functions = functions;
    this.#indexes = indexes;
    this.#database = database;
  }

  /** Names of the properties, of a name that `entityFields` made. What lies inside of properties is not listed. */
  fields(name: string, path: readonly string[]): CatalogFields {
    if (path.length > 0) return { names: [], open: true };
    const names = new Set<string>();
    let open = false;
    for (const collection of this.#collections(name)) {
      const count = Number(this.#functions.required("collection_fields")(collection)) >>> 0;
      if (count >= FIELDS_SEEN_MAX) open = true;
      for (let number = 0; number < count; number++) this.#addField(collection, number, names);
    }
    return { names: [...names], open };
  }

  /** Changes with the names of the properties, and with the graph's own version. */
  version(name: string): number {
    const { memory } = this.#engine;
    const versions = this.#collections(name).map((collection) => memory.looseWord(collection + COLLECTION_VERSION));
    return Math.max(this.#indexes.version(this.#database), ...versions);
  }

  #addField(collection: number, number: number, names: Set<string>): void {
    const { memory } = this.#engine;
    const field = Number(this.#functions.required("collection_field")(collection, number)) >>> 0;
    const isTop = (memory.looseWord(field + FIELD_PARENT) & 0xffff) === FIELD_ROOT;
    if (!isTop || (memory.byte(field + FIELD_FLAGS) & FIELD_SEEN) === 0) return;
    names.add(memory.readText(memory.looseWord(field + FIELD_NAME), memory.looseWord(field + FIELD_NAME_LENGTH)));
  }

  /** Where the properties lie: collections of the label sets, or of the type. */
  #collections(name: string): readonly number[] {
    const graph = Number(this.#functions.required("graph_find")(this.#database)) >>> 0;
    if (graph === 0) return [];
    const isLabel = name.startsWith(LABEL_FIELDS);
    const own = bytesOfText(name.slice((isLabel ? LABEL_FIELDS : TYPE_FIELDS).length));
    const kind = isLabel ? NAMES_LABELS : NAMES_TYPES;
    const named = this.#functions.required("graph_named");
    const found = this.#functions.withBytes(own, (pointer, length) => Number(named(graph, kind, pointer, length)) >>> 0);
    if (found === 0) return [];
    const { memory } = this.#engine;
    if (!isLabel) return [memory.looseWord(found + NAME_COLLECTION)].filter((collection) => collection !== 0);
    const number = memory.looseWord(found + NAME_NUMBER);
    const count = Number(this.#functions.required("graph_sets")(graph)) >>> 0;
    const sets = Array.from({ length: count }, (_, position) => Number(this.#functions.required("graph_set")(graph, position)) >>> 0);
    return sets.filter((collection) => this.#functions.required("set_has")(collection, number) === 1);
  }
}
