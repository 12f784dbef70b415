/**
 * Goal: paths of variable length, reached nodes and shortest paths are what the model finds by trying every walk: any bounds, directions,
 * types, predicates on relationships, into known nodes, loops and parallel relationships. Long chains need no stack, and may be stopped.
 * Method: hand-made plans on seeded random graphs in the debug engine, compared with test/support/graph-model.ts.
 */
import { describe, expect, it } from "vitest";
import type { FunctionEntry } from "../../../../../host/query/function/entry.ts";
import type { Direction, LogicalShortestPath, LogicalVarExpand, StepPredicate } from "../../../../../host/query/plan/graph-operator.ts";
import type { LogicalOperator } from "../../../../../host/query/plan/operator.ts";
import { plainType } from "../../../../../host/query/type/type.ts";
import { engineBuilt, TEST_LENGTH, TEST_SEED } from "../../../../support/engine.ts";
import { GraphModel, randomGraph, type Walk, type WalkRule } from "../../../../support/graph-model.ts";
import {
  column,
  constant,
  GraphRig,
  INTEGER,
  NODE,
  RELATIONSHIP,
  relationshipsOf,
  rowsOf,
  use,
  VALUE,
} from "../../../../support/graph-rig.ts";
import { createRandom } from "../../../../support/random.ts";

const DIRECTIONS: readonly Direction[] = ["out", "in", "both"];
const TYPES = ["T", "U"];
const BOUNDS: readonly (readonly [number, number | undefined])[] = [
  [1, undefined],
  [0, undefined],
  [1, 1],
  [0, 0],
  [0, 2],
  [2, 3],
  [3, undefined],
  [2, 1],
];
const GRAPHS = 8 * TEST_LENGTH;
const LIST = { name: "array", modifiers: [], element: VALUE } as const;

const LESS: FunctionEntry = {
  name: "<",
  role: "operator",
  parameters: [INTEGER, INTEGER],
  variadic: false,
  result: plainType("boolean"),
  strict: true,
  volatility: "immutable",
  implementation: { kind: "inline", name: "i64_less", fails: false },
};

/** Relationships below a number. */
function stepBelow(number: number): StepPredicate {
  const condition = {
    kind: "BoundCall",
    type: plainType("boolean"),
    function: LESS,
    arguments: [use(7, RELATIONSHIP), constant(BigInt(number), INTEGER)],
  } as const;
  return { relationship: column(7, RELATIONSHIP), condition };
}

/** From column 1; into column 2, or to a new column 8. */
function varExpand(input: LogicalOperator, into: boolean, more: Partial<LogicalVarExpand>): LogicalVarExpand {
  return {
    kind: "LogicalVarExpand",
    input,
    from: use(1, NODE),
    direction: "out",
    types: [],
    target: into ? { kind: "into", node: use(2, NODE) } : { kind: "new", node: column(8, NODE), labels: [] },
    relationships: column(9, LIST),
    minimum: 1,
    maximum: undefined,
    step: undefined,
    reachable: false,
    ...more,
  };
}

function shortestPath(input: LogicalOperator, more: Partial<LogicalShortestPath>): LogicalShortestPath {
  return {
    kind: "LogicalShortestPath",
    input,
    from: use(1, NODE),
    to: use(2, NODE),
    direction: "out",
    types: [],
    relationships: column(9, LIST),
    minimum: 1,
    maximum: undefined,
    step: undefined,
    all: true,
    ...more,
  };
}

const fromColumn = [column(1, NODE)];
const pairColumns = [column(1, NODE), column(2, NODE)];
const walkText = (from: number, { relationships, end }: Walk): string => `${from} [${relationships.join()}] ${end}`;

describe.skipIf(!engineBuilt)(`walks (seed ${TEST_SEED})`, () => {
  for (let graph = 0; graph < GRAPHS; graph++) {
    const random = createRandom(TEST_SEED + 77 * graph);
    const shape = { nodes: 1 + random.below(7), relationships: random.below(9), labels: ["A"], types: TYPES };
    const model = randomGraph(random, shape);
    const nodes = [...model.nodes.keys()];
    const starts = rowsOf(fromColumn, [...nodes.map((node) => [BigInt(node)]), [null], [999n]]);
    const pairs = nodes.flatMap((from) => nodes.map((to) => [from, to] as const));
    const both = rowsOf(pairColumns, [...pairs.map((pair) => pair.map(BigInt)), [0n, null], [null, 0n]]);
    const name = `graph ${graph} of ${model.nodes.size} nodes, ${model.relationships.size} relationships`;
    /** Calls `check` for every rule. */
    const eachRule = (check: (rule: WalkRule, plan: Partial<LogicalVarExpand>) => void): void => {
      for (const direction of DIRECTIONS) {
        for (const [minimum, maximum] of BOUNDS) {
          for (const types of [[], ["T"]]) {
            const shared = { direction, types, minimum, maximum };
            check(shared, shared);
            if (types.length === 0) check({ ...shared, step: (each) => each < 4 }, { ...shared, step: stepBelow(4) });
          }
        }
      }
    };

    it(`${name}: all walks`, () => {
      const rig = new GraphRig();
      rig.fill(model);
      eachRule((rule, plan) => {
        const wanted = nodes.flatMap((from) => model.walks(from, rule).map((walk) => walkText(from, walk)));
        const found = rig
          .run(varExpand(starts, false, plan))
          .map(([from, end, list]) => walkText(from as number, { relationships: relationshipsOf(list), end: end as number }));
        expect(found.sort(), JSON.stringify(rule)).toEqual(wanted.sort());
        const into = pairs.flatMap(([from, to]) => model.walks(from, rule).filter(({ end }) => end === to));
        expect(rig.run(varExpand(both, true, plan)), JSON.stringify(rule)).toHaveLength(into.length);
      });
    });

    it(`${name}: reached nodes`, () => {
      const rig = new GraphRig();
      rig.fill(model);
      eachRule((rule, plan) => {
        const wanted = nodes.flatMap((from) => model.reachable(from, rule).map((end) => `${from} ${end}`));
        const found = rig.run(varExpand(starts, false, { ...plan, reachable: true })).map(([from, end]) => `${from} ${end}`);
        expect(found.sort(), JSON.stringify(rule)).toEqual(wanted.sort());
        const into = rig.run(varExpand(both, true, { ...plan, reachable: true })).map(([from, end]) => `${from} ${end}`);
        expect(into.sort(), JSON.stringify(rule)).toEqual(wanted.sort());
      });
    });

    it(`${name}: shortest paths`, () => {
      const rig = new GraphRig();
      rig.fill(model);
      eachRule((rule, { direction = "out", types = [], minimum = 1, maximum, step }) => {
        const shortest = pairs.map(([from, to]) => {
          const found = from !== to || rule.minimum === 0 ? model.shortest(from, to, rule) : [];
          return found.map((walk) => `${walkText(from, walk)}`);
        });
        const all = shortestPath(both, { direction, types, minimum, maximum, step });
        const text = ([from, to, list]: unknown[]): string =>
          walkText(from as number, { relationships: relationshipsOf(list), end: to as number });
        expect(rig.run(all).map(text).sort(), JSON.stringify(rule)).toEqual(shortest.flat().sort());
        const one = rig.run({ ...all, all: false }).map(text);
        expect(one, JSON.stringify(rule)).toHaveLength(shortest.filter((found) => found.length > 0).length);
        for (const each of one) expect(shortest.flat()).toContain(each);
      });
    });
  }

  it("long chains need no stack, and lists as long have their table", () => {
    const length = 20_000;
    const model = new GraphModel();
    for (let number = 0; number <= length; number++) model.nodes.set(number, { labels: number === length ? ["End"] : [], properties: {} });
    for (let number = 0; number < length; number++) {
      model.relationships.set(number, { type: "T", start: number, end: number + 1, properties: {} });
    }
    const rig = new GraphRig("release");
    rig.fill(model);
    const from0 = rowsOf(fromColumn, [[0n]]);
    const target = { kind: "new", node: column(8, NODE), labels: ["End"] } as const;
    const [row, ...more] = rig.run(varExpand(from0, false, { target }));
    expect(more).toEqual([]);
    expect(relationshipsOf(row![2])).toEqual(Array.from({ length }, (_, index) => index));
    const list = Buffer.from(row![2] as string, "latin1");
    const table = list.length - Math.floor((length - 1) / 16) * 4;
    expect(list.readUInt32LE(1)).toBe(list.length - 9);
    expect([list.readUInt32LE(table), list.readUInt32LE(table + 4), list.readUInt32LE(list.length - 4)]).toEqual([
      80,
      160,
      5 * (length - 16),
    ]);
    expect(rig.run(varExpand(from0, false, { target, reachable: true }))).toHaveLength(1);
    const [path] = rig.run(shortestPath(rowsOf(pairColumns, [[0n, BigInt(length)]]), {}));
    expect(path![2]).toBe(row![2]);
    expect(rig.pauses).toBeGreaterThan(40);
    let rows = 0;
    const plan = rig.interpreted(varExpand(from0, false, {}));
    rig.statement(() => plan.run([], [], () => ++rows < 5));
    expect(rows).toBe(5);
  });

  it("ends with the statement's time", () => {
    const model = new GraphModel();
    for (let number = 0; number < 12; number++) model.nodes.set(number, { labels: [], properties: {} });
    let number = 0;
    for (let start = 0; start < 12; start++) {
      for (let end = 0; end < 12; end++) model.relationships.set(number++, { type: "T", start, end, properties: {} });
    }
    const rig = new GraphRig("release");
    rig.fill(model);
    const surroundings = rig.surroundings as { pause: () => boolean };
    let left = 50;
    surroundings.pause = () => {
      if (left-- === 0) throw new Error("time is over");
      return false;
    };
    const nowhere = { kind: "new", node: column(8, NODE), labels: ["Nowhere"] } as const;
    expect(() => rig.run(varExpand(rowsOf(fromColumn, [[0n]]), false, { target: nowhere }))).toThrow("time is over");
  });
});
