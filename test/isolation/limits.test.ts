/**
 * Goal: what transactions and snapshots hold is known to the byte and bounded: an idle one keeps one old version of a key, one that holds too
 * much is ended cleanly, and so are those that are too large, too silent, or whose client is gone; nobody else notices.
 * Method: a library and a server of this process with small limits; INFO tells what is held, and what ended transactions leave is compared
 * with what there was before.
 */
import { afterEach, describe, expect, it } from "vitest";
import type { OptionValue } from "../../host/common/option-table.ts";
import { open } from "../../host/entry/node.ts";
import { openClient, type RawClient } from "../support/raw-client.ts";

type Library = Awaited<ReturnType<typeof open>>;

const KEYS = 1000;
const POLL = { interval: 5, timeout: 20_000 };
const closers: (() => Promise<void>)[] = [];

async function opened(options: Readonly<Record<string, OptionValue>> = {}): Promise<Library> {
  const database = await open(options);
  closers.push(() => database.close());
  return database;
}

afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

/** The section of INFO on transactions. */
async function info(database: Library): Promise<Readonly<Record<string, number>>> {
  const text = String(await database.execute(["INFO", "transactions"]));
  const fields = [...text.matchAll(/^(\w+):(\d+)\r$/gm)].map(([, name, value]) => [name!, Number(value)] as const);
  return Object.fromEntries(fields);
}

/** Sets all keys to a text of 40 bytes that differs from round to round. */
async function overwrite(database: Library, round: number): Promise<void> {
  const value = String(round).padStart(40, "v");
  await database.pipeline(Array.from({ length: KEYS }, (_, key) => ["SET", `key:${key}`, value]));
}

describe("what a view holds", () => {
  it("is one old version of a key, however often it is written", async () => {
    const database = await opened();
    await overwrite(database, 0);
    expect(await info(database)).toMatchObject({ open_views: 0, oldest_view_ms: 0, view_bytes: 0, open_transactions: 0 });
    const idle = await database.begin();
    await overwrite(database, 1);
    const { view_bytes: once } = await info(database);
    // An entry with its key, its value and its era, and a place in the list of the dead.
    expect(once).toBeGreaterThan(KEYS * 48);
    expect(once).toBeLessThan(KEYS * 112);
    for (let round = 2; round <= 1000; round++) await overwrite(database, round);
    expect(await info(database)).toMatchObject({ open_views: 1, view_bytes: once, open_transactions: 1 });
    expect(await idle.execute(["GET", "key:7"])).toBe(`${"v".repeat(39)}0`);
    await idle.rollback();
    expect(await info(database)).toMatchObject({ open_views: 0, view_bytes: 0, transactions_rolled_back: 1 });
  });

  it("is about as much for containers, rows and trees that are removed whole", async () => {
    const database = await opened();
    const members = Array.from({ length: 20_000 }, (_, member) => `member:${member}`);
    await database.execute(["SADD", "set", ...members]);
    await database.query("CREATE TABLE t (id integer PRIMARY KEY, text text)");
    await database.query("INSERT INTO t SELECT n, repeat('x', 100) FROM generate_series(1, 1000) n");
    const taken = Number(await database.execute(["MEMORY", "USAGE", "set", "SAMPLES", "0"]));
    const before = database.memory();
    const idle = await database.begin();
    await database.execute(["DEL", "set"]);
    await expect.poll(async () => (await info(database)).view_bytes, POLL).toBeGreaterThan(taken * 0.6);
    const { view_bytes: ofSet } = await info(database);
    expect(ofSet).toBeLessThan(taken * 1.6);
    await database.query("UPDATE t SET text = repeat('y', 100)");
    expect((await info(database)).view_bytes).toBeGreaterThan(ofSet! + 1000 * 100);
    expect(await idle.execute(["SCARD", "set"])).toBe(members.length);
    await idle.rollback();
    expect((await info(database)).view_bytes).toBe(0);
    await expect.poll(() => database.memory().values, POLL).toBeLessThan(before.values - taken / 2);
  });
});

describe("max_view_mb", () => {
  it("ends the oldest views; others go on", async () => {
    const database = await opened({ max_view_mb: 1 });
    await overwrite(database, 0);
    await database.query("CREATE TABLE t (id integer PRIMARY KEY)");
    await database.query("INSERT INTO t SELECT n FROM generate_series(1, 3000) n");
    const transaction = await database.begin();
    // It is met by somebody, and so has the view that the snapshot has.
    database.get("key:0");
    transaction.set("own", "1");
    const snapshot = await database.snapshot();
    const cursor = snapshot.prefixCursor("key:")[Symbol.asyncIterator]();
    await cursor.next();
    // Four megabytes of old versions.
    await database.execute(["SET", "large", "x".repeat(4 << 20)]);
    const young = await database.begin();
    await database.execute(["SET", "large", "y".repeat(100)]);
    expect((await info(database)).view_bytes).toBeGreaterThan(4 << 20);
    await expect.poll(async () => (await info(database)).open_views, POLL).toBe(0);
    expect(await info(database)).toMatchObject({ view_bytes: 0, cancelled_views: 3, open_transactions: 2 });
    await expect(
      (async () => {
        for (let next = await cursor.next(); next.done !== true; next = await cursor.next());
      })(),
    ).rejects.toThrow("[40001]");
    for (const one of [transaction, young]) {
      await expect(one.execute(["GET", "key:1"])).rejects.toThrow("snapshot too old, please retry the transaction [40001]");
    }
    await expect(snapshot.execute(["GET", "key:1"])).rejects.toThrow("[25P02]");
    await expect(transaction.commit()).rejects.toThrow("[40001]");
    await young.rollback();
    await snapshot.close();
    expect(database.get("own")).toBeNull();
    expect(await info(database)).toMatchObject({ open_transactions: 0, transactions_snapshot_too_old: 2, transactions_rolled_back: 0 });
    // What comes afterwards is as good as ever.
    const next = await database.begin();
    expect(await next.execute(["GET", "large"])).toBe("y".repeat(100));
    await next.execute(["SET", "own", "2"]);
    await next.commit();
    expect(database.get("own")).toBe("2");
    expect(await info(database)).toMatchObject({ transactions_committed: 1 });
  });

  it("leaves younger views that do not need as much", async () => {
    const database = await opened({ max_view_mb: 1 });
    await database.execute(["SET", "large", "x".repeat(4 << 20)]);
    const old = await database.begin();
    await database.execute(["SET", "large", "small"]);
    const young = await database.begin();
    await young.execute(["SET", "young", "1"]);
    await expect.poll(async () => (await info(database)).cancelled_views, POLL).toBe(1);
    await young.commit();
    await expect(old.commit()).rejects.toThrow("[40001]");
    expect(database.get("young")).toBe("1");
  });

  it("leaves older views for which nothing is kept", async () => {
    const database = await opened({ max_view_mb: 1 });
    const old = await database.begin();
    await old.execute(["SET", "old", "1"]);
    await database.execute(["SET", "large", "x".repeat(4 << 20)]);
    const young = await database.begin();
    await database.execute(["SET", "large", "small"]);
    await expect.poll(async () => (await info(database)).cancelled_views, POLL).toBe(1);
    await expect(young.commit()).rejects.toThrow("[40001]");
    expect(await old.execute(["EXISTS", "large"])).toBe(0);
    await old.commit();
    expect(database.get("old")).toBe("1");
    expect((await info(database)).cancelled_views).toBe(1);
  });

  it("can be changed while the database runs, and is a quarter of the memory for data otherwise", async () => {
    const database = await opened({ maxmemory_mb: 64 });
    expect(await database.execute(["CONFIG", "GET", "max_view_mb"])).toEqual(new Map([["max_view_mb", "0"]]));
    await database.execute(["SET", "large", "x".repeat(17 << 20)]);
    const first = await database.begin();
    await database.execute(["DEL", "large"]);
    await expect.poll(async () => (await info(database)).cancelled_views, POLL).toBe(1);
    await first.rollback();
    await database.execute(["CONFIG", "SET", "max_view_mb", "32"]);
    await database.execute(["SET", "large", "x".repeat(17 << 20)]);
    const second = await database.begin();
    await database.execute(["DEL", "large"]);
    await database.execute(["CONFIG", "SET", "mark_limit_mb", "1"]);
    expect((await info(database)).view_bytes).toBeGreaterThan(17 << 20);
    await second.commit();
    expect(await info(database)).toMatchObject({ cancelled_views: 1, transactions_committed: 1 });
  });
});

describe("a database that is emptied", () => {
  it("is kept as long as somebody sees it, whatever it holds, and then gives all back", async () => {
    const database = await opened();
    const fill = async (): Promise<void> => {
      await database.query("CREATE TABLE t (id integer PRIMARY KEY, text text)");
      await database.query("CREATE INDEX t_text ON t (text)");
      await database.query("INSERT INTO t SELECT n, repeat('x', 100) || n FROM generate_series(1, 2000) n");
      await database.execute(["SADD", "set", ...Array.from({ length: 5000 }, (_, member) => `member:${member}`)]);
      await database.execute(["RPUSH", "list", ...Array.from({ length: 5000 }, (_, member) => `member:${member}`)]);
      await database.execute(["JSON.SET", "doc:1", "$", JSON.stringify(Array.from({ length: 1000 }, (_, n) => n))]);
      await database.cypher`UNWIND range(1, 2000) AS n CREATE (:Spot {n: n})-[:NEAR]->(:Other)`;
      await overwrite(database, 0);
    };
    const used = (): readonly number[] => {
      const { entries, tables, values } = database.memory();
      return [entries, tables, values];
    };
    for (const emptying of [["FLUSHALL"], ["FLUSHDB", "ASYNC"], ["FLUSHALL", "SYNC"]]) {
      await fill();
      const reader = await database.begin({ readOnly: true });
      const writer = await database.begin();
      for (const words of [
        ["SADD", "set", "own"],
        ["LPOP", "list"],
        ["SET", "own", "1"],
      ])
        await writer.execute(words);
      await writer.query("UPDATE t SET text = 'y' WHERE id < 10");
      await writer.cypher`MATCH (n:Spot {n: 1}) DETACH DELETE n`;
      await database.execute(emptying);
      expect(await database.execute(["DBSIZE"])).toBe(0);
      expect(await reader.execute(["SCARD", "set"])).toBe(5000);
      expect((await reader.query("SELECT count(*) AS n FROM t WHERE text LIKE 'x%'")).rows).toEqual([{ n: 2000 }]);
      await expect(writer.commit()).rejects.toThrow("[40001]");
      await reader.commit();
      await expect.poll(used, POLL).toEqual([0, 0, 0]);
    }
  });
});

describe("VACUUM", () => {
  const vacuum = (database: Library): Promise<string> => Promise.resolve(database.execute(["VACUUM"])).then(String);
  const removed = (versions: number, keys: number): string => `Removed ${versions} versions and ${keys} keys`;

  it("counts what was overwritten and removed, once", async () => {
    const database = await opened();
    await database.execute(["SET", "a", "1"]);
    expect(await vacuum(database)).toBe(removed(0, 0));
    await database.execute(["SET", "a", "2"]);
    expect(await vacuum(database)).toBe(removed(1, 0));
    await database.execute(["SET", "a", "a value of another size than the one before"]);
    expect(await vacuum(database)).toBe(removed(1, 0));
    await database.execute(["DEL", "a"]);
    expect(await vacuum(database)).toBe(removed(1, 1));
    expect(await vacuum(database)).toBe(removed(0, 0));
  });

  it("counts properties of nodes and relationships, a statement's own not among them", async () => {
    const database = await opened();
    const counted = async (...texts: readonly string[]): Promise<number> => {
      for (const text of texts) await database.cypher(text);
      return (await database.vacuum()).versions;
    };
    expect(await counted("UNWIND range(1, 5) AS n CREATE (:V {n: n})-[:W {n: n}]->(:V)")).toBe(0);
    expect(await counted("MATCH (v:V) SET v.x = 1 SET v.y = 2, v:X")).toBe(10);
    expect(await counted("CREATE (v:V) SET v.z = 1 SET v.z = 2 DELETE v")).toBe(0);
    expect(await counted("MATCH ()-[w:W]->() SET w.n = w.n + 1", "MATCH (v:V {n: 1}) DETACH DELETE v")).toBe(5 + 2);
    const old = await database.begin();
    expect(await counted("MATCH (v:V) SET v.x = 2")).toBe(0);
    await database.cypher("MATCH (v:V) SET v.x = 3 SET v.x = 1 / 0").catch(() => {});
    await old.rollback();
    expect((await database.vacuum()).versions).toBe(9);
    await database.transaction(async (tx) => {
      await tx.cypher("MATCH (v:V) SET v.x = 4");
      await tx.cypher("MATCH (v:V) SET v.x = 5");
    });
    expect(await database.vacuum()).toEqual({ versions: 9, keys: 0 });
  });

  it("does not count what an older transaction sees, until that has ended", async () => {
    const database = await opened();
    await database.execute(["SET", "a", "1"]);
    await database.execute(["SET", "b", "1"]);
    const old = await database.begin();
    await database.execute(["SET", "a", "2"]);
    await database.execute(["DEL", "b"]);
    expect(await vacuum(database)).toBe(removed(0, 0));
    expect(await old.execute(["GET", "a"])).toBe("1");
    expect(await old.execute(["GET", "b"])).toBe("1");
    await old.commit();
    expect(await database.vacuum()).toEqual({ versions: 2, keys: 1 });
    expect(await vacuum(database)).toBe(removed(0, 0));
  });

  it("is exact although the work is done in steps, and however much of it was done before", async () => {
    const database = await opened();
    await overwrite(database, 0);
    for (const transactions of [1, 3]) {
      await database.vacuum();
      const open = [];
      for (let count = 0; count < transactions; count++) {
        open.push(await database.begin());
        await overwrite(database, count + 1);
      }
      // One that is closed hands on to older ones what they see.
      for (const one of open.reverse()) await one.rollback();
      await expect.poll(async () => (await info(database)).view_bytes, POLL).toBe(0);
      expect(await vacuum(database)).toBe(removed(KEYS * transactions, 0));
    }
    await overwrite(database, 9);
    await database.execute(["DEL", ...Array.from({ length: KEYS }, (_, key) => `key:${key}`)]);
    expect(await vacuum(database)).toBe(removed(2 * KEYS, KEYS));
  });

  it("counts a command as one version, in every model, and nothing of what was rolled back, thrown away or is the catalog's", async () => {
    const database = await opened();
    await database.query("CREATE TABLE t (id integer PRIMARY KEY, n integer)");
    await database.query("DROP TABLE t");
    await database.query("CREATE TABLE t (id integer PRIMARY KEY, n integer)");
    await database.execute(["SADD", "set", "a", "b", "c"]);
    await database.execute(["HSET", "hash", "a", "1", "b", "2", "c", "3"]);
    await database.execute(["JSON.SET", "doc:1", "$", '{"n":1}']);
    await database.query("INSERT INTO t SELECT n, n FROM generate_series(1, 10) n");
    expect(await vacuum(database)).toBe(removed(0, 0));
    await database.execute(["SADD", "set", "d", "e", "f"]);
    await database.execute(["HSET", "hash", "a", "2", "d", "4"]);
    await database.execute(["JSON.SET", "doc:1", "$.n", "2"]);
    expect(await vacuum(database)).toBe(removed(3, 0));
    await database.query("UPDATE t SET n = n + 1");
    await database.query("DELETE FROM t WHERE id > 5");
    expect(await vacuum(database)).toBe(removed(15, 5));
    const transaction = await database.begin();
    await transaction.execute(["SET", "a", "1"]);
    await transaction.execute(["SET", "a", "2"]);
    await transaction.execute(["DEL", "set"]);
    await transaction.rollback();
    expect(await vacuum(database)).toBe(removed(0, 0));
    await database.execute(["DEL", "set"]);
    await database.execute(["FLUSHALL"]);
    expect(await vacuum(database)).toBe(removed(0, 0));
  });

  /** What a transaction does, and how many versions of keys and keys have gone with it. */
  const changes: readonly (readonly [name: string, texts: readonly (string | readonly string[])[], versions: number, keys: number])[] = [
    ["UPDATE", ["UPDATE t SET n = n + 1"], 10, 0],
    ["UPDATE of some, by key and by condition", ["UPDATE t SET n = 0 WHERE id = 1", "UPDATE t SET n = 0 WHERE n > 8"], 3, 0],
    ["UPDATE again and again", ["UPDATE t SET n = n + 1", "UPDATE t SET n = n + 1", "UPDATE t SET n = 1 WHERE id = 1"], 10, 0],
    ["another key", ["UPDATE t SET id = 100 WHERE id = 1"], 1, 1],
    ["another key and back", ["UPDATE t SET id = 100 WHERE id = 1", "UPDATE t SET id = 1 WHERE id = 100"], 1, 0],
    ["DELETE, and INSERT of the same key", ["DELETE FROM t WHERE id = 1", "INSERT INTO t VALUES (1, 7)"], 1, 0],
    ["UPDATE and DELETE of the same row", ["UPDATE t SET n = 0 WHERE id = 1", "DELETE FROM t WHERE id = 1"], 1, 1],
    ["DELETE, INSERT and DELETE", ["DELETE FROM t WHERE id = 1", "INSERT INTO t VALUES (1, 7)", "DELETE FROM t WHERE id = 1"], 1, 1],
    ["what it makes for itself", ["INSERT INTO t VALUES (11, 1)", "UPDATE t SET n = 2 WHERE id = 11", "DELETE FROM t WHERE id = 11"], 0, 0],
    ["ON CONFLICT", ["INSERT INTO t VALUES (1, 7), (11, 7) ON CONFLICT (id) DO UPDATE SET n = 70"], 1, 0],
    ["documents", ["UPDATE d SET n = n + 1", ["JSON.SET", "d:2", "$", "[]"], ["JSON.DEL", "d:1"]], 2, 1],
    [
      "a key's own commands",
      [
        ["SET", "k", "2"],
        ["APPEND", "k", "3"],
        ["DEL", "k"],
        ["RPUSH", "k", "x"],
      ],
      1,
      0,
    ],
    [
      "containers",
      [
        ["SADD", "set", "d"],
        ["SREM", "set", "a", "b"],
        ["HSET", "hash", "x", "2"],
        ["DEL", "hash"],
      ],
      2,
      1,
    ],
    [
      "RENAME and MOVE",
      [
        ["RENAME", "set", "other"],
        ["RENAME", "hash", "k"],
      ],
      3,
      2,
    ],
    [
      "an expiry is no version",
      [
        ["EXPIRE", "k", "1000"],
        ["PERSIST", "k"],
        ["EXPIRE", "d:1", "1000"],
      ],
      0,
      0,
    ],
    [
      "an expiry and a value",
      [
        ["EXPIRE", "k", "1000"],
        ["SET", "k", "2"],
      ],
      1,
      0,
    ],
  ];

  /** `met`: another client comes while the transaction is open, so that it has a state of its own. */
  describe.each([false, true])("counts what was committed, however often it was written: met %s", (met) => {
    it.each(changes)("%s", async (_, texts, versions, keys) => {
      const database = await opened();
      await database.query("CREATE TABLE t (id integer PRIMARY KEY, n integer)");
      await database.query("INSERT INTO t SELECT n, n FROM generate_series(1, 10) n");
      for (const words of [
        ["SET", "k", "1"],
        ["SADD", "set", "a", "b", "c"],
        ["HSET", "hash", "x", "1"],
        ["JSON.SET", "d:1", "$", '{"n":1}'],
        ["JSON.SET", "d:2", "$", '{"n":1}'],
      ]) {
        await database.execute(words);
      }
      await database.vacuum();
      for (const isKept of [false, true]) {
        const transaction = await database.begin();
        if (met) await database.execute(["GET", "nobody"]);
        for (const text of texts) await (typeof text === "string" ? transaction.query(text) : transaction.execute([...text]));
        if (isKept) await transaction.commit();
        else await transaction.rollback();
        expect(await database.vacuum()).toEqual(isKept ? { versions, keys } : { versions: 0, keys: 0 });
      }
    });
  });

  it("counts nothing of what failed or was taken back: statements, savepoints, commits that are refused", async () => {
    const database = await opened();
    await database.query("CREATE TABLE t (id integer PRIMARY KEY, n integer)");
    await database.query("INSERT INTO t SELECT n, n FROM generate_series(1, 10) n");
    await database.query("CREATE UNIQUE INDEX t_n ON t (n)");
    await expect(database.query("INSERT INTO t VALUES (20, 20), (21, 21), (1, 1)")).rejects.toThrow("[23505]");
    await expect(database.query("UPDATE t SET n = CASE WHEN id < 9 THEN id + 100 ELSE 1 / (id - 9) END")).rejects.toThrow("[22012]");
    expect(await vacuum(database)).toBe(removed(0, 0));
    const transaction = await database.begin();
    await transaction.query("UPDATE t SET n = 50 WHERE id = 5");
    await transaction.savepoint("s");
    await transaction.query("DELETE FROM t");
    await expect(transaction.query("INSERT INTO t VALUES (1, 1), (1, 2)")).rejects.toThrow("[23505]");
    await transaction.rollbackTo("s");
    await transaction.commit();
    expect(await vacuum(database)).toBe(removed(1, 0));
    const late = await database.begin();
    await late.query("DELETE FROM t WHERE id < 5");
    await late.query("UPDATE t SET n = 60 WHERE id = 6");
    await database.query("UPDATE t SET n = 61 WHERE id = 6");
    await expect(late.commit()).rejects.toThrow("[40001]");
    expect(await vacuum(database)).toBe(removed(1, 0));
    expect(await database.execute(["JSON.MSET", "d:1", "$", "1", "d:2", "$", "2", "d:1", "$", "3"])).toBe("OK");
    expect(await vacuum(database)).toBe(removed(0, 0));
  });

  it("runs outside of transactions, in SQL too, and takes any arguments", async () => {
    const database = await opened();
    expect(String(await database.execute(["VACUUM", "what", "ever"]))).toBe(removed(0, 0));
    const transaction = await database.begin();
    await expect(Promise.resolve().then(() => transaction.execute(["VACUUM"]))).rejects.toThrow("[25001]");
    await expect(transaction.query("VACUUM")).rejects.toThrow("VACUUM cannot run inside a transaction block [25001]");
    await transaction.query("ANALYZE");
    await transaction.rollback();
    expect((await database.query("VACUUM (VERBOSE, ANALYZE)")).rows).toEqual([]);
  });
});

describe("what ROLLBACK TO has taken back", () => {
  it.each(["DELETE", "DETACH DELETE"])(
    "has been read all the same: %s of a node without relationships says that there are none",
    async (verb) => {
      const database = await opened();
      await database.cypher`CREATE (:Spot {id: 1}), (:Spot {id: 2}), (:Spot {id: 3})`;
      const link = (from: number, to: number): readonly [string, Record<string, number>] => [
        "MATCH (a:Spot {id: $from}), (b:Spot {id: $to}) CREATE (a)-[:ROAD]->(b)",
        { from, to },
      ];
      const pivot = await database.begin();
      await database.cypher(...link(2, 2));
      await pivot.cypher(...link(1, 3));
      await pivot.savepoint("s");
      await pivot.cypher(`MATCH (n:Spot {id: 2}) ${verb} n`);
      await pivot.rollbackTo("s");
      const reader = await database.begin({ readOnly: true });
      await pivot.commit();
      // The pivot has not seen the first link, which the reader does see, and the reader not the pivot's.
      const read = async (): Promise<void> => {
        expect(await reader.cypher("MATCH ()-[r:ROAD]->(:Spot {id: 3}) RETURN r")).toHaveLength(0);
        await reader.commit();
      };
      await expect(read()).rejects.toThrow("[40001]");
    },
  );
});

describe("a server", () => {
  async function served(options: Readonly<Record<string, OptionValue>>): Promise<{ database: Library; client(): Promise<RawClient> }> {
    const database = await opened(options);
    const door = await database.serve({ host: "127.0.0.1", port: 0 });
    closers.push(() => door.stop());
    const client = async (): Promise<RawClient> => {
      const one = await openClient(door);
      closers.push(() => one.close());
      return one;
    };
    return { database, client };
  }

  const shown = (reply: unknown): string => JSON.stringify(reply);

  /** Writes in all models. */
  const WRITES: readonly (readonly string[])[] = [
    ["SET", "own", "1"],
    ["HSET", "hash", "a", "1"],
    ["JSON.SET", "doc:1", "$", "[1]"],
    ["SQL", "INSERT INTO t VALUES (1)"],
    ["CYPHER.QUERY", "CREATE (:Own)"],
  ];

  async function digest(database: Library): Promise<string> {
    return shown(await database.execute(["DEBUG", "DIGEST"]));
  }

  it("rolls a silent client's transaction back, and tells it so", async () => {
    const { database, client } = await served({});
    await database.query("CREATE TABLE t (id integer PRIMARY KEY)");
    const before = await digest(database);
    const one = await client();
    await one.call("BEGIN");
    for (const words of WRITES) expect((await one.call(...words)).kind).not.toBe("error");
    await database.execute(["CONFIG", "SET", "idle_in_transaction_timeout", "20"]);
    await expect.poll(async () => (await info(database)).transactions_idle, POLL).toBe(1);
    expect(await info(database)).toMatchObject({ open_views: 0, open_transactions: 0 });
    expect(shown(await one.call("GET", "own"))).toContain("25P03");
    // What was sent before that was read must not run outside of it.
    for (const words of WRITES) expect(shown(await one.call(...words))).toContain("25P03");
    expect(shown(await one.call("COMMIT"))).toContain("25P03");
    expect(await digest(database)).toBe(before);
    expect(shown(await one.call("GET", "own"))).not.toContain("25P03");
  });

  it("rolls back what a client leaves behind that is gone", async () => {
    const { database, client } = await served({});
    await database.query("CREATE TABLE t (id integer PRIMARY KEY)");
    const before = await digest(database);
    const one = await client();
    await one.call("BEGIN");
    for (const words of WRITES) expect((await one.call(...words)).kind).not.toBe("error");
    expect(await info(database)).toMatchObject({ open_views: 1, open_transactions: 1 });
    await one.close();
    await expect.poll(async () => (await info(database)).transactions_disconnected, POLL).toBe(1);
    expect(await info(database)).toMatchObject({ open_views: 0, open_transactions: 0 });
    expect(await digest(database)).toBe(before);
  });

  it("refuses what makes a transaction too large; the rest of it can be committed", async () => {
    const { database, client } = await served({ max_transaction_mb: 1 });
    await database.query("CREATE TABLE t (id integer PRIMARY KEY, text text)");
    const before = await digest(database);
    const one = await client();
    const megabytes = "x".repeat(2 << 20);
    await one.call("BEGIN");
    await one.call("SET", "own", "1");
    for (const words of [
      ["SET", "large", megabytes],
      ["APPEND", "own", megabytes],
      ["HSET", "hash", "a", megabytes],
      ["JSON.SET", "doc:1", "$", JSON.stringify(megabytes)],
      ["SQL", "INSERT INTO t SELECT n, repeat('x', 1000) FROM generate_series(1, 3000) n"],
      ["CYPHER.QUERY", "UNWIND range(1, 100000) AS n CREATE (:Own {n: n})"],
    ]) {
      const reply = shown(await one.call(...words));
      expect(reply, words[0]).toMatch(/OOM|53200/);
    }
    expect(shown(await one.call("EXISTS", "large", "hash", "doc:1"))).toContain("0");
    expect(shown(await one.call("SQL", "SELECT count(*) FROM t"))).toContain("0");
    expect(shown(await one.call("GET", "own"))).toContain('"1"');
    expect(shown(await one.call("COMMIT"))).toContain("OK");
    expect(database.get("own")).toBe("1");
    expect(await database.execute(["DEL", "own"])).toBe(1);
    expect(await digest(database)).toBe(before);
  });

  it("refuses a statement that makes a transaction too large which nobody else has met", async () => {
    const database = await opened({ max_transaction_mb: 2 });
    await database.query("CREATE TABLE t (id integer PRIMARY KEY, text text)");
    const before = await digest(database);
    const lone = await database.begin();
    await lone.query("INSERT INTO t VALUES (0, 'own')");
    await expect(lone.query("INSERT INTO t SELECT n, repeat('x', 1000) FROM generate_series(1, 9000) n")).rejects.toThrow("[53200]");
    await expect(lone.query("UPDATE t SET text = repeat('x', 9000000)")).rejects.toThrow("[53200]");
    await lone.query("INSERT INTO t SELECT n, repeat('x', 1000) FROM generate_series(1, 500) n");
    expect((await lone.query("SELECT count(*) AS n FROM t")).rows).toEqual([{ n: 501 }]);
    await lone.commit();
    expect((await database.query("DELETE FROM t")).affected).toBe(501);
    expect(await digest(database)).toBe(before);
  });
});
