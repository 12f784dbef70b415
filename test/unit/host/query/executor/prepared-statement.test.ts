/**
 * PREPARE and EXECUTE in a program, and what constants of statements leave behind that have no lifted literals.
 *
 * Goal: EXECUTE is the statement that was prepared, wherever a statement may stand: with parameters, in scripts, as a cursor, behind a
 * change of its table; an error of a constant that is never reached is nobody's.
 * Method: each way once, against the rows of the statement itself.
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { EmbeddedDatabase } from "../../../../../host/client/embedded.ts";
import { open } from "../../../../../host/entry/node.ts";
import { engineBuilt } from "../../../../support/engine.ts";

describe.skipIf(!engineBuilt)("prepared statements", () => {
  let db: EmbeddedDatabase;

  beforeAll(async () => {
    db = await open();
    await db.query("CREATE TABLE t (id integer PRIMARY KEY, n integer)");
    await db.query("INSERT INTO t SELECT g, g * 10 FROM generate_series(1, 5) AS g");
    await db.query("PREPARE above AS SELECT id FROM t WHERE n > $1 ORDER BY id");
  });

  afterAll(() => db.close());

  it("takes parameters of the program", async () => {
    expect((await db.query("EXECUTE above ($1 + 10)", [20])).rows).toEqual([{ id: 4 }, { id: 5 }]);
  });

  it("stands in a script", async () => {
    const { rows } = await db.query(
      "PREPARE twice AS UPDATE t SET n = n WHERE id = $1 RETURNING id; EXECUTE above (40); EXECUTE twice (2)",
    );
    expect(rows).toEqual([{ id: 2 }]);
  });

  it("gives the rows of a cursor", async () => {
    const seen: unknown[] = [];
    for await (const row of db.cursor("EXECUTE above (30)")) seen.push(row);
    expect(seen).toEqual([{ id: 4 }, { id: 5 }]);
  });

  it("is planned anew when its table has changed", async () => {
    await db.query("CREATE INDEX t_n ON t (n)");
    expect((await db.query("EXECUTE above (40)")).rows).toEqual([{ id: 5 }]);
    await db.query("DROP TABLE t");
    await db.query("CREATE TABLE t (id text, n integer)");
    await db.query("INSERT INTO t VALUES ('a', 100)");
    expect((await db.query("EXECUTE above (40)")).rows).toEqual([{ id: "a" }]);
  });

  it("a constant that fails is not the error of what runs behind it", async () => {
    await db.query("CREATE TABLE u (id integer, x double precision)");
    await db.query("CREATE TABLE s (id integer)");
    await db.query("INSERT INTO s VALUES (1)");
    const merge = "MERGE INTO u USING s ON u.id = s.id WHEN MATCHED THEN UPDATE SET x = sqrt(-1)";
    expect((await db.query(merge)).affected).toBe(0);
    await db.query("INSERT INTO u VALUES (1, 1)");
    await expect(db.query(merge)).rejects.toThrow("cannot take square root of a negative number [2201F]");
  });
});
