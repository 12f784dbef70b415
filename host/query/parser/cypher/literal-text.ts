/**
 * Values of Cypher's literals: strings with openCypher's escapes resolved, and numbers in one spelling.
 *
 * 1. Strings are well-formed UTF-16.
 * 2. An integer's text is decimal without leading zeros: `0x1F`, `0o37` and `037` become `31`. A float's is as written.
 */
import { hasLoneSurrogate } from "../scanner.ts";
import { cypherError, unexpected } from "./syntax-error.ts";

const SIMPLE_ESCAPES: Readonly<Record<string, string>> = {
  "\\": "\\",
  "'": "'",
  '"': '"',
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
};
const ESCAPE = /\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|([\s\S]))/g;
const CODE_POINT_MAX = 0x10ffff;

/** What is between the quotes. `start` is where that begins in `text`, for messages. */
export function unescapeString(body: string, text: string, start: number): string {
  if (!body.includes("\\")) return body;
  const value = body.replace(
    ESCAPE,
    (whole, short: string | undefined, long: string | undefined, plain: string | undefined, at: number) => {
      if (plain === undefined) return codePoint((short ?? long) as string, text, start + at);
      const simple = SIMPLE_ESCAPES[plain] ?? SIMPLE_ESCAPES[plain.toLowerCase()];
      if (simple !== undefined) return simple;
      if (plain === "u" || plain === "U") throw cypherError("InvalidUnicodeLiteral", "invalid Unicode escape", text, start + at);
      throw unexpected(text, start + at, start + at + whole.length);
    },
  );
  if (hasLoneSurrogate(value)) throw cypherError("InvalidUnicodeLiteral", "invalid Unicode surrogate pair", text, start - 1);
  return value;
}

function codePoint(digits: string, text: string, offset: number): string {
  const code = Number.parseInt(digits, 16);
  if (code > CODE_POINT_MAX) throw cypherError("InvalidUnicodeLiteral", "invalid Unicode escape", text, offset);
  return String.fromCodePoint(code);
}

/** Requires: `written` is a number of the lexer. */
export function numberText(written: string): string {
  if (/^0[xo]/i.test(written)) return BigInt(written.toLowerCase()).toString();
  if (/^0\d+$/.test(written)) return BigInt(`0o${written}`).toString();
  return written;
}

/** Only digits. */
export function isInteger(text: string): boolean {
  return /^\d+$/.test(text);
}

/** The least INTEGER is written as this behind a minus, and nowhere else. */
export const INTEGER_MAX = "9223372036854775807";
export const NEGATIVE_MAX = "9223372036854775808";
