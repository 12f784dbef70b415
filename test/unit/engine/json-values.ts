/**
 * Random JSON values, their texts with blanks and escapes, and broken texts, for tests of the engine's documents.
 */
import type { RandomInput } from "../assembly/bytes/random-input.ts";

export type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

const NAMES = ["a", "b", "c", "name", "a b", "é", "", "x'y", "line\n"];
const CHARACTERS = 'ab"\\/\b\f\n\r\t\u0000\u001f é中😀\u2028';
const NUMBERS = [
  0,
  -1,
  1,
  63,
  64,
  127,
  128,
  -128,
  -129,
  32767,
  65536,
  2 ** 31,
  -(2 ** 31) - 1,
  2 ** 53 - 1,
  0.5,
  -18.25,
  1e21,
  1e-7,
  5e-324,
];

export function randomScalar(random: RandomInput): Json {
  switch (random.below(6)) {
    case 0:
      return null;
    case 1:
      return random.below(2) === 0;
    case 2:
      return random.pick(NUMBERS);
    case 3:
      return (random.below(2_000_000) - 1_000_000) / random.pick([1, 10, 1000, 7]);
    default:
      return Array.from({ length: random.below(random.below(10) === 0 ? 120 : 8) }, () => random.pick([...CHARACTERS])).join("");
  }
}

/** A value nested at most `depth` deep; some arrays are long enough to have a table of offsets. */
export function randomJson(random: RandomInput, depth: number): Json {
  const kind = depth === 0 ? 0 : random.below(4);
  if (kind < 2) return randomScalar(random);
  const length = random.below(random.below(12) === 0 ? 150 : 5);
  if (kind === 2) return Array.from({ length }, () => randomJson(random, depth - 1));
  const object: { [name: string]: Json } = {};
  for (let index = 0; index < length; index++) object[length > 9 ? `field ${index}` : random.pick(NAMES)] = randomJson(random, depth - 1);
  return object;
}

/** A text of the value that JSON.stringify would not write: blanks, escapes of characters that need none. */
export function randomText(random: RandomInput, value: Json): string {
  const blank = (): string => random.text(" \n\t\r", random.below(8) === 0 ? 2 : 0);
  const quoted = (text: string): string =>
    JSON.stringify(text).replace(/[a-z](?![^\\]*")/g, (letter) =>
      random.below(6) === 0 ? `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}` : letter,
    );
  if (Array.isArray(value)) return `[${blank()}${value.map((each) => randomText(random, each)).join(`${blank()},${blank()}`)}]`;
  if (typeof value === "object" && value !== null) {
    return `{${Object.entries(value)
      .map(([name, each]) => `${blank()}${JSON.stringify(name)}${blank()}:${blank()}${randomText(random, each)}`)
      .join(",")}}`;
  }
  return typeof value === "string" && !/\\/.test(JSON.stringify(value)) ? quoted(value) : JSON.stringify(value);
}

/** Bytes as the engine's tests write requests: one character for each byte. */
export function utf8(text: string): string {
  return Buffer.from(text, "utf8").toString("latin1");
}

export function fromUtf8(bytes: string): string {
  return Buffer.from(bytes, "latin1").toString("utf8");
}

/** The text with a few bytes changed, left out or doubled. */
export function broken(random: RandomInput, text: string): string {
  let result = text;
  for (let change = 1 + random.below(2); change > 0; change--) {
    const at = random.below(result.length + 1);
    const kind = random.below(4);
    if (kind === 0) result = result.slice(0, at) + result.slice(at + 1 + random.below(3));
    else if (kind === 1)
      result = result.slice(0, at) + random.text('{}[]",:\\0123456789.eE+-ntfu \x00\x7f\x80\xc3\xed', 1) + result.slice(at);
    else if (kind === 2) result = result.slice(0, at);
    else result = result.slice(0, at) + result.slice(at >> 1, at) + result.slice(at);
  }
  return result;
}

/** What JSON.parse says, and undefined where the bytes are no UTF-8 or no JSON. */
export function parsed(bytes: string): { readonly value: Json } | undefined {
  try {
    return { value: JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(Buffer.from(bytes, "latin1"))) as Json };
  } catch {
    return undefined;
  }
}
