/**
 * Goal: the grammar stays fast: no statement of the corpus needs LL prediction, is ambiguous, or is looked through for more than a
 * few tokens before a decision.
 * Method: ANTLR's profiling simulator over the corpus, which predicts as our parser does (prediction.test.ts). That it
 * would notice is shown on a decision that looks further than one token.
 */
import { expect, test } from "vitest";
import { grammar } from "../../../../../../grammar/generated/CypherParser.ts";
import { tokenize } from "../../../../../../host/query/parser/cypher/lexer.ts";
import { lookOf, slowDecisions } from "../../../../../support/lookahead.ts";
import { CORPUS } from "./corpus.ts";

const LOOK_MAX = 3;

test.each(CORPUS)("%s", (text) => {
  expect(slowDecisions(grammar, tokenize(text).types, LOOK_MAX)).toEqual([]);
});

test("looking ahead is seen", () => {
  expect(lookOf(grammar, tokenize("MATCH (n)-[r:R*1..2]->(m {x: 1}) WHERE (n) - 1 < (m) RETURN n {.*}, [x IN xs | x]").types)).toBeLessThan(
    2,
  );
  expect(lookOf(grammar, tokenize("CREATE INDEX IF NOT EXISTS FOR (n:A) ON (n.x)").types)).toBe(2);
});
