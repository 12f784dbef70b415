/**
 * What bench:graph asks, and what is to be reached.
 *
 *   once    the question as it stands; milliseconds
 *   keyed   for many keys, one after the other; microseconds each
 *
 * Each in Cypher, for us and Kùzu, and in SQL over `person (id, age, city)` and `knows (a, b, since)`. Paths repeat no relationship in Cypher;
 * in SQL the row numbers of `knows` differ. `kuzu` is Kùzu's dialect where it differs. Targets are how many times as fast as that peer ours must be.
 */
import { NODES, someNodes } from "./data.mjs";

const STARTS = 50;
const PAIRS = 200;
const KEYS = 2000;
/** Relationships that are made in one go. */
const MADE = 1000;
/** Kùzu and SQL bound the depth; the graph is less deep. */
const DEPTH = 30;

export const QUESTIONS = [
  {
    name: "3 hops, filter and count",
    kind: "once",
    cypher: `MATCH (a:Person)-[:KNOWS]->(b:Person)-[:KNOWS]->(c:Person)-[:KNOWS]->(d:Person)
      WHERE a.id < ${STARTS} AND d.age > 60 RETURN count(*) AS answer`,
    sql: `SELECT count(*) AS answer FROM knows r1 JOIN knows r2 ON r2.a = r1.b JOIN knows r3 ON r3.a = r2.b JOIN person d ON d.id = r3.b
      WHERE r1.a < ${STARTS} AND d.age > 60 AND r1.rowid <> r2.rowid AND r1.rowid <> r3.rowid AND r2.rowid <> r3.rowid`,
    // With the condition that no relationship is repeated Kùzu runs out of memory. It is asked for walks, which is less work.
    kuzuAnswersOtherwise: true,
    targets: { kuzu: 3, sqlite: 10 },
  },
  {
    name: "reachability",
    kind: "once",
    cypher: "MATCH (a:Person {id: 77})-[:KNOWS*]->(b) WHERE b.id <> 77 RETURN count(DISTINCT b) AS answer",
    kuzu: `MATCH (a:Person {id: 77})-[:KNOWS* SHORTEST 1..${DEPTH}]->(b:Person) WHERE b.id <> 77 RETURN count(*) AS answer`,
    sql: `WITH RECURSIVE reached(id) AS (SELECT 77 UNION SELECT k.b FROM reached r JOIN knows k ON k.a = r.id)
      SELECT count(*) - 1 AS answer FROM reached`,
    targets: { kuzu: 1.5 },
  },
  {
    name: "shortest path of a random pair",
    kind: "keyed",
    keys: () => {
      const nodes = someNodes(2 * PAIRS, 11);
      return Array.from({ length: PAIRS }, (_, at) => ({ a: nodes[2 * at], b: nodes[2 * at + 1] })).filter(({ a, b }) => a !== b);
    },
    cypher: "MATCH (a:Person {id: $a}), (b:Person {id: $b}), p = shortestPath((a)-[:KNOWS*1..]->(b)) RETURN length(p) AS answer",
    kuzu: `MATCH p = (a:Person {id: $a})-[:KNOWS* SHORTEST 1..${DEPTH}]->(b:Person {id: $b}) RETURN length(p) AS answer`,
    targets: { kuzu: 3 },
  },
  {
    name: "1 hop by a property index",
    kind: "keyed",
    keys: () => someNodes(KEYS, 13).map((a) => ({ a })),
    cypher: "MATCH (a:Person {id: $a})-[:KNOWS]->(b) RETURN count(b.age) AS answer",
    kuzu: "MATCH (a:Person {id: $a})-[:KNOWS]->(b:Person) RETURN count(b.age) AS answer",
    sql: "SELECT count(b.age) AS answer FROM knows k JOIN person b ON b.id = k.b WHERE k.a = $a",
    targets: { kuzu: 20 },
    limitMicroseconds: 10,
  },
  {
    name: "making a relationship between nodes by property",
    kind: "keyed",
    // Kùzu makes one with each statement, we take a list of them.
    items: MADE,
    keys: (peer) => {
      const nodes = someNodes(2 * MADE, 17);
      const pairs = Array.from({ length: MADE }, (_, at) => ({ a: nodes[2 * at], b: nodes[2 * at + 1] }));
      return peer === "memflux" ? [{ rows: pairs }] : pairs;
    },
    cypher: `UNWIND $rows AS row MATCH (a:Person {id: row.a}), (b:Person {id: row.b}) CREATE (a)-[:MADE]->(b)`,
    kuzu: "MATCH (a:Person {id: $a}), (b:Person {id: $b}) CREATE (a)-[:MADE]->(b)",
    targets: { kuzu: 3 },
  },
  {
    name: "triangles of some nodes",
    kind: "once",
    cypher: `MATCH (a:Person)-[:KNOWS]->(b:Person)-[:KNOWS]->(c:Person)-[:KNOWS]->(a) WHERE a.id >= ${NODES - STARTS} RETURN count(*) AS answer`,
    sql: `SELECT count(*) AS answer FROM knows r1 JOIN knows r2 ON r2.a = r1.b JOIN knows r3 ON r3.a = r2.b AND r3.b = r1.a
      WHERE r1.a >= ${NODES - STARTS} AND r1.rowid <> r2.rowid AND r1.rowid <> r3.rowid AND r2.rowid <> r3.rowid`,
    kuzuFilter: true,
  },
];
