/**
 * Foreign keys: what is declared, and that no way of writing breaks them.
 *
 * Goal: a row never refers to a row that is not there, whichever statement or command wrote or removed either; what is refused has changed
 * nothing and says why in PostgreSQL's words; a statement is judged when it ends; all of it holds after a crash too.
 * Method: statements and commands on the built debug engine with its log on a simulated disk; then random ones against a model that says of
 * each whether it must be refused.
 */
import { beforeEach, describe, expect, it } from "vitest";
import { ManualClock } from "../../../../../host/platform/memory/clock.ts";
import { SimulatedDisk } from "../../../../../host/platform/simulated/disk.ts";
import { START_MS, TEST_LENGTH, TEST_SEED } from "../../../../support/engine.ts";
import { QueryMachine, recovered, SILENT } from "../../../../support/query-machine.ts";
import { createRandom, type SeededRandom } from "../../../../support/random.ts";

let disk: SimulatedDisk;
let machine: QueryMachine;
let clock: ManualClock;

beforeEach(async () => {
  disk = new SimulatedDisk(1);
  clock = new ManualClock(START_MS);
  machine = new QueryMachine(await recovered(disk, { ...SILENT, clock }));
});

function pass(milliseconds: number): void {
  clock.advance(milliseconds);
  machine.nowMs += milliseconds;
}

const PARENT = "CREATE TABLE p (id integer PRIMARY KEY, code varchar(9) UNIQUE, a integer, b bigint, UNIQUE (b, a))";

describe("what is declared", () => {
  beforeEach(() => {
    machine.sql(PARENT);
  });

  it.each([
    ["x integer REFERENCES nosuch", 'relation "nosuch" does not exist at line 1:38 [42P01]'],
    ["x integer REFERENCES p (nosuch)", 'column "nosuch" referenced in foreign key constraint does not exist at line 1:38 [42703]'],
    ["x integer REFERENCES p (a)", 'there is no unique constraint matching given keys for referenced table "p" at line 1:38 [42830]'],
    [
      "x integer, FOREIGN KEY (x) REFERENCES p (a, b)",
      "number of referencing and referenced columns for foreign key disagree at line 1:39 [42830]",
    ],
    ["x integer, FOREIGN KEY (y) REFERENCES p", 'column "y" referenced in foreign key constraint does not exist at line 1:39 [42703]'],
    [
      "x text REFERENCES p",
      'foreign key constraint "c_x_fkey" cannot be implemented (DETAIL: Key columns "x" and "id" are of incompatible types: text and integer.) at line 1:35 [42804]',
    ],
    ["x integer REFERENCES p MATCH PARTIAL", "MATCH PARTIAL not yet implemented at line 1:38 [0A000]"],
    [
      "x integer REFERENCES p ON DELETE SET NULL (n)",
      'column "n" referenced in ON DELETE SET action must be part of foreign key at line 1:38 [42P10]',
    ],
    [
      "x integer REFERENCES p ON UPDATE SET NULL (x)",
      "a column list with SET NULL is only supported for ON DELETE actions at line 1:70 [0A000]",
    ],
    [
      "x integer CONSTRAINT k UNIQUE, CONSTRAINT k FOREIGN KEY (x) REFERENCES p",
      'constraint "k" for relation "c" already exists at line 1:59 [42710]',
    ],
  ])("%s", (columns, message) => {
    expect(() => machine.sql(`CREATE TABLE c (n integer, ${columns})`)).toThrow(message);
  });

  it("a self-reference and a composite key, in the order of the key that is referred to", () => {
    machine.sql(
      "CREATE TABLE c (x integer, y integer, FOREIGN KEY (x, y) REFERENCES p (a, b), CONSTRAINT up FOREIGN KEY (x) REFERENCES p)",
    );
    machine.sql("INSERT INTO p VALUES (1, 'one', 1, 20), (2, 'two', 2, 10)");
    machine.sql("INSERT INTO c VALUES (1, 20), (2, 10), (1, NULL), (NULL, 7)");
    expect(() => machine.sql("INSERT INTO c VALUES (1, 10)")).toThrow(
      'insert or update on table "c" violates foreign key constraint "c_x_y_fkey" [23503]',
    );
    expect(() => machine.sql("INSERT INTO c VALUES (3, NULL)")).toThrow('violates foreign key constraint "up" [23503]');
    machine.sql("CREATE TABLE e (id integer PRIMARY KEY, boss integer REFERENCES e)");
    machine.sql("INSERT INTO e VALUES (1, 2), (2, 3), (3, 3)");
    expect(() => machine.sql("INSERT INTO e VALUES (4, 5)")).toThrow("23503");
  });

  it("documents that are there already are looked at", () => {
    machine.command("JSON.SET", "c:1", "$", '{"id": 1, "x": 5}');
    expect(() => machine.sql("CREATE TABLE c (id integer PRIMARY KEY, x integer REFERENCES p)")).toThrow("23503");
    expect(machine.sql("SELECT x FROM c")).toHaveLength(1);
    machine.sql("INSERT INTO p VALUES (5, 'five')");
    machine.sql("CREATE TABLE c (id integer PRIMARY KEY, x integer REFERENCES p)");
    expect(() => machine.sql("DELETE FROM p")).toThrow("23503");
  });

  it("tables and indexes that are needed stay, or go with the foreign key", () => {
    machine.sql("CREATE UNIQUE INDEX on_a ON p (a)");
    machine.sql("CREATE TABLE c (x integer REFERENCES p (a))");
    expect(() => machine.sql("DROP TABLE p")).toThrow(
      "cannot drop table p because other objects depend on it (DETAIL: constraint c_x_fkey on table c depends on table p)",
    );
    expect(() => machine.sql("TRUNCATE p")).toThrow("cannot truncate a table referenced in a foreign key constraint");
    expect(() => machine.sql("DROP INDEX on_a")).toThrow("2BP01");
    machine.sql("INSERT INTO p (id, a) VALUES (1, 2)");
    machine.sql("INSERT INTO c VALUES (2)");
    machine.sql("TRUNCATE p, c");
    machine.sql("INSERT INTO p (id, a) VALUES (1, 2)");
    machine.sql("INSERT INTO c VALUES (2)");
    machine.sql("DROP TABLE p CASCADE");
    machine.sql("INSERT INTO c VALUES (3)");
    expect(machine.sql("SELECT x FROM c ORDER BY x")).toEqual([[2n], [3n]]);
    machine.sql("DROP TABLE c");
    machine.sql(PARENT);
    machine.sql("INSERT INTO p VALUES (1)");
    machine.sql("DROP TABLE p");
  });
});

describe("commands", () => {
  beforeEach(() => {
    machine.sql(PARENT);
    machine.sql("CREATE TABLE c (id integer PRIMARY KEY, x integer REFERENCES p, y varchar(9) REFERENCES p (code))");
    machine.sql("INSERT INTO p VALUES (1, 'one'), (2, 'two'), (3, 'three')");
    machine.sql("INSERT INTO c VALUES (1, 1, 'two')");
  });

  it.each([
    [["JSON.SET", "c:2", "$", '{"id": 2, "x": 9}'], "c_x_fkey"],
    [["JSON.SET", "c:1", "$.y", '"nine"'], "c_y_fkey"],
    [["JSON.NUMINCRBY", "c:1", "$.x", "7"], "c_x_fkey"],
    [["JSON.SET", "p:2", "$.code", '"deux"'], "c_y_fkey"],
    [["ROW.SET", "c", "3", '{"x": 9}'], "c_x_fkey"],
    [["DEL", "p:1"], "c_x_fkey"],
    [["DEL", "p:3", "p:2"], "c_y_fkey"],
    [["UNLINK", "p:1"], "c_x_fkey"],
    [["ROW.DELETE", "p", "1"], "c_x_fkey"],
    [["JSON.DEL", "p:1"], "c_x_fkey"],
    [["JSON.DEL", "p:2", "$.code"], "c_y_fkey"],
    [["EXPIRE", "p:1", "100"], "c_x_fkey"],
    [["PEXPIREAT", "p:2", "1"], "c_y_fkey"],
    [["RENAME", "p:1", "gone:1"], "c_x_fkey"],
    [["MOVE", "p:1", "3"], "c_x_fkey"],
    [["JSON.MSET", "p:7", "$", '{"id": 7}', "c:7", "$", '{"id": 7, "x": 8}'], "c_x_fkey"],
  ])("%j is refused", (args, constraint) => {
    const before = machine.database.engine.digest(0);
    expect(() => machine.command(...args)).toThrow(new RegExp(`violates foreign key constraint "${constraint}"`));
    expect(machine.database.engine.digest(0)).toEqual(before);
  });

  it.each([
    [["JSON.MSET", "c:7", "$", '{"id": 7, "x": 8}', "p:8", "$", '{"id": 8}']],
    [["DEL", "p:3"]],
    [["EXPIRE", "p:3", "100"]],
    [["EXPIRE", "c:1", "100"]],
    [["JSON.SET", "p:1", "$.code", '"un"']],
    [["RENAME", "c:1", "elsewhere:1"]],
    [["FLUSHDB"]],
  ])("%j is done", (args) => {
    machine.command(...args);
    expect(machine.database.engine.checkInvariants()).toBe(0);
  });

  it("a row that expires is no parent", () => {
    machine.command("EXPIRE", "p:3", "100");
    expect(() => machine.sql("INSERT INTO c VALUES (2, 3)")).toThrow("23503");
    machine.command("PERSIST", "p:3");
    machine.sql("INSERT INTO c VALUES (2, 3)");
  });

  it("a database that was emptied has none of it left", () => {
    machine.command("FLUSHALL");
    for (let round = 0; round < 200; round++) machine.database.engine.maintain(START_MS, 1000, true);
    expect(machine.database.engine.checkInvariants()).toBe(0);
    machine.command("JSON.SET", "c:2", "$", '{"id": 2, "x": 9}');
    machine.command("DEL", "c:2");
  });
});

describe("actions", () => {
  const ids = (table: string): unknown => machine.sql(`SELECT id FROM ${table} ORDER BY id`).flat().map(Number);

  beforeEach(() => {
    machine.sql("CREATE TABLE a (id integer PRIMARY KEY, code text UNIQUE)");
    machine.sql("CREATE TABLE b (id integer PRIMARY KEY, a integer REFERENCES a ON DELETE CASCADE ON UPDATE CASCADE)");
    machine.sql(
      "CREATE TABLE d (id integer PRIMARY KEY, b integer REFERENCES b ON DELETE SET NULL, a text REFERENCES a (code) ON UPDATE CASCADE)",
    );
    machine.sql("INSERT INTO a VALUES (1, 'one'), (2, 'two'), (3, NULL)");
    machine.sql("INSERT INTO b VALUES (10, 1), (11, 1), (20, 2), (30, 3)");
    machine.sql("INSERT INTO d VALUES (100, 10, NULL), (200, 20, 'two'), (300, 30, NULL)");
  });

  it.each([
    [["DEL", "a:1"]],
    [["UNLINK", "a:1"]],
    [["JSON.DEL", "a:1"]],
    [["ROW.DELETE", "a", "1"]],
    [["RENAME", "a:1", "gone:1"]],
    [["MOVE", "a:1", "3"]],
    [["PEXPIREAT", "a:1", "1"]],
  ])("%j takes the rows along that refer to it", (args) => {
    machine.command(...args);
    expect(ids("b")).toEqual([20, 30]);
    expect(machine.sql("SELECT b FROM d WHERE id = 100")).toEqual([[null]]);
    expect(machine.database.engine.checkInvariants()).toBe(0);
  });

  it("a command that one of them refuses has done nothing", () => {
    const before = machine.database.engine.digest(0);
    expect(() => machine.command("DEL", "a:1", "a:2")).toThrow(
      'update or delete on table "a" violates foreign key constraint "d_a_fkey" on table "d" [23503]',
    );
    expect(() => machine.command("EXPIRE", "a:1", "100")).toThrow('"b_a_fkey" on table "b" [23503]');
    expect(machine.database.engine.digest(0)).toEqual(before);
  });

  it("a document that gets another key gives it to those that refer to it", () => {
    machine.command("JSON.SET", "a:2", "$.code", '"deux"');
    expect(machine.sql("SELECT a FROM d WHERE id = 200")).toEqual([["deux"]]);
    machine.command("JSON.MSET", "a:2", "$.code", '"zwei"', "b:20", "$.a", "3");
    expect(machine.sql("SELECT d.a, b.a FROM d JOIN b ON b.id = d.b WHERE d.id = 200")).toEqual([["zwei", 3n]]);
  });

  it("SET NULL meets NOT NULL, SET DEFAULT meets what has gone", () => {
    machine.sql("CREATE TABLE e (id integer PRIMARY KEY, a integer NOT NULL REFERENCES a ON DELETE SET NULL)");
    machine.sql("INSERT INTO e VALUES (1, 3)");
    expect(() => machine.sql("DELETE FROM a WHERE id = 3")).toThrow(
      'null value in column "a" of relation "e" violates not-null constraint [23502]',
    );
    expect(() => machine.command("DEL", "a:3")).toThrow("23502");
    machine.sql("DROP TABLE e");
    machine.sql("CREATE TABLE e (id integer PRIMARY KEY, a integer DEFAULT 3 REFERENCES a ON DELETE SET DEFAULT)");
    machine.sql("INSERT INTO e VALUES (1, 1)");
    machine.sql("DELETE FROM a WHERE id = 1");
    expect(machine.sql("SELECT a FROM e")).toEqual([[3n]]);
    expect(() => machine.sql("DELETE FROM a WHERE id = 3")).toThrow('"e_a_fkey" on table "e" [23503]');
    expect(ids("b")).toEqual([20, 30]);
  });

  it("what refers in a circle goes as a whole", () => {
    machine.sql("CREATE TABLE r (id integer PRIMARY KEY, next integer REFERENCES r ON DELETE CASCADE ON UPDATE CASCADE)");
    machine.sql("INSERT INTO r SELECT n, n % 100 + 1 FROM generate_series(1, 100) AS n");
    machine.sql("UPDATE r SET id = 1000 WHERE id = 50");
    expect(machine.sql("SELECT next FROM r WHERE id = 49")).toEqual([[1000n]]);
    machine.sql("DELETE FROM r WHERE id = 7");
    expect(ids("r")).toEqual([]);
  });

  it("a row whose time is over is neither in the way nor taken along", () => {
    machine.command("PEXPIREAT", "d:200", String(START_MS + 1));
    machine.sql("UPDATE b SET a = 3 WHERE id = 20");
    expect(() => machine.sql("DELETE FROM a WHERE id = 2")).toThrow("d_a_fkey");
    pass(10);
    machine.sql("DELETE FROM a WHERE id = 2");
    expect(ids("a")).toEqual([1, 3]);
  });

  it("TRUNCATE takes tables that refer to it along with CASCADE alone", () => {
    expect(() => machine.sql("TRUNCATE a")).toThrow('Table "b" references "a"');
    machine.sql("TRUNCATE a CASCADE");
    expect([ids("a"), ids("b"), ids("d")]).toEqual([[], [], []]);
  });

  it("they are known after a crash, and what they did was kept with what made them do it", async () => {
    machine.sql("DELETE FROM a WHERE id = 1");
    await machine.database.commits.flush();
    disk.crash("power");
    disk.restart();
    machine = new QueryMachine(await recovered(disk, SILENT));
    expect([ids("a"), ids("b"), ids("d")]).toEqual([
      [2, 3],
      [20, 30],
      [100, 200, 300],
    ]);
    machine.sql("UPDATE a SET id = 4 WHERE id = 3");
    machine.sql("DELETE FROM b WHERE id = 30");
    expect(machine.sql("SELECT id, b FROM d ORDER BY id")).toEqual([
      [100n, null],
      [200n, 20n],
      [300n, null],
    ]);
  });
});

describe("a value of a unique index whose row's time is over", () => {
  beforeEach(() => {
    machine.sql("CREATE TABLE u (id integer PRIMARY KEY, code text UNIQUE)");
    machine.sql("INSERT INTO u VALUES (1, 'k'), (2, 'l')");
    machine.command("PEXPIREAT", "u:1", String(START_MS + 1));
    pass(10);
  });

  it.each([
    ["INSERT INTO u VALUES (3, 'k')"],
    ["INSERT INTO u VALUES (3, 'k') ON CONFLICT (code) DO UPDATE SET code = 'm'"],
    ["INSERT INTO u VALUES (3, 'k') ON CONFLICT DO NOTHING"],
    ["INSERT INTO u SELECT 3, 'k'"],
    ["UPDATE u SET id = 3, code = 'k' WHERE id = 2"],
  ])("is free: %s", (text) => {
    machine.sql(text);
    expect(machine.sql("SELECT code FROM u WHERE id = 3")).toEqual([["k"]]);
    expect(machine.database.engine.checkInvariants()).toBe(0);
  });

  it("is free for documents, and stays so after a crash", async () => {
    machine.command("JSON.SET", "u:2", "$.code", '"k"', "NX");
    machine.command("JSON.SET", "u:2", "$.code", '"k"');
    machine.command("JSON.SET", "u:9", "$", '{"id": 9, "code": "l"}');
    await machine.database.commits.flush();
    disk.crash("power");
    disk.restart();
    machine = new QueryMachine(await recovered(disk, SILENT));
    expect(machine.sql("SELECT id, code FROM u ORDER BY id")).toEqual([
      [2n, "k"],
      [9n, "l"],
    ]);
  });

  it("is back when the statement that took it fails", () => {
    expect(() => machine.sql("INSERT INTO u VALUES (3, 'k'), (4, 'l')")).toThrow("u_code_key");
    expect(machine.database.engine.checkInvariants()).toBe(0);
    machine.sql("INSERT INTO u VALUES (3, 'k')");
  });
});

it("they hold after a crash", async () => {
  machine.sql("CREATE TABLE z (id integer PRIMARY KEY, code text UNIQUE)");
  machine.sql("CREATE TABLE a (id integer PRIMARY KEY, z_id integer REFERENCES z, code text CONSTRAINT own REFERENCES z (code))");
  machine.sql("INSERT INTO z VALUES (1, 'one')");
  machine.sql("INSERT INTO a VALUES (1, 1, 'one')");
  await machine.database.commits.flush();
  disk.crash("power");
  disk.restart();
  machine = new QueryMachine(await recovered(disk, SILENT));
  expect(() => machine.sql("INSERT INTO a VALUES (2, 2, NULL)")).toThrow("a_z_id_fkey");
  expect(() => machine.sql("UPDATE z SET code = 'un'")).toThrow('"own" on table "a"');
  expect(() => machine.command("DEL", "z:1")).toThrow("23503");
  expect(() => machine.sql("DROP TABLE z")).toThrow("2BP01");
  machine.sql("DELETE FROM a");
  machine.sql("DELETE FROM z");
});

// Random writes -------------------------------------------------------------------------------------------------------------

interface Tables {
  /** code by id */
  readonly p: ReadonlyMap<number, string | null>;
  /** what the row refers to, by id: a row of p, a code of p, a row of c */
  readonly c: ReadonlyMap<number, readonly [number | null, string | null, number | null]>;
}

/** Whether keys are unique and references whole. */
function isWhole({ p, c }: Tables): boolean {
  const codes = [...p.values()].filter((code) => code !== null);
  if (new Set(codes).size !== codes.length) return false;
  const has = <T>(known: { has(key: T): boolean }, key: T | null): boolean => key === null || known.has(key);
  return [...c.values()].every(([id, code, own]) => has(p, id) && has(new Set(codes), code) && has(c, own));
}

interface Write {
  readonly run: (machine: QueryMachine) => void;
  /** undefined: the keys are taken, or a row is not there. */
  readonly next: Tables | undefined;
}

const shown = (value: number | string | null): string => (typeof value === "string" ? `'${value}'` : String(value));

function randomWrite(random: SeededRandom, { p, c }: Tables): Write {
  const id = (): number => random.below(6);
  const code = (): string | null => random.pick([null, "k", "l", "m"]);
  const maybe = (): number | null => (random.chance(0.4) ? null : id());
  const isCompiled = random.chance(0.5);
  const sql = (text: string, next: Tables | undefined): Write => ({ run: (machine) => machine.sql(text, isCompiled), next });
  const known = <T>(map: ReadonlyMap<number, T>): number => (map.size > 0 && random.chance(0.8) ? random.pick([...map.keys()]) : id());
  const without = <T>(map: ReadonlyMap<number, T>, gone: (key: number) => boolean) => new Map([...map].filter(([key]) => !gone(key)));
  switch (random.below(10)) {
    case 0: {
      const rows = Array.from({ length: random.between(1, 3) }, () => [id(), code()] as const);
      const isFresh = new Set(rows.map(([key]) => key)).size === rows.length && rows.every(([key]) => !p.has(key));
      const values = rows.map((row) => `(${row.map(shown).join()})`).join();
      return sql(`INSERT INTO p VALUES ${values}`, isFresh ? { p: new Map([...p, ...rows]), c } : undefined);
    }
    case 1:
    case 2: {
      const rows = Array.from({ length: random.between(1, 3) }, () => [id(), [maybe(), code(), maybe()]] as const);
      const isFresh = new Set(rows.map(([key]) => key)).size === rows.length && rows.every(([key]) => !c.has(key));
      const values = rows.map(([key, row]) => `(${[key, ...row].map(shown).join()})`).join();
      return sql(`INSERT INTO c VALUES ${values}`, isFresh ? { p, c: new Map([...c, ...rows]) } : undefined);
    }
    case 3: {
      const least = id();
      return sql(`DELETE FROM p WHERE id >= ${least}`, { p: without(p, (key) => key >= least), c });
    }
    case 4: {
      const least = id();
      return sql(`DELETE FROM c WHERE id >= ${least}`, { p, c: without(c, (key) => key >= least) });
    }
    case 5: {
      const [from, to, text] = [known(p), id(), code()];
      if (!p.has(from)) return sql(`UPDATE p SET id = ${to} WHERE id = ${from}`, { p, c });
      const isTaken = from !== to && p.has(to);
      const next = new Map([...without(p, (key) => key === from), [to, text] as const]);
      return sql(`UPDATE p SET id = ${to}, code = ${shown(text)} WHERE id = ${from}`, isTaken ? undefined : { p: next, c });
    }
    case 6: {
      const [from, own] = [known(c), maybe()];
      const row = c.get(from);
      const next = row === undefined ? c : new Map([...c, [from, [row[0], row[1], own]] as const]);
      return sql(`UPDATE c SET own = ${shown(own)} WHERE id = ${from}`, { p, c: next });
    }
    case 7: {
      const key = known(c);
      const row = [maybe(), code(), maybe()] as const;
      const text = JSON.stringify({ id: key, p: row[0], code: row[1], own: row[2] });
      return { run: (machine) => machine.command("JSON.SET", `c:${key}`, "$", text), next: { p, c: new Map([...c, [key, row]]) } };
    }
    case 8: {
      const key = known(p);
      return { run: (machine) => machine.command("DEL", `p:${key}`), next: { p: without(p, (other) => other === key), c } };
    }
    default: {
      const key = known(c);
      return { run: (machine) => machine.command("DEL", `c:${key}`), next: { p, c: without(c, (other) => other === key) } };
    }
  }
}

function contents(machine: QueryMachine): string {
  const rows = (table: string): unknown => machine.sql(`SELECT * FROM ${table} ORDER BY id`).map((row) => row.map(String));
  return JSON.stringify([rows("p"), rows("c")]);
}

function expected({ p, c }: Tables): string {
  const sorted = <T>(map: ReadonlyMap<number, T>) => [...map].sort(([left], [right]) => left - right);
  return JSON.stringify([sorted(p).map(([id, code]) => [id, code].map(String)), sorted(c).map(([id, row]) => [id, ...row].map(String))]);
}

it(`random writes leave all references whole (seed ${TEST_SEED})`, () => {
  const random = createRandom(TEST_SEED);
  machine.sql("CREATE TABLE p (id integer PRIMARY KEY, code text UNIQUE)");
  machine.sql(
    "CREATE TABLE c (id integer PRIMARY KEY, p integer REFERENCES p, code text REFERENCES p (code), own integer REFERENCES c DEFAULT NULL)",
  );
  let tables: Tables = { p: new Map(), c: new Map() };
  const met = { done: 0, refused: 0 };
  for (let step = 0; step < 1200 * TEST_LENGTH; step++) {
    const { run, next } = randomWrite(random, tables);
    const isFine = next !== undefined && isWhole(next);
    let message: string | undefined;
    try {
      run(machine);
    } catch (error) {
      message = (error as Error).message;
    }
    expect(message === undefined, message).toBe(isFine);
    if (next !== undefined && isFine) tables = next;
    else expect(message).toMatch(/\[(23503|23505)\]$/);
    met[isFine ? "done" : "refused"]++;
    expect(contents(machine)).toBe(expected(tables));
    if (step % 50 === 0) expect(machine.database.engine.checkInvariants()).toBe(0);
  }
  expect(Math.min(met.done, met.refused)).toBeGreaterThan(100);
});
