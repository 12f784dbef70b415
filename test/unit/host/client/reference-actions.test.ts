/**
 * Goal: foreign keys hold in transactions as they do outside, and what their actions did is part of the transaction: seen by it alone until it
 * commits, taken back with it or to a savepoint; of two transactions that would break a reference together one does not commit.
 * Method: the built engine in memory, by the library, in a transaction that is alone and in one beside another.
 */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { EmbeddedDatabase } from "../../../../host/client/embedded.ts";
import { open } from "../../../../host/entry/node.ts";
import { engineBuilt } from "../../../support/engine.ts";

describe.skipIf(!engineBuilt).each([
  ["alone", false],
  ["beside another", true],
])("referential actions in a transaction that is %s", (_name, isShared) => {
  let db: EmbeddedDatabase;
  let other: { rollback(): Promise<void> } | undefined;

  const begin = async () => {
    if (!isShared) return db.begin();
    const beside = await db.begin();
    await beside.get("nothing");
    other = beside;
    return db.begin();
  };
  const idsIn = async (of: { query(text: string): Promise<{ rows: readonly object[] }> }, table: string) =>
    (await of.query(`SELECT id FROM ${table} ORDER BY id`)).rows.map((row) => (row as { id: number }).id);

  beforeEach(async () => {
    db = await open();
    await db.query("CREATE TABLE p (id integer PRIMARY KEY)");
    await db.query("CREATE TABLE c (id integer PRIMARY KEY, p integer REFERENCES p ON DELETE CASCADE ON UPDATE CASCADE)");
    await db.query("CREATE TABLE g (id integer PRIMARY KEY, c integer REFERENCES c ON DELETE SET NULL, p integer REFERENCES p)");
    await db.query("INSERT INTO p VALUES (1), (2), (3)");
    await db.query("INSERT INTO c VALUES (10, 1), (11, 1), (20, 2)");
    await db.query("INSERT INTO g VALUES (100, 10, 3)");
  });

  afterEach(async () => {
    await other?.rollback();
    other = undefined;
    await db.close();
  });

  it("are seen by it, and by others when it commits", async () => {
    const tx = await begin();
    await tx.query("DELETE FROM p WHERE id = 1");
    await tx.query("UPDATE p SET id = 4 WHERE id = 2");
    expect(await idsIn(tx, "c")).toEqual([20]);
    if (isShared) expect(await idsIn(db, "c")).toEqual([10, 11, 20]);
    await tx.commit();
    expect(await idsIn(db, "c")).toEqual([20]);
    expect((await db.query("SELECT c.p, g.c FROM c, g")).rows).toEqual([{ p: 4, c: null }]);
  });

  it("of commands too, which are judged as they end", async () => {
    const tx = await begin();
    await tx.execute(["DEL", "p:1"]);
    expect(await idsIn(tx, "c")).toEqual([20]);
    await expect(tx.execute(["DEL", "p:3"])).rejects.toThrow('violates foreign key constraint "g_p_fkey" on table "g" [23503]');
    await expect(tx.execute(["JSON.SET", "c:30", "$", '{"id": 30, "p": 9}'])).rejects.toThrow("c_p_fkey");
    await tx.commit();
    expect([await idsIn(db, "p"), await idsIn(db, "c")]).toEqual([[2, 3], [20]]);
  });

  it("go back with it, and to a savepoint", async () => {
    const tx = await begin();
    await tx.query("SAVEPOINT before");
    await tx.query("DELETE FROM p WHERE id = 1");
    await tx.query("ROLLBACK TO before");
    expect(await idsIn(tx, "c")).toEqual([10, 11, 20]);
    await tx.query("DELETE FROM p WHERE id = 2");
    await tx.rollback();
    expect(await idsIn(db, "c")).toEqual([10, 11, 20]);
    expect((await db.query("SELECT c, p FROM g")).rows).toEqual([{ c: 10, p: 3 }]);
  });
});

it.skipIf(!engineBuilt)("a reference made beside the deletion of what it refers to: one of both does not commit", async () => {
  const db = await open();
  await db.query("CREATE TABLE p (id integer PRIMARY KEY)");
  await db.query("CREATE TABLE c (id integer PRIMARY KEY, p integer REFERENCES p ON DELETE CASCADE)");
  await db.query("INSERT INTO p VALUES (1), (2)");
  for (const isolation of ["serializable", "snapshot"] as const) {
    const [first, second] = [await db.begin({ isolation }), await db.begin({ isolation })];
    await first.query("DELETE FROM p WHERE id = 1");
    await second.query("INSERT INTO c VALUES (1, 1)");
    const outcomes = await Promise.allSettled([first.commit(), second.commit()]);
    expect(outcomes.map(({ status }) => status)).toContain("rejected");
    const orphans = await db.query("SELECT count(*) AS n FROM c WHERE p NOT IN (SELECT id FROM p)");
    expect(orphans.rows).toEqual([{ n: 0 }]);
    await db.query("INSERT INTO p VALUES (1) ON CONFLICT DO NOTHING");
  }
  await db.close();
});
