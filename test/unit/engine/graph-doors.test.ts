/**
 * Goal: the calls by which plans read and write the graph agree with a plain model: labels by bitmaps and by the collections of label
 * sets, pairs by expand cursors of any batch, properties by elements; a statement that is taken back leaves nothing, its effects included,
 * and effects that were kept make the same graph elsewhere.
 * Method: random statements of random door calls on two engines; invariants and digests after each.
 */
import { describe, expect, it } from "vitest";
import {
  DELETE_CONNECTED,
  DELETE_DONE,
  DELETE_MISSING,
  DIRECTION_BOTH,
  DIRECTION_IN,
  DIRECTION_OUT,
  ENTRY_NUMBER,
  EXPAND_BYTES,
  NAME_COLLECTION,
  NAME_COUNT,
  NAME_NUMBER,
  NAMES_LABELS,
  NAMES_TYPES,
  NODE_COLLECTION,
  PAIR_BYTES,
  RELATIONSHIP_TYPE,
  TYPE_ANY,
  WRITTEN_DONE,
  WRITTEN_SAME,
} from "../../../assembly/abi/graph.ts";
import { CELL_ERROR, COLLECTION_LIVE, COLLECTION_ROWS, ROW_ENTRY, SLOT_INTEGER, SLOT_NONE } from "../../../assembly/abi/record.ts";
import { RUNTIME_ERROR_GRAPH_GONE, RUNTIME_ERROR_GRAPH_NAME, RUNTIME_ERROR_GRAPH_PROPERTIES } from "../../../assembly/abi/runtime-error.ts";
import { PURPOSE_ENTRY, PURPOSE_TABLE, SETTING_EFFECTS, STATUS_INVALID, STATUS_OK } from "../../../assembly/abi/status.ts";
import { engineBuilt, START_MS, TEST_LENGTH, TEST_SEED, TestEngine } from "../../support/engine.ts";
import { place, resetArena } from "../../support/tables.ts";
import { type RandomInput, randomInput } from "../assembly/bytes/random-input.ts";

const STATEMENTS = 150 * TEST_LENGTH;
const LABELS = ["A", "B", "C", "Longer than a word"];
const TYPES = ["T", "U"];

interface ModelNode {
  readonly labels: readonly string[];
  readonly properties: Readonly<Record<string, unknown>>;
}
interface ModelRelationship {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly properties: Readonly<Record<string, unknown>>;
}

/** Address and length. */
type Placed = readonly [number, number];

/** Door calls of one engine, with texts in the plan's arena. */
class Doors {
  readonly engine = new TestEngine("debug");

  constructor() {
    this.engine.configure(SETTING_EFFECTS, 1);
  }

  get graph(): number {
    return this.engine.call("graph_find", 0) >>> 0;
  }

  get error(): number {
    return this.engine.word((this.engine.call("runtime_cells") >>> 0) + CELL_ERROR);
  }

  /** Calls an i64 parameter's export: bigints where the export wants them. */
  call(name: string, ...values: (number | bigint)[]): number {
    return this.engine.call(name, ...(values as number[]));
  }

  /** A word of a text in the arena. */
  word(text: string): bigint {
    const bytes = Buffer.from(text, "utf8").toString("latin1");
    if (bytes.length <= 7)
      return BigInt(bytes.length) | [...bytes].reduce((sum, each, at) => sum | (BigInt(each.charCodeAt(0)) << BigInt(8 * (at + 1))), 0n);
    return (BigInt(place(this.engine, bytes)) << 32n) | (BigInt(bytes.length) << 8n) | 8n;
  }

  json(value: unknown): bigint {
    return this.engine.callBits("jsonb_from_text", this.word(JSON.stringify(value)) as unknown as number);
  }

  text(word: bigint): string {
    const bits = BigInt.asUintN(64, word);
    const kind = Number(bits & 255n);
    if (kind < 8)
      return Array.from({ length: kind }, (_, at) => String.fromCharCode(Number((bits >> BigInt(8 * (at + 1))) & 255n))).join("");
    return this.engine.text(Number(bits >> 32n), Number((bits >> 8n) & 0xffffffn));
  }

  statement(keep: boolean, body: () => void): void {
    resetArena(this.engine);
    expect(this.engine.call("statement_begin", 0, START_MS)).toBe(STATUS_OK);
    body();
    this.engine.call("statement_end", keep ? 1 : 0);
  }

  named(kind: number, name: string): number {
    return this.graph === 0 ? 0 : this.engine.call("graph_named", this.graph, kind, place(this.engine, name), name.length) >>> 0;
  }

  labels(node: number, add: readonly string[], drop: readonly string[] = []): void {
    this.call("labels_begin", node);
    for (const label of add) this.call("labels_add", place(this.engine, label), label.length);
    for (const label of drop) this.call("labels_drop", place(this.engine, label), label.length);
  }

  /** All pairs of a node, in batches. */
  expand(node: number, direction: number, type: number, batch: number): string[] {
    const cursor = place(this.engine, " ".repeat(EXPAND_BYTES));
    const target = place(this.engine, " ".repeat(batch * PAIR_BYTES));
    this.call("expand_begin", cursor, this.call("node_slot", this.graph, node), direction, type);
    const pairs: string[] = [];
    for (let count = this.call("expand_next", cursor, target, batch); count > 0; count = this.call("expand_next", cursor, target, batch)) {
      for (let index = 0; index < count; index++) {
        const pair = target + index * PAIR_BYTES;
        pairs.push(`${this.engine.word(pair)} by ${this.engine.word(pair + 4)}`);
      }
    }
    return pairs.sort();
  }

  /** Makes an index of a label on one property; the status. */
  createIndex(label: string, name: string, property: string): number {
    resetArena(this.engine);
    // One field: u16 bytes, path, ascending; u16 length and bytes of the name.
    const field = String.fromCharCode(property.length + 6, 0, 0, 0, property.length, 0) + property;
    const texts = [label, field, name].map((text) => [place(this.engine, text), text.length] as const);
    const [[labelAt, labelBytes], [fieldAt, fieldBytes], [nameAt, nameBytes]] = texts as unknown as [Placed, Placed, Placed];
    return this.call("label_index_create", 0, labelAt, labelBytes, 0, fieldAt, fieldBytes, 1, nameAt, nameBytes);
  }

  /** The document of a row's element. */
  document(collection: number, element: number): unknown {
    const word = this.engine.callBits("record_document", collection, element);
    return JSON.parse(
      Buffer.from(this.text(this.engine.callBits("text_from_jsonb", word as unknown as number)), "latin1").toString("utf8"),
    );
  }
}

class DoorsRun {
  readonly doors = new Doors();
  nodes = new Map<number, ModelNode>();
  relationships = new Map<number, ModelRelationship>();
  readonly #random: RandomInput;

  constructor(seed: number) {
    this.#random = randomInput(seed);
  }

  #pick(map: ReadonlyMap<number, unknown>): number {
    const keys = [...map.keys()];
    return keys.length === 0 ? 12_345 : keys[this.#random.below(1 + this.#random.below(keys.length))]!;
  }

  #properties(): Record<string, unknown> {
    const random = this.#random;
    const properties: Record<string, unknown> = {};
    if (random.below(3) > 0) properties.n = random.below(100);
    if (random.below(3) > 0) properties.text = "é".repeat(random.below(12));
    if (random.below(6) === 0) properties.list = [1, "x", { y: null }];
    return properties;
  }

  step(): void {
    const { doors } = this;
    const random = this.#random;
    const kind = random.below(12);
    const node = this.#pick(this.nodes);
    const relationship = this.#pick(this.relationships);
    if (kind < 3) this.#createNode();
    else if (kind < 7) this.#createRelationship(node, this.#pick(this.nodes));
    else if (kind < 8 && this.nodes.has(node)) {
      const properties = this.#properties();
      expect(doors.call("node_write", node, doors.json({ ...properties, none: null }))).toBe(1);
      this.nodes.set(node, { labels: this.nodes.get(node)!.labels, properties });
    } else if (kind < 9 && this.nodes.has(node)) this.#relabel(node);
    else if (kind < 10 && this.relationships.has(relationship)) this.#setRelationship(relationship);
    else if (kind < 11) {
      expect(doors.call("relationship_delete", relationship)).toBe(this.relationships.delete(relationship) ? 1 : 0);
    } else this.#deleteNode(node);
  }

  #createNode(): void {
    const { doors } = this;
    const random = this.#random;
    const labels = LABELS.filter(() => random.below(3) === 0);
    const properties = this.#properties();
    doors.labels(-1, labels);
    const number = doors.call("node_create", doors.json({ ...properties, gone: null }));
    expect(number).toBeGreaterThanOrEqual(0);
    expect(this.nodes.has(number)).toBe(false);
    this.nodes.set(number, { labels, properties });
  }

  #createRelationship(start: number, end: number): void {
    if (!this.nodes.has(start) || !this.nodes.has(end)) return;
    const { doors } = this;
    const properties = this.#random.below(2) === 0 ? {} : this.#properties();
    const type = TYPES[this.#random.below(TYPES.length)]!;
    const number = doors.call("relationship_create", start, end, place(doors.engine, type), type.length, doors.json(properties));
    expect(this.relationships.has(number)).toBe(false);
    this.relationships.set(number, { type, start, end, properties });
  }

  #relabel(node: number): void {
    const { doors } = this;
    const add = LABELS.filter(() => this.#random.below(4) === 0);
    const drop = LABELS.filter(() => this.#random.below(4) === 0);
    doors.labels(node, add, drop);
    expect(doors.call("node_relabel", node)).toBe(1);
    const former = this.nodes.get(node)!;
    const labels = LABELS.filter((each) => (former.labels.includes(each) || add.includes(each)) && !drop.includes(each));
    this.nodes.set(node, { labels, properties: former.properties });
  }

  #setRelationship(number: number): void {
    const { doors } = this;
    const former = this.relationships.get(number)!;
    const { n: _, ...rest } = former.properties;
    const value = this.#random.below(50);
    const gone = this.#random.below(2) === 0;
    const name = place(doors.engine, "n");
    const wanted = gone && !("n" in former.properties) ? WRITTEN_SAME : WRITTEN_DONE;
    expect(doors.call("relationship_property", number, name, 1, gone ? SLOT_NONE : SLOT_INTEGER, BigInt(value))).toBe(wanted);
    this.relationships.set(number, { ...former, properties: gone ? rest : { ...former.properties, n: value } });
  }

  #deleteNode(node: number): void {
    const touching = [...this.relationships].filter(([, each]) => each.start === node || each.end === node);
    const detach = this.#random.below(3) === 0;
    const isThere = this.nodes.has(node);
    const wanted = !isThere ? DELETE_MISSING : touching.length > 0 && !detach ? DELETE_CONNECTED : DELETE_DONE;
    expect(this.doors.call("node_delete", node, detach ? 1 : 0)).toBe(wanted);
    if (wanted !== DELETE_DONE) return;
    this.nodes.delete(node);
    for (const [number] of touching) this.relationships.delete(number);
  }

  /** Compares everything that can be read. */
  compare(): void {
    const { doors } = this;
    resetArena(doors.engine);
    expect(doors.call("graph_nodes", doors.graph)).toBe(this.nodes.size);
    expect(doors.call("graph_relationships", doors.graph)).toBe(this.relationships.size);
    for (const [number, node] of this.nodes) {
      const slot = doors.call("node_slot", doors.graph, number) >>> 0;
      const collection = doors.engine.word(slot + NODE_COLLECTION);
      expect(doors.document(collection, doors.call("node_element", slot) >>> 0)).toEqual(node.properties);
    }
    for (const [number, each] of this.relationships) {
      const slot = doors.call("relationship_slot", doors.graph, number) >>> 0;
      const type = doors.call("graph_name", doors.graph, NAMES_TYPES, doors.engine.word(slot + RELATIONSHIP_TYPE) - 1) >>> 0;
      expect(doors.text(doors.engine.callBits("name_text", type))).toBe(each.type);
      const element = doors.call("relationship_element", doors.graph, slot) >>> 0;
      const properties = element === 0 ? {} : doors.document(doors.engine.word(type + NAME_COLLECTION), element);
      expect(properties).toEqual(each.properties);
    }
    for (const label of LABELS) this.#compareLabel(label);
    for (const node of [...this.nodes.keys()].slice(0, 20)) this.#compareExpand(node);
  }

  #compareLabel(label: string): void {
    const { doors } = this;
    const wanted = [...this.nodes].filter(([, node]) => node.labels.includes(label)).map(([number]) => number);
    wanted.sort((left, right) => left - right);
    const name = doors.named(NAMES_LABELS, label);
    if (name === 0) {
      expect(wanted).toEqual([]);
      return;
    }
    expect(doors.engine.word(name + NAME_COUNT)).toBe(wanted.length);
    const byBitmap: number[] = [];
    for (let next = doors.call("label_next", name, 0); next !== -1; next = doors.call("label_next", name, next + 1)) byBitmap.push(next);
    expect(byBitmap).toEqual(wanted);
    for (const number of this.nodes.keys()) expect(doors.call("label_has", name, number)).toBe(wanted.includes(number) ? 1 : 0);
    expect(this.#scan(doors.engine.word(name + NAME_NUMBER))).toEqual(wanted);
  }

  /** The nodes with a label as the collections of its sets have them. */
  #scan(label: number): number[] {
    const { doors } = this;
    const found: number[] = [];
    for (let position = 0; position < doors.call("graph_sets", doors.graph); position++) {
      const collection = doors.call("graph_set", doors.graph, position) >>> 0;
      if (doors.call("set_has", collection, label) === 0) continue;
      let live = 0;
      for (let row = 0; row < doors.engine.word(collection + COLLECTION_ROWS); row++) {
        const element = doors.call("row_element", collection, row) >>> 0;
        if (element === 0) continue;
        live++;
        found.push(doors.engine.word(doors.engine.word(element + ROW_ENTRY) + ENTRY_NUMBER));
      }
      expect(live).toBe(doors.engine.word(collection + COLLECTION_LIVE));
    }
    return found.sort((left, right) => left - right);
  }

  /** The nodes that an index has in all sets of its label, and whether each set has them in order. */
  compareIndex(label: string, index: string, property: string): void {
    const { doors } = this;
    const { engine } = doors;
    resetArena(engine);
    const wanted = [...this.nodes].filter(([, node]) => node.labels.includes(label)).map(([number]) => number);
    const found: number[] = [];
    const number = engine.word(doors.named(NAMES_LABELS, label) + NAME_NUMBER);
    for (let position = 0; position < doors.call("graph_sets", doors.graph); position++) {
      const collection = doors.call("graph_set", doors.graph, position) >>> 0;
      const handle = doors.call("index_find", collection, place(engine, index), index.length) >>> 0;
      expect(handle !== 0).toBe(doors.call("set_has", collection, number) === 1);
      if (handle === 0) continue;
      const count = doors.call("index_items", handle);
      const target = place(engine, " ".repeat(count * 4 + 4));
      expect(doors.call("index_rows", handle, 0, count + 1, 0, target)).toBe(count);
      const inOrder = Array.from({ length: count }, (_, at) => {
        const element = doors.call("row_element", collection, engine.word(target + at * 4)) >>> 0;
        return engine.word(engine.word(element + ROW_ENTRY) + ENTRY_NUMBER);
      });
      found.push(...inOrder);
      const values = inOrder.map((node) => this.nodes.get(node)!.properties[property]).filter((each) => each !== undefined);
      const numbers = values.filter((each) => typeof each === "number");
      expect(numbers).toEqual([...numbers].sort((left, right) => left - right));
    }
    expect(found.sort((left, right) => left - right)).toEqual(wanted.sort((left, right) => left - right));
  }

  #compareExpand(node: number): void {
    const { doors } = this;
    for (const direction of [DIRECTION_OUT, DIRECTION_IN, DIRECTION_BOTH]) {
      for (const type of [undefined, ...TYPES]) {
        const name = type === undefined ? 0 : doors.named(NAMES_TYPES, type);
        if (type !== undefined && name === 0) continue;
        const wanted = [...this.relationships].flatMap(([number, each]) => {
          if (type !== undefined && each.type !== type) return [];
          if (each.start === node && direction !== DIRECTION_IN) return [`${each.end} by ${number}`];
          return each.end === node && direction !== DIRECTION_OUT ? [`${each.start} by ${number}`] : [];
        });
        const number = type === undefined ? TYPE_ANY : doors.engine.word(name + NAME_NUMBER);
        expect(doors.expand(node, direction, number, 1 + this.#random.below(9))).toEqual(wanted.sort());
      }
    }
  }
}

describe.skipIf(!engineBuilt)("graph doors", () => {
  it(`random statements agree with a model, kept or taken back (seed ${TEST_SEED})`, () => {
    const run = new DoorsRun(TEST_SEED);
    const random = randomInput(TEST_SEED + 1);
    const { engine } = run.doors;
    const replica = new TestEngine("debug");
    for (let statement = 0; statement < STATEMENTS; statement++) {
      const keep = random.below(3) > 0;
      const before = { digest: engine.digest(), nodes: new Map(run.nodes), relationships: new Map(run.relationships) };
      run.doors.statement(keep, () => {
        for (let step = random.below(40); step >= 0; step--) run.step();
        expect(run.doors.error).toBe(0);
      });
      engine.check();
      const effects = engine.takeEffects();
      if (keep) expect([statement, replica.replay(effects)]).toEqual([statement, STATUS_OK]);
      else {
        expect(effects).toBe("");
        expect([statement, engine.digest()]).toEqual([statement, before.digest]);
        run.nodes = before.nodes;
        run.relationships = before.relationships;
      }
      expect([statement, replica.digest()]).toEqual([statement, engine.digest()]);
      if (statement % 15 === 0) run.compare();
    }
    run.compare();
    replica.check();
    expect(run.relationships.size).toBeGreaterThan(50);
  });

  it(`property indexes of a label follow its nodes through statements (seed ${TEST_SEED + 2})`, () => {
    const run = new DoorsRun(TEST_SEED + 2);
    const random = randomInput(TEST_SEED + 3);
    const { doors } = run;
    const { engine } = doors;
    for (let statement = 0; statement < 60 * TEST_LENGTH; statement++) {
      if (statement === 10) expect(doors.createIndex("B", "by_n", "n")).toBe(STATUS_OK);
      if (statement === 11) expect(doors.createIndex("A", "by_n", "n")).toBe(STATUS_INVALID);
      if (statement === 12) expect(doors.createIndex("C", "by_text", "text")).toBe(STATUS_OK);
      const keep = random.below(3) > 0;
      const before = { nodes: new Map(run.nodes), relationships: new Map(run.relationships) };
      doors.statement(keep, () => {
        for (let step = random.below(40); step >= 0; step--) run.step();
      });
      engine.check();
      if (!keep) [run.nodes, run.relationships] = [before.nodes, before.relationships];
      if (statement > 10) run.compareIndex("B", "by_n", "n");
    }
    run.compare();
    run.compareIndex("C", "by_text", "text");
    resetArena(engine);
    expect(engine.call("label_index_drop", 0, place(engine, "by_n"), 4)).toBe(1);
    expect(engine.call("label_index_drop", 0, place(engine, "by_n"), 4)).toBe(0);
    const session = engine.open();
    engine.command(session, ["FLUSHALL"]);
    engine.settle();
    engine.check();
    const empty = new TestEngine("debug");
    expect(engine.memoryByPurpose().slice(PURPOSE_ENTRY, PURPOSE_TABLE + 1)).toEqual(
      empty.memoryByPurpose().slice(PURPOSE_ENTRY, PURPOSE_TABLE + 1),
    );
  });

  it("what cannot be written is refused with its error, and nothing has changed", () => {
    const { doors } = new DoorsRun(1);
    doors.statement(true, () => {
      doors.labels(-1, ["A"]);
      expect(doors.call("node_create", doors.json({ a: 1 }))).toBe(0);
    });
    const digest = doors.engine.digest();
    const refusals: readonly (readonly [number, () => number])[] = [
      [RUNTIME_ERROR_GRAPH_PROPERTIES, () => doors.call("node_create", doors.json([1]))],
      [RUNTIME_ERROR_GRAPH_PROPERTIES, () => doors.call("node_write", 0, doors.json("x")) - 1],
      [RUNTIME_ERROR_GRAPH_GONE, () => doors.call("node_write", 1, doors.json({})) - 1],
      [RUNTIME_ERROR_GRAPH_GONE, () => doors.call("relationship_write", 0, doors.json({})) - 1],
      [RUNTIME_ERROR_GRAPH_GONE, () => doors.call("relationship_create", 0, 1, place(doors.engine, "T"), 1, doors.json({}))],
      [RUNTIME_ERROR_GRAPH_NAME, () => doors.call("relationship_create", 0, 0, place(doors.engine, "T"), 0, doors.json({}))],
      [RUNTIME_ERROR_GRAPH_NAME, () => doors.call("relationship_create", 0, 0, place(doors.engine, "T"), 256, doors.json({}))],
    ];
    for (const [error, refused] of refusals) {
      doors.statement(false, () => {
        expect(refused()).toBe(-1);
        expect(doors.error).toBe(error);
      });
      expect(doors.engine.digest()).toBe(digest);
    }
  });

  it("public ids and numbers", () => {
    const { doors } = new DoorsRun(1);
    resetArena(doors.engine);
    const seen = new Set<string>();
    for (const number of [0, 1, 2, 1000, 2 ** 31 - 2]) {
      for (const isRelationship of [0, 1]) {
        const word = doors.engine.callBits("graph_id", number, isRelationship);
        seen.add(doors.text(word));
        expect(doors.call("graph_number", word, isRelationship)).toBe(number);
        expect(doors.call("graph_number", word, 1 - isRelationship)).toBe(-1);
      }
    }
    expect(seen.size).toBe(10);
    expect(doors.call("graph_number", doors.word("00000000-0000-4000-8000-000000000000"), 0)).toBe(-1);
  });
});
