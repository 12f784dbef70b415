/**
 * From text to tokens: openCypher's lexical rules (openCypher 9, chapter 2, and its grammar), by hand in one pass.
 *
 * 1. What runs on behind a number (`12h`, `0xg`, `089`) is a BAD_NUMBER: where a value may stand it is an invalid number, elsewhere it
 *    is merely unexpected.
 * 2. Arrows are made of single tokens, since blanks may stand in them. Dashes and angle brackets of other scripts count in patterns only.
 * 3. Brackets of patterns are marked by links.ts.
 *
 * Cost: O(length); comments and white space make no token.
 */
import { Token } from "antlr4ng";
import * as CypherParser from "../../../../grammar/generated/CypherParser.ts";
import type { DatabaseError } from "../../../common/error.ts";
import { fold, Scanner, undouble } from "../scanner.ts";
import type { TextTokens } from "../tokens.ts";
import { markLinks, markSubqueries } from "./links.ts";
import { numberText, unescapeString } from "./literal-text.ts";
import { cypherError, notSupported, unexpected } from "./syntax-error.ts";

/** One character, or the longest of these that fits. */
const PUNCTUATION: ReadonlyMap<string, number> = new Map([
  [";", CypherParser.SEMI],
  [",", CypherParser.COMMA],
  [".", CypherParser.DOT],
  ["..", CypherParser.DOT_DOT],
  [":", CypherParser.COLON],
  ["|", CypherParser.PIPE],
  ["(", CypherParser.LPAREN],
  [")", CypherParser.RPAREN],
  ["[", CypherParser.LBRACK],
  ["]", CypherParser.RBRACK],
  ["{", CypherParser.LBRACE],
  ["}", CypherParser.RBRACE],
  ["+", CypherParser.PLUS],
  ["+=", CypherParser.PLUS_EQ],
  ["-", CypherParser.MINUS],
  ["*", CypherParser.STAR],
  ["/", CypherParser.SLASH],
  ["%", CypherParser.PERCENT],
  ["^", CypherParser.CARET],
  ["=", CypherParser.EQ],
  ["=~", CypherParser.MATCHES],
  ["<>", CypherParser.NEQ],
  ["<", CypherParser.LT],
  ["<=", CypherParser.LE],
  [">", CypherParser.GT],
  [">=", CypherParser.GE],
]);

const DASH = /[\u00ad\u2010-\u2015\u2212\ufe58\ufe63\uff0d]/;
const LEFT_HEAD = /[\u27e8\u3008\ufe64\uff1c]/;
const RIGHT_HEAD = /[\u27e9\u3009\ufe65\uff1e]/;

/** Folded word → token type. Words of the grammar stand behind its punctuation. */
export const KEYWORDS: ReadonlyMap<string, number> = new Map(
  CypherParser.tokenNames.flatMap((name, type) => (type > CypherParser.RIGHT_HEAD ? [[name.toLowerCase(), type]] : [])),
);

// biome-ignore lint/suspicious/noControlCharactersInRegex: openCypher counts four separators of ASCII as white space.
const SPACE = /[\s\x1c-\x1f\u180e]*/y;
const ASCII_WORD = /[A-Za-z_][A-Za-z0-9_$]*(?![A-Za-z0-9_$\u0080-\uffff])/y;
const WORD = /[\p{ID_Start}\p{Pc}][\p{ID_Continue}\p{Sc}]*/uy;
const WORD_REST = /[\p{ID_Continue}\p{Sc}]+/uy;
const NUMBER = /0[xX][0-9A-Fa-f]+|0[oO][0-7]+|(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?/y;
/** In octal, as a number with a zero in front is, these are no digits. */
const BAD_OCTAL = /^0\d*[89]\d*$/;
const DIGITS = /\d+/y;

/** All tokens of `text`, EOF last. Throws a DatabaseError for what is no token. */
export function tokenize(text: string): TextTokens {
  const lexer = new Lexer(text);
  lexer.run();
  markLinks(lexer);
  markSubqueries(lexer);
  return lexer;
}

class Lexer extends Scanner {
  run(): void {
    const nul = this.text.indexOf("\0");
    if (nul >= 0) throw cypherError("UnexpectedSyntax", "a statement cannot contain NUL", this.text, nul);
    for (let at = this.#skipSpace(0); at < this.text.length; at = this.#skipSpace(at)) at = this.#token(at);
    this.push(Token.EOF, this.text.length, this.text.length);
  }

  #skipSpace(from: number): number {
    const { text } = this;
    for (let at = from; ; ) {
      at = this.match(SPACE, at);
      if (text.startsWith("//", at)) {
        at = this.lineEnd(at);
      } else if (text.startsWith("/*", at)) {
        const end = text.indexOf("*/", at + 2);
        if (end < 0) throw cypherError("UnexpectedSyntax", "unterminated /* comment", text, at);
        at = end + 2;
      } else {
        return at;
      }
    }
  }

  /** Reads one token that starts at `at`; answers where it ends. */
  #token(at: number): number {
    const asciiEnd = this.match(ASCII_WORD, at);
    if (asciiEnd > 0) return this.#word(at, asciiEnd);
    const first = this.text[at]!;
    if ((first >= "0" && first <= "9") || (first === "." && /\d/.test(this.text[at + 1] ?? ""))) return this.#number(at);
    if (first === "'" || first === '"') return this.#string(at, first);
    if (first === "`") return this.#quotedName(at);
    if (first === "$") return this.#parameter(at);
    const two = PUNCTUATION.get(this.text.slice(at, at + 2));
    if (two !== undefined && at + 2 <= this.text.length) return this.push(two, at, at + 2);
    const one = PUNCTUATION.get(first);
    if (one !== undefined) return this.push(one, at, at + 1);
    return this.#foreign(at, first);
  }

  #word(at: number, end: number): number {
    const word = fold(this.text.slice(at, end));
    return this.push(KEYWORDS.get(word) ?? CypherParser.IDENT, at, end, word);
  }

  /** Words with letters beyond ASCII, arrows of other scripts, and what Cypher does not use. */
  #foreign(at: number, first: string): number {
    const end = this.match(WORD, at);
    if (end > 0) return this.#word(at, end);
    if (DASH.test(first)) return this.push(CypherParser.DASH, at, at + 1);
    if (LEFT_HEAD.test(first)) return this.push(CypherParser.LEFT_HEAD, at, at + 1);
    if (RIGHT_HEAD.test(first)) return this.push(CypherParser.RIGHT_HEAD, at, at + 1);
    if (this.text.startsWith("!=", at)) throw notSupported(this.text, at, "the operator !=", "<>");
    if (first === "&" || first === "!") throw notSupported(this.text, at, `a label expression with "${first}"`);
    throw first < "\u0080" ? unexpected(this.text, at, at + 1) : this.#invalidCharacter(at);
  }

  #invalidCharacter(at: number): DatabaseError {
    const character = String.fromCodePoint(this.text.codePointAt(at)!);
    return cypherError("InvalidUnicodeCharacter", `invalid character "${character}"`, this.text, at);
  }

  #number(at: number): number {
    const end = this.match(NUMBER, at);
    const rest = this.match(WORD_REST, end);
    const written = this.text.slice(at, end);
    if (rest > 0) return this.push(CypherParser.BAD_NUMBER, at, rest);
    if (BAD_OCTAL.test(written)) return this.push(CypherParser.BAD_NUMBER, at, end);
    return this.push(CypherParser.NUMBER, at, end, numberText(written));
  }

  #string(start: number, quote: string): number {
    const { text } = this;
    for (let at = start + 1; at < text.length; at++) {
      if (text[at] === "\\") at++;
      else if (text[at] === quote) {
        return this.push(CypherParser.STRING, start, at + 1, unescapeString(text.slice(start + 1, at), text, start + 1));
      }
    }
    throw cypherError("UnexpectedSyntax", "unterminated string", text, start);
  }

  /** Where the name that begins with a backtick at `start` ends. */
  #closing(start: number): number {
    const { text } = this;
    for (let at = start + 1; at < text.length; at++) {
      if (text[at] !== "`") continue;
      if (text[at + 1] !== "`") return at + 1;
      at++;
    }
    throw cypherError("UnexpectedSyntax", "unterminated quoted name", text, start);
  }

  #quotedName(start: number): number {
    const end = this.#closing(start);
    return this.push(CypherParser.QUOTED_IDENT, start, end, undouble(this.text.slice(start + 1, end - 1), "`"));
  }

  /** $name, $1, $`two words`. */
  #parameter(at: number): number {
    const from = at + 1;
    if (this.text[from] === "`") {
      const end = this.#closing(from);
      return this.push(CypherParser.PARAMETER, at, end, undouble(this.text.slice(from + 1, end - 1), "`"));
    }
    const digits = this.match(DIGITS, from);
    const end = digits > 0 ? digits : this.match(WORD, from);
    if (end < 0 || this.match(WORD_REST, end) > 0) throw unexpected(this.text, at, end < 0 ? from : end);
    return this.push(CypherParser.PARAMETER, at, end, this.text.slice(from, end));
  }
}
