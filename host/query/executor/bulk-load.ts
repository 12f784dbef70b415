/**
 * One prepared INSERT of $1, $2 ... for many rows of a program: in batches where the statement is no more than that (row-loader.ts),
 * else row by row.
 */
import { BatchWriter } from "./batch-writer.ts";
import type { Parameter } from "./input.ts";
import type { PlanCache } from "./plan-cache.ts";
import type { Field } from "./row-encoder.ts";
import { plainInsert, RowLoader } from "./row-loader.ts";
import type { PlannedStatement } from "./statement.ts";

interface Known {
  readonly statement: PlannedStatement;
  /** Undefined: rows go in one by one. */
  readonly loader: RowLoader | undefined;
}

export class BulkLoad {
  readonly #cache: PlanCache;
  readonly #known = new WeakMap<readonly Field[], Known>();

  constructor(cache: PlanCache) {
    this.#cache = cache;
  }

  /** Inserts the rows, whose values stand under `fields`; answers how many. Requires: a statement has begun. */
  load(statement: PlannedStatement, fields: readonly Field[], rows: readonly object[], database: number): number {
    const loader = this.#loader(statement, fields, database);
    if (loader !== undefined) return loader.load(rows);
    return rows.reduce((count, row) => count + this.#insertRow(statement, fields, row), 0);
  }

  #loader(statement: PlannedStatement, fields: readonly Field[], database: number): RowLoader | undefined {
    const known = this.#known.get(fields);
    if (known?.statement === statement) return known.loader;
    const insert = plainInsert(statement.plan.root, fields.length);
    const { engine, functions, input, catalog } = this.#cache.place(database).maker;
    const parts = { memory: engine.memory, words: functions.words, input };
    const loader = insert && new RowLoader(insert, fields, catalog, new BatchWriter(engine, functions), parts);
    this.#known.set(fields, { statement, loader });
    return loader;
  }

  #insertRow(statement: PlannedStatement, fields: readonly Field[], row: object): number {
    const given = fields.map((field) => (row as Readonly<Record<Field, Parameter>>)[field]);
    const { input } = this.#cache;
    return statement.interpreted().run(input.parameterValues(statement.plan, given), [], ALL_ROWS);
  }
}

/** Takes rows that nobody wants. */
export const ALL_ROWS = (): boolean => true;
