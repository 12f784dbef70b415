/**
 * Goal: wherever a query stands still, it answers what it answers in one piece, and what the interpreter says.
 * Method: a debug engine whose morsels have the work of one row, so that queries stand still at the head of each loop; another statement
 * uses cells and arena in between. Each text runs interpreted, compiled in one piece, and so.
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Language } from "../../../../../host/query/executor/language.ts";
import type { OpenResult } from "../../../../../host/query/executor/open-result.ts";
import type { QueryEngine } from "../../../../../host/query/executor/query-engine.ts";
import type { RunOptions } from "../../../../../host/query/executor/query-result.ts";
import { SessionSettings } from "../../../../../host/query/executor/settings.ts";
import type { Value } from "../../../../../host/query/executor/value.ts";
import { engineBuilt } from "../../../../support/engine.ts";
import { openYielding, type YieldingDatabase } from "../../../../support/yielding.ts";

const TABLES: readonly string[] = [
  "CREATE TABLE item (id integer PRIMARY KEY, kind integer, price integer, note text)",
  "CREATE INDEX item_price ON item (price)",
  "CREATE TABLE orders (number integer PRIMARY KEY, item integer, amount integer)",
  "CREATE TABLE one (id integer PRIMARY KEY, word text)",
  "INSERT INTO item SELECT n, n % 4, nullif(n * 7 % 10, 3), 'note ' || repeat('x', n % 12) || n % 9 FROM generate_series(1, 29) n",
  "INSERT INTO orders SELECT n, n * 5 % 31, n % 6 FROM generate_series(1, 33) n",
  "INSERT INTO one VALUES (9, 'nine')",
  "CREATE TABLE target (id integer PRIMARY KEY, amount integer, note text)",
];

const SUBQUERY = "(SELECT 1 FROM one c WHERE c.id < b.id)";
const QUERIES: readonly string[] = [
  `SELECT DISTINCT CASE ${SUBQUERY} WHEN 459 THEN true WHEN 4 THEN a.price > 2 END FROM item a, item b`,
  `SELECT DISTINCT ${SUBQUERY}, (SELECT max(amount) FROM orders o WHERE o.item = b.id) FROM item a, item b`,
  `SELECT DISTINCT b.kind, EXISTS ${SUBQUERY} FROM item a JOIN item b ON a.kind = b.kind ORDER BY 1, 2`,
  `SELECT DISTINCT kind, (SELECT count(*) FROM orders o WHERE o.amount < b.kind) FROM item b LIMIT 3 OFFSET 1`,
  `SELECT k, count(*), sum(coalesce(${SUBQUERY}, 5)), count(DISTINCT b.price) FROM (SELECT ${SUBQUERY} AS k, * FROM item b) b GROUP BY k`,
  "SELECT kind, sum((SELECT count(*) FROM orders o WHERE o.item = b.id)), max((SELECT note FROM one)) FROM item b GROUP BY kind",
  "SELECT sum((SELECT count(*) FROM orders o WHERE o.item = b.id)), avg((SELECT min(amount) FROM orders o WHERE o.item > b.id)) FROM item b",
  "SELECT kind, count(*) FILTER (WHERE price > (SELECT avg(amount) FROM orders o WHERE o.item <= b.id)) FROM item b GROUP BY kind",
  "SELECT id FROM item b ORDER BY (SELECT count(*) FROM orders o WHERE o.amount = b.kind) DESC, note, id",
  "SELECT id FROM item b ORDER BY (SELECT count(*) FROM orders o WHERE o.amount = b.kind), id LIMIT 5",
  "SELECT a.id, o.amount FROM item a JOIN orders o ON o.item = a.id AND o.amount > (SELECT count(*) FROM one c WHERE c.id > a.id)",
  "SELECT a.id, o.amount FROM item a LEFT JOIN orders o ON o.item = a.id AND o.amount > (SELECT count(*) FROM one c WHERE c.id > a.id)",
  "SELECT a.id, b.number FROM item a FULL JOIN orders b ON a.id = b.item",
  "SELECT a.id, b.number FROM item a FULL JOIN orders b ON a.id = b.item AND b.amount > 2",
  "SELECT a.id, b.number FROM item a LEFT JOIN orders b ON a.price < b.amount ORDER BY a.id, b.number LIMIT 40 OFFSET 3",
  "SELECT id FROM item a WHERE EXISTS (SELECT 1 FROM orders o WHERE o.item = a.id AND o.amount > a.kind)",
  "SELECT id FROM item a WHERE NOT EXISTS (SELECT 1 FROM orders o WHERE o.item < a.id AND o.amount > a.price)",
  "SELECT id, price IN (SELECT amount FROM orders o WHERE o.number > 20) FROM item",
  "SELECT id FROM item a WHERE price > ALL (SELECT amount FROM orders o WHERE o.item = a.id)",
  "SELECT id, price = ANY (SELECT amount FROM orders o WHERE o.item < a.kind) FROM item a",
  "SELECT id, (SELECT o.number FROM orders o WHERE o.number = a.id) FROM item a",
  "SELECT id, (SELECT b.note FROM item b WHERE b.id = (SELECT min(o.item) FROM orders o WHERE o.amount = a.kind AND o.item > 0)) FROM item a",
  "SELECT id, (SELECT count(*) FROM item b WHERE b.price > (SELECT min(o.amount) FROM orders o WHERE o.number > a.id)) FROM item a",
  "SELECT a.id, s.n FROM item a, LATERAL (SELECT count(*) AS n FROM orders o WHERE o.amount < a.price) s",
  "SELECT a.id, s.number FROM item a, LATERAL (SELECT number FROM orders o WHERE o.item > a.id ORDER BY number LIMIT 2) s",
  "SELECT a.id, s.amount FROM item a, LATERAL (SELECT DISTINCT amount FROM orders o WHERE o.item > a.id) s",
  "SELECT kind FROM item UNION SELECT amount FROM orders",
  "SELECT kind FROM item UNION ALL SELECT amount FROM orders ORDER BY 1 LIMIT 17",
  "SELECT kind FROM item INTERSECT ALL SELECT amount FROM orders",
  "SELECT kind, (SELECT count(*) FROM one WHERE one.id < item.id) FROM item EXCEPT SELECT amount, 1 FROM orders",
  "SELECT price FROM item EXCEPT ALL SELECT amount FROM orders",
  "SELECT x.kind, count(*) FROM (SELECT DISTINCT kind, price FROM item) x GROUP BY x.kind HAVING count(*) > 1",
  "SELECT kind, count(DISTINCT price), string_agg(note, ',') FROM item GROUP BY kind",
  "SELECT note, price FROM item WHERE price BETWEEN 2 AND 8 AND kind IN (1, 2, 3)",
  "SELECT note FROM item WHERE id IN (3, 4, 6, 9, 12, 13, 24, 27, 90)",
  "SELECT i, j FROM generate_series(1, 4) i, generate_series(i, 5) j",
  "WITH big AS (SELECT * FROM item WHERE price > 3) SELECT a.id, b.id FROM big a, big b WHERE a.price = b.price",
  "SELECT upper(note) || (SELECT word FROM one) FROM item a WHERE note LIKE '%x%' LIMIT 7",
];

const GRAPH: readonly string[] = [
  "UNWIND range(0, 11) AS n CREATE (:A {n: n, name: 'a' + toString(n % 5)}), (:B:C {n: n % 4})",
  "MATCH (a:A), (b:A) WHERE b.n = (a.n * 5 + 1) % 12 OR b.n = (a.n + 3) % 12 CREATE (a)-[:R {w: a.n % 3}]->(b)",
  "MATCH (a:A), (b:B) WHERE b.n = a.n % 4 CREATE (a)-[:S {w: b.n}]->(b)",
  "CREATE INDEX place FOR (a:A) ON (a.n)",
];

const GRAPH_QUERIES: readonly string[] = [
  "MATCH (a:A)-[r:R]->(b)-[s:R|S]->(c) RETURN a.n, r.w, b.n, type(s), c.n",
  "MATCH (a:A)--(b) RETURN DISTINCT a.name, b.n % 2, size([(b)-[:S]->() | 1])",
  "MATCH (a:A)-[:R*1..3]->(b) RETURN a.n, b.n",
  "MATCH (a:A {n: 1})-[rs:R*0..2 {w: 1}]-(b) RETURN b.n, size(rs)",
  "MATCH (a:A {n: 1})-[:R*]->(b:A {n: 7}) RETURN count(*)",
  "MATCH (a:A), (b:A {n: 9}) WHERE a.n < 4 MATCH p = shortestPath((a)-[:R*]->(b)) RETURN a.n, length(p)",
  "MATCH (a:A {n: 2}), (b:A) WHERE b.n <> 2 MATCH p = allShortestPaths((a)-[:R*]-(b)) RETURN b.n, length(p)",
  "MATCH (a:A) OPTIONAL MATCH (a)-[r:S]->(b:B) WHERE b.n > 1 RETURN a.n, r.w, b.n",
  "MATCH (a:A) WHERE (a)-[:R]->(:A {name: 'a1'}) RETURN a.n",
  "MATCH (a:A) WHERE NOT (a)-[:S]->(:C {n: 2}) RETURN DISTINCT a.name",
  "MATCH (a:A)-[:R]->(b) WITH a, count(b) AS c, collect(b.n) AS ns WHERE c > 1 RETURN a.name, c, size(ns) ORDER BY a.n",
  "MATCH (a:A) RETURN a.name, count(DISTINCT size([(a)-[:R]->(b:A) WHERE b.n > 3 | 1])), sum(size([(a)--() | 1]))",
  "MATCH (a:A) UNWIND [(a)-[:R]->(b) | b.n] AS x RETURN a.n, x",
  "MATCH (a:A) WITH a, [(a)-[:R]->(b) | b.n + size([(b)-[:R]->(c) WHERE c.n > a.n | 1])] AS l UNWIND l AS x RETURN a.n, x",
  "MATCH (a:A) RETURN a.n, [x IN [(a)-[:R]->(b) | size([(b)-->(c) | c.n])] WHERE x > 1 | x + a.n]",
  "MATCH (a:A), (b:A) WHERE a.n < b.n AND size([(a)-->() | 1]) >= size([(b)<--() | 1]) RETURN DISTINCT a.n",
  "MATCH (a:A), (b:A) WHERE b.n = size([(a)--() | 1]) RETURN a.n, b.n",
  "MATCH (a:A) RETURN a.n AS n UNION MATCH (b:B) RETURN b.n AS n",
  "UNWIND [3, 1, 2, 1] AS x WITH DISTINCT x ORDER BY x DESC MATCH (a:A {n: x}) RETURN x, a.name",
  "MATCH (a:A) RETURN a.name AS name, a.n AS n ORDER BY size([(a)-[:R]->() | 1]), name, n SKIP 2 LIMIT 6",
  "MATCH ()-[r]->() RETURN type(r), count(*), sum(r.w)",
];

type Outcome = { readonly columns: number; readonly rows: readonly string[] };

let open: YieldingDatabase;
let engine: QueryEngine;

function optionsOf(mode: "compiled" | "interpreted"): RunOptions {
  const settings = new SessionSettings(0);
  settings.execution = mode;
  return { database: 0, settings };
}

function textOf(value: Value): string {
  return typeof value === "object" && value !== null
    ? JSON.stringify(value, (_, part: unknown) => (typeof part === "bigint" ? `${part}n` : part))
    : `${typeof value} ${String(value)}`;
}

/** Rows in their order where the text gives one, else sorted. */
function outcomeOf(text: string, columns: number, rows: readonly (readonly Value[])[]): Outcome {
  const lines = rows.map((row) => row.map(textOf).join("|"));
  return { columns, rows: text.includes("ORDER BY") ? lines : lines.sort() };
}

function run(language: Language, text: string, mode: "compiled" | "interpreted"): Outcome {
  const parameters = language === engine.sql ? [] : {};
  const { columns, rows } = engine.run({ language, text }, parameters, optionsOf(mode), engine.valueRows);
  return outcomeOf(text, columns.length, rows);
}

/** Runs with another statement between any two morsels. */
function runSliced(language: Language, text: string): { readonly outcome: Outcome; readonly slices: number } {
  const parameters = language === engine.sql ? [] : {};
  const started = engine.startOpen({ language, text }, parameters, optionsOf("compiled"), engine.valueRows);
  if (started.kind !== "suspended") throw new Error(`${text} has not stood still`);
  for (let slices = 1; ; slices++) {
    run(engine.sql, "SELECT id || repeat('z', 40) FROM item WHERE id < 4", "interpreted");
    const finished = started.goOn();
    if (finished !== undefined) return { outcome: outcomeOf(text, finished.answer.columns.length, taken(finished.answer)), slices };
  }
}

function taken(result: OpenResult<readonly Value[]>): readonly (readonly Value[])[] {
  const rows: (readonly Value[])[] = [];
  for (let part = result.take(100); part.length > 0; part = result.take(100)) rows.push(...part);
  result.close();
  return rows;
}

describe.skipIf(!engineBuilt)("a query that stands still at each row", () => {
  beforeAll(async () => {
    open = await openYielding(1);
    engine = await open.database.queries.load();
    for (const text of TABLES) run(engine.sql, text, "compiled");
    for (const text of GRAPH) run(engine.cypher, text, "compiled");
  });

  afterAll(() => open.library.close());

  it.each(QUERIES)("%s", (text) => {
    const expected = run(engine.sql, text, "interpreted");
    expect(expected.rows.length).toBeGreaterThan(0);
    expect(run(engine.sql, text, "compiled")).toEqual(expected);
    const { outcome, slices } = runSliced(engine.sql, text);
    expect(outcome).toEqual(expected);
    expect(slices).toBeGreaterThan(5);
  });

  it.each(GRAPH_QUERIES)("%s", (text) => {
    const expected = run(engine.cypher, text, "interpreted");
    expect(expected.rows.length).toBeGreaterThan(0);
    expect(run(engine.cypher, text, "compiled")).toEqual(expected);
    const { outcome, slices } = runSliced(engine.cypher, text);
    expect(outcome).toEqual(expected);
    expect(slices).toBeGreaterThan(5);
  });

  it.each([
    "SELECT a.id, count(*) FROM (SELECT id FROM item WHERE random() < 0.5) a, orders o GROUP BY a.id",
    "SELECT a.id, count(*) FROM item a, orders o WHERE CASE WHEN random() < 2 THEN true END GROUP BY a.id",
    "SELECT a.r, count(*) FROM (SELECT random() + id AS r FROM item) a, orders o GROUP BY a.r",
  ])("what differs from call to call is drawn once for a row: %s", (text) => {
    for (let round = 0; round < 8; round++) {
      const { rows } = runSliced(engine.sql, text).outcome;
      expect(new Set(rows.map((row) => row.split("|")[1]))).toEqual(new Set(["bigint 33"]));
    }
  });

  it("INSERT, UPDATE and DELETE answer as in one piece, with what they return", async () => {
    const { library } = open;
    await library.query("SET execution_mode TO compiled");
    const inserted =
      "INSERT INTO target SELECT DISTINCT i.id, o.amount, i.note FROM item i JOIN orders o ON o.item = i.id WHERE o.number < 30";
    expect(await library.query(`${inserted} RETURNING id`).then(({ rows }) => rows.length)).toBe(28);
    const updated = "UPDATE target SET amount = (SELECT count(*) FROM orders o WHERE o.item < target.id) WHERE id > 5 RETURNING id, amount";
    const { rows } = await library.query(updated);
    expect(rows.length).toBe(23);
    for (const { id, amount } of rows) {
      expect((await library.query("SELECT count(*) AS c FROM orders WHERE item < $1", [id])).rows).toEqual([{ c: Number(amount) }]);
    }
    expect(
      (await library.query("DELETE FROM target WHERE id IN (SELECT item FROM orders WHERE amount > 3) RETURNING id")).rows.length,
    ).toBe((await library.query("SELECT DISTINCT item FROM orders WHERE amount > 3 AND item BETWEEN 1 AND 29")).rows.length);
  });
});
