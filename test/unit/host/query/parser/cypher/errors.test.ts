/**
 * Goal: bad statements are refused with openCypher's class and detail and the position, and nothing but a DatabaseError is thrown.
 * Method: texts and their whole messages; then what is too deep or too long.
 */
import { describe, expect, test } from "vitest";
import { DatabaseError } from "../../../../../../host/common/error.ts";
import { fingerprintCypher } from "../../../../../../host/query/parser/cypher/fingerprint.ts";
import { parseCypher } from "../../../../../../host/query/parser/cypher/parse.ts";
import { AST_DEPTH_MAX, NESTING_MAX } from "../../../../../../host/query/parser/depth.ts";

function failure(text: string): DatabaseError {
  try {
    parseCypher(text);
  } catch (error) {
    if (error instanceof DatabaseError) return error;
    throw error;
  }
  throw new Error("it was taken");
}

/** Whether the text is made of tokens; anything but a DatabaseError is thrown on. */
function fingerprinted(text: string): boolean {
  try {
    return fingerprintCypher(text).key.length > 0;
  } catch (error) {
    if (error instanceof DatabaseError) return false;
    throw error;
  }
}

describe("unexpected syntax", () => {
  test.each([
    ["", "unexpected end of input at line 1:1"],
    ["MATCH", "unexpected end of input at line 1:6"],
    ["MATCHE (n)", 'unexpected "MATCHE" at line 1:1'],
    ["MATCH (n)\nWHERE n.x = = 1 RETURN n", 'unexpected "=" at line 2:13'],
    ["MATCH (n) RETURN", "unexpected end of input at line 1:17"],
    ["MATCH (n) RETURN n n", 'unexpected "n" at line 1:20'],
    ["RETURN 1; RETURN 2", 'unexpected "RETURN" at line 1:11'],
    ["RETURN a = NOT b", 'unexpected "NOT" at line 1:12'],
    ["RETURN a + NOT b", 'unexpected "NOT" at line 1:12'],
    ["RETURN n:A.x", 'unexpected "." at line 1:11'],
    ["RETURN (n) {.x}", 'unexpected "{" at line 1:12'],
    ["RETURN 1.f(x)", 'unexpected "(" at line 1:11'],
    ["RETURN sum(*)", 'unexpected "*" at line 1:12'],
    ["RETURN all(x IN xs)", 'unexpected ")" at line 1:19'],
    ["RETURN any(x WHERE y)", 'unexpected ")" at line 1:21'],
    ["RETURN single(x IN xs WHERE x | x)", 'unexpected "|" at line 1:31'],
    ["RETURN size(x IN xs WHERE x)", 'unexpected "WHERE" at line 1:21'],
    ["RETURN reduce(a = 0, x IN xs)", 'unexpected ")" at line 1:29'],
    ["RETURN reduce(a, x IN xs | a)", 'unexpected ")" at line 1:29'],
    ["RETURN [x, y | x]", 'unexpected "|" at line 1:14'],
    ["RETURN [x WHERE y]", 'unexpected "WHERE" at line 1:11'],
    ["RETURN [(a)-->(b) WHERE a]", 'unexpected "]" at line 1:26'],
    ["RETURN shortestPath(a)", 'unexpected ")" at line 1:22'],
    ["MATCH p = foo((a)-->(b)) RETURN p", 'unexpected "(" at line 1:14'],
    ["MATCH shortestPath(a)-->(b) RETURN a", 'unexpected "a" at line 1:20'],
    ["CREATE p = shortestPath((a)-[:R]->(b))", 'unexpected "shortestPath" at line 1:12'],
    ["RETURN filter(x IN xs WHERE x | x)", 'unexpected "WHERE" at line 1:23'],
    ["MATCH (a)-[r*1..2 WHERE r.x = 1]->(b) RETURN a", 'unexpected "WHERE" at line 1:19'],
    ["CREATE (a:A WHERE a.x = 1)", 'unexpected "WHERE" at line 1:13'],
    ["MERGE (a)-[:R WHERE true]->(b)", 'unexpected "WHERE" at line 1:15'],
    ["MATCH (a) WHERE (a)-->(b WHERE b.x = 1) RETURN a", 'unexpected "WHERE" at line 1:26'],
    ["SHOW", "unexpected end of input at line 1:5"],
    ["SHOW FAST INDEXES", 'unexpected "FAST" at line 1:6'],
    ["SHOW INDEXES YIELD name + 'x'", 'unexpected "name" at line 1:20'],
    ["SHOW INDEXES YIELD name RETURN", "unexpected end of input at line 1:31"],
    ["SHOW INDEXES RETURN name", 'unexpected "RETURN" at line 1:14'],
    ["MATCH (a)-[r RETURN r", 'unexpected "RETURN" in a relationship at line 1:14 InvalidRelationshipPattern'],
    ["MATCH (a)-[:R*1.5]->(b) RETURN a", 'unexpected "1.5" at line 1:15'],
    ["RETURN {1: 2}", 'unexpected "1" at line 1:9'],
    ["RETURN a[]", 'unexpected "]" at line 1:10'],
    ["MATCH (n) SET n", "unexpected end of input at line 1:16"],
    ["MATCH (n) SET n.x += 1", 'unexpected "+=" at line 1:19'],
    ["MATCH (n) SET n.x:A", "unexpected end of input at line 1:20"],
    ["MATCH (n) REMOVE n", "unexpected end of input at line 1:19"],
    ["CREATE INDEX FOR (n:A) ON (m.x)", 'unexpected "m" at line 1:28'],
    ["MATCH (n) CREATE INDEX FOR (n:A) ON (n.x)", 'unexpected "INDEX" at line 1:18'],
    ["RETURN a # b", 'unexpected "#" at line 1:10'],
    ["RETURN 'a\\qb'", 'unexpected "\\q" at line 1:10'],
    ["RETURN 'abc", "unterminated string at line 1:8"],
    ["RETURN `abc", "unterminated quoted name at line 1:8"],
    ["RETURN $", 'unexpected "$" at line 1:8'],
    ["RETURN 1 /* x", "unterminated /* comment at line 1:10"],
    ["RETURN '\0'", "a statement cannot contain NUL at line 1:9"],
    ["MATCH (n) RETURN size((n)-->())", "a pattern can only stand where a condition is asked for at line 1:23"],
    ["MATCH (n) WITH (n)-->() AS x RETURN x", "a pattern can only stand where a condition is asked for at line 1:16"],
    ["MATCH (n) WHERE CASE n WHEN (n)-->() THEN 1 END RETURN n", "a pattern can only stand where a condition is asked for at line 1:29"],
    ["MATCH (n) WHERE size((n)-->()) > 1 RETURN n", "a pattern can only stand where a condition is asked for at line 1:22"],
  ])("%s", (text, expected) => {
    const detail = /\b\w+Pattern$/.exec(expected)?.[0];
    const message = `${expected.replace(/ \w+Pattern$/, "")} [SyntaxError: ${detail ?? "UnexpectedSyntax"}]`;
    expect(failure(text)).toMatchObject({ code: "CYPHER_SYNTAX", message });
  });
});

describe("what Neo4j has is named", () => {
  test.each([
    ["LOAD CSV WITH HEADERS FROM 'a.csv' AS row RETURN row", "LOAD CSV is not supported (use UNWIND of a parameter) at line 1:1"],
    ["USING PERIODIC COMMIT 500 LOAD CSV FROM 'a' AS row RETURN row", "USING PERIODIC COMMIT is not supported at line 1:1"],
    ["MATCH (n:A) USING INDEX n:A(x) RETURN n", "the hint USING INDEX is not supported at line 1:13"],
    ["UNWIND [1] AS i CALL { WITH i CREATE () } IN TRANSACTIONS", "CALL { } IN TRANSACTIONS is not supported at line 1:43"],
    [
      "CREATE INDEX ON :A(x)",
      "CREATE INDEX ON :Label(property) is not supported (use CREATE INDEX FOR (n:Label) ON (n.property)) at line 1:14",
    ],
    [
      "CREATE CONSTRAINT ON (n:A) ASSERT n.x IS UNIQUE",
      "CREATE CONSTRAINT ON ... ASSERT is not supported (use FOR ... REQUIRE) at line 1:19",
    ],
    ["CREATE FULLTEXT INDEX x FOR (n:A) ON EACH [n.x]", "a FULLTEXT index is not supported at line 1:38"],
    ["CREATE Text INDEX FOR (n:A) ON (n.x)", "a TEXT index is not supported at line 1:8"],
    ["RETURN 1 IS :: INTEGER", "a type predicate (IS ::) is not supported (use valueType()) at line 1:13"],
    ["RETURN 'a' || 'b'", "the operator || is not supported (use +) at line 1:12"],
    ["RETURN 1 != 2", "the operator != is not supported (use <>) at line 1:10"],
    ["MATCH (a:A|B) RETURN a", 'a label expression with "|" is not supported (use WHERE n:A OR n:B) at line 1:11'],
    ["MATCH (a) WHERE a:A|B RETURN a", 'a label expression with "|" is not supported (use WHERE n:A OR n:B) at line 1:20'],
    ["MATCH (a:!A) RETURN a", 'a label expression with "!" is not supported at line 1:10'],
    ["MATCH (a:A&B) RETURN a", 'a label expression with "&" is not supported at line 1:11'],
    ["MATCH (a IS A) RETURN a", "a label expression with IS is not supported (use :) at line 1:10"],
    ["MATCH (a)-[:R]->{1,3}(b) RETURN b", "a quantified path pattern is not supported (use -[*1..2]->) at line 1:17"],
    ["MATCH (a)-->+(b) RETURN b", "a quantified path pattern is not supported (use -[*1..2]->) at line 1:13"],
    ["MATCH ((a)-->(b)){2} RETURN b", "a quantified path pattern is not supported (use -[*1..2]->) at line 1:18"],
    ["LET x = 1 RETURN x", "LET is not supported at line 1:1"],
    ["MATCH (n) FILTER n.x = 1 RETURN n", "FILTER is not supported at line 1:11"],
    ["SHOW DATABASES", "SHOW DATABASES is not supported at line 1:6"],
  ])("%s", (text, expected) => {
    expect(failure(text)).toMatchObject({ code: "CYPHER_SYNTAX", message: `${expected} [SyntaxError: NotSupported]` });
  });
});

describe("openCypher's details", () => {
  test.each([
    ["RETURN 12h", 'invalid number "12h" at line 1:8 [SyntaxError: InvalidNumberLiteral]'],
    ["RETURN 0o8", 'invalid number "0o8" at line 1:8 [SyntaxError: InvalidNumberLiteral]'],
    ["RETURN 089", 'invalid number "089" at line 1:8 [SyntaxError: InvalidNumberLiteral]'],
    ["RETURN 9223372036854775808", "the integer is too large at line 1:8 [SyntaxError: IntegerOverflow]"],
    ["RETURN -9223372036854775809", "the integer is too large at line 1:9 [SyntaxError: IntegerOverflow]"],
    ["RETURN 1 - 9223372036854775808", "the integer is too large at line 1:12 [SyntaxError: IntegerOverflow]"],
    ["RETURN -(9223372036854775808)", "the integer is too large at line 1:10 [SyntaxError: IntegerOverflow]"],
    ["RETURN 0x8000000000000000", "the integer is too large at line 1:8 [SyntaxError: IntegerOverflow]"],
    ["RETURN 1.34E999", "the floating point number is too large at line 1:8 [SyntaxError: FloatingPointOverflow]"],
    ["MATCH (a)-[*9007199254740992]->() RETURN a", "the integer is too large at line 1:13 [SyntaxError: IntegerOverflow]"],
    ["RETURN '\\uH'", "invalid Unicode escape at line 1:9 [SyntaxError: InvalidUnicodeLiteral]"],
    ["RETURN 'a\\U00110000'", "invalid Unicode escape at line 1:10 [SyntaxError: InvalidUnicodeLiteral]"],
    ["RETURN '\\ud800'", "invalid Unicode surrogate pair at line 1:8 [SyntaxError: InvalidUnicodeLiteral]"],
    ["RETURN 42 — 41", 'invalid character "—" at line 1:11 [SyntaxError: InvalidUnicodeCharacter]'],
    ["RETURN 💥", 'invalid character "💥" at line 1:8 [SyntaxError: InvalidUnicodeCharacter]'],
    ["MATCH (a)-[:LIKES..]->(c) RETURN c", 'unexpected ".." in a relationship at line 1:18 [SyntaxError: InvalidRelationshipPattern]'],
    [
      "MATCH p = shortestPath((a)-->()-->(c)) RETURN p",
      "a shortest path goes over exactly one relationship at line 1:23 [SyntaxError: InvalidRelationshipPattern]",
    ],
    [
      "MATCH (n $p) RETURN n",
      "a parameter cannot hold the properties of what MATCH looks for at line 1:10 [SyntaxError: InvalidParameterUse]",
    ],
    ["MERGE (n $p)", "a parameter cannot hold the properties of what MERGE looks for at line 1:10 [SyntaxError: InvalidParameterUse]"],
    ["CREATE ()-[:R*2]->()", "CREATE cannot make relationships of variable length at line 1:10 [SyntaxError: CreatingVarLength]"],
    ["CREATE ()-->()", "CREATE makes a relationship of exactly one type at line 1:10 [SyntaxError: NoSingleRelationshipType]"],
    ["MERGE (a)-[:A|B]->(b)", "MERGE makes a relationship of exactly one type at line 1:10 [SyntaxError: NoSingleRelationshipType]"],
    ["CREATE (a)-[:R]-(b)", "CREATE makes relationships with one direction at line 1:11 [SyntaxError: RequiresDirectedRelationship]"],
    ["MATCH (n) DELETE n:A", "DELETE takes nodes, relationships and paths; REMOVE takes labels at line 1:18 [SyntaxError: InvalidDelete]"],
    [
      "RETURN 1 AS a UNION RETURN 2 AS a UNION ALL RETURN 3 AS a",
      "UNION and UNION ALL cannot be combined at line 1:35 [SyntaxError: InvalidClauseComposition]",
    ],
    ["RETURN 1 MATCH (n) RETURN n", "RETURN can only stand at the end of a query at line 1:1 [SyntaxError: InvalidClauseComposition]"],
    ["CREATE (a) MATCH (b) RETURN b", "WITH is required between CREATE and MATCH at line 1:12 [SyntaxError: InvalidClauseComposition]"],
    ["MATCH (n)", "a query cannot end in MATCH at line 1:1 [SyntaxError: InvalidClauseComposition]"],
    ["OPTIONAL MATCH (n)", "a query cannot end in MATCH at line 1:1 [SyntaxError: InvalidClauseComposition]"],
    ["MATCH (n) WITH n", "a query cannot end in WITH at line 1:11 [SyntaxError: InvalidClauseComposition]"],
    ["MATCH (n) FOREACH (x IN [1] | MATCH (m))", "MATCH cannot stand in FOREACH at line 1:31 [SyntaxError: InvalidClauseComposition]"],
    [
      "MATCH (n) WHERE EXISTS { MATCH (m) SET m.x = 1 } RETURN n",
      "SET cannot stand in EXISTS at line 1:36 [SyntaxError: InvalidClauseComposition]",
    ],
    [
      "MATCH (n) WHERE EXISTS { CALL { CREATE (m) RETURN m } RETURN m } RETURN n",
      "CREATE cannot stand in EXISTS at line 1:33 [SyntaxError: InvalidClauseComposition]",
    ],
  ])("%s", (text, message) => {
    expect(failure(text)).toMatchObject({ code: "CYPHER_SYNTAX", message });
  });
});

describe("depth", () => {
  const repeated = (open: string, middle: string, close: string, count: number): string =>
    `RETURN ${open.repeat(count)}${middle}${close.repeat(count)}`;
  const forms: readonly (readonly [string, string, string])[] = [
    ["(", "1", ")"],
    ["[", "1", "]"],
    ["{a: ", "1", "}"],
    ["f(", "1", ")"],
    ["a[", "1", "]"],
    ["a {b: ", "1", "}"],
    ["CASE WHEN ", "1", " THEN 2 END"],
    ["EXISTS { MATCH (n) WHERE ", "true", " }"],
    ["NOT ", "a", ""],
    ["- ", "a", ""],
  ];

  test.each(forms)("%s at the limit", (open, middle, close) => {
    // A query in EXISTS is three nodes deep, and its body another.
    const most = open.startsWith("EXISTS") ? NESTING_MAX / 2 : NESTING_MAX;
    expect(parseCypher(repeated(open, middle, close, most)).kind).toBe("ParsedCypherQuery");
    expect(failure(repeated(open, middle, close, NESTING_MAX + 1)).message).toContain("[SyntaxError: NestingTooDeep]");
    expect(failure(repeated(open, middle, close, 10_000)).message).toMatch(
      /^the statement nests too deep at line 1:\d+ \[SyntaxError: NestingTooDeep\]$/,
    );
  });

  test("brackets that do not close", () => {
    for (const open of ["(", "[", "{a:", "(a {b:", "EXISTS {"]) {
      expect(failure(`RETURN ${open.repeat(10_000)}`).message).toContain("NestingTooDeep");
    }
    expect(failure(`MATCH ${"(".repeat(10_000)}`).message).toContain("NestingTooDeep");
  });

  test("chains", () => {
    expect(parseCypher(`RETURN 1${" + 1".repeat(AST_DEPTH_MAX - 10)}`).kind).toBe("ParsedCypherQuery");
    expect(failure(`RETURN 1${" + 1".repeat(10_000)}`).message).toContain("NestingTooDeep");
    expect(failure(`RETURN a${".b".repeat(10_000)}`).message).toContain("NestingTooDeep");
  });

  test("what is flat", () => {
    expect(parseCypher(`RETURN a${" AND a".repeat(10_000)}${" OR b".repeat(10_000)}${" XOR c".repeat(10_000)}`).kind).toBe(
      "ParsedCypherQuery",
    );
    expect(parseCypher(`RETURN a${" < a".repeat(10_000)}`).kind).toBe("ParsedCypherQuery");
    expect(parseCypher(`RETURN [1${", 1".repeat(200_000)}]`).kind).toBe("ParsedCypherQuery");
    expect(parseCypher(`RETURN n${":A".repeat(10_000)}`).kind).toBe("ParsedCypherQuery");
    expect(parseCypher(`MATCH (a)${"-->(a)".repeat(10_000)} RETURN a`).kind).toBe("ParsedCypherQuery");
    expect(parseCypher(`RETURN 1 AS x${" UNION RETURN 1 AS x".repeat(5000)}`).kind).toBe("ParsedCypherQuery");
    expect(parseCypher(`WITH 1 AS x${" WITH 1 AS x".repeat(5000)} RETURN x`).kind).toBe("ParsedCypherQuery");
  });

  test("CASE and END as names do not count", () => {
    expect(parseCypher(`MATCH (t:End) RETURN 1${", t.case, t.end".repeat(1000)}`).kind).toBe("ParsedCypherQuery");
  });
});

test("the time for long nonsense grows with its length", () => {
  const texts = [
    "RETURN ".repeat(40_000),
    "RETURN EXISTS {".repeat(20_000),
    `RETURN a${"-".repeat(100_000)}1`,
    `RETURN ${"(a)-[b]-".repeat(30_000)}`,
    `MATCH ${"(a {b: ".repeat(40_000)}`,
  ];
  for (const text of texts) {
    expect(failure(text).message).toContain("[SyntaxError: ");
    expect(fingerprinted(text)).toBe(true);
  }
});

test("a statement of a megabyte", () => {
  const text = `UNWIND [${Array.from({ length: 50_000 }, (_, row) => `{id: ${row}, name: 'x'}`).join(", ")}] AS r CREATE (:A {id: r.id})`;
  expect(text.length).toBeGreaterThan(1_000_000);
  expect(parseCypher(text).kind).toBe("ParsedCypherQuery");
  expect(parseCypher(`RETURN '${"x".repeat(2_000_000)}'`).kind).toBe("ParsedCypherQuery");
});
