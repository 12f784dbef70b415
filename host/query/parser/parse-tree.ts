/**
 * The tree that a parser makes of a statement, with the names that ANTLR gives its parts. The classes of rules, with accessors for what
 * they contain, are derived from RuleContext at run time (contexts.ts); grammar/generated/ declares their types.
 */
import type { TextToken } from "./tokens.ts";

/** A token as a leaf of the tree. */
export class TerminalNode {
  readonly symbol: TextToken;

  constructor(symbol: TextToken) {
    this.symbol = symbol;
  }
}

/** A rule that was applied, and what it consists of. */
export declare class RuleContext {
  /** Number of the rule. */
  readonly ruleIndex: number;
  readonly parent: RuleContext | null;
  /** State of the network at which the parent's rule calls this one; -1 for the first rule. */
  readonly invokingState: number;
  readonly children: (RuleContext | TerminalNode)[];
  /** The first token, or the one behind it if the rule is empty. */
  start: TextToken | null;
  /** The last token, or the one in front of it if the rule is empty. */
  stop: TextToken | null;
}
