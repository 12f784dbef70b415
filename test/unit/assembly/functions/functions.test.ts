/**
 * Goal: the functions that come with MemFlux answer what PostgreSQL's of the same name answer.
 * Method: examples of PostgreSQL's documentation (fuzzystrmatch, pg_trgm) and edges; then random texts against the definitions
 * written down in the slow way.
 */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { loadExtension } from "../../../../host/extension/extension.ts";
import { createRandom } from "../../../support/random.ts";

const SEED = 4_711;
const extension = loadExtension(readFileSync(new URL("../../../../dist/functions.wasm", import.meta.url)));
const call = (name: string, ...args: readonly string[]): unknown => extension.call(name, args);

test("the signatures", () => {
  expect(Object.fromEntries(extension.functions)).toEqual({
    levenshtein: { parameters: ["string", "string"], result: "i32" },
    similarity: { parameters: ["string", "string"], result: "f32" },
    slugify: { parameters: ["string"], result: "string" },
    soundex: { parameters: ["string"], result: "string" },
  });
});

test.each([
  ["GUMBO", "GAMBOL", 2],
  ["kitten", "sitting", 3],
  ["", "", 0],
  ["abc", "", 3],
  ["", "ab", 2],
  ["same", "same", 0],
  ["ä", "a", 1],
  ["😀x", "😀y", 1],
  ["😀", "", 1],
  ["\uD83D", "\uDE00", 1],
  ["a\0b", "ab", 1],
])("levenshtein(%j, %j)", (source, target, distance) => {
  expect([call("levenshtein", source, target), call("levenshtein", target, source)]).toEqual([distance, distance]);
});

test("levenshtein takes 255 characters", () => {
  expect(call("levenshtein", "😀".repeat(255), "a".repeat(255))).toBe(255);
  for (const args of [
    ["a".repeat(256), ""],
    ["", "😀".repeat(256)],
  ] as const) {
    expect(() => call("levenshtein", ...args)).toThrow("levenshtein argument exceeds maximum length of 255 characters");
  }
});

test("levenshtein against its definition", () => {
  const random = createRandom(SEED);
  const distance = (a: string[], b: string[]): number => {
    if (a.length === 0 || b.length === 0) return a.length + b.length;
    if (a[0] === b[0]) return distance(a.slice(1), b.slice(1));
    return 1 + Math.min(distance(a.slice(1), b), distance(a, b.slice(1)), distance(a.slice(1), b.slice(1)));
  };
  for (let i = 0; i < 500; i++) {
    const [a, b] = [0, 1].map(() => Array.from({ length: random.below(7) }, () => random.pick(["a", "b", "é", "😀"]))) as [
      string[],
      string[],
    ];
    expect(call("levenshtein", a.join(""), b.join("")), `seed ${SEED}: ${a.join("")} ${b.join("")}`).toBe(distance(a, b));
  }
});

test.each([
  ["hello world!", "H464"],
  ["Anne", "A500"],
  ["Ann", "A500"],
  ["Andrew", "A536"],
  ["Margaret", "M626"],
  ["Robert", "R163"],
  ["rubin", "R150"],
  ["Ashcraft", "A226"],
  ["Tymczak", "T522"],
  ["Pfister", "P236"],
  ["  O'Hara", "O600"],
  ["ll", "L000"],
  ["", ""],
  ["42 é 日本", ""],
  ["éa", "A000"],
])("soundex(%j)", (text, code) => {
  expect(call("soundex", text)).toBe(code);
});

test.each([
  ["word", "two words", 0.36363637],
  ["word", "words", 0.5714286],
  ["word", "word", 1],
  ["Word!", "(word)", 1],
  ["a b", "b a", 1],
  ["abc", "xyz", 0],
  ["", "", 0],
  ["", "a", 0],
  ["...", "...", 0],
  ["ÄPFEL", "äpfel", 1],
  ["日本語", "日本", 0.4],
])("similarity(%j, %j)", (a, b, expected) => {
  expect(call("similarity", a, b)).toBe(Math.fround(expected));
  expect(call("similarity", b, a)).toBe(Math.fround(expected));
});

test("similarity against its definition", () => {
  const random = createRandom(SEED);
  const trigrams = (text: string): Set<string> =>
    new Set(
      text
        .split(/[^\p{L}\d]+/u)
        .filter((word) => word !== "")
        .flatMap((word) => {
          const points = [" ", " ", ...word, " "];
          return points.slice(2).map((_, i) => points.slice(i, i + 3).join(""));
        }),
    );
  for (let i = 0; i < 500; i++) {
    const [a, b] = [0, 1].map(() =>
      Array.from({ length: random.below(20) }, () => random.pick(["a", "b", "1", "é", "𐐨", " ", "-"])).join(""),
    ) as [string, string];
    const [left, right] = [trigrams(a), trigrams(b)];
    const common = [...left].filter((trigram) => right.has(trigram)).length;
    const expected = left.size === 0 || right.size === 0 ? 0 : Math.fround(common / (left.size + right.size - common));
    expect(call("similarity", a, b), `seed ${SEED}: ${a} | ${b}`).toBe(expected);
  }
});

test.each([
  ["Crème brûlée, 2 Stück!", "creme-brulee-2-stuck"],
  ["  --Hello,   World--  ", "hello-world"],
  ["Don't / won’t", "dont-wont"],
  ["STRASSE Straße ŒUVRE Þórr Łódź İstanbul", "strasse-strasse-oeuvre-thorr-lodz-istanbul"],
  ["3 × 4 ÷ 5", "3-4-5"],
  ["e\u0301te\u0301", "ete"],
  ["Привет, мир", "привет-мир"],
  ["日本語 テキスト", "日本語-テキスト"],
  ["😀", ""],
  ["", ""],
  ["𐐀b", "𐐨b"],
])("slugify(%j)", (text, slug) => {
  expect(call("slugify", text)).toBe(slug);
});

test("every Latin letter with a mark becomes letters of ASCII", () => {
  for (let point = 0xc0; point <= 0x17f; point++) {
    if (point === 0xd7 || point === 0xf7) continue;
    const letter = String.fromCodePoint(point);
    expect(call("slugify", letter), letter).toMatch(/^[a-z]{1,2}$/);
    const base = letter.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
    if (/^[a-z]+$/.test(base)) expect(call("slugify", letter), letter).toBe(base);
  }
});

test("long texts", () => {
  expect((call("slugify", "Größe ".repeat(87_382)) as string).length).toBe(87_382 * 7 - 1);
  expect(call("similarity", "abc ".repeat(50_000), "abc")).toBe(1);
  expect(call("soundex", " ".repeat(524_288))).toBe("");
});
