/**
 * Goal: printing loses nothing: parse(print(parse(x))) equals parse(x), and brackets stand only where they are needed.
 * Method: the corpus, texts whose brackets are known, and random statements from seeds.
 */
import { describe, expect, test } from "vitest";
import { printCypher } from "../../../../../../host/query/ast/cypher/print.ts";
import { parseCypher } from "../../../../../../host/query/parser/cypher/parse.ts";
import { CypherGenerator } from "../../../../../support/cypher-generator.ts";
import { createRandom } from "../../../../../support/random.ts";
import { strip } from "./ast.ts";
import { CORPUS } from "./corpus.ts";

const SEEDS = Array.from({ length: 400 }, (_, index) => index + 1);

test.each(CORPUS)("%s", (text) => {
  const parsed = parseCypher(text);
  const printed = printCypher(parsed);
  expect(strip(parseCypher(printed))).toEqual(strip(parsed));
  expect(printCypher(parseCypher(printed))).toBe(printed);
});

describe("texts that are printed as they are", () => {
  test.each([
    "RETURN a + b * c, (a + b) * c, a - (b - c), a - b - c, -a, - -a, -(a + b), NOT a",
    "RETURN a OR b XOR c AND d, ((a OR b) XOR c) AND d, NOT (a AND b), NOT a = b, (NOT a) = b",
    "RETURN a < b < c, (a < b) < c, a < (b < c), a = b IS NULL, (a = b) IS NULL, a IN b IN c, a IN (b IN c)",
    "RETURN -a ^ b, (-a) ^ b",
    "RETURN a ^ b ^ c, a ^ (b ^ c), -5 ^ 2, 2 ^ -1, a - -1, (-5).x, 5.x, (a + b).x, (a + b)[0], a[0][1..2]",
    "RETURN n:A:B, (n:A):B, (n:A).x, n.x:A, NOT n:A, -n:A",
    "RETURN [(x IN xs)], [(x IN xs = y AND z)], [x IN xs = y | x], [(x IN xs) + 1], [y, x IN xs]",
    "MATCH (a)-[r:A|B*1..2 {x: 1}]->(b)<--(c)-[*]-() WHERE (a)-->(c) RETURN [(a)-->(b) | b]",
    "RETURN 'it\\'s', \"no\", `a b`.`c``d`, $`x y`, $1",
  ])("%s", (text) => {
    const expected = text.replace("(-a) ^ b", "-a ^ b").replace('"no"', "'no'");
    expect(printCypher(parseCypher(text))).toBe(expected);
  });
});

test.each(SEEDS)("statement of seed %i", (seed) => {
  const statement = new CypherGenerator(createRandom(seed)).statement(5);
  const text = printCypher(statement);
  expect(strip(parseCypher(text))).toEqual(strip(statement));
});

test("the generator varies", () => {
  const texts = SEEDS.map((seed) => printCypher(new CypherGenerator(createRandom(seed)).statement(5)));
  expect(new Set(texts).size).toBeGreaterThan(SEEDS.length * 0.9);
  for (const word of ["FOREACH", "MERGE", "reduce(", "shortestPath(", "EXISTS {", "UNION", "YIELD", "CALL {", " | ", "CASE"]) {
    expect(texts.filter((text) => text.includes(word)).length, word).toBeGreaterThan(3);
  }
});
