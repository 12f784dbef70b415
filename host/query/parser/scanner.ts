/**
 * What the lexers share: tokens gathered in arrays while one pass goes over the text.
 *
 * Lexers are written by hand (grammar/README.md says why). A NUL is refused wherever it stands, so that keys of the statement cache
 * may use it as a mark.
 */
import type { TextTokens } from "./tokens.ts";

export abstract class Scanner implements TextTokens {
  readonly text: string;
  readonly types: number[] = [];
  readonly starts: number[] = [];
  readonly ends: number[] = [];
  readonly values: (string | undefined)[] = [];

  constructor(text: string) {
    this.text = text;
  }

  /** Adds a token; answers where it ends. */
  protected push(type: number, start: number, end: number, value?: string): number {
    this.types.push(type);
    this.starts.push(start);
    this.ends.push(end);
    this.values.push(value);
    return end;
  }

  /** Where `pattern`, which is sticky, ends if it matches at `at`, else -1. */
  protected match(pattern: RegExp, at: number): number {
    pattern.lastIndex = at;
    return pattern.test(this.text) ? pattern.lastIndex : -1;
  }

  /** Where the line that `at` is in ends. */
  protected lineEnd(from: number): number {
    const { text } = this;
    let at = from;
    while (at < text.length && text[at] !== "\n" && text[at] !== "\r") at++;
    return at;
  }
}

/** ASCII letters in lower case, as PostgreSQL folds names in UTF-8. */
export function fold(word: string): string {
  return /[A-Z]/.test(word) ? word.replace(/[A-Z]+/g, (part) => part.toLowerCase()) : word;
}

/** Inside of quotes: doubled ones become one. */
export function undouble(body: string, quote: string): string {
  return body.includes(quote) ? body.replaceAll(quote + quote, quote) : body;
}

/** The decimal spelling of a number as written. Requires: `written` is a number of the lexer. */
export function decimalText(written: string): string {
  const plain = written.includes("_") ? written.replaceAll("_", "") : written;
  return /^0[xXoObB]/.test(plain) ? BigInt(plain.toLowerCase()).toString() : plain;
}

/** A half of a surrogate pair without the other: no text. */
export function hasLoneSurrogate(value: string): boolean {
  return /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/.test(value);
}
