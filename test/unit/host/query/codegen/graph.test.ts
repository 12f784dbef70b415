/**
 * Goal: compiled plans walk the graph as a plain model of it is walked, wherever they stop on the way.
 * Method: random graphs and random chains of scans, expands and filters; the rows are compared with those of loops over the model's
 * arrays, in one piece and with a budget so small that a plan stops at every loop. Memory is back to the byte after each run.
 */
import { describe, expect, it } from "vitest";
import { compilePlan } from "../../../../../host/query/codegen/compile.ts";
import type { PhysicalGraphOperator } from "../../../../../host/query/physical/graph-operator.ts";
import type { PhysicalOperator } from "../../../../../host/query/physical/operator.ts";
import { physicalOperator } from "../../../../../host/query/physical/plan.ts";
import type { BoundExpression } from "../../../../../host/query/plan/expression.ts";
import type { Direction } from "../../../../../host/query/plan/graph-operator.ts";
import type { PlanColumn } from "../../../../../host/query/plan/operator.ts";
import { arrayOf, plainType } from "../../../../../host/query/type/type.ts";
import { engineBuilt, TEST_LENGTH, TEST_SEED } from "../../../../support/engine.ts";
import { NO_FACTS, PlanRunner } from "../../../../support/plan-runner.ts";
import { BIGINT, BOOLEAN, constant, filter, planOf, project, use } from "../../../../support/plans.ts";
import { createRandom, type SeededRandom } from "../../../../support/random.ts";
import { LABELS, type ModelGraph, type ModelRelationship, randomGraph, storeGraph, TYPES } from "../../../../support/random-graph.ts";

const GRAPHS = 6;
const PLANS = 40 * TEST_LENGTH;
const NODE = plainType("node");
const RELATIONSHIP = plainType("relationship");
const VALUE = plainType("value");
const LIST = arrayOf(VALUE);
/** More walks than this from one node are not worth a test's time. */
const WALKS_MAX = 3000;
/** No label and no type has this name. */
const UNKNOWN = "nobody has it";

/** Numbers of nodes and relationships, and values of properties. */
type Row = ReadonlyMap<number, unknown>;

/** Operators, and the rows that they have in a model. */
interface Chain {
  readonly operator: PhysicalOperator;
  readonly columns: readonly PlanColumn[];
  readonly rows: readonly Row[];
}

/** What leads from a node in a direction: relationship and neighbour, a loop once. */
function pairsOf(graph: ModelGraph, node: number, direction: Direction, types: readonly string[]): [number, number][] {
  return graph.relationships.flatMap((relationship, number): [number, number][] => {
    if (relationship === undefined || (types.length > 0 && !types.includes(relationship.type))) return [];
    const { start, end } = relationship as ModelRelationship;
    if (direction !== "in" && start === node) return [[number, end]];
    return direction !== "out" && end === node ? [[number, start]] : [];
  });
}

function notNull(operand: BoundExpression): BoundExpression {
  return { kind: "BoundIsNull", type: BOOLEAN, operand, negated: true };
}

function isThere(operand: BoundExpression, name: string): BoundExpression {
  return notNull({ kind: "BoundProperty", type: VALUE, operand, name });
}

type Allows = (relationship: number) => boolean;

/** All walks of so many relationships, none twice: their relationships and their end. */
function walksOf(
  graph: ModelGraph,
  start: number,
  direction: Direction,
  types: readonly string[],
  bounds: { readonly minimum: number; readonly maximum: number },
  allows: Allows,
): [number[], number][] {
  const found: [number[], number][] = [];
  const go = (way: number[], node: number): void => {
    if (way.length >= bounds.minimum) found.push([way, node]);
    if (way.length >= bounds.maximum || found.length > WALKS_MAX) return;
    for (const [relationship, neighbour] of pairsOf(graph, node, direction, types)) {
      if (!way.includes(relationship) && allows(relationship)) go([...way, relationship], neighbour);
    }
  };
  go([], start);
  return found;
}

class Chains {
  readonly #random: SeededRandom;
  readonly #graph: ModelGraph;
  #next = 0;

  constructor(random: SeededRandom, graph: ModelGraph) {
    this.#random = random;
    this.#graph = graph;
  }

  #column(type: PlanColumn["type"]): PlanColumn {
    const column = ++this.#next;
    return { column, name: `c${column}`, type };
  }

  #some(names: readonly string[], likely: number): string[] {
    const chosen = names.filter(() => this.#random.below(10) < likely);
    return this.#random.below(25) === 0 ? [...chosen, UNKNOWN] : chosen;
  }

  #has(node: number, labels: readonly string[]): boolean {
    const known = this.#graph.nodes[node]?.labels ?? [];
    return labels.every((label) => known.includes(label));
  }

  /** Relationships of some types, or of some numbers. */
  relationships(): Chain {
    const [relationship, start, end] = [this.#column(RELATIONSHIP), this.#column(NODE), this.#column(NODE)] as const;
    const types = this.#some(TYPES, 4);
    const numbers = Array.from({ length: 1 + this.#random.below(6) }, () => this.#random.below(this.#graph.relationships.length + 3) - 1);
    const isAll = this.#random.below(2) === 0;
    const rows = this.#graph.relationships.flatMap((known, number): Row[] => {
      if (known === undefined || (types.length > 0 && !types.includes(known.type)) || !(isAll || numbers.includes(number))) return [];
      return [
        new Map<number, unknown>([
          [relationship.column, number],
          [start.column, known.start],
          [end.column, known.end],
        ]),
      ];
    });
    const values = numbers.map((number) => constant(BIGINT, number < 0 ? null : BigInt(number)));
    const access = isAll ? undefined : ({ kind: "number", values } as const);
    return {
      operator: { kind: "PhysicalRelationshipScan", relationship, start, end, types, access },
      columns: [relationship, start, end],
      rows,
    };
  }

  scan(): Chain {
    if (this.#random.below(4) === 0) return this.relationships();
    const node = this.#column(NODE);
    const labels = this.#some(LABELS, 2);
    const rows = this.#graph.nodes.flatMap((known, number) =>
      known !== undefined && this.#has(number, labels) ? [new Map([[node.column, number]])] : [],
    );
    if (this.#random.below(5) > 0)
      return { operator: { kind: "PhysicalNodeScan", node, labels, access: undefined }, columns: [node], rows };
    const numbers = Array.from({ length: 1 + this.#random.below(6) }, () => this.#random.below(this.#graph.nodes.length + 3) - 1);
    const values = numbers.map((number) => constant(BIGINT, number < 0 ? null : BigInt(number)));
    return {
      operator: { kind: "PhysicalNodeScan", node, labels, access: { kind: "number", values } },
      columns: [node],
      rows: rows.filter((row) => numbers.includes(row.get(node.column) as number)),
    };
  }

  expand({ operator: input, columns, rows }: Chain): Chain {
    const nodes = columns.filter(({ type }) => type === NODE);
    const pick = (): PlanColumn => nodes[this.#random.below(nodes.length)] as PlanColumn;
    const from = pick();
    const known = this.#random.below(3) === 0 ? pick() : undefined;
    const node = this.#column(NODE);
    const relationship = this.#column(RELATIONSHIP);
    const labels = this.#some(LABELS, 1);
    const direction = (["out", "in", "both"] as const)[this.#random.below(3)] as Direction;
    const types = this.#random.below(2) === 0 ? [TYPES[this.#random.below(TYPES.length)] as string] : this.#some(TYPES, 3);
    const optional = this.#random.below(3) === 0;
    const result = rows.flatMap((row): Row[] => {
      const start = row.get(from.column) as number | undefined;
      const end = known === undefined ? undefined : row.get(known.column);
      const isOpen = start !== undefined && (known === undefined || end !== undefined);
      const found = (isOpen ? pairsOf(this.#graph, start, direction, types) : []).flatMap(([number, neighbour]): Row[] => {
        if (known !== undefined) return neighbour === end ? [new Map([...row, [relationship.column, number]])] : [];
        if (!this.#has(neighbour, labels)) return [];
        return [new Map([...row, [node.column, neighbour], [relationship.column, number]])];
      });
      return found.length === 0 && optional ? [row] : found;
    });
    const operator: PhysicalGraphOperator = {
      kind: "PhysicalExpand",
      input,
      from: use(from),
      direction,
      types,
      target: known === undefined ? { kind: "new", node, labels } : { kind: "into", node: use(known) },
      relationship,
      optional,
    };
    return { operator, columns: [...columns, ...(known === undefined ? [node] : []), relationship], rows: result };
  }

  /** Walks; undefined where there are too many. */
  walk({ operator: input, columns, rows }: Chain): Chain | undefined {
    const nodes = columns.filter(({ type }) => type === NODE);
    const from = this.#random.pick(nodes);
    const known = this.#random.below(3) === 0 ? this.#random.pick(nodes) : undefined;
    const node = this.#column(NODE);
    const relationships = this.#column(LIST);
    const relationship = this.#column(RELATIONSHIP);
    const labels = this.#some(LABELS, 1);
    const direction = this.#random.pick<Direction>(["out", "in", "both"]);
    const types = this.#random.below(2) === 0 ? [this.#random.pick(TYPES)] : this.#some(TYPES, 3);
    const minimum = this.#random.below(3);
    const maximum = this.#random.below(3) === 0 ? undefined : minimum + this.#random.below(3);
    const reachable = this.#random.below(2) === 0;
    const name = this.#random.below(3) === 0 ? this.#random.pick(["m", "a property"]) : undefined;
    const allows: Allows = (number) => name === undefined || this.#graph.relationships[number]?.properties[name] !== undefined;
    const result: Row[] = [];
    for (const row of rows) {
      const start = row.get(from.column) as number | undefined;
      const end = known === undefined ? undefined : row.get(known.column);
      if (start === undefined || (known !== undefined && end === undefined)) continue;
      const bounds = { minimum, maximum: maximum ?? Number.POSITIVE_INFINITY };
      const walks = walksOf(this.#graph, start, direction, types, bounds, allows);
      if (walks.length > WALKS_MAX) return undefined;
      const seen = new Set<number>();
      for (const [way, at] of walks) {
        if (known === undefined ? !this.#has(at, labels) : at !== end) continue;
        if (reachable && seen.has(at)) continue;
        seen.add(at);
        const more: [number, unknown][] = known === undefined ? [[node.column, at]] : [];
        result.push(new Map([...row, ...more, ...(reachable ? [] : [[relationships.column, way] as [number, unknown]])]));
      }
    }
    const operator: PhysicalGraphOperator = {
      kind: "PhysicalVarExpand",
      input,
      from: use(from),
      direction,
      types,
      target: known === undefined ? { kind: "new", node, labels } : { kind: "into", node: use(known) },
      relationships,
      minimum,
      maximum,
      step: name === undefined ? undefined : { relationship, condition: isThere(use(relationship), name) },
      reachable,
    };
    const made = [...(known === undefined ? [node] : []), ...(reachable ? [] : [relationships])];
    return { operator, columns: [...columns, ...made], rows: result };
  }

  /** Shortest paths; undefined where there are too many walks of that length. */
  shortest({ operator: input, columns, rows }: Chain): Chain | undefined {
    const nodes = columns.filter(({ type }) => type === NODE);
    const from = this.#random.pick(nodes);
    const to = this.#random.pick(nodes);
    const relationships = this.#column(LIST);
    const direction = this.#random.pick<Direction>(["out", "in", "both"]);
    const types = this.#random.below(2) === 0 ? [this.#random.pick(TYPES)] : this.#some(TYPES, 5);
    const all = this.#random.below(2) === 0;
    const minimum = this.#random.below(2);
    const maximum = this.#random.below(3) === 0 ? undefined : 1 + this.#random.below(4);
    const result: Row[] = [];
    for (const row of rows) {
      const start = row.get(from.column) as number | undefined;
      const end = row.get(to.column) as number | undefined;
      if (start === undefined || end === undefined) continue;
      const ways = this.#shortestWays(start, end, direction, types, maximum ?? Number.POSITIVE_INFINITY);
      if (ways === undefined) return undefined;
      if (start === end && minimum > 0) continue;
      for (const way of all ? ways : ways.slice(0, 1)) result.push(new Map([...row, [relationships.column, way]]));
    }
    const operator: PhysicalGraphOperator = {
      kind: "PhysicalShortestPath",
      input,
      from: use(from),
      to: use(to),
      direction,
      types,
      relationships,
      minimum,
      maximum,
      step: undefined,
      all,
    };
    // Which one of several is the engine's choice.
    return { operator, columns: all ? [...columns, relationships] : columns, rows: result };
  }

  /** All shortest ways, a level at a time; undefined where there are too many. */
  #shortestWays(start: number, end: number, direction: Direction, types: readonly string[], maximum: number): number[][] | undefined {
    const seen = new Set([start]);
    let level: [number[], number][] = [[[], start]];
    for (let length = 0; level.length > 0 && length <= maximum; length++) {
      const found = level.filter(([, node]) => node === end).map(([way]) => way);
      if (found.length > 0) return found;
      if (level.length > WALKS_MAX) return undefined;
      level = level.flatMap(([way, node]) =>
        pairsOf(this.#graph, node, direction, types).flatMap(([relationship, neighbour]): [number[], number][] =>
          seen.has(neighbour) ? [] : [[[...way, relationship], neighbour]],
        ),
      );
      for (const [, node] of level) seen.add(node);
    }
    return [];
  }

  #property(columns: readonly PlanColumn[]): { readonly expression: BoundExpression; readonly of: (row: Row) => unknown } {
    const entities = columns.filter(({ type }) => type === NODE || type === RELATIONSHIP);
    const column = this.#random.pick(entities);
    const name = this.#random.pick(["n", "m", "a property", UNKNOWN]);
    const known = column.type === NODE ? this.#graph.nodes : this.#graph.relationships;
    return {
      expression: { kind: "BoundProperty", type: VALUE, operand: use(column), name },
      of: (row) => known[(row.get(column.column) as number | undefined) ?? -1]?.properties[name],
    };
  }

  filter({ operator, columns, rows }: Chain): Chain {
    const { expression, of } = this.#property(columns);
    const predicate = notNull(expression);
    return { operator: filter(operator, predicate), columns, rows: rows.filter((row) => of(row) !== undefined) };
  }

  project({ operator, columns, rows }: Chain): Chain {
    const properties = [this.#property(columns), this.#property(columns)];
    const made = properties.map(() => this.#column(VALUE));
    return {
      operator: project(operator, made[0]?.column ?? 0, ...properties.map(({ expression }) => expression)),
      columns: [...columns, ...made],
      rows: rows.map(
        (row) => new Map([...row, ...properties.map(({ of }, index): [number, unknown] => [made[index]?.column ?? 0, of(row)])]),
      ),
    };
  }

  #longer(kind: number, chain: Chain): Chain | undefined {
    if (kind === 0) return this.filter(chain);
    if (kind === 1) return this.project(chain);
    if (kind < 4) return this.walk(chain);
    return kind === 4 ? this.shortest(chain) : this.expand(chain);
  }

  chain(): Chain {
    let chain = this.scan();
    for (let length = this.#random.below(6); length > 0; length--) {
      const kind = this.#random.below(10);
      const longer = this.#longer(kind, chain);
      if (longer === undefined || longer.rows.length > 2000) break;
      chain = longer;
    }
    return chain;
  }
}

/** Packed lists of relationships as their numbers, other lists as one word. */
/** What lies up to `maximum` steps from a node; itself only where a way leads back. */
function reachedFrom(neighbours: readonly (readonly number[])[], start: number, maximum = Number.POSITIVE_INFINITY): Set<number> {
  const reached = new Set<number>();
  let level: readonly number[] = [start];
  for (let depth = 0; depth < maximum && level.length > 0; depth++) {
    const next = new Set(level.flatMap((node) => neighbours[node] ?? []));
    level = [...next].filter((node) => !reached.has(node));
    for (const node of level) reached.add(node);
  }
  return reached;
}

function textOf(value: unknown): string {
  if (Array.isArray(value)) return value[0] === "one" ? "list" : `[${value.join()}]`;
  if (!(value instanceof Uint8Array)) return String(value ?? "-");
  if (value[1] !== (value[2] ?? 0) * 5) return "list";
  const view = new DataView(value.buffer, value.byteOffset, value.length);
  return `[${Array.from({ length: value[2] ?? 0 }, (_, index) => view.getUint32(4 + index * 5, true)).join()}]`;
}

function textsOf(rows: readonly (readonly unknown[])[]): string[] {
  return rows.map((row) => row.map(textOf).join(" ")).sort();
}

describe.skipIf(!engineBuilt)("compiled plans on the graph", () => {
  it("one shortest path is one of the shortest, between any two nodes of a chain with short cuts", () => {
    const nodes = Array.from({ length: 40 }, () => ({ labels: ["A"], properties: {} }));
    const next = nodes.slice(1).map((_, number) => ({ type: "T", start: number, end: number + 1, properties: {} }));
    const cuts = [3, 10, 17].map((number) => ({ type: "T", start: number, end: number * 2, properties: {} }));
    const graph: ModelGraph = { nodes, relationships: [...next, ...cuts] };
    const runner = new PlanRunner("debug");
    storeGraph(runner.engine, graph);
    const from = { column: 1, name: "a", type: NODE };
    const to = { column: 2, name: "b", type: NODE };
    const relationships = { column: 3, name: "way", type: LIST };
    const number = (column: PlanColumn, value: number): PhysicalOperator => ({
      kind: "PhysicalNodeScan",
      node: column,
      labels: [],
      access: { kind: "number", values: [constant(BIGINT, BigInt(value))] },
    });
    for (const [start, end] of [
      [0, 39],
      [5, 6],
      [3, 34],
      [9, 0],
    ] as const) {
      const input: PhysicalOperator = {
        kind: "PhysicalNestedLoopJoin",
        join: "inner",
        outer: number(from, start),
        inner: number(to, end),
        condition: undefined,
        mark: undefined,
        dependsOn: [],
      };
      const operator: PhysicalOperator = {
        kind: "PhysicalShortestPath",
        input,
        from: use(from),
        to: use(to),
        direction: "out",
        types: [],
        relationships,
        minimum: 1,
        maximum: undefined,
        step: undefined,
        all: false,
      };
      const { rows } = runner.run(planOf(operator, [relationships]), { budget: 1 });
      const ways = walksOf(graph, start, "out", [], { minimum: 1, maximum: 40 }, () => true).filter(([, at]) => at === end);
      const shortest = Math.min(...ways.map(([way]) => way.length));
      const expected = ways.filter(([way]) => way.length === shortest).map(([way]) => `[${way.join()}]`);
      if (expected.length === 0) expect(rows).toEqual([]);
      else expect(expected).toContain(textsOf(rows)[0]);
    }
  });

  it("a walk that answers nothing stops every so many pairs", () => {
    const count = 8;
    const nodes = Array.from({ length: count }, () => ({ labels: ["A"], properties: {} }));
    const ends = nodes.map((_, number) => number);
    const relationships = ends.flatMap((start) =>
      ends.filter((end) => end !== start).map((end) => ({ type: "T", start, end, properties: {} })),
    );
    const runner = new PlanRunner("debug");
    storeGraph(runner.engine, { nodes, relationships });
    const [from, end] = [1, 2].map((column) => ({ column, name: `n${column}`, type: NODE })) as [PlanColumn, PlanColumn];
    const operator: PhysicalOperator = {
      kind: "PhysicalVarExpand",
      input: { kind: "PhysicalNodeScan", node: from, labels: [], access: undefined },
      from: use(from),
      direction: "out",
      types: [],
      target: { kind: "new", node: end, labels: [UNKNOWN] },
      relationships: { column: 3, name: "way", type: LIST },
      minimum: 1,
      maximum: 4,
      step: undefined,
      reachable: false,
    };
    // Each step has the choice of the seven others, save for the few relationships that are on the way.
    const pairs = count * 7 ** 4;
    const { rows, morsels } = runner.run(planOf(operator, [from, end]), { budget: 500 });
    expect(rows).toEqual([]);
    expect(morsels).toBeGreaterThan(pairs / 2000);
    expect(morsels).toBeLessThan(pairs / 100);
  });

  it("each of thousands of nodes is reached once, in every direction and to every depth", () => {
    const random = createRandom(TEST_SEED);
    const count = 2500;
    const nodes = Array.from({ length: count }, () => ({ labels: ["A"], properties: {} }));
    const relationships = Array.from({ length: count * 2 }, () => ({
      type: "T",
      start: random.below(count),
      end: random.below(count),
      properties: {},
    }));
    const runner = new PlanRunner("debug");
    storeGraph(runner.engine, { nodes, relationships });
    const [from, end] = [1, 2].map((column) => ({ column, name: `n${column}`, type: NODE })) as [PlanColumn, PlanColumn];
    for (const direction of ["out", "in"] as const) {
      const neighbours = nodes.map((): number[] => []);
      for (const { start, end: last } of relationships) {
        if (direction === "out") neighbours[start]!.push(last);
        else neighbours[last]!.push(start);
      }
      for (const maximum of [undefined, 1, 5, 8]) {
        const expected = [7, 8].map((start) =>
          [...reachedFrom(neighbours, start, maximum)].map((number): [number, number] => [start, number]),
        );
        const input: PhysicalOperator = {
          kind: "PhysicalNodeScan",
          node: from,
          labels: [],
          access: { kind: "number", values: [7n, 8n].map((value) => constant(BIGINT, value)) },
        };
        const operator: PhysicalOperator = {
          kind: "PhysicalVarExpand",
          input,
          from: use(from),
          direction,
          types: [],
          target: { kind: "new", node: end, labels: [] },
          relationships: { column: 3, name: "way", type: LIST },
          minimum: 1,
          maximum,
          step: undefined,
          reachable: true,
        };
        for (const budget of [1, 1_000_000]) {
          const { rows } = runner.run(planOf(operator, [from, end]), { budget });
          expect(textsOf(rows)).toEqual(textsOf(expected.flat()));
        }
      }
    }
  });

  it.each(["out", "in", "both"] as const)("ends of a hop that are only counted are those of the hop, %s", (direction) => {
    const random = createRandom(TEST_SEED);
    // Few nodes: many relationships are parallel, loops, or lead back.
    const graph = randomGraph(random, 12, 80);
    const runner = new PlanRunner("debug");
    storeGraph(runner.engine, graph);
    const [a, b, end] = [1, 2, 3].map((column) => ({ column, name: `n${column}`, type: NODE })) as [PlanColumn, PlanColumn, PlanColumn];
    const before = { column: 4, name: "r", type: RELATIONSHIP };
    const own = { column: 5, name: "own", type: RELATIONSHIP };
    const count = { column: 6, name: "count", type: BIGINT };
    for (const types of [[], ["T"], ["U", "T"], [UNKNOWN]]) {
      for (const labels of [[], ["A"]]) {
        for (const tested of [undefined, end, own, b]) {
          const condition = tested && isThere(use(tested), "m");
          const input: PhysicalOperator = {
            kind: "PhysicalExpand",
            input: { kind: "PhysicalNodeScan", node: a, labels: [], access: undefined },
            from: use(a),
            direction: "both",
            types: [],
            target: { kind: "new", node: b, labels: [] },
            relationship: before,
            optional: false,
          };
          const others = [use(before)];
          const root: PhysicalOperator = {
            kind: "PhysicalCountExpand",
            input,
            from: use(b),
            direction,
            types,
            node: end,
            relationship: own,
            labels,
            condition,
            others,
            count,
          };
          const isWanted = (middle: number, relationship: number, last: number): boolean => {
            const node = graph.nodes[last];
            const entity = tested === own ? graph.relationships[relationship] : graph.nodes[tested === b ? middle : last];
            return labels.every((label) => node?.labels.includes(label)) && (tested === undefined || entity?.properties.m !== undefined);
          };
          const expected = graph.nodes.flatMap((node, start) =>
            (node === undefined ? [] : pairsOf(graph, start, "both", [])).flatMap(([relationship, middle]) => {
              const pairs = pairsOf(graph, middle, direction, types);
              const found = pairs.filter(([other, last]) => other !== relationship && isWanted(middle, other, last)).length;
              return found === 0 ? [] : [[start, middle, relationship, found]];
            }),
          );
          for (const budget of [1, 7, 1_000_000]) {
            const { rows } = runner.run(planOf(root, [a, b, before, count]), { budget });
            expect(textsOf(rows).sort()).toEqual(textsOf(expected).sort());
          }
        }
      }
    }
  });

  it("what a condition has said of a node is remembered, and forgotten with the execution", () => {
    const random = createRandom(TEST_SEED);
    const graph = randomGraph(random, 300, 3000);
    const runner = new PlanRunner("debug");
    storeGraph(runner.engine, graph);
    const [a, b, c] = [1, 2, 3].map((column) => ({ column, name: `n${column}`, type: NODE })) as [PlanColumn, PlanColumn, PlanColumn];
    const expand = (input: PhysicalOperator, from: PlanColumn, node: PlanColumn, number: number): PhysicalOperator => ({
      kind: "PhysicalExpand",
      input,
      from: use(from),
      direction: "out",
      types: [],
      target: { kind: "new", node, labels: [] },
      relationship: { column: number, name: "r", type: RELATIONSHIP },
      optional: false,
    });
    const scan: PhysicalOperator = { kind: "PhysicalNodeScan", node: a, labels: [], access: undefined };
    const root = filter(expand(expand(scan, a, b, 4), b, c, 5), isThere(use(c), "m"));
    const compiled = compilePlan(planOf(root, [a, c]), (operator) => physicalOperator(operator, NO_FACTS));
    const run = runner.instantiate(compiled);
    const wayOn = (node: number): number[] => pairsOf(graph, node, "out", []).map(([, neighbour]) => neighbour);
    const expected = graph.nodes.flatMap((node, number) =>
      node === undefined
        ? []
        : wayOn(number)
            .flatMap(wayOn)
            .filter((end) => graph.nodes[end]?.properties.m !== undefined)
            .map((end) => [number, end]),
    );
    expect(expected.length).toBeGreaterThan(10_000);
    for (const budget of [1, 1_000_000]) expect(textsOf(runner.execute(compiled, run, { budget }).rows)).toEqual(textsOf(expected));
  });

  it(`${GRAPHS} random graphs, ${PLANS} plans each (seed ${TEST_SEED})`, () => {
    const random = createRandom(TEST_SEED);
    for (let round = 0; round < GRAPHS; round++) {
      const runner = new PlanRunner("debug");
      const graph = randomGraph(random, [0, 1, 8, 20, 50, 40][round] ?? 20, [0, 3, 20, 30, 60, 400][round] ?? 0);
      if (round > 0) storeGraph(runner.engine, graph);
      let rows = 0;
      for (let number = 0; number < PLANS; number++) {
        const chain = new Chains(random, graph).chain();
        const output = chain.columns.filter(() => random.below(4) > 0);
        const plan = planOf(chain.operator, output);
        const expected = textsOf(chain.rows.map((row) => output.map(({ column }) => row.get(column))));
        const compiled = compilePlan(plan, (operator) => physicalOperator(operator, NO_FACTS));
        const run = runner.instantiate(compiled);
        rows += expected.length;
        for (const budget of [1_000_000, 1]) {
          const outcome = runner.execute(compiled, run, { budget });
          expect(outcome.error).toBe(0);
          expect(
            textsOf(outcome.rows),
            `graph ${round}, plan ${number}, budget ${budget}: ${JSON.stringify(plan.root, (_, value: unknown) => (typeof value === "bigint" ? Number(value) : value))}`,
          ).toEqual(expected);
        }
      }
      if (round > 1) expect(rows).toBeGreaterThan(PLANS);
    }
  });
});
