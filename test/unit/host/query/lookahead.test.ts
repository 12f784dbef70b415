/**
 * Goal: the grammar stays fast: no statement of the corpus needs LL prediction, is ambiguous, or is looked through for more than a
 * few tokens before a decision.
 * Method: ANTLR's profiling simulator over the corpus, which predicts as our parser does (prediction.test.ts). That it
 * would notice is shown on a grammar's decision that is known to look further than one token.
 */
import { expect, test } from "vitest";
import { grammar } from "../../../../grammar/generated/SqlParser.ts";
import { tokenize } from "../../../../host/query/parser/sql/lexer.ts";
import { lookOf, slowDecisions } from "../../../support/lookahead.ts";
import { CORPUS } from "./corpus.ts";

const LOOK_MAX = 4;

test.each(CORPUS)("%s", (text) => {
  expect(slowDecisions(grammar, tokenize(text).types, LOOK_MAX)).toEqual([]);
});

test("looking ahead is seen", () => {
  expect(lookOf(grammar, tokenize("SELECT 1").types)).toBeLessThan(2);
  expect(
    lookOf(grammar, tokenize("INSERT INTO t SELECT * FROM a JOIN b ON a.x = b.x ON CONFLICT ON CONSTRAINT c DO NOTHING").types),
  ).toBeGreaterThan(2);
});
