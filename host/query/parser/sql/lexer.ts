/**
 * From text to tokens: PostgreSQL's lexical rules (chapter 4.1, and src/backend/parser/scan.l), by hand in one pass.
 *
 * By hand, because nested comments, $tag$ quotes and escapes cannot be told without code in the grammar, and because the parser and the
 * literal-lifting scanner (fingerprint.ts) must never disagree about where a literal ends.
 *
 * 1. A `?` is always a parameter; inside of operators it is written `??` (`??`, `??|`, `??&`, `@??`), and the token's value has one `?`.
 * 2. An operator ends before `--` and `/*`; one of several characters ends in + or - only if it has one of ~ ! @ # % ^ & | ` ?.
 * 3. Strings with a line break between them are one string.
 *
 * Cost: O(length); comments and white space make no token.
 */
import { Token } from "antlr4ng";
import * as SqlParser from "../../../../grammar/generated/SqlParser.ts";
import { decimalText, fold, Scanner, undouble } from "../scanner.ts";
import type { TextTokens } from "../tokens.ts";
import { unescapeString, unescapeUnicode } from "./literal-text.ts";
import { errorAt, errorNear, parameterError, valueError } from "./syntax-error.ts";

const PUNCTUATION: ReadonlyMap<string, number> = new Map([
  [";", SqlParser.SEMI],
  [",", SqlParser.COMMA],
  ["(", SqlParser.LPAREN],
  [")", SqlParser.RPAREN],
  ["[", SqlParser.LBRACK],
  ["]", SqlParser.RBRACK],
]);

/** Operators with a precedence of their own, or with a place in the grammar; all others are OPERATOR. */
const OPERATORS: ReadonlyMap<string, number> = new Map([
  ["+", SqlParser.PLUS],
  ["-", SqlParser.MINUS],
  ["*", SqlParser.STAR],
  ["/", SqlParser.SLASH],
  ["%", SqlParser.PERCENT],
  ["^", SqlParser.CARET],
  ["=", SqlParser.EQ],
  ["<>", SqlParser.NEQ],
  ["!=", SqlParser.NEQ],
  ["<", SqlParser.LT],
  ["<=", SqlParser.LE],
  [">", SqlParser.GT],
  [">=", SqlParser.GE],
  ["=>", SqlParser.EQUALS_GREATER],
]);

/** Folded word → token type. Words of the grammar stand behind its punctuation. */
export const KEYWORDS: ReadonlyMap<string, number> = new Map(
  SqlParser.tokenNames.flatMap((name, type) => (type > SqlParser.GE ? [[name.toLowerCase(), type]] : [])),
);

const SPACE = /[ \t\n\r\f\v]*/y;
const WORD = /[A-Za-z_\u0080-\uffff][A-Za-z0-9_$\u0080-\uffff]*/y;
const NUMBER =
  /0[xX](?:_?[0-9A-Fa-f])+|0[oO](?:_?[0-7])+|0[bB](?:_?[01])+|(?:\d(?:_?\d)*(?:\.(?!\.)(?:\d(?:_?\d)*)?)?|\.\d(?:_?\d)*)(?:[eE][+-]?\d(?:_?\d)*)?/y;
const WORD_START = /[A-Za-z_\u0080-\uffff]/y;
/** The beginning of a number in another base. */
const BROKEN_RADIX = /0[xXoObB]_?/y;
const OPERATOR_RUN = /(?:[-+*/<>=~!@#%^&|`]|\?\?)+/y;
const DOLLAR_TAG = /\$(?:[A-Za-z_\u0080-\uffff][A-Za-z0-9_\u0080-\uffff]*)?\$/y;
const PARAMETER = /\$\d+/y;
const CONTINUATION = /[ \t\f\v]*(?:--[^\n\r]*)?[\n\r](?:[ \t\n\r\f\v]|--[^\n\r]*[\n\r])*'/y;
const UESCAPE = /[ \t\n\r\f\v]+[uU][eE][sS][cC][aA][pP][eE][ \t\n\r\f\v]*'([^'])'/y;
const RADIX_NAMES: Readonly<Record<string, string>> = { x: "hexadecimal", o: "octal", b: "binary" };
const PARAMETER_MAX = 65_535;

/** All tokens of `text`, EOF last. Throws a DatabaseError for what is no token. */
export function tokenize(text: string): TextTokens {
  const lexer = new Lexer(text);
  lexer.run();
  return lexer;
}

class Lexer extends Scanner {
  /** Number of `?` so far. */
  #questions = 0;

  run(): void {
    const nul = this.text.indexOf("\0");
    if (nul >= 0) throw errorAt("a statement cannot contain NUL", this.text, nul);
    for (let at = this.#skipSpace(0); at < this.text.length; at = this.#skipSpace(at)) at = this.#token(at);
    this.push(Token.EOF, this.text.length, this.text.length);
  }

  #skipSpace(from: number): number {
    const { text } = this;
    for (let at = from; ; ) {
      at = this.match(SPACE, at);
      if (text.startsWith("--", at)) {
        at = this.lineEnd(at);
      } else if (text.startsWith("/*", at)) {
        at = this.#skipComment(at);
      } else {
        return at;
      }
    }
  }

  #skipComment(start: number): number {
    const { text } = this;
    let depth = 1;
    for (let at = start + 2; at < text.length; ) {
      if (text.startsWith("/*", at)) {
        depth++;
        at += 2;
      } else if (text.startsWith("*/", at)) {
        at += 2;
        if (--depth === 0) return at;
      } else {
        at++;
      }
    }
    throw errorNear("unterminated /* comment", text, start, text.length);
  }

  /** Reads one token that starts at `at`; answers where it ends. */
  #token(at: number): number {
    const first = this.text[at]!;
    const punctuation = PUNCTUATION.get(first);
    if (punctuation !== undefined) return this.push(punctuation, at, at + 1);
    if ((first >= "0" && first <= "9") || (first === "." && /\d/.test(this.text[at + 1] ?? ""))) return this.#number(at);
    if (first === "'") return this.#string(at, at + 1);
    if (first === '"') return this.#quotedName(at, at + 1);
    if (first === "$") return this.#dollar(at);
    if (first === ":") return this.#colon(at);
    if (first === ".") return this.push(SqlParser.DOT, at, at + 1);
    const operatorEnd = this.match(OPERATOR_RUN, at);
    if (operatorEnd > 0) return this.#operator(at, operatorEnd);
    if (first === "?") return this.push(SqlParser.PARAMETER, at, at + 1, String(++this.#questions));
    return this.#prefixed(at, first) ?? this.#word(at);
  }

  #word(at: number): number {
    const end = this.match(WORD, at);
    if (end < 0) throw errorNear("syntax error", this.text, at, at + 1);
    const word = fold(this.text.slice(at, end));
    return this.push(KEYWORDS.get(word) ?? SqlParser.IDENT, at, end, word);
  }

  /** E'', B'', X'', N'', U&'' and U&"", else undefined. */
  #prefixed(at: number, first: string): number | undefined {
    const second = this.text[at + 1];
    if (second === "'") {
      if (first === "e" || first === "E") return this.#escapeString(at);
      if (first === "b" || first === "B") return this.#bits(at, SqlParser.BIT_STRING, /^[01]*$/, "bit");
      if (first === "x" || first === "X") return this.#bits(at, SqlParser.HEX_STRING, /^[0-9A-Fa-f]*$/, "hexadecimal");
      if (first === "n" || first === "N") return this.#string(at, at + 2);
    }
    if (second === "&" && (first === "u" || first === "U")) {
      if (this.text[at + 2] === "'") return this.#unicode(at, SqlParser.STRING, "'");
      if (this.text[at + 2] === '"') return this.#unicode(at, SqlParser.QUOTED_IDENT, '"');
    }
    return undefined;
  }

  #number(at: number): number {
    const end = this.match(NUMBER, at);
    if (this.match(WORD_START, end) > 0) {
      const radix = end === at + 1 ? this.match(BROKEN_RADIX, at) : -1;
      if (radix < 0) throw errorNear("trailing junk after numeric literal", this.text, at, end + 1);
      throw errorNear(`invalid ${RADIX_NAMES[this.text[at + 1]!.toLowerCase()]} integer`, this.text, at, radix);
    }
    return this.push(SqlParser.NUMBER, at, end, decimalText(this.text.slice(at, end)));
  }

  /** Behind the quote that ends what `from` is in; doubled quotes do not end it, nor those behind a backslash if `escapes`. */
  #closing(start: number, from: number, quote: string, escapes: boolean, message: string): number {
    const { text } = this;
    for (let at = from; at < text.length; at++) {
      if (escapes && text[at] === "\\") at++;
      else if (text[at] === quote && text[at + 1] !== quote) return at + 1;
      else if (text[at] === quote) at++;
    }
    throw errorNear(message, text, start, text.length);
  }

  /** The bodies of a string and its continuations, joined. */
  #body(start: number, from: number, escapes: boolean, message: string): { readonly body: string; readonly end: number } {
    let end = this.#closing(start, from, "'", escapes, message);
    let body = this.text.slice(from, end - 1);
    for (let next = this.match(CONTINUATION, end); next > 0; next = this.match(CONTINUATION, end)) {
      end = this.#closing(start, next, "'", escapes, message);
      body += this.text.slice(next, end - 1);
    }
    return { body, end };
  }

  #string(start: number, from: number): number {
    const { body, end } = this.#body(start, from, false, "unterminated quoted string");
    return this.push(SqlParser.STRING, start, end, undouble(body, "'"));
  }

  #escapeString(start: number): number {
    const { body, end } = this.#body(start, start + 2, true, "unterminated quoted string");
    return this.push(SqlParser.STRING, start, end, unescapeString(body, this.text, start));
  }

  #bits(start: number, type: number, digits: RegExp, name: string): number {
    const { body, end } = this.#body(start, start + 2, false, `unterminated ${name} string literal`);
    const wrong = [...body].find((digit) => !digits.test(digit));
    if (wrong !== undefined) {
      throw valueError(`"${wrong}" is not a valid ${name === "bit" ? "binary" : name} digit`, this.text, start, "22P02");
    }
    return this.push(type, start, end, body);
  }

  #unicode(start: number, type: number, quote: string): number {
    const message = quote === "'" ? "unterminated quoted string" : "unterminated quoted identifier";
    let end = this.#closing(start, start + 3, quote, false, message);
    const body = undouble(this.text.slice(start + 3, end - 1), quote);
    UESCAPE.lastIndex = end;
    const marker = UESCAPE.exec(this.text)?.[1];
    if (marker !== undefined) {
      if (/[0-9A-Fa-f+"\s]/.test(marker)) throw errorNear("invalid Unicode escape character", this.text, end, UESCAPE.lastIndex);
      end = UESCAPE.lastIndex;
    }
    const value = unescapeUnicode(body, marker ?? "\\", this.text, start);
    if (value === "" && quote === '"') throw errorNear("zero-length delimited identifier", this.text, start, end);
    return this.push(type, start, end, value);
  }

  #quotedName(start: number, from: number): number {
    const end = this.#closing(start, from, '"', false, "unterminated quoted identifier");
    if (end === from + 1) throw errorNear("zero-length delimited identifier", this.text, start, end);
    return this.push(SqlParser.QUOTED_IDENT, start, end, undouble(this.text.slice(from, end - 1), '"'));
  }

  /** $1, or $tag$ ... $tag$. */
  #dollar(at: number): number {
    const parameterEnd = this.match(PARAMETER, at);
    if (parameterEnd > 0) {
      if (this.match(WORD_START, parameterEnd) > 0) throw errorNear("trailing junk after parameter", this.text, at, parameterEnd + 1);
      const number = Number(this.text.slice(at + 1, parameterEnd));
      if (number < 1 || number > PARAMETER_MAX) throw parameterError(number, this.text, at);
      return this.push(SqlParser.PARAMETER, at, parameterEnd, String(number));
    }
    const bodyStart = this.match(DOLLAR_TAG, at);
    if (bodyStart < 0) throw errorNear("syntax error", this.text, at, at + 1);
    const tag = this.text.slice(at, bodyStart);
    const bodyEnd = this.text.indexOf(tag, bodyStart);
    if (bodyEnd < 0) throw errorNear("unterminated dollar-quoted string", this.text, at, this.text.length);
    return this.push(SqlParser.STRING, at, bodyEnd + tag.length, this.text.slice(bodyStart, bodyEnd));
  }

  #colon(at: number): number {
    const next = this.text[at + 1];
    if (next === ":") return this.push(SqlParser.TYPECAST, at, at + 2);
    if (next === "=") return this.push(SqlParser.COLON_EQUALS, at, at + 2);
    return this.push(SqlParser.COLON, at, at + 1);
  }

  #operator(at: number, runEnd: number): number {
    let run = this.text.slice(at, runEnd);
    const comment = run.search(/--|\/\*/);
    if (comment >= 0) run = run.slice(0, comment);
    while (run.length > 1 && /[+-]$/.test(run) && !/[~!@#%^&|`?]/.test(run)) run = run.slice(0, -1);
    const value = run.replaceAll("??", "?");
    return this.push(OPERATORS.get(value) ?? SqlParser.OPERATOR, at, at + run.length, value);
  }
}
