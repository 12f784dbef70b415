/**
 * Plans by the texts that they were made from, and what they are made with in each database.
 *
 * A plan is cached under its language, its database, the rules that are off and its fingerprint (literals lifted out). It is void when a
 * collection that it was made from has another version now, and it is made anew when one has many more rows: what was prepared while a table
 * was empty would go through all of its rows ever after.
 */

import { sqlError } from "../../common/sql-state.ts";
import type { Engine } from "../../engine/engine.ts";
import type { Catalog } from "../catalog/catalog.ts";
import type { FunctionSource } from "../function/table.ts";
import type { CollectionFacts } from "../optimizer/context.ts";
import { optimize } from "../optimizer/optimize.ts";
import type { BoundExpression } from "../plan/expression.ts";
import type { EngineFunctions } from "./engine-functions.ts";
import { EngineGraph } from "./engine-graph.ts";
import { evaluateConstant } from "./evaluate.ts";
import { HeldBytes } from "./gathered-rows.ts";
import { EngineGraphWriter } from "./graph-writer.ts";
import { IndexRows } from "./index-rows.ts";
import { Input } from "./input.ts";
import type { DirectStatement, Language, PlannableStatement, Print } from "./language.ts";
import { LruMap } from "./lru.ts";
import { PlannedStatement, type StatementMaker } from "./statement.ts";
import type { Rows } from "./surroundings.ts";
import { WarmPlans } from "./warm-plans.ts";

/** Plans that are kept. */
const PLANS_MAX = 256;
/** Longest text by which a statement is known without being read. */
const KNOWN_TEXT_MAX = 2000;
/** A plan is good for so many times the rows that it was made for, and for so many rows in any case. */
const GROWTH = 8;
const ROWS_FEW = 64;
const NO_RULES: ReadonlySet<string> = new Set();

/** What is known of the collections of one database. */
export interface DatabaseCatalog {
  readonly catalog: Catalog;
  facts(collection: string): CollectionFacts | undefined;
  /** Rows of a collection, nodes of a label, relationships of a type, all of the graph; 0 where there are none, and of other dependencies. */
  size(collection: string): number;
}

export interface PlanSources {
  readonly engine: Engine;
  readonly catalog: (database: number) => DatabaseCatalog;
  /** Rows of a database's collections, for the interpreter. */
  readonly rows: (database: number, functions: EngineFunctions) => Rows;
  /** Functions that users have defined. */
  readonly functions: (database: number) => FunctionSource;
}

/** A statement that was read. It is planned again when something has changed that its plan was made from. */
export interface Prepared {
  readonly language: Language;
  readonly text: string;
  readonly database: number;
  readonly print: Print;
  /** Rules that its plan was made without. */
  disabledRules: string;
  /** A plan, or a statement that has none. */
  statement: PlannedStatement | DirectStatement;
}

/** What statements of one database are made with. */
interface Place extends DatabaseCatalog {
  readonly maker: StatementMaker;
}

export class PlanCache {
  readonly input: Input;
  /** The transaction that runs has definitions of its own: no plan is taken from the cache, or kept in it. */
  isBypassed = false;
  readonly #sources: PlanSources;
  readonly #functions: EngineFunctions;
  readonly #pause: () => boolean;
  /** Statements with a plan by their whole text. */
  readonly #known = new LruMap<string, Prepared>(PLANS_MAX);
  readonly #plans = new LruMap<string, PlannedStatement>(PLANS_MAX);
  readonly #places = new Map<number, Place>();
  readonly #warm = new WarmPlans();
  readonly #held = new HeldBytes();

  /** `pause` is called while plans are interpreted: whether others are to run now. It throws when the statement must end. */
  constructor(sources: PlanSources, functions: EngineFunctions, pause: () => boolean) {
    this.#sources = sources;
    this.#functions = functions;
    this.#pause = pause;
    this.input = new Input(functions);
  }

  /** The statement of exactly this text, if it is known. */
  known(language: Language, text: string, database: number): Prepared | undefined {
    const known = this.isBypassed ? undefined : this.#known.get(text);
    return known?.database === database && known.language === language ? known : undefined;
  }

  /** Knows a statement by its text from now on. */
  keep(prepared: Prepared): void {
    const { statement, text } = prepared;
    if (this.isBypassed) return;
    if (statement instanceof PlannedStatement && text.length <= KNOWN_TEXT_MAX) this.#known.set(text, prepared);
  }

  /** Reads a statement. Throws what is wrong with it. Requires: a statement has begun. */
  prepare(language: Language, text: string, database: number, disabledRules: string): Prepared {
    const print = language.fingerprint(text);
    const statement = this.#statement(language, print, text, database, disabledRules);
    return { language, text, database, print, disabledRules, statement };
  }

  /** What a prepared statement is now. Requires: a statement has begun. */
  current(prepared: Prepared, disabledRules: string): PlannedStatement | DirectStatement {
    const { language, statement, print, text, database } = prepared;
    const isOld = prepared.disabledRules !== disabledRules;
    if (statement instanceof PlannedStatement && (isOld || !this.isCurrent(statement, database))) {
      prepared.statement = this.#statement(language, print, text, database, disabledRules);
      prepared.disabledRules = disabledRules;
    }
    return prepared.statement;
  }

  /** Whether nothing has changed that the statement's plan was made from. */
  isValid({ plan }: PlannedStatement, database: number): boolean {
    const { catalog } = this.place(database);
    return plan.dependencies.every(({ collection, version }) => catalog.version(collection) === version);
  }

  /** Whether the plan is valid, and was made for about as many rows as there are. */
  isCurrent(statement: PlannedStatement, database: number): boolean {
    if (!this.isValid(statement, database)) return false;
    const { size } = this.place(database);
    const { plan, sizes } = statement;
    return plan.dependencies.every(({ collection }, index) => size(collection) <= Math.max(ROWS_FEW, GROWTH * (sizes[index] as number)));
  }

  /** The optimised plan of a statement. Requires: a statement has begun. */
  plan({ bind }: PlannableStatement, database: number, disabledRules = ""): PlannedStatement {
    const { catalog, maker, size } = this.place(database);
    const bound = bind({ catalog, functions: this.#sources.functions(database), parameters: [] });
    const context = disabledRules === "" ? maker.context : { ...maker.context, disabled: new Set(disabledRules.split(",")) };
    const plan = optimize(bound, context);
    return new PlannedStatement(
      plan,
      maker,
      plan.dependencies.map(({ collection }) => size(collection)),
    );
  }

  place(database: number): Place {
    let place = this.#places.get(database);
    if (place === undefined) {
      place = this.#makePlace(database);
      this.#places.set(database, place);
    }
    return place;
  }

  #makePlace(database: number): Place {
    const { engine } = this.#sources;
    const functions = this.#functions;
    const { catalog, facts, size } = this.#sources.catalog(database);
    const context = {
      collection: facts,
      graph: catalog.graph,
      evaluate: (expression: BoundExpression) => evaluateConstant(expression, functions),
      disabled: NO_RULES,
    };
    const rows = this.#sources.rows(database, functions);
    const graph = new EngineGraph(engine, functions, database);
    const graphWriter = new EngineGraphWriter(engine, functions, graph);
    const indexes = new IndexRows(engine, functions, database);
    const surroundings = { functions, rows, indexes, graph, graphWriter, pause: this.#pause };
    const warm = this.#warm;
    const held = this.#held;
    return { catalog, facts, size, maker: { engine, functions, catalog, context, surroundings, input: this.input, warm, held } };
  }

  /** The statement of a fingerprint, from the cache if it is still right. */
  #statement(language: Language, print: Print, text: string, database: number, disabledRules: string): PlannedStatement | DirectStatement {
    const key = `${language.name} ${database} ${disabledRules} ${print.key}`;
    const cached = this.isBypassed ? undefined : this.#plans.get(key);
    if (cached !== undefined && this.isCurrent(cached, database)) return cached;
    const read = language.read(print, text);
    if (read.kind === "control") throw sqlError("0A000", "what begins or ends a transaction cannot be prepared");
    if (read.kind === "direct") return read;
    const planned = this.plan(read, database, disabledRules);
    if (!this.isBypassed) this.#plans.set(key, planned);
    return planned;
  }
}
