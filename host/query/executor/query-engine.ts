/**
 * Statements from text to result, in any language: the choice between interpreter and compiled code, and the order of what happens.
 *
 * 1. What is cached, and when it is void, is plan-cache.ts; what stands around an execution is statement-frame.ts.
 * 2. `timeout` and `signal` end a statement between two pauses (57014); what it has written until then is undone by the engine.
 * 3. A query that is started (`start`, `startOpen`) and turns out to be long stands still between two slices, so that others run, and so does
 *    that of what writes in batches or over it (sliced-write.ts). What is run (`run`, `open`) is over when the call returns.
 */

import { sqlError } from "../../common/sql-state.ts";
import type { ParsedCypherDefinition } from "../ast/cypher/statement.ts";
import type { Catalog } from "../catalog/catalog.ts";
import { refuseSeveral, type ScriptPart } from "../parser/sql/script.ts";
import { isCypher } from "../plan/walk.ts";
import { ALL_ROWS, BulkLoad } from "./bulk-load.ts";
import { BulkWrite } from "./bulk-write.ts";
import { CompiledStatement, type PlanRun } from "./compiled-plan.ts";
import { CYPHER } from "./cypher-language.ts";
import type { Definitions } from "./definition-savepoint.ts";
import { EngineFunctions, type ExtensionCaller } from "./engine-functions.ts";
import type { GatheredRows } from "./gathered-rows.ts";
import type { Parameters } from "./input.ts";
import { InterpretedQuery } from "./interpreted-query.ts";
import { changesOf } from "./interpreter/graph-counters.ts";
import type { Interpreted } from "./interpreter/interpret.ts";
import type { ControlStatement, Language, PlannableStatement, Replacement } from "./language.ts";
import { gatheredResult, listedResult, type OpenResult } from "./open-result.ts";
import { Output } from "./output.ts";
import { GO_ON, type Pace } from "./pace.ts";
import { PlanCache, type PlanSources, type Prepared } from "./plan-cache.ts";
import type { PointWrite } from "./point-write.ts";
import { GRAPH, type QueryReads } from "./query-reads.ts";
import { DONE, type QueryResult, type RunOptions } from "./query-result.ts";
import { doneBy, ResultList } from "./result-list.ts";
import { programRows, type RowForm, valueRows } from "./result-rows.ts";
import type { RowMode, SqlRow } from "./row-decoder.ts";
import type { Field } from "./row-encoder.ts";
import { runScript } from "./script.ts";
import type { Sequences } from "./sequences.ts";
import type { ExecutionMode, SessionSettings } from "./settings.ts";
import type { Slices } from "./slice.ts";
import { ATTEMPTS_MAX, type OwnTransaction, SlicedWrite } from "./sliced-write.ts";
import { type Define, plannableText, sqlLanguage } from "./sql-language.ts";
import { type Bulk, PlannedStatement } from "./statement.ts";
import { type FrameParts, StatementFrame } from "./statement-frame.ts";
import { type Course, type Suspended, SuspendedStatement } from "./suspended-statement.ts";
import type { TableDoor } from "./table-door.ts";
import type { TransactionControl } from "./transaction-control.ts";
import { behindSavepoint, refuseWrite } from "./transaction-statement.ts";
import type { Value } from "./value.ts";
import { type ReadRows, WriteOverQuery } from "./write-over-query.ts";

/** Rows that a query may have as long as it is interpreted, if it can be compiled. */
const SHORT_ROWS = 10_000;
/** Rows of a result that are decoded at once, even if they are to be taken piece by piece. */
const LISTED_ROWS = 512;

export interface QueryParts extends FrameParts, PlanSources {
  readonly define: Define;
  /** Carries out what Cypher defines. */
  readonly defineGraph: (statement: ParsedCypherDefinition, text: string, database: number) => void;
  readonly tables: (engine: QueryEngine, database: number, transaction: TransactionControl | undefined) => TableDoor;
  /** Whether a transaction has definitions of its own. */
  readonly isPrivate: (transaction: TransactionControl) => boolean;
  /** A transaction has ended. */
  readonly forget: (transaction: TransactionControl) => void;
  readonly commit: (engine: QueryEngine, transaction: TransactionControl, publish: () => boolean) => boolean;
  readonly definitions: (engine: QueryEngine, transaction: TransactionControl) => Definitions;
  readonly redefine: (
    engine: QueryEngine,
    transaction: TransactionControl,
    definitions: Definitions,
    rollBack: (beforeReplay: () => void) => boolean,
  ) => boolean;
  /** Brings a database's tables and indexes to the engine; answers what is wrong with those that cannot be. */
  readonly restore: (database: number) => readonly string[];
  /** What calls functions that users have defined. */
  readonly extension: ExtensionCaller;
  readonly sequences: Sequences;
  /** What says when a statement stands still; undefined: none does. */
  readonly slices: (() => Slices) | undefined;
  /** Begins a transaction of nobody's session. */
  readonly ownTransaction: () => OwnTransaction;
  /** Whether somebody has changed a collection (GRAPH: the graph) since a transaction began. Requires: a statement has begun outside of it. */
  readonly isMoved: (transaction: TransactionControl, database: number, name: string) => boolean;
}

/** What is run: a text of a language, or a statement that was prepared. */
export type Source = Prepared | { readonly language: Language; readonly text: string };

/** A compiled query, and the form of its rows. */
interface Ready<T> {
  readonly statement: PlannedStatement;
  readonly compiled: CompiledStatement;
  readonly options: RunOptions;
  readonly form: RowForm<T>;
}

/** What becomes of rows: of those that a compiled query makes, and of a list. */
interface Ending<T, R> {
  compiled(ready: Ready<T>, run: PlanRun): R;
  /** The same in slices. */
  slices(ready: Ready<T>, run: PlanRun, slices: Slices): Course<R>;
  listed(result: QueryResult<T>): R;
}

/** A statement's execution as it was asked for. */
interface Request<T, R> {
  readonly parameters: Parameters;
  readonly options: RunOptions;
  readonly form: RowForm<T>;
  readonly end: Ending<T, R>;
  /** It may stand still. */
  readonly slices?: Slices | undefined;
  /** How often it has begun, from 1 on. */
  readonly attempt?: number;
  /** There is a savepoint before it, if there is to be one. */
  readonly isSaved?: boolean;
}

/** A definition within a transaction, which runs behind a savepoint, or one that has a transaction of its own. */
const DEFINITION = { kind: "definition" } as const;

/** What may stand still, and so is not run inside of the frame in which it was planned. */
interface Sliceable {
  readonly kind: "sliceable";
  readonly statement: PlannedStatement;
  /** The query, or what writes what a query says. */
  readonly run: CompiledStatement | InterpretedQuery | Bulk | WriteOverQuery;
}

/** What writes what a long query says, whose rows are a `Q` until they are written. */
interface Writing<Q, R> {
  readonly reads: QueryReads;
  /** The collection that is written, if it is one of SQL alone. */
  readonly target: string | undefined;
  gather(run: PlanRun, slices: Slices): Course<Q>;
  write(rows: Q, run: PlanRun): R;
  /** Frees what is left of the rows. */
  discard(rows: Q): void;
}

const LIST_END: Ending<unknown, QueryResult<unknown>> = {
  compiled: ({ statement, compiled, form }, run) => listOf(statement, compiled.run(run, form)),
  slices: function* ({ statement, compiled, form }, run, slices) {
    return listOf(statement, yield* compiled.runSlices(run, form, slices));
  },
  listed: (result) => result,
};

function listOf<T>({ columns }: PlannedStatement, rows: T[]): QueryResult<T> {
  return { kind: "query", columns, rows, affected: undefined };
}

export class QueryEngine {
  readonly output: Output;
  /** Rows as values, for replies. */
  readonly valueRows: RowForm<readonly Value[]>;
  readonly functions: EngineFunctions;
  readonly sql: Language;
  readonly cypher = CYPHER;
  readonly #objectRows: RowForm<SqlRow>;
  readonly #arrayRows: RowForm<SqlRow>;
  readonly #parts: QueryParts;
  readonly #frame: StatementFrame;
  readonly #cache: PlanCache;
  readonly #loads: BulkLoad;
  /** Short results are lists, long ones are taken out of the engine piece by piece. */
  readonly #openEnd: Ending<unknown, OpenResult<unknown>> = {
    compiled: (ready, run) => this.#opened(ready, ready.compiled.gather(run, ready.form, LISTED_ROWS)),
    slices: (ready, run, slices) => this.#openSlices(ready, run, slices),
    listed: listedResult,
  };
  /** Ends the statement that runs when its time is over. */
  #pace: Pace = GO_ON;
  #isOneDefinition = false;

  constructor(parts: QueryParts) {
    this.#parts = parts;
    this.functions = new EngineFunctions(parts.engine, parts.extension);
    this.output = new Output(this.functions, this.functions.elementId);
    this.sql = sqlLanguage(parts.define);
    this.#frame = new StatementFrame(parts, this.functions);
    this.#cache = new PlanCache(parts, this.functions, () => this.#pace.row());
    this.#loads = new BulkLoad(this.#cache);
    const { words } = this.functions;
    this.valueRows = valueRows(parts.engine, words);
    this.#objectRows = programRows(parts.engine, words, this.output, "object");
    this.#arrayRows = programRows(parts.engine, words, this.output, "array");
  }

  /** Why the engine has refused the write of a command: an error to throw. */
  refusal(): unknown {
    return this.#frame.clearing(() => this.#parts.refusal());
  }

  /** Tables and indexes of a database, for commands that are no SQL. */
  tables(database: number, transaction?: TransactionControl): TableDoor {
    return this.#parts.tables(this, database, transaction);
  }

  /** Runs what defines tables or indexes, or looks at the catalog: it keeps or takes back by itself what it does. */
  defining<T>(database: number, run: () => T, transaction?: TransactionControl): T {
    return this.#frame.defining(database, transaction, run);
  }

  /** The session whose statement runs. */
  session: SessionSettings | undefined;

  /** The number of the execution that runs; 0: none does. */
  get execution(): number {
    return this.#frame.execution;
  }

  /** Writes how far sequences have counted, before anybody is told a value; exactly that, when nobody will count any more. */
  keepSequences(exactly = false): void {
    const { sequences } = this.#parts;
    if (exactly) sequences.close();
    if (sequences.isDue && this.#frame.execution === 0) this.#frame.defining(0, undefined, () => sequences.flush());
  }

  /** The transaction of the session whose statement runs. */
  get transaction(): TransactionControl | undefined {
    return this.#frame.transaction;
  }

  /** Whether a transaction has defined anything. */
  isDefining(transaction: TransactionControl): boolean {
    return this.#parts.isPrivate(transaction);
  }

  /**
   * Has a transaction commit by `publish`, which says whether it has, with what it has defined. Answers false, with nothing done, for what others have changed: it
   * cannot commit.
   */
  committing(transaction: TransactionControl, publish: () => boolean): boolean {
    return this.#parts.commit(this, transaction, publish);
  }

  /** What a transaction has defined until now, for `redefining`. */
  definitions(transaction: TransactionControl): Definitions {
    return this.#parts.definitions(this, transaction);
  }

  /** Has a transaction go back to a savepoint by `rollBack`, with what it had defined then. False: it cannot go on. */
  redefining(
    transaction: TransactionControl,
    definitions: Definitions | undefined,
    rollBack: (beforeReplay: () => void) => boolean,
  ): boolean {
    return this.#parts.redefine(this, transaction, definitions ?? new Map(), rollBack);
  }

  /** The transaction that commits has done nothing but one definition. */
  get isOneDefinition(): boolean {
    return this.#isOneDefinition;
  }

  /** A transaction has ended. */
  forgetDefinitions(transaction: TransactionControl): void {
    this.#parts.forget(transaction);
  }

  /** What is known of a database. Requires: it is looked at inside of `defining`. */
  catalog(database: number): Catalog {
    return this.#cache.place(database).catalog;
  }

  /** Carries out a definition of Cypher's, which is kept or taken back by itself; the text is for positions. Requires: a statement has begun. */
  defineGraph(statement: ParsedCypherDefinition, text: string, database: number): void {
    this.#parts.defineGraph(statement, text, database);
  }

  /** After a restart: declares tables and makes indexes of all databases as their catalogs say. Answers what could not be restored. */
  restore(): readonly string[] {
    const problems: string[] = [];
    for (let database = 0; database < this.#parts.engine.statistics.databaseCount; database++) {
      problems.push(...this.defining(database, () => this.#parts.restore(database)));
    }
    return problems;
  }

  /** Rows as programs get them. */
  programRows(mode: RowMode): RowForm<SqlRow> {
    return mode === "object" ? this.#objectRows : this.#arrayRows;
  }

  /** For durations. */
  monotonicMs(): number {
    return this.#parts.monotonicMs();
  }

  /** Reads a statement: from the cache, or by parsing, binding and optimising it. Throws what is wrong with it. */
  prepare(language: Language, text: string, database: number, transaction?: TransactionControl): Prepared {
    const parts = language.split(text);
    if (parts !== undefined && parts.length > 1) throw refuseSeveral(text, parts);
    this.#choosePlans(transaction);
    return this.#frame.within(0, database, transaction, () => this.#cache.prepare(language, text, database, ""));
  }

  /**
   * Runs a statement, prepared for the same database or not. Parameters are text or values of JavaScript, each converted to the type that
   * the statement gives it. Several statements are run one after the other, and the last one answers.
   */
  run<T>(source: Source, parameters: Parameters, options: RunOptions, form: RowForm<T>): QueryResult<T> {
    const end = LIST_END as Ending<T, QueryResult<T>>;
    return this.#runSource(source, { parameters, options, form, end }) as QueryResult<T>;
  }

  /** The same of one that may stand still. */
  start<T>(source: Source, parameters: Parameters, options: RunOptions, form: RowForm<T>): QueryResult<T> | Suspended<QueryResult<T>> {
    const end = LIST_END as Ending<T, QueryResult<T>>;
    return this.#runSource(source, { parameters, options, form, end, slices: this.#slices(options) });
  }

  /** The same for rows that are taken piece by piece: who has the result closes it. */
  open<T>(source: Source, parameters: Parameters, options: RunOptions, form: RowForm<T>): OpenResult<T> {
    const end = this.#openEnd as Ending<T, OpenResult<T>>;
    return this.#runSource(source, { parameters, options, form, end }) as OpenResult<T>;
  }

  /** The same of one that may stand still. */
  startOpen<T>(source: Source, parameters: Parameters, options: RunOptions, form: RowForm<T>): OpenResult<T> | Suspended<OpenResult<T>> {
    const end = this.#openEnd as Ending<T, OpenResult<T>>;
    return this.#runSource(source, { parameters, options, form, end, slices: this.#slices(options) });
  }

  /**
   * Runs a prepared INSERT of $1, $2 ... once for each row, as one statement; answers how many rows were inserted. The parameters are what
   * the rows have under `fields`, whose array stands for them from call to call.
   */
  load(prepared: Prepared, fields: readonly Field[], rows: readonly object[], options: RunOptions): number {
    const { settings, database, transaction } = options;
    this.#choosePlans(transaction);
    this.session = settings;
    return this.#frame.within(settings.zoneSeconds, database, transaction, () => {
      const statement = this.#cache.current(prepared, settings.disabledRules);
      if (!(statement instanceof PlannedStatement)) throw sqlError("XX000", "an INSERT has no plan");
      refuseWrite(prepared.text, transaction);
      this.#pace = this.#frame.paceOf(options);
      this.#pace.pause();
      return this.#loads.load(statement, fields, rows, database);
    });
  }

  /** The optimised plan of a statement. Requires: a statement has begun. */
  plan(statement: PlannableStatement, database: number, disabledRules: string): PlannedStatement {
    return this.#cache.plan(statement, database, disabledRules);
  }

  /** Values of a plan's parameters: exactly those that it has. */
  parameterValues(statement: PlannedStatement, parameters: Parameters): Value[] {
    const { input } = this.#cache;
    return input.parameterValues(statement.plan, input.positional(statement.plan, parameters));
  }

  /** Runs a statement of SQL without literals of its own inside of another; answers the rows written. Requires: a statement has begun. */
  fill(text: string, database: number): number {
    const statement = this.#cache.plan(plannableText(text), database);
    const run: PlanRun = { parameters: [], literals: [], database, version: undefined, pace: this.#pace };
    const bulk = statement.bulk("auto");
    return bulk?.write(bulk.query.gatherAll(run), run) ?? statement.interpreted().run([], [], ALL_ROWS);
  }

  // -----------------------------------------------------------------------------------------------------------------------

  /** Has plans be interpreted by a pace from now on. */
  readonly #usePace = (pace: Pace): void => {
    this.#pace = pace;
  };

  /** A transaction's statements run in one piece. */
  #slices({ transaction }: RunOptions): Slices | undefined {
    return transaction?.isOpen ? undefined : this.#parts.slices?.();
  }

  /** What runs in the end stands still only if the request has slices. */
  #runSource<T, R>(source: Source, request: Request<T, R>): R | Suspended<R> {
    this.session = request.options.settings;
    try {
      return this.#runOf(source, request);
    } finally {
      this.session = undefined;
    }
  }

  #runOf<T, R>(source: Source, request: Request<T, R>): R | Suspended<R> {
    const { options } = request;
    const { language, text } = source;
    this.#choosePlans(options.transaction);
    const prepared = "statement" in source ? source : this.#cache.known(language, text, options.database);
    const { execution, disabledRules, zoneSeconds } = options.settings;
    if (prepared?.statement instanceof PlannedStatement && prepared.disabledRules === disabledRules) {
      const compiled = prepared.statement.ready(execution);
      const read = compiled && this.#read(prepared.statement, compiled, prepared, request);
      if (read !== undefined) return read;
      const point = prepared.statement.readyPoint(execution);
      const written = point && this.#writePoint(prepared.statement, point, prepared, request);
      if (written !== undefined) return written;
    }
    const parts = prepared === undefined ? language.split(text) : undefined;
    if (parts !== undefined) return this.#runParts(language, text, parts, request);
    const control = prepared === undefined ? language.control(text) : undefined;
    if (control !== undefined) return this.#direct(control, request);
    let current = prepared;
    const result = this.#frame.within(zoneSeconds, options.database, options.transaction, () => {
      if (current !== undefined) {
        this.#cache.current(current, disabledRules);
        return this.#execute(current, request);
      }
      current = this.#cache.prepare(language, text, options.database, disabledRules);
      this.#cache.keep(current);
      return this.#execute(current, request);
    });
    if (current !== undefined && result === DEFINITION) {
      const saved = current;
      return this.#behind(options, (within) => this.#runSource(saved, { ...request, options: within, isSaved: true }));
    }
    if (isReplacement(result)) return this.#runSource(result.source, { ...request, parameters: result.parameters });
    if (current === undefined || !isSliceable(result)) return result as R;
    const { statement, run } = result;
    // Planning may have changed a collection (a field that nobody had asked for), so that the plan is void already.
    const inOnePiece = (): R | Suspended<R> => this.#runSource(source, { ...request, slices: undefined });
    if (run instanceof CompiledStatement) return this.#read(statement, run, current, request) ?? inOnePiece();
    if (run instanceof InterpretedQuery) return this.#readInterpreted(statement, run, current, request) ?? inOnePiece();
    if (run instanceof WriteOverQuery) {
      return this.#startWrite(source, statement, this.#writingOver(statement, run, request), current, request) ?? inOnePiece();
    }
    return this.#startWrite(source, statement, this.#writingInBatches(statement, run, request), current, request) ?? inOnePiece();
  }

  /** Has plans come from the cache, or be made for the transaction alone. */
  #choosePlans(transaction: TransactionControl | undefined): void {
    this.#cache.isBypassed = transaction !== undefined && this.#parts.isPrivate(transaction);
  }

  /** Runs what directs the session's transaction. */
  #direct<T, R>(control: ControlStatement, { options, end }: Request<T, R>): R {
    control.run(options.transaction);
    return end.listed({ ...DONE, rows: [] });
  }

  /** What a plan is run with; undefined: it must be planned again. Requires: an execution that reads has begun. */
  #prepared<T, R>(
    statement: PlannedStatement,
    { print }: Prepared,
    { parameters: given, options }: Request<T, R>,
    version: number,
  ): PlanRun | undefined {
    const { database } = options;
    if (statement.version !== version || !statement.isWatched) {
      if (!this.#cache.isCurrent(statement, database)) return undefined;
      statement.version = version;
    }
    if (statement.isRandom) this.#frame.setSeed();
    const pace = this.#frame.paceOf(options);
    const parameters = this.#cache.input.positional(statement.plan, given);
    return { parameters, literals: print.literals, database, version, pace };
  }

  /** Runs a compiled statement, which writes nothing; undefined: it must be planned again. */
  #read<T, R>(
    statement: PlannedStatement,
    compiled: CompiledStatement,
    prepared: Prepared,
    request: Request<T, R>,
  ): R | Suspended<R> | undefined {
    const { options, form, end, slices } = request;
    const { database, settings, transaction } = options;
    if (slices === undefined) {
      return this.#frame.reading(settings.zoneSeconds, database, transaction, (version) => {
        const run = this.#prepared(statement, prepared, request, version);
        return run && end.compiled({ statement, compiled, options, form }, run);
      });
    }
    return this.#frame.starting(settings.zoneSeconds, database, (version) => {
      const run = this.#prepared(statement, prepared, request, version);
      return run && end.slices({ statement, compiled, options, form }, run, slices);
    });
  }

  /** Begins a query that is interpreted in slices; undefined: it must be planned again. */
  #readInterpreted<T, R>(
    statement: PlannedStatement,
    query: InterpretedQuery,
    prepared: Prepared,
    request: Request<T, R>,
  ): R | Suspended<R> | undefined {
    const { options, form, end, slices } = request;
    if (slices === undefined) return undefined;
    const usePace = this.#usePace;
    const course = function* (run: PlanRun): Course<R> {
      const list = new ResultList(statement, form);
      yield* query.runSlices(run, slices, { ...query.values(run), take: (row) => list.take(row), usePace });
      return end.listed({ kind: "query", columns: statement.columns, rows: list.rows, ...doneBy(statement.plan) });
    };
    return this.#frame.starting(options.settings.zoneSeconds, options.database, (version) => {
      const run = this.#prepared(statement, prepared, request, version);
      if (run === undefined) return undefined;
      statement.tellReads(options.database);
      return course(run);
    });
  }

  /** Runs a statement that writes the rows that it names; undefined: it must be planned again. */
  #writePoint<T, R>(statement: PlannedStatement, point: PointWrite, prepared: Prepared, request: Request<T, R>): R | undefined {
    const { options, end } = request;
    const { database, settings, transaction } = options;
    refuseWrite(prepared.text, transaction);
    return this.#frame.writing(settings.zoneSeconds, database, transaction, (version) => {
      const run = this.#prepared(statement, prepared, request, version);
      if (run === undefined) return undefined;
      if (point.isRandom) this.#frame.setSeed();
      return end.listed(writtenBy(statement, point, run));
    });
  }

  /**
   * Begins what writes what a long query says (sliced-write.ts). What is over with the first slice is written at once, as one unit with what was
   * read. Undefined: it must be planned again.
   */
  #startWrite<T, Q, R>(
    source: Source,
    statement: PlannedStatement,
    writing: Writing<Q, R>,
    prepared: Prepared,
    request: Request<T, R>,
  ): R | Suspended<R> | undefined {
    const { options, slices, attempt = 1 } = request;
    const { database, settings } = options;
    const { reads, target } = writing;
    if (slices === undefined) return undefined;
    let run: PlanRun | undefined;
    let statementMs = 0;
    const started = this.#frame.starting(settings.zoneSeconds, database, (version) => {
      statementMs = this.#frame.statementMs;
      run = this.#prepared(statement, prepared, request, version);
      return run && writing.gather(run, slices);
    });
    if (started === undefined || run === undefined) return undefined;
    const whole = run;
    const tell = (): void => {
      reads.track(database);
      statement.tellReads(database);
    };
    const write = (rows: Q, transaction: TransactionControl | undefined): R => {
      const run = (): R => {
        if (transaction === undefined && this.functions.required("tracks_reads")() !== 0) tell();
        this.session = options.settings;
        return writing.write(rows, whole);
      };
      return this.#frame.within(settings.zoneSeconds, database, transaction, run, statementMs);
    };
    if (!(started instanceof SuspendedStatement)) {
      try {
        return write(started, undefined);
      } finally {
        writing.discard(started);
      }
    }
    const again = (): R | Suspended<R> => {
      const next = attempt + 1;
      return this.#runSource(source, { ...request, attempt: next, slices: next < ATTEMPTS_MAX ? this.#slices(options) : undefined });
    };
    const isUnmoved = (transaction: TransactionControl): boolean =>
      this.#frame.defining(database, undefined, () => {
        // Definitions are nobody's own: what was planned by those of before cannot be written.
        if (!this.#cache.isValid(statement, database)) throw sqlError("40001", "the plan is void");
        const written = target ?? (isCypher(statement.plan) ? GRAPH : undefined);
        if (written === undefined || !statement.isWatched) return false;
        const names = [...reads.collections, written, ...(reads.readsGraph ? [GRAPH] : [])];
        return !names.some((name) => this.#parts.isMoved(transaction, database, name));
      });
    const discard = (rows: Q): void => writing.discard(rows);
    let own: OwnTransaction | undefined;
    try {
      own = this.#parts.ownTransaction();
      this.#frame.defining(database, own.control, tell);
      return new SlicedWrite({ isUnmoved, write, discard, again }, started, own);
    } catch (error) {
      started.stop();
      own?.close();
      throw error;
    }
  }

  #writingInBatches<T, R>(statement: PlannedStatement, bulk: Bulk, { end }: Request<T, R>): Writing<GatheredRows, R> {
    const { query } = bulk;
    return {
      reads: query.reads,
      target: bulk instanceof BulkWrite ? bulk.target : undefined,
      gather: (run, slices) => query.gatherAllSlices(run, slices),
      write: (rows, run) => end.listed(writtenResult(statement, bulk, rows, run)),
      discard: (rows) => {
        if (this.#parts.engine.failure === undefined) this.#frame.clearing(() => rows.close());
      },
    };
  }

  #writingOver<T, R>(statement: PlannedStatement, over: WriteOverQuery, { end, form }: Request<T, R>): Writing<ReadRows, R> {
    const { query, target } = over;
    return {
      reads: query.reads,
      target,
      gather: (run, slices) => over.readSlices(run, this.valueRows, slices, this.#usePace),
      write: (rows, run) => {
        this.#pace = run.pace;
        return end.listed(this.#interpret(statement, over.interpreted, run, form, rows).result);
      },
      discard: () => {},
    };
  }

  /** Runs a definition behind a savepoint of the session's transaction, or in one of its own. */
  #behind<R>(options: RunOptions, run: (options: RunOptions) => R): R {
    const { transaction } = options;
    if (transaction?.isOpen === true) return behindSavepoint(transaction, () => run(options));
    const own = this.#parts.ownTransaction();
    try {
      const result = run({ ...options, transaction: own.control });
      this.#isOneDefinition = true;
      own.commit();
      return result;
    } finally {
      this.#isOneDefinition = false;
      own.close();
    }
  }

  #opened<T>({ statement, compiled, options, form }: Ready<T>, rows: T[] | GatheredRows): OpenResult<T> {
    const { columns } = statement;
    if (Array.isArray(rows)) return listedResult(listOf(statement, rows));
    const { zoneSeconds } = options.settings;
    return gatheredResult(rows, columns, compiled.reader(form), (decode) => this.#frame.decoding(zoneSeconds, decode));
  }

  *#openSlices<T>(ready: Ready<T>, run: PlanRun, slices: Slices): Course<OpenResult<T>> {
    return this.#opened(ready, yield* ready.compiled.gatherSlices(run, ready.form, LISTED_ROWS, slices));
  }

  #runParts<T, R>(language: Language, text: string, parts: readonly ScriptPart[], request: Request<T, R>): R {
    const { parameters, options } = request;
    if (parts.length > 1 && Array.isArray(parameters) && parameters.length > 0) throw refuseSeveral(text, parts);
    const { database, settings } = options;
    let { transaction } = options;
    // Rows that nobody will see are not kept open.
    const unseen: Request<T, unknown> = { ...request, end: LIST_END, slices: undefined, isSaved: true };
    const seen: Request<T, R> = { ...request, slices: undefined, isSaved: true };
    let result: unknown;
    runScript(language, text, parts, {
      within: (run, kind) => {
        const within = ({ transaction: inside }: RunOptions): void => {
          transaction = inside;
          try {
            this.#frame.within(settings.zoneSeconds, database, inside, run);
          } finally {
            transaction = options.transaction;
          }
        };
        if (kind === "transaction") return this.#behind(options, within);
        return kind === "definition" ? behindSavepoint(options.transaction, () => within(options)) : within(options);
      },
      run: (part, isLast) => {
        this.#choosePlans(transaction);
        // A SET before it may have changed the zone.
        this.#frame.setZone(settings.zoneSeconds);
        const asked = { ...(isLast ? seen : unseen), options: { ...options, transaction } };
        const prepared = this.#cache.prepare(language, part.text, database, settings.disabledRules);
        if (transaction !== options.transaction) refuseWrite(part.text, options.transaction);
        result = this.#execute(prepared, asked);
        if (!isReplacement(result)) return;
        const { source, parameters: values } = result;
        const replacing = this.#cache.prepare(source.language, source.text, database, settings.disabledRules);
        result = this.#execute(replacing, { ...asked, parameters: values } as Request<T, unknown>);
      },
      control: (control, isLast) => {
        result = this.#direct(control, isLast ? seen : unseen);
      },
    });
    return result as R;
  }

  #execute<T, R>(
    { statement, text, print: { literals } }: Prepared,
    request: Request<T, R>,
  ): R | Sliceable | Replacement | typeof DEFINITION {
    const { options, form, end, isSaved = false } = request;
    this.#pace = this.#frame.paceOf(options);
    if (statement instanceof PlannedStatement ? statement.plan.modifies : statement.defines) refuseWrite(text, options.transaction);
    if (!(statement instanceof PlannedStatement)) {
      const direct = { engine: this, parameters: request.parameters, options };
      if (statement.replace !== undefined) return statement.replace(direct);
      const isInside = options.transaction?.isOpen === true;
      if (statement.defines && !isSaved && (isInside || statement.isTransaction === true)) return DEFINITION;
      const { kind, columns, rows, affected } = statement.run(direct);
      return end.listed({ kind, columns, rows: rows.map(form.values(columns)), affected });
    }
    statement.tellReads(options.database);
    const parameters = this.#cache.input.positional(statement.plan, request.parameters);
    const run: PlanRun = { parameters, literals, database: options.database, version: undefined, pace: this.#pace };
    const point = statement.point(options.settings.execution);
    if (point !== undefined) return end.listed(writtenBy(statement, point, run));
    for (;;) {
      const compiled = statement.compiled(options.settings.execution);
      if (request.slices !== undefined) {
        const mode = options.settings.execution;
        const sliced = compiled ?? slicedWrite(statement, mode) ?? statement.interpretedQuery(mode);
        if (sliced !== undefined) return { kind: "sliceable", statement, run: sliced };
      }
      if (compiled !== undefined) return end.compiled({ statement, compiled, options, form }, run);
      const short = this.#runShort(statement, run, options, form);
      if (short !== undefined) return end.listed(short);
    }
  }

  /** Runs what is not a compiled query. Undefined: a query turned out to be long; it is compiled when it is asked for again. */
  #runShort<T>(statement: PlannedStatement, run: PlanRun, { settings }: RunOptions, form: RowForm<T>): QueryResult<T> | undefined {
    const { columns, plan } = statement;
    const { modifies } = plan;
    const kind = modifies ? "write" : "query";
    const inserter = statement.inserter(settings.execution);
    if (inserter !== undefined && run.parameters.length === plan.parameters.length) {
      return { kind, columns, rows: [], affected: inserter.load([run.parameters]) };
    }
    const bulk = statement.bulk(settings.execution);
    if (bulk !== undefined) return writtenResult(statement, bulk, bulk.query.gatherAll(run), run);
    const merge = statement.merge(settings.execution);
    if (merge?.write(run)) return { kind, columns, rows: [], affected: undefined, stats: changesOf(merge.counters) };
    const over = statement.overQuery(settings.execution);
    const tables = over?.read(run, this.valueRows);
    const isLong = (): boolean => !modifies && statement.compiles(settings.execution);
    const short = this.#interpret(statement, over?.interpreted ?? statement.interpreted(), run, form, tables, isLong);
    return short.isWhole ? short.result : undefined;
  }

  /** Runs the interpreter to its end, or until it has many rows and `isLong` says that these are too many; `tables`: what was read before. */
  #interpret<T>(
    statement: PlannedStatement,
    interpreted: Interpreted,
    run: PlanRun,
    form: RowForm<T>,
    tables: ReadRows | undefined,
    isLong = (): boolean => false,
  ): { readonly result: QueryResult<T>; readonly isWhole: boolean } {
    const { columns, plan } = statement;
    const parameters = this.#cache.input.parameterValues(plan, run.parameters);
    const literals = this.#cache.input.literalValues(plan, run.literals);
    const list = new ResultList(statement, form);
    let isWhole = true;
    const take = (row: readonly Value[]): boolean => {
      if (list.rows.length === SHORT_ROWS) isWhole = !isLong();
      return isWhole && list.take(row);
    };
    const affected = interpreted.run(parameters, literals, take, tables);
    const kind = plan.modifies ? "write" : "query";
    return { result: { kind, columns, rows: list.rows, ...doneBy(plan, affected, interpreted.counters) }, isWhole };
  }
}

/** What writes what a query says that is worth slices. MERGE in batches reads once more between its writes, so it runs in one piece. */
function slicedWrite(statement: PlannedStatement, mode: ExecutionMode): Bulk | WriteOverQuery | undefined {
  if (statement.inserter(mode) !== undefined || statement.merge(mode) !== undefined) return undefined;
  return statement.bulk(mode) ?? statement.overQuery(mode);
}

function writtenResult({ columns }: PlannedStatement, bulk: Bulk, rows: GatheredRows, run: PlanRun): QueryResult<never> {
  const affected = bulk.write(rows, run);
  if ("counters" in bulk) return { kind: "write", columns, rows: [], affected: undefined, stats: changesOf(bulk.counters) };
  return { kind: "write", columns, rows: [], affected };
}

function writtenBy({ columns }: PlannedStatement, point: PointWrite, run: PlanRun): QueryResult<never> {
  return { kind: "write", columns, rows: [], affected: point.write(run) };
}

function isReplacement(result: unknown): result is Replacement {
  return (result as { readonly kind?: unknown }).kind === "replacement";
}

function isSliceable(result: unknown): result is Sliceable {
  return (result as { readonly kind?: unknown }).kind === "sliceable";
}
