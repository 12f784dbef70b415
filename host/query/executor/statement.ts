/**
 * A planned statement in the cache: its plan, and the ways to run it, each made when it is first wanted.
 *
 * A query whose scans promise few rows is interpreted the first time, and compiled when it comes again; one with many rows is
 * compiled at once. What writes rows that it names by their keys is compiled when it comes again (point-write.ts). What else writes is
 * interpreted where few rows are read, else its rows are computed by a compiled query and written in batches (bulk-write.ts) or one by one (write-over-query.ts). What the code
 * generator does not know is interpreted.
 */
import { DatabaseError } from "../../common/error.ts";
import { sqlStateOf } from "../../common/sql-state.ts";
import type { Engine } from "../../engine/engine.ts";
import type { Catalog } from "../catalog/catalog.ts";
import { LABEL_FIELDS, TYPE_FIELDS } from "../catalog/graph.ts";
import { compilePlan } from "../codegen/compile.ts";
import type { CompiledPlan } from "../codegen/compiled.ts";
import { estimateRows } from "../optimizer/cardinality.ts";
import type { OptimizerContext } from "../optimizer/context.ts";
import { hopFactor } from "../optimizer/graph-cardinality.ts";
import { hasSubquery } from "../optimizer/predicate.ts";
import { physicalOperator, planPhysically } from "../physical/plan.ts";
import type { LogicalOperator, LogicalPlan } from "../plan/operator.ts";
import { expressionsOf, inputsOf, isVolatile, visitOperators } from "../plan/walk.ts";
import { BatchWriter } from "./batch-writer.ts";
import { BulkWrite, bulkModification, bulkQuery } from "./bulk-write.ts";
import { type Attach, CompiledStatement, type Read } from "./compiled-plan.ts";
import type { EngineFunctions } from "./engine-functions.ts";
import { SCHEMA_KEYS } from "./engine-tables.ts";
import type { HeldBytes } from "./gathered-rows.ts";
import { bulkChange, changeQuery, GraphBulkChange } from "./graph-bulk-change.ts";
import { GraphBulkMerge, type MergeStep } from "./graph-bulk-merge.ts";
import { bulkCreation, creationQuery, GraphBulkWrite } from "./graph-bulk-write.ts";
import { bulkMerge } from "./graph-merge-plan.ts";
import type { Input } from "./input.ts";
import { InterpretedQuery } from "./interpreted-query.ts";
import { type Interpreted, interpret, type Observe } from "./interpreter/interpret.ts";
import { attachWrite, drawsSeed, PointWrite, pointModification } from "./point-write.ts";
import type { ResultColumn } from "./query-result.ts";
import type { RowForm } from "./result-rows.ts";
import { parameterInsert, RowLoader } from "./row-loader.ts";
import type { ExecutionMode } from "./settings.ts";
import type { Surroundings } from "./surroundings.ts";
import { bytesOfText, type Value } from "./value.ts";
import type { WarmPlans } from "./warm-plans.ts";
import { type DividedPlan, dividePlan, WriteOverQuery } from "./write-over-query.ts";

/** Rows up to which a first execution is interpreted. */
const SMALL_ROWS = 500;
/** Items that a list to be unwound is taken to have, unless it is written out. */
const UNWOUND_ROWS = 1000;

/** What is no collection has names that begin so. */
const CATALOG_KEYS = "_internal:";

/** What writes in batches what its query says. */
export type Bulk = BulkWrite | GraphBulkWrite | GraphBulkChange;

/** What statements are made with. */
export interface StatementMaker {
  readonly engine: Engine;
  readonly functions: EngineFunctions;
  readonly catalog: Catalog;
  readonly context: OptimizerContext;
  readonly surroundings: Surroundings;
  readonly input: Input;
  readonly warm: WarmPlans;
  readonly held: HeldBytes;
}

export class PlannedStatement {
  readonly plan: LogicalPlan;
  readonly columns: readonly ResultColumn[];
  /** How many rows each of its dependencies had when it was planned. */
  readonly sizes: readonly number[];
  /** What makes rows in a form, by form. */
  readonly #rowMakers = new WeakMap<RowForm<never>, (row: readonly Value[]) => unknown>();
  readonly #maker: StatementMaker;
  /** Whether it reads nothing whose changes the version of all collections does not tell (views, functions). */
  readonly isWatched: boolean;
  /** The version of all collections for which the plan is known to be right. */
  version: number | undefined;
  /** Whether it calls random() or its like, and so needs a seed. */
  readonly isRandom: boolean;
  /** What the plan relies on. */
  readonly #reads: readonly Read[];
  #runs = 0;
  #interpreted: Interpreted | undefined;
  /** null: the code generator cannot. */
  #compiled: CompiledStatement | null | undefined;
  /** null: it is no INSERT of parameters. */
  #inserter: RowLoader | null | undefined;
  /** null: it names no rows to be written, or its query cannot be compiled. */
  #point: PointWrite | null | undefined;
  /** null: it cannot be written in batches. */
  #bulk: Bulk | null | undefined;
  /** null: it is no chain of MERGE that can be written in batches. */
  #merge: GraphBulkMerge | null | undefined;
  /** null: there is nothing to be read before it writes. */
  #divided: DividedPlan | null | undefined;
  #overQuery: WriteOverQuery | undefined;
  #interpretedQuery: InterpretedQuery | undefined;
  /** Whether it does what no estimate of its scans tells the length of. */
  #searches: boolean | undefined;

  constructor(plan: LogicalPlan, maker: StatementMaker, sizes: readonly number[]) {
    this.plan = plan;
    this.sizes = sizes;
    this.columns = plan.output.map(({ name, type }) => ({ name, type }));
    this.isWatched = !plan.dependencies.some(({ collection }) => collection.startsWith(CATALOG_KEYS));
    this.isRandom = isRandom(plan.root);
    this.#reads = readsOf(plan);
    this.#maker = maker;
  }

  /** Tells the transactions that are active what the plan relies on: definitions, and that there are no rows. Requires: a statement has begun. */
  tellReads(database: number): void {
    const { functions } = this.#maker;
    if (this.#reads.length === 0 || functions.readsTold === 0) return;
    for (const { teller, name, kind } of this.#reads) {
      const tell = functions.required(teller);
      functions.withBytes(name, (pointer, length) => tell(database, pointer, length, kind ?? 0));
    }
  }

  /** The compiled plan, if there is one and this execution is to use it: the shortest way through a statement that was compiled. */
  ready(mode: ExecutionMode): CompiledStatement | undefined {
    return mode === "interpreted" ? undefined : (this.#compiled ?? undefined);
  }

  /** The compiled plan, if this execution is to use it. */
  compiled(mode: ExecutionMode): CompiledStatement | undefined {
    if (this.plan.modifies || mode === "interpreted") return undefined;
    const isWorthIt = mode === "compiled" || this.#runs++ > 0 || scannedRows(this.plan.root, this.#maker) > SMALL_ROWS;
    if (!isWorthIt) return undefined;
    if (this.#compiled === undefined) this.#compiled = this.#compile(this.plan);
    return this.#compiled ?? undefined;
  }

  /** What writes the rows that the statement names, if it was made and this execution is to use it. */
  readyPoint(mode: ExecutionMode): PointWrite | undefined {
    return mode === "interpreted" ? undefined : (this.#point ?? undefined);
  }

  /** What writes the rows that the statement names, if this execution is to use it. */
  point(mode: ExecutionMode): PointWrite | undefined {
    if (!this.plan.modifies || mode === "interpreted" || this.#point === null) return undefined;
    if (mode !== "compiled" && this.#runs++ === 0) return undefined;
    if (this.#point === undefined) this.#point = this.#makePoint();
    return this.#point ?? undefined;
  }

  #makePoint(): PointWrite | null {
    const modification = pointModification(this.plan);
    if (modification === undefined) return null;
    const { engine, functions, catalog } = this.#maker;
    const query = this.#compile(bulkQuery(this.plan, modification), ({ output }) => {
      return (take) => attachWrite(engine.memory, modification, output, take);
    });
    return query && new PointWrite(engine.memory, functions, query, this.isRandom || drawsSeed(modification, catalog));
  }

  /** The query as it lets others run while it is interpreted, if this execution is not to be compiled. */
  interpretedQuery(mode: ExecutionMode): InterpretedQuery | undefined {
    if (this.plan.modifies) return undefined;
    if (mode !== "interpreted" && (this.#compiled !== null || !this.#isLong())) return undefined;
    this.#interpretedQuery ??= new InterpretedQuery(this.plan, this.#maker);
    return this.#interpretedQuery;
  }

  /** Whether the query may be long. */
  #isLong(): boolean {
    this.#searches ??= searches(this.plan.root);
    return this.#searches || scannedRows(this.plan.root, this.#maker) > SMALL_ROWS;
  }

  /** Whether the plan is one that the code generator knows; executions are compiled from now on. */
  compiles(mode: ExecutionMode): boolean {
    this.#runs++;
    return this.compiled(mode) !== undefined;
  }

  /** What inserts the one row that $1, $2 ... are, if that is all that the statement does. */
  inserter(mode: ExecutionMode): RowLoader | undefined {
    if (!this.plan.modifies || mode === "interpreted" || this.#inserter === null) return undefined;
    if (this.#inserter === undefined) {
      const { engine, functions, catalog, input } = this.#maker;
      const insert = parameterInsert(this.plan);
      const parts = { memory: engine.memory, words: functions.words, input };
      const fields = this.plan.parameters.map((_, index) => index);
      this.#inserter = insert === undefined ? null : new RowLoader(insert, fields, catalog, new BatchWriter(engine, functions), parts);
    }
    return this.#inserter ?? undefined;
  }

  /** What writes in batches, if this execution is to. */
  bulk(mode: ExecutionMode): Bulk | undefined {
    if (this.#bulk === null || !this.#writesInBatches(mode)) return undefined;
    if (this.#bulk === undefined) this.#bulk = this.#makeBulk();
    return this.#bulk ?? undefined;
  }

  #makeBulk(): Bulk | null {
    const { engine, functions } = this.#maker;
    const creation = bulkCreation(this.plan);
    if (creation !== undefined) {
      const query = this.#compile(creationQuery(this.plan, creation));
      return query && new GraphBulkWrite(engine, functions, creation, query);
    }
    const change = bulkChange(this.plan);
    if (change !== undefined) {
      const query = this.#compile(changeQuery(this.plan, change));
      return query && new GraphBulkChange(engine, functions, change, query);
    }
    const modification = bulkModification(this.plan);
    const query = modification && this.#compile(bulkQuery(this.plan, modification));
    return modification && query ? new BulkWrite(engine, functions, modification, query) : null;
  }

  /** Whether this execution is to write in batches, if that can be done. */
  #writesInBatches(mode: ExecutionMode): boolean {
    if (!this.plan.modifies || mode === "interpreted") return false;
    return mode === "compiled" || scannedRows(this.plan.root, this.#maker) > SMALL_ROWS;
  }

  /** What merges in batches, if this execution is to: where the rows are such that it can. */
  merge(mode: ExecutionMode): GraphBulkMerge | undefined {
    if (this.#merge === null || !this.#writesInBatches(mode)) return undefined;
    if (this.#merge === undefined) this.#merge = this.#makeMerge();
    return this.#merge ?? undefined;
  }

  #makeMerge(): GraphBulkMerge | null {
    const { engine, functions } = this.#maker;
    const merge = bulkMerge(this.plan);
    if (merge === undefined) return null;
    const values = merge.values && this.#compile(merge.values);
    const keys = merge.keys.map((key) => this.#compile(key)).filter((key) => key !== null);
    const steps = merge.steps.map((step): MergeStep | null => {
      const query = this.#compile(step.query);
      if (query === null) return null;
      return "create" in step
        ? new GraphBulkWrite(engine, functions, step.create, query)
        : new GraphBulkChange(engine, functions, step.change, query);
    });
    const known = steps.filter((step) => step !== null);
    if (values === null || keys.length < merge.keys.length || known.length < steps.length) return null;
    return new GraphBulkMerge(engine, { values, keys }, known);
  }

  /** What writes over a query that is compiled, where it can be, if this execution is to. */
  overQuery(mode: ExecutionMode): WriteOverQuery | undefined {
    if (!this.plan.modifies || mode === "interpreted") return undefined;
    this.#divided ??= dividePlan(this.plan) ?? null;
    if (this.#divided === null) return undefined;
    const isWorthIt = mode === "compiled" || scannedRows(this.#divided.reading.root, this.#maker, 1) > SMALL_ROWS;
    if (!isWorthIt) return undefined;
    if (this.#overQuery === undefined) {
      const { reading, writing, target } = this.#divided;
      const query = this.#compile(reading) ?? new InterpretedQuery(reading, this.#maker);
      this.#overQuery = new WriteOverQuery(query, interpret(writing, this.#maker.surroundings), target);
    }
    return this.#overQuery;
  }

  /** Makes rows in a form of those that the interpreter gives. */
  rowMaker<T>(form: RowForm<T>): (row: readonly Value[]) => T {
    const key = form as RowForm<never>;
    let make = this.#rowMakers.get(key);
    if (make === undefined) {
      make = form.values(this.columns);
      this.#rowMakers.set(key, make);
    }
    return make as (row: readonly Value[]) => T;
  }

  /** The interpreted plan. */
  interpreted(): Interpreted {
    this.#interpreted ??= interpret(this.plan, this.#maker.surroundings);
    return this.#interpreted;
  }

  /** The interpreted plan with somebody who sees each operator's rows. */
  observed(observe: Observe): Interpreted {
    return interpret(this.plan, this.#maker.surroundings, observe);
  }

  #compile(plan: LogicalPlan, attach?: (code: CompiledPlan) => Attach): CompiledStatement | null {
    const { catalog, context } = this.#maker;
    try {
      const facts = {
        rows: (operator: LogicalOperator) => estimateRows(operator, context),
        isNotNull: (collection: string, column: number) => catalog.table(collection)?.columns[column]?.notNull === true,
      };
      const code = compilePlan(planPhysically(plan, facts), (operator) => physicalOperator(operator, facts));
      return new CompiledStatement(this.#maker, plan, code, this.#reads, attach?.(code));
    } catch (error) {
      if (isBeyondCompiler(error)) return null;
      throw error;
    }
  }
}

function isRandom(operator: LogicalOperator): boolean {
  return (
    expressionsOf(operator).some((expression) => isVolatile(expression) || hasSubquery(expression)) || inputsOf(operator).some(isRandom)
  );
}

/** The code generator does not know something of the plan, or the engine has no function that it calls. */
function isBeyondCompiler(error: unknown): boolean {
  if (!(error instanceof DatabaseError)) return false;
  const state = sqlStateOf(error);
  return state === "0A000" || error.code === "SQL_NOT_SUPPORTED" || state === "XX000";
}

/** Whether a plan follows relationships for as long as there are some, or has subqueries. */
function searches(root: LogicalOperator): boolean {
  let found = false;
  visitOperators(root, (operator) => {
    found ||= operator.kind === "LogicalVarExpand" || operator.kind === "LogicalShortestPath" || expressionsOf(operator).some(hasSubquery);
  });
  return found;
}

/** Estimated rows that the scans below an operator read; `unwound`: of lists that are not written out. */
function scannedRows(operator: LogicalOperator, maker: StatementMaker, unwound = UNWOUND_ROWS): number {
  const { context, surroundings } = maker;
  switch (operator.kind) {
    case "LogicalScan":
      return operator.access === undefined ? (context.collection(operator.collection)?.rows ?? 0) : estimateRows(operator, context);
    case "LogicalNodeScan":
      return operator.access === undefined ? (surroundings.graph?.countNodes(operator.labels) ?? 0) : estimateRows(operator, context);
    case "LogicalRelationshipScan":
      return operator.access === undefined ? (surroundings.graph?.countRelationships() ?? 0) : estimateRows(operator, context);
    case "LogicalFunctionScan": {
      if (operator.name !== "unwind") return estimateRows(operator, context);
      const [list] = operator.arguments;
      // Lists that a program passes to be unwound are long, more often than not.
      return list?.kind === "BoundList" ? list.items.length : unwound;
    }
    case "LogicalCountExpand": {
      const { direction, types, node, labels, input } = operator;
      const found = hopFactor({ direction, types, target: { kind: "new", node, labels } }, context.graph);
      return estimateRows(operator, context) * found + scannedRows(input, maker);
    }
    case "LogicalExpand":
    case "LogicalVarExpand":
      return estimateRows(operator, context) + scannedRows(operator.input, maker);
    default:
      break;
  }
  // What the filter keeps is what an index is asked for, about.
  if (operator.kind === "LogicalFilter" && operator.input.kind === "LogicalScan" && operator.input.access?.kind === "index") {
    return estimateRows(operator, context);
  }
  return inputsOf(operator).reduce((sum, input) => sum + scannedRows(input, maker, unwound), 0);
}

/** What a plan relies on. Names of what is no collection begin with a colon, or are keys of the catalog. */
function readsOf({ dependencies }: LogicalPlan): readonly Read[] {
  return dependencies.flatMap(({ collection, isAbsent }): Read[] => {
    if (collection.startsWith(":")) return isAbsent === true ? [...absentName(collection)] : [];
    const isKey = collection.startsWith(CATALOG_KEYS);
    const definition: Read = { teller: "key_tell", name: bytesOfText(isKey ? collection : SCHEMA_KEYS + collection) };
    return isAbsent && !isKey ? [definition, { teller: "track_collection", name: bytesOfText(collection) }] : [definition];
  });
}

/** That the graph has no label, or no relationship type, of a name. */
function absentName(collection: string): readonly Read[] {
  const prefix = [LABEL_FIELDS, TYPE_FIELDS].find((start) => collection.startsWith(start));
  if (prefix === undefined) return [];
  return [{ teller: "name_tell", name: bytesOfText(collection.slice(prefix.length)), kind: prefix === TYPE_FIELDS ? 1 : 0 }];
}
