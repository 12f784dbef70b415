/**
 * ANTLR's own interpreter on our grammars: what trees, errors and predictions have to be, and how far it looks ahead. Tests alone use
 * antlr4ng.
 */
import {
  ATNDeserializer,
  BailErrorStrategy,
  CommonToken,
  CommonTokenStream,
  type DecisionInfo,
  ListTokenSource,
  type Parser,
  ParserInterpreter,
  type ParserRuleContext,
  PredictionMode,
  ProfilingATNSimulator,
  type RecognitionException,
  TerminalNode,
  type Token,
  Vocabulary,
} from "antlr4ng";
import type { Grammar } from "../../host/query/parser/atn-parser.ts";
import { unpackNetwork } from "../../host/query/parser/network.ts";

/** A rule with its number, first and last token and parts; or the position of a token. */
export type TreeShape = number | readonly [rule: number, first: number, last: number, parts: readonly TreeShape[]];

/** The first error: the position of the token, and the numbers of the rules that met it, innermost first. */
export class FirstError extends Error {
  readonly token: number;
  readonly rules: readonly number[];

  constructor(token: number, rules: readonly number[]) {
    super(`token ${token} in rules ${rules}`);
    this.token = token;
    this.rules = rules;
  }
}

/** The tree for tokens by their types, with SLL or (`isExact`) with LL. Throws a FirstError. */
export function antlrTree(grammar: Grammar, types: readonly number[], isExact: boolean): TreeShape {
  const parser = interpreterOf(grammar, types);
  parser.interpreter.predictionMode = isExact ? PredictionMode.LL : PredictionMode.SLL;
  return shapeOf(parser.parse(0));
}

/** What was decided on the way through tokens by their types. */
export function antlrDecisions(grammar: Grammar, types: readonly number[]): readonly (DecisionInfo & { readonly rule: string })[] {
  const parser = interpreterOf(grammar, types);
  const usual = parser.interpreter;
  const simulator = new ProfilingATNSimulator(parser);
  parser.interpreter = simulator;
  try {
    parser.parse(0);
  } finally {
    parser.interpreter = usual;
  }
  const ruleOf = ({ decision }: DecisionInfo): string => grammar.ruleNames[parser.atn.decisionToState[decision]!.ruleIndex]!;
  return simulator.getDecisionInfo().map((info) => Object.assign(info, { rule: ruleOf(info) }));
}

/** They are dear to make. */
const interpreters = new Map<Grammar, ParserInterpreter>();

function interpreterOf(grammar: Grammar, types: readonly number[]): ParserInterpreter {
  const stream = new CommonTokenStream(new ListTokenSource(types.map((type) => CommonToken.fromType(type) as Token)));
  const known = interpreters.get(grammar);
  if (known !== undefined) {
    known.inputStream = stream;
    return known;
  }
  const network = new ATNDeserializer().deserialize(unpackNetwork(grammar.network));
  const parser = new ParserInterpreter("", Vocabulary.EMPTY_VOCABULARY, [...grammar.ruleNames], network, stream);
  parser.removeErrorListeners();
  parser.errorHandler = new FirstErrorStrategy();
  interpreters.set(grammar, parser);
  return parser;
}

function shapeOf(node: unknown): TreeShape {
  if (node instanceof TerminalNode) return node.symbol.tokenIndex;
  const context = node as ParserRuleContext;
  return [context.ruleIndex, context.start!.tokenIndex, context.stop?.tokenIndex ?? -1, context.children.map(shapeOf)];
}

/** Stops at the first error. */
class FirstErrorStrategy extends BailErrorStrategy {
  override recover(parser: Parser, error: RecognitionException): void {
    throw errorAt(error.offendingToken!, parser.context);
  }

  override recoverInline(parser: Parser): never {
    throw errorAt(parser.getCurrentToken(), parser.context);
  }

  override reportError(): void {}
}

function errorAt(token: Token, context: ParserRuleContext | null): FirstError {
  const rules: number[] = [];
  for (let rule = context; rule; rule = rule.parent) rules.push(rule.ruleIndex);
  return new FirstError(token.tokenIndex, rules);
}
