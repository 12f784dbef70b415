/**
 * The embedded database. Goal: commands as method calls answer what the engine answers, in JavaScript values, and errors have
 * codes. Method: the library's own entry on the built engine.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { open } from "../../../../host/entry/node.ts";

test("a value that was set is there, whatever its characters", async () => {
  const db = await open();
  for (const text of ["", "hello", "caf\u00e9", "\u{1f600}", "a\0b", "x".repeat(1_000_000)]) {
    db.set("key", text);
    expect(db.get("key")).toBe(text);
  }
  expect(db.get("absent")).toBeNull();
  await db.close();
});

test("engine commands and host-answered commands share one door and one order", async () => {
  const db = await open();
  const replies = await Promise.all([db.execute(["INCR", "n"]), db.execute(["CLIENT", "ID"]), db.execute(["INCRBY", "n", 4])]);
  expect(replies).toEqual([1, 1, 5]);
  expect(await db.execute(["HELLO"])).toBeInstanceOf(Map);
  await db.close();
});

test("an error reply rejects with the code of its row", async () => {
  const db = await open();
  db.set("text", "abc");
  await expect(db.execute(["INCR", "text"])).rejects.toMatchObject({ name: "DatabaseError", code: "NOT_INTEGER" });
  await expect(db.execute(["NOSUCH"])).rejects.toMatchObject({ code: "UNKNOWN_COMMAND" });
  await expect(db.execute(["GET"])).rejects.toMatchObject({ code: "WRONG_ARITY" });
  await expect(db.execute([])).rejects.toMatchObject({ code: "USAGE" });
  await db.close();
});

test("two databases know nothing of each other, and a closed one refuses", async () => {
  const [one, two] = await Promise.all([open(), open()]);
  one.set("key", "one");
  expect(two.get("key")).toBeNull();
  await one.close();
  expect(() => one.get("key")).toThrow(expect.objectContaining({ code: "CLOSED" }));
  two.set("key", "two");
  expect(two.get("key")).toBe("two");
  await two.close();
});

test("typed methods answer what their commands answer", async () => {
  const db = await open();
  const bytes = Uint8Array.of(0, 255, 13, 10);
  db.set(bytes, bytes);
  expect(db.getBytes(bytes)).toEqual(bytes);
  expect(db.mget([bytes, "absent"])).toEqual([new TextDecoder().decode(bytes), null]);
  expect(db.incrby("n", 9007199254740993n)).toBe(9007199254740993n);
  expect(db.pexpire("n", 60_000)).toBe(true);
  expect(db.pttl("n")).toBeGreaterThan(0);
  expect([db.pttl(bytes), db.pttl("absent"), db.pexpire("absent", 1)]).toEqual([-1, -2, false]);
  expect(db.exists("n", "n", "absent")).toBe(2);
  expect(db.del("n", "absent")).toBe(1);
  await db.close();
});

test("a pipeline keeps order and goes on behind an error", async () => {
  const db = await open();
  const [first, error, last] = await db.pipeline([
    ["SET", "k", "v"],
    ["INCR", "k"],
    ["GET", "k"],
  ]);
  expect([first, last]).toEqual(["OK", "v"]);
  expect(error).toMatchObject({ code: "NOT_INTEGER" });
  expect(await db.pipeline([])).toEqual([]);
  await db.close();
});

test("a directory keeps what was written, and is locked while it is open", async () => {
  const dir = await mkdtemp(join(tmpdir(), "memflux-open-"));
  const db = await open({ dir, durability: "full" });
  db.set("key", "kept");
  expect(db.incrby("n", 6)).toBe(6);
  await db.flush();
  expect(await db.execute(["INCR", "n"])).toBe(7);
  await expect(open({ dir })).rejects.toMatchObject({ code: "DIRECTORY_LOCKED" });
  await db.close();
  const again = await open({ dir });
  expect([again.get("key"), again.get("n"), again.dbsize()]).toEqual(["kept", "7", 2]);
  await again.close();
  await rm(dir, { recursive: true });
});

test("options of open are checked", async () => {
  await expect(open({ nonsense: 1 })).rejects.toMatchObject({ code: "UNKNOWN_OPTION" });
  await expect(open({ durability: "maybe" })).rejects.toMatchObject({ code: "INVALID_OPTION" });
});

test("set obeys its options, and values beyond the input area go through", async () => {
  const db = await open();
  expect([db.set("k", "a", { nx: true }), db.set("k", "b", { nx: true }), db.set("k", "c", { xx: true, px: 60_000 })]).toEqual([
    true,
    false,
    true,
  ]);
  expect(db.pttl("k")).toBeGreaterThan(0);
  expect(db.set("k", "d", { keepTtl: true })).toBe(true);
  expect(db.pttl("k")).toBeGreaterThan(0);
  const large = "\u00e9".repeat(300_000);
  db.set("large", large);
  expect(db.get("large")).toBe(large);
  db.mset(Array.from({ length: 2000 }, (_, index) => [`m${index}`, String(index)] as const));
  expect(db.mget(["m0", "m1999"])).toEqual(["0", "1999"]);
  expect(db.dbsize()).toBe(2002);
  await db.close();
});

test("the other methods on keys and strings answer what Redis answers", async () => {
  const db = await open();
  db.mset([
    ["a", "hello"],
    ["n", "5"],
  ]);
  expect([db.decrby("n", 2), db.incr("n"), db.decr("n"), db.incrbyfloat("n", 0.5)]).toEqual([3, 4, 3, "3.5"]);
  expect([db.getrange("a", 1, -2), db.setrange("a", 4, "OW"), db.append("a", "!"), db.strlen("a"), db.get("a")]).toEqual([
    "ell",
    6,
    7,
    7,
    "hellOW!",
  ]);
  expect([
    db.msetnx([
      ["a", "x"],
      ["b", "x"],
    ]),
    db.msetnx([["b", "y"]]),
    db.getset("b", "z"),
    db.getdel("b"),
    db.getdel("b"),
  ]).toEqual([false, true, "y", "z", null]);
  expect([db.type("a"), db.type("b"), db.touch("a", "b"), db.copy("a", "c"), db.copy("a", "c"), db.copy("a", "c", true)]).toEqual([
    "string",
    "none",
    1,
    true,
    false,
    true,
  ]);
  db.rename("c", "d");
  expect([db.renamenx("d", "a"), db.exists("c", "d"), db.unlink("d")]).toEqual([false, 1, 1]);
  expect(() => db.rename("absent", "x")).toThrow(expect.objectContaining({ code: "NO_SUCH_KEY" }));
  expect([db.expire("a", 100), db.ttl("a"), db.persist("a"), db.persist("a"), db.ttl("a")]).toEqual([true, 100, true, false, -1]);
  expect([db.keys().sort(), [...db.scan()].sort(), db.keys("n*")]).toEqual([["a", "n"], ["a", "n"], ["n"]]);
  expect(["a", "n"]).toContain(db.randomkey());
  db.flushdb();
  expect([db.dbsize(), db.randomkey()]).toEqual([0, null]);
  await db.close();
});
