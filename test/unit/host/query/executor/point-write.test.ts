/**
 * Rows written by their keys, interpreted and by compiled plans, outside of transactions and in them.
 *
 * Goal: both ways answer the same, leave the same rows, or fail with the same error and leave nothing; a transaction that is alone does what
 * any other does, whenever somebody else comes; what it has committed is in the log, and nothing else.
 * Method: a random program of statements, BEGIN, COMMIT, ROLLBACK, savepoints and visits of somebody else runs on two databases with a
 * directory, one of which interprets (so that its transactions are never alone) and the other compiles. At the end both are opened anew.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import type { EmbeddedDatabase } from "../../../../../host/client/embedded.ts";
import type { Transaction } from "../../../../../host/client/transaction.ts";
import { open } from "../../../../../host/entry/node.ts";
import { engineBuilt, TEST_LENGTH, TEST_SEED } from "../../../../support/engine.ts";
import { createRandom, type SeededRandom } from "../../../../support/random.ts";

/** It looks at itself all the time. */
const DEBUG = new URL("../../../../../dist/engine.debug.wasm", import.meta.url);
const STEPS = 400 * TEST_LENGTH;

const SETUP = [
  "CREATE TABLE plain (id integer PRIMARY KEY, n integer, name text)",
  "CREATE TABLE checked (a integer, b text, price numeric(10,2) DEFAULT 1.5, code integer UNIQUE, PRIMARY KEY (a, b), CHECK (price > 0))",
  "CREATE TABLE child (id bigint PRIMARY KEY, parent integer NOT NULL REFERENCES plain (id), at date DEFAULT '2024-01-01')",
  "CREATE INDEX plain_n ON plain (n)",
  "INSERT INTO plain SELECT i, i % 7, 'name ' || i FROM generate_series(0, 19) AS g(i)",
  "INSERT INTO checked SELECT i, 'b' || i, i + 1, i * 10 FROM generate_series(0, 9) AS g(i)",
  "INSERT INTO child SELECT i, i FROM generate_series(0, 4) AS g(i)",
  "INSERT INTO doc (id, a) SELECT 'k' || i, i FROM generate_series(0, 9) AS g(i)",
];

/** $1 is a key, $2 a small number. */
const STATEMENTS = [
  "UPDATE plain SET n = n + $2 WHERE id = $1",
  "UPDATE plain SET n = 100 / $2, name = name || '+' WHERE id = $1",
  "UPDATE plain SET name = NULL WHERE id IN ($1, $2, 3) AND n > 2",
  "UPDATE plain SET id = $2 WHERE id = $1",
  "INSERT INTO plain VALUES ($1, $2, 'a text that is longer than a slot')",
  "INSERT INTO plain (id, n) VALUES ($1, $2), ($1 + 1, 7)",
  "DELETE FROM plain WHERE id = $1 AND n <> $2",
  "UPDATE checked SET price = price - $2 WHERE a = $1 AND b = 'b' || $1",
  "UPDATE checked SET code = $2 * 10 WHERE a = $1 AND b = 'b' || $1",
  "INSERT INTO checked (a, b, code) VALUES ($1, 'b' || $1, $2)",
  "INSERT INTO checked (a, b, price) VALUES ($1, 'b' || $1, $2)",
  "DELETE FROM checked WHERE a = $1 AND b = 'b' || $2",
  "INSERT INTO child (id, parent) VALUES ($2, $1)",
  "UPDATE child SET parent = $1 WHERE id = $2",
  "DELETE FROM child WHERE id = $1 AND id > $2",
  "UPDATE doc SET a = a + $2, b.c = 'x' || a WHERE id = 'k' || $1",
  "INSERT INTO doc (id, a) VALUES ('k' || $1, $2)",
  "DELETE FROM doc WHERE id = 'k' || $1 AND a <> $2",
  "SELECT * FROM plain WHERE id = $1 OR id = $2",
  "SELECT count(*) AS n FROM plain WHERE n = $2 AND id <> $1",
  "SELECT * FROM checked WHERE a = $1 AND code <> $2",
];

const LOOKS = [
  "SELECT * FROM plain ORDER BY id",
  "SELECT id FROM plain WHERE n = 3 ORDER BY id",
  "SELECT * FROM checked ORDER BY a, b",
  "SELECT a FROM checked WHERE code = 20",
  "SELECT * FROM child ORDER BY id",
  "SELECT * FROM doc ORDER BY id",
];

type Step =
  | { readonly kind: "statement"; readonly text: string; readonly parameters: readonly number[] }
  | { readonly kind: "begin"; readonly isolation: "serializable" | "snapshot" }
  | { readonly kind: "commit" | "rollback" | "visit" | "look" | "savepoint" | "back" }
  | { readonly kind: "key"; readonly key: string; readonly value: string };

function drawStep(random: SeededRandom): Step {
  const drawn = random.below(40);
  if (drawn === 0) return { kind: "visit" };
  if (drawn === 1) return { kind: "look" };
  if (drawn === 2) return { kind: random.below(2) === 0 ? "savepoint" : "back" };
  if (drawn < 6) return { kind: "key", key: `key:${random.below(5)}`, value: `${random.below(100)}` };
  if (drawn < 11) return { kind: "begin", isolation: random.below(3) === 0 ? "snapshot" : "serializable" };
  if (drawn < 14) return { kind: random.below(3) === 0 ? "rollback" : "commit" };
  const text = STATEMENTS[random.below(STATEMENTS.length)] as string;
  return { kind: "statement", text, parameters: [random.below(24), random.below(12)] };
}

async function looksOf(place: EmbeddedDatabase | Transaction): Promise<unknown[]> {
  const rows: unknown[] = [];
  for (const text of LOOKS) rows.push((await place.query(text)).rows);
  for (let key = 0; key < 5; key++) rows.push(place.get(`key:${key}`));
  return rows;
}

/** The engine of a database; absent: the built one. */
interface Engines {
  readonly engineFile?: URL;
}

/** A database and the transaction that is open in it. */
class Runner {
  readonly #directory: string;
  readonly #mode: string;
  readonly #engine: Engines;
  #db: EmbeddedDatabase | undefined;
  #tx: Transaction | undefined;
  #hasSavepoint = false;

  constructor(directory: string, mode: string, engine: Engines = {}) {
    this.#directory = directory;
    this.#mode = mode;
    this.#engine = engine;
  }

  async open(): Promise<EmbeddedDatabase> {
    const db = await open({ dir: this.#directory, durability: "none" }, this.#engine);
    await db.query(`SET execution_mode = '${this.#mode}'`);
    this.#db = db;
    return db;
  }

  async close(): Promise<void> {
    await this.#db?.close();
  }

  async run(step: Step): Promise<unknown> {
    try {
      return await this.#run(step);
    } catch (error) {
      return (error as Error).message;
    }
  }

  async #run(step: Step): Promise<unknown> {
    const db = this.#db as EmbeddedDatabase;
    const tx = this.#tx;
    switch (step.kind) {
      case "statement": {
        const { rows, affected } = await (tx ?? db).query(step.text, step.parameters);
        return { rows, affected };
      }
      case "begin":
        if (tx !== undefined) return undefined;
        this.#tx = await db.begin({ isolation: step.isolation });
        this.#hasSavepoint = false;
        return undefined;
      case "commit":
      case "rollback":
        this.#tx = undefined;
        await tx?.[step.kind]();
        return looksOf(db);
      case "visit":
        return looksOf(db);
      case "look":
        return looksOf(tx ?? db);
      case "savepoint":
        await tx?.savepoint("s");
        this.#hasSavepoint = tx !== undefined;
        return undefined;
      case "back":
        if (this.#hasSavepoint) await tx?.rollbackTo("s");
        return undefined;
      case "key": {
        const place = tx ?? db;
        const before = place.get(step.key);
        return [before, place.set(step.key, step.value), place.get(step.key)];
      }
    }
  }
}

const directories: string[] = [];
afterAll(() => {
  for (const directory of directories) rmSync(directory, { recursive: true, force: true });
});

function newDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), "memflux-point-"));
  directories.push(directory);
  return directory;
}

describe.skipIf(!engineBuilt)("rows that are written by their keys", () => {
  for (let round = 0; round < 4; round++) {
    const seed = TEST_SEED + round;
    it(`are the same interpreted and compiled, alone and not (seed ${seed})`, async () => {
      const random = createRandom(seed);
      const runners = [
        new Runner(newDirectory(), "interpreted"),
        new Runner(newDirectory(), "compiled", round % 2 === 0 ? {} : { engineFile: DEBUG }),
      ] as const;
      for (const runner of runners) {
        const db = await runner.open();
        for (const text of SETUP) await db.query(text);
      }
      for (let count = 0; count < STEPS; count++) {
        const step = drawStep(random);
        const [expected, given] = [await runners[0].run(step), await runners[1].run(step)];
        expect(given, `step ${count}: ${JSON.stringify(step)}`).toEqual(expected);
      }
      const end: Step = { kind: "rollback" };
      const left = await runners[0].run(end);
      expect(await runners[1].run(end)).toEqual(left);
      for (const runner of runners) {
        await runner.close();
        expect(await looksOf(await runner.open())).toEqual(left);
        await runner.close();
      }
    });
  }

  it("a prepared statement and one by its text are compiled when they come again", async () => {
    const db = await open();
    await db.query("CREATE TABLE t (id integer PRIMARY KEY, n integer)");
    const insert = await db.prepare("INSERT INTO t VALUES ($1, $2)");
    const update = await db.prepare("UPDATE t SET n = n + $2 WHERE id = $1");
    const remove = await db.prepare("DELETE FROM t WHERE id = $1");
    for (let id = 0; id < 3; id++) expect(insert.run(id, id)).toEqual({ affected: 1 });
    for (let id = 0; id < 5; id++) expect(update.run(id, 10)).toEqual({ affected: id < 3 ? 1 : 0 });
    for (let id = 2; id < 5; id++) expect(remove.run(id)).toEqual({ affected: id < 3 ? 1 : 0 });
    expect(() => insert.run(1, 1)).toThrow("[23505]");
    expect(() => update.run(1)).toThrow("[08P01]");
    expect(() => update.run(1, 2147483647)).toThrow("[22003]");
    for (let count = 0; count < 3; count++) await db.query("UPDATE t SET n = n * 2 WHERE id = 1");
    await expect(db.transaction((tx) => tx.statement(insert).run(7, 7), { readOnly: true })).rejects.toThrow("[25006]");
    expect((await db.query("SELECT * FROM t ORDER BY id")).rows).toEqual([
      { id: 0, n: 10 },
      { id: 1, n: 88 },
    ]);
    await db.close();
  });

  it("a transaction that nobody meets leaves nothing behind, and is in no count before it has committed", async () => {
    const db = await open({}, { engineFile: DEBUG });
    await db.query("CREATE TABLE t (id integer PRIMARY KEY, n integer)");
    await db.query("INSERT INTO t SELECT i, 0 FROM generate_series(1, 100) AS g(i)");
    const insert = await db.prepare("INSERT INTO t VALUES ($1, 0)");
    const update = await db.prepare("UPDATE t SET n = n + 1 WHERE id = $1");
    const remove = await db.prepare("DELETE FROM t WHERE id = $1");
    const work = (tx: Transaction, first: number) => {
      for (let id = first; id < first + 20; id++) {
        expect(tx.statement(insert).run(id).affected).toBe(1);
        expect(tx.statement(update).run(id).affected).toBe(1);
        expect(tx.statement(update).run(id - first + 1).affected).toBe(1);
      }
      for (let id = first; id < first + 20; id++) expect(tx.statement(remove).run(id).affected).toBe(1);
    };
    const keys = db.dbsize();
    const rounds = async (count: number): Promise<void> => {
      for (let time = 0; time < count; time++) {
        await db.transaction((tx) => work(tx, 1000));
        await expect(
          db.transaction((tx) => {
            work(tx, 1000);
            throw new RangeError("no");
          }),
        ).rejects.toThrow("no");
      }
    };
    // The nodes of the key's index have the sizes that this makes of them.
    await rounds(3);
    const before = db.memory();
    await rounds(20);
    expect(db.memory()).toEqual(before);
    const tx = await db.begin();
    tx.statement(insert).run(2000);
    expect(JSON.stringify(db.stats().databases)).toContain(String(keys));
    expect(db.dbsize()).toBe(keys);
    await tx.commit();
    expect(db.dbsize()).toBe(keys + 1);
    await db.close();
  });

  it("one that grows, or reads much, is like any other in the end", async () => {
    const db = await open({}, { engineFile: DEBUG });
    await db.query("CREATE TABLE t (id integer PRIMARY KEY, n integer UNIQUE)");
    const insert = await db.prepare("INSERT INTO t VALUES ($1, $1)");
    const read = await db.prepare("SELECT n FROM t WHERE id = $1");
    await db.transaction((tx) => {
      for (let id = 0; id < 3000; id++) tx.statement(insert).run(id);
      for (let id = 0; id < 3000; id++) expect(tx.statement(read).get(id)).toEqual({ n: id });
      expect(() => tx.statement(insert).run(5)).toThrow("[23505]");
    });
    expect((await db.query("SELECT count(*) AS n FROM t")).rows).toEqual([{ n: 3000 }]);
    await expect(
      db.transaction((tx) => {
        for (let id = 3000; id < 6000; id++) tx.statement(insert).run(id);
        throw new RangeError("no");
      }),
    ).rejects.toThrow("no");
    expect((await db.query("SELECT count(*) AS n FROM t")).rows).toEqual([{ n: 3000 }]);
    await db.close();
  });

  it("what it has read counts when others come: two that look at each other's rows do not both commit", async () => {
    const db = await open({}, { engineFile: DEBUG });
    await db.query("CREATE TABLE t (id integer PRIMARY KEY, n integer)");
    await db.query("INSERT INTO t VALUES (1, 0), (2, 0)");
    const read = await db.prepare("SELECT n FROM t WHERE id = $1");
    const update = await db.prepare("UPDATE t SET n = 1 WHERE id = $1");
    for (let count = 0; count < 3; count++) update.run(read.get(1) === undefined ? 1 : 2);
    const one = await db.begin();
    one.statement(read).get(2);
    one.statement(update).run(1);
    const other = await db.begin();
    other.statement(read).get(1);
    other.statement(update).run(2);
    await one.commit();
    await expect(other.commit()).rejects.toMatchObject({ code: "SQL_ABORT" });
    await db.close();
  });

  it("a row whose time ends in a transaction is there until its end, and taken back as it was", async () => {
    for (const end of ["commit", "rollback", "visit"] as const) {
      const db = await open({}, { engineFile: DEBUG });
      await db.query("CREATE TABLE t (id integer PRIMARY KEY, n integer)");
      await db.query("INSERT INTO t VALUES (1, 0), (2, 0)");
      const update = await db.prepare("UPDATE t SET n = n + 1 WHERE id = $1");
      const read = await db.prepare("SELECT n FROM t WHERE id = $1");
      for (let count = 0; count < 2; count++) expect([update.run(2).affected, read.all(2).length]).toEqual([1, 1]);
      const over = Date.now() + 20;
      db.command(["PEXPIREAT", "t:1", over]);
      const tx = await db.begin();
      expect(tx.statement(update).run(1)).toEqual({ affected: 1 });
      while (Date.now() <= over);
      expect(tx.statement(read).get(1)).toEqual({ n: 1 });
      expect(tx.statement(update).run(1)).toEqual({ affected: 1 });
      if (end === "visit") expect(db.get("t:1")).toBe(null);
      await tx[end === "visit" ? "rollback" : end]();
      expect(read.get(1)).toBe(undefined);
      expect((await db.query("SELECT id FROM t")).rows).toEqual([{ id: 2 }]);
      await db.close();
    }
  });

  it("what was not committed is not in the log", async () => {
    const dir = newDirectory();
    const db = await open({ dir });
    await db.query("CREATE TABLE t (id integer PRIMARY KEY)");
    const insert = await db.prepare("INSERT INTO t VALUES ($1)");
    const tx = await db.begin();
    await tx.query("INSERT INTO t VALUES (1)");
    tx.statement(insert).run(2);
    await db.flush();
    tx.statement(insert).run(3);
    db.set("between", "1");
    await db.flush();
    await tx.rollback();
    await db.transaction((other) => other.statement(insert).run(4));
    await db.close();
    const again = await open({ dir });
    expect((await again.query("SELECT id FROM t")).rows).toEqual([{ id: 4 }]);
    expect(again.get("between")).toBe("1");
    await again.close();
  });
});
