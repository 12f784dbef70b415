/**
 * Foreign keys: what is declared, and that no way of writing breaks them.
 *
 * Goal: a row never refers to a row that is not there, whichever statement or command wrote or removed either; what is refused has changed
 * nothing and says why in PostgreSQL's words; a statement is judged when it ends; all of it holds after a crash too.
 * Method: statements and commands on the built debug engine with its log on a simulated disk; then random ones against a model that says of
 * each whether it must be refused.
 */
import { beforeEach, describe, expect, it } from "vitest";
import { SimulatedDisk } from "../../../../../host/platform/simulated/disk.ts";
import { START_MS, TEST_LENGTH, TEST_SEED } from "../../../../support/engine.ts";
import { QueryMachine, recovered, SILENT } from "../../../../support/query-machine.ts";
import { createRandom, type SeededRandom } from "../../../../support/random.ts";

let disk: SimulatedDisk;
let machine: QueryMachine;

beforeEach(async () => {
  disk = new SimulatedDisk(1);
  machine = new QueryMachine(await recovered(disk, SILENT));
});

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
    ["x integer REFERENCES p ON DELETE CASCADE", "ON DELETE CASCADE of a foreign key is not supported at line 1:38 [0A000]"],
    ["x integer REFERENCES p ON UPDATE SET NULL", "ON UPDATE SET NULL of a foreign key is not supported at line 1:38 [0A000]"],
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
