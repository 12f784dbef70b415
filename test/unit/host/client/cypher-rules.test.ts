/**
 * Goal: rules of the optimiser never change what a query on the graph answers or writes, whether it is interpreted or compiled.
 * Method: queries on a random graph with an index, of a seed that is printed; each runs without rules in the interpreter, then with all
 * rules, with all but one, and as it is by default, and gives the same rows in whatever order. Those that write run on copies of one small
 * graph, which are compared afterwards.
 */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { EmbeddedDatabase } from "../../../../host/client/embedded.ts";
import { open } from "../../../../host/entry/node.ts";
import { RULES } from "../../../../host/query/optimizer/optimize.ts";
import { engineBuilt } from "../../../support/engine.ts";
import { createRandom } from "../../../support/random.ts";

const SEED = 20_261;
const NODES = 120;
const RELATIONSHIPS = 200;
let db: EmbeddedDatabase;

const READING: readonly string[] = [
  "MATCH (a:A)-[r:T]->(b:B) RETURN a.id, b.id",
  "MATCH (a)-[r]->(b) WHERE a.x = b.x AND a:A RETURN a.id, b.id",
  "MATCH (a:A {x: 3})-[:T]->(b)<-[:U]-(c) RETURN a.id, b.id, c.id",
  "MATCH (a:A)-->(b)-->(c:C) WHERE c.x > 3 AND a.y < 7 RETURN a.id, c.id",
  "MATCH (a:A)-->(b:B)-->(a) RETURN a.id, b.id",
  "MATCH (a)--(b:B)--(c:C) WHERE a.x = 1 RETURN a.id, c.id",
  "MATCH (a)-[r]-(a) RETURN a.id, r.w",
  "MATCH (a:C)-[:T*1..3]->(b:B) RETURN a.id, b.id",
  "MATCH (a:C)-[:T*0..2 {w: 1}]-(b) RETURN a.id, b.id",
  "MATCH (a:C)-[:U*]->(b:B) RETURN DISTINCT a.id, b.id",
  "MATCH (a:C)-[:U*2..]->(b:B) RETURN a.id, count(DISTINCT b) AS n",
  "MATCH (a:C)-[:U*]-(b) RETURN DISTINCT b.id",
  "MATCH (a:C {x: 1})-[rs:T*1..3]->(b:B) RETURN a.id, [r IN rs | r.id] AS ids",
  "MATCH p = (a:C)<-[:T*1..2]-(b:B {x: 2})-[:U]->(c) RETURN [n IN nodes(p) | n.id] AS ids, length(p) AS l",
  "MATCH (a:A), (b:B) WHERE a.x = b.y RETURN a.id, b.id",
  "MATCH (a:A), (b) WHERE b.id = a.x AND b:A RETURN a.id, b.id",
  "MATCH (n:A {x: 4}) RETURN n.id",
  "MATCH (n:A) WHERE n.x = 4 AND n.y >= 2 AND n.y < 6 RETURN n.id",
  "MATCH (n:A) WHERE n.x > 2 AND n.x < 4 RETURN n.id",
  "MATCH (n:A) WHERE n.x >= '4' RETURN n.id",
  "MATCH (n:A) WHERE n.x STARTS WITH '4' RETURN n.id",
  "MATCH (n:A) WHERE n.x STARTS WITH '' RETURN n.id",
  "MATCH (n:A) WHERE n.x STARTS WITH 4 RETURN n.id",
  "MATCH (n:A) WHERE n.name STARTS WITH 'ab' RETURN n.id",
  "MATCH (n:A) WHERE n.name STARTS WITH 'abc' AND n.name ENDS WITH 'c' RETURN n.id",
  "MATCH (n:A) WHERE n.name STARTS WITH null RETURN n.id",
  "UNWIND ['a', 'ab', '', null, 1, 'é'] AS p MATCH (n:A) WHERE n.name STARTS WITH p RETURN p, n.id",
  "MATCH (n:A) WHERE n.x = 4.0 OR n.x = '4' RETURN n.id",
  "MATCH (n) WHERE id(n) = 7 OR id(n) = 8 RETURN n.id",
  "MATCH (n) WHERE id(n) IN [3, 4, 400, 'x'] RETURN n.id",
  "MATCH (n:A) WHERE id(n) = 3.0 RETURN n.id",
  "MATCH (n) WHERE elementId(n) = 'nothing' RETURN n.id",
  "UNWIND [1, 2, 3, null, 'x'] AS x MATCH (n:A {x: x})-->(m) RETURN x, n.id, m.id",
  "UNWIND [1, 2, 3] AS x OPTIONAL MATCH (n:A {x: x, y: x}) RETURN x, n.id",
  "MATCH (a:A) OPTIONAL MATCH (a)-[r:T]->(b:B) RETURN a.id, b.id",
  "MATCH (a:A) OPTIONAL MATCH (a)-[r:T]->(b:B) WITH a, b WHERE b.x = 2 RETURN a.id, b.id",
  "MATCH (a:A) OPTIONAL MATCH (a)-[r:T]->(b) WHERE b.x = a.x WITH a, b WHERE b IS NULL RETURN a.id",
  "MATCH (a:A) OPTIONAL MATCH (b:B {x: a.y}) RETURN a.id, count(b) AS n",
  "MATCH (a:A) OPTIONAL MATCH (a)-->(b) OPTIONAL MATCH (b)-->(c:C) RETURN a.id, c.id",
  "MATCH (n) WHERE (n)-[:T]->(:B) AND NOT (n)<-[:U]-() RETURN n.id",
  "MATCH (n:A) WHERE EXISTS { MATCH (m:B) WHERE m.x = n.x AND m.y = n.y } RETURN n.id",
  "MATCH (n:A) WHERE NOT EXISTS { MATCH (n)-[*1..2]->(m:C) WHERE m.x > n.x } RETURN n.id",
  "MATCH (n:C) RETURN n.id, size([(n)-[:T]->(m) WHERE m.x > 2 | m.id]) AS s",
  "MATCH (a:A)-[r]->() MATCH (x)-[r]-(y:B) RETURN a.id, x.id, y.id",
  "MATCH (a:A)-[r:T]->(b) WITH DISTINCT b AS m MATCH (m)-[:U]->(c) RETURN c.id, count(*) AS n",
  "MATCH (a:C), (b:B {x: 1}) MATCH p = shortestPath((a)-[:T*]->(b)) RETURN a.id, b.id, length(p) AS l",
  "MATCH (a:A)-[:T]->(b) WITH b, count(*) AS n WHERE n > 1 AND b.x > 2 RETURN b.id, n",
  "MATCH (a:A) CALL { WITH a MATCH (a)-[:T]->(b) RETURN count(b) AS n } RETURN a.id, n",
  "MATCH (a:A) WITH a.x AS x, a MATCH (b:B) WHERE b.x = x RETURN a.id, b.id UNION MATCH (a:C)-->(b) RETURN a.id, b.id",
  "MATCH (a:A {x: 1}), (b:B {x: 2}), (c:C) RETURN count(*) AS n",
  "MATCH (a)-[r {w: 2}]->(b) WHERE b.nothing IS NULL RETURN r.id",
  "MATCH (a)-[:T]->(b)-[:T]->(c:A) WHERE c.x > 2 RETURN a.id, count(*) AS n",
  "MATCH (a)-->(b)-->(c) RETURN b.id, count(*) AS n",
  "MATCH (a)<--(b)<--(c:B) RETURN a.id, b.id, count(*) AS n",
  "MATCH (a)--(b)--(c) RETURN a.id, count(*) AS n, max(b.x) AS x, count(DISTINCT b) AS m",
  "MATCH (a)-[:T]-(b)-[:T|U]-(c)--(d) WHERE d.x = 3 AND b.y < 7 RETURN a.id, count(*) AS n",
  "MATCH (a)-->(b)-->(a) MATCH (b)-->(c) RETURN b.id, count(*) AS n",
  "MATCH (a)-[r]->(b) MATCH (x)-[s]->(b)-[t]->(c:A) RETURN a.id, count(*) AS n",
  "MATCH (a:A)-->(b)-->(c)-->(d:B) WHERE d.x IN [1, 2, 3] OR d.y = 4 RETURN count(*) AS n",
  "MATCH (a:A)-->(b)-->(c) WHERE c.nothing = 1 RETURN count(*) AS n",
  "MATCH (a:A)-->(b)-->(c) WHERE c.x = b.x RETURN a.id, count(*) AS n",
  "MATCH (a:A)-->(b)-[r]->(c) WHERE r.w = 1 RETURN a.id, count(*) AS n",
  "MATCH (a)--(b)-[r:T|U]-(c:B) WHERE r.w > 0 AND c.x > 1 RETURN a.id, count(c) AS n, count(r) AS m",
  "MATCH (a)-->(b)<-[r]-(c) WHERE r.w < c.x AND type(r) = 'T' RETURN count(*) AS n",
  "MATCH (a)-[q]-(b)-[r]-(c) WHERE r.w = b.x OR c.y < b.y RETURN b.id, count(r) AS n, max(q.w) AS w",
  "MATCH (a)-->(b)-[r]->(c) WHERE startNode(r).x > 2 AND endNode(r).x < 6 RETURN count(*) AS n, count(c.x) AS m",
  "MATCH (a)-->(b)-[r]->(c) WHERE r.w = a.x RETURN count(*) AS n",
  "MATCH (a:A)-->(b) OPTIONAL MATCH (b)-->(c) RETURN a.id, count(*) AS n",
];

const WRITING: readonly string[] = [
  "MATCH (a:A)-->(b) CREATE (b)-[:NEW]->(:N {id: a.id})",
  "MATCH (a:A), (b:B) WHERE a.x = b.x MERGE (a)-[:NEW]->(b)",
  "UNWIND [1, 1, 2, 99] AS x MERGE (n:A {x: x}) ON CREATE SET n.made = true ON MATCH SET n.seen = coalesce(n.seen, 0) + 1",
  "CREATE (:A {x: 77}) WITH 1 AS one MATCH (n:A) WHERE n.x = 77 SET n.found = one",
  "CREATE (n:A {x: 77}) WITH n MATCH (m:A) WHERE m.x = n.x AND (m)-[*0..1]->(n) SET m.found = true",
  "MATCH (a:A) WHERE a.x = 1 SET a.x = 2 WITH a WHERE a.x = 2 SET a.two = true",
  "MATCH (a:A) CALL { WITH a CREATE (:N {of: a.id}) RETURN 1 AS one } WITH a LIMIT 1 SET a.last = 1",
  "MATCH (a:A) SET a:Done WITH a WHERE false SET a.never = 1",
  "MATCH (a:C)-[r]->() DELETE r WITH count(*) AS n MATCH (x)-[s]->() SET s.left = n",
  "MATCH (a:B) WHERE NOT (a)-->() DETACH DELETE a",
  "MATCH (a:A) FOREACH (i IN [1, 2] | CREATE (a)-[:MANY {i: i, x: a.x}]->(:N))",
  "MATCH (a:A) REMOVE a:A WITH a MATCH (b:A) SET b.wrong = true",
];

/** A graph with skewed degrees, loops and parallel relationships; properties of few values, some of them missing or of another kind. */
async function fill(nodes: number, relationships: number): Promise<void> {
  const random = createRandom(SEED);
  const value = (): unknown => random.pick([random.below(6), random.below(6), random.below(6), null, "4", 2.5]);
  const made = Array.from({ length: nodes }, (_, id) => ({ id, x: value(), y: random.below(8), label: random.pick(["A", "A", "B", "C"]) }));
  for (const label of ["A", "B", "C"]) {
    const rows = made.filter((node) => node.label === label);
    await db.cypher(`UNWIND $rows AS row CREATE (n:${label} {id: row.id, x: row.x, y: row.y})`, { rows });
  }
  await db.cypher("MATCH (n:C) WHERE n.y < 2 SET n:A");
  const end = (): number => Math.floor(nodes * (random.below(1000) / 1000) ** 2);
  const between = Array.from({ length: relationships }, (_, id) => ({
    id,
    start: end(),
    end: end(),
    w: random.below(3),
    type: random.pick(["T", "T", "T", "T", "T", "U"]),
  }));
  for (const type of ["T", "U"]) {
    const rows = between.filter((relationship) => relationship.type === type);
    await db.cypher(`UNWIND $rows AS row MATCH (a {id: row.start}), (b {id: row.end}) CREATE (a)-[:${type} {id: row.id, w: row.w}]->(b)`, {
      rows,
    });
  }
}

/** The rows of a query in an order of their own. */
async function rowsOf(text: string): Promise<readonly string[]> {
  return [...(await db.cypher(text))].map((row) => JSON.stringify(row)).sort();
}

async function set(name: string, value: string): Promise<void> {
  await db.query(`SET ${name} TO '${value}'`);
}

/** All that the graph has, without numbers. */
async function graphNow(): Promise<readonly string[]> {
  const nodes = await rowsOf("MATCH (n) RETURN labels(n) AS labels, properties(n) AS properties");
  const relationships = await rowsOf(
    "MATCH (a)-[r]->(b) RETURN type(r) AS type, properties(r) AS properties, properties(a) AS a, properties(b) AS b",
  );
  return [...nodes, ...relationships];
}

describe.skipIf(!engineBuilt)(`rules on the graph (seed ${SEED})`, () => {
  beforeEach(async () => {
    db = await open();
  });

  afterEach(() => db.close());

  it("change no answer", async () => {
    await fill(NODES, RELATIONSHIPS);
    await db.cypher("CREATE INDEX a_x FOR (n:A) ON (n.x, n.y)");
    const names = ["abc", "ab", "abd", "a", "b", "ABC", "", "éa", "abc def ghi", "1ab", "-a"];
    await db.cypher("MATCH (n:A) SET n.name = $names[n.id % $count]", { names: [...names, true, 5, null], count: names.length + 3 });
    await db.cypher("CREATE INDEX a_name FOR (n:A) ON (n.name)");
    let found = 0;
    for (const text of READING) {
      await set("execution_mode", "interpreted");
      await set("disabled_rules", "all");
      const wanted = await rowsOf(text);
      found += wanted.length;
      for (const disabled of ["", ...RULES.map(({ name }) => name)]) {
        await set("disabled_rules", disabled);
        expect(await rowsOf(text), `${text}\nwithout ${disabled}`).toEqual(wanted);
      }
      await set("disabled_rules", "");
      await set("execution_mode", "compiled");
      expect(await rowsOf(text), `${text}\ncompiled`).toEqual(wanted);
      await set("execution_mode", "auto");
    }
    expect(found).toBeGreaterThan(READING.length * 5);
  });

  it("change nothing that is written", async () => {
    for (const text of WRITING) {
      const graphs: (readonly string[])[] = [];
      for (const disabled of ["all", "", ...RULES.map(({ name }) => name)]) {
        await set("disabled_rules", "");
        await db.cypher("MATCH (n) DETACH DELETE n");
        await fill(14, 20);
        const before = await graphNow();
        await set("disabled_rules", disabled);
        await db.cypher(text);
        await set("disabled_rules", "");
        graphs.push(await graphNow());
        expect(graphs.at(-1), `${text}\nwithout ${disabled}`).toEqual(graphs[0]);
        expect(graphs.at(-1), text).not.toEqual(before);
      }
    }
  });
});
