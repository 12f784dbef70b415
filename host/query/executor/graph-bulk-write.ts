/**
 * CREATE for many rows: a compiled query computes properties and ends, then the engine creates batch by batch
 * (assembly/command/graph-batch.ts). Nothing is created before the query has ended, so a statement never sees what it makes itself.
 *
 * A CREATE whose rows somebody wants to see, and all other writing clauses, are interpreted (interpreter/graph-write.ts).
 */
import {
  BATCH_NODE_BYTES,
  BATCH_NODE_LABEL_COUNT,
  BATCH_NODE_LABELS,
  BATCH_NODE_PROPERTIES,
  BATCH_NONE,
  BATCH_RELATIONSHIP_BYTES,
  BATCH_RELATIONSHIP_END,
  BATCH_RELATIONSHIP_PROPERTIES,
  BATCH_RELATIONSHIP_START,
  BATCH_RELATIONSHIP_TYPE,
  BATCH_RELATIONSHIP_TYPE_BYTES,
  BATCH_VALUE,
} from "../../../assembly/abi/graph.ts";
import { sqlError } from "../../common/sql-state.ts";
import type { Engine } from "../../engine/engine.ts";
import type { CompiledPlan } from "../codegen/compiled.ts";
import type { BoundExpression, ColumnId } from "../plan/expression.ts";
import { graphColumns, type LogicalCreateGraph, type NewNode, type NewRelationship } from "../plan/graph-operator.ts";
import type { LogicalOperator, LogicalPlan, PlanColumn } from "../plan/operator.ts";
import { columnsUsed, writes } from "../plan/walk.ts";
import type { RowStretch } from "./batch-writer.ts";
import type { CompiledStatement, PlanRun } from "./compiled-plan.ts";
import type { EngineFunctions } from "./engine-functions.ts";
import type { GatheredRows } from "./gathered-rows.ts";
import { countOf, type GraphCounters, newCounters } from "./interpreter/graph-counters.ts";
import { bytesOfText } from "./value.ts";

/** Numbers of the columns that expressions of the clause become: beyond all that a binder gives. */
const FIRST_COLUMN: ColumnId = 1 << 29;
/** Rows between two looks at the time. */
const BATCH_ROWS = 1024;
/** Most nodes and relationships that a row of a batch creates. */
const ITEMS_MAX = 256;
const WORD_BYTES = 4;
const TEXT_BYTES = 8;

/** The CREATE that a plan is, if it can be carried out in batches. */
export function bulkCreation({ root, output, modifies }: LogicalPlan): LogicalCreateGraph | undefined {
  if (!modifies || root.kind !== "LogicalCreateGraph" || output.length > 0 || writes(root.input)) return undefined;
  if (root.nodes.length + root.relationships.length > ITEMS_MAX) return undefined;
  // What reads of what the clause makes cannot be computed before.
  const made = new Set(graphColumns(root).map(({ column }) => column));
  return computedBy(root).some((value) => [...columnsUsed(value)].some((column) => made.has(column))) ? undefined : root;
}

/** The query whose rows say what is to be created. */
export function creationQuery(plan: LogicalPlan, create: LogicalCreateGraph): LogicalPlan {
  const items = computedBy(create).map((value, index) => ({ column: FIRST_COLUMN + index, name: "", type: value.type, value }));
  const output = items.map(({ column, name, type }): PlanColumn => ({ column, name, type }));
  const root: LogicalOperator = { kind: "LogicalProject", input: create.input, items };
  return { ...plan, root, output, modifies: false };
}

/** What the query computes: each expression of the clause, save nodes that it makes itself. */
function computedBy({ nodes, relationships }: LogicalCreateGraph): readonly BoundExpression[] {
  const ofNodes = nodes.map(({ properties }) => properties);
  const ofRelationships = relationships.flatMap(({ start, end, properties }) => [
    madeNode(start, nodes) < 0 ? start : undefined,
    madeNode(end, nodes) < 0 ? end : undefined,
    properties,
  ]);
  return [...ofNodes, ...ofRelationships].filter((expression) => expression !== undefined);
}

/** Which of the clause's own nodes an end is; -1: none. */
function madeNode(end: BoundExpression, nodes: readonly NewNode[]): number {
  return end.kind === "BoundColumn" ? nodes.findIndex(({ node }) => node.column === end.column) : -1;
}

export class GraphBulkWrite {
  /** What the last run has done. */
  counters: GraphCounters = newCounters();
  readonly #engine: Engine;
  readonly #functions: EngineFunctions;
  readonly #create: LogicalCreateGraph;
  readonly query: CompiledStatement;

  /** `query`: `creationQuery` of the clause, compiled. */
  constructor(engine: Engine, functions: EngineFunctions, create: LogicalCreateGraph, query: CompiledStatement) {
    this.#engine = engine;
    this.#functions = functions;
    this.#create = create;
    this.query = query;
  }

  /** Creates what the rows of the query say, and closes them; answers how many changes of the graph there were. */
  write(rows: GatheredRows, { pace }: PlanRun): number {
    const { nodes, relationships } = this.#create;
    const counters = newCounters();
    this.counters = counters;
    try {
      const [nodeItems, relationshipItems] = this.#items(rows.output);
      const create = this.#functions.required("graph_create_batch");
      const changed = this.#functions.required("properties_changed");
      const labels = nodes.reduce((sum, node) => sum + new Set(node.labels).size, 0);
      const createRows = ({ rows: first, count, rowBytes }: RowStretch): void => {
        const done = Number(create(first, count, rowBytes, nodeItems, nodes.length, relationshipItems, relationships.length)) >>> 0;
        this.#engine.memory.refresh();
        this.#functions.check();
        if (done !== count) throw sqlError("XX000", "a row was refused without a reason");
        counters.nodesCreated += count * nodes.length;
        counters.relationshipsCreated += count * relationships.length;
        counters.labelsAdded += count * labels;
        counters.propertiesSet += Number(changed()) >>> 0;
      };
      for (let stretch = rows.take(BATCH_ROWS); stretch.count > 0; stretch = rows.take(BATCH_ROWS)) {
        createRows(stretch);
        pace.pause();
      }
      return countOf(counters);
    } finally {
      rows.close();
    }
  }

  /** Writes to the arena what is created for each row: addresses of nodes and of relationships. */
  #items({ columns }: CompiledPlan["output"]): readonly [nodes: number, relationships: number] {
    const { nodes, relationships } = this.#create;
    let next = 0;
    /** Writes the place of the next computed value, or that there is none. */
    const place = (address: number, isComputed: boolean, otherwise = 0): void => {
      const { memory } = this.#engine;
      const column = isComputed ? columns[next++] : undefined;
      memory.setWord(address, column === undefined ? BATCH_NONE : (column.tagOffset ?? 0));
      memory.setWord(address + BATCH_VALUE, column === undefined ? otherwise : column.offset);
    };
    const nodeItems = this.#functions.allocate(nodes.length * BATCH_NODE_BYTES);
    nodes.forEach((node, index) => {
      this.#writeNode(nodeItems + index * BATCH_NODE_BYTES, node, place);
    });
    const relationshipItems = this.#functions.allocate(relationships.length * BATCH_RELATIONSHIP_BYTES);
    relationships.forEach((relationship, index) => {
      this.#writeRelationship(relationshipItems + index * BATCH_RELATIONSHIP_BYTES, relationship, place);
    });
    return [nodeItems, relationshipItems];
  }

  #writeNode(item: number, { labels, properties }: NewNode, place: (address: number, isComputed: boolean) => void): void {
    const texts = labels.map((label) => this.#text(label));
    const list = this.#functions.allocate(labels.length * TEXT_BYTES);
    const { memory } = this.#engine;
    texts.forEach(({ pointer, length }, index) => {
      memory.setWord(list + index * TEXT_BYTES, pointer);
      memory.setWord(list + index * TEXT_BYTES + WORD_BYTES, length);
    });
    memory.setWord(item + BATCH_NODE_LABELS, list);
    memory.setWord(item + BATCH_NODE_LABEL_COUNT, labels.length);
    place(item + BATCH_NODE_PROPERTIES, properties !== undefined);
  }

  #writeRelationship(
    item: number,
    { type, start, end, properties }: NewRelationship,
    place: (address: number, isComputed: boolean, otherwise?: number) => void,
  ): void {
    const { nodes } = this.#create;
    const { pointer, length } = this.#text(type);
    const { memory } = this.#engine;
    memory.setWord(item + BATCH_RELATIONSHIP_TYPE, pointer);
    memory.setWord(item + BATCH_RELATIONSHIP_TYPE_BYTES, length);
    const [first, second] = [madeNode(start, nodes), madeNode(end, nodes)];
    place(item + BATCH_RELATIONSHIP_START, first < 0, first);
    place(item + BATCH_RELATIONSHIP_END, second < 0, second);
    place(item + BATCH_RELATIONSHIP_PROPERTIES, properties !== undefined);
  }

  /** A text in the arena until the statement ends. */
  #text(text: string): { readonly pointer: number; readonly length: number } {
    return this.#functions.withBytes(bytesOfText(text), (pointer, length) => ({ pointer, length }), false);
  }
}
