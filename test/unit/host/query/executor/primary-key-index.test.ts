/**
 * The index of a primary key: what it gives in order, by ranges and by a key's first columns is what a scan gives, whatever has been written,
 * altered, taken back or restarted meanwhile; and no other index or constraint of the table has its name.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { type EmbeddedDatabase, open } from "../../../../../host/entry/node.ts";

let directory: string;
let db: EmbeddedDatabase;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "memflux-"));
  db = await open({ dir: directory });
});

afterEach(async () => {
  await db.close();
  await rm(directory, { recursive: true });
});

async function rows(text: string): Promise<readonly unknown[]> {
  return (await db.query(text)).rows.map((row) => Object.values(row));
}

/** Asked once by the index of the key, and once where it is of no use: of expressions over its columns. */
async function compare(): Promise<void> {
  const count = (await rows("SELECT id FROM t")).length;
  const all = await rows("SELECT g, id, n FROM t ORDER BY g + 0, id + 0");
  expect(all).toHaveLength(count);
  expect(await rows("SELECT g, id, n FROM t ORDER BY g, id LIMIT 1000000")).toEqual(all);
  expect(await rows("SELECT g, id, n FROM t ORDER BY g DESC, id DESC LIMIT 5")).toEqual([...all].reverse().slice(0, 5));
  expect(await rows("SELECT g, id, n FROM t WHERE g = 3 ORDER BY id")).toEqual(
    await rows("SELECT g, id, n FROM t WHERE g + 0 = 3 ORDER BY id"),
  );
  expect(await rows("SELECT count(*) FROM t WHERE g = 3 AND id > 500")).toEqual(
    await rows("SELECT count(*) FROM t WHERE g + 0 = 3 AND id + 0 > 500"),
  );
  expect(await rows("SELECT min(g), max(g) FROM t")).toEqual(await rows("SELECT min(g + 0), max(g + 0) FROM t"));
  expect(await rows("SELECT max(g) FROM t")).toEqual(await rows("SELECT max(g + 0) FROM t"));
}

async function indexed(text: string): Promise<boolean> {
  return (await rows(`EXPLAIN ${text}`)).some((line) => String(line).includes("by index t_pkey"));
}

it("gives what a scan gives", async () => {
  await db.query("CREATE TABLE t (g int, id int, n int, PRIMARY KEY (g, id))");
  await db.query("INSERT INTO t SELECT i * 7 % 10, i * 379 % 3000, i FROM generate_series(1, 3000) AS s(i)");
  await compare();
  expect(await indexed("SELECT * FROM t WHERE g = 3 ORDER BY id LIMIT 4")).toBe(true);
  expect(await indexed("SELECT * FROM t ORDER BY g DESC, id DESC LIMIT 4")).toBe(true);
  expect(await indexed("SELECT * FROM t WHERE g = 3 AND id = 4")).toBe(false);
  await db.query("UPDATE t SET id = id + 5000 WHERE n % 3 = 0; DELETE FROM t WHERE n % 5 = 0; UPDATE t SET n = n + 1");
  await compare();
  const tx = await db.begin();
  await tx.query("DELETE FROM t WHERE g = 3; INSERT INTO t VALUES (3, 1, 1); UPDATE t SET g = 11 WHERE g = 4");
  expect((await tx.query("SELECT g, id FROM t WHERE g = 3 ORDER BY id")).rows).toEqual([{ g: 3, id: 1 }]);
  expect((await tx.query("SELECT max(g) FROM t")).rows).toEqual([{ max: 11 }]);
  await compare();
  await tx.rollback();
  await compare();
  await db.close();
  db = await open({ dir: directory });
  await compare();
  expect(await indexed("SELECT * FROM t ORDER BY g LIMIT 4")).toBe(true);
});

it("goes with the key", async () => {
  await db.query("CREATE TABLE t (g int, id int, n int, PRIMARY KEY (g, id))");
  await db.query("INSERT INTO t SELECT i % 10, i, i FROM generate_series(1, 2000) AS s(i)");
  await db.query("ALTER TABLE t DROP CONSTRAINT t_pkey");
  expect(await indexed("SELECT * FROM t ORDER BY g LIMIT 4")).toBe(false);
  await compare();
  await db.query("ALTER TABLE t ADD PRIMARY KEY (id)");
  expect(await indexed("SELECT * FROM t ORDER BY id LIMIT 4")).toBe(true);
  await compare();
  await db.query("ALTER TABLE t RENAME CONSTRAINT t_pkey TO k");
  await compare();
  await db.query("CREATE INDEX t_pkey ON t (n)");
  await compare();
});

it("has a name that no other has", async () => {
  await db.query("CREATE TABLE t (id int PRIMARY KEY, n int)");
  const taken = /^relation "[tu]_pkey" already exists \[42P07\]$/;
  await expect(db.query("CREATE INDEX t_pkey ON t (n)")).rejects.toThrow(taken);
  await expect(db.query("ALTER TABLE t ADD CONSTRAINT t_pkey UNIQUE (n)")).rejects.toThrow(taken);
  await expect(db.query("CREATE TABLE u (id int PRIMARY KEY, n int, CONSTRAINT u_pkey UNIQUE (n))")).rejects.toThrow(taken);
  await expect(db.query("CREATE TABLE u (id int PRIMARY KEY, n int, CONSTRAINT u_pkey FOREIGN KEY (n) REFERENCES t)")).rejects.toThrow(
    taken,
  );
  await db.query("CREATE INDEX i ON t (n); CREATE TABLE v (id int PRIMARY KEY)");
  await expect(db.query("ALTER INDEX i RENAME TO t_pkey")).rejects.toThrow(taken);
  await expect(db.query("ALTER TABLE t ADD CONSTRAINT i FOREIGN KEY (id) REFERENCES v")).rejects.toThrow('relation "i" already exists');
  await expect(db.query("DROP INDEX t_pkey")).rejects.toThrow('index "t_pkey" does not exist');
  await db.query("CREATE INDEX IF NOT EXISTS t_pkey ON t (n); CREATE TABLE u (n int); CREATE INDEX u_pkey ON u (n)");
});
