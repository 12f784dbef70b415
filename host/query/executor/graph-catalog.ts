/**
 * The graph's part of the catalog as the engine has it: labels and types by name, with their counts, and indexes of labels.
 */
import { NAME_COUNT, NAMES_LABELS, NAMES_TYPES } from "../../../assembly/abi/graph.ts";
import type { Engine } from "../../engine/engine.ts";
import type { GraphCatalog } from "../catalog/graph.ts";
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
    indexes: (label) => indexes.list(database).filter((index) => index.label === label),
  };
}
