/**
 * Goal: every character has the general category that Unicode gives it, in whatever order characters are asked for.
 * Method: all code points against Node's regular expressions. A Node of another version of Unicode knows other characters as
 * unassigned, and has moved a handful at most.
 */
import { readFileSync } from "node:fs";
import { beforeAll, expect, test } from "vitest";
import { createRandom } from "../../../support/random.ts";
import { type BytesModule, compileFiles } from "../bytes/module.ts";

const SEED = 9_485;
const CATEGORIES = "Lu Ll Lt Lm Lo Mn Mc Me Nd Nl No Pc Pd Ps Pe Pi Pf Po Sm Sc Sk So Zs Zl Zp Cc Cf Cs Co Cn".split(" ");
const UNASSIGNED = CATEGORIES.indexOf("Cn");
const MOVED_MAX = 100;
const CODE_POINTS = 0x110000;

let wasm: BytesModule;
let expected: Uint8Array;

beforeAll(async () => {
  wasm = await compileFiles("value", ["category"], "release");
  const tests = CATEGORIES.map((name) => new RegExp(`^\\p{${name}}$`, "u"));
  let last = 0;
  expected = Uint8Array.from({ length: CODE_POINTS }, (_, code) => {
    const character = String.fromCodePoint(code);
    if (tests[last]?.test(character) !== true) last = tests.findIndex((pattern) => pattern.test(character));
    return last;
  });
}, 60_000);

test("all code points", () => {
  const categoryOf = wasm.call<[number], number>("categoryOf");
  const version = /version ([\d.]+)/.exec(readFileSync(new URL("../../../../assembly/value/category-table.ts", import.meta.url), "utf8"));
  const different: number[] = [];
  for (let code = 0; code < CODE_POINTS; code++) if (categoryOf(code) !== expected[code]) different.push(code);
  if (version?.[1] === process.versions.unicode) expect(different).toEqual([]);
  const moved = different.filter((code) => expected[code] !== UNASSIGNED && categoryOf(code) !== UNASSIGNED);
  expect(moved.length).toBeLessThan(MOVED_MAX);
});

test("in any order, and beyond Unicode", () => {
  const categoryOf = wasm.call<[number], number>("categoryOf");
  const all = Array.from({ length: CODE_POINTS }, (_, code) => categoryOf(code));
  const random = createRandom(SEED);
  for (let i = 0; i < 100_000; i++) {
    const code = random.below(random.pick([128, 0x3000, CODE_POINTS]));
    expect(categoryOf(code), `seed ${SEED}, U+${code.toString(16)}`).toBe(all[code]);
  }
  for (const code of [CODE_POINTS, 0x1fffff, 0xffffffff]) expect(categoryOf(code)).toBe(all[CODE_POINTS - 1]);
});

test("names are one bit each", () => {
  const categoryMask = wasm.call<[number, number], number>("categoryMask");
  const mask = (name: string): number => categoryMask(name.charCodeAt(0), name.charCodeAt(1) || 0) >>> 0;
  for (const [number, name] of CATEGORIES.entries()) expect(mask(name)).toBe((1 << number) >>> 0);
  for (const letter of "LMNPSZC") {
    expect(mask(letter)).toBe(CATEGORIES.reduce((sum, name, number) => (name.startsWith(letter) ? sum | (1 << number) : sum), 0));
  }
  for (const name of ["X", "l", "La", "Xu", "\0"]) expect(mask(name)).toBe(0);
});
