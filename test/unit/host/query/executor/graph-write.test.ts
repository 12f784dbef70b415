/**
 * Goal: CREATE, MERGE, SET, REMOVE, DELETE and FOREACH leave the graph that the model has after them, count what they did, take in all rows
 * before they write, and leave nothing of a statement that fails; effects make the same graph elsewhere.
 * Method: random hand-made plans on a model and on the debug engine, compared after each statement; a replica is fed with the effects.
 */
import { describe, expect, it } from "vitest";
import type { GraphCounters } from "../../../../../host/query/executor/interpreter/graph-counters.ts";
import { interpret } from "../../../../../host/query/executor/interpreter/interpret.ts";
import type { BoundExpression } from "../../../../../host/query/plan/expression.ts";
import type { GraphChange, NewNode, NewRelationship } from "../../../../../host/query/plan/graph-operator.ts";
import type { LogicalOperator } from "../../../../../host/query/plan/operator.ts";
import { plainType } from "../../../../../host/query/type/type.ts";
import { engineBuilt, START_MS, TEST_LENGTH, TEST_SEED } from "../../../../support/engine.ts";
import { GraphModel, type ModelNode, type ModelRelationship } from "../../../../support/graph-model.ts";
import {
  column,
  constant,
  GraphRig,
  INTEGER,
  MAP,
  NODE,
  ONE_ROW,
  RELATIONSHIP,
  rowsOf,
  TEXT,
  use,
  VALUE,
} from "../../../../support/graph-rig.ts";
import { createRandom, type SeededRandom } from "../../../../support/random.ts";

const LABELS = ["A", "B", "Longer than a word"];
const TYPES = ["T", "U"];
const STATEMENTS = 150 * TEST_LENGTH;
/** Columns of the input: two nodes, a relationship, a map; and those that are made. */
const [FIRST, SECOND, OLD, GIVEN, MADE, LINK, LOOP] = [1, 2, 3, 4, 5, 6, 7];
const COLUMNS = [column(FIRST, NODE), column(SECOND, NODE), column(OLD, RELATIONSHIP), column(GIVEN, MAP)];

type Properties = Readonly<Record<string, unknown>>;

/** A row of the input. */
interface Input {
  readonly first: number | null;
  readonly second: number | null;
  readonly relationship: number | null;
  readonly map: Properties | null;
}

const NOTHING: GraphCounters = {
  nodesCreated: 0,
  nodesDeleted: 0,
  relationshipsCreated: 0,
  relationshipsDeleted: 0,
  propertiesSet: 0,
  labelsAdded: 0,
  labelsRemoved: 0,
};

function withoutNulls(map: Properties | null): Properties {
  return Object.fromEntries(Object.entries(map ?? {}).filter(([, value]) => value !== null));
}

function bytes(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, "latin1"));
}

const number = (value: number | null): bigint | null => (value === null ? null : BigInt(value));

/** What a failing clause throws. */
class Refused extends Error {}

class WriteRun {
  readonly rig = new GraphRig();
  readonly replica = new GraphRig();
  model = new GraphModel();
  counters = { ...NOTHING };
  #nextNode = 0;
  #nextRelationship = 0;
  readonly #random: SeededRandom;

  constructor(seed: number) {
    this.#random = createRandom(seed);
  }

  #pick(map: ReadonlyMap<number, unknown>): number | null {
    return map.size === 0 || this.#random.below(12) === 0 ? null : this.#random.pick([...map.keys()]);
  }

  #map(): Properties | null {
    const random = this.#random;
    if (random.below(8) === 0) return null;
    const entries: [string, unknown][] = [];
    if (random.chance(0.6)) entries.push(["n", random.below(4) === 0 ? null : random.below(1000)]);
    if (random.chance(0.5)) entries.push(["text", random.below(4) === 0 ? null : "é".repeat(random.below(40))]);
    if (random.chance(0.3)) entries.push(["list", Array.from({ length: random.below(4) }, () => random.below(9))]);
    if (random.chance(0.3)) entries.push([`k${random.below(90)}`, random.chance(0.5)]);
    return Object.fromEntries(entries);
  }

  #rows(): Input[] {
    return Array.from({ length: this.#random.below(4) }, () => ({
      first: this.#pick(this.model.nodes),
      second: this.#pick(this.model.nodes),
      relationship: this.#pick(this.model.relationships),
      map: this.#map(),
    }));
  }

  #input(rows: readonly Input[]): LogicalOperator {
    const packed = (map: Properties | null): Uint8Array | null => (map === null ? null : bytes(this.rig.packed(map)));
    return this.rig.statement(() =>
      rowsOf(
        COLUMNS,
        rows.map(({ first, second, relationship, map }) => [number(first), number(second), number(relationship), packed(map)]),
      ),
    );
  }

  /** One random statement; whether it was kept. */
  step(): boolean {
    const rows = this.#rows();
    const input = this.#input(rows);
    const kind = this.#random.below(10);
    if (kind < 3) return this.#check(...this.#create(input, rows));
    if (kind < 5) return this.#check(...this.#merge(input, rows));
    if (kind < 8) return this.#check(...this.#set(input, rows));
    return this.#check(...this.#delete(input, rows));
  }

  /** Runs a plan, and the same on the model; both fail or both do the same. */
  #check(root: LogicalOperator, apply: () => void): boolean {
    const before = { model: this.model, node: this.#nextNode, relationship: this.#nextRelationship };
    this.model = new GraphModel();
    for (const [key, node] of before.model.nodes) this.model.nodes.set(key, node);
    for (const [key, relationship] of before.model.relationships) this.model.relationships.set(key, relationship);
    this.counters = { ...NOTHING };
    let isKept = true;
    try {
      apply();
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      isKept = false;
      this.model = before.model;
      this.#nextNode = before.node;
      this.#nextRelationship = before.relationship;
    }
    const plan = this.rig.interpreted(root);
    const run = (): number => this.rig.statement(() => plan.run([], [], () => true));
    if (isKept) {
      const affected = run();
      expect(plan.counters).toEqual(this.counters);
      expect(affected).toBe(Object.values(this.counters).reduce((sum, count) => sum + count, 0));
    } else expect(run).toThrow();
    return isKept;
  }

  #create(input: LogicalOperator, rows: readonly Input[]): [LogicalOperator, () => void] {
    const labels = [...LABELS.filter(() => this.#random.chance(0.4)), "A", "A"].slice(0, this.#random.below(4));
    const nodes: NewNode[] = [{ node: column(MADE, NODE), labels, properties: use(GIVEN, MAP) }];
    const relationships: NewRelationship[] = [
      { relationship: column(LINK, RELATIONSHIP), type: "T", start: use(MADE, NODE), end: use(FIRST, NODE), properties: use(GIVEN, MAP) },
      { relationship: column(LOOP, RELATIONSHIP), type: "U", start: use(MADE, NODE), end: use(MADE, NODE), properties: undefined },
    ].slice(0, this.#random.below(3));
    const apply = (): void => {
      for (const { first, map } of rows) {
        const made = this.#makeNode([...new Set(labels)], withoutNulls(map));
        if (relationships.length > 0) this.#makeRelationship("T", made, first, withoutNulls(map));
        if (relationships.length > 1) this.#makeRelationship("U", made, made, {});
      }
    };
    return [{ kind: "LogicalCreateGraph", input, nodes, relationships }, apply];
  }

  #makeNode(labels: readonly string[], properties: Properties): number {
    const made = this.#nextNode++;
    this.model.nodes.set(made, { labels, properties });
    this.counters.nodesCreated++;
    this.counters.labelsAdded += labels.length;
    this.counters.propertiesSet += Object.keys(properties).length;
    return made;
  }

  #makeRelationship(type: string, start: number | null, end: number | null, properties: Properties): void {
    if (start === null || end === null) throw new Refused();
    this.model.relationships.set(this.#nextRelationship++, { type, start, end, properties });
    this.counters.relationshipsCreated++;
    this.counters.propertiesSet += Object.keys(properties).length;
  }

  /** MERGE (first)-[:type]->(second) with ON CREATE and ON MATCH. */
  #merge(input: LogicalOperator, rows: readonly Input[]): [LogicalOperator, () => void] {
    const type = this.#random.pick(TYPES);
    const relationship = column(LINK, RELATIONSHIP);
    const target = { kind: "into", node: use(SECOND, NODE) } as const;
    const match: LogicalOperator = {
      kind: "LogicalExpand",
      input: ONE_ROW,
      from: use(FIRST, NODE),
      direction: "out",
      types: [type],
      target,
      relationship,
      optional: false,
    };
    const setTo = (name: string): GraphChange => ({
      kind: "property",
      target: use(LINK, RELATIONSHIP),
      name,
      value: constant(1n, INTEGER),
    });
    const made: NewRelationship = { relationship, type, start: use(FIRST, NODE), end: use(SECOND, NODE), properties: undefined };
    const root: LogicalOperator = {
      kind: "LogicalMergeGraph",
      input,
      match,
      nodes: [],
      relationships: [made],
      onCreate: [setTo("created")],
      onMatch: [setTo("matched")],
    };
    const apply = (): void => {
      for (const { first, second } of rows) {
        const found = [...this.model.relationships].filter(([, each]) => each.type === type && each.start === first && each.end === second);
        for (const [key] of found) this.#setRelationship(key, { matched: 1 }, true);
        if (found.length > 0) continue;
        this.#makeRelationship(type, first, second, {});
        this.#setRelationship(this.#nextRelationship - 1, { created: 1 }, true);
      }
    };
    return [root, apply];
  }

  #set(input: LogicalOperator, rows: readonly Input[]): [LogicalOperator, () => void] {
    const random = this.#random;
    const [name, merge, remove, isNull] = [random.pick(["n", "text", "new"]), random.chance(0.5), random.chance(0.5), random.chance(0.4)];
    const labels = LABELS.filter(() => random.chance(0.4));
    const value = constant(isNull ? null : "a text that is longer", TEXT);
    const isFromNode = random.chance(0.3);
    const changes: GraphChange[] = [
      { kind: "property", target: use(FIRST, NODE), name, value },
      { kind: "property", target: use(OLD, RELATIONSHIP), name, value },
      { kind: "properties", target: use(SECOND, NODE), merge, value: isFromNode ? use(FIRST, NODE) : use(GIVEN, MAP) },
      { kind: "properties", target: use(OLD, RELATIONSHIP), merge, value: use(GIVEN, MAP) },
      { kind: "labels", target: use(FIRST, NODE), labels, remove },
    ];
    const apply = (): void => {
      for (const { first, second, relationship, map } of rows) {
        const change = { [name]: isNull ? null : "a text that is longer" };
        this.#setNode(first, change, true);
        this.#setRelationship(relationship, change, true);
        const source = isFromNode && first !== null ? (this.model.nodes.get(first)?.properties ?? null) : isFromNode ? null : map;
        if (second !== null && source === null) throw new Refused();
        this.#setNode(second, source ?? {}, merge);
        if (relationship !== null && map === null) throw new Refused();
        this.#setRelationship(relationship, map ?? {}, merge);
        this.#setLabels(first, labels, remove);
      }
    };
    return [{ kind: "LogicalSetGraph", input, changes }, apply];
  }

  #changed(old: Properties, change: Properties, merge: boolean): Properties {
    const set = withoutNulls(change);
    const gone = Object.keys(old).filter((name) => !(name in set) && (!merge || name in change));
    this.counters.propertiesSet += Object.keys(set).length + gone.length;
    return Object.fromEntries(Object.entries({ ...old, ...set }).filter(([name]) => !gone.includes(name)));
  }

  #setNode(key: number | null, change: Properties, merge: boolean): void {
    if (key === null) return;
    const node = this.model.nodes.get(key) as ModelNode;
    this.model.nodes.set(key, { ...node, properties: this.#changed(node.properties, change, merge) });
  }

  #setRelationship(key: number | null, change: Properties, merge: boolean): void {
    if (key === null) return;
    const relationship = this.model.relationships.get(key) as ModelRelationship;
    this.model.relationships.set(key, { ...relationship, properties: this.#changed(relationship.properties, change, merge) });
  }

  #setLabels(key: number | null, labels: readonly string[], remove: boolean): void {
    if (key === null) return;
    const node = this.model.nodes.get(key) as ModelNode;
    const changing = labels.filter((label) => node.labels.includes(label) === remove);
    if (remove) this.counters.labelsRemoved += changing.length;
    else this.counters.labelsAdded += changing.length;
    const kept = remove ? node.labels.filter((label) => !changing.includes(label)) : [...node.labels, ...changing];
    this.model.nodes.set(key, { ...node, labels: kept });
  }

  #delete(input: LogicalOperator, rows: readonly Input[]): [LogicalOperator, () => void] {
    const detach = this.#random.chance(0.5);
    const values: BoundExpression[] = [use(OLD, RELATIONSHIP), use(FIRST, NODE)].slice(0, 1 + this.#random.below(2));
    const apply = (): void => {
      const nodes = new Set(values.length > 1 ? rows.map(({ first }) => first) : []);
      for (const { relationship } of rows) this.#deleteRelationship(relationship);
      for (const node of nodes) {
        if (node === null) continue;
        const touching = [...this.model.relationships].filter(([, { start, end }]) => start === node || end === node);
        if (touching.length > 0 && !detach) throw new Refused();
        for (const [key] of touching) this.#deleteRelationship(key);
        this.model.nodes.delete(node);
        this.counters.nodesDeleted++;
      }
    };
    return [{ kind: "LogicalDeleteGraph", input, values, detach }, apply];
  }

  #deleteRelationship(key: number | null): void {
    if (key !== null && this.model.relationships.delete(key)) this.counters.relationshipsDeleted++;
  }

  /** Compares the graph with the model, and that which the effects make. */
  compare(): void {
    const { rig, replica, model } = this;
    const found = rig.model();
    const sorted = (nodes: ReadonlyMap<number, ModelNode>): unknown[] =>
      [...nodes]
        .map(([key, node]) => [key, { ...node, labels: [...node.labels].sort() }])
        .sort((left, right) => Number(left[0]) - Number(right[0]));
    expect(sorted(found.nodes)).toEqual(sorted(model.nodes));
    expect(found.relationships).toEqual(model.relationships);
    replica.engine.replay(rig.engine.takeEffects(), START_MS);
    replica.engine.endReplay();
    expect(replica.engine.digest(-1)).toEqual(rig.engine.digest(-1));
    expect(rig.engine.checkInvariants()).toBe(0);
  }
}

describe.skipIf(!engineBuilt)(`writing clauses (seed ${TEST_SEED})`, () => {
  for (let round = 0; round < 3; round++) {
    it(`random statements agree with the model (${round})`, () => {
      const run = new WriteRun(TEST_SEED + round);
      let failed = 0;
      for (let statement = 0; statement < STATEMENTS; statement++) {
        if (!run.step()) failed++;
        run.compare();
      }
      expect(failed).toBeGreaterThan(STATEMENTS / 20);
      expect(failed).toBeLessThan(STATEMENTS / 2);
    });
  }
});

/** A list of values of Cypher's, packed. */
const LIST = { name: "array", modifiers: [], element: VALUE } as const;
const from = (input: LogicalOperator, changes: readonly GraphChange[]): LogicalOperator => ({ kind: "LogicalSetGraph", input, changes });
const nodes = (labels: readonly string[] = []): LogicalOperator => ({
  kind: "LogicalNodeScan",
  node: column(FIRST, NODE),
  labels,
  access: undefined,
});
const created = (input: LogicalOperator, labels: readonly string[], properties?: BoundExpression): LogicalOperator => ({
  kind: "LogicalCreateGraph",
  input,
  nodes: [{ node: column(MADE, NODE), labels, properties }],
  relationships: [],
});

describe.skipIf(!engineBuilt)("single clauses", () => {
  const packed = (rig: GraphRig, value: unknown): Uint8Array => rig.statement(() => bytes(rig.packed(value)));

  it("a clause takes in all rows before it writes, and hands them on when it has written", () => {
    const rig = new GraphRig();
    rig.run(created(rowsOf([column(FIRST, INTEGER)], [[1n], [2n], [3n]]), ["A"]));
    expect(rig.run(created(nodes(), ["B"]))).toEqual([
      [0, 3],
      [1, 4],
      [2, 5],
    ]);
    // What stands behind sees all that was written.
    const after: LogicalOperator = { kind: "LogicalNodeScan", node: column(8, NODE), labels: ["C"], access: undefined };
    const join: LogicalOperator = {
      kind: "LogicalJoin",
      join: "cross",
      left: created(nodes(["A"]), ["C"]),
      right: after,
      condition: undefined,
      mark: undefined,
      dependent: true,
    };
    expect(rig.run(join)).toHaveLength(9);
    expect(
      rig.run({ kind: "LogicalLimit", input: created(nodes(["A"]), ["D"]), limit: constant(1n, INTEGER), offset: undefined }),
    ).toHaveLength(1);
    expect(rig.run(nodes(["D"]))).toHaveLength(3);
  });

  it("writes although nobody wants the rows, and answers none where there is no RETURN", () => {
    const rig = new GraphRig();
    rig.run(created(rowsOf([column(FIRST, INTEGER)], [[1n], [2n]]), ["A"]));
    const none = { kind: "LogicalLimit", limit: constant(0n, INTEGER), offset: undefined } as const;
    expect(rig.run({ ...none, input: created(nodes(["A"]), ["B"]) })).toEqual([]);
    const removed: GraphChange = { kind: "labels", target: use(FIRST, NODE), labels: ["A"], remove: true };
    expect(rig.run({ ...none, input: from(nodes(["A"]), [removed]) })).toEqual([]);
    expect(rig.run(nodes(["A"]))).toEqual([]);
    expect(rig.run(nodes(["B"]))).toHaveLength(2);
    const plan = { root: created(ONE_ROW, ["C"]), output: [], parameters: [], literals: [], dependencies: [], modifies: true };
    let rows = 0;
    rig.statement(() => interpret(plan, rig.surroundings).run([], [], () => ++rows > 0));
    expect(rows).toBe(0);
    expect(rig.run(nodes(["C"]))).toHaveLength(1);
  });

  it("refuses what cannot be a property, and takes lists of one kind", () => {
    const rig = new GraphRig();
    rig.run(created(ONE_ROW, ["A"]));
    const set = (value: unknown): void => {
      const list = constant(packed(rig, value), Array.isArray(value) ? LIST : MAP);
      rig.run(from(nodes(), [{ kind: "property", target: use(FIRST, NODE), name: "p", value: list }]));
    };
    const refused = [{}, { a: 1 }, [[1]], [1, "a"], [true, 0], [null], [1, null], ["a", { b: 1 }]];
    for (const value of refused) expect(() => set(value), JSON.stringify(value)).toThrow("[TypeError: InvalidPropertyType]");
    for (const value of [{ x: { y: 1 } }, { x: [1, [2]] }, { n: 1, x: [1, "a"] }]) {
      expect(() => rig.run(created(ONE_ROW, [], constant(packed(rig, value), MAP))), JSON.stringify(value)).toThrow("InvalidPropertyType");
      for (const merge of [true, false]) {
        const change = { kind: "properties", target: use(FIRST, NODE), merge, value: constant(packed(rig, value), MAP) } as const;
        expect(() => rig.run(from(nodes(), [change]))).toThrow("InvalidPropertyType");
      }
    }
    for (const value of [use(FIRST, NODE)]) {
      expect(() => rig.run(from(nodes(), [{ kind: "property", target: use(FIRST, NODE), name: "p", value }]))).toThrow(
        "InvalidPropertyType",
      );
    }
    expect(rig.model().nodes.get(0)!.properties).toEqual({});
    for (const value of [[], [1, 2.5], ["a", "b"], [true, false]]) {
      set(value);
      expect(rig.model().nodes.get(0)!.properties).toEqual({ p: value });
    }
  });

  it("stores what JSON has no form for as its text, alone and in lists and maps", () => {
    const rig = new GraphRig();
    const DATE = plainType("date");
    const row = rowsOf([column(FIRST, NODE)], [[0n]]);
    rig.run(created(ONE_ROW, ["A"]));
    const date = constant("2024-02-29", DATE);
    rig.run(from(row, [{ kind: "property", target: use(FIRST, NODE), name: "day", value: date }]));
    const days: BoundExpression = { kind: "BoundList", type: LIST, items: [date, constant("2000-01-01", DATE)] };
    rig.run(from(row, [{ kind: "property", target: use(FIRST, NODE), name: "days", value: days }]));
    const map: BoundExpression = { kind: "BoundMap", type: MAP, names: ["a", "b", "c"], items: [date, days, constant(1n, INTEGER)] };
    rig.run(from(row, [{ kind: "properties", target: use(FIRST, NODE), merge: true, value: map }]));
    const both = ["2024-02-29", "2000-01-01"];
    expect(rig.model().nodes.get(0)!.properties).toEqual({ day: both[0], days: both, a: both[0], b: both, c: 1 });
    const mixed: BoundExpression = { kind: "BoundList", type: LIST, items: [date, constant("2024-02-29", TEXT)] };
    expect(() => rig.run(from(row, [{ kind: "property", target: use(FIRST, NODE), name: "x", value: mixed }]))).toThrow(
      "InvalidPropertyType",
    );
  });

  it("a FLOAT stays one and an INTEGER too, also in another engine", () => {
    const [rig, replica] = [new GraphRig(), new GraphRig()];
    const FLOAT = plainType("double precision");
    const values: readonly BoundExpression[] = [
      constant(1, FLOAT),
      constant(1n, INTEGER),
      constant(-0, FLOAT),
      constant(1e300, FLOAT),
      constant(0.1, FLOAT),
      constant((1n << 63n) - 1n, INTEGER),
      constant(-(2 ** 60), FLOAT),
    ];
    rig.run(created(ONE_ROW, ["A"]));
    const row = rowsOf([column(FIRST, NODE)], [[0n]]);
    const set = values.map((value, index): GraphChange => ({ kind: "property", target: use(FIRST, NODE), name: `p${index}`, value }));
    rig.run(from(row, set));
    const list: BoundExpression = { kind: "BoundList", type: LIST, items: [constant(2, FLOAT), constant(2n, INTEGER)] };
    rig.run(from(row, [{ kind: "property", target: use(FIRST, NODE), name: "list", value: list }]));
    replica.engine.replay(rig.engine.takeEffects(), START_MS);
    replica.engine.endReplay();
    const items = [...values.keys()].map((index) => ({
      column: 20 + index,
      name: "",
      type: VALUE,
      value: { kind: "BoundProperty", type: VALUE, operand: use(FIRST, NODE), name: `p${index}` } as const,
    }));
    const wanted = values.map((value) => (value.kind === "BoundConstant" ? value.value : null));
    for (const each of [rig, replica]) {
      const [found] = each.run({ kind: "LogicalProject", input: row, items });
      expect(found!.slice(1).map((value) => (value as { readonly value: unknown }).value)).toEqual(wanted);
      const json = each.statement(() => each.surroundings.graphWriter!.properties({ entity: "node", number: 0 }));
      expect(each.text(json)).toContain('"list": [2.0, 2]');
    }
  });

  it("deletes relationships before nodes, whichever row names them, and a path as a whole", () => {
    const rig = new GraphRig();
    const model = new GraphModel();
    for (let key = 0; key < 4; key++) model.nodes.set(key, { labels: [], properties: {} });
    for (let key = 0; key < 3; key++) model.relationships.set(key, { type: "T", start: key, end: key + 1, properties: {} });
    rig.fill(model);
    const rows = rowsOf(
      [column(FIRST, NODE), column(OLD, RELATIONSHIP)],
      [
        [0n, 1n],
        [0n, 0n],
        [null, null],
      ],
    );
    const deletion = (values: readonly BoundExpression[], detach: boolean): LogicalOperator => ({
      kind: "LogicalDeleteGraph",
      input: rows,
      values,
      detach,
    });
    expect(() => rig.run(deletion([use(FIRST, NODE)], false))).toThrow("[ConstraintVerificationFailed: DeleteConnectedNode]");
    expect(rig.model().nodes.size).toBe(4);
    rig.run(deletion([use(FIRST, NODE), use(OLD, RELATIONSHIP)], false));
    expect([...rig.model().nodes.keys()]).toEqual([1, 2, 3]);
    expect([...rig.model().relationships.keys()]).toEqual([2]);
    // The path from node 2 to node 3.
    const path = Uint8Array.of(16, 15, 3, 20, 2, 0, 0, 0, 21, 2, 0, 0, 0, 20, 3, 0, 0, 0);
    rig.run(deletion([constant(path, plainType("path"))], false));
    expect([...rig.model().nodes.keys()]).toEqual([1]);
    expect(() => rig.run(deletion([constant(1n, INTEGER)], false))).toThrow("TypeError");
  });

  it("what was deleted cannot be changed, and a NULL end cannot be connected", () => {
    const rig = new GraphRig();
    rig.run(created(ONE_ROW, ["A"]));
    const gone: LogicalOperator = { kind: "LogicalDeleteGraph", input: nodes(), values: [use(FIRST, NODE)], detach: true };
    const value = constant(1n, INTEGER);
    const changes: readonly GraphChange[] = [
      { kind: "property", target: use(FIRST, NODE), name: "n", value },
      { kind: "properties", target: use(FIRST, NODE), merge: false, value: constant(packed(rig, {}), MAP) },
      { kind: "labels", target: use(FIRST, NODE), labels: ["B"], remove: false },
    ];
    for (const change of changes) expect(() => rig.run(from(gone, [change]))).toThrow("[EntityNotFound: DeletedEntityAccess]");
    const toNull: LogicalOperator = {
      kind: "LogicalCreateGraph",
      input: nodes(),
      nodes: [],
      relationships: [
        {
          relationship: column(LINK, RELATIONSHIP),
          type: "T",
          start: use(FIRST, NODE),
          end: constant(null, NODE),
          properties: undefined,
        },
      ],
    };
    expect(() => rig.run(toNull)).toThrow("EntityNotFound");
    expect(rig.run(nodes(["A"]))).toEqual([[0]]);
    expect(() => rig.run(created(ONE_ROW, [], value))).toThrow("[TypeError: InvalidArgumentType]");
    expect(() => rig.run(from(nodes(), [{ kind: "property", target: value, name: "n", value }]))).toThrow(
      "[TypeError: InvalidArgumentType]",
    );
  });

  it("MERGE refuses properties that are NULL, and finds what it has made", () => {
    const rig = new GraphRig();
    const rows = rowsOf([column(GIVEN, MAP)], [[packed(rig, { n: 1 })], [packed(rig, { n: 2 })]]);
    const merge = (input: LogicalOperator): LogicalOperator => ({
      kind: "LogicalMergeGraph",
      input,
      match: { kind: "LogicalNodeScan", node: column(MADE, NODE), labels: ["M"], access: undefined },
      nodes: [{ node: column(MADE, NODE), labels: ["M"], properties: use(GIVEN, MAP) }],
      relationships: [],
      onCreate: [],
      onMatch: [],
    });
    expect(rig.run(merge(rows)).map((row) => row[1])).toEqual([0, 0]);
    expect(rig.model().nodes.get(0)!.properties).toEqual({ n: 1 });
    const nulls = rowsOf([column(GIVEN, MAP)], [[packed(rig, { n: 1 })], [packed(rig, { n: null })]]);
    expect(() => rig.run(merge(nulls))).toThrow("[SemanticError: MergeReadOwnWrites]");
  });

  it("FOREACH runs its body for each item, also within another", () => {
    const rig = new GraphRig();
    const item = (key: number): BoundExpression => use(key, VALUE);
    const map: BoundExpression = { kind: "BoundMap", type: MAP, names: ["x", "y"], items: [item(11), item(12)] };
    const list = (values: readonly unknown[]): BoundExpression => constant(packed(rig, values), LIST);
    const inner: LogicalOperator = {
      kind: "LogicalForeach",
      input: ONE_ROW,
      list: list(["a", "b"]),
      item: column(12, VALUE),
      body: created(ONE_ROW, ["F"], map),
    };
    const outer = (given: BoundExpression): LogicalOperator => ({
      kind: "LogicalForeach",
      input: rowsOf([column(FIRST, INTEGER)], [[7n], [8n]]),
      list: given,
      item: column(11, VALUE),
      body: inner,
    });
    expect(rig.run(outer(list([1, null])))).toEqual([[7], [8]]);
    const made = [...rig.model().nodes.values()].map(({ properties }) => properties);
    const once = [{ x: 1, y: "a" }, { x: 1, y: "b" }, { y: "a" }, { y: "b" }];
    expect(made).toEqual([...once, ...once]);
    expect(rig.run(outer(constant(null, LIST)))).toEqual([[7], [8]]);
    expect(rig.model().nodes.size).toBe(8);
  });
});
