/**
 * Goal: CREATE, MERGE, SET, REMOVE, DELETE and FOREACH leave the graph that the model has after them, count what they did, take in all rows
 * before they write, and leave nothing of a statement that fails; effects make the same graph elsewhere.
 * Method: random hand-made plans on a model and on the debug engine, compared after each statement; a replica is fed with the effects.
 */
import { describe, expect, it } from "vitest";
import type { GraphCounters } from "../../../../../host/query/executor/interpreter/graph-counters.ts";
import type { BoundExpression } from "../../../../../host/query/plan/expression.ts";
import type { GraphChange, NewNode, NewRelationship } from "../../../../../host/query/plan/graph-operator.ts";
import type { LogicalOperator } from "../../../../../host/query/plan/operator.ts";
import { engineBuilt, START_MS, TEST_LENGTH, TEST_SEED } from "../../../../support/engine.ts";
import { GraphModel, type ModelNode, type ModelRelationship } from "../../../../support/graph-model.ts";
import { column, constant, GraphRig, INTEGER, MAP, NODE, ONE_ROW, RELATIONSHIP, rowsOf, TEXT, use } from "../../../../support/graph-rig.ts";
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
