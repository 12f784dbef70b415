/**
 * ALTER TABLE on rows that commands can see too.
 *
 * Goal: rows move and change with their keys, expiries and fields beside the columns; what is refused, by a row or for want of memory, has changed
 * nothing; other transactions see the old table or the new one; all of it holds after a crash.
 * Method: statements and commands on the built debug engine with its log on a simulated disk. What PostgreSQL says is alter.slt's, and random
 * alterations are test/differential/sql/alter-table.test.ts's.
 */
import { beforeEach, describe, expect, it } from "vitest";
import { SETTING_MAX_MEMORY } from "../../../../../assembly/abi/status.ts";
import { SimulatedDisk } from "../../../../../host/platform/simulated/disk.ts";
import { QueryMachine, recovered, SILENT } from "../../../../support/query-machine.ts";

let disk: SimulatedDisk;
let machine: QueryMachine;

beforeEach(async () => {
  disk = new SimulatedDisk(1);
  machine = new QueryMachine(await recovered(disk, SILENT));
  machine.sql("CREATE TABLE t (id integer PRIMARY KEY, a text, b integer)");
  machine.sql("INSERT INTO t VALUES (1, 'x', 10), (2, 'y', 20), (3, NULL, NULL)");
});

/** Rows of a query, with plain numbers. */
function rowsOf(text: string, isCompiled = false): readonly (readonly unknown[])[] {
  return machine.sql(text, isCompiled).map((row) => row.map((value) => (typeof value === "bigint" ? Number(value) : value)));
}

async function restart(): Promise<void> {
  await machine.database.commits.flush();
  disk.crash("power");
  disk.restart();
  machine = new QueryMachine(await recovered(disk, SILENT));
}

describe("rows", () => {
  it("move with their table, and leave nothing under its old name", () => {
    machine.command("JSON.SET", "t:4", "$", '{"a":"z","beside":[1,2]}');
    machine.command("PEXPIREAT", "t:2", "99999999999999");
    machine.sql("ALTER TABLE t RENAME TO n");
    expect(machine.command("EXISTS", "t:1", "t:2", "t:3", "t:4", "_internal:schemas:t")).toBe(":0");
    expect(machine.command("PEXPIRETIME", "n:2")).toBe(":99999999999999");
    expect(machine.command("JSON.GET", "n:4")).toContain('{"id":4,"a":"z","b":null,"beside":[1,2]}');
    expect(rowsOf("SELECT id FROM n WHERE a >= 'y' ORDER BY id")).toEqual([[2], [4]]);
    expect(rowsOf("SELECT * FROM t")).toEqual([]);
    machine.sql("CREATE TABLE t (id integer)");
    expect(machine.run("cypher", "MATCH (x:n) WHERE x.a = 'z' RETURN x.id")).toHaveLength(1);
  });

  it("keep fields beside their columns, which new columns of that name take", () => {
    machine.command("JSON.SET", "t:4", "$", '{"a":"z","c":"7","d":true}');
    machine.sql("ALTER TABLE t DROP COLUMN b, ADD COLUMN c integer DEFAULT 5");
    expect(machine.command("JSON.GET", "t:4")).toContain('{"id":4,"a":"z","c":7,"d":true}');
    expect(rowsOf("SELECT id, c FROM t ORDER BY id")).toEqual([
      [1, 5],
      [2, 5],
      [3, 5],
      [4, 7],
    ]);
    machine.command("JSON.SET", "t:5", "$", '{"e":"no number"}');
    expect(() => machine.sql("ALTER TABLE t ADD COLUMN e integer")).toThrow('invalid input syntax for type integer: "no number" [22P02]');
    expect(machine.command("JSON.GET", "t:5")).toContain('"e":"no number"');
  });

  it("move between schemas, with odd names too, and what speaks of them follows", () => {
    machine.sql("CREATE SCHEMA s");
    machine.sql("ALTER TABLE t ADD CHECK (t.b > 0)");
    machine.sql("CREATE VIEW v AS SELECT * FROM (SELECT t.*, t.b + 1 AS m FROM t) AS q");
    machine.sql("ALTER TABLE t SET SCHEMA s");
    machine.sql('ALTER TABLE s.t RENAME a TO "odd ""name"');
    machine.sql('ALTER TABLE s.t RENAME TO "U u"');
    machine.sql("ALTER TABLE s.\"U u\" ADD COLUMN k text DEFAULT 'a:b'");
    expect(rowsOf("SELECT * FROM v WHERE id = 1")).toEqual([[1, "x", 10, 11]]);
    expect(rowsOf('SELECT "odd ""name", k FROM s."U u" WHERE id = 2')).toEqual([["y", "a:b"]]);
    expect(() => machine.sql("INSERT INTO s.\"U u\" VALUES (4, 'y', -1)")).toThrow("t_b_check");
    machine.sql('ALTER TABLE s."U u" DROP CONSTRAINT t_pkey, ADD PRIMARY KEY (k, id)');
    machine.sql('ALTER TABLE s."U u" SET SCHEMA public');
    expect(machine.command("EXISTS", "U u:a\\:b:1", "U u:a\\:b:3")).toBe(":2");
    expect(rowsOf("SELECT b FROM \"U u\" WHERE k = 'a:b' AND id = 2")).toEqual([[20]]);
    expect(rowsOf("SELECT m FROM v WHERE id = 2")).toEqual([[21]]);
  });

  it("get other keys with another primary key, and keep their order", () => {
    machine.sql("ALTER TABLE t ALTER id TYPE integer USING 4 - id");
    expect(rowsOf("SELECT id, b FROM t")).toEqual([
      [3, 10],
      [2, 20],
      [1, null],
    ]);
    expect(machine.command("JSON.GET", "t:3")).toContain('"b":10');
    expect(() => machine.sql("ALTER TABLE t ALTER id TYPE integer USING 1")).toThrow('could not create unique index "t_pkey" [23505]');
    machine.sql("UPDATE t SET a = 'key:' || id");
    machine.sql("ALTER TABLE t DROP CONSTRAINT t_pkey, ADD PRIMARY KEY (a)");
    expect(machine.command("EXISTS", "t:key:1", "t:key:2", "t:key:3", "t:1", "t:2", "t:3")).toBe(":3");
    expect(rowsOf("SELECT id, b FROM t")).toEqual([
      [3, 10],
      [2, 20],
      [1, null],
    ]);
  });

  it("that come without a primary key get numbers that no other has", () => {
    machine.sql("ALTER TABLE t DROP CONSTRAINT t_pkey");
    machine.sql("INSERT INTO t VALUES (1, 'again', 0)");
    expect(rowsOf("SELECT a FROM t WHERE id = 1 ORDER BY a")).toHaveLength(2);
    expect(machine.command("EXISTS", "t:1", "t:2", "t:3", "t:4")).toBe(":4");
  });
});

describe("a refusal", () => {
  const REFUSED: readonly (readonly [string, string])[] = [
    [
      "ALTER TABLE t ADD COLUMN c integer DEFAULT 1, ADD CHECK (b > 10)",
      'check constraint "t_b_check" of relation "t" is violated by some row [23514]',
    ],
    ["ALTER TABLE t DROP COLUMN b, ALTER a SET NOT NULL", 'column "a" of relation "t" contains null values [23502]'],
    ["ALTER TABLE t RENAME a TO b", 'column "b" of relation "t" already exists'],
    ["ALTER TABLE t DROP COLUMN a, ALTER b TYPE smallint USING b * 4000", "smallint out of range [22003]"],
    ["ALTER TABLE t DROP COLUMN a, ADD FOREIGN KEY (b) REFERENCES t", 'violates foreign key constraint "t_b_fkey" [23503]'],
    ["ALTER TABLE t RENAME TO docs", 'relation "docs" already exists (DETAIL: it is a collection without schema) [42P07]'],
    ["ALTER TABLE docs ADD COLUMN a integer", '"docs" is not a table (DETAIL: it is a collection without schema) [42809]'],
  ];

  it.each(REFUSED)("%s", async (text, message) => {
    machine.command("JSON.SET", "docs:1", "$", "{}");
    machine.sql("CREATE INDEX t_b ON t (b)");
    machine.sql("CREATE VIEW v AS SELECT * FROM t");
    machine.sql("DROP VIEW v");
    const keys = (): readonly string[] => ["t:1", "t:2", "t:3"].map((key) => machine.command("JSON.GET", key));
    const schema = machine.command("GET", "_internal:schemas:t");
    const before = keys();
    expect(() => machine.sql(text)).toThrow(message);
    for (let round = 0; round < 2; round++) {
      expect(keys()).toEqual(before);
      expect(machine.command("GET", "_internal:schemas:t")).toBe(schema);
      expect(rowsOf("SELECT id FROM t WHERE b = 20")).toEqual([[2]]);
      expect(() => machine.sql("INSERT INTO t VALUES (1, 'x', 1)")).toThrow("t_pkey");
      await restart();
    }
  });

  it("for want of memory changes nothing, wherever it ends", () => {
    machine.sql("INSERT INTO t SELECT g, repeat('long text', 10), g FROM generate_series(4, 300) AS g");
    const rows = (): readonly unknown[] => machine.sql("SELECT * FROM t ORDER BY id");
    const before = rows();
    const { engine } = machine.database;
    let refused = 0;
    for (let room = 0; ; room += 20_000) {
      engine.configure(SETTING_MAX_MEMORY, engine.statistics.memoryUsedBytes + room);
      let isDone = true;
      try {
        machine.sql("ALTER TABLE t DROP COLUMN b, ADD COLUMN c text DEFAULT 'something new'");
      } catch (error) {
        expect((error as Error).message).toMatch(/53200|OUT_OF_MEMORY|out of memory|OOM/);
        isDone = false;
        refused++;
      }
      engine.configure(SETTING_MAX_MEMORY, 0);
      if (isDone) break;
      expect(rows()).toEqual(before);
    }
    expect(refused).toBeGreaterThan(1);
    expect(rowsOf("SELECT count(*) FROM t WHERE c = 'something new'")).toEqual([[300]]);
  });
});

describe("what stays behind", () => {
  it("a crash brings back what was altered last, indexes, defaults and foreign keys too", async () => {
    machine.sql("CREATE TABLE c (n integer REFERENCES t)");
    machine.sql("CREATE UNIQUE INDEX by_b ON t (b)");
    machine.sql("ALTER TABLE t RENAME b TO amount");
    machine.sql("ALTER TABLE t ALTER amount TYPE bigint, ADD COLUMN d text DEFAULT 'd' || 1, DROP COLUMN a");
    machine.sql("ALTER TABLE t RENAME TO parent");
    machine.sql("ALTER TABLE c RENAME n TO parent_id");
    for (let round = 0; round < 2; round++) {
      expect(rowsOf("SELECT id, amount, d FROM parent ORDER BY id")).toEqual([
        [1, 10, "d1"],
        [2, 20, "d1"],
        [3, null, "d1"],
      ]);
      expect(() => machine.sql("INSERT INTO parent VALUES (4, 20)")).toThrow('duplicate key value violates unique constraint "by_b"');
      expect(() => machine.sql("INSERT INTO c VALUES (9)")).toThrow('"c_n_fkey" [23503]');
      machine.sql(`INSERT INTO c (parent_id) VALUES (${round + 1})`);
      expect(() => machine.sql(`DELETE FROM parent WHERE id = ${round + 1}`)).toThrow('"c_n_fkey" on table "c" [23503]');
      await restart();
    }
  });

  it("a foreign key holds when the table that it refers to is altered", () => {
    machine.sql("CREATE UNIQUE INDEX by_b ON t (b)");
    machine.sql("ALTER TABLE t ADD COLUMN up integer REFERENCES t (b)");
    expect(() => machine.sql("UPDATE t SET up = 11")).toThrow('"t_up_fkey" [23503]');
    machine.sql("ALTER TABLE t DROP COLUMN up");
    machine.sql("CREATE TABLE c (n integer PRIMARY KEY REFERENCES t, up integer REFERENCES c)");
    machine.sql("INSERT INTO c VALUES (1, NULL), (2, 1)");
    expect(() => machine.sql("ALTER TABLE t ALTER id TYPE integer USING id + 1")).toThrow('"c_n_fkey" [23503]');
    machine.sql("ALTER TABLE t ADD COLUMN z integer DEFAULT 1");
    machine.sql("ALTER TABLE c ADD COLUMN z integer DEFAULT 1");
    expect(() => machine.sql("DELETE FROM t WHERE id = 1")).toThrow('"c_n_fkey" on table "c" [23503]');
    expect(() => machine.sql("DELETE FROM c WHERE n = 1")).toThrow('"c_up_fkey" on table "c" [23503]');
    machine.sql("ALTER TABLE t RENAME CONSTRAINT t_pkey TO other");
    expect(() => machine.sql("INSERT INTO c VALUES (7, 1)")).toThrow('"c_n_fkey" [23503]');
    machine.sql("DELETE FROM c WHERE n = 2");
    machine.sql("ALTER TABLE t DROP CONSTRAINT other CASCADE");
    machine.sql("INSERT INTO c VALUES (7, 1)");
  });

  it("plans are made anew", () => {
    const query = "SELECT * FROM t WHERE id = 2";
    for (let run = 0; run < 3; run++) expect(rowsOf(query, true)).toEqual([[2, "y", 20]]);
    machine.sql("ALTER TABLE t DROP COLUMN a");
    for (let run = 0; run < 3; run++) expect(rowsOf(query, true)).toEqual([[2, 20]]);
    machine.sql("ALTER TABLE t ALTER b TYPE text");
    for (let run = 0; run < 3; run++) expect(rowsOf(query, true)).toEqual([[2, "20"]]);
    const insert = "INSERT INTO t (id) VALUES (7)";
    machine.sql(insert, true);
    machine.sql("DELETE FROM t WHERE id = 7");
    machine.sql("ALTER TABLE t ALTER b SET DEFAULT 'new'");
    machine.sql(insert, true);
    expect(rowsOf("SELECT b FROM t WHERE id = 7")).toEqual([["new"]]);
  });
});
