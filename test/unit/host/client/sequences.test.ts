/**
 * Goal: sequences count outside of transactions: nobody conflicts over them, nothing is taken back but definitions; currval and lastval are of the
 * session.
 * Method: the built engine in memory, by the library: transactions at the same time in both levels, and savepoints.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { EmbeddedDatabase } from "../../../../host/client/embedded.ts";
import { open } from "../../../../host/entry/node.ts";
import { engineBuilt } from "../../../support/engine.ts";

interface Asked {
  query(text: string): Promise<{ readonly rows: readonly object[] }>;
}

describe.skipIf(!engineBuilt)("sequences", () => {
  let db: EmbeddedDatabase;

  beforeEach(async () => {
    db = await open();
    await db.query("CREATE SEQUENCE s");
    await db.query("CREATE TABLE t (id serial PRIMARY KEY, v integer)");
  });

  afterEach(() => db.close());

  const firstOf = async (of: Asked, text: string): Promise<unknown> => Object.values((await of.query(text)).rows[0] ?? {})[0];

  it.each(["serializable", "snapshot"] as const)("transactions (%s) that count at the same time all commit", async (isolation) => {
    const transactions = await Promise.all(Array.from({ length: 8 }, () => db.begin({ isolation })));
    const values: unknown[] = [];
    for (let round = 0; round < 20; round++) {
      for (const [index, tx] of transactions.entries()) {
        values.push(await firstOf(tx, "SELECT nextval('s')"));
        await tx.query(`INSERT INTO t (v) VALUES (${index})`);
      }
    }
    const outcomes = await Promise.allSettled(transactions.map((tx) => tx.commit()));
    expect(outcomes.map(({ status }) => status)).toEqual(transactions.map(() => "fulfilled"));
    expect(new Set(values).size).toBe(160);
    expect(await firstOf(db, "SELECT count(DISTINCT id) FROM t")).toBe(160);
  });

  it("what was taken stays taken, alone and beside others, after ROLLBACK and to a savepoint", async () => {
    const alone = await db.begin();
    expect(await firstOf(alone, "SELECT nextval('s')")).toBe(1);
    await alone.query("SAVEPOINT here");
    await alone.query("SELECT setval('s', 10)");
    await alone.query("ROLLBACK TO here");
    expect(await firstOf(alone, "SELECT nextval('s')")).toBe(11);
    expect(await firstOf(db, "SELECT nextval('s')")).toBe(12);
    await alone.rollback();
    expect(await firstOf(db, "SELECT nextval('s')")).toBe(13);
  });

  it("definitions are of their transaction", async () => {
    await db.query("SELECT setval('s', 100)");
    const tx = await db.begin();
    await tx.query("DROP SEQUENCE s");
    await tx.query("CREATE SEQUENCE s");
    expect(await firstOf(tx, "SELECT nextval('s')")).toBe(1);
    expect(await firstOf(db, "SELECT nextval('s')")).toBe(101);
    await tx.rollback();
    expect(await firstOf(db, "SELECT nextval('s')")).toBe(102);
    await db.query("INSERT INTO t (v) VALUES (1), (2)");
    const truncating = await db.begin();
    await truncating.query("TRUNCATE t RESTART IDENTITY");
    await truncating.query("INSERT INTO t (v) VALUES (1)");
    expect(await firstOf(truncating, "SELECT id FROM t")).toBe(1);
    await truncating.rollback();
    await db.query("INSERT INTO t (v) VALUES (3)");
    expect(await firstOf(db, "SELECT max(id) FROM t")).toBe(3);
    const kept = await db.begin();
    await kept.query("ALTER SEQUENCE s RESTART WITH 7");
    await kept.commit();
    expect(await firstOf(db, "SELECT nextval('s')")).toBe(7);
  });

  it("a transaction that only reads does not count", async () => {
    const tx = await db.begin({ readOnly: true });
    await expect(tx.query("SELECT nextval('s')")).rejects.toThrow("cannot execute nextval() in a read-only transaction [25006]");
    await expect(tx.query("SELECT setval('s', 5)")).rejects.toThrow("cannot execute setval() in a read-only transaction [25006]");
    await tx.rollback();
  });
});

it.skipIf(!engineBuilt)("one that an open transaction has made is counted on after its COMMIT, and a restart", async () => {
  const dir = mkdtempSync(join(tmpdir(), "memflux-sequences-"));
  const settings = { dir, durability: "full" } as const;
  const db = await open(settings);
  const tx = await db.begin();
  await tx.query("CREATE SEQUENCE s");
  expect((await tx.query("SELECT nextval('s') AS v FROM generate_series(1, 40)")).rows.at(-1)).toEqual({ v: 40 });
  await tx.commit();
  await db.close();
  const again = await open(settings);
  const [row] = (await again.query<{ v: number }>("SELECT nextval('s') AS v")).rows;
  expect(row?.v).toBeGreaterThan(40);
  await again.close();
  rmSync(dir, { recursive: true });
});
