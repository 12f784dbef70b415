/**
 * INSERT ... SELECT, UPDATE and DELETE, interpreted and in batches.
 *
 * Goal: both ways leave the same rows, indexes and effects, or fail with the same error and leave nothing.
 * Method: each statement runs on two databases in memory with the same rows, one of which interprets and the other compiles.
 */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { EmbeddedDatabase } from "../../../../../host/client/embedded.ts";
import { open } from "../../../../../host/entry/node.ts";
import { engineBuilt } from "../../../../support/engine.ts";

const SETUP = [
  "CREATE TABLE t (id integer PRIMARY KEY, grp integer, name text UNIQUE, price numeric(10,2), tags integer[], doc jsonb, CHECK (grp < 100))",
  "CREATE TABLE s (id serial PRIMARY KEY, grp integer, label varchar(12) DEFAULT 'none', at date NOT NULL DEFAULT '2024-01-01')",
  "CREATE INDEX t_grp ON t (grp, name)",
  `INSERT INTO t SELECT i, i % 7, CASE WHEN i % 11 = 0 THEN NULL ELSE 'name number ' || i END, i * 1.25, ARRAY[i, 2], '{"a": [1]}'
     FROM generate_series(1, 300) AS g(i)`,
  "INSERT INTO s (grp) SELECT i FROM generate_series(0, 9) AS g(i)",
  `INSERT INTO doc (id, a, b) SELECT 'k' || i, i, 'text of document ' || i FROM generate_series(1, 100) AS g(i)`,
];

const STATEMENTS = [
  "UPDATE t SET grp = grp + 1, name = upper(name) WHERE id % 3 = 0",
  "UPDATE t SET price = price * 1.1, tags = NULL, doc = NULL WHERE grp IN (SELECT grp FROM s WHERE grp > 3)",
  "UPDATE t SET id = id + 1000 WHERE grp = 2",
  "UPDATE t SET id = 1 - id",
  "UPDATE t SET name = 'same' WHERE grp = 3",
  "UPDATE t SET grp = id WHERE id > 90",
  "UPDATE t SET name = s.label || t.id, grp = s.id FROM s WHERE s.grp <= t.grp",
  "UPDATE t SET grp = (SELECT max(grp) FROM s WHERE s.id <= t.id) WHERE id < 50",
  "UPDATE t SET price = price / (id - 77)",
  "UPDATE s SET at = NULL WHERE grp = 5",
  "UPDATE s SET label = label || ' and much more than fits'",
  "UPDATE t SET name = NULL",
  "DELETE FROM t WHERE price > 100",
  "DELETE FROM t USING s WHERE s.grp < t.grp",
  "DELETE FROM t WHERE EXISTS (SELECT FROM s WHERE s.grp = t.grp)",
  "DELETE FROM t WHERE 1 / (id - 250) > 0",
  "DELETE FROM t",
  "INSERT INTO s (grp, label) SELECT grp, name FROM t WHERE id < 9",
  "INSERT INTO s (grp, label) SELECT grp, left(name, 12) FROM t",
  "INSERT INTO s SELECT id + 50, id, id, '2020-02-02' FROM t",
  "INSERT INTO s (id) SELECT id FROM t WHERE id > 5",
  "INSERT INTO s (at) SELECT NULL FROM t",
  "INSERT INTO t (id, name) SELECT id + 1000, name FROM t",
  "INSERT INTO t (id, grp, name, doc) SELECT id + 1000, grp, name || '!', doc FROM t",
  "INSERT INTO t (id, grp) SELECT 1000 + row_number, grp FROM (SELECT grp, id AS row_number FROM t ORDER BY id DESC LIMIT 20) AS x",
  "INSERT INTO copy (id, first, second) SELECT id, price, doc FROM t",
  "INSERT INTO copy (id, first.inner, first.other) SELECT id, price, tags FROM t",
  "INSERT INTO copy (plain) SELECT * FROM generate_series(1, 50)",
  "UPDATE doc SET a = a + 1, c = b || '+' WHERE a > 20",
  "UPDATE doc SET d.e.f = a, d.g = b",
  "UPDATE doc SET a = NULL WHERE a % 2 = 0",
  "DELETE FROM doc WHERE a BETWEEN 10 AND 30",
  "INSERT INTO doc (id, a) SELECT id, grp FROM t",
  "INSERT INTO doc (id, a) SELECT 'k' || id, grp FROM t",
];

const LOOKS = [
  "SELECT * FROM t ORDER BY id",
  "SELECT id FROM t WHERE grp = 3 ORDER BY name, id",
  "SELECT * FROM s ORDER BY id",
  "SELECT * FROM doc ORDER BY a, b",
  "SELECT * FROM copy ORDER BY 1, 2, 3",
];

async function prepare(db: EmbeddedDatabase): Promise<void> {
  db.flushall();
  for (const text of SETUP) await db.query(text);
}

/** What a statement answers or throws, and what the database holds afterwards. */
async function outcome(db: EmbeddedDatabase, text: string): Promise<unknown> {
  let answer: unknown;
  try {
    answer = (await db.query(text)).affected;
  } catch (error) {
    answer = (error as Error).message;
  }
  const rows: unknown[] = [];
  for (const look of LOOKS) rows.push(await db.query(look).then((result) => result.rows, String));
  return { answer, rows };
}

describe.skipIf(!engineBuilt)("writing many rows", () => {
  let interpreted: EmbeddedDatabase;
  let compiled: EmbeddedDatabase;

  beforeAll(async () => {
    interpreted = await open();
    compiled = await open();
    await interpreted.query("SET execution_mode = interpreted");
    await compiled.query("SET execution_mode = compiled");
  });

  beforeEach(async () => {
    await prepare(interpreted);
    await prepare(compiled);
  });

  afterAll(async () => {
    await interpreted.close();
    await compiled.close();
  });

  for (const text of STATEMENTS) {
    it(text, async () => {
      const expected = await outcome(interpreted, text);
      expect(await outcome(compiled, text)).toEqual(expected);
      // What stayed behind in indexes would now be in the way.
      expect(await outcome(compiled, "DELETE FROM t")).toEqual(await outcome(interpreted, "DELETE FROM t"));
      const again = "INSERT INTO t (id, name) SELECT i, 'name number ' || i FROM generate_series(1, 20) AS g(i)";
      expect(await outcome(compiled, again)).toEqual(await outcome(interpreted, again));
    });
  }

  it("a timeout takes all back", async () => {
    const before = await outcome(compiled, "SELECT 1");
    const text = "UPDATE t SET price = (SELECT count(*) FROM t AS a, t AS b, t AS c WHERE a.id + b.id + c.id <> t.id)";
    await expect(compiled.query(text, [], { timeout: 1 })).rejects.toMatchObject({ code: "SQL_CANCELED" });
    expect(await outcome(compiled, "SELECT 1")).toEqual(before);
  });

  it("writing the same again and again takes no more memory", async () => {
    const run = async () => {
      await compiled.query("UPDATE t SET price = price + 1, name = 'a longer name than before ' || id");
      await compiled.query("INSERT INTO copy (id, a) SELECT id, name FROM t");
      await compiled.query("DELETE FROM copy");
    };
    await run();
    await run();
    const before = compiled.memory();
    for (let time = 0; time < 5; time++) await run();
    expect(compiled.memory()).toEqual(before);
  });
});
