/**
 * Ordered scans of the library. Goal: `range`, `prefix` and their cursors answer what a sorted Map says, in the same thread and behind a
 * worker; cursors read as they are asked, let others run, and go on by key whatever has changed.
 * Method: random content with text, bytes and documents against plain JavaScript; cursors between changes.
 */
import { describe, expect, test } from "vitest";
import type { JsonValue } from "../../../../host/client/json-text.ts";
import { type EmbeddedDatabase, open, type RangeEntry, type RangeOptions } from "../../../../host/entry/node.ts";
import { TEST_LENGTH, TEST_SEED } from "../../../support/engine.ts";
import { type RandomInput, randomInput } from "../../assembly/bytes/random-input.ts";
import { openRemote } from "./link-pair.ts";

type Content = Map<string, JsonValue>;

const ALPHABETS = ["ab:", "\u{7f}\u{80}\u{7ff}\u{800}\u{ffff}\u{10000}\u{10ffff}", "user:0123456789"];

function byBytes(left: string, right: string): number {
  return Buffer.compare(Buffer.from(left), Buffer.from(right));
}

/** The entries of a range as plain JavaScript has them. */
function entriesOf(content: Content, from: string | undefined, to: string | undefined, options: RangeOptions): [string, JsonValue][] {
  const isInside = (key: string): boolean => (from === undefined || byBytes(key, from) >= 0) && (to === undefined || byBytes(key, to) <= 0);
  const entries = [...content].filter(([key]) => isInside(key)).sort(([left], [right]) => byBytes(left, right));
  if (options.reverse === true) entries.reverse();
  return entries.slice(0, options.limit ?? entries.length);
}

function randomKey(random: RandomInput): string {
  const alphabet = [...random.pick(ALPHABETS)];
  return Array.from({ length: random.below(6) }, () => random.pick(alphabet)).join("");
}

function randomOptions(random: RandomInput): RangeOptions {
  return { ...(random.below(2) === 0 ? { reverse: true } : {}), ...(random.below(3) === 0 ? { limit: random.below(20) } : {}) };
}

/** Changes the database and its model alike. */
function change(db: EmbeddedDatabase, content: Content, random: RandomInput): void {
  const key = randomKey(random);
  const kind = random.below(10);
  if (kind < 3) {
    db.del(key);
    content.delete(key);
  } else if (kind < 6) {
    const value = { name: random.text("xyz", 5), numbers: [random.below(100), 12345678901234567890n] };
    db.del(key);
    db.json.set(key, "$", value);
    content.set(key, value);
  } else {
    const value = random.text("pq\u{e9}", random.below(300));
    db.set(key, value);
    content.set(key, value);
  }
  if (random.below(2000) === 0) {
    db.flushdb();
    content.clear();
  }
}

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

test(`random content and scans, in the same thread (seed ${TEST_SEED})`, async () => {
  const random = randomInput(TEST_SEED);
  const db = await open();
  const content: Content = new Map();
  for (let step = 0; step < 3000 * TEST_LENGTH; step++) {
    change(db, content, random);
    if (random.below(8) !== 0) continue;
    const from = random.below(8) === 0 ? undefined : randomKey(random);
    const to = random.below(8) === 0 ? undefined : randomKey(random);
    const options = randomOptions(random);
    const expected = entriesOf(content, from, to, options);
    expect(db.range(from, to, options)).toEqual(expected);
    expect(db.range(from, to, { ...options, keys: true })).toEqual(expected.map(([key]) => key));
    const prefix = randomKey(random);
    const begun = new Map([...content].filter(([key]) => key.startsWith(prefix)));
    expect(db.prefix(prefix, options)).toEqual(entriesOf(begun, undefined, undefined, options));
    if (random.below(4) === 0) {
      expect(await collect(db.rangeCursor(from, to, options))).toEqual(expected);
      expect(await collect(db.prefixCursor(prefix, { ...options, keys: true }))).toEqual(db.prefix(prefix, { ...options, keys: true }));
    }
  }
  await db.close();
});

test("memory comes back when all keys are deleted", async () => {
  const db = await open();
  const before = db.memory();
  for (let index = 0; index < 5000; index++) db.set(`key:${index}`, "v");
  expect(db.range("key:", undefined, { keys: true }).length).toBe(5000);
  expect(db.memory().tables).toBeGreaterThan(before.tables + 5000 * 20);
  for (let index = 0; index < 5000; index++) db.del(`key:${index}`);
  await expect.poll(() => db.memory().used).toBe(before.used);
  await db.close();
});

describe.each(["in the same thread", "behind a worker"])("%s", (place) => {
  const openHere = async () => (place === "behind a worker" ? (await openRemote()).db : open());

  test("ends are included, and values are texts or documents", async () => {
    const db = await openHere();
    await db.mset({ a: "1", b: "2", c: "3", d: "4" });
    await db.json.set("b:doc", "$", { errorCode: "CLOSED", errorMessage: "no error", list: [1, 9007199254740993n] });
    await db.json.set("b:text", "$", "text");
    const entries: readonly RangeEntry<string>[] = await db.range("a", "c");
    expect(entries).toEqual([
      ["a", "1"],
      ["b", "2"],
      ["b:doc", { errorCode: "CLOSED", errorMessage: "no error", list: [1, 9007199254740993n] }],
      ["b:text", "text"],
      ["c", "3"],
    ]);
    const keys: readonly string[] = await db.prefix("b", { keys: true, reverse: true });
    expect(keys).toEqual(["b:text", "b:doc", "b"]);
    expect(await db.range("c", "a")).toEqual([]);
    expect(await db.range("a", "a", { keys: true })).toEqual(["a"]);
    expect(await db.range(undefined, "b", { keys: true })).toEqual(["a", "b"]);
    expect(await db.prefix("", { keys: true, limit: 2.5 })).toEqual(["a", "b"]);
    expect(await db.prefix("", { limit: 0 })).toEqual([]);
    expect(await collect(db.prefixCursor("", { limit: 0 }))).toEqual([]);
    await db.close();
  });

  test("bytes that are no text are kept as they are, and found by their prefix", async () => {
    const db = await openHere();
    const keys = [[], [0], [0, 255], [1], [254, 255], [255], [255, 0], [255, 255], [255, 255, 255]].map((key) => Uint8Array.from(key));
    for (const key of keys) await db.bytes.set(key, key);
    expect(await db.bytes.range(undefined, undefined)).toEqual(keys.map((key) => [key, key]));
    expect(await db.bytes.prefix(Uint8Array.of(255), { keys: true })).toEqual(keys.slice(5));
    expect(await db.bytes.prefix(Uint8Array.of(254, 255), { keys: true })).toEqual([keys[4]]);
    expect(await db.bytes.prefix(Uint8Array.of(0), { keys: true, reverse: true })).toEqual([keys[2], keys[1]]);
    expect(await collect(db.bytes.rangeCursor(keys[1], keys[3], { keys: true }))).toEqual(keys.slice(1, 4));
    await db.close();
  });

  test("keys and values of any length", async () => {
    const db = await openHere();
    const keys = Array.from({ length: 12 }, (_, index) => "k".repeat(200_000) + String.fromCharCode(97 + index));
    for (const key of keys) await db.set(key, key);
    expect(await db.range(keys[2], keys[9])).toEqual(keys.slice(2, 10).map((key) => [key, key]));
    expect(await collect(db.prefixCursor("k", { keys: true, reverse: true }))).toEqual([...keys].reverse());
    await db.close();
  });

  test("a cursor goes on by key whatever changes", async () => {
    const db = await openHere();
    const keys = Array.from({ length: 3000 }, (_, index) => `key:${String(index).padStart(5, "0")}`);
    await db.mset(keys.map((key) => [key, "v"] as const));
    const met: string[] = [];
    for await (const key of db.rangeCursor("key:", "key:~", { keys: true })) {
      met.push(key);
      // The key that it is on goes, one behind it comes, those of the end go.
      if (met.length === 1000) await db.del(...keys.slice(900, 1100), ...keys.slice(2500));
      if (met.length === 1000) await db.mset({ "key:00000a": "behind", "key:02000a": "ahead" });
    }
    expect(met).toEqual(expect.arrayContaining([...keys.slice(0, 900), ...keys.slice(1500, 2500), "key:02000a"]));
    expect(met).toEqual([...new Set(met)].sort());
    expect(met).not.toContain("key:00000a");
    expect(met).not.toContain(keys[2500]);
    await db.close();
  });

  test("a cursor survives that its keys are thrown away and come again", async () => {
    const db = await openHere();
    const keys = Array.from({ length: 2000 }, (_, index) => `key:${String(index).padStart(5, "0")}`);
    await db.mset(keys.map((key) => [key, "v"] as const));
    let met = 0;
    for await (const key of db.prefixCursor("key:", { keys: true })) {
      expect(key).toBe(keys[met]);
      if (++met !== 700) continue;
      await db.flushdb();
      await db.mset(keys.map((each) => [each, "w"] as const));
    }
    expect(met).toBe(2000);
    await db.close();
  });

  test("bad limits, aborted signals and closed databases", async () => {
    const db = await openHere();
    await db.mset({ a: "1", b: "2", c: "3" });
    for (const limit of [-1, Number.NaN]) {
      await expect(async () => db.range("a", "b", { limit })).rejects.toMatchObject({ code: "USAGE" });
      expect(() => db.rangeCursor("a", "b", { limit })).toThrow(expect.objectContaining({ code: "USAGE" }));
    }
    await expect(async () => db.range(null as unknown as string, "b")).rejects.toMatchObject({ code: "USAGE" });
    const given = new AbortController();
    const cursor = db.prefixCursor("", { keys: true, signal: given.signal });
    expect((await cursor.next()).value).toBe("a");
    given.abort(new Error("enough"));
    await expect(cursor.next()).rejects.toThrow("enough");
    expect(await cursor.next()).toEqual({ done: true, value: undefined });
    const early = db.prefixCursor("", { keys: true });
    expect((await early.next()).value).toBe("a");
    await early.return();
    expect((await early.next()).done).toBe(true);
    const late = db.prefixCursor("");
    await db.close();
    await expect(late.next()).rejects.toMatchObject({ code: "CLOSED" });
    await expect(async () => db.prefix("")).rejects.toMatchObject({ code: "CLOSED" });
  });
});

test("others run while the keys are put in order for a cursor", async () => {
  const db = await open();
  for (let index = 0; index < 20_000; index++) db.set(`key:${index}`, "v");
  const pending = db.prefixCursor("key:", { keys: true, limit: 1 }).next();
  let turns = 0;
  let isOver = false;
  const count = (): void => {
    if (isOver) return;
    turns++;
    db.set(`key:0${turns}`, "new");
    db.del(`key:1${turns}`);
    setImmediate(count);
  };
  setImmediate(count);
  expect((await pending).value).toBe("key:0");
  isOver = true;
  expect(turns).toBeGreaterThan(5);
  expect(db.prefix("key:", { keys: true })).toEqual(db.keys("key:*").sort(byBytes));
  await db.close();
});

test("a cursor behind a worker asks for one batch at a time", async () => {
  const { db, sent } = await openRemote();
  await db.mset(Array.from({ length: 1000 }, (_, index) => [`key:${index}`, "v"] as const));
  sent.length = 0;
  const cursor = db.prefixCursor("key:", { keys: true });
  for (let index = 0; index < 256; index++) await cursor.next();
  expect(sent.length).toBe(1);
  await cursor.next();
  expect(sent.length).toBe(2);
  await cursor.return();
  expect(sent.length).toBe(2);
  await db.close();
});
