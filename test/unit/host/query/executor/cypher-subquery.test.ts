/**
 * Goal: what Neo4j's Cypher has beyond openCypher 9 answers what its manual says: COUNT { } and COLLECT { }, conditions inside of patterns,
 * CALL with the variables that it takes, and SHOW.
 * Method: statements and their rows, interpreted and compiled, on one small graph; each is run a second time with other literals where
 * that is another plan's business.
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { EmbeddedDatabase } from "../../../../../host/client/embedded.ts";
import { open } from "../../../../../host/entry/node.ts";
import { engineBuilt } from "../../../../support/engine.ts";

const SETUP = [
  "CREATE INDEX person_name FOR (p:Person) ON (p.name)",
  "CREATE RANGE INDEX `of two` FOR (p:Person) ON (p.name, p.age)",
  `CREATE (a:Person {name: 'a', age: 10}), (b:Person {name: 'b', age: 20}), (c:Person {name: 'c', age: 30}), (d:Dog {name: 'd'}),
    (a)-[:KNOWS {w: 1}]->(b), (a)-[:KNOWS {w: 2}]->(c), (b)-[:KNOWS {w: 3}]->(c), (c)-[:HAS]->(d)`,
];

const ALL = "MATCH (p:Person) ";
const ANSWERS: readonly (readonly [text: string, rows: readonly (readonly unknown[])[]])[] = [
  [
    `${ALL}RETURN p.name, COUNT { (p)-[:KNOWS]->() } AS n ORDER BY p.name`,
    [
      ["a", 2],
      ["b", 1],
      ["c", 0],
    ],
  ],
  [`${ALL}WHERE COUNT { (p)-->(q) WHERE q.age > 20 } = 1 RETURN p.name ORDER BY p.name`, [["a"], ["b"]]],
  [
    `${ALL}RETURN p.name, COUNT { (p)-->(q WHERE q.age < 25) } AS n ORDER BY p.name`,
    [
      ["a", 1],
      ["b", 0],
      ["c", 0],
    ],
  ],
  [`${ALL}RETURN sum(COUNT { (p)-->() }) AS n`, [[4]]],
  ["RETURN count { MATCH (n) RETURN DISTINCT labels(n) } AS n, count { MATCH (n) } AS m", [[2, 4]]],
  ["RETURN COUNT { RETURN 1 AS x UNION RETURN 1 AS x } AS n, COUNT { RETURN 1 AS x UNION ALL RETURN 1 AS x } AS m", [[1, 2]]],
  ["RETURN COUNT { UNWIND [1, 2, 3] AS x RETURN x LIMIT 2 } AS n", [[2]]],
  ["RETURN COUNT { UNWIND [1, 2, 3] AS x RETURN x LIMIT 1 } AS n", [[1]]],
  [
    `${ALL}RETURN p.name, COLLECT { MATCH (p)-[k:KNOWS]->(q) RETURN q.name ORDER BY k.w DESC } AS q ORDER BY p.name`,
    [
      ["a", ["c", "b"]],
      ["b", ["c"]],
      ["c", []],
    ],
  ],
  ["RETURN COLLECT { UNWIND [3, NULL, 1] AS x RETURN x } AS q, size(collect { MATCH (n:Nothing) RETURN n }) AS n", [[[3, null, 1], 0]]],
  ["MATCH (p:Person {name: 'a'}) RETURN COLLECT { MATCH (p)-->(q) RETURN COUNT { (q)-->() } AS n ORDER BY n } AS q", [[[1, 1]]]],
  ["WITH {x: 1, match: 2} AS count, 3 AS x RETURN count {.match, x} AS m", [[{ match: 2, x: 3 }]]],
  ["MATCH (p:Person WHERE p.age > 15)-[k:KNOWS WHERE k.w > 2]->(q) RETURN p.name, q.name", [["b", "c"]]],
  [
    "MATCH (p:Person WHERE p.age > 5)-[k WHERE k.w < 3]->(q WHERE q.name <> p.name), (d:Dog) WHERE q.age < 25 RETURN p.name, d.name",
    [["a", "d"]],
  ],
  ["OPTIONAL MATCH (p:Person WHERE p.age > 100) RETURN p", [[null]]],
  ["MATCH (p:Person) WHERE EXISTS { (p)-[:HAS]->(d:Dog WHERE d.name = 'd') } RETURN p.name", [["c"]]],
  [
    `${ALL}CALL (p) { MATCH (p)-[:KNOWS]->(q) RETURN count(q) AS n } RETURN p.name, n ORDER BY n DESC LIMIT 2`,
    [
      ["a", 2],
      ["b", 1],
    ],
  ],
  [
    `${ALL}CALL (p) { MATCH (p)-->(q:Person) RETURN q.name AS o UNION MATCH (p)-->(q:Dog) RETURN q.name AS o } RETURN p.name, o ORDER BY p.name, o`,
    [
      ["a", "b"],
      ["a", "c"],
      ["b", "c"],
      ["c", "d"],
    ],
  ],
  ["UNWIND [1, 2] AS x UNWIND [3, 4] AS y CALL (*) { RETURN x * y AS z LIMIT 1 } RETURN sum(z) AS z", [[21]]],
  [
    "UNWIND [1, 2] AS x CALL () { MATCH (n:Dog) RETURN count(n) AS n } RETURN x, n ORDER BY x",
    [
      [1, 1],
      [2, 1],
    ],
  ],
  [
    "SHOW INDEXES YIELD name, type, entityType, labelsOrTypes, properties, state",
    [
      ["of two", "RANGE", "NODE", ["Person"], ["name", "age"], "ONLINE"],
      ["person_name", "RANGE", "NODE", ["Person"], ["name"], "ONLINE"],
    ],
  ],
  ["SHOW RANGE INDEX YIELD name AS n, properties AS p ORDER BY n DESC LIMIT 1", [["person_name", ["name"]]]],
  ["SHOW INDEX YIELD * WHERE size(properties) = 2 RETURN name, populationPercent, owningConstraint", [["of two", 100, null]]],
  ["SHOW FULLTEXT INDEXES", []],
  ["SHOW ALL CONSTRAINTS", []],
  ["SHOW PROCEDURES YIELD name WHERE name = 'db.labels' RETURN count(*) AS n", [[1]]],
  ["SHOW FUNCTIONS WHERE name = 'toUpper'", [["toUpper", "toUpper(STRING)"]]],
];

const FAILURES: readonly (readonly [text: string, message: RegExp])[] = [
  ["RETURN COLLECT { RETURN 1 AS a, 2 AS b } AS x", /^the query of COLLECT must return one column at line 1:8 /],
  ["RETURN COLLECT { MATCH (n) } AS x", /^the query of COLLECT must return one column at line 1:8 /],
  ["RETURN COUNT { CREATE () } AS x", /^CREATE cannot stand in COUNT at line 1:16 /],
  ["RETURN COUNT { RETURN 1 AS a UNION RETURN 1 AS b } AS x", /^all parts of a UNION must return the same columns /],
  ["MATCH (p) CALL (p, x) { RETURN 1 AS n } RETURN n", /^variable `x` is not defined at line 1:20 /],
  ["MATCH (p) CALL (p) { RETURN 1 AS p } RETURN p", /^variable `p` is already defined /],
  ["MATCH (p) CALL () { RETURN p.name AS n } RETURN n", /^variable `p` is not defined /],
  ["SHOW INDEXES YIELD label", /^variable `label` is not defined at line 1:20 /],
];

describe.skipIf(!engineBuilt).each(["interpreted", "compiled"])("%s", (mode) => {
  let db: EmbeddedDatabase;

  beforeAll(async () => {
    db = await open();
    await db.execute(["SQL", `SET execution_mode = ${mode}`]);
    for (const text of SETUP) await db.cypher(text);
  });

  afterAll(() => db.close());

  it.each(ANSWERS)("%s", async (text, rows) => {
    const found = [...(await db.cypher(text))].map((row) => Object.values(row));
    const byText = (left: unknown, right: unknown): number => (JSON.stringify(left) < JSON.stringify(right) ? -1 : 1);
    expect(text.includes("ORDER BY") ? found : found.sort(byText)).toEqual(rows);
  });

  it.each(FAILURES)("%s", async (text, message) => {
    await expect(db.cypher(text)).rejects.toMatchObject({ message: expect.stringMatching(message) });
  });

  it("SHOW INDEXES without YIELD has Neo4j's columns", async () => {
    const [row] = await db.cypher("SHOW INDEXES WHERE name = 'person_name'");
    const names = ["name", "state", "populationPercent", "type", "entityType", "labelsOrTypes", "properties", "owningConstraint"];
    expect(Object.keys(row ?? {})).toEqual(names);
  });
});
