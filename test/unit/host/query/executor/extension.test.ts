/**
 * Functions of WebAssembly modules in SQL: those that come with MemFlux, and those of CREATE FUNCTION.
 *
 * Goal: they can stand wherever a function can, with the same answers interpreted and compiled; whatever a module does, the statement
 * fails with an SQLSTATE and leaves nothing behind; definitions survive a restart and a compaction and go with FLUSHALL.
 * Method: databases of the library on the built engine; modules are compiled from the sources below as users do it.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { EmbeddedDatabase } from "../../../../../host/client/embedded.ts";
import { open } from "../../../../../host/entry/node.ts";
import { engineBuilt } from "../../../../support/engine.ts";
import { compileFunctions } from "../../extension/compile.ts";

const SOURCE = `
let calls: i32 = 0;
export function initials(name: string): string {
  return name.split(" ").map<string>((word) => word.charAt(0)).join("");
}
export function twice(value: i32): i32 { return value * 2; }
export function half(value: f64): f64 { return value / 2; }
export function isLong(text: string): bool { return text.length > 3; }
export function wide(value: i64): i64 { return value + 1; }
export function tiny(value: i32): i8 { return <i8>value; }
export function flip(bytes: Uint8Array): Uint8Array { return bytes.slice(0).reverse(); }
export function nothing(text: string): string | null { return text.length == 0 ? null : text; }
export function count(): i32 { return ++calls; }
export function complain(text: string): i32 { throw new Error("no: " + text); }
export function divide(a: i32, b: i32): i32 { return a / b; }
export function forever(n: i32): i32 { return n < 0 ? n : forever(n + 1) + 1; }
export function hoard(text: string): i32 { const all: string[] = []; for (;;) all.push(text.repeat(1000)); return 0; }
export function pieces(text: string): string[] { return [text]; }
`;

let bytes: Uint8Array;
let base64: string;
let folder: string;
let db: EmbeddedDatabase;

beforeAll(async () => {
  bytes = await compileFunctions(SOURCE);
  base64 = Buffer.from(bytes).toString("base64");
  folder = mkdtempSync(join(tmpdir(), "memflux-functions-"));
  writeFileSync(join(folder, "own.wasm"), bytes);
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function value(text: string, on = db): Promise<unknown> {
  const { rows } = await on.query(text, [], { rowMode: "array" });
  return (rows as unknown as unknown[][])[0]?.[0];
}

function create(signature: string, returns: string, more = ""): Promise<unknown> {
  return db.query(
    `CREATE ${more.includes("REPLACE") ? "OR REPLACE " : ""}FUNCTION ${signature} RETURNS ${returns} LANGUAGE wasm AS '${base64}'`,
  );
}

describe.skipIf(!engineBuilt)("functions of modules", () => {
  beforeEach(async () => {
    db = await open();
  });

  afterEach(() => db.close());

  test("those that come with MemFlux", async () => {
    const text =
      "SELECT levenshtein('kitten', 'sitting'), slugify('Crème brûlée, 2 Stück!'), soundex('Tymczak'), similarity('word', 'two words')";
    const { rows, columns } = await db.query(text, [], { rowMode: "array" });
    expect(rows[0]).toEqual([3, "creme-brulee-2-stuck", "T522", 0.36363637]);
    expect(columns.map(({ type }) => type)).toEqual(["integer", "text", "text", "real"]);
    expect(await value("SELECT levenshtein(NULL, 'a')")).toBe(null);
    await expect(db.query("SELECT levenshtein('a')")).rejects.toThrow("function levenshtein(unknown) does not exist");
    await expect(db.query("SELECT levenshtein(repeat('a', 256), 'a')")).rejects.toThrow(/exceeds maximum length.*\[38000\]$/);
  });

  test.each<[signature: string, returns: string, call: string, expected: unknown, symbol?: string]>([
    ["initials(text)", "text", "initials('Grace Brewster Hopper')", "GBH"],
    ["initials(name varchar(10))", "varchar", "initials('A B')", "AB"],
    ["twice(integer)", "integer", "twice(21)", 42],
    ["twice(value bigint)", "bigint", "twice(21)", 42],
    ["half(double precision)", "double precision", "half(3)", 1.5],
    ["islong(text)", "boolean", "islong('four')", true],
    ["wide(bigint)", "bigint", "wide(9007199254740993)", 9007199254740994n],
    ["tiny(integer)", "smallint", "tiny(-5)", -5],
    ["flip(bytea)", "bytea", "flip('\\x0102ff')", Uint8Array.of(255, 2, 1)],
    ["nothing(text)", "text", "nothing('')", null],
    ["twice(integer)", "integer", "twice(NULL)", null],
    ["doubled(integer)", "integer", "doubled(4)", 8, "twice"],
    ['"isLong"(text)', "boolean", "\"isLong\"('abc')", false],
  ])("%s RETURNS %s: %s", async (signature, returns, call, expected, symbol = "") => {
    const named = symbol === "" ? "" : `, '${symbol}'`;
    await db.query(`CREATE FUNCTION ${signature} RETURNS ${returns} LANGUAGE wasm AS '${base64}'${named}`);
    expect(await value(`SELECT ${call}`)).toEqual(expected);
  });

  test("stand wherever a function can, interpreted and compiled", async () => {
    await create("initials(text)", "text");
    await create("twice(integer)", "integer");
    await db.query("CREATE TABLE person (name TEXT CHECK (initials(name) <> 'X'), n INTEGER DEFAULT twice(4))");
    await db.query("INSERT INTO person (name, n) SELECT chr(65 + i % 5) || ' ' || chr(66 + i % 3), i FROM generate_series(1, 40) AS i");
    await db.query("INSERT INTO person (name) VALUES ('Zed Zed')");
    await expect(db.query("INSERT INTO person (name) VALUES ('Xerxes')")).rejects.toThrow("[23514]");
    await db.query("CREATE VIEW short AS SELECT initials(name) AS letters, n FROM person");
    const queries = [
      "SELECT initials(name), n FROM person WHERE twice(n) > 70 ORDER BY n",
      "SELECT initials(name) AS i, count(*), sum(twice(n)) FROM person GROUP BY initials(name) ORDER BY initials(name)",
      "SELECT letters FROM short WHERE letters LIKE 'A%' ORDER BY n DESC LIMIT 3",
      "SELECT n FROM person ORDER BY levenshtein(name, 'Zed'), n LIMIT 5",
      "SELECT a.n FROM person a JOIN person b ON twice(a.n) = b.n ORDER BY a.n",
    ];
    for (const text of queries) {
      await db.query("SET execution_mode TO interpreted");
      const { rows } = await db.query(text);
      expect(rows.length, text).toBeGreaterThan(0);
      await db.query("SET execution_mode TO compiled");
      expect((await db.query(text)).rows, text).toEqual(rows);
    }
    expect(await value("SELECT n FROM person WHERE name = 'Zed Zed'")).toBe(8);
    const { rows } = await db.query("EXPLAIN SELECT n FROM person WHERE initials(name) = 'AB'");
    expect(JSON.stringify(rows)).toContain("initials(");
  });

  test("overloads are chosen by the arguments' types", async () => {
    await create("twice(integer)", "integer");
    await db.query(
      "CREATE FUNCTION twice(text) RETURNS text LANGUAGE wasm AS $$" +
        Buffer.from(await compileFunctions(`export function twice(text: string): string { return text + text; }`)).toString("base64") +
        "$$ IMMUTABLE STRICT",
    );
    expect([await value("SELECT twice(4)"), await value("SELECT twice('ab'::text)")]).toEqual([8, "abab"]);
    await expect(db.query("DROP FUNCTION twice")).rejects.toThrow('function name "twice" is not unique');
    await db.query("DROP FUNCTION twice(integer)");
    await expect(db.query("SELECT twice(true)")).rejects.toThrow("function twice(boolean) does not exist");
    expect(await value("SELECT twice('ab'::text)")).toBe("abab");
  });

  test("a plan knows when its function is another one, or a better one has come", async () => {
    await create("half(double precision)", "double precision");
    const statement = await db.prepare("SELECT half(7::integer) AS v");
    expect(statement.all()).toEqual([{ v: 3.5 }]);
    const other = Buffer.from(await compileFunctions("export function half(value: f64): f64 { return -1; }")).toString("base64");
    await db.query(`CREATE OR REPLACE FUNCTION half(double precision) RETURNS double precision LANGUAGE wasm AS '${other}'`);
    expect(statement.all()).toEqual([{ v: -1 }]);
    const better = Buffer.from(await compileFunctions("export function half(value: i32): i32 { return value / 2; }")).toString("base64");
    await db.query(`CREATE FUNCTION half(integer) RETURNS integer LANGUAGE wasm AS '${better}'`);
    expect(statement.all()).toEqual([{ v: 3 }]);
    await db.query("DROP FUNCTION half(integer)");
    expect(statement.all()).toEqual([{ v: -1 }]);
    await db.query("DROP FUNCTION half");
    expect(() => statement.all()).toThrow("[42883]");
  });

  test("a replaced function is called by the checks of tables too", async () => {
    await create("twice(integer)", "integer");
    await db.query("CREATE TABLE t (n INTEGER CHECK (twice(n) > 10))");
    const other = Buffer.from(await compileFunctions("export function twice(value: i32): i32 { return 100; }")).toString("base64");
    await expect(db.query("INSERT INTO t VALUES (1)")).rejects.toThrow("[23514]");
    await db.query(`CREATE OR REPLACE FUNCTION twice(integer) RETURNS integer LANGUAGE wasm AS '${other}'`);
    expect((await db.query("INSERT INTO t VALUES (1)")).affected).toBe(1);
  });

  test("what uses a function keeps it", async () => {
    await create("twice(integer)", "integer");
    await db.query("CREATE TABLE t (n INTEGER CHECK (twice(n) > 10))");
    await db.query("CREATE VIEW v AS SELECT twice(3) AS n");
    await expect(db.query("DROP FUNCTION twice")).rejects.toThrow(
      /constraint t_n_check of table t depends on function twice\(integer\).*\[2BP01\]$/,
    );
    await db.query("DROP TABLE t");
    await expect(db.query("DROP FUNCTION twice")).rejects.toThrow(/view v depends on function twice\(integer\).*\[2BP01\]$/);
    await db.query("DROP FUNCTION twice CASCADE");
    expect(db.keys("_internal:*")).toEqual([]);
  });

  test.each([
    ["an error of its own", "SELECT complain('x')", /function complain failed: no: x .*\[38000\]$/],
    ["a trap", "SELECT divide(1, 0)", /function divide failed: .*\[38000\]$/],
    ["endless recursion", "SELECT forever(0)", /function forever failed: .*\[38000\]$/],
    ["memory without end", "SELECT hoard('abc')", /function hoard needs more than its 256 pages.*\[53200\]$/],
    ["a result that its type does not hold", "SELECT tiny(300)", /\[22003\]$/],
  ])("%s is an error of the statement, which leaves nothing", async (_what, text, message) => {
    for (const signature of ["complain(text)", "forever(integer)", "hoard(text)", "divide(integer, integer)"])
      await create(signature, "integer");
    const narrow = Buffer.from(await compileFunctions("export function tiny(value: i32): i32 { return value * 1000; }")).toString("base64");
    await db.query(`CREATE FUNCTION tiny(integer) RETURNS smallint LANGUAGE wasm AS '${narrow}'`);
    await db.query("CREATE TABLE t (n INTEGER)");
    await expect(db.query(text)).rejects.toThrow(message);
    await expect(
      db.query(`INSERT INTO t SELECT CASE WHEN i < 5 THEN i ELSE (${text}) END FROM generate_series(1, 9) AS i`),
    ).rejects.toThrow(message);
    expect(await value("SELECT count(*) FROM t")).toBe(0);
    expect(await value("SELECT divide(9, 3)")).toBe(3);
  });

  test.each([
    ["f()", "LANGUAGE plpgsql AS ''", /language "plpgsql" does not exist.*\[42704\]$/],
    ["f() RETURNS integer", "LANGUAGE wasm", /no function body specified.*\[42601\]$/],
    ["f()", "LANGUAGE wasm AS 'AGFzbQ=='", /function result type must be specified \[42P13\]$/],
    ["f() RETURNS integer", "LANGUAGE wasm AS 'AGFzbQ=='", /\[42P13\]$/],
    ["f() RETURNS integer", "LANGUAGE wasm AS 'AGFzb!'", /not in base64 \[22023\]$/],
    ["f() RETURNS integer", "LANGUAGE wasm AS '/nowhere/f.wasm'", /could not access file "\/nowhere\/f.wasm" \[58P01\]$/],
    ["f() RETURNS integer", "LANGUAGE wasm AS '$'", /there is no function f in the module \[42883\]$/],
    [
      "twice(text) RETURNS integer",
      "LANGUAGE wasm AS '$'",
      /argument 1 of function twice is i32 in the module, which text does not go with \[42P13\]$/,
    ],
    ["twice(integer) RETURNS text", "LANGUAGE wasm AS '$'", /the result of function twice is i32 .* \[42P13\]$/],
    ["twice(jsonb) RETURNS integer", "LANGUAGE wasm AS '$'", /cannot be of type jsonb .*\[42P13\]$/],
    ["twice() RETURNS integer", "LANGUAGE wasm AS '$'", /takes 1 arguments in its module, and 0 are declared \[42P13\]$/],
    ["pieces(text) RETURNS text", "LANGUAGE wasm AS '$'", /function pieces cannot be called: its type .*\[42P13\]$/],
    ["twice(a integer, a integer) RETURNS integer", "LANGUAGE wasm AS '$'", /parameter name "a" used more than once \[42P13\]$/],
    ["twice(a integer = 1) RETURNS integer", "LANGUAGE wasm AS '$'", /default values of parameters are not supported \[0A000\]$/],
    ["f(integer) RETURNS integer", "LANGUAGE wasm AS '$', 'Twice'", /there is no function Twice in the module \[42883\]$/],
    ["twice(mood) RETURNS integer", "LANGUAGE wasm AS '$'", /type "mood" does not exist \[42704\]$/],
    ["nowhere.twice(integer) RETURNS integer", "LANGUAGE wasm AS '$'", /schema "nowhere" does not exist \[3F000\]$/],
    ["lower(text) RETURNS text", "LANGUAGE wasm AS '$'", /function "lower" already exists with same argument types \[42723\]$/],
    ["sum(integer) RETURNS integer", "LANGUAGE wasm AS '$'", /function "sum" already exists .*\[42723\]$/],
  ])("CREATE FUNCTION %s %s is refused", async (head, rest, message) => {
    await expect(db.query(`CREATE FUNCTION ${head} ${rest.replace("$", base64)}`)).rejects.toThrow(message);
    expect(db.keys("_internal:*")).toEqual([]);
  });

  test("what there is already, and what there is not", async () => {
    await create("twice(integer)", "integer");
    await expect(create("twice(int)", "integer")).rejects.toThrow(/already exists with same argument types \[42723\]$/);
    await expect(create("twice(int)", "bigint", "REPLACE")).rejects.toThrow(/cannot change return type of existing function .*\[42P13\]$/);
    await expect(db.query("DROP FUNCTION twice(text)")).rejects.toThrow(/function twice\(text\) does not exist \[42883\]$/);
    await expect(db.query("DROP FUNCTION thrice")).rejects.toThrow(/could not find a function named "thrice" \[42883\]$/);
    await expect(db.query("DROP FUNCTION lower")).rejects.toThrow(/required by the database system \[2BP01\]$/);
    await db.query("DROP FUNCTION IF EXISTS thrice, twice(text)");
    expect(await value("SELECT twice(2)")).toBe(4);
    expect(await value("SELECT public.twice(2)")).toBe(4);
  });

  test("a file is the program's to name, or lies in the server's directory", async () => {
    await db.query(`CREATE FUNCTION twice(integer) RETURNS integer LANGUAGE wasm AS '${join(folder, "own.wasm")}'`);
    expect(await value("SELECT twice(2)")).toBe(4);
    const ask = (on: EmbeddedDatabase, file: string) =>
      on.execute(["SQL.QUERY", `CREATE OR REPLACE FUNCTION twice(integer) RETURNS integer LANGUAGE wasm AS '${file}'`]);
    await expect(ask(db, join(folder, "own.wasm"))).rejects.toThrow(/permission denied to read a module from a file .*\[42501\]$/);
    const served = await open({ functions_dir: folder });
    try {
      await ask(served, "own.wasm");
      expect(await value("SELECT twice(2)", served)).toBe(4);
      for (const file of ["../own.wasm", "/etc/passwd", "missing.wasm", ".", ""]) {
        await expect(ask(served, file)).rejects.toThrow(/could not access file .*\[58P01\]$/);
      }
      await expect(served.execute(["CONFIG", "SET", "functions_dir", "/"])).rejects.toThrow();
    } finally {
      await served.close();
    }
  });

  test("keys that were written by hand are errors, not more", async () => {
    await create("twice(integer)", "integer");
    const [module = ""] = db.keys("_internal:modules:*");
    db.set(module, Buffer.from("nothing").toString("base64"));
    await expect(db.query("SELECT twice(2)")).rejects.toThrow(/stored module of function twice\(integer\) is damaged \[XX001\]$/);
    db.del(module);
    await expect(db.query("SELECT twice(2)")).rejects.toThrow(/is missing \[XX001\]$/);
    db.set("_internal:functions:twice", "{}");
    await expect(db.query("SELECT twice(2)")).rejects.toThrow(/the stored function cannot be read: overloads \[XX001\]$/);
    db.del("_internal:functions:twice");
    await expect(db.query("SELECT twice(2)")).rejects.toThrow("[42883]");
  });

  test("survive a restart and a compaction, and go with FLUSHALL", async () => {
    const dir = mkdtempSync(join(folder, "data-"));
    const first = await open({ dir });
    await first.query(`CREATE FUNCTION twice(integer) RETURNS integer LANGUAGE wasm AS '${base64}'`);
    await first.query("CREATE TABLE t (n INTEGER CHECK (twice(n) > 10))");
    await first.compact();
    await first.query("INSERT INTO t VALUES (7)");
    await first.close();
    const second = await open({ dir });
    try {
      expect(await value("SELECT twice(n) FROM t", second)).toBe(14);
      await expect(second.query("INSERT INTO t VALUES (1)")).rejects.toThrow("[23514]");
      await second.execute(["FLUSHALL"]);
      await expect(second.query("SELECT twice(1)")).rejects.toThrow("[42883]");
    } finally {
      await second.close();
    }
  });
});
