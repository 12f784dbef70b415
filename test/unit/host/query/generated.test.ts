/**
 * Goal: what the printer writes is what the parser reads, and what the literal-lifting scanner says of a text is true.
 * Method: random statements from seeds. Each is printed and parsed again. Then its literals are lifted: the slots are those in the AST,
 * and a text with other literals of the same classes has the same key, and its AST is the first one with the literals put in.
 */
import { describe, expect, test } from "vitest";
import { printSql } from "../../../../host/query/ast/print.ts";
import { type Fingerprint, fingerprint, type LiftedLiteral, parseFingerprint } from "../../../../host/query/parser/sql/fingerprint.ts";
import { parseSql } from "../../../../host/query/parser/sql/parse.ts";
import { createRandom } from "../../../support/random.ts";
import { SqlGenerator } from "../../../support/sql-generator.ts";
import { strip } from "./ast.ts";
import { CACHED_CORPUS } from "./corpus.ts";

const SEEDS = Array.from({ length: 400 }, (_, index) => index + 1);

function generate(seed: number): string {
  return printSql(new SqlGenerator(createRandom(seed)).statement(5));
}

/** `ast` without positions, with the values of lifted literals taken from `literals`; `used` collects their slots. */
function substitute(ast: unknown, literals: readonly LiftedLiteral[], used: Set<number>): unknown {
  if (Array.isArray(ast)) return ast.map((item) => substitute(item, literals, used));
  if (typeof ast !== "object" || ast === null) return ast;
  const fields = Object.entries(ast).filter(([name]) => name !== "position" && name !== "slot");
  const node = Object.fromEntries(fields.map(([name, value]) => [name, substitute(value, literals, used)]));
  const slot = "slot" in ast ? (ast.slot as number) : -1;
  if (slot < 0) return node;
  used.add(slot);
  return { ...node, [node.kind === "ParsedNumber" ? "text" : "value"]: literals[slot]!.value };
}

/** Another value of the class; different slots get different ones. */
const OTHERS: Readonly<Record<LiftedLiteral["type"], (slot: number) => string>> = {
  integer: (slot) => String(1_000_000 + slot),
  bigint: (slot) => String(3_000_000_000 + slot),
  numeric: (slot) => `${slot}.25`,
  string: (slot) => `other ${slot}`,
  binary: (slot) => slot.toString(2),
  hexadecimal: (slot) => slot.toString(16),
};

const QUOTES: Readonly<Record<string, string>> = { string: "'", binary: "B'", hexadecimal: "X'" };

/** The same text with other literals: equal ones stay equal where they share a slot. Values at the edge of a class stay. */
function vary({ tokens, slots, literals }: Fingerprint): string {
  const values = literals.map(({ type, value }, slot) => (/^(2147483648|9223372036854775808)$/.test(value) ? value : OTHERS[type](slot)));
  let text = "";
  let copied = 0;
  slots.forEach((slot, index) => {
    if (slot < 0) return;
    const quote = QUOTES[literals[slot]!.type] ?? "";
    text += `${tokens.text.slice(copied, tokens.starts[index])}${quote}${values[slot]}${quote.slice(-1)}`;
    copied = tokens.ends[index]!;
  });
  return text + tokens.text.slice(copied);
}

function checkLifting(text: string): Fingerprint {
  const found = fingerprint(text);
  const parsed = parseFingerprint(found);
  const used = new Set<number>();
  expect(substitute(parsed, found.literals, used)).toEqual(strip(parseSql(text)));
  expect([...used].sort((left, right) => left - right)).toEqual(found.literals.map((_, slot) => slot));
  const other = vary(found);
  const again = fingerprint(other);
  expect(again.key).toBe(found.key);
  expect(substitute(parsed, again.literals, used)).toEqual(strip(parseSql(other)));
  return found;
}

test.each(SEEDS)("statement of seed %i: printed, parsed, lifted", (seed) => {
  const statement = new SqlGenerator(createRandom(seed)).statement(5);
  const text = printSql(statement);
  expect(strip(parseSql(text))).toEqual(strip(statement));
  checkLifting(text);
});

test("the generator varies", () => {
  const texts = SEEDS.map(generate);
  expect(new Set(texts).size).toBeGreaterThan(SEEDS.length * 0.9);
  expect(texts.reduce((sum, text) => sum + fingerprint(text).literals.length, 0)).toBeGreaterThan(SEEDS.length);
});

describe("lifting from the corpus", () => {
  test.each(CACHED_CORPUS)("%s", (text) => {
    checkLifting(text);
  });
});
