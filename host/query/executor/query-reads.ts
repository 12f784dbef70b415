/**
 * What a query may read, as a whole: for the transactions that are active, where single reads cannot be told any more, since the query
 * goes on while others write.
 */
import type { Engine } from "../../engine/engine.ts";
import type { EngineFunctions } from "./engine-functions.ts";
import { EngineRows } from "./engine-rows.ts";
import { bytesOfText } from "./value.ts";

/** The graph among collections. */
export const GRAPH = "";

export class QueryReads {
  /** Names of collections, there or not. */
  readonly collections: readonly string[];
  readonly readsGraph: boolean;
  readonly #engine: Engine;
  readonly #functions: EngineFunctions;

  constructor(engine: Engine, functions: EngineFunctions, collections: readonly string[], readsGraph: boolean) {
    this.#engine = engine;
    this.#functions = functions;
    this.collections = collections;
    this.readsGraph = readsGraph;
  }

  /** Tells it of the transaction or the unit that runs. */
  track(database: number): void {
    const rows = new EngineRows(this.#engine, this.#functions, database);
    for (const collection of this.collections) rows.track(collection);
    if (this.readsGraph) rows.track(GRAPH);
  }

  /** Tells it of the execution that runs, before others run for the first time. */
  tellExecution(): void {
    const tell = this.#functions.required("execution_read");
    if (this.readsGraph) tell(0, 0);
    for (const collection of this.collections) {
      this.#functions.withBytes(bytesOfText(collection), (pointer, length) => tell(pointer, length));
    }
  }
}
