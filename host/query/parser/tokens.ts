/**
 * The tokens of one statement, and what ANTLR wants to see of them.
 *
 * `TextTokens` holds them as parallel arrays: the literal-lifting scanner (fingerprint.ts) needs no objects. `TextTokenStream`
 * makes objects of them for the parser; lines and columns stay 0, since messages count them (syntax-error.ts).
 *
 * 1. The last token is EOF; it starts and ends at the length of the text.
 * 2. `values[i]` is the decoded value of a literal, the folded name of a word, the index of a parameter, else undefined.
 * 3. `slots[i]` is the number of a lifted literal, else -1 (fingerprint.ts writes it).
 */
import { type CharStream, type ParserRuleContext, Token, type TokenSource, type TokenStream } from "antlr4ng";

export interface TextTokens {
  readonly text: string;
  readonly types: number[];
  readonly starts: number[];
  /** Offset behind the last character. */
  readonly ends: number[];
  readonly values: (string | undefined)[];
}

/** One token as ANTLR's parser and the AST builder see it. */
export class TextToken implements Token {
  readonly type: number;
  readonly start: number;
  readonly stop: number;
  readonly tokenIndex: number;
  readonly value: string;
  readonly slot: number;
  readonly line = 0;
  readonly column = 0;
  readonly channel = Token.DEFAULT_CHANNEL;
  readonly tokenSource: TokenSource | null = null;
  readonly inputStream: CharStream | null = null;
  readonly #stream: TextTokenStream;

  constructor(stream: TextTokenStream, tokens: TextTokens, index: number, slot: number) {
    this.type = tokens.types[index]!;
    this.start = tokens.starts[index]!;
    this.stop = tokens.ends[index]! - 1;
    this.tokenIndex = index;
    this.value = tokens.values[index] ?? "";
    this.slot = slot;
    this.#stream = stream;
  }

  /** As written. */
  get text(): string {
    return this.statement.slice(this.start, this.stop + 1);
  }

  /** The text of the whole statement. */
  get statement(): string {
    return this.#stream.statement;
  }

  /** The token in front of this one; the first one's is itself. */
  get before(): TextToken {
    return this.#stream.tokens[Math.max(this.tokenIndex - 1, 0)]!;
  }

  /** The token behind this one; EOF's is itself. */
  get next(): TextToken {
    return this.#stream.tokens[Math.min(this.tokenIndex + 1, this.#stream.size - 1)]!;
  }
}

/** The whole statement as a stream that can be read again from any place. */
export class TextTokenStream implements TokenStream {
  readonly tokens: readonly TextToken[];
  readonly statement: string;
  readonly size: number;
  index = 0;

  constructor(tokens: TextTokens, slots: readonly number[] | undefined) {
    this.statement = tokens.text;
    this.tokens = tokens.types.map((_, index) => new TextToken(this, tokens, index, slots?.[index] ?? -1));
    this.size = this.tokens.length;
  }

  LA(k: number): number {
    return this.LT(k).type;
  }

  LT(k: number): TextToken {
    const index = k > 0 ? this.index + k - 1 : this.index + k;
    return this.tokens[index < this.size ? index : this.size - 1]!;
  }

  get(index: number): TextToken {
    return this.tokens[index]!;
  }

  consume(): void {
    if (this.index < this.size - 1) this.index++;
  }

  seek(index: number): void {
    this.index = index;
  }

  mark(): number {
    return 0;
  }

  release(): void {}

  getSourceName(): string {
    return "";
  }

  getText(): string {
    return this.tokens.map(({ text }) => text).join(" ");
  }

  getTextFromInterval(): string {
    return this.getText();
  }

  getTextFromContext(context: ParserRuleContext): string {
    return context.getText();
  }

  getTextFromRange(): string {
    return this.getText();
  }

  setLine(): void {}

  setColumn(): void {}

  /** The parser asks it only for a factory of tokens that it invents on recovery, and there is none. */
  get tokenSource(): TokenSource {
    return NO_SOURCE;
  }
}

const NO_SOURCE = { line: 0, column: 0, inputStream: null, sourceName: "" } as unknown as TokenSource;
