/**
 * Goal: a key whose time is over is no key, also to a transaction or a statement that may be taken back; what takes its place has nothing
 * of it, here and in the log.
 * Method: keys that expire while a clock is told to go on, and that nothing has deleted yet (background work is given no time in between); what
 * is read then, and again after the database was opened anew from its log, whose replay knows no time.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type EmbeddedDatabase, open } from "../../host/entry/node.ts";
import { createStandingClock } from "./target.ts";

type Words = readonly string[];

const LATER_MS = 10_000;

let dir: string;
let database: EmbeddedDatabase;
let clock: ReturnType<typeof createStandingClock>;

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), "memflux-overdue-"));
  clock = createStandingClock();
  database = await open({ dir, durability: "none" }, { clock });
});

afterEach(async () => {
  await database.close();
  rmSync(dir, { recursive: true, force: true });
});

/** Answers of commands, in their order; errors as their texts. */
async function run(...requests: Words[]): Promise<unknown[]> {
  const answers: unknown[] = [];
  for (const words of requests) answers.push(await database.execute(words).catch((error: Error) => error.message));
  return answers;
}

/** Makes keys, lets them have a deadline, and time pass until it is over. */
async function makeOverdue(made: readonly Words[], ...keys: string[]): Promise<void> {
  await run(...made);
  for (const key of keys) expect(await database.execute(["PEXPIRE", key, "5000"])).toBe(1);
  clock.advance(LATER_MS);
}

/** The same database from its log. */
async function reopen(): Promise<void> {
  await database.flush();
  await database.close();
  database = await open({ dir, durability: "none" }, { clock });
}

/** What a key holds first, who writes it when that is over, and what is to be read then. */
interface Write {
  readonly key: string;
  readonly made: Words;
  readonly write: Words;
  readonly read: Words;
  readonly value: unknown;
}

const WRITES: readonly Write[] = [
  { key: "text", made: ["SET", "text", "old"], write: ["APPEND", "text", "new"], read: ["GET", "text"], value: "new" },
  { key: "nx", made: ["SET", "nx", "old"], write: ["SET", "nx", "new", "NX"], read: ["GET", "nx"], value: "new" },
  { key: "counter", made: ["SET", "counter", "7"], write: ["INCR", "counter"], read: ["GET", "counter"], value: "1" },
  { key: "list", made: ["RPUSH", "list", "old"], write: ["RPUSH", "list", "new"], read: ["LRANGE", "list", "0", "-1"], value: ["new"] },
  { key: "hash", made: ["HSET", "hash", "old", "1"], write: ["HSET", "hash", "new", "1"], read: ["HKEYS", "hash"], value: ["new"] },
  {
    key: "zset",
    made: ["ZADD", "zset", "1", "old"],
    write: ["ZADD", "zset", "1", "new"],
    read: ["ZRANGE", "zset", "0", "-1"],
    value: ["new"],
  },
  { key: "other", made: ["SADD", "other", "old"], write: ["LPUSH", "other", "new"], read: ["LRANGE", "other", "0", "-1"], value: ["new"] },
  { key: "copy", made: ["SET", "copy", "old"], write: ["COPY", "source", "copy"], read: ["GET", "copy"], value: "new" },
  { key: "name", made: ["SET", "name", "old"], write: ["RENAMENX", "source", "name"], read: ["GET", "name"], value: "new" },
  {
    key: "doc:1",
    made: ["JSON.SET", "doc:1", "$", "[1]"],
    write: ["JSON.SET", "doc:1", "$", "[2]"],
    read: ["JSON.GET", "doc:1"],
    value: "[2]",
  },
];

/** What the keys that were written hold, as an object for comparisons. */
async function readAll(): Promise<unknown> {
  return Promise.all(WRITES.map(async ({ key, read }) => [key, ...(await run(read, ["PTTL", key]))]));
}

const WRITTEN = WRITES.map(({ key, value }) => [key, value, -1]);

describe("what takes the place of a key that is over", () => {
  beforeEach(async () => {
    await makeOverdue([...WRITES.map(({ made }) => made), ["SET", "source", "new"]], ...WRITES.map(({ key }) => key));
  });

  test("in a transaction", async () => {
    const transaction = await database.begin();
    for (const { key, write, read, value } of WRITES) {
      await transaction.execute(write);
      expect([key, await transaction.execute(read), await transaction.execute(["PTTL", key])]).toEqual([key, value, -1]);
    }
    expect(await run(["EXISTS", ...WRITES.map(({ key }) => key)])).toEqual([0]);
    await transaction.commit();
    expect(await readAll()).toEqual(WRITTEN);
    await reopen();
    expect(await readAll()).toEqual(WRITTEN);
  });

  test("behind a transaction that was rolled back", async () => {
    const transaction = await database.begin();
    for (const { write } of WRITES) await transaction.execute(write);
    await transaction.rollback();
    for (const { write } of WRITES) await run(write);
    expect(await readAll()).toEqual(WRITTEN);
    await reopen();
    expect(await readAll()).toEqual(WRITTEN);
  });

  test("behind a savepoint that was gone back to", async () => {
    const transaction = await database.begin();
    await transaction.savepoint("s");
    for (const { write } of WRITES) await transaction.execute(write);
    await transaction.rollbackTo("s");
    for (const { write } of WRITES) await transaction.execute(write);
    await transaction.commit();
    expect(await readAll()).toEqual(WRITTEN);
    await reopen();
    expect(await readAll()).toEqual(WRITTEN);
  });
});

/** A table of which a row is over. */
async function makeOverdueRow(): Promise<void> {
  const define = ["SQL.QUERY", "CREATE TABLE item (id integer PRIMARY KEY, log text)"];
  await makeOverdue([define, ["SQL.QUERY", "INSERT INTO item VALUES (1, 'old'), (2, 'there')"]], "item:1");
}

async function rows(): Promise<unknown> {
  return (await database.query("SELECT id, log FROM item ORDER BY id", [], { rowMode: "array" })).rows;
}

const ROWS = [
  [1, "new"],
  [2, "there"],
];

test.each(["rolled back", "committed"])(
  "a row in the place of one that is over, in a transaction that nobody meets and that is %s",
  async (end) => {
    await makeOverdueRow();
    const insert = await database.prepare("INSERT INTO item VALUES ($1, $2)");
    const transaction = await database.begin();
    transaction.statement(insert).run(1, end === "committed" ? "new" : "never");
    if (end === "committed") await transaction.commit();
    else {
      await transaction.rollback();
      insert.run(1, "new");
    }
    expect([await rows(), await run(["PTTL", "item:1"])]).toEqual([ROWS, [-1]]);
    await reopen();
    expect([await rows(), await run(["PTTL", "item:1"])]).toEqual([ROWS, [-1]]);
  },
);

test("a row in the place of one that is over, behind a statement that failed", async () => {
  await makeOverdueRow();
  const [failed] = await run(["SQL.QUERY", "INSERT INTO item VALUES (1, 'new'), (2, 'twice')"]);
  expect(failed).toContain("[23505]");
  await database.query("INSERT INTO item VALUES (1, 'new')");
  expect([await rows(), await run(["PTTL", "item:1"])]).toEqual([ROWS, [-1]]);
  await reopen();
  expect([await rows(), await run(["PTTL", "item:1"])]).toEqual([ROWS, [-1]]);
});

test("a table over documents of which some are over", async () => {
  const documents = Array.from({ length: 40 }, (_, index) => ["JSON.SET", `item:${index}`, "$", `{"id":${index},"log":"x"}`]);
  // What is over is held to no constraint.
  await makeOverdue([...documents, ["JSON.SET", "item:99", "$", '{"id":99,"log":null}']], "item:3", "item:7", "item:99");
  const [made] = await run(["SQL.QUERY", "CREATE TABLE item (id integer PRIMARY KEY, log text NOT NULL)"]);
  expect(made).toBeInstanceOf(Map);
  const count = async (): Promise<unknown> => (await database.sql`SELECT count(*) AS n FROM item`)[0]!.n;
  expect(await count()).toBe(38);
  await database.sql`INSERT INTO item VALUES (3, 'new')`;
  expect(await count()).toBe(39);
  await reopen();
  expect(await count()).toBe(39);
  expect(await run(["JSON.GET", "item:3"])).toEqual(['{"id":3,"log":"new"}']);
});

test("a transaction that only looks at keys that are over writes nothing", async () => {
  await makeOverdue([["SET", "k", "old"]], "k");
  const reader = await database.begin({ readOnly: true });
  const other = await database.begin();
  expect(await reader.execute(["GET", "k"])).toBe(null);
  expect(await other.execute(["DEL", "k"])).toBe(0);
  expect(await run(["SET", "k", "new"])).toEqual(["OK"]);
  await reader.commit();
  await other.commit();
  expect(await run(["GET", "k"])).toEqual(["new"]);
});

test("a key that was over when a transaction began, and that somebody deletes since, is no conflict", async () => {
  await makeOverdue([["SET", "k", "old"]], "k");
  const transaction = await database.begin();
  expect(await transaction.execute(["APPEND", "k", "new"])).toBe(3);
  // The look deletes it.
  expect(await run(["EXISTS", "k"])).toEqual([0]);
  await transaction.commit();
  expect(await run(["GET", "k"])).toEqual(["new"]);
});

test("a key that expires while a transaction goes on is there for it, and not for others", async () => {
  await run(["SET", "k", "v"], ["PEXPIRE", "k", "5000"]);
  const transaction = await database.begin();
  await run(["GET", "k"]);
  clock.advance(LATER_MS);
  expect(await transaction.execute(["GET", "k"])).toBe("v");
  expect(await transaction.execute(["COPY", "k", "k2"])).toBe(1);
  await transaction.commit();
  // With its deadline.
  expect(await run(["GET", "k2"], ["GET", "k"])).toEqual([null, null]);
});
