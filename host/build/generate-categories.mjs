/**
 * Writes assembly/value/category-table.ts: the general category of every Unicode character, as Node's regular expressions know it.
 * Run by hand, `node host/build/generate-categories.mjs`, when a newer version of Unicode is wanted: the table is the same for
 * everybody, whatever Node builds the engine.
 *
 * The format stands in the head of what is written.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { ROOT } from "./stamp.mjs";

/** Their numbers are their positions. Lu and Ll are 0 and 1. */
const CATEGORIES = "Lu Ll Lt Lm Lo Mn Mc Me Nd Nl No Pc Pd Ps Pe Pi Pf Po Sm Sc Sk So Zs Zl Zp Cc Cf Cs Co Cn".split(" ");
const UPPER_LOWER = CATEGORIES.length;
const LOWER_UPPER = CATEGORIES.length + 1;
const CODE_POINTS = 0x110000;
const SHORT_MAX = 7;
/** Characters that alternate become one run from here on. */
const ALTERNATION_MIN = 3;

/** The table's file. */
export function categoryTable() {
  const bytes = mergeRuns(readRuns()).flatMap(encodeRun);
  const names = [...CATEGORIES.join("")].map((letter) => letter.charCodeAt(0));
  return `/**
 * The general category of every Unicode character, version ${process.versions.unicode}. Made by host/build/generate-categories.mjs.
 *
 * Runs of code points from U+0000 on, one behind the other: a byte, its upper five bits the kind, its lower three the length less
 * one; seven there: the length less eight follows as LEB128. A kind is a category by its number, or ${UPPER_LOWER}: Lu and Ll by turns, ${LOWER_UPPER}: Ll and Lu by turns.
 */
export const CATEGORY_COUNT: u32 = ${CATEGORIES.length};
/** Two letters each. */
export const CATEGORY_NAMES: usize = memory.data<u8>([
${lines(names)}
]);
export const KIND_UPPER_LOWER: u32 = ${UPPER_LOWER};
export const KIND_LOWER_UPPER: u32 = ${LOWER_UPPER};
export const CATEGORY_TABLE_BYTES: u32 = ${bytes.length};
export const CATEGORY_TABLE: usize = memory.data<u8>([
${lines(bytes)}
]);
`;
}

function readRuns() {
  const tests = CATEGORIES.map((name) => new RegExp(`^\\p{${name}}$`, "u"));
  const runs = [];
  for (let code = 0; code < CODE_POINTS; code++) {
    const character = String.fromCodePoint(code);
    const last = runs.at(-1);
    if (last !== undefined && tests[last.kind].test(character)) last.length++;
    else runs.push({ kind: tests.findIndex((test) => test.test(character)), length: 1 });
  }
  return runs;
}

/** Single characters of Lu and Ll by turns become one run. */
function mergeRuns(runs) {
  const merged = [];
  for (let at = 0; at < runs.length; ) {
    let end = at;
    while (end < runs.length && runs[end].length === 1 && runs[end].kind <= 1 && (end === at || runs[end].kind !== runs[end - 1].kind))
      end++;
    if (end - at >= ALTERNATION_MIN) {
      merged.push({ kind: runs[at].kind === 0 ? UPPER_LOWER : LOWER_UPPER, length: end - at });
      at = end;
    } else merged.push(runs[at++]);
  }
  return merged;
}

function encodeRun({ kind, length }) {
  if (length <= SHORT_MAX) return [(kind << 3) | (length - 1)];
  const bytes = [(kind << 3) | SHORT_MAX];
  let rest = length - SHORT_MAX - 1;
  for (; rest >= 0x80; rest >>>= 7) bytes.push((rest & 0x7f) | 0x80);
  return [...bytes, rest];
}

/** As prettier puts lists of numbers. */
function lines(numbers) {
  const found = ["  "];
  for (const number of numbers) {
    const word = `${number},`;
    const line = found.at(-1);
    if (line.length + word.length + (line === "  " ? 0 : 1) > 140) found.push(`  ${word}`);
    else found[found.length - 1] = line === "  " ? `  ${word}` : `${line} ${word}`;
  }
  return found.join("\n");
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  writeFileSync(join(ROOT, "assembly/value/category-table.ts"), categoryTable());
}
