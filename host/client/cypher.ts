/**
 * Cypher in the library: what programs see, and a prepared statement of an embedded database.
 *
 * Values of a template become parameters, never text of the statement. Other parameters are given by name.
 */
import type { CypherMap, CypherNode, CypherPath, CypherRelationship, CypherValue } from "../query/executor/cypher-value.ts";
import type { NamedParameters, Parameter } from "../query/executor/input.ts";
import type { QueryResult } from "../query/executor/query-result.ts";
import type { CypherFloat } from "../query/type/float.ts";
import type { PreparedRuns } from "./queries.ts";

export type { CypherFloat, CypherMap, CypherNode, CypherPath, CypherRelationship, CypherValue };

/** A row by column name. */
export type CypherRow = Readonly<Record<string, CypherValue>>;

/** What may be passed for $name: `undefined` is NULL, arrays are lists, objects maps; `float(1)` is 1.0, and 1 an INTEGER. */
export type CypherParameter = Parameter | CypherFloat;
export type CypherParameters = Readonly<Record<string, CypherParameter>>;

/** What a statement has changed: counters that are not zero. */
export interface CypherStats {
  readonly nodesCreated?: number;
  readonly nodesDeleted?: number;
  readonly relationshipsCreated?: number;
  readonly relationshipsDeleted?: number;
  readonly propertiesSet?: number;
  readonly labelsAdded?: number;
  readonly labelsRemoved?: number;
}

/** Rows, with the names of their columns and what the statement has changed. */
export type CypherRows<R = CypherRow> = R[] & {
  readonly columns: readonly string[];
  readonly stats: CypherStats;
};

export interface CypherResult<R = CypherRow> {
  readonly columns: readonly string[];
  readonly rows: R[];
  readonly stats: CypherStats;
}

/** A statement that was prepared; parameters are given by name. Its methods run at once. */
export interface CypherStatement<R = CypherRow> {
  /** Runs it and answers what it has changed. */
  run(parameters?: CypherParameters): CypherStats;
  /** The first row, or undefined. */
  get(parameters?: CypherParameters): R | undefined;
  /** All rows. */
  all(parameters?: CypherParameters): R[];
  /** The rows one by one. */
  iterate(parameters?: CypherParameters): IterableIterator<R>;
}

/** What `cypher` is called with: a template and its values, or a text, parameters by name, and options. */
export type CypherCall<Options> =
  | readonly [strings: TemplateStringsArray, ...values: CypherParameter[]]
  | readonly [text: string, parameters?: CypherParameters, options?: Options];

/** The text, the parameters and the options of a call. */
export function cypherCall<Options extends object>(
  call: CypherCall<Options>,
  none: Options,
): [text: string, parameters: CypherParameters, options: Options] {
  const [first, ...rest] = call;
  if (typeof first === "string") {
    const [parameters = {}, options = none] = rest as [CypherParameters?, Options?];
    return [first, parameters, options];
  }
  const names = rest.map((_, index) => `p${index}`);
  const text = first.reduce((before, part, index) => `${before}$${names[index - 1]} ${part}`);
  return [text, Object.fromEntries(rest.map((value, index) => [names[index], value as CypherParameter])), none];
}

/** A result's rows as an array that has its columns and counters. */
export function cypherRowsOf<R>({ rows, columns, stats }: CypherResult<R>): CypherRows<R> {
  return Object.assign(rows, { columns, stats });
}

export function cypherResult<R>({ columns, rows, stats = {} }: QueryResult<unknown>): CypherResult<R> {
  return { columns: columns.map(({ name }) => name), rows: rows as R[], stats };
}

export class PreparedCypher<R> implements CypherStatement<R> {
  readonly #runs: PreparedRuns;

  constructor(runs: PreparedRuns) {
    this.#runs = runs;
  }

  run(parameters: CypherParameters = {}): CypherStats {
    return this.#runs.run(parameters as NamedParameters).stats ?? {};
  }

  get(parameters: CypherParameters = {}): R | undefined {
    return this.all(parameters)[0];
  }

  all(parameters: CypherParameters = {}): R[] {
    return this.#runs.run(parameters as NamedParameters).rows as R[];
  }

  iterate(parameters: CypherParameters = {}): IterableIterator<R> {
    return this.#runs.iterate(parameters as NamedParameters) as IterableIterator<R>;
  }
}
