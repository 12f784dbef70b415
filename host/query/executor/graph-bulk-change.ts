/**
 * SET, REMOVE and DELETE for many rows: a compiled query computes what is changed and the values, then the engine changes batch by batch
 * (assembly/command/graph-change-batch.ts).
 *
 * 1. All values are computed before anything is changed. So what a value reads of the graph must be what it would have read in its turn:
 *    a property that the clause writes may be read only of the row's own target, where each target comes once and no change before writes it.
 * 2. DELETE takes the relationships of all rows before the nodes.
 * 3. Clauses whose rows somebody wants to see, and those that (1) forbids, are interpreted (interpreter/graph-write.ts).
 */
import {
  BATCH_VALUE,
  CHANGE_BYTES,
  CHANGE_DELETE,
  CHANGE_DETACH,
  CHANGE_KIND,
  CHANGE_LABELS_ADD,
  CHANGE_LABELS_DROP,
  CHANGE_MERGE,
  CHANGE_NAME,
  CHANGE_NAME_BYTES,
  CHANGE_PROPERTY,
  CHANGE_REPLACE,
  CHANGE_TARGET,
  CHANGE_VALUE,
} from "../../../assembly/abi/graph.ts";
import type { Engine } from "../../engine/engine.ts";
import type { CompiledPlan } from "../codegen/compiled.ts";
import type { BoundExpression, ColumnId } from "../plan/expression.ts";
import type { GraphChange, LogicalDeleteGraph, LogicalSetGraph } from "../plan/graph-operator.ts";
import type { LogicalOperator, LogicalPlan, PlanColumn } from "../plan/operator.ts";
import { inputsOf, partsOf, writes } from "../plan/walk.ts";
import type { RowStretch } from "./batch-writer.ts";
import type { CompiledStatement, PlanRun } from "./compiled-plan.ts";
import type { EngineFunctions } from "./engine-functions.ts";
import type { GatheredRows } from "./gathered-rows.ts";
import { countOf, type GraphCounters, newCounters } from "./interpreter/graph-counters.ts";
import { connectedNode } from "./interpreter/graph-write.ts";
import { bytesOfText } from "./value.ts";

/** Numbers of the columns that expressions of the clause become: beyond all that a binder gives. */
const FIRST_COLUMN: ColumnId = 1 << 29;
/** Rows between two looks at the time. */
const BATCH_ROWS = 1024;
const CHANGES_MAX = 256;
const WORD_BYTES = 4;
const TEXT_BYTES = 8;

type Clause = LogicalSetGraph | LogicalDeleteGraph;

/** The SET, REMOVE or DELETE that a plan is, if it can be carried out in batches; `once`: columns in which nothing comes twice. */
export function bulkChange({ root, output, modifies }: LogicalPlan, once: ReadonlySet<ColumnId> = new Set()): Clause | undefined {
  if (!modifies || output.length > 0) return undefined;
  if (root.kind === "LogicalDeleteGraph") {
    return !writes(root.input) && root.values.length <= CHANGES_MAX && root.values.every(isEntity) ? root : undefined;
  }
  if (root.kind !== "LogicalSetGraph" || writes(root.input) || root.changes.length > CHANGES_MAX) return undefined;
  return root.changes.every((change, index) => isChangeable(root, change, index, once)) ? root : undefined;
}

/** The query whose rows say what is to be changed. */
export function changeQuery(plan: LogicalPlan, clause: Clause): LogicalPlan {
  const items = computedBy(clause).map((value, index) => ({ column: FIRST_COLUMN + index, name: "", type: value.type, value }));
  const output = items.map(({ column, name, type }): PlanColumn => ({ column, name, type }));
  const root: LogicalOperator = { kind: "LogicalProject", input: clause.input, items };
  return { ...plan, root, output, modifies: false };
}

/** What the query computes: targets, and behind each its value if it has one. */
function computedBy(clause: Clause): readonly BoundExpression[] {
  if (clause.kind === "LogicalDeleteGraph") return clause.values;
  return clause.changes.flatMap((change) => (change.kind === "labels" ? [change.target] : [change.target, change.value]));
}

function isEntity({ kind, type }: BoundExpression): boolean {
  return kind === "BoundColumn" && (type.name === "node" || type.name === "relationship");
}

function isChangeable({ input, changes }: LogicalSetGraph, change: GraphChange, index: number, once: ReadonlySet<ColumnId>): boolean {
  if (!isEntity(change.target)) return false;
  if (change.kind === "labels") return change.target.type.name === "node";
  return readsBeforehand(
    change.value,
    (name, of) => {
      if (!changes.some((other) => mayWrite(other, name))) return true;
      const isOwn = of.kind === "BoundColumn" && change.target.kind === "BoundColumn" && of.column === change.target.column;
      return isOwn && (once.has(of.column) || isOnce(input, of.column)) && !changes.slice(0, index).some((other) => mayWrite(other, name));
    },
    input,
  );
}

function mayWrite(change: GraphChange, name: string): boolean {
  return change.kind === "properties" || (change.kind === "property" && change.name === name);
}

/** Whether a value reads nothing of the graph but properties that `mayRead` allows. */
export function readsBeforehand(
  value: BoundExpression,
  mayRead: (name: string, of: BoundExpression) => boolean,
  input: LogicalOperator,
): boolean {
  if (value.kind === "BoundProperty") return value.operand.kind === "BoundColumn" && mayRead(value.name, value.operand);
  if (value.kind === "BoundColumn") return !mayHoldEntities(value, input);
  if (value.kind === "BoundReduce" || value.kind === "BoundSubquery") return false;
  return partsOf(value).every((part) => readsBeforehand(part, mayRead, input));
}

const ENTITY_TYPES: ReadonlySet<string> = new Set(["node", "relationship", "path", "value", "map", "array"]);

/** Whether a column's values may be nodes or relationships, or have them inside. */
function mayHoldEntities({ column, type }: BoundExpression & { readonly kind: "BoundColumn" }, input: LogicalOperator): boolean {
  if (!ENTITY_TYPES.has(type.name)) return false;
  const source = sourceOf(column, input);
  return source === undefined || source.some((value) => mayBeMadeOfEntities(value, column, input));
}

/** The same of a value of which a column is made. */
function mayBeMadeOfEntities(value: BoundExpression, column: ColumnId, input: LogicalOperator): boolean {
  if (value.kind === "BoundProperty") return false;
  if (value.kind === "BoundColumn") return value.column === column || mayHoldEntities(value, input);
  if (value.kind === "BoundReduce" || value.kind === "BoundSubquery") return true;
  return partsOf(value).some((part) => mayBeMadeOfEntities(part, column, input));
}

/** What a column is made of: arguments of UNWIND, or a value; undefined: something else makes it. */
function sourceOf(column: ColumnId, operator: LogicalOperator): readonly BoundExpression[] | undefined {
  if (operator.kind === "LogicalFunctionScan" && operator.columns.some((made) => made.column === column)) return operator.arguments;
  if (operator.kind === "LogicalProject") {
    const item = operator.items.find((made) => made.column === column);
    if (item !== undefined) return [item.value];
  }
  for (const input of inputsOf(operator)) {
    const source = sourceOf(column, input);
    if (source !== undefined) return source;
  }
  return undefined;
}

/** Whether each node or relationship of a column comes once. */
function isOnce(operator: LogicalOperator, column: ColumnId): boolean {
  switch (operator.kind) {
    case "LogicalFilter":
    case "LogicalProject":
    case "LogicalSort":
    case "LogicalLimit":
      return isOnce(operator.input, column);
    case "LogicalNodeScan":
      return operator.node.column === column;
    case "LogicalRelationshipScan":
      return operator.relationship.column === column;
    default:
      return false;
  }
}

/** A change, and where its values stand among the query's columns. */
interface BatchChange {
  readonly kind: number;
  readonly name: string;
  readonly labels: readonly string[];
  readonly target: number;
  readonly value: number | undefined;
}

/** What is done in one way through the rows. */
interface Pass {
  readonly changes: readonly BatchChange[];
  readonly deletesNodes: boolean;
}

export class GraphBulkChange {
  /** What the last run has done. */
  counters: GraphCounters = newCounters();
  readonly #engine: Engine;
  readonly #functions: EngineFunctions;
  readonly #clause: Clause;
  readonly query: CompiledStatement;

  /** `query`: `changeQuery` of the clause, compiled. */
  constructor(engine: Engine, functions: EngineFunctions, clause: Clause, query: CompiledStatement) {
    this.#engine = engine;
    this.#functions = functions;
    this.#clause = clause;
    this.query = query;
  }

  /** Changes what the rows of the query say, and closes them; answers how many changes of the graph there were. */
  write(rows: GatheredRows, { database, pace }: PlanRun): number {
    this.counters = newCounters();
    try {
      const before = this.#relationships(database);
      for (const pass of passesOf(this.#clause)) {
        const items = this.#items(pass.changes, rows.output);
        rows.rewind();
        for (let stretch = rows.take(BATCH_ROWS); stretch.count > 0; stretch = rows.take(BATCH_ROWS)) {
          this.#change(stretch, items, pass);
          pace.pause();
        }
      }
      this.counters.relationshipsDeleted = before - this.#relationships(database);
      return countOf(this.counters);
    } finally {
      rows.close();
    }
  }

  #change({ rows, count, rowBytes }: RowStretch, items: number, { changes, deletesNodes }: Pass): void {
    const { counters } = this;
    const done = Number(this.#functions.required("graph_change_batch")(rows, count, rowBytes, items, changes.length)) >>> 0;
    this.#engine.memory.refresh();
    this.#functions.check();
    if (done !== count) throw connectedNode();
    const changed = this.#functions.required("graph_batch_changed");
    const by = (...kinds: readonly number[]): number => kinds.reduce((sum, kind) => sum + (Number(changed(kind)) >>> 0), 0);
    counters.propertiesSet += by(CHANGE_PROPERTY, CHANGE_REPLACE, CHANGE_MERGE);
    counters.labelsAdded += by(CHANGE_LABELS_ADD);
    counters.labelsRemoved += by(CHANGE_LABELS_DROP);
    if (deletesNodes) counters.nodesDeleted += by(CHANGE_DELETE, CHANGE_DETACH);
  }

  #relationships(database: number): number {
    const graph = Number(this.#functions.required("graph_find")(database)) >>> 0;
    return graph === 0 ? 0 : Number(this.#functions.required("graph_relationships")(graph));
  }

  /** Writes the changes to the arena; answers their address. */
  #items(changes: readonly BatchChange[], { columns }: CompiledPlan["output"]): number {
    const items = this.#functions.allocate(changes.length * CHANGE_BYTES);
    changes.forEach(({ kind, name, labels, target, value }, index) => {
      const item = items + index * CHANGE_BYTES;
      const [address, length] = labels.length > 0 ? [this.#texts(labels), labels.length] : this.#text(name);
      const { memory } = this.#engine;
      memory.setWord(item + CHANGE_KIND, kind);
      memory.setWord(item + CHANGE_NAME, address);
      memory.setWord(item + CHANGE_NAME_BYTES, length);
      for (const [place, column] of [
        [CHANGE_TARGET, columns[target]],
        [CHANGE_VALUE, value === undefined ? undefined : columns[value]],
      ] as const) {
        memory.setWord(item + place, column?.tagOffset ?? 0);
        memory.setWord(item + place + BATCH_VALUE, column?.offset ?? 0);
      }
    });
    return items;
  }

  #texts(texts: readonly string[]): number {
    const written = texts.map((text) => this.#text(text));
    const list = this.#functions.allocate(texts.length * TEXT_BYTES);
    const { memory } = this.#engine;
    written.forEach(([pointer, length], index) => {
      memory.setWord(list + index * TEXT_BYTES, pointer);
      memory.setWord(list + index * TEXT_BYTES + WORD_BYTES, length);
    });
    return list;
  }

  /** A text in the arena until the statement ends. */
  #text(text: string): readonly [pointer: number, length: number] {
    return this.#functions.withBytes(bytesOfText(text), (pointer, length) => [pointer, length] as const, false);
  }
}

/** The ways through the rows, one after the other. */
function passesOf(clause: Clause): readonly Pass[] {
  if (clause.kind === "LogicalSetGraph") return [{ changes: changesOf(clause), deletesNodes: false }];
  const kind = clause.detach ? CHANGE_DETACH : CHANGE_DELETE;
  const all = clause.values.map((_, target): BatchChange => ({ kind, name: "", labels: [], target, value: undefined }));
  const isNode = ({ target }: BatchChange): boolean => clause.values[target]?.type.name === "node";
  const passes = [
    { changes: all.filter((change) => !isNode(change)), deletesNodes: false },
    { changes: all.filter(isNode), deletesNodes: true },
  ];
  return passes.filter(({ changes }) => changes.length > 0);
}

function changesOf({ changes }: LogicalSetGraph): readonly BatchChange[] {
  let next = 0;
  return changes.map((change): BatchChange => {
    const target = next++;
    if (change.kind === "labels") {
      const kind = change.remove ? CHANGE_LABELS_DROP : CHANGE_LABELS_ADD;
      return { kind, name: "", labels: [...new Set(change.labels)], target, value: undefined };
    }
    const value = next++;
    if (change.kind === "property") return { kind: CHANGE_PROPERTY, name: change.name, labels: [], target, value };
    return { kind: change.merge ? CHANGE_MERGE : CHANGE_REPLACE, name: "", labels: [], target, value };
  });
}
