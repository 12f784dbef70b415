/**
 * SQL in the library (Cypher: cypher.ts), and both on an embedded database: what programs see, and how an embedded database runs it.
 *
 * 1. `sql`, `query`, `cursor` and `load` answer promises: the language is loaded with the first of them, and what a statement
 *    wrote is as safe then as the durability level demands.
 * 2. `prepare` answers a promise of a statement whose methods run at once, as typed commands do; `flush` says when it is safe.
 * 3. Values of a template become parameters, never text of the statement.
 */

import { DatabaseError } from "../common/error.ts";
import type { Parameter, Parameters } from "../query/executor/input.ts";
import type { OpenResult } from "../query/executor/open-result.ts";
import type { Prepared } from "../query/executor/plan-cache.ts";
import type { QueryEngine } from "../query/executor/query-engine.ts";
import type { QueryResult, ResultColumn, RunOptions, SqlValue } from "../query/executor/query-result.ts";
import type { RowForm } from "../query/executor/result-rows.ts";
import type { RowMode } from "../query/executor/row-decoder.ts";
import type { Field } from "../query/executor/row-encoder.ts";
import type { SessionSettings } from "../query/executor/settings.ts";
import type { Suspended } from "../query/executor/suspended-statement.ts";
import type { TransactionControl } from "../query/executor/transaction-control.ts";
import { formatPlainType } from "../query/type/name.ts";
import { type CypherParameters, type CypherResult, type CypherStatement, cypherResult, PreparedCypher } from "./cypher.ts";

/** The languages by the names that the query engine has them under. */
export type LanguageName = "sql" | "cypher";

/** What may be passed for $1, $2 ...: `undefined` is NULL, plain objects and arrays are JSON. */
export type SqlParameter = Parameter;
export type { SqlValue };
/** A row by column name. */
export type SqlRow = Readonly<Record<string, SqlValue>>;

export interface SqlColumn {
  readonly name: string;
  /** As PostgreSQL calls it: `integer`, `timestamp with time zone`; `any` of what no table declares. */
  readonly type: string;
}

/** What says that a statement is to end: an AbortSignal, or what a worker knows of one. */
export interface StopSignal {
  readonly aborted: boolean;
  throwIfAborted(): void;
}

export interface QueryOptions {
  /** Ends the statement with its reason. */
  readonly signal?: StopSignal;
  /** Milliseconds after which the statement is ended (57014); 0: never. */
  readonly timeout?: number;
  /** Rows as objects by column name, or as arrays in select order. */
  readonly rowMode?: RowMode;
}

/** Rows, with what is known about them. */
export type SqlRows<R = SqlRow> = R[] & {
  readonly columns: readonly SqlColumn[];
  /** Rows inserted, updated or deleted; undefined of a query. */
  readonly affected: number | undefined;
};

export interface LoadOptions extends Omit<QueryOptions, "rowMode"> {
  /** Rows are arrays of values in this order, instead of objects. */
  readonly columns?: readonly string[];
}

export interface SqlResult<R = SqlRow> {
  readonly columns: readonly SqlColumn[];
  readonly rows: R[];
  readonly affected: number | undefined;
}

/** A statement that was prepared; parameters are given one by one. Its methods run at once. */
export interface SqlStatement<R = SqlRow> {
  /** Runs it and answers how many rows it wrote. */
  run(...parameters: SqlParameter[]): { readonly affected: number };
  /** The first row, or undefined. */
  get(...parameters: SqlParameter[]): R | undefined;
  /** All rows. */
  all(...parameters: SqlParameter[]): R[];
  /** The rows one by one. */
  iterate(...parameters: SqlParameter[]): IterableIterator<R>;
}

/** Where an embedded database's statements run. */
export interface QueryPlace {
  /** The number of the database that is worked on now. */
  readonly database: () => number;
  /** The transaction that statements run in; absent: each is by itself. */
  readonly transaction?: TransactionControl;
  readonly source: { readonly engine: QueryEngine | undefined; load(): Promise<QueryEngine> };
  /** Throws CLOSED once the database is closed. */
  readonly refuseClosed: () => void;
  /** Runs `work` behind what has to wait, and resolves when the durability level allows it. */
  readonly acknowledged: <T>(work: () => T) => Promise<T>;
  /** The same for a statement that may let others run; absent: none does. */
  readonly finished?: <R extends { readonly kind: string }>(start: () => R | Suspended<R>) => Promise<R>;
  /** Has the changes of a statement that ran at once passed on. */
  readonly changed: () => void;
  /** Prepared statements of the database as they run here: their plans stay with the place. */
  readonly adopted?: WeakMap<PreparedRuns, PreparedRuns>;
}

/** What may have ended, so that nothing of it may run any more. */
export interface Mortal {
  /** Throws once it has ended. */
  refuseEnded(): void;
}

/** A statement that was prepared elsewhere in the same database, to be run at a place as long as `owner` lives. Throws USAGE for any other. */
export function adoptStatement<R>(statement: SqlStatement<R>, place: QueryPlace, owner: Mortal): SqlStatement<R> {
  if (!(statement instanceof Statement) || place.source.engine === undefined) throw foreign();
  return statement.in(place, owner) as SqlStatement<R>;
}

/** The statement and the parameters of a template. Throws USAGE for text, which would not keep values apart. */
export function templateQuery(
  strings: TemplateStringsArray,
  values: readonly SqlParameter[],
): [text: string, parameters: readonly SqlParameter[]] {
  if (!Array.isArray(strings))
    throw new DatabaseError("USAGE", "sql is a tag of templates: sql`...`; text goes to query(text, parameters)");
  const text = strings.reduce((before, part, index) => `${before}$${index}${part}`);
  return [text, values];
}

/** The text of INSERT for rows with these fields. */
export function insertText(table: string, fields: readonly string[]): string {
  if (fields.length === 0) return `INSERT INTO ${quoted(table)} DEFAULT VALUES`;
  const names = fields.map(quoted).join(", ");
  return `INSERT INTO ${quoted(table)} (${names}) VALUES (${fields.map((_, index) => `$${index + 1}`).join(", ")})`;
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

export class Queries {
  readonly #place: QueryPlace;
  readonly #settings: SessionSettings;

  constructor(place: QueryPlace, settings: SessionSettings) {
    this.#place = place;
    this.#settings = settings;
  }

  async query<R = SqlRow>(text: string, parameters: readonly SqlParameter[], options: QueryOptions): Promise<SqlResult<R>> {
    const { columns, rows, affected } = await this.#run("sql", text, parameters, options);
    return { columns: columnsOf(columns), rows: rows as R[], affected };
  }

  async cypher<R>(text: string, parameters: CypherParameters, options: QueryOptions): Promise<CypherResult<R>> {
    return cypherResult(await this.#run("cypher", text, parameters, options));
  }

  async #run(language: LanguageName, text: string, parameters: Parameters, options: QueryOptions): Promise<QueryResult<unknown>> {
    options.signal?.throwIfAborted();
    // Once the language is there statements run in the order of their calls, among what does not wait for it too.
    const engine = this.#loaded ?? (await this.#load());
    const form = engine.programRows(options.rowMode ?? "object");
    const run = this.#options(options);
    const source = { language: engine[language], text };
    return this.#finished(
      options,
      () => engine.run(source, parameters, run, form),
      () => engine.start(source, parameters, run, form),
    );
  }

  /** A statement that was ended by its signal rejects with the signal's reason. */
  async #finished<R extends { readonly kind: string }>({ signal }: QueryOptions, run: () => R, start: () => R | Suspended<R>): Promise<R> {
    const { acknowledged, finished } = this.#place;
    try {
      return await (finished === undefined ? acknowledged(run) : finished(start));
    } catch (error) {
      signal?.throwIfAborted();
      throw error;
    }
  }

  async *cursor<R>(
    language: LanguageName,
    text: string,
    parameters: Parameters,
    options: QueryOptions,
  ): AsyncGenerator<R, void, undefined> {
    options.signal?.throwIfAborted();
    const engine = await this.#load();
    const form = engine.programRows(options.rowMode ?? "object");
    const run = this.#options(options);
    const source = { language: engine[language], text };
    const result = await this.#finished(
      options,
      () => engine.open(source, parameters, run, form),
      () => engine.startOpen(source, parameters, run, form),
    );
    try {
      for (let rows = result.take(CURSOR_BATCH); rows.length > 0; rows = result.take(CURSOR_BATCH)) {
        for (const row of rows) {
          options.signal?.throwIfAborted();
          yield row as R;
        }
        this.#place.refuseClosed();
      }
    } finally {
      result.close();
    }
  }

  async prepare<R = SqlRow>(text: string, options: QueryOptions): Promise<SqlStatement<R>> {
    return new Statement<R>(await this.#prepare("sql", text, options));
  }

  async prepareCypher<R>(text: string, options: QueryOptions): Promise<CypherStatement<R>> {
    return new PreparedCypher<R>(await this.#prepare("cypher", text, options));
  }

  async #prepare(language: LanguageName, text: string, options: QueryOptions): Promise<PreparedRuns> {
    const engine = await this.#load();
    const run = this.#options(options);
    const prepared = engine.prepare(engine[language], text, run.database, run.transaction);
    return new PreparedRuns({ engine, options: run, form: engine.programRows(options.rowMode ?? "object"), prepared }, this.#place);
  }

  /** Inserts rows: objects, or arrays in the order of `columns`. Answers how many. */
  async load(table: string, rows: Iterable<object> | AsyncIterable<object>, options: LoadOptions): Promise<number> {
    const engine = await this.#load();
    const run = this.#options(options);
    const loader = new BatchLoader(engine, table, run, options.columns);
    let count = 0;
    let batch: object[] = [];
    const write = async (): Promise<void> => {
      options.signal?.throwIfAborted();
      count += await this.#place.acknowledged(() => loader.write(batch));
      batch = [];
    };
    if (Symbol.asyncIterator in rows) {
      for await (const row of rows) if (batch.push(row) === LOAD_BATCH) await write();
    } else {
      for (const row of rows) if (batch.push(row) === LOAD_BATCH) await write();
    }
    if (batch.length > 0) await write();
    return count;
  }

  get #loaded(): QueryEngine | undefined {
    this.#place.refuseClosed();
    return this.#place.source.engine;
  }

  async #load(): Promise<QueryEngine> {
    const engine = this.#loaded ?? (await this.#place.source.load());
    this.#place.refuseClosed();
    return engine;
  }

  #options({ signal, timeout }: QueryOptions) {
    const { transaction } = this.#place;
    return { database: this.#place.database(), settings: this.#settings, transaction, signal, timeoutMs: timeout, byProgram: true };
  }
}

/** Rows of a cursor that are decoded at once. */
const CURSOR_BATCH = 256;
/** Rows of a bulk load that are written without letting others run. */
const LOAD_BATCH = 1000;

/** Rows with the same fields in the same order share a statement. */
interface LoadForm {
  readonly fields: readonly Field[];
  readonly prepared: Prepared;
}

/** Writes batches of rows: each stretch of rows with the same fields is a statement. */
class BatchLoader {
  readonly #engine: QueryEngine;
  readonly #table: string;
  readonly #run: RunOptions;
  readonly #columns: readonly string[] | undefined;
  readonly #forms = new Map<string, LoadForm>();

  constructor(engine: QueryEngine, table: string, run: RunOptions, columns: readonly string[] | undefined) {
    this.#engine = engine;
    this.#table = table;
    this.#run = run;
    this.#columns = columns;
  }

  write(rows: readonly object[]): number {
    if (this.#columns !== undefined) {
      return this.#insert(this.#form(this.#columns, Object.keys(this.#columns).map(Number)), rows);
    }
    let count = 0;
    let start = 0;
    while (start < rows.length) {
      const fields = Object.keys(rows[start] as object);
      let end = start + 1;
      while (end < rows.length && isSameList(fields, Object.keys(rows[end] as object))) end++;
      count += this.#insert(this.#form(fields, fields), start === 0 && end === rows.length ? rows : rows.slice(start, end));
      start = end;
    }
    return count;
  }

  #insert({ prepared, fields }: LoadForm, rows: readonly object[]): number {
    return this.#engine.load(prepared, fields, rows, this.#run);
  }

  #prepare(text: string): Prepared {
    return this.#engine.prepare(this.#engine.sql, text, this.#run.database, this.#run.transaction);
  }

  #form(columns: readonly string[], fields: readonly Field[]): LoadForm {
    const key = JSON.stringify(columns);
    let form = this.#forms.get(key);
    if (form === undefined) {
      form = { fields, prepared: this.#prepare(insertText(this.#table, columns)) };
      this.#forms.set(key, form);
    }
    return form;
  }
}

function isSameList(left: readonly string[], right: readonly string[]): boolean {
  if (left.length !== right.length) return false;
  for (let index = 0; index < left.length; index++) if (left[index] !== right[index]) return false;
  return true;
}

function columnsOf(columns: readonly ResultColumn[]): SqlColumn[] {
  return columns.map(({ name, type }) => ({ name, type: formatPlainType(type) }));
}

/** A result's rows as an array that has its columns and count. */
export function rowsOf<R>({ rows, columns, affected }: SqlResult<R>): SqlRows<R> {
  return Object.assign(rows, { columns, affected });
}

function foreign(): DatabaseError {
  return new DatabaseError("USAGE", "this is no statement that was prepared by the same database");
}

interface PreparedParts {
  readonly engine: QueryEngine;
  readonly options: RunOptions;
  readonly form: RowForm<unknown>;
  readonly prepared: Prepared;
}

/** A prepared statement of any language: runs at once. */
export class PreparedRuns {
  readonly #parts: PreparedParts;
  readonly #place: QueryPlace;

  constructor(parts: PreparedParts, place: QueryPlace) {
    this.#parts = parts;
    this.#place = place;
  }

  /** The same in another place of the same database. */
  in(place: QueryPlace): PreparedRuns {
    const known = place.adopted?.get(this);
    if (known !== undefined) return known;
    const made = this.#makeIn(place);
    place.adopted?.set(this, made);
    return made;
  }

  #makeIn(place: QueryPlace): PreparedRuns {
    const { engine, options, form, prepared } = this.#parts;
    if (place.source.engine !== engine) throw foreign();
    const { database, settings, signal, timeoutMs } = options;
    const own = { database, settings, transaction: place.transaction, signal, timeoutMs, byProgram: true };
    const { language, text, print, disabledRules, statement } = prepared;
    // A plan that is made for a transaction's own definitions is nobody else's.
    const copy = { language, text, database: prepared.database, print, disabledRules, statement };
    return new PreparedRuns({ engine, options: own, form, prepared: copy }, place);
  }

  run(parameters: Parameters): QueryResult<unknown> {
    this.#place.refuseClosed();
    const { engine, options, form, prepared } = this.#parts;
    const result = engine.run(prepared, parameters, options, form);
    this.#place.changed();
    return result;
  }

  /** The rows one by one, as long as `owner` lives. */
  iterate(parameters: Parameters, owner?: Mortal): IterableIterator<unknown> {
    this.#place.refuseClosed();
    const { engine, options, form, prepared } = this.#parts;
    const result = engine.open(prepared, parameters, options, form);
    this.#place.changed();
    return this.#rows(result, owner);
  }

  *#rows(result: OpenResult<unknown>, owner: Mortal | undefined): IterableIterator<unknown> {
    try {
      for (let rows = result.take(CURSOR_BATCH); rows.length > 0; rows = result.take(CURSOR_BATCH)) {
        yield* rows;
        owner?.refuseEnded();
        this.#place.refuseClosed();
      }
    } finally {
      result.close();
    }
  }
}

class Statement<R> implements SqlStatement<R> {
  readonly #runs: PreparedRuns;
  readonly #owner: Mortal | undefined;

  constructor(runs: PreparedRuns, owner?: Mortal) {
    this.#runs = runs;
    this.#owner = owner;
  }

  in(place: QueryPlace, owner: Mortal): Statement<R> {
    return new Statement<R>(this.#runs.in(place), owner);
  }

  run(...parameters: SqlParameter[]): { readonly affected: number } {
    this.#owner?.refuseEnded();
    return { affected: this.#runs.run(parameters).affected ?? 0 };
  }

  get(...parameters: SqlParameter[]): R | undefined {
    this.#owner?.refuseEnded();
    return this.#runs.run(parameters).rows[0] as R | undefined;
  }

  all(...parameters: SqlParameter[]): R[] {
    this.#owner?.refuseEnded();
    return this.#runs.run(parameters).rows as R[];
  }

  iterate(...parameters: SqlParameter[]): IterableIterator<R> {
    this.#owner?.refuseEnded();
    return this.#runs.iterate(parameters, this.#owner) as IterableIterator<R>;
  }
}
