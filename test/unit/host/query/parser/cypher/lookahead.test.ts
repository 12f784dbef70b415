/**
 * Goal: the grammar stays fast: no statement of the corpus needs LL prediction, is ambiguous, or is looked through for more than a
 * few tokens before a decision.
 * Method: ANTLR's profiling simulator over the corpus. That it would notice is shown on a decision that looks further than one token.
 */
import { type DecisionInfo, ProfilingATNSimulator } from "antlr4ng";
import { expect, test } from "vitest";
import type { AtnParser } from "../../../../../../host/query/parser/atn-parser.ts";
import { tokenize } from "../../../../../../host/query/parser/cypher/lexer.ts";
import { cypherParser } from "../../../../../../host/query/parser/cypher/parse.ts";
import { TextTokenStream } from "../../../../../../host/query/parser/tokens.ts";
import { CORPUS } from "./corpus.ts";

const LOOK_MAX = 3;

let parser: AtnParser;

/** What was decided while `text` was parsed. */
function decisions(text: string): readonly DecisionInfo[] {
  parser = cypherParser(new TextTokenStream(tokenize(text), undefined));
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
  expect(look("MATCH (n)-[r:R*1..2]->(m {x: 1}) WHERE (n) - 1 < (m) RETURN n {.*}, [x IN xs | x]")).toBeLessThan(2);
  expect(look("CREATE INDEX IF NOT EXISTS FOR (n:A) ON (n.x)")).toBe(2);
});
