/**
 * The tokens of one statement.
 *
 * `TextTokens` holds them as parallel arrays: the literal-lifting scanner (fingerprint.ts) needs no objects. `TextTokenStream`
 * makes objects of them for the parser.
 *
 * 1. The last token is EOF; it starts and ends at the length of the text.
 * 2. `values[i]` is the decoded value of a literal, the folded name of a word, the index of a parameter, else undefined.
 * 3. `slots[i]` is the number of a lifted literal, else -1 (fingerprint.ts writes it).
 */
/** The type of the token behind the last one of a text. */
export const EOF = -1;

export interface TextTokens {
  readonly text: string;
  readonly types: number[];
  readonly starts: number[];
  /** Offset behind the last character. */
  readonly ends: number[];
  readonly values: (string | undefined)[];
}

/** One token as the parser and the AST builder see it. */
export class TextToken {
  readonly type: number;
  readonly start: number;
  readonly stop: number;
  readonly tokenIndex: number;
  readonly value: string;
  readonly slot: number;
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
export class TextTokenStream {
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

  consume(): void {
    if (this.index < this.size - 1) this.index++;
  }
}
