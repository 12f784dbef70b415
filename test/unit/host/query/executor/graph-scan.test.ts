/**
 * Goal: scans of nodes and relationships and expands by one relationship give what the model says, in every direction, with labels and
 * types that are there or not, loops and parallel relationships; into known nodes, optional, stopped early, after deletions.
 * Method: hand-made plans on seeded random graphs in the debug engine, compared with test/support/graph-model.ts.
 */
import { describe, expect, it } from "vitest";
import type { Direction, ExpandTarget, LogicalExpand } from "../../../../../host/query/plan/graph-operator.ts";
import type { LogicalOperator } from "../../../../../host/query/plan/operator.ts";
import { engineBuilt, TEST_LENGTH, TEST_SEED } from "../../../../support/engine.ts";
import { GraphModel, randomGraph } from "../../../../support/graph-model.ts";
import { column, constant, GraphRig, INTEGER, NODE, ONE_ROW, RELATIONSHIP, rowsOf, TEXT, use } from "../../../../support/graph-rig.ts";
import { createRandom } from "../../../../support/random.ts";

const LABELS = ["A", "B", "Longer than a word"];
const TYPES = ["T", "U", "Another type"];
const DIRECTIONS: readonly Direction[] = ["out", "in", "both"];
const GRAPHS = 6 * TEST_LENGTH;

const scan = (labels: readonly string[]): LogicalOperator => ({
  kind: "LogicalNodeScan",
  node: column(1, NODE),
  labels,
  access: undefined,
});
const relationshipScan = (types: readonly string[]): LogicalOperator => ({
  kind: "LogicalRelationshipScan",
  relationship: column(1, RELATIONSHIP),
  start: column(2, NODE),
  end: column(3, NODE),
  types,
  access: undefined,
});

function expand(
  input: LogicalOperator,
  direction: Direction,
  types: readonly string[],
  target: ExpandTarget,
  optional = false,
): LogicalExpand {
  return {
    kind: "LogicalExpand",
    input,
    from: use(1, NODE),
    direction,
    types,
    target,
    relationship: column(9, RELATIONSHIP),
    optional,
  };
}

const sorted = (rows: unknown[][]): string[] => rows.map((row) => row.join(" ")).sort();

describe.skipIf(!engineBuilt)(`scans and expands (seed ${TEST_SEED})`, () => {
  it("there is nothing without a graph", () => {
    const rig = new GraphRig();
    expect(rig.run(scan([]))).toEqual([]);
    expect(rig.run(scan(["A"]))).toEqual([]);
    expect(rig.run(relationshipScan([]))).toEqual([]);
    expect(rig.run(expand(rowsOf([column(1, NODE)], [[0n], [null]]), "both", [], newNode([])))).toEqual([]);
  });

  const newNode = (labels: readonly string[]): ExpandTarget => ({ kind: "new", node: column(8, NODE), labels });

  for (let graph = 0; graph < GRAPHS; graph++) {
    const random = createRandom(TEST_SEED + graph);
    const model = randomGraph(random, { nodes: 1 + random.below(12), relationships: random.below(40), labels: LABELS, types: TYPES });
    const name = `graph ${graph} of ${model.nodes.size} nodes, ${model.relationships.size} relationships`;

    it(`${name}: scans`, () => {
      const rig = new GraphRig();
      rig.fill(model);
      for (const labels of [[], ["A"], ["B", "A"], LABELS, ["A", "none"]]) {
        expect(rig.run(scan(labels))).toEqual(model.nodesWith(labels).map((number) => [number]));
      }
      for (const types of [[], ["T"], ["Another type", "T"], ["none"], ["none", "U"]]) {
        const wanted = model.relationshipsOf(types).map((number) => {
          const { start, end } = model.relationships.get(number)!;
          return [number, start, end];
        });
        expect(rig.run(relationshipScan(types))).toEqual(wanted);
      }
    });

    it(`${name}: expands`, () => {
      const rig = new GraphRig();
      rig.fill(model);
      for (const direction of DIRECTIONS) {
        for (const types of [[], ["U"], ["T", "Another type"], ["none"]]) {
          const walks = [...model.nodes.keys()].map((node) => [node, model.expand(node, direction, types)] as const);
          const all = walks.flatMap(([node, found]) => found.map(({ relationships, end }) => [node, end, relationships[0]]));
          expect(sorted(rig.run(expand(scan([]), direction, types, newNode([]))))).toEqual(sorted(all));
          const labelled = all.filter(([, end]) => model.nodes.get(end!)!.labels.includes("B"));
          expect(sorted(rig.run(expand(scan([]), direction, types, newNode(["B"]))))).toEqual(sorted(labelled));
          const lonely = walks.filter(([, found]) => found.length === 0).map(([node]) => [node, null, null]);
          expect(sorted(rig.run(expand(scan([]), direction, types, newNode([]), true)))).toEqual(sorted([...all, ...lonely]));
        }
      }
    });

    it(`${name}: into known nodes`, () => {
      const rig = new GraphRig();
      rig.fill(model);
      const pairs = [...model.nodes.keys()].flatMap((from) => [...model.nodes.keys()].map((to) => [BigInt(from), BigInt(to)]));
      const input = rowsOf([column(1, NODE), column(2, NODE)], [...pairs, [0n, null], [null, 0n]]);
      for (const direction of DIRECTIONS) {
        for (const types of [[], ["T"], ["U", "T"]]) {
          const wanted = pairs.flatMap(([from, to]) =>
            model
              .expand(Number(from), direction, types)
              .filter(({ end }) => end === Number(to))
              .map(({ relationships }) => [from, to, relationships[0]]),
          );
          expect(sorted(rig.run(expand(input, direction, types, { kind: "into", node: use(2, NODE) })))).toEqual(sorted(wanted));
        }
      }
    });
  }

  it("takes batches, skips what was deleted and ends when no more rows are wanted", () => {
    const model = new GraphModel();
    for (let number = 0; number < 5000; number++) model.nodes.set(number, { labels: number % 3 ? ["A"] : ["A", "B"], properties: {} });
    for (let number = 0; number < 4000; number++) {
      model.relationships.set(number, { type: number % 5 ? "T" : "U", start: 0, end: number, properties: {} });
    }
    const rig = new GraphRig();
    rig.fill(model);
    rig.statement(() => {
      for (let number = 900; number < 4500; number++) {
        rig.functions.required("node_delete")(number, 1);
        model.nodes.delete(number);
        model.relationships.delete(number);
      }
    });
    for (const labels of [[], ["A"], ["B", "A"]]) {
      expect(rig.run(scan(labels)).flat()).toEqual(model.nodesWith(labels));
    }
    for (const types of [[], ["U"]]) {
      expect(rig.run(relationshipScan(types)).map(([number]) => number)).toEqual(model.relationshipsOf(types));
      const from0 = rowsOf([column(1, NODE)], [[0n]]);
      expect(rig.run(expand(from0, "both", types, newNode([])))).toHaveLength(model.relationshipsOf(types).length);
    }
    expect(rig.pauses).toBeGreaterThan(1);
    for (const root of [scan([]), relationshipScan([]), expand(scan([]), "out", [], newNode([]))]) {
      let rows = 0;
      const plan = rig.interpreted(root);
      rig.statement(() => plan.run([], [], () => ++rows < 3));
      expect(rows).toBe(3);
    }
  });

  it("finds by number and by public id, and corrects by labels and types", () => {
    const random = createRandom(TEST_SEED);
    const model = randomGraph(random, { nodes: 20, relationships: 30, labels: LABELS, types: TYPES });
    const rig = new GraphRig();
    rig.fill(model);
    const idOf = (number: number, isRelationship: number): string =>
      rig.engine.runPlan(() => rig.functions.words.read(rig.functions.required("graph_id")(number, isRelationship) as bigint));
    const ids = [...[3, 3, 7].map((number) => idOf(number, 0)), idOf(5, 1), "nonsense"].map((id) => constant(id, TEXT));
    const numbers = [7n, 3n, 3n, -1n, 99n, 1n << 40n, null].map((number) => constant(number, INTEGER));
    for (const labels of [[], ["A"]]) {
      const wanted = [3, 7].filter((number) => model.nodesWith(labels).includes(number));
      const find = (access: object): LogicalOperator => ({ ...scan(labels), access }) as LogicalOperator;
      expect(rig.run(find({ kind: "number", values: numbers })).flat()).toEqual(wanted);
      expect(rig.run(find({ kind: "id", values: ids })).flat()).toEqual(wanted);
    }
    for (const types of [[], ["T"]]) {
      const find = (access: object): LogicalOperator => ({ ...relationshipScan(types), access }) as LogicalOperator;
      const isThere = (number: number): boolean => model.relationshipsOf(types).includes(number);
      expect(rig.run(find({ kind: "number", values: numbers })).map(([number]) => number)).toEqual([3, 7].filter(isThere));
      expect(rig.run(find({ kind: "id", values: ids })).map(([number]) => number)).toEqual([5].filter(isThere));
    }
    expect(rig.run(ONE_ROW)).toEqual([[]]);
  });
});
