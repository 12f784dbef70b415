/**
 * Goal: the grammar stays fast: no statement of the corpus needs LL prediction, is ambiguous, or is looked through for more than a
 * few tokens before a decision.
 * Method: ANTLR's profiling simulator over the corpus. That it would notice is shown on a decision that looks further than one token.
 */
import { expect, test } from "vitest";
import type { AtnParser } from "../../../../../../host/query/parser/atn-parser.ts";
import { tokenize } from "../../../../../../host/query/parser/cypher/lexer.ts";
import { cypherParser } from "../../../../../../host/query/parser/cypher/parse.ts";
import { TextTokenStream } from "../../../../../../host/query/parser/tokens.ts";
import { lookOf, slowDecisions } from "../../../../../support/lookahead.ts";
import { CORPUS } from "./corpus.ts";

const LOOK_MAX = 3;

function parserOf(text: string): AtnParser {
  return cypherParser(new TextTokenStream(tokenize(text), undefined));
}

test.each(CORPUS)("%s", (text) => {
  expect(slowDecisions(parserOf(text), LOOK_MAX)).toEqual([]);
});

test("looking ahead is seen", () => {
  expect(lookOf(parserOf("MATCH (n)-[r:R*1..2]->(m {x: 1}) WHERE (n) - 1 < (m) RETURN n {.*}, [x IN xs | x]"))).toBeLessThan(2);
  expect(lookOf(parserOf("CREATE INDEX IF NOT EXISTS FOR (n:A) ON (n.x)"))).toBe(2);
});
