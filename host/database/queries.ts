/**
 * The door to SQL: loads the language when the first statement comes, and gives it what it needs of the database.
 *
 * Parser, binder, optimiser and code generator are a chunk of their own in the built programs, so a database that is used
 * without SQL starts as fast as if there were none. Statements that let others run take their turns here (statement-turns.ts).
 */
import type { Engine } from "../engine/engine.ts";
import type { Clock, ModuleSource, Random } from "../platform/types.ts";
import type { QueryEngine } from "../query/executor/query-engine.ts";
import { type Slices, TimedSlices } from "../query/executor/slice.ts";
import type { OwnTransaction } from "../query/executor/sliced-write.ts";
import type { Suspended } from "../query/executor/suspended-statement.ts";
import { StatementTurns } from "./statement-turns.ts";

/** The chunk with the language. */
export type SqlLanguage = Pick<typeof import("../query/executor/create.ts"), "createQueryEngine">;

/** What statements need of a database's surroundings. */
export interface QueryParts {
  readonly clock: Clock;
  readonly random: Random;
  /** Where modules of functions for SQL lie; absent: only those in statements can be had. */
  readonly modules?: ModuleSource;
  /** Loads the language of SQL when the first statement comes; absent: as the bundler has split it off. */
  readonly loadSql?: () => Promise<SqlLanguage>;
  /** What says when a long query lets others run; absent: it does so behind about SLICE_MS. "never": it does not. */
  readonly slices?: (() => Slices) | "never";
}

/** What statements need of the database itself. */
export interface QueryPlace {
  /** Begins a transaction for a statement that lets others run and writes. */
  readonly ownTransaction: () => OwnTransaction;
  /** Hands on what a statement has written. */
  readonly passOn: () => void;
}

function ownLanguage(): Promise<SqlLanguage> {
  return import("../query/executor/create.ts");
}

/** Milliseconds of a slice of a long query: short ones spend more of their time on ends of turns, from which nobody gains while it is alone. */
const SLICE_MS = { shared: 0.12, alone: 0.5 };
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
  readonly #slices: (() => Slices) | "never";
  readonly #turns: StatementTurns;
  readonly #place: QueryPlace;

  constructor(engine: Engine, { clock, random, modules, loadSql, slices }: QueryParts, place: QueryPlace) {
    this.#place = place;
    this.#modules = modules;
    this.#language = loadSql ?? ownLanguage;
    this.#slices =
      slices ??
      (() =>
        new TimedSlices(
          () => clock.monotonicMs(),
          SLICE_MS,
          () => engine.commandCount,
        ));
    this.#engine = engine;
    this.#clock = clock;
    this.#random = random;
    this.#turns = new StatementTurns(clock, place.passOn);
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

  /** What a statement answers that was started: at once, or by a promise where it lets others run. */
  finish<R extends { readonly kind: string }>(started: R | Suspended<R>): R | Promise<R> {
    return this.#turns.finish(started);
  }

  /** Ends what is under way. */
  close(): void {
    this.#turns.close();
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
        slices: this.#slices === "never" ? undefined : this.#slices,
        ownTransaction: this.#place.ownTransaction,
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
