/**
 * Goal: paths lead where RFC 9535 says, and what is no path is refused.
 * Method: random queries over random documents against a model (json-path-model.ts), a third of them with a few characters changed;
 * patterns of match and search among them. Failures name the query and the document.
 */
import { describe, expect, it } from "vitest";
import { BUILDS, engineBuilt, TEST_LENGTH, TEST_SEED, TestEngine } from "../../support/engine.ts";
import { type RandomInput, randomInput } from "../assembly/bytes/random-input.ts";
import { parsedQuery, queried } from "./json-path-model.ts";
import { fromUtf8, type Json, utf8 } from "./json-values.ts";

const QUERIES = { debug: 3000, release: 20_000 };
const NAMES = ["a", "b", "c", "é", "ab", "a b", "", "'", '"', "\\", "length", "0", "😀"];
const SCALARS: readonly Json[] = [
  null,
  true,
  false,
  0,
  -0.0,
  1,
  2,
  -1,
  1.5,
  100,
  1e3,
  "",
  "a",
  "b",
  "ab",
  "aab",
  "é",
  "😀",
  "1",
  "a\nb",
  "^a$",
  "\uffee",
];
const PATTERNS = [
  "a",
  "a*b",
  "a.b",
  ".",
  "..",
  "[a-b]+",
  "[^a]",
  "(a|b){2}",
  "a{1,2}b?",
  "\\\\^a\\\\$",
  "^a$",
  "\\\\p{L}+",
  "\\\\P{Ll}",
  "\\\\n",
  "a(",
  "[",
  "\\\\d",
  "a|",
  "[-a]",
  "[a-]",
  "*",
  "a**",
];

function document(random: RandomInput, depth: number): Json {
  const kind = depth === 0 ? 0 : random.below(5);
  if (kind < 2) return random.pick(SCALARS);
  if (kind < 4) return Array.from({ length: random.below(6) }, () => document(random, depth - 1));
  return Object.fromEntries(Array.from({ length: random.below(5) }, () => [random.pick(NAMES), document(random, depth - 1)]));
}

const chance = (random: RandomInput, one: number): boolean => random.below(one) === 0;
const blank = (random: RandomInput): string => (chance(random, 8) ? random.pick([" ", "\n", "\t ", "\r"]) : "");

function quoted(random: RandomInput, text: string): string {
  const double = JSON.stringify(text);
  if (chance(random, 2))
    return double.replace(/[aé]/g, (letter) => (chance(random, 5) ? `\\u00${letter.charCodeAt(0).toString(16)}` : letter));
  return `'${double.slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`;
}

const integer = (random: RandomInput): string => String(random.pick([0, 1, 2, 3, -1, -2, -3, -4, 7, -9, 9007199254740991]));

function selector(random: RandomInput, depth: number): string {
  const some = (): string => (chance(random, 2) ? integer(random) + blank(random) : "");
  switch (random.below(depth === 0 ? 4 : 6)) {
    case 0:
      return quoted(random, random.pick(NAMES));
    case 1:
      return integer(random);
    case 2:
      return "*";
    case 3:
      return `${some()}:${blank(random)}${some()}${chance(random, 2) ? `:${blank(random)}${some()}` : ""}`;
    default:
      return `?${blank(random)}${logical(random, depth - 1)}`;
  }
}

function segment(random: RandomInput, depth: number): string {
  const dots = chance(random, 5) ? ".." : "";
  if (chance(random, 3)) return `${dots || "."}${random.pick(["a", "b", "c", "é", "ab", "length", "*", "_", "😀"])}`;
  const count = chance(random, 4) ? 2 : 1;
  const selectors = Array.from({ length: count }, () => `${blank(random)}${selector(random, depth)}${blank(random)}`);
  return `${dots}[${selectors.join(",")}]`;
}

const segments = (random: RandomInput, depth: number, most: number): string =>
  Array.from({ length: random.below(most + 1) }, () => blank(random) + segment(random, depth)).join("");

function singular(random: RandomInput): string {
  const one = (): string =>
    random.pick([
      () => `.${random.pick(["a", "b", "ab"])}`,
      () => `[${quoted(random, random.pick(NAMES))}]`,
      () => `[${integer(random)}]`,
    ])();
  return random.pick(["@", "@", "$"]) + Array.from({ length: random.below(3) }, one).join("");
}

function literal(random: RandomInput): string {
  const value = random.pick(SCALARS);
  if (typeof value === "string") return quoted(random, value);
  return value === 100 ? random.pick(["100", "1e2", "1E+2", "100.0", "-0", "10000e-2"]) : JSON.stringify(value);
}

function value(random: RandomInput, depth: number): string {
  switch (random.below(6)) {
    case 0:
    case 1:
      return literal(random);
    case 2:
      return `length(${blank(random)}${depth > 0 ? value(random, depth - 1) : singular(random)})`;
    case 3:
      return `${random.pick(["count", "value"])}(@${segments(random, 0, 2)}${blank(random)})`;
    default:
      return singular(random);
  }
}

function logical(random: RandomInput, depth: number): string {
  const gap = (): string => blank(random);
  switch (random.below(depth > 0 ? 8 : 5)) {
    case 0:
      return `${chance(random, 3) ? `!${gap()}` : ""}${random.pick(["@", "@", "$"])}${segments(random, Math.max(depth, 0), 2)}`;
    case 1: {
      const pattern = chance(random, 6) ? singular(random) : `'${random.pick(PATTERNS)}'`;
      return `${random.pick(["match", "search"])}(${gap()}${singular(random)}${gap()},${gap()}${pattern})`;
    }
    case 5:
      return `${logical(random, depth - 1)}${gap()}${random.pick(["&&", "||"])}${gap()}${logical(random, depth - 1)}`;
    case 6:
      return `${chance(random, 3) ? `!${gap()}` : ""}(${gap()}${logical(random, depth - 1)}${gap()})`;
    default:
      return `${value(random, depth)}${gap()}${random.pick(["==", "!=", "<", "<=", ">", ">="])}${gap()}${value(random, depth)}`;
  }
}

function changed(random: RandomInput, text: string): string {
  let result = [...text];
  for (let times = 1 + random.below(2); times > 0; times--) {
    const at = 1 + random.below(result.length);
    const added = chance(random, 2) ? random.pick<string>("$@.[]()*?!&|<>='\":,-+0 1aue\\\n~") : "";
    result = [...result.slice(0, at), added, ...result.slice(at + random.below(3))];
  }
  return result.join("");
}

describe.skipIf(!engineBuilt).each(BUILDS)("JSONPath (%s)", (build) => {
  it(`leads where RFC 9535 says (seed ${TEST_SEED})`, () => {
    const random = randomInput(TEST_SEED);
    const engine = new TestEngine(build);
    const session = engine.open();
    const run = (...args: string[]): string => engine.command(session, args.map(utf8));
    const seen = { found: 0, refused: 0 };
    let root: Json = null;
    for (let step = 0; step < QUERIES[build] * TEST_LENGTH; step++) {
      if (step % 20 === 0) {
        root = document(random, 5);
        expect(run("JSON.SET", "k", "$", JSON.stringify(root))).toBe("+OK\r\n");
      }
      const whole = `$${segments(random, 3, 4)}`;
      const text = chance(random, 3) ? changed(random, whole) : whole;
      const query = parsedQuery(text);
      const reply = run("JSON.GET", "k", text);
      const told = [text, JSON.stringify(root)];
      if (query === undefined) {
        expect([...told, reply.slice(0, 5)]).toEqual([...told, "-ERR "]);
        seen.refused++;
        continue;
      }
      expect([...told, reply.slice(0, 1)]).toEqual([...told, "$"]);
      const wanted = queried(root, query);
      expect([...told, JSON.parse(fromUtf8(reply.slice(reply.indexOf("\r\n") + 2)))]).toEqual([
        ...told,
        JSON.parse(JSON.stringify(wanted)),
      ]);
      if (wanted.length > 0) seen.found++;
    }
    expect(seen.found).toBeGreaterThan(QUERIES[build] / 8);
    expect(seen.refused).toBeGreaterThan(QUERIES[build] / 8);
    engine.check();
  });
});
