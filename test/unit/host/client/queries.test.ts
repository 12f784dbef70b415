/**
 * SQL in the library: what a program gets from `sql`, `query`, `cursor`, `prepare` and `load`.
 *
 * Goal: every way to run a statement gives the same rows, with JavaScript's values, and a failed statement leaves nothing.
 * Method: an embedded database in memory on the built engine.
 */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { EmbeddedDatabase } from "../../../../host/client/embedded.ts";
import { open } from "../../../../host/entry/node.ts";
import { engineBuilt } from "../../../support/engine.ts";

let db: EmbeddedDatabase;

describe.skipIf(!engineBuilt)("SQL in the library", () => {
  beforeEach(async () => {
    db = await open();
    await db.load("person", [
      { id: "a", name: "Ann", age: 30 },
      { id: "b", name: "Bob", age: 25, tags: ["x", "y"] },
      { id: "c", name: "Zoë", age: null },
    ]);
  });

  afterEach(() => db.close());

  it("a template's values are parameters, and the rows know their columns", async () => {
    const rows = await db.sql`SELECT name, age FROM person WHERE name = ${"Bob' OR 'x' = 'x"} OR age > ${26} ORDER BY name`;
    expect([...rows]).toEqual([{ name: "Ann", age: 30 }]);
    expect(rows.columns).toEqual([
      { name: "name", type: "any" },
      { name: "age", type: "any" },
    ]);
    expect(rows.affected).toBeUndefined();
  });

  it("the tag refuses text, which would not keep values apart", async () => {
    const sql = db.sql as unknown as (text: string) => Promise<unknown>;
    await expect(sql.call(db, "SELECT 1")).rejects.toThrow("text goes to query(text, parameters)");
  });

  it("documents are rows, and rows are documents", async () => {
    expect(db.json.get("person:b")).toEqual({ id: "b", name: "Bob", age: 25, tags: ["x", "y"] });
    db.json.set("person:d", "$", { id: "d", name: "Dan", age: 1.5 });
    expect((await db.query("SELECT * FROM person WHERE id = 'd'")).rows).toEqual([{ id: "d", name: "Dan", age: 1.5, tags: null }]);
  });

  it("values come as JavaScript's", async () => {
    const { rows, columns } = await db.query(
      "SELECT 1 AS i, 9007199254740993 AS big, 1.50 AS n, 0.1::real AS r, true AS b, NULL AS nothing, '2020-01-02'::date AS d, " +
        "'2020-01-02 03:04:05.678Z'::timestamptz AS t, '\\x00ff'::bytea AS bytes, '{\"a\": [1]}'::jsonb AS j, ARRAY[1, NULL] AS list",
    );
    expect(rows).toEqual([
      {
        i: 1,
        big: 9007199254740993n,
        n: "1.50",
        r: 0.1,
        b: true,
        nothing: null,
        d: "2020-01-02",
        t: new Date("2020-01-02T03:04:05.678Z"),
        bytes: Uint8Array.of(0, 255),
        j: { a: [1] },
        list: [1, null],
      },
    ]);
    expect(columns.map(({ type }) => type).slice(0, 4)).toEqual(["integer", "bigint", "numeric", "real"]);
  });

  it("parameters of every kind", async () => {
    const text = "SELECT $1::integer, $2::text, $3::jsonb, $4::timestamptz, $5::bytea, $6::integer[], $7::text, $8::boolean";
    const given = [7, "ö", { a: 1 }, new Date(0), Uint8Array.of(1), [1, 2], undefined, false];
    const { rows } = await db.query(text, given, { rowMode: "array" });
    expect(rows).toEqual([[7, "ö", { a: 1 }, new Date(0), Uint8Array.of(1), [1, 2], null, false]]);
    await expect(db.query("SELECT $1::integer")).rejects.toThrow("[08P01]");
    await expect(db.query("SELECT $1::integer", ["x"])).rejects.toThrow('invalid input syntax for type integer: "x" [22P02]');
  });

  it("the same rows interpreted and compiled, of all ways to run", async () => {
    const text = "SELECT name, age FROM person WHERE age >= $1 ORDER BY name";
    const expected = [
      { name: "Ann", age: 30 },
      { name: "Bob", age: 25 },
    ];
    for (const mode of ["interpreted", "compiled", "auto"]) {
      await db.query(`SET execution_mode TO ${mode}`);
      expect((await db.query(text, [25])).rows).toEqual(expected);
      const seen: unknown[] = [];
      for await (const row of db.cursor(text, [25])) seen.push(row);
      expect(seen).toEqual(expected);
      const statement = await db.prepare(text);
      for (let run = 0; run < 3; run++) expect(statement.all(25)).toEqual(expected);
      expect(statement.get(26)).toEqual(expected[0]);
      expect(statement.get(31)).toBeUndefined();
      expect([...statement.iterate(0)]).toHaveLength(2);
    }
  });

  it("a prepared statement follows its collection", async () => {
    const statement = await db.prepare("SELECT * FROM later");
    expect(statement.all()).toEqual([]);
    db.json.set("later:1", "$", { a: 1 });
    expect(statement.all()).toEqual([{ id: "1", a: 1 }]);
    db.flushdb();
    expect(statement.all()).toEqual([]);
  });

  it("a statement that fails leaves nothing", async () => {
    await expect(db.query("INSERT INTO person (id, name) VALUES ('n', 'New'), ('a', 'Again')")).rejects.toMatchObject({
      code: "SQL_CONSTRAINT",
    });
    await expect(db.query("UPDATE person SET age = 10 / (age - 25) WHERE id <> 'c'")).rejects.toThrow("division by zero [22012]");
    expect((await db.query("SELECT id, age FROM person ORDER BY id", [], { rowMode: "array" })).rows).toEqual([
      ["a", 30],
      ["b", 25],
      ["c", null],
    ]);
  });

  it("writes tell how many rows, and RETURNING which", async () => {
    const statement = await db.prepare("UPDATE person SET age = age + 1 WHERE age IS NOT NULL");
    expect(statement.run()).toEqual({ affected: 2 });
    const deleted = await db.sql`DELETE FROM person WHERE age > ${30} RETURNING name`;
    expect([[...deleted], deleted.affected]).toEqual([[{ name: "Ann" }], 1]);
  });

  it("timeout and signal", async () => {
    const endless = "SELECT count(*) FROM generate_series(1, 1000000000000)";
    for (const mode of ["interpreted", "compiled"]) {
      await db.query(`SET execution_mode TO ${mode}`);
      await expect(db.query(endless, [], { timeout: 20 })).rejects.toThrow("canceling statement due to statement timeout [57014]");
      await expect(db.query(endless, [], { signal: AbortSignal.abort("enough") })).rejects.toBe("enough");
    }
    await db.query("SET statement_timeout TO '20ms'");
    await expect(db.query(endless)).rejects.toMatchObject({ code: "SQL_CANCELED" });
    expect((await db.query("SHOW statement_timeout", [], { rowMode: "array" })).rows).toEqual([["20ms"]]);
  });

  it("each database has its own rows", async () => {
    const other = db.select(1);
    expect((await other.query("SELECT count(*) AS n FROM person")).rows).toEqual([{ n: 0 }]);
    expect(await other.load("person", [{ id: 1, name: "One" }])).toBe(1);
    expect((await db.query("SELECT count(*) AS n FROM person")).rows).toEqual([{ n: 3 }]);
  });

  it("memory stays the same over runs of a cached statement", async () => {
    const statement = await db.prepare("SELECT name || $1 AS x, count(*) FROM person GROUP BY name ORDER BY 1");
    statement.all("-");
    statement.all("-");
    const before = db.memory();
    for (let run = 0; run < 200; run++) statement.all(`-${"long ".repeat(20)}${run}`);
    expect(db.memory()).toEqual(before);
  });

  it("a closed database says so", async () => {
    const statement = await db.prepare("SELECT 1");
    await db.close();
    expect(() => statement.all()).toThrow("closed");
    await expect(db.query("SELECT 1")).rejects.toMatchObject({ code: "CLOSED" });
  });
});
