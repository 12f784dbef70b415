/**
 * Goal: each clause becomes the AST that openCypher says; above all operators, whose precedence the grammar leaves open.
 * Method: the AST as compact text, one file per clause in golden/. After a wanted change: run with `-u` and read the difference.
 */
import { expect, test } from "vitest";
import { parseCypher } from "../../../../../../host/query/parser/cypher/parse.ts";
import { compact } from "../../ast.ts";

const CLAUSES: Readonly<Record<string, readonly string[]>> = {
  precedence: [
    "RETURN a OR b XOR c AND d",
    "RETURN NOT a = b AND c",
    "RETURN NOT a IS NULL",
    "RETURN a = b IS NULL",
    "RETURN a < b <= c <> d",
    "RETURN a = b IN c",
    "RETURN a + b IN c + d",
    "RETURN a IN b IN c",
    "RETURN a STARTS WITH b + c ENDS WITH d CONTAINS e =~ f",
    "RETURN a + b * c - d % e / f",
    "RETURN a ^ b ^ c * d",
    "RETURN -a ^ b, -a.b, -a[0], -a:B, +a",
    "RETURN -5, - -5, -(5), -(-5), -9223372036854775808, -1.5, -5.x",
    "RETURN a.b:C:D, (a:B):C, a[b].c[d..e]",
  ],
  operands: [
    "RETURN 1, 0x1F, 0o17, 017, 1.50, .5, 1e3, 'a\\'b', \"c\", true, null, $p, $1",
    "RETURN a.b, a.b.c(d), a[0], a[1..2], a[..2], a[1..], a[..]",
    "RETURN [], [a, b], {}, {a: 1, `b c`: d}, a {.*, .b, c, d: e}",
    "RETURN [x IN xs], [x IN xs OR y WHERE z | w], [(x IN xs)], [x IN xs, y]",
    "RETURN [(a)-->(b) | c], [p = (a)-[r:R]->(b) WHERE d | e]",
    "RETURN all(x IN xs WHERE y), any(x IN xs WHERE y), none(x IN xs WHERE y), single(x IN xs WHERE y)",
    "RETURN reduce(a = 0, x IN xs | a + x), extract(x IN xs | y), filter(x IN xs WHERE y)",
    "RETURN f(), F(a, b), count(*), count(DISTINCT a), exists(a.b), exists((a)-->(b))",
    "RETURN CASE WHEN a THEN b END, CASE a WHEN b THEN c ELSE d END",
    "RETURN shortestPath((a)-[*]-(b)), allShortestPaths((a)-[:R*..3]->(b))",
    "RETURN COUNT { (a)-->(b WHERE b.x) WHERE c }, collect { RETURN d }, count {.x, match: 1}",
    "MATCH (n) WHERE EXISTS { (n)-->(m) WHERE m.x } AND EXISTS { MATCH (n) RETURN 1 } AND (n)-->() RETURN n",
  ],
  patterns: [
    "MATCH (), (a), (:A), (a:A:B {c: 1}), ((a)) RETURN 1",
    "MATCH (a)-->(b)<--(c)--(d)<-->(e) RETURN 1",
    "MATCH ()-[a]-(), ()-[:A]-(), ()-[a:A|B|:C {d: 1}]->() RETURN 1",
    "MATCH ()-[*]-(), ()-[*2]-(), ()-[*2..]-(), ()-[*..3]-(), ()-[*2..3]-(), ()-[*0..0]-(), ()-[a:A* {b: 1}]-() RETURN 1",
    "MATCH p = (a)-->(b), q = shortestPath((a)-[*]->(b)), allShortestPaths((a)-[*]->(b)), r = ((a)-->(b)) RETURN 1",
    "CREATE (a $p)-[:R $q]->(b), ({c: 1})<-[r]-(d)",
    "MATCH (a:A WHERE b)-[c:C {d: 1} WHERE e]->(WHERE f) WHERE g RETURN 1",
  ],
  clauses: [
    "OPTIONAL MATCH (a) WHERE b UNWIND c AS d RETURN DISTINCT e AS f, g ORDER BY h, i DESC SKIP 1 LIMIT j",
    "WITH *, a AS b WHERE c WITH DISTINCT d ORDER BY e RETURN *, f.g + 1, `h i`",
    "MERGE (a) ON CREATE SET a.b = 1 ON MATCH SET a += c, a = d, a:E:F",
    "MATCH (a) SET a.b.c = 1 REMOVE a.b, a:C DETACH DELETE a, b DELETE c",
    "FOREACH (a IN b | CREATE (c) FOREACH (d IN e | SET f.g = 1))",
    "CALL a.b",
    "CALL a.b(c, 1) YIELD d, e AS f WHERE g RETURN d",
    "CALL a() YIELD *",
    "CALL a() YIELD -",
    "CALL (a, b) { RETURN 1 AS c UNION RETURN 2 AS c } CALL (*) { RETURN 3 AS d } CALL () { RETURN 4 AS e } RETURN c",
    "CALL { RETURN 1 AS a UNION ALL RETURN 2 AS a } RETURN a UNION RETURN 3 AS a",
  ],
  definitions: [
    "EXPLAIN RETURN 1",
    "SHOW CONSTRAINTS YIELD name AS n WHERE a RETURN n",
    "PROFILE RETURN 1",
    "CREATE INDEX FOR (n:A) ON (n.b)",
    "CREATE INDEX i IF NOT EXISTS FOR ()-[r:A]-() ON (r.b, r.c)",
    "CREATE CONSTRAINT FOR (n:A) REQUIRE n.b IS UNIQUE",
    "CREATE CONSTRAINT c IF NOT EXISTS FOR (n:A) REQUIRE (n.b, n.c) IS NODE KEY",
    "CREATE CONSTRAINT c FOR (n:A) REQUIRE n.b IS NOT NULL",
    "DROP INDEX i IF EXISTS",
    "DROP CONSTRAINT c",
  ],
};

/** Of what is nothing but RETURN only the values, of a query only its clauses. */
function shown(text: string): string {
  const statement = parseCypher(text);
  if (statement.kind !== "ParsedCypherQuery" || statement.parts.length > 1) return compact(statement);
  const { clauses } = statement.parts[0]!;
  const only = clauses.length === 1 ? clauses[0]! : undefined;
  if (only?.kind !== "ParsedReturnClause") return compact(clauses);
  return compact(only.projection.items.map(({ value }) => value));
}

test.each(Object.keys(CLAUSES))("%s", async (clause) => {
  const text = CLAUSES[clause]!.map((statement) => `${statement}\n    ${shown(statement)}\n`).join("\n");
  await expect(text).toMatchFileSnapshot(`golden/${clause}.txt`);
});

test("positions are those of the first character, of operators their own", () => {
  const found: Record<string, number[]> = {};
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) value.forEach(visit);
    if (typeof value !== "object" || value === null || Array.isArray(value)) return;
    const { kind, position } = value as { readonly kind: string; readonly position: number };
    found[kind] = [...(found[kind] ?? []), position];
    Object.values(value).forEach(visit);
  };
  visit(parseCypher("MATCH (a:B)-[r:C*2]->() WHERE NOT a.x = -1 RETURN a:B, f(a)[0]"));
  expect(found).toEqual({
    ParsedCypherQuery: [0],
    ParsedSingleQuery: [0],
    ParsedMatch: [0],
    ParsedPattern: [6],
    ParsedNodePattern: [6, 21],
    ParsedName: [7, 9, 13, 15, 34, 36, 50, 52, 55, 57],
    ParsedRelationshipPattern: [11],
    ParsedRange: [16],
    ParsedNot: [30],
    ParsedBinary: [38],
    ParsedProperty: [35],
    ParsedVariable: [34, 50, 57],
    ParsedNumber: [40, 60],
    ParsedReturnClause: [43],
    ParsedProjection: [50],
    ParsedProjectionItem: [50, 55],
    ParsedLabelTest: [51],
    ParsedSubscript: [59],
    ParsedFunction: [55],
  });
});
