/**
 * Goal: patterns and writing clauses become the operators that they mean, over the right columns.
 * Method: plans as text (host/query/plan/print.ts), one file per subject in golden/. After a
 * wanted change: run with `-u` and read the difference.
 */
import { expect, test } from "vitest";
import { planText } from "./bound.ts";

const SUBJECTS: Readonly<Record<string, readonly string[]>> = {
  match: [
    "MATCH (n) RETURN n",
    "MATCH (a:A {x: 1})-[r:T {w: 2}]->(b)<-[:S]-(c:C) RETURN a, b",
    "MATCH (a)-[r]->(a) RETURN r",
    "MATCH (a:X), (b:Y {k: a.k}), (c)-->(d:D) RETURN a",
    "MATCH (a)-->(b:B)-->(c), (c)-->(a) WHERE a.x > 1 AND c:C RETURN b",
    "MATCH (a)-[:T]->(b)-[:S]->(c)-[:T|S]->(d) RETURN d",
    "MATCH (a)-->(b) MATCH (b:B {x: a.x})-->(c), (d) RETURN c",
    "MATCH (a) MATCH (a) RETURN a",
    "CREATE (:X) WITH 1 AS one MATCH (n:X) RETURN n",
  ],
  known: [
    "MATCH ()-[r]->() MATCH (a)-[r]-(b) RETURN a",
    "MATCH (a)-[r]->() MATCH (a)<-[r:T {x: 1}]-(b:B) RETURN b",
    "MATCH (a)-[r1]->()-[r2]->() WITH [r1, r2] AS rs MATCH (f)-[rs*]->(g) RETURN f, g",
  ],
  variable: [
    "MATCH (a:A)-[*]->(b) RETURN b",
    "MATCH p = (a)-[*1..2 {k: 1}]-(b:B {n: a.n}) RETURN p",
    "MATCH (a)-[r*0..]->(b:B) RETURN r",
    "MATCH (a)-[:T*2]->()-[s:S*..3]->()-[t]->(b) RETURN s",
    "MATCH (a)-[*3..2]->(b) RETURN b",
    "MATCH (a)-[* {x: b.x}]->(b) RETURN a",
  ],
  paths: [
    "MATCH p = (a) RETURN p",
    "MATCH p = (a)<-[r]-(b)-[*]->(c), q = (a)--(c) RETURN p, q",
    "MATCH p = shortestPath((a:A)-[:T*]-(b:B)) WHERE p IS NOT NULL RETURN p",
    "MATCH (a), (b) MATCH p = allShortestPaths((a)-[r:T*1..3 {x: 1}]->(b)) RETURN r",
    "MATCH (a)-->(b) RETURN shortestPath((a)-[*..3]->(b)), allShortestPaths((b)-[*]-(a))",
  ],
  optional: [
    "OPTIONAL MATCH (n:N) RETURN n",
    "MATCH (a) OPTIONAL MATCH p = (a)-[r:T]->(b:B) RETURN r, p",
    "MATCH (a) OPTIONAL MATCH (b)-[r:T]->(a) RETURN r",
    "MATCH (a), (b) OPTIONAL MATCH (a)--(b) RETURN a",
    "MATCH (a) OPTIONAL MATCH (a)-[r:T]->(b) WHERE b.x = a.x RETURN r",
    "MATCH (a) OPTIONAL MATCH p = (a)-[r:T]->(b:B {x: 1})-->(c) RETURN p",
    "MATCH (a) OPTIONAL MATCH (a:X) RETURN a",
  ],
  conditions: [
    "MATCH (n) WHERE (n)-->(:X) AND NOT (n)<-[:T {x: n.x}]-() RETURN n",
    "MATCH (a) RETURN [p = (a)-[*]->(c:D) WHERE c.x = a.x | p], [(a)-->(b) | b.name]",
  ],
  writing: [
    "CREATE (a:A {x: 1})-[r:T {w: 2}]->(b)<-[:S]-(c:C:D) RETURN a, b",
    "MATCH (n) CREATE p = (n)-[:T]->(m $props)-[:T]->(n) RETURN p",
    "CREATE (root)-[:LINK]->(root)",
    "CREATE (a {x: 1})-[r:T {y: a.x}]->(b {x: a.x})-[:T {y: r.y + b.x}]->(a)",
    "UNWIND $nodes AS n MATCH (n)-->(m) CREATE (n)-[:T]->(m) MERGE (n)-[:S]->(m) SET n.x = 1",
    "WITH $r AS r MATCH (a)-[r]->(b) CREATE (a)-[:T]->(b)",
    "MATCH (n) MERGE (n)-[r:T {x: n.x + 1}]-(m:M {name: 'a'}) ON CREATE SET r.new = true, m:New ON MATCH SET m += {seen: 1} RETURN r",
    "MERGE p = (:A)-[:T]->(:B) RETURN p",
    "MATCH (n)-[r]->() SET n.x = r.y, n:Foo, n = {a: 1}, r += n REMOVE n.y, n:Foo",
    "MATCH p = (n)-[r]->() DETACH DELETE n, r, p, null",
    "FOREACH (x IN [1, 2] | CREATE (n {x: x}) FOREACH (y IN [x] | MERGE ({y: y})))",
  ],
};

test.each(Object.keys(SUBJECTS))("%s", async (subject) => {
  const text = SUBJECTS[subject]!.map((query) => `${query}\n${indented(planText(query))}\n`).join("\n");
  await expect(text).toMatchFileSnapshot(`golden/${subject}.txt`);
});

function indented(text: string): string {
  return text
    .split("\n")
    .map((line) => `    ${line}`)
    .join("\n");
}
