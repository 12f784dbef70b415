/**
 * Statements of SQL from text to result: the plan cache, the choice between interpreter and compiled code, and the statements
 * around the data (EXPLAIN, SET, definitions).
 *
 * 1. A plan is cached under its database, the rules that are off and its fingerprint (literals lifted out), and is void when a collection that it was
 *    made from has another version now.
 * 2. An execution begins with an empty arena and its own time, zone, seed and budget in the cells, and leaves nothing behind.
 * 3. One statement runs at a time: the engine has one arena. Nothing here waits, so nothing can come between.
 * 4. `timeout` and `signal` end a statement between two pauses (57014); what it has written until then is undone by the engine.
 */
import { CELL_BUDGET, CELL_NOW, CELL_NOW_MICROSECONDS, CELL_SEED, CELL_ZONE } from "../../../assembly/abi/record.ts";
import { STATUS_OK } from "../../../assembly/abi/status.ts";
import { sqlError } from "../../common/sql-state.ts";
import type { Engine, PlanFunction } from "../../engine/engine.ts";
import type { ParsedCypherDefinition } from "../ast/cypher/statement.ts";
import type { ParsedStatement } from "../ast/statement.ts";
import { bindStatement } from "../binder/bind.ts";
import type { Catalog } from "../catalog/catalog.ts";
import type { FunctionSource } from "../function/table.ts";
import type { CollectionFacts } from "../optimizer/context.ts";
import { optimize } from "../optimizer/optimize.ts";
import { type Fingerprint, fingerprint, type LiftedLiteral, parseFingerprint } from "../parser/sql/fingerprint.ts";
import { parseSql } from "../parser/sql/parse.ts";
import { locatedIn, refuseSeveral, type ScriptPart, splitScript } from "../parser/sql/script.ts";
import type { BoundExpression } from "../plan/expression.ts";
import type { LogicalPlan } from "../plan/operator.ts";
import type { SqlType } from "../type/type.ts";
import { BatchWriter } from "./batch-writer.ts";
import type { CompiledStatement, PlanRun } from "./compiled-plan.ts";
import { EngineFunctions, type ExtensionCaller } from "./engine-functions.ts";
import { evaluateConstant } from "./evaluate.ts";
import { runExplain } from "./explain.ts";
import { HeldBytes } from "./gathered-rows.ts";
import { IndexRows } from "./index-rows.ts";
import { Input, type Parameter } from "./input.ts";
import { LruMap } from "./lru.ts";
import { gatheredResult, listedResult, type OpenResult } from "./open-result.ts";
import { Output } from "./output.ts";
import { programRows, type RowForm, valueRows } from "./result-rows.ts";
import type { RowMode, SqlRow } from "./row-decoder.ts";
import type { Field } from "./row-encoder.ts";
import { plainInsert, RowLoader } from "./row-loader.ts";
import { runSetting } from "./setting-statement.ts";
import type { SessionSettings } from "./settings.ts";
import { PlannedStatement, type StatementMaker } from "./statement.ts";
import type { Rows } from "./surroundings.ts";
import type { TableDoor } from "./table-door.ts";
import type { Value } from "./value.ts";
import { WarmPlans } from "./warm-plans.ts";

/** Statements that become plans. */
const PLANNED: ReadonlySet<string> = new Set(["ParsedQuery", "ParsedInsert", "ParsedUpdate", "ParsedDelete"]);
/** Statements that have no plan and define nothing. */
const AROUND_DATA: ReadonlySet<string> = new Set(["ParsedExplain", "ParsedSet", "ParsedShow", "ParsedReset", "ParsedMaintenance"]);
/** Plans that are kept. */
const PLANS_MAX = 256;
/** Rows that a query may have as long as it is interpreted, if it can be compiled. */
const SHORT_ROWS = 10_000;
/** Values of a result that lies in the host's memory because it cannot be compiled. */
const LISTED_VALUES_MAX = 1 << 24;
/** Rows of a result that are decoded at once, even if they are to be taken piece by piece. */
const LISTED_ROWS = 512;
/** Longest text by which a statement is known without being read. */
const KNOWN_TEXT_MAX = 2000;
/** Bytes that one execution may take from its arena. */
const BUDGET_BYTES = 1 << 30;
const MICROSECONDS_OF_MS = 1000n;

/** What is known of the collections of one database. */
export interface DatabaseCatalog {
  readonly catalog: Catalog;
  facts(collection: string): CollectionFacts | undefined;
}

/** Carries out CREATE, DROP, ALTER and TRUNCATE; answers the rows removed, or undefined. */
export type Define = (statement: ParsedStatement, text: string, options: RunOptions) => number | undefined;

export interface QueryParts {
  readonly engine: Engine;
  readonly nowMs: () => number;
  readonly monotonicMs: () => number;
  /** 64 bits for random() and gen_random_uuid(). */
  readonly seed: () => bigint;
  readonly catalog: (database: number) => DatabaseCatalog;
  /** Rows of a database's collections, for the interpreter. */
  readonly rows: (database: number, functions: EngineFunctions) => Rows;
  readonly define: Define;
  /** Carries out what Cypher defines. */
  readonly defineGraph: (statement: ParsedCypherDefinition, text: string, database: number) => void;
  /** What the row-write door has noted against a command that is not SQL. */
  readonly refusal: () => unknown;
  readonly tables: (engine: QueryEngine, database: number) => TableDoor;
  /** Brings a database's tables and indexes to the engine; answers what is wrong with those that cannot be. */
  readonly restore: (database: number) => readonly string[];
  /** Functions that users have defined, and what calls them. */
  readonly functions: (database: number) => FunctionSource;
  readonly extension: ExtensionCaller;
}

export interface RunOptions {
  readonly database: number;
  readonly settings: SessionSettings;
  /** Overrules the session's statement timeout; 0: none. */
  readonly timeoutMs?: number | undefined;
  readonly signal?: { readonly aborted: boolean } | undefined;
  /** The program that holds the database runs it, not a client: it may name files of its own. */
  readonly byProgram?: boolean;
}

export interface ResultColumn {
  readonly name: string;
  readonly type: SqlType;
}

/** What a statement has answered; rows in the form that was asked for. */
export interface QueryResult<T = readonly Value[]> {
  /** query: rows; write: `affected`, and rows with RETURNING; other: a definition or a setting. */
  readonly kind: "query" | "write" | "other";
  readonly columns: readonly ResultColumn[];
  readonly rows: T[];
  /** Rows inserted, updated or deleted. */
  readonly affected: number | undefined;
}

/** A statement that was read. It is planned again when something has changed that its plan was made from. */
export interface Prepared {
  readonly text: string;
  readonly database: number;
  readonly print: Fingerprint;
  /** Rules that its plan was made without. */
  disabledRules: string;
  /** A plan, or a statement that has none. */
  statement: PlannedStatement | ParsedStatement;
}

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
  listed(result: QueryResult<T>): R;
}

/** A statement's execution as it was asked for. */
interface Request<T, R> {
  readonly parameters: readonly Parameter[];
  readonly options: RunOptions;
  readonly form: RowForm<T>;
  readonly end: Ending<T, R>;
}

const LIST_END: Ending<unknown, QueryResult<unknown>> = {
  compiled: ({ statement, compiled, form }, run) => ({
    kind: "query",
    columns: statement.columns,
    rows: compiled.run(run, form),
    affected: undefined,
  }),
  listed: (result) => result,
};

/** What statements of one database are made with. */
interface Place extends DatabaseCatalog {
  readonly maker: StatementMaker;
}

export class QueryEngine {
  readonly output: Output;
  /** Rows as values, for replies. */
  readonly valueRows: RowForm<readonly Value[]>;
  readonly functions: EngineFunctions;
  readonly #objectRows: RowForm<SqlRow>;
  readonly #arrayRows: RowForm<SqlRow>;
  readonly #parts: QueryParts;
  readonly #input: Input;
  /** Statements with a plan by their whole text. */
  readonly #known = new LruMap<string, Prepared>(PLANS_MAX);
  readonly #plans = new LruMap<string, PlannedStatement>(PLANS_MAX);
  readonly #warm = new WarmPlans();
  readonly #held = new HeldBytes();
  readonly #places = new Map<number, Place>();
  readonly #loaders = new WeakMap<readonly Field[], { readonly statement: PlannedStatement; readonly loader: RowLoader | undefined }>();
  readonly #reset: PlanFunction;
  readonly #openRead: PlanFunction;
  readonly #closeRead: PlanFunction;
  readonly #start: PlanFunction;
  readonly #end: PlanFunction;
  /** Short results are lists, long ones are taken out of the engine piece by piece. */
  readonly #openEnd: Ending<unknown, OpenResult<unknown>> = {
    compiled: ({ statement, compiled, options, form }, run) => {
      const { columns } = statement;
      const rows = compiled.gather(run, form, LISTED_ROWS);
      if (Array.isArray(rows)) return listedResult({ kind: "query", columns, rows, affected: undefined });
      const { zoneSeconds } = options.settings;
      return gatheredResult(rows, columns, compiled.reader(form), (decode) => this.#decoding(zoneSeconds, decode));
    },
    listed: listedResult,
  };
  /** Ends the statement that runs when its time is over. */
  #pause: () => void = () => {};

  constructor(parts: QueryParts) {
    this.#parts = parts;
    this.functions = new EngineFunctions(parts.engine, parts.extension);
    this.#input = new Input(this.functions);
    this.output = new Output(this.functions);
    const { words } = this.functions;
    this.valueRows = valueRows(parts.engine, words);
    this.#objectRows = programRows(parts.engine, words, this.output, "object");
    this.#arrayRows = programRows(parts.engine, words, this.output, "array");
    this.#reset = this.functions.required("runtime_reset");
    this.#start = this.functions.required("statement_begin");
    this.#end = this.functions.required("statement_end");
    this.#openRead = this.functions.required("execution_begin");
    this.#closeRead = this.functions.required("execution_end");
  }

  /** Why the engine has refused the write of a command: an error to throw. */
  refusal(): unknown {
    return this.#parts.engine.runPlan(() => {
      const error = this.#parts.refusal();
      this.#reset();
      return error;
    });
  }

  /** Tables and indexes of a database, for commands that are no SQL. */
  tables(database: number): TableDoor {
    return this.#parts.tables(this, database);
  }

  /** Runs what defines tables or indexes, or looks at the catalog: it keeps or takes back by itself what it does. */
  defining<T>(database: number, run: () => T): T {
    return this.#parts.engine.runPlan(() => {
      this.#begin(0, database);
      this.#end(1);
      try {
        return run();
      } finally {
        this.#reset();
      }
    });
  }

  /** What is known of a database. Requires: it is looked at inside of `defining`. */
  catalog(database: number): Catalog {
    return this.#place(database).catalog;
  }

  /** Carries out a definition of Cypher's; the text is for positions. Requires: no statement has begun. */
  defineGraph(statement: ParsedCypherDefinition, text: string, database: number): void {
    this.defining(database, () => this.#parts.defineGraph(statement, text, database));
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
  prepare(text: string, database: number): Prepared {
    const parts = splitScript(text);
    if (parts !== undefined && parts.length > 1) throw refuseSeveral(text, parts);
    return this.#within(0, database, () => this.#prepare(text, database, ""));
  }

  /**
   * Runs a statement. Parameters are text or values of JavaScript, each converted to the type that the statement gives it. Several
   * statements are run one after the other, and the last one answers.
   */
  run<T>(text: string, parameters: readonly Parameter[], options: RunOptions, form: RowForm<T>): QueryResult<T> {
    return this.#runSource(text, { parameters, options, form, end: LIST_END as Ending<T, QueryResult<T>> });
  }

  /** Runs a statement that was prepared. Requires: it was prepared for the same database. */
  execute<T>(prepared: Prepared, parameters: readonly Parameter[], options: RunOptions, form: RowForm<T>): QueryResult<T> {
    return this.#runSource(prepared, { parameters, options, form, end: LIST_END as Ending<T, QueryResult<T>> });
  }

  /** Runs a statement, prepared or not, whose rows are taken piece by piece: who has the result closes it. */
  open<T>(source: Prepared | string, parameters: readonly Parameter[], options: RunOptions, form: RowForm<T>): OpenResult<T> {
    return this.#runSource(source, { parameters, options, form, end: this.#openEnd as Ending<T, OpenResult<T>> });
  }

  /**
   * Runs a prepared INSERT of $1, $2 ... once for each row, as one statement; answers how many rows were inserted. The parameters are what
   * the rows have under `fields`, whose array stands for them from call to call.
   */
  load(prepared: Prepared, fields: readonly Field[], rows: readonly object[], options: RunOptions): number {
    return this.#within(options.settings.zoneSeconds, options.database, () => {
      const statement = this.#current(prepared, options.settings.disabledRules);
      if (!(statement instanceof PlannedStatement)) throw sqlError("XX000", "an INSERT has no plan");
      this.#pause = this.#pauseOf(options);
      this.#pause();
      const loader = this.#loader(statement, fields, options.database);
      if (loader !== undefined) return loader.load(rows);
      return rows.reduce((count, row) => count + this.#insertRow(statement, fields, row), 0);
    });
  }

  /** The optimised plan of a statement; undefined for one that has none. Requires: a statement has begun. */
  plan(statement: ParsedStatement, text: string, database: number, disabledRules = ""): PlannedStatement | undefined {
    if (!PLANNED.has(statement.kind)) return undefined;
    const { catalog, maker } = this.#place(database);
    const bound = bindStatement(statement, text, { catalog, functions: this.#parts.functions(database), parameters: [] });
    const context = disabledRules === "" ? maker.context : { ...maker.context, disabled: new Set(disabledRules.split(",")) };
    return new PlannedStatement(optimize(bound, context), maker);
  }

  /** Runs a statement without literals of its own inside of another; answers the rows written. Requires: a statement has begun. */
  fill(text: string, database: number): number {
    const statement = this.plan(parseSql(text), text, database);
    const run: PlanRun = { parameters: [], literals: [], database, version: undefined, pause: GO_ON };
    return statement?.bulk("auto")?.run(run) ?? statement?.interpreted().run([], [], GO_ON_ROWS) ?? 0;
  }

  /** Values of a plan's literals, as the texts of the statement say. */
  literalValues(plan: LogicalPlan, literals: readonly LiftedLiteral[]): Value[] {
    return plan.literals.map((literal) => this.#input.fromLifted(literals, literal));
  }

  /** Values of $1, $2 ...: exactly as many as the statement has. */
  parameterValues(plan: LogicalPlan, parameters: readonly Parameter[]): Value[] {
    if (parameters.length !== plan.parameters.length) {
      throw sqlError("08P01", `the statement has ${plan.parameters.length} parameters, but ${parameters.length} were given`);
    }
    return plan.parameters.map((type, index) => this.#input.fromParameter(parameters[index], type));
  }

  // -----------------------------------------------------------------------------------------------------------------------

  #runSource<T, R>(source: Prepared | string, request: Request<T, R>): R {
    const { options } = request;
    const prepared = typeof source === "string" ? this.#knownText(source, options.database) : source;
    const { execution, disabledRules } = options.settings;
    if (prepared?.statement instanceof PlannedStatement && prepared.disabledRules === disabledRules) {
      const compiled = prepared.statement.ready(execution);
      const { statement } = prepared;
      const read = compiled && this.#parts.engine.runPlan(() => this.#read(statement, compiled, prepared, request));
      if (read !== undefined) return read;
    }
    const parts = prepared === undefined ? splitScript(source as string) : undefined;
    if (parts !== undefined) return this.#runScript(source as string, parts, request);
    return this.#within(options.settings.zoneSeconds, options.database, () => {
      if (prepared !== undefined) {
        this.#current(prepared, disabledRules);
        return this.#execute(prepared, request);
      }
      const text = source as string;
      const made = this.#prepare(text, options.database, disabledRules);
      if (made.statement instanceof PlannedStatement && text.length <= KNOWN_TEXT_MAX) this.#known.set(text, made);
      return this.#execute(made, request);
    });
  }

  #knownText(text: string, database: number): Prepared | undefined {
    const known = this.#known.get(text);
    return known?.database === database ? known : undefined;
  }

  /** Runs a compiled statement, which writes nothing; undefined: it must be planned again. */
  #read<T, R>(
    statement: PlannedStatement,
    compiled: CompiledStatement,
    { print }: Prepared,
    { parameters, options, form, end }: Request<T, R>,
  ): R | undefined {
    const { engine, nowMs, seed } = this.#parts;
    const { database, settings } = options;
    const version = this.#openRead(database, nowMs(), settings.zoneSeconds, BUDGET_BYTES) as number;
    try {
      if (statement.version !== version || !statement.isWatched) {
        if (!this.#isCurrent(statement, database)) return undefined;
        statement.version = version;
      }
      if (statement.isRandom) engine.memory.setLong(this.functions.cells + CELL_SEED, seed());
      const pause = this.#pauseOf(options);
      return end.compiled({ statement, compiled, options, form }, { parameters, literals: print.literals, database, version, pause });
    } finally {
      this.#closeRead();
    }
  }

  #prepare(text: string, database: number, disabledRules: string): Prepared {
    const print = fingerprint(text);
    return { text, database, print, disabledRules, statement: this.#statement(print, text, database, disabledRules) };
  }

  /** What a prepared statement is now. */
  #current(prepared: Prepared, disabledRules: string): PlannedStatement | ParsedStatement {
    const { statement, print, text, database } = prepared;
    const isOld = prepared.disabledRules !== disabledRules;
    if (statement instanceof PlannedStatement && (isOld || !this.#isCurrent(statement, database))) {
      prepared.statement = this.#statement(print, text, database, disabledRules);
      prepared.disabledRules = disabledRules;
    }
    return prepared.statement;
  }

  /** What loads rows with these fields; undefined: they go in one by one. */
  #loader(statement: PlannedStatement, fields: readonly Field[], database: number): RowLoader | undefined {
    const known = this.#loaders.get(fields);
    if (known?.statement === statement) return known.loader;
    const insert = plainInsert(statement.plan.root, fields.length);
    const { engine } = this.#parts;
    const parts = { memory: engine.memory, words: this.functions.words, input: this.#input };
    const writer = new BatchWriter(engine, this.functions);
    const loader = insert && new RowLoader(insert, fields, this.#place(database).catalog, writer, parts);
    this.#loaders.set(fields, { statement, loader });
    return loader;
  }

  #insertRow(statement: PlannedStatement, fields: readonly Field[], row: object): number {
    const given = fields.map((field) => (row as Readonly<Record<Field, Parameter>>)[field]);
    return statement.interpreted().run(this.parameterValues(statement.plan, given), [], GO_ON_ROWS);
  }

  /**
   * Statements of one text. All are read before the first one runs. Those between two definitions are one unit, kept or taken
   * back as a whole; a definition is one by itself.
   */
  #runScript<T, R>(text: string, parts: readonly ScriptPart[], request: Request<T, R>): R {
    if (request.parameters.length > 0 && parts.length > 1) throw refuseSeveral(text, parts);
    const { database, settings } = request.options;
    const defines = parts.map((part) => locatedIn(text, part, () => isDefinition(parseFingerprint(fingerprint(part.text)))));
    // Rows that nobody will see are not kept open.
    const unseen: Request<T, unknown> = { ...request, end: LIST_END };
    let result: unknown;
    for (let first = 0; first < parts.length; ) {
      let end = first + 1;
      while (!defines[first] && end < parts.length && !defines[end]) end++;
      const unit = parts.slice(first, end);
      this.#within(settings.zoneSeconds, database, () => {
        for (const part of unit) {
          const { cells } = this.functions;
          // A SET before it may have changed the zone.
          this.#parts.engine.memory.setLong(cells + CELL_ZONE, BigInt(settings.zoneSeconds));
          const asked = part === parts.at(-1) ? request : unseen;
          result = locatedIn(text, part, () => this.#execute(this.#prepare(part.text, database, settings.disabledRules), asked));
        }
      });
      first = end;
    }
    return result as R;
  }

  /** The statement of a fingerprint, from the cache if it is still right. */
  #statement(print: Fingerprint, text: string, database: number, disabledRules: string): PlannedStatement | ParsedStatement {
    const key = `${database} ${disabledRules} ${print.key}`;
    const cached = this.#plans.get(key);
    if (cached !== undefined && this.#isCurrent(cached, database)) return cached;
    const parsed = parseFingerprint(print);
    const planned = this.plan(parsed, text, database, disabledRules);
    if (planned !== undefined) this.#plans.set(key, planned);
    return planned ?? parsed;
  }

  /** Whether nothing has changed that the statement's plan was made from. */
  #isCurrent({ plan }: PlannedStatement, database: number): boolean {
    const { catalog } = this.#place(database);
    return plan.dependencies.every(({ collection, version }) => catalog.version(collection) === version);
  }

  #place(database: number): Place {
    let place = this.#places.get(database);
    if (place === undefined) {
      const { engine } = this.#parts;
      const { functions } = this;
      const { catalog, facts } = this.#parts.catalog(database);
      const context = {
        collection: facts,
        evaluate: (expression: BoundExpression) => evaluateConstant(expression, functions),
        disabled: NO_RULES,
      };
      const rows = this.#parts.rows(database, functions);
      const surroundings = { functions, rows, indexes: new IndexRows(engine, functions, database), pause: () => this.#pause() };
      place = {
        catalog,
        facts,
        maker: { engine, functions, catalog, context, surroundings, input: this.#input, warm: this.#warm, held: this.#held },
      };
      this.#places.set(database, place);
    }
    return place;
  }

  #execute<T, R>({ statement, text, print: { literals } }: Prepared, request: Request<T, R>): R {
    const { parameters, options, form, end } = request;
    this.#pause = this.#pauseOf(options);
    if (!(statement instanceof PlannedStatement)) {
      const { kind, columns, rows, affected } = this.#runOther(statement, text, parameters, options);
      return end.listed({ kind, columns, rows: rows.map(form.values(columns)), affected });
    }
    const run: PlanRun = { parameters, literals, database: options.database, version: undefined, pause: this.#pause };
    for (;;) {
      const compiled = statement.compiled(options.settings.execution);
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
    if (bulk !== undefined) return { kind, columns, rows: [], affected: bulk.run(run) };
    const parameters = this.parameterValues(plan, run.parameters);
    const literals = this.literalValues(plan, run.literals);
    const toRow = statement.rowMaker(form);
    const rows: T[] = [];
    const rowsMax = Math.floor(LISTED_VALUES_MAX / Math.max(1, columns.length));
    let isLong = false;
    const affected = statement.interpreted().run(parameters, literals, (row) => {
      if (rows.length === rowsMax) throw sqlError("53200", "out of memory");
      if (rows.length === SHORT_ROWS) isLong = !modifies && statement.compiles(settings.execution);
      if (!isLong) rows.push(toRow(row));
      return !isLong;
    });
    return isLong ? undefined : { kind, columns, rows, affected: modifies ? affected : undefined };
  }

  #runOther(statement: ParsedStatement, text: string, parameters: readonly Parameter[], options: RunOptions): QueryResult {
    switch (statement.kind) {
      case "ParsedExplain":
        return runExplain(this, statement, text, parameters, options);
      case "ParsedSet":
      case "ParsedShow":
      case "ParsedReset":
        return runSetting(statement, options.settings);
      case "ParsedMaintenance":
        return DONE;
      default: {
        const affected = this.#parts.define(statement, text, options);
        return affected === undefined ? DONE : { ...DONE, kind: "write", affected };
      }
    }
  }

  /** Runs as one statement: what it has written is kept when it succeeds, and taken back when it throws. */
  #within<T>(zoneSeconds: number, database: number, run: () => T): T {
    return this.#parts.engine.runPlan(() => {
      this.#begin(zoneSeconds, database);
      let isDone = false;
      try {
        const result = run();
        isDone = true;
        return result;
      } finally {
        this.#end(isDone ? 1 : 0);
        this.#reset();
      }
    });
  }

  /** Runs what decodes values between two statements, or frees memory of a plan. */
  #decoding<R>(zoneSeconds: number, run: () => R): R {
    const { engine } = this.#parts;
    return engine.runPlan(() => {
      this.#reset();
      const { cells } = this.functions;
      engine.memory.refresh();
      engine.memory.setLong(cells + CELL_ZONE, BigInt(zoneSeconds));
      engine.memory.setWord(cells + CELL_BUDGET, BUDGET_BYTES);
      try {
        return run();
      } finally {
        this.#reset();
      }
    });
  }

  /** Time, zone, seed and budget of an execution. */
  #begin(zoneSeconds: number, database: number): void {
    const { engine, nowMs, seed } = this.#parts;
    const { memory } = engine;
    this.#reset();
    memory.refresh();
    const { cells } = this.functions;
    const now = nowMs();
    if (this.#start(database, now) !== STATUS_OK) throw sqlError("53200", "out of memory");
    memory.refresh();
    memory.setFloat(cells + CELL_NOW, now);
    memory.setLong(cells + CELL_NOW_MICROSECONDS, BigInt(Math.round(now)) * MICROSECONDS_OF_MS);
    memory.setLong(cells + CELL_ZONE, BigInt(zoneSeconds));
    memory.setLong(cells + CELL_SEED, seed());
    memory.setWord(cells + CELL_BUDGET, BUDGET_BYTES);
  }

  /** Throws when the statement must end. */
  #pauseOf({ settings, timeoutMs, signal }: RunOptions): () => void {
    const { monotonicMs } = this.#parts;
    const limit = timeoutMs ?? settings.statementTimeoutMs;
    if (limit === 0 && signal === undefined) return GO_ON;
    const end = limit === 0 ? Number.POSITIVE_INFINITY : monotonicMs() + limit;
    return () => {
      if (signal?.aborted) throw sqlError("57014", "canceling statement due to user request");
      if (monotonicMs() > end) throw sqlError("57014", "canceling statement due to statement timeout");
    };
  }
}

/** Whether a statement changes the catalog. */
function isDefinition({ kind }: ParsedStatement): boolean {
  return !PLANNED.has(kind) && !AROUND_DATA.has(kind);
}

const NO_RULES: ReadonlySet<string> = new Set();
const GO_ON_ROWS = (): boolean => true;
const GO_ON = (): void => {};

const DONE: QueryResult = { kind: "other", columns: [], rows: [], affected: undefined };
