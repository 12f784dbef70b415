/**
 * `db.multi()`, and MULTI through `execute`. Goal: commands run as one unit with results of their types, watches are the queue's own,
 * and everything comes back when it is over. Method: the library's own entry on the built engine.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { DatabaseError, open } from "../../../../host/entry/node.ts";

test("typed commands run as one unit and answer values of their types", async () => {
  const db = await open();
  const replies = await db
    .multi()
    .set("n", 1)
    .incrby("n", 4)
    .get("n")
    .mset({ a: "x", b: "y" })
    .mget("a", "b", "absent")
    .exists("a", "n")
    .expire("a", 100)
    .exec();
  expect(replies).toEqual([true, 5, "5", undefined, ["x", "y", null], 2, true]);
  expect(await db.multi().exec()).toEqual([]);
  await db.close();
});

test("a command that fails is an error in the answer, one that cannot be queued ends all", async () => {
  const db = await open();
  db.set("text", "abc");
  const replies = await db.multi().incr("text").set("other", "1").exec();
  expect(replies?.[0]).toBeInstanceOf(DatabaseError);
  expect(replies?.[0]).toMatchObject({ code: "NOT_INTEGER" });
  expect(replies?.[1]).toBe(true);
  const refused = db.multi().set("other", "2").execute(["NOSUCH"]).exec();
  await expect(refused).rejects.toMatchObject({ code: "EXEC_ABORTED", cause: { code: "UNKNOWN_COMMAND" } });
  expect(db.get("other")).toBe("1");
  await db.close();
});

test("a watched key that was changed leaves nothing done", async () => {
  const db = await open();
  db.set("stock", 1);
  const [first, second] = [db.multi().watch("stock"), db.multi().watch(["stock", "other"])];
  expect(await first.decr("stock").exec()).toEqual([0]);
  expect(await second.decr("stock").exec()).toBeNull();
  expect(db.get("stock")).toBe("0");
  const third = db.multi().watch("absent");
  db.set("stock", 5);
  expect(await third.get("stock").exec()).toEqual(["5"]);
  await db.close();
});

test("statements run inside, the first one of a program too", async () => {
  const db = await open();
  const multi = db.multi().set("k", "1");
  const [set, made, inserted, rows] =
    (await multi
      .execute(["SQL", "CREATE TABLE t (id INT PRIMARY KEY)"])
      .execute(["SQL", "INSERT INTO t VALUES (1), (2)"])
      .execute(["SQL", "SELECT count(*) FROM t"])
      .exec()) ?? [];
  expect([set, made, inserted, rows]).toEqual([true, "OK", 2, ['{"count":2}']]);
  const watched = db.multi().watch("t:1");
  await db.sql`UPDATE t SET id = 3 WHERE id = 1`;
  expect(await watched.ping().exec()).toBeNull();
  await db.close();
});

test("keys and values may be bytes, of another database too", async () => {
  const db = await open();
  const bytes = Uint8Array.of(0, 255, 13, 10);
  expect(await db.select(3).multi({ bytes: true }).set(bytes, bytes).get(bytes).exec()).toEqual([true, bytes]);
  expect(db.dbsize()).toBe(0);
  expect(db.select(3).dbsize()).toBe(1);
  await db.close();
});

test("it is over once, and gives everything back", async () => {
  const db = await open();
  db.set("k", "1");
  const before = db.memory();
  const done = db.multi().watch("k").get("k");
  await done.exec();
  expect(() => done.get("k")).toThrow(expect.objectContaining({ code: "USAGE" }));
  await expect(done.exec()).rejects.toMatchObject({ code: "USAGE" });
  const left = db.multi().watch("k", "l").set("k", "2");
  left.discard();
  left.discard();
  await expect(left.exec()).rejects.toMatchObject({ code: "USAGE" });
  {
    using multi = db.multi().watch("k");
    multi.set("k", "3");
  }
  expect(db.get("k")).toBe("1");
  for (const name of ["multi", "EXEC", "Discard", "watch", "RESET", "quit"]) {
    expect(() => db.multi().execute([name])).toThrow(expect.objectContaining({ code: "USAGE" }));
  }
  expect(() => db.multi().watch({} as unknown as string)).toThrow(expect.objectContaining({ code: "USAGE" }));
  expect(() => db.command(["multi"])).toThrow(expect.objectContaining({ code: "USAGE" }));
  expect(() => db.command([Buffer.from("WATCH"), "k"])).toThrow(expect.objectContaining({ code: "USAGE" }));
  expect({ ...db.memory(), peak: before.peak }).toEqual(before);
  const late = db.multi().watch("k");
  await db.close();
  await expect(late.exec()).rejects.toMatchObject({ code: "CLOSED" });
  expect(() => db.multi().watch("k")).toThrow(expect.objectContaining({ code: "CLOSED" }));
});

test("execute and pipeline have a session for MULTI", async () => {
  const db = await open();
  const replies = await db.pipeline([["MULTI"], ["SET", "k", "1"], ["SQL", "SELECT 1 AS one"], ["INCR", "k"], ["EXEC"]]);
  expect(replies.at(-1)).toEqual(["OK", ['{"one":1}'], 2]);
  await db.execute(["WATCH", "k"]);
  db.set("k", "5");
  await db.execute(["MULTI"]);
  expect(await db.execute(["GET", "k"])).toBe("QUEUED");
  expect(db.get("k")).toBe("5");
  expect(await db.execute(["EXEC"])).toBeNull();
  await db.execute(["MULTI"]);
  await expect(db.execute(["NOSUCH"])).rejects.toMatchObject({ code: "UNKNOWN_COMMAND" });
  await expect(db.execute(["EXEC"])).rejects.toMatchObject({ code: "EXEC_ABORTED" });
  await db.close();
});

test("what ran is there after a restart", async () => {
  const dir = await mkdtemp(join(tmpdir(), "memflux-multi-"));
  try {
    const db = await open({ dir });
    await db.multi().set("a", 1).execute(["SQL", "CREATE TABLE t (id INT PRIMARY KEY)"]).incr("a").execute(["BGREWRITEAOF"]).exec();
    await db.multi().execute(["SQL", "INSERT INTO t VALUES (7)"]).incr("a").exec();
    await db.close();
    const again = await open({ dir });
    expect(again.get("a")).toBe("3");
    expect([...(await again.sql`SELECT id FROM t`)]).toEqual([{ id: 7 }]);
    await again.close();
  } finally {
    await rm(dir, { recursive: true });
  }
});
