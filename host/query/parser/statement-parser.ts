/**
 * Drives ANTLR's prediction: SLL first; where it sees an error the whole statement is parsed again with LL, which alone decides. That
 * valid statements do not need this is tested (lookahead.test.ts). The first error ends it.
 */
import { DefaultErrorStrategy, type Parser, type ParserRuleContext, PredictionMode, type RecognitionException, type Token } from "antlr4ng";
import { DatabaseError } from "../../common/error.ts";
import { AtnParser, type Grammar } from "./atn-parser.ts";
import { type TextToken, TextTokenStream } from "./tokens.ts";

/** Makes the error for a token that cannot stand where it does; `context` is the rule that met it. */
export type SyntaxErrorOf = (token: TextToken, context: ParserRuleContext | null) => DatabaseError;

/** A parser that throws the first syntax error; `greedy` rules take what they can. */
export function firstErrorParser(
  grammar: Grammar,
  stream: TextTokenStream,
  errorOf: SyntaxErrorOf,
  greedy: readonly string[] = [],
): AtnParser {
  const made = new AtnParser(grammar, stream, greedy);
  made.removeErrorListeners();
  made.errorHandler = new FirstErrorStrategy(errorOf);
  return made;
}

/** One for each grammar: the prediction cache is ANTLR's, shared by all parsers of a grammar. */
export class StatementParser {
  readonly #make: (stream: TextTokenStream) => AtnParser;
  #parser: AtnParser | undefined;

  constructor(make: (stream: TextTokenStream) => AtnParser) {
    this.#make = make;
  }

  /** ANTLR's tree of a statement. Throws the first syntax error. */
  parse(stream: TextTokenStream): ParserRuleContext {
    this.#parser ??= this.#make(stream);
    try {
      return parseWith(this.#parser, stream, PredictionMode.SLL);
    } catch (error) {
      if (!(error instanceof DatabaseError)) throw error;
      return parseWith(this.#parser, stream, PredictionMode.LL);
    } finally {
      // Holds nothing of the statement, and not too much of those before it.
      this.#parser.inputStream = EMPTY;
      this.#parser.boundMemory();
    }
  }
}

/** Of no grammar: nobody reads it. */
const EMPTY = new TextTokenStream({ text: "", types: [-1], starts: [0], ends: [0], values: [undefined] }, undefined);

function parseWith(engine: AtnParser, stream: TextTokenStream, mode: number): ParserRuleContext {
  stream.seek(0);
  engine.inputStream = stream;
  engine.interpreter.predictionMode = mode;
  return engine.parse();
}

/** Stops at the first error instead of guessing how to go on, which PostgreSQL does not do either. */
class FirstErrorStrategy extends DefaultErrorStrategy {
  readonly #errorOf: SyntaxErrorOf;

  constructor(errorOf: SyntaxErrorOf) {
    super();
    this.#errorOf = errorOf;
  }

  override recover(parser: Parser, error: RecognitionException): void {
    throw this.#errorOf(error.offendingToken as TextToken, parser.context);
  }

  override recoverInline(parser: Parser): Token {
    throw this.#errorOf(parser.getCurrentToken() as TextToken, parser.context);
  }

  /** Errors are found where tokens are matched; asking ahead would cost more than it tells. */
  override sync(): void {}

  override reportError(): void {}
}
