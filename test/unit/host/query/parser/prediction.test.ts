/**
 * Goal: our parser makes the tree that ANTLR's interpreter makes, or finds the same first error, with SLL and with LL.
 * Method: both go through the corpora of both languages, whole and broken (words left out, doubled, swapped, cut off), and through
 * statements of the generators; and through all short sentences of grammars whose decisions are hard.
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import * as CypherParser from "../../../../../grammar/generated/CypherParser.ts";
import * as SqlParser from "../../../../../grammar/generated/SqlParser.ts";
import { DatabaseError } from "../../../../../host/common/error.ts";
import { printCypher } from "../../../../../host/query/ast/cypher/print.ts";
import { printSql } from "../../../../../host/query/ast/print.ts";
import { AtnParser, type Grammar } from "../../../../../host/query/parser/atn-parser.ts";
import { tokenize as tokenizeCypher } from "../../../../../host/query/parser/cypher/lexer.ts";
import { type RuleContext, TerminalNode } from "../../../../../host/query/parser/parse-tree.ts";
import { tokenize as tokenizeSql } from "../../../../../host/query/parser/sql/lexer.ts";
import { EOF, TextTokenStream, type TextTokens } from "../../../../../host/query/parser/tokens.ts";
import { antlrTree, FirstError, type TreeShape } from "../../../../support/antlr-parser.ts";
import { CypherGenerator } from "../../../../support/cypher-generator.ts";
import { TEST_LENGTH, TEST_SEED } from "../../../../support/engine.ts";
import { createRandom, type SeededRandom } from "../../../../support/random.ts";
import { SqlGenerator } from "../../../../support/sql-generator.ts";
import { CORPUS as SQL_CORPUS } from "../corpus.ts";
import { CORPUS as CYPHER_CORPUS } from "./cypher/corpus.ts";

const PROJECT = fileURLToPath(new URL("../../../../..", import.meta.url));
const { generateGrammars }: { generateGrammars(root: string, run: (tool: string, args: string[]) => Promise<void>): Promise<unknown> } =
  await import(join(PROJECT, "host/build/generate-grammars.mjs"));

type Outcome = TreeShape | { readonly token: number; readonly rules: readonly number[] };

class Refused extends DatabaseError {
  readonly token: number;
  readonly rules: readonly number[];

  constructor(token: number, rules: readonly number[]) {
    super("SYNTAX", `token ${token}`);
    this.token = token;
    this.rules = rules;
  }
}

function parserOf(grammar: Grammar, statesMax?: number): AtnParser {
  return new AtnParser(
    grammar,
    (token, context) => {
      const rules: number[] = [];
      for (let rule: RuleContext | null = context; rule; rule = rule.parent) rules.push(rule.ruleIndex);
      return new Refused(token.tokenIndex, rules);
    },
    statesMax,
  );
}

function shapeOf(node: RuleContext | TerminalNode): TreeShape {
  if (node instanceof TerminalNode) return node.symbol.tokenIndex;
  return [node.ruleIndex, node.start!.tokenIndex, node.stop?.tokenIndex ?? -1, node.children.map(shapeOf)];
}

function outcomeOf(parse: () => TreeShape): Outcome {
  try {
    return parse();
  } catch (error) {
    if (!(error instanceof FirstError || error instanceof Refused)) throw error;
    return { token: error.token, rules: error.rules };
  }
}

/** Both parsers on types of tokens, with SLL and LL; answers whether LL takes what SLL does not. */
function compare(grammar: Grammar, parser: AtnParser, types: readonly number[]): boolean {
  const tokens: TextTokens = { text: "", types: [...types], starts: [], ends: [], values: [] };
  const [fast, exact] = [false, true].map((isExact) => {
    const ours = outcomeOf(() => shapeOf(parser.parse(new TextTokenStream(tokens, undefined), isExact)));
    const theirs = outcomeOf(() => antlrTree(grammar, types, isExact));
    expect(ours, types.join(" ")).toEqual(theirs);
    return ours;
  });
  return Array.isArray(exact) && !Array.isArray(fast);
}

/** Tokens with up to three left out, doubled, put elsewhere or replaced, or cut off; EOF stays last. */
function broken(random: SeededRandom, types: readonly number[], tokenMax: number): readonly number[] {
  const changed = types.slice(0, -1);
  for (let count = random.between(1, 3); count > 0; count--) {
    const at = random.below(changed.length + 1);
    const other = changed[random.below(changed.length)] ?? random.between(1, tokenMax);
    const choice = random.below(5);
    if (choice === 0) changed.splice(at, 1);
    else if (choice === 1) changed.splice(at, 0, other);
    else if (choice === 2) changed[at] = random.chance(0.5) ? other : random.between(1, tokenMax);
    else if (choice === 3) changed.splice(at, random.between(1, 4));
    else if (random.chance(0.3)) changed.length = Math.min(changed.length, at + 1);
  }
  return [...changed, EOF];
}

const LANGUAGES = [
  {
    name: "SQL",
    grammar: SqlParser.grammar,
    tokenize: tokenizeSql,
    corpus: SQL_CORPUS,
    generate: (random: SeededRandom) => printSql(new SqlGenerator(random).statement(4)),
  },
  {
    name: "Cypher",
    grammar: CypherParser.grammar,
    tokenize: tokenizeCypher,
    corpus: CYPHER_CORPUS,
    generate: (random: SeededRandom) => printCypher(new CypherGenerator(random).statement(4)),
  },
];

test.each(LANGUAGES)("$name: trees and errors are ANTLR's", ({ grammar, tokenize, corpus, generate }) => {
  const random = createRandom(TEST_SEED);
  const parser = parserOf(grammar);
  const generated = Array.from({ length: 40 * TEST_LENGTH }, () => generate(random));
  for (const text of [...corpus, ...generated]) {
    const { types } = tokenize(text);
    expect(compare(grammar, parser, types)).toBe(false);
    for (let round = 0; round < 2 * TEST_LENGTH; round++) compare(grammar, parser, broken(random, types, grammar.tokenNames.length - 1));
  }
});

/** Grammars of four words whose decisions are hard, each with the sentences of up to so many words that both parsers get. */
const HARD = {
  // Only the call tells whether a word is the optional one.
  Context: "root : ( A part C | B part D C )+ EOF ; part : D | ; ",
  // Ambiguous: the second B belongs to the inner or the outer; empty alternatives; the end of the text as a choice.
  Ambiguous: "root : step* ( EOF | D EOF ) ; step : A step ( B step )? | C some D | C some ; some : one ( B one )* ; one : A | B? C | ;",
  // As many words ahead as you please, through recursion.
  Deep: "root : ( left | right ) EOF ; left : A left B | C* D ; right : A right B | C* D D | C A ;",
  // Different calls of one rule, at the same place behind the same words.
  Shared: "root : ( a | b ) ( a | b C )* EOF ; a : A x | A x D ; b : A x C | A A ; x : ( A | B )* y ; y : B? | A B ;",
};
const WORDS_MAX = 5;

test("decisions that need calls or all words, or are ambiguous, are ANTLR's", async () => {
  const root = mkdtempSync(join(tmpdir(), "memflux-grammars-"));
  try {
    mkdirSync(join(root, "grammar"));
    for (const [name, rules] of Object.entries(HARD)) {
      writeFileSync(join(root, `grammar/${name}.g4`), `parser grammar ${name};\ntokens { A, B, C, D }\n${rules}\n`);
    }
    await generateGrammars(root, async (tool, args) => void execFileSync(process.execPath, [join(PROJECT, tool), ...args]));
    let exactAlone = 0;
    for (const name of Object.keys(HARD)) {
      const { grammar } = (await import(join(root, `grammar/generated/${name}.ts`))) as { grammar: Grammar };
      // It forgets what it has learned every few decisions.
      const parser = parserOf(grammar, 20);
      for (const words of sentences(4, WORDS_MAX)) if (compare(grammar, parser, [...words, EOF])) exactAlone++;
    }
    expect(exactAlone).toBeGreaterThan(0);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
});

/** All lists of up to `length` of the words 1 to `count`. */
function* sentences(count: number, length: number): Generator<readonly number[]> {
  yield [];
  if (length === 0) return;
  for (const rest of sentences(count, length - 1)) for (let word = 1; word <= count; word++) yield [word, ...rest];
}
