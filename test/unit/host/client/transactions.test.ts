/**
 * Transactions of the library, in the same thread and behind a worker.
 *
 * Goal: everything that is done through a transaction is done in it, by every way to read and write; it ends as it was told to, once;
 * conflicts are run anew; a snapshot stays as it was. Nothing of a transaction that was left is kept by the engine.
 * Method: the built engine in memory; the same checks on an embedded database and on a remote one whose link clones messages.
 */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { EmbeddedDatabase } from "../../../../host/client/embedded.ts";
import type { RemoteDatabase } from "../../../../host/client/remote.ts";
import { DatabaseError } from "../../../../host/common/error.ts";
import { open } from "../../../../host/entry/node.ts";
import { engineBuilt } from "../../../support/engine.ts";
import { openRemote } from "./link-pair.ts";

type AnyDatabase = EmbeddedDatabase | RemoteDatabase;

async function codeOf(work: () => unknown): Promise<string> {
  try {
    await work();
  } catch (error) {
    if (error instanceof DatabaseError) return error.code;
    throw error;
  }
  return "done";
}

describe.skipIf(!engineBuilt).each<readonly [string, () => Promise<AnyDatabase>]>([
  ["embedded", () => open()],
  ["behind a worker", async () => (await openRemote()).db],
])("transactions of a database %s", (_name, openAny) => {
  let db: AnyDatabase;

  beforeEach(async () => {
    db = await openAny();
  });

  afterEach(() => db.close());

  it("by all ways to write, seen by all ways to read, and by others once it is committed", async () => {
    await db.set("a", "old");
    const tx = await db.begin();
    await tx.set("a", "new");
    await tx.bytes.set("b", Uint8Array.of(1, 2));
    await tx.json.set("doc:1", "$", { x: 1 });
    await tx.execute(["SET", "c", "3"]);
    await tx.pipeline([
      ["INCR", "c"],
      ["INCR", "c"],
    ]);
    await tx.query("INSERT INTO doc (id, x) VALUES ($1, $2)", ["2", 2]);
    await tx.load("doc", [{ id: "3", x: 3 }]);
    await tx.cypher`CREATE (n:Person {name: ${"Ann"}})`;
    const insert = await tx.prepare("INSERT INTO doc (id, x) VALUES ($1, $2)");
    await insert.run("4", 4);

    const seen = async (of: typeof tx | AnyDatabase) => ({
      a: await of.get("a"),
      b: await of.bytes.get("b"),
      c: await of.execute(["GET", "c"]),
      sum: (await of.sql`SELECT sum(x) AS n FROM doc`)[0],
      names: (await of.cypher("MATCH (n:Person) RETURN n.name AS name")).map((row) => row.name),
      keys: (await of.keys()).sort(),
      range: await of.prefix("doc:", { keys: true }),
    });
    const after = {
      a: "new",
      b: Uint8Array.of(1, 2),
      c: "5",
      sum: { n: 10 },
      names: ["Ann"],
      keys: ["a", "b", "c", "doc:1", "doc:2", "doc:3", "doc:4"],
      range: ["doc:1", "doc:2", "doc:3", "doc:4"],
    };
    expect(await seen(tx)).toEqual(after);
    const rows: unknown[] = [];
    for await (const row of tx.cursor("SELECT x FROM doc ORDER BY x")) rows.push(row);
    expect(rows).toEqual([{ x: 1 }, { x: 2 }, { x: 3 }, { x: 4 }]);
    expect(await seen(db)).toEqual({ a: "old", b: null, c: null, sum: { n: null }, names: [], keys: ["a"], range: [] });
    await tx.commit();
    expect(await seen(db)).toEqual(after);
  });

  it("rolled back, closed and left by `await using`, it leaves nothing", async () => {
    const ends: readonly ((tx: Awaited<ReturnType<AnyDatabase["begin"]>>) => Promise<void>)[] = [
      (tx) => tx.rollback(),
      (tx) => tx.close(),
      (tx) => tx[Symbol.asyncDispose](),
    ];
    for (const end of ends) {
      const tx = await db.begin();
      await tx.set("a", "1");
      await tx.query("INSERT INTO doc (id, x) VALUES ('1', 1)");
      await end(tx);
      await tx.close();
      expect(tx.isOpen).toBe(false);
      expect(await db.dbsize()).toBe(0);
    }
  });

  it("has ended when it has ended", async () => {
    for (const end of ["commit", "rollback"] as const) {
      const tx = await db.begin();
      const statement = await tx.prepare("SELECT 1 AS one");
      await tx[end]();
      const late: readonly (() => unknown)[] = [
        () => tx.get("a"),
        () => tx.set("a", "1"),
        () => tx.json.set("d:1", "$", {}),
        () => tx.sql`SELECT 1`,
        () => tx.cypher("RETURN 1"),
        () => tx.execute(["SET", "a", "1"]),
        () => tx.savepoint("s"),
        () => tx.commit(),
        () => tx.rollback(),
        () => statement.all(),
        () => tx.load("t", [{ id: "1" }]),
      ];
      for (const work of late) expect(await codeOf(work)).toBe("TRANSACTION_ENDED");
    }
    expect(await db.dbsize()).toBe(0);
  });

  it("has settings of its own, which end with it", async () => {
    const zone = async (session: Pick<AnyDatabase, "query">): Promise<unknown> => (await session.query("SHOW timezone")).rows;
    const [utc, tokyo, vienna] = ["UTC", "+09:00", "+02:00"].map((name) => [{ TimeZone: name }]);
    expect(await zone(db)).toEqual(utc);
    for (const end of ["commit", "rollback"] as const) {
      const [tx, other] = [await db.begin(), await db.begin()];
      await tx.query("SET timezone = '+09:00'");
      expect([await zone(tx), await zone(other), await zone(db)]).toEqual([tokyo, utc, utc]);
      await tx
        .savepoint(async () => {
          await tx.query("SET LOCAL timezone = '+02:00'");
          expect(await zone(tx)).toEqual(vienna);
          throw new RangeError("back");
        })
        .catch(() => {});
      expect(await zone(tx)).toEqual(tokyo);
      await tx[end]();
      await other.close();
      expect(await zone(db)).toEqual(utc);
    }
    await db.query("SET timezone = '+02:00'");
    expect(await db.transaction((tx) => zone(tx))).toEqual(vienna);
  });

  it("ends with QUIT, and with a request that is too large, rolled back", async () => {
    for (const ending of [["QUIT"], ["SET", "a", "x".repeat(2_000_000)]]) {
      await db.execute(["CONFIG", "SET", "proto-max-bulk-len", "1mb"]);
      const tx = await db.begin();
      await tx.set("a", "1");
      await tx.execute(ending).catch(() => {});
      for (const late of [() => tx.get("a"), () => tx.execute(["PING"]), () => tx.query("SELECT 1"), () => tx.commit()]) {
        expect(await codeOf(late)).toBe("TRANSACTION_ENDED");
      }
      expect([await db.get("a"), await db.transaction((again) => again.set("b", "1"))]).toEqual([null, true]);
    }
  });

  it("counts a key whose time is over and which makes way for a new one", async () => {
    const expired = async (): Promise<number> => Number(/expired_keys:(\d+)/.exec(String(await db.execute(["INFO", "stats"])))?.[1]);
    await db.execute(["DEBUG", "SET-ACTIVE-EXPIRE", "0"]);
    await db.query("CREATE TABLE row (id int PRIMARY KEY, n int)");
    for (const id of [1, 2, 3]) {
      await db.query("INSERT INTO row VALUES ($1, 0)", [id]);
      await db.execute(["PEXPIRE", `row:${id}`, "1"]);
    }
    const before = await expired();
    await expect.poll(() => db.query("SELECT count(*)::int AS n FROM row").then(({ rows }) => rows)).toEqual([{ n: 0 }]);
    await expect(db.query("INSERT INTO row VALUES (1, 1), (2, 1 / 0)")).rejects.toThrow("22012");
    await db.query("INSERT INTO row VALUES (1, 1)");
    await db.transaction((tx) => tx.query("INSERT INTO row VALUES (2, 1)"));
    expect((await expired()) - before).toBe(2);
  });

  it("is begun and ended by nothing but its methods", async () => {
    const tx = await db.begin();
    await tx.set("a", "1");
    for (const words of [["BEGIN"], ["COMMIT"], ["ROLLBACK"], ["SQL", "COMMIT"], ["SQL", "ROLLBACK AND CHAIN"]]) {
      expect(await codeOf(() => tx.execute(words))).toBe("SQL_NOT_SUPPORTED");
    }
    expect(await codeOf(() => tx.query("COMMIT"))).toBe("SQL_NOT_SUPPORTED");
    expect(await codeOf(() => tx.execute(["FLUSHALL"]))).toBe("SQL_ERROR");
    expect(await codeOf(() => tx.execute(["MULTI"]))).toBe("SQL_ERROR");
    expect(await codeOf(() => db.query("BEGIN"))).toBe("SQL_NOT_SUPPORTED");
    expect(await db.get("a")).toBeNull();
    await tx.commit();
    expect(await db.get("a")).toBe("1");
  });

  it("is not begun with modes that are none", async () => {
    const db = await open();
    for (const options of [{ isolation: "SERIALIZABLE" }, { isolation: "chaos" }, { isolation: null }, { readOnly: "no" }]) {
      const given = options as unknown as { isolation: "snapshot" };
      expect(await codeOf(() => db.begin(given))).toBe("USAGE");
      expect(await codeOf(() => db.transaction(() => 1, given))).toBe("USAGE");
    }
    expect(await db.execute(["INFO", "transactions"])).toContain("open_transactions:0");
    await db.close();
  });

  it("statements that are not waited for come before its end", async () => {
    const db = await open();
    await db.query("SELECT 1");
    const tx = await db.begin();
    const counted = tx.query("INSERT INTO t (id) VALUES ('1')");
    const linked = tx.cypher`CREATE (n:T)`;
    await Promise.all([counted, linked, tx.savepoint("s"), tx.sql`INSERT INTO t (id) VALUES ('2')`, tx.rollbackTo("s"), tx.commit()]);
    await db.transaction((other) => void other.query("INSERT INTO t (id) VALUES ('3')"));
    expect((await db.query("SELECT id FROM t ORDER BY id")).rows).toEqual([{ id: "1" }, { id: "3" }]);
    expect([...(await db.cypher("MATCH (n:T) RETURN count(*) AS n"))]).toEqual([{ n: 1 }]);
    await db.close();
  });

  it("RESET in it ends it, and nothing runs outside of it by mistake", async () => {
    const tx = await db.begin();
    await tx.set("a", "1");
    await tx.execute(["RESET"]);
    expect(await codeOf(() => tx.set("b", "1"))).toBe("SQL_ERROR");
    expect(await codeOf(() => tx.commit())).toBe("SQL_ERROR");
    expect(await db.dbsize()).toBe(0);
  });

  it("savepoints, by name and around functions", async () => {
    const tx = await db.begin();
    await tx.set("n", "1");
    await tx.savepoint("s");
    await tx.set("n", "2");
    await tx.rollbackTo("s");
    expect(await tx.get("n")).toBe("1");
    await tx.release("s");
    expect(await codeOf(() => tx.rollbackTo("s"))).toBe("SQL_ERROR");
    expect(await tx.savepoint(async () => tx.incr("n"))).toBe(2);
    const failed = tx.savepoint(async () => {
      await tx.set("n", "3");
      await tx.cypher("CREATE (n:Lost)");
      await tx.savepoint(() => tx.set("m", "inner"));
      throw new RangeError("mine");
    });
    await expect(failed).rejects.toThrow(RangeError);
    expect([await tx.get("n"), await tx.get("m"), (await tx.cypher("MATCH (n) RETURN n")).length]).toEqual(["2", null, 0]);
    await tx.commit();
    expect(await db.get("n")).toBe("2");
  });

  it("what fails in it leaves it as it was", async () => {
    await db.query("CREATE TABLE t (id int PRIMARY KEY, x int CHECK (x > 0))");
    const tx = await db.begin();
    await tx.query("INSERT INTO t VALUES (1, 1)");
    expect(await codeOf(() => tx.query("INSERT INTO t VALUES (2, 2), (3, 0)"))).toBe("SQL_CONSTRAINT");
    expect(await codeOf(() => tx.query("INSERT INTO t VALUES (1, 1)"))).toBe("SQL_CONSTRAINT");
    expect(await codeOf(() => tx.incr("t:1"))).toBe("WRONG_TYPE");
    expect(await codeOf(() => tx.query("SELEC"))).toBe("SQL_SYNTAX");
    await tx.commit();
    expect((await db.query("SELECT id FROM t")).rows).toEqual([{ id: 1 }]);
  });

  it("of two that write the same one is told, and as a function it is run anew", async () => {
    const [first, second] = [await db.begin(), await db.begin({ isolation: "snapshot" })];
    await first.incr("n");
    await second.incr("n");
    await first.commit();
    expect(await codeOf(() => second.commit())).toBe("SQL_ABORT");
    expect(second.isOpen).toBe(false);

    await db.set("n", "0");
    const adding = Array.from({ length: 5 }, () =>
      db.transaction(async (tx) => {
        const before = Number(await tx.get("n"));
        await tx.sql`SELECT 1`;
        await tx.set("n", before + 1);
        return before;
      }),
    );
    expect((await Promise.all(adding)).sort()).toEqual([0, 1, 2, 3, 4]);
    expect(await db.get("n")).toBe("5");
    expect(
      await codeOf(() =>
        db.transaction(
          async (tx) => {
            await tx.incr("n");
            await db.incr("n");
          },
          { retries: 2 },
        ),
      ),
    ).toBe("SQL_ABORT");
    expect(await db.get("n")).toBe("8");
  });

  it("as a function it answers, and throws what is thrown", async () => {
    expect(await db.transaction((tx) => tx.append("a", "x"))).toBe(1);
    await expect(
      db.transaction(async (tx) => {
        await tx.append("a", "y");
        throw new RangeError("mine");
      }),
    ).rejects.toThrow(RangeError);
    await db.transaction(async (tx) => {
      await tx.append("a", "z");
      await tx.rollback();
    });
    expect(await db.get("a")).toBe("x");
    expect(await codeOf(() => db.transaction((tx) => tx.set("a", "1"), { readOnly: true }))).toBe("SQL_ERROR");
    expect(await codeOf(() => db.transaction((tx) => tx.query("INSERT INTO t (id) VALUES (1)"), { readOnly: true }))).toBe("SQL_ERROR");
  });

  it("has the database that SELECT says, and gives back a session that is as new", async () => {
    const tx = await db.begin();
    await tx.execute(["SELECT", "3"]);
    await tx.set("a", "three");
    await tx.query("INSERT INTO t (id) VALUES ('1')");
    await tx.commit();
    expect(await db.select(3).get("a")).toBe("three");
    expect((await db.select(3).query("SELECT id FROM t")).rows).toEqual([{ id: "1" }]);
    await db.transaction((next) => next.set("a", "zero"));
    expect([await db.get("a"), await db.select(3).get("a")]).toEqual(["zero", "three"]);
  });

  it("a snapshot stays as it was, by all ways to read", async () => {
    await db.set("a", "1");
    await db.json.set("doc:1", "$", { x: 1 });
    await db.cypher("CREATE (n:Person {name: 'Ann'})");
    const snapshot = await db.snapshot();
    await db.set("a", "2");
    await db.query("UPDATE doc SET x = 2");
    await db.query("INSERT INTO doc (id, x) VALUES ('2', 9)");
    await db.cypher("MATCH (n:Person) SET n.name = 'Bob' CREATE (m:Person)");
    expect(await snapshot.get("a")).toBe("1");
    expect(await snapshot.json.get("doc:1")).toEqual({ x: 1 });
    expect((await snapshot.query("SELECT x FROM doc")).rows).toEqual([{ x: 1 }]);
    expect([...(await snapshot.cypher("MATCH (n:Person) RETURN n.name AS name"))]).toEqual([{ name: "Ann" }]);
    expect(await snapshot.prefix("doc:", { keys: true })).toEqual(["doc:1"]);
    expect(await codeOf(() => snapshot.execute(["SET", "a", "3"]))).toBe("SQL_ERROR");
    await snapshot.close();
    expect(await codeOf(() => snapshot.get("a"))).toBe("TRANSACTION_ENDED");
    expect(await db.get("a")).toBe("2");
  });

  it("tables that it defines are its own until it commits, and are declared for all then", async () => {
    const tx = await db.begin();
    await tx.query("CREATE TABLE t (id int PRIMARY KEY, x int NOT NULL DEFAULT 7)");
    await tx.query("CREATE TABLE child (id int PRIMARY KEY, t int REFERENCES t)");
    await tx.query("CREATE UNIQUE INDEX by_x ON t (x)");
    await tx.query("INSERT INTO t (id) VALUES (1)");
    await tx.query("INSERT INTO child VALUES (1, 1)");
    expect(await codeOf(() => tx.query("INSERT INTO t (id) VALUES (2)"))).toBe("SQL_CONSTRAINT");
    expect(await codeOf(() => db.query("INSERT INTO t VALUES (1, 2)"))).toBe("SQL_SYNTAX");
    await tx.commit();
    expect((await db.query("SELECT id, x FROM t")).rows).toEqual([{ id: 1, x: 7 }]);
    expect(await codeOf(() => db.query("INSERT INTO t (id) VALUES (2)"))).toBe("SQL_CONSTRAINT");
    expect(await codeOf(() => db.query("INSERT INTO child VALUES (2, 5)"))).toBe("SQL_CONSTRAINT");
    expect(await codeOf(() => db.query("DELETE FROM t"))).toBe("SQL_CONSTRAINT");

    const altered = await db.begin();
    await altered.query("DROP INDEX by_x");
    await altered.query("INSERT INTO t VALUES (2, 7)");
    await altered.query("CREATE VIEW v AS SELECT x FROM t");
    expect((await altered.query("SELECT x FROM v")).rows).toEqual([{ x: 7 }, { x: 7 }]);
    await altered.rollback();
    expect((await db.query("SELECT * FROM t")).rows).toEqual([{ id: 1, x: 7 }]);
    expect(await codeOf(() => db.query("INSERT INTO t VALUES (2, 7)"))).toBe("SQL_CONSTRAINT");
    await db.transaction(async (again) => {
      await again.query("DROP INDEX by_x");
      await again.query("INSERT INTO t VALUES (2, 7)");
      await again.query("CREATE INDEX by_both ON t (x, id)");
      await again.query("CREATE VIEW v AS SELECT id FROM t");
    });
    expect((await db.query("SELECT id FROM v ORDER BY id")).rows).toEqual([{ id: 1 }, { id: 2 }]);
    expect(await db.execute(["IDX.LIST"])).toEqual(["t:*|x,id"]);
    expect(await codeOf(() => db.query("DELETE FROM t"))).toBe("SQL_CONSTRAINT");
    await db.query("DROP VIEW v");
    await db.transaction((last) => last.query("DROP TABLE child"));
    expect((await db.query("DELETE FROM t")).affected).toBe(2);
    const remade = await db.begin();
    await remade.query("DROP TABLE t");
    await remade.query("CREATE TABLE t (id text PRIMARY KEY)");
    await remade.query("INSERT INTO t VALUES ('a')");
    await remade.commit();
    expect((await db.query("SELECT * FROM t")).rows).toEqual([{ id: "a" }]);
    expect(await codeOf(() => db.query("INSERT INTO t VALUES ('a')"))).toBe("SQL_CONSTRAINT");
    await db.transaction((dropped) => dropped.query("DROP TABLE t"));
    expect(await codeOf(() => db.query("INSERT INTO t VALUES ('b')"))).toBe("SQL_SYNTAX");
    expect(await db.keys()).toEqual([]);
  });

  it("a table that others have changed meanwhile refuses what was defined on it", async () => {
    await db.query("CREATE TABLE t (id int PRIMARY KEY, x int)");
    await db.query("INSERT INTO t VALUES (1, 1)");
    const tx = await db.begin();
    await tx.query("CREATE UNIQUE INDEX by_x ON t (x)");
    await db.query("INSERT INTO t VALUES (2, 1)");
    expect(await codeOf(() => tx.commit())).toBe("SQL_ABORT");
    expect(await db.execute(["IDX.LIST"])).toEqual([]);
    expect((await db.query("SELECT count(*) AS n FROM t")).rows).toEqual([{ n: 2 }]);
    expect(await codeOf(() => db.query("INSERT INTO t VALUES (1, 5)"))).toBe("SQL_CONSTRAINT");
  });
});

describe.skipIf(!engineBuilt)("transactions of an embedded database", () => {
  it("end with it", async () => {
    const db = await open();
    const tx = await db.begin();
    tx.set("a", "1");
    await db.close();
    expect(await codeOf(() => tx.get("a"))).toBe("CLOSED");
    expect(await codeOf(() => tx.commit())).toBe("CLOSED");
    expect(await codeOf(() => db.begin())).toBe("CLOSED");
    expect(await codeOf(() => db.snapshot())).toBe("CLOSED");
  });

  it("are committed on disk as a whole", async () => {
    const { mkdtempSync, rmSync } = await import("node:fs");
    const { tmpdir } = await import("node:os");
    const { join } = await import("node:path");
    const dir = mkdtempSync(join(tmpdir(), "memflux-transactions-"));
    try {
      const db = await open({ dir });
      await db.transaction(async (tx) => {
        tx.set("a", "1");
        await tx.query("CREATE TABLE t (id int PRIMARY KEY, x int UNIQUE)");
        await tx.query("INSERT INTO t VALUES (1, 10)");
        await tx.cypher("CREATE (a:Person {name: 'Ann'})-[:KNOWS]->(b:Person)");
      });
      const left = await db.begin();
      left.set("b", "1");
      await left.query("INSERT INTO t VALUES (2, 20)");
      await db.close();
      const again = await open({ dir });
      expect(again.get("a")).toBe("1");
      expect(again.get("b")).toBeNull();
      expect((await again.query("SELECT id, x FROM t")).rows).toEqual([{ id: 1, x: 10 }]);
      expect(await codeOf(() => again.query("INSERT INTO t VALUES (5, 10)"))).toBe("SQL_CONSTRAINT");
      expect([...(await again.cypher("MATCH (a)-[:KNOWS]->(b) RETURN a.name AS name"))]).toEqual([{ name: "Ann" }]);
      await again.close();
    } finally {
      rmSync(dir, { recursive: true });
    }
  });

  it("a silent one is rolled back, and every later call says so", async () => {
    const db = await open({ idle_in_transaction_timeout: 20 });
    const tx = await db.begin();
    tx.set("a", "1");
    const snapshot = await db.snapshot();
    await expect.poll(() => codeOf(() => tx.execute(["PING"])), { interval: 60, timeout: 5000 }).toBe("SQL_ERROR");
    expect(() => tx.set("a", "2")).toThrow("[25P03]");
    expect(() => tx.get("a")).toThrow("[25P03]");
    expect(db.get("a")).toBeNull();
    await expect(tx.commit()).rejects.toThrow("[25P03]");
    expect(snapshot.get("a")).toBeNull();
    await snapshot.close();
    await db.close();
  });

  it("one in which something is done is not silent, whatever that is", async () => {
    const limitMs = 400;
    const db = await open({ idle_in_transaction_timeout: limitMs });
    await db.query("CREATE TABLE t (id integer PRIMARY KEY)");
    await db.query("INSERT INTO t SELECT n FROM generate_series(1, 1000) n");
    const prepared = await db.prepare("SELECT count(*) AS n FROM t");
    const ways: readonly ((tx: Awaited<ReturnType<typeof db.begin>>) => unknown)[] = [
      (tx) => tx.query("SELECT 1"),
      (tx) => tx.cypher`RETURN 1`,
      (tx) => tx.statement(prepared).get(),
      (tx) => tx.savepoint("s"),
      (tx) => tx.publish("news", "x"),
      (tx) => tx.get("k"),
    ];
    const transactions = await Promise.all(ways.map(() => db.begin()));
    const silent = await db.begin();
    const until = performance.now() + 2 * limitMs;
    while (performance.now() < until) {
      for (const [index, way] of ways.entries()) await way(transactions[index]!);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(await codeOf(() => silent.query("SELECT 1"))).toBe("SQL_ERROR");
    for (const tx of transactions) await tx.commit();
    await db.close();
  });

  it("that drop tables and indexes and are rolled back leave foreign keys and indexes as they were", async () => {
    const db = await open();
    await db.query("CREATE TABLE parent (id int PRIMARY KEY, x int)");
    await db.query("CREATE TABLE child (id int PRIMARY KEY, parent int REFERENCES parent)");
    await db.query("CREATE UNIQUE INDEX by_x ON parent (x)");
    await db.query("INSERT INTO parent SELECT n, n FROM generate_series(1, 1000) n");
    await db.query("INSERT INTO child SELECT n, n FROM generate_series(1, 1000) n");
    const round = async (): Promise<void> => {
      const tx = await db.begin();
      await tx.query("DROP INDEX by_x");
      await tx.query("INSERT INTO parent VALUES (1001, 1)");
      await tx.query("DROP TABLE child");
      await tx.query("DELETE FROM parent WHERE id = 1");
      await tx.query("CREATE TABLE other (id int PRIMARY KEY, parent int REFERENCES parent)");
      await tx.query("INSERT INTO other VALUES (1, 2)");
      expect(await codeOf(() => tx.query("DELETE FROM parent WHERE id = 2"))).toBe("SQL_CONSTRAINT");
      await tx.rollback();
    };
    const settled = async (): Promise<number> => {
      let used = 0;
      const isSteady = (): boolean => {
        const before = used;
        used = db.memory().used;
        return used === before;
      };
      await expect.poll(isSteady, { interval: 300, timeout: 20_000 }).toBe(true);
      return used;
    };
    for (let warm = 0; warm < 3; warm++) await round();
    const before = await settled();
    for (let count = 0; count < 5; count++) await round();
    expect(await settled()).toBe(before);
    expect(await codeOf(() => db.query("DELETE FROM parent WHERE id = 1"))).toBe("SQL_CONSTRAINT");
    expect(await codeOf(() => db.query("INSERT INTO child VALUES (1001, 1001)"))).toBe("SQL_CONSTRAINT");
    expect(await codeOf(() => db.query("INSERT INTO parent VALUES (1001, 1)"))).toBe("SQL_CONSTRAINT");
    const old = await db.begin();
    expect((await old.query("SELECT count(*) AS n FROM child")).rows).toEqual([{ n: 1000 }]);
    await db.query("DROP TABLE child");
    expect(await codeOf(() => old.query("DELETE FROM parent WHERE id = 5"))).toBe("done");
    expect(await codeOf(() => old.query("INSERT INTO child VALUES (2000, 2)"))).toBe("done");
    await expect(old.commit()).rejects.toMatchObject({ code: "SQL_ABORT" });
    await db.query("DELETE FROM parent");
    await db.close();
  });

  it("above its memory limit a statement leaves nothing, and the transaction goes on", async () => {
    const db = await open({ max_transaction_mb: 2 });
    await db.query("CREATE TABLE t (id int PRIMARY KEY, x text)");
    const fill = "INSERT INTO t SELECT n, repeat('x', 1000) FROM generate_series($1::int, $2::int) n";
    await db.query(fill, [1, 5000]);
    const tx = await db.begin();
    await tx.query(fill, [5001, 5100]);
    await expect(tx.query(fill, [6001, 16_000])).rejects.toThrow("[53200]");
    expect((await tx.query("SELECT count(*) AS n FROM t")).rows).toEqual([{ n: 5100 }]);
    await expect(tx.query("UPDATE t SET x = x || 'y'")).rejects.toThrow("[53200]");
    expect((await tx.query("SELECT count(*) AS n FROM t WHERE x LIKE '%y'")).rows).toEqual([{ n: 0 }]);
    await tx.query("DELETE FROM t WHERE id = 1");
    await tx.commit();
    expect((await db.query("SELECT count(*) AS n FROM t")).rows).toEqual([{ n: 5099 }]);
    db.execute(["CONFIG", "SET", "max_transaction_mb", "0"]);
    const large = await db.begin();
    await large.query("UPDATE t SET x = x || 'y'");
    await large.rollback();
    await db.close();
  });

  it("leave no memory behind", async () => {
    const db = await open();
    await db.query("CREATE TABLE t (id int PRIMARY KEY, x int)");
    await db.query("INSERT INTO t VALUES (1, 1)");
    await db.cypher("CREATE (n:Person {name: 'Ann'})");
    const round = async (): Promise<void> => {
      const tx = await db.begin();
      tx.set("a", "x".repeat(1000));
      await tx.query("INSERT INTO t VALUES (2, 2)");
      await tx.query("UPDATE t SET x = 3");
      await tx.cypher("MATCH (n:Person) SET n.name = 'Bob' CREATE (m:Person)");
      await tx.savepoint("s");
      tx.set("b", "1");
      await tx.rollbackTo("s");
      await tx.rollback();
    };
    // What nobody sees any more is freed in the background: two looks alike, with time between them, tell that this has ended.
    const settled = async (): Promise<number> => {
      let used = Number.NaN;
      const look = (): boolean => {
        const last = used;
        used = db.memory().used;
        return used === last;
      };
      await expect.poll(look, { timeout: 10_000, interval: 300 }).toBe(true);
      return used;
    };
    for (let warm = 0; warm < 3; warm++) await round();
    const before = await settled();
    for (let count = 0; count < 50; count++) await round();
    expect(await settled()).toBe(before);
    await db.close();
  });
});
