/**
 * The embedded database. Goal: commands as method calls answer what the engine answers, in JavaScript values, and errors have
 * codes. Method: the library's own entry on the built engine.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { commandForms } from "../../../../host/client/commands.ts";
import { type EmbeddedDatabase, open } from "../../../../host/entry/node.ts";
import { openClient } from "../../../support/raw-client.ts";
import { payload } from "../../../support/rdb-payload.ts";

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
  expect(db.bytes.get(bytes)).toEqual(bytes);
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
  await expect(open({ durability: "maybe" as "full" })).rejects.toMatchObject({ code: "INVALID_OPTION" });
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
  expect([db.decrby("n", 2), db.incr("n"), db.decr("n"), db.incrbyfloat("n", 0.5)]).toEqual([3, 4, 3, 3.5]);
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
  expect([
    db.type("a"),
    db.type("b"),
    db.touch("a", "b"),
    db.copy("a", "c"),
    db.copy("a", "c"),
    db.copy("a", "c", { replace: true }),
  ]).toEqual(["string", "none", 1, true, false, true]);
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

/** Keys with their values and expiries in seconds, of the databases that the calls below use. */
function contentOf(db: EmbeddedDatabase): unknown {
  return [0, 3, 4].map((number) => {
    const view = db.select(number);
    return view
      .keys()
      .sort()
      .map((key) => [key, view.type(key) === "string" ? view.get(key) : view.type(key), Math.round(view.pexpiretime(key) / 10_000)]);
  });
}

/** What a step of HSCAN or SSCAN answers, as its method does. */
function scanned(value: unknown, inPairs: boolean): unknown {
  const [cursor, elements] = value as [string, string[]];
  return [cursor, inPairs ? [[elements[0], elements[1]]] : elements];
}

/** The same for ZSCAN. */
function scannedScores(value: unknown): unknown {
  const [cursor, elements] = value as [string, string[]];
  return [cursor, elements.flatMap((each, index) => (index % 2 === 0 ? [[each, Number(elements[index + 1])]] : []))];
}

/** "hello" as DUMP answers it. */
const HELLO = Buffer.from(payload("\x00\x05hello"), "latin1");

test("every typed method answers what execute answers for its command", async () => {
  // Goal: the table of typed commands says the right words. Method: the same calls on two databases, one by the method, one by
  // the words through `execute`; replies compared where the form does not change them, contents always.
  const [typed, wire] = await Promise.all([open(), open()]);
  const calls: readonly (readonly [
    method: string,
    args: readonly unknown[],
    words: readonly (string | Uint8Array)[],
    reply?: (value: unknown) => unknown,
  ])[] = [
    ["set", ["k", "v", { nx: true, ex: 100 }], ["SET", "k", "v", "NX", "EX", "100"], (value) => value === "OK"],
    ["set", ["k", "w", { xx: true, keepTtl: true }], ["SET", "k", "w", "XX", "KEEPTTL"], (value) => value === "OK"],
    ["set", ["at", "w", { pxat: 4_102_444_800_000 }], ["SET", "at", "w", "PXAT", "4102444800000"], (value) => value === "OK"],
    ["set", ["at2", "w", { exat: 4_102_444_800 }], ["SET", "at2", "w", "EXAT", "4102444800"], (value) => value === "OK"],
    ["get", ["k"], ["GET", "k"]],
    ["get", ["absent"], ["GET", "absent"]],
    ["getset", ["k", 7, { px: 50_000 }], ["SET", "k", "7", "GET", "PX", "50000"]],
    ["getex", ["k", { persist: true }], ["GETEX", "k", "PERSIST"]],
    ["getex", ["k", { ex: 1000 }], ["GETEX", "k", "EX", "1000"]],
    ["getex", ["k"], ["GETEX", "k"]],
    ["setnx", ["k", "x"], ["SETNX", "k", "x"], (value) => value === 1],
    ["setnx", ["nx", 12n], ["SETNX", "nx", "12"], (value) => value === 1],
    ["mget", ["k", ["nx", "absent"]], ["MGET", "k", "nx", "absent"]],
    ["mset", [{ a: 1, b: "two" }], ["MSET", "a", "1", "b", "two"], () => undefined],
    ["mset", [new Map([["m", "1"]])], ["MSET", "m", "1"], () => undefined],
    ["msetnx", [[["a", "1"]]], ["MSETNX", "a", "1"], (value) => value === 1],
    ["append", ["b", "!"], ["APPEND", "b", "!"]],
    ["strlen", ["b"], ["STRLEN", "b"]],
    ["getrange", ["b", 0, -2], ["GETRANGE", "b", "0", "-2"]],
    ["setrange", ["b", 2, "WW"], ["SETRANGE", "b", "2", "WW"]],
    ["incr", ["a"], ["INCR", "a"]],
    ["decr", ["a"], ["DECR", "a"]],
    ["incrby", ["a", 9007199254740993n], ["INCRBY", "a", "9007199254740993"]],
    ["decrby", ["a", 5], ["DECRBY", "a", "5"]],
    ["incrbyfloat", ["f", "1.25"], ["INCRBYFLOAT", "f", "1.25"], Number],
    ["lcs", ["b", "b"], ["LCS", "b", "b"]],
    ["exists", ["a", "a", "absent"], ["EXISTS", "a", "a", "absent"]],
    ["touch", [["a", "b"]], ["TOUCH", "a", "b"]],
    ["type", ["a"], ["TYPE", "a"]],
    ["copy", ["a", "c"], ["COPY", "a", "c"], (value) => value === 1],
    ["copy", ["a", "c", { replace: true, database: 3 }], ["COPY", "a", "c", "DB", "3", "REPLACE"], (value) => value === 1],
    ["move", ["c", 4], ["MOVE", "c", "4"], (value) => value === 1],
    ["rename", ["m", "m2"], ["RENAME", "m", "m2"], () => undefined],
    ["renamenx", ["m2", "a"], ["RENAMENX", "m2", "a"], (value) => value === 1],
    ["keys", ["m*"], ["KEYS", "m*"]],
    ["expire", ["a", 100], ["EXPIRE", "a", "100"], (value) => value === 1],
    ["expire", ["a", 50, "GT"], ["EXPIRE", "a", "50", "GT"], (value) => value === 1],
    ["pexpire", ["absent", 50, "NX"], ["PEXPIRE", "absent", "50", "NX"], (value) => value === 1],
    ["expireat", ["a", 4_102_444_800], ["EXPIREAT", "a", "4102444800"], (value) => value === 1],
    ["expiretime", ["a"], ["EXPIRETIME", "a"]],
    ["pexpireat", ["a", new Date(4_102_444_800_123)], ["PEXPIREAT", "a", "4102444800123"], (value) => value === 1],
    ["pexpiretime", ["a"], ["PEXPIRETIME", "a"]],
    ["persist", ["a"], ["PERSIST", "a"], (value) => value === 1],
    ["ttl", ["a"], ["TTL", "a"]],
    ["pttl", ["absent"], ["PTTL", "absent"]],
    ["getdel", ["f"], ["GETDEL", "f"]],
    ["del", [["m2"], "absent"], ["DEL", "m2", "absent"]],
    ["unlink", ["nx"], ["UNLINK", "nx"]],
    ["hset", ["h", { a: 1, b: "two" }], ["HSET", "h", "a", "1", "b", "two"]],
    ["hset", ["h", "c", 3n], ["HSET", "h", "c", "3"]],
    ["hsetnx", ["h", "a", "x"], ["HSETNX", "h", "a", "x"], (value) => value === 1],
    ["hget", ["h", "a"], ["HGET", "h", "a"]],
    ["hget", ["h", "absent"], ["HGET", "h", "absent"]],
    ["hmget", ["h", "a", "absent"], ["HMGET", "h", "a", "absent"]],
    ["hgetall", ["h"], ["HGETALL", "h"]],
    ["hkeys", ["h"], ["HKEYS", "h"]],
    ["hvals", ["h"], ["HVALS", "h"]],
    ["hlen", ["h"], ["HLEN", "h"]],
    ["hexists", ["h", "a"], ["HEXISTS", "h", "a"], (value) => value === 1],
    ["hstrlen", ["h", "b"], ["HSTRLEN", "h", "b"]],
    ["hincrby", ["h", "a", 5], ["HINCRBY", "h", "a", "5"]],
    ["hincrbyfloat", ["h", "a", "0.5"], ["HINCRBYFLOAT", "h", "a", "0.5"], Number],
    ["hscan", ["h", "0", { match: "a*", count: 5 }], ["HSCAN", "h", "0", "MATCH", "a*", "COUNT", "5"], (value) => scanned(value, true)],
    ["hexpire", ["h", 100, "b", "NX"], ["HEXPIRE", "h", "100", "NX", "FIELDS", "1", "b"]],
    ["hpexpire", ["h", 100_000, ["b", "absent"]], ["HPEXPIRE", "h", "100000", "FIELDS", "2", "b", "absent"]],
    ["hexpireat", ["h", 2_000_000_000, "b", "GT"], ["HEXPIREAT", "h", "2000000000", "GT", "FIELDS", "1", "b"]],
    ["hpexpireat", ["h", new Date(2_000_000_000_123), ["b"]], ["HPEXPIREAT", "h", "2000000000123", "FIELDS", "1", "b"]],
    ["hexpiretime", ["h", "a", "b"], ["HEXPIRETIME", "h", "FIELDS", "2", "a", "b"]],
    ["hpexpiretime", ["h", "b", "absent"], ["HPEXPIRETIME", "h", "FIELDS", "2", "b", "absent"]],
    ["httl", ["h", "b"], ["HTTL", "h", "FIELDS", "1", "b"]],
    ["hpttl", ["h", "a"], ["HPTTL", "h", "FIELDS", "1", "a"]],
    ["hpersist", ["h", "a", "b"], ["HPERSIST", "h", "FIELDS", "2", "a", "b"]],
    ["hdel", ["h", "b", "c", "absent"], ["HDEL", "h", "b", "c", "absent"]],
    ["hrandfield", ["h"], ["HRANDFIELD", "h"]],
    ["sadd", ["s", "x", 1, 2], ["SADD", "s", "x", "1", "2"]],
    ["sadd", ["t", 2, "y"], ["SADD", "t", "2", "y"]],
    ["srem", ["s", 1], ["SREM", "s", "1"]],
    ["sismember", ["s", "x"], ["SISMEMBER", "s", "x"], (value) => value === 1],
    ["smismember", ["s", "x", "q"], ["SMISMEMBER", "s", "x", "q"], (value) => (value as number[]).map((each) => each === 1)],
    ["smembers", ["s"], ["SMEMBERS", "s"]],
    ["scard", ["s"], ["SCARD", "s"]],
    ["sinter", ["s", "t"], ["SINTER", "s", "t"]],
    ["sunion", ["s", "t"], ["SUNION", "s", "t"]],
    ["sdiff", ["s", "t"], ["SDIFF", "s", "t"]],
    ["sinterstore", ["d", "s", "t"], ["SINTERSTORE", "d", "s", "t"]],
    ["sunionstore", ["d", "s", "t"], ["SUNIONSTORE", "d", "s", "t"]],
    ["sdiffstore", ["d", "s", "t"], ["SDIFFSTORE", "d", "s", "t"]],
    ["sintercard", [["s", "t"], 5], ["SINTERCARD", "2", "s", "t", "LIMIT", "5"]],
    ["smove", ["t", "s", "y"], ["SMOVE", "t", "s", "y"], (value) => value === 1],
    ["sscan", ["d", "0"], ["SSCAN", "d", "0"], (value) => scanned(value, false)],
    ["srandmember", ["d"], ["SRANDMEMBER", "d"]],
    ["spop", ["d"], ["SPOP", "d"]],
    ["zadd", ["z", { a: 1, b: 2.5, c: -0.5 }], ["ZADD", "z", "1", "a", "2.5", "b", "-0.5", "c"]],
    ["zadd", ["z", [["a", 5]], { gt: true, ch: true }], ["ZADD", "z", "GT", "CH", "5", "a"]],
    [
      "zadd",
      [
        "y",
        new Map([
          ["b", Infinity],
          ["e", 1e21],
        ]),
      ],
      ["ZADD", "y", "inf", "b", "1e21", "e"],
    ],
    ["zincrby", ["z", 0.1, "b"], ["ZINCRBY", "z", "0.1", "b"]],
    ["zscore", ["z", "b"], ["ZSCORE", "z", "b"]],
    ["zscore", ["y", "b"], ["ZSCORE", "y", "b"]],
    ["zscore", ["z", "absent"], ["ZSCORE", "z", "absent"]],
    ["zmscore", ["z", "a", "absent"], ["ZMSCORE", "z", "a", "absent"]],
    ["zcard", ["z"], ["ZCARD", "z"]],
    ["zcount", ["z", "(0", Infinity], ["ZCOUNT", "z", "(0", "inf"]],
    ["zlexcount", ["z", "-", "+"], ["ZLEXCOUNT", "z", "-", "+"]],
    ["zrank", ["z", "b"], ["ZRANK", "z", "b"]],
    ["zrevrank", ["z", "absent"], ["ZREVRANK", "z", "absent"]],
    ["zrange", ["z", 0, -1], ["ZRANGE", "z", "0", "-1"]],
    ["zrange", ["z", "-", "+", { by: "lex", limit: [1, 1] }], ["ZRANGE", "z", "-", "+", "BYLEX", "LIMIT", "1", "1"]],
    [
      "zrangeWithScores",
      ["z", Infinity, "(0", { by: "score", rev: true, limit: [0, 5] }],
      ["ZRANGE", "z", "inf", "(0", "BYSCORE", "REV", "LIMIT", "0", "5", "WITHSCORES"],
    ],
    ["zrangestore", ["x", "z", 0, 1], ["ZRANGESTORE", "x", "z", "0", "1"]],
    ["zunion", [["z", "y"], { weights: [2, -1], aggregate: "MIN" }], ["ZUNION", "2", "z", "y", "WEIGHTS", "2", "-1", "AGGREGATE", "MIN"]],
    ["zunionWithScores", [["z", "y"]], ["ZUNION", "2", "z", "y", "WITHSCORES"]],
    ["zinter", [["z", "y"]], ["ZINTER", "2", "z", "y"]],
    ["zinterWithScores", [["z", "y"]], ["ZINTER", "2", "z", "y", "WITHSCORES"]],
    ["zdiff", [["z", "y"]], ["ZDIFF", "2", "z", "y"]],
    ["zdiffWithScores", [["z", "y"]], ["ZDIFF", "2", "z", "y", "WITHSCORES"]],
    ["zintercard", [["z", "y"], 5], ["ZINTERCARD", "2", "z", "y", "LIMIT", "5"]],
    ["zunionstore", ["u", ["z", "y"], { aggregate: "MAX" }], ["ZUNIONSTORE", "u", "2", "z", "y", "AGGREGATE", "MAX"]],
    ["zinterstore", ["i", ["z", "y"]], ["ZINTERSTORE", "i", "2", "z", "y"]],
    ["zdiffstore", ["d", ["z", "y"]], ["ZDIFFSTORE", "d", "2", "z", "y"]],
    ["zscan", ["y", "0", { match: "*" }], ["ZSCAN", "y", "0", "MATCH", "*"], scannedScores],
    ["zrandmember", ["i"], ["ZRANDMEMBER", "i"]],
    ["zrandmembers", ["i", 1], ["ZRANDMEMBER", "i", "1"]],
    ["zrandmembersWithScores", ["i", 1], ["ZRANDMEMBER", "i", "1", "WITHSCORES"]],
    ["zaddIncr", ["i", 2.5, "b"], ["ZADD", "i", "INCR", "2.5", "b"]],
    ["zaddIncr", ["i", 1, "b", { nx: true }], ["ZADD", "i", "NX", "INCR", "1", "b"]],
    [
      "sort",
      ["z", { alpha: true, desc: true, limit: [0, 2], get: ["#", "none_*"] }],
      ["SORT", "z", "LIMIT", "0", "2", "GET", "#", "GET", "none_*", "DESC", "ALPHA"],
    ],
    ["sort", ["z", { by: "nosort" }], ["SORT", "z", "BY", "nosort"]],
    ["sortStore", ["d", "z", { by: "none_*->x" }], ["SORT", "z", "BY", "none_*->x", "STORE", "d"]],
    ["zpopmin", ["u"], ["ZPOPMIN", "u", "1"]],
    ["zpopmax", ["u", 2], ["ZPOPMAX", "u", "2"]],
    ["zmpop", [["absent", "u"], "MIN", 3], ["ZMPOP", "2", "absent", "u", "MIN", "COUNT", "3"]],
    ["zmpop", [["absent"], "MAX"], ["ZMPOP", "1", "absent", "MAX"]],
    ["zremrangebyrank", ["x", 0, 0], ["ZREMRANGEBYRANK", "x", "0", "0"]],
    ["zremrangebyscore", ["x", -Infinity, "(2"], ["ZREMRANGEBYSCORE", "x", "-inf", "(2"]],
    ["zremrangebylex", ["x", "-", "[z"], ["ZREMRANGEBYLEX", "x", "-", "[z"]],
    ["zrem", ["z", "a", "absent"], ["ZREM", "z", "a", "absent"]],
    ["del", ["z", "y", "x", "u", "i", "d"], ["DEL", "z", "y", "x", "u", "i", "d"]],
    ["del", ["h", "s", "t"], ["DEL", "h", "s", "t"]],
    ["rpush", ["l", "a", "b", 3, "a"], ["RPUSH", "l", "a", "b", "3", "a"]],
    ["lpush", ["l", "y", "z"], ["LPUSH", "l", "y", "z"]],
    ["lpushx", ["absent", "y"], ["LPUSHX", "absent", "y"]],
    ["rpushx", ["l", "x"], ["RPUSHX", "l", "x"]],
    ["llen", ["l"], ["LLEN", "l"]],
    ["lrange", ["l", 0, -1], ["LRANGE", "l", "0", "-1"]],
    ["lindex", ["l", -1], ["LINDEX", "l", "-1"]],
    ["lindex", ["l", 100], ["LINDEX", "l", "100"]],
    ["lset", ["l", 0, 26], ["LSET", "l", "0", "26"], () => undefined],
    ["linsert", ["l", "AFTER", "a", "new"], ["LINSERT", "l", "AFTER", "a", "new"]],
    ["lpos", ["l", "a"], ["LPOS", "l", "a"]],
    ["lpos", ["l", "a", { rank: -1, maxlen: 3 }], ["LPOS", "l", "a", "RANK", "-1", "MAXLEN", "3"]],
    ["lposMany", ["l", "a"], ["LPOS", "l", "a", "COUNT", "0"]],
    ["lposMany", ["l", "a", { rank: 2, count: 1 }], ["LPOS", "l", "a", "RANK", "2", "COUNT", "1"]],
    ["lrem", ["l", -1, "a"], ["LREM", "l", "-1", "a"]],
    ["ltrim", ["l", 0, -2], ["LTRIM", "l", "0", "-2"], () => undefined],
    ["lmove", ["l", "m", "LEFT", "RIGHT"], ["LMOVE", "l", "m", "LEFT", "RIGHT"]],
    ["lpop", ["l"], ["LPOP", "l"]],
    ["rpop", ["l"], ["RPOP", "l"]],
    ["lpopMany", ["l", 2], ["LPOP", "l", "2"]],
    ["rpopMany", ["absent", 2], ["RPOP", "absent", "2"], () => []],
    ["lmpop", [["absent", "l"], "RIGHT", 5], ["LMPOP", "2", "absent", "l", "RIGHT", "COUNT", "5"]],
    ["lmpop", [["absent", "l"], "LEFT"], ["LMPOP", "2", "absent", "l", "LEFT"]],
    ["dump", ["a"], ["DUMP", "a"], () => expect.any(Uint8Array)],
    ["dump", ["absent"], ["DUMP", "absent"]],
    ["restore", ["r", HELLO], ["RESTORE", "r", "0", HELLO], () => undefined],
    ["restore", ["r", HELLO, { ttl: 50_000, replace: true }], ["RESTORE", "r", "50000", HELLO, "REPLACE"], () => undefined],
    [
      "restore",
      ["r", HELLO, { ttl: 4_102_444_800_123, absolute: true, replace: true, idleTime: 9 }],
      ["RESTORE", "r", "4102444800123", HELLO, "ABSTTL", "REPLACE", "IDLETIME", "9"],
      () => undefined,
    ],
    ["del", ["m"], ["DEL", "m"]],
    ["dbsize", [], ["DBSIZE"]],
    ["ping", [], ["PING"]],
    ["ping", ["caf\u00e9"], ["PING", "caf\u00e9"]],
    ["randomkey", [], ["RANDOMKEY"], () => expect.any(String)],
  ];
  const methods = typed as unknown as Record<string, (...args: readonly unknown[]) => unknown>;
  for (const [method, args, words, reply = (value: unknown) => value] of calls) {
    expect([method, methods[method]?.(...args)]).toEqual([method, reply(await wire.execute(words))]);
    expect([method, contentOf(typed)]).toEqual([method, contentOf(wire)]);
  }
  const tested = new Set([...calls.map(([method]) => method), "flushdb", "flushall"]);
  expect(Object.keys(commandForms).filter((name) => !tested.has(name))).toEqual([]);
  typed.flushall();
  expect([typed.dbsize(), typed.select(3).dbsize()]).toEqual([0, 0]);
  await Promise.all([typed.close(), wire.close()]);
});

test("the fast paths of get and set count, expire and fail as the commands do", async () => {
  const db = await open();
  db.set("k", "v");
  expect([db.get("k"), db.get("absent")]).toEqual(["v", null]);
  db.set("timed", "v", { px: 1 });
  await vi.waitUntil(() => Date.now() > 0 && db.pttl("timed") === -2);
  db.set("timed", "again");
  expect([db.get("timed"), db.pttl("timed")]).toEqual(["again", -1]);
  db.pexpire("timed", 60_000);
  expect(db.get("timed")).toBe("again");
  db.set("timed", "plain");
  expect(db.pttl("timed")).toBe(-1);
  const text = String(await db.execute(["INFO", "commandstats"]));
  expect(text).toMatch(/cmdstat_get:calls=4,/);
  expect(text).toMatch(/cmdstat_set:calls=4,/);
  const { hits, misses, commands } = db.stats();
  expect([db.get("k"), db.get("timed"), db.get("absent")]).toEqual(["v", "plain", null]);
  expect(db.stats()).toMatchObject({ hits: hits + 2, misses: misses + 1, commands: commands + 3, keys: 2, databases: { 0: { keys: 2 } } });
  for (let length = 0; length <= 20; length++) {
    for (const end of ["", "\u00e9", "\u20ac"]) {
      const text = "x".repeat(length) + end;
      db.set(`key ${text}`, text);
      expect(db.get(`key ${text}`)).toBe(text);
    }
  }
  for (const value of ["", "a", "1234567", "12345678", "123456789", "-42", "\u00ff".repeat(9), "\ud800", "x".repeat(5000)]) {
    db.set(value, value);
    expect(db.get(value)).toBe(value === "\ud800" ? "\ufffd" : value);
    expect(db.bytes.get(value)).toEqual(new TextEncoder().encode(value));
  }
  db.set("number", 5);
  expect([db.get("number"), db.incr("number")]).toEqual(["5", 6]);
  for (const wrong of [undefined, null, {}, ["a"], true]) {
    expect(() => db.set("k", wrong as unknown as string)).toThrow(expect.objectContaining({ code: "USAGE" }));
    expect(() => db.get(wrong as unknown as string)).toThrow(expect.objectContaining({ code: "USAGE" }));
  }
  await db.close();
});

test("a value that is read again is what it is now, whoever has changed it and however", async () => {
  // Texts that were read are remembered until something changes; each way to change one must be such a something.
  const db = await open();
  const other = db.select(1);
  const door = await db.serve({ port: 0 });
  const client = await openClient(door);
  const twice = (key: string): (string | null)[] => [db.get(key), db.get(key)];
  db.set("k", "the first value");
  db.set("a", "12");
  db.set("b", "34");
  expect([db.get("a"), db.get("b"), db.get("a"), ...twice("k")]).toEqual(["12", "34", "12", "the first value", "the first value"]);
  const changes: readonly [() => unknown, string | null][] = [
    [() => db.set("k", "the other value"), "the other value"],
    [() => db.setrange("k", 4, "OTHER"), "the OTHER value"],
    [() => db.append("k", "!"), "the OTHER value!"],
    [() => db.execute(["SETRANGE", "k", "0", "THE"]), "THE OTHER value!"],
    [() => client.call("SETRANGE", "k", "10", "VALUE"), "THE OTHER VALUE!"],
    [
      () =>
        db.pipeline([
          ["SET", "m", "the moved value!"],
          ["RENAME", "m", "k"],
        ]),
      "the moved value!",
    ],
    [() => other.set("k", "the swapped val!"), "the moved value!"],
    [() => db.execute(["SWAPDB", "0", "1"]), "the swapped val!"],
    [() => db.del("k"), null],
    [() => db.set("k", "a value again..."), "a value again..."],
    [() => db.flushall(), null],
  ];
  for (const [change, value] of changes) {
    await change();
    expect(twice("k")).toEqual([value, value]);
  }
  await client.close();
  await db.close();
});

test("a key or value that is a number is its text, and one that is neither is refused, whatever the way to the engine", async () => {
  const db = await open();
  const key = 5 as unknown as string;
  db.set(key, 1, { ex: 100 });
  expect([db.get(key), db.get("5"), db.exists(""), db.bytes.get(key)]).toEqual(["1", "1", 0, Uint8Array.of(49)]);
  expect([db.getset(key, 2), db.getex(key, { ex: 5 }), db.copy(key, "6"), db.pexpireat(key, 0), db.get("6")]).toEqual([
    "1",
    "2",
    true,
    true,
    "2",
  ]);
  const wrong = {} as unknown as string;
  for (const use of [
    () => db.set(wrong, "v", { ex: 1 }),
    () => db.getex(wrong, {}),
    () => db.mset([[wrong, "v"]]),
    () => db.copy("6", wrong),
  ]) {
    expect(use).toThrow(expect.objectContaining({ code: "USAGE" }));
  }
  expect(db.keys()).toEqual(["6"]);
  await db.close();
});

test("full memory is an error of the method that wrote, and reading goes on", async () => {
  const db = await open({ maxmemory_mb: 2 });
  const fill = (): void => {
    for (let index = 0; index < 10_000; index++) db.set(`key:${index}`, "x".repeat(1000));
  };
  expect(fill).toThrow(expect.objectContaining({ code: "OUT_OF_MEMORY" }));
  expect(db.get("key:0")).toHaveLength(1000);
  const { used, peak, values } = db.memory();
  expect(peak).toBeGreaterThanOrEqual(used);
  expect(values).toBeGreaterThan(1_000_000);
  expect(db.del("key:0", "key:1")).toBe(2);
  await db.close();
});

test("a view of another database is apart from the first, and the same object each time", async () => {
  const db = await open();
  db.set("k", "zero");
  const other = db.select(5);
  other.set("k", "five");
  expect([db.get("k"), other.get("k"), db.select(5) === other, db.select(0) === db]).toEqual(["zero", "five", true, true]);
  expect(other.bytes.get("k")).toEqual(new TextEncoder().encode("five"));
  expect([...other.scan({ match: "k*", count: 100, type: "string" })]).toEqual(["k"]);
  for (const wrong of [-1, 16, 1.5]) expect(() => db.select(wrong)).toThrow(expect.objectContaining({ code: "INDEX_OUT_OF_RANGE" }));
  await db.execute(["SELECT", "5"]);
  expect([await db.execute(["GET", "k"]), db.get("k")]).toEqual(["five", "zero"]);
  await db.close();
  expect(() => other.get("k")).toThrow(expect.objectContaining({ code: "CLOSED" }));
  expect(() => other.bytes.get("k")).toThrow(expect.objectContaining({ code: "CLOSED" }));
});

test("what dump answers is bytes on every way, and restore takes it", async () => {
  const db = await open();
  const value = Uint8Array.from({ length: 256 }, (_, index) => index);
  db.set("k", value);
  const dumped = db.dump("k");
  expect(dumped).toEqual(db.bytes.dump("k"));
  db.restore("copy", dumped as Uint8Array);
  expect(db.bytes.get("copy")).toEqual(value);
  expect(() => db.restore("copy", dumped as Uint8Array)).toThrowError(expect.objectContaining({ code: "BUSY_KEY" }));
  expect(() => db.restore("new", value)).toThrowError(expect.objectContaining({ code: "BAD_PAYLOAD" }));
  expect(() => db.multi().dump("k")).toThrowError(expect.objectContaining({ code: "USAGE" }));
  expect(await db.multi({ bytes: true }).dump("k").exec()).toEqual([dumped]);
  await db.close();
});

test("binary keys and values come back whole through the bytes methods", async () => {
  const db = await open();
  const key = Uint8Array.of(255, 0, 13, 10, 128);
  db.set(key, Uint8Array.of(254));
  expect([db.bytes.keys(), [...db.bytes.scan()], db.bytes.mget([key]), db.bytes.randomkey()]).toEqual([
    [key],
    [key],
    [Uint8Array.of(254)],
    key,
  ]);
  expect(await db.execute(["GET", key], { bytes: true })).toEqual(Uint8Array.of(254));
  const copy = db.bytes.get(key) as Uint8Array;
  copy[0] = 1;
  expect(db.bytes.get(key)).toEqual(Uint8Array.of(254));
  await db.close();
});

test("a command that ends a connection ends neither the database nor its order", async () => {
  const db = await open({ proto_max_bulk_len: "1mb" });
  const replies = await db.pipeline([["SET", "k", "v"], ["QUIT"], ["SET", "k", "lost"]]);
  expect(replies.slice(0, 2)).toEqual(["OK", "OK"]);
  expect(replies[2]).toMatchObject({ code: "CONNECTION_CLOSED" });
  expect(await db.execute(["GET", "k"])).toBe("v");
  await db.execute(["SELECT", "2"]);
  await expect(db.execute(["SET", "k", "x".repeat(2_000_000)])).rejects.toMatchObject({ name: "DatabaseError" });
  expect(() => db.set("k", "x".repeat(2_000_000))).toThrow(expect.objectContaining({ name: "DatabaseError" }));
  expect([db.get("k"), await db.execute(["DBSIZE"])]).toEqual(["v", 0]);
  await expect(db.execute(["CLIENT", "REPLY", "OFF"])).rejects.toThrow("for connections");
  expect(await db.execute(["CLIENT", "INFO"])).toContain("tot-net-in=0 tot-net-out=0\n");
  expect(await db.execute(["HELLO", "2"])).toBeInstanceOf(Array);
  expect(await db.execute(["GET", "absent"])).toBeNull();
  await db.close();
});

test("runs that wait keep their order, and an abort rejects its caller alone", async () => {
  const db = await open();
  const controller = new AbortController();
  const slow = db.execute(["DEBUG", "SLEEP", "0.05"]);
  const behind = db.execute(["INCR", "n"], { signal: controller.signal });
  const last = db.pipeline([["INCR", "n"]]);
  controller.abort(new RangeError("enough"));
  await expect(behind).rejects.toThrow("enough");
  expect([await slow, await last]).toEqual(["OK", [2]]);
  await expect(db.execute(["PING"], { signal: controller.signal })).rejects.toThrow("enough");
  expect(() => [...db.scan({ signal: controller.signal })]).toThrow("enough");
  await db.close();
});

test("a loop of writes that never waits is all in the log", async () => {
  const dir = await mkdtemp(join(tmpdir(), "memflux-loop-"));
  const db = await open({ dir, wal_size_threshold_mb: 1000 });
  const value = "x".repeat(500);
  for (let index = 0; index < 60_000; index++) db.set(`key:${index}`, value);
  // 30 MB: more than a segment, and written while nothing has waited.
  expect(db.stats().log?.bytes).toBeGreaterThan(20_000_000);
  const before = await db.execute(["DEBUG", "DIGEST"]);
  await db.close();
  await using again = await open({ dir });
  expect([again.dbsize(), await again.execute(["DEBUG", "DIGEST"])]).toEqual([60_000, before]);
  await again.compact();
  expect(again.get("key:59999")).toBe(value);
  await again.close();
  await rm(dir, { recursive: true });
});

test("a port opens on an embedded database, with a password of its own, and leaves it when it closes", async () => {
  const db = await open();
  db.set("k", "from the program");
  const [free, guarded] = await Promise.all([db.serve({ port: 0 }), db.serve({ port: 0, requirepass: "secret" })]);
  const client = await openClient(free);
  expect(await client.call("GET", "k")).toMatchObject({ kind: "bulk" });
  await client.call("SET", "k", "from the port");
  expect(db.get("k")).toBe("from the port");
  const stranger = await openClient(guarded);
  expect(await stranger.call("GET", "k")).toMatchObject({ kind: "error", text: expect.stringContaining("NOAUTH") });
  await stranger.call("AUTH", "secret");
  expect(await stranger.call("GET", "k")).toMatchObject({ kind: "bulk" });
  await stranger.close();
  await guarded.stop();
  await client.call("SHUTDOWN", "NOSAVE").catch(() => {});
  await free.stop();
  expect(db.get("k")).toBe("from the port");
  await expect(db.serve({ maxmemory_mb: 1 })).rejects.toMatchObject({ code: "INVALID_OPTION" });
  await expect(db.serve({ port: 0, host: "256.0.0.1" })).rejects.toMatchObject({ name: "DatabaseError" });
  const door = await db.serve({ port: 0 });
  await db.close();
  await expect(openClient(door)).rejects.toThrow();
  await expect(db.serve()).rejects.toMatchObject({ code: "CLOSED" });
});
