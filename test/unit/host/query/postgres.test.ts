/**
 * Goal: operators bind as in PostgreSQL 16, and what its parser takes or refuses, ours does.
 * Method: random expressions without brackets. PostgreSQL's own parser (libpg-query 16, where it is installed in test/node_modules) reads
 * them, and reads what our AST says with brackets around everything: both trees must be the same. Random statements of the generator
 * must be taken by it. Not run where the package is missing.
 *
 * Known difference: PostgreSQL takes ESCAPE and other words for a result's name without AS, and stops one word later.
 */
import { describe, expect, test } from "vitest";
import type { ParsedExpression } from "../../../../host/query/ast/expression.ts";
import { printSql } from "../../../../host/query/ast/print.ts";
import { parseSql } from "../../../../host/query/parser/sql/parse.ts";
import { createRandom, type SeededRandom } from "../../../support/random.ts";
import { SqlGenerator } from "../../../support/sql-generator.ts";

interface PostgresParser {
  loadModule(): Promise<void>;
  parseSync(text: string): { readonly stmts: unknown };
}

async function loadPostgres(): Promise<PostgresParser | undefined> {
  const name = "libpg-query";
  try {
    const { loadModule, parseSync } = (await import(name)) as PostgresParser;
    await loadModule();
    return { loadModule, parseSync };
  } catch {
    return undefined;
  }
}

const postgres = await loadPostgres();

/** PostgreSQL's tree without positions, or its error. A ? of an operator is written once there, and parameters have numbers. */
function tree(text: string): string {
  try {
    const { stmts } = postgres!.parseSync(text.replaceAll("??", "?"));
    return JSON.stringify(stmts, (name, value: unknown) => (/location$|^stmt_len$/.test(name) ? undefined : value));
  } catch (error) {
    return `refused: ${(error as Error).message}`;
  }
}

/** With brackets around everything. */
function bracketed(value: ParsedExpression): string {
  const not = "negated" in value && value.negated ? "NOT " : "";
  switch (value.kind) {
    case "ParsedColumn":
      return value.names.map(({ text }) => text).join(".");
    case "ParsedNumber":
      return value.negative ? `(-${value.text})` : value.text;
    case "ParsedLogical":
      return `(${value.operands.map(bracketed).join(` ${value.operator} `)})`;
    case "ParsedNot":
      return `(NOT ${bracketed(value.operand)})`;
    case "ParsedIs":
      return `(${bracketed(value.operand)} IS ${not}${value.test})`;
    case "ParsedDistinctFrom":
      return `(${bracketed(value.left)} IS ${not}DISTINCT FROM ${bracketed(value.right)})`;
    case "ParsedLike":
      return `(${bracketed(value.operand)} ${not}${value.operator} ${bracketed(value.pattern)}${value.escape ? ` ESCAPE ${bracketed(value.escape)}` : ""})`;
    case "ParsedBetween":
      return `(${bracketed(value.operand)} ${not}BETWEEN ${value.symmetric ? "SYMMETRIC " : ""}${bracketed(value.lower)} AND ${bracketed(value.upper)})`;
    case "ParsedInList":
      return `(${bracketed(value.operand)} ${not}IN (${value.items.map(bracketed).join(", ")}))`;
    case "ParsedUnary":
      return `(${value.operator} ${bracketed(value.operand)})`;
    case "ParsedBinary":
      return `(${bracketed(value.left)} ${value.operator} ${bracketed(value.right)})`;
    case "ParsedCast":
      return `(${bracketed(value.operand)}::${value.type.name[0]})`;
    case "ParsedCollate":
      return `(${bracketed(value.operand)} COLLATE ${value.collation[0]!.text})`;
    case "ParsedAtTimeZone":
      return `(${bracketed(value.operand)} AT TIME ZONE ${bracketed(value.zone)})`;
    case "ParsedQuantified":
      return `(${bracketed(value.left)} ${value.operator} ${value.quantifier} (${bracketed(value.right)}))`;
    default:
      throw new Error(`${value.kind} was not asked for`);
  }
}

const PREFIXES = ["NOT ", "- ", "+ ", "~ ", "@ "];
const OPERATORS =
  "+,-,*,/,%,^,=,<,>=,<>,!=,||,->,~,AND,OR,LIKE,NOT ILIKE,SIMILAR TO,BETWEEN,NOT BETWEEN SYMMETRIC,AND,AND,AT TIME ZONE,IS DISTINCT FROM,IS NOT DISTINCT FROM".split(
    ",",
  );
const SUFFIXES = [
  " IS NULL",
  " IS NOT TRUE",
  " ISNULL",
  " IN (1)",
  " NOT IN (1, 2)",
  " COLLATE x",
  " = ANY (d)",
  " || ALL (d)",
  " LIKE ANY (d)",
];

function operand(random: SeededRandom): string {
  const prefixes = Array.from({ length: random.chance(0.25) ? random.between(1, 2) : 0 }, () => random.pick(PREFIXES));
  return prefixes.join("") + random.pick(["a", "b", "c", "1", "2.5", "d::int", "(e)"]);
}

function flatExpression(random: SeededRandom): string {
  let text = operand(random);
  for (let count = random.between(1, 5); count > 0; count--) {
    const pattern = random.chance(0.1)
      ? ` LIKE ${operand(random)} ESCAPE ${operand(random)}`
      : ` ${random.pick(OPERATORS)} ${operand(random)}`;
    text += random.chance(0.8) ? pattern : random.pick(SUFFIXES);
  }
  return text;
}

/** Our AST of the expression with brackets around everything, or undefined if it is refused. */
function ours(text: string): string | undefined {
  try {
    const statement = parseSql(text);
    if (statement.kind !== "ParsedQuery" || statement.body.kind !== "ParsedSelect") return undefined;
    return `SELECT ${bracketed(statement.body.items[0]!.value)}`;
  } catch {
    return undefined;
  }
}

describe.skipIf(!postgres)("PostgreSQL's parser", () => {
  test.each([1, 2, 3, 4])("expressions of seed %i", (seed) => {
    const random = createRandom(seed);
    let taken = 0;
    for (let step = 0; step < 1000; step++) {
      const text = `SELECT ${flatExpression(random)}`;
      const theirs = tree(text);
      const brackets = ours(text);
      expect(brackets === undefined, text).toBe(theirs.startsWith("refused"));
      if (brackets === undefined) continue;
      taken++;
      expect(tree(brackets), text).toBe(theirs);
    }
    expect(taken).toBeGreaterThan(300);
  });

  test("generated statements are taken", () => {
    for (let seed = 1; seed <= 300; seed++) {
      const text = printSql(new SqlGenerator(createRandom(seed)).statement(3));
      expect(tree(text), text).not.toContain("refused");
    }
  });
});
