/**
 * Goal: what the parser learns of statements does not grow for ever, and is forgotten without harm.
 * Method: ordinary statements, which must stay far below the limit; and statements that are ambiguous for as long as a list in
 * brackets lasts (`JOIN b ON conflict (...)` may be a call or INSERT's clause), so that each teaches something new. Their trees are
 * compared with those of a parser that knows nothing.
 */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import type { ParserRuleContext } from "antlr4ng";
import { expect, test } from "vitest";
import { printSql } from "../../../../host/query/ast/print.ts";
import { printExpression } from "../../../../host/query/ast/print-expression.ts";
import { type AtnParser, LEARNED_MAX } from "../../../../host/query/parser/atn-parser.ts";
import { tokenize } from "../../../../host/query/parser/sql/lexer.ts";
import { sqlParser } from "../../../../host/query/parser/sql/parse.ts";
import { StatementParser } from "../../../../host/query/parser/statement-parser.ts";
import { TextTokenStream } from "../../../../host/query/parser/tokens.ts";
import { createRandom } from "../../../support/random.ts";
import { SqlGenerator } from "../../../support/sql-generator.ts";
import { CORPUS } from "./corpus.ts";

const SEED = 11;
const STATEMENTS = 400;
/** What one statement of this test may add. */
const STATEMENT_MAX = 10_000;

function streamOf(text: string): TextTokenStream {
  return new TextTokenStream(tokenize(text), undefined);
}

/** A statement parser, and the parser inside once it has parsed something. */
function newParser(): { readonly parser: StatementParser; readonly inner: () => AtnParser } {
  let made: AtnParser | undefined;
  const parser = new StatementParser((stream) => {
    made = sqlParser(stream);
    return made;
  });
  return { parser, inner: () => made! };
}

/** Rules and tokens of a tree. */
function shapeOf(tree: ParserRuleContext): string {
  const children = tree.children.map((child) => ("children" in child ? shapeOf(child as ParserRuleContext) : child.getText()));
  return `${tree.ruleIndex}(${children.join(" ")})`;
}

function ambiguous(generator: SqlGenerator): string {
  return `INSERT INTO t SELECT 1 FROM a JOIN b ON conflict (${printExpression(generator.expression(4))}, ${printExpression(generator.expression(4))}) = 1`;
}

test("ordinary statements stay far below the limit", () => {
  const { parser, inner } = newParser();
  const generator = new SqlGenerator(createRandom(SEED));
  for (const text of CORPUS) parser.parse(streamOf(text));
  for (let step = 0; step < STATEMENTS; step++) parser.parse(streamOf(printSql(generator.statement(1 + (step % 4)))));
  expect(inner().learned).toBeGreaterThan(0);
  expect(inner().learned).toBeLessThan(LEARNED_MAX / 10);
});

test("words behind interval teach nothing", () => {
  const { parser, inner } = newParser();
  const generator = new SqlGenerator(createRandom(SEED));
  for (let step = 0; step < 100; step++)
    parser.parse(streamOf(`SELECT f(a::interval day, ${printExpression(generator.expression(4))}), a::s.t`));
  expect(inner().learned).toBeLessThan(LEARNED_MAX / 10);
});

test("statements that teach something new for ever are forgotten, and parsed as before", () => {
  const { parser, inner } = newParser();
  const generator = new SqlGenerator(createRandom(SEED));
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  let forgotten = 0;
  let before = 0;
  let heapMax = 0;
  for (let step = 0; step < STATEMENTS; step++) {
    const text = ambiguous(generator);
    const tree = parser.parse(streamOf(text));
    const { learned } = inner();
    expect(learned, text).toBeLessThanOrEqual(LEARNED_MAX);
    expect(learned - before, text).toBeLessThan(STATEMENT_MAX);
    if (learned < before) {
      forgotten++;
      expect(shapeOf(parser.parse(streamOf(text)))).toBe(shapeOf(tree));
    }
    before = inner().learned;
    if (step % 100 === 0) {
      expect(shapeOf(newParser().parser.parse(streamOf(text)))).toBe(shapeOf(tree));
      collect();
      const { heapUsed } = process.memoryUsage();
      if (step === 0) heapMax = heapUsed + 40e6;
      expect(heapUsed).toBeLessThan(heapMax);
    }
  }
  expect(forgotten).toBeGreaterThan(1);
});
