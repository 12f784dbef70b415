/**
 * Requests as a person writes them, in the way of redis-cli: words separated by blanks; "..." with \n \r \t \b \a \\ \" and
 * \xHH; '...' with \' only. A word may not go on behind a closing quote. Arguments are latin1 text, one character a byte; a
 * character beyond Latin-1 in the source stands for its UTF-8 bytes.
 *
 * For long arguments `%{text*count}` outside quotes repeats a text: `SET k %{ab*1000}`.
 */
import { utf8 } from "./reply.ts";

const ESCAPES: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t", b: "\b", a: "\x07", "\\": "\\", '"': '"' };
const NAMES = new Map(Object.entries(ESCAPES).map(([name, character]) => [character, name]));

/** Splits a line into arguments. Throws an Error on unbalanced quotes and unknown escapes. */
export function parseCommandLine(source: string): string[] {
  const args: string[] = [];
  let rest = source.trimStart();
  while (rest !== "") {
    const { text, length } = readWord(rest);
    args.push(text);
    const behind = rest.slice(length);
    if (behind !== "" && !/^\s/.test(behind)) throw new Error(`text behind a closing quote: ${source}`);
    rest = behind.trimStart();
  }
  return args;
}

function readWord(source: string): { text: string; length: number } {
  if (source.startsWith('"')) return readQuoted(source);
  if (source.startsWith("'")) return readSingleQuoted(source);
  const word = /^\S+/.exec(source)![0];
  const text = word.replace(/%\{(.*?)\*(\d+)\}/g, (_, piece: string, count: string) => piece.repeat(Number(count)));
  return { text: utf8(text), length: word.length };
}

/** Reads a "..." text at the start of `source`; `length` counts its quotes too. Throws an Error. */
export function readQuoted(source: string): { text: string; length: number } {
  let text = "";
  let i = 1;
  for (; i < source.length && source[i] !== '"'; i++) {
    if (source[i] !== "\\") {
      const character = String.fromCodePoint(source.codePointAt(i)!);
      text += utf8(character);
      i += character.length - 1;
      continue;
    }
    const hex = /^x([0-9a-fA-F]{2})/.exec(source.slice(i + 1, i + 4));
    const simple = ESCAPES[source[i + 1] ?? ""];
    if (hex) text += String.fromCharCode(Number.parseInt(hex[1]!, 16));
    else if (simple !== undefined) text += simple;
    else throw new Error(`unknown escape \\${source[i + 1] ?? ""} in ${source}`);
    i += hex ? 3 : 1;
  }
  if (i >= source.length) throw new Error(`a quote is not closed: ${source}`);
  return { text, length: i + 1 };
}

function readSingleQuoted(source: string): { text: string; length: number } {
  const match = /^'((?:\\'|[^'])*)'/.exec(source);
  if (match === null) throw new Error(`a quote is not closed: ${source}`);
  return { text: utf8(match[1]!.replaceAll("\\'", "'")), length: match[0].length };
}

/** A latin1 text in double quotes, with escapes for whatever is not printable ASCII. */
export function quote(text: string): string {
  let out = '"';
  for (const character of text) {
    const name = NAMES.get(character);
    if (name !== undefined) out += `\\${name}`;
    else if (character < " " || character > "~") out += `\\x${character.charCodeAt(0).toString(16).padStart(2, "0")}`;
    else out += character;
  }
  return `${out}"`;
}

/** Arguments as a line that `parseCommandLine` and redis-cli read back. */
export function printCommandLine(args: readonly string[]): string {
  return args.map((argument) => (/^[\w:.*?@/+=,-]+$/.test(argument) ? argument : quote(argument))).join(" ");
}
