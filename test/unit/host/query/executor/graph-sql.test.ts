/**
 * The graph in SQL: labels and relationship types as tables, and GRAPH_MATCH.
 *
 * Goal: SQL reads what the graph has, alone and joined with tables, interpreted and compiled alike; a table of the same name wins; a plan
 * follows labels, types and collections that come and go.
 * Method: statements on a database in memory, each in both ways of execution, over a small graph.
 */
import { beforeEach, describe, expect, it } from "vitest";
import type { EmbeddedDatabase } from "../../../../../host/client/embedded.ts";
import { open } from "../../../../../host/entry/node.ts";

const PEOPLE = [
  ["Ada", 1815],
  ["Bob", 1900],
  ["Cleo", 1900],
] as const;

let db: EmbeddedDatabase;
let ids: readonly string[];

async function makeGraph(): Promise<void> {
  db.flushall();
  const made: string[] = [];
  for (const [name, born] of PEOPLE) {
    made.push((await db.execute(["GRAPH.ADDNODE", "Person", JSON.stringify({ name, born, fullName: `${name} L.` })])) as string);
  }
  ids = made;
  await db.execute(["GRAPH.ADDNODE", "City", '{"name": "Rome"}']);
  await db.execute(["GRAPH.ADDREL", ids[0]!, ids[1]!, "KNOWS", '{"since": 1999}']);
  await db.execute(["GRAPH.ADDREL", ids[1]!, ids[2]!, "KNOWS", "{}"]);
  await db.query("CREATE TABLE emp (id integer PRIMARY KEY, year integer)");
  await db.query("INSERT INTO emp VALUES (1, 1815), (2, 1900), (3, 2000)");
}

/** Rows of a query as lists of values, interpreted; compiled they are the same. */
async function rows(text: string): Promise<unknown> {
  const results: unknown[] = [];
  for (const execution of ["interpreted", "compiled"]) {
    await db.query(`SET execution_mode = '${execution}'`);
    results.push((await db.query(text)).rows.map((row) => Object.values(row)));
  }
  expect(results[1]).toEqual(results[0]);
  return results[0];
}

async function failure(text: string): Promise<string> {
  return db.query(text).then(
    () => "",
    (error: Error) => error.message,
  );
}

beforeEach(async () => {
  db = await open();
  await makeGraph();
});

describe("labels and types as tables", () => {
  it("have ids, properties and every property as a column", async () => {
    expect(await rows("SELECT * FROM Person ORDER BY properties.name LIMIT 1")).toEqual([
      [ids[0], { name: "Ada", born: 1815, fullName: "Ada L." }],
    ]);
    const [known] = (await rows("SELECT * FROM KNOWS WHERE since > 1990")) as [readonly unknown[]];
    expect(known.slice(1)).toEqual([ids[0], ids[1], { since: 1999 }]);
    expect(known[0]).toMatch(/^[0-9a-f-]{36}$/);
    expect(await rows("SELECT NAME, fullname, unheard FROM Person WHERE born = 1815")).toEqual([["Ada", "Ada L.", null]]);
    expect(await rows(`SELECT p.name FROM Person p WHERE p._id = '${ids[1]}'`)).toEqual([["Bob"]]);
    expect(await rows("SELECT born, count(*), max(name) FROM Person GROUP BY born ORDER BY born")).toEqual([
      [1815, 1, "Ada"],
      [1900, 2, "Cleo"],
    ]);
  });

  it("are joined with each other and with tables", async () => {
    const text =
      "SELECT a.name, b.name AS other, since FROM KNOWS k JOIN Person a ON a._id = k._from_id JOIN Person b ON b._id = k._to_id ORDER BY a.name";
    expect(await rows(text)).toEqual([
      ["Ada", "Bob", 1999],
      ["Bob", "Cleo", null],
    ]);
    expect(await rows("SELECT e.id, count(p._id) FROM emp e LEFT JOIN Person p ON p.born = e.year GROUP BY e.id ORDER BY e.id")).toEqual([
      [1, 1],
      [2, 2],
      [3, 0],
    ]);
    expect(await rows("SELECT name FROM City WHERE NOT EXISTS (SELECT 1 FROM Person WHERE born = 7)")).toEqual([["Rome"]]);
  });

  it("cannot be written", async () => {
    expect(await failure("INSERT INTO Person (name) VALUES ('x')")).toBe(
      'cannot insert into label "Person" of the graph: SQL only reads it at line 1:13 [42809]',
    );
    expect(await failure("DELETE FROM KNOWS")).toContain('cannot delete from relationship type "KNOWS"');
  });

  it("a table, view or collection of the name wins, and what comes and goes is seen", async () => {
    expect(await rows("SELECT count(*) FROM Late")).toEqual([[0]]);
    await db.execute(["GRAPH.ADDNODE", "Late", '{"a": 1}']);
    expect(await rows("SELECT count(*) FROM Late")).toEqual([[1]]);
    expect(await rows("SELECT a FROM Late")).toEqual([[1]]);
    await db.execute(["GRAPH.ADDNODE", "Late", '{"A2": 2}', "Other"]);
    expect(await rows("SELECT a, a2 FROM Late ORDER BY a2")).toEqual([
      [null, 2],
      [1, null],
    ]);
    await db.execute(["JSON.SET", "Late:9", "$", '{"a": 9}']);
    expect(await rows("SELECT a FROM Late")).toEqual([[9]]);
    await db.execute(["DEL", "Late:9"]);
    expect(await rows("SELECT count(*) FROM Late")).toEqual([[2]]);
    await db.query("CREATE TABLE person (id integer PRIMARY KEY)");
    expect(await rows("SELECT count(*) FROM Person")).toEqual([[0]]);
  });
});

describe("indexes of labels", () => {
  const plan = async (text: string): Promise<string> =>
    (await db.query(`EXPLAIN ${text}`)).rows.map((row) => Object.values(row)[0]).join("\n");

  it("are used by Cypher and by GRAPH_MATCH while they are there, and change no result", async () => {
    const cypher = "MATCH (p:Person) WHERE p.born = 1900 RETURN p.name AS n ORDER BY n";
    const text = `SELECT n FROM GRAPH_MATCH('${cypher}') AS g`;
    const names = async (): Promise<unknown> =>
      ((await db.execute(["CYPHER", cypher])) as readonly string[]).map((row) => JSON.parse(row).n);
    expect(await plan(text)).not.toContain("by_born");
    expect(await names()).toEqual(["Bob", "Cleo"]);
    await db.execute(["CYPHER", "CREATE INDEX by_born FOR (p:Person) ON (p.born)"]);
    expect(await plan(text)).toContain("by_born");
    expect(await names()).toEqual(["Bob", "Cleo"]);
    expect(await rows(text)).toEqual([["Bob"], ["Cleo"]]);
    await db.execute(["GRAPH.ADDNODE", "Person", '{"name": "Dora", "born": 1900}']);
    expect(await names()).toEqual(["Bob", "Cleo", "Dora"]);
    await db.execute(["CYPHER", "DROP INDEX by_born"]);
    expect(await plan(text)).not.toContain("by_born");
    expect(await names()).toEqual(["Bob", "Cleo", "Dora"]);
    expect(await rows(text)).toEqual([["Bob"], ["Cleo"], ["Dora"]]);
  });

  it("a node is found by its id in SQL", async () => {
    expect(await plan(`SELECT name FROM Person WHERE _id = '${ids[1]}'`)).toContain("by id");
    expect(await rows(`SELECT name FROM Person WHERE _id = '${ids[1]}'`)).toEqual([["Bob"]]);
    expect(await rows("SELECT name FROM Person WHERE _id = 'nonsense'")).toEqual([]);
  });
});

describe("GRAPH_MATCH", () => {
  const MATCH = "GRAPH_MATCH('MATCH (p:Person)-[k:KNOWS]->(q) RETURN p.name AS n, q.born AS b, k.since AS s, p')";

  it("is a table with the columns that it names", async () => {
    expect(await rows(`SELECT g.name, born FROM ${MATCH} RETURNS (n AS name, b AS born) AS g WHERE born > 1850 ORDER BY g.name`)).toEqual([
      ["Ada", 1900],
      ["Bob", 1900],
    ]);
    expect(await rows(`SELECT * FROM ${MATCH} RETURNS (s AS since, p AS who) g WHERE since IS NOT NULL`)).toEqual([
      [1999, { name: "Ada", born: 1815, fullName: "Ada L." }],
    ]);
    expect(await rows(`SELECT n, s FROM ${MATCH} AS g ORDER BY n`)).toEqual([
      ["Ada", 1999],
      ["Bob", null],
    ]);
    expect(
      await rows("SELECT l, m, one FROM GRAPH_MATCH('UNWIND [1, 2] AS x RETURN [x, \"t\"] AS l, {a: x} AS m, 1 AS one') AS g"),
    ).toEqual([
      [[1, "t"], { a: 1 }, 1],
      [[2, "t"], { a: 2 }, 1],
    ]);
  });

  it("is joined with tables, and used in views and subqueries", async () => {
    const people = "GRAPH_MATCH('MATCH (p:Person) RETURN p.name AS n, p.born AS b') RETURNS (n AS name, b AS born) AS g";
    expect(await rows(`SELECT e.id, g.name FROM emp e JOIN ${people} ON e.year = g.born WHERE e.id < 3 ORDER BY g.name`)).toEqual([
      [1, "Ada"],
      [2, "Bob"],
      [2, "Cleo"],
    ]);
    expect(await rows(`SELECT id FROM emp WHERE year NOT IN (SELECT born FROM ${people})`)).toEqual([[3]]);
    await db.query(`CREATE VIEW people AS SELECT name FROM ${people} WHERE born > 1850`);
    expect(await rows("SELECT count(*) FROM people")).toEqual([[2]]);
  });

  it("conditions are pushed into it", async () => {
    const plan = (await db.query(`EXPLAIN SELECT g.n FROM ${MATCH} AS g WHERE g.n = 'Ada'`)).rows.map((row) => Object.values(row)[0]);
    const filter = plan.findIndex((line) => String(line).includes("Filter"));
    expect(filter).toBeGreaterThan(plan.findIndex((line) => String(line).includes("Project")));
  });

  it.each([
    ["SELECT * FROM GRAPH_MATCH('MATCH (p) RETURN p') RETURNS (p AS x)", "GRAPH_MATCH must have an alias at line 1:15 [42601]"],
    [
      "SELECT *\nFROM GRAPH_MATCH('MATCH (p RETURN p') RETURNS (p AS x) AS g",
      'unexpected "RETURN" at line 2:28 [SyntaxError: UnexpectedSyntax]',
    ],
    ["SELECT * FROM GRAPH_MATCH('MATCH (p) RETURN q') AS g", "variable `q` is not defined at line 1:45 [SyntaxError: UndefinedVariable]"],
    [
      "SELECT * FROM GRAPH_MATCH('MATCH (p) RETURN p') RETURNS (q AS x) AS g",
      'column "q" does not exist in the query of GRAPH_MATCH at line 1:58 [42703]',
    ],
    ["SELECT * FROM GRAPH_MATCH('MATCH (p) RETURN $x AS x') AS g", "there is no parameter $x at line 1:27 [42P02]"],
    ["SELECT * FROM GRAPH_MATCH('CREATE (p) RETURN p') AS g", "GRAPH_MATCH cannot change the graph at line 1:27 [25006]"],
    ["SELECT * FROM GRAPH_MATCH(1) AS g", "GRAPH_MATCH takes one argument, a query of Cypher in quotes at line 1:27 [42601]"],
    ["SELECT * FROM generate_series(1, 2) RETURNS (a AS b) AS g", "RETURNS of generate_series is not supported at line 1:15 [0A000]"],
  ])("%s", async (text, message) => {
    expect(await failure(text)).toBe(message);
  });
});
