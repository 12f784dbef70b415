/**
 * Random texts against a parser: statements of a generator and of a corpus, whole, with tokens dropped, doubled, swapped or taken from
 * another statement, with characters changed; and random bytes.
 *
 * 1. A statement of the generator is taken; anything else is taken or refused with a DatabaseError whose message ends as the language's do.
 * 2. What is taken can be printed, and the text is taken again and prints the same.
 * 3. The scanner of literals and the parser agree about what is made of tokens.
 * 4. The work is bounded: ANTLR looks at no more than a fixed number of tokens for each token there is.
 */
import { DatabaseError } from "../../host/common/error.ts";
import { type TextToken, TextTokenStream, type TextTokens } from "../../host/query/parser/tokens.ts";
import { createRandom, type SeededRandom } from "../support/random.ts";
import { changeCharacters, changeWords } from "./broken-text.ts";

/** A language, and what makes statements of it. */
export interface FuzzedLanguage {
  /** What makes texts of statements of about a depth. */
  readonly generator: (random: SeededRandom) => (depth: number) => string;
  readonly corpus: readonly string[];
  /** Parses and prints. */
  readonly print: (text: string) => string;
  /** Lifts the literals, parses what was scanned, and prints. */
  readonly printLifted: (text: string) => string;
  readonly tokenize: (text: string) => TextTokens;
  readonly checkNesting: (tokens: TextTokens) => void;
  readonly parseTree: (stream: TextTokenStream) => unknown;
  /** How messages of errors end. */
  readonly message: RegExp;
  /** What is put into texts. */
  readonly peculiar: readonly string[];
  /** Share of the broken texts whose characters are changed instead of words. */
  readonly changedCharacters: number;
  /** Looks at tokens for each token. */
  readonly looksMax: number;
}

/** Counts how often the parser looks at a token. */
class CountingStream extends TextTokenStream {
  looks = 0;

  override LT(k: number): TextToken {
    this.looks++;
    return super.LT(k);
  }
}

export function fuzzParser(language: FuzzedLanguage, seed: number, steps: number): void {
  const random = createRandom(seed);
  const generate = language.generator(random);
  for (let step = 0; step < steps; step++) {
    const valid = random.chance(0.3);
    const text = valid ? generate(random.between(1, 4)) : brokenText(language, random, generate);
    const taken = attempt(language, text);
    if (valid && !taken) throw new Error(`step ${step}: a generated statement was refused: ${JSON.stringify(text)}`);
    checkWork(language, text, step);
  }
}

function brokenText(
  { corpus, peculiar, changedCharacters }: FuzzedLanguage,
  random: SeededRandom,
  generate: (depth: number) => string,
): string {
  if (random.chance(0.1)) return String.fromCharCode(...random.bytes(random.below(60)));
  const source = (): string => (random.chance(0.5) ? random.pick(corpus) : generate(2));
  return random.chance(changedCharacters) ? changeCharacters(random, source(), peculiar) : changeWords(random, source(), source());
}

/** True if the statement is taken; throws unless it is taken or refused in the right way. */
function attempt({ print, printLifted, message }: FuzzedLanguage, text: string): boolean {
  try {
    const printed = print(text);
    if (print(printed) !== printed) throw new Error(`printed differently: ${JSON.stringify(text)}`);
    if (printLifted(text) !== printed) throw new Error(`lifted differently: ${JSON.stringify(text)}`);
    return true;
  } catch (error) {
    if (error instanceof DatabaseError && message.test(error.message)) return false;
    throw new Error(`${error instanceof Error ? error.message : error}: ${JSON.stringify(text)}`, { cause: error });
  }
}

function checkWork({ tokenize, checkNesting, parseTree, looksMax }: FuzzedLanguage, text: string, step: number): void {
  let stream: CountingStream | undefined;
  try {
    const tokens = tokenize(text);
    checkNesting(tokens);
    stream = new CountingStream(tokens, undefined);
    parseTree(stream);
  } catch (error) {
    if (!(error instanceof DatabaseError)) throw error;
  }
  if (!stream || stream.looks <= (stream.size + 10) * looksMax) return;
  throw new Error(`step ${step}: ${stream.looks} looks at ${stream.size} tokens: ${JSON.stringify(text)}`);
}
