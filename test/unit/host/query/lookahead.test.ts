/**
 * Goal: the grammar stays fast: no statement of the corpus needs LL prediction, is ambiguous, or is looked through for more than a
 * few tokens before a decision.
 * Method: ANTLR's profiling simulator over the corpus. That it would notice is shown on a grammar's decision that is known to look
 * further than one token.
 */
import { type DecisionInfo, ProfilingATNSimulator } from "antlr4ng";
import { expect, test } from "vitest";
import type { AtnParser } from "../../../../host/query/parser/atn-parser.ts";
import { tokenize } from "../../../../host/query/parser/sql/lexer.ts";
import { sqlParser } from "../../../../host/query/parser/sql/parse.ts";
import { TextTokenStream } from "../../../../host/query/parser/tokens.ts";
import { CORPUS } from "./corpus.ts";

const LOOK_MAX = 4;

let parser: AtnParser;

/** What was decided while `text` was parsed. */
function decisions(text: string): readonly DecisionInfo[] {
  parser = sqlParser(new TextTokenStream(tokenize(text), undefined));
  const simulator = new ProfilingATNSimulator(parser);
  parser.interpreter = simulator;
  parser.parse();
  return simulator.getDecisionInfo();
}

function ruleOf(decision: number): string {
  return parser.ruleNames[parser.atn.decisionToState[decision]!.ruleIndex]!;
}

test.each(CORPUS)("%s", (text) => {
  const found = decisions(text).filter((info) => info.sllMaxLook > LOOK_MAX || info.llFallback > 0 || info.ambiguities.length > 0);
  expect(found.map((info) => `${ruleOf(info.decision)} looks ${info.sllMaxLook} tokens ahead, LL ${info.llFallback} times`)).toEqual([]);
});

test("looking ahead is seen", () => {
  const look = (text: string): number => Math.max(...decisions(text).map((info) => info.sllMaxLook));
  expect(look("SELECT 1")).toBeLessThan(2);
  expect(look("INSERT INTO t SELECT * FROM a JOIN b ON a.x = b.x ON CONFLICT ON CONSTRAINT c DO NOTHING")).toBeGreaterThan(2);
});
