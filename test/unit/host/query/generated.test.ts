/**
 * Goal: what the printer writes is what the parser reads, and what the literal-lifting scanner says of a text is true.
 * Method: random statements from seeds. Each is printed and parsed again. Then its literals are lifted: the slots are those in the AST,
 * and a text with other literals of the same classes has the same key, and its AST is the first one with the literals put in.
 */
import { describe, expect, test } from "vitest";
import { printSql } from "../../../../host/query/ast/print.ts";
import { type Fingerprint, fingerprint, type LiftedLiteral, parseFingerprint } from "../../../../host/query/parser/sql/fingerprint.ts";
import { parseSql } from "../../../../host/query/parser/sql/parse.ts";
import { substitute, vary } from "../../../support/lifted-literals.ts";
import { createRandom } from "../../../support/random.ts";
import { SqlGenerator } from "../../../support/sql-generator.ts";
import { strip } from "./ast.ts";
import { CACHED_CORPUS } from "./corpus.ts";

const SEEDS = Array.from({ length: 400 }, (_, index) => index + 1);

function generate(seed: number): string {
  return printSql(new SqlGenerator(createRandom(seed)).statement(5));
}

const OTHERS: Parameters<typeof vary<LiftedLiteral["type"]>>[1] = {
  integer: { value: (slot) => String(1_000_000 + slot) },
  bigint: { value: (slot) => String(3_000_000_000 + slot) },
  numeric: { value: (slot) => `${slot}.25` },
  string: { value: (slot) => `other ${slot}`, quote: "'" },
  binary: { value: (slot) => slot.toString(2), quote: "B'" },
  hexadecimal: { value: (slot) => slot.toString(16), quote: "X'" },
};

function checkLifting(text: string): Fingerprint {
  const found = fingerprint(text);
  const parsed = parseFingerprint(found);
  const used = new Set<number>();
  expect(substitute(parsed, found.literals, used)).toEqual(strip(parseSql(text)));
  expect([...used].sort((left, right) => left - right)).toEqual(found.literals.map((_, slot) => slot));
  const other = vary(found, OTHERS);
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
