/**
 * The door of this folder for the database: what is loaded when the first statement comes.
 */
import { sqlError } from "../../common/sql-state.ts";
import type { Engine } from "../../engine/engine.ts";
import { parseSql } from "../parser/sql/parse.ts";
import { Definition } from "./definition.ts";
import { engineCatalog } from "./engine-catalog.ts";
import { EngineTables } from "./engine-tables.ts";
import { type DatabaseCatalog, QueryEngine } from "./query-engine.ts";
import { RowWriter } from "./row-writer.ts";
import { TableDoor } from "./table-door.ts";

/** What statements need of the world outside of the engine. */
export interface Outside {
  readonly nowMs: () => number;
  readonly monotonicMs: () => number;
  /** 64 bits of entropy. */
  readonly seed: () => bigint;
}

/** What runs statements on an engine. */
export function createQueryEngine(engine: Engine, outside: Outside): QueryEngine {
  let tables: EngineTables | undefined;
  const catalogOf = (database: number): DatabaseCatalog => engineCatalog(engine, created.functions, tablesOf(), database);
  const tablesOf = (): EngineTables => {
    tables ??= new EngineTables(engine, created.functions, undefined, outside.nowMs);
    return tables;
  };
  const definitionOf = (database: number, text: string): Definition => {
    const place = { engine, tables: tablesOf(), catalog: catalogOf(database).catalog, database };
    return new Definition(created.functions, place, text, (fill) => created.fill(fill, database));
  };
  const created: QueryEngine = new QueryEngine({
    engine,
    ...outside,
    catalog: catalogOf,
    rows: (database, functions) => new RowWriter(engine, functions, database, catalogOf(database).catalog),
    define: (_statement, text, database) => definitionOf(database, text).run(parseSql(text)),
    tables: (own, database) => new TableDoor(own, tablesOf(), database, (name) => definitionOf(database, "").dropTable(name, false)),
    refusal: () => tablesOf().refusal(),
    restore: (database) => tablesOf().restore(database),
    functions: undefined,
    callExtension: (_module, name) => {
      throw sqlError("42883", `function ${name} does not exist`);
    },
  });
  return created;
}
