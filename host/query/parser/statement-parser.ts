/**
 * Parses statements: SLL first; where it sees an error the whole statement is parsed again with LL, which alone decides. That valid
 * statements do not need this is tested (lookahead.test.ts).
 */
import { DatabaseError } from "../../common/error.ts";
import { AtnParser, type Grammar, type SyntaxErrorOf } from "./atn-parser.ts";
import type { RuleContext } from "./parse-tree.ts";
import type { TextTokenStream } from "./tokens.ts";

/** One for each grammar; what it needs is made with the first statement. */
export class StatementParser {
  readonly #make: () => AtnParser;
  #parser: AtnParser | undefined;

  constructor(grammar: Grammar, errorOf: SyntaxErrorOf) {
    this.#make = () => new AtnParser(grammar, errorOf);
  }

  /** The tree of a statement. Throws the first syntax error. */
  parse(stream: TextTokenStream): RuleContext {
    this.#parser ??= this.#make();
    try {
      return this.#parser.parse(stream, false);
    } catch (error) {
      if (!(error instanceof DatabaseError)) throw error;
      stream.index = 0;
      return this.#parser.parse(stream, true);
    }
  }
}
