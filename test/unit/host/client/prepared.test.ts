/**
 * Goal: a statement that runs again and again answers what a new one would, whatever has changed meanwhile, and takes no memory.
 * Method: prepared statements on a database in memory, run often enough to be compiled and kept, between definitions, commands on whole
 * databases, and parameters of all forms that have a short way into the plan; each answer is compared with that of the same text in the
 * interpreter with all rules of the optimiser off.
 */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { EmbeddedDatabase } from "../../../../host/client/embedded.ts";
import type { SqlParameter, SqlStatement } from "../../../../host/client/queries.ts";
import { open } from "../../../../host/entry/node.ts";
import { engineBuilt } from "../../../support/engine.ts";

const ROWS = 1200;
let db: EmbeddedDatabase;

/** Runs a statement until it is compiled and warm; all answers are the same. */
function often(statement: SqlStatement, ...parameters: SqlParameter[]): unknown[] {
  const first = statement.all(...parameters);
  for (let run = 0; run < 3; run++) expect(statement.all(...parameters)).toEqual(first);
  return first;
}

/** The answer of the interpreter without rules. */
async function plainly(text: string, parameters: readonly SqlParameter[]): Promise<unknown[]> {
  await db.query("SET execution_mode TO interpreted");
  await db.query("SET disabled_rules TO 'all'");
  try {
    return (await db.query(text, parameters)).rows;
  } finally {
    await db.query("SET disabled_rules TO ''");
    await db.query("SET execution_mode TO auto");
  }
}

describe.skipIf(!engineBuilt)("statements that run again", () => {
  beforeEach(async () => {
    db = await open();
    await db.query(
      "CREATE TABLE item (id integer PRIMARY KEY, name text, price double precision, day date, at timestamp, many bigint, on_sale boolean)",
    );
    await db.load(
      "item",
      Array.from({ length: ROWS }, (_, id) => ({
        id,
        name: id % 10 === 0 ? null : `name ${"n".repeat(id % 60)} ${id % 7}`,
        price: id % 9 === 0 ? null : id / 8,
        day: id % 11 === 0 ? null : `20${10 + (id % 20)}-0${1 + (id % 9)}-1${id % 10}`,
        at: "2020-01-02 03:04:05.678901",
        many: id % 5 === 0 ? 2 ** 53 + 2 * id : -id,
        on_sale: id % 3 === 0 ? null : id % 2 === 0,
      })),
    );
    await db.query("CREATE INDEX item_price ON item (price, day)");
    await db.query("CREATE INDEX item_name ON item (name)");
  });

  afterEach(() => db.close());

  it.each<[string, readonly (readonly SqlParameter[])[]]>([
    ["SELECT * FROM item WHERE id = $1", [[3], [3n], ["3"], [null], [-1], [2147483647], [50], [undefined], [11]]],
    [
      "SELECT id FROM item WHERE many = $1",
      [[-7], ["-7"], [-7n], [9007199254740992n], ["9007199254740992"], [-0], [Number.MAX_SAFE_INTEGER]],
    ],
    ["SELECT id FROM item WHERE price = $1 ORDER BY id", [[1.5], ["1.5"], [null], [Number.NaN], [-0], [1e300]]],
    [
      "SELECT id FROM item WHERE name = $1 AND id < $2",
      [
        ["name  0", 100],
        ["name nnnn 4", 9],
        ["", 100],
        ["Zoë", 5],
        ["x".repeat(500), 7],
        [null, 7],
      ],
    ],
    [
      "SELECT id FROM item WHERE name LIKE $1 ORDER BY id",
      [
        ["name nn 5"],
        ["name nn%"],
        ["name nn_5%"],
        ["%4"],
        ["x%"],
        [""],
        ["%"],
        ["na\\me%"],
        [null],
        [`name ${"n".repeat(40)}%`],
        ["NAME%"],
      ],
    ],
    [
      "SELECT $1::text AS t, length($1::text) AS n",
      [["short"], ["é€😀"], ["a".repeat(32)], ["é".repeat(33)], ["x".repeat(5000)], [""], [null]],
    ],
    ["SELECT id FROM item WHERE on_sale = $1 AND id < 20 ORDER BY id", [[true], [false], ["t"], [null]]],
    [
      "SELECT id, price FROM item WHERE price BETWEEN $1 AND $2 ORDER BY price LIMIT 20",
      [
        [1, 3],
        [3, 1],
        [null, 4],
        ["100", "101"],
      ],
    ],
    ["SELECT max(price), count(*) FROM item WHERE price < $1", [[40], [0], [null]]],
    [
      "SELECT a.id, b.id AS other FROM item a JOIN item b ON b.id = a.id + $1 WHERE a.id = $2",
      [
        [1, 5],
        [2000, 5],
        [null, 5],
      ],
    ],
  ])("%s", async (text, calls) => {
    const statement = await db.prepare(text);
    for (const parameters of calls)
      expect(often(statement, ...parameters), JSON.stringify(parameters.map(String))).toEqual(await plainly(text, parameters));
    for (const parameters of calls) expect(statement.all(...parameters)).toEqual(await plainly(text, parameters));
  });

  it("sees what was written between two runs", async () => {
    const statement = await db.prepare("SELECT name FROM item WHERE id = $1");
    expect(often(statement, ROWS)).toEqual([]);
    await db.query("INSERT INTO item (id, name) VALUES ($1, 'new')", [ROWS]);
    expect(often(statement, ROWS)).toEqual([{ name: "new" }]);
    await db.query("UPDATE item SET name = 'newer' WHERE id = $1", [ROWS]);
    expect(often(statement, ROWS)).toEqual([{ name: "newer" }]);
    await db.execute(["DEL", `item:${ROWS}`]);
    expect(often(statement, ROWS)).toEqual([]);
  });

  it("goes on when an index or the table is another one", async () => {
    const text = "SELECT id FROM item WHERE price > $1 AND price < $2 ORDER BY id";
    const statement = await db.prepare(text);
    const expected = often(statement, 20, 22);
    expect(expected).toHaveLength(13);
    await db.query("DROP INDEX item_price");
    expect(often(statement, 20, 22)).toEqual(expected);
    await db.query("CREATE INDEX other ON item (price DESC)");
    expect(often(statement, 20, 22)).toEqual(expected);
    await db.query("DROP TABLE item");
    await db.query("CREATE TABLE item (price text PRIMARY KEY, id text)");
    await db.query("INSERT INTO item VALUES ('b', 'x')");
    expect(often(statement, "a", "c")).toEqual([{ id: "x" }]);
  });

  it("goes on when databases are emptied and change places", async () => {
    const statement = await db.prepare("SELECT count(*) AS n FROM item WHERE id < $1");
    expect(often(statement, 10)).toEqual([{ n: 10 }]);
    await db.execute(["SWAPDB", "0", "5"]);
    expect(often(statement, "10")).toEqual([{ n: 0 }]);
    await db.execute(["SWAPDB", "0", "5"]);
    expect(often(statement, 10)).toEqual([{ n: 10 }]);
    await db.execute(["FLUSHALL"]);
    expect(often(statement, "10")).toEqual([{ n: 0 }]);
  });

  it("reads documents of new shapes, and views that were replaced", async () => {
    const documents = await db.prepare("SELECT v FROM doc WHERE id = $1");
    expect(often(documents, "a")).toEqual([]);
    db.json.set("doc:a", "$", { v: 1 });
    expect(often(documents, "a")).toEqual([{ v: 1 }]);
    db.json.set("doc:a", "$", { other: 1, v: "text" });
    expect(often(documents, "a")).toEqual([{ v: "text" }]);
    await db.query("CREATE VIEW seen AS SELECT id FROM item WHERE id < 2");
    const view = await db.prepare("SELECT count(*) AS n FROM seen");
    expect(often(view)).toEqual([{ n: 2 }]);
    await db.query("CREATE OR REPLACE VIEW seen AS SELECT id FROM item WHERE id < 5");
    expect(often(view)).toEqual([{ n: 5 }]);
  });

  it("leaves out rows whose time is over", async () => {
    const byKey = await db.prepare("SELECT id FROM doc WHERE id = $1");
    db.json.set("doc:a", "$", { v: 1 });
    expect(often(byKey, "a")).toEqual([{ id: "a" }]);
    await db.execute(["PEXPIREAT", "doc:a", "1"]);
    expect(often(byKey, "a")).toEqual([]);
  });

  it("is random, and of its own time, at each run", async () => {
    const random = await db.prepare("SELECT random() AS r");
    const values = new Set(Array.from({ length: 20 }, () => JSON.stringify(random.all())));
    expect(values.size).toBe(20);
  });

  it("an error ends one run, and takes nothing with it", async () => {
    const statement = await db.prepare("SELECT 100 / $1::integer AS n");
    expect(often(statement, 5)).toEqual([{ n: 20 }]);
    for (let run = 0; run < 3; run++) expect(() => statement.all(0)).toThrow(/\[22012\]/);
    expect(() => statement.all()).toThrow(/\[08P01\]/);
    expect(() => statement.all("x")).toThrow(/\[22P02\]/);
    expect(often(statement, 10)).toEqual([{ n: 10 }]);
  });

  it("takes no memory that grows with its runs, nor with the statements that there were", async () => {
    const scratch = (): number => db.memory().scratch;
    const before = scratch();
    const statement = await db.prepare("SELECT * FROM item WHERE price BETWEEN $1 AND $2 ORDER BY price");
    often(statement, 1, 100);
    const kept = scratch();
    for (let run = 0; run < 200; run++) statement.all(run % 50, 100);
    expect(scratch()).toBe(kept);
    const sizes: number[] = [];
    for (let column = 0; column < 200; column++) {
      const other = await db.prepare(`SELECT id AS c${column} FROM item WHERE id = $1`);
      often(other, column);
      sizes.push(scratch());
    }
    // Only so many statements keep what they need, and that is little.
    expect(sizes.at(-1)).toBe(sizes[100]);
    expect(sizes.at(-1)).toBeLessThan(before + 256 * 1024);
  });
});
