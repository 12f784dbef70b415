/**
 * The door of this folder for the database: what is loaded when the first statement comes.
 */
import { sqlError } from "../../common/sql-state.ts";
import type { Engine } from "../../engine/engine.ts";
import { engineCatalog } from "./engine-catalog.ts";
import { QueryEngine } from "./query-engine.ts";
import { RowWriter } from "./row-writer.ts";

/** What statements need of the world outside of the engine. */
export interface Outside {
  readonly nowMs: () => number;
  readonly monotonicMs: () => number;
  /** 64 bits of entropy. */
  readonly seed: () => bigint;
}

/** What runs statements on an engine. */
export function createQueryEngine(engine: Engine, outside: Outside): QueryEngine {
  const created: QueryEngine = new QueryEngine({
    engine,
    ...outside,
    catalog: (database) => engineCatalog(engine, created.functions, database),
    rows: (database, functions) => new RowWriter(engine, functions, database, engineCatalog(engine, functions, database).catalog),
    define: (statement) => {
      throw sqlError("0A000", `${statement.kind.replace("Parsed", "")} is not supported`);
    },
    functions: undefined,
    callExtension: (_module, name) => {
      throw sqlError("42883", `function ${name} does not exist`);
    },
  });
  return created;
}
