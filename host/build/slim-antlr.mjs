/**
 * A plugin for esbuild that leaves out of antlr4ng what a parser without lexer and predicates does not reach, in bundles for browsers: lexers,
 * predicates, profiling, tree patterns and XPath, printing of automata. They are more than a third of it, and a bundler cannot see it by itself, since
 * classes with static blocks and the tables of antlr4ng's own lexer may have effects.
 *
 * The classes in UNUSED become empty ones, and the methods in UNUSED_METHODS lose their bodies. What is not found is an error: then
 * antlr4ng has changed, and these lists have to.
 */
import { readFile } from "node:fs/promises";

const FILE = /antlr4ng[\\/]dist[\\/]index\.mjs$/;

const UNUSED =
  `AND CharStreamImpl CommonToken CommonTokenFactory ConsoleErrorListener DFASerializer DiagnosticErrorListener InterpreterDataReader
  LL1Analyzer Lexer LexerATNConfig LexerATNSimulator LexerActionExecutor LexerChannelAction LexerCustomAction LexerDFASerializer
  LexerIndexedCustomAction LexerInterpreter LexerModeAction LexerMoreAction LexerNoViableAltException LexerPopModeAction
  LexerPushModeAction LexerSkipAction LexerTypeAction OR ParseInfo ParseTreePatternMatcher ParserInterpreter ProfilingATNSimulator
  TokenStreamRewriter TraceListener Trees XPath XPathLexer XPathLexerErrorListener`.split(/\s+/);

const UNUSED_METHODS = ["compileParseTreePattern", "dumpDFA", "getATNWithBypassAlts", "getDFAStrings", "setProfile", "setTrace"];

export const slimAntlr = {
  name: "slim-antlr",
  setup(build) {
    build.onLoad({ filter: FILE }, async ({ path }) => ({ contents: slim(await readFile(path, "utf8")), loader: "js" }));
  },
};

/** The text of antlr4ng's module without what is not used. */
export function slim(text) {
  let slimmed = text.replace(/ {2}static \{\n {4}__name\(this, "\w+"\);\n {2}\}\n/g, "");
  for (const name of UNUSED)
    slimmed = replaceOnce(slimmed, new RegExp(`\\nvar ${name} = class [\\s\\S]*?\\n\\};\\n`), `\nvar ${name} = class {};\n`);
  for (const name of UNUSED_METHODS) {
    slimmed = replaceOnce(slimmed, new RegExp(`\\n {2}${name}\\(([^)]*)\\) \\{\\n[\\s\\S]*?\\n {2}\\}\\n`), `\n  ${name}($1) {}\n`);
  }
  return slimmed;
}

function replaceOnce(text, pattern, by) {
  if (!pattern.test(text)) throw new Error(`antlr4ng has nothing like ${pattern}`);
  return text.replace(pattern, by);
}
