/**
 * Random SQL against the parser: statements of the generator and of the corpus, whole, with tokens dropped, doubled, swapped or taken from
 * another statement, with characters changed; and random bytes.
 *
 * 1. A statement of the generator is taken; anything else is taken or refused with a DatabaseError whose message ends in its position
 *    and SQLSTATE.
 * 2. What is taken can be printed, and the text is taken again and prints the same.
 * 3. The scanner of literals and the parser agree about what is made of tokens.
 * 4. The work is bounded: ANTLR looks at no more than a fixed number of tokens for each token there is.
 */
import { DatabaseError } from "../../host/common/error.ts";
import { printSql } from "../../host/query/ast/print.ts";
import { fingerprint, parseFingerprint } from "../../host/query/parser/sql/fingerprint.ts";
import { tokenize } from "../../host/query/parser/sql/lexer.ts";
import { checkNesting } from "../../host/query/parser/sql/nesting.ts";
import { parseSql, parseTree } from "../../host/query/parser/sql/parse.ts";
import { type TextToken, TextTokenStream } from "../../host/query/parser/tokens.ts";
import { createRandom, type SeededRandom } from "../support/random.ts";
import { SqlGenerator } from "../support/sql-generator.ts";
import { CORPUS } from "../unit/host/query/corpus.ts";
import { changeCharacters, changeWords } from "./broken-text.ts";

/** Looks per token: some 30 for valid statements; twice for SLL and LL, and some for where they disagree. */
const LOOKS_MAX = 400;
const PECULIAR = ["'", '"', "(", ")", "$", "E'", "/*", "--", "\\", "?", ",", "\0", "💥"];
const MESSAGE = / at line \d+:\d+ \[[0-9A-Z]{5}\]$/;

/** Counts how often the parser looks at a token. */
class CountingStream extends TextTokenStream {
  looks = 0;

  override LT(k: number): TextToken {
    this.looks++;
    return super.LT(k);
  }
}

export function fuzzSql(seed: number, steps: number): void {
  const random = createRandom(seed);
  const generator = new SqlGenerator(random);
  for (let step = 0; step < steps; step++) {
    const valid = random.chance(0.3);
    const text = valid ? printSql(generator.statement(random.between(1, 4))) : brokenText(random, generator);
    const taken = attempt(text);
    if (valid && !taken) throw new Error(`step ${step}: a generated statement was refused: ${JSON.stringify(text)}`);
    checkWork(text, step);
  }
}

function brokenText(random: SeededRandom, generator: SqlGenerator): string {
  if (random.chance(0.1)) return String.fromCharCode(...random.bytes(random.below(60)));
  const source = (): string => (random.chance(0.5) ? random.pick(CORPUS) : printSql(generator.statement(2)));
  return random.chance(0.3) ? changeCharacters(random, source(), PECULIAR) : changeWords(random, source(), source());
}

/** True if the statement is taken; throws unless it is taken or refused in the right way. */
function attempt(text: string): boolean {
  try {
    const printed = printSql(parseSql(text));
    const again = printSql(parseSql(printed));
    if (again !== printed) throw new Error(`printed differently: ${JSON.stringify(text)}`);
    if (printSql(parseFingerprint(fingerprint(text))) !== printed) throw new Error(`lifted differently: ${JSON.stringify(text)}`);
    return true;
  } catch (error) {
    if (error instanceof DatabaseError && MESSAGE.test(error.message)) return false;
    throw new Error(`${error instanceof Error ? error.message : error}: ${JSON.stringify(text)}`, { cause: error });
  }
}

function checkWork(text: string, step: number): void {
  let stream: CountingStream | undefined;
  try {
    const tokens = tokenize(text);
    checkNesting(tokens);
    stream = new CountingStream(tokens, undefined);
    parseTree(stream);
  } catch (error) {
    if (!(error instanceof DatabaseError)) throw error;
  }
  if (!stream || stream.looks <= (stream.size + 10) * LOOKS_MAX) return;
  throw new Error(`step ${step}: ${stream.looks} looks at ${stream.size} tokens: ${JSON.stringify(text)}`);
}
