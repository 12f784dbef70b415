/**
 * How far ANTLR looks ahead while a text is parsed, by its profiling simulator.
 */
import { type DecisionInfo, ProfilingATNSimulator } from "antlr4ng";
import type { AtnParser } from "../../host/query/parser/atn-parser.ts";

/** What was decided while the parser, which has its tokens and is new, went through them. */
function decisions(parser: AtnParser): readonly DecisionInfo[] {
  const simulator = new ProfilingATNSimulator(parser);
  parser.interpreter = simulator;
  parser.parse();
  return simulator.getDecisionInfo();
}

/** Most tokens that were looked at before a decision; of decisions that one token decides, none is. */
export function lookOf(parser: AtnParser): number {
  return Math.max(...decisions(parser).map((info) => info.sllMaxLook));
}

/** Decisions that looked at more than `lookMax` tokens, needed LL prediction, or were ambiguous: a line each. */
export function slowDecisions(parser: AtnParser, lookMax: number): readonly string[] {
  const slow = decisions(parser).filter((info) => info.sllMaxLook > lookMax || info.llFallback > 0 || info.ambiguities.length > 0);
  return slow.map(({ decision, sllMaxLook, llFallback }) => {
    const rule = parser.ruleNames[parser.atn.decisionToState[decision]!.ruleIndex]!;
    return `${rule} looks ${sllMaxLook} tokens ahead, LL ${llFallback} times`;
  });
}
