/**
 * Estimates of a field's values for the optimiser, which the engine takes from a sample of rows (assembly/runtime/statistics.ts).
 * An estimate is kept until the collection has grown or shrunk by a quarter.
 */
import { COLLECTION_LIVE } from "../../../assembly/abi/record.ts";
import type { Engine } from "../../engine/engine.ts";
import type { ColumnSource } from "../optimizer/context.ts";
import type { EngineFunctions } from "./engine-functions.ts";
import type { EngineRows } from "./engine-rows.ts";

interface Estimate {
  readonly rows: number;
  readonly distinct: number | undefined;
  readonly nullShare: number;
}

/** Most estimates that are kept; beyond it all are forgotten. */
const KEPT_MAX = 1000;
const GROWTH = 1.25;

export class FieldStatistics {
  readonly #engine: Engine;
  readonly #functions: EngineFunctions;
  readonly #rows: EngineRows;
  readonly #kept = new Map<string, Estimate>();

  constructor(engine: Engine, functions: EngineFunctions, rows: EngineRows) {
    this.#engine = engine;
    this.#functions = functions;
    this.#rows = rows;
  }

  distinctValues(collection: string, source: ColumnSource): number | undefined {
    return this.#estimate(collection, source)?.distinct;
  }

  nullShare(collection: string, source: ColumnSource): number | undefined {
    return this.#estimate(collection, source)?.nullShare;
  }

  #estimate(collection: string, source: ColumnSource): Estimate | undefined {
    if (source.kind !== "path" && source.kind !== "column") return undefined;
    const handle = this.#rows.find(collection);
    if (handle === 0) return undefined;
    const rows = this.#engine.memory.looseWord(handle + COLLECTION_LIVE);
    const key = JSON.stringify([collection, source.kind === "path" ? source.names : source.number]);
    const known = this.#kept.get(key);
    if (known !== undefined && rows <= known.rows * GROWTH && rows * GROWTH >= known.rows) return known;
    const field = source.kind === "path" ? this.#rows.fieldNumber(collection, source.names) : source.number;
    const estimate = this.#sample(this.#rows.find(collection), field, rows);
    if (this.#kept.size >= KEPT_MAX) this.#kept.clear();
    this.#kept.set(key, estimate);
    return estimate;
  }

  #sample(handle: number, field: number, rows: number): Estimate {
    const distinct = Number(this.#functions.required("field_distinct")(handle, field));
    const nullShare = Number(this.#functions.required("field_null_share")(handle, field));
    this.#engine.memory.refresh();
    return { rows, distinct: distinct < 0 ? undefined : distinct, nullShare };
  }
}
