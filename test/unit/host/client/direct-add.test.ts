/**
 * The fast paths of incr, decr, incrby and decrby. Goal: they answer, fail, count and log what the commands do. Method: random calls on one
 * database by methods and on another by `execute`, on keys with values of all sorts; errors by their codes; then what both hold, and what
 * a third has that applies the first one's log.
 */

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { type EmbeddedDatabase, open } from "../../../../host/entry/node.ts";
import { createRandom } from "../../../support/random.ts";

const SEED = 20_261_122;
const CALLS = 4000;
const METHODS = ["incr", "decr", "incrby", "decrby"] as const;
const AMOUNTS = [
  0,
  1,
  -1,
  7,
  1000,
  -1000,
  2 ** 31,
  2 ** 53 - 1,
  -(2 ** 53 - 1),
  2 ** 53,
  2n ** 53n + 1n,
  2n ** 63n - 1n,
  -(2n ** 63n),
  1.5,
];
const VALUES = ["0", "5", "-3", "9007199254740990", "9007199254740991", "-9007199254740991", "9223372036854775807", "-9223372036854775808"];
const OTHERS = ["", "text", "05", " 5", "5 ", "+5", "-0", "1e3", "9223372036854775808", "x".repeat(600)];

const PREPARATIONS: readonly ((key: string, value: string) => readonly string[][])[] = [
  (key, value) => [["SET", key, value]],
  (key, value) => [["SET", key, value, "PX", "100000000"]],
  (key, value) => [["SET", key, value.slice(0, 1)], ...(value.length > 1 ? [["APPEND", key, value.slice(1)]] : [])],
  (key, value) => [
    ["DEL", key],
    ["RPUSH", key, value],
  ],
  (key) => [["DEL", key]],
  (key) => [
    ["DEL", key],
    ["HSET", key, "field", "1"],
  ],
];

async function outcome(call: () => unknown): Promise<unknown> {
  try {
    return await call();
  } catch (error) {
    return (error as { code?: string }).code;
  }
}

async function contentOf(db: EmbeddedDatabase): Promise<unknown[]> {
  const keys = [...db.scan()].sort();
  return Promise.all(
    keys.map(async (key) => [
      key,
      db.type(key),
      await outcome(() => db.get(key)),
      db.pttl(key) > 0,
      await db.execute(["OBJECT", "ENCODING", key]),
    ]),
  );
}

test(`methods answer, count and leave what commands do (seed ${SEED})`, async () => {
  const directory = await mkdtemp(join(tmpdir(), "memflux-add-"));
  try {
    const random = createRandom(SEED);
    const [typed, wire] = [await open({ dir: directory }), await open()];
    for (let call = 0; call < CALLS; call++) {
      const key = `key:${random.below(12)}`;
      if (random.chance(0.2)) {
        const words = random.pick(PREPARATIONS)(key, random.pick(random.chance(0.7) ? VALUES : OTHERS));
        for (const word of words) await Promise.all([typed.execute(word), wire.execute(word)]);
      }
      const method = random.pick(METHODS);
      const amount = random.pick(AMOUNTS);
      const single = method === "incr" || method === "decr";
      const found = await outcome(() => (single ? typed[method](key) : typed[method](key, amount)));
      const expected = await outcome(() => wire.execute([method, key, ...(single ? [] : [amount])]));
      expect([call, method, key, amount, found]).toEqual([call, method, key, amount, expected]);
    }
    const statsOf = async (db: EmbeddedDatabase): Promise<string[]> =>
      String(await db.execute(["INFO", "commandstats"]))
        .split("\r\n")
        .filter((line) => /cmdstat_(?:incr|decr)/.test(line))
        .map((line) => line.replace(/usec=.*?,usec_per_call=[^,]*/, ""));
    expect(await statsOf(typed)).toEqual(await statsOf(wire));
    const content = await contentOf(wire);
    expect(await contentOf(typed)).toEqual(content);
    await typed.close();
    const again = await open({ dir: directory });
    expect(await contentOf(again)).toEqual(content);
    await Promise.all([again.close(), wire.close()]);
  } finally {
    await rm(directory, { recursive: true });
  }
});

test("in a transaction, under a limit and while somebody listens the commands decide", async () => {
  const db = await open({ maxmemory_mb: 1 });
  db.set("n", 1);
  await db.transaction(async (tx) => {
    expect(tx.incr("n")).toBe(2);
    expect(db.get("n")).toBe("1");
  });
  expect(db.get("n")).toBe("2");
  const snapshot = await db.snapshot();
  expect(() => (snapshot as unknown as { incr(key: string): unknown }).incr("n")).toThrow(expect.objectContaining({ code: "SQL_ERROR" }));
  await snapshot.close();
  const late = await db.begin();
  expect([late.get("n"), db.incr("n")]).toEqual(["2", 3]);
  late.set("n", "0");
  await expect(late.commit()).rejects.toMatchObject({ code: "SQL_ABORT" });
  const messages = db.subscribe({ pattern: "__keyevent*" })[Symbol.asyncIterator]();
  await db.execute(["CONFIG", "SET", "notify-keyspace-events", "KEA"]);
  expect(db.incr("n")).toBe(4);
  expect((await messages.next()).value).toMatchObject({ channel: "__keyevent@0__:incrby", message: "n" });
  await messages.return?.();
  expect(() => {
    for (let number = 0; ; number++) db.incr(`counter:${number}:${"x".repeat(200)}`);
  }).toThrow(expect.objectContaining({ code: "OUT_OF_MEMORY" }));
  await db.close();
});
