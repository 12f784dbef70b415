/**
 * Goal: the rules for patterns do what their heads say, and nothing where they may not; the others leave plans of Cypher right.
 * Method: queries against facts of a graph of persons and few cities, with one rule on (and those that it builds on); the plans stand in
 * graph-plans.txt. After a wanted change: run with `-u` and read the difference.
 */
import { expect, test } from "vitest";
import type { ParsedCypherQuery } from "../../../../../host/query/ast/cypher/query.ts";
import { bindCypher } from "../../../../../host/query/binder/cypher/bind.ts";
import type { GraphFacts, OptimizerContext } from "../../../../../host/query/optimizer/context.ts";
import { optimize, RULES } from "../../../../../host/query/optimizer/optimize.ts";
import { parseCypher } from "../../../../../host/query/parser/cypher/parse.ts";
import { printPlan } from "../../../../../host/query/plan/print.ts";
import { fakeCatalog } from "../binder/fake-catalog.ts";
import { planProblem } from "../binder/plan-check.ts";

const LABELS: Readonly<Record<string, number>> = { Person: 9000, City: 10, Tag: 900 };
const TYPES: Readonly<Record<string, number>> = { KNOWS: 90_000, LIVES_IN: 9000, HAS: 20_000 };

const INDEX = { name: "person_name", label: "Person", properties: ["name", "born"] };

const GRAPH: GraphFacts = {
  nodes: () => 10_000,
  relationships: () => 119_000,
  label: (name) => LABELS[name],
  type: (name) => TYPES[name],
  indexes: (label) => (label === "Person" ? [INDEX] : []),
};

function context(disabled: ReadonlySet<string>): OptimizerContext {
  return { collection: () => undefined, graph: GRAPH, evaluate: () => undefined, disabled };
}

function plan(rules: readonly string[], text: string): string {
  const bound = bindCypher(parseCypher(text) as ParsedCypherQuery, text, { catalog: fakeCatalog(), functions: undefined });
  const disabled = new Set(RULES.map(({ name }) => name).filter((name) => !rules.includes(name)));
  const optimized = optimize(bound, context(disabled));
  const problem = planProblem(optimized);
  if (problem !== undefined) throw new TypeError(`${problem}: ${text}\n${printPlan(optimized)}`);
  return `-- ${rules.join(", ")}\n${text}\n${printPlan(optimized)}`;
}

const FOLD = ["CREATE (n) WITH n WHERE false RETURN n", "MATCH (n) WHERE false RETURN n.x"];
const SUBQUERIES = [
  "MATCH (n) WHERE EXISTS { MATCH (m:X) WHERE m.x = n.x } AND NOT (n)-->() RETURN n.x",
  "CREATE (n) WITH n WHERE EXISTS { MATCH (m:X) WHERE m.x = n.x } RETURN n.x",
  "MATCH (n) OPTIONAL MATCH (m:X) WHERE m.x = n.x RETURN m.y",
  "CREATE (n) WITH n OPTIONAL MATCH (m:X) WHERE m.x = n.x RETURN m.y",
];
const FILTERS = [
  "MATCH (a)-[r]->(b)-[s*2]->(c) WHERE a.x = 1 AND r.y = 2 AND b.z > a.z AND c.x = 1 RETURN a.x",
  "MATCH (a) OPTIONAL MATCH (a)-[r]->(b) WITH a, b WHERE b.x = 1 RETURN a.x",
  "MATCH (a) OPTIONAL MATCH (a)-[r]->(b) WITH a, b WHERE a.x = 1 AND b.x IS NULL RETURN a.x",
  "MATCH (a) SET a.x = 1 WITH a WHERE a.x = 1 RETURN a.x",
  "MATCH (a) CALL { WITH a SET a.x = 1 RETURN 1 AS one } WITH a WHERE a.x = 1 RETURN a.x",
];
const LABELLED = [
  "MATCH (a)-[r]->(b) WHERE a:Person AND b:City:Big AND a.x = 1 RETURN a.x",
  "MATCH (a) OPTIONAL MATCH (a)-->(b) WITH a, b WHERE b:City OR a:Person RETURN a.x",
];
const EXPANDS = [
  "MATCH (p:Person)-[:LIVES_IN]->(c:City) RETURN p.x",
  "MATCH (p:Person)-[:KNOWS]->(q:Person)-[:LIVES_IN]->(c:City)<-[:LIVES_IN]-(p) RETURN p.x",
  "MATCH (p:Person)-[ks:KNOWS*1..2]->(q)-[:LIVES_IN]->(c:City) RETURN p.x",
  "MATCH (p:Person)-[ks:KNOWS*1..2]->(q)-[:LIVES_IN]->(c:City) RETURN ks",
  "MATCH (t:Tag)<-[:HAS]-(p:Person)-[:KNOWS]->(q {name: 'x'}) WHERE q:Person RETURN t.x",
  "MATCH (p:Person) OPTIONAL MATCH (p)-[:LIVES_IN]->(c:City) RETURN c.x",
];
const NODES = [
  "MATCH (n) WHERE id(n) = 5 RETURN n.x",
  "MATCH (n:Person) WHERE id(n) IN [5, 6] RETURN n.x",
  "MATCH (n) WHERE elementId(n) = $id RETURN n.x",
  "MATCH (n:Person {name: 'a'}) RETURN n.x",
  "MATCH (n:Person) WHERE n.name = 'a' AND n.born >= 1990 AND n.born < 2000 RETURN n.x",
  "MATCH (n:Person) WHERE n.name > 'a' AND n.name < 'b' RETURN n.x",
  "MATCH (n:Person) WHERE n.name > 'a' RETURN n.x",
  "MATCH (n:City {name: 'a'}) RETURN n.x",
  "MATCH (n:Person) WHERE n.name STARTS WITH 'a' AND n.born > 5 RETURN n.x",
  "MATCH (n:Person) WHERE n.name = 'a' AND n.born STARTS WITH 'b' RETURN n.x",
  "MATCH (n:Person) WHERE 'a' STARTS WITH n.name RETURN n.x",
  "MATCH (n:Person) WHERE n.name = n.born RETURN n.x",
  "UNWIND $rows AS row MERGE (n:Person {name: row.name}) RETURN n.x",
];
const LOOKUPS = [
  "UNWIND $rows AS row MATCH (n:Person {name: row.name})-[:KNOWS]->(m) RETURN m.x",
  "MATCH (c:City) MATCH (n:Person) WHERE n.name = c.name RETURN n.x",
  "MATCH (c:Tag), (n:Person) WHERE n.name = c.name RETURN n.x",
  "MATCH (c:Tag) OPTIONAL MATCH (n) WHERE id(n) = c.number RETURN n.x",
];
const REACHED = [
  "MATCH (a:City)-[*]->(b) RETURN DISTINCT b.x",
  "MATCH (a:City)-[*]->(b) RETURN count(DISTINCT b)",
  "MATCH (a:City)-[*]->(b) RETURN count(b)",
  "MATCH (a:City)-[r*]->(b) RETURN DISTINCT r",
  "MATCH (a:City)-[r*]->(b) WITH DISTINCT b LIMIT 5 MATCH (b)-[*]->(c) RETURN b.x",
  "MATCH (a:City) WHERE (a)-[:KNOWS*]->(:Person) RETURN a.x",
  "MATCH (a:City) WHERE EXISTS { MATCH (a)-[*..3]-(b) WITH b LIMIT 3 RETURN b } RETURN a.x",
];
const COUNTED = [
  "MATCH (a)-[:KNOWS]->(b)-[:KNOWS]->(c:Person) WHERE c.x = 1 AND a.x = 2 RETURN count(*)",
  "MATCH (a)-[:KNOWS]-(b)--(c) RETURN b.x, count(*), max(a.x), count(DISTINCT a)",
  "MATCH (a)-->(b)-->(c) RETURN a.x, count(c)",
  "MATCH (a)-->(b)-[r]->(c) WHERE r.x = 1 AND b.x < c.x RETURN count(r), count(*)",
  "MATCH (a)-->(b)-->(c) RETURN c.x, count(*)",
  "MATCH (a)-->(b)-->(c) RETURN count(*), sum(a.x)",
  "MATCH (a)-->(b)-->(c) WHERE c.x = a.x RETURN count(*)",
  "MATCH (a)-->(b)-[r]->(c) WHERE r.x = a.x RETURN count(*)",
  "MATCH (a)-->(b)-->(c) RETURN count(c.x)",
  "MATCH (a)-->(b) RETURN count(*)",
  "MATCH (a)-->(b) OPTIONAL MATCH (b)-->(c) RETURN count(*)",
];
const PRUNED = [
  "MATCH (n) WITH n.x AS x, n.y AS y MERGE (m {a: x}) RETURN m.z",
  "MATCH (n) WITH n, n.x AS x, n.y AS y FOREACH (i IN [1, 2] | SET n.z = x + i) RETURN n.z",
  "MATCH p = (a)-[*]->(b) RETURN b.x",
];

test("plans", async () => {
  const plans = [
    ...FOLD.map((text) => plan(["fold-constants"], text)),
    ...SUBQUERIES.map((text) => plan(["rewrite-subqueries"], text)),
    ...FILTERS.map((text) => plan(["push-filters"], text)),
    ...LABELLED.map((text) => plan(["push-filters", "match-labels"], text)),
    ...EXPANDS.map((text) => plan(["push-filters", "match-labels", "order-expands", "choose-nodes", "prune-columns"], text)),
    ...NODES.map((text) => plan(["push-filters", "choose-nodes"], text)),
    ...LOOKUPS.map((text) => plan(["rewrite-subqueries", "push-filters", "look-up-nodes"], text)),
    ...REACHED.map((text) => plan(["prune-columns", "reach-nodes"], text)),
    ...COUNTED.map((text) => plan(["push-filters", "match-labels", "prune-columns", "count-expands"], text)),
    ...PRUNED.map((text) => plan(["prune-columns"], text)),
  ];
  await expect(`${plans.join("\n\n")}\n`).toMatchFileSnapshot("graph-plans.txt");
});
