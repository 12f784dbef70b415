/**
 * Goal: a typed method whose write a table refuses throws the constraint and leaves nothing behind for whoever comes next; what stores
 * nothing removes no row that another one needs; numbers that were given are not given again behind a restart, a COMMIT or a savepoint.
 * Method: the library on the built engine, in memory and in a directory of its own.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import type { EmbeddedDatabase } from "../../../../host/client/embedded.ts";
import { open } from "../../../../host/entry/node.ts";

const REFERENCED = /violates foreign key constraint "child_parent_fkey"/;
const opened: EmbeddedDatabase[] = [];
const folders: string[] = [];

async function openHere(dir?: string): Promise<EmbeddedDatabase> {
  const db = await open(dir === undefined ? {} : { dir });
  opened.push(db);
  return db;
}

afterEach(async () => {
  await Promise.all(opened.splice(0).map((db) => db.close()));
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

describe("a row that another one needs", () => {
  async function withFamily(): Promise<EmbeddedDatabase> {
    const db = await openHere();
    await db.query(`CREATE TABLE parents (id integer PRIMARY KEY);
      CREATE TABLE children (id integer PRIMARY KEY, parent integer CONSTRAINT child_parent_fkey REFERENCES parents (id));
      INSERT INTO parents VALUES (1), (2); INSERT INTO children VALUES (7, 1)`);
    return db;
  }

  test("stays, and the next statement knows nothing of it", async () => {
    const db = await withFamily();
    const byKey = await db.prepare<{ id: number }>("SELECT id FROM parents WHERE id = $1");
    expect(byKey.all(2)).toEqual([{ id: 2 }]);
    for (const write of [() => db.del("parents:1"), () => db.rename("parents:1", "elsewhere")]) {
      expect(write).toThrow(REFERENCED);
      expect(byKey.all(2)).toEqual([{ id: 2 }]);
    }
    expect(() => db.set("parents:2", "text")).toThrow(/whose rows are JSON objects/);
    expect(byKey.all(1)).toEqual([{ id: 1 }]);
  });

  test.each([
    ["SORT", "nothing", "STORE", "parents:1"],
    ["SINTERSTORE", "parents:1", "nothing"],
    ["ZUNIONSTORE", "parents:1", "1", "nothing"],
    ["ZRANGESTORE", "parents:1", "nothing", "0", "-1"],
  ])("is not removed by %s of nothing", async (...words) => {
    const db = await withFamily();
    await expect(db.execute(words)).rejects.toThrow(REFERENCED);
    expect(await db.query("SELECT id FROM parents ORDER BY id")).toMatchObject({ rows: [{ id: 1 }, { id: 2 }] });
    const free = words.map((word) => (word === "parents:1" ? "parents:2" : word));
    expect(await db.execute(free)).toBe(0);
    expect(await db.query("SELECT id FROM parents")).toMatchObject({ rows: [{ id: 1 }] });
  });
});

describe("numbers of serial columns", () => {
  const next = async (db: EmbeddedDatabase, table: string): Promise<unknown> =>
    (await db.query<{ n: number }>(`INSERT INTO ${table} (v) VALUES ('next') RETURNING n`)).rows[0]?.n;

  test("go on behind a restart", async () => {
    const folder = mkdtempSync(join(tmpdir(), "memflux-serial-"));
    folders.push(folder);
    const first = await openHere(folder);
    await first.query("CREATE TABLE keyed (n serial PRIMARY KEY, v text); INSERT INTO keyed (v) VALUES ('a'), ('b'), ('c')");
    await first.query("CREATE TABLE beside (v text PRIMARY KEY, n serial); INSERT INTO beside (v) VALUES ('a'), ('b')");
    await first.close();
    const second = await openHere(folder);
    expect([await next(second, "keyed"), await next(second, "beside")]).toEqual([4, 3]);
  });

  test("go on behind the COMMIT and the savepoint of the transaction that defined them", async () => {
    const db = await openHere();
    await db.transaction(async (tx) => {
      await tx.query("CREATE TABLE made (n serial PRIMARY KEY, v text)");
      await tx.query("INSERT INTO made (v) VALUES ('a'), ('b')");
      await tx
        .savepoint(async () => {
          await tx.query("CREATE TABLE other (a integer)");
          throw new Error("taken back");
        })
        .catch(() => {});
      await tx.query("INSERT INTO made (v) VALUES ('c')");
    });
    expect(await next(db, "made")).toBe(4);
  });
});
