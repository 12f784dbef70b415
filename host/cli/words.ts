/**
 * Splitting a command line into words with redis-cli's quoting: "..." with \n \r \t \a \b \xHH escapes, '...' with \' only.
 * Words are bytes, since \xHH can make any.
 */
const encoder = new TextEncoder();
const ESCAPES: Readonly<Record<string, number>> = { n: 10, r: 13, t: 9, b: 8, a: 7 };

/** The words of a line, or undefined when its quotes are not balanced. */
export function splitWords(line: string): Uint8Array[] | undefined {
  const words: Uint8Array[] = [];
  let position = 0;
  for (;;) {
    while (position < line.length && /\s/.test(line[position] ?? "")) position++;
    if (position >= line.length) return words;
    const word = readWord(line, position);
    if (word === undefined) return undefined;
    words.push(Uint8Array.from(word.bytes));
    position = word.end;
  }
}

interface Word {
  readonly bytes: readonly number[];
  readonly end: number;
}

function readWord(line: string, start: number): Word | undefined {
  const bytes: number[] = [];
  let position = start;
  while (position < line.length && !/\s/.test(line[position] ?? "")) {
    const character = line[position] ?? "";
    if (character === '"' || character === "'") {
      const quoted = readQuoted(line, position + 1, character);
      if (quoted === undefined || (quoted.end < line.length && !/\s/.test(line[quoted.end] ?? ""))) return undefined;
      return { bytes: [...bytes, ...quoted.bytes], end: quoted.end };
    }
    const point = String.fromCodePoint(line.codePointAt(position) ?? 0);
    bytes.push(...encoder.encode(point));
    position += point.length;
  }
  return { bytes, end: position };
}

function readQuoted(line: string, start: number, quote: string): Word | undefined {
  const bytes: number[] = [];
  let position = start;
  while (position < line.length) {
    const character = line[position] ?? "";
    if (character === quote) return { bytes, end: position + 1 };
    const next = line[position + 1] ?? "";
    const hex = /^x([0-9a-fA-F]{2})/.exec(line.slice(position + 1, position + 4));
    if (character === "\\" && quote === '"' && hex !== null) {
      bytes.push(Number.parseInt(hex[1] ?? "", 16));
      position += 4;
    } else if (character === "\\" && next !== "" && (quote === '"' || next === "'")) {
      bytes.push(...(quote === '"' && ESCAPES[next] !== undefined ? [ESCAPES[next]] : encoder.encode(next)));
      position += 2;
    } else {
      const point = String.fromCodePoint(line.codePointAt(position) ?? 0);
      bytes.push(...encoder.encode(point));
      position += point.length;
    }
  }
  return undefined;
}
