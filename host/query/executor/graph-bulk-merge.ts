/**
 * MERGE for many rows: nodes and relationships that are missing are found by a compiled query and created batch by batch, clause by clause;
 * a SET behind them changes what they have found and created, in batches too. So rows that a program passes are loaded without looking at them
 * one by one:
 *
 *   UNWIND $rows AS row MERGE (a:P {id: row.a}) MERGE (b:P {id: row.b}) MERGE (a)-[r:R]->(b) SET r.at = row.at
 *
 * 1. A clause sees what the clauses before it have made for all rows, and what it has made itself for the rows before. The second is what
 *    DISTINCT does: of rows that ask for the same, none of which finds it, the first creates it, with the properties that ON CREATE sets.
 * 2. What a clause has found or created is looked for once more by the clauses behind it. That gives the same rows where what comes
 *    between makes nothing that the pattern would find too (`isApart`).
 * 3. That holds of values that are equal to themselves and told apart by DISTINCT as by `=`: integers, booleans and texts. Rows with
 *    others, NULL among them, are left to the interpreter before anything is written.
 * 4. The rows come from values alone, so they are the same each time. Clauses that ask for more are interpreted (interpreter/graph-write.ts).
 */
import { SLOT_BOOLEAN, SLOT_INTEGER, SLOT_TEXT } from "../../../assembly/abi/record.ts";
import type { Engine } from "../../engine/engine.ts";
import { cypherProcedure } from "../function/cypher/procedure.ts";
import { hasSubquery, TRUE, usesSome } from "../optimizer/predicate.ts";
import type { BoundExpression, BoundMap, ColumnId } from "../plan/expression.ts";
import {
  graphColumns,
  type LogicalCreateGraph,
  type LogicalMergeGraph,
  type LogicalSetGraph,
  type NewNode,
  type NewRelationship,
} from "../plan/graph-operator.ts";
import type { LogicalOperator, LogicalPlan } from "../plan/operator.ts";
import { expressionsOf, inputsOf, isVolatile, visitExpression, withInputs } from "../plan/walk.ts";
import { plainType } from "../type/type.ts";
import type { CompiledStatement, PlanRun } from "./compiled-plan.ts";
import type { GatheredRows } from "./gathered-rows.ts";
import { bulkChange, changeQuery, type GraphBulkChange } from "./graph-bulk-change.ts";
import { creationQuery, type GraphBulkWrite } from "./graph-bulk-write.ts";
import { type GraphCounters, newCounters } from "./interpreter/graph-counters.ts";

/** Rows of values that are looked at in one go. */
const BATCH_ROWS = 1024;
/** Numbers of the columns that values become: beyond all that a binder gives. */
const FIRST_COLUMN: ColumnId = 1 << 29;
const SURE_TAGS: ReadonlySet<number> = new Set([SLOT_INTEGER, SLOT_BOOLEAN, SLOT_TEXT]);
/** What rows of values are made of, besides UNWIND. */
const PLAIN: ReadonlySet<LogicalOperator["kind"]> = new Set([
  "LogicalValues",
  "LogicalProject",
  "LogicalFilter",
  "LogicalJoin",
  "LogicalDistinct",
]);

/** A plan as what is done one after the other. */
export interface BulkMerge {
  /** Its rows are the values of all patterns' properties. */
  readonly values: LogicalPlan;
  readonly creations: readonly { readonly create: LogicalCreateGraph; readonly query: LogicalPlan }[];
  readonly change: { readonly clause: LogicalSetGraph; readonly query: LogicalPlan } | undefined;
}

/** What MERGE clauses do, and the SET behind them, if that can be done in batches. */
export function bulkMerge(plan: LogicalPlan): BulkMerge | undefined {
  const { root, output, modifies } = plan;
  if (!modifies || output.length > 0) return undefined;
  const last = root.kind === "LogicalSetGraph" ? root.input : root;
  const merges = mergesOf(last);
  if (merges === undefined || merges.length === 0 || !merges.every(isMissing)) return undefined;
  if (!merges.every((merge, at) => merges.slice(0, at).every((earlier) => isApart(earlier, merge)))) return undefined;
  const items = merges.flatMap(propertiesOf).map((value, at) => ({ column: FIRST_COLUMN + at, name: "", type: value.type, value }));
  const before: LogicalOperator = { kind: "LogicalProject", input: withoutMerges(last), items };
  const entities = new Set(merges.flatMap(graphColumns).map(({ column }) => column));
  const added = merges.flatMap(({ onCreate }) => onCreate.flatMap((change) => (change.kind === "property" ? [change.value] : [])));
  if (usesAny(before, entities) || added.some((value) => usesSome(value, entities))) return undefined;
  const values: LogicalPlan = { ...plan, root: before, output: items, modifies: false };
  const creations = merges.map((merge) => {
    const create = creationOf(merge);
    return { create, query: creationQuery(plan, create) };
  });
  if (root.kind !== "LogicalSetGraph") return { values, creations, change: undefined };
  const found: LogicalPlan = { ...plan, root: { ...root, input: reading(last) } };
  const clause = bulkChange(found);
  if (clause?.kind !== "LogicalSetGraph") return undefined;
  return { values, creations, change: { clause, query: changeQuery(found, clause) } };
}

/** The MERGE clauses, the first one first; undefined: they stand on something else than values. */
function mergesOf(operator: LogicalOperator): readonly LogicalMergeGraph[] | undefined {
  if (operator.kind === "LogicalMergeGraph") {
    const below = mergesOf(operator.input);
    return below && [...below, operator];
  }
  if (!isPlain(operator)) return undefined;
  if (operator.kind === "LogicalProject" || operator.kind === "LogicalFilter") return mergesOf(operator.input);
  return inputsOf(operator).every((input) => mergesOf(input)?.length === 0) ? [] : undefined;
}

function isPlain(operator: LogicalOperator): boolean {
  const isKnown = operator.kind === "LogicalFunctionScan" ? operator.name === "unwind" : PLAIN.has(operator.kind);
  return isKnown && expressionsOf(operator).every(isFixed);
}

/** Whether an expression of values says the same each time, whatever the graph holds: procedures, which are calls too, tell of it. */
function isFixed(expression: BoundExpression): boolean {
  let isProcedure = false;
  visitExpression(expression, (part) => {
    isProcedure ||= part.kind === "BoundCall" && cypherProcedure(part.function.name.toLowerCase()) !== undefined;
  });
  return !isProcedure && !isVolatile(expression) && !hasSubquery(expression);
}

/** Whether it is a clause that finds one thing by properties that are listed, or creates it, with others of it perhaps. */
function isMissing(merge: LogicalMergeGraph): boolean {
  const { match, nodes, relationships, onMatch } = merge;
  if (onMatch.length > 0 || nodes.length + relationships.length !== 1) return false;
  if (![...nodes, ...relationships].every(({ properties }) => properties === undefined || properties.kind === "BoundMap")) return false;
  if (!addsProperties(merge)) return false;
  const found = match.kind === "LogicalFilter" ? match.input : match;
  const [relationship] = relationships;
  if (relationship === undefined) return found.kind === "LogicalNodeScan" && found.access?.kind === "index";
  // In both directions a row may ask for what another one asks for with its ends exchanged.
  if (found.kind !== "LogicalExpand" || found.target.kind !== "into" || found.direction === "both") return false;
  return found.input.kind === "LogicalValues" && [relationship.start, relationship.end].every(({ kind }) => kind === "BoundColumn");
}

/** Whether ON CREATE gives what is created properties besides those that are asked for, none of them twice. */
function addsProperties({ nodes, relationships, onCreate }: LogicalMergeGraph): boolean {
  const [made] = [...nodes.map(({ node }) => node), ...relationships.map(({ relationship }) => relationship)];
  const names = new Set([...nodes, ...relationships].flatMap(({ properties }) => namesOf(properties)));
  return onCreate.every((change) => {
    if (change.kind !== "property" || change.target.kind !== "BoundColumn" || change.target.column !== made?.column) return false;
    if (names.has(change.name) || isVolatile(change.value) || hasSubquery(change.value)) return false;
    names.add(change.name);
    return true;
  });
}

/**
 * Whether what a clause creates is never found by an earlier one that had found nothing of the kind: both ask for the same properties of the
 * same labels or type, so that it would have been there, or the earlier one asks for a label or type that it has not.
 */
function isApart(earlier: LogicalMergeGraph, later: LogicalMergeGraph): boolean {
  const [[first], [second]] = [earlier.nodes, later.nodes];
  if (first !== undefined && second !== undefined) {
    if (first.labels.some((label) => !second.labels.includes(label))) return true;
    return isSame(first.labels, second.labels) && isSame(namesOf(first.properties), namesOf(second.properties));
  }
  const [[before], [behind]] = [earlier.relationships, later.relationships];
  if (before === undefined || behind === undefined || before.type !== behind.type) return true;
  return isSame(namesOf(before.properties), namesOf(behind.properties));
}

function isSame(left: readonly string[], right: readonly string[]): boolean {
  const both = new Set([...left, ...right]);
  return both.size === new Set(left).size && both.size === new Set(right).size;
}

function namesOf(properties: BoundExpression | undefined): readonly string[] {
  return (properties as BoundMap | undefined)?.names ?? [];
}

function propertiesOf({ nodes, relationships }: LogicalMergeGraph): readonly BoundExpression[] {
  return [...nodes, ...relationships].flatMap(({ properties }) => (properties as BoundMap | undefined)?.items ?? []);
}

/** The CREATE of what no row finds, once for those that ask for the same. */
function creationOf(merge: LogicalMergeGraph): LogicalCreateGraph {
  const { match, nodes, relationships } = merge;
  const missing = joined("anti", reading(merge.input), match);
  const on = [...relationships.flatMap(({ start, end }) => [start, end]), ...propertiesOf(merge)];
  const complete = <T extends NewNode | NewRelationship>(item: T): T => ({ ...item, properties: withAdded(item.properties, merge) });
  return {
    kind: "LogicalCreateGraph",
    input: { kind: "LogicalDistinct", input: missing, on },
    nodes: nodes.map(complete),
    relationships: relationships.map(complete),
  };
}

/** Properties that are asked for, and those that ON CREATE adds. */
function withAdded(properties: BoundExpression | undefined, { onCreate }: LogicalMergeGraph): BoundExpression | undefined {
  const added = onCreate.flatMap((change) => (change.kind === "property" ? [change] : []));
  if (added.length === 0) return properties;
  const { names, items } = (properties as BoundMap | undefined) ?? { names: [], items: [] };
  return {
    kind: "BoundMap",
    type: plainType("map"),
    names: [...names, ...added.map(({ name }) => name)],
    items: [...items, ...added.map(({ value }) => value)],
  };
}

/** The rows behind MERGE clauses that have been carried out. */
function reading(operator: LogicalOperator): LogicalOperator {
  if (operator.kind === "LogicalMergeGraph") return joined("inner", reading(operator.input), operator.match);
  return withInputs(operator, inputsOf(operator).map(reading));
}

function joined(join: "inner" | "anti", left: LogicalOperator, right: LogicalOperator): LogicalOperator {
  return { kind: "LogicalJoin", join, left, right, condition: TRUE, mark: undefined, dependent: true };
}

/** The rows in front of all MERGE clauses, with what is computed of them on the way. */
function withoutMerges(operator: LogicalOperator): LogicalOperator {
  if (operator.kind === "LogicalMergeGraph") return withoutMerges(operator.input);
  return withInputs(operator, inputsOf(operator).map(withoutMerges));
}

function usesAny(operator: LogicalOperator, columns: ReadonlySet<ColumnId>): boolean {
  return expressionsOf(operator).some((part) => usesSome(part, columns)) || inputsOf(operator).some((input) => usesAny(input, columns));
}

/** A batch write with its query. */
export type MergeStep = GraphBulkWrite | GraphBulkChange;

export class GraphBulkMerge {
  /** What the last run has done. */
  counters: GraphCounters = newCounters();
  readonly query: CompiledStatement;
  readonly #engine: Engine;
  readonly #steps: readonly MergeStep[];

  /** `query`: the values of a `BulkMerge`, compiled; `steps`: its creations and its change, in their order. */
  constructor(engine: Engine, query: CompiledStatement, steps: readonly MergeStep[]) {
    this.#engine = engine;
    this.query = query;
    this.#steps = steps;
  }

  /** Writes, and closes the rows. False: there are rows that are the interpreter's, and nothing was written. */
  write(rows: GatheredRows, run: PlanRun): boolean {
    const counters = newCounters();
    this.counters = counters;
    const isSure = this.#areSure(rows);
    rows.close();
    if (!isSure) return false;
    for (const step of this.#steps) {
      step.write(step.query.gatherAll(run), run);
      for (const name of Object.keys(counters) as (keyof GraphCounters)[]) counters[name] += step.counters[name];
    }
    return true;
  }

  #areSure(gathered: GatheredRows): boolean {
    const { memory } = this.#engine;
    const { columns } = gathered.output;
    for (let stretch = gathered.take(BATCH_ROWS); stretch.count > 0; stretch = gathered.take(BATCH_ROWS)) {
      const { rows, count, rowBytes } = stretch;
      for (let row = rows; row < rows + count * rowBytes; row += rowBytes) {
        for (const { tagOffset } of columns) if (!SURE_TAGS.has(memory.byte(row + (tagOffset ?? 0)))) return false;
      }
    }
    return true;
  }
}
