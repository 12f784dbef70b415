/**
 * What every transform asks of the tree: tokens and positions of rules.
 */
import type { RuleContext, TerminalNode } from "./parse-tree.ts";
import type { TextToken } from "./tokens.ts";

/** The first token of a rule that is not empty. */
export function firstToken(context: RuleContext): TextToken {
  return context.start as TextToken;
}

/** Offset where a rule begins. */
export function positionOf(context: RuleContext): number {
  return firstToken(context).start;
}

export function tokenOf(node: TerminalNode): TextToken {
  return node.symbol as TextToken;
}

/** The token behind the last one of a rule. */
export function tokenBehind(context: RuleContext): TextToken {
  return (context.stop as TextToken).next;
}
