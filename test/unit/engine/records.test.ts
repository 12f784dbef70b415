/**
 * Goal: a document of a collection comes back to the byte, whichever form it has: as record or packed, as a whole, formatted, by
 * paths and after changes; its fields are read by number as what they are; and the collection's shapes follow the documents.
 * Method: every text is stored under a key of a collection and, for comparison, under one of none, whose form is always packed.
 * Documents of many kinds: alike, with changing subsets, kinds, nested objects and orders, with names that nobody else has.
 */
import { describe, expect, it } from "vitest";
import { CONTROL_INPUT_POINTER } from "../../../assembly/abi/layout.ts";
import {
  CELL_TAG,
  CHUNK_PACKED,
  CHUNK_ROWS,
  COLLECTION_CHUNKS,
  COLLECTION_DIRECTORY,
  COLLECTION_ROWS,
  COLLECTION_VERSION,
  FIELD_KIND,
  FIELD_NAME,
  FIELD_NAME_LENGTH,
  FIELD_PARENT,
  FIELD_ROOT,
  RECORD_SHAPE,
  ROW_RECORD,
  SHAPE_INSIDE,
  SHAPE_NO_FIELD,
  SHAPE_SLOT_OFFSET,
  SLOT_BOOLEAN,
  SLOT_DOUBLE,
  SLOT_INTEGER,
  SLOT_JSON,
  SLOT_NONE,
  SLOT_NUMBER,
  SLOT_TEXT,
  WORD_INLINE_MAX,
} from "../../../assembly/abi/record.ts";
import {
  COMPACTION_MORE,
  COMPACTION_OUT_OF_MEMORY,
  PURPOSE_ENTRY,
  PURPOSE_TABLE,
  PURPOSE_VALUE,
  SETTING_EFFECTS,
  STATUS_OK,
} from "../../../assembly/abi/status.ts";
import { BUILDS, engineBuilt, START_MS, TEST_LENGTH, TEST_SEED, TestEngine } from "../../support/engine.ts";
import { randomInput } from "../assembly/bytes/random-input.ts";
import type { Json } from "./json-values.ts";
import { runTwins } from "./record-twins.ts";

/** A collection as a plan sees it. */
class Collection {
  readonly engine: TestEngine;
  readonly prefix: string;

  constructor(engine: TestEngine, prefix: string) {
    this.engine = engine;
    this.prefix = prefix;
  }

  #text(text: string): [number, number] {
    const area = this.engine.control(CONTROL_INPUT_POINTER);
    this.engine.write(area, text);
    return [area, text.length];
  }

  get handle(): number {
    return this.engine.call("collection_find", 0, ...this.#text(this.prefix)) >>> 0;
  }

  word(offset: number): number {
    return this.engine.word(this.handle + offset);
  }

  /** Number of rows that are packed. */
  get packed(): number {
    let count = 0;
    for (let index = 0; index < this.word(COLLECTION_CHUNKS); index++) {
      count += this.engine.word(this.engine.word(this.word(COLLECTION_DIRECTORY) + index * 4) + CHUNK_PACKED);
    }
    return count;
  }

  field(...path: string[]): number {
    let field = FIELD_ROOT;
    for (const name of path) field = this.engine.call("collection_path", 0, this.handle, field, ...this.#text(name));
    return field;
  }

  kind(...path: string[]): number {
    const field = this.engine.call("collection_field", this.handle, this.field(...path)) >>> 0;
    return (this.engine.word(field + FIELD_KIND) & 0xff) as number;
  }

  /** Names of all fields, an object's below it. */
  get fields(): string[] {
    return Array.from({ length: this.engine.call("collection_fields", this.handle) }, (_, number) => this.#name(number));
  }

  #name(number: number): string {
    const field = this.engine.call("collection_field", this.handle, number) >>> 0;
    const name = this.engine.text(this.engine.word(field + FIELD_NAME), this.engine.word(field + FIELD_NAME_LENGTH));
    const parent = this.engine.word(field + FIELD_PARENT) & 0xffff;
    return parent === FIELD_ROOT ? name : `${this.#name(parent)}.${name}`;
  }

  bytes(bits: bigint): string {
    const word = Buffer.alloc(8);
    word.writeBigUInt64LE(BigInt.asUintN(64, bits));
    if (word[0]! <= WORD_INLINE_MAX) return word.toString("latin1", 1, 1 + word[0]!);
    return this.engine.text(word.readUInt32LE(4), word.readUInt32LE(0) >>> 8);
  }

  /** Row number by key. */
  get rows(): Map<string, number> {
    const found = new Map<string, number>();
    for (let row = 0; row < this.word(COLLECTION_ROWS); row++) {
      const element = this.element(row);
      if (element !== 0) found.set(this.bytes(this.engine.callBits("row_id", element)), row);
    }
    return found;
  }

  element(row: number): number {
    return this.engine.call("row_element", this.handle, row) >>> 0;
  }

  shape(row: number): number {
    const record = this.engine.word(this.element(row) + ROW_RECORD);
    return record === 0 ? -1 : this.engine.word(record + RECORD_SHAPE) & 0xffff;
  }

  slot(row: number, ...path: string[]): number {
    return this.engine.call("shape_slot", this.handle, this.shape(row), this.field(...path));
  }

  /** Tag and value of a field. */
  read(row: number, field: number): readonly [number, unknown] {
    const bits = this.engine.callBits("record_field", this.handle, this.element(row), field);
    const tag = this.engine.word((this.engine.call("runtime_cells") >>> 0) + CELL_TAG);
    if (tag === SLOT_NONE) return [tag, null];
    if (tag === SLOT_DOUBLE) return [tag, new Float64Array(BigInt64Array.of(bits).buffer)[0]];
    if (tag === SLOT_BOOLEAN) return [tag, bits !== 0n];
    return [tag, tag === SLOT_INTEGER ? bits : this.bytes(bits)];
  }
}

interface Started {
  readonly engine: TestEngine;
  readonly session: number;
  readonly run: (...args: string[]) => string;
  readonly collection: Collection;
}

function start(build: "debug" | "release"): Started {
  const engine = new TestEngine(build);
  const session = engine.open();
  engine.call("runtime_reset");
  return { engine, session, run: (...args) => engine.command(session, args), collection: new Collection(engine, "c") };
}

describe.skipIf(!engineBuilt).each(BUILDS)("records, %s build", (build) => {
  for (const mixed of [false, true]) {
    it(`documents ${mixed ? "of all kinds" : "alike"} come back to the byte (seed ${TEST_SEED})`, () => {
      const random = randomInput(TEST_SEED + (mixed ? 1 : 0));
      const { engine, run, session, collection } = start(build);
      const before = engine.memoryByPurpose();
      runTwins(engine, session, random, 3000 * TEST_LENGTH, mixed);
      if (!mixed) expect(collection.packed).toBeLessThan(20);
      run("FLUSHALL");
      engine.settle();
      const stored = (purposes: readonly number[]): readonly number[] =>
        [PURPOSE_ENTRY, PURPOSE_VALUE, PURPOSE_TABLE].map((each) => purposes[each]!);
      expect(stored(engine.memoryByPurpose())).toEqual(stored(before));
    });
  }

  it(`a compacted log makes the same content (seed ${TEST_SEED})`, () => {
    const { engine, session } = start(build);
    runTwins(engine, session, randomInput(TEST_SEED + 2), 1000, true);
    engine.configure(SETTING_EFFECTS, 1);
    const replica = new TestEngine(build);
    engine.call("compaction_start");
    for (let result = COMPACTION_MORE; result === COMPACTION_MORE; ) {
      result = engine.call("compaction_step", 20_000);
      expect(result).not.toBe(COMPACTION_OUT_OF_MEMORY);
      expect(replica.replay(engine.takeEffects(), START_MS)).toBe(STATUS_OK);
    }
    expect(replica.digest()).toBe(engine.digest());
    replica.check();
  });

  it("fields are read as what they are, from records and packed documents alike", () => {
    const { engine, run, collection } = start(build);
    const texts = Array.from(
      { length: 40 },
      (_, index) =>
        `{"i":${index},"d":${index}.5,"n":${index % 2 ? index : `${index}.25`},"t":"text ${index}","o":{"x":{"y":${index}},"z":null},"j":${index % 3 ? `"${index}"` : `{"k":${index}}`},"f":${index % 2 === 0}}`,
    );
    for (const [index, text] of texts.entries()) run("JSON.SET", `c:${index}`, "$", text);
    run("JSON.SET", "c:packed", "$", `{"o":{"x":{"y":"deep"}},${Array.from({ length: 70 }, (_, index) => `"w${index}":1`).join()}}`);
    expect(collection.packed).toBe(1);
    expect(["i", "d", "n", "t", "o", "j", "f"].map((name) => collection.kind(name))).toEqual([
      SLOT_INTEGER,
      SLOT_DOUBLE,
      SLOT_NUMBER,
      SLOT_TEXT,
      SLOT_NONE,
      SLOT_JSON,
      SLOT_BOOLEAN,
    ]);
    expect(collection.fields.slice(0, 11)).toEqual(["i", "d", "n", "t", "o", "o.x", "o.x.y", "o.z", "j", "j.k", "f"]);
    const rows = collection.rows;
    const read = (id: string, ...path: string[]): readonly [number, unknown] => collection.read(rows.get(id)!, collection.field(...path));
    for (const index of [0, 3, 7, 38]) {
      const id = String(index);
      expect(read(id, "i")).toEqual([SLOT_INTEGER, BigInt(index)]);
      expect(read(id, "d")).toEqual([SLOT_DOUBLE, index + 0.5]);
      expect(read(id, "n")).toEqual(index % 2 ? [SLOT_INTEGER, BigInt(index)] : [SLOT_DOUBLE, index + 0.25]);
      expect(read(id, "t")).toEqual([SLOT_TEXT, `text ${index}`]);
      expect(read(id, "o", "x", "y")).toEqual([SLOT_INTEGER, BigInt(index)]);
      expect(read(id, "o", "z")).toEqual([SLOT_NONE, null]);
      expect(read(id, "j")).toEqual(index % 3 ? [SLOT_TEXT, id] : [SLOT_JSON, expect.any(String)]);
      expect(read(id, "j", "k")).toEqual(index % 3 ? [SLOT_NONE, null] : [SLOT_INTEGER, BigInt(index)]);
      expect(read(id, "o")[0]).toBe(SLOT_JSON);
      expect(read(id, "o", "x")[0]).toBe(SLOT_JSON);
      expect(read(id, "f")).toEqual([SLOT_BOOLEAN, index % 2 === 0]);
      expect(read(id, "no such field", "below")).toEqual([SLOT_NONE, null]);
    }
    expect(read("packed", "o", "x", "y")).toEqual([SLOT_TEXT, "deep"]);
    expect(read("packed", "w69")).toEqual([SLOT_INTEGER, 1n]);
    expect(read("packed", "i")).toEqual([SLOT_NONE, null]);
    const row = rows.get("1")!;
    expect(collection.slot(row, "i") & 0xff).toBe(SLOT_INTEGER);
    expect(collection.slot(row, "t") >> SHAPE_SLOT_OFFSET).toBeGreaterThan(0);
    expect([collection.slot(row, "j"), collection.slot(row, "j", "k"), collection.slot(row, "o")]).toEqual([
      SHAPE_INSIDE,
      SHAPE_INSIDE,
      SHAPE_INSIDE,
    ]);
    expect(collection.slot(row, "no such field")).toBe(SHAPE_NO_FIELD);
    engine.check();
  });

  it("documents alike share one shape, and widening makes another", () => {
    const { run, collection } = start(build);
    for (let index = 0; index < 3000; index++) run("JSON.SET", `c:${index}`, "$", `{"n":${index},"name":"${index}","deep":{"x":${index}}}`);
    const shapes = (): number => new Set([...collection.rows.values()].map((row) => collection.shape(row))).size;
    expect([shapes(), collection.packed, collection.word(COLLECTION_CHUNKS)]).toEqual([1, 0, Math.ceil(3000 / CHUNK_ROWS)]);
    const version = collection.word(COLLECTION_VERSION);
    run("JSON.SET", "c:1", "$", '{"n":5,"name":"x","deep":{"x":7}}');
    expect(collection.word(COLLECTION_VERSION)).toBe(version);
    run("JSON.SET", "c:2", "$.n", "0.5");
    expect(collection.word(COLLECTION_VERSION)).not.toBe(version);
    expect([shapes(), collection.packed, collection.kind("n")]).toEqual([2, 0, SLOT_NUMBER]);
    run("JSON.SET", "c:3", "$.n", '"text"');
    expect([shapes(), collection.packed, collection.kind("n")]).toEqual([3, 0, SLOT_JSON]);
  });

  it(`changing subsets of some fields come to share a shape (seed ${TEST_SEED})`, () => {
    const random = randomInput(TEST_SEED);
    const { run, collection } = start(build);
    const names = Array.from({ length: 20 }, (_, index) => `field${index}`);
    for (let index = 0; index < 2000; index++) {
      const document = Object.fromEntries(names.filter(() => random.below(2) === 0).map((name) => [name, index]));
      run("JSON.SET", `c:${index}`, "$", JSON.stringify(document));
    }
    const shapes = [...collection.rows.values()].map((row) => collection.shape(row));
    const counts = new Map<number, number>();
    for (const shape of shapes.slice(-1000)) counts.set(shape, (counts.get(shape) ?? 0) + 1);
    const largest = [...counts.values()].sort((left, right) => right - left);
    expect(collection.packed).toBeLessThan(100);
    expect(new Set(shapes).size).toBeLessThan(40);
    expect(largest[0]! + largest[1]! + largest[2]!).toBeGreaterThan(900);
  });

  it(`distinct values and NULLs are estimated (seed ${TEST_SEED})`, () => {
    const random = randomInput(TEST_SEED);
    const { engine, run, collection } = start(build);
    for (let index = 0; index < 8000; index++) {
      const few = random.pick(["red", "green", "a rather long colour", "2", 2]);
      const rare = random.below(4) === 0 ? `"x":{"y":${random.below(300)}},` : "";
      run("JSON.SET", `c:${index}`, "$", `{${rare}"unique":"${index}","few":${JSON.stringify(few)},"nothing":null}`);
    }
    const distinct = (...path: string[]): number => engine.call("field_distinct", collection.handle, collection.field(...path));
    const share = (...path: string[]): number => engine.call("field_null_share", collection.handle, collection.field(...path));
    expect(distinct("few")).toBeCloseTo(4, 0);
    expect(distinct("unique")).toBe(8000);
    expect(Math.abs(distinct("x", "y") - 300)).toBeLessThan(100);
    expect([distinct("nothing"), distinct("no field"), share("nothing"), share("few")]).toEqual([0, 0, 1, 0]);
    expect(Math.abs(share("x", "y") - 0.75)).toBeLessThan(0.1);
    expect(engine.word(engine.call("runtime_cells") >>> 0)).toBe(0);
  });

  it("names that are data do not become fields", () => {
    const { run, collection } = start(build);
    for (let index = 0; index < 1000; index++)
      run("JSON.SET", `c:${index}`, "$", `{"id":${index},"votes":{"u${index}":1,"u${index + 1}":2}}`);
    expect(collection.kind("votes")).toBe(SLOT_JSON);
    expect(collection.packed).toBeLessThan(5);
    const row = collection.rows.get("700")!;
    expect(collection.read(row, collection.field("votes", "u701"))).toEqual([SLOT_INTEGER, 2n]);
  });

  it(`documents with names that nobody else has take at most 1.3 times their text (seed ${TEST_SEED})`, () => {
    const random = randomInput(TEST_SEED);
    const { engine, run } = start(build);
    const letters = "abcdefghijklmnopqrstuvwxyz";
    const value = (): Json =>
      random.pick<Json>([random.below(1000), random.below(100_000) / 100, random.text(letters, 30), true, null, [random.below(9), "x"]]);
    const used = (): number => engine.memoryByPurpose().reduce((sum, each) => sum + each, 0);
    let text = 0;
    const before = used();
    for (let index = 0; index < 20_000 * TEST_LENGTH; index++) {
      const document = JSON.stringify(Object.fromEntries(Array.from({ length: 25 }, () => [random.text(letters, 10), value()])));
      expect(run("JSON.SET", `c:${index}`, "$", document)).toBe("+OK\r\n");
      text += document.length;
    }
    expect((used() - before) / text).toBeLessThan(1.3);
    engine.check();
  });
});
