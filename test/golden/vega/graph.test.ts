/**
 * Goal: the same questions have the same answers, whichever model the data is in and whichever language asks: tables with foreign keys and
 * a property graph, SQL and Cypher, and each through the other.
 * Method: airports and flights of the package vega-datasets, stored both ways in a database in memory; each question in several forms, whose
 * answers must be equal, and some of which are counted in plain JavaScript too.
 */
import { beforeAll, describe, expect, it } from "vitest";
import type { EmbeddedDatabase } from "../../../host/client/embedded.ts";
import { open } from "../../../host/entry/node.ts";
import { loadVega } from "./data.ts";

const data = loadVega();
const SEEN = new Set(data.flights.flatMap(({ origin, destination }) => [origin, destination]));
const AIRPORTS = data.airports.filter(({ iata }) => SEEN.has(iata)).map(({ iata, name, city, state }) => ({ iata, name, city, state }));
const KNOWN = new Set(AIRPORTS.map(({ iata }) => iata));
const ROUTES = data.flights.filter(({ origin, destination }) => KNOWN.has(origin) && KNOWN.has(destination));

let db: EmbeddedDatabase;

beforeAll(async () => {
  db = await open();
  await db.query("CREATE TABLE airports (iata text PRIMARY KEY, name text, city text, state text)");
  await db.query(
    `CREATE TABLE flights (origin text CONSTRAINT leaves REFERENCES airports, destination text CONSTRAINT arrives REFERENCES airports,
       count integer, PRIMARY KEY (origin, destination))`,
  );
  const quoted = (value: string | number): string => (typeof value === "number" ? String(value) : `'${value.replaceAll("'", "''")}'`);
  const insert = (table: string, rows: readonly object[]): Promise<unknown> =>
    db.query(`INSERT INTO ${table} VALUES ${rows.map((row) => `(${Object.values(row).map(quoted).join()})`).join()}`);
  await insert("airports", AIRPORTS);
  await insert("flights", ROUTES);
  const ids = new Map<string, string>();
  for (const airport of AIRPORTS) {
    ids.set(airport.iata, (await db.execute(["GRAPH.ADDNODE", "Airport", JSON.stringify(airport)])) as string);
  }
  for (const { origin, destination, count } of ROUTES) {
    await db.execute(["GRAPH.ADDREL", ids.get(origin) as string, ids.get(destination) as string, "FLIGHT", JSON.stringify({ count })]);
  }
  await db.execute(["CYPHER", "CREATE INDEX airport_iata FOR (a:Airport) ON (a.iata)"]);
}, 120_000);

async function sql(text: string): Promise<unknown> {
  return (await db.query(text)).rows.map((row) => Object.values(row));
}

async function cypher(text: string): Promise<unknown> {
  return ((await db.execute(["CYPHER", text])) as readonly string[]).map((line) => Object.values(JSON.parse(line) as object));
}

const asTable = (query: string): string => `GRAPH_MATCH('${query.replaceAll("'", "''")}') AS g`;

interface Question {
  readonly title: string;
  /** Over the tables, and over labels as tables. */
  readonly sql: readonly string[];
  /** Over the graph, and over the tables. Each is asked through GRAPH_MATCH too. */
  readonly cypher: readonly string[];
  readonly answer?: () => unknown;
}

const QUESTIONS: readonly Question[] = [
  {
    title: "how many there are",
    sql: [
      "SELECT (SELECT count(*) FROM airports) AS a, (SELECT count(*) FROM flights) AS f",
      'SELECT (SELECT count(*) FROM "Airport") AS a, (SELECT count(*) FROM "FLIGHT") AS f',
    ],
    cypher: [
      "MATCH (a:Airport) WITH count(a) AS a MATCH ()-[f:FLIGHT]->() RETURN a, count(f) AS f",
      "MATCH (a:airports) WITH count(a) AS a MATCH (f:flights) RETURN a, count(f) AS f",
    ],
    answer: () => [[AIRPORTS.length, ROUTES.length]],
  },
  {
    title: "the busiest airports by flights that leave",
    sql: [
      `SELECT a.iata, a.city, sum(f.count) AS total FROM flights f JOIN airports a ON a.iata = f.origin
         GROUP BY a.iata, a.city ORDER BY total DESC, a.iata LIMIT 5`,
      `SELECT a.iata, a.city, sum(f.count) AS total FROM "FLIGHT" f JOIN "Airport" a ON a._id = f._from_id
         GROUP BY a.iata, a.city ORDER BY total DESC, a.iata LIMIT 5`,
    ],
    cypher: [
      "MATCH (a:Airport)-[f:FLIGHT]->() RETURN a.iata AS iata, a.city AS city, sum(f.count) AS total ORDER BY total DESC, iata LIMIT 5",
      "MATCH (a:airports)<-[:leaves]-(f:flights) RETURN a.iata AS iata, a.city AS city, sum(f.count) AS total ORDER BY total DESC, iata LIMIT 5",
    ],
  },
  {
    title: "where one can go from an airport",
    sql: [
      "SELECT b.iata AS iata FROM flights f JOIN airports b ON b.iata = f.destination WHERE f.origin = 'ABQ' AND f.count > 500 ORDER BY iata",
      `SELECT b.iata AS iata FROM "FLIGHT" f JOIN "Airport" a ON a._id = f._from_id JOIN "Airport" b ON b._id = f._to_id
         WHERE a.iata = 'ABQ' AND f.count > 500 ORDER BY iata`,
    ],
    cypher: [
      "MATCH (:Airport {iata: 'ABQ'})-[f:FLIGHT]->(b) WHERE f.count > 500 RETURN b.iata AS iata ORDER BY iata",
      "MATCH (:airports {iata: 'ABQ'})<-[:origin]-(f:flights)-[:destination]->(b) WHERE f.count > 500 RETURN b.iata AS iata ORDER BY iata",
    ],
    answer: () =>
      ROUTES.filter(({ origin, count }) => origin === "ABQ" && count > 500)
        .map(({ destination }) => [destination])
        .sort(),
  },
  {
    title: "airports of a state that are reached with one change and not without",
    sql: [
      `SELECT DISTINCT c.iata AS iata FROM flights f JOIN flights g ON g.origin = f.destination JOIN airports c ON c.iata = g.destination
         WHERE f.origin = 'ABE' AND c.state = 'TX' AND NOT EXISTS (SELECT 1 FROM flights d WHERE d.origin = 'ABE' AND d.destination = c.iata)
         ORDER BY iata`,
    ],
    cypher: [
      `MATCH (a:Airport {iata: 'ABE'})-[:FLIGHT]->()-[:FLIGHT]->(c:Airport {state: 'TX'}) WHERE NOT (a)-[:FLIGHT]->(c)
         RETURN DISTINCT c.iata AS iata ORDER BY iata`,
      `MATCH (a:airports {iata: 'ABE'})<-[:origin]-(f:flights)-[:destination]->(b)<-[:origin]-(g:flights)-[:destination]->(c {state: 'TX'})
         WHERE NOT EXISTS { MATCH (a)<-[:origin]-(d:flights)-[:destination]->(c) } RETURN DISTINCT c.iata AS iata ORDER BY iata`,
    ],
  },
  {
    title: "airports without a flight back",
    sql: [
      `SELECT origin, destination FROM flights f WHERE origin < 'B' AND NOT EXISTS
         (SELECT 1 FROM flights b WHERE b.origin = f.destination AND b.destination = f.origin) ORDER BY origin, destination`,
    ],
    cypher: [
      "MATCH (a:Airport)-[:FLIGHT]->(b) WHERE a.iata < 'B' AND NOT (b)-[:FLIGHT]->(a) RETURN a.iata AS a, b.iata AS b ORDER BY a, b",
    ],
    answer: () => {
      const there = new Set(ROUTES.map(({ origin, destination }) => `${origin} ${destination}`));
      return ROUTES.filter(({ origin, destination }) => origin < "B" && !there.has(`${destination} ${origin}`))
        .map(({ origin, destination }) => [origin, destination])
        .sort();
    },
  },
];

describe("airports and flights", () => {
  it.each(QUESTIONS)("$title", async ({ sql: texts, cypher: queries, answer }) => {
    const expected = answer?.() ?? (await sql(texts[0] as string));
    expect(expected).not.toEqual([]);
    for (const text of texts) expect(await sql(text), text).toEqual(expected);
    for (const query of queries) {
      expect(await cypher(query), query).toEqual(expected);
      expect(await sql(`SELECT * FROM ${asTable(query)}`), query).toEqual(expected);
    }
  });
});
