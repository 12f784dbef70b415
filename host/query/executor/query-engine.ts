/**
 * Statements of SQL from text to result: the plan cache, the choice between interpreter and compiled code, and the statements
 * around the data (EXPLAIN, SET, definitions).
 *
 * 1. A plan is cached under its database and its fingerprint (literals lifted out), and is void when a collection that it was
 *    made from has another version now.
 * 2. An execution begins with an empty arena and its own time, zone, seed and budget in the cells, and leaves nothing behind.
 * 3. One statement runs at a time: the engine has one arena. Nothing here waits, so nothing can come between.
 * 4. `timeout` and `signal` end a statement between two pauses (57014); what it has written until then is undone by the engine.
 */
import { CELL_BUDGET, CELL_NOW, CELL_NOW_MICROSECONDS, CELL_SEED, CELL_ZONE } from "../../../assembly/abi/record.ts";
import { STATUS_OK } from "../../../assembly/abi/status.ts";
import { sqlError } from "../../common/sql-state.ts";
import type { Engine, PlanFunction } from "../../engine/engine.ts";
import type { ParsedStatement } from "../ast/statement.ts";
import { bindStatement } from "../binder/bind.ts";
import type { Catalog } from "../catalog/catalog.ts";
import type { FunctionSource } from "../function/table.ts";
import type { CollectionFacts } from "../optimizer/context.ts";
import { optimize } from "../optimizer/optimize.ts";
import { fingerprint, type LiftedLiteral, parseFingerprint } from "../parser/sql/fingerprint.ts";
import type { LogicalPlan, PlanColumn } from "../plan/operator.ts";
import type { SqlType } from "../type/type.ts";
import { EngineFunctions, type ExtensionCall } from "./engine-functions.ts";
import { evaluateConstant } from "./evaluate.ts";
import { runExplain } from "./explain.ts";
import { Input, type Parameter } from "./input.ts";
import { interpret } from "./interpreter/interpret.ts";
import { LruMap } from "./lru.ts";
import { Output } from "./output.ts";
import { runSetting } from "./setting-statement.ts";
import type { SessionSettings } from "./settings.ts";
import type { Rows, Surroundings } from "./surroundings.ts";
import type { Value } from "./value.ts";

/** Statements that become plans. */
const PLANNED: ReadonlySet<string> = new Set(["ParsedQuery", "ParsedInsert", "ParsedUpdate", "ParsedDelete"]);
/** Plans that are kept. */
const PLANS_MAX = 256;
/** Bytes that one execution may take from its arena. */
const BUDGET_BYTES = 1 << 30;
const MICROSECONDS_OF_MS = 1000n;

/** What is known of the collections of one database. */
export interface DatabaseCatalog {
  readonly catalog: Catalog;
  facts(collection: string): CollectionFacts | undefined;
}

/** Carries out CREATE, DROP, ALTER and TRUNCATE; answers the rows removed, or undefined. */
export type Define = (statement: ParsedStatement, text: string, database: number) => number | undefined;

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
  /** Functions that users have defined, and what calls them. */
  readonly functions: FunctionSource | undefined;
  readonly callExtension: ExtensionCall;
}

export interface RunOptions {
  readonly database: number;
  readonly settings: SessionSettings;
  /** Overrules the session's statement timeout; 0: none. */
  readonly timeoutMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface ResultColumn {
  readonly name: string;
  readonly type: SqlType;
}

/** What a statement has answered. */
export interface QueryResult {
  /** query: rows; write: `affected`, and rows with RETURNING; other: a definition or a setting. */
  readonly kind: "query" | "write" | "other";
  readonly columns: readonly ResultColumn[];
  readonly rows: readonly (readonly Value[])[];
  /** Rows inserted, updated or deleted. */
  readonly affected: number | undefined;
}

/** A statement that was read: a plan with the literals of its text, or what has no plan. */
export type Prepared =
  | { readonly kind: "plan"; readonly plan: LogicalPlan; readonly literals: readonly LiftedLiteral[] }
  | { readonly kind: "other"; readonly statement: ParsedStatement; readonly text: string };

export class QueryEngine {
  readonly output: Output;
  readonly functions: EngineFunctions;
  readonly #parts: QueryParts;
  readonly #input: Input;
  readonly #plans = new LruMap<string, LogicalPlan>(PLANS_MAX);
  readonly #reset: PlanFunction;
  readonly #start: PlanFunction;
  readonly #end: PlanFunction;

  constructor(parts: QueryParts) {
    this.#parts = parts;
    this.functions = new EngineFunctions(parts.engine, parts.callExtension);
    this.#input = new Input(this.functions);
    this.output = new Output(this.functions);
    this.#reset = this.functions.required("runtime_reset");
    this.#start = this.functions.required("statement_begin");
    this.#end = this.functions.required("statement_end");
  }

  /** For durations. */
  monotonicMs(): number {
    return this.#parts.monotonicMs();
  }

  /** Reads a statement: from the cache, or by parsing, binding and optimising it. Throws what is wrong with it. */
  prepare(text: string, database: number): Prepared {
    const print = fingerprint(text);
    const key = `${database} ${print.key}`;
    const cached = this.#plans.get(key);
    if (cached !== undefined && this.#isValid(cached, database)) {
      return { kind: "plan", plan: cached, literals: print.literals };
    }
    const statement = parseFingerprint(print);
    // Constants are computed by the engine, so planning is an execution too.
    const plan = this.#within(0, database, () => this.plan(statement, text, database));
    if (plan === undefined) return { kind: "other", statement, text };
    this.#plans.set(key, plan);
    return { kind: "plan", plan, literals: print.literals };
  }

  /** The optimised plan of a statement; undefined for one that has none. */
  plan(statement: ParsedStatement, text: string, database: number): LogicalPlan | undefined {
    if (!PLANNED.has(statement.kind)) return undefined;
    const { catalog, facts } = this.#parts.catalog(database);
    const bound = bindStatement(statement, text, { catalog, functions: this.#parts.functions, parameters: [] });
    return optimize(bound, {
      collection: facts,
      evaluate: (expression) => evaluateConstant(expression, this.functions),
      disabled: new Set(),
    });
  }

  /** Runs a statement. Parameters are text or values of JavaScript, each converted to the type that the statement gives it. */
  run(text: string, parameters: readonly Parameter[], options: RunOptions): QueryResult {
    return this.execute(this.prepare(text, options.database), parameters, options);
  }

  /** Runs a statement that was prepared. Requires: it is current. */
  execute(prepared: Prepared, parameters: readonly Parameter[], options: RunOptions): QueryResult {
    return this.#within(options.settings.zoneSeconds, options.database, () => {
      if (prepared.kind === "other") return this.#runOther(prepared, parameters, options);
      return this.#runPlan(prepared, parameters, options);
    });
  }

  /** Whether nothing has changed that the statement's plan was made from. */
  isCurrent(prepared: Prepared, database: number): boolean {
    return prepared.kind === "other" || this.#isValid(prepared.plan, database);
  }

  /** What an interpreted plan asks of the world. */
  surroundings(options: RunOptions): Surroundings {
    return { functions: this.functions, rows: this.#parts.rows(options.database, this.functions), pause: this.#pause(options) };
  }

  /** Values of a plan's literals, as the texts of the statement say. */
  literalValues(plan: LogicalPlan, literals: readonly LiftedLiteral[]): Value[] {
    return plan.literals.map(({ slot, negative, type }) => {
      const literal = literals[slot];
      if (literal === undefined) throw sqlError("XX000", `there is no literal ${slot}`);
      return this.#input.fromLiteral(negative ? { ...literal, value: `-${literal.value}` } : literal, type);
    });
  }

  // -----------------------------------------------------------------------------------------------------------------------

  /** Looks into the engine without running anything: a collection's version is a word in its memory. */
  #isValid({ dependencies }: LogicalPlan, database: number): boolean {
    const { catalog } = this.#parts.catalog(database);
    return this.#within(0, database, () => dependencies.every(({ collection, version }) => catalog.version(collection) === version));
  }

  #runPlan({ plan, literals }: Prepared & { kind: "plan" }, parameters: readonly Parameter[], options: RunOptions): QueryResult {
    const rows: (readonly Value[])[] = [];
    const values = this.parameterValues(plan, parameters);
    const affected = interpret(plan, this.surroundings(options)).run(values, this.literalValues(plan, literals), (row) => {
      rows.push(row);
      return true;
    });
    return { ...shapeOf(plan), rows, affected: plan.modifies ? affected : undefined };
  }

  /** Values of $1, $2 ...: exactly as many as the statement has. */
  parameterValues(plan: LogicalPlan, parameters: readonly Parameter[]): Value[] {
    if (parameters.length !== plan.parameters.length) {
      throw sqlError("08P01", `the statement has ${plan.parameters.length} parameters, but ${parameters.length} were given`);
    }
    return plan.parameters.map((type, index) => this.#input.fromParameter(parameters[index], type));
  }

  #runOther({ statement, text }: Prepared & { kind: "other" }, parameters: readonly Parameter[], options: RunOptions): QueryResult {
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
        const affected = this.#parts.define(statement, text, options.database);
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
  #pause({ settings, timeoutMs, signal }: RunOptions): () => void {
    const { monotonicMs } = this.#parts;
    const limit = timeoutMs ?? settings.statementTimeoutMs;
    const end = limit === 0 ? Number.POSITIVE_INFINITY : monotonicMs() + limit;
    return () => {
      if (signal?.aborted) throw sqlError("57014", "canceling statement due to user request");
      if (monotonicMs() > end) throw sqlError("57014", "canceling statement due to statement timeout");
    };
  }
}

const DONE: QueryResult = { kind: "other", columns: [], rows: [], affected: undefined };

function shapeOf(plan: LogicalPlan): Pick<QueryResult, "kind" | "columns"> {
  return { kind: plan.modifies ? "write" : "query", columns: plan.output.map(({ name, type }: PlanColumn) => ({ name, type })) };
}
