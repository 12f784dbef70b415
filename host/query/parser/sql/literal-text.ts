/**
 * Values of literals: what stands between the quotes, with PostgreSQL's escapes resolved (chapter 4.1.2), and numbers in one
 * spelling.
 *
 * 1. Values are well-formed UTF-16 without NUL; bytes written as `\xFF` or `\377` must make UTF-8 together.
 * 2. A number's text is decimal: `0x1F` becomes `31`, `1_000` becomes `1000`; digits behind the point stay as written.
 */
import { hasLoneSurrogate, undouble } from "../scanner.ts";
import { errorAt, valueError } from "./syntax-error.ts";

const UTF8 = new TextDecoder("utf-8", { fatal: true });
const ENCODER = new TextEncoder();
const SIMPLE_ESCAPES: Readonly<Record<string, string>> = { b: "\b", f: "\f", n: "\n", r: "\r", t: "\t" };
const CODE_POINT_MAX = 0x10ffff;

/** Inside of E'...'. `offset` is where the literal begins in `text`, for messages. */
export function unescapeString(body: string, text: string, offset: number): string {
  if (!body.includes("\\")) return undouble(body, "'");
  const pattern = /\\(?:([0-7]{1,3})|x([0-9A-Fa-f]{1,2})|(u)([0-9A-Fa-f]{0,4})|(U)([0-9A-Fa-f]{0,8})|([\s\S]))|''|[^\\']+/g;
  const pieces: (string | number)[] = [];
  for (const [whole, octal, hexadecimal, short, shortDigits, long, longDigits, plain] of body.matchAll(pattern)) {
    if (octal !== undefined) pieces.push(Number.parseInt(octal, 8) & 255);
    else if (hexadecimal !== undefined) pieces.push(Number.parseInt(hexadecimal, 16));
    else if (short !== undefined) pieces.push(codePoint(shortDigits ?? "", 4, text, offset));
    else if (long !== undefined) pieces.push(codePoint(longDigits ?? "", 8, text, offset));
    else if (plain !== undefined) pieces.push(SIMPLE_ESCAPES[plain] ?? plain);
    else pieces.push(whole === "''" ? "'" : whole);
  }
  return wellFormed(joinBytes(pieces, text, offset), text, offset);
}

function codePoint(digits: string, length: number, text: string, offset: number): string {
  if (digits.length !== length) throw valueError("invalid Unicode escape", text, offset, "22025");
  const code = Number.parseInt(digits, 16);
  if (code === 0 || code > CODE_POINT_MAX) throw errorAt("invalid Unicode escape value", text, offset);
  return String.fromCodePoint(code);
}

/** Numbers are bytes of UTF-8, strings are text. */
function joinBytes(pieces: readonly (string | number)[], text: string, offset: number): string {
  if (pieces.includes(0)) throw valueError('invalid byte sequence for encoding "UTF8": 0x00', text, offset, "22021");
  if (!pieces.some((piece) => typeof piece === "number" && piece > 127)) {
    return pieces.map((piece) => (typeof piece === "number" ? String.fromCharCode(piece) : piece)).join("");
  }
  const bytes = pieces.flatMap((piece) => (typeof piece === "number" ? [piece] : [...ENCODER.encode(piece)]));
  try {
    return UTF8.decode(Uint8Array.from(bytes));
  } catch {
    throw valueError('invalid byte sequence for encoding "UTF8"', text, offset, "22021");
  }
}

/** Pairs of \uD83D\uDE00 have become one character; a lone half is refused. */
function wellFormed(value: string, text: string, offset: number): string {
  if (hasLoneSurrogate(value)) {
    throw errorAt("invalid Unicode surrogate pair", text, offset);
  }
  return value;
}

/** Inside of U&'...' or U&"...", after doubled quotes have become one. */
export function unescapeUnicode(body: string, marker: string, text: string, offset: number): string {
  if (!body.includes(marker)) return body;
  let value = "";
  for (let at = 0; at < body.length; ) {
    if (body[at] !== marker) {
      value += body[at++];
    } else if (body[at + 1] === marker) {
      value += marker;
      at += 2;
    } else {
      const long = body[at + 1] === "+";
      const from = at + (long ? 2 : 1);
      const digits = /^[0-9A-Fa-f]*/.exec(body.slice(from, from + (long ? 6 : 4)))![0];
      value += codePoint(digits, long ? 6 : 4, text, offset);
      at = from + digits.length;
    }
  }
  return wellFormed(value, text, offset);
}
