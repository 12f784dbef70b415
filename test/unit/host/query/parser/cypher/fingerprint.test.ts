/**
 * Goal: texts that differ only in literals which a plan may not look at have one key, all others have different ones, and what is lifted
 * is what the AST says.
 * Method: pairs of texts; whole keys; then the corpus and random statements, where a text with other literals of the same classes has
 * the same key, and its AST is the first one with the literals put in.
 */
import { describe, expect, test } from "vitest";
import { printCypher } from "../../../../../../host/query/ast/cypher/print.ts";
import {
  fingerprintCypher,
  type LiftedCypherLiteral,
  parseCypherFingerprint,
} from "../../../../../../host/query/parser/cypher/fingerprint.ts";
import { parseCypher } from "../../../../../../host/query/parser/cypher/parse.ts";
import { CypherGenerator } from "../../../../../support/cypher-generator.ts";
import { substitute, vary } from "../../../../../support/lifted-literals.ts";
import { createRandom } from "../../../../../support/random.ts";
import { CORPUS, DEFINITIONS } from "./corpus.ts";

/** The key with readable marks. */
function key(text: string): string {
  return fingerprintCypher(text).key.replaceAll("\0", ".");
}

describe("one key", () => {
  test.each([
    ["MATCH (n:A {x: 1}) RETURN n", "MATCH (n:A {x: 2}) RETURN n"],
    ["MATCH (n) WHERE n.x = 'a' RETURN n", 'MATCH (n) WHERE n.x = "it\'s" RETURN n'],
    ["MATCH (n) WHERE n.x = -1 RETURN n", "MATCH (n) WHERE n.x = -0x1F RETURN n"],
    ["MATCH (n) WHERE n.x = 1.5 RETURN n", "MATCH (n) WHERE n.x = 2e3 RETURN n"],
    ["MATCH (n) RETURN n.x + 1 AS y", "MATCH (n) RETURN n.x + 2 AS y"],
    ["MATCH (n) WHERE n.x IN [1, 1] RETURN n", "MATCH (n) WHERE n.x IN [1, 2] RETURN n"],
    ["CREATE (:A {x: 1})", "CREATE (:A {x: 2})"],
    ["MATCH (n) WHERE EXISTS { MATCH (m) WHERE m.x = 1 } RETURN n", "MATCH (n) WHERE EXISTS { MATCH (m) WHERE m.x = 2 } RETURN n"],
    ["MATCH (n) WHERE n.x STARTS WITH 'a' RETURN n.y", "MATCH (n) WHERE n.x STARTS WITH 'b' RETURN n.y"],
    ["MATCH (n) FOREACH (x IN [1] | SET n.x = 3)", "MATCH (n) FOREACH (x IN [2] | SET n.x = 4)"],
  ])("%s and %s", (left, right) => {
    expect(fingerprintCypher(left).key).toBe(fingerprintCypher(right).key);
  });
});

describe("different keys", () => {
  test.each([
    ["MATCH (n) WHERE n.x = 1 RETURN n", "MATCH (n) WHERE n.x = 1.0 RETURN n"],
    ["MATCH (n) WHERE n.x = 1 RETURN n", "MATCH (n) WHERE n.x = '1' RETURN n"],
    ["MATCH (n) WHERE n.x = 1 RETURN n", "MATCH (n) WHERE n.x = null RETURN n"],
    ["RETURN -9223372036854775807 AS x", "RETURN -9223372036854775808 AS x"],
    ["RETURN 9223372036854775808 AS x", "RETURN 9223372036854775809 AS x"],
    ["RETURN 1e400 AS x", "RETURN 1e401 AS x"],
    ["MATCH (n) RETURN n.x + 1", "MATCH (n) RETURN n.x + 2"],
    ["MATCH (n) RETURN n.as + 1", "MATCH (n) RETURN n.as + 2"],
    ["MATCH (n) RETURN n.order + 1", "MATCH (n) RETURN n.order + 2"],
    ["MATCH (n) RETURN [x IN n.xs WHERE x > 1 | x]", "MATCH (n) RETURN [x IN n.xs WHERE x > 2 | x]"],
    ["MATCH (n) RETURN EXISTS { MATCH (n) WHERE n.x = 1 }", "MATCH (n) RETURN EXISTS { MATCH (n) WHERE n.x = 2 }"],
    ["MATCH (n) RETURN n.x, 1 ORDER BY n.x + 1", "MATCH (n) RETURN n.x, 1 ORDER BY n.x + 2"],
    ["WITH n.x + 1 AS y ORDER BY n.x + 1 RETURN y", "WITH n.x + 1 AS y ORDER BY n.x + 2 RETURN y"],
    ["RETURN n.x + 1 AS y, n.x + 1 AS z", "RETURN n.x + 1 AS y, n.x + 2 AS z"],
    ["MATCH (n) RETURN n LIMIT 1", "MATCH (n) RETURN n LIMIT 2"],
    ["MATCH (n) RETURN n SKIP 1 LIMIT 1", "MATCH (n) RETURN n SKIP 2 LIMIT 1"],
    ["MATCH (n) WITH n LIMIT 1 RETURN n", "MATCH (n) WITH n LIMIT 2 RETURN n"],
    ["MATCH (n) CALL { WITH n RETURN 1 AS x LIMIT 1 } RETURN x", "MATCH (n) CALL { WITH n RETURN 1 AS x LIMIT 2 } RETURN x"],
    ["MATCH ()-[*1]->() RETURN 1 AS x", "MATCH ()-[*2]->() RETURN 1 AS x"],
    ["MATCH ()-[r:A*1..2]->() RETURN r", "MATCH ()-[r:A*1..3]->() RETURN r"],
    ["MATCH ()-[r*..2 {x: 1}]->() RETURN r", "MATCH ()-[r*..3 {x: 1}]->() RETURN r"],
    ["MATCH ()-[:`R`*2..]->() RETURN 1 AS x", "MATCH ()-[:`R`*3..]->() RETURN 1 AS x"],
    ["EXPLAIN RETURN 1 AS x", "EXPLAIN RETURN 2 AS x"],
    ["MATCH (n) RETURN n", "MATCH (m) RETURN m"],
    ["RETURN a AS `x`", "RETURN 1 AS `x`"],
  ])("%s and %s", (left, right) => {
    expect(fingerprintCypher(left).key).not.toBe(fingerprintCypher(right).key);
  });
});

test("keys", () => {
  expect(
    key("MATCH (n:A {x: 1})-[*1..2]->(m {y: 'b'}) WHERE n.z > 1 RETURN n.x + 1.5 AS s ORDER BY n.x + 1.5, n.x + 2 SKIP 3 LIMIT 4"),
  ).toBe(
    "MATCH (n:A {x: .i0;})-[*1..2]->(m {y: .s1;}) WHERE n.z > .i2; RETURN n.x + .f3; AS s ORDER BY n.x + .f3;, n.x + .i4; SKIP 3 LIMIT 4",
  );
  expect(key("UNWIND [1, 1] AS x WITH x + 1 AS y, 1 AS z WHERE y = 1 RETURN y, z, 5 UNION RETURN 1 AS y, 2 AS z, 3 AS w")).toBe(
    "UNWIND [.i0;, .i1;] AS x WITH x + .i2; AS y, .i2; AS z WHERE y = .i3; RETURN y, z, 5 UNION RETURN .i2; AS y, .i4; AS z, .i5; AS w",
  );
  expect(key("MERGE (a {x: -9223372036854775808}) ON CREATE SET a.y = 1 SET a += {z: 'q', limit: 2}")).toBe(
    "MERGE (a {x: -.j0;}) ON CREATE SET a.y = .i1; SET a += {z: .s2;, limit: .i3;}",
  );
});

test("literals come in order with value and position", () => {
  expect(fingerprintCypher("MATCH (n {a: 'it\\'s', b: 0x1F}) WHERE n.x > -1.50 RETURN n").literals).toEqual([
    { type: "string", value: "it's", position: 13 },
    { type: "integer", value: "31", position: 25 },
    { type: "float", value: "1.50", position: 45 },
  ]);
});

test("definitions keep all of their text", () => {
  for (const text of DEFINITIONS) expect(fingerprintCypher(text)).toMatchObject({ key: text, literals: [] });
});

const OTHERS: Parameters<typeof vary<LiftedCypherLiteral["type"]>>[1] = {
  integer: { value: (slot) => String(1_000_000 + slot) },
  float: { value: (slot) => `${slot}.25` },
  string: { value: (slot) => `other ${slot}`, quote: "'" },
};

/** Answers how many literals were lifted. Columns keep their names, too: nothing is taken out of what is compared. */
function checkLifting(text: string): number {
  const found = fingerprintCypher(text);
  const parsed = parseCypherFingerprint(found);
  const used = new Set<number>();
  expect(substitute(parsed, found.literals, used)).toEqual(substitute(parseCypher(text), [], new Set()));
  expect([...used].sort((left, right) => left - right)).toEqual(found.literals.map((_, slot) => slot));
  const other = vary(found, OTHERS);
  const again = fingerprintCypher(other);
  expect(again.key).toBe(found.key);
  expect(substitute(parsed, again.literals, used)).toEqual(substitute(parseCypher(other), [], new Set()));
  return found.literals.length;
}

describe("lifting from the corpus", () => {
  test.each(CORPUS)("%s", (text) => {
    checkLifting(text);
  });
});

test("lifting from random statements, seeds 1 to 400", () => {
  let lifted = 0;
  for (let seed = 1; seed <= 400; seed++) lifted += checkLifting(printCypher(new CypherGenerator(createRandom(seed)).statement(4)));
  expect(lifted).toBeGreaterThan(400);
});
