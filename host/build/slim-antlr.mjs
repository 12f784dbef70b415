/**
 * A plugin for esbuild that leaves out of antlr4ng what a parser without lexer and predicates does not reach, in bundles for browsers: lexers,
 * predicates, profiling, tree patterns and XPath, printing of automata. They are more than a third of it, and a bundler cannot see it by itself, since
 * classes with static blocks and the tables of antlr4ng's own lexer may have effects.
 *
 * The classes in UNUSED become empty ones, and the methods in UNUSED_METHODS are gone: those that print, that recover from errors, that
 * read trees. What is not found is an error: then antlr4ng has changed, and these lists have to.
 */
import { readFile } from "node:fs/promises";

const FILE = /antlr4ng[\\/]dist[\\/]index\.mjs$/;

const UNUSED =
  `AND CharStreamImpl CommonToken CommonTokenFactory ConsoleErrorListener DFASerializer DiagnosticErrorListener InterpreterDataReader
  LL1Analyzer Lexer LexerATNConfig LexerATNSimulator LexerActionExecutor LexerChannelAction LexerCustomAction LexerDFASerializer
  LexerIndexedCustomAction LexerInterpreter LexerModeAction LexerMoreAction LexerNoViableAltException LexerPopModeAction
  LexerPushModeAction LexerSkipAction LexerTypeAction OR ParseInfo ParseTreePatternMatcher ParserInterpreter ProfilingATNSimulator
  TokenStreamRewriter TraceListener Trees XPath XPathLexer XPathLexerErrorListener`.split(/\s+/);

/** Methods by class. They go as a whole: whoever called one all the same would not find it. */
const UNUSED_METHODS = {
  ATN: "defineDecisionState getDecisionState getNumberOfDecisions removeState",
  ATNConfig: "toString",
  ATNConfigSet: "addAll containsFast getPredicates getStates toString",
  ATNDeserializer: "generateRuleBypassTransition generateRuleBypassTransitions lexerActionFactory stateIsEndStateFor",
  ATNState: "toString",
  ArrayPredictionContext: "toString",
  BitSet: "toString",
  DFA: "getStates toLexerString toString",
  DFAState: "getAltSet toString",
  DefaultErrorStrategy: `escapeWSAndQuote getErrorRecoverySet getMissingSymbol getTokenErrorDisplay recover recoverInline reportError
    reportFailedPredicate reportInputMismatch reportMissingToken reportNoViableAlternative reportUnwantedToken singleTokenDeletion
    singleTokenInsertion sync`,
  HashSet: "containsAll toString toTableString",
  Interval: "differenceNotProperlyContained properlyContains startsAfterNonDisjoint startsBeforeNonDisjoint",
  IntervalSet: `complementWithVocabulary elementName removeOne removeRange toArray toString toStringWithRuleNames
    toStringWithVocabulary`,
  Parser: `addParseListener compileParseTreePattern dumpDFA enterRecursionRule getATNWithBypassAlts getDFAStrings getParseListeners
    getRuleIndex getRuleInvocationStack isExpectedToken pushNewRecursionContext removeParseListener removeParseListeners setProfile
    unrollRecursionContexts`,
  ParserATNSimulator: "clearDFA dumpDeadEndConfigs getLookaheadName getRuleName getTokenName",
  ParserRuleContext: "copyFrom toString toStringTree",
  Recognizer: "checkVersion getErrorHeader getRuleIndexMap getTokenType getTokenTypeMap",
  SingletonPredictionContext: "toString",
  TerminalNode: "toString toStringTree",
  Vocabulary: "getDisplayName getDisplayNames getLiteralName getLiteralNames getMaxTokenType getSymbolicName getSymbolicNames",
};

/** Called, to no effect. */
const EMPTY_METHOD = /\n {2}setTrace\([^\n]*\) \{\n[\s\S]*?\n {2}\}\n/;

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
  for (const [name, methods] of Object.entries(UNUSED_METHODS)) {
    slimmed = slimmed.replace(new RegExp(`\\nvar ${name} = class [\\s\\S]*?\\n\\};\\n`), (found) =>
      withoutMethods(found, name, methods.split(/\s+/)),
    );
  }
  return replaceOnce(slimmed, EMPTY_METHOD, "\n  setTrace() {}\n");
}

/** The text of a class without some of its methods. */
function withoutMethods(text, name, methods) {
  return methods.reduce((slimmed, method) => {
    const pattern = new RegExp(`\\n {2}${method}\\([^\\n]*\\) \\{(?:\\n[\\s\\S]*?)?\\n {2}\\}(?=\\n)`);
    if (!pattern.test(slimmed)) throw new Error(`antlr4ng has no method ${method} of ${name}`);
    return slimmed.replace(pattern, "");
  }, text);
}

function replaceOnce(text, pattern, by) {
  if (!pattern.test(text)) throw new Error(`antlr4ng has nothing like ${pattern}`);
  return text.replace(pattern, by);
}
