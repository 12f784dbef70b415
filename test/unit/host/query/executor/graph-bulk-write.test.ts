/**
 * Writing clauses, interpreted, and over compiled queries: CREATE, SET, REMOVE and DELETE in batches, the others row by row.
 *
 * Goal: both ways leave the same graph and answer the same, or fail with the same error and leave nothing; a timeout takes all back.
 * Method: each statement runs on two databases in memory with the same graph, one of which interprets and the other compiles.
 */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { EmbeddedDatabase } from "../../../../../host/client/embedded.ts";
import { open } from "../../../../../host/entry/node.ts";
import { engineBuilt } from "../../../../support/engine.ts";

const SETUP = [
  "UNWIND range(1, 40) AS i CREATE (:P {id: i, name: 'person number ' + i, even: i % 2 = 0})",
  "UNWIND range(1, 20) AS i CREATE (:Q:R {id: i, list: [i, i + 1]})",
  "MATCH (a:P), (b:Q) WHERE a.id = b.id CREATE (a)-[:OWNS {at: a.id * 2}]->(b)",
];

const STATEMENTS = [
  "UNWIND range(1, 3000) AS i CREATE (:N {id: i, half: i / 2.0, text: 'a longer text than fits ' + i})",
  "UNWIND range(1, 2000) AS i CREATE ()",
  "UNWIND range(1, 50) AS i CREATE (a:A:B {id: i})-[:T {w: i}]->(b:C)<-[:U]-(a), (c:A:B:A)-[:T]->(c)",
  "UNWIND [1, 2, NULL] AS i CREATE (:N {id: i, none: NULL})",
  "MATCH (a:P), (b:P) CREATE (a)-[:KNOWS {since: a.id + b.id}]->(b)",
  "MATCH (a:P)-[r:OWNS]->(b) CREATE (b)-[:OWNED_BY {at: r.at}]->(a)",
  "MATCH (a:P) CREATE (a)-[:HAS]->(:Thing {of: a.id, even: a.even, name: a.name})",
  "MATCH (a:P)-[:OWNS]->(b:Q) CREATE (a)-[:LISTS]->(:L {list: b.list})",
  "UNWIND [{id: 1, x: 'a'}, {id: 2}, {}] AS row CREATE (:N {id: row.id, x: row.x})",
  "UNWIND range(1, 30) AS i MATCH (a:P {id: i}) MATCH (b:Q {id: 31 - i}) CREATE (a)-[:MET]->(b)",
  "UNWIND range(1, 600) AS i CREATE (:N {id: 10 / (i - 500)})",
  "UNWIND range(1, 600) AS i CREATE (:N {list: CASE WHEN i < 500 THEN [i] ELSE [i, 'x'] END})",
  "UNWIND range(1, 600) AS i CREATE (:N {map: {a: i}})",
  "MATCH (a:P) OPTIONAL MATCH (a)-[:OWNS]->(b) CREATE (a)-[:LOST]->(b)",
  "MATCH (a:P) WHERE a.id > 1000 CREATE (a)-[:NEVER]->(:N)",
  "MATCH (a:P)-[:OWNS]->(b) CREATE (a)-[r:SEES {at: a.id}]->(b) RETURN a.id, r.at, b.id",
  "MATCH (a:P) WHERE a.id % 3 = 0 SET a.third = a.id / 3, a:Third, a.even = NULL RETURN a.id, labels(a)",
  "MATCH (a:P)-[r:OWNS]->(b) SET r += {at: NULL, of: b.id}, b = {id: a.id}",
  "MATCH (a:P)-[r:OWNS]->(b) WHERE a.even DELETE r",
  "MATCH (a:P) WHERE a.even DETACH DELETE a RETURN count(*)",
  "MATCH (a:P) WHERE a.even DELETE a",
  "MATCH p = (a:P)-[:OWNS]->(b) WHERE a.id < 5 DELETE p",
  "MATCH (a:P) REMOVE a.name, a:P",
  "MATCH (a:P) MERGE (b:Q {id: a.id % 25}) ON CREATE SET b.new = a.id ON MATCH SET b.met = a.id RETURN a.id, b.id",
  "MATCH (a:P)-[:OWNS]->(b) MERGE (a)-[r:OWNS]->(b) MERGE (b)-[:BACK]->(a) RETURN count(r)",
  "MATCH (a:P) FOREACH (x IN [a.id, a.name] | CREATE (:Copy {of: x}))",
  "MATCH (a:P) WITH a ORDER BY a.id DESC LIMIT 5 SET a.last = true WITH a MATCH (a)-[r]->(b) RETURN a.id, type(r), b.id",
  "MATCH (a:P) SET a.x = 1 WITH count(*) AS c MATCH (b:P {x: 1}) RETURN c, count(b)",
  "MATCH (a:P) WITH a.id AS id, [x IN range(1, a.id % 3) | x * a.id] AS list CREATE (n:New {id: id, list: list}) RETURN n.id, n.list",
  "MATCH (a:P) SET a.x = 10 / (a.id - 7)",
  "MATCH (a:P) SET a.x = {y: a.id}",
  "MATCH (a:P) SET a.id = a.id + 1, a.name = NULL, a.new = [a.even, a.even]",
  "MATCH (a:P) SET a.id = a.id + 1, a.twice = a.id * 2",
  "MATCH (a:P)-[:OWNS]->(b:Q), (c:P) WHERE c.id < 4 SET b.id = b.id + c.id",
  "MATCH (a:P)-[r:OWNS]->(b:Q) SET r.at = a.id + b.id, r.text = 'a text that is longer than a word', b.list = NULL",
  "MATCH (a:P)-[r:OWNS]->(b:Q) SET r.at = a.id, a.id = r.at",
  "MATCH (a:P) SET a += {third: a.id / 3, name: NULL}, a:Third:P",
  "MATCH (a:Q) SET a = {id: a.id, made: date('2020-01-02')} REMOVE a:R",
  "MATCH (a:P) OPTIONAL MATCH (a)-[r:OWNS]->(b) SET b.seen = true, r.seen = 1, b:Seen",
  "MATCH (a:P) WHERE a.id > 1000 SET a.x = 1",
  "MATCH (a:P) WITH a, {x: a} AS held SET a.name = held.x.even, a.even = 5",
  "MATCH (a:P) SET a.x = labels(a), a:More",
  "UNWIND [{id: 1, x: 'a'}, {id: 2, x: [1, 2]}, {id: 1, x: 3}] AS row MATCH (a:P {id: row.id}) SET a.x = row.x, a.y = row.y",
  "UNWIND [{id: 1, x: 'a'}, {id: 2, x: [1, [2]]}] AS row MATCH (a:P {id: row.id}) SET a.x = row.x",
  "UNWIND [{id: 1, x: 'a', y: [1, 2]}, {id: 2, x: NULL}, {id: 1, name: NULL, x: 2}, {id: 99}] AS row MATCH (a:P {id: row.id}) SET a += row",
  "UNWIND [{id: 1, props: {x: 1, at: date('2020-01-02')}}, {id: 2, props: {}}] AS row MATCH (a:P {id: row.id}) SET a = row.props, a.y = row.id",
  "UNWIND [{id: 1, props: {x: 1}}, {id: 2}] AS row MATCH (a:P {id: row.id}) SET a += row.props",
  "UNWIND [{id: 1, props: {x: 1}}, {id: 2, props: [1]}] AS row MATCH (a:P {id: row.id}) SET a += row.props",
  "UNWIND [{id: 1, props: {x: 1}}, {id: 2, props: {x: {y: 1}}}] AS row MATCH (a:P {id: row.id}) SET a = row.props",
  "UNWIND [{id: 1}, {id: 2}] AS row MATCH (a:P {id: row.id}) SET a += row.id",
  "MATCH (a:P)-[r:OWNS]->(b:Q) SET r += a, a = b",
  "MATCH (a:P)-[r:OWNS]->(b:Q) SET a += properties(b), b += {id: a.id}",
  "MATCH (a:P)-[r:OWNS]->(b:Q) WITH a, [b] AS list UNWIND list AS other SET a += other",
  "MATCH (a:P)-[r:OWNS]->(b:Q) WITH a, {x: b} AS held SET a += held.x",
  "MATCH (a:P)-[r:OWNS]->(b:Q) DELETE r, b",
  "MATCH (a:P)-[r:OWNS]->(b:Q) WHERE a.id < 5 DELETE b, r, a",
  "MATCH (a:P)-[r:OWNS]->(b:Q) DELETE a",
  "MATCH (a:P)-[r:OWNS]->(b:Q) DETACH DELETE a, b",
  "MATCH (a:P), (b:P) DETACH DELETE a",
  "MATCH (a:P) OPTIONAL MATCH (a)-[r:OWNS]->() DELETE r",
  "MATCH (a:P)-[r:OWNS]->() DELETE r WITH count(*) AS n MATCH (a:P) DELETE a",
  "UNWIND range(1, 30) AS i MERGE (n:M {id: i % 7}) ON CREATE SET n.made = i ON MATCH SET n.met = i",
  "UNWIND range(1, 30) AS i MERGE (n:P {id: i * 2, even: true}) ON CREATE SET n.made = i",
  "UNWIND range(1, 30) AS i MERGE (n:M {id: i % 7}) ON CREATE SET n.id = i ON MATCH SET n.id = i + 1, n.met = i",
  "UNWIND range(1, 30) AS i MERGE (n:M {id: i % 7}) ON CREATE SET n += {id: i + 3} ON MATCH SET n = {id: i}, n:Other",
  "UNWIND [1, 1.0, 'a', 'a', true, [1], [1.0], date('2020-01-01'), date('2020-01-01'), 2.5, 2.5] AS i MERGE (n:M {id: i}) RETURN n.id",
  "UNWIND range(1, 30) AS i MATCH (a:P {id: i}) MERGE (n:M {id: i % 4}) ON CREATE SET a:M ON MATCH SET a.id = n.id",
  "UNWIND range(1, 9) AS i MERGE (n:M {id: i % 4}) MERGE (m:M {id: i % 5}) ON MATCH SET m.id = m.id + 1",
  "UNWIND range(1, 9) AS i MERGE (n:M:P {id: i % 4, of: i % 2})",
  "UNWIND range(1, 9) AS i MERGE (n {id: i % 4})",
  "UNWIND [1, 2, NULL] AS i MERGE (n:M {id: i})",
  "UNWIND range(1, 5) AS i FOREACH (x IN range(1, i) | MERGE (n:M {id: x}) ON MATCH SET n.met = i)",
];

const LOOKS = [
  "MATCH (n) RETURN labels(n) AS l, properties(n) AS p",
  "MATCH (a)-[r]->(b) RETURN type(r) AS t, properties(r) AS p, properties(a) AS a, properties(b) AS b",
];

const cypher = async (db: EmbeddedDatabase, text: string): Promise<unknown> => db.execute(["CYPHER", text]);

/** What a statement answers or throws, and what the database holds afterwards. */
async function outcome(db: EmbeddedDatabase, text: string): Promise<unknown> {
  let answer: unknown;
  try {
    answer = await cypher(db, text);
    // Nothing is said of the order of rows.
    if (Array.isArray(answer)) answer.sort();
  } catch (error) {
    // Which relationship it was is known where it is not made in batches.
    answer = (error as Error).message.replace(/create relationship .*?:/, "create a relationship:");
  }
  const rows: unknown[] = [];
  for (const look of LOOKS) rows.push(((await cypher(db, look)) as string[]).sort());
  return [answer, rows];
}

describe.skipIf(!engineBuilt)("creating much", () => {
  let interpreted: EmbeddedDatabase;
  let compiled: EmbeddedDatabase;

  beforeAll(async () => {
    interpreted = await open();
    compiled = await open();
    await interpreted.execute(["SQL", "SET execution_mode = interpreted"]);
    await compiled.execute(["SQL", "SET execution_mode = compiled"]);
  });

  beforeEach(async () => {
    for (const db of [interpreted, compiled]) {
      db.flushall();
      for (const text of SETUP) await cypher(db, text);
    }
  });

  afterAll(async () => {
    await interpreted.close();
    await compiled.close();
  });

  for (const text of STATEMENTS) {
    it(text, async () => {
      const expected = await outcome(interpreted, text);
      expect(await outcome(compiled, text)).toEqual(expected);
      // Deleting finds what is there and nothing else.
      expect(await outcome(compiled, "MATCH (n) DETACH DELETE n")).toEqual(await outcome(interpreted, "MATCH (n) DETACH DELETE n"));
    });
  }

  it("a timeout takes all back", async () => {
    const before = await outcome(compiled, "RETURN 1");
    await compiled.execute(["SQL", "SET statement_timeout = 30"]);
    await expect(cypher(compiled, "MATCH (a), (b), (c) CREATE (a)-[:T]->(b)")).rejects.toMatchObject({ code: "SQL_CANCELED" });
    await compiled.execute(["SQL", "SET statement_timeout = 0"]);
    expect(await outcome(compiled, "RETURN 1")).toEqual(before);
  });

  it("creating and deleting again and again takes no more memory", async () => {
    const run = async () => {
      await cypher(compiled, "UNWIND range(1, 2000) AS i CREATE (:M {id: i, text: 'a longer text than fits ' + i})-[:T {i: i}]->(:M2)");
      await cypher(compiled, "MATCH (n:M) DETACH DELETE n");
      await cypher(compiled, "MATCH (n:M2) DETACH DELETE n");
    };
    // A write that takes long runs in slices, as a transaction; what it has replaced is freed in the background, or here.
    const measured = async () => {
      for (let time = 0; time < 3; time++) await run();
      await compiled.execute(["VACUUM"]);
      return compiled.memory();
    };
    const before = await measured();
    // Numbers are never given twice, so directories of slots and bitmaps grow: a page of slots up to 2 KiB, an element for each of the next ones.
    const { tables, used, peak, ...rest } = await measured();
    expect(rest).toEqual(Object.fromEntries(Object.entries(before).filter(([name]) => name in rest)));
    expect(tables - before.tables).toBeLessThan(4096);
    expect(used - before.used).toBeLessThan(4096);
    expect(peak).toBeGreaterThanOrEqual(before.peak);
  });
});
