/**
 * Goal: the graph's commands do what a plain model of nodes and relationships does; no structure is ever broken; effects replayed, and a
 * compaction replayed alone, give equal content; emptied, it gives every byte back.
 * Method: random commands on a few labels, types and property names against maps; the debug build checks its invariants on the way,
 * digests of replicas are compared. Shapes are crossed: enough nodes that blocks of pairs, chunks of slots and bitmaps grow and go.
 */
import { describe, expect, it } from "vitest";
import { COMPACTION_MORE, PURPOSE_SCRATCH, SETTING_EFFECTS, SETTING_MAX_MEMORY, STATUS_OK } from "../../../assembly/abi/status.ts";
import { BUILDS, type BuildName, bulk, engineBuilt, START_MS, TEST_LENGTH, TEST_SEED, TestEngine } from "../../support/engine.ts";
import { type RandomInput, randomInput } from "../assembly/bytes/random-input.ts";
import { errorReply } from "./model.ts";
import { arrayOf } from "./reply.ts";

const STEPS = { debug: 4000, release: 20_000 };
const LABELS = ["Person", "City", "Ärger", "x"];
const TYPES = ["KNOWS", "IN", "LIKES"];
const ID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

type Properties = Record<string, unknown>;
interface ModelRelationship {
  readonly id: string;
  readonly type: string;
  readonly start: string;
  readonly end: string;
  readonly properties: Properties;
}

/** Text as the Latin-1 string that holds its UTF-8 bytes. */
const utf8 = (text: string): string => Buffer.from(text, "utf8").toString("latin1");

function randomProperties(random: RandomInput): Properties {
  const properties: Properties = {};
  for (const name of ["a", "b", "name", "näher"]) {
    if (random.below(3) === 0) continue;
    const kind = random.below(5);
    properties[name] =
      kind === 0
        ? random.below(1000)
        : kind === 1
          ? random.below(1000) + 0.5
          : kind === 2
            ? "text".repeat(random.below(4))
            : kind === 3
              ? { deep: [random.below(9), true] }
              : "x".repeat(random.below(random.below(30) === 0 ? 2000 : 20));
  }
  return properties;
}

class GraphModel {
  nodes = new Map<string, Properties>();
  relationships = new Map<string, ModelRelationship>();

  restore(nodes: Map<string, Properties>, relationships: Map<string, ModelRelationship>): void {
    this.nodes = nodes;
    this.relationships = relationships;
  }

  of(id: string, direction: string, type: string | undefined): string[] {
    const found: string[] = [];
    for (const each of this.relationships.values()) {
      const isOut = each.start === id && direction !== "IN";
      const isIn = each.end === id && direction !== "OUT";
      if ((!isOut && !isIn) || (type !== undefined && each.type !== type)) continue;
      found.push(JSON.stringify({ _id: each.id, _type: each.type, _start_id: each.start, _end_id: each.end, ...each.properties }));
    }
    return found.sort();
  }

  delete(id: string): number {
    if (this.relationships.delete(id)) return 1;
    if (!this.nodes.delete(id)) return 0;
    for (const each of [...this.relationships.values()]) if (each.start === id || each.end === id) this.relationships.delete(each.id);
    return 1;
  }
}

/** The text of a bulk reply. */
function textOf(reply: string): string {
  const match = /^\$\d+\r\n([\s\S]*)\r\n$/.exec(reply);
  if (match === null) throw new Error(`no bulk string: ${reply}`);
  return match[1]!;
}

function pick(random: RandomInput, map: ReadonlyMap<string, unknown>): string | undefined {
  // Skewed, so that some nodes have many relationships.
  const index = random.below(1 + random.below(map.size));
  let position = 0;
  for (const key of map.keys()) if (position++ === index) return key;
  return undefined;
}

class GraphRun {
  readonly model = new GraphModel();
  readonly engine: TestEngine;
  readonly session: number;
  readonly #random: RandomInput;

  constructor(build: BuildName, seed: number) {
    this.engine = new TestEngine(build);
    this.session = this.engine.open();
    this.#random = randomInput(seed);
  }

  send(...args: string[]): string {
    return this.engine.command(this.session, args.map(utf8));
  }

  step(): void {
    const random = this.#random;
    const kind = random.below(20);
    const node = pick(random, this.model.nodes);
    const other = pick(random, this.model.nodes);
    if (kind < 4 || node === undefined || other === undefined) this.#addNode();
    else if (kind < 13) this.#addRelationship(node, other);
    else if (kind < 15) this.#setProperty(node);
    else if (kind < 16) expect(JSON.parse(textOf(this.send("GRAPH.GETNODE", node)))).toEqual(this.#read(node));
    else if (kind < 18) this.compareRelationships(node, ["OUT", "IN", "both"][random.below(3)]!, TYPES[random.below(5)]);
    else this.#delete();
  }

  #read(node: string): Properties {
    return JSON.parse(utf8(JSON.stringify(this.model.nodes.get(node)))) as Properties;
  }

  #addNode(): void {
    const random = this.#random;
    const properties = randomProperties(random);
    const labels = Array.from({ length: random.below(3) }, () => LABELS[random.below(LABELS.length)]!);
    const json = JSON.stringify({ ...properties, gone: null });
    const id = textOf(this.send("GRAPH.ADDNODE", LABELS[random.below(LABELS.length)]!, json, ...labels));
    expect(id).toMatch(ID);
    expect(this.model.nodes.has(id)).toBe(false);
    this.model.nodes.set(id, properties);
  }

  #addRelationship(start: string, end: string): void {
    const random = this.#random;
    const properties = random.below(2) === 0 ? {} : randomProperties(random);
    const type = TYPES[random.below(TYPES.length)]!;
    const id = textOf(this.send("GRAPH.ADDREL", start, end, type, JSON.stringify(properties)));
    expect(id).toMatch(ID);
    this.model.relationships.set(id, { id, type, start, end, properties });
  }

  #setProperty(node: string): void {
    const random = this.#random;
    const properties = { ...this.model.nodes.get(node) };
    const name = ["a", "b", "näher", "new"][random.below(4)]!;
    const value = random.below(4) === 0 ? null : random.below(2) === 0 ? random.below(100) : "text".repeat(random.below(9));
    expect(this.send("GRAPH.SETNODEPROP", node, name, JSON.stringify(value))).toBe(":1\r\n");
    if (value === null) delete properties[name];
    else properties[name] = value;
    this.model.nodes.set(node, properties);
  }

  #delete(): void {
    const random = this.#random;
    const id = random.below(12) === 0 ? pick(random, this.model.nodes) : pick(random, this.model.relationships);
    if (id === undefined) return;
    expect(this.send("GRAPH.DELETE", id)).toBe(`:${this.model.delete(id)}\r\n`);
    expect(this.send("GRAPH.DELETE", id)).toBe(":0\r\n");
  }

  compareRelationships(node: string, direction: string, type: string | undefined): void {
    const reply = this.send("GRAPH.GETRELS", node, direction, ...(type === undefined ? [] : [type]));
    const wanted = this.model.of(node, direction.toUpperCase(), type).map(utf8);
    expect(arrayOf(reply).map(canonical).sort()).toEqual(wanted.map(canonical).sort());
  }

  compareAll(): void {
    for (const node of this.model.nodes.keys()) {
      expect(JSON.parse(textOf(this.send("GRAPH.GETNODE", node)))).toEqual(this.#read(node));
      this.compareRelationships(node, "BOTH", undefined);
    }
  }
}

/** JSON text with its fields in the order of their names. */
function canonical(text: string): string {
  const object = JSON.parse(text) as Properties;
  return JSON.stringify(Object.fromEntries(Object.entries(object).sort(([left], [right]) => (left < right ? -1 : 1))));
}

describe.skipIf(!engineBuilt)("graph", () => {
  for (const build of BUILDS) {
    it(`random commands agree with a model, and their effects with them (${build}, seed ${TEST_SEED})`, () => {
      const run = new GraphRun(build, TEST_SEED);
      run.engine.configure(SETTING_EFFECTS, 1);
      const replica = new TestEngine(build);
      const steps = STEPS[build] * TEST_LENGTH;
      for (let step = 0; step < steps; step++) {
        run.step();
        const effects = run.engine.takeEffects();
        if (effects !== "") expect([step, replica.replay(effects)]).toEqual([step, STATUS_OK]);
        if (step % 200 === 0) run.engine.check();
      }
      run.engine.check();
      replica.check();
      run.compareAll();
      expect(replica.digest()).toBe(run.engine.digest());
      expect(run.model.relationships.size).toBeGreaterThan(steps / 10);
    });

    it(`a compaction among writes gives equal content when it is replayed alone (${build}, seed ${TEST_SEED + 1})`, () => {
      const run = new GraphRun(build, TEST_SEED + 1);
      run.engine.configure(SETTING_EFFECTS, 1);
      for (let step = 0; step < STEPS[build] / 4; step++) run.step();
      run.engine.takeEffects();
      run.engine.call("compaction_start");
      const replica = new TestEngine(build);
      let calls = 0;
      for (let status = COMPACTION_MORE; status === COMPACTION_MORE; calls++) {
        status = run.engine.call("compaction_step", 500);
        for (let step = 0; step < 3; step++) run.step();
        expect([calls, replica.replay(run.engine.takeEffects())]).toEqual([calls, STATUS_OK]);
      }
      run.engine.call("compaction_stop");
      expect(calls).toBeGreaterThan(20);
      expect(replica.digest()).toBe(run.engine.digest());
      replica.check();
    });

    it(`emptied, a database gives every byte of its graph back, in steps (${build})`, () => {
      const run = new GraphRun(build, TEST_SEED + 2);
      const session = run.engine.open();
      run.engine.finish(session);
      // A little scratch memory is kept from one command to the next.
      const inUse = (): number[] => run.engine.memoryByPurpose().filter((_, purpose) => purpose !== PURPOSE_SCRATCH);
      const before = inUse();
      for (let step = 0; step < STEPS[build] / 4; step++) run.step();
      expect(run.send("FLUSHDB")).toBe("+OK\r\n");
      for (const node of run.model.nodes.keys()) expect(run.send("GRAPH.GETNODE", node)).toBe("$-1\r\n");
      expect(run.engine.maintain(START_MS, 1)).toBe(true);
      run.engine.settle();
      run.engine.check();
      run.engine.finish(run.engine.open());
      expect(inUse()).toEqual(before);
    });
  }

  it(`a statement that is taken back leaves nothing, one that is kept everything (seed ${TEST_SEED + 4})`, () => {
    const run = new GraphRun("debug", TEST_SEED + 4);
    const random = randomInput(TEST_SEED + 5);
    for (let step = 0; step < 300; step++) run.step();
    for (let statement = 0; statement < 60 * TEST_LENGTH; statement++) {
      const keep = random.below(2) === 0;
      const digest = run.engine.digest();
      const nodes = new Map(run.model.nodes);
      const relationships = new Map(run.model.relationships);
      expect(run.engine.call("statement_begin", 0, START_MS)).toBe(STATUS_OK);
      for (let step = random.below(60); step >= 0; step--) run.step();
      run.engine.call("statement_end", keep ? 1 : 0);
      run.engine.check();
      if (keep) continue;
      expect([statement, run.engine.digest()]).toEqual([statement, digest]);
      run.model.restore(nodes, relationships);
    }
    run.compareAll();
    run.send("FLUSHALL");
    run.engine.settle();
    const empty = new TestEngine("debug");
    expect(run.engine.digest()).toBe(empty.digest());
  });

  it("one node with many relationships, deleted in any order", () => {
    const run = new GraphRun("debug", TEST_SEED + 3);
    const random = randomInput(TEST_SEED + 3);
    const hub = textOf(run.send("GRAPH.ADDNODE", "Hub", "{}"));
    const others = Array.from({ length: 40 }, () => textOf(run.send("GRAPH.ADDNODE", "Other", "{}")));
    const made = Array.from({ length: 2500 }, (_, index) => textOf(run.send("GRAPH.ADDREL", hub, others[index % 40]!, "T", "{}")));
    run.engine.check();
    expect(arrayOf(run.send("GRAPH.GETRELS", hub, "OUT")).length).toBe(2500);
    while (made.length > 1200) expect(run.send("GRAPH.DELETE", made.splice(random.below(made.length), 1)[0]!)).toBe(":1\r\n");
    run.engine.check();
    expect(arrayOf(run.send("GRAPH.GETRELS", hub, "OUT", "T")).length).toBe(1200);
    expect(run.send("GRAPH.DELETE", hub)).toBe(":1\r\n");
    run.engine.check();
    for (const other of others) expect(run.send("GRAPH.GETRELS", other)).toBe("*0\r\n");
  });

  it("ids are refused where they do not belong", () => {
    const run = new GraphRun("debug", 1);
    const node = textOf(run.send("GRAPH.ADDNODE", "L", "{}"));
    const relationship = textOf(run.send("GRAPH.ADDREL", node, node, "T", '{"a":1}'));
    const foreign = new TestEngine("debug", 77, 7);
    const session = foreign.open();
    foreign.command(session, ["GRAPH.ADDNODE", "L", "{}"]);
    expect(foreign.command(session, ["GRAPH.GETNODE", node])).toBe("$-1\r\n");
    for (const id of [relationship, "", "x", node.slice(1), `${node}0`, node.replace("-4", "-5"), node.replaceAll("-", "0")]) {
      expect([id, run.send("GRAPH.GETNODE", id)]).toEqual([id, "$-1\r\n"]);
    }
    expect(run.send("GRAPH.GETNODE", node.toUpperCase())).toBe(bulk("{}"));
    for (const [first, second] of [
      [node, relationship],
      ["x", node],
    ]) {
      expect(run.send("GRAPH.ADDREL", first!, second!, "T", "{}")).toBe(errorReply("GRAPH_NO_NODE"));
    }
    expect(arrayOf(run.send("GRAPH.GETRELS", node)).length).toBe(1);
    expect(run.send("SELECT", "1")).toBe("+OK\r\n");
    expect(run.send("GRAPH.GETNODE", node)).toBe("$-1\r\n");
  });

  it("when memory is used up nothing is changed, and deleting goes on", () => {
    const run = new GraphRun("debug", 1);
    const node = textOf(run.send("GRAPH.ADDNODE", "L", '{"a":1}'));
    const digest = run.engine.digest();
    run.engine.configure(SETTING_MAX_MEMORY, 1);
    for (const args of [
      ["GRAPH.ADDNODE", "Other", "{}"],
      ["GRAPH.ADDREL", node, node, "T", "{}"],
      ["GRAPH.SETNODEPROP", node, "a", "2"],
    ]) {
      expect(run.send(...args)).toBe(errorReply("OUT_OF_MEMORY"));
    }
    expect(run.engine.digest()).toBe(digest);
    expect(run.send("GRAPH.DELETE", node)).toBe(":1\r\n");
    run.engine.check();
  });

  it("what is only for the log is refused from clients", () => {
    const run = new GraphRun("debug", 1);
    expect(run.send("GRAPH.EFFECT", "n", "0", "{}")).toBe(errorReply("GRAPH_INTERNAL"));
  });
});
