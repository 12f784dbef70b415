/**
 * Goal: the rows of a collection are the documents `prefix:rest` whose value is an object, each under one number that it keeps
 * while it lives; and when all is deleted every byte has come back.
 * Method: random writes, renames, expiries and flushes in two databases against a plain model of which keys are members; rows are
 * read the way a plan reads them, from the chunks. The debug build checks its invariants, rows against entries.
 */
import { describe, expect, it } from "vitest";
import { CONTROL_INPUT_POINTER } from "../../../assembly/abi/layout.ts";
import {
  CHUNK_EXPIRY,
  CHUNK_HEADER,
  CHUNK_LIVE,
  CHUNK_ROWS,
  COLLECTION_CHUNKS,
  COLLECTION_DIRECTORY,
  COLLECTION_LIVE,
  COLLECTION_ROWS,
  ROW_BYTES,
  ROW_ENTRY,
  WORD_INLINE_MAX,
} from "../../../assembly/abi/record.ts";
import { PURPOSE_ENTRY, PURPOSE_TABLE, PURPOSE_VALUE } from "../../../assembly/abi/status.ts";
import { BUILDS, engineBuilt, START_MS, TEST_LENGTH, TEST_SEED, TestEngine } from "../../support/engine.ts";
import { randomInput } from "../assembly/bytes/random-input.ts";

function find(engine: TestEngine, database: number, prefix: string): number {
  const area = engine.control(CONTROL_INPUT_POINTER);
  engine.write(area, prefix);
  return engine.call("collection_find", database, area, prefix.length) >>> 0;
}

/** Key of each row, by row number. */
function rows(engine: TestEngine, database: number, prefix: string): Map<number, string> {
  const found = new Map<number, string>();
  const collection = find(engine, database, prefix);
  if (collection === 0) return found;
  const directory = engine.word(collection + COLLECTION_DIRECTORY);
  for (let row = 0; row < engine.word(collection + COLLECTION_ROWS); row++) {
    const chunk = engine.word(directory + Math.floor(row / CHUNK_ROWS) * 4);
    const entry = engine.word(chunk + CHUNK_HEADER + (row % CHUNK_ROWS) * ROW_BYTES + ROW_ENTRY);
    if (entry === 0) continue;
    const element = engine.call("row_element", collection, row) >>> 0;
    expect(engine.word(element)).toBe(entry);
    found.set(row, word(engine, engine.callBits("row_key", element)));
  }
  expect(found.size).toBe(engine.word(collection + COLLECTION_LIVE));
  return found;
}

/** Bytes of a word. */
function word(engine: TestEngine, bits: bigint): string {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt.asUintN(64, bits));
  return bytes[0]! <= WORD_INLINE_MAX
    ? bytes.toString("latin1", 1, 1 + bytes[0]!)
    : engine.text(bytes.readUInt32LE(4), bytes.readUInt32LE(0) >>> 8);
}

function sorted(keys: Iterable<string>): string[] {
  return [...keys].sort();
}

describe.skipIf(!engineBuilt).each(BUILDS)("collections, %s build", (build) => {
  const REST = ["1", "2", "3", "", "a:b", "long".repeat(20)];
  const KEYS = ["a", "b", "long prefix".repeat(20)].flatMap((prefix) => REST.map((rest) => `${prefix}:${rest}`));
  const OTHERS = ["plain", ":empty", `${"x".repeat(300)}:too long`];

  it(`rows are the objects under keys with the prefix, and keep their numbers (seed ${TEST_SEED})`, () => {
    const random = randomInput(TEST_SEED);
    const engine = new TestEngine(build);
    const before = engine.memoryByPurpose();
    const session = engine.open();
    const models = [new Map<string, boolean>(), new Map<string, boolean>()];
    const numbers = [new Map<string, number>(), new Map<string, number>()];
    let current = 0;
    const step = (): void => {
      const key = random.pick(random.below(8) === 0 ? OTHERS : KEYS);
      const other = random.pick(KEYS);
      const model = models[current]!;
      const run = (...args: string[]): string => engine.command(session, args);
      switch (random.below(12)) {
        case 0:
          run("DEL", key);
          model.delete(key);
          numbers[current]!.delete(key);
          return;
        case 1:
          run("SET", key, "x".repeat(random.below(300)));
          model.set(key, false);
          numbers[current]!.delete(key);
          return;
        case 2:
          if (run("RENAME", key, other) !== "+OK\r\n" || key === other) return;
          model.set(other, model.get(key)!);
          model.delete(key);
          numbers[current]!.delete(key);
          if (!model.get(other)) numbers[current]!.delete(other);
          return;
        case 3:
          if (run("COPY", key, other, "REPLACE") !== ":1\r\n") return;
          model.set(other, model.get(key)!);
          if (!model.get(other)) numbers[current]!.delete(other);
          return;
        case 4:
          if (run("MOVE", key, String(1 - current)) !== ":1\r\n") return;
          models[1 - current]!.set(key, model.get(key)!);
          model.delete(key);
          numbers[current]!.delete(key);
          return;
        case 5:
          if (run("PEXPIRE", key, String(1_000_000 + random.below(100))) === ":1\r\n" && random.below(2) === 0) run("PERSIST", key);
          return;
        case 6:
          if (random.below(100) === 0) {
            run("FLUSHDB");
            model.clear();
            numbers[current]!.clear();
          } else if (random.below(20) === 0) {
            run("SWAPDB", "0", "1");
            models.reverse();
            numbers.reverse();
          } else if (random.below(3) === 0) {
            current = 1 - current;
            run("SELECT", String(current));
          }
          return;
        case 7: {
          const scalar = random.pick(["1", "[1,{}]", '"text"', "null"]);
          if (run("JSON.SET", key, "$", scalar) !== "+OK\r\n") return;
          model.set(key, false);
          numbers[current]!.delete(key);
          return;
        }
        default:
          if (run("JSON.SET", key, "$", JSON.stringify({ n: random.below(9), t: "y".repeat(random.below(600)) })) === "+OK\r\n")
            model.set(key, true);
      }
    };
    for (let count = 0; count < 6000 * TEST_LENGTH; count++) {
      step();
      if (count % 50 !== 0) continue;
      engine.check();
      for (const database of [0, 1]) {
        const members = [...models[database]!].filter(([key, object]) => object && !OTHERS.includes(key)).map(([key]) => key);
        const prefixes = new Set(KEYS.map((key) => key.slice(0, key.indexOf(":"))));
        for (const prefix of prefixes) {
          const found = rows(engine, database, prefix);
          expect(sorted(found.values())).toEqual(sorted(members.filter((key) => key.startsWith(`${prefix}:`))));
          for (const [row, key] of found) {
            expect([key, numbers[database]!.get(key) ?? row]).toEqual([key, row]);
            numbers[database]!.set(key, row);
          }
        }
      }
    }
    engine.command(session, ["FLUSHALL"]);
    engine.settle();
    engine.close(session);
    const stored = (purposes: readonly number[]): readonly number[] =>
      [PURPOSE_ENTRY, PURPOSE_VALUE, PURPOSE_TABLE].map((each) => purposes[each]!);
    expect(stored(engine.memoryByPurpose())).toEqual(stored(before));
  });

  it("thousands of rows lie in chunks that tell their earliest expiry; expired rows go", () => {
    const engine = new TestEngine(build);
    const session = engine.open();
    for (let index = 0; index < 5000; index++) engine.command(session, ["JSON.SET", `t:${index}`, "$", `{"n":${index}}`]);
    engine.command(session, ["PEXPIREAT", "t:2050", String(START_MS + 500)]);
    engine.command(session, ["PEXPIREAT", "t:2051", String(START_MS + 300)]);
    const collection = find(engine, 0, "t");
    const chunk = engine.word(engine.word(collection + COLLECTION_DIRECTORY) + 2 * 4);
    const expiry = (): bigint => new DataView(engine.memory.buffer).getBigUint64(chunk + CHUNK_EXPIRY, true);
    expect(expiry()).toBe(BigInt(START_MS + 300));
    expect(rows(engine, 0, "t").get(2051)).toBe("t:2051");
    engine.settle(START_MS + 400);
    expect(rows(engine, 0, "t").get(2051)).toBeUndefined();
    expect(engine.word(chunk + CHUNK_LIVE)).toBe(CHUNK_ROWS - 1);
    engine.check();
    engine.command(session, ["JSON.SET", "t:new", "$", "{}"]);
    expect(rows(engine, 0, "t").get(2051)).toBe("t:new");
    for (let index = 0; index < 5000; index++) engine.command(session, ["DEL", `t:${index}`]);
    expect([...rows(engine, 0, "t").values()]).toEqual(["t:new"]);
    engine.check();
  });

  it("chunks behind the last row are given back, and rows are numbered anew from there", () => {
    const engine = new TestEngine(build);
    const session = engine.open();
    const store = (index: number): string => engine.command(session, ["JSON.SET", `t:${index}`, "$", `{"n":${index}}`]);
    for (let index = 0; index < 20_000; index++) store(index);
    const chunks = (): number => engine.word(find(engine, 0, "t") + COLLECTION_CHUNKS);
    expect(chunks()).toBe(20);
    for (let index = 19_999; index >= 1500; index--) if (index !== 1600) engine.command(session, ["DEL", `t:${index}`]);
    engine.check();
    expect(chunks()).toBeLessThan(5);
    expect(rows(engine, 0, "t").get(1600)).toBe("t:1600");
    for (let index = 1500; index < 4000; index++) store(index);
    engine.check();
    expect(rows(engine, 0, "t").size).toBe(4000);
    expect(chunks()).toBe(4);
    for (let index = 0; index < 4000; index++) if (index !== 3999) engine.command(session, ["DEL", `t:${index}`]);
    engine.check();
    expect([...rows(engine, 0, "t").values()]).toEqual(["t:3999"]);
  });

  it("a prefix of one document costs little", () => {
    const engine = new TestEngine(build);
    const session = engine.open();
    const used = (): number => engine.memoryByPurpose().reduce((sum, each) => sum + each, 0);
    const fill = (separator: string): number => {
      const before = used();
      for (let index = 0; index < 20_000; index++) engine.command(session, ["JSON.SET", `${index}${separator}1`, "$", `{"n":1}`]);
      return used() - before;
    };
    const alone = fill("-");
    expect(fill(":") - alone).toBeLessThan(20_000 * 160);
    engine.check();
  });
});
