/**
 * Goal: the grammar's lists of words agree with each other and with what openCypher reserves.
 * Method: the lists are read from the grammar and checked by parsing each word in each place.
 */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { KEYWORDS } from "../../../../../../host/query/parser/cypher/lexer.ts";
import { parseCypher } from "../../../../../../host/query/parser/cypher/parse.ts";

const GRAMMAR = readFileSync(new URL("../../../../../../grammar/CypherParser.g4", import.meta.url), "utf8");

/** The tokens of a rule that is a choice of tokens. */
function rule(name: string): ReadonlySet<string> {
  const body = new RegExp(`^${name} :([^;]*);`, "m").exec(GRAMMAR)![1]!;
  return new Set(body.split("|").map((word) => word.trim().toLowerCase()));
}

function accepts(text: string): boolean {
  try {
    parseCypher(text);
    return true;
  } catch {
    return false;
  }
}

/** Those of openCypher 9's ReservedWord that its grammar uses. */
const RESERVED =
  `all and as asc ascending by case constraint contains create delete desc descending detach distinct drop else end ends exists
  false for in is limit match merge not null on optional or order remove require return set skip starts then true union unique unwind when
  where with xor`.split(/\s+/);
/** Reserved, and the grammar has no use for them: names like others. */
const UNUSED = ["add", "do", "mandatory", "of", "scalar"];
/** Words that other dialects reserve. */
const FREE = ["count", "filter", "extract", "any", "none", "single", "shortestPath", "reduce", "assert", "using"];

const words = [...KEYWORDS.keys()];
const free = words.filter((word) => !RESERVED.includes(word));

test("every reserved word is a token, the others are names", () => {
  expect(RESERVED.filter((word) => !KEYWORDS.has(word))).toEqual([]);
  expect([...rule("word")].sort()).toEqual(["ident", "quoted_ident", ...words].sort());
  expect([...rule("name")].sort()).toEqual(["ident", "quoted_ident", ...free].sort());
});

describe.each([...free, ...UNUSED, ...FREE])("%s", (word) => {
  test("is a name", () => {
    expect(accepts(`MATCH (${word})-[${word.toUpperCase()}]->() WHERE ${word}.x = 1 RETURN ${word} ORDER BY ${word}`)).toBe(true);
    expect(accepts(`MATCH ${word} = () UNWIND ${word} AS ${word} WITH 1 AS ${word} SET ${word} = 1, ${word}.x = 1`)).toBe(true);
    expect(accepts(`RETURN ${word} {${word}}`)).toBe(true);
  });
});

describe.each(RESERVED)("%s", (word) => {
  test("is reserved, but a label, a type, a key and a parameter", () => {
    expect(accepts(`MATCH (${word}) RETURN 1`)).toBe(false);
    expect(accepts(`RETURN 1 AS ${word}`)).toBe(false);
    expect(accepts(`RETURN 1 AS \`${word}\``)).toBe(true);
    expect(
      accepts(`MATCH (n:${word}:${word.toUpperCase()} {${word}: $${word}})-[:${word}|${word}]->() RETURN n.${word}, {${word}: 1}`),
    ).toBe(true);
    expect(accepts(`CALL ${word}.${word}()`)).toBe(true);
  });
});
