/**
 * Random SQL against the parser (parser-fuzz.ts). Messages end in their position and SQLSTATE.
 */
import { printSql } from "../../host/query/ast/print.ts";
import { fingerprint, parseFingerprint } from "../../host/query/parser/sql/fingerprint.ts";
import { tokenize } from "../../host/query/parser/sql/lexer.ts";
import { checkNesting } from "../../host/query/parser/sql/nesting.ts";
import { parseSql, parseTree } from "../../host/query/parser/sql/parse.ts";
import { SqlGenerator } from "../support/sql-generator.ts";
import { CORPUS } from "../unit/host/query/corpus.ts";
import { type FuzzedLanguage, fuzzParser } from "./parser-fuzz.ts";

export function fuzzSql(seed: number, steps: number): void {
  fuzzParser(SQL, seed, steps);
}

const SQL: FuzzedLanguage = {
  generator: (random) => {
    const generator = new SqlGenerator(random);
    return (depth) => printSql(generator.statement(depth));
  },
  corpus: CORPUS,
  print: (text) => printSql(parseSql(text)),
  printLifted: (text) => printSql(parseFingerprint(fingerprint(text))),
  tokenize,
  checkNesting,
  parseTree,
  message: / at line \d+:\d+ \[[0-9A-Z]{5}\]$/,
  peculiar: ["'", '"', "(", ")", "$", "E'", "/*", "--", "\\", "?", ",", "\0", "💥"],
  changedCharacters: 0.3,
  // Some 30 for valid statements; twice for SLL and LL, and some for where they disagree.
  looksMax: 400,
};
