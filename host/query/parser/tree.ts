/**
 * What every transform asks of ANTLR's tree: tokens and positions of rules.
 */
import type { ParserRuleContext, TerminalNode } from "antlr4ng";
import type { TextToken } from "./tokens.ts";

/** The first token of a rule that is not empty. */
export function firstToken(context: ParserRuleContext): TextToken {
  return context.start as TextToken;
}

/** Offset where a rule begins. */
export function positionOf(context: ParserRuleContext): number {
  return firstToken(context).start;
}

export function tokenOf(node: TerminalNode): TextToken {
  return node.symbol as TextToken;
}

/** The token behind the last one of a rule. */
export function tokenBehind(context: ParserRuleContext): TextToken {
  return (context.stop as TextToken).next;
}
