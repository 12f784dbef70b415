/**
 * The door to SQL: loads the language when the first statement comes, and gives it what it needs of the database.
 *
 * Parser, binder, optimiser and code generator are a chunk of their own in the built programs, so a database that is used
 * without SQL starts as fast as if there were none.
 */
import type { Engine } from "../engine/engine.ts";
import type { Clock, ModuleSource, Random } from "../platform/types.ts";
import type { QueryEngine } from "../query/executor/query-engine.ts";

/** The chunk with the language. */
export type SqlLanguage = Pick<typeof import("../query/executor/create.ts"), "createQueryEngine">;

function ownLanguage(): Promise<SqlLanguage> {
  return import("../query/executor/create.ts");
}

/** Seeds of executions that are drawn at once. */
const SEEDS = 64;

export class QueryDoor {
  readonly #engine: Engine;
  readonly #clock: Clock;
  readonly #random: Random;
  #loaded: QueryEngine | undefined;
  #loading: Promise<QueryEngine> | undefined;

  readonly #modules: ModuleSource | undefined;
  readonly #language: () => Promise<SqlLanguage>;

  constructor(engine: Engine, clock: Clock, random: Random, modules: ModuleSource | undefined, language = ownLanguage) {
    this.#modules = modules;
    this.#language = language;
    this.#engine = engine;
    this.#clock = clock;
    this.#random = random;
  }

  /** What runs statements; undefined until the first `load` is done. */
  get engine(): QueryEngine | undefined {
    return this.#loaded;
  }

  /** Loads the language; later calls answer the same. A failed attempt is not kept. */
  load(): Promise<QueryEngine> {
    this.#loading ??= this.#load();
    return this.#loading;
  }

  /** After a replay: loads the language if a catalog is there, and restores tables and indexes. Answers what could not be. */
  async restore(): Promise<readonly string[]> {
    return this.#hasCatalog() ? (await this.load()).restore() : [];
  }

  #hasCatalog(): boolean {
    const next = this.#engine.planFunction("catalog_key");
    if (next === undefined) return false;
    return this.#engine.runPlan(() => {
      for (let database = 0; database < this.#engine.statistics.databaseCount; database++) {
        if (next(database, 1) !== 0n) return true;
      }
      return false;
    });
  }

  async #load(): Promise<QueryEngine> {
    try {
      const { createQueryEngine } = await this.#language();
      const seeds = new BigInt64Array(SEEDS);
      let next = SEEDS;
      const loaded = createQueryEngine(this.#engine, {
        nowMs: () => this.#clock.nowMs(),
        monotonicMs: () => this.#clock.monotonicMs(),
        modules: this.#modules,
        seed: () => {
          if (next === SEEDS) {
            this.#random.fill(new Uint8Array(seeds.buffer));
            next = 0;
          }
          return seeds[next++] ?? 0n;
        },
      });
      this.#loaded = loaded;
      return loaded;
    } catch (error) {
      this.#loading = undefined;
      throw error;
    }
  }
}
