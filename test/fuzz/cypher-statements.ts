/**
 * Random Cypher against the parser (parser-fuzz.ts). Messages end in their position and openCypher's class and detail.
 */
import { printCypher } from "../../host/query/ast/cypher/print.ts";
import { fingerprintCypher, parseCypherFingerprint } from "../../host/query/parser/cypher/fingerprint.ts";
import { tokenize } from "../../host/query/parser/cypher/lexer.ts";
import { checkNesting } from "../../host/query/parser/cypher/nesting.ts";
import { parseCypher, parseTree } from "../../host/query/parser/cypher/parse.ts";
import { CypherGenerator } from "../support/cypher-generator.ts";
import { CORPUS } from "../unit/host/query/parser/cypher/corpus.ts";
import { type FuzzedLanguage, fuzzParser } from "./parser-fuzz.ts";

export function fuzzCypher(seed: number, steps: number): void {
  fuzzParser(CYPHER, seed, steps);
}

const CYPHER: FuzzedLanguage = {
  generator: (random) => {
    const generator = new CypherGenerator(random);
    return (depth) => printCypher(generator.statement(depth));
  },
  corpus: CORPUS,
  print: (text) => printCypher(parseCypher(text)),
  printLifted: (text) => printCypher(parseCypherFingerprint(fingerprintCypher(text))),
  tokenize,
  checkNesting,
  parseTree,
  message: / at line \d+:\d+ \[SyntaxError: [A-Z][A-Za-z]+\]$/,
  peculiar: ["'", '"', "`", ..."()[]{}-<>$*|:", "--", "..", "/*", "//", "\\u", "\0", "—", "💥"],
  changedCharacters: 0.4,
  // Some 10 for valid statements; twice for SLL and LL, and some for where they disagree.
  looksMax: 100,
};
