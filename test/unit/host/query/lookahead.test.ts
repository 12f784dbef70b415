/**
 * Goal: the grammar stays fast: no statement of the corpus needs LL prediction, is ambiguous, or is looked through for more than a
 * few tokens before a decision.
 * Method: ANTLR's profiling simulator over the corpus. That it would notice is shown on a grammar's decision that is known to look
 * further than one token.
 */
import { expect, test } from "vitest";
import type { AtnParser } from "../../../../host/query/parser/atn-parser.ts";
import { tokenize } from "../../../../host/query/parser/sql/lexer.ts";
import { sqlParser } from "../../../../host/query/parser/sql/parse.ts";
import { TextTokenStream } from "../../../../host/query/parser/tokens.ts";
import { lookOf, slowDecisions } from "../../../support/lookahead.ts";
import { CORPUS } from "./corpus.ts";

const LOOK_MAX = 4;

function parserOf(text: string): AtnParser {
  return sqlParser(new TextTokenStream(tokenize(text), undefined));
}

test.each(CORPUS)("%s", (text) => {
  expect(slowDecisions(parserOf(text), LOOK_MAX)).toEqual([]);
});

test("looking ahead is seen", () => {
  expect(lookOf(parserOf("SELECT 1"))).toBeLessThan(2);
  expect(lookOf(parserOf("INSERT INTO t SELECT * FROM a JOIN b ON a.x = b.x ON CONFLICT ON CONSTRAINT c DO NOTHING"))).toBeGreaterThan(2);
});
