/**
 * How far a parser looks ahead while it goes through the tokens of a text, by ANTLR's profiling simulator.
 */
import type { Grammar } from "../../host/query/parser/atn-parser.ts";
import { antlrDecisions } from "./antlr-parser.ts";

/** Most tokens that were looked at before a decision. */
export function lookOf(grammar: Grammar, types: readonly number[]): number {
  return Math.max(...antlrDecisions(grammar, types).map((info) => info.sllMaxLook));
}

/** Decisions that looked at more than `lookMax` tokens, needed LL prediction, or were ambiguous: a line each. */
export function slowDecisions(grammar: Grammar, types: readonly number[], lookMax: number): readonly string[] {
  const decisions = antlrDecisions(grammar, types);
  const slow = decisions.filter((info) => info.sllMaxLook > lookMax || info.llFallback > 0 || info.ambiguities.length > 0);
  return slow.map(({ rule, sllMaxLook, llFallback }) => `${rule} looks ${sllMaxLook} tokens ahead, LL ${llFallback} times`);
}
