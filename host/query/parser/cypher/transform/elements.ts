/**
 * From parse tree to AST: lists and calls, and what looks like them: comprehensions, quantifiers, reduce, shortestPath. The grammar
 * reads `x IN xs` and `p = (a)-->(b)` as expressions; where WHERE or | behind them says what they are, they are taken apart.
 */
import type {
  CallSuffixContext,
  ElementsContext,
  ExprContext,
  PatternPredicateContext,
} from "../../../../../grammar/generated/CypherParser.ts";
import type { DatabaseError } from "../../../../common/error.ts";
import type { CypherExpression, ParsedFunction, ParsedQuantifier } from "../../../ast/cypher/expression.ts";
import type { ParsedName } from "../../../ast/name.ts";
import type { TextToken } from "../../tokens.ts";
import { firstToken } from "../../tree.ts";
import { buildExpression, buildOptional, readExpression } from "./expression.ts";
import { nameOf, unexpectedNode, unexpectedToken } from "./names.ts";
import { buildPatternPredicate, buildShortest, SHORTEST } from "./pattern.ts";

const QUANTIFIERS: ReadonlyMap<string, ParsedQuantifier["quantifier"]> = new Map([
  ["all", "ALL"],
  ["any", "ANY"],
  ["none", "NONE"],
  ["single", "SINGLE"],
]);

/** `[a, b]`, `[x IN xs WHERE condition | result]`, `[p = (a)-->(b) WHERE condition | result]`. */
export function buildList(context: ElementsContext | null, position: number): CypherExpression {
  if (!context) return { kind: "ParsedList", position, items: [] };
  const items = context.exprList().expr();
  const first = items[0]!;
  const element = items.length === 1 ? elementOf(first) : undefined;
  const where = context._condition;
  const result = context._result;
  if (element) {
    return { kind: "ParsedListComprehension", position, ...element, where: buildOptional(where), result: buildOptional(result) };
  }
  if (!where && !result) return { kind: "ParsedList", position, items: items.map(buildExpression) };
  const path = items.length === 1 && result ? pathOf(first) : undefined;
  if (!path) throw unexpectedSuffix(context);
  const pattern = { ...buildPatternPredicate(path.pattern), variable: path.variable };
  return { kind: "ParsedPatternComprehension", position, pattern, where: buildOptional(where), result: buildExpression(result!) };
}

/** WHERE or | stands behind what is no comprehension. A pattern without | lacks that. */
function unexpectedSuffix(context: ElementsContext): DatabaseError {
  const where = context.WHERE();
  const pipe = context.PIPE();
  if (where && !pipe && pathOf(context.exprList().expr(0)!)) return unexpectedToken((context.stop as TextToken).next);
  return unexpectedNode((where ?? pipe)!);
}

/** The parts of `x IN list`. */
function elementOf(context: ExprContext): { readonly variable: ParsedName; readonly list: CypherExpression } | undefined {
  const variable = bareName(context);
  const [first, ...parts] = context.exprPart();
  if (!variable || !first?.IN()) return undefined;
  return { variable, list: readExpression(first.operand()!, parts) };
}

/** The parts of `x = value`. */
function assignmentOf(context: ExprContext): { readonly accumulator: ParsedName; readonly initial: CypherExpression } | undefined {
  const accumulator = bareName(context);
  const [first, ...parts] = context.exprPart();
  if (!accumulator || !first?.EQ()) return undefined;
  return { accumulator, initial: readExpression(first.operand()!, parts) };
}

/** The parts of `p = (a)-->(b)`, whose name may be absent. */
function pathOf(
  context: ExprContext,
): { readonly variable: ParsedName | undefined; readonly pattern: PatternPredicateContext } | undefined {
  const parts = context.exprPart();
  const variable = bareName(context);
  const operand =
    parts.length === 0 ? context.operand() : variable && parts.length === 1 && parts[0]!.EQ() ? parts[0]!.operand()! : undefined;
  if (!operand || operand.prefixOperator().length > 0 || operand.postfixed().postfix().length > 0) return undefined;
  const pattern = operand.postfixed().primary().patternPredicate();
  return pattern ? { variable, pattern } : undefined;
}

/** The name that an expression begins with, if it is its whole first operand. */
function bareName(context: ExprContext): ParsedName | undefined {
  const operand = context.operand();
  const name = operand.prefixOperator().length === 0 ? operand.postfixed().primary().name() : undefined;
  if (!name || operand.postfixed().postfix().length > 0 || operand.postfixed().primary().callSuffix()) return undefined;
  return nameOf(name);
}

export function buildCall(names: readonly ParsedName[], context: CallSuffixContext): CypherExpression {
  const elements = context.elements();
  const only = names.length === 1 && !names[0]!.quoted ? names[0]!.folded : "";
  const special = elements && !context.DISTINCT() ? buildSpecial(only, elements, names[0]!.position) : undefined;
  if (special) return special;
  if (QUANTIFIERS.has(only) || only === "reduce" || SHORTEST.has(only)) throw unexpectedToken(context.stop as TextToken);
  const star = context.STAR();
  if (star && only !== "count") throw unexpectedNode(star);
  const suffix = elements?.WHERE() ?? elements?.PIPE();
  if (suffix) throw unexpectedNode(suffix);
  return {
    kind: "ParsedFunction",
    position: names[0]!.position,
    names,
    arguments: elements ? elements.exprList().expr().map(buildExpression) : [],
    star: star !== null,
    distinct: context.DISTINCT() !== null,
  } satisfies ParsedFunction;
}

/** A quantifier, reduce, shortestPath and the like; undefined for functions, and for what the named one cannot have. */
function buildSpecial(name: string, context: ElementsContext, position: number): CypherExpression | undefined {
  const items = context.exprList().expr();
  const quantifier = QUANTIFIERS.get(name);
  if (quantifier) return buildQuantifier(quantifier, context, position);
  if (name === "reduce") return buildReduce(items, context, position);
  if (name === "filter" || name === "extract") return buildOldComprehension(name, context, position);
  const shortest = SHORTEST.get(name);
  if (!shortest || items.length !== 1 || context.WHERE() || context.PIPE()) return undefined;
  const path = pathOf(items[0]!);
  if (!path || path.variable) return undefined;
  const pattern = buildShortest(shortest, buildPatternPredicate(path.pattern), firstToken(context));
  return { kind: "ParsedPatternExpression", position, pattern: { ...pattern, position } };
}

function buildQuantifier(
  quantifier: ParsedQuantifier["quantifier"],
  context: ElementsContext,
  position: number,
): CypherExpression | undefined {
  const items = context.exprList().expr();
  const element = items.length === 1 ? elementOf(items[0]!) : undefined;
  if (!element || !context._condition) return undefined;
  const pipe = context.PIPE();
  if (pipe) throw unexpectedNode(pipe);
  return { kind: "ParsedQuantifier", position, quantifier, ...element, where: buildExpression(context._condition) };
}

/** `filter(x IN xs WHERE condition)` and `extract(x IN xs WHERE condition | result)`: openCypher's old way to write comprehensions. */
function buildOldComprehension(name: "filter" | "extract", context: ElementsContext, position: number): CypherExpression | undefined {
  const items = context.exprList().expr();
  const element = items.length === 1 ? elementOf(items[0]!) : undefined;
  const where = context._condition;
  const result = context._result;
  if (!element || (name === "filter" ? !where || result : !result)) return undefined;
  return { kind: "ParsedListComprehension", position, ...element, where: buildOptional(where), result: buildOptional(result) };
}

function buildReduce(items: readonly ExprContext[], context: ElementsContext, position: number): CypherExpression | undefined {
  const assignment = items.length === 2 ? assignmentOf(items[0]!) : undefined;
  const element = assignment ? elementOf(items[1]!) : undefined;
  if (!assignment || !element || !context._result) return undefined;
  const where = context.WHERE();
  if (where) throw unexpectedNode(where);
  return { kind: "ParsedReduce", position, ...assignment, ...element, result: buildExpression(context._result) };
}
